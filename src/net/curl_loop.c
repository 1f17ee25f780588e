/* SPDX-License-Identifier: MIT */
/* Every socket of libcurl is a descriptor of the loop, its one timer a timer of the loop: nothing
 * wakes while nothing happens. */
#include "net/curl_private.h"

struct SmCurlLoop {
    SmLoop *loop;
    CURLM *multi;
    SmCurlLoopDone done;
    void *user;
    guint64 timer;
    guint64 tidy;
    GQueue watches;  /* Watch */
    gboolean *freed; /* set when freed during drive() */
};

/* One that libcurl gave up stays to the end of the next turn: a connection that is used again at once, as that of a poll is,
 * then costs the loop no change of its descriptors, each of which wakes it. */
typedef struct {
    GList link;
    SmCurlLoop *c;
    curl_socket_t fd;
    int what; /* CURL_POLL_... */
    gboolean given_up;
    guint64 source;
} Watch;

/* Ended transfers are told one by one; hearing of one may free everything. */
static void reap(SmCurlLoop *c)
{
    gboolean freed = FALSE;
    gboolean *outer = c->freed;
    CURLMsg *message;
    int left;

    c->freed = &freed;
    while (!freed && (message = sm_curl()->multi_info_read(c->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            c->done(message->easy_handle, message->data.result, c->user);
    if (!freed)
        c->freed = outer;
    else if (outer != NULL)
        *outer = TRUE;
}

static void drive(SmCurlLoop *c, curl_socket_t fd, int what)
{
    int running;

    sm_curl()->multi_socket_action(c->multi, fd, what, &running);
    reap(c);
}

static void on_fd(int fd, GIOCondition condition, void *user)
{
    Watch *watch = user;
    int what = (condition & (G_IO_IN | G_IO_HUP) ? CURL_CSELECT_IN : 0) |
               (condition & G_IO_OUT ? CURL_CSELECT_OUT : 0) |
               (condition & G_IO_ERR ? CURL_CSELECT_ERR : 0);

    if (!watch->given_up)
        drive(watch->c, fd, what);
}

static void unwatch(Watch *watch)
{
    sm_loop_remove(watch->c->loop, &watch->source);
    g_queue_unlink(&watch->c->watches, &watch->link);
    g_free(watch);
}

static void tidy(void *user)
{
    SmCurlLoop *c = user;

    c->tidy = 0;
    for (GList *l = c->watches.head, *next; l != NULL; l = next) {
        Watch *watch = l->data;
        next = l->next;
        if (watch->given_up)
            unwatch(watch);
    }
}

static Watch *need_watch(SmCurlLoop *c, curl_socket_t fd)
{
    for (GList *l = c->watches.head; l != NULL; l = l->next) {
        Watch *watch = l->data;
        if (watch->fd == fd)
            return watch;
    }
    Watch *watch = g_new0(Watch, 1);
    watch->c = c;
    watch->fd = fd;
    watch->link.data = watch;
    g_queue_push_tail_link(&c->watches, &watch->link);
    return watch;
}

static void watch_for(Watch *watch, int what)
{
    watch->given_up = FALSE;
    if (watch->source != 0 && watch->what == what)
        return;
    sm_loop_remove(watch->c->loop, &watch->source);
    watch->what = what;
    watch->source = sm_loop_fd(watch->c->loop, watch->fd,
                               (what & CURL_POLL_IN ? G_IO_IN : 0) | (what & CURL_POLL_OUT ? G_IO_OUT : 0), on_fd, watch);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *of_socket)
{
    SmCurlLoop *c = user;

    if (what != CURL_POLL_REMOVE) {
        watch_for(need_watch(c, fd), what);
        return 0;
    }
    need_watch(c, fd)->given_up = TRUE;
    if (c->tidy == 0)
        c->tidy = sm_loop_defer(c->loop, tidy, c);
    return 0;
}

static void on_timeout(void *user)
{
    SmCurlLoop *c = user;

    c->timer = 0;
    drive(c, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long ms, void *user)
{
    SmCurlLoop *c = user;

    sm_loop_remove(c->loop, &c->timer);
    /* libcurl counts finer than the loop: a ms early is a wake-up for nothing, and another one. */
    if (ms >= 0)
        c->timer = sm_loop_after(c->loop, ms > 0 ? ms + 1 : 0, on_timeout, c);
    return 0;
}

SmCurlLoop *sm_curl_loop_new(SmLoop *loop, SmCurlLoopDone done, void *user)
{
    SmCurlLoop *c = g_new0(SmCurlLoop, 1);

    c->loop = loop;
    c->done = done;
    c->user = user;
    g_queue_init(&c->watches);
    c->multi = sm_curl()->multi_init();
    sm_curl()->multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    sm_curl()->multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    sm_curl()->multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    sm_curl()->multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    sm_curl()->multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return c;
}

void sm_curl_loop_free(SmCurlLoop *c)
{
    if (c->freed != NULL)
        *c->freed = TRUE;
    sm_curl()->multi_cleanup(c->multi);
    while (c->watches.head != NULL)
        unwatch(c->watches.head->data);
    sm_loop_remove(c->loop, &c->tidy);
    sm_loop_remove(c->loop, &c->timer);
    g_free(c);
}

gboolean sm_curl_loop_add(SmCurlLoop *c, CURL *easy)
{
    return sm_curl()->multi_add_handle(c->multi, easy) == CURLM_OK;
}

void sm_curl_loop_remove(SmCurlLoop *c, CURL *easy)
{
    sm_curl()->multi_remove_handle(c->multi, easy);
}
