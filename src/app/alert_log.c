/* SPDX-License-Identifier: MIT */
#include "app/alert_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/app/intl.h"
#include "seatmux/base/json.h"

#define ENTRIES 200
#define FILE_BYTES (256 * 1024) /* then it becomes FILE.1, and the one before that goes */

struct SmAlertLog {
    GPtrArray *entries;
    char *path;
    int fd; /* -1: not open */
    ino_t inode;
};

static void entry_free(void *data)
{
    SmAlertEntry *entry = data;

    g_free(entry->chat);
    sm_safe_unref(entry->name);
    g_free(entry->profile);
    g_free(entry);
}

static void shut(SmAlertLog *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

SmAlertLog *sm_alert_log_new(const char *path)
{
    SmAlertLog *log = g_new0(SmAlertLog, 1);

    log->entries = g_ptr_array_new_with_free_func(entry_free);
    log->path = g_strdup(path);
    log->fd = -1;
    return log;
}

void sm_alert_log_free(SmAlertLog *log)
{
    if (log == NULL)
        return;
    shut(log);
    g_ptr_array_unref(log->entries);
    g_free(log->path);
    g_free(log);
}

char *sm_alert_routes_words(guint routes, gboolean translated)
{
    static const struct {
        guint bit;
        const char *word;
    } words[] = {{SM_ROUTE_BAR, N_("bar")},
                 {SM_ROUTE_BELL, N_("bell")},
                 {SM_ROUTE_DESKTOP, N_("desktop")},
                 {SM_ROUTE_TERMINAL, N_("terminal")},
                 {SM_ROUTE_HOOK, N_("hook")}};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (routes & words[i].bit)
            g_string_append_printf(text, "%s%s", text->len == 0 ? "" : translated ? _(", ") : ", ",
                                   translated ? _(words[i].word) : words[i].word);
    return g_string_free(text, FALSE);
}

/* Kept open from one alert to the next; a file that was moved away, by another of our programs or by somebody, is left. */
static void need_file(SmAlertLog *log)
{
    struct stat status;
    gboolean there = stat(log->path, &status) == 0;

    if (there && status.st_size > FILE_BYTES) {
        g_autofree char *older = g_strconcat(log->path, ".1", NULL);
        rename(log->path, older);
        there = FALSE;
    }
    if (log->fd >= 0 && there && status.st_ino == log->inode)
        return;
    shut(log);
    log->fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    log->inode = log->fd >= 0 && fstat(log->fd, &status) == 0 ? status.st_ino : 0;
}

/* A disk that can't be written costs the line, not the work. */
static void append(SmAlertLog *log, const json_t *json)
{
    if (log->path == NULL)
        return;
    need_file(log);
    if (log->fd < 0)
        return;
    g_autofree char *text = sm_json_text(json);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    if (write(log->fd, line, strlen(line)) < 0) {
        /* as said */
    }
}

/* No name: the file outlives it where the desk erases it, and the chat's id says whose it was. */
static json_t *describe(const SmAlertEntry *entry, const char *what, int64_t at)
{
    g_autofree char *routes = sm_alert_routes_words(entry->routes, FALSE);
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:s}", "at", (json_int_t)at, "what", what,
                             "level", sm_urgency_name(entry->level), "kind",
                             sm_alert_kind_name(entry->kind), "routes", routes);

    if (entry->chat != NULL)
        json_object_set_new(json, "chat", json_string(entry->chat));
    return json;
}

void sm_alert_log_fired(SmAlertLog *log, const SmAlertDecision *decision, const char *profile, guint routes, int64_t wall_ms)
{
    SmAlertEntry *entry = g_new0(SmAlertEntry, 1);

    entry->at = wall_ms;
    entry->level = decision->level;
    entry->kind = decision->kind;
    entry->routes = routes;
    entry->slot = decision->slot;
    entry->chat = decision->summary ? NULL : g_strdup(decision->chat);
    entry->name = decision->name != NULL ? sm_safe_ref(decision->name) : NULL;
    entry->profile = g_strdup(profile);
    if (log->entries->len == ENTRIES)
        g_ptr_array_remove_index(log->entries, 0);
    g_ptr_array_add(log->entries, entry);
    g_autoptr(json_t) json = describe(entry, "fired", wall_ms);
    append(log, json);
}

void sm_alert_log_erased(SmAlertLog *log, const char *content)
{
    for (guint i = 0; i < log->entries->len; i++) {
        SmAlertEntry *entry = log->entries->pdata[i];
        if (g_strcmp0(entry->profile, content) != 0)
            continue;
        g_clear_pointer(&entry->profile, g_free);
        entry->erased = entry->name != NULL;
        sm_safe_unref(g_steal_pointer(&entry->name));
    }
}

void sm_alert_log_acknowledged(SmAlertLog *log, const char *chat, guint32 slot, const char *how,
                               int64_t wall_ms)
{
    for (guint i = 0; i < log->entries->len; i++) {
        SmAlertEntry *entry = log->entries->pdata[i];
        gboolean meant =
            chat != NULL ? g_strcmp0(entry->chat, chat) == 0 : slot != 0 && entry->slot == slot;
        if (!meant || entry->acknowledged != 0)
            continue;
        entry->acknowledged = wall_ms;
        entry->how = how;
        g_autoptr(json_t) json = describe(entry, how, wall_ms);
        append(log, json);
    }
}

const GPtrArray *sm_alert_log_entries(const SmAlertLog *log)
{
    return log->entries;
}
