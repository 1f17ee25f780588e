/* SPDX-License-Identifier: MIT */
#include "seatmux/alert/policy.h"

#include "words.h"
#include "seatmux/base/bug.h"

#define JOIN_MS 10000 /* one alert a chat, and ALERTS_OVERALL of all, in this time */
#define KEY_MS 10000  /* a key this fresh stands for focus where the terminal does not tell */
#define ALERTS_OVERALL 3
#define KEYS_KEPT 16    /* chats whose last key is remembered */
#define CHATS_KEPT 1024 /* chats remembered; the oldest goes */
#define SUMMARY_NAMES 3
#define LONG_AGO (-((int64_t)1 << 60))

typedef struct {
    char *id;
    SmSafe *name;
    SmSafe *text;
    guint32 slot;
    SmUrgency level; /* highest since the turn was settled: what a rise is measured by */
    SmUrgency said;  /* level of what is shown or held */
    SmAlertKind kind;
    guint count;
    int64_t left_ms;
    int64_t at;      /* when left_ms was true */
    int64_t last;    /* when it last disturbed */
    gboolean live;   /* has a notification of its own on the screen */
    gboolean held;   /* waits for its own 10 s */
    gboolean summed; /* belongs to the summary */
    gboolean unsaid; /* joined the summary after it was last shown */
} Chat;

struct SmAlertPolicy {
    SmAlertOptions options;
    GPtrArray *chats; /* in order of arrival, so that decisions come in one order always */
    guint32 next_slot;
    int64_t recent[ALERTS_OVERALL]; /* when alerts disturbed, the oldest first */
    gboolean summary_live;
    SmUrgency summary_level;
    int64_t summary_last;
    gboolean catching_up;
    SmFocus focus;
    int64_t quiet_until;
    struct {
        char *chat;
        int64_t at;
    } keys[KEYS_KEPT];
};

static void chat_free(gpointer data)
{
    Chat *chat = data;
    g_free(chat->id);
    sm_safe_unref(chat->name);
    sm_safe_unref(chat->text);
    g_free(chat);
}

SmAlertPolicy *sm_alert_policy_new(const SmAlertOptions *options)
{
    SmAlertPolicy *p = g_new0(SmAlertPolicy, 1);
    p->chats = g_ptr_array_new_with_free_func(chat_free);
    p->next_slot = SM_ALERT_SUMMARY_SLOT + 1;
    p->summary_last = LONG_AGO;
    for (guint i = 0; i < ALERTS_OVERALL; i++)
        p->recent[i] = LONG_AGO;
    sm_alert_policy_set_options(p, options);
    return p;
}

void sm_alert_policy_free(SmAlertPolicy *p)
{
    if (!p)
        return;
    for (guint i = 0; i < KEYS_KEPT; i++)
        g_free(p->keys[i].chat);
    g_ptr_array_unref(p->chats);
    g_free(p);
}

void sm_alert_policy_set_options(SmAlertPolicy *p, const SmAlertOptions *options)
{
    if (options)
        p->options = *options;
    else
        sm_alert_options_init(&p->options);
}

void sm_alert_decision_free(SmAlertDecision *d)
{
    if (!d)
        return;
    g_free(d->chat);
    sm_safe_unref(d->name);
    sm_safe_unref(d->title);
    sm_safe_unref(d->body);
    g_free(d);
}

static void decision_free(gpointer data)
{
    sm_alert_decision_free(data);
}

GPtrArray *sm_alert_decisions_new(void)
{
    return g_ptr_array_new_with_free_func(decision_free);
}

void sm_alert_policy_focus(SmAlertPolicy *p, SmFocus focus)
{
    p->focus = focus;
}

void sm_alert_policy_key(SmAlertPolicy *p, const char *chat, int64_t now)
{
    guint place = 0;
    for (guint i = 0; i < KEYS_KEPT; i++) {
        if (!p->keys[i].chat || strcmp(p->keys[i].chat, chat) == 0) {
            place = i;
            break;
        }
        if (p->keys[i].at < p->keys[place].at)
            place = i;
    }
    if (g_strcmp0(p->keys[place].chat, chat) != 0) {
        g_free(p->keys[place].chat);
        p->keys[place].chat = g_strdup(chat);
    }
    p->keys[place].at = now;
}

