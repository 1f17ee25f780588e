/* SPDX-License-Identifier: MIT */
/* What is written: versions, the send guard, contents and their digests, masking, erasing. */
#include <sodium.h>
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"

#define CMD(what, who, ...)                                                                        \
    ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

typedef struct {
    Fixture *f;
    char *id;
    char *contact;
} Chat;

/* Owned by mia; version 1 is the customer's first line. */
static Chat chat_new(guint64 seed)
{
    Chat chat = {.f = fixture_new(seed, 0)};

    start(chat.f, "web", "hello", &chat.id, &chat.contact);
    claim(chat.f, "login-mia", chat.id);
    return chat;
}

static void chat_free(Chat *chat)
{
    fixture_free(chat->f);
    g_free(chat->id);
    g_free(chat->contact);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chat, chat_free)

static void versions(void)
{
    g_auto(Chat) chat = chat_new(1);
    Fixture *f = chat.f;
    const SmConversation *c = conv(f, chat.id);

    g_assert_cmpint(c->version, ==, 1);
    SmRecord *record = say(f, staff("login-mia"), chat.id, "hi");
    const SmEvent *event = event_of(record, SM_EVENT_MESSAGE_POSTED);
    g_assert_cmpint(event->n, ==, 2);
    g_assert_cmpstr(event->agent, ==, "login-mia");
    g_assert_cmpstr(event->name, ==, "Mia");
    g_assert_cmpstr(event->message, ==, record->command);
    must(f, CMD(NOTE, staff("login-mia"), .conversation = chat.id, .text = "a note"));
    must(f, CMD(WHISPER, staff("login-sue"), .conversation = chat.id, .text = "psst"));
    must(f, CMD(POST, the_desk(), .conversation = chat.id, .text = "we are slow today",
                .kind = SM_MESSAGE_INCIDENT));
    g_assert_cmpint(c->version, ==, 2);
    say(f, customer(chat.contact), chat.id, "ok");
    g_assert_cmpint(c->version, ==, 3);
}

/* A file is a message like another: it counts, opens and closes turns, and its name can be erased. */
static void files(void)
{
    g_auto(Chat) chat = chat_new(3);
    Fixture *f = chat.f;
    const SmConversation *c = conv(f, chat.id);
    g_autoptr(json_t) file = json_pack("{s:s, s:s, s:i}", "id", "f1", "type", "image/png", "size", 99);
    SmCommand command = CMD(POST, staff("login-mia"), .conversation = chat.id, .file = "f1", .text = "photo.png", .data = file);

    g_assert_nonnull(sm_turns_open(c->turns));
    SmRecord *record = must(f, command);
    g_assert_null(sm_turns_open(c->turns));
    const SmEvent *event = event_of(record, SM_EVENT_MESSAGE_POSTED);
    g_assert_cmpint(event->kind, ==, SM_MESSAGE_FILE);
    g_assert_cmpstr(sm_event_file(event), ==, "f1");
    g_autoptr(SmRecord) again = through_log(record);
    g_assert_cmpstr(sm_event_file(again->events->pdata[0]), ==, "f1");
    const SmLine *line = c->lines->pdata[c->lines->len - 1];
    g_assert_cmpstr(line->text, ==, "photo.png");
    g_assert_cmpint(json_integer_value(json_object_get(line->file, "size")), ==, 99);
    command = CMD(POST, customer(chat.contact), .conversation = chat.id, .file = "f2", .text = "b.png", .data = file);
    must(f, command);
    g_assert_nonnull(sm_turns_open(c->turns));
    command = CMD(NOTE, staff("login-mia"), .conversation = chat.id, .file = "f3", .text = "c.png", .data = file);
    event = event_of(must(f, command), SM_EVENT_NOTE_POSTED);
    g_assert_cmpstr(sm_event_file(event), ==, "f1");
    must(f, CMD(ERASE, admin(), .conversation = chat.id, .reason = record->command));
    line = c->lines->pdata[c->lines->len - 3];
    g_assert_true(line->erased);
    g_assert_null(line->text);
}

