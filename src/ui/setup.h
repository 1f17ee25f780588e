/* SPDX-License-Identifier: MIT */
/* setup: what both kinds of workstation, on a screen and by lines, pass on to the app. */
#ifndef UI_SETUP_H
#define UI_SETUP_H

#include "seatmux/ui/ui.h"

/* What the app takes over leaves `setup`. `state_file` and `show` are read by sm_app_new(). */
SmAppSetup sm_ui_app_setup(SmUiSetup *setup, SmClient *client, const char *state_file, const SmAppShow *show);
/* What is left of what it owns. */
void sm_ui_setup_clear(SmUiSetup *setup);
/* What was wrong with files, each as a line that is safe; at most the last messages that are kept. New references. */
GPtrArray *sm_ui_findings(const SmUiSetup *setup);

#endif
