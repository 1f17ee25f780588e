/* SPDX-License-Identifier: MIT */
/* The history: what is found, erased, pruned; on a real disk with its thread, and in memory by turns. */
#include <glib/gstdio.h>
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/journal/history.h"

#define DAY_MS INT64_C(86400000)

typedef struct {
    SmLoop *loop;
    SmHistory *history;
    char *directory; /* NULL: in memory */
    GString *texts;  /* of the last answer: "a|b" */
    guint answers;
    GError *error;
} Fix;

static void begin(Fix *f, gboolean disk)
{
    *f = (Fix){.texts = g_string_new(NULL)};
    f->loop = disk ? sm_loop_new_glib() : sm_loop_new_virtual(1793494800000);
    f->directory = disk ? g_dir_make_tmp("seatmux-history-XXXXXX", NULL) : NULL;
    f->history = disk ? sm_history_open(f->directory, f->loop, 90) : sm_history_new_memory(f->loop);
}

static void again(Fix *f, int days)
{
    sm_history_close(f->history);
    f->history = sm_history_open(f->directory, f->loop, days);
}

static void end(Fix *f)
{
    sm_history_close(f->history);
    sm_loop_free(f->loop);
    g_string_free(f->texts, TRUE);
    g_clear_error(&f->error);
    if (f->directory != NULL) {
        sm_history_forget(f->directory);
        g_assert_cmpint(g_rmdir(f->directory), ==, 0); /* nothing else is left */
        g_free(f->directory);
    }
}

static void found(const GPtrArray *lines, const GError *error, void *user)
{
    Fix *f = user;

    g_string_set_size(f->texts, 0);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(f->texts, "%s%s", i > 0 ? "|" : "", ((SmHistoryLine *)lines->pdata[i])->text);
    g_clear_error(&f->error);
    f->error = error != NULL ? g_error_copy(error) : NULL;
    f->answers++;
    sm_loop_quit(f->loop);
}

static const char *search(Fix *f, const char *words)
{
    guint before = f->answers;

    sm_history_search(f->history, words, 50, found, f, NULL);
    sm_loop_run(f->loop);
    g_assert_cmpuint(f->answers, ==, before + 1);
    g_assert_no_error(f->error);
    return f->texts->str;
}

static void add_at(Fix *f, const char *content, const char *conversation, int64_t seq, int64_t at, const char *name,
                   const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)sm_history_line_free);
    SmHistoryLine *line = g_new0(SmHistoryLine, 1);

    *line = (SmHistoryLine){.content = g_strdup(content), .conversation = g_strdup(conversation), .seq = seq, .at = at,
                            .name = g_strdup(name), .profile = g_strdup_printf("profile-%s", conversation),
                            .text = g_strdup(text)};
    g_ptr_array_add(lines, line);
    sm_history_add(f->history, lines);
}

static void add(Fix *f, const char *content, const char *conversation, int64_t seq, const char *name, const char *text)
{
    add_at(f, content, conversation, seq, sm_loop_wall(f->loop) + seq, name, text);
}

