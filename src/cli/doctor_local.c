/* SPDX-License-Identifier: MIT */
#include <glib/gi18n.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "seatmux/alert/notifier.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/spell.h"
#include "seatmux/ui/ui.h"

#define NOTIFIER_MS 5000
#define SPELL_MS 10000
#define ROOM_LEAST (100 << 20)

static void look_at_locale(SmDoctor *d)
{
    locale_t own = newlocale(LC_CTYPE_MASK, "", NULL);
    const char *codeset = own ? nl_langinfo_l(CODESET, own) : NULL;

    if (codeset && strcmp(codeset, "UTF-8") == 0)
        sm_doctor_say(d, SM_DOCTOR_OK, "locale", _("locale"), NULL, "%s", codeset);
    else
        sm_doctor_say(d, SM_DOCTOR_WARN, "locale", _("locale"), _("set LANG to one that is there and ends in UTF-8; locale -a lists them"),
                      _("%s; seatmux uses UTF-8 all the same, other programs here may not"), codeset ? codeset : _("not installed"));
    if (own)
        freelocale(own);
}

static void look_at_terminal(SmDoctor *d)
{
    const char *type = g_getenv("TERM");
    struct winsize size = {0};

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        sm_doctor_say(d, SM_DOCTOR_OK, "terminal", _("terminal"), NULL, "%s", _("this output is none, so it was not looked at"));
        return;
    }
    if (!sm_ui_terminal_known(type))
        sm_doctor_say(d, SM_DOCTOR_WARN, "terminal", _("terminal"), _("install its description (ncurses-term), or set TERM to what it is; else: seatmux --plain"),
                      _("TERM=%s is not known here"), type ? type : "");
    else if (size.ws_col < 80 || size.ws_row < 24)
        sm_doctor_say(d, SM_DOCTOR_WARN, "terminal", _("terminal"), _("make the window larger, or the letters smaller"),
                      _("%dx%d is small; 80x24 shows one chat, 160x48 four"), size.ws_col, size.ws_row);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "terminal", _("terminal"), NULL, "%s, %dx%d", type, size.ws_col, size.ws_row);
}

static void look_at_settings(SmDoctor *d, const char *config, const SmFindings *findings)
{
    if (!config || !g_file_test(config, G_FILE_TEST_EXISTS)) {
        sm_doctor_say(d, SM_DOCTOR_OK, "settings", _("settings"), NULL, "%s", _("as shipped: there is no config.yaml"));
        return;
    }
    g_autofree char *first = sm_findings_count(findings) > 0 ? sm_finding_format(sm_findings_at(findings, 0)) : NULL;
    if (first)
        sm_doctor_say(d, sm_findings_errors(findings) > 0 ? SM_DOCTOR_FAIL : SM_DOCTOR_WARN, "settings", _("settings"),
                      _("seatmux check names all of them, in your other files too"), "%s", first);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "settings", _("settings"), NULL, "%s", config);
}

/* A file of our own is written and taken away: what access(2) says of a full or read-only disk is not to be relied on. */
static gboolean can_write(const char *directory, GError **error)
{
    g_autofree char *path = g_build_filename(directory, ".doctor", NULL);

    if (!sm_path_make_private_dir(directory, error) || !sm_path_write(path, "x\n", 2, 0600, error))
        return FALSE;
    unlink(path);
    return TRUE;
}

static void look_at_disk(SmDoctor *d)
{
    g_autofree char *directory = sm_path_data("journal");
    g_autoptr(GError) error = NULL;
    struct statvfs disk;

    if (!directory || !can_write(directory, &error)) {
        sm_doctor_say(d, SM_DOCTOR_FAIL, "journal", _("kept texts"), _("without it drafts and unsent messages are lost when the program ends"),
                      "%s", error ? error->message : _("there is no home directory"));
        return;
    }
    guint64 room = statvfs(directory, &disk) == 0 ? (guint64)disk.f_bavail * disk.f_frsize : ROOM_LEAST;
    g_autofree char *size = g_format_size(room);
    if (room < ROOM_LEAST)
        sm_doctor_say(d, SM_DOCTOR_WARN, "journal", _("kept texts"), _("make room"), _("%s: only %s are free"), directory, size);
    else
        sm_doctor_say(d, SM_DOCTOR_OK, "journal", _("kept texts"), NULL, _("%s, %s free"), directory, size);
}

