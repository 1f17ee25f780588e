/* SPDX-License-Identifier: MIT */
/* service_notice: what stands and what is under way of broadcasts and incident notices, and who would get one. */
#include "service_private.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/desk/notice.h"

static void broadcasts_quiet(SmPending *p)
{
    const GPtrArray *all = sm_desk_broadcasts(p->s->desk);
    json_t *list = json_array();

    for (guint i = 0; i < all->len; i++)
        json_array_append_new(list, sm_broadcast_json(all->pdata[i]));
    sm_pending_reply(p, 200, json_pack("{s:o}", "broadcasts", list));
}

void sm_handle_broadcasts(SmPending *p)
{
    sm_pending_when_quiet(p, broadcasts_quiet);
}

static void incidents_quiet(SmPending *p)
{
    const GPtrArray *all = sm_desk_incidents(p->s->desk);
    json_t *list = json_array();

    for (guint i = 0; i < all->len; i++)
        json_array_append_new(list, sm_incident_json(all->pdata[i]));
    sm_pending_reply(p, 200, json_pack("{s:o}", "incidents", list));
}

void sm_handle_incidents(SmPending *p)
{
    sm_pending_when_quiet(p, incidents_quiet);
}

/* The same choice as the command's, with nothing sent: who would get it, and why not the others. */
static void preview_quiet(SmPending *p)
{
    const SmDesk *desk = p->s->desk;
    const SmAgent *agent = p->actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, p->actor.id) : NULL;
    g_autoptr(json_t) body = sm_pending_body(p, "conversations:a? filter:s?");
    g_autoptr(GError) error = NULL;

    if (body == NULL)
        return;
    const json_t *chats = json_object_get(body, "conversations");
    const char *text = sm_json_str(body, "filter", NULL);
    if (agent != NULL && !sm_policy_may(sm_desk_policy(desk), agent->role, SM_MAY_BROADCAST)) {
        sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, NULL);
    } else if ((chats == NULL) == (text == NULL)) {
        sm_pending_problem(p, SM_PROBLEM_INVALID, "conversations", "Say either 'conversations' or 'filter'.");
    } else if (json_array_size(chats) > SM_MAX_BROADCAST_CHATS) {
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "BROADCAST_CHATS", NULL);
    } else if (text != NULL && g_utf8_strlen(text, -1) > SM_MAX_FILTER_CHARS) {
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "FILTER_CHARS", NULL);
    } else {
        g_autoptr(SmFilter) filter = text != NULL ? sm_filter_parse(text, &error) : NULL;
        if (error != NULL || (filter != NULL && sm_filter_has_events(filter)))
            sm_pending_problem(p, SM_PROBLEM_INVALID, "filter", "The filter can't be read.");
        else
            sm_pending_reply(p, 200, sm_desk_plan_broadcast(desk, p->actor, chats, filter, sm_service_now(p->s), NULL));
    }
}

void sm_handle_broadcast_preview(SmPending *p)
{
    sm_pending_when_quiet(p, preview_quiet);
}
