/* SPDX-License-Identifier: MIT */
/* card: the contact's card: it is asked of the desk, which has the whole log, and drawn beside the panes. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

#define AGAIN_MS 2000 /* a chat in which something happens: the card is asked for at most so often */
#define PAGE 5
#define ALWAYS_COLUMNS 200 /* a screen so large has room for the card beside four panes */
#define ALWAYS_ROWS 40

static void row_free(void *data)
{
    SmCardRow *row = data;

    sm_safe_unref(row->label);
    sm_safe_unref(row->value);
    g_free(row->command);
    g_free(row);
}

void sm_card_new(SmApp *app)
{
    app->card.shown.rows = g_ptr_array_new_with_free_func(row_free);
}

void sm_card_free(SmApp *app)
{
    sm_loop_remove(app->loop, &app->card.timer);
    g_ptr_array_unref(app->card.shown.rows);
    sm_safe_unref(app->card.shown.title);
    json_decref(app->card.data);
    g_free(app->card.conversation);
}

SmCard *sm_app_card(SmApp *app)
{
    return &app->card.shown;
}

/* --- Rows --------------------------------------------------------------------------------------
 */

static SmCardRow *add(SmApp *app, SmSafe *label, SmSafe *value, char *command)
{
    SmCardRow *row = g_new0(SmCardRow, 1);

    row->label = label;
    row->value = value;
    row->command = command;
    g_ptr_array_add(app->card.shown.rows, row);
    return row;
}

static void heading(SmApp *app, const char *words)
{
    add(app, sm_safe_from_literal(words), NULL, NULL)->heading = TRUE;
}

static void plain(SmApp *app, const char *label, const char *raw, char *command)
{
    add(app, sm_safe_from_literal(label), sm_safe_screen_line(raw != NULL ? raw : "-", -1), command);
}

static void fill_who(SmApp *app, const json_t *card, const SmConversation *c)
{
    plain(app, _("name"), sm_json_str(card, "name", NULL), g_strdup("contact-set name"));
    plain(app, _("reach"), sm_json_str(card, "reach", NULL), g_strdup("contact-set reach"));
    plain(app, _("contact"), sm_json_str(card, "contact", NULL), NULL);
    if (c != NULL && c->order != NULL)
        plain(app, _("order"), c->order, NULL);
    if (c != NULL && c->language != NULL)
        plain(app, _("language"), c->language, NULL);
    g_autoptr(GString) tags = g_string_new(NULL);
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(card, "tags"), i, value)
        g_string_append_printf(tags, "%s%s", i > 0 ? " " : "", json_string_value(value));
    plain(app, _("tags"), tags->len > 0 ? tags->str : NULL, g_strdup("contact-set tags"));
    const char *key;
    json_object_foreach(json_object_get(card, "attributes"), key, value)
    {
        g_autofree char *text = json_is_string(value) ? g_strdup(json_string_value(value)) : sm_json_text(value);
        add(app, sm_safe_screen_line(key, -1), sm_safe_screen_line(text, -1), g_strdup_printf("contact-set %s", key));
    }
}

/* One of the staff, as lines name them. */
static const char *staff(SmApp *app, const char *id)
{
    return id == NULL ? "-" : g_strcmp0(id, sm_app_me(app)) == 0 ? _("you") : sm_app_staff(app, id);
}

static void fill_notes(SmApp *app, const json_t *card)
{
    size_t i;
    json_t *note;

    heading(app, _("NOTES"));
    json_array_foreach(json_object_get(card, "notes"), i, note)
    {
        g_autofree char *when = sm_text_local(sm_json_int(note, "at", 0), "%m-%d %H:%M");
        g_autofree char *who = g_strdup_printf("%s %s", when, staff(app, sm_json_str(note, "by", NULL)));
        add(app, sm_safe_screen_line(who, -1), sm_safe_screen_line(sm_json_str(note, "text", ""), -1),
            g_strdup_printf("contact-set drop-note %d", (int)i))->wraps = TRUE;
    }
    add(app, sm_safe_from_literal(_("+ note")), NULL, g_strdup("contact-set note"));
}

