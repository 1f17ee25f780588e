/* SPDX-License-Identifier: MIT */
#include "sim/customer.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

#define POLL_WAIT_S 25
#define EXCHANGE_MS 15000
#define RETRY_FIRST_MS 500
#define RETRY_MOST_MS 8000
#define TRIES_MOST 200
#define PASTE_MS 300
#define TYPING_MS 1000 /* who types for longer is seen typing, and what, this often */

/* One write under way or to come, in order. */
typedef struct {
    SmCommandType type;
    char *id;
    char *text;
    int64_t stars;
    int64_t pause; /* ms to let pass before it goes out: typing */
} Write;

struct SmCustomer {
    SmCustomerSetup use;
    SmRng *rng;
    SmCustomerMood mood;
    const SmNode *node;
    const SmNode *second; /* asked together with it; NULL: nothing was */
    char *name;
    char *order;
    char *token;
    char *conversation;
    char *cursor;
    GQueue writes; /* Write; the head is under way or waits for its pause */
    GString *said;   /* what we said at this node */
    GString *answer; /* what the agent said since the last word of ours */
    SmExchange *poll;
    SmExchange *send;
    SmExchange *typing;
    guint64 write_timer;
    guint64 typing_timer;
    int64_t typing_since; /* when the head of the queue began to be typed */
    guint64 poll_timer;
    guint64 react_timer;   /* read the answer, then speak */
    guint64 patience_timer;
    guint64 done_timer;
    int64_t asked_at; /* the first message that nobody has answered; 0: none */
    int64_t first_wait, longest_wait; /* ms; -1: no answer yet */
    int64_t wait; /* of the answer that is being read; -1: nothing was open */
    char *agent;  /* who wrote last; NULL: nobody did */
    int answers, missed;
    int made;    /* command ids */
    int tries;
    int poll_tries;
    int nudges;
    int misses;
    gboolean leaving;
    gboolean pasted; /* the order number, or decided not to */
    int64_t sent;
    int64_t received;
};

static void write_next(SmCustomer *c);
static void poll_again(void *user);
static void say_node(SmCustomer *c, const SmNode *node);
static void say_goodbye(SmCustomer *c, gboolean angry);

static void write_free(Write *w)
{
    g_free(w->id);
    g_free(w->text);
    g_free(w);
}

static int64_t scaled(const SmCustomer *c, int64_t ms)
{
    return (int64_t)((double)ms / c->use.speed);
}

static int64_t retry_delay(SmCustomer *c, int tries)
{
    int64_t most = MIN(RETRY_MOST_MS, (int64_t)RETRY_FIRST_MS << MIN(tries, 5));
    return sm_rng_between(c->rng, RETRY_FIRST_MS / 2, most);
}

static const char *pick(SmCustomer *c, char **lines)
{
    return lines[sm_rng_below(c->rng, g_strv_length(lines))];
}

typedef enum { AGAIN, THANKS, ANGRY } Occasion;

static char **of_occasion(const SmLines *lines, Occasion occasion)
{
    return occasion == AGAIN ? lines->again : occasion == THANKS ? lines->thanks : lines->angry;
}

/* As somebody in this mood says it, where the dialogue has words for that. */
static char **lines_for(const SmCustomer *c, Occasion occasion)
{
    char **own = of_occasion(&c->use.dialogue->moods[c->use.persona->mood], occasion);
    return own && own[0] ? own : of_occasion(&c->use.dialogue->lines, occasion);
}

static void over(void *user)
{
    SmCustomer *c = user;
    c->done_timer = 0;
    c->use.done(c, c->use.user);
}

static void finish(SmCustomer *c)
{
    if (c->done_timer)
        return;
    SmLoop *loop = c->use.loop;
    sm_loop_remove(loop, &c->write_timer);
    sm_loop_remove(loop, &c->typing_timer);
    sm_loop_remove(loop, &c->poll_timer);
    sm_loop_remove(loop, &c->react_timer);
    sm_loop_remove(loop, &c->patience_timer);
    sm_transport_cancel(c->use.transport, g_steal_pointer(&c->poll));
    c->done_timer = sm_loop_defer(loop, over, c);
}

static void fail(SmCustomer *c, const char *what, const SmAnswer *answer)
{
    gsize n = 0;
    const char *body = answer && answer->body ? g_bytes_get_data(answer->body, &n) : "";
    sm_trace(c->use.trace, SM_TRACE_WARN, "sim", "customer %d: %s refused: %d %.*s", c->use.number, what,
             answer ? answer->status : 0, (int)MIN(n, 200), body);
    c->mood = SM_CUSTOMER_FAILED;
    finish(c);
}

