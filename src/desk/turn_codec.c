/* SPDX-License-Identifier: MIT */
/* turn_codec: the turn clock's state as JSON and back, and copies of it. Running clocks refer to
 * the policies they began under; those go along once each and are named by their place in a list.
 */
#include "desk/turn_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

const char *sm_outcome_name(SmOutcome outcome)
{
    static const char *const NAMES[] = {"open",   "answered", "closed",
                                        "missed", "dropped",  "abandoned"};
    return NAMES[outcome];
}

const char *sm_part_end_name(SmPartEnd end)
{
    static const char *const NAMES[] = {"open", "answered", "passed_on", "covered", "ended"};
    return NAMES[end];
}

/* --- Copies ------------------------------------------------------------------------------------
 */

static SmPolicy *ref_or_null(SmPolicy *policy)
{
    return policy ? sm_policy_ref(policy) : NULL;
}

static SmPart *copy_part(const SmPart *part)
{
    SmPart *copy = g_memdup2(part, sizeof *part);
    copy->agent = g_strdup(part->agent);
    copy->team = g_strdup(part->team);
    copy->clock_team = g_strdup(part->clock_team);
    copy->policy = ref_or_null(part->policy);
    return copy;
}

static SmTurn *copy_turn(const SmTurn *turn)
{
    SmTurn *copy = g_memdup2(turn, sizeof *turn);
    copy->author = g_strdup(turn->author);
    copy->team = g_strdup(turn->team);
    copy->owner = g_strdup(turn->owner);
    copy->policy = ref_or_null(turn->policy);
    copy->parts = g_ptr_array_new_with_free_func((GDestroyNotify)sm_part_free);
    for (guint i = 0; i < turn->parts->len; i++) {
        g_ptr_array_add(copy->parts, copy_part(turn->parts->pdata[i]));
    }
    return copy;
}

static SmStay *copy_stay(const SmStay *stay)
{
    SmStay *copy = g_memdup2(stay, sizeof *stay);
    copy->team = g_strdup(stay->team);
    copy->policy = ref_or_null(stay->policy);
    return copy;
}

static SmRound *copy_round(const SmRound *round)
{
    SmRound *copy = g_memdup2(round, sizeof *round);
    copy->team = g_strdup(round->team);
    copy->owner = g_strdup(round->owner);
    copy->policy = ref_or_null(round->policy);
    copy->snoozes = g_array_copy(round->snoozes);
    return copy;
}

static SmSaid *copy_said(const SmSaid *said)
{
    SmSaid *copy = g_memdup2(said, sizeof *said);
    copy->agent = g_strdup(said->agent);
    copy->team = g_strdup(said->team);
    return copy;
}

static gpointer last_of(const GPtrArray *list)
{
    return list->len > 0 ? list->pdata[list->len - 1] : NULL;
}

SmTurns *sm_turns_copy(const SmTurns *t)
{
    SmTurns *copy = g_memdup2(t, sizeof *t);
    SmTurns *fresh = sm_turns_new();
    copy->team = g_strdup(t->team);
    copy->owner = g_strdup(t->owner);
    copy->missing = g_strdup(t->missing);
    copy->owner_policy = ref_or_null(t->owner_policy);
    copy->turns = g_steal_pointer(&fresh->turns);
    copy->stays = g_steal_pointer(&fresh->stays);
    copy->rounds = g_steal_pointer(&fresh->rounds);
    copy->said = g_steal_pointer(&fresh->said);
    g_free(fresh);
    for (guint i = 0; i < t->turns->len; i++) {
        g_ptr_array_add(copy->turns, copy_turn(t->turns->pdata[i]));
    }
    for (guint i = 0; i < t->stays->len; i++) {
        g_ptr_array_add(copy->stays, copy_stay(t->stays->pdata[i]));
    }
    for (guint i = 0; i < t->rounds->len; i++) {
        g_ptr_array_add(copy->rounds, copy_round(t->rounds->pdata[i]));
    }
    for (guint i = 0; i < t->said->len; i++) {
        g_ptr_array_add(copy->said, copy_said(t->said->pdata[i]));
    }
    copy->open = t->open ? last_of(copy->turns) : NULL;
    copy->waiting = t->waiting ? last_of(copy->stays) : NULL;
    copy->round = t->round ? last_of(copy->rounds) : NULL;
    return copy;
}

