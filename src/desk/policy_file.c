/* SPDX-License-Identifier: MIT */
/* policy_file: desk.yaml, with every fault at its place, and the commented example. */
#include "desk/policy_private.h"

#include <string.h>

#include "desk/hours.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/yaml.h"

typedef struct {
    const SmYamlDoc *doc;
    SmFindings *findings;
    SmPolicy *policy;
} Reader;

static void G_GNUC_PRINTF(3, 4) fault_at(Reader *r, const SmYaml *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    sm_findings_error(r->findings, sm_yaml_file(r->doc), sm_yaml_line(node), sm_yaml_column(node),
                      "%s", text);
}

#define ROUTINGS "'%s' is no routing (known: manual share round_robin longest_idle least_busy)"

/* A text, or the items of a list of texts; each goes to `use` with its place. */
typedef void (*UseText)(Reader *r, const SmYaml *node, const char *text, gpointer user);

static void each_text(Reader *r, const SmYaml *node, const char *what, UseText use, gpointer user)
{
    if (!node) {
        return;
    }
    if (sm_yaml_kind(node) == SM_YAML_SCALAR) {
        use(r, node, sm_yaml_text(node), user);
        return;
    }
    if (sm_yaml_kind(node) == SM_YAML_MAP) {
        fault_at(r, node, "%s must be a list of texts", what);
        return;
    }
    for (guint i = 0; i < sm_yaml_size(node); i++) {
        const SmYaml *item = sm_yaml_item(node, i);
        if (sm_yaml_kind(item) == SM_YAML_SCALAR) {
            use(r, item, sm_yaml_text(item), user);
        } else {
            fault_at(r, item, "%s must be a list of texts", what);
        }
    }
}

static const char *read_name(SmYamlMap *m, const char *key, const char *otherwise)
{
    const char *name = sm_yaml_map_str(m, key, otherwise);
    const char *fault = name ? sm_policy_name_fault(name) : NULL;
    if (fault) {
        sm_yaml_map_error(m, key, "%s", fault);
        return otherwise;
    }
    return name;
}

static const char *read_id(SmYamlMap *m)
{
    const char *id = sm_yaml_map_need(m, "id");
    const char *fault = id ? sm_policy_id_fault(id) : NULL;
    if (fault) {
        sm_yaml_map_error(m, "id", "%s", fault);
        return NULL;
    }
    return id;
}

static int64_t read_duration(SmYamlMap *m, const char *key, int64_t otherwise)
{
    int64_t ms = sm_yaml_map_duration(m, key, otherwise);
    if (ms > SM_POLICY_MAX_TARGET_MS) {
        sm_yaml_map_error(m, key, "'%s' may be 30 days at most", key);
        return otherwise;
    }
    return ms;
}

/* --- Hours -------------------------------------------------------------------------------------
 */

typedef struct {
    SmHours *hours;
    guint days;
} Span;

static void use_span(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    Span *span = user;
    g_autoptr(GError) error = NULL;
    if (!sm_hours_add_span(span->hours, span->days, text, &error)) {
        fault_at(r, node, "%s", error->message);
    }
}

static void use_holiday(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    g_autoptr(GError) error = NULL;
    if (!sm_hours_add_holiday(user, text, &error)) {
        fault_at(r, node, "%s", error->message);
    }
}

/* week: a map of days to spans. */
static void read_week(Reader *r, SmHours *hours, const SmYaml *week)
{
    if (sm_yaml_kind(week) != SM_YAML_MAP) {
        fault_at(r, week, "'week' must be a map, such as mon-fri: 09:00-18:00");
        return;
    }
    for (guint i = 0; i < sm_yaml_size(week); i++) {
        const SmYaml *key = sm_yaml_key(week, i);
        Span span = {hours, sm_hours_days(sm_yaml_text(key))};
        if (span.days == 0) {
            fault_at(r, key, "'%s' is neither a day (mon), days (mon-fri) nor 'daily'",
                     sm_yaml_text(key));
            continue;
        }
        each_text(r, sm_yaml_item(week, i), "the hours of a day", use_span, &span);
    }
}

