/* SPDX-License-Identifier: MIT */
/* reply_load: quick-reply packs from YAML. All files are read and all they have wrong is found
 * before anything is used: a set with an error is no set. */
#include "app/replies_private.h"

#include <string.h>

#include <stdio.h>

#include "seatmux/app/keymap.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "seatmux/text/sanitise.h"

typedef struct {
    SmFindings *findings;
    SmReplies *replies; /* all layers, the higher over the lower */
    GPtrArray *layer;   /* SmReply of this directory, in order */
    GHashTable *codes;  /* of this layer -> SmReply */
    SmYamlDoc *doc;
    const char *file;
    const char *pack, *language, *team;
} Loader;

/* --- Templates
 * ------------------------------------------------------------------------------------- */

typedef struct {
    Loader *loader;
    const SmYaml *node;
} TemplatePlace;

/* Line `line` (from 1) of a text; NULL when there is none. */
static char *line_of(const char *text, int line)
{
    for (; line > 1 && text != NULL; line--) {
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return text != NULL ? g_strndup(text, strcspn(text, "\n")) : NULL;
}

/* Where a byte of a scalar lies in the file: behind a quote, or under a | with its indent. */
static void place_of(const TemplatePlace *place, gsize offset, int *line, int *column)
{
    int at_line = sm_yaml_line(place->node), at_column = sm_yaml_column(place->node), in_line,
        in_column;
    g_autofree char *source = sm_path_read(place->loader->file, SM_MAX_YAML_BYTES, NULL, NULL);
    g_autofree char *head = source != NULL ? line_of(source, at_line) : NULL;
    const char *start = head != NULL && g_utf8_strlen(head, -1) >= at_column
                            ? g_utf8_offset_to_pointer(head, at_column - 1)
                            : "";

    sm_text_position(sm_yaml_text(place->node), offset, &in_line, &in_column);
    if (*start == '|' || *start == '>') {
        *line = at_line + in_line;
        g_autofree char *content = line_of(source, *line);
        *column = in_column + (int)(content != NULL ? strspn(content, " ") : 0);
    } else if (in_line > 1) {
        *line = at_line + in_line - 1;
        *column = in_column;
    } else {
        *line = at_line;
        *column = at_column + in_column - 1 + (*start == '"' || *start == '\'');
    }
}

static void template_wrong(gsize offset, const char *why, void *user)
{
    const TemplatePlace *place = user;
    int line, column;

    place_of(place, offset, &line, &column);
    sm_findings_error(place->loader->findings, place->loader->file, line, column, "%s", why);
}

static void wrong_at(Loader *loader, const SmYaml *node, const char *why)
{
    sm_findings_error(loader->findings, loader->file, sm_yaml_line(node), sm_yaml_column(node),
                      "%s", why);
}

static SmTemplate *load_template(Loader *loader, const SmYaml *node, const char *what)
{
    TemplatePlace place = {loader, node};
    const char *text = node != NULL ? sm_yaml_text(node) : NULL;

    if (node == NULL)
        return NULL;
    if (text == NULL || *text == '\0') {
        g_autofree char *why = g_strdup_printf("%s: must be text", what);
        wrong_at(loader, node, why);
        return NULL;
    }
    if (g_utf8_strlen(text, -1) > SM_MAX_MESSAGE_CHARS) {
        wrong_at(loader, node, "longer than a message may be");
        return NULL;
    }
    /* The newline that ends a | block is not part of what is said. */
    g_autofree char *trimmed = g_strchomp(g_strdup(text));
    return sm_template_parse(trimmed, template_wrong, &place);
}

/* --- Validity
 * -------------------------------------------------------------------------------------- */

static int64_t load_day(Loader *loader, SmYamlMap *map, const char *key)
{
    const char *text = sm_yaml_map_str(map, key, NULL);
    int year, month, day;
    char rest;

    if (text == NULL)
        return 0;
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3 ||
        year < 1971 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
        sm_yaml_map_error(map, key, "must be a date, as 2026-11-01");
        return 0;
    }
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return (int64_t)g_date_get_julian(&date) - 719163;
}

