/* SPDX-License-Identifier: MIT */
/* popups_review: how conversations were handled. A list of those to look at, or of what was given; then one of them whole, with the
 * form below it: the same rows for a reviewer and for the agent whose work it is. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "app/supervise.h"
#include "seatmux/desk/review.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

/* What is being reviewed. */
struct SmReviewing {
    char *conversation, *agent;
    json_t *answer; /* of the desk: lines, reviews, comments */
    json_t *marks;  /* points by criterion */
    char *text;     /* NULL: nothing said */
    char *message;  /* that a comment is being written on; NULL */
};

void sm_reviewing_free(SmReviewing *r)
{
    if (r != NULL) {
        g_free(r->conversation);
        g_free(r->agent);
        json_decref(r->answer);
        json_decref(r->marks);
        g_free(r->text);
        g_free(r->message);
        g_free(r);
    }
}

static const SmPolicy *policy_of(SmApp *app)
{
    return sm_desk_policy(sm_client_desk(app->client));
}

/* --- Which ones ----------------------------------------------------------------------------------
 */

static void sample_row(SmApp *app, const json_t *row)
{
    g_autofree char *value = g_strdup_printf("%s %s", sm_json_str(row, "conversation", ""), sm_json_str(row, "agent", ""));
    g_autofree char *ended = sm_text_local(sm_json_int(row, "ended", 0), "%m-%d %H:%M");
    g_autofree char *reviews = g_strdup_printf("%d", (int)sm_json_int(row, "reviews", 0));
    g_autoptr(GString) words = g_string_new(NULL);
    SmPopupRow *shown = sm_popup_row(app, value);
    char wait[32] = "-", stars[8] = "-";
    size_t i;
    json_t *word;

    if (sm_json_int(row, "wait", -1) >= 0)
        sm_text_duration(wait, sizeof wait, sm_json_int(row, "wait", 0));
    if (sm_json_int(row, "stars", 0) > 0)
        g_snprintf(stars, sizeof stars, "%d/5%s", (int)CLAMP(sm_json_int(row, "stars", 0), 0, 5),
                   sm_json_bool(row, "complaint", FALSE) ? "!" : "");
    json_array_foreach(json_object_get(row, "words"), i, word)
        g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", json_string_value(word));
    sm_popup_label(shown, 0, ended);
    sm_popup_cell(shown, 1, sm_safe_screen_line(sm_json_str(row, "agent", ""), -1));
    sm_popup_cell(shown, 2, sm_safe_screen_line(sm_json_str(row, "team", ""), -1));
    sm_popup_label(shown, 3, wait);
    sm_popup_label(shown, 4, stars);
    sm_popup_label(shown, 5, reviews);
    if (json_object_get(row, "comment") != NULL)
        g_string_append_printf(words, "%s%s", words->len > 0 ? "  " : "", sm_json_str(row, "comment", ""));
    sm_popup_cell(shown, 6, sm_safe_screen_line(words->str, -1));
}

static void fill_sample(SmApp *app, const char *typed)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(app->review_list, "conversations"), i, row) sample_row(app, row);
    sm_popup_match(app, typed, FALSE);
}

static void given_row(SmApp *app, const json_t *row)
{
    g_autofree char *value = g_strdup_printf("%s %s", sm_json_str(row, "conversation", ""), sm_json_str(row, "agent", ""));
    g_autofree char *at = sm_text_local(sm_json_int(row, "at", 0), "%m-%d %H:%M");
    SmPopupRow *shown = sm_popup_row(app, value);

    sm_popup_label(shown, 0, at);
    sm_popup_cell(shown, 1, sm_safe_screen_line(sm_json_str(row, "agent", ""), -1));
    sm_popup_cell(shown, 2, sm_safe_screen_line(sm_json_str(row, "by", ""), -1));
    if (json_object_get(row, "score") != NULL)
        sm_popup_cell(shown, 3, sm_percent_words(sm_json_int(row, "score", 0)));
    sm_popup_cell(shown, 6, sm_safe_screen_line(sm_json_str(row, "text", ""), -1));
}

static void fill_given(SmApp *app, const char *typed)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(app->review_list, "reviews"), i, row) given_row(app, row);
    json_array_foreach(json_object_get(app->review_list, "comments"), i, row) given_row(app, row);
    sm_popup_match(app, typed, FALSE);
}

