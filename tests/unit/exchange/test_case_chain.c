/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may take which step: state, role, guards, facts, participants, clocks. */
#include <criterion/criterion.h>

#include "common/exchange/date.h"
#include "tests/support/chain_case.h"

static struct chain_case one;

static void
start(void)
{
	chain_case_open(&one, "2027-09-01");
}

static void
drop(void)
{
	chain_case_drop(&one);
}

TestSuite(case_chain, .init = start, .fini = drop);

#define REFUSED(expression, error, rule_text, word_text)                                           \
	do {                                                                                       \
		cr_assert_eq((expression), (error));                                               \
		cr_assert_str_eq(one.refusal.rule, (rule_text));                                   \
		cr_assert_str_eq(one.refusal.word, (word_text));                                   \
	} while (0)

static void
under_way(void)
{
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "beginnen", NULL), KB_OK);
}

Test(case_chain, opening_makes_the_opener_regievoerder_of_revision_1)
{
	const struct kb_chain_record *first = &one.records[0];
	struct kb_party_id school = chain_party(CHAIN_SCHOOL);

	cr_assert_eq(first->revision, 1);
	cr_assert_eq(first->regie_epoch, 1);
	cr_assert(kb_party_id_equal(&first->regievoerder, &school));
	cr_assert_eq(kb_chain_roles_of(&one.view, &school),
		     KB_ROUTE_SCHOOL | KB_ROUTE_INBRENGER | KB_ROUTE_REGIEVOERDER | KB_ROUTE_ALLEN);
	struct kb_party_id swv = chain_party(CHAIN_SWV);

	cr_assert_eq(kb_chain_roles_of(&one.view, &swv), KB_ROUTE_SWV | KB_ROUTE_ALLEN);
}

Test(case_chain, opens_only_who_the_route_lets_open)
{
	struct kb_chain_record out;
	struct kb_id id = { { 1 } };
	struct kb_hash profile = { { 1 } };
	struct kb_chain_request swv = chain_request(CHAIN_SWV, "", one.now_utc_ms);
	struct kb_chain_request school = chain_request(CHAIN_SCHOOL, "openen", one.now_utc_ms);

	REFUSED(kb_chain_open(chain_route(), &id, &profile, &swv, KB_ROUTE_SWV, NULL, &one.arena,
			      &out, &one.refusal),
		KB_ERR_NOT_ALLOWED, "design 7", "swv");
	REFUSED(kb_chain_open(chain_route(), &id, &profile, &school, KB_ROUTE_JEUGDHULP, NULL,
			      &one.arena, &out, &one.refusal),
		KB_ERR_NOT_ALLOWED, "design 7", "jeugdhulp");
	school.person = KB_SPAN_NONE;
	REFUSED(kb_chain_open(chain_route(), &id, &profile, &school, KB_ROUTE_SCHOOL, NULL,
			      &one.arena, &out, &one.refusal),
		KB_ERR_NOT_ALLOWED, "design 7", "persoon");
}

Test(case_chain, a_step_asks_its_state_its_role_and_its_consent)
{
	struct kb_chain_request request = chain_request(CHAIN_SWV, "beginnen", one.now_utc_ms);

	REFUSED(chain_case_step(&one, CHAIN_SWV, "bespreken", NULL), KB_ERR_STATE, "R02",
		"bespreken");
	REFUSED(chain_case_step(&one, CHAIN_JEUGD, "beginnen", NULL), KB_ERR_NOT_ALLOWED, "R01",
		"beginnen");
	REFUSED(chain_case_step(&one, CHAIN_VO, "melden", NULL), KB_ERR_NOT_ALLOWED, "design 7",
		"deelnemer");
	REFUSED(chain_case_step(&one, CHAIN_SWV, "toveren", NULL), KB_ERR_BAD_VALUE, "design 7",
		"toveren");
	REFUSED(chain_case_do(&one, &request), KB_ERR_NO_CONSENT, "R01", "toestemming");
	cr_assert_eq(one.refusal.guards, KB_GUARD_TOESTEMMING);
	under_way();
	cr_assert_str_eq(chain_route()->states[one.view.state].name, "bezig");
	REFUSED(chain_case_step(&one, CHAIN_SWV, "beginnen", NULL), KB_ERR_STATE, "R01",
		"beginnen");
}

