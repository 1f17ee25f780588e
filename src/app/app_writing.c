/* SPDX-License-Identifier: MIT */
/* app_writing: what is to be said about the text in a composer before it is sent: words of the lists. Nothing here
 * changes the text. And what of a text is not for the eyes of who passes by. */
#include "app/app_private.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

typedef enum { WORDS_ON, WORDS_WARN, WORDS_OFF } WordsMode; /* choices of the option `words` */

static WordsMode words_mode(SmApp *app)
{
    return (WordsMode)sm_options_int(app->options, "words");
}

static void mark_words(SmApp *app, const char *text, GArray *marks)
{
    WordsMode mode = words_mode(app);
    g_autoptr(GArray) hits = sm_words_find(mode != WORDS_OFF ? app->words : NULL, text);

    for (guint i = 0; i < hits->len; i++) {
        const SmWordHit *hit = &g_array_index(hits, SmWordHit, i);
        SmMark mark = {.start = hit->start, .len = hit->len, .rule = hit->rule};
        gboolean block = hit->rule->level == SM_WORDS_BLOCK && mode == WORDS_ON;
        mark.kind = block ? SM_MARK_BLOCKED : SM_MARK_WARNED;
        g_array_append_val(marks, mark);
    }
}

/* --- Spelling ------------------------------------------------------------------------------------ */

/* The customer's language, or those of the setting; "": none. Chinese has no words between spaces. */
static const char *spell_languages(SmApp *app, const SmOwnChat *own)
{
    const char *wanted = sm_options_str(app->options, "spell.languages");
    const char *language = own->chat.conversation != NULL ? own->chat.conversation->language : NULL;

    if (!sm_options_bool(app->options, "spell"))
        return "";
    if (*wanted != '\0')
        return wanted;
    return language != NULL && !g_str_has_prefix(language, "zh") ? language : "";
}

/* What was asked about: the chat may be gone when the answer comes. */
struct SmSpellAsked {
    SmApp *app;
    char *id, *text;
    guint64 revision;
    const SmEditor *editor;
};

static void asked_free(SmSpellAsked *asked)
{
    if (asked == NULL)
        return;
    g_free(asked->id);
    g_free(asked->text);
    g_free(asked);
}

/* Whether the word stands where it was found, by itself: text that was changed behind it does not take its mark. */
static gboolean stands(const SmOwnChat *own, const SmSpellWord *word)
{
    const char *text = sm_editor_text(own->chat.editor);
    gsize end = word->start + word->len;

    return strlen(text) >= end && memcmp(text + word->start, own->spelt_text + word->start, word->len) == 0 &&
           !g_unichar_isalnum(g_utf8_get_char(text + end));
}

/* Appends what is to be marked; the word that is being typed is not wrong yet. */
static void mark_misspelt(SmApp *app, const SmOwnChat *own, GArray *marks)
{
    gsize cursor = sm_editor_cursor(own->chat.editor);

    if (own->misspelt == NULL || own->spelt != own->chat.editor || *spell_languages(app, own) == '\0')
        return;
    for (guint i = 0; i < own->misspelt->len; i++) {
        const SmSpellWord *word = &g_array_index(own->misspelt, SmSpellWord, i);
        SmMark mark = {.start = word->start, .len = word->len, .kind = SM_MARK_MISSPELT};
        if (cursor != word->start + word->len && stands(own, word))
            g_array_append_val(marks, mark);
    }
}

static GArray *misspelt_now(SmApp *app, const SmOwnChat *own)
{
    GArray *marks = g_array_new(FALSE, TRUE, sizeof(SmMark));

    mark_misspelt(app, own, marks);
    return marks;
}

static void keep_spelt(SmOwnChat *own, SmSpellAsked *asked, const GArray *wrong, gboolean known)
{
    if (own->misspelt == NULL)
        own->misspelt = g_array_new(FALSE, FALSE, sizeof(SmSpellWord));
    g_array_set_size(own->misspelt, 0);
    g_array_append_vals(own->misspelt, wrong->data, wrong->len);
    g_free(own->spelt_text);
    own->spelt_text = g_steal_pointer(&asked->text);
    own->spelt = asked->editor;
    own->spelt_revision = asked->revision;
    own->spelt_known = known;
}

static gboolean same_marks(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < MIN(a->len, b->len); i++) {
        const SmMark *x = &g_array_index(a, SmMark, i), *y = &g_array_index(b, SmMark, i);
        if (x->start != y->start || x->len != y->len)
            return FALSE;
    }
    return a->len == b->len;
}

static void ask_speller(SmApp *app, SmOwnChat *own);

static void spelt(gboolean known, const GArray *wrong, void *user)
{
    SmSpellAsked *asked = user;
    SmApp *app = asked->app;
    SmOwnChat *own = sm_chats_get(app, asked->id);

    app->asked_speller = NULL;
    if (own != NULL && own->chat.editor == asked->editor) {
        gboolean first = own->spelt != asked->editor || own->spelt_known != known;
        g_autoptr(GArray) before = misspelt_now(app, own);
        keep_spelt(own, asked, wrong, known);
        g_autoptr(GArray) after = misspelt_now(app, own);
        if (first || !same_marks(before, after)) {
            app->writing_stamp++;
            sm_app_dirty(app, SM_DIRTY_COMPOSER);
        }
    }
    if (own != NULL && own == sm_app_here(app))
        ask_speller(app, own); /* what was typed meanwhile */
    else
        sm_app_dirty(app, SM_DIRTY_COMPOSER); /* the chat that is written in now had to wait */
    asked_free(asked);
}

void sm_writing_end(SmApp *app)
{
    sm_speller_free(app->speller);
    asked_free(app->asked_speller); /* nobody answers any more */
}

