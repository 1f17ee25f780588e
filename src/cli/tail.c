/* SPDX-License-Identifier: MIT */
/* tail: what happens at a desk, line by line, until somebody stops it or what was waited for is
 * there. */
#include <errno.h>
#include <glib/gi18n.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/tail.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/desk/report.h"

#define HOLD_S 25
#define TICK_MS 1000
#define FINISH_MS 500
#define FIRST_ROWS 20 /* of the table at start, on a terminal */

enum { DONE = 0, COULD_NOT = 1, WRONG_USE = 2, IN_VAIN = 3 };

typedef struct {
    SmConnectionOptions connection;
    gboolean json, snapshot, once;
    char *filter, *since, *cursor_file, *exec, *until, *color, *language;
    int timeout;
} Options;

static void options_clear(Options *o)
{
    sm_connection_options_clear(&o->connection);
    g_free(o->filter);
    g_free(o->since);
    g_free(o->cursor_file);
    g_free(o->exec);
    g_free(o->until);
    g_free(o->color);
    g_free(o->language);
}

typedef struct {
    const Options *o;
    SmLoop *loop;
    SmTailStyle style;
    SmFilter *filter, *until;
    SmTailFeed *feed;
    SmTailFile *file;
    SmTailMark start; /* what the cursor file said */
    gboolean reading; /* the desk stands: `until` may be asked */
    gboolean ended;
    int status;
    guint64 tick, deadline;
    int stop; /* signals, as a descriptor; -1 */
} Tail;

/* --- Stopping ------------------------------------------------------------------------------------
 */

static void end(Tail *t, int status)
{
    if (!t->ended)
        t->status = status;
    t->ended = TRUE;
    sm_loop_quit(t->loop);
}

static void stopped(int fd, GIOCondition condition, void *user)
{
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
        end(user, 128 + (int)info.ssi_signo);
}

/* As a descriptor, so that writing can wait for it too: a pipe that nobody reads must not keep
 * Ctrl-C waiting. */
static gboolean watch_signals(Tail *t)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    t->stop = signalfd(-1, &set, SFD_CLOEXEC);
    if (t->stop >= 0)
        sm_loop_fd(t->loop, t->stop, G_IO_IN, stopped, t);
    else
        sm_cli_error("seatmux tail: %s\n", g_strerror(errno));
    return t->stop >= 0;
}

/* --- Writing -------------------------------------------------------------------------------------
 */

/* TRUE: a little can be written at once. FALSE: a signal came; half a line is finished first, if
 * anybody reads it. */
static gboolean room_to_write(Tail *t, gboolean begun)
{
    struct pollfd fds[] = {{STDOUT_FILENO, POLLOUT, 0}, {t->stop, POLLIN, 0}};
    while (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno == EINTR)
        ;
    if (!fds[1].revents || (begun && poll(fds, 1, FINISH_MS) == 1))
        return TRUE;
    stopped(t->stop, G_IO_IN, t);
    return FALSE;
}

