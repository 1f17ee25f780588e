/* SPDX-License-Identifier: MIT */
/* backup: a desk's directory copied while it is in use, and back. A backup is a directory with the files of a desk and
 * backup.json, which is written last and says what the others must be. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

#include "cli/local_desk.h"
#include "seatmux/log/log.h"

#define SM_BACKUP_NOTE "backup.json"
#define SM_BACKUP_FORM 1
#define SM_BACKUP_PREFIX "desk-" /* desk-20261129T073303Z: of backups that lie beside each other */
#define SM_BACKUP_DRAFT ".making"

typedef struct {
    SmLogFacts log;
    SmFileCount files;
    char *made; /* ISO 8601, UTC */
} SmBackupFacts;
void sm_backup_facts_clear(SmBackupFacts *facts);

/* The desk in `data` to the new directory `to`, whole or not at all. What is in the copy was checked. */
gboolean sm_backup_make(const char *data, const char *to, SmBackupFacts *facts, GError **error);
/* Is `from` a whole backup, as it was made, and can this program read it? */
gboolean sm_backup_check(const char *from, SmBackupFacts *facts, GError **error);
/* A desk of a backup in `data`, which must be absent or empty; whole or not at all. */
gboolean sm_backup_restore(const char *from, const char *data, SmBackupFacts *facts, GError **error);
/* Of the backups that lie in `place` under names with a time, the newest `keep` stay. The number removed. */
guint sm_backup_thin(const char *place, guint keep);

/* --- backup_files.c: plain files ------------------------------------------------------------------ */

/* The one-file parts of a desk, databases first, NULL at the end; those that need not be there come after `needed`. */
extern const char *const SM_BACKUP_PARTS[];
#define SM_BACKUP_NEEDED 2
/* One whole file to a new one (0600), synced. */
gboolean sm_backup_copy_plain(const char *from, const char *to, GError **error);
/* SHA-256 in hex; caller frees. NULL and error. */
char *sm_backup_sum(const char *path, GError **error);

#endif