/* --- Writing ------------------------------------------------------------------------------------- */

static void add_write(SmCustomer *c, SmCommandType type, const char *text, int64_t stars, int64_t pause)
{
    Write *w = g_new0(Write, 1);
    w->type = type;
    /* A token of randomness: two runs of one seed against one desk must not repeat ids. */
    w->id = g_strdup_printf("s%08x-%d-%d", SM_BUG(54) ? 0 : (guint)sm_rng_u64(c->rng),
                            c->use.number, ++c->made);
    w->text = g_strdup(text);
    w->stars = stars;
    w->pause = pause;
    g_queue_push_tail(&c->writes, w);
    if (g_queue_get_length(&c->writes) == 1)
        write_next(c);
}

static json_t *attributes_of(const SmDialogue *dialogue)
{
    json_t *object = json_object();
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(dialogue->attributes), (GCompareFunc)strcmp);
    for (GList *l = names; l; l = l->next)
        json_object_set_new(object, l->data, json_string(g_hash_table_lookup(dialogue->attributes, l->data)));
    return object;
}

static SmRequest *request_of(SmCustomer *c, const Write *w)
{
    g_autoptr(json_t) attributes = w->type == SM_COMMAND_START ? attributes_of(c->use.dialogue) : NULL;
    SmCommand command = {
        .type = w->type,
        .id = w->id,
        .actor = {SM_ACTOR_CUSTOMER, NULL},
        .conversation = c->conversation,
        .text = w->text,
        .stars = w->stars,
        .seen = -1,
    };
    if (w->type == SM_COMMAND_START) {
        command.name = c->name;
        command.language = c->use.dialogue->language;
        command.order = c->order;
        command.inbox = c->use.dialogue->inbox;
        command.data = attributes;
    }
    SmRequest *request = sm_wire_write_command(&command);
    request->token = g_strdup(c->token);
    return request;
}

static json_t *body_of(const SmAnswer *answer)
{
    if (!answer->body)
        return NULL;
    gsize n = 0;
    const char *bytes = g_bytes_get_data(answer->body, &n);
    return sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL);
}

static gboolean take_start(SmCustomer *c, const SmAnswer *answer)
{
    g_autoptr(json_t) body = body_of(answer);
    const char *token = sm_json_str(body, "token", NULL);
    const char *conversation = sm_json_str(body, "conversation", NULL);
    const char *cursor = sm_json_str(body, "cursor", NULL);
    if (!token || !conversation || !cursor)
        return FALSE;
    c->token = g_strdup(token);
    c->conversation = g_strdup(conversation);
    c->cursor = g_strdup(cursor);
    c->mood = SM_CUSTOMER_WAITING;
    return TRUE;
}

static void out_of_patience(void *user)
{
    SmCustomer *c = user;
    c->patience_timer = 0;
    if (c->nudges++ >= c->use.persona->asks_again) {
        say_goodbye(c, TRUE);
        return;
    }
    g_autofree char *line = sm_mood_words(c->use.persona->mood, pick(c, lines_for(c, AGAIN)));
    add_write(c, SM_COMMAND_POST, line, 0, scaled(c, g_utf8_strlen(line, -1) * 1000 / c->use.persona->typing));
}

static void arm_patience(SmCustomer *c)
{
    sm_loop_remove(c->use.loop, &c->patience_timer);
    int64_t patience = sm_mood_patience(c->use.persona->mood, c->use.persona->patience);
    patience += sm_rng_between(c->rng, -patience / 4, patience / 4);
    c->patience_timer = sm_loop_after(c->use.loop, MAX(1, scaled(c, patience)), out_of_patience, c);
}

/* The head of the queue was accepted. */
static void written(SmCustomer *c, const SmAnswer *answer)
{
    Write *w = g_queue_pop_head(&c->writes);
    SmCommandType type = w->type;
    write_free(w);
    c->tries = 0;
    if (type == SM_COMMAND_START && !take_start(c, answer)) {
        fail(c, "start", answer);
        return;
    }
    if (type == SM_COMMAND_POST) {
        c->sent++;
        if (!c->asked_at)
            c->asked_at = sm_loop_now(c->use.loop);
    }
    if (type == SM_COMMAND_LEAVE) {
        finish(c);
        return;
    }
    if (type == SM_COMMAND_START) {
        poll_again(c);
        say_node(c, c->use.dialogue->nodes->pdata[0]);
        return;
    }
    if (!g_queue_is_empty(&c->writes))
        write_next(c);
    else if (!c->leaving && !c->react_timer)
        arm_patience(c);
}

