/* SPDX-License-Identifier: MIT */
#include "seatmux/app/reply.h"

#include <locale.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "seatmux/app/keymap.h"

/* A directory of packs that lives for one test. */
typedef struct {
    char *path;
    GPtrArray *files;
} Directory;

static Directory directory_new(void)
{
    return (Directory){g_dir_make_tmp("seatmux-replies-XXXXXX", NULL),
                       g_ptr_array_new_with_free_func(g_free)};
}

static void put(Directory *d, const char *name, const char *text)
{
    char *path = g_build_filename(d->path, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_ptr_array_add(d->files, path);
}

static void directory_clear(Directory *d)
{
    for (guint i = 0; i < d->files->len; i++)
        remove(d->files->pdata[i]);
    rmdir(d->path);
    g_ptr_array_unref(d->files);
    g_free(d->path);
}

static SmReplies *load(Directory *a, Directory *b, char **text)
{
    const char *directories[] = {a->path, b != NULL ? b->path : NULL, NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmReplies *replies = sm_replies_load(directories, findings);
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < sm_findings_count(findings); i++) {
        const SmFinding *f = sm_findings_at(findings, i);
        g_autofree char *name = g_path_get_basename(f->file);
        g_string_append_printf(all, "%s:%d:%d: %s%s\n", name, f->line, f->column,
                               f->warning ? "warning: " : "", f->text);
    }
    *text = g_strdup(all->str);
    return replies;
}

static void shipped(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "quickreplies", NULL);
    const char *directories[] = {path, "/nonexistent", NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmReplies) replies = sm_replies_load(directories, findings);
    static const char *const maps[] = {"default", "readline", "irc", "one-hand"};

    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_cmpuint(sm_replies_count(replies), >, 20);
    for (guint i = 0; i < G_N_ELEMENTS(maps); i++) {
        g_autoptr(SmKeymap) keymap = sm_keymap_new(maps[i], findings);
        sm_replies_check_keys(replies, keymap, findings);
    }
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
}

static void errors(void)
{
    Directory d = directory_new();
    g_autofree char *text = NULL;

    put(&d, "a.yaml",
        "pack: a\n"
        "replies:\n"
        "  - code: one\n"
        "    text: \"Hi {{contact.name\"\n"
        "  - code: two\n"
        "    text: |\n"
        "      fine\n"
        "      so {{?}} far\n"
        "  - code: three\n"
        "    slot: 12\n"
        "    key: x\n"
        "    text: t\n"
        "    valid: {from: 2026-13-01, hours: \"8-9\", days: [mon, moon]}\n"
        "  - title: no code\n"
        "    text: t\n"
        "  - code: one two\n"
        "    text: t\n"
        "    colour: red\n");
    put(&d, "b.yaml",
        "pack: b\nreplies:\n  - code: four\n    text: t\n  - code: four\n    text: u\n");
    put(&d, "c.yaml", "pack: c\nreplies: [\n");
    SmReplies *replies = load(&d, NULL, &text);
    g_assert_null(replies);
    static const char *const places[] = {
        "a.yaml:4:",    "a.yaml:8:10:",  "a.yaml:10:11:", "a.yaml:11:10:", "a.yaml:13:",
        "a.yaml:14:5:", "a.yaml:16:11:", "a.yaml:18:",    "b.yaml:5:5:",   "c.yaml:"};
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        if (strstr(text, places[i]) == NULL)
            g_error("%s is missing in:\n%s", places[i], text);
    g_assert_nonnull(strstr(text, "code 'four' is already in"));
    directory_clear(&d);
}

