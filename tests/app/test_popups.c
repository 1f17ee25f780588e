/* SPDX-License-Identifier: MIT */
/* What opens above the panes, and keys on their way there. */
#include "stage.h"

#include <string.h>

enum { CELL_NAME = 2, CELL_STATE }; /* cells of a row of the list */

static const SmPopupRow *row_of_digit(Stage *s, int digit)
{
    const SmPopup *popup = sm_app_popup(s->app);

    for (guint i = 0; i < popup->rows->len; i++)
        if (((SmPopupRow *)popup->rows->pdata[i])->digit == digit)
            return popup->rows->pdata[i];
    return NULL;
}

static void picker(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_keys(&s, "C-t");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_PICKER);
    g_assert_cmpstr(row_of_digit(&s, 1)->value, ==, "hi");
    g_autofree char *third = g_strdup(row_of_digit(&s, 3)->value);
    stage_type(&s, "1");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_nonnull(strstr(stage_text(&s), "Chen"));
    /* Picking never sends, and using does not move digits within a session. */
    stage_settle(&s);
    g_autofree char *said = script_said(s.script, chen);
    g_assert_cmpstr(said, ==, "");
    for (int i = 0; i < 5; i++)
        g_assert_true(sm_app_run(s.app, "reply-insert bye"));
    stage_keys(&s, "C-c C-t");
    g_assert_cmpstr(row_of_digit(&s, 3)->value, ==, third);
    g_assert_nonnull(sm_app_popup(s.app)->detail);
    stage_type(&s, "invoice");
    g_assert_cmpstr(((SmPopupRow *)sm_app_popup(s.app)->rows->pdata[0])->value, ==, "invoice");
    stage_keys(&s, "Esc");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    /* Its own key. */
    stage_keys(&s, "F8");
    g_assert_cmpuint(strlen(stage_text(&s)), >, 0);
    stage_clear(&s);
}

static guint marked_in(const SmPopupRow *row, int cell)
{
    return row->matched[cell] != NULL ? row->matched[cell]->len : 0;
}

/* By name, order number, tag and last line, and the letters are marked where they stand; words in several columns too. */
static void jump(void)
{
    enum { NAME = 2, ORDER = 3, LAST = 5 };
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    script_customer_says(s.script, chen, "where is the parcel");
    stage_settle(&s);
    g_assert_true(sm_app_run(s.app, "chat-jump chen"));
    stage_keys(&s, "Enter");
    g_assert_true(sm_app_run(s.app, "chat-tags urgent vip"));
    stage_settle(&s);
    static const struct {
        const char *typed;
        guint name, order, last;
    } cases[] = {{"che", 3, 0, 0}, {"vip", 0, 3, 0}, {"parcel", 0, 0, 6}, {"chen vip", 4, 3, 0}, {"vip parc", 0, 3, 4}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(sm_app_run(s.app, "chat-jump"));
        stage_type(&s, cases[i].typed);
        const SmPopup *popup = sm_app_popup(s.app);
        g_assert_cmpuint(popup->rows->len, ==, 1);
        const SmPopupRow *row = popup->rows->pdata[0];
        g_assert_cmpstr(row->value, ==, chen);
        g_assert_cmpuint(marked_in(row, NAME), ==, cases[i].name);
        g_assert_cmpuint(marked_in(row, ORDER), ==, cases[i].order);
        g_assert_cmpuint(marked_in(row, LAST), ==, cases[i].last);
        stage_keys(&s, "Esc");
        stage_run(&s, 200);
    }
    stage_clear(&s);
}

