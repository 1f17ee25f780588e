/* SPDX-License-Identifier: MIT */
/* seatmux-notifier: shows desktop notifications for seatmux, which started it and speaks to it over
 * standard input, a socket. libnotify may block this process for 25 s, and the end of the session
 * bus may kill it: that is what it is for. The protocol is described in src/alert/notifier.c. */
#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "notes.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"

#define OUR_FD 0
#define WRITE_WAIT_MS 1000

typedef struct {
    GMainLoop *loop;
    GString *in;
    SmNotes *notes;
    const char *state; /* why nothing can be shown; NULL: it can */
} Helper;

/* One line to seatmux. If nobody takes it within a second there is nobody to work for. */
static void tell(Helper *h, const json_t *line)
{
    g_autoptr(GString) out = g_string_new(NULL);
    sm_json_append(out, line);
    g_string_append_c(out, '\n');
    while (out->len > 0) {
        gssize sent = send(OUR_FD, out->str, out->len, MSG_NOSIGNAL);
        if (sent > 0) {
            g_string_erase(out, 0, sent);
        } else if (sent < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = OUR_FD, .events = POLLOUT};
            if (poll(&p, 1, WRITE_WAIT_MS) <= 0)
                break;
        } else if (sent == 0 || errno != EINTR) {
            break;
        }
    }
    if (out->len > 0)
        g_main_loop_quit(h->loop);
}

static void tell_open(guint32 slot, const char *chat, void *user)
{
    g_autoptr(json_t) j = json_object();
    json_object_set_new(j, "action", json_string("open"));
    json_object_set_new(j, "chat", json_string(chat));
    json_object_set_new(j, "slot", json_integer(slot));
    tell(user, j);
}

static void tell_closed(guint32 slot, void *user)
{
    g_autoptr(json_t) j = json_object();
    json_object_set_new(j, "closed", json_integer(slot));
    tell(user, j);
}

static void answer(Helper *h, int64_t seq, const char *state, json_t *caps)
{
    g_autoptr(json_t) j = json_object();
    json_object_set_new(j, "answer", json_integer(seq));
    json_object_set_new(j, "ok", json_boolean(state == NULL));
    if (state)
        json_object_set_new(j, "state", json_string(state));
    if (caps)
        json_object_set_new(j, "caps", caps);
    tell(h, j);
}

static void ask_caps(Helper *h, int64_t seq)
{
    json_t *caps = json_array();
    if (!h->notes)
        h->notes = sm_notes_open(caps, &h->state, tell_open, tell_closed, h);
    answer(h, seq, h->notes ? NULL : h->state, caps);
}

static void handle(Helper *h, const json_t *line)
{
    const char *op = sm_json_str(line, "op", "");
    int64_t seq = sm_json_int(line, "seq", 0);
    guint32 slot = (guint32)CLAMP(sm_json_int(line, "slot", 0), 0, (int64_t)G_MAXUINT32);
    if (strcmp(op, "caps") == 0) {
        ask_caps(h, seq);
    } else if (!h->notes) {
        answer(h, seq, h->state, NULL);
    } else if (strcmp(op, "show") == 0) {
        gboolean shown = sm_notes_show(
            h->notes, slot, (int)sm_json_int(line, "level", 0), sm_json_bool(line, "sound", FALSE),
            sm_json_str(line, "title", ""),
            sm_json_str(line, "body", ""), sm_json_str(line, "chat", NULL));
        answer(h, seq, shown ? NULL : "no-daemon", NULL);
    } else if (strcmp(op, "close") == 0) {
        sm_notes_close(h->notes, slot);
        answer(h, seq, NULL, NULL);
    } else {
        g_main_loop_quit(h->loop);
    }
}

static void take_lines(Helper *h)
{
    const char *end;
    while ((end = memchr(h->in->str, '\n', h->in->len)) != NULL) {
        gsize n = (gsize)(end - h->in->str);
        g_autoptr(json_t) line = sm_json_parse(h->in->str, n, SM_MAX_LINE_BYTES, NULL);
        g_string_erase(h->in, 0, (gssize)n + 1);
        if (!json_is_object(line)) {
            g_main_loop_quit(h->loop);
            return;
        }
        handle(h, line);
    }
    if (h->in->len > SM_MAX_LINE_BYTES)
        g_main_loop_quit(h->loop);
}

static gboolean readable(gint fd, GIOCondition condition, gpointer data)
{
    Helper *h = data;
    char bytes[4096];
    gssize got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0) {
        g_string_append_len(h->in, bytes, got);
        take_lines(h);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        g_main_loop_quit(h->loop);
    }
    return G_SOURCE_CONTINUE;
}

int main(void)
{
    /* seatmux may be killed while we are stuck in a call: then nobody would read the end of the
     * socket. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int type;
    socklen_t size = sizeof type;
    if (getsockopt(OUR_FD, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
        g_printerr("seatmux-notifier is started by seatmux and does nothing alone\n");
        return 2;
    }
    Helper h = {.loop = g_main_loop_new(NULL, FALSE), .in = g_string_new(NULL), .state = "off"};
    guint watch = g_unix_fd_add(OUR_FD, G_IO_IN | G_IO_HUP, readable, &h);
    g_main_loop_run(h.loop);
    g_source_remove(watch);
    sm_notes_free(h.notes);
    g_string_free(h.in, TRUE);
    g_main_loop_unref(h.loop);
    return 0;
}
