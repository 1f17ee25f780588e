/* SPDX-License-Identifier: MIT */
/* faq: files of frequent questions, and the index over them. */
#include "seatmux/app/faq.h"

#include <string.h>

#include "app/replies_private.h"
#include "seatmux/base/db.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"

#define CANDIDATES 30 /* looked at for one question */
#define MOST_WORDS 160 /* of a question that are searched for */

static const SmDbKind KIND = {"the index of frequent questions", 0x534d4651, 1,
                              "CREATE VIRTUAL TABLE question USING fts5(words, tokenize='unicode61');"};

typedef struct {
    SmReply *reply;
    char *question;
    char **words;
} Question;

struct SmFaq {
    GPtrArray *entries;   /* SmReply */
    GHashTable *by_id;    /* borrowed id -> SmReply */
    GPtrArray *questions; /* Question; place + 1 is the rowid */
    gboolean indexed;     /* when first asked */
    sqlite3 *db;          /* NULL: nothing can be found */
    sqlite3_stmt *find;
};

static void question_free(void *data)
{
    Question *question = data;

    g_free(question->question);
    g_strfreev(question->words);
    g_free(question);
}

/* --- Words --------------------------------------------------------------------------------------
 */

static gboolean is_han(gunichar c)
{
    GUnicodeScript script = g_unichar_get_script(c);

    return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA || script == G_UNICODE_SCRIPT_KATAKANA;
}

static void add(GPtrArray *words, GHashTable *seen, const char *from, gsize n)
{
    g_autofree char *word = g_strndup(from, n);

    if (words->len < MOST_WORDS && g_hash_table_add(seen, g_strdup(word)))
        g_ptr_array_add(words, g_steal_pointer(&word));
}

/* A run of Chinese as pairs: each two that stand side by side, or the one alone. */
static const char *take_han(GPtrArray *words, GHashTable *seen, const char *p)
{
    const char *next = g_utf8_next_char(p);

    if (!is_han(g_utf8_get_char(next)))
        add(words, seen, p, (gsize)(next - p));
    for (; is_han(g_utf8_get_char(next)); p = next, next = g_utf8_next_char(next))
        add(words, seen, p, (gsize)(g_utf8_next_char(next) - p));
    return next;
}

char **sm_faq_words(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *normal = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(normal, -1);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *words = g_ptr_array_new();

    for (const char *p = folded; *p != '\0';) {
        gunichar c = g_utf8_get_char(p);
        if (is_han(c)) {
            p = take_han(words, seen, p);
            continue;
        }
        const char *end = p;
        while (*end != '\0' && g_unichar_isalnum(g_utf8_get_char(end)) && !is_han(g_utf8_get_char(end)))
            end = g_utf8_next_char(end);
        if (end > p && g_utf8_strlen(p, end - p) > 1)
            add(words, seen, p, (gsize)(end - p));
        p = end > p ? end : g_utf8_next_char(p);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* --- Files --------------------------------------------------------------------------------------
 */

typedef struct {
    SmFaq *faq;
    SmFindings *findings;
    SmYamlDoc *doc;
    const char *file, *pack, *language, *team;
} Loader;

static void wrong(gsize offset, const char *why, void *user)
{
    *(char **)user = *(char **)user != NULL ? *(char **)user : g_strdup(why);
}

static SmTemplate *read_answer(SmYamlMap *map, const char *key, const char *text)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(text)), *why = NULL;
    SmTemplate *made = sm_template_parse(trimmed, wrong, &why);

    if (made == NULL)
        sm_yaml_map_error(map, key, "%s", why != NULL ? why : "is no text");
    else if (g_utf8_strlen(trimmed, -1) > SM_MAX_MESSAGE_CHARS || *trimmed == '\0')
        sm_yaml_map_error(map, key, "is empty, or longer than a message may be");
    return made;
}

static void read_languages(SmYamlMap *map, SmReply *reply, const SmYaml *node)
{
    if (node != NULL && sm_yaml_kind(node) != SM_YAML_MAP)
        sm_yaml_map_error(map, "in", "must be a map of languages to texts");
    for (guint i = 0; node != NULL && sm_yaml_kind(node) == SM_YAML_MAP && i < sm_yaml_size(node); i++) {
        const char *text = sm_yaml_text(sm_yaml_item(node, i));
        SmTemplate *answer = read_answer(map, "in", text != NULL ? text : "");
        if (answer != NULL)
            sm_reply_add_language(reply, sm_yaml_text(sm_yaml_key(node, i)), NULL, answer);
    }
}

