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
N_("supervisors take what they want, nothing is routed to them")
N_("a trainee, and this is no training inbox")
N_("not online")
N_("no free place")
N_("is next")
N_("had this customer before")
N_("another had this customer before")
N_("did not accept it before")
N_("is later in the order")