static void load_hours(Loader *loader, SmYamlMap *map, SmReply *reply)
{
    const char *text = sm_yaml_map_str(map, "hours", NULL);
    int h1, m1, h2, m2;
    char rest;

    if (text == NULL)
        return;
    if (sscanf(text, "%2d:%2d-%2d:%2d%c", &h1, &m1, &h2, &m2, &rest) != 4 || h1 < 0 || h1 > 24 ||
        h2 < 0 || h2 > 24 || m1 < 0 || m1 > 59 || m2 < 0 || m2 > 59 ||
        h1 * 60 + m1 == h2 * 60 + m2 || h1 * 60 + m1 > 1440 || h2 * 60 + m2 > 1440) {
        sm_yaml_map_error(map, "hours", "must be a span of the day, as \"08:00-23:00\"");
        return;
    }
    reply->from_minute = h1 * 60 + m1;
    reply->until_minute = h2 * 60 + m2;
}

static void load_valid(Loader *loader, SmReply *reply, const SmYaml *node)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    SmYamlMap *map;

    if (node == NULL)
        return;
    map = sm_yaml_map(loader->doc, node, "valid", loader->findings);
    reply->valid_from = load_day(loader, map, "from");
    reply->valid_until = load_day(loader, map, "until");
    if (reply->valid_until != 0 && reply->valid_until < reply->valid_from)
        sm_yaml_map_error(map, "until", "is before from");
    g_auto(GStrv) words = sm_yaml_map_strv(map, "days");
    for (guint i = 0; words != NULL && words[i] != NULL; i++) {
        guint k = 0;
        while (k < G_N_ELEMENTS(days) && g_ascii_strcasecmp(days[k], words[i]) != 0)
            k++;
        if (k == G_N_ELEMENTS(days))
            sm_yaml_map_error(map, "days", "'%s' is no day (mon tue wed thu fri sat sun)",
                              words[i]);
        else
            reply->valid_days |= 1u << k;
    }
    load_hours(loader, map, reply);
    sm_yaml_map_end(map);
}

/* --- One reply
 * ------------------------------------------------------------------------------------- */

static void load_key(Loader *loader, SmYamlMap *map, SmReply *reply)
{
    const char *text = sm_yaml_map_str(map, "key", NULL);

    if (text == NULL)
        return;
    reply->n_keys = sm_key_parse_sequence(text, reply->keys, SM_KEY_SEQUENCE);
    if (reply->n_keys == 0)
        sm_yaml_map_error(map, "key", "'%s' names no key", text);
    else if (sm_key_char(reply->keys[0]) != 0)
        sm_yaml_map_error(
            map, "key", "'%s' types a character; take F5-F12, Alt-letter or Ctrl-X ' letter", text);
    else
        return;
    reply->n_keys = 0;
}

/* "en: text", or "en: {title: ..., text: ...}". */
static void load_language(Loader *loader, SmReply *reply, const char *language, const SmYaml *node)
{
    const char *title = NULL;
    if (sm_yaml_kind(node) == SM_YAML_MAP) {
        SmYamlMap *map = sm_yaml_map(loader->doc, node, "a text in another language", loader->findings);
        title = sm_yaml_map_str(map, "title", NULL);
        node = sm_yaml_map_need(map, "text") != NULL ? sm_yaml_map_node(map, "text") : NULL;
        sm_yaml_map_end(map);
    }
    SmTemplate *text = load_template(loader, node, "in");
    if (text != NULL)
        sm_reply_add_language(reply, language, title, text);
}

static void load_languages(Loader *loader, SmReply *reply, const SmYaml *node)
{
    if (node == NULL)
        return;
    if (sm_yaml_kind(node) != SM_YAML_MAP) {
        wrong_at(loader, node, "in: must be a map of languages to texts");
        return;
    }
    for (guint i = 0; i < sm_yaml_size(node); i++)
        load_language(loader, reply, sm_yaml_text(sm_yaml_key(node, i)), sm_yaml_item(node, i));
}

static gboolean is_code(const char *code)
{
    if (*code == '\0' || g_utf8_strlen(code, -1) > 64)
        return FALSE;
    for (; *code != '\0'; code = g_utf8_next_char(code)) {
        gunichar c = g_utf8_get_char(code);
        if (!g_unichar_isalnum(c) && c != '_' && c != '-' && c != '.')
            return FALSE;
    }
    return TRUE;
}

