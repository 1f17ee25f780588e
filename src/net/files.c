/* SPDX-License-Identifier: MIT */
/* files: bytes of files to the desk and from it, beside messages and polls. */
#include "net/client_private.h"

#include "seatmux/base/limits.h"

/* As slow as the desk lets it be. */
#define LEAST_MS 30000
#define SLOWEST_BYTES_S 16384

struct SmClientFile {
    SmCall *call;
    SmClientFileDone done;
    void *user;
};

static void file_done(SmClient *client, const SmReply *reply, void *user)
{
    SmClientFile *file = user;
    SmClientFileDone done = file->done;
    void *asker = file->user;
    const char *code = reply->code;

    g_free(file);
    if (code == NULL && !reply->good)
        code = reply->end == SM_EXCHANGE_NOT_SENT ? "not_sent" : "no_answer";
    done(reply->good, code, reply->good ? NULL : reply->words, reply->body, reply->good ? reply->bytes : NULL, asker);
}

static SmClientFile *start(SmClient *client, SmRequest *request, int64_t size, SmClientFileProgress progress, gboolean bytes,
                           SmClientFileDone done, void *user)
{
    SmClientFile *file = g_new0(SmClientFile, 1);
    SmCallOptions options = {.timeout_ms = LEAST_MS + size * 1000 / SLOWEST_BYTES_S, .bytes = bytes, .parks = TRUE};

    file->done = done;
    file->user = user;
    request->progress = progress;
    request->progress_user = user;
    file->call = sm_call_start(client, request, &options, file_done, file);
    return file;
}

SmClientFile *sm_client_upload(SmClient *client, const char *conversation, const char *id, const char *name, GBytes *bytes,
                               SmClientFileProgress progress, SmClientFileDone done, void *user)
{
    g_autofree char *place = sm_url_escape(conversation), *escaped = sm_url_escape(name);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/files?id=%s&name=%s", place, id, escaped);
    SmRequest *request = sm_request_new("POST", target);

    request->body = g_bytes_ref(bytes);
    request->type = "application/octet-stream";
    return start(client, request, (int64_t)g_bytes_get_size(bytes), progress, FALSE, done, user);
}

SmClientFile *sm_client_fetch(SmClient *client, const char *conversation, const char *id, int64_t size,
                              SmClientFileProgress progress, SmClientFileDone done, void *user)
{
    g_autofree char *place = sm_url_escape(conversation), *escaped = sm_url_escape(id);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/files/%s", place, escaped);
    SmRequest *request = sm_request_new("GET", target);

    request->answer_most = SM_MAX_FILE_BYTES;
    return start(client, request, size, progress, TRUE, done, user);
}

void sm_client_file_cancel(SmClientFile *file)
{
    if (file == NULL)
        return;
    sm_call_cancel(&file->call);
    g_free(file);
}

char *sm_client_new_id(SmClient *client)
{
    return sm_id_new(client->rng, "f");
}
