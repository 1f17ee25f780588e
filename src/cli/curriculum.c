/* SPDX-License-Identifier: MIT */
#include "cli/curriculum.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/practice_log.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

#define FIRST "first-weeks"
#define TITLE 30 /* columns */
#define MARGIN 4

static SmCurriculum *load(const char *name, char **path, gboolean *own)
{
    *path = sm_path_named("curricula", name ? name : FIRST, own);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmCurriculum *c = sm_curriculum_load(*path, findings);
    sm_cli_print_findings(stderr, findings);
    if (!c)
        sm_cli_error("seatmux: no usable curriculum '%s'\n", name ? name : FIRST);
    return c;
}

static const SmDay *day_at(const SmCurriculum *c, guint day)
{
    return c->days->pdata[day];
}

static const SmShift *shift_at(const SmCurriculum *c, guint day, guint shift)
{
    return day_at(c, day)->shifts->pdata[shift];
}

/* --- As JSON ------------------------------------------------------------------------------------- */

static json_t *shift_json(const SmCurriculum *c, guint day, guint shift, const json_t *runs)
{
    const SmShift *s = shift_at(c, day, shift);
    SmShiftStanding standing = sm_curriculum_shift(c, day, shift, runs);
    return json_pack("{s:s, s:i, s:i, s:f, s:i, s:b}", "scenario", s->name, "customers", s->customers, "at_once", s->at_once,
                     "speed", s->speed, "runs", (int)standing.runs, "passed", standing.passed);
}

static json_t *day_json(const SmCurriculum *c, guint day, const json_t *runs, const char *language)
{
    const SmDay *d = day_at(c, day);
    json_t *shifts = json_array();
    for (guint i = 0; i < d->shifts->len; i++)
        json_array_append_new(shifts, shift_json(c, day, i, runs));
    return json_pack("{s:i, s:s, s:s, s:b, s:b, s:b, s:o}", "day", (int)day + 1, "title", sm_phrase_in(d->title, language),
                     "about", sm_phrase_in(d->about, language), "hints", d->hints, "open", sm_curriculum_open(c, day, runs),
                     "passed", sm_curriculum_done(c, day, runs), "shifts", shifts);
}

static json_t *next_json(const SmCurriculum *c, const json_t *runs)
{
    int day = sm_curriculum_next(c, runs);
    if (day < 0)
        return json_null();
    const SmShift *s = shift_at(c, (guint)day, sm_curriculum_next_shift(c, (guint)day, runs));
    return json_pack("{s:i, s:s}", "day", day + 1, "scenario", s->name);
}

static void show_json(const SmCurriculum *c, const json_t *runs, const char *language, const char *path, gboolean own)
{
    json_t *days = json_array(), *plan = json_array();
    for (guint i = 0; i < c->days->len; i++)
        json_array_append_new(days, day_json(c, i, runs, language));
    for (guint i = 0; i < c->plan->len; i++)
        json_array_append_new(plan, json_string(sm_phrase_in(c->plan->pdata[i], language)));
    g_autoptr(json_t) all = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:s?}", "curriculum", c->id, "title",
                                      sm_phrase_in(c->title, language), "about", sm_phrase_in(c->about, language), "mentor",
                                      sm_phrase_in(c->mentor, language), "path", path, "own", own, "plan", plan, "days", days,
                                      "next", next_json(c, runs), "exam", c->exam);
    g_autofree char *text = sm_json_plain(all);
    printf("%s\n", text);
}

/* --- In words ------------------------------------------------------------------------------------ */

/* Nothing where there is nothing to say. */
static void print_words(FILE *out, const char *before, const SmPhrase *words, const char *language)
{
    g_autoptr(SmSafe) safe = sm_safe_line(sm_phrase_in(words, language), -1);
    if (*sm_safe_str(safe))
        fprintf(out, "%s%s\n", before, sm_safe_str(safe));
}

static void print_shift(FILE *out, const SmCurriculum *c, guint day, guint shift, const json_t *runs)
{
    const SmShift *s = shift_at(c, day, shift);
    SmShiftStanding standing = sm_curriculum_shift(c, day, shift, runs);
    g_autoptr(SmSafe) name = sm_safe_line(s->name, -1);
    fprintf(out, "%*s%s %-20s", MARGIN, "", standing.passed ? "+" : "-", sm_safe_str(name));
    if (s->customers) {
        fputs("  ", out);
        fprintf(out, ngettext("%d customer", "%d customers", (gulong)s->customers), s->customers);
    }
    if (s->at_once)
        fprintf(out, _(", %d at once"), s->at_once);
    if (s->speed != 1)
        fprintf(out, _(", speed %g"), s->speed);
    if (standing.runs > 0) {
        fputc(' ', out);
        fprintf(out, ngettext("(played %d time)", "(played %d times)", standing.runs), (int)standing.runs);
    }
    fputc('\n', out);
}

