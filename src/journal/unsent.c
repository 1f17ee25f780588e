/* SPDX-License-Identifier: MIT */
/* unsent: a second, append-only file with the texts that were not sent yet, from which they are
 * taken when the database is damaged. One line an event: eight hex digits of a digest, a space,
 * JSON. A line that does not agree with its digest (torn, damaged) is passed over. `n` in it is the number of the database's change:
 * a database whose write-ahead log lost its end is missing those above its own (SQLite takes a damaged end for one that was never
 * written). */
#include "journal/sqlite_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"

#define DIGEST 8
#define READ_BYTES (64 * 1024 * 1024) /* more is not ours */
#define LARGE_BYTES (256 * 1024)

struct SmUnsent {
    char *path;
    int fd; /* -1: not open */
    gsize size;
    gsize live; /* size when it was begun anew */
};

/* --- Lines ------------------------------------------------------------------------------------ */

static void digest_of(const char *text, gsize n, char out[DIGEST + 1])
{
    g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, n);

    g_strlcpy(out, hex, DIGEST + 1);
}

static void add_line(GString *to, json_t *object, int64_t change)
{
    json_object_set_new(object, "n", json_integer(change));
    g_autofree char *text = object != NULL ? sm_json_text(object) : NULL;
    char digest[DIGEST + 1];

    json_decref(object);
    if (text == NULL)
        return; /* not UTF-8: JSON has no form for it */
    digest_of(text, strlen(text), digest);
    g_string_append_printf(to, "%s %s\n", digest, text);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, key, json_string_nocheck(text));
}

static void add_entry(GString *to, const SmOutboxEntry *e, const char *extra, int64_t change)
{
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:I, s:b, s:i, s:i}", "put", e->id, "order",
                  (json_int_t)e->order, "seen", (json_int_t)e->seen, "made", (json_int_t)e->made,
                  "anyway", e->anyway, "state", (int)e->state, "attempts", e->attempts);

    set_text(object, "conversation", e->conversation);
    set_text(object, "verb", e->verb);
    set_text(object, "text", e->text);
    set_text(object, "problem", e->problem);
    set_text(object, "extra", extra);
    add_line(to, object, change);
}

static void add_draft(GString *to, const char *conversation, const char *text, gboolean note, int64_t change)
{
    json_t *object = json_pack("{s:s, s:b}", "draft", conversation, "note", note);

    set_text(object, "text", text);
    add_line(to, object, change);
}

static void add_job(GString *to, const SmJournalJob *job, int64_t change)
{
    if (job->kind == SM_JOB_PUT) {
        add_entry(to, job->entry, job->extra_text, change);
    } else if (job->kind == SM_JOB_DRAFT) {
        add_draft(to, job->name, job->text, job->flag, change);
    } else if (job->kind == SM_JOB_UPDATE) {
        json_t *object = json_pack("{s:s, s:i, s:i, s:b}", "state", job->name, "is",
                                   (int)job->state, "attempts", job->attempts, "anyway", job->flag);
        set_text(object, "problem", job->text);
        add_line(to, object, change);
    }
}

/* --- Reading ---------------------------------------------------------------------------------- */

static gboolean find_entry(const SmJournalState *state, const char *id, guint *at)
{
    for (guint i = 0; i < state->outbox->len; i++) {
        if (strcmp(((SmOutboxEntry *)state->outbox->pdata[i])->id, id) != 0)
            continue;
        *at = i;
        return TRUE;
    }
    return FALSE;
}

static gboolean state_of(const json_t *object, const char *key, SmSendState *out)
{
    int64_t number = sm_json_int(object, key, -1);

    if (number < 0 || number > SM_SEND_TAKEN_BACK)
        return FALSE;
    *out = (SmSendState)number;
    return TRUE;
}

