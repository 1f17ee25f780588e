/* SPDX-License-Identifier: MIT */
/* file_kind: what files are taken, by what their content is and by what their name would start; and which links. */
#include "desk/policy_private.h"

#include <string.h>

static const char *const NAMES[] = {"image", "pdf", "text", "office", "audio", "video", "archive", "other"};

const char *sm_file_kind_name(guint kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        if (kind == 1u << i) {
            return NAMES[i];
        }
    }
    return "program";
}

guint sm_file_kind_parse(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        if (g_str_equal(NAMES[i], name)) {
            return 1u << i;
        }
    }
    return 0;
}

json_t *sm_policy_file_kinds(const SmPolicy *policy)
{
    json_t *kinds = json_array();

    for (guint kind = SM_FILE_IMAGE; kind <= SM_FILE_OTHER; kind <<= 1) {
        if (policy->file_kinds & kind) {
            json_array_append_new(kinds, json_string(sm_file_kind_name(kind)));
        }
    }
    return kinds;
}

/* The first row that fits counts, so what is special stands before what is general. */
static const struct {
    const char *beginning;
    guint kind; /* 0: a program */
} TYPES[] = {
    {"application/x-executable", 0},
    {"application/x-pie-executable", 0},
    {"application/x-sharedlib", 0},
    {"application/x-object", 0},
    {"application/x-coredump", 0},
    {"application/x-dosexec", 0},
    {"application/vnd.microsoft.portable-executable", 0},
    {"application/x-msdownload", 0},
    {"application/x-ms-dos-executable", 0},
    {"application/x-msi", 0},
    {"application/x-mach-binary", 0},
    {"application/x-java", 0},
    {"application/java-archive", 0},
    {"application/vnd.android.package-archive", 0},
    {"application/x-ms-shortcut", 0},
    {"application/javascript", 0},
    {"application/x-sh", 0},
    {"application/x-wine-extension", 0},
    {"application/x-debian-package", 0},
    {"application/vnd.debian.binary-package", 0},
    {"application/x-rpm", 0},
    {"application/wasm", 0},
    {"text/x-shellscript", 0},
    {"text/x-msdos-batch", 0},
    {"text/x-python", 0},
    {"text/x-script", 0},
    {"text/x-perl", 0},
    {"text/x-ruby", 0},
    {"text/x-php", 0},
    {"text/x-lua", 0},
    {"text/x-tcl", 0},
    {"text/javascript", 0},
    {"text/x-java", 0},
    {"image/svg", SM_FILE_TEXT},
    {"image/", SM_FILE_IMAGE},
    {"application/pdf", SM_FILE_PDF},
    {"application/postscript", SM_FILE_OTHER},
    {"text/", SM_FILE_TEXT},
    {"application/json", SM_FILE_TEXT},
    {"application/x-ndjson", SM_FILE_TEXT},
    {"application/csv", SM_FILE_TEXT},
    {"application/xml", SM_FILE_TEXT},
    {"message/", SM_FILE_TEXT},
    {"application/msword", SM_FILE_OFFICE},
    {"application/rtf", SM_FILE_OFFICE},
    {"application/vnd.ms-", SM_FILE_OFFICE},
    {"application/vnd.openxmlformats-officedocument.", SM_FILE_OFFICE},
    {"application/vnd.oasis.opendocument.", SM_FILE_OFFICE},
    {"application/epub", SM_FILE_OFFICE},
    {"application/CDFV2", SM_FILE_OFFICE},
    {"application/x-ole-storage", SM_FILE_OFFICE},
    {"audio/", SM_FILE_AUDIO},
    {"application/ogg", SM_FILE_AUDIO},
    {"video/", SM_FILE_VIDEO},
    {"application/zip", SM_FILE_ARCHIVE},
    {"application/gzip", SM_FILE_ARCHIVE},
    {"application/zstd", SM_FILE_ARCHIVE},
    {"application/x-tar", SM_FILE_ARCHIVE},
    {"application/x-gtar", SM_FILE_ARCHIVE},
    {"application/x-rar", SM_FILE_ARCHIVE},
    {"application/x-xz", SM_FILE_ARCHIVE},
    {"application/x-bzip", SM_FILE_ARCHIVE},
    {"application/x-7z", SM_FILE_ARCHIVE},
    {"application/x-lzma", SM_FILE_ARCHIVE},
    {"application/x-iso9660", SM_FILE_ARCHIVE},
};

guint sm_file_kind_of_type(const char *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        if (g_ascii_strncasecmp(type, TYPES[i].beginning, strlen(TYPES[i].beginning)) == 0) {
            return TYPES[i].kind;
        }
    }
    return SM_FILE_OTHER;
}

gboolean sm_file_is_picture(const char *type)
{
    static const char *const SHOWN[] = {"image/png", "image/jpeg", "image/gif", "image/webp", NULL};

    return g_strv_contains(SHOWN, type);
}

/* What a double click starts, whatever its content is: a batch file is plain text. */
gboolean sm_file_name_starts(const char *name)
{
    static const char *const ENDS[] = {
        "exe", "com", "bat", "cmd",  "scr", "pif", "msi",  "msp",     "lnk", "vbs",      "vbe", "js",  "jse",  "wsf",
        "wsh", "hta", "ps1", "psm1", "cpl", "dll", "sys",  "reg",     "inf", "scf",      "url", "jar", "app",  "sh",
        "bash", "zsh", "fish", "csh", "run", "bin", "desktop", "appimage", "apk", "deb", "rpm", "dmg", "pkg",  "py",
        "pl",  "rb",  "php", "command", "action", "workflow", "gadget", "appref-ms", "chm", "iso", "img", "vhd", NULL};
    const char *dot = strrchr(name, '.');
    g_autofree char *end = dot ? g_ascii_strdown(dot + 1, -1) : NULL;

    return end && g_strv_contains(ENDS, end);
}

static const char *const LINKS[] = {"https", "any", "none"};

const char *sm_links_name(SmLinks links)
{
    return LINKS[links];
}

gboolean sm_links_parse(const char *text, SmLinks *links)
{
    for (guint i = 0; i < G_N_ELEMENTS(LINKS); i++) {
        if (g_strcmp0(LINKS[i], text) == 0) {
            *links = (SmLinks)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* A host may not be hidden behind a name ("https://bank.example@evil.example/"), and nothing may be that can't be seen. */
const char *sm_link_fault(const SmPolicy *policy, const char *text)
{
    gsize n = strcspn(text, " \t\r\n");
    g_autofree char *address = g_strndup(text, n);
    g_autoptr(GUri) uri = g_uri_parse(address, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";
    const char *host = uri ? g_uri_get_host(uri) : NULL;

    if (policy->links == SM_LINKS_NONE) {
        return "This desk sends no links.";
    }
    for (const char *c = address; *c; c++) {
        if (*c <= ' ' || *c == 0x7f || strchr("<>\"'`\\", *c) || (guchar)*c >= 0x80) {
            return "A link is made of plain ASCII; write other characters percent-encoded, a host name as xn--.";
        }
    }
    if (!host || !*host || g_uri_get_userinfo(uri)) {
        return "A link is an address such as https://shop.example/returns, without a user name.";
    }
    gboolean https = g_str_equal(scheme, "https");
    if (!https && !(policy->links == SM_LINKS_ANY && g_str_equal(scheme, "http"))) {
        return policy->links == SM_LINKS_ANY ? "Only http and https links are sent." : "Only https links are sent from this desk.";
    }
    return NULL;
}