/* --- Writing -----------------------------------------------------------------------------------
 */

typedef struct {
    const SmPolicy *current;
    GPtrArray *list; /* borrowed SmPolicy, each hash once */
} Policies;

static void set_int(json_t *json, const char *key, int64_t value)
{
    json_object_set_new(json, key, json_integer(value));
}

static void set_bool(json_t *json, const char *key, gboolean value)
{
    json_object_set_new(json, key, json_boolean(value));
}

static void set_policy(json_t *json, SmPolicy *policy, Policies *seen)
{
    guint i = 0;
    if (!policy) {
        return;
    }
    while (i < seen->list->len &&
           !g_str_equal(((SmPolicy *)seen->list->pdata[i])->hash, policy->hash)) {
        i++;
    }
    if (i == seen->list->len) {
        g_ptr_array_add(seen->list, policy);
    }
    set_int(json, "policy", i);
}

static json_t *encode_part(const SmPart *part, Policies *seen)
{
    json_t *json = json_object();
    sm_json_set_str(json, "agent", part->agent);
    sm_json_set_str(json, "team", part->team);
    sm_json_set_str(json, "clock_team", part->clock_team);
    set_int(json, "assigned", part->assigned);
    set_int(json, "deadline", part->deadline);
    set_int(json, "target", part->target);
    set_int(json, "began", part->deadline_began);
    set_int(json, "ended", part->ended);
    set_int(json, "passed_on", part->passed_on);
    set_int(json, "cause", part->cause);
    set_int(json, "end", part->end);
    set_bool(json, "trainee", part->trainee);
    set_int(json, "reaction", part->reaction);
    set_policy(json, part->policy, seen);
    return json;
}

static json_t *encode_turn(const SmTurn *turn, Policies *seen)
{
    json_t *json = json_object(), *parts = json_array();
    set_int(json, "number", turn->number);
    set_int(json, "outcome", turn->outcome);
    set_int(json, "asked", turn->asked);
    set_int(json, "queued", turn->queued);
    set_int(json, "assigned", turn->assigned);
    set_int(json, "replied", turn->replied);
    set_int(json, "ended", turn->ended);
    set_int(json, "gone", turn->gone);
    sm_json_set_str(json, "author", turn->author);
    sm_json_set_str(json, "team", turn->team);
    sm_json_set_str(json, "owner", turn->owner);
    set_int(json, "target", turn->target);
    set_int(json, "customer_target", turn->first_target_at_asked);
    set_int(json, "customer_due", turn->customer_due);
    set_int(json, "response", turn->response);
    set_int(json, "reaction", turn->reaction);
    set_int(json, "customer_messages", turn->customer_messages);
    set_int(json, "staff_messages", turn->staff_messages);
    set_policy(json, turn->policy, seen);
    for (guint i = 0; i < turn->parts->len; i++) {
        json_array_append_new(parts, encode_part(turn->parts->pdata[i], seen));
    }
    json_object_set_new(json, "parts", parts);
    return json;
}

static json_t *encode_stay(const SmStay *stay, Policies *seen)
{
    json_t *json = json_object();
    set_int(json, "queued", stay->queued);
    set_int(json, "left", stay->left);
    sm_json_set_str(json, "team", stay->team);
    set_int(json, "deadline", stay->deadline);
    set_int(json, "target", stay->target);
    set_bool(json, "assigned", stay->assigned);
    set_int(json, "turn", stay->turn);
    set_int(json, "wait", stay->wait);
    set_policy(json, stay->policy, seen);
    return json;
}

