/* SPDX-License-Identifier: MIT */
#include "faults/world.h"

#include <stdarg.h>
#include <string.h>

#include "seatmux/base/limits.h"

#define WALL_START INT64_C(1793494800000) /* 2026-11-01 09:00 in Shanghai */
#define REST_MS 60000                     /* everything must be through so long after the last fault */
#define SETTLE_MS 240000                  /* customers who are still there go on as they like */

static const char DESK[] = "desk: World\n"
                           "teams:\n"
                           "  - {id: shop, name: Shop, capacity: 6}\n"
                           "inboxes:\n"
                           "  - {id: web, name: Web, team: shop, greeting: '您好, welcome'}\n";

void world_log(World *world, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append_printf(world->trace, "%" G_GINT64_FORMAT " ", sm_loop_now(world->loop));
    g_string_append_vprintf(world->trace, format, args);
    g_string_append_c(world->trace, '\n');
    va_end(args);
}

/* --- The server as the network sees it: it may be gone ----------------------------------------------- */

typedef struct {
    World *world;
    SmRequest *request; /* a copy, for the wire's record */
    SmPending *pending;
    void (*done)(SmAnswer *answer, void *user);
    void *user;
    gboolean returned;
} Call;

static SmRequest *copy_of(const SmRequest *request)
{
    SmRequest *copy = sm_request_new(request->method, request->target);
    copy->token = g_strdup(request->token);
    return copy;
}

static void call_free(Call *call)
{
    g_ptr_array_remove(call->world->calls, call);
    sm_request_free(call->request);
    g_free(call);
}

static void call_done(SmAnswer *answer, void *user)
{
    Call *call = user;
    world_wire_desk(call->world, call->request, answer);
    void (*done)(SmAnswer *, void *) = call->done;
    void *done_user = call->user;
    call_free(call);
    done(answer, done_user);
}

static void *serve(void *desk, const SmRequest *request, void (*done)(SmAnswer *answer, void *user), void *user)
{
    World *world = desk;
    if (!world->service) {
        done(sm_answer_text(502, "text/plain", g_strdup("no server")), user);
        return NULL;
    }
    Call *call = g_new0(Call, 1);
    call->world = world;
    call->request = copy_of(request);
    call->done = done;
    call->user = user;
    g_ptr_array_add(world->calls, call);
    SmPending *pending = sm_service_request(world->service, request, call_done, call);
    if (!pending)
        return NULL; /* answered already; the call is freed */
    call->pending = pending;
    return call;
}

static void serve_cancel(void *handle)
{
    Call *call = handle;
    sm_service_cancel(call->pending);
    call_free(call);
}

SmTransport *world_connect(World *world)
{
    SmDeskOps ops = {.request = serve, .cancel = serve_cancel, .desk = world};
    return sm_fault_transport_new(sm_transport_new_inprocess(world->loop, &ops, 2), world->loop, world->rng,
                                  &world->network);
}

/* --- Set-up -------------------------------------------------------------------------------------------- */

/* A fork of randomness depends on its purpose alone: a program that starts again must not draw the ids of its first
 * life once more. */
SmRng *world_luck(World *world)
{
    g_autofree char *purpose = g_strdup_printf("life %u", world->lives->len + 1);
    SmRng *rng = sm_rng_fork(world->rng, purpose);
    g_ptr_array_add(world->lives, rng);
    return rng;
}

static void start_server(World *world)
{
    g_autoptr(GError) error = NULL;
    world->service = sm_service_new(world->loop, world->log, world->secrets, world_luck(world), NULL, &error);
    g_assert_no_error(error);
    SmServiceLimits limits = {.requests_per_session = SM_MAX_REQUESTS_PER_SESSION, .parks_per_session = 1,
                              .anonymous_per_minute = 1000000, .logins_per_minute = 1000};
    sm_service_set_limits(world->service, &limits);
}

static void accepted(SmAnswer *answer, void *user)
{
    g_assert_cmpint(answer->status, <, 300);
    *(gboolean *)user = TRUE;
    sm_answer_free(answer);
}

