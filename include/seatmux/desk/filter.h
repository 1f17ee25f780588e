/* SPDX-License-Identifier: MIT */
/* filter: which conversations and events one wants to see, in one line of words. The queue view and
 * `seatmux tail` speak the same language:
 *
 *     wait>60 team:billing state:queued,open agent:none event:breach -tag:vip refund
 *
 * All terms must hold; `-` before one turns it round; several values after a colon, parted by commas, are
 * alternatives. Words without a key are looked for in customer, order, tags and last line. Times are seconds,
 * or have a unit: 90, 2m, 1h30m. */
#ifndef SEATMUX_DESK_FILTER_H
#define SEATMUX_DESK_FILTER_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/desk/desk.h"

typedef struct SmFilter SmFilter;

/* NULL and SM_ERROR_INVALID with "column N: why" for what is none. "" lets everything pass. */
SmFilter *sm_filter_parse(const char *text, GError **error);
void sm_filter_free(SmFilter *filter); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFilter, sm_filter_free)

/* What is looked at. Strings are borrowed; NULL: not known or none. */
typedef struct {
    const char *event;    /* "turn.breached"; NULL: no event, a conversation as it is now */
    const char *state;    /* "queued" */
    const char *team;
    const char *inbox;
    const char *agent;    /* who has it; NULL: none */
    const char *language;
    const char *customer;
    const char *order;
    const char *id;
    const GPtrArray *tags; /* char* */
    const char *last;      /* last line, or what the event says */
    int64_t queued;        /* desk ms since when it waits; -1: it does not */
    SmDeadline deadline;
} SmFilterSubject;

/* A conversation as it is now. */
SmFilterSubject sm_filter_subject(const SmConversation *c);
/* TRUE if all terms hold at desk time `now` (ms). A filter of NULL lets everything pass. */
gboolean sm_filter_matches(const SmFilter *filter, const SmFilterSubject *subject, int64_t now);
/* The outcome may change by time alone. */
gboolean sm_filter_is_timed(const SmFilter *filter);
/* It asks about events. */
gboolean sm_filter_has_events(const SmFilter *filter);

/* The newest message of a conversation that holds words, or NULL; what somebody said before what the desk says to many.
 * Borrowed. */
const SmLine *sm_conversation_last_message(const SmConversation *c);

#endif
