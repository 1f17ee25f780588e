/* SPDX-License-Identifier: MIT */
/* pack: values in a row of bytes. One list of fields serves both ways: each call writes what the pointer points at, or puts
 * there what was written, so that the two can't differ. For what a program keeps for itself and can do without: nobody else
 * reads it, and bytes that are not as written are an error, never a wrong value's cause of a crash. */
#ifndef SEATMUX_BASE_PACK_H
#define SEATMUX_BASE_PACK_H

#include <glib.h>
#include <jansson.h>
#include <stdint.h>

typedef struct SmPack SmPack;

SmPack *sm_pack_writer(void);
/* Borrows `bytes`, which must outlive it. */
SmPack *sm_pack_reader(const void *bytes, gsize n);
void sm_pack_free(SmPack *pack); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmPack, sm_pack_free)

/* What was written; the writer is empty afterwards. Caller unrefs. */
GByteArray *sm_pack_take(SmPack *pack);

/* Whatever the lists of fields share; borrowed. */
void sm_pack_set_context(SmPack *pack, void *context);
void *sm_pack_context(const SmPack *pack);

gboolean sm_pack_reads(const SmPack *pack);
/* FALSE: something did not fit; all that was read since is 0, NULL or FALSE. */
gboolean sm_pack_good(const SmPack *pack);
/* What was read makes no sense to the caller. */
void sm_pack_spoil(SmPack *pack);
/* Read to the last byte, and good. */
gboolean sm_pack_at_end(const SmPack *pack);

void sm_pack_int(SmPack *pack, int64_t *value);
void sm_pack_number(SmPack *pack, int *value); /* an int; out of its range spoils */
void sm_pack_flag(SmPack *pack, gboolean *value);
/* A value of an enumeration that counts from 0 to `last`. */
#define sm_pack_enum(pack, place, last)                                                            \
    do {                                                                                           \
        int sm_pack_value = (int)*(place);                                                         \
        sm_pack_choice(pack, &sm_pack_value, (int)(last));                                         \
        *(place) = sm_pack_value;                                                                  \
    } while (0)
void sm_pack_choice(SmPack *pack, int *value, int last);
/* UTF-8, or NULL. Reading frees what was there. */
void sm_pack_text(SmPack *pack, char **text);
/* A JSON value, or NULL; reading gives up what was there. */
void sm_pack_json(SmPack *pack, json_t **json);
/* How many things follow: writing says `n`, reading answers (never more than bytes are left, 0 when spoilt). */
guint sm_pack_count(SmPack *pack, guint n);
/* A list of texts that has a free function. */
void sm_pack_texts(SmPack *pack, GPtrArray *texts);
/* A table of texts to int64_t, both owned by it. Equal tables are equal bytes. */
void sm_pack_table(SmPack *pack, GHashTable *table);

#endif
