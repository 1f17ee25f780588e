/* SPDX-License-Identifier: MIT */
/* history_db: lines in one table, and an index of the pairs of letters in them. A pair is a word to FTS5, written as
 * the numbers of its two code points; a word of the query is then the phrase of its pairs, which stands wherever the
 * word does, in any script. The index keeps no text of its own: what leaves it is told again as it came in. */
#include "journal/history_private.h"

#include <string.h>

#include "seatmux/base/db.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/find.h"

#define WORDS_MOST 8 /* of a query */

static const SmDbKind KIND = {
    .what = "a history",
    .application_id = 0x534d4831, /* SMH1 */
    .version = 1,
    .schema = "CREATE TABLE line(id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE,"
              " conversation TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,"
              " kind INTEGER NOT NULL, author INTEGER NOT NULL, agent TEXT, name TEXT,"
              " profile TEXT, text TEXT NOT NULL);"
              "CREATE INDEX line_place ON line(conversation, seq);"
              "CREATE INDEX line_at ON line(at);"
              "CREATE INDEX line_profile ON line(profile);"
              "CREATE VIRTUAL TABLE pair USING fts5(text, name, content='', tokenize='ascii');",
};

#define COLUMNS "content, conversation, seq, at, kind, author, agent, name, profile, text"

enum {
    ADD_LINE,
    ADD_PAIRS,
    DROP_LINE,
    DROP_PAIRS,
    DROP_NAME,
    BY_CONTENT,
    BY_PROFILE,
    OLDEST,
    COUNT,
    SEARCH,
    BEFORE,
    AFTER,
    BEGIN,
    COMMIT,
    ROLLBACK,
    N_STATEMENTS
};

static const char *const SQL[N_STATEMENTS] = {
    [ADD_LINE] = "INSERT OR IGNORE INTO line(" COLUMNS ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [ADD_PAIRS] = "INSERT INTO pair(rowid, text, name) VALUES(?, ?, ?)",
    [DROP_LINE] = "DELETE FROM line WHERE id = ?",
    [DROP_PAIRS] = "INSERT INTO pair(pair, rowid, text, name) VALUES('delete', ?, ?, ?)",
    [DROP_NAME] = "UPDATE line SET name = NULL, profile = NULL WHERE id = ?",
    [BY_CONTENT] = "SELECT id, text, name FROM line WHERE content = ?",
    [BY_PROFILE] = "SELECT id, text, name FROM line WHERE profile = ?",
    [OLDEST] = "SELECT id, text, name, at FROM line ORDER BY at LIMIT 1",
    [COUNT] = "SELECT count(*) FROM line",
    [SEARCH] = "SELECT " COLUMNS " FROM line WHERE id IN (SELECT rowid FROM pair WHERE pair MATCH ?)"
               " ORDER BY at DESC, seq DESC LIMIT ?",
    [BEFORE] = "SELECT * FROM (SELECT " COLUMNS " FROM line WHERE conversation = ? AND seq <= ?"
               " ORDER BY seq DESC, id DESC LIMIT ?) ORDER BY seq, at",
    [AFTER] = "SELECT " COLUMNS " FROM line WHERE conversation = ? AND seq > ? ORDER BY seq, id LIMIT ?",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

struct SmHistoryDb {
    sqlite3 *db;
    sqlite3_stmt *statements[N_STATEMENTS];
};

/* --- Pairs --------------------------------------------------------------------------------------- */

/* Six digits; printf would be a third of the time that a line takes. */
static void append_hex(GString *out, gunichar c)
{
    char digits[6];

    for (int i = 5; i >= 0; i--, c >>= 4)
        digits[i] = "0123456789abcdef"[c & 15];
    g_string_append_len(out, digits, sizeof digits);
}

/* "00904000 8d27.." of 退货: each pair of letters, and the last letter alone, for a query of one. White space parts. */
static char *pairs_of(const char *text)
{
    GString *out = g_string_new(NULL);
    gunichar before = 0;

    for (const char *p = text; before != 0 || *p != '\0';) {
        gunichar c = *p != '\0' ? sm_text_fold(g_utf8_get_char(p)) : 0;
        gboolean letter = c != 0 && !g_unichar_isspace(c);
        if (before != 0)
            append_hex(out, before);
        if (before != 0 && letter)
            append_hex(out, c);
        if (before != 0)
            g_string_append_c(out, ' ');
        before = letter ? c : 0;
        if (*p != '\0')
            p = g_utf8_next_char(p);
    }
    return g_string_free(out, FALSE);
}

char **sm_history_words(const char *query)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autoptr(GString) word = g_string_new(NULL);
    guint n = 0;

    for (const char *p = query;; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c != 0 && !g_unichar_isspace(c)) {
            g_string_append_unichar(word, c);
            continue;
        }
        if (word->len > 0 && n++ < WORDS_MOST)
            g_strv_builder_add(words, word->str);
        g_string_set_size(word, 0);
        if (c == 0)
            return g_strv_builder_end(words);
    }
}

