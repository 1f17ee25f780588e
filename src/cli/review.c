/* SPDX-License-Identifier: MIT */
/* review: which conversations to look at, one of them whole, what was given, and how far reviewers agree; as lines for
 * people and, with --json, one object a line for pipes. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/report.h"
#include "cli/visit.h"
#include "seatmux/base/error.h"
#include "seatmux/desk/review.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

#define STAMP "%Y-%m-%d %H:%M"

typedef struct {
    SmConnectionOptions connection;
    char *sample, *from, *to, *agent, *team, *seed, *show, *give, *comment, *message, *answer, *excuse, *link, *language;
    char **words;
    gboolean calibration, json;
    int n;
} Options;

static void options_clear(Options *o)
{
    char **texts[] = {&o->sample, &o->from, &o->to, &o->agent, &o->team, &o->seed, &o->show, &o->give, &o->comment, &o->message, &o->answer, &o->excuse, &o->link, &o->language};
    sm_connection_options_clear(&o->connection);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(*texts[i]);
    g_strfreev(o->words);
}

/* --- Lines -------------------------------------------------------------------------------------
 */

static void print_json(const json_t *json)
{
    g_autofree char *text = sm_json_plain(json);
    puts(text);
}

static void print_each(const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
        print_json(one);
}

static void print_safe(const char *text)
{
    g_autoptr(SmSafe) safe = sm_cli_line(text ? text : _("(erased)"));
    fputs(sm_safe_str(safe), stdout);
}

static void print_rating(const json_t *row)
{
    static const char *const marks[] = {N_("complaint"), N_("answered"), N_("excused")};
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++)
        if (sm_json_bool(row, marks[i], FALSE))
            sm_cli_say("  %s", _(marks[i]));
    if (json_object_get(row, "comment")) {
        fputs("  ", stdout);
        print_safe(sm_json_str(row, "comment", NULL));
    }
}

static void print_sample(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "conversations");
    size_t i, k;
    json_t *row, *word;
    sm_cli_say(_("%d of %d conversations\n"), (int)json_array_size(list), (int)sm_json_int(answer, "of", 0));
    json_array_foreach(list, i, row)
    {
        g_autofree char *ended = sm_text_local(sm_json_int(row, "ended", 0), STAMP);
        char wait[32] = "-";
        if (sm_json_int(row, "wait", -1) >= 0)
            sm_text_duration(wait, sizeof wait, sm_json_int(row, "wait", 0));
        sm_cli_say("%s  %s  %-12s %-12s %s %-8s %s %d", sm_json_str(row, "conversation", ""), ended, sm_json_str(row, "agent", ""),
                   sm_json_str(row, "team", ""), _("wait"), wait, _("reviews"), (int)sm_json_int(row, "reviews", 0));
        if (sm_json_int(row, "stars", 0) > 0)
            sm_cli_say("  %d/5", (int)sm_json_int(row, "stars", 0));
        print_rating(row);
        json_array_foreach(json_object_get(row, "words"), k, word)
        {
            fputs(k == 0 ? "  " : ", ", stdout);
            print_safe(json_string_value(word));
        }
        putchar('\n');
    }
}

static void print_marks(const json_t *marks)
{
    const char *id;
    json_t *mark;
    json_object_foreach((json_t *)marks, id, mark) sm_cli_say(" %s=%d", id, (int)json_integer_value(mark));
}

static void print_given(const json_t *answer)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "reviews"), i, row)
    {
        g_autofree char *at = sm_text_local(sm_json_int(row, "at", 0), STAMP), *score = sm_report_percent(sm_json_int(row, "score", 0));
        sm_cli_say("%s  %s  %s %s %s  %s ", at, sm_json_str(row, "conversation", ""), sm_json_str(row, "agent", ""),
                   json_is_true(json_object_get(row, "own")) ? _("on own work") : _("by"), sm_json_str(row, "by", ""), score);
        print_marks(json_object_get(row, "marks"));
        if (json_object_get(row, "text")) {
            fputs("  ", stdout);
            print_safe(sm_json_str(row, "text", NULL));
        }
        putchar('\n');
    }
    json_array_foreach(json_object_get(answer, "comments"), i, row)
    {
        g_autofree char *at = sm_text_local(sm_json_int(row, "at", 0), STAMP);
        sm_cli_say("%s  %s  %s %s %s  %s: ", at, sm_json_str(row, "conversation", ""), sm_json_str(row, "agent", ""), _("by"),
                   sm_json_str(row, "by", ""), sm_json_str(row, "message", ""));
        print_safe(sm_json_str(row, "text", NULL));
        putchar('\n');
    }
}

