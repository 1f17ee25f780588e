/* SPDX-License-Identifier: MIT */
/* app: the agent's workstation without a screen: which chats are where, what is being written, what a
 * key means now, what to tell the agent. Headless: tests press keys and read this state; the ui draws it.
 * One struct, owned by main. */
#ifndef SEATMUX_APP_APP_H
#define SEATMUX_APP_APP_H

#include <glib.h>

#include "seatmux/alert/policy.h"
#include "seatmux/app/action.h"
#include "seatmux/app/card.h"
#include "seatmux/app/key.h"
#include "seatmux/app/keymap.h"
#include "seatmux/app/layout.h"
#include "seatmux/app/option.h"
#include "seatmux/app/popup.h"
#include "seatmux/app/reply.h"
#include "seatmux/app/supervise.h"
#include "seatmux/net/client.h"
#include "seatmux/text/line_editor.h"
#include "seatmux/text/spell.h"
#include "seatmux/text/words.h"

/* What has to be drawn again. */
enum {
    SM_DIRTY_BAR = 1 << 0,
    SM_DIRTY_PANES = 1 << 1,    /* contents of all panes */
    SM_DIRTY_COMPOSER = 1 << 2, /* of the focused pane */
    SM_DIRTY_CLOCKS = 1 << 3,   /* the clocks' own cells */
    SM_DIRTY_POPUP = 1 << 4,
    SM_DIRTY_BOTTOM = 1 << 5,   /* hint and message line */
    SM_DIRTY_ALL = (1 << 6) - 1,
};

/* What the app asks of whoever shows it. All are called on the loop; none may block. */
typedef struct {
    void (*dirty)(guint what, gboolean key, void *user); /* key: caused by a key; its frame comes at once */
    void (*bell)(void *user);
    void (*title)(const SmSafe *title, void *user);
    void (*alert)(const SmAlertDecision *decision, void *user); /* desktop, terminal, hook, bell: as routes say */
    char *(*copy)(const SmSafe *text, void *user); /* what of it was not done, in the reader's language, the app frees it; NULL: all was */
    void (*repaint)(void *user);
    void (*suspend)(void *user);
    void (*edit)(const char *text, void *user); /* $EDITOR; answered by sm_app_edited() */
    void (*mouse)(gboolean on, void *user);
    /* Show the whole screen in this theme. FALSE: there is none of this name, or it has errors (said); all stays. */
    gboolean (*theme)(const char *name, void *user);
    void (*quit)(void *user);
    void *user;
} SmAppShow;

/* Somebody who looks on in practice. Each may be NULL; texts are raw and freed by the app. */
typedef struct {
    /* What the customer would like to hear; NULL: not now. Without it nobody helps, and there are no live hints. */
    char *(*hint)(const char *conversation, void *user);
    /* Would this answer help the customer now? */
    gboolean (*fits)(const char *conversation, const char *text, void *user);
    /* Why the last answer did not help, "": it lacked what was asked for; NULL: it did, or there was none. */
    char *(*missed)(const char *conversation, void *user);
    /* A message was sent that was typed by hand, so many characters in so many ms from the first key on. */
    void (*typed)(int64_t characters, int64_t ms, void *user);
    /* How it goes so far, lines; of one conversation, or (NULL) of the shift. NULL: nothing to say yet. */
    char *(*debrief)(const char *conversation, void *user);
    void *user;
    void (*pause)(gboolean on, void *user); /* the time of desk and customers stands still, or goes on; NULL: it can't */
} SmAppCoach;

typedef struct {
    SmLoop *loop;
    SmClient *client;      /* not owned; its handler must forward to sm_app_* below */
    SmOptions *options;    /* owned from here on */
    SmKeymap *keymap;      /* owned */
    SmReplies *replies;    /* owned; may be NULL */
    SmWords *words;        /* word lists for what is written; owned; may be NULL */
    SmTrace *trace;        /* not owned */
    const SmAppShow *show; /* copied */
    char **reply_directories; /* as sm_replies_load(), for reloading; owned; NULL: never */
    char **word_directories;  /* the same of the word lists */
    char *state_file;      /* layout and use counts, read at start, written at quit; NULL: none */
    gboolean practice;     /* says so in the bar */
    gboolean supervise;    /* begins with the queue view */
    gboolean lines;        /* read out line by line: no panes, no keys, commands are typed by name */
    SmAppCoach coach;      /* practice with a coach; all NULL: none */
} SmAppSetup;

SmApp *sm_app_new(const SmAppSetup *setup);
void sm_app_free(SmApp *app); /* drafts and layout are saved first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmApp, sm_app_free)

/* --- In: from the terminal ----------------------------------------------------------------------- */

