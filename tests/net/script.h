/* SPDX-License-Identifier: MIT */
/* script: a small desk with a real fold behind a transport that does what a test tells it: loses
 * requests or answers, damages them, refuses, keeps silent. Virtual loop only. Tokens are "t-NAME"
 * for staff. */
#ifndef SEATMUX_TESTS_NET_SCRIPT_H
#define SEATMUX_TESTS_NET_SCRIPT_H

#include "seatmux/net/client.h"

typedef enum {
    SCRIPT_NORMAL,
    SCRIPT_NOT_SENT,     /* certain: nothing left */
    SCRIPT_LOSE_REQUEST, /* broke after the first byte, never got there */
    SCRIPT_LOSE_ANSWER,  /* done by the desk, the answer was lost */
    SCRIPT_DAMAGE,       /* done by the desk, the answer came cut */
    SCRIPT_SILENT,       /* done by the desk, then nothing, for ever */
    SCRIPT_STUCK,        /* not even the first byte gets out, for ever */
    SCRIPT_STATUS,       /* answers with `status` and the text `body` */
    SCRIPT_DIE,          /* the connection breaks after `ms` */
} ScriptKind;

typedef struct {
    ScriptKind kind;
    int times; /* -1: for ever */
    int status;
    int retry_after_s;
    const char *body; /* "%" is replaced by a cursor that moves with each answer */
    const char *cursor;
    int ms; /* until it breaks; of an answer: so much later */
} ScriptRule;

typedef struct {
    char *what; /* "PUT /v1/..." */
    int64_t at; /* boot ms */
    gboolean poll;
    char *body; /* NULL: none */
} ScriptAsked;

typedef struct Script Script;

Script *script_new(SmLoop *loop);
void script_free(Script *s);
SmTransport *script_transport(Script *s); /* may be made again after the first was freed */
/* What happens to requests whose "METHOD TARGET" begins with `prefix`; rules are used up in order.
 */
void script_rule(Script *s, const char *prefix, ScriptRule rule);
void script_clear_rules(Script *s);

guint script_asked(const Script *s, const char *prefix); /* how many */
const ScriptAsked *script_nth(const Script *s, const char *prefix, guint n);
guint script_parked(const Script *s);

/* A conversation of mia with this customer. Returns its id, owned by the script. */
const char *script_conversation(Script *s, const char *customer);
void script_waiting(Script *s, const char *customer); /* started, in the queue */
void script_available(Script *s, const char *agent, SmAvailability availability);
/* Another of the staff, a trainee who has handed in a passed exam. */
void script_trainee(Script *s, const char *name);
/* The customer writes. */
void script_customer_says(Script *s, const char *conversation, const char *text);
void script_colleague_says(Script *s, const char *conversation, const char *text);
/* One member of the desk's policy is another. Takes the value over. */
void script_policy(Script *s, const char *member, json_t *value);
/* All that was said in it is erased. */
void script_erase(Script *s, const char *conversation);
/* Texts of public messages of staff in the log, in order, joined by "|". Caller frees. */
char *script_said(const Script *s, const char *conversation);
void script_ephemeral(Script *s, const char *text);
/* The log is another one: old cursors are not of it. */
void script_new_log(Script *s);
/* Release every parked poll as another program's newer poll would. */
void script_supersede(Script *s);
SmDesk *script_desk(Script *s);

#endif