static void print_calibration(const json_t *answer)
{
    const json_t *agreement = json_object_get(answer, "agreement");
    int64_t n = sm_json_int(agreement, "n", 0), same = sm_json_int(agreement, "same", 0);
    size_t i;
    json_t *row;
    if (n == 0)
        puts(_("no conversation was reviewed by two"));
    else
        sm_cli_say(_("the same marks: %d of %d\n"), (int)same, (int)n);
    json_array_foreach(json_object_get(answer, "reviewers"), i, row)
    {
        int64_t by = sm_json_int(row, "difference", 0);
        sm_cli_say("%-16s %+d.%d %s  (%d)\n", sm_json_str(row, "by", ""), (int)(by / 10), (int)ABS(by % 10),
                   by < 0 ? _("points stricter than the others") : _("points milder than the others"), (int)sm_json_int(row, "n", 0));
    }
    json_array_foreach(json_object_get(answer, "own"), i, row)
    {
        int64_t by = sm_json_int(row, "difference", 0);
        sm_cli_say("%-16s %+d.%d %s  (%d)\n", sm_json_str(row, "agent", ""), (int)(by / 10), (int)ABS(by % 10), _("on the own work"),
                   (int)sm_json_int(row, "n", 0));
    }
}

static void print_conversation(const json_t *answer)
{
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(answer, "lines"), i, line)
    {
        g_autofree char *at = sm_text_local(sm_json_int(line, "at", 0), STAMP);
        const char *kind = sm_json_str(line, "kind", ""), *author = sm_json_str(line, "author", "");
        if (g_str_equal(kind, "event")) {
            sm_cli_say("%s  -- %s", at, sm_json_str(line, "event", ""));
            gboolean rated = g_str_equal(sm_json_str(line, "event", ""), "conversation.rated");
            if (sm_json_int(line, "level", 0) > 0)
                sm_cli_say(rated ? "  %d/5" : "  %d %%", (int)sm_json_int(line, "level", 0));
            if (sm_json_bool(line, "complaint", FALSE))
                sm_cli_say("  %s", _("complaint"));
            if (json_object_get(line, "content")) {
                fputs("  ", stdout);
                print_safe(sm_json_str(line, "text", NULL));
            }
            putchar('\n');
            continue;
        }
        sm_cli_say("%s  %-10s %-12s ", at, sm_json_str(line, "id", ""),
                   g_str_equal(kind, "message") ? sm_json_str(line, "agent", author) : kind);
        print_safe(sm_json_str(line, "text", NULL));
        putchar('\n');
    }
    print_given(answer);
}

/* --- Asking ------------------------------------------------------------------------------------
 */

static void add_query(GString *query, const char *name, const char *value)
{
    if (!value)
        return;
    g_autofree char *escaped = sm_url_escape(value);
    g_string_append_printf(query, "&%s=%s", name, escaped);
}

static json_t *read_list(const Options *o, SmVisit *visit, GError **error)
{
    g_autoptr(GString) target = g_string_new("/v1/reviews?what=");
    g_autofree char *n = o->n > 0 ? g_strdup_printf("%d", o->n) : NULL;
    g_string_append(target, o->sample ? "sample" : o->calibration ? "calibration" : "given");
    add_query(target, "how", o->sample);
    add_query(target, "from", o->from);
    add_query(target, "to", o->to);
    add_query(target, "agent", o->agent);
    add_query(target, "team", o->team);
    add_query(target, "seed", o->seed);
    add_query(target, "n", n);
    return sm_visit_ask(visit, "GET", target->str, NULL, error);
}

