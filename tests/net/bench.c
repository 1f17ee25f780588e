/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <string.h>

static void on_changed(SmClient *client, const GPtrArray *touched, void *user)
{
    Bench *b = user;

    g_assert_false(b->calling);
    b->changed++;
    b->changed_all += touched == NULL;
}

static const char *link_name(SmLinkState state)
{
    static const char *const names[] = {"starting",   "live",  "catching_up", "reconnecting",
                                        "superseded", "ended", "too_old"};

    return names[state];
}

static void on_linked(SmClient *client, void *user)
{
    Bench *b = user;

    g_assert_false(b->calling);
    g_string_append_printf(b->links, "%s ", link_name(sm_client_link(client)->state));
}

static void on_sending(SmClient *client, const SmOutboxEntry *entry, void *user)
{
    Bench *b = user;

    g_assert_false(b->calling);
    g_string_append_printf(b->sending, "%s:%s ", entry->text, sm_send_state_name(entry->state));
}

static void on_ephemeral(SmClient *client, const json_t *event, void *user)
{
    ((Bench *)user)->ephemeral++;
}

void bench_done(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
    Bench *b = user;

    g_assert_false(b->calling);
    b->answers++;
    b->ok = ok;
    g_free(b->code);
    g_free(b->words);
    b->code = g_strdup(code);
    b->words = g_strdup(words);
}

void bench_open(Bench *b)
{
    SmClientHandler handler = {on_changed, on_linked, on_sending, on_ephemeral, NULL, b};
    SmJournalState *state = NULL;

    b->journal =
        b->without_journal ? NULL : sm_journal_new_memory(b->store, b->loop, b->rng, 2, 9, &state);
    b->client = sm_client_new(b->loop, script_transport(b->script), b->journal, state, b->rng, NULL,
                              &handler, 0);
}

void bench_init(Bench *b)
{
    gboolean without_journal = b->without_journal;

    *b = (Bench){.without_journal = without_journal};
    b->loop = sm_loop_new_virtual(1793494800000);
    b->script = script_new(b->loop);
    b->rng = sm_rng_new(42);
    b->store = sm_journal_store_new();
    b->links = g_string_new(NULL);
    b->sending = g_string_new(NULL);
    bench_open(b);
}

void bench_clear(Bench *b)
{
    sm_client_free(b->client);
    sm_journal_store_free(b->store);
    script_free(b->script);
    sm_rng_free(b->rng);
    sm_loop_free(b->loop);
    g_string_free(b->links, TRUE);
    g_string_free(b->sending, TRUE);
    g_free(b->code);
    g_free(b->words);
}

void bench_crash(Bench *b)
{
    sm_journal_store_freeze(b->store);
    bench_quit(b);
}

void bench_quit(Bench *b)
{
    sm_client_free(b->client);
    bench_open(b);
}

void bench_run(Bench *b, int64_t ms)
{
    sm_loop_run_until(b->loop, sm_loop_now(b->loop) + ms);
}

SmLinkState bench_state(const Bench *b)
{
    return sm_client_link(b->client)->state;
}

void bench_until(Bench *b, SmLinkState state, int64_t within_ms)
{
    int64_t end = sm_loop_now(b->loop) + within_ms;

    while (bench_state(b) != state && sm_loop_now(b->loop) < end)
        bench_run(b, 1);
    g_assert_cmpstr(link_name(bench_state(b)), ==, link_name(state));
    bench_run(b, 0);
}

void bench_resume(Bench *b)
{
    b->calling = TRUE;
    sm_client_resume(b->client, "t-mia", SM_ACTOR_STAFF, "mia");
    b->calling = FALSE;
}

void bench_live(Bench *b)
{
    bench_resume(b);
    bench_until(b, SM_LINK_LIVE, 5000);
    bench_run(b, 100);
}

const char *bench_send_seen(Bench *b, const char *conversation, const char *text, int64_t seen)
{
    b->calling = TRUE;
    const char *id = sm_client_send(b->client, conversation, "post", text, seen);
    b->calling = FALSE;
    return id;
}

const char *bench_send(Bench *b, const char *conversation, const char *text)
{
    return bench_send_seen(b, conversation, text, 1000);
}

const SmOutboxEntry *bench_entry(Bench *b, const char *id)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(b->client, NULL);

    for (guint i = 0; i < entries->len; i++) {
        const SmOutboxEntry *entry = entries->pdata[i];
        if (strcmp(entry->id, id) == 0)
            return entry;
    }
    return NULL;
}

SmSendState bench_send_state(Bench *b, const char *id)
{
    const SmOutboxEntry *entry = bench_entry(b, id);

    return entry != NULL ? entry->state : SM_SEND_SENT;
}

void bench_assert_said(Bench *b, const char *conversation, const char *joined)
{
    g_autofree char *said = script_said(b->script, conversation);

    g_assert_cmpstr(said, ==, joined);
}

char *bench_shown(Bench *b, const char *conversation)
{
    GString *all = g_string_new(NULL);
    const SmConversation *c = sm_desk_conversation(sm_client_desk(b->client), conversation);

    for (guint i = 0; c != NULL && i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (line->text != NULL && line->kind == SM_LINE_MESSAGE)
            g_string_append_printf(all, "%s%s", all->len ? "|" : "", line->text);
    }
    return g_string_free(all, FALSE);
}
