/* SPDX-License-Identifier: MIT */
/* plain_say: what happened since the last turn, as lines in words: the connection, new lines of every chat, clocks that
 * passed a threshold, what the message line says, and where one is when that changed. */
#include "ui/plain_private.h"

#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"
#include "ui/line_words.h"
#include "ui/view.h"

#define FIRST_LINES 10   /* read out of a chat that one comes to for the first time */
#define WAITS_MS 3000    /* a message that has not left by then is said to wait */
#define TICK_MS 1000

SmChat *sm_plain_here(SmPlain *plain)
{
    const SmPane *pane = sm_layout_focused(sm_app_layout(plain->app));
    SmChat *chat = pane->conversation ? sm_app_chat(plain->app, pane->conversation) : NULL;
    return chat && chat->conversation ? chat : NULL;
}

static SmPlainTold *told_of(SmPlain *plain, const SmChat *chat)
{
    SmPlainTold *told = g_hash_table_lookup(plain->told, chat->id);
    if (told)
        return told;
    told = g_new0(SmPlainTold, 1);
    told->seq = -1;
    g_hash_table_insert(plain->told, g_strdup(chat->id), told);
    return told;
}

/* --- Lines ---------------------------------------------------------------------------------------- */

/* Clocks are said when they pass, by plain_say itself. */
static gboolean is_said(const SmLine *line)
{
    return line->event != SM_EVENT_TURN_WARNED && line->event != SM_EVENT_TURN_BREACHED &&
           line->event != SM_EVENT_QUEUE_BREACHED;
}

/* "14:31 Chen Wei: ...", "14:32 you to Chen Wei: ...", "14:33 Chen Wei: you took the chat". */
static void say_line(SmPlain *plain, const SmChat *chat, const SmLine *line)
{
    char at[6];
    sm_view_hhmm(at, line->at);
    g_autoptr(SmSafe) text = sm_line_text(plain->app, line);
    g_autoptr(SmSafe) who = sm_line_author(plain->app, chat->name, line);
    if (line->kind == SM_LINE_EVENT || (line->kind == SM_LINE_MESSAGE && line->author == SM_AUTHOR_CUSTOMER))
        sm_plain_line(plain, sm_safe_format("%s %S: %S", at, chat->name, text));
    else if (line->kind == SM_LINE_MESSAGE)
        sm_plain_line(plain, sm_safe_format(_("%s %S to %S: %S"), at, who, chat->name, text));
    else
        sm_plain_line(plain, sm_safe_format(_("%s %S on %S: %S"), at, who, chat->name, text));
}

static int64_t newest(const SmChat *chat)
{
    const GPtrArray *lines = chat->conversation->lines;
    return lines->len ? ((SmLine *)lines->pdata[lines->len - 1])->seq : 0;
}

static void say_new_lines(SmPlain *plain, SmChat *chat)
{
    SmPlainTold *told = told_of(plain, chat);
    const GPtrArray *lines = chat->conversation->lines;
    if (told->seq < 0) /* a chat that was there before: it is read when one comes to it */
        told->seq = newest(chat);
    guint from = lines->len;
    while (from > 0 && ((SmLine *)lines->pdata[from - 1])->seq > told->seq)
        from--;
    for (guint i = from; i < lines->len; i++)
        if (is_said(lines->pdata[i]))
            say_line(plain, chat, lines->pdata[i]);
    told->seq = MAX(told->seq, newest(chat));
}

static void say_last(SmPlain *plain, SmChat *chat, guint n)
{
    const GPtrArray *lines = chat->conversation->lines;
    guint from = lines->len, left = n;
    while (from > 0 && left > 0)
        left -= is_said(lines->pdata[--from]);
    for (guint i = from; i < lines->len; i++)
        if (is_said(lines->pdata[i]))
            say_line(plain, chat, lines->pdata[i]);
}

void sm_plain_read(SmPlain *plain, guint lines)
{
    SmChat *chat = sm_plain_here(plain);
    if (chat)
        say_last(plain, chat, lines);
    else
        sm_plain_say(plain, _("No chat is chosen."));
}

/* --- Clocks --------------------------------------------------------------------------------------- */

static char *duration_words(int64_t ms)
{
    int s = (int)MIN(ms / 1000, G_MAXINT / 2);
    if (s < 60)
        return g_strdup_printf(_("%d s"), s);
    if (s < 3600)
        return s % 60 ? g_strdup_printf(_("%d min %d s"), s / 60, s % 60) : g_strdup_printf(_("%d min"), s / 60);
    return g_strdup_printf(_("%d h %d min"), s / 3600, s / 60 % 60);
}

/* "21 s left", "overdue by 5 s"; NULL: no clock runs. */
static char *clock_words(SmPlain *plain, const SmConversation *c)
{
    SmDeadline deadline = sm_conversation_deadline(c);
    if (deadline.kind == SM_CLOCK_NONE)
        return NULL;
    int64_t left = sm_deadline_remaining(&deadline, sm_app_now(plain->app));
    g_autofree char *words = duration_words(ABS(left) + (left > 0 ? 999 : 0));
    return g_strdup_printf(left > 0 ? _("%s left to reply") : _("overdue by %s"), words);
}

