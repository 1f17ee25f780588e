/* SPDX-License-Identifier: MIT */
/* keymap: bindings, looked up by context and sequence. */
#include "app/keymap_private.h"

#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/base/limits.h"

static gboolean same_keys(const SmKey *a, const SmKey *b, guint n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

static int compare(const SmBinding *a, const SmBinding *b)
{
    if (a->context != b->context)
        return a->context < b->context ? -1 : 1;
    for (guint i = 0; i < MIN(a->n, b->n); i++)
        if (a->keys[i] != b->keys[i])
            return a->keys[i] < b->keys[i] ? -1 : 1;
    return (int)a->n - (int)b->n;
}

static const SmBinding *at(const SmKeymap *keymap, guint i)
{
    return &g_array_index(keymap->bindings, SmBinding, i);
}

/* Contexts that are looked at together: a clash between them is one. */
static gboolean together(SmContext a, SmContext b)
{
    return a == b || a == SM_CONTEXT_GLOBAL || b == SM_CONTEXT_GLOBAL;
}

gboolean sm_keymap_bind_keys(SmKeymap *keymap, SmContext context, const SmKey *keys, guint n,
                             const char *command, const char *from, char **why_not)
{
    SmBinding fresh = {.context = context, .n = n, .from = from};
    guint place = keymap->bindings->len;

    g_hash_table_remove_all(keymap->best);
    memcpy(fresh.keys, keys, n * sizeof *keys);
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const SmBinding *other = at(keymap, i);
        if (other->context == context && other->n == n && same_keys(other->keys, keys, n)) {
            g_array_remove_index(keymap->bindings, i);
            i--;
            continue;
        }
    }
    if (command == NULL || *command == '\0')
        return TRUE;
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const SmBinding *other = at(keymap, i);
        guint common = MIN(other->n, n);
        if (other->n == n || !together(other->context, context) ||
            !same_keys(other->keys, keys, common) || keys[0] == SM_KEY_ESC)
            continue;
        if (why_not != NULL) {
            g_autofree char *longer = sm_key_display_sequence(other->keys, other->n);
            *why_not = other->n > n
                           ? g_strdup_printf("it begins %s (%s)", longer, other->command)
                           : g_strdup_printf("%s is the command %s", longer, other->command);
        }
        return FALSE;
    }
    fresh.command = g_string_chunk_insert_const(keymap->strings, command);
    for (place = 0; place < keymap->bindings->len && compare(at(keymap, place), &fresh) < 0;)
        place++;
    g_array_insert_val(keymap->bindings, place, fresh);
    return TRUE;
}

/* The command's first word names an action. */
static gboolean known_command(const char *command)
{
    g_autofree char *name = g_strndup(command, strcspn(command, " "));

    return sm_action_find(name) != NULL;
}

gboolean sm_keymap_bind(SmKeymap *keymap, SmContext context, const char *keys, const char *command,
                        char **why_not)
{
    SmKey parsed[SM_KEY_SEQUENCE];
    guint n = sm_key_parse_sequence(keys, parsed, SM_KEY_SEQUENCE);

    if (why_not != NULL)
        *why_not = NULL;
    if (n == 0) {
        if (why_not != NULL)
            *why_not = g_strdup_printf("'%s' names no key", keys);
        return FALSE;
    }
    if (command != NULL && *command != '\0' && !known_command(command)) {
        if (why_not != NULL)
            *why_not = g_strdup_printf("there is no command '%s'", command);
        return FALSE;
    }
    return sm_keymap_bind_keys(keymap, context, parsed, n, command, "set here", why_not);
}

/* --- Shipped maps
 * ---------------------------------------------------------------------------------- */

typedef struct {
    const char *map;
    SmContext context;
    const char *keys;
    const char *command; /* NULL: unbound */
} Override;

/* In one-hand F2 leads as C-x does, and F2 F2 opens the palette also where / types: so every command has a path of single
 * keys. */
static const Override overrides[] = {
    {"readline", SM_CONTEXT_AGENT, "C-k", "edit-kill-end"},
    {"readline", SM_CONTEXT_AGENT, "M-k", NULL},
    {"irc", SM_CONTEXT_AGENT, "C-n", "chat-next"},
    {"irc", SM_CONTEXT_AGENT, "C-p", "chat-previous"},
    {"one-hand", SM_CONTEXT_AGENT, "F3", "chat-next-urgent"},
    {"one-hand", SM_CONTEXT_AGENT, "F4", "reply-picker"},
    {"one-hand", SM_CONTEXT_AGENT, "Insert", "newline"},
    {"one-hand", SM_CONTEXT_AGENT, "C-x Enter", "pane-zoom"},
    {"one-hand", SM_CONTEXT_AGENT, "C-x Backspace", "edit-undo"},
    {"one-hand", SM_CONTEXT_AGENT, "C-x Delete", "clear"},
    {"one-hand", SM_CONTEXT_AGENT, "C-x Home", "redraw"},
    {"one-hand", SM_CONTEXT_AGENT, "C-x End", "reply-search"},
    {"one-hand", SM_CONTEXT_AGENT, "C-x F2", "palette"},
    {"one-hand", SM_CONTEXT_SUPERVISOR, "C-x F2", "queue-commands"},
};