static void admin(World *world, SmCommand *command)
{
    gboolean done = FALSE;
    command->actor = (SmActor){SM_ACTOR_ADMIN, NULL};
    command->seen = -1;
    sm_service_command(world->service, command, accepted, &done);
    while (!done)
        g_assert_true(sm_loop_step(world->loop));
}

static void furnish(World *world)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_parse("world", DESK, strlen(DESK), findings);
    g_assert_nonnull(policy);
    g_autoptr(json_t) data = sm_policy_encode(policy);
    SmCommand set = {.type = SM_COMMAND_POLICY_SET, .id = "policy", .fingerprint = policy->hash, .data = data};
    admin(world, &set);
    g_autoptr(json_t) teams = json_pack("[s]", "shop");
    for (guint i = 0; i < world->use.agents; i++) {
        g_autofree char *name = g_strdup_printf("agent%u", i + 1);
        SmCommand agent = {.type = SM_COMMAND_AGENT_SET, .id = name, .fingerprint = name, .agent = name, .name = name,
                           .role = SM_ROLE_AGENT, .data = teams};
        admin(world, &agent);
        g_autoptr(GError) error = NULL;
        char *token = sm_secrets_open_session(world->secrets, name, NULL, "robot", sm_service_now(world->service), &error);
        g_assert_no_error(error);
        g_ptr_array_add(world->robots, robot_new(world, name, token));
    }
}

static void press_free(Press *press)
{
    g_free(press->agent);
    g_free(press->conversation);
    g_free(press->text);
    g_free(press->verb);
    g_free(press->id);
    g_free(press);
}

World *world_new(const WorldSetup *setup)
{
    World *world = g_new0(World, 1);
    world->use = *setup;
    world->loop = sm_loop_new_virtual(WALL_START);
    world->rng = sm_rng_new(setup->seed);
    world->trace = g_string_new(NULL);
    world->wire = g_string_new(NULL);
    world->calls = g_ptr_array_new();
    world->lives = g_ptr_array_new_with_free_func((GDestroyNotify)sm_rng_free);
    world->pressed = g_ptr_array_new_with_free_func((GDestroyNotify)press_free);
    world->robots = g_ptr_array_new_with_free_func((GDestroyNotify)robot_free);
    world->log = sm_log_new_memory(world->loop, world->rng, 1, 9);
    world->secrets = sm_secrets_new_memory(world->loop, world->rng);
    start_server(world);
    furnish(world);
    g_autoptr(SmFindings) findings = sm_findings_new();
    world->scenario = sm_scenario_load(setup->scenario, findings);
    g_assert_nonnull(world->scenario);
    world->customer_transport = world_connect(world);
    SmSimOptions options = {.customers = (int)setup->customers, .per_minute = setup->per_minute, .at_once = 12, .speed = 1};
    world->sim = sm_sim_new(world->loop, world->customer_transport, world->scenario, world->rng, &options, NULL);
    return world;
}

void world_free(World *world)
{
    sm_loop_remove(world->loop, &world->chaos);
    sm_sim_free(world->sim);
    g_ptr_array_unref(world->robots);
    sm_transport_free(world->customer_transport);
    sm_scenario_free(world->scenario);
    sm_service_free(world->service);
    sm_secrets_free(world->secrets);
    sm_log_close(world->log);
    g_ptr_array_unref(world->calls);
    g_ptr_array_unref(world->pressed);
    g_string_free(world->trace, TRUE);
    g_string_free(world->wire, TRUE);
    g_ptr_array_unref(world->lives);
    sm_rng_free(world->rng);
    sm_loop_free(world->loop);
    g_free(world);
}

/* --- Faults -------------------------------------------------------------------------------------------- */

static void pull_all(World *world)
{
    for (guint i = 0; i < world->robots->len; i++) {
        Robot *robot = world->robots->pdata[i];
        if (robot->transport)
            sm_fault_transport_pull(robot->transport);
    }
    sm_fault_transport_pull(world->customer_transport);
}