static void layers(void)
{
    Directory shipped_packs = directory_new(), own = directory_new();
    g_autofree char *text = NULL;

    put(&shipped_packs, "a.yaml",
        "pack: a\nlanguage: zh-CN\nreplies:\n  - {code: hi, key: F5, text: shipped}\n  - {code: "
        "bye, text: bye}\n");
    put(&own, "a.yaml",
        "pack: mine\nreplies:\n  - {code: hi, text: own}\n  - {code: new, key: F5, text: new}\n");
    g_autoptr(SmReplies) replies = load(&shipped_packs, &own, &text);
    g_assert_cmpuint(sm_replies_count(replies), ==, 3);
    g_assert_cmpstr(sm_replies_by_code(replies, "hi")->pack, ==, "mine");
    g_assert_nonnull(strstr(text, "a.yaml:3:0: warning: code 'hi' is used instead of that of"));
    gboolean prefix;
    SmKey f5 = sm_key(SM_KEY_F0 + 5, 0);
    g_assert_cmpstr(sm_replies_by_key(replies, &f5, 1, &prefix)->code, ==, "new");
    g_assert_false(prefix);
    directory_clear(&shipped_packs);
    directory_clear(&own);
}

static int64_t wall(int year, int month, int day, int hour)
{
    g_autoptr(GDateTime) at = g_date_time_new_local(year, month, day, hour, 0, 0);

    return g_date_time_to_unix(at) * 1000;
}

static void moment(void)
{
    Directory d = directory_new();
    g_autofree char *text = NULL;

    put(&d, "a.yaml",
        "pack: a\nlanguage: zh-CN\nteam: presale\nreplies:\n"
        "  - code: day\n    text: 中\n    valid: {from: 2026-11-01, until: 2026-11-12, days: [mon, "
        "tue], hours: \"08:00-23:00\"}\n"
        "    in: {en: english, en-GB: british}\n"
        "  - code: night\n    text: n\n    valid: {hours: \"22:00-06:00\"}\n");
    g_autoptr(SmReplies) replies = load(&d, NULL, &text);
    g_assert_cmpstr(text, ==, "");
    const SmReply *day = sm_replies_by_code(replies, "day"),
                  *night = sm_replies_by_code(replies, "night");
    g_assert_true(sm_reply_valid(day, wall(2026, 11, 2, 9), "presale"));
    g_assert_false(sm_reply_valid(day, wall(2026, 11, 2, 9), "billing"));
    g_assert_false(sm_reply_valid(day, wall(2026, 11, 2, 23), "presale"));
    g_assert_false(sm_reply_valid(day, wall(2026, 11, 4, 9), "presale"));  /* a Wednesday */
    g_assert_false(sm_reply_valid(day, wall(2026, 11, 16, 9), "presale")); /* too late */
    g_assert_true(sm_reply_valid(night, wall(2026, 11, 2, 23), "presale"));
    g_assert_true(sm_reply_valid(night, wall(2026, 11, 2, 5), "presale"));
    g_assert_false(sm_reply_valid(night, wall(2026, 11, 2, 12), "presale"));
    static const char *const languages[][2] = {{"zh-CN", "zh-CN"}, {"zh-TW", "zh-CN"},
                                               {"en-GB", "en-GB"}, {"en-US", "en"},
                                               {"de", "zh-CN"},    {"", "zh-CN"}};
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        const char *taken = NULL;
        sm_reply_text(day, languages[i][0], &taken);
        g_assert_cmpstr(taken, ==, languages[i][1]);
    }
    directory_clear(&d);
}

