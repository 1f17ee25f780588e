/* SPDX-License-Identifier: MIT */
/* app_private: what the parts of the app share. Each file changes the part of the state that it is
 * about; others ask it by the functions here. */
#ifndef APP_APP_PRIVATE_H
#define APP_APP_PRIVATE_H

#include "seatmux/app/intl.h"
#include "seatmux/app/app.h"
#include "seatmux/app/faq.h"
#include "seatmux/base/password_mark.h"

#define SM_GUARD_MS 300      /* Enter is ignored this long after a focus change */
#define SM_SEEN_MS 700       /* a line drawn this long has been seen */
#define SM_WHICH_KEY_MS 400  /* the panel of what may follow */
#define SM_TYPING_MS 6000    /* "is typing" lasts so long after the last sign */
#define SM_TOAST_MS 8000     /* the message line says a thing so long */
#define SM_COMPOSER_WIDTH 60 /* until the ui has said at what width it draws */
#define SM_LAYOUTS_MOST 32       /* layouts with a name */
#define SM_LAYOUT_NAME_CHARS 20
#define SM_DRAWN_STEPS 8     /* places of one chat on their way to being seen */

/* A line number that is being looked at. */
typedef struct {
    int64_t n;
    int64_t since; /* boot ms */
} SmLooked;

/* A chat as the app keeps it; SmChat comes first, so one is the other. */
typedef struct {
    SmChat chat;
    SmApp *app;
    char *id;
    SmEditor *message, *note; /* two composers: what is written in one is never sent as the other */
    guint64 message_saved, note_saved; /* text revisions the journal has */
    gboolean mine;                     /* owned by this agent, not resolved */
    gboolean fresh;                    /* not looked at by app_alerts.c yet */
    int64_t read_n;                    /* customer's lines up to here are read */
    int64_t seen;                      /* highest n drawn for SM_SEEN_MS */
    int64_t typed, typed_since;        /* characters typed since the composer was empty, and from when (boot ms) */
    SmLooked looked[SM_DRAWN_STEPS];
    guint n_looked;
    int64_t alerted_n;   /* lines up to here have been alerted */
    int64_t watched_due; /* deadline whose levels are watched; -1: none */
    int64_t repeat_at;   /* boot ms of the next repetition of the alert; 0: none */
    guint repeats;       /* done */
    int watched_level;   /* 0, 1, 2 warnings, 3 overdue: alerted so far */
    int64_t answered_n;  /* last line of somebody else of the staff, for answered_meanwhile */
    int scroll_limit;
    int64_t typing_until; /* boot ms */
    GPtrArray *colleagues;         /* SmColleague, app_people.c; NULL: nobody was heard of */
    gboolean guest;                /* invited into it, or asked to take it */
    gboolean joins;                /* it became mine or a guest's with this change; see meet() */
    gboolean asked, invited, asks; /* so far: this agent is asked, is invited, asks another */
    int64_t over_it;               /* boot ms until which Enter sends although a colleague writes, or it looks like a command */
    char *draft_reply;
    GArray *marks; /* SmMark of app_writing.c: of this editor, text and stamp */
    const SmEditor *marked;
    guint64 marked_revision, marked_stamp;
    guint word_marks; /* how many of `marks` word lists made */
    GArray *misspelt; /* SmSpellWord: of spelt_text, which the editor `spelt` held then; NULL: not known */
    char *spelt_text;
    const SmEditor *spelt;
    guint64 spelt_revision;
    gboolean spelt_known; /* a dictionary was there */
    guint history; /* place in earlier replies; 0: the draft itself */
    char *history_draft;
    int64_t joined; /* order in the list */
    GPtrArray *offers;  /* const SmReply: frequent questions that fit; NULL: none */
    int64_t offered_n;  /* version of the chat they were looked for at */
} SmOwnChat;

typedef struct SmScorecard SmScorecard;
typedef struct SmReviewing SmReviewing;
void sm_reviewing_free(SmReviewing *reviewing); /* NULL is fine */
typedef struct SmVisitors SmVisitors;

