/* SPDX-License-Identifier: MIT */
/* popups_help: commands by their words (palette), keys and what they do (help, which-key), and what
 * a key pressed is (keys-test). All read from the action table and the live key map. */
#include "app/app_private.h"
#include "app/keymap_private.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

/* --- Palette
 * --------------------------------------------------------------------------------------- */

/* The command whose name was typed whole comes before those that begin with it. */
static void whole_name_first(GPtrArray *rows, const char *typed)
{
    for (guint i = 1; i < rows->len; i++)
        if (g_strcmp0(((SmPopupRow *)rows->pdata[i])->value, typed) == 0) {
            g_ptr_array_insert(rows, 0, g_ptr_array_steal_index(rows, i));
            return;
        }
}

static void fill_palette(SmApp *app, const char *typed)
{
    guint n;
    const SmAction *actions = sm_actions(&n);
    g_autofree char *word = g_strndup(typed, strcspn(typed, " "));

    for (guint i = 0; i < n; i++) {
        if (actions[i].context != sm_app_base_context(app) && actions[i].context != SM_CONTEXT_GLOBAL)
            continue;
        SmPopupRow *row = sm_popup_row(app, actions[i].name);
        g_autofree char *keys = sm_keymap_keys_of(app->keymap, actions[i].name, FALSE);
        g_autofree char *name = *actions[i].args
                                    ? g_strconcat(actions[i].name, " ", actions[i].args, NULL)
                                    : g_strdup(actions[i].name);
        sm_popup_label(row, 0, name);
        sm_popup_label(row, 1, _(actions[i].label));
        sm_popup_label(row, 2, keys != NULL ? keys : "");
        const char *why = actions[i].disabled != NULL ? actions[i].disabled(app) : NULL;
        row->dim = why != NULL;
        sm_popup_label(row, 3, why != NULL ? why : "");
    }
    guint all = app->popup.rows->len;
    /* With arguments the first word must be a whole name. */
    if (strchr(typed, ' ') != NULL && sm_action_find(word) != NULL) {
        const SmAction *action = sm_action_find(word);
        sm_popup_clear(app);
        SmPopupRow *row = sm_popup_row(app, action->name);
        sm_popup_label(row, 0, typed);
        sm_popup_cell(row, 0, sm_safe_screen_line(typed, -1));
        sm_popup_label(row, 1, _(action->label));
    } else {
        sm_popup_match(app, typed, TRUE);
        whole_name_first(app->popup.rows, typed);
    }
    g_autofree char *count = g_strdup_printf(_("%d of %d"), (int)app->popup.rows->len, (int)all);
    sm_popup_right(app, sm_safe_from_literal(count));
}

static void choose_palette(SmApp *app, const char *value, const char *typed)
{
    const char *args = strchr(typed, ' ');
    g_autofree char *command = value == NULL  ? g_strdup(typed)
                               : args != NULL ? g_strconcat(value, args, NULL)
                                              : g_strdup(value);

    if (*command != '\0')
        sm_popup_run(app, command);
    else
        sm_popup_close(app);
}

/* A second slash on the empty line types one. */
static gboolean text_palette(SmApp *app, const char *utf8)
{
    SmOwnChat *own = sm_app_here(app);

    if (sm_keys_fold(g_utf8_get_char(utf8)) != '/' || sm_editor_len(app->popup.filter) > 0)
        return FALSE;
    sm_popup_close(app);
    if (own != NULL) {
        sm_compose_before_edit(app);
        sm_editor_insert(sm_compose_editor_of(own), utf8, -1);
        sm_compose_changed(app);
    }
    return TRUE;
}

static gboolean key_palette(SmApp *app, SmKey key)
{
    SmPopupRow *row = sm_popup_selected(app);

    if (key == SM_KEY_BACKSPACE && sm_editor_len(app->popup.filter) == 0) {
        sm_popup_close(app);
        return TRUE;
    }
    const char *typed = sm_popup_typed(app);
    if (key == SM_KEY_TAB && g_str_has_prefix(typed, "file ")) {
        g_autofree char *more = sm_files_complete(typed + strlen("file "));
        g_autofree char *command = g_strconcat("file ", more, NULL);
        sm_editor_set_text(app->popup.filter, command);
        sm_popup_refill(app);
        return TRUE;
    }
    if (key != SM_KEY_TAB || row == NULL)
        return FALSE;
    g_autofree char *name = g_strconcat(row->value, " ", NULL);
    sm_editor_set_text(app->popup.filter, name);
    sm_popup_refill(app);
    return TRUE;
}

