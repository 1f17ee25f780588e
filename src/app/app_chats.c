/* SPDX-License-Identifier: MIT */
/* app_chats: the agent's chats: which there are, in what order, what of them has been seen and
 * read. */
#include "app/app_private.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

SmSafe *sm_chat_name(const SmConversation *c)
{
    if (c == NULL || c->name == NULL || *c->name == '\0')
        return sm_safe_from_literal(_("customer"));
    return sm_safe_clusters_line(c->name, -1);
}

SmSafe *sm_app_team(SmApp *app, const char *id)
{
    const SmTeam *team = id != NULL ? sm_policy_team(sm_desk_policy(sm_client_desk(app->client)), id) : NULL;

    return sm_safe_screen_line(team != NULL && team->name != NULL && *team->name != '\0' ? team->name : id != NULL ? id : "", -1);
}

void sm_chat_free(SmOwnChat *own)
{
    sm_people_forget(own);
    if (own == NULL)
        return;
    sm_safe_unref(own->chat.name);
    sm_editor_free(own->message);
    sm_editor_free(own->note);
    sm_safe_unref(own->chat.preview);
    sm_safe_unref(own->chat.offer);
    g_clear_pointer(&own->offers, g_ptr_array_unref);
    g_free(own->draft_reply);
    if (own->misspelt != NULL)
        g_array_unref(own->misspelt);
    g_free(own->spelt_text);
    if (own->marks != NULL)
        g_array_unref(own->marks);
    g_free(own->history_draft);
    g_free(own->id);
    g_free(own);
}

const SmConversation *sm_chat_conversation(SmApp *app, const char *id)
{
    return sm_desk_conversation(sm_client_desk(app->client), id);
}

SmOwnChat *sm_chats_get(SmApp *app, const char *id)
{
    return id != NULL ? g_hash_table_lookup(app->chats, id) : NULL;
}

static gboolean is_own_line(SmApp *app, const SmLine *line)
{
    return line->author == SM_AUTHOR_AGENT && g_strcmp0(line->agent, sm_app_me(app)) == 0;
}

/* A chat that this program meets for the first time: what came before its last answer is read. */
static void first_marks(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;
    const int64_t *kept = g_hash_table_lookup(app->read_marks, own->id);

    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (line->n > 0 && line->author == SM_AUTHOR_AGENT)
            own->read_n = MAX(own->read_n, line->n);
    }
    if (kept != NULL)
        own->read_n = MAX(own->read_n, MIN(*kept, c->version));
    own->alerted_n = own->read_n;
    own->answered_n = c->version;
}

/* The message before a line; NULL: it is the first. */
static const SmLine *message_before(const SmConversation *c, guint line)
{
    while (line-- > 0) {
        const SmLine *before = c->lines->pdata[line];
        if (before->n > 0)
            return before;
    }
    return NULL;
}

/* From the newest back to what was read: a message costs no more in a long conversation. */
static void count_unread(SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;
    gboolean was_read = own->chat.unread == 0;
    guint first = 0;

    own->chat.unread = 0;
    if (c == NULL)
        return;
    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->n > 0 && line->n <= own->read_n)
            break;
        if (line->n > 0 && line->author == SM_AUTHOR_CUSTOMER) {
            own->chat.unread++;
            first = i;
        }
    }
    if (own->chat.unread == 0 || (!was_read && own->chat.unread_seq != 0))
        return;
    const SmLine *line = c->lines->pdata[first], *before = message_before(c, first);
    own->chat.unread_seq = line->seq - 1;
    own->chat.unread_at = before != NULL ? before->at : line->at;
}

/* Somebody else answered while a draft stood here. */
static void note_answers(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;
    gboolean draft = own->message != NULL && sm_editor_len(own->message) > 0;

    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->n == 0)
            continue;
        if (line->n <= own->answered_n)
            break;
        if (line->author == SM_AUTHOR_AGENT)
            sm_people_wrote(own, line->agent);
        if (line->author == SM_AUTHOR_AGENT && draft) {
            g_autoptr(GPtrArray) outbox = sm_client_outbox(app->client, own->id);
            gboolean here = FALSE;
            for (guint k = 0; k < outbox->len; k++)
                here |= g_strcmp0(((SmOutboxEntry *)outbox->pdata[k])->id, line->id) == 0;
            own->chat.answered_meanwhile |=
                !here && !(is_own_line(app, line) && own->chat.unread == 0);
        }
    }
    own->answered_n = c->version;
    if (!draft)
        own->chat.answered_meanwhile = FALSE;
}