static void fill_calibration(SmApp *app, const char *typed)
{
    const json_t *agreement = json_object_get(app->review_list, "agreement");
    SmPopupRow *shown = sm_popup_row(app, NULL);
    size_t i;
    json_t *row;

    sm_popup_cell(shown, 6, sm_safe_format(_("the same marks: %d of %d"), (int)sm_json_int(agreement, "same", 0),
                                           (int)sm_json_int(agreement, "n", 0)));
    for (int own = 0; own < 2; own++)
        json_array_foreach(json_object_get(app->review_list, own ? "own" : "reviewers"), i, row)
        {
            int64_t by = sm_json_int(row, "difference", 0);
            g_autofree char *number = g_strdup_printf("%+d.%d", (int)(by / 10), (int)ABS(by % 10));
            shown = sm_popup_row(app, NULL);
            sm_popup_cell(shown, 1, sm_safe_screen_line(sm_json_str(row, own ? "agent" : "by", ""), -1));
            sm_popup_label(shown, 3, number);
            sm_popup_label(shown, 6, own ? _("on the own work") : by < 0 ? _("stricter than the others") : _("milder than the others"));
        }
}

static void choose_conversation(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *command = value != NULL ? g_strdup_printf("review %s", value) : NULL;

    if (command == NULL)
        return;
    sm_popup_close(app);
    sm_app_run(app, command);
}

static const SmPopupOps sample_ops = {.refill = fill_sample, .choose = choose_conversation};
static const SmPopupOps given_ops = {.refill = fill_given, .choose = choose_conversation};
static const SmPopupOps calibration_ops = {.refill = fill_calibration};

static void open_list(SmApp *app, const SmPopupOps *ops, const char *title, gboolean sample)
{
    sm_popup_open(app, SM_POPUP_LIST, ops, title, ops->choose != NULL ? _("find>") : NULL);
    sm_popup_heading(app, 0, _("TIME"), 11);
    sm_popup_heading(app, 1, _("AGENT"), 12);
    sm_popup_heading(app, 2, sample ? _("QUEUE") : _("BY"), 12);
    sm_popup_heading(app, 3, sample ? _("WAIT") : _("SCORE"), 8);
    sm_popup_heading(app, 4, sample ? _("STARS") : NULL, sample ? 5 : 0);
    sm_popup_heading(app, 5, sample ? _("REVIEWS") : NULL, sample ? 7 : 0);
    sm_popup_heading(app, 6, sample ? _("WORDS") : _("WHAT WAS SAID"), -1);
    sm_popup_footer(app, ops->choose != NULL ? _("Enter reads it   Esc close") : _("Esc close"));
    sm_popup_refill(app);
}

static void listed(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *what)
{
    gboolean sample = strcmp(what, "sample") == 0, given = strcmp(what, "given") == 0;

    if (!ok || sm_app_is_late(app))
        return;
    json_decref(app->review_list);
    app->review_list = json_incref((json_t *)body);
    gsize n = json_array_size(json_object_get(body, "conversations")) + json_array_size(json_object_get(body, "reviews")) +
              json_array_size(json_object_get(body, "comments"));
    if ((sample || given) && n == 0)
        sm_app_sayf(app, FALSE, sample ? _("No conversation of the last 30 days fits.") : _("Nothing was reviewed in the last 30 days."));
    else if (sample)
        open_list(app, &sample_ops, _("conversations to look at"), TRUE);
    else
        open_list(app, given ? &given_ops : &calibration_ops, given ? _("reviews") : _("how far reviewers agree"), FALSE);
}

static void ask_list(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 2);
    gboolean sample = strcmp(words[0], "given") != 0 && strcmp(words[0], "calibration") != 0;
    g_autofree char *seed = words[1] != NULL ? sm_url_escape(words[1]) : g_strdup("1");
    g_autofree char *target = sample ? g_strdup_printf("/v1/reviews?what=sample&how=%s&n=30&seed=%s", words[0], seed)
                                     : g_strdup_printf("/v1/reviews?what=%s", words[0]);

    sm_app_ask_read(app, target, sample ? "sample" : words[0], listed);
}

void sm_do_reviews(SmApp *app, const char *args)
{
    SmSampleHow how;
    g_autofree char *first = g_strndup(args, strcspn(args, " "));
    g_autoptr(GString) choices = g_string_new(NULL);

    if (strcmp(first, "given") == 0 || strcmp(first, "calibration") == 0 || sm_sample_parse(first, &how)) {
        ask_list(app, args);
        return;
    }
    g_string_append_printf(choices, "random\t%s\nwait\t%s\nrating\t%s\ncomplaint\t%s\nwords\t%s\ngiven\t%s\n", _("any, by chance"),
                           _("those who waited longest for an answer"), _("one to three stars"), _("with a complaint"),
                           _("with a word of the word lists"), _("what was reviewed"));
    if (sm_policy_may(policy_of(app), sm_app_my_agent(app)->role, SM_MAY_REVIEW))
        g_string_append_printf(choices, "calibration\t%s\n", _("how far reviewers agree"));
    sm_choice_open(app, "reviews", _("reviews: which conversations?"), _("find>"), choices->str, SM_CHOICE_LISTED);
}

