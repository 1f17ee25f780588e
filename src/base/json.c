/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/base/json.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/seen.h"

/* Without memory jansson leaves out what does not fit and goes on: a record would be written without its events. With GLib's
 * allocator the program ends there, as everywhere else, and nothing is written. */
__attribute__((constructor)) static void use_memory_of_glib(void)
{
    json_set_alloc_funcs(g_malloc, g_free);
}

/* The code unit of "\uXXXX" at p, or -1 if that is not what stands there. */
static int unit_at(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') {
        return -1;
    }
    int unit = 0;
    for (int i = 2; i < 6; i++) {
        int digit = g_ascii_xdigit_value(p[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Repairs the escape at p (p[0] is a backslash) without changing its length; bytes to go on by. */
static gsize repair_escape(char *p, const char *end)
{
    int unit = unit_at(p, end);
    if (unit < 0) {
        return MIN(2, end - p); /* another escape, or damage that the parser will name */
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        int next = unit_at(p + 6, end);
        if (next >= 0xdc00 && next <= 0xdfff) {
            return 12;
        }
    }
    if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff)) {
        memcpy(p, "\\ufffd", 6);
    }
    return 6;
}

/* One walk before parsing: repairs escapes in strings and measures the depth. */
static gboolean prepare(char *bytes, gsize n, GError **error)
{
    char *end = bytes + n;
    gboolean in_string = FALSE;
    int depth = 0;
    for (char *p = bytes; p < end;) {
        if (in_string && *p == '\\') {
            p += repair_escape(p, end);
            continue;
        }
        if (*p == '"') {
            in_string = !in_string;
        } else if (!in_string && (*p == '{' || *p == '[') && ++depth > SM_MAX_JSON_DEPTH) {
            g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "JSON_DEPTH: nested deeper than %d levels",
                        SM_MAX_JSON_DEPTH);
            return FALSE;
        } else if (!in_string && (*p == '}' || *p == ']')) {
            depth--;
        }
        p++;
    }
    return TRUE;
}

json_t *sm_json_parse(const char *bytes, gsize n, gsize max, GError **error)
{
    if (n > max) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT,
                    "JSON of %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT " allowed", n,
                    max);
        return NULL;
    }
    g_autofree char *copy = g_malloc(n + 1);
    if (n > 0) {
        memcpy(copy, bytes, n);
    }
    copy[n] = '\0';
    if (!prepare(copy, n, error)) {
        return NULL;
    }
    json_error_t why;
    json_t *json = json_loadb(copy, n, SM_BUG(51) ? 0 : JSON_REJECT_DUPLICATES, &why);
    if (json == NULL) {
        /* What it was near is foreign text and may be half a character: the place says enough. */
        char *near = strstr(why.text, " near '");
        if (near != NULL) {
            *near = '\0';
        }
        g_autofree char *text = g_utf8_make_valid(why.text, -1);
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "JSON %d:%d: %s", why.line, why.column,
                    text);
    }
    return json;
}

static int append_bytes(const char *bytes, size_t n, void *user)
{
    g_string_append_len(user, bytes, (gssize)n);
    return 0;
}

void sm_json_append(GString *to, const json_t *json)
{
    json_dump_callback(json, append_bytes, to, JSON_COMPACT | JSON_ENCODE_ANY);
}

char *sm_json_text(const json_t *json)
{
    GString *out = g_string_new(NULL);
    sm_json_append(out, json);
    return g_string_free(out, FALSE);
}

/* --- For people's terminals ---------------------------------------------------------------------
 */

#define MARKS_MOST 8

static gboolean is_unseen(gunichar c, guint *marks)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
        return ++*marks > MARKS_MOST || sm_seen_filler(c);
    default:
        *marks = 0;
        return sm_seen_filler(c);
    }
}

