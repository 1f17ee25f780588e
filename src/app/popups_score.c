/* SPDX-License-Identifier: MIT */
/* popups_score: the figures of one agent today and the score made of them, up to date while they are looked at. The desk
 * computes them, by the functions of its report: what stands here, a report of the same period says too. */
#include "app/app_private.h"

#include "app/actions.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

#define SHARE 20 /* the desk reads its whole log for an answer: it is asked for at most a twentieth of the time */

struct SmScorecard {
    char *agent;
    json_t *answer; /* of the desk; NULL: not yet */
    SmAskPace pace;
};

static void ask(void *user);

/* --- What it shows -------------------------------------------------------------------------------
 */

static SmPopupRow *figure_row(SmApp *app, const char *name, SmSafe *value, SmSafe *about)
{
    SmPopupRow *row = sm_popup_row(app, NULL);

    sm_popup_label(row, 0, name);
    sm_popup_cell(row, 1, value);
    if (about != NULL)
        sm_popup_cell(row, 2, about);
    return row;
}

static const json_t *figure(const json_t *group, const char *name)
{
    return json_object_get(json_object_get(group, "figures"), name);
}

static void duration_rows(SmApp *app, const json_t *group, const char *name, const char *median, const char *p90)
{
    const json_t *value = figure(group, name);

    figure_row(app, median, sm_duration_words(sm_json_int(value, "median", -1)), sm_safe_format(_("median of %d"), (int)sm_json_int(value, "n", 0)));
    figure_row(app, p90, sm_duration_words(sm_json_int(value, "p90", -1)), sm_safe_from_literal(_("nine in ten are at most that")));
}

static void share_row(SmApp *app, const json_t *group, const char *name, const char *words)
{
    const json_t *value = figure(group, name);

    figure_row(app, words, sm_percent_words(sm_json_int(value, "permille", -1)),
               sm_safe_format(_("%d of %d"), (int)sm_json_int(value, "within", 0), (int)sm_json_int(value, "n", 0)));
}

static void ratio_row(SmApp *app, const json_t *group)
{
    const json_t *value = figure(group, "question_answer");
    int64_t hundredths = sm_json_int(value, "hundredths", -1);

    figure_row(app, _("questions to answers"),
               hundredths < 0 ? sm_safe_from_literal("-")
                              : sm_safe_format("%d.%d%d", (int)(hundredths / 100), (int)(hundredths / 10 % 10), (int)(hundredths % 10)),
               sm_safe_format("%d : %d", (int)sm_json_int(value, "questions", 0), (int)sm_json_int(value, "answers", 0)));
}

static void part_row(SmApp *app, const json_t *group, const char *part, const char *words)
{
    int64_t value = sm_json_int(json_object_get(group, "score"), part, -1);
    int weight = (int)sm_json_int(json_object_get(app->scorecard->answer, "weights"), part, 0);

    figure_row(app, words, sm_percent_words(value),
               value < 0 ? sm_safe_format(_("weight %d, spread over the others: there is none yet"), weight)
                         : sm_safe_format(_("weight %d"), weight));
}

static void fill(SmApp *app, const char *typed)
{
    const json_t *groups = json_object_get(app->scorecard->answer, "groups"), *group = json_array_get(groups, 0);

    if (app->scorecard->answer == NULL) {
        sm_popup_label(sm_popup_row(app, NULL), 0, _("the desk is asked"));
        return;
    }
    figure_row(app, _("turns"), sm_safe_format("%d", (int)sm_json_int(figure(group, "turns"), "n", 0)),
               sm_safe_from_literal(group != NULL ? "" : _("nothing of this agent yet today")));
    duration_rows(app, group, "first_response", _("first response"), _("first response, 90 %"));
    duration_rows(app, group, "response", _("response"), _("response, 90 %"));
    share_row(app, group, "within_agent", _("within target"));
    ratio_row(app, group);
    share_row(app, group, "csat", _("satisfied (CSAT)"));
    sm_popup_section(app, 0, sm_safe_from_literal(_("score")));
    figure_row(app, _("weighted score"), sm_percent_words(sm_json_int(json_object_get(group, "score"), "score", -1)), NULL);
    part_row(app, group, "rating", _("  ratings"));
    part_row(app, group, "performance", _("  in time"));
    part_row(app, group, "training", _("  best exam"));
}

static void show_title(SmApp *app)
{
    g_autoptr(SmSafe) name = sm_safe_screen_line(sm_app_staff(app, app->scorecard->agent), -1);
    g_autofree char *at = sm_text_local(sm_json_int(app->scorecard->answer, "now", 0), "%H:%M:%S");

    sm_safe_unref(app->popup.title);
    app->popup.title = app->scorecard->answer != NULL ? sm_safe_format(_("scorecard: %S, today as of %s"), name, at)
                                                      : sm_safe_format(_("scorecard: %S"), name);
}

/* --- Asking --------------------------------------------------------------------------------------
 */

static void answered(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *agent)
{
    SmScorecard *card = app->scorecard;

    /* It may have been closed meanwhile, and opened for another. */
    if (card == NULL || g_strcmp0(card->agent, agent) != 0 || !sm_pace_answered(app, &card->pace, SHARE, ask) || !ok)
        return;
    json_decref(card->answer);
    card->answer = json_incref((json_t *)body);
    show_title(app);
    sm_popup_refill(app);
}

static void ask(void *user)
{
    SmApp *app = user;
    g_autofree char *escaped = sm_url_escape(app->scorecard->agent);
    g_autofree char *target = g_strdup_printf("/v1/report?by=agent&from=today&of=%s", escaped);

    sm_pace_asked(app, &app->scorecard->pace);
    sm_app_ask_read(app, target, app->scorecard->agent, answered);
}

static void closed(SmApp *app)
{
    SmScorecard *card = app->scorecard;

    app->scorecard = NULL;
    sm_loop_remove(app->loop, &card->pace.timer);
    json_decref(card->answer);
    g_free(card->agent);
    g_free(card);
}

static const SmPopupOps score_ops = {.refill = fill, .choose = sm_popup_choose_nothing, .closed = closed};

const char *sm_why_no_scorecard(SmApp *app)
{
    return sm_app_my_agent(app) != NULL ? NULL : _("The desk has not said yet who you are.");
}

void sm_do_scorecard(SmApp *app, const char *args)
{
    const SmAgent *me = sm_app_my_agent(app), *agent = *args != '\0' ? sm_desk_agent(sm_client_desk(app->client), args) : me;

    if (agent == NULL) {
        sm_app_sayf(app, TRUE, _("There is no such agent."));
        return;
    }
    if (agent != me && me->role != SM_ROLE_SUPERVISOR) {
        sm_app_sayf(app, TRUE, _("The figures of others are for leads."));
        return;
    }
    sm_popup_open(app, SM_POPUP_LIST, &score_ops, "", NULL);
    app->popup.widths[0] = 24;
    app->popup.widths[1] = 10;
    app->popup.widths[2] = -1;
    sm_popup_footer(app, _("Esc close"));
    app->scorecard = g_new0(SmScorecard, 1);
    app->scorecard->agent = g_strdup(agent->id);
    show_title(app);
    sm_popup_refill(app);
    ask(app);
}
