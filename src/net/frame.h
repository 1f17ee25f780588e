/* SPDX-License-Identifier: MIT */
/* frame: requests and answers as the bytes of HTTP/1.1, and back, within the limits a real
 * connection has. The in-process transport carries these; so what practice and the simulation see
 * has been through a parser. Also the reader of answer headers for the curl transport. */
#ifndef SEATMUX_NET_FRAME_H
#define SEATMUX_NET_FRAME_H

#include "seatmux/wire/wire.h"

GBytes *sm_frame_write_request(const SmRequest *request);
/* NULL: beyond a limit or no request; *refused then is the answer a desk gives to that. */
SmRequest *sm_frame_read_request(GBytes *bytes, SmAnswer **refused);

GBytes *sm_frame_write_answer(const SmAnswer *answer);
/* NULL and error: SM_ERROR_INVALID or SM_ERROR_LIMIT. */
SmAnswer *sm_frame_read_answer(GBytes *bytes, GError **error);

/* One header line of an answer without its end: sets what a client uses of it. */
void sm_frame_answer_header(SmAnswer *answer, const char *line, gsize n);

#endif
