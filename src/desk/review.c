/* SPDX-License-Identifier: MIT */
#include "seatmux/desk/review.h"

#include <string.h>

#include "seatmux/base/rng.h"

#define WORDS_MOST 20 /* of one conversation that are told */
#define LOW_STARS 3

/* A conversation on its way through the log. */
typedef struct {
    char *id, *team, *inbox;
    char *agent;     /* the last of the staff who wrote */
    int64_t started, ended; /* -1: not ended */
    int64_t asked;   /* since when the customer waits for an answer; -1: not */
    int64_t wait;    /* the longest so far; -1: none */
    int64_t stars;   /* 0: none */
    gboolean complaint, answered, excused; /* the rating is one, was answered, does not count */
    char *comment;   /* the customer's, with the stars; NULL */
    guint messages;
    GPtrArray *words; /* char* */
    guint hits;
    guint place;     /* in the order of beginning */
} Talk;

typedef struct {
    int64_t at;
    char *conversation, *team, *agent, *by, *text, *message; /* message: a comment on one; NULL: a review */
    int64_t score;
    json_t *marks;
    gboolean replaced;
} Given;

struct SmReviewBook {
    SmReviewWish wish;
    char *agent, *team;
    SmFindWords find;
    void *user;
    GHashTable *talks; /* id -> Talk */
    GPtrArray *given;  /* Given, oldest first */
    GHashTable *latest; /* conversation, agent and reviewer -> Given, borrowed */
    GHashTable *of;     /* conversation -> GPtrArray of its Given that are reviews, borrowed */
    guint began;
};

/* --- The form ----------------------------------------------------------------------------------
 */

const SmCriterion *sm_review_criterion(const SmPolicy *policy, const char *id)
{
    for (guint i = 0; i < policy->form->len; i++) {
        const SmCriterion *one = policy->form->pdata[i];
        if (strcmp(one->id, id) == 0) {
            return one;
        }
    }
    return NULL;
}

int64_t sm_review_score(const SmPolicy *policy, const json_t *marks)
{
    int64_t sum = 0, weight = 0;

    for (guint i = 0; i < policy->form->len; i++) {
        const SmCriterion *one = policy->form->pdata[i];
        const json_t *mark = json_object_get(marks, one->id);
        if (mark) {
            sum += 1000 * json_integer_value(mark) * one->weight / one->points;
            weight += one->weight;
        }
    }
    return weight > 0 ? (2 * sum + weight) / (2 * weight) : -1;
}

/* --- A sample's ways ---------------------------------------------------------------------------
 */

static const char *const HOW[] = {"random", "wait", "rating", "words", "complaint"};

const char *sm_sample_name(SmSampleHow how)
{
    g_return_val_if_fail((guint)how < G_N_ELEMENTS(HOW), HOW[0]);
    return HOW[how];
}

gboolean sm_sample_parse(const char *text, SmSampleHow *how)
{
    for (guint i = 0; i < G_N_ELEMENTS(HOW); i++) {
        if (g_strcmp0(HOW[i], text) == 0) {
            *how = (SmSampleHow)i;
            return TRUE;
        }
    }
    return FALSE;
}

static void talk_free(gpointer data)
{
    Talk *talk = data;

    g_free(talk->id);
    g_free(talk->team);
    g_free(talk->inbox);
    g_free(talk->agent);
    g_free(talk->comment);
    g_ptr_array_unref(talk->words);
    g_free(talk);
}

static void given_free(gpointer data)
{
    Given *given = data;

    g_free(given->conversation);
    g_free(given->team);
    g_free(given->agent);
    g_free(given->by);
    g_free(given->text);
    g_free(given->message);
    json_decref(given->marks);
    g_free(given);
}

SmReviewBook *sm_review_book_new(const SmReviewWish *wish)
{
    SmReviewBook *book = g_new0(SmReviewBook, 1);

    book->wish = *wish;
    book->wish.agent = book->agent = g_strdup(wish->agent);
    book->wish.team = book->team = g_strdup(wish->team);
    book->talks = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, talk_free);
    book->given = g_ptr_array_new_with_free_func(given_free);
    book->latest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    book->of = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    return book;
}