static void finding(gconstpointer disk)
{
    Fix f;

    begin(&f, disk != NULL);
    add(&f, "x1", "v1", 1, "王小明", "我要退货，订单48213");
    add(&f, "x2", "v1", 2, "王小明", "退款什么时候到");
    add(&f, "x3", "v2", 3, "Lena", "No\nproblem, the PARCEL is here");
    add(&f, "x4", "v2", 4, "Lena", "Ａｂｃ 😀 \"quoted\" OR NOT * ^");
    add(&f, "x1", "v9", 9, "again", "the same content is one line"); /* known already */
    g_assert_cmpstr(search(&f, "退货"), ==, "我要退货，订单48213");
    g_assert_cmpstr(search(&f, "退"), ==, "退款什么时候到|我要退货，订单48213");
    g_assert_cmpstr(search(&f, "货"), ==, "我要退货，订单48213"); /* not the first of a pair alone */
    g_assert_cmpstr(search(&f, "到"), ==, "退款什么时候到");      /* the last letter of all */
    g_assert_cmpstr(search(&f, "什么时候"), ==, "退款什么时候到");
    g_assert_cmpstr(search(&f, "时什"), ==, "");
    g_assert_cmpstr(search(&f, "8213"), ==, "我要退货，订单48213");
    g_assert_cmpstr(search(&f, "小明  退"), ==, "退款什么时候到|我要退货，订单48213");
    g_assert_cmpstr(search(&f, "小明 退货"), ==, "我要退货，订单48213");
    g_assert_cmpstr(search(&f, "parcel"), ==, "No\nproblem, the PARCEL is here");
    g_assert_cmpstr(search(&f, "arce problem"), ==, "No\nproblem, the PARCEL is here");
    g_assert_cmpstr(search(&f, "abc"), ==, "Ａｂｃ 😀 \"quoted\" OR NOT * ^");
    g_assert_cmpstr(search(&f, "😀"), ==, "Ａｂｃ 😀 \"quoted\" OR NOT * ^");
    /* Nothing is a command of the database. */
    g_assert_cmpstr(search(&f, "\"quoted\" OR NOT *"), ==, "Ａｂｃ 😀 \"quoted\" OR NOT * ^");
    g_assert_cmpstr(search(&f, "' ; drop table line"), ==, "");
    g_assert_cmpstr(search(&f, "   "), ==, "");
    g_assert_cmpstr(search(&f, ""), ==, "");
    end(&f);
}

/* Who hands in more than the disk takes is told, until it has been taken. */
static void full(gconstpointer disk)
{
    Fix f;

    begin(&f, disk != NULL);
    for (int i = 0; !sm_history_full(f.history); i++) {
        g_assert_cmpint(i, <, 100);
        g_autofree char *content = g_strdup_printf("x%d", i);
        add(&f, content, "v1", i + 1, "Lena", "one of many");
    }
    while (sm_history_full(f.history))
        search(&f, "many"); /* answered behind what waited before it */
    search(&f, "many");
    g_assert_cmpuint(strlen(f.texts->str), >=, 2 * strlen("one of many"));
    end(&f);
}

static gboolean in_file(const char *directory, const char *suffix, const char *word)
{
    g_autofree char *name = g_strconcat("history.db", suffix, NULL);
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *bytes = NULL;
    gsize n = 0;

    return g_file_get_contents(path, &bytes, &n, NULL) && memmem(bytes, n, word, strlen(word)) != NULL;
}

/* Gone from what is found and from the file, text and pairs. */
static void erasing(gconstpointer disk)
{
    Fix f;
    static const char *const gone[] = {"geheimnis", "00006700006500", "Mustermann"};

    begin(&f, disk != NULL);
    add(&f, "x1", "v1", 1, "Mustermann", "ein geheimnis von mir");
    add(&f, "x2", "v1", 2, "Mustermann", "bleibt stehen");
    g_assert_cmpstr(search(&f, "geheim"), ==, "ein geheimnis von mir");
    sm_history_erase(f.history, "x1");
    sm_history_erase(f.history, "x1");
    sm_history_erase(f.history, "unknown");
    g_assert_cmpstr(search(&f, "geheim"), ==, "");
    g_assert_cmpstr(search(&f, "mustermann"), ==, "bleibt stehen");
    sm_history_erase(f.history, "profile-v1");
    g_assert_cmpstr(search(&f, "mustermann"), ==, "");
    g_assert_cmpstr(search(&f, "bleibt"), ==, "bleibt stehen");
    for (gsize i = 0; f.directory != NULL && i < G_N_ELEMENTS(gone); i++) {
        g_assert_false(in_file(f.directory, "", gone[i]));
        g_assert_false(in_file(f.directory, "-wal", gone[i]));
    }
    end(&f);
}

