/* SPDX-License-Identifier: MIT */
/* world: a whole desk in one process on virtual time - server, agents with their journals, customers - between
 * them networks that fail, machines that crash, and a checker that joins what was pressed, what is in the log and what
 * is on the screens. One seed, one trace. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "faults/fault_transport.h"
#include "seatmux/net/client.h"
#include "seatmux/server/service.h"
#include "seatmux/sim/sim.h"

typedef struct World World;
typedef struct Robot Robot;

/* One Enter of an agent. */
typedef struct {
    char *agent;
    char *conversation;
    char *text; /* no two are alike in a run */
    char *verb;
    char *id;   /* of the outbox entry */
    gboolean given_up; /* taken back or withdrawn: must not be in the log */
    int64_t given_up_at; /* world ms */
    gboolean cut;      /* its program was killed while it was shown as saving, and it is not on the disk: nobody was told that it is kept;
                        * or that was so of its taking back, and it waits again: then it may be in the log or not */
    gboolean under_way; /* an attempt has left and nobody has said what became of it */
    gboolean accepted;  /* the desk's yes, or a page with it, came whole */
} Press;

typedef struct {
    uint64_t seed;
    guint agents;
    guint customers;      /* in all */
    double per_minute;    /* arrivals */
    int64_t hours_ms;     /* of the shift */
    gboolean faults;
    const char *scenario; /* path */
} WorldSetup;

struct World {
    WorldSetup use;
    SmLoop *loop;
    SmRng *rng;
    SmFaults network;
    SmLog *log;
    SmSecrets *secrets;
    SmService *service; /* NULL: the server is down */
    GPtrArray *lives;   /* SmRng of every start of a program */
    GPtrArray *robots;  /* Robot */
    GPtrArray *calls;   /* requests under way in the server: their askers must be told of a crash */
    SmScenario *scenario;
    SmTransport *customer_transport;
    SmSim *sim;
    GPtrArray *pressed; /* Press, in order */
    GString *wire;      /* what was wrong on the wire, one line each */
    int64_t crossed;    /* requests of agents that left */
    GString *trace;     /* what happened, one line each: the same seed gives the same bytes */
    guint64 chaos;
    gboolean calm;      /* no more faults */
    int crashes, restarts, commit_failures;
};

World *world_new(const WorldSetup *setup);
void world_free(World *world);
/* Runs the shift, then calms down and lets everything come to rest. */
void world_run(World *world);
void world_log(World *world, const char *format, ...) G_GNUC_PRINTF(2, 3);
SmTransport *world_connect(World *world); /* a new way to the server, with faults */
SmRng *world_luck(World *world); /* randomness for one life of a program; the world's */

/* What is wrong, as one line each; an empty string if nothing. Caller frees. */
char *world_check(World *world);
/* Every record of the log in its encoded form with contents: two runs of a seed give equal bytes. Caller frees. */
char *world_log_text(World *world);

/* The wire (wire.c): what the robots' programs and the desk say to each other, held against what was pressed and what
 * is on a disk at that moment. */
void world_wire_client(const SmRequest *request, const SmAnswer *answer, void *robot); /* an SmFaultWatch */
void world_wire_desk(World *world, const SmRequest *request, const SmAnswer *answer);  /* the desk gives this answer */
gboolean robot_has_on_disk(const Robot *robot, const char *id); /* what its program would find in the outbox after a power cut */

struct Robot {
    World *world;
    char *name;
    char *token;
    SmRng *rng;
    SmJournalStore *store;
    SmClient *client; /* NULL: the program does not run */
    SmTransport *transport; /* of the client; its property */
    guint64 timer;
    int pressed;
    int commands;
    GHashTable *cursors; /* that came to this robot's programs in whole answers */
};

Robot *robot_new(World *world, const char *name, char *token /* taken over */);
void robot_free(Robot *robot);
void robot_start(Robot *robot);
void robot_crash(Robot *robot); /* kill -9 */

#endif
