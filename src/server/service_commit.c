/* SPDX-License-Identifier: MIT */
/* service_commit: from decided to durable, and back to the log when that fails (architecture.md,
 * rule 3). */
#include "service_private.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"
#include "seatmux/text/sanitise.h"

/* --- Folding the log -----------------------------------------------------------------------------
 */

char *sm_service_mask(const char *text)
{
    return sm_text_mask_numbers(text, NULL);
}

void sm_service_new_desk(SmService *s)
{
    g_clear_pointer(&s->desk, sm_desk_free);
    s->desk = sm_desk_new(SM_MAX_KEPT_MESSAGES);
    sm_desk_set_mask(s->desk, sm_service_mask);
}

void sm_service_clear_tables(SmService *s)
{
    g_hash_table_remove_all(s->erased);
    sm_service_file_tables_free(s);
    sm_service_file_tables(s);
}

/* A fold made anew brings nothing that is not kept already. */
static void keep(SmService *s, SmRecord *record)
{
    guint place = (guint)(record->seq % SM_RING);

    if (record->seq <= s->durable)
        return;
    g_clear_pointer(&s->ring[place], sm_record_unref);
    s->ring[place] = sm_record_ref(record);
    s->checked[place] = FALSE;
    s->durable = record->seq;
    sm_log_note_erased(s->erased, record);
    sm_service_note_files(s, record);
}

/* A record's check costs an encoding, so it is made only for those a cursor stands at. */
uint32_t sm_service_check(SmService *s, int64_t seq, gboolean *known)
{
    guint place = (guint)(seq % SM_RING);

    *known = TRUE;
    if (seq == 0)
        return 0;
    if (s->ring[place] != NULL && s->ring[place]->seq == seq) {
        if (!s->checked[place])
            s->checks[place] = sm_record_check(s->ring[place]);
        s->checked[place] = TRUE;
        return s->checks[place];
    }
    g_autoptr(GPtrArray) one = sm_log_read(s->log, seq - 1, 1, NULL);
    *known = one != NULL && one->len == 1;
    return *known ? sm_record_check(g_ptr_array_index(one, 0)) : 0;
}

static void new_cursor(SmService *s)
{
    gboolean known;
    uint32_t check = sm_service_check(s, s->durable, &known);

    g_free(s->cursor);
    s->cursor = sm_cursor_format(sm_log_desk_id(s->log), s->durable, check);
}

static gboolean fold_records(GPtrArray *records, void *user, GError **error)
{
    SmService *s = user;

    for (guint i = 0; i < records->len; i++) {
        SmRecord *record = g_ptr_array_index(records, i);
        if (!sm_desk_apply(s->desk, record, error))
            return FALSE;
        keep(s, record);
    }
    return TRUE;
}

/* The next page of the log into the desk. -1: error, 0: at the end. */
static int fold_page(SmService *s, GError **error)
{
    g_autoptr(GPtrArray) page = sm_log_read(s->log, sm_desk_seq(s->desk), SM_READ_PAGE, error);

    if (page == NULL || !fold_records(page, s, error))
        return -1;
    return page->len > 0;
}

/* Contents erased by the last records may have outlived a crash between commit and deletion. */
static void forget_again(SmService *s)
{
    for (int64_t seq = MAX(1, s->durable - SM_RING + 1); seq <= s->durable; seq++) {
        const SmRecord *record = s->ring[seq % SM_RING];
        for (guint i = 0; record != NULL && record->seq == seq && i < record->events->len; i++) {
            const SmEvent *event = g_ptr_array_index(record->events, i);
            if (event->type == SM_EVENT_CONTENT_ERASED && event->content != NULL)
                sm_log_forget(s->log, event->content, NULL);
        }
    }
}

