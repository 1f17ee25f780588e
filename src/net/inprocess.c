/* SPDX-License-Identifier: MIT */
/* inprocess: a desk in the same process, behind the same bytes and limits as one across a network.
 */
#include "seatmux/net/transport.h"

#include "net/frame.h"

typedef struct {
    SmTransport base;
    SmLoop *loop;
    SmDeskOps ops;
    int latency_ms;
    GQueue exchanges; /* SmExchange under way, in order of asking */
} InProcess;

struct SmExchange {
    GList link; /* in t->exchanges */
    InProcess *t;
    GBytes *request;
    GBytes *answer;
    SmExchangeSent sent;
    SmExchangeDone done;
    void *user;
    void *handle;       /* of the desk while it works on this */
    gboolean calling;   /* inside ops.request: its handle isn't known yet */
    guint64 step_timer; /* the next leg of the way */
    guint64 deadline;
    gboolean delivered;
};

static void exchange_free(SmExchange *x)
{
    sm_loop_remove(x->t->loop, &x->step_timer);
    sm_loop_remove(x->t->loop, &x->deadline);
    g_clear_pointer(&x->request, g_bytes_unref);
    g_clear_pointer(&x->answer, g_bytes_unref);
    g_free(x);
}

/* The desk is told that nobody waits any more, then everything of x goes. */
static void drop(SmExchange *x)
{
    if (x->handle != NULL)
        x->t->ops.cancel(x->handle);
    g_queue_unlink(&x->t->exchanges, &x->link);
    exchange_free(x);
}

static void finish(SmExchange *x, SmExchangeEnd end, const SmAnswer *answer, const char *words)
{
    SmExchangeDone done = x->done;
    void *user = x->user;

    drop(x);
    done(end, answer, words, user);
}

static void step(SmExchange *x, SmLoopFn fn)
{
    x->step_timer = x->t->latency_ms > 0 ? sm_loop_after(x->t->loop, x->t->latency_ms, fn, x)
                                         : sm_loop_defer(x->t->loop, fn, x);
}

static void arrive(void *user)
{
    SmExchange *x = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(SmAnswer) answer = sm_frame_read_answer(x->answer, &error);

    x->step_timer = 0;
    if (answer == NULL)
        finish(x, SM_EXCHANGE_DAMAGED, NULL, error->message);
    else
        finish(x, SM_EXCHANGE_ANSWERED, answer, NULL);
}

static void answered(SmAnswer *answer, void *user)
{
    SmExchange *x = user;

    x->handle = NULL;
    x->calling = FALSE;
    x->answer = sm_frame_write_answer(answer);
    sm_answer_free(answer);
    step(x, arrive);
}

static void deliver(void *user)
{
    SmExchange *x = user;
    SmAnswer *refused = NULL;

    x->step_timer = 0;
    x->delivered = TRUE;
    if (x->sent != NULL)
        x->sent(x->user);
    g_autoptr(SmRequest) request = sm_frame_read_request(x->request, &refused);
    if (request == NULL) {
        answered(refused, x);
        return;
    }
    request->address = "inprocess";
    x->calling = TRUE;
    void *handle = x->t->ops.request(x->t->ops.desk, request, answered, x);
    /* Answered already: x may be on its way, its handle means nothing. */
    if (x->calling)
        x->handle = handle;
    x->calling = FALSE;
}

static void too_late(void *user)
{
    SmExchange *x = user;

    x->deadline = 0;
    finish(x, x->delivered ? SM_EXCHANGE_UNKNOWN : SM_EXCHANGE_NOT_SENT, NULL, "no answer in time");
}

static SmExchange *inprocess_start(SmTransport *base, SmRequest *request, gboolean poll,
                                   int64_t timeout_ms, SmExchangeSent sent, SmExchangeDone done,
                                   void *user)
{
    InProcess *t = (InProcess *)base;
    SmExchange *x = g_new0(SmExchange, 1);

    x->t = t;
    x->request = sm_frame_write_request(request);
    sm_request_free(request);
    x->sent = sent;
    x->done = done;
    x->user = user;
    x->link.data = x;
    g_queue_push_tail_link(&t->exchanges, &x->link);
    x->deadline = sm_loop_after(t->loop, timeout_ms, too_late, x);
    step(x, deliver);
    return x;
}

static void inprocess_cancel(SmTransport *base, SmExchange *x)
{
    drop(x);
}

static void inprocess_free(SmTransport *base)
{
    InProcess *t = (InProcess *)base;

    while (t->exchanges.head != NULL)
        drop(t->exchanges.head->data);
    g_free(t);
}

SmTransport *sm_transport_new_inprocess(SmLoop *loop, const SmDeskOps *ops, int latency_ms)
{
    static const SmTransportOps table = {inprocess_start, inprocess_cancel, inprocess_free};
    InProcess *t = g_new0(InProcess, 1);

    t->base.ops = &table;
    t->loop = loop;
    t->ops = *ops;
    t->latency_ms = latency_ms;
    g_queue_init(&t->exchanges);
    return &t->base;
}