Test(case_chain, a_person_acts_at_the_desk_of_the_role)
{
	struct kb_chain_request request = chain_request(CHAIN_JEUGD, "melden", one.now_utc_ms);

	request.actor_desk = KB_DESK_LEERPLICHT;
	REFUSED(chain_case_do(&one, &request), KB_ERR_NOT_ALLOWED, "design 7", "jeugd");
	request.actor_desk = KB_DESK_UNSPECIFIED;
	REFUSED(chain_case_do(&one, &request), KB_ERR_NOT_ALLOWED, "design 7", "jeugd");
	request.actor_desk = KB_DESK_JEUGD;
	request.person = KB_SPAN_NONE;
	REFUSED(chain_case_do(&one, &request), KB_ERR_NOT_ALLOWED, "design 7", "persoon");
}

Test(case_chain, R02_no_overleg_is_closed_without_invited_parents_and_their_presence)
{
	under_way();
	REFUSED(chain_case_step(&one, CHAIN_SWV, "bespreken", "overleg-gehouden"),
		KB_ERR_INCOMPLETE, "R02", "aanwezigheid-ouders");
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "ouders-waren-er", "ouders-aanwezig"), KB_OK);
	REFUSED(chain_case_step(&one, CHAIN_SWV, "bespreken", "overleg-gehouden"),
		KB_ERR_INCOMPLETE, "R02", "ouders-uitgenodigd");
	cr_assert_eq(one.refusal.facts, KB_FACT_BIT(OUDERS_UITGENODIGD));
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "uitnodigen", "ouders-uitgenodigd"),
		     KB_OK);
	REFUSED(chain_case_step(&one, CHAIN_SWV, "bespreken", NULL), KB_ERR_INCOMPLETE, "R02",
		"overleg-gehouden");
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "bespreken", "overleg-gehouden"), KB_OK);
}

Test(case_chain, a_letter_to_the_parents_must_have_been_given)
{
	struct kb_chain_fact fact = { KB_FACT_NR_OUDERS_UITGENODIGD,
				      kb_date_local_day(one.now_utc_ms), KB_SPAN_NONE };
	struct kb_chain_request request = chain_request(CHAIN_SCHOOL, "uitnodigen", one.now_utc_ms);

	request.facts = &fact;
	request.fact_count = 1;
	REFUSED(chain_case_do(&one, &request), KB_ERR_INCOMPLETE, "design 7", "brief-gedaan");
	request.met = KB_GUARD_BRIEF_GEDAAN;
	cr_assert_eq(chain_case_do(&one, &request), KB_OK);
}

static enum kb_err
read_by(enum chain_who who, const char *event, enum kb_fact_nr nr, const char *reader)
{
	struct kb_chain_fact fact = { nr, kb_date_local_day(one.now_utc_ms), kb_span_text(reader) };
	struct kb_chain_request request = chain_request(who, event, one.now_utc_ms);

	request.facts = &fact;
	request.fact_count = 1;
	return chain_case_do(&one, &request);
}

static enum kb_err
decide(const char *function)
{
	struct kb_chain_request request = chain_request(CHAIN_SWV, "besluiten", one.now_utc_ms);

	request.function = kb_span_text(function);
	return chain_case_do(&one, &request);
}