const char *sm_why_no_reviews(SmApp *app)
{
    return sm_app_my_agent(app) != NULL ? NULL : _("The desk has not said yet who you are.");
}

/* --- One of them ---------------------------------------------------------------------------------
 */

static const SmCriterion *criterion_of(SmApp *app, const char *value)
{
    return value != NULL && g_str_has_prefix(value, "c:") ? sm_review_criterion(policy_of(app), value + 2) : NULL;
}

/* What the customer thought of it, and what was answered to that. */
static void rating_row(SmApp *app, const json_t *line)
{
    const char *event = sm_json_str(line, "event", "");
    gboolean rated = strcmp(event, "conversation.rated") == 0;
    if (!rated && strcmp(event, "rating.answered") != 0)
        return;
    g_autoptr(SmSafe) text = sm_safe_screen_line(sm_json_str(line, "text", json_object_get(line, "content") ? _("(erased)") : ""), -1);
    SmPopupRow *row = sm_popup_row(app, NULL);

    sm_popup_label(row, 1, rated ? _("rating") : _("answer"));
    if (rated)
        sm_popup_cell(row, 2, sm_safe_format(sm_json_bool(line, "complaint", FALSE) ? _("%d of 5, a complaint  %S") : _("%d of 5  %S"),
                                             (int)sm_json_int(line, "level", 0), text));
    else
        sm_popup_cell(row, 2, sm_safe_ref(text));
}

static void line_row(SmApp *app, const json_t *line)
{
    const char *kind = sm_json_str(line, "kind", ""), *author = sm_json_str(line, "author", ""), *id = sm_json_str(line, "id", NULL);
    if (strcmp(kind, "event") == 0) { /* who had it is said above; what was said is what is looked at */
        rating_row(app, line);
        return;
    }
    gboolean message = strcmp(kind, "message") == 0, staff = message && strcmp(author, "agent") == 0;
    g_autofree char *value = staff && id != NULL ? g_strdup_printf("m:%s", id) : NULL;
    g_autofree char *at = sm_text_local(sm_json_int(line, "at", 0), "%H:%M");
    SmPopupRow *row = sm_popup_row(app, value);

    sm_popup_label(row, 0, at);
    if (staff)
        sm_popup_cell(row, 1, sm_safe_screen_line(sm_json_str(line, "name", sm_json_str(line, "agent", "")), -1));
    else
        sm_popup_label(row, 1, message ? _(author) : _(kind));
    sm_popup_cell(row, 2, sm_safe_screen_line(sm_json_str(line, "text", _("(erased)")), -1));
    row->dim = !message;
}

static void criterion_row(SmApp *app, const SmCriterion *one)
{
    const json_t *mark = json_object_get(app->reviewing->marks, one->id);
    g_autofree char *value = g_strdup_printf("c:%s", one->id);
    g_autofree char *points = mark != NULL ? g_strdup_printf("%d/%d", (int)json_integer_value(mark), one->points)
                                           : g_strdup_printf("-/%d", one->points);
    SmPopupRow *row = sm_popup_row(app, value);

    sm_popup_label(row, 0, points);
    sm_popup_cell(row, 1, sm_safe_screen_line(one->id, -1));
    sm_popup_cell(row, 2, sm_safe_screen_line(_(one->text), -1));
}

static void before_row(SmApp *app, const json_t *review)
{
    SmPopupRow *row = sm_popup_row(app, NULL);
    g_autoptr(SmSafe) by = sm_safe_screen_line(sm_json_str(review, "by", ""), -1);
    g_autoptr(SmSafe) text = sm_safe_screen_line(sm_json_str(review, "text", ""), -1);
    g_autoptr(SmSafe) score = sm_percent_words(sm_json_int(review, "score", 0));

    sm_popup_cell(row, 1, sm_safe_ref(by));
    if (json_object_get(review, "score") != NULL)
        sm_popup_cell(row, 2, sm_safe_format("%S  %S", score, text));
    else
        sm_popup_cell(row, 2, sm_safe_format(_("on a message: %S"), text));
}

