/* SPDX-License-Identifier: MIT */
#include "seatmux/ui/ui.h"

#include <signal.h>
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"
#include "ui/alarm.h"
#include "ui/copy_file.h"
#include "ui/editor_child.h"
#include "ui/frames.h"
#include "ui/pointer.h"
#include "ui/setup.h"
#include "ui/term.h"
#include "ui/view.h"

#define COUNTER_REST_MS 300
#define MINUTE_MS 60000
#define NOTIFIER_AFTER_MS 1500 /* the helper is started when the screen stands, not before */

struct SmUi {
    SmLoop *loop;
    SmTrace *trace;
    SmTerm *term;
    SmTheme *theme;
    SmView view;
    SmPointer pointer;
    SmFrames *frames;
    SmApp *app;
    SmAlarm *alarm;
    SmEditorChild *editor;
    SmUiSetup setup;   /* what sm_ui_attach() passes on */
    char *state_file;
    char *notice;
    guint dirty;       /* SM_DIRTY_... not yet drawn */
    guint key_dirty;   /* of these, what a key asked for: drawn at once */
    GHashTable *touched; /* SM_DIRTY_PANES is about the panes of these conversations only, */
    gboolean all_panes;  /* if this is not set and the layout is the one drawn last */
    gboolean changing;   /* in a change that named its conversations */
    guint layout_drawn;  /* a hash of it */
    guint empty_drawn;   /* of what panes without a chat say */
    gboolean popup_was_open;
    guint64 tick;
    int64_t tick_at;
    guint64 counter;   /* until the fingers rest; */
    int64_t counter_at; /* it is not set anew for each key, but looks when it rings */
    guint64 notifier_start;
    char *farewell;
    int status;
    gboolean gone;
};

/* --- Drawing --------------------------------------------------------------------------------------- */

/* Where the panes are and what they show. */
static guint layout_hash(const GPtrArray *panes, SmRect area)
{
    guint hash = (guint)(area.y * 31 + area.x) * 31 + (guint)(area.rows * 31 + area.columns);
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        const int numbers[] = {pane->id, pane->number, pane->y, pane->x, pane->rows, pane->columns, pane->focused, pane->right_border};
        for (guint k = 0; k < G_N_ELEMENTS(numbers); k++)
            hash = hash * 1000003 + (guint)numbers[k];
        hash = hash * 1000003 + (pane->conversation ? g_str_hash(pane->conversation) : 0);
    }
    return hash;
}

/* It has nobody's chat, or one that is not here. */
static gboolean is_empty(SmUi *ui, const SmPane *pane)
{
    return !pane->conversation || !sm_app_chat(ui->app, pane->conversation);
}

/* Draws those that say who waits, and for how long, where that has changed or `all` are drawn. */
static void draw_empty_panes(SmUi *ui, const SmScreenParts *parts, gboolean all)
{
    const GPtrArray *panes = sm_layout_panes(sm_app_layout(ui->app));
    guint says = sm_view_empty_says(&ui->view);
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        if (is_empty(ui, pane) && (all || pane->conversation || says != ui->empty_drawn))
            sm_view_pane(&ui->view, parts->panes, pane);
    }
    ui->empty_drawn = says;
}

/* TRUE if all were drawn. */
static gboolean draw_panes(SmUi *ui, const SmScreenParts *parts)
{
    const GPtrArray *panes = sm_layout_panes(sm_app_layout(ui->app));
    guint hash = layout_hash(panes, parts->panes);
    gboolean all = ui->all_panes || hash != ui->layout_drawn;
    if (hash != ui->layout_drawn)
        sm_rows_forget_all(ui->view.rows);
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        if (!is_empty(ui, pane) && (all || g_hash_table_contains(ui->touched, pane->conversation)))
            sm_view_pane(&ui->view, parts->panes, pane);
    }
    draw_empty_panes(ui, parts, all);
    ui->layout_drawn = hash;
    ui->all_panes = FALSE;
    g_hash_table_remove_all(ui->touched);
    return all;
}

