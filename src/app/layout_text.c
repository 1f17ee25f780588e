/* SPDX-License-Identifier: MIT */
/* layout_text: the whole state of a layout as one line, and back.
 *
 *     1:CHECK:FOCUS:ZOOM:CELL    CELL is a pane "p7.1000" or "p7.1000=c-abc" (id, share, chat), or
 *                                a split "l1000(CELL,CELL)" left to right, "t..." top to bottom. */
#include "app/layout_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define VERSION "1"
#define LONGEST 16384
#define DEEPEST 40

/* FNV-1a: against a cut or edited file, not against malice. */
static guint32 check_of(const char *text)
{
    guint32 hash = 2166136261u;

    for (; *text != '\0'; text++)
        hash = (hash ^ (guchar)*text) * 16777619u;
    return hash;
}

static void write_cell(GString *to, const SmCell *cell)
{
    if (cell->pane != NULL) {
        g_string_append_printf(to, "p%d.%d", cell->pane->id, cell->share);
        if (cell->pane->conversation != NULL) {
            g_string_append_c(to, '=');
            g_string_append_uri_escaped(to, cell->pane->conversation, NULL, FALSE);
        }
        return;
    }
    g_string_append_printf(to, "%c%d(", cell->kind == SM_CELL_LEFT_RIGHT ? 'l' : 't', cell->share);
    for (guint i = 0; i < cell->parts->len; i++) {
        if (i > 0)
            g_string_append_c(to, ',');
        write_cell(to, cell->parts->pdata[i]);
    }
    g_string_append_c(to, ')');
}

char *sm_layout_text(SmLayout *layout)
{
    g_autoptr(GString) body = g_string_new(NULL);

    g_string_append_printf(body, "%d:%d:", layout->focused->id, layout->zoomed ? 1 : 0);
    write_cell(body, layout->root);
    return g_strdup_printf(VERSION ":%08x:%s", check_of(body->str), body->str);
}

typedef struct {
    const char *at;
    SmLayout *layout; /* the new one: ids and chats must be unique in it */
    GHashTable *ids, *chats;
    const char *wrong;
} Reader;

static int read_number(Reader *reader, int low, int high)
{
    gint64 value = 0;

    if (!g_ascii_isdigit(*reader->at)) {
        reader->wrong = "a number is missing";
        return low;
    }
    for (; g_ascii_isdigit(*reader->at); reader->at++) {
        value = value * 10 + (*reader->at - '0');
        if (value > high)
            break;
    }
    if (value < low || value > high)
        reader->wrong = "a number is out of range";
    return (int)CLAMP(value, low, high);
}

static gboolean read_char(Reader *reader, char c)
{
    if (*reader->at != c) {
        reader->wrong = "it is cut or garbled";
        return FALSE;
    }
    reader->at++;
    return TRUE;
}

static void read_chat(Reader *reader, SmPane *pane)
{
    gsize n = strcspn(reader->at, ",()");
    g_autofree char *escaped = g_strndup(reader->at, n);
    char *id = g_uri_unescape_string(escaped, NULL);

    reader->at += n;
    if (id == NULL || id[0] == '\0' || strlen(id) > SM_MAX_ID_BYTES ||
        !g_hash_table_add(reader->chats, id)) {
        reader->wrong = "a chat's id is not one";
        if (id != NULL && !g_hash_table_contains(reader->chats, id))
            g_free(id);
        return;
    }
    pane->conversation = g_strdup(id);
}

static SmCell *read_cell(Reader *reader, int depth)
{
    char kind = *reader->at;

    if ((kind != 'p' && kind != 'l' && kind != 't') || depth > DEEPEST) {
        reader->wrong = "it is cut or garbled";
        return NULL;
    }
    reader->at++;
    if (kind == 'p') {
        SmCell *cell = sm_cell_pane(reader->layout);
        cell->pane->id = read_number(reader, 1, 1000000);
        reader->layout->next_id = MAX(reader->layout->next_id, cell->pane->id + 1);
        if (!g_hash_table_add(reader->ids, GINT_TO_POINTER(cell->pane->id)))
            reader->wrong = "a pane occurs twice";
        if (g_hash_table_size(reader->ids) > SM_MAX_PANES)
            reader->wrong = "it has too many panes";
        if (read_char(reader, '.'))
            cell->share = read_number(reader, 1, SM_SHARE_MAX);
        if (reader->wrong == NULL && *reader->at == '=') {
            reader->at++;
            read_chat(reader, cell->pane);
        }
        return cell;
    }
    SmCell *split = sm_cell_split(kind == 'l' ? SM_CELL_LEFT_RIGHT : SM_CELL_TOP_BOTTOM);
    split->share = read_number(reader, 1, SM_SHARE_MAX);
    read_char(reader, '(');
    while (reader->wrong == NULL) {
        SmCell *part = read_cell(reader, depth + 1);
        if (part != NULL)
            sm_cell_append(split, part);
        if (*reader->at != ',')
            break;
        reader->at++;
    }
    if (reader->wrong == NULL)
        read_char(reader, ')');
    if (reader->wrong == NULL && split->parts->len < 2)
        reader->wrong = "a split has fewer than two parts";
    return split;
}

static gboolean refuse(GError **error, const char *why)
{
    g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "the saved layout can't be used: %s", why);
    return FALSE;
}

gboolean sm_layout_parse(SmLayout *layout, const char *text, GError **error)
{
    char *end = NULL;

    if (strlen(text) > LONGEST)
        return refuse(error, "it is too long");
    if (!g_str_has_prefix(text, VERSION ":"))
        return refuse(error, "it is not of this version");
    text += 2;
    if (strlen(text) < 9 || text[8] != ':')
        return refuse(error, "it has no checksum");
    guint64 check = g_ascii_strtoull(text, &end, 16);
    if (end != text + 8 || check != check_of(text + 9))
        return refuse(error, "its checksum is wrong");

    g_autoptr(GHashTable) ids = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) chats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    SmLayout fresh = {.next_id = 1};
    Reader reader = {.at = text + 9, .layout = &fresh, .ids = ids, .chats = chats};
    int focus = read_number(&reader, 1, 1000000);
    gboolean zoomed = read_char(&reader, ':') && read_number(&reader, 0, 1) == 1;
    read_char(&reader, ':');
    SmCell *root = reader.wrong == NULL ? read_cell(&reader, 0) : NULL;
    if (reader.wrong == NULL && *reader.at != '\0')
        reader.wrong = "something follows it";
    if (reader.wrong == NULL && !g_hash_table_contains(ids, GINT_TO_POINTER(focus)))
        reader.wrong = "the focused pane is not in it";
    if (reader.wrong != NULL) {
        sm_cell_free(root);
        return refuse(error, reader.wrong);
    }
    sm_cell_free(layout->root);
    layout->root = root;
    layout->next_id = fresh.next_id;
    layout->zoomed = zoomed;
    layout->focused = NULL;
    sm_layout_renumber(layout);
    sm_layout_focus(layout, focus);
    if (layout->rows > 0)
        sm_layout_replace_all(layout);
    return TRUE;
}
