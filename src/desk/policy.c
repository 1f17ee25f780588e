/* SPDX-License-Identifier: MIT */
/* policy: the value itself, its JSON and its hash. */
#include "desk/policy_private.h"

#include <string.h>

#include "desk/hours.h"
#include "seatmux/base/limits.h"

static const struct {
    const char *name;
    SmMay bit;
} RIGHTS[] = {
    {"claim", SM_MAY_CLAIM},         {"assign_others", SM_MAY_ASSIGN_OTHERS},
    {"take_over", SM_MAY_TAKE_OVER}, {"transfer", SM_MAY_TRANSFER},
    {"whisper", SM_MAY_WHISPER},     {"answer_any", SM_MAY_ANSWER_ANY},
    {"resolve", SM_MAY_RESOLVE},     {"set_others", SM_MAY_SET_OTHERS},
    {"erase", SM_MAY_ERASE},         {"broadcast", SM_MAY_BROADCAST},
    {"incident", SM_MAY_INCIDENT},   {"review", SM_MAY_REVIEW},
};

/* By SmRole. */
static const char *const ROLES[SM_POLICY_ROLES] = {"agent", "supervisor", "trainee"};

guint sm_policy_right(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(RIGHTS); i++) {
        if (g_str_equal(RIGHTS[i].name, name)) {
            return RIGHTS[i].bit;
        }
    }
    return 0;
}

const char *const sm_policy_score_names[SM_POLICY_SCORES] = {"rating", "performance", "training"};
#define FILE_UNSENT_SHIPPED 86400000
#define RATING_LATER_SHIPPED INT64_C(604800000)
static const int SCORE_SHIPPED[SM_POLICY_SCORES] = {50, 30, 20};

SmPolicy *sm_policy_new(void)
{
    SmPolicy *policy = g_new0(SmPolicy, 1);
    g_atomic_ref_count_init(&policy->refs);
    policy->teams = g_ptr_array_new_with_free_func((GDestroyNotify)sm_team_free);
    policy->inboxes = g_ptr_array_new_with_free_func((GDestroyNotify)sm_inbox_free);
    policy->may[SM_ROLE_AGENT] = SM_MAY_CLAIM | SM_MAY_TRANSFER | SM_MAY_WHISPER | SM_MAY_RESOLVE;
    policy->may[SM_ROLE_TRAINEE] = SM_MAY_CLAIM | SM_MAY_TRANSFER | SM_MAY_RESOLVE;
    for (gsize i = 0; i < G_N_ELEMENTS(RIGHTS); i++) {
        policy->may[SM_ROLE_SUPERVISOR] |= RIGHTS[i].bit;
    }
    policy->goal_percent = 95;
    policy->origins = g_ptr_array_new_with_free_func(g_free);
    policy->tags = g_ptr_array_new_with_free_func(g_free);
    policy->answers = g_ptr_array_new_with_free_func((GDestroyNotify)sm_answer_rule_free);
    policy->visit_rules = g_ptr_array_new_with_free_func((GDestroyNotify)sm_visit_rule_free);
    policy->form = g_ptr_array_new_with_free_func((GDestroyNotify)sm_criterion_free);
    sm_policy_ship_form(policy);
    memcpy(policy->score, SCORE_SHIPPED, sizeof policy->score);
    policy->offline_release = -1;
    policy->mask_numbers = TRUE;
    policy->transfer_within = -1;
    policy->file_kinds = SM_FILE_SHIPPED;
    policy->file_bytes = SM_MAX_FILE_BYTES;
    policy->file_unsent = FILE_UNSENT_SHIPPED;
    policy->rating_later = RATING_LATER_SHIPPED;
    return policy;
}

