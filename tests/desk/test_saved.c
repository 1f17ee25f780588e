/* SPDX-License-Identifier: MIT */
/* The fold put away and taken up again: whatever happens on the desk afterwards comes out as if it had not been. And the same
 * life twice is the same log. */
#include "seatmux/desk/saved.h"

#include <string.h>

#include "life.h"

static GByteArray *saved(SmDesk *desk)
{
    g_autoptr(SmPack) pack = sm_pack_writer();

    sm_desk_save(desk, pack);
    return sm_pack_take(pack);
}

static SmDesk *restored(const GByteArray *bytes, guint lines)
{
    g_autoptr(SmPack) pack = sm_pack_reader(bytes->data, bytes->len);
    SmDesk *desk = sm_desk_new(lines);

    g_assert_true(sm_desk_restore(desk, pack));
    g_assert_true(sm_pack_at_end(pack));
    return desk;
}

/* Both show the same, of now and of what was, to whoever asks. */
static void show_the_same(World *w, SmDesk *one, SmDesk *other)
{
    const Viewer *v = w->viewers->pdata[w->f->records->len % w->viewers->len]; /* w->rng is the life's own */
    g_autoptr(json_t) all = sm_desk_project(one, admin()), again = sm_desk_project(other, admin());

    g_assert_true(json_equal(all, again));
    for (guint i = 0; i < w->conversations->len; i++) {
        const SmConversation *c = sm_desk_ever(one, w->conversations->pdata[i]), *d = sm_desk_ever(other, w->conversations->pdata[i]);
        for (int64_t seq = 0; seq <= sm_desk_seq(one); seq += 1 + sm_desk_seq(one) / 16) {
            g_assert_cmpint(sm_desk_sees(one, v->actor, c, seq), ==, sm_desk_sees(other, v->actor, d, seq));
        }
        g_assert_cmpint(sm_desk_had(one, v->actor, c), ==, sm_desk_had(other, v->actor, d));
        g_autoptr(json_t) card = sm_desk_card(one, c), same = sm_desk_card(other, d);
        g_assert_true(json_equal(card, same));
    }
}

/* The desk that goes on is one that was put away and taken up again. */
static void put_away(World *w)
{
    g_autoptr(GByteArray) before = saved(w->f->desk);
    SmDesk *again = restored(before, w->lines);
    g_autoptr(GByteArray) after = saved(again);

    g_assert_cmpmem(before->data, before->len, after->data, after->len);
    show_the_same(w, w->f->desk, again);
    g_assert_cmpint(sm_desk_next_due(again), ==, sm_desk_next_due(w->f->desk));
    sm_desk_free(w->f->desk);
    w->f->desk = again;
}

/* A desk that gives out by itself and answers by itself, so that what that leans on matters. */
static void busy_policy(World *w)
{
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(w->f->desk));
    json_t *teams = json_object_get(policy, "teams");

    json_object_set_new(json_array_get(teams, 0), "routing", json_pack("{s:s, s:i, s:b}", "by", "share", "accept_within", 20000, "returning", 1));
    json_object_set_new(json_array_get(teams, 1), "routing", json_pack("{s:s, s:i, s:b}", "by", "least_busy", "accept_within", 9000, "returning", 1));
    json_object_set_new(policy, "answers", json_pack("[{s:s, s:s, s:i, s:s}]", "id", "wait", "when", "silence", "after", 15000, "text", "One moment."));
    must(w->f, (SmCommand){.type = SM_COMMAND_POLICY_SET, .actor = admin(), .data = policy});
}

/* The log of a life; `every` so many steps the desk is put away and taken up again (0: never). */
static void log_of(guint64 seed, guint steps, guint every, GString *log)
{
    World *w = world_new(seed, seed % 2 ? 200 : 6, NULL);

    if (seed % 4 > 1) {
        busy_policy(w);
    }
    for (guint i = 0; i < steps; i++) {
        step(w);
        if (every > 0 && i % every == 0) {
            put_away(w);
        }
    }
    for (guint i = 0; i < w->f->records->len; i++) {
        g_autofree char *text = sm_record_encode(w->f->records->pdata[i]);
        g_string_append_printf(log, "%s\n", text);
    }
    world_free(w);
}


static void same_seed(void)
{
    g_autoptr(GString) one = g_string_new(NULL), two = g_string_new(NULL);
    g_autoptr(GString) three = g_string_new(NULL);

    log_of(77, 300, 0, one);
    log_of(77, 300, 0, two);
    log_of(78, 300, 0, three);
    g_assert_cmpstr(one->str, ==, two->str);
    g_assert_cmpstr(one->str, !=, three->str);
}

/* Whatever a desk decides comes out the same after it was put away: so nothing that matters was left out of what is saved. */
static void put_away_and_taken_up(void)
{
    for (guint64 seed = 1; seed <= 4; seed++) {
        g_autoptr(GString) one = g_string_new(NULL), two = g_string_new(NULL);
        log_of(seed, 1400, 0, one);
        log_of(seed, 1400, 17, two);
        g_assert_true(g_string_equal(one, two)); /* too long to be shown */
    }
}

/* What is not as it was written is refused, wherever it was cut or changed; nothing worse comes of it. */
static void saved_and_damaged(void)
{
    World *w = world_new(5, 20, NULL);

    for (guint i = 0; i < 300; i++) {
        step(w);
    }
    g_autoptr(GByteArray) bytes = saved(w->f->desk);
    for (guint n = 0; n < bytes->len; n += 1 + n / 40) {
        g_autoptr(SmPack) cut = sm_pack_reader(bytes->data, n);
        g_autoptr(SmDesk) desk = sm_desk_new(20);
        g_assert_false(sm_desk_restore(desk, cut) && sm_pack_at_end(cut));
        guint8 was = bytes->data[n];
        bytes->data[n] ^= (guint8)(1 + n % 255);
        g_autoptr(SmPack) changed = sm_pack_reader(bytes->data, bytes->len);
        g_autoptr(SmDesk) other = sm_desk_new(20);
        sm_desk_restore(other, changed); /* a changed letter of a text is still a text */
        bytes->data[n] = was;
    }
    g_autoptr(SmPack) more = sm_pack_reader(bytes->data, bytes->len);
    g_autoptr(SmDesk) fewer = sm_desk_new(21);
    g_assert_false(sm_desk_restore(fewer, more));
    world_free(w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/life/same-seed-same-log", same_seed);
    g_test_add_func("/desk/saved/put-away-and-taken-up", put_away_and_taken_up);
    g_test_add_func("/desk/saved/damaged", saved_and_damaged);
    return g_test_run();
}
