/* SPDX-License-Identifier: MIT */
#include "seatmux/base/pack.h"

#include <string.h>

#include "seatmux/base/json.h"

typedef enum { RED, GREEN } Colour;

typedef struct {
    int64_t numbers[6];
    int small;
    gboolean yes, no;
    Colour colour;
    char *text, *empty, *none;
    json_t *json, *no_json;
    GPtrArray *texts;
} Thing;

/* One list for both ways, as it is meant. */
static void fields(SmPack *pack, Thing *thing)
{
    for (guint i = 0; i < G_N_ELEMENTS(thing->numbers); i++)
        sm_pack_int(pack, &thing->numbers[i]);
    sm_pack_number(pack, &thing->small);
    sm_pack_flag(pack, &thing->yes);
    sm_pack_flag(pack, &thing->no);
    sm_pack_enum(pack, &thing->colour, GREEN);
    sm_pack_text(pack, &thing->text);
    sm_pack_text(pack, &thing->empty);
    sm_pack_text(pack, &thing->none);
    sm_pack_json(pack, &thing->json);
    sm_pack_json(pack, &thing->no_json);
    sm_pack_texts(pack, thing->texts);
}

static void thing_clear(Thing *thing)
{
    g_free(thing->text);
    g_free(thing->empty);
    g_free(thing->none);
    json_decref(thing->json);
    json_decref(thing->no_json);
    g_ptr_array_unref(thing->texts);
}

static Thing thing_new(void)
{
    return (Thing){.texts = g_ptr_array_new_with_free_func(g_free)};
}

static Thing full(void)
{
    Thing thing = {.numbers = {0, -1, 63, 64, INT64_MIN, INT64_MAX}, .small = -70000, .yes = TRUE, .colour = GREEN};

    thing.text = g_strdup("在吗 😊");
    thing.empty = g_strdup("");
    thing.json = json_pack("{s:[i,s]}", "a", 1, "b\nc");
    thing.texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(thing.texts, g_strdup("one"));
    g_ptr_array_add(thing.texts, g_strdup(""));
    return thing;
}

static GByteArray *written(void)
{
    g_autoptr(SmPack) pack = sm_pack_writer();
    Thing thing = full();

    g_assert_false(sm_pack_reads(pack));
    fields(pack, &thing);
    thing_clear(&thing);
    return sm_pack_take(pack);
}

static void both_ways(void)
{
    g_autoptr(GByteArray) bytes = written();
    g_autoptr(SmPack) pack = sm_pack_reader(bytes->data, bytes->len);
    Thing thing = thing_new(), wanted = full();

    thing.text = g_strdup("what was there");
    g_assert_true(sm_pack_reads(pack));
    fields(pack, &thing);
    g_assert_true(sm_pack_at_end(pack));
    g_assert_cmpmem(thing.numbers, sizeof thing.numbers, wanted.numbers, sizeof wanted.numbers);
    g_assert_cmpint(thing.small, ==, -70000);
    g_assert_true(thing.yes && !thing.no && thing.colour == GREEN);
    g_assert_cmpstr(thing.text, ==, wanted.text);
    g_assert_cmpstr(thing.empty, ==, "");
    g_assert_null(thing.none);
    g_assert_true(json_equal(thing.json, wanted.json));
    g_assert_null(thing.no_json);
    g_assert_cmpuint(thing.texts->len, ==, 2);
    g_assert_cmpstr(thing.texts->pdata[0], ==, "one");
    g_assert_cmpstr(thing.texts->pdata[1], ==, "");
    thing_clear(&thing);
    thing_clear(&wanted);
}

/* Cut anywhere: spoilt, and what could not be read is nothing. */
static void cut(void)
{
    g_autoptr(GByteArray) bytes = written();

    for (guint n = 0; n < bytes->len; n++) {
        g_autoptr(SmPack) pack = sm_pack_reader(bytes->data, n);
        Thing thing = thing_new();
        int64_t more = 7;
        fields(pack, &thing);
        g_assert_false(sm_pack_good(pack));
        g_assert_false(sm_pack_at_end(pack));
        sm_pack_int(pack, &more);
        g_assert_cmpint(more, ==, 0);
        g_assert_cmpuint(sm_pack_count(pack, 0), ==, 0);
        thing_clear(&thing);
    }
}

