/* SPDX-License-Identifier: MIT */
/* figures: what a period says, for the desk, a team or an agent (docs/turn-clock.md, rules 12-16, 19).
 * Every figure is made of rows, and the rows stay: `explain` is the list of those behind a number. They
 * are read from stamps and deadlines, never from warnings. Turns belong to the period by asked, stays by
 * queued, resolutions and messages by their own time; [from, to). */
#ifndef SEATMUX_DESK_FIGURES_H
#define SEATMUX_DESK_FIGURES_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/json.h"
#include "seatmux/desk/desk.h"
#include "seatmux/desk/turn.h"

typedef enum {
    SM_FIGURE_COUNT,    /* n: the sum of the rows' values */
    SM_FIGURE_SHARE,    /* within of n */
    SM_FIGURE_DURATION, /* mean, median, p90, max of n; within of judged */
    SM_FIGURE_RATIO,    /* questions : answers */
    SM_FIGURE_LOAD,     /* conversations at once: time of the rows / time with at least one */
} SmFigureKind;

/* X(ENUM, "name", kind) */
#define SM_FIGURES(X)                                                                              \
    X(WITHIN_AGENT, "within_agent", SHARE)                                                         \
    X(WITHIN_CUSTOMER, "within_customer", SHARE)                                                   \
    X(FIRST_RESPONSE, "first_response", DURATION)                                                  \
    X(RESPONSE, "response", DURATION)                                                              \
    X(REACTION, "reaction", DURATION)                                                              \
    X(QUEUE_WAIT, "queue_wait", DURATION)                                                          \
    X(RESOLUTION, "resolution", DURATION)                                                          \
    X(RESPONSE_RATE, "response_rate", SHARE)                                                       \
    X(QUESTION_ANSWER, "question_answer", RATIO)                                                   \
    X(CSAT, "csat", SHARE)                                                                         \
    X(EXCUSED, "excused_ratings", COUNT)                                                           \
    X(COMPLAINTS, "complaints", COUNT)                                                             \
    X(CONCURRENCY, "concurrency", LOAD)                                                            \
    X(ENQUIRY_CONVERSION, "enquiry_conversion", SHARE)                                             \
    X(TURNS, "turns", COUNT)                                                                       \
    X(OPEN, "open", COUNT)                                                                         \
    X(ANSWERED, "answered", COUNT)                                                                 \
    X(CLOSED, "closed", COUNT)                                                                     \
    X(MISSED, "missed", COUNT)                                                                     \
    X(DROPPED, "dropped", COUNT)                                                                   \
    X(ABANDONED, "abandoned", COUNT)                                                               \
    X(PASSED_ON, "passed_on", COUNT)                                                               \
    X(COVERED, "covered", COUNT)                                                                   \
    X(BOT_ALONE, "bot_alone", COUNT)                                                               \
    X(OFFLINE, "offline_messages", COUNT)                                                          \
    X(OFFLINE_OPEN, "offline_open", COUNT)                                                         \
    X(OFFLINE_ANSWER, "offline_answer", DURATION)

typedef enum {
#define SM_FIGURE_ENUM(name, text, kind) SM_FIGURE_##name,
    SM_FIGURES(SM_FIGURE_ENUM)
#undef SM_FIGURE_ENUM
        SM_FIGURE_N
} SmFigure;
const char *sm_figure_name(SmFigure figure); /* "queue_wait"; static */
gboolean sm_figure_from_name(const char *name, SmFigure *figure);
SmFigureKind sm_figure_kind(SmFigure figure);

/* Queue waits and what a bot did alone are not of agents. Inbox, hour and day divide the desk's rows: by where the
 * conversation came in, and by the time by which the row belongs to the period, in the desk's zone. */
typedef enum {
    SM_SCOPE_DESK,
    SM_SCOPE_TEAM,
    SM_SCOPE_AGENT,
    SM_SCOPE_INBOX,
    SM_SCOPE_HOUR, /* id "2026-11-27T09:00+08:00" */
    SM_SCOPE_DAY,  /* id "2026-11-27" */
    SM_SCOPES
} SmScope;
const char *sm_scope_name(SmScope scope); /* "agent"; static */
gboolean sm_scope_from_name(const char *name, SmScope *scope);

/* One row behind a figure. Stamps are desk ms, -1 where there is none. Strings belong to SmFigures. */
typedef struct {
    SmFigure figure;
    guint scopes;             /* bits 1 << SmScope: whose figures it is in */
    const char *conversation;
    const char *team;         /* NULL: none */
    const char *agent;        /* NULL: none */
    const char *inbox;        /* NULL: not known */
    int64_t at;               /* by which it belongs to the period */
    int number;               /* of the turn, or place of the stay or round from 1; 0: of the whole conversation */
    SmOutcome outcome;        /* of the turn, where it is one */
    int64_t asked, queued, assigned, replied, ended;
    int64_t target, deadline; /* what it was judged by */
    int64_t value;            /* ms of a duration, else what it adds to a count */
    int within;               /* share and duration: 1 or 0, -1 not judged; ratio: 1 answer, 0 question */
} SmFigureRow;

