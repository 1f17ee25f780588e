/* SPDX-License-Identifier: MIT */
/* words: what alerts say. Titles carry name, count and time left, and nothing a customer wrote. */
#ifndef SEATMUX_ALERT_WORDS_H
#define SEATMUX_ALERT_WORDS_H

#include "seatmux/alert/policy.h"

/* "name (3) 00:12"; count and time only where known. New reference. */
SmSafe *sm_alert_title(const SmSafe *name, guint count, int64_t left_ms);
SmSafe *sm_alert_summary_title(guint chats, guint count, int64_t left_ms);
/* The sentence of a kind, or the message text if given. New reference. */
SmSafe *sm_alert_body(SmAlertKind kind, const SmSafe *text);

#endif
