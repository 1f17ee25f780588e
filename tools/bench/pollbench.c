/* SPDX-License-Identifier: MIT */
/* pollbench: load and latency of an HTTP/1.1 long-poll server, from one epoll loop. Linux, no dependency.
 *
 *   cc -O2 -Wall -o pollbench pollbench.c        (includes pollbench_util.h)
 *   ./pollbench -P nchan -p 8091 --spawn 'nginx -c /etc/hub.conf' --park 1000,10000 --fan 200:2000:100:10 --pub 16 -r 3
 *   ./pollbench -p 8080 --pid 4711 --tokens t.txt --convs c.txt --header 'Authorization: Bearer {token}' \
 *     --poll '/v1/events?after={cursor}&wait={wait}' --snapshot /v1/snapshot --field cursor --pub-method PUT \
 *     --pub-path '/v1/conversations/{conv}/messages/{uuid}' --pub-body '{"text":"{msg}"}' --fan 200:2000:100:10 --drip 1000
 *
 * Server   -h ADDR -p PORT      numeric IPv4, default 127.0.0.1:8080
 *          --spawn CMD          start CMD (by "sh -c exec CMD") anew for every phase, end it after; must stay in the foreground
 *          --pid PID            or: a running server; its children count too (memory, CPU)
 * Profile  -P native|nchan      nchan: /sub/CHANNEL, /pub/CHANNEL,CHANNEL, cursor in Last-Modified + Etag
 * Templates {cursor} {wait} {ch} {conv} {i} {token} {uuid} {msg}; cursor is percent-encoded in paths.
 *          --poll PATH  --snapshot PATH (asked first on each connection, gives the first cursor)  --start CURSOR
 *          --header LINE (repeatable)  --field NAME   JSON member that holds the cursor (string or number; last one found)
 *          --pub-method M --pub-path PATH --pub-body BODY
 *          --tokens FILE        line i: subscriber i (agents first, then customers). A conversation's publisher uses its
 *                               customer's line; --pub-token T instead: one for all
 *          --convs FILE         line k: name of conversation k (default c0, c1, ...)
 *          --wait S (25)  --size BYTES of a message (120)
 * Phases   --park N,N,...       park N polls, then --wakes W (5) times: one event to all N, park again. {ch} is g0, all wait
 *                               for conversation 0, published on a connection of its own
 *          --fan A:C:R:T        A agents see all of their group (--groups G, default 1 = everything; {ch} g0..), C customers
 *                               see their own conversation ({ch} c0..); R messages/s in all for T s, open loop: the stamp is
 *                               the time a message was DUE, so a stalled publisher counts. First second not in latencies
 *          --drip S             repeat each fan with S connections beside that send one header byte a second each
 *          --pub K[:T]          K publishers as fast as they are answered for T (3) s, nobody listens; 100 conversations
 *          --pubs K (16)        publishing connections in fan; a conversation always uses the same one
 * Output   -r N repeats; table of median (min-max); --json FILE (- = stdout): every value. --name TEXT
 *
 * Every message holds "pb:RUN:ID:CONV:SEQ:STAMP:"; answers are searched for it, so any body format will do. A server that
 * repeats the text inside one event shows as duplicates. lost: published with 2xx, not delivered 5 s after the end;
 * disorder: within a conversation; foreign: delivered to someone who should not see it. Time stamps: CLOCK_MONOTONIC. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef long long ns_t;
#define S 1000000000LL
#define MS 1000000LL
#define RBUF (1 << 20)
#define NONE 0xffffffffu

enum kind { SUB, PUB, DRIP };
enum state { CLOSED, CONNECTING, BUSY, IDLE, REFUSED };
struct conn {
    int fd, i;
    enum kind kind;
    enum state st;
    int fresh;                          /* no cursor yet: ask for the snapshot */
    char cur[128], etag[64];
    char *buf; size_t len, cap;         /* part of an answer */
    unsigned char *seen; unsigned *last; /* SUB: ids had; last sequence (agent: per conversation) */
    int got;                            /* SUB: messages since the last wake */
    unsigned g, qh, qt; ns_t t0;        /* PUB: message under way, queue */
};