Test(case_chain, R25_two_readers_who_differ_and_none_of_a_school)
{
	under_way();
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "uitnodigen", "ouders-uitgenodigd"),
		     KB_OK);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "ouders-waren-er", "ouders-aanwezig"), KB_OK);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "bespreken", "overleg-gehouden"), KB_OK);
	REFUSED(decide("directeur"), KB_ERR_NOT_ALLOWED, "R25", "coordinator");
	REFUSED(decide("coordinator"), KB_ERR_INCOMPLETE, "R25", "twee-personen");
	cr_assert_eq(read_by(CHAIN_SWV, "eerst-lezen", KB_FACT_NR_EERSTE_LEZER, "A. Berg"), KB_OK);
	REFUSED(decide("coordinator"), KB_ERR_INCOMPLETE, "R25", "twee-personen");
	cr_assert_eq(read_by(CHAIN_SWV, "nog-eens-lezen", KB_FACT_NR_TWEEDE_LEZER, "a  berg"),
		     KB_OK);
	REFUSED(decide("coordinator"), KB_ERR_INCOMPLETE, "R25", "twee-personen");
	cr_assert_eq(read_by(CHAIN_SCHOOL, "nog-eens-lezen", KB_FACT_NR_TWEEDE_LEZER, "B. Dal"),
		     KB_OK);
	REFUSED(decide("coordinator"), KB_ERR_INCOMPLETE, "R25", "twee-personen");
	cr_assert_eq(read_by(CHAIN_JEUGD, "nog-eens-lezen", KB_FACT_NR_TWEEDE_LEZER, "B. Dal"),
		     KB_OK);
	cr_assert_eq(decide("coordinator"), KB_OK);
	struct kb_party_id leerplicht = chain_party(CHAIN_LEERPLICHT);

	cr_assert(kb_party_id_equal(&one.view.offered_to, &leerplicht),
		  "the step offers the regie");
}

Test(case_chain, a_fact_needs_its_day_its_people_and_its_step)
{
	int32_t today = kb_date_local_day(one.now_utc_ms);
	struct kb_chain_fact fact = { KB_FACT_NR_OUDERS_AANWEZIG, today + 1, KB_SPAN_NONE };
	struct kb_chain_request request =
		chain_request(CHAIN_SWV, "ouders-waren-er", one.now_utc_ms);

	request.facts = &fact;
	request.fact_count = 1;
	REFUSED(chain_case_do(&one, &request), KB_ERR_BAD_VALUE, "R02", "ouders-aanwezig");
	fact.day = KB_DAY_NONE;
	REFUSED(chain_case_do(&one, &request), KB_ERR_INCOMPLETE, "R02", "ouders-aanwezig");
	fact.day = today;
	fact.people = kb_span_text("iemand");
	REFUSED(chain_case_do(&one, &request), KB_ERR_BAD_VALUE, "R02", "ouders-aanwezig");
	fact.people = KB_SPAN_NONE;
	fact.fact = KB_FACT_NR_PLEK_GEVONDEN;
	REFUSED(chain_case_do(&one, &request), KB_ERR_BAD_VALUE, "R02", "plek-gevonden");
	fact.fact = KB_FACT_NR_OUDERS_AANWEZIG;
	cr_assert_eq(chain_case_do(&one, &request), KB_OK);
	fact = (struct kb_chain_fact){ KB_FACT_NR_GESPREK_GEPLAND, today + 30, KB_SPAN_NONE };
	request.event = kb_span_text("plannen");
	cr_assert_eq(chain_case_do(&one, &request), KB_OK, "a talk is planned for later");
	fact = (struct kb_chain_fact){ KB_FACT_NR_EERSTE_LEZER, today, KB_SPAN_NONE };
	request.event = kb_span_text("eerst-lezen");
	REFUSED(chain_case_do(&one, &request), KB_ERR_INCOMPLETE, "R25", "eerste-lezer");
}