static void refresh(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation = sm_chat_conversation(app, own->id);

    own->mine = c != NULL && g_strcmp0(c->owner, sm_app_me(app)) == 0 &&
                (c->state == SM_STATE_OPEN || c->state == SM_STATE_SNOOZED);
    own->guest = c != NULL && sm_people_is_guest(app, c);
    if (c == NULL)
        return;
    sm_safe_unref(own->chat.name);
    own->chat.name = sm_chat_name(c);
    count_unread(own);
    note_answers(app, own);
    sm_people_changed(app, own);
}

static SmOwnChat *chat_new(SmApp *app, const SmConversation *c)
{
    SmOwnChat *own = g_new0(SmOwnChat, 1);

    own->app = app;
    own->id = g_strdup(c->id);
    own->chat.id = own->id;
    own->chat.conversation = c;
    own->joined = ++app->joined;
    own->watched_due = -1;
    own->fresh = TRUE;
    own->seen = 0;
    g_hash_table_insert(app->chats, own->id, own);
    first_marks(app, own);
    sm_compose_restore(own);
    refresh(app, own);
    return own;
}

SmOwnChat *sm_chats_need(SmApp *app, const char *id)
{
    SmOwnChat *own = sm_chats_get(app, id);
    const SmConversation *c = own == NULL && id != NULL ? sm_chat_conversation(app, id) : NULL;

    return c != NULL ? chat_new(app, c) : own;
}

SmChat *sm_app_chat(SmApp *app, const char *conversation)
{
    return (SmChat *)sm_chats_get(app, conversation);
}

/* --- Order
 * ----------------------------------------------------------------------------------------- */

static int by_joining(gconstpointer a, gconstpointer b)
{
    const SmOwnChat *x = *(SmOwnChat *const *)a, *y = *(SmOwnChat *const *)b;

    return x->joined < y->joined ? -1 : x->joined > y->joined;
}

static int64_t time_left(const SmOwnChat *own, int64_t now)
{
    if (own->chat.conversation == NULL || !own->mine)
        return INT64_MAX;
    SmDeadline deadline = sm_conversation_deadline(own->chat.conversation);
    return sm_deadline_remaining(&deadline, now);
}

static int by_time_left(gconstpointer a, gconstpointer b, gpointer user)
{
    const SmOwnChat *x = *(SmOwnChat *const *)a, *y = *(SmOwnChat *const *)b;
    int64_t now = *(int64_t *)user, x_left = time_left(x, now), y_left = time_left(y, now);

    if (x_left != y_left)
        return x_left < y_left ? -1 : 1;
    if ((x->chat.unread > 0) != (y->chat.unread > 0))
        return x->chat.unread > 0 ? -1 : 1;
    if (x->chat.unread > 0 && x->chat.unread_at != y->chat.unread_at)
        return x->chat.unread_at < y->chat.unread_at ? -1 : 1;
    return by_joining(a, b);
}

void sm_chats_order(SmApp *app)
{
    int64_t now = sm_client_now(app->client);

    g_ptr_array_set_size(app->urgent, 0);
    for (guint i = 0; i < app->list->len; i++) {
        SmOwnChat *own = app->list->pdata[i];
        if (own->chat.conversation != NULL && own->mine &&
            own->chat.conversation->state != SM_STATE_SNOOZED &&
            (own->chat.unread > 0 || time_left(own, now) != INT64_MAX))
            g_ptr_array_add(app->urgent, own);
    }
    g_ptr_array_sort_with_data(app->urgent, by_time_left, &now);
}

const GPtrArray *sm_app_listed(SmApp *app)
{
    int64_t now = sm_client_now(app->client);

    if (strcmp(sm_options_str(app->options, "chats.order"), "time") != 0)
        return app->list;
    g_ptr_array_set_size(app->listed, 0);
    for (guint i = 0; i < app->list->len; i++)
        g_ptr_array_add(app->listed, app->list->pdata[i]);
    g_ptr_array_sort_with_data(app->listed, by_time_left, &now);
    return app->listed;
}

int sm_app_chat_place(SmApp *app, const SmChat *chat)
{
    guint place = 0;

    return g_ptr_array_find(app->list, chat, &place) ? (int)place + 1 : 0;
}

const GPtrArray *sm_app_chats(SmApp *app)
{
    return app->list;
}

const GPtrArray *sm_app_urgent(SmApp *app)
{
    sm_chats_order(app);
    return app->urgent;
}

