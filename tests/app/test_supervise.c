/* SPDX-License-Identifier: MIT */
/* The queue view: what it shows, that looking leaves no trace, and that what is done goes to the
 * desk. */
#include "stage.h"

#include <string.h>

static const SmSupervise *view(Stage *s)
{
    return sm_app_supervise(s->app);
}

/* Customers of the rows, in order: "Ada Ben ". */
static char *rows(Stage *s)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < view(s)->rows->len; i++) {
        const SmSuperviseRow *row = view(s)->rows->pdata[i];
        g_string_append_printf(text, "%s%s ", row->conversation->name, row->marked ? "+" : "");
    }
    return g_string_free(text, FALSE);
}

static void assert_rows(Stage *s, const char *expected)
{
    g_autofree char *text = rows(s);

    g_assert_cmpstr(text, ==, expected);
}

static const SmConversation *desk_chat(Stage *s, const char *customer)
{
    const GPtrArray *all = sm_desk_conversations(script_desk(s->script));

    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (g_str_equal(c->name, customer))
            return c;
    }
    return NULL;
}

/* Ada is mia's, asked first; Bo and Cy wait. */
static void three(Stage *s)
{
    stage_init(s, 34, 120);
    stage_conversation(s, "Ada");
    stage_run(s, 2000);
    script_waiting(s->script, "Bo");
    stage_run(s, 2000);
    script_waiting(s->script, "Cy");
    stage_settle(s);
    stage_keys(s, "C-x s");
    g_assert_nonnull(view(s));
}

static void table(void)
{
    Stage s = {0};

    three(&s);
    assert_rows(&s, "Ada Bo Cy ");
    g_assert_cmpuint(view(&s)->queues->len, ==, 1);
    const SmSuperviseQueue *queue = view(&s)->queues->pdata[0];
    g_assert_cmpuint(queue->waiting, ==, 2);
    g_assert_cmpuint(queue->in_chat, ==, 1);
    g_assert_cmpuint(queue->agents, ==, 2);
    g_assert_cmpuint(queue->places, ==, 0); /* both are busy */
    guint arrived = 0;
    for (int i = 0; i < SM_ARRIVAL_MINUTES; i++)
        arrived += queue->arrivals[i];
    g_assert_cmpuint(arrived, ==, 3);
    stage_run(&s, 90000);
    queue = view(&s)->queues->pdata[0];
    g_assert_cmpint(queue->permille, ==, 0); /* nobody answered Ada in time */
    g_assert_cmpuint(queue->arrivals[SM_ARRIVAL_MINUTES - 1], ==, 0);
    g_assert_true(queue->few_within);
    stage_clear(&s);
}

static void moving(void)
{
    Stage s = {0};

    three(&s);
    g_assert_true(view(&s)->following);
    stage_keys(&s, "j");
    g_assert_false(view(&s)->following);
    g_assert_cmpuint(view(&s)->selected, ==, 1);
    stage_keys(&s, "G");
    g_assert_cmpuint(view(&s)->selected, ==, 2);
    /* The cursor stays on its chat when the order changes below it. */
    stage_keys(&s, "s"); /* by wait: Bo, Cy, then who does not wait */
    assert_rows(&s, "Bo Cy Ada ");
    g_assert_cmpuint(view(&s)->selected, ==, 1);
    stage_keys(&s, "p");
    g_assert_true(view(&s)->following);
    g_assert_cmpuint(view(&s)->selected, ==, 0);
    stage_keys(&s, "q");
    g_assert_null(view(&s));
    stage_clear(&s);
}

