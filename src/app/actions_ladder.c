/* SPDX-License-Identifier: MIT */
/* actions_ladder: from a passed exam to a full agent: a supervisor sees who stands where and moves them, each sees their own
 * place. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

#define BACK "back "

const char *sm_step_words(SmStep step)
{
    switch (step) {
    case SM_STEP_EXAM:
        return _("exam passed");
    case SM_STEP_SUPERVISED:
        return _("supervised task");
    case SM_STEP_TRIAL:
        return _("trial shift");
    case SM_STEP_FULL:
        return _("full agent");
    default:
        return _("no exam yet");
    }
}

/* "exam passed (first-weeks, 91.0 %)" */
static SmSafe *standing(const SmAgent *agent)
{
    if (agent->exam.name == NULL)
        return sm_safe_format("%s", sm_step_words(agent->step));
    g_autoptr(SmSafe) exam = sm_safe_screen_line(agent->exam.name, -1);
    if (agent->exam.pass == 0) /* how well is not for everybody */
        return sm_safe_format("%s (%S)", sm_step_words(agent->step), exam);
    g_autoptr(SmSafe) points = sm_percent_words(agent->exam.permille);
    return sm_safe_format("%s (%S, %S)", sm_step_words(agent->step), exam, points);
}

/* --- Everybody's own place -----------------------------------------------------------------------
 */

static gboolean on_ladder(const SmAgent *agent)
{
    return agent->role == SM_ROLE_TRAINEE || (agent->step != SM_STEP_NONE && agent->role != SM_ROLE_SUPERVISOR);
}

const char *sm_why_no_ladder(SmApp *app)
{
    const SmAgent *me = sm_app_my_agent(app);

    return me != NULL && on_ladder(me) ? NULL : _("You are not on the ladder: it leads trainees to live work.");
}

void sm_do_ladder(SmApp *app, const char *args)
{
    const SmAgent *me = sm_app_my_agent(app);
    g_autoptr(SmSafe) where = standing(me);

    if (me->step == SM_STEP_NONE)
        sm_app_sayf(app, FALSE, _("No passed exam of yours is here: seatmux exam --hand-in."));
    else if (me->step == SM_STEP_FULL)
        sm_app_sayf(app, FALSE, _("Your step: %S."), where);
    else
        sm_app_sayf(app, FALSE, _("Your step: %S; next: %s."), where, sm_step_words(me->step + 1));
}

void sm_ladder_news(SmApp *app)
{
    const SmAgent *me = sm_app_my_agent(app);

    if (me == NULL || me->step == app->told_step)
        return;
    app->told_step = me->step;
    if (sm_why_no_ladder(app) == NULL && me->step != SM_STEP_NONE)
        sm_do_ladder(app, "");
}

/* --- The supervisor's view -----------------------------------------------------------------------
 */

static void add_trainee(GString *rows, const SmAgent *agent)
{
    g_autoptr(SmSafe) where = standing(agent);

    g_string_append_printf(rows, "%s\t%s: %s", agent->id, sm_agent_shown(agent), sm_safe_str(where));
    if (agent->step != SM_STEP_NONE && agent->step != SM_STEP_FULL)
        g_string_append_printf(rows, _("; next: %s"), sm_step_words(agent->step + 1));
    g_string_append_c(rows, '\n');
}

/* Those whose next step can be confirmed come first. */
static void offer_trainees(SmApp *app)
{
    const GPtrArray *agents = sm_desk_agents(sm_client_desk(app->client));
    g_autoptr(GString) ready = g_string_new(NULL), others = g_string_new(NULL);

    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = agents->pdata[i];
        if (on_ladder(agent))
            add_trainee(agent->step != SM_STEP_NONE && agent->step != SM_STEP_FULL ? ready : others, agent);
    }
    g_string_append(ready, others->str);
    if (ready->len == 0)
        sm_app_sayf(app, FALSE, _("Nobody is on the ladder: it is for trainees."));
    else
        sm_choice_open(app, "queue-ladder", _("the ladder: exam, supervised task, trial shift, full agent"), _("find>"), ready->str,
                       SM_CHOICE_WORDS);
}

static void ask_why(SmApp *app, const SmAgent *agent)
{
    g_autofree char *action = g_strdup_printf("queue-ladder %s", agent->id);

    if (agent->step == SM_STEP_NONE)
        sm_app_sayf(app, TRUE, _("No passed exam of theirs is here yet: seatmux exam --hand-in brings it."));
    else if (agent->step == SM_STEP_SUPERVISED)
        sm_ask_open(app, action, _("to a trial shift: share and why, such as 20 a good week; or: back why"), _("share, why>"));
    else if (agent->step == SM_STEP_EXAM)
        sm_ask_open(app, action, _("to a supervised task: why?"), _("reason>"));
    else if (agent->step == SM_STEP_TRIAL)
        sm_ask_open(app, action, _("to a full agent: why? or: back why"), _("reason>"));
    else
        sm_ask_open(app, action, _("is a full agent; a step down: back why"), _("reason>"));
}

static void confirmed(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("Confirmed; role and share have moved with it."));
}

/* "did well", "20 did well" (share of a trial), "back was too slow" */
static void confirm(SmApp *app, const SmAgent *agent, const char *args)
{
    gboolean back = g_str_has_prefix(args, BACK);
    SmStep to = back ? agent->step - 1 : agent->step + 1;
    guint64 weight = 0;
    g_auto(GStrv) words = g_strsplit(args, " ", 2);

    if (back)
        args += strlen(BACK);
    else if (to == SM_STEP_TRIAL && words[0] != NULL && words[1] != NULL &&
             g_ascii_string_to_unsigned(words[0], 10, 1, 100, &weight, NULL))
        args = words[1];
    if (!on_ladder(agent) || agent->step == SM_STEP_NONE || to < SM_STEP_SUPERVISED || to > SM_STEP_FULL) {
        sm_app_sayf(app, TRUE, back ? _("There is no step below this one.") : _("There is no step above this one."));
        return;
    }
    SmCommand command = {.type = SM_COMMAND_CONFIRM, .agent = agent->id, .step = sm_step_name(to), .reason = args,
                         .weight = (int64_t)weight, .seen = -1};
    sm_app_ask(app, &command, confirmed);
}

void sm_do_queue_ladder(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 2);
    const SmAgent *agent = words[0] != NULL ? sm_desk_agent(sm_client_desk(app->client), words[0]) : NULL;

    if (words[0] == NULL) {
        offer_trainees(app);
    } else if (agent == NULL) {
        g_autoptr(SmSafe) name = sm_safe_screen_line(words[0], -1);
        sm_app_sayf(app, TRUE, _("There is no agent %S."), name);
    } else if (words[1] == NULL) {
        ask_why(app, agent);
    } else {
        confirm(app, agent, words[1]);
    }
}