/* What a popup does. `filter` fills popup->rows anew for what is typed; the others may be NULL. */
typedef struct {
    void (*refill)(SmApp *app, const char *typed);
    void (*choose)(SmApp *app, const char *value, const char *typed);
    void (*moved)(SmApp *app);                      /* another row is selected */
    gboolean (*key)(SmApp *app, SmKey key);         /* TRUE: it was for this popup */
    gboolean (*text)(SmApp *app, const char *utf8); /* TRUE: taken */
    void (*closed)(SmApp *app);
    gboolean (*back)(SmApp *app); /* Esc: TRUE: it went back to where it was opened from */
} SmPopupOps;

/* What find in this chat is about, popups_find.c. */
typedef struct {
    char *conversation; /* NULL: not open */
    char *needle;
    GArray *hits; /* int64_t: seq of the lines that hold it, newest first */
    guint at;     /* the one that is looked at */
    guint pages;  /* of older lines that may still be fetched for this step */
    gboolean fetching;
    gboolean stay; /* Enter: the view stays where it is */
    int scroll_before;
    int64_t want;        /* the line to be shown first, however old; 0: the newest */
    gboolean from_search; /* Esc goes back to what was found */
} SmFind;

typedef struct SmTransfer SmTransfer;
typedef struct SmColleague SmColleague;
typedef struct SmAlerts SmAlerts;
typedef struct SmSupervision SmSupervision;
typedef struct SmAim SmAim;
typedef struct SmKeysTest SmKeysTest;
typedef struct SmCopy SmCopy;     /* popups_copy.c */
typedef struct SmSearch SmSearch; /* popups_search.c */

/* Outlives the app while answers of the desk are still to come. */
typedef struct {
    SmApp *app; /* NULL: gone */
    guint refs;
} SmLife;
SmLife *sm_life_ref(SmLife *life);
void sm_life_unref(SmLife *life);
typedef struct SmSpellAsked SmSpellAsked; /* app_writing.c */

struct SmApp {
    SmLoop *loop;
    SmClient *client;
    SmOptions *options;
    SmKeymap *keymap;
    SmReplies *replies;
    SmTrace *trace;
    SmAppShow show;
    char *state_file;
    gboolean practice;
    gboolean lines; /* no panes, no keys */

    /* app_lock.c */
    gboolean locked, logging_in;
    SmPasswordMark *mark; /* of the password that the desk took last; NULL: not known */
    SmPasswordMark *typed; /* of the one that it is asked about */
    gboolean typed_fits;  /* which is the same */
    guint question, asked_for; /* questions for a password so far; the one that the desk is asked about */
    guint guesses;        /* wrong ones that only we have seen */
    guint64 patience;     /* until the desk has been asked long enough */
    int64_t key_at; /* boot ms of the last key */
    guint64 lock_timer;

    SmAppCoach coach;
    char *fit_chat, *fit_code; /* the quick reply that fits there, of that version of the conversation */
    int64_t fit_version;
    SmStep told_step; /* of the ladder, on the message line */
    SmLife *life;
    guint asking;

    /* app_screen.c */
    int rows, columns;
    SmLayout *layout;
    GHashTable *layouts; /* name -> text of layout.h */
    gboolean automatic; /* the layout follows the screen's size */
    gboolean restored;  /* the layout is that of the last run */
    SmAppScreen screen;
    SmFocus focus; /* of the terminal's window */
    int back_pane; /* where chat-back goes */
    char *back_chat;

    /* app_chats.c */
    GHashTable *chats; /* id -> SmOwnChat */
    GPtrArray *list;   /* SmChat: own chats in order */
    GPtrArray *urgent; /* SmChat by time left */
    GPtrArray *listed; /* all of them by time left, where that is wished */
    int64_t joined;
    guint64 look_timer, typing_timer, people_timer, looking_timer, offers_timer;
    int64_t offers_from; /* boot ms from which on frequent questions are looked for again */
    GHashTable *read_marks; /* id -> int64_t*: of the state file */
    gboolean loaded;        /* the desk was seen once */
    gboolean told_left;     /* at login: how many messages were left */
    SmKillRing *ring;

    /* app_files.c */
    GPtrArray *transfers;       /* SmTransfer */
    GPtrArray *transfers_shown; /* answer of sm_app_transfers() */
    struct SmWorker *disk;      /* NULL: nothing was read or written yet */

