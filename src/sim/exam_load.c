/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "sim/exam_private.h"

#define MAX_OPTIONS 12

static const char *const KINDS[] = {"single", "multiple", "order", "short", NULL};

static int share(SmYamlMap *map, const char *key, int otherwise)
{
    return (int)(sm_yaml_map_share(map, key, otherwise / 1000.0) * 1000 + 0.5);
}

/* --- Questions ----------------------------------------------------------------------------------- */

static SmAskText *load_text(const SmYamlDoc *doc, const char *language, const SmYaml *node, SmAskKind kind,
                            SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "question", findings);
    SmAskText *text = g_new0(SmAskText, 1);
    text->language = g_strdup(language);
    text->ask = g_strdup(sm_yaml_map_need(map, "ask"));
    text->options = sm_yaml_map_strv(map, "options");
    text->accept = sm_yaml_map_strv(map, "accept");
    guint options = g_strv_length(text->options);
    if (kind == SM_ASK_SHORT && (!text->accept[0] || options))
        sm_yaml_map_error(map, "accept", "a short answer has 'accept', the words of which one must be in it, and no options");
    if (kind != SM_ASK_SHORT && (options < 2 || options > MAX_OPTIONS || text->accept[0]))
        sm_yaml_map_error(map, "options", "a question has 2 to %d options, and 'accept' only where the answer is short",
                          MAX_OPTIONS);
    sm_yaml_map_end(map);
    return text;
}

/* The same question in each language: as many options in all of them. */
static void load_texts(const SmYamlDoc *doc, SmYamlMap *map, SmAsk *ask, SmFindings *findings)
{
    static const char *const languages[] = {"en", "zh-CN"};
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        SmYaml *node = sm_yaml_map_node(map, languages[i]);
        if (node)
            g_ptr_array_add(ask->texts, load_text(doc, languages[i], node, ask->kind, findings));
    }
    if (ask->texts->len == 0) {
        sm_yaml_map_error(map, NULL, "a question is asked in 'en', in 'zh-CN', or in both");
        return;
    }
    guint n = g_strv_length(((SmAskText *)ask->texts->pdata[0])->options);
    for (guint i = 1; i < ask->texts->len; i++)
        if (g_strv_length(((SmAskText *)ask->texts->pdata[i])->options) != n)
            sm_yaml_map_error(map, "zh-CN", "a question has the same options in each language");
}

/* Numbers from 1, as people count. */
static void load_answer(SmYamlMap *map, SmAsk *ask)
{
    g_auto(GStrv) words = sm_yaml_map_strv(map, "answer");
    guint options = ask->texts->len ? g_strv_length(((SmAskText *)ask->texts->pdata[0])->options) : 0;
    guint64 seen = 0;
    for (guint i = 0; words[i]; i++) {
        guint64 number = 0;
        if (!g_ascii_string_to_unsigned(words[i], 10, 1, MAX(options, 1), &number, NULL) || seen >> number & 1) {
            sm_yaml_map_error(map, "answer", "'answer' names options by their numbers from 1, each once");
            return;
        }
        seen |= G_GUINT64_CONSTANT(1) << number;
        guint option = (guint)number - 1;
        g_array_append_val(ask->answer, option);
    }
    guint n = ask->answer->len;
    gboolean right = ask->kind == SM_ASK_SINGLE     ? n == 1
                     : ask->kind == SM_ASK_MULTIPLE ? n >= 1
                     : ask->kind == SM_ASK_ORDER    ? n == options
                                                    : n == 0;
    if (!right)
        sm_yaml_map_error(map, "answer", "'answer' has one option where the kind is single, one or more where it is multiple, "
                                         "all of them in their order, and none where the answer is short");
}

