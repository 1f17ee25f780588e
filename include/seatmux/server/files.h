/* SPDX-License-Identifier: MIT */
/* files: what customers and staff send each other beside text. A file's bytes lie in DIR/xx/HASH, once however often it
 * is sent; DIR/files.db says which ids name them. Everything that touches the disk is done by one thread beside the loop,
 * in order; calls return at once and answer on the loop.
 *
 * A file is *unsent* until a durable record of the log names it. Bytes and row are synced before `kept` is called, so a
 * record never names what is not on disk. What no record names after a time is thrown away, by the service, which knows
 * the log. */
#ifndef SEATMUX_SERVER_FILES_H
#define SEATMUX_SERVER_FILES_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/loop.h"
#include "seatmux/base/trace.h"
#include "seatmux/desk/command.h"

typedef struct SmFiles SmFiles;
typedef struct SmSpool SmSpool;

typedef struct {
    char *id;           /* chosen by the sender, as a command id */
    char *conversation; /* the only one in which it may be sent */
    char *actor;        /* "agent:mia", "customer:k1": the only one who may send it */
    char *name;         /* fit to be a file's name, see sm_safe_file_name() */
    char *type;         /* MIME type found in the content */
    char *hash;         /* SHA-256, hex */
    int64_t size;       /* bytes */
    int64_t at;         /* desk ms when it came */
    gboolean taken;     /* a record under way names it; the service's */
} SmFile;
void sm_file_free(SmFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFile, sm_file_free)

/* `directory` is made (0700). What an earlier run left half done is removed. */
SmFiles *sm_files_open(const char *directory, SmLoop *loop, SmTrace *trace, GError **error);
/* Waits for what is under way; nothing is called any more. NULL is fine. */
void sm_files_close(SmFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFiles, sm_files_close)

/* --- Coming in ------------------------------------------------------------------------------------- */

/* A place for the bytes of one upload; `who` (a session) may have SM_MAX_UPLOADS_PER_SESSION. NULL: too many. */
SmSpool *sm_spool_new(SmFiles *files, const char *who);
SmSpool *sm_spool_ref(SmSpool *spool);
void sm_spool_unref(SmSpool *spool); /* the last one throws the bytes away, unless they are kept; NULL is fine */
void sm_spool_write(SmSpool *spool, const void *bytes, gsize n);
/* More than SM_MAX_UPLOAD_QUEUE_BYTES wait for the disk: write no more until `room` (once). */
gboolean sm_spool_full(const SmSpool *spool);
void sm_spool_wait(SmSpool *spool, SmLoopFn room, void *user); /* room NULL: nobody waits any more */
int64_t sm_spool_size(const SmSpool *spool);                   /* bytes written so far */

/* Either the file, which is durable, or why it is not taken. Both borrowed. */
typedef void (*SmFileKept)(const SmFile *file, const SmRefusal *refusal, void *user);
/* The upload is whole. `wanted`: id, conversation, actor, name, at; `kinds`: what the policy takes. An id that is there
 * already, with the same bytes from the same hand, is that file. */
void sm_files_keep(SmSpool *spool, const SmFile *wanted, guint kinds, SmFileKept kept, void *user);

/* --- There ----------------------------------------------------------------------------------------- */

const SmFile *sm_files_unsent(SmFiles *files, const char *id); /* NULL: none; borrowed */
/* A record under way names it: nothing else may. And back, for all whose records will not be. */
void sm_files_take(SmFiles *files, const char *id);
void sm_files_untake(SmFiles *files);
guint sm_files_unsent_of(SmFiles *files, const char *actor); /* how many */
GPtrArray *sm_files_unsent_before(SmFiles *files, int64_t before); /* char*: ids that came earlier; g_ptr_array_unref */
/* SmFile: those that were named before the start. Once: NULL then. g_ptr_array_unref */
GPtrArray *sm_files_steal_sent(SmFiles *files);
/* A durable record names it now. */
void sm_files_named(SmFiles *files, const char *id);
/* Nothing names it any more: the row goes, and the bytes unless another id has them. */
void sm_files_forget(SmFiles *files, const char *id);

/* The bytes, read through once and found to be what came; NULL and error. All borrowed. */
typedef void (*SmFileFetched)(const SmFile *file, GBytes *bytes, const GError *error, void *user);
void sm_files_fetch(SmFiles *files, const char *id, SmFileFetched fetched, void *user);
/* Nobody waits for what was asked with this `user`. */
void sm_files_cancel(SmFiles *files, void *user);
/* All that was asked for is done, but for what is told on the loop. */
void sm_files_sync(SmFiles *files);

/* --- Without a server (export, import) -------------------------------------------------------------- */

/* The store itself; whoever has it must be alone with it, or only copy out. */
typedef struct SmFileStore SmFileStore;
/* Made if absent. `types`: libmagic is loaded too. */
SmFileStore *sm_file_store_open(const char *directory, gboolean types, GError **error);
void sm_file_store_close(SmFileStore *store); /* NULL is fine */
/* Copies the file with this id to `path`. FALSE and SM_ERROR_NOT_FOUND: it is not there. */
gboolean sm_file_store_copy_out(SmFileStore *store, const char *id, const char *path, GError **error);
/* Takes the file at `path` in, as sent; size, type and name are given, the hash is not. */
gboolean sm_file_store_copy_in(SmFileStore *store, const SmFile *file, const char *path, GError **error);

typedef struct {
    guint files; /* different contents */
    int64_t bytes;
    GPtrArray *without; /* char*: hashes of what is listed and not there, or not what was sent any more */
    guint damaged;      /* so many of them were not erased meanwhile (copying) */
} SmFileCount;
void sm_file_count_clear(SmFileCount *count);
/* A store as it is now, beside whoever uses it, in a new directory; then every content is read through and held against
 * its hash. What is damaged, or was erased meanwhile, is left out and named in `count`. Without a store in
 * `from` nothing is done. */
gboolean sm_file_store_copy(const char *from, const char *to, SmFileCount *count, GError **error);
/* A store that nobody uses: every content that it lists is there and right, but for those in `without`.
 * SM_ERROR_CORRUPT. */
gboolean sm_file_store_check(const char *directory, GPtrArray *without, SmFileCount *count, GError **error);
/* What an older seatmux made becomes a store of this one. */
gboolean sm_file_store_upgrade(const char *directory, GError **error);

#endif