static void draw_clocks(SmUi *ui, const SmScreenParts *parts)
{
    const GPtrArray *panes = sm_layout_panes(sm_app_layout(ui->app));
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        if (!is_empty(ui, pane))
            sm_view_pane_clock(&ui->view, parts->panes, pane);
    }
    draw_empty_panes(ui, parts, FALSE);
    if (parts->list.columns)
        sm_view_list(&ui->view, parts->list);
}

/* The queue view is one table of clocks: it is drawn whole, and only what changed leaves. */
static void draw_supervise(SmUi *ui, const SmScreenParts *parts, guint what)
{
    SmView *view = &ui->view;
    if (what & (SM_DIRTY_ALL & ~(SM_DIRTY_BOTTOM | SM_DIRTY_POPUP)) || ui->popup_was_open)
        sm_view_supervise(view, parts);
    if (what & SM_DIRTY_BOTTOM || ui->popup_was_open) {
        sm_view_hints(view, parts->hints, parts->narrow);
        sm_view_bottom(view, parts->bottom, parts->narrow);
    }
    view->cursor_y = -1;
    ui->popup_was_open = sm_app_popup(ui->app)->kind != SM_POPUP_NONE;
    if (ui->popup_was_open)
        sm_view_popup(view, parts);
    ui->all_panes = TRUE; /* behind it they have changed */
    sm_rows_forget_all(view->rows);
    g_hash_table_remove_all(ui->touched);
}

/* A composer that has become higher or lower moves the lines above it. */
static void draw_composer(SmUi *ui, const SmScreenParts *parts)
{
    const SmPane *pane = sm_layout_focused(sm_app_layout(ui->app));
    if (!sm_view_composer(&ui->view, parts->panes, pane, TRUE))
        sm_view_pane(&ui->view, parts->panes, pane);
}

static void draw_what(SmUi *ui, guint what)
{
    SmScreenParts parts = sm_view_parts(&ui->view);
    SmView *view = &ui->view;
    gboolean open = sm_app_popup(ui->app)->kind != SM_POPUP_NONE;
    if (ui->popup_was_open) {
        what |= SM_DIRTY_PANES | SM_DIRTY_BAR | SM_DIRTY_BOTTOM; /* what it covered, it may have moved */
        ui->all_panes = TRUE;
        sm_rows_forget_all(view->rows);
    }
    if (sm_app_locked(ui->app)) {
        sm_rows_forget_all(view->rows);
        sm_draw_fill(view->draw, sm_draw_screen(view->draw), SM_STYLE_TEXT);
        sm_view_popup(view, &parts);
        ui->popup_was_open = open; /* all is drawn anew afterwards */
        return;
    }
    if (sm_app_supervise(ui->app)) {
        draw_supervise(ui, &parts, what);
        return;
    }
    if (what & SM_DIRTY_BAR)
        sm_view_bar(view, parts.bar, parts.narrow);
    gboolean all = what & SM_DIRTY_PANES && draw_panes(ui, &parts);
    if (what & SM_DIRTY_PANES && parts.list.columns)
        sm_view_list(view, parts.list);
    if (what & SM_DIRTY_PANES && parts.card.rows)
        sm_view_card(view, parts.card, parts.card.x > 0);
    if (!all) {
        if (what & SM_DIRTY_COMPOSER || view->cursor_y < 0)
            draw_composer(ui, &parts);
        if (what & SM_DIRTY_CLOCKS)
            draw_clocks(ui, &parts);
    }
    if (what & SM_DIRTY_BOTTOM) {
        sm_view_hints(view, parts.hints, parts.narrow);
        sm_view_bottom(view, parts.bottom, parts.narrow);
    }
    if (open) {
        view->cursor_y = -1; /* the composer below has lost it; a line of input takes it */
        sm_view_popup(view, &parts);
    }
    ui->popup_was_open = open;
}

