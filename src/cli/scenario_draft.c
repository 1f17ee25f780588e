/* SPDX-License-Identifier: MIT */
#include "cli/scenario_draft.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/text/sanitise.h"

#define MOST_LINES 10 /* of one burst, as in a scenario */
#define WORDS 3       /* asked for in an answer */
#define LATIN 5       /* letters of a word that says something */
#define HAN 2         /* characters */
#define HAN_MOST 4

/* What was said, and what was answered to it. */
typedef struct {
    GPtrArray *said; /* char* */
    GString *answer;
} Exchange;

/* --- Taking people out ----------------------------------------------------------------------------- */

static char *replaced(const char *text, const char *pattern, const char *with)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
    char *out = g_regex_replace_literal(regex, text, -1, 0, with, 0, NULL);
    return out ? out : g_strdup("");
}

static void without(char **text, const char *word, const char *with)
{
    if (!word || g_utf8_strlen(word, -1) < 2)
        return;
    g_auto(GStrv) parts = g_strsplit(*text, word, -1);
    g_free(*text);
    *text = g_strjoinv(with, parts);
}

char *sm_scenario_anonymous(const SmConversation *c, const char *text)
{
    static const struct {
        const char *pattern, *with;
    } rules[] = {{"[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+", "name@example.org"},
                 {"https?://[^\\s<>\"，。）]+", "https://example.org/"},
                 {"\\+?\\d[\\d .-]{7,}\\d", "00000000"},
                 {"\\d{5,}", "00000"}};
    g_autoptr(SmSafe) safe = sm_safe_line(text ? text : "", -1);
    char *out = g_strdup(sm_safe_str(safe));
    without(&out, c->order, "{order}");
    without(&out, c->name, "…");
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        char *next = replaced(out, rules[i].pattern, rules[i].with);
        g_free(out);
        out = next;
    }
    return g_strstrip(out);
}

/* --- Who said what --------------------------------------------------------------------------------- */

static void exchange_free(Exchange *e)
{
    g_ptr_array_unref(e->said);
    g_string_free(e->answer, TRUE);
    g_free(e);
}

static Exchange *last_of(GPtrArray *exchanges)
{
    return exchanges->len ? exchanges->pdata[exchanges->len - 1] : NULL;
}

static void customer_said(const SmConversation *c, GPtrArray *exchanges, const char *text)
{
    Exchange *e = last_of(exchanges);
    char *line = sm_scenario_anonymous(c, text);
    if (!e || e->answer->len) {
        e = g_new0(Exchange, 1);
        e->said = g_ptr_array_new_with_free_func(g_free);
        e->answer = g_string_new(NULL);
        g_ptr_array_add(exchanges, e);
    }
    if (*line && e->said->len < MOST_LINES)
        g_ptr_array_add(e->said, line);
    else
        g_free(line);
}

static void agent_said(const SmConversation *c, GPtrArray *exchanges, const char *text)
{
    Exchange *e = last_of(exchanges);
    g_autofree char *line = sm_scenario_anonymous(c, text);
    if (e && *line)
        g_string_append_printf(e->answer, "%s%s", e->answer->len ? " " : "", line);
}

static GPtrArray *exchanges_of(const SmConversation *c)
{
    GPtrArray *exchanges = g_ptr_array_new_with_free_func((GDestroyNotify)exchange_free);
    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind != SM_LINE_MESSAGE || !line->text)
            continue;
        if (line->author == SM_AUTHOR_CUSTOMER)
            customer_said(c, exchanges, line->text);
        else if (line->author == SM_AUTHOR_AGENT && line->message_kind == SM_MESSAGE_TEXT)
            agent_said(c, exchanges, line->text);
    }
    return exchanges;
}

/* --- What an answer must have in it ----------------------------------------------------------------- */

static gboolean is_han(gunichar c)
{
    return c >= 0x4e00 && c <= 0x9fff;
}

static gint longer_first(gconstpointer a, gconstpointer b)
{
    glong x = g_utf8_strlen(*(char *const *)a, -1), y = g_utf8_strlen(*(char *const *)b, -1);
    return x != y ? (x > y ? -1 : 1) : strcmp(*(char *const *)a, *(char *const *)b);
}