static gboolean is_shipped(const char *map)
{
    return g_str_equal(map, "default") || g_str_equal(map, "readline") || g_str_equal(map, "irc") ||
           g_str_equal(map, "one-hand");
}

static void bind_default(SmKeymap *keymap, const SmAction *action, const char *entry)
{
    g_auto(GStrv) parts = g_strsplit(entry, " -> ", 2);
    SmKey keys[SM_KEY_SEQUENCE];
    guint n = sm_key_parse_sequence(parts[0], keys, SM_KEY_SEQUENCE);
    guint before = keymap->bindings->len;
    g_autofree char *why = NULL;
    g_autofree char *command =
        parts[1] != NULL ? g_strconcat(action->name, " ", parts[1], NULL) : g_strdup(action->name);

    if (n == 0 || !sm_keymap_bind_keys(keymap, action->context, keys, n, command, "default", &why))
        g_error("default key '%s' of %s: %s", entry, action->name, why != NULL ? why : "no key");
    if (keymap->bindings->len == before)
        g_error("default key '%s' of %s is another command's too", entry, action->name);
}

SmKeymap *sm_keymap_new(const char *map, SmFindings *findings)
{
    SmKeymap *keymap = g_new0(SmKeymap, 1);
    guint n;
    const SmAction *actions = sm_actions(&n);

    keymap->bindings = g_array_new(FALSE, TRUE, sizeof(SmBinding));
    keymap->strings = g_string_chunk_new(4096);
    keymap->best = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (map != NULL && !is_shipped(map)) {
        if (findings != NULL)
            sm_findings_error(findings, "keys.map", 0, 0,
                              "there is no key map '%s' (default, readline, irc, one-hand)", map);
        map = NULL;
    }
    keymap->map = g_strdup(map != NULL ? map : "default");
    for (guint i = 0; i < n; i++) {
        if (*actions[i].keys == '\0')
            continue;
        g_auto(GStrv) entries = g_strsplit(actions[i].keys, " | ", -1);
        for (guint k = 0; entries[k] != NULL; k++)
            bind_default(keymap, &actions[i], entries[k]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(overrides); i++) {
        SmKey keys[SM_KEY_SEQUENCE];
        if (!g_str_equal(overrides[i].map, keymap->map))
            continue;
        guint count = sm_key_parse_sequence(overrides[i].keys, keys, SM_KEY_SEQUENCE);
        sm_keymap_bind_keys(keymap, overrides[i].context, keys, count, overrides[i].command,
                            keymap->map, NULL);
    }
    if (g_str_equal(keymap->map, "one-hand"))
        sm_keymap_lead(keymap, sm_key(SM_KEY_F0 + 2, 0), FALSE);
    return keymap;
}

void sm_keymap_lead(SmKeymap *keymap, SmKey leader, gboolean only)
{
    SmKey old = sm_key('x', SM_MOD_CTRL);
    guint n = keymap->bindings->len;
    g_autoptr(GArray) led = g_array_new(FALSE, FALSE, sizeof(SmBinding));

    for (guint i = 0; i < n; i++)
        if (at(keymap, i)->n > 1 && at(keymap, i)->keys[0] == old)
            g_array_append_val(led, g_array_index(keymap->bindings, SmBinding, i));
    for (guint i = 0; i < led->len; i++) {
        SmBinding binding = g_array_index(led, SmBinding, i);
        if (only)
            sm_keymap_bind_keys(keymap, binding.context, binding.keys, binding.n, NULL, NULL, NULL);
        binding.keys[0] = leader;
        sm_keymap_bind_keys(keymap, binding.context, binding.keys, binding.n, binding.command,
                            binding.from, NULL);
    }
}

void sm_keymap_free(SmKeymap *keymap)
{
    if (keymap == NULL)
        return;
    g_array_unref(keymap->bindings);
    g_hash_table_unref(keymap->best);
    g_string_chunk_free(keymap->strings);
    g_free(keymap->map);
    g_free(keymap);
}

/* --- Looking up
 * ------------------------------------------------------------------------------------ */

static SmKeymapHit find_in(const SmKeymap *keymap, SmContext context, const SmKey *keys, guint n,
                           const char **command)
{
    SmKeymapHit hit = SM_KEYMAP_NONE;

    for (guint i = 0; i < keymap->bindings->len; i++) {
        const SmBinding *binding = at(keymap, i);
        if (binding->context != context || binding->n < n || !same_keys(binding->keys, keys, n))
            continue;
        if (binding->n == n) {
            *command = binding->command;
            return SM_KEYMAP_COMMAND;
        }
        hit = SM_KEYMAP_PREFIX;
    }
    return hit;
}

static SmKeymapHit find_both(const SmKeymap *keymap, SmContext context, const SmKey *keys, guint n,
                             const char **command)
{
    SmKeymapHit inner =
        context != SM_CONTEXT_GLOBAL ? find_in(keymap, context, keys, n, command) : SM_KEYMAP_NONE;

    if (inner == SM_KEYMAP_COMMAND)
        return inner;
    SmKeymapHit outer = find_in(keymap, SM_CONTEXT_GLOBAL, keys, n, command);
    return outer == SM_KEYMAP_NONE ? inner : outer;
}

/* "C-x C-c" for "C-x c": the letter a Ctrl key stands for, also where it arrives as Tab or Enter.
 */
static SmKey plain_letter(SmKey key)
{
    if (key == SM_KEY_TAB)
        return sm_key('i', 0);
    if (key == SM_KEY_ENTER)
        return sm_key('m', 0);
    if (sm_key_mods(key) == SM_MOD_CTRL && g_ascii_isalpha((char)(sm_key_code(key) & 0x7f)) &&
        sm_key_code(key) < 128)
        return sm_key(sm_key_code(key), 0);
    return SM_KEY_NONE;
}

SmKeymapHit sm_keymap_find(const SmKeymap *keymap, SmContext context, const SmKey *keys, guint n,
                           const char **command)
{
    const char *found = NULL;
    SmKey plain[SM_KEY_SEQUENCE];

    if (n == 0 || n > SM_KEY_SEQUENCE)
        return SM_KEYMAP_NONE;
    SmKeymapHit hit = find_both(keymap, context, keys, n, &found);
    if (hit == SM_KEYMAP_NONE && n > 1) {
        memcpy(plain, keys, n * sizeof *keys);
        for (guint i = 1; i < n; i++)
            if (plain_letter(plain[i]) != SM_KEY_NONE)
                plain[i] = plain_letter(plain[i]);
        hit = find_both(keymap, context, plain, n, &found);
    }
    if (command != NULL)
        *command = found;
    return hit;
}

const GArray *sm_keymap_bindings(const SmKeymap *keymap)
{
    return keymap->bindings;
}

/* Rather one stroke than two, rather plain keys than those a terminal may take; who has one hand is told of no chord. */
static int rank(const SmKeymap *keymap, const SmBinding *binding)
{
    int points = (int)binding->n * 10, chord = g_str_equal(keymap->map, "one-hand") ? 100 : 0;

    for (guint i = 0; i < binding->n; i++) {
        points += (binding->keys[i] & SM_MOD_ALT) ? 5 : 0;
        points += sm_key_mods(binding->keys[i]) != 0 ? chord : 0;
        points += sm_key_code(binding->keys[i]) > SM_KEY_F0 ? 15 : 0;
        points += sm_key_code(binding->keys[i]) > 0x10ffff ? 1 : 0;
    }
    return points;
}

void sm_keymap_name_commands(SmKeymap *keymap)
{
    keymap->names = TRUE;
}

/* Its place + 1; 0: there is none. */
static guint find_best(const SmKeymap *keymap, const char *command)
{
    guint best = 0;

    for (guint i = 0; i < keymap->bindings->len; i++) {
        const SmBinding *binding = at(keymap, i);
        if (g_str_equal(binding->command, command) && (best == 0 || rank(keymap, binding) < rank(keymap, at(keymap, best - 1))))
            best = i + 1;
    }
    return best;
}

/* Hints ask for the same few in each frame. */
const SmBinding *sm_keymap_best(const SmKeymap *keymap, const char *command)
{
    gpointer found;

    if (!g_hash_table_lookup_extended(keymap->best, command, NULL, &found)) {
        found = GUINT_TO_POINTER(find_best(keymap, command));
        g_hash_table_insert(keymap->best, g_strdup(command), found);
    }
    return found != NULL ? at(keymap, GPOINTER_TO_UINT(found) - 1) : NULL;
}

char *sm_keymap_told(const SmKeymap *keymap, const char *command)
{
    char *keys = sm_keymap_keys_of(keymap, command, FALSE);

    return keys != NULL ? keys : g_strconcat("/", command, NULL);
}

char *sm_keymap_keys_of(const SmKeymap *keymap, const char *command, gboolean short_form)
{
    if (keymap->names)
        return g_strconcat("/", command, NULL);
    const SmBinding *best = sm_keymap_best(keymap, command);
    if (best == NULL)
        return NULL;
    if (!short_form)
        return sm_key_display_sequence(best->keys, best->n);
    GString *words = g_string_new(NULL);
    for (guint i = 0; i < best->n; i++) {
        g_autofree char *key = sm_key_display_short(best->keys[i]);
        if (i > 0)
            g_string_append_c(words, ' ');
        g_string_append(words, key);
    }
    return g_string_free(words, FALSE);
}
