/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/password.h"
#include "cli/version.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"
#include "seatmux/desk/event.h"
#include "seatmux/net/probe.h"

#define ASK_MS 15000
#define ROUNDS 5           /* short questions, to know how long an answer takes */
#define SLOW_MS 500        /* an answer slower than this is felt */
#define CLOCK_MS 5000      /* countdowns do not need the wall clock, times of messages do */
#define CERTIFICATE_DAYS 14
#define CUT_BAD_S 10       /* polls cut earlier cost more than they should */
#define HOLD_LATE_MS 3000  /* beyond the hold, and something kept the answer */
#define HOLD_MARGIN_MS 10000

typedef struct {
    SmDoctor *d;
    SmConnection *at;
    SmProber *prober;
    gboolean socket, tls, local;
    char *token, *cursor;
} Path;

/* --- The connection ------------------------------------------------------------------------------ */

static const char *no_connection_advice(const Path *p)
{
    if (p->socket)
        return _("does seatmuxd run there, and may you open its socket?");
    return p->local ? _("does seatmuxd run, and at this port?") : _("does the desk run, is the port right, does a firewall or a missing VPN stand in between?");
}

static void no_answer(Path *p, const SmProbe *probe)
{
    SmDoctor *d = p->d;

    switch (probe->end) {
    case SM_PROBE_NO_NAME:
        sm_doctor_say(d, SM_DOCTOR_FAIL, "name", _("host name"), _("is the name right, is there a network, is a VPN needed?"), "%s", probe->words);
        break;
    case SM_PROBE_NOT_TRUSTED:
        sm_doctor_say(d, SM_DOCTOR_FAIL, "certificate", _("certificate"),
                      p->at->pin ? _("was the desk's key exchanged? Ask who runs it for the new pin; never go on without")
                                 : _("is the name that of the certificate, is it in time, is its authority known here (--cafile)? Ask who runs the desk"),
                      "%s", probe->words);
        break;
    case SM_PROBE_NO_TLS:
        sm_doctor_say(d, SM_DOCTOR_FAIL, "tls", _("encryption"), _("is this the port that speaks TLS? http:// is for loopback"), "%s", probe->words);
        break;
    case SM_PROBE_NO_CONNECTION:
        sm_doctor_say(d, SM_DOCTOR_FAIL, "connection", _("connection"), no_connection_advice(p), "%s", probe->words);
        break;
    default:
        sm_doctor_say(d, SM_DOCTOR_FAIL, "answer", _("answer"), _("something takes the connection and gives no answer: look at the proxy's log, then the desk's"), "%s",
                      probe->words);
    }
}

static void say_certificate(Path *p, const SmProbe *probe)
{
    SmDoctor *d = p->d;
    int64_t days = (probe->expires - probe->sent_at / 1000) / 86400;

    if (!p->tls && !p->local)
        sm_doctor_say(d, SM_DOCTOR_WARN, "tls", _("encryption"), _("use https://, by a proxy in front of the desk (docs/proxy.md)"), "%s",
                      _("none: whoever is on the way reads passwords and customers"));
    if (!p->tls)
        return;
    if (probe->expires == 0)
        sm_doctor_say(d, SM_DOCTOR_OK, "certificate", _("certificate"), NULL, "%s", _("trusted"));
    else if (days < CERTIFICATE_DAYS)
        sm_doctor_say(d, SM_DOCTOR_WARN, "certificate", _("certificate"), _("tell who runs the desk: it has to be renewed"),
                      _("trusted, and ends in %d days"), (int)days);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "certificate", _("certificate"), NULL, _("trusted, for %d days more"), (int)days);
}

static void say_connection(Path *p, const SmProbe *probe)
{
    if (probe->address)
        sm_doctor_say(p->d, SM_DOCTOR_OK, "connection", _("connection"), NULL, _("%s, in %d ms%s"), probe->address, MAX(probe->connect_ms, probe->tls_ms),
                      probe->tunnelled ? _(", through a proxy of this network") : "");
    else
        sm_doctor_say(p->d, SM_DOCTOR_OK, "connection", _("connection"), NULL, "%s", p->at->server);
    say_certificate(p, probe);
}

/* --- Who answers ----------------------------------------------------------------------------------- */