static SmHours *read_hours(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "hours", r->findings);
    const char *zone = sm_yaml_map_str(m, "zone", r->policy->zone);
    const SmYaml *week = sm_yaml_map_node(m, "week");
    const SmYaml *holidays = sm_yaml_map_node(m, "holidays");
    g_autoptr(GError) error = NULL;
    SmHours *hours = sm_hours_new(zone, &error);
    if (!hours) {
        sm_yaml_map_error(m, "zone", "%s", error->message);
    } else if (!week) {
        sm_yaml_map_error(m, "week", "hours: missing 'week'");
    } else {
        guint before = sm_findings_errors(r->findings);
        read_week(r, hours, week);
        each_text(r, holidays, "'holidays'", use_holiday, hours);
        if (!sm_hours_ever_open(hours) && sm_findings_errors(r->findings) == before) {
            sm_yaml_map_error(m, "week", "hours without a span: this team would never work");
        }
    }
    sm_yaml_map_end(m);
    return hours;
}

/* --- Teams, inboxes, roles ---------------------------------------------------------------------
 */

static void read_targets(Reader *r, SmTeam *team, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "targets", r->findings);
    SmTargets *targets = &team->targets;
    targets->first_response = read_duration(m, "first_response", targets->first_response);
    targets->response = read_duration(m, "response", targets->response);
    targets->queue = read_duration(m, "queue", targets->queue);
    targets->resolution = read_duration(m, "resolution", targets->resolution);
    sm_yaml_map_end(m);
}

static void use_pause(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    SmTeam *team = user;
    if (g_str_equal(text, "outside_hours")) {
        team->pause_outside_hours = TRUE;
    } else if (g_str_equal(text, "snoozed")) {
        team->pause_snoozed = TRUE;
    } else if (!g_str_equal(text, "none") && *text) {
        fault_at(r, node, "'%s' is no pause (known: outside_hours, snoozed, none)", text);
    }
}

/* newcomers: {for: 14d, percent: 30} */
static void read_newcomers(Reader *r, SmTeam *team, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "newcomers", r->findings);
    team->newcomer = sm_yaml_map_duration(m, "for", 0);
    if (team->newcomer <= 0 || team->newcomer > SM_POLICY_MAX_NEWCOMER_MS) {
        sm_yaml_map_error(m, "for", "'for' says how long somebody is new, such as 14d, and a year at most");
        team->newcomer = 0;
    }
    team->newcomer_percent = (int)sm_yaml_map_int(m, "percent", 1, 100, team->newcomer_percent);
    sm_yaml_map_end(m);
}

/* `routing: share`, or a map with more to say. */
static void read_routing(Reader *r, SmTeam *team, const SmYaml *node)
{
    if (sm_yaml_kind(node) == SM_YAML_SCALAR) {
        if (!sm_route_mode_parse(sm_yaml_text(node), &team->routing)) {
            fault_at(r, node, ROUTINGS, sm_yaml_text(node));
        }
        return;
    }
    SmYamlMap *m = sm_yaml_map(r->doc, node, "routing", r->findings);
    const char *by = sm_yaml_map_need(m, "by");
    if (by && !sm_route_mode_parse(by, &team->routing)) {
        sm_yaml_map_error(m, "by", ROUTINGS, by);
    }
    team->accept_within = read_duration(m, "accept_within", team->accept_within);
    team->returning = sm_yaml_map_bool(m, "returning", team->returning);
    const char *language = sm_yaml_map_str(m, "language", "first");
    team->language_needed = g_str_equal(language, "needed");
    if (!team->language_needed && !g_str_equal(language, "first")) {
        sm_yaml_map_error(m, "language", "'language' is first (who speaks it gets it before others) or needed (nobody else)");
    }
    const SmYaml *newcomers = sm_yaml_map_node(m, "newcomers");
    if (newcomers) {
        read_newcomers(r, team, newcomers);
    }
    if (team->accept_within >= 0 && team->accept_within < 1000) {
        sm_yaml_map_error(m, "accept_within", "'accept_within' must be a second at least");
    }
    sm_yaml_map_end(m);
}

