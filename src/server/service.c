/* SPDX-License-Identifier: MIT */
/* service: life, entries and answers. */
#include "service_private.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

/* --- Entering and leaving ----------------------------------------------------------------------
 */

gboolean sm_service_quiet(const SmService *s)
{
    return !s->refolding && !s->committing && s->records->len == 0;
}

static void run_quiet(SmService *s)
{
    while (sm_service_quiet(s) && s->quiet.head != NULL) {
        SmPending *p = s->quiet.head->data;
        g_queue_unlink(&s->quiet, &p->link);
        p->where = AT_HAND;
        p->handler(p);
    }
}

static void hand_out(SmService *s)
{
    while (s->answers.head != NULL) {
        SmPending *p = g_queue_pop_head(&s->answers);
        SmAnswer *answer = g_steal_pointer(&p->answer);
        SmServiceDone done = p->done;
        void *user = p->user;
        int class = answer->status / 100;
        if (class == 2)
            s->count.answers_2xx++;
        else if (class == 4)
            s->count.answers_4xx++;
        else
            s->count.answers_5xx++;
        if (p->answered != NULL)
            *p->answered = TRUE;
        sm_pending_free(p);
        if (done != NULL)
            done(answer, user);
        else
            sm_answer_free(answer);
    }
}

static void check_stopped(SmService *s)
{
    if (!s->stopping || s->stopped == NULL || !sm_service_quiet(s) || s->incoming.head != NULL)
        return;
    sm_saved_stop(s);
    SmLoopFn stopped = g_steal_pointer(&s->stopped);
    sm_loop_defer(s->loop, stopped, s->stopped_user);
}

static void arm_timer(SmService *s);

void sm_service_enter(SmService *s)
{
    s->depth++;
}

void sm_service_leave(SmService *s)
{
    if (s->depth > 1) {
        s->depth--;
        return;
    }
    do {
        /* What waits for a quiet moment comes before the next group takes it away. */
        run_quiet(s);
        sm_poll_run_ready(s);
        sm_service_pump(s);
        hand_out(s);
    } while (s->answers.head != NULL || (s->incoming.head != NULL && !s->committing) ||
             (sm_service_quiet(s) && (s->quiet.head != NULL || s->ready.head != NULL)));
    g_hash_table_remove_all(s->pages);
    sm_service_arm_tick(s);
    arm_timer(s);
    check_stopped(s);
    s->depth--;
}

/* --- Deadlines ---------------------------------------------------------------------------------
 */

static void timer_fired(void *user)
{
    SmService *s = user;

    s->timer = 0;
    sm_service_enter(s);
    int64_t now = sm_loop_now(s->loop);
    for (;;) {
        Due *due = (Due *)sm_heap_first(s->heap);
        if (due == NULL || due->node.due > now)
            break;
        sm_heap_remove(s->heap, &due->node);
        due->fire(s, due);
    }
    sm_service_leave(s);
}

static void arm_timer(SmService *s)
{
    const SmHeapNode *first = sm_heap_first(s->heap);

    if (first == NULL) {
        sm_loop_remove(s->loop, &s->timer);
        return;
    }
    /* A timer that is early finds nothing and is set anew; so a deadline that moves on costs
     * nothing. */
    if (s->timer != 0 && s->timer_at <= first->due)
        return;
    sm_loop_remove(s->loop, &s->timer);
    s->timer_at = first->due;
    s->timer = sm_loop_at(s->loop, first->due, timer_fired, s);
}

void sm_due_set(SmService *s, Due *due, DueFire fire, int64_t at_ms)
{
    due->fire = fire;
    sm_heap_set(s->heap, &due->node, at_ms, ++s->tie);
}

void sm_due_clear(SmService *s, Due *due)
{
    sm_heap_remove(s->heap, &due->node);
}

/* --- Pending requests and their answers --------------------------------------------------------
 */

SmPending *sm_pending_new(SmService *s, SmServiceDone done, void *user)
{
    SmPending *p = g_new0(SmPending, 1);

    p->s = s;
    p->done = done;
    p->user = user;
    p->link.data = p;
    return p;
}

