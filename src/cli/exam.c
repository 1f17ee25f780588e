/* SPDX-License-Identifier: MIT */
/* exam: a written part on plain lines and a shift at the real screen, marked, sealed and kept. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/debrief.h"
#include "cli/exam_private.h"
#include "cli/findings.h"
#include "cli/practice.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

#define FIRST "first-weeks"

typedef struct {
    char *name, *who, *language, *out, *automatic, *verify, *hand_in, *color;
    gint64 seed;
    gboolean json;
    SmConnectionOptions desk; /* of --hand-in */
} Options;

/* Where people read: with --json standard output is for the result alone. */
static FILE *talk(const Options *o)
{
    return o->json ? stderr : stdout;
}

/* --- The applied part ---------------------------------------------------------------------------- */

/* How far a goal is reached, permille; more than asked counts as asked. */
static int64_t reached(const json_t *goal, int64_t value)
{
    int64_t asked = sm_json_int(goal, "asked", 0);
    gboolean least = strcmp(sm_json_str(goal, "bound", ""), "least") == 0;
    if (value < 0)
        return 0;
    if (least)
        return asked > 0 ? MIN(1000, value * 1000 / asked) : 1000;
    return value <= asked ? 1000 : MAX(0, 1000 - (value - asked) * 1000 / MAX(asked, 1));
}

/* Customers who were not served at all count as not thanked, so that leaving early gains nothing. */
static json_t *applied_of(const json_t *debrief, int expected)
{
    const json_t *customers = json_object_get(debrief, "customers");
    int64_t thanked = sm_json_int(customers, "thanked", 0), sum = 0, n = 0;
    size_t i;
    json_t *goal;
    json_array_foreach(json_object_get(debrief, "goals"), i, goal)
    {
        gboolean thanks = strcmp(sm_json_str(goal, "goal", ""), "thanked") == 0;
        json_t *value = json_object_get(goal, "value");
        sum += reached(goal, thanks ? thanked * 1000 / MAX(expected, 1) : json_is_integer(value) ? json_integer_value(value) : -1);
        n++;
    }
    /* Who helped nobody has not been seen to answer well. */
    int64_t permille = n && thanked ? sum / n : 0;
    return json_pack("{s:I, s:i, s:I, s:i, s:I, s:O}", "thanked", (json_int_t)thanked, "expected", expected, "angry",
                     (json_int_t)sm_json_int(customers, "angry", 0), "mistakes",
                     (int)json_array_size(json_object_get(debrief, "mistakes")), "permille", (json_int_t)permille, "goals",
                     json_object_get(debrief, "goals"));
}

static json_t *sit_applied(const Options *o, const SmExam *exam, SmRng *rng, json_t *log, const char *root)
{
    int status;
    PracticeOptions p = {.scenario = exam->scenario, .language = o->language, .automatic = o->automatic, .color = o->color,
                         .seed = sm_exam_seed(exam, rng), .customers = exam->customers, .speed = 1, .exam = TRUE};
    if (!o->automatic) {
        fprintf(talk(o), "\n%s\n", _("Now a shift with customers. Nobody helps; quit when it is over. Enter begins it."));
        fflush(talk(o));
        char key;
        while (read(STDIN_FILENO, &key, 1) == 1 && key != '\n')
            ;
    }
    g_autoptr(json_t) debrief = o->automatic ? sm_practice_by_machine(&p, &status) : sm_practice_by_hand(&p, &status);
    if (!debrief)
        return NULL;
    json_t *applied = applied_of(debrief, exam->customers);
    json_t *entry = json_pack("{s:O, s:O, s:O, s:O}", "customers", json_object_get(debrief, "customers"), "goals",
                              json_object_get(debrief, "goals"), "mistakes", json_object_get(debrief, "mistakes"), "seed",
                              json_object_get(debrief, "seed"));
    sm_exam_note(log, root, "shift", entry);
    return applied;
}

/* --- The sitting ----------------------------------------------------------------------------------- */

static json_t *sit_written(const Options *o, const SmExam *exam, SmRng *rng, json_t *log, const char *root)
{
    const char *language = sm_cli_language(o->language);
    g_autoptr(GPtrArray) puts = sm_exam_draw(exam, language, rng);
    g_autoptr(SmSafe) title = sm_safe_line(sm_phrase_in(exam->title, language), -1);
    if (exam->time < 0)
        fprintf(talk(o), _("%s: %u questions. An empty line skips one.\n"), sm_safe_str(title), puts->len);
    else
        fprintf(talk(o), _("%s: %u questions, %d minutes. An empty line skips one.\n"), sm_safe_str(title), puts->len,
                (int)(exam->time / 60000));
    return sm_exam_written(talk(o), exam, puts, log, root);
}

static json_t *result_of(const Options *o, const SmExam *exam, json_t *log, const char *root, json_t *written, json_t *applied)
{
    int64_t w = sm_json_int(written, "permille", 0), a = sm_json_int(applied, "permille", 0);
    int64_t all = (w * exam->written_share + a * (1000 - exam->written_share)) / 1000;
    json_t *marks = json_pack("{s:o, s:o, s:I, s:b}", "written", written ? written : json_null(), "applied",
                              applied ? applied : json_null(), "permille", (json_int_t)all, "passed", all >= exam->pass);
    json_t *result = json_deep_copy(marks);
    sm_exam_note(log, root, "result", marks);
    json_object_set_new(result, "exam", json_string(exam->id));
    json_object_set_new(result, "title", json_string(sm_phrase_in(exam->title, sm_cli_language(o->language))));
    json_object_set_new(result, "who", json_string(o->who));
    json_object_set_new(result, "language", json_string(o->language ? o->language : ""));
    json_object_set_new(result, "at", json_integer(g_get_real_time() / 1000));
    json_object_set_new(result, "pass", json_integer(exam->pass));
    json_object_set_new(result, "root", json_string(root));
    json_object_set_new(result, "seal", json_string(sm_exam_seal(log)));
    json_object_set(result, "log", log);
    return result;
}