static void read_team(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "a team", r->findings);
    const char *id = read_id(m);
    g_autoptr(SmTeam) team = sm_team_new(id ? id : "", read_name(m, "name", NULL));
    team->capacity = (int)sm_yaml_map_int(m, "capacity", 1, SM_POLICY_MAX_CAPACITY, team->capacity);
    read_targets(r, team, sm_yaml_map_node(m, "targets"));
    const SmYaml *routing = sm_yaml_map_node(m, "routing");
    if (routing) {
        read_routing(r, team, routing);
    }
    const SmYaml *hours = sm_yaml_map_node(m, "hours");
    team->hours = hours ? read_hours(r, hours) : NULL;
    each_text(r, sm_yaml_map_node(m, "pause"), "'pause'", use_pause, team);
    if (team->pause_outside_hours && !hours) {
        sm_yaml_map_error(m, "pause", "outside_hours needs 'hours' in the same team");
    }
    if (id && sm_policy_team(r->policy, id)) {
        sm_yaml_map_error(m, "id", "team '%s' is there twice", id);
    } else if (id) {
        g_ptr_array_add(r->policy->teams, g_steal_pointer(&team));
    }
    sm_yaml_map_end(m);
}

static void read_inbox(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "an inbox", r->findings);
    const char *id = read_id(m);
    const char *team = sm_yaml_map_need(m, "team");
    g_autoptr(SmInbox) inbox = g_new0(SmInbox, 1);
    inbox->id = g_strdup(id);
    inbox->name = g_strdup(read_name(m, "name", id));
    inbox->team = g_strdup(team);
    inbox->training = sm_yaml_map_bool(m, "training", FALSE);
    inbox->greeting = g_strdup(sm_yaml_map_str(m, "greeting", NULL));
    inbox->language = g_strdup(read_name(m, "language", NULL));
    if (inbox->greeting && (g_utf8_strlen(inbox->greeting, -1) > SM_MAX_MESSAGE_CHARS ||
                            strlen(inbox->greeting) > SM_MAX_MESSAGE_BYTES)) {
        sm_yaml_map_error(m, "greeting", "longer than a message may be");
    }
    if (team && !sm_policy_team(r->policy, team)) {
        sm_yaml_map_error(m, "team", "there is no team '%s' in this file", team);
    }
    if (id && r->policy->inboxes->len > 0 && sm_policy_inbox(r->policy, id)) {
        sm_yaml_map_error(m, "id", "inbox '%s' is there twice", id);
    } else if (id && team) {
        g_ptr_array_add(r->policy->inboxes, g_steal_pointer(&inbox));
    }
    sm_yaml_map_end(m);
}

static void use_right(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    guint bit = sm_policy_right(text);
    if (bit == 0) {
        fault_at(r, node,
                 "'%s' is no right (known: claim assign_others take_over transfer whisper "
                 "answer_any resolve set_others erase broadcast incident review)",
                 text);
    }
    *(guint *)user |= bit;
}

static void read_roles(Reader *r, const SmYaml *node)
{
    static const char *const NAMES[SM_POLICY_ROLES] = {"agent", "supervisor", "trainee"};
    SmYamlMap *m = sm_yaml_map(r->doc, node, "roles", r->findings);
    for (int role = 0; role < SM_POLICY_ROLES; role++) {
        const SmYaml *rights = sm_yaml_map_node(m, NAMES[role]);
        if (rights) {
            r->policy->may[role] = 0;
            each_text(r, rights, "the rights of a role", use_right, &r->policy->may[role]);
        }
    }
    sm_yaml_map_end(m);
}

static void read_list(Reader *r, SmYamlMap *m, const char *key, guint max,
                      void (*one)(Reader *, const SmYaml *))
{
    const SmYaml *list = sm_yaml_map_node(m, key);
    if (!list || sm_yaml_kind(list) != SM_YAML_LIST || sm_yaml_size(list) == 0) {
        sm_yaml_map_error(m, key, "'%s' must be a list with one entry at least", key);
    } else if (sm_yaml_size(list) > max) {
        sm_yaml_map_error(m, key, "'%s' may have %u entries at most", key, max);
    } else {
        for (guint i = 0; i < sm_yaml_size(list); i++) {
            one(r, sm_yaml_item(list, i));
        }
    }
}

static void read_score(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "score", r->findings);
    for (int i = 0; i < SM_POLICY_SCORES; i++) {
        r->policy->score[i] = (int)sm_yaml_map_int(m, sm_policy_score_names[i], 0,
                                                   SM_POLICY_MAX_WEIGHT, r->policy->score[i]);
    }
    sm_yaml_map_end(m);
}

