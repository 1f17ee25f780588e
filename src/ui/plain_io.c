/* SPDX-License-Identifier: MIT */
/* plain_io: lines in and out. The terminal is left as it is: it echoes and edits the line that is typed by itself, and
 * a pipe or file does as well. A reader that does not read stops nothing: what waits for it is bounded. */
#include "ui/plain_private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "seatmux/app/intl.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

#define OUT_MOST (1024 * 1024)
#define OUT_PIECE 512 /* of a pipe that is ready, so much never blocks */
#define END_MS 1000

/* --- Out ------------------------------------------------------------------------------------------ */

/* TRUE: something is left. */
static gboolean write_some(SmPlain *plain)
{
    struct pollfd ready = {.fd = 1, .events = POLLOUT};
    while (plain->out->len > 0 && poll(&ready, 1, 0) > 0 && ready.revents & (POLLOUT | POLLERR | POLLHUP)) {
        ssize_t n = write(1, plain->out->str, MIN(plain->out->len, OUT_PIECE));
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            break;
        g_string_erase(plain->out, 0, n > 0 ? n : (gssize)plain->out->len); /* nobody reads any more */
    }
    return plain->out->len > 0;
}

static void writable(int fd, GIOCondition condition, void *user)
{
    SmPlain *plain = user;
    if (!write_some(plain))
        sm_loop_remove(plain->loop, &plain->out_watch);
}

static void put(SmPlain *plain, const char *text)
{
    if (plain->out->len > OUT_MOST)
        g_string_assign(plain->out, "...\n"); /* nobody listens; it begins anew */
    g_string_append(plain->out, text);
    if (!plain->lent && write_some(plain) && plain->out_watch == 0)
        plain->out_watch = sm_loop_fd(plain->loop, 1, G_IO_OUT, writable, plain);
}

static void put_line(SmPlain *plain, const char *text)
{
    if (plain->at_prompt)
        put(plain, "\n");
    plain->at_prompt = FALSE;
    put(plain, text);
    put(plain, "\n");
}

void sm_plain_say(SmPlain *plain, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    put_line(plain, text);
}

/* Emoji as the option says: their names, for one. */
static SmSafe *as_drawn(SmPlain *plain, const SmSafe *words)
{
    const SmWidths w = {.emoji = (SmEmoji)sm_options_int(sm_app_options(plain->app), "emoji")};
    return sm_safe_drawn(&w, words);
}

void sm_plain_line(SmPlain *plain, SmSafe *words)
{
    g_autoptr(SmSafe) drawn = as_drawn(plain, words);
    put_line(plain, sm_safe_str(drawn));
    sm_safe_unref(words);
}

void sm_plain_bell(SmPlain *plain)
{
    put(plain, "\a");
}

/* Whom what is typed goes to: the same words as in front of the composer. */
void sm_plain_prompt(SmPlain *plain)
{
    SmChat *chat = sm_plain_here(plain);
    if (!plain->asks)
        return;
    g_autoptr(SmSafe) prompt = plain->popup_open ? sm_safe_from_literal("? ")
                               : !chat           ? sm_safe_from_literal("> ")
                                                 : sm_safe_format(chat->note ? _("note on %S> ") : _("to %S> "), chat->name);
    /* Not after every line that comes: only where one is asked, or would write to somebody else. */
    if (!plain->prompt_due && g_strcmp0(plain->prompt, sm_safe_str(prompt)) == 0)
        return;
    g_free(plain->prompt);
    plain->prompt = g_strdup(sm_safe_str(prompt));
    plain->prompt_due = FALSE;
    if (plain->at_prompt)
        put(plain, "\n");
    g_autoptr(SmSafe) drawn = as_drawn(plain, prompt);
    put(plain, sm_safe_str(drawn));
    plain->at_prompt = TRUE;
}

/* --- In ------------------------------------------------------------------------------------------- */

static void take_line(SmPlain *plain, char *line, gsize n)
{
    if (plain->too_long) {
        plain->too_long = FALSE;
        sm_plain_say(plain, _("That line was too long and is not taken."));
        return;
    }
    if (n > 0 && line[n - 1] == '\r')
        line[--n] = '\0';
    g_autofree char *text = sm_text_input(line, (gssize)n, FALSE);
    sm_plain_take(plain, text);
}

/* Whole lines; the program may end with any of them. */
static void take_lines(SmPlain *plain)
{
    char *end;
    while (!plain->ended && !plain->lent && (end = memchr(plain->in->str, '\n', plain->in->len))) {
        gsize n = (gsize)(end - plain->in->str);
        g_autofree char *line = g_strndup(plain->in->str, n);
        g_string_erase(plain->in, 0, (gssize)n + 1);
        take_line(plain, line, n);
    }
    if (!plain->lent && plain->in->len > SM_MAX_LINE_BYTES) {
        plain->too_long = TRUE;
        g_string_set_size(plain->in, 0);
    }
}

static void readable(int fd, GIOCondition condition, void *user)
{
    SmPlain *plain = user;
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    plain->at_prompt = FALSE; /* the terminal has echoed the end of the line */
    if (n > 0) {
        g_string_append_len(plain->in, bytes, n);
        take_lines(plain);
        return;
    }
    sm_loop_remove(plain->loop, &plain->in_watch);
    if (plain->in->len > 0) { /* a last line without an end */
        g_string_append_c(plain->in, '\n');
        take_lines(plain);
    }
    sm_plain_take(plain, NULL);
}

void sm_plain_lend(SmPlain *plain, gboolean lent)
{
    plain->lent = lent;
    if (lent) {
        sm_loop_remove(plain->loop, &plain->in_watch);
        sm_loop_remove(plain->loop, &plain->out_watch);
        return;
    }
    plain->in_watch = sm_loop_fd(plain->loop, 0, G_IO_IN | G_IO_HUP, readable, plain);
    put(plain, "");
    take_lines(plain);
}

void sm_plain_begin_io(SmPlain *plain)
{
    plain->in = g_string_new(NULL);
    plain->out = g_string_new(NULL);
    plain->asks = isatty(0) && isatty(1);
    plain->in_watch = sm_loop_fd(plain->loop, 0, G_IO_IN | G_IO_HUP, readable, plain);
}

void sm_plain_end_io(SmPlain *plain)
{
    struct pollfd ready = {.fd = 1, .events = POLLOUT};
    if (!plain->out)
        return;
    sm_loop_remove(plain->loop, &plain->in_watch);
    sm_loop_remove(plain->loop, &plain->out_watch);
    if (plain->at_prompt)
        g_string_append_c(plain->out, '\n');
    for (int i = 0; i < 10 && write_some(plain); i++)
        poll(&ready, 1, END_MS / 10);
    g_string_free(plain->in, TRUE);
    g_string_free(plain->out, TRUE);
}