/* --- What answers on the loop --------------------------------------------------------------------- */

static void quit(void *user)
{
    sm_loop_quit(user);
}

static void notifier_changed(SmNotifier *notifier, SmNotifierState state, void *user)
{
    if (state != SM_NOTIFIER_STARTING)
        sm_loop_quit(user);
}

static void look_at_notifier(SmDoctor *d)
{
    SmLoop *loop = sm_loop_new_glib();
    SmNotifierOptions setup = {.handlers = {.state = notifier_changed}, .user = loop};
    SmNotifier *notifier = sm_notifier_new(loop, &setup);
    guint64 late = sm_loop_after(loop, NOTIFIER_MS, quit, loop);

    sm_notifier_start(notifier);
    if (sm_notifier_state(notifier) == SM_NOTIFIER_STARTING)
        sm_loop_run(loop);
    sm_loop_remove(loop, &late);
    SmNotifierState state = sm_notifier_state(notifier);
    if (state == SM_NOTIFIER_READY)
        sm_doctor_say(d, SM_DOCTOR_OK, "notifications", _("notifications"), NULL, "%s", _("the desktop shows them"));
    else
        sm_doctor_say(d, SM_DOCTOR_WARN, "notifications", _("notifications"),
                      state == SM_NOTIFIER_NO_BUS      ? _("no session bus: over ssh that is how it is")
                      : state == SM_NOTIFIER_NO_DAEMON ? _("start a notification daemon, such as dunst or mako")
                      : state == SM_NOTIFIER_HUNG      ? _("restart the notification daemon")
                                                       : _("is seatmux-notifier installed?"),
                      _("%s; alerts come by terminal and bell"), sm_notifier_state_name(state));
    sm_notifier_free(notifier);
    sm_loop_free(loop);
}

typedef struct {
    SmLoop *loop;
    gboolean answered, known;
} Asked;

static void spelled(gboolean known, const GArray *wrong, void *user)
{
    Asked *asked = user;

    asked->known = known;
    asked->answered = TRUE;
    sm_loop_quit(asked->loop);
}

static void look_at_dictionaries(SmDoctor *d, const SmOptions *options)
{
    const char *own = sm_options_str(options, "spell.languages");
    g_auto(GStrv) tags = g_strsplit(own && *own ? own : "en", " ", -1);
    Asked asked = {.loop = sm_loop_new_glib()};
    SmSpeller *speller = sm_speller_new(asked.loop);

    if (!speller)
        sm_doctor_say(d, SM_DOCTOR_OK, "dictionaries", _("dictionaries"), NULL, "%s", _("built without a spell check"));
    for (guint i = 0; speller && tags[i]; i++) {
        guint64 late = sm_loop_after(asked.loop, SPELL_MS, quit, asked.loop);
        asked.answered = asked.known = FALSE;
        sm_speller_check(speller, "word", tags[i], NULL, spelled, &asked);
        if (!asked.answered)
            sm_loop_run(asked.loop);
        sm_loop_remove(asked.loop, &late);
        if (asked.known)
            sm_doctor_say(d, SM_DOCTOR_OK, "dictionaries", _("dictionaries"), NULL, "%s", tags[i]);
        else
            sm_doctor_say(d, SM_DOCTOR_WARN, "dictionaries", _("dictionaries"), _("install one (hunspell-...), or change spell.languages"),
                          _("there is none for %s: nothing is checked in it"), tags[i]);
    }
    sm_speller_free(speller);
    sm_loop_free(asked.loop);
}

void sm_doctor_local(SmDoctor *d, const SmOptions *options, const char *config, const SmFindings *findings)
{
    look_at_locale(d);
    look_at_terminal(d);
    look_at_settings(d, config, findings);
    look_at_disk(d);
    look_at_notifier(d);
    if (sm_options_bool(options, "spell"))
        look_at_dictionaries(d, options);
}
