/* SPDX-License-Identifier: MIT */
/* Practical lower bounds for ptybench, not a product.
 *   lbound            an input line that echoes, and nothing else
 *   lbound PORT       the same, plus a message pane fed by "K<TAB>text" lines from
 *                     127.0.0.1:PORT; keeps every message, paints at most once in 16 ms
 *                     while messages come, paints a key at once.  "/open K" + Enter shows K.
 *   lbound PORT 4     the same with conversations 1..4 in 2x2 panes
 * gcc -O2 -o lbound lbound.c -lncursesw -ltinfo
 */
#define _GNU_SOURCE
#include <curses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

struct conv { char **m; int n, cap; };
static struct conv cv[1024];
static int np = 1;                   /* panes */
static struct pane { WINDOW *w; int k, pend; } pn[4] = { { 0, 1, 0 }, { 0, 2, 0 }, { 0, 3, 0 }, { 0, 4, 0 } };
static int pend;                     /* some pane has messages not painted yet */
static WINDOW *wi;
static char in[4096]; static int nin;

static long ms(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000 + t.tv_nsec / 1000000; }

static void layout(void) {
	int h = LINES > 1 ? LINES - 1 : 1, w = COLS, hh = h / 2, hw = w / 2;
	if (wi) delwin(wi);
	wi = newwin(1, COLS, LINES - 1, 0);
	keypad(wi, TRUE); nodelay(wi, TRUE);
	if (np == 4 && (hh < 1 || hw < 3)) return;
	for (int i = 0; i < np; i++) {
		struct pane *p = &pn[i];
		if (p->w) delwin(p->w);
		p->w = np == 1 ? newwin(h, w, 0, 0) : newwin(i < 2 ? hh : h - hh, i & 1 ? w - hw : hw - 1, i < 2 ? 0 : hh, i & 1 ? hw : 0);
		scrollok(p->w, TRUE); idlok(p->w, TRUE);
		p->pend = cv[p->k].n; pend = 1;
	}
}
static void paint_msgs(void) {
	for (int j = 0; j < np; j++) {
		struct pane *p = &pn[j];
		struct conv *c = &cv[p->k];
		int k = p->pend < getmaxy(p->w) ? p->pend : getmaxy(p->w);
		if (!k) continue;
		for (int i = c->n - k; i < c->n; i++) { waddch(p->w, '\n'); waddnstr(p->w, c->m[i], getmaxx(p->w) - 1); }
		p->pend = 0;
		wnoutrefresh(p->w);
	}
	pend = 0;
}
static void paint_input(void) {
	int w = COLS - 5 > 1 ? COLS - 5 : 1, from = nin > w ? nin - w : 0;
	mvwaddstr(wi, 0, 0, "> "); waddnstr(wi, in + from, nin - from); wclrtoeol(wi);
	wnoutrefresh(wi);
}
static void add(int k, const char *s) {
	if (k < 0 || k >= 1024) return;
	struct conv *c = &cv[k];
	if (c->n == c->cap) c->m = realloc(c->m, (c->cap = c->cap ? c->cap * 2 : 64) * sizeof *c->m);
	c->m[c->n++] = strdup(s);
	for (int i = 0; i < np; i++)
		if (pn[i].k == k) { pn[i].pend++; pend = 1; }
}
int main(int argc, char **argv) {
	int fd = -1;
	static char rb[65536]; int nr = 0;
	if (argc > 2) np = 4;
	if (argc > 1) {
		struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&a, sizeof a) || write(fd, "all\n", 4) != 4) return 1;
	}
	initscr(); raw(); noecho(); nonl();
	layout(); refresh();
	mvwaddstr(pn[0].w, 0, 0, "READYFVWY"); wnoutrefresh(pn[0].w); paint_input(); doupdate();
	long last = 0;
	for (;;) {
		struct pollfd p[2] = { { 0, POLLIN, 0 }, { fd, POLLIN, 0 } };
		long wait = -1;
		if (pend) { wait = last + 16 - ms(); if (wait < 0) wait = 0; }
		int r = poll(p, fd >= 0 ? 2 : 1, wait), ch, dirty = 0;
		if (r < 0 || (p[0].revents & POLLIN))
			while ((ch = wgetch(wi)) != ERR) {
				dirty = 1;
				if (ch == KEY_RESIZE) { layout(); clearok(curscr, TRUE); if (fd >= 0) paint_msgs(); }
				else if (ch == 21) nin = 0;
				else if (ch == 3 || ch == 4) { endwin(); return 0; }
				else if (ch == '\r') {
					in[nin] = 0;
					if (!strncmp(in, "/open ", 6)) { pn[0].k = atoi(in + 6) & 1023; werase(pn[0].w); pn[0].pend = cv[pn[0].k].n; paint_msgs(); }
					nin = 0;
				} else if (ch >= 32 && ch < 127 && nin < (int)sizeof in - 1) in[nin++] = ch;
			}
		if (p[0].revents & (POLLHUP | POLLERR)) { endwin(); return 0; }
		if (dirty) { paint_input(); doupdate(); }
		if (r > 0 && fd >= 0 && p[1].revents) {
			int k = read(fd, rb + nr, sizeof rb - 1 - nr);
			if (k <= 0) { close(fd); fd = -1; continue; }
			nr += k;
			char *s = rb, *e;
			while ((e = memchr(s, '\n', rb + nr - s))) {
				char *tab; *e = 0;
				if ((tab = strchr(s, '\t'))) add(atoi(s), tab + 1);
				s = e + 1;
			}
			nr -= s - rb; memmove(rb, s, nr);
		}
		if (pend && ms() - last >= 16) { paint_msgs(); wnoutrefresh(wi); doupdate(); last = ms(); }
	}
}
