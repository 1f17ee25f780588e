/* SPDX-License-Identifier: MIT */
/* service_files: files by their addresses. A file is uploaded into a conversation, then a message names it; who sees that
 * message may fetch it. Which ids are named comes from the log: every durable record passes through here. */
#include "service_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/text/sanitise.h"

#define SWEEP_EVERY_MS 15000

/* What a durable record says of a file. */
typedef struct {
    char *id, *conversation, *content;
    gboolean internal; /* on a note: the customer does not see it */
    int64_t size;
} SentFile;

static void sent_free(void *data)
{
    SentFile *sent = data;

    g_free(sent->id);
    g_free(sent->conversation);
    g_free(sent->content);
    g_free(sent);
}

void sm_service_file_tables(SmService *s)
{
    s->sent = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, sent_free);
    s->sent_as = g_hash_table_new(g_str_hash, g_str_equal);
    s->file_bytes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void sm_service_file_tables_free(SmService *s)
{
    g_hash_table_unref(s->sent_as);
    g_hash_table_unref(s->sent);
    g_hash_table_unref(s->file_bytes);
}

/* --- What the log says ------------------------------------------------------------------------------ */

static void count_bytes(SmService *s, const char *conversation, int64_t size)
{
    int64_t *bytes = g_hash_table_lookup(s->file_bytes, conversation);

    if (bytes == NULL) {
        bytes = g_new0(int64_t, 1);
        g_hash_table_insert(s->file_bytes, g_strdup(conversation), bytes);
    }
    *bytes += size;
}

static void note_sent(SmService *s, const SmEvent *event)
{
    const char *id = sm_event_file(event);

    if (event->text == NULL || g_hash_table_contains(s->sent, id))
        return; /* erased since; or named a second time by a log of somebody else's making */
    SentFile *sent = g_new0(SentFile, 1);
    sent->id = g_strdup(id);
    sent->conversation = g_strdup(event->conversation);
    sent->content = g_strdup(event->content);
    sent->internal = event->type == SM_EVENT_NOTE_POSTED;
    sent->size = sm_json_int(event->data, "size", 0);
    g_hash_table_insert(s->sent, sent->id, sent);
    g_hash_table_insert(s->sent_as, sent->content, sent->id);
    count_bytes(s, sent->conversation, sent->size);
    if (s->files != NULL)
        sm_files_named(s->files, id);
}

static void note_erased(SmService *s, const char *content)
{
    const char *id = g_hash_table_lookup(s->sent_as, content);
    const SentFile *sent = id != NULL ? g_hash_table_lookup(s->sent, id) : NULL;

    if (sent == NULL)
        return;
    count_bytes(s, sent->conversation, -sent->size);
    if (s->files != NULL)
        sm_files_forget(s->files, id);
    g_hash_table_remove(s->sent_as, content);
    g_hash_table_remove(s->sent, id);
}

void sm_service_note_files(SmService *s, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (sm_event_file(event) != NULL)
            note_sent(s, event);
        else if (event->type == SM_EVENT_CONTENT_ERASED && event->content != NULL)
            note_erased(s, event->content);
    }
}

/* One list of fields for both ways, as in desk/saved.c. */
static void pack_sent(SmPack *pack, SentFile *sent)
{
    sm_pack_text(pack, &sent->id);
    sm_pack_text(pack, &sent->conversation);
    sm_pack_text(pack, &sent->content);
    sm_pack_flag(pack, &sent->internal);
    sm_pack_int(pack, &sent->size);
}

static void keep_sent(SmService *s, SentFile *sent, SmPack *pack)
{
    if (sent->id == NULL || sent->conversation == NULL || sent->content == NULL || g_hash_table_contains(s->sent, sent->id)) {
        sm_pack_spoil(pack);
        sent_free(sent);
        return;
    }
    g_hash_table_insert(s->sent, sent->id, sent);
    g_hash_table_insert(s->sent_as, sent->content, sent->id);
    count_bytes(s, sent->conversation, sent->size);
}

void sm_service_pack_files(SmService *s, SmPack *pack)
{
    guint n = sm_pack_count(pack, g_hash_table_size(s->sent));
    GHashTableIter iter;
    gpointer sent;

    g_hash_table_iter_init(&iter, s->sent);
    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        if (sm_pack_reads(pack)) {
            SentFile *read = g_new0(SentFile, 1);
            pack_sent(pack, read);
            keep_sent(s, read, pack);
        } else if (g_hash_table_iter_next(&iter, NULL, &sent)) {
            pack_sent(pack, sent);
        }
    }
}

