/* SPDX-License-Identifier: MIT */
/* A notification daemon for tests, on the session bus of its environment.
 *
 *   fake-daemon MODE CAP...
 *     answers    does everything
 *     no-notify  answers all but Notify
 *     silent     owns the name and answers nothing
 *
 * Prints "ready", then each call: "notify ID REPLACES URGENCY SUMMARY|BODY" and "close ID". Reads
 * "action ID" and "close ID" and sends these signals. Ends with its input. */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#define PATH "/org/freedesktop/Notifications"
#define NAME "org.freedesktop.Notifications"

static const char xml[] =
    "<node><interface name='" NAME "'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='GetServerInformation'><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
    "</interface></node>";

typedef struct {
    GMainLoop *loop;
    GDBusConnection *bus;
    const char *mode;
    char **caps;
    guint32 last_id;
} Daemon;

static void say(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

static void notify(Daemon *d, GVariant *parameters, GDBusMethodInvocation *call)
{
    const char *summary, *body;
    guint32 replaces;
    guchar urgency = 255;
    g_autoptr(GVariant) hints = NULL;
    g_variant_get(parameters, "(&su&s&s&sas@a{sv}i)", NULL, &replaces, NULL, &summary, &body, NULL,
                  &hints, NULL);
    g_variant_lookup(hints, "urgency", "y", &urgency);
    guint32 id = replaces ? replaces : ++d->last_id;
    say("notify %u %u %u %s|%s", id, replaces, urgency, summary, body);
    if (strcmp(d->mode, "no-notify") == 0)
        g_object_unref(call);
    else
        g_dbus_method_invocation_return_value(call, g_variant_new("(u)", id));
}

static void emit_closed(Daemon *d, guint32 id, guint32 reason)
{
    g_dbus_connection_emit_signal(d->bus, NULL, PATH, NAME, "NotificationClosed",
                                  g_variant_new("(uu)", id, reason), NULL);
}

static void called(GDBusConnection *bus, const char *sender, const char *path,
                   const char *interface, const char *method, GVariant *parameters,
                   GDBusMethodInvocation *call, gpointer data)
{
    Daemon *d = data;
    if (strcmp(d->mode, "silent") == 0) {
        g_object_unref(call);
    } else if (strcmp(method, "Notify") == 0) {
        notify(d, parameters, call);
    } else if (strcmp(method, "GetCapabilities") == 0) {
        g_dbus_method_invocation_return_value(call, g_variant_new("(^as)", d->caps));
    } else if (strcmp(method, "CloseNotification") == 0) {
        guint32 id;
        g_variant_get(parameters, "(u)", &id);
        say("close %u", id);
        g_dbus_method_invocation_return_value(call, NULL);
        emit_closed(d, id, 3);
    } else {
        g_dbus_method_invocation_return_value(call,
                                              g_variant_new("(ssss)", "fake", "test", "1", "1.2"));
    }
}

static gboolean command(GIOChannel *channel, GIOCondition condition, gpointer data)
{
    Daemon *d = data;
    g_autofree char *line = NULL;
    guint32 id;
    if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
        g_main_loop_quit(d->loop);
        return G_SOURCE_REMOVE;
    }
    if (sscanf(line, "action %u", &id) == 1)
        g_dbus_connection_emit_signal(d->bus, NULL, PATH, NAME, "ActionInvoked",
                                      g_variant_new("(us)", id, "default"), NULL);
    else if (sscanf(line, "close %u", &id) == 1)
        emit_closed(d, id, 2);
    return G_SOURCE_CONTINUE;
}

static void owned(GDBusConnection *bus, const char *name, gpointer data)
{
    say("ready");
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    static const GDBusInterfaceVTable table = {.method_call = called};
    Daemon d = {.loop = g_main_loop_new(NULL, FALSE), .mode = argv[1], .caps = argv + 2};
    d.bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    if (!d.bus)
        return 1;
    GDBusNodeInfo *info = g_dbus_node_info_new_for_xml(xml, NULL);
    g_dbus_connection_register_object(d.bus, PATH, info->interfaces[0], &table, &d, NULL, NULL);
    guint name = g_bus_own_name_on_connection(d.bus, NAME, 0, owned, NULL, &d, NULL);
    GIOChannel *in = g_io_channel_unix_new(0);
    g_io_add_watch(in, G_IO_IN | G_IO_HUP, command, &d);
    g_main_loop_run(d.loop);
    g_bus_unown_name(name);
    g_io_channel_unref(in);
    g_dbus_node_info_unref(info);
    g_object_unref(d.bus);
    g_main_loop_unref(d.loop);
    return 0;
}
