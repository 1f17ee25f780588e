/* SPDX-License-Identifier: MIT */
#include "life.h"

#include <string.h>

#include "seatmux/desk/notice.h"

/* --- The people --------------------------------------------------------------------------------
 */

static void add_viewer(World *w, SmActor actor)
{
    Viewer *v = g_new0(Viewer, 1);

    v->id = g_strdup(actor.id);
    v->actor = (SmActor){actor.kind, v->id};
    v->desk = sm_desk_new(actor.kind == SM_ACTOR_CUSTOMER ? 0 : w->lines);
    if (w->came) {
        w->came(w, v);
    }
    g_ptr_array_add(w->viewers, v);
}

static void viewer_free(gpointer data)
{
    Viewer *v = data;

    sm_desk_free(v->desk);
    g_free(v->id);
    g_free(v);
}

static const char *pick(World *w, GPtrArray *from)
{
    /* Mostly the newest, so that something goes on in them. */
    guint recent = MIN(from->len, 12);

    if (from->len == 0) {
        return NULL;
    }
    return sm_rng_chance(w->rng, 0.85) ? from->pdata[from->len - 1 - sm_rng_below(w->rng, recent)]
                                       : from->pdata[sm_rng_below(w->rng, from->len)];
}

static const char *const agents[] = {"login-mia", "login-jon", "login-ana", "login-bob",
                                     "login-sue", "login-max", "login-tim"};
static const char *const teams[] = {"support", "sales", "vip"};
static const char *const inboxes[] = {"web", "shop", "school", NULL};

#define PICK(w, list) list[sm_rng_below((w)->rng, G_N_ELEMENTS(list))]

static SmCommand by_customer(World *w, SmCommandType type)
{
    const char *id = pick(w, w->conversations);
    const SmConversation *c = id ? sm_desk_conversation(w->f->desk, id) : NULL;
    SmCommand command = {.type = type, .conversation = id, .stars = 1 + sm_rng_below(w->rng, 5)};

    command.actor = customer(c ? c->contact : NULL);
    if (type == SM_COMMAND_START) {
        gboolean known =
            w->contacts->len > 12 || (w->contacts->len > 0 && sm_rng_chance(w->rng, 0.4));
        command.actor = customer(known ? pick(w, w->contacts) : NULL);
        command.inbox = PICK(w, inboxes);
        command.name = "Chen Wei";
        command.order = sm_rng_chance(w->rng, 0.5) ? "48213" : NULL;
        command.text = sm_rng_chance(w->rng, 0.6) ? "hello there" : NULL;
        command.offline = sm_rng_chance(w->rng, 0.5);
        command.reach = command.offline ? "REACH-SECRET" : NULL;
        command.notice = w->invitation; /* accepted, where nobody has answered it */
        command.words = "an answer";
        command.cause = command.notice ? SM_CAUSE_INVITATION : SM_CAUSE_NONE;
    } else if (type == SM_COMMAND_RATE) {
        command.text = sm_rng_chance(w->rng, 0.5) ? "COMMENT-SECRET" : NULL;
        command.complaint = sm_rng_chance(w->rng, 0.3);
    } else if (type == SM_COMMAND_POST) {
        command.text = "any news? \xe4\xbd\xa0\xe5\xa5\xbd";
        command.offline = sm_rng_chance(w->rng, 0.5);
    }
    return command;
}

static const char *text_for(SmCommandType type)
{
    switch (type) {
    case SM_COMMAND_NOTE:
    case SM_COMMAND_TRANSFER:
        return "NOTE-SECRET";
    case SM_COMMAND_WHISPER:
        return "WHISPER-SECRET";
    default:
        return "an answer";
    }
}

/* Mostly by who has it, so that much is accepted. */
static const char *who(World *w, const SmConversation *c)
{
    return c && c->owner && sm_rng_chance(w->rng, 0.7) ? c->owner : PICK(w, agents);
}