static SmReply *load_reply(Loader *loader, const SmYaml *node)
{
    SmYamlMap *map = sm_yaml_map(loader->doc, node, "a reply", loader->findings);
    const char *code = sm_yaml_map_need(map, "code"), *name = code != NULL ? code : "";
    SmReply *reply = sm_reply_new(name, sm_yaml_map_str(map, "title", name), loader->file, sm_yaml_line(node));

    reply->pack = g_strdup(loader->pack);
    reply->language = g_strdup(loader->language);
    reply->team = g_strdup(loader->team);
    load_key(loader, map, reply);
    reply->slot = (int)sm_yaml_map_int(map, "slot", 1, 9, 0);
    reply->send = sm_yaml_map_bool(map, "send", FALSE);
    reply->tags = sm_yaml_map_strv(map, "tags");
    reply->attach = sm_yaml_map_strv(map, "attach");
    load_valid(loader, reply, sm_yaml_map_node(map, "valid"));
    if (sm_yaml_map_need(map, "text") != NULL)
        reply->text = load_template(loader, sm_yaml_map_node(map, "text"), "text");
    reply->fallback = load_template(loader, sm_yaml_map_node(map, "fallback"), "fallback");
    load_languages(loader, reply, sm_yaml_map_node(map, "in"));
    if (code != NULL && !is_code(code))
        sm_yaml_map_error(map, "code", "'%s' is no code: letters, digits, _ . and - (at most 64)",
                          code);
    if (reply->send && reply->n_keys == 0)
        sm_yaml_map_warn(map, "send", "does nothing without a key");
    sm_yaml_map_end(map);
    if (code == NULL || reply->text == NULL || !is_code(code)) {
        sm_reply_free(reply);
        return NULL;
    }
    return reply;
}

/* --- Files and layers
 * ------------------------------------------------------------------------------ */

static void keep(Loader *loader, SmReply *reply, const SmYaml *node)
{
    const SmReply *other = g_hash_table_lookup(loader->codes, reply->code);

    if (other != NULL) {
        sm_findings_error(loader->findings, loader->file, sm_yaml_line(node), sm_yaml_column(node),
                          "code '%s' is already in %s:%d", reply->code, other->file, other->line);
        sm_reply_free(reply);
        return;
    }
    if (loader->layer->len + loader->replies->list->len >= SM_MAX_QUICK_REPLIES) {
        wrong_at(loader, node, "more quick replies than there may be (limit QUICK_REPLIES)");
        sm_reply_free(reply);
        return;
    }
    for (guint i = 0; i < loader->layer->len; i++) {
        const SmReply *before = loader->layer->pdata[i];
        guint common = MIN(before->n_keys, reply->n_keys);
        if (common > 0 && memcmp(before->keys, reply->keys, common * sizeof(SmKey)) == 0) {
            g_autofree char *keys = sm_key_format_sequence(reply->keys, reply->n_keys);
            sm_findings_error(loader->findings, loader->file, sm_yaml_line(node),
                              sm_yaml_column(node), "key %s of '%s' is that of '%s' (%s:%d)", keys,
                              reply->code, before->code, before->file, before->line);
        }
    }
    g_ptr_array_add(loader->layer, reply);
    g_hash_table_insert(loader->codes, reply->code, reply);
}

static void load_file(Loader *loader, const char *path)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, loader->findings);
    SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;

    if (root == NULL)
        return;
    if (sm_yaml_kind(root) == SM_YAML_MAP && sm_yaml_get(root, "faq") != NULL)
        return; /* frequent questions lie beside the packs */
    loader->doc = doc;
    loader->file = path;
    SmYamlMap *map = sm_yaml_map(doc, root, "a pack", loader->findings);
    loader->pack = sm_yaml_map_need(map, "pack");
    loader->language = sm_yaml_map_str(map, "language", "");
    loader->team = sm_yaml_map_str(map, "team", NULL);
    SmYaml *list = sm_yaml_map_node(map, "replies");
    if (loader->pack == NULL)
        loader->pack = "";
    if (list == NULL || sm_yaml_kind(list) != SM_YAML_LIST) {
        wrong_at(loader, list != NULL ? list : root, "replies: must be a list");
        list = NULL;
    }
    sm_yaml_map_end(map);
    for (guint i = 0; list != NULL && i < sm_yaml_size(list); i++) {
        SmReply *reply = load_reply(loader, sm_yaml_item(list, i));
        if (reply != NULL)
            keep(loader, reply, sm_yaml_item(list, i));
    }
    loader->doc = NULL;
    loader->file = NULL;
}

