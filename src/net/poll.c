/* SPDX-License-Identifier: MIT */
/* poll: the loop that keeps the client's desk true. One question at a time: a poll, or the page of
 * a snapshot; then what came is applied and kept, and the next question goes out. */
#include "net/client_private.h"

#include "seatmux/net/backoff.h"
#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define POLL_MARGIN_MS 10000 /* beyond the hold: then the poll is dead */
#define EARLY_LEAST_MS 3000  /* a poll that dies younger says nothing about its age */
#define HOLD_LEAST_S 5
#define INSTANT_MS 1000 /* an empty answer quicker than this was not held */
#define INSTANT_FIRST_MS 250
#define INSTANT_MOST_MS 30000
#define DAMAGED_MOST 3
#define OWN_POLL_MS 60000 /* so long may an own lost poll still turn up at the desk */

gboolean sm_poll_stopped(const SmClient *client)
{
    switch (client->link.state) {
    case SM_LINK_SUPERSEDED:
    case SM_LINK_ENDED:
    case SM_LINK_TOO_OLD:
        return TRUE;
    default:
        return client->token == NULL;
    }
}

void sm_poll_drop(SmClient *client)
{
    if (client->poll != NULL)
        client->poll_lost = sm_loop_now(client->loop);
    sm_call_cancel(&client->poll);
    sm_loop_remove(client->loop, &client->retry);
    sm_suspend_watch_set(client->suspend, FALSE);
    client->caught_up = FALSE;
}

void sm_poll_end(SmClient *client, SmLinkState state, const char *words)
{
    sm_poll_drop(client);
    sm_tell_link(client, state, 0, "%s", words);
}

void sm_poll_begin(SmClient *client)
{
    sm_poll_drop(client);
    client->failures = 0;
    client->outage_since = -1;
    client->instant = 0;
    client->poll_lost = -1;
    client->hold_s = SM_MAX_WAIT_DEFAULT_S;
    client->early_age = -1;
    sm_tell_link(client, SM_LINK_STARTING, 0, "connecting");
    sm_poll_go(client);
}

/* --- Failures --------------------------------------------------------------------------------- */

static void try_again(void *user)
{
    SmClient *client = user;

    client->retry = 0;
    sm_poll_go(client);
}

static void retry_after(SmClient *client, int64_t delay)
{
    sm_loop_remove(client->loop, &client->retry);
    client->retry = sm_loop_after(client->loop, delay, try_again, client);
}

/* One more failure in a row. Returns the wait before the next try, which the link tells. */
static int64_t failed_once_more(SmClient *client, int retry_after_s, const char *words)
{
    int64_t now = sm_loop_now(client->loop);

    if (client->outage_since < 0)
        client->outage_since = now;
    client->failures++;
    int64_t delay =
        sm_backoff_ms(client->rng, client->failures, now - client->outage_since, retry_after_s);
    sm_tell_link(client, SM_LINK_RECONNECTING, now + delay, "%s", words);
    return delay;
}

static void reconnect(SmClient *client, int retry_after_s, const char *words)
{
    client->caught_up = FALSE;
    retry_after(client, failed_once_more(client, retry_after_s, words));
}

/* Something on the way ends connections of a certain age: twice at the same one, and polls are held
 * shorter than that. */
static void note_early_death(SmClient *client, int64_t age)
{
    if (!client->caught_up || age < EARLY_LEAST_MS || age >= client->wait_s * 1000)
        return;
    int64_t off = ABS(age - client->early_age);
    if (client->early_age < 0 || off > MAX(1500, age / 10)) {
        client->early_age = age;
        return;
    }
    client->hold_s = MAX(HOLD_LEAST_S, age * 8 / 10 / 1000);
    client->early_age = -1;
    sm_trace(client->trace, SM_TRACE_INFO, "net", "polls die at %d ms: held %d s from now on",
             (int)age, (int)client->hold_s);
}

/* Words of our own: those of an answer may be anybody's. */
static const char *failure_words(const SmReply *reply)
{
    switch (reply->end) {
    case SM_EXCHANGE_NOT_SENT:
        return g_str_has_prefix(reply->words, SM_NOT_TRUSTED) ? SM_NOT_TRUSTED
                                                              : "the desk can't be reached";
    case SM_EXCHANGE_UNKNOWN:
        return "the connection broke";
    case SM_EXCHANGE_DAMAGED:
        return "an answer came damaged";
    case SM_EXCHANGE_ANSWERED:
        break;
    }
    if (reply->status == 429)
        return "the desk asks to wait";
    if (reply->status == 503)
        return "the desk is not ready";
    return "the desk's answer can't be used";
}

