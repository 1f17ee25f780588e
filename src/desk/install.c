/* SPDX-License-Identifier: MIT */
/* install: projections read back into a client's desk. They come over the network: each is checked
 * whole before anything of the desk changes. */
#include "desk/desk_private.h"
#include "desk/event_codec.h"
#include "desk/turn_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define SHAPE_CONVERSATION                                                                         \
    "id:s first_seq:i state:s language:s? started:i? last_at:i? version:i? stars:i? complaint:b? contact:s? "   \
    "inbox:s? team:s? name:s? order:s? attributes:o? profile:s? reach:s? offline:b? unseen:b? owner:s? bot:b? training:b? "      \
    "queued:i? assigned:i? resolved:i? reopened:i? snoozed_until:i? left:i? reason:s? tags:a? "    \
    "participants:a? offer:o? turns:o? lines:a lines_cut:b? as_of:i?"
#define SHAPE_LINE                                                                                 \
    "seq:i at:i kind:s event:s id:s? author:s? message_kind:s? agent:s? name:s? by:s? reason:s? cause:s? "   \
    "content:s? text:s? erased:b? file:o? n:i? level:i? complaint:b?"
#define SHAPE_ROW "conversation:s team:s name:s? language:s? first_line:s? queued:i offline:b? deadline:o?"
#define SHAPE_AGENT "id:s name:s role:s teams:a availability:s since:i capacity:i weight:i step:s? exam:o? languages:a?"

static gboolean invalid(GError **error, const char *what)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s is not what it must be", what);
    return FALSE;
}

static char *text_of(const json_t *json, const char *key)
{
    return g_strdup(sm_json_str(json, key, NULL));
}

/* --- Lines -------------------------------------------------------------------------------------
 */

