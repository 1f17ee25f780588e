/* SPDX-License-Identifier: MIT */
/* Each joining rule has a test that fails without it. Time is given. */
#include "seatmux/alert/policy.h"

typedef struct {
    SmAlertPolicy *policy;
    GPtrArray *out;
    SmSafe *name;
    SmSafe *text;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    f->policy = sm_alert_policy_new(NULL);
    f->out = sm_alert_decisions_new();
    f->name = SM_SAFE_LITERAL("Ann");
    f->text = SM_SAFE_LITERAL("my order is late");
    sm_alert_policy_focus(f->policy, SM_FOCUS_NO);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    sm_alert_policy_free(f->policy);
    g_ptr_array_unref(f->out);
    sm_safe_unref(f->name);
    sm_safe_unref(f->text);
}

static void event(Fixture *f, SmAlertKind kind, const char *chat, int64_t now)
{
    SmAlertEvent e = {
        .kind = kind, .chat = chat, .name = f->name, .count = 2, .left_ms = 12000, .text = f->text};
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_event(f->policy, &e, now, f->out);
}

static void tick(Fixture *f, int64_t now)
{
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_tick(f->policy, now, f->out);
}

static const SmAlertDecision *only(const Fixture *f)
{
    g_assert_cmpuint(f->out->len, ==, 1);
    return f->out->pdata[0];
}

static gboolean loud(const SmAlertDecision *d)
{
    return (d->routes & ~(guint)SM_ROUTE_BAR) != 0;
}

static void expect_bar_only(const Fixture *f)
{
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_BAR);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_NONE);
}

static void test_levels(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_ACTIVITY, "a", 0);
    expect_bar_only(f);
    event(f, SM_ALERT_MESSAGE, "b", 0);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_BAR | SM_ROUTE_DESKTOP);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_SHOW);
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_MESSAGE);
    event(f, SM_ALERT_WARNING, "c", 0);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_ALL);
    event(f, SM_ALERT_LEAD, "b", 0);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_ALL);
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_OVERDUE);
}

static void test_focus(Fixture *f, gconstpointer data)
{
    sm_alert_policy_focus(f->policy, SM_FOCUS_YES);
    event(f, SM_ALERT_MESSAGE, "a", 0);
    expect_bar_only(f);
    event(f, SM_ALERT_WARNING, "a", 1);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_ALL);

    /* Unknown counts as no, unless there was a key in that very chat within 10 s. */
    sm_alert_policy_focus(f->policy, SM_FOCUS_UNKNOWN);
    sm_alert_policy_key(f->policy, "b", 20000);
    event(f, SM_ALERT_MESSAGE, "b", 30000);
    expect_bar_only(f);
    event(f, SM_ALERT_MESSAGE, "b", 30001);
    g_assert_true(loud(only(f)));
    event(f, SM_ALERT_MESSAGE, "other", 30001);
    g_assert_true(loud(only(f)));

    /* A key does not stand against a terminal that says no. */
    sm_alert_policy_focus(f->policy, SM_FOCUS_NO);
    sm_alert_policy_key(f->policy, "c", 60000);
    event(f, SM_ALERT_MESSAGE, "c", 60001);
    g_assert_true(loud(only(f)));
}

static void test_key_in_two_chats(Fixture *f, gconstpointer data)
{
    sm_alert_policy_focus(f->policy, SM_FOCUS_UNKNOWN);
    sm_alert_policy_key(f->policy, "a", 0);
    sm_alert_policy_key(f->policy, "b", 3000);
    g_assert_true(sm_alert_policy_focused(f->policy, "a", 5000));
    g_assert_true(sm_alert_policy_focused(f->policy, "b", 5000));
    for (int i = 0; i < 100; i++) { /* many chats: the oldest keys are forgotten, the last is not */
        g_autofree char *chat = g_strdup_printf("k%d", i);
        sm_alert_policy_key(f->policy, chat, 6000 + i);
    }
    g_assert_true(sm_alert_policy_focused(f->policy, "k99", 6100));
    g_assert_false(sm_alert_policy_focused(f->policy, "a", 6100));
}

