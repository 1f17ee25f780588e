/* SPDX-License-Identifier: MIT */
/* scenario: what simulated customers are like, from a YAML file in scenarios/: who they are (personas), what
 * they want (dialogues as state graphs), and how they arrive. docs/scenarios.md explains the file. */
#ifndef SEATMUX_SIM_SCENARIO_H
#define SEATMUX_SIM_SCENARIO_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/error.h"
#include "seatmux/sim/phrase.h"

/* In what temper somebody comes. */
typedef enum { SM_MOOD_CALM, SM_MOOD_FRIENDLY, SM_MOOD_ANXIOUS, SM_MOOD_IMPATIENT, SM_MOOD_UPSET, SM_MOODS } SmMood;
const char *sm_mood_name(SmMood mood); /* "impatient"; static */
gboolean sm_mood_parse(const char *name, SmMood *mood);
int64_t sm_mood_patience(SmMood mood, int64_t patience); /* ms */
int64_t sm_mood_stars(SmMood mood, gboolean thanked, int64_t stars); /* 1 to 5: what they give where a calm one gives `stars` */
char *sm_mood_words(SmMood mood, const char *line); /* the line as they write it. Caller frees */

/* How somebody behaves, whatever they want. Times in ms. */
typedef struct {
    char *id;
    int weight;            /* share among the personas */
    int64_t patience;      /* waits so long for an answer, then asks again */
    int asks_again;        /* so often; then leaves angry */
    int typing;            /* characters a second */
    int burst;             /* 1..10: a say list is sent as so many lines at once at most */
    int64_t reads;         /* before beginning to type after an answer */
    double typo;           /* chance of a typing mistake in a line */
    double emoji;          /* chance of an emoji at the end of a line */
    double pastes;         /* chance to begin by pasting the order number */
    double two_questions;  /* chance to ask the next question together with this one */
    SmMood mood;
    double silent;         /* chance to leave without a word when done */
} SmPersona;

/* One way on from a node: the first whose words match is taken. */
typedef struct {
    char **any;            /* one of these words is in the answer (case ignored); empty: no condition */
    char **all;            /* all of these are */
    GRegex *pattern;       /* or NULL */
    char *go;              /* node id; "thanks", "angry" end the conversation */
    char *mistake;         /* why an answer that leads this way was wrong; NULL: it was not */
} SmNodeRoute;

typedef struct {
    char *id;
    GPtrArray *says;       /* char**: variants; each a list of lines (a burst) */
    GPtrArray *routes;     /* SmNodeRoute */
    char *otherwise;       /* node id when nothing matches; NULL: repeats itself */
    char **model;          /* answers of somebody who knows the trade; may be empty */
    int line;              /* in the file */
} SmNode;

/* Lines that a dialogue has for all occasions, or for one mood. */
typedef struct {
    char **opens;  /* said before anything else; of a mood alone */
    char **again;  /* when waiting too long */
    char **thanks;
    char **angry;
} SmLines;

typedef struct {
    char *id;
    char *language;        /* "zh-CN", "en" */
    char *inbox;           /* NULL: the desk's default */
    int weight;
    char **names;
    char **orders;         /* order numbers; # is a random digit. May be empty */
    GHashTable *attributes; /* char* -> char* */
    GPtrArray *nodes;      /* SmNode; the first is the start */
    SmLines lines;
    SmLines moods[SM_MOODS]; /* what somebody in that mood says instead; empty: as the others */
} SmDialogue;

/* A stretch of a shift with its own rate of arrival. */
typedef struct {
    int64_t lasts;     /* ms */
    double per_minute; /* mean */
} SmStretch;

/* What a shift must come to. Shares are 0 to 1; -1: not asked for. */
typedef struct {
    double thanked;         /* at least: of the customers who came */
    double within;          /* at least: turns answered before the agent's deadline */
    int64_t first_response; /* at most: mean, ms */
    int64_t response;       /* at most: nine in ten, ms */
    int mistakes;           /* at most */
} SmGoals;
/* As the scenario's file says, in goals that are laid over it. */
#define SM_GOAL_AS_FILE (-2)
#define SM_GOALS_AS_FILE                                                                                              \
    {                                                                                                                  \
        SM_GOAL_AS_FILE, SM_GOAL_AS_FILE, SM_GOAL_AS_FILE, SM_GOAL_AS_FILE, SM_GOAL_AS_FILE                            \
    }

typedef struct {
    char *id;              /* file name without .yaml */
    SmPhrase *title;
    SmPhrase *about;
    GPtrArray *personas;   /* SmPersona */
    GPtrArray *dialogues;  /* SmDialogue */
    int64_t duration;      /* of a shift; -1: until stopped */
    int at_once;           /* most customers at once; 0: no bound */
    double per_minute;     /* mean rate of arrival where no stretch says otherwise */
    GArray *curve;         /* SmStretch, one after the other from the start; may be empty */
    int64_t *first;        /* instants of the first arrivals */
    guint n_first;
    int total;             /* customers in all; 0: no bound */
    gboolean preview;      /* the desk of practice shows what customers are writing */
    SmGoals goals;
} SmScenario;

/* The file, and those it includes: beside it, else among the shipped ones. */
SmScenario *sm_scenario_load(const char *path, SmFindings *findings); /* NULL when there are errors */
/* What `over` asks for takes the place of the file's. */
void sm_scenario_ask(SmScenario *scenario, const SmGoals *over);
void sm_scenario_free(SmScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmScenario, sm_scenario_free)
const SmNode *sm_dialogue_node(const SmDialogue *dialogue, const char *id); /* NULL */
/* Where this answer leads from a node: a node id, "thanks" or "angry". Never NULL. */
const char *sm_node_next(const SmNode *node, const char *answer);
/* The way on that such an answer takes; NULL: none, so `otherwise`. */
const SmNodeRoute *sm_node_route(const SmNode *node, const char *answer);
/* An answer that leads from this node towards "thanks": the file's own, else words that the shortest way on
 * asks for. NULL: there is none (the loader refuses such a file). Caller frees. */
char *sm_dialogue_answer(const SmDialogue *dialogue, const SmNode *node);
/* Such an answer leads nearer to "thanks", and not by a mistake. */
gboolean sm_dialogue_helps(const SmDialogue *dialogue, const SmNode *node, const char *answer);
/* The question that can be asked together with a node's, because one answer can help with both: that which an answer to the
 * first leads to. NULL: there is none. *answer (may be NULL): what helps with both; caller frees. */
const SmNode *sm_dialogue_second(const SmDialogue *dialogue, const SmNode *node, char **answer);
/* Answers that are still needed from a node until "thanks", by ways on that are no mistakes; -1: no way leads there. */
int sm_dialogue_distance(const SmDialogue *dialogue, const SmNode *node);

/* Mean rate of arrival `at` ms after the start; *until: the instant at which it changes (INT64_MAX: never). */
double sm_scenario_rate(const SmScenario *scenario, int64_t at, int64_t *until);

/* How fast customers may live, against real time. */
#define SM_SPEED_LEAST 0.1
#define SM_SPEED_MOST 100.0

/* "20/min", "100/h", "3/s": customers per minute. FALSE if it is none. */
gboolean sm_rate_parse(const char *text, double *per_minute);

#endif
