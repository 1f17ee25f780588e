/* SPDX-License-Identifier: MIT */
/* command: requests that are commands, both ways, and what an accepted one is answered with. */
#include "fields.h"

#include <string.h>

#include "seatmux/base/error.h"

/* --- Which command an address is -----------------------------------------------------------------
 */

static const SmCommandType verbs[] = {
    SM_COMMAND_CLAIM,         SM_COMMAND_ASSIGN,  SM_COMMAND_TRANSFER, SM_COMMAND_RELEASE,
    SM_COMMAND_TAKE_OVER,     SM_COMMAND_RESOLVE, SM_COMMAND_REOPEN,   SM_COMMAND_SNOOZE,
    SM_COMMAND_WAKE,          SM_COMMAND_TAG,     SM_COMMAND_RATE,     SM_COMMAND_LEAVE,
    SM_COMMAND_EXCUSE,        SM_COMMAND_ORDER,   SM_COMMAND_ERASE,    SM_COMMAND_BOT_TAKE,
    SM_COMMAND_BOT_HAND_OVER, SM_COMMAND_CARD,  SM_COMMAND_MERGE,    SM_COMMAND_SPLIT,
    SM_COMMAND_INVITE,        SM_COMMAND_DISMISS, SM_COMMAND_ACCEPT, SM_COMMAND_DECLINE,
    SM_COMMAND_REVIEW, SM_COMMAND_REVIEW_COMMENT, SM_COMMAND_ANSWER_RATING,
};

static gboolean is_verb(SmCommandType type)
{
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (verbs[i] == type)
            return TRUE;
    return FALSE;
}

/* Broadcasts and incident notices: one is made, or what there is ends. */
static gboolean read_notice(char **at, guint n, SmCommand *out)
{
    static const struct {
        const char *where;
        SmCommandType make;
        const char *verb;
        SmCommandType end;
    } kinds[] = {{"broadcasts", SM_COMMAND_BROADCAST, "stop", SM_COMMAND_BROADCAST_STOP},
                 {"incidents", SM_COMMAND_INCIDENT_SET, "clear", SM_COMMAND_INCIDENT_CLEAR}};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gboolean ends = n == 4 && strcmp(at[3], kinds[i].verb) == 0;
        if (strcmp(at[1], kinds[i].where) != 0 || (n != 2 && !ends))
            continue;
        out->type = ends ? kinds[i].end : kinds[i].make;
        out->notice = ends ? at[2] : NULL;
        return TRUE;
    }
    return FALSE;
}

/* POST /v1/agents/NAME/WORD */
static const struct {
    const char *word;
    SmCommandType type;
} agent_words[] = {
    {"availability", SM_COMMAND_AVAILABILITY},
    {"load", SM_COMMAND_LOAD},
    {"exam", SM_COMMAND_HAND_IN},
    {"confirm", SM_COMMAND_CONFIRM},
};

static gboolean of_agent(const char *word, SmCommandType *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(agent_words); i++)
        if (strcmp(agent_words[i].word, word) == 0) {
            *type = agent_words[i].type;
            return TRUE;
        }
    return FALSE;
}

static const char *word_of(SmCommandType type)
{
    for (guint i = 0; i < G_N_ELEMENTS(agent_words); i++)
        if (agent_words[i].type == type)
            return agent_words[i].word;
    return NULL;
}

static gboolean read_posted(char **at, guint n, SmCommand *out)
{
    if (strcmp(at[1], "queue") == 0 && n == 3 && strcmp(at[2], "claim") == 0) {
        out->type = SM_COMMAND_CLAIM_NEXT;
        return TRUE;
    }
    if (strcmp(at[1], "agents") == 0 && n == 4 && of_agent(at[3], &out->type)) {
        out->agent = strcmp(at[2], "me") == 0 ? NULL : at[2];
        return TRUE;
    }
    if (read_notice(at, n, out))
        return TRUE;
    if (strcmp(at[1], "visitors") == 0 && n == 4 && strcmp(at[3], "invite") == 0) {
        out->type = SM_COMMAND_VISITOR_INVITE;
        out->visit = at[2];
        return TRUE;
    }
    if (strcmp(at[1], "conversations") != 0)
        return FALSE;
    if (n == 2) {
        out->type = SM_COMMAND_START;
        return TRUE;
    }
    out->conversation = at[2];
    return n == 4 && sm_command_from_verb(at[3], &out->type) && is_verb(out->type);
}

