/* SPDX-License-Identifier: EUPL-1.2 */
/* The one decision over the permission table: its order, its dates, its regions, and that only a row allows. */
#include "common/exchange/permit.h"

#include "common/exchange/date.h"

#include <criterion/criterion.h>

#define TODAY 20500 /* 2026-02-16 */

static const struct kb_permit_party school = { KB_PARTY_SCHOOL, 1u << KB_SECTOR_BAO,
					       KB_DESK_SCHOOL };
static const struct kb_permit_party vo = { KB_PARTY_VO, 1u << KB_SECTOR_VO, KB_DESK_SCHOOL };
static const struct kb_permit_party swv = { KB_PARTY_SWV, 0, KB_DESK_SWV };
static const struct kb_permit_party gemeente = { KB_PARTY_GEMEENTE, 0, 0 };
static const struct kb_permit_party jeugdhulp = { KB_PARTY_JEUGDHULP, 0, KB_DESK_JEUGDHULP };

static struct kb_permit_question
dossier(enum kb_ground ground, const struct kb_permit_party *from)
{
	return (struct kb_permit_question){
		.kind = KB_KIND_OVERDRACHTSDOSSIER,
		.purpose = KB_PURPOSE_OVERDRACHT,
		.ground = (uint32_t)ground,
		.from = *from,
		.to = vo,
		.categories = KB_DATA_IDENTITEIT | KB_DATA_ONDERWIJS,
		.met = KB_NEED_INZAGE | KB_NEED_AANGEMELD,
		.day = TODAY,
	};
}

static enum kb_err
decide(const struct kb_permit_question *question)
{
	struct kb_permit_answer answer;

	cr_assert_eq(kb_permit_decide(question, &answer), answer.err);
	return answer.err;
}

/* A question that answers exactly to the row. */
static struct kb_permit_question
question_of(const struct kb_permit_row *row, enum kb_party_kind from, enum kb_party_kind to)
{
	return (struct kb_permit_question){
		.kind = (uint32_t)row->kind,
		.variant = (uint32_t)row->variant,
		.purpose = (uint32_t)row->purpose,
		.ground = (uint32_t)row->ground,
		.from = { from, row->from.sectors, row->from.desk },
		.to = { to, row->to.sectors, row->to.desk },
		.categories = row->categories,
		.met = row->needs,
		.region = row->region_on,
		.day = row->valid_until_day != KB_DAY_NONE ? row->valid_until_day : TODAY,
	};
}

/* From the outside inwards, one fault after the other taken away. */
Test(permit, refusals_come_in_their_order)
{
	struct kb_permit_question question = { .kind = 999, .day = TODAY, .from = gemeente };
	struct kb_permit_answer answer;

	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_UNKNOWN_KIND);
	cr_assert_null(answer.row);
	question.kind = KB_KIND_OVERDRACHTSDOSSIER;
	question.to = vo;
	question.categories = KB_DATA_GEZONDHEID | KB_DATA_VEILIGHEID;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_NOT_ALLOWED);
	cr_assert_null(answer.row);
	question.from = school;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_NO_GROUND);
	question.purpose = KB_PURPOSE_OVERDRACHT;
	cr_assert_eq(decide(&question), KB_ERR_NO_GROUND);
	question.ground = KB_GROUND_TOESTEMMING;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_FIELD_NOT_ALLOWED);
	cr_assert_str_eq(answer.row->name, "dossier");
	cr_assert_eq(answer.categories, (uint32_t)KB_DATA_VEILIGHEID);
	question.categories = KB_DATA_GEZONDHEID;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_NO_CONSENT);
	cr_assert_eq(answer.missing,
		     (uint32_t)(KB_NEED_TOESTEMMING | KB_NEED_INZAGE | KB_NEED_AANGEMELD));
	question.met = KB_NEED_TOESTEMMING | KB_NEED_AANGEMELD;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_INCOMPLETE);
	cr_assert_eq(answer.missing, (uint32_t)KB_NEED_INZAGE);
	question.met |= KB_NEED_INZAGE;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_OK);
	cr_assert_eq(answer.missing, 0u);
	cr_assert_eq(answer.categories, 0u);
	cr_assert_str_eq(answer.row->name, "dossier");
}