static json_t *encode_round(const SmRound *round, Policies *seen)
{
    json_t *json = json_object(), *snoozes = json_array();
    set_int(json, "began", round->began);
    set_int(json, "resolved", round->resolved);
    set_int(json, "net", round->net);
    set_int(json, "target", round->target);
    sm_json_set_str(json, "team", round->team);
    sm_json_set_str(json, "owner", round->owner);
    for (guint i = 0; i < round->snoozes->len; i++) {
        json_array_append_new(snoozes, json_integer(g_array_index(round->snoozes, int64_t, i)));
    }
    json_object_set_new(json, "snoozes", snoozes);
    set_policy(json, round->policy, seen);
    return json;
}

/* In place of the policy the reader has anyway stands its hash; so for one that is not known here.
 */
static json_t *encode_policies(const Policies *seen)
{
    json_t *list = json_array();
    for (guint i = 0; i < seen->list->len; i++) {
        const SmPolicy *policy = seen->list->pdata[i];
        gboolean known = (seen->current && g_str_equal(seen->current->hash, policy->hash)) ||
                         policy->desk == NULL;
        json_array_append_new(list, known ? json_string(policy->hash) : sm_policy_encode(policy));
    }
    return list;
}

json_t *sm_turns_encode_for(const SmTurns *t, const SmPolicy *current)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    Policies seen = {current, list};
    json_t *json = json_object(), *turns = json_array();
    json_t *stays = json_array(), *rounds = json_array();
    set_int(json, "last", t->last);
    set_bool(json, "ended", t->ended);
    set_bool(json, "bot", t->bot);
    set_bool(json, "bot_wrote", t->bot_wrote);
    set_bool(json, "had_bot", t->had_bot);
    if (t->offline || t->left) { /* rare, and unknown to older readers */
        set_bool(json, "offline", t->offline);
        set_bool(json, "left", t->left);
    }
    set_bool(json, "had_staff", t->had_staff);
    set_bool(json, "answered", t->answered);
    set_int(json, "numbers", t->numbers);
    sm_json_set_str(json, "team", t->team);
    sm_json_set_str(json, "owner", t->owner);
    set_bool(json, "trainee", t->trainee);
    set_int(json, "owned", t->owned);
    set_int(json, "snoozed", t->snoozed);
    set_bool(json, "open", t->open != NULL);
    set_bool(json, "waiting", t->waiting != NULL);
    set_bool(json, "round", t->round != NULL);
    set_policy(json, t->owner_policy, &seen);
    for (guint i = 0; i < t->turns->len; i++) {
        json_array_append_new(turns, encode_turn(t->turns->pdata[i], &seen));
    }
    for (guint i = 0; i < t->stays->len; i++) {
        json_array_append_new(stays, encode_stay(t->stays->pdata[i], &seen));
    }
    for (guint i = 0; i < t->rounds->len; i++) {
        json_array_append_new(rounds, encode_round(t->rounds->pdata[i], &seen));
    }
    json_object_set_new(json, "turns", turns);
    json_object_set_new(json, "stays", stays);
    json_object_set_new(json, "rounds", rounds);
    json_object_set_new(json, "policies", encode_policies(&seen));
    return json;
}

json_t *sm_turns_encode(const SmTurns *t)
{
    return sm_turns_encode_for(t, NULL);
}

/* --- Reading -----------------------------------------------------------------------------------
 */

/* A policy that was left out is, until it is given, one of that hash without teams. */
static SmPolicy *placeholder(const char *hash)
{
    SmPolicy *policy = g_new0(SmPolicy, 1);
    g_atomic_ref_count_init(&policy->refs);
    policy->teams = g_ptr_array_new();
    policy->inboxes = g_ptr_array_new();
    policy->origins = g_ptr_array_new();
    policy->form = g_ptr_array_new();
    policy->hash = g_strdup(hash);
    return policy;
}

static SmPolicy *get_policy(const json_t *json, const GPtrArray *policies)
{
    int64_t i = sm_json_int(json, "policy", -1);
    return i >= 0 && i < policies->len ? sm_policy_ref(policies->pdata[i]) : NULL;
}