static gboolean is_rated(const json_t *answer)
{
    size_t i;
    json_t *line;

    json_array_foreach(json_object_get(answer, "lines"), i, line) if (sm_json_int(line, "level", 0) > 0 &&
                                                                      strcmp(sm_json_str(line, "event", ""), "conversation.rated") == 0)
        return TRUE;
    return FALSE;
}

/* What can be done about a rating. */
static void rating_rows(SmApp *app)
{
    if (!is_rated(app->reviewing->answer))
        return;
    SmPopupRow *row = sm_popup_row(app, "answer");
    sm_popup_label(row, 1, _("answer"));
    sm_popup_label(row, 2, _("Enter says something to the customer about the rating"));
    if (!sm_policy_may(policy_of(app), sm_app_my_agent(app)->role, SM_MAY_ASSIGN_OTHERS))
        return;
    row = sm_popup_row(app, "excuse");
    sm_popup_label(row, 1, _("excuse"));
    sm_popup_label(row, 2, _("Enter leaves the rating out of the figures, with a reason"));
}

static void form_rows(SmApp *app)
{
    SmReviewing *r = app->reviewing;
    const SmPolicy *policy = policy_of(app);
    int64_t score = sm_review_score(policy, r->marks);
    gboolean own = g_strcmp0(r->agent, sm_app_me(app)) == 0;

    sm_popup_section(app, 0, sm_safe_from_literal(own ? _("your own marks") : _("form: digits mark, - takes it off")));
    for (guint i = 0; i < policy->form->len; i++)
        criterion_row(app, policy->form->pdata[i]);
    SmPopupRow *row = sm_popup_row(app, "text");
    sm_popup_label(row, 1, _("words"));
    sm_popup_cell(row, 2, sm_safe_screen_line(r->text != NULL ? r->text : _("none; Enter writes them"), -1));
    row = sm_popup_row(app, "give");
    sm_popup_label(row, 1, _("give it"));
    sm_popup_cell(row, 2, score >= 0 ? sm_percent_words(score) : sm_safe_from_literal(_("mark one line at least")));
    row->dim = score < 0;
}

static void fill_review(SmApp *app, const char *typed)
{
    const json_t *answer = app->reviewing->answer, *reviews = json_object_get(answer, "reviews"),
                 *comments = json_object_get(answer, "comments");
    size_t i;
    json_t *one;

    json_array_foreach(json_object_get(answer, "lines"), i, one) line_row(app, one);
    rating_rows(app);
    form_rows(app);
    if (json_array_size(reviews) + json_array_size(comments) > 0)
        sm_popup_section(app, 0, sm_safe_from_literal(_("given before")));
    json_array_foreach(reviews, i, one) before_row(app, one);
    json_array_foreach(comments, i, one) before_row(app, one);
}

/* The line under the cursor whole. */
static void show_line(SmApp *app)
{
    SmPopupRow *row = sm_popup_selected(app);

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    if (row != NULL && row->cells[2] != NULL)
        app->popup.detail = sm_safe_ref(row->cells[2]);
}

static gboolean mark(SmApp *app, const char *utf8)
{
    SmPopupRow *row = sm_popup_selected(app);
    const SmCriterion *one = criterion_of(app, row != NULL ? row->value : NULL);
    gunichar c = sm_keys_fold(g_utf8_get_char(utf8));

    if (one == NULL)
        return TRUE;
    if (c >= '0' && c <= '9')
        json_object_set_new(app->reviewing->marks, one->id, json_integer(MIN((int)(c - '0'), one->points)));
    else if (c == '-')
        json_object_del(app->reviewing->marks, one->id);
    else
        return TRUE;
    sm_popup_refill(app);
    if (c != '-')
        sm_popup_move(app, 1);
    return TRUE;
}

static void gave(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("Kept: the agent sees it, and the report counts it."));
}

static void give(SmApp *app)
{
    SmReviewing *r = app->reviewing;
    SmCommand command = {.type = SM_COMMAND_REVIEW, .conversation = r->conversation, .agent = r->agent, .data = r->marks,
                         .text = r->text, .seen = -1};

    if (json_object_size(r->marks) == 0) {
        sm_app_sayf(app, TRUE, _("Mark one line at least."));
        return;
    }
    sm_app_ask(app, &command, gave);
    sm_popup_close(app);
}

