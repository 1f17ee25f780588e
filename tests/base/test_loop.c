/* SPDX-License-Identifier: MIT */
/* Most tests run over both loops: what one promises the other keeps. */
#include <unistd.h>

#include "seatmux/base/loop.h"

typedef struct {
    SmLoop *loop;
    GString *said;
    guint64 ids[4];
    int left;
} Fixture;

typedef struct {
    Fixture *f;
    char mark;
} Mark;

static void setup(Fixture *f, gconstpointer is_virtual)
{
    f->loop = GPOINTER_TO_INT(is_virtual) ? sm_loop_new_virtual(1000000) : sm_loop_new_glib();
    f->said = g_string_new(NULL);
}

static void teardown(Fixture *f, gconstpointer is_virtual)
{
    sm_loop_free(f->loop);
    g_string_free(f->said, TRUE);
}

static void say(void *user)
{
    Mark *mark = user;
    g_string_append_c(mark->f->said, mark->mark);
}

static void quit(void *user)
{
    sm_loop_quit(((Fixture *)user)->loop);
}

static void timers_in_order(Fixture *f, gconstpointer is_virtual)
{
    Mark marks[] = {{f, 'a'}, {f, 'b'}, {f, 'c'}, {f, 'd'}, {f, 'e'}};
    int64_t now = sm_loop_now(f->loop);
    sm_loop_at(f->loop, now + 20, say, &marks[3]);
    sm_loop_at(f->loop, now + 10, say, &marks[1]);
    sm_loop_at(f->loop, now + 10, say, &marks[2]);
    sm_loop_at(f->loop, now - 5000, say, &marks[0]);
    sm_loop_after(f->loop, INT64_MAX, say, &marks[4]);
    sm_loop_at(f->loop, now + 30, quit, f);
    sm_loop_run(f->loop);
    g_assert_cmpstr(f->said->str, ==, "abcd");
    g_assert_cmpint(sm_loop_now(f->loop), >=, now + 30);
}

static void defer_in_order(Fixture *f, gconstpointer is_virtual)
{
    Mark marks[] = {{f, 'a'}, {f, 'b'}, {f, 'c'}};
    sm_loop_after(f->loop, 5, quit, f);
    for (guint i = 0; i < 3; i++) {
        sm_loop_defer(f->loop, say, &marks[i]);
    }
    guint64 gone = sm_loop_defer(f->loop, say, &marks[0]);
    sm_loop_remove(f->loop, &gone);
    g_assert_cmpuint(gone, ==, 0);
    sm_loop_run(f->loop);
    g_assert_cmpstr(f->said->str, ==, "abc");
}

static void remove_others(void *user)
{
    Fixture *f = user;
    g_string_append_c(f->said, 'r');
    for (guint i = 0; i < 4; i++) {
        sm_loop_remove(f->loop, &f->ids[i]); /* ids[0] is this very call */
        g_assert_cmpuint(f->ids[i], ==, 0);
    }
}

static void removal_inside(Fixture *f, gconstpointer is_virtual)
{
    Mark mark = {f, 'x'};
    int64_t now = sm_loop_now(f->loop);
    f->ids[0] = sm_loop_at(f->loop, now, remove_others, f);
    f->ids[1] = sm_loop_at(f->loop, now, say, &mark);
    f->ids[2] = sm_loop_at(f->loop, now + 1, say, &mark);
    f->ids[3] = sm_loop_defer(f->loop, say, &mark);
    sm_loop_after(f->loop, 5, quit, f);
    guint64 fired = f->ids[0];
    sm_loop_run(f->loop);
    g_assert_cmpstr(f->said->str, ==, "r");
    sm_loop_remove(f->loop, &fired); /* has fired: fine */
    g_assert_cmpuint(fired, ==, 0);
    sm_loop_remove(f->loop, &fired);
}

static void again(void *user)
{
    Fixture *f = user;
    if (--f->left > 0) {
        sm_loop_defer(f->loop, again, f);
        sm_loop_at(f->loop, 0, again, f);
    } else if (f->left == 0) {
        sm_loop_quit(f->loop);
    }
}

static void chain(Fixture *f, gconstpointer is_virtual)
{
    f->left = 200;
    sm_loop_defer(f->loop, again, f);
    sm_loop_run(f->loop);
    g_assert_cmpint(f->left, <=, 0);
}

