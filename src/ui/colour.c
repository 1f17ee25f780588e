/* SPDX-License-Identifier: MIT */
/* Colours of themes, and the nearest ones that a terminal has. */
#include "ui/theme.h"

#include <string.h>

static const char *const colour_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white"};

/* What terminals commonly show for the 16 names; only used to find the nearest. */
static const uint32_t colour_values[16] = {
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x1e50e6, 0xcd00cd, 0x00cdcd, 0xd0d0d0,
    0x7f7f7f, 0xff3030, 0x30ff30, 0xffff30, 0x5c5cff, 0xff30ff, 0x30ffff, 0xffffff};

static gboolean parse_hex(const char *text, SmColour *colour)
{
    uint32_t value = 0;
    gsize n = strlen(text);
    if (n != 3 && n != 6) {
        return FALSE;
    }
    for (gsize i = 0; i < n; i++) {
        int digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0) {
            return FALSE;
        }
        value = n == 3 ? value << 8 | (uint32_t)digit * 17 : value << 4 | (uint32_t)digit;
    }
    *colour = value;
    return TRUE;
}

gboolean sm_colour_parse(const char *text, SmColour *colour)
{
    if (!text) {
        return FALSE;
    }
    if (*text == '#') {
        return parse_hex(text + 1, colour);
    }
    if (!strcmp(text, "default")) {
        *colour = SM_COLOUR_DEFAULT;
        return TRUE;
    }
    if (!strcmp(text, "grey") || !strcmp(text, "gray")) {
        text = "bright-black";
    }
    for (guint i = 0; i < G_N_ELEMENTS(colour_names); i++) {
        if (!strcmp(text, colour_names[i])) {
            *colour = SM_COLOUR_NAMED | i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Distance as eyes see it, roughly: green counts most. */
static int64_t distance(uint32_t a, uint32_t b)
{
    int64_t r = (int64_t)(a >> 16 & 255) - (int64_t)(b >> 16 & 255);
    int64_t g = (int64_t)(a >> 8 & 255) - (int64_t)(b >> 8 & 255);
    int64_t u = (int64_t)(a & 255) - (int64_t)(b & 255);
    return 3 * r * r + 6 * g * g + u * u;
}

static int nearest_named(uint32_t value, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++) {
        if (distance(value, colour_values[i]) < distance(value, colour_values[best])) {
            best = i;
        }
    }
    return best;
}

static uint32_t cube_level(uint32_t step)
{
    return step ? 55 + 40 * step : 0;
}

static uint32_t nearest_step(uint32_t part)
{
    return part < 48 ? 0 : part < 115 ? 1 : (part - 35) / 40;
}

static int nearest_256(uint32_t value)
{
    uint32_t r = nearest_step(value >> 16 & 255);
    uint32_t g = nearest_step(value >> 8 & 255);
    uint32_t b = nearest_step(value & 255);
    uint32_t cube = cube_level(r) << 16 | cube_level(g) << 8 | cube_level(b);
    uint32_t mean = ((value >> 16 & 255) + (value >> 8 & 255) + (value & 255)) / 3;
    uint32_t step = mean < 3 ? 0 : MIN((mean - 3) / 10, 23u);
    uint32_t grey = (8 + 10 * step) * 0x010101;
    if (distance(value, grey) < distance(value, cube)) {
        return (int)(232 + step);
    }
    return (int)(16 + 36 * r + 6 * g + b);
}

int sm_colour_number(SmColour colour, int colours)
{
    if (colour == SM_COLOUR_DEFAULT || colours < 8) {
        return -1;
    }
    if (colour & SM_COLOUR_NAMED) {
        int named = (int)(colour & 15);
        return colours >= 16 ? named : named & 7;
    }
    if (colours >= 256) {
        return nearest_256(colour);
    }
    return nearest_named(colour, colours >= 16 ? 16 : 8);
}

guint sm_look_shown(const SmLook *look, int colours, int *fg, int *bg)
{
    gboolean black = look->fg == SM_COLOUR_NAMED || look->fg == 0;
    guint attrs = look->attrs;

    *fg = sm_colour_number(look->fg, colours);
    *bg = sm_colour_number(look->bg, colours);
    if (colours >= 16 || *fg < 0) {
        return attrs;
    }
    if (*fg == 0 && *bg < 0 && !black) {
        *fg = -1;
        attrs |= SM_LOOK_DIM;
    } else if (*fg == *bg) {
        *fg = *bg ? 0 : 7;
    }
    return attrs;
}
