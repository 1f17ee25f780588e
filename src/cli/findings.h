/* SPDX-License-Identifier: MIT */
/* findings: what is wrong with a file, for people and editors: one line each, file:line:column. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdio.h>

#include "seatmux/base/error.h"

/* Prints all of them; the number of errors among them. */
guint sm_cli_print_findings(FILE *to, const SmFindings *findings);

#endif