gboolean sm_service_fold(SmService *s, GError **error)
{
    sm_service_new_desk(s);
    sm_saved_take(s, TRUE);
    guint erased = g_hash_table_size(s->erased);
    int64_t from = s->durable;
    if (!sm_log_each(s->log, sm_desk_seq(s->desk), fold_records, s, error))
        return FALSE;
    if (s->saved != NULL)
        sm_trace(s->trace, SM_TRACE_INFO, "service", "%" G_GINT64_FORMAT " records, of them %" G_GINT64_FORMAT " read", s->durable,
                 s->durable - from);
    if (g_hash_table_size(s->erased) > erased)
        sm_saved_wipe(s); /* it may have outlived that crash, too */
    forget_again(s);
    new_cursor(s);
    s->told = s->durable;
    return TRUE;
}

/* --- After a failed commit -----------------------------------------------------------------------
 */

static void wake_now(SmPending *park)
{
    sm_poll_wake(park, 0);
}

static void refold_step(void *user)
{
    SmService *s = user;
    g_autoptr(GError) error = NULL;

    s->refold = 0;
    sm_service_enter(s);
    int more = fold_page(s, &error);
    if (more > 0) {
        s->refold = sm_loop_defer(s->loop, refold_step, s);
    } else if (more < 0) {
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "reading the log: %s", error->message);
        sm_service_new_desk(s);
        s->refold = sm_loop_after(s->loop, 1000, refold_step, s);
    } else {
        new_cursor(s);
        s->refolding = FALSE;
        sm_presence_start(s);
        sm_service_each_park(s, wake_now);
        s->told = s->durable;
    }
    sm_service_leave(s);
}

SmProblem sm_service_write_problem(const GError *error)
{
    return g_error_matches(error, SM_ERROR, SM_ERROR_FULL) ? SM_PROBLEM_DISK_FULL : SM_PROBLEM_NOT_DURABLE;
}

/* Nothing that rested on this group may go on: all who wait are told, memory is thrown away. */
static void commit_failed(SmService *s, const GError *error)
{
    int64_t wait = 0;

    sm_trace(s->trace, SM_TRACE_ERROR, "service", "a commit failed: %s", error->message);
    s->count.failed_groups++;
    s->failures++;
    s->blocked = sm_service_write_problem(error);
    if (s->blocked == SM_PROBLEM_DISK_FULL || s->failures > 1)
        wait = MIN(1000LL << MIN(s->failures - 1, 5U), SM_RETRY_MAX_S * 1000LL);
    s->blocked_until = sm_loop_now(s->loop) + wait;
    for (guint i = 0; i < s->group->len; i++)
        sm_work_fail(s, g_ptr_array_index(s->group, i), s->blocked);
    g_ptr_array_set_size(s->group, 0);
    g_ptr_array_set_size(s->records, 0);
    g_hash_table_remove_all(s->by_id);
    if (s->files != NULL)
        sm_files_untake(s->files);
    s->refolding = TRUE;
    sm_service_new_desk(s);
    sm_saved_take(s, FALSE);
    s->refold = sm_loop_defer(s->loop, refold_step, s);
}

/* --- The group and its commit --------------------------------------------------------------------
 */

/* FALSE: the disk did not do it. It is owed, and tried again with each commit, and at the next start. */
static gboolean forget(SmService *s, const char *content)
{
    g_autoptr(GError) error = NULL;

    if (sm_log_forget(s->log, content, &error))
        return TRUE;
    sm_trace(s->trace, SM_TRACE_ERROR, "service", "erasing, which is tried again: %s", error->message);
    return FALSE;
}

static void forget_owed(SmService *s)
{
    while (s->owed->len > 0 && forget(s, s->owed->pdata[0]))
        g_ptr_array_remove_index(s->owed, 0);
}

static void drop_content(SmService *s, const char *content)
{
    if (!forget(s, content))
        g_ptr_array_add(s->owed, g_strdup(content));
    for (guint i = 0; i < SM_RING; i++) {
        for (guint j = 0; s->ring[i] != NULL && j < s->ring[i]->events->len; j++) {
            SmEvent *event = g_ptr_array_index(s->ring[i]->events, j);
            if (g_strcmp0(event->content, content) != 0)
                continue;
            g_clear_pointer(&event->text, g_free);
            g_clear_pointer(&event->salt, g_free);
        }
    }
}

