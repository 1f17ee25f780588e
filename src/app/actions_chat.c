/* SPDX-License-Identifier: MIT */
/* actions_chat: what is done with a chat at the desk: accept, resolve, snooze, hand over, tag. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/yaml.h"
#include "seatmux/text/sanitise.h"

const char *sm_why_no_chat(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    return own != NULL && own->chat.conversation != NULL ? NULL : _("No chat in this pane.");
}

const char *sm_why_no_hint(SmApp *app)
{
    if (!app->coach.hint)
        return app->practice ? _("Nobody helps in this shift.") : _("Hints are for practice.");
    return sm_why_no_chat(app);
}

void sm_do_hint(SmApp *app, const char *args)
{
    g_autofree char *hint = app->coach.hint(sm_app_here(app)->id, app->coach.user);
    if (!hint) {
        sm_app_sayf(app, FALSE, _("No hint now: the customer is reading or writing, or about to go."));
        return;
    }
    g_autoptr(SmSafe) words = sm_safe_screen_line(hint, -1);
    sm_app_sayf(app, FALSE, _("Hint: %S"), words);
}

const char *sm_why_not_mine(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    if (own == NULL || own->chat.conversation == NULL)
        return _("No chat in this pane.");
    return own->mine ? NULL : _("This chat is not yours, or it is over.");
}

const char *sm_why_no_waiting(SmApp *app)
{
    return sm_desk_has_rows(sm_client_desk(app->client), sm_client_actor(app->client))
               ? NULL
               : _("Nobody is waiting.");
}

/* Limits of the desk, so that a long text is refused before it leaves. */
static gboolean fits(SmApp *app, const char *text, glong most)
{
    if (g_utf8_strlen(text, -1) <= most)
        return TRUE;
    sm_app_sayf(app, TRUE, _("Too long: at most %d characters."), (int)most);
    return FALSE;
}

void sm_do_accept(SmApp *app, const char *args)
{
    SmCommand command = {.type = SM_COMMAND_CLAIM_NEXT, .seen = -1};

    sm_app_ask(app, &command, NULL);
}

/* --- Resolve
 * --------------------------------------------------------------------------------------- */

static void resolved(SmApp *app, gboolean ok, const char *code, const char *words,
                     const json_t *body, const char *id)
{
    SmOwnChat *own = sm_chats_get(app, id);

    if (ok && own != NULL)
        sm_app_sayf(app, FALSE, _("The chat with %S is resolved."), own->chat.name);
}

/* The log has the English word, so that colleagues of two languages mean the same one. */
static const struct {
    const char *reason, *words;
} reasons[] = {{N_("solved"), N_("the matter is settled")},
               {N_("answered"), N_("the question was answered")},
               {N_("no reply needed"), N_("an open question needs no answer")},
               {N_("duplicate"), N_("the same as another chat")},
               {N_("spam"), N_("not a customer")}};

static const char *reason_of(const char *typed)
{
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (strcmp(typed, _(reasons[i].reason)) == 0)
            return reasons[i].reason;
    return typed;
}

void sm_do_resolve(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (*args == '\0') {
        g_autoptr(GString) choices = g_string_new(NULL);
        for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
            g_string_append_printf(choices, "%s\t%s\t%s\n", reasons[i].reason, _(reasons[i].words), _(reasons[i].reason));
        sm_choice_open(app, "chat-resolve", _("resolve: why?"), _("reason>"), choices->str, SM_CHOICE_WORDS);
        sm_safe_unref(app->popup.title);
        app->popup.title = sm_safe_format(_("resolve the chat with %S: why?"), own->chat.name);
        return;
    }
    if (!fits(app, args, SM_MAX_REASON_CHARS))
        return;
    SmCommand command = {.type = SM_COMMAND_RESOLVE,
                         .conversation = own->id,
                         .reason = reason_of(args),
                         .seen = -1,
                         .no_reply_needed = strcmp(reason_of(args), "no reply needed") == 0};
    sm_app_ask(app, &command, resolved);
}

/* --- Snooze
 * ---------------------------------------------------------------------------------------- */

static void snoozed(SmApp *app, gboolean ok, const char *code, const char *words,
                    const json_t *body, const char *id)
{
    SmOwnChat *own = sm_chats_get(app, id);

    if (ok && own != NULL)
        sm_app_sayf(app, FALSE, _("%S sleeps; a new line wakes the chat."), own->chat.name);
}

