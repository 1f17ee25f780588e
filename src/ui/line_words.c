/* SPDX-License-Identifier: MIT */
/* line_words: what a line of a conversation says and whose it is, in the reader's language: the same on the screen and
 * read aloud. */
#include "ui/line_words.h"

#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"

gboolean sm_line_is_mine(SmApp *app, const char *agent)
{
    return agent && g_strcmp0(agent, sm_client_actor(sm_app_client(app)).id) == 0;
}

static SmSafe *name_words(SmApp *app, const char *agent)
{
    if (sm_line_is_mine(app, agent))
        return sm_safe_from_literal(_("you"));
    return sm_safe_screen_line(agent ? sm_app_staff(app, agent) : "", -1);
}

static SmSafe *assigned_words(SmApp *app, const SmLine *line, const SmSafe *who, const SmSafe *by)
{
    gboolean given = line->by && g_strcmp0(line->by, line->agent) != 0;
    if (sm_line_is_mine(app, line->agent) && line->cause != SM_CAUSE_ROUTING && line->cause != SM_CAUSE_INVITATION)
        return given ? sm_safe_format(_("given to you by %S"), by) : sm_safe_from_literal(_("you took the chat"));
    if (line->cause == SM_CAUSE_INVITATION)
        return sm_safe_format(_("came at the invitation of %S"), who);
    if (line->cause == SM_CAUSE_ROUTING)
        return sm_safe_format(_("the desk gave the chat to %S"), who);
    return given ? sm_safe_format(_("given to %S by %S"), who, by)
                 : sm_safe_format(_("%S took the chat"), who);
}

static SmSafe *declined_words(const SmLine *line, const SmSafe *who)
{
    if (line->cause == SM_CAUSE_DUE)
        return sm_safe_format(_("%S did not say in time whether to take it"), who);
    if (line->cause == SM_CAUSE_RELEASE)
        return sm_safe_format(_("%S is not asked any more"), who);
    if (!line->reason)
        return sm_safe_format(_("%S does not take it"), who);
    g_autoptr(SmSafe) reason = sm_safe_screen_line(line->reason, -1);
    return sm_safe_format(_("%S does not take it: %S"), who, reason);
}

static SmSafe *rated_words(const SmLine *line)
{
    g_autoptr(SmSafe) said =
        sm_safe_format(line->complaint ? _("rated: %d of 5, a complaint") : _("rated: %d of 5"), (int)line->level);
    if (!line->content)
        return g_steal_pointer(&said);
    g_autoptr(SmSafe) comment = sm_safe_screen_line(line->text ? line->text : _("(erased)"), -1);
    return sm_safe_format(_("%S: %S"), said, comment);
}

static SmSafe *answered_words(const SmLine *line, const SmSafe *who)
{
    g_autoptr(SmSafe) text = sm_safe_screen_line(line->text ? line->text : _("(erased)"), -1);
    return sm_safe_format(_("%S answered the rating: %S"), who, text);
}

/* A sentence about something that happened, in the reader's language. */
static SmSafe *event_words(SmApp *app, const SmLine *line)
{
    g_autoptr(SmSafe) who = name_words(app, line->agent);
    g_autoptr(SmSafe) by = name_words(app, line->by);
    switch (line->event) {
    case SM_EVENT_CONVERSATION_STARTED:
        return sm_safe_from_literal(_("the customer came"));
    case SM_EVENT_CONVERSATION_QUEUED:
        return sm_safe_from_literal(_("waiting in the queue"));
    case SM_EVENT_OFFLINE_LEFT:
        return sm_safe_from_literal(_("left while nobody was there"));
    case SM_EVENT_ANSWER_SEEN:
        return sm_safe_from_literal(_("the customer came back and has the answer"));
    case SM_EVENT_CONTACT_CHANGED:
        return sm_safe_from_literal(_("the contact's card was changed"));
    case SM_EVENT_CONTACT_MERGED:
        return sm_safe_format(_("two contacts are one now: %S"), by);
    case SM_EVENT_CONTACT_SPLIT:
        return sm_safe_format(_("two contacts are two again: %S"), by);
    case SM_EVENT_CONVERSATION_ASSIGNED:
        return assigned_words(app, line, who, by);
    case SM_EVENT_CONVERSATION_UNASSIGNED:
        if (line->cause == SM_CAUSE_ACCEPT_TIMEOUT)
            return sm_safe_format(_("%S did not answer in time: on to another"), who);
        if (sm_line_is_mine(app, line->agent))
            return sm_safe_from_literal(_("you no longer have the chat"));
        return sm_safe_format(_("%S no longer has the chat"), who);
    case SM_EVENT_CONVERSATION_SNOOZED:
        return sm_safe_from_literal(_("snoozed"));
    case SM_EVENT_CONVERSATION_WOKEN:
        return sm_safe_from_literal(_("awake again"));
    case SM_EVENT_CONVERSATION_RESOLVED:
        if (sm_line_is_mine(app, line->by ? line->by : line->agent))
            return sm_safe_from_literal(_("resolved by you"));
        return line->by || line->agent ? sm_safe_format(_("resolved by %S"), line->by ? by : who)
                                       : sm_safe_from_literal(_("resolved"));
    case SM_EVENT_CONVERSATION_REOPENED:
        return sm_safe_from_literal(_("opened again"));
    case SM_EVENT_CONVERSATION_RATED:
        return rated_words(line);
    case SM_EVENT_RATING_EXCUSED:
        return sm_safe_format(_("the rating does not count: %S"), by);
    case SM_EVENT_RATING_ANSWERED:
        return answered_words(line, who);
    case SM_EVENT_CONVERSATION_LEFT:
        return sm_safe_from_literal(_("the customer left"));
    case SM_EVENT_CONVERSATION_ABANDONED:
        return sm_safe_from_literal(_("the customer left the queue"));
    case SM_EVENT_TURN_WARNED:
        return sm_safe_format(_("%d%% of the time to reply is used"), (int)line->level);
    case SM_EVENT_TURN_BREACHED:
        return sm_safe_from_literal(_("the reply target has passed"));
    case SM_EVENT_QUEUE_BREACHED:
        return sm_safe_from_literal(_("the queue target has passed"));
    case SM_EVENT_PARTICIPANT_INVITED:
        return line->level ? sm_safe_format(_("%S asked %S for advice"), by, who) : sm_safe_format(_("%S invited %S"), by, who);
    case SM_EVENT_PARTICIPANT_LEFT:
        return sm_safe_format(_("%S left the chat again"), who);
    case SM_EVENT_TRANSFER_OFFERED:
        return sm_safe_format(_("%S asked %S to take the chat"), by, who);
    case SM_EVENT_TRANSFER_DECLINED:
        return declined_words(line, who);
    case SM_EVENT_CONVERSATION_TAGGED:
        return sm_safe_from_literal(_("tags changed"));
    default:
        return sm_safe_from_literal(sm_event_type_name(line->event));
    }
}

