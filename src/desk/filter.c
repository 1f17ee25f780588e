/* SPDX-License-Identifier: MIT */
#include "seatmux/desk/filter.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/yaml.h"

#define FILTER_TERMS 32

/* X(ENUM, "key", "a second name for it") */
#define TERM_KEYS(X)                                                                               \
    X(STATE, "state", "is")                                                                        \
    X(TEAM, "team", "queue")                                                                       \
    X(INBOX, "inbox", "channel")                                                                   \
    X(AGENT, "agent", "owner")                                                                     \
    X(LANGUAGE, "lang", "language")                                                                \
    X(CUSTOMER, "customer", "name")                                                                \
    X(ORDER, "order", "order")                                                                     \
    X(TAG, "tag", "tags")                                                                          \
    X(EVENT, "event", "events")                                                                    \
    X(WAIT, "wait", "waits")                                                                       \
    X(LEFT, "left", "sla")                                                                         \
    X(WORD, "", "")

typedef enum {
#define TERM_ENUM(name, text, other) KEY_##name,
    TERM_KEYS(TERM_ENUM)
#undef TERM_ENUM
        KEYS
} Key;

static const char *const names[][2] = {
#define TERM_NAMES(name, text, other) {text, other},
    TERM_KEYS(TERM_NAMES)
#undef TERM_NAMES
};

typedef struct {
    Key key;
    gboolean negated;
    char **values; /* of words: folded */
    char sign;     /* '<' or '>'; 0: values */
    gboolean equal;
    int64_t ms;
} Term;

struct SmFilter {
    GArray *terms; /* Term */
};

static void term_clear(void *data)
{
    g_strfreev(((Term *)data)->values);
}

void sm_filter_free(SmFilter *filter)
{
    if (filter == NULL)
        return;
    g_array_unref(filter->terms);
    g_free(filter);
}

/* --- Reading -----------------------------------------------------------------------------------
 */

static gboolean wrong(GError **error, const char *text, const char *at, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static gboolean wrong(GError **error, const char *text, const char *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "column %d: %s",
                (int)g_utf8_strlen(text, at - text) + 1, why);
    return FALSE;
}

static gboolean key_of(const char *name, gsize n, Key *key)
{
    for (guint k = 0; k < KEY_WORD; k++)
        for (guint i = 0; i < 2; i++)
            if (strlen(names[k][i]) == n && strncmp(names[k][i], name, n) == 0) {
                *key = (Key)k;
                return TRUE;
            }
    return FALSE;
}

static char *fold(const char *text)
{
    g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);

    return g_utf8_casefold(normal != NULL ? normal : "", -1);
}

static gboolean read_time(const char *text, const char *at, const char *word, Term *term,
                          GError **error)
{
    gboolean minus = *word == '-';
    const char *number = word + minus;
    gboolean digits = *number != '\0' && strspn(number, "0123456789") == strlen(number);

    if (digits && strlen(number) <= 7)
        term->ms = g_ascii_strtoll(number, NULL, 10) * 1000;
    else if (digits || !sm_duration_parse(number, &term->ms))
        return wrong(error, text, at, "a time is seconds, or as 90s, 2m, 1h30m");
    if (minus)
        term->ms = -term->ms;
    return TRUE;
}

static gboolean read_values(const char *text, const char *at, const char *word, Term *term,
                            GError **error)
{
    if (*word == '\0')
        return wrong(error, text, at, "something must follow the colon");
    g_auto(GStrv) parts = g_strsplit(word, ",", FILTER_TERMS);
    term->values = g_new0(char *, g_strv_length(parts) + 1);
    for (guint i = 0; parts[i] != NULL; i++)
        term->values[i] = fold(parts[i]);
    return TRUE;
}

static gboolean is_state(const char *word)
{
    for (int s = SM_STATE_QUEUED; s <= SM_STATE_RESOLVED; s++)
        if (g_strcmp0(word, sm_state_name((SmState)s)) == 0)
            return TRUE;
    return FALSE;
}

/* "breach" is any breach; "conversation.queued" may be said as "queued"; "message" as the type's
 * first part. */