static void choose_review(SmApp *app, const char *value, const char *typed)
{
    SmReviewing *r = app->reviewing;

    if (value == NULL)
        return;
    if (strcmp(value, "give") == 0) {
        give(app);
    } else if (strcmp(value, "answer") == 0) {
        sm_ask_open(app, "rating-answer", _("what is to be said to the customer about the rating?"), _("words>"));
    } else if (strcmp(value, "excuse") == 0) {
        sm_ask_open(app, "rating-excuse", _("why does the rating not count?"), _("reason>"));
    } else if (strcmp(value, "text") == 0) {
        sm_ask_open(app, "review-words", _("what is to be said about it?"), _("words>"));
        if (r->text != NULL)
            sm_editor_set_text(app->popup.filter, r->text);
    } else if (g_str_has_prefix(value, "m:")) {
        g_free(r->message);
        r->message = g_strdup(value + 2);
        sm_ask_open(app, "review-comment", _("what is to be said about this message?"), _("words>"));
    }
}

static const SmPopupOps review_ops = {.refill = fill_review, .choose = choose_review, .moved = show_line, .text = mark};

static void open_review(SmApp *app)
{
    g_autoptr(SmSafe) agent = sm_safe_screen_line(app->reviewing->agent, -1);

    sm_popup_open(app, SM_POPUP_HELP, &review_ops, "", NULL);
    sm_safe_unref(app->popup.title);
    app->popup.title = sm_safe_format(_("review: a conversation of %S"), agent);
    app->popup.widths[0] = 6;
    app->popup.widths[1] = 12;
    app->popup.widths[2] = -1;
    sm_popup_footer(app, _("Enter comments, marks, gives   digits mark a line   Esc close"));
    sm_popup_refill(app);
}

static void read_one(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *what)
{
    g_auto(GStrv) parts = g_strsplit(what, " ", 2);

    if (!ok || sm_app_is_late(app))
        return;
    sm_reviewing_free(app->reviewing);
    SmReviewing *r = app->reviewing = g_new0(SmReviewing, 1);
    r->conversation = g_strdup(parts[0]);
    r->agent = g_strdup(parts[1]);
    r->answer = json_incref((json_t *)body);
    r->marks = json_object();
    open_review(app);
}

void sm_do_review(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 2);
    g_autofree char *id = words[0] != NULL ? sm_url_escape(words[0]) : NULL;
    g_autofree char *target = g_strdup_printf("/v1/reviews/%s", id != NULL ? id : "");
    g_autofree char *what = g_strdup_printf("%s %s", words[0] != NULL ? words[0] : "",
                                            words[0] != NULL && words[1] != NULL ? words[1] : sm_app_me(app));

    if (*args == '\0')
        sm_do_reviews(app, "given");
    else
        sm_app_ask_read(app, target, what, read_one);
}

void sm_do_review_words(SmApp *app, const char *args)
{
    if (app->reviewing == NULL)
        return;
    g_free(app->reviewing->text);
    app->reviewing->text = g_strdup(args);
    open_review(app);
    sm_popup_select(app, (int)app->popup.rows->len - 1);
}

static void commented(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("The comment is kept."));
}

void sm_do_review_comment(SmApp *app, const char *args)
{
    SmReviewing *r = app->reviewing;

    if (r == NULL || r->message == NULL)
        return;
    SmCommand command = {.type = SM_COMMAND_REVIEW_COMMENT, .conversation = r->conversation, .agent = r->agent,
                         .message = r->message, .text = args, .seen = -1};
    sm_app_ask(app, &command, commented);
    open_review(app);
}

const char *sm_why_no_review(SmApp *app)
{
    return app->reviewing != NULL ? NULL : _("No conversation is being reviewed.");
}

/* --- The rating ----------------------------------------------------------------------------------
 */

/* Of the conversation under review, else of the chat in front. */
static const char *rated_one(SmApp *app)
{
    const SmOwnChat *chat = sm_app_here(app);

    return app->reviewing != NULL ? app->reviewing->conversation : chat != NULL ? chat->id : NULL;
}

const char *sm_why_no_rating(SmApp *app)
{
    return rated_one(app) != NULL ? NULL : _("No conversation is being reviewed, and no chat is in front.");
}

static void answered(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("The customer sees the answer at the next visit."));
}

void sm_do_rating_answer(SmApp *app, const char *args)
{
    SmCommand command = {.type = SM_COMMAND_ANSWER_RATING, .conversation = rated_one(app), .text = args, .seen = -1};

    sm_app_ask(app, &command, answered);
}

static void excused(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("The rating does not count; it stays to be read."));
}

void sm_do_rating_excuse(SmApp *app, const char *args)
{
    SmCommand command = {.type = SM_COMMAND_EXCUSE, .conversation = rated_one(app), .reason = args, .seen = -1};

    sm_app_ask(app, &command, excused);
}