Test(case_chain, participants_come_and_go_by_the_regievoerder_only)
{
	struct kb_party_id jeugd = chain_party(CHAIN_JEUGD);

	REFUSED(chain_case_about(&one, CHAIN_SWV, KB_CHAIN_DEELNEMER_ERBIJ, CHAIN_VO),
		KB_ERR_NOT_ALLOWED, "design 7", "regievoerder");
	REFUSED(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERBIJ, CHAIN_SWV),
		KB_ERR_STATE, "design 7", "deelnemer");
	REFUSED(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERUIT, CHAIN_SCHOOL),
		KB_ERR_NOT_ALLOWED, "design 7", "regievoerder");
	REFUSED(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERUIT, CHAIN_VO),
		KB_ERR_STATE, "design 7", "deelnemer");
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERUIT, CHAIN_JEUGD),
		     KB_OK);
	cr_assert_eq(kb_chain_roles_of(&one.view, &jeugd), 0);
	cr_assert_eq(one.view.participant_count, 5, "who left stays in the list");
	REFUSED(chain_case_step(&one, CHAIN_JEUGD, "melden", NULL), KB_ERR_NOT_ALLOWED, "design 7",
		"deelnemer");
	cr_assert_eq(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERBIJ, CHAIN_JEUGD),
		     KB_OK, "and may come back");
}

Test(case_chain, the_role_of_who_joins_fits_what_it_is)
{
	struct kb_chain_request request =
		chain_request(CHAIN_SCHOOL, "deelnemer-erbij", one.now_utc_ms);

	request.participant.party = chain_party(CHAIN_VO);
	request.participant_kind = KB_PARTY_VO;
	request.participant.role = KB_ROUTE_LEERPLICHT;
	REFUSED(chain_case_do(&one, &request), KB_ERR_NOT_ALLOWED, "design 7", "leerplicht");
	request.participant.role = KB_ROUTE_REGIEVOERDER;
	REFUSED(chain_case_do(&one, &request), KB_ERR_BAD_VALUE, "design 7", "deelnemer");
	request.participant.role = KB_ROUTE_SWV | KB_ROUTE_PARTNER;
	REFUSED(chain_case_do(&one, &request), KB_ERR_BAD_VALUE, "design 7", "deelnemer");
	request.participant.role = KB_ROUTE_ONTVANGEND;
	request.participant.guest = kb_span_text("ook een gast");
	REFUSED(chain_case_do(&one, &request), KB_ERR_BAD_VALUE, "design 7", "deelnemer");
	request.participant.guest = KB_SPAN_NONE;
	cr_assert_eq(chain_case_do(&one, &request), KB_OK);
}

Test(case_chain, a_guest_takes_part_without_a_party_and_never_gets_the_regie)
{
	struct kb_chain_request request =
		chain_request(CHAIN_SCHOOL, "deelnemer-erbij", one.now_utc_ms);

	request.participant.role = KB_ROUTE_PARTNER;
	request.participant.guest = kb_span_text("voorschool De Kleine Boot");
	cr_assert_eq(chain_case_do(&one, &request), KB_OK);
	REFUSED(chain_case_do(&one, &request), KB_ERR_STATE, "design 7", "deelnemer");
	const struct kb_chain_participant *guest =
		kb_chain_participant_with(&one.view, KB_ROUTE_PARTNER);

	cr_assert_not_null(guest);
	cr_assert(kb_party_id_empty(&guest->party));
	request.event = kb_span_text("regie-aanbieden");
	REFUSED(chain_case_do(&one, &request), KB_ERR_NOT_ALLOWED, "design 7", "deelnemer");
	request.event = kb_span_text("deelnemer-eruit");
	cr_assert_eq(chain_case_do(&one, &request), KB_OK);
	cr_assert_null(kb_chain_participant_with(&one.view, KB_ROUTE_PARTNER));
}

Test(case_chain, a_clock_without_a_term_is_not_started)
{
	under_way();
	cr_assert_eq(one.view.clock_count, 2);
	cr_assert_null(chain_case_clock(&one.view, "leeg"));
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->due_utc_ms, chain_at("2027-09-04", 0));
	cr_assert_eq(chain_case_clock(&one.view, "rapport")->due_utc_ms, chain_at("2027-09-30", 0));
}

