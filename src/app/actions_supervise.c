/* SPDX-License-Identifier: MIT */
/* actions_supervise: what is done in the queue view. Commands act on the marked chats, else on the
 * one under the cursor; each goes to the desk, which decides, and several end with one sentence of
 * how many were done. */
#include "app/actions.h"
#include "app/supervise.h"

#include <stdlib.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

#define PAGE_ROWS 10
#define MARKS_MOST 200 /* chats that one command acts on */

const char *sm_why_no_supervisor(SmApp *app)
{
    const SmAgent *me = sm_app_my_agent(app);

    return me != NULL && me->role == SM_ROLE_SUPERVISOR ? NULL
                                                        : _("The queue view is for supervisors.");
}

const char *sm_why_no_view(SmApp *app)
{
    return app->supervision != NULL ? NULL : _("The queue view is not open.");
}

const char *sm_why_no_row(SmApp *app)
{
    if (app->supervision == NULL)
        return sm_why_no_view(app);
    return sm_supervise_here(app) != NULL ? NULL : _("There is no chat in this view.");
}

/* --- Looking -----------------------------------------------------------------------------------
 */

void sm_do_supervise(SmApp *app, const char *args)
{
    sm_supervise_open(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_do_queue_close(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;

    if (s->shown.peeked != NULL) {
        g_clear_pointer(&s->shown.peeked, g_free);
    } else {
        sm_supervise_free(app);
        sm_chats_update(app, NULL);
        sm_people_go_on(app);
    }
    sm_app_dirty(app, SM_DIRTY_ALL);
}

static void move(SmApp *app, int by)
{
    sm_supervise_select(app, (int)app->supervision->shown.selected + by);
}

void sm_do_queue_next(SmApp *app, const char *args)
{
    move(app, 1);
}

void sm_do_queue_previous(SmApp *app, const char *args)
{
    move(app, -1);
}

void sm_do_queue_page_down(SmApp *app, const char *args)
{
    move(app, PAGE_ROWS);
}

void sm_do_queue_page_up(SmApp *app, const char *args)
{
    move(app, -PAGE_ROWS);
}

void sm_do_queue_first(SmApp *app, const char *args)
{
    sm_supervise_select(app, 0);
}

void sm_do_queue_last(SmApp *app, const char *args)
{
    sm_supervise_select(app, (int)app->supervision->shown.rows->len - 1);
}

void sm_do_queue_follow(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;

    if (s->shown.following) {
        sm_supervise_select(app, (int)s->shown.selected);
    } else {
        s->shown.following = TRUE;
        sm_supervise_refill(app);
    }
}

void sm_do_queue_sort(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;

    s->shown.sort = (SmSuperviseSort)((s->shown.sort + 1) % SM_SORTS);
    sm_supervise_refill(app);
}

void sm_do_queue_group(SmApp *app, const char *args)
{
    static const char *const words[SM_GROUPINGS] = {"none", "team", "agent", "state"};
    guint next = ((guint)app->supervision->shown.grouping + 1) % SM_GROUPINGS;
    g_autofree char *command = g_strdup_printf("options supervise.group %s", *args != '\0' ? args : words[next]);

    sm_app_run(app, command);
    sm_supervise_refill(app);
}

void sm_do_queue_show(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;
    int n = atoi(args);

    if (n < 0 || (guint)n > s->shown.queues->len) {
        sm_app_sayf(app, FALSE, _("There is no queue %d."), n);
        return;
    }
    s->shown.queue = n;
    sm_supervise_refill(app);
}

void sm_do_queue_filter(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;
    g_autoptr(GString) choices = g_string_new(NULL);

    if (*args != '\0') {
        sm_supervise_filter(app, strcmp(args, "off") == 0 ? "" : args);
        return;
    }
    g_string_append_printf(choices, "off\t%s\n", _("show everything"));
    for (guint i = 0; i < s->kept_filters->len; i++)
        g_string_append_printf(choices, "%s\t%s\n", (const char *)s->kept_filters->pdata[i],
                               _("used before"));
    g_string_append_printf(choices, "state:queued wait>60\t%s\nleft<60\t%s\nagent:none\t%s\n",
                           _("waits for more than a minute"), _("less than a minute left"),
                           _("nobody has it"));
    sm_choice_open(app, "queue-filter", _("filter: what is shown?"), _("filter>"), choices->str,
                   SM_CHOICE_WORDS);
}

void sm_do_queue_mark(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;
    const SmConversation *here = sm_supervise_here(app);

    if (strcmp(args, "none") == 0) {
        g_hash_table_remove_all(s->marked);
    } else if (strcmp(args, "all") == 0) {
        for (guint i = 0; i < s->shown.rows->len && i < MARKS_MOST; i++)
            g_hash_table_add(
                s->marked, g_strdup(((SmSuperviseRow *)s->shown.rows->pdata[i])->conversation->id));
    } else {
        if (!g_hash_table_remove(s->marked, here->id) && g_hash_table_size(s->marked) < MARKS_MOST)
            g_hash_table_add(s->marked, g_strdup(here->id));
        move(app, 1);
        return;
    }
    sm_supervise_refill(app);
}

void sm_do_queue_peek(SmApp *app, const char *args)
{
    SmSupervision *s = app->supervision;
    const SmConversation *here = sm_supervise_here(app);

    g_free(s->shown.peeked);
    s->shown.peeked = g_strdup(here->id);
    sm_chats_need(app, here->id);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

/* Beside what is there: a pane of its own if there is room, so that several can be read at once. */
void sm_do_queue_open(SmApp *app, const char *args)
{
    g_autofree char *id = g_strdup(sm_supervise_here(app)->id);
    SmOwnChat *own = sm_chats_need(app, id);

    sm_supervise_free(app);
    if (own != NULL)
        sm_app_seat(app, own, FALSE);
    sm_app_go_to(app, id);
    g_autofree char *keys = sm_keymap_told(app->keymap, "whisper");
    sm_app_sayf(app, FALSE, _("You read over the shoulder; what you send goes to the customer, %s whispers."), keys);
}

/* --- Whispering --------------------------------------------------------------------------------
 */

static void whisper(SmApp *app, const char *id, const char *words)
{
    const SmConversation *c = sm_chat_conversation(app, id);

    if (g_utf8_strlen(words, -1) > SM_MAX_MESSAGE_CHARS) {
        sm_app_sayf(app, TRUE, _("Too long: at most %d characters."), SM_MAX_MESSAGE_CHARS);
        return;
    }
    if (c != NULL && c->owner == NULL) {
        sm_app_sayf(
            app, TRUE,
            _("Nobody has this chat, so nobody would hear it; assign it first, or write a note."));
        return;
    }
    if (c == NULL || sm_client_send(app->client, id, "whisper", words, -1) == NULL) {
        sm_app_sayf(app, TRUE, _("The whisper was not sent: too much waits already."));
        return;
    }
    g_autoptr(SmSafe) agent = sm_safe_screen_line(c->owner, -1);
    sm_app_sayf(app, FALSE, _("Whispered to %S; the customer does not see it."), agent);
}

void sm_do_queue_whisper(SmApp *app, const char *args)
{
    const SmConversation *here = sm_supervise_here(app);

    if (*args == '\0') {
        sm_ask_open(app, "queue-whisper", _("whisper to the agent"), _("whisper>"));
        return;
    }
    whisper(app, here->id, args);
}

void sm_do_whisper(SmApp *app, const char *args)
{
    if (*args == '\0')
        sm_ask_open(app, "whisper", _("whisper to the staff of this chat"), _("whisper>"));
    else
        whisper(app, sm_app_here(app)->id, args);
}

/* --- Why this one --------------------------------------------------------------------------------
 */

/* "mia: is next; jon: no free place": who gets it first, then the others. */
static char *reasons(const json_t *routing)
{
    const json_t *agents = json_object_get(routing, "agents");
    g_autoptr(GString) first = g_string_new(NULL), others = g_string_new(NULL);
    size_t i;
    json_t *row;

    json_array_foreach(agents, i, row)
    {
        gboolean chosen = json_is_true(json_object_get(row, "chosen"));
        GString *to = chosen ? first : others;
        g_string_append_printf(to, "%s%s: %s", to->len > 0 ? "; " : "", sm_json_str(row, "agent", ""),
                               _(sm_json_str(row, "why", "")));
    }
    return g_strdup_printf("%s%s%s", first->str, first->len > 0 && others->len > 0 ? "; " : "", others->str);
}

static void explained(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    const SmConversation *c = ok ? sm_chat_conversation(app, id) : NULL;
    g_autoptr(SmSafe) name = sm_chat_name(c);

    if (c == NULL)
        return;
    if (strcmp(sm_json_str(body, "mode", "manual"), "manual") == 0) {
        sm_app_sayf(app, FALSE, _("%S: agents claim in this team, the desk gives nothing out."), name);
        return;
    }
    g_autofree char *all = reasons(body);
    g_autoptr(SmSafe) safe = sm_safe_line(all, -1);
    sm_app_sayf(app, FALSE, _("%S: %S"), name, safe);
}

void sm_do_queue_why(SmApp *app, const char *args)
{
    const char *id = sm_supervise_here(app)->id;
    g_autofree char *escaped = sm_url_escape(id);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/routing", escaped);
    sm_app_ask_read(app, target, id, explained);
}

/* --- Acting on several -------------------------------------------------------------------------
 */

static void forget_marks(SmApp *app)
{
    if (app->supervision == NULL)
        return;
    g_hash_table_remove_all(app->supervision->marked);
    sm_supervise_refill(app);
}

/* Refusals say themselves on the message line; what was done is counted when the last answer is
 * there. */
static void acted(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body,
                  const char *id)
{
    app->batch_done += ok;
    if (app->batch_open > 0 && --app->batch_open == 0 &&
        (app->batch_done > 0 || app->batch_all > 1))
        sm_app_sayf(app, app->batch_done < app->batch_all, _("Done: %d of %d."),
                    (int)app->batch_done, (int)app->batch_all);
}

typedef gboolean (*Fill)(SmApp *app, const SmConversation *c, SmCommand *command, const char *args);

static gboolean act(SmApp *app, Fill fill, const char *args)
{
    g_auto(GStrv) ids = sm_supervise_chosen(app);

    if (app->batch_open > 0) {
        sm_app_sayf(app, FALSE, _("The desk still answers what you asked before."));
        return FALSE;
    }
    app->batch_done = app->batch_all = 0;
    for (guint i = 0; ids[i] != NULL && i < MARKS_MOST; i++) {
        const SmConversation *c = sm_chat_conversation(app, ids[i]);
        SmCommand command = {.conversation = ids[i], .seen = -1};
        if (c == NULL || !fill(app, c, &command, args))
            continue;
        app->batch_all++;
        app->batch_open++;
        sm_app_ask(app, &command, acted);
    }
    forget_marks(app);
    return TRUE;
}

static gboolean fill_take_over(SmApp *app, const SmConversation *c, SmCommand *command,
                               const char *args)
{
    command->type = c->owner != NULL ? SM_COMMAND_TAKE_OVER : SM_COMMAND_CLAIM;
    return TRUE;
}

static SmSafe *chosen_words(SmApp *app, const char *one, const char *several)
{
    g_auto(GStrv) ids = sm_supervise_chosen(app);
    guint n = g_strv_length(ids);
    g_autoptr(SmSafe) name = sm_chat_name(n > 0 ? sm_chat_conversation(app, ids[0]) : NULL);

    return n == 1 ? sm_safe_format(one, name) : sm_safe_format(several, (int)n);
}

void sm_do_queue_take_over(SmApp *app, const char *args)
{
    if (strcmp(args, "now") == 0) {
        act(app, fill_take_over, args);
        return;
    }
    sm_confirm_open(app, "queue-take-over now",
                    chosen_words(app, _("Take over the chat with %S? Its agent loses it."),
                                 _("Take over %d chats? Their agents lose them.")));
}

static gboolean fill_assign(SmApp *app, const SmConversation *c, SmCommand *command,
                            const char *args)
{
    command->type = c->owner != NULL ? SM_COMMAND_TRANSFER : SM_COMMAND_ASSIGN;
    command->agent = args;
    return TRUE;
}

/* Who is online and has room first; the others stand below with the reason. */
static void offer_agents(SmApp *app, const char *action, const char *title, gboolean teams)
{
    SmDesk *desk = sm_client_desk(app->client);
    const GPtrArray *agents = sm_desk_agents(desk);
    const SmPolicy *policy = sm_desk_policy(desk);
    g_autoptr(GString) free_ones = g_string_new(NULL), others = g_string_new(NULL);

    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = agents->pdata[i];
        int room = sm_desk_capacity(desk, agent) - agent->chats;
        gboolean can = agent->availability == SM_AVAILABLE_ONLINE && room > 0;
        sm_choice_agent(can ? free_ones : others, desk, agent);
    }
    g_string_append(free_ones, others->str);
    for (guint i = 0; teams && i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        g_string_append_printf(free_ones, "team:%s\t%s\n", team->id,
                               team->name != NULL ? team->name : team->id);
    }
    sm_choice_open(app, action, title, _("find>"), free_ones->str, SM_CHOICE_WORDS);
}

void sm_do_queue_assign(SmApp *app, const char *args)
{
    if (*args == '\0')
        offer_agents(app, "queue-assign", _("assign to whom?"), FALSE);
    else
        act(app, fill_assign, args);
}

static gboolean fill_requeue(SmApp *app, const SmConversation *c, SmCommand *command,
                             const char *args)
{
    command->type = SM_COMMAND_RELEASE;
    command->reason = args;
    return c->owner != NULL;
}

void sm_do_queue_requeue(SmApp *app, const char *args)
{
    if (*args == '\0')
        sm_ask_open(app, "queue-requeue", _("back to the queue: why?"), _("reason>"));
    else if (g_utf8_strlen(args, -1) > SM_MAX_REASON_CHARS)
        sm_app_sayf(app, TRUE, _("Too long: at most %d characters."), SM_MAX_REASON_CHARS);
    else if (act(app, fill_requeue, args) && app->batch_all == 0)
        sm_app_sayf(app, FALSE, _("Nobody has it; it waits already."));
}

static gboolean fill_transfer(SmApp *app, const SmConversation *c, SmCommand *command,
                              const char *args)
{
    command->type = SM_COMMAND_TRANSFER;
    if (g_str_has_prefix(args, "team:"))
        command->team = args + strlen("team:");
    else
        command->agent = args;
    return TRUE;
}

void sm_do_queue_transfer(SmApp *app, const char *args)
{
    if (*args == '\0')
        offer_agents(app, "queue-transfer", _("transfer to whom?"), TRUE);
    else
        act(app, fill_transfer, args);
}

/* --- Agents ------------------------------------------------------------------------------------
 */

static void offer_availability(SmApp *app, const char *agent)
{
    g_autoptr(GString) choices = g_string_new(NULL);

    for (int a = SM_AVAILABLE_ONLINE; a <= SM_AVAILABLE_OFFLINE; a++)
        g_string_append_printf(choices, "%s\t\t%s\n", sm_availability_name((SmAvailability)a),
                               _(sm_availability_name((SmAvailability)a)));
    g_autofree char *action = g_strdup_printf("queue-agents %s", agent);
    sm_choice_open(app, action, _("availability"), _("find>"), choices->str, SM_CHOICE_WORDS);
}

static void set_availability(SmApp *app, const char *agent, const char *word, const char *reason)
{
    SmCommand command = {
        .type = SM_COMMAND_AVAILABILITY, .agent = agent, .reason = reason, .seen = -1};

    if (!sm_availability_parse(word, &command.availability)) {
        sm_app_sayf(app, TRUE, _("Say online, busy, away or offline."));
        return;
    }
    sm_app_ask(app, &command, NULL);
}

static void load_set(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("Places and share are set."));
}

/* "6 50 back from leave": places, share, and why. */
static void set_load(SmApp *app, const char *agent, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 3);
    guint64 capacity = 0, weight = 0;

    if (g_strv_length(words) < 2 || !g_ascii_string_to_unsigned(words[0], 10, 0, 1000, &capacity, NULL) ||
        !g_ascii_string_to_unsigned(words[1], 10, 0, 10000, &weight, NULL)) {
        sm_app_sayf(app, TRUE, _("Two numbers: places (0: the team's) and share (0: 100), then why."));
        return;
    }
    SmCommand command = {.type = SM_COMMAND_LOAD, .agent = agent, .capacity = (int64_t)capacity,
                         .weight = (int64_t)weight, .reason = words[2], .seen = -1};
    sm_app_ask(app, &command, load_set);
}

void sm_do_queue_load(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 2);
    guint n = g_strv_length(words);

    if (n == 0) {
        offer_agents(app, "queue-load", _("whose places and share?"), FALSE);
    } else if (n == 1) {
        g_autofree char *action = g_strdup_printf("queue-load %s", words[0]);
        sm_ask_open(app, action, _("places, share, why: such as 6 50 back from leave"), _("places share>"));
    } else {
        set_load(app, words[0], words[1]);
    }
}

void sm_do_queue_scorecard(SmApp *app, const char *args)
{
    if (*args == '\0')
        offer_agents(app, "queue-scorecard", _("whose figures?"), FALSE);
    else
        sm_do_scorecard(app, args);
}

void sm_do_queue_agents(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 3);
    guint n = g_strv_length(words);

    if (n == 0) {
        offer_agents(app, "queue-agents", _("agents"), FALSE);
    } else if (n == 1) {
        offer_availability(app, words[0]);
    } else if (n == 2) {
        g_autofree char *action = g_strdup_printf("queue-agents %s", args);
        sm_ask_open(app, action, _("availability: why?"), _("reason>"));
    } else {
        set_availability(app, words[0], words[1], words[2]);
    }
}
