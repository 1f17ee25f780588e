/* SPDX-License-Identifier: MIT */
/* policy_visitors: whether visits are watched, and the rules by which a page invites, as part of a policy. */
#include "desk/policy_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

void sm_visit_rule_free(SmVisitRule *rule)
{
    g_free(rule->id);
    g_free(rule->page);
    g_free(rule->inbox);
    g_free(rule->language);
    g_free(rule->text);
    g_free(rule);
}

static gboolean is_page(const char *page)
{
    for (const char *p = page; *p; p = g_utf8_next_char(p)) {
        if (g_unichar_iscntrl(g_utf8_get_char(p)) || strchr("?#", *p)) {
            return FALSE;
        }
    }
    return (page[0] == '/' || page[0] == '*') && g_utf8_strlen(page, -1) <= SM_MAX_VISIT_PAGE;
}

const char *sm_visit_rule_fault(const SmPolicy *policy, const SmVisitRule *rule)
{
    for (guint i = 0; i < policy->visit_rules->len; i++) {
        if (g_str_equal(((const SmVisitRule *)policy->visit_rules->pdata[i])->id, rule->id)) {
            return "an invitation or pop-up of this id is there already";
        }
    }
    if (policy->visit_rules->len >= SM_MAX_VISIT_RULES) {
        return "more rules than there may be (limit VISIT_RULES)";
    }
    if (rule->page && !is_page(rule->page)) {
        return "'page' is a path without ? and #, such as /price*; it begins with / or *";
    }
    if (rule->popup != !rule->text || (rule->popup && !rule->page)) {
        return "an invitation needs 'text', a pop-up 'page'";
    }
    if (rule->text && (!*rule->text || g_utf8_strlen(rule->text, -1) > SM_MAX_REASON_CHARS)) {
        return "'text' is empty, or longer than 500 characters";
    }
    return rule->inbox && !sm_policy_inbox(policy, rule->inbox) ? "its inbox does not exist" : NULL;
}

/* Left out as shipped, for the hash of older policies. */
void sm_policy_encode_visitors(json_t *json, const SmPolicy *policy)
{
    json_t *rules = json_array();

    for (guint i = 0; i < policy->visit_rules->len; i++) {
        const SmVisitRule *rule = policy->visit_rules->pdata[i];
        json_t *one = json_pack("{s:s, s:b, s:I, s:b}", "id", rule->id, "popup", rule->popup, "after", (json_int_t)rule->after,
                                "returning", rule->returning);
        sm_json_set_str(one, "page", rule->page);
        sm_json_set_str(one, "inbox", rule->inbox);
        sm_json_set_str(one, "language", rule->language);
        sm_json_set_str(one, "text", rule->text);
        json_array_append_new(rules, one);
    }
    if (policy->watch) {
        json_object_set_new(json, "visitors", json_pack("{s:O}", "rules", rules));
    }
    json_decref(rules);
}

static gboolean decode_rule(SmPolicy *policy, const json_t *json, GError **error)
{
    if (!sm_json_check(json, "id:s popup:b after:i returning:b page:s? inbox:s? language:s? text:s?", error)) {
        return FALSE;
    }
    g_autoptr(SmVisitRule) rule = g_new0(SmVisitRule, 1);
    rule->id = g_strdup(sm_json_str(json, "id", ""));
    rule->popup = sm_json_bool(json, "popup", FALSE);
    rule->after = sm_json_int(json, "after", 0);
    rule->returning = sm_json_bool(json, "returning", FALSE);
    rule->page = g_strdup(sm_json_str(json, "page", NULL));
    rule->inbox = g_strdup(sm_json_str(json, "inbox", NULL));
    rule->language = g_strdup(sm_json_str(json, "language", NULL));
    rule->text = g_strdup(sm_json_str(json, "text", NULL));
    const char *fault = sm_policy_id_fault(rule->id);
    fault = !fault && (rule->after < 0 || rule->after > SM_POLICY_MAX_TARGET_MS) ? "'after' is out of range" : fault;
    fault = fault ? fault : sm_visit_rule_fault(policy, rule);
    if (fault) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "policy: visitors: %s", fault);
        return FALSE;
    }
    g_ptr_array_add(policy->visit_rules, g_steal_pointer(&rule));
    return TRUE;
}

gboolean sm_policy_decode_visitors(SmPolicy *policy, const json_t *visitors, GError **error)
{
    const json_t *rules = json_object_get(visitors, "rules");

    if (!visitors) {
        return TRUE;
    }
    if (!sm_json_check(visitors, "rules:a", error)) {
        return FALSE;
    }
    policy->watch = TRUE;
    for (gsize i = 0; i < json_array_size(rules); i++) {
        if (!decode_rule(policy, json_array_get(rules, i), error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A star stands for all hosts below the name, and not for the name itself. */
static gboolean origin_fits(const char *pattern, const char *origin)
{
    const char *star = strstr(pattern, "://*.");

    if (!star) {
        return g_ascii_strcasecmp(pattern, origin) == 0;
    }
    gsize scheme = (gsize)(star - pattern) + strlen("://"), n = strlen(origin), tail = strlen(star + strlen("://*"));
    return n > scheme + tail && g_ascii_strncasecmp(pattern, origin, scheme) == 0 &&
           g_ascii_strcasecmp(origin + n - tail, star + strlen("://*")) == 0 && !strchr(origin + scheme, '/');
}

gboolean sm_policy_origin_listed(const SmPolicy *policy, const char *origin)
{
    for (guint i = 0; origin && i < policy->origins->len; i++) {
        if (origin_fits(policy->origins->pdata[i], origin)) {
            return TRUE;
        }
    }
    return FALSE;
}
