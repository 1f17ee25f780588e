/* SPDX-License-Identifier: MIT */
#include "seatmux/base/yaml.h"

#include <stdarg.h>
#include <string.h>

struct SmYamlMap {
    const SmYamlDoc *doc;
    const SmYaml *node; /* a map, or NULL: all defaults */
    int line;
    int column;
    gboolean wrong_kind; /* has been said; nothing more about it */
    char *what;
    GPtrArray *known; /* keys asked for, in that order */
    SmFindings *findings;
};

/* "key:", "key: ~" and "key: null" say nothing. */
static gboolean is_null(const SmYaml *node)
{
    if (sm_yaml_kind(node) != SM_YAML_SCALAR || sm_yaml_quoted(node)) {
        return FALSE;
    }
    const char *text = sm_yaml_text(node);
    return text[0] == '\0' || g_str_equal(text, "~") || g_str_equal(text, "null");
}

SmYamlMap *sm_yaml_map(const SmYamlDoc *doc, const SmYaml *node, const char *what,
                       SmFindings *findings)
{
    SmYamlMap *m = g_new0(SmYamlMap, 1);
    m->doc = doc;
    m->what = g_strdup(what);
    m->known = g_ptr_array_new_with_free_func(g_free);
    m->findings = findings;
    if (node == NULL) {
        return m;
    }
    m->line = sm_yaml_line(node);
    m->column = sm_yaml_column(node);
    if (sm_yaml_kind(node) == SM_YAML_MAP) {
        m->node = node;
    } else if (!is_null(node)) {
        m->wrong_kind = TRUE;
        sm_findings_error(findings, sm_yaml_file(doc), m->line, m->column,
                          "%s must be a map (key: value)", what);
    }
    return m;
}

static SmYaml *ask(SmYamlMap *m, const char *key)
{
    for (guint i = 0; i < m->known->len; i++) {
        if (g_str_equal(g_ptr_array_index(m->known, i), key)) {
            return sm_yaml_get(m->node, key);
        }
    }
    g_ptr_array_add(m->known, g_strdup(key));
    return sm_yaml_get(m->node, key);
}

static void G_GNUC_PRINTF(3, 4) fault(SmYamlMap *m, const SmYaml *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    sm_findings_error(m->findings, sm_yaml_file(m->doc),
                      node != NULL ? sm_yaml_line(node) : m->line,
                      node != NULL ? sm_yaml_column(node) : m->column, "%s", text);
}

/* The scalar of `key`, or NULL where absent, null or (with a finding) no scalar. */
static const SmYaml *ask_scalar(SmYamlMap *m, const char *key, const char *must_be)
{
    const SmYaml *node = ask(m, key);
    if (node == NULL || is_null(node)) {
        return NULL;
    }
    if (sm_yaml_kind(node) != SM_YAML_SCALAR) {
        fault(m, node, "'%s' must be %s", key, must_be);
        return NULL;
    }
    return node;
}

const char *sm_yaml_map_str(SmYamlMap *m, const char *key, const char *otherwise)
{
    const SmYaml *node = ask_scalar(m, key, "a text");
    return node != NULL ? sm_yaml_text(node) : otherwise;
}

const char *sm_yaml_map_need(SmYamlMap *m, const char *key)
{
    const SmYaml *node = ask(m, key);
    if (m->wrong_kind) {
        return NULL;
    }
    if (node == NULL) {
        fault(m, NULL, "%s: missing '%s'", m->what, key);
        return NULL;
    }
    if (sm_yaml_kind(node) != SM_YAML_SCALAR) {
        fault(m, node, "'%s' must be a text", key);
        return NULL;
    }
    if (is_null(node) || sm_yaml_text(node)[0] == '\0') {
        fault(m, node, "'%s' must not be empty", key);
        return NULL;
    }
    return sm_yaml_text(node);
}

