/* SPDX-License-Identifier: MIT */
/* Events through JSON and back: every type, every field; what is refused; what is passed over. */
#include <string.h>

#include "desk/event_codec.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/desk/event.h"

/* An event with every field set, whatever the type uses of them. */
static SmEvent *full_event(SmEventType type)
{
    SmEvent *e = sm_event_new(type);

    e->conversation = g_strdup("c1");
    e->contact = g_strdup("k1");
    e->agent = g_strdup("mia");
    e->by = g_strdup("sue");
    e->team = g_strdup("support");
    e->inbox = g_strdup("web");
    e->message = g_strdup("m1");
    e->notice = g_strdup("b1");
    e->name = g_strdup("Mia \xe7\xb1\xb3");
    e->language = g_strdup("zh-CN");
    e->reason = g_strdup("because \"quoted\"\n");
    e->content = g_strdup("x1");
    e->digest = g_strdup("d00d");
    e->text = g_strdup("hello \xf0\x9f\x98\x80");
    e->salt = g_strdup("5a17");
    e->author = SM_AUTHOR_BOT;
    e->kind = SM_MESSAGE_SCHEDULED;
    e->cause = SM_CAUSE_DUE;
    e->availability = SM_AVAILABLE_AWAY;
    e->role = SM_ROLE_TRAINEE;
    e->n = 7;
    e->level = 80;
    e->due = 123456789012345;
    e->since = 11;
    e->until = 12;
    e->flag = TRUE;
    if (type == SM_EVENT_CONVERSATION_TAGGED || type == SM_EVENT_BROADCAST_STARTED)
        e->data = json_pack("[s,s]", "a", "b");
    else if (type == SM_EVENT_MESSAGE_POSTED || type == SM_EVENT_NOTE_POSTED || type == SM_EVENT_WHISPER_POSTED)
        e->data = json_pack("{s:s, s:s, s:i}", "id", "f1", "type", "image/png", "size", 1);
    else
        e->data = json_pack("{s:[s]}", "teams", "support");
    return e;
}

static void round_trip(void)
{
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_autoptr(SmEvent) event = full_event((SmEventType)i);
        g_autoptr(json_t) json = sm_event_encode(event, TRUE);
        g_autoptr(GError) error = NULL;
        g_autoptr(SmEvent) read = sm_event_decode(json, &error);
        g_assert_no_error(error);
        g_assert_cmpint(read->type, ==, i);
        g_assert_null(read->salt);
        g_autoptr(json_t) again = sm_event_encode(read, TRUE);
        g_assert_true(json_equal(json, again));
        g_assert_cmpstr(json_string_value(json_object_get(json, "type")), ==,
                        sm_event_type_name((SmEventType)i));
        g_assert_cmpint(json_integer_value(json_object_get(json, "v")), ==,
                        i == SM_EVENT_ORDER_RECORDED ? 3 : 1);
        g_assert_null(json_object_get(json, "salt"));
    }
}

