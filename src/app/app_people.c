/* SPDX-License-Identifier: MIT */
/* app_people: who else of the staff is at a chat: invited, asked to take it, looking, writing. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

#define LOOK_EVERY_MS 10000 /* so often the others are told what this agent has before the eyes */
#define LOOKS_MS 25000      /* a look lasts so long */
#define HEARD_MOST 16       /* colleagues at one chat that are kept in mind */

struct SmColleague {
    char *agent;
    int64_t writing_until, looking_until; /* boot ms */
};

static void colleague_free(void *data)
{
    g_free(((SmColleague *)data)->agent);
    g_free(data);
}

const char *sm_app_staff(SmApp *app, const char *id)
{
    const SmAgent *agent = id != NULL ? sm_desk_agent(sm_client_desk(app->client), id) : NULL;

    return agent != NULL ? sm_agent_shown(agent) : id;
}

static SmSafe *name_of(SmApp *app, const char *id)
{
    if (id != NULL && strcmp(id, sm_app_me(app)) == 0)
        return sm_safe_from_literal(_("you"));
    return sm_safe_screen_line(id != NULL ? sm_app_staff(app, id) : _("the desk"), -1);
}

const char *sm_availability_words(SmAvailability availability)
{
    switch (availability) {
    case SM_AVAILABLE_ONLINE:
        return _("online");
    case SM_AVAILABLE_BUSY:
        return _("busy");
    case SM_AVAILABLE_AWAY:
        return _("away");
    case SM_AVAILABLE_OFFLINE:
        return _("offline");
    }
    return "";
}

/* --- Guests ------------------------------------------------------------------------------------------ */

gboolean sm_people_is_guest(SmApp *app, const SmConversation *c)
{
    const char *me = sm_app_me(app);

    return *me != '\0' && c->state != SM_STATE_RESOLVED &&
           (sm_conversation_participant(c, me) != NULL || g_strcmp0(c->offered_to, me) == 0);
}

/* After each change of the desk: what is news to this agent is said. */
void sm_people_changed(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;
    const char *me = sm_app_me(app);
    gboolean asked = c != NULL && c->offered_to != NULL && strcmp(c->offered_to, me) == 0;
    gboolean invited = c != NULL && sm_conversation_participant(c, me) != NULL;
    gboolean asks = c != NULL && own->mine && c->offered_to != NULL;

    if (app->loaded && asked && !own->asked) {
        g_autoptr(SmSafe) by = name_of(app, c->offered_by);
        sm_app_sayf(app, FALSE, _("%S asks you to take the chat with %S: /accept or /decline."), by, own->chat.name);
        if (app->show.bell != NULL && sm_options_bool(app->options, "bell"))
            app->show.bell(app->show.user);
    } else if (app->loaded && invited && !own->invited) {
        sm_app_sayf(app, FALSE, _("You are invited into the chat with %S."), own->chat.name);
    } else if (app->loaded && own->asks && !asks && own->mine) {
        sm_app_sayf(app, TRUE, _("The chat with %S was not taken; it stays yours."), own->chat.name);
    }
    own->asked = asked;
    own->invited = invited;
    own->asks = asks;
}

/* --- Looking and writing ------------------------------------------------------------------------------ */

static void people_over(void *user)
{
    SmApp *app = user;
    int64_t now = sm_loop_now(app->loop), next = INT64_MAX;
    GHashTableIter iter;
    gpointer value;

    app->people_timer = 0;
    g_hash_table_iter_init(&iter, app->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SmOwnChat *own = value;
        for (guint i = own->colleagues != NULL ? own->colleagues->len : 0; i-- > 0;) {
            const SmColleague *one = own->colleagues->pdata[i];
            int64_t until = MAX(one->writing_until, one->looking_until);
            if (until <= now) {
                g_ptr_array_remove_index(own->colleagues, i);
                continue;
            }
            next = MIN(next, one->writing_until > now ? one->writing_until : until);
        }
    }
    if (next < INT64_MAX)
        app->people_timer = sm_loop_at(app->loop, next, people_over, app);
    sm_app_dirty(app, SM_DIRTY_PANES);
}

static SmColleague *colleague(SmOwnChat *own, const char *agent)
{
    if (own->colleagues == NULL)
        own->colleagues = g_ptr_array_new_with_free_func(colleague_free);
    for (guint i = 0; i < own->colleagues->len; i++) {
        SmColleague *one = own->colleagues->pdata[i];
        if (strcmp(one->agent, agent) == 0)
            return one;
    }
    if (own->colleagues->len >= HEARD_MOST)
        return NULL;
    SmColleague *one = g_new0(SmColleague, 1);
    one->agent = g_strdup(agent);
    g_ptr_array_add(own->colleagues, one);
    return one;
}