void sm_do_snooze(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    int64_t ms = 0;

    if (*args == '\0') {
        g_autofree char *choices = g_strdup_printf(
            "15m\t%s\n30m\t%s\n1h\t%s\n2h\t%s\n4h\t%s\n1d\t%s", _("a quarter of an hour"),
            _("half an hour"), _("an hour"), _("two hours"), _("four hours"), _("until tomorrow"));
        sm_choice_open(app, "chat-snooze", _("snooze: how long?"), _("time>"), choices, SM_CHOICE_TYPED);
        return;
    }
    if (!sm_duration_parse(args, &ms) || ms <= 0) {
        sm_app_sayf(app, TRUE, _("Say a time, as 15m, 2h or 1d."));
        return;
    }
    SmCommand command = {.type = SM_COMMAND_SNOOZE,
                         .conversation = own->id,
                         .until = sm_app_now(app) + ms,
                         .seen = -1};
    sm_app_ask(app, &command, snoozed);
}

/* --- Transfer
 * -------------------------------------------------------------------------------------- */

static void transferred(SmApp *app, gboolean ok, const char *code, const char *words,
                        const json_t *body, const char *id)
{
    SmOwnChat *own = sm_chats_get(app, id);

    if (ok && own != NULL)
        sm_app_sayf(app, FALSE, _("The chat with %S is handed over."), own->chat.name);
}

static void offer_transfer(SmApp *app)
{
    SmDesk *desk = sm_client_desk(app->client);
    const GPtrArray *agents = sm_desk_agents(desk);
    const SmPolicy *policy = sm_desk_policy(desk);
    g_autoptr(GString) choices = g_string_new(NULL);

    for (guint i = 0; i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        g_string_append_printf(choices, "team:%s\t%s\n", team->id, team->name);
    }
    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = agents->pdata[i];
        if (strcmp(agent->id, sm_app_me(app)) != 0 && agent->availability != SM_AVAILABLE_OFFLINE)
            sm_choice_agent(choices, desk, agent);
    }
    sm_choice_open(app, "chat-transfer", _("transfer to whom?"), _("find>"), choices->str, SM_CHOICE_WORDS);
}

char *sm_first_word(const char *args, const char **rest)
{
    gsize n = strcspn(args, " ");

    *rest = args[n] != '\0' ? args + n + 1 : "";
    return g_strndup(args, n);
}

void sm_do_transfer(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    SmDesk *desk = sm_client_desk(app->client);
    const char *summary;
    g_autofree char *whom = sm_first_word(args, &summary);

    if (*args == '\0') {
        offer_transfer(app);
        return;
    }
    if (!fits(app, summary, SM_MAX_REASON_CHARS))
        return;
    SmCommand command = {
        .type = SM_COMMAND_TRANSFER, .conversation = own->id, .text = *summary != '\0' ? summary : NULL, .seen = -1};
    const char *team = g_str_has_prefix(whom, "team:") ? whom + strlen("team:") : whom;
    if (team == whom && sm_desk_agent(desk, whom) != NULL) {
        command.agent = whom;
    } else if (sm_policy_team(sm_desk_policy(desk), team) != NULL) {
        command.team = team;
    } else {
        g_autoptr(SmSafe) shown = sm_safe_screen_line(whom, -1);
        sm_app_sayf(app, TRUE, _("There is no agent or team '%S'."), shown);
        return;
    }
    sm_app_ask(app, &command, transferred);
}

void sm_do_release(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    SmCommand command = {.type = SM_COMMAND_RELEASE, .conversation = own->id, .seen = -1};

    sm_app_ask(app, &command, NULL);
}

/* --- Tags
 * ------------------------------------------------------------------------------------------ */

/* What the desk has and the chat has not, then what it has. */
static void offer_tags(SmApp *app, const SmConversation *c, const SmPolicy *policy)
{
    g_autoptr(GString) choices = g_string_new(NULL);

    for (guint i = 0; i < policy->tags->len; i++)
        if (!g_ptr_array_find_with_equal_func(c->tags, policy->tags->pdata[i], g_str_equal, NULL))
            g_string_append_printf(choices, "%s\t%s\n", (const char *)policy->tags->pdata[i], _("add it"));
    for (guint i = 0; i < c->tags->len; i++)
        g_string_append_printf(choices, "-%s\t%s\n", (const char *)c->tags->pdata[i], _("take it off"));
    sm_choice_open(app, "chat-tags", policy->tags->len > 0 ? _("tags of this desk") : _("tags: write one to add it"), _("tag>"), choices->str, SM_CHOICE_WORDS);
}

/* What the desk would refuse is said here in the reader's language. */
static gboolean is_known_tag(SmApp *app, const SmPolicy *policy, const char *tag)
{
    if (sm_policy_has_tag(policy, tag))
        return TRUE;
    const char *near = sm_policy_near_tag(policy, tag);
    g_autoptr(SmSafe) said = sm_safe_line(tag, -1), meant = sm_safe_line(near ? near : "", -1);
    if (near)
        sm_app_sayf(app, TRUE, _("%S is none of this desk's tags; %S is."), said, meant);
    else
        sm_app_sayf(app, TRUE, _("%S is none of this desk's tags."), said);
    return FALSE;
}

