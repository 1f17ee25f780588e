/* SPDX-License-Identifier: MIT */
/* What a desk answers, on a client that believes nothing: applied whole or not at all, and what is shown afterwards can be
 * shown. */
#include "fuzz.h"
#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

static char *picture(SmDesk *desk)
{
    g_autoptr(json_t) shown = sm_desk_project(desk, (SmActor){SM_ACTOR_STAFF, "mia"});
    return sm_json_text(shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(SmDesk) desk = sm_desk_new(50);
    g_auto(GStrv) pages = NULL;
    g_autofree char *text = fuzz_text(data, n);
    pages = g_strsplit(text, "\n", 20); /* answer after answer */
    for (guint i = 0; pages[i]; i++) {
        g_autoptr(json_t) body = sm_json_parse(pages[i], strlen(pages[i]), SM_MAX_ANSWER_BYTES, NULL);
        if (!body)
            continue;
        g_autoptr(GPtrArray) touched = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autofree char *before = picture(desk);
        gboolean applied = sm_wire_apply(desk, body, touched, &error);
        g_assert_true(applied != (error != NULL));
        g_autofree char *after = picture(desk);
        if (!applied)
            g_assert_cmpstr(before, ==, after);
    }
    return 0;
}
