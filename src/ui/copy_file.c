/* SPDX-License-Identifier: MIT */
#include "ui/copy_file.h"

#include "seatmux/app/intl.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"

char *sm_copy_file(const SmSafe *text, GError **error)
{
    g_autofree char *path = sm_path_state("clipboard");
    if (!path) {
        g_set_error(error, SM_ERROR, SM_ERROR_NOT_FOUND, "%s", _("no home directory"));
        return NULL;
    }
    return sm_path_write(path, sm_safe_str(text), sm_safe_len(text), 0600, error) ? g_steal_pointer(&path) : NULL;
}
