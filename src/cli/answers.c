/* SPDX-License-Identifier: MIT */
/* answers: the rules of automatic first answers tried on what was said before, before they are put in force. */
#include <stdio.h>
#include <string.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "seatmux/base/error.h"
#include "seatmux/desk/answers.h"
#include "seatmux/text/sanitise.h"

#define QUESTION_CHARS 60

typedef struct {
    GTimeZone *zone;
    GHashTable *counts; /* rule -> number, as GUINT_TO_POINTER */
    guint all;
    gboolean quiet;
} Trial;

static void tried(const SmConversation *c, const SmAnswerRule *rule, int64_t at, const char *question, void *user)
{
    Trial *t = user;
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(t->counts, rule->id)) + 1;

    g_hash_table_insert(t->counts, g_strdup(rule->id), GUINT_TO_POINTER(n));
    t->all++;
    if (t->quiet)
        return;
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / 1000);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, t->zone) : NULL;
    g_autofree char *when = local ? g_date_time_format(local, "%F %T") : g_strdup("?");
    g_autofree char *cut = question ? g_utf8_substring(question, 0, MIN(g_utf8_strlen(question, -1), QUESTION_CHARS)) : g_strdup("(erased)");
    g_autoptr(SmSafe) safe = sm_cli_line(cut);
    printf("%s  %s  %s  %s\n", when, c->id, rule->id, sm_safe_str(safe));
}

static gboolean take(void *user, SmRecord *record, GError **error)
{
    return sm_answer_trial_record(user, record, error);
}

static gboolean each(FILE *file, SmAnswerTrial *trial, GError **error)
{
    g_autoptr(SmLogLines) lines = sm_log_lines_new(file, "the log");

    return sm_log_lines_each(lines, take, trial, error) && sm_answer_trial_record(trial, NULL, error);
}

static void sum_up(const Trial *t, const SmPolicy *policy)
{
    printf("%u answers", t->all);
    for (guint i = 0; i < policy->answers->len; i++) {
        const SmAnswerRule *rule = policy->answers->pdata[i];
        printf("%s%s %u", i > 0 ? ", " : ": ", rule->id, GPOINTER_TO_UINT(g_hash_table_lookup(t->counts, rule->id)));
    }
    putchar('\n');
}

static int run(const char *data, const char *path, gboolean quiet)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_load(path, findings);
    g_autoptr(GError) error = NULL;

    sm_cli_print_findings(stderr, findings);
    if (!policy)
        return 1;
    g_autoptr(SmAdmin) admin = sm_admin_open(data, &error);
    FILE *file = admin ? tmpfile() : NULL; /* nobody else sees it */
    Trial t = {.zone = g_time_zone_new_identifier(policy->zone), .quiet = quiet,
               .counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    g_autoptr(SmAnswerTrial) trial = sm_answer_trial_new(policy, tried, &t);
    if (!t.zone)
        t.zone = g_time_zone_new_utc();
    gboolean ok = file && sm_admin_export(admin, file, NULL, NULL) == 0 && fseek(file, 0, SEEK_SET) == 0 && each(file, trial, &error);
    if (ok)
        sum_up(&t, policy);
    else
        sm_cli_error("seatmuxd: %s\n", error ? error->message : "no place for a copy of the log");
    g_hash_table_unref(t.counts);
    g_time_zone_unref(t.zone);
    return ok ? 0 : 1;
}

int sm_cli_answers(int argc, char **argv)
{
    g_autofree char *data = NULL;
    gboolean quiet = FALSE;
    const GOptionEntry entries[] = {{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"},
                                    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "only how many of each rule", NULL},
                                    G_OPTION_ENTRY_NULL};

    if (!sm_admin_options(&argc, &argv, entries, "- automatic first answers tried on what was said before"))
        return 2;
    if (!data || argc < 2 || argc > 3 || strcmp(argv[1], "try") != 0) {
        fprintf(stderr, "usage: seatmuxd answers try [FILE] --data DIR\n");
        return 2;
    }
    g_autofree char *own = g_build_filename(data, "desk.yaml", NULL);
    return run(data, argc == 3 ? argv[2] : own, quiet);
}
