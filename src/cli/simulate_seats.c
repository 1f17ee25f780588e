/* SPDX-License-Identifier: MIT */
#include "cli/simulate_seats.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/debrief.h"
#include "cli/report.h"
#include "seatmux/desk/figures.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

#define NAME 18 /* columns */
#define CELL 9

typedef struct {
    SmSimStats customers; /* thanked and angry alone */
    guint answers, mistakes;
    GArray *waits, *first; /* int64_t: ms */
} Seat;

struct SmSeats {
    GHashTable *seats; /* shown name -> Seat */
};

static void seat_free(void *data)
{
    Seat *seat = data;
    g_array_unref(seat->waits);
    g_array_unref(seat->first);
    g_free(seat);
}

SmSeats *sm_seats_new(void)
{
    SmSeats *seats = g_new0(SmSeats, 1);
    seats->seats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, seat_free);
    return seats;
}

void sm_seats_free(SmSeats *seats)
{
    g_hash_table_unref(seats->seats);
    g_free(seats);
}

static Seat *seat_of(SmSeats *seats, const char *name)
{
    Seat *seat = g_hash_table_lookup(seats->seats, name);
    if (seat)
        return seat;
    seat = g_new0(Seat, 1);
    seat->waits = g_array_new(FALSE, FALSE, sizeof(int64_t));
    seat->first = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_hash_table_insert(seats->seats, g_strdup(name), seat);
    return seat;
}

void sm_seats_gone(SmSeats *seats, const SmSimGone *gone)
{
    if (!gone->agent) /* nobody sat there */
        return;
    Seat *seat = seat_of(seats, gone->agent);
    gone->thanked ? seat->customers.thanked++ : seat->customers.angry++;
}

static void add_answers(SmSeats *seats, const SmSim *sim)
{
    const GPtrArray *answers = sm_sim_answers(sim);
    for (guint i = 0; i < answers->len; i++) {
        const SmSimAnswer *answer = answers->pdata[i];
        if (!answer->agent)
            continue;
        Seat *seat = seat_of(seats, answer->agent);
        seat->answers++;
        seat->mistakes += !answer->helped;
        if (answer->wait >= 0)
            g_array_append_val(seat->waits, answer->wait);
        if (answer->wait >= 0 && answer->first)
            g_array_append_val(seat->first, answer->wait);
    }
}

/* --- Figures -------------------------------------------------------------------------------------
 */

static int rising(gconstpointer a, gconstpointer b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static json_t *felt(GArray *waits)
{
    int64_t sum = 0;
    if (waits->len == 0)
        return json_pack("{s:i}", "n", 0);
    g_array_sort(waits, rising);
    const int64_t *sorted = (const int64_t *)(void *)waits->data;
    for (guint i = 0; i < waits->len; i++)
        sum += sorted[i];
    return json_pack("{s:I, s:I, s:I, s:I}", "n", (json_int_t)waits->len, "mean", (json_int_t)((sum + waits->len / 2) / waits->len),
                     "median", (json_int_t)sm_figures_rank(sorted, waits->len, 50), "p90",
                     (json_int_t)sm_figures_rank(sorted, waits->len, 90));
}

static const json_t *group_of(const json_t *report, const char *name)
{
    size_t i;
    json_t *group;
    json_array_foreach(json_object_get(report, "groups"), i, group)
    {
        if (strcmp(sm_json_str(group, "name", ""), name) == 0 || strcmp(sm_json_str(group, "id", ""), name) == 0)
            return group;
    }
    return NULL;
}

static json_t *row_of(const char *name, Seat *seat, const SmScenario *scenario, const json_t *report)
{
    const json_t *group = group_of(report, name);
    json_t *figures = group ? json_incref(json_object_get(group, "figures"))
                            : json_pack("{s:o, s:o}", "first_response", felt(seat->first), "response", felt(seat->waits));
    json_t *goals = sm_debrief_goals(&scenario->goals, figures, seat->customers, seat->mistakes);
    return json_pack("{s:s, s:{s:i, s:i}, s:i, s:i, s:s, s:o, s:b, s:o}", "seat", name, "customers", "thanked", seat->customers.thanked,
                     "angry", seat->customers.angry, "answers", (int)seat->answers, "mistakes", (int)seat->mistakes, "measured",
                     group ? "desk" : "customers", "figures", figures, "passed", sm_debrief_all_met(goals), "goals", goals);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

json_t *sm_seats_rows(SmSeats *seats, const SmSim *sim, const SmScenario *scenario, const json_t *report)
{
    json_t *rows = json_array();
    guint n;
    add_answers(seats, sim);
    g_autofree const char **names = (const char **)g_hash_table_get_keys_as_array(seats->seats, &n);
    qsort(names, n, sizeof *names, by_name);
    for (guint i = 0; i < n; i++)
        json_array_append_new(rows, row_of(names[i], g_hash_table_lookup(seats->seats, names[i]), scenario, report));
    return rows;
}

/* --- For people ----------------------------------------------------------------------------------
 */

static const SmReportColumn COLUMNS[] = {
    {N_("within"), "within_agent", "percent", NULL}, {N_("first"), "first_response", "mean", NULL},
    {N_("resp.90"), "response", "p90", NULL},        {N_("Q:A"), "question_answer", "ratio", NULL},
    {N_("CSAT"), "csat", "percent", NULL},
};

static void print_number(FILE *out, int64_t number)
{
    g_autofree char *text = g_strdup_printf("%d", (int)number);
    sm_report_print_padded(out, text, CELL, TRUE);
}

static void print_row(FILE *out, const json_t *row)
{
    const json_t *customers = json_object_get(row, "customers");
    g_autoptr(SmSafe) name = sm_safe_clipped(&(SmWidths){0}, sm_json_str(row, "seat", ""), -1, NAME);
    sm_report_print_padded(out, sm_safe_str(name), NAME, FALSE);
    print_number(out, sm_json_int(customers, "thanked", 0));
    print_number(out, sm_json_int(customers, "angry", 0));
    for (guint i = 0; i < G_N_ELEMENTS(COLUMNS); i++) {
        g_autofree char *cell = sm_report_cell(row, &COLUMNS[i]);
        sm_report_print_padded(out, cell, CELL, TRUE);
    }
    print_number(out, sm_json_int(row, "answers", 0));
    print_number(out, sm_json_int(row, "mistakes", 0));
    fprintf(out, "  %s\n", json_is_true(json_object_get(row, "passed")) ? _("passed") : _("not passed"));
}

void sm_seats_print(FILE *out, const json_t *rows)
{
    size_t i;
    json_t *row;
    if (json_array_size(rows) == 0)
        return;
    fputc('\n', out);
    sm_report_print_padded(out, _("seat"), NAME, FALSE);
    sm_report_print_padded(out, _("thanked"), CELL, TRUE);
    sm_report_print_padded(out, _("angry"), CELL, TRUE);
    for (guint k = 0; k < G_N_ELEMENTS(COLUMNS); k++)
        sm_report_print_padded(out, _(COLUMNS[k].title), CELL, TRUE);
    sm_report_print_padded(out, _("answers"), CELL, TRUE);
    sm_report_print_padded(out, _("mistakes"), CELL, TRUE);
    fputc('\n', out);
    json_array_foreach(rows, i, row) print_row(out, row);
}
