/* SPDX-License-Identifier: MIT */
/* files_private: the store on disk, used by the thread of files.c and by export and import. One thread at a time. */
#ifndef SERVER_FILES_PRIVATE_H
#define SERVER_FILES_PRIVATE_H

#include <magic.h>
#include <sodium.h>
#include <sqlite3.h>

#include "seatmux/base/db.h"
#include "seatmux/server/files.h"

#define SM_HASH_HEX (crypto_hash_sha256_BYTES * 2)

extern const SmDbKind sm_file_db_kind;

struct SmFileStore {
    char *directory;
    sqlite3 *db;
    sqlite3_stmt *find, *add, *named, *drop, *others, *unsent, *sent;
    magic_t magic; /* NULL: types are not looked for here */
};

/* Bytes on their way. */
typedef struct {
    char *path;
    int fd; /* -1: not begun, or given up */
    crypto_hash_sha256_state sum;
    int64_t size;
    GError *error; /* the first */
} SmDraftFile;

/* Files that no row names, and drafts: what a crash left. */
void sm_file_store_tidy(SmFileStore *store);

void sm_draft_file_write(SmFileStore *store, SmDraftFile *draft, GBytes *bytes);
void sm_draft_file_clear(SmDraftFile *draft); /* removes what is still there */

/* NULL: there is none, or an error (then *error is set). */
SmFile *sm_file_store_find(SmFileStore *store, const char *id, GError **error);
/* Type by content; "application/octet-stream" where libmagic does not know. */
char *sm_file_store_type(SmFileStore *store, SmDraftFile *draft);
char *sm_draft_file_hash(const SmDraftFile *draft); /* of what was written so far; hex; caller frees */
/* Draft and row become durable. file->hash, size, type are set. */
gboolean sm_file_store_add(SmFileStore *store, SmDraftFile *draft, SmFile *file, gboolean sent, GError **error);
gboolean sm_file_store_set_named(SmFileStore *store, const char *id, GError **error);
gboolean sm_file_store_forget(SmFileStore *store, const char *id, GError **error);
/* Read through and held against the hash. */
GBytes *sm_file_store_read(SmFileStore *store, const SmFile *file, GError **error);
GPtrArray *sm_file_store_unsent(SmFileStore *store, GError **error); /* SmFile */
GPtrArray *sm_file_store_sent(SmFileStore *store, GError **error);   /* SmFile: those that a record named */

#endif