Test(permit, of_rows_that_come_equally_near_the_first_answers)
{
	struct kb_permit_question question = { .kind = KB_KIND_TLV_AANVRAAG,
					       .variant = KB_VARIANT_SBO,
					       .purpose = KB_PURPOSE_TOELAATBAARHEID,
					       .ground = KB_GROUND_WETTELIJKE_TAAK,
					       .from = school,
					       .to = swv,
					       .categories = KB_DATA_IDENTITEIT,
					       .region = KB_REGION_TLV_ZONDER_TOESTEMMING,
					       .day = TODAY };
	struct kb_permit_answer answer;

	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_INCOMPLETE);
	cr_assert_str_eq(answer.row->name, "tlv-sbo");
	question.met = KB_NEED_REDEN | KB_NEED_GEEN_PROEFPLAATSING;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_OK);
	cr_assert_str_eq(answer.row->name, "tlv-sbo-zonder-toestemming");
}

/* Between VO schools the toestemming was needed up to and including 31 July 2020 (facts D5). */
Test(permit, a_row_holds_from_its_first_up_to_and_including_its_last_day)
{
	struct kb_permit_question task = dossier(KB_GROUND_WETTELIJKE_TAAK, &vo);
	struct kb_permit_question consent = dossier(KB_GROUND_TOESTEMMING, &vo);
	struct kb_permit_answer answer;

	consent.met |= KB_NEED_TOESTEMMING;
	cr_assert_eq(kb_date_parse(kb_span_text("2020-07-31"), &task.day), KB_OK);
	consent.day = task.day;
	cr_assert_eq(decide(&task), KB_ERR_NO_GROUND);
	cr_assert_eq(kb_permit_decide(&consent, &answer), KB_OK);
	cr_assert_str_eq(answer.row->name, "okr-vo-2020");
	task.day++;
	consent.day++;
	cr_assert_eq(kb_permit_decide(&task, &answer), KB_OK);
	cr_assert_str_eq(answer.row->name, "okr-vo");
	cr_assert_eq(kb_permit_decide(&consent, &answer), KB_OK);
	cr_assert_str_eq(answer.row->name, "dossier-vo");
	/* From PO it never needed one. */
	task.from = school;
	task.day -= 1;
	cr_assert_eq(decide(&task), KB_OK);
}

Test(permit, desks_sectors_and_variants_are_part_of_the_role)
{
	struct kb_permit_question question = { .kind = KB_KIND_VERZUIM_STAND,
					       .purpose = KB_PURPOSE_LEERPLICHT,
					       .ground = KB_GROUND_WETTELIJKE_TAAK,
					       .from = gemeente,
					       .to = school,
					       .day = TODAY };

	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED, "the gemeente itself");
	question.from.desk = KB_DESK_JEUGD;
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED);
	question.from.desk = KB_DESK_LEERPLICHT;
	cr_assert_eq(decide(&question), KB_OK);
	question.to.desk = 0;
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED, "the agent of the school");
	question = (struct kb_permit_question){ .kind = KB_KIND_TERUGPLAATSING_VOORSTEL,
						.purpose = KB_PURPOSE_OVERDRACHT,
						.ground = KB_GROUND_TOESTEMMING,
						.from = school,
						.to = school,
						.met = KB_NEED_TOESTEMMING |
						       KB_NEED_GEEN_PROEFPLAATSING,
						.day = TODAY };
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED, "bao gives nobody back");
	question.from.sectors |= 1u << KB_SECTOR_SBO;
	cr_assert_eq(decide(&question), KB_OK);
}