void sm_app_resize(SmApp *app, int rows, int columns); /* the whole screen: chooses presets, list, short forms */
void sm_app_key(SmApp *app, SmKey key);                     /* a stroke that types nothing, or Ctrl/Alt */
/* The bytes that the next key or text came from, for /keys-test; what no key is known for is told with `unknown`. */
void sm_app_raw(SmApp *app, const char *bytes, gsize n, gboolean unknown);
void sm_app_text(SmApp *app, const char *utf8, SmKey key);  /* typed text; key as SmInput's */
void sm_app_paste(SmApp *app, const char *utf8, gsize n, gsize dropped);
void sm_app_focus(SmApp *app, gboolean focused);            /* the terminal's window */
/* $EDITOR is back; text NULL: unchanged. FALSE: its chat is gone; that the text stays in `file` has been said. */
gboolean sm_app_edited(SmApp *app, const char *text, const char *file, const GError *error);
/* After a frame: this chat's newest counted line, `n`, is drawn uncovered at the bottom of a pane (once for each
 * visible pane). Feeds `seen` (700 ms) and unread marks. */
void sm_app_drawn(SmApp *app, const char *conversation, int64_t n);
/* A left click at a cell of the pane area focuses that pane. Wheel lines (negative up): what lies above the panes moves by
 * them, else the pane at that cell scrolls. */
void sm_app_click(SmApp *app, int y, int x);
void sm_app_wheel(SmApp *app, int y, int x, int lines);
/* The border that can be dragged at a cell of the pane area; FALSE: none there now. Dragged to a cell: as near as the
 * least sizes of panes allow. */
gboolean sm_app_border_at(SmApp *app, int y, int x, SmBorder *border);
void sm_app_move_border(SmApp *app, const SmBorder *border, int y, int x);
/* Lists with rows that can be clicked, and what `row` counts. */
typedef enum {
    SM_LIST_POPUP,      /* rows of the popup */
    SM_LIST_WHICH_KEY,  /* the same, of the which-key panel */
    SM_LIST_CHATS,      /* sm_app_chats() */
    SM_LIST_CARD,       /* rows of the card */
    SM_LIST_QUEUE_ROWS, /* rows of the queue view */
    SM_LIST_QUEUES,     /* its queues */
} SmListKind;
/* A left click on a row selects it; `again`, right after a click on the same row, it is Enter. Chats, queues and
 * the which-key panel have no selection of their own: one click goes there. */
void sm_app_click_row(SmApp *app, SmListKind list, guint row, gboolean again);
/* Wheel lines over the card: its lines move, with the keys on it. */
void sm_app_card_wheel(SmApp *app, int lines);
/* A left click beside an open list closes it. */
void sm_app_click_outside(SmApp *app);
/* A person did something, other than by the calls above. */
void sm_app_typed(SmApp *app);
/* The open popup without keys: another row, its Enter, another text in its line. Nothing where none is open. */
void sm_app_popup_select(SmApp *app, int row);
void sm_app_popup_accept(SmApp *app);
void sm_app_popup_type(SmApp *app, const char *text);
/* Command text as typed in the palette. FALSE: no such command; the message line says so. */
gboolean sm_app_run(SmApp *app, const char *command);

/* --- In: from the client (forward the handler's calls) -------------------------------------------- */

void sm_app_changed(SmApp *app, const GPtrArray *touched);
void sm_app_linked(SmApp *app);
void sm_app_sending(SmApp *app, const SmOutboxEntry *entry);
void sm_app_ephemeral(SmApp *app, const json_t *event);
void sm_app_erased(SmApp *app, const char *content);
/* State of the desktop route in words for the status line ("D-Bus", "no bus: OSC 777 + bell"). */
void sm_app_alert_route(SmApp *app, const char *words);
/* The person took the notification in this slot away (SmAlertDecision). */
void sm_app_alert_closed(SmApp *app, guint32 slot);
/* A click on a notification, or any wish to see this chat. */
void sm_app_open(SmApp *app, const char *conversation);
/* Say something on the message line (also kept in the log of the last ten). */
void sm_app_say(SmApp *app, const SmSafe *words, gboolean error);

/* --- Out: what the ui draws ------------------------------------------------------------------------ */

