/* SPDX-License-Identifier: MIT */
/* The contact's card, orders, and two contacts that are one: who sees what then, and what is refused. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static SmRecord *write_card(Fixture *f, const char *id, json_t *data)
{
    SmRecord *record = must(f, CMD(CARD, staff("login-mia"), .conversation = id, .data = data));

    json_decref(data);
    return record;
}

static void refused(Fixture *f, const char *id, json_t *data, SmProblem problem)
{
    must_not(f, CMD(CARD, staff("login-mia"), .conversation = id, .data = data), problem);
    json_decref(data);
}

static const char *text_of(const json_t *card, const char *key)
{
    return sm_json_str(card, key, NULL);
}

static void card(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *id = NULL;

    start(f, "web", "hello", &id, NULL);
    claim(f, "login-mia", id);
    write_card(f, id, json_pack("{s:s, s:s, s:[s,s], s:{s:s, s:s}}", "name", "Wang Fang", "reach", "138", "tags", "vip", "old", "attributes", "city",
                                "Hangzhou", "size", "M"));
    write_card(f, id, json_pack("{s:s}", "note", "wants to be called"));
    write_card(f, id, json_pack("{s:s, s:{s:n}}", "note", "second", "attributes", "size"));
    write_card(f, id, json_pack("{s:i}", "drop_note", 0));
    g_autoptr(json_t) shown = sm_desk_card(f->desk, conv(f, id));
    g_assert_cmpstr(text_of(shown, "name"), ==, "Wang Fang");
    g_assert_cmpstr(conv(f, id)->name, ==, "Wang Fang");
    g_assert_cmpstr(text_of(shown, "reach"), ==, "138");
    g_assert_cmpint(json_array_size(json_object_get(shown, "tags")), ==, 2);
    g_assert_cmpstr(text_of(json_object_get(shown, "attributes"), "city"), ==, "Hangzhou");
    g_assert_null(json_object_get(json_object_get(shown, "attributes"), "size"));
    json_t *notes = json_object_get(shown, "notes");
    g_assert_cmpint(json_array_size(notes), ==, 1);
    g_assert_cmpstr(text_of(json_array_get(notes, 0), "text"), ==, "second");
    g_assert_cmpstr(text_of(json_array_get(notes, 0), "by"), ==, "login-mia");
    refused(f, id, json_object(), SM_PROBLEM_INVALID);
    refused(f, id, json_pack("{s:s}", "colour", "red"), SM_PROBLEM_INVALID);
    refused(f, id, json_pack("{s:i}", "name", 3), SM_PROBLEM_INVALID);
    refused(f, id, json_pack("{s:i}", "drop_note", 7), SM_PROBLEM_INVALID);
    refused(f, id, json_pack("{s:s}", "tags", "vip"), SM_PROBLEM_INVALID);
    for (int i = 1; i < SM_MAX_CARD_NOTES; i++) {
        write_card(f, id, json_pack("{s:s}", "note", "more"));
    }
    refused(f, id, json_pack("{s:s}", "note", "too many"), SM_PROBLEM_TOO_LARGE);
}

/* What nobody can see is no name, no tag and no text; taken from a page it is as if it had not been said. */
static void unseen(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    SmRecord *record = must(f, CMD(START, customer(NULL), .inbox = "web", .text = "hello", .name = "\u200b\u2060", .order = "\u3164"));
    const char *id = ((const SmEvent *)record->events->pdata[0])->conversation;
    g_assert_null(conv(f, id)->name);
    claim(f, "login-mia", id);
    refused(f, id, json_pack("{s:[s]}", "tags", "\u200b"), SM_PROBLEM_INVALID);
    refused(f, id, json_pack("{s:{s:s}}", "attributes", "\u2800\u200d", "x"), SM_PROBLEM_TOO_LARGE);
    refused(f, id, json_pack("{s:s}", "note", "\ufeff \u115f"), SM_PROBLEM_INVALID);
    write_card(f, id, json_pack("{s:s, s:[s]}", "name", "Ann", "tags", "\u0939\u093f"));
    write_card(f, id, json_pack("{s:s}", "name", "\u202e"));
    g_autoptr(json_t) shown = sm_desk_card(f->desk, conv(f, id));
    g_assert_cmpstr(text_of(shown, "name"), ==, "Ann"); /* the one that was seen last */
    g_assert_cmpint(json_array_size(json_object_get(shown, "tags")), ==, 1);
    must_not(f, CMD(POST, staff("login-mia"), .conversation = id, .text = "\u200b"), SM_PROBLEM_INVALID);
    must(f, CMD(POST, staff("login-mia"), .conversation = id, .text = "\u0601")); /* a sign of Arabic, of the same category */
}