/* --- The send guard ----------------------------------------------------------------------------
 */

static SmCommand reply(const Chat *chat, const char *agent, int64_t seen)
{
    return (SmCommand){.type = SM_COMMAND_POST,
                       .actor = staff(agent),
                       .conversation = chat->id,
                       .text = "an answer",
                       .seen = seen};
}

static json_t *missed_of(Fixture *f)
{
    return json_object_get(f->refusal->data, "missed");
}

static void customers_burst(void)
{
    g_auto(Chat) chat = chat_new(2);
    Fixture *f = chat.f;

    f->now += 10000;
    say(f, customer(chat.contact), chat.id, "and another");
    f->now += 1999; /* a burst holds nothing */
    must(f, reply(&chat, "login-mia", 1));
    say(f, customer(chat.contact), chat.id, "third");
    f->now += 2000; /* a stale screen does */
    must_not(f, reply(&chat, "login-mia", 3), SM_PROBLEM_CHANGED_SINCE);
    g_assert_cmpuint(json_array_size(missed_of(f)), ==, 1);
    const json_t *line = json_array_get(missed_of(f), 0);
    g_assert_cmpint(sm_json_int(line, "n", 0), ==, 4);
    g_assert_cmpint(sm_json_int(line, "at", 0), ==, f->now - 2000);
    g_assert_cmpstr(sm_json_str(line, "from", ""), ==, "customer");
    g_assert_cmpstr(sm_json_str(line, "text", ""), ==, "third");
    must(f, reply(&chat, "login-mia", 4));
}

static void colleagues_answer(void)
{
    g_auto(Chat) chat = chat_new(3);
    Fixture *f = chat.f;

    must(f, reply(&chat, "login-sue", 1)); /* barges in */
    must_not(f, reply(&chat, "login-mia", 1), SM_PROBLEM_CHANGED_SINCE);
    g_assert_cmpstr(sm_json_str(json_array_get(missed_of(f), 0), "from", ""), ==, "login-sue");
    SmCommand command = reply(&chat, "login-mia", 1);
    command.anyway = TRUE;
    must(f, command);
    /* Own messages count as seen, the colleague's before them does not. */
    must_not(f, reply(&chat, "login-mia", 1), SM_PROBLEM_CHANGED_SINCE);
    g_assert_cmpuint(json_array_size(missed_of(f)), ==, 1);
    must(f, reply(&chat, "login-mia", 2));
    must(f, reply(&chat, "login-mia", 2));
    must(f, reply(&chat, "login-sue", 5));
    must(f, reply(&chat, "login-mia", -1)); /* not said: not asked */
}

static void what_was_missed(void)
{
    g_auto(Chat) chat = chat_new(4);
    Fixture *f = chat.f;

    for (guint i = 0; i < 30; i++) {
        g_autofree char *text = g_strdup_printf("line %u", i);
        say(f, customer(chat.contact), chat.id, text);
    }
    f->now += 5000;
    say(f, customer(chat.contact), chat.id, "the newest");
    must_not(f, reply(&chat, "login-mia", 1), SM_PROBLEM_CHANGED_SINCE);
    json_t *missed = missed_of(f);
    g_assert_cmpuint(json_array_size(missed), ==, 20);
    g_assert_cmpstr(sm_json_str(json_array_get(missed, 19), "text", ""), ==, "the newest");
    g_assert_cmpstr(sm_json_str(json_array_get(missed, 18), "text", ""), ==, "line 29");
}

/* A colleague's message far up among many of the customer's holds as well. */
static void old_colleague(void)
{
    g_auto(Chat) chat = chat_new(5);
    Fixture *f = chat.f;

    must(f, reply(&chat, "login-sue", 1));
    for (guint i = 0; i < 40; i++) {
        say(f, customer(chat.contact), chat.id, "quick");
    }
    must_not(f, reply(&chat, "login-mia", 1), SM_PROBLEM_CHANGED_SINCE);
}

