/* SPDX-License-Identifier: EUPL-1.2 */
/* The days of a pupil as the rule of verzuim sees them. */
#include "agents/intake/school_days.h"

#include "agents/runtime/flow.h"
#include "common/exchange/date.h"
#include "common/store/deadlines.h"
#include "common/store/subjects.h"

struct work {
	struct kb_act *act;
	struct kb_attendance_day *days;
	size_t count;
	size_t excused;
};

/* Days from from_day to before until_day. */
struct stay {
	int32_t from_day;
	int32_t until_day;
	uint32_t school_days; /* at most so many of them */
};

static void
excuse(struct work *work, struct stay stay)
{
	for (size_t i = 0; i < work->count && stay.school_days > 0; i++) {
		struct kb_attendance_day *day = &work->days[i];

		if (day->day < stay.from_day || day->day >= stay.until_day ||
		    day->minuten_rooster == 0) {
			continue;
		}
		stay.school_days--;
		if (day->minuten_ongeoorloofd > 0) {
			day->minuten_geoorloofd =
				(uint16_t)(day->minuten_geoorloofd + day->minuten_ongeoorloofd);
			day->minuten_ongeoorloofd = 0;
			work->excused++;
		}
	}
}

/* What a step writes down happened on the day that it gives, which may lie before the day on which it was taken. */
static int32_t
day_of(const struct kb_chain_record *record)
{
	int32_t day = kb_date_local_day(record->at_utc_ms);

	for (size_t i = 0; i < record->fact_count; i++) {
		day = record->facts[i].day < day ? record->facts[i].day : day;
	}
	return day;
}

static bool
is_excused(const struct kb_route *route, const struct kb_chain_record *record)
{
	uint8_t state = kb_route_state_find(route, record->state);

	return state != KB_ROUTE_ANY_STATE && route->states[state].excused;
}

static const struct kb_route_clock *
clock_named(const struct kb_route *route, struct kb_span name)
{
	for (size_t i = 0; i < route->clock_count; i++) {
		if (kb_span_equal(name, kb_span_text(route->clocks[i].name))) {
			return &route->clocks[i];
		}
	}
	return NULL;
}

/* Not longer than the law lets it last (facts D1: a schorsing is 5 school days at most, in vo a week), although nobody says that it ended:
 * a statutory term that starts with the stay. Of the days on which there is school each has a row, for the pupil missed it. */
static void
bound(struct stay *stay, const struct kb_route *route, const struct kb_chain_record *entered)
{
	for (size_t i = 0; i < entered->started_count; i++) {
		const struct kb_route_clock *clock = clock_named(route, entered->started[i].name);
		int64_t due_utc_ms = 0;

		if (clock == NULL || clock->term.kind != KB_CLOCK_WETTELIJK) {
			continue;
		}
		if (clock->term.unit == KB_TERM_WERKDAGEN) {
			stay->school_days = clock->term.length;
		} else if (kb_term_due(&clock->term, kb_date_local_start_utc_ms(stay->from_day - 1),
				       NULL, &due_utc_ms) == KB_OK &&
			   kb_date_local_day(due_utc_ms) < stay->until_day) {
			stay->until_day = kb_date_local_day(due_utc_ms);
		}
	}
}

static void
end_stay(struct work *work, const struct kb_flow *flow, const struct kb_chain_record *entered,
	 int32_t until_day)
{
	struct stay stay = { .from_day = day_of(entered),
			     .until_day = until_day,
			     .school_days = UINT32_MAX };

	/* What another party says of its own case about the child is nothing that this school decided. */
	if (kb_party_id_equal(&entered->actor, kb_agent_self(work->act->agent))) {
		bound(&stay, flow->route, entered);
		excuse(work, stay);
	}
}

/* Each stay in such a state, the last one up to today and on. */
static void
excuse_stays(struct work *work, const struct kb_flow *flow)
{
	const struct kb_chain_record *entered = NULL;

	for (uint32_t revision = 1; revision <= flow->view->revision; revision++) {
		size_t place = kb_flow_standing(flow, revision);
		const struct kb_chain_record *record =
			place < flow->count ? &flow->records[place] : NULL;

		if (record == NULL ||
		    (entered != NULL && kb_span_equal(entered->state, record->state))) {
			continue;
		}
		if (entered != NULL) {
			end_stay(work, flow, entered, day_of(record));
		}
		entered = is_excused(flow->route, record) ? record : NULL;
	}
	if (entered != NULL) {
		end_stay(work, flow, entered, INT32_MAX);
	}
}

/* Told by the row alone: most cases are not read. */
static bool
has_such_state(struct kb_act *act, const struct kb_case *row)
{
	const struct kb_route *route = kb_flow_route_of(act, row);
	bool found = false;

	for (size_t i = 0; route != NULL && i < route->state_count; i++) {
		found = found || route->states[i].excused;
	}
	return found;
}

static enum kb_err
one_case(struct work *work, uint64_t case_no)
{
	struct kb_flow flow;
	struct kb_case row;
	enum kb_err err = kb_case_get(work->act->step, case_no, &row);

	if (err != KB_OK || !has_such_state(work->act, &row)) {
		return err;
	}
	err = kb_flow_load(work->act, case_no, &flow);
	if (err == KB_OK && flow.view != NULL) {
		excuse_stays(work, &flow);
	}
	return err;
}

static enum kb_err
each_case(struct work *work, uint64_t subject_no)
{
	uint64_t case_no = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_subject_case_next(work->act->step, subject_no, case_no, &case_no);
		if (err == KB_OK) {
			err = one_case(work, case_no);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_school_days(struct kb_act *act, uint16_t schooljaar, uint64_t pupil_no, uint64_t subject_no,
	       struct kb_arena *arena, struct kb_attendance_day **days, size_t *count,
	       size_t *excused)
{
	struct work work = { .act = act };
	enum kb_err err = kb_attendance_get(act->step, schooljaar, pupil_no, arena, days, count);

	if (err != KB_OK || subject_no == 0 || *count == 0) {
		return err;
	}
	work.days = *days;
	work.count = *count;
	err = each_case(&work, subject_no);
	if (excused != NULL) {
		*excused += work.excused;
	}
	return err;
}
