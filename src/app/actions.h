/* SPDX-License-Identifier: MIT */
/* actions: what the rows of the table run; one family a file. */
#ifndef APP_ACTIONS_H
#define APP_ACTIONS_H

#include "app/app_private.h"

/* actions_chat.c */
/* The first word of a command's arguments, for the caller to free; *rest: what follows it, "" where nothing does. */
char *sm_first_word(const char *args, const char **rest);
void sm_do_accept(SmApp *app, const char *args);
void sm_do_resolve(SmApp *app, const char *args);
void sm_do_snooze(SmApp *app, const char *args);
void sm_do_transfer(SmApp *app, const char *args);
void sm_do_tags(SmApp *app, const char *args);
void sm_do_availability(SmApp *app, const char *args);
void sm_do_release(SmApp *app, const char *args);
void sm_do_copy_last(SmApp *app, const char *args);
const char *sm_why_no_waiting(SmApp *app);
const char *sm_why_no_chat(SmApp *app);
const char *sm_why_not_mine(SmApp *app);
const char *sm_why_no_debrief(SmApp *app); /* no practice */
const char *sm_why_no_pause(SmApp *app); /* no practice */
const char *sm_why_no_scorecard(SmApp *app);
const char *sm_why_no_ladder(SmApp *app); /* a full agent or a supervisor */
const char *sm_why_no_hint(SmApp *app); /* nobody coaches, or no chat */

/* actions_contact.c */
void sm_do_contact(SmApp *app, const char *args);
void sm_do_contact_set(SmApp *app, const char *args);
void sm_do_contact_order(SmApp *app, const char *args);
void sm_do_contact_merge(SmApp *app, const char *args);
void sm_do_contact_split(SmApp *app, const char *args);
void sm_do_contact_read(SmApp *app, const char *args);

/* app_offers.c */
void sm_do_offer_take(SmApp *app, const char *args);
void sm_do_offers(SmApp *app, const char *args);
const char *sm_why_no_offer(SmApp *app);

/* actions_pane.c */
void sm_do_next_urgent(SmApp *app, const char *args);
void sm_do_back(SmApp *app, const char *args);
void sm_do_width_test(SmApp *app, const char *args);
void sm_do_lock(SmApp *app, const char *args);
void sm_do_log_in(SmApp *app, const char *args);
void sm_do_copy_mode(SmApp *app, const char *args);
void sm_do_copy_mark(SmApp *app, const char *args);
void sm_do_copy_all(SmApp *app, const char *args);
const char *sm_why_logged_in(SmApp *app);
void sm_do_search(SmApp *app, const char *args);
const char *sm_why_no_history(SmApp *app);
void sm_do_jump(SmApp *app, const char *args);
void sm_do_left_messages(SmApp *app, const char *args);
void sm_do_chats(SmApp *app, const char *args);
void sm_do_next(SmApp *app, const char *args);
void sm_do_previous(SmApp *app, const char *args);
void sm_do_zoom(SmApp *app, const char *args);
void sm_do_focus(SmApp *app, const char *args);
void sm_do_direction(SmApp *app, const char *args);
void sm_do_split_across(SmApp *app, const char *args);
void sm_do_split_down(SmApp *app, const char *args);
void sm_do_close_pane(SmApp *app, const char *args);
void sm_do_resize(SmApp *app, const char *args);
void sm_do_layout(SmApp *app, const char *args);
void sm_do_scroll_up(SmApp *app, const char *args);
void sm_do_scroll_down(SmApp *app, const char *args);
void sm_scroll_by(SmApp *app, SmOwnChat *own, int rows);

/* actions_edit.c */
void sm_do_send(SmApp *app, const char *args);
void sm_do_newline(SmApp *app, const char *args);
void sm_do_complete(SmApp *app, const char *args);
void sm_do_complete_back(SmApp *app, const char *args);
void sm_do_up(SmApp *app, const char *args);
void sm_do_down(SmApp *app, const char *args);
void sm_do_left(SmApp *app, const char *args);
void sm_do_right(SmApp *app, const char *args);
void sm_do_word_left(SmApp *app, const char *args);
void sm_do_word_right(SmApp *app, const char *args);
void sm_do_line_start(SmApp *app, const char *args);
void sm_do_line_end(SmApp *app, const char *args);
void sm_do_backspace(SmApp *app, const char *args);
void sm_do_delete(SmApp *app, const char *args);
void sm_do_kill_word(SmApp *app, const char *args);
void sm_do_kill_word_left(SmApp *app, const char *args);
void sm_do_kill_word_right(SmApp *app, const char *args);
void sm_do_kill_start(SmApp *app, const char *args);
void sm_do_kill_end(SmApp *app, const char *args);
void sm_do_yank(SmApp *app, const char *args);
void sm_do_yank_pop(SmApp *app, const char *args);
void sm_do_undo(SmApp *app, const char *args);
void sm_do_redo(SmApp *app, const char *args);
void sm_do_clear(SmApp *app, const char *args);

/* actions_reply.c */
void sm_do_picker(SmApp *app, const char *args);
void sm_do_insert_reply(SmApp *app, const char *args);
void sm_do_note(SmApp *app, const char *args);
void sm_do_debrief(SmApp *app, const char *args);
void sm_do_pause(SmApp *app, const char *args);
void sm_do_scorecard(SmApp *app, const char *args);
void sm_do_hint(SmApp *app, const char *args);
void sm_do_ladder(SmApp *app, const char *args);
void sm_do_editor(SmApp *app, const char *args);
void sm_do_take_back(SmApp *app, const char *args);
void sm_do_retry(SmApp *app, const char *args);
void sm_do_earlier(SmApp *app, const char *args);
const char *sm_why_nothing_waits(SmApp *app);
const char *sm_why_nothing_failed(SmApp *app);

