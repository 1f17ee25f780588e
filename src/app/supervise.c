/* SPDX-License-Identifier: MIT */
/* supervise: the rows of the queue view, in which order, what the filter hides, where the cursor
 * is. */
#include "app/supervise.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/sanitise.h"

#define REFILL_MS 1000
#define KEPT_FILTERS 20

const char *sm_supervise_sort_words(SmSuperviseSort sort)
{
    switch (sort) {
    case SM_SORT_LEFT:
        return _("time left");
    case SM_SORT_WAIT:
        return _("wait");
    case SM_SORT_AGENT:
        return _("agent");
    case SM_SORT_QUEUE:
        return _("queue");
    default:
        return _("customer");
    }
}

static void row_free(void *data)
{
    SmSuperviseRow *row = data;

    sm_safe_unref(row->customer);
    sm_safe_unref(row->last);
    g_free(row);
}

static void group_free(void *data)
{
    SmSuperviseGroup *group = data;

    sm_safe_unref(group->name);
    g_free(group);
}

/* --- Rows --------------------------------------------------------------------------------------
 */

static int64_t left_of(const SmConversation *c, int64_t now)
{
    SmDeadline deadline = sm_conversation_deadline(c);

    return c->state == SM_STATE_SNOOZED ? INT64_MAX : sm_deadline_remaining(&deadline, now);
}