void sm_people_heard(SmApp *app, SmOwnChat *own, const json_t *event)
{
    const char *agent = sm_json_str(event, "agent", "");
    gboolean writing = strcmp(sm_json_str(event, "type", ""), "typing") == 0;
    int64_t now = sm_loop_now(app->loop);
    SmColleague *one = *agent != '\0' && strcmp(agent, sm_app_me(app)) != 0 ? colleague(own, agent) : NULL;

    if (one == NULL)
        return;
    if (writing)
        one->writing_until = now + SM_TYPING_MS;
    else
        one->looking_until = now + LOOKS_MS;
    sm_loop_remove(app->loop, &app->people_timer);
    people_over(app);
}

/* What a colleague wrote has come: they are not writing it any more. */
void sm_people_wrote(SmOwnChat *own, const char *agent)
{
    for (guint i = 0; own->colleagues != NULL && i < own->colleagues->len; i++) {
        SmColleague *one = own->colleagues->pdata[i];
        if (g_strcmp0(one->agent, agent) == 0)
            one->writing_until = 0;
    }
}

gboolean sm_people_hold(SmApp *app, SmOwnChat *own)
{
    int64_t now = sm_loop_now(app->loop);

    const SmParticipant *guest =
        own->chat.conversation != NULL ? sm_conversation_participant(own->chat.conversation, sm_app_me(app)) : NULL;

    if (own->chat.note)
        return FALSE;
    if (guest != NULL && guest->consult) {
        g_autofree char *keys = sm_keymap_told(app->keymap, "note");
        sm_app_sayf(app, TRUE, _("Not sent: you are asked for advice here. %s writes a note."), keys);
        return TRUE;
    }
    if (own->over_it > now)
        return FALSE;
    for (guint i = 0; own->colleagues != NULL && i < own->colleagues->len; i++) {
        const SmColleague *one = own->colleagues->pdata[i];
        if (one->writing_until <= now)
            continue;
        g_autoptr(SmSafe) name = name_of(app, one->agent);
        own->over_it = now + SM_TYPING_MS;
        sm_compose_guard(app, own);
        sm_app_sayf(app, TRUE, _("Not sent: %S is writing to %S, too. Enter again sends."), name, own->chat.name);
        return TRUE;
    }
    return FALSE;
}

/* Another of the staff is there, who could want to know. */
static gboolean has_company(SmApp *app)
{
    const GPtrArray *agents = sm_desk_agents(sm_client_desk(app->client));

    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = agents->pdata[i];
        if (agent->availability != SM_AVAILABLE_OFFLINE && strcmp(agent->id, sm_app_me(app)) != 0)
            return TRUE;
    }
    return FALSE;
}

/* Who reads over a shoulder leaves no trace: only those who are in it are seen at it. */
static gboolean is_seen_at(SmApp *app, const SmOwnChat *own)
{
    return own != NULL && own->chat.conversation != NULL && (own->mine || own->guest) && app->supervision == NULL &&
           app->focus != SM_FOCUS_NO && sm_client_link(app->client)->state == SM_LINK_LIVE && has_company(app);
}

/* Again as long as there is something to tell; a program that rests does not wake up for this. */
static void tell_looking(void *user)
{
    SmApp *app = user;
    SmOwnChat *own = sm_app_here(app);

    app->looking_timer = 0;
    if (!is_seen_at(app, own))
        return;
    app->looking_timer = sm_loop_after(app->loop, LOOK_EVERY_MS, tell_looking, app);
    sm_client_viewing(app->client, own->id);
}

void sm_people_looks(SmApp *app)
{
    sm_loop_remove(app->loop, &app->looking_timer);
    tell_looking(app);
}

void sm_people_go_on(SmApp *app)
{
    if (app->looking_timer == 0)
        tell_looking(app);
}

void sm_people_forget(SmOwnChat *own)
{
    g_clear_pointer(&own->colleagues, g_ptr_array_unref);
}

/* --- Lines below the transcript ------------------------------------------------------------------------ */

static void add_names(SmApp *app, SmOwnChat *own, GPtrArray *lines, gboolean writing)
{
    int64_t now = sm_loop_now(app->loop);

    for (guint i = 0; own->colleagues != NULL && i < own->colleagues->len; i++) {
        const SmColleague *one = own->colleagues->pdata[i];
        gboolean writes = one->writing_until > now;
        if (writes != writing || (!writes && one->looking_until <= now))
            continue;
        g_autoptr(SmSafe) name = name_of(app, one->agent);
        g_ptr_array_add(lines, writes ? sm_safe_format(_("  ... %S (colleague) is writing"), name)
                                      : sm_safe_format(_("  %S (colleague) is looking"), name));
    }
}

