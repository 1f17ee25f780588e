/* SPDX-License-Identifier: MIT */
/* popups: the one model behind pickers, lists, questions and help: rows, a filter, a selection.
 * What each of them is about lies in popups_*.c. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/fuzzy.h"
#include "seatmux/text/sanitise.h"

#define PAGE 10

static void row_free(SmPopupRow *row)
{
    for (int i = 0; i < SM_POPUP_CELLS; i++) {
        sm_safe_unref(row->cells[i]);
        g_clear_pointer(&row->matched[i], g_array_unref);
    }
    g_free(row->value);
    g_free(row);
}

void sm_popup_clear(SmApp *app)
{
    for (guint i = 0; i < app->popup.rows->len; i++)
        row_free(app->popup.rows->pdata[i]);
    g_ptr_array_set_size(app->popup.rows, 0);
}

static void forget(SmApp *app)
{
    SmPopup *p = &app->popup;
    GPtrArray *rows = p->rows;
    guint64 revision = p->revision;

    sm_popup_clear(app);
    sm_safe_unref(p->title);
    sm_safe_unref(p->right);
    sm_safe_unref(p->footer);
    sm_safe_unref(p->prompt);
    sm_safe_unref(p->detail);
    sm_safe_unref(p->detail_title);
    for (int i = 0; i < SM_POPUP_CELLS; i++)
        sm_safe_unref((SmSafe *)p->headings[i]);
    sm_editor_free(p->filter);
    *p = (SmPopup){.rows = rows, .revision = revision + 1};
    app->popup_ops = NULL;
    g_clear_pointer(&app->popup_data, g_free);
    g_clear_pointer(&app->popup_data2, g_free);
}

void sm_popup_open(SmApp *app, SmPopupKind kind, const SmPopupOps *ops, const char *title,
                   const char *prompt)
{
    /* One replaces another: the first one ends properly. */
    if (app->popup_ops != NULL && app->popup_ops->closed != NULL)
        app->popup_ops->closed(app);
    forget(app);
    sm_aim_take(app);
    app->popup.kind = kind;
    app->popup.title = sm_safe_from_literal(title);
    app->popup_ops = ops;
    if (prompt != NULL) {
        app->popup.prompt = sm_safe_from_literal(prompt);
        app->popup.filter = sm_editor_new(NULL, SM_MAX_REASON_CHARS);
        app->filter_revision = sm_editor_text_revision(app->popup.filter);
    }
    sm_chats_unlook(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_popup_choose_nothing(SmApp *app, const char *value, const char *typed)
{
    sm_popup_close(app);
}

void sm_popup_close(SmApp *app)
{
    const SmPopupOps *ops = app->popup_ops;

    if (app->popup.kind == SM_POPUP_NONE)
        return;
    if (ops != NULL && ops->closed != NULL)
        ops->closed(app);
    forget(app);
    sm_aim_drop(app);
    sm_chats_unlook(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_popup_run(SmApp *app, const char *command)
{
    SmAim *aim = g_steal_pointer(&app->aim);

    sm_popup_close(app);
    app->aim = aim;
    sm_app_run(app, command);
    if (app->popup.kind == SM_POPUP_NONE) /* else it is what the next one is about */
        sm_aim_drop(app);
}

void sm_popup_back(SmApp *app)
{
    if (app->popup_ops == NULL || app->popup_ops->back == NULL || !app->popup_ops->back(app))
        sm_popup_close(app);
}

gboolean sm_popup_is_open(SmApp *app)
{
    return app->popup.kind != SM_POPUP_NONE && app->popup.kind != SM_POPUP_WHICH_KEY;
}

const SmPopup *sm_app_popup(SmApp *app)
{
    return &app->popup;
}

SmPopup *sm_app_popup_scroll(SmApp *app)
{
    return &app->popup;
}

void sm_popup_changed(SmApp *app)
{
    app->popup.revision++;
    sm_app_dirty(app, SM_DIRTY_POPUP);
}

/* --- Filling
 * --------------------------------------------------------------------------------------- */

SmPopupRow *sm_popup_row(SmApp *app, const char *value)
{
    SmPopupRow *row = g_new0(SmPopupRow, 1);

    row->level = row->clock_cell = -1;
    row->value = g_strdup(value);
    g_ptr_array_add(app->popup.rows, row);
    return row;
}

void sm_popup_cell(SmPopupRow *row, int cell, SmSafe *text)
{
    sm_safe_unref(row->cells[cell]);
    row->cells[cell] = text;
}

void sm_popup_label(SmPopupRow *row, int cell, const char *words)
{
    sm_popup_cell(row, cell, sm_safe_from_literal(words));
}

void sm_popup_section(SmApp *app, int cell, SmSafe *words)
{
    SmPopupRow *row = sm_popup_row(app, NULL);

    row->heading = TRUE;
    sm_popup_cell(row, cell, words);
}

SmSafe *sm_percent_words(int64_t permille)
{
    return permille < 0 ? sm_safe_from_literal("-") : sm_safe_format("%d.%d %%", (int)(permille / 10), (int)(permille % 10));
}

SmSafe *sm_duration_words(int64_t ms)
{
    char text[32] = "-";

    if (ms >= 0)
        sm_text_duration(text, sizeof text, ms);
    return sm_safe_from_literal(text);
}

void sm_popup_mark(SmPopupRow *row, int cell, guint place)
{
    if (row->matched[cell] == NULL)
        row->matched[cell] = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(row->matched[cell], place);
}

void sm_popup_heading(SmApp *app, int column, const char *words, int width)
{
    sm_safe_unref((SmSafe *)app->popup.headings[column]);
    app->popup.headings[column] = words != NULL ? sm_safe_from_literal(words) : NULL;
    app->popup.widths[column] = width;
}

void sm_popup_footer(SmApp *app, const char *words)
{
    sm_safe_unref(app->popup.footer);
    app->popup.footer = sm_safe_from_literal(words);
}

void sm_popup_right(SmApp *app, SmSafe *words)
{
    sm_safe_unref(app->popup.right);
    app->popup.right = words;
}

const char *sm_popup_typed(SmApp *app)
{
    return app->popup.filter != NULL ? sm_editor_text(app->popup.filter) : "";
}

typedef struct {
    SmPopupRow *row;
    int score;
    guint place;
} Ranked;

static int by_score(gconstpointer a, gconstpointer b)
{
    const Ranked *x = a, *y = b;

    return x->score != y->score ? (x->score > y->score ? -1 : 1) : (int)x->place - (int)y->place;
}

/* Of all cells in one text: each place belongs to the cell that it lies in. */
static void mark_across(SmPopupRow *row, const guint *places, guint n)
{
    gsize from = 0;

    for (int i = 0; i < SM_POPUP_CELLS; i++) {
        gsize len = sm_safe_len(row->cells[i]);
        for (guint k = 0; k < n && len > 0; k++)
            if (places[k] >= from && places[k] < from + len)
                sm_popup_mark(row, i, places[k] - (guint)from);
        from += len > 0 ? len + 1 : 0;
    }
}

/* The best of the row's cells is marked, or what was typed of several words wherever each stands. */
static gboolean match_row(SmFuzzy *fuzzy, SmPopupRow *row, int *best)
{
    g_autoptr(GString) all = g_string_new(NULL);
    guint places[SM_FUZZY_PATTERN], n;
    int score, found = -1;

    for (int i = 0; i < SM_POPUP_CELLS; i++) {
        const char *text = sm_safe_str(row->cells[i]);
        if (*text == '\0')
            continue;
        g_string_append(all, text);
        g_string_append_c(all, ' ');
        if (!sm_fuzzy_match(fuzzy, text, &score, places, &n) || (found >= 0 && score <= *best))
            continue;
        if (found >= 0)
            g_clear_pointer(&row->matched[found], g_array_unref);
        found = i;
        *best = score;
        for (guint k = 0; k < n; k++)
            sm_popup_mark(row, i, places[k]);
    }
    if (found < 0 && row->by_value && sm_fuzzy_match(fuzzy, row->value, best, places, &n))
        return TRUE;
    /* Words that stand in different columns. */
    if (found < 0 && sm_fuzzy_match(fuzzy, all->str, &score, places, &n)) {
        *best = score / 2;
        mark_across(row, places, n);
        return TRUE;
    }
    return found >= 0;
}

void sm_popup_match(SmApp *app, const char *typed, gboolean rank)
{
    g_autoptr(SmFuzzy) fuzzy = sm_fuzzy_new(typed);
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(Ranked));

    if (*typed == '\0')
        return;
    for (guint i = 0; i < app->popup.rows->len; i++) {
        Ranked ranked = {app->popup.rows->pdata[i], 0, i};
        if (!ranked.row->heading && match_row(fuzzy, ranked.row, &ranked.score))
            g_array_append_val(kept, ranked);
        else
            row_free(ranked.row);
    }
    if (rank)
        g_array_sort(kept, by_score);
    g_ptr_array_set_size(app->popup.rows, 0);
    for (guint i = 0; i < kept->len; i++)
        g_ptr_array_add(app->popup.rows, g_array_index(kept, Ranked, i).row);
}

static gboolean can_choose(SmApp *app, int index)
{
    return index >= 0 && index < (int)app->popup.rows->len &&
           !((SmPopupRow *)app->popup.rows->pdata[index])->heading;
}

void sm_popup_select(SmApp *app, int index)
{
    int last = (int)app->popup.rows->len - 1;

    index = CLAMP(index, 0, MAX(last, 0));
    for (int step = 0; step <= last && !can_choose(app, index); step++)
        index = index < last ? index + 1 : 0;
    app->popup.selected = (guint)index;
    if (app->popup_ops != NULL && app->popup_ops->moved != NULL)
        app->popup_ops->moved(app);
    sm_popup_changed(app);
}

void sm_popup_move(SmApp *app, int by)
{
    int at = (int)app->popup.selected, step = by < 0 ? -1 : 1;

    for (int moved = 0; moved < ABS(by);) {
        int next = at + step;
        while (next >= 0 && next < (int)app->popup.rows->len && !can_choose(app, next))
            next += step;
        if (!can_choose(app, next))
            break;
        at = next;
        moved++;
    }
    sm_popup_select(app, at);
}

SmPopupRow *sm_popup_selected(SmApp *app)
{
    return can_choose(app, (int)app->popup.selected) ? app->popup.rows->pdata[app->popup.selected]
                                                     : NULL;
}

/* Rows anew, the selection on the same value if the filter is the same. */
void sm_popup_refill(SmApp *app)
{
    SmPopup *p = &app->popup;
    guint64 revision = p->filter != NULL ? sm_editor_text_revision(p->filter) : 0;
    gboolean same = p->filter == NULL || revision == app->filter_revision;
    SmPopupRow *selected = sm_popup_selected(app);
    g_autofree char *value = selected != NULL && same ? g_strdup(selected->value) : NULL;
    /* Lines that are only read have no value: the place among them stays. */
    int at = selected != NULL && same && value == NULL ? (int)p->selected : 0;

    app->filter_revision = revision;
    if (app->popup_ops == NULL || app->popup_ops->refill == NULL)
        return;
    sm_popup_clear(app);
    app->popup_ops->refill(app, sm_popup_typed(app));
    for (guint i = 0; value != NULL && i < p->rows->len; i++)
        if (g_strcmp0(((SmPopupRow *)p->rows->pdata[i])->value, value) == 0)
            at = (int)i;
    sm_popup_select(app, at);
}

/* --- Keys
 * ------------------------------------------------------------------------------------------ */

static void choose(SmApp *app, SmPopupRow *row)
{
    const SmPopupOps *ops = app->popup_ops;
    g_autofree char *value = row != NULL ? g_strdup(row->value) : NULL;
    g_autofree char *typed = g_strdup(sm_popup_typed(app));

    if (ops != NULL && ops->choose != NULL)
        ops->choose(app, value, typed);
}

void sm_popup_accept(SmApp *app)
{
    choose(app, sm_popup_selected(app));
}

void sm_app_popup_select(SmApp *app, int row)
{
    if (sm_popup_is_open(app))
        sm_popup_select(app, row);
}

void sm_app_popup_accept(SmApp *app)
{
    if (sm_popup_is_open(app))
        sm_popup_accept(app);
}

void sm_app_popup_type(SmApp *app, const char *text)
{
    if (!sm_popup_is_open(app) || app->popup.filter == NULL)
        return;
    sm_editor_set_text(app->popup.filter, text);
    sm_compose_changed(app);
}

gboolean sm_popup_text(SmApp *app, const char *utf8)
{
    gunichar folded = sm_keys_fold(g_utf8_get_char(utf8));
    gboolean single = *g_utf8_next_char(utf8) == '\0';

    if (app->popup.filter == NULL)
        return FALSE;
    if (single && folded >= '1' && folded <= '9' && sm_editor_len(app->popup.filter) == 0) {
        for (guint i = 0; i < app->popup.rows->len; i++) {
            SmPopupRow *row = app->popup.rows->pdata[i];
            if (row->digit == (int)(folded - '0') && !row->heading) {
                choose(app, row);
                return TRUE;
            }
        }
    }
    sm_editor_insert(app->popup.filter, utf8, -1);
    sm_compose_changed(app);
    return TRUE;
}

/* The lines that keys move in: the popup's, else the card's. */
static void move(SmApp *app, int by)
{
    if (sm_popup_is_open(app))
        sm_popup_move(app, by);
    else
        sm_card_move(app, by);
}

void sm_do_list_next(SmApp *app, const char *args)
{
    move(app, 1);
}

void sm_do_list_previous(SmApp *app, const char *args)
{
    move(app, -1);
}

void sm_do_list_page_down(SmApp *app, const char *args)
{
    move(app, PAGE);
}

void sm_do_list_page_up(SmApp *app, const char *args)
{
    move(app, -PAGE);
}

void sm_do_list_accept(SmApp *app, const char *args)
{
    if (sm_popup_is_open(app))
        sm_popup_accept(app);
    else if (sm_app_card(app)->focused)
        sm_card_accept(app);
}

void sm_do_list_close(SmApp *app, const char *args)
{
    if (sm_popup_is_open(app))
        sm_popup_back(app);
    else if (sm_app_card(app)->focused)
        sm_card_show(app, FALSE);
}