/* --- After a change of the desk
 * -------------------------------------------------------------------- */

static gboolean kept(SmApp *app, SmOwnChat *own)
{
    return own->mine || own->guest || sm_layout_showing(app->layout, own->id) != NULL;
}

static void relist(SmApp *app)
{
    GHashTableIter iter;
    gpointer value;

    g_ptr_array_set_size(app->list, 0);
    g_hash_table_iter_init(&iter, app->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (kept(app, value))
            g_ptr_array_add(app->list, value);
    g_ptr_array_sort(app->list, by_joining);
    sm_chats_order(app);
}

static gboolean is_mine(SmApp *app, const SmConversation *c)
{
    const char *me = sm_app_me(app);

    return *me != '\0' && g_strcmp0(c->owner, me) == 0 &&
           (c->state == SM_STATE_OPEN || c->state == SM_STATE_SNOOZED);
}

/* Taken by this agent's own hand, not given. */
static gboolean claimed(SmApp *app, const SmConversation *c)
{
    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->event == SM_EVENT_CONVERSATION_ASSIGNED)
            return line->cause == SM_CAUSE_CLAIM && g_strcmp0(line->agent, sm_app_me(app)) == 0;
    }
    return FALSE;
}

/* What the desk has forgotten, unless it is on the screen. */
static gboolean is_gone(gpointer id, gpointer value, gpointer user)
{
    SmApp *app = user;
    SmOwnChat *own = value;

    return own->chat.conversation == NULL && sm_layout_showing(app->layout, own->id) == NULL;
}

/* A chat of this agent's: known from now on, and seated if it has just become that. */
static void meet(SmApp *app, const SmConversation *c)
{
    SmOwnChat *own = sm_chats_get(app, c->id);

    if (!is_mine(app, c) && !sm_people_is_guest(app, c))
        return;
    gboolean fresh = own == NULL || own->joins;
    if (own == NULL)
        own = chat_new(app, c);
    own->joins = FALSE;
    if (!fresh || sm_layout_showing(app->layout, c->id) != NULL)
        return;
    /* A chat that stood in the list when the layout was saved stays there. */
    if (app->restored && !app->loaded && g_hash_table_contains(app->read_marks, c->id))
        return;
    sm_app_seat(app, own, app->loaded && claimed(app, c));
}

/* The desk has told what there is: from now on a new chat is news. */
static gboolean all_known(SmApp *app)
{
    return sm_client_link(app->client)->state == SM_LINK_LIVE;
}

static void update(SmApp *app, SmOwnChat *own)
{
    gboolean was_mine = own->mine, was_guest = own->guest;
    guint unread = own->chat.unread;

    refresh(app, own);
    own->joins = !was_mine && !was_guest;
    if (was_mine && !own->mine && own->chat.conversation != NULL)
        sm_alerts_read(app, own->id);
    if (own->chat.unread > unread)
        own->chat.typing = FALSE;
    /* Scrolled back: what is looked at stays where it is; the ui counts the new rows. */
}

static void update_all(SmApp *app)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(app->client));
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, app->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        update(app, value);
    for (guint i = 0; i < all->len; i++)
        meet(app, all->pdata[i]);
}

/* A message costs what its own conversation costs, however many chats there are. */
static void update_touched(SmApp *app, const GPtrArray *touched)
{
    for (guint i = 0; i < touched->len; i++) {
        SmOwnChat *own = sm_chats_get(app, touched->pdata[i]);
        const SmConversation *c = sm_chat_conversation(app, touched->pdata[i]);
        if (own != NULL)
            update(app, own);
        if (c != NULL)
            meet(app, c);
    }
}

void sm_chats_update(SmApp *app, const GPtrArray *touched)
{
    /* A restored layout may show chats that are not ours to meet otherwise. */
    const GPtrArray *panes = sm_layout_panes(app->layout);
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        if (pane->conversation != NULL)
            sm_chats_need(app, pane->conversation);
    }
    if (touched != NULL)
        update_touched(app, touched);
    else
        update_all(app);
    g_ptr_array_set_size(app->list, 0);
    g_ptr_array_set_size(app->urgent, 0);
    g_hash_table_foreach_remove(app->chats, is_gone, app);
    relist(app);
    app->loaded |= all_known(app);
    sm_alerts_title(app);
}

/* --- Seen and read
 * --------------------------------------------------------------------------------- */

