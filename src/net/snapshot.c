/* SPDX-License-Identifier: MIT */
/* snapshot: the whole of what the viewer may see, page by page. The old state stays on the screen
 * until the last page is there; then all is put in place at once. The cursor is the first page's:
 * what changed between the pages comes again by poll and is known by `as_of`. */
#include "net/client_private.h"

#include "seatmux/base/error.h"

#define PAGE_TIMEOUT_MS 30000
#define PAGES_MOST 10000

static gboolean apply_all(SmDesk *desk, const GPtrArray *pages, GError **error)
{
    for (guint i = 0; i < pages->len; i++)
        if (!sm_wire_apply(desk, pages->pdata[i], NULL, error))
            return FALSE;
    return TRUE;
}

/* First into a desk of its own: a page that does not fit must not cost what is there. */
static void install(SmClient *client)
{
    g_autoptr(SmDesk) trial = sm_desk_new(client->lines);
    g_autoptr(GPtrArray) pages = g_steal_pointer(&client->pages);
    g_autoptr(GError) error = NULL;

    if (!apply_all(trial, pages, &error)) {
        sm_poll_unusable(client, error);
        return;
    }
    sm_remember_anew(client);
    client->replaced = TRUE;
    sm_desk_clear(client->desk);
    apply_all(client->desk, pages, NULL);
    g_free(client->cursor);
    client->cursor = g_steal_pointer(&client->pages_cursor);
    sm_poll_good(client);
    sm_keep_pages(client, pages);
    sm_tell_touched(client, NULL);
    sm_sending_polled(client);
    sm_poll_go(client);
}

static void ask_page(SmClient *client, gint64 page);

static void page_done(SmClient *client, const SmReply *reply, void *user)
{
    client->poll = NULL;
    if (reply->status == 401)
        return;
    if (!reply->good || (client->pages->len == 0 && reply->cursor == NULL)) {
        g_clear_pointer(&client->pages, g_ptr_array_unref);
        sm_poll_failed(client, reply);
        return;
    }
    if (client->pages->len == 0) {
        g_free(client->pages_cursor);
        client->pages_cursor = g_strdup(reply->cursor);
    }
    gint64 next = sm_json_int(reply->body, "next", -1);
    g_ptr_array_add(client->pages, json_incref((json_t *)reply->body));
    if (next < 0 || client->pages->len >= PAGES_MOST) {
        install(client);
        return;
    }
    sm_tell_link(client, SM_LINK_CATCHING_UP, 0, "reading the desk anew");
    ask_page(client, next);
}

static void ask_page(SmClient *client, gint64 page)
{
    g_autofree char *target = page > 0
                                  ? g_strdup_printf("/v1/snapshot?page=%" G_GINT64_FORMAT, page)
                                  : g_strdup("/v1/snapshot");
    SmCallOptions options = {.poll = TRUE, .timeout_ms = PAGE_TIMEOUT_MS};

    client->poll = sm_call_start(client, sm_request_new("GET", target), &options, page_done, NULL);
}

void sm_snapshot_begin(SmClient *client)
{
    g_clear_pointer(&client->pages, g_ptr_array_unref);
    client->pages = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    ask_page(client, 0);
}