static const SmPopupOps palette_ops = {fill_palette, choose_palette, NULL,
                                       key_palette,  text_palette,   NULL};

void sm_palette_open(SmApp *app, const char *typed)
{
    sm_popup_open(app, SM_POPUP_LIST, &palette_ops, _("commands"), "/");
    sm_popup_heading(app, 0, _("COMMAND"), 34);
    sm_popup_heading(app, 1, _("WHAT IT DOES"), 24);
    sm_popup_heading(app, 2, _("KEY"), 14);
    sm_popup_heading(app, 3, NULL, -1);
    sm_popup_footer(
        app, _("Enter runs it   Tab completes for arguments   // types a slash   Esc close"));
    sm_editor_set_text(app->popup.filter, typed);
    sm_popup_refill(app);
}

/* --- Help
 * ------------------------------------------------------------------------------------------ */

/* Second-best keys: "ALSO". */
static char *also_of(SmApp *app, const char *command, const char *first)
{
    const GArray *bindings = sm_keymap_bindings(app->keymap);

    for (guint i = 0; i < bindings->len; i++) {
        const SmBinding *binding = &g_array_index(bindings, SmBinding, i);
        g_autofree char *keys = sm_key_display_sequence(binding->keys, binding->n);
        if (g_str_equal(binding->command, command) && g_strcmp0(keys, first) != 0)
            return g_steal_pointer(&keys);
    }
    return NULL;
}

static void help_row(SmApp *app, const SmAction *action, const char *command)
{
    g_autofree char *keys = sm_keymap_keys_of(app->keymap, command, FALSE);
    g_autofree char *also = keys != NULL && !app->lines ? also_of(app, command, keys) : NULL;
    SmPopupRow *row = sm_popup_row(app, command);

    sm_popup_label(row, 0, keys != NULL ? keys : "-");
    sm_popup_label(row, 1, also != NULL ? also : "-");
    sm_popup_label(row, 2, command);
    sm_popup_label(row, 3, _(action->label));
}

/* Tab shows the keys of all contexts: popup_data is set. */
static gboolean helps_here(SmApp *app, SmContext context)
{
    return app->popup_data != NULL || context == SM_CONTEXT_GLOBAL || context == sm_app_base_context(app);
}

static void fill_help(SmApp *app, const char *typed)
{
    guint n;
    const SmAction *actions = sm_actions(&n);

    for (guint i = 0; i < n; i++)
        if (helps_here(app, actions[i].context))
            help_row(app, &actions[i], actions[i].name);
    /* Bindings with arguments, and commands of the user's own. */
    const GArray *bindings = sm_keymap_bindings(app->keymap);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < bindings->len; i++) {
        const SmBinding *binding = &g_array_index(bindings, SmBinding, i);
        const char *command = binding->command;
        g_autofree char *name = g_strndup(command, strcspn(command, " "));
        if (strchr(command, ' ') != NULL && helps_here(app, binding->context) && g_hash_table_add(seen, (gpointer)command))
            help_row(app, sm_action_find(name), command);
    }
    guint all = app->popup.rows->len;
    sm_popup_match(app, typed, TRUE);
    g_autofree char *count = g_strdup_printf(_("%d of %d"), (int)app->popup.rows->len, (int)all);
    sm_popup_right(app, sm_safe_from_literal(count));
}

/* A letter arrives everywhere; of the rest, what was pressed before. */
static gboolean has_arrived(SmApp *app, const SmBinding *binding)
{
    for (guint i = 0; i < binding->n; i++) {
        gboolean letter = binding->keys[i] < 0x80 && g_ascii_isprint((char)binding->keys[i]);
        if (!letter && !g_hash_table_contains(app->arrived, GUINT_TO_POINTER(binding->keys[i])))
            return FALSE;
    }
    return TRUE;
}

