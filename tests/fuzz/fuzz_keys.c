/* SPDX-License-Identifier: MIT */
/* The bytes of a terminal: the same events however the bytes are cut, and typed text is valid UTF-8 without controls. */
#include "fuzz.h"
#include "ui/keys.h"

static void note(const SmInput *input, void *user)
{
    GString *story = user;
    if (input->kind == SM_INPUT_TEXT || input->kind == SM_INPUT_PASTE) {
        g_assert_true(g_utf8_validate(input->text, (gssize)input->size, NULL));
        g_assert_cmpuint(strlen(input->text), ==, input->size);
    }
    g_assert_cmpuint(input->raw_size, <=, SM_KEYS_RAW);
    g_string_append_printf(story, "%d %x %zu %zu %d %d,%d %d|", input->kind, input->key, input->size, input->dropped,
                           input->kind == SM_INPUT_MOUSE ? (int)input->mouse : 0, input->row, input->column, input->focused);
    if (input->kind == SM_INPUT_TEXT || input->kind == SM_INPUT_PASTE)
        g_string_append_len(story, input->text, (gssize)input->size);
}

static char *story_of(const uint8_t *data, size_t n, size_t piece)
{
    GString *story = g_string_new(NULL);
    g_autoptr(SmKeys) keys = sm_keys_new(note, story);
    for (size_t at = 0; at < n; at += piece)
        sm_keys_feed(keys, data + at, MIN(piece, n - at), 1000);
    for (int64_t at = sm_keys_pending(keys), k = 0; at >= 0 && k < 100; at = sm_keys_pending(keys), k++)
        sm_keys_flush(keys, at);
    return g_string_free(story, FALSE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *whole = story_of(data, n, MAX(n, 1));
    g_autofree char *byte_by_byte = story_of(data, n, 1);
    g_assert_cmpstr(whole, ==, byte_by_byte);
    return 0;
}
