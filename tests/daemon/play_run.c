/* SPDX-License-Identifier: EUPL-1.2 */
/* Plays all plays of a region, each until its next day. */
#include "tests/daemon/play_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_over(const struct acting *acting)
{
	return acting->failure != NULL || acting->at == acting->play->line_count;
}

static unsigned
day_of(const struct acting *acting)
{
	return acting->first_day + acting->play->lines[acting->at].days;
}

/* As far as it comes today. */
static void
play_on(struct acting *acting)
{
	while (!is_over(acting)) {
		const struct play_line *line = &acting->play->lines[acting->at];

		if (line->verb == PLAY_DAG && day_of(acting) > acting->stage->day) {
			return;
		}
		if (line->verb != PLAY_DAG) {
			(void)play_do(acting, line);
		}
		acting->at++;
	}
	for (size_t i = 0; i < acting->stage->agent_count; i++) {
		stage_wake(&acting->stage->agents[i]);
	}
}

/* The first day for which a play waits; 0: none does. */
static unsigned
next_day(const struct acting *all, size_t count)
{
	unsigned day = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_over(&all[i])) {
			day = day == 0 || day_of(&all[i]) < day ? day_of(&all[i]) : day;
		}
	}
	return day;
}

static void
play_together(struct stage *stage, struct acting *all, size_t count)
{
	unsigned day = stage->day;

	for (size_t i = 0; i < count; i++) {
		all[i].first_day = stage->day;
	}
	while (day != 0 || stage->day == 0) {
		if (day != stage->day) {
			stage_day(stage, day);
		}
		for (size_t i = 0; i < count; i++) {
			play_on(&all[i]);
		}
		day = next_day(all, count);
		if (day == 0) {
			return;
		}
	}
}

/* Somebody is away while a day passes: such a play goes alone, after the others. */
static bool
goes_alone(const struct play *play)
{
	size_t away = 0;
	bool alone = false;

	for (size_t i = 0; i < play->line_count; i++) {
		away += play->lines[i].verb == PLAY_VALT_UIT;
		away -= play->lines[i].verb == PLAY_KOMT_TERUG && away > 0;
		alone = alone || (away > 0 && play->lines[i].verb == PLAY_DAG);
	}
	return alone;
}

static void
begin(struct acting *acting, struct stage *stage, const struct play *play)
{
	*acting = (struct acting){ .play = play, .stage = stage };
	acting->route = kb_profile_route(stage->profile, kb_span_text(play->route));
	if (acting->route == NULL) {
		town_fail(stage->town, "%s: no such route in %s", play->file, stage->region);
	}
	(void)snprintf(acting->state, sizeof(acting->state), "%s",
		       acting->route->states[acting->route->begin].name);
}

bool
play_all(struct stage *stage, const struct plays *plays, size_t *played)
{
	struct acting *all = calloc(PLAY_MAX, sizeof(*all));
	size_t count = 0;
	bool good = true;

	if (all == NULL) {
		abort();
	}
	for (size_t i = 0; i < plays->count; i++) {
		if (play_is_of(&plays->at[i], stage->region) && !goes_alone(&plays->at[i])) {
			begin(&all[count++], stage, &plays->at[i]);
		}
	}
	play_together(stage, all, count);
	for (size_t i = 0; i < plays->count; i++) {
		if (play_is_of(&plays->at[i], stage->region) && goes_alone(&plays->at[i])) {
			begin(&all[count], stage, &plays->at[i]);
			play_together(stage, &all[count++], 1);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (all[i].failure != NULL) {
			(void)fprintf(stderr, "%s\n", all[i].failure);
			good = false;
		}
		free(all[i].failure);
	}
	free(all);
	*played = count;
	return good;
}
