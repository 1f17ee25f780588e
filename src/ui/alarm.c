/* SPDX-License-Identifier: MIT */
#include "ui/alarm.h"

#include "seatmux/alert/hook.h"
#include "seatmux/alert/notifier.h"
#include "seatmux/alert/terminal.h"
#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"

struct SmAlarm {
    SmApp *app;
    SmTerm *term;
    SmNotifier *notifier; /* NULL: switched off */
    SmHook *hook;
    SmTerminalRoute route;
};

/* For people; the log has the names. */
static const char *state_words(SmNotifierState state)
{
    switch (state) {
    case SM_NOTIFIER_STARTING:
        return _("starting");
    case SM_NOTIFIER_NO_BUS:
        return _("no bus");
    case SM_NOTIFIER_NO_DAEMON:
        return _("no daemon");
    case SM_NOTIFIER_HUNG:
        return _("hung");
    case SM_NOTIFIER_DEAD:
        return _("dead");
    default:
        return sm_notifier_state_name(state);
    }
}

static char *terminal_words(const SmTerminalRoute *route)
{
    SmTerminalRoute bare = *route;
    bare.mux = SM_MUX_NONE;
    const char *name = sm_terminal_route_name(&bare);
    if (route->protocol == SM_TERMINAL_777 || route->protocol == SM_TERMINAL_9 || route->protocol == SM_TERMINAL_99)
        return route->mux == SM_MUX_TMUX ? g_strdup_printf(_("%s in tmux"), name) : g_strdup(name);
    return g_strdup(route->protocol == SM_TERMINAL_NONE ? _("none") : _("bell"));
}

/* The status line says what really happens to an alert now. */
static void say_route(SmAlarm *alarm)
{
    g_autofree char *terminal = terminal_words(&alarm->route), *words = NULL;
    if (!alarm->notifier)
        words = g_strdup(terminal);
    else if (sm_notifier_state(alarm->notifier) == SM_NOTIFIER_READY)
        words = g_strdup(state_words(SM_NOTIFIER_READY));
    else
        words = g_strdup_printf("%s, %s", state_words(sm_notifier_state(alarm->notifier)), terminal);
    sm_app_alert_route(alarm->app, words);
}

/* The bytes are made of safe text and our own framing: they go out whole, between frames. */
static void send_bytes(SmAlarm *alarm, GString *bytes)
{
    g_autoptr(SmSafe) sequence = sm_safe_from_literal(bytes->str);
    if (bytes->len && alarm->term)
        sm_term_send(alarm->term, sequence);
    g_string_free(bytes, TRUE);
}

static void to_terminal(SmAlarm *alarm, guint32 slot, SmUrgency level, const SmSafe *title, const SmSafe *body)
{
    send_bytes(alarm, sm_terminal_notify(&alarm->route, slot, level, title, body));
}

static void state_changed(SmNotifier *notifier, SmNotifierState state, void *user)
{
    say_route(user);
}

static void open_chat(SmNotifier *notifier, const char *chat, void *user)
{
    SmAlarm *alarm = user;
    sm_app_open(alarm->app, chat);
}

static void undelivered(SmNotifier *notifier, guint32 slot, SmUrgency level, const SmSafe *title, const SmSafe *body,
                        void *user)
{
    to_terminal(user, slot, level, title, body);
}

static void closed(SmNotifier *notifier, guint32 slot, void *user)
{
    SmAlarm *alarm = user;
    sm_app_alert_closed(alarm->app, slot);
}

SmAlarm *sm_alarm_new(SmLoop *loop, SmApp *app, SmTerm *term, SmTrace *trace)
{
    SmAlarm *alarm = g_new0(SmAlarm, 1);
    alarm->app = app;
    alarm->term = term;
    SmTerminalProtocol protocol = SM_TERMINAL_AUTO;
    if (term)
        sm_terminal_protocol_parse(sm_options_str(sm_app_options(app), "alerts.terminal"), &protocol);
    else
        protocol = SM_TERMINAL_NONE;
    g_auto(GStrv) environment = g_get_environ();
    alarm->route = sm_terminal_detect(protocol, environment);
    alarm->hook = sm_hook_new(loop, trace);
    sm_hook_set_command(alarm->hook, (const char *const *)sm_options_list(sm_app_options(app), "alerts.hook"));
    if (sm_options_bool(sm_app_options(app), "alerts.desktop")) {
        SmNotifierOptions options = {
            .trace = trace,
            .handlers = {.state = state_changed, .open = open_chat, .closed = closed, .undelivered = undelivered},
            .user = alarm,
        };
        alarm->notifier = sm_notifier_new(loop, &options);
    }
    say_route(alarm);
    return alarm;
}

void sm_alarm_free(SmAlarm *alarm)
{
    if (!alarm)
        return;
    sm_notifier_free(alarm->notifier);
    sm_hook_free(alarm->hook);
    g_free(alarm);
}

void sm_alarm_start(SmAlarm *alarm)
{
    if (alarm->notifier)
        sm_notifier_start(alarm->notifier);
}

static void desktop(SmAlarm *alarm, const SmAlertDecision *d)
{
    if (d->op == SM_NOTIFY_CLOSE) {
        if (alarm->notifier)
            sm_notifier_close(alarm->notifier, d->slot);
        send_bytes(alarm, sm_terminal_close(&alarm->route, d->slot));
        return;
    }
    if (alarm->notifier)
        sm_notifier_set_sound(alarm->notifier, sm_options_bool(sm_app_options(alarm->app), "alerts.sound"));
    if (!alarm->notifier || !sm_notifier_show(alarm->notifier, d->slot, d->level, d->title, d->body, d->chat))
        to_terminal(alarm, d->slot, d->level, d->title, d->body);
}

void sm_alarm_sound(SmAlarm *alarm, const SmAlertDecision *d)
{
    if (d->op != SM_NOTIFY_NONE)
        desktop(alarm, d);
    if (d->routes & SM_ROUTE_BELL && alarm->term)
        sm_term_bell(alarm->term);
    if (d->routes & SM_ROUTE_HOOK)
        sm_hook_run(alarm->hook, d, NULL);
}
