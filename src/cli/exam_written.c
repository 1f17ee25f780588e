/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/exam_private.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

#define LINE_BYTES 8192 /* of an answer; more is cut */

/* Lines from standard input, no later than a deadline. */
typedef struct {
    GString *text;
    gboolean ended;
    int64_t deadline; /* monotonic ms; -1: none */
} Reader;

static int64_t now(void)
{
    return g_get_monotonic_time() / 1000;
}

static int left_of(const Reader *r)
{
    return r->deadline < 0 ? -1 : (int)CLAMP(r->deadline - now(), 0, G_MAXINT);
}

/* One read more. FALSE: time is over, or nothing more comes. */
static gboolean read_more(Reader *r)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char bytes[512];
    int ready = poll(&in, 1, left_of(r));
    if (ready < 0 && errno == EINTR)
        return TRUE;
    ssize_t n = ready > 0 ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
    r->ended = ready > 0 && n <= 0;
    if (n > 0)
        g_string_append_len(r->text, bytes, n);
    return n > 0;
}

/* The next line without its end; NULL: none in time. Caller frees. */
static char *read_line(Reader *r)
{
    char *end;
    while (!(end = memchr(r->text->str, '\n', r->text->len)))
        if (r->text->len > LINE_BYTES || (left_of(r) == 0) || !read_more(r))
            break;
    if (!end && !(r->ended && r->text->len) && r->text->len <= LINE_BYTES)
        return NULL;
    gsize n = end ? (gsize)(end - r->text->str) : r->text->len;
    char *line = sm_text_input(r->text->str, (gssize)MIN(n, LINE_BYTES), FALSE);
    g_string_erase(r->text, 0, (gssize)MIN(n + 1, r->text->len));
    return line;
}

/* --- Asking -------------------------------------------------------------------------------------- */

static const char *how(SmAskKind kind)
{
    switch (kind) {
    case SM_ASK_SINGLE:
        return _("one letter");
    case SM_ASK_MULTIPLE:
        return _("all letters that apply");
    case SM_ASK_ORDER:
        return _("all letters, in the right order");
    case SM_ASK_SHORT:
        return _("a few words");
    }
    return "";
}

static void print_question(FILE *out, const SmPut *put, guint n, guint of, const Reader *r)
{
    char clock[32] = "";
    g_autoptr(SmSafe) ask = sm_safe_line(put->text->ask, -1);
    if (r->deadline >= 0)
        sm_text_duration(clock, sizeof clock, left_of(r));
    fprintf(out, "\n%u/%u  %s  (%s)\n  %s\n", n, of, clock, how(put->ask->kind), sm_safe_str(ask));
    for (guint i = 0; i < put->order->len; i++) {
        g_autoptr(SmSafe) option = sm_safe_line(put->text->options[g_array_index(put->order, guint, i)], -1);
        fprintf(out, "    %c) %s\n", 'a' + (int)i, sm_safe_str(option));
    }
}

/* An answer that can be one, "" for a skipped question; NULL: no more time or input. Caller frees. */
static char *ask(FILE *out, const SmPut *put, Reader *r)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
    for (;;) {
        const char *why = "";
        fputs("> ", out);
        fflush(out);
        char *line = read_line(r);
        if (!line || *g_strstrip(line) == '\0' || sm_put_read(put, line, places, &why))
            return line;
        fprintf(out, "  %s\n", _(why));
        g_free(line);
    }
}

static json_t *shown(const SmPut *put)
{
    json_t *order = json_array();
    for (guint i = 0; i < put->order->len; i++)
        json_array_append_new(order, json_integer(1 + g_array_index(put->order, guint, i)));
    return order;
}

json_t *sm_exam_written(FILE *out, const SmExam *exam, const GPtrArray *puts, json_t *log, const char *root)
{
    Reader r = {.text = g_string_new(NULL), .deadline = exam->time < 0 ? -1 : now() + exam->time};
    int points = 0, of = 0, answered = 0;
    gboolean over = FALSE;
    for (guint i = 0; i < puts->len; i++) {
        const SmPut *put = puts->pdata[i];
        of += put->ask->points * 1000;
        if (over)
            continue;
        print_question(out, put, i + 1, puts->len, &r);
        int64_t began = now();
        g_autofree char *answer = ask(out, put, &r);
        over = !answer;
        if (over)
            continue;
        int grade = sm_put_grade(put, answer);
        points += grade * put->ask->points;
        answered += *answer != '\0';
        sm_exam_note(log, root, "answer", json_pack("{s:s, s:o, s:s, s:i, s:I}", "question", put->ask->id, "shown", shown(put),
                                                    "answer", answer, "permille", grade, "ms", (json_int_t)(now() - began)));
    }
    gboolean late = over && r.deadline >= 0 && now() >= r.deadline;
    if (late)
        fprintf(out, "\n\n%s\n", _("Time is over."));
    g_string_free(r.text, TRUE);
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:b}", "points", points, "of", of, "permille",
                     of ? (int)((int64_t)points * 1000 / of) : 0, "answered", answered, "asked", (int)puts->len, "time_over", late);
}