static int64_t waiting_since(const SmConversation *c)
{
    return c->state == SM_STATE_QUEUED ? c->queued : INT64_MAX;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* Place of a team in the policy; those it does not have come last. */
static int64_t team_place(SmApp *app, const SmConversation *c)
{
    const GPtrArray *teams = sm_desk_policy(sm_client_desk(app->client))->teams;

    for (guint i = 0; i < teams->len; i++)
        if (g_strcmp0(((const SmTeam *)teams->pdata[i])->id, c->team) == 0)
            return i;
    return teams->len;
}

static int by_group(SmApp *app, SmSuperviseGrouping grouping, const SmConversation *x, const SmConversation *y)
{
    int order = 0;

    switch (grouping) {
    case SM_GROUP_BY_TEAM:
        order = compare_numbers(team_place(app, x), team_place(app, y));
        return order != 0 ? order : g_strcmp0(x->team, y->team);
    case SM_GROUP_BY_AGENT:
        return g_strcmp0(x->owner, y->owner); /* NULL is before every name */
    case SM_GROUP_BY_STATE:
        return compare_numbers(x->state, y->state);
    default:
        return 0;
    }
}

static int by_sort(gconstpointer a, gconstpointer b, gpointer user)
{
    SmApp *app = user;
    const SmSupervise *s = &app->supervision->shown;
    const SmConversation *x = (*(SmSuperviseRow *const *)a)->conversation;
    const SmConversation *y = (*(SmSuperviseRow *const *)b)->conversation;
    int64_t now = sm_client_now(app->client);
    int order = by_group(app, s->grouping, x, y);

    if (order != 0)
        return order;
    if (s->sort == SM_SORT_WAIT)
        order = compare_numbers(waiting_since(x), waiting_since(y));
    else if (s->sort == SM_SORT_AGENT)
        order = g_strcmp0(x->owner, y->owner);
    else if (s->sort == SM_SORT_QUEUE)
        order = g_strcmp0(x->team, y->team);
    else if (s->sort == SM_SORT_CUSTOMER)
        order = g_strcmp0(x->name, y->name);
    if (order == 0)
        order = compare_numbers(left_of(x, now), left_of(y, now));
    return order != 0 ? order : compare_numbers(x->first_seq, y->first_seq);
}

static gboolean in_queue(const SmSupervise *s, const SmConversation *c)
{
    if (s->queue == 0)
        return TRUE;
    if ((guint)s->queue > s->queues->len)
        return FALSE;
    return g_strcmp0(((SmSuperviseQueue *)s->queues->pdata[s->queue - 1])->team, c->team) == 0;
}

static void add_row(SmSupervision *s, const SmConversation *c)
{
    SmSuperviseRow *row = g_new0(SmSuperviseRow, 1);

    row->conversation = c;
    row->marked = g_hash_table_contains(s->marked, c->id);
    g_ptr_array_add(s->shown.rows, row);
}

/* Only rows that may be drawn need their texts. */
static void add_texts(SmApp *app, SmSupervision *s)
{
    guint from = s->shown.top > 100 ? s->shown.top - 100 : 0;

    for (guint i = from; i < s->shown.rows->len && i < from + 400; i++) {
        SmSuperviseRow *row = s->shown.rows->pdata[i];
        const SmLine *last = sm_conversation_last_message(row->conversation);
        row->customer = sm_chat_name(row->conversation);
        row->last = sm_app_shown(app, last != NULL ? last->text : "", FALSE);
    }
}

static SmSafe *group_name(SmApp *app, SmSuperviseGrouping grouping, const SmConversation *c)
{
    if (grouping == SM_GROUP_BY_STATE)
        return sm_safe_from_literal(_(sm_state_name(c->state)));
    if (grouping == SM_GROUP_BY_AGENT && c->owner == NULL)
        return sm_safe_from_literal(_("nobody has it"));
    if (grouping == SM_GROUP_BY_AGENT)
        return sm_safe_screen_line(sm_app_staff(app, c->owner), -1);
    return sm_app_team(app, c->team);
}

/* The rows are sorted: each group's stand together. */
static void make_groups(SmApp *app, SmSupervise *v)
{
    int64_t now = sm_client_now(app->client);
    const SmConversation *before = NULL;
    SmSuperviseGroup *group = NULL;

    g_ptr_array_set_size(v->groups, 0);
    for (guint i = 0; v->grouping != SM_GROUP_BY_NOTHING && i < v->rows->len; i++) {
        SmSuperviseRow *row = v->rows->pdata[i];
        if (before == NULL || by_group(app, v->grouping, before, row->conversation) != 0) {
            group = g_new0(SmSuperviseGroup, 1);
            group->name = group_name(app, v->grouping, row->conversation);
            g_ptr_array_add(v->groups, group);
        }
        before = row->conversation;
        group->chats++;
        group->overdue += left_of(before, now) <= 0;
        row->group = v->groups->len - 1;
    }
}

static void forget_marks(SmApp *app, SmSupervision *s)
{
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, s->marked);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        const SmConversation *c = sm_chat_conversation(app, id);
        if (c == NULL || c->state == SM_STATE_RESOLVED)
            g_hash_table_iter_remove(&iter);
    }
    s->shown.marks = g_hash_table_size(s->marked);
}

/* The cursor stays on its conversation wherever it went; following, it is on the first. */
static void place_cursor(SmSupervision *s)
{
    SmSupervise *v = &s->shown;

    if (v->following || s->selected == NULL) {
        v->selected = 0;
        v->top = 0;
        return;
    }
    for (guint i = 0; i < v->rows->len; i++)
        if (strcmp(((SmSuperviseRow *)v->rows->pdata[i])->conversation->id, s->selected) == 0) {
            v->selected = i;
            return;
        }
    v->selected = MIN(v->selected, MAX(v->rows->len, 1) - 1);
}

void sm_supervise_refill(SmApp *app)
{
    SmSupervision *s = app->supervision;
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(app->client));
    int64_t now = sm_app_now(app);

    sm_supervise_count(app, s);
    forget_marks(app, s);
    g_ptr_array_set_size(s->shown.rows, 0);
    s->shown.hidden = 0;
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (c->state == SM_STATE_RESOLVED || !in_queue(&s->shown, c))
            continue;
        SmFilterSubject subject = sm_filter_subject(c);
        if (sm_filter_matches(s->filter, &subject, now))
            add_row(s, c);
        else
            s->shown.hidden++;
    }
    s->shown.grouping = (SmSuperviseGrouping)sm_options_int(app->options, "supervise.group");
    g_ptr_array_sort_with_data(s->shown.rows, by_sort, app);
    make_groups(app, &s->shown);
    place_cursor(s);
    add_texts(app, s);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