static gboolean read_put(char **at, guint n, SmCommand *out)
{
    if (strcmp(at[1], "conversations") == 0 && n == 5 && strcmp(at[3], "messages") == 0) {
        out->type = SM_COMMAND_POST;
        out->conversation = at[2];
        out->id = at[4];
        return TRUE;
    }
    if (strcmp(at[1], "agents") == 0 && n == 3) {
        out->type = SM_COMMAND_AGENT_SET;
        out->agent = at[2];
        return TRUE;
    }
    out->type = SM_COMMAND_POLICY_SET;
    return strcmp(at[1], "policy") == 0 && n == 2;
}

static gboolean read_address(const char *method, char **at, SmCommand *out)
{
    guint n = g_strv_length(at);

    if (n < 2 || strcmp(at[0], "v1") != 0)
        return FALSE;
    if (strcmp(method, "POST") == 0)
        return read_posted(at, n, out);
    if (strcmp(method, "PUT") == 0)
        return read_put(at, n, out);
    out->type = SM_COMMAND_AGENT_REMOVE;
    out->agent = n == 3 ? at[2] : NULL;
    return strcmp(method, "DELETE") == 0 && n == 3 && strcmp(at[1], "agents") == 0;
}

/* --- Reading -----------------------------------------------------------------------------------
 */

/* The query parameters of a message; they are not part of the compared body. */
static SmRefusal *read_query(const char *target, SmCommand *out)
{
    g_autofree char *seen = sm_url_query(target, "seen");
    g_autofree char *anyway = sm_url_query(target, "anyway");
    char *end;

    if (seen != NULL) {
        out->seen = g_ascii_strtoll(seen, &end, 10);
        if (!g_ascii_isdigit(seen[0]) || *end != '\0' || strlen(seen) > 15)
            return sm_refusal_new(SM_PROBLEM_INVALID, "seen", "'seen' must be a whole number.");
    }
    if (anyway != NULL) {
        out->anyway = strcmp(anyway, "true") == 0 || strcmp(anyway, "1") == 0;
        if (!out->anyway && strcmp(anyway, "false") != 0 && strcmp(anyway, "0") != 0)
            return sm_refusal_new(SM_PROBLEM_INVALID, "anyway", "'anyway' must be true or false.");
    }
    return NULL;
}

static SmRefusal *parse_body(const SmRequest *request, json_t **out)
{
    gsize n = 0;
    const char *bytes = request->body != NULL ? g_bytes_get_data(request->body, &n) : NULL;
    g_autoptr(GError) error = NULL;

    if (n > SM_MAX_BODY_BYTES)
        return sm_refusal_new(SM_PROBLEM_TOO_LARGE, "BODY_BYTES",
                              "A body may have %d bytes at most.", SM_MAX_BODY_BYTES);
    *out = n == 0 ? json_object() : sm_json_parse(bytes, n, SM_MAX_BODY_BYTES, &error);
    if (*out == NULL && g_error_matches(error, SM_ERROR, SM_ERROR_LIMIT))
        return sm_refusal_new(SM_PROBLEM_TOO_LARGE, "JSON_DEPTH",
                              "The body is nested deeper than %d levels.", SM_MAX_JSON_DEPTH);
    if (*out == NULL)
        return sm_refusal_new(SM_PROBLEM_BAD_JSON, NULL, "The body is not valid JSON.");
    if (!json_is_object(*out))
        return sm_refusal_new(SM_PROBLEM_BAD_JSON, NULL, "The body must be a JSON object.");
    return NULL;
}

