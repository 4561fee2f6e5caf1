/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every (state, event, role) of every route of every shipped profile: what a route lists moves, everything else is refused with the name
 * of a rule. What is expected is read off the steps here, with no code of the engine.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>

#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/exchange/kalender.h"
#include "tests/support/chain_case.h"

#define PATH_MAX_CHARS 512

/* One question: who asks what, in which position. */
struct ask {
	const struct kb_route *route;
	uint8_t state;
	enum chain_who actor;
	enum chain_who regievoerder;
	enum chain_who opener;
};

struct tally {
	size_t asked;
	size_t moved;
	size_t refused;
};

static struct kb_arena scratch;
static struct kb_arena keep;
static struct kb_kalender kalender;
static int64_t now_utc_ms;
static struct tally tally;

/* ---- what the route says, read off here ---- */

static uint32_t
roles_of(const struct ask *ask)
{
	return 1u << ask->actor | KB_ROUTE_ALLEN |
	       (ask->actor == ask->opener ? (uint32_t)KB_ROUTE_INBRENGER : 0u) |
	       (ask->actor == ask->regievoerder ? (uint32_t)KB_ROUTE_REGIEVOERDER : 0u);
}

/* The step that is listed for the roles of who asks (0: whoever); the one of the state itself comes first. NULL: none. */
static const struct kb_route_step *
listed(const struct ask *ask, const char *event, uint32_t roles)
{
	const struct kb_route_step *any = NULL;
	const struct kb_route *route = ask->route;

	for (size_t i = 0; i < route->step_count && !route->states[ask->state].end; i++) {
		const struct kb_route_step *step = &route->steps[i];

		if (strcmp(step->event, event) != 0 || (roles != 0 && (step->by & roles) == 0)) {
			continue;
		}
		if (step->from == ask->state) {
			return step;
		}
		any = any == NULL && step->from == KB_ROUTE_ANY_STATE ? step : any;
	}
	return any;
}

static uint8_t
goes_to(const struct ask *ask, const struct kb_route_step *step)
{
	return step == NULL || step->to == KB_ROUTE_ANY_STATE ? ask->state : step->to;
}

/* R25: who reads for a school cannot meet the guard. */
static bool
reads_for_school(const struct ask *ask, const struct kb_route_step *step)
{
	return (step->guards & KB_GUARD_TWEE_PERSONEN) != 0 &&
	       (step->records & (KB_FACT_BIT(EERSTE_LEZER) | KB_FACT_BIT(TWEEDE_LEZER))) != 0 &&
	       (ask->actor == CHAIN_SCHOOL || ask->actor == CHAIN_VO);
}

/* ---- a case in that position, in which everything that can stand stands ---- */

static struct kb_span
people_of(enum kb_fact_nr fact)
{
	return kb_fact_wants_people(fact) ? kb_span_text(kb_fact_word(fact)) : KB_SPAN_NONE;
}

static void
place(const struct ask *ask, struct kb_chain_view *view)
{
	const struct kb_route *route = ask->route;
	int64_t then = now_utc_ms - 400ll * 24 * 3600 * 1000;

	*view = (struct kb_chain_view){
		.route = route,
		.state = ask->state,
		.regie_epoch = 1,
		.revision = 5,
		.last = { { 5 } },
		.last_utc_ms = then,
		.moved_utc_ms = then,
		.opener = chain_party(ask->opener),
		.regievoerder = chain_party(ask->regievoerder),
		.participant_count = CHAIN_WHO_COUNT,
		.closed_utc_ms = route->states[ask->state].end ? then : 0,
	};
	for (size_t i = 0; i < CHAIN_WHO_COUNT; i++) {
		view->participants[i].party = chain_party((enum chain_who)i);
		view->participants[i].role = 1u << i;
		view->participants[i].from_utc_ms = then;
	}
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		view->facts[i] = (struct kb_chain_view_fact){
			.there = true,
			.day = kb_date_local_day(then),
			.people = people_of((enum kb_fact_nr)i),
			.actor = chain_party(CHAIN_SWV),
		};
	}
	for (size_t i = 0; i < route->clock_count; i++) {
		if (route->clocks[i].term.vastgelegd) {
			view->clocks[view->clock_count++] = (struct kb_chain_view_clock){
				.clock = (uint8_t)i,
				.state = KB_CHAIN_CLOCK_RUNS,
				.started_utc_ms = then,
				.due_utc_ms = now_utc_ms - 200ll * 24 * 3600 * 1000,
			};
		}
	}
}

/* Everything that step (NULL: none) asks. facts has room for all. */
static struct kb_chain_request
ask_for(const struct ask *ask, const char *event, const struct kb_route_step *step,
	struct kb_chain_fact facts[KB_FACT_COUNT])
{
	struct kb_chain_request request = chain_request(ask->actor, event, now_utc_ms);