/* "solved=4 tone=5 and the words that follow": what looks like a mark before the first other word is one. */
static json_t *review_body(const Options *o, GError **error)
{
    json_t *marks = json_object();
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; o->words && o->words[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(o->words[i], "=", 2);
        guint64 points;
        if (text->len == 0 && g_strv_length(parts) == 2 && g_ascii_string_to_unsigned(parts[1], 10, 0, 10, &points, NULL))
            json_object_set_new(marks, parts[0], json_integer((json_int_t)points));
        else
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", o->words[i]);
    }
    json_t *body = json_pack("{s:o}", "marks", marks);
    if (json_object_size(marks) == 0)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "marks are like solved=4 tone=5; desk.yaml has the form");
    if (o->agent)
        json_object_set_new(body, "agent", json_string(o->agent));
    if (text->len > 0)
        json_object_set_new(body, "text", json_string(text->str));
    if (json_object_size(marks) > 0)
        return body;
    json_decref(body);
    return NULL;
}

static json_t *comment_body(const Options *o, GError **error)
{
    if (!o->message || !o->words) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "--comment needs --message ID and words");
        return NULL;
    }
    g_autofree char *text = g_strjoinv(" ", o->words);
    json_t *body = json_pack("{s:s, s:s}", "message", o->message, "text", text);
    if (o->agent)
        json_object_set_new(body, "agent", json_string(o->agent));
    return body;
}

/* What is asked of one conversation: the last part of the address and the body. FALSE and error. */
static gboolean make_post(const Options *o, const char **verb, const char **id, json_t **body, GError **error)
{
    g_autofree char *words = o->words ? g_strjoinv(" ", o->words) : NULL;

    *verb = o->give ? "review" : o->comment ? "review_comment" : o->answer ? "answer_rating" : o->excuse ? "excuse" : NULL;
    *id = o->give ? o->give : o->comment ? o->comment : o->answer ? o->answer : o->excuse;
    if (o->give)
        *body = review_body(o, error);
    else if (o->comment)
        *body = comment_body(o, error);
    else if (*verb)
        *body = json_pack("{s:s}", o->answer ? "text" : "reason", words);
    return !*verb || *body != NULL;
}

static json_t *read_one(const Options *o, SmVisit *visit, GError **error)
{
    g_autofree char *id = sm_url_escape(o->show ? o->show : o->link);
    g_autofree char *target = o->show ? g_strconcat("/v1/reviews/", id, NULL) : g_strdup_printf("/v1/conversations/%s/rating", id);
    return sm_visit_ask(visit, "GET", target, NULL, error);
}

static void print_link(const json_t *answer)
{
    if (!json_object_get(answer, "path")) {
        sm_cli_say("%s", _("It is rated already, or the time for that is over.\n"));
        return;
    }
    g_autofree char *until = sm_text_local(sm_json_int(answer, "until", 0), STAMP);
    sm_cli_say(_("%s   (until %s, once)\n"), sm_json_str(answer, "page", sm_json_str(answer, "path", "-")), until);
}

static gboolean review(const Options *o, GError **error)
{
    g_autoptr(json_t) answer = NULL;
    const char *verb, *id;
    json_t *body = NULL;
    if (!make_post(o, &verb, &id, &body, error))
        return FALSE;
    g_autoptr(SmVisit) visit = sm_visit_new(&o->connection, "seatmux review", error);
    if (!visit) {
        json_decref(body);
        return FALSE;
    }
    if (body) {
        g_autofree char *escaped = sm_url_escape(id);
        g_autofree char *target = g_strdup_printf("/v1/conversations/%s/%s", escaped, verb);
        answer = sm_visit_ask(visit, "POST", target, body, error);
        return answer != NULL;
    }
    answer = o->show || o->link ? read_one(o, visit, error) : read_list(o, visit, error);
    if (!answer)
        return FALSE;
    if (o->json && o->sample)
        print_each(json_object_get(answer, "conversations"));
    else if (o->json && !o->calibration && !o->show && !o->link)
        print_each(json_object_get(answer, "reviews"));
    else if (o->json)
        print_json(answer);
    else if (o->show)
        print_conversation(answer);
    else if (o->link)
        print_link(answer);
    else if (o->sample)
        print_sample(answer);
    else if (o->calibration)
        print_calibration(answer);
    else
        print_given(answer);
    return TRUE;
}