static void read_criterion(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "a line of the form", r->findings);
    const char *id = read_id(m), *text = sm_yaml_map_need(m, "text");
    const char *fault = text ? sm_policy_name_fault(text) : NULL;
    int weight = (int)sm_yaml_map_int(m, "weight", 1, SM_POLICY_MAX_WEIGHT, 10);
    int points = (int)sm_yaml_map_int(m, "points", 1, SM_POLICY_MAX_POINTS, SM_POLICY_POINTS);
    for (guint i = 0; id && i < r->policy->form->len; i++) {
        if (g_str_equal(((const SmCriterion *)r->policy->form->pdata[i])->id, id)) {
            sm_yaml_map_error(m, "id", "'%s' is in the form twice", id);
        }
    }
    if (fault) {
        sm_yaml_map_error(m, "text", "%s", fault);
    }
    g_ptr_array_add(r->policy->form, sm_criterion_new(id ? id : "", text ? text : "", weight, points));
    sm_yaml_map_end(m);
}

/* review: {form: [..]} */
static void read_review(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "review", r->findings);
    g_ptr_array_set_size(r->policy->form, 0);
    read_list(r, m, "form", SM_MAX_CRITERIA, read_criterion);
    sm_yaml_map_end(m);
}

static void use_origin(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    const char *fault = sm_policy_origin_fault(text);
    if (fault) {
        fault_at(r, node, "'%s': %s", text, fault);
    } else if (r->policy->origins->len >= SM_MAX_ORIGINS) {
        fault_at(r, node, "at most %d origins", SM_MAX_ORIGINS);
    } else {
        g_ptr_array_add(r->policy->origins, g_strdup(text));
    }
}

static void use_tag(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    const char *fault = sm_policy_tag_fault(r->policy, text);
    if (fault) {
        fault_at(r, node, "'%s': %s", text, fault);
    } else {
        g_ptr_array_add(r->policy->tags, g_strdup(text));
    }
}

/* tags: [parcel, refund]: none but these. An empty list would close it to all. */
static void read_tags(Reader *r, const SmYaml *node)
{
    if (sm_yaml_kind(node) == SM_YAML_LIST && sm_yaml_size(node) == 0) {
        fault_at(r, node, "'tags' is a list with one entry at least; left out, any tag may be used");
        return;
    }
    each_text(r, node, "'tags'", use_tag, NULL);
}

static void read_page(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "page", r->findings);
    each_text(r, sm_yaml_map_node(m, "origins"), "'origins'", use_origin, NULL);
    r->policy->preview = sm_yaml_map_bool(m, "preview", FALSE);
    sm_yaml_map_end(m);
}

static void use_kind(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    guint kind = sm_file_kind_parse(text);
    if (kind == 0) {
        fault_at(r, node, "'%s' is no kind of file (known: image pdf text office audio video archive other)", text);
    }
    r->policy->file_kinds |= kind;
}

/* `files: none`, or a map. */
static void read_files(Reader *r, const SmYaml *node)
{
    SmPolicy *policy = r->policy;
    if (sm_yaml_kind(node) == SM_YAML_SCALAR) {
        policy->file_kinds = 0;
        if (!g_str_equal(sm_yaml_text(node), "none")) {
            fault_at(r, node, "'files' is a map, or none");
        }
        return;
    }
    SmYamlMap *m = sm_yaml_map(r->doc, node, "files", r->findings);
    const SmYaml *kinds = sm_yaml_map_node(m, "kinds");
    if (kinds) {
        policy->file_kinds = 0;
        each_text(r, kinds, "'kinds'", use_kind, NULL);
    }
    policy->file_bytes = sm_yaml_map_int(m, "largest_mb", 1, SM_MAX_FILE_BYTES >> 20, policy->file_bytes >> 20) << 20;
    policy->file_unsent = read_duration(m, "unsent", policy->file_unsent);
    if (policy->file_unsent < 60000) {
        sm_yaml_map_error(m, "unsent", "'unsent' must be a minute at least");
    }
    sm_yaml_map_end(m);
}

static void use_word(Reader *r, const SmYaml *node, const char *text, gpointer user)
{
    if (!*text || g_utf8_strlen(text, -1) > SM_MAX_NAME_CHARS) {
        fault_at(r, node, "a word has 1 to %d characters", SM_MAX_NAME_CHARS);
    } else {
        g_ptr_array_add(user, g_utf8_casefold(text, -1));
    }
}