static void write_now(void *user);

static void wrote(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    SmCustomer *c = user;
    c->send = NULL;
    gboolean again = end != SM_EXCHANGE_ANSWERED || answer->status >= 500 || answer->status == 429;
    if (!again && answer->status >= 300) {
        const Write *w = g_queue_peek_head(&c->writes);
        /* Rating or leaving what has ended meanwhile is no fault. */
        if (w->type == SM_COMMAND_RATE || w->type == SM_COMMAND_LEAVE)
            written(c, answer);
        else
            fail(c, sm_command_verb(w->type), answer);
        return;
    }
    if (!again) {
        written(c, answer);
        return;
    }
    if (++c->tries > TRIES_MOST) {
        fail(c, "the connection", NULL);
        return;
    }
    int64_t delay = retry_delay(c, c->tries);
    if (end == SM_EXCHANGE_ANSWERED && answer->retry_after_s > 0)
        delay = MAX(delay, (int64_t)answer->retry_after_s * 1000);
    c->write_timer = sm_loop_after(c->use.loop, delay, write_now, c);
}

static void write_now(void *user)
{
    SmCustomer *c = user;
    c->write_timer = 0;
    sm_loop_remove(c->use.loop, &c->typing_timer);
    c->send = sm_transport_start(c->use.transport, request_of(c, g_queue_peek_head(&c->writes)), FALSE,
                                 EXCHANGE_MS, NULL, wrote, c);
}

static void typed(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    ((SmCustomer *)user)->typing = NULL; /* nothing hangs on it */
}

/* As far as it has been typed; NULL: nothing yet. */
static char *typed_so_far(const SmCustomer *c)
{
    const char *text = ((const Write *)g_queue_peek_head((GQueue *)&c->writes))->text;
    double ms = (double)(sm_loop_now(c->use.loop) - c->typing_since) * c->use.speed;
    glong n = MIN((glong)(ms * c->use.persona->typing / 1000), g_utf8_strlen(text, -1));
    return n > 0 ? g_utf8_substring(text, 0, n) : NULL;
}

static void typing_goes_on(void *user);

static void show_typing(SmCustomer *c)
{
    if (c->use.preview)
        c->typing_timer = sm_loop_after(c->use.loop, TYPING_MS, typing_goes_on, c);
    if (c->typing || !c->conversation)
        return;
    g_autofree char *id = sm_url_escape(c->conversation);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/typing", id);
    g_autofree char *text = c->use.preview ? typed_so_far(c) : NULL;
    SmRequest *request = sm_request_new("POST", target);
    request->token = g_strdup(c->token);
    if (text)
        sm_request_set_json(request, json_pack("{s:s}", "text", text));
    c->typing = sm_transport_start(c->use.transport, request, FALSE, EXCHANGE_MS, NULL, typed, c);
}

static void typing_goes_on(void *user)
{
    SmCustomer *c = user;
    c->typing_timer = 0;
    show_typing(c);
}

static void write_next(SmCustomer *c)
{
    const Write *w = g_queue_peek_head(&c->writes);
    c->typing_since = sm_loop_now(c->use.loop);
    if (w->type == SM_COMMAND_POST && w->pause >= TYPING_MS)
        show_typing(c);
    c->write_timer = sm_loop_after(c->use.loop, w->pause, write_now, c);
}

/* --- Speaking ------------------------------------------------------------------------------------ */

/* Two letters change places: the most usual slip of a hurried hand. */
static char *with_typo(SmCustomer *c, const char *line)
{
    glong n = g_utf8_strlen(line, -1);
    if (n < 6 || !sm_rng_chance(c->rng, c->use.persona->typo))
        return g_strdup(line);
    glong at = (glong)sm_rng_below(c->rng, (guint32)(n - 2));
    const char *a = g_utf8_offset_to_pointer(line, at);
    const char *b = g_utf8_next_char(a);
    const char *rest = g_utf8_next_char(b);
    return g_strdup_printf("%.*s%.*s%.*s%s", (int)(a - line), line, (int)(rest - b), b, (int)(b - a), a, rest);
}

