/* SPDX-License-Identifier: MIT */
/* contract: what every log must do, as one test suite over a factory. */
#ifndef SEATMUX_TESTS_LOG_CONTRACT_H
#define SEATMUX_TESTS_LOG_CONTRACT_H

#include "seatmux/log/log.h"

typedef struct {
    const char *name; /* first part of the test's paths */
    SmLoop *(*loop)(void);
    /* A log in a place of its own; `place` gets a name for it (caller frees), for reopen. */
    SmLog *(*open)(SmLoop *loop, SmRng *rng, char **place);
    SmLog *(*reopen)(SmLoop *loop, SmRng *rng,
                     const char *place); /* NULL: nothing outlives close */
    void (*remove)(const char *place);
} LogFactory;

/* Adds the tests; `factory` lives for ever. */
void log_contract_add(const LogFactory *factory);

/* Runs the loop until *flag, at most some seconds. */
void log_wait(SmLoop *loop, const gboolean *flag);
/* A record with one message in `conversation`; `text` NULL: without content. */
SmRecord *log_record(const char *command, const char *conversation, const char *text);
/* Append records (taken over) and wait. NULL: durable, else the error. */
GError *log_append(SmLoop *loop, SmLog *log, int64_t expected, ...) G_GNUC_NULL_TERMINATED;

#endif
