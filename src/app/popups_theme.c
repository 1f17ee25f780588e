/* SPDX-License-Identifier: MIT */
/* popups_theme: choosing colours by looking at them: the selected theme is on the whole screen
 * while the list is open. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "seatmux/text/sanitise.h"

static gboolean show(SmApp *app, const char *name)
{
    return app->show.theme != NULL && app->show.theme(name, app->show.user);
}

/* Names of *.yaml in a folder, without the ending; takes the folder over. */
static void add_names(GHashTable *names, char *folder)
{
    g_autoptr(GDir) dir = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, ".yaml"))
            g_hash_table_replace(names, g_strndup(name, strlen(name) - strlen(".yaml")),
                                 g_build_filename(folder, name, NULL));
    g_free(folder);
}

/* What the shipped themes say of themselves, to be translated; others say it in their own language. */
G_GNUC_UNUSED static const char *const shipped[] = {N_("high contrast, for poor screens and tired eyes"),
                                                    N_("dark terminals, one accent, quiet where nothing is due"),
                                                    N_("the terminal's own 16 colours, dark or light"),
                                                    N_("no red or green, for deuteranopia and protanopia, dark terminals"),
                                                    N_("light terminals, one accent"),
                                                    N_("no colours"),
                                                    N_("no blue against green, for tritanopia, dark terminals")};

/* What the theme says of itself. Caller frees. */
static char *about(const char *path)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, NULL);
    const SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;
    const SmYaml *node =
        root != NULL && sm_yaml_kind(root) == SM_YAML_MAP ? sm_yaml_get(root, "about") : NULL;

    return g_strdup(node != NULL && sm_yaml_kind(node) == SM_YAML_SCALAR ? sm_yaml_text(node) : "");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void fill(SmApp *app, const char *typed)
{
    /* The user's own come over the shipped ones of the same name. */
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    add_names(names, sm_path_shipped("themes"));
    add_names(names, sm_path_config("themes"));
    guint n;
    g_autofree char **sorted = (char **)g_hash_table_get_keys_as_array(names, &n);

    qsort(sorted, n, sizeof *sorted, by_name);
    for (guint i = 0; i < n; i++) {
        g_autofree char *words = about(g_hash_table_lookup(names, sorted[i]));
        SmPopupRow *row = sm_popup_row(app, sorted[i]);
        row->digit = i < 9 ? (int)i + 1 : 0;
        sm_popup_cell(row, 0, sm_safe_screen_line(sorted[i], -1));
        sm_popup_cell(row, 1, sm_safe_screen_line(*words != '\0' ? _(words) : "", -1));
    }
    sm_popup_match(app, typed, TRUE);
}

/* The one that is on the screen now; popup_data2. */
static void moved(SmApp *app)
{
    const SmPopupRow *row = sm_popup_selected(app);

    if (row == NULL || g_strcmp0(row->value, app->popup_data2) == 0 || !show(app, row->value))
        return;
    g_free(app->popup_data2);
    app->popup_data2 = g_strdup(row->value);
}

static void take(SmApp *app, const char *name)
{
    if (!show(app, name)) {
        g_autoptr(SmSafe) safe = sm_safe_line(name, -1);
        sm_app_sayf(app, TRUE, _("There is no theme \"%S\" without errors; the colours stay."),
                    safe);
        return;
    }
    sm_options_set(app->options, "theme", name, NULL);
    sm_app_option_changed(app, "theme");
}

static void choose(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *name = g_strdup(value);

    if (name == NULL)
        return;
    take(app, name);
    sm_popup_close(app);
}

/* Also after choosing: then the option is the new one, and this is the same theme once more. */
static void closed(SmApp *app)
{
    const char *kept = sm_options_str(app->options, "theme");

    if (g_strcmp0(app->popup_data2, kept) != 0)
        show(app, kept);
}

static const SmPopupOps theme_ops = {
    .refill = fill, .choose = choose, .moved = moved, .closed = closed};

static void select_current(SmApp *app)
{
    for (guint i = 0; i < app->popup.rows->len; i++) {
        const SmPopupRow *row = app->popup.rows->pdata[i];
        if (g_strcmp0(row->value, sm_options_str(app->options, "theme")) == 0)
            sm_popup_select(app, (int)i);
    }
}

void sm_do_theme(SmApp *app, const char *args)
{
    if (*args != '\0') {
        take(app, args);
        return;
    }
    sm_popup_open(app, SM_POPUP_LIST, &theme_ops, _("colours"), _("find>"));
    app->popup_data2 = g_strdup(sm_options_str(app->options, "theme"));
    sm_popup_heading(app, 0, _("THEME"), 16);
    sm_popup_heading(app, 1, _("ABOUT"), -1);
    sm_popup_footer(app, _("Enter takes it   /options save keeps it   Esc goes back"));
    sm_popup_refill(app);
    select_current(app);
}
