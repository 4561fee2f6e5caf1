/* SPDX-License-Identifier: EUPL-1.2 */
/* The two rules of the automatic alert: 16 uur in 4 schoolweken, and langdurig verzuim. */
#ifndef KB_EXCHANGE_VERZUIM_RULE_H
#define KB_EXCHANGE_VERZUIM_RULE_H

#include "common/base/arena.h"
#include "common/exchange/kalender.h"
#include "common/exchange/melding.h"

/*
 * Region data, filled by the caller from the profile. Source of the numbers: the duty to report sixteen hours in four
 * consecutive school weeks within five working days (facts.md D1); long absence: seed 004 line 442.
 */
struct kb_verzuim_settings {
	uint32_t threshold_lessons; /* 16 */
	uint32_t lesson_minutes;    /* 60; VO: the school's own, at most 60 */
	uint32_t window_weeks;	    /* 4 school weeks, the week of the day itself included */
	uint32_t gap_days; /* 7 calendar days between the end of a melding and the next one */
	uint32_t run_days; /* 28 calendar days without the vakantie days */
	uint32_t report_working_days;	 /* 5 */
	uint32_t leerplicht_from_years;	 /* 5 */
	uint32_t leerplicht_until_years; /* 18 */
};

/* The national numbers as above. */
struct kb_verzuim_settings kb_verzuim_settings_default(void);
/* Code holds the bounds that no region may exceed. KB_ERR_CONFIG with a sentence in where (may be NULL). */
KB_MUST_CHECK enum kb_err kb_verzuim_settings_check(const struct kb_verzuim_settings *settings,
						    struct kb_error_text *where);

/* The place of a pupil in this array is the number that rows and meldingen carry. */
struct kb_verzuim_leerling {
	struct kb_span leerling; /* the school's own pupil number, borrowed */
	int32_t geboorte_day;
	char gemeentecode[KB_GEMEENTECODE_CHARS + 1];
	uint8_t leerjaar;
};

/* One row of verzuim.csv. Invariant: geoorloofd + ongeoorloofd <= rooster <= 1440. */
struct kb_verzuim_rij {
	uint32_t leerling; /* index in the array of pupils */
	int32_t day;
	uint16_t minuten_rooster;
	uint16_t minuten_geoorloofd;
	uint16_t minuten_ongeoorloofd;
};

/* Order by pupil, then day; for qsort. */
int kb_verzuim_rij_compare(const void *a, const void *b);

struct kb_verzuim_input {
	const struct kb_kalender *kalender;
	const struct kb_verzuim_leerling *leerlingen;
	size_t leerling_count;
	const struct kb_verzuim_rij *
		rijen; /* in the order of kb_verzuim_rij_compare, each on a school day, no doubles */
	size_t rij_count;
	int32_t tot_day; /* no school day after it is looked at; KB_DAY_NONE: the whole year */
	/* Also compute for pupils who live abroad: needed when pairing, where a melding sent before the move stays. What is
	 * new for them is never sent (kb_verzuim_pair). */
	bool with_abroad;
};

/* Borrowed from the arena. */
struct kb_melding_list {
	struct kb_melding *at; /* in the order pupil index, eind_day, soort */
	size_t count;
};

/*
 * Applies both rules. A pure function of its input. KB_ERR_DATA when rijen break the order above or name no pupil,
 * KB_ERR_CONFIG for settings out of bounds, KB_ERR_NO_MEMORY from the arena.
 */
KB_MUST_CHECK enum kb_err kb_verzuim_compute(const struct kb_verzuim_input *input,
					     const struct kb_verzuim_settings *settings,
					     struct kb_arena *arena, struct kb_melding_list *out);

/*
 * The rows that stay when an import replaces the days van to tot (both included): those of before outside the period, and
 * those of after inside it. Both inputs and the output are in the order of kb_verzuim_rij_compare over the same pupils.
 */
KB_MUST_CHECK enum kb_err kb_verzuim_rijen_replace(const struct kb_verzuim_rij *before,
						   size_t before_count,
						   const struct kb_verzuim_rij *after,
						   size_t after_count, int32_t van_day,
						   int32_t tot_day, struct kb_arena *arena,
						   struct kb_verzuim_rij **out, size_t *out_count);

#endif
