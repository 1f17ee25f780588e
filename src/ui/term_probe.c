/* SPDX-License-Identifier: MIT */
/* How wide is "…"? Asked once, before the first frame, and nobody waits for the answer. */
#include "ui/term_private.h"

#include <curses.h>
#include <string.h>

gboolean sm_term_lines(const SmTerm *term)
{
    if (term->borders == SM_TERM_BORDERS_ASCII || !term->utf8 || term->bad_utf8) {
        return FALSE;
    }
    if (term->borders == SM_TERM_BORDERS_LINE) {
        return TRUE;
    }
    return term->ambiguous == 1 && !term->cautious;
}

static void settle(SmTerm *term, int ambiguous, gboolean bad_utf8)
{
    gboolean before = sm_term_lines(term);
    int width_before = term->ambiguous;
    term->cautious = FALSE;
    term->ambiguous = ambiguous;
    term->bad_utf8 = bad_utf8;
    if (width_before != ambiguous && !term->paused) {
        clearok(curscr, TRUE); /* what stands there stands elsewhere than ncurses believes */
    }
    if ((before != sm_term_lines(term) || width_before != ambiguous) && term->events.probed) {
        term->events.probed(term->user);
    }
}

void sm_term_probe_answer(SmTerm *term, const SmInput *input)
{
    if (!term->probing) {
        return; /* nobody asked */
    }
    term->probing = FALSE;
    sm_loop_remove(term->loop, &term->probe_timer);
    sm_keys_forget_cursor(term->keys);
    /* the text stood in column 0: one character of 1 or 2 columns, or 3 bytes of something else */
    settle(term, input->column == 2 ? 2 : 1, input->column > 2);
}

static void on_probe_late(void *user)
{
    SmTerm *term = user;
    term->probe_timer = 0; /* an answer that comes later still counts */
    sm_keys_forget_cursor(term->keys);
    settle(term, 1, FALSE);
}

/* Goes out before the first frame, which paints over it. */
void sm_term_probe_ask(SmTerm *term)
{
    char question[32];
    if (!term->utf8) {
        return;
    }
    g_snprintf(question, sizeof question, "\033[%d;1H\xe2\x80\xa6\033[6n", MIN(term->rows, 2));
    sm_term_push(term, question, strlen(question));
    sm_keys_expect_cursor(term->keys);
    term->probing = TRUE;
    term->probe_timer = sm_loop_after(term->loop, TERM_PROBE_MS, on_probe_late, term);
}

/* Terminals of Chinese, Japanese and Korean users are the ones that draw such characters wide. */
static gboolean is_cjk(const char *name)
{
    return name && (g_str_has_prefix(name, "zh") || g_str_has_prefix(name, "ja") ||
                    g_str_has_prefix(name, "ko"));
}

gboolean sm_term_probe_cautious(void)
{
    const char *const names[] = {g_getenv("LC_ALL"), g_getenv("LC_CTYPE"), g_getenv("LANG")};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i] && *names[i]) {
            return is_cjk(names[i]) || is_cjk(g_getenv("LANGUAGE"));
        }
    }
    return is_cjk(g_getenv("LANGUAGE"));
}
