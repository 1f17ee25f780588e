/* SPDX-License-Identifier: MIT */
/* replies: a set of quick replies, and what of it is for this moment. */
#include "app/replies_private.h"

#include <string.h>

static void text_free(void *data)
{
    SmReplyText *text = data;

    g_free(text->language);
    g_free(text->title);
    sm_template_free(text->text);
    g_free(text);
}

SmReply *sm_reply_new(const char *code, const char *title, const char *file, int line)
{
    SmReply *reply = g_new0(SmReply, 1);

    reply->from_minute = reply->until_minute = -1;
    reply->languages = g_ptr_array_new_with_free_func(text_free);
    reply->code = g_strdup(code);
    reply->title = g_strdup(title);
    reply->file = g_strdup(file);
    reply->line = line;
    return reply;
}

void sm_reply_add_language(SmReply *reply, const char *language, const char *title, SmTemplate *text)
{
    SmReplyText *other = g_new0(SmReplyText, 1);

    other->language = g_strdup(language);
    other->title = g_strdup(title);
    other->text = text;
    g_ptr_array_add(reply->languages, other);
}

void sm_reply_free(SmReply *reply)
{
    if (reply == NULL)
        return;
    g_free(reply->code);
    g_free(reply->title);
    g_free(reply->pack);
    g_free(reply->file);
    g_free(reply->language);
    g_free(reply->team);
    g_strfreev(reply->tags);
    g_strfreev(reply->attach);
    sm_template_free(reply->text);
    sm_template_free(reply->fallback);
    if (reply->languages != NULL)
        g_ptr_array_unref(reply->languages);
    g_free(reply);
}

SmReplies *sm_replies_new(void)
{
    SmReplies *replies = g_new0(SmReplies, 1);

    replies->list = g_ptr_array_new_with_free_func((GDestroyNotify)sm_reply_free);
    replies->by_code = g_hash_table_new(g_str_hash, g_str_equal);
    replies->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    replies->ranked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return replies;
}

void sm_replies_free(SmReplies *replies)
{
    if (replies == NULL)
        return;
    g_hash_table_unref(replies->by_code);
    g_ptr_array_unref(replies->list);
    g_hash_table_unref(replies->used);
    g_hash_table_unref(replies->ranked);
    g_strfreev(replies->directories);
    g_free(replies);
}

gboolean sm_replies_add(SmReplies *replies, SmReply *reply)
{
    if (g_hash_table_contains(replies->by_code, reply->code))
        return FALSE;
    g_ptr_array_add(replies->list, reply);
    g_hash_table_insert(replies->by_code, reply->code, reply);
    return TRUE;
}

const char *const *sm_replies_directories(const SmReplies *replies)
{
    return (const char *const *)replies->directories;
}

guint sm_replies_count(const SmReplies *replies)
{
    return replies->list->len;
}

const SmReply *sm_replies_at(const SmReplies *replies, guint i)
{
    return replies->list->pdata[i];
}

const SmReply *sm_replies_by_code(const SmReplies *replies, const char *code)
{
    return g_hash_table_lookup(replies->by_code, code);
}

const SmReply *sm_replies_by_key(const SmReplies *replies, const SmKey *keys, guint n,
                                 gboolean *prefix)
{
    const SmReply *found = NULL;

    *prefix = FALSE;
    for (guint i = 0; i < replies->list->len; i++) {
        const SmReply *reply = replies->list->pdata[i];
        if (reply->n_keys < n || memcmp(reply->keys, keys, n * sizeof *keys) != 0)
            continue;
        if (reply->n_keys == n && found == NULL)
            found = reply;
        else if (reply->n_keys > n)
            *prefix = TRUE;
    }
    return found;
}

/* --- For this moment
 * ------------------------------------------------------------------------------- */