SmClient *sm_app_client(SmApp *app);
SmOptions *sm_app_options(SmApp *app);
SmKeymap *sm_app_keymap(SmApp *app);
SmLayout *sm_app_layout(SmApp *app);
const SmPopup *sm_app_popup(SmApp *app);   /* kind NONE: nothing open */
SmPopup *sm_app_popup_scroll(SmApp *app);  /* the same, for the ui to keep `top` */
gboolean sm_app_paused(SmApp *app);        /* practice: time stands still */
int64_t sm_app_now(SmApp *app);            /* desk time for clocks */
int64_t sm_app_tick_at(SmApp *app);        /* boot ms at which clocks must be drawn again (whole desk second, or a
                                              change of level); INT64_MAX: no clock is visible */
/* Where the parts of the screen are, in its own rows and columns. A row of -1: left out for want of room. Panes'
 * places (SmPane) and sm_app_click() count within the pane area. */
typedef struct {
    int bar, hints, message;       /* rows */
    int y, x, rows, columns;       /* the pane area */
    int card_y, card_x, card_rows, card_columns; /* the contact's card: right of the panes, or above them; rows 0: none */
    int list_x, list_columns;      /* the chat list at its left, before a column of border; columns 0: none */
} SmAppScreen;
SmAppScreen sm_app_screen(SmApp *app);
gboolean sm_app_list_pane(SmApp *app);     /* the 22-column chat list is part of the screen (100+ columns, one pane) */

/* One chat as the screen shows it, beside what the desk knows. */
typedef struct {
    const SmConversation *conversation; /* NULL: gone (forgotten) */
    SmSafe *name;       /* screen form of the customer's name, or of "customer" */
    guint unread;       /* customer messages not yet seen */
    int64_t unread_seq; /* lines after this seq are new; 0: none */
    int64_t unread_at;  /* desk ms of the last seen line, for "2 new since 14:29" */
    gboolean typing;    /* the customer is typing */
    SmSafe *preview;    /* what they are typing, where the desk shows it; NULL: not known */
    SmEditor *editor;   /* the composer; made on first use */
    gboolean note;      /* it is a note in the making */
    gboolean answered_meanwhile; /* another client or colleague answered while a draft stood here */
    SmSafe *offer;           /* the frequent question that fits what was asked last, for one line; NULL: none */
    const char *draft_reply; /* code of the quick reply in the composer, for the status line; NULL */
    int scroll;         /* drawn rows hidden below the bottom; 0: at the bottom */
    const char *find;   /* what is looked for in this chat: drawn as a match; NULL: nothing */
    int64_t find_seq;   /* the line that is looked at; 0: none */
    gboolean reveal;    /* the next frame scrolls so that this line is seen (sm_app_scroll_to) */
    int64_t guard_until; /* boot ms until which Enter is ignored after a focus change */
    const char *id;      /* the conversation's id, also when it is gone */
} SmChat;
/* A team as people call it; its id where it has no name or is not known. NULL: "". New reference. */
SmSafe *sm_app_team(SmApp *app, const char *id);
SmChat *sm_app_chat(SmApp *app, const char *conversation); /* NULL: not one of ours; stays valid while we have it */
/* Own chats (owned by me, not resolved, and resolved ones still in a pane), in the order of the list. Borrowed. */
const GPtrArray *sm_app_chats(SmApp *app);
/* The chats as lists of them show them: in that same order, so that none moves, or by time left (option chats.order). Borrowed
 * SmChat, until the next call. */
const GPtrArray *sm_app_listed(SmApp *app);
/* What stands behind the + of a chat that no pane shows, from 1: its place in the order that does not change. 0: unknown. */
int sm_app_chat_place(SmApp *app, const SmChat *chat);
/* Whether the agent is looking at it, at its newest line: what comes is read within a second, and nothing needs to point there. */
gboolean sm_app_reads(SmApp *app, const SmChat *chat);
/* Chats by time left, for the `act:` list: overdue first. Borrowed SmChat. */
const GPtrArray *sm_app_urgent(SmApp *app);
/* The ui tells how many rows a pane's text takes, so that scrolling stops at the top. */
void sm_app_scroll_limit(SmApp *app, const char *conversation, int rows_above);
/* The line that was to be revealed is seen when so many rows are hidden below; -1: it is seen already. */
void sm_app_scroll_to(SmApp *app, const char *conversation, int rows);
/* So many rows came below a view that is scrolled back: it is moved by as many, so that it stands still. */
void sm_app_scroll_hold(SmApp *app, const char *conversation, int rows);

/* Raw text as the screen shows it: safe, and where `mask.numbers` says so card and identity numbers but for their last
 * four digits. In one line, or as a `block`. New reference. */
SmSafe *sm_app_shown(SmApp *app, const char *raw, gboolean block);
gboolean sm_app_masks(SmApp *app); /* the setting */

