/* SPDX-License-Identifier: MIT */
/* popups_files: which file to send, with the path completed as it is typed; and the files of this chat. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

#define ENTRIES_MOST 1000 /* of a directory; the rest is found by typing more */

/* --- A path ----------------------------------------------------------------------------------------- */

/* "~/pic" -> directory "/home/mia" and "pic". */
static char *split(const char *typed, const char **rest)
{
    const char *slash = strrchr(typed, '/');
    g_autofree char *before = slash != NULL ? g_strndup(typed, (gsize)(slash - typed) + 1) : g_strdup("");

    *rest = slash != NULL ? slash + 1 : typed;
    return sm_files_expand(*before != '\0' ? before : ".");
}

typedef struct {
    char *name;
    gboolean directory;
} Entry;

static void entry_free(void *data)
{
    g_free(((Entry *)data)->name);
    g_free(data);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;

    return x->directory != y->directory ? (x->directory ? -1 : 1) : strcmp(x->name, y->name);
}

/* What begins so in that directory; hidden names only when asked for. */
static GPtrArray *entries_of(const char *directory, const char *beginning)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir != NULL && entries->len < ENTRIES_MOST && (name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_prefix(name, beginning) || (*name == '.' && *beginning != '.'))
            continue;
        g_autofree char *path = g_build_filename(directory, name, NULL);
        Entry *entry = g_new0(Entry, 1);
        entry->name = g_strdup(name);
        entry->directory = g_file_test(path, G_FILE_TEST_IS_DIR);
        g_ptr_array_add(entries, entry);
    }
    g_ptr_array_sort(entries, by_name);
    return entries;
}

char *sm_files_complete(const char *typed)
{
    const char *rest;
    g_autofree char *directory = split(typed, &rest);
    g_autoptr(GPtrArray) entries = entries_of(directory, rest);
    g_autofree char *common = NULL;

    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = entries->pdata[i];
        gsize n = 0;
        if (common == NULL)
            common = g_strdup(entry->name);
        while (common[n] != '\0' && common[n] == entry->name[n])
            n++;
        common[n] = '\0';
    }
    if (common == NULL || !g_utf8_validate(common, -1, NULL) || strlen(common) < strlen(rest))
        return g_strdup(typed);
    gboolean whole = entries->len == 1 && ((Entry *)entries->pdata[0])->directory;
    return g_strdup_printf("%.*s%s%s", (int)(rest - typed), typed, common, whole ? "/" : "");
}

static void fill_path(SmApp *app, const char *typed)
{
    const char *rest;
    g_autofree char *directory = split(typed, &rest);
    g_autoptr(GPtrArray) entries = entries_of(directory, rest);

    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = entries->pdata[i];
        g_autofree char *path = g_strdup_printf("%.*s%s%s", (int)(rest - typed), typed, entry->name, entry->directory ? "/" : "");
        g_autofree char *shown = g_strconcat(entry->name, entry->directory ? "/" : "", NULL);
        SmPopupRow *row = sm_popup_row(app, path);
        sm_popup_cell(row, 0, sm_safe_screen_line(shown, -1));
    }
}

static void take_path(SmApp *app, const char *path)
{
    sm_editor_set_text(app->popup.filter, path);
    sm_popup_refill(app);
}

static void choose_path(SmApp *app, const char *value, const char *typed)
{
    if (value != NULL && g_str_has_suffix(value, "/")) {
        take_path(app, value);
        return;
    }
    g_autofree char *command = g_strconcat("file ", value != NULL ? value : typed, NULL);
    sm_popup_close(app);
    sm_app_run(app, command);
}

static gboolean key_path(SmApp *app, SmKey key)
{
    if (key != SM_KEY_TAB)
        return FALSE;
    g_autofree char *more = sm_files_complete(sm_popup_typed(app));
    take_path(app, more);
    return TRUE;
}

static const SmPopupOps path_ops = {.refill = fill_path, .choose = choose_path, .key = key_path};

void sm_files_ask_path(SmApp *app, SmOwnChat *own)
{
    sm_popup_open(app, SM_POPUP_LIST, &path_ops, "", _("path>"));
    sm_safe_unref(app->popup.title);
    app->popup.title = own->chat.note ? sm_safe_format(_("a file on a note about %S"), own->chat.name)
                                      : sm_safe_format(_("a file to %S"), own->chat.name);
    app->popup.widths[0] = -1;
    sm_popup_footer(app, _("Tab completes   Enter goes into a folder, or sends the file   Esc close"));
    sm_popup_refill(app);
}

/* --- The files of this chat ------------------------------------------------------------------------- */

const SmLine *sm_files_nth(const SmConversation *c, guint n)
{
    for (guint i = c != NULL ? c->lines->len : 0; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->file != NULL && line->text != NULL && --n == 0)
            return line;
    }
    return NULL;
}

static void fill_files(SmApp *app, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);
    const SmLine *line;

    for (guint n = 1; own != NULL && (line = sm_files_nth(own->chat.conversation, n)) != NULL; n++) {
        g_autofree char *value = g_strdup_printf("%u", n);
        SmPopupRow *row = sm_popup_row(app, value);
        g_autofree char *size = g_format_size_full((guint64)sm_json_int(line->file, "size", 0), G_FORMAT_SIZE_IEC_UNITS);
        g_autofree char *when = sm_text_local(line->at, "%m-%d %H:%M");
        row->digit = n <= 9 ? (int)n : 0;
        sm_popup_cell(row, 0, sm_safe_screen_line(line->text, -1));
        sm_popup_label(row, 1, _(sm_app_file_kind(sm_json_str(line->file, "type", ""))));
        sm_popup_label(row, 2, size);
        sm_popup_cell(row, 3, line->author == SM_AUTHOR_CUSTOMER ? sm_safe_ref(own->chat.name)
                                                                 : sm_safe_screen_line(line->agent != NULL ? line->agent : "", -1));
        sm_popup_label(row, 4, when);
    }
    sm_popup_match(app, typed, FALSE);
}

static void choose_file(SmApp *app, const char *value, const char *typed)
{
    if (value == NULL)
        return;
    g_autofree char *action = g_strdup_printf("files %s", value);
    g_autofree char *choices = g_strdup_printf("open\t%s\nsave\t%s\nsave-as\t%s", _("in your viewer"), _("among your downloads"),
                                               _("where you say"));
    sm_choice_open(app, action, _("this file"), _("find>"), choices, SM_CHOICE_LISTED);
}

static const SmPopupOps files_ops = {.refill = fill_files, .choose = choose_file};

void sm_files_list(SmApp *app, SmOwnChat *own)
{
    sm_popup_open(app, SM_POPUP_LIST, &files_ops, "", _("find>"));
    sm_safe_unref(app->popup.title);
    app->popup.title = sm_safe_format(_("files of the chat with %S"), own->chat.name);
    sm_popup_heading(app, 0, _("NAME"), -1);
    sm_popup_heading(app, 1, _("KIND"), 10);
    sm_popup_heading(app, 2, _("SIZE"), 10);
    sm_popup_heading(app, 3, _("FROM"), 14);
    sm_popup_heading(app, 4, _("TIME"), 13);
    sm_popup_footer(app, _("1-9 or Enter opens or saves it   Esc close"));
    sm_popup_refill(app);
}
