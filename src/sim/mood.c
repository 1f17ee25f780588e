/* SPDX-License-Identifier: MIT */
/* mood: what somebody's temper does to patience, to words and to the stars they give. */
#include <string.h>

#include "seatmux/sim/scenario.h"

static const struct {
    const char *name;
    int patience; /* per cent of the persona's */
    int stars;    /* more or less of somebody who thanks */
} MOODS[SM_MOODS] = {
    [SM_MOOD_CALM] = {"calm", 100, 0},
    [SM_MOOD_FRIENDLY] = {"friendly", 130, 1},
    [SM_MOOD_ANXIOUS] = {"anxious", 80, 0},
    [SM_MOOD_IMPATIENT] = {"impatient", 60, -1},
    [SM_MOOD_UPSET] = {"upset", 60, -2},
};

const char *sm_mood_name(SmMood mood)
{
    return MOODS[mood].name;
}

gboolean sm_mood_parse(const char *name, SmMood *mood)
{
    for (int i = 0; i < SM_MOODS; i++)
        if (strcmp(name, MOODS[i].name) == 0) {
            *mood = (SmMood)i;
            return TRUE;
        }
    return FALSE;
}

int64_t sm_mood_patience(SmMood mood, int64_t patience)
{
    return MAX(patience * MOODS[mood].patience / 100, 1);
}

/* Who is beside themselves gives one star, who is friendly even when it went wrong two. */
int64_t sm_mood_stars(SmMood mood, gboolean thanked, int64_t stars)
{
    if (thanked)
        return CLAMP(stars + MOODS[mood].stars, mood == SM_MOOD_UPSET ? 2 : 3, 5);
    return mood == SM_MOOD_UPSET ? 1 : mood == SM_MOOD_FRIENDLY ? 2 : stars;
}

/* A question is asked twice as hard, and who is upset exclaims the rest. */
char *sm_mood_words(SmMood mood, const char *line)
{
    g_autofree char *text = g_strchomp(g_strdup(line));
    const char *end = text + strlen(text), *last = end > text ? g_utf8_prev_char(end) : end;
    gunichar c = *last ? g_utf8_get_char(last) : 0;

    if (c == 0 || (mood != SM_MOOD_IMPATIENT && mood != SM_MOOD_UPSET))
        return g_strdup(line);
    if (c == '?' || c == 0xff1f)
        return g_strconcat(text, last, NULL);
    if (mood != SM_MOOD_UPSET || c == '!' || c == 0xff01 || (!g_unichar_isalnum(c) && c != '.' && c != 0x3002))
        return g_strdup(line);
    gboolean wide = c >= 0x2e80;
    if (c == '.' || c == 0x3002)
        text[last - text] = '\0';
    return g_strconcat(text, wide ? "！" : "!", NULL);
}