SmTeam *sm_team_new(const char *id, const char *name)
{
    SmTeam *team = g_new0(SmTeam, 1);
    team->id = g_strdup(id);
    team->name = g_strdup(name ? name : id);
    team->targets = (SmTargets){
        .first_response = 5000, .response = 30000, .queue = 20000, .resolution = 1800000};
    team->capacity = 4;
    team->accept_within = -1;
    team->returning = TRUE;
    team->newcomer_percent = SM_NEWCOMER_PERCENT;
    return team;
}

void sm_team_free(SmTeam *team)
{
    if (team) {
        g_free(team->id);
        g_free(team->name);
        sm_hours_free(team->hours);
        g_free(team);
    }
}

static const struct {
    const char *id, *text;
} FORM_SHIPPED[] = {{"understood", "Understood what was asked"},
                    {"solved", "Solved it, or said who does and by when"},
                    {"tone", "Friendly, clear, in the customer's language"},
                    {"rules", "Kept to the rules of the house"}};

void sm_policy_ship_form(SmPolicy *policy)
{
    g_ptr_array_set_size(policy->form, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(FORM_SHIPPED); i++) {
        g_ptr_array_add(policy->form, sm_criterion_new(FORM_SHIPPED[i].id, FORM_SHIPPED[i].text, 10, SM_POLICY_POINTS));
    }
}

SmCriterion *sm_criterion_new(const char *id, const char *text, int weight, int points)
{
    SmCriterion *criterion = g_new0(SmCriterion, 1);

    criterion->id = g_strdup(id);
    criterion->text = g_strdup(text);
    criterion->weight = weight;
    criterion->points = points;
    return criterion;
}

void sm_criterion_free(SmCriterion *criterion)
{
    if (criterion) {
        g_free(criterion->id);
        g_free(criterion->text);
        g_free(criterion);
    }
}

void sm_inbox_free(SmInbox *inbox)
{
    if (inbox) {
        g_free(inbox->id);
        g_free(inbox->name);
        g_free(inbox->team);
        g_free(inbox->greeting);
        g_free(inbox->language);
        g_free(inbox);
    }
}

SmPolicy *sm_policy_ref(SmPolicy *policy)
{
    g_atomic_ref_count_inc(&policy->refs);
    return policy;
}

void sm_policy_unref(SmPolicy *policy)
{
    if (policy && g_atomic_ref_count_dec(&policy->refs)) {
        g_free(policy->desk);
        g_free(policy->zone);
        g_free(policy->hash);
        g_ptr_array_unref(policy->teams);
        g_ptr_array_unref(policy->inboxes);
        g_ptr_array_unref(policy->origins);
        g_clear_pointer(&policy->answers, g_ptr_array_unref); /* what stands for one that is not known has none */
        g_ptr_array_unref(policy->form);
        g_clear_pointer(&policy->tags, g_ptr_array_unref); /* likewise */
        g_clear_pointer(&policy->visit_rules, g_ptr_array_unref); /* likewise */
        g_free(policy);
    }
}

/* Goes into a header as it is, so nothing but a scheme, a host and a port may be in it. */
const char *sm_policy_origin_fault(const char *origin)
{
    const char *host = g_str_has_prefix(origin, "https://")  ? origin + strlen("https://")
                       : g_str_has_prefix(origin, "http://") ? origin + strlen("http://")
                                                             : NULL;
    if (!host) {
        return "a site begins with https:// or http://";
    }
    if (g_str_has_prefix(host, "*.")) {
        host += 2;
    }
    gsize n = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    const char *port = host + n;
    gboolean good = n > 0 && n <= 253 && g_ascii_isalnum(host[0]) &&
                    (*port == '\0' || (*port == ':' && port[1] && strlen(port) <= 6 &&
                                       strspn(port + 1, "0123456789") == strlen(port + 1)));
    return good ? NULL : "a site is like https://shop.example or https://*.shop.example:8443, without a path";
}