/* Terminals and multiplexers keep keys to themselves: which of a command's keys this one has sent. */
static void add_arrivals(SmApp *app, const char *command, GString *text)
{
    const GArray *bindings = sm_keymap_bindings(app->keymap);
    const char *before = "";

    g_string_append_printf(text, "%s ", _("this terminal:"));
    for (guint i = 0; i < bindings->len; i++) {
        const SmBinding *binding = &g_array_index(bindings, SmBinding, i);
        if (!g_str_equal(binding->command, command))
            continue;
        g_autofree char *keys = sm_key_display_sequence(binding->keys, binding->n);
        g_string_append_printf(text, "%s%s %s", before, keys, has_arrived(app, binding) ? _("arrives") : _("not seen yet"));
        before = ", ";
    }
    g_string_append_c(text, '\n');
}

static void help_detail(SmApp *app)
{
    SmPopupRow *row = sm_popup_selected(app);

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    g_clear_pointer(&app->popup.detail_title, sm_safe_unref);
    if (row == NULL)
        return;
    g_autofree char *name = g_strndup(row->value, strcspn(row->value, " "));
    const SmAction *action = sm_action_find(name);
    const SmBinding *best = sm_keymap_best(app->keymap, row->value);
    g_autofree char *keys = best != NULL ? sm_key_format_sequence(best->keys, best->n) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%s\n", _(action->help));
    if (*action->args != '\0')
        g_string_append_printf(text, "%s %s\n", _("arguments:"), action->args);
    g_string_append_printf(text, "\n%s %s\n", _("bound by:"),
                           best != NULL ? best->from : _("nothing; type / and its name"));
    g_string_append_printf(text, "%s keys.yaml ->  %s: {%s: %s}\n", _("rebind:"),
                           sm_context_name(action->context), keys != NULL ? keys : "M-z",
                           row->value);
    if (best != NULL && !app->lines)
        add_arrivals(app, row->value, text);
    app->popup.detail = sm_safe_screen(text->str, -1);
    app->popup.detail_title = sm_safe_screen_line(row->value, -1);
}

static void choose_help(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *command = g_strdup(value);

    sm_popup_close(app);
    if (command != NULL)
        sm_app_run(app, command);
}

/* The line for keys.yaml, ready to be pasted and changed. */
static void copy_binding(SmApp *app, const char *command)
{
    g_autofree char *name = g_strndup(command, strcspn(command, " "));
    const SmAction *action = sm_action_find(name);
    const SmBinding *best = sm_keymap_best(app->keymap, command);
    g_autofree char *keys = best != NULL ? sm_key_format_sequence(best->keys, best->n) : NULL;
    g_autofree char *yaml = g_strdup_printf("%s:\n  %s: %s\n", sm_context_name(action->context), keys != NULL ? keys : "M-z", command);
    g_autoptr(SmSafe) text = sm_safe_block(yaml, -1);
    if (sm_app_copy(app, text))
        sm_app_sayf(app, FALSE, _("Copied for keys.yaml: %s"), command);
}

static gboolean key_help(SmApp *app, SmKey key)
{
    SmPopupRow *row = sm_popup_selected(app);

    if (key == SM_KEY_TAB) {
        if (app->popup_data != NULL)
            g_clear_pointer(&app->popup_data, g_free);
        else
            app->popup_data = g_strdup("all");
        sm_popup_refill(app);
        return TRUE;
    }
    if (key == sm_key('y', SM_MOD_CTRL) && row != NULL) {
        copy_binding(app, row->value);
        return TRUE;
    }
    return FALSE;
}

static const SmPopupOps help_ops = {
    .refill = fill_help, .choose = choose_help, .moved = help_detail, .key = key_help};

void sm_help_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_HELP, &help_ops, app->supervision != NULL ? _("KEYS: queue view") : _("KEYS: agent view, composer"),
                  _("type to search:"));
    sm_popup_heading(app, 0, _("KEY"), 15);
    sm_popup_heading(app, 1, _("ALSO"), 11);
    app->popup.gives = 1;
    sm_popup_heading(app, 2, _("COMMAND"), 24);
    sm_popup_heading(app, 3, _("WHAT IT DOES"), -1);
    sm_popup_footer(app, _("Enter runs it   Tab all contexts   Ctrl-Y copies it for keys.yaml   /keys-test shows what your keys send   Esc close"));
    sm_popup_refill(app);
}

/* --- Which-key
 * ------------------------------------------------------------------------------------- */

typedef struct {
    char *keys;
    const SmAction *action;
    const char *command;
} Next;

