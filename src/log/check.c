/* SPDX-License-Identifier: MIT */
/* check: a log on disk copied and read through, without a loop: for backups. */
#include "sqlite_private.h"

#include "seatmux/base/error.h"
#include "seatmux/desk/desk.h"

#define PAGE 500

gboolean sm_log_copy(const char *from, const char *to, GError **error)
{
    return sm_db_copy(from, to, &sm_log_db_kind, error);
}

gboolean sm_log_upgrade(const char *path, GError **error)
{
    sqlite3 *db = sm_db_open(path, &sm_log_db_kind, error);

    sqlite3_close_v2(db);
    return db != NULL;
}

/* The number of records of the next page; -1: error. */
static int fold_page(SmLogReader *reader, SmDesk *desk, const char *path, GError **error)
{
    int64_t seq = sm_desk_seq(desk);
    g_autoptr(GPtrArray) page = sm_log_reader_read(reader, seq, G_MAXINT64, PAGE, error);

    for (guint i = 0; page != NULL && i < page->len; i++) {
        g_autoptr(GError) own = NULL;
        const SmRecord *record = page->pdata[i];
        seq++;
        if (record->seq == seq && sm_desk_apply(desk, record, &own))
            continue;
        g_set_error(error, SM_ERROR, own != NULL && own->code == SM_ERROR_VERSION ? SM_ERROR_VERSION : SM_ERROR_CORRUPT,
                    "%s: record %" G_GINT64_FORMAT " %s", path, seq, own != NULL ? own->message : "is missing");
        return -1;
    }
    return page != NULL ? (int)page->len : -1;
}

gboolean sm_log_check(const char *path, SmLogFacts *facts, GError **error)
{
    SmLogReader *reader = sm_db_check(path, &sm_log_db_kind, error) ? sm_log_reader_open(path, error) : NULL;
    SmDesk *desk = sm_desk_new(1);
    int more = reader != NULL ? 1 : -1;

    while (more > 0)
        more = fold_page(reader, desk, path, error);
    sm_log_reader_close(reader);
    if (more == 0)
        *facts = (SmLogFacts){sm_desk_seq(desk), sm_desk_at(desk), g_strdup(sm_desk_policy(desk)->desk)};
    sm_desk_free(desk);
    return more == 0;
}
