/* SPDX-License-Identifier: MIT */
/* tail_print: what happened, and the desk as it is, as lines. All text from outside is made safe
 * first; the table of colours is the terminal's own. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/findings.h"
#include "cli/tail.h"
#include "seatmux/app/app.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

#define LATE "\033[1;31m"
#define HIGH "\033[33m"
#define FAINT "\033[2m"
#define PLAIN "\033[0m"

#define SHORT_CLOCK 9 /* columns of a clock with a sign in place of its word */

/* Columns of what is known in size; the text gets the rest. A narrow terminal gives up the team, then the agent, so that
 * something is left for the words. */
typedef struct {
    int what, name, team, agent, clock, state;
} Widths;

static Widths widths_of(const SmTailStyle *style)
{
    if (style->columns == 0 || style->columns >= 110)
        return (Widths){11, 16, 10, 10, 15, 9};
    if (style->columns >= 70)
        return (Widths){9, 10, 0, 7, 14, 8};
    return (Widths){9, 8, 0, 0, SHORT_CLOCK, 0};
}

/* --- Cells ---------------------------------------------------------------------------------------
 */

/* columns 0: it is left out. */
static void add_cell(GString *line, const char *raw, int columns)
{
    if (columns == 0)
        return;
    g_autoptr(SmSafe) whole = sm_cli_line(raw ? raw : ""), clipped = NULL;
    const char *text = sm_safe_str(whole);
    int used = sm_width_text(&(SmWidths){0}, text, strlen(text));
    if (used > columns) {
        clipped = sm_safe_clipped(&(SmWidths){0}, raw, -1, columns);
        text = sm_safe_str(clipped);
        used = sm_width_text(&(SmWidths){0}, text, strlen(text));
    }
    g_string_append_printf(line, "%s%*s  ", text, MAX(0, columns - used), "");
}

static void add_rest(GString *line, const char *raw)
{
    g_autoptr(SmSafe) safe = sm_cli_line(raw ? raw : "");
    g_string_append(line, sm_safe_str(safe));
}

/* Bytes of a line that are coloured. */
typedef struct {
    gsize from, to;
} Span;

static void color_span(GString *line, Span span, const char *color)
{
    g_string_insert(line, (gssize)MIN(span.to, line->len), PLAIN);
    g_string_insert(line, (gssize)MIN(span.from, line->len), color);
}

/* Ends the line: without blanks at its end, cut. */
static char *finish(const SmTailStyle *style, GString *line, Span span, const char *color)
{
    while (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    if (style->columns > 0) {
        gsize cut = sm_width_prefix(&(SmWidths){0}, line->str, line->len, style->columns, NULL);
        g_string_truncate(line, cut);
    }
    if (style->color && color)
        color_span(line, span, color);
    g_string_append_c(line, '\n');
    return g_string_free(line, FALSE);
}

static const char *color_of(SmLevel level)
{
    return level >= SM_LEVEL_OVERDUE ? LATE : level >= SM_LEVEL_HALF ? HIGH : NULL;
}

static Span add_clock(GString *line, int columns, int64_t left, SmLevel level, gboolean none)
{
    char clock[32] = "";
    Span span = {line->len, line->len};
    if (!none)
        sm_text_clock(clock, sizeof clock, left);
    const char *sign = level >= SM_LEVEL_OVERDUE ? "!" : level >= SM_LEVEL_HALF ? "*" : " ";
    g_autofree char *cell = none ? g_strdup("")
                            : columns == SHORT_CLOCK ? g_strconcat(sign, clock, NULL)
                                                     : g_strdup_printf("%s %s", clock, _(sm_level_word(level)));
    add_cell(line, cell, columns);
    span.to += strlen(cell);
    return span;
}

/* --- What happened -------------------------------------------------------------------------------
 */

static const struct {
    const char *type, *word;
} words[] = {{"conversation.started", N_("arrived")},
             {"conversation.queued", N_("queued")},
             {"conversation.assigned", N_("assigned")},
             {"conversation.unassigned", N_("released")},
             {"conversation.snoozed", N_("snoozed")},
             {"conversation.woken", N_("woken")},
             {"conversation.resolved", N_("resolved")},
             {"conversation.reopened", N_("reopened")},
             {"conversation.rated", N_("rated")},
             {"conversation.left", N_("gone")},
             {"conversation.abandoned", N_("abandoned")},
             {"message.posted", N_("message")},
             {"note.posted", N_("note")},
             {"whisper.posted", N_("whisper")},
             {"bot.took", N_("bot took")},
             {"bot.handed_over", N_("bot gave")},
             {"turn.warned", N_("warned")},
             {"turn.breached", N_("overdue")},
             {"queue.breached", N_("overdue")},
             {"rating.excused", N_("excused")},
             {"rating.answered", N_("rating answered")},
             {"agent.availability", N_("agent")},
             {"gap", N_("gap")}};

static const char *word_of(const char *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].type, type) == 0)
            return _(words[i].word);
    return type;
}