/* What may follow the pending keys, one row a command; 1..9 and arrows are one row each. */
static void add_next(SmApp *app, GPtrArray *seen, const SmBinding *binding)
{
    g_autofree char *name = g_strndup(binding->command, strcspn(binding->command, " "));
    const SmAction *action = sm_action_find(name);

    for (guint i = 0; i < seen->len; i++)
        if (((Next *)seen->pdata[i])->action == action)
            return;
    Next *next = g_new0(Next, 1);
    next->action = action;
    next->command = binding->command;
    if (g_str_equal(name, "pane-focus"))
        next->keys = g_strdup("1..9");
    else if (g_str_equal(name, "pane-direction"))
        next->keys = g_strdup(_("arrow"));
    else
        next->keys =
            sm_key_display_sequence(binding->keys + app->n_pending, binding->n - app->n_pending);
    g_ptr_array_add(seen, next);
}

static void next_free(gpointer data)
{
    Next *next = data;

    g_free(next->keys);
    g_free(next);
}

void sm_which_key_open(SmApp *app)
{
    const GArray *bindings = sm_keymap_bindings(app->keymap);
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(next_free);

    for (guint i = 0; i < bindings->len; i++) {
        const SmBinding *binding = &g_array_index(bindings, SmBinding, i);
        if (binding->n > app->n_pending &&
            (binding->context == sm_app_base_context(app) || binding->context == SM_CONTEXT_GLOBAL) &&
            memcmp(binding->keys, app->pending, app->n_pending * sizeof(SmKey)) == 0)
            add_next(app, seen, binding);
    }
    sm_popup_open(app, SM_POPUP_WHICH_KEY, NULL, "", NULL);
    sm_safe_unref(app->popup.title);
    app->popup.title = sm_safe_from_literal(app->pending_words);
    for (int group = SM_GROUP_PANES; group <= SM_GROUP_SUPERVISE; group++) {
        gboolean any = FALSE;
        for (guint i = 0; i < seen->len; i++) {
            const Next *next = seen->pdata[i];
            if ((int)next->action->group != group || g_str_equal(next->action->name, "cancel"))
                continue;
            if (!any) {
                sm_popup_section(app, 0, sm_safe_from_literal(sm_group_title((SmGroup)group)));
                any = TRUE;
            }
            SmPopupRow *row = sm_popup_row(app, next->command);
            sm_popup_label(row, 0, next->keys);
            sm_popup_label(row, 1, _(next->action->label));
            row->dim = next->action->disabled != NULL && next->action->disabled(app) != NULL;
        }
    }
    sm_popup_footer(app, _("a letter runs it   Esc or Ctrl-G cancels   ? searches all keys"));
    sm_popup_changed(app);
}

/* --- Width test
 * ------------------------------------------------------------------------------------- */

#define WIDTH_COLUMNS 8

static void fill_widths(SmApp *app, const char *typed)
{
    static const char *const samples[] = {"abcdefgh", "中文宽度", "かなカナ", "한글한글", "ＡＢＣＤ", "e\u0301o\u0308e\u0301o\u0308",
                                          "ก่กี่กู", "😀😀👍🏽", "👩‍💻🇨🇳❤️", "──██", "…“”°", "✓★→×"};
    const char *const what[] = {_("Latin letters"), _("Chinese"), _("Japanese"), _("Korean"), _("fullwidth letters"), _("marks on letters"),
                                _("Thai"), _("emoji"), _("joined emoji"), _("lines and blocks"), _("punctuation that may be wide"),
                                _("signs that may be wide")};

    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        SmPopupRow *row = sm_popup_row(app, samples[i]);
        g_autoptr(SmSafe) sample = sm_safe_clusters_line(samples[i], -1);
        int columns = sm_width_text(&app->widths, sm_safe_str(sample), sm_safe_len(sample));
        g_autofree char *blanks = g_strnfill((gsize)MAX(0, WIDTH_COLUMNS - columns), ' ');
        sm_popup_cell(row, 0, sm_safe_format("%S%s|", sample, blanks));
        g_autofree char *count = g_strdup_printf("%d", columns);
        sm_popup_label(row, 1, count);
        sm_popup_label(row, 2, what[i]);
    }
}

static const SmPopupOps width_ops = {.refill = fill_widths};