/* What a desk of before wrote down of orders, paid ones and cancelled ones: it stays what it was, and nobody writes the like any more. */
static void older_orders(void)
{
    static const char *const texts[] = {
        "{\"type\":\"order.recorded\",\"v\":1,\"ignorable\":true,\"conversation\":\"c1\",\"contact\":\"k1\",\"order\":\"A-1\"}",
        "{\"type\":\"order.recorded\",\"v\":1,\"ignorable\":true,\"conversation\":\"c1\",\"contact\":\"k1\",\"order\":\"A-1\","
        "\"cancelled\":true}"};
    static const char *const statuses[] = {"paid", "cancelled"};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(json_t) json = sm_json_parse(texts[i], strlen(texts[i]), 1000, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(SmEvent) event = sm_event_decode(json, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(event->reason, ==, statuses[i]);
        g_assert_cmpstr(event->name, ==, "A-1");
        g_autoptr(json_t) kept = sm_event_encode(event, TRUE);
        g_autoptr(SmEvent) again = sm_event_decode(kept, &error);
        g_assert_no_error(error);
        g_assert_cmpint(sm_json_int(kept, "v", 0), ==, 2);
        g_assert_cmpstr(again->name, ==, "A-1");
        json_object_set_new(kept, "content", json_string("x1"));
        g_assert_null(sm_event_decode(kept, NULL)); /* one form or the other */
    }
    g_autoptr(SmEvent) now = full_event(SM_EVENT_ORDER_RECORDED);
    g_autoptr(json_t) json = sm_event_encode(now, FALSE);
    g_assert_true(!json_object_get(json, "order") && !json_object_get(json, "amount") && !json_object_get(json, "text"));
    json_object_set_new(json, "order", json_string("A-1"));
    g_assert_null(sm_event_decode(json, NULL));
}

/* Each field of the struct comes back by at least one type, with its value. */
static void every_field(void)
{
    guint seen = 0;

    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_autoptr(SmEvent) e = full_event((SmEventType)i);
        g_autoptr(json_t) json = sm_event_encode(e, TRUE);
        g_autoptr(SmEvent) r = sm_event_decode(json, NULL);
        guint bit = 0;
#define TEXT(field)                                                                                \
    if (r->field) {                                                                                \
        g_assert_cmpstr(r->field, ==, e->field);                                                   \
        seen |= 1u << bit;                                                                         \
    }                                                                                              \
    bit++;
#define NUMBER(field)                                                                              \
    if (r->field) {                                                                                \
        g_assert_cmpint(r->field, ==, e->field);                                                   \
        seen |= 1u << bit;                                                                         \
    }                                                                                              \
    bit++;
        TEXT(conversation)
        TEXT(contact)
        TEXT(agent)
        TEXT(by)
        TEXT(team)
        TEXT(inbox)
        TEXT(message)
        TEXT(notice)
        TEXT(name)
        TEXT(language)
        TEXT(reason)
        TEXT(content)
        TEXT(digest)
        TEXT(text)
        NUMBER(author)
        NUMBER(kind)
        NUMBER(cause)
        NUMBER(availability)
        NUMBER(role)
        NUMBER(n)
        NUMBER(level)
        NUMBER(due)
        NUMBER(since)
        NUMBER(until)
        NUMBER(flag)
        if (r->data) {
            g_assert_true(json_equal(r->data, e->data));
            seen |= 1u << bit;
        }
    }
    g_assert_cmphex(seen, ==, (1u << 26) - 1);
}

static void without_content(void)
{
    g_autoptr(SmEvent) event = full_event(SM_EVENT_MESSAGE_POSTED);
    g_autoptr(json_t) bare = sm_event_encode(event, FALSE);

    g_assert_null(json_object_get(bare, "text"));
    g_assert_null(json_object_get(bare, "erased"));
    g_clear_pointer(&event->text, g_free);
    g_autoptr(json_t) erased = sm_event_encode(event, TRUE);
    g_assert_true(json_is_true(json_object_get(erased, "erased")));
    g_autoptr(SmEvent) read = sm_event_decode(erased, NULL);
    g_assert_nonnull(read);
    g_assert_null(read->text);
    g_assert_cmpstr(read->content, ==, "x1");
}

static void copies(void)
{
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_autoptr(SmEvent) event = full_event((SmEventType)i);
        SmEvent *copy = sm_event_copy(event);
        g_autoptr(json_t) x = sm_event_encode(event, TRUE);
        g_autoptr(json_t) y = sm_event_encode(copy, TRUE);
        g_assert_true(json_equal(x, y));
        g_assert_cmpstr(copy->salt, ==, "5a17");
        g_assert_true(copy->data != event->data);
        sm_event_free(copy);
    }
}

/* --- Refused -----------------------------------------------------------------------------------
 */

static void refuse(json_t *taken, int code, const char *words)
{
    g_autoptr(json_t) json = taken;
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(json);
    g_assert_null(sm_event_decode(json, &error));
    g_assert_error(error, SM_ERROR, code);
    if (!strstr(error->message, words)) {
        g_error("'%s' does not say '%s'", error->message, words);
    }
}

