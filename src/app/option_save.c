/* SPDX-License-Identifier: MIT */
/* option_save: settings back into config.yaml, as an editor would: a value is changed in its place,
 * a new one added at the end; comments, order and everything else stay. What comes of it is read
 * again before it is written: a file that would not say what is wished is not written at all. */
#include "app/option_private.h"

#include <string.h>
#include <sys/stat.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"

/* The value of an option as YAML. Caller frees. */
static char *as_yaml(const SmOptions *options, int index)
{
    g_autoptr(SmOptions) fresh = sm_options_new();
    SmOptionValue *to = &fresh->values[index];
    const SmOptionValue *from = &options->values[index];
    guint n;
    const char *name = sm_option_table(&n)[index].name;

    g_free(to->text);
    to->text = g_strdup(from->text);
    to->number = from->number;
    g_strfreev(to->list);
    to->list = g_strdupv(from->list);
    g_autofree char *line = sm_options_format(fresh);
    if (*line == '\0') /* as shipped: sm_options_format() leaves it out */
        return sm_option_table(&n)[index].type == SM_OPTION_LIST
                   ? g_strdup("[]")
                   : g_strdup_printf("\"%s\"", from->text);
    g_strchomp(line);
    return g_strdup(line + strlen(name) + strlen(": "));
}

/* Node of an option's value, at the top by its full name or nested by its parts; NULL: not there.
 */
static const SmYaml *find(const SmYaml *map, const char *name)
{
    const SmYaml *node = sm_yaml_get(map, name);
    const char *dot = strchr(name, '.');

    if (node != NULL || dot == NULL)
        return node;
    g_autofree char *first = g_strndup(name, (gsize)(dot - name));
    const SmYaml *inner = sm_yaml_get(map, first);
    return inner != NULL && sm_yaml_kind(inner) == SM_YAML_MAP ? sm_yaml_get(inner, dot + 1) : NULL;
}

static gsize offset_of(const char *text, int line, int column)
{
    const char *p = text;

    for (; line > 1 && p != NULL; line--) {
        p = strchr(p, '\n');
        p = p != NULL ? p + 1 : NULL;
    }
    for (; p != NULL && column > 1 && *p != '\0'; column--)
        p = g_utf8_next_char(p);
    return p != NULL ? (gsize)(p - text) : strlen(text);
}

/* Bytes of the scalar or one-line list that begins here; 0: it is of a kind that is not changed in
 * place. */
static gsize extent(const char *at)
{
    const char *p = at;

    if (*p == '"') {
        for (p++; *p != '\0' && *p != '"' && *p != '\n'; p++)
            p += *p == '\\' && p[1] != '\0';
        return *p == '"' ? (gsize)(p + 1 - at) : 0;
    }
    if (*p == '\'' || *p == '[') {
        p = strpbrk(p + 1, *p == '[' ? "]\n" : "'\n");
        return p != NULL && *p != '\n' ? (gsize)(p + 1 - at) : 0;
    }
    if (strchr("|>{&*!", *p) != NULL)
        return 0;
    while (*p != '\0' && strchr(",}\n", *p) == NULL && !(*p == ' ' && p[1] == '#'))
        p++;
    while (p > at && g_ascii_isspace(p[-1]))
        p--;
    return (gsize)(p - at);
}

static gboolean put(GString *text, const char *path, const SmOptions *options, const char *name,
                    GError **error)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse(path, text->str, text->len, findings);
    int index = sm_option_index(name);
    g_autofree char *value = as_yaml(options, index);
    const SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;
    const SmYaml *node =
        root != NULL && sm_yaml_kind(root) == SM_YAML_MAP ? find(root, name) : NULL;

    if (sm_findings_errors(findings) > 0 || (root != NULL && sm_yaml_kind(root) != SM_YAML_MAP)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s has errors; mend it first", path);
        return FALSE;
    }
    if (node == NULL) {
        if (text->len > 0 && text->str[text->len - 1] != '\n')
            g_string_append_c(text, '\n');
        g_string_append_printf(text, "%s: %s\n", name, value);
        return TRUE;
    }
    gsize at = offset_of(text->str, sm_yaml_line(node), sm_yaml_column(node));
    gsize n = extent(text->str + at);
    if (n == 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "%s:%d: the value of %s must be changed by hand", path, sm_yaml_line(node),
                    name);
        return FALSE;
    }
    g_string_erase(text, (gssize)at, (gssize)n);
    g_string_insert(text, (gssize)at, value);
    return TRUE;
}

/* Does the new text say what is wished? */
static gboolean agrees(const GString *text, const char *path, const SmOptions *options,
                       const char *const *names)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmOptions) read = sm_options_new();

    sm_options_parse(read, path, text->str, text->len, findings);
    for (guint i = 0; names[i] != NULL; i++)
        if (strcmp(sm_options_str(read, names[i]), sm_options_str(options, names[i])) != 0)
            return FALSE;
    return sm_findings_errors(findings) == 0;
}

gboolean sm_options_save(const SmOptions *options, const char *path, const char *const *names,
                         GError **error)
{
    g_autofree char *old = NULL, *directory = g_path_get_dirname(path);
    struct stat status;
    int mode = stat(path, &status) == 0 ? (int)(status.st_mode & 0777) : 0600;

    if (g_file_test(path, G_FILE_TEST_EXISTS) &&
        (old = sm_path_read(path, SM_MAX_YAML_BYTES, NULL, error)) == NULL)
        return FALSE;
    g_autoptr(GString) text = g_string_new(old != NULL ? old : "");
    for (guint i = 0; names[i] != NULL; i++)
        if (!put(text, path, options, names[i], error))
            return FALSE;
    if (!agrees(text, path, options, names)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "%s can't be changed safely; it stays as it is", path);
        return FALSE;
    }
    return sm_path_make_private_dir(directory, error) &&
           sm_path_write(path, text->str, text->len, mode, error);
}
