/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The plays of tests/daemon/plays on paper: each follows its route, every route of every shipped region is played, and how many of the
 * steps that can be taken at all are taken. That what they say is what the daemons do is tests/daemon/test_plays.c.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/daemon/play.h"

#define REGIONS KB_SOURCE_DIR "/deploy/profiles"
#define PLAYED_MAX 128

/* Not played here: the tests that play it. */
static const struct {
	const char *route;
	const char *why;
} elsewhere[] = {
	{ "verzuim", "tests/daemon/test_acts.c and test_verzuim.c, by the attendance itself" },
};

/* One route of one region. */
struct played {
	const char *region;
	struct play_cover cover;
};

static struct plays plays;
static struct kb_faults faults;
static struct kb_profile profiles[16];
static size_t profile_count;
static struct played all[PLAYED_MAX];
static size_t all_count;

static int
is_region(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && entry->d_name[0] != '.';
}

static void
open_all(void)
{
	struct dirent **names = NULL;
	int count = scandir(REGIONS, &names, is_region, alphasort);

	for (int i = 0; i < count; i++) {
		char folder[PATH_MAX];

		(void)snprintf(folder, sizeof(folder), "%s/%s", REGIONS, names[i]->d_name);
		cr_assert_eq(kb_profile_open(folder, &faults, &profiles[profile_count]), KB_OK,
			     "%s", kb_faults_text(&faults));
		profile_count++;
		free(names[i]);
	}
	free(names);
	plays_read_folder(KB_SOURCE_DIR "/tests/daemon/plays", &plays, &faults);
	cr_assert_eq(faults.count, 0, "%s", kb_faults_text(&faults));
	cr_assert_gt(profile_count, 1);
}

static void
close_all(void)
{
	plays_release(&plays);
	kb_faults_release(&faults);
	for (size_t i = 0; i < profile_count; i++) {
		kb_profile_release(&profiles[i]);
	}
	profile_count = 0;
	all_count = 0;
}

TestSuite(plays_covered, .init = open_all, .fini = close_all);

static bool
is_elsewhere(const char *route)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		if (strcmp(elsewhere[i].route, route) == 0) {
			return true;
		}
	}
	return false;
}

/* Every play along its route in each of its regions. */
static void
walk_all(void)
{
	for (size_t i = 0; i < profile_count; i++) {
		for (size_t j = 0; j < profiles[i].route_count; j++) {
			struct played *played = &all[all_count++];

			cr_assert_lt(all_count, PLAYED_MAX);
			*played = (struct played){ .region = profiles[i].id };
			played->cover.route = &profiles[i].routes[j];
			for (size_t k = 0; k < plays.count; k++) {
				if (play_is_of(&plays.at[k], profiles[i].id) &&
				    strcmp(plays.at[k].route, profiles[i].routes[j].id) == 0) {
					play_walk(&plays.at[k], &profiles[i], &played->cover,
						  &faults);
				}
			}
		}
	}
}

Test(plays_covered, every_play_follows_its_route)
{
	walk_all();
	/* A play that names a region or a route that is not there is played by nobody. */
	for (size_t i = 0; i < plays.count; i++) {
		const struct play *play = &plays.at[i];

		if (play->region_count == 0) {
			kb_faults_add(&faults, play->file, play->line, "zonder regio");
		}
		for (size_t j = 0; j < play->region_count; j++) {
			bool there = false;

			for (size_t k = 0; k < all_count; k++) {
				there = there || (strcmp(all[k].region, play->regions[j]) == 0 &&
						  strcmp(all[k].cover.route->id, play->route) == 0);
			}
			if (!there) {
				kb_faults_add(&faults, play->file, play->line,
					      "%s heeft deze route niet", play->regions[j]);
			}
		}
	}
	cr_assert_eq(faults.count, 0, "%s", kb_faults_text(&faults));
}

/* All regions that have it, so also those that agreed something else. */
Test(plays_covered, every_route_of_every_region_is_played)
{
	walk_all();
	for (size_t i = 0; i < all_count; i++) {
		const char *route = all[i].cover.route->id;

		cr_expect(all[i].cover.plays > 0 || is_elsewhere(route), "%s/%s is not played",
			  all[i].region, route);
	}
}

/* What cannot be taken stands in a route for the rule that its refusal names, or waits for a term that the region did not agree. */
Test(plays_covered, nearly_every_step_that_can_be_taken_is_taken)
{
	size_t taken = 0;
	size_t possible = 0;
	size_t never = 0;

	walk_all();
	for (size_t i = 0; i < all_count; i++) {
		const struct kb_route *route = all[i].cover.route;
		bool reachable[KB_ROUTE_STEPS_MAX];

		if (is_elsewhere(route->id)) {
			continue;
		}
		play_reachable(route, reachable);
		for (size_t j = 0; j < route->step_count; j++) {
			const struct kb_route_step *step = &route->steps[j];

			cr_expect(reachable[j] || !all[i].cover.taken[j],
				  "%s/%s:%u was taken, so it can be", all[i].region, route->id,
				  step->line);
			cr_expect(reachable[j] || step->clock != 0 || all[i].cover.refused[j],
				  "%s/%s:%u is there for its refusal, which no play asks for",
				  all[i].region, route->id, step->line);
			taken += all[i].cover.taken[j];
			possible += reachable[j];
			never += !reachable[j];
			if (reachable[j] && !all[i].cover.taken[j]) {
				(void)fprintf(stderr, "not played: %s/%s.route:%u %s -> %s\n",
					      all[i].region, route->id, step->line,
					      step->from == KB_ROUTE_ANY_STATE
						      ? "*"
						      : route->states[step->from].name,
					      step->event);
			}
		}
	}
	(void)fprintf(stderr,
		      "%zu routes of %zu regions; %zu of %zu steps played, %zu never possible: "
		      "refused, or for a term that was not agreed\n",
		      all_count, profile_count, taken, possible, never);
	cr_assert_geq(taken * 100, possible * 95, "%zu of %zu", taken, possible);
}
