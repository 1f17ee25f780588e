/* SPDX-License-Identifier: MIT */
#ifndef APP_REPLIES_PRIVATE_H
#define APP_REPLIES_PRIVATE_H

#include "seatmux/app/reply.h"

struct SmReplies {
    GPtrArray *list;     /* SmReply, by pack then place */
    GHashTable *by_code; /* borrowed code -> SmReply */
    char **directories;  /* it was loaded from */
    GHashTable *used;    /* code -> int64_t* now */
    GHashTable *ranked;  /* code -> int64_t* as of the start: what ranking goes by */
};

SmReplies *sm_replies_new(void);
/* Always valid, without a text. Caller frees, or gives it to sm_replies_add(). */
SmReply *sm_reply_new(const char *code, const char *title, const char *file, int line);
/* Its text in another language; takes over the template. title NULL: that of the reply. */
void sm_reply_add_language(SmReply *reply, const char *language, const char *title, SmTemplate *text);
void sm_reply_free(SmReply *reply);
/* Takes it over. FALSE: the code is there already. */
gboolean sm_replies_add(SmReplies *replies, SmReply *reply);

#endif
