/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>

#include "ui/view.h"

typedef struct {
    SmStyle style;
    char *label;
    SmSafe *text;
    int columns; /* most; 0: all */
} Piece;

struct SmRun {
    GArray *pieces;
};

static void piece_clear(void *data)
{
    Piece *piece = data;
    g_free(piece->label);
    sm_safe_unref(piece->text);
}

SmRun *sm_run_new(void)
{
    SmRun *run = g_new0(SmRun, 1);
    run->pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    g_array_set_clear_func(run->pieces, piece_clear);
    return run;
}

void sm_run_free(SmRun *run)
{
    if (!run)
        return;
    g_array_unref(run->pieces);
    g_free(run);
}

void sm_run_label(SmRun *run, SmStyle style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    /* Most are a word as it is, and then printf is most of what a row costs. */
    char *label = strcmp(format, "%s") == 0 ? g_strdup(va_arg(args, const char *)) : g_strdup_vprintf(format, args);
    va_end(args);
    Piece piece = {.style = style, .label = label};
    g_array_append_val(run->pieces, piece);
}

void sm_run_safe(SmRun *run, SmStyle style, const SmSafe *text, int columns)
{
    if (!text)
        return;
    Piece piece = {.style = style, .text = sm_safe_ref((SmSafe *)text), .columns = columns};
    g_array_append_val(run->pieces, piece);
}

static int piece_columns(SmView *view, const Piece *piece)
{
    int n = piece->label ? sm_draw_label_columns(view->draw, piece->label) : sm_draw_columns(view->draw, piece->text);
    return piece->columns ? MIN(n, piece->columns) : n;
}

int sm_run_columns(SmView *view, const SmRun *run)
{
    int n = 0;
    for (guint i = 0; i < run->pieces->len; i++)
        n += piece_columns(view, &g_array_index(run->pieces, Piece, i));
    return n;
}

guint64 sm_run_mix(const SmRun *run, guint64 shows)
{
    for (guint i = 0; i < run->pieces->len; i++) {
        const Piece *piece = &g_array_index(run->pieces, Piece, i);
        const char *text = piece->label ? piece->label : sm_safe_str(piece->text);
        const int look[] = {(int)piece->style, piece->label != NULL, piece->columns};
        shows = sm_rows_mix(sm_rows_mix(shows, look, sizeof look), text, strlen(text));
    }
    return shows;
}

int sm_run_draw(SmView *view, const SmRun *run, int y, int x, int columns)
{
    int used = 0;
    for (guint i = 0; i < run->pieces->len && used < columns; i++) {
        const Piece *piece = &g_array_index(run->pieces, Piece, i);
        int most = MIN(columns - used, piece_columns(view, piece));
        if (piece->label)
            used += sm_draw_label(view->draw, y, x + used, most, piece->style, piece->label);
        else
            used += sm_draw_cut(view->draw, y, x + used, most, piece->style, piece->text);
    }
    return used;
}
