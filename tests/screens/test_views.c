/* SPDX-License-Identifier: MIT */
/* Every view of the real program at four sizes in two languages: opened at the largest, then the terminal shrinks. One desk, and
 * one program for each kind of person, serve all views of a language; a golden file holds a view at all sizes. */
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "stage_desk.h"
#include "stage_views.h"

static const struct {
    int rows, columns;
    const char *name;
} sizes[] = {{48, 160, "160x48"}, {34, 120, "120x34"}, {24, 80, "80x24"}, {15, 60, "60x15"}};
#define SIZES G_N_ELEMENTS(sizes)

typedef struct {
    const char *name;                  /* of its golden file */
    const char *keys;                  /* what opens it */
    const char *shows;                 /* what is there then, in either language */
    void (*before)(const Views *desk); /* NULL: nothing */
    const char *after;                 /* keys that end it; NULL: cancel, twice */
    gboolean stays;                    /* nothing ends it */
    guint from;                        /* its first size */
    const char *then, *then_shows;     /* keys that go on from there; NULL: none */
} View;

#define CANCEL "\007\007"
#define ONCE "\007"

#define ESC_ESC "\033\033"
#define ESC_MS 400

/* Esc and a key right behind it would be one key. */
static void end(Vt *vt, const char *keys)
{
    gboolean escapes = g_str_equal(keys, ESC_ESC);
    for (int i = 0; i < 2 && escapes; i++) {
        vt_keys(vt, "\033");
        vt_pump(vt, ESC_MS);
    }
    if (!escapes)
        vt_keys(vt, keys);
}

static void show(Vt *vt, const Views *desk, const char *language, const View *view)
{
    g_autofree char *file = g_strdup_printf("views/%s-%s", view->name, g_str_has_prefix(language, "zh") ? "zh" : "en");
    if (desk)
        views_alive(desk);
    if (view->before)
        view->before(desk);
    if (view->from > 0) {
        vt_resize(vt, sizes[view->from].rows, sizes[view->from].columns);
        vt_wait_match(vt, "\\^N ", WAIT); /* short hints: it is narrow */
    }
    vt_keys(vt, "\035"); /* the message line says a thing of ours */
    vt_keys(vt, view->keys);
    vt_wait_match(vt, view->shows, WAIT);
    if (view->then) {
        vt_keys(vt, view->then);
        vt_wait_match(vt, view->then_shows, WAIT);
    }
    for (guint i = view->from; i < SIZES; i++) {
        vt_resize(vt, sizes[i].rows, sizes[i].columns);
        stage_assert_part(vt, file, sizes[i].name, i == view->from);
    }
    end(vt, view->after ? view->after : CANCEL);
    vt_resize(vt, sizes[0].rows, sizes[0].columns);
    if (!view->stays)
        vt_wait_match(vt, "(log|记录) 10", WAIT); /* only a wide screen has it: the next keys are not meant for a small one */
}

/* The last ten messages are kept: so many, and their number stays. */
static void fill_messages(Vt *vt)
{
    for (int i = 0; i < 12; i++)
        vt_keys(vt, "\035");
}