Test(permit, flags_of_the_region_open_and_close_rows)
{
	struct kb_permit_question question = { .kind = KB_KIND_INFO_VERZOEK,
					       .purpose = KB_PURPOSE_JEUGDHULP,
					       .ground = KB_GROUND_TOESTEMMING,
					       .from = school,
					       .to = jeugdhulp,
					       .met = KB_NEED_TOESTEMMING,
					       .day = TODAY };
	struct kb_permit_answer answer;

	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED);
	question.region = ~(uint32_t)KB_REGION_JEUGDHULP_REGELING;
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED);
	question.region = KB_REGION_JEUGDHULP_REGELING;
	cr_assert_eq(decide(&question), KB_OK);
	question = (struct kb_permit_question){ .kind = KB_KIND_TLV_AANVRAAG,
						.variant = KB_VARIANT_SO,
						.purpose = KB_PURPOSE_TOELAATBAARHEID,
						.ground = KB_GROUND_WETTELIJKE_TAAK,
						.from = school,
						.to = swv,
						.met = KB_NEED_HANDTEKENING_OUDERS |
						       KB_NEED_GEEN_PROEFPLAATSING,
						.day = TODAY };
	cr_assert_eq(decide(&question), KB_OK);
	question.region = KB_REGION_TLV_INSTEMMING;
	cr_assert_eq(kb_permit_decide(&question, &answer), KB_ERR_INCOMPLETE);
	cr_assert_eq(answer.missing, (uint32_t)KB_NEED_INSTEMMING);
}

Test(permit, numbers_that_mean_nothing_are_refused)
{
	struct kb_permit_question question = dossier(KB_GROUND_WETTELIJKE_TAAK, &school);

	cr_assert_eq(decide(&question), KB_OK);
	question.from.kind = (enum kb_party_kind)33;
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED);
	question.from.kind = (enum kb_party_kind)UINT32_MAX;
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED);
	question = dossier((enum kb_ground)UINT32_MAX, &school);
	cr_assert_eq(decide(&question), KB_ERR_NO_GROUND);
	question = dossier(KB_GROUND_WETTELIJKE_TAAK, &school);
	question.purpose = UINT32_MAX;
	cr_assert_eq(decide(&question), KB_ERR_NO_GROUND);
	question = dossier(KB_GROUND_WETTELIJKE_TAAK, &school);
	question.categories |= 1u << KB_DATA_COUNT;
	cr_assert_eq(decide(&question), KB_ERR_FIELD_NOT_ALLOWED);
	question = dossier(KB_GROUND_WETTELIJKE_TAAK, &school);
	question.to.desk = UINT32_MAX;
	cr_assert_eq(decide(&question), KB_ERR_NOT_ALLOWED);
	question = dossier(KB_GROUND_WETTELIJKE_TAAK, &school);
	question.kind = 0;
	cr_assert_eq(decide(&question), KB_ERR_UNKNOWN_KIND);
}

/* No row is dead, and none allows without one of its needs: then another row does, or nobody. */
Test(permit, every_row_allows_what_it_says_and_asks_for_what_it_needs)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);

	for (size_t i = 0; i < count * 64; i++) {
		const struct kb_permit_row *row = &rows[i / 64];
		enum kb_party_kind from = (enum kb_party_kind)(i % 64 / 8);
		enum kb_party_kind to = (enum kb_party_kind)(i % 8);
		struct kb_permit_question question = question_of(row, from, to);
		struct kb_permit_answer answer;

		if ((row->from.kinds & KB_PARTY_BIT(from)) == 0 ||
		    (row->to.kinds & KB_PARTY_BIT(to)) == 0) {
			continue;
		}
		cr_assert_eq(decide(&question), KB_OK, "row %s", row->name);
		for (uint32_t need = 1; need < 1u << KB_NEED_COUNT; need <<= 1) {
			question.met = row->needs & ~need;
			cr_assert((row->needs & need) == 0 ||
					  kb_permit_decide(&question, &answer) != KB_OK ||
					  answer.row != row,
				  "row %s without %s", row->name, kb_need_name(need));
		}
	}
}