/* The newest line of each pane that was drawn at its bottom, uncovered: the agent can have seen it. */
static void tell_drawn(SmUi *ui)
{
    SmScreenParts parts = sm_view_parts(&ui->view);
    const GPtrArray *panes = sm_layout_panes(sm_app_layout(ui->app));
    if (sm_app_supervise(ui->app))
        return; /* what is read over a shoulder is not read by us */
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *pane = panes->pdata[i];
        SmChat *chat = pane->conversation && pane->rows > 2 ? sm_app_chat(ui->app, pane->conversation) : NULL;
        if (!chat || !chat->conversation || chat->scroll > 0)
            continue;
        SmRect rect = {parts.panes.y + pane->y, parts.panes.x + pane->x, pane->rows, pane->columns};
        if (!sm_view_covered(&ui->view, &parts, rect))
            sm_app_drawn(ui->app, pane->conversation, chat->conversation->version);
    }
}

/* Who works in the card is read its line; else it is where the next letter goes. */
static void place_cursor(SmUi *ui)
{
    SmView *view = &ui->view;
    gboolean below = sm_app_popup(ui->app)->kind != SM_POPUP_NONE || sm_app_supervise(ui->app);
    if (!below && sm_app_card(ui->app)->focused && view->card_y >= 0 && sm_view_parts(view).card.rows)
        sm_draw_cursor(view->draw, view->card_y, view->card_x);
    else if (view->cursor_y >= 0)
        sm_draw_cursor(view->draw, view->cursor_y, view->cursor_x);
}

static gboolean has_mark(SmUi *ui)
{
    const SmPane *pane = sm_layout_focused(sm_app_layout(ui->app));
    SmChat *chat = pane && pane->conversation ? sm_app_chat(ui->app, pane->conversation) : NULL;
    return chat && chat->editor && sm_app_worst_mark(ui->app, chat);
}

/* What a key left for later: a word of the lists that it completed is drawn in the next frame. */
static void find_marks(SmUi *ui)
{
    gboolean drawn = has_mark(ui);
    sm_app_marks_wait(ui->app, FALSE);
    if (has_mark(ui) != drawn)
        ui->dirty |= SM_DIRTY_COMPOSER;
}

static void arm_tick(SmUi *ui);

static void draw(void *user)
{
    SmUi *ui = user;
    /* A key's frame holds what the key changed; what a burst of messages asks for waits its turn. */
    gboolean only_key = ui->key_dirty && !(ui->key_dirty & SM_DIRTY_PANES);
    guint what = only_key ? ui->key_dirty : ui->dirty;
    ui->dirty &= ~what;
    ui->key_dirty = 0;
    sm_draw_begin(ui->view.draw);
    sm_draw_set_emoji(ui->view.draw, (SmEmoji)sm_options_int(sm_app_options(ui->app), "emoji"));
    ui->view.cursor_y = -1;
    guint all = what;
    if (!(all & (SM_DIRTY_PANES | SM_DIRTY_COMPOSER | SM_DIRTY_POPUP)))
        all |= SM_DIRTY_COMPOSER; /* drawn again for the cursor: no cell changes, no byte leaves */
    sm_app_marks_wait(ui->app, only_key);
    draw_what(ui, all);
    place_cursor(ui);
    sm_draw_end(ui->view.draw);
    sm_term_frame(ui->term);
    if (only_key)
        find_marks(ui);
    if (what & SM_DIRTY_PANES)
        tell_drawn(ui);
    if (ui->dirty)
        sm_frames_mark(ui->frames);
    arm_tick(ui);
}

static gboolean ready(void *user)
{
    SmUi *ui = user;
    return ui->app && sm_term_ready(ui->term);
}

static void mark(SmUi *ui, guint what)
{
    ui->dirty |= what;
    ui->all_panes |= (what & SM_DIRTY_PANES) != 0;
    if (ui->app)
        sm_frames_mark(ui->frames);
}

/* --- Clocks ------------------------------------------------------------------------------------------ */

static void ticked(void *user)
{
    SmUi *ui = user;
    ui->tick = 0;
    ui->tick_at = 0;
    mark(ui, SM_DIRTY_CLOCKS | SM_DIRTY_BAR | (sm_app_coached(ui->app) ? SM_DIRTY_BOTTOM : 0));
    arm_tick(ui);
}

static int64_t next_minute(SmUi *ui)
{
    int64_t wall = sm_loop_wall(ui->loop);
    return sm_loop_now(ui->loop) + MINUTE_MS - wall % MINUTE_MS;
}

