/* SPDX-License-Identifier: MIT */
/* app: beginning and end, what is forwarded from the client, and the state that outlives a run. */
#include "app/app_private.h"

#include <stdlib.h>
#include <string.h>

#include "seatmux/base/json.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

#define STATE_BYTES (1024 * 1024)
#define READ_MARKS 500

void sm_app_dirty(SmApp *app, guint what)
{
    if (app->show.dirty != NULL)
        app->show.dirty(what, app->by_key, app->show.user);
}

void sm_app_option_changed(SmApp *app, const char *name)
{
    g_hash_table_add(app->changed_options, g_strdup(name));
}

SmLife *sm_life_ref(SmLife *life)
{
    life->refs++;
    return life;
}

void sm_life_unref(SmLife *life)
{
    if (--life->refs == 0)
        g_free(life);
}

SmApp *sm_app_new(const SmAppSetup *setup)
{
    SmApp *app = g_new0(SmApp, 1);

    app->loop = setup->loop;
    app->client = setup->client;
    app->options = setup->options != NULL ? setup->options : sm_options_new();
    app->keymap = setup->keymap != NULL ? setup->keymap : sm_keymap_new(NULL, NULL);
    app->replies = setup->replies;
    app->words = setup->words;
    app->trace = setup->trace;
    if (setup->show != NULL)
        app->show = *setup->show;
    app->reply_directories = setup->reply_directories;
    if (app->reply_directories == NULL && app->replies != NULL)
        app->reply_directories = g_strdupv((char **)sm_replies_directories(app->replies));
    app->word_directories = setup->word_directories;
    app->words_stamp = sm_replies_stamp((const char *const *)app->word_directories);
    app->replies_stamp = sm_replies_stamp((const char *const *)app->reply_directories);
    app->state_file = g_strdup(setup->state_file);
    app->practice = setup->practice;
    app->lines = setup->lines;
    if (app->lines)
        sm_keymap_name_commands(app->keymap);
    app->coach = setup->coach;
    app->fit_version = -1;
    app->supervise_first = setup->supervise;
    app->life = g_new0(SmLife, 1);
    app->life->app = app;
    app->life->refs = 1;
    app->layout = sm_layout_new();
    app->automatic = TRUE;
    app->focus = SM_FOCUS_UNKNOWN;
    app->chats = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)sm_chat_free);
    app->list = g_ptr_array_new();
    app->urgent = g_ptr_array_new();
    app->listed = g_ptr_array_new();
    app->layouts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    app->arrived = g_hash_table_new(NULL, NULL);
    app->changed_options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    app->read_marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    app->ring = sm_kill_ring_new();
    app->held_since = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    app->hints = g_ptr_array_new();
    app->toasts = g_ptr_array_new();
    app->popup.rows = g_ptr_array_new();
    app->alert_words = g_strdup("");
    app->pending_words = g_strdup("");
    sm_files_new(app);
    sm_lock_key(app);
    sm_alerts_new(app);
    sm_card_new(app);
    sm_app_load_state(app);
    sm_replies_check(app);
    sm_offers_load(app);
    sm_chats_update(app, NULL);
    return app;
}

