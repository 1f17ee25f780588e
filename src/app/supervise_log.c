/* SPDX-License-Identifier: MIT */
/* supervise_log: what happened in the queues, newest last: who got what, what ran over its time,
 * who left. */
#include "app/supervise.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

#define AT_START 50 /* events of before that are shown when the view opens */

void sm_supervise_event_free(void *data)
{
    SmSuperviseEvent *event = data;

    sm_safe_unref(event->words);
    g_free(event);
}

void sm_supervise_log_add(SmApp *app, SmSupervision *s, const char *what, SmSafe *words, int64_t at,
                          gboolean urgent)
{
    SmSuperviseEvent *event = g_new0(SmSuperviseEvent, 1);

    event->at = at;
    event->what = what;
    event->words = words;
    event->urgent = urgent;
    g_ptr_array_add(s->shown.events, event);
    if (s->shown.events->len > SM_SUPERVISE_EVENTS)
        g_ptr_array_remove_index(s->shown.events, 0);
}

/* --- Words -------------------------------------------------------------------------------------
 */

const char *sm_cause_words(SmCause cause)
{
    switch (cause) {
    case SM_CAUSE_CLAIM:
        return _("claimed");
    case SM_CAUSE_ASSIGN:
        return _("assigned by a lead");
    case SM_CAUSE_TRANSFER:
        return _("transferred");
    case SM_CAUSE_TAKE_OVER:
        return _("taken over");
    case SM_CAUSE_RELEASE:
        return _("given back");
    case SM_CAUSE_ACCEPT_TIMEOUT:
        return _("not accepted in time");
    case SM_CAUSE_OFFLINE:
        return _("the agent went offline");
    case SM_CAUSE_ROUTING:
        return _("by routing");
    case SM_CAUSE_INVITATION:
        return _("by invitation");
    case SM_CAUSE_CUSTOMER:
        return _("the customer wrote");
    case SM_CAUSE_STAFF:
        return _("by the staff");
    case SM_CAUSE_DUE:
        return _("its time had come");
    case SM_CAUSE_HAND_OVER:
        return _("handed over by a bot");
    default:
        return "";
    }
}

static const char *event_word(SmEventType type)
{
    switch (type) {
    case SM_EVENT_CONVERSATION_STARTED:
        return _("arrived");
    case SM_EVENT_CONVERSATION_QUEUED:
        return _("queued");
    case SM_EVENT_CONVERSATION_ASSIGNED:
        return _("assigned");
    case SM_EVENT_CONVERSATION_UNASSIGNED:
        return _("released");
    case SM_EVENT_CONVERSATION_RESOLVED:
        return _("resolved");
    case SM_EVENT_CONVERSATION_RATED:
        return _("rated");
    case SM_EVENT_CONVERSATION_LEFT:
    case SM_EVENT_CONVERSATION_ABANDONED:
        return _("gone");
    case SM_EVENT_TURN_BREACHED:
    case SM_EVENT_QUEUE_BREACHED:
        return _("overdue");
    default:
        return NULL;
    }
}

static SmSafe *event_sentence(SmApp *app, const SmConversation *c, const SmLine *line)
{
    g_autoptr(SmSafe) name = sm_chat_name(c);
    g_autoptr(SmSafe) agent = sm_safe_screen_line(line->agent != NULL ? line->agent : "", -1);
    g_autoptr(SmSafe) team = sm_app_team(app, c->team);

    switch (line->event) {
    case SM_EVENT_CONVERSATION_ASSIGNED:
        return sm_safe_format("%S -> %S  %s", name, agent, sm_cause_words(line->cause));
    case SM_EVENT_CONVERSATION_UNASSIGNED:
        return sm_safe_format("%S, %S  %s", name, agent, sm_cause_words(line->cause));
    case SM_EVENT_CONVERSATION_RATED:
        return sm_safe_format(line->complaint ? _("%S: %d of 5, a complaint") : _("%S: %d of 5"), name, (int)line->level);
    case SM_EVENT_CONVERSATION_ABANDONED:
        return sm_safe_format(_("%S left the queue %S without an answer"), name, team);
    case SM_EVENT_QUEUE_BREACHED:
        return sm_safe_format(_("%S: no agent within the target of %S"), name, team);
    case SM_EVENT_TURN_BREACHED:
        return line->agent != NULL ? sm_safe_format(_("%S waits for %S"), name, agent)
                                   : sm_safe_format(_("%S waits for an answer"), name);
    default:
        return sm_safe_format(_("%S, %S"), name, team);
    }
}

