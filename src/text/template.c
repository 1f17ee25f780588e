/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/text/template.h"

#include <string.h>

#include "chars.h"
#include "seatmux/text/sanitise.h"

typedef enum { PIECE_TEXT, PIECE_VARIABLE, PIECE_FIELD } PieceKind;

typedef struct {
    PieceKind kind;
    char *text;      /* the text, or the name */
    char *otherwise; /* of a variable; NULL: no default */
} Piece;

struct SmTemplate {
    GArray *pieces;
    GPtrArray *variables; /* NULL-terminated once parsed */
    GPtrArray *fields;
};

typedef struct {
    SmTemplate *t;
    const char *text;
    GString *literal;
    SmTemplateErrorFn error;
    void *user;
    gboolean failed;
} Parser;

static void piece_clear(void *data)
{
    Piece *p = data;

    g_free(p->text);
    g_free(p->otherwise);
}

static void add_once(GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], name) == 0)
            return;
    g_ptr_array_add(names, g_strdup(name));
}

static void flush_literal(Parser *p)
{
    Piece piece = {PIECE_TEXT, NULL, NULL};

    if (p->literal->len == 0)
        return;
    piece.text = sm_text_input(p->literal->str, (gssize)p->literal->len, TRUE);
    g_array_append_val(p->t->pieces, piece);
    g_string_truncate(p->literal, 0);
}

static void complain(Parser *p, const char *at, const char *why)
{
    p->failed = TRUE;
    if (p->error)
        p->error((gsize)(at - p->text), why, p->user);
}

/* What is wrong with a name; NULL if nothing is. */
static const char *name_trouble(const char *name, gsize n)
{
    const char *p = name, *end = name + n;

    if (n == 0)
        return "a name is missing between the braces";
    if (n > SM_TEMPLATE_NAME)
        return "the name is too long";
    while (p < end) {
        gunichar c = sm_char_get(&p, end);

        if (!sm_char_is_letter(c) && !sm_char_is_digit(c) && !sm_char_is_mark(c) && c != '_' &&
            c != '.' && c != '-')
            return "a name has only letters, digits, '_', '.' and '-'";
    }
    return NULL;
}

/* Without blanks at either end; behind the text stands something else than a blank. */
static void trim(const char **start, gsize *n)
{
    while (**start == ' ') {
        (*start)++;
        (*n)--;
    }
    while (*n > 0 && (*start)[*n - 1] == ' ')
        (*n)--;
}

/* What stands between the braces; `open` is at the {{. */
static void parse_inside(Parser *p, const char *open, const char *inside, gsize n)
{
    const char *bar = memchr(inside, '|', n), *trouble;
    gboolean field = *inside == '?';
    const char *name = inside + field;
    gsize name_len = (bar ? (gsize)(bar - inside) : n) - field;
    Piece piece = {field ? PIECE_FIELD : PIECE_VARIABLE, NULL, NULL};

    trim(&name, &name_len);
    trouble = name_trouble(name, name_len);
    if (!trouble && field && bar)
        trouble = "a field to fill has no default";
    if (trouble) {
        complain(p, name_len > 0 && !(field && bar) ? name : open, trouble);
        return;
    }
    flush_literal(p);
    piece.text = g_strndup(name, name_len);
    if (bar)
        piece.otherwise = sm_text_input(bar + 1, (gssize)(inside + n - bar - 1), TRUE);
    add_once(field ? p->t->fields : p->t->variables, piece.text);
    g_array_append_val(p->t->pieces, piece);
}

/* Parse the braces at `open`; gives where to go on. */
static const char *parse_braces(Parser *p, const char *open)
{
    const char *inside = open + 2, *close = strstr(inside, "}}"), *again = strstr(inside, "{{");

    if (close == NULL || (again && again < close)) {
        complain(p, open, "'{{' is not closed by '}}' (a literal one is written \\{{)");
        return inside;
    }
    parse_inside(p, open, inside, (gsize)(close - inside));
    return close + 2;
}

