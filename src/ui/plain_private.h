/* SPDX-License-Identifier: MIT */
/* plain_private: what the parts of the line mode share. */
#ifndef UI_PLAIN_PRIVATE_H
#define UI_PLAIN_PRIVATE_H

#include "seatmux/ui/plain.h"

#include "ui/alarm.h"
#include "ui/editor_child.h"

/* What was said of a chat. */
typedef struct {
    int64_t seq; /* lines up to here */
    int level;   /* of its clock, the last that was said */
    char *people; /* who else is at it, as it was said; NULL: nobody */
    char *offer;  /* the answer that was offered last; NULL */
} SmPlainTold;

struct SmPlain {
    SmLoop *loop;
    SmApp *app;
    SmAlarm *alarm;
    SmEditorChild *editor;
    SmUiSetup setup; /* what sm_plain_attach() passes on */
    char *state_file, *notice;
    gboolean asks; /* a prompt is shown: a terminal is there */
    guint signals[3];
    int status;
    gboolean refused;    /* the last message was not sent and lies in the composer */
    int64_t leave_at;    /* boot ms: nothing more comes in, it ends then; 0 */

    /* plain_io.c */
    GString *in, *out;
    gboolean too_long; /* the rest of a line is passed over */
    gboolean at_prompt; /* the prompt stands, nothing after it */
    gboolean prompt_due; /* a line was taken since it was shown */
    char *prompt;       /* as it was shown last; NULL */
    gboolean ended;    /* nothing more comes in */
    gboolean lent;     /* the terminal is an editor's: nothing is read, and what is said waits */
    guint64 in_watch, out_watch;

    /* plain_say.c */
    guint64 flush, tick;
    GHashTable *told; /* chat id -> SmPlainTold */
    guint64 draft;    /* revision of the text that was read out */
    char *here;       /* chat that has the focus, as it was said; NULL */
    guint64 toast;    /* serial of the last one said */
    SmLinkState link;
    GHashTable *waiting; /* ids of messages that were said to wait */

    /* plain_popup.c */
    guint popup_hash; /* of what was read out */
    guint popup_from; /* first row of the page */
    gboolean popup_open;
};

/* --- plain_io.c: lines in and out */
void sm_plain_begin_io(SmPlain *plain);
void sm_plain_end_io(SmPlain *plain); /* what waits is written, for a second at most */
void sm_plain_lend(SmPlain *plain, gboolean lent); /* to a program that reads and writes there itself */
void sm_plain_say(SmPlain *plain, const char *format, ...) G_GNUC_PRINTF(2, 3); /* our words alone; one line */
void sm_plain_line(SmPlain *plain, SmSafe *words); /* takes the reference; several lines are fine */
void sm_plain_bell(SmPlain *plain);
void sm_plain_prompt(SmPlain *plain);
/* Called with each line that comes in, without its end; NULL: that was the last. */
void sm_plain_take(SmPlain *plain, const char *line);

/* --- plain_people.c: beside the lines */
void sm_plain_say_people(SmPlain *plain, SmChat *chat, SmPlainTold *told); /* who looks, writes, is asked to take it */
void sm_plain_say_offer(SmPlain *plain, SmChat *chat, SmPlainTold *told);
void sm_plain_say_card(SmPlain *plain); /* when it was asked for and is there */
void sm_plain_told_free(void *told);

/* --- plain_say.c: what happened, as lines */
void sm_plain_mark(SmPlain *plain); /* something may have */
void sm_plain_toasts(SmPlain *plain); /* what the message line says, now */
void sm_plain_where(SmPlain *plain);
SmChat *sm_plain_here(SmPlain *plain); /* the chat one is at; NULL: none */
void sm_plain_card(SmPlain *plain); /* what is known of whom one talks to, as soon as the desk has said it */
void sm_plain_draft(SmPlain *plain); /* what lies in the composer, and what it lacks; nothing where it is empty */
void sm_plain_read(SmPlain *plain, guint lines); /* the last lines of this chat again */

/* --- plain_popup.c: lists and questions */
gboolean sm_plain_popup_say(SmPlain *plain);
gboolean sm_plain_popup_take(SmPlain *plain, const char *line); /* FALSE: none is open */

#endif