typedef struct {
    SmFigureKind kind;
    int64_t n;               /* rows; of a count: the count */
    int64_t judged, within;  /* of a share judged == n */
    int64_t mean, median, p90, max;           /* ms; -1 when n is 0. Mean rounded half up, others nearest rank */
    int64_t questions, answers; /* of a ratio */
    int64_t total, busy;        /* of a load: ms of all rows, ms with at least one */
    int64_t ratio_hundredths;   /* questions / answers or total / busy, rounded half up; -1 without the latter */
} SmFigureValue;

typedef struct SmFigures SmFigures;

/* `now`: the instant the report is drawn at, which open turns are judged by. */
SmFigures *sm_figures_new(int64_t from, int64_t to, int64_t now);
void sm_figures_free(SmFigures *figures);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFigures, sm_figures_free)

/* The zone that hours and days are told in (as made, UTC): before the first of them is asked for. */
void sm_figures_set_zone(SmFigures *figures, GTimeZone *zone);
/* Days after a contact's first message in which an order counts as its fruit (rule 17). Before the first record. */
#define SM_ENQUIRY_DAYS 3
void sm_figures_set_enquiry_days(SmFigures *figures, int days);

/* When the report is drawn, if that is known only after the log was read: before sm_figures_end(). */
void sm_figures_set_now(SmFigures *figures, int64_t now);
/* Called with the turns of each conversation as it is taken in. */
typedef void (*SmFiguresVisit)(const char *conversation, const SmTurns *turns, void *user);
void sm_figures_set_visit(SmFigures *figures, SmFiguresVisit visit, void *user);
/* Where a conversation came in; NULL: not known. */
const char *sm_figures_inbox(const SmFigures *figures, const char *conversation);

/* Take in one conversation, once, untrimmed (figures come from a fold that keeps all). */
void sm_figures_add(SmFigures *figures, const char *conversation, const SmTurns *turns);

/* Reading a whole log: the record is applied to the desk, a fold of nothing else, and what it says is taken in; a
 * fold that archives a conversation forgets its turns, so those are taken in before. Ratings, orders and how many
 * an agent had at once come from here alone. FALSE and error as sm_desk_apply(). */
gboolean sm_figures_fold(SmFigures *figures, SmDesk *desk, const SmRecord *record, GError **error);
/* After the last record: all that is still open. */
void sm_figures_end(SmFigures *figures, SmDesk *desk);

/* `id`: of the team, agent, inbox, hour or day; ignored for the desk. */
SmFigureValue sm_figures_value(const SmFigures *figures, SmFigure figure, SmScope scope, const char *id);
/* The rows behind that value in the order they were added. Free the array only. */
GPtrArray *sm_figures_explain(const SmFigures *figures, SmFigure figure, SmScope scope, const char *id);
/* A row as a flat JSON object, absent stamps left out; new reference. */
json_t *sm_figure_row_json(const SmFigureRow *row);
/* Teams, agents, inboxes, hours or days that have rows, sorted by bytes. Caller frees with g_strfreev(). */
char **sm_figures_ids(const SmFigures *figures, SmScope scope);
/* All hours or days from the first to the last that has a row of this figure, those between without one too; at most
 * `most`, the newest. Caller frees with g_strfreev(). */
char **sm_figures_span(const SmFigures *figures, SmFigure figure, SmScope scope, guint most);

/* The weighted score of an agent (rule 20 of docs/turn-clock.md): customers' ratings first, performance second,
 * training third. Parts and score in tenths of a per cent; -1: there is none, and its weight is spread over the others.
 * Excused ratings are in none. */
typedef struct {
    int64_t rating, performance, training, score;
} SmScore;
SmScore sm_figures_score(const SmFigures *figures, const char *agent, const int weights[3], int64_t training);

/* 1000 x within / n rounded half up (93.4 % is 934); -1 when n is 0. */
int64_t sm_figures_permille(int64_t within, int64_t n);
/* Nearest rank: value number ceil(p n / 100) of a rising list of n > 0. */
int64_t sm_figures_rank(const int64_t *sorted, gsize n, int percent);
/* Rule 14: the worst that happened in a conversation (missed, abandoned, dropped), else ANSWERED if a turn
 * was, else the last turn's outcome; OPEN without a turn. */
SmOutcome sm_figures_worst(const SmTurns *turns);

#endif