/* --- The cursor --------------------------------------------------------------------------------
 */

/* The rows move while one is asked something: what the question was about, and was read, stays. */
struct SmAim {
    char *here;    /* NULL: there was no row */
    char **chosen; /* what sm_supervise_chosen() said */
    gboolean marks;
};

void sm_aim_take(SmApp *app)
{
    if (app->aim != NULL || app->supervision == NULL)
        return;
    const SmConversation *here = sm_supervise_here(app);
    SmAim *aim = g_new0(SmAim, 1);
    aim->here = here != NULL ? g_strdup(here->id) : NULL;
    aim->chosen = sm_supervise_chosen(app);
    aim->marks = app->supervision->shown.marks > 0;
    app->aim = aim;
}

void sm_aim_drop(SmApp *app)
{
    if (app->aim == NULL)
        return;
    g_free(app->aim->here);
    g_strfreev(app->aim->chosen);
    g_clear_pointer(&app->aim, g_free);
}

gboolean sm_supervise_is_meant(SmApp *app, const char *id)
{
    const SmSupervision *s = app->supervision;

    if (app->aim != NULL)
        return !app->aim->marks || g_strv_contains((const char *const *)app->aim->chosen, id);
    return s->shown.marks == 0 || g_hash_table_contains(s->marked, id);
}

static const SmConversation *under_cursor(SmApp *app)
{
    const SmSupervise *v = app->supervision != NULL ? &app->supervision->shown : NULL;

    if (v == NULL || v->selected >= v->rows->len)
        return NULL;
    return ((SmSuperviseRow *)v->rows->pdata[v->selected])->conversation;
}

const SmConversation *sm_supervise_here(SmApp *app)
{
    if (app->aim == NULL || app->supervision == NULL)
        return under_cursor(app);
    return app->aim->here != NULL ? sm_chat_conversation(app, app->aim->here) : NULL;
}

void sm_supervise_select(SmApp *app, int index)
{
    SmSupervision *s = app->supervision;

    if (s->shown.rows->len == 0)
        return;
    s->shown.following = FALSE;
    s->shown.selected = (guint)CLAMP(index, 0, (int)s->shown.rows->len - 1);
    g_free(s->selected);
    s->selected = g_strdup(under_cursor(app)->id);
    if (s->shown.peeked != NULL) { /* what is read below goes along */
        g_free(s->shown.peeked);
        s->shown.peeked = g_strdup(s->selected);
        sm_chats_need(app, s->selected);
    }
    sm_supervise_refill(app);
}

char **sm_supervise_chosen(SmApp *app)
{
    SmSupervision *s = app->supervision;
    if (app->aim != NULL)
        return g_strdupv(app->aim->chosen);
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    const SmConversation *here = sm_supervise_here(app);

    for (guint i = 0; i < s->shown.rows->len; i++) {
        const SmSuperviseRow *row = s->shown.rows->pdata[i];
        if (g_hash_table_contains(s->marked, row->conversation->id))
            g_strv_builder_add(ids, row->conversation->id);
    }
    if (s->shown.marks == 0 && here != NULL)
        g_strv_builder_add(ids, here->id);
    return g_strv_builder_end(ids);
}

/* --- The filter --------------------------------------------------------------------------------
 */

static void keep_filter(SmSupervision *s, const char *text)
{
    for (guint i = 0; i < s->kept_filters->len; i++)
        if (strcmp(s->kept_filters->pdata[i], text) == 0) {
            g_ptr_array_remove_index(s->kept_filters, i);
            break;
        }
    g_ptr_array_insert(s->kept_filters, 0, g_strdup(text));
    if (s->kept_filters->len > KEPT_FILTERS)
        g_ptr_array_set_size(s->kept_filters, KEPT_FILTERS);
}

