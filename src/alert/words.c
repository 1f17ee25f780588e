/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <glib/gi18n.h>

#include "seatmux/base/error.h"
#include "seatmux/text/clock_text.h"

static const char *const level_names[SM_URGENCIES] = {"quiet", "activity", "message", "warning",
                                                      "overdue"};
static const char *const kind_names[SM_ALERT_KINDS] = {"activity", "waiting", "assigned", "message",
                                                       "warning",  "overdue", "lead"};
static const char *const kind_sentences[SM_ALERT_KINDS] = {
    N_("Something moved"), N_("A new chat waits"), N_("A new chat for you"), N_("New message"),
    N_("Reply soon"),      N_("Overdue"),          N_("A lead is needed"),
};

static const struct {
    const char *word;
    guint bits;
} route_words[] = {{"bar", SM_ROUTE_BAR},
                   {"bell", SM_ROUTE_BELL},
                   {"desktop", SM_ROUTE_DESKTOP},
                   {"hook", SM_ROUTE_HOOK}};

const char *sm_urgency_name(SmUrgency level)
{
    return (guint)level < SM_URGENCIES ? level_names[level] : level_names[0];
}

const char *sm_alert_kind_name(SmAlertKind kind)
{
    return (guint)kind < SM_ALERT_KINDS ? kind_names[kind] : kind_names[0];
}

void sm_alert_options_init(SmAlertOptions *options)
{
    static const SmAlertOptions shipped = {
        .routes = {[SM_URGENCY_ACTIVITY] = {SM_ROUTE_BAR, SM_ROUTE_BAR},
                   [SM_URGENCY_MESSAGE] = {SM_ROUTE_BAR, SM_ROUTE_BAR | SM_ROUTE_DESKTOP},
                   [SM_URGENCY_WARNING] = {SM_ROUTE_ALL, SM_ROUTE_ALL},
                   [SM_URGENCY_OVERDUE] = {SM_ROUTE_ALL, SM_ROUTE_ALL}},
        .level = {[SM_ALERT_ACTIVITY] = SM_URGENCY_ACTIVITY,
                  [SM_ALERT_WAITING] = SM_URGENCY_MESSAGE,
                  [SM_ALERT_ASSIGNED] = SM_URGENCY_MESSAGE,
                  [SM_ALERT_MESSAGE] = SM_URGENCY_MESSAGE,
                  [SM_ALERT_WARNING] = SM_URGENCY_WARNING,
                  [SM_ALERT_OVERDUE] = SM_URGENCY_OVERDUE,
                  [SM_ALERT_LEAD] = SM_URGENCY_OVERDUE},
    };
    *options = shipped;
}

static guint route_bits(const char *word)
{
    if (strcmp(word, "all") == 0)
        return SM_ROUTE_ALL;
    for (guint i = 0; i < G_N_ELEMENTS(route_words); i++) {
        if (strcmp(word, route_words[i].word) == 0)
            return route_words[i].bits;
    }
    return 0;
}

gboolean sm_alert_routes_parse(const char *text, SmAlertRoutes *routes, GError **error)
{
    SmAlertRoutes found = {0, 0};
    if (strcmp(text, "none") == 0) {
        *routes = found;
        return TRUE;
    }
    g_auto(GStrv) words = g_strsplit(text, ",", 16);
    for (guint i = 0; words[i] || i == 0; i++) {
        char *word = words[i] ? g_strstrip(words[i]) : NULL;
        gsize n = word ? strlen(word) : 0;
        gboolean unfocused = n > 0 && word[n - 1] == '?';
        if (unfocused)
            word[n - 1] = '\0';
        guint bits = word ? route_bits(word) : 0;
        if (!bits) {
            g_autofree char *shown = g_strescape(word ? word : "", NULL);
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                        "\"%.40s\" is no route (none, bar, bell, desktop, hook, all)", shown);
            return FALSE;
        }
        found.unfocused |= bits;
        found.focused |= unfocused ? 0 : bits;
    }
    *routes = found;
    return TRUE;
}

char *sm_alert_routes_format(const SmAlertRoutes *routes)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(route_words); i++) {
        guint bits = route_words[i].bits;
        if (!((routes->focused | routes->unfocused) & bits))
            continue;
        g_string_append_printf(s, "%s%s%s", s->len ? "," : "", route_words[i].word,
                               routes->focused & bits ? "" : "?");
    }
    if (s->len == 0)
        g_string_append(s, "none");
    return g_string_free(s, FALSE);
}

/* " (3) 00:12", or less of it. */
static void figures(char *out, gsize n, guint count, int64_t left_ms)
{
    char clock[32] = "";
    char number[24] = "";
    if (count > 0)
        g_snprintf(number, sizeof number, " (%u)", count);
    if (left_ms != SM_ALERT_NO_TIME)
        sm_text_clock(clock, sizeof clock, left_ms);
    g_snprintf(out, n, "%s%s%s", number, *clock ? " " : "", clock);
}

SmSafe *sm_alert_title(const SmSafe *name, guint count, int64_t left_ms)
{
    char rest[64];
    figures(rest, sizeof rest, count, left_ms);
    if (sm_safe_len(name) == 0)
        return sm_safe_format("%s%s", _("A chat"), rest);
    return sm_safe_format("%S%s", name, rest);
}

SmSafe *sm_alert_summary_title(guint chats, guint count, int64_t left_ms)
{
    char rest[64];
    figures(rest, sizeof rest, count, left_ms);
    g_autoptr(SmSafe) head =
        sm_safe_format(ngettext("%d chat needs you", "%d chats need you", chats), (int)chats);
    return sm_safe_format("%S%s", head, rest);
}

SmSafe *sm_alert_body(SmAlertKind kind, const SmSafe *text)
{
    if (sm_safe_len(text) > 0)
        return sm_safe_format("%S", text);
    guint i = (guint)kind < SM_ALERT_KINDS ? kind : 0;
    return sm_safe_format("%s", _(kind_sentences[i]));
}
