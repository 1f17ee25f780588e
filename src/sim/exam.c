/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/sim/exam.h"

#include <string.h>

#include "sim/exam_private.h"

#define N_(text) text /* for xgettext; translated where it is shown */

void sm_ask_text_free(SmAskText *text)
{
    g_free(text->language);
    g_free(text->ask);
    g_strfreev(text->options);
    g_strfreev(text->accept);
    g_free(text);
}

void sm_ask_free(SmAsk *ask)
{
    g_free(ask->id);
    g_array_unref(ask->answer);
    g_ptr_array_unref(ask->texts);
    g_free(ask);
}

void sm_exam_free(SmExam *exam)
{
    if (!exam)
        return;
    g_free(exam->id);
    sm_phrase_free(exam->title);
    sm_phrase_free(exam->about);
    g_free(exam->scenario);
    g_ptr_array_unref(exam->bank);
    g_array_unref(exam->seeds);
    g_free(exam);
}

/* --- Drawing ------------------------------------------------------------------------------------- */

static void put_free(SmPut *put)
{
    g_array_unref(put->order);
    g_free(put);
}

static const SmAskText *text_in(const SmAsk *ask, const char *language)
{
    for (guint i = 0; i < ask->texts->len; i++) {
        const SmAskText *text = ask->texts->pdata[i];
        if (g_ascii_strncasecmp(text->language, language, 2) == 0)
            return text;
    }
    return ask->texts->pdata[0];
}

static GArray *numbers(guint n)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < n; i++)
        g_array_append_val(all, i);
    return all;
}

static void shuffle(GArray *all, SmRng *rng)
{
    guint *at = (guint *)(void *)all->data;
    for (guint i = all->len; i > 1; i--) {
        guint k = sm_rng_below(rng, i), swap = at[i - 1];
        at[i - 1] = at[k];
        at[k] = swap;
    }
}

GPtrArray *sm_exam_draw(const SmExam *exam, const char *language, SmRng *rng)
{
    GPtrArray *drawn = g_ptr_array_new_with_free_func((GDestroyNotify)put_free);
    g_autoptr(GArray) order = numbers(exam->bank->len);
    guint most = exam->questions ? MIN(exam->questions, exam->bank->len) : exam->bank->len;
    shuffle(order, rng);
    for (guint i = 0; i < most; i++) {
        SmPut *put = g_new0(SmPut, 1);
        put->ask = exam->bank->pdata[g_array_index(order, guint, i)];
        put->text = text_in(put->ask, language);
        put->order = numbers(put->text->options ? g_strv_length(put->text->options) : 0);
        shuffle(put->order, rng);
        g_ptr_array_add(drawn, put);
    }
    return drawn;
}

gint64 sm_exam_seed(const SmExam *exam, SmRng *rng)
{
    return g_array_index(exam->seeds, gint64, sm_rng_below(rng, exam->seeds->len));
}

/* --- Marking ------------------------------------------------------------------------------------- */

static gboolean add_place(const SmPut *put, guint64 number, GArray *places, const char **why)
{
    if (number < 1 || number > put->order->len) {
        *why = N_("there is no such option");
        return FALSE;
    }
    guint place = (guint)number - 1;
    for (guint i = 0; i < places->len; i++)
        if (g_array_index(places, guint, i) == place && !SM_BUG(53)) {
            *why = N_("an option is named twice");
            return FALSE;
        }
    g_array_append_val(places, place);
    return TRUE;
}

/* Letters and numbers, with anything of " ,;" between; letters also without. */
static gboolean read_places(const SmPut *put, const char *answer, GArray *places, const char **why)
{
    for (const char *p = answer; *p;) {
        if (strchr(" ,;\t", *p)) {
            p++;
            continue;
        }
        guint64 number;
        if (g_ascii_isalpha(*p)) {
            number = (guint64)(g_ascii_tolower(*p++) - 'a') + 1;
        } else if (g_ascii_isdigit(*p)) {
            number = g_ascii_strtoull(p, (char **)&p, 10);
        } else {
            *why = N_("answer with the letters of the options");
            return FALSE;
        }
        if (!add_place(put, number, places, why))
            return FALSE;
    }
    return TRUE;
}

gboolean sm_put_read(const SmPut *put, const char *answer, GArray *places, const char **why)
{
    g_array_set_size(places, 0);
    if (put->ask->kind == SM_ASK_SHORT) {
        *why = N_("write a few words");
        return strspn(answer, " \t") < strlen(answer);
    }
    if (!read_places(put, answer, places, why))
        return FALSE;
    *why = put->ask->kind == SM_ASK_ORDER ? N_("name every option once") : N_("name one option");
    if (put->ask->kind == SM_ASK_SINGLE)
        return places->len == 1;
    return put->ask->kind == SM_ASK_ORDER ? places->len == put->order->len : places->len > 0;
}

static gboolean is_right(const SmAsk *ask, guint option)
{
    for (guint i = 0; i < ask->answer->len; i++)
        if (g_array_index(ask->answer, guint, i) == option)
            return TRUE;
    return FALSE;
}

static int grade_places(const SmPut *put, const GArray *places)
{
    const SmAsk *ask = put->ask;
    int right = 0, wrong = 0;
    for (guint i = 0; i < places->len; i++) {
        guint option = g_array_index(put->order, guint, g_array_index(places, guint, i));
        gboolean good = ask->kind == SM_ASK_ORDER ? g_array_index(ask->answer, guint, i) == option : is_right(ask, option);
        right += good;
        wrong += !good;
    }
    int of = (int)ask->answer->len;
    if (ask->kind == SM_ASK_SINGLE)
        return right ? 1000 : 0;
    return MAX(0, right - (ask->kind == SM_ASK_MULTIPLE ? wrong : 0)) * 1000 / of;
}

static int grade_words(const SmPut *put, const char *answer)
{
    g_autofree char *folded = g_utf8_casefold(answer, -1);
    for (guint i = 0; put->text->accept[i]; i++) {
        g_autofree char *word = g_utf8_casefold(put->text->accept[i], -1);
        if (strstr(folded, word))
            return 1000;
    }
    return 0;
}

int sm_put_grade(const SmPut *put, const char *answer)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *why;
    if (!sm_put_read(put, answer, places, &why))
        return 0;
    return put->ask->kind == SM_ASK_SHORT ? grade_words(put, answer) : grade_places(put, places);
}

char *sm_put_right(const SmPut *put)
{
    if (put->ask->kind == SM_ASK_SHORT)
        return g_strjoinv(" / ", put->text->accept);
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = 0; i < put->ask->answer->len; i++)
        g_string_append_printf(words, "%s%s", i ? "; " : "",
                               put->text->options[g_array_index(put->ask->answer, guint, i)]);
    return g_string_free(g_steal_pointer(&words), FALSE);
}
