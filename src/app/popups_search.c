/* SPDX-License-Identifier: MIT */
/* popups_search: search in all that is kept on this machine: every line of every chat, also of those that are long over.
 * Enter opens the chat at that line; a chat that the desk no longer shows is read from the history. Esc comes back to
 * what was found. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/find.h"
#include "seatmux/text/sanitise.h"

#define HITS_MOST 200
#define READ_MOST 200  /* lines of a chat around the one that was found */
#define CONTEXT_CHARS 14 /* shown before the first match */

enum { CELL_WHEN, CELL_CUSTOMER, CELL_WHO, CELL_TEXT };

struct SmSearch {
    char *typed;     /* what was searched last; NULL: nothing yet */
    gboolean asking; /* an answer is to come */
    gboolean again;  /* what is typed is another by now */
    GPtrArray *hits; /* SmHistoryLine, newest first */
    char *problem;   /* NULL */
    guint selected;
    GPtrArray *lines; /* of the chat that is read: SmHistoryLine */
    int64_t at_seq;   /* and where in it */
};

static SmHistoryLine *copy(const SmHistoryLine *line)
{
    SmHistoryLine *out = g_new(SmHistoryLine, 1);

    *out = *line;
    out->content = g_strdup(line->content);
    out->conversation = g_strdup(line->conversation);
    out->agent = g_strdup(line->agent);
    out->name = g_strdup(line->name);
    out->profile = g_strdup(line->profile);
    out->text = g_strdup(line->text);
    return out;
}

static GPtrArray *copy_all(const GPtrArray *lines)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)sm_history_line_free);

    for (guint i = 0; i < lines->len; i++)
        g_ptr_array_add(out, copy(lines->pdata[i]));
    return out;
}

static SmSearch *search_of(SmApp *app)
{
    if (app->search == NULL) {
        app->search = g_new0(SmSearch, 1);
        app->search->hits = g_ptr_array_new_with_free_func((GDestroyNotify)sm_history_line_free);
    }
    return app->search;
}

void sm_search_free(SmApp *app)
{
    if (app->search == NULL)
        return;
    g_free(app->search->typed);
    g_free(app->search->problem);
    g_ptr_array_unref(app->search->hits);
    if (app->search->lines != NULL)
        g_ptr_array_unref(app->search->lines);
    g_clear_pointer(&app->search, g_free);
}

/* --- Rows ---------------------------------------------------------------------------------------- */

static char *when_of(SmApp *app, int64_t at)
{
    g_autoptr(GDateTime) then = g_date_time_new_from_unix_local(at / 1000);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(sm_app_now(app) / 1000);

    if (then == NULL || now == NULL)
        return g_strdup("");
    gboolean today = g_date_time_get_year(then) == g_date_time_get_year(now) &&
                     g_date_time_get_day_of_year(then) == g_date_time_get_day_of_year(now);
    gboolean year = g_date_time_get_year(then) == g_date_time_get_year(now);
    return g_date_time_format(then, today ? "%H:%M" : year ? "%m-%d %H:%M" : "%Y-%m-%d");
}

static SmSafe *customer_of(const SmHistoryLine *line)
{
    return line->name != NULL && *line->name != '\0' ? sm_safe_screen_line(line->name, -1)
                                                     : sm_safe_from_literal(_("customer"));
}

static SmSafe *who_of(SmApp *app, const SmHistoryLine *line)
{
    if (line->kind == SM_LINE_NOTE)
        return sm_safe_from_literal(_("note"));
    if (line->kind == SM_LINE_WHISPER)
        return sm_safe_from_literal(_("whisper"));
    if (line->author == SM_AUTHOR_CUSTOMER)
        return sm_safe_from_literal(_("customer"));
    if (line->author == SM_AUTHOR_BOT)
        return sm_safe_from_literal(_("bot"));
    if (g_strcmp0(line->agent, sm_app_me(app)) == 0)
        return sm_safe_from_literal(_("you"));
    return sm_safe_screen_line(line->agent != NULL ? line->agent : "", -1);
}

/* The text from a little before the first word that is found. */
static SmSafe *extract(SmApp *app, const char *text, char **words)
{
    g_autoptr(SmSafe) all = sm_app_shown(app, text, FALSE);
    const char *shown = sm_safe_str(all), *from = shown;
    gsize start, len, first = sm_safe_len(all);

    for (guint i = 0; words[i] != NULL; i++)
        if (sm_text_find(shown, sm_safe_len(all), words[i], 0, &start, &len))
            first = MIN(first, start);
    if (first == sm_safe_len(all) || g_utf8_strlen(shown, (gssize)first) <= CONTEXT_CHARS)
        return sm_safe_ref(all);
    from = g_utf8_offset_to_pointer(shown + first, -CONTEXT_CHARS);
    g_autoptr(SmSafe) rest = sm_safe_screen_line(from, -1);
    return sm_safe_format("...%S", rest);
}