static void say_clock(SmPlain *plain, SmChat *chat)
{
    SmPlainTold *told = told_of(plain, chat);
    SmDeadline deadline = sm_conversation_deadline(chat->conversation);
    int level = deadline.kind == SM_CLOCK_NONE ? 0 : (int)sm_deadline_level(&deadline, sm_app_now(plain->app));
    if (level > told->level) {
        g_autofree char *words = clock_words(plain, chat->conversation);
        sm_plain_line(plain, level >= SM_LEVEL_OVERDUE ? sm_safe_format(_("Overdue: %S."), chat->name)
                                                       : sm_safe_format(_("Warning: %S: %s."), chat->name, words ? words : ""));
    }
    told->level = level;
}

/* --- Where one is --------------------------------------------------------------------------------- */

static void say_chat(SmPlain *plain, SmChat *chat)
{
    const SmConversation *c = chat->conversation;
    g_autofree char *clock = clock_words(plain, c);
    g_autoptr(SmSafe) order = sm_safe_screen_line(c->order ? c->order : "", -1);
    g_autoptr(SmSafe) head = *sm_safe_str(order) ? sm_safe_format(_("%S, order %S"), chat->name, order) : sm_safe_ref(chat->name);
    g_autoptr(SmSafe) state = sm_safe_from_literal(c->state == SM_STATE_OPEN ? "" : _(sm_state_name(c->state)));
    g_autoptr(SmSafe) with_state = *sm_safe_str(state) ? sm_safe_format("%S, %S", head, state) : sm_safe_ref(head);
    sm_plain_line(plain, clock ? sm_safe_format(_("Chat with %S: %s."), with_state, clock) : sm_safe_format(_("Chat with %S."), with_state));
    plain->draft = 0;
    sm_plain_draft(plain);
}

void sm_plain_draft(SmPlain *plain)
{
    SmChat *chat = sm_plain_here(plain);
    if (!chat || !chat->editor || !sm_editor_len(chat->editor) || plain->draft == sm_editor_text_revision(chat->editor))
        return;
    plain->draft = sm_editor_text_revision(chat->editor);
    g_autoptr(SmSafe) draft = sm_app_shown(plain->app, sm_editor_text(chat->editor), TRUE);
    sm_plain_line(plain, sm_safe_format(_("Draft, not sent: %S"), draft));
    const char *unfilled = sm_editor_unfilled(chat->editor);
    g_autoptr(SmSafe) field = sm_safe_screen_line(unfilled ? unfilled : "", -1);
    sm_plain_line(plain, unfilled ? sm_safe_format(_("Type what comes in for %S."), field)
                                  : sm_safe_from_literal(_("An empty line sends it.")));
}

static void say_others(SmPlain *plain)
{
    SmClient *client = sm_app_client(plain->app);
    const GPtrArray *chats = sm_app_urgent(plain->app);
    guint waiting = sm_desk_rows(sm_client_desk(client), sm_client_actor(client))->len;
    for (guint i = 0; i < chats->len; i++) {
        const SmChat *chat = chats->pdata[i];
        if (!chat->conversation || chat == sm_plain_here(plain))
            continue;
        g_autofree char *clock = clock_words(plain, chat->conversation);
        g_autofree char *unread = g_strdup_printf(_("%u new"), chat->unread);
        sm_plain_line(plain, sm_safe_format("%S: %s%s%s", chat->name, chat->unread ? unread : "", chat->unread && clock ? ", " : "",
                                            clock ? clock : chat->unread ? "" : _("nothing to answer")));
    }
    if (waiting)
        sm_plain_say(plain, _("%u waiting in the queue; /chat-accept takes the next."), waiting);
    else
        sm_plain_say(plain, "%s", _("Nobody waits in the queue."));
}

void sm_plain_where(SmPlain *plain)
{
    SmChat *chat = sm_plain_here(plain);
    if (chat)
        say_chat(plain, chat);
    else
        sm_plain_say(plain, _("No chat is chosen. /chat-accept takes the next waiting one, /chat-list lists all."));
    say_others(plain);
}

/* One came to another chat: which, and what one has not read of it. */
static void say_focus(SmPlain *plain)
{
    SmChat *chat = sm_plain_here(plain);
    if (g_strcmp0(plain->here, chat ? chat->id : NULL) == 0)
        return;
    g_free(plain->here);
    plain->here = chat ? g_strdup(chat->id) : NULL;
    if (!chat) {
        sm_plain_where(plain);
        return;
    }
    SmPlainTold *told = told_of(plain, chat);
    say_chat(plain, chat);
    if (told->seq < 0)
        say_last(plain, chat, FIRST_LINES);
    else if (chat->unread) {
        char since[6];
        sm_view_hhmm(since, chat->unread_at);
        sm_plain_say(plain, _("%u new since %s:"), chat->unread, since);
        const GPtrArray *lines = chat->conversation->lines;
        for (guint i = 0; i < lines->len; i++)
            if (((SmLine *)lines->pdata[i])->seq > chat->unread_seq && is_said(lines->pdata[i]))
                say_line(plain, chat, lines->pdata[i]);
    }
    told->seq = newest(chat);
}

