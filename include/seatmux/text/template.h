/* SPDX-License-Identifier: MIT */
/* template: the text of quick replies. {{name}} is a variable, {{name|default}} one with a default,
 * {{?field}} what the agent must fill, \{{ a literal {{. Parsed once; a value is put in literally
 * and never read as a template. Names are letters and digits of any script, _ . and -, at most
 * SM_TEMPLATE_NAME bytes; blanks around them are fine. */
#ifndef SEATMUX_TEXT_TEMPLATE_H
#define SEATMUX_TEXT_TEMPLATE_H

#include <glib.h>

#define SM_TEMPLATE_NAME 64

typedef struct SmTemplate SmTemplate;

/* One mistake: byte offset into the text (see sm_text_position()) and what is wrong. */
typedef void (*SmTemplateErrorFn)(gsize offset, const char *why, void *user);

/* Parse. All mistakes are told to `error` (may be NULL); NULL if there was one. The text is put
 * through sm_text_input() first if it needs it. */
SmTemplate *sm_template_parse(const char *text, SmTemplateErrorFn error, void *user);
void sm_template_free(SmTemplate *t); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTemplate, sm_template_free)

/* The names it uses, each once, in order of first use. Borrowed, NULL-terminated. */
const char *const *sm_template_variables(const SmTemplate *t);
const char *const *sm_template_fields(const SmTemplate *t);

/* A stretch of text that is an unfilled field; in bytes. The text there is "{{?name}}". */
typedef struct {
    gsize start;
    gsize len;
    char name[SM_TEMPLATE_NAME + 1];
} SmTextField;

/* The value of a variable, or NULL if it has none ("" counts as none). Borrowed until the next
 * call. */
typedef const char *(*SmTemplateLookup)(const char *name, void *user);

typedef struct {
    char *text;         /* UTF-8, clean as by sm_text_input() */
    GArray *fields;     /* SmTextField, in order */
    GPtrArray *filled;  /* char *: variables that got a value or default, each once */
    GPtrArray *missing; /* char *: variables with neither; they are empty in `text`. Not empty: use
                           the reply's fallback */
} SmTemplateResult;

/* Render; `lookup` may be NULL (no values). Caller frees. */
SmTemplateResult *sm_template_render(const SmTemplate *t, SmTemplateLookup lookup, void *user);
void sm_template_result_free(SmTemplateResult *r); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTemplateResult, sm_template_result_free)

/* Find {{?name}} in plain text, for drafts that come back from disk or an editor. Array of
 * SmTextField; caller frees with g_array_unref(). */
GArray *sm_template_find_fields(const char *text, gsize n);

/* Line and column (both from 1, column in characters) of a byte offset. */
void sm_text_position(const char *text, gsize offset, int *line, int *column);

#endif
