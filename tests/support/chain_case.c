/* SPDX-License-Identifier: EUPL-1.2 */
/* Parties, requests and one case in memory. */
#include <criterion/criterion.h>

#include "common/exchange/date.h"
#include "tests/support/chain_case.h"

static const struct {
	const char *party;
	enum kb_party_kind kind;
	enum kb_desk desk;
} people[CHAIN_WHO_COUNT] = {
	[CHAIN_SCHOOL] = { "00000099000000001000/11AA00", KB_PARTY_SCHOOL, KB_DESK_SCHOOL },
	[CHAIN_VO] = { "00000099000000002000/22BB00", KB_PARTY_VO, KB_DESK_SCHOOL },
	[CHAIN_SWV] = { "00000099000000003000", KB_PARTY_SWV, KB_DESK_SWV },
	[CHAIN_SWV_VO] = { "00000099000000004000", KB_PARTY_SWV, KB_DESK_SWV },
	[CHAIN_LEERPLICHT] = { "00000099000000005000", KB_PARTY_GEMEENTE, KB_DESK_LEERPLICHT },
	[CHAIN_JEUGD] = { "00000099000000006000", KB_PARTY_GEMEENTE, KB_DESK_JEUGD },
	[CHAIN_DOORSTROOM] = { "00000099000000007000", KB_PARTY_GEMEENTE, KB_DESK_DOORSTROOMPUNT },
	[CHAIN_JEUGDHULP] = { "00000099000000008000", KB_PARTY_JEUGDHULP, KB_DESK_JEUGDHULP },
	[CHAIN_PARTNER] = { "00000099000000009000", KB_PARTY_JEUGDHULP, KB_DESK_JEUGDHULP },
};

/* Parsed once: a simulation asks millions of times. */
static const struct kb_party_id *
parties(void)
{
	static struct kb_party_id parsed[CHAIN_WHO_COUNT];

	for (size_t i = 0; i < CHAIN_WHO_COUNT && kb_party_id_empty(&parsed[CHAIN_WHO_COUNT - 1]);
	     i++) {
		cr_assert_eq(kb_party_id_parse(kb_span_text(people[i].party), &parsed[i]), KB_OK);
	}
	return parsed;
}

struct kb_party_id
chain_party(enum chain_who who)
{
	return parties()[who];
}

enum kb_party_kind
chain_kind(enum chain_who who)
{
	return people[who].kind;
}

enum kb_desk
chain_desk(enum chain_who who)
{
	return people[who].desk;
}

enum chain_who
chain_who_of(const struct kb_party_id *party)
{
	const struct kb_party_id *all = parties();
	size_t who = 0;

	while (who < CHAIN_WHO_COUNT && !kb_party_id_equal(&all[who], party)) {
		who++;
	}
	return (enum chain_who)who;
}

struct kb_chain_request
chain_request(enum chain_who who, const char *event, int64_t now_utc_ms)
{
	return (struct kb_chain_request){
		.event = kb_span_text(event),
		.actor = chain_party(who),
		.actor_kind = people[who].kind,
		.actor_desk = people[who].desk,
		.person = kb_span_text("iemand die daar werkt"),
		.now_utc_ms = now_utc_ms,
	};
}

/* ---- the hash ---- */

struct mix {
	uint64_t lane[4];
	uint64_t count;
};

static void
mix_bytes(struct mix *mix, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len + sizeof(len); i++) {
		/* The length goes first, so that two fields cannot run into each other. */
		uint64_t byte = i < sizeof(len) ? len >> (8 * i) & 0xff : at[i - sizeof(len)];
		uint64_t *lane = &mix->lane[mix->count++ % 4];

		*lane = (*lane ^ byte) * 0x100000001b3u;
		*lane ^= *lane >> 29;
	}
}

static void
mix_span(struct mix *mix, struct kb_span span)
{
	mix_bytes(mix, span.at, span.len);
}

static void
mix_number(struct mix *mix, uint64_t number)
{
	mix_bytes(mix, &number, sizeof(number));
}

static void
mix_lists(struct mix *mix, const struct kb_chain_record *record)
{
	mix_number(mix, record->participant_count);
	for (size_t i = 0; i < record->participant_count; i++) {
		const struct kb_chain_participant *one = &record->participants[i];

		mix_span(mix, kb_party_id_span(&one->party));
		mix_number(mix, one->role);
		mix_span(mix, one->guest);
		mix_number(mix, (uint64_t)one->from_utc_ms);
		mix_number(mix, (uint64_t)one->until_utc_ms);
	}
	mix_number(mix, record->fact_count);
	for (size_t i = 0; i < record->fact_count; i++) {
		mix_number(mix, record->facts[i].fact);
		mix_number(mix, (uint64_t)record->facts[i].day);
		mix_span(mix, record->facts[i].people);
	}
	mix_number(mix, record->started_count);
	for (size_t i = 0; i < record->started_count; i++) {
		mix_span(mix, record->started[i].name);
		mix_number(mix, (uint64_t)record->started[i].due_utc_ms);
	}
	mix_number(mix, record->stopped_count);
	for (size_t i = 0; i < record->stopped_count; i++) {
		mix_span(mix, record->stopped[i]);
	}
}