/* Leaving out a field that must be there, or putting in another, of every type. */
static void missing_and_foreign(void)
{
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_autoptr(SmEvent) event = full_event((SmEventType)i);
        json_t *json = sm_event_encode(event, TRUE);
        json_object_set_new(json, "surprise", json_true());
        refuse(json, SM_ERROR_INVALID, "surprise");
        /* An order may be of somebody who has not written yet, and so may be what is erased. */
        if (sm_event_seen((SmEventType)i) != SM_SEEN_DESK && sm_event_seen((SmEventType)i) != SM_SEEN_NOBODY && i != SM_EVENT_ORDER_RECORDED &&
            i != SM_EVENT_CONTENT_ERASED) {
            json = sm_event_encode(event, TRUE);
            json_object_del(json, "conversation");
            refuse(json, SM_ERROR_INVALID, "conversation");
        }
    }
}

static SmRecord *erasure_of(const char *members, GError **error)
{
    g_autofree char *text = g_strconcat("{\"seq\":1,\"at\":1,\"command\":\"k\",\"actor\":\"desk\",\"events\":[{\"type\":\"content.erased\",\"v\":1",
                                        members, ",\"content\":\"x1\"}]}", NULL);

    return sm_record_decode(text, strlen(text), error);
}

/* In the log, an erasure is of a conversation, or of a contact who has none. */
static void erasures(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmRecord) one = erasure_of(",\"conversation\":\"c1\"", NULL), other = erasure_of(",\"contact\":\"k1\"", NULL);

    g_assert_true(one && other && !erasure_of("", &error));
    g_assert_nonnull(strstr(error->message, "conversation"));
}

static json_t *message_with(const char *key, json_t *value)
{
    g_autoptr(SmEvent) event = full_event(SM_EVENT_MESSAGE_POSTED);
    json_t *json = sm_event_encode(event, TRUE);

    json_object_set_new(json, key, value);
    return json;
}

static SmRecord *record_of(guint n)
{
    SmRecord *record = sm_record_new(1234, "cmd-1", "agent:mia", "f00d");

    record->seq = 42;
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(record->events, full_event((SmEventType)(i % SM_EVENT_UNKNOWN)));
    }
    return record;
}

