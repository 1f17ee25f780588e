/* SPDX-License-Identifier: MIT */
/* saved_turns: turn clocks in a saved fold. Lists of fields as in saved.c, in the order of turn.h. */
#include "desk/saved_private.h"
#include "desk/turn_private.h"

/* As in saved.c: another member belongs into its list below. */
#if GLIB_SIZEOF_VOID_P == 8
G_STATIC_ASSERT(sizeof(struct SmTurns) == 160);
G_STATIC_ASSERT(sizeof(SmTurn) == 144);
G_STATIC_ASSERT(sizeof(SmPart) == 96);
G_STATIC_ASSERT(sizeof(SmStay) == 64);
G_STATIC_ASSERT(sizeof(SmRound) == 64);
#endif

static void pack_ints(SmPack *pack, int64_t *const *values, guint n)
{
    for (guint i = 0; i < n; i++) {
        sm_pack_int(pack, values[i]);
    }
}

static void pack_part(SmPack *pack, gpointer one)
{
    SmPart *part = one;
    int64_t *const values[] = {&part->assigned, &part->deadline, &part->target, &part->deadline_began, &part->ended, &part->reaction};

    sm_saved_id(pack, &part->agent);
    sm_pack_text(pack, &part->team);
    pack_ints(pack, values, G_N_ELEMENTS(values));
    sm_pack_number(pack, &part->passed_on);
    sm_pack_enum(pack, &part->cause, SM_CAUSE_LAST);
    sm_pack_enum(pack, &part->end, SM_PART_ENDED);
    sm_pack_flag(pack, &part->trainee);
    sm_pack_text(pack, &part->clock_team);
    sm_saved_policy(pack, &part->policy);
}

static void pack_turn(SmPack *pack, gpointer one)
{
    SmTurn *turn = one;
    int64_t *const values[] = {&turn->asked, &turn->queued, &turn->assigned, &turn->replied, &turn->ended, &turn->gone,
                               &turn->first_target_at_asked, &turn->target, &turn->customer_due, &turn->response, &turn->reaction};

    if (!turn->parts) {
        turn->parts = g_ptr_array_new_with_free_func((GDestroyNotify)sm_part_free);
    }
    sm_pack_number(pack, &turn->number);
    sm_pack_enum(pack, &turn->outcome, SM_OUTCOME_ABANDONED);
    pack_ints(pack, values, G_N_ELEMENTS(values));
    sm_pack_text(pack, &turn->author);
    sm_pack_text(pack, &turn->team);
    sm_pack_text(pack, &turn->owner);
    sm_saved_list(pack, turn->parts, sizeof(SmPart), pack_part);
    sm_pack_number(pack, &turn->customer_messages);
    sm_pack_number(pack, &turn->staff_messages);
    sm_saved_policy(pack, &turn->policy);
}

static void pack_stay(SmPack *pack, gpointer one)
{
    SmStay *stay = one;
    int64_t *const values[] = {&stay->queued, &stay->left, &stay->deadline, &stay->target, &stay->wait};

    pack_ints(pack, values, G_N_ELEMENTS(values));
    sm_pack_text(pack, &stay->team);
    sm_pack_flag(pack, &stay->assigned);
    sm_pack_number(pack, &stay->turn);
    sm_saved_policy(pack, &stay->policy);
}

static void pack_instant(SmPack *pack, gpointer one)
{
    sm_pack_int(pack, one);
}

static void pack_round(SmPack *pack, gpointer one)
{
    SmRound *round = one;
    int64_t *const values[] = {&round->began, &round->resolved, &round->net, &round->target};

    if (!round->snoozes) {
        round->snoozes = g_array_new(FALSE, FALSE, sizeof(int64_t));
    }
    pack_ints(pack, values, G_N_ELEMENTS(values));
    sm_pack_text(pack, &round->team);
    sm_pack_text(pack, &round->owner);
    sm_saved_array(pack, round->snoozes, sizeof(int64_t), pack_instant);
    sm_saved_policy(pack, &round->policy);
}

/* Whether the last of a list is the one that still goes on. */
static gpointer pack_last(SmPack *pack, GPtrArray *list, gpointer open)
{
    gboolean there = open != NULL;

    sm_pack_flag(pack, &there);
    if (there && list->len == 0) {
        sm_pack_spoil(pack);
        there = FALSE;
    }
    return there ? list->pdata[list->len - 1] : NULL;
}

/* The machine relies on it: whoever owns an open turn has a part in it. */
static gboolean owner_has_part(const SmTurns *t)
{
    for (guint i = 0; t->open && t->owner && i < t->open->parts->len; i++) {
        if (g_str_equal(((const SmPart *)t->open->parts->pdata[i])->agent, t->owner)) {
            return TRUE;
        }
    }
    return !t->open || !t->owner;
}

static void pack_turns(SmPack *pack, SmTurns *t)
{
    gboolean *const flags[] = {&t->ended, &t->bot, &t->bot_wrote, &t->had_bot, &t->offline, &t->left,
                               &t->had_staff, &t->answered, &t->trainee};

    sm_pack_int(pack, &t->last);
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
        sm_pack_flag(pack, flags[i]);
    }
    sm_pack_number(pack, &t->numbers);
    sm_pack_text(pack, &t->team);
    sm_pack_text(pack, &t->owner);
    sm_pack_int(pack, &t->owned);
    sm_saved_policy(pack, &t->owner_policy);
    sm_pack_int(pack, &t->snoozed);
    sm_saved_list(pack, t->turns, sizeof(SmTurn), pack_turn);
    t->open = pack_last(pack, t->turns, t->open);
    sm_saved_list(pack, t->stays, sizeof(SmStay), pack_stay);
    t->waiting = pack_last(pack, t->stays, t->waiting);
    sm_saved_list(pack, t->rounds, sizeof(SmRound), pack_round);
    t->round = pack_last(pack, t->rounds, t->round);
    if (!owner_has_part(t)) {
        sm_pack_spoil(pack);
    }
}

void sm_saved_turns(SmPack *pack, SmTurns **turns)
{
    gboolean there = *turns != NULL;

    sm_pack_flag(pack, &there);
    if (!there) {
        return;
    }
    if (sm_pack_reads(pack)) {
        *turns = sm_turns_new();
    }
    pack_turns(pack, *turns);
}
