/* SPDX-License-Identifier: MIT */
/* debrief_private: the parts of a debrief: the log of the desk, and how the answers were said. */
#ifndef CLI_DEBRIEF_PRIVATE_H
#define CLI_DEBRIEF_PRIVATE_H

#include "cli/debrief.h"
#include "seatmux/base/json.h"

/* --- debrief_log.c */

typedef struct {
    json_t *total;    /* figures, as in a report */
    json_t *turns;    /* {conversation, customer, number, outcome, asked, assigned?, replied?, ms?, target?, within?, question, answer} */
    json_t *names;    /* conversation -> customer's name */
    json_t *messages; /* of customers and the agent, in order: {conversation, customer, at, text} */
} SmDebriefLog;
void sm_debrief_log_read(SmDebriefLog *log, SmLocalDesk *desk);
void sm_debrief_log_clear(SmDebriefLog *log);

/* --- debrief_language.c */

/* Words of the lists in answers, a list: {conversation, customer, word, list, block, why, instead, answer}. New reference. */
json_t *sm_debrief_words(const SmDebriefLog *log);
/* {answers, shouted, conversations, no_greeting, no_closing, examples: [{conversation, customer, what, answer}]}. New
 * reference. */
json_t *sm_debrief_tone(const SmDebriefLog *log);
/* The quick reply that would have helped instead of each answer that did not help or came late; sets "reply" of the mistakes.
 * A list {code, title, times}, most often first. New reference. */
json_t *sm_debrief_replies(const SmDebriefLog *log, const SmSim *sim, json_t *mistakes);

#endif