static json_t *body_of(const SmProbe *probe)
{
    gsize n = 0;
    const char *bytes = probe->body ? g_bytes_get_data(probe->body, &n) : NULL;

    return bytes ? sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
}

static gboolean say_desk(Path *p, const SmProbe *probe, const json_t *body)
{
    SmDoctor *d = p->d;
    int64_t fold = sm_json_int(body, "fold", 0);

    if (fold < 1 && probe->status >= 502 && probe->status <= 504)
        sm_doctor_say(d, SM_DOCTOR_FAIL, "desk", _("desk"), _("the proxy is there, the desk behind it is not: does seatmuxd run?"), _("a proxy answers %d"), probe->status);
    else if (fold < 1)
        sm_doctor_say(d, SM_DOCTOR_FAIL, "desk", _("desk"), _("is the address right? A log-in page of the network answers like this, too"),
                      _("something else answers (%d%s%s)"), probe->status, probe->server ? ", " : "", probe->server ? probe->server : "");
    else if (probe->status != 200)
        sm_doctor_say(d, SM_DOCTOR_FAIL, "desk", _("desk"), _("look at its log"), "%d %s", probe->status, sm_json_str(body, "title", ""));
    else if (fold != SM_FOLD_VERSION)
        sm_doctor_say(d, SM_DOCTOR_FAIL, "desk", _("desk"), fold > SM_FOLD_VERSION ? _("install the seatmux that goes with the desk") : _("the desk has to be updated"),
                      _("it speaks version %d, this program %d"), (int)fold, SM_FOLD_VERSION);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "desk", _("desk"), NULL, "%s", sm_json_str(body, "desk", "?"));
    return fold == SM_FOLD_VERSION && probe->status == 200;
}

/* seatmuxd names no server, sends whole bodies and compresses nothing: whatever else is seen was done on the way. */
static void say_between(Path *p, const SmProbe *probe)
{
    SmDoctor *d = p->d;

    if (probe->coding)
        sm_doctor_say(d, SM_DOCTOR_WARN, "proxy", _("in between"), _("let the proxy pass answers on as they are: proxy_buffering off, no gzip (docs/proxy.md)"),
                      _("answers are changed on the way (%s)"), probe->coding);
    else if (probe->via || probe->server)
        sm_doctor_say(d, SM_DOCTOR_OK, "proxy", _("in between"), NULL, _("%s, which leaves answers alone"), probe->via ? probe->via : probe->server);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "proxy", _("in between"), NULL, "%s", _("nothing that shows"));
}

/* --- Time ----------------------------------------------------------------------------------------- */

typedef struct {
    int round_ms[ROUNDS];
    int n;
    int64_t offset; /* this machine's wall clock less the desk's, by the quickest answer */
    int quickest;
} Times;

static void note_time(Times *t, const SmProbe *probe, const json_t *body)
{
    int64_t now = sm_json_int(body, "now", 0);
    int round = (int)(probe->answered_at - probe->sent_at);

    if (now == 0 || t->n == ROUNDS)
        return;
    if (!probe->fresh && (t->quickest < 0 || round < t->quickest)) {
        t->quickest = round;
        t->offset = (probe->sent_at + probe->answered_at) / 2 - now;
    }
    if (!probe->fresh)
        t->round_ms[t->n++] = round;
}

static int by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void look_at_time(Path *p)
{
    Times t = {.quickest = -1};

    for (int i = 0; i <= ROUNDS; i++) {
        SmProbe probe;
        sm_prober_ask(p->prober, sm_request_new("GET", "/v1/page"), ASK_MS, &probe);
        g_autoptr(json_t) body = body_of(&probe);
        note_time(&t, &probe, body);
        sm_probe_clear(&probe);
    }
    if (t.n == 0) {
        sm_doctor_say(p->d, SM_DOCTOR_WARN, "answer", _("answer"), _("the proxy should keep connections open (keepalive)"), "%s",
                      _("every answer needs a new connection"));
        return;
    }
    qsort(t.round_ms, (size_t)t.n, sizeof t.round_ms[0], by_size);
    int middle = t.round_ms[t.n / 2];
    sm_doctor_say(p->d, middle > SLOW_MS ? SM_DOCTOR_WARN : SM_DOCTOR_OK, "answer", _("answer"),
                  middle > SLOW_MS ? _("each message takes so long to be known as sent; is the line busy?") : NULL, _("in %d ms"), middle);
    double seconds = (double)t.offset / 1000;
    if (ABS(t.offset) > CLOCK_MS)
        sm_doctor_say(p->d, SM_DOCTOR_WARN, "clock", _("clock"), _("switch on time synchronisation here (timedatectl set-ntp true), or at the desk"),
                      t.offset > 0 ? _("this machine is %.1f s ahead of the desk") : _("this machine is %.1f s behind the desk"), ABS(seconds));
    else
        sm_doctor_say(p->d, SM_DOCTOR_OK, "clock", _("clock"), NULL, _("%+.1f s against the desk"), seconds);
}