static void fill_orders(SmApp *app, const json_t *card)
{
    size_t i;
    json_t *order;

    heading(app, _("ORDERS"));
    json_array_foreach(json_object_get(card, "orders"), i, order)
    {
        const char *id = sm_json_str(order, "order", "");
        g_autofree char *when = sm_text_local(sm_json_int(order, "at", 0), "%m-%d %H:%M");
        g_autofree char *words = g_strdup_printf("%s %s %s", _(sm_json_str(order, "status", "")), sm_json_str(order, "amount", ""), when);
        if (*id != '\0')
            add(app, sm_safe_screen_line(id, -1), sm_safe_screen_line(words, -1), g_strdup_printf("contact-order %s", id));
        else
            add(app, sm_safe_from_literal(_("(erased)")), sm_safe_screen_line(words, -1), NULL);
    }
    add(app, sm_safe_from_literal(_("+ order")), NULL, g_strdup("contact-order"));
}

static void fill_conversations(SmApp *app, const json_t *card)
{
    size_t i;
    json_t *row;

    heading(app, _("CONVERSATIONS"));
    json_array_foreach(json_object_get(card, "conversations"), i, row)
    {
        const char *id = sm_json_str(row, "id", "");
        gboolean here = g_strcmp0(id, app->card.conversation) == 0;
        int stars = (int)sm_json_int(row, "stars", 0);
        g_autofree char *when = sm_text_local(sm_json_int(row, "started", 0), "%m-%d %H:%M");
        g_autofree char *rated = stars > 0 ? g_strdup_printf(" %d/5", stars) : g_strdup("");
        g_autoptr(SmSafe) team = sm_app_team(app, sm_json_str(row, "team", NULL));
        g_autofree char *words = g_strdup_printf("%s %s%s %s", here ? _("this one") : _(sm_json_str(row, "state", "")),
                                                 staff(app, sm_json_str(row, "agent", NULL)), rated, sm_safe_str(team));
        add(app, sm_safe_from_literal(when), sm_safe_screen_line(words, -1), here ? NULL : g_strdup_printf("contact-read %s", id));
    }
}

static void fill_alike(SmApp *app, const json_t *card)
{
    size_t i;
    json_t *row;
    const json_t *merged = json_object_get(card, "merged"), *alike = json_object_get(card, "alike");

    if (json_array_size(merged) + json_array_size(alike) == 0)
        return;
    heading(app, _("THE SAME PERSON?"));
    json_array_foreach(merged, i, row)
        add(app, sm_safe_from_literal(_("merged")), sm_safe_screen_line(json_string_value(row), -1),
            g_strdup_printf("contact-split %s", json_string_value(row)));
    json_array_foreach(alike, i, row)
    {
        const char *why = sm_json_str(row, "why", "");
        g_autofree char *words = g_strdup_printf("%s (%s)", sm_json_str(row, "name", sm_json_str(row, "contact", "")),
                                                 strcmp(why, "reach") == 0 ? _("same reach") : strcmp(why, "order") == 0 ? _("same order") : _("same name"));
        add(app, sm_safe_from_literal(_("merge")), sm_safe_screen_line(words, -1), g_strdup_printf("contact-merge %s", sm_json_str(row, "contact", "")));
    }
}

static gboolean chosen(const SmApp *app, guint i)
{
    return i < app->card.shown.rows->len && !((SmCardRow *)app->card.shown.rows->pdata[i])->heading;
}

static void fill(SmApp *app)
{
    SmCard *shown = &app->card.shown;
    const SmConversation *c = app->card.conversation != NULL ? sm_chat_conversation(app, app->card.conversation) : NULL;
    const json_t *card = app->card.data;

    shown->complete = card != NULL;
    g_ptr_array_set_size(shown->rows, 0);
    sm_safe_unref(shown->title);
    g_autoptr(SmSafe) name = sm_chat_name(c);
    shown->title = sm_safe_format(_("contact: %S"), name);
    if (card != NULL) {
        fill_who(app, card, c);
        fill_orders(app, card);
        fill_notes(app, card);
        fill_conversations(app, card);
        fill_alike(app, card);
    } else {
        add(app, sm_safe_from_literal(app->card.conversation != NULL ? _("asking the desk") : _("no chat in this pane")), NULL, NULL);
    }
    while (shown->selected > 0 && !chosen(app, shown->selected))
        shown->selected--;
    sm_app_dirty(app, SM_DIRTY_PANES);
}

/* --- What the desk knows -----------------------------------------------------------------------
 */

static void came(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *conversation)
{
    app->card.asked = FALSE;
    if (!ok || !app->card.shown.shown || g_strcmp0(conversation, app->card.conversation) != 0)
        return;
    json_decref(app->card.data);
    app->card.data = json_deep_copy(body);
    fill(app);
}

static void ask(SmApp *app)
{
    g_autofree char *escaped = sm_url_escape(app->card.conversation);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/contact", escaped);
    const SmConversation *c = sm_chat_conversation(app, app->card.conversation);

    app->card.asked = TRUE;
    app->card.changed = c != NULL ? c->changed : 0;
    app->card.asked_at = sm_loop_now(app->loop);
    sm_app_ask_read(app, target, app->card.conversation, came);
}