/* Those that stay and those that come. NULL: one is not known, and that was said. */
static json_t *tags_after(SmApp *app, const SmConversation *c, const SmPolicy *policy, char **words)
{
    g_autoptr(json_t) tags = json_array();

    for (guint i = 0; i < c->tags->len; i++) {
        g_autofree char *off = g_strconcat("-", c->tags->pdata[i], NULL);
        if (!g_strv_contains((const char *const *)words, off))
            json_array_append_new(tags, json_string(c->tags->pdata[i]));
    }
    for (guint i = 0; words[i] != NULL; i++) {
        if (*words[i] == '\0' || *words[i] == '-' || g_ptr_array_find_with_equal_func(c->tags, words[i], g_str_equal, NULL))
            continue;
        if (!is_known_tag(app, policy, words[i]))
            return NULL;
        json_array_append_new(tags, json_string(words[i]));
    }
    return g_steal_pointer(&tags);
}

/* The desk takes the whole list. */
void sm_do_tags(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    const SmConversation *c = own->chat.conversation;
    const SmPolicy *policy = sm_desk_policy(sm_client_desk(app->client));
    g_auto(GStrv) words = g_strsplit_set(args, " ,", -1);

    if (*args == '\0') {
        offer_tags(app, c, policy);
        return;
    }
    g_autoptr(json_t) tags = tags_after(app, c, policy, words);
    if (tags == NULL)
        return;
    if (json_array_size(tags) > SM_MAX_TAGS) {
        sm_app_sayf(app, TRUE, _("At most %d tags."), SM_MAX_TAGS);
        return;
    }
    SmCommand command = {.type = SM_COMMAND_TAG, .conversation = own->id, .data = tags, .seen = -1};
    sm_app_ask(app, &command, NULL);
}

/* --- Availability
 * ---------------------------------------------------------------------------------- */

static void available(SmApp *app, gboolean ok, const char *code, const char *words,
                      const json_t *body, const char *id)
{
    const SmAgent *me = sm_app_my_agent(app);

    if (ok && me != NULL)
        sm_app_dirty(app, SM_DIRTY_BAR);
}

void sm_do_availability(SmApp *app, const char *args)
{
    SmAvailability availability;

    if (*args == '\0') {
        g_autofree char *choices = g_strdup_printf("online\t%s\t%s\nbusy\t%s\t%s\naway\t%s\t%s\noffline\t%s\t%s",
                                                   _("takes new chats"), _("online"), _("at work, no new chats"), _("busy"),
                                                   _("back soon, no new chats"), _("away"), _("not at work"), _("offline"));
        sm_choice_open(app, "availability", _("availability"), _("find>"), choices, SM_CHOICE_LISTED);
        return;
    }
    if (!sm_availability_parse(args, &availability)) {
        sm_app_sayf(app, TRUE, _("Say online, busy, away or offline."));
        return;
    }
    SmCommand command = {.type = SM_COMMAND_AVAILABILITY,
                         .agent = sm_app_me(app),
                         .availability = availability,
                         .seen = -1};
    sm_app_ask(app, &command, available);
}

/* --- Looking and copying
 * --------------------------------------------------------------------------- */

static char *last_link(const SmConversation *c)
{
    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        const char *at = NULL;
        for (const char *from = line->text; from != NULL && (from = strstr(from, "://")) != NULL;
             from += 3)
            at = from;
        if (at == NULL)
            continue;
        const char *start = at;
        while (start > line->text && g_ascii_isalpha(start[-1]))
            start--;
        gsize n = strcspn(start, " \t\r\n<>\"'");
        while (n > 0 && strchr(".,;:!?)", start[n - 1]) != NULL)
            n--;
        if (start < at && n > (gsize)(at - start) + 3)
            return g_strndup(start, n);
    }
    return NULL;
}

void sm_do_copy_last(SmApp *app, const char *args)
{
    const SmConversation *c = sm_app_here(app)->chat.conversation;
    g_autofree char *text = last_link(c);

    if (text == NULL)
        text = g_strdup(c->order);
    if (text == NULL) {
        sm_app_sayf(app, FALSE, _("There is no link and no order number in this chat."));
        return;
    }
    g_autoptr(SmSafe) safe = sm_safe_line(text, -1);
    if (sm_app_copy(app, safe))
        sm_app_sayf(app, FALSE, _("Copied: %S"), safe);
}