static const char *wrong(const Options *o)
{
    SmSampleHow how;
    int ways = (o->sample != NULL) + o->calibration + (o->show != NULL) + (o->give != NULL) + (o->comment != NULL) + (o->answer != NULL) +
               (o->excuse != NULL) + (o->link != NULL);
    if (ways > 1)
        return "one of --sample, --show, --give, --comment, --answer, --excuse, --link and --calibration";
    if (o->sample && !sm_sample_parse(o->sample, &how))
        return "--sample random, wait, rating, complaint or words";
    if (o->n < 0 || o->n > SM_SAMPLE_MOST)
        return "--n is 1 to 100";
    if ((o->answer || o->excuse) && !o->words)
        return "--answer and --excuse need words";
    return o->words && !o->give && !o->comment && !o->answer && !o->excuse ? "words go with --give, --comment, --answer or --excuse" : NULL;
}

int sm_cli_review(int argc, char **argv)
{
    Options o = {0};
    const GOptionEntry entries[] = {
        SM_CONNECTION_ENTRIES(o.connection),
        {"sample", 0, 0, G_OPTION_ARG_STRING, &o.sample, "conversations to look at: random, wait, rating, complaint or words", "HOW"},
        {"n", 0, 0, G_OPTION_ARG_INT, &o.n, "so many (10)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &o.seed, "of a random sample: the same, the same ones", "N"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &o.from, "first instant (30 days ago): 2026-11-01, today, 2h", "WHEN"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &o.to, "the instant at which the period is over", "WHEN"},
        {"agent", 0, 0, G_OPTION_ARG_STRING, &o.agent, "only this one's; with --give and --comment: whose work", "NAME"},
        {"team", 0, 0, G_OPTION_ARG_STRING, &o.team, "only of this team", "TEAM"},
        {"show", 0, 0, G_OPTION_ARG_STRING, &o.show, "one conversation, with its reviews", "ID"},
        {"give", 0, 0, G_OPTION_ARG_STRING, &o.give, "review it: solved=4 tone=5 WORDS", "ID"},
        {"comment", 0, 0, G_OPTION_ARG_STRING, &o.comment, "say something about one message of it", "ID"},
        {"answer", 0, 0, G_OPTION_ARG_STRING, &o.answer, "say something to the customer about the rating of this one", "ID"},
        {"excuse", 0, 0, G_OPTION_ARG_STRING, &o.excuse, "its rating does not count, and why", "ID"},
        {"link", 0, 0, G_OPTION_ARG_STRING, &o.link, "the page at which its customer can rate it, and until when", "ID"},
        {"message", 0, 0, G_OPTION_ARG_STRING, &o.message, "which message, as --show names it", "ID"},
        {"calibration", 0, 0, G_OPTION_ARG_NONE, &o.calibration, "how far reviewers agree, and who is stricter", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "a line of JSON each", NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "zh-CN or en", "LANG"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.words, NULL, "[MARKS] [WORDS ...]"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- look at how conversations were handled");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int status = 2;
    if (!g_option_context_parse(context, &argc, &argv, &error) || wrong(&o)) {
        sm_cli_error("seatmux: %s\n", error ? error->message : wrong(&o));
    } else {
        sm_cli_locale(o.language);
        status = review(&o, &error) && fflush(stdout) == 0 ? 0 : g_error_matches(error, SM_ERROR, SM_ERROR_INVALID) ? 2 : 1;
        if (status)
            sm_cli_error("seatmux: %s\n", error ? error->message : g_strerror(errno));
    }
    options_clear(&o);
    return status;
}
