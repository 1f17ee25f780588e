/* SPDX-License-Identifier: MIT */
/* policy_answers: the rules of automatic first answers, as part of a policy. */
#include "desk/policy_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

static const char *const WHENS[] = {"closed", "nobody", "silence", "keyword"};

const char *sm_answer_when_name(SmAnswerWhen when)
{
    return (guint)when < G_N_ELEMENTS(WHENS) ? WHENS[when] : WHENS[0];
}

gboolean sm_answer_when_parse(const char *text, SmAnswerWhen *when)
{
    for (guint i = 0; text && i < G_N_ELEMENTS(WHENS); i++) {
        if (g_str_equal(WHENS[i], text)) {
            *when = (SmAnswerWhen)i;
            return TRUE;
        }
    }
    return FALSE;
}

void sm_answer_rule_free(SmAnswerRule *rule)
{
    g_free(rule->id);
    g_clear_pointer(&rule->words, g_ptr_array_unref);
    g_free(rule->team);
    g_free(rule->inbox);
    g_free(rule->language);
    g_free(rule->text);
    g_free(rule);
}

const char *sm_answer_rule_fault(const SmPolicy *policy, const SmAnswerRule *rule)
{
    for (guint i = 0; i < policy->answers->len; i++) {
        if (g_str_equal(((SmAnswerRule *)policy->answers->pdata[i])->id, rule->id)) {
            return "this rule is there twice";
        }
    }
    if (policy->answers->len >= SM_MAX_ANSWER_RULES) {
        return "more rules than there may be (limit ANSWER_RULES)";
    }
    if (rule->words->len > SM_MAX_ANSWER_WORDS) {
        return "more words than there may be (limit ANSWER_WORDS)";
    }
    if ((rule->when == SM_ANSWER_KEYWORD) != (rule->words->len > 0)) {
        return "'words' belong to 'when: keyword', which needs one at least";
    }
    if ((rule->when == SM_ANSWER_SILENCE) != (rule->after > 0)) {
        return "'after' belongs to 'when: silence', which needs it";
    }
    if (!*rule->text || g_utf8_strlen(rule->text, -1) > SM_MAX_MESSAGE_CHARS || strlen(rule->text) > SM_MAX_MESSAGE_BYTES) {
        return "'text' is empty, or longer than a message may be";
    }
    if (rule->team && !sm_policy_team(policy, rule->team)) {
        return "its team does not exist";
    }
    return rule->inbox && !sm_policy_inbox(policy, rule->inbox) ? "its inbox does not exist" : NULL;
}

void sm_policy_encode_answers(json_t *json, const SmPolicy *policy)
{
    json_t *list = json_array();
    for (guint i = 0; i < policy->answers->len; i++) {
        const SmAnswerRule *rule = policy->answers->pdata[i];
        json_t *one = json_pack("{s:s, s:s, s:s}", "id", rule->id, "when", sm_answer_when_name(rule->when), "text", rule->text);
        sm_json_set_str(one, "team", rule->team);
        sm_json_set_str(one, "inbox", rule->inbox);
        sm_json_set_str(one, "language", rule->language);
        if (rule->after > 0) {
            json_object_set_new(one, "after", json_integer(rule->after));
        }
        if (rule->words->len > 0) {
            json_object_set_new(one, "words", sm_json_texts(rule->words));
        }
        json_array_append_new(list, one);
    }
    if (policy->answers->len > 0) {
        json_object_set_new(json, "answers", list);
    } else {
        json_decref(list); /* left out, for the hash of older policies */
    }
}

static gboolean decode_rule(SmPolicy *policy, const json_t *json, GError **error)
{
    if (!sm_json_check(json, "id:s when:s text:s team:s? inbox:s? language:s? after:i? words:a?", error)) {
        return FALSE;
    }
    g_autoptr(SmAnswerRule) rule = g_new0(SmAnswerRule, 1);
    const json_t *words = json_object_get(json, "words");
    rule->id = g_strdup(sm_json_str(json, "id", ""));
    rule->text = g_strdup(sm_json_str(json, "text", ""));
    rule->team = g_strdup(sm_json_str(json, "team", NULL));
    rule->inbox = g_strdup(sm_json_str(json, "inbox", NULL));
    rule->language = g_strdup(sm_json_str(json, "language", NULL));
    rule->after = sm_json_int(json, "after", 0);
    rule->words = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < json_array_size(words) && i <= SM_MAX_ANSWER_WORDS; i++) {
        g_ptr_array_add(rule->words, g_strdup(json_string_value(json_array_get(words, i)) ? json_string_value(json_array_get(words, i)) : ""));
    }
    const char *fault = sm_policy_id_fault(rule->id);
    fault = !fault && !sm_answer_when_parse(sm_json_str(json, "when", ""), &rule->when) ? "an unknown 'when'" : fault;
    fault = !fault && (rule->after < 0 || rule->after > SM_POLICY_MAX_TARGET_MS) ? "'after' is out of range" : fault;
    fault = fault ? fault : sm_answer_rule_fault(policy, rule);
    if (fault) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "policy: answers: %s", fault);
        return FALSE;
    }
    g_ptr_array_add(policy->answers, g_steal_pointer(&rule));
    return TRUE;
}

gboolean sm_policy_decode_answers(SmPolicy *policy, const json_t *list, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        if (!decode_rule(policy, json_array_get(list, i), error)) {
            return FALSE;
        }
    }
    return TRUE;
}