/* --- What no message came to name ------------------------------------------------------------------- */

static void sweep(SmService *s, Due *due)
{
    int64_t before = sm_service_now(s) - sm_desk_policy(s->desk)->file_unsent;
    g_autoptr(GPtrArray) ids = sm_files_unsent_before(s->files, before);

    for (guint i = 0; i < ids->len; i++) {
        if (g_hash_table_contains(s->sent, ids->pdata[i]))
            sm_files_named(s->files, ids->pdata[i]);
        else
            sm_files_forget(s->files, ids->pdata[i]);
    }
    sm_due_set(s, due, sweep, sm_loop_now(s->loop) + SWEEP_EVERY_MS);
}

/* The log knows where it was sent and what was said there since, and names it no more. Of another log, or of one that was restored
 * from before it came, nothing follows. */
static gboolean is_erased(SmService *s, const SmFile *file)
{
    return !g_hash_table_contains(s->sent, file->id) && file->at <= sm_desk_at(s->desk) && sm_desk_ever(s->desk, file->conversation) != NULL;
}

/* A crash may have come between the record and the word to the store: of a message, or of its erasure. */
void sm_service_set_files(SmService *s, SmFiles *files)
{
    s->files = files;
    g_autoptr(GPtrArray) unsent = sm_files_unsent_before(files, G_MAXINT64);
    for (guint i = 0; i < unsent->len; i++)
        if (g_hash_table_contains(s->sent, unsent->pdata[i]))
            sm_files_named(files, unsent->pdata[i]);
    g_autoptr(GPtrArray) sent = sm_files_steal_sent(files);
    for (guint i = 0; sent != NULL && i < sent->len; i++) {
        const SmFile *file = sent->pdata[i];
        if (is_erased(s, file))
            sm_files_forget(files, file->id);
    }
    sm_service_enter(s);
    sm_due_set(s, &s->sweep, sweep, sm_loop_now(s->loop) + SWEEP_EVERY_MS);
    sm_service_leave(s);
}

/* --- A message that names one ----------------------------------------------------------------------- */

static char *hand_of(SmActor actor)
{
    return g_strconcat(actor.kind == SM_ACTOR_CUSTOMER ? "customer:" : "agent:", actor.id != NULL ? actor.id : "", NULL);
}

static void go_to_files(SmPending *p)
{
    p->where = AT_FILES;
    g_queue_push_tail_link(&p->s->at_files, &p->link);
}

static void back_from_files(SmPending *p)
{
    g_queue_unlink(&p->s->at_files, &p->link);
    p->where = AT_HAND;
    sm_service_enter(p->s);
}

void sm_files_pending_cancel(SmPending *p)
{
    sm_files_cancel(p->s->files, p);
    g_queue_unlink(&p->s->at_files, &p->link);
}

void sm_files_answer_all(SmService *s)
{
    SmPending *p;

    while ((p = g_queue_peek_head(&s->at_files)) != NULL) {
        sm_files_pending_cancel(p);
        sm_pending_problem(p, SM_PROBLEM_STOPPING, NULL, NULL);
    }
}

/* Another's file looks like none, also when it was sent. */
static SmRefusal *not_there(SmService *s, const SmCommand *command)
{
    const SentFile *sent = g_hash_table_lookup(s->sent, command->file);

    if (sent != NULL && g_strcmp0(sent->conversation, command->conversation) == 0 &&
        !(sent->internal && command->actor.kind == SM_ACTOR_CUSTOMER))
        return sm_refusal_new(SM_PROBLEM_WRONG_STATE, "file", "That file was sent already.");
    return sm_refusal_new(SM_PROBLEM_NOT_FOUND, "file", "There is no such file of yours here; upload it first.");
}

gboolean sm_service_take_file(SmService *s, Work *work)
{
    SmCommand *command = &work->wire.command;

    if (command->file == NULL)
        return TRUE;
    g_autofree char *hand = hand_of(command->actor);
    const SmFile *file = s->files != NULL ? sm_files_unsent(s->files, command->file) : NULL;
    gboolean own = file != NULL && strcmp(file->actor, hand) == 0 && g_strcmp0(file->conversation, command->conversation) == 0;
    if (!own || file->taken) {
        work->refusal = own ? sm_refusal_new(SM_PROBLEM_WRONG_STATE, "file", "That file was sent already.") : not_there(s, command);
        return FALSE;
    }
    work->file = json_pack("{s:s, s:s, s:I}", "id", file->id, "type", file->type, "size", (json_int_t)file->size);
    command->data = work->file;
    command->text = g_strdup(file->name);
    g_ptr_array_add(work->wire.hold, (char *)command->text);
    return TRUE;
}

