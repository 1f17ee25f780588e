/* SPDX-License-Identifier: MIT */
/* Files that people write; the first byte says which kind. Read or refused with findings that have a text and a place. */
#include "fuzz.h"
#include "seatmux/app/keymap.h"
#include "seatmux/app/option.h"
#include "seatmux/desk/policy.h"
#include "seatmux/sim/scenario.h"
#include "ui/theme.h"

static void check(const SmFindings *findings)
{
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        const SmFinding *f = sm_findings_at(findings, i);
        g_autofree char *line = sm_finding_format(f);
        g_assert_true(f->text && *f->text);
        g_assert_cmpint(f->line, >=, 0);
        g_assert_true(g_utf8_validate(line, -1, NULL));
    }
}

static void policy(const char *text, size_t n, SmFindings *findings)
{
    g_autoptr(SmPolicy) read = sm_policy_parse("desk.yaml", text, n, findings);
    g_assert_true((read != NULL) == (sm_findings_errors(findings) == 0));
    if (read) {
        g_autoptr(json_t) json = sm_policy_encode(read);
        g_autoptr(SmPolicy) again = sm_policy_decode(json, NULL);
        g_assert_nonnull(again);
        g_assert_cmpstr(again->hash, ==, read->hash);
    }
}

static void options(const char *text, size_t n, SmFindings *findings)
{
    g_autoptr(SmOptions) read = sm_options_new();
    sm_options_parse(read, "config.yaml", text, n, findings);
}

static void scenario(const uint8_t *data, size_t n, SmFindings *findings)
{
    g_autoptr(SmScenario) read = sm_scenario_load(fuzz_file(data, n), findings);
    g_assert_true((read != NULL) == (sm_findings_errors(findings) == 0));
    for (guint i = 0; read && i < read->dialogues->len; i++) {
        const SmDialogue *d = read->dialogues->pdata[i];
        for (guint k = 0; k < d->nodes->len; k++)
            g_free(sm_dialogue_answer(d, d->nodes->pdata[k]));
    }
}

static void keymap(const uint8_t *data, size_t n, SmFindings *findings)
{
    g_autoptr(SmKeymap) map = sm_keymap_new("default", NULL);
    sm_keymap_load(map, fuzz_file(data, n), findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autofree char *text = fuzz_text(data + 1, n - 1);
    switch (data[0]) {
    case 'k':
        keymap(data + 1, n - 1, findings);
        break;
    case 'o':
        options(text, n - 1, findings);
        break;
    case 's':
        scenario(data + 1, n - 1, findings);
        break;
    case 't':
        sm_theme_free(sm_theme_parse("theme.yaml", text, n - 1, findings));
        break;
    default:
        policy(text, n - 1, findings);
    }
    check(findings);
    return 0;
}