static int wait_asked_for(const SmReply *reply)
{
    return reply->status == 429 || reply->status == 503 ? reply->retry_after_s : 0;
}

void sm_poll_not_begun(SmClient *client, const SmReply *reply)
{
    gboolean refused = reply->end == SM_EXCHANGE_ANSWERED && reply->status >= 400 && reply->status < 429 && reply->status != 408;
    gboolean waiting = client->link.state == SM_LINK_STARTING || client->link.state == SM_LINK_RECONNECTING;

    if (client->token == NULL && waiting && !refused)
        failed_once_more(client, wait_asked_for(reply), failure_words(reply));
}

void sm_poll_failed(SmClient *client, const SmReply *reply)
{
    if (reply->end == SM_EXCHANGE_UNKNOWN || reply->end == SM_EXCHANGE_DAMAGED)
        client->poll_lost = sm_loop_now(client->loop);
    if (reply->end != SM_EXCHANGE_ANSWERED || reply->status == 502 || reply->status == 504 ||
        reply->status == 408)
        note_early_death(client, reply->took);
    sm_trace(client->trace, SM_TRACE_INFO, "net", "poll failed after %d ms: end %d, status %d",
             (int)reply->took, reply->end, reply->status);
    reconnect(client, wait_asked_for(reply), failure_words(reply));
}

void sm_poll_unusable(SmClient *client, const GError *error)
{
    if (g_error_matches(error, SM_ERROR, SM_ERROR_VERSION)) {
        sm_trace(client->trace, SM_TRACE_ERROR, "net", "after %s: %s",
                 client->cursor ? client->cursor : "-", error->message);
        sm_poll_end(client, SM_LINK_TOO_OLD, error->message);
        return;
    }
    client->damaged++;
    sm_trace(client->trace, SM_TRACE_WARN, "net", "answer %u after %s can't be used: %s",
             client->damaged, client->cursor ? client->cursor : "-", error->message);
    if (client->damaged >= DAMAGED_MOST) {
        sm_trace(client->trace, SM_TRACE_ERROR, "net", "events after %s skipped for a snapshot",
                 client->cursor ? client->cursor : "-");
        client->damaged = 0;
        sm_cursor_expired(client);
    }
    reconnect(client, 0, "an answer came damaged");
}

void sm_poll_good(SmClient *client)
{
    client->failures = 0;
    client->outage_since = -1;
    client->damaged = 0;
}

/* --- Answers ---------------------------------------------------------------------------------- */

static gboolean brings(const json_t *body, const char *name)
{
    const json_t *value = json_object_get(body, name);

    return json_array_size(value) > 0 || json_object_size(value) > 0;
}

