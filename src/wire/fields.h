/* SPDX-License-Identifier: MIT */
/* fields: the members a command's body may have, as tables that both directions read. */
#ifndef SEATMUX_WIRE_FIELDS_H
#define SEATMUX_WIRE_FIELDS_H

#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

typedef enum {
    FIELD_MESSAGE, /* text of a message: SM_MAX_MESSAGE_CHARS and _BYTES, not blank */
    FIELD_TEXT,    /* text of at most `max` characters */
    FIELD_ID,
    FIELD_INTEGER, /* low..max */
    FIELD_FLAG,
    FIELD_FLAT,   /* flat object of strings, numbers and booleans */
    FIELD_NAMES,  /* list of at most `max` names */
    FIELD_OBJECT, /* the whole body is the value (a policy) */
    FIELD_AVAILABILITY,
    FIELD_ROLE,
} SmFieldKind;

typedef struct {
    const char *name;
    SmFieldKind kind;
    gsize offset; /* in SmCommand */
    gboolean needed;
    int64_t low;
    int64_t max;
    const char *limit; /* name of the bound `max` */
} SmField;

#define SM_WIRE_FIELDS 10

typedef struct {
    SmCommandType type;
    SmField fields[SM_WIRE_FIELDS]; /* ends with a NULL name */
} SmBody;

/* The body of a command; NULL for one that does not cross the network. */
const SmBody *sm_wire_body(SmCommandType type);
/* Read `json` by the table. NULL: OK. Strings and data are borrowed from `json`. */
SmRefusal *sm_wire_read_body(const SmBody *body, const json_t *json, SmCommand *out);
/* The other way. New reference. */
json_t *sm_wire_write_body(const SmBody *body, const SmCommand *command);

#endif