/* What a durable record asks of the service besides the fold. */
static void consequences(SmService *s, const SmRecord *record)
{
    gboolean wiped = FALSE;

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->type == SM_EVENT_CONTENT_ERASED && event->content != NULL) {
            if (!wiped)
                sm_saved_wipe(s);
            wiped = TRUE;
            drop_content(s, event->content);
        }
        if (event->type == SM_EVENT_AGENT_REMOVED && event->agent != NULL)
            sm_service_end_agent(s, event->agent);
        if (event->type == SM_EVENT_POLICY_SET)
            sm_retain_again(s);
    }
    sm_presence_committed(s, record);
    sm_visits_committed(s, record);
}

static void commit_done(const GError *error, void *user)
{
    Commit *commit = user;
    SmService *s = commit->s;

    if (s == NULL) {
        g_free(commit);
        return;
    }
    s->committing = FALSE;
    sm_service_enter(s);
    if (error != NULL) {
        commit_failed(s, error);
        sm_service_leave(s);
        return;
    }
    g_autoptr(GPtrArray) records = s->records;
    g_autoptr(GPtrArray) group = s->group;
    s->records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    s->group = g_ptr_array_new();
    g_hash_table_remove_all(s->by_id);
    s->failures = 0;
    s->count.groups++;
    s->count.records += records->len;
    for (guint i = 0; i < records->len; i++)
        keep(s, g_ptr_array_index(records, i));
    new_cursor(s);
    forget_owed(s);
    for (guint i = 0; i < records->len; i++)
        consequences(s, g_ptr_array_index(records, i));
    for (guint i = 0; i < group->len; i++)
        sm_work_answer(s, g_ptr_array_index(group, i));
    sm_poll_wake_for(s, records);
    sm_saved_go_on(s);
    sm_service_leave(s);
}

static void flush(void *user)
{
    SmService *s = user;

    sm_loop_remove(s->loop, &s->flush);
    if (s->records->len == 0 || s->committing)
        return;
    s->committing = TRUE;
    sm_log_append(s->log, s->durable, s->records, commit_done, s->commit);
}

/* --- Deciding ------------------------------------------------------------------------------------
 */

static SmRecord *find_first(SmService *s, const char *id, GError **error)
{
    SmRecord *record = g_hash_table_lookup(s->by_id, id);

    return record != NULL ? sm_record_ref(record) : sm_log_find(s->log, id, error);
}

static char *actor_name(const SmActor *actor)
{
    switch (actor->kind) {
    case SM_ACTOR_STAFF:
        return g_strconcat("agent:", actor->id, NULL);
    case SM_ACTOR_CUSTOMER:
        return g_strconcat("customer:", actor->id != NULL ? actor->id : "", NULL);
    case SM_ACTOR_ADMIN:
        return g_strdup("admin");
    case SM_ACTOR_DESK:
        break;
    }
    return g_strdup("desk");
}

/* The same id again: the first answer again, if it is the same command of the same asker. */
static gboolean repeated(SmService *s, Work *work)
{
    const SmCommand *command = &work->wire.command;
    g_autoptr(GError) error = NULL;
    SmRecord *first = find_first(s, command->id, &error);
    g_autofree char *actor = actor_name(&command->actor);

    if (error != NULL) {
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "looking up a command: %s", error->message);
        work->refusal = sm_refusal_new(SM_PROBLEM_NOT_DURABLE, NULL, "The log can't be read now.");
        return TRUE;
    }
    if (first == NULL)
        return FALSE;
    SmSameBody body = sm_record_compare(first, command->fingerprint);
    /* Where a text of it is erased the asker's own word must do; a stranger's first request proved who they are by its words. */
    if ((body == SM_BODY_SAME || (body == SM_BODY_ERASED && !work->anonymous) || SM_BUG(19)) &&
        (work->anonymous || SM_BUG(20) ? g_str_has_prefix(first->actor, "customer:")
                         : strcmp(first->actor, actor) == 0)) {
        work->record = first;
        return TRUE;
    }
    sm_record_unref(first);
    work->refusal = sm_refusal_new(SM_PROBLEM_ID_REUSED, NULL,
                                   "This command id was accepted with another body.");
    return TRUE;
}