static void read_answer(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "an answer", r->findings);
    guint before = sm_findings_errors(r->findings);
    const char *id = read_id(m), *when = sm_yaml_map_need(m, "when"), *text = sm_yaml_map_need(m, "text");
    g_autoptr(SmAnswerRule) rule = g_new0(SmAnswerRule, 1);
    rule->id = g_strdup(id ? id : "");
    rule->text = g_strstrip(g_strdup(text ? text : ""));
    rule->team = g_strdup(sm_yaml_map_str(m, "team", NULL));
    rule->inbox = g_strdup(sm_yaml_map_str(m, "inbox", NULL));
    rule->language = g_strdup(read_name(m, "language", NULL));
    int64_t after = read_duration(m, "after", 0);
    rule->after = MAX(0, after);
    rule->words = g_ptr_array_new_with_free_func(g_free);
    each_text(r, sm_yaml_map_node(m, "words"), "'words'", use_word, rule->words);
    if (when && !sm_answer_when_parse(when, &rule->when)) {
        sm_yaml_map_error(m, "when", "'%s' is no occasion (known: closed nobody silence keyword)", when);
    }
    const char *fault = sm_findings_errors(r->findings) == before ? sm_answer_rule_fault(r->policy, rule) : NULL;
    if (fault) {
        sm_yaml_map_error(m, "id", "%s", fault);
    } else if (sm_findings_errors(r->findings) == before) {
        g_ptr_array_add(r->policy->answers, g_steal_pointer(&rule));
    }
    sm_yaml_map_end(m);
}

static void read_visit_rule(Reader *r, const SmYaml *node, gboolean popup)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, popup ? "a pop-up" : "an invitation", r->findings);
    guint before = sm_findings_errors(r->findings);
    const char *id = read_id(m), *text = popup ? NULL : sm_yaml_map_need(m, "text");
    g_autoptr(SmVisitRule) rule = g_new0(SmVisitRule, 1);
    rule->popup = popup;
    rule->id = g_strdup(id ? id : "");
    rule->text = text ? g_strstrip(g_strdup(text)) : NULL;
    rule->page = g_strdup(popup ? sm_yaml_map_need(m, "page") : sm_yaml_map_str(m, "page", NULL));
    rule->inbox = g_strdup(sm_yaml_map_str(m, "inbox", NULL));
    rule->language = g_strdup(read_name(m, "language", NULL));
    int64_t after = read_duration(m, "after", popup ? 0 : 30000);
    rule->after = MAX(0, after);
    rule->returning = sm_yaml_map_bool(m, "returning", FALSE);
    const char *fault = sm_findings_errors(r->findings) == before ? sm_visit_rule_fault(r->policy, rule) : NULL;
    if (fault) {
        sm_yaml_map_error(m, "id", "%s", fault);
    } else if (sm_findings_errors(r->findings) == before) {
        g_ptr_array_add(r->policy->visit_rules, g_steal_pointer(&rule));
    }
    sm_yaml_map_end(m);
}

static void read_invitation(Reader *r, const SmYaml *node)
{
    read_visit_rule(r, node, FALSE);
}

static void read_popup(Reader *r, const SmYaml *node)
{
    read_visit_rule(r, node, TRUE);
}

/* visitors: {watch: true, invitations: [..], popups: [..]} */
static void read_visitors(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "visitors", r->findings);
    r->policy->watch = sm_yaml_map_bool(m, "watch", FALSE);
    if (sm_yaml_map_node(m, "invitations")) {
        read_list(r, m, "invitations", SM_MAX_VISIT_RULES, read_invitation);
    }
    if (sm_yaml_map_node(m, "popups")) {
        read_list(r, m, "popups", SM_MAX_VISIT_RULES, read_popup);
    }
    if (r->policy->visit_rules->len > 0 && !r->policy->watch) {
        sm_yaml_map_error(m, "watch", "invitations and pop-ups by rule need 'watch: true': without it no page tells where it is");
    } else if (r->policy->watch && r->policy->origins->len == 0) {
        sm_yaml_map_error(m, "watch", "'watch' needs a site in 'page: origins': visits of other sites are not taken");
    }
    sm_yaml_map_end(m);
}

static void read_transfers(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "transfers", r->findings);
    r->policy->transfer_within = read_duration(m, "accept_within", -1);
    if (r->policy->transfer_within >= 0 && r->policy->transfer_within < 1000) {
        sm_yaml_map_error(m, "accept_within", "'accept_within' must be a second at least");
    }
    sm_yaml_map_end(m);
}

