/* SPDX-License-Identifier: EUPL-1.2 */
/* What a step needs: guards and facts that stand, and what it must write down. */
#include "common/exchange/chain_internal.h"
#include "common/exchange/date.h"

enum kb_err
kb_chain_refuse(struct kb_chain_refusal *refusal, enum kb_err err, const char *rule,
		struct kb_span word)
{
	if (refusal != NULL) {
		struct kb_span part = kb_span_part(word, 0, KB_ROUTE_NAME_MAX);

		refusal->rule = rule;
		memset(refusal->word, 0, sizeof(refusal->word));
		if (part.len > 0) {
			memcpy(refusal->word, part.at, part.len);
		}
	}
	return err;
}

/* ---- facts ---- */

/* What is agreed for a day to come; every other fact has happened. */
static bool
may_be_future(enum kb_fact_nr fact)
{
	return fact == KB_FACT_NR_GESPREK_GEPLAND || fact == KB_FACT_NR_OUDERS_UITGENODIGD;
}

enum kb_err
kb_chain_check_facts(const struct kb_chain_fact *facts, size_t count, uint64_t records,
		     int64_t at_utc_ms, const char *rule, struct kb_chain_refusal *refusal)
{
	uint64_t there = 0;
	uint64_t lacking = 0;
	int32_t today = kb_date_local_day(at_utc_ms);

	for (size_t i = 0; i < count; i++) {
		const struct kb_chain_fact *fact = &facts[i];
		struct kb_span word = kb_span_text(kb_fact_word(fact->fact));
		bool people = kb_fact_wants_people(fact->fact);
		uint64_t bit = (size_t)fact->fact < KB_FACT_COUNT ? 1ull << fact->fact : 0;

		if ((records & bit) == 0 || (there & bit) != 0 ||
		    (!people && fact->people.len > 0) ||
		    (fact->day > today && !may_be_future(fact->fact))) {
			return kb_chain_refuse(refusal, KB_ERR_BAD_VALUE, rule, word);
		}
		there |= bit;
		lacking |= fact->day < KB_DAY_MIN || (people && fact->people.len == 0) ? bit : 0;
	}
	lacking |= records & ~there;
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((lacking & 1ull << i) != 0) {
			if (refusal != NULL) {
				refusal->facts = lacking;
			}
			return kb_chain_refuse(refusal, KB_ERR_INCOMPLETE, rule,
					       kb_span_text(kb_fact_word((enum kb_fact_nr)i)));
		}
	}
	return KB_OK;
}

/* A fact as it will stand after the step: written down by it, or before. */
static struct kb_chain_view_fact
fact_after(const struct kb_chain_ask *ask, enum kb_fact_nr fact)
{
	const struct kb_chain_request *request = ask->request;

	for (size_t i = 0; i < request->fact_count; i++) {
		if (request->facts[i].fact == fact) {
			return (struct kb_chain_view_fact){
				.there = true,
				.day = request->facts[i].day,
				.people = request->facts[i].people,
				.actor = request->actor,
				.person = request->person,
			};
		}
	}
	return ask->view->facts[fact];
}

/* ---- guards of the case itself ---- */

static uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static size_t
skip_blank(struct kb_span text, size_t at)
{
	while (at < text.len && (text.at[at] == ' ' || text.at[at] == '.')) {
		at++;
	}
	return at;
}

/* "J. Jansen" and "j jansen" are one person: a typing difference may not make a second reader. */
static bool
same_people(struct kb_span a, struct kb_span b)
{
	size_t i = skip_blank(a, 0);
	size_t j = skip_blank(b, 0);

	while (i < a.len && j < b.len && fold(a.at[i]) == fold(b.at[j])) {
		i = skip_blank(a, i + 1);
		j = skip_blank(b, j + 1);
	}
	return i == a.len && j == b.len;
}

/* Of a school in the case, also when it has left. */
static bool
tied_to_school(const struct kb_chain_view *view, const struct kb_party_id *party)
{
	for (size_t i = 0; i < view->participant_count; i++) {
		const struct kb_chain_participant *one = &view->participants[i];

		if (kb_party_id_equal(&one->party, party) &&
		    (one->role & (KB_ROUTE_SCHOOL | KB_ROUTE_ONTVANGEND)) != 0) {
			return true;
		}
	}
	return false;
}

