/* SPDX-License-Identifier: MIT */
#include <glib.h>

#include "ui/frames.h"

typedef struct {
    SmLoop *loop;
    SmFrames *frames;
    gboolean ready;
    guint drawn;
    int64_t last_ms;
} Fixture;

static gboolean ready(void *user)
{
    return ((Fixture *)user)->ready;
}

static void draw(void *user)
{
    Fixture *f = user;
    f->drawn++;
    f->last_ms = sm_loop_now(f->loop);
}

static void set_up(Fixture *f)
{
    *f = (Fixture){.loop = sm_loop_new_virtual(1000000), .ready = TRUE};
    const SmFramesUse use = {ready, draw, f};
    f->frames = sm_frames_new(f->loop, &use);
}

static void tear_down(Fixture *f)
{
    sm_frames_free(f->frames);
    sm_loop_free(f->loop);
}

static void test_joined(void)
{
    Fixture f;
    set_up(&f);
    for (int i = 0; i < 100; i++) {
        sm_frames_mark(f.frames);
    }
    g_assert_cmpuint(f.drawn, ==, 0); /* only before the wait */
    g_assert_true(sm_frames_dirty(f.frames));
    sm_loop_run_until(f.loop, 0);
    g_assert_cmpuint(f.drawn, ==, 1);
    g_assert_false(sm_frames_dirty(f.frames));
    sm_loop_run_until(f.loop, 1000);
    g_assert_cmpuint(f.drawn, ==, 1);
    tear_down(&f);
}

static void mark_often(void *user)
{
    Fixture *f = user;
    sm_frames_mark(f->frames);
    if (sm_loop_now(f->loop) < 1000) {
        sm_loop_after(f->loop, 1, mark_often, f);
    }
}

static void test_rate(void)
{
    Fixture f;
    set_up(&f);
    mark_often(&f);
    sm_loop_run_until(f.loop, 2000);
    g_assert_cmpuint(f.drawn, <=, 61);
    g_assert_cmpuint(f.drawn, >=, 55);
    g_assert_cmpint(f.last_ms, >=, 1000); /* the last mark is drawn too */
    g_assert_false(sm_frames_dirty(f.frames));
    tear_down(&f);
}

static void test_key(void)
{
    Fixture f;
    set_up(&f);
    sm_frames_mark(f.frames);
    sm_loop_run_until(f.loop, 0);
    sm_frames_mark(f.frames);
    sm_loop_run_until(f.loop, 5);
    g_assert_cmpuint(f.drawn, ==, 1);
    sm_frames_key(f.frames);
    sm_frames_key(f.frames);
    sm_loop_run_until(f.loop, 5);
    g_assert_cmpuint(f.drawn, ==, 2);
    sm_loop_run_until(f.loop, 100);
    g_assert_cmpuint(f.drawn, ==, 2); /* the mark went with the key's frame */
    tear_down(&f);
}

static void test_not_ready(void)
{
    Fixture f;
    set_up(&f);
    f.ready = FALSE;
    mark_often(&f);
    sm_loop_run_until(f.loop, 500);
    sm_frames_key(f.frames);
    sm_loop_run_until(f.loop, 600);
    g_assert_cmpuint(f.drawn, ==, 0);
    g_assert_true(sm_frames_dirty(f.frames));
    f.ready = TRUE;
    sm_frames_drained(f.frames);
    sm_loop_run_until(f.loop, 600);
    g_assert_cmpuint(f.drawn, ==, 1);
    sm_frames_drained(f.frames); /* nothing is due */
    tear_down(&f);
}

static void test_batch(void)
{
    Fixture f;
    set_up(&f);
    sm_frames_hold(f.frames);
    sm_frames_mark(f.frames);
    sm_frames_key(f.frames);
    sm_frames_key(f.frames);
    g_assert_cmpuint(f.drawn, ==, 0);
    sm_frames_flush(f.frames); /* at once, without a turn of the loop */
    g_assert_cmpuint(f.drawn, ==, 1);
    sm_frames_hold(f.frames);
    sm_frames_mark(f.frames);
    sm_frames_flush(f.frames); /* no key: as fast as allowed */
    g_assert_cmpuint(f.drawn, ==, 1);
    sm_loop_run_until(f.loop, 100);
    g_assert_cmpuint(f.drawn, ==, 2);
    sm_frames_hold(f.frames);
    sm_frames_flush(f.frames);
    sm_loop_run_until(f.loop, 200);
    g_assert_cmpuint(f.drawn, ==, 2);
    tear_down(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/frames/joined", test_joined);
    g_test_add_func("/ui/frames/rate", test_rate);
    g_test_add_func("/ui/frames/key", test_key);
    g_test_add_func("/ui/frames/not-ready", test_not_ready);
    g_test_add_func("/ui/frames/batch", test_batch);
    return g_test_run();
}
