/* SPDX-License-Identifier: MIT */
#include "seatmux/base/limits.h"

#include <stddef.h>

#define SM_LIMIT_ROW(name_, value_, unit_, what_) {#name_, (value_), unit_, what_},
static const SmLimit LIMITS[] = {SM_LIMITS(SM_LIMIT_ROW){NULL, 0, NULL, NULL}};
#undef SM_LIMIT_ROW

const SmLimit *sm_limits(void)
{
    return LIMITS;
}
