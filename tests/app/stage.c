/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <string.h>

#define WALL 1793494800000

static void on_changed(SmClient *client, const GPtrArray *touched, void *user)
{
    sm_app_changed(((Stage *)user)->app, touched);
}

static void on_linked(SmClient *client, void *user)
{
    sm_app_linked(((Stage *)user)->app);
}

static void on_sending(SmClient *client, const SmOutboxEntry *entry, void *user)
{
    sm_app_sending(((Stage *)user)->app, entry);
}

static void on_ephemeral(SmClient *client, const json_t *event, void *user)
{
    sm_app_ephemeral(((Stage *)user)->app, event);
}

static void on_erased(SmClient *client, const char *content, void *user)
{
    sm_app_erased(((Stage *)user)->app, content);
}

static void on_title(const SmSafe *title, void *user)
{
    Stage *s = user;

    g_free(s->title);
    s->title = g_strdup(sm_safe_str(title));
}

static void on_alert(const SmAlertDecision *d, void *user)
{
    Stage *s = user;

    if (d->op == SM_NOTIFY_CLOSE)
        g_string_append(s->alerts, "close ");
    else if (d->summary)
        g_string_append_printf(s->alerts, "summary:%u ", d->chats);
    else
        g_string_append_printf(s->alerts, "%s:%s ", sm_alert_kind_name(d->kind),
                               sm_safe_str(d->name));
}

static char *on_copy(const SmSafe *text, void *user)
{
    g_string_assign(((Stage *)user)->copied, sm_safe_str(text));
    return NULL;
}

static void on_repaint(void *user)
{
    ((Stage *)user)->repaints++;
}

static void on_suspend(void *user)
{
    ((Stage *)user)->suspends++;
}

static void on_edit(const char *text, void *user)
{
    Stage *s = user;

    g_free(s->edited);
    s->edited = g_strdup(text);
}

/* "broken" is a theme with errors. */
static gboolean on_theme(const char *name, void *user)
{
    Stage *s = user;

    if (strcmp(name, "broken") == 0)
        return FALSE;
    g_free(s->theme);
    s->theme = g_strdup(name);
    return TRUE;
}

static void on_quit(void *user)
{
    ((Stage *)user)->quits++;
}

void stage_open(Stage *s, int rows, int columns)
{
    SmClientHandler handler = {on_changed, on_linked, on_sending, on_ephemeral, on_erased, s};
    SmAppShow show = {.title = on_title,
                      .alert = on_alert,
                      .copy = on_copy,
                      .repaint = on_repaint,
                      .suspend = on_suspend,
                      .edit = on_edit,
                      .theme = on_theme,
                      .quit = on_quit,
                      .user = s};
    SmJournalState *state = NULL;
    SmJournal *journal = sm_journal_new_memory(s->store, s->loop, s->rng, 2, 9, &state);
    g_autofree char *packs =
        g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "quickreplies", NULL);
    const char *directories[] = {s->packs != NULL ? s->packs : packs, NULL};
    g_autofree char *lists = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "words", NULL);
    const char *word_lists[] = {s->words != NULL ? s->words : lists, NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();

    s->client = sm_client_new(s->loop, script_transport(s->script), journal, state, s->rng, NULL,
                              &handler, 0);
    SmAppSetup setup = {.loop = s->loop,
                        .client = s->client,
                        .show = &show,
                        .state_file = s->state_file,
                        .practice = s->coach.user != NULL,
                        .coach = s->coach,
                        .keymap = s->map != NULL ? sm_keymap_new(s->map, findings) : NULL,
                        .replies = sm_replies_load(directories, findings),
                        .word_directories = g_strdupv((char **)word_lists),
                        .words = sm_words_load(word_lists, findings)};
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    sm_client_set_history(s->client, sm_history_new_memory(s->loop));
    s->app = sm_app_new(&setup);
    sm_app_resize(s->app, rows, columns);
    sm_client_resume(s->client, "t-mia", SM_ACTOR_STAFF, "mia");
    for (int i = 0; i < 5000 && sm_client_link(s->client)->state != SM_LINK_LIVE; i++)
        stage_run(s, 1);
    g_assert_cmpint(sm_client_link(s->client)->state, ==, SM_LINK_LIVE);
    stage_settle(s);
}

