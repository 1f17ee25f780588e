/* SPDX-License-Identifier: MIT */
/* report_explain: from a figure down to the messages that it came from. */
#include "seatmux/desk/report.h"

#include "desk/event_codec.h"
#include "desk/figures_private.h"

/* A row and the time that its messages lie in. */
typedef struct {
    int64_t from, to;
    json_t *messages; /* borrowed from the document */
} Span;

struct SmExplain {
    json_t *json;
    GHashTable *spans; /* conversation -> GArray of Span */
};

static int64_t earliest(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

/* A rating has no beginning: all up to it belongs to it. */
static Span span_of(const SmFigureRow *row, json_t *messages)
{
    int64_t from = earliest(row->asked, earliest(row->queued, row->assigned));
    int64_t to = MAX(row->replied, row->ended);
    return (Span){MAX(from, 0), to < 0 ? INT64_MAX : to, messages};
}

static void add_row(SmExplain *e, json_t *rows, const SmFigureRow *row)
{
    json_t *json = sm_figure_row_json(row), *messages = json_array();
    json_object_set_new(json, "messages", messages);
    json_array_append_new(rows, json);
    GArray *spans = g_hash_table_lookup(e->spans, row->conversation);
    if (!spans) {
        spans = g_array_new(FALSE, FALSE, sizeof(Span));
        g_hash_table_insert(e->spans, g_strdup(row->conversation), spans);
    }
    Span span = span_of(row, messages);
    g_array_append_val(spans, span);
}

SmExplain *sm_report_explain(const SmReport *report, SmFigure figure, SmScope scope, const char *id)
{
    const SmFigures *figures = sm_report_figures(report);
    g_autoptr(GPtrArray) rows = sm_figures_explain(figures, figure, scope, id);
    SmFigureValue value = sm_figures_value(figures, figure, scope, id);
    json_t *list = json_array();
    SmExplain *e = g_new0(SmExplain, 1);
    e->spans =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < rows->len; i++) {
        add_row(e, list, rows->pdata[i]);
    }
    e->json = json_pack("{s:i, s:s, s:s, s:s, s:o, s:o}", "explain", 1, "zone",
                        sm_desk_policy(sm_report_desk(report))->zone, "figure",
                        sm_figure_name(figure), "scope", sm_scope_name(scope), "value",
                        sm_figure_value_json(&value), "rows", list);
    if (scope != SM_SCOPE_DESK) {
        json_object_set_new(e->json, "id", json_string(id));
    }
    return e;
}

static json_t *message_json(const SmEvent *event, int64_t at)
{
    json_t *json = json_object();
    json_object_set_new(json, "at", json_integer(at));
    json_object_set_new(json, "author", json_string(sm_author_name(event->author)));
    if (event->agent) {
        json_object_set_new(json, "agent", json_string(event->agent));
    }
    if (event->text) {
        json_object_set_new(json, "text", json_string(event->text));
    }
    return json;
}

void sm_explain_record(SmExplain *e, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        const GArray *spans = event->type == SM_EVENT_MESSAGE_POSTED
                                  ? g_hash_table_lookup(e->spans, event->conversation)
                                  : NULL;
        for (guint k = 0; spans && k < spans->len; k++) {
            const Span *span = &g_array_index(spans, Span, k);
            if (record->at >= span->from && record->at <= span->to) {
                json_array_append_new(span->messages, message_json(event, record->at));
            }
        }
    }
}

json_t *sm_explain_json(const SmExplain *e)
{
    return e->json;
}

void sm_explain_free(SmExplain *e)
{
    if (e) {
        json_decref(e->json);
        g_hash_table_unref(e->spans);
        g_free(e);
    }
}