/* FTS5's words for it: a phrase of pairs for each; a single letter is what a pair begins with. "": nothing to look
 * for. Only digits, blanks and quotes of ours come out. */
static char *match_of(const char *query)
{
    g_auto(GStrv) words = sm_history_words(query);
    GString *out = g_string_new(NULL);

    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *pairs = pairs_of(words[i]);
        gboolean one = *g_utf8_next_char(words[i]) == '\0';
        g_strchomp(pairs);
        /* The last letter stands alone only at the end of a text's word. */
        char *last = strrchr(pairs, ' ');
        if (last != NULL)
            *last = '\0';
        g_string_append_printf(out, "%s\"%s\"%s", i > 0 ? " AND " : "", pairs, one ? " *" : "");
    }
    return g_string_free(out, FALSE);
}

/* --- Writing ------------------------------------------------------------------------------------- */

static gboolean run(SmHistoryDb *db, int which, GError **error)
{
    return sm_db_finish(db->statements[which], error);
}

static gboolean index_line(SmHistoryDb *db, int which, int64_t id, const char *text, const char *name, GError **error)
{
    g_autofree char *text_pairs = pairs_of(text), *name_pairs = pairs_of(name != NULL ? name : "");

    sm_db_bind(db->statements[which], "iss", id, text_pairs, name_pairs);
    return run(db, which, error);
}

gboolean sm_history_db_add(SmHistoryDb *db, const SmHistoryLine *line, GError **error)
{
    sm_db_bind(db->statements[ADD_LINE], "ssiiiissss", line->content, line->conversation, line->seq, line->at,
               (int64_t)line->kind, (int64_t)line->author, line->agent, line->name, line->profile, line->text);
    if (!run(db, ADD_LINE, error))
        return FALSE;
    return sqlite3_changes(db->db) == 0 ||
           index_line(db, ADD_PAIRS, sqlite3_last_insert_rowid(db->db), line->text, line->name, error);
}

typedef struct {
    int64_t id, at;
    char *text, *name;
} Row;

static void row_clear(void *data)
{
    Row *row = data;

    g_free(row->text);
    g_free(row->name);
}

static GArray *rows_of(SmHistoryDb *db, int which, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(Row));
    sqlite3_stmt *statement = db->statements[which];
    int more;

    g_array_set_clear_func(rows, row_clear);
    while ((more = sm_db_next(statement, error)) == 1) {
        Row row = {.id = sqlite3_column_int64(statement, 0), .text = g_strdup(sm_db_text(statement, 1)),
                   .name = g_strdup(sm_db_text(statement, 2))};
        if (sqlite3_column_count(statement) > 3)
            row.at = sqlite3_column_int64(statement, 3);
        g_array_append_val(rows, row);
    }
    return more == 0 ? g_steal_pointer(&rows) : NULL;
}

static gboolean drop(SmHistoryDb *db, const Row *row, GError **error)
{
    if (!index_line(db, DROP_PAIRS, row->id, row->text, row->name, error))
        return FALSE;
    sm_db_bind(db->statements[DROP_LINE], "i", row->id);
    return run(db, DROP_LINE, error);
}

static gboolean drop_name(SmHistoryDb *db, const Row *row, GError **error)
{
    if (!index_line(db, DROP_PAIRS, row->id, row->text, row->name, error))
        return FALSE;
    sm_db_bind(db->statements[DROP_NAME], "i", row->id);
    return run(db, DROP_NAME, error) && index_line(db, ADD_PAIRS, row->id, row->text, NULL, error);
}

gboolean sm_history_db_erase(SmHistoryDb *db, const char *content, GError **error)
{
    sm_db_bind(db->statements[BY_CONTENT], "s", content);
    g_autoptr(GArray) lines = rows_of(db, BY_CONTENT, error);
    if (lines == NULL)
        return FALSE;
    sm_db_bind(db->statements[BY_PROFILE], "s", content);
    g_autoptr(GArray) named = rows_of(db, BY_PROFILE, error);
    gboolean good = named != NULL;
    for (guint i = 0; good && i < lines->len; i++)
        good = drop(db, &g_array_index(lines, Row, i), error);
    for (guint i = 0; good && i < named->len; i++)
        good = drop_name(db, &g_array_index(named, Row, i), error);
    return good;
}