static void filters(void)
{
    Stage s = {0};

    three(&s);
    stage_keys(&s, "/");
    stage_type(&s, "agent:none");
    stage_keys(&s, "Enter");
    assert_rows(&s, "Bo Cy ");
    g_assert_cmpuint(view(&s)->hidden, ==, 1);
    g_assert_true(sm_app_run(s.app, "queue-filter state:nowhere"));
    g_assert_nonnull(strstr(stage_said(&s), "column 1: a state is"));
    assert_rows(&s, "Bo Cy ");
    g_assert_true(sm_app_run(s.app, "queue-filter event:breach"));
    g_assert_nonnull(strstr(stage_said(&s), "seatmux tail"));
    /* A filter that speaks of time lets a row in when its time has come. */
    g_assert_true(sm_app_run(s.app, "queue-filter wait>10"));
    assert_rows(&s, "");
    stage_run(&s, 10000);
    assert_rows(&s, "Bo Cy ");
    g_assert_true(sm_app_run(s.app, "queue-filter off"));
    assert_rows(&s, "Ada Bo Cy ");
    /* What was used is offered again, also when the view was closed. */
    stage_keys(&s, "q C-x s /");
    g_assert_cmpstr(((SmPopupRow *)sm_app_popup(s.app)->rows->pdata[1])->value, ==, "wait>10");
    stage_clear(&s);
}

/* Somebody looks over the shoulder: nothing leaves this program for it. */
static void no_trace(void)
{
    Stage s = {0};

    three(&s);
    guint before = script_asked(s.script, "POST") + script_asked(s.script, "PUT");
    stage_keys(&s, "j Enter");
    g_assert_nonnull(view(&s)->peeked);
    stage_run(&s, 30000);
    g_assert_cmpuint(script_asked(s.script, "POST") + script_asked(s.script, "PUT"), ==, before);
    stage_keys(&s, "k");
    g_assert_cmpstr(view(&s)->peeked, ==, desk_chat(&s, "Ada")->id);
    stage_keys(&s, "q");
    g_assert_null(view(&s)->peeked);
    g_assert_nonnull(view(&s));
    stage_clear(&s);
}

static void whispers(void)
{
    Stage s = {0};

    three(&s);
    const SmConversation *ada = desk_chat(&s, "Ada");
    stage_keys(&s, "w");
    stage_type(&s, "Offer a refund");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    const SmLine *last = ada->lines->pdata[ada->lines->len - 1];
    g_assert_cmpint(last->kind, ==, SM_LINE_WHISPER);
    g_assert_cmpstr(last->text, ==, "Offer a refund");
    g_autofree char *said = script_said(s.script, ada->id);
    g_assert_cmpstr(said, ==, "");
    /* Nobody would hear it. */
    stage_keys(&s, "j w");
    stage_type(&s, "psst");
    stage_keys(&s, "Enter");
    g_assert_nonnull(strstr(stage_said(&s), "nobody would hear it"));
    stage_clear(&s);
}

static void takes(void)
{
    Stage s = {0};

    three(&s);
    stage_keys(&s, "j Space Space"); /* both who wait */
    assert_rows(&s, "Ada Bo+ Cy+ ");
    stage_keys(&s, "t");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_CONFIRM);
    stage_keys(&s, "n");
    g_assert_null(desk_chat(&s, "Bo")->owner);
    stage_keys(&s, "t y");
    stage_settle(&s);
    g_assert_cmpstr(desk_chat(&s, "Bo")->owner, ==, "mia");
    g_assert_cmpstr(desk_chat(&s, "Cy")->owner, ==, "mia");
    gboolean said = FALSE;
    for (guint i = 0; i < sm_app_toasts(s.app)->len; i++)
        said |= strstr(sm_safe_str(((SmToast *)sm_app_toasts(s.app)->pdata[i])->words), "2 of 2") !=
                NULL;
    g_assert_true(said);
    g_assert_cmpuint(view(&s)->marks, ==, 0);
    /* Back to the queue, with the reason in the log. */
    stage_keys(&s, "u");
    stage_type(&s, "wrong team");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    guint waiting = 0;
    for (guint i = 0; i < view(&s)->rows->len; i++)
        waiting += ((SmSuperviseRow *)view(&s)->rows->pdata[i])->conversation->owner == NULL;
    g_assert_cmpuint(waiting, ==, 1);
    stage_clear(&s);
}