static struct {
    const char *host, *name, *poll, *snapshot, *start, *field, *method, *ppath, *pbody, *ptoken, *spawn, *json, *hdr[8];
    int port, nchan, nhdr, wait, size, wakes, groups, pubs, drip, reps, pid;
    char **tokens, **convs; int ntokens, nconvs;
} o = { .host = "127.0.0.1", .name = "server", .poll = "/v1/events?after={cursor}&wait={wait}", .start = "", .field = "cursor",
        .method = "POST", .ppath = "/v1/conversations/{conv}/messages/{uuid}", .pbody = "{\"text\":\"{msg}\"}", .port = 8080,
        .wait = 25, .size = 120, .wakes = 5, .groups = 1, .pubs = 16, .reps = 1 };

static int ep, server;
static unsigned run;
static char *rbuf;
static struct conn *subs, *pubs, *drips;
static int nsub, npub, ndrip, nagent, nconv;
static int connected, hold, closed_loop;                 /* hold: woken subscribers do not poll again */
static unsigned total, sent, *mconv, *mseq, *mnext, *cseq; /* messages: conversation, sequence, queue link */
static unsigned char *mok;
static ns_t t_start, t_warm, t_end, gap, drip_next;      /* fan: message g is due at t_start + g*gap */
static long refused, reconnects, answers, delivered, dups, disorder, foreign, pub_ok, pub_bad, cuts;
static ns_t *lat_wake; static int nwake;
static struct hist { unsigned long n, b[64 * 64]; ns_t max; } h_agent, h_cust, h_pub;

static ns_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * S + t.tv_nsec; }
static void die(const char *f, ...) {
    va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr);
    if (o.spawn && server > 0) kill(server, SIGTERM);
    exit(1);
}
static void *xcalloc(size_t n, size_t s) { void *p = calloc(n ? n : 1, s); if (!p) die("no memory"); return p; }

#include "pollbench_util.h"

/* ---- requests ---- */
static const char *line_of(char **v, int n, int i) { return n ? v[i % n] : ""; }
static void expand(char **d, char *end, const char *t, struct conn *c, int conv, const char *tok, const char *msg, int url) {
    char tmp[64]; const char *v;
    for (; *t && *d < end - 4; ) {
        if (*t != '{') { *(*d)++ = *t++; continue; }
        int enc = 0;
        if (!strncmp(t, "{cursor}", 8)) v = c->cur, enc = url, t += 8;
        else if (!strncmp(t, "{wait}", 6)) snprintf(tmp, 64, "%d", o.wait), v = tmp, t += 6;
        else if (!strncmp(t, "{i}", 3)) snprintf(tmp, 64, "%d", c->i), v = tmp, t += 3;
        else if (!strncmp(t, "{token}", 7)) v = tok, t += 7;
        else if (!strncmp(t, "{msg}", 5)) v = msg, t += 5;
        else if (!strncmp(t, "{conv}", 6)) {
            if (o.nconvs) v = o.convs[conv % o.nconvs]; else snprintf(tmp, 64, "c%d", conv), v = tmp;
            t += 6;
        } else if (!strncmp(t, "{ch}", 4)) {
            if (c->kind == PUB) snprintf(tmp, 64, "g%d,c%d", conv % o.groups, conv);
            else snprintf(tmp, 64, c->i < nagent ? "g%d" : "c%d", c->i < nagent ? c->i % o.groups : c->i - nagent);
            v = tmp, t += 4;
        } else if (!strncmp(t, "{uuid}", 6)) {
            struct timespec w; clock_gettime(CLOCK_REALTIME, &w);
            ns_t ms = w.tv_sec * 1000LL + w.tv_nsec / MS;
            snprintf(tmp, 64, "%08llx-%04llx-7%03x-8%03x-%012x", ms >> 16, ms & 0xffff, run & 0xfff, run >> 12 & 0xfff, c->g);
            v = tmp, t += 6;
        } else { *(*d)++ = *t++; continue; }
        for (; *v && *d < end - 4; v++)
            if (!enc || isalnum((unsigned char)*v) || strchr("-._~", *v)) *(*d)++ = *v;
            else *d += sprintf(*d, "%%%02X", (unsigned char)*v);
    }
    **d = 0;
}
static int conn_open(struct conn *c);
static void conn_close(struct conn *c) {
    if (c->st == CLOSED) return;
    close(c->fd);
    if (c->st != CONNECTING) connected--;
    c->st = CLOSED, c->len = 0;
}
static void conn_send(struct conn *c, const char *p, size_t n) {
    if (send(c->fd, p, n, MSG_NOSIGNAL) == (ssize_t)n) { c->st = BUSY; return; }
    conn_close(c), reconnects++, conn_open(c);      /* the server hung up between two requests: once more on a new one */
}
static void request(struct conn *c) {
    static char q[65536], body[32768]; char *d = q, *b = body, *end = q + sizeof q, msg[16384];
    const char *tok; int conv = 0;
    if (c->kind == SUB) {
        int snap = c->fresh && o.snapshot;
        tok = line_of(o.tokens, o.ntokens, c->i);
        d += sprintf(d, "GET ");
        expand(&d, end, snap ? o.snapshot : o.poll, c, c->i < nagent ? 0 : c->i - nagent, tok, "", 1);
    } else {
        conv = mconv[c->g % total];
        tok = o.ptoken ? o.ptoken : line_of(o.tokens, o.ntokens, nagent + conv);
        if (closed_loop || t_start == 0) c->t0 = now();
        int n = sprintf(msg, "pb:%08x:%u:%d:%u:%lld:", run, c->g, conv, mseq[c->g % total], c->t0);
        while (n < o.size && n < 16000) msg[n++] = 'x';
        msg[n] = 0;
        expand(&b, body + sizeof body, o.pbody, c, conv, tok, msg, 0);
        d += sprintf(d, "%s ", o.method);
        expand(&d, end, o.ppath, c, conv, tok, msg, 1);
    }
    d += sprintf(d, " HTTP/1.1\r\nHost: %s:%d\r\n", o.host, o.port);
    for (int k = 0; k < o.nhdr; k++) expand(&d, end, o.hdr[k], c, conv, tok, "", 0), d += sprintf(d, "\r\n");
    if (c->kind == SUB && o.nchan && *c->cur) d += sprintf(d, "If-Modified-Since: %s\r\nIf-None-Match: %s\r\n", c->cur, c->etag);
    if (c->kind == PUB) d += sprintf(d, "Content-Type: application/json\r\nContent-Length: %zu\r\n", (size_t)(b - body));
    d += sprintf(d, "\r\n");
    if (c->kind == PUB) memcpy(d, body, b - body), d += b - body;
    conn_send(c, q, d - q);
}
static void pub_next(struct conn *c) {
    if (c->st != IDLE) return;
    if (closed_loop) { c->g = sent++; request(c); return; }
    if (c->qh == NONE) return;
    c->g = c->qh, c->qh = mnext[c->g];
    if (t_start) c->t0 = t_start + c->g * gap;
    request(c);
}
static void publish(unsigned g) {                   /* to the queue of its conversation's connection */
    struct conn *c = &pubs[mconv[g] % npub];
    mnext[g] = NONE;
    if (c->qh == NONE) c->qh = g; else mnext[c->qt] = g;
    c->qt = g;
    if (c->st == IDLE) pub_next(c);
}

