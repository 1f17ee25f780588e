/* SPDX-License-Identifier: MIT */
/* Quick-reply templates. */
#include <string.h>

#include "seatmux/text/template.h"

static const char *lookup(const char *name, void *user)
{
    if (strcmp(name, "contact.name") == 0)
        return "Chen {{?days}} {{x}}";
    if (strcmp(name, "order.id") == 0)
        return "48213\n\033[31m";
    if (strcmp(name, "empty") == 0)
        return "";
    return NULL;
}

static char *rendered(const char *text, guint *missing)
{
    g_autoptr(SmTemplate) t = sm_template_parse(text, NULL, NULL);
    g_autoptr(SmTemplateResult) r = NULL;

    g_assert_nonnull(t);
    r = sm_template_render(t, lookup, NULL);
    *missing = r->missing->len;
    return g_strdup(r->text);
}

static void check_render(void)
{
    static const struct {
        const char *text;
        const char *want;
        guint missing;
    } cases[] = {
        {"", "", 0},
        {"plain { } }} text", "plain { } }} text", 0},
        {"Hi {{contact.name|there}}!", "Hi Chen {{?days}} {{x}}!",
         0}, /* a value is never read again */
        {"{{ order.id }}", "48213\n[31m", 0},
        {"{{none|亲}}，", "亲，", 0},
        {"{{none|}}.", ".", 0},
        {"{{empty|default}}", "default", 0},
        {"{{empty}}{{none}}{{none}}", "", 2},
        {"\\{{name}} \\{", "{{name}} \\{", 0},
        {"{{姓名|您}}好", "您好", 0},
        {"tab\there", "tab here", 0},
        {"one\ntwo{{none|\nthree\nfour}}", "one\ntwo\nthree\nfour", 0},
        {"{{none|a|b}}", "a|b", 0},
        {"{{n_1-a.b|of every kind}}", "of every kind", 0},
        {"{{e\xcc\x81t\xc3\xa9|saison}}", "saison", 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint missing;
        g_autofree char *got = rendered(cases[i].text, &missing);

        g_assert_cmpstr(got, ==, cases[i].want);
        g_assert_cmpuint(missing, ==, cases[i].missing);
    }
}

static void check_fields(void)
{
    g_autoptr(SmTemplate) t = sm_template_parse(
        "{{contact.name}}: {{?days}} 天, {{?who}}, {{?days}} {{gone}}", NULL, NULL);
    g_autoptr(SmTemplateResult) r = sm_template_render(t, lookup, NULL);
    static const char *const names[] = {"days", "who", "days"};

    g_assert_cmpstr(sm_template_variables(t)[0], ==, "contact.name");
    g_assert_cmpstr(sm_template_variables(t)[1], ==, "gone");
    g_assert_null(sm_template_variables(t)[2]);
    g_assert_cmpstr(sm_template_fields(t)[0], ==, "days");
    g_assert_cmpstr(sm_template_fields(t)[1], ==, "who");
    g_assert_null(sm_template_fields(t)[2]);
    g_assert_cmpuint(r->fields->len, ==, 3);
    for (guint i = 0; i < 3; i++) {
        const SmTextField *f = &g_array_index(r->fields, SmTextField, i);
        g_autofree char *got = g_strndup(r->text + f->start, f->len);
        g_autofree char *want = g_strdup_printf("{{?%s}}", names[i]);

        g_assert_cmpstr(f->name, ==, names[i]);
        g_assert_cmpstr(got, ==, want);
    }
    g_assert_cmpuint(r->filled->len, ==, 1);
    g_assert_cmpstr(r->filled->pdata[0], ==, "contact.name");
    g_assert_cmpuint(r->missing->len, ==, 1);
    g_assert_cmpstr(r->missing->pdata[0], ==, "gone");
    g_autoptr(SmTemplateResult) nobody = sm_template_render(t, NULL, NULL);
    g_assert_cmpuint(nobody->missing->len, ==, 2);
    sm_template_free(NULL);
    sm_template_result_free(NULL);
}

static void note(gsize offset, const char *why, void *user)
{
    g_assert_true(why && *why);
    g_array_append_val((GArray *)user, offset);
}

static void check_errors(void)
{
    static const struct {
        const char *text;
        guint n;
        gsize first;
        gsize second;
    } cases[] = {
        {"a {{b", 1, 2, 0},
        {"{{}} and {{?}}", 2, 0, 9},
        {"{{a b}}", 1, 2, 0},
        {"{{?a b}}", 1, 3, 0},
        {"{{   }} {{?   }}", 2, 0, 8},
        {"{{a {{b}}", 1, 0, 0},
        {"中{{?x|d}} {{y!}}", 2, 3, 14},
        {"{{12345678901234567890123456789012345678901234567890123456789012345}}", 1, 2, 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) at = g_array_new(FALSE, FALSE, sizeof(gsize));

        g_assert_null(sm_template_parse(cases[i].text, note, at));
        g_assert_cmpuint(at->len, ==, cases[i].n);
        g_assert_cmpuint(g_array_index(at, gsize, 0), ==, cases[i].first);
        if (at->len > 1)
            g_assert_cmpuint(g_array_index(at, gsize, 1), ==, cases[i].second);
    }
}

/* A name at the limit is fine. */
static void check_name_limit(void)
{
    g_autofree char *name = g_strnfill(SM_TEMPLATE_NAME, 'n');
    g_autofree char *text = g_strdup_printf("{{?%s}}", name);
    g_autoptr(SmTemplate) t = sm_template_parse(text, NULL, NULL);
    g_autoptr(SmTemplateResult) r = NULL;
    g_autoptr(GArray) found = NULL;

    g_assert_nonnull(t);
    r = sm_template_render(t, NULL, NULL);
    g_assert_cmpstr(g_array_index(r->fields, SmTextField, 0).name, ==, name);
    found = sm_template_find_fields(text, strlen(text));
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpstr(g_array_index(found, SmTextField, 0).name, ==, name);
}

static void check_find(void)
{
    g_autoptr(GArray) cut = sm_template_find_fields("{{?a}} {{?b}}", 6); /* what is behind is not ours */

    g_assert_cmpuint(cut->len, ==, 1);
    static const char text[] = "{{?a}} {{b}} {{?}} {{{?天数}} {{?x y}} {{?open";
    g_autoptr(GArray) found = sm_template_find_fields(text, strlen(text));

    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpuint(g_array_index(found, SmTextField, 0).start, ==, 0);
    g_assert_cmpuint(g_array_index(found, SmTextField, 0).len, ==, 6);
    g_assert_cmpstr(g_array_index(found, SmTextField, 1).name, ==, "天数");
    g_assert_cmpuint(g_array_index(found, SmTextField, 1).start, ==, 20);
}

static void check_position(void)
{
    int line, column;

    sm_text_position("ab\n中文x", 9, &line, &column);
    g_assert_cmpint(line, ==, 2);
    g_assert_cmpint(column, ==, 3);
    sm_text_position("ab", 9, &line, &column);
    g_assert_cmpint(line, ==, 1);
    g_assert_cmpint(column, ==, 3);
    sm_text_position("ab", 0, &line, &column);
    g_assert_cmpint(line, ==, 1);
    g_assert_cmpint(column, ==, 1);
}

/* Whatever is parsed, fields lie where they are said to, and nothing crashes. */
static void check_random(void)
{
    static const char *const pieces[] = {"{{",      "}}",           "?",   "|", "a",  "中",
                                         " ",       "\\",           "{",   "}", "\n", "{{?f}}",
                                         "{{v|d}}", "\xe2\x80\x8d", "\x1b"};
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);

    for (int round = 0; round < 4000; round++) {
        GString *s = g_string_new(NULL);
        int n = g_rand_int_range(rand, 0, 14);
        g_autoptr(SmTemplate) t = NULL;

        for (int i = 0; i < n; i++)
            g_string_append(s, pieces[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(pieces))]);
        t = sm_template_parse(s->str, NULL, NULL);
        if (t) {
            g_autoptr(SmTemplateResult) r = sm_template_render(t, lookup, NULL);

            g_assert_true(g_utf8_validate(r->text, -1, NULL));
            for (guint i = 0; i < r->fields->len; i++) {
                const SmTextField *f = &g_array_index(r->fields, SmTextField, i);

                g_assert_true(g_str_has_prefix(r->text + f->start, "{{?"));
                g_assert_true(g_str_has_prefix(r->text + f->start + f->len - 2, "}}"));
            }
        }
        g_string_free(s, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/template/render", check_render);
    g_test_add_func("/text/template/fields", check_fields);
    g_test_add_func("/text/template/errors", check_errors);
    g_test_add_func("/text/template/name-limit", check_name_limit);
    g_test_add_func("/text/template/find", check_find);
    g_test_add_func("/text/template/position", check_position);
    g_test_add_func("/text/template/random", check_random);
    return g_test_run();
}