/* While the connection is away the bar counts seconds too. */
static gboolean counting(SmUi *ui)
{
    SmLinkState state = sm_client_link(sm_app_client(ui->app))->state;
    return state == SM_LINK_RECONNECTING || state == SM_LINK_STARTING;
}

static void arm_tick(SmUi *ui)
{
    int64_t at = MIN(sm_app_tick_at(ui->app), next_minute(ui));
    int64_t now = sm_loop_now(ui->loop);
    if (counting(ui))
        at = MIN(at, now + 1000);
    at = MAX(at, now + 1);
    if (ui->tick && ui->tick_at <= at && ui->tick_at > now)
        return;
    sm_loop_remove(ui->loop, &ui->tick);
    ui->tick_at = at;
    ui->tick = sm_loop_at(ui->loop, at, ticked, ui);
}

/* --- What the app asks for ------------------------------------------------------------------------------ */

static void counter_rest(void *user)
{
    SmUi *ui = user;
    ui->counter = 0;
    if (sm_loop_now(ui->loop) < ui->counter_at) {
        ui->counter = sm_loop_at(ui->loop, ui->counter_at, counter_rest, ui);
        return;
    }
    ui->view.counter_due = TRUE;
    mark(ui, SM_DIRTY_COMPOSER);
}

/* The counter is drawn when the fingers rest: a key costs the byte it typed. */
static void count_at_rest(SmUi *ui)
{
    ui->counter_at = sm_loop_now(ui->loop) + COUNTER_REST_MS;
    if (!ui->counter)
        ui->counter = sm_loop_at(ui->loop, ui->counter_at, counter_rest, ui);
}

static void app_dirty(guint what, gboolean key, void *user)
{
    SmUi *ui = user;
    ui->dirty |= what;
    ui->all_panes |= (what & SM_DIRTY_PANES) && !ui->changing;
    if (!key) {
        sm_frames_mark(ui->frames);
        return;
    }
    ui->key_dirty |= what;
    if (what & SM_DIRTY_COMPOSER)
        count_at_rest(ui);
    sm_frames_key(ui->frames);
}

static void app_bell(void *user)
{
    sm_term_bell(((SmUi *)user)->term);
}

static void app_title(const SmSafe *title, void *user)
{
    sm_term_title(((SmUi *)user)->term, title);
}

static void app_alert(const SmAlertDecision *decision, void *user)
{
    sm_alarm_sound(((SmUi *)user)->alarm, decision);
}

static char *app_copy(const SmSafe *text, void *user)
{
    SmUi *ui = user;
    gsize taken = sm_term_copy(ui->term, text);
    gboolean whole = taken == sm_safe_len(text);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = sm_copy_file(text, &error);
    if (!path && !taken)
        return g_strdup_printf(_("Not copied: %s"), error->message);
    if (!path)
        return whole ? g_strdup_printf(_("Copied to the terminal's clipboard alone: %s"), error->message)
                     : g_strdup_printf(_("Copied only in part, to the terminal's clipboard: %s"), error->message);
    if (!taken)
        return g_strdup_printf(_("The terminal was busy, nothing is in its clipboard; it is in %s."), path);
    return whole ? NULL
                 : g_strdup_printf(_("Only the beginning is in the terminal's clipboard, it is too long; all of it is in %s."), path);
}

static void app_repaint(void *user)
{
    SmUi *ui = user;
    sm_term_repaint(ui->term);
    mark(ui, SM_DIRTY_ALL);
}

static void app_suspend(void *user)
{
    sm_term_suspend(((SmUi *)user)->term);
}

static gboolean edited(const char *text, const char *file, const GError *error, void *user)
{
    SmUi *ui = user;
    sm_term_resume(ui->term);
    gboolean taken = sm_app_edited(ui->app, text, file, error);
    app_repaint(ui);
    return taken;
}

static void app_edit(const char *text, void *user)
{
    SmUi *ui = user;
    g_autoptr(GError) error = NULL;
    sm_term_pause(ui->term);
    if (!sm_editor_child_start(ui->editor, text, edited, ui, &error))
        edited(NULL, NULL, error, ui);
}