static void keep(SmFaq *faq, SmReply *reply, char **questions)
{
    SmReply *under = g_hash_table_lookup(faq->by_id, reply->code);

    for (guint i = faq->questions->len; under != NULL && i-- > 0;)
        if (((Question *)faq->questions->pdata[i])->reply == under)
            ((Question *)faq->questions->pdata[i])->reply = NULL; /* the higher layer's takes its place */
    g_hash_table_replace(faq->by_id, reply->code, reply);
    g_ptr_array_add(faq->entries, reply);
    for (guint i = 0; questions[i] != NULL; i++) {
        Question *question = g_new0(Question, 1);
        question->reply = reply;
        question->question = g_strdup(questions[i]);
        question->words = sm_faq_words(questions[i]);
        g_ptr_array_add(faq->questions, question);
    }
}

static void read_entry(Loader *loader, const SmYaml *node, GHashTable *ids)
{
    SmYamlMap *map = sm_yaml_map(loader->doc, node, "an entry", loader->findings);
    guint before = sm_findings_errors(loader->findings);
    const char *id = sm_yaml_map_need(map, "id"), *answer = sm_yaml_map_need(map, "answer");
    g_auto(GStrv) questions = sm_yaml_map_strv(map, "questions");
    SmReply *reply = sm_reply_new(id != NULL ? id : "", questions != NULL && questions[0] != NULL ? questions[0] : "",
                                  loader->file, sm_yaml_line(node));

    reply->pack = g_strdup(loader->pack);
    reply->language = g_strdup(loader->language);
    reply->team = g_strdup(sm_yaml_map_str(map, "team", loader->team));
    reply->text = answer != NULL ? read_answer(map, "answer", answer) : NULL;
    read_languages(map, reply, sm_yaml_map_node(map, "in"));
    if (questions == NULL || questions[0] == NULL)
        sm_yaml_map_error(map, "questions", "an entry needs 'questions', as customers ask them");
    for (guint i = 0; questions != NULL && questions[i] != NULL; i++) {
        g_auto(GStrv) words = sm_faq_words(questions[i]);
        if (words[0] == NULL)
            sm_yaml_map_error(map, "questions", "'%s' has no word to find it by", questions[i]);
    }
    if (id != NULL && !g_hash_table_add(ids, g_strdup(id)))
        sm_yaml_map_error(map, "id", "id '%s' is there twice", id);
    if (loader->faq->entries->len >= SM_MAX_FAQ_ENTRIES)
        sm_yaml_map_error(map, "id", "more frequent questions than there may be (limit FAQ_ENTRIES)");
    sm_yaml_map_end(map);
    if (sm_findings_errors(loader->findings) > before)
        sm_reply_free(reply);
    else
        keep(loader->faq, reply, questions);
}

/* Most files beside it are packs, which are read once already: without this word there is none in it. */
static gboolean may_be_one(const char *path)
{
    g_autofree char *text = sm_path_read(path, SM_MAX_YAML_BYTES, NULL, NULL);

    return text == NULL || strstr(text, "faq") != NULL;
}

static void read_file(Loader *loader, const char *path, gboolean must)
{
    if (!must && !may_be_one(path))
        return;
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, loader->findings);
    SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (root == NULL || (!must && (sm_yaml_kind(root) != SM_YAML_MAP || sm_yaml_get(root, "faq") == NULL)))
        return;
    loader->doc = doc;
    loader->file = path;
    SmYamlMap *map = sm_yaml_map(doc, root, "frequent questions", loader->findings);
    loader->pack = sm_yaml_map_need(map, "faq");
    loader->pack = loader->pack != NULL ? loader->pack : "";
    loader->language = sm_yaml_map_str(map, "language", "");
    loader->team = sm_yaml_map_str(map, "team", NULL);
    SmYaml *list = sm_yaml_map_node(map, "entries");
    if (list == NULL || sm_yaml_kind(list) != SM_YAML_LIST) {
        sm_yaml_map_error(map, "entries", "'entries' must be a list");
        list = NULL;
    }
    sm_yaml_map_end(map);
    for (guint i = 0; list != NULL && i < sm_yaml_size(list); i++)
        read_entry(loader, sm_yaml_item(list, i), ids);
}

/* --- The index ----------------------------------------------------------------------------------
 */

