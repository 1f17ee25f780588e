/* SPDX-License-Identifier: MIT */
/* service_page: the customer's page in a browser: its files, who may frame it, and whether anybody is there. What the
 * page does then is the customer API. */
#include "service_private.h"

#include <string.h>

#include "seatmux/base/paths.h"

#define PAGE_BYTES 65536 /* a file of it */
#define KEEP_S 300       /* a browser asks again so often */

/* "chat" is the page itself, the others are what it loads. */
static const struct {
    const char *address, *file, *type;
} FILES[] = {
    {"chat", "chat.html", "text/html; charset=utf-8"},
    {"chat/chat.css", "chat.css", "text/css; charset=utf-8"},
    {"chat/chat.js", "chat.js", "text/javascript; charset=utf-8"},
    {"chat/desk.js", "desk.js", "text/javascript; charset=utf-8"},
    {"chat/words.js", "words.js", "text/javascript; charset=utf-8"},
    {"embed.js", "embed.js", "text/javascript; charset=utf-8"},
};

void sm_pages_free(GBytes **pages)
{
    for (guint i = 0; pages != NULL && i < G_N_ELEMENTS(FILES); i++)
        g_bytes_unref(pages[i]);
    g_free(pages);
}

gboolean sm_service_set_pages(SmService *s, const char *directory, GError **error)
{
    GBytes **pages = g_new0(GBytes *, G_N_ELEMENTS(FILES));

    for (guint i = 0; i < G_N_ELEMENTS(FILES); i++) {
        gsize n = 0;
        g_autofree char *path = g_build_filename(directory, FILES[i].file, NULL);
        char *bytes = sm_path_read(path, PAGE_BYTES, &n, error);
        pages[i] = g_bytes_new_take(bytes, n);
        if (bytes == NULL) {
            sm_pages_free(pages);
            return FALSE;
        }
    }
    sm_pages_free(s->page_files);
    s->page_files = pages;
    return TRUE;
}

/* Nothing from elsewhere is loaded and nothing inline is run: what a customer or an agent writes can't become code even
 * if it became HTML. Framed by the sites of desk.yaml only. */
static char *security_of(const SmPolicy *policy)
{
    GString *text = g_string_new("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                                 "img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");

    for (guint i = 0; i < policy->origins->len; i++)
        g_string_append_printf(text, " %s", (char *)policy->origins->pdata[i]);
    return g_string_free(text, FALSE);
}

void sm_handle_page_file(SmPending *p)
{
    g_autofree char *address = g_strjoinv("/", p->at);

    for (guint i = 0; p->s->page_files != NULL && i < G_N_ELEMENTS(FILES); i++) {
        if (strcmp(address, FILES[i].address) != 0)
            continue;
        SmAnswer *answer = sm_answer_new(200, NULL);
        answer->type = FILES[i].type;
        answer->body = g_bytes_ref(p->s->page_files[i]);
        answer->security = security_of(sm_desk_policy(p->s->desk));
        answer->keep_s = i == 0 ? 0 : KEEP_S; /* the page itself carries who may frame it */
        sm_pending_answer(p, answer);
        return;
    }
    sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such address.");
}

/* What everybody may know of an entrance before writing: how many wait, and who is there, are not among it. */
static void page_quiet(SmPending *p)
{
    SmService *s = p->s;
    g_autofree char *id = sm_url_query(p->target, "inbox");
    const SmPolicy *policy = sm_desk_policy(s->desk);
    const SmInbox *inbox = sm_policy_inbox(policy, id);

    if (inbox == NULL) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, "inbox", "There is no such inbox.");
        return;
    }
    const SmTeam *team = sm_policy_team(policy, inbox->team);
    gboolean open = team->hours == NULL || sm_hours_open(team->hours, sm_service_now(s));
    json_t *body = json_pack("{s:s, s:{s:s, s:s}, s:b, s:b}", "desk", policy->desk, "inbox", "id", inbox->id, "name",
                             inbox->name, "open", open, "online", sm_desk_attended(s->desk, inbox->team, sm_service_now(s)));
    if (s->files != NULL && policy->file_kinds != 0)
        json_object_set_new(body, "files", json_pack("{s:o, s:I}", "kinds", sm_policy_file_kinds(policy), "bytes",
                                                     (json_int_t)policy->file_bytes));
    if (policy->preview)
        json_object_set_new(body, "preview", json_true());
    if (policy->watch)
        json_object_set_new(body, "watch", json_true());
    sm_pending_reply(p, 200, body);
}

void sm_handle_page(SmPending *p)
{
    sm_pending_when_quiet(p, page_quiet);
}