gboolean sm_alert_policy_focused(const SmAlertPolicy *p, const char *chat, int64_t now)
{
    if (p->focus != SM_FOCUS_UNKNOWN)
        return p->focus == SM_FOCUS_YES;
    for (guint i = 0; chat && i < KEYS_KEPT && p->keys[i].chat; i++) {
        if (strcmp(p->keys[i].chat, chat) == 0)
            return now - p->keys[i].at <= KEY_MS;
    }
    return FALSE;
}

void sm_alert_policy_do_not_disturb(SmAlertPolicy *p, int64_t until)
{
    p->quiet_until = until;
}

gboolean sm_alert_policy_is_disturbable(const SmAlertPolicy *p, int64_t now)
{
    return now >= p->quiet_until;
}

static guint routes_for(const SmAlertPolicy *p, SmUrgency level, const char *chat, int64_t now)
{
    const SmAlertRoutes *r = &p->options.routes[level];
    guint routes = sm_alert_policy_focused(p, chat, now) ? r->focused : r->unfocused;
    if (level < SM_URGENCY_OVERDUE && !sm_alert_policy_is_disturbable(p, now))
        routes &= SM_ROUTE_BAR;
    return routes;
}

static gboolean disturbs(guint routes)
{
    return (routes & ~(guint)SM_ROUTE_BAR) != 0;
}

static int64_t left_at(const Chat *chat, int64_t now)
{
    return chat->left_ms == SM_ALERT_NO_TIME ? SM_ALERT_NO_TIME : chat->left_ms - (now - chat->at);
}

static void close_slot(guint32 slot, const Chat *chat, GPtrArray *out)
{
    SmAlertDecision *d = g_new0(SmAlertDecision, 1);
    d->op = SM_NOTIFY_CLOSE;
    d->slot = slot;
    d->summary = slot == SM_ALERT_SUMMARY_SLOT;
    d->left_ms = SM_ALERT_NO_TIME;
    d->chat = chat ? g_strdup(chat->id) : NULL;
    g_ptr_array_add(out, d);
}

static guint summed_chats(const SmAlertPolicy *p)
{
    guint n = 0;
    for (guint i = 0; i < p->chats->len; i++)
        n += ((const Chat *)p->chats->pdata[i])->summed ? 1 : 0;
    return n;
}

static void leave_summary(SmAlertPolicy *p, Chat *chat, GPtrArray *out)
{
    if (!chat->summed)
        return;
    chat->summed = chat->unsaid = FALSE;
    if (p->summary_live && summed_chats(p) == 0) {
        p->summary_live = FALSE;
        close_slot(SM_ALERT_SUMMARY_SLOT, NULL, out);
    }
}

static SmAlertDecision *say(const SmAlertPolicy *p, const Chat *chat, guint routes, int64_t now)
{
    SmAlertDecision *d = g_new0(SmAlertDecision, 1);
    d->routes = routes;
    d->slot = chat->slot;
    d->level = chat->said;
    d->kind = chat->kind;
    d->chats = 1;
    d->count = chat->count;
    d->left_ms = left_at(chat, now);
    d->chat = g_strdup(chat->id);
    d->name = chat->name ? sm_safe_ref(chat->name) : NULL;
    d->title = sm_alert_title(chat->name, chat->count, d->left_ms);
    d->body = sm_alert_body(chat->kind, p->options.show_text ? chat->text : NULL);
    return d;
}

static void say_in_bar(const SmAlertPolicy *p, const Chat *chat, guint routes, int64_t now,
                       GPtrArray *out)
{
    if (routes & SM_ROUTE_BAR)
        g_ptr_array_add(out, say(p, chat, SM_ROUTE_BAR, now));
}

