/* SPDX-License-Identifier: MIT */
/* The tree is built from libyaml's events and never from its document reader: events stream, so a
 * file that nests deeper than it may is left at that very bracket (libyaml takes quadratic time in
 * them). */
#include "seatmux/base/yaml.h"

#include <string.h>
#include <yaml.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"

/* Enough to mend a file by; a file of nothing but faults does not fill the memory. */
#define FINDINGS_OF_A_FILE 100

struct SmYaml {
    SmYamlKind kind;
    int line;
    int column;
    char *text; /* of a scalar */
    gboolean quoted;
    GPtrArray *values; /* of a list or map; nodes belong to the document */
    GPtrArray *keys;   /* of a map */
};

struct SmYamlDoc {
    char *file;
    SmYaml *root;
    GPtrArray *nodes; /* all of them, owned */
};

typedef struct {
    yaml_parser_t parser;
    SmYamlDoc *doc;
    SmFindings *findings;
    const char *bytes;
    gsize n;
    guint found;
    gboolean unusable; /* what was read is no whole tree */
} Reader;

static void node_free(gpointer data)
{
    SmYaml *node = data;
    g_free(node->text);
    g_clear_pointer(&node->values, g_ptr_array_unref);
    g_clear_pointer(&node->keys, g_ptr_array_unref);
    g_free(node);
}

void sm_yaml_free(SmYamlDoc *doc)
{
    if (doc == NULL) {
        return;
    }
    g_ptr_array_unref(doc->nodes);
    g_free(doc->file);
    g_free(doc);
}

/* Line and column (characters) of a byte offset. */
static void place_of(const char *bytes, gsize n, gsize offset, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (gsize i = 0; i < MIN(offset, n); i++) {
        if (bytes[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)bytes[i] & 0xc0) != 0x80) {
            (*column)++;
        }
    }
}

static void G_GNUC_PRINTF(4, 5) fault(Reader *r, int line, int column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (++r->found > FINDINGS_OF_A_FILE) {
        if (!r->unusable) {
            sm_findings_error(r->findings, r->doc->file, line, column,
                              "too many errors; the rest of this file is not read");
        }
        r->unusable = TRUE;
        return;
    }
    sm_findings_error(r->findings, r->doc->file, line, column, "%s", text);
}

static gboolean tab_at(const Reader *r, int line, int column)
{
    const char *p = r->bytes;
    const char *end = r->bytes + r->n;
    for (int i = 1; i < line && p < end; i++) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        p = newline != NULL ? newline + 1 : end;
    }
    for (int i = 1; i < column && p < end; i++) {
        p = g_utf8_next_char(p);
    }
    return p < end && *p == '\t';
}

/* The parser gave up: say where and why. */
static void syntax_fault(Reader *r)
{
    const yaml_parser_t *p = &r->parser;
    int line = (int)p->problem_mark.line + 1;
    int column = (int)p->problem_mark.column + 1;
    if (p->error == YAML_READER_ERROR) {
        place_of(r->bytes, r->n, p->problem_offset, &line, &column);
    }
    const char *problem = p->problem != NULL ? p->problem : "out of memory";
    if (tab_at(r, line, column)) {
        problem = "a tab; indent with spaces";
    }
    fault(r, line, column, "%s%s%s; the rest of this file is not read", problem,
          p->context != NULL ? " " : "", p->context != NULL ? p->context : "");
    r->unusable = TRUE;
}

static gboolean next_event(Reader *r, yaml_event_t *event)
{
    if (r->unusable) {
        return FALSE;
    }
    if (!yaml_parser_parse(&r->parser, event)) {
        syntax_fault(r);
        return FALSE;
    }
    return TRUE;
}

static int event_line(const yaml_event_t *event)
{
    return (int)event->start_mark.line + 1;
}

static int event_column(const yaml_event_t *event)
{
    return (int)event->start_mark.column + 1;
}

static SmYaml *node_new(Reader *r, SmYamlKind kind, const yaml_event_t *event)
{
    SmYaml *node = g_new0(SmYaml, 1);
    node->kind = kind;
    node->line = event_line(event);
    node->column = event_column(event);
    if (kind != SM_YAML_SCALAR) {
        node->values = g_ptr_array_new();
    }
    if (kind == SM_YAML_MAP) {
        node->keys = g_ptr_array_new();
    }
    g_ptr_array_add(r->doc->nodes, node);
    if (r->doc->nodes->len > SM_MAX_YAML_NODES) {
        fault(r, node->line, node->column,
              "YAML_NODES: more than %d nodes; the rest of this file is not read",
              SM_MAX_YAML_NODES);
        r->unusable = TRUE;
    }
    return node;
}