/* The longest words; of Chinese, which has no borders, the beginning of each stretch. */
static GPtrArray *words_of(const char *answer)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (const char *p = answer; *p;) {
        const char *end = p;
        gboolean han = is_han(g_utf8_get_char(p));
        glong n = 0, most = han ? HAN_MOST : G_MAXLONG;
        while (*end && n < most && (han ? is_han(g_utf8_get_char(end)) : g_unichar_isalpha(g_utf8_get_char(end)) && !is_han(g_utf8_get_char(end)))) {
            end = g_utf8_next_char(end);
            n++;
        }
        if (n >= (han ? HAN : LATIN))
            g_ptr_array_add(words, g_strndup(p, (gsize)(end - p)));
        p = end > p ? end : g_utf8_next_char(p);
        while (han && *p && is_han(g_utf8_get_char(p))) /* the rest of the stretch */
            p = g_utf8_next_char(p);
    }
    g_ptr_array_sort(words, longer_first);
    if (words->len == 0) /* "ok!": then that */
        g_ptr_array_add(words, g_strdup(answer));
    return words;
}

/* --- Writing ---------------------------------------------------------------------------------------- */

/* A JSON text is a YAML one. */
static void put(GString *out, const char *text)
{
    g_autoptr(SmSafe) safe = sm_safe_block(text, -1); /* people edit it */
    sm_json_append_string(out, sm_safe_str(safe));
}

static void put_list(GString *out, const GPtrArray *texts, guint most)
{
    for (guint i = 0; i < MIN(texts->len, most); i++) {
        g_string_append(out, i ? ", " : "");
        put(out, texts->pdata[i]);
    }
}

static void put_node(GString *out, const Exchange *e, guint n, guint of)
{
    g_autoptr(GPtrArray) words = words_of(e->answer->str);
    g_string_append_printf(out, "      - id: step-%u\n        say: [[", n);
    put_list(out, e->said, MOST_LINES);
    g_string_append(out, "]]\n        model: [");
    put(out, e->answer->str);
    g_string_append(out, "]\n        answers:\n          - {any: [");
    put_list(out, words, WORDS);
    if (n == of)
        g_string_append(out, "], go: thanks}\n");
    else
        g_string_append_printf(out, "], go: step-%u}\n", n + 1);
}

static char *order_pattern(const SmConversation *c)
{
    char *order = g_strdup(c->order ? c->order : "");
    for (char *p = order; *p; p++)
        if (g_ascii_isdigit(*p))
            *p = '#';
    return order;
}

static void put_head(GString *out, const SmConversation *c, const char *id, gboolean zh)
{
    g_autofree char *order = order_pattern(c);
    g_string_append(out, "# A draft from a conversation that was had. Read it with the eyes of the customer: names, places, anything that tells\n"
                         "# who it was must go. Then give it more than one way: answers that are wrong (mistake), others that are right,\n"
                         "# other words for the same. seatmux check FILE, seatmux practice --auto good --scenario ./FILE.\n"
                         "scenario: ");
    put(out, id);
    g_string_append(out, "\nduration: 10m\narrivals: {first: [0s, 15s], rate: 1/min, at_once: 3}\npersonas:\n"
                         "  - {id: plain, patience: 60s, asks_again: 3, typing: 7, burst: 5, reads: 2s}\ndialogues:\n  - id: ");
    put(out, id);
    g_string_append_printf(out, "\n    language: %s\n    names: [%s]\n    orders: [", zh ? "zh-CN" : "en", zh ? "客户" : "Customer");
    if (*order)
        put(out, order);
    g_string_append_printf(out, "]\n    again: [%s]\n    thanks: [", zh ? "在吗？" : "Hello?");
}

gboolean sm_scenario_draft(FILE *out, const SmConversation *c, const char *id, GError **error)
{
    g_autoptr(GPtrArray) exchanges = exchanges_of(c);
    gboolean zh = c->language && g_ascii_strncasecmp(c->language, "zh", 2) == 0;
    const Exchange *last = last_of(exchanges);
    gboolean good_bye = last && last->answer->len == 0 && last->said->len > 0; /* nobody answered it */
    guint n = exchanges->len - (last && last->answer->len == 0);
    if (n == 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "conversation '%s': nothing the customer wrote was answered", c->id);
        return FALSE;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    put_head(text, c, id, zh);
    put(text, good_bye ? last->said->pdata[0] : zh ? "谢谢" : "Thank you");
    g_string_append_printf(text, "]\n    angry: [%s]\n    nodes:\n", zh ? "算了" : "Never mind.");
    for (guint i = 0; i < n; i++)
        put_node(text, exchanges->pdata[i], i + 1, n);
    fputs(text->str, out);
    return TRUE;
}