static gboolean parse_line_kind(const char *text, SmLineKind *out)
{
    static const char *const names[] = {"message", "note", "whisper", "event"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], text) == 0) {
            *out = (SmLineKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean parse_line_names(SmLine *line, const json_t *json)
{
    const char *author = sm_json_str(json, "author", NULL);
    const char *kind = sm_json_str(json, "message_kind", NULL);
    const char *cause = sm_json_str(json, "cause", NULL);

    /* A type of event that this seatmux does not know is still a line. */
    if (!sm_event_type_parse(sm_json_str(json, "event", ""), &line->event)) {
        line->event = SM_EVENT_UNKNOWN;
    }
    return parse_line_kind(sm_json_str(json, "kind", ""), &line->kind) &&
           (!author || sm_author_parse(author, &line->author)) &&
           (!kind || sm_message_kind_parse(kind, &line->message_kind)) &&
           (!cause || sm_cause_parse(cause, &line->cause));
}

/* NULL and error. */
static SmLine *read_line(const json_t *json, GError **error)
{
    if (!sm_json_check(json, SHAPE_LINE, error)) {
        return NULL;
    }
    SmLine *line = g_new0(SmLine, 1);
    json_t *file = json_object_get(json, "file");
    if (!parse_line_names(line, json) || (file && !sm_event_file_fits(file))) {
        sm_line_free(line);
        invalid(error, "a line");
        return NULL;
    }
    line->seq = sm_json_int(json, "seq", 0);
    line->at = sm_json_int(json, "at", 0);
    line->id = text_of(json, "id");
    line->agent = text_of(json, "agent");
    line->name = text_of(json, "name");
    line->by = text_of(json, "by");
    line->reason = text_of(json, "reason");
    line->content = text_of(json, "content");
    line->text = text_of(json, "text");
    line->erased = sm_json_bool(json, "erased", FALSE);
    line->file = json_incref(file);
    line->n = sm_json_int(json, "n", 0);
    line->level = sm_json_int(json, "level", 0);
    line->complaint = sm_json_bool(json, "complaint", FALSE);
    return line;
}

static void free_line(gpointer line)
{
    sm_line_free(line);
}

static GPtrArray *read_lines(const json_t *json, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);

    for (gsize i = 0; i < json_array_size(json); i++) {
        SmLine *line = read_line(json_array_get(json, i), error);
        if (!line) {
            return NULL;
        }
        g_ptr_array_add(lines, line);
    }
    return g_steal_pointer(&lines);
}

gboolean sm_desk_install_lines(SmDesk *desk, const char *conversation, const json_t *json,
                               gboolean more, GError **error)
{
    SmConv *conv = sm_desk_find(desk, conversation);
    g_autoptr(GPtrArray) lines = json_is_array(json) ? read_lines(json, error) : NULL;

    if (!json_is_array(json)) {
        return invalid(error, "a page of lines");
    }
    if (!lines || !conv || conv->c.archived) {
        return lines != NULL;
    }
    /* Only what is older than what is there; a page may have been asked for twice. */
    const SmLine *first = conv->c.lines->len > 0 ? conv->c.lines->pdata[0] : NULL;
    guint n = 0;
    while (n < lines->len && (!first || ((const SmLine *)lines->pdata[n])->seq < first->seq)) {
        n++;
    }
    for (guint i = 0; i < n; i++) {
        g_ptr_array_insert(conv->c.lines, (gint)i, lines->pdata[i]);
    }
    g_ptr_array_set_free_func(lines, NULL);
    for (guint i = n; i < lines->len; i++) {
        sm_line_free(lines->pdata[i]);
    }
    conv->c.lines_cut = more;
    return TRUE;
}

/* --- A conversation ----------------------------------------------------------------------------
 */

static gboolean parse_state(const char *text, SmState *out)
{
    for (SmState state = SM_STATE_QUEUED; state <= SM_STATE_RESOLVED; state++) {
        if (strcmp(sm_state_name(state), text) == 0) {
            *out = state;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean id_fits(const json_t *json, const char *key)
{
    const char *id = sm_json_str(json, key, NULL);
    return !id || sm_id_valid(id);
}

typedef struct {
    SmState state;
    SmTurns *turns;
    GPtrArray *lines;
} Parts;

static gboolean read_parts(const json_t *json, Parts *parts, GError **error)
{
    const json_t *turns = json_object_get(json, "turns"), *offer = json_object_get(json, "offer");

    if (!sm_json_check(json, SHAPE_CONVERSATION, error)) {
        return FALSE;
    }
    if (!sm_id_valid(sm_json_str(json, "id", "")) || !id_fits(json, "contact") ||
        !id_fits(json, "team") || !id_fits(json, "owner") ||
        !parse_state(sm_json_str(json, "state", ""), &parts->state)) {
        return invalid(error, "a conversation");
    }
    if (offer && !sm_json_check(offer, "agent:s by:s? team:s? until:i", error)) {
        return FALSE;
    }
    parts->lines = read_lines(json_object_get(json, "lines"), error);
    if (!parts->lines) {
        return FALSE;
    }
    parts->turns = turns ? sm_turns_decode(turns, error) : NULL;
    return !turns || parts->turns;
}

static void read_texts(SmConversation *c, const json_t *json)
{
    json_t *attributes = json_object_get(json, "attributes");

    c->contact = text_of(json, "contact");
    c->inbox = text_of(json, "inbox");
    c->team = text_of(json, "team");
    c->language = text_of(json, "language");
    c->name = text_of(json, "name");
    c->order = text_of(json, "order");
    c->attributes = attributes ? json_incref(attributes) : NULL;
    c->profile_content = text_of(json, "profile");
    c->reach = text_of(json, "reach");
    c->resolve_reason = text_of(json, "reason");
}

static void read_numbers(SmConversation *c, const json_t *json)
{
    c->first_seq = sm_json_int(json, "first_seq", 0);
    c->started = sm_json_int(json, "started", -1);
    c->queued = sm_json_int(json, "queued", -1);
    c->assigned = sm_json_int(json, "assigned", -1);
    c->resolved = sm_json_int(json, "resolved", -1);
    c->reopened = sm_json_int(json, "reopened", -1);
    c->snoozed_until = sm_json_int(json, "snoozed_until", -1);
    c->left = sm_json_int(json, "left", -1);
    c->last_at = sm_json_int(json, "last_at", -1);
    c->version = sm_json_int(json, "version", 0);
    c->stars = sm_json_int(json, "stars", 0);
    c->complaint = sm_json_bool(json, "complaint", FALSE);
    c->bot = sm_json_bool(json, "bot", FALSE);
    c->training = sm_json_bool(json, "training", FALSE);
    c->offline = sm_json_bool(json, "offline", FALSE);
    c->unseen = sm_json_bool(json, "unseen", FALSE);
    c->lines_cut = sm_json_bool(json, "lines_cut", FALSE);
    c->as_of = sm_json_int(json, "as_of", 0);
    c->changed = c->as_of;
}

static void read_tags(SmConversation *c, const json_t *tags)
{
    for (gsize i = 0; i < json_array_size(tags) && i < SM_MAX_TAGS; i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        if (tag) {
            g_ptr_array_add(c->tags, g_strdup(tag));
        }
    }
}

static void read_people(SmConv *conv, const json_t *json)
{
    const json_t *list = json_object_get(json, "participants"), *offer = json_object_get(json, "offer");

    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        sm_conv_invite(conv, sm_json_str(one, "agent", NULL), sm_json_bool(one, "consult", FALSE), 0);
    }
    conv->c.offered_to = text_of(offer, "agent");
    conv->c.offered_by = text_of(offer, "by");
    conv->c.offered_team = text_of(offer, "team");
    conv->c.offer_until = sm_json_int(offer, "until", -1);
}

static void fill(SmDesk *desk, SmConv *conv, const json_t *json, Parts *parts)
{
    SmConversation *c = &conv->c;

    conv->installed = TRUE;
    read_texts(c, json);
    read_numbers(c, json);
    read_tags(c, json_object_get(json, "tags"));
    c->state = parts->state;
    g_ptr_array_unref(c->lines);
    c->lines = g_steal_pointer(&parts->lines);
    c->turns = g_steal_pointer(&parts->turns);
    if (c->turns) {
        sm_turns_set_policy(c->turns, desk->policy);
    }
    sm_desk_set_owner(desk, conv, sm_json_str(json, "owner", NULL));
    read_people(conv, json);
    sm_desk_link_contact(desk, conv);
    sm_desk_list_add(desk, conv);
}

gboolean sm_desk_install_conversation(SmDesk *desk, const json_t *state, GError **error)
{
    Parts parts = {0};
    gboolean ok = read_parts(state, &parts, error);

    if (ok) {
        const char *id = sm_json_str(state, "id", "");
        SmConv *old = sm_desk_find(desk, id);
        gpointer view = old ? old->c.view : NULL;
        if (old) {
            sm_desk_drop_conversation(desk, old);
        }
        SmConv *conv = sm_desk_add_conversation(desk, id);
        conv->c.view = view;
        fill(desk, conv, state, &parts);
    }
    g_clear_pointer(&parts.lines, g_ptr_array_unref);
    sm_turns_free(parts.turns);
    return ok;
}

void sm_desk_forget_conversation(SmDesk *desk, const char *id)
{
    SmConv *conv = sm_desk_find(desk, id);

    if (conv) {
        sm_desk_drop_conversation(desk, conv);
    }
}

/* --- Waiting rows ------------------------------------------------------------------------------
 */

gboolean sm_desk_install_row(SmDesk *desk, const json_t *json, GError **error)
{
    const json_t *deadline = json_object_get(json, "deadline");

    if (!sm_json_check(json, SHAPE_ROW, error) ||
        (deadline && !sm_json_check(deadline, "began:i due:i target:i", error))) {
        return FALSE;
    }
    if (!sm_id_valid(sm_json_str(json, "conversation", "")) || !id_fits(json, "team")) {
        return invalid(error, "a waiting row");
    }
    SmQueueRow *row = g_new0(SmQueueRow, 1);
    row->conversation = text_of(json, "conversation");
    row->team = text_of(json, "team");
    row->name = text_of(json, "name");
    row->language = text_of(json, "language");
    row->first_line = text_of(json, "first_line");
    row->queued = sm_json_int(json, "queued", -1);
    row->offline = sm_json_bool(json, "offline", FALSE);
    row->deadline = (SmDeadline){.kind = deadline ? SM_CLOCK_QUEUE : SM_CLOCK_NONE,
                                 .began = sm_json_int(deadline, "began", -1),
                                 .due = sm_json_int(deadline, "due", -1),
                                 .target = sm_json_int(deadline, "target", -1)};
    if (deadline) {
        row->deadline.policy = sm_policy_ref(desk->policy);
        row->deadline.hours = sm_turns_hours(desk->policy, row->team);
    }
    g_hash_table_replace(desk->rows, row->conversation, row);
    return TRUE;
}

void sm_desk_remove_row(SmDesk *desk, const char *conversation)
{
    g_hash_table_remove(desk->rows, conversation);
}

/* --- Policy and agents -------------------------------------------------------------------------
 */

static gboolean agent_fits(const json_t *json, GError **error)
{
    SmRole role;
    SmAvailability availability;

    if (!sm_json_check(json, SHAPE_AGENT, error)) {
        return FALSE;
    }
    if (!sm_ladder_fits(json, error)) {
        return FALSE;
    }
    return (sm_id_valid(sm_json_str(json, "id", "")) &&
            sm_role_parse(sm_json_str(json, "role", ""), &role) &&
            sm_availability_parse(sm_json_str(json, "availability", ""), &availability)) ||
           invalid(error, "an agent");
}

static void install_agent(SmDesk *desk, const json_t *json)
{
    SmAgentNode *node = sm_desk_node(desk, sm_json_str(json, "id", ""));

    node->known = TRUE;
    sm_desk_replace(&node->a.name, sm_json_str(json, "name", ""));
    sm_role_parse(sm_json_str(json, "role", ""), &node->a.role);
    sm_availability_parse(sm_json_str(json, "availability", ""), &node->a.availability);
    node->a.availability_since = sm_json_int(json, "since", 0);
    node->a.capacity = (int)CLAMP(sm_json_int(json, "capacity", 0), 0, G_MAXINT);
    node->a.weight = (int)CLAMP(sm_json_int(json, "weight", 0), 0, G_MAXINT);
    sm_desk_set_names(node->a.teams, json_object_get(json, "teams"));
    sm_desk_set_names(node->a.languages, json_object_get(json, "languages"));
    sm_ladder_install(&node->a, json);
}

static gboolean agents_fit(const json_t *agents, GError **error)
{
    if (json_array_size(agents) > SM_MAX_AGENTS) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "more than AGENTS agents");
        return FALSE;
    }
    for (gsize i = 0; i < json_array_size(agents); i++) {
        if (!agent_fits(json_array_get(agents, i), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void forget_agents(SmDesk *desk)
{
    GHashTableIter iter;
    gpointer node;

    g_hash_table_iter_init(&iter, desk->agents);
    while (g_hash_table_iter_next(&iter, NULL, &node)) {
        ((SmAgentNode *)node)->known = FALSE;
    }
}

static void rows_follow_policy(SmDesk *desk)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, desk->rows); /* each on its own */
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SmQueueRow *row = value;
        if (row->deadline.policy) {
            sm_policy_unref(row->deadline.policy);
            row->deadline.policy = sm_policy_ref(desk->policy);
            row->deadline.hours = sm_turns_hours(desk->policy, row->team);
        }
    }
}

gboolean sm_desk_install_shared(SmDesk *desk, const json_t *shared, GError **error)
{
    const json_t *agents = json_object_get(shared, "agents");

    if (json_is_object(shared) && json_object_size(shared) == 0) {
        return TRUE; /* customers get none */
    }
    if (!sm_json_check(shared, "policy:o agents:a broadcasts:a? incidents:a?", error) || !agents_fit(agents, error)) {
        return FALSE;
    }
    SmPolicy *policy = sm_policy_decode(json_object_get(shared, "policy"), error);
    if (!policy || !sm_notice_install(desk, shared, error)) {
        g_clear_pointer(&policy, sm_policy_unref);
        return FALSE;
    }
    sm_policy_unref(desk->policy);
    desk->policy = policy;
    sm_desk_name_missing_policies(desk);
    rows_follow_policy(desk);
    forget_agents(desk);
    for (gsize i = 0; i < json_array_size(agents); i++) {
        install_agent(desk, json_array_get(agents, i));
    }
    desk->agents_dirty = TRUE;
    return TRUE;
}