static gboolean is_spelt(const SmOwnChat *own)
{
    return own->misspelt != NULL && own->spelt == own->chat.editor &&
           own->spelt_revision == sm_editor_text_revision(own->chat.editor);
}

/* Asks once a text; the answer marks it. One question at a time: the newest text is asked when that is answered. */
static void ask_speller(SmApp *app, SmOwnChat *own)
{
    const char *languages = spell_languages(app, own);

    if (*languages == '\0' || app->asked_speller != NULL || is_spelt(own))
        return;
    if (app->speller == NULL)
        app->speller = sm_speller_new(app->loop);
    if (app->speller == NULL)
        return;
    SmSpellAsked *asked = g_new0(SmSpellAsked, 1);
    asked->app = app;
    asked->id = g_strdup(own->id);
    asked->text = g_strdup(sm_editor_text(own->chat.editor));
    asked->editor = own->chat.editor;
    asked->revision = sm_editor_text_revision(own->chat.editor);
    app->asked_speller = asked;
    const SmAgent *me = sm_app_my_agent(app);
    g_autofree char *names = g_strdup_printf("%s %s", sm_safe_str(own->chat.name), me != NULL && me->name != NULL ? me->name : "");
    g_autofree char *tags = g_strdelimit(g_strdup(languages), "-", '_');
    sm_speller_check(app->speller, asked->text, tags, names, spelt, asked);
}

int sm_app_misspelt(SmApp *app, const SmChat *chat)
{
    const SmOwnChat *own = sm_chats_get(app, chat->id);

    if (own == NULL || own->misspelt == NULL || own->spelt != own->chat.editor || !own->spelt_known || *spell_languages(app, own) == '\0')
        return -1;
    g_autoptr(GArray) marks = misspelt_now(app, own);
    return (int)marks->len;
}

/* --- Numbers ------------------------------------------------------------------------------------- */

gboolean sm_app_masks(SmApp *app)
{
    return sm_options_bool(app->options, "mask.numbers");
}

SmSafe *sm_app_shown(SmApp *app, const char *raw, gboolean block)
{
    g_autofree char *valid = sm_app_masks(app) ? g_utf8_make_valid(raw, -1) : NULL;
    g_autofree char *masked = valid != NULL ? sm_text_mask_numbers(valid, NULL) : NULL;
    const char *text = masked != NULL ? masked : raw;

    return block ? sm_safe_clusters(text, -1) : sm_safe_clusters_line(text, -1);
}

void sm_app_marks_wait(SmApp *app, gboolean wait)
{
    app->marks_wait = wait;
}

const GArray *sm_app_marks(SmApp *app, const SmChat *chat)
{
    SmOwnChat *own = sm_chats_get(app, chat->id);

    if (own == NULL)
        return NULL;
    SmEditor *editor = sm_compose_editor_of(own);
    guint64 revision = sm_editor_revision(editor);
    gboolean later = app->marks_wait && own->marks != NULL && own->marked == editor && own->word_marks == 0;
    if (!later && own->marked_revision != revision)
        sm_words_refresh(app, FALSE);
    if (!later)
        ask_speller(app, own);
    if (own->marks == NULL)
        own->marks = g_array_new(FALSE, FALSE, sizeof(SmMark));
    else if (own->marked == editor && own->marked_revision == revision &&
             own->marked_stamp == app->writing_stamp)
        return own->marks;
    g_array_set_size(own->marks, 0);
    mark_misspelt(app, own, own->marks);
    if (later)
        return own->marks;
    own->marked = editor;
    own->marked_revision = revision;
    own->marked_stamp = app->writing_stamp;
    own->word_marks = own->marks->len;
    if (!own->chat.note) /* the customer reads only messages */
        mark_words(app, sm_editor_text(editor), own->marks);
    own->word_marks = own->marks->len - own->word_marks;
    return own->marks;
}

const SmMark *sm_app_worst_mark(SmApp *app, const SmChat *chat)
{
    const GArray *marks = sm_app_marks(app, chat);
    const SmMark *worst = NULL;

    for (guint i = 0; marks != NULL && i < marks->len; i++) {
        const SmMark *mark = &g_array_index(marks, SmMark, i);
        if (mark->rule != NULL && (worst == NULL || mark->kind > worst->kind))
            worst = mark;
    }
    return worst;
}

SmSafe *sm_app_mark_words(SmApp *app, const SmChat *chat, const SmMark *mark)
{
    const char *text = sm_editor_text(chat->editor);
    g_autoptr(SmSafe) said = sm_safe_screen_line(text + mark->start, (gssize)mark->len);
    const SmWordRule *rule = mark->rule;
    g_autoptr(SmSafe) why =
        sm_safe_screen_line(rule->why != NULL ? rule->why : rule->list, -1);

    if (rule->instead == NULL)
        return sm_safe_format(_("\"%S\": %S"), said, why);
    g_autoptr(SmSafe) instead = sm_safe_screen_line(rule->instead, -1);
    return sm_safe_format(_("\"%S\": %S. Rather: %S"), said, why, instead);
}

gboolean sm_writing_blocked(SmApp *app, SmOwnChat *own)
{
    sm_words_refresh(app, TRUE);
    const SmMark *mark = sm_app_worst_mark(app, &own->chat);

    if (mark == NULL || mark->kind != SM_MARK_BLOCKED)
        return FALSE;
    g_autoptr(SmSafe) words = sm_app_mark_words(app, &own->chat, mark);
    sm_app_sayf(app, TRUE, _("Not sent: %S"), words);
    sm_editor_set_cursor(own->chat.editor, mark->start + mark->len);
    sm_app_dirty(app, SM_DIRTY_COMPOSER);
    return TRUE;
}
