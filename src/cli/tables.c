/* SPDX-License-Identifier: MIT */
/* tables: what can be done and what can be set, printed from the tables the program itself works
 * by; for people, and with --man as the generated parts of man/seatmux.1 (tests/docs holds the
 * manual to them). */
#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "seatmux/app/action.h"
#include "seatmux/app/keymap.h"
#include "seatmux/app/option.h"

#define WORDS(text) ((text) && *(text) ? dgettext("seatmux", text) : "")

/* --- Keys
 * ------------------------------------------------------------------------------------------ */

/* Strokes of one command that differ in the last key only: "Ctrl-X 1..9", "Alt-Left/Right/Up/Down".
 */
typedef struct {
    char *lead;       /* what they have in common, "Ctrl-X " */
    GPtrArray *lasts; /* char *, in order */
} Strokes;

static void strokes_free(gpointer data)
{
    Strokes *strokes = data;
    g_free(strokes->lead);
    g_ptr_array_unref(strokes->lasts);
    g_free(strokes);
}

static void add_stroke(GPtrArray *all, const char *shown, gboolean join)
{
    const char *space = strrchr(shown, ' '), *dash = strrchr(shown, '-');
    const char *last = space ? space + 1 : shown;
    if (dash && dash > last && dash[1] != '\0')
        last = dash + 1;
    g_autofree char *lead = g_strndup(shown, (gsize)(last - shown));
    for (guint i = 0; join && i < all->len; i++) {
        Strokes *strokes = all->pdata[i];
        if (strcmp(strokes->lead, lead) == 0) {
            g_ptr_array_add(strokes->lasts, g_strdup(last));
            return;
        }
    }
    Strokes *strokes = g_new0(Strokes, 1);
    strokes->lead = g_steal_pointer(&lead);
    strokes->lasts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(strokes->lasts, g_strdup(last));
    g_ptr_array_add(all, strokes);
}

/* "1..9" for a run of digits, else the keys with slashes between them. */
static void append_lasts(GString *out, const GPtrArray *lasts)
{
    const char *first = lasts->pdata[0], *end = lasts->pdata[lasts->len - 1];
    gboolean run = lasts->len > 2 && !first[1] && !end[1] && g_ascii_isdigit(*first) &&
                   end[0] - first[0] + 1 == (int)lasts->len;
    if (run) {
        g_string_append_printf(out, "%s..%s", first, end);
        return;
    }
    for (guint i = 0; i < lasts->len; i++)
        g_string_append_printf(out, "%s%s", i ? "/" : "", (char *)lasts->pdata[i]);
}

/* Bindings come sorted by code; people look for the plain key first, then the sequence, then Alt.
 */
static int by_ease(const void *a, const void *b)
{
    const SmBinding *x = *(const SmBinding *const *)a, *y = *(const SmBinding *const *)b;
    gboolean x_alt = (x->keys[0] & SM_MOD_ALT) != 0, y_alt = (y->keys[0] & SM_MOD_ALT) != 0;
    if (x_alt != y_alt)
        return x_alt ? 1 : -1;
    if (x->n != y->n)
        return (int)x->n - (int)y->n;
    for (guint i = 0; i < x->n; i++)
        if (x->keys[i] != y->keys[i])
            return x->keys[i] < y->keys[i] ? -1 : 1;
    return 0;
}

static gboolean runs(const SmBinding *binding, const SmAction *action, gboolean *with_arguments)
{
    gsize n = strlen(action->name);
    if (strncmp(binding->command, action->name, n) != 0 ||
        (binding->command[n] && binding->command[n] != ' '))
        return FALSE;
    *with_arguments |= binding->command[n] == ' ';
    return TRUE;
}

/* "Ctrl-K, Ctrl-X j, Alt-K"; empty if no key runs it. Caller frees. */
static char *keys_of(const SmKeymap *keymap, const SmAction *action)
{
    const GArray *bindings = sm_keymap_bindings(keymap);
    g_autoptr(GPtrArray) mine = g_ptr_array_new();
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(strokes_free);
    gboolean join = FALSE;
    for (guint i = 0; i < bindings->len; i++) {
        SmBinding *binding = &g_array_index(bindings, SmBinding, i);
        if (runs(binding, action, &join))
            g_ptr_array_add(mine, binding);
    }
    g_ptr_array_sort(mine, by_ease);
    for (guint i = 0; i < mine->len; i++) {
        const SmBinding *binding = mine->pdata[i];
        g_autofree char *shown = sm_key_display_sequence(binding->keys, binding->n);
        add_stroke(all, shown, join);
    }
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < all->len; i++) {
        const Strokes *strokes = all->pdata[i];
        g_string_append_printf(out, "%s%s", i ? ", " : "", strokes->lead);
        append_lasts(out, strokes->lasts);
    }
    return g_string_free(out, FALSE);
}

/* --- Printing
 * -------------------------------------------------------------------------------------- */

/* Text for a manual page: no request, no escape, minus signs that can be searched, a sentence a
 * line. */
