/* SPDX-License-Identifier: MIT */
/* yaml: files that people write, as a tree of nodes that know their line and column. Read from
 * libyaml's events: no aliases, anchors, tags or second documents; depth, size and node count capped;
 * duplicate keys are errors. All scalars are text and converted by the field's type. After a syntax
 * error the rest of that file is not read, and the finding says so. */
#ifndef SEATMUX_BASE_YAML_H
#define SEATMUX_BASE_YAML_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/error.h"

typedef enum { SM_YAML_SCALAR, SM_YAML_LIST, SM_YAML_MAP } SmYamlKind;
typedef struct SmYaml SmYaml;         /* a node; belongs to its document */
typedef struct SmYamlDoc SmYamlDoc;

/* Parse text; `file` is only named in findings. NULL if it can't be used at all; findings say why. */
SmYamlDoc *sm_yaml_parse(const char *file, const char *text, gsize n, SmFindings *findings);
/* Read and parse a file (regular file, <= SM_MAX_YAML_BYTES, UTF-8: a GBK file is named as such). */
SmYamlDoc *sm_yaml_load(const char *path, SmFindings *findings);
void sm_yaml_free(SmYamlDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmYamlDoc, sm_yaml_free)

const char *sm_yaml_file(const SmYamlDoc *doc);
SmYaml *sm_yaml_root(const SmYamlDoc *doc); /* NULL for an empty document */

SmYamlKind sm_yaml_kind(const SmYaml *node);
int sm_yaml_line(const SmYaml *node);   /* from 1 */
int sm_yaml_column(const SmYaml *node); /* from 1, in characters */
const char *sm_yaml_text(const SmYaml *node); /* of a scalar; NULL otherwise */
gboolean sm_yaml_quoted(const SmYaml *node);  /* scalar in quotes or a block: never null or a number by looks */
guint sm_yaml_size(const SmYaml *node);       /* items of a list, entries of a map */
SmYaml *sm_yaml_item(const SmYaml *node, guint i);          /* item, or value of entry i */
SmYaml *sm_yaml_key(const SmYaml *node, guint i);           /* key node of entry i of a map */
SmYaml *sm_yaml_get(const SmYaml *map, const char *key);    /* value, or NULL */

/* A reader of one map: typed access, every finding with its place; what was not asked for is unknown.
 * Each getter returns the default when absent, and adds a finding when of the wrong type or out of
 * range. `node` may be NULL (all defaults) and of the wrong kind (one finding, then all defaults). */
typedef struct SmYamlMap SmYamlMap;
SmYamlMap *sm_yaml_map(const SmYamlDoc *doc, const SmYaml *node, const char *what, SmFindings *findings);
const char *sm_yaml_map_str(SmYamlMap *m, const char *key, const char *otherwise); /* borrowed from doc */
const char *sm_yaml_map_need(SmYamlMap *m, const char *key);  /* a finding when absent or empty; then NULL */
gboolean sm_yaml_map_bool(SmYamlMap *m, const char *key, gboolean otherwise); /* true/false/yes/no/on/off */
int64_t sm_yaml_map_int(SmYamlMap *m, const char *key, int64_t low, int64_t high, int64_t otherwise);
/* "250ms", "30s", "5m", "1h30m", "2d"; a bare number is seconds; "null" or "none" gives -1. In ms. */
int64_t sm_yaml_map_duration(SmYamlMap *m, const char *key, int64_t otherwise);
/* "15%" or "0.15": a share or a chance, 0 to 1. */
double sm_yaml_map_share(SmYamlMap *m, const char *key, double otherwise);
/* One of a NULL-terminated list; its index, or `otherwise`. */
int sm_yaml_map_enum(SmYamlMap *m, const char *key, const char *const *values, int otherwise);
/* The raw node for nested structures; marks the key as known. NULL when absent. */
SmYaml *sm_yaml_map_node(SmYamlMap *m, const char *key);
/* List of strings; an absent key gives an empty one. A scalar counts as a list of one. Caller frees (g_strfreev). */
char **sm_yaml_map_strv(SmYamlMap *m, const char *key);
/* A finding at the value of `key`, or at the map (key NULL, or not there). */
void sm_yaml_map_error(SmYamlMap *m, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
void sm_yaml_map_warn(SmYamlMap *m, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Ends reading: every key never asked for is a finding "unknown key 'x' (known: ...)". Frees the reader. */
void sm_yaml_map_end(SmYamlMap *m);

/* "1h30m" and friends outside YAML (options, filters). FALSE if it is none, or longer than a hundred years. In ms. */
gboolean sm_duration_parse(const char *text, int64_t *ms);

#endif
