/* SPDX-License-Identifier: MIT */
/* Words that room desk says and the screen translates: desk knows no gettext, so they are named here for the
 * collection of strings. tests/docs compares them with the desk's tables. Not compiled. */
#pragma once
N_("ok")
N_("WARN")
N_("WARN!")
N_("OVERDUE")
N_("queued")
N_("open")
N_("snoozed")
N_("resolved")
