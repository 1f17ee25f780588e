/* SPDX-License-Identifier: MIT */
/* The protocol, one JSON object a line.
 * To the helper:   {"seq":1,"op":"caps"}
 *                  {"seq":2,"op":"show","slot":5,"level":3,"sound":true,"title":"..","body":"..","chat":"c1"}
 *                  {"seq":3,"op":"close","slot":5}
 * From the helper: {"answer":1,"ok":true,"caps":["body","actions"]}
 *                  {"answer":1,"ok":false,"state":"no-bus"}      (or no-daemon, off)
 *                  {"action":"open","chat":"c1","slot":5}
 *                  {"closed":5} */
#include "seatmux/alert/notifier.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/rng.h"

#define SILENCE_MS 3000
#define RESTART_MS 30000
#define READS_AT_ONCE 16

typedef enum { ASK_CAPS, ASK_SHOW, ASK_CLOSE } Ask;

typedef struct {
    Ask ask;
    int64_t seq;
    guint32 slot;
    SmUrgency level;
    gboolean sound;
    SmSafe *title;
    SmSafe *body;
    char *chat;
} Request;

struct SmNotifier {
    SmLoop *loop;
    gboolean sound;
    SmNotifierHandlers handlers;
    void *user;
    SmTrace *trace;
    char *program;
    char **environment;
    int64_t silence_ms;
    int64_t restart_ms;

    SmNotifierState state;
    guint caps;
    gboolean started; /* once at least; `started_at` holds */
    gboolean failed;  /* it did not work before: do not let alerts wait for another try */
    gboolean useless; /* built without libnotify: never start it again */
    int64_t started_at;

    SmChild *child;
    SmChild *dying; /* killed, not yet reaped */
    int fd;         /* -1: no helper */
    guint64 can_read;
    guint64 can_write;
    guint64 silence;
    int64_t asked_awake; /* when the outstanding request left, in time awake */
    GString *in;
    GString *out;
    Request *outstanding;
    GQueue waiting;
    int64_t seq;
};

static const char *const passed_on[] = {
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "HOME",
    "USER",
    "LOGNAME",
    "PATH",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
};

static void ask_next(SmNotifier *n);
static gboolean read_lines(SmNotifier *n);

static void request_free(Request *r)
{
    if (!r)
        return;
    sm_safe_unref(r->title);
    sm_safe_unref(r->body);
    g_free(r->chat);
    g_free(r);
}

static char **choose_environment(char **from)
{
    g_auto(GStrv) own = from ? NULL : g_get_environ();
    char **chosen = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(passed_on); i++) {
        const char *value = g_environ_getenv(from ? from : own, passed_on[i]);
        if (value)
            chosen = g_environ_setenv(chosen, passed_on[i], value, TRUE);
    }
    return chosen ? chosen : g_new0(char *, 1);
}

SmNotifier *sm_notifier_new(SmLoop *loop, const SmNotifierOptions *options)
{
    static const SmNotifierOptions none = {0};
    const SmNotifierOptions *o = options ? options : &none;
    SmNotifier *n = g_new0(SmNotifier, 1);
    n->loop = loop;
    n->handlers = o->handlers;
    n->user = o->user;
    n->trace = o->trace;
    n->program = g_strdup(o->program);
    n->environment = choose_environment(o->environment);
    n->silence_ms = o->silence_ms > 0 ? o->silence_ms : SILENCE_MS;
    n->restart_ms = o->restart_ms > 0 ? o->restart_ms : RESTART_MS;
    n->fd = -1;
    n->in = g_string_new(NULL);
    n->out = g_string_new(NULL);
    g_queue_init(&n->waiting);
    return n;
}

static void hang_up(SmNotifier *n)
{
    sm_loop_remove(n->loop, &n->can_read);
    sm_loop_remove(n->loop, &n->can_write);
    sm_loop_remove(n->loop, &n->silence);
    if (n->fd >= 0)
        close(n->fd);
    n->fd = -1;
    n->caps = 0;
    g_string_truncate(n->in, 0);
    g_string_truncate(n->out, 0);
}

void sm_notifier_free(SmNotifier *n)
{
    if (!n)
        return;
    hang_up(n);
    if (n->child)
        sm_child_drop(n->child);
    if (n->dying)
        sm_child_drop(n->dying);
    request_free(n->outstanding);
    g_queue_clear_full(&n->waiting, (GDestroyNotify)request_free);
    g_string_free(n->in, TRUE);
    g_string_free(n->out, TRUE);
    g_strfreev(n->environment);
    g_free(n->program);
    g_free(n);
}