void sm_review_book_free(SmReviewBook *book)
{
    if (book) {
        g_hash_table_unref(book->talks);
        g_hash_table_unref(book->latest);
        g_hash_table_unref(book->of);
        g_ptr_array_unref(book->given);
        g_free(book->agent);
        g_free(book->team);
        g_free(book);
    }
}

void sm_review_book_set_words(SmReviewBook *book, SmFindWords find, void *user)
{
    book->find = find;
    book->user = user;
}

static gboolean inside(const SmReviewBook *book, int64_t at)
{
    return at >= book->wish.from && at < book->wish.to;
}

/* --- The pass ----------------------------------------------------------------------------------
 */

static void replace(char **place, const char *text)
{
    if (text && g_strcmp0(*place, text) != 0) {
        g_free(*place);
        *place = g_strdup(text);
    }
}

static void began(SmReviewBook *book, const SmEvent *event, int64_t at)
{
    Talk *talk = g_new0(Talk, 1);

    talk->id = g_strdup(event->conversation);
    talk->team = g_strdup(event->team);
    talk->inbox = g_strdup(event->inbox);
    talk->started = at;
    talk->ended = talk->asked = talk->wait = -1;
    talk->words = g_ptr_array_new_with_free_func(g_free);
    talk->place = book->began++;
    g_hash_table_replace(book->talks, talk->id, talk);
}

static void find_words(SmReviewBook *book, Talk *talk, const char *text)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    if (!book->find || !text) {
        return;
    }
    book->find(text, found, book->user);
    talk->hits += found->len;
    for (guint i = 0; i < found->len; i++) {
        if (talk->words->len < WORDS_MOST &&
            !g_ptr_array_find_with_equal_func(talk->words, found->pdata[i], g_str_equal, NULL)) {
            g_ptr_array_add(talk->words, g_strdup(found->pdata[i]));
        }
    }
}

static void said(SmReviewBook *book, Talk *talk, const SmEvent *event, int64_t at)
{
    gboolean human = event->kind == SM_MESSAGE_TEXT || event->kind == SM_MESSAGE_FILE;

    if (event->author == SM_AUTHOR_CUSTOMER) {
        talk->messages++;
        talk->asked = talk->asked < 0 ? at : talk->asked;
    } else if (event->author == SM_AUTHOR_AGENT && human && event->agent) {
        talk->messages++;
        talk->wait = talk->asked >= 0 ? MAX(talk->wait, at - talk->asked) : talk->wait;
        talk->asked = -1;
        replace(&talk->agent, event->agent);
        find_words(book, talk, event->text);
    }
}

static void ended(Talk *talk, int64_t at)
{
    talk->wait = talk->asked >= 0 ? MAX(talk->wait, at - talk->asked) : talk->wait;
    talk->asked = -1;
    talk->ended = at;
}

static void follow(SmReviewBook *book, const SmEvent *event, int64_t at)
{
    Talk *talk = event->conversation ? g_hash_table_lookup(book->talks, event->conversation) : NULL;

    if (event->type == SM_EVENT_CONVERSATION_STARTED) {
        began(book, event, at);
        return;
    }
    if (!talk) {
        return;
    }
    switch (event->type) {
    case SM_EVENT_CONVERSATION_QUEUED:
    case SM_EVENT_CONVERSATION_ASSIGNED:
    case SM_EVENT_BOT_HANDED_OVER:
        replace(&talk->team, event->team);
        break;
    case SM_EVENT_MESSAGE_POSTED:
        said(book, talk, event, at);
        break;
    case SM_EVENT_CONVERSATION_RATED:
        talk->stars = event->level;
        talk->complaint = event->flag;
        talk->answered = talk->excused = FALSE;
        g_free(talk->comment);
        talk->comment = g_strdup(event->text);
        break;
    case SM_EVENT_RATING_ANSWERED:
        talk->answered = TRUE;
        break;
    case SM_EVENT_RATING_EXCUSED:
        talk->excused = TRUE;
        break;
    case SM_EVENT_CONVERSATION_RESOLVED:
    case SM_EVENT_CONVERSATION_ABANDONED:
        ended(talk, at);
        break;
    case SM_EVENT_CONVERSATION_REOPENED:
        talk->ended = -1;
        break;
    case SM_EVENT_CONVERSATION_ARCHIVED:
        if (!inside(book, talk->ended) || !talk->agent) {
            g_hash_table_remove(book->talks, event->conversation); /* never in a sample */
        }
        break;
    default:
        break;
    }
}

