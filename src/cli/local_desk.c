/* SPDX-License-Identifier: MIT */
#include "cli/local_desk.h"

#include <sys/stat.h>

#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"

/* Without its files the desk runs all the same, and says that it takes none. */
static void open_files(SmLocalDesk *desk, const char *directory, SmTrace *trace)
{
    g_autofree char *path = g_build_filename(directory, SM_FILES_DIRECTORY, NULL);
    g_autoptr(GError) error = NULL;
    desk->files = sm_files_open(path, desk->loop, trace, &error);
    if (desk->files)
        sm_service_set_files(desk->service, desk->files);
    else
        sm_trace(trace, SM_TRACE_ERROR, "server", "no files are taken: %s", error->message);
}

static SmLocalDesk *with_service(SmLocalDesk *desk, const char *saved, SmTrace *trace, GError **error)
{
    if (desk->log && desk->secrets)
        desk->service = sm_service_new_saved(desk->loop, desk->log, desk->secrets, desk->rng, trace, saved, error);
    if (desk->service)
        return desk;
    sm_local_desk_free(desk);
    return NULL;
}

SmLocalDesk *sm_local_desk_open(SmLoop *loop, const char *directory, gboolean create, SmTrace *trace, GError **error)
{
    g_autofree char *log_path = g_build_filename(directory, "desk.db", NULL);
    g_autofree char *secrets_path = g_build_filename(directory, "secrets.db", NULL);
    if (!create && !g_file_test(log_path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, SM_ERROR, SM_ERROR_NOT_FOUND, "%s: no desk there; make one with: seatmuxd init %s", directory,
                    directory);
        return NULL;
    }
    SmLocalDesk *desk = g_new0(SmLocalDesk, 1);
    desk->loop = loop;
    desk->rng = sm_rng_new_secure();
    desk->log = sm_log_open_sqlite(log_path, loop, desk->rng, error);
    if (desk->log)
        desk->secrets = sm_secrets_open_sqlite(secrets_path, loop, desk->rng, error);
    g_autofree char *saved = g_build_filename(directory, SM_FOLD_FILE, NULL);
    desk = with_service(desk, saved, trace, error);
    if (desk)
        open_files(desk, directory, trace);
    return desk;
}

SmLocalDesk *sm_local_desk_memory(SmLoop *loop, uint64_t seed, SmTrace *trace, GError **error)
{
    SmLocalDesk *desk = g_new0(SmLocalDesk, 1);
    desk->loop = loop;
    desk->rng = seed ? sm_rng_new(seed) : sm_rng_new_secure();
    desk->log = sm_log_new_memory(loop, NULL, 0, 0);
    desk->secrets = sm_secrets_new_memory(loop, desk->rng);
    return with_service(desk, NULL, trace, error);
}

void sm_local_desk_free(SmLocalDesk *desk)
{
    if (!desk)
        return;
    sm_service_free(desk->service);
    sm_files_close(desk->files);
    sm_secrets_free(desk->secrets);
    sm_log_close(desk->log);
    sm_rng_free(desk->rng);
    g_free(desk);
}

static void *ask(void *user, const SmRequest *request, void (*done)(SmAnswer *answer, void *user), void *done_user)
{
    SmLocalDesk *desk = user;
    SmRequest marked = *request;
    marked.admin = desk->admin;
    return sm_service_request(desk->service, &marked, done, done_user);
}

static void cancel(void *handle)
{
    sm_service_cancel(handle);
}

SmDeskOps sm_local_desk_ops(SmLocalDesk *desk)
{
    return (SmDeskOps){.request = ask, .cancel = cancel, .desk = desk};
}

typedef struct {
    SmLoop *loop;
    SmAnswer *answer;
    gboolean waiting;
} Wait;

static void answered(SmAnswer *answer, void *user)
{
    Wait *wait = user;
    wait->answer = answer;
    if (wait->waiting)
        sm_loop_quit(wait->loop);
}

SmAnswer *sm_local_desk_ask(SmLocalDesk *desk, const SmRequest *request)
{
    Wait wait = {.loop = desk->loop};
    sm_service_request(desk->service, request, answered, &wait);
    if (!wait.answer) {
        wait.waiting = TRUE;
        sm_loop_run(desk->loop);
    }
    return wait.answer;
}