/* ---- answers ---- */
static int scan(struct conn *c, const char *p, size_t n, ns_t t) {
    char mark[16]; int found = 0, ml = sprintf(mark, "pb:%08x:", run);
    const char *end = p + n;
    for (; (p = memmem(p, end - p, mark, ml)); ) {
        char *q; unsigned g = strtoul(p + ml, &q, 10), conv = strtoul(q + 1, &q, 10), seq = strtoul(q + 1, &q, 10);
        ns_t stamp = strtoll(q + 1, &q, 10);
        p = q, found++;
        if (g >= total || conv != mconv[g]) { foreign++; continue; }
        if (lat_wake) {
            if (c->got++) dups++; else if (nwake < nsub) lat_wake[nwake++] = t - stamp;
            continue;
        }
        int agent = c->i < nagent;
        if (agent ? conv % o.groups != (unsigned)c->i % o.groups : conv != (unsigned)(c->i - nagent)) { foreign++; continue; }
        if (c->seen[g >> 3] >> (g & 7) & 1) { dups++; continue; }
        c->seen[g >> 3] |= 1 << (g & 7), delivered++;
        unsigned *l = &c->last[agent ? conv : 0];
        if (seq < *l) disorder++; else *l = seq;
        if (stamp >= t_warm) hist_add(agent ? &h_agent : &h_cust, t - stamp);
    }
    return found;
}
static void complain(const char *what, const char *p, size_t n) {
    static int left = 3;
    if (left-- > 0) fprintf(stderr, "pollbench: %s: %.*s\n", what, (int)(n < 400 ? n : 400), p);
}
static void header(const char *h, const char *end, const char *name, char *out, size_t cap) {
    size_t nl = strlen(name);
    for (const char *l = h; (l = memchr(l, '\n', end - l)) && ++l < end; )
        if (!strncasecmp(l, name, nl) && l[nl] == ':') {
            for (l += nl + 1; *l == ' '; l++) { }
            size_t k = strcspn(l, "\r\n"); if (k >= cap) k = cap - 1;
            memcpy(out, l, k), out[k] = 0;
            return;
        }
}
static void find_cursor(struct conn *c, const char *p, size_t n) {
    char key[72]; int kl = snprintf(key, sizeof key, "\"%s\"", o.field);
    const char *end = p + n, *f = NULL;
    while ((p = memmem(p, end - p, key, kl))) f = p += kl;
    if (!f) return;
    while (f < end && (*f == ':' || isspace((unsigned char)*f))) f++;
    size_t k = 0; int str = f < end && *f == '"';
    for (f += str; f < end && k < sizeof c->cur - 1 && (str ? *f != '"' : isalnum((unsigned char)*f)); ) c->cur[k++] = *f++;
    c->cur[k] = 0;
}
static void answer(struct conn *c, int status, const char *h, const char *he, const char *body, size_t n, ns_t t, int close_it) {
    int ok = status / 100 == 2, reopen = 0;
    answers++;
    c->st = IDLE;
    if (c->kind == PUB) {
        if (ok) pub_ok++; else pub_bad++, complain("publish refused", h, body + n - h);
        if (ok && !closed_loop) mok[c->g] = 1;
        if (!t_start || c->t0 >= t_warm) hist_add(&h_pub, t - c->t0);
    } else {
        int quiet = status == 304 || status == 408, m = 0;
        if (ok) {
            if (o.nchan) header(h, he, "Last-Modified", c->cur, sizeof c->cur), header(h, he, "Etag", c->etag, sizeof c->etag);
            else find_cursor(c, body, n);
            m = c->fresh && o.snapshot ? 0 : scan(c, body, n, t);
            c->fresh = 0;
        } else if (status == 410) c->fresh = 1;
        if (!ok && !quiet && status != 410) { refused++, c->st = REFUSED, complain("poll refused", h, body + n - h); return; }
        if (!(hold && m)) reopen = 1;
    }
    if (close_it) { conn_close(c), reconnects++, conn_open(c); return; }
    if (c->kind == PUB) { if (!closed_loop || t < t_end) pub_next(c); }
    else if (reopen) request(c);
}
/* one whole answer at p? its length; 0: not yet; -1: not HTTP. De-chunks in place. */
static ssize_t take(struct conn *c, char *p, size_t n, ns_t t) {
    char *he = memmem(p, n, "\r\n\r\n", 4), v[64] = "";
    if (!he) return n > 65536 ? -1 : 0;
    if (n < 12 || memcmp(p, "HTTP/1.", 7)) return -1;
    int status = atoi(p + 9), bye = p[7] == '0';
    char *body = he + 4, *end = p + n; size_t len = 0, used;
    header(p, he, "Connection", v, sizeof v);
    if (!strcasecmp(v, "close")) bye = 1;
    *v = 0, header(p, he, "Transfer-Encoding", v, sizeof v);
    if (!strcasecmp(v, "chunked") && status != 204 && status != 304) {
        char *q, *w; int pass;
        for (pass = 0; pass < 2; pass++)            /* first look whether all is there, then move */
            for (q = w = body;;) {
                char *nl = memmem(q, end - q, "\r\n", 2);
                if (!nl) return 0;
                size_t k = strtoul(q, NULL, 16);
                if ((size_t)(end - nl) < k + 4) return 0;
                if (pass && k) memmove(w, nl + 2, k), w += k;
                q = nl + 4 + k;
                if (!k) break;
            }
        used = q - p, len = w - body;
    } else {
        *v = 0, header(p, he, "Content-Length", v, sizeof v);
        if (status != 204 && status != 304) len = strtoul(v, NULL, 10);
        used = body - p + len;
        if (used > n) return 0;
    }
    answer(c, status, p, he, body, len, t, bye);
    return used;
}
static void hangup(struct conn *c) {
    if (c->st == CONNECTING || (c->kind != DRIP && c->st == REFUSED)) {
        refused++, conn_close(c);
        return;
    }
    if (c->kind == DRIP) { cuts++, conn_close(c); return; }     /* opened again when its next byte is due */
    reconnects++;
    if (c->kind == PUB && c->st == BUSY) pub_bad++, complain("connection lost while publishing", "", 0);
    conn_close(c), conn_open(c);
}
static void readable(struct conn *c) {
    ssize_t n = recv(c->fd, rbuf + c->len, RBUF - c->len, 0);
    ns_t t = now();
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) { hangup(c); return; }
    if (c->kind == DRIP) return;
    char *p = rbuf; size_t have = c->len + n; ssize_t k = 0;
    if (c->len) memcpy(rbuf, c->buf, c->len);
    c->len = 0;
    while (have && (k = take(c, p, have, t)) > 0) {
        p += k, have -= k;
        if (c->st == CLOSED || c->st == CONNECTING) return;
    }
    if (k < 0 || have > RBUF / 2) { complain("not HTTP or too long", p, have); c->st = REFUSED; hangup(c); return; }
    if (have) {
        if (c->cap < have) { c->cap = have * 2; if (!(c->buf = realloc(c->buf, c->cap))) die("no memory"); }
        memcpy(c->buf, p, have), c->len = have;
    }
}
static int conn_open(struct conn *c) {
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(o.port) };
    struct epoll_event e = { EPOLLIN | EPOLLOUT, { .ptr = c } };
    struct linger l = { 1, 0 }; int one = 1;        /* reset on close: no TIME_WAIT pile */
    inet_pton(AF_INET, o.host, &a.sin_addr);
    if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0) die("socket: %s (ulimit -n?)", strerror(errno));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
    c->len = 0, c->st = CONNECTING;
    if (connect(c->fd, (void *)&a, sizeof a) && errno != EINPROGRESS) { close(c->fd), c->st = CLOSED, refused++; return 0; }
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
    return 1;
}
static void ready(struct conn *c) {
    struct epoll_event e = { EPOLLIN, { .ptr = c } }; int err = 0; socklen_t l = sizeof err;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l);
    if (err) { hangup(c); return; }
    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
    connected++, c->st = IDLE;
    if (c->kind == SUB) request(c);
    else if (c->kind == PUB) { if (!closed_loop && t_start == 0 && c->qh == NONE) return; if (t_start) pub_next(c); }
    else conn_send(c, "GET /drip HTTP/1.1\r\nHost: drip\r\nX-Drip: ", 40);
}
static void turn(ns_t until) {                      /* one turn of the loop */
    struct epoll_event ev[512]; ns_t t = now(), w = until;
    if (gap && sent < total && t_start + sent * gap < w) w = t_start + sent * gap;
    if (ndrip && drip_next && drip_next < w) w = drip_next;
    w = w > t ? w - t : 0;
    struct timespec ts = { w / S, w % S };
    int n = epoll_pwait2(ep, ev, 512, &ts, NULL);
    for (int k = 0; k < n; k++) {
        struct conn *c = ev[k].data.ptr;
        if (c->st == CONNECTING) { if (ev[k].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) ready(c); }
        else if (c->st != CLOSED) readable(c);
        if (gap && sent < total && (k & 15) == 15)  /* due messages don't wait for a long batch */
            while (sent < total && now() >= t_start + sent * gap) publish(sent++);
    }
    t = now();
    while (gap && sent < total && t >= t_start + sent * gap) publish(sent++);
    while (ndrip && drip_next && t >= drip_next) {
        static int k;
        struct conn *c = &drips[k++ % ndrip];
        if (c->st == CLOSED) conn_open(c);
        else if (c->st == BUSY && send(c->fd, "a", 1, MSG_NOSIGNAL) < 0 && errno != EAGAIN) hangup(c);
        drip_next += S / ndrip;
    }
}
static void spin(ns_t d) { for (ns_t e = now() + d; now() < e; ) turn(e); }
static struct conn *open_all(enum kind k, int n) {
    struct conn *v = xcalloc(n, sizeof *v);
    for (int i = 0; i < n; i++) {
        v[i].kind = k, v[i].i = i, v[i].fresh = 1, v[i].qh = NONE;
        snprintf(v[i].cur, sizeof v[i].cur, "%s", o.start);
    }
    if (k == SUB) subs = v, nsub = n; else if (k == PUB) pubs = v, npub = n; else drips = v, ndrip = n;
    for (int i = 0; i < n; i++) { conn_open(&v[i]); if (i % 32 == 31) turn(0); }
    for (ns_t e = now() + 20 * S; now() < e; turn(now() + 10 * MS)) {
        int wait = 0;
        for (int i = 0; i < n && !wait; i++) wait = v[i].st == CONNECTING || (k == SUB && v[i].fresh && o.snapshot && v[i].st == BUSY);
        if (!wait) break;
    }
    return v;
}
/* until the server used no CPU for 60 ms: the time of its last use (it has read all requests and rests) */
static ns_t settle(void) {
    ns_t last = now(), cpu = server_cpu(), e = last + 10 * S;
    if (!server) { spin(S); return now(); }
    while (now() < e && now() - last < 60 * MS) {
        spin(5 * MS);
        ns_t c = server_cpu();
        if (c - cpu > 100000) last = now();
        cpu = c;
    }
    return last;
}
static void free_all(struct conn **v, int *n) {
    for (int i = 0; i < *n; i++) { conn_close(&(*v)[i]); free((*v)[i].buf); free((*v)[i].seen); free((*v)[i].last); }
    free(*v), *v = NULL, *n = 0;
}
static void messages(unsigned n, int conv) {
    total = n, sent = 0, nconv = conv;
    mconv = xcalloc(n, 4), mseq = xcalloc(n, 4), mnext = xcalloc(n, 4), mok = xcalloc(n, 1), cseq = xcalloc(conv, 4);
    for (unsigned g = 0; g < n; g++) mconv[g] = conv == 1 ? 0 : (unsigned)rand() % conv, mseq[g] = ++cseq[mconv[g]];
}