static gboolean overall_full(const SmAlertPolicy *p, int64_t now)
{
    return now - p->recent[0] < JOIN_MS;
}

static void show_chat(SmAlertPolicy *p, Chat *chat, guint routes, int64_t now, GPtrArray *out)
{
    leave_summary(p, chat, out);
    SmAlertDecision *d = say(p, chat, routes, now);
    if (routes & SM_ROUTE_DESKTOP) {
        d->op = chat->live ? SM_NOTIFY_REPLACE : SM_NOTIFY_SHOW;
        chat->live = TRUE;
    }
    chat->held = FALSE;
    chat->last = now;
    memmove(p->recent, p->recent + 1, sizeof p->recent - sizeof p->recent[0]);
    p->recent[ALERTS_OVERALL - 1] = now;
    g_ptr_array_add(out, d);
}

/* Is `a` more urgent than `b`: by level, then by the time left. */
static gboolean more_urgent(const Chat *a, const Chat *b, int64_t now)
{
    if (a->said != b->said)
        return a->said > b->said;
    int64_t left_a = left_at(a, now), left_b = left_at(b, now);
    if (left_a == SM_ALERT_NO_TIME || left_b == SM_ALERT_NO_TIME)
        return left_a != SM_ALERT_NO_TIME && left_b == SM_ALERT_NO_TIME;
    return left_a < left_b;
}

static SmSafe *names_of(const GPtrArray *chats)
{
    SmSafe *all = NULL;
    guint named = 0;
    for (guint i = 0; i < chats->len; i++) {
        const Chat *chat = chats->pdata[i];
        if (!chat->summed || sm_safe_len(chat->name) == 0)
            continue;
        if (++named > SUMMARY_NAMES)
            break;
        SmSafe *longer =
            all ? sm_safe_format("%S, %S", all, chat->name) : sm_safe_format("%S", chat->name);
        sm_safe_unref(all);
        all = longer;
    }
    if (named > SUMMARY_NAMES) {
        SmSafe *longer = sm_safe_format("%S, ...", all);
        sm_safe_unref(all);
        all = longer;
    }
    return all;
}

/* The summary as a decision without routes; NULL if no chat belongs to it. */
static SmAlertDecision *sum_up(const SmAlertPolicy *p, int64_t now)
{
    const Chat *first = NULL;
    SmAlertDecision *d = g_new0(SmAlertDecision, 1);
    d->left_ms = SM_ALERT_NO_TIME;
    for (guint i = 0; i < p->chats->len; i++) {
        const Chat *chat = p->chats->pdata[i];
        if (!chat->summed)
            continue;
        d->chats++;
        d->count = chat->count > G_MAXINT - d->count ? G_MAXINT : d->count + chat->count;
        int64_t left = left_at(chat, now);
        if (left != SM_ALERT_NO_TIME && (d->left_ms == SM_ALERT_NO_TIME || left < d->left_ms))
            d->left_ms = left;
        if (!first || more_urgent(chat, first, now))
            first = chat;
    }
    if (!first) {
        sm_alert_decision_free(d);
        return NULL;
    }
    d->summary = TRUE;
    d->slot = SM_ALERT_SUMMARY_SLOT;
    d->level = first->said;
    d->kind = first->kind;
    d->chat = g_strdup(first->id);
    d->title = sm_alert_summary_title(d->chats, d->count, d->left_ms);
    d->body = names_of(p->chats);
    if (!d->body)
        d->body = sm_alert_body(d->kind, NULL);
    return d;
}