static void test_one_notification_replaced_and_closed(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "a", 0);
    guint32 slot = only(f)->slot;
    g_assert_cmpuint(slot, !=, 0);
    g_assert_cmpuint(slot, !=, SM_ALERT_SUMMARY_SLOT);
    event(f, SM_ALERT_MESSAGE, "a", 10000);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpuint(only(f)->slot, ==, slot);
    event(f, SM_ALERT_MESSAGE, "b", 10000);
    g_assert_cmpuint(only(f)->slot, !=, slot);

    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_read(f->policy, "a", f->out);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_CLOSE);
    g_assert_cmpuint(only(f)->slot, ==, slot);
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_read(f->policy, "a", f->out);
    g_assert_cmpuint(f->out->len, ==, 0);
    event(f, SM_ALERT_MESSAGE, "a", 40000);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_SHOW);
    /* Closed by the person: the next is shown anew. */
    sm_alert_policy_closed(f->policy, only(f)->slot);
    event(f, SM_ALERT_MESSAGE, "a", 60000);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_SHOW);
}

static void test_rise_is_never_joined(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "a", 0);
    guint32 slot = only(f)->slot;
    event(f, SM_ALERT_MESSAGE, "b", 0);
    event(f, SM_ALERT_MESSAGE, "c", 0); /* three: the overall bound is reached */
    event(f, SM_ALERT_WARNING, "a", 1);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_ALL);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpuint(only(f)->slot, ==, slot);
    event(f, SM_ALERT_OVERDUE, "a", 2);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_OVERDUE);
    event(f, SM_ALERT_OVERDUE, "a", 3); /* the same level again is no rise */
    expect_bar_only(f);
}

static void test_rise_after_read_and_settled(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "a", 0);
    sm_alert_policy_read(f->policy, "a", f->out);
    event(f, SM_ALERT_WARNING, "a", 1); /* reading is not answering: still a rise */
    g_assert_true(loud(only(f)));
    sm_alert_policy_settled(f->policy, "a", f->out);
    event(f, SM_ALERT_MESSAGE, "a", 2); /* a new turn begins low, and keeps to the 10 s */
    expect_bar_only(f);
    event(f, SM_ALERT_WARNING, "a", 3);
    g_assert_true(loud(only(f)));
}

static void test_level_shown_does_not_fall(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_OVERDUE, "a", 0);
    event(f, SM_ALERT_MESSAGE, "a", 10000);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_OVERDUE);
    sm_alert_policy_read(f->policy, "a", f->out);
    event(f, SM_ALERT_MESSAGE, "a", 30000);
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_MESSAGE);
}

static void test_one_a_chat_in_ten_seconds(Fixture *f, gconstpointer data)
{
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, INT64_MAX);
    event(f, SM_ALERT_MESSAGE, "a", 0);
    event(f, SM_ALERT_MESSAGE, "a", 4000);
    expect_bar_only(f);
    event(f, SM_ALERT_MESSAGE, "a", 9999);
    expect_bar_only(f);
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, 10000);
    tick(f, 9999);
    g_assert_cmpuint(f->out->len, ==, 0);
    tick(f, 10000); /* what was held back comes, once, with the time left of now */
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpint(only(f)->left_ms, ==, 11999);
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, INT64_MAX);
    event(f, SM_ALERT_MESSAGE, "a", 10001);
    expect_bar_only(f);
    sm_alert_policy_read(f->policy, "a", f->out); /* read: nothing is left to come */
    tick(f, 30000);
    g_assert_cmpuint(f->out->len, ==, 0);
}

static void fill(Fixture *f, int64_t now)
{
    static const char *const chats[] = {"x", "y", "z"};
    for (guint i = 0; i < G_N_ELEMENTS(chats); i++) {
        event(f, SM_ALERT_MESSAGE, chats[i], now);
        g_assert_true(loud(only(f)));
        g_assert_false(only(f)->summary);
    }
}