/* --- Logging in ------------------------------------------------------------------------------------ */

static gboolean log_in(Path *p)
{
    SmProbe probe;
    SmRequest *request = sm_request_new("POST", "/v1/login");

    sm_request_set_json(request, json_pack("{s:s s:s s:s}", "name", p->at->agent, "password", p->at->password, "program", "seatmux doctor"));
    sm_prober_ask(p->prober, request, ASK_MS, &probe);
    g_autoptr(json_t) body = body_of(&probe);
    p->token = g_strdup(sm_json_str(body, "token", NULL));
    p->cursor = g_strdup(sm_json_str(body, "cursor", NULL));
    if (p->token)
        sm_doctor_say(p->d, SM_DOCTOR_OK, "login", _("log-in"), NULL, _("%s, %s; the desk is %s, this is %s"), sm_json_str(body, "name", ""),
                      _(sm_json_str(body, "role", "?")), sm_json_str(body, "program", "?"), SM_VERSION);
    else
        sm_doctor_say(p->d, SM_DOCTOR_FAIL, "login", _("log-in"),
                      probe.status == 401 ? _("is the name right, and the password? Who runs the desk can set a new one") : _("try again in a minute"), "%d %s", probe.status,
                      probe.end == SM_PROBE_ANSWERED ? sm_json_str(body, "title", "") : probe.words);
    sm_probe_clear(&probe);
    return p->token != NULL;
}

static void log_out(Path *p)
{
    SmProbe probe;
    SmRequest *request = sm_request_new("POST", "/v1/logout");

    request->token = g_strdup(p->token);
    sm_prober_ask(p->prober, request, ASK_MS, &probe);
    sm_probe_clear(&probe);
}

/* --- How long a poll lives -------------------------------------------------------------------------- */

typedef enum { HELD, EARLIER, REFUSED, CUT } Hold;

/* One poll of `wait_s`; *ms: how long it stood. */
static Hold hold(Path *p, int wait_s, int64_t *ms, char **words)
{
    SmProbe probe;
    g_autofree char *after = sm_url_escape(p->cursor);
    g_autofree char *target = g_strdup_printf("/v1/events?after=%s&wait=%d", after, wait_s);
    SmRequest *request = sm_request_new("GET", target);

    request->token = g_strdup(p->token);
    int64_t began = g_get_monotonic_time();
    sm_prober_ask(p->prober, request, wait_s * 1000 + HOLD_MARGIN_MS, &probe);
    *ms = (g_get_monotonic_time() - began) / 1000;
    g_autoptr(json_t) body = body_of(&probe);
    const char *next = sm_json_str(body, "cursor", NULL);
    gboolean good = probe.end == SM_PROBE_ANSWERED && probe.status == 200 && next;
    gboolean proxy = probe.end == SM_PROBE_ANSWERED && probe.status >= 502 && probe.status <= 504;
    if (good) {
        g_free(p->cursor);
        p->cursor = g_strdup(next);
    } else {
        *words = probe.end == SM_PROBE_ANSWERED ? g_strdup_printf("%d %s", probe.status, sm_json_str(body, "title", "")) : g_strdup(probe.words);
    }
    Hold how = good ? *ms >= wait_s * 1000 - 500 ? HELD : EARLIER : proxy || probe.end != SM_PROBE_ANSWERED ? CUT : REFUSED;
    sm_probe_clear(&probe);
    return how;
}

