/* SPDX-License-Identifier: MIT */
/* popups_ask: questions: a line of input, a choice of arguments, yes or no. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "app/alert_log.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

static void run_with(SmApp *app, const char *value)
{
    g_autofree char *command = g_strdup_printf("%s %s", app->popup_data, value);

    sm_popup_run(app, command);
}

/* --- One line
 * -------------------------------------------------------------------------------------- */

static void choose_ask(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *text = g_strstrip(g_strdup(typed));

    if (*text == '\0')
        sm_popup_close(app);
    else
        run_with(app, text);
}

static const SmPopupOps ask_ops = {.choose = choose_ask};

void sm_ask_open(SmApp *app, const char *action, const char *title, const char *prompt)
{
    sm_popup_open(app, SM_POPUP_ASK, &ask_ops, title, prompt);
    app->popup_data = g_strdup(action);
    sm_popup_footer(app, _("Enter takes it   Esc close"));
    sm_popup_changed(app);
}

/* --- One of several
 * -------------------------------------------------------------------------------- */

static SmChoiceTakes takes(const SmApp *app)
{
    return (SmChoiceTakes)app->popup.widths[SM_POPUP_CELLS - 1];
}

/* A value that is a digit is picked by that one, and then no other of the list has one: the layout of four panes is 4, not 3. */
static int digit_of(const char *value, guint place, gboolean by_digits)
{
    if (by_digits)
        return value[1] == '\0' ? g_ascii_digit_value(*value) : 0;
    return place < 9 ? (int)place + 1 : 0;
}

static void fill_choice(SmApp *app, const char *typed)
{
    g_auto(GStrv) lines = g_strsplit(app->popup_data2 != NULL ? app->popup_data2 : "", "\n", -1);
    gboolean typed_digits = takes(app) == SM_CHOICE_TYPED, number = typed_digits && g_ascii_isdigit(*typed);
    gboolean by_digits = lines[0] != NULL && g_ascii_isdigit(lines[0][0]) && lines[0][1] == '\t';

    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(lines[i], "\t", 3);
        if (parts[0] == NULL || *parts[0] == '\0' || (number && !g_str_has_prefix(parts[0], typed)))
            continue;
        SmPopupRow *row = sm_popup_row(app, parts[0]);
        row->digit = typed_digits ? 0 : digit_of(parts[0], i, by_digits);
        row->by_value = parts[1] != NULL && parts[2] != NULL;
        sm_popup_cell(row, 0, sm_safe_screen_line(row->by_value ? parts[2] : parts[0], -1));
        sm_popup_cell(row, 1, sm_safe_screen_line(parts[1] != NULL ? parts[1] : "", -1));
    }
    sm_popup_match(app, typed, TRUE);
}

static void choose_choice(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *text = g_strstrip(g_strdup(typed));

    if (takes(app) != SM_CHOICE_LISTED && *text != '\0' && value == NULL)
        run_with(app, text);
    else if (value != NULL)
        run_with(app, value);
}

static const SmPopupOps choice_ops = {.refill = fill_choice, .choose = choose_choice};

void sm_choice_open(SmApp *app, const char *action, const char *title, const char *prompt,
                    const char *choices, SmChoiceTakes may_take)
{
    sm_popup_open(app, SM_POPUP_LIST, &choice_ops, title, prompt);
    app->popup_data = g_strdup(action);
    app->popup_data2 = g_strdup(choices);
    app->popup.widths[1] = -1;
    app->popup.widths[SM_POPUP_CELLS - 1] = (int)may_take;
    static const char *const footers[] = {
        [SM_CHOICE_LISTED] = N_("1-9 or Enter takes it   Esc close"),
        [SM_CHOICE_WORDS] = N_("1-9 or Enter takes it   other words count as typed   Esc close"),
        [SM_CHOICE_TYPED] = N_("Enter takes it   what fits none counts as typed   Esc close")};
    sm_popup_footer(app, _(footers[may_take]));
    sm_popup_refill(app);
}

void sm_choice_agent(GString *choices, const SmDesk *desk, const SmAgent *agent)
{
    const char *shown = sm_agent_shown(agent);
    gboolean named = strcmp(shown, agent->id) != 0;

    g_string_append_printf(choices, "%s\t%s%s", agent->id, named ? shown : "", named ? _(", ") : "");
    g_string_append_printf(choices, _("%s, %d/%d"), _(sm_availability_name(agent->availability)), agent->chats,
                           sm_desk_capacity(desk, agent));
    if (agent->step != SM_STEP_NONE)
        g_string_append_printf(choices, "%s%s", _(", "), sm_step_words(agent->step));
    g_string_append_c(choices, '\n');
}

/* --- Yes or no
 * ------------------------------------------------------------------------------------- */

