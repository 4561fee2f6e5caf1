/* SPDX-License-Identifier: EUPL-1.2 */
/* The regie: offered, accepted, refused, taken back, and taken over by the vangnet. */
#include <criterion/criterion.h>

#include "tests/support/chain_case.h"

static struct chain_case one;

static void
start(void)
{
	chain_case_open(&one, "2027-09-01");
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "beginnen", NULL), KB_OK);
}

static void
drop(void)
{
	chain_case_drop(&one);
}

TestSuite(case_chain_regie, .init = start, .fini = drop);

static enum chain_who
regievoerder(void)
{
	return chain_who_of(&one.view.regievoerder);
}

static enum kb_err
regie(enum chain_who who, enum kb_chain_event event)
{
	return chain_case_about(&one, who, event, CHAIN_WHO_COUNT);
}

Test(case_chain_regie, offered_and_never_accepted_it_stays)
{
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	cr_assert_eq(regievoerder(), CHAIN_SCHOOL);
	one.now_utc_ms = chain_at("2028-07-01", 9);
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "melden", NULL), KB_OK);
	cr_assert_eq(regievoerder(), CHAIN_SCHOOL);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_JEUGD),
		     KB_ERR_STATE, "one offer at a time");
	cr_assert_eq(regie(CHAIN_SWV, KB_CHAIN_REGIE_TERUGNEMEN), KB_ERR_NOT_ALLOWED);
	cr_assert_eq(regie(CHAIN_SCHOOL, KB_CHAIN_REGIE_TERUGNEMEN), KB_OK);
	cr_assert_eq(regie(CHAIN_SCHOOL, KB_CHAIN_REGIE_TERUGNEMEN), KB_ERR_STATE);
	cr_assert_eq(regie(CHAIN_SWV, KB_CHAIN_REGIE_AANVAARDEN), KB_ERR_STATE, "too late");
	cr_assert_eq(one.view.regie_epoch, 1);
}

Test(case_chain_regie, accepted_twice_the_second_is_refused_by_state)
{
	cr_assert_eq(chain_case_about(&one, CHAIN_SWV, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_JEUGD),
		     KB_ERR_NOT_ALLOWED);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_AANVAARDEN), KB_ERR_NOT_ALLOWED);
	cr_assert_eq(regie(CHAIN_SWV, KB_CHAIN_REGIE_AANVAARDEN), KB_OK);
	cr_assert_eq(regievoerder(), CHAIN_SWV);
	cr_assert_eq(one.view.regie_epoch, 1, "same epoch");
	cr_assert_eq(regie(CHAIN_SWV, KB_CHAIN_REGIE_AANVAARDEN), KB_ERR_STATE);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERBIJ, CHAIN_VO),
		     KB_ERR_NOT_ALLOWED, "the old one has nothing to say any more");
}

/* The acceptance is sequenced by the old regievoerder: the new one cannot make it itself. */
Test(case_chain_regie, the_old_regievoerder_sequences_the_acceptance)
{
	struct kb_chain_record out;
	struct kb_chain_request request =
		chain_request(CHAIN_SWV, "regie-aanvaarden", one.now_utc_ms);
	struct kb_party_id swv = chain_party(CHAIN_SWV);

	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	cr_assert_eq(kb_chain_next(&one.view, &request, &swv, NULL, &one.arena, &out, &one.refusal),
		     KB_ERR_NOT_ALLOWED);
	cr_assert_eq(chain_case_do(&one, &request), KB_OK);
}

Test(case_chain_regie, refused_it_stays_and_can_be_offered_to_another)
{
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_WEIGEREN), KB_ERR_NOT_ALLOWED);
	cr_assert_eq(regie(CHAIN_SWV, KB_CHAIN_REGIE_WEIGEREN), KB_OK);
	cr_assert_eq(regievoerder(), CHAIN_SCHOOL);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_JEUGD),
		     KB_OK);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_AANVAARDEN), KB_OK);
	cr_assert_eq(regievoerder(), CHAIN_JEUGD);
}

