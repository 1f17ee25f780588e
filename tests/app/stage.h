/* SPDX-License-Identifier: MIT */
/* stage: an app over a real client and a scripted desk on a virtual loop, with a screen that only
 * writes down what it is asked for. */
#ifndef SEATMUX_TESTS_APP_STAGE_H
#define SEATMUX_TESTS_APP_STAGE_H

#include "script.h"
#include "seatmux/app/app.h"

typedef struct {
    SmLoop *loop;
    Script *script;
    SmRng *rng;
    SmJournalStore *store;
    SmClient *client;
    SmApp *app;
    GString *alerts; /* "message:Chen warning:Chen " of decisions that leave the bar */
    GString *copied;
    char *title;
    char *edited; /* what $EDITOR was given */
    char *theme;  /* shown now; NULL: that of the start */
    guint quits, suspends, repaints;
    char *state_file;  /* NULL: none */
    const char *map;   /* key map; NULL: default */
    const char *words; /* directory of word lists, watched; NULL: the shipped ones */
    const char *packs; /* directory of quick replies; NULL: the shipped ones */
    SmAppCoach coach;  /* all NULL: no practice */
} Stage;

void stage_init(Stage *s, int rows, int columns);
void stage_open(Stage *s, int rows, int columns); /* client and app on what is kept */
void stage_close(Stage *s);                       /* a clean end; stage_open() goes on */
void stage_clear(Stage *s);
void stage_run(Stage *s, int64_t ms);
void stage_settle(Stage *s); /* answers and deliveries of what was asked */
/* Keys by name, separated by blanks: "C-x a", and text as it is typed, character by character. */
void stage_keys(Stage *s, const char *names);
void stage_type(Stage *s, const char *text);
/* A frame: the newest line of every shown chat is drawn at the bottom. */
void stage_draw(Stage *s);
const char *stage_said(Stage *s);         /* the last toast; "" */
const char *stage_text(Stage *s);         /* of the focused composer; "" */
SmChat *stage_chat(Stage *s);             /* of the focused pane; NULL */
SmChat *stage_pane(Stage *s, int number); /* NULL: empty */
/* A chat of mia on the screen. Borrowed id. */
const char *stage_conversation(Stage *s, const char *customer);

void add_desk_tests(void);
void add_compose_tests(void);
void add_alert_tests(void);
void add_popup_tests(void);
void add_keystroke_tests(void);
void add_supervise_tests(void);

#endif