void sm_pending_free(SmPending *p)
{
    if (p->seat != NULL) {
        if (p->counted)
            p->seat->under_way--;
        if (p->seat->park == p)
            p->seat->park = NULL;
        if (p->seat->viewer != NULL)
            sm_viewer_sign(p->s, p->seat->viewer);
        p->seat->pendings--;
        sm_seat_release(p->seat);
    }
    sm_due_clear(p->s, &p->due);
    g_strfreev(p->at);
    g_free(p->own_target);
    g_free(p->preview);
    g_clear_pointer(&p->own_body, g_bytes_unref);
    g_free(p->own_key);
    sm_spool_unref(p->spool);
    if (p->waiting != NULL)
        sm_auth_drop(p);
    sm_answer_free(p->answer);
    g_free(p);
}

void sm_pending_answer(SmPending *p, SmAnswer *answer)
{
    p->answer = answer;
    p->where = AT_ANSWER;
    g_queue_push_tail(&p->s->answers, p);
}

static SmAnswer *reply(SmPending *p, int status, json_t *body, const char *cursor)
{
    if (cursor != NULL)
        json_object_set_new(body, "cursor", json_string(cursor));
    json_object_set_new(body, "now", json_integer(sm_service_now(p->s)));
    json_object_set_new(body, "fold", json_integer(SM_FOLD_VERSION));
    SmAnswer *answer = sm_answer_new(status, body);
    answer->cursor = g_strdup(cursor);
    return answer;
}

void sm_pending_reply_at(SmPending *p, int status, json_t *body, const char *cursor)
{
    sm_pending_answer(p, reply(p, status, body, cursor));
}

void sm_pending_reply_settled(SmPending *p, int status, json_t *body, const char *cursor)
{
    sm_auth_settle(p, reply(p, status, body, cursor));
}

void sm_pending_reply(SmPending *p, int status, json_t *body)
{
    sm_pending_reply_at(p, status, body, NULL);
}

static int retry_after(SmService *s, SmProblem problem)
{
    int64_t wait = s->blocked_until - sm_loop_now(s->loop);

    if (problem == SM_PROBLEM_STOPPING)
        return 2;
    if (problem == SM_PROBLEM_NOT_DURABLE || problem == SM_PROBLEM_DISK_FULL)
        return wait > 1000 ? (int)((wait + 999) / 1000) : 1;
    return problem == SM_PROBLEM_TOO_MANY ? 1 : 0;
}

static void problem_body(SmPending *p, SmProblem problem, json_t *body)
{
    sm_pending_reply(p, sm_problem_status(problem), body);
    p->answer->retry_after_s = retry_after(p->s, problem);
}

void sm_pending_problem(SmPending *p, SmProblem problem, const char *field, const char *detail)
{
    problem_body(p, problem, sm_problem_json(problem, field, detail, NULL));
}

const char *sm_pending_need_key(SmPending *p)
{
    const char *key = p->request != NULL ? p->request->idempotency_key : p->own_key;

    if (key != NULL && sm_id_valid(key))
        return key;
    sm_pending_problem(p, SM_PROBLEM_INVALID, "Idempotency-Key", "The header Idempotency-Key is missing.");
    return NULL;
}

void sm_pending_refusal(SmPending *p, const SmRefusal *refusal)
{
    problem_body(p, refusal->problem,
                 sm_problem_json(refusal->problem, refusal->field, refusal->detail, refusal->data));
}

/* The request is the asker's: what its handler may read later is kept. */
static void keep_said(SmPending *p)
{
    if (p->own_target == NULL)
        p->target = p->own_target = g_strdup(p->target);
    if (p->request == NULL)
        return;
    p->own_body = p->request->body != NULL ? g_bytes_ref(p->request->body) : NULL;
    p->own_key = g_strdup(p->request->idempotency_key);
    p->request = NULL;
}

void sm_pending_when_quiet(SmPending *p, Handler handler)
{
    p->handler = handler;
    if (sm_service_quiet(p->s)) {
        handler(p);
        return;
    }
    keep_said(p);
    p->where = AT_QUIET;
    g_queue_push_tail_link(&p->s->quiet, &p->link);
}

/* --- Entries -----------------------------------------------------------------------------------
 */