static gboolean is_event(const char *type, const char *value)
{
    if (type == NULL)
        return FALSE;
    const char *dot = strchr(type, '.');
    if (strcmp(value, "breach") == 0)
        return g_str_has_suffix(type, ".breached");
    if (strcmp(value, "any") == 0 || strcmp(type, value) == 0)
        return TRUE;
    return dot != NULL &&
           (strcmp(dot + 1, value) == 0 ||
            (strlen(value) == (gsize)(dot - type) && strncmp(type, value, strlen(value)) == 0));
}

/* A name that no event has is a slip: whoever waits for it would wait for ever. */
static gboolean is_known_event(const char *word)
{
    if (strcmp(word, "gap") == 0 || strcmp(word, "snapshot") == 0) /* lines of tail that are none of the log */
        return TRUE;
    for (int type = 0; type < SM_EVENT_UNKNOWN; type++)
        if (is_event(sm_event_type_name((SmEventType)type), word))
            return TRUE;
    return FALSE;
}

/* One term, from `word` to its end; `at` is where it stands in the text. */
static gboolean read_term(const char *text, const char *at, const char *word, Term *term,
                          GError **error)
{
    term->negated = *word == '-' && word[1] != '\0';
    word += term->negated;
    gsize n = strcspn(word, ":<>");
    const char *mark = word + n;

    if (*mark == '\0' || n == 0) {
        term->key = KEY_WORD;
        return read_values(text, at, word, term, error);
    }
    if (!key_of(word, n, &term->key)) {
        g_autofree char *key = g_strndup(word, n);
        return wrong(error, text, at,
                     "there is no '%s'; known: state, team, inbox, agent, lang, customer, order, "
                     "tag, event, wait, left",
                     key);
    }
    gboolean timed = term->key == KEY_WAIT || term->key == KEY_LEFT;
    if (timed != (*mark != ':'))
        return wrong(error, text, at,
                     timed ? "'%.*s' is compared with < or >" : "after '%.*s' stands a colon",
                     (int)n, word);
    if (!timed && !read_values(text, at, mark + 1, term, error))
        return FALSE;
    if (timed) {
        term->sign = *mark++;
        term->equal = *mark == '=';
        return read_time(text, at, mark + term->equal, term, error);
    }
    for (guint i = 0; term->key == KEY_STATE && term->values[i] != NULL; i++)
        if (!is_state(term->values[i]))
            return wrong(error, text, at, "a state is queued, open, snoozed or resolved");
    for (guint i = 0; term->key == KEY_EVENT && term->values[i] != NULL; i++)
        if (!is_known_event(term->values[i]))
            return wrong(error, text, at,
                         "there is no event '%s'; an event is any, breach, or a type as \"seatmux tail --json\" tells it, whole "
                         "(turn.breached) or one half (rated, message)",
                         term->values[i]);
    return TRUE;
}

SmFilter *sm_filter_parse(const char *text, GError **error)
{
    g_autoptr(SmFilter) filter = g_new0(SmFilter, 1);
    const char *at = text;

    filter->terms = g_array_new(FALSE, TRUE, sizeof(Term));
    g_array_set_clear_func(filter->terms, term_clear);
    if (!g_utf8_validate(text, -1, NULL)) {
        wrong(error, "", "", "this is not UTF-8");
        return NULL;
    }
    while (*(at += strspn(at, " \t")) != '\0') {
        gsize n = strcspn(at, " \t");
        g_autofree char *word = g_strndup(at, n);
        Term term = {0};
        if (filter->terms->len >= FILTER_TERMS) {
            wrong(error, text, at, "more than %d terms", FILTER_TERMS);
            return NULL;
        }
        gboolean good = read_term(text, at, word, &term, error);
        g_array_append_val(filter->terms, term);
        if (!good)
            return NULL;
        at += n;
    }
    return g_steal_pointer(&filter);
}

/* --- Matching ----------------------------------------------------------------------------------
 */

const SmLine *sm_conversation_last_message(const SmConversation *c)
{
    const SmLine *systems = NULL;

    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind != SM_LINE_MESSAGE || line->text == NULL)
            continue;
        if (line->author != SM_AUTHOR_SYSTEM)
            return line;
        systems = systems != NULL ? systems : line;
    }
    return systems;
}

