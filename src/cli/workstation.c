/* SPDX-License-Identifier: MIT */
#include "cli/workstation.h"

#include <stdio.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

/* Lines of a conversation the client keeps in memory; older ones are read page by page. */
#define CLIENT_LINES 0

void sm_workstation_begin(SmWorkstation *w)
{
    w->loop = sm_loop_new_glib();
    w->rng = sm_rng_new_secure();
    w->findings = sm_findings_new();
    w->options = sm_options_new();
    g_autofree char *config = sm_path_config("config.yaml");
    if (config)
        sm_options_load(w->options, config, w->findings);
    g_autofree char *state = sm_path_state("");
    g_autofree char *trace = sm_path_state("seatmux.log");
    if (state && sm_path_make_private_dir(state, NULL))
        w->trace = sm_trace_new_file(trace, SM_TRACE_INFO, NULL);
}

void sm_workstation_language(const SmWorkstation *w, const char *given)
{
    const char *own = sm_options_str(w->options, "language");
    if (!given && own && *own)
        sm_cli_locale(own);
}

gboolean sm_workstation_color(SmWorkstation *w, const char *given)
{
    g_autofree char *why = NULL;
    if (!given || sm_options_set(w->options, "color", given, &why))
        return TRUE;
    sm_cli_error("seatmux: --color %s\n", why);
    return FALSE;
}

char **sm_workstation_reply_directories(void)
{
    g_autoptr(GStrvBuilder) directories = g_strv_builder_new();
    g_autofree char *shipped = sm_path_shipped("quickreplies");
    g_autofree char *own = sm_path_config("quickreplies");
    if (shipped)
        g_strv_builder_add(directories, shipped);
    if (own)
        g_strv_builder_add(directories, own);
    return g_strv_builder_end(directories);
}

gboolean sm_workstation_show(SmWorkstation *w, const char *name, gboolean practice, const char *notice)
{
    SmKeymap *keymap = sm_keymap_new(sm_options_str(w->options, "keys.map"), w->findings);
    g_autofree char *keys = sm_path_config("keys.yaml");
    if (keys && g_file_test(keys, G_FILE_TEST_EXISTS))
        sm_keymap_load(keymap, keys, w->findings);
    g_autofree char *file_name = name ? g_strdup_printf("layout-%s", name) : NULL;
    g_autofree char *state_file = name ? sm_path_state(file_name) : NULL;
    char **directories = sm_workstation_reply_directories();
    SmUiSetup setup = {
        .loop = w->loop,
        .options = g_steal_pointer(&w->options),
        .keymap = keymap,
        .replies = sm_replies_load((const char *const *)directories, w->findings),
        .reply_directories = directories,
        .words = sm_words_load_all(w->findings),
        .word_directories = sm_words_directories(),
        .findings = g_steal_pointer(&w->findings),
        .trace = w->trace,
        .state_file = state_file,
        .practice = practice,
        .supervise = w->supervise,
        .coach = w->coach,
        .notice = notice,
    };
    g_autoptr(GError) error = NULL;
    if (w->lines) {
        w->plain = sm_plain_new(&setup);
        return TRUE;
    }
    w->ui = sm_ui_new(&setup, &error);
    if (!w->ui)
        sm_cli_error("seatmux: %s\n", error->message);
    return w->ui != NULL;
}

void sm_workstation_connect(SmWorkstation *w, SmTransport *transport, SmJournal *journal, SmJournalState *state, const char *directory,
                            const char *agent)
{
    SmClientHandler handler = w->plain ? sm_plain_handler(w->plain) : sm_ui_handler(w->ui);
    w->client = sm_client_new(w->desk_loop ? w->desk_loop : w->loop, transport, journal, state, w->rng, w->trace, &handler, CLIENT_LINES);
    if (agent)
        sm_client_belongs_to(w->client, agent);
    if (w->plain)
        sm_plain_attach(w->plain, w->client);
    else
        sm_ui_attach(w->ui, w->client);
    int days = (int)sm_options_int(sm_app_options(sm_workstation_app(w)), "history.days");
    if (days == 0 && directory)
        sm_history_forget(directory);
    else if (days > 0)
        sm_client_set_history(w->client, directory ? sm_history_open(directory, w->loop, days) : sm_history_new_memory(w->loop));
}

SmApp *sm_workstation_app(SmWorkstation *w)
{
    if (w->plain)
        return sm_plain_app(w->plain);
    return w->ui ? sm_ui_app(w->ui) : NULL;
}

int sm_workstation_run(SmWorkstation *w)
{
    sm_loop_run(w->loop);
    g_autofree char *farewell = w->ui ? g_strdup(sm_ui_farewell(w->ui)) : NULL;
    int status = w->plain ? sm_plain_exit_status(w->plain) : sm_ui_exit_status(w->ui);
    g_clear_pointer(&w->ui, sm_ui_free);
    g_clear_pointer(&w->plain, sm_plain_free);
    if (farewell)
        sm_cli_error("%s\n", farewell);
    return status;
}

void sm_workstation_end(SmWorkstation *w)
{
    sm_ui_free(w->ui);
    sm_plain_free(w->plain);
    sm_client_free(w->client);
    sm_options_free(w->options);
    sm_findings_free(w->findings);
    sm_trace_free(w->trace);
    sm_rng_free(w->rng);
    if (w->desk_loop)
        sm_loop_free(w->desk_loop);
    sm_loop_free(w->loop);
}
