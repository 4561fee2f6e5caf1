/* SPDX-License-Identifier: EUPL-1.2 */
/* A school year with all roles on the pure engine; KB_SIM_PUPILS is the number of pupils, KB_SIM_SEED another year. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/daemon/profile.h"
#include "tests/sim/sim.h"

#define PROFILES_MAX 16
#define ROUTES_MAX 256
#define PUPILS_USUAL 2000
#define SEED_USUAL 20270801
/* Seconds of one core, for the usual number; not under a sanitizer. */
#define SECONDS_MOST 60

static struct kb_profile profiles[PROFILES_MAX];
static size_t profile_count;
static const struct kb_route *routes[ROUTES_MAX * 2];
static size_t route_count;
static struct sim sim;

static void
start(void)
{
	DIR *dir = opendir(KB_SOURCE_DIR "/deploy/profiles");

	cr_assert_not_null(dir);
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		char path[512];
		struct kb_faults faults = { 0 };
		struct kb_profile *profile = &profiles[profile_count];

		if (strchr(entry->d_name, '.') != NULL) {
			continue;
		}
		cr_assert_lt(profile_count, PROFILES_MAX);
		snprintf(path, sizeof(path), KB_SOURCE_DIR "/deploy/profiles/%s", entry->d_name);
		cr_assert_eq(kb_profile_open(path, &faults, profile), KB_OK, "%s", path);
		kb_faults_release(&faults);
		profile_count++;
		for (size_t i = 0; i < profile->route_count; i++) {
			cr_assert_lt(route_count, ROUTES_MAX);
			routes[route_count++] = &profile->routes[i];
		}
	}
	closedir(dir);
	cr_assert_geq(profile_count, 5);
	cr_assert_gt(route_count, profile_count);
}

/*
 * Most terms are niet vastgelegd. So that the engine meets every unit in every route, the year plays each route twice: as it is, and as if
 * the region had agreed a term and a vangnet for every clock. These terms are of this test alone.
 */
static const struct kb_term as_if[] = {
	{ true, 10, KB_TERM_KALENDERDAGEN, 3, "test" }, { true, 3, KB_TERM_WERKDAGEN, 3, "test" },
	{ true, 2, KB_TERM_WEKEN, 3, "test" },		{ true, 3, KB_TERM_SCHOOLWEKEN, 3, "test" },
	{ true, 1, KB_TERM_MAANDEN, 3, "test" },
};
static const uint32_t as_if_vangnet[] = { KB_ROUTE_SWV, KB_ROUTE_LEERPLICHT, KB_ROUTE_JEUGD };

static struct kb_route copies[ROUTES_MAX];
static struct kb_arena arena;

static void
copy_agreed(const struct kb_route *route, size_t nr)
{
	struct kb_route_clock *clocks =
		kb_arena_alloc(&arena, (route->clock_count + 1) * sizeof(*clocks));

	cr_assert_not_null(clocks);
	for (size_t i = 0; i < route->clock_count; i++) {
		clocks[i] = route->clocks[i];
		if (!clocks[i].term.vastgelegd) {
			clocks[i].term = as_if[(nr + i) % (sizeof(as_if) / sizeof(as_if[0]))];
		}
		if (clocks[i].vangnet == 0) {
			clocks[i].vangnet = as_if_vangnet[(nr + i) % 3];
		}
	}
	copies[nr] = *route;
	copies[nr].clocks = clocks;
	routes[route_count + nr] = &copies[nr];
}

static void
drop(void)
{
	sim_release(&sim);
	kb_arena_release(&arena);
	for (size_t i = 0; i < profile_count; i++) {
		kb_profile_release(&profiles[i]);
	}
}

TestSuite(school_year, .init = start, .fini = drop);

static uint64_t
number_from(const char *name, uint64_t usual)
{
	const char *text = getenv(name);

	return text != NULL ? strtoul(text, NULL, 10) : usual;
}