void
chain_hash(struct kb_chain_record *record)
{
	struct mix mix = { { 0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u, 0x94d049bb133111ebu,
			     0xcbf29ce484222325u },
			   0 };

	mix_bytes(&mix, record->case_id.bytes, KB_ID_BYTES);
	mix_bytes(&mix, record->profile_hash.bytes, KB_HASH_BYTES);
	mix_span(&mix, record->route);
	mix_number(&mix, record->regie_epoch);
	mix_number(&mix, record->revision);
	mix_bytes(&mix, record->previous.bytes, KB_HASH_BYTES);
	mix_bytes(&mix, record->proposal_id.bytes, KB_ID_BYTES);
	mix_span(&mix, record->event);
	mix_span(&mix, record->state);
	mix_span(&mix, kb_party_id_span(&record->actor));
	mix_number(&mix, record->actor_desk);
	mix_span(&mix, record->person);
	mix_span(&mix, record->function);
	mix_number(&mix, (uint64_t)record->at_utc_ms);
	mix_span(&mix, kb_party_id_span(&record->regievoerder));
	mix_span(&mix, kb_party_id_span(&record->offered_to));
	mix_lists(&mix, record);
	for (size_t i = 0; i < KB_HASH_BYTES; i++) {
		/* Every byte depends on all lanes. */
		mix_number(&mix, mix.lane[i % 4] ^ mix.lane[(i + 1) % 4] << 7);
		record->hash.bytes[i] = (uint8_t)(mix.lane[i % 4] >> 32);
	}
}

int64_t
chain_at(const char *date, int32_t hours)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text(date), &day), KB_OK, "%s", date);
	return kb_date_local_start_utc_ms(day) + (int64_t)hours * 3600 * 1000;
}

/* ---- one case ---- */

void
chain_case_open(struct chain_case *one, const char *date)
{
	chain_case_open_on(one, chain_route(), date);
}

void
chain_case_open_on(struct chain_case *one, const struct kb_route *route, const char *date)
{
	static const enum chain_who joins[] = { CHAIN_SWV, CHAIN_LEERPLICHT, CHAIN_JEUGD,
						CHAIN_JEUGDHULP };
	struct kb_id id = { { 7 } };
	struct kb_hash profile = { { 9 } };

	one->now_utc_ms = chain_at(date, 10);
	struct kb_chain_request request = chain_request(CHAIN_SCHOOL, "", one->now_utc_ms);
	struct kb_chain_record *first = &one->records[one->count++];

	cr_assert_eq(kb_chain_open(route, &id, &profile, &request, KB_ROUTE_SCHOOL, one->kalender,
				   &one->arena, first, &one->refusal),
		     KB_OK);
	chain_hash(first);
	one->view.route = route;
	cr_assert_eq(kb_chain_apply(&one->view, first), KB_OK);
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		cr_assert_eq(
			chain_case_about(one, CHAIN_SCHOOL, KB_CHAIN_DEELNEMER_ERBIJ, joins[i]),
			KB_OK);
	}
}

void
chain_case_drop(struct chain_case *one)
{
	kb_arena_release(&one->arena);
}

enum kb_err
chain_case_do(struct chain_case *one, const struct kb_chain_request *request)
{
	bool takeover = kb_chain_event_of(request->event) == KB_CHAIN_REGIE_OVERNEMEN;
	const struct kb_party_id *self = takeover ? &request->actor : &one->view.regievoerder;
	struct kb_chain_record *next = &one->records[one->count];
	enum kb_err err = kb_chain_allows(&one->view, request, NULL, &one->refusal);

	cr_assert_lt(one->count, sizeof(one->records) / sizeof(one->records[0]));
	if (err == KB_OK) {
		err = kb_chain_next(&one->view, request, self, one->kalender, &one->arena, next,
				    &one->refusal);
	}
	cr_assert(err == KB_OK || one->refusal.rule != NULL, "a refusal without a rule");
	if (err == KB_OK) {
		one->count++;
		chain_hash(next);
		cr_assert_eq(kb_chain_apply(&one->view, next), KB_OK,
			     "what was made is not what replay wants");
	}
	return err;
}

enum kb_err
chain_case_step(struct chain_case *one, enum chain_who who, const char *event, const char *fact)
{
	struct kb_chain_request request = chain_request(who, event, one->now_utc_ms);
	struct kb_chain_fact written = { .day = kb_date_local_day(one->now_utc_ms) };

	request.met = UINT32_MAX;
	if (fact != NULL) {
		cr_assert(kb_fact_parse(kb_span_text(fact), &written.fact), "%s", fact);
		written.people = kb_fact_wants_people(written.fact)
					 ? kb_span_text(people[who].party)
					 : KB_SPAN_NONE;
		request.facts = &written;
		request.fact_count = 1;
	}
	return chain_case_do(one, &request);
}

enum kb_err
chain_case_about(struct chain_case *one, enum chain_who who, enum kb_chain_event event,
		 enum chain_who target)
{
	struct kb_chain_request request =
		chain_request(who, kb_chain_event_word(event), one->now_utc_ms);

	if (target != CHAIN_WHO_COUNT) {
		request.participant.party = chain_party(target);
		request.participant.role = 1u << target;
		request.participant_kind = people[target].kind;
		request.participant_desk = people[target].desk;
	}
	return chain_case_do(one, &request);
}

const struct kb_chain_view_clock *
chain_case_clock(const struct kb_chain_view *view, const char *name)
{
	for (size_t i = view->clock_count; i > 0; i--) {
		const struct kb_chain_view_clock *clock = &view->clocks[i - 1];

		if (strcmp(view->route->clocks[clock->clock].name, name) == 0) {
			return clock;
		}
	}
	return NULL;
}
