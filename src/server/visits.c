/* SPDX-License-Identifier: MIT */
#include "visits.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/desk/visitor.h"

static void page_free(void *data)
{
    SmVisitPage *page = data;

    g_free(page->page);
    g_free(page->title);
    g_free(page);
}

void sm_visit_offer_clear(SmVisit *visit)
{
    g_free(visit->offer.id);
    g_free(visit->offer.text);
    g_free(visit->offer.agent);
    visit->offer = (SmVisitOffer){0};
}

void sm_visit_offer(SmVisit *visit, const char *id, const char *text, const char *agent)
{
    sm_visit_offer_clear(visit);
    visit->offer = (SmVisitOffer){.id = g_strdup(id), .text = g_strdup(text), .agent = g_strdup(agent)};
}

static void visit_free(SmVisit *visit)
{
    sm_visit_offer_clear(visit);
    g_free(visit->token);
    g_free(visit->id);
    g_free(visit->inbox);
    g_free(visit->language);
    g_free(visit->referrer);
    g_free(visit->conversation);
    g_free(visit->answered);
    g_ptr_array_unref(visit->trail);
    g_ptr_array_unref(visit->done);
    g_free(visit);
}

SmVisits *sm_visits_new(void)
{
    SmVisits *visits = g_new0(SmVisits, 1);

    visits->by_token = g_hash_table_new(g_str_hash, g_str_equal);
    return visits;
}

static void drop(SmVisits *visits, SmVisit *visit)
{
    g_hash_table_remove(visits->by_token, visit->token);
    g_queue_unlink(&visits->order, &visit->link);
    g_queue_unlink(&visits->signs, &visit->sign);
    visit_free(visit);
}

void sm_visits_clear(SmVisits *visits)
{
    while (visits->order.head != NULL)
        drop(visits, visits->order.head->data);
}

void sm_visits_free(SmVisits *visits)
{
    if (visits == NULL)
        return;
    sm_visits_clear(visits);
    g_hash_table_unref(visits->by_token);
    json_decref(visits->counts);
    g_free(visits);
}

SmVisit *sm_visits_find(SmVisits *visits, const char *token)
{
    return token != NULL ? g_hash_table_lookup(visits->by_token, token) : NULL;
}

SmVisit *sm_visits_by_id(SmVisits *visits, const char *id)
{
    for (GList *l = visits->order.head; l != NULL; l = l->next)
        if (g_strcmp0(((SmVisit *)l->data)->id, id) == 0)
            return l->data;
    return NULL;
}

void sm_visits_age(SmVisits *visits, int64_t now)
{
    while (visits->signs.head != NULL && ((SmVisit *)visits->signs.head->data)->at + SM_VISIT_KEEP_MS <= now)
        drop(visits, visits->signs.head->data);
}

/* Room for one more: who is not on the site any more makes way, the longest gone first. */
static gboolean make_room(SmVisits *visits, int64_t now)
{
    if (visits->order.length < SM_MAX_VISITS)
        return TRUE;
    SmVisit *oldest = visits->signs.head->data;
    if (oldest->at + SM_VISIT_HERE_MS > now)
        return FALSE;
    drop(visits, oldest);
    return TRUE;
}

/* --- Counts --------------------------------------------------------------------------------------
 */

static json_t *counts_of(SmVisits *visits, int64_t now)
{
    if (visits->counts == NULL) {
        visits->since = now;
        visits->counts = json_pack("{s:i, s:i, s:i, s:{}, s:{}, s:{}}", "visits", 0, "views", 0, "conversations", 0, "pages", "referrers",
                                   "rules");
    }
    return visits->counts;
}

static void count(json_t *counts, const char *what)
{
    json_object_set_new(counts, what, json_integer(sm_json_int(counts, what, 0) + 1));
}

/* A row of the table; those beyond the most are "*" together. */
static void count_row(json_t *counts, const char *table, const char *key, guint column, guint columns)
{
    json_t *rows = json_object_get(counts, table);
    json_t *row = json_object_get(rows, key);

    if (row == NULL && json_object_size(rows) >= SM_MAX_TRAFFIC_ROWS - 1)
        row = json_object_get(rows, key = "*");
    if (row == NULL) {
        row = json_array();
        for (guint i = 0; i < columns; i++)
            json_array_append_new(row, json_integer(0));
        json_object_set_new(rows, key, row);
    }
    json_array_set_new(row, column, json_integer(json_integer_value(json_array_get(row, column)) + 1));
}

void sm_visits_count_rule(SmVisits *visits, const char *rule, guint what, int64_t now)
{
    count_row(counts_of(visits, now), "rules", rule, what, 3);
}