static SmCommand by_staff(World *w, SmCommandType type, json_t *tags, json_t *marks)
{
    const char *id = pick(w, w->conversations);
    const SmConversation *c = id ? sm_desk_conversation(w->f->desk, id) : NULL;
    SmCommand command = {.type = type,
                         .conversation = id,
                         .actor = staff(who(w, c)),
                         .text = text_for(type),
                         .order = "48213",
                         .reason = "REASON-SECRET, in words",
                         .seen = sm_rng_chance(w->rng, 0.5) ? -1 : sm_rng_between(w->rng, 0, 12),
                         .no_reply_needed = sm_rng_chance(w->rng, 0.3),
                         .until = w->f->now + 1 + sm_rng_below(w->rng, 200000)};

    if (type == SM_COMMAND_REVIEW || type == SM_COMMAND_REVIEW_COMMENT) {
        command.data = marks;
        command.message = "m1";
        command.text = "REVIEW-SECRET";
        command.actor = staff("login-sue");
        for (int i = 0; i < 20 && id && conv(w->f, command.conversation)->state != SM_STATE_RESOLVED; i++) {
            command.conversation = w->conversations->pdata[sm_rng_below(w->rng, w->conversations->len)];
        }
    }
    if (type == SM_COMMAND_BROADCAST || type == SM_COMMAND_INCIDENT_SET) {
        command.actor = sm_rng_chance(w->rng, 0.7) ? staff("login-sue") : the_desk();
        command.text = "SYSTEM down";
        command.filter = sm_rng_chance(w->rng, 0.5) ? "" : "state:queued";
        command.pace = sm_rng_between(w->rng, 1, 12);
        command.team = command.actor.kind == SM_ACTOR_STAFF ? "support" : NULL;
        command.conversation = NULL;
    } else if (type == SM_COMMAND_BROADCAST_STOP || type == SM_COMMAND_INCIDENT_CLEAR) {
        const GPtrArray *all = type == SM_COMMAND_BROADCAST_STOP ? sm_desk_broadcasts(w->f->desk) : sm_desk_incidents(w->f->desk);
        /* Both begin with their id. */
        command.notice = all->len > 0 ? *(char *const *)all->pdata[all->len - 1] : NULL;
        command.actor = the_desk();
    } else if (type == SM_COMMAND_ORDER) {
        command.reason = "paid";
        command.text = "12.00 CNY";
    } else if (type == SM_COMMAND_MERGE || type == SM_COMMAND_SPLIT) {
        command.contact = type == SM_COMMAND_SPLIT && w->merged ? w->merged : pick(w, w->contacts);
        command.conversation = type == SM_COMMAND_SPLIT && w->merged ? w->merged_in : command.conversation;
        command.actor = sm_rng_chance(w->rng, 0.7) ? the_desk() : command.actor;
    } else if (type == SM_COMMAND_CARD) {
        command.data = json_array_get(tags, 2);
    }
    if (type == SM_COMMAND_INVITE || type == SM_COMMAND_DISMISS) {
        gboolean there = type == SM_COMMAND_DISMISS && c && c->participants->len > 0;
        command.agent = there ? ((const SmParticipant *)c->participants->pdata[0])->agent : PICK(w, agents);
        command.consult = sm_rng_chance(w->rng, 0.5);
    } else if ((type == SM_COMMAND_ACCEPT || type == SM_COMMAND_DECLINE) && c && c->offered_to) {
        command.actor = staff(c->offered_to);
    }
    if (type == SM_COMMAND_ASSIGN || type == SM_COMMAND_TRANSFER) {
        gboolean to_team = type == SM_COMMAND_TRANSFER && sm_rng_chance(w->rng, 0.5);
        command.agent = to_team ? NULL : PICK(w, agents);
        command.team = to_team || sm_rng_chance(w->rng, 0.2) ? PICK(w, teams) : NULL;
        command.offer = sm_rng_chance(w->rng, 0.7);
        if (type == SM_COMMAND_TRANSFER && c && c->owner) {
            command.actor = staff(c->owner);
            if (sm_rng_chance(w->rng, 0.6)) { /* somebody of support, who may get it */
                command.agent = g_str_equal(c->owner, "login-mia") ? "login-jon" : "login-mia";
                command.team = NULL;
            }
        }
    } else if (type == SM_COMMAND_AVAILABILITY) {
        command.agent = sm_rng_chance(w->rng, 0.9) ? command.actor.id : PICK(w, agents);
        command.availability = sm_rng_chance(w->rng, 0.7) ? SM_AVAILABLE_ONLINE
                                                          : (SmAvailability)sm_rng_below(w->rng, 4);
    } else if (type == SM_COMMAND_HAND_IN || type == SM_COMMAND_CONFIRM) {
        static const char *const steps[] = {"supervised", "trial", "full"};
        command.agent = sm_rng_chance(w->rng, 0.5) ? "login-tim" : PICK(w, agents);
        command.actor = sm_rng_chance(w->rng, 0.5) ? admin() : command.actor;
        command.name = "first-weeks";
        static const char *const seals[] = {"5ea1", "5ea2", "5ea3", "5ea4", "5ea5"};
        command.seal = PICK(w, seals);
        command.permille = sm_rng_between(w->rng, 700, 1000);
        command.pass = 800;
        command.since = 1;
        const SmAgent *agent = sm_desk_agent(w->f->desk, command.agent);
        command.step = agent && agent->step < SM_STEP_FULL && sm_rng_chance(w->rng, 0.7) ? sm_step_name(agent->step + 1)
                                                                                         : PICK(w, steps);
        command.weight = sm_rng_below(w->rng, 50);
    } else if (type == SM_COMMAND_TAG) {
        json_array_remove(tags, 2);
        command.data = tags;
    } else if (type == SM_COMMAND_ERASE && w->messages->len > 0 && sm_rng_chance(w->rng, 0.7)) {
        command.reason = pick(w, w->messages);
    }
    if (type == SM_COMMAND_BOT_TAKE || type == SM_COMMAND_EXCUSE || type == SM_COMMAND_SEEN ||
        (type == SM_COMMAND_ERASE && sm_rng_chance(w->rng, 0.5))) {
        command.actor = the_desk();
    }
    return command;
}