static void who_may_write(void)
{
    g_auto(Chat) chat = chat_new(6);
    Fixture *f = chat.f;

    must_not(f, reply(&chat, "login-jon", -1), SM_PROBLEM_NOT_OWNER);
    must_not(f, reply(&chat, "login-max", -1), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(NOTE, staff("login-jon"), .conversation = chat.id, .text = "n"),
             SM_PROBLEM_NOT_OWNER);
    must_not(f, CMD(NOTE, customer(chat.contact), .conversation = chat.id, .text = "n"),
             SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(WHISPER, staff("login-tim"), .conversation = chat.id, .text = "n"),
             SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(POST, customer("kx"), .conversation = chat.id, .text = "n"),
             SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(POST, customer(NULL), .conversation = chat.id, .text = "n"),
             SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(POST, staff("login-mia"), .conversation = chat.id), SM_PROBLEM_INVALID);
    g_autofree char *bytes = g_malloc(SM_MAX_MESSAGE_BYTES + 5);
    memset(bytes, 'a', SM_MAX_MESSAGE_BYTES + 4);
    bytes[SM_MAX_MESSAGE_BYTES + 4] = '\0';
    must_not(f, CMD(POST, staff("login-mia"), .conversation = chat.id, .text = bytes),
             SM_PROBLEM_TOO_LARGE);
    g_assert_cmpstr(f->refusal->field, ==, "MESSAGE_BYTES");
    must(f, CMD(RELEASE, staff("login-mia"), .conversation = chat.id));
    must_not(f, CMD(WHISPER, staff("login-sue"), .conversation = chat.id, .text = "n"),
             SM_PROBLEM_WRONG_STATE);
}

/* --- Contents ----------------------------------------------------------------------------------
 */

static char *digest_of(const SmEvent *event)
{
    unsigned char salt[16], hash[crypto_generichash_BYTES];
    size_t n;
    g_autofree char *all = NULL;

    g_assert_cmpint(
        sodium_hex2bin(salt, sizeof salt, event->salt, strlen(event->salt), NULL, &n, NULL), ==, 0);
    g_assert_cmpuint(n, ==, 16);
    gsize len = strlen(event->text);
    all = g_malloc(16 + len);
    memcpy(all, salt, 16);
    memcpy(all + 16, event->text, len);
    crypto_generichash(hash, sizeof hash, (unsigned char *)all, 16 + len, NULL, 0);
    char *hex = g_malloc(sizeof hash * 2 + 1);
    return sodium_bin2hex(hex, sizeof hash * 2 + 1, hash, sizeof hash);
}

static void digests(void)
{
    g_auto(Chat) chat = chat_new(7);
    SmRecord *record = say(chat.f, staff("login-mia"), chat.id, "same text");
    const SmEvent *one = event_of(record, SM_EVENT_MESSAGE_POSTED);
    g_autofree char *digest = digest_of(one);

    g_assert_cmpstr(one->digest, ==, digest);
    g_assert_true(one->content[0] == 'x');
    record = say(chat.f, staff("login-mia"), chat.id, "same text");
    const SmEvent *two = event_of(record, SM_EVENT_MESSAGE_POSTED);
    g_assert_cmpstr(two->digest, !=, one->digest);
    g_assert_cmpstr(two->content, !=, one->content);
}

static char *mask(const char *text)
{
    return strstr(text, "4111") ? g_strdup("masked") : g_strdup(text);
}