    /* app_compose.c */
    GHashTable *held_since; /* outbox id -> int64_t* boot ms */
    SmWidths widths;        /* of the composer as it is drawn */
    int width;
    char *edited_chat; /* whose draft is in $EDITOR */
    gboolean edited_note;

    /* app_keys.c */
    SmKey pending[SM_KEY_SEQUENCE];
    guint n_pending;
    char *pending_words;
    guint64 which_key_timer;
    guint64 keys_pressed; /* text and pastes too */
    gboolean late;        /* in the call of an answer: keys were pressed since it was asked for */
    gboolean by_key; /* in a key's call: its frame comes at once */
    GPtrArray *hints;

    /* popups.c */
    SmPopup popup;
    const SmPopupOps *popup_ops;
    SmAim *aim; /* rows of the queue view that the popup, or the command it runs, is about; NULL: it was not open */
    guint64 filter_revision;
    char *popup_data; /* what it was opened for: a chat, an action */
    char *popup_data2;
    SmKeysTest *keys_test;
    char raw[64]; /* of the key that comes now, in hex */
    SmFind find;
    SmCopy *copy;         /* NULL: copy mode is not open */
    SmSearch *search;     /* NULL: nothing was searched yet */
    guint64 list_timer; /* clocks of an open list */

    /* app_toasts.c */
    GPtrArray *toasts;
    SmToast *toast; /* borrowed from toasts */
    guint64 toast_timer, toast_serial;

    /* app_alerts.c */
    SmAlerts *alerts;
    char *alert_words;
    char *title;

    /* card.c */
    struct {
        SmCard shown;
        char *conversation; /* whose contact; NULL: no chat */
        json_t *data;       /* as the desk gave it; NULL: not yet */
        gboolean chosen; /* somebody said whether it is shown; else the screen's size does */
        gboolean asked;
        int64_t asked_at; /* boot ms */
        int64_t changed;  /* seq of the conversation then */
        guint64 timer;
    } card;

    /* supervise.c */
    gboolean paused;        /* practice: the time of desk and customers stands still */
    SmScorecard *scorecard; /* popups_score.c; NULL: not open */
    SmReviewing *reviewing; /* the conversation under review, popups_review.c; NULL */
    SmVisitors *visitors;   /* who is on the shop's pages, popups_visitors.c; NULL: never looked at */
    json_t *review_list;    /* the desk's last list of those to look at or of what was given; NULL */
    SmSupervision *supervision; /* NULL: the queue view is not open */
    char *supervise_filters;    /* used before, newest first, a line each */
    guint batch_all, batch_open, batch_done; /* chats that one command acts on: asked, not answered, done */
    gboolean supervise_first;   /* it opens as soon as the desk says who one is */

    GHashTable *arrived; /* keys that the terminal sent: SmKey -> itself */
    GHashTable *changed_options; /* names set in this run and not saved: char* -> itself */

    /* app_writing.c */
    SmWords *words;
    SmWords *words_before;   /* what somebody may still hold a rule of; NULL */
    char **word_directories; /* NULL: they never reload */
    guint64 words_stamp;
    int64_t words_looked;    /* boot ms at which their files were looked at last */
    guint64 writing_stamp; /* changes when marks must be found anew */
    gboolean marks_wait;   /* a key is being drawn */
    SmSpeller *speller;    /* NULL: none was built in, or none was needed yet */
    SmSpellAsked *asked_speller; /* what it was asked and has not answered; NULL: nothing */

    SmFaq *faq; /* never NULL */

    /* quick replies */
    char **reply_directories; /* NULL: they never reload */
    guint64 replies_stamp;
};

/* --- app.c
 * ---------------------------------------------------------------------------------------- */

void sm_app_dirty(SmApp *app, guint what);
void sm_app_option_changed(SmApp *app, const char *name); /* set in this run: to be saved on request */
const char *sm_app_me(SmApp *app);          /* the agent's name; "" before login */
const SmAgent *sm_app_my_agent(SmApp *app); /* NULL before the desk said */
/* Save layout, use counts and read marks. */
void sm_app_save_state(SmApp *app);
void sm_app_load_state(SmApp *app);

/* --- app_screen.c
 * --------------------------------------------------------------------------------- */

