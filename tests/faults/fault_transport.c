/* SPDX-License-Identifier: MIT */
#include "faults/fault_transport.h"

#include "seatmux/base/limits.h"

typedef struct {
    SmTransport base;
    SmTransport *inner;
    SmLoop *loop;
    SmRng *rng;
    SmFaults *faults;
    GQueue open; /* SmExchange */
    SmFaultWatch watch;
    void *watch_user;
} FaultTransport;

struct SmExchange {
    GList link;
    FaultTransport *owner;
    SmRequest *request;
    gboolean poll;
    int64_t timeout;
    SmExchangeSent sent;
    SmExchangeDone done;
    void *user;
    SmExchange *inner;  /* the inner transport's */
    guint64 timer;
    gboolean lose_answer;
    gboolean cut;
    gboolean left;      /* the first byte has left */
    SmExchangeEnd end;  /* what the timer will tell */
    SmAnswer *answer;
};

static void exchange_free(SmExchange *x)
{
    g_queue_unlink(&x->owner->open, &x->link);
    sm_loop_remove(x->owner->loop, &x->timer);
    sm_request_free(x->request);
    sm_answer_free(x->answer);
    g_free(x);
}

static void tell(void *user)
{
    SmExchange *x = user;
    x->timer = 0;
    SmExchangeDone done = x->done;
    void *done_user = x->user;
    SmExchangeEnd end = x->end;
    g_autoptr(SmAnswer) answer = g_steal_pointer(&x->answer);
    if (end == SM_EXCHANGE_ANSWERED && x->left && x->owner->watch)
        x->owner->watch(x->request, answer, x->owner->watch_user);
    exchange_free(x);
    done(end, end == SM_EXCHANGE_ANSWERED ? answer : NULL, end == SM_EXCHANGE_ANSWERED ? NULL : "the network failed",
         done_user);
}

static void tell_later(SmExchange *x, SmExchangeEnd end, int64_t ms)
{
    x->end = end;
    x->timer = sm_loop_after(x->owner->loop, ms, tell, x);
}

static int64_t delay(FaultTransport *t)
{
    return t->faults->delay_high > 0 ? sm_rng_between(t->rng, t->faults->delay_low, t->faults->delay_high) : 0;
}

static SmAnswer *copy_answer(const SmAnswer *answer)
{
    SmAnswer *copy = g_new0(SmAnswer, 1);
    *copy = *answer;
    copy->body = answer->body ? g_bytes_ref(answer->body) : NULL;
    copy->cursor = g_strdup(answer->cursor);
    return copy;
}

static void inner_done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    SmExchange *x = user;
    x->inner = NULL;
    if (end == SM_EXCHANGE_ANSWERED && x->lose_answer) {
        x->owner->faults->done++;
        tell_later(x, SM_EXCHANGE_UNKNOWN, delay(x->owner));
    } else if (end == SM_EXCHANGE_ANSWERED && x->cut) {
        x->owner->faults->done++;
        tell_later(x, SM_EXCHANGE_DAMAGED, delay(x->owner));
    } else {
        if (end == SM_EXCHANGE_ANSWERED)
            x->answer = copy_answer(answer);
        tell_later(x, end, delay(x->owner));
    }
}

static SmRequest *copy_request(const SmRequest *request)
{
    SmRequest *copy = sm_request_new(request->method, request->target);
    copy->token = g_strdup(request->token);
    copy->idempotency_key = g_strdup(request->idempotency_key);
    copy->user_agent = g_strdup(request->user_agent);
    copy->body = request->body ? g_bytes_ref(request->body) : NULL;
    return copy;
}

/* The twin of a repeated request: its answer goes nowhere. */
static void twin_done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
}

