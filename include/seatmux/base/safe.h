/* SPDX-License-Identifier: MIT */
/* safe: text that may leave the program. Raw text is `const char *`; every way out (screen, title,
 * notification, log, export, clipboard, file name, child environment) takes `const SmSafe *`, so
 * forgetting to make text safe does not compile. Values are made only in room text
 * (seatmux/text/sanitise.h), but for string literals of our own. */
#ifndef SEATMUX_BASE_SAFE_H
#define SEATMUX_BASE_SAFE_H

#include <glib.h>

typedef struct SmSafe SmSafe;

SmSafe *sm_safe_ref(SmSafe *safe);
void sm_safe_unref(SmSafe *safe); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmSafe, sm_safe_unref)
const char *sm_safe_str(const SmSafe *safe); /* UTF-8, NUL-terminated; "" for NULL */
gsize sm_safe_len(const SmSafe *safe);       /* bytes */

/* Only for literals of the program itself (message formats, labels). */
#define SM_SAFE_LITERAL(s) sm_safe_from_literal("" s "")
SmSafe *sm_safe_from_literal(const char *literal);
/* Joins safe pieces with program text: each %S takes a `const SmSafe *`, %d an int, %s a program
 * string (translated label or a number's text, never input), %% a percent. New reference. */
SmSafe *sm_safe_format(const char *format, ...);

#endif
