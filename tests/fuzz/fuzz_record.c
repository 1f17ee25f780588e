/* SPDX-License-Identifier: MIT */
/* Lines of an exported log, folded: a line is a record or is refused; what is read without JSON is what JSON gives; what has
 * been folded can be shown to everybody. */
#include <string.h>

#include "desk/event_codec.h"
#include "fuzz.h"
#include "seatmux/desk/desk.h"

static void show(SmDesk *desk, SmActorKind kind, const char *id)
{
    json_decref(sm_desk_project(desk, (SmActor){kind, id}));
}

static void compare(const char *line)
{
    g_autoptr(SmRecord) scan = sm_record_scan(line, strlen(line));
    g_autoptr(SmRecord) json = scan ? sm_record_decode_json(line, strlen(line), NULL) : NULL;

    if (!scan)
        return;
    g_assert_nonnull(json);
    g_autofree char *one = sm_record_encode(scan), *other = sm_record_encode(json);
    g_assert_cmpstr(one, ==, other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = fuzz_text(data, n);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 200);
    g_autoptr(SmDesk) desk = sm_desk_new(0);
    for (guint i = 0; lines[i]; i++) {
        g_autoptr(GError) error = NULL;
        compare(lines[i]);
        SmRecord *record = sm_record_decode(lines[i], strlen(lines[i]), &error);
        g_assert_true((record != NULL) != (error != NULL));
        if (!record)
            continue;
        record->seq = sm_desk_seq(desk) + 1;
        g_assert_true(sm_desk_apply(desk, record, NULL));
        sm_record_unref(record);
    }
    show(desk, SM_ACTOR_ADMIN, NULL);
    show(desk, SM_ACTOR_STAFF, "mia");
    show(desk, SM_ACTOR_CUSTOMER, "k1");
    const GPtrArray *all = sm_desk_conversations(desk);
    for (guint i = 0; i < all->len; i++)
        json_decref(sm_desk_card(desk, all->pdata[i]));
    (void)sm_desk_next_due(desk);
    return 0;
}
