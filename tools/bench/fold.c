/* SPDX-License-Identifier: MIT */
/* fold: how long a desk takes to read its log and fold it: a log of N events (1,000,000) is made with the desk's own
 * decisions, written to a file, read back and folded. Prints one line a step. Not a test; ./dev bench fold runs it.
 * fold EVENTS FILE keeps the log, and reads it when it is there. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seatmux/base/limits.h"
#include "seatmux/desk/saved.h"
#include "seatmux/log/log.h"

#define GROUP 5000
#define OPEN 200
#define MESSAGES 12
#define PACE_MS 100 /* ten commands a second: a great desk at its busiest */

typedef struct {
    SmLoop *loop;
    SmLog *log;
    SmDesk *desk;
    SmRng *rng;
    GPtrArray *group;
    int64_t now;
    int64_t events;
    int64_t written;
    gboolean failed;
} Bench;

typedef struct {
    char *id;
    char *contact;
    int messages;
} Talk;

static void done(const GError *error, void *user)
{
    Bench *b = user;
    if (error)
        fprintf(stderr, "fold: %s\n", error->message);
    b->failed = error != NULL;
    sm_loop_quit(b->loop);
}

static void flush(Bench *b)
{
    if (b->group->len == 0 || b->failed)
        return;
    sm_log_append(b->log, b->written, b->group, done, b);
    sm_loop_run(b->loop);
    b->written += b->group->len;
    g_ptr_array_set_size(b->group, 0);
}

/* The record, borrowed from the group until the next flush; NULL when refused. */
static SmRecord *command(Bench *b, SmCommand c)
{
    g_autoptr(SmRefusal) refusal = NULL;
    g_autofree char *id = sm_id_new(b->rng, "k");
    c.id = id;
    c.fingerprint = "";
    if (!c.seen)
        c.seen = -1;
    b->now += PACE_MS;
    SmRecord *record = sm_desk_decide(b->desk, &c, b->now, b->rng, &refusal);
    if (!record) {
        fprintf(stderr, "fold: %s refused: %s\n", sm_command_verb(c.type), refusal->detail);
        b->failed = TRUE;
        return NULL;
    }
    record->seq = sm_desk_seq(b->desk) + 1;
    sm_desk_apply(b->desk, record, NULL);
    b->events += record->events->len;
    g_ptr_array_add(b->group, record);
    return record;
}

static void begin(Bench *b, Talk *talk)
{
    SmRecord *record = command(b, (SmCommand){.type = SM_COMMAND_START, .actor = {SM_ACTOR_CUSTOMER, NULL},
                                              .inbox = "web", .name = "Customer", .text = "hello, where is my parcel"});
    for (guint i = 0; record && i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->type == SM_EVENT_CONVERSATION_STARTED) {
            talk->id = g_strdup(event->conversation);
            talk->contact = g_strdup(event->contact);
        }
    }
    talk->messages = 0;
    command(b, (SmCommand){.type = SM_COMMAND_CLAIM, .actor = {SM_ACTOR_STAFF, "mia"}, .conversation = talk->id});
}

static void step(Bench *b, Talk *talk)
{
    if (!talk->id) {
        begin(b, talk);
    } else if (talk->messages++ < MESSAGES) {
        gboolean customer = talk->messages % 2;
        SmActor actor = {customer ? SM_ACTOR_CUSTOMER : SM_ACTOR_STAFF, customer ? talk->contact : "mia"};
        command(b, (SmCommand){.type = SM_COMMAND_POST, .actor = actor, .conversation = talk->id, .anyway = TRUE,
                               .text = "it has not come yet and I need to know when it will be here"});
    } else {
        command(b, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = {SM_ACTOR_STAFF, "mia"}, .conversation = talk->id,
                               .reason = "answered"});
        g_clear_pointer(&talk->id, g_free);
        g_clear_pointer(&talk->contact, g_free);
    }
}

/* Warnings, and the archiving of what ended. */
static void due(Bench *b)
{
    while (!b->failed && sm_desk_next_due(b->desk) <= b->now)
        command(b, (SmCommand){.type = SM_COMMAND_TICK, .actor = {SM_ACTOR_DESK, NULL}});
}

