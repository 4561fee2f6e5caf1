/* SPDX-License-Identifier: EUPL-1.2 */
/* The two rules of the automatic alert. */
#include "common/exchange/verzuim_rule.h"

#include <stdlib.h>

#include "common/base/checked_math.h"
#include "common/exchange/leerplicht.h"

#define MINUTEN_MAX 1440

/* X(field, national number, least, most): the bounds that no region may exceed. */
#define SETTINGS_TABLE(X)                                                                          \
	X(threshold_lessons, 16, 1, 16)                                                            \
	X(lesson_minutes, 60, 1, 60)                                                               \
	X(window_weeks, 4, 1, 53)                                                                  \
	X(gap_days, 7, 1, 31)                                                                      \
	X(run_days, 28, 1, 366)                                                                    \
	X(report_working_days, 5, 0, 5)                                                            \
	X(leerplicht_from_years, 5, 4, 5)                                                          \
	X(leerplicht_until_years, 18, 16, 23)

struct kb_verzuim_settings
kb_verzuim_settings_default(void)
{
	return (struct kb_verzuim_settings){
#define SETTING_DEFAULT(field, national, least, most) .field = (national),
		SETTINGS_TABLE(SETTING_DEFAULT)
#undef SETTING_DEFAULT
	};
}

enum kb_err
kb_verzuim_settings_check(const struct kb_verzuim_settings *settings, struct kb_error_text *where)
{
	const struct {
		const char *name;
		uint32_t value;
		uint32_t least;
		uint32_t most;
	} fields[] = {

#define SETTING_ROW(field, national, least, most) { #field, settings->field, (least), (most) },
		SETTINGS_TABLE(SETTING_ROW)
#undef SETTING_ROW
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i].value < fields[i].least || fields[i].value > fields[i].most) {
			return kb_fail(where, KB_ERR_CONFIG, "%s is %u, allowed is %u to %u",
				       fields[i].name, fields[i].value, fields[i].least,
				       fields[i].most);
		}
	}
	return KB_OK;
}

int
kb_verzuim_rij_compare(const void *a, const void *b)
{
	const struct kb_verzuim_rij *x = a;
	const struct kb_verzuim_rij *y = b;

	if (x->leerling != y->leerling) {
		return x->leerling < y->leerling ? -1 : 1;
	}
	return (x->day > y->day) - (x->day < y->day);
}

/* The school days of the year up to the cut-off, made once and used for every pupil. */
struct school_days {
	const struct kb_kalender *kalender;
	int32_t *day;
	int32_t *
		week_start; /* place of the first school day that is inside the window of this day */
	size_t count;
};

/* One pupil's rows laid along the school days. A day without a row is NULL: fully present. */
struct pupil {
	uint64_t number;
	const struct kb_verzuim_leerling *leerling;
	struct kb_leerplicht leerplicht;
	const struct kb_verzuim_rij **rij; /* school_days.count places */
};

/* Where meldingen go; grows by doubling, the old copy stays in the arena until the batch ends. */
struct sink {
	struct kb_arena *arena;
	struct kb_melding_list list;
	size_t room;
	enum kb_err err;
};

static void
sink_put(struct sink *sink, const struct kb_melding *melding)
{
	if (sink->err != KB_OK) {
		return;
	}
	if (sink->list.count == sink->room) {
		size_t room = sink->room == 0 ? 64 : sink->room * 2;
		struct kb_melding *at = kb_arena_alloc(sink->arena, room * sizeof(*at));

		if (at == NULL) {
			sink->err = KB_ERR_NO_MEMORY;
			return;
		}
		if (sink->list.count > 0) {
			memcpy(at, sink->list.at, sink->list.count * sizeof(*at));
		}
		sink->list.at = at;
		sink->room = room;
	}
	sink->list.at[sink->list.count++] = *melding;
}

