/* SPDX-License-Identifier: MIT */
/* exam_hand_in: a passed exam becomes an event of a desk, where a supervisor confirms what follows from it. */
#include <glib/gi18n.h>

#include "cli/exam_private.h"
#include "cli/findings.h"
#include "cli/visit.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

static json_t *body_of(const json_t *result)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:s}", "exam", sm_json_str(result, "exam", ""), "permille",
                     (json_int_t)sm_json_int(result, "permille", 0), "pass", (json_int_t)sm_json_int(result, "pass", 0), "sat",
                     (json_int_t)sm_json_int(result, "at", 0), "seal", sm_json_str(result, "seal", ""));
}

/* For the person in it. */
static gboolean deliver(const SmConnectionOptions *o, const json_t *result, GError **error)
{
    g_autoptr(SmVisit) visit = sm_visit_new(o, "seatmux exam", error);
    g_autofree char *who = sm_url_escape(sm_json_str(result, "who", ""));
    g_autofree char *target = g_strdup_printf("/v1/agents/%s/exam", who);
    g_autoptr(json_t) answer = visit ? sm_visit_ask(visit, "POST", target, body_of(result), error) : NULL;
    return answer != NULL;
}

int sm_exam_hand_in(const char *path, const SmConnectionOptions *o)
{
    g_autoptr(json_t) result = sm_exam_verify(stdout, path);
    g_autoptr(GError) error = NULL;
    if (!result)
        return 1;
    if (!json_is_true(json_object_get(result, "passed"))) {
        sm_cli_error("seatmux: %s: the exam was not passed; only a passed one is handed in\n", path);
        return 1;
    }
    if (!deliver(o, result, &error)) {
        sm_cli_error("seatmux: %s\n", error->message);
        return 1;
    }
    g_autoptr(SmSafe) who = sm_safe_line(sm_json_str(result, "who", ""), -1);
    printf(_("The desk has it for %s. A supervisor confirms what comes next.\n"), sm_safe_str(who));
    return 0;
}
