/* SPDX-License-Identifier: MIT */
/* Short texts with a grammar: layouts, filters, names of keys. What is read and written is read again as the same. */
#include <string.h>

#include "fuzz.h"
#include "seatmux/app/key.h"
#include "seatmux/app/layout.h"
#include "seatmux/desk/filter.h"

static void layout(const char *text)
{
    g_autoptr(SmLayout) read = sm_layout_new(), again = sm_layout_new();
    g_autoptr(GError) error = NULL;
    gboolean ok = sm_layout_parse(read, text, &error);
    g_assert_true(ok != (error != NULL));
    sm_layout_place(read, 40, 120);
    sm_layout_place(read, 8, 20);
    if (!ok)
        return;
    g_autofree char *written = sm_layout_text(read);
    g_assert_true(sm_layout_parse(again, written, NULL));
    g_autofree char *twice = sm_layout_text(again);
    g_assert_cmpstr(written, ==, twice);
}

static void keys(const char *text)
{
    SmKey key, again;
    if (!sm_key_parse(text, &key))
        return;
    g_autofree char *name = sm_key_format(key);
    g_assert_true(sm_key_parse(name, &again));
    g_assert_cmpuint(key, ==, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = fuzz_text(data, n);
    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    layout(text);
    keys(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmFilter) filter = sm_filter_parse(text, &error);
    g_assert_true((filter != NULL) != (error != NULL));
    return 0;
}