static void append_escaped(GString *to, gunichar c)
{
    if (c < 0x10000)
        g_string_append_printf(to, "\\u%04X", c);
    else
        g_string_append_printf(to, "\\u%04X\\u%04X", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

/* Most texts have nothing to be written otherwise, and are not copied for it. */
static gboolean all_seen(const char *text)
{
    guint marks = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gboolean ascii = *p >= ' ' && *p <= '~';
        if (!ascii && is_unseen(g_utf8_get_char(p), &marks))
            return FALSE;
        marks = ascii ? 0 : marks;
    }
    return TRUE;
}

void sm_json_make_plain(GString *json, gsize from)
{
    if (all_seen(json->str + from))
        return;
    g_autofree char *text = g_strdup(json->str + from);
    guint marks = 0;

    g_string_truncate(json, from);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if ((c >= ' ' && c <= '~') || !is_unseen(c, &marks))
            g_string_append_unichar(json, c);
        else
            append_escaped(json, c);
        marks = c >= ' ' && c <= '~' ? 0 : marks;
    }
}

char *sm_json_plain(const json_t *json)
{
    GString *out = g_string_new(NULL);

    sm_json_append(out, json);
    sm_json_make_plain(out, 0);
    return g_string_free(out, FALSE);
}

void sm_json_append_string(GString *to, const char *text)
{
    g_autoptr(json_t) json = json_string(text);
    if (json == NULL) {
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        json = json_string(valid);
    }
    sm_json_append(to, json);
}

const char *sm_json_str(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : otherwise;
}

void sm_json_set_str(json_t *object, const char *key, const char *text)
{
    if (text != NULL) {
        json_object_set_new(object, key, json_string(text));
    }
}

json_t *sm_json_texts(const GPtrArray *texts)
{
    json_t *list = json_array();

    for (guint i = 0; texts != NULL && i < texts->len; i++) {
        json_array_append_new(list, json_string(texts->pdata[i]));
    }
    return list;
}

int64_t sm_json_int(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

gboolean sm_json_bool(const json_t *object, const char *key, gboolean otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static const char *type_name(char type)
{
    switch (type) {
    case 's':
        return "a string";
    case 'i':
        return "an integer";
    case 'b':
        return "true or false";
    case 'o':
        return "an object";
    case 'a':
        return "an array";
    default:
        return "any value";
    }
}

static gboolean type_fits(const json_t *value, char type)
{
    switch (type) {
    case 's':
        return json_is_string(value);
    case 'i':
        return json_is_integer(value);
    case 'b':
        return json_is_boolean(value);
    case 'o':
        return json_is_object(value);
    case 'a':
        return json_is_array(value);
    case '*':
        return TRUE;
    default:
        g_error("sm_json_check: unknown type '%c'", type);
    }
}

/* One item of the shape. `seen` counts the members found. */
static gboolean check_item(const json_t *object, const char *item, gsize *seen, GError **error)
{
    const char *colon = strchr(item, ':');
    if (colon == NULL || colon[1] == '\0') {
        g_error("sm_json_check: item '%s' is not name:type", item);
    }
    g_autofree char *name = g_strndup(item, (gsize)(colon - item));
    gboolean optional = colon[2] == '?';
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        if (!optional) {
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "'%s' is missing", name);
        }
        return optional;
    }
    (*seen)++;
    if (!type_fits(value, colon[1])) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "'%s' must be %s", name,
                    type_name(colon[1]));
        return FALSE;
    }
    return TRUE;
}

static gboolean in_shape(char **items, const char *key)
{
    gsize n = strlen(key);
    for (guint i = 0; items[i] != NULL; i++) {
        if (strncmp(items[i], key, n) == 0 && items[i][n] == ':') {
            return TRUE;
        }
    }
    return FALSE;
}

/* A foreign key is shortened and made printable before it goes into a message. */
static void set_unknown(GError **error, const char *key)
{
    g_autofree char *part = g_utf8_substring(key, 0, MIN(g_utf8_strlen(key, -1), 40));
    g_autofree char *printable = g_strescape(part, NULL);
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "unknown field '%s'", printable);
}

gboolean sm_json_check(const json_t *object, const char *shape, GError **error)
{
    if (!json_is_object(object)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "not an object");
        return FALSE;
    }
    g_auto(GStrv) items = g_strsplit(shape, " ", -1);
    gsize seen = 0;
    for (guint i = 0; items[i] != NULL; i++) {
        if (items[i][0] != '\0' && !check_item(object, items[i], &seen, error)) {
            return FALSE;
        }
    }
    if (seen == json_object_size(object)) {
        return TRUE;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (!in_shape(items, key)) {
            set_unknown(error, key);
            return FALSE;
        }
    }
    return TRUE;
}