/* No chance is drawn for a habit that nobody has: older files keep their seeds. */
static gboolean does(SmCustomer *c, double chance)
{
    return chance > 0 && sm_rng_chance(c->rng, chance);
}

static char *filled_in(SmCustomer *c, const char *line)
{
    static const char *const emoji[] = {"😊", "🙏", "😭", "👍", "😂", "🌹"};
    g_auto(GStrv) parts = g_strsplit(line, "{order}", -1);
    g_autofree char *text = g_strjoinv(c->order ? c->order : "", parts);
    g_autofree char *tempered = sm_mood_words(c->use.persona->mood, text);
    g_autofree char *typed = with_typo(c, tempered);
    const char *end = does(c, c->use.persona->emoji) ? emoji[sm_rng_below(c->rng, G_N_ELEMENTS(emoji))] : "";
    return g_strconcat(typed, *end ? " " : "", end, NULL);
}

/* Copied from the shop's page: nobody is seen typing it. */
static void paste_order(SmCustomer *c)
{
    if (c->order && does(c, c->use.persona->pastes)) {
        g_string_append(c->said, c->order);
        add_write(c, SM_COMMAND_POST, c->order, 0, scaled(c, PASTE_MS));
    }
}

static void say_lines(SmCustomer *c, char **lines)
{
    guint n = MIN(g_strv_length(lines), (guint)c->use.persona->burst);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *text = filled_in(c, lines[i]);
        /* Who does not write in bursts sends the rest in one message. */
        if (i + 1 == n && lines[i + 1]) {
            g_autofree char *rest = g_strjoinv(" ", lines + i);
            g_free(text);
            text = filled_in(c, rest);
        }
        g_string_append_printf(c->said, "%s%s", c->said->len ? " " : "", text);
        int64_t typing = g_utf8_strlen(text, -1) * 1000 / c->use.persona->typing;
        add_write(c, SM_COMMAND_POST, text, 0, scaled(c, MAX(typing, 300)));
        if (i + 1 == n)
            break;
    }
}

static void say_one_of(SmCustomer *c, const SmNode *node)
{
    say_lines(c, node->says->pdata[sm_rng_below(c->rng, node->says->len)]);
}

/* Before anything else: the mood, and the order number. */
static void begin(SmCustomer *c)
{
    char **opens = c->use.dialogue->moods[c->use.persona->mood].opens;
    if (opens && opens[0]) {
        char *line[] = {(char *)pick(c, opens), NULL};
        say_lines(c, line);
    }
    paste_order(c);
}

static void say_node(SmCustomer *c, const SmNode *node)
{
    gboolean again = c->node == node;
    c->node = node;
    c->second = NULL;
    g_string_truncate(c->said, 0);
    if (node == c->use.dialogue->nodes->pdata[0] && !c->pasted) {
        c->pasted = TRUE;
        begin(c);
    }
    say_one_of(c, node);
    if (!again && does(c, c->use.persona->two_questions))
        c->second = sm_dialogue_second(c->use.dialogue, node, NULL);
    if (c->second)
        say_one_of(c, c->second);
}

static void say_goodbye(SmCustomer *c, gboolean angry)
{
    c->leaving = TRUE;
    c->mood = angry ? SM_CUSTOMER_ANGRY : SM_CUSTOMER_THANKED;
    sm_loop_remove(c->use.loop, &c->patience_timer);
    const char *line = pick(c, lines_for(c, angry ? ANGRY : THANKS));
    if (!sm_rng_chance(c->rng, c->use.persona->silent)) {
        g_autofree char *text = filled_in(c, line);
        add_write(c, SM_COMMAND_POST, text, 0,
                  scaled(c, g_utf8_strlen(line, -1) * 1000 / c->use.persona->typing));
    }
    c->second = NULL;
    int64_t stars = angry ? 1 + (int64_t)sm_rng_below(c->rng, 2) : CLAMP(5 - c->nudges - c->misses, 3, 5);
    stars = sm_mood_stars(c->use.persona->mood, !angry, stars);
    if (c->received > 0)
        add_write(c, SM_COMMAND_RATE, NULL, stars, scaled(c, 2000));
    add_write(c, SM_COMMAND_LEAVE, NULL, 0, scaled(c, 3000));
}

/* --- Listening ----------------------------------------------------------------------------------- */