int sm_history_db_prune(SmHistoryDb *db, int64_t before, guint most, GError **error)
{
    int64_t lines = 0;
    guint gone = 0;

    if (sm_db_next(db->statements[COUNT], error) != 1)
        return -1;
    lines = sqlite3_column_int64(db->statements[COUNT], 0);
    sqlite3_reset(db->statements[COUNT]);
    for (; gone < most && lines > 0; gone++, lines--) {
        g_autoptr(GArray) oldest = rows_of(db, OLDEST, error);
        if (oldest == NULL || oldest->len == 0)
            return -1;
        const Row *row = &g_array_index(oldest, Row, 0);
        if (row->at >= before && lines <= SM_MAX_HISTORY_LINES)
            break;
        if (!drop(db, row, error))
            return -1;
    }
    return (int)gone;
}

gboolean sm_history_db_purge(SmHistoryDb *db, GError **error)
{
    /* The index keeps what was taken out until its pieces are merged, the write-ahead log until it is used up. */
    return sm_db_exec(db->db, "INSERT INTO pair(pair) VALUES('optimize'); PRAGMA wal_checkpoint(TRUNCATE)", error);
}

gboolean sm_history_db_begin(SmHistoryDb *db, GError **error)
{
    return run(db, BEGIN, error);
}

gboolean sm_history_db_end(SmHistoryDb *db, gboolean good, GError **error)
{
    if (good && run(db, COMMIT, error))
        return TRUE;
    if (sqlite3_get_autocommit(db->db) == 0) /* else SQLite rolled back itself */
        run(db, ROLLBACK, NULL);
    return FALSE;
}

/* --- Reading ------------------------------------------------------------------------------------- */

static char *copy_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

static gboolean collect(SmHistoryDb *db, int which, GPtrArray *lines, GError **error)
{
    sqlite3_stmt *statement = db->statements[which];
    int more;

    while ((more = sm_db_next(statement, error)) == 1) {
        SmHistoryLine *line = g_new0(SmHistoryLine, 1);
        line->content = copy_text(statement, 0);
        line->conversation = copy_text(statement, 1);
        line->seq = sqlite3_column_int64(statement, 2);
        line->at = sqlite3_column_int64(statement, 3);
        line->kind = sqlite3_column_int(statement, 4);
        line->author = sqlite3_column_int(statement, 5);
        line->agent = copy_text(statement, 6);
        line->name = copy_text(statement, 7);
        line->profile = copy_text(statement, 8);
        line->text = g_strdup(sm_db_text(statement, 9));
        g_ptr_array_add(lines, line);
    }
    sqlite3_clear_bindings(statement);
    return more == 0;
}

gboolean sm_history_db_search(SmHistoryDb *db, const char *words, guint most, GPtrArray *lines, GError **error)
{
    g_autofree char *match = match_of(words);

    if (*match == '\0')
        return TRUE;
    sm_db_bind(db->statements[SEARCH], "si", match, (int64_t)most);
    return collect(db, SEARCH, lines, error);
}

gboolean sm_history_db_read(SmHistoryDb *db, const char *conversation, int64_t seq, guint most, GPtrArray *lines,
                            GError **error)
{
    sm_db_bind(db->statements[BEFORE], "sii", conversation, seq, (int64_t)most / 2 + 1);
    sm_db_bind(db->statements[AFTER], "sii", conversation, seq, (int64_t)most / 2);
    return collect(db, BEFORE, lines, error) && collect(db, AFTER, lines, error);
}

/* --- Life ---------------------------------------------------------------------------------------- */

void sm_history_db_close(SmHistoryDb *db)
{
    if (db == NULL)
        return;
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close_v2(db->db);
    g_free(db);
}

SmHistoryDb *sm_history_db_open(const char *path, GError **error)
{
    sqlite3 *sqlite = sm_db_open(path, &KIND, error);

    if (sqlite == NULL)
        return NULL;
    SmHistoryDb *db = g_new0(SmHistoryDb, 1);
    /* It can be made anew from the journal: nothing waits for the disk. And nobody waits for the index of lines that come one by
     * one: its pages are not worth 2 MB of an agent's machine. */
    gboolean good = sm_db_exec(sqlite, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512", error);
    db->db = sqlite;
    for (int i = 0; good && i < N_STATEMENTS; i++) {
        db->statements[i] = sm_db_prepare(sqlite, SQL[i], error);
        good = db->statements[i] != NULL;
    }
    if (!good)
        g_clear_pointer(&db, sm_history_db_close);
    return db;
}
