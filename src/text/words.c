/* SPDX-License-Identifier: MIT */
/* words: matching. Forms lie in a table by their first character; a text is folded once, every form that begins at a
 * place is tried there, and then it is decided which of the found ones count. */
#include "words_private.h"

#include <string.h>

#include "chars.h"
#include "seatmux/text/find.h"

/* One character of a folded text. */
typedef struct {
    gunichar c;
    gsize start, end; /* bytes of what it stands for */
} Folded;

/* A form found at a place; places count folded characters. */
typedef struct {
    const SmWordForm *form;
    guint from, to;
} Match;

/* Blanks are all alike. */
static gunichar fold(gunichar c)
{
    return g_unichar_isspace(c) ? ' ' : sm_text_fold(c);
}

/* Blanks in a row are one, invisible characters none. */
static GArray *fold_text(const char *text)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(Folded));
    const char *end = text + strlen(text);

    for (const char *p = text; p < end;) {
        gsize start = (gsize)(p - text);
        gunichar c = sm_char_get(&p, end);
        Folded one = {fold(c), start, (gsize)(p - text)};
        Folded *last = out->len > 0 ? &g_array_index(out, Folded, out->len - 1) : NULL;
        if (sm_char_is_unseen(c))
            continue;
        if (one.c == ' ' && last != NULL && last->c == ' ')
            last->end = one.end;
        else
            g_array_append_val(out, one);
    }
    return out;
}

SmWordForm *sm_word_form_new(const char *text, SmOwnRule *rule, gboolean excepted)
{
    g_autofree char *plain = g_strstrip(g_strdup(text));
    g_autoptr(GArray) folded = fold_text(plain);
    SmWordForm *form = NULL;

    if (folded->len == 0 || folded->len > SM_WORD_CHARS)
        return NULL;
    form = g_malloc0(sizeof *form + folded->len * sizeof *form->chars);
    form->rule = rule;
    form->excepted = excepted;
    form->n = folded->len;
    for (guint i = 0; i < folded->len; i++)
        form->chars[i] = g_array_index(folded, Folded, i).c;
    return form;
}

/* Of a script that parts its words by spaces. */
static gboolean in_word(gunichar c)
{
    if (!g_unichar_isalnum(c))
        return FALSE;
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_HANGUL:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
        return FALSE;
    default:
        return TRUE;
    }
}

static gboolean matches(const SmWordForm *form, const Folded *text, guint n, guint at)
{
    if (form->n > n - at)
        return FALSE;
    for (guint i = 0; i < form->n; i++)
        if (form->chars[i] != text[at + i].c)
            return FALSE;
    if (at > 0 && in_word(text[at - 1].c) && in_word(form->chars[0]))
        return FALSE;
    guint end = at + form->n;
    return end == n || !in_word(text[end].c) || !in_word(form->chars[form->n - 1]);
}

static GArray *all_matches(const SmWords *words, const GArray *folded)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Match));
    const Folded *text = (const Folded *)(const void *)folded->data;

    for (guint at = 0; at < folded->len && found->len < SM_WORDS_HITS * 8; at++) {
        const GPtrArray *forms =
            g_hash_table_lookup(words->by_char, GUINT_TO_POINTER(text[at].c));
        for (guint i = 0; forms != NULL && i < forms->len; i++) {
            Match match = {forms->pdata[i], at, 0};
            match.to = at + match.form->n;
            if (matches(match.form, text, folded->len, at))
                g_array_append_val(found, match);
        }
    }
    return found;
}

/* Does it lie in a phrase that its own rule excepts? */
static gboolean is_excepted(const GArray *found, const Match *match)
{
    for (guint i = 0; i < found->len; i++) {
        const Match *other = &g_array_index(found, Match, i);
        if (other->form->excepted && other->form->rule == match->form->rule &&
            other->from <= match->from && other->to >= match->to)
            return TRUE;
    }
    return FALSE;
}

/* The longest of those that begin at the place of `i` and count; places come in order. NULL: none. */
static const Match *longest_at(const GArray *found, guint i)
{
    guint from = g_array_index(found, Match, i).from;
    const Match *best = NULL;

    for (; i < found->len && g_array_index(found, Match, i).from == from; i++) {
        const Match *match = &g_array_index(found, Match, i);
        if (!match->form->excepted && (best == NULL || match->to > best->to) &&
            !is_excepted(found, match))
            best = match;
    }
    return best;
}

/* Only what is said more often than its rule allows. */
static void drop_few(GArray *hits)
{
    g_autoptr(GHashTable) said = g_hash_table_new(NULL, NULL);
    guint kept = 0;

    for (guint i = 0; i < hits->len; i++) {
        SmWordHit hit = g_array_index(hits, SmWordHit, i);
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(said, hit.rule)) + 1;
        g_hash_table_insert(said, (gpointer)hit.rule, GUINT_TO_POINTER(n));
        if (n > hit.rule->most)
            g_array_index(hits, SmWordHit, kept++) = hit;
    }
    g_array_set_size(hits, MIN(kept, SM_WORDS_HITS));
}

GArray *sm_words_find(const SmWords *words, const char *text)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(SmWordHit));

    if (words == NULL || words->rules->len == 0)
        return hits;
    g_autoptr(GArray) folded = fold_text(text);
    g_autoptr(GArray) found = all_matches(words, folded);
    guint free_from = 0;
    for (guint i = 0; i < found->len; i++) {
        guint from = g_array_index(found, Match, i).from;
        if (from < free_from || (i > 0 && g_array_index(found, Match, i - 1).from == from))
            continue;
        const Match *match = longest_at(found, i);
        if (match == NULL)
            continue;
        gsize start = g_array_index(folded, Folded, match->from).start;
        gsize end = g_array_index(folded, Folded, match->to - 1).end;
        SmWordHit hit = {start, end - start, &match->form->rule->rule};
        g_array_append_val(hits, hit);
        free_from = match->to;
    }
    drop_few(hits);
    return hits;
}

const SmWordHit *sm_words_worst(const GArray *hits)
{
    for (guint i = 0; i < hits->len; i++) {
        const SmWordHit *hit = &g_array_index(hits, SmWordHit, i);
        if (hit->rule->level == SM_WORDS_BLOCK)
            return hit;
    }
    return hits->len > 0 ? &g_array_index(hits, SmWordHit, 0) : NULL;
}

guint sm_words_count(const SmWords *words)
{
    return words != NULL ? words->rules->len : 0;
}
