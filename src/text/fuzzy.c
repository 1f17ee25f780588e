/* SPDX-License-Identifier: MIT */
/* Per term, the best way to lay its characters over the text: a table of (pattern, text) with the
 * best score that ends there, as sequence alignment does it. Bounded by SM_FUZZY_PATTERN x
 * SM_FUZZY_TEXT. */
#include "seatmux/text/fuzzy.h"

#include <string.h>

#include "chars.h"

#define MATCH 16
#define AFTER_MATCH 15 /* right after the character matched before */
#define WORD_START 8
#define FIRST 4 /* at the very start of the text */
#define GAP 1   /* each character skipped between matches, up to GAP_MOST */
#define GAP_MOST 12
#define NONE (-1000000)

typedef struct {
    guint start; /* into the pattern */
    guint len;
} Term;

struct SmFuzzy {
    gunichar pattern[SM_FUZZY_PATTERN];
    guint n;
    Term terms[SM_FUZZY_PATTERN];
    guint n_terms;
    gunichar text[SM_FUZZY_TEXT];
    guint offsets[SM_FUZZY_TEXT];
    gint8 bonus[SM_FUZZY_TEXT];
    guint n_text;
    int best[SM_FUZZY_PATTERN][SM_FUZZY_TEXT];    /* with this one matched here */
    gint16 from[SM_FUZZY_PATTERN][SM_FUZZY_TEXT]; /* where the one before was */
};

static gunichar fold(gunichar c)
{
    if (c < 0x80)
        return (gunichar)g_ascii_tolower((char)c);
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return g_unichar_tolower(c);
}

SmFuzzy *sm_fuzzy_new(const char *pattern)
{
    SmFuzzy *f = g_new0(SmFuzzy, 1);
    const char *p = pattern, *end = pattern + strlen(pattern);
    gboolean open = FALSE;

    while (p < end && f->n < SM_FUZZY_PATTERN) {
        gunichar c = fold(sm_char_get(&p, end));

        if (sm_char_is_space(c)) {
            open = FALSE;
            continue;
        }
        if (!open)
            f->terms[f->n_terms++] = (Term){f->n, 0};
        open = TRUE;
        f->pattern[f->n++] = c;
        f->terms[f->n_terms - 1].len++;
    }
    return f;
}

void sm_fuzzy_free(SmFuzzy *f)
{
    g_free(f);
}

static gint8 place_bonus(gunichar before, gunichar c)
{
    if (before == 0)
        return WORD_START + FIRST;
    if (!g_unichar_isalnum(before) && g_unichar_isalnum(c))
        return WORD_START;
    if (sm_char_is_han(c) && !sm_char_is_han(before))
        return WORD_START;
    if (g_unichar_islower(before) && g_unichar_isupper(c))
        return WORD_START - 2;
    return 0;
}

static void load_text(SmFuzzy *f, const char *text)
{
    const char *p = text, *end = text + strlen(text);
    gunichar before = 0;

    f->n_text = 0;
    while (p < end && f->n_text < SM_FUZZY_TEXT) {
        guint at = (guint)(p - text);
        gunichar c = sm_char_get(&p, end);

        f->text[f->n_text] = fold(c);
        f->offsets[f->n_text] = at;
        f->bonus[f->n_text++] = place_bonus(before, c);
        before = c;
    }
}

/* Cheap first look: are they there at all, in order? */
static gboolean in_order(const SmFuzzy *f, const Term *term)
{
    guint k = 0;

    for (guint j = 0; j < f->n_text && k < term->len; j++)
        k += f->text[j] == f->pattern[term->start + k];
    return k == term->len;
}

/* Fill row i of a term's table. */
static void fill_row(SmFuzzy *f, const Term *term, guint i)
{
    int run = NONE; /* best of the row above, less what was skipped since */
    int run_at = -1;

    for (guint j = 0; j < f->n_text; j++) {
        int score = NONE;

        f->from[i][j] = -1;
        if (i > 0 && j > 0) {
            int above = f->best[i - 1][j - 1];

            if (run > NONE)
                run -= run_at + GAP_MOST > (int)j ? GAP : 0;
            if (above > NONE && above >= run) {
                run = above;
                run_at = (int)j - 1;
            }
            if (f->text[j] == f->pattern[term->start + i] && run > NONE) {
                score = run + MATCH + f->bonus[j];
                f->from[i][j] = (gint16)run_at;
                if (above > NONE && above + AFTER_MATCH >= run + f->bonus[j] &&
                    above + MATCH + MAX(AFTER_MATCH, f->bonus[j]) >= score) {
                    score = above + MATCH + MAX(AFTER_MATCH, f->bonus[j]);
                    f->from[i][j] = (gint16)(j - 1);
                }
            }
        } else if (i == 0 && f->text[j] == f->pattern[term->start]) {
            score = MATCH + f->bonus[j] - (int)MIN(j, GAP_MOST) * GAP;
        }
        f->best[i][j] = score;
    }
}

/* Score of a term; marks its places in `hit`. NONE if it is not there. */
static int match_term(SmFuzzy *f, const Term *term, gboolean *hit)
{
    int at = -1, score;

    if (!in_order(f, term))
        return NONE;
    for (guint i = 0; i < term->len; i++)
        fill_row(f, term, i);
    for (guint j = 0; j < f->n_text; j++)
        if (f->best[term->len - 1][j] > (at < 0 ? NONE : f->best[term->len - 1][at]))
            at = (int)j;
    if (at < 0)
        return NONE;
    score = f->best[term->len - 1][at];
    for (int i = (int)term->len - 1; i >= 0 && at >= 0; i--) {
        hit[at] = TRUE;
        at = f->from[i][at];
    }
    return score;
}

gboolean sm_fuzzy_match(SmFuzzy *f, const char *text, int *score, guint *places, guint *n_places)
{
    gboolean hit[SM_FUZZY_TEXT] = {FALSE};
    int sum = 0;
    guint n = 0;

    load_text(f, text);
    for (guint i = 0; i < f->n_terms; i++) {
        int one = match_term(f, &f->terms[i], hit);

        if (one == NONE)
            return FALSE;
        sum += one;
    }
    if (f->n_terms > 0)
        sum -= (int)MIN(f->n_text, 128) / 16; /* of two alike the shorter */
    for (guint j = 0; places && j < f->n_text; j++)
        if (hit[j] && n < SM_FUZZY_PATTERN)
            places[n++] = f->offsets[j];
    if (score)
        *score = sum;
    if (n_places)
        *n_places = n;
    return TRUE;
}
