/* SPDX-License-Identifier: MIT */
/* event: events and records as values: made, copied, freed. Their encoding is in event_codec.c. */
#include "seatmux/desk/event.h"

#include <sodium.h>
#include <string.h>

/* --- Names -------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    SmSeen seen;
} types[SM_EVENT_N] = {
#define TYPE_ROW(enum_name, text, who) [SM_EVENT_##enum_name] = {text, who},
    SM_EVENT_TYPES(TYPE_ROW)
#undef TYPE_ROW
        [SM_EVENT_UNKNOWN] = {"unknown", SM_SEEN_STAFF},
};

const char *sm_event_type_name(SmEventType type)
{
    g_return_val_if_fail((guint)type < SM_EVENT_N, "unknown");
    return types[type].name;
}

SmSeen sm_event_seen(SmEventType type)
{
    g_return_val_if_fail((guint)type < SM_EVENT_N, SM_SEEN_NOBODY);
    return types[type].seen;
}

static const char *const causes[] = {
    "none",      "start",   "claim",          "assign",  "transfer",
    "take_over", "release", "accept_timeout", "offline", "reopen",
    "hand_over", "routing", "customer",       "staff",   "due",
    "rule",      "popup",   "invitation",     "accepted", "refused",
};

const char *sm_cause_name(SmCause cause)
{
    g_return_val_if_fail((guint)cause < G_N_ELEMENTS(causes), "none");
    return causes[cause];
}

gboolean sm_message_kind_human(SmMessageKind kind)
{
    return kind == SM_MESSAGE_TEXT || kind == SM_MESSAGE_FILE || kind == SM_MESSAGE_LINK;
}

static const char *const availabilities[] = {"online", "busy", "away", "offline"};

const char *sm_availability_name(SmAvailability a)
{
    g_return_val_if_fail((guint)a < G_N_ELEMENTS(availabilities), "offline");
    return availabilities[a];
}

static gboolean parse(const char *const *names, guint n, const char *text, guint *out)
{
    for (guint i = 0; text && i < n; i++) {
        if (strcmp(names[i], text) == 0) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean sm_availability_parse(const char *text, SmAvailability *out)
{
    guint i;
    gboolean ok = parse(availabilities, G_N_ELEMENTS(availabilities), text, &i);
    if (ok) {
        *out = (SmAvailability)i;
    }
    return ok;
}

static const char *const roles[] = {"agent", "supervisor", "trainee"};

const char *sm_role_name(SmRole role)
{
    g_return_val_if_fail((guint)role < G_N_ELEMENTS(roles), "agent");
    return roles[role];
}

gboolean sm_role_parse(const char *text, SmRole *out)
{
    guint i;
    gboolean ok = parse(roles, G_N_ELEMENTS(roles), text, &i);
    if (ok) {
        *out = (SmRole)i;
    }
    return ok;
}

/* --- Events ------------------------------------------------------------------------------------
 */

#define STRINGS(X)                                                                                 \
    X(conversation)                                                                                \
    X(contact)                                                                                     \
    X(agent) X(by) X(team) X(inbox) X(message) X(notice) X(name) X(language) X(reason) X(content) X(digest)  \
        X(text) X(salt)

SmEvent *sm_event_new(SmEventType type)
{
    SmEvent *event = g_new0(SmEvent, 1);
    event->type = type;
    return event;
}

SmEvent *sm_event_copy(const SmEvent *event)
{
    SmEvent *copy = g_new(SmEvent, 1);
    *copy = *event;
#define COPY(field) copy->field = g_strdup(event->field);
    STRINGS(COPY)
#undef COPY
    copy->data = json_deep_copy(event->data);
    return copy;
}

void sm_event_free(SmEvent *event)
{
    if (!event) {
        return;
    }
#define FREE(field) g_free(event->field);
    STRINGS(FREE)
#undef FREE
    json_decref(event->data);
    g_free(event);
}

const char *sm_event_file(const SmEvent *event)
{
    gboolean written = event->type == SM_EVENT_MESSAGE_POSTED || event->type == SM_EVENT_NOTE_POSTED;

    return written && event->data ? sm_json_str(event->data, "id", NULL) : NULL;
}

/* --- Records -----------------------------------------------------------------------------------
 */

static void free_event(gpointer event)
{
    sm_event_free(event);
}

SmRecord *sm_record_new(int64_t at, const char *command, const char *actor, const char *fingerprint)
{
    SmRecord *record = g_new0(SmRecord, 1);
    g_atomic_ref_count_init(&record->refs);
    record->at = at;
    record->command = g_strdup(command);
    record->actor = g_strdup(actor);
    record->fingerprint = g_strdup(fingerprint);
    record->events = g_ptr_array_new_with_free_func(free_event);
    return record;
}

/* NULL: a salt is gone. The digest itself, where there is nothing to keep to oneself. */
static char *sealed(const SmRecord *record, const char *fingerprint)
{
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    gboolean salted = FALSE;

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (!event->content || !event->digest) {
            continue; /* none, or one that is erased by this very event */
        }
        if (!event->salt) {
            return NULL;
        }
        salted = TRUE;
        crypto_generichash_update(&state, (const unsigned char *)event->salt, strlen(event->salt));
    }
    if (!salted) {
        return g_strdup(fingerprint);
    }
    crypto_generichash_update(&state, (const unsigned char *)fingerprint, strlen(fingerprint));
    crypto_generichash_final(&state, hash, sizeof hash);
    char *text = g_malloc(2 * sizeof hash + 1);
    return sodium_bin2hex(text, 2 * sizeof hash + 1, hash, sizeof hash);
}

void sm_record_seal(SmRecord *record)
{
    char *seal = record->fingerprint ? sealed(record, record->fingerprint) : NULL;

    g_free(record->fingerprint);
    record->fingerprint = seal;
}

SmSameBody sm_record_compare(const SmRecord *record, const char *fingerprint)
{
    /* As it is: of a record of before, and of one without contents. */
    if (!fingerprint || g_strcmp0(record->fingerprint, fingerprint) == 0) {
        return g_strcmp0(record->fingerprint, fingerprint) == 0 ? SM_BODY_SAME : SM_BODY_OTHER;
    }
    g_autofree char *seal = record->fingerprint ? sealed(record, fingerprint) : g_strdup("");

    return !seal ? SM_BODY_ERASED : g_strcmp0(record->fingerprint, seal) == 0 ? SM_BODY_SAME : SM_BODY_OTHER;
}

SmRecord *sm_record_ref(SmRecord *record)
{
    g_atomic_ref_count_inc(&record->refs);
    return record;
}

void sm_record_unref(SmRecord *record)
{
    if (!record || !g_atomic_ref_count_dec(&record->refs)) {
        return;
    }
    g_free(record->command);
    g_free(record->actor);
    g_free(record->fingerprint);
    g_ptr_array_unref(record->events);
    g_free(record);
}