void sm_app_place(SmApp *app);          /* after any change of layout or size */
void sm_app_layout_changed(SmApp *app); /* by hand: no longer automatic */
/* Focus a pane: guard, back, marks. */
void sm_app_focus_pane(SmApp *app, int id);
/* Show a chat: where it already is, else in the focused pane. */
void sm_app_go_to(SmApp *app, const char *conversation);
SmContext sm_app_base_context(SmApp *app); /* the queue view's or the panes', whatever popup is above */
SmOwnChat *sm_app_here(SmApp *app); /* chat of the focused pane; NULL: empty */
/* Put an accepted chat on the screen by the rule of empty panes, and say where it is. */
void sm_app_seat(SmApp *app, SmOwnChat *own, gboolean say);

/* --- app_chats.c
 * ---------------------------------------------------------------------------------- */

SmOwnChat *sm_chats_get(SmApp *app, const char *id);  /* known ones only */
SmOwnChat *sm_chats_need(SmApp *app, const char *id); /* made if the desk has it; NULL */
void sm_chats_update(SmApp *app, const GPtrArray *touched);
void sm_chats_order(SmApp *app);                 /* the urgent order anew */
void sm_chats_read(SmApp *app, SmOwnChat *own);  /* the agent has read it */
void sm_chats_leave(SmApp *app, SmOwnChat *own); /* focus goes elsewhere */
void sm_chats_unlook(SmApp *app);                /* what was being looked at is covered or moved */
void sm_chat_free(SmOwnChat *own);
/* "Chen Wei" of any conversation, for one line. New reference. */
SmSafe *sm_chat_name(const SmConversation *c);
const SmConversation *sm_chat_conversation(SmApp *app, const char *id);

/* --- app_compose.c
 * -------------------------------------------------------------------------------- */

SmEditor *sm_compose_editor(SmApp *app); /* of the popup, else of the focused pane; NULL: none */
SmEditor *sm_compose_editor_of(SmOwnChat *own);
void sm_compose_restore(SmOwnChat *own); /* drafts of the journal */
void sm_compose_save(SmOwnChat *own);    /* its draft, whether it has the focus or not */
void sm_compose_changed(SmApp *app);     /* after any edit: draft, dirty, typing */
/* An editing key with an empty composer takes a held message back into it. */
void sm_compose_before_edit(SmApp *app);
void sm_compose_send(SmApp *app, SmOwnChat *own);
/* Put a quick reply into the composer. FALSE: it did not fit, or something that it says is not known of this customer; that was said. */
gboolean sm_compose_reply(SmApp *app, SmOwnChat *own, const SmReply *reply, gsize replace_from);
/* What was refused or held in a chat that the desk has taken away: no pane shows it. NULL: nothing. */
const SmOutboxEntry *sm_compose_stray(SmApp *app);
gboolean sm_compose_tell_stray(SmApp *app); /* FALSE: there is none */
void sm_compose_put_back(SmApp *app, SmOwnChat *own, const char *text, gboolean note);
void sm_compose_say_unsent(SmApp *app); /* why nothing was taken into the outbox: the shift is paused, or it is full */
void sm_compose_note(SmApp *app, SmOwnChat *own, gboolean note);
void sm_compose_guard(SmApp *app, SmOwnChat *own);
/* Values of templates for this chat. */
typedef struct {
    SmApp *app;
    const SmConversation *conversation;
    char *kept;
} SmValues;
const char *sm_compose_value(const char *name, void *values);
/* Earlier replies of this agent, newest first; own chat's first. Caller unrefs; char* owned. */
GPtrArray *sm_compose_earlier(SmApp *app, SmOwnChat *own);

/* --- app_people.c
 * -------------------------------------------------------------------------------- */

gboolean sm_people_is_guest(SmApp *app, const SmConversation *c);
void sm_people_changed(SmApp *app, SmOwnChat *own);
void sm_people_heard(SmApp *app, SmOwnChat *own, const json_t *event); /* a colleague looks or writes */
void sm_people_wrote(SmOwnChat *own, const char *agent);
/* A colleague is writing to the same customer: said, and the message stays for a second Enter. */
gboolean sm_people_hold(SmApp *app, SmOwnChat *own);
void sm_people_looks(SmApp *app); /* another chat is looked at, or the desk is back: it is told, and again now and then */
void sm_people_go_on(SmApp *app); /* something changed: there may be something to tell again */
void sm_people_forget(SmOwnChat *own);

