/* SPDX-License-Identifier: MIT */
/* deadline: which clock runs, and what it says at an instant (rules 9-11). */
#include "desk/turn_private.h"
#include "seatmux/base/bug.h"

/* A warning closer than this to the next one or to the target is not alerted. */
#define WARNING_GAP_MS 5000

static SmDeadline deadline(SmClockKind kind, int64_t began, int64_t due, int64_t target,
                           SmPolicy *policy, const char *team)
{
    return (SmDeadline){.kind = kind,
                        .began = began,
                        .due = due,
                        .target = target,
                        .hours = sm_turns_hours(policy, team),
                        .policy = policy};
}

SmDeadline sm_turns_deadline(const SmTurns *t)
{
    if (t->open && t->owner) {
        for (guint i = 0; i < t->open->parts->len; i++) {
            const SmPart *part = t->open->parts->pdata[i];
            if (part->end == SM_PART_OPEN && part->deadline >= 0) {
                return deadline(SM_CLOCK_REPLY, part->deadline_began, part->deadline, part->target,
                                part->policy, part->clock_team);
            }
        }
    }
    const SmStay *stay = t->waiting;
    if (stay && stay->deadline >= 0) {
        return deadline(SM_CLOCK_QUEUE, stay->queued, stay->deadline, stay->target, stay->policy,
                        stay->team);
    }
    return (SmDeadline){.kind = SM_CLOCK_NONE, .began = -1, .due = -1, .target = -1};
}

const char *sm_level_word(SmLevel level)
{
    static const char *const WORDS[] = {"ok", "WARN", "WARN!", "OVERDUE"};
    return WORDS[level];
}

/* Used ms of the target at which one of the two warnings begins: the first whole ms of at least that share. */
static int64_t level_begins(int64_t target, SmLevel level)
{
    return level == SM_LEVEL_HALF ? target / 2 + target % 2 : target - target / 5;
}

static int64_t level_at(const SmDeadline *d, SmLevel level)
{
    return level == SM_LEVEL_OVERDUE
               ? d->due
               : sm_hours_add(d->hours, d->began, level_begins(d->target, level));
}

SmLevel sm_deadline_level(const SmDeadline *d, int64_t now)
{
    if (d->kind == SM_CLOCK_NONE) {
        return SM_LEVEL_OK;
    }
    if (now >= d->due + SM_BUG(32)) {
        return SM_LEVEL_OVERDUE;
    }
    int64_t used = sm_hours_between(d->hours, d->began, now);
    if (used >= level_begins(d->target, SM_LEVEL_HIGH)) {
        return SM_LEVEL_HIGH;
    }
    return used >= level_begins(d->target, SM_LEVEL_HALF) ? SM_LEVEL_HALF : SM_LEVEL_OK;
}

int64_t sm_deadline_remaining(const SmDeadline *d, int64_t now)
{
    if (d->kind == SM_CLOCK_NONE) {
        return INT64_MAX;
    }
    if (now >= d->due) {
        return -sm_hours_between(d->hours, d->due, now);
    }
    /* A target that the hours never fill has no instant, but still what is left of it. */
    return d->due == INT64_MAX ? d->target - sm_hours_between(d->hours, d->began, now)
                               : sm_hours_between(d->hours, now, d->due);
}

int sm_deadline_tenths(const SmDeadline *d, int64_t now)
{
    if (d->kind == SM_CLOCK_NONE) {
        return 0;
    }
    if (d->target <= 0) {
        return 10;
    }
    int64_t used = sm_hours_between(d->hours, d->began, now);
    /* Without the hours that pause it (a client before it has the policy) `used` may be too much.
     */
    return (int)(MIN(used, d->target) * 10 / d->target);
}

int64_t sm_deadline_next_level(const SmDeadline *d, int64_t now)
{
    for (SmLevel level = SM_LEVEL_HALF; d->kind != SM_CLOCK_NONE && level <= SM_LEVEL_OVERDUE;
         level++) {
        int64_t at = level_at(d, level);
        if (at > now) {
            return at;
        }
    }
    return INT64_MAX;
}

void sm_deadline_warnings(const SmDeadline *d, int64_t *half, int64_t *high)
{
    *half = *high = INT64_MAX;
    if (d->kind == SM_CLOCK_NONE) {
        return;
    }
    int64_t next = d->target;
    int64_t begins = level_begins(d->target, SM_LEVEL_HIGH);
    if (next - begins >= WARNING_GAP_MS) {
        *high = level_at(d, SM_LEVEL_HIGH);
        next = begins;
    }
    begins = level_begins(d->target, SM_LEVEL_HALF);
    if (next - begins >= WARNING_GAP_MS) {
        *half = level_at(d, SM_LEVEL_HALF);
    }
}