/* Not to the point: none of the ways on asks for it, where there are some. */
static void judge(SmCustomer *c, const SmNode *node, const char *answer)
{
    const SmNodeRoute *route = sm_node_route(node, answer);
    SmSimAnswer *a = g_new0(SmSimAnswer, 1);
    a->customer = g_strdup(c->name);
    a->conversation = g_strdup(c->conversation);
    a->asked = g_strdup(c->said->str);
    a->answered = g_strchomp(g_strdup(answer));
    a->agent = g_strdup(c->agent);
    a->wait = c->wait;
    a->first = c->answers == 0;
    c->wait = -1;
    a->helped = route ? !route->mistake : node->routes->len == 0;
    a->why = route ? g_strdup(route->mistake) : NULL;
    a->model = a->helped ? NULL : sm_dialogue_answer(c->use.dialogue, node);
    a->dialogue = c->use.dialogue;
    a->node = node;
    c->answers++;
    c->missed += !a->helped;
    g_ptr_array_add(c->use.answers, a);
}

static void react(void *user)
{
    SmCustomer *c = user;
    c->react_timer = 0;
    if (c->leaving)
        return;
    g_autofree char *answer = g_string_free(g_steal_pointer(&c->answer), FALSE);
    c->answer = g_string_new(NULL);
    judge(c, c->node, answer);
    const char *go = sm_node_next(c->node, answer);
    if (c->second && g_str_equal(go, c->second->id)) { /* the second question was asked already: is it answered too? */
        c->node = c->second;
        judge(c, c->node, answer);
        go = sm_node_route(c->node, answer) ? sm_node_next(c->node, answer) : c->node->id;
    }
    if (g_str_equal(go, "thanks") || g_str_equal(go, "angry")) {
        say_goodbye(c, g_str_equal(go, "angry"));
        return;
    }
    const SmNode *next = sm_dialogue_node(c->use.dialogue, go);
    if (next == c->node && ++c->misses > c->use.persona->asks_again)
        say_goodbye(c, TRUE);
    else
        say_node(c, next);
}

static void heard(SmCustomer *c, const SmEvent *event)
{
    if (event->type == SM_EVENT_CONVERSATION_RESOLVED && !c->leaving) {
        say_goodbye(c, FALSE);
        return;
    }
    if (event->type != SM_EVENT_MESSAGE_POSTED || event->author != SM_AUTHOR_AGENT || c->leaving)
        return;
    c->received++;
    g_free(c->agent);
    c->agent = g_strdup(event->agent);
    if (c->asked_at) {
        int64_t wait = sm_loop_now(c->use.loop) - c->asked_at;
        c->first_wait = c->first_wait < 0 ? wait : c->first_wait;
        c->longest_wait = MAX(c->longest_wait, wait);
        c->wait = wait;
        c->asked_at = 0;
    }
    c->mood = SM_CUSTOMER_TALKING;
    g_string_append(c->answer, event->text ? event->text : "");
    g_string_append_c(c->answer, '\n');
    sm_loop_remove(c->use.loop, &c->patience_timer);
    sm_loop_remove(c->use.loop, &c->react_timer);
    int64_t reads = c->use.persona->reads;
    c->react_timer = sm_loop_after(c->use.loop, scaled(c, sm_rng_between(c->rng, reads / 2, reads * 2)), react, c);
}

/* --- Polling ------------------------------------------------------------------------------------- */

static void take_page(SmCustomer *c, const SmAnswer *answer)
{
    g_autoptr(json_t) body = body_of(answer);
    const char *cursor = sm_json_str(body, "cursor", NULL);
    if (!cursor)
        return;
    g_free(c->cursor);
    c->cursor = g_strdup(cursor);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(body, "events"), i, item) {
        g_autoptr(SmEvent) event = sm_event_decode(item, NULL);
        if (event)
            heard(c, event);
    }
}

static void polled(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    SmCustomer *c = user;
    c->poll = NULL;
    if (end == SM_EXCHANGE_ANSWERED && answer->status == 200) {
        c->poll_tries = 0;
        take_page(c, answer);
        if (!c->done_timer)
            c->poll_timer = sm_loop_defer(c->use.loop, poll_again, c);
        return;
    }
    if (end == SM_EXCHANGE_ANSWERED && answer->status == 410) {
        g_clear_pointer(&c->cursor, g_free); /* poll_again takes the cursor of a snapshot */
    } else if (end == SM_EXCHANGE_ANSWERED && answer->status < 500 && answer->status != 429) {
        fail(c, "poll", answer);
        return;
    }
    c->poll_timer = sm_loop_after(c->use.loop, retry_delay(c, ++c->poll_tries), poll_again, c);
}