/* The higher layer's replies take the place of those with the same code. */
static void lay_over(Loader *loader)
{
    for (guint i = 0; i < loader->layer->len; i++) {
        SmReply *reply = loader->layer->pdata[i];
        SmReply *under = g_hash_table_lookup(loader->replies->by_code, reply->code);
        if (under != NULL) {
            sm_findings_warn(loader->findings, reply->file, reply->line, 0,
                             "code '%s' is used instead of that of %s:%d", reply->code, under->file,
                             under->line);
            g_hash_table_remove(loader->replies->by_code, under->code);
            g_ptr_array_remove(loader->replies->list, under);
        }
        /* A key goes with the higher layer too. */
        for (guint k = 0; k < loader->replies->list->len; k++) {
            SmReply *other = loader->replies->list->pdata[k];
            guint common = MIN(other->n_keys, reply->n_keys);
            if (common > 0 && g_strcmp0(other->file, reply->file) != 0 &&
                memcmp(other->keys, reply->keys, common * sizeof(SmKey)) == 0)
                other->n_keys = 0;
        }
    }
    for (guint i = 0; i < loader->layer->len; i++)
        sm_replies_add(loader->replies, loader->layer->pdata[i]);
    g_ptr_array_set_size(loader->layer, 0);
}

/* One that is not there is an empty layer; one that is there and can't be read is none of a sudden. */
static void check_directory(Loader *loader, const char *directory)
{
    g_autoptr(GError) error = NULL;
    GDir *dir = g_file_test(directory, G_FILE_TEST_EXISTS) ? g_dir_open(directory, 0, &error) : NULL;

    if (dir != NULL)
        g_dir_close(dir);
    else if (error != NULL)
        sm_findings_error(loader->findings, directory, 0, 0, "can't be read: %s", error->message);
}

SmReplies *sm_replies_load(const char *const *directories, SmFindings *findings)
{
    Loader loader = {.findings = findings, .replies = sm_replies_new()};
    guint before = sm_findings_errors(findings);

    loader.layer = g_ptr_array_new();
    for (guint i = 0; directories[i] != NULL; i++) {
        g_autoptr(GPtrArray) files = sm_path_yaml_files(directories[i]);
        check_directory(&loader, directories[i]);
        loader.codes = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint k = 0; k < files->len; k++)
            load_file(&loader, files->pdata[k]);
        g_hash_table_unref(loader.codes);
        lay_over(&loader);
    }
    g_ptr_array_unref(loader.layer);
    loader.replies->directories = g_strdupv((char **)directories);
    if (sm_findings_errors(findings) > before)
        g_clear_pointer(&loader.replies, sm_replies_free);
    return loader.replies;
}

void sm_replies_check_keys(const SmReplies *replies, const SmKeymap *keymap, SmFindings *findings)
{
    for (guint i = 0; i < replies->list->len; i++) {
        const SmReply *reply = replies->list->pdata[i];
        for (guint n = 1; n <= reply->n_keys; n++) {
            const char *command = NULL;
            SmKeymapHit hit = sm_keymap_find(keymap, SM_CONTEXT_AGENT, reply->keys, n, &command);
            /* A reply's key may go on where a prefix of commands leads, but end nowhere else. */
            if (hit == SM_KEYMAP_NONE || (hit == SM_KEYMAP_PREFIX && n < reply->n_keys))
                continue;
            g_autofree char *keys = sm_key_display_sequence(reply->keys, reply->n_keys);
            sm_findings_error(findings, reply->file, reply->line, 0, "key %s of '%s' is taken: %s",
                              keys, reply->code,
                              hit == SM_KEYMAP_COMMAND ? command : "it begins commands");
            break;
        }
    }
}