static void mark(SmPopupRow *row, int cell, char **words)
{
    const char *text = sm_safe_str(row->cells[cell]);
    gsize n = sm_safe_len(row->cells[cell]), start, len;

    for (guint i = 0; words[i] != NULL; i++) {
        for (gsize from = 0; sm_text_find(text, n, words[i], from, &start, &len); from = start + len)
            for (gsize at = start; at < start + len; at = sm_grapheme_next(text, n, at))
                sm_popup_mark(row, cell, (guint)at);
    }
}

static SmPopupRow *line_row(SmApp *app, const SmHistoryLine *line, SmSafe *text, char **words)
{
    g_autofree char *when = when_of(app, line->at);
    SmPopupRow *row = sm_popup_row(app, line->content);

    sm_popup_label(row, CELL_WHEN, when);
    sm_popup_cell(row, CELL_CUSTOMER, customer_of(line));
    sm_popup_cell(row, CELL_WHO, who_of(app, line));
    sm_popup_cell(row, CELL_TEXT, text);
    mark(row, CELL_TEXT, words);
    if (row->matched[CELL_TEXT] == NULL)
        mark(row, CELL_CUSTOMER, words);
    return row;
}

static const SmHistoryLine *line_at(const GPtrArray *lines, const char *value)
{
    for (guint i = 0; lines != NULL && i < lines->len; i++) {
        const SmHistoryLine *line = lines->pdata[i];
        if (g_strcmp0(line->content, value) == 0)
            return line;
    }
    return NULL;
}

/* The whole of the selected line below the list. */
static void show_detail(SmApp *app, const GPtrArray *lines)
{
    SmPopupRow *row = sm_popup_selected(app);
    const SmHistoryLine *line = row != NULL ? line_at(lines, row->value) : NULL;

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    if (line != NULL)
        app->popup.detail = sm_app_shown(app, line->text, TRUE);
}

/* --- The search ---------------------------------------------------------------------------------- */

static void ask(SmApp *app);

static void found(const GPtrArray *lines, const GError *error, void *user)
{
    SmLife *life = user;
    SmApp *app = life->app;

    sm_life_unref(life);
    if (app == NULL)
        return;
    SmSearch *search = search_of(app);
    search->asking = FALSE;
    g_ptr_array_unref(search->hits);
    search->hits = copy_all(lines);
    g_free(search->problem);
    search->problem = error != NULL ? g_strdup(error->message) : NULL;
    if (search->again)
        ask(app);
    else if (sm_search_is_open(app))
        sm_popup_refill(app);
}

static void ask(SmApp *app)
{
    SmSearch *search = search_of(app);

    search->again = search->asking;
    if (search->asking)
        return;
    g_free(search->typed);
    search->typed = g_strdup(sm_popup_typed(app));
    search->asking = TRUE;
    sm_client_remember(app->client);
    sm_history_search(sm_client_history(app->client), search->typed, HITS_MOST, found, sm_life_ref(app->life), (GDestroyNotify)sm_life_unref);
}

static void say_count(SmApp *app)
{
    SmSearch *search = search_of(app);

    if (search->problem != NULL) {
        g_autoptr(SmSafe) why = sm_safe_screen_line(search->problem, -1);
        sm_popup_right(app, sm_safe_ref(why));
    } else if (search->asking && search->hits->len == 0) {
        sm_popup_right(app, sm_safe_from_literal(_("searching ...")));
    } else if (search->hits->len >= HITS_MOST) {
        sm_popup_right(app, sm_safe_format(_("the newest %d"), HITS_MOST));
    } else {
        sm_popup_right(app, sm_safe_format(_("%d found"), (int)search->hits->len));
    }
}

static void refill(SmApp *app, const char *typed)
{
    SmSearch *search = search_of(app);
    g_auto(GStrv) words = sm_history_words(typed);

    if (g_strcmp0(search->typed, typed) != 0)
        ask(app);
    for (guint i = 0; words[0] != NULL && i < search->hits->len; i++) {
        const SmHistoryLine *line = search->hits->pdata[i];
        line_row(app, line, extract(app, line->text, words), words);
    }
    say_count(app);
}

static void moved(SmApp *app)
{
    SmSearch *search = search_of(app);

    search->selected = app->popup.selected;
    show_detail(app, search->hits);
}

static void choose(SmApp *app, const char *value, const char *typed);

static const SmPopupOps search_ops = {.refill = refill, .choose = choose, .moved = moved};

gboolean sm_search_is_open(SmApp *app)
{
    return app->popup_ops == &search_ops;
}