/* A desk that names its tags has them offered, and says in place which one is none, or what was meant. */
static void known_tags(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    script_policy(s.script, "tags", json_pack("[s, s]", "parcel", "refund"));
    stage_settle(&s);
    g_assert_true(sm_app_run(s.app, "chat-jump chen"));
    stage_keys(&s, "Enter");
    g_assert_true(sm_app_run(s.app, "chat-tags parcle"));
    g_assert_nonnull(strstr(stage_said(&s), "parcle is none of this desk's tags; parcel is."));
    g_assert_true(sm_app_run(s.app, "chat-tags Lena"));
    g_assert_nonnull(strstr(stage_said(&s), "Lena is none of this desk's tags."));
    g_assert_true(sm_app_run(s.app, "chat-tags parcel"));
    stage_settle(&s);
    const SmConversation *c = sm_desk_conversation(script_desk(s.script), chen);
    g_assert_cmpuint(c->tags->len, ==, 1);
    g_assert_true(sm_app_run(s.app, "chat-tags"));
    const GPtrArray *rows = sm_app_popup(s.app)->rows;
    g_assert_cmpuint(rows->len, ==, 2);
    g_assert_cmpstr(((const SmPopupRow *)rows->pdata[0])->value, ==, "refund");
    g_assert_cmpstr(((const SmPopupRow *)rows->pdata[1])->value, ==, "-parcel");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpuint(c->tags->len, ==, 2);
    stage_clear(&s);
}

/* A time is typed as it is said: its first digit picks nothing, nothing of it gets into the composer, and a time that is part of
 * an offered one is not that one. */
static void typed_times(void)
{
    static const struct {
        const char *typed;
        int64_t ms;
    } cases[] = {{"20m", 20 * 60000}, {"5m", 5 * 60000}, {"1h", 3600000}, {"2", 7200000}, {"", 15 * 60000}, {"two", 7200000}};
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    const SmConversation *c = sm_desk_conversation(script_desk(s.script), chen);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        script_customer_says(s.script, chen, "hello"); /* wakes it */
        stage_settle(&s);
        g_assert_true(sm_app_run(s.app, "chat-jump chen"));
        stage_keys(&s, "Enter");
        g_assert_true(sm_app_run(s.app, "chat-snooze"));
        stage_type(&s, cases[i].typed);
        g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
        stage_keys(&s, "Enter");
        g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
        int64_t asked = sm_loop_wall(s.loop);
        stage_settle(&s);
        g_assert_cmpint(c->state, ==, SM_STATE_SNOOZED);
        g_assert_cmpint(c->snoozed_until / 1000, ==, (asked + cases[i].ms) / 1000);
        g_assert_cmpstr(stage_text(&s), ==, "");
    }
    stage_clear(&s);
}

/* A digit picks the layout of that many panes, not the one on that line. */
static void digits_of_layouts(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "layout"));
    stage_type(&s, "9");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpint(sm_layout_visible(sm_app_layout(s.app)), ==, 9);
    g_assert_true(sm_app_run(s.app, "layout"));
    stage_type(&s, "4");
    g_assert_cmpint(sm_layout_visible(sm_app_layout(s.app)), ==, 4);
    stage_clear(&s);
}

static void palette(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    stage_type(&s, "/");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    stage_type(&s, "/");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpstr(stage_text(&s), ==, "/");
    stage_keys(&s, "C-c");
    /* The slash's key on a Chinese keyboard, and the full-width slash. */
    stage_type(&s, "、");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    stage_keys(&s, "C-g");
    stage_type(&s, "／redraw");
    stage_keys(&s, "Enter");
    g_assert_cmpuint(s.repaints, ==, 1);
    /* In a text they are themselves. */
    stage_type(&s, "和/或、");
    g_assert_cmpstr(stage_text(&s), ==, "和/或、");
    stage_clear(&s);
}

