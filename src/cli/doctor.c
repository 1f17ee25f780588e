/* SPDX-License-Identifier: MIT */
#include "cli/doctor.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "seatmux/base/json.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

#define HOLD_S 30
#define HOLD_MOST_S 57 /* as long as a desk parks a poll */

static const char *const LEVELS[] = {"ok", "warn", "fail"};

void sm_doctor_say(SmDoctor *doctor, SmDoctorLevel level, const char *check, const char *name, const char *advice, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *words = g_strdup_vprintf(format, values);
    va_end(values);
    doctor->counts[level]++;
    if (doctor->json) {
        g_autoptr(json_t) line = json_pack("{s:s s:s}", "check", check, "level", LEVELS[level]);
        sm_json_set_str(line, "text", words);
        sm_json_set_str(line, "advice", advice);
        g_autofree char *text = sm_json_plain(line);
        puts(text);
    } else {
        const char *shown[] = {_("fine"), _("look"), _("WRONG")};
        g_autofree char *line = g_strdup_printf("%-5s  %s: %s", shown[level], name, words);
        sm_cli_puts(stdout, line);
        if (advice) {
            g_autofree char *more = g_strdup_printf("       -> %s", advice);
            sm_cli_puts(stdout, more);
        }
    }
    fflush(stdout);
}

static int examine(SmDoctor *doctor, const SmConnectionOptions *o, int hold_s)
{
    g_autofree char *config = sm_path_config("config.yaml");
    g_autoptr(SmOptions) options = sm_options_new();
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmConnection at = {0};

    if (config)
        sm_options_load(options, config, findings);
    if (!sm_connection_find(&at, o, options))
        return 2;
    sm_doctor_local(doctor, options, config, findings);
    if (at.server)
        sm_doctor_path(doctor, &at, o, options, hold_s);
    else
        sm_doctor_say(doctor, SM_DOCTOR_WARN, "desk", _("desk"), _("--server URL, or a profile in config.yaml, and the way to it is looked at too"),
                      "%s", _("nobody said which"));
    sm_connection_clear(&at);
    if (!doctor->json)
        printf(_("%u fine, %u to look at, %u wrong\n"), doctor->counts[SM_DOCTOR_OK], doctor->counts[SM_DOCTOR_WARN], doctor->counts[SM_DOCTOR_FAIL]);
    return doctor->counts[SM_DOCTOR_FAIL] > 0;
}

int sm_cli_doctor(int argc, char **argv)
{
    SmConnectionOptions connection = {0};
    SmDoctor doctor = {0};
    g_autofree char *language = NULL;
    int hold_s = HOLD_S, status = 2;
    const GOptionEntry entries[] = {SM_CONNECTION_ENTRIES(connection),
                                    {"hold", 0, 0, G_OPTION_ARG_INT, &hold_s, "longest poll that is tried, in seconds (30); 0: none", "N"},
                                    {"json", 0, 0, G_OPTION_ARG_NONE, &doctor.json, "a line of JSON each", NULL},
                                    {"lang", 0, 0, G_OPTION_ARG_STRING, &language, "zh-CN or en", "LANG"},
                                    G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- what is wrong on the way to the desk, and here");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error))
        sm_cli_error("seatmux: %s\n", error->message);
    else if (argc != 1 || hold_s < 0 || hold_s > HOLD_MOST_S)
        sm_cli_error("seatmux: doctor: --hold is 0 to %d seconds, and there are no other words\n", HOLD_MOST_S);
    else {
        sm_cli_locale(language);
        status = examine(&doctor, &connection, hold_s);
    }
    sm_connection_options_clear(&connection);
    return status;
}