/* --- app_files.c, popups_files.c, actions_files.c
 * -------------------------------------------------------------------------------- */

void sm_files_new(SmApp *app);
void sm_files_free(SmApp *app); /* waits for the disk */
/* Upload and, when the desk has it, a message or note of this chat. `removes`: it is ours, and goes. */
void sm_files_send(SmApp *app, SmOwnChat *own, const char *path, gboolean removes);
/* Fetch the file of this line; to the directory or path that was typed (NULL or "": the downloads), never over another. */
void sm_files_save(SmApp *app, SmOwnChat *own, const SmLine *line, const char *typed);
void sm_files_view(SmApp *app, SmOwnChat *own, const SmLine *line); /* in the viewer of the options */
/* An absolute path, "~" is home. Caller frees. */
char *sm_files_expand(const char *typed);
/* As far as what is typed goes on in one way only. Caller frees. */
char *sm_files_complete(const char *typed);
void sm_files_ask_path(SmApp *app, SmOwnChat *own);
void sm_files_list(SmApp *app, SmOwnChat *own);
const SmLine *sm_files_nth(const SmConversation *c, guint n); /* from the newest, 1..; NULL: none */

/* --- app_writing.c
 * -------------------------------------------------------------------------------- */

/* Ends the speller and what it was asked. */
void sm_writing_end(SmApp *app);
/* A word list forbids what is in the composer: said, and the cursor is there. */
gboolean sm_writing_blocked(SmApp *app, SmOwnChat *own);

/* --- app_lock.c
 * ----------------------------------------------------------------------------------- */

void sm_lock(SmApp *app);
void sm_lock_free(SmApp *app);
void sm_lock_watch(SmApp *app);  /* the setting, or who one is, may have changed */
void sm_lock_key(SmApp *app);    /* somebody is there */
void sm_lock_linked(SmApp *app); /* asks for the password where the session has ended */
const char *sm_lock_why_not(SmApp *app); /* translated; NULL: it can be locked */

/* --- app_ask.c: commands to the desk
 * -------------------------------------------------------------- */

typedef void (*SmAskDone)(SmApp *app, gboolean ok, const char *code, const char *words,
                          const json_t *body, const char *conversation);
/* Why the desk did not do what was asked, for a person: what the network says about itself is put in words about the matter. To be
 * translated; valid as long as the two are. */
const char *sm_app_why_not_done(const char *code, const char *words);
/* Ask; a refusal is said on the message line. `done` (may be NULL) is not called once the app is
 * gone. */
void sm_app_ask(SmApp *app, const SmCommand *command, SmAskDone done);
/* What the desk answers for an address. */
void sm_app_ask_read(SmApp *app, const char *target, const char *conversation, SmAskDone done);
/* In `done`: the agent has pressed a key since it was asked, and what was typed must not go into a popup that opens now;
 * or the screen was locked. TRUE: what is to be said of it was said. */
gboolean sm_app_is_late(SmApp *app);
/* A question nobody waits for: when it fails nothing is said, `done` is told. */
void sm_app_ask_quietly(SmApp *app, const char *target, SmAskDone done);
void sm_app_older(SmApp *app, SmOwnChat *own);

/* When a report of the desk is asked for again while one looks at it. The desk reads its whole log for an answer, so it is asked for at most
 * one part in `share` of the time. All zero: nothing was asked. */
typedef struct {
    int64_t asked; /* boot ms; 0: no question is under way */
    guint64 timer; /* until the next one */
} SmAskPace;
void sm_pace_asked(SmApp *app, SmAskPace *pace); /* a question goes out now; by the timer, or the first */
/* The answer came: `again` is called with the app when it is time. FALSE: nobody waits for one. */
gboolean sm_pace_answered(SmApp *app, SmAskPace *pace, int share, SmLoopFn again);

/* --- app_keys.c
 * ----------------------------------------------------------------------------------- */

void sm_keys_drop_pending(SmApp *app);
/* ASCII of a full-width character, and of the Chinese comma that shares the slash's key. */
gunichar sm_keys_fold(gunichar c);

/* --- app_toasts.c
 * --------------------------------------------------------------------------------- */

