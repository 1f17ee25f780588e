/* SPDX-License-Identifier: MIT */
#include "cli/backup.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "seatmux/base/error.h"

static int complain(const char *what, const GError *error)
{
    sm_cli_error("seatmuxd: %s; %s\n", error ? error->message : "failed", what);
    return 1;
}

/* Where it goes: a name of the moment inside a directory that is there, or that is made for backups to come and go in (`many`); else
 * the place itself. NULL: told. */
static char *target_of(const char *data, const char *place, gboolean many)
{
    g_autofree char *note = g_build_filename(place, SM_BACKUP_NOTE, NULL);
    char *real_data = realpath(data, NULL);
    g_autofree char *parent = g_path_get_dirname(place);
    char *real_place = realpath(g_file_test(place, G_FILE_TEST_EXISTS) ? place : parent, NULL);
    gsize n = real_data ? strlen(real_data) : 0;
    gboolean inside = real_data && real_place && strncmp(real_place, real_data, n) == 0 && (!real_place[n] || real_place[n] == '/');
    char *target = NULL;

    free(real_data);
    free(real_place);
    if (inside)
        sm_cli_error("seatmuxd: %s lies in the desk's directory, and would be lost with it\n", place);
    else if (g_file_test(note, G_FILE_TEST_EXISTS))
        sm_cli_error("seatmuxd: %s is a backup already; nothing was written over\n", place);
    else if (many && !g_file_test(place, G_FILE_TEST_EXISTS) && g_mkdir_with_parents(place, 0700) != 0)
        sm_cli_error("seatmuxd: %s: %s\n", place, g_strerror(errno));
    else if (g_file_test(place, G_FILE_TEST_IS_DIR)) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *name = g_date_time_format(now, SM_BACKUP_PREFIX "%Y%m%dT%H%M%SZ");
        target = g_build_filename(place, name, NULL);
    } else {
        target = g_strdup(place);
        while (strlen(target) > 1 && g_str_has_suffix(target, "/"))
            target[strlen(target) - 1] = '\0';
    }
    if (!target || !g_file_test(target, G_FILE_TEST_EXISTS))
        return target;
    sm_cli_error("seatmuxd: %s is there already; nothing was written over\n", target);
    g_free(target);
    return NULL;
}

static void print_facts(const char *path, const SmBackupFacts *facts)
{
    g_autofree char *size = g_format_size((guint64)facts->files.bytes);
    g_autofree char *line = g_strdup_printf("%s: %s, %" G_GINT64_FORMAT " records, %u files (%s), of %s; checked", path, facts->log.desk,
                                            facts->log.records, facts->files.files, size, facts->made);
    sm_cli_puts(stdout, line);
}

static int back_up(const char *data, const char *place, int keep)
{
    g_autofree char *log = g_build_filename(data, "desk.db", NULL);
    g_autofree char *target = NULL;
    g_autoptr(GError) error = NULL;
    SmBackupFacts facts = {0};

    if (!g_file_test(log, G_FILE_TEST_EXISTS)) {
        sm_cli_error("seatmuxd: %s: no desk there\n", data);
        return 1;
    }
    target = target_of(data, place, keep > 0);
    if (!target)
        return 1;
    gboolean ok = sm_backup_make(data, target, &facts, &error);
    int status = ok ? facts.files.damaged > 0 : complain("no backup was made", error);
    if (ok)
        print_facts(target, &facts);
    if (ok && facts.files.damaged > 0)
        sm_cli_error("seatmuxd: %u files of the desk are damaged or gone, and not in the backup; all else is\n", facts.files.damaged);
    if (ok && keep > 0 && !g_str_equal(target, place)) {
        guint removed = sm_backup_thin(place, (guint)keep);
        if (removed > 0)
            printf("%u older ones were removed.\n", removed);
    }
    sm_backup_facts_clear(&facts);
    return status;
}

int sm_cli_backup(int argc, char **argv)
{
    g_autofree char *data = NULL, *to = NULL;
    int keep = 0;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &to, "a new directory, or one in which backups lie by their time (made, with --keep)", "PLACE"},
        {"keep", 0, 0, G_OPTION_ARG_INT, &keep, "of those that lie by their time, so many stay", "N"},
        G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries, "- a checked copy of a desk, running or not"))
        return 2;
    if (!data || !to || argc != 1 || keep < 0) {
        sm_cli_error("usage: seatmuxd backup --data DIR --to PLACE [--keep N]\n");
        return 2;
    }
    return back_up(data, to, keep);
}

int sm_cli_restore(int argc, char **argv)
{
    g_autofree char *data = NULL, *from = NULL;
    gboolean check = FALSE;
    const GOptionEntry entries[] = {
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &from, "a backup", "BACKUP"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the new desk's directory", "NEWDIR"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &check, "only see whether it could be restored", NULL},
        G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries, "- a desk of a backup"))
        return 2;
    if (!from || argc != 1 || check == (data != NULL)) {
        sm_cli_error("usage: seatmuxd restore --from BACKUP --data NEWDIR\n"
                     "       seatmuxd restore --from BACKUP --check\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    SmBackupFacts facts = {0};
    gboolean ok = check ? sm_backup_check(from, &facts, &error) : sm_backup_restore(from, data, &facts, &error);
    int status = ok ? 0 : complain(check ? "it can't be restored" : "nothing was restored", error);
    if (ok)
        print_facts(check ? from : data, &facts);
    if (ok && !check)
        puts("Everybody of the staff logs in again; passwords are those of then.");
    sm_backup_facts_clear(&facts);
    return status;
}