/* Method, address without query, and the body in one canonical spelling. */
static char *fingerprint(const char *method, char **at, const json_t *body, char *(*mask)(const char *text))
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(json_t) shown = mask != NULL ? sm_json_masked(body, mask) : NULL;
    char *text = json_dumps(shown != NULL ? shown : body, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    g_checksum_update(sum, (const guchar *)method, -1);
    for (guint i = 0; at[i] != NULL; i++) {
        g_checksum_update(sum, (const guchar *)"\n", 1);
        g_checksum_update(sum, (const guchar *)at[i], -1);
    }
    g_checksum_update(sum, (const guchar *)"\n\n", 2);
    if (text != NULL)
        g_checksum_update(sum, (const guchar *)text, -1);
    free(text);
    return g_strdup(g_checksum_get_string(sum));
}

/* "kind" in the body of a message turns it into a note, a whisper or a link. It is taken out of a copy, so
 * that the fingerprint still covers it. */
static SmRefusal *read_kind(SmWireCommand *out, json_t *body)
{
    json_t *kind = json_object_get(body, "kind");
    const char *text = json_string_value(kind);

    if (kind == NULL)
        return NULL;
    if (text != NULL && strcmp(text, "note") == 0)
        out->command.type = SM_COMMAND_NOTE;
    else if (text != NULL && strcmp(text, "whisper") == 0)
        out->command.type = SM_COMMAND_WHISPER;
    else if (text != NULL && strcmp(text, "link") == 0)
        out->command.kind = SM_MESSAGE_LINK;
    else
        return sm_refusal_new(SM_PROBLEM_INVALID, "kind", "'kind' must be note, whisper or link.");
    json_object_del(body, "kind");
    return NULL;
}

