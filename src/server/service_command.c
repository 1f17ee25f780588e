/* SPDX-License-Identifier: MIT */
/* service_command: requests that are commands, on their way in and out. */
#include "service_private.h"

#include <string.h>

Work *sm_work_new(SmPending *pending)
{
    Work *work = g_new0(Work, 1);

    work->pending = pending;
    return work;
}

void sm_work_free(Work *work)
{
    g_clear_pointer(&work->record, sm_record_unref);
    g_clear_pointer(&work->refusal, sm_refusal_free);
    json_decref(work->file);
    sm_wire_command_clear(&work->wire);
    g_free(work->actor_id);
    g_free(work);
}

const char *sm_work_hold(Work *work, const char *text)
{
    char *copy = g_strdup(text);

    if (copy != NULL)
        g_ptr_array_add(work->wire.hold, copy);
    return copy;
}

void sm_work_copy_command(SmService *s, Work *work, const SmCommand *from)
{
    SmCommand *to = &work->wire.command;

    work->wire.hold = g_ptr_array_new_with_free_func(g_free);
    *to = *from;
    to->id = sm_work_hold(work, from->id);
    if (to->id == NULL) {
        to->id = sm_id_new(s->rng, "x");
        g_ptr_array_add(work->wire.hold, (char *)to->id);
    }
    to->actor.id = work->actor_id = g_strdup(from->actor.id);
    to->fingerprint = sm_work_hold(work, from->fingerprint != NULL ? from->fingerprint : "");
    to->conversation = sm_work_hold(work, from->conversation);
    to->contact = sm_work_hold(work, from->contact);
    to->agent = sm_work_hold(work, from->agent);
    to->team = sm_work_hold(work, from->team);
    to->inbox = sm_work_hold(work, from->inbox);
    to->name = sm_work_hold(work, from->name);
    to->language = sm_work_hold(work, from->language);
    to->order = sm_work_hold(work, from->order);
    to->text = sm_work_hold(work, from->text);
    to->reason = sm_work_hold(work, from->reason);
    to->notice = sm_work_hold(work, from->notice);
    to->message = sm_work_hold(work, from->message);
    to->filter = sm_work_hold(work, from->filter);
    to->reach = sm_work_hold(work, from->reach);
    to->visit = sm_work_hold(work, from->visit);
    to->words = sm_work_hold(work, from->words);
    to->data = work->wire.json = json_incref(from->data);
}

void sm_service_own_command(SmService *s, SmCommand command)
{
    Work *work = sm_work_new(NULL);
    g_autofree char *id = sm_id_new(s->rng, "k");

    command.id = id;
    command.actor = (SmActor){SM_ACTOR_DESK, NULL};
    work->tick = command.type == SM_COMMAND_TICK;
    sm_work_copy_command(s, work, &command);
    sm_service_submit(s, work);
}

/* --- Requests ------------------------------------------------------------------------------------
 */

static void set_actor(SmPending *p, Work *work)
{
    SmCommand *command = &work->wire.command;

    work->actor_id = g_strdup(p->actor.id);
    command->actor = (SmActor){p->actor.kind, work->actor_id};
    if (command->type == SM_COMMAND_AVAILABILITY && command->agent == NULL)
        command->agent = work->actor_id;
    if (command->type == SM_COMMAND_START && p->actor.kind == SM_ACTOR_CUSTOMER)
        command->contact = work->actor_id;
}

