/* SPDX-License-Identifier: MIT */
/* practice_desk: the desk of a practice: in memory, the shipped targets, one team, one entrance, one trainee. */
#ifndef CLI_PRACTICE_DESK_H
#define CLI_PRACTICE_DESK_H

#include "cli/local_desk.h"

#define SM_TRAINEE "you"

/* Opens and furnishes it; *token is a session of SM_TRAINEE (sm_secrets_wipe() frees it). */
/* `team`: what its one team is called, in the language of the screen. */
SmLocalDesk *sm_practice_desk(SmLoop *loop, uint64_t seed, const char *team, gboolean preview, SmTrace *trace, char **token, GError **error);
/* A way to it with the delay of a near network. */
SmTransport *sm_practice_transport(SmLocalDesk *desk);

/* The desk's log so far, as seatmuxd export prints one. FALSE, and words on standard error. */
gboolean sm_practice_record(SmLocalDesk *desk, const char *path);

#endif