Test(case_chain, a_clock_started_again_begins_anew)
{
	under_way();
	one.now_utc_ms = chain_at("2027-09-02", 12);
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "opnieuw", NULL), KB_OK);
	cr_assert_eq(one.view.clock_count, 3);
	cr_assert_eq(one.view.clocks[0].state, KB_CHAIN_CLOCK_STOPPED);
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->state, KB_CHAIN_CLOCK_RUNS);
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->due_utc_ms, chain_at("2027-09-07", 0));
}

static enum kb_err
clock_event(enum chain_who who, const char *event, const char *person)
{
	struct kb_chain_request request = chain_request(who, event, one.now_utc_ms);

	request.person = kb_span_text(person);
	return chain_case_do(&one, &request);
}

Test(case_chain, a_clock_event_is_made_when_due_by_the_agent_of_the_regievoerder)
{
	under_way();
	one.now_utc_ms = chain_at("2027-09-04", 0) - 1;
	cr_assert_null(kb_chain_due(&one.view, one.now_utc_ms));
	REFUSED(clock_event(CHAIN_SCHOOL, "klok:reactie", ""), KB_ERR_STATE, "design 7",
		"klok:reactie");
	one.now_utc_ms++;
	cr_assert_not_null(kb_chain_due(&one.view, one.now_utc_ms));
	REFUSED(clock_event(CHAIN_SWV, "klok:reactie", ""), KB_ERR_NOT_ALLOWED, "design 7",
		"regievoerder");
	REFUSED(clock_event(CHAIN_SCHOOL, "klok:reactie", "A. Berg"), KB_ERR_NOT_ALLOWED,
		"design 7", "persoon");
	REFUSED(clock_event(CHAIN_SCHOOL, "klok:bestaat-niet", ""), KB_ERR_BAD_VALUE, "design 7",
		"klok:bestaat-niet");
	REFUSED(clock_event(CHAIN_SCHOOL, "klok:leeg", ""), KB_ERR_STATE, "design 7", "klok:leeg");
	cr_assert_eq(clock_event(CHAIN_SCHOOL, "klok:reactie", ""), KB_OK);
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->state, KB_CHAIN_CLOCK_EXPIRED);
	cr_assert_str_eq(chain_route()->states[one.view.state].name, "bezig", "no step, no move");
	cr_assert_null(kb_chain_due(&one.view, one.now_utc_ms), "told once");
	REFUSED(clock_event(CHAIN_SCHOOL, "klok:reactie", ""), KB_ERR_STATE, "design 7",
		"klok:reactie");
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "gereageerd", NULL), KB_OK);
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->state, KB_CHAIN_CLOCK_STOPPED_LATE);
}

Test(case_chain, a_clock_event_moves_only_where_the_route_has_a_step)
{
	under_way();
	one.now_utc_ms = chain_at("2027-09-30", 8);
	cr_assert_eq(clock_event(CHAIN_SCHOOL, "klok:rapport", ""), KB_OK);
	cr_assert_str_eq(chain_route()->states[one.view.state].name, "besproken");
	cr_assert_eq(chain_case_clock(&one.view, "toezicht")->due_utc_ms,
		     chain_at("2027-10-11", 0));
}

/* That time has passed is told whatever is missing; the step that goes with it waits. */
Test(case_chain, a_clock_is_told_also_when_its_step_cannot_be_taken)
{
	struct kb_route route = *chain_route();
	struct kb_route_step steps[16];

	cr_assert_leq(route.step_count, sizeof(steps) / sizeof(steps[0]));
	memcpy(steps, route.steps, route.step_count * sizeof(steps[0]));
	for (size_t i = 0; i < route.step_count; i++) {
		steps[i].guards |= steps[i].clock != 0 ? (uint32_t)KB_GUARD_TOESTEMMING : 0u;
	}
	route.steps = steps;
	one.view.route = &route;
	under_way();
	one.now_utc_ms = chain_at("2027-09-30", 8);
	cr_assert_eq(clock_event(CHAIN_SCHOOL, "klok:rapport", ""), KB_OK);
	cr_assert_str_eq(route.states[one.view.state].name, "bezig");
	cr_assert_eq(chain_case_clock(&one.view, "rapport")->state, KB_CHAIN_CLOCK_EXPIRED);
	cr_assert_null(chain_case_clock(&one.view, "toezicht"));
}

