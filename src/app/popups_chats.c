/* SPDX-License-Identifier: MIT */
/* popups_chats: who waits and whom one has, to claim, go to, or find by a few letters. */
#include "app/app_private.h"

#include <string.h>

#include "seatmux/desk/filter.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

enum { CELL_PLACE, CELL_CLOCK, CELL_NAME, CELL_STATE, CELL_TEAM, CELL_LAST };
/* To find one, its order and tags count, and the team does not. */
enum { CELL_ORDER = CELL_STATE, CELL_JUMP_STATE = CELL_TEAM };

static void clock_cell(SmApp *app, SmPopupRow *row, const SmDeadline *deadline)
{
    char text[32];
    int64_t now = sm_app_now(app);

    row->clock_cell = CELL_CLOCK;
    if (deadline->kind == SM_CLOCK_NONE) {
        sm_popup_label(row, CELL_CLOCK, SM_CLOCK_NO_TIME);
        return;
    }
    row->level = (int)sm_deadline_level(deadline, now);
    sm_text_clock(text, sizeof text, sm_deadline_remaining(deadline, now));
    g_autofree char *words = g_strdup_printf("%s %s", text, _(sm_level_word((SmLevel)row->level)));
    sm_popup_label(row, CELL_CLOCK, words);
}

static void headings(SmApp *app)
{
    sm_popup_heading(app, CELL_PLACE, "#", 4);
    sm_popup_heading(app, CELL_CLOCK, _("CLOCK"), 14);
    sm_popup_heading(app, CELL_NAME, _("CUSTOMER"), 18);
    sm_popup_heading(app, CELL_STATE, _("STATE"), 12);
    sm_popup_heading(app, CELL_TEAM, _("TEAM"), 12);
    sm_popup_heading(app, CELL_LAST, _("LAST LINE"), -1);
}

/* "48213 vip refund" */
static SmSafe *order_and_tags(const SmConversation *c)
{
    g_autoptr(GString) text = g_string_new(c->order);

    for (guint i = 0; i < c->tags->len; i++)
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", (const char *)c->tags->pdata[i]);
    return sm_safe_screen_line(text->str, (gssize)text->len);
}

/* What is new, else who owes an answer. */
static char *state_words(const SmOwnChat *own, const SmConversation *c, const SmDeadline *deadline)
{
    if (own->chat.unread > 0)
        return g_strdup_printf(_("%d new"), (int)own->chat.unread);
    if (c->state != SM_STATE_OPEN)
        return g_strdup(_(sm_state_name(c->state)));
    return g_strdup(deadline->kind != SM_CLOCK_NONE ? _("your turn") : _("their turn"));
}

static void chat_row(SmApp *app, SmOwnChat *own, int place, gboolean jump)
{
    const SmConversation *c = own->chat.conversation;
    SmPopupRow *row = sm_popup_row(app, own->id);
    const SmPane *pane = sm_layout_showing(app->layout, own->id);
    g_autofree char *where =
        pane != NULL ? g_strdup_printf("[%d]", pane->number) : g_strdup_printf("+%d", place);

    sm_popup_label(row, CELL_PLACE, where);
    sm_popup_cell(row, CELL_NAME, sm_safe_ref(own->chat.name));
    if (c == NULL)
        return;
    SmDeadline deadline = sm_conversation_deadline(c);
    clock_cell(app, row, &deadline);
    g_autofree char *state = state_words(own, c, &deadline);
    sm_popup_label(row, jump ? CELL_JUMP_STATE : CELL_STATE, state);
    if (jump)
        sm_popup_cell(row, CELL_ORDER, order_and_tags(c));
    else
        sm_popup_cell(row, CELL_TEAM, sm_app_team(app, c->team));
    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind == SM_LINE_MESSAGE && line->text != NULL) {
            sm_popup_cell(row, CELL_LAST, sm_app_shown(app, line->text, FALSE));
            break;
        }
    }
}

static SmSafe *row_name(const SmQueueRow *row)
{
    return row->name != NULL && *row->name ? sm_safe_screen_line(row->name, -1) : sm_safe_from_literal(_("customer"));
}