void sm_app_sayf(SmApp *app, gboolean error, const char *format, ...); /* as sm_safe_format() */
gboolean sm_app_copy(SmApp *app, const SmSafe *text); /* FALSE: not whole, or not everywhere; it was said */
void sm_toasts_free(SmApp *app);

/* --- app_alerts.c
 * --------------------------------------------------------------------------------- */

void sm_alerts_new(SmApp *app);
void sm_alerts_free(SmApp *app);
void sm_alerts_update(SmApp *app); /* after a change of the desk */
void sm_alerts_linked(SmApp *app);
void sm_alerts_key(SmApp *app);
void sm_alerts_read(SmApp *app, const char *conversation);
void sm_alerts_focus(SmApp *app);
void sm_alerts_options(SmApp *app);                    /* options changed */
void sm_alerts_do_not_disturb(SmApp *app, int64_t ms); /* 0: off; INT64_MAX: until told */
void sm_alerts_test(SmApp *app);
const GPtrArray *sm_alerts_entries(SmApp *app); /* SmAlertEntry of alert_log.h, oldest first */
/* The agent is at this chat: the window has the focus, or a key was just pressed in it. */
gboolean sm_alerts_here(SmApp *app, SmOwnChat *own);
void sm_alerts_title(SmApp *app);
/* A matter for a lead: a chat of the team, or a queue whose id is SM_QUEUE_PREFIX and the team's. */
#define SM_QUEUE_PREFIX "queue/"
void sm_alerts_lead(SmApp *app, const char *id, const SmSafe *name);

/* --- app_offers.c */

void sm_offers_load(SmApp *app);   /* the files, at first and anew */
void sm_offers_update(SmApp *app); /* something was written: soon */
void sm_offers_look(SmApp *app);   /* the agent is here now, or asks: at once */

/* --- card.c */

void sm_card_new(SmApp *app);
void sm_card_free(SmApp *app);
void sm_card_show(SmApp *app, gboolean on); /* with the keys on it */
void sm_card_fit(SmApp *app); /* the screen has another size: a wide one has room for the card, unless somebody chose */
void sm_card_focus(SmApp *app, gboolean on);
void sm_card_follow(SmApp *app); /* the focus, or what is known, may have changed */
void sm_card_move(SmApp *app, int by);
void sm_card_accept(SmApp *app);
void sm_card_click(SmApp *app, guint row, gboolean again); /* selects it with the keys on the card; again: Enter */
char *sm_card_text(SmApp *app, const char *key); /* what stands there; "" nothing. Caller frees */

/* --- supervise.c
 * ---------------------------------------------------------------------------------- */

void sm_supervise_open(SmApp *app);
void sm_supervise_changed(SmApp *app, const GPtrArray *touched); /* NULL: anything */

/* --- The coach (app_coach.c) */

void sm_coach_typed(SmApp *app, SmOwnChat *own, const char *utf8); /* before it stands in the composer */
void sm_coach_sends(SmApp *app, SmOwnChat *own, const char *text);

/* --- The ladder (actions_ladder.c) */

const char *sm_step_words(SmStep step); /* translated */
void sm_ladder_news(SmApp *app);        /* says where the agent stands when that has changed */
void sm_supervise_free(SmApp *app);                              /* closes it; filters are kept */
/* From now on its commands are about the rows that they are about now, wherever those go; nothing if something is being asked already. */
void sm_aim_take(SmApp *app);
void sm_aim_drop(SmApp *app); /* they are about the marked rows, or that of the cursor, again */

/* --- popups.c
 * ------------------------------------------------------------------------------------- */

void sm_popup_open(SmApp *app, SmPopupKind kind, const SmPopupOps *ops, const char *title,
                   const char *prompt);