static void read_ratings(Reader *r, const SmYaml *node)
{
    SmYamlMap *m = sm_yaml_map(r->doc, node, "ratings", r->findings);
    int64_t later = read_duration(m, "later", r->policy->rating_later);
    r->policy->rating_later = MAX(0, later); /* "none" is no time */
    sm_yaml_map_end(m);
}

static void read_retention(Reader *r, SmYamlMap *m)
{
    int64_t ms = sm_yaml_map_duration(m, "retention", 0);
    if (ms > 0 && (ms < SM_POLICY_MIN_RETENTION_MS || ms > SM_POLICY_MAX_RETENTION_MS)) {
        sm_yaml_map_error(m, "retention", "'retention' must be 1 day at least and 3660 days at most, or none");
        return;
    }
    r->policy->retention = MAX(0, ms); /* "none" is for ever */
}

static void read_desk(Reader *r)
{
    SmPolicy *policy = r->policy;
    SmYamlMap *m = sm_yaml_map(r->doc, sm_yaml_root(r->doc), "desk.yaml", r->findings);
    policy->desk = g_strdup(read_name(m, "desk", "seatmux"));
    policy->zone = g_strdup(sm_yaml_map_str(m, "zone", "UTC"));
    if (!sm_zone_known(policy->zone)) {
        sm_yaml_map_error(m, "zone",
                          "'%s' is not a time zone this machine knows (such as "
                          "Asia/Shanghai)",
                          policy->zone);
        g_free(policy->zone);
        policy->zone = g_strdup("UTC");
    }
    policy->goal_percent = sm_yaml_map_int(m, "goal_percent", 0, 100, policy->goal_percent);
    policy->offline_release = read_duration(m, "offline_release", policy->offline_release);
    policy->mask_numbers = sm_yaml_map_bool(m, "mask_numbers", policy->mask_numbers);
    const SmYaml *score = sm_yaml_map_node(m, "score");
    if (score) {
        read_score(r, score);
    }
    const SmYaml *page = sm_yaml_map_node(m, "page");
    if (page) {
        read_page(r, page);
    }
    const SmYaml *review = sm_yaml_map_node(m, "review");
    if (review) {
        read_review(r, review);
    }
    const SmYaml *tags = sm_yaml_map_node(m, "tags");
    if (tags) {
        read_tags(r, tags);
    }
    const SmYaml *files = sm_yaml_map_node(m, "files");
    if (files) {
        read_files(r, files);
    }
    const SmYaml *transfers = sm_yaml_map_node(m, "transfers");
    if (transfers) {
        read_transfers(r, transfers);
    }
    const SmYaml *ratings = sm_yaml_map_node(m, "ratings");
    if (ratings) {
        read_ratings(r, ratings);
    }
    read_retention(r, m);
    const char *links = sm_yaml_map_str(m, "links", "https");
    if (!sm_links_parse(links, &policy->links)) {
        sm_yaml_map_error(m, "links", "'links' is https, any or none");
    }
    read_list(r, m, "teams", SM_MAX_TEAMS, read_team);
    read_list(r, m, "inboxes", SM_MAX_INBOXES, read_inbox);
    const SmYaml *roles = sm_yaml_map_node(m, "roles");
    if (roles) {
        read_roles(r, roles);
    }
    if (sm_yaml_map_node(m, "answers")) {
        read_list(r, m, "answers", SM_MAX_ANSWER_RULES, read_answer);
    }
    const SmYaml *visitors = sm_yaml_map_node(m, "visitors");
    if (visitors) {
        read_visitors(r, visitors);
    }
    sm_yaml_map_end(m);
}

/* `before`: errors there were before the file was read. */
static SmPolicy *read_doc(const SmYamlDoc *doc, guint before, SmFindings *findings)
{
    if (!doc) {
        return NULL;
    }
    g_autoptr(SmPolicy) policy = sm_policy_new();
    Reader r = {doc, findings, policy};
    read_desk(&r);
    if (sm_findings_errors(findings) > before) {
        return NULL;
    }
    sm_policy_seal(policy);
    return g_steal_pointer(&policy);
}

SmPolicy *sm_policy_parse(const char *file, const char *text, gsize n, SmFindings *findings)
{
    guint before = sm_findings_errors(findings);
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse(file, text, n, findings);
    return read_doc(doc, before, findings);
}