static const View agent_views[] = {
    {"chats", "", "(Lena|欧阳)"},
    {"zoom", "\017", "(Lena|欧阳)", NULL, "\017"},
    {"panes-9", "/layout 9\r", "\\[5\\]", NULL, "/layout auto\r"},
    {"list", "\030i", "(queue and chats|排队和会话)"},
    {"jump", "\013", "(jump to chat|跳)"},
    {"jump-order", "\013#482", "#482"},
    {"left", "\0300", "(left messages|离线留言)"},
    {"palette", "/", "alerts"},
    {"palette-search", "/pane-z", "pane-zoom"},
    {"which-key", "\030", "(PANES|窗格)"},
    {"help", "\030?", "chat-accept"},
    {"help-search", "\030?urgent", "chat-next-urgent"},
    {"picker", "\024", "(quick reply to|快捷回复)"},
    {"picker-search", "\024refu", "refu"},
    {"fields", ";refund\t", "(to fill|待填)", NULL, "\003\007"},
    {"note", "\030nask the depot", "ask the depot", NULL, "\003\030n"},
    {"writing", "line one\nline two\nline three", "line three", NULL, "\003"},
    {"earlier-replies", "\022", "(earlier|以前|历史|发过)"},
    {"find", "\0061", "1"},
    {"search", "\030f48213", "48213"},
    {"copy-mode", "\030[", "(copy|复制)"},
    {"scrolled", "\033[5~", "(below|下方|下面)", NULL, NULL, FALSE, 2},
    {"card", "\030p", "(tags|标签) +vip", NULL, "\030p"}, /* the orders may be there before it */
    {"card-notes", "\030p", "(tags|标签) +vip", NULL, "\030p", .then = "\033[6~\033[6~\033[6~\033[6~", .then_shows = "(after six|六点以后)"},
    {"files", "\030@", "(invoice|发票)"},
    {"offers", "\030.", "."},
    {"resolve", "\030c", "(reason|原因|理由)"},
    {"resolve-typed", "\030csolve", "(settled|办妥)"},
    {"snooze", "\030h", "(snooze|挂起)"},
    {"transfer", "\030r", "(transfer|转接)"},
    {"tags", "\030#", "(tags|标签)"},
    {"whisper", "\030w", "(whisper|悄悄话)"},
    {"invite", "/invite\r", "(invite|邀请)"},
    {"availability", "\030v", "(away|离开)"},
    {"do-not-disturb", "\030d", "(15|免打扰)"},
    {"layouts", "\030l", "(layout|布局)"},
    {"options", "\030o", "alerts.message"},
    {"options-search", "\030oemoji", "emoji"},
    {"theme", "/theme\r", "(colour|配色|颜色)"},
    {"keys-test", "/keys-test\r\013\016x", "(twice|两次)", NULL, ESC_ESC},
    {"width-test", "/width-test\r", "(bars|竖线)"},
    {"messages", "/log\r", "(messages|消息)"},
    {"alert-routes", "/alerts\r", "."},
    {"alert-log", "/alerts log\r", "(ACKNOWLEDGED|确认)"},
    {"visitors", "\030V", "/p/coat", views_visit},
    {"visitor", "\030V", "/p/coat", NULL, "\007\007\007", .then = "\r", .then_shows = "(pages|页)"},
    {"scorecard", "\030%", "(weighted score|综合|加权)"},
    {"reviews", "/reviews given\r", "boss"},
    {"review", "/reviews given\r", "boss", NULL, "\007\007\007", .then = "\r", .then_shows = "(Do you have it|有蓝色)"},
    {"quit", "\030q", "y .*n "},
};

static const View lead_views[] = {
    {"queue", "", "SEAT (supervisor|主管)", NULL, ""},
    {"queue-peek", "\r", "(is looking|正在查看)", NULL, "q"}, /* the agent of that chat: told some seconds later */
    {"queue-grouped", "\t", "(chats|个会话)", NULL, "\t\t\t"},
    {"queue-filter", "/", "(filter|筛选)", NULL, ONCE},
    {"queue-agents", "A", "mia", NULL, ONCE},
    {"queue-load", "L", "mia", NULL, ONCE},
    {"queue-ladder", "K", ".", NULL, ""},
    {"queue-why", "y", ".", NULL, ""},
    {"queue-assign", "a", "mia", NULL, ONCE},
    {"queue-take-over", "t", "y .*n ", NULL, ONCE},
    {"queue-whisper", "w", "(whisper|悄悄话)", NULL, ONCE},
    {"queue-transfer", "r", "(transfer|转接)", NULL, ONCE},
    {"queue-incident", "i", ".", NULL, ONCE},
    {"queue-broadcast", "b", ".", NULL, ONCE},
    {"queue-reviews", "e", "(review|复盘|质检)", NULL, ONCE},
    {"queue-scorecard", "S", ".", NULL, ONCE},
    {"queue-keys", "?", "queue-agents", NULL, ONCE},
    {"queue-commands", ":", "queue-", NULL, ONCE},
};

/* What the desk, or its absence, does to the screen; each goes on from the one before. */
static const View trouble_views[] = {
    {"lock", "/lock\r", "Enter (unlocks|解锁)", NULL, "", TRUE},
    {"lock-offline", "not this\r", "(reached|连不上|联系不上)", views_desk_gone, "\025" VIEWS_PASSWORD "\r"},
    {"offline", "said meanwhile\r", "(queued|排队中|等待)", NULL, ""},
};