static void accept(SmService *s, Work *work, SmRecord *record)
{
    g_autoptr(GError) error = NULL;

    record->seq = sm_desk_seq(s->desk) + 1;
    if (!sm_desk_apply(s->desk, record, &error)) {
        /* Can't be: the sequence is ours. The log still has the truth. */
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "applying: %s", error->message);
        work->refusal = sm_refusal_new(SM_PROBLEM_INTERNAL, NULL, "The desk failed.");
        sm_record_unref(record);
        return;
    }
    work->record = sm_record_ref(record);
    if (work->file != NULL)
        sm_files_take(s->files, work->wire.command.file);
    g_ptr_array_add(s->records, record);
    g_hash_table_insert(s->by_id, record->command, record);
}

static void decide(SmService *s, Work *work)
{
    const SmCommand *command = &work->wire.command;

    if (!repeated(s, work) && sm_service_take_file(s, work)) {
        SmRecord *record =
            sm_desk_decide(s->desk, command, sm_service_now(s), s->rng, &work->refusal);
        if (record != NULL)
            accept(s, work, record);
        else if (work->refusal == NULL)
            work->refusal = sm_refusal_new(SM_PROBLEM_INTERNAL, NULL, "The desk failed.");
    }
    if (work->tick &&
        work->refusal != NULL) /* nothing was due after all: don't ask again at once */
        s->tick_not_before = sm_loop_now(s->loop) + SM_TICK_AGAIN_MS;
}

void sm_service_submit(SmService *s, Work *work)
{
    if (work->pending != NULL) {
        work->pending->work = work;
        work->pending->where = AT_WORK;
    }
    g_queue_push_tail(&s->incoming, work);
}

void sm_service_pump(SmService *s)
{
    while (!s->committing && s->incoming.head != NULL) {
        Work *work = g_queue_pop_head(&s->incoming);
        if (s->refolding || sm_loop_now(s->loop) < s->blocked_until) {
            sm_work_fail(s, work, s->blocked);
            continue;
        }
        decide(s, work);
        if (s->records->len == 0 || SM_BUG(21)) /* rests on nothing that is not durable */
            sm_work_answer(s, work);
        else
            g_ptr_array_add(s->group, work);
        if (s->records->len >= SM_GROUP_RECORDS)
            flush(s);
    }
    if (s->records->len > 0 && !s->committing && s->flush == 0)
        s->flush = sm_loop_defer(s->loop, flush, s);
}

/* --- What falls due (rule 5) ---------------------------------------------------------------------
 */

static void tick_fired(SmService *s, Due *due)
{
    SmCommand command = {.type = SM_COMMAND_TICK};

    if (s->tick_under_way || s->stopping)
        return;
    s->tick_under_way = TRUE;
    sm_service_own_command(s, command);
}

/* Desk time and boot time differ by a slew of at most 0.5 ms/s; a timer that is early finds nothing
 * due and is set anew. */
void sm_service_arm_tick(SmService *s)
{
    int64_t due = sm_desk_next_due(s->desk);
    int64_t now = sm_loop_now(s->loop);
    int64_t at;

    if (due == INT64_MAX || s->refolding || s->tick_under_way || s->stopping || s->still) {
        sm_due_clear(s, &s->tick);
        return;
    }
    at = now + MAX(due - sm_service_now(s), 0);
    at = MAX(at, MAX(s->tick_not_before, s->blocked_until));
    if (s->tick.node.place == 0 || s->tick.node.due != at)
        sm_due_set(s, &s->tick, tick_fired, at);
}

void sm_service_set_still(SmService *s)
{
    s->still = TRUE;
    sm_service_arm_tick(s);
}
