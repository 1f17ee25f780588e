/* SPDX-License-Identifier: MIT */
/* actions_contact: the contact's card shown and changed, orders, two contacts that are one, and what was said before. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

void sm_do_contact(SmApp *app, const char *args)
{
    const SmCard *card = sm_app_card(app);

    if (!card->shown)
        sm_card_show(app, TRUE);
    else if (!card->focused)
        sm_card_focus(app, TRUE);
    else
        sm_card_show(app, FALSE);
}

static void done(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *conversation)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("The card is changed."));
}

static json_t *tag_list(const char *words)
{
    json_t *tags = json_array();
    g_auto(GStrv) parts = g_strsplit_set(words, " ,", -1);

    for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0' && strcmp(parts[i], "-") != 0)
            json_array_append_new(tags, json_string(parts[i]));
    return tags;
}

static json_t *change_of(const char *field, const char *value)
{
    const char *text = strcmp(value, "-") == 0 ? "" : value;

    if (strcmp(field, "name") == 0 || strcmp(field, "reach") == 0 || strcmp(field, "note") == 0)
        return json_pack("{s:s}", field, text);
    if (strcmp(field, "tags") == 0)
        return json_pack("{s:o}", field, tag_list(value));
    if (strcmp(field, "drop-note") == 0)
        return json_pack("{s:I}", "drop_note", (json_int_t)g_ascii_strtoll(value, NULL, 10));
    return json_pack("{s:{s:s}}", "attributes", field, text);
}

void sm_do_contact_set(SmApp *app, const char *args)
{
    const char *value;
    g_autofree char *field = sm_first_word(args, &value);

    if (*field == '\0') {
        sm_ask_open(app, "contact-set", _("card: what, and what it is (- takes it away)"), _("field>"));
        return;
    }
    if (*value == '\0') {
        g_autofree char *action = g_strdup_printf("contact-set %s", field);
        g_autofree char *now = strcmp(field, "note") == 0 ? g_strdup("") : sm_card_text(app, field);
        g_autoptr(SmSafe) shown = sm_safe_screen_line(field, -1);
        sm_ask_open(app, action, "", _("value>"));
        sm_safe_unref(app->popup.title);
        app->popup.title = sm_safe_format(_("card: %S (- takes it away)"), shown);
        sm_editor_set_text(app->popup.filter, now);
        sm_popup_changed(app);
        return;
    }
    if (strcmp(field, "drop-note") == 0 && !g_str_has_suffix(value, " now")) {
        g_autofree char *command = g_strdup_printf("contact-set drop-note %s now", value);
        sm_confirm_open(app, command, sm_safe_from_literal(_("Take this note off the card?")));
        return;
    }
    g_autoptr(json_t) data = change_of(field, value);
    SmCommand command = {.type = SM_COMMAND_CARD, .conversation = sm_app_here(app)->id, .data = data, .seen = -1};
    if (data == NULL)
        sm_app_sayf(app, TRUE, _("That can't be written on a card."));
    else
        sm_app_ask(app, &command, done);
}

static void offer_status(SmApp *app, const char *order)
{
    g_autofree char *action = g_strdup_printf("contact-order %s", order);
    g_autofree char *choices = g_strdup_printf("placed\t%s\npaid\t%s\nshipped\t%s\nrefunded\t%s\ncancelled\t%s", _("placed"), _("paid"),
                                               _("shipped"), _("refunded"), _("cancelled"));

    sm_choice_open(app, action, _("the order is now"), _("status>"), choices, SM_CHOICE_WORDS);
}

void sm_do_contact_order(SmApp *app, const char *args)
{
    const char *rest, *amount;
    g_autofree char *order = sm_first_word(args, &rest);
    g_autofree char *status = sm_first_word(rest, &amount);

    if (*order == '\0') {
        sm_ask_open(app, "contact-order", _("order number, and maybe status and amount"), _("order>"));
        return;
    }
    if (*status == '\0') {
        offer_status(app, order);
        return;
    }
    SmCommand command = {.type = SM_COMMAND_ORDER,
                         .conversation = sm_app_here(app)->id,
                         .order = order,
                         .reason = status,
                         .text = *amount != '\0' ? amount : NULL,
                         .seen = -1};
    sm_app_ask(app, &command, done);
}

static void one_or_two(SmApp *app, const char *args, SmCommandType type, const char *action, const char *question)
{
    const char *rest;
    g_autofree char *other = sm_first_word(args, &rest);

    if (*other == '\0') {
        sm_ask_open(app, action, _("the other contact's id, from its card"), _("contact>"));
        return;
    }
    if (strcmp(rest, "now") != 0) {
        g_autofree char *command = g_strdup_printf("%s %s now", action, other);
        sm_confirm_open(app, command, sm_safe_from_literal(question));
        return;
    }
    SmCommand command = {.type = type, .conversation = sm_app_here(app)->id, .contact = other, .seen = -1};
    sm_app_ask(app, &command, done);
}

void sm_do_contact_merge(SmApp *app, const char *args)
{
    one_or_two(app, args, SM_COMMAND_MERGE, "contact-merge", _("Are the two one person? Each then sees the other's conversations."));
}

void sm_do_contact_split(SmApp *app, const char *args)
{
    one_or_two(app, args, SM_COMMAND_SPLIT, "contact-split", _("Are they two persons after all?"));
}

/* --- Earlier conversations -----------------------------------------------------------------------
 */

