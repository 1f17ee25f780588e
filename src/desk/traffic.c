/* SPDX-License-Identifier: MIT */
#include "desk/traffic.h"

#include <string.h>

#include "seatmux/base/limits.h"

#define HOUR_MS 3600000
#define MOST_KEYS 2000 /* pages, referrers or rules of a period; what comes beyond is "*" */

/* Sums of one page, host or rule; what each column is, the table says. */
typedef struct {
    char *key;
    int64_t sums[3];
} Row;

typedef struct {
    int64_t visits, views, conversations;
} Hour;

/* How conversations began, and what became of agents' invitations: in the order in which they are written. */
static const SmCause BEGAN[] = {SM_CAUSE_CUSTOMER, SM_CAUSE_RULE, SM_CAUSE_POPUP, SM_CAUSE_INVITATION};
enum { SENT, ACCEPTED, REFUSED, IGNORED, INVITED_N };
static const char *const INVITED[] = {"sent", "accepted", "refused", "ignored"};

enum { PAGES, REFERRERS, RULES, TABLES_N };
static const struct {
    const char *name, *key;
    const char *columns[3];
} TABLES[TABLES_N] = {{"pages", "page", {"views", "conversations"}},
                      {"referrers", "host", {"visits", "conversations"}},
                      {"rules", "id", {"shown", "accepted", "refused"}}};

struct SmTraffic {
    int64_t from, to;
    gboolean any;
    Hour all;
    GHashTable *hours; /* hour since 1970 -> Hour */
    GHashTable *tables[TABLES_N]; /* key -> Row */
    int64_t began[G_N_ELEMENTS(BEGAN)];
    int64_t invited[INVITED_N];
};

static void row_free(gpointer data)
{
    g_free(((Row *)data)->key);
    g_free(data);
}

SmTraffic *sm_traffic_new(int64_t from, int64_t to)
{
    SmTraffic *t = g_new0(SmTraffic, 1);

    t->from = from;
    t->to = to;
    t->hours = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    for (guint i = 0; i < TABLES_N; i++) {
        t->tables[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_free);
    }
    return t;
}

void sm_traffic_free(SmTraffic *t)
{
    if (t) {
        g_hash_table_unref(t->hours);
        for (guint i = 0; i < TABLES_N; i++) {
            g_hash_table_unref(t->tables[i]);
        }
        g_free(t);
    }
}

/* --- Counting ----------------------------------------------------------------------------------
 */

static void add_hour(Hour *hour, const json_t *counts)
{
    hour->visits += MAX(0, sm_json_int(counts, "visits", 0));
    hour->views += MAX(0, sm_json_int(counts, "views", 0));
    hour->conversations += MAX(0, sm_json_int(counts, "conversations", 0));
}

static Row *row_of(GHashTable *rows, const char *key)
{
    Row *row = g_hash_table_lookup(rows, key);

    if (!row && g_hash_table_size(rows) >= MOST_KEYS) {
        row = g_hash_table_lookup(rows, key = "*");
    }
    if (!row) {
        row = g_new0(Row, 1);
        row->key = g_strdup(key);
        g_hash_table_insert(rows, row->key, row);
    }
    return row;
}

static void add_table(GHashTable *rows, const json_t *table)
{
    const char *key;
    json_t *sums;

    json_object_foreach((json_t *)table, key, sums)
    {
        Row *row = row_of(rows, key);
        for (gsize i = 0; i < G_N_ELEMENTS(row->sums) && i < json_array_size(sums); i++) {
            row->sums[i] += MAX(0, json_integer_value(json_array_get(sums, i)));
        }
    }
}

static void counted(SmTraffic *t, const SmEvent *event)
{
    int64_t number = event->since / HOUR_MS;
    Hour *hour = g_hash_table_lookup(t->hours, &number);

    if (!hour) {
        hour = g_new0(Hour, 1);
        g_hash_table_insert(t->hours, g_memdup2(&number, sizeof number), hour);
    }
    add_hour(hour, event->data);
    add_hour(&t->all, event->data);
    for (guint i = 0; i < TABLES_N; i++) {
        add_table(t->tables[i], json_object_get(event->data, TABLES[i].name));
    }
}

static void began(SmTraffic *t, SmCause cause)
{
    for (guint i = 0; i < G_N_ELEMENTS(BEGAN); i++) {
        t->began[i] += cause == BEGAN[i];
    }
}