static SmAsk *load_ask(const SmYamlDoc *doc, const SmYaml *node, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "question", findings);
    SmAsk *ask = g_new0(SmAsk, 1);
    ask->answer = g_array_new(FALSE, FALSE, sizeof(guint));
    ask->texts = g_ptr_array_new_with_free_func((GDestroyNotify)sm_ask_text_free);
    ask->id = g_strdup(sm_yaml_map_need(map, "id"));
    ask->kind = (SmAskKind)sm_yaml_map_enum(map, "kind", KINDS, SM_ASK_SINGLE);
    ask->points = (int)sm_yaml_map_int(map, "points", 1, 100, 1);
    load_texts(doc, map, ask, findings);
    load_answer(map, ask);
    sm_yaml_map_end(map);
    return ask;
}

/* --- The parts ----------------------------------------------------------------------------------- */

static void load_written(const SmYamlDoc *doc, SmYaml *node, SmExam *exam, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "written", findings);
    exam->time = sm_yaml_map_duration(map, "time", -1);
    exam->questions = (guint)sm_yaml_map_int(map, "questions", 0, 10000, 0);
    SmYaml *bank = sm_yaml_map_node(map, "bank");
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; bank && i < sm_yaml_size(bank); i++) {
        SmAsk *ask = load_ask(doc, sm_yaml_item(bank, i), findings);
        g_ptr_array_add(exam->bank, ask);
        if (ask->id && !g_hash_table_add(ids, ask->id))
            sm_yaml_map_error(map, "bank", "question '%s' is there twice", ask->id);
    }
    if (exam->bank->len == 0)
        sm_yaml_map_error(map, "bank", "the bank has one question at least");
    if (exam->questions > exam->bank->len)
        sm_yaml_map_error(map, "questions", "more questions are drawn than the bank has");
    sm_yaml_map_end(map);
}

static void load_applied(const SmYamlDoc *doc, SmYaml *node, SmExam *exam, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "applied", findings);
    exam->scenario = g_strdup(sm_yaml_map_need(map, "scenario"));
    exam->customers = (int)sm_yaml_map_int(map, "customers", 1, 1000, 10);
    g_auto(GStrv) seeds = sm_yaml_map_strv(map, "seeds");
    for (guint i = 0; seeds[i]; i++) {
        gint64 seed = 0;
        if (!g_ascii_string_to_signed(seeds[i], 10, 1, G_MAXINT64 / 2, &seed, NULL))
            sm_yaml_map_error(map, "seeds", "a seed is a number from 1 on");
        g_array_append_val(exam->seeds, seed);
    }
    if (exam->seeds->len == 0)
        sm_yaml_map_error(map, "seeds", "the applied part has one seed at least");
    sm_yaml_map_end(map);
}

SmExam *sm_exam_load(const char *path, SmFindings *findings)
{
    guint errors = sm_findings_errors(findings);
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    if (!doc)
        return NULL;
    SmYamlMap *map = sm_yaml_map(doc, sm_yaml_root(doc), "exam", findings);
    g_autoptr(SmExam) exam = g_new0(SmExam, 1);
    exam->id = sm_path_stem(path);
    exam->bank = g_ptr_array_new_with_free_func((GDestroyNotify)sm_ask_free);
    exam->seeds = g_array_new(FALSE, FALSE, sizeof(gint64));
    exam->time = -1;
    exam->title = sm_phrase_load(doc, map, "exam", TRUE, findings);
    exam->about = sm_phrase_load(doc, map, "about", FALSE, findings);
    exam->pass = share(map, "pass", 800);
    SmYaml *written = sm_yaml_map_node(map, "written"), *applied = sm_yaml_map_node(map, "applied");
    exam->written_share = share(map, "written_share", !applied ? 1000 : !written ? 0 : 500);
    if (written)
        load_written(doc, written, exam, findings);
    if (applied)
        load_applied(doc, applied, exam, findings);
    if (!written && !applied)
        sm_yaml_map_error(map, NULL, "an exam has a 'written' part, an 'applied' part, or both");
    sm_yaml_map_end(map);
    return sm_findings_errors(findings) == errors ? g_steal_pointer(&exam) : NULL;
}
