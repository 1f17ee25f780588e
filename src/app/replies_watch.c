/* SPDX-License-Identifier: MIT */
/* replies_watch: packs and word lists reload by themselves: when quick replies are asked for, or something is written, and a
 * file has changed, all are loaded and checked anew, and taken over only when all is well. */
#include "app/app_private.h"

#include <string.h>
#include <sys/stat.h>

#include "seatmux/text/sanitise.h"

static guint64 mix(guint64 hash, guint64 value)
{
    return (hash ^ value) * 1099511628211u;
}

/* Names come in any order, so what they are mixed into must not depend on it. */
guint64 sm_replies_stamp(const char *const *directories)
{
    guint64 all = 0;

    for (guint i = 0; directories != NULL && directories[i] != NULL; i++) {
        g_autoptr(GDir) dir = g_dir_open(directories[i], 0, NULL);
        const char *name;
        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
            struct stat st;
            g_autofree char *path = g_build_filename(directories[i], name, NULL);
            if (!g_str_has_suffix(name, ".yaml") || stat(path, &st) != 0)
                continue;
            guint64 one = mix(
                mix(mix(g_str_hash(path), (guint64)st.st_mtim.tv_sec), (guint64)st.st_mtim.tv_nsec),
                (guint64)st.st_size);
            /* The change of its rights, too: what could not be read may be readable now. */
            one = mix(mix(one, (guint64)st.st_ctim.tv_sec), (guint64)st.st_ctim.tv_nsec);
            all += mix(one, st.st_ino);
        }
    }
    return all;
}

static void complain(SmApp *app, SmFindings *findings)
{
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        const SmFinding *finding = sm_findings_at(findings, i);
        if (finding->warning)
            continue;
        g_autofree char *text = sm_finding_format(finding);
        g_autoptr(SmSafe) words = sm_safe_line(text, -1);
        sm_app_say(app, words, TRUE);
    }
}

void sm_replies_check(SmApp *app)
{
    g_autoptr(SmFindings) findings = sm_findings_new();

    if (app->replies == NULL)
        return;
    sm_replies_check_keys(app->replies, app->keymap, findings);
    complain(app, findings);
}

void sm_replies_refresh(SmApp *app)
{
    const char *const *directories = (const char *const *)app->reply_directories;
    guint64 stamp = directories != NULL ? sm_replies_stamp(directories) : 0;

    if (directories == NULL || stamp == app->replies_stamp)
        return;
    app->replies_stamp = stamp;
    sm_offers_load(app);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmReplies *fresh = sm_replies_load(directories, findings);
    if (fresh != NULL) {
        sm_replies_check_keys(fresh, app->keymap, findings);
        if (sm_findings_errors(findings) > 0)
            g_clear_pointer(&fresh, sm_replies_free);
    }
    if (fresh == NULL) {
        complain(app, findings);
        if (app->replies != NULL)
            sm_app_sayf(app, TRUE,
                        _("The quick replies were not reloaded; the ones before stay. See /log."));
        return;
    }
    if (app->replies != NULL)
        sm_replies_take_counts(fresh, app->replies);
    sm_replies_free(app->replies);
    app->replies = fresh;
    sm_app_sayf(app, FALSE, _("%d quick replies loaded."), (int)sm_replies_count(fresh));
}

#define LOOK_MS 1000

void sm_words_refresh(SmApp *app, gboolean now)
{
    const char *const *directories = (const char *const *)app->word_directories;

    if (directories == NULL || (!now && sm_loop_now(app->loop) < app->words_looked + LOOK_MS))
        return;
    app->words_looked = sm_loop_now(app->loop);
    guint64 stamp = sm_replies_stamp(directories);
    if (stamp == app->words_stamp)
        return;
    app->words_stamp = stamp;
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmWords *fresh = sm_words_load(directories, findings);
    if (fresh == NULL) {
        complain(app, findings);
        sm_app_sayf(app, TRUE, _("The word lists were not reloaded; the ones before stay. See /log."));
        return;
    }
    sm_words_free(app->words_before);
    app->words_before = app->words;
    app->words = fresh;
    app->writing_stamp++;
    sm_app_sayf(app, FALSE, _("%d rules of word lists loaded."), (int)sm_words_count(fresh));
}
