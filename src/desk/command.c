/* SPDX-License-Identifier: MIT */
/* command: the verbs, and the words in which the desk refuses. */
#include "seatmux/desk/command.h"

#include <stdarg.h>
#include <string.h>

static const char *const verbs[SM_COMMAND_N] = {
#define VERB(name, verb) [SM_COMMAND_##name] = (verb),
    SM_COMMANDS(VERB)
#undef VERB
};

const char *sm_command_verb(SmCommandType type)
{
    g_return_val_if_fail((guint)type < SM_COMMAND_N, "unknown");
    return verbs[type];
}

gboolean sm_command_from_verb(const char *verb, SmCommandType *type)
{
    for (guint i = 0; verb && i < SM_COMMAND_N; i++) {
        if (strcmp(verbs[i], verb) == 0) {
            *type = (SmCommandType)i;
            return TRUE;
        }
    }
    return FALSE;
}

static const struct {
    const char *code;
    int status;
    const char *title;
} problems[SM_PROBLEM_N] = {
#define PROBLEM(name, code, status, title) [SM_PROBLEM_##name] = {code, status, title},
    SM_PROBLEMS(PROBLEM)
#undef PROBLEM
};

const char *sm_problem_code(SmProblem problem)
{
    g_return_val_if_fail((guint)problem < SM_PROBLEM_N, "internal");
    return problems[problem].code;
}

int sm_problem_status(SmProblem problem)
{
    g_return_val_if_fail((guint)problem < SM_PROBLEM_N, 500);
    return problems[problem].status;
}

const char *sm_problem_title(SmProblem problem)
{
    g_return_val_if_fail((guint)problem < SM_PROBLEM_N, "");
    return problems[problem].title;
}

SmProblem sm_problem_from_code(const char *code)
{
    for (guint i = 0; code && i < SM_PROBLEM_N; i++) {
        if (strcmp(problems[i].code, code) == 0) {
            return (SmProblem)i;
        }
    }
    return SM_PROBLEM_INTERNAL;
}

SmRefusal *sm_refusal_new(SmProblem problem, const char *field, const char *format, ...)
{
    SmRefusal *refusal = g_new0(SmRefusal, 1);
    va_list args;

    refusal->problem = problem;
    refusal->field = g_strdup(field);
    va_start(args, format);
    refusal->detail = g_strdup_vprintf(format, args);
    va_end(args);
    return refusal;
}

void sm_refusal_free(SmRefusal *refusal)
{
    if (!refusal) {
        return;
    }
    g_free(refusal->detail);
    g_free(refusal->field);
    json_decref(refusal->data);
    g_free(refusal);
}
