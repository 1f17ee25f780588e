/* SPDX-License-Identifier: MIT */
/* figures_value: numbers from rows, and the rows behind a number. */
#include "desk/figures_private.h"
#include "seatmux/base/bug.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    SmFigureKind kind;
} FIGURES[] = {
#define SM_FIGURE_ROW(id, text, kind) {text, SM_FIGURE_##kind},
    SM_FIGURES(SM_FIGURE_ROW)
#undef SM_FIGURE_ROW
};

const char *sm_figure_name(SmFigure figure)
{
    return FIGURES[figure].name;
}

SmFigureKind sm_figure_kind(SmFigure figure)
{
    return FIGURES[figure].kind;
}

gboolean sm_figure_from_name(const char *name, SmFigure *figure)
{
    for (int i = 0; i < SM_FIGURE_N; i++) {
        if (g_str_equal(FIGURES[i].name, name)) {
            *figure = (SmFigure)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- Which rows ------------------------------------------------------------------------------- */

static const char *const SCOPES[SM_SCOPES] = {"desk", "team", "agent", "inbox", "hour", "day"};

const char *sm_scope_name(SmScope scope)
{
    return SCOPES[scope];
}

gboolean sm_scope_from_name(const char *name, SmScope *scope)
{
    for (int i = 0; i < SM_SCOPES; i++) {
        if (g_str_equal(SCOPES[i], name)) {
            *scope = (SmScope)i;
            return TRUE;
        }
    }
    return FALSE;
}

void sm_figures_drop_index(SmFigures *f)
{
    for (int i = 0; f->indexed && i < SM_FIGURE_N; i++) {
        for (int k = 0; k < SM_SCOPES; k++) {
            g_clear_pointer(&f->index[i][k], g_hash_table_unref);
        }
    }
    f->indexed = FALSE;
}

static void enter(GHashTable *index, const char *id, SmFigureRow *row)
{
    GPtrArray *rows = id ? g_hash_table_lookup(index, id) : NULL;
    if (id && !rows) {
        rows = g_ptr_array_new();
        g_hash_table_insert(index, g_strdup(id), rows);
    }
    if (rows) {
        g_ptr_array_add(rows, row);
    }
}

/* The hour or day that holds an instant, as people name it in the desk's zone; *end: when it is
 * over. */
static char *bucket(const SmFigures *f, SmScope scope, int64_t at, int64_t *end)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, f->zone);
    if (scope == SM_SCOPE_HOUR) {
        int past = g_date_time_get_minute(local) * 60 + g_date_time_get_second(local);
        *end = (at / 1000 - past + 3600) * 1000;
        return g_date_time_format(local, "%Y-%m-%dT%H:00%:z");
    }
    g_autoptr(GDateTime) start =
        g_date_time_new(f->zone, g_date_time_get_year(local), g_date_time_get_month(local),
                        g_date_time_get_day_of_month(local), 0, 0, 0);
    g_autoptr(GDateTime) next = g_date_time_add_days(start, 1);
    *end = g_date_time_to_unix(next) * 1000;
    return g_date_time_format(local, "%Y-%m-%d");
}

/* A stretch of work is in every hour that it touches, all else in the one it belongs to. */
static void enter_times(const SmFigures *f, GHashTable *index, SmScope scope, SmFigureRow *row)
{
    int64_t last = FIGURES[row->figure].kind == SM_FIGURE_LOAD ? row->ended - 1 : row->at, end;
    for (int64_t at = row->at; at <= last; at = end) {
        g_autofree char *id = bucket(f, scope, at, &end);
        enter(index, id, row);
    }
}

static GHashTable *index_of(const SmFigures *figures, SmFigure figure, SmScope scope)
{
    SmFigures *f = (SmFigures *)figures; /* a cache: nothing that is told changes */
    GHashTable *index = f->index[figure][scope];
    if (index) {
        return index;
    }
    index =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    guint bit = 1u << (scope <= SM_SCOPE_AGENT ? scope : SM_SCOPE_DESK);
    for (guint i = 0; i < f->rows[figure]->len; i++) {
        SmFigureRow *row = f->rows[figure]->pdata[i];
        if (!(row->scopes & bit)) {
            continue;
        }
        if (scope == SM_SCOPE_HOUR || scope == SM_SCOPE_DAY) {
            enter_times(f, index, scope, row);
        } else {
            enter(index,
                  scope == SM_SCOPE_DESK    ? ""
                  : scope == SM_SCOPE_TEAM  ? row->team
                  : scope == SM_SCOPE_AGENT ? row->agent
                                            : row->inbox,
                  row);
        }
    }
    f->index[figure][scope] = index;
    f->indexed = TRUE;
    return index;
}

GPtrArray *sm_figures_explain(const SmFigures *f, SmFigure figure, SmScope scope, const char *id)
{
    const GPtrArray *rows =
        scope == SM_SCOPE_DESK || id
            ? g_hash_table_lookup(index_of(f, figure, scope), scope == SM_SCOPE_DESK ? "" : id)
            : NULL;
    GPtrArray *copy = g_ptr_array_new();
    for (guint i = 0; rows && i < rows->len; i++) {
        g_ptr_array_add(copy, rows->pdata[i]);
    }
    return copy;
}

/* --- Numbers -----------------------------------------------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t sm_figures_rank(const int64_t *sorted, gsize n, int percent)
{
    gsize rank = (n * (gsize)percent + (SM_BUG(35) ? 0 : 99)) / 100;
    return sorted[rank > 0 ? rank - 1 : 0];
}

/* a / b rounded half up; both >= 0, b > 0. */
static int64_t divide(int64_t a, int64_t b)
{
    int64_t rest = a % b;
    return a / b + (rest >= b - rest);
}

int64_t sm_figures_permille(int64_t within, int64_t n)
{
    return n > 0 ? divide(within * 1000, n) : -1;
}

static void durations(SmFigureValue *value, const GPtrArray *rows)
{
    if (rows->len == 0) {
        return;
    }
    g_autofree int64_t *sorted = g_new(int64_t, rows->len);
    int64_t sum = 0;
    for (guint i = 0; i < rows->len; i++) {
        sorted[i] = ((const SmFigureRow *)rows->pdata[i])->value;
        sum += sorted[i];
    }
    qsort(sorted, rows->len, sizeof *sorted, by_value);
    value->mean = divide(sum, rows->len);
    value->median = sm_figures_rank(sorted, rows->len, 50);
    value->p90 = sm_figures_rank(sorted, rows->len, 90);
    value->max = sorted[rows->len - 1];
}

/* The agent's name, then time. */
static int by_stretch(const void *a, const void *b)
{
    const SmFigureRow *x = *(SmFigureRow *const *)a, *y = *(SmFigureRow *const *)b;
    int order = strcmp(x->agent, y->agent);
    return order ? order : by_value(&x->assigned, &y->assigned);
}

/* Rule 17: time of all over time with at least one, each summed over the agents. Within [from, to).
 */
static void load(SmFigureValue *value, GPtrArray *rows, int64_t from, int64_t to)
{
    const char *agent = NULL;
    int64_t covered = 0; /* this agent's time is counted up to here */
    g_ptr_array_sort(rows, by_stretch);
    for (guint i = 0; i < rows->len; i++) {
        const SmFigureRow *row = rows->pdata[i];
        int64_t begin = MAX(row->assigned, from), end = MIN(row->ended, to);
        if (!agent || strcmp(agent, row->agent) != 0) {
            covered = 0;
        }
        agent = row->agent;
        value->total += MAX(end - begin, 0);
        value->busy += MAX(end - MAX(begin, covered), 0);
        covered = MAX(covered, end);
    }
    value->ratio_hundredths = value->busy > 0 ? divide(value->total * 100, value->busy) : -1;
}

static void bounds(const SmFigures *f, SmScope scope, const char *id, int64_t *from, int64_t *to)
{
    if (scope != SM_SCOPE_HOUR && scope != SM_SCOPE_DAY) {
        return;
    }
    g_autofree char *text = scope == SM_SCOPE_HOUR ? g_strdup_printf("%.16s:00%s", id, id + 16)
                                                   : g_strdup_printf("%sT00:00:00", id);
    g_autoptr(GDateTime) start = g_date_time_new_from_iso8601(text, f->zone);
    if (start) {
        *from = g_date_time_to_unix(start) * 1000;
        g_free(bucket(f, scope, *from, to));
    }
}

SmFigureValue sm_figures_value(const SmFigures *f, SmFigure figure, SmScope scope, const char *id)
{
    g_autoptr(GPtrArray) rows = sm_figures_explain(f, figure, scope, id);
    SmFigureValue value = {.kind = FIGURES[figure].kind,
                           .mean = -1,
                           .median = -1,
                           .p90 = -1,
                           .max = -1,
                           .ratio_hundredths = -1};
    for (guint i = 0; i < rows->len; i++) {
        const SmFigureRow *row = rows->pdata[i];
        value.n += value.kind == SM_FIGURE_COUNT ? row->value : 1;
        value.judged += row->within >= 0;
        value.within += row->within == 1;
    }
    if (value.kind == SM_FIGURE_DURATION) {
        durations(&value, rows);
    } else if (value.kind == SM_FIGURE_LOAD) {
        int64_t from = f->from, to = f->to;
        if (rows->len > 0) { /* so the id is a good one */
            bounds(f, scope, id, &from, &to);
        }
        load(&value, rows, from, to);
    } else if (value.kind == SM_FIGURE_RATIO) {
        value.answers = value.within;
        value.questions = value.n - value.within;
        value.ratio_hundredths =
            value.answers > 0 ? divide(value.questions * 100, value.answers) : -1;
    }
    return value;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **sm_figures_ids(const SmFigures *f, SmScope scope)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *ids = g_ptr_array_new();
    for (int k = 0; k < SM_FIGURE_N && scope != SM_SCOPE_DESK; k++) {
        GHashTableIter iter;
        gpointer id;
        g_hash_table_iter_init(&iter, index_of(f, (SmFigure)k, scope));
        while (g_hash_table_iter_next(&iter, &id, NULL)) {
            if (g_hash_table_add(seen, id)) {
                g_ptr_array_add(ids, g_strdup(id));
            }
        }
    }
    g_ptr_array_sort(ids, by_text);
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(ids, FALSE);
}

char **sm_figures_span(const SmFigures *f, SmFigure figure, SmScope scope, guint most)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *rows = f->rows[figure];
    for (guint i = 0; i < rows->len; i++) {
        const SmFigureRow *row = rows->pdata[i];
        first = MIN(first, row->at);
        last = MAX(last, row->at);
    }
    int64_t step = scope == SM_SCOPE_HOUR ? 3600000 : INT64_C(86400000), end;
    first = rows->len > 0 ? MAX(first, last - (int64_t)most * step + step) : first;
    for (int64_t at = first; at <= last && ids->len < most; at = end) {
        g_ptr_array_add(ids, bucket(f, scope, at, &end));
    }
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&ids), FALSE);
}