/* A generator of our own: the same questions on every machine. */
static uint32_t
next(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % below;
}

/* Mostly one that the row names. */
static enum kb_party_kind
party_for(uint32_t *state, uint32_t kinds)
{
	uint32_t kind = next(state, KB_PARTY_KIND_COUNT);

	for (unsigned tries = 0; tries < 20 && (kinds >> kind & 1) == 0; tries++) {
		kind = next(state, KB_PARTY_KIND_COUNT);
	}
	return (enum kb_party_kind)(next(state, 8) != 0 ? kind : next(state, KB_PARTY_KIND_COUNT));
}

static bool
side_fits(const struct kb_permit_side *side, const struct kb_permit_party *party)
{
	return (side->kinds >> party->kind & 1) == 1 &&
	       (side->sectors == 0 || (side->sectors & party->sectors) > 0);
}

/* Written down once more, from the text of permit.h. */
static bool
allows(const struct kb_permit_row *row, const struct kb_permit_question *q)
{
	bool roles = side_fits(&row->from, &q->from) && side_fits(&row->to, &q->to) &&
		     q->to.desk == row->to.desk &&
		     (row->from.desk == 0 || row->from.desk == q->from.desk);
	bool when = (row->valid_from_day == KB_DAY_NONE || row->valid_from_day <= q->day) &&
		    (row->valid_until_day == KB_DAY_NONE || row->valid_until_day >= q->day);
	bool where = (q->region & row->region_on) == row->region_on &&
		     (q->region & row->region_off) == 0;

	return (uint32_t)row->kind == q->kind && roles && when && where &&
	       (row->variant == KB_VARIANT_NONE || (uint32_t)row->variant == q->variant) &&
	       (uint32_t)row->purpose == q->purpose && (uint32_t)row->ground == q->ground &&
	       (row->categories | q->categories) == row->categories &&
	       (row->needs & q->met) == row->needs;
}

Test(permit, only_a_row_allows_over_many_questions)
{
	size_t count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&count);
	uint32_t state = 1;
	unsigned allowed = 0;

	for (unsigned n = 0; n < 200000; n++) {
		const struct kb_permit_row *near = &rows[next(&state, (uint32_t)count)];
		struct kb_permit_question q = question_of(near, party_for(&state, near->from.kinds),
							  party_for(&state, near->to.kinds));
		bool expected = false;

		/* One or two things changed at random: near misses find more than noise does. */
		q.met = next(&state, 2) == 0 ? q.met : next(&state, 1u << KB_NEED_COUNT);
		q.categories |= next(&state, 3) == 0 ? 1u << next(&state, KB_DATA_COUNT) : 0;
		q.region = next(&state, 2) == 0 ? q.region : next(&state, 1u << KB_REGION_COUNT);
		q.purpose = next(&state, 4) != 0 ? q.purpose : next(&state, KB_PURPOSE_COUNT);
		q.ground = next(&state, 4) != 0 ? q.ground : next(&state, KB_GROUND_COUNT);
		q.to.desk = next(&state, 4) != 0 ? q.to.desk : next(&state, KB_DESK_COUNT);
		q.variant = next(&state, 4) != 0 ? q.variant : next(&state, KB_VARIANT_COUNT);
		q.day = next(&state, 8) != 0 ? q.day : 18470 + (int32_t)next(&state, 10);
		for (size_t i = 0; i < count; i++) {
			expected = expected || allows(&rows[i], &q);
		}
		cr_assert_eq(decide(&q) == KB_OK, expected, "question %u", n);
		allowed += expected;
	}
	cr_assert_gt(allowed, 20000u, "the questions reach both answers");
	cr_assert_lt(allowed, 180000u);
}