static const char *who_said(const json_t *line)
{
    const char *author = sm_json_str(line, "author", "");

    if (strcmp(sm_json_str(line, "kind", ""), "note") == 0)
        return _("note");
    if (strcmp(author, "agent") == 0)
        return sm_json_str(line, "name", sm_json_str(line, "agent", ""));
    return strcmp(author, "customer") == 0 ? _("customer") : _("system");
}

static void moved(SmApp *app)
{
    SmPopupRow *selected = sm_popup_selected(app);

    sm_safe_unref(app->popup.detail);
    app->popup.detail = selected != NULL ? sm_safe_screen(selected->value, -1) : NULL;
}

static void fill_earlier(SmApp *app, const char *typed)
{
    g_autoptr(json_t) lines = sm_json_parse(app->popup_data, strlen(app->popup_data), SM_MAX_ANSWER_BYTES, NULL);
    size_t i;
    json_t *line;

    json_array_foreach(lines, i, line)
    {
        const char *text = sm_json_str(line, "text", NULL);
        if (text == NULL)
            continue;
        g_autofree char *when = sm_text_local(sm_json_int(line, "at", 0), "%m-%d %H:%M");
        SmPopupRow *row = sm_popup_row(app, text);
        sm_popup_label(row, 0, when);
        sm_popup_cell(row, 1, sm_safe_screen_line(who_said(line), -1));
        sm_popup_cell(row, 2, sm_safe_screen_line(text, -1));
    }
    sm_popup_match(app, typed, FALSE);
    moved(app);
}

static const SmPopupOps earlier_ops = {.refill = fill_earlier, .choose = sm_popup_choose_nothing, .moved = moved};

static void read_came(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *conversation)
{
    if (!ok || sm_app_is_late(app))
        return;
    sm_popup_open(app, SM_POPUP_LIST, &earlier_ops, _("earlier conversation"), _("find>"));
    app->popup_data = sm_json_text(json_object_get(body, "lines"));
    app->popup.widths[0] = 11;
    app->popup.widths[1] = 10;
    app->popup.widths[2] = -1;
    sm_popup_footer(app, _("Esc close"));
    sm_popup_refill(app);
}

void sm_do_contact_read(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    g_autofree char *now = sm_url_escape(own->id), *earlier = sm_url_escape(args);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/earlier/%s", now, earlier);

    if (*args == '\0')
        sm_app_sayf(app, TRUE, _("Say which conversation; the card lists them."));
    else
        sm_app_ask_read(app, target, own->id, read_came);
}
