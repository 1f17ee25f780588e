/* SPDX-License-Identifier: MIT */
/* export: records as JSON lines with their contents, or {"erased":seq} where those were erased; and
 * back. A line is the record's one encoding with "contents":{content id: text or {"erased":seq}}
 * beside it. */
#include "seatmux/log/log.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"

#define PAGE 500

static json_t *content_of(const SmEvent *event, const GHashTable *erased)
{
    const int64_t *seq;

    if (event->text != NULL)
        return json_string(event->text);
    seq = g_hash_table_lookup((GHashTable *)erased, event->content);
    return json_pack("{s:I}", "erased", (json_int_t)(seq != NULL ? *seq : 0));
}

char *sm_log_export_line(const SmRecord *record, const GHashTable *erased)
{
    g_autofree char *text = sm_record_encode(record);
    g_autoptr(json_t) contents = json_object();

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->content != NULL && event->type != SM_EVENT_CONTENT_ERASED)
            json_object_set_new(contents, event->content, content_of(event, erased));
    }
    GString *line = g_string_new(text);
    if (json_object_size(contents) > 0 && line->len > 1) {
        g_string_truncate(line, line->len - 1); /* the closing brace of the record */
        g_string_append(line, ",\"contents\":");
        sm_json_append(line, contents);
        g_string_append_c(line, '}');
    }
    sm_json_make_plain(line, 0); /* people look at exports in terminals */
    return g_string_free(line, FALSE);
}

void sm_log_note_erased(GHashTable *erased, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->type == SM_EVENT_CONTENT_ERASED && event->content != NULL)
            g_hash_table_replace(erased, g_strdup(event->content),
                                 g_memdup2(&record->seq, sizeof record->seq));
    }
}

GHashTable *sm_log_erased_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

typedef gboolean (*Visit)(const SmRecord *record, void *user, GError **error);

static gboolean for_each(SmLog *log, Visit visit, void *user, GError **error)
{
    for (int64_t after = 0;;) {
        g_autoptr(GPtrArray) page = sm_log_read(log, after, PAGE, error);
        if (page == NULL)
            return FALSE;
        if (page->len == 0)
            return TRUE;
        for (guint i = 0; i < page->len; i++) {
            const SmRecord *record = g_ptr_array_index(page, i);
            if (!visit(record, user, error))
                return FALSE;
            after = record->seq;
        }
    }
}

static gboolean visit_erased(const SmRecord *record, void *user, GError **error)
{
    sm_log_note_erased(user, record);
    return TRUE;
}

typedef struct {
    gboolean (*out)(const char *line, void *user, GError **error);
    void *user;
    GHashTable *erased;
} Export;

static gboolean visit_export(const SmRecord *record, void *user, GError **error)
{
    Export *export = user;
    g_autofree char *line = sm_log_export_line(record, export->erased);

    return export->out(line, export->user, error);
}

gboolean sm_log_export(SmLog *log, gboolean (*out)(const char *line, void *user, GError **error),
                       void *user, GError **error)
{
    g_autoptr(GHashTable) erased = sm_log_erased_new();
    Export export = {out, user, erased};

    return for_each(log, visit_erased, erased, error) &&
           for_each(log, visit_export, &export, error);
}

/* A record has fewer bytes than a line. */
static SmRecord *decode(const json_t *json, gsize n, GError **error)
{
    if (n <= SM_MAX_ANSWER_BYTES)
        return sm_record_decode_value(json, error);
    g_autofree char *text = sm_json_text(json);
    return sm_record_decode(text, strlen(text), error);
}

SmRecord *sm_log_import_line(const char *line, gsize n, GError **error)
{
    g_autoptr(json_t) json = sm_json_parse(line, n, SM_MAX_LOG_LINE_BYTES, error);
    if (json == NULL)
        return NULL;
    g_autoptr(json_t) contents = json_incref(json_object_get(json, "contents"));
    if (!json_is_object(json) || (contents != NULL && !json_is_object(contents))) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "not a line of an export");
        return NULL;
    }
    json_object_del(json, "contents");
    SmRecord *record = decode(json, n, error);
    for (guint i = 0; record != NULL && i < record->events->len; i++) {
        SmEvent *event = g_ptr_array_index(record->events, i);
        const char *content =
            event->content != NULL ? sm_json_str(contents, event->content, NULL) : NULL;
        if (content != NULL && event->type != SM_EVENT_CONTENT_ERASED) {
            g_free(event->text);
            event->text = g_strdup(content);
        }
    }
    return record;
}
