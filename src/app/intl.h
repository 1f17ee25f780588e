/* SPDX-License-Identifier: MIT */
#include "seatmux/app/intl.h"