void sm_app_free(SmApp *app)
{
    if (app == NULL)
        return;
    sm_supervise_free(app);
    sm_reviewing_free(app->reviewing);
    sm_visitors_free(app);
    json_decref(app->review_list);
    sm_app_save_state(app);
    app->show = (SmAppShow){0};
    sm_popup_close(app);
    sm_keys_drop_pending(app);
    sm_keys_test_free(app);
    sm_popup_clear(app);
    g_ptr_array_unref(app->popup.rows);
    sm_loop_remove(app->loop, &app->look_timer);
    sm_lock_free(app);
    sm_loop_remove(app->loop, &app->typing_timer);
    sm_loop_remove(app->loop, &app->people_timer);
    sm_loop_remove(app->loop, &app->looking_timer);
    sm_loop_remove(app->loop, &app->offers_timer);
    sm_files_free(app);
    sm_alerts_free(app);
    sm_card_free(app);
    sm_toasts_free(app);
    app->life->app = NULL;
    sm_life_unref(app->life);
    g_hash_table_unref(app->chats);
    g_ptr_array_unref(app->list);
    g_ptr_array_unref(app->urgent);
    g_ptr_array_unref(app->listed);
    g_hash_table_unref(app->read_marks);
    g_hash_table_unref(app->held_since);
    for (guint i = 0; i < app->hints->len; i++) {
        SmHint *hint = app->hints->pdata[i];
        g_free(hint->keys);
        g_free(hint);
    }
    g_ptr_array_unref(app->hints);
    sm_kill_ring_free(app->ring);
    sm_layout_free(app->layout);
    sm_options_free(app->options);
    sm_keymap_free(app->keymap);
    sm_replies_free(app->replies);
    sm_faq_free(app->faq);
    sm_words_free(app->words);
    sm_words_free(app->words_before);
    g_strfreev(app->word_directories);
    sm_writing_end(app);
    g_strfreev(app->reply_directories);
    g_free(app->state_file);
    g_hash_table_unref(app->arrived);
    g_hash_table_unref(app->changed_options);
    g_hash_table_unref(app->layouts);
    sm_find_free(app);
    sm_search_free(app);
    sm_copy_free(app);
    g_free(app->supervise_filters);
    g_free(app->back_chat);
    g_free(app->fit_chat);
    g_free(app->fit_code);
    g_free(app->edited_chat);
    g_free(app->pending_words);
    g_free(app->popup_data);
    g_free(app->popup_data2);
    sm_aim_drop(app);
    g_free(app->alert_words);
    g_free(app->title);
    g_free(app);
}

/* --- State between runs
 * ---------------------------------------------------------------------------- */

static json_t *uses_of(SmApp *app)
{
    json_t *uses = json_object();

    for (guint i = 0; app->replies != NULL && i < sm_replies_count(app->replies); i++) {
        const char *code = sm_replies_at(app->replies, i)->code;
        int64_t used = sm_replies_used(app->replies, code);
        if (used > 0)
            json_object_set_new(uses, code, json_integer(used));
    }
    return uses;
}

static json_t *marks_of(SmApp *app)
{
    json_t *marks = json_object();

    for (guint i = 0; i < app->list->len && i < READ_MARKS; i++) {
        const SmOwnChat *own = app->list->pdata[i];
        json_object_set_new(marks, own->id, json_integer(own->read_n));
    }
    return marks;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static json_t *layouts_of(SmApp *app)
{
    json_t *layouts = json_object();
    guint n;
    g_autofree char **names = (char **)g_hash_table_get_keys_as_array(app->layouts, &n);

    qsort(names, n, sizeof *names, by_text);
    for (guint i = 0; i < n; i++)
        json_object_set_new(layouts, names[i], json_string(g_hash_table_lookup(app->layouts, names[i])));
    return layouts;
}

void sm_app_save_state(SmApp *app)
{
    g_autoptr(json_t) state = json_object();
    g_autofree char *layout = sm_layout_text(app->layout);
    g_autoptr(GError) error = NULL;

    if (app->state_file == NULL)
        return;
    json_object_set_new(state, "layout", json_string(layout));
    json_object_set_new(state, "layouts", layouts_of(app));
    json_object_set_new(state, "automatic", json_boolean(app->automatic));
    json_object_set_new(state, "uses", uses_of(app));
    if (app->supervise_filters != NULL)
        json_object_set_new(state, "filters", json_string(app->supervise_filters));
    json_object_set_new(state, "read", marks_of(app));
    g_autofree char *text = sm_json_text(state);
    g_autofree char *directory = g_path_get_dirname(app->state_file);
    if (!sm_path_make_private_dir(directory, &error) ||
        !sm_path_write(app->state_file, text, strlen(text), 0600, &error))
        sm_trace(app->trace, SM_TRACE_WARN, "app", "%s was not written: %s", app->state_file,
                 error->message);
}

void sm_app_load_state(SmApp *app)
{
    g_autoptr(GError) error = NULL;
    gsize n = 0;

    if (app->state_file == NULL || !g_file_test(app->state_file, G_FILE_TEST_EXISTS))
        return;
    g_autofree char *text = sm_path_read(app->state_file, STATE_BYTES, &n, &error);
    g_autoptr(json_t) state = text != NULL ? sm_json_parse(text, n, STATE_BYTES, &error) : NULL;
    const char *layout = state != NULL ? sm_json_str(state, "layout", NULL) : NULL;
    if (layout == NULL || !sm_layout_parse(app->layout, layout, &error)) {
        sm_trace(app->trace, SM_TRACE_WARN, "app", "%s: %s", app->state_file,
                 error != NULL ? error->message : "no layout");
        sm_app_sayf(app, TRUE, _("The saved layout is damaged; a new one is used."));
    } else {
        app->automatic = sm_json_bool(state, "automatic", TRUE);
        app->restored = TRUE;
    }
    app->supervise_filters = g_strdup(sm_json_str(state, "filters", NULL));
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(state, "uses"), key,
                        value) if (app->replies != NULL && json_is_integer(value))
        sm_replies_set_used(app->replies, key, json_integer_value(value));
    json_object_foreach(json_object_get(state, "layouts"), key, value)
    {
        if (json_is_string(value) && g_hash_table_size(app->layouts) < SM_LAYOUTS_MOST)
            g_hash_table_insert(app->layouts, g_strdup(key), g_strdup(json_string_value(value)));
    }
    json_object_foreach(json_object_get(state, "read"), key, value)
    {
        int64_t mark = json_integer_value(value);
        g_hash_table_insert(app->read_marks, g_strdup(key), g_memdup2(&mark, sizeof mark));
    }
}

