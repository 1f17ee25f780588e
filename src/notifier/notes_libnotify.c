/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include <gio/gio.h>
#include <libnotify/notify.h>
#include <string.h>

#define NOTES_KEPT 64 /* on the screen at once; the oldest goes */

typedef struct {
    SmNotes *notes;
    guint32 slot;
    char *chat;
    NotifyNotification *shown;
} Note;

struct SmNotes {
    GPtrArray *all; /* Note, in order of showing */
    gboolean markup;
    gboolean actions;
    SmNotesOpenFn open;
    SmNotesClosedFn closed;
    void *user;
};

static void note_free(gpointer data)
{
    Note *note = data;
    g_signal_handlers_disconnect_by_data(note->shown, note);
    notify_notification_clear_actions(note->shown);
    g_object_unref(note->shown);
    g_free(note->chat);
    g_free(note);
}

/* Without an address and without the usual socket GIO would start a bus of its own for the display:
 * one that nobody listens on. */
static gboolean bus_is_there(void)
{
    const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    if (address && *address)
        return TRUE;
    g_autofree char *path = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static gboolean connect_to_daemon(const char **state)
{
    *state = "no-bus";
    if (!bus_is_there())
        return FALSE;
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    if (!bus || !notify_init("seatmux"))
        return FALSE;
    *state = "no-daemon";
    char *name = NULL, *vendor = NULL, *version = NULL, *spec = NULL;
    gboolean there = notify_get_server_info(&name, &vendor, &version, &spec);
    g_free(name);
    g_free(vendor);
    g_free(version);
    g_free(spec);
    return there;
}

SmNotes *sm_notes_open(json_t *caps, const char **state, SmNotesOpenFn open, SmNotesClosedFn closed,
                       void *user)
{
    if (!connect_to_daemon(state))
        return NULL;
    SmNotes *notes = g_new0(SmNotes, 1);
    notes->all = g_ptr_array_new_with_free_func(note_free);
    notes->open = open;
    notes->closed = closed;
    notes->user = user;
    GList *words = notify_get_server_caps();
    for (GList *l = words; l; l = l->next) {
        notes->markup |= strcmp(l->data, "body-markup") == 0;
        notes->actions |= strcmp(l->data, "actions") == 0;
        json_array_append_new(caps, json_string(l->data));
    }
    g_list_free_full(words, g_free);
    *state = NULL;
    return notes;
}

void sm_notes_free(SmNotes *notes)
{
    if (!notes)
        return;
    g_ptr_array_unref(notes->all);
    g_free(notes);
    notify_uninit();
}

static void chosen(NotifyNotification *shown, char *action, gpointer data)
{
    const Note *note = data;
    if (note->chat)
        note->notes->open(note->slot, note->chat, note->notes->user);
}

static void went_away(NotifyNotification *shown, gpointer data)
{
    Note *note = data;
    SmNotes *notes = note->notes;
    notes->closed(note->slot, notes->user);
    g_ptr_array_remove(notes->all, note);
}

static Note *find_note(const SmNotes *notes, guint32 slot)
{
    for (guint i = 0; i < notes->all->len; i++) {
        Note *note = notes->all->pdata[i];
        if (note->slot == slot)
            return note;
    }
    return NULL;
}

static Note *note_for(SmNotes *notes, guint32 slot)
{
    Note *note = find_note(notes, slot);
    if (note)
        return note;
    if (notes->all->len >= NOTES_KEPT)
        sm_notes_close(notes, ((Note *)notes->all->pdata[0])->slot);
    note = g_new0(Note, 1);
    note->notes = notes;
    note->slot = slot;
    note->shown = notify_notification_new("seatmux", NULL, NULL);
    notify_notification_set_category(note->shown, "im.received");
    if (notes->actions)
        notify_notification_add_action(note->shown, "default", "Open", chosen, note, NULL);
    g_signal_connect(note->shown, "closed", G_CALLBACK(went_away), note);
    g_ptr_array_add(notes->all, note);
    return note;
}

gboolean sm_notes_show(SmNotes *notes, guint32 slot, int level, gboolean sound, const char *title,
                       const char *body, const char *chat)
{
    Note *note = note_for(notes, slot);
    g_free(note->chat);
    note->chat = g_strdup(chat);
    /* The title is never markup; the body only where the daemon says it reads it as such. */
    g_autofree char *escaped = notes->markup ? g_markup_escape_text(body, -1) : NULL;
    notify_notification_update(note->shown, *title ? title : "seatmux", escaped ? escaped : body,
                               NULL);
    notify_notification_set_urgency(note->shown, level >= 4   ? NOTIFY_URGENCY_CRITICAL
                                                 : level >= 2 ? NOTIFY_URGENCY_NORMAL
                                                              : NOTIFY_URGENCY_LOW);
    /* Names of the freedesktop sound naming specification. */
    if (sound)
        notify_notification_set_hint(note->shown, "sound-name",
                                     g_variant_new_string(level >= 3 ? "dialog-warning" : "message-new-instant"));
    g_autoptr(GError) error = NULL;
    if (notify_notification_show(note->shown, &error))
        return TRUE;
    g_ptr_array_remove(notes->all, note);
    return FALSE;
}

void sm_notes_close(SmNotes *notes, guint32 slot)
{
    Note *note = find_note(notes, slot);
    if (!note)
        return;
    g_signal_handlers_disconnect_by_data(note->shown, note);
    notify_notification_close(note->shown, NULL);
    g_ptr_array_remove(notes->all, note);
}
