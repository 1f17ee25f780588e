/* SPDX-License-Identifier: MIT */
/* Quick replies and what is filled into them: clean text, fields where they are said to be. Before a NUL or the end: the
 * template; after it: every value. */
#include <string.h>

#include "fuzz.h"
#include "seatmux/text/template.h"

static const char *value(const char *name, void *user)
{
    return user;
}

static void mistake(gsize offset, const char *why, void *user)
{
    int line, column;
    g_assert_cmpuint(offset, <=, strlen(user));
    sm_text_position(user, offset, &line, &column);
    g_assert_true(*why && line >= 1 && column >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)n);
    const char *rest = memchr(data, 0, n);
    g_autofree char *filled = rest ? g_utf8_make_valid(rest + 1, (gssize)(n - (size_t)(rest + 1 - (const char *)data))) : NULL;
    if (rest)
        text[MIN(strlen(text), (gsize)(rest - (const char *)data))] = '\0';
    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    g_autoptr(SmTemplate) template = sm_template_parse(text, mistake, text);
    if (!template)
        return 0;
    g_autoptr(SmTemplateResult) result = sm_template_render(template, filled ? value : NULL, filled);
    g_assert_true(g_utf8_validate(result->text, -1, NULL));
    for (guint i = 0; i < result->fields->len; i++) {
        const SmTextField *field = &g_array_index(result->fields, SmTextField, i);
        g_assert_cmpuint(field->start + field->len, <=, strlen(result->text));
        g_assert_true(g_str_has_prefix(result->text + field->start, "{{?"));
    }
    return 0;
}
