/* SPDX-License-Identifier: MIT */
/* The language of filters: what passes, and where what is wrong stands. */
#include <string.h>

#include "seatmux/desk/filter.h"

static GPtrArray *vip(void)
{
    GPtrArray *tags = g_ptr_array_new();

    g_ptr_array_add(tags, (char *)"VIP");
    return tags;
}

static gboolean passes(const char *text)
{
    g_autoptr(GPtrArray) tags = vip();
    SmFilterSubject s = {
        .event = "turn.breached",
        .state = "queued",
        .team = "billing",
        .inbox = "web",
        .language = "zh-CN",
        .customer = "陈薇",
        .order = "48213",
        .id = "c-1",
        .tags = tags,
        .last = "Where is my Refund?",
        .queued = 1000,
        .deadline = {.kind = SM_CLOCK_QUEUE, .began = 1000, .due = 31000, .target = 30000}};
    g_autoptr(GError) error = NULL;
    g_autoptr(SmFilter) filter = sm_filter_parse(text, &error);

    g_assert_no_error(error);
    return sm_filter_matches(filter, &s, 26000); /* waits 25 s, 5 s left */
}

static void matching(void)
{
    static const struct {
        const char *text;
        gboolean passes;
    } rows[] = {
        {"", TRUE},
        {"wait>20", TRUE},
        {"wait>25", FALSE},
        {"wait>=25", TRUE},
        {"wait<2m", TRUE},
        {"sla<8m", TRUE},
        {"left<5", FALSE},
        {"left<=5s", TRUE},
        {"-left<5", TRUE},
        {"team:billing", TRUE},
        {"team:sales,billing", TRUE},
        {"queue:BILLING", TRUE},
        {"team:bill", FALSE},
        {"state:queued", TRUE},
        {"state:open,snoozed", FALSE},
        {"agent:none", TRUE},
        {"agent:any", FALSE},
        {"-agent:mia", TRUE},
        {"event:breach", TRUE},
        {"event:breached", TRUE},
        {"event:turn", TRUE},
        {"event:turn.breached", TRUE},
        {"event:queued", FALSE},
        {"lang:zh", TRUE},
        {"lang:en", FALSE},
        {"tag:vip", TRUE},
        {"-tag:vip", FALSE},
        {"refund", TRUE},
        {"refund -team:billing", FALSE},
        {"陈", TRUE},
        {"customer:陈薇", TRUE},
        {"482", TRUE},
        {"wait>20 team:billing state:queued agent:none event:breach", TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (passes(rows[i].text) != rows[i].passes)
            g_error("'%s' must %s", rows[i].text, rows[i].passes ? "pass" : "not pass");
}

/* Without a clock or a wait nothing is compared; a conversation is no event. */
static void nothing_there(void)
{
    SmFilterSubject s = {.state = "open", .team = "billing", .agent = "mia", .queued = -1};
    static const char *const none[] = {"wait>0", "wait<99999", "left<1h", "event:breach",
                                       "refund", "tag:vip",    "order:4"};

    for (guint i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(SmFilter) filter = sm_filter_parse(none[i], NULL);
        g_assert_false(sm_filter_matches(filter, &s, 5));
    }
    g_autoptr(SmFilter) any = sm_filter_parse("agent:any -wait>0", NULL);
    g_assert_true(sm_filter_matches(any, &s, 5));
    g_assert_true(sm_filter_is_timed(any));
    g_assert_false(sm_filter_has_events(any));
}

static void wrong_ones(void)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"colour:red", "column 1: there is no 'colour'"},
        {"team:a wait:20", "column 8: 'wait' is compared with < or >"},
        {"陈薇 team>3", "column 4: after 'team' stands a colon"},
        {"wait>soon", "column 1: a time is seconds"},
        {"wait>99999999", "column 1: a time is seconds"},
        {"state:gone", "column 1: a state is queued"},
        {"team:", "column 1: something must follow"},
        {"a event:breach,braech", "column 3: there is no event 'braech'"},
        {"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a b",
         "column 65: more than 32 terms"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SmFilter) filter = sm_filter_parse(rows[i].text, &error);
        g_assert_null(filter);
        g_assert_true(g_str_has_prefix(error->message, rows[i].error));
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(sm_filter_parse("\xff", &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/matching", matching);
    g_test_add_func("/filter/nothing-there", nothing_there);
    g_test_add_func("/filter/wrong", wrong_ones);
    return g_test_run();
}
