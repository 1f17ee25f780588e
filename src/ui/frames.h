/* SPDX-License-Identifier: MIT */
/* frames: when to draw. Marks are joined to one frame per turn of the loop at most, just before it
 * waits, and 60 a second at most; the frame of a key comes at once. While the output is not ready
 * nothing is drawn and the mark stays. Works on any loop, a virtual one too. */
#ifndef SEATMUX_UI_FRAMES_H
#define SEATMUX_UI_FRAMES_H

#include "seatmux/base/loop.h"

enum { SM_FRAMES_GAP_US = 16667 };

typedef struct SmFrames SmFrames;
typedef struct {
    gboolean (*ready)(void *user); /* NULL: always */
    void (*draw)(void *user);      /* draw what is dirty and send the frame */
    void *user;
} SmFramesUse;

SmFrames *sm_frames_new(SmLoop *loop, const SmFramesUse *use);
void sm_frames_free(SmFrames *frames); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFrames, sm_frames_free)

/* Something changed: a frame is due when the rate allows. */
void sm_frames_mark(SmFrames *frames);
/* A key changed something: a frame is due before the loop waits again. */
void sm_frames_key(SmFrames *frames);
/* Between hold and flush nothing is scheduled; flush draws at once what a key has changed. Around a
 * batch of input this saves the turn of the loop that a frame of its own would take. */
void sm_frames_hold(SmFrames *frames);
void sm_frames_flush(SmFrames *frames);
/* The output is ready again: draw what was marked meanwhile. */
void sm_frames_drained(SmFrames *frames);
/* A frame is due. */
gboolean sm_frames_dirty(const SmFrames *frames);

#endif
