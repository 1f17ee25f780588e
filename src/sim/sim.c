/* SPDX-License-Identifier: MIT */
#include "seatmux/sim/sim.h"

#include <string.h>

#include "sim/customer.h"

struct SmSim {
    SmLoop *loop;
    SmTransport *transport;
    const SmScenario *scenario;
    SmRng *rng;
    SmSimOptions options;
    SmTrace *trace;
    GPtrArray *dialogues; /* SmDialogue of the wanted language; borrowed */
    GPtrArray *customers; /* SmCustomer, in order of arrival; owned */
    GPtrArray *answers;   /* SmSimAnswer */
    SmSimStats gone;      /* of customers who left */
    int arrived;
    guint next_first;     /* index in scenario->first */
    int64_t began;
    gboolean stopped;
    guint64 arrival_timer;
    guint64 finished_timer;
};

static void arrive(void *user);

static void answer_free(SmSimAnswer *m)
{
    g_free(m->customer);
    g_free(m->conversation);
    g_free(m->asked);
    g_free(m->answered);
    g_free(m->agent);
    g_free(m->why);
    g_free(m->model);
    g_free(m);
}

static int weighted(SmRng *rng, const int *weights, guint n)
{
    guint32 total = 0;
    for (guint i = 0; i < n; i++)
        total += (guint32)weights[i];
    guint32 at = sm_rng_below(rng, total);
    for (guint i = 0; i < n; i++) {
        if (at < (guint32)weights[i])
            return (int)i;
        at -= (guint32)weights[i];
    }
    return 0;
}

static const SmPersona *pick_persona(SmSim *sim)
{
    g_autofree int *weights = g_new(int, sim->scenario->personas->len);
    for (guint i = 0; i < sim->scenario->personas->len; i++)
        weights[i] = ((SmPersona *)sim->scenario->personas->pdata[i])->weight;
    return sim->scenario->personas->pdata[weighted(sim->rng, weights, sim->scenario->personas->len)];
}

static const SmDialogue *pick_dialogue(SmSim *sim)
{
    g_autofree int *weights = g_new(int, sim->dialogues->len);
    for (guint i = 0; i < sim->dialogues->len; i++)
        weights[i] = ((SmDialogue *)sim->dialogues->pdata[i])->weight;
    return sim->dialogues->pdata[weighted(sim->rng, weights, sim->dialogues->len)];
}

static int most(const SmSim *sim)
{
    return sim->options.customers ? sim->options.customers : sim->scenario->total;
}

static int at_once(const SmSim *sim)
{
    return sim->options.at_once ? sim->options.at_once : sim->scenario->at_once;
}

/* The scenario's shift has ended: who is there is served, nobody new comes. */
static gboolean shift_over(const SmSim *sim)
{
    int64_t lasts = sim->scenario->duration;
    return lasts >= 0 && (double)(sm_loop_now(sim->loop) - sim->began) * sim->options.speed >= (double)lasts;
}

static gboolean all_came(const SmSim *sim)
{
    return sim->stopped || (most(sim) && sim->arrived >= most(sim)) || shift_over(sim);
}

static void tell_finished(void *user)
{
    SmSim *sim = user;
    sim->finished_timer = 0;
    sim->options.finished(sim->options.user);
}

static void maybe_finished(SmSim *sim)
{
    if (all_came(sim) && sim->customers->len == 0 && sim->options.finished && !sim->finished_timer)
        sim->finished_timer = sm_loop_defer(sim->loop, tell_finished, sim);
}

static void add_up(SmSimStats *stats, const SmCustomer *customer)
{
    switch (sm_customer_mood(customer)) {
    case SM_CUSTOMER_STARTING:
    case SM_CUSTOMER_WAITING:
        stats->waiting++;
        break;
    case SM_CUSTOMER_TALKING:
        stats->talking++;
        break;
    case SM_CUSTOMER_THANKED:
        stats->thanked++;
        break;
    case SM_CUSTOMER_ANGRY:
        stats->angry++;
        break;
    case SM_CUSTOMER_FAILED:
        stats->errors++;
        break;
    }
    stats->sent += sm_customer_sent(customer);
    stats->received += sm_customer_received(customer);
}

static void left(SmCustomer *customer, void *user)
{
    SmSim *sim = user;
    add_up(&sim->gone, customer);
    if (sim->options.left) {
        SmSimGone gone = sm_customer_gone(customer);
        sim->options.left(&gone, sim->options.user);
    }
    g_ptr_array_remove(sim->customers, customer);
    maybe_finished(sim);
}

/* When somebody comes next, in ms of the scenario. Gaps are random without memory, so where the rate changes the rest of
 * the gap is drawn anew. */
static int64_t next_at_random(SmSim *sim, int64_t at)
{
    if (sim->options.per_minute > 0)
        return at + (int64_t)sm_rng_exponential(sim->rng, 60000.0 / sim->options.per_minute);
    for (;;) {
        int64_t until;
        double gap = sm_rng_exponential(sim->rng, 60000.0 / sm_scenario_rate(sim->scenario, at, &until));
        if (until == INT64_MAX || gap < (double)(until - at))
            return at + (int64_t)gap;
        at = until;
    }
}