static void test_three_overall_then_a_summary(Fixture *f, gconstpointer data)
{
    fill(f, 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    const SmAlertDecision *d = only(f);
    g_assert_true(d->summary);
    g_assert_cmpuint(d->slot, ==, SM_ALERT_SUMMARY_SLOT);
    g_assert_cmpint(d->op, ==, SM_NOTIFY_SHOW);
    g_assert_cmpuint(d->chats, ==, 1);
    g_assert_cmpstr(d->chat, ==, "a");
    event(f, SM_ALERT_MESSAGE, "b", 200); /* one summary, not one each */
    expect_bar_only(f);
    event(f, SM_ALERT_MESSAGE, "c", 300);
    expect_bar_only(f);
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, 10100);
    tick(f, 10100);
    d = only(f);
    g_assert_true(d->summary);
    g_assert_cmpint(d->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpuint(d->chats, ==, 3);
    g_assert_cmpuint(d->count, ==, 6);
    g_assert_cmpint(d->left_ms, ==, 12000 - 10000);
    tick(f, 99999);
    g_assert_cmpuint(f->out->len, ==, 0);
}

static void test_bound_is_a_sliding_window(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "x", 0);
    event(f, SM_ALERT_MESSAGE, "y", 5000);
    event(f, SM_ALERT_MESSAGE, "z", 9000);
    event(f, SM_ALERT_MESSAGE, "a", 10000); /* x is 10 s old: there is room again */
    g_assert_false(only(f)->summary);
    g_assert_true(loud(only(f)));
    event(f, SM_ALERT_MESSAGE, "b", 10001);
    g_assert_true(only(f)->summary);
}

static void test_summary_rises_and_closes(Fixture *f, gconstpointer data)
{
    fill(f, 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    event(f, SM_ALERT_OVERDUE, "b", 200); /* a chat never seen, worse than the summary says */
    g_assert_true(only(f)->summary);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_OVERDUE);
    g_assert_cmpuint(only(f)->chats, ==, 2);
    g_assert_cmpstr(only(f)->chat, ==, "b"); /* a click opens the worst */

    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_read(f->policy, "a", f->out);
    g_assert_cmpuint(f->out->len, ==, 0);
    sm_alert_policy_read(f->policy, "b", f->out);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_CLOSE);
    g_assert_cmpuint(only(f)->slot, ==, SM_ALERT_SUMMARY_SLOT);
}

static void test_rise_leaves_the_summary(Fixture *f, gconstpointer data)
{
    fill(f, 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    event(f, SM_ALERT_WARNING, "a", 200);
    g_assert_cmpuint(f->out->len, ==, 2);
    const SmAlertDecision *gone = f->out->pdata[0], *own = f->out->pdata[1];
    g_assert_cmpint(gone->op, ==, SM_NOTIFY_CLOSE);
    g_assert_cmpuint(gone->slot, ==, SM_ALERT_SUMMARY_SLOT);
    g_assert_cmpint(own->op, ==, SM_NOTIFY_SHOW);
    g_assert_false(own->summary);
}

static void test_catch_up_gives_one_summary(Fixture *f, gconstpointer data)
{
    sm_alert_policy_catch_up_begin(f->policy);
    for (int i = 0; i < 40; i++) {
        g_autofree char *chat = g_strdup_printf("c%d", i);
        event(f, i == 7 ? SM_ALERT_OVERDUE : SM_ALERT_MESSAGE, chat, 5);
        g_assert_cmpuint(f->out->len, ==, 0);
    }
    event(f, SM_ALERT_WARNING, "c3", 5); /* not even a rise */
    g_assert_cmpuint(f->out->len, ==, 0);
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, INT64_MAX);
    sm_alert_policy_settled(f->policy, "c0", f->out);
    g_assert_cmpuint(f->out->len, ==, 0);
    sm_alert_policy_catch_up_end(f->policy, 6, f->out);
    g_assert_true(only(f)->summary);
    g_assert_cmpuint(only(f)->chats, ==, 39);
    g_assert_cmpstr(only(f)->chat, ==, "c7");
    g_assert_cmpint(only(f)->level, ==, SM_URGENCY_OVERDUE);
    tick(f, 100000);
    g_assert_cmpuint(f->out->len, ==, 0);
    event(f, SM_ALERT_MESSAGE, "c1", 100000); /* and then all is as usual */
    g_assert_false(only(f)->summary);

    sm_alert_policy_catch_up_begin(f->policy);
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_catch_up_end(f->policy, 100001, f->out);
    g_assert_cmpuint(f->out->len, ==, 0);
}

