/* SPDX-License-Identifier: MIT */
/* bench: a client on a virtual loop, a scripted desk and a journal in memory, and what the client
 * said. */
#ifndef SEATMUX_TESTS_NET_BENCH_H
#define SEATMUX_TESTS_NET_BENCH_H

#include "script.h"

typedef struct {
    SmLoop *loop;
    Script *script;
    SmRng *rng;
    SmJournalStore *store;
    SmJournal *journal; /* the client's */
    SmClient *client;
    GString *links;   /* "live reconnecting ": states as they were told */
    GString *sending; /* "Hello:queued Hello:sent " */
    guint changed;
    guint changed_all;
    guint ephemeral;
    gboolean calling; /* inside a call into the client: no handler may be called */
    gboolean without_journal;
    guint answers; /* SmClientDone calls */
    gboolean ok;
    char *code;
    char *words;
} Bench;

void bench_init(Bench *b);
void bench_clear(Bench *b);
void bench_open(Bench *b);  /* a client on what the store holds, not logged in */
void bench_crash(Bench *b); /* kill -9 and open again */
void bench_quit(Bench *b);  /* a clean end and open again */
void bench_resume(Bench *b);
void bench_live(Bench *b); /* resumes as mia and waits until it is live */
void bench_run(Bench *b, int64_t ms);
void bench_until(Bench *b, SmLinkState state, int64_t within_ms);
SmLinkState bench_state(const Bench *b);
void bench_done(gboolean ok, const char *code, const char *words, const json_t *body, void *bench);

/* Sends and returns the id. */
const char *bench_send(Bench *b, const char *conversation, const char *text);
const char *bench_send_seen(Bench *b, const char *conversation, const char *text, int64_t seen);
/* State of an entry; SM_SEND_SENT when it is not in the outbox any more. */
SmSendState bench_send_state(Bench *b, const char *id);
const SmOutboxEntry *bench_entry(Bench *b, const char *id); /* NULL */
void bench_assert_said(Bench *b, const char *conversation, const char *joined);
/* Texts of the lines the client shows of a conversation, joined by "|". Caller frees. */
char *bench_shown(Bench *b, const char *conversation);

void bench_add_poll_tests(void);
void bench_add_sending_tests(void);
void bench_add_outcome_tests(void);
void bench_add_keeping_tests(void);

#endif
