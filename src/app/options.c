/* SPDX-License-Identifier: MIT */
/* options: the table of settings, and their values. */
#include "app/option_private.h"

#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/alert/policy.h"
#include "seatmux/alert/quiet.h"
#include "seatmux/alert/terminal.h"
#include "seatmux/base/yaml.h"

/* Sorted by name. Alert routes begin as alert/policy.h ships them. */
static const SmOption table[] = {
    {"alerts.activity", SM_OPTION_STRING, "bar", 0, 0, NULL,
     N_("Something moved and nothing is asked: where that is alerted. Routes: none, or words of bar, bell, desktop, hook, all; "
        "\"desktop?\" only while unfocused.")},
    {"alerts.desktop", SM_OPTION_BOOL, "true", 0, 0, NULL,
     N_("Show desktop notifications where there is a desktop.")},
    {"alerts.hook", SM_OPTION_LIST, "", 0, 0, NULL,
     N_("A command of yours that gets each alert as JSON on its standard input.")},
    {"alerts.message", SM_OPTION_STRING, "bar,desktop?", 0, 0, NULL,
     N_("A customer wrote, or one waits: where that is alerted. Routes: none, or words of bar, bell, desktop, hook, all; "
        "\"desktop?\" only while unfocused.")},
    {"alerts.overdue", SM_OPTION_STRING, "all", 0, 0, NULL,
     N_("A target has passed: where that is alerted. Routes: none, or words of bar, bell, desktop, hook, all; "
        "\"desktop?\" only while unfocused.")},
    {"alerts.quiet", SM_OPTION_STRING, "none", 0, 0, NULL,
     N_("Alerts of no urgency: where they go. Routes: none, or words of bar, bell, desktop, hook, all; "
        "\"desktop?\" only while unfocused.")},
    {"alerts.quiet_hours", SM_OPTION_STRING, "", 0, 0, NULL,
     N_("When only overdue chats disturb: 22:00-07:00, or mon-fri 19:00-09:00, sat, sun; local time.")},
    {"alerts.repeat", SM_OPTION_DURATION, "0s", 0, 3600000, NULL,
     N_("Alert a late chat again after this time until it is looked at, ten times at most; 0s: once.")},
    {"alerts.show_text", SM_OPTION_BOOL, "false", 0, 0, NULL,
     N_("Let notifications carry the message text, not the name and time alone.")},
    {"alerts.sound", SM_OPTION_BOOL, "true", 0, 0, NULL,
     N_("Ask the desktop to play its theme's sound with a notification.")},
    {"alerts.terminal", SM_OPTION_STRING, "auto", 0, 0, NULL,
     N_("How the terminal itself is asked to notify: auto, or the name of a protocol.")},
    {"alerts.warning", SM_OPTION_STRING, "all", 0, 0, NULL,
     N_("Much of the time to answer is used: where that is alerted. Routes: none, or words of bar, bell, desktop, hook, all; "
        "\"desktop?\" only while unfocused.")},
    {"bell", SM_OPTION_BOOL, "true", 0, 0, NULL,
     N_("Ring the terminal bell where an alert's routes say bell.")},
    {"borders", SM_OPTION_CHOICE, "auto", 0, 0, "auto|line|ascii",
     N_("Borders and bars: lines and blocks, or plain ASCII.")},
    {"chats.order", SM_OPTION_CHOICE, "frozen", 0, 0, "frozen|time",
     N_("The list of chats: frozen, so that no number moves under the fingers, or by the time that is left.")},
    {"color", SM_OPTION_CHOICE, "auto", 0, 0, "auto|always|never",
     N_("Colours: as the terminal can and NO_COLOR wishes, always, or never; from the next start.")},
    {"downloads", SM_OPTION_STRING, "", 0, 0, NULL,
     N_("Where saved files go; empty: where the desktop puts downloads.")},
    {"emoji", SM_OPTION_CHOICE, "safe", 0, 0, "safe|full|text",
     N_("Emoji: one plain glyph each, which all terminals draw alike; as they were written, for a terminal that counts columns as libc "
        "does; or their names in words.")},
    {"hints", SM_OPTION_BOOL, "true", 0, 0, NULL,
     N_("In practice: a hint in place of the keys below - whose time runs, which quick reply fits, what was missed.")},
    {"history.days", SM_OPTION_INT, "90", 0, 3650, NULL,
     N_("So many days of chats are kept on this machine to be searched; 0: none. From the next start.")},
    {"keys.map", SM_OPTION_CHOICE, "default", 0, 0, "default|readline|irc|one-hand",
     N_("The shipped key map to begin with; keys.yaml changes single keys.")},
    {"language", SM_OPTION_STRING, "", 0, 0, NULL,
     N_("Language of the screen, as zh_CN or en; empty: as the environment says.")},
    {"layout", SM_OPTION_CHOICE, "auto", 0, 0, "auto|1|2|4|6|9",
     N_("How many panes to begin with; auto: as many as suit the screen.")},
    {"lock.after", SM_OPTION_DURATION, "0s", 0, 86400000, NULL,
     N_("Lock the screen after so much time without a key, for machines that others use too; 0s: never.")},
    {"mask.numbers", SM_OPTION_BOOL, "true", 0, 0, NULL,
     N_("Show card and identity numbers without all but their last four digits; what is sent and copied is whole.")},
    {"mouse", SM_OPTION_BOOL, "false", 0, 0, NULL,
     N_("Take the mouse: a click focuses a pane or selects a row, again opens it; borders of panes can be dragged, the wheel scrolls.")},
    {"screenshot", SM_OPTION_STRING, "", 0, 0, NULL,
     N_("A command that makes a screenshot; it gets the path to write as its last word. No shell.")},
    {"spell", SM_OPTION_BOOL, "true", 0, 0, NULL,
     N_("Mark words that no dictionary knows, in the customer's language; nothing is changed. Not for Chinese.")},
    {"spell.languages", SM_OPTION_STRING, "", 0, 0, NULL,
     N_("Dictionaries of the spell check, as en_GB de_DE; empty: the customer's language.")},
    {"supervise.group", SM_OPTION_CHOICE, "none", 0, 0, "none|team|agent|state",
     N_("Queue view: what the chats of the table are grouped by.")},
    {"supervise.pace", SM_OPTION_INT, "60", 1, 600, NULL,
     N_("Queue view: messages a minute of one answer to many.")},
    {"supervise.waiting", SM_OPTION_INT, "8", 0, 100000, NULL,
     N_("Queue view: more waiting in a queue than this is alerted; 0: never.")},
    {"supervise.within", SM_OPTION_INT, "80", 0, 100, NULL,
     N_("Queue view: a lower percentage answered in time today is alerted; 0: never.")},
    {"theme", SM_OPTION_STRING, "default", 0, 0, NULL,
     N_("Colours: the name of a file in themes/.")},
    {"viewer", SM_OPTION_STRING, "xdg-open", 0, 0, NULL,
     N_("The command that opens a file; it gets the path as its last word. No shell.")},
    {"words", SM_OPTION_CHOICE, "on", 0, 0, "on|warn|off",
     N_("Word lists hold back a message with a forbidden word (on), only warn (warn), or are not looked at (off).")},
};