/* --- Uploading --------------------------------------------------------------------------------------- */

gboolean sm_service_is_upload(const char *method, const char *target)
{
    static const char BEGINNING[] = "/v1/conversations/";
    gsize n = strlen(BEGINNING);

    if (strcmp(method, "POST") != 0 || strncmp(target, BEGINNING, n) != 0)
        return FALSE;
    const char *rest = target + n + strcspn(target + n, "/?");
    return strncmp(rest, "/files", 6) == 0 && (rest[6] == '\0' || rest[6] == '?');
}

static int64_t bytes_of(SmService *s, const char *conversation)
{
    const int64_t *bytes = g_hash_table_lookup(s->file_bytes, conversation);

    return bytes != NULL ? *bytes : 0;
}

/* Why this file can't be sent here, before its bytes are looked at. NULL: it can. */
static SmRefusal *refuse_upload(SmService *s, SmActor actor, const char *conversation, int64_t size)
{
    const SmPolicy *policy = sm_desk_policy(s->desk);
    const SmConversation *c = sm_desk_conversation(s->desk, conversation);
    g_autofree char *hand = hand_of(actor);

    if (c == NULL || !sm_desk_sees(s->desk, actor, c, 0))
        return sm_refusal_new(SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
    if (s->files == NULL || policy->file_kinds == 0)
        return sm_refusal_new(SM_PROBLEM_FORBIDDEN, NULL, "This desk takes no files.");
    if (size > policy->file_bytes) {
        g_autofree char *most = g_format_size_full((guint64)policy->file_bytes, G_FORMAT_SIZE_IEC_UNITS);
        return sm_refusal_new(SM_PROBLEM_TOO_LARGE, "FILE_BYTES", "A file may have %s at most here.", most);
    }
    if (bytes_of(s, conversation) + size > SM_MAX_FILES_BYTES)
        return sm_refusal_new(SM_PROBLEM_TOO_LARGE, "FILES_BYTES", "The files of a conversation may have 500 MB at most.");
    if (sm_files_unsent_of(s->files, hand) >= SM_MAX_FILES_UNSENT)
        return sm_refusal_new(SM_PROBLEM_TOO_MANY, "FILES_UNSENT", "%d files of yours were never sent; send them or wait.",
                              SM_MAX_FILES_UNSENT);
    return NULL;
}

/* Nothing is promised here: whoever does not get a place is told why by the request itself. */
SmSpool *sm_service_upload(SmService *s, const SmRequest *request)
{
    const SmSession *session =
        request->token != NULL ? sm_secrets_session(s->secrets, request->token, sm_service_now(s)) : NULL;
    g_auto(GStrv) at = sm_url_segments(request->target);

    if (session == NULL || at == NULL || g_strv_length(at) != 4 || s->stopping || s->refolding)
        return NULL;
    SmActor actor = {session->agent != NULL ? SM_ACTOR_STAFF : SM_ACTOR_CUSTOMER,
                     session->agent != NULL ? session->agent : session->contact};
    g_autoptr(SmRefusal) refusal = refuse_upload(s, actor, at[2], request->length);
    return refusal == NULL ? sm_spool_new(s->files, session->id) : NULL;
}

static void upload_kept(const SmFile *file, const SmRefusal *refusal, void *user)
{
    SmPending *p = user;
    SmService *s = p->s;

    back_from_files(p);
    if (refusal != NULL) {
        sm_pending_refusal(p, refusal);
    } else {
        if (g_hash_table_contains(s->sent, file->id)) /* asked once more after it was sent */
            sm_files_named(s->files, file->id);
        sm_pending_reply(p, 201, json_pack("{s:s, s:s, s:s, s:I}", "file", file->id, "name", file->name, "type", file->type,
                                           "size", (json_int_t)file->size));
    }
    sm_service_leave(s);
}

static void upload_quiet(SmPending *p)
{
    SmService *s = p->s;
    g_autofree char *id = sm_url_query(p->target, "id"), *raw = sm_url_query(p->target, "name");
    g_autoptr(SmRefusal) refusal = refuse_upload(s, p->actor, p->at[2], p->length);

    if (refusal == NULL && (id == NULL || !sm_id_valid(id)))
        refusal = sm_refusal_new(SM_PROBLEM_INVALID, "id", "'id' has 1 to %d letters, digits, '.', '_' or '-'.", SM_MAX_ID_BYTES);
    if (refusal == NULL && (raw == NULL || !g_utf8_validate(raw, -1, NULL)))
        refusal = sm_refusal_new(SM_PROBLEM_INVALID, "name", "'name' is the file's name, in UTF-8.");
    if (refusal == NULL && p->spool == NULL)
        refusal = sm_refusal_new(SM_PROBLEM_TOO_MANY, "UPLOADS_PER_SESSION", "Too many files are on their way already.");
    if (refusal != NULL) {
        sm_pending_refusal(p, refusal);
        return;
    }
    g_autofree char *masked = sm_desk_policy(s->desk)->mask_numbers ? sm_service_mask(raw) : g_strdup(raw);
    g_autoptr(SmSafe) name = sm_safe_file_name(masked, -1);
    g_autofree char *hand = hand_of(p->actor);
    SmFile wanted = {.id = id, .conversation = p->at[2], .actor = hand, .name = (char *)sm_safe_str(name), .at = sm_service_now(s)};
    go_to_files(p);
    sm_files_keep(p->spool, &wanted, sm_desk_policy(s->desk)->file_kinds, upload_kept, p);
    g_clear_pointer(&p->spool, sm_spool_unref);
}

void sm_handle_upload(SmPending *p)
{
    const SmRequest *request = p->request;
    gsize n = 0;
    const void *bytes = request->body != NULL ? g_bytes_get_data(request->body, &n) : NULL;

    p->length = request->spool != NULL ? sm_spool_size(request->spool) : MAX(request->length, (int64_t)n);
    if (request->spool != NULL) {
        p->spool = sm_spool_ref(request->spool);
    } else if (n > 0 && p->s->files != NULL && (p->spool = sm_spool_new(p->s->files, p->seat->id)) != NULL) {
        sm_spool_write(p->spool, bytes, n); /* no sockets in between: practice and tests */
    }
    if (p->own_target == NULL)
        p->target = p->own_target = g_strdup(p->target);
    sm_pending_when_quiet(p, upload_quiet);
}

/* --- Fetching ---------------------------------------------------------------------------------------- */

/* Never more than bytes to a browser, but for pictures that are what they say. */
static const char *type_shown(const char *type)
{
    return sm_file_is_picture(type) ? g_intern_string(type) : "application/octet-stream"; /* one of five */
}

static char *disposition_of(const char *name)
{
    g_autofree char *escaped = sm_url_escape(name);

    return g_strdup_printf("attachment; filename*=UTF-8''%s", escaped);
}

static void file_fetched(const SmFile *file, GBytes *bytes, const GError *error, void *user)
{
    SmPending *p = user;
    SmService *s = p->s;

    back_from_files(p);
    if (bytes == NULL) {
        gboolean gone = g_error_matches(error, SM_ERROR, SM_ERROR_NOT_FOUND);
        if (!gone)
            sm_trace(s->trace, SM_TRACE_ERROR, "service", "a file: %s", error->message);
        sm_pending_problem(p, gone ? SM_PROBLEM_NOT_FOUND : SM_PROBLEM_INTERNAL, NULL,
                           gone ? "There is no such file." : "The file can't be read.");
    } else {
        SmAnswer *answer = sm_answer_new(200, NULL);
        g_bytes_unref(answer->body);
        answer->body = g_bytes_ref(bytes);
        answer->type = type_shown(file->type);
        answer->disposition = disposition_of(file->name);
        answer->security = g_strdup("default-src 'none'; sandbox; frame-ancestors 'none'");
        sm_pending_answer(p, answer);
    }
    sm_service_leave(s);
}

static void file_quiet(SmPending *p)
{
    SmService *s = p->s;
    const SmConversation *c = sm_desk_conversation(s->desk, p->at[2]);
    const SentFile *sent = g_hash_table_lookup(s->sent, p->at[4]);

    if (c == NULL || sent == NULL || s->files == NULL || strcmp(sent->conversation, c->id) != 0 ||
        !sm_desk_sees(s->desk, p->actor, c, 0) || (sent->internal && p->actor.kind == SM_ACTOR_CUSTOMER)) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such file.");
        return;
    }
    go_to_files(p);
    sm_files_fetch(s->files, sent->id, file_fetched, p);
}

void sm_handle_file(SmPending *p)
{
    sm_pending_when_quiet(p, file_quiet);
}