static SmRefusal *check_ids(const SmCommand *command)
{
    if (command->id == NULL)
        return sm_refusal_new(SM_PROBLEM_INVALID, "Idempotency-Key",
                              "The header Idempotency-Key is missing.");
    if (!sm_id_valid(command->id))
        return sm_refusal_new(
            SM_PROBLEM_INVALID, command->type == SM_COMMAND_POST ? "command" : "Idempotency-Key",
            "A command id has 1 to %d letters, digits, '.', '_' or '-'.", SM_MAX_ID_BYTES);
    if ((command->conversation != NULL && !sm_id_valid(command->conversation)))
        return sm_refusal_new(SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
    if (command->visit != NULL && !sm_id_valid(command->visit))
        return sm_refusal_new(SM_PROBLEM_NOT_FOUND, NULL, "There is no such visitor.");
    if (command->notice != NULL && !sm_id_valid(command->notice))
        return sm_refusal_new(SM_PROBLEM_NOT_FOUND, NULL, "There is no such address.");
    if (command->agent != NULL && !sm_id_valid(command->agent))
        return sm_refusal_new(SM_PROBLEM_INVALID, "agent",
                              "An agent's id has 1 to %d letters, digits, '.', '_' or '-'.",
                              SM_MAX_ID_BYTES);
    return NULL;
}

static char *hold(SmWireCommand *out, char *text)
{
    g_ptr_array_add(out->hold, text);
    return text;
}

/* A message or note is a text or a file. */
static SmRefusal *check_said(const SmCommand *command)
{
    if (command->type != SM_COMMAND_POST && command->type != SM_COMMAND_NOTE)
        return NULL;
    if (command->text == NULL && command->file == NULL)
        return sm_refusal_new(SM_PROBLEM_INVALID, "text", "'text' is missing.");
    if (command->file != NULL && (command->text != NULL || command->kind == SM_MESSAGE_LINK))
        return sm_refusal_new(SM_PROBLEM_INVALID, "file", "A message is a text, a link or a file; say one of them.");
    return NULL;
}

static SmRefusal *read_command(const SmRequest *request, char *(*mask)(const char *text), SmWireCommand *out)
{
    SmCommand *command = &out->command;
    char **at = sm_url_segments(request->target);
    SmRefusal *refusal = NULL;

    for (guint i = 0; at != NULL && at[i] != NULL; i++)
        hold(out, at[i]);
    if (at == NULL || !read_address(request->method, at, command))
        refusal = sm_refusal_new(SM_PROBLEM_NOT_FOUND, NULL, "There is no such address.");
    if (refusal == NULL && command->id == NULL && request->idempotency_key != NULL)
        command->id = hold(out, g_strdup(request->idempotency_key));
    if (refusal == NULL)
        refusal = check_ids(command);
    if (refusal == NULL)
        refusal = parse_body(request, &out->json);
    if (refusal == NULL)
        command->fingerprint = hold(out, fingerprint(request->method, at, out->json, mask));
    if (refusal == NULL && command->type == SM_COMMAND_POST)
        refusal = read_query(request->target, command);
    if (refusal == NULL && command->type == SM_COMMAND_POST)
        refusal = read_kind(out, out->json);
    if (refusal == NULL)
        refusal = sm_wire_read_body(sm_wire_body(command->type), out->json, command);
    if (refusal == NULL)
        refusal = check_said(command);
    g_free(at); /* the segments are held */
    return refusal;
}

SmRefusal *sm_wire_read_command(const SmRequest *request, char *(*mask)(const char *text), SmWireCommand *out)
{
    *out = (SmWireCommand){.command = {.seen = -1, .since = -1}};
    out->hold = g_ptr_array_new_with_free_func(g_free);
    return read_command(request, mask, out);
}

void sm_wire_command_clear(SmWireCommand *command)
{
    g_clear_pointer(&command->hold, g_ptr_array_unref);
    g_clear_pointer(&command->json, json_decref);
    command->command = (SmCommand){0};
}

/* --- Writing -----------------------------------------------------------------------------------
 */

static char *message_target(const SmCommand *c)
{
    GString *target = g_string_new("/v1/conversations/");
    g_autofree char *conversation = sm_url_escape(c->conversation);
    g_autofree char *id = sm_url_escape(c->id);

    g_string_append_printf(target, "%s/messages/%s", conversation, id);
    if (c->seen >= 0)
        g_string_append_printf(target, "?seen=%" G_GINT64_FORMAT, c->seen);
    if (c->anyway)
        g_string_append_printf(target, "%canyway=true", c->seen >= 0 ? '&' : '?');
    return g_string_free(target, FALSE);
}

static char *write_target(const SmCommand *c, const char **method)
{
    g_autofree char *agent = sm_url_escape(c->agent != NULL ? c->agent : "me");
    g_autofree char *conversation = sm_url_escape(c->conversation != NULL ? c->conversation : "");

    g_autofree char *notice = sm_url_escape(c->notice != NULL ? c->notice : "");
    g_autofree char *visit = sm_url_escape(c->visit != NULL ? c->visit : "");

    *method = "POST";
    switch (c->type) {
    case SM_COMMAND_START:
        return g_strdup("/v1/conversations");
    case SM_COMMAND_CLAIM_NEXT:
        return g_strdup("/v1/queue/claim");
    case SM_COMMAND_AVAILABILITY:
    case SM_COMMAND_LOAD:
    case SM_COMMAND_HAND_IN:
    case SM_COMMAND_CONFIRM:
        return g_strdup_printf("/v1/agents/%s/%s", agent, word_of(c->type));
    case SM_COMMAND_BROADCAST:
        return g_strdup("/v1/broadcasts");
    case SM_COMMAND_BROADCAST_STOP:
        return g_strdup_printf("/v1/broadcasts/%s/stop", notice);
    case SM_COMMAND_INCIDENT_SET:
        return g_strdup("/v1/incidents");
    case SM_COMMAND_INCIDENT_CLEAR:
        return g_strdup_printf("/v1/incidents/%s/clear", notice);
    case SM_COMMAND_VISITOR_INVITE:
        return g_strdup_printf("/v1/visitors/%s/invite", visit);
    case SM_COMMAND_POST:
    case SM_COMMAND_NOTE:
    case SM_COMMAND_WHISPER:
        *method = "PUT";
        return message_target(c);
    case SM_COMMAND_AGENT_SET:
        *method = "PUT";
        return g_strdup_printf("/v1/agents/%s", agent);
    case SM_COMMAND_AGENT_REMOVE:
        *method = "DELETE";
        return g_strdup_printf("/v1/agents/%s", agent);
    case SM_COMMAND_POLICY_SET:
        *method = "PUT";
        return g_strdup("/v1/policy");
    default:
        return g_strdup_printf("/v1/conversations/%s/%s", conversation, sm_command_verb(c->type));
    }
}

SmRequest *sm_wire_write_command(const SmCommand *command)
{
    const SmBody *table = sm_wire_body(command->type);
    const char *method;

    g_return_val_if_fail(table != NULL && command->id != NULL, NULL);
    g_autofree char *target = write_target(command, &method);
    SmRequest *request = sm_request_new(method, target);
    json_t *body = sm_wire_write_body(table, command);
    if (command->type == SM_COMMAND_NOTE || command->type == SM_COMMAND_WHISPER)
        json_object_set_new(body, "kind", json_string(sm_command_verb(command->type)));
    if (command->type == SM_COMMAND_POST && command->kind == SM_MESSAGE_LINK)
        json_object_set_new(body, "kind", json_string("link"));
    if (strcmp(method, "PUT") != 0 || command->type == SM_COMMAND_AGENT_SET ||
        command->type == SM_COMMAND_POLICY_SET)
        request->idempotency_key = g_strdup(command->id);
    if (strcmp(method, "DELETE") != 0)
        sm_request_set_json(request, body);
    else
        json_decref(body);
    return request;
}

/* --- What an accepted command is answered with ---------------------------------------------------
 */

static gboolean is_message(const SmEvent *event)
{
    return (event->type == SM_EVENT_MESSAGE_POSTED && event->author != SM_AUTHOR_SYSTEM) ||
           event->type == SM_EVENT_NOTE_POSTED || event->type == SM_EVENT_WHISPER_POSTED;
}

static void set_once(json_t *body, const char *key, const char *text)
{
    if (text != NULL && json_object_get(body, key) == NULL)
        json_object_set_new(body, key, json_string(text));
}

json_t *sm_wire_accepted(const SmRecord *record)
{
    json_t *body = json_object();

    json_object_set_new(body, "seq", json_integer(record->seq));
    json_object_set_new(body, "at", json_integer(record->at));
    json_object_set_new(body, "command", json_string(record->command));
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        set_once(body, "conversation", event->conversation);
        if (event->type == SM_EVENT_CONVERSATION_STARTED)
            set_once(body, "contact", event->contact);
        if (event->type == SM_EVENT_CONVERSATION_ASSIGNED)
            set_once(body, "agent", event->agent);
        if (event->type == SM_EVENT_BROADCAST_STARTED) {
            set_once(body, "broadcast", event->notice);
            json_object_set_new(body, "count", json_integer((json_int_t)json_array_size(event->data)));
        }
        if (event->type == SM_EVENT_INCIDENT_SET)
            set_once(body, "incident", event->notice);
        if (event->type == SM_EVENT_VISITOR_INVITED)
            set_once(body, "invitation", event->notice);
        if (is_message(event) && json_object_get(body, "message") == NULL) {
            set_once(body, "message", event->message);
            if (event->n > 0)
                json_object_set_new(body, "n", json_integer(event->n));
        }
    }
    return body;
}