SmPolicy *sm_policy_shipped(void)
{
    SmPolicy *policy = sm_policy_new();
    SmInbox *inbox = g_new0(SmInbox, 1);
    policy->desk = g_strdup("seatmux");
    policy->zone = g_strdup("UTC");
    g_ptr_array_add(policy->teams, sm_team_new("support", "Support"));
    inbox->id = g_strdup("web");
    inbox->name = g_strdup("Web");
    inbox->team = g_strdup("support");
    g_ptr_array_add(policy->inboxes, inbox);
    sm_policy_seal(policy);
    return policy;
}

const SmTeam *sm_policy_team(const SmPolicy *policy, const char *id)
{
    for (guint i = 0; id && i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        if (g_str_equal(team->id, id)) {
            return team;
        }
    }
    return NULL;
}

const SmInbox *sm_policy_inbox(const SmPolicy *policy, const char *id)
{
    for (guint i = 0; i < policy->inboxes->len; i++) {
        const SmInbox *inbox = policy->inboxes->pdata[i];
        if (!id || g_str_equal(inbox->id, id)) {
            return inbox;
        }
    }
    return NULL;
}

gboolean sm_policy_may(const SmPolicy *policy, SmRole role, SmMay what)
{
    return (int)role >= 0 && (int)role < SM_POLICY_ROLES &&
           (policy->may[role] & what) == (guint)what;
}

const char *sm_policy_id_fault(const char *id)
{
    if (!id || !*id) {
        return "an id must not be empty";
    }
    if (strlen(id) > SM_MAX_ID_BYTES) {
        return "an id may have 64 bytes at most";
    }
    for (const char *c = id; *c; c++) {
        if (!g_ascii_islower(*c) && !g_ascii_isdigit(*c) && !strchr("-_.", *c)) {
            return "an id is made of a-z, 0-9, '-', '_' and '.'";
        }
    }
    return NULL;
}

const char *sm_policy_name_fault(const char *name)
{
    if (!*name) {
        return "a name must not be empty";
    }
    return g_utf8_strlen(name, -1) > SM_MAX_NAME_CHARS ? "a name may have 120 characters at most"
                                                       : NULL;
}

/* --- JSON --------------------------------------------------------------------------------------
 */

/* Left out as shipped, for the same reason. */
static void encode_routing_more(json_t *routing, const SmTeam *team)
{
    if (team->language_needed) {
        json_object_set_new(routing, "language_needed", json_true());
    }
    if (team->newcomer > 0) {
        json_object_set_new(routing, "newcomer", json_integer(team->newcomer));
        json_object_set_new(routing, "newcomer_percent", json_integer(team->newcomer_percent));
    }
}

static json_t *encode_team(const SmTeam *team)
{
    json_t *json = json_pack(
        "{s:s, s:s, s:{s:I, s:I, s:I, s:I}, s:i, s:b, s:b}", "id", team->id, "name", team->name,
        "targets", "first_response", (json_int_t)team->targets.first_response, "response",
        (json_int_t)team->targets.response, "queue", (json_int_t)team->targets.queue, "resolution",
        (json_int_t)team->targets.resolution, "capacity", team->capacity, "pause_outside_hours",
        team->pause_outside_hours, "pause_snoozed", team->pause_snoozed);
    if (team->hours) {
        json_object_set_new(json, "hours", sm_hours_encode(team->hours));
    }
    if (team->routing != SM_ROUTE_MANUAL) { /* left out as shipped, for the hash of older policies */
        json_object_set_new(json, "routing",
                            json_pack("{s:s, s:I, s:b}", "by", sm_route_mode_name(team->routing), "accept_within",
                                      (json_int_t)team->accept_within, "returning", team->returning));
        encode_routing_more(json_object_get(json, "routing"), team);
    }
    return json;
}

static json_t *encode_inbox(const SmInbox *inbox)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:b}", "id", inbox->id, "name", inbox->name, "team",
                             inbox->team, "training", inbox->training);
    if (inbox->greeting) {
        json_object_set_new(json, "greeting", json_string(inbox->greeting));
    }
    if (inbox->language) {
        json_object_set_new(json, "language", json_string(inbox->language));
    }
    return json;
}