static void next_arrival(SmSim *sim)
{
    if (all_came(sim)) {
        maybe_finished(sim);
        return;
    }
    int64_t at;
    if (sim->next_first < sim->scenario->n_first)
        at = sim->scenario->first[sim->next_first++];
    else
        at = next_at_random(sim, (int64_t)((double)(sm_loop_now(sim->loop) - sim->began) * sim->options.speed));
    sim->arrival_timer = sm_loop_at(sim->loop, sim->began + (int64_t)((double)at / sim->options.speed), arrive, sim);
}

static void arrive(void *user)
{
    SmSim *sim = user;
    sim->arrival_timer = 0;
    if (!all_came(sim) && (!at_once(sim) || (int)sim->customers->len < at_once(sim))) {
        SmCustomerSetup setup = {
            .loop = sim->loop,
            .transport = sim->transport,
            .persona = pick_persona(sim),
            .dialogue = pick_dialogue(sim),
            .trace = sim->trace,
            .speed = sim->options.speed,
            .preview = sim->options.preview,
            .answers = sim->answers,
            .number = ++sim->arrived,
            .done = left,
            .user = sim,
        };
        g_autofree char *purpose = g_strdup_printf("customer %d", sim->arrived);
        g_ptr_array_add(sim->customers, sm_customer_new(&setup, sm_rng_fork(sim->rng, purpose)));
    }
    next_arrival(sim);
}

/* "zh" and "zh-CN" mean each other. */
static gboolean speaks(const SmDialogue *dialogue, const char *language)
{
    return !language || g_ascii_strncasecmp(dialogue->language, language, 2) == 0;
}

SmSim *sm_sim_new(SmLoop *loop, SmTransport *transport, const SmScenario *scenario, SmRng *rng,
                  const SmSimOptions *options, SmTrace *trace)
{
    SmSim *sim = g_new0(SmSim, 1);
    sim->loop = loop;
    sim->transport = transport;
    sim->scenario = scenario;
    sim->rng = sm_rng_fork(rng, "sim");
    sim->options = *options;
    if (!(sim->options.speed > 0))
        sim->options.speed = 1;
    sim->trace = trace;
    sim->customers = g_ptr_array_new_with_free_func((GDestroyNotify)sm_customer_free);
    sim->answers = g_ptr_array_new_with_free_func((GDestroyNotify)answer_free);
    sim->dialogues = g_ptr_array_new();
    for (guint i = 0; i < scenario->dialogues->len; i++)
        if (speaks(scenario->dialogues->pdata[i], options->language))
            g_ptr_array_add(sim->dialogues, scenario->dialogues->pdata[i]);
    /* A language nobody speaks here: better all than none. */
    for (guint i = 0; sim->dialogues->len == 0 && i < scenario->dialogues->len; i++)
        g_ptr_array_add(sim->dialogues, scenario->dialogues->pdata[i]);
    return sim;
}

void sm_sim_free(SmSim *sim)
{
    if (!sim)
        return;
    sm_loop_remove(sim->loop, &sim->arrival_timer);
    sm_loop_remove(sim->loop, &sim->finished_timer);
    g_ptr_array_unref(sim->customers);
    g_ptr_array_unref(sim->answers);
    g_ptr_array_unref(sim->dialogues);
    sm_rng_free(sim->rng);
    g_free(sim);
}

void sm_sim_start(SmSim *sim)
{
    sim->began = sm_loop_now(sim->loop);
    next_arrival(sim);
}

void sm_sim_stop(SmSim *sim)
{
    sim->stopped = TRUE;
    sm_loop_remove(sim->loop, &sim->arrival_timer);
    maybe_finished(sim);
}

SmSimStats sm_sim_stats(const SmSim *sim)
{
    SmSimStats stats = sim->gone;
    for (guint i = 0; i < sim->customers->len; i++)
        add_up(&stats, sim->customers->pdata[i]);
    stats.arrived = sim->arrived;
    return stats;
}

const GPtrArray *sm_sim_answers(const SmSim *sim)
{
    return sim->answers;
}

static const SmCustomer *customer_of(const SmSim *sim, const char *conversation)
{
    for (guint i = 0; i < sim->customers->len; i++)
        if (g_strcmp0(sm_customer_conversation(sim->customers->pdata[i]), conversation) == 0)
            return sim->customers->pdata[i];
    return NULL;
}

char *sm_sim_answer(const SmSim *sim, const char *conversation)
{
    const SmCustomer *customer = customer_of(sim, conversation);
    return customer ? sm_customer_answer(customer) : NULL;
}

gboolean sm_sim_fits(const SmSim *sim, const char *conversation, const char *text)
{
    const SmCustomer *customer = customer_of(sim, conversation);
    return customer && sm_customer_fits(customer, text);
}
