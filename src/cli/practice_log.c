/* SPDX-License-Identifier: MIT */
#include "cli/practice_log.h"

#include <glib/gi18n.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/width.h"

#define KEPT 500
#define SHOWN 8
#define MOST_BYTES 1000000
#define LABEL 28
#define NAME "practice.jsonl"

/* --- Reading and writing ------------------------------------------------------------------------- */

static char **lines_of(const char *path)
{
    gsize n = 0;
    g_autofree char *text = path ? sm_path_read(path, MOST_BYTES, &n, NULL) : NULL;
    return g_strsplit(text ? g_strchomp(text) : "", "\n", -1);
}

json_t *sm_practice_log_read(const json_t *debrief)
{
    g_autofree char *file = sm_path_state(NAME);
    g_auto(GStrv) lines = lines_of(file);
    json_t *runs = json_array();
    for (guint i = 0; lines[i]; i++) {
        json_t *run = sm_json_parse(lines[i], strlen(lines[i]), SM_MAX_BODY_BYTES, NULL);
        if (run && (!debrief || strcmp(sm_json_str(run, "scenario", ""), sm_json_str(debrief, "scenario", "")) == 0))
            json_array_append_new(runs, run);
        else
            json_decref(run);
    }
    return runs;
}

static int64_t figure(const json_t *debrief, const char *name, const char *part)
{
    const json_t *figures = json_object_get(json_object_get(debrief, "total"), "figures");
    return sm_json_int(json_object_get(figures, name), part, -1);
}

/* Figures that did not exist are left out, so that a chart has no false zeros. */
static json_t *run_of(const json_t *debrief, int64_t wall_ms)
{
    const json_t *customers = json_object_get(debrief, "customers");
    int64_t thanked = sm_json_int(customers, "thanked", 0), left = thanked + sm_json_int(customers, "angry", 0);
    json_t *run = json_pack("{s:s, s:I, s:I, s:b, s:b, s:i}", "scenario", sm_json_str(debrief, "scenario", ""), "at",
                            (json_int_t)wall_ms, "seed", (json_int_t)sm_json_int(debrief, "seed", 0), "passed",
                            json_is_true(json_object_get(debrief, "passed")), "finished",
                            json_is_true(json_object_get(debrief, "finished")), "mistakes",
                            (int)json_array_size(json_object_get(debrief, "mistakes")));
    const struct {
        const char *name;
        int64_t value;
    } figures[] = {{"thanked", left ? thanked * 1000 / left : -1},
                   {"within", figure(debrief, "within_agent", "permille")},
                   {"first_response", figure(debrief, "first_response", "mean")}};
    for (guint i = 0; i < G_N_ELEMENTS(figures); i++)
        if (figures[i].value >= 0)
            json_object_set_new(run, figures[i].name, json_integer(figures[i].value));
    return run;
}

static gboolean opens_a_day(const char *line)
{
    g_autoptr(json_t) run = sm_json_parse(line, strlen(line), SM_MAX_BODY_BYTES, NULL);
    return sm_json_str(run, "curriculum", NULL) && sm_json_bool(run, "passed", FALSE);
}

/* Which line makes room: the oldest that opens no day, else the oldest. */
static guint least(const GPtrArray *lines)
{
    for (guint i = 0; i < lines->len; i++)
        if (!opens_a_day(lines->pdata[i]))
            return i;
    return 0;
}

void sm_practice_log_add(const json_t *debrief, const json_t *course, int64_t wall_ms)
{
    g_autofree char *file = sm_path_state(NAME);
    g_autofree char *folder = file ? g_path_get_dirname(file) : NULL;
    if (!folder || !sm_path_make_private_dir(folder, NULL))
        return;
    g_auto(GStrv) lines = lines_of(file);
    g_autoptr(json_t) run = run_of(debrief, wall_ms);
    if (course)
        json_object_update(run, (json_t *)course);
    g_autofree char *line = sm_json_text(run);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (guint i = 0; lines[i]; i++)
        if (*lines[i])
            g_ptr_array_add(kept, lines[i]);
    while (kept->len >= KEPT)
        g_ptr_array_remove_index(kept, least(kept));
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < kept->len; i++)
        g_string_append_printf(text, "%s\n", (char *)kept->pdata[i]);
    g_string_append_printf(text, "%s\n", line);
    sm_path_write(file, text->str, text->len, 0600, NULL);
}

/* --- The chart ----------------------------------------------------------------------------------- */

static const char *bar(int64_t value, int64_t most)
{
    static const char *const BARS[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    int64_t step = most > 0 ? CLAMP(value * 7 / most, 0, 7) : 0;
    return BARS[step];
}

static void print_row(FILE *out, const json_t *runs, const char *name, const char *label, gboolean share)
{
    int64_t most = share ? 1000 : 1;
    size_t n = json_array_size(runs);
    for (size_t i = 0; i < n; i++)
        most = MAX(most, sm_json_int(json_array_get(runs, i), name, 0));
    int width = sm_width_text(&(SmWidths){0}, label, strlen(label));
    fprintf(out, "  %s%*s ", label, MAX(0, LABEL - width), "");
    for (size_t i = 0; i < n; i++) {
        int64_t value = sm_json_int(json_array_get(runs, i), name, -1);
        fputs(value < 0 ? " " : bar(value, most), out);
    }
    for (size_t i = 0; i < n; i++) {
        int64_t value = sm_json_int(json_array_get(runs, i), name, -1);
        if (value < 0)
            fputs("       -", out);
        else if (share)
            fprintf(out, " %6d%%", (int)(value / 10));
        else
            fprintf(out, " %5d.%ds", (int)(value / 1000), (int)(value % 1000 / 100));
    }
    fputc('\n', out);
}

void sm_practice_log_print(FILE *out, const json_t *runs, const json_t *debrief)
{
    size_t n = json_array_size(runs);
    if (n == 0)
        return;
    g_autoptr(json_t) shown = json_array();
    for (size_t i = n > SHOWN - 1 ? n - (SHOWN - 1) : 0; i < n; i++)
        json_array_append(shown, json_array_get(runs, i));
    json_array_append_new(shown, run_of(debrief, 0));
    fprintf(out, "\n%s\n", _("Beside your earlier runs, this one last:"));
    print_row(out, shown, "thanked", _("customers who thanked you"), TRUE);
    print_row(out, shown, "within", _("within the deadline"), TRUE);
    print_row(out, shown, "first_response", _("first response"), FALSE);
}