static void waiting_row(SmApp *app, const SmQueueRow *queued, int place)
{
    g_autofree char *value = g_strconcat("claim ", queued->conversation, NULL);
    SmPopupRow *row = sm_popup_row(app, value);
    char text[32];

    sm_popup_label(row, CELL_PLACE, "-");
    clock_cell(app, row, &queued->deadline);
    sm_popup_cell(row, CELL_NAME,
                  row_name(queued));
    sm_text_duration(text, sizeof text, sm_app_now(app) - queued->queued);
    g_autofree char *state = g_strdup_printf(_("waits %s"), text);
    sm_popup_label(row, CELL_STATE, state);
    sm_popup_cell(row, CELL_TEAM, sm_app_team(app, queued->team));
    sm_popup_cell(row, CELL_LAST,
                  sm_app_shown(app, queued->first_line != NULL ? queued->first_line : "", FALSE));
}

static void fill_list(SmApp *app, const char *typed)
{
    const GPtrArray *rows = sm_desk_rows(sm_client_desk(app->client), sm_client_actor(app->client));

    g_autofree char *waiting = g_strdup_printf(_("WAITING (%d)"), (int)rows->len);
    sm_popup_section(app, 0, sm_safe_from_literal(waiting));
    for (guint i = 0; i < rows->len; i++)
        waiting_row(app, rows->pdata[i], (int)i + 1);
    g_autofree char *own = g_strdup_printf(_("MY CHATS (%d)"), (int)app->list->len);
    sm_popup_section(app, 0, sm_safe_from_literal(own));
    const GPtrArray *listed = sm_app_listed(app);
    for (guint i = 0; i < listed->len; i++)
        chat_row(app, listed->pdata[i], sm_app_chat_place(app, listed->pdata[i]), FALSE);
    sm_popup_match(app, typed, FALSE);
    int digit = 1;
    for (guint i = 0; i < app->popup.rows->len && digit <= 9; i++) {
        SmPopupRow *row = app->popup.rows->pdata[i];
        if (!row->heading)
            row->digit = digit++;
    }
}

static void claimed(SmApp *app, gboolean ok, const char *code, const char *words,
                    const json_t *body, const char *conversation)
{
    /* The chat itself comes with the next answer, and says where it is. */
}

static void choose_list(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *id = g_strdup(value);

    if (id == NULL)
        return;
    sm_popup_close(app);
    if (g_str_has_prefix(id, "claim ")) {
        SmCommand command = {
            .type = SM_COMMAND_CLAIM, .conversation = id + strlen("claim "), .seen = -1};
        sm_app_ask(app, &command, claimed);
        return;
    }
    sm_app_go_to(app, id);
}

/* Clocks of an open list go on: once a second, and only while it is open. */
static void tick(void *user)
{
    SmApp *app = user;

    app->list_timer = sm_loop_after(app->loop, 1000, tick, app);
    sm_popup_refill(app);
}

static void closed(SmApp *app)
{
    sm_loop_remove(app->loop, &app->list_timer);
}

static void start_ticking(SmApp *app)
{
    sm_loop_remove(app->loop, &app->list_timer);
    app->list_timer = sm_loop_after(app->loop, 1000, tick, app);
}

static const SmPopupOps list_ops = {.refill = fill_list, .choose = choose_list, .closed = closed};

void sm_list_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &list_ops, _("queue and chats"), _("find>"));
    start_ticking(app);
    headings(app);
    sm_popup_footer(app, _("Enter claims or goes there   1-9 pick   Esc close"));
    sm_popup_refill(app);
}

/* --- Messages that were left
 * ------------------------------------------------------------------------------------------ */

static gboolean is_left(const SmOwnChat *own)
{
    return own->mine && own->chat.conversation != NULL && own->chat.conversation->offline;
}

static const GPtrArray *left_rows(SmApp *app)
{
    return sm_desk_left_rows(sm_client_desk(app->client), sm_client_actor(app->client));
}

guint sm_app_left(SmApp *app)
{
    guint n = left_rows(app)->len;

    for (guint i = 0; i < app->list->len; i++)
        n += is_left(app->list->pdata[i]);
    return n;
}

enum { LEFT_PLACE, LEFT_WAITS, LEFT_NAME, LEFT_LINE };

