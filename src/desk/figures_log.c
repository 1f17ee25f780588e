/* SPDX-License-Identifier: MIT */
/* figures_log: figures of a whole log, in one pass of the fold. */
#include "seatmux/desk/figures.h"

static void add_conversation(SmFigures *figures, const SmConversation *c)
{
    if (c && !c->archived && c->turns) {
        sm_figures_add(figures, c->id, c->turns);
    }
}

void sm_figures_add_archived(SmFigures *figures, const SmDesk *desk, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type == SM_EVENT_CONVERSATION_ARCHIVED && event->conversation) {
            add_conversation(figures, sm_desk_conversation(desk, event->conversation));
        }
    }
}

void sm_figures_add_rest(SmFigures *figures, SmDesk *desk)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    for (guint i = 0; i < all->len; i++) {
        add_conversation(figures, all->pdata[i]);
    }
}
