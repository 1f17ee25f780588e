/* SPDX-License-Identifier: MIT */
#include "ui/frames.h"

#include "seatmux/base/bug.h"

struct SmFrames {
    SmLoop *loop;
    SmFramesUse use;
    guint64 source;   /* a defer or a timer */
    gboolean at_once; /* that source is a defer */
    gboolean dirty;
    gboolean waits; /* for the output to be ready */
    gboolean held;  /* a batch of input is being dealt with */
    gboolean key;   /* in which a key wants its frame */
    int64_t last_us;
};

SmFrames *sm_frames_new(SmLoop *loop, const SmFramesUse *use)
{
    SmFrames *frames = g_new0(SmFrames, 1);
    frames->loop = loop;
    frames->use = *use;
    frames->last_us = G_MININT64 / 2;
    return frames;
}

void sm_frames_free(SmFrames *frames)
{
    if (frames) {
        sm_loop_remove(frames->loop, &frames->source);
        g_free(frames);
    }
}

static void run(void *user)
{
    SmFrames *frames = user;
    frames->source = 0;
    if (!frames->dirty) {
        return;
    }
    if (frames->use.ready && !frames->use.ready(frames->use.user)) {
        frames->waits = !SM_BUG(48);
        return;
    }
    frames->waits = FALSE;
    frames->dirty = FALSE;
    frames->last_us = sm_loop_now_us(frames->loop);
    frames->use.draw(frames->use.user);
}

static void at_once(SmFrames *frames)
{
    if (frames->source && frames->at_once) {
        return;
    }
    sm_loop_remove(frames->loop, &frames->source);
    frames->at_once = TRUE;
    frames->source = sm_loop_defer(frames->loop, run, frames);
}

/* Whether the output still is not ready; nobody may have said that it is (after a pause). */
static gboolean still_waits(SmFrames *frames)
{
    frames->waits = frames->waits && !frames->use.ready(frames->use.user);
    return frames->waits;
}

void sm_frames_mark(SmFrames *frames)
{
    frames->dirty = TRUE;
    if (frames->source || frames->held || still_waits(frames)) {
        return;
    }
    int64_t left = frames->last_us + SM_FRAMES_GAP_US - sm_loop_now_us(frames->loop);
    if (left <= 0) {
        at_once(frames);
        return;
    }
    frames->at_once = FALSE;
    frames->source = sm_loop_after(frames->loop, (left + 999) / 1000, run, frames);
}

void sm_frames_key(SmFrames *frames)
{
    frames->dirty = TRUE;
    if (frames->held) {
        frames->key = TRUE;
    } else if (!still_waits(frames)) {
        at_once(frames);
    }
}

void sm_frames_hold(SmFrames *frames)
{
    frames->held = TRUE;
    frames->key = FALSE;
}

void sm_frames_flush(SmFrames *frames)
{
    frames->held = FALSE;
    if (frames->key) {
        frames->key = FALSE;
        sm_loop_remove(frames->loop, &frames->source);
        run(frames);
    } else if (frames->dirty) {
        sm_frames_mark(frames);
    }
}

void sm_frames_drained(SmFrames *frames)
{
    if (frames->waits) {
        frames->waits = FALSE;
        at_once(frames);
    }
}

gboolean sm_frames_dirty(const SmFrames *frames)
{
    return frames->dirty;
}