/* --- From the client
 * ------------------------------------------------------------------------------- */

void sm_app_changed(SmApp *app, const GPtrArray *touched)
{
    sm_chats_update(app, touched);
    sm_alerts_update(app);
    sm_supervise_changed(app, touched);
    sm_ladder_news(app);
    if (app->popup.kind == SM_POPUP_LIST)
        sm_popup_refill(app);
    sm_find_changed(app);
    sm_card_follow(app);
    sm_offers_update(app);
    sm_people_go_on(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_app_linked(SmApp *app)
{
    /* Who one is, and that all is known, comes with the link; what the journal kept needs no other
     * news. */
    sm_chats_update(app, NULL);
    sm_alerts_linked(app);
    sm_ladder_news(app);
    sm_lock_linked(app);
    if (app->lock_timer == 0)
        sm_lock_watch(app);
    sm_people_looks(app);
    if (!app->told_left && sm_client_link(app->client)->state == SM_LINK_LIVE) {
        guint left = sm_app_left(app);
        app->told_left = TRUE;
        sm_compose_tell_stray(app);
        if (left > 0) {
            g_autofree char *keys = sm_keymap_told(app->keymap, "chat-left");
            sm_app_sayf(app, FALSE, _("Messages left while nobody was there: %d. %s lists them."), (int)left, keys);
        }
    }
    if (app->supervise_first && sm_app_my_agent(app) != NULL) {
        app->supervise_first = FALSE;
        sm_app_run(app, "supervise");
    }
    sm_app_dirty(app, SM_DIRTY_ALL);
}

static void typing_over(void *user)
{
    SmApp *app = user;
    int64_t now = sm_loop_now(app->loop), next = INT64_MAX;
    GHashTableIter iter;
    gpointer value;

    app->typing_timer = 0;
    g_hash_table_iter_init(&iter, app->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SmOwnChat *own = value;
        if (own->chat.typing && own->typing_until <= now)
            own->chat.typing = FALSE;
        else if (own->chat.typing)
            next = MIN(next, own->typing_until);
    }
    if (next < INT64_MAX)
        app->typing_timer = sm_loop_at(app->loop, next, typing_over, app);
    sm_app_dirty(app, SM_DIRTY_PANES);
}

void sm_app_ephemeral(SmApp *app, const json_t *event)
{
    SmOwnChat *own = sm_chats_get(app, sm_json_str(event, "conversation", ""));

    if (own == NULL)
        return;
    if (g_strcmp0(sm_json_str(event, "author", ""), "customer") != 0) {
        sm_people_heard(app, own, event);
        return;
    }
    if (g_strcmp0(sm_json_str(event, "type", ""), "typing") != 0)
        return;
    const char *text = sm_json_str(event, "text", NULL);
    sm_safe_unref(own->chat.preview);
    own->chat.preview = text != NULL && *text != '\0' ? sm_safe_clusters_line(text, -1) : NULL;
    own->chat.typing = TRUE;
    own->typing_until = sm_loop_now(app->loop) + SM_TYPING_MS;
    if (app->typing_timer == 0)
        app->typing_timer = sm_loop_at(app->loop, own->typing_until, typing_over, app);
    sm_app_dirty(app, SM_DIRTY_PANES);
}

void sm_app_alert_route(SmApp *app, const char *words)
{
    g_free(app->alert_words);
    app->alert_words = g_strdup(words != NULL ? words : "");
    sm_app_dirty(app, SM_DIRTY_BOTTOM);
}

void sm_app_open(SmApp *app, const char *conversation)
{
    if (g_str_has_prefix(conversation, SM_QUEUE_PREFIX))
        sm_app_run(app, "supervise");
    else if (sm_chats_need(app, conversation) != NULL)
        sm_app_go_to(app, conversation);
    else
        sm_app_sayf(app, TRUE, _("That chat is not yours any more."));
}

/* --- Small answers
 * --------------------------------------------------------------------------------- */

const char *sm_app_me(SmApp *app)
{
    SmActor actor = sm_client_actor(app->client);

    return actor.kind == SM_ACTOR_STAFF && actor.id != NULL ? actor.id : "";
}

const SmAgent *sm_app_my_agent(SmApp *app)
{
    return sm_desk_agent(sm_client_desk(app->client), sm_app_me(app));
}

SmClient *sm_app_client(SmApp *app)
{
    return app->client;
}

SmOptions *sm_app_options(SmApp *app)
{
    return app->options;
}

SmKeymap *sm_app_keymap(SmApp *app)
{
    return app->keymap;
}

SmLayout *sm_app_layout(SmApp *app)
{
    return app->layout;
}

int64_t sm_app_now(SmApp *app)
{
    return sm_client_now(app->client);
}

gboolean sm_app_practice(SmApp *app)
{
    return app->practice;
}

const char *sm_app_alert_words(SmApp *app)
{
    return app->alert_words;
}

gboolean sm_app_keeps(SmApp *app)
{
    return app->practice || sm_client_keeps(app->client);
}

guint sm_app_held(SmApp *app)
{
    g_autoptr(GPtrArray) outbox = sm_client_outbox(app->client, NULL);
    guint held = 0;

    for (guint i = 0; i < outbox->len; i++)
        held += ((const SmOutboxEntry *)outbox->pdata[i])->state == SM_SEND_HELD;
    return held;
}

/* The next change of a clock that can be seen: the next whole second of the desk, or a change of
 * level. */
int64_t sm_app_tick_at(SmApp *app)
{
    int64_t now = sm_client_now(app->client), next = INT64_MAX;
    gboolean running =
        sm_desk_has_rows(sm_client_desk(app->client), sm_client_actor(app->client));

    for (guint i = 0; i < app->list->len; i++) {
        const SmChat *chat = app->list->pdata[i];
        if (chat->conversation == NULL)
            continue;
        SmDeadline deadline = sm_conversation_deadline(chat->conversation);
        if (deadline.kind == SM_CLOCK_NONE)
            continue;
        running = TRUE;
        next = MIN(next, sm_deadline_next_level(&deadline, now));
    }
    if (!running || app->paused)
        return INT64_MAX;
    next = MIN(next, now - now % 1000 + 1000);
    return sm_loop_now(app->loop) + MAX(next - now, 1);
}
