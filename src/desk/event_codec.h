/* SPDX-License-Identifier: MIT */
/* What the desk needs of the codec beside the public functions. */
#ifndef SEATMUX_DESK_EVENT_CODEC_H
#define SEATMUX_DESK_EVENT_CODEC_H

#include "seatmux/desk/event.h"

/* One step of an old version of a type to the next: changes the JSON in place. */
typedef void (*SmUpcast)(json_t *event);

/* Takes an event of `version` through the steps from there on; steps[0] leads from 1 to 2 and the
 * last one to `current`. */
void sm_event_upcast(json_t *event, const SmUpcast *steps, int64_t version, int64_t current);

/* What a customer is sent of an event: without the fields that are for staff alone. New reference.
 */
json_t *sm_event_encode_reduced(const SmEvent *event);

/* TRUE if it is the file of a message as events and lines carry it. */
gboolean sm_event_file_fits(const json_t *file);

/* Names that lines share with events; static. The parsers leave *out alone when they fail. */
const char *sm_author_name(SmAuthor author);
gboolean sm_author_parse(const char *text, SmAuthor *out);
const char *sm_message_kind_name(SmMessageKind kind);
gboolean sm_message_kind_parse(const char *text, SmMessageKind *out);
gboolean sm_cause_parse(const char *text, SmCause *out);
gboolean sm_event_type_parse(const char *text, SmEventType *out);

/* sm_record_decode() is the first of these, and where that finds nothing the second. NULL of the first: not exactly as
 * sm_record_encode() writes it. */
SmRecord *sm_record_scan(const char *text, gsize n);
SmRecord *sm_record_decode_json(const char *text, gsize n, GError **error);

#endif
