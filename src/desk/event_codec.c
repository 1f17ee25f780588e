/* SPDX-License-Identifier: MIT */
/* event_codec: one table says which fields each type of event must and may have and which of them
 * are for staff alone; encoding, decoding and checking are read from it. */
#include "desk/event_table.h"

#include <sodium.h>
#include <string.h>

#include "seatmux/base/clock.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

static const char *const authors[] = {"customer", "agent", "bot", "system", NULL};
static const char *const messages[] = {"text",      "file",     "greeting",  "auto_reply",
                                       "broadcast", "incident", "scheduled", "link", NULL};

const char *sm_use_name(const Use *use)
{
    return use->name ? use->name : sm_event_fields[use->field].name;
}

static gboolean is_text(Kind kind)
{
    return kind == KIND_ID || kind == KIND_NAME || kind == KIND_REASON;
}

/* --- Encoding ----------------------------------------------------------------------------------
 */

static const char *enum_name(Kind kind, guint value)
{
    switch (kind) {
    case KIND_AUTHOR:
        return value < G_N_ELEMENTS(authors) - 1 ? authors[value] : NULL;
    case KIND_MESSAGE:
        return value < G_N_ELEMENTS(messages) - 1 ? messages[value] : NULL;
    case KIND_CAUSE:
        return value <= SM_CAUSE_LAST ? sm_cause_name((SmCause)value) : NULL;
    case KIND_AVAILABILITY:
        return value <= SM_AVAILABLE_OFFLINE ? sm_availability_name((SmAvailability)value) : NULL;
    case KIND_ROLE:
        return value <= SM_ROLE_TRAINEE ? sm_role_name((SmRole)value) : NULL;
    default:
        return NULL;
    }
}

/* NULL: nothing to write. */
static json_t *encode_field(const SmEvent *event, const Use *use)
{
    const FieldInfo *info = &sm_event_fields[use->field];
    const void *at = G_STRUCT_MEMBER_P(event, info->offset);
    gboolean must = (use->how & MUST) != 0;

    if (is_text(info->kind)) {
        const char *text = *(const char *const *)at;
        return text ? json_string(text) : NULL;
    }
    if (info->kind == KIND_INT) {
        int64_t value = *(const int64_t *)at;
        return value != 0 || must ? json_integer(value) : NULL;
    }
    if (info->kind == KIND_FLAG) {
        return *(const gboolean *)at ? json_true() : NULL;
    }
    if (info->kind == KIND_OBJECT || info->kind == KIND_LIST || info->kind == KIND_IDS || info->kind == KIND_FILE) {
        return json_incref(*(json_t *const *)at);
    }
    guint value = *(const guint *)at; /* all enums of events have this size; see the assertion */
    const char *name = enum_name(info->kind, value);
    return name && (value != 0 || must) ? json_string(name) : NULL;
}

G_STATIC_ASSERT(sizeof(SmCause) == sizeof(guint) && sizeof(SmAuthor) == sizeof(guint) &&
                sizeof(SmRole) == sizeof(guint) && sizeof(SmAvailability) == sizeof(guint) &&
                sizeof(SmMessageKind) == sizeof(guint));

static void encode_content(const SmEvent *event, json_t *json)
{
    if (!event->content || event->type == SM_EVENT_CONTENT_ERASED) {
        return;
    }
    if (event->text) {
        json_object_set_new(json, "text", json_string(event->text));
    } else {
        json_object_set_new(json, "erased", json_true());
    }
}

static json_t *encode(const SmEvent *event, gboolean content, guint without)
{
    if (event->type == SM_EVENT_UNKNOWN) {
        return json_incref(event->data);
    }
    const TypeInfo *info = sm_event_form(event);
    json_t *json = json_object();
    json_object_set_new(json, "type", json_string(sm_event_type_name(event->type)));
    json_object_set_new(json, "v", json_integer(info->version));
    if (info->ignorable) {
        json_object_set_new(json, "ignorable", json_true());
    }
    gboolean has_content = FALSE;
    for (const Use *use = info->uses; use->field != FIELD_END; use++) {
        if (use->how & without) {
            continue;
        }
        has_content |= use->field == FIELD_CONTENT;
        json_t *value = encode_field(event, use);
        if (value) {
            json_object_set_new(json, sm_use_name(use), value);
        }
    }
    if (content && has_content) {
        encode_content(event, json);
    }
    return json;
}

