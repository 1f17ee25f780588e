/* SPDX-License-Identifier: MIT */
/* cursor: "<desk id>.<seq in hex>.<check, 8 hex digits>". The desk id may hold dots itself, so it
 * is read from the end. */

#include "seatmux/wire/wire.h"

#include <string.h>

#include "seatmux/base/limits.h"

#define CHECK_DIGITS 8
#define SEQ_DIGITS 15 /* 60 bits: more records than any desk will ever write */

char *sm_cursor_format(const char *desk_id, int64_t seq, uint32_t check)
{
    return g_strdup_printf("%s.%" G_GINT64_MODIFIER "x.%08x", desk_id, (guint64)seq, check);
}

/* At least one digit, lower-case hex only, so that one place of the log has one spelling. */
static gboolean parse_hex(const char *text, gsize n, guint64 *out)
{
    guint64 value = 0;

    for (gsize i = 0; i < n; i++) {
        char c = text[i];
        if (!g_ascii_isxdigit(c) || g_ascii_isupper(c))
            return FALSE;
        value = value << 4 | (guint64)g_ascii_xdigit_value(c);
    }
    *out = value;
    return n > 0;
}

gboolean sm_cursor_parse(const char *cursor, char **desk_id, int64_t *seq, uint32_t *check)
{
    guint64 seq_value, check_value;

    if (cursor == NULL || strlen(cursor) > SM_MAX_ID_BYTES + SEQ_DIGITS + CHECK_DIGITS + 2)
        return FALSE;
    const char *last = strrchr(cursor, '.');
    const char *middle = last != NULL ? memrchr(cursor, '.', (gsize)(last - cursor)) : NULL;
    if (middle == NULL || strlen(last + 1) != CHECK_DIGITS)
        return FALSE;
    gsize digits = (gsize)(last - middle - 1);
    if (digits > SEQ_DIGITS || (digits > 1 && middle[1] == '0'))
        return FALSE;
    if (!parse_hex(middle + 1, digits, &seq_value) ||
        !parse_hex(last + 1, CHECK_DIGITS, &check_value))
        return FALSE;
    g_autofree char *id = g_strndup(cursor, (gsize)(middle - cursor));
    if (!sm_id_valid(id))
        return FALSE;
    *desk_id = g_steal_pointer(&id);
    *seq = (int64_t)seq_value;
    *check = (uint32_t)check_value;
    return TRUE;
}
