/* SPDX-License-Identifier: MIT */
/* url: targets of requests. Strict on the way in: a broken escape, a NUL or bytes that are not
 * UTF-8 make the target malformed rather than something else than was meant. */
#include "seatmux/wire/wire.h"

#include <string.h>

#define SEGMENTS 16 /* deeper addresses do not exist */

char *sm_url_escape(const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    GString *out = g_string_sized_new(strlen(text) + 8);

    for (const char *p = text; *p != '\0'; p++) {
        guchar c = (guchar)*p;
        if (g_ascii_isalnum(*p) || strchr("-._~", *p) != NULL) {
            g_string_append_c(out, *p);
        } else {
            g_string_append_c(out, '%');
            g_string_append_c(out, digits[c >> 4]);
            g_string_append_c(out, digits[c & 15]);
        }
    }
    return g_string_free(out, FALSE);
}

static char *decode(const char *text, gsize n, gboolean plus_is_space)
{
    GString *out = g_string_sized_new(n);

    for (gsize i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= n || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2]))
                goto malformed;
            c = (char)(g_ascii_xdigit_value(text[i + 1]) << 4 | g_ascii_xdigit_value(text[i + 2]));
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0')
            goto malformed;
        g_string_append_c(out, c);
    }
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL))
        goto malformed;
    return g_string_free(out, FALSE);
malformed:
    g_string_free(out, TRUE);
    return NULL;
}

char *sm_url_query(const char *target, const char *name)
{
    const char *p = strchr(target, '?');
    gsize name_n = strlen(name);

    while (p != NULL) {
        p++;
        gsize n = strcspn(p, "&#");
        if (n > name_n && strncmp(p, name, name_n) == 0 && p[name_n] == '=')
            return decode(p + name_n + 1, n - name_n - 1, TRUE);
        p = p[n] == '&' ? p + n : NULL;
    }
    return NULL;
}

gboolean sm_url_query_sound(const char *target)
{
    const char *p = strchr(target, '?');
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    while (p != NULL) {
        p++;
        gsize n = strcspn(p, "&#"), name_n = MIN(n, strcspn(p, "="));
        g_autofree char *name = decode(p, name_n, TRUE);
        g_autofree char *value = decode(p + name_n, n - name_n, TRUE);
        if (name == NULL || value == NULL || (n > 0 && !g_hash_table_add(names, g_steal_pointer(&name))))
            return FALSE;
        p = p[n] == '&' ? p + n : NULL;
    }
    return TRUE;
}

char **sm_url_segments(const char *target)
{
    if (target == NULL || target[0] != '/')
        return NULL;
    g_autoptr(GPtrArray) segments = g_ptr_array_new_with_free_func(g_free);
    const char *p = target + 1;
    for (;;) {
        gsize n = strcspn(p, "/?#");
        char *segment = decode(p, n, FALSE);
        if (segment == NULL || segments->len >= SEGMENTS) {
            g_free(segment);
            return NULL;
        }
        g_ptr_array_add(segments, segment);
        if (p[n] != '/')
            break;
        p += n + 1;
    }
    g_ptr_array_add(segments, NULL);
    return (char **)g_ptr_array_steal(segments, NULL);
}