static gboolean text_confirm(SmApp *app, const char *utf8)
{
    gunichar c = g_unichar_tolower(sm_keys_fold(g_utf8_get_char(utf8)));

    if (c == 'y') {
        g_autofree char *command = g_strdup(app->popup_data);
        sm_popup_run(app, command);
    } else if (c == 'n') {
        sm_popup_close(app);
    }
    return TRUE;
}

static const SmPopupOps confirm_ops = {.text = text_confirm};

void sm_confirm_open(SmApp *app, const char *command, SmSafe *question)
{
    g_autofree char *name = g_strndup(command, strcspn(command, " "));
    const SmAction *action = sm_action_find(name);
    sm_popup_open(app, SM_POPUP_CONFIRM, &confirm_ops, action != NULL ? _(action->label) : "", NULL);
    app->popup_data = g_strdup(command);
    app->popup.detail = question;
    sm_popup_footer(app, _("y yes   n no"));
    sm_popup_changed(app);
}

/* --- What was said
 * --------------------------------------------------------------------------------- */

static void fill_log(SmApp *app, const char *typed)
{
    for (guint i = 0; i < app->toasts->len; i++) {
        const SmToast *toast = app->toasts->pdata[i];
        SmPopupRow *row = sm_popup_row(app, NULL);
        g_autofree char *when = sm_text_local(toast->at, "%H:%M:%S");
        sm_popup_label(row, 0, when);
        sm_popup_cell(row, 1, sm_safe_ref(toast->words));
    }
}

static const SmPopupOps log_ops = {.refill = fill_log, .choose = sm_popup_choose_nothing};

void sm_log_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &log_ops, _("messages"), NULL);
    app->popup.widths[0] = 9;
    app->popup.widths[1] = -1;
    sm_popup_footer(app, _("Esc close"));
    sm_popup_refill(app);
    sm_popup_select(app, (int)app->popup.rows->len - 1);
}

/* --- What was alerted ------------------------------------------------------------------------------ */

static const char *acknowledged_words(const char *how)
{
    if (g_strcmp0(how, "read") == 0)
        return _("read");
    return g_strcmp0(how, "closed") == 0 ? _("closed") : _("answered");
}

static const char *level_words(SmUrgency level)
{
    static const char *const words[] = {N_("quiet"), N_("activity"), N_("message"), N_("warning"), N_("overdue")};

    return (guint)level < G_N_ELEMENTS(words) ? _(words[level]) : sm_urgency_name(level);
}

static void fill_alerts(SmApp *app, const char *typed)
{
    const GPtrArray *entries = sm_alerts_entries(app);

    for (guint i = entries->len; i-- > 0;) {
        const SmAlertEntry *entry = entries->pdata[i];
        SmPopupRow *row = sm_popup_row(app, entry->chat);
        g_autofree char *at = sm_text_local(entry->at, "%H:%M:%S"), *routes = sm_alert_routes_words(entry->routes, TRUE);
        sm_popup_label(row, 0, at);
        sm_popup_label(row, 1, level_words(entry->level));
        if (entry->erased)
            sm_popup_cell(row, 2, sm_safe_from_literal(_("(erased)")));
        else if (entry->name != NULL || entry->chat == NULL)
            sm_popup_cell(row, 2, entry->name != NULL ? sm_safe_ref(entry->name) : sm_safe_from_literal(_("(several)")));
        sm_popup_label(row, 3, routes);
        if (entry->acknowledged > 0) {
            g_autofree char *then = sm_text_local(entry->acknowledged, "%H:%M:%S");
            g_autofree char *words = g_strdup_printf("%s %s", then, acknowledged_words(entry->how));
            sm_popup_label(row, 4, words);
        }
    }
    sm_popup_match(app, typed, FALSE);
}

static void choose_alert(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *chat = g_strdup(value);

    sm_popup_close(app);
    if (chat != NULL)
        sm_app_open(app, chat);
}

static const SmPopupOps alert_log_ops = {.refill = fill_alerts, .choose = choose_alert};

void sm_alert_log_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &alert_log_ops, _("alerts"), _("find>"));
    sm_popup_heading(app, 0, _("TIME"), 9);
    sm_popup_heading(app, 1, _("LEVEL"), 9);
    sm_popup_heading(app, 2, _("CUSTOMER"), 18);
    sm_popup_heading(app, 3, _("WAYS"), 24);
    sm_popup_heading(app, 4, _("ACKNOWLEDGED"), -1);
    sm_popup_footer(app, _("Enter goes to the chat   Esc close"));
    sm_popup_refill(app);
}

/* --- Options
 * --------------------------------------------------------------------------------------- */

static void fill_options(SmApp *app, const char *typed)
{
    guint n;
    const SmOption *table = sm_option_table(&n);

    for (guint i = 0; i < n; i++) {
        const char *value = sm_options_str(app->options, table[i].name);
        SmPopupRow *row = sm_popup_row(app, table[i].name);
        sm_popup_label(row, 0, table[i].name);
        sm_popup_cell(row, 1, sm_safe_screen_line(value, -1));
        sm_popup_label(row, 2, strcmp(value, table[i].initial) == 0 ? "" : "*");
        sm_popup_label(row, 3, _(table[i].help));
    }
    sm_popup_match(app, typed, TRUE);
}