static SmSafe *guests_words(SmApp *app, const SmConversation *c)
{
    SmSafe *words = sm_safe_from_literal(_("  also here:"));

    for (guint i = 0; i < c->participants->len; i++) {
        const SmParticipant *one = c->participants->pdata[i];
        g_autoptr(SmSafe) name = name_of(app, one->agent), before = words;
        words = one->consult ? sm_safe_format(_("%S %S (for advice)"), before, name) : sm_safe_format("%S %S", before, name);
    }
    return words;
}

static SmSafe *offer_words(SmApp *app, const SmConversation *c)
{
    g_autofree char *until = sm_text_local(c->offer_until, "%H:%M:%S");
    g_autoptr(SmSafe) to = name_of(app, c->offered_to), by = name_of(app, c->offered_by);

    if (g_strcmp0(c->offered_to, sm_app_me(app)) == 0)
        return sm_safe_format(_("  %S asks you to take this chat, until %s: /accept or /decline"), by, until);
    return sm_safe_format(_("  %S is asked to take this chat, until %s"), to, until);
}

GPtrArray *sm_app_people(SmApp *app, const char *conversation)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)sm_safe_unref);
    SmOwnChat *own = sm_chats_get(app, conversation);
    const SmConversation *c = own != NULL ? own->chat.conversation : NULL;

    if (c == NULL)
        return lines;
    add_names(app, own, lines, TRUE);
    add_names(app, own, lines, FALSE);
    if (c->participants->len > 0)
        g_ptr_array_add(lines, guests_words(app, c));
    if (c->offered_to != NULL)
        g_ptr_array_add(lines, offer_words(app, c));
    return lines;
}

/* --- Commands ------------------------------------------------------------------------------------------ */

const char *sm_why_not_asked(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    return own != NULL && own->chat.conversation != NULL && own->chat.conversation->offered_to != NULL
               ? NULL
               : _("Nobody is asked to take this chat.");
}

static void choose_colleague(SmApp *app, const char *action, const char *title)
{
    const GPtrArray *agents = sm_desk_agents(sm_client_desk(app->client));
    const SmConversation *c = sm_app_here(app)->chat.conversation;
    g_autoptr(GString) choices = g_string_new(NULL);

    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = agents->pdata[i];
        if (strcmp(agent->id, sm_app_me(app)) == 0 || g_strcmp0(agent->id, c->owner) == 0 ||
            agent->availability == SM_AVAILABLE_OFFLINE)
            continue;
        sm_choice_agent(choices, sm_client_desk(app->client), agent);
    }
    if (choices->len == 0)
        sm_app_sayf(app, FALSE, _("No colleague is here now."));
    else
        sm_choice_open(app, action, title, _("find>"), choices->str, SM_CHOICE_WORDS);
}

static void invite(SmApp *app, const char *args, gboolean consult)
{
    if (*args == '\0') {
        choose_colleague(app, consult ? "consult" : "invite", consult ? _("whose advice?") : _("invite whom?"));
        return;
    }
    SmCommand command = {.type = SM_COMMAND_INVITE, .conversation = sm_app_here(app)->id, .agent = args, .consult = consult, .seen = -1};
    sm_app_ask(app, &command, NULL);
}

void sm_do_invite(SmApp *app, const char *args)
{
    invite(app, args, FALSE);
}

void sm_do_consult(SmApp *app, const char *args)
{
    invite(app, args, TRUE);
}

void sm_do_dismiss(SmApp *app, const char *args)
{
    SmCommand command = {.type = SM_COMMAND_DISMISS, .conversation = sm_app_here(app)->id, .agent = *args != '\0' ? args : NULL, .seen = -1};

    sm_app_ask(app, &command, NULL);
}

void sm_do_hand_on(SmApp *app, const char *args)
{
    const char *summary;
    g_autofree char *whom = sm_first_word(args, &summary);

    if (*args == '\0') {
        choose_colleague(app, "hand-on", _("ask whom to take it?"));
        return;
    }
    SmCommand command = {.type = SM_COMMAND_TRANSFER,
                         .conversation = sm_app_here(app)->id,
                         .agent = whom,
                         .text = *summary != '\0' ? summary : NULL,
                         .offer = TRUE,
                         .seen = -1};
    sm_app_ask(app, &command, NULL);
}

void sm_do_accept_offer(SmApp *app, const char *args)
{
    SmCommand command = {.type = SM_COMMAND_ACCEPT, .conversation = sm_app_here(app)->id, .seen = -1};

    sm_app_ask(app, &command, NULL);
}

void sm_do_decline(SmApp *app, const char *args)
{
    SmCommand command = {.type = SM_COMMAND_DECLINE,
                         .conversation = sm_app_here(app)->id,
                         .reason = *args != '\0' ? args : NULL,
                         .seen = -1};

    sm_app_ask(app, &command, NULL);
}
