/* SPDX-License-Identifier: MIT */
#include "seatmux/app/option.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void table(void)
{
    guint n;
    const SmOption *options = sm_option_table(&n);
    g_autoptr(SmOptions) values = sm_options_new();
    g_autofree char *nothing = sm_options_format(values);

    g_assert_cmpstr(nothing, ==, "");
    for (guint i = 0; i < n; i++) {
        g_autofree char *why = NULL;
        g_assert_true(i == 0 || strcmp(options[i - 1].name, options[i].name) < 0);
        g_assert_true(g_str_has_suffix(options[i].help, "."));
        g_assert_true(sm_options_set(values, options[i].name, options[i].initial, &why));
        g_assert_null(why);
    }
    g_assert_true(sm_options_bool(values, "bell"));
    g_assert_cmpint(sm_options_int(values, "borders"), ==, 0);
    g_assert_null(sm_options_list(values, "alerts.hook")[0]);
}

static void file(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-options-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "config.yaml", NULL);
    g_autoptr(SmOptions) options = sm_options_new();
    g_autoptr(SmFindings) findings = sm_findings_new();

    sm_options_load(options, path, findings);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_true(g_file_set_contents(
        path,
        "theme: light\n"
        "alerts:\n"
        "  message: bar,bell\n"
        "  warning: bar,siren\n"
        "  hook: [notify, -x]\n"
        "borders: double\n"
        "alerts.message: none\n"
        "colour: red\n"
        "mouse: perhaps\n"
        "profiles:\n"
        "  shop: {server: \"https://desk.example\", agent: mia, password_command: [pass, show]}\n"
        "  bad: {agent: mia}\n",
        -1, NULL));
    sm_options_load(options, path, findings);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < sm_findings_count(findings); i++)
        g_string_append_printf(text, "%d:%d ", sm_findings_at(findings, i)->line,
                               sm_findings_at(findings, i)->column);
    g_assert_cmpstr(text->str, ==, "4:12 6:10 7:1 8:1 9:8 12:8 ");
    g_assert_cmpstr(sm_options_str(options, "theme"), ==, "light");
    g_assert_cmpstr(sm_options_str(options, "alerts.message"), ==, "bar,bell");
    g_assert_cmpstr(sm_options_str(options, "alerts.warning"), ==, "all");
    g_assert_cmpstr(sm_options_list(options, "alerts.hook")[1], ==, "-x");
    const SmProfile *profile = sm_options_profile(options, NULL);
    g_assert_cmpstr(profile->name, ==, "shop");
    g_assert_cmpstr(profile->server, ==, "https://desk.example");
    g_assert_cmpstr(profile->password_command[1], ==, "show");
    g_assert_null(sm_options_profile(options, "bad"));

    /* What differs, as a file that gives the same again. */
    g_autofree char *out = sm_options_format(options);
    g_autoptr(SmOptions) again = sm_options_new();
    g_autoptr(SmFindings) none = sm_findings_new();
    g_assert_true(g_file_set_contents(path, out, -1, NULL));
    sm_options_load(again, path, none);
    g_assert_cmpuint(sm_findings_count(none), ==, 0);
    g_autofree char *same = sm_options_format(again);
    g_assert_cmpstr(same, ==, out);
    remove(path);
    rmdir(directory);
}

static void values(void)
{
    g_autoptr(SmOptions) options = sm_options_new();
    static const char *const wrong[][2] = {{"mouse", "2"},           {"borders", ""},
                                           {"keys.map", "vim"},      {"alerts.terminal", "smoke"},
                                           {"alerts.quiet", "drum"}, {"nothing", "1"},
                                           {"alerts.hook", "'open"}};

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *why = NULL;
        g_assert_false(sm_options_set(options, wrong[i][0], wrong[i][1], &why));
        g_assert_cmpuint(strlen(why), >, 5);
    }
    g_assert_true(sm_options_set(options, "mouse", "on", NULL));
    g_assert_cmpstr(sm_options_str(options, "mouse"), ==, "true");
}

static char *saved(const char *path, const char *before, SmOptions *options, const char *const *names, const char **why)
{
    g_autoptr(GError) error = NULL;
    char *after = NULL;

    g_assert_true(g_file_set_contents(path, before, -1, NULL));
    gboolean ok = sm_options_save(options, path, names, &error);
    g_assert_true(ok == (why == NULL));
    if (why != NULL)
        *why = g_intern_string(error->message);
    g_assert_true(g_file_get_contents(path, &after, NULL, NULL));
    return after;
}

/* A value changes in its place, a new one comes last; comments, order and mode stay. */
static void save(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-options-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "config.yaml", NULL);
    g_autoptr(SmOptions) options = sm_options_new();
    static const char *const names[] = {"theme", "alerts.message", "bell", "alerts.hook", NULL};
    const char *why = NULL;

    g_assert_true(sm_options_set(options, "theme", "mine # \"x\"", NULL));
    g_assert_true(sm_options_set(options, "alerts.message", "none", NULL));
    g_assert_true(sm_options_set(options, "bell", "false", NULL));
    g_assert_true(sm_options_set(options, "alerts.hook", "notify '中 文'", NULL));
    g_autofree char *after = saved(path,
                                   "# mine\n"
                                   "theme: light   # for the office\n"
                                   "alerts: {message: \"bar,bell\", hook: [a, b]} # all\n"
                                   "profiles:\n"
                                   "  shop: {server: \"https://desk.example\"}\n"
                                   "layout: 4",
                                   options, names, NULL);
    g_assert_cmpstr(after, ==,
                    "# mine\n"
                    "theme: \"mine # \\\"x\\\"\"   # for the office\n"
                    "alerts: {message: \"none\", hook: [\"notify\", \"中 文\"]} # all\n"
                    "profiles:\n"
                    "  shop: {server: \"https://desk.example\"}\n"
                    "layout: 4\n"
                    "bell: false\n");
    /* Back to what is shipped is a value too. */
    g_assert_true(sm_options_set(options, "bell", "true", NULL));
    g_autofree char *back = saved(path, "bell: no\n", options, (const char *[]){"bell", NULL}, NULL);
    g_assert_cmpstr(back, ==, "bell: \"true\"\n");
    /* What is written in another way, or broken, is left alone. */
    static const char *const untouched[] = {"theme: >\n  light\n", "theme: [light\n", "themes: x\ntheme: light\n", "- a\n"};
    for (guint i = 0; i < G_N_ELEMENTS(untouched); i++) {
        g_autofree char *same = saved(path, untouched[i], options, (const char *[]){"theme", NULL}, &why);
        g_assert_cmpstr(same, ==, untouched[i]);
        g_assert_nonnull(strstr(why, "config.yaml"));
    }
    /* A file that was not there. */
    unlink(path);
    g_assert_true(sm_options_save(options, path, names, NULL));
    g_autoptr(SmOptions) read = sm_options_new();
    sm_options_load(read, path, NULL);
    g_assert_cmpstr(sm_options_str(read, "theme"), ==, "mine # \"x\"");
    g_assert_cmpstr(sm_options_list(read, "alerts.hook")[1], ==, "中 文");
    unlink(path);
    rmdir(directory);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/options/table", table);
    g_test_add_func("/app/options/file", file);
    g_test_add_func("/app/options/save", save);
    g_test_add_func("/app/options/values", values);
    return g_test_run();
}