static void app_mouse(gboolean on, void *user)
{
    sm_term_mouse(((SmUi *)user)->term, on);
}

/* A theme with errors changes nothing: what is wrong with it is said. */
static gboolean app_theme(const char *name, void *user)
{
    SmUi *ui = user;
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmTheme) theme = sm_theme_find(name, findings);
    for (guint i = 0; i < MIN(sm_findings_count(findings), SM_MAX_TOASTS); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, i));
        g_autoptr(SmSafe) safe = sm_safe_screen_line(line, -1);
        sm_app_say(ui->app, safe, TRUE);
    }
    if (!theme || sm_findings_errors(findings))
        return FALSE;
    sm_theme_free(ui->theme);
    ui->theme = g_steal_pointer(&theme);
    sm_draw_set_theme(ui->view.draw, ui->theme);
    app_dirty(SM_DIRTY_ALL, TRUE, ui);
    return TRUE;
}

static void app_quit(void *user)
{
    sm_loop_quit(((SmUi *)user)->loop);
}

/* --- What the terminal tells ---------------------------------------------------------------------------- */

static void term_input(const SmInput *input, void *user)
{
    SmUi *ui = user;
    if (!ui->app)
        return;
    if (ui->view.counter_due && (input->kind == SM_INPUT_TEXT || input->kind == SM_INPUT_PASTE)) {
        ui->view.counter_due = FALSE;
        count_at_rest(ui); /* also where the text goes elsewhere: the second key of a sequence */
    }
    if (input->kind == SM_INPUT_KEY || input->kind == SM_INPUT_TEXT || input->kind == SM_INPUT_PASTE)
        sm_pointer_forget(&ui->pointer);
    if (input->kind == SM_INPUT_KEY || input->kind == SM_INPUT_TEXT || input->kind == SM_INPUT_UNKNOWN)
        sm_app_raw(ui->app, input->raw, input->raw_size, input->kind == SM_INPUT_UNKNOWN);
    switch (input->kind) {
    case SM_INPUT_KEY:
        sm_app_key(ui->app, input->key);
        break;
    case SM_INPUT_TEXT:
        sm_app_text(ui->app, input->text, input->key);
        break;
    case SM_INPUT_PASTE:
        sm_app_paste(ui->app, input->text, input->size, input->dropped);
        break;
    case SM_INPUT_MOUSE:
        if (sm_pointer_input(&ui->pointer, input))
            app_dirty(SM_DIRTY_CLOCKS, TRUE, ui); /* the list is drawn with the clocks */
        break;
    case SM_INPUT_FOCUS:
        sm_app_focus(ui->app, input->focused);
        break;
    case SM_INPUT_CURSOR:
    case SM_INPUT_UNKNOWN:
        break;
    }
}

static void term_reading(gboolean begins, void *user)
{
    SmUi *ui = user;
    if (begins)
        sm_frames_hold(ui->frames);
    else
        sm_frames_flush(ui->frames);
}

static void tell_size(SmUi *ui)
{
    SmRect all = sm_draw_screen(ui->view.draw);
    sm_app_resize(ui->app, all.rows, all.columns);
}

static void term_resized(int rows, int columns, void *user)
{
    SmUi *ui = user;
    if (!ui->app)
        return;
    sm_draw_begin(ui->view.draw); /* takes the new size */
    tell_size(ui);
    mark(ui, SM_DIRTY_ALL);
}

static void term_drained(void *user)
{
    sm_frames_drained(((SmUi *)user)->frames);
}

static void term_redraw(void *user)
{
    SmUi *ui = user;
    sm_view_forget_lines(&ui->view);
    mark(ui, SM_DIRTY_ALL);
}

static void term_signalled(int signal, void *user)
{
    SmUi *ui = user;
    ui->status = 128 + signal;
    sm_loop_quit(ui->loop);
}

static void term_gone(void *user)
{
    SmUi *ui = user;
    ui->gone = TRUE;
    ui->status = 128 + SIGHUP;
    sm_loop_quit(ui->loop);
}

