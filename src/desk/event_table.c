/* SPDX-License-Identifier: MIT */
#include "desk/event_table.h"

const FieldInfo sm_event_fields[FIELD_COUNT] = {
#define FIELD_INFO(field, member, kind)                                                            \
    [FIELD_##field] = {#member, KIND_##kind, G_STRUCT_OFFSET(SmEvent, member)},
    FIELDS(FIELD_INFO)
#undef FIELD_INFO
};

#define OF_CONVERSATION                                                                            \
    {                                                                                              \
        FIELD_CONVERSATION, MUST                                                                   \
    }
#define WRITTEN_BY_STAFF                                                                           \
    {                                                                                              \
        1, FALSE, NULL,                                                                            \
        {                                                                                          \
            OF_CONVERSATION, {FIELD_AGENT, MUST}, {FIELD_MESSAGE, MUST}, {FIELD_NAME, MAY},        \
                {FIELD_FILE, MAY, "file"}, {FIELD_CONTENT, MUST},                                  \
            {                                                                                      \
                FIELD_DIGEST, MUST                                                                 \
            }                                                                                      \
        }                                                                                          \
    }

#define ONE_WITH                                                                                   \
    {                                                                                              \
        1, FALSE, NULL,                                                                            \
        {                                                                                          \
            OF_CONVERSATION, {FIELD_CONTACT, MUST}, {FIELD_BY, MAY}, {FIELD_INBOX, MUST, "into"},  \
            {                                                                                      \
                FIELD_REASON, MAY                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

/* Version 1 knew paid orders and cancelled ones. */
static void order_with_status(json_t *event)
{
    gboolean cancelled = json_is_true(json_object_get(event, "cancelled"));

    json_object_del(event, "cancelled");
    json_object_set_new(event, "status", json_string(cancelled ? "cancelled" : "paid"));
}
static const SmUpcast order_upcasts[] = {order_with_status};

/* Versions 1 and 2 had number and amount as fields of the record, which an erasure does not reach. Nobody writes them any more. */
static const TypeInfo plain_order = {2,
                                     TRUE,
                                     order_upcasts,
                                     {{FIELD_CONVERSATION, MAY},
                                      {FIELD_CONTACT, MUST},
                                      {FIELD_AGENT, MAY},
                                      {FIELD_BY, MAY},
                                      {FIELD_NAME, MUST, "order"},
                                      {FIELD_LANGUAGE, MAY, "amount"},
                                      {FIELD_REASON, MUST, "status"}}};

const TypeInfo *sm_event_kept(SmEventType type)
{
    return type == SM_EVENT_ORDER_RECORDED ? &plain_order : NULL;
}

const TypeInfo *sm_event_form(const SmEvent *event)
{
    const TypeInfo *kept = sm_event_kept(event->type);

    return kept && !event->content ? kept : &sm_event_table[event->type];
}

const TypeInfo sm_event_table[SM_EVENT_UNKNOWN] = {
    [SM_EVENT_POLICY_SET] = {1, FALSE, NULL, {{FIELD_BY, MAY}, {FIELD_OBJECT, MUST, "policy"}}},
    [SM_EVENT_AGENT_SET] = {1,
                            FALSE,
                            NULL,
                            {{FIELD_AGENT, MUST},
                             {FIELD_BY, MAY},
                             {FIELD_NAME, MUST},
                             {FIELD_ROLE, MUST},
                             {FIELD_N, MAY, "capacity"},
                             {FIELD_LEVEL, MAY, "weight"},
                             {FIELD_REASON, MAY},
                             {FIELD_OBJECT, MUST}}},
    [SM_EVENT_AGENT_REMOVED] = {1, FALSE, NULL, {{FIELD_AGENT, MUST}, {FIELD_BY, MAY}}},
    [SM_EVENT_AGENT_AVAILABILITY] =
        {1,
         FALSE,
         NULL,
         {{FIELD_AGENT, MUST}, {FIELD_BY, MAY}, {FIELD_REASON, MAY}, {FIELD_AVAILABILITY, MUST}}},
    [SM_EVENT_EXAM_RECORDED] = {1,
                                TRUE,
                                NULL,
                                {{FIELD_AGENT, MUST},
                                 {FIELD_BY, MAY},
                                 {FIELD_NAME, MUST, "exam"},
                                 {FIELD_N, MUST, "permille"},
                                 {FIELD_LEVEL, MUST, "pass"},
                                 {FIELD_SINCE, MUST, "sat"},
                                 {FIELD_DIGEST, MUST, "seal"}}},
    [SM_EVENT_AGENT_CONFIRMED] =
        {1, TRUE, NULL, {{FIELD_AGENT, MUST}, {FIELD_BY, MAY}, {FIELD_NAME, MUST, "step"}, {FIELD_REASON, MUST}}},
    [SM_EVENT_CONVERSATION_STARTED] = {1,
                                       FALSE,
                                       NULL,
                                       {OF_CONVERSATION,
                                        {FIELD_CONTACT, MUST | STAFF},
                                        {FIELD_TEAM, MUST | STAFF},
                                        {FIELD_INBOX, MUST | STAFF},
                                        {FIELD_LANGUAGE, MAY},
                                        {FIELD_CAUSE, STAFF},
                                        {FIELD_CONTENT, STAFF},
                                        {FIELD_DIGEST, STAFF}}},
    [SM_EVENT_CONVERSATION_QUEUED] = {1,
                                      FALSE,
                                      NULL,
                                      {OF_CONVERSATION,
                                       {FIELD_BY, STAFF},
                                       {FIELD_TEAM, MUST | STAFF},
                                       {FIELD_CAUSE, MUST | STAFF},
                                       {FIELD_DUE, STAFF}}},
    [SM_EVENT_CONVERSATION_ASSIGNED] = {1,
                                        FALSE,
                                        NULL,
                                        {OF_CONVERSATION,
                                         {FIELD_AGENT, MUST | STAFF},
                                         {FIELD_BY, STAFF},
                                         {FIELD_TEAM, STAFF},
                                         {FIELD_CAUSE, MUST | STAFF}}},
    [SM_EVENT_CONVERSATION_UNASSIGNED] = {1,
                                          FALSE,
                                          NULL,
                                          {OF_CONVERSATION,
                                           {FIELD_AGENT, MUST},
                                           {FIELD_BY, MAY},
                                           {FIELD_REASON, MAY},
                                           {FIELD_CAUSE, MUST},
                                           {FIELD_DUE, MAY}}},
    /* To a customer `agent` is the author's display name. */
    [SM_EVENT_MESSAGE_POSTED] = {1,
                                 FALSE,
                                 NULL,
                                 {OF_CONVERSATION,
                                  {FIELD_AGENT, MAY},
                                  {FIELD_BY, STAFF},
                                  {FIELD_MESSAGE, MUST},
                                  {FIELD_NOTICE, STAFF},
                                  {FIELD_NAME, STAFF},
                                  {FIELD_AUTHOR, MUST},
                                  {FIELD_KIND, MAY},
                                  {FIELD_N, MAY},
                                  {FIELD_FILE, MAY, "file"},
                                  {FIELD_CONTENT, MUST},
                                  {FIELD_DIGEST, MUST | STAFF}}},
    [SM_EVENT_OFFLINE_LEFT] = {1,
                               FALSE,
                               NULL,
                               {OF_CONVERSATION,
                               {FIELD_BY, STAFF},
                               {FIELD_TEAM, MUST | STAFF},
                               {FIELD_CAUSE, STAFF},
                               {FIELD_DUE, STAFF}}},
    [SM_EVENT_ANSWER_SEEN] = {1, FALSE, NULL, {OF_CONVERSATION}},
    [SM_EVENT_NOTE_POSTED] = WRITTEN_BY_STAFF,
    [SM_EVENT_WHISPER_POSTED] = WRITTEN_BY_STAFF,
    [SM_EVENT_PARTICIPANT_INVITED] =
        {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_AGENT, MUST}, {FIELD_BY, MAY}, {FIELD_FLAG, MAY, "consult"}}},
    [SM_EVENT_PARTICIPANT_LEFT] = {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_AGENT, MUST}, {FIELD_BY, MAY}}},
    [SM_EVENT_TRANSFER_OFFERED] =
        {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_AGENT, MUST}, {FIELD_BY, MAY}, {FIELD_TEAM, MAY}, {FIELD_UNTIL, MUST}}},
    [SM_EVENT_TRANSFER_DECLINED] = {1,
                                    FALSE,
                                    NULL,
                                    {OF_CONVERSATION,
                                     {FIELD_AGENT, MUST},
                                     {FIELD_BY, MAY},
                                     {FIELD_REASON, MAY},
                                     {FIELD_CAUSE, MUST},
                                     {FIELD_DUE, MAY}}},
    [SM_EVENT_CONVERSATION_TAGGED] =
        {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_BY, MAY}, {FIELD_LIST, MUST, "tags"}}},
    [SM_EVENT_CONVERSATION_SNOOZED] = {1,
                                       FALSE,
                                       NULL,
                                       {OF_CONVERSATION, {FIELD_BY, MAY}, {FIELD_UNTIL, MUST}}},
    [SM_EVENT_CONVERSATION_WOKEN] =
        {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_BY, MAY}, {FIELD_CAUSE, MUST}, {FIELD_DUE, MAY}}},
    [SM_EVENT_CONVERSATION_RESOLVED] = {1,
                                        FALSE,
                                        NULL,
                                        {OF_CONVERSATION,
                                         {FIELD_BY, STAFF},
                                         {FIELD_REASON, STAFF},
                                         {FIELD_FLAG, STAFF, "no_reply_needed"}}},
    [SM_EVENT_CONVERSATION_REOPENED] =
        {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_BY, STAFF}, {FIELD_CAUSE, MUST | STAFF}}},
    /* `agent` is who gets the credit: the last human author. */
    [SM_EVENT_CONVERSATION_RATED] = {1,
                                     FALSE,
                                     NULL,
                                     {OF_CONVERSATION,
                                      {FIELD_AGENT, STAFF},
                                      {FIELD_LEVEL, MUST, "stars"},
                                      {FIELD_FLAG, MAY, "complaint"},
                                      {FIELD_CONTENT, STAFF},
                                      {FIELD_DIGEST, STAFF}}},
    [SM_EVENT_CONVERSATION_LEFT] = {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_SINCE, STAFF}}},
    [SM_EVENT_CONVERSATION_ABANDONED] =
        {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_DUE, STAFF}, {FIELD_SINCE, MUST | STAFF}}},
    [SM_EVENT_CONVERSATION_ARCHIVED] = {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_DUE, MAY}}},
    [SM_EVENT_BOT_TOOK] = {1, FALSE, NULL, {OF_CONVERSATION, {FIELD_BY, MAY}}},
    [SM_EVENT_BOT_HANDED_OVER] = {1,
                                  FALSE,
                                  NULL,
                                  {OF_CONVERSATION, {FIELD_BY, MAY}, {FIELD_TEAM, MUST}}},
    [SM_EVENT_TURN_WARNED] = {1,
                              TRUE,
                              NULL,
                              {OF_CONVERSATION,
                               {FIELD_AGENT, MUST},
                               {FIELD_TEAM, MAY},
                               {FIELD_N, MUST, "turn"},
                               {FIELD_LEVEL, MUST},
                               {FIELD_DUE, MUST}}},
    [SM_EVENT_TURN_BREACHED] = {1,
                                TRUE,
                                NULL,
                                {OF_CONVERSATION,
                                 {FIELD_AGENT, MUST},
                                 {FIELD_TEAM, MAY},
                                 {FIELD_N, MUST, "turn"},
                                 {FIELD_DUE, MUST}}},
    [SM_EVENT_QUEUE_BREACHED] = {1,
                                 TRUE,
                                 NULL,
                                 {OF_CONVERSATION, {FIELD_TEAM, MUST}, {FIELD_DUE, MUST}}},
    [SM_EVENT_RATING_EXCUSED] =
        {1,
         TRUE,
         NULL,
         {OF_CONVERSATION, {FIELD_AGENT, MAY}, {FIELD_BY, MAY}, {FIELD_REASON, MAY}}},
    /* To a customer `agent` is the display name of who answers. */
    [SM_EVENT_RATING_ANSWERED] =
        {1, TRUE, NULL, {OF_CONVERSATION, {FIELD_AGENT, MAY}, {FIELD_NAME, STAFF}, {FIELD_CONTENT, MUST}, {FIELD_DIGEST, MUST | STAFF}}},
    /* `agent` is the last human author before the order. The content is what the shop calls it, and the amount. */
    [SM_EVENT_ORDER_RECORDED] = {3,
                                 TRUE,
                                 NULL, /* what is older is a plain_order */
                                 {{FIELD_CONVERSATION, MAY},
                                  {FIELD_CONTACT, MUST},
                                  {FIELD_AGENT, MAY},
                                  {FIELD_BY, MAY},
                                  {FIELD_NOTICE, MUST, "id"},
                                  {FIELD_REASON, MUST, "status"},
                                  {FIELD_CONTENT, MUST},
                                  {FIELD_DIGEST, MUST}}},
    [SM_EVENT_CONTACT_CHANGED] = {1,
                                  TRUE,
                                  NULL,
                                  {OF_CONVERSATION,
                                   {FIELD_CONTACT, MUST},
                                   {FIELD_BY, MAY},
                                   {FIELD_CONTENT, MUST},
                                   {FIELD_DIGEST, MUST}}},
    [SM_EVENT_CONTACT_MERGED] = ONE_WITH,
    [SM_EVENT_CONTACT_SPLIT] = ONE_WITH,
    /* `internal`: it was nothing that the customer could see. `contact` stands where there is no conversation. */
    [SM_EVENT_CONTENT_ERASED] = {1,
                                 FALSE,
                                 NULL,
                                 {{FIELD_CONVERSATION, MAY},
                                  {FIELD_CONTACT, STAFF},
                                  {FIELD_BY, STAFF},
                                  {FIELD_MESSAGE, MAY},
                                  {FIELD_REASON, STAFF},
                                  {FIELD_FLAG, STAFF, "internal"},
                                  {FIELD_CONTENT, MUST}}},
    [SM_EVENT_BROADCAST_STARTED] = {1,
                                    TRUE,
                                    NULL,
                                    {{FIELD_BY, MAY},
                                     {FIELD_NOTICE, MUST, "broadcast"},
                                     {FIELD_N, MUST, "pace"},
                                     {FIELD_IDS, MUST, "chats"},
                                     {FIELD_CONTENT, MUST},
                                     {FIELD_DIGEST, MUST}}},
    [SM_EVENT_BROADCAST_ADVANCED] = {1,
                                     TRUE,
                                     NULL,
                                     {{FIELD_NOTICE, MUST, "broadcast"},
                                      {FIELD_N, MUST, "place"},
                                      {FIELD_LEVEL, MUST, "sent"},
                                      {FIELD_DUE, MUST}}},
    [SM_EVENT_BROADCAST_STOPPED] =
        {1, TRUE, NULL, {{FIELD_BY, MAY}, {FIELD_NOTICE, MUST, "broadcast"}, {FIELD_REASON, MAY}}},
    [SM_EVENT_INCIDENT_SET] = {1,
                               TRUE,
                               NULL,
                               {{FIELD_BY, MAY},
                                {FIELD_TEAM, MAY},
                                {FIELD_INBOX, MAY},
                                {FIELD_NOTICE, MUST, "incident"},
                                {FIELD_UNTIL, MUST},
                                {FIELD_CONTENT, MUST},
                                {FIELD_DIGEST, MUST}}},
    [SM_EVENT_REVIEW_GIVEN] = {1,
                               TRUE,
                               NULL,
                               {OF_CONVERSATION,
                                {FIELD_AGENT, MUST},
                                {FIELD_BY, MUST},
                                {FIELD_TEAM, MUST},
                                {FIELD_LEVEL, MUST, "score"},
                                {FIELD_OBJECT, MUST, "marks"},
                                {FIELD_CONTENT, MAY},
                                {FIELD_DIGEST, MAY}}},
    [SM_EVENT_REVIEW_COMMENTED] = {1,
                                   TRUE,
                                   NULL,
                                   {OF_CONVERSATION,
                                    {FIELD_AGENT, MUST},
                                    {FIELD_BY, MUST},
                                    {FIELD_TEAM, MUST},
                                    {FIELD_MESSAGE, MUST},
                                    {FIELD_CONTENT, MUST},
                                    {FIELD_DIGEST, MUST}}},
    [SM_EVENT_INCIDENT_CLEARED] = {1,
                                   TRUE,
                                   NULL,
                                   {{FIELD_BY, MAY},
                                    {FIELD_NOTICE, MUST, "incident"},
                                    {FIELD_CAUSE, MUST},
                                    {FIELD_DUE, MAY}}},
    /* Of a visit no more than a random id, and of the words nothing: nothing here is anybody's. */
    [SM_EVENT_VISITOR_INVITED] = {1,
                                  TRUE,
                                  NULL,
                                  {{FIELD_AGENT, MUST},
                                   {FIELD_TEAM, MUST},
                                   {FIELD_INBOX, MUST},
                                   {FIELD_MESSAGE, MUST, "visit"},
                                   {FIELD_NOTICE, MUST, "invitation"},
                                   {FIELD_UNTIL, MUST}}},
    [SM_EVENT_VISITOR_ANSWERED] = {1,
                                   TRUE,
                                   NULL,
                                   {{FIELD_AGENT, MUST},
                                    {FIELD_TEAM, MUST},
                                    {FIELD_NOTICE, MUST, "invitation"},
                                    {FIELD_CAUSE, MUST},
                                    {FIELD_DUE, MAY}}},
    [SM_EVENT_TRAFFIC_COUNTED] = {1, TRUE, NULL, {{FIELD_SINCE, MUST}, {FIELD_OBJECT, MUST, "counts"}}},
};