/* TRUE: it is of this kind. */
static gboolean take(SmTraffic *t, const SmEvent *event)
{
    switch (event->type) {
    case SM_EVENT_TRAFFIC_COUNTED:
        counted(t, event);
        return TRUE;
    case SM_EVENT_VISITOR_INVITED:
        t->invited[SENT]++;
        return TRUE;
    case SM_EVENT_VISITOR_ANSWERED:
        t->invited[event->cause == SM_CAUSE_ACCEPTED ? ACCEPTED : event->cause == SM_CAUSE_REFUSED ? REFUSED : IGNORED]++;
        return TRUE;
    case SM_EVENT_CONVERSATION_STARTED:
        began(t, event->cause);
        return event->cause != SM_CAUSE_NONE;
    default:
        return FALSE;
    }
}

void sm_traffic_record(SmTraffic *t, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        int64_t at = event->type == SM_EVENT_TRAFFIC_COUNTED ? event->since : record->at;
        t->any |= t->from <= at && at < t->to && take(t, event);
    }
}

/* --- The document ------------------------------------------------------------------------------
 */

/* The most first; where that is the same, by name: no order of a table's inside reaches anybody. */
static gint by_most(gconstpointer a, gconstpointer b)
{
    const Row *x = *(Row *const *)a, *y = *(Row *const *)b;

    return x->sums[0] != y->sums[0] ? (x->sums[0] > y->sums[0] ? -1 : 1) : strcmp(x->key, y->key);
}

static json_t *table_json(const SmTraffic *t, guint which)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    json_t *list = json_array();
    GHashTableIter iter;
    gpointer row;

    g_hash_table_iter_init(&iter, t->tables[which]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        g_ptr_array_add(rows, row);
    }
    g_ptr_array_sort(rows, by_most);
    for (guint i = 0; i < rows->len; i++) {
        const Row *one = rows->pdata[i];
        json_t *json = json_pack("{s:s}", TABLES[which].key, one->key);
        for (guint k = 0; k < G_N_ELEMENTS(TABLES[which].columns) && TABLES[which].columns[k]; k++) {
            json_object_set_new(json, TABLES[which].columns[k], json_integer(one->sums[k]));
        }
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *hour_json(const Hour *hour)
{
    return json_pack("{s:I, s:I, s:I}", "visits", (json_int_t)hour->visits, "views", (json_int_t)hour->views, "conversations",
                     (json_int_t)hour->conversations);
}

/* By the hour of the day, 0 to 23. A zone whose hours begin at another minute counts in that in which its hour began. */
static json_t *hours_json(const SmTraffic *t, GTimeZone *zone)
{
    Hour day[24] = {0};
    json_t *list = json_array();
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, t->hours);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(*(int64_t *)key * (HOUR_MS / 1000));
        g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : utc ? g_date_time_ref(utc) : NULL;
        const Hour *hour = value;
        Hour *sum = &day[local ? g_date_time_get_hour(local) : 0];
        sum->visits += hour->visits;
        sum->views += hour->views;
        sum->conversations += hour->conversations;
    }
    for (guint i = 0; i < G_N_ELEMENTS(day); i++) {
        json_t *one = hour_json(&day[i]);
        json_object_set_new(one, "hour", json_integer(i));
        json_array_append_new(list, one);
    }
    return list;
}

json_t *sm_traffic_json(const SmTraffic *t, GTimeZone *zone)
{
    if (!t->any) {
        return NULL;
    }
    json_t *json = hour_json(&t->all), *ways = json_object(), *invited = json_object();
    for (guint i = 0; i < G_N_ELEMENTS(BEGAN); i++) {
        json_object_set_new(ways, sm_cause_name(BEGAN[i]), json_integer(t->began[i]));
    }
    for (guint i = 0; i < INVITED_N; i++) {
        json_object_set_new(invited, INVITED[i], json_integer(t->invited[i]));
    }
    json_object_set_new(json, "began", ways);
    json_object_set_new(json, "invited", invited);
    json_object_set_new(json, "hours", hours_json(t, zone));
    for (guint i = 0; i < TABLES_N; i++) {
        json_object_set_new(json, TABLES[i].name, table_json(t, i));
    }
    return json;
}