static void print_day(FILE *out, const SmCurriculum *c, guint day, const json_t *runs, const char *language)
{
    const SmDay *d = day_at(c, day);
    gboolean done = sm_curriculum_done(c, day, runs), open = sm_curriculum_open(c, day, runs);
    g_autoptr(SmSafe) title = sm_safe_clipped(&(SmWidths){0}, sm_phrase_in(d->title, language), -1, TITLE);
    int width = sm_width_text(&(SmWidths){0}, sm_safe_str(title), strlen(sm_safe_str(title)));
    g_autofree char *locked = g_strdup_printf(_("opens when day %u is passed"), day);
    fputc('\n', out);
    fprintf(out, _("Day %u  %s%*s  %s; %s\n"), day + 1, sm_safe_str(title), MAX(0, TITLE - width), "",
            d->hints ? _("with hints") : _("alone"), done ? _("passed") : open ? _("open now") : locked);
    print_words(out, "    ", d->about, language);
    for (guint i = 0; i < d->shifts->len; i++)
        print_shift(out, c, day, i, runs);
}

static void print_next(FILE *out, const SmCurriculum *c, const json_t *runs)
{
    int day = sm_curriculum_next(c, runs);
    if (day >= 0)
        fprintf(out, _("Next: seatmux practice --day %d\n"), day + 1);
    else if (c->exam)
        fprintf(out, _("Every day is passed. Next: seatmux exam --exam %s\n"), c->exam);
    else
        fprintf(out, "%s\n", _("Every day is passed."));
}

static void show_words(const SmCurriculum *c, const json_t *runs, const char *language)
{
    print_words(stdout, "", c->title, language);
    print_words(stdout, "", c->about, language);
    g_autoptr(SmSafe) mentor = sm_safe_line(sm_phrase_in(c->mentor, language), -1);
    printf(_("Mentor: %s\n"), sm_safe_str(mentor));
    for (guint i = 0; i < c->days->len; i++)
        print_day(stdout, c, i, runs, language);
    if (c->plan->len)
        printf("\n%s\n", _("The week:"));
    for (guint i = 0; i < c->plan->len; i++)
        print_words(stdout, "  ", c->plan->pdata[i], language);
    putchar('\n');
    print_next(stdout, c, runs);
}

int sm_cli_curriculum_show(const char *name, const char *language, gboolean json)
{
    g_autofree char *path = NULL;
    gboolean own;
    g_autoptr(SmCurriculum) c = load(name, &path, &own);
    if (!c)
        return 2;
    g_autoptr(json_t) runs = sm_practice_log_read(NULL);
    language = sm_cli_language(language);
    if (json)
        show_json(c, runs, language, path, own);
    else
        show_words(c, runs, language);
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}

/* --- Playing ------------------------------------------------------------------------------------- */

/* From 0; -1: told. All days passed: the last one again. */
static int read_day(const SmCurriculum *c, const char *word, const json_t *runs)
{
    guint64 day = 0;
    if (strcmp(word, "next") == 0) {
        int next = sm_curriculum_next(c, runs);
        return next < 0 ? (int)c->days->len - 1 : next;
    }
    if (g_ascii_string_to_unsigned(word, 10, 1, c->days->len, &day, NULL))
        return (int)day - 1;
    sm_cli_error("seatmux: --day is 'next' or a number from 1 to %u\n", c->days->len);
    return -1;
}

gboolean sm_course_choose(SmCourse *course, const char *name, const char *word, gboolean any, PracticeOptions *o)
{
    g_autofree char *path = NULL;
    if (!(course->curriculum = load(name, &path, NULL)))
        return FALSE;
    g_autoptr(json_t) runs = sm_practice_log_read(NULL);
    int day = read_day(course->curriculum, word, runs);
    if (day < 0)
        return FALSE;
    course->day = (guint)day;
    course->out_of_turn = !sm_curriculum_open(course->curriculum, course->day, runs);
    if (course->out_of_turn && !any) {
        sm_cli_error("seatmux: day %d opens when every shift of day %d is passed; --any plays it all the same\n", day + 1,
                day);
        return FALSE;
    }
    course->shift = sm_curriculum_next_shift(course->curriculum, course->day, runs);
    const SmShift *shift = shift_at(course->curriculum, course->day, course->shift);
    o->scenario = g_strdup(shift->path);
    o->customers = shift->customers;
    o->at_once = shift->at_once;
    o->speed = shift->speed;
    o->goals = &shift->goals;
    o->alone = !day_at(course->curriculum, course->day)->hints;
    return TRUE;
}

void sm_course_clear(SmCourse *course)
{
    g_clear_pointer(&course->curriculum, sm_curriculum_free);
}

json_t *sm_course_run(const SmCourse *course)
{
    const SmCurriculum *c = course->curriculum;
    json_t *run = json_pack("{s:s, s:i, s:s}", "curriculum", c->id, "day", (int)course->day + 1, "shift",
                            shift_at(c, course->day, course->shift)->name);
    if (course->out_of_turn)
        json_object_set_new(run, "out_of_turn", json_true());
    return run;
}

void sm_course_print(FILE *out, const SmCourse *course, const char *language)
{
    g_autoptr(json_t) runs = sm_practice_log_read(NULL);
    print_day(out, course->curriculum, course->day, runs, sm_cli_language(language));
    fputc('\n', out);
    print_next(out, course->curriculum, runs);
}