static void server_back(void *user)
{
    World *world = user;
    if (!world->service) {
        start_server(world);
        world->restarts++;
        world_log(world, "server is back");
    }
}

/* Power cut: what was not synced is lost, connections break. */
static void server_crash(World *world)
{
    if (!world->service)
        return;
    world->crashes++;
    world_log(world, "server crash");
    pull_all(world);
    sm_log_memory_crash(world->log);
    g_clear_pointer(&world->service, sm_service_free);
    sm_loop_after(world->loop, sm_rng_between(world->rng, 500, 20000), server_back, world);
}

static void robot_back(void *user)
{
    Robot *robot = user;
    if (!robot->client) {
        world_log(robot->world, "%s is back", robot->name);
        robot_start(robot);
    }
}

static void bad_weather(World *world, double much)
{
    world->network = (SmFaults){
        .lose_request = 0.04 * much,
        .lose_answer = 0.06 * much,
        .repeat = 0.05 * much,
        .cut = 0.04 * much,
        .refuse = 0.03 * much,
        .not_sent = 0.03 * much,
        .delay_low = 1,
        .delay_high = (int)(200 * much) + 2,
        .done = world->network.done,
    };
}

static void chaos(void *user)
{
    World *world = user;
    world->chaos = sm_loop_after(world->loop, sm_rng_between(world->rng, 2000, 40000), chaos, world);
    Robot *robot = world->robots->pdata[sm_rng_below(world->rng, world->robots->len)];
    switch (sm_rng_below(world->rng, 12)) {
    case 0:
        server_crash(world);
        break;
    case 1:
        sm_log_memory_fail(world->log, 1 + sm_rng_below(world->rng, 3),
                           sm_rng_chance(world->rng, 0.5) ? SM_ERROR_FULL : SM_ERROR_IO);
        world->commit_failures++;
        world_log(world, "commits fail");
        break;
    case 2:
    case 3:
        if (robot->client) {
            world_log(world, "%s is killed", robot->name);
            robot_crash(robot);
            sm_loop_after(world->loop, sm_rng_between(world->rng, 200, 15000), robot_back, robot);
        }
        break;
    case 4:
        world_log(world, "the plug is pulled");
        pull_all(world);
        break;
    case 5:
        sm_loop_jump_wall(world->loop, sm_rng_between(world->rng, -3600000, 3600000));
        break;
    case 6:
        bad_weather(world, 3);
        break;
    case 7:
        bad_weather(world, 0);
        break;
    default:
        bad_weather(world, 1);
        break;
    }
}

static void calm_down(World *world)
{
    sm_loop_remove(world->loop, &world->chaos);
    int64_t done = world->network.done;
    world->network = (SmFaults){.done = done};
    sm_log_memory_fail(world->log, 0, SM_ERROR_IO);
    server_back(world);
    for (guint i = 0; i < world->robots->len; i++)
        robot_back(world->robots->pdata[i]);
    world->calm = TRUE;
    world_log(world, "calm");
}

void world_run(World *world)
{
    for (guint i = 0; i < world->robots->len; i++)
        robot_start(world->robots->pdata[i]);
    sm_sim_start(world->sim);
    if (world->use.faults) {
        bad_weather(world, 1);
        world->chaos = sm_loop_after(world->loop, 5000, chaos, world);
    }
    sm_loop_run_until(world->loop, world->use.hours_ms);
    sm_sim_stop(world->sim);
    calm_down(world);
    sm_loop_run_until(world->loop, world->use.hours_ms + SETTLE_MS);
    /* Nobody presses anything any more: what is under way must be through in a minute. */
    for (guint i = 0; i < world->robots->len; i++) {
        Robot *robot = world->robots->pdata[i];
        sm_loop_remove(world->loop, &robot->timer);
    }
    sm_loop_run_until(world->loop, world->use.hours_ms + SETTLE_MS + REST_MS);
}
