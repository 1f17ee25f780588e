/* SPDX-License-Identifier: MIT */
/* Figures that only a whole log can tell: ratings, orders, how many at once; by inbox, hour and day
 * (turn-clock.md, rules 16-18 and 20). A desk decides, and the log of what it accepted is read
 * again. */
#include <locale.h>

#include "desk_fixture.h"
#include "seatmux/desk/figures.h"

#define HOUR INT64_C(3600000)

/* What the log of this desk says now, over [from, to). */
static SmFigures *read_log(Fixture *f, int64_t from, int64_t to)
{
    g_autoptr(SmDesk) desk = sm_desk_new(1);
    SmFigures *figures = sm_figures_new(from, to, f->now);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < f->records->len; i++)
        g_assert_true(sm_figures_fold(figures, desk, f->records->pdata[i], &error));
    sm_figures_end(figures, desk);
    return figures;
}

static SmFigures *read_all(Fixture *f)
{
    return read_log(f, 0, INT64_MAX);
}

static SmFigureValue of(const SmFigures *figures, SmFigure figure, SmScope scope, const char *id)
{
    return sm_figures_value(figures, figure, scope, id);
}

static void rate(Fixture *f, const char *contact, const char *conversation, int stars)
{
    must(f, (SmCommand){.type = SM_COMMAND_RATE,
                        .actor = customer(contact),
                        .conversation = conversation,
                        .stars = stars});
}

static void resolve(Fixture *f, const char *agent, const char *conversation)
{
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE,
                        .actor = staff(agent),
                        .conversation = conversation,
                        .reason = "done"});
}

/* The last rating of a round counts, for the last human author; the next round has its own. */
static void csat(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *c = NULL, *k = NULL;

    start(f, "web", "hello", &c, &k);
    claim(f, "login-mia", c);
    say(f, staff("login-mia"), c, "hi");
    resolve(f, "login-mia", c);
    rate(f, k, c, 1);
    rate(f, k, c, 5);
    pass(f, 1000);
    say(f, customer(k), c, "again");
    claim(f, "login-jon", c);
    say(f, staff("login-jon"), c, "hi again");
    resolve(f, "login-jon", c);
    rate(f, k, c, 2);
    g_autoptr(SmFigures) figures = read_all(f);
    SmFigureValue all = of(figures, SM_FIGURE_CSAT, SM_SCOPE_DESK, NULL);
    g_assert_cmpint(all.n, ==, 2);
    g_assert_cmpint(all.within, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_CSAT, SM_SCOPE_AGENT, "login-mia").within, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_CSAT, SM_SCOPE_AGENT, "login-jon").within, ==, 0);
    g_assert_cmpint(of(figures, SM_FIGURE_CSAT, SM_SCOPE_TEAM, "support").n, ==, 2);
    g_assert_cmpint(of(figures, SM_FIGURE_CSAT, SM_SCOPE_INBOX, "web").n, ==, 2);
}

/* An excused rating leaves both sides and is counted apart; no earlier one comes back. */
static void excused(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *c = NULL, *k = NULL;

    start(f, "web", "hello", &c, &k);
    claim(f, "login-mia", c);
    say(f, staff("login-mia"), c, "hi");
    resolve(f, "login-mia", c);
    rate(f, k, c, 5);
    rate(f, k, c, 1);
    must(f, (SmCommand){.type = SM_COMMAND_EXCUSE,
                        .actor = staff("login-sue"),
                        .conversation = c,
                        .reason = "wrong shop"});
    pass(f, HOUR); /* archived by now */
    g_autoptr(SmFigures) figures = read_all(f);
    g_assert_cmpint(of(figures, SM_FIGURE_CSAT, SM_SCOPE_DESK, NULL).n, ==, 0);
    g_assert_cmpint(of(figures, SM_FIGURE_EXCUSED, SM_SCOPE_AGENT, "login-mia").n, ==, 1);
    SmScore score = sm_figures_score(figures, "login-mia", (int[3]){50, 30, 20}, -1);
    g_assert_cmpint(score.rating, ==, -1);
    g_assert_cmpint(score.score, ==, score.performance);
}