static SmPart *decode_part(const json_t *json, const GPtrArray *policies, GError **error)
{
    if (!sm_json_check(json,
                       "agent:s team:s? clock_team:s? assigned:i deadline:i target:i began:i "
                       "ended:i passed_on:i cause:i end:i trainee:b reaction:i policy:i?",
                       error)) {
        return NULL;
    }
    int64_t end = sm_json_int(json, "end", -1), cause = sm_json_int(json, "cause", -1);
    if (end < 0 || end > SM_PART_ENDED || cause < 0 || cause > SM_CAUSE_LAST) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "turns: a part's end or cause is unknown");
        return NULL;
    }
    SmPart *part = g_new0(SmPart, 1);
    part->agent = g_strdup(sm_json_str(json, "agent", ""));
    part->team = g_strdup(sm_json_str(json, "team", NULL));
    part->clock_team = g_strdup(sm_json_str(json, "clock_team", NULL));
    part->assigned = sm_json_int(json, "assigned", -1);
    part->deadline = sm_json_int(json, "deadline", -1);
    part->target = sm_json_int(json, "target", -1);
    part->deadline_began = sm_json_int(json, "began", -1);
    part->ended = sm_json_int(json, "ended", 0);
    part->passed_on = (int)sm_json_int(json, "passed_on", 0);
    part->cause = (SmCause)cause;
    part->end = (SmPartEnd)end;
    part->trainee = sm_json_bool(json, "trainee", FALSE);
    part->reaction = sm_json_int(json, "reaction", -1);
    part->policy = get_policy(json, policies);
    return part;
}

static void read_turn(SmTurn *turn, const json_t *json, const GPtrArray *policies)
{
    turn->number = (int)sm_json_int(json, "number", 0);
    turn->outcome = (SmOutcome)sm_json_int(json, "outcome", 0);
    turn->asked = sm_json_int(json, "asked", -1);
    turn->queued = sm_json_int(json, "queued", -1);
    turn->assigned = sm_json_int(json, "assigned", -1);
    turn->replied = sm_json_int(json, "replied", -1);
    turn->ended = sm_json_int(json, "ended", -1);
    turn->gone = sm_json_int(json, "gone", -1);
    turn->author = g_strdup(sm_json_str(json, "author", NULL));
    turn->team = g_strdup(sm_json_str(json, "team", NULL));
    turn->owner = g_strdup(sm_json_str(json, "owner", NULL));
    turn->target = sm_json_int(json, "target", -1);
    turn->first_target_at_asked = sm_json_int(json, "customer_target", -1);
    turn->customer_due = sm_json_int(json, "customer_due", -1);
    turn->response = sm_json_int(json, "response", -1);
    turn->reaction = sm_json_int(json, "reaction", -1);
    turn->customer_messages = (int)sm_json_int(json, "customer_messages", 0);
    turn->staff_messages = (int)sm_json_int(json, "staff_messages", 0);
    turn->policy = get_policy(json, policies);
    turn->parts = g_ptr_array_new_with_free_func((GDestroyNotify)sm_part_free);
}

static gboolean decode_turn(SmTurns *t, const json_t *json, const GPtrArray *policies,
                            GError **error)
{
    gsize i;
    json_t *item;
    if (!sm_json_check(json,
                       "number:i outcome:i asked:i queued:i assigned:i replied:i ended:i "
                       "gone:i author:s? team:s? owner:s? target:i customer_target:i "
                       "customer_due:i response:i reaction:i customer_messages:i "
                       "staff_messages:i policy:i? parts:a",
                       error)) {
        return FALSE;
    }
    int64_t outcome = sm_json_int(json, "outcome", -1);
    if (outcome < 0 || outcome > SM_OUTCOME_ABANDONED) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "turns: an outcome is unknown");
        return FALSE;
    }
    SmTurn *turn = g_new0(SmTurn, 1);
    read_turn(turn, json, policies);
    g_ptr_array_add(t->turns, turn);
    json_array_foreach(json_object_get(json, "parts"), i, item)
    {
        SmPart *part = decode_part(item, policies, error);
        if (!part) {
            return FALSE;
        }
        g_ptr_array_add(turn->parts, part);
    }
    return TRUE;
}