gboolean sm_supervise_filter(SmApp *app, const char *text)
{
    SmSupervision *s = app->supervision;
    g_autoptr(GError) error = NULL;
    g_autoptr(SmFilter) filter = sm_filter_parse(text, &error);

    if (filter == NULL || sm_filter_has_events(filter)) {
        g_autoptr(SmSafe) why = sm_safe_screen_line(
            error != NULL ? error->message
                          : _("event: is for seatmux tail; here are conversations"),
            -1);
        sm_app_sayf(app, TRUE, _("The filter stays as it was. %S"), why);
        return FALSE;
    }
    if (*text != '\0')
        keep_filter(s, text);
    sm_filter_free(s->filter);
    s->filter = g_steal_pointer(&filter);
    g_free(s->shown.filter);
    s->shown.filter = g_strdup(text);
    sm_supervise_refill(app);
    return TRUE;
}

/* --- Life --------------------------------------------------------------------------------------
 */

/* Waits grow and filters speak of time: the picture is made anew every second while it is looked
 * at. */
static void again(void *user)
{
    SmApp *app = user;

    app->supervision->timer = sm_loop_after(app->loop, REFILL_MS, again, app);
    sm_supervise_refill(app);
}

void sm_supervise_open(SmApp *app)
{
    SmSupervision *s = g_new0(SmSupervision, 1);

    if (app->supervision != NULL) {
        g_free(s);
        return;
    }
    app->supervision = s;
    s->shown.queues = g_ptr_array_new_with_free_func(sm_supervise_queue_free);
    s->shown.rows = g_ptr_array_new_with_free_func(row_free);
    s->shown.groups = g_ptr_array_new_with_free_func(group_free);
    s->shown.events = g_ptr_array_new_with_free_func(sm_supervise_event_free);
    s->shown.following = TRUE;
    s->shown.filter = g_strdup("");
    s->marked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->logged_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    s->alerted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->kept_filters = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) kept = g_strsplit(app->supervise_filters != NULL ? app->supervise_filters : "",
                                    "\n", KEPT_FILTERS);
    for (guint i = 0; kept[i] != NULL; i++)
        if (*kept[i] != '\0')
            g_ptr_array_add(s->kept_filters, g_strdup(kept[i]));
    sm_chats_unlook(app);
    sm_supervise_log_start(app, s);
    sm_supervise_figures_start(app, s);
    sm_supervise_refill(app);
    s->timer = sm_loop_after(app->loop, REFILL_MS, again, app);
}

void sm_supervise_free(SmApp *app)
{
    SmSupervision *s = app->supervision;

    if (s == NULL)
        return;
    g_ptr_array_add(s->kept_filters, NULL);
    g_free(app->supervise_filters);
    app->supervise_filters = g_strjoinv("\n", (char **)s->kept_filters->pdata);
    app->supervision = NULL;
    sm_loop_remove(app->loop, &s->timer);
    sm_supervise_figures_stop(app, s);
    g_ptr_array_unref(s->shown.queues);
    g_ptr_array_unref(s->shown.rows);
    g_ptr_array_unref(s->shown.groups);
    g_ptr_array_unref(s->shown.events);
    g_ptr_array_unref(s->kept_filters);
    g_hash_table_unref(s->logged_of);
    g_hash_table_unref(s->marked);
    g_hash_table_unref(s->alerted);
    sm_filter_free(s->filter);
    g_free(s->shown.filter);
    g_free(s->shown.peeked);
    g_free(s->selected);
    g_free(s);
}

void sm_supervise_changed(SmApp *app, const GPtrArray *touched)
{
    SmSupervision *s = app->supervision;

    if (s == NULL)
        return;
    if (s->shown.peeked != NULL && sm_chats_need(app, s->shown.peeked) == NULL)
        g_clear_pointer(&s->shown.peeked, g_free);
    sm_supervise_log_news(app, s, touched);
    sm_supervise_refill(app);
}

SmSupervise *sm_app_supervise(SmApp *app)
{
    return app->supervision != NULL ? &app->supervision->shown : NULL;
}