void sm_width_test_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &width_ops, _("do the bars stand in one line?"), NULL);
    sm_popup_heading(app, 0, _("SAMPLE"), WIDTH_COLUMNS + 2);
    sm_popup_heading(app, 1, _("COLUMNS"), 7);
    sm_popup_heading(app, 2, _("WHAT"), -1);
    sm_popup_footer(app, _("a bar that stands out is counted otherwise   borders: ascii, or another font   Esc close"));
    sm_popup_refill(app);
}

/* --- Keys test
 * ------------------------------------------------------------------------------------- */

struct SmKeysTest {
    GPtrArray *lines; /* char* "key | command" */
};

static void fill_test(SmApp *app, const char *typed)
{
    for (guint i = 0; app->keys_test != NULL && i < app->keys_test->lines->len; i++) {
        g_auto(GStrv) parts = g_strsplit(app->keys_test->lines->pdata[i], "\t", 4);
        SmPopupRow *row = sm_popup_row(app, NULL);
        for (int k = 0; k < 4 && parts[k] != NULL; k++)
            sm_popup_cell(row, k, sm_safe_screen_line(parts[k], -1));
    }
}

static void add_test(SmApp *app, char *line)
{
    g_ptr_array_add(app->keys_test->lines, line);
    if (app->keys_test->lines->len > 12)
        g_ptr_array_remove_index(app->keys_test->lines, 0);
    sm_popup_refill(app);
    sm_popup_select(app, (int)app->popup.rows->len - 1);
}

void sm_app_raw(SmApp *app, const char *bytes, gsize n, gboolean unknown)
{
    gsize at = 0;

    app->raw[0] = '\0';
    for (gsize i = 0; bytes != NULL && i < n && at + 4 < sizeof app->raw; i++)
        at += (gsize)g_snprintf(app->raw + at, (gulong)(sizeof app->raw - at), i > 0 ? " %02x" : "%02x", (guchar)bytes[i]);
    if (unknown && app->keys_test != NULL)
        add_test(app, g_strdup_printf("?\t-\t%s\t%s", app->raw, _("no key is known for this")));
}

static void test_key(SmApp *app, SmKey key, const char *text)
{
    const char *command = NULL;
    g_autofree char *shown = sm_key_display(key), *name = sm_key_format(key);
    const char *never = sm_keymap_never_arrives(key);
    SmKeymapHit hit = sm_keymap_find(app->keymap, SM_CONTEXT_AGENT, &key, 1, &command);

    if (hit == SM_KEYMAP_PREFIX)
        command = _("begins a sequence");
    else if (hit == SM_KEYMAP_NONE)
        command = text != NULL ? _("types itself") : _("nothing here");
    add_test(app, g_strdup_printf("%s\t%s\t%s\t%s%s%s", shown, name, app->raw, command, never != NULL ? " - " : "",
                                  never != NULL ? never : ""));
}

static gboolean key_test(SmApp *app, SmKey key)
{
    gsize n = app->keys_test->lines->len;
    const char *last = n > 0 ? app->keys_test->lines->pdata[n - 1] : "";

    /* Twice in a row: to see it, and to leave. */
    if (key == SM_KEY_ESC && g_str_has_prefix(last, "Esc\t"))
        sm_popup_close(app);
    else
        test_key(app, key, NULL);
    return TRUE;
}

static gboolean text_test(SmApp *app, const char *utf8)
{
    test_key(app, sm_key(g_utf8_get_char(utf8), 0), utf8);
    return TRUE;
}

void sm_keys_test_free(SmApp *app)
{
    if (app->keys_test == NULL)
        return;
    g_ptr_array_unref(app->keys_test->lines);
    g_clear_pointer(&app->keys_test, g_free);
}

static const SmPopupOps test_ops = {
    .refill = fill_test, .key = key_test, .text = text_test, .closed = sm_keys_test_free};

void sm_keys_test_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &test_ops, _("press keys; Esc twice ends"), NULL);
    app->keys_test = g_new0(SmKeysTest, 1);
    app->keys_test->lines = g_ptr_array_new_with_free_func(g_free);
    sm_popup_heading(app, 0, _("KEY"), 18);
    sm_popup_heading(app, 1, _("IN FILES"), 14);
    sm_popup_heading(app, 2, _("BYTES"), 14);
    sm_popup_heading(app, 3, _("REACHES"), -1);
    sm_popup_footer(
        app, _("each key's name, as keys.yaml writes it   its bytes, and what it reaches   Esc twice ends"));
    sm_popup_changed(app);
}