const SmOption *sm_option_table(guint *n)
{
    *n = G_N_ELEMENTS(table);
    return table;
}

int sm_option_index(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].name[0] == name[0] && strcmp(table[i].name, name) == 0) /* asked some times a key */
            return (int)i;
    return -1;
}

static gboolean parse_bool(const char *text, int64_t *out)
{
    static const char *const yes[] = {"true", "yes", "on", NULL}, *const no[] = {"false", "no",
                                                                                 "off", NULL};

    *out = g_strv_contains(yes, text);
    return *out || g_strv_contains(no, text);
}

static gboolean parse_choice(const SmOption *option, const char *text, int64_t *out)
{
    g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);

    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], text) == 0) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean parse_int(const SmOption *option, const char *text, int64_t *out)
{
    char *end = NULL;

    *out = g_ascii_strtoll(text, &end, 10);
    return *text != '\0' && *end == '\0' && *out >= option->low && *out <= option->high;
}

static gboolean is_routes(const char *name)
{
    for (int level = 0; g_str_has_prefix(name, "alerts.") && level < SM_URGENCIES; level++)
        if (strcmp(name + strlen("alerts."), sm_urgency_name((SmUrgency)level)) == 0)
            return TRUE;
    return FALSE;
}

/* Words of other rooms' little languages. */
static char *check_string(const SmOption *option, const char *text)
{
    SmAlertRoutes routes;
    SmTerminalProtocol protocol;
    g_autoptr(GError) error = NULL;

    if (strlen(text) > 500)
        return g_strdup("too long");
    if (g_strcmp0(option->name, "alerts.terminal") == 0)
        return sm_terminal_protocol_parse(text, &protocol)
                   ? NULL
                   : g_strdup_printf("'%s' is no terminal protocol", text);
    if (g_strcmp0(option->name, "alerts.quiet_hours") == 0)
        return sm_quiet_check(text, &error) ? NULL : g_strdup(error->message);
    if (is_routes(option->name))
        return sm_alert_routes_parse(text, &routes, &error) ? NULL : g_strdup(error->message);
    return NULL;
}