gboolean sm_direction_parse(const char *args, SmDirection *direction); /* "left", with more behind it */

/* actions_supervise.c */
void sm_do_supervise(SmApp *app, const char *args);
void sm_do_queue_group(SmApp *app, const char *args);
void sm_do_queue_scorecard(SmApp *app, const char *args);
void sm_do_queue_agents(SmApp *app, const char *args);
void sm_do_queue_assign(SmApp *app, const char *args);
void sm_do_queue_close(SmApp *app, const char *args);
void sm_do_queue_filter(SmApp *app, const char *args);
void sm_do_queue_first(SmApp *app, const char *args);
void sm_do_queue_follow(SmApp *app, const char *args);
void sm_do_queue_ladder(SmApp *app, const char *args);
void sm_do_queue_last(SmApp *app, const char *args);
void sm_do_queue_load(SmApp *app, const char *args);
void sm_do_queue_mark(SmApp *app, const char *args);
void sm_do_queue_next(SmApp *app, const char *args);
void sm_do_queue_open(SmApp *app, const char *args);
void sm_do_queue_page_down(SmApp *app, const char *args);
void sm_do_queue_page_up(SmApp *app, const char *args);
void sm_do_queue_peek(SmApp *app, const char *args);
void sm_do_queue_previous(SmApp *app, const char *args);
void sm_do_queue_requeue(SmApp *app, const char *args);
void sm_do_queue_show(SmApp *app, const char *args);
void sm_do_queue_sort(SmApp *app, const char *args);
void sm_do_queue_take_over(SmApp *app, const char *args);
void sm_do_queue_transfer(SmApp *app, const char *args);
void sm_do_queue_whisper(SmApp *app, const char *args);
void sm_do_queue_why(SmApp *app, const char *args);
void sm_do_whisper(SmApp *app, const char *args);
const char *sm_why_no_supervisor(SmApp *app);
const char *sm_why_no_view(SmApp *app);
const char *sm_why_no_row(SmApp *app);

/* popups_review.c */
void sm_do_rating_answer(SmApp *app, const char *args);
void sm_do_rating_excuse(SmApp *app, const char *args);
const char *sm_why_no_rating(SmApp *app);
void sm_do_review(SmApp *app, const char *args);
void sm_do_review_comment(SmApp *app, const char *args);
void sm_do_review_words(SmApp *app, const char *args);
void sm_do_reviews(SmApp *app, const char *args);
const char *sm_why_no_review(SmApp *app);
const char *sm_why_no_reviews(SmApp *app);

/* actions_notice.c */
void sm_do_queue_broadcast(SmApp *app, const char *args);
void sm_do_queue_broadcast_stop(SmApp *app, const char *args);
void sm_do_queue_incident(SmApp *app, const char *args);
const char *sm_why_no_broadcast(SmApp *app);
const char *sm_why_no_incident(SmApp *app);

/* popups_visitors.c */
void sm_do_visitor(SmApp *app, const char *args);
void sm_do_visitor_invite(SmApp *app, const char *args);
void sm_do_visitors(SmApp *app, const char *args);
const char *sm_why_no_visitors(SmApp *app);

/* popups_find.c */
void sm_do_find(SmApp *app, const char *args);
void sm_do_search(SmApp *app, const char *args);
const char *sm_why_no_history(SmApp *app);

/* popups_theme.c */
void sm_do_theme(SmApp *app, const char *args);

/* actions_app.c */
void sm_do_cancel(SmApp *app, const char *args);
void sm_do_redraw(SmApp *app, const char *args);
void sm_do_palette(SmApp *app, const char *args);
void sm_do_accept_offer(SmApp *app, const char *args);
void sm_do_consult(SmApp *app, const char *args);
void sm_do_decline(SmApp *app, const char *args);
void sm_do_dismiss(SmApp *app, const char *args);
void sm_do_hand_on(SmApp *app, const char *args);
void sm_do_invite(SmApp *app, const char *args);
const char *sm_why_not_asked(SmApp *app);
void sm_do_file(SmApp *app, const char *args);
void sm_do_files(SmApp *app, const char *args);
void sm_do_link(SmApp *app, const char *args);
void sm_do_open(SmApp *app, const char *args);
void sm_do_save(SmApp *app, const char *args);
void sm_do_screenshot(SmApp *app, const char *args);
const char *sm_why_no_files(SmApp *app);
const char *sm_why_no_file_here(SmApp *app);
void sm_do_help(SmApp *app, const char *args);
void sm_do_log(SmApp *app, const char *args);
void sm_do_keys_test(SmApp *app, const char *args);
void sm_do_alerts(SmApp *app, const char *args);
void sm_do_disturb(SmApp *app, const char *args);
void sm_do_options(SmApp *app, const char *args);
void sm_do_mouse(SmApp *app, const char *args);
void sm_do_suspend(SmApp *app, const char *args);
void sm_do_quit(SmApp *app, const char *args);

/* popups.c */
void sm_do_list_next(SmApp *app, const char *args);
void sm_do_list_previous(SmApp *app, const char *args);
void sm_do_list_page_down(SmApp *app, const char *args);
void sm_do_list_page_up(SmApp *app, const char *args);
void sm_do_list_accept(SmApp *app, const char *args);
void sm_do_list_close(SmApp *app, const char *args);

#endif