SmPending *sm_service_request(SmService *s, const SmRequest *request, SmServiceDone done,
                              void *user)
{
    SmPending *p = sm_pending_new(s, done, user);
    gboolean answered = FALSE;

    s->count.requests++;
    p->answered = &answered;
    p->request = request;
    p->target = request->target;
    sm_service_enter(s);
    sm_service_route(p);
    /* The request is the asker's again: what waits keeps what it copied. */
    if (p->where != AT_ANSWER) {
        p->request = NULL;
        p->target = p->own_target;
    }
    sm_service_leave(s);
    if (answered)
        return NULL;
    p->answered = NULL;
    p->request = NULL;
    return p;
}

void sm_service_cancel(SmPending *p)
{
    SmService *s;

    if (p == NULL)
        return;
    s = p->s;
    p->done = NULL;
    switch (p->where) {
    case AT_PARK:
        sm_poll_unpark(p);
        sm_pending_free(p);
        break;
    case AT_QUIET:
        g_queue_unlink(&s->quiet, &p->link);
        sm_pending_free(p);
        break;
    case AT_WORK: /* the command itself goes on: it was asked */
        p->work->pending = NULL;
        sm_pending_free(p);
        break;
    case AT_WORKER:
        sm_auth_cancel(p);
        sm_pending_free(p);
        break;
    case AT_FILES:
        sm_files_pending_cancel(p);
        sm_pending_free(p);
        break;
    case AT_REPORT:
        sm_report_cancel(p);
        sm_pending_free(p);
        break;
    case AT_ANSWER: /* thrown away when its turn comes */
    case AT_HAND:
        break;
    }
}

void sm_service_command(SmService *s, const SmCommand *command, SmServiceDone done, void *user)
{
    SmPending *p = done != NULL ? sm_pending_new(s, done, user) : NULL;
    Work *work = sm_work_new(p);

    sm_service_enter(s);
    sm_work_copy_command(s, work, command);
    sm_service_submit(s, work);
    sm_service_leave(s);
}

/* --- Life --------------------------------------------------------------------------------------
 */

static void page_free(void *data)
{
    Page *page = data;

    g_free(page->text);
    if (page->body != NULL)
        g_bytes_unref(page->body);
    g_free(page);
}

static void make_tables(SmService *s)
{
    s->group = g_ptr_array_new();
    s->owed = g_ptr_array_new_with_free_func(g_free);
    s->records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    s->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    s->erased = sm_log_erased_new();
    s->seats = g_hash_table_new(g_str_hash, g_str_equal);
    s->viewers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    s->pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, page_free);
    s->workers = g_ptr_array_new();
    sm_service_file_tables(s);
    s->heap = sm_heap_new();
    s->visits = sm_visits_new();
}

SmService *sm_service_new(SmLoop *loop, SmLog *log, SmSecrets *secrets, SmRng *rng, SmTrace *trace,
                          GError **error)
{
    return sm_service_new_saved(loop, log, secrets, rng, trace, NULL, error);
}

SmService *sm_service_new_saved(SmLoop *loop, SmLog *log, SmSecrets *secrets, SmRng *rng, SmTrace *trace,
                                const char *saved, GError **error)
{
    SmService *s = g_new0(SmService, 1);

    s->loop = loop;
    s->log = log;
    s->secrets = secrets;
    s->rng = sm_rng_fork(rng, "service");
    s->trace = trace;
    s->limits = (SmServiceLimits){.requests_per_session = SM_MAX_REQUESTS_PER_SESSION,
                                  .parks_per_session = 1,
                                  .anonymous_per_minute = 1200,
                                  .logins_per_minute = 600,
                                  .jitter_ms = 2000,
                                  .save_records = SM_SAVE_RECORDS};
    make_tables(s);
    s->saved = saved != NULL ? sm_saved_new(saved) : NULL;
    s->commit = g_new0(Commit, 1);
    s->commit->s = s;
    if (!sm_service_fold(s, error)) {
        sm_service_free(s);
        return NULL;
    }
    s->clock = sm_clock_new(loop, sm_desk_at(s->desk));
    sm_service_enter(s);
    sm_presence_start(s);
    sm_retain_start(s);
    sm_service_leave(s);
    return s;
}

