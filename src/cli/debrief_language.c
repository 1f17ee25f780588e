/* SPDX-License-Identifier: MIT */
/* debrief_language: how the answers were said: words that no answer should have, greetings and closings, capitals, and quick
 * replies that would have said it better. */
#include <string.h>

#include "cli/debrief_private.h"
#include "cli/workstation.h"
#include "seatmux/app/reply.h"
#include "seatmux/base/paths.h"
#include "seatmux/sim/manners.h"
#include "seatmux/text/words.h"

#define MANNERS "shop"
#define EXAMPLES 20

static const char *name_of(const SmDebriefLog *log, const char *conversation)
{
    return sm_json_str(log->names, conversation, "");
}

/* --- Words --------------------------------------------------------------------------------------- */

static json_t *word_json(const SmDebriefLog *log, const json_t *message, const SmWordHit *hit)
{
    const char *text = sm_json_str(message, "text", ""), *conversation = sm_json_str(message, "conversation", "");
    g_autofree char *word = g_strndup(text + hit->start, hit->len);
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s?, s:s?, s:s}", "conversation", conversation, "customer",
                     name_of(log, conversation), "word", word, "list", hit->rule->list, "block",
                     hit->rule->level == SM_WORDS_BLOCK, "why", hit->rule->why, "instead", hit->rule->instead, "answer", text);
}

json_t *sm_debrief_words(const SmDebriefLog *log)
{
    g_autoptr(SmFindings) unseen = sm_findings_new();
    g_autoptr(SmWords) words = sm_words_load_all(unseen);
    json_t *list = json_array();
    size_t i;
    json_t *message;
    json_array_foreach(log->messages, i, message)
    {
        if (json_is_true(json_object_get(message, "customer")))
            continue;
        g_autoptr(GArray) hits = sm_words_find(words, sm_json_str(message, "text", ""));
        for (guint k = 0; k < hits->len; k++)
            json_array_append_new(list, word_json(log, message, &g_array_index(hits, SmWordHit, k)));
    }
    return list;
}

/* --- Tone ---------------------------------------------------------------------------------------- */

/* By what the customer writes: Han letters are Chinese. */
static const char *language_of(const SmDebriefLog *log, const char *conversation)
{
    size_t i;
    json_t *message;
    json_array_foreach(log->messages, i, message)
    {
        if (!json_is_true(json_object_get(message, "customer")) || strcmp(sm_json_str(message, "conversation", ""), conversation) != 0)
            continue;
        for (const char *p = sm_json_str(message, "text", ""); *p; p = g_utf8_next_char(p))
            if (g_unichar_get_script(g_utf8_get_char(p)) == G_UNICODE_SCRIPT_HAN)
                return "zh-CN";
    }
    return "en";
}

typedef struct {
    const SmDebriefLog *log;
    json_t *examples;
    int answers, shouted, conversations, no_greeting, no_closing;
} Tone;

static void example(Tone *tone, const char *conversation, const char *what, const char *answer)
{
    if (json_array_size(tone->examples) < EXAMPLES)
        json_array_append_new(tone->examples, json_pack("{s:s, s:s, s:s, s:s}", "conversation", conversation, "customer",
                                                        name_of(tone->log, conversation), "what", what, "answer", answer));
}

/* The first and the last answer of a conversation. */
static void look_at_ends(Tone *tone, const SmManners *manners, const char *conversation, const json_t *texts)
{
    const char *language = language_of(tone->log, conversation);
    const char *first = json_string_value(json_array_get(texts, 0));
    const char *last = json_string_value(json_array_get(texts, json_array_size(texts) - 1));
    tone->conversations++;
    if (!sm_manners_greets(manners, language, first)) {
        tone->no_greeting++;
        example(tone, conversation, "no_greeting", first);
    }
    if (!sm_manners_closes(manners, language, last)) {
        tone->no_closing++;
        example(tone, conversation, "no_closing", last);
    }
}

/* The agent's texts by conversation, in the order in which these were first answered. */
static json_t *answers_by_conversation(Tone *tone)
{
    json_t *all = json_object();
    size_t i;
    json_t *message;
    json_array_foreach(tone->log->messages, i, message)
    {
        const char *conversation = sm_json_str(message, "conversation", ""), *text = sm_json_str(message, "text", "");
        if (json_is_true(json_object_get(message, "customer")))
            continue;
        tone->answers++;
        if (sm_manners_shouts(text)) {
            tone->shouted++;
            example(tone, conversation, "shouted", text);
        }
        if (!json_object_get(all, conversation))
            json_object_set_new(all, conversation, json_array());
        json_array_append_new(json_object_get(all, conversation), json_string(text));
    }
    return all;
}