static json_t *encode_rights(guint bits)
{
    json_t *list = json_array();
    for (gsize i = 0; i < G_N_ELEMENTS(RIGHTS); i++) {
        if (bits & RIGHTS[i].bit) {
            json_array_append_new(list, json_string(RIGHTS[i].name));
        }
    }
    return list;
}

/* Left out as shipped, so that a policy has the hash it had before there was a score. */
static void encode_score(json_t *json, const SmPolicy *policy)
{
    if (memcmp(policy->score, SCORE_SHIPPED, sizeof policy->score) == 0) {
        return;
    }
    json_t *score = json_object();
    for (int i = 0; i < SM_POLICY_SCORES; i++) {
        json_object_set_new(score, sm_policy_score_names[i], json_integer(policy->score[i]));
    }
    json_object_set_new(json, "score", score);
}

static gboolean form_is_shipped(const SmPolicy *policy)
{
    gboolean same = policy->form->len == G_N_ELEMENTS(FORM_SHIPPED);

    for (guint i = 0; same && i < policy->form->len; i++) {
        const SmCriterion *one = policy->form->pdata[i];
        same = g_str_equal(one->id, FORM_SHIPPED[i].id) && g_str_equal(one->text, FORM_SHIPPED[i].text) && one->weight == 10 &&
               one->points == SM_POLICY_POINTS;
    }
    return same;
}

/* Left out as shipped, for the same reason. */
static void encode_form(json_t *json, const SmPolicy *policy)
{
    if (form_is_shipped(policy)) {
        return;
    }
    json_t *form = json_array();
    for (guint i = 0; i < policy->form->len; i++) {
        const SmCriterion *one = policy->form->pdata[i];
        json_array_append_new(form, json_pack("{s:s, s:s, s:i, s:i}", "id", one->id, "text", one->text, "weight", one->weight,
                                              "points", one->points));
    }
    json_object_set_new(json, "review", json_pack("{s:o}", "form", form));
}

/* Left out where nobody is named, for the same reason. */
static void encode_page(json_t *json, const SmPolicy *policy)
{
    if (policy->origins->len == 0 && !policy->preview) {
        return;
    }
    json_t *page = json_pack("{s:o}", "origins", sm_json_texts(policy->origins));
    if (policy->preview) {
        json_object_set_new(page, "preview", json_true());
    }
    json_object_set_new(json, "page", page);
}

/* The same for ratings, transfers, files and links. */
static void encode_files(json_t *json, const SmPolicy *policy)
{
    if (policy->rating_later != RATING_LATER_SHIPPED) {
        json_object_set_new(json, "ratings", json_pack("{s:I}", "later", (json_int_t)policy->rating_later));
    }
    if (policy->retention > 0) {
        json_object_set_new(json, "retention", json_integer(policy->retention));
    }
    if (policy->transfer_within >= 0) {
        json_object_set_new(json, "transfers", json_pack("{s:I}", "accept_within", (json_int_t)policy->transfer_within));
    }
    if (policy->links != SM_LINKS_HTTPS) {
        json_object_set_new(json, "links", json_string(sm_links_name(policy->links)));
    }
    if (policy->file_kinds == SM_FILE_SHIPPED && policy->file_bytes == SM_MAX_FILE_BYTES &&
        policy->file_unsent == FILE_UNSENT_SHIPPED) {
        return;
    }
    json_object_set_new(json, "files",
                        json_pack("{s:o, s:I, s:I}", "kinds", sm_policy_file_kinds(policy), "bytes", (json_int_t)policy->file_bytes, "unsent",
                                  (json_int_t)policy->file_unsent));
}