static void sequences(void)
{
    Stage s = {0};

    stage_init(&s, 24, 120);
    stage_conversation(&s, "Chen");
    stage_keys(&s, "C-x");
    g_assert_cmpstr(sm_app_pending_keys(s.app), ==, "Ctrl-X");
    stage_run(&s, 399);
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    stage_run(&s, 1);
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_WHICH_KEY);
    g_assert_cmpuint(sm_app_popup(s.app)->rows->len, >, 20);
    stage_keys(&s, "C-g");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    /* Dropped, never typed. */
    stage_keys(&s, "C-x Q");
    g_assert_cmpstr(stage_text(&s), ==, "");
    g_assert_cmpstr(sm_app_pending_keys(s.app), ==, "");
    /* A Chinese input method eats bare letters; Ctrl-letters and full-width letters do. */
    stage_keys(&s, "C-x C-n");
    g_assert_true(stage_chat(&s)->note);
    stage_keys(&s, "C-x");
    stage_type(&s, "ｎ");
    g_assert_false(stage_chat(&s)->note);
    stage_keys(&s, "C-x Tab"); /* Ctrl-I */
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    stage_keys(&s, "Esc C-x C-z");
    g_assert_cmpuint(s.suspends, ==, 1);
    /* A word from an input method is text, whatever was begun. */
    stage_keys(&s, "C-x");
    sm_app_text(s.app, "你好", SM_KEY_NONE);
    g_assert_cmpstr(stage_text(&s), ==, "你好");
    stage_clear(&s);
}

static void opens_all(void)
{
    Stage s = {0};
    guint n;
    const SmAction *actions = sm_actions(&n);

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    script_customer_says(s.script, chen, "See https://example.org/order/1, please.");
    stage_settle(&s);
    for (guint i = 0; i < n; i++) {
        if (strcmp(actions[i].name, "lock") == 0)
            continue; /* nothing opens behind it */
        stage_keys(&s, "Esc Esc");
        g_assert_true(sm_app_run(s.app, actions[i].name));
        sm_app_hints(s.app, i % 2);
        stage_run(&s, 50);
        if (strcmp(actions[i].name, "copy-last") == 0)
            g_assert_cmpstr(s.copied->str, ==, "https://example.org/order/1");
    }
    g_assert_false(sm_app_run(s.app, "no-such-thing"));
    stage_clear(&s);
}

static void claims_from_list(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    script_waiting(s.script, "Ruiz");
    stage_settle(&s);
    stage_keys(&s, "C-x i");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Ruiz");
    stage_clear(&s);
}

/* Whatever is pressed, whenever: nothing breaks, and there is always a focus and a selection. */
static void random_keys(void)
{
    static const char *const strokes[] = {
        "C-x", "C-x",       "C-x",  "Enter", "Tab", "Esc", "C-g", "C-n",  "C-k", "C-t",
        "C-o", "C-r",       "Up",   "Down",  "C-c", "C-u", "C-w", "C-y",  "C-_", "M-_",
        "C-j", "Backspace", "PgUp", "PgDn",  "F1",  "F5",  "F8",  "M-2",  "C-a", "C-e",
        "M-b", "C-d",       "Left", "Right", "C-z", "C-l", "M-1", "S-Tab"};
    static const char *const typed[] = {"a",  "c", "i", "n", "u", "l",  "2", "4", "|",    "-",
                                        "x",  "#", "r", "h", ";", "；", "/", "y", "你好", "1",
                                        "\n", "e", "k", "o", "p", "d",  "v", "b"};
    g_autoptr(SmRng) rng = sm_rng_new(11);
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chats[3] = {stage_conversation(&s, "Chen"), stage_conversation(&s, "Lena"),
                            stage_conversation(&s, "Ruiz")};
    for (int i = 0; i < 4000; i++) {
        if (sm_rng_chance(rng, 0.5))
            stage_keys(&s, strokes[sm_rng_below(rng, G_N_ELEMENTS(strokes))]);
        else
            sm_app_text(s.app, typed[sm_rng_below(rng, G_N_ELEMENTS(typed))], SM_KEY_NONE);
        if (sm_rng_chance(rng, 0.01))
            sm_app_resize(s.app, (int)sm_rng_between(rng, 1, 60), (int)sm_rng_between(rng, 1, 220));
        if (sm_rng_chance(rng, 0.02))
            sm_app_focus(s.app, sm_rng_chance(rng, 0.5));
        if (sm_rng_chance(rng, 0.01))
            script_waiting(s.script, "New");
        const SmConversation *c = sm_desk_conversation(script_desk(s.script), chats[i % 3]);
        if (sm_rng_chance(rng, 0.02) && c->state == SM_STATE_OPEN)
            script_customer_says(s.script, chats[i % 3], "and?");
        if (sm_rng_chance(rng, 0.3))
            stage_run(&s, (int64_t)sm_rng_below(rng, 400));
        stage_draw(&s);
        sm_app_hints(s.app, i % 2);
        g_assert_nonnull(sm_layout_focused(sm_app_layout(s.app)));
        const SmPopup *popup = sm_app_popup(s.app);
        g_assert_true(popup->rows->len == 0 || popup->selected < popup->rows->len);
    }
    stage_clear(&s);
}