static gboolean brings_anything(const json_t *body)
{
    static const char *const names[] = {"events", "conversations", "forget", "queue",
                                        "left",   "shared",        "erased"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (brings(body, names[i]))
            return TRUE;
    return FALSE;
}

/* An answer that came at once and left all as it was: asked again at once, it would go on like that
 * for ever. Returns the wait before the next question. */
static int64_t pace(SmClient *client, const SmReply *reply, gboolean moved, gboolean asked_to_park)
{
    gboolean more = sm_json_bool(reply->body, "more", FALSE);

    if (reply->took >= INSTANT_MS || brings(reply->body, "ephemeral") ||
        (moved && (more || brings_anything(reply->body)))) {
        client->instant = 0;
        return 0;
    }
    if (!asked_to_park && !more)
        return 0; /* it was not to be held; the next one is */
    client->instant++;
    return MIN((int64_t)INSTANT_FIRST_MS << MIN(client->instant - 1, 7), INSTANT_MOST_MS);
}

/* Agents and policy belong to no conversation: anything may look otherwise. */
static gboolean is_of_all(const json_t *body)
{
    size_t i;
    json_t *event;

    json_array_foreach(json_object_get(body, "events"), i, event)
        if (sm_json_str(event, "conversation", NULL) == NULL)
            return TRUE;
    return brings(body, "shared");
}

static gboolean apply(SmClient *client, const SmReply *reply)
{
    g_autoptr(GPtrArray) touched = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    gboolean takes_away = brings(reply->body, "forget") || brings(reply->body, "shared");

    if (reply->cursor == NULL)
        g_set_error_literal(&error, SM_ERROR, SM_ERROR_INVALID, "the answer has no cursor");
    if (takes_away)
        sm_remember_all(client);
    client->replaced |= takes_away || brings(reply->body, "conversations");
    if (error != NULL || !sm_wire_apply(client->desk, reply->body, touched, &error)) {
        sm_poll_unusable(client, error);
        return FALSE;
    }
    if ((g_strcmp0(client->cursor, reply->cursor) != 0 && !SM_BUG(6)) ||
        brings_anything(reply->body)) {
        g_free(client->cursor);
        client->cursor = g_strdup(reply->cursor);
        sm_keep_answer(client, reply->body, reply->bytes);
        sm_remember_erasures(client, reply->body);
    }
    if (brings_anything(reply->body))
        sm_tell_touched(client, touched->len > 0 && !is_of_all(reply->body) ? touched : NULL);
    sm_tell_ephemeral(client, json_object_get(reply->body, "ephemeral"));
    return TRUE;
}

static void answered(SmClient *client, const SmReply *reply)
{
    g_autofree char *before = g_strdup(client->cursor);
    gboolean more = sm_json_bool(reply->body, "more", FALSE);

    if (!apply(client, reply))
        return;
    sm_poll_good(client);
    int64_t wait = pace(client, reply, g_strcmp0(before, client->cursor) != 0, client->caught_up);
    if (!more)
        client->caught_up = TRUE;
    if (client->caught_up)
        sm_tell_link(client, SM_LINK_LIVE, 0, "live");
    else
        sm_tell_link(client, SM_LINK_CATCHING_UP, 0, "reading what was missed");
    sm_sending_polled(client);
    sm_sending_pump(client);
    if (wait > INSTANT_MS) /* then nobody is listening for that time */
        sm_tell_link(client, SM_LINK_RECONNECTING, sm_loop_now(client->loop) + wait,
                     "the desk answers without waiting");
    if (wait > 0)
        retry_after(client, wait);
    else
        sm_poll_go(client);
}

/* A newer poll of this session took over. It may be that an own one, given up for lost, reached the
 * desk after this one; else another program has the token, and the two must not throw each other
 * out. */
static void superseded(SmClient *client)
{
    int64_t now = sm_loop_now(client->loop);

    if (client->poll_lost >= 0 && now - client->poll_lost < OWN_POLL_MS) {
        client->poll_lost = -1;
        reconnect(client, 0, "an older question of this program was in the way");
        return;
    }
    sm_poll_end(client, SM_LINK_SUPERSEDED, "another program uses this session: stopped here");
}

static void poll_done(SmClient *client, const SmReply *reply, void *user)
{
    client->poll = NULL;
    if (reply->status == 401)
        return; /* the session ends */
    if (reply->good) {
        answered(client, reply);
    } else if (reply->status == 410) {
        if (!SM_BUG(8))
            sm_cursor_expired(client);
        client->caught_up = FALSE;
        sm_tell_link(client, SM_LINK_CATCHING_UP, 0, "reading the desk anew");
        sm_poll_go(client);
    } else if (g_strcmp0(reply->code, "superseded") == 0) {
        superseded(client);
    } else if (reply->end == SM_EXCHANGE_ANSWERED &&
               (reply->status < 300 || (reply->status >= 400 && reply->status < 429))) {
        /* Whole, and yet not what a desk says to this question. */
        g_autoptr(GError) error =
            g_error_new(SM_ERROR, SM_ERROR_INVALID, "status %d", reply->status);
        sm_poll_unusable(client, error);
    } else {
        sm_poll_failed(client, reply);
    }
}

void sm_poll_go(SmClient *client)
{
    if (client->poll != NULL || client->retry != 0 || sm_poll_stopped(client))
        return;
    sm_suspend_watch_set(client->suspend, TRUE);
    if (client->cursor == NULL) {
        if (client->expired != NULL)
            sm_erased_ask(client);
        else
            sm_snapshot_begin(client);
        return;
    }
    client->wait_s = client->caught_up ? client->hold_s : 0;
    g_autofree char *cursor = sm_url_escape(client->cursor);
    g_autofree char *target =
        g_strdup_printf("/v1/events?after=%s&wait=%" G_GINT64_FORMAT, cursor, client->wait_s);
    SmCallOptions options = {
        .poll = TRUE,
        .parks = client->wait_s > 0,
        .timeout_ms = client->wait_s * 1000 + POLL_MARGIN_MS - 1000,
    };
    client->poll = sm_call_start(client, sm_request_new("GET", target), &options, poll_done, NULL);
}

void sm_client_kick(SmClient *client)
{
    if (sm_poll_stopped(client))
        return;
    sm_poll_drop(client);
    client->hold_s = SM_MAX_WAIT_DEFAULT_S;
    client->early_age = -1;
    client->instant = 0;
    if (client->link.state == SM_LINK_LIVE)
        sm_tell_link(client, SM_LINK_CATCHING_UP, 0, "asking again");
    sm_poll_go(client);
}
