/* SPDX-License-Identifier: MIT */
/* answer: when an automatic first answer falls due in a conversation, and the rules tried on a log. */
#include "seatmux/desk/answers.h"

#include <string.h>

#include "desk/desk_private.h"

/* --- When ---------------------------------------------------------------------------------------
 */

static gboolean is_human(const SmLine *line)
{
    return line->kind == SM_LINE_MESSAGE && line->author == SM_AUTHOR_AGENT;
}

static gboolean is_customers(const SmLine *line)
{
    return line->kind == SM_LINE_MESSAGE && line->author == SM_AUTHOR_CUSTOMER;
}

/* Where what nobody has answered begins; lines->len: nothing is unanswered. */
static guint first_unanswered(const SmConversation *c)
{
    guint first = c->lines->len;

    for (guint i = c->lines->len; i-- > 0 && !is_human(c->lines->pdata[i]) &&
                                  ((SmLine *)c->lines->pdata[i])->event != SM_EVENT_CONVERSATION_REOPENED;) {
        first = is_customers(c->lines->pdata[i]) ? i : first;
    }
    return first;
}

static gboolean has_word(const SmAnswerRule *rule, const char *text)
{
    g_autofree char *folded = text ? g_utf8_casefold(text, -1) : g_strdup("");

    for (guint i = 0; i < rule->words->len; i++) {
        if (strstr(folded, rule->words->pdata[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static int64_t keyword_at(const SmAnswerRule *rule, const SmConversation *c, guint first)
{
    for (guint i = first; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (is_customers(line) && has_word(rule, line->text)) {
            return line->at;
        }
    }
    return INT64_MAX;
}

static gboolean is_for(const SmAnswerRule *rule, const SmConversation *c)
{
    return (!rule->team || g_strcmp0(rule->team, c->team) == 0) && (!rule->inbox || g_strcmp0(rule->inbox, c->inbox) == 0) &&
           (!rule->language || g_strcmp0(rule->language, c->language) == 0);
}

static int64_t rule_due(const SmDesk *desk, const SmAnswerRule *rule, const SmConversation *c, guint first)
{
    const SmTeam *team = sm_policy_team(desk->policy, c->team);
    int64_t asked = ((SmLine *)c->lines->pdata[first])->at;
    gboolean open = !team || !team->hours || sm_hours_open(team->hours, asked);

    switch (rule->when) {
    case SM_ANSWER_CLOSED:
        return open ? INT64_MAX : asked;
    case SM_ANSWER_NOBODY:
        return open && !c->owner && !sm_desk_attended(desk, c->team, asked) ? asked : INT64_MAX;
    case SM_ANSWER_SILENCE:
        return asked + rule->after;
    case SM_ANSWER_KEYWORD:
        return keyword_at(rule, c, first);
    }
    return INT64_MAX;
}

static gboolean was_said(const GPtrArray *said, const SmAnswerRule *rule)
{
    return said && g_ptr_array_find_with_equal_func((GPtrArray *)said, rule->id, g_str_equal, NULL);
}

static int64_t earliest(const SmDesk *desk, const GPtrArray *rules, const GPtrArray *said, const SmConversation *c, guint *which)
{
    guint first = rules->len > 0 && c->state != SM_STATE_RESOLVED && !c->bot ? first_unanswered(c) : c->lines->len;
    int64_t best = INT64_MAX;

    for (guint i = 0; first < c->lines->len && i < rules->len; i++) {
        const SmAnswerRule *rule = rules->pdata[i];
        int64_t due = was_said(said, rule) || !is_for(rule, c) ? INT64_MAX : rule_due(desk, rule, c, first);
        if (due < best) {
            best = due;
            *which = i;
        }
    }
    return best;
}

int64_t sm_answer_due(const SmDesk *desk, const SmConv *conv, guint *which)
{
    return earliest(desk, desk->policy->answers, conv->said, &conv->c, which);
}

void sm_answer_said(SmConv *conv, const char *rule)
{
    if (!conv->said) {
        conv->said = g_ptr_array_new_with_free_func(g_free);
    }
    if (rule && !g_ptr_array_find_with_equal_func(conv->said, rule, g_str_equal, NULL)) {
        g_ptr_array_add(conv->said, g_strdup(rule));
    }
}

/* --- Tried on a log -----------------------------------------------------------------------------
 */

struct SmAnswerTrial {
    SmDesk *desk;
    SmPolicy *with;
    GHashTable *said; /* conversation -> GPtrArray of rule ids, of this round */
    SmAnswerTried tried;
    void *user;
};

SmAnswerTrial *sm_answer_trial_new(const SmPolicy *with, SmAnswerTried tried, void *user)
{
    SmAnswerTrial *t = g_new0(SmAnswerTrial, 1);

    t->desk = sm_desk_new(0);
    t->with = sm_policy_ref((SmPolicy *)with);
    t->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    t->tried = tried;
    t->user = user;
    return t;
}

void sm_answer_trial_free(SmAnswerTrial *t)
{
    if (t) {
        sm_desk_free(t->desk);
        sm_policy_unref(t->with);
        g_hash_table_unref(t->said);
        g_free(t);
    }
}

static GPtrArray *said_in(SmAnswerTrial *t, const char *conversation)
{
    GPtrArray *said = g_hash_table_lookup(t->said, conversation);

    if (!said) {
        said = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(t->said, g_strdup(conversation), said);
    }
    return said;
}

/* All that would have been said before `until`. */
static void say(SmAnswerTrial *t, const SmConversation *c, int64_t until)
{
    guint which = 0;
    int64_t due;

    while ((due = earliest(t->desk, t->with->answers, g_hash_table_lookup(t->said, c->id), c, &which)) < until) {
        const SmAnswerRule *rule = t->with->answers->pdata[which];
        guint first = first_unanswered(c);
        const SmLine *line = first < c->lines->len ? c->lines->pdata[first] : NULL;
        g_ptr_array_add(said_in(t, c->id), g_strdup(rule->id));
        t->tried(c, rule, due, line ? line->text : NULL, t->user);
    }
}

gboolean sm_answer_trial_record(SmAnswerTrial *t, const SmRecord *record, GError **error)
{
    const GPtrArray *all = sm_desk_conversations(t->desk);
    int64_t until = record ? MAX(record->at, t->desk->at) : INT64_MAX;

    for (guint i = 0; i < all->len; i++) {
        say(t, all->pdata[i], until);
    }
    if (!record) {
        return TRUE;
    }
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type == SM_EVENT_CONVERSATION_REOPENED || event->type == SM_EVENT_CONVERSATION_ARCHIVED) {
            g_hash_table_remove(t->said, event->conversation);
        }
    }
    return sm_desk_apply(t->desk, record, error);
}
