/* SPDX-License-Identifier: MIT */
#include "safe_private.h"

#include <stdarg.h>
#include <string.h>

/* Counted atomically: safe text is handed to the journal's thread too. */
struct SmSafe {
    gatomicrefcount refs;
    gsize len;
    char *text;
};

SmSafe *sm_safe_take(char *utf8)
{
    SmSafe *safe = g_new0(SmSafe, 1);
    g_atomic_ref_count_init(&safe->refs);
    safe->text = utf8 != NULL ? utf8 : g_strdup("");
    safe->len = strlen(safe->text);
    return safe;
}

SmSafe *sm_safe_ref(SmSafe *safe)
{
    if (safe != NULL) {
        g_atomic_ref_count_inc(&safe->refs);
    }
    return safe;
}

void sm_safe_unref(SmSafe *safe)
{
    if (safe != NULL && g_atomic_ref_count_dec(&safe->refs)) {
        g_free(safe->text);
        g_free(safe);
    }
}

const char *sm_safe_str(const SmSafe *safe)
{
    return safe != NULL ? safe->text : "";
}

gsize sm_safe_len(const SmSafe *safe)
{
    return safe != NULL ? safe->len : 0;
}

SmSafe *sm_safe_from_literal(const char *literal)
{
    return sm_safe_take(g_strdup(literal));
}

SmSafe *sm_safe_format(const char *format, ...)
{
    GString *out = g_string_new(NULL);
    va_list args;
    va_start(args, format);
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%') {
            g_string_append_c(out, *p);
            continue;
        }
        p++;
        if (*p == 'S') {
            g_string_append(out, sm_safe_str(va_arg(args, const SmSafe *)));
        } else if (*p == 'd') {
            g_string_append_printf(out, "%d", va_arg(args, int));
        } else if (*p == 's') {
            const char *text = va_arg(args, const char *);
            g_string_append(out, text != NULL ? text : "");
        } else if (*p == '%') {
            g_string_append_c(out, '%');
        } else {
            g_error("sm_safe_format: unknown conversion in \"%s\"", format);
        }
    }
    va_end(args);
    return sm_safe_take(g_string_free(out, FALSE));
}
