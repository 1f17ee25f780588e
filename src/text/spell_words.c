/* SPDX-License-Identifier: MIT */
#include "spell_words.h"

#include <string.h>

#define LETTERS_LEAST 2

/* Of a script that parts its words by spaces. */
static gboolean is_letter(gunichar c)
{
    if (!g_unichar_isalpha(c))
        return FALSE;
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_LATIN:
    case G_UNICODE_SCRIPT_GREEK:
    case G_UNICODE_SCRIPT_CYRILLIC:
    case G_UNICODE_SCRIPT_ARMENIAN:
    case G_UNICODE_SCRIPT_HEBREW:
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_GEORGIAN:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_joint(gunichar c)
{
    return c == '\'' || c == 0x2019;
}

/* What stands between blanks is no word if it is an address, a path, a number, a code. */
static gboolean is_plain(const char *token, gsize n)
{
    gsize i;

    for (i = 0; i < n; i++) {
        guchar c = (guchar)token[i];
        if (g_ascii_isdigit(c) || c == '@' || c == '/' || c == '\\' || c == '_' || c == '{' || c == '}' || c == '#')
            return FALSE;
        if (c == '.' && i + 1 < n && g_ascii_isalpha(token[i + 1]))
            return FALSE; /* example.com */
    }
    return TRUE;
}

static gboolean all_capitals(const char *word, gsize len)
{
    for (const char *p = word; p < word + len; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isalpha(c) && !g_unichar_isupper(c))
            return FALSE;
    }
    return TRUE;
}

static gsize token_end(const char *text, gsize at)
{
    while (text[at] != '\0' && !g_unichar_isspace(g_utf8_get_char(text + at)))
        at = (gsize)(g_utf8_next_char(text + at) - text);
    return at;
}

/* From a letter: letters, and apostrophes between them. */
static gsize word_end(const char *text, gsize at, gsize end)
{
    gsize last = at;

    while (at < end) {
        gunichar c = g_utf8_get_char(text + at);
        gsize next = (gsize)(g_utf8_next_char(text + at) - text);
        if (is_letter(c) || g_unichar_ismark(c))
            last = next;
        else if (!is_joint(c))
            break;
        at = next;
    }
    return last;
}

gboolean sm_spell_next(const char *text, gsize *at, gsize *start, gsize *len)
{
    while (text[*at] != '\0') {
        gsize end = token_end(text, *at);
        if (end == *at) { /* a blank */
            *at = (gsize)(g_utf8_next_char(text + *at) - text);
            continue;
        }
        gboolean begins = *at == 0 || g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(text + *at)));
        if (begins && !is_plain(text + *at, end - *at)) {
            *at = end;
            continue;
        }
        while (*at < end && !is_letter(g_utf8_get_char(text + *at)))
            *at = (gsize)(g_utf8_next_char(text + *at) - text);
        if (*at == end)
            continue;
        *start = *at;
        *at = word_end(text, *at, end);
        *len = *at - *start;
        if (g_utf8_strlen(text + *start, (gssize)*len) >= LETTERS_LEAST && !all_capitals(text + *start, *len))
            return TRUE;
    }
    return FALSE;
}
