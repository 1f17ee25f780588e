/* SPDX-License-Identifier: MIT */
/* people: who else is in a conversation: colleagues who were invited, and the one who is asked to take it over. Each has
 * an interval of access of their own, so that what they see is decided where everything is. */
#include "desk/desk_private.h"

void sm_participant_free(SmParticipant *participant)
{
    if (!participant) {
        return;
    }
    g_free(participant->agent);
    g_free(participant);
}

const SmParticipant *sm_conversation_participant(const SmConversation *c, const char *agent)
{
    for (guint i = 0; agent && i < c->participants->len; i++) {
        const SmParticipant *participant = c->participants->pdata[i];
        if (g_str_equal(participant->agent, agent)) {
            return participant;
        }
    }
    return NULL;
}

gboolean sm_conv_invite(SmConv *conv, const char *agent, gboolean consult, int64_t seq)
{
    SmConversation *c = &conv->c;
    SmParticipant *there = (SmParticipant *)sm_conversation_participant(c, agent);

    if (!agent || g_strcmp0(agent, c->owner) == 0 || c->participants->len >= SM_MAX_PARTICIPANTS) {
        return FALSE;
    }
    if (there) { /* asked for advice before, now to answer as well, or the other way round */
        gboolean changed = there->consult != consult;
        there->consult = consult;
        return changed;
    }
    there = g_new0(SmParticipant, 1);
    there->agent = g_strdup(agent);
    there->consult = consult;
    g_ptr_array_add(c->participants, there);
    if (g_strcmp0(agent, c->offered_to) != 0) { /* who is asked to take it sees it already */
        sm_conv_access_open(conv, SM_AUDIENCE_AGENT, agent, seq);
    }
    return TRUE;
}

gboolean sm_conv_dismiss(SmConv *conv, const char *agent, int64_t seq)
{
    SmConversation *c = &conv->c;
    gpointer there = (gpointer)sm_conversation_participant(c, agent);

    if (!there) {
        return FALSE;
    }
    if (g_strcmp0(agent, c->offered_to) != 0) {
        sm_conv_access_close(conv, SM_AUDIENCE_AGENT, agent, seq);
    }
    g_ptr_array_remove(c->participants, there);
    return TRUE;
}

void sm_conv_offer(SmConv *conv, const SmEvent *event, int64_t seq)
{
    SmConversation *c = &conv->c;

    sm_conv_end_offer(conv, seq);
    c->offered_to = g_strdup(event->agent);
    c->offered_by = g_strdup(event->by);
    c->offered_team = g_strdup(event->team);
    c->offer_until = event->until;
    if (!sm_conversation_participant(c, event->agent)) {
        sm_conv_access_open(conv, SM_AUDIENCE_AGENT, event->agent, seq);
    }
}

void sm_conv_end_offer(SmConv *conv, int64_t seq)
{
    SmConversation *c = &conv->c;

    if (!c->offered_to) {
        return;
    }
    if (!sm_conversation_participant(c, c->offered_to)) {
        sm_conv_access_close(conv, SM_AUDIENCE_AGENT, c->offered_to, seq);
    }
    g_clear_pointer(&c->offered_to, g_free);
    g_clear_pointer(&c->offered_by, g_free);
    g_clear_pointer(&c->offered_team, g_free);
    c->offer_until = -1;
}