static void set_state(SmNotifier *n, SmNotifierState state)
{
    if (n->state == state)
        return;
    n->state = state;
    sm_trace(n->trace, SM_TRACE_INFO, "alert", "notifier: %s", sm_notifier_state_name(state));
    if (n->handlers.state)
        n->handlers.state(n, state, n->user);
}

/* The helper is of no more use: end it, say so, and give back what it had taken. */
static void fail(SmNotifier *n, SmNotifierState state, const char *why)
{
    sm_trace(n->trace, SM_TRACE_WARN, "alert", "notifier ended: %s", why);
    hang_up(n);
    if (n->dying && n->child)
        sm_child_drop(n->dying);
    if (n->child) {
        sm_child_kill(n->child);
        n->dying = n->child;
        n->child = NULL;
    }
    n->failed = TRUE;
    GQueue lost = n->waiting;
    g_queue_init(&n->waiting);
    if (n->outstanding)
        g_queue_push_head(&lost, n->outstanding);
    n->outstanding = NULL;
    set_state(n, state);
    for (Request *r; (r = g_queue_pop_head(&lost)) != NULL; request_free(r)) {
        if (r->ask == ASK_SHOW && n->handlers.undelivered)
            n->handlers.undelivered(n, r->slot, r->level, r->title, r->body, n->user);
    }
}

static void write_more(SmNotifier *n);

static void writable(int fd, GIOCondition condition, void *data)
{
    SmNotifier *n = data;
    sm_loop_remove(n->loop, &n->can_write);
    write_more(n);
}

static void write_more(SmNotifier *n)
{
    while (n->fd >= 0 && n->out->len > 0) {
        gssize sent = send(n->fd, n->out->str, n->out->len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            g_string_erase(n->out, 0, sent);
        } else if (sent < 0 && errno == EINTR) {
            continue;
        } else if (sent < 0 && errno == EAGAIN) {
            if (!n->can_write)
                n->can_write = sm_loop_fd(n->loop, n->fd, G_IO_OUT, writable, n);
            return;
        } else {
            fail(n, SM_NOTIFIER_DEAD, "can't write to it");
            return;
        }
    }
}

static void append_request(GString *to, const Request *r)
{
    static const char *const names[] = {"caps", "show", "close"};
    g_autoptr(json_t) j = json_object();
    json_object_set_new(j, "seq", json_integer(r->seq));
    json_object_set_new(j, "op", json_string(names[r->ask]));
    if (r->ask != ASK_CAPS)
        json_object_set_new(j, "slot", json_integer(r->slot));
    if (r->ask == ASK_SHOW) {
        json_object_set_new(j, "level", json_integer(r->level));
        if (r->sound)
            json_object_set_new(j, "sound", json_true());
        json_object_set_new(j, "title", json_string(sm_safe_str(r->title)));
        json_object_set_new(j, "body", json_string(sm_safe_str(r->body)));
        if (r->chat)
            json_object_set_new(j, "chat", json_string(r->chat));
    }
    sm_json_append(to, j);
    g_string_append_c(to, '\n');
}

/* Silence is counted in time awake: after a suspend the helper has had no chance to answer. */
static void silent(void *data)
{
    SmNotifier *n = data;
    n->silence = 0;
    if (!read_lines(n) || !n->outstanding || n->silence)
        return;
    int64_t passed = sm_loop_awake(n->loop) - n->asked_awake;
    if (passed < n->silence_ms)
        n->silence = sm_loop_after(n->loop, n->silence_ms - passed, silent, n);
    else
        fail(n, SM_NOTIFIER_HUNG, "no answer in time");
}

static void send_request(SmNotifier *n, Request *r)
{
    n->outstanding = r;
    n->asked_awake = sm_loop_awake(n->loop);
    sm_loop_remove(n->loop, &n->silence);
    n->silence = sm_loop_after(n->loop, n->silence_ms, silent, n);
    append_request(n->out, r);
    write_more(n);
}

static Request *request_new(SmNotifier *n, Ask ask, guint32 slot)
{
    Request *r = g_new0(Request, 1);
    r->ask = ask;
    r->seq = ++n->seq;
    r->slot = slot;
    return r;
}