static void forward(void *user)
{
    SmExchange *x = user;
    FaultTransport *t = x->owner;
    x->timer = 0;
    x->left = TRUE;
    if (t->watch)
        t->watch(x->request, NULL, t->watch_user);
    if (x->sent)
        x->sent(x->user);
    if (sm_rng_chance(t->rng, t->faults->lose_request)) {
        t->faults->done++;
        tell_later(x, SM_EXCHANGE_UNKNOWN, 50 + delay(t));
        return;
    }
    x->lose_answer = sm_rng_chance(t->rng, t->faults->lose_answer);
    x->cut = sm_rng_chance(t->rng, t->faults->cut);
    if (!x->poll && sm_rng_chance(t->rng, t->faults->repeat)) {
        t->faults->done++;
        sm_transport_start(t->inner, copy_request(x->request), FALSE, x->timeout, NULL, twin_done, NULL);
    }
    x->inner = sm_transport_start(t->inner, copy_request(x->request), x->poll, x->timeout, NULL, inner_done, x);
}

static SmExchange *start(SmTransport *base, SmRequest *request, gboolean poll, int64_t timeout_ms, SmExchangeSent sent,
                         SmExchangeDone done, void *user)
{
    FaultTransport *t = (FaultTransport *)base;
    SmExchange *x = g_new0(SmExchange, 1);
    x->owner = t;
    x->request = request;
    x->poll = poll;
    x->timeout = timeout_ms;
    x->sent = sent;
    x->done = done;
    x->user = user;
    x->link.data = x;
    g_queue_push_tail_link(&t->open, &x->link);
    if (sm_rng_chance(t->rng, t->faults->not_sent)) {
        t->faults->done++;
        tell_later(x, SM_EXCHANGE_NOT_SENT, 1 + delay(t));
    } else if (sm_rng_chance(t->rng, t->faults->refuse)) {
        static const int statuses[] = {502, 503, 429};
        t->faults->done++;
        x->answer = sm_answer_text(statuses[sm_rng_below(t->rng, 3)], "text/plain", g_strdup("a proxy says no"));
        tell_later(x, SM_EXCHANGE_ANSWERED, 1 + delay(t));
    } else {
        x->timer = sm_loop_after(t->loop, delay(t), forward, x);
    }
    return x;
}

static void cancel(SmTransport *base, SmExchange *x)
{
    FaultTransport *t = (FaultTransport *)base;
    sm_transport_cancel(t->inner, x->inner);
    exchange_free(x);
}

void sm_fault_transport_watch(SmTransport *base, SmFaultWatch watch, void *user)
{
    FaultTransport *t = (FaultTransport *)base;
    t->watch = watch;
    t->watch_user = user;
}

void sm_fault_transport_pull(SmTransport *base)
{
    FaultTransport *t = (FaultTransport *)base;
    for (GList *l = t->open.head; l; l = l->next) {
        SmExchange *x = l->data;
        sm_loop_remove(t->loop, &x->timer);
        /* What left may still be acted on by the desk: only the answer is lost to us. */
        sm_transport_cancel(t->inner, g_steal_pointer(&x->inner));
        g_clear_pointer(&x->answer, sm_answer_free);
        tell_later(x, x->left ? SM_EXCHANGE_UNKNOWN : SM_EXCHANGE_NOT_SENT, 1);
        t->faults->done++;
    }
}

static void free_transport(SmTransport *base)
{
    FaultTransport *t = (FaultTransport *)base;
    while (t->open.head)
        cancel(base, t->open.head->data);
    sm_transport_free(t->inner);
    sm_rng_free(t->rng);
    g_free(t);
}

SmTransport *sm_fault_transport_new(SmTransport *inner, SmLoop *loop, SmRng *rng, SmFaults *faults)
{
    static const SmTransportOps ops = {start, cancel, free_transport};
    FaultTransport *t = g_new0(FaultTransport, 1);
    t->base.ops = &ops;
    t->inner = inner;
    t->loop = loop;
    /* A fork depends on its purpose alone: each transport needs weather of its own. */
    g_autofree char *purpose = g_strdup_printf("faults %08x", (guint)sm_rng_u64(rng));
    t->rng = sm_rng_fork(rng, purpose);
    t->faults = faults;
    g_queue_init(&t->open);
    return &t->base;
}
