/* SPDX-License-Identifier: MIT */
/* Spelling, with a dictionary of our own; skipped where it was built without enchant. */
#include <glib/gstdio.h>
#include <string.h>

#include "seatmux/text/spell.h"

static GString *told;
static gboolean was_known;
static const char *asked_text;
static SmLoop *on;

static void done(gboolean known, const GArray *wrong, void *user)
{
    g_string_set_size(told, 0);
    for (guint i = 0; i < wrong->len; i++) {
        const SmSpellWord *word = &g_array_index(wrong, SmSpellWord, i);
        g_string_append_printf(told, "[%.*s]", (int)word->len, asked_text + word->start);
    }
    was_known = known;
    sm_loop_quit(on);
}

static const char *wrong_in(SmSpeller *speller, const char *text, const char *languages, const char *names)
{
    asked_text = text;
    g_string_assign(told, "never answered");
    sm_speller_check(speller, text, languages, names, done, NULL);
    sm_loop_run(on);
    return told->str;
}

static void checking(gconstpointer real)
{
    g_autoptr(SmLoop) loop = real != NULL ? sm_loop_new_glib() : sm_loop_new_virtual(0);
    g_autoptr(SmSpeller) speller = sm_speller_new(loop);

    on = loop;
    if (speller == NULL) {
        g_test_skip("built without enchant");
        return;
    }
    if (strcmp(wrong_in(speller, "hello", "qq_QQ", NULL), "") != 0 || !was_known) {
        g_test_skip("enchant has no hunspell");
        return;
    }
    g_assert_cmpstr(wrong_in(speller, "hello wrold, the world's café", "qq_QQ", NULL), ==, "[wrold]");
    g_assert_cmpstr(wrong_in(speller, "(wrold) \"helo\" - wrold!", "qq_QQ", NULL), ==, "[wrold][helo][wrold]");
    /* Not words: addresses, codes, capitals, fields, numbers, Chinese. */
    g_assert_cmpstr(wrong_in(speller, "www.wrold.com a@wrold.org /wrold/x TR-9917 wrold1 ABCD {{?wrold}} 你好wrld x 12", "qq_QQ", NULL), ==, "[wrld]");
    g_assert_cmpstr(wrong_in(speller, "Okafor Oka Wei", "qq_QQ", "Chen Wei Okafor"), ==, "[Oka]");
    g_assert_cmpstr(wrong_in(speller, "", "qq_QQ", NULL), ==, "");
    /* One of several languages is enough; none known marks nothing. */
    g_assert_cmpstr(wrong_in(speller, "wrold", "rr_RR qq_QQ", NULL), ==, "[wrold]");
    g_assert_cmpstr(wrong_in(speller, "wrold", "rr_RR", NULL), ==, "");
    g_assert_false(was_known);
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 1000; i++)
        g_string_append(many, "wrold ");
    asked_text = many->str;
    g_assert_cmpuint(strlen(wrong_in(speller, many->str, "qq_QQ", NULL)), ==, SM_SPELL_WORDS * strlen("[wrold]"));
}

int main(int argc, char **argv)
{
    g_autofree char *home = g_dir_make_tmp("seatmux-spell-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(home, "hunspell", NULL);
    g_autofree char *aff = g_build_filename(folder, "qq_QQ.aff", NULL);
    g_autofree char *dic = g_build_filename(folder, "qq_QQ.dic", NULL);

    g_mkdir(folder, 0700);
    g_file_set_contents(aff, "SET UTF-8\nWORDCHARS '\n", -1, NULL);
    g_file_set_contents(dic, "5\nhello\nworld\nworld's\nthe\ncafé\n", -1, NULL);
    g_setenv("ENCHANT_CONFIG_DIR", home, TRUE);
    g_test_init(&argc, &argv, NULL);
    told = g_string_new(NULL);
    g_test_add_data_func("/spell/virtual", NULL, checking);
    g_test_add_data_func("/spell/thread", "thread", checking);
    int status = g_test_run();
    g_string_free(told, TRUE);
    g_unlink(aff);
    g_unlink(dic);
    g_rmdir(folder);
    g_rmdir(home);
    return status;
}