static void index_all(SmFaq *faq)
{
    faq->indexed = TRUE;
    faq->db = sm_db_open(":memory:", &KIND, NULL);
    sqlite3_stmt *put = faq->db != NULL ? sm_db_prepare(faq->db, "INSERT INTO question(rowid, words) VALUES(?, ?)", NULL) : NULL;

    for (guint i = 0; put != NULL && i < faq->questions->len; i++) {
        const Question *question = faq->questions->pdata[i];
        g_autofree char *words = g_strjoinv(" ", question->words);
        if (question->reply == NULL)
            continue;
        sm_db_bind(put, "is", (int64_t)i + 1, words);
        sm_db_finish(put, NULL);
    }
    sqlite3_finalize(put);
    if (faq->db != NULL)
        faq->find = sm_db_prepare(faq->db, "SELECT rowid FROM question WHERE question MATCH ? ORDER BY bm25(question), rowid LIMIT ?", NULL);
}

static SmFaq *faq_new(void)
{
    SmFaq *faq = g_new0(SmFaq, 1);

    faq->entries = g_ptr_array_new_with_free_func((GDestroyNotify)sm_reply_free);
    faq->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    faq->questions = g_ptr_array_new_with_free_func(question_free);
    return faq;
}

SmFaq *sm_faq_load(const char *const *directories, SmFindings *findings)
{
    Loader loader = {.faq = faq_new(), .findings = findings};

    for (guint i = 0; directories != NULL && directories[i] != NULL; i++) {
        g_autoptr(GPtrArray) files = sm_path_yaml_files(directories[i]);
        for (guint k = 0; k < files->len; k++)
            read_file(&loader, files->pdata[k], FALSE);
    }
    return loader.faq;
}

SmFaq *sm_faq_load_file(const char *path, SmFindings *findings)
{
    Loader loader = {.faq = faq_new(), .findings = findings};

    read_file(&loader, path, TRUE);
    return loader.faq;
}

void sm_faq_free(SmFaq *faq)
{
    if (faq == NULL)
        return;
    sqlite3_finalize(faq->find);
    if (faq->db != NULL)
        sqlite3_close(faq->db);
    g_ptr_array_unref(faq->questions);
    g_hash_table_unref(faq->by_id);
    g_ptr_array_unref(faq->entries);
    g_free(faq);
}

guint sm_faq_count(const SmFaq *faq)
{
    return g_hash_table_size(faq->by_id);
}

/* Of a hundred words of the question, so many are in what was asked. */
static guint share(const Question *question, char **asked)
{
    guint all = g_strv_length(question->words), there = 0;

    for (guint i = 0; i < all; i++)
        there += g_strv_contains((const char *const *)asked, question->words[i]);
    return all > 0 ? 100 * there / all : 0;
}

typedef struct {
    SmReply *reply;
    guint share;
    guint place;
} Hit;

static gint better(gconstpointer a, gconstpointer b)
{
    const Hit *x = a, *y = b;

    return x->share != y->share ? (x->share > y->share ? -1 : 1) : x->place < y->place ? -1 : x->place > y->place;
}

static void note(GArray *hits, SmReply *reply, guint part)
{
    for (guint i = 0; i < hits->len; i++) {
        Hit *hit = &g_array_index(hits, Hit, i);
        if (hit->reply == reply) {
            hit->share = MAX(hit->share, part);
            return;
        }
    }
    Hit hit = {reply, part, hits->len};
    g_array_append_val(hits, hit);
}

GPtrArray *sm_faq_match(SmFaq *faq, const char *text, const char *team, guint most)
{
    GPtrArray *found = g_ptr_array_new();

    if (faq->questions->len == 0)
        return found;
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(Hit));
    g_auto(GStrv) asked = sm_faq_words(text);
    g_autoptr(GString) query = g_string_new(NULL);

    for (guint i = 0; asked[i] != NULL; i++) /* words are letters and digits: nothing to escape */
        g_string_append_printf(query, "%s\"%s\"", i > 0 ? " OR " : "", asked[i]);
    if (!faq->indexed)
        index_all(faq);
    if (faq->find == NULL || query->len == 0)
        return found;
    sm_db_bind(faq->find, "si", query->str, (int64_t)CANDIDATES);
    while (sm_db_next(faq->find, NULL) == 1) {
        guint place = (guint)sqlite3_column_int64(faq->find, 0) - 1;
        const Question *question = place < faq->questions->len ? faq->questions->pdata[place] : NULL;
        guint part = question != NULL && question->reply != NULL ? share(question, asked) : 0;
        if (part >= 50 && (question->reply->team == NULL || g_strcmp0(question->reply->team, team) == 0))
            note(hits, question->reply, part);
    }
    g_array_sort(hits, better);
    for (guint i = 0; i < hits->len && i < most; i++)
        g_ptr_array_add(found, g_array_index(hits, Hit, i).reply);
    return found;
}