Test(case_chain, a_place_for_a_clock_is_taken_from_the_oldest_that_ended)
{
	under_way();
	for (int i = 0; i < KB_CHAIN_CLOCKS_MAX + 8; i++) {
		one.count = 10;
		one.now_utc_ms += 3600 * 1000;
		cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "opnieuw", NULL), KB_OK);
	}
	cr_assert_eq(one.view.clock_count, KB_CHAIN_CLOCKS_MAX);
	cr_assert_eq(one.view.clocks[0].state, KB_CHAIN_CLOCK_RUNS,
		     "rapport, the oldest, still runs");
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->started_utc_ms, one.now_utc_ms);
}

Test(case_chain, only_the_regievoerder_closes_and_closing_stops_all_clocks)
{
	under_way();
	REFUSED(chain_case_step(&one, CHAIN_SWV, "sluiten", NULL), KB_ERR_NOT_ALLOWED, "C02",
		"sluiten");
	one.now_utc_ms = chain_at("2027-09-06", 8);
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "sluiten", NULL), KB_OK);
	cr_assert_neq(one.view.closed_utc_ms, 0);
	cr_assert_eq(chain_case_clock(&one.view, "rapport")->state, KB_CHAIN_CLOCK_STOPPED);
	cr_assert_eq(chain_case_clock(&one.view, "reactie")->state, KB_CHAIN_CLOCK_STOPPED_LATE);
	REFUSED(chain_case_step(&one, CHAIN_SCHOOL, "melden", NULL), KB_ERR_STATE, "design 7",
		"melden");
	REFUSED(chain_case_about(&one, CHAIN_SCHOOL, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		KB_ERR_STATE, "design 7", "regie-aanbieden");
}

/* The engine itself holds it, whatever a route says. */
Test(case_chain, an_end_by_another_role_is_refused_also_when_a_route_has_it)
{
	struct kb_route_step loose[] = {
		{ .from = 0, .to = 3, .event = "weg", .by = KB_ROUTE_ALLEN, .rule = "C03" }
	};
	struct kb_route route = *chain_route();

	route.steps = loose;
	route.step_count = 1;
	one.view.route = &route;
	REFUSED(chain_case_step(&one, CHAIN_SWV, "weg", NULL), KB_ERR_NOT_ALLOWED, "design 7",
		"regievoerder");
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "weg", NULL), KB_OK);
}

Test(case_chain, only_the_regievoerder_makes_records)
{
	struct kb_chain_record out;
	struct kb_chain_request request = chain_request(CHAIN_SWV, "melden", one.now_utc_ms);
	struct kb_party_id swv = chain_party(CHAIN_SWV);

	REFUSED(kb_chain_next(&one.view, &request, &swv, NULL, &one.arena, &out, &one.refusal),
		KB_ERR_NOT_ALLOWED, "design 7", "regievoerder");
}

Test(case_chain, words_of_the_events_are_read_back)
{
	for (size_t i = 1; i < KB_CHAIN_KLOK; i++) {
		enum kb_chain_event event = (enum kb_chain_event)i;

		cr_assert_eq(kb_chain_event_of(kb_span_text(kb_chain_event_word(event))), event);
		cr_assert_str_not_empty(kb_chain_event_label(event));
	}
	cr_assert_eq(kb_chain_event_of(kb_span_text("klok:x")), KB_CHAIN_KLOK);
	cr_assert_eq(kb_chain_event_of(kb_span_text("klok:")), KB_CHAIN_EVENT_NONE);
	cr_assert_eq(kb_chain_event_of(KB_SPAN_NONE), KB_CHAIN_EVENT_NONE);
	cr_assert_str_eq(kb_chain_event_label(KB_CHAIN_KLOK), "");
}
