/* SPDX-License-Identifier: MIT */
#include "ui/theme.h"

#include <string.h>

#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "seatmux/ui/ui.h"

struct SmTheme {
    char *name;
    SmLook looks[SM_STYLE_COUNT];
};

typedef struct {
    const char *name;
    guint plain;
    const char *about;
} Role;

#define ROLE_ROW(name, file, plain, what) {file, plain, what},
static const Role roles[] = {SM_STYLES(ROLE_ROW)};
#undef ROLE_ROW

static const struct {
    const char *key;
    guint attr;
} attributes[] = {
    {"bold", SM_LOOK_BOLD},           {"dim", SM_LOOK_DIM},         {"italic", SM_LOOK_ITALIC},
    {"underline", SM_LOOK_UNDERLINE}, {"reverse", SM_LOOK_REVERSE},
};

const char *sm_style_name(SmStyle role)
{
    return roles[role].name;
}

const char *sm_style_about(SmStyle role)
{
    return roles[role].about;
}

guint sm_style_plain(SmStyle role)
{
    return roles[role].plain;
}

int sm_style_find(const char *name)
{
    for (int i = 0; i < SM_STYLE_COUNT; i++) {
        if (!g_strcmp0(name, roles[i].name)) {
            return i;
        }
    }
    return -1;
}

/* What a role looks like when no file says so: enough to work with on any background. */
static SmLook shipped_look(SmStyle role)
{
    static const struct {
        SmStyle role;
        int fg;
    } coloured[] = {
        {SM_STYLE_ACCENT, 6},  {SM_STYLE_PROMPT, 6},      {SM_STYLE_OWN, 6},      {SM_STYLE_NOTE, 5},
        {SM_STYLE_WHISPER, 5}, {SM_STYLE_OK, 2},          {SM_STYLE_WARNING, 3},  {SM_STYLE_OVERDUE, 1},
        {SM_STYLE_ERROR, 1},   {SM_STYLE_UNREAD, 3},      {SM_STYLE_MISSPELT, 1}, {SM_STYLE_LINK, 6},
        {SM_STYLE_FIELD, 3},   {SM_STYLE_POPUP_TITLE, 6},
    };
    SmLook look = {SM_COLOUR_DEFAULT, SM_COLOUR_DEFAULT, roles[role].plain};
    for (guint i = 0; i < G_N_ELEMENTS(coloured); i++) {
        if (coloured[i].role == role) {
            look.fg = SM_COLOUR_NAMED | (SmColour)coloured[i].fg;
        }
    }
    return look;
}

SmTheme *sm_theme_new(void)
{
    SmTheme *theme = g_new0(SmTheme, 1);
    theme->name = g_strdup("built-in");
    for (int i = 0; i < SM_STYLE_COUNT; i++) {
        theme->looks[i] = shipped_look((SmStyle)i);
    }
    return theme;
}

void sm_theme_free(SmTheme *theme)
{
    if (theme) {
        g_free(theme->name);
        g_free(theme);
    }
}

const char *sm_theme_name(const SmTheme *theme)
{
    return theme->name;
}

const SmLook *sm_theme_look(const SmTheme *theme, SmStyle role)
{
    return &theme->looks[role];
}

static SmColour read_colour(SmYamlMap *map, const char *key)
{
    SmColour colour = SM_COLOUR_DEFAULT;
    const char *text = sm_yaml_map_str(map, key, "default");
    if (!sm_colour_parse(text, &colour)) {
        sm_yaml_map_error(
            map, key,
            "'%s' is no colour: \"#rrggbb\" (in quotes), a name like red or bright-red, "
            "or default",
            text);
    }
    return colour;
}

static SmLook read_look(SmYamlMap *map)
{
    SmLook look = {read_colour(map, "fg"), read_colour(map, "bg"), 0};
    for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (sm_yaml_map_bool(map, attributes[i].key, FALSE)) {
            look.attrs |= attributes[i].attr;
        }
    }
    return look;
}

static void read_roles(SmTheme *theme, const SmYamlDoc *doc, const SmYaml *node,
                       SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "roles", findings);
    for (int i = 0; i < SM_STYLE_COUNT; i++) {
        SmYaml *role = sm_yaml_map_node(map, roles[i].name);
        if (role) {
            guint before = sm_findings_errors(findings);
            SmYamlMap *look_map = sm_yaml_map(doc, role, roles[i].name, findings);
            SmLook look = read_look(look_map);
            sm_yaml_map_end(look_map);
            if (sm_findings_errors(findings) == before) {
                theme->looks[i] = look;
            }
        }
    }
    sm_yaml_map_end(map);
}

static SmTheme *from_doc(const SmYamlDoc *doc, SmFindings *findings)
{
    SmTheme *theme = sm_theme_new();
    SmYamlMap *map = sm_yaml_map(doc, sm_yaml_root(doc), "theme", findings);
    const char *name = sm_yaml_map_str(map, "theme", NULL);
    if (name) {
        g_free(theme->name);
        theme->name = g_strdup(name);
    }
    sm_yaml_map_str(map, "about", NULL);
    SmYaml *node = sm_yaml_map_node(map, "roles");
    if (node) {
        read_roles(theme, doc, node, findings);
    }
    sm_yaml_map_end(map);
    return theme;
}

SmTheme *sm_theme_parse(const char *file, const char *text, gsize n, SmFindings *findings)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse(file, text, n, findings);
    return doc ? from_doc(doc, findings) : NULL;
}

SmTheme *sm_theme_load(const char *path, SmFindings *findings)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    return doc ? from_doc(doc, findings) : NULL;
}

SmTheme *sm_theme_find(const char *name, SmFindings *findings)
{
    g_autofree char *file = g_strconcat(name && *name ? name : "default", ".yaml", NULL);
    g_autofree char *own_directory = sm_path_config("themes");
    g_autofree char *own = own_directory ? g_build_filename(own_directory, file, NULL) : NULL;
    g_autofree char *shipped_directory = sm_path_shipped("themes");
    g_autofree char *shipped =
        shipped_directory ? g_build_filename(shipped_directory, file, NULL) : NULL;
    if (name && strchr(name, '/')) {
        return NULL;
    }
    if (own && g_file_test(own, G_FILE_TEST_EXISTS)) {
        return sm_theme_load(own, findings);
    }
    return shipped && g_file_test(shipped, G_FILE_TEST_EXISTS) ? sm_theme_load(shipped, findings)
                                                               : NULL;
}

void sm_ui_check_theme(const char *path, SmFindings *findings)
{
    sm_theme_free(sm_theme_load(path, findings));
}
