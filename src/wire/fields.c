/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <string.h>

#include "seatmux/desk/notice.h"

#define AT(member) G_STRUCT_OFFSET(SmCommand, member)
#define REASON(name, member)                                                                       \
    {                                                                                              \
        name, FIELD_TEXT, AT(member), FALSE, 0, SM_MAX_REASON_CHARS, "REASON_CHARS"                \
    }
#define SHORT(name, member)                                                                        \
    {                                                                                              \
        name, FIELD_TEXT, AT(member), FALSE, 0, SM_MAX_NAME_CHARS, "NAME_CHARS"                    \
    }
#define ID(name, member, needed)                                                                   \
    {                                                                                              \
        name, FIELD_ID, AT(member), needed, 0, SM_MAX_ID_BYTES, "ID_BYTES"                         \
    }

static const SmBody bodies[] = {
    {SM_COMMAND_START,
     {ID("inbox", inbox, FALSE),
      SHORT("name", name),
      SHORT("language", language),
      SHORT("order", order),
      SHORT("reach", reach),
      ID("visit", visit, FALSE),
      {"offline", FIELD_FLAG, AT(offline)},
      {"attributes", FIELD_FLAT, AT(data), FALSE, 0, SM_MAX_ATTRIBUTES, "ATTRIBUTES"},
      {"text", FIELD_MESSAGE, AT(text), FALSE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"}}},
    {SM_COMMAND_POST,
     {{"text", FIELD_MESSAGE, AT(text), FALSE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"},
      ID("file", file, FALSE),
      {"offline", FIELD_FLAG, AT(offline)}}},
    {SM_COMMAND_NOTE,
     {{"text", FIELD_MESSAGE, AT(text), FALSE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"}, ID("file", file, FALSE)}},
    {SM_COMMAND_WHISPER,
     {{"text", FIELD_MESSAGE, AT(text), TRUE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"}}},
    {SM_COMMAND_CLAIM, {{NULL}}},
    {SM_COMMAND_CLAIM_NEXT, {ID("team", team, FALSE)}},
    {SM_COMMAND_ASSIGN, {ID("agent", agent, TRUE)}},
    {SM_COMMAND_TRANSFER,
     {ID("agent", agent, FALSE), ID("team", team, FALSE), REASON("text", text), {"offer", FIELD_FLAG, AT(offer)}}},
    {SM_COMMAND_INVITE, {ID("agent", agent, TRUE), {"consult", FIELD_FLAG, AT(consult)}}},
    {SM_COMMAND_DISMISS, {ID("agent", agent, FALSE)}},
    {SM_COMMAND_ACCEPT, {{NULL}}},
    {SM_COMMAND_DECLINE, {REASON("reason", reason)}},
    {SM_COMMAND_RELEASE, {REASON("reason", reason)}},
    {SM_COMMAND_TAKE_OVER, {{NULL}}},
    {SM_COMMAND_RESOLVE,
     {REASON("reason", reason), {"no_reply_needed", FIELD_FLAG, AT(no_reply_needed)}}},
    {SM_COMMAND_REOPEN, {{NULL}}},
    {SM_COMMAND_SNOOZE, {{"until", FIELD_INTEGER, AT(until), TRUE, 1, G_MAXINT64 / 4, "until"}}},
    {SM_COMMAND_WAKE, {{NULL}}},
    {SM_COMMAND_TAG, {{"tags", FIELD_NAMES, AT(data), TRUE, 0, SM_MAX_TAGS, "TAGS"}}},
    {SM_COMMAND_RATE,
     {{"stars", FIELD_INTEGER, AT(stars), TRUE, 1, 5, "stars"},
      REASON("text", text),
      {"complaint", FIELD_FLAG, AT(complaint)}}},
    {SM_COMMAND_ANSWER_RATING, {{"text", FIELD_MESSAGE, AT(text), TRUE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"}}},
    {SM_COMMAND_LEAVE, {{NULL}}},
    {SM_COMMAND_AVAILABILITY,
     {{"availability", FIELD_AVAILABILITY, AT(availability), TRUE}, REASON("reason", reason)}},
    {SM_COMMAND_LOAD,
     {{"capacity", FIELD_INTEGER, AT(capacity), TRUE, 0, 1000, "capacity"},
      {"weight", FIELD_INTEGER, AT(weight), TRUE, 0, 10000, "weight"},
      REASON("reason", reason)}},
    {SM_COMMAND_BROADCAST,
     {{"text", FIELD_MESSAGE, AT(text), TRUE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"},
      {"conversations", FIELD_NAMES, AT(data), FALSE, 0, SM_MAX_BROADCAST_CHATS, "BROADCAST_CHATS"},
      {"filter", FIELD_TEXT, AT(filter), FALSE, 0, SM_MAX_FILTER_CHARS, "FILTER_CHARS"},
      {"pace", FIELD_INTEGER, AT(pace), FALSE, 1, SM_PACE_MOST, "pace"}}},
    {SM_COMMAND_REVIEW,
     {ID("agent", agent, FALSE),
      {"marks", FIELD_FLAT, AT(data), TRUE, 0, SM_MAX_CRITERIA, "CRITERIA"},
      {"text", FIELD_MESSAGE, AT(text), FALSE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"}}},
    {SM_COMMAND_REVIEW_COMMENT,
     {ID("agent", agent, FALSE),
      ID("message", message, TRUE),
      {"text", FIELD_MESSAGE, AT(text), TRUE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"}}},
    {SM_COMMAND_BROADCAST_STOP, {REASON("reason", reason)}},
    {SM_COMMAND_INCIDENT_SET,
     {{"text", FIELD_MESSAGE, AT(text), TRUE, 0, SM_MAX_MESSAGE_CHARS, "MESSAGE_CHARS"},
      ID("team", team, FALSE),
      ID("inbox", inbox, FALSE),
      {"until", FIELD_INTEGER, AT(until), TRUE, 1, G_MAXINT64 / 4, "until"}}},
    {SM_COMMAND_INCIDENT_CLEAR, {{NULL}}},
    {SM_COMMAND_VISITOR_INVITE, {{"text", FIELD_TEXT, AT(text), TRUE, 0, SM_MAX_REASON_CHARS, "REASON_CHARS"}}},
    {SM_COMMAND_HAND_IN,
     {{"exam", FIELD_TEXT, AT(name), TRUE, 0, SM_MAX_NAME_CHARS, "NAME_CHARS"},
      {"permille", FIELD_INTEGER, AT(permille), TRUE, 0, 1000, "permille"},
      {"pass", FIELD_INTEGER, AT(pass), TRUE, 0, 1000, "pass"},
      {"sat", FIELD_INTEGER, AT(since), TRUE, 0, G_MAXINT64 / 4, "sat"},
      ID("seal", seal, TRUE)}},
    {SM_COMMAND_CONFIRM,
     {ID("step", step, TRUE),
      {"reason", FIELD_TEXT, AT(reason), TRUE, 0, SM_MAX_REASON_CHARS, "REASON_CHARS"},
      {"weight", FIELD_INTEGER, AT(weight), FALSE, 1, 100, "weight"}}},
    {SM_COMMAND_BOT_TAKE, {{NULL}}},
    {SM_COMMAND_BOT_HAND_OVER, {ID("team", team, FALSE)}},
    {SM_COMMAND_EXCUSE, {REASON("reason", reason)}},
    {SM_COMMAND_ORDER,
     {{"order", FIELD_TEXT, AT(order), TRUE, 0, SM_MAX_NAME_CHARS, "NAME_CHARS"},
      SHORT("status", reason),
      SHORT("amount", text)}},
    {SM_COMMAND_CARD, {{"card", FIELD_OBJECT, AT(data), TRUE}}},
    {SM_COMMAND_MERGE, {ID("contact", contact, TRUE), REASON("reason", reason)}},
    {SM_COMMAND_SPLIT, {ID("contact", contact, TRUE), REASON("reason", reason)}},
    {SM_COMMAND_ERASE,
     {ID("message", reason, FALSE),
      {"contents", FIELD_NAMES, AT(data), FALSE, 0, SM_MAX_EVENTS_PER_RECORD,
       "EVENTS_PER_RECORD"}}},
    {SM_COMMAND_AGENT_SET,
     {SHORT("name", name),
      {"role", FIELD_ROLE, AT(role), FALSE},
      {"teams", FIELD_NAMES, AT(data), FALSE, 0, SM_MAX_TEAMS, "TEAMS"},
      {"languages", FIELD_NAMES, AT(languages), FALSE, 0, SM_MAX_LANGUAGES, "LANGUAGES"},
      {"capacity", FIELD_INTEGER, AT(capacity), FALSE, 0, 1000, "capacity"},
      {"weight", FIELD_INTEGER, AT(weight), FALSE, 0, 10000, "weight"}}},
    {SM_COMMAND_AGENT_REMOVE, {{NULL}}},
    {SM_COMMAND_POLICY_SET, {{"policy", FIELD_OBJECT, AT(data), TRUE}}},
};

const SmBody *sm_wire_body(SmCommandType type)
{
    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++)
        if (bodies[i].type == type)
            return &bodies[i];
    return NULL;
}

/* --- Reading -----------------------------------------------------------------------------------
 */

static SmRefusal *wrong(const SmField *field, const char *must)
{
    return sm_refusal_new(SM_PROBLEM_INVALID, field->name, "'%s' must be %s.", field->name, must);
}

static SmRefusal *too_large(const char *limit, int64_t max, const char *unit)
{
    return sm_refusal_new(SM_PROBLEM_TOO_LARGE, limit,
                          "At most %" G_GINT64_FORMAT " %s are allowed.", max, unit);
}

static gboolean blank(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        if (!g_unichar_isspace(g_utf8_get_char(p)))
            return FALSE;
    return TRUE;
}

static SmRefusal *check_text(const SmField *field, const char *text)
{
    if (field->kind == FIELD_ID)
        return sm_id_valid(text) ? NULL : wrong(field, "an id");
    if ((field->kind == FIELD_MESSAGE || field->needed) && blank(text))
        return wrong(field, "text that is not blank");
    if (field->kind == FIELD_MESSAGE && strlen(text) > SM_MAX_MESSAGE_BYTES)
        return too_large("MESSAGE_BYTES", SM_MAX_MESSAGE_BYTES, "bytes");
    if (g_utf8_strlen(text, -1) > field->max)
        return too_large(field->limit, field->max, "characters");
    return NULL;
}

static SmRefusal *check_flat(const SmField *field, const json_t *value)
{
    const char *key;
    json_t *member;

    if (!json_is_object(value))
        return wrong(field, "an object");
    if ((int64_t)json_object_size(value) > field->max)
        return too_large(field->limit, field->max, "entries");
    json_object_foreach((json_t *)value, key, member)
    {
        if (!json_is_string(member) && !json_is_number(member) && !json_is_boolean(member))
            return wrong(field, "flat: texts, numbers, true and false");
        if (g_utf8_strlen(key, -1) > SM_MAX_NAME_CHARS)
            return too_large("NAME_CHARS", SM_MAX_NAME_CHARS, "characters of a name");
        if (json_is_string(member) &&
            g_utf8_strlen(json_string_value(member), -1) > SM_MAX_ATTRIBUTE_CHARS)
            return too_large("ATTRIBUTE_CHARS", SM_MAX_ATTRIBUTE_CHARS, "characters of a value");
    }
    return NULL;
}

static SmRefusal *check_names(const SmField *field, const json_t *value)
{
    gsize i;
    json_t *item;

    if (!json_is_array(value))
        return wrong(field, "a list of names");
    if ((int64_t)json_array_size(value) > field->max)
        return too_large(field->limit, field->max, "entries");
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item) || blank(json_string_value(item)))
            return wrong(field, "a list of names");
        if (g_utf8_strlen(json_string_value(item), -1) > SM_MAX_NAME_CHARS)
            return too_large("NAME_CHARS", SM_MAX_NAME_CHARS, "characters of a name");
    }
    return NULL;
}

static SmRefusal *read_field(const SmField *field, json_t *value, SmCommand *out)
{
    void *place = G_STRUCT_MEMBER_P(out, field->offset);
    const char *text = json_string_value(value);
    SmRefusal *refusal = NULL;

    switch (field->kind) {
    case FIELD_MESSAGE:
    case FIELD_TEXT:
    case FIELD_ID:
        if (text == NULL)
            return wrong(field, "text");
        refusal = check_text(field, text);
        *(const char **)place = text;
        break;
    case FIELD_INTEGER:
        if (!json_is_integer(value) || json_integer_value(value) < field->low ||
            json_integer_value(value) > field->max)
            return wrong(field, "a whole number within its range");
        *(int64_t *)place = json_integer_value(value);
        break;
    case FIELD_FLAG:
        if (!json_is_boolean(value))
            return wrong(field, "true or false");
        *(gboolean *)place = json_is_true(value);
        break;
    case FIELD_FLAT:
        refusal = check_flat(field, value);
        *(json_t **)place = value;
        break;
    case FIELD_NAMES:
        refusal = check_names(field, value);
        *(json_t **)place = value;
        break;
    case FIELD_AVAILABILITY:
        if (text == NULL || !sm_availability_parse(text, place))
            return wrong(field, "online, busy, away or offline");
        break;
    case FIELD_ROLE:
        if (text == NULL || !sm_role_parse(text, place))
            return wrong(field, "agent, supervisor or trainee");
        break;
    case FIELD_OBJECT:
        break;
    }
    return refusal;
}

static const SmField *find_field(const SmBody *body, const char *name)
{
    for (const SmField *field = body->fields; field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

SmRefusal *sm_wire_read_body(const SmBody *body, const json_t *json, SmCommand *out)
{
    const char *key;
    json_t *value;

    if (body->fields[0].name != NULL && body->fields[0].kind == FIELD_OBJECT) {
        if (json_object_size(json) == 0)
            return wrong(&body->fields[0], "an object");
        *(const json_t **)G_STRUCT_MEMBER_P(out, body->fields[0].offset) = json;
        return NULL;
    }
    json_object_foreach((json_t *)json, key, value)
    {
        const SmField *field = find_field(body, key);
        if (field == NULL)
            return sm_refusal_new(SM_PROBLEM_INVALID, sm_id_valid(key) ? key : NULL,
                                  "The body has a member that this operation does not know.");
        SmRefusal *refusal = read_field(field, value, out);
        if (refusal != NULL)
            return refusal;
    }
    for (const SmField *field = body->fields; field->name != NULL; field++)
        if (field->needed && json_object_get(json, field->name) == NULL)
            return sm_refusal_new(SM_PROBLEM_INVALID, field->name, "'%s' is missing.", field->name);
    return NULL;
}

/* --- Writing -----------------------------------------------------------------------------------
 */

static json_t *write_field(const SmField *field, const SmCommand *command)
{
    const void *place = G_STRUCT_MEMBER_P(command, field->offset);
    int64_t number;

    switch (field->kind) {
    case FIELD_MESSAGE:
    case FIELD_TEXT:
    case FIELD_ID:
        return *(const char *const *)place != NULL ? json_string(*(const char *const *)place)
                                                   : NULL;
    case FIELD_INTEGER:
        number = *(const int64_t *)place;
        return number != 0 || field->needed ? json_integer(number) : NULL;
    case FIELD_FLAG:
        return *(const gboolean *)place ? json_true() : NULL;
    case FIELD_AVAILABILITY:
        return json_string(sm_availability_name(*(const SmAvailability *)place));
    case FIELD_ROLE:
        return json_string(sm_role_name(*(const SmRole *)place));
    case FIELD_FLAT:
    case FIELD_NAMES:
    case FIELD_OBJECT:
        return json_incref(*(json_t *const *)place);
    }
    return NULL;
}

json_t *sm_wire_write_body(const SmBody *body, const SmCommand *command)
{
    json_t *json = json_object();

    for (const SmField *field = body->fields; field->name != NULL; field++) {
        json_t *value = write_field(field, command);
        if (field->kind == FIELD_OBJECT) {
            json_decref(json);
            return value != NULL ? value : json_object();
        }
        if (value != NULL)
            json_object_set_new(json, field->name, value);
    }
    return json;
}
