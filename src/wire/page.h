/* SPDX-License-Identifier: MIT */
/* page: what page and snapshot share. */
#ifndef SEATMUX_WIRE_PAGE_H
#define SEATMUX_WIRE_PAGE_H

#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

/* Cursor, now, fold, more and a full ring of ephemeral events are added to a page afterwards. */
#define SM_WIRE_PAGE_BYTES (SM_MAX_POLL_BYTES - 12 * 1024)
#define SM_WIRE_STATE_BYTES                                                                        \
    (32 * 1024) /* of one conversation's state; older lines are read page by page */

/* A conversation's state for the viewer, its oldest lines left out beyond SM_WIRE_STATE_BYTES. New
 * reference. */
json_t *sm_wire_state(SmDesk *desk, SmActor viewer, const SmConversation *c);
/* TRUE if this event may take a conversation out of a queue. */
gboolean sm_wire_leaves_queue(const SmEvent *event);

#endif