void sm_service_each_park(SmService *s, Handler fn)
{
    GQueue *lists[] = {&s->staff, &s->customers};

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        for (GList *l = lists[i]->head; l != NULL; l = l->next)
            for (GList *m = ((Viewer *)l->data)->seats.head; m != NULL; m = m->next)
                if (((Seat *)m->data)->park != NULL)
                    fn(((Seat *)m->data)->park);
}

static void end_park(SmPending *park)
{
    sm_poll_unpark(park);
    sm_poll_answer_empty(park);
}

static void answer_waiting(SmService *s)
{
    SmPending *p;

    while ((p = g_queue_peek_head(&s->quiet)) != NULL) {
        g_queue_unlink(&s->quiet, &p->link);
        sm_pending_problem(p, SM_PROBLEM_STOPPING, NULL, NULL);
    }
    for (guint i = 0; i < s->group->len; i++)
        sm_work_fail(s, g_ptr_array_index(s->group, i), SM_PROBLEM_STOPPING);
    g_ptr_array_set_size(s->group, 0);
    while (s->incoming.head != NULL)
        sm_work_fail(s, g_queue_pop_head(&s->incoming), SM_PROBLEM_STOPPING);
}

static void free_tables(SmService *s)
{
    while (s->staff.head != NULL)
        sm_viewer_free(s, s->staff.head->data);
    while (s->customers.head != NULL)
        sm_viewer_free(s, s->customers.head->data);
    g_hash_table_unref(s->seats);
    g_hash_table_unref(s->viewers);
    g_hash_table_unref(s->addresses);
    g_hash_table_unref(s->pages);
    g_hash_table_unref(s->erased);
    g_hash_table_unref(s->by_id);
    g_ptr_array_unref(s->group);
    g_ptr_array_unref(s->owed);
    g_ptr_array_unref(s->records);
    g_ptr_array_unref(s->workers);
    sm_service_file_tables_free(s);
    for (guint i = 0; i < SM_RING; i++)
        g_clear_pointer(&s->ring[i], sm_record_unref);
    sm_heap_free(s->heap);
}

void sm_service_free(SmService *s)
{
    if (s == NULL)
        return;
    s->depth++; /* nothing new is begun any more */
    s->stopping = TRUE;
    sm_service_each_park(s, end_park);
    answer_waiting(s);
    sm_report_close(s);
    sm_files_answer_all(s);
    sm_auth_close(s);
    hand_out(s);
    sm_loop_remove(s->loop, &s->timer);
    sm_loop_remove(s->loop, &s->flush);
    sm_loop_remove(s->loop, &s->refold);
    s->commit->s = NULL;
    if (!s->committing || sm_log_abandon(s->log, s->commit))
        g_free(s->commit);
    sm_due_clear(s, &s->tick);
    sm_due_clear(s, &s->sweep);
    sm_due_clear(s, &s->traffic);
    sm_retain_stop(s);
    sm_visits_free(s->visits);
    sm_saved_free(s->saved);
    free_tables(s);
    g_clear_pointer(&s->desk, sm_desk_free);
    g_clear_pointer(&s->clock, sm_clock_free);
    sm_rng_free(s->rng);
    g_free(s->cursor);
    sm_pages_free(s->page_files);
    sm_secrets_wipe(s->identity_key);
    g_free(s);
}

void sm_service_stop(SmService *s, SmLoopFn done, void *user)
{
    sm_service_enter(s);
    sm_visits_flush(s);
    s->stopping = TRUE;
    s->stopped = done;
    s->stopped_user = user;
    sm_service_each_park(s, end_park);
    sm_service_leave(s);
}

void sm_service_on_stop(SmService *s, SmLoopFn fn, void *user)
{
    s->stop_asked = fn;
    s->stop_asked_user = user;
}

SmDesk *sm_service_desk(SmService *s)
{
    return s->desk;
}

int64_t sm_service_now(SmService *s)
{
    return MAX(sm_clock_now(s->clock), sm_desk_at(s->desk));
}

void sm_service_set_limits(SmService *s, const SmServiceLimits *limits)
{
    s->limits = *limits;
    sm_saved_set_every(s->saved, limits->save_records);
}
