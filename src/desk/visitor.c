/* SPDX-License-Identifier: MIT */
/* visitor: the fold of invitations, the rules of a page, and what a visit is counted as. */
#include "seatmux/desk/visitor.h"

#include <string.h>

#include "desk/desk_private.h"

#define DIGITS_IN_A_ROW 5 /* so many are somebody's: an order, a phone */
#define SEGMENT_CHARS 40
#define SEGMENTS 6
#define HOST_CHARS 100

/* --- The fold ----------------------------------------------------------------------------------
 */

static void invitation_free(gpointer data)
{
    SmInvitation *one = data;

    g_free(one->id);
    g_free(one->visit);
    g_free(one->agent);
    g_free(one->team);
    g_free(one->inbox);
    g_free(one);
}

GPtrArray *sm_invitations_new(void)
{
    return g_ptr_array_new_with_free_func(invitation_free);
}

static SmInvitation *find(const SmDesk *desk, const char *id)
{
    for (guint i = 0; i < desk->invitations->len; i++) {
        SmInvitation *one = desk->invitations->pdata[i];
        if (g_strcmp0(one->id, id) == 0) {
            return one;
        }
    }
    return NULL;
}

const SmInvitation *sm_desk_invitation(const SmDesk *desk, const char *id)
{
    return find(desk, id);
}

static void invited(SmDesk *desk, const SmEvent *event)
{
    SmInvitation *one = g_new0(SmInvitation, 1);

    one->id = g_strdup(event->notice);
    one->visit = g_strdup(event->message);
    one->agent = g_strdup(event->agent);
    one->team = g_strdup(event->team);
    one->inbox = g_strdup(event->inbox);
    one->until = event->until;
    g_ptr_array_add(desk->invitations, one);
}

gboolean sm_visitor_apply(SmDesk *desk, const SmEvent *event)
{
    SmInvitation *one;

    switch (event->type) {
    case SM_EVENT_VISITOR_INVITED:
        if (!find(desk, event->notice)) {
            invited(desk, event);
        }
        return TRUE;
    case SM_EVENT_VISITOR_ANSWERED:
        one = find(desk, event->notice);
        if (one) {
            g_ptr_array_remove(desk->invitations, one);
        }
        return TRUE;
    default:
        return event->type == SM_EVENT_TRAFFIC_COUNTED; /* for reports alone */
    }
}

int64_t sm_visitor_next_due(const SmDesk *desk)
{
    int64_t due = INT64_MAX;

    for (guint i = 0; i < desk->invitations->len; i++) {
        due = MIN(due, ((const SmInvitation *)desk->invitations->pdata[i])->until);
    }
    return due;
}

/* --- Who may see them, and when a page invites -------------------------------------------------
 */

gboolean sm_desk_may_watch(const SmDesk *desk, const SmAgent *agent, const char *inbox_id)
{
    const SmInbox *inbox = sm_policy_inbox(desk->policy, inbox_id);

    return agent && inbox && sm_agent_in_team(agent, inbox->team) && (agent->role != SM_ROLE_TRAINEE || inbox->training) &&
           sm_policy_may(desk->policy, agent->role, SM_MAY_CLAIM);
}

static gboolean is_for(const SmVisitRule *rule, const char *page, const char *inbox, const char *language, gboolean returning)
{
    return (!rule->page || g_pattern_match_simple(rule->page, page)) && (!rule->inbox || g_strcmp0(rule->inbox, inbox) == 0) &&
           (!rule->language || (language && g_ascii_strncasecmp(rule->language, language, strlen(rule->language)) == 0)) &&
           (!rule->returning || returning);
}

const SmVisitRule *sm_visit_rule_now(const SmPolicy *policy, const char *page, const char *inbox, const char *language,
                                     gboolean returning, int64_t ms, const GPtrArray *done, int64_t *next)
{
    *next = INT64_MAX;
    for (guint i = 0; i < policy->visit_rules->len; i++) {
        const SmVisitRule *rule = policy->visit_rules->pdata[i];
        gboolean was = done && g_ptr_array_find_with_equal_func((GPtrArray *)done, rule->id, g_str_equal, NULL);
        if (was || !is_for(rule, page, inbox, language, returning)) {
            continue;
        }
        if (ms >= rule->after) {
            return rule;
        }
        *next = MIN(*next, rule->after - ms);
    }
    return NULL;
}

/* --- What a visit is counted as ----------------------------------------------------------------
 */

static gboolean is_anybodys(const char *segment)
{
    guint digits = 0;

    if (g_utf8_strlen(segment, -1) > SEGMENT_CHARS) {
        return FALSE;
    }
    for (const char *p = segment; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        digits = g_unichar_isdigit(c) ? digits + 1 : 0;
        if (c == '@' || digits >= DIGITS_IN_A_ROW || !g_unichar_isprint(c)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* As people read it, where that is text. */
static char *decoded(const char *path)
{
    char *text = g_uri_unescape_string(path, NULL);

    if (text && g_utf8_validate(text, -1, NULL)) {
        return text;
    }
    g_free(text);
    return g_utf8_make_valid(path, -1);
}

char *sm_visit_page_key(const char *path)
{
    g_autofree char *text = decoded(path);
    text[strcspn(text, "?#;")] = '\0';
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    GString *key = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; parts[i]; i++) {
        if (!*parts[i]) {
            continue;
        }
        if (++n > SEGMENTS) {
            g_string_append(key, "/*");
            break;
        }
        g_string_append_printf(key, "/%s", is_anybodys(parts[i]) ? parts[i] : "*");
    }
    if (n == 0) {
        g_string_append_c(key, '/');
    }
    return g_string_free(key, FALSE);
}

char *sm_visit_referrer_key(const char *referrer)
{
    const char *host = referrer ? strstr(referrer, "://") : NULL;
    gsize n = host ? strcspn(host + 3, "/?#") : 0;

    if (n == 0 || n > HOST_CHARS) {
        return g_strdup("");
    }
    char *key = g_ascii_strdown(host + 3, (gssize)n);
    if (strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-._:[]") != n) {
        key[0] = '\0';
    }
    return key;
}