/* The second word of a chat the summary speaks for comes with the summary, not as one of its own.
 */
static void test_summary_speaks_for_its_chats(Fixture *f, gconstpointer data)
{
    fill(f, 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    event(f, SM_ALERT_MESSAGE, "a", 200);
    expect_bar_only(f);
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, 10100);
    tick(f, 10100);
    g_assert_true(only(f)->summary);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_REPLACE);
    g_assert_cmpuint(only(f)->chats, ==, 1);
}

/* Taken away by the person: the next summary is a new one, and about new chats only. */
static void test_summary_closed_by_the_person(Fixture *f, gconstpointer data)
{
    fill(f, 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    sm_alert_policy_closed(f->policy, SM_ALERT_SUMMARY_SLOT);
    fill(f, 20000);
    event(f, SM_ALERT_MESSAGE, "b", 20100);
    g_assert_true(only(f)->summary);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_SHOW);
    g_assert_cmpuint(only(f)->chats, ==, 1);
}

/* Without the desktop nothing stays on a screen: a summary tells of what came since the last one.
 */
static void test_summary_without_desktop(Fixture *f, gconstpointer data)
{
    SmAlertOptions o;
    sm_alert_options_init(&o);
    g_assert_true(sm_alert_routes_parse("bar,bell", &o.routes[SM_URGENCY_MESSAGE], NULL));
    sm_alert_policy_set_options(f->policy, &o);
    fill(f, 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    g_assert_true(only(f)->summary);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_NONE);
    fill(f, 20000);
    event(f, SM_ALERT_MESSAGE, "b", 20100);
    g_assert_cmpuint(only(f)->chats, ==, 1);
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_read(f->policy, "b", f->out);
    g_assert_cmpuint(f->out->len, ==, 0); /* nothing to close */
}

static void test_catch_up_takes_what_was_held(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "a", 0);
    event(f, SM_ALERT_MESSAGE, "a", 100);
    sm_alert_policy_catch_up_begin(f->policy);
    event(f, SM_ALERT_MESSAGE, "b", 200);
    tick(f, 15000); /* nothing comes by itself meanwhile */
    g_assert_cmpuint(f->out->len, ==, 0);
    sm_alert_policy_catch_up_end(f->policy, 15000, f->out);
    g_assert_cmpuint(only(f)->chats, ==, 2);
    g_assert_cmpint(sm_alert_policy_due(f->policy), ==, INT64_MAX);
}

static void test_do_not_disturb(Fixture *f, gconstpointer data)
{
    sm_alert_policy_do_not_disturb(f->policy, 60000);
    event(f, SM_ALERT_MESSAGE, "a", 0);
    expect_bar_only(f);
    event(f, SM_ALERT_WARNING, "a", 1);
    expect_bar_only(f);
    event(f, SM_ALERT_OVERDUE, "a", 2);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_ALL);
    g_assert_false(sm_alert_policy_is_disturbable(f->policy, 59999));
    event(f, SM_ALERT_MESSAGE, "b", 59999);
    expect_bar_only(f);
    event(f, SM_ALERT_MESSAGE, "b", 60000);
    g_assert_true(loud(only(f)));
    /* Held back, then told not to disturb: it does not come. */
    event(f, SM_ALERT_MESSAGE, "b", 60001);
    sm_alert_policy_do_not_disturb(f->policy, INT64_MAX);
    tick(f, 70001);
    g_assert_cmpuint(f->out->len, ==, 0);
    sm_alert_policy_do_not_disturb(f->policy, 0);
    g_assert_true(sm_alert_policy_is_disturbable(f->policy, 70001));
}

