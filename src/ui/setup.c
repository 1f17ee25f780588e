/* SPDX-License-Identifier: MIT */
#include "ui/setup.h"

#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

SmAppSetup sm_ui_app_setup(SmUiSetup *setup, SmClient *client, const char *state_file, const SmAppShow *show)
{
    return (SmAppSetup){
        .loop = setup->loop,
        .client = client,
        .options = g_steal_pointer(&setup->options),
        .keymap = g_steal_pointer(&setup->keymap),
        .replies = g_steal_pointer(&setup->replies),
        .words = g_steal_pointer(&setup->words),
        .reply_directories = g_steal_pointer(&setup->reply_directories),
        .word_directories = g_steal_pointer(&setup->word_directories),
        .trace = setup->trace,
        .show = show,
        .state_file = (char *)state_file,
        .practice = setup->practice,
        .supervise = setup->supervise,
        .coach = setup->coach,
    };
}

void sm_ui_setup_clear(SmUiSetup *setup)
{
    sm_options_free(setup->options);
    sm_keymap_free(setup->keymap);
    sm_replies_free(setup->replies);
    sm_words_free(setup->words);
    g_strfreev(setup->reply_directories);
    g_strfreev(setup->word_directories);
    sm_findings_free(setup->findings);
    *setup = (SmUiSetup){.loop = setup->loop};
}

GPtrArray *sm_ui_findings(const SmUiSetup *setup)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)sm_safe_unref);
    guint n = setup->findings ? sm_findings_count(setup->findings) : 0;
    for (guint i = 0; i < MIN(n, SM_MAX_TOASTS); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(setup->findings, i));
        g_ptr_array_add(lines, sm_safe_screen_line(line, -1));
    }
    return lines;
}