static void refuse_extras(Reader *r, const yaml_event_t *event, const yaml_char_t *anchor,
                          const yaml_char_t *tag)
{
    if (anchor != NULL) {
        fault(r, event_line(event), event_column(event), "anchors (&) can't be used here");
    }
    if (tag != NULL) {
        fault(r, event_line(event), event_column(event), "tags (!) can't be used here");
    }
}

static SmYaml *scalar(Reader *r, const yaml_event_t *event)
{
    SmYaml *node = node_new(r, SM_YAML_SCALAR, event);
    const char *value = (const char *)event->data.scalar.value;
    gsize length = event->data.scalar.length;
    refuse_extras(r, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(value, '\0', length) != NULL) {
        fault(r, node->line, node->column, "a NUL character in a text");
    }
    node->text = g_strndup(value, length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static SmYaml *build(Reader *r, const yaml_event_t *event, int depth);

static gboolean too_deep(Reader *r, const yaml_event_t *event, int depth)
{
    if (depth <= SM_MAX_YAML_DEPTH) {
        return FALSE;
    }
    fault(r, event_line(event), event_column(event),
          "YAML_DEPTH: nested deeper than %d levels; the rest of this file is not read",
          SM_MAX_YAML_DEPTH);
    r->unusable = TRUE;
    return TRUE;
}

static void list(Reader *r, SmYaml *node, int depth)
{
    yaml_event_t event;
    while (next_event(r, &event)) {
        gboolean end = event.type == YAML_SEQUENCE_END_EVENT;
        if (!end) {
            g_ptr_array_add(node->values, build(r, &event, depth));
        }
        yaml_event_delete(&event);
        if (end) {
            return;
        }
    }
}

/* An entry whose key is a list, or is there already, is said and left out. */
static void add_entry(Reader *r, SmYaml *map, GHashTable *seen, SmYaml *key, SmYaml *value)
{
    if (key->kind != SM_YAML_SCALAR) {
        fault(r, key->line, key->column, "a key must be plain text");
        return;
    }
    SmYaml *first = g_hash_table_lookup(seen, key->text);
    if (first != NULL) {
        fault(r, key->line, key->column, "duplicate key '%s' (first in line %d)", key->text,
              first->line);
        return;
    }
    g_hash_table_insert(seen, key->text, key);
    g_ptr_array_add(map->keys, key);
    g_ptr_array_add(map->values, value);
}

static void map(Reader *r, SmYaml *node, int depth)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    yaml_event_t event;
    while (next_event(r, &event)) {
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return;
        }
        SmYaml *key = build(r, &event, depth);
        yaml_event_delete(&event);
        if (!next_event(r, &event)) {
            return;
        }
        SmYaml *value = build(r, &event, depth);
        yaml_event_delete(&event);
        add_entry(r, node, seen, key, value);
    }
}

/* The node that begins with this event. Never NULL; after a fault it is what there is of it. */
static SmYaml *build(Reader *r, const yaml_event_t *event, int depth)
{
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        SmYaml *node = node_new(r, SM_YAML_LIST, event);
        refuse_extras(r, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        if (!too_deep(r, event, depth + 1)) {
            list(r, node, depth + 1);
        }
        return node;
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        SmYaml *node = node_new(r, SM_YAML_MAP, event);
        refuse_extras(r, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        if (!too_deep(r, event, depth + 1)) {
            map(r, node, depth + 1);
        }
        return node;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        return scalar(r, event);
    }
    /* Only an alias is left. */
    SmYaml *node = node_new(r, SM_YAML_SCALAR, event);
    node->text = g_strdup("");
    fault(r, node->line, node->column, "aliases (*) can't be used here");
    return node;
}

static void read_stream(Reader *r)
{
    yaml_event_t event;
    guint documents = 0;
    gboolean end = FALSE;
    while (!end && next_event(r, &event)) {
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_STREAM_END_EVENT:
            end = TRUE;
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (++documents > 1) {
                fault(r, event_line(&event), event_column(&event),
                      "a second document; the rest of this file is not read");
                end = TRUE;
            }
            break;
        default:
            r->doc->root = build(r, &event, 0);
            break;
        }
        yaml_event_delete(&event);
    }
}