json_t *sm_event_encode(const SmEvent *event, gboolean content)
{
    return encode(event, content, 0);
}

json_t *sm_event_encode_reduced(const SmEvent *event)
{
    return encode(event, TRUE, STAFF);
}

/* --- Decoding ----------------------------------------------------------------------------------
 */

static gboolean bad(GError **error, const char *type, const char *field, const char *what)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "event %s: '%s' %s", type, field, what);
    return FALSE;
}

gboolean sm_event_text_fits(Kind kind, const char *text)
{
    switch (kind) {
    case KIND_ID:
        return sm_id_valid(text);
    case KIND_NAME:
        return g_utf8_strlen(text, -1) <= SM_MAX_NAME_CHARS;
    default:
        return g_utf8_strlen(text, -1) <= SM_MAX_REASON_CHARS;
    }
}

static gboolean all_names(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) || !sm_event_text_fits(KIND_NAME, json_string_value(item))) {
            return FALSE;
        }
    }
    return json_is_array(list) && json_array_size(list) <= SM_MAX_TEAMS;
}

static gboolean all_ids(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) || !sm_id_valid(json_string_value(item))) {
            return FALSE;
        }
    }
    return json_is_array(list) && json_array_size(list) <= SM_MAX_BROADCAST_CHATS;
}

gboolean sm_event_file_fits(const json_t *file)
{
    const char *type = sm_json_str(file, "type", "");
    int64_t size = sm_json_int(file, "size", 0);

    return sm_json_check(file, "id:s type:s size:i", NULL) && sm_id_valid(sm_json_str(file, "id", "")) &&
           g_utf8_strlen(type, -1) <= SM_MAX_NAME_CHARS && size > 0 && size <= SM_MAX_FILE_BYTES;
}

gboolean sm_event_enum_parse(Kind kind, const char *text, guint *out)
{
    for (guint i = 0; text; i++) {
        const char *name = enum_name(kind, i);
        if (!name) {
            return FALSE;
        }
        if (strcmp(name, text) == 0) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *sm_author_name(SmAuthor author)
{
    return enum_name(KIND_AUTHOR, author);
}

gboolean sm_author_parse(const char *text, SmAuthor *out)
{
    return sm_event_enum_parse(KIND_AUTHOR, text, (guint *)out);
}

const char *sm_message_kind_name(SmMessageKind kind)
{
    return enum_name(KIND_MESSAGE, kind);
}

gboolean sm_message_kind_parse(const char *text, SmMessageKind *out)
{
    return sm_event_enum_parse(KIND_MESSAGE, text, (guint *)out);
}

gboolean sm_cause_parse(const char *text, SmCause *out)
{
    return sm_event_enum_parse(KIND_CAUSE, text, (guint *)out);
}

static gboolean decode_field(SmEvent *event, const Use *use, json_t *value)
{
    const FieldInfo *info = &sm_event_fields[use->field];
    void *at = G_STRUCT_MEMBER_P(event, info->offset);
    const char *text = json_string_value(value);

    if (is_text(info->kind)) {
        if (!text || !sm_event_text_fits(info->kind, text)) {
            return FALSE;
        }
        *(char **)at = g_strdup(text);
        return TRUE;
    }
    switch (info->kind) {
    case KIND_INT:
        *(int64_t *)at = json_integer_value(value);
        return json_is_integer(value) && json_integer_value(value) <= SM_EVENT_NUMBER_MOST &&
               json_integer_value(value) >= -SM_EVENT_NUMBER_MOST;
    case KIND_FLAG:
        *(gboolean *)at = json_is_true(value);
        return json_is_boolean(value);
    case KIND_OBJECT:
        *(json_t **)at = json_incref(value);
        return json_is_object(value);
    case KIND_LIST:
        *(json_t **)at = json_incref(value);
        return all_names(value);
    case KIND_IDS:
        *(json_t **)at = json_incref(value);
        return all_ids(value);
    case KIND_FILE:
        *(json_t **)at = json_incref(value);
        return sm_event_file_fits(value);
    default:
        return sm_event_enum_parse(info->kind, text, at);
    }
}

static gboolean decode_text(SmEvent *event, json_t *json, GError **error)
{
    const char *type = sm_event_type_name(event->type);
    json_t *text = json_object_get(json, "text");
    json_t *erased = json_object_get(json, "erased");

    if (text && !(json_is_string(text) && event->content && !erased)) {
        return bad(error, type, "text", "does not belong here");
    }
    if (text && strlen(json_string_value(text)) > SM_MAX_LINE_BYTES) {
        return bad(error, type, "text", "is longer than LINE_BYTES");
    }
    event->text = g_strdup(json_string_value(text));
    return TRUE;
}

static const Use *find_use(const TypeInfo *info, const char *key)
{
    for (const Use *use = info->uses; use->field != FIELD_END; use++) {
        if (strcmp(sm_use_name(use), key) == 0) {
            return use;
        }
    }
    return NULL;
}

/* Members beside the fields: the envelope, and what an answer or an export puts around. */
static gboolean is_envelope(const char *key)
{
    static const char *const keys[] = {"type",   "v",   "ignorable", "needs", "text",
                                       "erased", "seq", "at",        "index"};
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i], key) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean check_members(const TypeInfo *info, const char *type, json_t *json, gboolean whole,
                              GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        if (!is_envelope(key) && !find_use(info, key)) {
            return bad(error, type, sm_id_valid(key) ? key : "?", "is not known");
        }
    }
    for (const Use *use = info->uses; use->field != FIELD_END; use++) {
        gboolean must = (use->how & MUST) && (whole || !(use->how & STAFF));
        if (must && !json_object_get(json, sm_use_name(use))) {
            return bad(error, type, sm_use_name(use), "is missing");
        }
    }
    return TRUE;
}