static gboolean decode_stay(SmTurns *t, const json_t *json, const GPtrArray *policies,
                            GError **error)
{
    if (!sm_json_check(json,
                       "queued:i left:i team:s? deadline:i target:i assigned:b turn:i wait:i "
                       "policy:i?",
                       error)) {
        return FALSE;
    }
    SmStay *stay = g_new0(SmStay, 1);
    stay->queued = sm_json_int(json, "queued", -1);
    stay->left = sm_json_int(json, "left", -1);
    stay->team = g_strdup(sm_json_str(json, "team", NULL));
    stay->deadline = sm_json_int(json, "deadline", -1);
    stay->target = sm_json_int(json, "target", -1);
    stay->assigned = sm_json_bool(json, "assigned", FALSE);
    stay->turn = (int)sm_json_int(json, "turn", 0);
    stay->wait = sm_json_int(json, "wait", -1);
    stay->policy = get_policy(json, policies);
    g_ptr_array_add(t->stays, stay);
    return TRUE;
}

static gboolean decode_round(SmTurns *t, const json_t *json, const GPtrArray *policies,
                             GError **error)
{
    gsize i;
    json_t *item;
    if (!sm_json_check(json,
                       "began:i resolved:i net:i target:i team:s? owner:s? snoozes:a policy:i?",
                       error)) {
        return FALSE;
    }
    SmRound *round = g_new0(SmRound, 1);
    round->began = sm_json_int(json, "began", -1);
    round->resolved = sm_json_int(json, "resolved", -1);
    round->net = sm_json_int(json, "net", -1);
    round->target = sm_json_int(json, "target", -1);
    round->team = g_strdup(sm_json_str(json, "team", NULL));
    round->owner = g_strdup(sm_json_str(json, "owner", NULL));
    round->policy = get_policy(json, policies);
    round->snoozes = g_array_new(FALSE, FALSE, sizeof(int64_t));
    json_array_foreach(json_object_get(json, "snoozes"), i, item)
    {
        int64_t at = json_integer_value(item);
        g_array_append_val(round->snoozes, at);
    }
    g_ptr_array_add(t->rounds, round);
    return TRUE;
}

static GPtrArray *decode_policies(SmTurns *t, const json_t *json, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sm_policy_unref);
    gsize i;
    json_t *item;
    json_array_foreach(json, i, item)
    {
        SmPolicy *policy;
        if (json_is_string(item)) {
            policy = placeholder(json_string_value(item));
            g_free(t->missing);
            t->missing = g_strdup(policy->hash);
        } else {
            policy = sm_policy_decode(item, error);
        }
        if (!policy) {
            return NULL;
        }
        g_ptr_array_add(list, policy);
    }
    return g_steal_pointer(&list);
}

/* The highest stamp taken from elsewhere, in the year 2248: sums of many such can't overflow. */
#define MAX_STAMP (INT64_C(1) << 43)

/* Every number of the state is a stamp, a duration or a small count, -1 where there is none; only a
 * deadline that never comes is more. */
static gboolean numbers_sane(const json_t *json, const char *key)
{
    const char *name;
    json_t *item;
    gsize i;
    if (json_is_integer(json)) {
        int64_t n = json_integer_value(json);
        gboolean due = key && (g_str_equal(key, "deadline") || g_str_equal(key, "customer_due"));
        return n >= -1 && (n <= MAX_STAMP || (due && n == INT64_MAX));
    }
    json_object_foreach((json_t *)json, name, item)
    {
        if (!numbers_sane(item, name)) {
            return FALSE;
        }
    }
    json_array_foreach(json, i, item)
    {
        if (!numbers_sane(item, NULL)) {
            return FALSE;
        }
    }
    return TRUE;
}

typedef gboolean (*DecodeOne)(SmTurns *, const json_t *, const GPtrArray *, GError **);