Test(case_chain_regie, only_to_who_takes_part_and_not_to_itself)
{
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_VO),
		     KB_ERR_NOT_ALLOWED);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SCHOOL),
		     KB_ERR_NOT_ALLOWED);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERUIT, CHAIN_SWV),
		     KB_OK);
	cr_assert(kb_party_id_empty(&one.view.offered_to), "an offer goes with who leaves");
}

/* ---- the vangnet: jeugd, when the clock toezicht (10 days) runs out ---- */

/* Friday 2027-09-10 is the last day in time; too late from Saturday; the working day of grace is Monday. */
static void
silence(void)
{
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "uitnodigen", "ouders-uitgenodigd"),
		     KB_OK);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "ouders-waren-er", "ouders-aanwezig"), KB_OK);
	one.now_utc_ms = chain_at("2027-08-31", 15);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "bespreken", "overleg-gehouden"), KB_OK);
	cr_assert_eq(chain_case_clock(&one.view, "toezicht")->due_utc_ms,
		     chain_at("2027-09-11", 0));
}

Test(case_chain_regie, a_silent_regievoerder_is_taken_over_after_the_grace)
{
	silence();
	one.now_utc_ms = chain_at("2027-09-14", 0) - 1;
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_STATE,
		     "within the grace");
	cr_assert_str_eq(one.refusal.word, "vangnet");
	one.now_utc_ms++;
	cr_assert_eq(regie(CHAIN_LEERPLICHT, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_NOT_ALLOWED);
	cr_assert_eq(regie(CHAIN_SCHOOL, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_STATE, "has it already");
	uint32_t revision = one.view.revision;

	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_OK);
	cr_assert_eq(regievoerder(), CHAIN_JEUGD);
	cr_assert_eq(one.view.regie_epoch, 2);
	cr_assert_eq(one.view.revision, revision + 1);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_STATE);
	cr_assert_eq(chain_case_step(&one, CHAIN_JEUGD, "sluiten", NULL), KB_OK);
}

Test(case_chain_regie, that_the_agent_told_the_clock_is_no_move_of_the_regievoerder)
{
	silence();
	one.now_utc_ms = chain_at("2027-09-11", 1);
	struct kb_chain_request told = chain_request(CHAIN_SCHOOL, "klok:toezicht", one.now_utc_ms);

	told.person = KB_SPAN_NONE;
	cr_assert_eq(chain_case_do(&one, &told), KB_OK);
	one.now_utc_ms = chain_at("2027-09-12", 1);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "melden", NULL), KB_OK,
		     "nor is a step of another that it took in");
	one.now_utc_ms = chain_at("2027-09-14", 9);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_OK);
}

Test(case_chain_regie, a_regievoerder_that_moves_keeps_it)
{
	silence();
	one.now_utc_ms = chain_at("2027-09-13", 9);
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "melden", NULL), KB_OK);
	one.now_utc_ms = chain_at("2027-10-13", 9);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_STATE);
}

Test(case_chain_regie, a_stopped_clock_gives_no_takeover)
{
	silence();
	one.now_utc_ms = chain_at("2027-09-09", 9);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "gereageerd", NULL), KB_OK);
	one.now_utc_ms = chain_at("2027-10-13", 9);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_NOT_ALLOWED);
}

Test(case_chain_regie, a_clock_without_vangnet_gives_no_takeover)
{
	one.now_utc_ms = chain_at("2028-01-13", 9);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_NOT_ALLOWED);
}

/* Whoever moved is not silent because a record of an earlier moment comes after it. */
Test(case_chain_regie, a_record_of_an_earlier_moment_does_not_make_the_regievoerder_silent)
{
	silence();
	one.now_utc_ms = chain_at("2027-09-12", 9);
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	one.now_utc_ms = chain_at("2027-09-10", 9);
	cr_assert_eq(regie(CHAIN_SCHOOL, KB_CHAIN_REGIE_TERUGNEMEN), KB_OK);
	cr_assert_eq(one.view.moved_utc_ms, chain_at("2027-09-12", 9));
	one.now_utc_ms = chain_at("2027-09-20", 9);
	cr_assert_eq(regie(CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN), KB_ERR_STATE);
}
