/* SPDX-License-Identifier: MIT */
/* debrief_log: what the log of the practice desk says: the figures, each turn, each message. Read from the log itself, so that it
 * can be had at any time, also while the shift goes on. */
#include <string.h>

#include "cli/debrief_private.h"
#include "seatmux/desk/report.h"
#include "seatmux/server/service.h"

#define SLICE 2000

typedef gboolean (*Each)(const SmRecord *record, void *user);

static gboolean each_record(SmLocalDesk *desk, Each each, void *user)
{
    for (int64_t after = 0;;) {
        g_autoptr(GPtrArray) records = sm_log_read(desk->log, after, SLICE, NULL);
        if (!records || records->len == 0)
            return records != NULL;
        for (guint i = 0; i < records->len; i++) {
            const SmRecord *record = records->pdata[i];
            if (!each(record, user))
                return FALSE;
            after = record->seq;
        }
    }
}

static gboolean count(const SmRecord *record, void *user)
{
    return sm_report_record(user, record, NULL);
}

static gboolean explain(const SmRecord *record, void *user)
{
    sm_explain_record(user, record);
    return TRUE;
}

static json_t *explained(SmLocalDesk *desk, const SmReport *report, SmFigure figure)
{
    g_autoptr(SmExplain) e = sm_report_explain(report, figure, SM_SCOPE_DESK, NULL);
    each_record(desk, explain, e);
    return json_incref(json_object_get(sm_explain_json(e), "rows"));
}

/* --- Turns --------------------------------------------------------------------------------------- */

/* What the turn began with, or what answered it: earlier lines are there for the context. */
static const char *words_of(const json_t *row, gboolean customer)
{
    int64_t at = sm_json_int(row, customer ? "asked" : "replied", -1);
    size_t i;
    json_t *message;
    json_array_foreach(json_object_get(row, "messages"), i, message)
        if (at >= 0 && (strcmp(sm_json_str(message, "author", ""), "customer") == 0) == customer &&
            sm_json_int(message, "at", 0) >= at)
            return sm_json_str(message, "text", "");
    return "";
}

/* The row of the same turn among those that were answered: it has the deadline. */
static const json_t *answered(const json_t *responses, const json_t *turn)
{
    size_t i;
    json_t *row;
    json_array_foreach(responses, i, row)
        if (sm_json_int(row, "number", 0) == sm_json_int(turn, "number", -1) &&
            strcmp(sm_json_str(row, "conversation", ""), sm_json_str(turn, "conversation", "-")) == 0)
            return row;
    return NULL;
}

static void copy(json_t *to, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);
    if (value)
        json_object_set(to, name, value);
}

static json_t *turn_of(const json_t *row, const json_t *response, const json_t *names)
{
    const char *conversation = sm_json_str(row, "conversation", "");
    json_t *turn = json_pack("{s:s, s:s, s:s, s:s, s:s}", "conversation", conversation, "customer",
                             sm_json_str(names, conversation, ""), "outcome", sm_json_str(row, "outcome", "open"), "question",
                             words_of(row, TRUE), "answer", words_of(row, FALSE));
    static const char *const stamps[] = {"number", "asked", "assigned", "replied"};
    for (guint i = 0; i < G_N_ELEMENTS(stamps); i++)
        copy(turn, row, stamps[i]);
    if (response) {
        json_object_set_new(turn, "ms", json_integer(sm_json_int(response, "value", 0)));
        copy(turn, response, "target");
        copy(turn, response, "within");
    }
    return turn;
}

/* --- Messages ------------------------------------------------------------------------------------ */

static void note_name(json_t *names, const SmEvent *event)
{
    g_autoptr(json_t) profile = event->text ? sm_json_parse(event->text, strlen(event->text), strlen(event->text) + 1, NULL) : NULL;
    const char *name = sm_json_str(profile, "name", NULL);
    if (name)
        json_object_set_new(names, event->conversation, json_string(name));
}

static gboolean gather(const SmRecord *record, void *user)
{
    SmDebriefLog *log = user;
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type == SM_EVENT_CONVERSATION_STARTED)
            note_name(log->names, event);
        if (event->type != SM_EVENT_MESSAGE_POSTED || !event->text ||
            (event->author != SM_AUTHOR_CUSTOMER && event->author != SM_AUTHOR_AGENT))
            continue;
        json_array_append_new(log->messages, json_pack("{s:s, s:b, s:I, s:s}", "conversation", event->conversation, "customer",
                                                       event->author == SM_AUTHOR_CUSTOMER, "at", (json_int_t)record->at, "text",
                                                       event->text));
    }
    return TRUE;
}

void sm_debrief_log_read(SmDebriefLog *log, SmLocalDesk *desk)
{
    const SmReportWish wish = {.from = 0, .to = INT64_MAX, .by = SM_SCOPE_DESK, .enquiry_days = SM_ENQUIRY_DAYS};
    g_autoptr(SmReport) report = sm_report_new(&wish);
    each_record(desk, count, report);
    sm_report_end(report, sm_service_now(desk->service));
    g_autoptr(json_t) document = sm_report_json(report, NULL, NULL, TRUE);
    g_autoptr(json_t) turns = explained(desk, report, SM_FIGURE_TURNS), responses = explained(desk, report, SM_FIGURE_RESPONSE);
    *log = (SmDebriefLog){.total = json_incref(json_object_get(document, "total")), .turns = json_array(),
                          .names = json_object(), .messages = json_array()};
    each_record(desk, gather, log);
    size_t i;
    json_t *row;
    json_array_foreach(turns, i, row)
        json_array_append_new(log->turns, turn_of(row, answered(responses, row), log->names));
}

void sm_debrief_log_clear(SmDebriefLog *log)
{
    json_decref(log->total);
    json_decref(log->turns);
    json_decref(log->names);
    json_decref(log->messages);
    *log = (SmDebriefLog){0};
}