	request.met = UINT32_MAX & ~KB_GUARDS_OF_CASE;
	request.function = kb_span_text(step != NULL ? step->function : NULL);
	request.facts = facts;
	for (size_t i = 0; i < KB_FACT_COUNT && step != NULL; i++) {
		if ((step->records & 1ull << i) != 0) {
			facts[request.fact_count++] =
				(struct kb_chain_fact){ (enum kb_fact_nr)i,
							kb_date_local_day(now_utc_ms),
							people_of((enum kb_fact_nr)i) };
		}
	}
	return request;
}

#define SAID(ask, event)                                                                           \
	"%s: %s, state %s, event %s, %s%s%s", (ask)->route->file, (ask)->route->id,                \
		(ask)->route->states[(ask)->state].name, (event),                                  \
		kb_route_role_word(1u << (ask)->actor),                                            \
		(ask)->actor == (ask)->regievoerder ? " (regie)" : "",                             \
		(ask)->actor == (ask)->opener ? " (inbrenger)" : ""

static void
must_refuse(const struct ask *ask, const char *event, const struct kb_chain_view *view,
	    const struct kb_chain_request *request)
{
	struct kb_chain_refusal refusal = { 0 };
	enum kb_err err = kb_chain_allows(view, request, NULL, &refusal);

	tally.refused++;
	cr_assert_neq(err, KB_OK, SAID(ask, event));
	cr_assert_not_null(refusal.rule, SAID(ask, event));
	cr_assert_str_not_empty(refusal.rule, SAID(ask, event));
}

/* Allowed, made, and taken by replay: the case is in state after it. */
static void
must_move(const struct ask *ask, const char *event, const struct kb_chain_view *view,
	  const struct kb_chain_request *request, uint8_t state)
{
	struct kb_chain_refusal refusal = { 0 };
	struct kb_chain_view after = *view;
	struct kb_chain_record record;
	bool takeover = kb_chain_event_of(request->event) == KB_CHAIN_REGIE_OVERNEMEN;
	enum kb_err err = kb_chain_allows(view, request, NULL, &refusal);

	tally.moved++;
	cr_assert_eq(err, KB_OK, SAID(ask, event));
	err = kb_chain_next(view, request, takeover ? &request->actor : &view->regievoerder,
			    &kalender, &scratch, &record, &refusal);
	cr_assert_eq(err, KB_OK, SAID(ask, event));
	chain_hash(&record);
	cr_assert_eq(kb_chain_apply(&after, &record), KB_OK, SAID(ask, event));
	cr_assert_eq(after.state, state, SAID(ask, event));
	cr_assert_eq(after.closed_utc_ms != 0, ask->route->states[state].end, SAID(ask, event));
	kb_arena_clear(&scratch);
}

/* ---- the events of the route ---- */

/* Each thing that a listed step needs, left out by itself. */
static void
without_each(const struct ask *ask, const struct kb_route_step *step,
	     const struct kb_chain_view *view, const struct kb_chain_request *request)
{
	uint32_t guards = (step->guards | (step->letter != 0 ? KB_GUARD_BRIEF_GEDAAN : 0u)) &
			  ~KB_GUARDS_OF_CASE;
	struct kb_chain_request less = *request;
	struct kb_chain_view bare = *view;

	for (size_t i = 0; i < KB_GUARD_COUNT; i++) {
		if ((guards & 1u << i) != 0) {
			less.met = request->met & ~(1u << i);
			must_refuse(ask, step->event, view, &less);
		}
	}
	less.met = request->met;
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((step->facts & 1ull << i) != 0) {
			bare.facts[i].there = false;
			must_refuse(ask, step->event, &bare, request);
			bare.facts[i].there = true;
		}
	}
	if (request->fact_count > 0) {
		less.fact_count = request->fact_count - 1;
		must_refuse(ask, step->event, view, &less);
		less.fact_count = request->fact_count;
	}
	if (step->function != NULL) {
		less.function = kb_span_text("een ander");
		must_refuse(ask, step->event, view, &less);
		less.function = request->function;
	}
	if (!ask->route->automatic) {
		less.person = KB_SPAN_NONE;
		must_refuse(ask, step->event, view, &less);
	}
}

static void
ask_route(const struct ask *ask, const char *event)
{
	struct kb_chain_fact facts[KB_FACT_COUNT];
	const struct kb_route_step *step = listed(ask, event, roles_of(ask));
	struct kb_chain_request request = ask_for(ask, event, step, facts);
	struct kb_chain_view view;
	uint8_t to = goes_to(ask, step);

	place(ask, &view);
	if (step == NULL || reads_for_school(ask, step) ||
	    (ask->route->states[to].end && ask->actor != ask->regievoerder)) {
		must_refuse(ask, event, &view, &request);
		return;
	}
	must_move(ask, event, &view, &request, to);
	without_each(ask, step, &view, &request);
}