static enum kb_err
school_days_init(struct school_days *days, const struct kb_verzuim_input *input,
		 uint32_t window_weeks, struct kb_arena *arena)
{
	const struct kb_kalender *kalender = input->kalender;
	size_t span = (size_t)(kalender->last_day - kalender->first_day) + 1;
	int32_t last = kalender->last_day;
	size_t start = 0;

	if (input->tot_day != KB_DAY_NONE && input->tot_day < last) {
		last = input->tot_day;
	}
	*days = (struct school_days){
		.kalender = kalender,
		.day = kb_arena_alloc(arena, span * sizeof(*days->day)),
		.week_start = kb_arena_alloc(arena, span * sizeof(*days->week_start)),
	};
	if (days->day == NULL || days->week_start == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (int32_t day = kalender->first_day; day <= last; day++) {
		if (!kb_kalender_is_schooldag(kalender, day)) {
			continue;
		}
		days->day[days->count] = day;
		/* Holiday weeks have no number, so "the three school weeks before it" is a subtraction. */
		while (kb_kalender_schoolweek(kalender, days->day[start]) <=
		       kb_kalender_schoolweek(kalender, day) - (int32_t)window_weeks) {
			start++;
		}
		days->week_start[days->count++] = (int32_t)start;
	}
	return KB_OK;
}

/* Unauthorised minutes that count: only on days on which the pupil is leerplichtig. */
static uint32_t
counted_minutes(const struct pupil *pupil, size_t place, int32_t day)
{
	const struct kb_verzuim_rij *rij = pupil->rij[place];

	return rij != NULL && kb_leerplicht_on(&pupil->leerplicht, day) ? rij->minuten_ongeoorloofd
									: 0;
}

static struct kb_melding
melding_of(const struct pupil *pupil, const struct school_days *days,
	   const struct kb_verzuim_settings *settings, enum kb_melding_soort soort, size_t place)
{
	struct kb_melding melding = {
		.leerling = pupil->number,
		.soort = soort,
		.vastgesteld_day = days->day[place],
		.uiterste_melddag = kb_kalender_werkdag_na(days->kalender, days->day[place],
							   settings->report_working_days),
	};

	memcpy(melding.gemeentecode, pupil->leerling->gemeentecode, sizeof(melding.gemeentecode));
	return melding;
}

/* 16 uur in 4 schoolweken. from..x are the places that count; from only moves forward. */
static void
rule_16_uur(const struct pupil *pupil, const struct school_days *days,
	    const struct kb_verzuim_settings *settings, struct sink *sink)
{
	const uint32_t threshold = settings->threshold_lessons * settings->lesson_minutes;
	int32_t previous_end = KB_DAY_NONE;
	uint32_t sum = 0;
	size_t from = 0;

	for (size_t x = 0; x < days->count; x++) {
		struct kb_melding melding = { 0 };

		sum += counted_minutes(pupil, x, days->day[x]);
		while (from < (size_t)days->week_start[x] ||
		       (from <= x && previous_end != KB_DAY_NONE &&
			days->day[from] <= previous_end)) {
			sum -= counted_minutes(pupil, from, days->day[from]);
			from++;
		}
		if (!kb_leerplicht_on(&pupil->leerplicht, days->day[x]) || sum < threshold ||
		    (previous_end != KB_DAY_NONE &&
		     days->day[x] - previous_end < (int32_t)settings->gap_days)) {
			continue;
		}
		melding = melding_of(pupil, days, settings, KB_MELDING_ZESTIEN_UUR, x);
		melding.begin_day = KB_DAY_NONE;
		melding.minuten = sum;
		for (size_t place = from; place <= x; place++) {
			if (counted_minutes(pupil, place, days->day[place]) > 0) {
				melding.begin_day = melding.begin_day == KB_DAY_NONE
							    ? days->day[place]
							    : melding.begin_day;
				melding.eind_day = days->day[place];
			}
		}
		previous_end = melding.eind_day;
		sink_put(sink, &melding);
	}
}

/*
 * Unbroken absence. A day without timetable (0 minutes) neither lengthens nor breaks the run. Calendar days are counted, so there is no
 * least number of school days or minutes: a pupil of whom nobody saw anything for four weeks is reported, however few lessons there were.
 */
static void
rule_langdurig(const struct pupil *pupil, const struct school_days *days,
	       const struct kb_verzuim_settings *settings, struct sink *sink)
{
	int32_t run_begin = KB_DAY_NONE;
	uint32_t sum = 0;
	bool made = false;

	for (size_t x = 0; x < days->count; x++) {
		const struct kb_verzuim_rij *rij = pupil->rij[x];
		int32_t day = days->day[x];
		struct kb_melding melding = { 0 };

		if (rij != NULL && rij->minuten_rooster == 0) {
			continue;
		}
		if (rij == NULL || rij->minuten_ongeoorloofd != rij->minuten_rooster ||
		    !kb_leerplicht_on(&pupil->leerplicht, day)) {
			run_begin = KB_DAY_NONE;
			continue;
		}
		if (run_begin == KB_DAY_NONE) {
			run_begin = day;
			sum = 0;
			made = false;
		}
		sum += rij->minuten_ongeoorloofd;
		if (made || kb_kalender_dagen_zonder_vakantie(days->kalender, run_begin, day) <
				    (int32_t)settings->run_days) {
			continue;
		}
		melding = melding_of(pupil, days, settings, KB_MELDING_LANGDURIG, x);
		melding.begin_day = run_begin;
		melding.eind_day = day;
		melding.minuten = sum;
		made = true;
		sink_put(sink, &melding);
	}
}

static int
melding_compare(const void *a, const void *b)
{
	const struct kb_melding *x = a;
	const struct kb_melding *y = b;

	if (x->leerling != y->leerling) {
		return x->leerling < y->leerling ? -1 : 1;
	}
	if (x->eind_day != y->eind_day) {
		return x->eind_day < y->eind_day ? -1 : 1;
	}
	return (x->soort > y->soort) - (x->soort < y->soort);
}

static bool
input_is_ordered(const struct kb_verzuim_input *input)
{
	for (size_t i = 0; i < input->rij_count; i++) {
		const struct kb_verzuim_rij *rij = &input->rijen[i];

		if (rij->leerling >= input->leerling_count || rij->minuten_rooster > MINUTEN_MAX ||
		    (uint32_t)rij->minuten_geoorloofd + rij->minuten_ongeoorloofd >
			    rij->minuten_rooster ||
		    !kb_kalender_is_schooldag(input->kalender, rij->day) ||
		    (i > 0 && kb_verzuim_rij_compare(rij - 1, rij) >= 0)) {
			return false;
		}
	}
	return true;
}

/* Lays the rows begin..end of one pupil along the school days; both are in date order. Rows after the cut-off fall away. */
static void
pupil_lay_rows(struct pupil *pupil, const struct school_days *days,
	       const struct kb_verzuim_rij *begin, const struct kb_verzuim_rij *end)
{
	for (size_t place = 0; place < days->count; place++) {
		pupil->rij[place] = NULL;
		if (begin < end && begin->day == days->day[place]) {
			pupil->rij[place] = begin++;
		}
	}
}

enum kb_err
kb_verzuim_compute(const struct kb_verzuim_input *input, const struct kb_verzuim_settings *settings,
		   struct kb_arena *arena, struct kb_melding_list *out)
{
	struct sink sink = { .arena = arena };
	struct school_days days = { 0 };
	struct pupil pupil = { 0 };
	size_t end = 0;
	enum kb_err err = kb_verzuim_settings_check(settings, NULL);

	if (err != KB_OK) {
		return err;
	}
	if (!input_is_ordered(input)) {
		return KB_ERR_DATA;
	}
	err = school_days_init(&days, input, settings->window_weeks, arena);
	if (err != KB_OK) {
		return err;
	}
	pupil.rij = kb_arena_alloc(arena, (days.count + 1) * sizeof(struct kb_verzuim_rij *));
	if (pupil.rij == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t begin = 0; begin < input->rij_count; begin = end) {
		uint32_t number = input->rijen[begin].leerling;

		for (end = begin; end < input->rij_count && input->rijen[end].leerling == number;
		     end++) {
		}
		pupil.number = number;
		pupil.leerling = &input->leerlingen[number];
		if (!input->with_abroad &&
		    kb_gemeentecode_is_abroad(pupil.leerling->gemeentecode)) {
			continue;
		}
		pupil.leerplicht = kb_leerplicht_of(pupil.leerling->geboorte_day,
						    settings->leerplicht_from_years,
						    settings->leerplicht_until_years);
		pupil_lay_rows(&pupil, &days, &input->rijen[begin], input->rijen + end);
		rule_16_uur(&pupil, &days, settings, &sink);
		rule_langdurig(&pupil, &days, settings, &sink);
	}
	if (sink.err == KB_OK) {
		if (sink.list.count > 0) {
			qsort(sink.list.at, sink.list.count, sizeof(*sink.list.at),
			      melding_compare);
		}
		*out = sink.list;
	}
	return sink.err;
}

enum kb_err
kb_verzuim_rijen_replace(const struct kb_verzuim_rij *before, size_t before_count,
			 const struct kb_verzuim_rij *after, size_t after_count, int32_t van_day,
			 int32_t tot_day, struct kb_arena *arena, struct kb_verzuim_rij **out,
			 size_t *out_count)
{
	struct kb_verzuim_rij *rijen = NULL;
	size_t bytes = 0;
	size_t count = 0;
	size_t i = 0;
	size_t k = 0;

	if (kb_size_add(before_count, after_count, &bytes) != KB_OK ||
	    kb_size_mul(bytes + 1, sizeof(*rijen), &bytes) != KB_OK) {
		return KB_ERR_NO_MEMORY;
	}
	rijen = kb_arena_alloc(arena, bytes);
	if (rijen == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (i < before_count || k < after_count) {
		if (i < before_count && before[i].day >= van_day && before[i].day <= tot_day) {
			i++;
		} else if (k < after_count && (after[k].day < van_day || after[k].day > tot_day)) {
			k++;
		} else if (k == after_count ||
			   (i < before_count &&
			    kb_verzuim_rij_compare(&before[i], &after[k]) < 0)) {
			rijen[count++] = before[i++];
		} else {
			rijen[count++] = after[k++];
		}
	}
	*out = rijen;
	*out_count = count;
	return KB_OK;
}