/* Every digit: what may look like a card's number by its own chance does so here. */
static char *all_digits(const char *text)
{
    char *out = g_strdup(text);

    for (char *p = out; *p != '\0'; p++) {
        *p = g_ascii_isdigit(*p) ? '*' : *p;
    }
    return out;
}

/* The texts on a card are masked, and the time of a note is not: a card that can't be read any more would be lost. */
static void masked(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *id = NULL;

    sm_desk_set_mask(f->desk, all_digits);
    SmRecord *record = must(f, CMD(START, customer(NULL), .inbox = "web", .text = "card 41", .name = "Ann 7", .order = "48213"));
    id = g_strdup(((SmEvent *)record->events->pdata[0])->conversation);
    g_assert_cmpstr(conv(f, id)->name, ==, "Ann *");
    g_assert_cmpstr(conv(f, id)->order, ==, "48213");
    claim(f, "login-mia", id);
    write_card(f, id, json_pack("{s:s, s:[s], s:{s:s}}", "note", "card 4111", "tags", "vip", "attributes", "size", "42"));
    g_autoptr(json_t) shown = sm_desk_card(f->desk, conv(f, id));
    const json_t *note = json_array_get(json_object_get(shown, "notes"), 0);
    g_assert_cmpstr(text_of(note, "text"), ==, "card ****");
    g_assert_cmpint(sm_json_int(note, "at", 0), >, 0);
    g_assert_cmpint(json_array_size(json_object_get(shown, "tags")), ==, 1);
    g_assert_cmpstr(text_of(json_object_get(shown, "attributes"), "size"), ==, "**");
}

/* It stays with the contact after the conversation, and an erasure takes all that was ever on it. */
static void kept_and_erased(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *id = NULL, *contact = NULL, *again = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    write_card(f, id, json_pack("{s:s}", "name", "Lena"));
    write_card(f, id, json_pack("{s:s}", "note", "first"));
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id));
    pass(f, 700000);
    SmRecord *record = must(f, CMD(START, customer(contact), .text = "me again"));
    again = g_strdup(event_of(record, SM_EVENT_CONVERSATION_STARTED)->conversation);
    g_assert_cmpstr(conv(f, again)->name, ==, "Lena");
    g_autoptr(json_t) shown = sm_desk_card(f->desk, conv(f, again));
    g_assert_cmpint(json_array_size(json_object_get(shown, "conversations")), ==, 2);
    guint gone = 0;
    record = must(f, CMD(ERASE, the_desk(), .contact = contact, .reason = "asked for by the customer"));
    for (guint i = 0; i < record->events->len; i++) {
        gone += ((SmEvent *)record->events->pdata[i])->type == SM_EVENT_CONTENT_ERASED;
    }
    g_assert_cmpuint(gone, >=, 4); /* two messages, two versions of the card */
    g_autoptr(json_t) after = sm_desk_card(f->desk, conv(f, again));
    g_assert_null(json_object_get(after, "notes"));
    must_not(f, CMD(ERASE, the_desk(), .contact = contact, .reason = "once more, for sure"), SM_PROBLEM_NOT_FOUND);
}

static const char *status_of(Fixture *f, const char *id, guint i)
{
    g_autoptr(json_t) shown = sm_desk_card(f->desk, conv(f, id));
    const char *status = text_of(json_array_get(json_object_get(shown, "orders"), i), "status");

    return status ? g_intern_string(status) : NULL;
}

static void orders(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *id = NULL, *contact = NULL;

    must(f, CMD(ORDER, the_desk(), .contact = "u123", .order = "B-1", .reason = "paid")); /* has not written yet */
    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    must(f, CMD(ORDER, the_desk(), .contact = contact, .order = "A-1", .reason = "placed", .text = "129.00 CNY"));
    must(f, CMD(ORDER, staff("login-mia"), .conversation = id, .order = "A-2"));
    must(f, CMD(ORDER, the_desk(), .contact = contact, .order = "A-1", .reason = "shipped"));
    g_assert_cmpstr(status_of(f, id, 0), ==, "shipped");
    g_assert_cmpstr(status_of(f, id, 1), ==, "paid");
    g_assert_null(status_of(f, id, 2));
    must_not(f, CMD(ORDER, staff("login-mia"), .conversation = id, .order = "A-3", .reason = "lost"), SM_PROBLEM_INVALID);
    must_not(f, CMD(ORDER, staff("login-mia"), .contact = contact, .order = "A-3"), SM_PROBLEM_NOT_FOUND);
}