static SmCommand by_admin(World *w, SmCommandType type, json_t *list)
{
    SmCommand command = {.type = type, .actor = admin(), .agent = PICK(w, agents)};

    if (type == SM_COMMAND_GONE) {
        command.conversation = pick(w, w->conversations);
        command.actor = the_desk();
        command.since = w->f->now - sm_rng_below(w->rng, 100000);
    } else if (type == SM_COMMAND_AGENT_SET) {
        command.role = (SmRole)sm_rng_below(w->rng, 3);
        command.name = command.agent + strlen("login-"); /* a new display name */
        json_array_clear(list);
        for (guint i = 0; i < G_N_ELEMENTS(teams); i++) {
            if (sm_rng_chance(w->rng, 0.75)) {
                json_array_append_new(list, json_string(teams[i]));
            }
        }
        command.data = list;
    }
    return command;
}

/* --- A life ------------------------------------------------------------------------------------
 */

static void note_ids(World *w, const SmRecord *record)
{
    const SmEvent *event = event_of(record, SM_EVENT_CONVERSATION_STARTED);

    if (event) {
        gboolean known =
            g_ptr_array_find_with_equal_func(w->contacts, event->contact, g_str_equal, NULL);
        g_ptr_array_add(w->conversations, g_strdup(event->conversation));
        if (!known) {
            g_ptr_array_add(w->contacts, g_strdup(event->contact));
            add_viewer(w, customer(event->contact));
        }
    }
    event = event_of(record, SM_EVENT_CONTACT_MERGED);
    if (event) {
        g_free(w->merged);
        g_free(w->merged_in);
        w->merged = g_strdup(event->contact);
        w->merged_in = g_strdup(event->conversation);
    }
    for (guint i = 0; i < record->events->len; i++) {
        event = record->events->pdata[i];
        if (event->message && event->content && event->type != SM_EVENT_CONTENT_ERASED) {
            g_ptr_array_add(w->messages, g_strdup(event->message));
        }
    }
}