static void assert_spoilt(const char *bytes, gsize n, void (*read)(SmPack *pack))
{
    g_autoptr(SmPack) pack = sm_pack_reader(bytes, n);

    read(pack);
    g_assert_false(sm_pack_good(pack));
}

static void read_text(SmPack *pack)
{
    g_autofree char *text = g_strdup("old");
    sm_pack_text(pack, &text);
    g_assert_null(text);
}

static void read_number(SmPack *pack)
{
    int number = 1;
    sm_pack_number(pack, &number);
    g_assert_cmpint(number, ==, 0);
}

static void read_choice(SmPack *pack)
{
    Colour colour = GREEN;
    sm_pack_enum(pack, &colour, GREEN);
    g_assert_cmpint(colour, ==, RED);
}

static void read_count(SmPack *pack)
{
    g_assert_cmpuint(sm_pack_count(pack, 0), ==, 0);
}

static void read_json(SmPack *pack)
{
    json_t *json = NULL;
    sm_pack_json(pack, &json);
    g_assert_null(json);
}

static void read_texts(SmPack *pack)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    sm_pack_texts(pack, texts);
}

/* Bytes that nobody wrote. */
static void nonsense(void)
{
    assert_spoilt("\x03\xff\xfe", 3, read_text);                        /* no UTF-8 */
    assert_spoilt("\x03" "a\0", 3, read_text);                          /* ends before its end */
    assert_spoilt("\x09" "ab", 3, read_text);                           /* longer than there is */
    assert_spoilt("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, read_text);
    assert_spoilt("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, read_number); /* more than 64 bits */
    assert_spoilt("\x80\x80\x80\x80\x20", 5, read_number);              /* no int */
    assert_spoilt("\x04", 1, read_choice);                              /* beyond the last */
    assert_spoilt("\x01", 1, read_choice);                              /* below the first */
    assert_spoilt("\x05" "abcd", 5, read_count);                        /* more than bytes are left */
    assert_spoilt("\x03" "{x", 3, read_json);
    assert_spoilt("\x01\x00", 2, read_texts);                           /* a list has no gaps */
}

/* In whatever order it was filled. */
static void tables(void)
{
    static const char *const names[] = {"b", "", "a"};
    g_autoptr(GHashTable) one = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                          other = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(SmPack) first = sm_pack_writer(), second = sm_pack_writer();

    for (int64_t i = 0; i < 3; i++) {
        g_hash_table_insert(one, g_strdup(names[i]), g_memdup2(&i, sizeof i));
        int64_t back = 2 - i;
        g_hash_table_insert(other, g_strdup(names[back]), g_memdup2(&back, sizeof back));
    }
    sm_pack_table(first, one);
    sm_pack_table(second, other);
    g_autoptr(GByteArray) bytes = sm_pack_take(first), same = sm_pack_take(second);
    g_assert_cmpmem(bytes->data, bytes->len, same->data, same->len);
    g_autoptr(SmPack) from = sm_pack_reader(bytes->data, bytes->len);
    g_hash_table_remove_all(one);
    sm_pack_table(from, one);
    g_assert_true(sm_pack_at_end(from));
    g_assert_cmpuint(g_hash_table_size(one), ==, 3);
    for (int64_t i = 0; i < 3; i++)
        g_assert_cmpint(*(int64_t *)g_hash_table_lookup(one, names[i]), ==, i);
    g_autoptr(SmPack) cut = sm_pack_reader(bytes->data, bytes->len - 1);
    sm_pack_table(cut, other);
    g_assert_false(sm_pack_good(cut));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/pack/both-ways", both_ways);
    g_test_add_func("/base/pack/cut", cut);
    g_test_add_func("/base/pack/tables", tables);
    g_test_add_func("/base/pack/nonsense", nonsense);
    return g_test_run();
}