static gboolean wished(const SmReviewBook *book, const char *team, const char *agent)
{
    return (!book->team || g_strcmp0(book->team, team) == 0) && (!book->agent || g_strcmp0(book->agent, agent) == 0);
}

static void gave(SmReviewBook *book, const SmEvent *event, int64_t at)
{
    if (!inside(book, at) || !wished(book, event->team, event->agent)) {
        return;
    }
    Given *given = g_new0(Given, 1);
    given->at = at;
    given->conversation = g_strdup(event->conversation);
    given->team = g_strdup(event->team);
    given->agent = g_strdup(event->agent);
    given->by = g_strdup(event->by);
    given->text = g_strdup(event->text);
    given->message = g_strdup(event->message);
    given->score = event->level;
    given->marks = json_incref(event->data);
    g_ptr_array_add(book->given, given);
    if (given->message) {
        return;
    }
    char *key = g_strdup_printf("%s\n%s\n%s", given->conversation, given->agent, given->by);
    Given *before = g_hash_table_lookup(book->latest, key);
    if (before) {
        before->replaced = TRUE;
    }
    g_hash_table_replace(book->latest, key, given);
    GPtrArray *of = g_hash_table_lookup(book->of, given->conversation);
    if (!of) {
        of = g_ptr_array_new();
        g_hash_table_insert(book->of, given->conversation, of);
    }
    g_ptr_array_add(of, given);
}

void sm_review_book_record(SmReviewBook *book, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type == SM_EVENT_REVIEW_GIVEN || event->type == SM_EVENT_REVIEW_COMMENTED) {
            gave(book, event, record->at);
        } else if (book->wish.sample) {
            follow(book, event, record->at);
        }
    }
}

/* --- A sample ----------------------------------------------------------------------------------
 */

static gint by_place(gconstpointer a, gconstpointer b)
{
    const Talk *x = *(Talk *const *)a, *y = *(Talk *const *)b;

    return x->place < y->place ? -1 : x->place > y->place;
}

static gint by_wish(gconstpointer a, gconstpointer b, gpointer user)
{
    const SmReviewBook *book = user;
    const Talk *x = *(Talk *const *)a, *y = *(Talk *const *)b;
    int64_t by = 0;

    if (book->wish.how == SM_SAMPLE_WAIT) {
        by = y->wait - x->wait;
    } else if (book->wish.how == SM_SAMPLE_RATING || book->wish.how == SM_SAMPLE_COMPLAINT) {
        by = x->stars - y->stars;
    } else if (book->wish.how == SM_SAMPLE_WORDS) {
        by = (int64_t)y->hits - (int64_t)x->hits;
    }
    return by ? (by < 0 ? -1 : 1) : by_place(a, b);
}

static gboolean is_candidate(const SmReviewBook *book, const Talk *talk, SmReviewKeep keep, void *user)
{
    switch (book->wish.how) {
    case SM_SAMPLE_WAIT:
        if (talk->wait < 0) {
            return FALSE;
        }
        break;
    case SM_SAMPLE_RATING:
        if (talk->stars < 1 || talk->stars > LOW_STARS) {
            return FALSE;
        }
        break;
    case SM_SAMPLE_WORDS:
        if (talk->hits == 0) {
            return FALSE;
        }
        break;
    case SM_SAMPLE_COMPLAINT:
        if (!talk->complaint) {
            return FALSE;
        }
        break;
    case SM_SAMPLE_RANDOM:
        break;
    }
    return talk->ended >= 0 && inside(book, talk->ended) && talk->agent && wished(book, talk->team, talk->agent) &&
           (!keep || keep(talk->team, talk->agent, NULL, user));
}

static void shuffle(GPtrArray *list, guint64 seed)
{
    g_autoptr(SmRng) rng = sm_rng_new(seed);

    for (guint i = list->len; i > 1; i--) {
        guint k = sm_rng_below(rng, i);
        gpointer other = list->pdata[i - 1];
        list->pdata[i - 1] = list->pdata[k];
        list->pdata[k] = other;
    }
}