/* Two at once for half of the time: 1.5; snoozed and resolved ones are none. */
/* Rated by link when it is archived: counted by its own time, excused then too; a complaint is one all the same. */
static void rated_later(void)
{
    g_autoptr(Fixture) f = fixture_new(9, 0);
    g_autofree char *c = NULL, *k = NULL, *d = NULL, *l = NULL;

    start(f, "web", "hello", &c, &k);
    start(f, "web", "hello", &d, &l);
    for (int i = 0; i < 2; i++) {
        claim(f, "login-mia", i ? d : c);
        say(f, staff("login-mia"), i ? d : c, "hi");
        resolve(f, "login-mia", i ? d : c);
    }
    pass(f, HOUR);
    must(f, (SmCommand){.type = SM_COMMAND_RATE, .actor = customer(k), .conversation = c, .stars = 1, .complaint = TRUE});
    rate(f, l, d, 5);
    g_autoptr(SmFigures) before = read_all(f);
    g_assert_cmpint(of(before, SM_FIGURE_CSAT, SM_SCOPE_AGENT, "login-mia").n, ==, 2);
    must(f, (SmCommand){.type = SM_COMMAND_EXCUSE, .actor = staff("login-sue"), .conversation = c, .reason = "wrong shop"});
    g_autoptr(SmFigures) figures = read_all(f);
    g_assert_cmpint(of(figures, SM_FIGURE_CSAT, SM_SCOPE_AGENT, "login-mia").n, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_EXCUSED, SM_SCOPE_DESK, NULL).n, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_COMPLAINTS, SM_SCOPE_TEAM, "support").n, ==, 1);
}

static void concurrency(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *a = NULL, *b = NULL, *c = NULL;

    start(f, "web", "one", &a, NULL);
    start(f, "web", "two", &b, NULL);
    start(f, "web", "three", &c, NULL);
    claim(f, "login-mia", a);
    int64_t began = f->now;
    pass(f, 10000);
    claim(f, "login-mia", b);
    pass(f, 10000);
    must(f, (SmCommand){.type = SM_COMMAND_SNOOZE,
                        .actor = staff("login-mia"),
                        .conversation = b,
                        .until = f->now + HOUR});
    resolve(f, "login-mia", a);
    pass(f, 5000);
    claim(f, "login-jon", c);
    pass(f, 20000);
    resolve(f, "login-jon", c);
    g_autoptr(SmFigures) figures = read_all(f);
    SmFigureValue mia = of(figures, SM_FIGURE_CONCURRENCY, SM_SCOPE_AGENT, "login-mia");
    g_assert_cmpint(mia.total, ==, 30000);
    g_assert_cmpint(mia.busy, ==, 20000);
    g_assert_cmpint(mia.ratio_hundredths, ==, 150);
    SmFigureValue all = of(figures, SM_FIGURE_CONCURRENCY, SM_SCOPE_DESK, NULL);
    g_assert_cmpint(all.total, ==, 50000);
    g_assert_cmpint(all.busy, ==, 40000);
    g_autoptr(SmFigures) part = read_log(f, began + 5000, began + 15000); /* cut at the edges */
    mia = of(part, SM_FIGURE_CONCURRENCY, SM_SCOPE_AGENT, "login-mia");
    g_assert_cmpint(mia.total, ==, 15000);
    g_assert_cmpint(mia.busy, ==, 10000);
}

static void order(Fixture *f, const char *conversation, const char *contact, const char *id)
{
    must(f, (SmCommand){.type = SM_COMMAND_ORDER,
                        .actor = admin(),
                        .conversation = conversation,
                        .contact = contact,
                        .order = id});
}

/* A contact counts once, by the first message ever and the first order within three days. */
static void enquiries(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *a = NULL, *b = NULL, *ka = NULL, *kb = NULL;
    int64_t day = 24 * HOUR;

    start(f, "web", "how much?", &a, &ka);
    start(f, "shop", "how big?", &b, &kb);
    int64_t began = f->now;
    claim(f, "login-mia", a);
    say(f, staff("login-mia"), a, "10");
    claim(f, "login-ana", b);
    say(f, staff("login-ana"), b, "small");
    pass(f, 1000);
    order(f, a, ka, "o1");
    order(f, a, ka, "o2");
    pass(f, 3 * day - 1000); /* to the instant at which three days are over */
    order(f, b, kb, "o3");
    g_autoptr(SmFigures) figures = read_all(f);
    SmFigureValue all = of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_DESK, NULL);
    g_assert_cmpint(all.n, ==, 2);
    g_assert_cmpint(all.within, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_AGENT, "login-mia").within,
                    ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_AGENT, "login-ana").n, ==,
                    1);
    g_assert_cmpint(of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_AGENT, "login-ana").within,
                    ==, 0);
    g_assert_cmpint(of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_TEAM, "sales").n, ==, 1);
    g_autoptr(SmFigures) later = read_log(f, began + day, INT64_MAX);
    g_assert_cmpint(of(later, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_DESK, NULL).n, ==, 0);
}

