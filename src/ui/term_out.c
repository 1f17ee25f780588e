/* SPDX-License-Identifier: MIT */
#include "ui/term_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "ui/term_wide.h"

enum { TERM_TAKE = 16384, TERM_MEMORY = 262144 };

static void on_writable(int fd, GIOCondition condition, void *user)
{
    SmTerm *term = user;
    sm_term_write(term);
    if (term->gone || term->pending->len) {
        return;
    }
    sm_loop_remove(term->loop, &term->out_watch);
    if (term->events.drained) {
        term->events.drained(term->user);
    }
}

void sm_term_write(SmTerm *term)
{
    while (!term->gone && term->sent < term->pending->len) {
        ssize_t n =
            write(term->out, term->pending->str + term->sent, term->pending->len - term->sent);
        if (n >= 0) {
            term->sent += (gsize)n;
            term->stats.bytes += (uint64_t)n;
        } else if (errno == EAGAIN) {
            if (!term->out_watch) {
                term->out_watch = sm_loop_fd(term->loop, term->out, G_IO_OUT | G_IO_ERR | G_IO_HUP,
                                             on_writable, term);
            }
            return;
        } else if (errno != EINTR) {
            sm_term_lost(term);
            return;
        }
    }
    g_string_truncate(term->pending, 0);
    term->sent = 0;
}

void sm_term_push(SmTerm *term, const char *bytes, gsize n)
{
    if (!term->gone) {
        g_string_append_len(term->pending, bytes, (gssize)n);
    }
}

/* Begin the memory file again, before it grows. */
static void rewind_memory(SmTerm *term)
{
    (void)lseek(term->memfd, 0, SEEK_SET);
    (void)ftruncate(term->memfd, 0);
    term->taken = 0;
}

void sm_term_take(SmTerm *term)
{
    gsize before = term->pending->len;
    ssize_t n;
    do { /* one call for most frames: what was taken stays there, and reading goes on behind it */
        gsize at = term->pending->len;
        g_string_set_size(term->pending, at + TERM_TAKE);
        n = pread(term->memfd, term->pending->str + at, TERM_TAKE, (off_t)term->taken);
        g_string_set_size(term->pending, at + (gsize)MAX(n, 0));
        term->taken += MAX(n, 0);
    } while (n == TERM_TAKE);
    if (term->taken > TERM_MEMORY) {
        rewind_memory(term);
    }
    if (term->ambiguous == 2) {
        sm_term_widen(term->pending, before);
    }
}

void sm_term_discard(SmTerm *term)
{
    rewind_memory(term);
}

void sm_term_write_last(SmTerm *term, const char *bytes, gsize n)
{
    int64_t until = sm_loop_now(term->loop) + TERM_RESTORE_MS;
    gboolean flushed = FALSE;
    g_string_truncate(term->pending, 0);
    term->sent = 0;
    sm_loop_remove(term->loop, &term->out_watch);
    while (n && !term->gone) {
        ssize_t done = write(term->out, bytes, n);
        int64_t left = until - sm_loop_now(term->loop);
        if (done >= 0) {
            bytes += done;
            n -= (gsize)done;
        } else if (errno == EAGAIN && left > 0) {
            struct pollfd p = {.fd = term->out, .events = POLLOUT};
            (void)poll(&p, 1, (int)left);
        } else if (errno == EAGAIN && !flushed) {
            flushed = TRUE; /* what nobody reads is thrown away, so that this gets through */
            (void)tcflush(term->out, TCOFLUSH);
        } else if (errno != EINTR) {
            return;
        }
    }
}
