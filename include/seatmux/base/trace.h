/* SPDX-License-Identifier: MIT */
/* trace: diagnostic lines for people who run the program, never on the screen: to a file (0600, at most
 * 4 MB, one old kept) or to standard error for a server, in systemd's journal with its level. Control characters are escaped; customer text
 * and secrets are never logged, only ids. */
#ifndef SEATMUX_BASE_TRACE_H
#define SEATMUX_BASE_TRACE_H

#include <glib.h>

typedef enum { SM_TRACE_ERROR, SM_TRACE_WARN, SM_TRACE_INFO, SM_TRACE_DEBUG } SmTraceLevel;
typedef struct SmTrace SmTrace;

SmTrace *sm_trace_new_file(const char *path, SmTraceLevel level, GError **error);
SmTrace *sm_trace_new_stderr(SmTraceLevel level);
void sm_trace_free(SmTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTrace, sm_trace_free)

/* NULL trace: nothing happens. `room` names the part: "net", "http". */
void sm_trace(SmTrace *trace, SmTraceLevel level, const char *room, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