static gboolean one_of(const char *text, const char *const *words)
{
    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(text, words[i]) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean sm_yaml_map_bool(SmYamlMap *m, const char *key, gboolean otherwise)
{
    static const char *const YES[] = {"true", "yes", "on", NULL};
    static const char *const NO[] = {"false", "no", "off", NULL};
    const SmYaml *node = ask_scalar(m, key, "true or false");
    if (node == NULL) {
        return otherwise;
    }
    if (one_of(sm_yaml_text(node), YES)) {
        return TRUE;
    }
    if (!one_of(sm_yaml_text(node), NO)) {
        fault(m, node, "'%s' must be true or false", key);
        return otherwise;
    }
    return FALSE;
}

/* Decimal digits with a sign at most; "012" is twelve. */
static gboolean parse_int(const char *text, int64_t *value)
{
    const char *digits = text[0] == '-' || text[0] == '+' ? text + 1 : text;
    if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits)) {
        return FALSE;
    }
    return g_ascii_string_to_signed(text[0] == '+' ? digits : text, 10, INT64_MIN, INT64_MAX, value,
                                    NULL);
}

int64_t sm_yaml_map_int(SmYamlMap *m, const char *key, int64_t low, int64_t high, int64_t otherwise)
{
    const SmYaml *node = ask_scalar(m, key, "a whole number");
    if (node == NULL) {
        return otherwise;
    }
    int64_t value;
    if (!parse_int(sm_yaml_text(node), &value)) {
        fault(m, node, "'%s' must be a whole number", key);
        return otherwise;
    }
    if (value < low || value > high) {
        fault(m, node, "'%s' must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, key, low,
              high);
        return otherwise;
    }
    return value;
}

int64_t sm_yaml_map_duration(SmYamlMap *m, const char *key, int64_t otherwise)
{
    const SmYaml *raw = ask(m, key);
    if (raw != NULL && sm_yaml_kind(raw) == SM_YAML_SCALAR && !sm_yaml_quoted(raw)) {
        static const char *const NONE[] = {"null", "none", "~", NULL};
        if (one_of(sm_yaml_text(raw), NONE)) {
            return -1;
        }
    }
    const SmYaml *node = ask_scalar(m, key, "a duration such as 30s or 5m");
    if (node == NULL) {
        return otherwise;
    }
    int64_t ms;
    if (!sm_duration_parse(sm_yaml_text(node), &ms)) {
        fault(m, node, "'%s' must be a duration such as 30s, 5m or 1h30m", key);
        return otherwise;
    }
    return ms;
}

int sm_yaml_map_enum(SmYamlMap *m, const char *key, const char *const *values, int otherwise)
{
    const SmYaml *node = ask_scalar(m, key, "a word");
    if (node == NULL) {
        return otherwise;
    }
    for (int i = 0; values[i] != NULL; i++) {
        if (g_str_equal(sm_yaml_text(node), values[i])) {
            return i;
        }
    }
    g_autofree char *all = g_strjoinv(", ", (char **)values);
    fault(m, node, "'%s' must be one of: %s", key, all);
    return otherwise;
}

SmYaml *sm_yaml_map_node(SmYamlMap *m, const char *key)
{
    return ask(m, key);
}

char **sm_yaml_map_strv(SmYamlMap *m, const char *key)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
    const SmYaml *node = ask(m, key);
    if (node != NULL && sm_yaml_kind(node) == SM_YAML_MAP) {
        fault(m, node, "'%s' must be a list of texts", key);
    } else if (node != NULL && sm_yaml_kind(node) == SM_YAML_SCALAR && !is_null(node)) {
        g_ptr_array_add(out, g_strdup(sm_yaml_text(node)));
    } else if (node != NULL) {
        for (guint i = 0; i < sm_yaml_size(node); i++) {
            const SmYaml *item = sm_yaml_item(node, i);
            if (sm_yaml_kind(item) == SM_YAML_SCALAR) {
                g_ptr_array_add(out, g_strdup(sm_yaml_text(item)));
            } else {
                fault(m, item, "'%s' must be a list of texts", key);
            }
        }
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&out), FALSE);
}