/* All of it, or FALSE: who reads has gone (quietly), a signal came, or told. */
static gboolean say(Tail *t, const char *text)
{
    gsize all = strlen(text);
    for (gsize left = all; left > 0;) {
        if (!room_to_write(t, left < all))
            return FALSE;
        ssize_t n = write(STDOUT_FILENO, text, MIN(left, PIPE_BUF));
        if (n >= 0) {
            text += n;
            left -= (gsize)n;
        } else if (errno != EAGAIN && errno != EINTR) {
            if (errno != EPIPE)
                sm_cli_error("seatmux tail: %s\n", g_strerror(errno));
            end(t, errno == EPIPE ? DONE : COULD_NOT);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean keep(Tail *t, const char *cursor, int64_t seq, int64_t i)
{
    g_autoptr(GError) error = NULL;
    SmTailMark mark = {(char *)cursor, seq, i};
    if (!t->file || sm_tail_file_write(t->file, &mark, &error))
        return TRUE;
    sm_cli_error("seatmux tail: %s\n", error->message);
    end(t, COULD_NOT);
    return FALSE;
}

static void run_command(Tail *t, const SmTailItem *item)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = sm_tail_item_text(&(SmTailStyle){.json = TRUE}, item);
    if (!sm_tail_exec(t->loop, t->o->exec, json, &error))
        sm_cli_error("seatmux tail: %s\n", error->message);
}

static gboolean is_awaited(const Tail *t, const SmTailItem *item)
{
    if (!t->until || !sm_filter_has_events(t->until) || item->type == NULL)
        return FALSE;
    const char *id = sm_json_str(item->json, "conversation", NULL);
    const SmConversation *c = id ? sm_desk_conversation(sm_tail_feed_desk(t->feed), id) : NULL;
    SmFilterSubject subject = c ? sm_filter_subject(c) : (SmFilterSubject){.queued = -1};
    subject.event = item->type;
    subject.last = sm_json_str(item->json, "text", subject.last);
    return sm_filter_matches(t->until, &subject, sm_tail_feed_now(t->feed));
}

/* FALSE: enough. */
static gboolean take_item(Tail *t, const char *cursor, const SmTailItem *item)
{
    gboolean awaited = is_awaited(t, item);
    if (!item->passes && !awaited)
        return TRUE;
    g_autofree char *text = sm_tail_item_text(&t->style, item);
    if (!say(t, text))
        return FALSE;
    if (t->o->exec)
        run_command(t, item);
    if (json_object_get(item->json, "seq") && !keep(t, cursor, item->seq, item->i))
        return FALSE;
    if (awaited)
        end(t, DONE);
    return !t->ended;
}

/* --- Waiting for something -----------------------------------------------------------------------
 */

/* What is true of the desk without any event: waits that grow. */
static void look(Tail *t)
{
    guint n = 0;
    if (!t->until || sm_filter_has_events(t->until) || !t->reading || t->ended)
        return;
    g_autofree char *text = sm_tail_desk_text(&t->style, sm_tail_feed_desk(t->feed), t->until,
                                              sm_tail_feed_now(t->feed), 0, &n);
    if (n > 0 && say(t, text))
        end(t, DONE);
}

static void tick(void *user)
{
    Tail *t = user;
    look(t);
    if (!t->ended)
        t->tick = sm_loop_after(t->loop, TICK_MS, tick, t);
}

static void too_late(void *user)
{
    end(user, IN_VAIN);
}

/* --- The run -------------------------------------------------------------------------------------
 */

static gboolean follow_one(Tail *t, GPtrArray *items, GError **error)
{
    g_autofree char *cursor = g_strdup(sm_tail_feed_mark(t->feed)->cursor);
    SmTailStep step = sm_tail_feed_next(t->feed, HOLD_S, items, error);
    if (step != SM_TAIL_ITEMS)
        return FALSE;
    for (guint i = 0; i < items->len; i++)
        if (!take_item(t, cursor, items->pdata[i]))
            return FALSE;
    const char *now = sm_tail_feed_mark(t->feed)->cursor;
    if (g_strcmp0(now, cursor) != 0 && !keep(t, now, 0, 0))
        return FALSE;
    look(t);
    return !t->ended;
}

static void follow(Tail *t, GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(sm_tail_item_free);
    while (follow_one(t, items, error))
        if (t->o->once && sm_tail_feed_caught_up(t->feed))
            return end(t, DONE);
}

static int64_t since_of(const Tail *t)
{
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    int64_t at = -1;
    if (t->o->since)
        sm_instant_parse(t->o->since, local, g_get_real_time() / 1000, &at);
    return at;
}

static void show_desk(Tail *t, guint most)
{
    guint n;
    g_autofree char *text = sm_tail_desk_text(&t->style, sm_tail_feed_desk(t->feed), t->filter,
                                              sm_tail_feed_now(t->feed), most, &n);
    g_autofree char *more = n > most ? g_strdup_printf(_("... and %u more\n"), n - most) : g_strdup("");
    if (say(t, text) && most > 0 && say(t, more))
        say(t, "\n");
}

static void begin(Tail *t, GError **error)
{
    gboolean patient = !t->o->once && !t->o->snapshot;
    if (sm_tail_feed_start(t->feed, &t->start, since_of(t), patient, error) != SM_TAIL_ITEMS)
        return;
    t->reading = TRUE;
    if (t->o->snapshot) {
        show_desk(t, 0);
        end(t, DONE);
        return;
    }
    if (!keep(t, sm_tail_feed_mark(t->feed)->cursor, t->start.seq, t->start.i))
        return;
    if (!t->style.json && !t->o->until && !t->start.cursor && !t->o->since && isatty(STDOUT_FILENO))
        show_desk(t, FIRST_ROWS);
    look(t);
    if (!t->ended)
        follow(t, error);
}

static void run_at(Tail *t, const SmConnection *at, GError **error)
{
    SmCurlOptions curl = sm_connection_curl(at);
    g_autoptr(SmTransport) transport = sm_transport_new_curl(t->loop, &curl, error);
    if (!transport)
        return;
    g_autoptr(SmTailFeed) feed = sm_tail_feed_new(t->loop, transport, at, t->filter);
    t->feed = feed;
    t->tick = sm_loop_after(t->loop, TICK_MS, tick, t);
    if (t->o->timeout > 0)
        t->deadline = sm_loop_after(t->loop, (int64_t)t->o->timeout * 1000, too_late, t);
    begin(t, error);
    sm_loop_remove(t->loop, &t->tick);
    sm_loop_remove(t->loop, &t->deadline);
    sm_tail_feed_end(feed);
}

/* --- What was asked ------------------------------------------------------------------------------
 */

static SmFilter *filter_of(const char *option, const char *text)
{
    g_autoptr(GError) error = NULL;
    SmFilter *filter = sm_filter_parse(text, &error);
    if (!filter)
        sm_cli_error("seatmux: %s '%s': %s\n", option, text, error->message);
    return filter;
}

/* "breach", "resolved": one word that is no key is an event. */
static SmFilter *until_of(const char *text)
{
    g_autofree char *event =
        strpbrk(text, ":<> ") ? g_strdup(text) : g_strconcat("event:", text, NULL);
    return filter_of("--until", event);
}

static gboolean color_of(const char *wish, gboolean *color)
{
    gboolean automatic = !wish || g_str_equal(wish, "auto");
    const char *no_color = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
    *color = automatic ? isatty(STDOUT_FILENO) && !(no_color && *no_color) && g_strcmp0(term, "dumb") != 0
                       : g_str_equal(wish, "always");
    return automatic || *color || g_str_equal(wish, "never");
}

static const char *what_is_wrong(const Options *o)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    int64_t at;
    if (o->since && !sm_instant_parse(o->since, utc, g_get_real_time() / 1000, &at))
        return "--since is like 1h, 30m, today or 2026-11-27T09:00";
    if (o->snapshot && (o->once || o->cursor_file || o->exec || o->until || o->since))
        return "--snapshot shows the desk as it is and goes with --filter and --json alone";
    if (o->timeout < 0)
        return "--timeout is in seconds, above zero";
    return NULL;
}

static int columns_of_terminal(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static gboolean prepare(Tail *t)
{
    const Options *o = t->o;
    g_autoptr(GError) error = NULL;
    const char *wrong = what_is_wrong(o);
    t->style = (SmTailStyle){.json = o->json, .columns = o->json ? 0 : columns_of_terminal()};
    if (!color_of(o->color, &t->style.color))
        wrong = "--color auto, always or never";
    t->status = WRONG_USE;
    if (wrong) {
        sm_cli_error("seatmux: %s\n", wrong);
        return FALSE;
    }
    if ((o->filter && !(t->filter = filter_of("--filter", o->filter))) ||
        (o->until && !(t->until = until_of(o->until))))
        return FALSE;
    t->status = COULD_NOT;
    if (o->cursor_file && !(t->file = sm_tail_file_open(o->cursor_file, &t->start, &error))) {
        sm_cli_error("seatmux: %s\n", error->message);
        return FALSE;
    }
    return watch_signals(t);
}

static int tail(const Options *o)
{
    g_autofree char *config = sm_path_config("config.yaml");
    g_autoptr(SmOptions) options = sm_options_new();
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_autoptr(GError) error = NULL;
    Tail t = {.o = o, .loop = loop, .stop = -1};
    SmConnection at = {0};
    if (config)
        sm_options_load(options, config, NULL);
    if (prepare(&t) && sm_connection_settle(&at, &o->connection, options, &t.status)) {
        t.status = COULD_NOT;
        run_at(&t, &at, &error);
        if (error && !t.ended)
            sm_cli_error("seatmux tail: %s\n", error->message);
    }
    sm_connection_clear(&at);
    if (t.stop >= 0)
        close(t.stop);
    sm_tail_file_close(t.file);
    sm_tail_mark_clear(&t.start);
    sm_filter_free(t.filter);
    sm_filter_free(t.until);
    return t.status;
}

int sm_cli_tail(int argc, char **argv)
{
    Options o = {0};
    const GOptionEntry entries[] = {
        SM_CONNECTION_ENTRIES(o.connection),
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "a line of JSON for each event", NULL},
        {"filter", 0, 0, G_OPTION_ARG_STRING, &o.filter, "wait>20 team:sales state:queued event:breach",
         "TERMS"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &o.since, "begin earlier: 1h, today, 2026-11-27T09:00", "WHEN"},
        {"cursor-file", 0, 0, G_OPTION_ARG_FILENAME, &o.cursor_file, "go on from there the next time",
         "FILE"},
        {"exec", 0, 0, G_OPTION_ARG_STRING, &o.exec, "a command for each event, JSON on its input", "CMD"},
        {"snapshot", 0, 0, G_OPTION_ARG_NONE, &o.snapshot, "the desk as it is, and end", NULL},
        {"once", 0, 0, G_OPTION_ARG_NONE, &o.once, "what has happened, and end", NULL},
        {"until", 0, 0, G_OPTION_ARG_STRING, &o.until, "end with 0 at: breach, resolved, 'wait>60'", "TERMS"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &o.timeout, "end with 3 after so long", "SECONDS"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &o.color, "auto (default), always or never", "WHEN"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "zh-CN or en", "LANG"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- a desk's events as they happen");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int status = WRONG_USE;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1) {
        sm_cli_error("seatmux: %s\n", error ? error->message : "see seatmux tail --help");
    } else {
        sm_cli_locale(o.language);
        status = tail(&o);
    }
    options_clear(&o);
    return status;
}