static void left_row(SmApp *app, const char *value, int64_t since, SmSafe *name, const char *text)
{
    SmPopupRow *row = sm_popup_row(app, value);
    char waited[32];

    sm_text_duration(waited, sizeof waited, sm_app_now(app) - since);
    sm_popup_label(row, LEFT_PLACE, g_str_has_prefix(value, "claim ") ? "-" : "*");
    sm_popup_label(row, LEFT_WAITS, waited);
    sm_popup_cell(row, LEFT_NAME, name);
    sm_popup_cell(row, LEFT_LINE, sm_app_shown(app, text != NULL ? text : "", FALSE));
}

static void fill_left(SmApp *app, const char *typed)
{
    const GPtrArray *rows = left_rows(app);

    for (guint i = 0; i < app->list->len; i++) {
        const SmOwnChat *own = app->list->pdata[i];
        const SmLine *last = is_left(own) ? sm_conversation_last_message(own->chat.conversation) : NULL;
        if (is_left(own))
            left_row(app, own->id, own->chat.conversation->queued, sm_safe_ref(own->chat.name), last != NULL ? last->text : NULL);
    }
    for (guint i = 0; i < rows->len; i++) {
        const SmQueueRow *row = rows->pdata[i];
        g_autofree char *value = g_strconcat("claim ", row->conversation, NULL);
        left_row(app, value, row->queued, row_name(row), row->first_line);
    }
    if (app->popup.rows->len == 0) {
        sm_popup_section(app, LEFT_LINE, sm_safe_from_literal(_("Nothing left over: all are answered.")));
        return;
    }
    sm_popup_match(app, typed, FALSE);
    for (guint i = 0; i < app->popup.rows->len && i < 9; i++)
        ((SmPopupRow *)app->popup.rows->pdata[i])->digit = (int)i + 1;
}

static const SmPopupOps left_ops = {.refill = fill_left, .choose = choose_list, .closed = closed};

void sm_left_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &left_ops, _("left messages"), _("find>"));
    start_ticking(app);
    sm_popup_heading(app, LEFT_PLACE, NULL, 2);
    sm_popup_heading(app, LEFT_WAITS, _("LEFT"), 9);
    sm_popup_heading(app, LEFT_NAME, _("CUSTOMER"), 18);
    sm_popup_heading(app, LEFT_LINE, _("LAST LINE"), -1);
    sm_popup_footer(app, _("Enter claims or goes there; * is yours   Esc close"));
    sm_popup_refill(app);
}

/* --- Jump
 * ------------------------------------------------------------------------------------------ */

/* A first digit picks a row, as in every list: a # before it begins an order number or a tag. */
static const char *after_sign(const char *typed)
{
    return sm_keys_fold(g_utf8_get_char(typed)) == '#' ? g_utf8_next_char(typed) : typed;
}

static void fill_jump(SmApp *app, const char *typed)
{
    sm_chats_order(app);
    for (guint i = 0; i < app->urgent->len; i++)
        chat_row(app, app->urgent->pdata[i], (int)i + 1, TRUE);
    for (guint i = 0; i < app->list->len; i++)
        if (!g_ptr_array_find(app->urgent, app->list->pdata[i], NULL))
            chat_row(app, app->list->pdata[i], (int)i + 1, TRUE);
    sm_popup_match(app, after_sign(typed), TRUE);
    for (guint i = 0; i < app->popup.rows->len && i < 9; i++)
        ((SmPopupRow *)app->popup.rows->pdata[i])->digit = (int)i + 1;
    g_autofree char *count =
        g_strdup_printf(_("%d of %d"), (int)app->popup.rows->len, (int)app->list->len);
    sm_popup_right(app, sm_safe_from_literal(count));
}

static const SmPopupOps jump_ops = {.refill = fill_jump, .choose = choose_list, .closed = closed};

void sm_jump_open(SmApp *app, const char *typed)
{
    sm_popup_open(app, SM_POPUP_LIST, &jump_ops, _("jump to chat"), _("find>"));
    start_ticking(app);
    headings(app);
    sm_popup_heading(app, CELL_NAME, _("CUSTOMER"), 16);
    sm_popup_heading(app, CELL_ORDER, _("ORDER, TAGS"), 12);
    sm_popup_heading(app, CELL_JUMP_STATE, _("STATE"), 12);
    sm_popup_footer(app, _("1-9 goes there   # then an order number; letters of name, tag, last line   Esc close"));
    sm_editor_set_text(app->popup.filter, typed);
    sm_popup_refill(app);
}