gboolean sm_option_take(SmOptions *options, int index, const char *value, char **why_not)
{
    const SmOption *option = &table[index];
    SmOptionValue *to = &options->values[index];
    g_autofree char *why = NULL;
    int64_t number = 0;

    switch (option->type) {
    case SM_OPTION_BOOL:
        if (!parse_bool(value, &number))
            why = g_strdup("must be true or false");
        break;
    case SM_OPTION_INT:
        if (!parse_int(option, value, &number))
            why = g_strdup_printf("must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                                  option->low, option->high);
        break;
    case SM_OPTION_DURATION:
        if (!sm_duration_parse(value, &number) || number < option->low || number > option->high)
            why = g_strdup("must be a time within its limits, as 250ms, 30s or 5m");
        break;
    case SM_OPTION_CHOICE:
        if (!parse_choice(option, value, &number))
            why = g_strdup_printf("must be one of %s", option->choices);
        break;
    case SM_OPTION_STRING:
        why = check_string(option, value);
        break;
    case SM_OPTION_LIST: {
        g_autoptr(GError) error = NULL;
        char **list = NULL;
        if (*value != '\0' && !g_shell_parse_argv(value, NULL, &list, &error)) {
            why = g_strdup(error->message);
            break;
        }
        sm_option_take_list(options, index, list != NULL ? list : g_new0(char *, 1));
        return TRUE;
    }
    }
    if (why != NULL) {
        if (why_not != NULL)
            *why_not = g_steal_pointer(&why);
        return FALSE;
    }
    g_free(to->text);
    to->text =
        option->type == SM_OPTION_BOOL ? g_strdup(number ? "true" : "false") : g_strdup(value);
    to->number = number;
    return TRUE;
}

void sm_option_take_list(SmOptions *options, int index, char **list)
{
    SmOptionValue *to = &options->values[index];
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; list[i] != NULL; i++) {
        g_autofree char *quoted = g_shell_quote(list[i]);
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", quoted);
    }
    g_strfreev(to->list);
    to->list = list;
    g_free(to->text);
    to->text = g_strdup(text->str);
}

void sm_profile_free(SmProfile *profile)
{
    if (profile == NULL)
        return;
    g_free(profile->name);
    g_free(profile->server);
    g_free(profile->agent);
    g_strfreev(profile->password_command);
    g_free(profile->password_file);
    g_free(profile->cafile);
    g_free(profile->pin);
    g_free(profile->proxy);
    g_free(profile);
}

SmOptions *sm_options_new(void)
{
    SmOptions *options = g_new0(SmOptions, 1);

    options->values = g_new0(SmOptionValue, G_N_ELEMENTS(table));
    options->profiles = g_ptr_array_new_with_free_func((GDestroyNotify)sm_profile_free);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        sm_option_take(options, (int)i, table[i].initial, NULL);
    return options;
}

void sm_options_free(SmOptions *options)
{
    if (options == NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        g_free(options->values[i].text);
        g_strfreev(options->values[i].list);
    }
    g_free(options->values);
    g_ptr_array_unref(options->profiles);
    g_free(options);
}

gboolean sm_options_set(SmOptions *options, const char *name, const char *value, char **why_not)
{
    int index = sm_option_index(name);

    if (why_not != NULL)
        *why_not = NULL;
    if (index < 0) {
        if (why_not != NULL)
            *why_not = g_strdup_printf("there is no option '%s'", name);
        return FALSE;
    }
    return sm_option_take(options, index, value, why_not);
}

static const SmOptionValue *value_of(const SmOptions *options, const char *name)
{
    int index = sm_option_index(name);

    g_return_val_if_fail(index >= 0, &options->values[0]);
    return &options->values[index];
}

const char *sm_options_str(const SmOptions *options, const char *name)
{
    return value_of(options, name)->text;
}

int64_t sm_options_int(const SmOptions *options, const char *name)
{
    return value_of(options, name)->number;
}

gboolean sm_options_bool(const SmOptions *options, const char *name)
{
    return value_of(options, name)->number != 0;
}

char **sm_options_list(const SmOptions *options, const char *name)
{
    return value_of(options, name)->list;
}

const SmProfile *sm_options_profile(const SmOptions *options, const char *name)
{
    for (guint i = 0; i < options->profiles->len; i++) {
        const SmProfile *profile = options->profiles->pdata[i];
        if (name == NULL || strcmp(profile->name, name) == 0)
            return profile;
    }
    return NULL;
}

static void quote(GString *to, const char *text)
{
    g_string_append_c(to, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(to, '\\');
        if (*text == '\n')
            g_string_append(to, "\\n");
        else
            g_string_append_c(to, *text);
    }
    g_string_append_c(to, '"');
}

char *sm_options_format(const SmOptions *options)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        const SmOptionValue *value = &options->values[i];
        if (strcmp(value->text, table[i].initial) == 0)
            continue;
        g_string_append_printf(text, "%s: ", table[i].name);
        if (table[i].type == SM_OPTION_LIST) {
            g_string_append_c(text, '[');
            for (guint k = 0; value->list[k] != NULL; k++) {
                if (k > 0)
                    g_string_append(text, ", ");
                quote(text, value->list[k]);
            }
            g_string_append_c(text, ']');
        } else if (table[i].type == SM_OPTION_STRING) {
            quote(text, value->text);
        } else {
            g_string_append(text, value->text);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