SmFilterSubject sm_filter_subject(const SmConversation *c)
{
    const SmLine *last = sm_conversation_last_message(c);

    return (SmFilterSubject){
        .state = sm_state_name(c->state),
        .team = c->team,
        .inbox = c->inbox,
        .agent = c->owner,
        .language = c->language,
        .customer = c->name,
        .order = c->order,
        .id = c->id,
        .tags = c->tags,
        .last = last != NULL ? last->text : NULL,
        .queued = c->state == SM_STATE_QUEUED ? c->queued : -1,
        .deadline = sm_conversation_deadline(c),
    };
}

static gboolean holds(const char *text, const char *folded)
{
    if (text == NULL)
        return FALSE;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *whole = fold(valid);

    return strstr(whole, folded) != NULL;
}

static gboolean same(const char *text, const char *folded)
{
    if (text == NULL)
        return FALSE;
    g_autofree char *whole = fold(text);

    return strcmp(whole, folded) == 0;
}

static gboolean tagged(const SmFilterSubject *s, const char *value, gboolean whole)
{
    for (guint i = 0; s->tags != NULL && i < s->tags->len; i++)
        if (whole ? same(s->tags->pdata[i], value) : holds(s->tags->pdata[i], value))
            return TRUE;
    return FALSE;
}

static gboolean has_value(const SmFilterSubject *s, Key key, const char *value)
{
    switch (key) {
    case KEY_STATE:
        return same(s->state, value);
    case KEY_TEAM:
        return same(s->team, value);
    case KEY_INBOX:
        return same(s->inbox, value);
    case KEY_AGENT:
        return strcmp(value, "none") == 0  ? s->agent == NULL
               : strcmp(value, "any") == 0 ? s->agent != NULL
                                           : same(s->agent, value);
    case KEY_LANGUAGE: {
        g_autofree char *language = s->language != NULL ? fold(s->language) : NULL;
        return language != NULL && g_str_has_prefix(language, value);
    }
    case KEY_CUSTOMER:
        return holds(s->customer, value);
    case KEY_ORDER:
        return holds(s->order, value);
    case KEY_TAG:
        return tagged(s, value, TRUE);
    case KEY_EVENT:
        return is_event(s->event, value);
    default:
        return holds(s->customer, value) || holds(s->order, value) || holds(s->last, value) ||
               same(s->id, value) || tagged(s, value, FALSE);
    }
}

/* No clock and no wait are beyond every comparison. */
static gboolean compares(const Term *term, const SmFilterSubject *s, int64_t now)
{
    int64_t value;

    if (term->key == KEY_WAIT) {
        if (s->queued < 0)
            return FALSE;
        value = now - s->queued;
    } else {
        if (s->deadline.kind == SM_CLOCK_NONE)
            return FALSE;
        value = sm_deadline_remaining(&s->deadline, now);
    }
    return (term->equal && value == term->ms) ||
           (term->sign == '<' ? value < term->ms : value > term->ms);
}

static gboolean term_holds(const Term *term, const SmFilterSubject *s, int64_t now)
{
    if (term->sign != 0)
        return compares(term, s, now);
    for (guint i = 0; term->values[i] != NULL; i++)
        if (has_value(s, term->key, term->values[i]))
            return TRUE;
    return FALSE;
}

gboolean sm_filter_matches(const SmFilter *filter, const SmFilterSubject *subject, int64_t now)
{
    for (guint i = 0; filter != NULL && i < filter->terms->len; i++) {
        const Term *term = &g_array_index(filter->terms, Term, i);
        if (term_holds(term, subject, now) == term->negated)
            return FALSE;
    }
    return TRUE;
}

gboolean sm_filter_is_timed(const SmFilter *filter)
{
    for (guint i = 0; filter != NULL && i < filter->terms->len; i++)
        if (g_array_index(filter->terms, Term, i).sign != 0)
            return TRUE;
    return FALSE;
}

gboolean sm_filter_has_events(const SmFilter *filter)
{
    for (guint i = 0; filter != NULL && i < filter->terms->len; i++)
        if (g_array_index(filter->terms, Term, i).key == KEY_EVENT)
            return TRUE;
    return FALSE;
}