/* "[picture] parcel.png, 48.2 KiB" */
static SmSafe *file_words(SmApp *app, const SmLine *line)
{
    g_autoptr(SmSafe) name = sm_app_shown(app, line->text, FALSE);
    g_autofree char *size = g_format_size_full((guint64)sm_json_int(line->file, "size", 0), G_FORMAT_SIZE_IEC_UNITS);
    return sm_safe_format(_("[%s] %S, %s"), _(sm_app_file_kind(sm_json_str(line->file, "type", ""))), name, size);
}

SmSafe *sm_line_text(SmApp *app, const SmLine *line)
{
    if (line->kind == SM_LINE_EVENT) /* a rating's comment is a part of its words */
        return event_words(app, line);
    if (line->erased)
        return sm_safe_from_literal(_("(erased)"));
    if (line->file && line->text)
        return file_words(app, line);
    SmSafe *text = sm_app_shown(app, line->text ? line->text : "", TRUE);
    if (line->message_kind != SM_MESSAGE_LINK)
        return text;
    g_autoptr(SmSafe) address = text;
    return sm_safe_format("[%s] %S", _("link"), address);
}

SmSafe *sm_line_author(SmApp *app, const SmSafe *customer, const SmLine *line)
{
    if (line->kind == SM_LINE_NOTE || line->kind == SM_LINE_WHISPER)
        return sm_safe_from_literal(line->kind == SM_LINE_NOTE ? _("note") : _("whisper"));
    if (line->kind == SM_LINE_EVENT)
        return sm_safe_from_literal(_("system"));
    if (line->author == SM_AUTHOR_CUSTOMER)
        return sm_safe_ref((SmSafe *)customer);
    if (line->author == SM_AUTHOR_AGENT)
        return name_words(app, line->agent);
    if (line->message_kind == SM_MESSAGE_BROADCAST || line->message_kind == SM_MESSAGE_INCIDENT)
        return sm_safe_from_literal(line->message_kind == SM_MESSAGE_BROADCAST ? _("broadcast") : _("notice"));
    return sm_safe_from_literal(line->author == SM_AUTHOR_BOT ? _("bot") : _("desk"));
}

char *sm_line_sending(const SmKeymap *keymap, const SmOutboxEntry *out, gboolean unsaved)
{
    g_autofree char *back = sm_keymap_told(keymap, "take-back");
    g_autofree char *retry = sm_keymap_told(keymap, "reply-retry");

    switch (out->state) {
    case SM_SEND_SAVING:
        return g_strdup(_("(saving)"));
    case SM_SEND_QUEUED:
        if (unsaved)
            return g_strdup_printf(_("(not on disk, waiting for the desk; %s takes it back)"), back);
        return g_strdup_printf(_("(queued, waiting for the desk; %s takes it back)"), back);
    case SM_SEND_SENDING:
        return g_strdup(out->attempts > 1 ? _("(sending again; it may have arrived)") : _("(sending)"));
    case SM_SEND_HELD:
        return g_strdup(_("(held: the chat changed. Enter sends it all the same, any other key edits it)"));
    case SM_SEND_FAILED:
        return g_strdup_printf(_("(failed; %s tries again, %s takes it back)"), retry, back);
    case SM_SEND_TAKEN_BACK:
        return g_strdup(_("(taken back)"));
    case SM_SEND_SENT:
        break;
    }
    return g_strdup("");
}
