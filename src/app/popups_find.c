/* SPDX-License-Identifier: MIT */
/* popups_find: find in this chat. What is typed is looked for at once, the newest place first; the
 * view goes there, and back to where one was with Esc. Where the desk has older lines than the
 * client, they are fetched as the search goes back. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/find.h"
#include "seatmux/text/sanitise.h"

#define PAGES_AT_ONCE 20 /* fetched for one step back */

static gboolean holds(const SmLine *line, const char *needle)
{
    gsize start, len;

    return line->kind != SM_LINE_EVENT && line->text != NULL &&
           sm_text_find(line->text, strlen(line->text), needle, 0, &start, &len);
}

static void show(SmApp *app, SmOwnChat *own)
{
    SmFind *find = &app->find;
    gboolean found = find->hits->len > 0;

    own->chat.find = *find->needle != '\0' ? find->needle : NULL;
    own->chat.find_seq = found ? g_array_index(find->hits, int64_t, find->at) : 0;
    own->chat.reveal = found;
    if (*find->needle == '\0')
        sm_popup_right(app, NULL);
    else if (found)
        sm_popup_right(app, sm_safe_format(_("%d of %d"), (int)find->at + 1, (int)find->hits->len));
    else
        sm_popup_right(app, sm_safe_from_literal(find->fetching ? _("reading older lines ...")
                                                                : _("not found")));
    sm_popup_changed(app);
    sm_app_dirty(app, SM_DIRTY_PANES);
}

/* Places from the newest back; the one that was looked at stays it. */
static void collect(SmApp *app, SmOwnChat *own)
{
    SmFind *find = &app->find;
    const GPtrArray *lines = own->chat.conversation->lines;
    int64_t looked = find->at < find->hits->len ? g_array_index(find->hits, int64_t, find->at) : 0;

    g_array_set_size(find->hits, 0);
    find->at = 0;
    for (guint i = lines->len; i-- > 0;) {
        const SmLine *line = lines->pdata[i];
        if (!holds(line, find->needle))
            continue;
        if (line->seq == looked || (looked == 0 && line->seq == find->want))
            find->at = find->hits->len;
        g_array_append_val(find->hits, line->seq);
    }
}

static SmOwnChat *found_in(SmApp *app)
{
    SmOwnChat *own =
        app->find.conversation != NULL ? sm_chats_get(app, app->find.conversation) : NULL;

    return own != NULL && own->chat.conversation != NULL ? own : NULL;
}

static void fetch(SmApp *app, SmOwnChat *own)
{
    SmFind *find = &app->find;

    find->fetching = own->chat.conversation->lines_cut && find->pages > 0;
    if (find->fetching && app->asking == 0) {
        find->pages--;
        sm_app_older(app, own);
    }
}

/* The line that was asked for is not among those found so far. */
static gboolean is_wanting(const SmFind *find)
{
    for (guint i = 0; i < find->hits->len; i++)
        if (g_array_index(find->hits, int64_t, i) == find->want)
            return FALSE;
    return find->want > 0;
}

static void refill(SmApp *app, const char *typed)
{
    SmOwnChat *own = found_in(app);
    SmFind *find = &app->find;

    if (own == NULL)
        return;
    g_free(find->needle);
    find->needle = g_strdup(typed);
    find->at = G_MAXUINT;
    find->pages = PAGES_AT_ONCE;
    find->fetching = FALSE;
    g_array_set_size(find->hits, 0);
    if (*typed != '\0')
        collect(app, own);
    if (*typed != '\0' && (find->hits->len == 0 || is_wanting(find)))
        fetch(app, own);
    show(app, own);
}