static void show_summary(SmAlertPolicy *p, int64_t now, GPtrArray *out)
{
    SmAlertDecision *d = sum_up(p, now);
    if (!d)
        return;
    d->routes = routes_for(p, d->level, NULL, now);
    gboolean loud = disturbs(d->routes);
    if (d->routes & SM_ROUTE_DESKTOP) {
        d->op = p->summary_live ? SM_NOTIFY_REPLACE : SM_NOTIFY_SHOW;
        p->summary_live = TRUE;
    }
    p->summary_level = d->level;
    for (guint i = 0; i < p->chats->len; i++) {
        Chat *chat = p->chats->pdata[i];
        if (!chat->summed)
            continue;
        if (loud && chat->unsaid)
            chat->last = now;
        chat->unsaid = chat->held = FALSE;
        chat->summed = p->summary_live; /* nothing stays on a screen that was not told */
    }
    if (loud)
        p->summary_last = now;
    if (d->routes)
        g_ptr_array_add(out, d);
    else
        sm_alert_decision_free(d);
}

/* Too many at once: the summary speaks for this chat, now or when its own 10 s are over. */
static void join_summary(SmAlertPolicy *p, Chat *chat, guint routes, int64_t now, GPtrArray *out)
{
    chat->summed = chat->unsaid = TRUE;
    chat->held = FALSE;
    if (chat->said > p->summary_level || now - p->summary_last >= JOIN_MS)
        show_summary(p, now, out);
    else
        say_in_bar(p, chat, routes, now, out);
}

static Chat *find_chat(const SmAlertPolicy *p, const char *id, guint *place)
{
    for (guint i = 0; i < p->chats->len; i++) {
        Chat *chat = p->chats->pdata[i];
        if (strcmp(chat->id, id) == 0) {
            if (place)
                *place = i;
            return chat;
        }
    }
    return NULL;
}

static gboolean forgettable(const Chat *chat, int64_t now)
{
    return !chat->live && !chat->held && !chat->summed && chat->level == SM_URGENCY_QUIET &&
           now - chat->last >= JOIN_MS;
}

static void forget_settled(SmAlertPolicy *p, int64_t now, GPtrArray *out)
{
    for (guint i = p->chats->len; i-- > 0;) {
        if (forgettable(p->chats->pdata[i], now))
            g_ptr_array_remove_index(p->chats, i);
    }
    if (p->chats->len < CHATS_KEPT)
        return;
    Chat *oldest = p->chats->pdata[0];
    leave_summary(p, oldest, out);
    if (oldest->live)
        close_slot(oldest->slot, oldest, out);
    g_ptr_array_remove_index(p->chats, 0);
}

static Chat *chat_for(SmAlertPolicy *p, const char *id, int64_t now, GPtrArray *out)
{
    Chat *chat = find_chat(p, id, NULL);
    if (chat)
        return chat;
    forget_settled(p, now, out);
    chat = g_new0(Chat, 1);
    chat->id = g_strdup(id);
    chat->slot = p->next_slot++;
    chat->last = LONG_AGO;
    g_ptr_array_add(p->chats, chat);
    return chat;
}

/* What the chat says from now on. An overdue chat that gets a message stays overdue on the screen.
 */
static void take(Chat *chat, const SmAlertEvent *e, SmUrgency level, int64_t now)
{
    gboolean shown = chat->live || chat->held || chat->summed;
    if (!shown || level >= chat->said) {
        chat->said = level;
        chat->kind = e->kind;
    }
    chat->level = MAX(chat->level, level);
    chat->count = MIN(e->count, (guint)G_MAXINT);
    chat->left_ms = e->left_ms;
    chat->at = now;
    if (e->name) {
        SmSafe *name = sm_safe_ref((SmSafe *)e->name);
        sm_safe_unref(chat->name);
        chat->name = name;
    }
    sm_safe_unref(chat->text);
    chat->text = e->text ? sm_safe_ref((SmSafe *)e->text) : NULL;
}