/* R25: two different readers, none tied to a school of the case. */
static bool
two_people(const struct kb_chain_ask *ask)
{
	struct kb_chain_view_fact first = fact_after(ask, KB_FACT_NR_EERSTE_LEZER);
	struct kb_chain_view_fact second = fact_after(ask, KB_FACT_NR_TWEEDE_LEZER);

	return first.there && second.there && !same_people(first.people, second.people) &&
	       !tied_to_school(ask->view, &first.actor) &&
	       !tied_to_school(ask->view, &second.actor);
}

/* R02, R24: whether the parents were there is written down. */
static bool
parents_known(const struct kb_chain_ask *ask)
{
	return fact_after(ask, KB_FACT_NR_OUDERS_AANWEZIG).there ||
	       fact_after(ask, KB_FACT_NR_OUDERS_AFWEZIG).there;
}

static enum kb_err
check_guards(const struct kb_chain_ask *ask, const struct kb_route_step *step)
{
	uint32_t met = ask->request->met & ~KB_GUARDS_OF_CASE;
	uint32_t wanted = step->guards | (step->letter != 0 ? KB_GUARD_BRIEF_GEDAAN : 0u);

	met |= two_people(ask) ? KB_GUARD_TWEE_PERSONEN : 0u;
	met |= parents_known(ask) ? KB_GUARD_AANWEZIGHEID_OUDERS : 0u;
	for (size_t i = 0; i < KB_GUARD_COUNT; i++) {
		uint32_t guard = 1u << i;

		if ((wanted & ~met & guard) == 0) {
			continue;
		}
		if (ask->refusal != NULL) {
			ask->refusal->guards = wanted & ~met;
		}
		/* What the case itself judges has more rules in the table: the step knows which of them. */
		return kb_chain_refuse(
			ask->refusal,
			guard == KB_GUARD_TOESTEMMING ? KB_ERR_NO_CONSENT : KB_ERR_INCOMPLETE,
			(guard & KB_GUARDS_OF_CASE) != 0 ? step->rule : kb_guard_rule(guard),
			kb_span_text(kb_guard_word(guard)));
	}
	return KB_OK;
}

static enum kb_err
check_standing(const struct kb_chain_ask *ask, const struct kb_route_step *step)
{
	uint64_t lacking = 0;

	for (size_t i = KB_FACT_COUNT; i > 0; i--) {
		uint64_t bit = 1ull << (i - 1);

		if ((step->facts & bit) != 0 && !ask->view->facts[i - 1].there) {
			lacking |= bit;
			kb_ignore(kb_chain_refuse(
					  ask->refusal, KB_ERR_INCOMPLETE, step->rule,
					  kb_span_text(kb_fact_word((enum kb_fact_nr)(i - 1)))),
				  "only written down here");
		}
	}
	if (ask->refusal != NULL && lacking != 0) {
		ask->refusal->facts = lacking;
	}
	return lacking != 0 ? KB_ERR_INCOMPLETE : KB_OK;
}

enum kb_err
kb_chain_check_step(const struct kb_chain_ask *ask, const struct kb_route_step *step)
{
	const struct kb_chain_request *request = ask->request;
	enum kb_err err = KB_OK;

	if (step->function != NULL &&
	    !kb_span_equal(request->function, kb_span_text(step->function))) {
		return kb_chain_refuse(ask->refusal, KB_ERR_NOT_ALLOWED, step->rule,
				       kb_span_text(step->function));
	}
	if (kb_chain_closes(ask->view->route, step) && (ask->roles & KB_ROUTE_REGIEVOERDER) == 0) {
		return kb_chain_refuse(ask->refusal, KB_ERR_NOT_ALLOWED, KB_CHAIN_RULE,
				       kb_span_text("regievoerder"));
	}
	err = check_guards(ask, step);
	if (err == KB_OK) {
		err = check_standing(ask, step);
	}
	if (err == KB_OK) {
		err = kb_chain_check_facts(request->facts, request->fact_count, step->records,
					   request->now_utc_ms, step->rule, ask->refusal);
	}
	return err;
}