static int64_t line_with(Stage *s, const char *words)
{
    const GPtrArray *lines = stage_chat(s)->conversation->lines;

    for (guint i = 0; i < lines->len; i++) {
        const SmLine *line = lines->pdata[i];
        if (g_strcmp0(line->text, words) == 0)
            return line->seq;
    }
    return -1;
}

/* What the ui does with a line that is to be revealed. */
static void reveal(Stage *s, int rows)
{
    g_assert_true(stage_chat(s)->reveal);
    sm_app_scroll_to(s->app, stage_chat(s)->id, rows);
    g_assert_false(stage_chat(s)->reveal);
}

/* The newest place first, older ones by Up; Esc goes back to where one was, Enter stays. */
static void find(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    static const char *const said[] = {"A REFUND please", "order 5", "我要退款", "refund me ＲＥＦＵＮＤ", "thanks"};
    for (guint i = 0; i < G_N_ELEMENTS(said); i++)
        script_customer_says(s.script, chen, said[i]);
    stage_settle(&s);
    stage_keys(&s, "C-f");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_FIND);
    stage_type(&s, "refund");
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, line_with(&s, said[3]));
    g_assert_cmpstr(sm_safe_str(sm_app_popup(s.app)->right), ==, "1 of 2");
    reveal(&s, 4);
    stage_keys(&s, "Up");
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, line_with(&s, said[0]));
    reveal(&s, 9);
    g_assert_cmpint(stage_chat(&s)->scroll, ==, 9);
    stage_keys(&s, "Up"); /* there is none before it */
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, line_with(&s, said[0]));
    /* What comes meanwhile moves neither place nor focus. */
    script_customer_says(s.script, chen, "another refund");
    stage_settle(&s);
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, line_with(&s, said[0]));
    g_assert_cmpstr(sm_safe_str(sm_app_popup(s.app)->right), ==, "3 of 3");
    stage_keys(&s, "Esc");
    g_assert_cmpint(stage_chat(&s)->scroll, ==, 0);
    g_assert_null(stage_chat(&s)->find);
    g_assert_true(sm_app_run(s.app, "chat-find 退款"));
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, line_with(&s, said[2]));
    reveal(&s, 3);
    stage_keys(&s, "Enter");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpint(stage_chat(&s)->scroll, ==, 3);
    stage_keys(&s, "C-f");
    stage_type(&s, "nowhere");
    g_assert_cmpstr(sm_safe_str(sm_app_popup(s.app)->right), ==, "not found");
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, 0);
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_clear(&s);
}