/* The file of the exam, as it was when it was sat. */
static char *hash_of(const char *path)
{
    gsize n = 0;
    g_autofree char *text = sm_path_read(path, SM_MAX_YAML_BYTES, &n, NULL);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)(text ? text : ""), n);
}

static json_t *sit(const Options *o, const SmExam *exam, const char *path)
{
    g_autoptr(SmRng) rng = o->seed ? sm_rng_new((uint64_t)o->seed) : sm_rng_new_secure();
    g_autoptr(json_t) log = json_array();
    g_autofree char *root = hash_of(path);
    json_t *written = NULL, *applied = NULL;
    sm_exam_note(log, root, "begin",
                 json_pack("{s:s, s:s, s:s}", "exam", exam->id, "who", o->who, "language", o->language ? o->language : ""));
    if (exam->bank->len)
        written = sit_written(o, exam, rng, log, root);
    if (exam->scenario && !(applied = sit_applied(o, exam, rng, log, root))) {
        json_decref(written);
        return NULL;
    }
    return result_of(o, exam, log, root, written, applied);
}

/* --- Keeping --------------------------------------------------------------------------------------- */

static gboolean write_page(const char *path, const json_t *result)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return FALSE;
    sm_exam_print_html(file, result);
    return fclose(file) == 0;
}

/* Beside each other: the document, the page, and a line in the list of attempts. */
static gboolean keep(const Options *o, const json_t *result)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = o->out ? g_strdup(o->out) : sm_path_data("exams");
    if (!directory || !sm_path_make_private_dir(directory, &error)) {
        sm_cli_error("seatmux: %s\n", error ? error->message : "no directory for the result");
        return FALSE;
    }
    g_autofree char *name = g_strdup_printf("%s-%.12s", sm_json_str(result, "exam", "exam"), sm_json_str(result, "seal", ""));
    g_autofree char *file = g_strconcat(name, ".json", NULL), *page = g_strconcat(name, ".html", NULL);
    g_autofree char *json_path = g_build_filename(directory, file, NULL), *page_path = g_build_filename(directory, page, NULL);
    g_autofree char *attempts = g_build_filename(directory, "attempts.jsonl", NULL);
    g_autofree char *text = sm_json_plain(result);
    if (!sm_path_write(json_path, text, strlen(text), 0600, &error) || !write_page(page_path, result) ||
        !sm_exam_attempt(attempts, result, &error)) {
        sm_cli_error("seatmux: the result could not be kept in %s: %s\n", directory, error ? error->message : page_path);
        return FALSE;
    }
    fprintf(talk(o), "\n%s\n%s\n", json_path, page_path);
    return TRUE;
}

static int take(const Options *o)
{
    g_autofree char *path = sm_path_named("exams", o->name ? o->name : FIRST, NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmExam) exam = sm_exam_load(path, findings);
    sm_cli_print_findings(stderr, findings);
    if (!exam)
        return 2;
    g_autoptr(json_t) result = sit(o, exam, path);
    if (!result)
        return 2;
    if (o->json) {
        g_autofree char *text = sm_json_plain(result);
        printf("%s\n", text);
    } else {
        sm_exam_print(stdout, result);
    }
    if (!keep(o, result))
        return 2;
    return json_is_true(json_object_get(result, "passed")) ? 0 : 1;
}

static int verify(const char *path)
{
    g_autoptr(json_t) result = sm_exam_verify(stdout, path);
    return result == NULL;
}

int sm_cli_exam(int argc, char **argv)
{
    Options o = {0};
    const GOptionEntry entries[] = {
        {"exam", 0, 0, G_OPTION_ARG_STRING, &o.name, "an exam, or the path of one (default: " FIRST ")", "NAME"},
        {"who", 0, 0, G_OPTION_ARG_STRING, &o.who, "who sits it (default: your login name)", "NAME"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "zh-CN or en", "LANG"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &o.color, "auto (default), always or never", "WHEN"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, "where the result is kept (default: your data directory)", "DIR"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "print the result as JSON", NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "the same questions in the same order", "N"},
        {"auto", 0, 0, G_OPTION_ARG_STRING, &o.automatic, "a machine does the shift: good, slow or silent", "KIND"},
        {"verify", 0, 0, G_OPTION_ARG_FILENAME, &o.verify, "is this result as it was sealed?", "FILE"},
        {"hand-in", 0, 0, G_OPTION_ARG_FILENAME, &o.hand_in, "bring this passed result to a desk", "FILE"},
        SM_CONNECTION_ENTRIES(o.desk),
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- questions and a shift, marked");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int status = 2;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || o.seed < 0)
        sm_cli_error("seatmux: %s\n", error ? error->message : "exam takes options only, and a seed from 1 on");
    else {
        sm_cli_locale(o.language);
        if (!o.who)
            o.who = g_strdup(g_get_user_name());
        status = o.hand_in ? sm_exam_hand_in(o.hand_in, &o.desk) : o.verify ? verify(o.verify) : take(&o);
    }
    char **all[] = {&o.name, &o.who, &o.language, &o.out, &o.automatic, &o.verify, &o.hand_in, &o.color};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(*all[i]);
    sm_connection_options_clear(&o.desk);
    return status;
}