double sm_yaml_map_share(SmYamlMap *m, const char *key, double otherwise)
{
    const char *text = sm_yaml_map_str(m, key, NULL);
    char *end = NULL;
    double value = text != NULL ? g_ascii_strtod(text, &end) : otherwise;
    if (text == NULL) {
        return otherwise;
    }
    if (end != text && g_str_equal(end, "%")) {
        value /= 100;
    } else if (end == text || *end != '\0') {
        value = -1;
    }
    if (!(value >= 0 && value <= 1)) {
        sm_yaml_map_error(m, key, "%s is a share or a chance: 0 to 1, or 0%% to 100%%", key);
        return otherwise;
    }
    return value;
}

static void place(const SmYamlMap *m, const char *key, int *line, int *column)
{
    const SmYaml *node = key != NULL ? sm_yaml_get(m->node, key) : NULL;
    *line = node != NULL ? sm_yaml_line(node) : m->line;
    *column = node != NULL ? sm_yaml_column(node) : m->column;
}

void sm_yaml_map_error(SmYamlMap *m, const char *key, const char *format, ...)
{
    int line;
    int column;
    place(m, key, &line, &column);
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    sm_findings_error(m->findings, sm_yaml_file(m->doc), line, column, "%s", text);
}

void sm_yaml_map_warn(SmYamlMap *m, const char *key, const char *format, ...)
{
    int line;
    int column;
    place(m, key, &line, &column);
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    sm_findings_warn(m->findings, sm_yaml_file(m->doc), line, column, "%s", text);
}

static gboolean is_known(const SmYamlMap *m, const char *key)
{
    for (guint i = 0; i < m->known->len; i++) {
        if (g_str_equal(g_ptr_array_index(m->known, i), key)) {
            return TRUE;
        }
    }
    return FALSE;
}

void sm_yaml_map_end(SmYamlMap *m)
{
    GString *known = g_string_new(NULL);
    for (guint i = 0; i < m->known->len; i++) {
        g_string_append_printf(known, "%s%s", i > 0 ? " " : "",
                               (const char *)g_ptr_array_index(m->known, i));
    }
    for (guint i = 0; m->node != NULL && i < sm_yaml_size(m->node); i++) {
        const SmYaml *key = sm_yaml_key(m->node, i);
        if (!is_known(m, sm_yaml_text(key))) {
            fault(m, key, "unknown key '%s' (known: %s)", sm_yaml_text(key), known->str);
        }
    }
    g_string_free(known, TRUE);
    g_ptr_array_unref(m->known);
    g_free(m->what);
    g_free(m);
}

static const struct {
    const char *unit;
    int64_t ms;
} UNITS[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

/* A hundred years: added to any time it is one. */
#define LONGEST_MS (INT64_C(36500) * 86400000)

/* The unit at p; its length in *length. -1 if there is none. */
static int unit_at(const char *p, gsize *length)
{
    *length = strspn(p, "abcdefghijklmnopqrstuvwxyz");
    for (guint i = 0; i < G_N_ELEMENTS(UNITS); i++) {
        if (strlen(UNITS[i].unit) == *length && strncmp(p, UNITS[i].unit, *length) == 0) {
            return (int)i;
        }
    }
    return -1;
}

gboolean sm_duration_parse(const char *text, int64_t *ms)
{
    int64_t sum = 0;
    int last = -1;
    if (text == NULL || text[0] == '\0') {
        return FALSE;
    }
    for (const char *p = text; *p != '\0';) {
        gsize digits = strspn(p, "0123456789");
        if (digits == 0 || digits > 12) {
            return FALSE;
        }
        int64_t number = g_ascii_strtoll(p, NULL, 10);
        gsize length;
        gboolean bare = p == text && p[digits] == '\0';
        int unit = bare ? 3 : unit_at(p + digits, &length);
        if (unit <= last) { /* units go from large to small, each once; -1 is none at all */
            return FALSE;
        }
        if (number > (LONGEST_MS - sum) / UNITS[unit].ms) {
            return FALSE;
        }
        sum += number * UNITS[unit].ms;
        last = unit;
        p += digits + (bare ? 0 : length);
    }
    *ms = sum;
    return TRUE;
}