/* What is recorded counts in figures and stands on the customer's card: a trainee's only where the inbox is for training. */
static void orders_of_trainees(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *live = NULL, *school = NULL;

    start(f, "web", "hello", &live, NULL);
    start(f, "school", "hello", &school, NULL);
    must_not(f, CMD(ORDER, staff("login-tim"), .conversation = live, .order = "A-1"), SM_PROBLEM_FORBIDDEN);
    must(f, CMD(ORDER, staff("login-tim"), .conversation = school, .order = "A-1"));
}

static gboolean sees(Fixture *f, const char *contact, const char *id)
{
    return sm_desk_sees(f->desk, customer(contact), conv(f, id), 0);
}

static void one_person(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *a = NULL, *b = NULL, *x = NULL, *y = NULL;

    start(f, "web", "from the phone", &x, &a);
    start(f, "web", "from the desk", &y, &b);
    claim(f, "login-mia", x);
    claim(f, "login-mia", y);
    SmCommand merge = CMD(MERGE, staff("login-sue"), .conversation = x, .contact = b);
    must_not(f, CMD(MERGE, staff("login-mia"), .conversation = x, .contact = b), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(MERGE, customer(a), .conversation = x, .contact = b), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(MERGE, staff("login-sue"), .conversation = x, .contact = "nobody"), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(MERGE, staff("login-sue"), .conversation = x, .contact = a), SM_PROBLEM_WRONG_STATE);
    must_not(f, merge, SM_PROBLEM_WRONG_STATE); /* both run */
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = y));
    g_autofree char *told = names(must(f, merge));
    g_assert_cmpstr(told, ==, "contact.merged contact.merged");
    g_assert_true(sees(f, a, x) && sees(f, a, y) && sees(f, b, x) && sees(f, b, y));
    g_assert_true(sm_desk_contact_conversation(f->desk, b) == conv(f, x));
    must_not(f, merge, SM_PROBLEM_WRONG_STATE);
    say(f, customer(b), x, "it is me, on the other one");
    g_assert_cmpint(conv(f, x)->version, ==, 2);
    /* The two have one running conversation together. */
    must_not(f, CMD(START, customer(b), .text = "anew"), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(POST, customer(b), .conversation = y, .text = "here again"), SM_PROBLEM_RESOLVED);
    SmCommand split = CMD(SPLIT, staff("login-sue"), .conversation = x, .contact = b);
    must_not(f, CMD(SPLIT, staff("login-mia"), .conversation = x, .contact = b), SM_PROBLEM_FORBIDDEN);
    must(f, split);
    g_assert_true(sees(f, a, x) && !sees(f, a, y) && !sees(f, b, x) && sees(f, b, y));
    must_not(f, split, SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(POST, customer(b), .conversation = x, .text = "still me"), SM_PROBLEM_NOT_FOUND);
}

static void three_are_one(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    g_autofree char *a = NULL, *b = NULL, *c = NULL, *x = NULL, *y = NULL, *z = NULL;

    start(f, "web", "one", &x, &a);
    start(f, "web", "two", &y, &b);
    start(f, "web", "three", &z, &c);
    must(f, CMD(RESOLVE, the_desk(), .conversation = y));
    must(f, CMD(RESOLVE, the_desk(), .conversation = z));
    must(f, CMD(MERGE, the_desk(), .conversation = x, .contact = b));
    must(f, CMD(MERGE, the_desk(), .conversation = y, .contact = c)); /* into the first of them */
    g_assert_true(sees(f, c, x) && sees(f, c, y) && sees(f, b, z) && sees(f, a, z));
    must_not(f, CMD(MERGE, the_desk(), .conversation = z, .contact = b), SM_PROBLEM_WRONG_STATE);
    must(f, CMD(SPLIT, the_desk(), .conversation = x, .contact = b));
    g_assert_true(!sees(f, b, x) && !sees(f, b, z) && sees(f, b, y) && !sees(f, c, y) && sees(f, c, x));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/contact/card", card);
    g_test_add_func("/desk/contact/unseen", unseen);
    g_test_add_func("/desk/contact/masked", masked);
    g_test_add_func("/desk/contact/kept-and-erased", kept_and_erased);
    g_test_add_func("/desk/contact/orders", orders);
    g_test_add_func("/desk/contact/orders-of-trainees", orders_of_trainees);
    g_test_add_func("/desk/contact/one-person", one_person);
    g_test_add_func("/desk/contact/three-are-one", three_are_one);
    return g_test_run();
}
