/* SPDX-License-Identifier: MIT */
/* Orders: what the shop calls them can be erased, that they were can't; and those of older logs go on as they are. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"
#include "seatmux/desk/figures.h"
#include "seatmux/desk/saved.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static SmRecord *told(Fixture *f, const char *contact, const char *number, const char *status, const char *amount)
{
    return must(f, CMD(ORDER, the_desk(), .contact = contact, .order = number, .reason = status, .text = amount));
}

static void erase_all(Fixture *f, const char *contact)
{
    must(f, CMD(ERASE, the_desk(), .contact = contact, .reason = "asked for by the customer"));
}

static gboolean is_erased(const Fixture *f, const char *content)
{
    for (guint i = 0; i < f->records->len; i++) {
        const SmRecord *record = f->records->pdata[i];
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            if (event->type == SM_EVENT_CONTENT_ERASED && g_strcmp0(event->content, content) == 0) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* As the log gives it back now: what was erased is not there from the beginning. */
static SmRecord *as_logged(const Fixture *f, const SmRecord *record)
{
    SmRecord *read = through_log(record);

    for (guint i = 0; i < read->events->len; i++) {
        SmEvent *event = read->events->pdata[i];
        if (is_erased(f, event->content)) {
            g_clear_pointer(&event->text, g_free);
        }
    }
    return read;
}

static SmDesk *folded_anew(const Fixture *f)
{
    SmDesk *desk = sm_desk_new(0);

    for (guint i = 0; i < f->records->len; i++) {
        g_autoptr(SmRecord) record = as_logged(f, f->records->pdata[i]);
        g_assert_true(sm_desk_apply(desk, record, NULL));
    }
    return desk;
}

static GByteArray *saved(SmDesk *desk)
{
    g_autoptr(SmPack) pack = sm_pack_writer();

    sm_desk_save(desk, pack);
    return sm_pack_take(pack);
}

static gboolean holds(const GByteArray *bytes, const char *text)
{
    return memmem(bytes->data, bytes->len, text, strlen(text)) != NULL;
}

/* The desk that went on, the one folded anew and the one put away and taken up are one state. */
static GByteArray *one_state(Fixture *f)
{
    g_autoptr(SmDesk) anew = folded_anew(f), restored = sm_desk_new(0);
    GByteArray *live = saved(f->desk);
    g_autoptr(GByteArray) fresh = saved(anew);
    g_autoptr(SmPack) pack = sm_pack_reader(live->data, live->len);

    g_assert_cmpmem(live->data, live->len, fresh->data, fresh->len);
    g_assert_true(sm_desk_restore(restored, pack));
    g_autoptr(GByteArray) again = saved(restored);
    g_assert_cmpmem(live->data, live->len, again->data, again->len);
    return live;
}

static char *log_text(const Fixture *f)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < f->records->len; i++) {
        g_autoptr(SmRecord) record = as_logged(f, f->records->pdata[i]);
        g_autofree char *line = sm_record_encode(record);
        g_string_append(all, line);
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            g_string_append(all, event->text ? event->text : "");
        }
    }
    return g_string_free(all, FALSE);
}

static json_t *orders_on_card(Fixture *f, const char *conversation)
{
    json_t *card = sm_desk_card(f->desk, conv(f, conversation));
    json_t *orders = json_incref(json_object_get(card, "orders"));

    json_decref(card);
    return orders;
}

static int64_t converted(Fixture *f)
{
    g_autoptr(SmDesk) desk = sm_desk_new(1);
    g_autoptr(SmFigures) figures = sm_figures_new(0, INT64_MAX, f->now);

    for (guint i = 0; i < f->records->len; i++) {
        g_autoptr(SmRecord) record = as_logged(f, f->records->pdata[i]);
        g_assert_true(sm_figures_fold(figures, desk, record, NULL));
    }
    sm_figures_end(figures, desk);
    return sm_figures_value(figures, SM_FIGURE_ENQUIRY_CONVERSION, SM_SCOPE_DESK, NULL).within;
}

/* --- Written -------------------------------------------------------------------------------------
 */

