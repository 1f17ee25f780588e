/* SPDX-License-Identifier: MIT */
#include "seatmux/base/pack.h"

#include <string.h>

#include "seatmux/base/json.h"

struct SmPack {
    GByteArray *out; /* NULL: it reads */
    const guint8 *at, *end;
    gboolean spoilt;
    void *context;
};

SmPack *sm_pack_writer(void)
{
    SmPack *pack = g_new0(SmPack, 1);

    pack->out = g_byte_array_new();
    return pack;
}

SmPack *sm_pack_reader(const void *bytes, gsize n)
{
    SmPack *pack = g_new0(SmPack, 1);

    pack->at = bytes;
    pack->end = pack->at + n;
    return pack;
}

void sm_pack_free(SmPack *pack)
{
    if (pack == NULL)
        return;
    if (pack->out != NULL)
        g_byte_array_unref(pack->out);
    g_free(pack);
}

GByteArray *sm_pack_take(SmPack *pack)
{
    GByteArray *out = pack->out;

    pack->out = g_byte_array_new();
    return out;
}

void sm_pack_set_context(SmPack *pack, void *context)
{
    pack->context = context;
}

void *sm_pack_context(const SmPack *pack)
{
    return pack->context;
}

gboolean sm_pack_reads(const SmPack *pack)
{
    return pack->out == NULL;
}

gboolean sm_pack_good(const SmPack *pack)
{
    return !pack->spoilt;
}

void sm_pack_spoil(SmPack *pack)
{
    pack->spoilt = TRUE;
    pack->at = pack->end;
}

gboolean sm_pack_at_end(const SmPack *pack)
{
    return !pack->spoilt && pack->at == pack->end;
}

/* --- Numbers -------------------------------------------------------------------------------------
 */

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static void put(SmPack *pack, uint64_t value)
{
    guint8 bytes[10];
    guint n = 0;

    do {
        bytes[n++] = (guint8)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value != 0);
    g_byte_array_append(pack->out, bytes, n);
}

static uint64_t get(SmPack *pack)
{
    uint64_t value = 0;

    for (guint shift = 0; shift < 64 && pack->at < pack->end; shift += 7) {
        guint8 byte = *pack->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return value;
    }
    sm_pack_spoil(pack);
    return 0;
}

/* Small numbers are short whichever sign they have. */
void sm_pack_int(SmPack *pack, int64_t *value)
{
    if (pack->out != NULL) {
        put(pack, ((uint64_t)*value << 1) ^ (*value < 0 ? UINT64_MAX : 0));
        return;
    }
    uint64_t bits = get(pack);
    *value = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
}

void sm_pack_number(SmPack *pack, int *value)
{
    int64_t wide = *value;

    sm_pack_int(pack, &wide);
    if (wide < G_MININT || wide > G_MAXINT) {
        sm_pack_spoil(pack);
        wide = 0;
    }
    *value = (int)wide;
}

void sm_pack_choice(SmPack *pack, int *value, int last)
{
    sm_pack_number(pack, value);
    if (*value < 0 || *value > last) {
        sm_pack_spoil(pack);
        *value = 0;
    }
}

void sm_pack_flag(SmPack *pack, gboolean *value)
{
    int choice = *value != FALSE;

    sm_pack_choice(pack, &choice, 1);
    *value = choice;
}

guint sm_pack_count(SmPack *pack, guint n)
{
    if (pack->out != NULL) {
        put(pack, n);
        return n;
    }
    uint64_t count = get(pack);
    if (count > (uint64_t)(pack->end - pack->at)) {
        sm_pack_spoil(pack);
        return 0;
    }
    return (guint)count;
}

/* --- Texts ---------------------------------------------------------------------------------------
 */

static void put_text(SmPack *pack, const char *text)
{
    gsize n = text != NULL ? strlen(text) : 0;

    put(pack, text != NULL ? n + 1 : 0);
    g_byte_array_append(pack->out, (const guint8 *)text, (guint)n);
}

/* NULL: none, or spoilt. */
static char *get_text(SmPack *pack)
{
    uint64_t n = get(pack);

    if (n == 0)
        return NULL;
    if (n - 1 > (uint64_t)(pack->end - pack->at) || memchr(pack->at, '\0', n - 1) != NULL ||
        !g_utf8_validate((const char *)pack->at, (gssize)(n - 1), NULL)) {
        sm_pack_spoil(pack);
        return NULL;
    }
    char *text = g_strndup((const char *)pack->at, n - 1);
    pack->at += n - 1;
    return text;
}

void sm_pack_text(SmPack *pack, char **text)
{
    if (pack->out != NULL) {
        put_text(pack, *text);
        return;
    }
    g_free(*text);
    *text = get_text(pack);
}

void sm_pack_json(SmPack *pack, json_t **json)
{
    if (pack->out != NULL) {
        g_autofree char *text = *json != NULL ? sm_json_text(*json) : NULL;
        put_text(pack, text);
        return;
    }
    g_autofree char *text = get_text(pack);
    json_decref(*json);
    *json = text != NULL ? sm_json_parse(text, strlen(text), strlen(text), NULL) : NULL;
    if (text != NULL && *json == NULL)
        sm_pack_spoil(pack);
}

void sm_pack_texts(SmPack *pack, GPtrArray *texts)
{
    guint n = sm_pack_count(pack, texts->len);

    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        char *text = pack->out != NULL ? texts->pdata[i] : NULL;
        sm_pack_text(pack, &text);
        if (pack->out == NULL && text != NULL)
            g_ptr_array_add(texts, text);
        else if (pack->out == NULL)
            sm_pack_spoil(pack);
    }
}

void sm_pack_table(SmPack *pack, GHashTable *table)
{
    g_autoptr(GList) keys = pack->out != NULL ? g_list_sort(g_hash_table_get_keys(table), (GCompareFunc)strcmp) : NULL;
    guint n = sm_pack_count(pack, g_hash_table_size(table));
    const GList *next = keys;

    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        char *key = next != NULL ? next->data : NULL;
        int64_t value = next != NULL ? *(const int64_t *)g_hash_table_lookup(table, key) : 0;
        sm_pack_text(pack, &key);
        sm_pack_int(pack, &value);
        next = next != NULL ? next->next : NULL;
        if (pack->out == NULL && key != NULL)
            g_hash_table_replace(table, key, g_memdup2(&value, sizeof value));
        else if (pack->out == NULL)
            sm_pack_spoil(pack);
    }
}
