/* SPDX-License-Identifier: MIT */
/* reply_rank: which quick replies a picker shows, in what order, at which digit. */
#include "app/replies_private.h"

#include <string.h>

#include "seatmux/text/fuzzy.h"

#define CODE_BONUS 8 /* a match in the code is what was meant */

typedef struct {
    SmReplyHit *hit;
    int team, language; /* 1: fits */
    int64_t used;
    guint place;
} Ranked;

static void hit_free(gpointer data)
{
    SmReplyHit *hit = data;

    if (hit->positions != NULL)
        g_array_unref(hit->positions);
    g_free(hit);
}

/* The best place counts: code, title or tag. */
static void match_text(SmFuzzy *fuzzy, const char *text, SmReplyHit *hit, gboolean *found)
{
    int score;

    if (!sm_fuzzy_match(fuzzy, text, &score, NULL, NULL))
        return;
    hit->score = *found ? MAX(hit->score, score) : score;
    *found = TRUE;
}

static gboolean matches(SmFuzzy *fuzzy, const SmReply *reply, SmReplyHit *hit)
{
    guint places[SM_FUZZY_PATTERN], n = 0;
    gboolean found = FALSE;
    int score;

    if (sm_fuzzy_match(fuzzy, reply->code, &score, places, &n)) {
        found = TRUE;
        hit->score = score + CODE_BONUS;
        hit->positions = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_vals(hit->positions, places, n);
    }
    match_text(fuzzy, reply->title, hit, &found);
    for (guint i = 0; reply->languages != NULL && i < reply->languages->len; i++) {
        const SmReplyText *other = reply->languages->pdata[i];
        if (other->title != NULL)
            match_text(fuzzy, other->title, hit, &found);
    }
    for (guint i = 0; reply->tags != NULL && reply->tags[i] != NULL; i++)
        match_text(fuzzy, reply->tags[i], hit, &found);
    return found;
}

static gboolean speaks(const SmReply *reply, const char *language)
{
    const char *taken = NULL;

    if (language == NULL || *language == '\0')
        return TRUE;
    sm_reply_text(reply, language, &taken);
    return taken != NULL && g_ascii_strncasecmp(taken, language, strcspn(language, "-_")) == 0;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const Ranked *x = a, *y = b;

    if (x->hit->score != y->hit->score)
        return x->hit->score > y->hit->score ? -1 : 1;
    if (x->team != y->team)
        return y->team - x->team;
    if (x->language != y->language)
        return y->language - x->language;
    if (x->used != y->used)
        return x->used > y->used ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Slots keep their digit, whatever the filter; the ranking fills the free ones. */
static void give_digits(GPtrArray *hits)
{
    gboolean taken[10] = {FALSE};
    int next = 1;

    for (guint i = 0; i < hits->len; i++) {
        SmReplyHit *hit = hits->pdata[i];
        int slot = hit->reply->slot;
        if (slot >= 1 && slot <= 9 && !taken[slot]) {
            hit->digit = slot;
            taken[slot] = TRUE;
        }
    }
    for (guint i = 0; i < hits->len; i++) {
        SmReplyHit *hit = hits->pdata[i];
        while (next <= 9 && taken[next])
            next++;
        if (hit->digit == 0 && next <= 9) {
            hit->digit = next;
            taken[next] = TRUE;
        }
    }
}

static int by_digit(gconstpointer a, gconstpointer b)
{
    const SmReplyHit *x = *(SmReplyHit *const *)a, *y = *(SmReplyHit *const *)b;
    int first = x->digit != 0 ? x->digit : 10, second = y->digit != 0 ? y->digit : 10;

    return first - second;
}

GPtrArray *sm_replies_rank(const SmReplies *replies, const char *team, const char *language,
                           const char *filter, int64_t wall_ms)
{
    GPtrArray *hits = g_ptr_array_new_with_free_func(hit_free);
    g_autoptr(GArray) ranked = g_array_new(FALSE, FALSE, sizeof(Ranked));
    g_autoptr(SmFuzzy) fuzzy = filter != NULL && *filter != '\0' ? sm_fuzzy_new(filter) : NULL;

    for (guint i = 0; i < replies->list->len; i++) {
        const SmReply *reply = replies->list->pdata[i];
        if (!sm_reply_valid(reply, wall_ms, team))
            continue;
        SmReplyHit *hit = g_new0(SmReplyHit, 1);
        hit->reply = reply;
        if (fuzzy != NULL && !matches(fuzzy, reply, hit)) {
            hit_free(hit);
            continue;
        }
        const int64_t *used = g_hash_table_lookup(replies->ranked, reply->code);
        Ranked item = {hit, reply->team != NULL, speaks(reply, language), used != NULL ? *used : 0,
                       i};
        g_array_append_val(ranked, item);
    }
    g_array_sort(ranked, compare);
    for (guint i = 0; i < ranked->len; i++)
        g_ptr_array_add(hits, g_array_index(ranked, Ranked, i).hit);
    if (fuzzy == NULL) {
        give_digits(hits);
        /* Shown in order of their digits, so that the eye finds 1 at the top. The sort is stable.
         */
        g_ptr_array_sort(hits, by_digit);
    }
    return hits;
}
