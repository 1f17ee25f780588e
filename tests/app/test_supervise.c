/* SPDX-License-Identifier: MIT */
/* The queue view: what it shows, that looking leaves no trace, and that what is done goes to the
 * desk. */
#include "stage.h"

#include <glib/gstdio.h>
#include <string.h>

#include "seatmux/desk/notice.h"

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

/* The mark that too many wait is seen however many they are. */
static void waiting_words(void)
{
    static const struct {
        guint waiting;
        gboolean many;
        const char *words;
    } cases[] = {{0, FALSE, "0"}, {1234, FALSE, "1234"}, {9, TRUE, "9!"}, {999, TRUE, "999!"}, {1000, TRUE, "1k!"}, {12999, TRUE, "12k!"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmSuperviseQueue queue = {.waiting = cases[i].waiting, .many_waiting = cases[i].many};
        g_autofree char *words = sm_supervise_waiting(&queue);
        g_assert_cmpstr(words, ==, cases[i].words);
    }
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

#define QUEUES                                                                                                                   \
    "{\"now\": %" G_GINT64_FORMAT ", \"groups\": [{\"id\": \"support\", \"figures\": {\"within_agent\": {\"n\": 20, \"within\": 12, "  \
    "\"permille\": 600}, \"abandoned\": {\"n\": 3}}}], \"recent\": {\"minutes\": 30, \"teams\": {\"support\": {\"within_agent\": {"        \
    "\"n\": 9, \"within\": 4, \"permille\": 444}, \"arrivals\": [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, " \
    "0, 0, 0, 0, 0, 2, 1]}}}}"

/* Conversations that are over and archived are in the desk's figures, and in no client. */
static void figures(void)
{
    Stage s = {0};

    three(&s);
    const SmSuperviseQueue *queue = view(&s)->queues->pdata[0];
    g_assert_cmpint(queue->permille, ==, -1); /* not told yet: better nothing than what this client happens to know */
    g_assert_cmpint(queue->abandoned, ==, -1);
    g_assert_null(strstr(stage_said(&s), "no such")); /* a desk that does not say is no news */
    g_autofree char *body = g_strdup_printf(QUEUES, sm_app_now(s.app));
    script_rule(s.script, "GET /v1/report?by=team&from=today&recent=30", (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = body});
    stage_run(&s, 6000);
    queue = view(&s)->queues->pdata[0];
    g_assert_cmpint(queue->permille, ==, 600);
    g_assert_cmpint(queue->judged, ==, 20);
    g_assert_cmpint(queue->trend, ==, -1);
    g_assert_cmpint(queue->abandoned, ==, 3);
    g_assert_true(queue->few_within);
    g_assert_cmpuint(queue->arrivals[0], ==, 7);
    g_assert_cmpuint(queue->arrivals[SM_ARRIVAL_MINUTES - 1], ==, 1); /* those this client knows are among them */
    script_waiting(s.script, "Di"); /* after the answer: counted here */
    stage_run(&s, 1500);
    queue = view(&s)->queues->pdata[0];
    g_assert_cmpuint(queue->arrivals[SM_ARRIVAL_MINUTES - 1], ==, 2);
    stage_run(&s, 60000); /* a minute on, and no newer answer: what was told stays */
    queue = view(&s)->queues->pdata[0];
    g_assert_cmpuint(queue->arrivals[0], ==, 0);
    g_assert_cmpuint(queue->arrivals[SM_ARRIVAL_MINUTES - 3], ==, 2);
    g_assert_cmpuint(queue->arrivals[SM_ARRIVAL_MINUTES - 2] + queue->arrivals[SM_ARRIVAL_MINUTES - 1], ==, 2);
    g_assert_cmpint(queue->permille, ==, 600);
    guint asked = script_asked(s.script, "GET /v1/report");
    stage_keys(&s, "q");
    stage_run(&s, 20000);
    g_assert_cmpuint(script_asked(s.script, "GET /v1/report"), ==, asked);
    stage_clear(&s);
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
    g_assert_cmpuint(queue->agents, ==, 1); /* the supervisor only looks */
    g_assert_cmpuint(queue->places, ==, 0); /* mia is busy */
    guint arrived = 0;
    for (int i = 0; i < SM_ARRIVAL_MINUTES; i++)
        arrived += queue->arrivals[i];
    g_assert_cmpuint(arrived, ==, 3);
    stage_run(&s, 90000);
    queue = view(&s)->queues->pdata[0];
    g_assert_cmpuint(queue->arrivals[SM_ARRIVAL_MINUTES - 1], ==, 0);
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

/* What was filtered by is offered in the next run too, also when the program was left from the view. */
static void filters_stay(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "state.json", NULL);
    Stage s = {.state_file = file};

    three(&s);
    g_assert_true(sm_app_run(s.app, "queue-filter agent:none wait>10"));
    g_assert_true(sm_app_run(s.app, "queue-filter Bo"));
    stage_close(&s);
    stage_open(&s, 34, 120);
    stage_keys(&s, "C-x s /");
    g_assert_cmpstr(((SmPopupRow *)sm_app_popup(s.app)->rows->pdata[1])->value, ==, "Bo");
    g_assert_cmpstr(((SmPopupRow *)sm_app_popup(s.app)->rows->pdata[2])->value, ==, "agent:none wait>10");
    stage_clear(&s);
    g_unlink(file);
    g_rmdir(directory);
}

/* "nobody has it 2: Bo Cy | mia 1: Ada" */
static void assert_groups(Stage *s, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < view(s)->rows->len; i++) {
        const SmSuperviseRow *row = view(s)->rows->pdata[i], *before = i > 0 ? view(s)->rows->pdata[i - 1] : NULL;
        const SmSuperviseGroup *group = view(s)->groups->pdata[row->group];
        if (before == NULL || before->group != row->group)
            g_string_append_printf(text, "%s%s %u:", before != NULL ? " | " : "", sm_safe_str(group->name), group->chats);
        g_string_append_printf(text, " %s", row->conversation->name);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void groups(void)
{
    Stage s = {0};

    three(&s);
    g_assert_cmpuint(view(&s)->groups->len, ==, 0);
    stage_keys(&s, "Tab");
    g_assert_cmpint(view(&s)->grouping, ==, SM_GROUP_BY_TEAM);
    g_assert_cmpuint(view(&s)->groups->len, ==, 1);
    stage_keys(&s, "Tab");
    assert_groups(&s, "nobody has it 2: Bo Cy | mia 1: Ada");
    stage_keys(&s, "Tab");
    assert_groups(&s, "queued 2: Bo Cy | open 1: Ada");
    g_assert_cmpuint(((SmSuperviseGroup *)view(&s)->groups->pdata[1])->overdue, ==, 0);
    stage_run(&s, 90000);
    g_assert_cmpuint(((SmSuperviseGroup *)view(&s)->groups->pdata[1])->overdue, ==, 1);
    /* The order inside a group is that of the table, and the setting is the option's. */
    g_assert_true(sm_app_run(s.app, "queue-group none"));
    assert_rows(&s, "Ada Bo Cy ");
    g_assert_true(sm_app_run(s.app, "options supervise.group agent"));
    stage_run(&s, 1000);
    assert_rows(&s, "Bo Cy Ada ");
    g_assert_true(sm_app_run(s.app, "queue-group moon"));
    g_assert_cmpint(view(&s)->grouping, ==, SM_GROUP_BY_AGENT);
    stage_clear(&s);
}

/* The popup's rows: "turns 7|..." */
static char *popup_text(Stage *s)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < sm_app_popup(s->app)->rows->len; i++) {
        const SmPopupRow *row = sm_app_popup(s->app)->rows->pdata[i];
        g_string_append_printf(text, "%s %s %s|", sm_safe_str(row->cells[0]), sm_safe_str(row->cells[1]), sm_safe_str(row->cells[2]));
    }
    return g_string_free(text, FALSE);
}

#define REPORT(turns, rating)                                                                                                    \
    "{\"now\": 1793494800000, \"weights\": {\"rating\": 50, \"performance\": 30, \"training\": 20}, \"groups\": [{\"id\": \"mia\","    \
    "\"figures\": {\"turns\": {\"n\": " turns "}, \"first_response\": {\"n\": 3, \"median\": 4000, \"p90\": 9000}, \"response\": {"         \
    "\"n\": 7, \"median\": 12000, \"p90\": 65000}, \"within_agent\": {\"n\": 7, \"within\": 6, \"permille\": 857}, \"question_answer\": " \
    "{\"questions\": 9, \"answers\": 8, \"hundredths\": 113}, \"csat\": {\"n\": 2, \"within\": 1, \"permille\": 500}},"             \
    "\"score\": {" rating "\"performance\": 857, \"score\": 634}}]}"

static void scorecard(void)
{
    Stage s = {0};

    three(&s);
    stage_keys(&s, "S");
    stage_type(&s, "mia");
    script_rule(s.script, "GET /v1/report?by=agent&from=today&of=mia", (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = REPORT("7", "\"rating\": 500,")});
    script_rule(s.script, "GET /v1/report?by=agent&from=today&of=mia", (ScriptRule){.kind = SCRIPT_STATUS, .times = -1, .status = 200, .body = REPORT("8", "")});
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_autofree char *first = popup_text(&s);
    g_assert_cmpstr(first, ==, "turns 7 |first response 00:04 median of 3|first response, 90 % 00:09 nine in ten are at most that|"
                    "response 00:12 median of 7|response, 90 % 01:05 nine in ten are at most that|within target 85.7 % 6 of 7|"
                    "questions to answers 1.13 9 : 8|satisfied (CSAT) 50.0 % 1 of 2|score  |weighted score 63.4 % |"
                    "  ratings 50.0 % weight 50|  in time 85.7 % weight 30|"
                    "  best exam - weight 20, spread over the others: there is none yet|");
    stage_run(&s, 6000); /* by itself, while it is looked at */
    g_autofree char *second = popup_text(&s);
    g_assert_nonnull(strstr(second, "turns 8 |"));
    g_assert_nonnull(strstr(second, "  ratings - weight 50, spread"));
    guint asked = script_asked(s.script, "GET /v1/report?by=agent");
    stage_keys(&s, "Esc");
    stage_run(&s, 20000);
    g_assert_cmpuint(script_asked(s.script, "GET /v1/report?by=agent"), ==, asked);
    g_assert_true(sm_app_run(s.app, "scorecard nobody"));
    g_assert_nonnull(strstr(stage_said(&s), "no such agent"));
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

/* What was read over the shoulder has been seen: who barges in is not held for it. */
static void barges_in(void)
{
    Stage s = {0};

    three(&s);
    g_autofree char *bo = g_strdup(desk_chat(&s, "Bo")->id);
    script_colleague_says(s.script, bo, "I look it up");
    stage_run(&s, 2000);
    stage_keys(&s, "j o");
    g_assert_null(view(&s));
    stage_draw(&s);
    stage_run(&s, 2000);
    stage_type(&s, "The lead here");
    stage_keys(&s, "Enter");
    stage_run(&s, 2000);
    g_autofree char *said = script_said(s.script, bo);
    g_assert_nonnull(strstr(said, "The lead here"));
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

/* Resolved from elsewhere. */
static void ends(Stage *s, const char *customer)
{
    SmCommand command = {.type = SM_COMMAND_RESOLVE, .conversation = desk_chat(s, customer)->id, .actor = sm_client_actor(s->client),
                         .reason = "spam", .no_reply_needed = TRUE, .seen = -1};

    sm_client_command(s->client, &command, NULL, NULL, NULL);
    stage_settle(s);
    g_assert_cmpint(desk_chat(s, customer)->state, ==, SM_STATE_RESOLVED);
}

/* The rows move while something is being asked: what it was asked about stays. */
static void asked_about(void)
{
    Stage s = {0};

    three(&s);
    g_autofree char *ada = g_strdup(desk_chat(&s, "Ada")->id);
    assert_rows(&s, "Ada Bo Cy ");
    stage_keys(&s, "t"); /* the first, while the cursor follows */
    script_colleague_says(s.script, ada, "One moment.");
    stage_settle(&s);
    assert_rows(&s, "Bo Cy Ada ");
    stage_keys(&s, "y");
    stage_settle(&s);
    g_assert_null(desk_chat(&s, "Bo")->owner);
    stage_keys(&s, ":");
    stage_type(&s, "queue-whisper");
    stage_keys(&s, "Esc G w"); /* paused, on Ada */
    ends(&s, "Ada");
    assert_rows(&s, "Bo Cy ");
    stage_type(&s, "Offer a refund");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_true(g_str_has_prefix(stage_said(&s), "Not sent to Ada: "));
    stage_clear(&s);
}

/* Those that were marked and nobody else, also when they are over. */
static void asked_about_marked(void)
{
    Stage s = {0};

    three(&s);
    stage_keys(&s, "Space b"); /* Ada */
    stage_type(&s, "Your parcel was found");
    stage_keys(&s, "Enter");
    ends(&s, "Ada");
    const SmPopupRow *first = sm_app_popup(s.app)->rows->pdata[0];
    g_assert_cmpstr(sm_safe_str(first->cells[1]), ==, "nobody");
    stage_keys(&s, "Enter Esc");
    stage_settle(&s);
    g_assert_cmpuint(sm_desk_broadcasts(script_desk(s.script))->len, ==, 0);
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

/* One answer to the marked chats: shown before, sent by the desk at its pace, and it can be stopped. */
static void broadcasts(void)
{
    Stage s = {0};

    three(&s);
    g_assert_true(sm_app_run(s.app, "options supervise.pace 6"));
    stage_keys(&s, "j Space Space b");
    stage_type(&s, "Payment is down");
    stage_keys(&s, "Enter");
    const SmPopup *popup = sm_app_popup(s.app);
    g_assert_cmpint(popup->kind, ==, SM_POPUP_LIST);
    const SmPopupRow *first = popup->rows->pdata[0], *words = popup->rows->pdata[1];
    g_assert_cmpstr(sm_safe_str(first->cells[1]), ==, "2 chats, 6 a minute: takes 00:10");
    g_assert_cmpstr(sm_safe_str(words->cells[1]), ==, "Payment is down");
    g_assert_cmpuint(sm_desk_broadcasts(script_desk(s.script))->len, ==, 0); /* not before Enter */
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpuint(sm_desk_broadcasts(script_desk(s.script))->len, ==, 1);
    const SmBroadcast *b = sm_desk_broadcasts(script_desk(s.script))->pdata[0];
    g_assert_cmpuint(b->total, ==, 2);
    g_assert_cmpint(b->pace, ==, 6);
    g_assert_cmpuint(view(&s)->marks, ==, 0);
    /* The client's own fold tells the same. */
    const SmBroadcast *mine = sm_desk_broadcast(sm_client_desk(s.client), b->id);
    g_assert_nonnull(mine);
    g_assert_cmpuint(mine->total, ==, 2);
    stage_keys(&s, "B Enter");
    stage_settle(&s);
    g_assert_cmpint(b->state, ==, SM_BROADCAST_STOPPED);
    stage_keys(&s, "B");
    g_assert_cmpstr(stage_said(&s), ==, "No broadcast is under way.");
    stage_clear(&s);
}

static void incidents(void)
{
    Stage s = {0};

    three(&s);
    g_assert_true(sm_app_run(s.app, "queue-incident team:support soon Payment is down"));
    g_assert_nonnull(strstr(stage_said(&s), "Say how long"));
    stage_keys(&s, "i Enter");
    stage_type(&s, "1h");
    stage_keys(&s, "Enter");
    stage_type(&s, "Payment is down");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpuint(sm_desk_incidents(script_desk(s.script))->len, ==, 1);
    const SmIncident *incident = sm_desk_incidents(script_desk(s.script))->pdata[0];
    g_assert_cmpstr(incident->team, ==, "support");
    g_assert_cmpstr(incident->by, ==, "mia");
    g_assert_cmpuint(sm_desk_incidents(sm_client_desk(s.client))->len, ==, 1);
    stage_keys(&s, "i Enter"); /* what stands is first */
    stage_settle(&s);
    g_assert_cmpuint(sm_desk_incidents(script_desk(s.script))->len, ==, 0);
    stage_clear(&s);
}

/* From a passed exam to a full agent, a step at a time; each needs a reason, and there is a way back. */
static void ladder(void)
{
    Stage s = {0};

    three(&s);
    stage_keys(&s, "K");
    g_assert_cmpstr(stage_said(&s), ==, "Nobody is on the ladder: it is for trainees.");
    script_trainee(s.script, "tim");
    stage_settle(&s);
    const SmAgent *tim = sm_desk_agent(script_desk(s.script), "tim");
    stage_keys(&s, "K");
    const SmPopupRow *row = sm_app_popup(s.app)->rows->pdata[0];
    g_assert_cmpstr(sm_safe_str(row->cells[1]), ==, "tim: exam passed (first-weeks, 91.2 %); next: supervised task");
    stage_keys(&s, "Enter");
    stage_type(&s, "listens well");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpint(tim->step, ==, SM_STEP_SUPERVISED);
    g_assert_cmpstr(stage_said(&s), ==, "Confirmed; role and share have moved with it.");
    g_assert_true(sm_app_run(s.app, "queue-ladder tim 15 a good week"));
    stage_settle(&s);
    g_assert_cmpint(tim->step, ==, SM_STEP_TRIAL);
    g_assert_cmpint(tim->weight, ==, 15);
    g_assert_cmpint(tim->role, ==, SM_ROLE_AGENT);
    g_assert_true(sm_app_run(s.app, "queue-ladder tim back too many at once"));
    stage_settle(&s);
    g_assert_cmpint(tim->step, ==, SM_STEP_SUPERVISED);
    g_assert_true(sm_app_run(s.app, "queue-ladder tim back further"));
    g_assert_cmpstr(stage_said(&s), ==, "There is no step below this one.");
    g_assert_true(sm_app_run(s.app, "queue-ladder nobody x"));
    g_assert_cmpstr(stage_said(&s), ==, "There is no agent nobody.");
    g_assert_true(sm_app_run(s.app, "queue-ladder mia 15 myself")); /* a supervisor is on no ladder */
    g_assert_cmpstr(stage_said(&s), ==, "There is no step above this one.");
    g_assert_true(sm_app_run(s.app, "ladder"));
    g_assert_nonnull(strstr(stage_said(&s), "You are not on the ladder"));
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
    g_test_add_func("/supervise/waiting-words", waiting_words);
    g_test_add_func("/supervise/barges-in", barges_in);
    g_test_add_func("/supervise/moving", moving);
    g_test_add_func("/supervise/filters", filters);
    g_test_add_func("/supervise/filters-stay", filters_stay);
    g_test_add_func("/supervise/groups", groups);
    g_test_add_func("/supervise/figures", figures);
    g_test_add_func("/supervise/scorecard", scorecard);
    g_test_add_func("/supervise/no-trace", no_trace);
    g_test_add_func("/supervise/whispers", whispers);
    g_test_add_func("/supervise/asked-about", asked_about);
    g_test_add_func("/supervise/asked-about-marked", asked_about_marked);
    g_test_add_func("/supervise/takes", takes);
    g_test_add_func("/supervise/assigns", assigns);
    g_test_add_func("/supervise/broadcasts", broadcasts);
    g_test_add_func("/supervise/incidents", incidents);
    g_test_add_func("/supervise/ladder", ladder);
    g_test_add_func("/supervise/thresholds", thresholds);
}