static void refuse_at(int64_t at)
{
    g_autoptr(SmRecord) record = record_of(3);
    g_autoptr(GError) error = NULL;

    record->at = at;
    g_autofree char *text = sm_record_encode(record);
    g_assert_null(sm_record_decode(text, strlen(text), &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
}

static void wrong_values(void)
{
    g_autofree char *long_id = g_strnfill(SM_MAX_ID_BYTES + 1, 'a');
    g_autofree char *long_name = g_strnfill(SM_MAX_NAME_CHARS + 1, 'a');
    g_autofree char *full_id = g_strnfill(SM_MAX_ID_BYTES, 'a');
    g_autoptr(json_t) good = message_with("message", json_string(full_id));
    g_autoptr(SmEvent) read = sm_event_decode(good, NULL);

    g_assert_cmpstr(read->message, ==, full_id);
    refuse(message_with("conversation", json_string("../etc")), SM_ERROR_INVALID, "conversation");
    refuse(message_with("message", json_string(long_id)), SM_ERROR_INVALID, "message");
    refuse(message_with("agent", json_string(long_name)), SM_ERROR_INVALID, "agent");
    refuse(message_with("author", json_string("ghost")), SM_ERROR_INVALID, "author");
    refuse(message_with("author", json_integer(1)), SM_ERROR_INVALID, "author");
    refuse(message_with("n", json_string("7")), SM_ERROR_INVALID, "'n'");
    refuse(message_with("text", json_integer(7)), SM_ERROR_INVALID, "text");
    refuse(message_with("erased", json_true()), SM_ERROR_INVALID, "text");
    refuse(message_with("v", json_integer(0)), SM_ERROR_INVALID, "version");
    refuse(message_with("n", json_integer(INT64_MAX)), SM_ERROR_INVALID, "'n'");
    refuse(message_with("n", json_integer(INT64_MIN)), SM_ERROR_INVALID, "'n'");
    g_autoptr(SmEvent) set = full_event(SM_EVENT_AGENT_SET);
    json_t *hired = sm_event_encode(set, TRUE);
    json_object_set_new(hired, "agent", json_string("mia\033]0;x\a"));
    refuse(hired, SM_ERROR_INVALID, "'agent' is");
    refuse_at(INT64_MAX);
    refuse_at(-1);
    refuse(json_pack("{s:s}", "v", "1"), SM_ERROR_INVALID, "type");
    refuse(json_pack("[]"), SM_ERROR_INVALID, "type");
}

/* A record in the log has all that must be there; what comes to a customer lacks the staff's part.
 */
static void reduced(void)
{
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        if (sm_event_seen((SmEventType)i) != SM_SEEN_PUBLIC) {
            continue;
        }
        g_autoptr(SmEvent) event = full_event((SmEventType)i);
        g_autoptr(json_t) json = sm_event_encode_reduced(event);
        g_autoptr(GError) error = NULL;
        g_autoptr(SmEvent) read = sm_event_decode(json, &error);
        g_assert_no_error(error);
        g_assert_cmpint(read->type, ==, i);
        g_assert_null(json_object_get(json, "team"));
        g_assert_null(json_object_get(json, "by"));
        g_assert_null(json_object_get(json, "cause"));
        g_assert_null(json_object_get(json, "reason"));
        g_assert_null(json_object_get(json, "digest"));
        g_assert_true((json_object_get(json, "text") != NULL) == (i == SM_EVENT_MESSAGE_POSTED || i == SM_EVENT_RATING_ANSWERED));
        g_autoptr(json_t) record = json_pack("{s:i, s:i, s:s, s:s, s:[O]}", "seq", 1, "at", 1,
                                             "command", "cmd", "actor", "desk", "events", json);
        g_autofree char *text = sm_json_text(record);
        g_autoptr(SmRecord) whole = sm_record_decode(text, strlen(text), &error);
        gboolean same = i == SM_EVENT_CONVERSATION_LEFT || i == SM_EVENT_CONVERSATION_RATED ||
                        i == SM_EVENT_CONVERSATION_RESOLVED || i == SM_EVENT_CONTENT_ERASED;
        if ((whole != NULL) != same) {
            g_error("%s: %s", sm_event_type_name((SmEventType)i), error ? error->message : "whole");
        }
    }
}

/* --- Versions ----------------------------------------------------------------------------------
 */

static void unknown(void)
{
    g_autoptr(json_t) json = json_pack("{s:s, s:i, s:b, s:s, s:{s:i}}", "type", "robot.hummed", "v",
                                       3, "ignorable", 1, "conversation", "c1", "tune", "key", 4);
    g_autoptr(SmEvent) event = sm_event_decode(json, NULL);
    g_assert_nonnull(event);
    g_assert_cmpint(event->type, ==, SM_EVENT_UNKNOWN);
    g_assert_cmpstr(event->conversation, ==, "c1");
    g_autoptr(json_t) again = sm_event_encode(event, TRUE);
    g_assert_true(json_equal(again, json));
    refuse(json_pack("{s:s, s:i, s:s}", "type", "robot.hummed", "v", 1, "needs", "0.9.2"),
           SM_ERROR_VERSION, "needs seatmux >= 0.9.2");
    refuse(json_pack("{s:s, s:i}", "type", "robot.hummed", "v", 1), SM_ERROR_VERSION,
           "needs a newer seatmux");
    refuse(message_with("v", json_integer(2)), SM_ERROR_VERSION, "message.posted");
}

static void rename_author(json_t *event)
{
    json_object_set(event, "author", json_object_get(event, "from"));
    json_object_del(event, "from");
}

static void add_kind(json_t *event)
{
    json_object_set_new(event, "kind", json_string("text"));
}

static void upcasting(void)
{
    static const SmUpcast steps[] = {rename_author, add_kind};
    g_autoptr(json_t) one = json_pack("{s:i, s:s}", "v", 1, "from", "agent");
    g_autoptr(json_t) two = json_pack("{s:i, s:s}", "v", 2, "author", "bot");
    g_autoptr(json_t) one_now =
        json_pack("{s:i, s:s, s:s}", "v", 3, "author", "agent", "kind", "text");
    g_autoptr(json_t) two_now =
        json_pack("{s:i, s:s, s:s}", "v", 3, "author", "bot", "kind", "text");

    sm_event_upcast(one, steps, 1, 3);
    sm_event_upcast(two, steps, 2, 3);
    g_assert_true(json_equal(one, one_now));
    g_assert_true(json_equal(two, two_now));
}

/* --- Records -----------------------------------------------------------------------------------
 */

static void records(void)
{
    g_autoptr(SmRecord) record = record_of(SM_MAX_EVENTS_PER_RECORD);
    g_autofree char *text = sm_record_encode(record);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmRecord) read = sm_record_decode(text, strlen(text), &error);

    g_assert_no_error(error);
    g_assert_null(strstr(text, "5a17")); /* no salt, no text */
    g_assert_null(strstr(text, "hello"));
    g_assert_cmpint(read->seq, ==, 42);
    g_assert_cmpint(read->at, ==, 1234);
    g_assert_cmpstr(read->command, ==, "cmd-1");
    g_assert_cmpstr(read->actor, ==, "agent:mia");
    g_assert_cmpstr(read->fingerprint, ==, "f00d");
    g_autofree char *again = sm_record_encode(read);
    g_assert_cmpstr(again, ==, text);
    g_assert_cmpuint(sm_record_check(read), ==, sm_record_check(record));
    read->at++;
    g_assert_cmpuint(sm_record_check(read), !=, sm_record_check(record));
}

