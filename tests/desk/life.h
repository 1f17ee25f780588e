/* SPDX-License-Identifier: MIT */
/* life: a desk on which everything happens, by chance and the same for the same seed: customers, staff, the owner, and time
 * that passes. What tests of the fold run on. */
#ifndef SEATMUX_TESTS_LIFE_H
#define SEATMUX_TESTS_LIFE_H

#include "desk_fixture.h"

#define VIEWERS_MAX 40

typedef struct {
    SmActor actor;
    char *id;
    SmDesk *desk; /* an own share, for a test that keeps one */
    int64_t after;
} Viewer;

typedef struct World World;
struct World {
    Fixture *f;
    SmRng *rng;               /* the life's own: a test that draws from it changes what happens */
    GPtrArray *viewers;       /* Viewer: the administration, the staff, then each customer as they come */
    void (*came)(World *w, Viewer *viewer); /* one more; NULL: nobody wants to know */
    GPtrArray *contacts;      /* char* */
    GPtrArray *conversations; /* char* */
    GPtrArray *messages;      /* char*: ids of messages, for erasing */
    guint accepted[SM_COMMAND_N];
    guint lines;
    char *invitation;
    char *merged, *merged_in; /* the contact that was merged last, and one of the conversations */
};

/* `lines`: how many of a conversation the desk keeps, 0: all. */
World *world_new(guint64 seed, guint lines, void (*came)(World *w, Viewer *viewer));
void world_free(World *w);
/* One thing happens, and what fell due. */
void step(World *w);

#endif