/* Of practice alone. */
static const View practice_views[] = {
    {"paused", "\030,", "(PAUSED|暂停)", NULL, "\030,"},
    {"debrief", "/debrief\r", "(so far|目前|到现在|复盘)"},
};

static void test_practice(gconstpointer language)
{
    g_autoptr(Stage) stage = stage_new(VIEWS_CONFIG);
    gboolean zh = g_str_has_prefix(language, "zh");
    g_autoptr(Vt) vt = stage_practice(stage, sizes[0].rows, sizes[0].columns, zh ? "desk-zh.yaml" : "desk-en.yaml", language, 4);
    vt_wait_match(vt, STAGE_OLDEST(3), WAIT); /* all lines have come */
    for (int i = 0; i < 4; i++) {
        vt_keys(vt, "\030a");
        vt_pump(vt, 60); /* each assigned at an instant of its own */
    }
    vt_wait_match(vt, "4/12", WAIT);
    vt_wait_match(vt, "(act|待办): .*!.*!.*!.*!", WAIT);
    vt_pump(vt, 300); /* what was said of the targets that passed has been said */
    fill_messages(vt);
    for (guint i = 0; i < G_N_ELEMENTS(practice_views); i++)
        show(vt, NULL, language, &practice_views[i]);
    stage_quit(vt);
}

static void test_agent(gconstpointer language)
{
    g_autoptr(Views) desk = views_new(language);
    g_autoptr(Vt) vt = views_agent(desk, sizes[0].rows, sizes[0].columns);
    fill_messages(vt);
    for (guint i = 0; i < G_N_ELEMENTS(agent_views); i++)
        show(vt, desk, language, &agent_views[i]);
    for (guint i = 0; i < G_N_ELEMENTS(trouble_views); i++)
        show(vt, desk, language, &trouble_views[i]);
    stage_quit(vt);
}

static void test_lead(gconstpointer language)
{
    g_autoptr(Views) desk = views_new(language);
    g_autoptr(Vt) agent = views_agent(desk, 24, 80);
    g_autoptr(Vt) vt = views_lead(desk, sizes[0].rows, sizes[0].columns);
    fill_messages(vt);
    for (guint i = 0; i < G_N_ELEMENTS(lead_views); i++)
        show(vt, desk, language, &lead_views[i]);
    stage_quit(vt);
    stage_quit(agent);
}

static gboolean is_among(const View *views, guint n, const char *name)
{
    for (guint i = 0; i < n; i++)
        if (g_str_equal(views[i].name, name))
            return TRUE;
    return FALSE;
}

/* A picture that no test makes any more shows a program that is gone. */
static void test_no_other(gconstpointer language)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "tests", "screens", "golden", "views", NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *file;
    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *name = g_str_has_suffix(file, "-en.txt") || g_str_has_suffix(file, "-zh.txt") ? g_strndup(file, strlen(file) - 7) : g_strdup(file);
        if (!is_among(agent_views, G_N_ELEMENTS(agent_views), name) && !is_among(lead_views, G_N_ELEMENTS(lead_views), name) &&
            !is_among(trouble_views, G_N_ELEMENTS(trouble_views), name) && !is_among(practice_views, G_N_ELEMENTS(practice_views), name))
            g_error("%s/%s: of no view", path, file);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/screens/views/en/no-other", "en", test_no_other);
    g_test_add_data_func("/screens/views/zh/no-other", "zh-CN", test_no_other);
    g_test_add_data_func("/screens/views/en/agent", "en", test_agent);
    g_test_add_data_func("/screens/views/en/lead", "en", test_lead);
    g_test_add_data_func("/screens/views/en/practice", "en", test_practice);
    g_test_add_data_func("/screens/views/zh/practice", "zh-CN", test_practice);
    g_test_add_data_func("/screens/views/zh/agent", "zh-CN", test_agent);
    g_test_add_data_func("/screens/views/zh/lead", "zh-CN", test_lead);
    return g_test_run();
}