gboolean sm_event_content_fits(const SmEvent *event)
{
    if (event->type == SM_EVENT_CONTENT_ERASED) {
        return event->conversation || event->contact;
    }
    return !event->content || event->digest;
}

static SmEvent *decode_known(SmEventType type, const TypeInfo *info, json_t *json, gboolean whole, GError **error)
{
    const char *name = sm_event_type_name(type);
    g_autoptr(SmEvent) event = sm_event_new(type);

    if (!check_members(info, name, json, whole, error)) {
        return NULL;
    }
    for (const Use *use = info->uses; use->field != FIELD_END; use++) {
        json_t *value = json_object_get(json, sm_use_name(use));
        if (value && !decode_field(event, use, value)) {
            bad(error, name, sm_use_name(use), "is not what it must be");
            return NULL;
        }
    }
    /* Elsewhere it may be the name that is shown to a customer; here it is the id that somebody will have. */
    if (type == SM_EVENT_AGENT_SET && event->agent && !sm_id_valid(event->agent)) {
        bad(error, name, "agent", "is not what it must be");
        return NULL;
    }
    if (whole && !sm_event_content_fits(event)) {
        bad(error, name, type == SM_EVENT_CONTENT_ERASED ? "conversation" : "digest", "is missing");
        return NULL;
    }
    return decode_text(event, json, error) ? g_steal_pointer(&event) : NULL;
}

static SmEvent *decode_unknown(const json_t *json, const char *type, GError **error)
{
    const char *needs = sm_json_str(json, "needs", NULL);

    if (sm_json_bool(json, "ignorable", FALSE)) {
        const char *conversation = sm_json_str(json, "conversation", NULL);
        SmEvent *event = sm_event_new(SM_EVENT_UNKNOWN);
        event->data = json_deep_copy(json);
        if (conversation && sm_id_valid(conversation)) {
            event->conversation = g_strdup(conversation);
        }
        return event;
    }
    g_set_error(error, SM_ERROR, SM_ERROR_VERSION, "event %s needs %s %s",
                sm_id_valid(type) ? type : "of an unknown type",
                needs && sm_id_valid(needs) ? "seatmux >=" : "a newer",
                needs && sm_id_valid(needs) ? needs : "seatmux");
    return NULL;
}

void sm_event_upcast(json_t *event, const SmUpcast *steps, int64_t version, int64_t current)
{
    for (int64_t v = version; v < current; v++) {
        steps[v - 1](event);
    }
    json_object_set_new(event, "v", json_integer(current));
}