/* As the screens say it; what they have no words for, as the stream has it. */
static const char *cause_of(const char *name)
{
    for (int cause = SM_CAUSE_NONE + 1; cause <= SM_CAUSE_LAST; cause++)
        if (strcmp(sm_cause_name(cause), name) == 0 && *sm_cause_words(cause))
            return sm_cause_words(cause);
    return name;
}

static const char *availability_of(const char *name)
{
    SmAvailability availability;
    return sm_availability_parse(name, &availability) ? sm_availability_words(availability) : name;
}

static const char *author_of(const json_t *json)
{
    const char *author = sm_json_str(json, "author", "");
    if (strcmp(author, "customer") == 0)
        return _("customer");
    if (strcmp(author, "agent") == 0)
        return sm_json_str(json, "agent", "");
    if (strcmp(author, "system") == 0)
        return _("system");
    return author;
}

/* What there is to say besides who and where. Caller frees. */
static char *details(const SmTailItem *item)
{
    const char *text = sm_json_str(item->json, "text", NULL);
    const char *cause = sm_json_str(item->json, "cause", NULL);
    int64_t level = sm_json_int(item->json, "level", 0);
    if (strcmp(item->type, "gap") == 0)
        return g_strdup(_("the log was read anew; something may be missing here"));
    if (strcmp(item->type, "agent.availability") == 0)
        return g_strdup(availability_of(sm_json_str(item->json, "availability", "")));
    if (strcmp(item->type, "turn.warned") == 0)
        return g_strdup_printf("%d %%", (int)level);
    if (strcmp(item->type, "conversation.rated") == 0)
        return g_strdup_printf("%d/5 %s", (int)level, text ? text : "");
    if (json_object_get(item->json, "erased"))
        return g_strdup(_("(erased)"));
    if (json_object_get(item->json, "author"))
        return g_strdup_printf("%s: %s", author_of(item->json), text ? text : "");
    return g_strdup(text ? text : cause ? cause_of(cause) : "");
}

static char *clock_time(int64_t at)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(at / 1000);
    return when ? g_date_time_format(when, "%T") : g_strdup("--:--:--");
}

static char *item_line(const SmTailStyle *style, const SmTailItem *item)
{
    const json_t *chat = json_object_get(item->json, "chat"), *left = json_object_get(chat, "left_ms");
    g_autofree char *time = clock_time(item->at), *more = details(item);
    gboolean breach = g_str_has_suffix(item->type, ".breached");
    Widths w = widths_of(style);
    GString *line = g_string_new(time);
    g_string_append(line, "  ");
    add_cell(line, word_of(item->type), w.what);
    const char *nobody = chat ? _("customer") : w.agent == 0 ? sm_json_str(item->json, "agent", "") : "";
    add_cell(line, sm_json_str(chat, "customer", nobody), w.name);
    add_cell(line, sm_json_str(chat, "team", ""), w.team);
    add_cell(line, sm_json_str(chat, "agent", sm_json_str(item->json, "agent", "-")), w.agent);
    Span span = add_clock(line, w.clock, json_integer_value(left), item->level, left == NULL);
    add_rest(line, more);
    return breach ? finish(style, line, (Span){0, G_MAXSIZE}, LATE)
                  : finish(style, line, span, color_of(item->level));
}