static const char *
default_of(enum kb_kind kind, enum kb_variant variant, const struct kb_permit_party *from,
	   const struct kb_permit_party *to, enum kb_ground ground, uint32_t region)
{
	const struct kb_permit_row *row = kb_permit_default(
		kind, variant, from, to, KB_PURPOSE_UNSPECIFIED, ground, region, TODAY);

	return row != NULL ? row->name : "none";
}

Test(permit, the_default_row_is_the_first_that_fits_parties_variant_region_and_ground)
{
	const struct kb_permit_party itself = { KB_PARTY_SCHOOL, 1u << KB_SECTOR_BAO, 0 };
	const struct kb_permit_party at_vo = { KB_PARTY_VO, 1u << KB_SECTOR_VO, 0 };
	const struct kb_permit_party at_swv = { KB_PARTY_SWV, 0, 0 };
	const struct kb_permit_party jeugd = { KB_PARTY_GEMEENTE, 0, KB_DESK_JEUGD };

	cr_assert_str_eq(default_of(KB_KIND_OVERDRACHTSDOSSIER, KB_VARIANT_NONE, &itself, &at_vo,
				    KB_GROUND_UNSPECIFIED, 0),
			 "okr");
	cr_assert_str_eq(default_of(KB_KIND_OVERDRACHTSDOSSIER, KB_VARIANT_NONE, &itself, &at_vo,
				    KB_GROUND_TOESTEMMING, 0),
			 "dossier");
	cr_assert_str_eq(default_of(KB_KIND_OVERDRACHTSDOSSIER, KB_VARIANT_NONE, &at_vo, &at_vo,
				    KB_GROUND_UNSPECIFIED, 0),
			 "okr-vo");
	cr_assert_str_eq(default_of(KB_KIND_OVERDRACHTSDOSSIER, KB_VARIANT_NONE, &itself, &at_vo,
				    KB_GROUND_VITAAL_BELANG, 0),
			 "none");
	cr_assert_str_eq(default_of(KB_KIND_TLV_AANVRAAG, KB_VARIANT_SBO, &itself, &at_swv,
				    KB_GROUND_UNSPECIFIED, 0),
			 "tlv-sbo");
	cr_assert_str_eq(default_of(KB_KIND_TLV_AANVRAAG, KB_VARIANT_SBO, &itself, &at_swv,
				    KB_GROUND_UNSPECIFIED, KB_REGION_TLV_INSTEMMING),
			 "tlv-sbo-instemming");
	cr_assert_str_eq(default_of(KB_KIND_TLV_AANVRAAG, KB_VARIANT_NONE, &itself, &at_swv,
				    KB_GROUND_UNSPECIFIED, 0),
			 "none");
	cr_assert_str_eq(default_of(KB_KIND_VRAAG, KB_VARIANT_NONE, &itself, &gemeente,
				    KB_GROUND_UNSPECIFIED, 0),
			 "vraag-leerplicht-aan");
	cr_assert_str_eq(default_of(KB_KIND_VRAAG, KB_VARIANT_NONE, &itself, &jeugd,
				    KB_GROUND_UNSPECIFIED, 0),
			 "vraag-doa-school-jeugd-aan");
	cr_assert_str_eq(default_of(KB_KIND_MONITOR_LIJST, KB_VARIANT_NONE, &at_swv, &gemeente,
				    KB_GROUND_UNSPECIFIED, 0),
			 "none");
}

/* Its desk is that of the row, so that a sender who names none still reaches one. */
Test(permit, the_default_row_brings_the_desk)
{
	const struct kb_permit_row *row =
		kb_permit_default(KB_KIND_THUISZITTER_MELDING, KB_VARIANT_NONE, &school, &gemeente,
				  KB_PURPOSE_UNSPECIFIED, KB_GROUND_UNSPECIFIED, 0, TODAY);

	cr_assert_not_null(row);
	cr_assert_eq(row->to.desk, (uint32_t)KB_DESK_LEERPLICHT);
	cr_assert_eq(row->purpose, KB_PURPOSE_THUISZITTERS);
}
