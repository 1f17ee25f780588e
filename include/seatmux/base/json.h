/* SPDX-License-Identifier: MIT */
/* json: jansson behind bounds. Parsing repairs lone surrogates and \u0000 first (one half emoji of a
 * customer must not make a whole answer unreadable), refuses duplicate keys, and caps size and depth.
 * Writing keeps the order of insertion and is compact, so equal documents are equal bytes. */
#ifndef SEATMUX_BASE_JSON_H
#define SEATMUX_BASE_JSON_H

#include <glib.h>
#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* Parse `n` bytes. NULL and error (SM_ERROR_INVALID with line:column, or SM_ERROR_LIMIT).
 * New reference. `max` in bytes. */
json_t *sm_json_parse(const char *bytes, gsize n, gsize max, GError **error);
/* Compact text; caller frees with g_free(). */
char *sm_json_text(const json_t *json);
/* The same for a terminal or a file that people open: what a terminal would obey or not show - controls, direction marks,
 * joiners, the ninth combining mark on a letter - is written as \uXXXX, which means the same. Caller frees. */
char *sm_json_plain(const json_t *json);
/* Writes that way what stands in `json` (JSON text) from byte `from` on. */
void sm_json_make_plain(GString *json, gsize from);
/* Append compact text. */
void sm_json_append(GString *to, const json_t *json);
/* Append a JSON string literal of UTF-8 text, quotes included. */
void sm_json_append_string(GString *to, const char *text);

/* Members of an object, with a default where absent or of another type. Borrowed. */
const char *sm_json_str(const json_t *object, const char *key, const char *otherwise);
int64_t sm_json_int(const json_t *object, const char *key, int64_t otherwise);
gboolean sm_json_bool(const json_t *object, const char *key, gboolean otherwise);
/* Sets a member; nothing where `text` is NULL. */
void sm_json_set_str(json_t *object, const char *key, const char *text);
/* The texts (char*) as a list; an empty one where `texts` is NULL. New reference. */
json_t *sm_json_texts(const GPtrArray *texts);

/* Shape check of untrusted objects. `shape` lists "name:type" items separated by spaces; type is
 * s string, i integer, b boolean, o object, a array, * any; a trailing ? = may be absent.
 * Unknown members are refused. FALSE and SM_ERROR_INVALID naming the field. */
gboolean sm_json_check(const json_t *object, const char *shape, GError **error);

#endif
