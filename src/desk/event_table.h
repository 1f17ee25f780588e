/* SPDX-License-Identifier: MIT */
/* event_table: which fields each type of event must and may have, and which are for staff alone. */
#ifndef SEATMUX_DESK_EVENT_TABLE_H
#define SEATMUX_DESK_EVENT_TABLE_H

#include "desk/event_codec.h"

typedef enum {
    KIND_ID,
    KIND_NAME,   /* up to SM_MAX_NAME_CHARS */
    KIND_REASON, /* up to SM_MAX_REASON_CHARS */
    KIND_INT,
    KIND_FLAG,
    KIND_OBJECT,
    KIND_LIST, /* of strings */
    KIND_IDS,  /* list of ids of conversations, up to SM_MAX_BROADCAST_CHATS */
    KIND_FILE, /* {"id", "type", "size"} */
    KIND_AUTHOR,
    KIND_MESSAGE,
    KIND_CAUSE,
    KIND_AVAILABILITY,
    KIND_ROLE,
} Kind;

/* X(FIELD, member, KIND): in the order in which they are written. */
#define FIELDS(X)                                                                                  \
    X(CONVERSATION, conversation, ID)                                                              \
    X(CONTACT, contact, ID)                                                                        \
    X(AGENT, agent, NAME)                                                                          \
    X(BY, by, NAME)                                                                                \
    X(TEAM, team, ID)                                                                              \
    X(INBOX, inbox, ID)                                                                            \
    X(MESSAGE, message, ID)                                                                        \
    X(NOTICE, notice, ID)                                                                          \
    X(NAME, name, NAME)                                                                            \
    X(LANGUAGE, language, NAME)                                                                    \
    X(REASON, reason, REASON)                                                                      \
    X(AUTHOR, author, AUTHOR)                                                                      \
    X(KIND, kind, MESSAGE)                                                                         \
    X(CAUSE, cause, CAUSE)                                                                         \
    X(AVAILABILITY, availability, AVAILABILITY)                                                    \
    X(ROLE, role, ROLE)                                                                            \
    X(N, n, INT)                                                                                   \
    X(LEVEL, level, INT)                                                                           \
    X(DUE, due, INT)                                                                               \
    X(SINCE, since, INT)                                                                           \
    X(UNTIL, until, INT)                                                                           \
    X(FLAG, flag, FLAG)                                                                            \
    X(OBJECT, data, OBJECT)                                                                        \
    X(LIST, data, LIST)                                                                            \
    X(IDS, data, IDS)                                                                              \
    X(FILE, data, FILE)                                                                            \
    X(CONTENT, content, ID)                                                                        \
    X(DIGEST, digest, NAME)

typedef enum {
    FIELD_END,
#define FIELD_ENUM(field, member, kind) FIELD_##field,
    FIELDS(FIELD_ENUM)
#undef FIELD_ENUM
        FIELD_COUNT
} Field;

typedef struct {
    const char *name;
    Kind kind;
    gsize offset;
} FieldInfo;

enum {
    MAY = 0,
    MUST = 1 << 0,
    STAFF = 1 << 1, /* no customer gets it: what comes to a customer may lack it */
};

typedef struct {
    Field field;
    guint how;
    const char *name; /* in JSON; NULL: the member's */
} Use;

#define MAX_USES 16

typedef struct {
    int version;
    gboolean ignorable; /* a reader that does not know the type may pass over it */
    const SmUpcast *upcasts;
    Use uses[MAX_USES];
} TypeInfo;

extern const FieldInfo sm_event_fields[FIELD_COUNT];
extern const TypeInfo sm_event_table[SM_EVENT_UNKNOWN];

/* The older form of a type that its events keep for ever, because nothing can bring them to the newer one: a content can't be added to
 * what was written without. NULL: none, which is the rule. */
const TypeInfo *sm_event_kept(SmEventType type);
/* The form that an event is written in: by its fields, for who keeps an older form has no content. */
const TypeInfo *sm_event_form(const SmEvent *event);

/* --- event_codec.c: what the two ways of reading share ------------------------------------------- */

const char *sm_use_name(const Use *use); /* of the member in JSON; static */
/* Of the kinds that are texts. */
gboolean sm_event_text_fits(Kind kind, const char *text);
/* Of the kinds that are choices. FALSE: *out is as it was. */
gboolean sm_event_enum_parse(Kind kind, const char *text, guint *out);
/* Of an event read from a log: who has a content has its digest, and an erasure is of a conversation or a contact. */
gboolean sm_event_content_fits(const SmEvent *event);

#endif
