/* SPDX-License-Identifier: MIT */
/* seatmuxd: the desk server and its administration. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "cli/version.h"

static const char HELP[] =
    "seatmuxd - the desk that seatmux talks to\n"
    "\n"
    "  seatmuxd init DIR                         make a new desk\n"
    "  seatmuxd --data DIR [--listen WHERE ...]  run it (127.0.0.1:7878, unix:PATH)\n"
    "  seatmuxd agent add NAME --data DIR --role agent|supervisor|trainee [--team T]\n"
    "                                            password: prompt or standard input\n"
    "  seatmuxd agent list|password|remove ... --data DIR\n"
    "  seatmuxd policy set [FILE] --data DIR     put desk.yaml in force (or: SIGHUP)\n"
    "  seatmuxd check [FILE]                     what is wrong with a desk.yaml\n"
    "  seatmuxd answers try [FILE] --data DIR    automatic answers, tried\n"
    "  seatmuxd export|import --data DIR         the log as JSON lines, and back\n"
    "  seatmuxd backup --data DIR --to PLACE; restore --from PLACE --data NEWDIR\n"
    "  seatmuxd erase-contact ID --data DIR      all that a person said, for good\n"
    "  seatmuxd identity --data DIR              the key a shop signs customers with\n"
    "\n"
    "Running:\n"
    "  --listen WHERE      may be repeated; loopback or a Unix socket only, unless\n"
    "  --behind-proxy      a TLS proxy stands in front\n"
    "  --limit NAME=N      change a request limit\n"
    "  -v, --verbose, -q, --quiet   say more, or only what is wrong\n"
    "  -h, --help, --version\n"
    "\n"
    "Exit status: 0 done, 1 could not, 2 wrong use. Manual: man seatmuxd\n";

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"init", sm_cli_init}, {"agent", sm_cli_agent}, {"policy", sm_cli_policy}, {"check", sm_cli_desk_check}, {"identity", sm_cli_identity}, {"answers", sm_cli_answers}, {"erase-contact", sm_cli_erase_contact}, {"export", sm_cli_export}, {"import", sm_cli_import}, {"backup", sm_cli_backup}, {"restore", sm_cli_restore}};

    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow any more is a full disk, not an end */
    umask(077);
    /* A core would hold passwords and tokens. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_DUMPABLE, 0);
    if (argc < 2) {
        fputs(HELP, stderr);
        return 2;
    }
    if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
        fputs(HELP, stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("seatmuxd " SM_VERSION);
        return 0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (argv[1][0] != '-') {
        sm_cli_error("seatmuxd: no command '%s'; see seatmuxd --help\n", argv[1]);
        return 2;
    }
    return sm_cli_serve(argc, argv);
}