static void read_put(SmJournalState *state, const json_t *object, const char *id)
{
    SmSendState is;
    guint at;

    if (!state_of(object, "state", &is) || sm_json_str(object, "verb", NULL) == NULL)
        return;
    if (find_entry(state, id, &at))
        g_ptr_array_remove_index(state->outbox, at);
    SmOutboxEntry *entry = g_new0(SmOutboxEntry, 1);
    entry->id = g_strdup(id);
    entry->order = sm_json_int(object, "order", 0);
    entry->conversation = g_strdup(sm_json_str(object, "conversation", NULL));
    entry->verb = g_strdup(sm_json_str(object, "verb", NULL));
    entry->text = g_strdup(sm_json_str(object, "text", NULL));
    entry->seen = sm_json_int(object, "seen", -1);
    entry->anyway = sm_json_bool(object, "anyway", FALSE);
    entry->made = sm_json_int(object, "made", 0);
    entry->state = is;
    entry->attempts = (int)sm_json_int(object, "attempts", 0);
    entry->problem = g_strdup(sm_json_str(object, "problem", NULL));
    const char *extra = sm_json_str(object, "extra", NULL);
    if (extra != NULL)
        entry->extra = sm_json_parse(extra, strlen(extra), SM_MAX_ANSWER_BYTES, NULL);
    g_ptr_array_add(state->outbox, entry);
}

static void read_update(SmJournalState *state, const json_t *object, const char *id)
{
    SmSendState is;
    guint at;

    if (!state_of(object, "is", &is) || !find_entry(state, id, &at))
        return;
    if (is == SM_SEND_SENT || is == SM_SEND_TAKEN_BACK) {
        g_ptr_array_remove_index(state->outbox, at);
        return;
    }
    SmOutboxEntry *entry = state->outbox->pdata[at];
    entry->state = is;
    entry->attempts = (int)sm_json_int(object, "attempts", 0);
    entry->anyway = sm_json_bool(object, "anyway", FALSE);
    g_free(entry->problem);
    entry->problem = g_strdup(sm_json_str(object, "problem", NULL));
}

static void read_draft(SmJournalState *state, const json_t *object, const char *conversation)
{
    const char *text = sm_json_str(object, "text", "");

    for (guint i = 0; i < state->drafts->len; i++) {
        if (strcmp(((SmDraft *)state->drafts->pdata[i])->conversation, conversation) != 0)
            continue;
        g_ptr_array_remove_index(state->drafts, i);
        break;
    }
    if (text[0] != '\0')
        g_ptr_array_add(state->drafts,
                        sm_draft_new(conversation, text, sm_json_bool(object, "note", FALSE)));
}

/* Returns the number of its change, `after` if it is not read. */
static int64_t read_line(SmJournalState *state, const char *line, gsize n, int64_t after)
{
    char digest[DIGEST + 1];

    if (n <= DIGEST + 1 || line[DIGEST] != ' ')
        return after;
    digest_of(line + DIGEST + 1, n - DIGEST - 1, digest);
    if (memcmp(digest, line, DIGEST) != 0)
        return after;
    g_autoptr(json_t) object =
        sm_json_parse(line + DIGEST + 1, n - DIGEST - 1, SM_MAX_ANSWER_BYTES, NULL);
    int64_t change = sm_json_int(object, "n", 0);
    const char *id;
    if (change <= after)
        return after;
    if ((id = sm_json_str(object, "put", NULL)) != NULL)
        read_put(state, object, id);
    else if ((id = sm_json_str(object, "state", NULL)) != NULL)
        read_update(state, object, id);
    else if ((id = sm_json_str(object, "draft", NULL)) != NULL)
        read_draft(state, object, id);
    return change;
}

static int by_order(const void *a, const void *b)
{
    const SmOutboxEntry *x = *(SmOutboxEntry *const *)a, *y = *(SmOutboxEntry *const *)b;

    return (x->order > y->order) - (x->order < y->order);
}