static void masking(void)
{
    g_auto(Chat) chat = chat_new(8);
    Fixture *f = chat.f;

    sm_desk_set_mask(f->desk, mask);
    SmRecord *record = say(f, customer(chat.contact), chat.id, "my card 4111");
    const SmEvent *event = event_of(record, SM_EVENT_MESSAGE_POSTED);
    g_autofree char *digest = digest_of(event);
    g_assert_cmpstr(event->text, ==, "masked");
    g_assert_cmpstr(event->digest, ==, digest);
    record = must(f, CMD(NOTE, staff("login-mia"), .conversation = chat.id, .text = "4111"));
    g_assert_cmpstr(event_of(record, SM_EVENT_NOTE_POSTED)->text, ==, "masked");
    record = must(f, CMD(AVAILABILITY, staff("login-mia"), .reason = "calls back 4111", .availability = SM_AVAILABLE_BUSY));
    g_assert_cmpstr(event_of(record, SM_EVENT_AGENT_AVAILABILITY)->reason, ==, "masked");
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(f->desk));
    json_object_set_new(policy, "mask_numbers", json_false());
    must(f, CMD(POLICY_SET, admin(), .data = policy));
    record = say(f, customer(chat.contact), chat.id, "my card 4111");
    g_assert_cmpstr(event_of(record, SM_EVENT_MESSAGE_POSTED)->text, ==, "my card 4111");
}

/* --- Erasing -----------------------------------------------------------------------------------
 */

static const SmLine *line_of(Fixture *f, const char *id, const char *message)
{
    const SmConversation *c = conv(f, id);

    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (g_strcmp0(line->id, message) == 0) {
            return line;
        }
    }
    return NULL;
}

static void erase_message(void)
{
    g_auto(Chat) chat = chat_new(9);
    Fixture *f = chat.f;
    SmRecord *said = say(f, customer(chat.contact), chat.id, "my secret");
    const char *message = said->command;
    SmRecord *noted =
        must(f, CMD(NOTE, staff("login-mia"), .conversation = chat.id, .text = "their secret"));

    must_not(f, CMD(ERASE, staff("login-mia"), .conversation = chat.id, .reason = message),
             SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(ERASE, customer(chat.contact), .conversation = chat.id, .reason = message),
             SM_PROBLEM_FORBIDDEN);
    SmRecord *record =
        must(f, CMD(ERASE, staff("login-sue"), .conversation = chat.id, .reason = message));
    g_assert_cmpuint(record->events->len, ==, 1);
    const SmEvent *event = record->events->pdata[0];
    g_assert_cmpstr(event->content, ==, event_of(said, SM_EVENT_MESSAGE_POSTED)->content);
    g_assert_true(sm_desk_visible(f->desk, customer(chat.contact), event, record->seq));
    const SmLine *line = line_of(f, chat.id, message);
    g_assert_null(line->text);
    g_assert_true(line->erased);
    must_not(f, CMD(ERASE, staff("login-sue"), .conversation = chat.id, .reason = message),
             SM_PROBLEM_WRONG_STATE);
    record = must(f, CMD(ERASE, admin(), .conversation = chat.id, .reason = noted->command));
    g_assert_false(
        sm_desk_visible(f->desk, customer(chat.contact), record->events->pdata[0], record->seq));
}

static void erase_contact(void)
{
    g_auto(Chat) chat = chat_new(10);
    Fixture *f = chat.f;
    guint before = conv(f, chat.id)->lines->len, rounds = 0;

    for (guint i = 0; i < 100; i++) {
        say(f, customer(chat.contact), chat.id, "personal");
    }
    while (run(f, CMD(ERASE, admin(), .conversation = chat.id, .reason = "asked for"))) {
        g_assert_cmpuint(++rounds, <, 5);
    }
    g_assert_cmpint(f->refusal->problem, ==, SM_PROBLEM_NOT_FOUND);
    g_assert_cmpuint(rounds, ==, 2);
    const SmConversation *c = conv(f, chat.id);
    g_assert_cmpuint(c->lines->len, ==, before + 100);
    for (guint i = 0; i < c->lines->len; i++) {
        g_assert_null(((const SmLine *)c->lines->pdata[i])->text);
    }
    g_assert_null(c->name);
    g_assert_null(c->order);
    g_autoptr(json_t) all = sm_desk_project(f->desk, admin());
    g_autofree char *text = sm_json_text(all);
    g_assert_null(strstr(text, "Chen Wei"));
    g_assert_null(strstr(text, "personal"));
}