/* Older lines may have come. */
void sm_find_changed(SmApp *app)
{
    SmOwnChat *own = found_in(app);
    SmFind *find = &app->find;

    if (own == NULL || *find->needle == '\0')
        return;
    guint before = find->hits->len;
    gboolean wanted = is_wanting(find);
    collect(app, own);
    if (wanted && is_wanting(find)) {
        fetch(app, own);
    } else if (wanted) {
        find->fetching = FALSE;
        for (guint i = 0; i < find->hits->len; i++)
            if (g_array_index(find->hits, int64_t, i) == find->want)
                find->at = i;
    } else if (find->fetching && find->hits->len > before) {
        find->fetching = FALSE;
        find->at = before; /* the first that is older than all before */
    } else if (find->fetching) {
        fetch(app, own);
    }
    show(app, own);
}

static void step(SmApp *app, int by)
{
    SmOwnChat *own = found_in(app);
    SmFind *find = &app->find;

    if (own == NULL || *find->needle == '\0')
        return;
    find->want = 0;
    if (by > 0 && find->at + 1 >= find->hits->len) {
        find->pages = PAGES_AT_ONCE;
        fetch(app, own);
        if (!find->fetching)
            sm_app_sayf(app, FALSE, _("This is the oldest place."));
    } else if (by < 0 && find->at == 0) {
        sm_app_sayf(app, FALSE, _("This is the newest place."));
    } else {
        find->at = (guint)((int)find->at + by);
    }
    show(app, own);
}

static gboolean key(SmApp *app, SmKey key_pressed)
{
    if (key_pressed == SM_KEY_UP || key_pressed == sm_key('p', SM_MOD_CTRL) ||
        key_pressed == sm_key('r', SM_MOD_CTRL))
        step(app, 1);
    else if (key_pressed == SM_KEY_DOWN || key_pressed == sm_key('n', SM_MOD_CTRL) ||
             key_pressed == sm_key('f', SM_MOD_CTRL))
        step(app, -1);
    else
        return FALSE;
    return TRUE;
}

static void stay(SmApp *app, const char *value, const char *typed)
{
    app->find.stay = TRUE;
    sm_popup_close(app);
}

static void closed(SmApp *app)
{
    SmOwnChat *own = found_in(app);
    SmFind *find = &app->find;

    if (own != NULL) {
        own->chat.find = NULL;
        own->chat.reveal = FALSE;
        if (!find->stay)
            own->chat.scroll = find->scroll_before;
        sm_app_dirty(app, SM_DIRTY_PANES);
    }
    g_clear_pointer(&find->conversation, g_free);
}

static gboolean back(SmApp *app)
{
    if (!app->find.from_search)
        return FALSE;
    app->find.from_search = FALSE;
    return sm_search_back(app);
}

static const SmPopupOps find_ops = {.refill = refill, .choose = stay, .key = key, .closed = closed, .back = back};

static void open_find(SmApp *app, const char *args, int64_t want)
{
    SmOwnChat *own = sm_app_here(app);
    SmFind *find = &app->find;

    if (own == NULL || own->chat.conversation == NULL)
        return;
    g_autofree char *title = g_strdup_printf(_("find in %s"), sm_safe_str(own->chat.name));
    sm_popup_open(app, SM_POPUP_FIND, &find_ops, title, _("find>"));
    if (find->hits == NULL)
        find->hits = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_free(find->conversation);
    find->conversation = g_strdup(own->id);
    find->scroll_before = own->chat.scroll;
    find->stay = FALSE;
    find->want = want;
    find->from_search = want > 0;
    sm_popup_footer(app, _("Up older  Down newer  Enter stay  Esc back"));
    sm_editor_set_text(app->popup.filter, args);
    sm_popup_refill(app);
}

void sm_do_find(SmApp *app, const char *args)
{
    open_find(app, args, 0);
}

void sm_find_open_at(SmApp *app, const char *word, int64_t seq)
{
    open_find(app, word, seq);
}

void sm_find_free(SmApp *app)
{
    g_free(app->find.needle);
    g_free(app->find.conversation);
    g_clear_pointer(&app->find.hits, g_array_unref);
}