static void test_privacy(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "a", 0);
    g_assert_cmpstr(sm_safe_str(only(f)->title), ==, "Ann (2) 00:12");
    g_assert_cmpstr(sm_safe_str(only(f)->body), ==, "New message");
    SmAlertOptions options;
    sm_alert_options_init(&options);
    g_assert_false(options.show_text);
    options.show_text = TRUE;
    sm_alert_policy_set_options(f->policy, &options);
    event(f, SM_ALERT_MESSAGE, "b", 0);
    g_assert_cmpstr(sm_safe_str(only(f)->body), ==, "my order is late");
    g_assert_cmpstr(sm_safe_str(only(f)->title), ==, "Ann (2) 00:12");

    SmAlertEvent bare = {.kind = SM_ALERT_OVERDUE, .chat = "q", .left_ms = SM_ALERT_NO_TIME};
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_event(f->policy, &bare, 0, f->out);
    g_assert_cmpstr(sm_safe_str(only(f)->title), ==, "A chat");
    bare.chat = "r";
    bare.left_ms = -77000;
    g_ptr_array_set_size(f->out, 0);
    sm_alert_policy_event(f->policy, &bare, 0, f->out);
    g_assert_cmpstr(sm_safe_str(only(f)->title), ==, "1 chat needs you -01:17");
}

static void test_routes_are_an_option(Fixture *f, gconstpointer data)
{
    SmAlertOptions o;
    sm_alert_options_init(&o);
    g_autoptr(GError) error = NULL;
    g_assert_true(sm_alert_routes_parse("bell, hook?", &o.routes[SM_URGENCY_MESSAGE], &error));
    sm_alert_policy_set_options(f->policy, &o);
    event(f, SM_ALERT_MESSAGE, "a", 0);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_BELL | SM_ROUTE_HOOK);
    g_assert_cmpint(only(f)->op, ==, SM_NOTIFY_NONE);
    event(f, SM_ALERT_MESSAGE, "a", 1); /* joined, and no bar asked for: nothing at all */
    g_assert_cmpuint(f->out->len, ==, 0);
    sm_alert_policy_focus(f->policy, SM_FOCUS_YES);
    event(f, SM_ALERT_MESSAGE, "b", 2);
    g_assert_cmpuint(only(f)->routes, ==, SM_ROUTE_BELL);

    g_autofree char *text = sm_alert_routes_format(&o.routes[SM_URGENCY_MESSAGE]);
    g_assert_cmpstr(text, ==, "bell,hook?");
    SmAlertRoutes r;
    static const char *const good[] = {"none", "all", "bar,desktop?"};
    static const char *const back[] = {"none", "bar,bell,desktop,hook", "bar,desktop?"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(sm_alert_routes_parse(good[i], &r, NULL));
        g_autofree char *again = sm_alert_routes_format(&r);
        g_assert_cmpstr(again, ==, back[i]);
    }
    g_assert_false(sm_alert_routes_parse("", &r, NULL));
    g_assert_false(sm_alert_routes_parse("bar,,bell", &r, NULL));
    g_assert_false(sm_alert_routes_parse("siren", &r, &error));
    g_assert_nonnull(strstr(error->message, "siren"));
}

/* However wild the events: at most 3 + 1 loud ones in any 10 s but rises, one live notification a
 * slot, and the same twice. */
static GString *wild_run(guint32 seed)
{
    g_autoptr(SmAlertPolicy) policy = sm_alert_policy_new(NULL);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GHashTable) live = g_hash_table_new(NULL, NULL);
    g_autoptr(SmSafe) name = SM_SAFE_LITERAL("N");
    GString *log = g_string_new(NULL);
    int64_t now = 0, times[4] = {-20000, -20000, -20000, -20000};
    for (int i = 0; i < 3000; i++) {
        g_autoptr(GPtrArray) out = sm_alert_decisions_new();
        char chat[8];
        g_snprintf(chat, sizeof chat, "c%d", g_rand_int_range(rand, 0, 30));
        now += g_rand_int_range(rand, 0, 3000);
        int what = g_rand_int_range(rand, 0, 10);
        if (what < 6) {
            SmAlertEvent e = {SM_ALERT_MESSAGE, chat, name, 1, 5000, NULL};
            sm_alert_policy_event(policy, &e, now, out);
        } else if (what == 6) {
            sm_alert_policy_read(policy, chat, out);
        } else {
            sm_alert_policy_tick(policy, now, out);
        }
        for (guint k = 0; k < out->len; k++) {
            const SmAlertDecision *d = out->pdata[k];
            gpointer slot = GUINT_TO_POINTER(d->slot);
            g_string_append_printf(log, "%d %u %d %u %u\n", (int)now, d->routes, d->op, d->slot,
                                   d->chats);
            if (d->op == SM_NOTIFY_SHOW)
                g_assert_true(g_hash_table_add(live, slot));
            if (d->op == SM_NOTIFY_REPLACE)
                g_assert_true(g_hash_table_contains(live, slot));
            if (d->op == SM_NOTIFY_CLOSE)
                g_assert_true(g_hash_table_remove(live, slot));
            if (!loud(d))
                continue;
            g_assert_cmpint(now - times[0], >=, 10000);
            memmove(times, times + 1, sizeof times - sizeof times[0]);
            times[3] = now;
        }
    }
    return log;
}