static char *for_man(const char *text)
{
    GString *out = g_string_new(*text == '.' || *text == '\'' ? "\\&" : NULL);
    for (const char *p = text; *p; p++) {
        if (*p == '\\')
            g_string_append(out, "\\e");
        else if (*p == '-')
            g_string_append(out, "\\-");
        else if (*p == '^')
            g_string_append(out, "\\(ha");
        else if (*p == '~')
            g_string_append(out, "\\(ti");
        else if (*p == ' ' && p > text && p[-1] == '.' && (g_ascii_isupper(p[1]) || p[1] == '"'))
            g_string_append_c(out, '\n');
        else
            g_string_append_c(out, *p);
    }
    return g_string_free(out, FALSE);
}

static void print_keys(const SmKeymap *keymap, gboolean man)
{
    guint n = 0;
    const SmAction *actions = sm_actions(&n);
    if (man)
        puts(".Bl -tag -width Ds");
    for (guint i = 0; i < n; i++) {
        const SmAction *action = &actions[i];
        g_autofree char *keys = keys_of(keymap, action);
        if (man) {
            g_autofree char *shown = for_man(keys), *args = for_man(action->args),
                            *help = for_man(action->help);
            printf(".It Ic %s%s%s\n", action->name, *args ? " Ar " : "", args);
            if (*keys)
                printf("Keys: %s.\n", shown);
            puts(help);
            continue;
        }
        g_autofree char *name =
            g_strconcat(action->name, *action->args ? " " : "", action->args, NULL);
        printf("%-40s %-28s %s\n", name, *keys ? keys : "-", WORDS(action->help));
    }
    if (man)
        puts(".El");
}

/* What values an option takes, in words: "line|ascii|auto", "0 to 10", "200ms to 5s". */
static char *values_of(const SmOption *option)
{
    switch (option->type) {
    case SM_OPTION_BOOL:
        return g_strdup("true|false");
    case SM_OPTION_INT:
        return g_strdup_printf("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, option->low,
                               option->high);
    case SM_OPTION_DURATION:
        return g_strdup("duration");
    case SM_OPTION_CHOICE:
        return g_strdup(option->choices);
    case SM_OPTION_LIST:
        return g_strdup("list");
    case SM_OPTION_STRING:
        break;
    }
    return g_strdup("text");
}

static void print_options(gboolean man)
{
    guint n = 0;
    const SmOption *options = sm_option_table(&n);
    if (man)
        puts(".Bl -tag -width Ds");
    for (guint i = 0; i < n; i++) {
        const SmOption *option = &options[i];
        g_autofree char *values = values_of(option);
        const char *initial = option->initial && *option->initial ? option->initial : "empty";
        if (man) {
            g_autofree char *name = for_man(option->name), *help = for_man(option->help);
            g_autofree char *takes = for_man(values), *first = for_man(initial);
            printf(".It Cm %s\n%s\nValues: %s; default: %s.\n", name, help, takes, first);
            continue;
        }
        printf("%-18s %-30s %-14s %s\n", option->name, values, initial, WORDS(option->help));
    }
    if (man)
        puts(".El");
}

/* --- Subcommands
 * ----------------------------------------------------------------------------------- */

static gboolean parse(int *argc, char ***argv, const GOptionEntry *entries, const char *what)
{
    g_autoptr(GOptionContext) context = g_option_context_new(what);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (g_option_context_parse(context, argc, argv, &error) && *argc == 1)
        return TRUE;
    sm_cli_error("seatmux: %s\n", error ? error->message : "there are only options");
    return FALSE;
}

int sm_cli_keys(int argc, char **argv)
{
    g_autofree char *map = NULL;
    gboolean man = FALSE;
    const GOptionEntry entries[] = {
        {"map", 0, 0, G_OPTION_ARG_STRING, &map, "default, readline, irc or one-hand", "NAME"},
        {"man", 0, 0, G_OPTION_ARG_NONE, &man, "as the part of the manual page", NULL},
        G_OPTION_ENTRY_NULL};
    if (!parse(&argc, &argv, entries, "- every command, its keys and what it does"))
        return 2;
    if (!man)
        sm_cli_locale(NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmKeymap) keymap = sm_keymap_new(map, findings);
    if (sm_findings_errors(findings)) {
        sm_cli_error("seatmux: no key map '%s'; there are default, readline, irc and one-hand\n",
                map);
        return 2;
    }
    print_keys(keymap, man);
    return 0;
}

int sm_cli_options(int argc, char **argv)
{
    gboolean man = FALSE;
    const GOptionEntry entries[] = {
        {"man", 0, 0, G_OPTION_ARG_NONE, &man, "as the part of the manual page", NULL},
        G_OPTION_ENTRY_NULL};
    if (!parse(&argc, &argv, entries,
               "- every setting of config.yaml, its values and what it does"))
        return 2;
    if (!man)
        sm_cli_locale(NULL);
    print_options(man);
    return 0;
}