static void make(Bench *b, int64_t wanted)
{
    Talk talks[OPEN] = {{0}};
    g_autoptr(json_t) teams = json_pack("[s]", "support");
    g_autoptr(SmFindings) findings = sm_findings_new();
    const char *text = sm_policy_example();
    g_autoptr(SmPolicy) policy = sm_policy_parse("desk.yaml", text, strlen(text), findings);
    g_autoptr(json_t) data = sm_policy_encode(policy);
    command(b, (SmCommand){.type = SM_COMMAND_POLICY_SET, .actor = {SM_ACTOR_ADMIN, NULL}, .data = data});
    command(b, (SmCommand){.type = SM_COMMAND_AGENT_SET, .actor = {SM_ACTOR_ADMIN, NULL}, .agent = "mia", .name = "Mia",
                           .role = SM_ROLE_AGENT, .data = teams, .capacity = 500});
    command(b, (SmCommand){.type = SM_COMMAND_AVAILABILITY, .actor = {SM_ACTOR_STAFF, "mia"}, .agent = "mia",
                           .availability = SM_AVAILABLE_ONLINE});
    for (guint i = 0; b->events < wanted && !b->failed; i++) {
        due(b);
        step(b, &talks[i % OPEN]);
        if (b->group->len >= GROUP)
            flush(b);
    }
    flush(b);
    for (guint i = 0; i < OPEN; i++) {
        g_free(talks[i].id);
        g_free(talks[i].contact);
    }
}

static double seconds(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

/* Of all threads: what it takes when nothing else runs on the machine. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

typedef struct {
    SmDesk *desk;
    double taken; /* seconds */
} Fold;

static gboolean take(GPtrArray *records, void *user, GError **error)
{
    Fold *fold = user;
    double t = seconds();
    for (guint i = 0; i < records->len; i++)
        if (!sm_desk_apply(fold->desk, records->pdata[i], error))
            return FALSE;
    fold->taken += seconds() - t;
    return TRUE;
}

/* As a server does at its start without desk.fold: the whole log into a new desk. */
static gboolean fold_all(Bench *b, Fold *fold)
{
    g_autoptr(GError) error = NULL;
    gboolean ok = sm_log_each(b->log, 0, take, fold, &error);
    if (error)
        fprintf(stderr, "fold: %s\n", error->message);
    double t = seconds();
    (void)sm_desk_next_due(fold->desk); /* what falls due is reckoned when it is asked for */
    fold->taken += seconds() - t;
    return ok && sm_desk_seq(fold->desk) == b->written;
}

/* As a server does while it runs, and at its start with desk.fold. */
static gboolean put_away(SmDesk *desk)
{
    g_autoptr(SmPack) to = sm_pack_writer();
    double t = seconds();
    sm_desk_save(desk, to);
    g_autoptr(GByteArray) bytes = sm_pack_take(to);
    printf("put away: %.3f s, %.1f MB\n", seconds() - t, bytes->len / 1e6);
    g_autoptr(SmPack) from = sm_pack_reader(bytes->data, bytes->len);
    g_autoptr(SmDesk) again = sm_desk_new(SM_MAX_KEPT_MESSAGES);
    t = seconds();
    gboolean ok = sm_desk_restore(again, from) && sm_desk_seq(again) == sm_desk_seq(desk);
    printf("taken up: %.3f s\n", seconds() - t);
    return ok;
}

int main(int argc, char **argv)
{
    int64_t wanted = argc > 1 ? g_ascii_strtoll(argv[1], NULL, 10) : 1000000;
    const char *kept = argc > 2 ? argv[2] : NULL;
    g_autofree char *directory = kept ? NULL : g_dir_make_tmp("seatmux-fold-XXXXXX", NULL);
    g_autofree char *path = kept ? g_strdup(kept) : g_build_filename(directory, "desk.db", NULL);
    Bench b = {.loop = sm_loop_new_glib(), .rng = sm_rng_new(1), .desk = sm_desk_new(SM_MAX_KEPT_MESSAGES), .now = 1795000000000};
    b.group = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    b.log = sm_log_open_sqlite(path, b.loop, NULL, NULL);
    double t = seconds();
    b.written = sm_log_last(b.log);
    if (b.written == 0)
        make(&b, wanted);
    printf("made and written: %" G_GINT64_FORMAT " events in %" G_GINT64_FORMAT " records, %.2f s\n", b.events, b.written,
           seconds() - t);
    sm_desk_free(b.desk);
    t = seconds();
    double cpu = cpu_seconds();
    g_autoptr(SmDesk) desk = sm_desk_new(SM_MAX_KEPT_MESSAGES);
    Fold fold = {desk, 0};
    gboolean ok = !b.failed && fold_all(&b, &fold);
    printf("read and folded: %.2f s, of it folding %.2f s; %.2f s of CPU on two threads%s\n", seconds() - t, fold.taken,
           cpu_seconds() - cpu, ok ? "" : " - FAILED");
    ok = ok && put_away(desk);
    sm_log_close(b.log);
    g_ptr_array_unref(b.group);
    sm_rng_free(b.rng);
    sm_loop_free(b.loop);
    g_autofree char *lock = g_strdup_printf("%s.lock", path);
    if (!kept) {
        g_unlink(path);
        g_unlink(lock);
        g_rmdir(directory);
    }
    return ok ? 0 : 1;
}