/* All chats are searched, the newest line first; Enter goes to the line, Esc back to what was found, as it was. */
static void search(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    const char *lena = stage_conversation(&s, "Lena");
    static const char *const said[] = {"我要退货", "还要退款", "thanks"};
    for (guint i = 0; i < G_N_ELEMENTS(said); i++)
        script_customer_says(s.script, chen, said[i]);
    stage_settle(&s);
    script_customer_says(s.script, lena, "退款退货都可以吗");
    stage_settle(&s);
    stage_keys(&s, "C-x f");
    stage_type(&s, "退货");
    stage_run(&s, 50);
    const SmPopup *popup = sm_app_popup(s.app);
    g_assert_cmpuint(popup->rows->len, ==, 2);
    const SmPopupRow *row = popup->rows->pdata[0];
    g_assert_cmpstr(sm_safe_str(row->cells[1]), ==, "Lena");
    g_assert_cmpstr(sm_safe_str(row->cells[3]), ==, "退款退货都可以吗");
    g_assert_cmpuint(row->matched[3]->len, ==, 2);
    g_assert_cmpuint(g_array_index(row->matched[3], guint, 0), ==, strlen("退款"));
    stage_keys(&s, "Down Enter");
    stage_settle(&s);
    g_assert_cmpstr(stage_chat(&s)->id, ==, chen);
    g_assert_cmpint(stage_chat(&s)->find_seq, ==, line_with(&s, said[0]));
    g_assert_true(stage_chat(&s)->reveal);
    stage_keys(&s, "Esc");
    stage_run(&s, 50);
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    g_assert_cmpuint(sm_app_popup(s.app)->selected, ==, 1);
    stage_keys(&s, "Enter Enter"); /* stay there */
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpstr(stage_chat(&s)->id, ==, chen);
    stage_keys(&s, "C-x b");
    g_assert_true(sm_app_run(s.app, "search thanks nowhere"));
    stage_run(&s, 50);
    g_assert_cmpuint(sm_app_popup(s.app)->rows->len, ==, 0);
    g_assert_cmpstr(sm_safe_str(sm_app_popup(s.app)->right), ==, "0 found");
    stage_keys(&s, "Esc");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    stage_clear(&s);
}

/* Lines are chosen and copied whole, one as its text, several with who said them. */
static void copy_mode(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    script_customer_says(s.script, chen, "one 4111 1111 1111 1111");
    script_customer_says(s.script, chen, "two");
    stage_settle(&s);
    stage_keys(&s, "C-x [");
    const SmPopup *popup = sm_app_popup(s.app);
    guint last = popup->rows->len - 1;
    g_assert_cmpuint(popup->selected, ==, last);
    g_assert_cmpstr(sm_safe_str(((SmPopupRow *)popup->rows->pdata[last - 1])->cells[3]), ==, "one **** **** **** 1111");
    stage_keys(&s, "Enter");
    g_assert_cmpstr(s.copied->str, ==, "two");
    stage_keys(&s, "C-x [ Up Space Space");
    g_assert_cmpstr(sm_safe_str(sm_app_popup(s.app)->right), ==, "2 marked");
    stage_keys(&s, "Enter");
    g_auto(GStrv) lines = g_strsplit(s.copied->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 2);
    g_assert_true(g_str_has_suffix(lines[0], " Chen: one 4111 1111 1111 1111"));
    g_assert_true(g_str_has_suffix(lines[1], " Chen: two"));
    /* All, none; closed without a copy; typed letters are no text for the composer. */
    stage_keys(&s, "C-x [");
    stage_type(&s, "aa");
    g_assert_cmpstr(sm_safe_str(sm_app_popup(s.app)->right), ==, "0 marked");
    g_string_assign(s.copied, "");
    stage_keys(&s, "Esc");
    g_assert_cmpstr(s.copied->str, ==, "");
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_clear(&s);
}