SmScore sm_figures_score(const SmFigures *f, const char *agent, const int weights[3],
                         int64_t training)
{
    SmFigureValue csat = sm_figures_value(f, SM_FIGURE_CSAT, SM_SCOPE_AGENT, agent);
    SmFigureValue within = sm_figures_value(f, SM_FIGURE_WITHIN_AGENT, SM_SCOPE_AGENT, agent);
    SmScore score = {.rating = sm_figures_permille(csat.within, csat.n),
                     .performance = sm_figures_permille(within.within, within.n),
                     .training = training};
    const int64_t parts[3] = {score.rating, score.performance, score.training};
    int64_t sum = 0, weight = 0;
    for (int i = 0; i < 3; i++) {
        if (parts[i] >= 0) {
            sum += parts[i] * weights[i];
            weight += weights[i];
        }
    }
    score.score = weight > 0 ? divide(sum, weight) : -1;
    return score;
}

static void set_stamp(json_t *json, const char *key, int64_t at)
{
    if (at >= 0) {
        json_object_set_new(json, key, json_integer(at));
    }
}

json_t *sm_figure_row_json(const SmFigureRow *row)
{
    json_t *json = json_pack("{s:s, s:s}", "figure", sm_figure_name(row->figure), "conversation",
                             row->conversation);
    if (row->team) {
        json_object_set_new(json, "team", json_string(row->team));
    }
    if (row->agent) {
        json_object_set_new(json, "agent", json_string(row->agent));
    }
    if (row->inbox) {
        json_object_set_new(json, "inbox", json_string(row->inbox));
    }
    if (row->number > 0) {
        json_object_set_new(json, "number", json_integer(row->number));
    }
    if (row->outcome != SM_OUTCOME_OPEN) {
        json_object_set_new(json, "outcome", json_string(sm_outcome_name(row->outcome)));
    }
    set_stamp(json, "asked", row->asked);
    set_stamp(json, "queued", row->queued);
    set_stamp(json, "assigned", row->assigned);
    set_stamp(json, "replied", row->replied);
    set_stamp(json, "ended", row->ended);
    set_stamp(json, "target", row->target);
    set_stamp(json, "deadline", row->deadline);
    set_stamp(json, "value", row->value);
    if (row->within >= 0) {
        json_object_set_new(json, "within", json_boolean(row->within));
    }
    return json;
}
