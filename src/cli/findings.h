/* SPDX-License-Identifier: MIT */
/* findings: what is wrong with a file, for people and editors: one line each, file:line:column. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdio.h>

#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/base/safe.h"

/* In order of place: files, lines, columns. The findings are borrowed. */
GPtrArray *sm_cli_sort_findings(const SmFindings *findings);
/* Prints all of them in that order; the number of errors among them. */
guint sm_cli_print_findings(FILE *to, const SmFindings *findings);
/* As fprintf(stderr, ...), for words that may hold a stranger's: a file's name, a desk's answer. What a terminal would obey or
 * not show does not get there. */
void sm_cli_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* As printf(), likewise. */
void sm_cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* As puts(), likewise. */
void sm_cli_puts(FILE *to, const char *line);
/* One line of what people wrote for standard output: on a terminal in the form that is drawn there, else whole, with joiners, selectors
 * and skin tones where they belong. New reference. */
SmSafe *sm_cli_line(const char *raw);
/* An answer as it may be printed piece by piece: every text and name of a member in it is as sm_safe_block() makes it. New
 * reference; NULL for NULL. */
json_t *sm_cli_safe_json(const json_t *answer);

#endif
