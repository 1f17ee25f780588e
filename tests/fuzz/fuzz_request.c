/* SPDX-License-Identifier: MIT */
/* What a stranger asks of a desk: first line "METHOD TARGET KEY", the rest is the body. A command or a refusal, and its
 * answer can be written. */
#include <string.h>

#include "fuzz.h"
#include "seatmux/wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = fuzz_text(data, n);
    char *body = strchr(text, '\n');
    if (body)
        *body++ = '\0';
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    if (g_strv_length(words) < 2)
        return 0;
    g_autoptr(SmRequest) request = sm_request_new(words[0], words[1]);
    request->idempotency_key = g_strdup(words[2]);
    if (body)
        request->body = g_bytes_new(body, strlen(body));
    g_auto(SmWireCommand) read = {0};
    SmRefusal *refusal = sm_wire_read_command(request, NULL, &read);
    if (refusal) {
        g_autoptr(SmAnswer) answer = sm_answer_refusal(refusal);
        g_assert_cmpint(answer->status, >=, 400);
        sm_refusal_free(refusal);
    }
    g_auto(GStrv) segments = sm_url_segments(words[1]);
    g_assert_true(!segments || g_strv_length(segments) <= strlen(words[1]));
    g_autofree char *query = sm_url_query(words[1], "after");
    g_autofree char *id = NULL;
    int64_t seq;
    uint32_t check;
    if (query && sm_cursor_parse(query, &id, &seq, &check)) {
        g_autofree char *again = sm_cursor_format(id, seq, check);
        g_autofree char *id2 = NULL;
        int64_t seq2;
        uint32_t check2;
        g_assert_true(sm_cursor_parse(again, &id2, &seq2, &check2));
        g_assert_cmpstr(id, ==, id2);
        g_assert_cmpint(seq, ==, seq2);
    }
    return 0;
}