void sm_chats_read(SmApp *app, SmOwnChat *own)
{
    int64_t before = own->read_n;

    own->read_n = MAX(own->read_n, own->seen);
    if (own->read_n == before)
        return;
    count_unread(own);
    if (own->chat.unread == 0)
        sm_alerts_read(app, own->id);
    sm_chats_order(app);
    sm_alerts_title(app);
    sm_app_dirty(app, SM_DIRTY_BAR | SM_DIRTY_PANES);
}

void sm_chats_leave(SmApp *app, SmOwnChat *own)
{
    if (own->chat.unread == 0) {
        own->chat.unread_seq = 0;
        own->chat.unread_at = 0;
    }
}

void sm_chats_unlook(SmApp *app)
{
    GHashTableIter all;
    gpointer own;

    g_hash_table_iter_init(&all, app->chats);
    while (g_hash_table_iter_next(&all, NULL, &own))
        ((SmOwnChat *)own)->n_looked = 0;
}

static void looked(void *user)
{
    SmApp *app = user;
    int64_t now = sm_loop_now(app->loop), next = INT64_MAX;
    GHashTableIter all;
    gpointer value;

    app->look_timer = 0;
    /* Those that are read over a shoulder too: they are in no list. */
    g_hash_table_iter_init(&all, app->chats);
    while (g_hash_table_iter_next(&all, NULL, &value)) {
        SmOwnChat *own = value;
        while (own->n_looked > 0 && own->looked[0].since + SM_SEEN_MS <= now) {
            own->seen = MAX(own->seen, own->looked[0].n);
            own->n_looked--;
            memmove(own->looked, own->looked + 1, own->n_looked * sizeof own->looked[0]);
        }
        if (own->n_looked > 0)
            next = MIN(next, own->looked[0].since + SM_SEEN_MS);
        /* Seen is read where the agent is: in the focused pane of a window that has the focus. */
        if (own == sm_app_here(app) && sm_alerts_here(app, own))
            sm_chats_read(app, own);
    }
    if (next < INT64_MAX)
        app->look_timer = sm_loop_at(app->loop, next, looked, app);
}

gboolean sm_app_reads(SmApp *app, const SmChat *chat)
{
    SmOwnChat *here = sm_app_here(app);

    return here != NULL && &here->chat == chat && sm_alerts_here(app, here) && chat->scroll == 0 &&
           sm_layout_focused(app->layout)->rows > 2 && sm_app_popup(app)->kind == SM_POPUP_NONE &&
           sm_app_supervise(app) == NULL && !sm_app_locked(app);
}

void sm_app_drawn(SmApp *app, const char *conversation, int64_t n)
{
    SmOwnChat *own = sm_chats_get(app, conversation);

    if (own == NULL || n <= 0 || own->chat.scroll > 0)
        return;
    if (n <= own->seen) {
        if (own == sm_app_here(app) && own->read_n < own->seen && sm_alerts_here(app, own))
            sm_chats_read(app, own);
        return;
    }
    if (own->n_looked > 0 && own->looked[own->n_looked - 1].n >= n)
        return;
    if (own->n_looked == SM_DRAWN_STEPS) /* the last one waits a little longer */
        own->n_looked--;
    own->looked[own->n_looked++] = (SmLooked){n, sm_loop_now(app->loop)};
    if (app->look_timer == 0)
        app->look_timer = sm_loop_at(app->loop, own->looked[0].since + SM_SEEN_MS, looked, app);
}

void sm_app_scroll_limit(SmApp *app, const char *conversation, int rows_above)
{
    SmOwnChat *own = sm_chats_get(app, conversation);

    if (own == NULL)
        return;
    own->scroll_limit = MAX(rows_above, 0);
    own->chat.scroll = MIN(own->chat.scroll, own->scroll_limit);
}

void sm_app_scroll_to(SmApp *app, const char *conversation, int rows)
{
    SmOwnChat *own = sm_chats_get(app, conversation);

    if (own == NULL)
        return;
    own->chat.reveal = FALSE;
    if (rows < 0)
        return;
    own->scroll_limit = 0;
    own->chat.scroll = rows;
}

void sm_app_scroll_hold(SmApp *app, const char *conversation, int rows)
{
    SmOwnChat *own = sm_chats_get(app, conversation);

    if (own == NULL || own->chat.scroll == 0)
        return;
    own->chat.scroll += rows;
    if (own->scroll_limit > 0 && own->scroll_limit < G_MAXINT - rows)
        own->scroll_limit += rows;
}
