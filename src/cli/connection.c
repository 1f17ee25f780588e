/* SPDX-License-Identifier: MIT */
#include "cli/connection.h"
#include "cli/findings.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/password.h"

void sm_connection_options_clear(SmConnectionOptions *o)
{
    g_free(o->server);
    g_free(o->login);
    g_free(o->profile);
    g_free(o->password_file);
    g_free(o->cafile);
    g_free(o->pin);
    *o = (SmConnectionOptions){0};
}

static char *first(const char *said, const char *of_profile)
{
    return g_strdup(said ? said : of_profile);
}

static gboolean find_password(SmConnection *c, const SmConnectionOptions *o,
                              const SmProfile *profile)
{
    g_autoptr(GError) error = NULL;
    if (o->password_file) {
        c->password = sm_password_file(o->password_file, &error);
    } else if (profile && profile->password_command) {
        c->password = sm_password_command(profile->password_command, &error);
    } else if (profile && profile->password_file) {
        c->password = sm_password_file(profile->password_file, &error);
    } else {
        g_autofree char *prompt = g_strdup_printf(_("Password of %s"), c->agent);
        c->password = sm_password_ask(prompt, FALSE, &error);
    }
    if (!c->password)
        sm_cli_error("seatmux: %s\n", error->message);
    return c->password != NULL;
}

static const SmProfile *profile_of(const SmConnectionOptions *o, const SmOptions *options)
{
    return o->profile || !o->server ? sm_options_profile(options, o->profile) : NULL;
}

gboolean sm_connection_find(SmConnection *c, const SmConnectionOptions *o, const SmOptions *options)
{
    const SmProfile *p = profile_of(o, options);
    *c = (SmConnection){0};
    if (o->profile && !p) {
        sm_cli_error(_("seatmux: config.yaml has no profile '%s'\n"), o->profile);
        return FALSE;
    }
    *c = (SmConnection){
        .server = first(o->server, p ? p->server : NULL),
        .cafile = first(o->cafile, p ? p->cafile : NULL),
        .pin = first(o->pin, p ? p->pin : NULL),
        .proxy = first(NULL, p ? p->proxy : NULL),
        .agent = first(o->login, p ? p->agent : NULL),
    };
    return TRUE;
}

gboolean sm_connection_password(SmConnection *c, const SmConnectionOptions *o, const SmOptions *options)
{
    return find_password(c, o, profile_of(o, options));
}

gboolean sm_connection_settle(SmConnection *c, const SmConnectionOptions *o,
                              const SmOptions *options, int *status)
{
    *status = 2;
    if (!sm_connection_find(c, o, options))
        return FALSE;
    if (!c->server || !c->agent) {
        fputs(
            _("seatmux: which desk, and who are you?\n"
              "  seatmux --server http://127.0.0.1:7878 --login NAME   (or a profile in "
              "config.yaml)\n"
              "  seatmux practice                                      to try it without a desk\n"),
            stderr);
        return FALSE;
    }
    *status = 1;
    return sm_connection_password(c, o, options);
}

void sm_connection_clear(SmConnection *c)
{
    g_free(c->server);
    g_free(c->cafile);
    g_free(c->pin);
    g_free(c->proxy);
    g_free(c->agent);
    sm_secret_wipe(c->password);
    *c = (SmConnection){0};
}

SmCurlOptions sm_connection_curl(const SmConnection *c)
{
    return (SmCurlOptions){
        .server = c->server, .cafile = c->cafile, .pin = c->pin, .proxy = c->proxy};
}
