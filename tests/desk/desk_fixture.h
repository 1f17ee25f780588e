/* SPDX-License-Identifier: MIT */
/* A small desk for tests: three teams, a training inbox, a handful of people, and time that is
 * said. */
#ifndef SEATMUX_TESTS_DESK_FIXTURE_H
#define SEATMUX_TESTS_DESK_FIXTURE_H

#include "seatmux/desk/desk.h"

typedef struct {
    SmDesk *desk;
    SmRng *ids;
    int64_t now;
    guint commands;     /* made so far */
    GPtrArray *records; /* SmRecord, all that were accepted */
    SmRefusal *refusal; /* of the last command; NULL: accepted */
} Fixture;

#define T0 1000000000LL

/* Teams support, sales and vip; inboxes web (support, greets), shop (sales), school (support,
 * training). Agents: login-mia, login-jon (support), login-ana (sales), login-bob (support and
 * sales), login-sue (supervisor of support), login-max (supervisor of sales and vip), login-tim
 * (trainee in support). All online. */
Fixture *fixture_new(guint64 seed, guint lines);
void fixture_free(Fixture *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

SmActor staff(const char *id);
SmActor customer(const char *contact);
SmActor admin(void);
SmActor the_desk(void);

/* Decide and, if accepted, apply. The record is borrowed; NULL: f->refusal says why. The command
 * gets an id of its own when it has none. */
SmRecord *run(Fixture *f, SmCommand command);
/* The same, and it must be accepted, or be refused with this problem. */
SmRecord *must(Fixture *f, SmCommand command);
void must_not(Fixture *f, SmCommand command, SmProblem problem);
/* Time passes; what falls due happens when it does. */
void pass(Fixture *f, int64_t ms);
guint tick(Fixture *f); /* everything due now; number of records */

/* A new customer's conversation. Both results are new strings; NULL where not wanted. */
void start(Fixture *f, const char *inbox, const char *text, char **conversation, char **contact);
void claim(Fixture *f, const char *agent, const char *conversation);
SmRecord *say(Fixture *f, SmActor who, const char *conversation, const char *text);
const SmConversation *conv(Fixture *f, const char *id);
/* Names of the record's events, with blanks between. */
char *names(const SmRecord *record);
const SmEvent *event_of(const SmRecord *record, SmEventType type); /* the first; NULL: none */

/* A record as a log keeps it and gives it back: through text, contents joined in from `contents`.
 */
SmRecord *through_log(const SmRecord *record);

#endif
