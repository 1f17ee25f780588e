/* SPDX-License-Identifier: MIT */
/* theme: what each role looks like, read from YAML (themes/): under `roles`, role: {fg, bg, bold,
 * dim, italic, underline, reverse}; colours are "#rrggbb", one of the 16 names ("red",
 * "bright-red") or "default". A role that a file does not name has the shipped look of the table
 * below. */
#ifndef SEATMUX_UI_THEME_H
#define SEATMUX_UI_THEME_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/error.h"

/* SM_STYLES(X): X(NAME, "name in files", plain attributes, "what is drawn with it"). The plain
 * attributes are used on terminals without colours, so that a role can still be told there. */
#define SM_STYLES(X)                                                                                \
    X(TEXT, "text", 0, "messages, the composer, whatever has no role of its own")                  \
    X(DIM, "dim", SM_LOOK_DIM, "times, separators, disabled entries")                              \
    X(STRONG, "strong", SM_LOOK_BOLD, "customer names, titles")                                    \
    X(ACCENT, "accent", SM_LOOK_BOLD, "the one accent: prompts, keys in hints")                    \
    X(OWN, "own", 0, "own messages")                                                               \
    X(NOTE, "note", SM_LOOK_ITALIC, "internal notes, on their own background")                     \
    X(WHISPER, "whisper", SM_LOOK_ITALIC, "whispers")                                              \
    X(SYSTEM, "system", SM_LOOK_DIM | SM_LOOK_ITALIC, "system lines")                              \
    X(BOT, "bot", SM_LOOK_DIM, "messages of a bot")                                                \
    X(HEADER, "header", 0, "header of a pane")                                                     \
    X(HEADER_FOCUS, "header-focus", SM_LOOK_BOLD, "header of the focused pane")                    \
    X(OK, "ok", 0, "clock with time left")                                                         \
    X(WARNING, "warning", SM_LOOK_BOLD, "clock after a warning")                                   \
    X(OVERDUE, "overdue", SM_LOOK_BOLD | SM_LOOK_REVERSE, "clock past its target")                 \
    X(SNOOZED, "snoozed", SM_LOOK_DIM, "snoozed and held conversations")                           \
    X(SELECTION, "selection", SM_LOOK_REVERSE, "selected line of a list")                          \
    X(MATCH, "match", SM_LOOK_UNDERLINE, "what a search found")                                    \
    X(ERROR, "error", SM_LOOK_BOLD, "failures")                                                    \
    X(UNREAD, "unread", SM_LOOK_BOLD, "new-message line, unread counts")                           \
    X(BORDER, "border", SM_LOOK_DIM, "lines between panes")                                        \
    X(BAR, "bar", SM_LOOK_REVERSE, "status bar")                                                   \
    X(BAR_STRONG, "bar-strong", SM_LOOK_REVERSE | SM_LOOK_BOLD, "what matters in the status bar")  \
    X(PRACTICE, "practice", SM_LOOK_UNDERLINE | SM_LOOK_BOLD, "the word in the bar that says: no real customers") \
    X(HINT, "hint", SM_LOOK_DIM, "line of key hints")                                              \
    X(TOAST, "toast", 0, "bottom line")                                                            \
    X(POPUP, "popup", 0, "inside of popups")                                                       \
    X(POPUP_BORDER, "popup-border", 0, "border of popups")                                         \
    X(POPUP_TITLE, "popup-title", SM_LOOK_BOLD, "titles in popups and which-key")                  \
    X(PROMPT, "prompt", SM_LOOK_BOLD, "prompt of the composer")                                    \
    X(PROMPT_NOTE, "prompt-note", SM_LOOK_BOLD | SM_LOOK_REVERSE, "prompt of a note")              \
    X(FIELD, "field", SM_LOOK_UNDERLINE, "field of a template that must be filled")                \
    X(MISSPELT, "misspelt", SM_LOOK_UNDERLINE, "misspelt words")                                   \
    X(LINK, "link", SM_LOOK_UNDERLINE, "links and order numbers")                                  \
    X(PENDING, "pending", SM_LOOK_DIM, "message that has not left yet")                            \
    X(TYPING, "typing", SM_LOOK_DIM, "is typing")

#define SM_STYLE_ENUM(name, file, plain, what) SM_STYLE_##name,
typedef enum { SM_STYLES(SM_STYLE_ENUM) SM_STYLE_COUNT } SmStyle;
#undef SM_STYLE_ENUM

typedef enum {
    SM_LOOK_BOLD = 1 << 0,
    SM_LOOK_DIM = 1 << 1,
    SM_LOOK_ITALIC = 1 << 2,
    SM_LOOK_UNDERLINE = 1 << 3,
    SM_LOOK_REVERSE = 1 << 4,
} SmLookAttr;

/* A colour: SM_COLOUR_DEFAULT, SM_COLOUR_NAMED | 0..15, or 0xrrggbb. */
typedef uint32_t SmColour;
#define SM_COLOUR_DEFAULT ((SmColour)0x80000000u)
#define SM_COLOUR_NAMED ((SmColour)0x40000000u)

typedef struct {
    SmColour fg, bg;
    guint attrs; /* SM_LOOK_... */
} SmLook;

typedef struct SmTheme SmTheme;

/* The look built into the program: plain attributes and the 8 colours. */
SmTheme *sm_theme_new(void);
/* Parse text or a file; what is wrong becomes findings (file:line:column) and keeps the built-in
 * look. NULL only if nothing can be read at all. */
SmTheme *sm_theme_parse(const char *file, const char *text, gsize n, SmFindings *findings);
SmTheme *sm_theme_load(const char *path, SmFindings *findings);
/* The theme of this name: the user's own before a shipped one; "" is the default. NULL: there is none, or it can't be
 * read at all. */
SmTheme *sm_theme_find(const char *name, SmFindings *findings);
void sm_theme_free(SmTheme *theme);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTheme, sm_theme_free)

const char *sm_theme_name(const SmTheme *theme); /* what the file calls itself, or "built-in" */
const SmLook *sm_theme_look(const SmTheme *theme, SmStyle role);
/* The role's name in files, and the role of a name (-1 if none). Static. */
const char *sm_style_name(SmStyle role);
const char *sm_style_about(SmStyle role);
int sm_style_find(const char *name);
guint sm_style_plain(SmStyle role); /* attributes without colours */

/* "#rrggbb", "#rgb", a name or "default". FALSE if it is no colour. */
gboolean sm_colour_parse(const char *text, SmColour *colour);
/* The nearest colour number of a terminal with `colours` (256, 16, 8) colours; -1 for the default.
 */
int sm_colour_number(SmColour colour, int colours);
/* What a terminal with `colours` colours shows of a look: the numbers of its colours in *fg and *bg, and its attributes
 * (SM_LOOK_...). With eight colours grey is black, which nobody can read on a dark ground: it becomes the terminal's own colour,
 * dim; and what would be written in the colour of its ground is written in another. */
guint sm_look_shown(const SmLook *look, int colours, int *fg, int *bg);

#endif
