/* SPDX-License-Identifier: MIT */
/* popups_picker: quick replies above the composer, with what they would say here. */
#include "app/app_private.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

static void fill(SmApp *app, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);
    const SmConversation *c = own != NULL ? own->chat.conversation : NULL;

    if (app->replies == NULL || c == NULL)
        return;
    g_autoptr(GPtrArray) hits =
        sm_replies_rank(app->replies, c->team, c->language, typed, sm_loop_wall(app->loop));
    for (guint i = 0; i < hits->len; i++) {
        const SmReplyHit *hit = hits->pdata[i];
        SmPopupRow *row = sm_popup_row(app, hit->reply->code);
        g_autofree char *key = hit->reply->n_keys > 0
                                   ? sm_key_display_sequence(hit->reply->keys, hit->reply->n_keys)
                                   : NULL;
        g_autofree char *used =
            g_strdup_printf(_("used %d"), (int)sm_replies_used(app->replies, hit->reply->code));
        g_autoptr(SmSafe) code = sm_safe_screen_line(hit->reply->code, -1);
        sm_popup_cell(row, 0, sm_safe_screen_line(sm_reply_title(hit->reply, g_get_language_names()), -1));
        sm_popup_cell(row, 1, sm_safe_format(";%S", code));
        sm_popup_label(row, 2, key != NULL ? key : "");
        sm_popup_label(row, 3, used);
        row->digit = hit->digit;
        for (guint k = 0; hit->positions != NULL && k < hit->positions->len; k++)
            sm_popup_mark(row, 1, g_array_index(hit->positions, guint, k) + 1);
    }
    g_autofree char *count = g_strdup_printf(_("%d of %d   used most first"), (int)hits->len,
                                             (int)sm_replies_count(app->replies));
    sm_popup_right(app, sm_safe_from_literal(count));
}

static char *names(const GPtrArray *list)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)list->pdata[i]);
    return g_strdup(text->str);
}

static void preview(SmApp *app)
{
    SmPopupRow *row = sm_popup_selected(app);
    SmOwnChat *own = sm_app_here(app);
    const SmReply *reply =
        row != NULL && app->replies != NULL ? sm_replies_by_code(app->replies, row->value) : NULL;
    const char *language = NULL;

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    g_clear_pointer(&app->popup.detail_title, sm_safe_unref);
    if (reply == NULL || own == NULL || own->chat.conversation == NULL)
        return;
    const char *wanted = own->chat.conversation->language;
    SmValues values = {.app = app, .conversation = own->chat.conversation};
    const SmTemplate *text = sm_reply_text(reply, wanted, &language);
    g_autoptr(SmTemplateResult) result = sm_template_render(text, sm_compose_value, &values);
    g_autofree char *filled = names(result->filled), *missing = names(result->missing);
    if (result->missing->len > 0 && reply->fallback != NULL) {
        sm_template_result_free(result);
        result = sm_template_render(reply->fallback, sm_compose_value, &values);
    }
    g_free(values.kept);
    g_autoptr(GString) needs = g_string_new(NULL);
    for (guint i = 0; i < result->fields->len; i++)
        g_string_append_printf(needs, "%s%s", i > 0 ? ", " : "",
                               g_array_index(result->fields, SmTextField, i).name);
    g_autoptr(SmSafe) shown = sm_safe_screen(result->text, -1);
    g_autoptr(SmSafe) shown_filled = sm_safe_screen_line(filled, -1);
    g_autoptr(SmSafe) shown_needs = sm_safe_screen_line(needs->str, -1);
    g_autoptr(SmSafe) shown_missing = sm_safe_screen_line(missing, -1);
    g_autoptr(SmSafe) first = *filled != '\0' ? sm_safe_format(_("filled in: %S   "), shown_filled)
                                              : sm_safe_from_literal("");
    g_autoptr(SmSafe) second = *missing != '\0'
                                   ? sm_safe_format(_("not known: %S   "), shown_missing)
                                   : sm_safe_from_literal("");
    g_autoptr(SmSafe) third =
        needs->len > 0
            ? sm_safe_format(_("needs you: %S (sending stays blocked until filled)"), shown_needs)
            : sm_safe_from_literal("");
    app->popup.detail = sm_safe_format("%S\n\n%S%S%S", shown, first, second, third);
    g_autoptr(SmSafe) taken = sm_safe_screen_line(language != NULL ? language : "", -1);
    g_autoptr(SmSafe) asked = sm_safe_screen_line(wanted != NULL ? wanted : "", -1);
    gboolean other = wanted != NULL && language != NULL && *language != '\0' &&
                     strncmp(wanted, language, 2) != 0;
    app->popup.detail_title =
        other ? sm_safe_format(_("preview (%S, because it has no %S text)"), taken, asked)
              : sm_safe_format(_("preview (%S)"), taken);
}

static void choose(SmApp *app, const char *value, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);
    const SmReply *reply =
        value != NULL && app->replies != NULL ? sm_replies_by_code(app->replies, value) : NULL;

    sm_popup_close(app);
    if (reply != NULL && own != NULL) {
        SmEditor *editor = sm_compose_editor_of(own);
        sm_compose_reply(app, own, reply, sm_editor_cursor(editor));
    }
}

static const SmPopupOps picker_ops = {.refill = fill, .choose = choose, .moved = preview};

void sm_picker_open(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    sm_replies_refresh(app);
    if (own == NULL || own->chat.conversation == NULL)
        return;
    if (app->replies == NULL || sm_replies_count(app->replies) == 0) {
        sm_app_sayf(
            app, TRUE,
            _("There are no quick replies. \"seatmux check\" says what is wrong with the files."));
        return;
    }
    sm_popup_open(app, SM_POPUP_PICKER, &picker_ops, "", _("find>"));
    const SmConversation *c = own->chat.conversation;
    g_autoptr(SmSafe) language = sm_safe_screen_line(c->language != NULL ? c->language : "-", -1);
    g_autoptr(SmSafe) team = sm_app_team(app, c->team != NULL ? c->team : "-");
    sm_safe_unref(app->popup.title);
    app->popup.title =
        sm_safe_format(_("quick reply to %S (lang %S, queue %S)"), own->chat.name, language, team);
    sm_popup_footer(app, _("1-9 or Enter puts it in the composer, never sends   Esc close"));
    app->popup.widths[0] = -1;
    sm_popup_refill(app);
}
