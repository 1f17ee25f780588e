/* SPDX-License-Identifier: MIT */
/* figures_private: rows as they are kept. figures.c makes them from turns, figures_log.c from what
 * lies between turns (ratings, orders, who had how many), figures_value.c makes numbers of them. */
#ifndef DESK_FIGURES_PRIVATE_H
#define DESK_FIGURES_PRIVATE_H

#include "seatmux/desk/figures.h"

#define DESK (1u << SM_SCOPE_DESK)
#define TEAM (1u << SM_SCOPE_TEAM)
#define AGENT (1u << SM_SCOPE_AGENT)

typedef struct SmFigureLog SmFigureLog; /* figures_log.c */

struct SmFigures {
    int64_t from, to, now;
    GPtrArray *rows[SM_FIGURE_N];              /* SmFigureRow */
    GStringChunk *names;                       /* conversations, teams, agents: each once */
    GTimeZone *zone;                           /* of hours and days */
    GHashTable *inboxes;                       /* conversation -> inbox, both of names */
    GHashTable *index[SM_FIGURE_N][SM_SCOPES]; /* id -> GPtrArray of rows; NULL: not made yet */
    gboolean indexed;                          /* some are made */
    SmFigureLog *log;                          /* NULL: no record was read */
    int enquiry_days;
    SmFiguresVisit visit; /* NULL: nobody looks */
    void *visit_user;
};

const char *sm_figures_name(SmFigures *f,
                            const char *text); /* kept once: the same text, the same pointer */
gboolean sm_figures_in_period(const SmFigures *f, int64_t at);
/* A row of the conversation with nothing else set. `at`: the time by which it belongs to a period.
 */
SmFigureRow sm_figures_blank(SmFigures *f, const char *conversation, int64_t at);
SmFigureRow *sm_figures_row(SmFigures *f, SmFigure figure, guint scopes, const SmFigureRow *like,
                            int64_t value, int within);
json_t *sm_figure_value_json(const SmFigureValue *value); /* VALUE of report.h; new reference */
void sm_figures_drop_index(SmFigures *f); /* rows are about to change */
void sm_figures_log_free(SmFigureLog *log);

#endif