/* A switch flips, a choice goes on to its next word, everything else is asked for. */
static void choose_option(SmApp *app, const char *value, const char *typed)
{
    guint n;
    const SmOption *table = sm_option_table(&n), *option = NULL;

    for (guint i = 0; i < n && value != NULL; i++)
        if (strcmp(table[i].name, value) == 0)
            option = &table[i];
    if (option == NULL)
        return;
    g_autofree char *next = NULL;
    if (option->type == SM_OPTION_BOOL) {
        next = g_strdup(sm_options_bool(app->options, option->name) ? "false" : "true");
    } else if (option->type == SM_OPTION_CHOICE) {
        g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
        guint at = (guint)sm_options_int(app->options, option->name) + 1;
        next = g_strdup(choices[at < g_strv_length(choices) ? at : 0]);
    }
    g_autofree char *name = g_strdup(option->name);
    if (next == NULL) {
        g_autofree char *action = g_strconcat("options ", name, NULL);
        sm_ask_open(app, action, name, _("value>"));
        sm_editor_set_text(app->popup.filter, sm_options_str(app->options, name));
        return;
    }
    g_autofree char *command = g_strdup_printf("options %s %s", name, next);
    sm_app_run(app, command);
    sm_popup_refill(app);
}

/* The whole sentence, what may be set, and what is shipped. */
static void option_detail(SmApp *app)
{
    SmPopupRow *row = sm_popup_selected(app);
    guint n;
    const SmOption *table = sm_option_table(&n);

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    for (guint i = 0; row != NULL && i < n; i++) {
        if (strcmp(table[i].name, row->value) != 0)
            continue;
        g_autofree char *values = table[i].choices != NULL ? g_strdelimit(g_strdup(table[i].choices), "|", ' ') : NULL;
        g_autofree char *text = g_strdup_printf("%s%s%s\n%s %s", _(table[i].help), values != NULL ? " " : "", values != NULL ? values : "",
                                                _("shipped:"), *table[i].initial != '\0' ? table[i].initial : "-");
        app->popup.detail = sm_safe_screen(text, -1);
    }
}

static const SmPopupOps options_ops = {.refill = fill_options, .choose = choose_option, .moved = option_detail};

void sm_options_open(SmApp *app, const char *typed)
{
    sm_popup_open(app, SM_POPUP_LIST, &options_ops, _("options"), _("find>"));
    sm_popup_heading(app, 0, _("OPTION"), 18);
    sm_popup_heading(app, 1, _("VALUE"), 16);
    sm_popup_heading(app, 2, NULL, 2);
    sm_popup_heading(app, 3, _("WHAT IT IS"), -1);
    sm_popup_footer(app, _("Enter changes it   /options save keeps it in config.yaml   Esc close"));
    sm_editor_set_text(app->popup.filter, typed);
    sm_popup_refill(app);
}

/* --- Earlier replies
 * ------------------------------------------------------------------------------- */

static void fill_earlier(SmApp *app, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (own == NULL)
        return;
    /* This chat's first, then those of the others in the list. */
    for (int i = -1; i < (int)app->list->len; i++) {
        SmOwnChat *from = i < 0 ? own : app->list->pdata[i];
        if (i >= 0 && from == own)
            continue;
        g_autoptr(GPtrArray) texts = sm_compose_earlier(app, from);
        for (guint k = 0; k < texts->len; k++) {
            if (!g_hash_table_add(seen, g_strdup(texts->pdata[k])))
                continue;
            SmPopupRow *row = sm_popup_row(app, texts->pdata[k]);
            sm_popup_cell(row, 0, sm_safe_screen_line(texts->pdata[k], -1));
            sm_popup_cell(row, 1, sm_safe_ref(from->chat.name));
        }
    }
    sm_popup_match(app, typed, TRUE);
    for (guint i = 0; i < app->popup.rows->len && i < 9; i++)
        ((SmPopupRow *)app->popup.rows->pdata[i])->digit = (int)i + 1;
}

static void choose_earlier(SmApp *app, const char *value, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);
    g_autofree char *text = g_strdup(value);

    sm_popup_close(app);
    if (own == NULL || text == NULL)
        return;
    sm_editor_replace_all(sm_compose_editor_of(own), text);
    sm_compose_changed(app);
}

static const SmPopupOps earlier_ops = {.refill = fill_earlier, .choose = choose_earlier};

void sm_earlier_open(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &earlier_ops, _("earlier replies"), _("find>"));
    app->popup.widths[0] = -1;
    app->popup.widths[1] = 16;
    sm_popup_footer(app, _("Enter puts it in the composer   Esc close"));
    sm_popup_refill(app);
}