/* What is left when a loop is freed is freed with it (the leak checker sees to that). */
static void freed_with_the_loop(Fixture *f, gconstpointer is_virtual)
{
    Mark mark = {f, 'x'};
    for (int i = 0; i < 10; i++) {
        sm_loop_after(f->loop, i, say, &mark);
        sm_loop_defer(f->loop, say, &mark);
    }
    g_assert_cmpuint(f->said->len, ==, 0);
}

static void many_timers(Fixture *f, gconstpointer is_virtual)
{
    Mark mark = {f, '.'};
    int64_t now = sm_loop_now(f->loop);
    for (int i = 0; i < 10000; i++) {
        guint64 id = sm_loop_at(f->loop, now + (i * 7919) % 20, say, &mark);
        if (i % 2 == 1) {
            sm_loop_remove(f->loop, &id);
        }
    }
    sm_loop_at(f->loop, now + 21, quit, f);
    sm_loop_run(f->loop);
    g_assert_cmpuint(f->said->len, ==, 5000);
}

static void virtual_time(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(1000000);
    g_assert_true(sm_loop_is_virtual(loop));
    Fixture f = {.loop = loop, .said = g_string_new(NULL)};
    Mark marks[] = {{&f, 'a'}, {&f, 'b'}};
    sm_loop_at(loop, 100, say, &marks[0]);
    sm_loop_at(loop, 200, say, &marks[1]);
    sm_loop_run_until(loop, 99);
    g_assert_cmpstr(f.said->str, ==, "");
    g_assert_cmpint(sm_loop_now(loop), ==, 99);
    sm_loop_run_until(loop, 100);
    g_assert_cmpstr(f.said->str, ==, "a");
    sm_loop_jump_wall(loop, -500);
    g_assert_cmpint(sm_loop_wall(loop), ==, 1000000 + 100 - 500);
    g_assert_cmpint(sm_loop_now(loop), ==, 100);
    sm_loop_suspend(loop, 1000);
    g_assert_cmpint(sm_loop_now(loop), ==, 1100);
    g_assert_cmpint(sm_loop_now_us(loop), ==, 1100000);
    g_assert_cmpint(sm_loop_awake(loop), ==, 100);
    g_assert_cmpint(sm_loop_wall(loop), ==, 1000600);
    g_assert_true(sm_loop_step(loop)); /* due in the sleep: fires at once, time stays */
    g_assert_cmpint(sm_loop_now(loop), ==, 1100);
    g_assert_cmpstr(f.said->str, ==, "ab");
    g_assert_false(sm_loop_step(loop));
    sm_loop_run(loop); /* nothing left: ends by itself */
    g_string_free(f.said, TRUE);
}

typedef struct {
    SmLoop *loop;
    int pipe[2];
    guint64 watch;
    guint64 guard;
    int reads;
} Pipe;

static void readable(int fd, GIOCondition condition, void *user)
{
    Pipe *p = user;
    char byte;
    g_assert_true(condition & G_IO_IN);
    g_assert_cmpint(read(fd, &byte, 1), ==, 1);
    if (++p->reads == 3) {
        sm_loop_remove(p->loop, &p->watch); /* its own */
        sm_loop_quit(p->loop);
    }
}

static void too_late(void *user)
{
    g_error("nothing came in 10 s");
}

static void descriptors(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    Pipe p = {.loop = loop};
    g_assert_cmpint(pipe(p.pipe), ==, 0);
    p.watch = sm_loop_fd(loop, p.pipe[0], G_IO_IN, readable, &p);
    p.guard = sm_loop_after(loop, 10000, too_late, NULL);
    g_assert_cmpint(write(p.pipe[1], "abcd", 4), ==, 4);
    sm_loop_run(loop);
    g_assert_cmpint(p.reads, ==, 3);
    g_assert_cmpuint(p.watch, ==, 0);
    p.watch = sm_loop_fd(loop, p.pipe[0], G_IO_IN, readable, &p); /* left for the loop to free */
    close(p.pipe[1]);
    close(p.pipe[0]);
}

static void posted_here(void *user)
{
    Pipe *p = user;
    if (++p->reads == 100) {
        sm_loop_quit(p->loop);
    }
}

static gpointer poster(gpointer user)
{
    Pipe *p = user;
    for (int i = 0; i < 100; i++) {
        sm_loop_post(p->loop, posted_here, p);
    }
    return NULL;
}