/* Number and amount are in the content and nowhere else; the statuses of one order have one id. */
static void in_the_content(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    const SmEvent *placed = told(f, contact, "A-1009", "placed", "129.00 CNY")->events->pdata[0];
    const SmEvent *paid = told(f, contact, "A-1009", "paid", NULL)->events->pdata[0];
    const SmEvent *other = told(f, contact, "A-1010", "paid", "")->events->pdata[0];
    g_assert_cmpstr(placed->text, ==, "{\"order\":\"A-1009\",\"amount\":\"129.00 CNY\"}");
    g_assert_cmpstr(paid->text, ==, placed->text); /* each says all that is known */
    g_assert_cmpstr(other->text, ==, "{\"order\":\"A-1010\"}");
    g_assert_cmpstr(placed->notice, ==, paid->notice);
    g_assert_cmpstr(placed->notice, !=, other->notice);
    for (guint i = 0; i < f->records->len; i++) {
        g_autofree char *record = sm_record_encode(f->records->pdata[i]);
        g_assert_null(strstr(record, "A-10"));
        g_assert_null(strstr(record, "129.00"));
    }
    g_autoptr(json_t) shown = orders_on_card(f, id);
    g_assert_cmpint(json_array_size(shown), ==, 2);
    g_assert_cmpstr(sm_json_str(json_array_get(shown, 1), "amount", ""), ==, "129.00 CNY");
    g_byte_array_unref(one_state(f));
}

static char *all_digits(const char *text)
{
    char *out = g_strdup(text);

    for (char *p = out; *p != '\0'; p++) {
        *p = g_ascii_isdigit(*p) ? '*' : *p;
    }
    return out;
}

/* What is declared to be an order's number is none of a card. */
static void not_masked(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    sm_desk_set_mask(f->desk, all_digits);
    const SmEvent *event = told(f, "u1", "4111111111111111", "paid", "card 4111")->events->pdata[0];
    g_assert_cmpstr(event->text, ==, "{\"order\":\"4111111111111111\",\"amount\":\"card ****\"}");
}

/* The digest of a request says nothing of a number either: it is mixed with the content's salt. */
static void sealed(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    SmRecord *record = must(f, CMD(ORDER, the_desk(), .contact = "u1", .order = "A-1"));

    g_assert_cmpstr(record->fingerprint, !=, "f0");
    g_assert_cmpint(sm_record_compare(record, "f0"), ==, SM_BODY_SAME);
    g_assert_cmpint(sm_record_compare(record, "f1"), ==, SM_BODY_OTHER);
}

/* --- Erased --------------------------------------------------------------------------------------
 */

static void erased(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    told(f, contact, "A-1009", "placed", "129.00 CNY");
    pass(f, 1000);
    told(f, contact, "A-1009", "paid", NULL);
    g_assert_cmpint(converted(f), ==, 1);
    g_assert_cmpuint(sm_desk_contact_texts(f->desk, contact).orders, ==, 2);
    g_autoptr(json_t) before = orders_on_card(f, id);
    erase_all(f, contact);
    g_autoptr(json_t) after = orders_on_card(f, id);
    const json_t *row = json_array_get(after, 0);
    g_assert_cmpint(json_array_size(after), ==, 1);
    g_assert_null(json_object_get(row, "order"));
    g_assert_null(json_object_get(row, "amount"));
    g_assert_true(json_is_true(json_object_get(row, "erased")));
    g_assert_cmpstr(sm_json_str(row, "status", ""), ==, "paid");
    g_assert_cmpint(sm_json_int(row, "at", 0), ==, sm_json_int(json_array_get(before, 0), "at", 1));
    g_assert_cmpint(converted(f), ==, 1);
    g_assert_cmpuint(sm_desk_contact_texts(f->desk, contact).orders, ==, 0);
    g_autoptr(GByteArray) bytes = one_state(f);
    g_autofree char *text = log_text(f);
    g_assert_false(holds(bytes, "A-1009") || holds(bytes, "129.00"));
    g_assert_true(!strstr(text, "A-1009") && !strstr(text, "129.00"));
    must_not(f, CMD(ERASE, the_desk(), .contact = contact, .reason = "once more, for sure"), SM_PROBLEM_NOT_FOUND);
}