/* --- The client's handler --------------------------------------------------------------------------------- */

static void changed(SmClient *client, const GPtrArray *touched, void *user)
{
    SmUi *ui = user;
    if (!ui->app)
        return;
    for (guint i = 0; touched && i < touched->len; i++)
        g_hash_table_add(ui->touched, g_strdup(touched->pdata[i]));
    ui->changing = touched != NULL;
    sm_app_changed(ui->app, touched);
    ui->changing = FALSE;
    mark(ui, SM_DIRTY_CLOCKS); /* who waits, and for how long */
}

static void linked(SmClient *client, void *user)
{
    SmUi *ui = user;
    if (!ui->app)
        return;
    sm_app_linked(ui->app);
    arm_tick(ui);
}

static void sending(SmClient *client, const SmOutboxEntry *entry, void *user)
{
    SmUi *ui = user;
    if (ui->app)
        sm_app_sending(ui->app, entry);
}

static void ephemeral(SmClient *client, const json_t *event, void *user)
{
    SmUi *ui = user;
    if (ui->app)
        sm_app_ephemeral(ui->app, event);
}

static void erased(SmClient *client, const char *content, void *user)
{
    SmUi *ui = user;
    if (ui->app)
        sm_app_erased(ui->app, content);
}

SmClientHandler sm_ui_handler(SmUi *ui)
{
    return (SmClientHandler){
        .changed = changed, .linked = linked, .sending = sending, .ephemeral = ephemeral, .erased = erased, .user = ui};
}

/* --- Life --------------------------------------------------------------------------------------------------- */

static SmTheme *load_theme(SmUi *ui)
{
    SmTheme *theme = sm_theme_find(sm_options_str(ui->setup.options, "theme"), ui->setup.findings);
    return theme ? theme : sm_theme_new();
}

static SmTermColour wanted_colour(const SmOptions *options)
{
    return (SmTermColour)sm_options_int(options, "color"); /* the choices stand in the same order */
}

static SmTermBorders wanted_borders(const SmOptions *options)
{
    const char *word = sm_options_str(options, "borders");
    if (g_strcmp0(word, "line") == 0)
        return SM_TERM_BORDERS_LINE;
    return g_strcmp0(word, "ascii") == 0 ? SM_TERM_BORDERS_ASCII : SM_TERM_BORDERS_AUTO;
}

SmUi *sm_ui_new(const SmUiSetup *setup, GError **error)
{
    SmUi *ui = g_new0(SmUi, 1);
    ui->loop = setup->loop;
    ui->trace = setup->trace;
    ui->setup = *setup;
    ui->touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ui->state_file = g_strdup(setup->state_file);
    ui->notice = g_strdup(setup->notice);
    SmTermSetup term = {
        .loop = setup->loop,
        .in = 0,
        .out = 1,
        .mouse = sm_options_bool(setup->options, "mouse"),
        .borders = wanted_borders(setup->options),
        .colour = wanted_colour(setup->options),
        .events = {.input = term_input, .reading = term_reading, .resized = term_resized, .drained = term_drained, .probed = term_redraw,
                   .resumed = term_redraw, .signalled = term_signalled, .gone = term_gone},
        .user = ui,
    };
    ui->term = sm_term_new(&term, error);
    if (!ui->term) {
        sm_ui_free(ui);
        return NULL;
    }
    ui->theme = load_theme(ui);
    ui->view.draw = sm_draw_new(ui->term, ui->theme);
    ui->view.rows = sm_rows_new();
    ui->view.loop = ui->loop;
    ui->view.counter_due = TRUE;
    ui->pointer.view = &ui->view;
    SmFramesUse use = {.ready = ready, .draw = draw, .user = ui};
    ui->frames = sm_frames_new(ui->loop, &use);
    ui->editor = sm_editor_child_new(ui->loop);
    return ui;
}

static void say_findings(SmUi *ui)
{
    g_autoptr(GPtrArray) lines = sm_ui_findings(&ui->setup);
    for (guint i = 0; i < lines->len; i++)
        sm_app_say(ui->app, lines->pdata[i], !sm_findings_at(ui->setup.findings, i)->warning);
}