/* Looking shows, Esc goes back, Enter keeps; a broken one changes nothing. */
static void themes(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    g_assert_true(sm_app_run(s.app, "theme"));
    stage_keys(&s, "Down");
    g_assert_nonnull(s.theme);
    g_assert_cmpstr(s.theme, !=, "default");
    stage_type(&s, "light");
    g_assert_cmpstr(s.theme, ==, "light");
    stage_keys(&s, "Esc");
    g_assert_cmpstr(s.theme, ==, "default");
    g_assert_cmpstr(sm_options_str(sm_app_options(s.app), "theme"), ==, "default");
    g_assert_true(sm_app_run(s.app, "theme"));
    stage_type(&s, "mono");
    stage_keys(&s, "Enter");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpstr(s.theme, ==, "mono");
    g_assert_cmpstr(sm_options_str(sm_app_options(s.app), "theme"), ==, "mono");
    g_assert_true(sm_app_run(s.app, "options theme broken"));
    g_assert_cmpstr(s.theme, ==, "mono");
    g_assert_cmpstr(sm_options_str(sm_app_options(s.app), "theme"), ==, "mono");
    stage_clear(&s);
}

static const char *listed(Stage *s, guint row, int cell)
{
    g_assert_true(sm_app_run(s->app, "chat-list"));
    const SmPopupRow *shown = sm_app_popup(s->app)->rows->pdata[row];
    const char *text = g_intern_string(sm_safe_str(shown->cells[cell]));
    stage_keys(s, "Esc");
    return text;
}

/* Who came first stands first and stays there, unless time left is wished; who owes an answer is said. */
static void list_order(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    sm_app_open(s.app, chen);
    stage_draw(&s);
    stage_run(&s, 2000);
    g_assert_cmpstr(listed(&s, 2, CELL_NAME), ==, "Chen");
    g_assert_cmpstr(listed(&s, 2, CELL_STATE), ==, "your turn");
    stage_type(&s, "Here you are.");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    stage_run(&s, 500);
    g_assert_cmpstr(listed(&s, 2, CELL_NAME), ==, "Chen");
    g_assert_cmpstr(listed(&s, 2, CELL_STATE), ==, "their turn");
    g_assert_true(sm_app_run(s.app, "options chats.order time"));
    g_assert_cmpstr(listed(&s, 2, CELL_NAME), ==, "Lena");
    g_assert_cmpstr(listed(&s, 3, CELL_NAME), ==, "Chen");
    stage_clear(&s);
}

/* The best of its keys is the one to be changed, and which of them this terminal sends is told. */
static void help_of_keys(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    stage_keys(&s, "C-k");
    stage_keys(&s, "C-g");
    stage_keys(&s, "C-x ?");
    stage_type(&s, "chat-jump");
    const char *detail = sm_safe_str(sm_app_popup(s.app)->detail);
    g_assert_nonnull(strstr(detail, "keys.yaml ->  agent: {C-k: chat-jump}"));
    g_assert_nonnull(strstr(detail, "Ctrl-K arrives"));
    g_assert_nonnull(strstr(detail, "Alt-K not seen yet"));
    g_assert_nonnull(strstr(detail, "Ctrl-X j arrives"));
    stage_clear(&s);
}

void add_popup_tests(void)
{
    g_test_add_func("/app/popups/help-of-keys", help_of_keys);
    g_test_add_func("/app/popups/list-order", list_order);
    g_test_add_func("/app/popups/find", find);
    g_test_add_func("/app/popups/copy-mode", copy_mode);
    g_test_add_func("/app/popups/search", search);
    g_test_add_func("/app/popups/themes", themes);
    g_test_add_func("/app/popups/random-keys", random_keys);
    g_test_add_func("/app/popups/picker", picker);
    g_test_add_func("/app/popups/palette", palette);
    g_test_add_func("/app/popups/jump", jump);
    g_test_add_func("/app/popups/known-tags", known_tags);
    g_test_add_func("/app/popups/typed-times", typed_times);
    g_test_add_func("/app/popups/digits-of-layouts", digits_of_layouts);
    g_test_add_func("/app/popups/sequences", sequences);
    g_test_add_func("/app/popups/all-commands", opens_all);
    g_test_add_func("/app/popups/claims-from-list", claims_from_list);
}
