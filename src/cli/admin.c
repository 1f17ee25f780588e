/* SPDX-License-Identifier: MIT */
#include "cli/admin.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/ask.h"

struct SmAdmin {
    SmLoop *loop;
    SmLocalDesk *desk; /* NULL: a server runs */
    SmTransport *transport;
};

static gboolean answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return FALSE;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean alive = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return alive;
}

SmAdmin *sm_admin_open(const char *directory, GError **error)
{
    g_autofree char *socket_path = g_build_filename(directory, SM_ADMIN_SOCKET, NULL);
    g_autoptr(SmAdmin) admin = g_new0(SmAdmin, 1);
    admin->loop = sm_loop_new_glib();
    if (answers(socket_path)) {
        g_autofree char *server = g_strconcat("unix:", socket_path, NULL);
        admin->transport = sm_transport_new_curl(admin->loop, &(SmCurlOptions){.server = server, .proxy = ""}, error);
    } else {
        admin->desk = sm_local_desk_open(admin->loop, directory, FALSE, NULL, error);
        if (!admin->desk)
            return NULL;
        admin->desk->admin = TRUE;
        sm_service_set_still(admin->desk->service); /* a backup that is looked at stays what it was */
        SmDeskOps ops = sm_local_desk_ops(admin->desk);
        admin->transport = sm_transport_new_inprocess(admin->loop, &ops, 0);
    }
    return admin->transport ? g_steal_pointer(&admin) : NULL;
}

void sm_admin_free(SmAdmin *admin)
{
    if (!admin)
        return;
    sm_transport_free(admin->transport);
    sm_local_desk_free(admin->desk);
    sm_loop_free(admin->loop);
    g_free(admin);
}

GBytes *sm_admin_fetch(SmAdmin *admin, SmRequest *request, char **cursor, GError **error)
{
    return sm_ask_fetch(admin->loop, admin->transport, request, cursor, error);
}

gboolean sm_admin_ask(SmAdmin *admin, SmRequest *request, json_t **answer, GError **error)
{
    return sm_ask_json(admin->loop, admin->transport, request, answer, error);
}