void sm_visits_count_conversation(SmVisits *visits, const SmVisit *visit, int64_t now)
{
    json_t *counts = counts_of(visits, now);
    g_autofree char *page = sm_visit_page_key(sm_visit_now(visit)->page);
    g_autofree char *from = sm_visit_referrer_key(visit->referrer);

    count(counts, "conversations");
    count_row(counts, "pages", page, 1, 2);
    count_row(counts, "referrers", from, 1, 2);
}

/* --- A visit -------------------------------------------------------------------------------------
 */

SmVisit *sm_visits_add(SmVisits *visits, const char *token, char *id, const char *referrer, int64_t now)
{
    if (!make_room(visits, now)) {
        g_free(id);
        return NULL;
    }
    SmVisit *visit = g_new0(SmVisit, 1);
    visit->token = g_strdup(token);
    visit->id = id;
    visit->referrer = g_strdup(referrer);
    visit->since = visit->at = now;
    visit->trail = g_ptr_array_new_with_free_func(page_free);
    visit->done = g_ptr_array_new_with_free_func(g_free);
    visit->link.data = visit->sign.data = visit;
    g_hash_table_insert(visits->by_token, visit->token, visit);
    g_queue_push_tail_link(&visits->order, &visit->link);
    g_queue_push_tail_link(&visits->signs, &visit->sign);
    g_autofree char *from = sm_visit_referrer_key(referrer);
    count(counts_of(visits, now), "visits");
    count_row(visits->counts, "referrers", from, 0, 2);
    return visit;
}

const SmVisitPage *sm_visit_now(const SmVisit *visit)
{
    return visit->trail->pdata[visit->trail->len - 1];
}

void sm_visit_view(SmVisits *visits, SmVisit *visit, const char *page, const char *title, gboolean fresh, int64_t now)
{
    visit->at = now;
    g_queue_unlink(&visits->signs, &visit->sign);
    g_queue_push_tail_link(&visits->signs, &visit->sign);
    if (visit->trail->len > 0 && !fresh && strcmp(sm_visit_now(visit)->page, page) == 0)
        return;
    if (visit->trail->len >= SM_MAX_VISIT_TRAIL)
        g_ptr_array_remove_index(visit->trail, 0);
    SmVisitPage *one = g_new0(SmVisitPage, 1);
    one->page = g_strdup(page);
    one->title = g_strdup(title);
    one->at = now;
    g_ptr_array_add(visit->trail, one);
    if (visit->offer.agent == NULL && !visit->offer.accepted)
        sm_visit_offer_clear(visit); /* it was for the page before */
    if (visit->views++ >= SM_MAX_VISIT_VIEWS)
        return;
    g_autofree char *key = sm_visit_page_key(page);
    count(counts_of(visits, now), "views");
    count_row(visits->counts, "pages", key, 0, 2);
}

static json_t *page_json(const SmVisitPage *page)
{
    json_t *json = json_pack("{s:s, s:I}", "page", page->page, "at", (json_int_t)page->at);

    sm_json_set_str(json, "title", page->title);
    return json;
}

static json_t *trail_json(const SmVisit *visit)
{
    json_t *list = json_array();

    for (guint i = 0; i < visit->trail->len; i++)
        json_array_append_new(list, page_json(visit->trail->pdata[i]));
    return list;
}

json_t *sm_visit_json(const SmVisit *visit, gboolean trail, int64_t now)
{
    const SmVisitPage *page = sm_visit_now(visit);
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:s, s:I, s:I, s:I, s:b}", "id", visit->id, "inbox", visit->inbox, "since",
                             (json_int_t)visit->since, "at", (json_int_t)visit->at, "page", page->page, "page_since",
                             (json_int_t)page->at, "views", (json_int_t)visit->views, "earlier", (json_int_t)visit->earlier, "here",
                             visit->at + SM_VISIT_HERE_MS > now);

    sm_json_set_str(json, "title", page->title);
    sm_json_set_str(json, "referrer", visit->referrer);
    sm_json_set_str(json, "language", visit->language);
    sm_json_set_str(json, "conversation", visit->conversation);
    sm_json_set_str(json, "answered", visit->answered);
    if (visit->last > 0)
        json_object_set_new(json, "last", json_integer(visit->last));
    if (visit->offer.id != NULL)
        json_object_set_new(json, "offer", json_pack("{s:s?, s:b}", "agent", visit->offer.agent, "accepted", visit->offer.accepted));
    if (trail)
        json_object_set_new(json, "trail", trail_json(visit));
    return json;
}