json_t *sm_policy_encode(const SmPolicy *policy)
{
    json_t *teams = json_array(), *inboxes = json_array(), *may = json_object();
    for (guint i = 0; i < policy->teams->len; i++) {
        json_array_append_new(teams, encode_team(policy->teams->pdata[i]));
    }
    for (guint i = 0; i < policy->inboxes->len; i++) {
        json_array_append_new(inboxes, encode_inbox(policy->inboxes->pdata[i]));
    }
    for (int role = 0; role < SM_POLICY_ROLES; role++) {
        json_object_set_new(may, ROLES[role], encode_rights(policy->may[role]));
    }
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:b, s:o, s:o, s:o}", "desk", policy->desk,
                             "zone", policy->zone, "goal_percent", (json_int_t)policy->goal_percent,
                             "offline_release", (json_int_t)policy->offline_release, "mask_numbers",
                             policy->mask_numbers, "teams", teams, "inboxes", inboxes, "may", may);
    encode_score(json, policy);
    encode_page(json, policy);
    encode_files(json, policy);
    sm_policy_encode_answers(json, policy);
    sm_policy_encode_visitors(json, policy);
    encode_form(json, policy);
    sm_policy_encode_tags(json, policy);
    return json;
}

void sm_policy_seal(SmPolicy *policy)
{
    g_autoptr(json_t) json = sm_policy_encode(policy);
    g_autofree char *text = sm_json_text(json);
    g_free(policy->hash);
    policy->hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

/* Always FALSE, for `return invalid(...)`. */
static gboolean invalid(GError **error, const char *what, const char *why)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "policy: %s: %s", what, why);
    return FALSE;
}

static gboolean decode_target(const json_t *targets, const char *key, int64_t *to, GError **error)
{
    *to = sm_json_int(targets, key, -2);
    return (*to >= -1 && *to <= SM_POLICY_MAX_TARGET_MS) || invalid(error, key, "out of range");
}

static gboolean decode_routing(SmTeam *team, const json_t *json, GError **error)
{
    if (!json) {
        return TRUE;
    }
    if (!sm_json_check(json, "by:s accept_within:i returning:b language_needed:b? newcomer:i? newcomer_percent:i?", error)) {
        return FALSE;
    }
    team->language_needed = sm_json_bool(json, "language_needed", FALSE);
    team->newcomer = sm_json_int(json, "newcomer", 0);
    int64_t percent = sm_json_int(json, "newcomer_percent", SM_NEWCOMER_PERCENT);
    if (team->newcomer < 0 || team->newcomer > SM_POLICY_MAX_NEWCOMER_MS || percent < 1 || percent > 100) {
        return invalid(error, "routing", "a newcomer's time or share out of range");
    }
    team->newcomer_percent = (int)percent;
    team->accept_within = sm_json_int(json, "accept_within", -2);
    team->returning = sm_json_bool(json, "returning", TRUE);
    gboolean in_range = team->accept_within == -1 ||
                        (team->accept_within >= 1000 && team->accept_within <= SM_POLICY_MAX_TARGET_MS);
    return (in_range && sm_route_mode_parse(sm_json_str(json, "by", NULL), &team->routing)) ||
           invalid(error, "routing", "an unknown way, or a time out of range");
}

static gboolean decode_team_values(SmTeam *team, const json_t *json, GError **error)
{
    const json_t *targets = json_object_get(json, "targets");
    const json_t *hours = json_object_get(json, "hours");
    int64_t capacity = sm_json_int(json, "capacity", 0);
    if (!sm_json_check(targets, "first_response:i response:i queue:i resolution:i", error) ||
        !decode_target(targets, "first_response", &team->targets.first_response, error) ||
        !decode_target(targets, "response", &team->targets.response, error) ||
        !decode_target(targets, "queue", &team->targets.queue, error) ||
        !decode_target(targets, "resolution", &team->targets.resolution, error)) {
        return FALSE;
    }
    if (capacity < 1 || capacity > SM_POLICY_MAX_CAPACITY) {
        return invalid(error, "capacity", "out of range");
    }
    team->capacity = (int)capacity;
    team->pause_outside_hours = sm_json_bool(json, "pause_outside_hours", FALSE);
    team->pause_snoozed = sm_json_bool(json, "pause_snoozed", FALSE);
    if (!decode_routing(team, json_object_get(json, "routing"), error)) {
        return FALSE;
    }
    return !hours || (team->hours = sm_hours_decode(hours, error)) != NULL;
}