static void ask_next(SmNotifier *n)
{
    if (n->state != SM_NOTIFIER_READY || n->outstanding || n->waiting.length == 0)
        return;
    send_request(n, g_queue_pop_head(&n->waiting));
}

static guint read_caps(const json_t *line)
{
    static const struct {
        const char *name;
        guint bit;
    } known[] = {{"body", SM_NOTIFIER_CAP_BODY},
                 {"body-markup", SM_NOTIFIER_CAP_MARKUP},
                 {"actions", SM_NOTIFIER_CAP_ACTIONS}};
    guint caps = 0;
    const json_t *list = json_object_get(line, "caps");
    for (gsize i = 0; i < json_array_size(list); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(known); k++) {
            if (g_strcmp0(json_string_value(json_array_get(list, i)), known[k].name) == 0)
                caps |= known[k].bit;
        }
    }
    return caps;
}

static void refused(SmNotifier *n, const char *state)
{
    if (strcmp(state, "off") == 0) {
        n->useless = TRUE;
        fail(n, SM_NOTIFIER_OFF, "built without libnotify");
    } else if (strcmp(state, "no-bus") == 0) {
        fail(n, SM_NOTIFIER_NO_BUS, "no session bus");
    } else {
        fail(n, SM_NOTIFIER_NO_DAEMON, "no notification daemon");
    }
}

static void answered(SmNotifier *n, const json_t *line)
{
    if (!n->outstanding || sm_json_int(line, "answer", 0) != n->outstanding->seq) {
        fail(n, SM_NOTIFIER_DEAD, "answered what was not asked");
        return;
    }
    if (!sm_json_bool(line, "ok", FALSE)) {
        refused(n, sm_json_str(line, "state", ""));
        return;
    }
    sm_loop_remove(n->loop, &n->silence);
    gboolean first = n->outstanding->ask == ASK_CAPS;
    g_clear_pointer(&n->outstanding, request_free);
    if (first) {
        n->caps = read_caps(line);
        n->failed = FALSE;
        set_state(n, SM_NOTIFIER_READY);
    }
    ask_next(n);
}

static void heard(SmNotifier *n, const char *bytes, gsize size)
{
    g_autoptr(json_t) line = sm_json_parse(bytes, size, SM_MAX_LINE_BYTES, NULL);
    if (!json_is_object(line)) {
        fail(n, SM_NOTIFIER_DEAD, "spoke nonsense");
    } else if (json_object_get(line, "answer")) {
        answered(n, line);
    } else if (json_object_get(line, "closed")) {
        int64_t slot = sm_json_int(line, "closed", 0);
        if (n->handlers.closed && slot > 0 && slot <= G_MAXUINT32)
            n->handlers.closed(n, (guint32)slot, n->user);
    } else if (strcmp(sm_json_str(line, "action", ""), "open") == 0) {
        const char *chat = sm_json_str(line, "chat", "");
        if (n->handlers.open && sm_id_valid(chat))
            n->handlers.open(n, chat, n->user);
    }
}

/* What has come so far, line by line. FALSE: the helper is gone. */
static gboolean read_lines(SmNotifier *n)
{
    char bytes[4096];
    for (guint i = 0; n->fd >= 0 && i < READS_AT_ONCE; i++) {
        gssize got = sm_child_read(n->fd, bytes, sizeof bytes);
        if (got < 0)
            break;
        if (got == 0) {
            fail(n, SM_NOTIFIER_DEAD, "it ended");
            return FALSE;
        }
        g_string_append_len(n->in, bytes, got);
        const char *end;
        while (n->fd >= 0 && (end = memchr(n->in->str, '\n', n->in->len)) != NULL) {
            gsize size = (gsize)(end - n->in->str);
            g_autofree char *line = g_strndup(n->in->str, size);
            g_string_erase(n->in, 0, (gssize)size + 1);
            heard(n, line, size);
        }
        if (n->in->len > SM_MAX_LINE_BYTES)
            fail(n, SM_NOTIFIER_DEAD, "a line beyond LINE_BYTES");
    }
    return n->fd >= 0;
}

static void readable(int fd, GIOCondition condition, void *data)
{
    read_lines(data);
}

