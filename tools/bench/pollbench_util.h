/* SPDX-License-Identifier: MIT */
/* pollbench: histogram, the server's CPU and memory from /proc, table of results. Included once, by pollbench.c. */
/* ---- histogram: 64 steps in each power of two, within 1.6 % ---- */
static void hist_add(struct hist *h, ns_t v) {
    if (v < 0) v = 0;
    if (v > h->max) h->max = v;
    int e = v < 64 ? 0 : 57 - __builtin_clzll(v);
    h->b[e * 64 + (v >> e)]++, h->n++;      /* (v >> e) is 64..127 for e > 0 */
}
static double hist_ms(const struct hist *h, double p) {
    unsigned long k = 0, want = h->n * p;
    for (int i = 0; i < 64 * 64 && h->n; i++)
        if ((k += h->b[i]) > want) { int e = i < 128 ? 0 : i / 64 - 1; return (double)((ns_t)(i - e * 64) << e) / MS; }
    return (double)h->max / MS;
}
static int cmp_ns(const void *a, const void *b) { ns_t x = *(ns_t *)a, y = *(ns_t *)b; return x < y ? -1 : x > y; }
static int cmp_d(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }

/* ---- the server's processes ---- */
static int pids(int *v, int max) {
    int n = 0;
    if (server > 0) v[n++] = server;
    for (int k = 0; k < n; k++) {
        char p[64]; snprintf(p, sizeof p, "/proc/%d/task/%d/children", v[k], v[k]);
        FILE *f = fopen(p, "r");
        if (!f) continue;
        while (n < max && fscanf(f, "%d", &v[n]) == 1) n++;
        fclose(f);
    }
    return n;
}
static ns_t cpu_of(int pid) {
    char p[320]; ns_t sum = 0, v; struct dirent *e;
    snprintf(p, sizeof p, "/proc/%d/task", pid);
    DIR *d = opendir(p);
    while (d && (e = readdir(d))) {
        if (!isdigit((unsigned char)e->d_name[0])) continue;
        snprintf(p, sizeof p, "/proc/%d/task/%s/schedstat", pid, e->d_name);
        FILE *f = fopen(p, "r");
        if (f) { if (fscanf(f, "%lld", &v) == 1) sum += v; fclose(f); }
    }
    if (d) closedir(d);
    return sum;
}
static ns_t server_cpu(void) { int v[64], n = pids(v, 64); ns_t s = 0; while (n--) s += cpu_of(v[n]); return s; }
static void server_mem(double *rss, double *pss) {   /* kB */
    int v[64], n = pids(v, 64);
    for (*rss = *pss = 0; n--;) {
        char p[64], l[256]; snprintf(p, sizeof p, "/proc/%d/smaps_rollup", v[n]);
        FILE *f = fopen(p, "r"); double x;
        while (f && fgets(l, sizeof l, f)) {
            if (sscanf(l, "Rss: %lf", &x) == 1) *rss += x;
            if (sscanf(l, "Pss: %lf", &x) == 1) *pss += x;
        }
        if (f) fclose(f);
    }
}
static ns_t machine_busy(void) {
    unsigned long long u, n, s, i, w, q, r; FILE *f = fopen("/proc/stat", "r");
    int k = f ? fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu", &u, &n, &s, &i, &w, &q, &r) : 0;
    if (f) fclose(f);
    return k == 7 ? (ns_t)(u + n + s + q + r) * (S / sysconf(_SC_CLK_TCK)) : 0;
}
static struct usage { ns_t t, srv, own, all; } u0;
static struct usage usage(void) {
    struct rusage r; getrusage(RUSAGE_SELF, &r);
    return (struct usage){ now(), server_cpu(), (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * S
        + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1000LL, machine_busy() };
}

/* ---- results: label, metric, one value a repeat ---- */
static struct res { char label[48], what[40]; double v[32]; int n; } res[1024];
static int nres;
static void put(const char *label, const char *what, double v) {
    int k;
    for (k = 0; k < nres; k++) if (!strcmp(res[k].label, label) && !strcmp(res[k].what, what)) break;
    if (k == 1024) return;
    if (k == nres) { nres++; snprintf(res[k].label, 48, "%s", label); snprintf(res[k].what, 40, "%s", what); }
    if (res[k].n < 32) res[k].v[res[k].n++] = v;
}
static void put_usage(const char *l) {
    struct usage u = usage(); double w = u.t - u0.t, srv = u.srv - u0.srv, own = u.own - u0.own, oth = u.all - u0.all - srv - own;
    put(l, "server CPU %", 100 * srv / w);
    put(l, "client CPU %", 100 * own / w);
    put(l, "others CPU %", oth > 0 ? 100 * oth / w : 0);
}
static void report(void) {
    const char *l = "";
    printf("%s\n", o.name);
    FILE *j = !o.json ? NULL : !strcmp(o.json, "-") ? stdout : fopen(o.json, "w");
    if (j) fprintf(j, "{\"name\":\"%s\",\"results\":[", o.name);
    for (int k = 0; k < nres; k++) {
        struct res *r = &res[k];
        if (j) {
            fprintf(j, "%s\n{\"phase\":\"%s\",\"metric\":\"%s\",\"values\":[", k ? "," : "", r->label, r->what);
            for (int i = 0; i < r->n; i++) fprintf(j, "%s%.6g", i ? "," : "", r->v[i]);
            fputs("]}", j);
        }
        qsort(r->v, r->n, sizeof(double), cmp_d);
        if (strcmp(l, r->label)) printf("  %s\n", l = r->label);
        printf("    %-28s %10.6g", r->what, (r->v[(r->n - 1) / 2] + r->v[r->n / 2]) / 2);
        if (r->n > 1) printf("   (%.6g - %.6g)", r->v[0], r->v[r->n - 1]);
        putchar('\n');
    }
    if (j) { fputs("\n]}\n", j); if (j != stdout) fclose(j); }
}
