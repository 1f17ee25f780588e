/* SPDX-License-Identifier: MIT */
/* policy_tags: the tags that a desk has. They are categories that reports count and that no erasure takes, so a desk may close the list: then
 * nobody's name gets into one. */
#include "desk/policy_private.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/seen.h"

#define NEAR_CHARS 64   /* longer ones are compared as far as that */
#define NEAR_CHANGES 2  /* letters that are other ones, too many or too few */
#define TOLD 12         /* named in a refusal */

static gboolean is_whole(const char *tag)
{
    for (const char *p = tag; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isspace(c) || g_unichar_iscntrl(c) || c == ',') {
            return FALSE;
        }
    }
    return TRUE;
}

const char *sm_policy_tag_fault(const SmPolicy *policy, const char *tag)
{
    if (!sm_seen(tag) || g_utf8_strlen(tag, -1) > SM_MAX_NAME_CHARS) {
        return "a tag has 1 to 120 characters";
    }
    if (*tag == '-' || !is_whole(tag)) {
        return "a tag has neither blanks nor commas and begins with no '-', by which one is taken off";
    }
    if (g_ptr_array_find_with_equal_func(policy->tags, tag, g_str_equal, NULL)) {
        return "this tag is there twice";
    }
    return policy->tags->len >= SM_MAX_TAG_NAMES ? "more tags than there may be (limit TAG_NAMES)" : NULL;
}

/* --- In a policy's JSON --------------------------------------------------------------------------
 */

void sm_policy_encode_tags(json_t *json, const SmPolicy *policy)
{
    if (policy->tags->len > 0) { /* else left out, for the hash of older policies */
        json_object_set_new(json, "tags", sm_json_texts(policy->tags));
    }
}

gboolean sm_policy_decode_tags(SmPolicy *policy, const json_t *list, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *tag = json_string_value(json_array_get(list, i));
        const char *fault = tag ? sm_policy_tag_fault(policy, tag) : "a list of texts is needed";
        if (fault) {
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "policy: tags: %s", fault);
            return FALSE;
        }
        g_ptr_array_add(policy->tags, g_strdup(tag));
    }
    return TRUE;
}

/* --- What may be put on --------------------------------------------------------------------------
 */

gboolean sm_policy_has_tag(const SmPolicy *policy, const char *tag)
{
    return !policy->tags || policy->tags->len == 0 || g_ptr_array_find_with_equal_func(policy->tags, tag, g_str_equal, NULL);
}

static gunichar *letters(const char *text, glong *n)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    gunichar *all = g_utf8_to_ucs4_fast(folded, -1, n);

    *n = MIN(*n, NEAR_CHARS);
    return all;
}

/* How many letters one has to change, put in or take out. */
static guint distance(const char *one, const char *other)
{
    glong n, m;
    g_autofree gunichar *a = letters(one, &n), *b = letters(other, &m);
    guint row[NEAR_CHARS + 1];

    for (glong k = 0; k <= m; k++) {
        row[k] = (guint)k;
    }
    for (glong i = 1; i <= n; i++) {
        guint before = row[0];
        row[0] = (guint)i;
        for (glong k = 1; k <= m; k++) {
            guint changed = before + (a[i - 1] != b[k - 1]);
            before = row[k];
            row[k] = MIN(changed, MIN(row[k], row[k - 1]) + 1);
        }
    }
    return row[m];
}

const char *sm_policy_near_tag(const SmPolicy *policy, const char *tag)
{
    guint least = (guint)MIN(NEAR_CHANGES, g_utf8_strlen(tag, -1) / 2) + 1;
    const char *found = NULL;

    for (guint i = 0; policy->tags && i < policy->tags->len; i++) {
        guint far = distance(tag, policy->tags->pdata[i]);
        if (far < least) {
            least = far;
            found = policy->tags->pdata[i];
        }
    }
    return found;
}

char *sm_policy_tag_words(const SmPolicy *policy, const char *tag)
{
    const char *near = sm_policy_near_tag(policy, tag);
    GString *words = g_string_new(NULL);

    g_string_append_printf(words, "'%s' is none of this desk's tags", tag);
    if (near) {
        g_string_append_printf(words, "; '%s' is.", near);
        return g_string_free(words, FALSE);
    }
    for (guint i = 0; i < policy->tags->len && i < TOLD; i++) {
        g_string_append_printf(words, "%s %s", i == 0 ? ", which are" : ",", (const char *)policy->tags->pdata[i]);
    }
    if (policy->tags->len > TOLD) {
        g_string_append_printf(words, " and %u more", policy->tags->len - TOLD);
    }
    g_string_append_c(words, '.');
    return g_string_free(words, FALSE);
}
