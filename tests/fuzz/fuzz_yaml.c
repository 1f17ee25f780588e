/* SPDX-License-Identifier: MIT */
/* Files that people write; the first byte says which kind. Read or refused with findings that have a text and a place. */
#include <string.h>

#include "fuzz.h"
#include "seatmux/app/keymap.h"
#include "seatmux/app/option.h"
#include "seatmux/desk/policy.h"
#include "seatmux/sim/curriculum.h"
#include "seatmux/sim/exam.h"
#include "seatmux/sim/scenario.h"
#include "seatmux/text/words.h"
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

static void exam(const uint8_t *data, size_t n, SmFindings *findings)
{
    g_autoptr(SmExam) read = sm_exam_load(fuzz_file(data, n), findings);
    g_assert_true((read != NULL) == (sm_findings_errors(findings) == 0));
}

static void curriculum(const uint8_t *data, size_t n, SmFindings *findings)
{
    g_autoptr(SmCurriculum) read = sm_curriculum_load(fuzz_file(data, n), findings);
    g_assert_true((read != NULL) == (sm_findings_errors(findings) == 0));
    if (read)
        g_assert_cmpint(sm_curriculum_next(read, NULL), ==, 0);
}

static void keymap(const uint8_t *data, size_t n, SmFindings *findings)
{
    g_autoptr(SmKeymap) map = sm_keymap_new("default", NULL);
    sm_keymap_load(map, fuzz_file(data, n), findings);
}

static void words(const uint8_t *data, size_t n, SmFindings *findings)
{
    g_autoptr(SmWords) read = sm_words_load_file(fuzz_file(data, n), findings);
    g_assert_true((read != NULL) == (sm_findings_errors(findings) == 0));
    g_autofree char *text = fuzz_text(data, n);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GArray) hits = sm_words_find(read, valid);
    gsize from = 0;
    for (guint i = 0; i < hits->len; i++) {
        const SmWordHit *hit = &g_array_index(hits, SmWordHit, i);
        g_assert_cmpuint(hit->start, >=, from);
        g_assert_cmpuint(hit->len, >, 0);
        from = hit->start + hit->len;
        g_assert_true(g_utf8_validate(valid + hit->start, (gssize)hit->len, NULL));
    }
    g_assert_cmpuint(from, <=, strlen(valid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autofree char *text = fuzz_text(data + 1, n - 1);
    switch (data[0]) {
    case 'c':
        curriculum(data + 1, n - 1, findings);
        break;
    case 'e':
        exam(data + 1, n - 1, findings);
        break;
    case 'k':
        keymap(data + 1, n - 1, findings);
        break;
    case 'o':
        options(text, n - 1, findings);
        break;
    case 's':
        scenario(data + 1, n - 1, findings);
        break;
    case 'w':
        words(data + 1, n - 1, findings);
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