char *sm_tail_item_text(const SmTailStyle *style, const SmTailItem *item)
{
    if (!style->json)
        return item_line(style, item);
    g_autofree char *text = sm_json_plain(item->json);
    return g_strconcat(text, "\n", NULL);
}

/* --- The desk as it is ---------------------------------------------------------------------------
 */

typedef struct {
    const SmConversation *c;
    int64_t left;
} Row;

static int late_first(gconstpointer a, gconstpointer b)
{
    const Row *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->c->first_seq < y->c->first_seq ? -1 : x->c->first_seq > y->c->first_seq;
}

/* Without a filter, those that are over are left out: it is the live desk. */
static GArray *rows_of(SmDesk *desk, const SmFilter *filter, int64_t now)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        SmFilterSubject subject = sm_filter_subject(c);
        Row row = {c, sm_deadline_remaining(&subject.deadline, now)};
        gboolean live = c->state != SM_STATE_RESOLVED;
        if (filter ? sm_filter_matches(filter, &subject, now) : live)
            g_array_append_val(rows, row);
    }
    g_array_sort(rows, late_first);
    return rows;
}

static const char *state_word(SmState state)
{
    switch (state) {
    case SM_STATE_QUEUED:
        return _("queued");
    case SM_STATE_OPEN:
        return _("open");
    case SM_STATE_SNOOZED:
        return _("snoozed");
    case SM_STATE_RESOLVED:
        return _("resolved");
    }
    return "";
}

static char *row_line(const SmTailStyle *style, const Row *row, int64_t now)
{
    SmDeadline deadline = sm_conversation_deadline(row->c);
    SmLevel level = sm_deadline_level(&deadline, now);
    Widths w = widths_of(style);
    const SmLine *last = sm_conversation_last_message(row->c);
    GString *line = g_string_new(NULL);
    Span span = add_clock(line, w.clock, row->left, level, deadline.kind == SM_CLOCK_NONE);
    add_cell(line, state_word(row->c->state), w.state);
    add_cell(line, row->c->name ? row->c->name : _("customer"), w.name);
    add_cell(line, row->c->team, w.team);
    add_cell(line, row->c->owner ? row->c->owner : "-", w.agent);
    add_rest(line, last ? last->text : "");
    return finish(style, line, span, color_of(level));
}

static char *head_line(const SmTailStyle *style)
{
    Widths w = widths_of(style);
    GString *line = g_string_new(NULL);
    add_cell(line, _("time left"), w.clock);
    add_cell(line, _("state"), w.state);
    add_cell(line, _("customer"), w.name);
    add_cell(line, _("team"), w.team);
    add_cell(line, _("agent"), w.agent);
    add_rest(line, _("last message"));
    return finish(style, line, (Span){0, G_MAXSIZE}, FAINT);
}

static char *row_json(const Row *row, int64_t now)
{
    const SmLine *last = sm_conversation_last_message(row->c);
    g_autoptr(json_t) json =
        json_pack("{s:i, s:s, s:I, s:s, s:o, s:s*}", "v", 1, "type", "snapshot", "at", (json_int_t)now,
                  "conversation", row->c->id, "chat", sm_tail_chat(row->c, now), "text",
                  last ? last->text : NULL);
    g_autofree char *text = sm_json_plain(json);
    return g_strconcat(text, "\n", NULL);
}

char *sm_tail_desk_text(const SmTailStyle *style, SmDesk *desk, const SmFilter *filter, int64_t now,
                        guint most, guint *count)
{
    g_autoptr(GArray) rows = rows_of(desk, filter, now);
    GString *text = g_string_new(NULL);
    if (count)
        *count = rows->len;
    if (!style->json) {
        g_autofree char *head = head_line(style);
        g_string_append(text, head);
    }
    for (guint i = 0; i < rows->len && (most == 0 || i < most); i++) {
        const Row *row = &g_array_index(rows, Row, i);
        g_autofree char *line = style->json ? row_json(row, now) : row_line(style, row, now);
        g_string_append(text, line);
    }
    return g_string_free(text, FALSE);
}