static void
ask_clock(const struct ask *ask, const struct kb_route_clock *clock)
{
	char event[KB_ROUTE_NAME_MAX + 8] = { 0 };
	struct kb_chain_fact facts[KB_FACT_COUNT];
	struct kb_chain_view view;

	snprintf(event, sizeof(event), "klok:%s", clock->name);
	const struct kb_route_step *step = listed(ask, event, 0);
	struct kb_chain_request request = ask_for(ask, event, step, facts);

	place(ask, &view);
	must_refuse(ask, event, &view, &request); /* by a person */
	request.person = KB_SPAN_NONE;
	if (ask->actor != ask->regievoerder || ask->route->states[ask->state].end ||
	    !clock->term.vastgelegd) {
		must_refuse(ask, event, &view, &request);
		return;
	}
	must_move(ask, event, &view, &request, goes_to(ask, step));
	for (size_t i = 0; i < view.clock_count; i++) {
		view.clocks[i].due_utc_ms = now_utc_ms + 1;
	}
	must_refuse(ask, event, &view, &request);
}

/* ---- the events of every route ---- */

static bool
is_vangnet(const struct ask *ask)
{
	bool is = false;

	for (size_t i = 0; i < ask->route->clock_count; i++) {
		const struct kb_route_clock *clock = &ask->route->clocks[i];

		is = is || (clock->term.vastgelegd && (clock->vangnet & roles_of(ask)) != 0);
	}
	return is && ask->actor != ask->regievoerder;
}

struct common {
	enum kb_chain_event event;
	bool offered; /* the regie is offered to the actor, or by the regievoerder to another */
	bool (*may)(const struct ask *ask);
};

static bool
with_regie(const struct ask *ask)
{
	return ask->actor == ask->regievoerder;
}

static bool
without_regie(const struct ask *ask)
{
	return !with_regie(ask);
}

static bool
nobody(const struct ask *ask)
{
	(void)ask;
	return false;
}

static const struct common commons[] = {
	{ KB_CHAIN_REGIE_AANBIEDEN, false, with_regie },
	{ KB_CHAIN_REGIE_AANBIEDEN, true, nobody },
	{ KB_CHAIN_REGIE_TERUGNEMEN, false, nobody },
	{ KB_CHAIN_REGIE_TERUGNEMEN, true, with_regie },
	{ KB_CHAIN_REGIE_AANVAARDEN, false, nobody },
	{ KB_CHAIN_REGIE_AANVAARDEN, true, without_regie },
	{ KB_CHAIN_REGIE_WEIGEREN, false, nobody },
	{ KB_CHAIN_REGIE_WEIGEREN, true, without_regie },
	{ KB_CHAIN_REGIE_OVERNEMEN, false, is_vangnet },
	{ KB_CHAIN_DEELNEMER_ERBIJ, false, with_regie },
	{ KB_CHAIN_DEELNEMER_ERUIT, false, with_regie },
};

static void
ask_common(const struct ask *ask, const struct common *common)
{
	const char *event = kb_chain_event_word(common->event);
	struct kb_chain_request request = chain_request(ask->actor, event, now_utc_ms);
	enum chain_who other = ask->regievoerder == CHAIN_SWV ? CHAIN_SCHOOL : CHAIN_SWV;
	struct kb_chain_view view;

	place(ask, &view);
	if (common->offered) {
		view.offered_to = chain_party(with_regie(ask) ? other : ask->actor);
	}
	request.participant.role = 1u << other;
	if (common->event == KB_CHAIN_DEELNEMER_ERBIJ) {
		request.participant.guest = kb_span_text("een praktijk");
	} else {
		request.participant.party = chain_party(other);
	}
	if (!ask->route->states[ask->state].end && common->may(ask)) {
		must_move(ask, event, &view, &request, ask->state);
	} else {
		must_refuse(ask, event, &view, &request);
	}
}

/* ---- every position ---- */

static void
ask_everything(const struct ask *ask)
{
	const struct kb_route *route = ask->route;

	for (size_t i = 0; i < route->step_count; i++) {
		bool again = false;

		for (size_t j = 0; j < i; j++) {
			again = again || strcmp(route->steps[j].event, route->steps[i].event) == 0;
		}
		if (!again && route->steps[i].clock == 0) {
			ask_route(ask, route->steps[i].event);
		}
	}
	for (size_t i = 0; i < route->clock_count; i++) {
		ask_clock(ask, &route->clocks[i]);
	}
	for (size_t i = 0; i < sizeof(commons) / sizeof(commons[0]); i++) {
		ask_common(ask, &commons[i]);
	}
	ask_route(ask, "bestaat-niet");
	ask_route(ask, KB_CHAIN_OPEN_WORD);
	tally.asked++;
}