/* TRUE if every byte past ASCII is half of a pair as GBK writes them. */
static gboolean looks_like_gbk(const char *bytes, gsize n)
{
    gboolean pairs = FALSE;
    for (gsize i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < 0x80) {
            continue;
        }
        unsigned char next = i + 1 < n ? (unsigned char)bytes[i + 1] : 0;
        if (c == 0x80 || c == 0xff || next < 0x40 || next == 0x7f || next == 0xff) {
            return FALSE;
        }
        pairs = TRUE;
        i++;
    }
    return pairs;
}

static gboolean is_utf8(const char *file, const char *bytes, gsize n, SmFindings *findings)
{
    const char *bad;
    if (g_utf8_validate_len(bytes, n, &bad)) {
        return TRUE;
    }
    int line;
    int column;
    place_of(bytes, n, (gsize)(bad - bytes), &line, &column);
    if (n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
        sm_findings_error(findings, file, line, column, "file is UTF-16; save it as UTF-8");
    } else if (*bad == '\0') {
        sm_findings_error(findings, file, line, column, "a NUL character in the file");
    } else if (looks_like_gbk(bytes, n)) {
        sm_findings_error(findings, file, line, column,
                          "file is not UTF-8 (GBK?); save it as UTF-8");
    } else {
        sm_findings_error(findings, file, line, column, "file is not UTF-8");
    }
    return FALSE;
}

SmYamlDoc *sm_yaml_parse(const char *file, const char *text, gsize n, SmFindings *findings)
{
    if (n > SM_MAX_YAML_BYTES) {
        sm_findings_error(findings, file, 0, 0, "YAML_BYTES: larger than %d bytes",
                          SM_MAX_YAML_BYTES);
        return NULL;
    }
    if (!is_utf8(file, text, n, findings)) {
        return NULL;
    }
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3; /* the mark that some editors put first is no column */
        n -= 3;
    }
    SmYamlDoc *doc = g_new0(SmYamlDoc, 1);
    doc->file = g_strdup(file);
    doc->nodes = g_ptr_array_new_with_free_func(node_free);
    Reader r = {.doc = doc, .findings = findings, .bytes = text, .n = n};
    if (!yaml_parser_initialize(&r.parser)) {
        g_error("libyaml can't start: out of memory");
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, n);
    read_stream(&r);
    yaml_parser_delete(&r.parser);
    if (r.unusable) {
        sm_yaml_free(doc);
        return NULL;
    }
    return doc;
}

SmYamlDoc *sm_yaml_load(const char *path, SmFindings *findings)
{
    gsize n;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = sm_path_read(path, SM_MAX_YAML_BYTES, &n, &error);
    if (text == NULL) {
        /* The finding names the file itself. */
        g_autofree char *lead = g_strconcat(path, ": ", NULL);
        gboolean led = g_str_has_prefix(error->message, lead);
        sm_findings_error(findings, path, 0, 0, "%s",
                          led ? error->message + strlen(lead) : error->message);
        return NULL;
    }
    return sm_yaml_parse(path, text, n, findings);
}

const char *sm_yaml_file(const SmYamlDoc *doc)
{
    return doc->file;
}

SmYaml *sm_yaml_root(const SmYamlDoc *doc)
{
    return doc->root;
}

SmYamlKind sm_yaml_kind(const SmYaml *node)
{
    return node->kind;
}

int sm_yaml_line(const SmYaml *node)
{
    return node->line;
}

int sm_yaml_column(const SmYaml *node)
{
    return node->column;
}

const char *sm_yaml_text(const SmYaml *node)
{
    return node->text;
}

gboolean sm_yaml_quoted(const SmYaml *node)
{
    return node->quoted;
}

guint sm_yaml_size(const SmYaml *node)
{
    return node->values != NULL ? node->values->len : 0;
}

SmYaml *sm_yaml_item(const SmYaml *node, guint i)
{
    g_return_val_if_fail(i < sm_yaml_size(node), NULL);
    return g_ptr_array_index(node->values, i);
}

SmYaml *sm_yaml_key(const SmYaml *node, guint i)
{
    g_return_val_if_fail(node->keys != NULL && i < node->keys->len, NULL);
    return g_ptr_array_index(node->keys, i);
}

SmYaml *sm_yaml_get(const SmYaml *map_node, const char *key)
{
    if (map_node == NULL || map_node->keys == NULL) {
        return NULL;
    }
    for (guint i = 0; i < map_node->keys->len; i++) {
        const SmYaml *at = g_ptr_array_index(map_node->keys, i);
        if (g_str_equal(at->text, key)) {
            return g_ptr_array_index(map_node->values, i);
        }
    }
    return NULL;
}