static gboolean is_own(const Given *given)
{
    return g_strcmp0(given->by, given->agent) == 0;
}

static guint reviews_of(const SmReviewBook *book, const char *conversation)
{
    const GPtrArray *of = g_hash_table_lookup(book->of, conversation);
    guint n = 0;

    for (guint i = 0; of && i < of->len; i++) {
        const Given *given = of->pdata[i];
        n += !given->replaced && !is_own(given);
    }
    return n;
}

static json_t *talk_json(const SmReviewBook *book, const Talk *talk)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:I}", "conversation", talk->id, "team", talk->team, "inbox",
                             talk->inbox, "agent", talk->agent, "started", (json_int_t)talk->started, "ended", (json_int_t)talk->ended,
                             "messages", (json_int_t)talk->messages, "words", sm_json_texts(talk->words), "reviews",
                             (json_int_t)reviews_of(book, talk->id));

    if (talk->wait >= 0) {
        json_object_set_new(json, "wait", json_integer(talk->wait));
    }
    if (talk->stars > 0) {
        json_object_set_new(json, "stars", json_integer(talk->stars));
        json_object_set_new(json, "complaint", json_boolean(talk->complaint));
        json_object_set_new(json, "answered", json_boolean(talk->answered));
        json_object_set_new(json, "excused", json_boolean(talk->excused));
        sm_json_set_str(json, "comment", talk->comment);
    }
    return json;
}

json_t *sm_review_book_sample(const SmReviewBook *book, SmReviewKeep keep, void *user)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    json_t *conversations = json_array();
    GHashTableIter iter;
    gpointer talk;

    g_hash_table_iter_init(&iter, book->talks); /* sorted below */
    while (g_hash_table_iter_next(&iter, NULL, &talk)) {
        if (is_candidate(book, talk, keep, user)) {
            g_ptr_array_add(list, talk);
        }
    }
    g_ptr_array_sort(list, by_place);
    if (book->wish.how == SM_SAMPLE_RANDOM) {
        shuffle(list, book->wish.seed);
    } else {
        g_ptr_array_sort_with_data(list, by_wish, (gpointer)book);
    }
    for (guint i = 0; i < list->len && i < MIN(book->wish.n, SM_SAMPLE_MOST); i++) {
        json_array_append_new(conversations, talk_json(book, list->pdata[i]));
    }
    return json_pack("{s:I, s:o}", "of", (json_int_t)list->len, "conversations", conversations);
}

/* --- What was given ----------------------------------------------------------------------------
 */

static gboolean shown(const Given *given, SmReviewKeep keep, void *user)
{
    return !given->replaced && (!keep || keep(given->team, given->agent, given->by, user));
}

static json_t *given_json(const Given *given)
{
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:s}", "at", (json_int_t)given->at, "conversation", given->conversation, "team",
                             given->team, "agent", given->agent, "by", given->by);

    if (given->message) {
        json_object_set_new(json, "message", json_string(given->message));
    } else {
        json_object_set_new(json, "own", json_boolean(is_own(given)));
        json_object_set_new(json, "score", json_integer(given->score));
        json_object_set(json, "marks", given->marks);
    }
    if (given->text) {
        json_object_set_new(json, "text", json_string(given->text));
    }
    return json;
}

json_t *sm_review_book_given(const SmReviewBook *book, SmReviewKeep keep, void *user)
{
    json_t *reviews = json_array(), *comments = json_array();

    for (guint i = 0; i < book->given->len; i++) {
        const Given *given = book->given->pdata[i];
        if (shown(given, keep, user)) {
            json_array_append_new(given->message ? comments : reviews, given_json(given));
        }
    }
    return json_pack("{s:o, s:o}", "reviews", reviews, "comments", comments);
}

/* --- Calibration -------------------------------------------------------------------------------
 */

typedef struct {
    const char *who;
    int64_t n, sum;
} Bias;