json_t *sm_debrief_tone(const SmDebriefLog *log)
{
    g_autofree char *path = sm_path_named("manners", MANNERS, NULL);
    g_autoptr(SmFindings) unseen = sm_findings_new();
    g_autoptr(SmManners) manners = sm_manners_load(path, unseen);
    Tone tone = {.log = log, .examples = json_array()};
    g_autoptr(json_t) all = answers_by_conversation(&tone);
    const char *conversation;
    json_t *texts;
    json_object_foreach(all, conversation, texts) look_at_ends(&tone, manners, conversation, texts);
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:o}", "answers", tone.answers, "shouted", tone.shouted, "conversations",
                     tone.conversations, "no_greeting", tone.no_greeting, "no_closing", tone.no_closing, "examples",
                     tone.examples);
}

/* --- Quick replies ------------------------------------------------------------------------------- */

/* Any value: only the words around it matter. */
static const char *value(const char *name, void *user)
{
    return "1";
}

static const SmReply *fitting(const SmReplies *replies, const SmSimAnswer *answer)
{
    for (guint i = 0; i < sm_replies_count(replies); i++) {
        const SmReply *reply = sm_replies_at(replies, i);
        const char *language = NULL;
        const SmTemplate *text = sm_reply_text(reply, answer->dialogue->language, &language);
        if (!language || g_ascii_strncasecmp(language, answer->dialogue->language, 2) != 0)
            continue;
        g_autoptr(SmTemplateResult) said = sm_template_render(text, value, NULL);
        if (sm_dialogue_helps(answer->dialogue, answer->node, said->text))
            return reply;
    }
    return NULL;
}

static gboolean was_late(const SmDebriefLog *log, const SmSimAnswer *answer)
{
    size_t i;
    json_t *turn;
    json_array_foreach(log->turns, i, turn)
        if (json_is_false(json_object_get(turn, "within")) &&
            strcmp(sm_json_str(turn, "conversation", ""), answer->conversation) == 0 &&
            g_str_has_prefix(answer->answered, sm_json_str(turn, "answer", "")))
            return TRUE;
    return FALSE;
}

static void count_reply(json_t *list, const SmReply *reply)
{
    size_t i;
    json_t *row;
    json_array_foreach(list, i, row)
        if (strcmp(sm_json_str(row, "code", ""), reply->code) == 0) {
            json_object_set_new(row, "times", json_integer(sm_json_int(row, "times", 0) + 1));
            return;
        }
    json_array_append_new(list, json_pack("{s:s, s:s, s:i}", "code", reply->code, "title", reply->title, "times", 1));
}

static int often_first(gconstpointer a, gconstpointer b)
{
    int64_t x = sm_json_int(*(json_t *const *)a, "times", 0), y = sm_json_int(*(json_t *const *)b, "times", 0);
    return x < y ? 1 : x > y ? -1 : 0;
}

static json_t *sorted(json_t *list)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    json_t *out = json_array();
    size_t i;
    json_t *row;
    json_array_foreach(list, i, row) g_ptr_array_add(rows, row);
    g_ptr_array_sort(rows, often_first);
    for (guint k = 0; k < rows->len; k++)
        json_array_append(out, rows->pdata[k]);
    json_decref(list);
    return out;
}

json_t *sm_debrief_replies(const SmDebriefLog *log, const SmSim *sim, json_t *mistakes)
{
    g_auto(GStrv) directories = sm_workstation_reply_directories();
    g_autoptr(SmFindings) unseen = sm_findings_new();
    g_autoptr(SmReplies) replies = sm_replies_load((const char *const *)directories, unseen);
    const GPtrArray *answers = sm_sim_answers(sim);
    json_t *list = json_array();
    size_t wrong = 0;
    for (guint i = 0; i < answers->len; i++) {
        const SmSimAnswer *answer = answers->pdata[i];
        json_t *mistake = answer->helped ? NULL : json_array_get(mistakes, wrong++);
        const SmReply *reply = replies && (mistake || was_late(log, answer)) ? fitting(replies, answer) : NULL;
        if (mistake)
            json_object_set_new(mistake, "reply", reply ? json_string(reply->code) : json_null());
        if (reply)
            count_reply(list, reply);
    }
    return sorted(list);
}