/* --- The rest ------------------------------------------------------------------------------------- */

static void say_link(SmPlain *plain)
{
    const SmLink *link = sm_client_link(sm_app_client(plain->app));
    if (link->state == plain->link)
        return;
    plain->link = link->state;
    if (link->state == SM_LINK_LIVE) {
        sm_plain_say(plain, "%s", _("Connected."));
        say_others(plain);
    } else if (link->state == SM_LINK_RECONNECTING)
        sm_plain_say(plain, _("No connection: %s. What you write is kept and sent later."), link->words);
    else if (link->state == SM_LINK_ENDED || link->state == SM_LINK_SUPERSEDED || link->state == SM_LINK_TOO_OLD)
        sm_plain_say(plain, _("The connection has ended: %s"), link->words);
}

void sm_plain_toasts(SmPlain *plain)
{
    const GPtrArray *toasts = sm_app_toasts(plain->app);
    for (guint i = 0; i < toasts->len; i++) {
        const SmToast *toast = toasts->pdata[i];
        if (toast->serial <= plain->toast)
            continue;
        plain->toast = toast->serial;
        if (!toast->spoken)
            sm_plain_line(plain, sm_safe_ref(toast->words));
    }
}

/* A message that is accepted comes back as a line; one that is not for a while is said to wait. */
static void say_outbox(SmPlain *plain)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(sm_app_client(plain->app), NULL);
    for (guint i = 0; i < entries->len; i++) {
        const SmOutboxEntry *entry = entries->pdata[i];
        SmChat *chat = sm_app_chat(plain->app, entry->conversation);
        if (!chat || entry->state > SM_SEND_SENDING || sm_app_now(plain->app) - entry->made < WAITS_MS ||
            !g_hash_table_add(plain->waiting, g_strdup(entry->id)))
            continue;
        g_autoptr(SmSafe) text = sm_safe_clusters_line(entry->text ? entry->text : "", -1);
        sm_plain_line(plain, sm_safe_format(_("Not sent yet, it waits: to %S: %S"), chat->name, text));
    }
    if (entries->len == 0)
        g_hash_table_remove_all(plain->waiting);
}

/* What was said of the chat that one is at has been read. */
static void tell_drawn(SmPlain *plain)
{
    SmChat *chat = sm_plain_here(plain);
    if (chat)
        sm_app_drawn(plain->app, chat->id, chat->conversation->version);
}

/* Nothing more comes in: it ends when all is sent, or after a while. */
static void leave(SmPlain *plain)
{
    if (plain->leave_at == 0 || plain->ended)
        return;
    g_autoptr(GPtrArray) entries = sm_client_outbox(sm_app_client(plain->app), NULL);
    guint left = 0;
    for (guint i = 0; i < entries->len; i++)
        left += ((const SmOutboxEntry *)entries->pdata[i])->state <= SM_SEND_SENDING;
    if (left == 0 || sm_loop_now(plain->loop) >= plain->leave_at)
        sm_app_run(plain->app, "quit now");
}

static void say(SmPlain *plain)
{
    const GPtrArray *chats = sm_app_chats(plain->app);
    say_link(plain);
    say_focus(plain);
    for (guint i = 0; i < chats->len; i++) {
        SmChat *chat = chats->pdata[i];
        if (!chat->conversation)
            continue;
        say_new_lines(plain, chat);
        say_clock(plain, chat);
        sm_plain_say_people(plain, chat, told_of(plain, chat));
        if (chat == sm_plain_here(plain))
            sm_plain_say_offer(plain, chat, told_of(plain, chat));
    }
    sm_plain_say_card(plain);
    sm_plain_toasts(plain);
    say_outbox(plain);
    plain->popup_open = sm_plain_popup_say(plain);
    leave(plain);
    sm_plain_prompt(plain);
    tell_drawn(plain);
}

static void ticked(void *user)
{
    SmPlain *plain = user;
    plain->tick = sm_loop_after(plain->loop, TICK_MS, ticked, plain);
    say(plain);
}

static void flush(void *user)
{
    SmPlain *plain = user;
    plain->flush = 0;
    if (plain->tick == 0)
        plain->tick = sm_loop_after(plain->loop, TICK_MS, ticked, plain);
    say(plain);
}

void sm_plain_mark(SmPlain *plain)
{
    if (plain->flush == 0 && plain->app)
        plain->flush = sm_loop_defer(plain->loop, flush, plain);
}