static void ask_later(void *user)
{
    SmApp *app = user;

    app->card.timer = 0;
    sm_card_follow(app);
}

void sm_card_follow(SmApp *app)
{
    const SmOwnChat *own = app->card.shown.shown ? sm_app_here(app) : NULL;
    const char *id = own != NULL && own->chat.conversation != NULL ? own->id : NULL;

    if (!app->card.shown.shown)
        return;
    if (g_strcmp0(id, app->card.conversation) != 0) {
        g_free(app->card.conversation);
        app->card.conversation = g_strdup(id);
        g_clear_pointer(&app->card.data, json_decref);
        app->card.shown.selected = app->card.shown.top = 0;
        app->card.asked = FALSE;
        app->card.asked_at = -AGAIN_MS;
        app->card.changed = -1;
        fill(app);
    }
    if (id == NULL || app->card.asked || own->chat.conversation->changed == app->card.changed)
        return;
    int64_t next = app->card.asked_at + AGAIN_MS;
    if (next <= sm_loop_now(app->loop))
        ask(app);
    else if (app->card.timer == 0)
        app->card.timer = sm_loop_at(app->loop, next, ask_later, app);
}

/* --- Showing and moving ------------------------------------------------------------------------
 */

static void show(SmApp *app, gboolean on, gboolean focused)
{
    app->card.shown.shown = on;
    app->card.shown.focused = focused;
    sm_loop_remove(app->loop, &app->card.timer);
    if (!on) {
        g_clear_pointer(&app->card.conversation, g_free);
        g_clear_pointer(&app->card.data, json_decref);
        app->card.shown.complete = FALSE;
    }
    sm_app_place(app);
    sm_card_follow(app);
}

void sm_card_show(SmApp *app, gboolean on)
{
    app->card.chosen = TRUE;
    show(app, on, on);
}

void sm_card_fit(SmApp *app)
{
    gboolean room = app->columns >= ALWAYS_COLUMNS && app->rows >= ALWAYS_ROWS;

    if (!app->card.chosen && room != app->card.shown.shown)
        show(app, room, FALSE);
}

void sm_card_focus(SmApp *app, gboolean on)
{
    app->card.shown.focused = on && app->card.shown.shown;
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_card_move(SmApp *app, int by)
{
    SmCard *shown = &app->card.shown;
    int step = by < 0 ? -1 : 1, left = ABS(by) >= PAGE ? PAGE : 1;
    int at = (int)shown->selected;

    while (left > 0 && at + step >= 0 && at + step < (int)shown->rows->len) {
        at += step;
        if (chosen(app, (guint)at)) {
            shown->selected = (guint)at;
            left--;
        }
    }
    sm_app_dirty(app, SM_DIRTY_PANES);
}

void sm_card_click(SmApp *app, guint row, gboolean again)
{
    SmCard *shown = &app->card.shown;

    if (!shown->shown || row >= shown->rows->len)
        return;
    gboolean had_keys = shown->focused;
    if (!had_keys)
        sm_card_focus(app, TRUE);
    if (!chosen(app, row))
        return;
    if (again && had_keys && row == shown->selected) {
        sm_card_accept(app);
        return;
    }
    shown->selected = row;
    sm_app_dirty(app, SM_DIRTY_PANES);
}

void sm_card_accept(SmApp *app)
{
    const SmCard *shown = &app->card.shown;
    const SmCardRow *row = shown->selected < shown->rows->len ? shown->rows->pdata[shown->selected] : NULL;
    g_autofree char *command = row != NULL ? g_strdup(row->command) : NULL;

    if (command != NULL)
        sm_app_run(app, command);
}

/* What the card says now of this member, to be changed. */
char *sm_card_text(SmApp *app, const char *key)
{
    const json_t *value = json_object_get(app->card.data, key);

    if (value == NULL)
        value = json_object_get(json_object_get(app->card.data, "attributes"), key);
    if (json_is_array(value)) {
        g_autoptr(GString) words = g_string_new(NULL);
        for (size_t i = 0; i < json_array_size(value); i++)
            g_string_append_printf(words, "%s%s", i > 0 ? " " : "", json_string_value(json_array_get(value, i)));
        return g_strdup(words->str);
    }
    return json_is_string(value) ? g_strdup(json_string_value(value)) : value != NULL ? sm_json_text(value) : g_strdup("");
}