static void start_notifier(void *user)
{
    SmUi *ui = user;
    ui->notifier_start = 0;
    sm_alarm_start(ui->alarm);
}

void sm_ui_attach(SmUi *ui, SmClient *client)
{
    SmAppShow show = {.dirty = app_dirty, .bell = app_bell, .title = app_title, .alert = app_alert, .copy = app_copy,
                      .repaint = app_repaint, .suspend = app_suspend, .edit = app_edit, .mouse = app_mouse, .theme = app_theme,
                      .quit = app_quit, .user = ui};
    SmAppSetup setup = sm_ui_app_setup(&ui->setup, client, ui->state_file, &show);
    ui->app = sm_app_new(&setup);
    ui->view.app = ui->app;
    ui->alarm = sm_alarm_new(ui->loop, ui->app, ui->term, ui->trace);
    sm_draw_begin(ui->view.draw);
    tell_size(ui);
    say_findings(ui);
    if (sm_term_notice(ui->term))
        sm_app_say(ui->app, sm_term_notice(ui->term), TRUE);
    if (ui->notice) {
        g_autoptr(SmSafe) safe = sm_safe_screen_line(ui->notice, -1);
        sm_app_say(ui->app, safe, FALSE);
    }
    ui->dirty = SM_DIRTY_ALL;
    ui->all_panes = TRUE;
    draw(ui);
    ui->notifier_start = sm_loop_after(ui->loop, NOTIFIER_AFTER_MS, start_notifier, ui);
}

/* What waits after we are gone: said on the shell's screen, where it stays. */
static void make_farewell(SmUi *ui)
{
    if (!ui->app || ui->farewell)
        return;
    g_autoptr(GPtrArray) entries = sm_client_outbox(sm_app_client(ui->app), NULL);
    guint stuck = 0;
    for (guint i = 0; i < entries->len; i++)
        stuck += sm_outbox_entry_stuck(entries->pdata[i]);
    guint going = entries->len - stuck;
    if (!entries->len || sm_app_practice(ui->app))
        return;
    if (!sm_client_keeps(sm_app_client(ui->app)))
        ui->farewell = g_strdup_printf(ngettext("%u message waited, and the disk could not keep it: it may be lost.",
                                                "%u messages waited, and the disk could not keep them: they may be lost.",
                                                entries->len), entries->len);
    else if (going)
        ui->farewell = g_strdup_printf(ngettext("%u message waits in the outbox and is sent at the next start.",
                                                "%u messages wait in the outbox and are sent at the next start.", going), going);
    else
        ui->farewell = g_strdup_printf(ngettext("%u message was not sent, and is kept.", "%u messages were not sent, and are kept.", stuck), stuck);
}

const char *sm_ui_farewell(SmUi *ui)
{
    make_farewell(ui);
    return ui->gone ? NULL : ui->farewell;
}

gboolean sm_ui_terminal_known(const char *type)
{
    return sm_term_known(type);
}

int sm_ui_exit_status(SmUi *ui)
{
    return ui->status;
}

SmApp *sm_ui_app(SmUi *ui)
{
    return ui->app;
}

void sm_ui_free(SmUi *ui)
{
    if (!ui)
        return;
    sm_loop_remove(ui->loop, &ui->tick);
    sm_loop_remove(ui->loop, &ui->counter);
    sm_loop_remove(ui->loop, &ui->notifier_start);
    sm_alarm_free(ui->alarm);
    sm_editor_child_free(ui->editor);
    sm_app_free(ui->app);
    sm_frames_free(ui->frames);
    sm_view_forget_lines(&ui->view);
    sm_rows_free(ui->view.rows);
    g_clear_pointer(&ui->view.spots, g_array_unref);
    sm_draw_free(ui->view.draw);
    sm_theme_free(ui->theme);
    sm_term_free(ui->term);
    sm_ui_setup_clear(&ui->setup);
    g_hash_table_unref(ui->touched);
    g_free(ui->state_file);
    g_free(ui->notice);
    g_free(ui->farewell);
    g_free(ui);
}