Test(school_year, all_replays_agree_and_nothing_is_lost, .timeout = 900)
{
	uint32_t pupils = (uint32_t)number_from("KB_SIM_PUPILS", PUPILS_USUAL);
	uint64_t seed = number_from("KB_SIM_SEED", SEED_USUAL);
	const struct sim_counts *counts = &sim.counts;

	cr_assert(pupils > 0 && seed > 0);
	for (size_t i = 0; i < route_count; i++) {
		copy_agreed(routes[i], i);
	}
	sim_init(&sim, routes, route_count * 2, pupils, seed);
	clock_t began = clock();

	sim_run(&sim);
	cr_log_info(
		"%u pupils: %zu records, %u acts, %zu closed; messages %zu, lost %zu, doubled %zu, "
		"asked %zu; clocks %zu on their day, %zu after absence; takeovers %zu, void %zu, "
		"proposed again %zu; replays %zu",
		pupils, counts->records, sim.act_count, counts->closed, counts->sent, counts->lost,
		counts->doubled, counts->asked, counts->fired, counts->fired_late,
		counts->takeovers, counts->voided, counts->proposed_again, counts->replays);
	sim_check_end(&sim);
	double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;

	cr_log_info("%.1f s", seconds);
#ifndef __SANITIZE_ADDRESS__
	cr_assert(pupils > PUPILS_USUAL || seconds < SECONDS_MOST, "%.1f s", seconds);
#endif
	/* What the year must have had in it to say anything. */
	cr_assert_gt(counts->lost * 12, counts->sent);
	cr_assert_gt(counts->doubled, 0);
	cr_assert_gt(counts->fired, counts->fired_late);
	cr_assert_gt(counts->fired_late, 0);
	cr_assert_gt(counts->takeovers, 0);
	cr_assert_gt(counts->voided, 0);
	cr_assert_gt(counts->proposed_again, 0);
	cr_assert_gt(counts->closed, 0);
}

/* ---- every clock of every shipped route ---- */

/* The last moment in time and the first that is too late, started on every day of the year. */
static void
check_clock(const struct kb_route *route, size_t place, int start_day, int64_t hours)
{
	const struct kb_route_clock *clock = &route->clocks[place];
	int64_t start_utc_ms = sim.dates.days[start_day].start_utc_ms + hours * 3600 * 1000;
	int due_day = sim_dates_due(&sim.dates, &clock->term, start_day);
	int64_t due = 0;

	cr_assert_neq(due_day, SIM_DAY_NONE, "%s %s", route->id, clock->name);
	cr_assert_eq(kb_term_due(&clock->term, start_utc_ms, &sim.kalender, &due), KB_OK, "%s %s",
		     route->id, clock->name);
	cr_assert_eq(due, sim.dates.days[due_day].start_utc_ms, "%s %s from %d-%02d-%02d",
		     route->id, clock->name, sim.dates.days[start_day].year,
		     sim.dates.days[start_day].month, sim.dates.days[start_day].day);
	struct kb_chain_view view = {
		.route = route,
		.clock_count = 1,
		.clocks = { { .clock = (uint8_t)place,
			      .state = KB_CHAIN_CLOCK_RUNS,
			      .due_utc_ms = due } },
	};

	cr_assert_null(kb_chain_due(&view, sim.dates.days[due_day].start_utc_ms - 1));
	cr_assert_not_null(kb_chain_due(&view, sim.dates.days[due_day].start_utc_ms));
}

Test(school_year, every_clock_of_every_shipped_route_fires_on_its_day)
{
	size_t clocks = 0;

	for (size_t i = 0; i < route_count; i++) {
		copy_agreed(routes[i], i);
	}
	sim_init(&sim, routes, route_count, 1, SEED_USUAL);
	for (size_t i = 0; i < route_count * 2; i++) {
		for (size_t place = 0; place < routes[i]->clock_count; place++) {
			if (!routes[i]->clocks[place].term.vastgelegd) {
				continue;
			}
			clocks++;
			for (int day = sim.first_day; day <= sim.last_day; day++) {
				check_clock(routes[i], place, day, 0);
				check_clock(routes[i], place, day, 12);
				check_clock(routes[i], place, day, 22);
			}
		}
	}
	cr_assert_gt(clocks, 0);
	cr_log_info("%zu clocks with a term, each from %d days", clocks,
		    sim.last_day - sim.first_day + 1);
}