/* Who reads the list may have another language than the customer. */
static void titles(void)
{
    Directory d = directory_new();
    g_autofree char *text = NULL;

    put(&d, "a.yaml",
        "pack: a\nlanguage: zh-CN\nreplies:\n"
        "  - {code: hi, title: 欢迎, text: 您好, in: {en: {title: Welcome, text: Hello}, de: Hallo}}\n");
    g_autoptr(SmReplies) replies = load(&d, NULL, &text);
    g_assert_cmpstr(text, ==, "");
    const SmReply *hi = sm_replies_by_code(replies, "hi");
    static const char *const readers[][3] = {{"en_GB.UTF-8", "en", "Welcome"},
                                             {"C.UTF-8", "C", "Welcome"},
                                             {"zh_CN", "zh", "欢迎"},
                                             {"de_DE", "de", "欢迎"},
                                             {"de", "en", "Welcome"}};
    for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
        const char *languages[] = {readers[i][0], readers[i][1], NULL};
        g_assert_cmpstr(sm_reply_title(hi, languages), ==, readers[i][2]);
    }
    g_autoptr(GPtrArray) hits = sm_replies_rank(replies, NULL, "zh-CN", "welc", wall(2026, 11, 2, 9));
    g_assert_cmpuint(hits->len, ==, 1);
    directory_clear(&d);

    d = directory_new();
    g_free(text);
    put(&d, "a.yaml", "pack: a\nreplies:\n  - {code: hi, text: t, in: {en: {title: x, words: y}}}\n");
    g_assert_null(load(&d, NULL, &text));
    g_assert_nonnull(strstr(text, "a.yaml:3:"));
    g_assert_nonnull(strstr(text, "text"));
    g_assert_nonnull(strstr(text, "words"));
    directory_clear(&d);
}

static char *ranking(const SmReplies *replies, const char *filter)
{
    g_autoptr(GPtrArray) hits = sm_replies_rank(replies, NULL, "en", filter, wall(2026, 11, 2, 9));
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < hits->len; i++) {
        const SmReplyHit *hit = hits->pdata[i];
        g_string_append_printf(text, "%d:%s ", hit->digit, hit->reply->code);
    }
    return g_strdup(text->str);
}

static void ranks(void)
{
    Directory d = directory_new();
    g_autofree char *text = NULL;

    put(&d, "a.yaml",
        "pack: a\nlanguage: en\nreplies:\n  - {code: alpha, text: a}\n  - {code: beta, text: b, "
        "slot: 2}\n"
        "  - {code: gamma, text: g, tags: [refund]}\n  - {code: delta, text: d}\n");
    g_autoptr(SmReplies) replies = load(&d, NULL, &text);
    sm_replies_set_used(replies, "delta", 5);
    g_autofree char *first = ranking(replies, NULL);
    g_assert_cmpstr(first, ==, "1:delta 2:beta 3:alpha 4:gamma ");
    /* Use within the session moves nothing. */
    for (int i = 0; i < 9; i++)
        sm_replies_count_use(replies, "gamma");
    g_autofree char *second = ranking(replies, NULL);
    g_assert_cmpstr(second, ==, first);
    g_assert_cmpint(sm_replies_used(replies, "gamma"), ==, 9);
    g_autofree char *by_tag = ranking(replies, "refun");
    g_assert_cmpstr(by_tag, ==, "0:gamma ");
    directory_clear(&d);
}

static void stamp_moves(void)
{
    Directory d = directory_new();
    const char *directories[] = {d.path, NULL};

    guint64 empty = sm_replies_stamp(directories);
    put(&d, "a.yaml", "pack: a\nreplies: []\n");
    guint64 one = sm_replies_stamp(directories);
    g_assert_true(one != empty);
    g_assert_true(sm_replies_stamp(directories) == one);
    put(&d, "b.yaml", "pack: b\nreplies: []\n");
    guint64 two = sm_replies_stamp(directories);
    g_assert_true(two != one);
    /* Who may read a file changes nothing else of it: a pack that could not be read is tried again. */
    g_assert_cmpint(g_chmod(d.files->pdata[0], 0400), ==, 0);
    g_assert_true(sm_replies_stamp(directories) != two);
    directory_clear(&d);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/replies/shipped", shipped);
    g_test_add_func("/app/replies/errors", errors);
    g_test_add_func("/app/replies/layers", layers);
    g_test_add_func("/app/replies/moment", moment);
    g_test_add_func("/app/replies/titles", titles);
    g_test_add_func("/app/replies/ranks", ranks);
    g_test_add_func("/app/replies/stamp", stamp_moves);
    return g_test_run();
}