void sm_popup_close(SmApp *app);
/* Close it and run a command about what it was opened for (sm_aim_take()). */
void sm_popup_run(SmApp *app, const char *command);
/* Enter on a row of a popup that is only read closes it. */
void sm_popup_choose_nothing(SmApp *app, const char *value, const char *typed);
void sm_popup_back(SmApp *app); /* to where it was opened from, else it is closed */
gboolean sm_popup_is_open(SmApp *app);                       /* one that takes keys */
SmPopupRow *sm_popup_row(SmApp *app, const char *value);     /* a new one at the end */
void sm_popup_cell(SmPopupRow *row, int cell, SmSafe *text); /* takes the reference */
void sm_popup_label(SmPopupRow *row, int cell, const char *words);
void sm_popup_mark(SmPopupRow *row, int cell, guint place); /* what was typed stands at this byte */
void sm_popup_section(SmApp *app, int cell, SmSafe *words); /* a row of words that can't be chosen; takes the reference */
SmSafe *sm_percent_words(int64_t permille);                 /* "95.3 %"; "-" below 0 */
SmSafe *sm_duration_words(int64_t ms);                      /* as sm_text_duration(); "-" below 0 */
void sm_popup_heading(SmApp *app, int column, const char *words, int width);
void sm_popup_clear(SmApp *app);
void sm_popup_footer(SmApp *app, const char *words);
void sm_popup_right(SmApp *app, SmSafe *words);
void sm_popup_select(SmApp *app, int index);
void sm_popup_move(SmApp *app, int by);
void sm_popup_accept(SmApp *app);
void sm_popup_refill(SmApp *app); /* after its filter or what it shows changed */
const char *sm_popup_typed(SmApp *app);
SmPopupRow *sm_popup_selected(SmApp *app);
gboolean sm_popup_text(SmApp *app, const char *utf8); /* typed; TRUE: taken */
void sm_popup_changed(SmApp *app);
/* Keep rows that match and mark where; the best first when `rank`. */
void sm_popup_match(SmApp *app, const char *typed, gboolean rank);

void sm_visitors_free(SmApp *app);
void sm_picker_open(SmApp *app);
void sm_list_open(SmApp *app);
/* Messages that were left while nobody was there, until each is answered. */
void sm_left_open(SmApp *app);
void sm_jump_open(SmApp *app, const char *typed);
void sm_palette_open(SmApp *app, const char *typed);
void sm_help_open(SmApp *app);
void sm_which_key_open(SmApp *app);
void sm_keys_test_open(SmApp *app);
void sm_width_test_open(SmApp *app);
void sm_keys_test_free(SmApp *app);
void sm_log_open(SmApp *app);
void sm_alert_log_open(SmApp *app); /* alerts and what became of them */
void sm_options_open(SmApp *app, const char *typed);
void sm_earlier_open(SmApp *app);
/* A question for one line; the answer runs "action answer". */
void sm_ask_open(SmApp *app, const char *action, const char *title, const char *prompt);
typedef enum {
    SM_CHOICE_LISTED, /* nothing */
    SM_CHOICE_WORDS,  /* words, where no row matches */
    SM_CHOICE_TYPED,  /* what may begin with a digit: the 2 of "20m" picks no second row, and "5m" is not the 15m offered */
} SmChoiceTakes;
/* A choice of arguments: `choices` has lines "value TAB words", or "value TAB words TAB shown" where the value is shown in
 * another word; choosing runs "action value".
 * `takes`: what may be typed that is none of them. */
void sm_choice_open(SmApp *app, const char *action, const char *title, const char *prompt,
                    const char *choices, SmChoiceTakes takes);
/* A line of choices for this colleague: who, how available, how busy. */
void sm_choice_agent(GString *choices, const SmDesk *desk, const SmAgent *agent);
/* Lines came or went while find is open. */
void sm_find_changed(SmApp *app);
void sm_find_free(SmApp *app);
/* Find in the focused chat, opened from the search: at this line. */
void sm_find_open_at(SmApp *app, const char *word, int64_t seq);
gboolean sm_copy_is_open(SmApp *app);
void sm_copy_free(SmApp *app);
gboolean sm_search_is_open(SmApp *app);
gboolean sm_search_back(SmApp *app); /* to what was found last */
void sm_search_free(SmApp *app);
void sm_confirm_open(SmApp *app, const char *command, SmSafe *question);

/* --- replies_watch.c
 * ------------------------------------------------------------------------------ */

/* Say which quick replies' keys the key map has taken. */
void sm_replies_check(SmApp *app);
void sm_replies_refresh(SmApp *app); /* load packs anew if their files changed */
/* The same of the word lists; their files are looked at once a second at most, unless `now`. */
void sm_words_refresh(SmApp *app, gboolean now);

#endif
