/* SPDX-License-Identifier: MIT */
/* log: the operations, handed to whichever implementation it is. */
#include "seatmux/log/log.h"

#define PAGE 500
#define FEW 1000 /* records that need no second thread */

void sm_log_append(SmLog *log, int64_t expected_seq, GPtrArray *records, SmLogDone done, void *user)
{
    g_return_if_fail(records->len > 0);
    for (guint i = 0; i < records->len; i++) {
        SmRecord *record = g_ptr_array_index(records, i);
        record->seq = expected_seq + 1 + i;
    }
    log->ops->append(log, expected_seq, records, done, user);
}

GPtrArray *sm_log_read(SmLog *log, int64_t after, guint limit, GError **error)
{
    return log->ops->read(log, after, limit, error);
}

gboolean sm_log_each(SmLog *log, int64_t after, SmTakePage take, void *user, GError **error)
{
    if (log->ops->each != NULL && sm_log_last(log) - after > FEW)
        return log->ops->each(log, after, take, user, error);
    for (;;) {
        g_autoptr(GPtrArray) page = sm_log_read(log, after, PAGE, error);
        if (page == NULL || page->len == 0)
            return page != NULL;
        after = ((const SmRecord *)page->pdata[page->len - 1])->seq;
        if (!take(page, user, error))
            return FALSE;
    }
}

GPtrArray *sm_log_read_conversation(SmLog *log, const char *conversation, int64_t before,
                                    guint limit, GError **error)
{
    return log->ops->read_conversation(log, conversation, before, limit, error);
}

SmRecord *sm_log_find(SmLog *log, const char *command, GError **error)
{
    return log->ops->find(log, command, error);
}

gboolean sm_log_forget(SmLog *log, const char *content, GError **error)
{
    return log->ops->forget(log, content, error);
}

int64_t sm_log_last(SmLog *log)
{
    return log->ops->last(log);
}

const char *sm_log_desk_id(SmLog *log)
{
    return log->ops->desk_id(log);
}

gboolean sm_log_abandon(SmLog *log, void *user)
{
    if (log->ops->abandon == NULL)
        return FALSE;
    log->ops->abandon(log, user);
    return TRUE;
}

void sm_log_set_watch(SmLog *log, SmLogWatch watch, void *user)
{
    log->watch = watch;
    log->watch_user = user;
}

void sm_log_close(SmLog *log)
{
    if (log != NULL)
        log->ops->close(log);
}
