/* SPDX-License-Identifier: MIT */
#include "seatmux/text/wrap.h"

#include "chars.h"

/* Closing punctuation, small kana and the like: never first in a line. Sorted. */
static const gunichar not_first[] = {
    '!',    '%',    ')',    ',',    '.',    ':',    ';',    '?',    ']',    '}',    0xB7,   0xBB,
    0x2019, 0x201D, 0x2022, 0x2026, 0x2030, 0x203A, 0x2103, 0x3001, 0x3002, 0x3003, 0x3005, 0x3009,
    0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0x3019, 0x301B, 0x301E, 0x301F, 0x3041, 0x3043,
    0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E, 0x309B, 0x309C, 0x309D, 0x309E,
    0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6,
    0x30FB, 0x30FC, 0x30FD, 0x30FE, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F,
    0xFF3D, 0xFF5D, 0xFF5E, 0xFF60, 0xFF61, 0xFF63, 0xFF64, 0xFF65,
};

/* Opening brackets: never last. Sorted. */
static const gunichar not_last[] = {
    '(',    '[',    '{',    0xAB,   0x2018, 0x201C, 0x2039, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010,
    0x3014, 0x3016, 0x3018, 0x301A, 0x301D, 0xFF08, 0xFF3B, 0xFF5B, 0xFF5F, 0xFF62, 0xFFE5,
};

static gboolean listed(const gunichar *list, gsize n, gunichar c)
{
    gsize low = 0;

    while (low < n) {
        gsize mid = (low + n) / 2;

        if (list[mid] == c)
            return TRUE;
        if (list[mid] < c)
            low = mid + 1;
        else
            n = mid;
    }
    return FALSE;
}

/* A line may break before and after such a character, kinsoku aside. */
static gboolean breaks_around(gunichar c)
{
    return sm_char_is_han(c) || (c >= 0x3000 && c <= 0x30FF) || (c >= 0xFF01 && c <= 0xFF9F) ||
           (c >= 0x1F1E6 && c <= 0x1F1FF) || (c > 0x2000 && sm_char_is_pict(c));
}

static gboolean breaking_space(gunichar c)
{
    return c == ' ' || (c >= 0x1680 && c != 0x2007 && c != 0x202F && sm_char_is_space(c));
}

static gboolean word_char(gunichar c)
{
    return g_unichar_isalnum(c);
}

static gboolean may_break(gunichar before, gunichar a, gunichar b)
{
    if (a == 0 || listed(not_first, G_N_ELEMENTS(not_first), b) ||
        listed(not_last, G_N_ELEMENTS(not_last), a))
        return FALSE;
    if (breaks_around(a) || breaks_around(b))
        return TRUE;
    return a == '-' && word_char(before) && g_unichar_isalpha(b);
}

void sm_wrap_start(SmWrap *wrap, const SmWidths *w, const char *text, gsize n, int width, int first,
                   int rest)
{
    width = MAX(width, 1);
    *wrap = (SmWrap){.widths = *w,
                     .text = text,
                     .n = n,
                     .width = width,
                     .first = CLAMP(first, 0, width - 1),
                     .rest = CLAMP(rest, 0, width - 1)};
}

/* A place where the line may end: what is drawn up to there, and where the next one starts. */
typedef struct {
    gsize end;
    gsize next;
    int columns;
} Stop;

/* The line being filled. */
typedef struct {
    gsize start;
    gsize at;
    int room;
    int columns;
    Stop word;     /* behind the last character that is no space */
    Stop stop;     /* the last place to break; end == start: none */
    gunichar prev; /* first code points of the two clusters before */
    gunichar prev2;
    gboolean hangs; /* spaces are beyond the room */
    gsize hang;     /* from here on */
    int hang_columns;
} Filling;

static gboolean finish(SmWrap *wrap, SmWrapLine *line, Stop stop, gboolean hard)
{
    line->start = wrap->at;
    line->len = stop.end - wrap->at;
    line->skip = stop.next - stop.end;
    line->columns = stop.columns;
    line->indent = wrap->line == 0 ? wrap->first : wrap->rest;
    line->hard = hard;
    wrap->at = stop.next;
    wrap->line++;
    return TRUE;
}

/* End of a paragraph: spaces that fit are drawn, those beyond hang. */
static Stop paragraph_end(const Filling *f, gsize next)
{
    if (f->hangs)
        return (Stop){f->hang, next, f->hang_columns};
    return (Stop){f->at, next, f->columns};
}

static void add_space(Filling *f, gsize next, int columns)
{
    if (!f->hangs && f->columns + columns > f->room) {
        f->hangs = TRUE;
        f->hang = f->at;
        f->hang_columns = f->columns;
    }
    f->columns += columns;
    if (f->word.end > f->start) {
        f->stop = f->word;
        f->stop.next = next;
    } else if (f->hangs) { /* nothing but spaces: break where they pass the edge */
        f->stop = (Stop){f->hang, next, f->hang_columns};
    }
}

/* TRUE if the cluster is in; FALSE if the line ends at f->stop. */
static gboolean add_char(Filling *f, gunichar c, gsize next, int columns)
{
    gboolean after_space = f->at > f->start && breaking_space(f->prev);

    if (!after_space && f->at > f->start && may_break(f->prev2, f->prev, c))
        f->stop = (Stop){f->at, f->at, f->columns};
    if (f->columns + columns > f->room && f->at > f->start) {
        if (f->stop.next == f->start)
            f->stop = (Stop){f->at, f->at, f->columns};
        return FALSE;
    }
    f->columns += columns;
    f->word = (Stop){next, next, f->columns};
    return TRUE;
}

gboolean sm_wrap_next(SmWrap *wrap, SmWrapLine *line)
{
    Stop none = {wrap->at, wrap->at, 0};
    Filling f = {.start = wrap->at, .at = wrap->at, .word = none, .stop = none, .hangs = FALSE};

    if (wrap->done)
        return FALSE;
    f.room = wrap->width - (wrap->line == 0 ? wrap->first : wrap->rest);
    while (f.at < wrap->n) {
        const char *p = wrap->text + f.at;
        gunichar c = sm_char_get(&p, wrap->text + wrap->n);
        gsize next = sm_grapheme_next(wrap->text, wrap->n, f.at);
        int columns;

        if (c == '\n')
            return finish(wrap, line, paragraph_end(&f, next), TRUE);
        columns = sm_width_grapheme(&wrap->widths, wrap->text + f.at, next - f.at);
        if (breaking_space(c) && (gsize)(p - wrap->text) == next)
            add_space(&f, next, columns);
        else if (!add_char(&f, c, next, columns))
            return finish(wrap, line, f.stop, FALSE);
        f.prev2 = f.prev;
        f.prev = c;
        f.at = next;
    }
    wrap->done = TRUE;
    return finish(wrap, line, paragraph_end(&f, wrap->n), TRUE);
}

guint sm_wrap_count(const SmWidths *w, const char *text, gsize n, int width, int first, int rest)
{
    SmWrap wrap;
    SmWrapLine line;
    guint count = 0;

    sm_wrap_start(&wrap, w, text, n, width, first, rest);
    while (sm_wrap_next(&wrap, &line))
        count++;
    return count;
}
