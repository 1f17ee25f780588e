/* SPDX-License-Identifier: MIT */
/* limits: every bound of the program in one table. A value fed from outside is compared with one of
 * these where it enters, and passing it is an error value that names the limit. tests/base proves the
 * table sane; each room tests its own limits at the limit and one past it.
 *
 * SM_LIMITS(X): X(NAME, value, "unit", "what it bounds")  ->  enum constant SM_MAX_NAME */
#ifndef SEATMUX_BASE_LIMITS_H
#define SEATMUX_BASE_LIMITS_H

#include <stdint.h>

#define SM_LIMITS(X)                                                                               \
    X(MESSAGE_CHARS, 8000, "characters", "a message, note or whisper")                             \
    X(MESSAGE_BYTES, 32000, "bytes", "a message in UTF-8")                                         \
    X(NAME_CHARS, 120, "characters", "the name of a customer, agent, team, inbox or tag")          \
    X(ID_BYTES, 64, "bytes", "any id: command, conversation, agent, team, inbox")                  \
    X(REASON_CHARS, 500, "characters", "a reason, summary or comment")                             \
    X(ATTRIBUTES, 32, "entries", "flat attributes of a contact")                                   \
    X(ATTRIBUTE_CHARS, 500, "characters", "one attribute's value")                                 \
    X(TAGS, 16, "entries", "tags of a conversation")                                               \
    X(TAG_NAMES, 200, "entries", "tags that desk.yaml may name")                                   \
    X(ANSWER_RULES, 50, "entries", "rules of automatic first answers")                             \
    X(VISIT_RULES, 50, "entries", "invitations and pop-ups by rule")                               \
    X(VISITS, 5000, "visits", "visits to the shop's pages that are remembered at once")            \
    X(VISIT_STARTS, 60, "visits", "new ones in a minute of one address")                           \
    X(VISIT_VIEWS, 300, "pages", "what of one visit is counted")                                   \
    X(VISIT_TRAIL, 20, "pages", "the newest of one visit that are kept")                           \
    X(VISIT_TITLE, 200, "characters", "a page's title")                                            \
    X(VISIT_PAGE, 500, "characters", "a page's path, and where a visit came from")                 \
    X(VISITORS_SHOWN, 200, "visits", "one answer about who is on the site")                        \
    X(TRAFFIC_ROWS, 50, "rows", "pages, and referrers, of one record of the traffic")              \
    X(INVITATIONS, 500, "entries", "invitations that nobody has answered yet")                     \
    X(ANSWER_WORDS, 50, "entries", "words of one such rule")                                       \
    X(FAQ_ENTRIES, 5000, "entries", "frequent questions of all files")                             \
    X(CARD_NOTES, 10, "entries", "notes on a contact's card")                                        \
    X(CARD_ORDERS, 100, "entries", "orders kept on a contact's card: the newest")                    \
    X(CARD_MERGED, 8, "entries", "contacts merged into one")                                       \
    X(CARD_SHOWN, 50, "entries", "earlier conversations shown on a contact's card")                  \
    X(PARTICIPANTS, 8, "colleagues", "invited into a conversation")                                \
    X(TEAMS, 100, "entries", "teams of a desk")                                                    \
    X(INBOXES, 100, "entries", "inboxes of a desk")                                                \
    X(ORIGINS, 32, "entries", "sites that may show the chat page in a frame")                      \
    X(AGENTS, 2000, "entries", "agents of a desk")                                                 \
    X(BROADCASTS, 8, "entries", "broadcasts under way at once")                                    \
    X(BROADCAST_CHATS, 1000, "chats", "who gets one broadcast")                                    \
    X(INCIDENTS, 16, "entries", "incident notices that stand at once")                             \
    X(FILTER_CHARS, 500, "characters", "a filter that the desk is asked to look through")          \
    X(CRITERIA, 20, "lines", "the form of a review")                                               \
    X(LANGUAGES, 16, "entries", "languages of an agent")                                           \
    X(EVENTS_PER_RECORD, 64, "events", "what one accepted command may cause")                      \
    X(BODY_BYTES, 65536, "bytes", "the body of a request")                                         \
    X(FILE_BYTES, 20971520, "bytes", "a file, whatever desk.yaml says")                            \
    X(FILES_UNSENT, 20, "files", "files of one person that no message names yet")                  \
    X(FILES_BYTES, 524288000, "bytes", "all files of a conversation")                              \
    X(UPLOADS, 64, "uploads", "files on their way to the desk at once")                            \
    X(UPLOADS_PER_SESSION, 4, "uploads", "files of one session on their way at once")              \
    X(UPLOAD_QUEUE_BYTES, 524288, "bytes", "of one upload, read and not yet on disk")              \
    X(HEADER_BYTES, 5120, "bytes", "all headers of a request")                                     \
    X(HEADER_LINES, 32, "lines", "headers of a request")                                           \
    X(URL_BYTES, 2048, "bytes", "the target of a request")                                         \
    X(JSON_DEPTH, 64, "levels", "nesting of a JSON document")                                      \
    X(YAML_DEPTH, 32, "levels", "nesting of a YAML document")                                      \
    X(YAML_BYTES, 1048576, "bytes", "a YAML file")                                                 \
    X(YAML_NODES, 200000, "nodes", "a YAML file")                                                  \
    X(POLL_BYTES, 65536, "bytes", "a poll answer, after which more:true")                          \
    X(SNAPSHOT_BYTES, 262144, "bytes", "a page of a snapshot")                                     \
    X(ANSWER_BYTES, 8388608, "bytes", "any answer the client accepts")                             \
    X(JOURNAL_BASE_BYTES, 67108864, "bytes", "the state of a desk that a client keeps on disk")    \
    X(WAIT_S, 55, "s", "the longest hold of a poll")                                               \
    X(WAIT_DEFAULT_S, 25, "s", "the hold of a poll that names none")                               \
    X(SNAPSHOT_BEHIND, 50000, "records", "beyond this a client takes a snapshot")                  \
    X(EPHEMERAL_RING, 64, "events", "typing and presence kept for a session")                      \
    X(SESSIONS_PER_AGENT, 16, "sessions", "tokens of one agent")                                   \
    X(REQUESTS_PER_SESSION, 8, "requests", "requests of one session under way at once")            \
    X(KEPT_MESSAGES, 200, "messages", "messages of a conversation held in memory by the desk")     \
    X(MESSAGES_PAGE, 100, "messages", "a page of a conversation's history")                        \
    X(LOGIN_QUEUE, 32, "logins", "password checks waiting for the worker")                         \
    X(NOTIFY_QUEUE, 16, "alerts", "alerts waiting for the notification helper")                    \
    X(PASSWORD_BYTES, 1024, "bytes", "a password")                                                 \
    X(HISTORY_LINES, 500000, "lines", "what a client keeps to be searched")                        \
    X(OUTBOX, 1000, "entries", "messages waiting in the client's outbox")                          \
    X(DRAFT_CHARS, 8000, "characters", "a draft in the composer")                                  \
    X(PASTE_BYTES, 262144, "bytes", "one paste, more is dropped and said")                         \
    X(QUICK_REPLIES, 5000, "entries", "quick replies of all packs")                                \
    X(WORD_RULES, 5000, "rules", "word lists of all files")                                        \
    X(PANES, 36, "panes", "panes of a layout")                                                     \
    X(TOASTS, 10, "lines", "messages kept by the bottom line")                                     \
    X(LINE_BYTES, 65536, "bytes", "one line of a line protocol or file")                           \
    X(LOG_LINE_BYTES, 8388608, "bytes", "one record of an exported log, with its contents")

#define SM_LIMIT_ENUM(name, value, unit, what) SM_MAX_##name = (value),
enum { SM_LIMITS(SM_LIMIT_ENUM) };
#undef SM_LIMIT_ENUM

typedef struct {
    const char *name; /* "MESSAGE_CHARS" */
    int64_t value;
    const char *unit;
    const char *what;
} SmLimit;

/* The table as data, for docs, --help and tests; ends with a NULL name. Static. */
const SmLimit *sm_limits(void);

#endif