/* A place in a composer's text that should be looked at before it is sent. Later kinds are worse. */
typedef enum { SM_MARK_MISSPELT, SM_MARK_WARNED, SM_MARK_BLOCKED } SmMarkKind;
typedef struct {
    gsize start, len; /* bytes */
    SmMarkKind kind;
    const SmWordRule *rule; /* NULL: misspelt */
} SmMark;
/* Of the chat's composer, in order of place; valid until its text changes. NULL: none. */
const GArray *sm_app_marks(SmApp *app, const SmChat *chat);
/* A key is drawn first: while this is on, word lists are not searched where they found nothing before, nor dictionaries asked; the next
 * call of sm_app_marks() after it does both. */
void sm_app_marks_wait(SmApp *app, gboolean wait);
/* Words of it that no dictionary knows, but for the one that is being typed; -1: nothing was looked up. While newer text is looked up,
 * those that still stand there. */
int sm_app_misspelt(SmApp *app, const SmChat *chat);
/* The one to be told about, of a word list; NULL: none. */
const SmMark *sm_app_worst_mark(SmApp *app, const SmChat *chat);
/* What is wrong there, and what to say instead, for one line. New reference. */
SmSafe *sm_app_mark_words(SmApp *app, const SmChat *chat, const SmMark *mark);

/* Who else is at this chat, a line each, the most urgent first: who writes, who looks, who was invited, who is asked to take
 * it. SmSafe; caller unrefs the array. */
GPtrArray *sm_app_people(SmApp *app, const char *conversation);

/* A file on its way to or from the desk. */
typedef struct {
    SmSafe *name;
    gboolean sending;
    int64_t size, done; /* bytes; 0: not known yet */
} SmTransferView;
const char *sm_app_file_kind(const char *type); /* "picture", of a MIME type; to be translated; static */
const GPtrArray *sm_app_transfers(SmApp *app, const char *conversation); /* SmTransferView; borrowed until the next call */

typedef struct {
    SmSafe *words;
    int64_t at;      /* wall ms */
    gboolean error;
    guint64 serial;  /* 1, 2, ...: of all that was said in this run */
    gboolean spoken; /* a reader of new lines and clocks has it already */
} SmToast;
const SmToast *sm_app_toast(SmApp *app);     /* what the message line says now; NULL: nothing */
/* Live hints are on, in practice. */
gboolean sm_app_coached(SmApp *app);
/* What the coach says now, in place of the hints of keys; NULL: nothing. Caller unrefs. */
SmSafe *sm_app_coach_line(SmApp *app);
const GPtrArray *sm_app_toasts(SmApp *app);  /* the last ten, newest last */
guint sm_app_held(SmApp *app);               /* "2 held" */
/* Messages left while nobody was there that are not answered yet: those that nobody has, and the agent's own. */
guint sm_app_left(SmApp *app);
const char *sm_app_alert_words(SmApp *app);  /* static route words; may be "" */
gboolean sm_app_keeps(SmApp *app);           /* FALSE: what is written is in memory alone, as sm_client_keeps(); practice: TRUE */
/* Pending strokes of an unfinished sequence, for the message line ("Ctrl-X"); "" none. Borrowed. */
const char *sm_app_pending_keys(SmApp *app);
/* The ui draws the focused composer at this width, by these widths: what Up and Down go by. */
void sm_app_composer_width(SmApp *app, const SmWidths *widths, int width);
gboolean sm_app_do_not_disturb(SmApp *app); /* alerts stay in the bar */
/* Hints for the hint bar now: pairs of key and label, most useful first. Borrowed until the next call. */
typedef struct {
    char *keys;        /* "Ctrl-N" or "^N" */
    const char *label; /* translated */
} SmHint;
const GPtrArray *sm_app_hints(SmApp *app, gboolean short_form);
SmContext sm_app_context(SmApp *app);
/* The name of one of the staff that colleagues see; `id` itself where the desk does not know it (NULL: NULL). Borrowed. */
const char *sm_app_staff(SmApp *app, const char *id);
const char *sm_availability_words(SmAvailability availability); /* as the screens say it; translated */
gboolean sm_app_practice(SmApp *app);
gboolean sm_app_locked(SmApp *app); /* nothing of the chats may be seen */
/* The desk took this password: a lock opens by it also while the desk can't be asked. It is not kept itself. */
void sm_app_know_password(SmApp *app, const char *password);
/* The contact's card; the ui keeps `top`. */
SmCard *sm_app_card(SmApp *app);
/* The queue view, drawn in place of the panes; NULL: not open. The ui keeps `top`. */
SmSupervise *sm_app_supervise(SmApp *app);

#endif