static void reading(gconstpointer disk)
{
    Fix f;

    begin(&f, disk != NULL);
    for (int i = 1; i <= 30; i++) {
        g_autofree char *id = g_strdup_printf("x%d", i), *text = g_strdup_printf("t%d", i);
        add(&f, id, i % 2 ? "odd" : "even", i, NULL, text);
    }
    sm_history_read(f.history, "odd", 15, 5, found, &f, NULL);
    sm_loop_run(f.loop);
    g_assert_cmpstr(f.texts->str, ==, "t11|t13|t15|t17|t19");
    sm_history_read(f.history, "nobody", 15, 5, found, &f, NULL);
    sm_loop_run(f.loop);
    g_assert_cmpstr(f.texts->str, ==, "");
    end(&f);
}

static void restart(void)
{
    Fix f;

    begin(&f, TRUE);
    add_at(&f, "old", "v0", 1, sm_loop_wall(f.loop) - 20 * DAY_MS, "Old", "a line of long ago");
    add(&f, "new", "v1", 2, "New", "a line of today");
    g_assert_cmpstr(search(&f, "line"), ==, "a line of today|a line of long ago");
    again(&f, 90);
    g_assert_cmpstr(search(&f, "line"), ==, "a line of today|a line of long ago");
    again(&f, 10);
    search(&f, "line"); /* what is too old goes after the first job */
    g_assert_cmpstr(search(&f, "line"), ==, "a line of today");
    end(&f);
}

/* A damaged one is made anew; one that can't be written says so. */
static void damaged(void)
{
    Fix f;

    begin(&f, TRUE);
    add(&f, "x1", "v1", 1, "Chen", "before");
    search(&f, "before");
    sm_history_close(f.history);
    g_autofree char *path = g_build_filename(f.directory, "history.db", NULL);
    g_assert_true(g_file_set_contents(path, "this is no database, and long enough to be looked at as one", -1, NULL));
    f.history = sm_history_open(f.directory, f.loop, 90);
    g_assert_cmpstr(search(&f, "before"), ==, "");
    add(&f, "x1", "v1", 1, "Chen", "before");
    g_assert_cmpstr(search(&f, "before"), ==, "before");
    sm_history_close(f.history);
    sm_history_forget(f.directory);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    f.history = sm_history_open(f.directory, f.loop, 90);
    sm_history_search(f.history, "before", 5, found, &f, NULL);
    sm_loop_run(f.loop);
    g_assert_nonnull(f.error);
    g_rmdir(path);
    end(&f);
}

static guint forgotten;

static void counted(void *user)
{
    forgotten++;
}

static void closing_answer(const GPtrArray *lines, const GError *error, void *user)
{
    Fix *f = user;

    sm_history_close(f->history);
    f->history = NULL;
    sm_loop_quit(f->loop);
}

static void closed_by_an_answer(gconstpointer disk)
{
    Fix f;

    begin(&f, disk != NULL);
    sm_history_search(f.history, "x", 5, closing_answer, &f, NULL);
    sm_history_search(f.history, "y", 5, found, &f, counted); /* never answered */
    sm_loop_run(f.loop);
    g_assert_cmpuint(f.answers, ==, 0);
    end(&f);
    g_assert_cmpuint(forgotten, ==, 1);
    forgotten = 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(gconstpointer disk);
    } both[] = {{"finding", finding}, {"erasing", erasing}, {"full", full}, {"reading", reading}, {"closed-by-an-answer", closed_by_an_answer}};

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
        g_autofree char *disk = g_strdup_printf("/history/disk/%s", both[i].name);
        g_autofree char *memory = g_strdup_printf("/history/memory/%s", both[i].name);
        g_test_add_data_func(disk, "disk", both[i].run);
        g_test_add_data_func(memory, NULL, both[i].run);
    }
    g_test_add_func("/history/restart", restart);
    g_test_add_func("/history/damaged", damaged);
    return g_test_run();
}