gboolean sm_reply_valid(const SmReply *reply, int64_t wall_ms, const char *team)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);

    if (reply->team != NULL && g_strcmp0(reply->team, team) != 0)
        return FALSE;
    if (at == NULL)
        return TRUE;
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(at),
                   (GDateMonth)g_date_time_get_month(at), (GDateYear)g_date_time_get_year(at));
    int64_t day = (int64_t)g_date_get_julian(&date) - 719163; /* 1970-01-01 */
    int minute = g_date_time_get_hour(at) * 60 + g_date_time_get_minute(at);
    if ((reply->valid_from != 0 && day < reply->valid_from) ||
        (reply->valid_until != 0 && day > reply->valid_until))
        return FALSE;
    if (reply->valid_days != 0 &&
        !(reply->valid_days & 1u << (g_date_time_get_day_of_week(at) - 1)))
        return FALSE;
    if (reply->from_minute < 0)
        return TRUE;
    /* "22:00-06:00" goes over midnight. */
    return reply->from_minute <= reply->until_minute
               ? minute >= reply->from_minute && minute < reply->until_minute
               : minute >= reply->from_minute || minute < reply->until_minute;
}

static gsize main_part(const char *language)
{
    return strcspn(language, "-_.@"); /* "zh-CN", and a locale's "zh_CN.UTF-8" */
}

static gboolean same_language(const char *a, const char *b)
{
    return main_part(a) == main_part(b) && g_ascii_strncasecmp(a, b, main_part(a)) == 0;
}

const SmTemplate *sm_reply_text(const SmReply *reply, const char *wanted, const char **language)
{
    const SmReplyText *near = NULL;
    const char *taken = reply->language;
    const SmTemplate *text = reply->text;

    if (wanted != NULL && *wanted != '\0' && g_ascii_strcasecmp(wanted, reply->language) != 0) {
        for (guint i = 0; reply->languages != NULL && i < reply->languages->len; i++) {
            const SmReplyText *other = reply->languages->pdata[i];
            if (g_ascii_strcasecmp(other->language, wanted) == 0) {
                near = other;
                break;
            }
            if (near == NULL && same_language(other->language, wanted) &&
                !same_language(reply->language, wanted))
                near = other;
        }
    }
    if (near != NULL) {
        taken = near->language;
        text = near->text;
    }
    if (language != NULL)
        *language = taken;
    return text;
}

const char *sm_reply_title(const SmReply *reply, const char *const *languages)
{
    for (guint i = 0; languages != NULL && languages[i] != NULL; i++) {
        const char *language = same_language(languages[i], "C") ? "en" : languages[i];
        if (same_language(reply->language, language))
            return reply->title;
        for (guint k = 0; reply->languages != NULL && k < reply->languages->len; k++) {
            const SmReplyText *other = reply->languages->pdata[k];
            if (other->title != NULL && same_language(other->language, language))
                return other->title;
        }
    }
    return reply->title;
}

/* --- Use
 * ------------------------------------------------------------------------------------------- */

static int64_t count_of(GHashTable *counts, const char *code)
{
    const int64_t *n = g_hash_table_lookup(counts, code);

    return n != NULL ? *n : 0;
}

static void set_count(GHashTable *counts, const char *code, int64_t n)
{
    g_hash_table_replace(counts, g_strdup(code), g_memdup2(&n, sizeof n));
}

void sm_replies_count_use(SmReplies *replies, const char *code)
{
    set_count(replies->used, code, count_of(replies->used, code) + 1);
}

int64_t sm_replies_used(const SmReplies *replies, const char *code)
{
    return count_of(replies->used, code);
}

void sm_replies_set_used(SmReplies *replies, const char *code, int64_t n)
{
    set_count(replies->used, code, n);
    set_count(replies->ranked, code, n);
}

static void copy_counts(GHashTable *to, GHashTable *from)
{
    GHashTableIter iter;
    gpointer code, n;

    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &code, &n))
        set_count(to, code, *(int64_t *)n);
}

void sm_replies_take_counts(SmReplies *replies, const SmReplies *from)
{
    copy_counts(replies->used, from->used);
    copy_counts(replies->ranked, from->ranked);
}
