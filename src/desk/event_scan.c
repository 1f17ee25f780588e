/* SPDX-License-Identifier: MIT */
/* event_scan: a record exactly as sm_record_encode() writes it, read from its text without a tree of JSON between: that is
 * what the log is full of, and a start may read millions. Nothing is refused here. What is written in any other way - another
 * order, an escape, a list, an older version, a fault - is left to the decoder, which says what is wrong; what is taken here
 * the decoder would take, with the same outcome (tests/desk/test_codec.c and the fuzzer compare them). */
#include "desk/event_table.h"

#include <string.h>

#include "seatmux/base/clock.h"
#include "seatmux/base/limits.h"

#define DIGITS 18 /* fit in an int64_t whatever they are */
#define NAME_BYTES 32

typedef struct {
    const char *at, *end;
} Scan;

typedef struct {
    const char *text;
    gsize n;
} Span;

/* --- Pieces --------------------------------------------------------------------------------------
 */

static gboolean pass_bytes(Scan *s, const char *text, gsize n)
{
    if ((gsize)(s->end - s->at) < n || memcmp(s->at, text, n) != 0) {
        return FALSE;
    }
    s->at += n;
    return TRUE;
}

#define PASS(s, literal) pass_bytes(s, literal, sizeof(literal) - 1)

/* The inside of a string in which nothing is escaped. */
static gboolean take_span(Scan *s, Span *span)
{
    guchar all = 0;

    if (!PASS(s, "\"")) {
        return FALSE;
    }
    const char *p = s->at;
    for (; p < s->end && *p != '"' && *p != '\\' && (guchar)*p >= ' '; p++) {
        all |= (guchar)*p;
    }
    *span = (Span){s->at, (gsize)(p - s->at)};
    if (p == s->end || *p != '"' || (all >= 0x80 && !g_utf8_validate(span->text, (gssize)span->n, NULL))) {
        return FALSE;
    }
    s->at = p + 1;
    return TRUE;
}

/* A string as a new one; NULL: something else stands there. */
static char *take_text(Scan *s)
{
    Span span;

    return take_span(s, &span) ? g_strndup(span.text, span.n) : NULL;
}

/* A whole number that is not below 0; what stands behind it is for the caller to look at. */
static gboolean take_int(Scan *s, int64_t *value)
{
    const char *first = s->at;
    int64_t n = 0;

    while (s->at < s->end && s->at - first < DIGITS && g_ascii_isdigit(*s->at)) {
        n = n * 10 + (*s->at++ - '0');
    }
    *value = n;
    return n <= SM_EVENT_NUMBER_MOST && s->at > first && (*first != '0' || s->at == first + 1);
}

static gboolean is(const Span *span, const char *name)
{
    return strncmp(name, span->text, span->n) == 0 && name[span->n] == '\0';
}

/* --- Events --------------------------------------------------------------------------------------
 */

static gboolean take_enum(Scan *s, Kind kind, guint *out)
{
    char name[NAME_BYTES];
    Span span;

    if (!take_span(s, &span) || span.n >= sizeof name) {
        return FALSE;
    }
    memcpy(name, span.text, span.n);
    name[span.n] = '\0';
    return sm_event_enum_parse(kind, name, out);
}

static gboolean take_field(Scan *s, SmEvent *event, const Use *use)
{
    const FieldInfo *info = &sm_event_fields[use->field];
    void *at = G_STRUCT_MEMBER_P(event, info->offset);

    switch (info->kind) {
    case KIND_ID:
    case KIND_NAME:
    case KIND_REASON:
        *(char **)at = take_text(s);
        return *(char **)at && sm_event_text_fits(info->kind, *(char **)at);
    case KIND_INT:
        return take_int(s, at);
    case KIND_FLAG:
        *(gboolean *)at = PASS(s, "true");
        return *(gboolean *)at || PASS(s, "false");
    case KIND_OBJECT:
    case KIND_LIST:
    case KIND_IDS:
    case KIND_FILE:
        return FALSE;
    default:
        return take_enum(s, info->kind, at);
    }
}

/* Each in its place and none twice, for they come in the order of the table. */
static gboolean take_fields(Scan *s, SmEvent *event, const TypeInfo *info)
{
    const Use *use = info->uses;
    Span name;

    while (PASS(s, ",")) {
        if (!take_span(s, &name) || !PASS(s, ":")) {
            return FALSE;
        }
        while (use->field != FIELD_END && !is(&name, sm_use_name(use))) {
            if (use++->how & MUST) {
                return FALSE;
            }
        }
        if (use->field == FIELD_END || !take_field(s, event, use++)) {
            return FALSE;
        }
    }
    while (use->field != FIELD_END) {
        if (use++->how & MUST) {
            return FALSE;
        }
    }
    return PASS(s, "}");
}

static gboolean take_type(Scan *s, SmEventType *type)
{
    Span name;

    if (!PASS(s, "{\"type\":") || !take_span(s, &name)) {
        return FALSE;
    }
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        if (is(&name, sm_event_type_name((SmEventType)i))) {
            *type = (SmEventType)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* NULL: of an older version that has to be brought up to date. */
static const TypeInfo *form_of(SmEventType type, int64_t version)
{
    const TypeInfo *kept = sm_event_kept(type);

    if (version == sm_event_table[type].version) {
        return &sm_event_table[type];
    }
    return kept && version == kept->version ? kept : NULL;
}

static SmEvent *take_event(Scan *s)
{
    SmEventType type;
    int64_t version;

    if (!take_type(s, &type) || !PASS(s, ",\"v\":") || !take_int(s, &version)) {
        return NULL;
    }
    const TypeInfo *info = form_of(type, version);
    (void)PASS(s, ",\"ignorable\":true");
    g_autoptr(SmEvent) event = sm_event_new(type);
    gboolean good = info && take_fields(s, event, info) && sm_event_content_fits(event);
    return good ? g_steal_pointer(&event) : NULL;
}

/* --- Records -------------------------------------------------------------------------------------
 */

static gboolean take_events(Scan *s, GPtrArray *events)
{
    do {
        SmEvent *event = events->len < SM_MAX_EVENTS_PER_RECORD ? take_event(s) : NULL;
        if (!event) {
            return FALSE;
        }
        g_ptr_array_add(events, event);
    } while (PASS(s, ","));
    return TRUE;
}

static gboolean take_record(Scan *s, SmRecord *record)
{
    if (!PASS(s, "{\"seq\":") || !take_int(s, &record->seq) || !PASS(s, ",\"at\":") || !take_int(s, &record->at) ||
        !PASS(s, ",\"command\":") || !(record->command = take_text(s)) || !PASS(s, ",\"actor\":") ||
        !(record->actor = take_text(s))) {
        return FALSE;
    }
    if (PASS(s, ",\"fingerprint\":") && !(record->fingerprint = take_text(s))) {
        return FALSE;
    }
    return PASS(s, ",\"events\":[") && take_events(s, record->events) && PASS(s, "]}") && s->at == s->end;
}

SmRecord *sm_record_scan(const char *text, gsize n)
{
    Scan s = {text, text + n};
    g_autoptr(SmRecord) record = n <= SM_MAX_ANSWER_BYTES ? sm_record_new(0, NULL, NULL, NULL) : NULL;

    return record && take_record(&s, record) && record->at <= SM_TIME_MS_MOST ? g_steal_pointer(&record) : NULL;
}