static gboolean decode_all(SmTurns *t, const json_t *list, const GPtrArray *policies,
                           DecodeOne decode, GError **error)
{
    gsize i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (!decode(t, item, policies, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void read_state(SmTurns *t, const json_t *json, const GPtrArray *policies)
{
    t->last = sm_json_int(json, "last", -1);
    t->ended = sm_json_bool(json, "ended", FALSE);
    t->bot = sm_json_bool(json, "bot", FALSE);
    t->bot_wrote = sm_json_bool(json, "bot_wrote", FALSE);
    t->had_bot = sm_json_bool(json, "had_bot", FALSE);
    t->offline = sm_json_bool(json, "offline", FALSE);
    t->left = sm_json_bool(json, "left", FALSE);
    t->had_staff = sm_json_bool(json, "had_staff", FALSE);
    t->answered = sm_json_bool(json, "answered", FALSE);
    t->numbers = (int)sm_json_int(json, "numbers", 0);
    t->team = g_strdup(sm_json_str(json, "team", NULL));
    t->owner = g_strdup(sm_json_str(json, "owner", NULL));
    t->trainee = sm_json_bool(json, "trainee", FALSE);
    t->owned = sm_json_int(json, "owned", -1);
    t->snoozed = sm_json_int(json, "snoozed", -1);
    t->owner_policy = get_policy(json, policies);
}

SmTurns *sm_turns_decode(const json_t *json, GError **error)
{
    if (!sm_json_check(json,
                       "last:i ended:b bot:b bot_wrote:b had_bot:b offline:b? left:b? had_staff:b answered:b "
                       "numbers:i team:s? owner:s? trainee:b owned:i snoozed:i open:b "
                       "waiting:b round:b policy:i? turns:a stays:a rounds:a policies:a",
                       error)) {
        return NULL;
    }
    if (!numbers_sane(json, NULL)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "turns: a number is out of range");
        return NULL;
    }
    g_autoptr(SmTurns) t = sm_turns_new();
    g_autoptr(GPtrArray) policies = decode_policies(t, json_object_get(json, "policies"), error);
    if (!policies) {
        return NULL;
    }
    read_state(t, json, policies);
    if (!decode_all(t, json_object_get(json, "turns"), policies, decode_turn, error) ||
        !decode_all(t, json_object_get(json, "stays"), policies, decode_stay, error) ||
        !decode_all(t, json_object_get(json, "rounds"), policies, decode_round, error)) {
        return NULL;
    }
    t->open = sm_json_bool(json, "open", FALSE) ? last_of(t->turns) : NULL;
    t->waiting = sm_json_bool(json, "waiting", FALSE) ? last_of(t->stays) : NULL;
    t->round = sm_json_bool(json, "round", FALSE) ? last_of(t->rounds) : NULL;
    /* The machine relies on it: whoever owns an open turn has a part in it. */
    if (t->open && t->owner) {
        gboolean found = FALSE;
        for (guint i = 0; i < t->open->parts->len; i++) {
            found |= g_str_equal(((SmPart *)t->open->parts->pdata[i])->agent, t->owner);
        }
        if (!found) {
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "turns: the owner has no part");
            return NULL;
        }
    }
    return g_steal_pointer(&t);
}

static void fill_in(SmPolicy **slot, const char *hash, SmPolicy *policy)
{
    if (*slot && g_strcmp0((*slot)->hash, hash) == 0) {
        sm_policy_unref(*slot);
        *slot = sm_policy_ref(policy);
    }
}

void sm_turns_set_policy(SmTurns *t, SmPolicy *policy)
{
    if (!t->missing || g_strcmp0(t->missing, policy->hash) != 0) {
        return;
    }
    fill_in(&t->owner_policy, t->missing, policy);
    for (guint i = 0; t->open && i < t->open->parts->len; i++) {
        SmPart *part = t->open->parts->pdata[i];
        fill_in(&part->policy, t->missing, policy);
    }
    if (t->open) {
        fill_in(&t->open->policy, t->missing, policy);
    }
    if (t->waiting) {
        fill_in(&t->waiting->policy, t->missing, policy);
    }
    if (t->round) {
        fill_in(&t->round->policy, t->missing, policy);
    }
    g_clear_pointer(&t->missing, g_free);
}