static void poll_again(void *user)
{
    SmCustomer *c = user;
    c->poll_timer = 0;
    g_autofree char *target = NULL;
    if (c->cursor) {
        g_autofree char *cursor = sm_url_escape(c->cursor);
        target = g_strdup_printf("/v1/events?after=%s&wait=%d", cursor, POLL_WAIT_S);
    } else {
        target = g_strdup("/v1/snapshot");
    }
    SmRequest *request = sm_request_new("GET", target);
    request->token = g_strdup(c->token);
    c->poll = sm_transport_start(c->use.transport, request, TRUE, (POLL_WAIT_S + 10) * 1000, NULL, polled, c);
}

/* --- Life ---------------------------------------------------------------------------------------- */

static char *order_of(SmCustomer *c)
{
    if (!c->use.dialogue->orders[0])
        return NULL;
    char *order = g_strdup(pick(c, c->use.dialogue->orders));
    for (char *p = order; *p; p++)
        if (*p == '#')
            *p = (char)('0' + sm_rng_below(c->rng, 10));
    return order;
}

SmCustomer *sm_customer_new(const SmCustomerSetup *setup, SmRng *rng)
{
    SmCustomer *c = g_new0(SmCustomer, 1);
    c->use = *setup;
    c->first_wait = c->longest_wait = c->wait = -1;
    c->rng = rng;
    c->answer = g_string_new(NULL);
    c->said = g_string_new(NULL);
    g_queue_init(&c->writes);
    c->name = g_strdup(pick(c, setup->dialogue->names));
    c->order = order_of(c);
    add_write(c, SM_COMMAND_START, NULL, 0, 0);
    return c;
}

void sm_customer_free(SmCustomer *c)
{
    if (!c)
        return;
    SmLoop *loop = c->use.loop;
    guint64 *timers[] = {&c->write_timer, &c->typing_timer, &c->poll_timer, &c->react_timer, &c->patience_timer, &c->done_timer};
    for (guint i = 0; i < G_N_ELEMENTS(timers); i++)
        sm_loop_remove(loop, timers[i]);
    sm_transport_cancel(c->use.transport, c->poll);
    sm_transport_cancel(c->use.transport, c->send);
    sm_transport_cancel(c->use.transport, c->typing);
    g_queue_clear_full(&c->writes, (GDestroyNotify)write_free);
    g_string_free(c->answer, TRUE);
    g_string_free(c->said, TRUE);
    g_free(c->agent);
    g_free(c->name);
    g_free(c->order);
    g_free(c->token);
    g_free(c->conversation);
    g_free(c->cursor);
    sm_rng_free(c->rng);
    g_free(c);
}

SmCustomerMood sm_customer_mood(const SmCustomer *customer)
{
    return customer->mood;
}

const char *sm_customer_conversation(const SmCustomer *customer)
{
    return customer->conversation;
}

/* Has said what there is to say, and listens. */
static gboolean listens(const SmCustomer *c)
{
    return c->node && !c->leaving && !c->react_timer && g_queue_is_empty((GQueue *)&c->writes);
}

gboolean sm_customer_fits(const SmCustomer *c, const char *text)
{
    return listens(c) && sm_dialogue_helps(c->use.dialogue, c->node, text);
}

SmSimGone sm_customer_gone(const SmCustomer *c)
{
    return (SmSimGone){.customer = c->name, .conversation = c->conversation, .agent = c->agent, .thanked = c->mood == SM_CUSTOMER_THANKED,
                       .first_wait = c->first_wait, .longest_wait = c->longest_wait, .answers = c->answers, .missed = c->missed};
}

char *sm_customer_answer(const SmCustomer *c)
{
    if (!listens(c))
        return NULL;
    char *answer = NULL;
    if (!c->second || !sm_dialogue_second(c->use.dialogue, c->node, &answer))
        answer = sm_dialogue_answer(c->use.dialogue, c->node);
    return answer ? answer : g_strdup("..."); /* lost already: any words do */
}

int64_t sm_customer_sent(const SmCustomer *customer)
{
    return customer->sent;
}

int64_t sm_customer_received(const SmCustomer *customer)
{
    return customer->received;
}