static gboolean decode_team(SmPolicy *policy, const json_t *json, GError **error)
{
    if (!sm_json_check(json,
                       "id:s name:s targets:o capacity:i pause_outside_hours:b "
                       "pause_snoozed:b hours:o? routing:o?",
                       error)) {
        return FALSE;
    }
    const char *id = sm_json_str(json, "id", ""), *name = sm_json_str(json, "name", "");
    const char *fault = sm_policy_id_fault(id);
    fault = fault ? fault : sm_policy_name_fault(name);
    fault = !fault && sm_policy_team(policy, id) ? "this team is there twice" : fault;
    g_autoptr(SmTeam) team = sm_team_new(id, name);
    if (fault || !decode_team_values(team, json, error)) {
        return fault ? invalid(error, "team", fault) : FALSE;
    }
    g_ptr_array_add(policy->teams, g_steal_pointer(&team));
    return TRUE;
}

static gboolean decode_inbox(SmPolicy *policy, const json_t *json, GError **error)
{
    if (!sm_json_check(json, "id:s name:s team:s training:b greeting:s? language:s?", error)) {
        return FALSE;
    }
    g_autoptr(SmInbox) inbox = g_new0(SmInbox, 1);
    inbox->id = g_strdup(sm_json_str(json, "id", ""));
    inbox->name = g_strdup(sm_json_str(json, "name", ""));
    inbox->team = g_strdup(sm_json_str(json, "team", ""));
    inbox->training = sm_json_bool(json, "training", FALSE);
    inbox->greeting = g_strdup(sm_json_str(json, "greeting", NULL));
    inbox->language = g_strdup(sm_json_str(json, "language", NULL));
    const char *fault = sm_policy_id_fault(inbox->id);
    fault = fault ? fault : sm_policy_name_fault(inbox->name);
    if (!fault && policy->inboxes->len > 0 && sm_policy_inbox(policy, inbox->id)) {
        fault = "this inbox is there twice";
    }
    if (!fault && !sm_policy_team(policy, inbox->team)) {
        fault = "its team does not exist";
    }
    if (fault) {
        return invalid(error, "inbox", fault);
    }
    g_ptr_array_add(policy->inboxes, g_steal_pointer(&inbox));
    return TRUE;
}

static gboolean decode_rights(const json_t *list, guint *bits, GError **error)
{
    gsize i;
    json_t *item;
    *bits = 0;
    json_array_foreach(list, i, item)
    {
        guint bit = sm_policy_right(json_is_string(item) ? json_string_value(item) : "");
        if (bit == 0) {
            return invalid(error, "may", "not a right this seatmux knows");
        }
        *bits |= bit;
    }
    return TRUE;
}

