/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "server/http_private.h"

#define BACKLOG 4096

static int failed(int fd, GError **error, int code, const char *listen, const char *what)
{
    int saved = errno;
    if (fd >= 0)
        close(fd);
    g_set_error(error, SM_ERROR, code, "%s: %s: %s", listen, what, g_strerror(saved));
    return -1;
}

/* A socket file may be left from a crash; one that answers belongs to a living server. */
static gboolean socket_is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean alive = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0)
        close(fd);
    return alive;
}

static int listen_unix(const char *listen_on, char **path, GError **error)
{
    const char *name = listen_on + strlen("unix:");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(name) == 0 || strlen(name) >= sizeof address.sun_path) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: the path of a Unix socket has 1 to %zu bytes", listen_on,
                    sizeof address.sun_path - 1);
        return -1;
    }
    strcpy(address.sun_path, name);
    struct stat st;
    if (lstat(name, &st) == 0) {
        if (!S_ISSOCK(st.st_mode)) {
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: there is a file of that name that is no socket",
                        listen_on);
            return -1;
        }
        if (socket_is_alive(&address)) {
            g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s: a server answers there already", listen_on);
            return -1;
        }
        unlink(name);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return failed(fd, error, SM_ERROR_IO, listen_on, "socket");
    mode_t old = umask(0177);
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    umask(old);
    if (bound < 0 || listen(fd, BACKLOG) < 0)
        return failed(fd, error, SM_ERROR_IO, listen_on, "bind");
    *path = g_strdup(name);
    return fd;
}

static gboolean is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static gboolean split_host(const char *listen_on, char **host, char **port)
{
    const char *colon = strrchr(listen_on, ':');
    if (!colon || colon == listen_on || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return FALSE;
    *host = listen_on[0] == '[' && colon[-1] == ']' ? g_strndup(listen_on + 1, (gsize)(colon - listen_on - 2))
                                                   : g_strndup(listen_on, (gsize)(colon - listen_on));
    *port = g_strdup(colon + 1);
    return strlen(*port) <= 5 && atoi(*port) <= G_MAXUINT16; /* getaddrinfo() would take it modulo that */
}

static int port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &n) < 0)
        return 0;
    return ntohs(address.ss_family == AF_INET ? ((struct sockaddr_in *)&address)->sin_port
                                              : ((struct sockaddr_in6 *)&address)->sin6_port);
}

static int listen_tcp(const char *listen_on, gboolean proxied, int *port, GError **error)
{
    g_autofree char *host = NULL, *service = NULL;
    if (!split_host(listen_on, &host, &service)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: listen on ADDRESS:PORT or unix:PATH", listen_on);
        return -1;
    }
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(host, service, &hints, &found);
    if (rc != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: %s", listen_on, gai_strerror(rc));
        return -1;
    }
    if (!proxied && !is_loopback(found->ai_addr)) {
        freeaddrinfo(found);
        g_set_error(error, SM_ERROR, SM_ERROR_DENIED,
                    "%s: only loopback or a Unix socket; beyond that a TLS proxy stands in front (docs/proxy.md)",
                    listen_on);
        return -1;
    }
    int one = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    gboolean bound = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                     bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
    freeaddrinfo(found);
    if (!bound)
        return failed(fd, error, errno == EADDRINUSE ? SM_ERROR_BUSY : SM_ERROR_IO, listen_on, "bind");
    *port = port_of(fd);
    return fd;
}

int sm_http_listen(const char *listen_on, gboolean proxied, int *port, char **path, GError **error)
{
    *port = 0;
    *path = NULL;
    return g_str_has_prefix(listen_on, "unix:") ? listen_unix(listen_on, path, error)
                                                : listen_tcp(listen_on, proxied, port, error);
}