void sm_alert_policy_event(SmAlertPolicy *p, const SmAlertEvent *e, int64_t now, GPtrArray *out)
{
    SmUrgency level = p->options.level[e->kind];
    if (level == SM_URGENCY_QUIET)
        return;
    Chat *chat = chat_for(p, e->chat, now, out);
    gboolean rise = chat->level > SM_URGENCY_QUIET && level > chat->level;
    take(chat, e, level, now);
    if (p->catching_up) {
        chat->summed = chat->unsaid = TRUE;
        return;
    }
    guint routes = routes_for(p, level, chat->id, now);
    if (!disturbs(routes))
        say_in_bar(p, chat, routes, now, out);
    else if (rise)
        show_chat(p, chat, routes, now, out);
    else if (now - chat->last < JOIN_MS) {
        /* In the summary it waits with the summary, not alone. */
        if (chat->summed)
            chat->unsaid = TRUE;
        else
            chat->held = TRUE;
        say_in_bar(p, chat, routes, now, out);
    } else if (overall_full(p, now))
        join_summary(p, chat, routes, now, out);
    else
        show_chat(p, chat, routes, now, out);
}

void sm_alert_policy_read(SmAlertPolicy *p, const char *id, GPtrArray *out)
{
    Chat *chat = find_chat(p, id, NULL);
    if (!chat)
        return;
    chat->held = FALSE;
    leave_summary(p, chat, out);
    if (chat->live && !SM_BUG(44)) {
        chat->live = FALSE;
        close_slot(chat->slot, chat, out);
    }
}

void sm_alert_policy_settled(SmAlertPolicy *p, const char *id, GPtrArray *out)
{
    sm_alert_policy_read(p, id, out);
    Chat *chat = find_chat(p, id, NULL);
    if (chat)
        chat->level = chat->said = SM_URGENCY_QUIET;
}

static gboolean summary_waits(const SmAlertPolicy *p)
{
    for (guint i = 0; i < p->chats->len; i++) {
        if (((const Chat *)p->chats->pdata[i])->unsaid)
            return TRUE;
    }
    return FALSE;
}

int64_t sm_alert_policy_due(const SmAlertPolicy *p)
{
    int64_t due = INT64_MAX;
    if (p->catching_up)
        return due;
    for (guint i = 0; i < p->chats->len; i++) {
        const Chat *chat = p->chats->pdata[i];
        if (chat->held)
            due = MIN(due, chat->last + JOIN_MS);
    }
    return summary_waits(p) ? MIN(due, p->summary_last + JOIN_MS) : due;
}

void sm_alert_policy_tick(SmAlertPolicy *p, int64_t now, GPtrArray *out)
{
    if (p->catching_up)
        return;
    for (guint i = 0; i < p->chats->len; i++) {
        Chat *chat = p->chats->pdata[i];
        if (!chat->held || now - chat->last < JOIN_MS)
            continue;
        chat->held = FALSE;
        /* The bar had it when it came; what still disturbs is decided by how things are now. */
        guint routes = routes_for(p, chat->said, chat->id, now);
        if (!disturbs(routes))
            continue;
        if (overall_full(p, now))
            join_summary(p, chat, 0, now, out);
        else
            show_chat(p, chat, routes, now, out);
    }
    if (summary_waits(p) && now - p->summary_last >= JOIN_MS)
        show_summary(p, now, out);
}

void sm_alert_policy_closed(SmAlertPolicy *p, guint32 slot)
{
    if (slot == SM_ALERT_SUMMARY_SLOT) {
        p->summary_live = FALSE;
        for (guint i = 0; i < p->chats->len; i++) {
            Chat *chat = p->chats->pdata[i];
            chat->summed = chat->unsaid;
        }
        return;
    }
    for (guint i = 0; i < p->chats->len; i++) {
        Chat *chat = p->chats->pdata[i];
        if (chat->slot == slot)
            chat->live = FALSE;
    }
}

void sm_alert_policy_catch_up_begin(SmAlertPolicy *p)
{
    p->catching_up = TRUE;
}

void sm_alert_policy_catch_up_end(SmAlertPolicy *p, int64_t now, GPtrArray *out)
{
    if (!p->catching_up)
        return;
    p->catching_up = FALSE;
    /* What was held back before goes into the same one. */
    for (guint i = 0; i < p->chats->len; i++) {
        Chat *chat = p->chats->pdata[i];
        if (chat->held)
            chat->summed = chat->unsaid = TRUE;
    }
    if (summary_waits(p))
        show_summary(p, now, out);
}
