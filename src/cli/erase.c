/* SPDX-License-Identifier: MIT */
/* erase-contact: all that a person said and was told, erased step by step until nothing is left. */
#include <stdio.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "seatmux/base/error.h"

#define STEPS_MOST 1000000

/* What the desk says would go. NULL and error. */
static json_t *erasure(SmAdmin *admin, const char *id, GError **error)
{
    g_autofree char *escaped = sm_url_escape(id);
    g_autofree char *path = g_strconcat("/v1/erasure/", escaped, NULL);
    json_t *answer = NULL;

    return sm_admin_ask(admin, sm_request_new("GET", path), &answer, error) ? answer : NULL;
}

static int64_t left(const json_t *what)
{
    return sm_json_int(what, "texts", 0) + sm_json_int(what, "card", 0) + sm_json_int(what, "orders", 0);
}

static gboolean erase_some(SmAdmin *admin, const json_t *what, GError **error)
{
    g_autofree char *path = g_strconcat("/v1/erasure/", sm_json_str(what, "contact", ""), NULL);
    SmRequest *request = sm_request_new("POST", path);

    sm_request_set_json(request, json_object());
    return sm_admin_ask(admin, request, NULL, error);
}

static const char *many(int64_t n)
{
    return n == 1 ? "" : "s";
}

static void tell(const json_t *what)
{
    int64_t conversations = sm_json_int(what, "conversations", 0), texts = sm_json_int(what, "texts", 0);
    int64_t card = sm_json_int(what, "card", 0), orders = sm_json_int(what, "orders", 0);
    int64_t plain = sm_json_int(what, "plain", 0);
    size_t merged = json_array_size(json_object_get(what, "merged"));

    printf("Contact %s", sm_json_str(what, "contact", "?"));
    if (merged > 0)
        printf(" and %zu merged with it", merged);
    printf(": %" G_GINT64_FORMAT " conversation%s with %" G_GINT64_FORMAT " text%s, %" G_GINT64_FORMAT " on the card, and %" G_GINT64_FORMAT
           " told of orders.\n",
           conversations, many(conversations), texts, many(texts), card, orders);
    if (plain > 0)
        printf("%" G_GINT64_FORMAT " order%s that an older version recorded keep%s number and amount in the log (docs/operating.md).\n", plain,
               many(plain), plain == 1 ? "s" : "");
}

/* Whoever is told that it stopped wants to know what became of what was done, and what to do. FALSE. */
static gboolean broken_off(GError **error)
{
    g_autoptr(GError) why = g_steal_pointer(error);

    g_set_error(error, why->domain, why->code,
                "%s\nNot all of it is erased. What is, stays so; give the same command again until it says that all is erased.",
                why->message);
    return FALSE;
}

/* Each step takes something away, or it is the last. */
static gboolean erase_all(SmAdmin *admin, const char *id, json_t **what, int *steps, GError **error)
{
    for (*steps = 0; left(*what) > 0 && *steps < STEPS_MOST; (*steps)++) {
        int64_t before = left(*what);
        if (!erase_some(admin, *what, error))
            return broken_off(error);
        json_decref(*what);
        *what = erasure(admin, id, error);
        if (*what == NULL)
            return broken_off(error);
        if (left(*what) >= before) {
            g_set_error(error, SM_ERROR, SM_ERROR_IO, "%" G_GINT64_FORMAT " texts are still there; the desk's own messages say why",
                        left(*what));
            return FALSE;
        }
    }
    return TRUE;
}

static int erase_contact(SmAdmin *admin, const char *id, gboolean dry, GError **error)
{
    json_t *what = erasure(admin, id, error);
    int steps = 0;

    if (what == NULL)
        return 1;
    int64_t all = left(what);
    tell(what);
    if (dry)
        puts("Nothing was erased: --dry-run.");
    gboolean done = dry || erase_all(admin, id, &what, &steps, error);
    if (!dry && done)
        printf(all > 0 ? "All of it is erased, in %d step%s.\n" : "There is nothing left to erase.\n", steps, many(steps));
    json_decref(what);
    return done ? 0 : 1;
}

int sm_cli_erase_contact(int argc, char **argv)
{
    g_autofree char *data = NULL;
    gboolean dry = FALSE;
    const GOptionEntry entries[] = {{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"},
                                    {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry, "only say what would be erased", NULL},
                                    G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries, "ID - erase all that a person said and was told, for good"))
        return 2;
    if (!data || argc != 2) {
        sm_cli_error("usage: seatmuxd erase-contact ID --data DIR [--dry-run]    (ID: of the contact, or of a conversation)\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(SmAdmin) admin = sm_admin_open(data, &error);
    int status = admin ? erase_contact(admin, argv[1], dry, &error) : 1;
    if (error)
        sm_cli_error("seatmuxd: %s\n", error->message);
    return status;
}
