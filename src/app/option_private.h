/* SPDX-License-Identifier: MIT */
#ifndef APP_OPTION_PRIVATE_H
#define APP_OPTION_PRIVATE_H

#include "seatmux/app/option.h"

typedef struct {
    char *text; /* as written; of a list: joined by newlines */
    int64_t number;
    char **list;
} SmOptionValue;

struct SmOptions {
    SmOptionValue *values; /* one a row of the table */
    GPtrArray *profiles;   /* SmProfile in order of the file */
};

/* Row of a name; -1: none. */
int sm_option_index(const char *name);
gboolean sm_option_take(SmOptions *options, int index, const char *value, char **why_not);
void sm_option_take_list(SmOptions *options, int index, char **list); /* takes over */
void sm_profile_free(SmProfile *profile);

#endif
