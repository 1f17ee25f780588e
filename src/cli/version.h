/* SPDX-License-Identifier: MIT */
/* version: SM_VERSION comes from meson.build, the one place it is written. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#ifndef SM_VERSION
#error "SM_VERSION is set by meson.build"
#endif

#endif
