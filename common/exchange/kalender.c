/* SPDX-License-Identifier: EUPL-1.2 */
/* The calendar of one school year. */
#include "common/exchange/kalender.h"

struct kb_kalender_dag {
	uint8_t soorten; /* bit per enum kb_kalender_soort */
	bool schooldag;
	int32_t schoolweek; /* -1: the ISO week has no school day */
	int32_t vakantie_upto; /* vakantie days from the start of the year up to and including this day */
};

static const char *const soort_names[KB_KALENDER_SOORT_COUNT] = {
	[KB_KALENDER_SOORT_NONE] = "",
#define SOORT_NAME(name, text) [KB_KALENDER_##name] = (text),
	KB_KALENDER_SOORT_TABLE(SOORT_NAME)
#undef SOORT_NAME
};

const char *
kb_kalender_soort_name(enum kb_kalender_soort soort)
{
	return (size_t)soort < KB_KALENDER_SOORT_COUNT ? soort_names[soort] : "";
}

enum kb_kalender_soort
kb_kalender_soort_of(struct kb_span word)
{
	for (size_t i = 1; i < KB_KALENDER_SOORT_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(soort_names[i]))) {
			return (enum kb_kalender_soort)i;
		}
	}
	return KB_KALENDER_SOORT_NONE;
}

static uint8_t
soort_bit(enum kb_kalender_soort soort)
{
	return (uint8_t)(1u << (unsigned)soort);
}

static enum kb_err
bounds_of(const struct kb_kalender_rij *rijen, size_t count, int32_t *first, int32_t *last)
{
	if (count == 0) {
		return KB_ERR_DATA;
	}
	*first = rijen[0].van_day;
	*last = rijen[0].tot_day;
	for (size_t i = 0; i < count; i++) {
		if (rijen[i].van_day < KB_DAY_MIN || rijen[i].tot_day > KB_DAY_MAX ||
		    rijen[i].van_day > rijen[i].tot_day ||
		    rijen[i].soort <= KB_KALENDER_SOORT_NONE ||
		    rijen[i].soort >= KB_KALENDER_SOORT_COUNT) {
			return KB_ERR_DATA;
		}
		*first = rijen[i].van_day < *first ? rijen[i].van_day : *first;
		*last = rijen[i].tot_day > *last ? rijen[i].tot_day : *last;
	}
	return *last - *first < KB_KALENDER_DAYS_MAX ? KB_OK : KB_ERR_DATA;
}

/* Counts school weeks and vakantie days; soorten of every day is known. Returns the number of school weeks. */
static int32_t
count_days(struct kb_kalender_dag *dagen, int32_t first, int32_t last)
{
	int32_t week = 0;
	int32_t vakantie = 0;

	for (int32_t day = first; day <= last;) {
		int32_t sunday = kb_date_monday(day) + 6;
		int32_t end = sunday < last ? sunday : last;
		bool any = false;

		for (int32_t d = day; d <= end; d++) {
			struct kb_kalender_dag *dag = &dagen[d - first];

			dag->schooldag = dag->soorten == 0 && !kb_date_is_weekend(d);
			any = any || dag->schooldag;
			vakantie += (dag->soorten & soort_bit(KB_KALENDER_VAKANTIE)) != 0 ? 1 : 0;
			dag->vakantie_upto = vakantie;
		}
		for (int32_t d = day; d <= end; d++) {
			dagen[d - first].schoolweek = any ? week : -1;
		}
		week += any ? 1 : 0;
		day = end + 1;
	}
	return week;
}

enum kb_err
kb_kalender_init(struct kb_kalender *kalender, struct kb_arena *arena,
		 const struct kb_kalender_rij *rijen, size_t count)
{
	int32_t first = 0;
	int32_t last = 0;
	struct kb_kalender_dag *dagen = NULL;
	enum kb_err err = bounds_of(rijen, count, &first, &last);

	if (err != KB_OK) {
		return err;
	}
	dagen = kb_arena_alloc(arena, (size_t)(last - first + 1) * sizeof(*dagen));
	if (dagen == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		for (int32_t day = rijen[i].van_day; day <= rijen[i].tot_day; day++) {
			dagen[day - first].soorten |= soort_bit(rijen[i].soort);
		}
	}
	*kalender = (struct kb_kalender){
		.first_day = first,
		.last_day = last,
		.dagen = dagen,
		.schoolweek_count = count_days(dagen, first, last),
	};
	return KB_OK;
}

static const struct kb_kalender_dag *
dag_of(const struct kb_kalender *kalender, int32_t day)
{
	return kb_kalender_in_year(kalender, day) ? &kalender->dagen[day - kalender->first_day]
						  : NULL;
}

bool
kb_kalender_is_schooldag(const struct kb_kalender *kalender, int32_t day)
{
	const struct kb_kalender_dag *dag = dag_of(kalender, day);

	return dag != NULL && dag->schooldag;
}

bool
kb_kalender_is_soort(const struct kb_kalender *kalender, int32_t day, enum kb_kalender_soort soort)
{
	const struct kb_kalender_dag *dag = dag_of(kalender, day);

	return dag != NULL && (dag->soorten & soort_bit(soort)) != 0;
}

bool
kb_kalender_is_werkdag(const struct kb_kalender *kalender, int32_t day)
{
	return !kb_date_is_weekend(day) &&
	       !kb_kalender_is_soort(kalender, day, KB_KALENDER_FEESTDAG);
}

int32_t
kb_kalender_schoolweek(const struct kb_kalender *kalender, int32_t day)
{
	const struct kb_kalender_dag *dag = dag_of(kalender, day);

	/* The school year may start or end in the middle of a week: the rest of that week is the same school week. */
	if (dag == NULL && day < kalender->first_day &&
	    kb_date_monday(day) == kb_date_monday(kalender->first_day)) {
		dag = dag_of(kalender, kalender->first_day);
	}
	if (dag == NULL && day > kalender->last_day &&
	    kb_date_monday(day) == kb_date_monday(kalender->last_day)) {
		dag = dag_of(kalender, kalender->last_day);
	}
	return dag != NULL ? dag->schoolweek : -1;
}

/* Vakantie days in the year up to and including day. */
static int32_t
vakantie_upto(const struct kb_kalender *kalender, int32_t day)
{
	if (day < kalender->first_day) {
		return 0;
	}
	return dag_of(kalender, day < kalender->last_day ? day : kalender->last_day)->vakantie_upto;
}

int32_t
kb_kalender_dagen_zonder_vakantie(const struct kb_kalender *kalender, int32_t van_day,
				  int32_t tot_day)
{
	if (tot_day < van_day) {
		return 0;
	}
	return tot_day - van_day + 1 -
	       (vakantie_upto(kalender, tot_day) - vakantie_upto(kalender, van_day - 1));
}

int32_t
kb_kalender_werkdag_na(const struct kb_kalender *kalender, int32_t day, uint32_t count)
{
	while (count > 0 && day < KB_DAY_MAX) {
		day++;
		if (kb_kalender_is_werkdag(kalender, day)) {
			count--;
		}
	}
	return day;
}