/* ---- phases ---- */
static void phase_begin(void) {
    run = (unsigned)(now() ^ now() << 7) ^ (unsigned)getpid();
    ep = epoll_create1(EPOLL_CLOEXEC);
    refused = reconnects = answers = delivered = dups = disorder = foreign = pub_ok = pub_bad = cuts = 0;
    connected = hold = closed_loop = nwake = 0, gap = t_start = t_warm = t_end = drip_next = 0, nagent = 0;
    memset(&h_agent, 0, sizeof h_agent), memset(&h_cust, 0, sizeof h_cust), memset(&h_pub, 0, sizeof h_pub);
    server = o.pid;
    if (!o.spawn) return;
    if (!(server = fork())) {
        char cmd[4096]; snprintf(cmd, sizeof cmd, "exec %s", o.spawn);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
        _exit(127);
    }
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(o.port) };
    inet_pton(AF_INET, o.host, &a.sin_addr);
    for (int k = 0;; k++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0), bad = connect(fd, (void *)&a, sizeof a);
        close(fd);
        if (!bad) break;
        if (k > 200 || waitpid(server, NULL, WNOHANG) > 0) die("server does not listen on port %d", o.port);
        usleep(50000);
    }
    usleep(200000);
}
static void phase_end(const char *l) {
    put(l, "refused", refused), put(l, "reconnects", reconnects);
    free_all(&subs, &nsub), free_all(&pubs, &npub), free_all(&drips, &ndrip);
    free(mconv), free(mseq), free(mnext), free(mok), free(cseq), free(lat_wake);
    mconv = mseq = mnext = cseq = NULL, mok = NULL, lat_wake = NULL;
    close(ep);
    if (o.spawn) {
        kill(server, SIGTERM);
        for (int k = 0; waitpid(server, NULL, WNOHANG) == 0; k++) { if (k == 60) kill(server, SIGKILL); usleep(50000); }
    }
}
static void phase_park(int n) {
    char l[48]; double r0, p0, r1, p1;
    snprintf(l, sizeof l, "park %d", n);
    phase_begin(), messages(o.wakes, 1), nagent = n;
    lat_wake = xcalloc(n, sizeof *lat_wake);
    open_all(PUB, 1), spin(50 * MS), server_mem(&r0, &p0);
    ns_t t = now();
    open_all(SUB, n);
    put(l, "park ms", (double)(settle() - t) / MS);
    server_mem(&r1, &p1);
    put(l, "RSS kB/poll", (r1 - r0) / n), put(l, "PSS kB/poll", (p1 - p0) / n);
    double f[o.wakes], m[o.wakes], q[o.wakes], z[o.wakes], b[o.wakes]; long lost = 0, miss = 0; int w;
    for (w = 0; w < o.wakes; w++) {
        hold = 1, nwake = 0;
        for (int i = 0; i < n; i++) subs[i].got = 0;
        ns_t e = now() + 10 * S, c0 = server_cpu();
        publish(w);
        while (nwake < n && now() < e) turn(e);
        spin(20 * MS);
        lost += n - nwake, miss += nwake == 0;
        b[w] = (double)(server_cpu() - c0) / 1000 / n;
        qsort(lat_wake, nwake, sizeof *lat_wake, cmp_ns);
        f[w] = lat_wake[0] / (double)MS, m[w] = lat_wake[nwake / 2] / (double)MS;
        q[w] = lat_wake[(int)(nwake * 0.99)] / (double)MS, z[w] = lat_wake[nwake ? nwake - 1 : 0] / (double)MS;
        hold = 0;
        for (int i = 0; i < n; i++) if (subs[i].st == IDLE) { request(&subs[i]); if (i % 32 == 31) turn(0); }
        settle();
    }
    server_mem(&r1, &p1);
    put(l, "RSS kB/poll after answers", (r1 - r0) / n), put(l, "PSS kB/poll after answers", (p1 - p0) / n);
    struct { const char *k; double *v; } s[] = { { "wake first ms", f }, { "wake median ms", m }, { "wake p99 ms", q }, { "wake last ms", z }, { "wake server us/poll", b } };
    for (unsigned k = 0; k < 5; k++) { qsort(s[k].v, w, sizeof(double), cmp_d); put(l, s[k].k, s[k].v[w / 2]); }
    put(l, "wake lost", lost), put(l, "wake duplicated", dups);
    if (miss) fprintf(stderr, "pollbench: %ld wakes reached nobody\n", miss);
    phase_end(l);
}
static void phase_fan(int a, int c, int rate, int secs, int drip) {
    char l[48]; long expect = 0;
    snprintf(l, sizeof l, "fan %d+%d %d/s%s", a, c, rate, drip ? " +drip" : "");
    phase_begin(), messages((unsigned)rate * secs, c), nagent = a;
    open_all(PUB, o.pubs), open_all(SUB, a + c), settle();
    for (int i = 0; i < nsub; i++) subs[i].seen = xcalloc(total / 8 + 1, 1), subs[i].last = xcalloc(i < a ? c : 1, 4);
    if (drip) open_all(DRIP, drip), drip_next = now(), spin(2 * S);
    long a0 = answers; u0 = usage();
    t_start = now() + 50 * MS, t_warm = t_start + S, gap = S / rate;
    ns_t e = t_start + (ns_t)secs * S;
    while (now() < e) turn(e);
    put_usage(l);
    long a1 = answers - a0 - pub_ok;
    for (e = now() + 5 * S; now() < e; spin(20 * MS)) {
        expect = 0;
        for (unsigned g = 0; g < total; g++) if (mok[g]) {   /* agents of the group + the customer */
            int gr = mconv[g] % o.groups;
            expect += 1 + (a > gr ? (a - gr + o.groups - 1) / o.groups : 0);
        }
        if (delivered >= expect && pub_ok + pub_bad >= (long)total) break;
    }
    put(l, "agent p50 ms", hist_ms(&h_agent, .5)), put(l, "agent p99 ms", hist_ms(&h_agent, .99)), put(l, "agent max ms", h_agent.max / (double)MS);
    put(l, "customer p50 ms", hist_ms(&h_cust, .5)), put(l, "customer p99 ms", hist_ms(&h_cust, .99)), put(l, "customer max ms", h_cust.max / (double)MS);
    put(l, "publish answer p50 ms", hist_ms(&h_pub, .5)), put(l, "publish answer p99 ms", hist_ms(&h_pub, .99));
    put(l, "answers/s", (double)a1 / secs), put(l, "messages per answer", a1 ? (double)delivered / a1 : 0);
    put(l, "publish failed", (double)total - pub_ok);
    put(l, "expected", expect), put(l, "lost", expect > delivered ? expect - delivered : 0);
    put(l, "duplicated", dups), put(l, "disorder", disorder), put(l, "foreign", foreign);
    if (drip) put(l, "drips cut by server", cuts);
    gap = 0;
    phase_end(l);
}
static void phase_pub(int k, int secs) {
    char l[48];
    snprintf(l, sizeof l, "publish x%d", k);
    phase_begin(), messages(1 << 20, 100), t_start = 1, t_warm = 0;
    open_all(PUB, k), spin(50 * MS), u0 = usage();
    closed_loop = 1, t_end = now() + secs * S;
    for (int i = 0; i < k; i++) pub_next(&pubs[i]);
    while (now() < t_end) turn(t_end);
    put_usage(l);
    put(l, "publish/s", (double)pub_ok / secs), put(l, "p50 ms", hist_ms(&h_pub, .5)), put(l, "p99 ms", hist_ms(&h_pub, .99));
    put(l, "publish failed", pub_bad);
    phase_end(l);
}