static int64_t converted(Fixture *f)
{
    g_autoptr(SmFigures) figures = read_all(f);
    return of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_DESK, NULL).within;
}

static void tell(Fixture *f, const char *contact, const char *status)
{
    must(f, (SmCommand){.type = SM_COMMAND_ORDER, .actor = the_desk(), .contact = contact, .order = "o1", .reason = status});
}

/* Only what is paid counts, until it is cancelled or refunded; and two contacts that are one are one enquiry. */
static void paid_orders(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);
    g_autofree char *a = NULL, *b = NULL, *ka = NULL, *kb = NULL;

    start(f, "web", "how much?", &a, &ka);
    pass(f, 1000);
    tell(f, ka, "placed");
    g_assert_cmpint(converted(f), ==, 0);
    tell(f, ka, "paid");
    tell(f, ka, "shipped");
    g_assert_cmpint(converted(f), ==, 1);
    tell(f, ka, "refunded");
    g_assert_cmpint(converted(f), ==, 0);
    start(f, "web", "it is me too", &b, &kb);
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = the_desk(), .conversation = b});
    must(f, (SmCommand){.type = SM_COMMAND_MERGE, .actor = the_desk(), .conversation = a, .contact = kb});
    tell(f, kb, "paid");
    g_autoptr(SmFigures) figures = read_all(f);
    g_assert_cmpint(of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_DESK, NULL).n, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_DESK, NULL).within, ==, 1);
}

/* Hours and days are those of the desk's zone; each row is in one, a stretch of work in all it
 * touches. */
static void by_time(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    g_autoptr(GTimeZone) shanghai = g_time_zone_new_identifier("Asia/Shanghai");
    g_autofree char *a = NULL, *b = NULL;

    g_assert_nonnull(shanghai);
    pass(f, INT64_C(1795773600000) - f->now); /* 2026-11-27 18:00 there */
    pass(f, HOUR - 60000);
    start(f, "web", "one", &a, NULL);
    claim(f, "login-mia", a);
    pass(f, 120000);
    start(f, "shop", "two", &b, NULL);
    pass(f, 60000);
    resolve(f, "login-mia", a);
    g_autoptr(SmFigures) figures = read_log(f, f->now - 2 * HOUR, f->now + HOUR);
    sm_figures_set_zone(figures, shanghai);
    g_auto(GStrv) hours = sm_figures_ids(figures, SM_SCOPE_HOUR);
    g_assert_cmpuint(g_strv_length(hours), ==, 2);
    g_assert_cmpstr(hours[0], ==, "2026-11-27T18:00+08:00");
    g_assert_cmpstr(hours[1], ==, "2026-11-27T19:00+08:00");
    for (int i = 0; i < 2; i++)
        g_assert_cmpint(of(figures, SM_FIGURE_TURNS, SM_SCOPE_HOUR, hours[i]).n, ==, 1);
    g_assert_cmpint(of(figures, SM_FIGURE_CONCURRENCY, SM_SCOPE_HOUR, hours[0]).total, ==, 60000);
    g_assert_cmpint(of(figures, SM_FIGURE_CONCURRENCY, SM_SCOPE_HOUR, hours[1]).total, ==, 120000);
    g_assert_cmpint(of(figures, SM_FIGURE_TURNS, SM_SCOPE_DAY, "2026-11-27").n, ==, 2);
    g_assert_cmpint(of(figures, SM_FIGURE_CONCURRENCY, SM_SCOPE_DAY, "2026-11-27").total, ==,
                    180000);
    g_auto(GStrv) inboxes = sm_figures_ids(figures, SM_SCOPE_INBOX);
    g_assert_cmpstr(inboxes[0], ==, "shop");
    g_assert_cmpstr(inboxes[1], ==, "web");
    g_assert_cmpint(of(figures, SM_FIGURE_TURNS, SM_SCOPE_INBOX, "web").n, ==, 1);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/figures/rule-16/csat", csat);
    g_test_add_func("/figures/rule-16/excused", excused);
    g_test_add_func("/figures/rule-16/rated-later", rated_later);
    g_test_add_func("/figures/rule-17/concurrency", concurrency);
    g_test_add_func("/figures/rule-17/enquiries", enquiries);
    g_test_add_func("/figures/rule-17/paid-orders", paid_orders);
    g_test_add_func("/figures/rule-18/by-time", by_time);
    return g_test_run();
}
