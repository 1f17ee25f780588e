/* SPDX-License-Identifier: MIT */
#include "stage_views.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SEEN_MS 2000
#define SNOOZED_MS (8 * 3600 * 1000)
#define ORIGIN "http://127.0.0.1"

/* Who comes, what is said, and what the agent (or a note) says to it; NULL: nothing. */
typedef struct {
    const char *inbox, *name, *order, *text, *answer, *more;
} Customer;

enum { PARCEL, INVOICE, OUTAGE, SIZE, STOCK, OWN, FIRST_WAITING = OWN, SECOND_WAITING, ALL };

static const Customer english[] = {
    {"fast", "Chen Wei", "48213", "Hello, my parcel has not moved since Monday. Can you send it to my office instead of my home address?",
     "I am sorry. Which order is it?", "48213, and I travel on Friday."},
    {"web", "Lena Fischer", NULL, "Die Rechnung vom Mai wurde zweimal abgebucht.", NULL, NULL},
    {"web", "T. Okafor", "A-17", "Your app logs me out every minute.", "That is a known fault; the repair comes today.", NULL},
    {"web", "Ines Ruiz", NULL, "Can I still change the size? I took M and need L.", NULL, NULL},
    {"web", "J. Park", NULL, "Please write to me when the blue coat is back.", NULL, NULL},
    {"web", "A. Novak", NULL, "It says error 503 at the checkout.", NULL, NULL},
    {"web", "M. Haddad", "50117", "Where is my refund?", NULL, NULL},
};

static const Customer chinese[] = {
    {"fast", "欧阳雪莹", "48213", "您好，我的包裹从周一起就没动过。能不能改寄到公司，不要寄到家里的地址？", "抱歉让您久等了，请问是哪个订单？",
     "订单 48213，我周五要出差 😭"},
    {"web", "王小明", NULL, "这件外套偏大吗？我身高 165 厘米，体重 52 公斤，平时穿 M 码，请问应该穿什么码比较合适呢？", NULL, NULL},
    {"web", "赵一鸣", "A-17", "你们的 App 每分钟都让我重新登录。", "这是已知的故障，今天就会修好。", NULL},
    {"web", "陈思", NULL, "尺码还能改吗？我拍了 M，想换成 L。", NULL, NULL},
    {"web", "朴智慧", NULL, "蓝色大衣到货了请告诉我。", NULL, NULL},
    {"web", "孙娜", NULL, "结账的时候显示错误 503。", NULL, NULL},
    {"web", "哈达德", "50117", "我的退款到哪里了？", NULL, NULL},
};

static const char *say(const Views *v, const char *en, const char *zh)
{
    return g_str_has_prefix(v->language, "zh") ? zh : en;
}

static char *policy(const Views *v)
{
    return g_strdup_printf(
        "desk: Shop\npage: {origins: [\"" ORIGIN "\"]}\nvisitors: {watch: true}\nteams:\n"
        "  - {id: support, name: %s, capacity: 12, targets: {first_response: 10h, response: 10h, queue: 10h, resolution: none}}\n"
        "  - {id: fast, name: %s, capacity: 12, targets: {first_response: 1s, response: 1s, queue: 1s, resolution: none}}\n"
        "inboxes: [{id: web, name: Web, team: support}, {id: fast, name: App, team: fast}]\n",
        say(v, "Support", "售后"), say(v, "Shipping", "物流"));
}

static char *post(const Views *v, const char *token, const char *body, const char *format, ...) G_GNUC_PRINTF(4, 5);
static char *post(const Views *v, const char *token, const char *body, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *target = g_strdup_vprintf(format, args);
    va_end(args);
    return stage_desk_ask(v->stage, "POST", target, token, NULL, body);
}

static char *begin(const Views *v, const Customer *c, const char *token, const char *more, char **new_token)
{
    g_autofree char *order = c->order ? g_strdup_printf(",\"order\":\"%s\"", c->order) : g_strdup("");
    g_autofree char *body = g_strdup_printf("{\"inbox\":\"%s\",\"name\":\"%s\",\"text\":\"%s\",\"language\":\"%s\"%s%s}", c->inbox, c->name,
                                            c->text, v->language, order, more);
    g_autofree char *answer = post(v, token, body, "/v1/conversations");
    if (new_token)
        *new_token = stage_desk_member(answer, "token");
    return stage_desk_member(answer, "conversation");
}

/* A file comes with the chat: a message that names it. */
static void send_file(const Views *v, const char *conversation, const char *token)
{
    g_autofree char *id = g_uuid_string_random(), *name = g_uri_escape_string(say(v, "invoice-48213.txt", "发票-48213.txt"), NULL, FALSE);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/files?id=%s&name=%s", conversation, id, name);
    g_autofree char *message = g_strdup_printf("/v1/conversations/%s/messages/%s", conversation, id);
    g_autofree char *body = g_strdup_printf("{\"file\":\"%s\"}", id);
    g_free(stage_desk_ask(v->stage, "POST", target, token, "Content-Type: application/octet-stream\r\n", "order 48213: 129.00 EUR, paid twice\n"));
    g_free(stage_desk_ask(v->stage, "PUT", message, token, NULL, body));
}