/* --- Gathering ---------------------------------------------------------------------------------
 */

typedef struct {
    const SmConversation *c;
    const SmLine *line;
} Found;

static int by_seq(gconstpointer a, gconstpointer b)
{
    const Found *x = a, *y = b;

    return x->line->seq < y->line->seq ? -1 : x->line->seq > y->line->seq;
}

static void find_in(const SmConversation *c, int64_t after, GArray *found)
{
    for (guint i = c->lines->len; i-- > 0;) {
        Found one = {c, c->lines->pdata[i]};
        if (one.line->seq <= after)
            return;
        if (one.line->kind == SM_LINE_EVENT && event_word(one.line->event) != NULL)
            g_array_append_val(found, one);
    }
}

static void alert_breach(SmApp *app, const Found *found)
{
    gboolean breach = found->line->event == SM_EVENT_TURN_BREACHED ||
                      found->line->event == SM_EVENT_QUEUE_BREACHED;

    if (breach && g_strcmp0(found->c->owner, sm_app_me(app)) != 0) {
        g_autoptr(SmSafe) name = sm_chat_name(found->c);
        sm_alerts_lead(app, found->c->id, name);
    }
}

static void add_found(SmApp *app, SmSupervision *s, GArray *found, guint most, gboolean alert)
{
    g_array_sort(found, by_seq);
    guint from = found->len > most ? found->len - most : 0;
    for (guint i = from; i < found->len; i++) {
        const Found *one = &g_array_index(found, Found, i);
        gboolean urgent = one->line->event == SM_EVENT_TURN_BREACHED ||
                          one->line->event == SM_EVENT_QUEUE_BREACHED;
        sm_supervise_log_add(app, s, event_word(one->line->event),
                             event_sentence(app, one->c, one->line), one->line->at, urgent);
        if (alert)
            alert_breach(app, one);
    }
}

static int64_t logged_up_to(const SmSupervision *s, const SmConversation *c)
{
    const int64_t *seq = g_hash_table_lookup(s->logged_of, c->id);

    return seq != NULL ? *seq : s->logged;
}

static void note_logged(SmSupervision *s, const SmConversation *c)
{
    const SmLine *last = c->lines->len > 0 ? c->lines->pdata[c->lines->len - 1] : NULL;
    int64_t seq = MAX(s->logged, last != NULL ? last->seq : 0);

    g_hash_table_replace(s->logged_of, g_strdup(c->id), g_memdup2(&seq, sizeof seq));
}

void sm_supervise_log_start(SmApp *app, SmSupervision *s)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(app->client));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));

    for (guint i = 0; i < all->len; i++)
        find_in(all->pdata[i], 0, found);
    add_found(app, s, found, AT_START, FALSE);
    s->logged = sm_desk_seq(sm_client_desk(app->client));
    g_hash_table_remove_all(s->logged_of);
    for (guint i = 0; i < all->len; i++)
        note_logged(s, all->pdata[i]);
}

void sm_supervise_log_news(SmApp *app, SmSupervision *s, const GPtrArray *touched)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));

    if (touched == NULL) { /* a snapshot: what is there now is what there is */
        g_ptr_array_set_size(s->shown.events, 0);
        sm_supervise_log_start(app, s);
        return;
    }
    for (guint i = 0; i < touched->len; i++) {
        const SmConversation *c = sm_chat_conversation(app, touched->pdata[i]);
        if (c == NULL)
            continue;
        find_in(c, logged_up_to(s, c), found);
        note_logged(s, c);
    }
    add_found(app, s, found, SM_SUPERVISE_EVENTS, TRUE);
}