static gboolean decode_lists(SmPolicy *policy, const json_t *json, GError **error)
{
    const json_t *teams = json_object_get(json, "teams");
    const json_t *inboxes = json_object_get(json, "inboxes");
    const json_t *may = json_object_get(json, "may");
    gsize i;
    json_t *item;
    if (json_array_size(teams) < 1 || json_array_size(teams) > SM_MAX_TEAMS ||
        json_array_size(inboxes) < 1 || json_array_size(inboxes) > SM_MAX_INBOXES) {
        return invalid(error, "teams and inboxes", "between 1 and 100 of each");
    }
    json_array_foreach(teams, i, item)
    {
        if (!decode_team(policy, item, error)) {
            return FALSE;
        }
    }
    json_array_foreach(inboxes, i, item)
    {
        if (!decode_inbox(policy, item, error)) {
            return FALSE;
        }
    }
    if (!sm_json_check(may, "agent:a supervisor:a trainee:a", error)) {
        return FALSE;
    }
    for (int role = 0; role < SM_POLICY_ROLES; role++) {
        if (!decode_rights(json_object_get(may, ROLES[role]), &policy->may[role], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean decode_criterion(SmPolicy *policy, const json_t *json, GError **error)
{
    if (!sm_json_check(json, "id:s text:s weight:i points:i", error)) {
        return FALSE;
    }
    const char *id = sm_json_str(json, "id", ""), *text = sm_json_str(json, "text", "");
    int64_t weight = sm_json_int(json, "weight", 0), points = sm_json_int(json, "points", 0);
    const char *fault = sm_policy_id_fault(id);
    fault = fault ? fault : sm_policy_name_fault(text);
    if (fault || weight < 1 || weight > SM_POLICY_MAX_WEIGHT || points < 1 || points > SM_POLICY_MAX_POINTS) {
        return invalid(error, "review", fault ? fault : "weight or points out of range");
    }
    g_ptr_array_add(policy->form, sm_criterion_new(id, text, (int)weight, (int)points));
    return TRUE;
}

static gboolean decode_form(SmPolicy *policy, const json_t *review, GError **error)
{
    gsize i;
    json_t *one;

    if (!review) {
        return TRUE;
    }
    const json_t *form = json_object_get(review, "form");
    if (!sm_json_check(review, "form:a", error) || json_array_size(form) < 1 || json_array_size(form) > SM_MAX_CRITERIA) {
        return (error && *error) || invalid(error, "review", "a form has 1 to CRITERIA lines");
    }
    g_ptr_array_set_size(policy->form, 0);
    json_array_foreach((json_t *)form, i, one)
    {
        if (!decode_criterion(policy, one, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean decode_score(SmPolicy *policy, const json_t *score, GError **error)
{
    if (!score) {
        return TRUE;
    }
    if (!sm_json_check(score, "rating:i performance:i training:i", error)) {
        return FALSE;
    }
    for (int i = 0; i < SM_POLICY_SCORES; i++) {
        int64_t weight = sm_json_int(score, sm_policy_score_names[i], -1);
        if (weight < 0 || weight > SM_POLICY_MAX_WEIGHT) {
            return invalid(error, "score", "a weight out of range");
        }
        policy->score[i] = (int)weight;
    }
    return TRUE;
}

static gboolean decode_page(SmPolicy *policy, const json_t *page, GError **error)
{
    if (!page) {
        return TRUE;
    }
    if (!sm_json_check(page, "origins:a preview:b?", error)) {
        return FALSE;
    }
    policy->preview = sm_json_bool(page, "preview", FALSE);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(page, "origins"), i, item) {
        const char *text = json_string_value(item);
        const char *fault = text ? sm_policy_origin_fault(text) : "not a text";
        if (fault || i >= SM_MAX_ORIGINS) {
            return invalid(error, "origins", fault ? fault : "too many");
        }
        g_ptr_array_add(policy->origins, g_strdup(text));
    }
    return TRUE;
}

static gboolean decode_files(SmPolicy *policy, const json_t *files, GError **error)
{
    if (!files) {
        return TRUE;
    }
    if (!sm_json_check(files, "kinds:a bytes:i unsent:i", error)) {
        return FALSE;
    }
    size_t i;
    json_t *item;
    policy->file_kinds = 0;
    json_array_foreach(json_object_get(files, "kinds"), i, item) {
        guint kind = json_is_string(item) ? sm_file_kind_parse(json_string_value(item)) : 0;
        if (kind == 0) {
            return invalid(error, "files", "not a kind of file this seatmux knows");
        }
        policy->file_kinds |= kind;
    }
    policy->file_bytes = sm_json_int(files, "bytes", 0);
    policy->file_unsent = sm_json_int(files, "unsent", 0);
    return (policy->file_bytes > 0 && policy->file_bytes <= SM_MAX_FILE_BYTES && policy->file_unsent >= 60000 &&
            policy->file_unsent <= SM_POLICY_MAX_TARGET_MS) ||
           invalid(error, "files", "a size or time out of range");
}

SmPolicy *sm_policy_decode(const json_t *json, GError **error)
{
    if (!sm_json_check(json,
                       "desk:s zone:s goal_percent:i offline_release:i mask_numbers:b "
                       "teams:a inboxes:a may:o score:o? page:o? review:o? files:o? links:s? answers:a? transfers:o? visitors:o? ratings:o? retention:i? tags:a?",
                       error)) {
        return NULL;
    }
    g_autoptr(SmPolicy) policy = sm_policy_new();
    policy->desk = g_strdup(sm_json_str(json, "desk", ""));
    policy->zone = g_strdup(sm_json_str(json, "zone", ""));
    policy->goal_percent = sm_json_int(json, "goal_percent", -1);
    policy->offline_release = sm_json_int(json, "offline_release", -2);
    policy->mask_numbers = sm_json_bool(json, "mask_numbers", TRUE);
    const char *fault = sm_policy_name_fault(policy->desk);
    fault = fault || sm_zone_known(policy->zone) ? fault : "not a time zone this machine knows";
    if (policy->goal_percent < 0 || policy->goal_percent > 100 || policy->offline_release < -1 ||
        policy->offline_release > SM_POLICY_MAX_TARGET_MS) {
        fault = "goal_percent or offline_release out of range";
    }
    if (fault) {
        invalid(error, "desk", fault);
        return NULL;
    }
    if (!decode_lists(policy, json, error) ||
        !decode_score(policy, json_object_get(json, "score"), error) ||
        !decode_form(policy, json_object_get(json, "review"), error) ||
        !decode_page(policy, json_object_get(json, "page"), error) ||
        !decode_files(policy, json_object_get(json, "files"), error) ||
        !sm_policy_decode_tags(policy, json_object_get(json, "tags"), error) ||
        !sm_policy_decode_answers(policy, json_object_get(json, "answers"), error) ||
        !sm_policy_decode_visitors(policy, json_object_get(json, "visitors"), error)) {
        return NULL;
    }
    const json_t *transfers = json_object_get(json, "transfers");
    if (transfers && !sm_json_check(transfers, "accept_within:i", error)) {
        return NULL;
    }
    policy->transfer_within = sm_json_int(transfers, "accept_within", -1);
    if (policy->transfer_within != -1 && (policy->transfer_within < 1000 || policy->transfer_within > SM_POLICY_MAX_TARGET_MS)) {
        invalid(error, "transfers", "a time out of range");
        return NULL;
    }
    const json_t *ratings = json_object_get(json, "ratings");
    if (ratings && !sm_json_check(ratings, "later:i", error)) {
        return NULL;
    }
    policy->rating_later = sm_json_int(ratings, "later", RATING_LATER_SHIPPED);
    if (policy->rating_later < 0 || policy->rating_later > SM_POLICY_MAX_TARGET_MS) {
        invalid(error, "ratings", "a time out of range");
        return NULL;
    }
    policy->retention = sm_json_int(json, "retention", 0);
    if (policy->retention != 0 && (policy->retention < SM_POLICY_MIN_RETENTION_MS || policy->retention > SM_POLICY_MAX_RETENTION_MS)) {
        invalid(error, "retention", "a time out of range");
        return NULL;
    }
    if (!sm_links_parse(sm_json_str(json, "links", "https"), &policy->links)) {
        invalid(error, "links", "https, any or none");
        return NULL;
    }
    sm_policy_seal(policy);
    return g_steal_pointer(&policy);
}
