/* SPDX-License-Identifier: MIT */
/* The property that clients rest on: what a viewer had at some cut, and the events, states and
 * "forget" the viewer was told since, make the same as what the viewer is shown of the whole desk.
 * For every viewer, for random logs, at many cuts; with pages of several records, each viewer at an
 * own pace. And: nothing of the staff's reaches a customer. */
#include <string.h>

#include "life.h"
#include "seatmux/desk/notice.h"

/* --- The network -------------------------------------------------------------------------------
 */

static const char *const staff_words[] = {"login-",        "NOTE-SECRET", "WHISPER-SECRET",
                                          "REASON-SECRET", "TAG-SECRET",  "\"support\"",
                                          "\"sales\"",     "\"vip\"",     "COMMENT-SECRET", "REACH-SECRET", "CARD-SECRET"};

/* Everything crosses as bytes, and a customer's bytes hold nothing of the staff's. */
static json_t *cross(const Viewer *v, const json_t *json)
{
    g_autofree char *text = sm_json_text(json);
    g_autoptr(GError) error = NULL;
    json_t *read = sm_json_parse(text, strlen(text), 8 << 20, &error);

    g_assert_no_error(error);
    for (guint i = 0; v->actor.kind == SM_ACTOR_CUSTOMER && i < G_N_ELEMENTS(staff_words); i++) {
        if (strstr(text, staff_words[i])) {
            g_error("a customer is told %s: %s", staff_words[i], text);
        }
    }
    return read;
}

static void install_state(World *w, Viewer *v, const SmConversation *c)
{
    g_autoptr(json_t) state = sm_desk_project_conversation(w->f->desk, v->actor, c);
    g_autoptr(json_t) read = cross(v, state);
    g_autoptr(GError) error = NULL;

    sm_desk_install_conversation(v->desk, read, &error);
    g_assert_no_error(error);
}

static void update_row(World *w, Viewer *v, const SmConversation *c)
{
    g_autoptr(GError) error = NULL;

    if (v->actor.kind == SM_ACTOR_CUSTOMER || !sm_desk_sees_row(w->f->desk, v->actor, c)) {
        sm_desk_remove_row(v->desk, c->id);
        return;
    }
    g_autoptr(json_t) row = sm_desk_project_row(w->f->desk, c);
    g_autoptr(json_t) read = cross(v, row);
    sm_desk_install_row(v->desk, read, &error);
    g_assert_no_error(error);
}

static void snapshot(World *w, Viewer *v)
{
    const GPtrArray *all = sm_desk_conversations(w->f->desk);
    g_autoptr(json_t) shared = sm_desk_project_shared(w->f->desk, v->actor);
    g_autoptr(json_t) read = cross(v, shared);
    g_autoptr(GError) error = NULL;

    sm_desk_clear(v->desk);
    sm_desk_install_shared(v->desk, read, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < all->len; i++) {
        if (sm_desk_sees(w->f->desk, v->actor, all->pdata[i], 0)) {
            install_state(w, v, all->pdata[i]);
        }
        update_row(w, v, all->pdata[i]);
    }
    v->after = sm_desk_seq(w->f->desk);
}

static void tell(World *w, Viewer *v, const SmEvent *event, const SmRecord *record)
{
    g_autoptr(json_t) json =
        sm_desk_project_event(w->f->desk, v->actor, event, record->seq, record->at);
    g_autoptr(GError) error = NULL;

    g_assert_true((json != NULL) == sm_desk_visible(w->f->desk, v->actor, event, record->seq));
    if (!json) {
        return;
    }
    g_autoptr(json_t) read = cross(v, json);
    g_autoptr(SmEvent) decoded = sm_event_decode(read, &error);
    g_assert_no_error(error);
    sm_desk_apply_event(v->desk, decoded, record->seq, record->at);
}