/* Who the customer is outlives the archive, until it is erased. */
static void erase_archived(void)
{
    g_auto(Chat) chat = chat_new(13);
    Fixture *f = chat.f;

    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = chat.id));
    pass(f, 700000);
    g_assert_true(conv(f, chat.id)->archived);
    SmRecord *record = say(f, customer(chat.contact), chat.id, "back again");
    const char *next = event_of(record, SM_EVENT_CONVERSATION_STARTED)->conversation;
    g_assert_cmpstr(conv(f, next)->name, ==, "Chen Wei");
    must(f, CMD(ERASE, admin(), .conversation = chat.id, .reason = "asked for"));
    g_assert_null(conv(f, chat.id)->name);
    g_assert_null(conv(f, next)->name);
    must_not(f, CMD(ERASE, admin(), .conversation = chat.id, .reason = "asked for"),
             SM_PROBLEM_NOT_FOUND);
    /* Read back from a log whose contents are gone, the same is left to erase: nothing. */
    g_autoptr(SmDesk) desk = sm_desk_new(0);
    for (guint i = 0; i < f->records->len; i++) {
        g_autoptr(SmRecord) read = through_log(f->records->pdata[i]);
        for (guint k = 0; k < read->events->len; k++) {
            g_clear_pointer(&((SmEvent *)read->events->pdata[k])->text, g_free);
        }
        g_assert_true(sm_desk_apply(desk, read, NULL));
    }
    SmCommand again =
        CMD(ERASE, admin(), .id = "x1", .conversation = chat.id, .reason = "asked for");
    g_assert_null(sm_desk_decide(desk, &again, f->now, f->ids, NULL));
}

static void erase_listed(void)
{
    g_auto(Chat) chat = chat_new(11);
    Fixture *f = chat.f;
    SmRecord *said = say(f, customer(chat.contact), chat.id, "my secret");
    const char *content = event_of(said, SM_EVENT_MESSAGE_POSTED)->content;
    g_autoptr(json_t) list = json_pack("[s,s]", "xlongago", content);
    g_autoptr(json_t) bad = json_pack("[i]", 3);

    must_not(f, CMD(ERASE, admin(), .conversation = chat.id, .data = bad), SM_PROBLEM_INVALID);
    SmRecord *record = must(f, CMD(ERASE, admin(), .conversation = chat.id, .data = list));
    g_assert_cmpuint(record->events->len, ==, 2);
    g_assert_null(line_of(f, chat.id, said->command)->text);
    must_not(f, CMD(ERASE, admin(), .conversation = "cnone"), SM_PROBLEM_NOT_FOUND);
    /* An id that is not here erases nothing, least of all everything. */
    must_not(f, CMD(ERASE, admin(), .conversation = chat.id, .reason = "cmd999"),
             SM_PROBLEM_NOT_FOUND);
    g_assert_cmpstr(conv(f, chat.id)->name, ==, "Chen Wei");
}

static void forget(void)
{
    g_auto(Chat) chat = chat_new(12);
    SmRecord *said = say(chat.f, customer(chat.contact), chat.id, "my secret");

    sm_desk_forget_content(chat.f->desk, event_of(said, SM_EVENT_MESSAGE_POSTED)->content);
    g_assert_null(line_of(chat.f, chat.id, said->command)->text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message/files", files);
    g_test_add_func("/desk/message/versions", versions);
    g_test_add_func("/desk/message/customers-burst", customers_burst);
    g_test_add_func("/desk/message/colleagues-answer", colleagues_answer);
    g_test_add_func("/desk/message/what-was-missed", what_was_missed);
    g_test_add_func("/desk/message/old-colleague", old_colleague);
    g_test_add_func("/desk/message/who-may-write", who_may_write);
    g_test_add_func("/desk/message/digests", digests);
    g_test_add_func("/desk/message/masking", masking);
    g_test_add_func("/desk/message/erase-message", erase_message);
    g_test_add_func("/desk/message/erase-contact", erase_contact);
    g_test_add_func("/desk/message/erase-archived", erase_archived);
    g_test_add_func("/desk/message/erase-listed", erase_listed);
    g_test_add_func("/desk/message/forget", forget);
    return g_test_run();
}
