/* SPDX-License-Identifier: MIT */
/* route: which agent gets a waiting conversation, where the team's policy says that the desk decides. Everything it
 * weighs is in the fold, so that the same log routes the same way and an answer can be explained. */
#ifndef SEATMUX_DESK_ROUTE_H
#define SEATMUX_DESK_ROUTE_H

#include "desk/desk_private.h"

/* Agents as they would be after what has been given out so far; the desk itself is not changed. */
typedef struct SmRouter SmRouter;
SmRouter *sm_router_new(const SmDesk *desk);
void sm_router_free(SmRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRouter, sm_router_free)
/* The agent who gets it, and counts as having it from here on; NULL: nobody can, or the team claims by hand. */
const char *sm_router_pick(SmRouter *router, const SmConv *conv);
/* Those that wait for the desk to decide, by deadline. Borrowed SmConv; caller unrefs the array. */
GPtrArray *sm_route_waiting(const SmDesk *desk);
/* Something could be given out now. */
gboolean sm_route_ready(const SmDesk *desk);

/* What the fold tells it. `at` in desk ms. */
void sm_route_assigned(SmDesk *desk, SmConv *conv, const char *agent, SmCause cause, int64_t at);
void sm_route_taken_away(SmDesk *desk, SmConv *conv, const char *agent, SmCause cause, int64_t at);
void sm_route_accepted(SmConv *conv, const char *agent); /* a message or note by staff */
void sm_route_ended(SmDesk *desk, SmConv *conv, int64_t at);
void sm_route_online(SmAgentNode *node, int64_t at);

#endif