/* Every record since that touches it is one the viewer may see. */
static gboolean seen_throughout(World *w, const Viewer *v, const SmConversation *c)
{
    for (guint i = (guint)v->after; i < w->f->records->len; i++) {
        const SmRecord *record = w->f->records->pdata[i];
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            if (g_strcmp0(event->conversation, c->id) == 0 &&
                !sm_desk_sees(w->f->desk, v->actor, c, record->seq)) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

static gboolean role_changed(World *w, const Viewer *v)
{
    for (guint i = (guint)v->after; i < w->f->records->len; i++) {
        const SmEvent *event = event_of(w->f->records->pdata[i], SM_EVENT_AGENT_SET);
        const SmEvent *removed = event_of(w->f->records->pdata[i], SM_EVENT_AGENT_REMOVED);
        if ((event && sm_desk_shows_anew(w->f->desk, v->actor, event)) ||
            (removed && g_strcmp0(removed->agent, v->id) == 0)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What one page does with one conversation: state, forget, or nothing more than its events. */
static void settle(World *w, Viewer *v, const char *id, GHashTable *by_state)
{
    const SmConversation *c = sm_desk_conversation(w->f->desk, id);
    gboolean before = sm_desk_conversation(v->desk, id) != NULL;
    gboolean now = sm_desk_sees(w->f->desk, v->actor, c, 0);

    update_row(w, v, c);
    if (before && !now) {
        sm_desk_forget_conversation(v->desk, id);
    } else if (now && (!before || !seen_throughout(w, v, c))) {
        install_state(w, v, c);
    }
    g_hash_table_add(by_state, (gpointer)id);
}

static void poll(World *w, Viewer *v)
{
    g_autoptr(GHashTable) settled = g_hash_table_new(g_str_hash, g_str_equal);
    guint from = (guint)v->after;

    if (role_changed(w, v)) {
        snapshot(w, v);
        return;
    }
    for (guint i = from; i < w->f->records->len; i++) {
        const SmRecord *record = w->f->records->pdata[i];
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            if (event->conversation && !g_hash_table_contains(settled, event->conversation)) {
                settle(w, v, event->conversation, settled);
            }
            tell(w, v, event, record);
        }
    }
    v->after = w->f->records->len;
}

static void compare(World *w, Viewer *v)
{
    if (v->actor.kind == SM_ACTOR_CUSTOMER && w->lines > 0) {
        return; /* a customer's client may keep lines that the desk has let go */
    }
    if (v->actor.kind == SM_ACTOR_STAFF && !sm_desk_agent(w->f->desk, v->id)) {
        return; /* removed: the session has ended */
    }
    g_autoptr(json_t) shown = sm_desk_project(w->f->desk, v->actor);
    g_autoptr(json_t) had = sm_desk_project(v->desk, v->actor);
    g_autofree char *x = sm_json_text(shown);
    g_autofree char *y = sm_json_text(had);

    if (strcmp(x, y) != 0) {
        guint i = 0;
        while (x[i] == y[i]) {
            i++;
        }
        i = i > 600 ? i - 600 : 0;
        g_error("%s differs at seq %d:\nserver ...%.900s\nclient ...%.900s",
                v->id ? v->id : "admin", (int)sm_desk_seq(w->f->desk), x + i, y + i);
    }
}

/* --- Lives ---------------------------------------------------------------------------------------
 */

static void check_capacity(World *w)
{
    const GPtrArray *all = sm_desk_agents(w->f->desk);
    const GPtrArray *conversations = sm_desk_conversations(w->f->desk);

    for (guint i = 0; i < all->len; i++) {
        const SmAgent *agent = all->pdata[i];
        int chats = 0;
        for (guint k = 0; k < conversations->len; k++) {
            const SmConversation *c = conversations->pdata[k];
            chats += g_strcmp0(c->owner, agent->id) == 0 && c->state != SM_STATE_RESOLVED &&
                     c->state != SM_STATE_QUEUED;
        }
        g_assert_cmpint(agent->chats, ==, chats);
    }
}

static void some_poll(World *w)
{
    for (guint i = 0; i < w->viewers->len; i++) {
        Viewer *v = w->viewers->pdata[i];
        if (sm_rng_chance(w->rng, 0.2)) {
            poll(w, v);
        }
        if (sm_rng_chance(w->rng, 0.002)) {
            snapshot(w, v);
        }
    }
}

static void all_agree(World *w)
{
    for (guint i = 0; i < w->viewers->len; i++) {
        poll(w, w->viewers->pdata[i]);
        compare(w, w->viewers->pdata[i]);
    }
}

/* The log read back makes the same desk; and so does the same seed again. */
static void replay(World *w)
{
    g_autoptr(SmDesk) desk = sm_desk_new(w->lines);
    g_autoptr(json_t) live = sm_desk_project(w->f->desk, admin());

    for (guint i = 0; i < w->f->records->len; i++) {
        g_autoptr(SmRecord) record = through_log(w->f->records->pdata[i]);
        g_assert_true(sm_desk_apply(desk, record, NULL));
    }
    g_autoptr(json_t) again = sm_desk_project(desk, admin());
    g_autofree char *x = sm_json_text(live);
    g_autofree char *y = sm_json_text(again);
    g_assert_cmpstr(x, ==, y);
    g_assert_cmpint(sm_desk_next_due(desk), ==, sm_desk_next_due(w->f->desk));
}

static void live(guint64 seed, guint lines, guint steps)
{
    World *w = world_new(seed, lines, snapshot);

    for (guint i = 0; i < steps; i++) {
        step(w);
        some_poll(w);
        if (i % 40 == 0) {
            all_agree(w);
            check_capacity(w);
        }
    }
    all_agree(w);
    replay(w);
    world_free(w);
}

static void every_share(void)
{
    for (guint64 seed = 1; seed <= 6; seed++) {
        live(seed, 0, 600);
    }
}

static void few_lines(void)
{
    live(21, 8, 500);
    live(22, 1, 300);
}

/* The random life is worth something only if everything happens in it. */
static void everything_happens(void)
{
    guint seen[SM_EVENT_N] = {0};

    for (guint64 seed = 1; seed <= 8; seed++) {
        World *w = world_new(seed, 0, NULL);
        for (guint i = 0; i < 1400; i++) {
            step(w);
        }
        for (guint i = 0; i < w->f->records->len; i++) {
            const SmRecord *record = w->f->records->pdata[i];
            for (guint k = 0; k < record->events->len; k++) {
                seen[((const SmEvent *)record->events->pdata[k])->type]++;
            }
        }
        world_free(w);
    }
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_test_message("%s: %u", sm_event_type_name((SmEventType)i), seen[i]);
        g_assert_cmpuint(seen[i], >, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/shares/every-viewer-every-cut", every_share);
    g_test_add_func("/desk/shares/few-lines-kept", few_lines);
    g_test_add_func("/desk/shares/everything-happens", everything_happens);
    return g_test_run();
}
