/* SPDX-License-Identifier: MIT */
/* loop: time, timers, descriptors and deferred calls behind one small interface with two
 * implementations and one that stands on another. sm_loop_new_glib() runs the program; sm_loop_new_virtual() runs whole desks in a
 * test: a heap of (time, sequence), no threads, no descriptors, and time moves only when nothing is
 * left to do now.
 *
 * A callback may remove any source, its own included. Timers fire once. */
#ifndef SEATMUX_BASE_LOOP_H
#define SEATMUX_BASE_LOOP_H

#include <glib.h>
#include <stdint.h>

typedef struct SmLoop SmLoop;
typedef void (*SmLoopFn)(void *user);
typedef void (*SmLoopFdFn)(int fd, GIOCondition condition, void *user);

SmLoop *sm_loop_new_glib(void);                    /* over the default GMainContext */
SmLoop *sm_loop_new_virtual(int64_t wall_start_ms); /* mono starts at 0 */
/* Time that can stand still, over another loop, which is not owned and must outlive it. Watches of descriptors and what
 * is posted by threads go on while it does. */
SmLoop *sm_loop_new_pausing(SmLoop *under);
void sm_loop_pause(SmLoop *loop, gboolean on); /* of a pausing loop only */
void sm_loop_free(SmLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmLoop, sm_loop_free)
gboolean sm_loop_is_virtual(const SmLoop *loop);

/* Boot time in ms (goes on during suspend, never back). What every deadline is measured in. */
int64_t sm_loop_now(const SmLoop *loop);
/* Boot time in us, for measuring. */
int64_t sm_loop_now_us(const SmLoop *loop);
/* Monotonic time without suspend in ms; boot minus this grows by what was slept. */
int64_t sm_loop_awake(const SmLoop *loop);
/* Wall clock in ms since 1970: for display and for starting a desk clock only. */
int64_t sm_loop_wall(const SmLoop *loop);

/* Call fn once at boot time `at_ms` (at once if past). Returns an id > 0, never reused. */
guint64 sm_loop_at(SmLoop *loop, int64_t at_ms, SmLoopFn fn, void *user);
/* Call fn once after `delay_ms`. */
guint64 sm_loop_after(SmLoop *loop, int64_t delay_ms, SmLoopFn fn, void *user);
/* Call fn before the loop next waits, in order of asking. */
guint64 sm_loop_defer(SmLoop *loop, SmLoopFn fn, void *user);
/* Watch a descriptor (GLib only; a virtual loop aborts). The watch stays until removed. */
guint64 sm_loop_fd(SmLoop *loop, int fd, GIOCondition condition, SmLoopFdFn fn, void *user);
/* Remove whatever the id names and set it to 0; an id of 0 or one that has fired is fine. */
void sm_loop_remove(SmLoop *loop, guint64 *id);
/* Called from any thread: fn runs soon on the loop's thread (GLib only). */
void sm_loop_post(SmLoop *loop, SmLoopFn fn, void *user);

void sm_loop_run(SmLoop *loop); /* until sm_loop_quit; a virtual loop also ends when nothing is left */
void sm_loop_quit(SmLoop *loop);

/* Virtual loops only. */
void sm_loop_run_until(SmLoop *loop, int64_t at_ms);  /* all up to and at at_ms; now is at_ms afterwards */
gboolean sm_loop_step(SmLoop *loop);                  /* run the next callback; FALSE if none */
void sm_loop_jump_wall(SmLoop *loop, int64_t by_ms);  /* the wall clock is set by somebody */
void sm_loop_suspend(SmLoop *loop, int64_t ms);       /* boot and wall go on, awake time does not */

#endif
