/* SPDX-License-Identifier: MIT */
/* check: a log on disk copied and read through, without a loop: for backups. */
#include "sqlite_private.h"

#include "seatmux/base/error.h"
#include "seatmux/desk/desk.h"

/* A log that lost its end reads through without a fault: it is told by what stands beside it. */
static gboolean has_its_end(const char *path, GError **error)
{
    SmLogWitness *witness = sm_log_witness_new(path);
    sqlite3 *db = sm_db_open_reader(path, &sm_log_db_kind, error);
    g_autofree char *id = NULL;
    int64_t last = 0;
    gboolean good = db != NULL && sm_log_read_desk(db, &id, &last, error) && sm_log_witness_agrees(witness, id, last, error);

    sqlite3_close_v2(db);
    sm_log_witness_free(witness);
    return good;
}

gboolean sm_log_copy(const char *from, const char *to, GError **error)
{
    return has_its_end(from, error) && sm_db_copy(from, to, &sm_log_db_kind, error);
}

gboolean sm_log_upgrade(const char *path, GError **error)
{
    sqlite3 *db = sm_db_open(path, &sm_log_db_kind, error);

    sqlite3_close_v2(db);
    return db != NULL;
}

typedef struct {
    SmDesk *desk;
    const char *path;
} Check;

static gboolean fold(GPtrArray *page, void *user, GError **error)
{
    const Check *check = user;

    for (guint i = 0; i < page->len; i++) {
        g_autoptr(GError) own = NULL;
        const SmRecord *record = page->pdata[i];
        int64_t seq = sm_desk_seq(check->desk) + 1;
        if (record->seq == seq && sm_desk_apply(check->desk, record, &own))
            continue;
        g_set_error(error, SM_ERROR, own != NULL && own->code == SM_ERROR_VERSION ? SM_ERROR_VERSION : SM_ERROR_CORRUPT,
                    "%s: record %" G_GINT64_FORMAT " %s", check->path, seq, own != NULL ? own->message : "is missing");
        return FALSE;
    }
    return TRUE;
}

gboolean sm_log_check(const char *path, SmLogFacts *facts, GError **error)
{
    Check check = {sm_desk_new(1), path};
    gboolean good = sm_db_check(path, &sm_log_db_kind, error) && sm_log_reader_each(path, 0, G_MAXINT64, fold, &check, error);

    if (good)
        *facts = (SmLogFacts){sm_desk_seq(check.desk), sm_desk_at(check.desk), g_strdup(sm_desk_policy(check.desk)->desk)};
    sm_desk_free(check.desk);
    return good;
}