static void set_policy(World *w)
{
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(w->f->desk));

    json_t *team = json_array_get(json_object_get(policy, "teams"), sm_rng_below(w->rng, 2));
    json_t *targets = json_object_get(team, "targets");
    g_assert_nonnull(json_object_get(targets, "response"));
    json_object_set_new(targets, "response", json_integer(sm_rng_between(w->rng, 8000, 60000)));
    must(w->f, (SmCommand){.type = SM_COMMAND_POLICY_SET, .actor = admin(), .data = policy});
}

static SmRecord *of_visitors(World *w, SmCommandType type)
{
    static const char *const visits[] = {"v1", "v2", "v3"};
    static const char *const where[] = {"web", "shop", "school"};
    g_autoptr(json_t) counts = json_pack("{s:i}", "visits", 1);
    SmCommand command = {.type = type, .actor = the_desk(), .seen = -1, .notice = w->invitation, .data = counts, .since = w->f->now};

    if (type == SM_COMMAND_VISITOR_INVITE) {
        command = (SmCommand){.type = type, .actor = staff(PICK(w, agents)), .visit = PICK(w, visits), .inbox = PICK(w, where), .text = "hi"};
    }
    SmRecord *record = run(w->f, command);
    const SmEvent *event = record ? event_of(record, SM_EVENT_VISITOR_INVITED) : NULL;
    if (event) {
        g_free(w->invitation);
        w->invitation = g_strdup(event->notice);
    }
    return record;
}

static SmCommandType choose(World *w)
{
    static const SmCommandType often[] = {
        SM_COMMAND_POST,     SM_COMMAND_POST,          SM_COMMAND_POST,      SM_COMMAND_CLAIM,
        SM_COMMAND_CLAIM,    SM_COMMAND_START,         SM_COMMAND_RESOLVE,   SM_COMMAND_TRANSFER,
        SM_COMMAND_TRANSFER, SM_COMMAND_NOTE,          SM_COMMAND_WHISPER,   SM_COMMAND_CLAIM_NEXT,
        SM_COMMAND_REOPEN,   SM_COMMAND_RELEASE,       SM_COMMAND_TAKE_OVER, SM_COMMAND_SNOOZE,
        SM_COMMAND_BOT_TAKE, SM_COMMAND_BOT_HAND_OVER, SM_COMMAND_SEEN,      SM_COMMAND_HAND_IN,   SM_COMMAND_CONFIRM,
        SM_COMMAND_MERGE,    SM_COMMAND_SPLIT,         SM_COMMAND_BROADCAST, SM_COMMAND_BROADCAST_STOP,
        SM_COMMAND_INVITE,   SM_COMMAND_INVITE,        SM_COMMAND_DISMISS,   SM_COMMAND_ACCEPT,    SM_COMMAND_DECLINE,
        SM_COMMAND_TRANSFER, SM_COMMAND_TRANSFER,      SM_COMMAND_SEEN,      SM_COMMAND_SEEN,     SM_COMMAND_VISITOR_INVITE,
    };
    return sm_rng_chance(w->rng, 0.75) ? PICK(w, often)
                                       : (SmCommandType)sm_rng_below(w->rng, SM_COMMAND_TICK);
}

/* To one of those that are rated; most often by somebody who may not. */
static SmRecord *answer_rating(World *w)
{
    const GPtrArray *all = sm_desk_conversations(w->f->desk);
    SmCommand command = {.type = SM_COMMAND_ANSWER_RATING, .text = "we are sorry"};

    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (c->stars > 0 && (!command.conversation || sm_rng_chance(w->rng, 0.3))) {
            command.conversation = c->id;
        }
    }
    command.actor = sm_rng_chance(w->rng, 0.3) ? admin() : staff(PICK(w, agents));
    return command.conversation ? run(w->f, command) : NULL;
}

/* With what a page tells, or with a file of this name. Borrowed. */
static SmCommand with(SmCommand command, json_t *data, const char *file)
{
    command.data = data ? data : command.data;
    command.file = file ? sm_json_str(data, "id", NULL) : NULL;
    command.text = file ? file : command.text;
    return command;
}