/* Something is known of the first one: a chat that ended well, orders, notes, tags. */
static char *earlier(const Views *v, const Customer *c, const char *agent)
{
    char *token = NULL;
    Customer before = *c;
    before.text = say(v, "Do you ship to islands?\\nTo the Azores, I mean.\\nAnd what does it cost?", "海岛能送货吗？\\n我是说舟山。\\n运费是多少？");
    g_autofree char *id = begin(v, &before, NULL, ",\"reach\":\"chen@example.org\"", &token);
    g_free(post(v, agent, "{}", "/v1/conversations/%s/claim", id));
    stage_desk_say(v->stage, id, agent, say(v, "Yes, in three days.", "可以的，三天送到。"));
    g_free(post(v, agent, "{\"reason\":\"answered\"}", "/v1/conversations/%s/resolve", id));
    g_autofree char *stars = g_strdup_printf("{\"stars\":5,\"text\":\"%s\"}", say(v, "quick and kind", "又快又热情"));
    g_free(post(v, token, stars, "/v1/conversations/%s/rate", id));
    return token;
}

/* A chat of another customer has ended, badly rated, and was reviewed. */
static void ended(const Views *v, const char *agent)
{
    char *token = NULL;
    Customer c = {"web", say(v, "K. Berg", "郑浩"), NULL, say(v, "Do you have it in blue?", "有蓝色的吗？"), NULL, NULL};
    g_autofree char *id = begin(v, &c, NULL, "", &token), *lead = stage_desk_log_in(v->stage, LEAD);
    g_free(post(v, agent, "{}", "/v1/conversations/%s/claim", id));
    stage_desk_say(v->stage, id, agent, say(v, "No.", "没有。"));
    g_free(post(v, agent, "{\"reason\":\"answered\"}", "/v1/conversations/%s/resolve", id));
    g_free(post(v, token, "{\"stars\":2,\"complaint\":true}", "/v1/conversations/%s/rate", id));
    g_autofree char *marks = g_strdup_printf("{\"marks\":{\"understood\":4,\"solved\":3,\"tone\":1},\"text\":\"%s\"}",
                                             say(v, "Right, and unkind.", "没说错，但太生硬。"));
    g_free(post(v, lead, marks, "/v1/conversations/%s/review", id));
    g_free(token);
}

static void know(const Views *v, const char *id, const char *agent)
{
    g_autofree char *note = g_strdup_printf("{\"tags\":[\"vip\"],\"attributes\":{\"city\":\"%s\"},\"note\":\"%s\"}", say(v, "Hangzhou", "杭州"),
                                            say(v, "Wants calls after six only.", "只在六点以后接电话。"));
    g_free(post(v, agent, note, "/v1/conversations/%s/contact", id));
    g_free(post(v, agent, "{\"order\":\"48213\",\"status\":\"paid\",\"amount\":\"129.00 EUR\"}", "/v1/conversations/%s/order", id));
    g_free(post(v, agent, "{\"order\":\"47002\",\"status\":\"shipped\",\"amount\":\"18.50 EUR\"}", "/v1/conversations/%s/order", id));
    g_free(post(v, agent, "{\"tags\":[\"refund\"]}", "/v1/conversations/%s/tag", id));
}

static void note(const Views *v, const char *id, const char *agent, const char *text)
{
    g_autofree char *command = g_uuid_string_random();
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/%s", id, command);
    g_autofree char *body = g_strdup_printf("{\"text\":\"%s\",\"kind\":\"note\"}", text);
    g_free(stage_desk_ask(v->stage, "PUT", target, agent, NULL, body));
}

static void come(const Views *v, guint i, const char *known, const char *agent)
{
    const Customer *c = g_str_has_prefix(v->language, "zh") ? &chinese[i] : &english[i];
    g_autofree char *fresh = NULL;
    g_autofree char *id = begin(v, c, known, "", known ? NULL : &fresh);
    const char *token = known ? known : fresh;
    if (i < OWN)
        g_free(post(v, agent, "{}", "/v1/conversations/%s/claim", id));
    if (i == PARCEL)
        know(v, id, agent);
    if (c->answer)
        stage_desk_say(v->stage, id, agent, c->answer);
    if (i == OUTAGE)
        note(v, id, agent, say(v, "repair announced for six", "预计六点修复"));
    if (i == PARCEL)
        send_file(v, id, token);
    if (i == PARCEL)
        note(v, id, agent, say(v, "carrier depot fire, see incident 2231", "承运商仓库失火，见事件 2231"));
    if (c->more)
        stage_desk_say(v->stage, id, token, c->more);
    if (i >= OWN)
        g_ptr_array_add(v->waiting, g_steal_pointer(&fresh));
    if (i == STOCK) {
        g_autofree char *until = g_strdup_printf("{\"until\":%" G_GINT64_FORMAT "}", g_get_real_time() / 1000 + SNOOZED_MS);
        g_free(post(v, agent, until, "/v1/conversations/%s/snooze", id));
    }
}