SmTemplate *sm_template_parse(const char *text, SmTemplateErrorFn error, void *user)
{
    Parser p = {.text = text, .error = error, .user = user};
    const char *at = text;

    p.t = g_new0(SmTemplate, 1);
    p.t->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_set_clear_func(p.t->pieces, piece_clear);
    p.t->variables = g_ptr_array_new_with_free_func(g_free);
    p.t->fields = g_ptr_array_new_with_free_func(g_free);
    p.literal = g_string_new(NULL);
    while (*at) {
        if (g_str_has_prefix(at, "\\{{")) {
            g_string_append(p.literal, "{{");
            at += 3;
        } else if (g_str_has_prefix(at, "{{")) {
            at = parse_braces(&p, at);
        } else {
            g_string_append_c(p.literal, *at++);
        }
    }
    flush_literal(&p);
    g_string_free(p.literal, TRUE);
    g_ptr_array_add(p.t->variables, NULL);
    g_ptr_array_add(p.t->fields, NULL);
    if (p.failed) {
        sm_template_free(p.t);
        return NULL;
    }
    return p.t;
}

void sm_template_free(SmTemplate *t)
{
    if (t == NULL)
        return;
    g_array_unref(t->pieces);
    g_ptr_array_unref(t->variables);
    g_ptr_array_unref(t->fields);
    g_free(t);
}

const char *const *sm_template_variables(const SmTemplate *t)
{
    return (const char *const *)t->variables->pdata;
}

const char *const *sm_template_fields(const SmTemplate *t)
{
    return (const char *const *)t->fields->pdata;
}

static void render_variable(SmTemplateResult *r, GString *out, const Piece *piece,
                            SmTemplateLookup lookup, void *user)
{
    const char *value = lookup ? lookup(piece->text, user) : NULL;
    g_autofree char *clean = NULL;

    if (value == NULL || (*value == '\0' && !SM_BUG(41)))
        value = piece->otherwise;
    if (value == NULL) {
        add_once(r->missing, piece->text);
        return;
    }
    clean = SM_BUG(42) ? g_strdup(value) : sm_text_input(value, -1, TRUE);
    g_string_append(out, clean);
    add_once(r->filled, piece->text);
}

static void render_field(SmTemplateResult *r, GString *out, const Piece *piece)
{
    SmTextField field = {.start = out->len};

    g_string_append_printf(out, "{{?%s}}", piece->text);
    field.len = out->len - field.start;
    g_strlcpy(field.name, piece->text, sizeof field.name);
    g_array_append_val(r->fields, field);
}

SmTemplateResult *sm_template_render(const SmTemplate *t, SmTemplateLookup lookup, void *user)
{
    SmTemplateResult *r = g_new0(SmTemplateResult, 1);
    GString *out = g_string_new(NULL);

    r->fields = g_array_new(FALSE, FALSE, sizeof(SmTextField));
    r->filled = g_ptr_array_new_with_free_func(g_free);
    r->missing = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < t->pieces->len; i++) {
        const Piece *piece = &g_array_index(t->pieces, Piece, i);

        if (piece->kind == PIECE_TEXT)
            g_string_append(out, piece->text);
        else if (piece->kind == PIECE_FIELD)
            render_field(r, out, piece);
        else
            render_variable(r, out, piece, lookup, user);
    }
    r->text = g_string_free(out, FALSE);
    return r;
}

void sm_template_result_free(SmTemplateResult *r)
{
    if (r == NULL)
        return;
    g_free(r->text);
    g_array_unref(r->fields);
    g_ptr_array_unref(r->filled);
    g_ptr_array_unref(r->missing);
    g_free(r);
}

GArray *sm_template_find_fields(const char *text, gsize n)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(SmTextField));
    const char *at = text, *end = text + n;

    while ((at = g_strstr_len(at, end - at, "{{?")) != NULL) {
        const char *name = at + 3,
                   *close = g_strstr_len(name, MIN(end - name, SM_TEMPLATE_NAME + 2), "}}");
        SmTextField field = {.start = (gsize)(at - text)};

        if (close == NULL || name_trouble(name, (gsize)(close - name)) != NULL) {
            at++;
            continue;
        }
        field.len = (gsize)(close + 2 - at);
        memcpy(field.name, name, (gsize)(close - name));
        g_array_append_val(found, field);
        at = close + 2;
    }
    return found;
}

void sm_text_position(const char *text, gsize offset, int *line, int *column)
{
    int l = 1, c = 1;

    for (gsize i = 0; i < offset && text[i]; i++) {
        if (text[i] == '\n') {
            l++;
            c = 1;
        } else if (((guchar)text[i] & 0xC0) != 0x80) {
            c++;
        }
    }
    *line = l;
    *column = c;
}