static void ended(SmChild *child, int status, void *data)
{
    SmNotifier *n = data;
    if (child == n->dying) {
        n->dying = NULL;
        return;
    }
    n->child = NULL;
    sm_trace(n->trace, SM_TRACE_INFO, "alert", "notifier ended with status %d", status);
    if (read_lines(n)) /* a last word may still be there; somebody else may hold the socket */
        fail(n, SM_NOTIFIER_DEAD, "it ended");
}

static gboolean spawn(SmNotifier *n, GError **error)
{
    g_autofree char *found = n->program ? NULL : sm_notifier_find();
    const char *argv[] = {n->program ? n->program : found, NULL};
    int ends[2];
    if (!argv[0]) {
        g_set_error(error, SM_ERROR, SM_ERROR_NOT_FOUND, "seatmux-notifier is not installed");
        return FALSE;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "socketpair: %s", g_strerror(errno));
        return FALSE;
    }
    n->child =
        sm_child_spawn(n->loop, argv, n->environment, ends[1], ends[1], FALSE, ended, n, error);
    close(ends[1]);
    if (!n->child) {
        close(ends[0]);
        return FALSE;
    }
    n->fd = ends[0];
    n->can_read = sm_loop_fd(n->loop, n->fd, G_IO_IN | G_IO_HUP, readable, n);
    return TRUE;
}

void sm_notifier_start(SmNotifier *n)
{
    g_autoptr(GError) error = NULL;
    int64_t now = sm_loop_now(n->loop);
    if (n->fd >= 0 || n->useless || (n->started && now - n->started_at < n->restart_ms))
        return;
    n->started = TRUE;
    n->started_at = now;
    if (!spawn(n, &error)) {
        fail(n, SM_NOTIFIER_DEAD, error->message);
        return;
    }
    set_state(n, SM_NOTIFIER_STARTING);
    if (n->fd >= 0 && !n->outstanding)
        send_request(n, request_new(n, ASK_CAPS, 0));
}

SmNotifierState sm_notifier_state(const SmNotifier *n)
{
    return n->state;
}

guint sm_notifier_caps(const SmNotifier *n)
{
    return n->caps;
}

guint sm_notifier_waiting(const SmNotifier *n)
{
    return n->waiting.length;
}

const char *sm_notifier_state_name(SmNotifierState state)
{
    static const char *const names[SM_NOTIFIER_STATES] = {
        "off", "starting", "D-Bus", "no bus", "no daemon", "hung", "dead"};
    return (guint)state < SM_NOTIFIER_STATES ? names[state] : names[0];
}

static Request *waiting_show(SmNotifier *n, guint32 slot)
{
    for (GList *l = n->waiting.head; l; l = l->next) {
        Request *r = l->data;
        if (r->ask == ASK_SHOW && r->slot == slot)
            return r;
    }
    return NULL;
}

static SmSafe *hold(const SmSafe *text)
{
    return text ? sm_safe_ref((SmSafe *)text) : NULL;
}

void sm_notifier_set_sound(SmNotifier *n, gboolean on)
{
    n->sound = on;
}

gboolean sm_notifier_show(SmNotifier *n, guint32 slot, SmUrgency level, const SmSafe *title,
                          const SmSafe *body, const char *chat)
{
    sm_notifier_start(n);
    gboolean first_start = n->state == SM_NOTIFIER_STARTING && !n->failed;
    if (n->state != SM_NOTIFIER_READY && !first_start)
        return FALSE;
    Request *r = waiting_show(n, slot);
    if (!r) {
        if (n->waiting.length >= SM_MAX_NOTIFY_QUEUE)
            return FALSE;
        r = request_new(n, ASK_SHOW, slot);
        g_queue_push_tail(&n->waiting, r);
    }
    SmSafe *old_title = r->title, *old_body = r->body;
    r->level = level;
    r->sound = n->sound;
    r->title = hold(title);
    r->body = hold(body);
    sm_safe_unref(old_title);
    sm_safe_unref(old_body);
    g_free(r->chat);
    r->chat = g_strdup(chat);
    ask_next(n);
    return TRUE;
}

void sm_notifier_close(SmNotifier *n, guint32 slot)
{
    Request *r = waiting_show(n, slot);
    if (r) {
        g_queue_remove(&n->waiting, r);
        request_free(r);
    }
    if (n->fd < 0 || n->waiting.length >= SM_MAX_NOTIFY_QUEUE)
        return;
    g_queue_push_tail(&n->waiting, request_new(n, ASK_CLOSE, slot));
    ask_next(n);
}
