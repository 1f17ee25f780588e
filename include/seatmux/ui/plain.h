/* SPDX-License-Identifier: MIT */
/* plain: the workstation as lines, for screen readers, braille and terminals without a cursor. Nothing is drawn and
 * nothing that was written changes: what happens is a new line in words, and a line typed is a message, or a command
 * with / before it. The app behind it is the same; lists are read out with numbers. Used as sm_ui_* (ui.h). */
#ifndef SEATMUX_UI_PLAIN_H
#define SEATMUX_UI_PLAIN_H

#include "seatmux/ui/ui.h"

typedef struct SmPlain SmPlain;

/* Standard input and output, of any kind. */
SmPlain *sm_plain_new(const SmUiSetup *setup);
void sm_plain_free(SmPlain *plain); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmPlain, sm_plain_free)
SmClientHandler sm_plain_handler(SmPlain *plain);
void sm_plain_attach(SmPlain *plain, SmClient *client);
int sm_plain_exit_status(SmPlain *plain);
SmApp *sm_plain_app(SmPlain *plain);

#endif