gboolean sm_event_type_parse(const char *name, SmEventType *type)
{
    for (guint i = 0; name && i < SM_EVENT_UNKNOWN; i++) {
        if (strcmp(sm_event_type_name((SmEventType)i), name) == 0) {
            *type = (SmEventType)i;
            return TRUE;
        }
    }
    return FALSE;
}

static SmEvent *decode(const json_t *json, gboolean whole, GError **error)
{
    const char *name = sm_json_str(json, "type", NULL);
    int64_t version = sm_json_int(json, "v", 0);
    SmEventType type;

    if (!json_is_object(json) || !name || version < 1) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "an event has a type and a version");
        return NULL;
    }
    if (!sm_event_type_parse(name, &type) || version > sm_event_table[type].version) {
        return decode_unknown(json, name, error);
    }
    const TypeInfo *kept = sm_event_kept(type), *info = kept && version <= kept->version ? kept : &sm_event_table[type];
    if (version == info->version) {
        return decode_known(type, info, (json_t *)json, whole, error); /* only read */
    }
    g_autoptr(json_t) copy = json_deep_copy(json);
    sm_event_upcast(copy, info->upcasts, version, info->version);
    return decode_known(type, info, copy, whole, error);
}

SmEvent *sm_event_decode(const json_t *json, GError **error)
{
    return decode(json, FALSE, error);
}

/* --- Records -----------------------------------------------------------------------------------
 */

char *sm_record_encode(const SmRecord *record)
{
    g_autoptr(json_t) json = json_object();
    json_t *events = json_array();

    json_object_set_new(json, "seq", json_integer(record->seq));
    json_object_set_new(json, "at", json_integer(record->at));
    json_object_set_new(json, "command", json_string(record->command));
    json_object_set_new(json, "actor", json_string(record->actor));
    if (record->fingerprint) {
        json_object_set_new(json, "fingerprint", json_string(record->fingerprint));
    }
    for (guint i = 0; i < record->events->len; i++) {
        json_array_append_new(events, sm_event_encode(record->events->pdata[i], FALSE));
    }
    json_object_set_new(json, "events", events);
    return sm_json_text(json);
}

static gboolean decode_events(SmRecord *record, const json_t *events, GError **error)
{
    gsize n = json_array_size(events);

    if (n < 1 || n > SM_MAX_EVENTS_PER_RECORD) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "a record has 1 to %d events",
                    SM_MAX_EVENTS_PER_RECORD);
        return FALSE;
    }
    for (gsize i = 0; i < n; i++) {
        SmEvent *event = decode(json_array_get(events, i), TRUE, error);
        if (!event) {
            return FALSE;
        }
        g_ptr_array_add(record->events, event);
    }
    return TRUE;
}

SmRecord *sm_record_decode_value(const json_t *json, GError **error)
{
    if (!sm_json_check(json, "seq:i at:i command:s actor:s fingerprint:s? events:a", error)) {
        return NULL;
    }
    g_autoptr(SmRecord) record =
        sm_record_new(sm_json_int(json, "at", 0), sm_json_str(json, "command", ""),
                      sm_json_str(json, "actor", ""), sm_json_str(json, "fingerprint", NULL));
    record->seq = sm_json_int(json, "seq", 0);
    if (record->at < 0 || record->at > SM_TIME_MS_MOST) {
        g_set_error_literal(error, SM_ERROR, SM_ERROR_INVALID, "'at' is no time that a desk has seen");
        return NULL;
    }
    if (!decode_events(record, json_object_get(json, "events"), error)) {
        return NULL;
    }
    return g_steal_pointer(&record);
}

SmRecord *sm_record_decode_json(const char *text, gsize n, GError **error)
{
    g_autoptr(json_t) json = sm_json_parse(text, n, SM_MAX_ANSWER_BYTES, error);

    return json ? sm_record_decode_value(json, error) : NULL;
}

SmRecord *sm_record_decode(const char *text, gsize n, GError **error)
{
    SmRecord *record = sm_record_scan(text, n);

    return record ? record : sm_record_decode_json(text, n, error);
}

uint32_t sm_record_check(const SmRecord *record)
{
    g_autofree char *text = sm_record_encode(record);
    unsigned char hash[crypto_generichash_BYTES_MIN];

    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text), NULL, 0);
    return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
}