static void test_wild(Fixture *f, gconstpointer data)
{
    for (guint32 seed = 1; seed <= 5; seed++) {
        GString *one = wild_run(seed), *two = wild_run(seed);
        g_assert_cmpstr(one->str, ==, two->str);
        g_string_free(one, TRUE);
        g_string_free(two, TRUE);
    }
}

/* Chats come and go for ever: what is settled is forgotten, and what is live beyond the bound is
 * closed. */
static void test_bounded(Fixture *f, gconstpointer data)
{
    guint closed = 0;
    for (int i = 0; i < 3000; i++) {
        g_autofree char *chat = g_strdup_printf("c%d", i);
        event(f, SM_ALERT_MESSAGE, chat, (int64_t)i * 20000);
        for (guint k = 0; k < f->out->len; k++)
            closed += ((SmAlertDecision *)f->out->pdata[k])->op == SM_NOTIFY_CLOSE ? 1 : 0;
    }
    g_assert_cmpuint(closed, ==, 3000 - 1024);
}

/* Settled chats take no place from one that is on the screen. */
static void test_settled_are_forgotten(Fixture *f, gconstpointer data)
{
    event(f, SM_ALERT_MESSAGE, "stays", 0);
    guint32 slot = only(f)->slot;
    for (int i = 1; i < 3000; i++) {
        g_autofree char *chat = g_strdup_printf("c%d", i);
        event(f, SM_ALERT_MESSAGE, chat, (int64_t)i * 20000);
        sm_alert_policy_settled(f->policy, chat, f->out);
        for (guint k = 0; k < f->out->len; k++)
            g_assert_cmpuint(((SmAlertDecision *)f->out->pdata[k])->slot, !=, slot);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(path, fn) g_test_add("/alert/policy/" path, Fixture, NULL, set_up, fn, tear_down)
    T("levels", test_levels);
    T("focus", test_focus);
    T("key-in-two-chats", test_key_in_two_chats);
    T("replaced-and-closed", test_one_notification_replaced_and_closed);
    T("rise", test_rise_is_never_joined);
    T("rise-after-read-and-settled", test_rise_after_read_and_settled);
    T("level-does-not-fall", test_level_shown_does_not_fall);
    T("one-a-chat", test_one_a_chat_in_ten_seconds);
    T("three-overall", test_three_overall_then_a_summary);
    T("sliding-window", test_bound_is_a_sliding_window);
    T("summary-rises-and-closes", test_summary_rises_and_closes);
    T("rise-leaves-summary", test_rise_leaves_the_summary);
    T("catch-up", test_catch_up_gives_one_summary);
    T("summary-speaks-for-its-chats", test_summary_speaks_for_its_chats);
    T("summary-closed-by-person", test_summary_closed_by_the_person);
    T("summary-without-desktop", test_summary_without_desktop);
    T("catch-up-takes-held", test_catch_up_takes_what_was_held);
    T("do-not-disturb", test_do_not_disturb);
    T("privacy", test_privacy);
    T("routes-option", test_routes_are_an_option);
    T("wild", test_wild);
    T("bounded", test_bounded);
    T("settled-are-forgotten", test_settled_are_forgotten);
    return g_test_run();
}