SmPolicy *sm_policy_load(const char *path, SmFindings *findings)
{
    guint before = sm_findings_errors(findings);
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    return read_doc(doc, before, findings);
}

const char *sm_policy_example(void)
{
    return "# desk.yaml: teams, inboxes, hours, targets, and what each role may do.\n"
           "# Put in force with: seatmuxd policy set (it is checked first, and kept in the log).\n"
           "# Durations are 250ms, 30s, 5m, 1h30m, 2d; null or none: no clock, no limit.\n"
           "\n"
           "desk: My shop                # shown in the status line\n"
           "zone: UTC                    # IANA zone for periods of reports, such as "
           "Asia/Shanghai\n"
           "goal_percent: 95             # share within target to reach\n"
           "offline_release: 5m          # queue the chats of an offline owner again; none: never\n"
           "mask_numbers: true           # card and identity numbers are masked before they are "
           "kept\n"
           "# score: {rating: 50, performance: 30, training: 20}   # weights of an agent's score\n"
           "# page: {origins: [https://shop.example]}   # sites that may frame the chat page; preview: true shows staff what is being written\n"
           "# files: {largest_mb: 20, kinds: [image, pdf, text, office, audio, video], unsent: 1d}   # or none; programs never\n"
           "# transfers: {accept_within: 1m}   # who a chat is handed to says yes first; as shipped it is given at once\n"
           "# ratings: {later: 7d}       # so long after its end a conversation may still be rated, by link; or none\n"
           "# retention: 400d            # what was said is erased so long after the end of a conversation (docs/operating.md); as shipped never\n"
           "# tags: [parcel, refund, complaint]   # the only ones that a chat may be given: no erasure takes them; as shipped any\n"
           "# visitors:                  # who is on the shop's pages (docs/visitors.md); as shipped nobody is told\n"
           "#   watch: true              # needs page: origins\n"
           "#   invitations:\n"
           "#     - {id: price, page: /price*, after: 45s, text: May we help?}\n"
           "#   popups:\n"
           "#     - {id: returns, page: /returns*}\n"
           "# links: https              # which addresses the staff may send: https, any, none\n"
           "# review:                    # what reviewers mark in a conversation (docs/review.md)\n"
           "#   form:\n"
           "#     - {id: solved, text: Solved it or said who does and when, weight: 40, points: 5}\n"
           "\n"
           "teams:\n"
           "  - id: support              # a-z, 0-9, '-', '_', '.'\n"
           "    name: Support\n"
           "    capacity: 4              # chats of one agent at once\n"
           "    targets:                 # as shipped\n"
           "      first_response: 5s\n"
           "      response: 30s\n"
           "      queue: 20s\n"
           "      resolution: 30m\n"
           "    # routing: {by: share, accept_within: 30s}   # the desk gives chats out; as shipped: agents claim\n"
           "    # hours:                 # when the team works\n"
           "    #   zone: Asia/Shanghai  # the desk's zone if absent\n"
           "    #   week:\n"
           "    #     mon-fri: [\"09:00-12:00\", \"13:00-18:00\"]\n"
           "    #     sat: \"22:00-06:00\"  # into Sunday\n"
           "    #   holidays: [2026-10-01..2026-10-07, 2027-01-01]\n"
           "    # pause: [outside_hours, snoozed]   # clocks stand still then; as shipped: never\n"
           "\n"
           "inboxes:                     # entrances; the first is the default one\n"
           "  - id: web\n"
           "    name: Web page\n"
           "    team: support\n"
           "    # greeting: Hello! We will be with you in a moment.\n"
           "    # language: en           # else the customer's\n"
           "    # training: true         # trainees answer here as agents do\n"
           "\n"
           "# answers:                   # what the desk itself says first; try them: seatmuxd answers try --data DIR\n"
           "#   - {id: closed, when: closed, text: \"We are back at nine; leave us a message.\"}\n"
           "#   - {id: busy, when: silence, after: 1m, text: \"One moment, please.\"}\n"
           "\n"
           "roles:                       # beside what everybody may do with an own chat\n"
           "  agent: [claim, transfer, whisper, resolve]\n"
           "  trainee: [claim, transfer, resolve]\n"
           "  supervisor: [claim, assign_others, take_over, transfer, whisper, answer_any, "
           "resolve,\n"
           "               set_others, erase, broadcast, incident, review]\n";
}
