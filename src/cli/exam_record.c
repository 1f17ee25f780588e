/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/exam_private.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"

#define RESULT_BYTES 4000000

static char *chained(const char *before, const json_t *entry)
{
    g_autofree char *text = sm_json_text(entry);
    g_autofree char *both = g_strconcat(before, "\n", text, NULL);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
}

const char *sm_exam_seal(const json_t *log)
{
    size_t n = json_array_size(log);
    return n ? sm_json_str(json_array_get(log, n - 1), "chain", NULL) : NULL;
}

void sm_exam_note(json_t *log, const char *root, const char *what, json_t *data)
{
    json_t *entry = json_pack("{s:i, s:I, s:s}", "n", (int)json_array_size(log) + 1, "at",
                              (json_int_t)(g_get_real_time() / 1000), "what", what);
    if (data)
        json_object_update(entry, data);
    json_decref(data);
    const char *before = sm_exam_seal(log);
    g_autofree char *chain = chained(before ? before : root, entry);
    json_object_set_new(entry, "chain", json_string(chain));
    json_array_append_new(log, entry);
}

/* --- Holding one against its seal ---------------------------------------------------------------- */

/* The first entry that does not follow from those before it; 0: all do. */
static int broken(const json_t *log, const char *root)
{
    const char *before = root;
    size_t i;
    json_t *entry;
    json_array_foreach(log, i, entry)
    {
        g_autoptr(json_t) bare = json_deep_copy(entry);
        json_object_del(bare, "chain");
        g_autofree char *chain = chained(before, bare);
        before = sm_json_str(entry, "chain", "");
        if (strcmp(chain, before) != 0)
            return (int)i + 1;
    }
    return 0;
}

/* What the sheet shows must be what the log says. */
static gboolean agrees(const json_t *result)
{
    const json_t *log = json_object_get(result, "log");
    const json_t *last = json_array_get(log, json_array_size(log) - 1), *first = json_array_get(log, 0);
    static const char *const of_last[] = {"written", "applied", "permille", "passed"};
    static const char *const of_first[] = {"exam", "who", "language"};
    if (strcmp(sm_json_str(last, "what", ""), "result") != 0)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(of_last); i++)
        if (!json_equal(json_object_get(result, of_last[i]), json_object_get(last, of_last[i])))
            return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(of_first); i++)
        if (!json_equal(json_object_get(result, of_first[i]), json_object_get(first, of_first[i])))
            return FALSE;
    return g_strcmp0(sm_json_str(result, "seal", NULL), sm_exam_seal(log)) == 0;
}

json_t *sm_exam_verify(FILE *out, const char *path)
{
    gsize n = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = sm_path_read(path, RESULT_BYTES, &n, &error);
    g_autoptr(json_t) result = text ? sm_json_parse(text, n, RESULT_BYTES, &error) : NULL;
    const json_t *log = json_object_get(result, "log");
    if (json_array_size(log) == 0) {
        fprintf(out, "%s: %s\n", path, error ? error->message : _("not the result of an exam"));
        return NULL;
    }
    int at = broken(log, sm_json_str(result, "root", ""));
    gboolean same = !at && agrees(result);
    if (at)
        fprintf(out, _("%s: changed: entry %d does not follow from those before it\n"), path, at);
    else if (!same)
        fprintf(out, _("%s: changed: the sheet says something else than the log\n"), path);
    else
        fprintf(out, _("%s: as it was sealed: %.16s\n"), path, sm_json_str(result, "seal", ""));
    return same ? g_steal_pointer(&result) : NULL;
}

/* --- Attempts ------------------------------------------------------------------------------------ */

gboolean sm_exam_attempt(const char *path, const json_t *result, GError **error)
{
    gsize n = 0;
    g_autofree char *text = g_file_test(path, G_FILE_TEST_EXISTS) ? sm_path_read(path, RESULT_BYTES, &n, error) : g_strdup("");
    if (!text)
        return FALSE;
    g_autofree char *before = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autoptr(json_t) line = json_pack("{s:O, s:O, s:O, s:O, s:O, s:O, s:s}", "at", json_object_get(result, "at"), "who",
                                       json_object_get(result, "who"), "exam", json_object_get(result, "exam"), "permille",
                                       json_object_get(result, "permille"), "passed", json_object_get(result, "passed"), "seal",
                                       json_object_get(result, "seal"), "before", before);
    g_autofree char *words = sm_json_text(line);
    g_autofree char *all = g_strconcat(text, words, "\n", NULL);
    return sm_path_write(path, all, strlen(all), 0600, error);
}