/* A contact who never wrote has no conversation that an erasure could be of. */
static void erased_without_conversation(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    const SmRecord *record;

    told(f, "u123", "A-1009", "paid", "129.00 CNY");
    g_assert_true(sm_desk_knows_contact(f->desk, "u123"));
    g_assert_false(sm_desk_knows_contact(f->desk, "u124"));
    record = must(f, CMD(ERASE, admin(), .contact = "u123", .reason = "asked for by the customer"));
    const SmEvent *event = record->events->pdata[0];
    g_assert_null(event->conversation);
    g_assert_cmpstr(event->contact, ==, "u123");
    g_assert_false(sm_desk_visible(f->desk, staff("login-sue"), event, record->seq));
    g_assert_false(sm_desk_visible(f->desk, customer("u123"), event, record->seq));
    g_autoptr(GByteArray) bytes = one_state(f);
    g_assert_false(holds(bytes, "A-1009"));
}

/* Of all who are one person; whoever saw it where it was told is told that it is gone. */
static void erased_of_merged(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *x = NULL, *y = NULL, *a = NULL, *b = NULL;
    guint in_x = 0, in_y = 0;

    start(f, "web", "hello", &x, &a);
    start(f, "web", "it is me", &y, &b);
    const SmEvent *paid = told(f, a, "A-1009", "paid", NULL)->events->pdata[0];
    told(f, b, "A-1010", "paid", NULL);
    must(f, CMD(RESOLVE, the_desk(), .conversation = y));
    must(f, CMD(MERGE, the_desk(), .conversation = x, .contact = b));
    const SmEvent *refunded = told(f, b, "A-1009", "refunded", NULL)->events->pdata[0];
    g_assert_cmpstr(refunded->notice, ==, paid->notice);
    g_autoptr(json_t) shown = orders_on_card(f, x);
    g_assert_cmpint(json_array_size(shown), ==, 2); /* one row for one order */
    SmRecord *record = must(f, CMD(ERASE, staff("login-sue"), .conversation = x, .reason = "asked for by the customer"));
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        in_x += g_strcmp0(event->content, paid->content) == 0 && g_strcmp0(event->conversation, x) == 0;
        in_y += g_strcmp0(event->content, paid->content) == 0 && g_strcmp0(event->conversation, y) == 0;
    }
    g_assert_true(in_x == 1 && in_y == 0);
    g_autoptr(GByteArray) bytes = one_state(f);
    g_assert_false(holds(bytes, "A-10"));
}

/* The newest text says what stands there; which of them went first is the same to a desk that begins anew. */
static void erased_in_part(void)
{
    for (int which = 0; which < 2; which++) {
        g_autoptr(Fixture) f = fixture_new(5, 0);
        g_autofree char *id = NULL, *contact = NULL;

        start(f, "web", "hello", &id, &contact);
        const SmEvent *events[] = {told(f, contact, "A-1009", "placed", "129.00")->events->pdata[0],
                                   told(f, contact, "A-1009", "paid", NULL)->events->pdata[0]};
        g_autoptr(json_t) contents = json_pack("[s]", events[which]->content);
        must(f, CMD(ERASE, the_desk(), .conversation = id, .reason = "older than retention says", .data = contents));
        g_autoptr(json_t) shown = orders_on_card(f, id);
        g_assert_cmpstr(sm_json_str(json_array_get(shown, 0), "order", "none"), ==, which == 0 ? "A-1009" : "none");
        g_byte_array_unref(one_state(f));
    }
}

/* An erasure reaches those that the card does not keep any more, 64 at a time. */
static void erased_beyond_the_card(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);
    guint n = SM_MAX_CARD_ORDERS + 30, steps = 0;

    for (guint i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("A-%u", 1000 + i);
        told(f, "u1", number, "paid", NULL);
    }
    g_assert_cmpuint(sm_desk_contact_texts(f->desk, "u1").orders, ==, n);
    for (; sm_desk_contact_texts(f->desk, "u1").orders > 0; steps++) {
        erase_all(f, "u1");
    }
    g_assert_cmpuint(steps, ==, 3);
    g_autofree char *text = log_text(f);
    g_assert_null(strstr(text, "A-1"));
    g_byte_array_unref(one_state(f));
}

/* What is too old goes by its own time, whatever becomes of conversations. */
static void too_old(void)
{
    g_autoptr(Fixture) f = fixture_new(7, 0);

    told(f, "u1", "A-1009", "placed", "129.00");
    int64_t then = f->now;
    pass(f, 100000);
    told(f, "u1", "A-1009", "paid", NULL);
    told(f, "u2", "A-2000", "paid", NULL);
    g_autoptr(GPtrArray) old = sm_desk_told_long_ago(f->desk, then);
    g_assert_cmpuint(old->len, ==, 1);
    g_assert_cmpuint(sm_desk_told_by(f->desk, "u1", then), ==, 1);
    must(f, CMD(ERASE, the_desk(), .contact = "u1", .until = then, .reason = "older than retention says"));
    g_assert_cmpuint(sm_desk_told_by(f->desk, "u1", f->now), ==, 1);
    must_not(f, CMD(ERASE, the_desk(), .contact = "u1", .until = then, .reason = "older than retention says"), SM_PROBLEM_WRONG_STATE);
    g_byte_array_unref(one_state(f));
}