int64_t sm_unsent_read(const SmUnsent *unsent, int64_t after, SmJournalState *state)
{
    int64_t newest = after;
    gsize n = 0;
    g_autofree char *bytes = sm_path_read(unsent->path, READ_BYTES, &n, NULL);

    for (const char *at = bytes, *end = bytes + n, *stop; at != NULL && at < end; at = stop + 1) {
        stop = memchr(at, '\n', (gsize)(end - at));
        if (stop == NULL || SM_BUG(11))
            break; /* torn */
        newest = MAX(newest, read_line(state, at, (gsize)(stop - at), after));
    }
    g_ptr_array_sort(state->outbox, by_order);
    return newest;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static gboolean open_file(SmUnsent *unsent, GError **error)
{
    struct stat info;

    if (unsent->fd >= 0)
        return TRUE;
    unsent->fd = open(unsent->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (unsent->fd < 0)
        return sm_path_failed(error, unsent->path);
    unsent->size = fstat(unsent->fd, &info) == 0 ? (gsize)info.st_size : 0;
    return TRUE;
}

/* A line is there whole or not at all: what a full disk took of it is given back. */
static gboolean append(SmUnsent *unsent, const GString *text, GError **error)
{
    if (!open_file(unsent, error))
        return FALSE;
    if (!sm_fd_write(unsent->fd, text->str, text->len)) {
        sm_path_failed(error, unsent->path);
        if (ftruncate(unsent->fd, (off_t)unsent->size) != 0)
            g_debug("%s keeps a torn line", unsent->path);
        return FALSE;
    }
    unsent->size += text->len;
    return TRUE;
}

gboolean sm_unsent_note(SmUnsent *unsent, const GPtrArray *jobs, int64_t change, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean sync = FALSE;

    for (guint i = 0; i < jobs->len; i++) {
        const SmJournalJob *job = jobs->pdata[i];
        add_job(text, job, change);
        sync = sync || job->kind == SM_JOB_PUT;
    }
    if (text->len == 0)
        return TRUE;
    if (!append(unsent, text, error))
        return FALSE;
    return !sync || fdatasync(unsent->fd) == 0 || sm_path_failed(error, unsent->path);
}

/* Does the file say just that? Then a start need not wait for the disk. */
static gboolean says(const SmUnsent *unsent, const GString *text)
{
    struct stat info;
    gsize n = 0;

    if (lstat(unsent->path, &info) != 0 || info.st_mode != (S_IFREG | 0600) || (gsize)info.st_size != text->len)
        return FALSE;
    g_autofree char *bytes = sm_path_read(unsent->path, READ_BYTES, &n, NULL);
    return bytes != NULL && n == text->len && memcmp(bytes, text->str, n) == 0;
}

gboolean sm_unsent_rewrite(SmUnsent *unsent, const SmJournalState *state, int64_t change, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < state->outbox->len; i++) {
        const SmOutboxEntry *entry = state->outbox->pdata[i];
        g_autofree char *extra = entry->extra != NULL ? sm_json_text(entry->extra) : NULL;
        add_entry(text, entry, extra, change);
    }
    for (guint i = 0; i < state->drafts->len; i++) {
        const SmDraft *draft = state->drafts->pdata[i];
        add_draft(text, draft->conversation, draft->text, draft->note, change);
    }
    if (!says(unsent, text) && !sm_path_write(unsent->path, text->str, text->len, 0600, error))
        return FALSE;
    if (unsent->fd >= 0)
        close(unsent->fd); /* of the file that was */
    unsent->fd = -1;
    unsent->live = text->len;
    unsent->size = text->len;
    return TRUE;
}

gboolean sm_unsent_large(const SmUnsent *unsent)
{
    return unsent->size > LARGE_BYTES + 2 * unsent->live;
}

SmUnsent *sm_unsent_new(const char *path)
{
    SmUnsent *unsent = g_new0(SmUnsent, 1);

    unsent->path = g_strdup(path);
    unsent->fd = -1;
    return unsent;
}

void sm_unsent_free(SmUnsent *unsent)
{
    if (unsent == NULL)
        return;
    if (unsent->fd >= 0)
        close(unsent->fd);
    g_free(unsent->path);
    g_free(unsent);
}
