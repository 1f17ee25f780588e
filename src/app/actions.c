/* SPDX-License-Identifier: MIT */
/* actions: the one table of what the agent can do. Palette, keys, which-key, hints, help and manual
 * are read from it. Default keys: sequences separated by " | "; "KEYS -> ARGUMENTS" gives the
 * command arguments. */
#include "app/actions.h"

#include <string.h>

#define AGENT SM_CONTEXT_AGENT
#define LIST SM_CONTEXT_LIST
#define GLOBAL SM_CONTEXT_GLOBAL
#define SUPERVISOR SM_CONTEXT_SUPERVISOR

static const SmAction table[] = {
    {"accept", AGENT, SM_GROUP_CHATS, "", "", N_("take the chat"),
     N_("Takes the chat that a colleague asks you to take; until then it is theirs, and so is its clock."), sm_do_accept_offer,
     sm_why_not_asked},
    {"alerts", GLOBAL, SM_GROUP_APP, "", "[test|log]", N_("alert routes"),
     N_("Says which ways an alert goes. With \"test\" it walks every route and says what it sent; \"log\" lists what was "
        "alerted, by which way, and when it was acknowledged."),
     sm_do_alerts, NULL},
    {"availability", GLOBAL, SM_GROUP_APP, "C-x v", "[online|busy|away|offline]",
     N_("availability"), N_("Says whether you take new chats. Without a word it offers the four."),
     sm_do_availability, NULL},
    {"cancel", GLOBAL, SM_GROUP_APP, "C-g | Esc | C-x C-g", "", N_("cancel"),
     N_("Drops unfinished keys, closes what is open, returns to the newest lines."), sm_do_cancel,
     NULL},
    {"chat-accept", AGENT, SM_GROUP_CHATS, "C-x a", "", N_("accept next waiting"),
     N_("Takes the waiting chat with the least time left in your queues. It goes into the first "
        "empty pane, else "
        "into the list."),
     sm_do_accept, sm_why_no_waiting},
    {"chat-back", AGENT, SM_GROUP_CHATS, "C-x b", "", N_("jump back"),
     N_("Goes back to where you were."), sm_do_back, NULL},
    {"chat-contact", AGENT, SM_GROUP_VIEW, "C-x p", "", N_("contact card"),
     N_("Shows what is known of the customer beside the chat: orders, notes, earlier conversations. Arrows and Enter change it; a letter "
        "goes back to the message; again closes it. From 200 columns on it is there by itself."), sm_do_contact, NULL},
    {"chat-find", AGENT, SM_GROUP_CHATS, "C-f", "[words]", N_("find in this chat"),
     N_("Looks for words in this chat while you type, the newest place first; Up and Down go on, Enter stays there, Esc "
        "returns to where you were. Older lines are fetched as far as they are needed."),
     sm_do_find, sm_why_no_chat},
    {"chat-jump", AGENT, SM_GROUP_CHATS, "C-k | M-k | C-x j", "[name]", N_("jump to chat"),
     N_("Finds a chat by a few letters of its name, order number, tags or last line. 1-9 goes to a row at once; # begins an order number."), sm_do_jump, NULL},
    {"chat-left", AGENT, SM_GROUP_VIEW, "C-x 0", "", N_("left messages"),
     N_("Lists the messages that were left while nobody was there, until each is answered; Enter claims or goes there."), sm_do_left_messages,
     NULL},
    {"chat-list", AGENT, SM_GROUP_VIEW, "C-x i", "", N_("queue and chats"),
     N_("Lists who waits and your own chats; Enter claims or goes there."), sm_do_chats, NULL},
    {"chat-next", AGENT, SM_GROUP_CHATS, "", "", N_("next chat"),
     N_("Goes to the next chat of the list."), sm_do_next, NULL},
    {"chat-next-urgent", AGENT, SM_GROUP_CHATS, "C-n | M-a", "", N_("next urgent"),
     N_("Goes where least time is left: overdue first, then least time left, then oldest unread. "
        "Snoozed chats are "
        "skipped. Enter is ignored for 300 ms after the jump."),
     sm_do_next_urgent, NULL},
    {"chat-previous", AGENT, SM_GROUP_CHATS, "", "", N_("previous chat"),
     N_("Goes to the previous chat of the list."), sm_do_previous, NULL},
    {"chat-release", AGENT, SM_GROUP_CHATS, "", "", N_("release"),
     N_("Gives the chat back to its queue. The clock is not set back."), sm_do_release,
     sm_why_not_mine},
    {"chat-resolve", AGENT, SM_GROUP_CHATS, "C-x c", "[reason]", N_("resolve with reason"),
     N_("Ends the chat with a reason. \"no reply needed\" as the reason closes an open question "
        "without an answer."),
     sm_do_resolve, sm_why_not_mine},
    {"chat-snooze", AGENT, SM_GROUP_CHATS, "C-x h", "[time]", N_("snooze"),
     N_("Puts the chat to sleep for a time such as 15m or 2h; the customer's next line wakes it."),
     sm_do_snooze, sm_why_not_mine},
    {"chat-tags", AGENT, SM_GROUP_CHATS, "C-x #", "[tag ...]", N_("tags"),
     N_("Adds tags; one with - before it is taken off."), sm_do_tags, sm_why_not_mine},
    {"chat-transfer", AGENT, SM_GROUP_CHATS, "C-x r", "[agent or team] [summary]", N_("transfer"),
     N_("Hands the chat to a colleague or a team, with a summary for them if you write one."),
     sm_do_transfer, sm_why_not_mine},
    {"clear", AGENT, SM_GROUP_EDIT, "C-c", "", N_("clear composer"),
     N_("Empties the composer; undo brings it back. On an empty one it says how to quit."),
     sm_do_clear, NULL},
    {"complete", AGENT, SM_GROUP_REPLY, "Tab", "", N_("expand, next field"),
     N_("Expands ;code before the cursor into that quick reply. In a reply with fields it goes to "
        "the next one."),
     sm_do_complete, NULL},
    {"complete-back", AGENT, SM_GROUP_REPLY, "S-Tab", "", N_("previous field"),
     N_("Goes to the previous field."), sm_do_complete_back, NULL},
    {"consult", AGENT, SM_GROUP_CHATS, "", "[agent]", N_("ask for advice"),
     N_("Brings a colleague in for notes and whispers; the customer hears nothing of them."), sm_do_consult, sm_why_no_chat},
    {"contact-merge", AGENT, SM_GROUP_CHATS, "", "[contact]", N_("merge contacts"),
     N_("Says that another contact is the same person, for leads: each of the two then sees the other's conversations."),
     sm_do_contact_merge, sm_why_no_chat},
    {"contact-order", AGENT, SM_GROUP_CHATS, "", "[order] [status] [amount]", N_("record an order"),
     N_("Records an order of the customer: placed, paid, shipped, refunded or cancelled."), sm_do_contact_order, sm_why_no_chat},
    {"contact-read", AGENT, SM_GROUP_VIEW, "", "<conversation>", N_("read an earlier chat"),
     N_("Shows what was said in an earlier conversation of this customer with your team."), sm_do_contact_read, sm_why_no_chat},
    {"contact-set", AGENT, SM_GROUP_CHATS, "", "[field] [value]", N_("change the card"),
     N_("Writes name, reach, tags, a note or an attribute on the customer's card; - takes it away."), sm_do_contact_set, sm_why_no_chat},
    {"contact-split", AGENT, SM_GROUP_CHATS, "", "[contact]", N_("split contacts"),
     N_("Takes a merge back, for leads."), sm_do_contact_split, sm_why_no_chat},
    {"copy-all", SM_CONTEXT_SCROLL, SM_GROUP_VIEW, "a", "", N_("mark all"), N_("Marks all lines, or takes all marks off."),
     sm_do_copy_all, NULL},
    {"copy-last", AGENT, SM_GROUP_REPLY, "C-x y", "", N_("copy last link"),
     N_("Copies the last link of this chat, else its order number."), sm_do_copy_last,
     sm_why_no_chat},
    {"copy-mark", SM_CONTEXT_SCROLL, SM_GROUP_VIEW, "Space", "", N_("mark"), N_("Marks the line, or takes the mark off."),
     sm_do_copy_mark, NULL},
    {"copy-mode", AGENT, SM_GROUP_VIEW, "C-x [", "", N_("scroll and copy"),
     N_("Lists the lines of this chat; Space marks, Enter copies them to the terminal's clipboard (OSC 52, also through SSH and "
        "tmux) and to a file."),
     sm_do_copy_mode, sm_why_no_chat},
    {"debrief", GLOBAL, SM_GROUP_APP, "", "[chat]", N_("how it goes"),
     N_("In practice: the debrief of the shift so far, with every turn; with \"chat\" that of the chat in this pane."), sm_do_debrief, sm_why_no_debrief},
    {"decline", AGENT, SM_GROUP_CHATS, "", "[reason]", N_("do not take it"),
     N_("Says no to taking a chat; or takes back the question, if you asked."), sm_do_decline, sm_why_not_asked},
    {"dismiss", AGENT, SM_GROUP_CHATS, "", "[agent]", N_("send out"),
     N_("An invited colleague leaves the chat; without a name you do."), sm_do_dismiss, sm_why_no_chat},
    {"do-not-disturb", GLOBAL, SM_GROUP_APP, "C-x d", "[time|on|off]", N_("do not disturb"),
     N_("For 15 minutes, an hour, or until you type, alerts stay in the bar; overdue chats still "
        "ring."),
     sm_do_disturb, NULL},
    {"edit-backspace", AGENT, SM_GROUP_EDIT, "Backspace | C-h", "", N_("delete back"),
     N_("Deletes the character before the cursor."), sm_do_backspace, NULL},
    {"edit-delete", AGENT, SM_GROUP_EDIT, "C-d | Delete", "", N_("delete"),
     N_("Deletes the character at the cursor."), sm_do_delete, NULL},
    {"edit-down", AGENT, SM_GROUP_EDIT, "Down", "", N_("line down"),
     N_("One line down; below earlier replies it comes back to your draft."), sm_do_down, NULL},
    {"edit-external", AGENT, SM_GROUP_REPLY, "C-x e", "", N_("edit in $EDITOR"),
     N_("Edits the draft in your editor. What comes back is put into the composer, never sent."),
     sm_do_editor, sm_why_no_chat},
    {"edit-kill-end", AGENT, SM_GROUP_REPLY, "C-x k", "", N_("kill to end of line"),
     N_("Cuts from the cursor to the end of the line."), sm_do_kill_end, NULL},
    {"edit-kill-start", AGENT, SM_GROUP_EDIT, "C-u", "", N_("kill to start"),
     N_("Cuts from the start of the line to the cursor."), sm_do_kill_start, NULL},
    {"edit-kill-word", AGENT, SM_GROUP_EDIT, "C-w", "", N_("kill word before"),
     N_("Cuts back to the last blank."), sm_do_kill_word, NULL},
    {"edit-kill-word-left", AGENT, SM_GROUP_EDIT, "M-Backspace", "", N_("kill word left"),
     N_("Cuts the word before the cursor."), sm_do_kill_word_left, NULL},
    {"edit-kill-word-right", AGENT, SM_GROUP_EDIT, "M-d", "", N_("kill word right"),
     N_("Cuts the word after the cursor."), sm_do_kill_word_right, NULL},
    {"edit-left", AGENT, SM_GROUP_EDIT, "Left", "", N_("left"), N_("One character to the left."),
     sm_do_left, NULL},
    {"edit-line-end", AGENT, SM_GROUP_EDIT, "C-e | End", "", N_("end of line"),
     N_("To the end of the line."), sm_do_line_end, NULL},
    {"edit-line-start", AGENT, SM_GROUP_EDIT, "C-a | Home", "", N_("start of line"),
     N_("To the start of the line."), sm_do_line_start, NULL},
    {"edit-redo", AGENT, SM_GROUP_EDIT, "M-_", "", N_("redo"),
     N_("Does again what undo took back."), sm_do_redo, NULL},
    {"edit-right", AGENT, SM_GROUP_EDIT, "Right", "", N_("right"),
     N_("One character to the right."), sm_do_right, NULL},
    {"edit-undo", AGENT, SM_GROUP_EDIT, "C-_", "", N_("undo"),
     N_("Takes back the last edit: typing, a paste, a quick reply, clearing."), sm_do_undo, NULL},
    {"edit-up", AGENT, SM_GROUP_EDIT, "Up", "", N_("line up"),
     N_("One line up; from the first line to your earlier replies in this chat."), sm_do_up, NULL},
    {"edit-word-left", AGENT, SM_GROUP_EDIT, "M-b | C-Left", "", N_("word left"),
     N_("One word to the left."), sm_do_word_left, NULL},
    {"edit-word-right", AGENT, SM_GROUP_EDIT, "M-f | C-Right", "", N_("word right"),
     N_("One word to the right."), sm_do_word_right, NULL},
    {"edit-yank", AGENT, SM_GROUP_EDIT, "C-y", "", N_("yank"), N_("Puts in what was cut last."),
     sm_do_yank, NULL},
    {"edit-yank-pop", AGENT, SM_GROUP_EDIT, "M-y", "", N_("yank earlier"),
     N_("Right after a yank: what was cut before that instead."), sm_do_yank_pop, NULL},
    {"file", AGENT, SM_GROUP_REPLY, "", "[path]", N_("send a file"),
     N_("Sends a file to the customer, or puts it on the note that is being written. Without a path it is looked for, Tab "
        "completes."), sm_do_file, sm_why_no_files},
    {"files", AGENT, SM_GROUP_REPLY, "C-x @", "[number] [open|save|save-as]", N_("files"),
     N_("Lists the files of this chat, the newest first, to be opened or saved."), sm_do_files, sm_why_no_file_here},
    {"hand-on", AGENT, SM_GROUP_CHATS, "", "[agent summary]", N_("ask to take it"),
     N_("Asks a colleague to take the chat, who accepts or declines; it stays yours until then. chat-transfer gives it at once."),
     sm_do_hand_on, sm_why_not_mine},
    {"help", GLOBAL, SM_GROUP_APP, "C-x ? | F1", "", N_("keys for here"),
     N_("Lists every key and command that works here; type to search."), sm_do_help, NULL},
    {"hint", AGENT, SM_GROUP_REPLY, "C-x t", "", N_("a hint"),
     N_("In practice: says what would help this customer now. The debrief counts without it."), sm_do_hint, sm_why_no_hint},
    {"invite", AGENT, SM_GROUP_CHATS, "", "[agent]", N_("invite a colleague"),
     N_("Brings a colleague of any team in, to see the chat from now on and to answer as well."), sm_do_invite, sm_why_no_chat},
    {"keys-test", GLOBAL, SM_GROUP_APP, "", "", N_("test keys"),
     N_("Shows what each key pressed is and which commands it reaches."), sm_do_keys_test, NULL},
    {"ladder", GLOBAL, SM_GROUP_APP, "", "", N_("my step"),
     N_("For trainees: which exam you passed, which step to live work you are at, and what comes next."), sm_do_ladder,
     sm_why_no_ladder},
    {"layout", AGENT, SM_GROUP_APP, "C-x l", "[1|2|4|6|9|auto|name|save name|delete name]", N_("layouts"),
     N_("Shows that many panes; \"auto\" follows the size of the screen. \"layout save NAME\" keeps panes, sizes and "
        "chats as they are now under a name."), sm_do_layout, NULL},
    {"link", AGENT, SM_GROUP_REPLY, "", "[address words]", N_("send a link"),
     N_("Sends an address, and words about it; which are allowed is the desk's policy."), sm_do_link, sm_why_no_chat},
    {"list-accept", LIST, SM_GROUP_VIEW, "Enter", "", N_("take it"), N_("Takes the selected line."),
     sm_do_list_accept, NULL},
    {"list-close", LIST, SM_GROUP_VIEW, "Esc | C-g", "", N_("close"), N_("Closes the list."),
     sm_do_list_close, NULL},
    {"list-next", LIST, SM_GROUP_VIEW, "Down | C-n", "", N_("next"), N_("To the next line."),
     sm_do_list_next, NULL},
    {"list-page-down", LIST, SM_GROUP_VIEW, "PgDn", "", N_("page down"), N_("A page down."),
     sm_do_list_page_down, NULL},
    {"list-page-up", LIST, SM_GROUP_VIEW, "PgUp", "", N_("page up"), N_("A page up."),
     sm_do_list_page_up, NULL},
    {"list-previous", LIST, SM_GROUP_VIEW, "Up | C-p", "", N_("previous"),
     N_("To the previous line."), sm_do_list_previous, NULL},
    {"lock", GLOBAL, SM_GROUP_APP, "", "", N_("lock"),
     N_("Covers the screen until your password at the desk is given; alerts go on without names. The setting lock.after does it after "
        "some rest."),
     sm_do_lock, sm_lock_why_not},
    {"log", GLOBAL, SM_GROUP_APP, "", "", N_("messages"),
     N_("Shows the last ten messages of the message line."), sm_do_log, NULL},
    {"log-in", GLOBAL, SM_GROUP_APP, "", "", N_("log in again"),
     N_("Asks for your password where the desk has ended the session; drafts and what waits to be sent stay."), sm_do_log_in,
     sm_why_logged_in},
    {"mouse", GLOBAL, SM_GROUP_APP, "C-x m", "[on|off]", N_("mouse on or off"),
     N_("With the mouse off, the terminal selects text by itself."), sm_do_mouse, NULL},
    {"newline", AGENT, SM_GROUP_EDIT, "C-j | M-Enter | S-Enter", "", N_("new line"),
     N_("Begins a new line in the composer."), sm_do_newline, NULL},
    {"note", AGENT, SM_GROUP_REPLY, "C-x n", "[words]", N_("internal note"),
     N_("Writes a note that only staff see, in a composer of its own; again returns to the "
        "message. Words behind it are the note."),
     sm_do_note, sm_why_no_chat},
    {"offer-take", AGENT, SM_GROUP_REPLY, "C-x =", "", N_("take offered answer"),
     N_("Puts the answer to the frequent question that fits what the customer asked into the composer; it is never sent by itself."),
     sm_do_offer_take, sm_why_no_offer},
    {"offers", AGENT, SM_GROUP_REPLY, "C-x .", "", N_("answers that fit"),
     N_("Lists the frequent questions that fit what the customer asked, with their answers."), sm_do_offers, sm_why_no_offer},
    {"open", AGENT, SM_GROUP_REPLY, "", "[number]", N_("open a file"),
     N_("Opens the newest file of this chat, or the one of that number, in the viewer of the option viewer."), sm_do_open,
     sm_why_no_file_here},
    {"options", GLOBAL, SM_GROUP_APP, "C-x o", "[name value|save|reset name]", N_("options"),
     N_("Shows and changes settings. A change holds for this run; \"options save\" writes what was changed into "
        "config.yaml and leaves the rest of it as it is; \"options reset NAME\" goes back to the shipped value."), sm_do_options, NULL},
    {"palette", AGENT, SM_GROUP_APP, "", "[words]", N_("commands"),
     N_("Finds a command by its words. / on an empty line opens it; // types a slash."),
     sm_do_palette, NULL},
    {"pane-close", AGENT, SM_GROUP_PANES, "C-x x", "", N_("close this pane"),
     N_("Closes the pane; its chat stays open, in the list."), sm_do_close_pane, NULL},
    {"pane-direction", AGENT, SM_GROUP_PANES,
     "C-x Left -> left | C-x Right -> right | C-x Up -> up | C-x Down -> down | M-Left -> left | "
     "M-Right -> right | M-Up -> up | M-Down -> down",
     "<left|right|up|down>", N_("focus that way"), N_("Moves the focus to the pane on that side."),
     sm_do_direction, NULL},
    {"pane-focus", AGENT, SM_GROUP_PANES,
     "C-x 1 -> 1 | C-x 2 -> 2 | C-x 3 -> 3 | C-x 4 -> 4 | C-x 5 -> 5 | C-x 6 -> 6 | C-x 7 -> 7 | "
     "C-x 8 -> 8 | C-x 9 -> 9 | "
     "M-1 -> 1 | M-2 -> 2 | M-3 -> 3 | M-4 -> 4 | M-5 -> 5 | M-6 -> 6 | M-7 -> 7 | M-8 -> 8 | M-9 "
     "-> 9",
     "<1-9>", N_("focus pane n"), N_("Moves the focus to the pane with that number."), sm_do_focus,
     NULL},
    {"pane-resize", AGENT, SM_GROUP_PANES, "C-x +", "[left|right|up|down] [cells]", N_("move border"),
     N_("Moves the border beside this pane. Without a word the arrows move it until Enter or Esc."), sm_do_resize, NULL},
    {"pane-split-across", AGENT, SM_GROUP_PANES, "C-x |", "", N_("split left/right"),
     N_("Splits the pane in two beside each other; at least 38 columns each."), sm_do_split_across,
     NULL},
    {"pane-split-down", AGENT, SM_GROUP_PANES, "C-x -", "", N_("split top/bottom"),
     N_("Splits the pane in two above each other; at least 8 rows each."), sm_do_split_down, NULL},
    {"pane-zoom", AGENT, SM_GROUP_PANES, "C-o", "", N_("zoom"),
     N_("Shows this pane alone, again to restore. Where only one pane fits it lists all chats."),
     sm_do_zoom, NULL},
    {"pause", GLOBAL, SM_GROUP_APP, "C-x ,", "", N_("pause the shift"),
     N_("In practice: the time of customers and clocks stands still until it is pressed again; you can read and write, nothing is sent."),
     sm_do_pause, sm_why_no_pause},
    {"queue-agents", SUPERVISOR, SM_GROUP_SUPERVISE, "A", "[agent] [online|busy|away|offline] [reason]", N_("agents"),
     N_("Lists the agents of these queues with their chats and places; choosing one sets its availability, with a reason "
        "that is kept."), sm_do_queue_agents, sm_why_no_view},
    {"queue-assign", SUPERVISOR, SM_GROUP_SUPERVISE, "a", "[agent]", N_("assign"),
     N_("Gives the chat, or the marked ones, to an agent: those who are online and have room are offered."),
     sm_do_queue_assign, sm_why_no_row},
    {"queue-broadcast", SUPERVISOR, SM_GROUP_SUPERVISE, "b", "[words|;code]", N_("one answer to many"),
     N_("One prepared answer to the marked chats, or to all that the filter shows; how many get it, and who does not, is shown "
        "before. The desk sends it at the pace of the option supervise.pace. It stops no clock."), sm_do_queue_broadcast, sm_why_no_broadcast},
    {"queue-broadcast-stop", SUPERVISOR, SM_GROUP_SUPERVISE, "B", "[id]", N_("stop a broadcast"),
     N_("Nobody more gets it; who has it keeps it."), sm_do_queue_broadcast_stop, sm_why_no_view},
    {"queue-close", SUPERVISOR, SM_GROUP_SUPERVISE, "q | Esc | C-g", "", N_("back"), N_("Closes what is read below, then the view."),
     sm_do_queue_close, sm_why_no_view},
    {"queue-commands", SUPERVISOR, SM_GROUP_SUPERVISE, ":", "", N_("commands"), N_("Finds a command by its words."),
     sm_do_palette, sm_why_no_view},
    {"queue-filter", SUPERVISOR, SM_GROUP_SUPERVISE, "/", "[filter|off]", N_("filter"),
     N_("Shows only what fits: wait>60 team:billing state:queued agent:none sla<8m tag:vip, or words of customer, order and "
        "last line; - before a term turns it round. Filters used before are offered."), sm_do_queue_filter, sm_why_no_view},
    {"queue-first", SUPERVISOR, SM_GROUP_SUPERVISE, "g | Home", "", N_("first row"), N_("To the first row."), sm_do_queue_first, sm_why_no_row},
    {"queue-follow", SUPERVISOR, SM_GROUP_SUPERVISE, "p", "", N_("pause or follow"),
     N_("Following, the most urgent rows stay in view; moving the cursor pauses that."), sm_do_queue_follow, sm_why_no_view},
    {"queue-group", SUPERVISOR, SM_GROUP_SUPERVISE, "Tab", "[none|team|agent|state]", N_("group"),
     N_("Groups the chats by team, agent, state, or not at all, in turn; \"options save supervise.group\" keeps it."),
     sm_do_queue_group, sm_why_no_view},
    {"queue-incident", SUPERVISOR, SM_GROUP_SUPERVISE, "i", "[team:NAME|inbox:NAME|all] [time] [words]", N_("incident notice"),
     N_("A first answer that stands for a while: sent once to every chat of the team, inbox or desk that begins or in which the "
        "customer writes. It stops no clock. What stands can be ended here."), sm_do_queue_incident, sm_why_no_incident},
    {"queue-keys", SUPERVISOR, SM_GROUP_SUPERVISE, "?", "", N_("keys for here"),
     N_("Lists every key and command that works here; type to search."), sm_do_help, sm_why_no_view},
    {"queue-ladder", SUPERVISOR, SM_GROUP_SUPERVISE, "K", "[agent] [back] [share] [why]", N_("ladder of trainees"),
     N_("Who has passed an exam and works where: exam, supervised task, trial shift at a small share, full agent. Moves "
        "somebody a step, with a reason; role and share follow."), sm_do_queue_ladder, sm_why_no_view},
    {"queue-last", SUPERVISOR, SM_GROUP_SUPERVISE, "G | End", "", N_("last row"), N_("To the last row."), sm_do_queue_last, sm_why_no_row},
    {"queue-load", SUPERVISOR, SM_GROUP_SUPERVISE, "L", "[agent] [places share reason]", N_("places and share"),
     N_("Says how many chats an agent has at once, and which share of what the desk gives out."), sm_do_queue_load, sm_why_no_view},
    {"queue-mark", SUPERVISOR, SM_GROUP_SUPERVISE, "Space", "[all|none]", N_("mark"),
     N_("Marks the row, or takes the mark off; assign, take over, requeue and transfer then act on all marked ones."),
     sm_do_queue_mark, sm_why_no_row},
    {"queue-next", SUPERVISOR, SM_GROUP_SUPERVISE, "j | Down | C-n", "", N_("next"), N_("To the next row."), sm_do_queue_next, sm_why_no_row},
    {"queue-open", SUPERVISOR, SM_GROUP_SUPERVISE, "o | h", "", N_("open in a pane"),
     N_("Opens the chat in a pane, whole: to monitor it, to whisper, or to barge in (to write to the customer) if the desk lets "
        "you; several at once are several panes."), sm_do_queue_open, sm_why_no_row},
    {"queue-page-down", SUPERVISOR, SM_GROUP_SUPERVISE, "PgDn", "", N_("page down"), N_("Ten rows down."), sm_do_queue_page_down, sm_why_no_row},
    {"queue-page-up", SUPERVISOR, SM_GROUP_SUPERVISE, "PgUp", "", N_("page up"), N_("Ten rows up."), sm_do_queue_page_up, sm_why_no_row},
    {"queue-peek", SUPERVISOR, SM_GROUP_SUPERVISE, "Enter", "", N_("peek"),
     N_("Reads the chat below the table, live; neither customer nor agent can tell."), sm_do_queue_peek, sm_why_no_row},
    {"queue-previous", SUPERVISOR, SM_GROUP_SUPERVISE, "k | Up | C-p", "", N_("previous"), N_("To the previous row."), sm_do_queue_previous, sm_why_no_row},
    {"queue-requeue", SUPERVISOR, SM_GROUP_SUPERVISE, "u", "[reason]", N_("back to the queue"),
     N_("Takes the chat, or the marked ones, from its agent and lets it wait again; the clock is not set back."),
     sm_do_queue_requeue, sm_why_no_row},
    {"queue-reviews", SUPERVISOR, SM_GROUP_SUPERVISE, "e", "[random|wait|rating|complaint|words|given|calibration] [seed]", N_("reviews"),
     N_("Conversations that have ended, to look at and to mark on the form; what was given; and how far reviewers agree."),
     sm_do_reviews, sm_why_no_view},
    {"queue-scorecard", SUPERVISOR, SM_GROUP_SUPERVISE, "S", "[agent]", N_("scorecard"),
     N_("The figures of an agent today, by the rules of the report: first response, response, in time, questions to answers, "
        "ratings, and the weighted score with its parts. It stays up to date while it is open."), sm_do_queue_scorecard, sm_why_no_view},
    {"queue-show", SUPERVISOR, SM_GROUP_SUPERVISE,
     "0 -> 0 | 1 -> 1 | 2 -> 2 | 3 -> 3 | 4 -> 4 | 5 -> 5 | 6 -> 6 | 7 -> 7 | 8 -> 8 | 9 -> 9", "<0-9>", N_("show one queue"),
     N_("Shows the queue with that number alone; 0 shows all."), sm_do_queue_show, sm_why_no_view},
    {"queue-sort", SUPERVISOR, SM_GROUP_SUPERVISE, "s", "", N_("sort"),
     N_("Sorts by time left, wait, agent, queue, customer, in turn."), sm_do_queue_sort, sm_why_no_view},
    {"queue-take-over", SUPERVISOR, SM_GROUP_SUPERVISE, "t", "[now]", N_("take over"),
     N_("Makes the chat, or the marked ones, yours; asks first. One that nobody has is claimed."), sm_do_queue_take_over, sm_why_no_row},
    {"queue-transfer", SUPERVISOR, SM_GROUP_SUPERVISE, "r", "[agent or team]", N_("transfer"),
     N_("Hands the chat, or the marked ones, to another agent or team."), sm_do_queue_transfer, sm_why_no_row},
    {"queue-whisper", SUPERVISOR, SM_GROUP_SUPERVISE, "w", "[words]", N_("whisper to the agent"),
     N_("Writes to the agent who has the chat; the customer never gets it."), sm_do_queue_whisper, sm_why_no_row},
    {"queue-why", SUPERVISOR, SM_GROUP_SUPERVISE, "y", "", N_("why this agent"),
     N_("Says whom the desk would give this chat to, and why not the others (docs/routing.md)."), sm_do_queue_why, sm_why_no_row},
    {"quit", GLOBAL, SM_GROUP_APP, "C-x q", "[now]", N_("quit"),
     N_("Ends seatmux; asks if chats are open or messages wait. Drafts are kept."), sm_do_quit,
     NULL},
    {"rating-answer", GLOBAL, SM_GROUP_APP, "", "<words>", N_("answer a rating"),
     N_("Says something to the customer about the rating of the conversation under review, else of the chat in front."),
     sm_do_rating_answer, sm_why_no_rating},
    {"rating-excuse", GLOBAL, SM_GROUP_APP, "", "<reason>", N_("excuse a rating"),
     N_("Leaves the rating of the conversation under review, else of the chat in front, out of the figures."),
     sm_do_rating_excuse, sm_why_no_rating},
    {"redraw", GLOBAL, SM_GROUP_APP, "C-l", "", N_("redraw"), N_("Draws the whole screen anew."),
     sm_do_redraw, NULL},
    {"reply-insert", AGENT, SM_GROUP_REPLY, "", "<code>", N_("insert reply"),
     N_("Puts the quick reply with this code into the composer."), sm_do_insert_reply,
     sm_why_no_chat},
    {"reply-picker", AGENT, SM_GROUP_REPLY, "C-t", "", N_("quick reply"),
     N_("Opens the quick replies; 1-9 or Enter puts one into the composer, never sends."),
     sm_do_picker, sm_why_no_chat},
    {"reply-retry", AGENT, SM_GROUP_REPLY, "C-x !", "", N_("retry failed send"),
     N_("Sends the failed message of this chat again, under the same id: it can't arrive twice."),
     sm_do_retry, sm_why_nothing_failed},
    {"reply-search", AGENT, SM_GROUP_REPLY, "C-r", "", N_("earlier replies"),
     N_("Searches what you wrote before and puts it into the composer."), sm_do_earlier,
     sm_why_no_chat},
    {"review", GLOBAL, SM_GROUP_APP, "", "[conversation] [agent]", N_("one review"),
     N_("Reads a conversation that has ended, with the form below it; without one, what was reviewed of yours or by you."),
     sm_do_review, sm_why_no_reviews},
    {"review-comment", GLOBAL, SM_GROUP_APP, "", "<words>", N_("comment on a message"),
     N_("Says something about the message chosen in the review."), sm_do_review_comment, sm_why_no_review},
    {"review-words", GLOBAL, SM_GROUP_APP, "", "<words>", N_("words of a review"),
     N_("Says something about the whole conversation under review."), sm_do_review_words, sm_why_no_review},
    {"reviews", GLOBAL, SM_GROUP_APP, "", "[random|wait|rating|complaint|words|given|calibration] [seed]", N_("reviews"),
     N_("Conversations that have ended: an agent's own, a reviewer's teams'. What was given, and the own marks beside it."),
     sm_do_reviews, sm_why_no_reviews},
    {"save", AGENT, SM_GROUP_REPLY, "", "[number] [path]", N_("save a file"),
     N_("Saves the newest file of this chat, or the one of that number, among the downloads or where you say; never over "
        "another."), sm_do_save, sm_why_no_file_here},
    {"scorecard", GLOBAL, SM_GROUP_APP, "C-x %", "[agent]", N_("my figures"),
     N_("Your figures today, by the rules of the report, and your weighted score with its parts; for leads also those of an agent. "
        "They stay up to date while they are open."), sm_do_scorecard, sm_why_no_scorecard},
    {"screenshot", AGENT, SM_GROUP_REPLY, "", "", N_("send a screenshot"),
     N_("Runs the command of the option screenshot and sends the file that it makes."), sm_do_screenshot, sm_why_no_files},
    {"scroll-down", AGENT, SM_GROUP_VIEW, "PgDn", "", N_("scroll down"),
     N_("Half a page towards the newest lines."), sm_do_scroll_down, NULL},
    {"scroll-up", AGENT, SM_GROUP_VIEW, "PgUp", "", N_("scroll up"),
     N_("Half a page towards older lines; at the top older ones are fetched. Esc or sending "
        "returns."),
     sm_do_scroll_up, NULL},
    {"search", AGENT, SM_GROUP_CHATS, "C-x f", "[words]", N_("search all chats"),
     N_("Searches every line that is kept on this machine, also of chats that are over; all words must occur. Enter opens "
        "the chat at that line, Esc comes back."),
     sm_do_search, sm_why_no_history},
    {"send", AGENT, SM_GROUP_EDIT, "Enter", "", N_("send"),
     N_("Sends what the composer holds to the customer named by the prompt, or keeps it as a note. "
        "With an empty composer it "
        "sends a held message although the chat changed."),
     sm_do_send, NULL},
    {"supervise", GLOBAL, SM_GROUP_APP, "C-x s", "", N_("queue view"),
     N_("Queues, who waits and whose time runs out, one chat read over the shoulder, and what happened: for supervisors."),
     sm_do_supervise, sm_why_no_supervisor},
    {"suspend", GLOBAL, SM_GROUP_APP, "C-x C-z", "", N_("suspend"),
     N_("Back to the shell; fg returns."), sm_do_suspend, NULL},
    {"take-back", AGENT, SM_GROUP_REPLY, "C-x u", "", N_("take back unsent"),
     N_("Takes the last message of this chat that has not left yet back into the composer."),
     sm_do_take_back, sm_why_nothing_waits},
    {"theme", GLOBAL, SM_GROUP_APP, "", "[name]", N_("colours"),
     N_("Chooses a theme: each is shown while you look for it; Esc goes back to the one before."), sm_do_theme, NULL},
    {"visitor", GLOBAL, SM_GROUP_VIEW, "", "<visit>", N_("one visitor"),
     N_("Shows the pages of one visit, where it came from and how long it lasts; the first line invites."), sm_do_visitor, sm_why_no_visitors},
    {"visitor-invite", GLOBAL, SM_GROUP_CHATS, "", "<visit> [words]", N_("invite a visitor"),
     N_("Shows an invitation on the page that the visitor looks at. Who accepts it is in a chat with you: it needs a free place."),
     sm_do_visitor_invite, sm_why_no_visitors},
    {"visitors", GLOBAL, SM_GROUP_VIEW, "C-x V", "", N_("visitors of the shop"),
     N_("Lists who is on the shop's pages now: page, time, where they came from, visits before. Enter shows one and invites."),
     sm_do_visitors, sm_why_no_visitors},
    {"whisper", AGENT, SM_GROUP_REPLY, "C-x w", "[words]", N_("whisper"),
     N_("Writes to the other staff of this chat, its agent and the leads; the customer never gets it."), sm_do_whisper, sm_why_no_chat},
    {"width-test", GLOBAL, SM_GROUP_APP, "", "", N_("test widths"),
     N_("Shows letters of many kinds with a bar behind them: where the bars stand in one line, the terminal and seatmux agree how wide "
        "they are."),
     sm_do_width_test, NULL},
};

const SmAction *sm_actions(guint *n)
{
    *n = G_N_ELEMENTS(table);
    return table;
}

const SmAction *sm_action_find(const char *name)
{
    gsize low = 0, high = G_N_ELEMENTS(table);

    while (name != NULL && low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(name, table[middle].name);
        if (order == 0)
            return &table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *sm_context_name(SmContext context)
{
    static const char *const names[SM_CONTEXTS] = {"global", "agent", "list", "picker", "scroll", "supervisor"};

    return (guint)context < SM_CONTEXTS ? names[context] : "global";
}

const char *sm_group_title(SmGroup group)
{
    switch (group) {
    case SM_GROUP_PANES:
        return _("PANES");
    case SM_GROUP_CHATS:
        return _("CHATS");
    case SM_GROUP_REPLY:
        return _("REPLY");
    case SM_GROUP_VIEW:
        return _("VIEW");
    case SM_GROUP_APP:
        return _("APP");
    case SM_GROUP_EDIT:
        return _("EDITING");
    case SM_GROUP_SUPERVISE:
        return _("QUEUE VIEW");
    }
    return "";
}