static SmRecord *act(World *w)
{
    g_autoptr(json_t) list = json_pack("[s,s,{s:s,s:s}]", "TAG-SECRET", "other", "name", "CARD-SECRET", "note", "NOTE-SECRET"),
                      marks = json_pack("{s:i}", "solved", 3), page = json_pack("{s:s}", "page", "/shoes"),
                      file = json_pack("{s:s, s:s, s:i}", "id", "f1", "type", "image/png", "size", 70);
    SmCommandType type = choose(w);

    switch (type) {
    case SM_COMMAND_POLICY_SET:
        if (sm_rng_chance(w->rng, 0.3)) {
            set_policy(w);
        }
        return NULL;
    case SM_COMMAND_START:
    case SM_COMMAND_RATE:
    case SM_COMMAND_LEAVE:
        return run(w->f, with(by_customer(w, type), type == SM_COMMAND_START ? page : NULL, NULL));
    case SM_COMMAND_ANSWER_RATING:
        return answer_rating(w);
    case SM_COMMAND_VISITOR_INVITE:
    case SM_COMMAND_VISITOR_REFUSE:
    case SM_COMMAND_TRAFFIC:
        return of_visitors(w, type);
    case SM_COMMAND_GONE:
        return run(w->f, by_admin(w, type, list));
    case SM_COMMAND_AGENT_SET:
    case SM_COMMAND_AGENT_REMOVE:
        return sm_rng_chance(w->rng, 0.15) ? run(w->f, by_admin(w, type, list)) : NULL;
    case SM_COMMAND_POST:
        if (sm_rng_chance(w->rng, 0.5)) {
            return run(w->f, by_customer(w, type));
        }
        if (sm_rng_chance(w->rng, 0.1)) {
            return run(w->f, with(by_staff(w, type, list, marks), file, "a.png"));
        }
        return run(w->f, by_staff(w, type, list, marks));
    default:
        return run(w->f, by_staff(w, type, list, marks));
    }
}

/* The evening: what is written now is left for later; and the morning. */
static void all_set(World *w, SmAvailability availability)
{
    for (guint i = 0; i < G_N_ELEMENTS(agents); i++) {
        run(w->f, (SmCommand){.type = SM_COMMAND_AVAILABILITY,
                              .actor = staff(agents[i]),
                              .agent = agents[i],
                              .availability = availability});
    }
}

void step(World *w)
{
    guint before = w->f->records->len;

    w->f->now += sm_rng_chance(w->rng, 0.03) ? sm_rng_between(w->rng, 30000, 400000)
                                             : sm_rng_between(w->rng, 0, 6000);
    if (sm_rng_chance(w->rng, 0.9)) {
        tick(w->f); /* sometimes late, so that several levels are passed at once */
    }
    if (sm_rng_chance(w->rng, 0.015)) {
        all_set(w, SM_AVAILABLE_OFFLINE);
    } else if (sm_rng_chance(w->rng, 0.04)) {
        all_set(w, SM_AVAILABLE_ONLINE);
    }
    act(w);
    for (guint i = before; i < w->f->records->len; i++) {
        note_ids(w, w->f->records->pdata[i]);
    }
}

World *world_new(guint64 seed, guint lines, void (*came)(World *w, Viewer *viewer))
{
    World *w = g_new0(World, 1);

    w->lines = lines;
    w->came = came;
    w->f = fixture_new(seed, lines);
    w->rng = sm_rng_new(seed ^ 0x5ea7);
    w->viewers = g_ptr_array_new_with_free_func(viewer_free);
    w->contacts = g_ptr_array_new_with_free_func(g_free);
    w->conversations = g_ptr_array_new_with_free_func(g_free);
    w->messages = g_ptr_array_new_with_free_func(g_free);
    add_viewer(w, admin());
    for (guint i = 0; i < G_N_ELEMENTS(agents); i++) {
        add_viewer(w, staff(agents[i]));
    }
    return w;
}

void world_free(World *w)
{
    g_ptr_array_unref(w->viewers);
    g_ptr_array_unref(w->contacts);
    g_ptr_array_unref(w->conversations);
    g_ptr_array_unref(w->messages);
    g_free(w->merged);
    g_free(w->invitation);
    g_free(w->merged_in);
    sm_rng_free(w->rng);
    fixture_free(w->f);
    g_free(w);
}