/* One question that is asked every day, and here too. */
static void write_faq(const Views *v)
{
    g_autofree char *dir = g_build_filename(v->stage->home, "config", "seatmux", "quickreplies", NULL), *path = g_build_filename(dir, "faq.yaml", NULL);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, "faq: shop\nlanguage: en\nentries:\n"
                                            "  - {id: order, questions: [\"48213, and I travel on Friday\", \"订单 48213，我周五要出差\"],\n"
                                            "     answer: \"It leaves today.\", in: {zh-CN: \"今天就发。\"}}\n", -1, NULL));
}

/* The one target that passes has passed: from here on nothing happens by itself. */
static void wait_breach(const Views *v, const char *agent)
{
    gint64 until = g_get_monotonic_time() + (gint64)WAIT * 1000;
    gboolean passed = FALSE;
    while (!passed) {
        g_autofree char *answer = stage_desk_ask(v->stage, "GET", "/v1/snapshot", agent, NULL, "");
        passed = strstr(answer, "turn.breached") != NULL;
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    }
}

Views *views_new(const char *language)
{
    Views *v = g_new0(Views, 1);
    Customer left = {"web", "", NULL, "", NULL, NULL};
    v->language = language;
    v->waiting = g_ptr_array_new_with_free_func(g_free);
    v->stage = stage_new(VIEWS_CONFIG);
    write_faq(v);
    g_autofree char *yaml = policy(v);
    stage_desk_new_with(v->stage, yaml);
    stage_desk_start(v->stage, FALSE);
    left.name = say(v, "S. Iyer", "钱多多");
    left.text = say(v, "Nobody was there; please call me.", "没有人在，请给我回电话。");
    g_free(begin(v, &left, NULL, ",\"offline\":true,\"reach\":\"+49 30 1234\"", NULL));
    g_autofree char *lead = stage_desk_log_in(v->stage, LEAD);
    g_free(post(v, lead, "{\"availability\":\"online\"}", "/v1/agents/me/availability"));
    g_ptr_array_add(v->waiting, g_strdup(lead));
    g_autofree char *agent = stage_desk_log_in(v->stage, AGENT);
    g_free(post(v, agent, "{\"availability\":\"online\"}", "/v1/agents/me/availability"));
    g_autofree char *known = earlier(v, g_str_has_prefix(language, "zh") ? &chinese[PARCEL] : &english[PARCEL], agent);
    ended(v, agent);
    for (guint i = 0; i < ALL; i++)
        come(v, i, i == PARCEL ? known : NULL, agent);
    wait_breach(v, agent);
    return v;
}

void views_free(Views *v)
{
    if (!v)
        return;
    stage_free(v->stage);
    g_ptr_array_unref(v->waiting);
    g_free(v);
}

static Vt *client(const Views *v, int rows, int columns, const char *who, const char *verb)
{
    g_autofree char *password = stage_path(v->stage, "password");
    return verb ? stage_seatmux(v->stage, rows, columns, verb, "--server", v->stage->url, "--login", who, "--password-file", password, "--lang",
                                v->language, NULL)
                : stage_seatmux(v->stage, rows, columns, "--server", v->stage->url, "--login", who, "--password-file", password, "--lang",
                                v->language, NULL);
}

Vt *views_agent(Views *v, int rows, int columns)
{
    Vt *vt = client(v, rows, columns, AGENT, NULL);
    vt_wait_text(vt, say(v, "Chen Wei", "欧阳雪莹"), 2 * WAIT);
    vt_wait_match(vt, "-0?0:0", WAIT);
    for (int i = 0; i < 10; i++) /* what stands there so long has been read: a promise of the program */
        vt_pump(vt, SEEN_MS / 10);
    return vt;
}

Vt *views_lead(Views *v, int rows, int columns)
{
    Vt *vt = client(v, rows, columns, LEAD, "supervise");
    vt_wait_text(vt, say(v, "Chen Wei", "欧阳雪莹"), 2 * WAIT);
    vt_wait_match(vt, "-0?0:0", WAIT);
    return vt;
}

void views_alive(const Views *v)
{
    for (guint i = 0; i < v->waiting->len && v->stage->server > 0; i++)
        g_free(stage_desk_ask(v->stage, "GET", "/v1/snapshot", v->waiting->pdata[i], NULL, ""));
}

void views_visit(const Views *v)
{
    static const char *const visits[] = {
        "{\"visit\":\"0123456789abcdefcoat\",\"page\":\"/p/coat\",\"title\":\"Coat\",\"referrer\":\"https://search.example/?q=coat\",\"fresh\":true}",
        "{\"visit\":\"0123456789abcdefcart\",\"page\":\"/cart\",\"title\":\"Cart\",\"earlier\":2,\"language\":\"en\",\"fresh\":true}"};
    for (guint i = 0; i < G_N_ELEMENTS(visits); i++)
        g_free(stage_desk_ask(v->stage, "POST", "/v1/visits", NULL, "Content-Type: text/plain\r\nOrigin: " ORIGIN "\r\n", visits[i]));
}

void views_desk_gone(const Views *v)
{
    stage_desk_stop(v->stage, SIGKILL);
}