static char **lines(const char *file, int *n) {
    FILE *f = fopen(file, "r"); char **v = NULL, *l = NULL; size_t cap = 0; ssize_t k;
    if (!f) die("%s: %s", file, strerror(errno));
    for (*n = 0; (k = getline(&l, &cap, f)) >= 0; ) {
        while (k && isspace((unsigned char)l[k - 1])) l[--k] = 0;
        if (!(v = realloc(v, (*n + 1) * sizeof *v))) die("no memory");
        if (k) v[(*n)++] = strdup(l);
    }
    free(l), fclose(f);
    return v;
}
int main(int argc, char **argv) {
    static const struct option lo[] = { { "spawn", 1, 0, 1 }, { "pid", 1, 0, 2 }, { "poll", 1, 0, 3 }, { "snapshot", 1, 0, 4 },
        { "start", 1, 0, 5 }, { "header", 1, 0, 6 }, { "field", 1, 0, 7 }, { "pub-method", 1, 0, 8 }, { "pub-path", 1, 0, 9 },
        { "pub-body", 1, 0, 10 }, { "tokens", 1, 0, 11 }, { "convs", 1, 0, 12 }, { "pub-token", 1, 0, 13 }, { "wait", 1, 0, 14 },
        { "size", 1, 0, 15 }, { "park", 1, 0, 16 }, { "wakes", 1, 0, 17 }, { "fan", 1, 0, 18 }, { "groups", 1, 0, 19 },
        { "drip", 1, 0, 20 }, { "pub", 1, 0, 21 }, { "pubs", 1, 0, 22 }, { "json", 1, 0, 23 }, { "name", 1, 0, 24 }, { 0 } };
    struct { int park; char *arg; int kind; } ph[32]; int c, np = 0;
    while ((c = getopt_long(argc, argv, "h:p:P:r:", lo, NULL)) != -1) switch (c) {
        case 'h': o.host = optarg; break;
        case 'p': o.port = atoi(optarg); break;
        case 'r': o.reps = atoi(optarg); break;
        case 'P': o.nchan = !strcmp(optarg, "nchan");
            if (o.nchan) o.poll = "/sub/{ch}", o.ppath = "/pub/{ch}", o.pbody = "{msg}\n";
            break;
        case 1: o.spawn = optarg; break;       case 2: o.pid = atoi(optarg); break;
        case 3: o.poll = optarg; break;        case 4: o.snapshot = optarg; break;
        case 5: o.start = optarg; break;       case 6: if (o.nhdr < 8) o.hdr[o.nhdr++] = optarg; break;
        case 7: o.field = optarg; break;       case 8: o.method = optarg; break;
        case 9: o.ppath = optarg; break;       case 10: o.pbody = optarg; break;
        case 11: o.tokens = lines(optarg, &o.ntokens); break;
        case 12: o.convs = lines(optarg, &o.nconvs); break;
        case 13: o.ptoken = optarg; break;     case 14: o.wait = atoi(optarg); break;
        case 15: o.size = atoi(optarg); break; case 17: o.wakes = atoi(optarg); break;
        case 19: o.groups = atoi(optarg); break; case 20: o.drip = atoi(optarg); break;
        case 22: o.pubs = atoi(optarg); break; case 23: o.json = optarg; break;
        case 24: o.name = optarg; break;
        case 16: case 18: case 21: if (np < 32) ph[np].arg = optarg, ph[np++].kind = c; break;
        default: return 2;
    }
    if (!np || o.wakes < 1 || o.groups < 1 || o.pubs < 1) die("nothing to do: see the head of pollbench.c");
    rbuf = malloc(RBUF + 1);
    struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl), rl.rlim_cur = rl.rlim_max, setrlimit(RLIMIT_NOFILE, &rl);
    signal(SIGPIPE, SIG_IGN);
    for (int r = 0; r < o.reps; r++)
        for (int k = 0; k < np; k++) {
            int a, b, d, e = 3;
            fprintf(stderr, "run %d/%d: %s %s\n", r + 1, o.reps, ph[k].kind == 16 ? "park" : ph[k].kind == 18 ? "fan" : "pub", ph[k].arg);
            if (ph[k].kind == 16) for (char *p = ph[k].arg; *p; p += strspn(p, ",")) phase_park(strtol(p, &p, 10));
            else if (ph[k].kind == 21) { if (sscanf(ph[k].arg, "%d:%d", &a, &e) < 1) die("--pub K[:T]"); phase_pub(a, e); }
            else if (sscanf(ph[k].arg, "%d:%d:%d:%d", &a, &b, &d, &e) == 4 && b > 0 && d > 0) {
                phase_fan(a, b, d, e, 0);
                if (o.drip) phase_fan(a, b, d, e, o.drip);
            } else die("--fan A:C:R:T");
        }
    report();
    return 0;
}
