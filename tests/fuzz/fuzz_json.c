/* SPDX-License-Identifier: MIT */
/* JSON: what is read is written and read again as the same. */
#include <string.h>

#include "fuzz.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) json = sm_json_parse((const char *)data, n, SM_MAX_BODY_BYTES, &error);
    g_assert_true((json != NULL) != (error != NULL));
    if (!json)
        return 0;
    g_autofree char *text = sm_json_text(json);
    g_autoptr(json_t) again = sm_json_parse(text, strlen(text), SM_MAX_ANSWER_BYTES, NULL);
    g_assert_nonnull(again);
    g_assert_true(json_equal(json, again));
    return 0;
}