static void say_hold(Path *p, Hold how, int wait_s, int64_t ms, const char *words)
{
    SmDoctor *d = p->d;
    int seconds = (int)(ms / 1000);

    if (how == REFUSED)
        sm_doctor_say(d, SM_DOCTOR_FAIL, "poll", _("poll"), _("look at the desk's log"), "%s", words);
    else if (how == CUT)
        sm_doctor_say(d, seconds < CUT_BAD_S ? SM_DOCTOR_FAIL : SM_DOCTOR_WARN, "poll", _("poll"),
                      _("the proxy must wait 60 s and more for an answer: proxy_read_timeout 90s (docs/proxy.md); until then seatmux asks more often"),
                      _("cut off after %d s (%s)"), seconds, words);
    else if (how == HELD && ms > wait_s * 1000 + HOLD_LATE_MS)
        sm_doctor_say(d, SM_DOCTOR_WARN, "poll", _("poll"), _("let the proxy pass answers on at once: proxy_buffering off (docs/proxy.md)"),
                      _("its answer was held back for %d s on the way"), (int)(ms / 1000) - wait_s);
    else if (how == HELD)
        sm_doctor_say(d, SM_DOCTOR_OK, "poll", _("poll"), NULL, _("stood for %d s and was answered"), wait_s);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "poll", _("poll"), NULL, _("answered each time; the desk is so busy that none had to wait longer than %d s"), seconds);
}

/* A busy desk answers before the time is over: then it is tried again, for twice the time in all. */
static void look_at_polls(Path *p, int wait_s)
{
    int64_t end = g_get_monotonic_time() / 1000 + 2 * wait_s * 1000, longest = 0, ms = 0;
    g_autofree char *words = NULL;
    Hold how = EARLIER;

    while (how == EARLIER && g_get_monotonic_time() / 1000 < end) {
        g_clear_pointer(&words, g_free);
        how = hold(p, wait_s, &ms, &words);
        longest = MAX(longest, ms);
    }
    say_hold(p, how, wait_s, how == EARLIER ? longest : ms, words);
}

/* --- All of it -------------------------------------------------------------------------------------- */

static gboolean reach(Path *p)
{
    SmProbe probe;

    sm_prober_ask(p->prober, sm_request_new("GET", "/v1/page"), ASK_MS, &probe);
    gboolean ok = probe.end == SM_PROBE_ANSWERED;
    g_autoptr(json_t) body = ok ? body_of(&probe) : NULL;
    if (!ok)
        no_answer(p, &probe);
    if (ok)
        say_connection(p, &probe);
    ok = ok && say_desk(p, &probe, body);
    if (ok)
        say_between(p, &probe);
    sm_probe_clear(&probe);
    return ok;
}

void sm_doctor_path(SmDoctor *d, SmConnection *at, const SmConnectionOptions *o, const SmOptions *options, int hold_s)
{
    SmCurlOptions curl = sm_connection_curl(at);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmProber) prober = sm_prober_new(&curl, &error);
    g_autoptr(GUri) uri = g_uri_parse(at->server, G_URI_FLAGS_NONE, NULL);
    const char *host = uri && g_uri_get_host(uri) ? g_uri_get_host(uri) : "";
    Path p = {.d = d, .at = at, .prober = prober, .socket = g_str_has_prefix(at->server, "unix:"), .tls = g_str_has_prefix(at->server, "https:")};

    p.local = p.socket || g_str_equal(host, "localhost") || g_str_equal(host, "::1") || g_str_has_prefix(host, "127.");
    if (!prober) {
        sm_doctor_say(d, SM_DOCTOR_FAIL, "desk", _("desk"), NULL, "%s", error->message);
        return;
    }
    if (!reach(&p))
        return;
    look_at_time(&p);
    if (!at->agent)
        sm_doctor_say(d, SM_DOCTOR_WARN, "login", _("log-in"), _("--login NAME, and polls are tried too"), "%s", _("nobody said who you are"));
    else if (!sm_connection_password(at, o, options))
        sm_doctor_say(d, SM_DOCTOR_FAIL, "login", _("log-in"), NULL, "%s", _("there is no password"));
    else if (log_in(&p)) {
        if (hold_s > 0)
            look_at_polls(&p, hold_s);
        log_out(&p);
    }
    sm_secret_wipe(p.token);
    g_free(p.cursor);
}