/* The desk refuses who has no room or is not online; the refusal is said, the chat waits on. */
static void assigns(void)
{
    Stage s = {0};

    three(&s);
    stage_keys(&s, "j a");
    stage_type(&s, "ben");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_null(desk_chat(&s, "Bo")->owner);
    stage_keys(&s, "A");
    stage_type(&s, "ben");
    stage_keys(&s, "Enter Enter");
    stage_type(&s, "needed");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpint(sm_desk_agent(script_desk(s.script), "ben")->availability, ==,
                    SM_AVAILABLE_ONLINE);
    stage_keys(&s, "L");
    stage_type(&s, "ben");
    stage_keys(&s, "Enter");
    stage_type(&s, "many");
    stage_keys(&s, "Enter");
    g_assert_nonnull(strstr(stage_said(&s), "Two numbers"));
    g_assert_true(sm_app_run(s.app, "queue-load ben 7 30 rush"));
    stage_settle(&s);
    g_assert_cmpstr(stage_said(&s), ==, "Places and share are set.");
    g_assert_cmpint(sm_desk_agent(script_desk(s.script), "ben")->capacity, ==, 7);
    g_assert_cmpint(sm_desk_agent(script_desk(s.script), "ben")->weight, ==, 30);
    g_assert_true(sm_app_run(s.app, "queue-assign ben"));
    stage_settle(&s);
    g_assert_cmpstr(desk_chat(&s, "Bo")->owner, ==, "ben");
    stage_clear(&s);
}

static void thresholds(void)
{
    Stage s = {0};

    three(&s);
    g_string_set_size(s.alerts, 0);
    g_assert_true(sm_app_run(s.app, "options supervise.waiting 2"));
    sm_app_focus(s.app, FALSE);
    stage_run(&s, 60000); /* what else there is to alert has been */
    g_assert_null(strstr(s.alerts->str, "above the threshold"));
    script_waiting(s.script, "Di");
    stage_run(&s, 2000);
    g_assert_nonnull(strstr(s.alerts->str, "3 waiting, above the threshold of 2"));
    const SmSuperviseEvent *event = NULL;
    for (guint i = 0; i < view(&s)->events->len; i++) {
        const SmSuperviseEvent *one = view(&s)->events->pdata[i];
        if (strstr(sm_safe_str(one->words), "above the threshold"))
            event = one;
    }
    g_assert_nonnull(event);
    g_assert_true(event->urgent);
    stage_clear(&s);
}

/* The log says who got that customer. */
static gboolean logged_assigned(Stage *s, const char *customer)
{
    for (guint i = 0; i < view(s)->events->len; i++) {
        const SmSuperviseEvent *one = view(s)->events->pdata[i];
        if (g_str_equal(one->what, "assigned") && g_str_has_prefix(sm_safe_str(one->words), customer))
            return TRUE;
    }
    return FALSE;
}

/* After an outage who came meanwhile is told by a state that is ahead of what others did: that must
 * not hide it. */
static void catching_up(void)
{
    Stage s = {0};
    g_autofree char *text = g_strnfill(7000, 'x');

    three(&s);
    const char *ada = desk_chat(&s, "Ada")->id;
    script_rule(s.script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    script_customer_says(s.script, ada, "the poll that is parked brings this, and is the last");
    stage_run(&s, 1000);
    script_waiting(s.script, "Di");
    for (int i = 0; i < 20; i++)
        script_customer_says(s.script, ada, text);
    for (int i = 0; i < 3; i++) { /* Bo, Cy and, last, Di */
        g_assert_true(sm_app_run(s.app, "chat-accept"));
        stage_run(&s, 1000);
    }
    g_assert_false(logged_assigned(&s, "Bo"));
    script_clear_rules(s.script); /* the first page comes, the next a while later */
    script_rule(s.script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1});
    script_rule(s.script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = 1});
    stage_run(&s, 40000);
    g_assert_true(logged_assigned(&s, "Di"));
    g_assert_true(logged_assigned(&s, "Bo"));
    g_assert_true(logged_assigned(&s, "Cy"));
    stage_clear(&s);
}

void add_supervise_tests(void)
{
    g_test_add_func("/supervise/catching-up", catching_up);
    g_test_add_func("/supervise/table", table);
    g_test_add_func("/supervise/moving", moving);
    g_test_add_func("/supervise/filters", filters);
    g_test_add_func("/supervise/no-trace", no_trace);
    g_test_add_func("/supervise/whispers", whispers);
    g_test_add_func("/supervise/takes", takes);
    g_test_add_func("/supervise/assigns", assigns);
    g_test_add_func("/supervise/thresholds", thresholds);
}