static void record_refused(const char *text, int code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sm_record_decode(text, strlen(text), &error));
    g_assert_error(error, SM_ERROR, code);
}

static void bad_records(void)
{
    g_autoptr(SmRecord) many = record_of(SM_MAX_EVENTS_PER_RECORD + 1);
    g_autoptr(SmRecord) none = record_of(0);
    g_autofree char *too_many = sm_record_encode(many);
    g_autofree char *nothing = sm_record_encode(none);

    record_refused(too_many, SM_ERROR_LIMIT);
    record_refused(nothing, SM_ERROR_LIMIT);
    record_refused("{", SM_ERROR_INVALID);
    record_refused("{\"seq\":1}", SM_ERROR_INVALID);
    record_refused("{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{}]}",
                   SM_ERROR_INVALID);
}

/* --- Read straight from the text -----------------------------------------------------------------
 */

/* As full_event(), with nothing that has to be escaped. */
static SmEvent *plain_event(SmEventType type)
{
    SmEvent *event = full_event(type);

    g_free(event->reason);
    event->reason = g_strdup("because of \xe7\xb1\xb3");
    if (type == SM_EVENT_MESSAGE_POSTED || type == SM_EVENT_NOTE_POSTED || type == SM_EVENT_WHISPER_POSTED)
        g_clear_pointer(&event->data, json_decref);
    return event;
}

static gboolean has_data(SmEventType type)
{
    return type == SM_EVENT_POLICY_SET || type == SM_EVENT_AGENT_SET || type == SM_EVENT_CONVERSATION_TAGGED ||
           type == SM_EVENT_BROADCAST_STARTED || type == SM_EVENT_REVIEW_GIVEN || type == SM_EVENT_TRAFFIC_COUNTED;
}

static SmRecord *plain_record(void)
{
    SmRecord *record = sm_record_new(1234, "cmd-1", "agent:mia", "f00d");

    record->seq = 42;
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++)
        if (!has_data((SmEventType)i))
            g_ptr_array_add(record->events, plain_event((SmEventType)i));
    return record;
}

static void assert_same(const SmRecord *a, const SmRecord *b)
{
    g_autofree char *one = sm_record_encode(a), *other = sm_record_encode(b);

    g_assert_cmpstr(one, ==, other);
}

/* What the encoder writes needs no JSON, but for lists, objects and what is escaped. */
static void scanned(void)
{
    g_autoptr(SmRecord) record = plain_record();
    g_autofree char *text = sm_record_encode(record);
    g_autoptr(SmRecord) read = sm_record_scan(text, strlen(text));
    g_assert_nonnull(read);
    assert_same(read, record);
    g_clear_pointer(&record->fingerprint, g_free);
    g_autofree char *without = sm_record_encode(record);
    g_autoptr(SmRecord) again = sm_record_scan(without, strlen(without));
    g_assert_nonnull(again);
    assert_same(again, record);
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_autoptr(SmRecord) one = sm_record_new(1, "c", "desk", NULL);
        g_ptr_array_add(one->events, full_event((SmEventType)i));
        g_autofree char *whole = sm_record_encode(one);
        g_autoptr(SmRecord) scan = sm_record_scan(whole, strlen(whole));
        g_autoptr(SmRecord) json = sm_record_decode_json(whole, strlen(whole), NULL);
        g_assert_nonnull(json);
        g_assert_true(scan == NULL || !has_data((SmEventType)i));
        if (scan)
            assert_same(scan, json);
    }
}