void stage_init(Stage *s, int rows, int columns)
{
    char *state_file = s->state_file;
    const char *packs = s->packs, *map = s->map, *words = s->words;
    SmAppCoach coach = s->coach;

    *s = (Stage){.state_file = state_file, .packs = packs, .map = map, .words = words, .coach = coach};
    s->loop = sm_loop_new_virtual(WALL);
    s->script = script_new(s->loop);
    s->rng = sm_rng_new(7);
    s->store = sm_journal_store_new();
    s->alerts = g_string_new(NULL);
    s->copied = g_string_new(NULL);
    stage_open(s, rows, columns);
}

void stage_close(Stage *s)
{
    sm_app_free(s->app);
    sm_client_free(s->client);
    s->app = NULL;
    s->client = NULL;
}

void stage_clear(Stage *s)
{
    stage_close(s);
    sm_journal_store_free(s->store);
    script_free(s->script);
    sm_rng_free(s->rng);
    sm_loop_free(s->loop);
    g_string_free(s->alerts, TRUE);
    g_string_free(s->copied, TRUE);
    g_free(s->title);
    g_free(s->theme);
    g_free(s->edited);
}

void stage_run(Stage *s, int64_t ms)
{
    sm_loop_run_until(s->loop, sm_loop_now(s->loop) + ms);
}

void stage_settle(Stage *s)
{
    stage_run(s, 400);
}

void stage_keys(Stage *s, const char *names)
{
    g_auto(GStrv) parts = g_strsplit(names, " ", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        SmKey key;
        char text[8] = "";
        g_assert_true(sm_key_parse(parts[i], &key));
        gunichar c = sm_key_char(key);
        if (c != 0) {
            text[g_unichar_to_utf8(c, text)] = '\0';
            sm_app_text(s->app, text, key);
        } else {
            sm_app_key(s->app, key);
        }
    }
}

void stage_type(Stage *s, const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        char one[8] = "";
        one[g_unichar_to_utf8(g_utf8_get_char(text), one)] = '\0';
        sm_app_text(s->app, one, sm_key(g_utf8_get_char(text), 0));
    }
}

void stage_draw(Stage *s)
{
    const GPtrArray *panes = sm_layout_panes(sm_app_layout(s->app));

    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        SmChat *chat = pane->rows > 0 && pane->conversation != NULL
                           ? sm_app_chat(s->app, pane->conversation)
                           : NULL;
        if (chat != NULL && chat->conversation != NULL)
            sm_app_drawn(s->app, chat->id, chat->conversation->version);
    }
}

const char *stage_said(Stage *s)
{
    const SmToast *toast = sm_app_toast(s->app);

    return toast != NULL ? sm_safe_str(toast->words) : "";
}

SmChat *stage_chat(Stage *s)
{
    const SmPane *pane = sm_layout_focused(sm_app_layout(s->app));

    return pane->conversation != NULL ? sm_app_chat(s->app, pane->conversation) : NULL;
}

SmChat *stage_pane(Stage *s, int number)
{
    const SmPane *pane = sm_layout_by_number(sm_app_layout(s->app), number);

    return pane != NULL && pane->conversation != NULL ? sm_app_chat(s->app, pane->conversation)
                                                      : NULL;
}

const char *stage_text(Stage *s)
{
    SmChat *chat = stage_chat(s);

    return chat != NULL && chat->editor != NULL ? sm_editor_text(chat->editor) : "";
}

const char *stage_conversation(Stage *s, const char *customer)
{
    const char *id = script_conversation(s->script, customer);

    stage_settle(s);
    return id;
}
