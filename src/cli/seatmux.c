/* SPDX-License-Identifier: MIT */
/* seatmux: the agent's workstation. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/version.h"

static const char HELP[] =
    "seatmux - answer several customers at once, in a terminal\n"
    "\n"
    "  seatmux practice [--scenario NAME] [--seed N] [--lang zh-CN|en]\n"
    "                                           try it: no desk, no network\n"
    "  seatmux --server URL --login NAME        work at a desk; or: --profile NAME\n"
    "  seatmux simulate --server URL [--customers 12] [--rate 20/min] [--seed N]\n"
    "                                           customers for a desk, over HTTP\n"
    "  seatmux supervise; seatmux tail [--json] live queues; the same as lines\n"
    "  seatmux broadcast, incident, review      say something to many; look back\n"
    "  seatmux report [--log FILE] [--by WHAT]  figures of a desk or an exported log\n"
    "  seatmux check [FILE ...]; doctor; exam   what is wrong in files, on the way to\n"
    "                                           the desk, here; an exam\n"
    "  seatmux keys; seatmux options            every command and key; every setting\n"
    "\n"
    "  URL is http://HOST:PORT, https://HOST[:PORT] or unix:PATH; instead of both:\n"
    "  --profile NAME         a desk of ~/.config/seatmux/config.yaml\n"
    "  --password-file FILE   instead of the prompt (a profile may name a command)\n"
    "  -h, --help, --version, --lang zh-CN|en; seatmux COMMAND --help says more\n"
    "\n"
    "Inside: Enter sends, Ctrl-X a takes the next chat, Ctrl-T opens quick replies,\n"
    "Ctrl-N goes where least time is left, Ctrl-X ? shows all keys, Ctrl-X q quits.\n"
    "\n"
    "Exit status: 0 done, 1 could not, 2 wrong use. Manual: man seatmux\n";

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
} Command;

static const Command COMMANDS[] = {{"practice", sm_cli_practice},
                                   {"exam", sm_cli_exam},
                                   {"scenario", sm_cli_scenario},
                                   {"simulate", sm_cli_simulate},
                                   {"supervise", sm_cli_supervise},
                                   {"report", sm_cli_report},
                                   {"tail", sm_cli_tail},
                                   {"broadcast", sm_cli_broadcast},
                                   {"incident", sm_cli_incident},
                                   {"review", sm_cli_review},
                                   {"check", sm_cli_check},
                                   {"doctor", sm_cli_doctor},
                                   {"keys", sm_cli_keys},
                                   {"options", sm_cli_options}};

static const Command *command_of(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        if (strcmp(name, COMMANDS[i].name) == 0)
            return &COMMANDS[i];
    return NULL;
}

/* The language may also stand before the command, where people put what is about all of it. */
static void put_command_first(int argc, char **argv)
{
    int at = argc > 3 && strcmp(argv[1], "--lang") == 0 ? 3 : argc > 2 && strncmp(argv[1], "--lang=", 7) == 0 ? 2 : 0;

    if (at == 0 || command_of(argv[at]) == NULL)
        return;
    char *name = argv[at];
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    argv[1] = name;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow any more is a full disk, not an end */
    umask(077);
    /* A core would hold customers' words and a token. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    /* Before any argument is read: they are UTF-8, whatever the environment says. */
    sm_cli_locale(NULL);
    if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
        fputs(HELP, stdout);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("seatmux " SM_VERSION);
        return 0;
    }
    put_command_first(argc, argv);
    const Command *command = argc > 1 ? command_of(argv[1]) : NULL;
    if (command != NULL)
        return command->run(argc - 1, argv + 1);
    if (argc > 1 && argv[1][0] != '-') {
        sm_cli_error("seatmux: no command '%s'; see seatmux --help\n", argv[1]);
        return 2;
    }
    return sm_cli_client(argc, argv);
}