/* Whatever is changed in it: what is taken without JSON is taken with it, and is the same. */
static guint compare(const char *text, gsize n)
{
    g_autoptr(SmRecord) scan = sm_record_scan(text, n);

    if (!scan)
        return 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(SmRecord) json = sm_record_decode_json(text, n, &error);
    g_assert_no_error(error);
    assert_same(scan, json);
    return 1;
}

/* How many of the changes were taken. */
static guint bend(const char *text, gsize n)
{
    static const char with[] = "\"\\{,09x- \x7f\xff\xed";
    guint taken = 0;

    for (gsize at = 0; at <= n; at++) {
        g_autoptr(GString) bent = g_string_new_len(text, (gssize)n);
        for (gsize k = 0; at < n && k < sizeof with; k++) { /* the NUL too */
            bent->str[at] = with[k];
            taken += compare(bent->str, n);
        }
        g_string_assign(bent, text);
        g_string_insert_c(bent, (gssize)at, at % 2 ? '0' : ',');
        taken += compare(bent->str, bent->len);
        g_string_assign(bent, text);
        g_string_erase(bent, (gssize)at, at < n ? 1 : 0);
        taken += compare(bent->str, bent->len);
        g_assert_true(at == n || compare(text, at) == 0); /* cut */
    }
    return taken;
}

static void scanned_as_decoded(void)
{
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i += i < 12 ? 1 : 5) {
        g_autoptr(SmRecord) record = sm_record_new(1234, "c-1", "desk", i % 2 ? "f0" : NULL);
        if (has_data((SmEventType)i))
            continue;
        g_ptr_array_add(record->events, plain_event((SmEventType)i));
        g_autofree char *text = sm_record_encode(record);
        g_assert_cmpuint(bend(text, strlen(text)), >, 50);
    }
}

static void not_scanned(void)
{
    static const char *const others[] = {
        "{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[]}",
        "{\"at\":1,\"seq\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1,\"conversation\":\"c\"}]}",
        "{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":2,\"conversation\":\"c\"}]}",
        "{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1}]}",
        "{\"seq\":01,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1,\"conversation\":\"c\"}]}",
        "{\"seq\":1,\"at\":1234567890123456789,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1,\"conversation\":\"c\"}]}",
        "{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1,\"conversation\":\"../c\"}]}",
        "{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1,\"conversation\":\"c\"}]} ",
    };

    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(sm_record_scan(others[i], strlen(others[i])));
    const char *good = "{\"seq\":1,\"at\":1,\"command\":\"a\",\"actor\":\"desk\",\"events\":[{\"type\":\"answer.seen\",\"v\":1,\"conversation\":\"c\"}]}";
    g_assert_cmpuint(compare(good, strlen(good)), ==, 1);
}

static void references(void)
{
    SmRecord *record = record_of(1);
    g_assert_true(sm_record_ref(record) == record);
    sm_record_unref(record);
    g_assert_cmpint(record->seq, ==, 42);
    sm_record_unref(record);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/codec/round-trip", round_trip);
    g_test_add_func("/desk/codec/older-orders", older_orders);
    g_test_add_func("/desk/codec/erasures", erasures);
    g_test_add_func("/desk/codec/every-field", every_field);
    g_test_add_func("/desk/codec/without-content", without_content);
    g_test_add_func("/desk/codec/copies", copies);
    g_test_add_func("/desk/codec/missing-and-foreign", missing_and_foreign);
    g_test_add_func("/desk/codec/wrong-values", wrong_values);
    g_test_add_func("/desk/codec/reduced", reduced);
    g_test_add_func("/desk/codec/unknown", unknown);
    g_test_add_func("/desk/codec/upcasting", upcasting);
    g_test_add_func("/desk/codec/records", records);
    g_test_add_func("/desk/codec/bad-records", bad_records);
    g_test_add_func("/desk/codec/scanned", scanned);
    g_test_add_func("/desk/codec/scanned-as-decoded", scanned_as_decoded);
    g_test_add_func("/desk/codec/not-scanned", not_scanned);
    g_test_add_func("/desk/codec/references", references);
    return g_test_run();
}
