/* SPDX-License-Identifier: MIT */
/* scenario: help for those who write scenarios: what is in a log, and a draft from one of its conversations. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/scenario_draft.h"
#include "seatmux/base/error.h"
#include "seatmux/log/log.h"
#include "seatmux/text/sanitise.h"

#define FIRST_LINE 60 /* columns of what a customer wrote first, in the list */

/* What is archived has no lines in a fold; here they are wanted. */
static void keep_lines(SmRecord *record)
{
    for (guint i = record->events->len; i-- > 0;)
        if (((SmEvent *)record->events->pdata[i])->type == SM_EVENT_CONVERSATION_ARCHIVED)
            g_ptr_array_remove_index(record->events, i);
}

static gboolean take(void *user, SmRecord *record, GError **error)
{
    keep_lines(record);
    return sm_desk_apply(user, record, error);
}

static SmDesk *fold(const char *path, GError **error)
{
    FILE *file = g_str_equal(path, "-") ? stdin : fopen(path, "re");
    if (!file) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    g_autoptr(SmLogLines) lines = sm_log_lines_new(file, path);
    g_autoptr(SmDesk) desk = sm_desk_new(0);
    return sm_log_lines_each(lines, take, desk, error) ? g_steal_pointer(&desk) : NULL;
}

static const char *first_words(const SmConversation *c)
{
    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind == SM_LINE_MESSAGE && line->author == SM_AUTHOR_CUSTOMER && line->text)
            return line->text;
    }
    return "";
}

static void list(SmDesk *desk)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        g_autofree char *words = sm_scenario_anonymous(c, first_words(c));
        g_autoptr(SmSafe) shown = sm_safe_clipped(&(SmWidths){0}, words, -1, FIRST_LINE);
        printf("%s  %4u lines  %-6s %s\n", c->id, c->lines->len, c->language ? c->language : "-", sm_safe_str(shown));
    }
}

static int from_log(const char *log, const char *conversation, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmDesk) desk = fold(log, &error);
    const SmConversation *c = desk && conversation ? sm_desk_conversation(desk, conversation) : NULL;
    if (desk && !conversation) {
        list(desk);
        return ferror(stdout) || fflush(stdout) ? 1 : 0;
    }
    if (desk && !c)
        g_set_error(&error, SM_ERROR, SM_ERROR_NOT_FOUND, "no conversation '%s' in %s; without --conversation they are listed",
                    conversation, log);
    if (!error && sm_scenario_draft(stdout, c, id ? id : "draft", &error) && fflush(stdout) == 0)
        return 0;
    sm_cli_error("seatmux: %s\n", error ? error->message : "the draft could not be written");
    return 1;
}

int sm_cli_scenario(int argc, char **argv)
{
    g_autofree char *log = NULL, *conversation = NULL, *id = NULL;
    const GOptionEntry entries[] = {
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &log, "an exported log; - is standard input", "FILE"},
        {"conversation", 0, 0, G_OPTION_ARG_STRING, &conversation, "which; without it they are listed", "ID"},
        {"id", 0, 0, G_OPTION_ARG_STRING, &id, "a name for the scenario and its dialogue", "NAME"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("from-log - a draft from a conversation that was had");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 2 || strcmp(argv[1], "from-log") != 0 || !log) {
        sm_cli_error("seatmux: %s\n", error ? error->message : "scenario from-log --log FILE [--conversation ID]");
        return 2;
    }
    return from_log(log, conversation, id);
}