static void
ask_route_whole(const struct kb_route *route)
{
	for (size_t state = 0; state < route->state_count; state++) {
		for (size_t actor = 0; actor < CHAIN_WHO_COUNT; actor++) {
			enum chain_who who = (enum chain_who)actor;
			enum chain_who other = (enum chain_who)((actor + 1) % CHAIN_WHO_COUNT);

			for (int position = 0; position < 4; position++) {
				ask_everything(&(struct ask){
					.route = route,
					.state = (uint8_t)state,
					.actor = who,
					.regievoerder = (position & 1) != 0 ? who : other,
					.opener = (position & 2) != 0 ? who : other,
				});
			}
		}
	}
}

/* Opening: exactly the roles that the route names, and the agent itself only where it may. */
static void
ask_opening(const struct kb_route *route)
{
	struct kb_id id = { { 3 } };
	struct kb_hash profile = { { 4 } };

	for (size_t i = 0; i < CHAIN_WHO_COUNT * 2; i++) {
		enum chain_who who = (enum chain_who)(i / 2);
		bool agent = i % 2 != 0;
		bool may = (route->openers & 1u << who) != 0 && (!agent || route->automatic);
		struct kb_chain_request request = chain_request(who, "openen", now_utc_ms);
		struct kb_chain_view view = { .route = route };
		struct kb_chain_refusal refusal = { 0 };
		struct kb_chain_record record;

		request.person = agent ? KB_SPAN_NONE : request.person;
		enum kb_err err = kb_chain_open(route, &id, &profile, &request, 1u << who,
						&kalender, &scratch, &record, &refusal);

		cr_assert_eq(err == KB_OK, may, "%s by %s", route->id,
			     kb_route_role_word(1u << who));
		cr_assert(may || refusal.rule != NULL);
		if (may) {
			chain_hash(&record);
			cr_assert_eq(kb_chain_apply(&view, &record), KB_OK);
			cr_assert_eq(view.state, route->begin);
		}
		kb_arena_clear(&scratch);
	}
}

static int32_t
day_of(const char *text)
{
	return kb_date_local_day(chain_at(text, 0));
}

static void
start(void)
{
	const struct kb_kalender_rij rows[] = {
		{ day_of("2026-08-01"), day_of("2026-08-16"), KB_KALENDER_VAKANTIE },
		{ day_of("2028-07-15"), day_of("2028-07-31"), KB_KALENDER_VAKANTIE },
	};

	cr_assert_eq(kb_kalender_init(&kalender, &keep, rows, 2), KB_OK);
	now_utc_ms = chain_at("2027-09-15", 11);
}

static void
drop(void)
{
	kb_arena_release(&scratch);
	kb_arena_release(&keep);
}

TestSuite(routes, .init = start, .fini = drop);

Test(routes, the_small_route_of_the_unit_tests)
{
	struct kb_route route = *chain_route();

	route.file = "chain_route.c";
	ask_route_whole(&route);
	ask_opening(&route);
	cr_assert_gt(tally.moved, 0);
	cr_assert_gt(tally.refused, tally.moved);
}

static size_t
ask_profile(const char *path)
{
	struct kb_profile profile = { 0 };
	struct kb_faults faults = { 0 };
	size_t count = 0;

	cr_assert_eq(kb_profile_open(path, &faults, &profile), KB_OK, "%s", path);
	for (size_t i = 0; i < profile.route_count; i++) {
		ask_route_whole(&profile.routes[i]);
		ask_opening(&profile.routes[i]);
	}
	count = profile.route_count;
	kb_profile_release(&profile);
	kb_faults_release(&faults);
	return count;
}

Test(routes, every_route_of_every_shipped_profile)
{
	const char *folder = KB_SOURCE_DIR "/deploy/profiles";
	DIR *dir = opendir(folder);
	size_t routes = 0;
	size_t profiles = 0;

	cr_assert_not_null(dir);
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		char path[PATH_MAX_CHARS];

		if (entry->d_name[0] == '.' || strchr(entry->d_name, '.') != NULL) {
			continue;
		}
		cr_assert_lt((size_t)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name),
			     sizeof(path));
		routes += ask_profile(path);
		profiles++;
	}
	closedir(dir);
	cr_assert_geq(profiles, 5);
	cr_assert_geq(routes, profiles, "a region without routes");
	cr_log_info("%zu routes of %zu profiles: %zu positions, %zu steps moved, %zu refused",
		    routes, profiles, tally.asked, tally.moved, tally.refused);
}