static void open_search(SmApp *app, const char *typed, guint selected)
{
    sm_popup_open(app, SM_POPUP_LIST, &search_ops, _("search in all chats"), _("find>"));
    sm_popup_heading(app, CELL_WHEN, _("WHEN"), 12);
    sm_popup_heading(app, CELL_CUSTOMER, _("CUSTOMER"), 14);
    sm_popup_heading(app, CELL_WHO, _("WHO"), 10);
    sm_popup_heading(app, CELL_TEXT, _("LINE"), -1);
    sm_popup_footer(app, _("Enter opens the chat there   Esc close"));
    sm_editor_set_text(app->popup.filter, typed);
    sm_popup_refill(app);
    sm_popup_select(app, (int)selected);
}

/* --- A chat that is over, from the history ------------------------------------------------------- */

static void refill_lines(SmApp *app, const char *typed)
{
    SmSearch *search = search_of(app);
    g_auto(GStrv) words = sm_history_words(search->typed != NULL ? search->typed : "");

    for (guint i = 0; search->lines != NULL && i < search->lines->len; i++) {
        const SmHistoryLine *line = search->lines->pdata[i];
        line_row(app, line, sm_app_shown(app, line->text, FALSE), words);
    }
}

static void moved_lines(SmApp *app)
{
    show_detail(app, search_of(app)->lines);
}

static gboolean back_to_search(SmApp *app)
{
    SmSearch *search = search_of(app);
    g_autofree char *typed = g_strdup(search->typed != NULL ? search->typed : "");

    open_search(app, typed, search->selected);
    return TRUE;
}

static void nothing_chosen(SmApp *app, const char *value, const char *typed)
{
    back_to_search(app);
}

static const SmPopupOps lines_ops = {
    .refill = refill_lines, .choose = nothing_chosen, .moved = moved_lines, .back = back_to_search};

static void read_lines(const GPtrArray *lines, const GError *error, void *user)
{
    SmLife *life = user;
    SmApp *app = life->app;

    sm_life_unref(life);
    if (app == NULL || !sm_search_is_open(app) || lines->len == 0)
        return;
    SmSearch *search = search_of(app);
    const SmHistoryLine *first = lines->pdata[0];
    g_autoptr(SmSafe) name = customer_of(first);
    g_autofree char *title = g_strdup_printf(_("%s, as it was kept"), sm_safe_str(name));
    if (search->lines != NULL)
        g_ptr_array_unref(search->lines);
    search->lines = copy_all(lines);
    guint keep = search->selected;
    sm_popup_open(app, SM_POPUP_LIST, &lines_ops, title, NULL);
    search->selected = keep;
    app->popup.widths[CELL_WHEN] = 12;
    app->popup.widths[CELL_CUSTOMER] = 14;
    app->popup.widths[CELL_WHO] = 10;
    app->popup.widths[CELL_TEXT] = -1;
    sm_popup_footer(app, _("the desk shows this chat no more   Esc back to what was found"));
    sm_popup_refill(app);
    for (guint i = 0; i < search->lines->len; i++)
        if (((SmHistoryLine *)search->lines->pdata[i])->seq == search->at_seq)
            sm_popup_select(app, (int)i);
}

/* --- Going there --------------------------------------------------------------------------------- */

/* The first word that the line holds: what is marked in the chat. */
static const char *word_in(char **words, const char *text)
{
    gsize start, len;

    for (guint i = 0; words[i] != NULL; i++)
        if (sm_text_find(text, strlen(text), words[i], 0, &start, &len))
            return words[i];
    return NULL;
}

static void choose(SmApp *app, const char *value, const char *typed)
{
    SmSearch *search = search_of(app);
    const SmHistoryLine *line = line_at(search->hits, value);
    g_auto(GStrv) words = sm_history_words(typed);

    if (line == NULL)
        return;
    const char *word = word_in(words, line->text);
    search->at_seq = line->seq;
    if (sm_chats_need(app, line->conversation) != NULL) {
        g_autofree char *conversation = g_strdup(line->conversation);
        int64_t seq = line->seq;
        sm_popup_close(app);
        sm_app_go_to(app, conversation);
        sm_find_open_at(app, word != NULL ? word : "", seq);
        return;
    }
    sm_history_read(sm_client_history(app->client), line->conversation, line->seq, READ_MOST, read_lines, sm_life_ref(app->life),
                    (GDestroyNotify)sm_life_unref);
}

gboolean sm_search_back(SmApp *app)
{
    return back_to_search(app);
}

const char *sm_why_no_history(SmApp *app)
{
    return sm_client_history(app->client) == NULL ? _("Nothing is kept to be searched (setting history.days).") : NULL;
}

void sm_do_search(SmApp *app, const char *args)
{
    SmSearch *search = search_of(app);

    /* Without words: as one left it. */
    if (*args == '\0' && search->typed != NULL) {
        back_to_search(app);
        sm_popup_refill(app);
        return;
    }
    open_search(app, args, 0);
}