static Bias *bias_of(GPtrArray *all, const char *who)
{
    for (guint i = 0; i < all->len; i++) {
        Bias *bias = all->pdata[i];
        if (g_strcmp0(bias->who, who) == 0) {
            return bias;
        }
    }
    Bias *bias = g_new0(Bias, 1);
    bias->who = who;
    g_ptr_array_add(all, bias);
    return bias;
}

static int64_t mean(int64_t sum, int64_t n)
{
    return (2 * sum + (sum < 0 ? -n : n)) / (2 * n);
}

static gint by_mean(gconstpointer a, gconstpointer b)
{
    const Bias *x = *(Bias *const *)a, *y = *(Bias *const *)b;
    int64_t mx = mean(x->sum, x->n), my = mean(y->sum, y->n);

    return mx != my ? (mx < my ? -1 : 1) : strcmp(x->who, y->who);
}

static json_t *biases_json(GPtrArray *all, const char *key)
{
    json_t *list = json_array();

    g_ptr_array_sort(all, by_mean);
    for (guint i = 0; i < all->len; i++) {
        const Bias *bias = all->pdata[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", key, bias->who, "n", (json_int_t)bias->n, "difference",
                                              (json_int_t)mean(bias->sum, bias->n)));
    }
    return list;
}

/* Of the same conversation's: of the same agent, by somebody else, and not by the agent. */
static gboolean beside(const Given *given, const Given *other)
{
    return other != given && !other->replaced && !is_own(other) && g_strcmp0(other->agent, given->agent) == 0;
}

static void compare_marks(const Given *a, const Given *b, int64_t *n, int64_t *same)
{
    const char *key;
    json_t *mark;

    json_object_foreach(a->marks, key, mark)
    {
        const json_t *other = json_object_get(b->marks, key);
        if (other) {
            ++*n;
            *same += json_equal(mark, other);
        }
    }
}

json_t *sm_review_book_calibration(const SmReviewBook *book, SmReviewKeep keep, void *user)
{
    g_autoptr(GPtrArray) reviewers = g_ptr_array_new_with_free_func(g_free), agents = g_ptr_array_new_with_free_func(g_free);
    int64_t compared = 0, same = 0;

    for (guint i = 0; i < book->given->len; i++) {
        const Given *given = book->given->pdata[i];
        int64_t others = 0, sum = 0;
        if (given->message || !shown(given, keep, user)) {
            continue;
        }
        const GPtrArray *of = g_hash_table_lookup(book->of, given->conversation);
        gboolean passed = FALSE;
        for (guint k = 0; k < of->len; k++) {
            const Given *other = of->pdata[k];
            passed |= other == given;
            if (!beside(given, other)) {
                continue;
            }
            others++;
            sum += other->score;
            if (!is_own(given) && passed) { /* each pair once */
                compare_marks(given, other, &compared, &same);
            }
        }
        if (others > 0) {
            Bias *bias = is_own(given) ? bias_of(agents, given->agent) : bias_of(reviewers, given->by);
            bias->n++;
            bias->sum += given->score - mean(sum, others);
        }
    }
    return json_pack("{s:o, s:{s:I, s:I}, s:o}", "reviewers", biases_json(reviewers, "by"), "agreement", "n", (json_int_t)compared,
                     "same", (json_int_t)same, "own", biases_json(agents, "agent"));
}

json_t *sm_review_book_mean(const SmReviewBook *book, gboolean agent, const char *id)
{
    int64_t n[2] = {0}, sum[2] = {0};

    for (guint i = 0; i < book->given->len; i++) {
        const Given *given = book->given->pdata[i];
        if (!given->message && !given->replaced && (!id || g_strcmp0(agent ? given->agent : given->team, id) == 0)) {
            n[is_own(given)]++;
            sum[is_own(given)] += given->score;
        }
    }
    if (n[0] + n[1] == 0) {
        return NULL;
    }
    json_t *json = json_pack("{s:I, s:I}", "n", (json_int_t)n[0], "own_n", (json_int_t)n[1]);
    if (n[0] > 0) {
        json_object_set_new(json, "mean", json_integer(mean(sum[0], n[0])));
    }
    if (n[1] > 0) {
        json_object_set_new(json, "own_mean", json_integer(mean(sum[1], n[1])));
    }
    return json;
}