/* --- Of older logs -------------------------------------------------------------------------------
 */

static void of_before(Fixture *f, const char *contact, const char *number, const char *status, const char *amount)
{
    g_autofree char *amount_member = amount ? g_strdup_printf(",\"amount\":\"%s\"", amount) : g_strdup("");
    g_autofree char *command = g_strdup_printf("before-%u", f->records->len);
    g_autofree char *text = g_strdup_printf(
        "{\"seq\":%" G_GINT64_FORMAT ",\"at\":%" G_GINT64_FORMAT ",\"command\":\"%s\",\"actor\":\"desk\",\"events\":[{\"type\":\"order.recorded\",\"v\":2,"
        "\"ignorable\":true,\"contact\":\"%s\",\"order\":\"%s\"%s,\"status\":\"%s\"}]}",
        sm_desk_seq(f->desk) + 1, f->now, command, contact, number, amount_member, status);
    g_autoptr(GError) error = NULL;
    SmRecord *record = sm_record_decode(text, strlen(text), &error);

    g_assert_no_error(error);
    g_autofree char *again = sm_record_encode(record);
    g_assert_cmpstr(again, ==, text); /* as they are, for ever: cursors and backups know them by it */
    g_assert_true(sm_desk_apply(f->desk, record, &error));
    g_ptr_array_add(f->records, record);
}

/* They stand on the card as ever; what is told from now on belongs to the same order, and to the same figure. */
static void go_on(void)
{
    g_autoptr(Fixture) f = fixture_new(8, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    of_before(f, contact, "A-1009", "placed", "129.00 CNY");
    of_before(f, contact, "A-1010", "paid", NULL);
    of_before(f, contact, "A-1009", "paid", NULL);
    g_autoptr(json_t) shown = orders_on_card(f, id);
    g_assert_cmpint(json_array_size(shown), ==, 2);
    g_assert_cmpstr(sm_json_str(json_array_get(shown, 0), "order", ""), ==, "A-1009");
    g_assert_cmpstr(sm_json_str(json_array_get(shown, 0), "amount", ""), ==, "129.00 CNY");
    g_assert_cmpint(converted(f), ==, 1);
    const SmEvent *event = told(f, contact, "A-1009", "refunded", NULL)->events->pdata[0];
    told(f, contact, "A-1010", "cancelled", NULL);
    g_assert_cmpstr(event->text, ==, "{\"order\":\"A-1009\",\"amount\":\"129.00 CNY\"}");
    g_assert_cmpint(converted(f), ==, 0);
    g_autoptr(json_t) later = orders_on_card(f, id);
    g_assert_cmpint(json_array_size(later), ==, 2);
    g_assert_cmpuint(sm_desk_contact_texts(f->desk, contact).plain, ==, 2);
    erase_all(f, contact);
    g_assert_cmpint(converted(f), ==, 0);
    g_autoptr(json_t) after = orders_on_card(f, id);
    g_assert_null(json_object_get(json_array_get(after, 0), "order"));
    g_assert_cmpuint(sm_desk_contact_texts(f->desk, contact).plain, ==, 2);
    g_byte_array_unref(one_state(f));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/orders/in-the-content", in_the_content);
    g_test_add_func("/desk/orders/not-masked", not_masked);
    g_test_add_func("/desk/orders/sealed", sealed);
    g_test_add_func("/desk/orders/erased", erased);
    g_test_add_func("/desk/orders/erased-without-conversation", erased_without_conversation);
    g_test_add_func("/desk/orders/erased-of-merged", erased_of_merged);
    g_test_add_func("/desk/orders/erased-in-part", erased_in_part);
    g_test_add_func("/desk/orders/erased-beyond-the-card", erased_beyond_the_card);
    g_test_add_func("/desk/orders/too-old", too_old);
    g_test_add_func("/desk/orders/of-before-go-on", go_on);
    return g_test_run();
}