static void submit_request(SmPending *p, gboolean anonymous)
{
    Work *work = sm_work_new(p);
    SmRefusal *refusal = sm_wire_read_command(p->request, sm_service_mask, &work->wire);

    if (refusal == NULL && !anonymous)
        set_actor(p, work);
    if (refusal == NULL && work->wire.command.type == SM_COMMAND_AVAILABILITY &&
        work->wire.command.agent == NULL)
        refusal =
            sm_refusal_new(SM_PROBLEM_INVALID, "agent", "An administrator must name an agent.");
    if (refusal == NULL)
        refusal = sm_visit_prepare(p->s, work);
    if (refusal == NULL)
        refusal = sm_erase_prepare(p->s, work);
    if (refusal != NULL) {
        work->pending = NULL;
        sm_work_free(work);
        sm_pending_refusal(p, refusal);
        sm_refusal_free(refusal);
        return;
    }
    if (anonymous) {
        work->anonymous = TRUE;
        work->wire.command.actor = (SmActor){SM_ACTOR_CUSTOMER, NULL};
    }
    sm_service_submit(p->s, work);
}

void sm_handle_command(SmPending *p)
{
    submit_request(p, FALSE);
}

/* A customer who comes the first time has no token; one who comes back may have one. */
void sm_handle_start(SmPending *p)
{
    if (p->request->token == NULL && !p->request->admin) {
        if (sm_service_admit_address(p, FALSE))
            submit_request(p, TRUE);
        return;
    }
    if (sm_service_authenticate(p))
        submit_request(p, FALSE);
}

/* --- Answers -------------------------------------------------------------------------------------
 */

static const char *started_contact(const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->type == SM_EVENT_CONVERSATION_STARTED)
            return event->contact;
    }
    return NULL;
}

/* A cursor just before the record, so that the first poll brings the conversation itself. */
static char *cursor_before(SmService *s, const SmRecord *record)
{
    gboolean known;
    uint32_t check = sm_service_check(s, record->seq - 1, &known);

    return known ? sm_cursor_format(sm_log_desk_id(s->log), record->seq - 1, check)
                 : g_strdup(s->cursor);
}

static void answer_start(SmService *s, Work *work, json_t *body)
{
    const char *contact = started_contact(work->record);
    g_autofree char *cursor = cursor_before(s, work->record);
    g_autoptr(GError) error = NULL;

    int64_t now = sm_service_now(s);

    /* Whoever knows the id and the body of a start is the one who asked, if it was asked just now.
     */
    if (work->anonymous && contact != NULL && now - work->record->at < SM_START_AGAIN_MS) {
        char *token = sm_secrets_open_session(s->secrets, NULL, contact, "", now, &error);
        if (token == NULL) {
            json_decref(body);
            sm_trace(s->trace, SM_TRACE_ERROR, "service", "a session: %s", error->message);
            sm_pending_problem(work->pending, SM_PROBLEM_NOT_DURABLE, NULL, NULL);
            return;
        }
        json_object_set_new(body, "token", json_string(token));
        sm_secrets_wipe(token);
        sm_viewer_sign(s, sm_viewer_get(s, SM_ACTOR_CUSTOMER, contact, TRUE));
        sm_pending_reply_settled(work->pending, 201, body, cursor);
        return;
    }
    sm_pending_reply_at(work->pending, 201, body, cursor);
}

static void finish(SmService *s, Work *work)
{
    if (work->tick)
        s->tick_under_way = FALSE;
    sm_work_free(work);
}

void sm_work_answer(SmService *s, Work *work)
{
    SmPending *p = work->pending;

    if (work->refusal == NULL && work->wire.command.visit != NULL) {
        sm_visit_began(s, work);
        sm_visits_invited(s, work);
    }
    if (p != NULL) {
        p->work = NULL;
        if (work->refusal != NULL)
            sm_pending_refusal(p, work->refusal);
        else if (work->wire.command.type == SM_COMMAND_START)
            answer_start(s, work, sm_wire_accepted(work->record));
        else
            sm_pending_reply(p, 200, sm_wire_accepted(work->record));
    }
    finish(s, work);
}

void sm_work_fail(SmService *s, Work *work, SmProblem problem)
{
    if (work->pending != NULL) {
        work->pending->work = NULL;
        sm_pending_problem(work->pending, problem, NULL, NULL);
    }
    finish(s, work);
}