static void posts_from_a_thread(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    Pipe p = {.loop = loop};
    sm_loop_after(loop, 10000, too_late, NULL);
    GThread *thread = g_thread_new("poster", poster, &p);
    sm_loop_run(loop);
    g_thread_join(thread);
    g_assert_cmpint(p.reads, ==, 100);
    sm_loop_post(loop, posted_here, &p); /* never run: freed with the loop */
}

/* With a far deadline nothing is ready and GLib is told to wait without a timeout of its own. */
static void idle_is_idle(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    sm_loop_after(loop, 3600000, too_late, NULL);
    GMainContext *context = g_main_context_default();
    g_main_context_iteration(context, FALSE);
    int priority;
    int timeout = 0;
    GPollFD fds[16];
    g_assert_true(g_main_context_acquire(context));
    g_assert_false(g_main_context_prepare(context, &priority));
    g_assert_cmpint(g_main_context_query(context, G_MAXINT, &timeout, fds, 16), <=, 16);
    g_assert_cmpint(timeout, ==, -1);
    g_main_context_release(context);
}

static void clocks_run(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_assert_false(sm_loop_is_virtual(loop));
    g_assert_cmpint(sm_loop_awake(loop), <=, sm_loop_now(loop) + 1);
    int64_t us = sm_loop_now_us(loop);
    g_assert_cmpint(us / 1000, <=, sm_loop_now(loop));
    g_assert_cmpint(ABS(sm_loop_wall(loop) - g_get_real_time() / 1000), <, 5000);
}

#define BOTH(name, fn)                                                                             \
    g_test_add("/base/loop/virtual/" name, Fixture, GINT_TO_POINTER(1), setup, fn, teardown);      \
    g_test_add("/base/loop/glib/" name, Fixture, GINT_TO_POINTER(0), setup, fn, teardown)

/* Stopped, nothing fires and no clock moves; afterwards what was asked for has the time that was left. */
static void pausing(void)
{
    g_autoptr(SmLoop) under = sm_loop_new_virtual(1000000);
    SmLoop *loop = sm_loop_new_pausing(under);
    Fixture f = {.loop = loop, .said = g_string_new(NULL)};
    Mark marks[] = {{&f, 'a'}, {&f, 'b'}, {&f, 'c'}, {&f, 'd'}, {&f, 'e'}};

    sm_loop_after(loop, 100, say, &marks[1]);
    sm_loop_after(loop, 50, say, &marks[0]);
    guint64 gone = sm_loop_after(loop, 60, say, &marks[4]);
    sm_loop_remove(loop, &gone);
    sm_loop_run_until(under, 70);
    g_assert_cmpstr(f.said->str, ==, "a");
    sm_loop_pause(loop, TRUE);
    sm_loop_pause(loop, TRUE);
    sm_loop_defer(loop, say, &marks[2]);
    int64_t wall = sm_loop_wall(loop), awake = sm_loop_awake(loop);
    sm_loop_run_until(under, 10000);
    g_assert_cmpstr(f.said->str, ==, "a");
    g_assert_cmpint(sm_loop_now(loop), ==, 70);
    g_assert_cmpint(sm_loop_wall(loop), ==, wall);
    g_assert_cmpint(sm_loop_awake(loop), ==, awake);
    sm_loop_pause(loop, FALSE);
    sm_loop_run_until(under, 10029);
    g_assert_cmpstr(f.said->str, ==, "ac");
    sm_loop_run_until(under, 10030);
    g_assert_cmpstr(f.said->str, ==, "acb");
    g_assert_cmpint(sm_loop_now(loop), ==, 100);
    sm_loop_after(loop, INT64_MAX, say, &marks[3]);
    sm_loop_free(loop);
    g_string_free(f.said, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    BOTH("timers-in-order", timers_in_order);
    BOTH("defer-in-order", defer_in_order);
    BOTH("removal-inside", removal_inside);
    BOTH("chain", chain);
    BOTH("freed-with-the-loop", freed_with_the_loop);
    BOTH("many-timers", many_timers);
    g_test_add_func("/base/loop/virtual/time", virtual_time);
    g_test_add_func("/base/loop/pausing", pausing);
    g_test_add_func("/base/loop/glib/descriptors", descriptors);
    g_test_add_func("/base/loop/glib/posts-from-a-thread", posts_from_a_thread);
    g_test_add_func("/base/loop/glib/idle-is-idle", idle_is_idle);
    g_test_add_func("/base/loop/glib/clocks-run", clocks_run);
    return g_test_run();
}
