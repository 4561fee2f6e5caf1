/* SPDX-License-Identifier: EUPL-1.2 */
/* Case records, proposals and profiles: through the structs of the chain and back, and every rule of the contract broken once. */
#include "common/crypto/hash.h"
#include "common/exchange/date.h"
#include "common/exchange/kinds.h"
#include "common/wire/prescan.h"
#include "common/wire/wire_codec.h"
#include "common/wire/zaak_schema.h"
#include "tests/golden/wire_samples.h"

#include <criterion/criterion.h>

#define ROUNDS 60
#define AT_UTC_MS 1795300000000ll
#define CLEAR(member) memset(&(member), 0, sizeof(member))
#define WORD(text) kb_span_text(text)

static struct kb_party_id
party(const char *text)
{
	struct kb_party_id id;

	cr_assert_eq(kb_party_id_parse(kb_span_text(text), &id), KB_OK);
	return id;
}

static int32_t
day_of(uint32_t number)
{
	int32_t day = 0;

	cr_assert_eq(kb_date_of_number(number, &day), KB_OK);
	return day;
}

/* A record with one of everything, whose lists a test may change. */
struct full {
	struct kb_chain_participant participants[KB_CHAIN_PARTICIPANTS_MAX + 1];
	struct kb_chain_fact facts[KB_CHAIN_FACTS_MAX + 1];
	struct kb_chain_clock started[KB_ROUTE_CLOCKS_MAX + 1];
	struct kb_span stopped[KB_ROUTE_CLOCKS_MAX + 1];
	struct kb_chain_record record;
};

static struct full *
full_record(void)
{
	static struct full full;
	struct kb_chain_record *record = &full.record;

	memset(&full, 0, sizeof(full));
	full.participants[0] =
		(struct kb_chain_participant){ .party = party("00000099000000001000/12AB00"),
					       .role = KB_ROUTE_SCHOOL,
					       .from_utc_ms = AT_UTC_MS };
	full.participants[1] = (struct kb_chain_participant){ .guest = WORD("Praktijk De Brug"),
							      .role = KB_ROUTE_PARTNER,
							      .from_utc_ms = AT_UTC_MS,
							      .until_utc_ms = AT_UTC_MS + 1 };
	full.facts[0] = (struct kb_chain_fact){ .fact = KB_FACT_NR_OUDERS_UITGENODIGD,
						.day = day_of(20260731) };
	full.facts[1] = (struct kb_chain_fact){ .fact = KB_FACT_NR_OVERLEG_GEHOUDEN,
						.day = day_of(20260801),
						.people = WORD("Iris, Zoë") };
	full.started[0] = (struct kb_chain_clock){ WORD("terugkoppeling"), AT_UTC_MS + 5 };
	full.stopped[0] = WORD("uitnodiging");
	memset(&record->case_id, 7, sizeof(record->case_id));
	memset(&record->profile_hash, 8, sizeof(record->profile_hash));
	memset(&record->previous, 9, sizeof(record->previous));
	memset(&record->proposal_id, 10, sizeof(record->proposal_id));
	record->route = WORD("doa");
	record->regie_epoch = 2;
	record->revision = 5;
	record->event = WORD("klok:uitnodiging");
	record->state = WORD("advies-gegeven");
	record->actor = full.participants[0].party;
	record->actor_desk = KB_DESK_SCHOOL;
	record->person = WORD("a.jansen");
	record->function = WORD("intern begeleider");
	record->at_utc_ms = AT_UTC_MS;
	record->regievoerder = full.participants[0].party;
	record->offered_to = party("00000099000000002000");
	record->participants = full.participants;
	record->participant_count = 2;
	record->facts = full.facts;
	record->fact_count = 2;
	record->started = full.started;
	record->started_count = 1;
	record->stopped = full.stopped;
	record->stopped_count = 1;
	return &full;
}

static enum kb_err
encode_record(struct kb_chain_record *record, struct kb_buf *out)
{
	kb_buf_clear(out);
	return kb_chain_record_encode(record, out);
}

Test(zaak, a_record_comes_back_whole_with_the_hash_of_its_bytes)
{
	struct full *full = full_record();
	struct kb_chain_record back = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_buf again = { 0 };
	struct kb_hash hash;
	uint8_t label[] = "ketenbode/v1/zaakregel";

	cr_assert_eq(encode_record(&full->record, &bytes), KB_OK);
	cr_assert_eq(kb_chain_record_decode(kb_buf_span(&bytes), &arena, &back), KB_OK);
	const struct kb_span parts[] = { kb_span(label, sizeof(label)), kb_buf_span(&bytes) };

	kb_sha256_parts(parts, 2, &hash);
	cr_assert(kb_hash_equal(&hash, &back.hash));
	cr_assert(kb_hash_equal(&hash, &full->record.hash));
	cr_assert_eq(back.participant_count, 2);
	cr_assert_eq(back.participants[0].role, (uint32_t)KB_ROUTE_SCHOOL);
	cr_assert_eq(back.participants[1].role, (uint32_t)KB_ROUTE_PARTNER);
	cr_assert(kb_span_equal(back.participants[1].guest, WORD("Praktijk De Brug")));
	cr_assert_eq(back.participants[1].until_utc_ms, AT_UTC_MS + 1);
	cr_assert_eq(back.fact_count, 2);
	cr_assert_eq(back.facts[0].fact, KB_FACT_NR_OUDERS_UITGENODIGD);
	cr_assert_eq(back.facts[0].day, day_of(20260731));
	cr_assert_eq(back.facts[1].fact, KB_FACT_NR_OVERLEG_GEHOUDEN);
	cr_assert(kb_span_equal(back.facts[1].people, WORD("Iris, Zoë")));
	cr_assert(kb_span_equal(back.event, WORD("klok:uitnodiging")));
	cr_assert(kb_span_equal(back.started[0].name, WORD("terugkoppeling")));
	cr_assert_eq(back.started[0].due_utc_ms, AT_UTC_MS + 5);
	cr_assert(kb_span_equal(back.stopped[0], WORD("uitnodiging")));
	cr_assert_eq(back.actor_desk, (uint32_t)KB_DESK_SCHOOL);
	cr_assert(kb_party_id_equal(&back.offered_to, &full->record.offered_to));
	cr_assert_eq(encode_record(&back, &again), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_buf_span(&again)));
	kb_buf_release(&bytes);
	kb_buf_release(&again);
	kb_arena_release(&arena);
}

Test(zaak, the_hash_is_of_what_this_record_added_to_the_buffer)
{
	struct full *full = full_record();
	struct kb_buf bytes = { 0 };
	struct kb_hash alone;

	cr_assert_eq(kb_chain_record_encode(&full->record, &bytes), KB_OK);
	alone = full->record.hash;
	cr_assert_eq(kb_chain_record_encode(&full->record, &bytes), KB_OK);
	cr_assert(kb_hash_equal(&alone, &full->record.hash));
	kb_buf_release(&bytes);
}

/* Every sample of the form on the wire goes through the structs of the chain without losing a byte. */
Test(zaak, whatever_the_wire_takes_the_chain_gives_back)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct kb_arena arena = { 0 };
		struct kb_buf bytes = { 0 };
		struct kb_buf again = { 0 };
		struct kb_chain_record record = { 0 };
		struct kb_zaak_voorstel voorstel = { 0 };

		cr_assert_eq(kb_wire_encode(&kb_schema_wire_regel,
					    kb_sample_make(&kb_schema_wire_regel, seed, &arena),
					    &bytes),
			     KB_OK);
		cr_assert_eq(kb_chain_record_decode(kb_buf_span(&bytes), &arena, &record), KB_OK);
		cr_assert_eq(kb_chain_record_encode(&record, &again), KB_OK);
		cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_buf_span(&again)));
		kb_buf_clear(&bytes);
		kb_buf_clear(&again);
		cr_assert_eq(kb_wire_encode(&kb_schema_wire_voorstel,
					    kb_sample_make(&kb_schema_wire_voorstel, seed, &arena),
					    &bytes),
			     KB_OK);
		cr_assert_eq(kb_zaak_voorstel_decode(kb_buf_span(&bytes), &arena, &voorstel),
			     KB_OK);
		cr_assert_eq(kb_zaak_voorstel_encode(&voorstel, &again), KB_OK);
		cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_buf_span(&again)));
		kb_buf_release(&bytes);
		kb_buf_release(&again);
		kb_arena_release(&arena);
	}
}

Test(zaak, a_record_cut_at_any_byte_or_with_a_byte_more_is_refused)
{
	struct full *full = full_record();
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_chain_record untouched;
	struct kb_chain_record out;
	uint8_t more[] = { 0x08 };

	memset(&out, 0x5a, sizeof(out));
	untouched = out;
	cr_assert_eq(encode_record(&full->record, &bytes), KB_OK);
	for (size_t len = 0; len < bytes.len; len++) {
		enum kb_err err = kb_chain_record_decode(kb_span_part(kb_buf_span(&bytes), 0, len),
							 &arena, &out);

		/* Between two of the lists at the end, what is left is a shorter record; its hash is another. */
		cr_assert(err != KB_OK || !kb_hash_equal(&out.hash, &full->record.hash), "at %zu",
			  len);
		if (err != KB_OK) {
			cr_assert_eq(memcmp(&out, &untouched, sizeof(out)), 0, "at %zu", len);
		}
		out = untouched;
		kb_arena_clear(&arena);
	}
	cr_assert_eq(kb_buf_put(&bytes, KB_SPAN_OF(more)), KB_OK);
	cr_assert_neq(kb_chain_record_decode(kb_buf_span(&bytes), &arena, &out), KB_OK);
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}

#define REFUSE(expected, statement)                                                                \
	do {                                                                                       \
		struct full *full = full_record();                                                 \
		struct kb_chain_record *r = &full->record;                                         \
		struct kb_buf out_ = { 0 };                                                        \
		statement;                                                                         \
		cr_expect_eq(kb_chain_record_encode(r, &out_), (expected), #statement);            \
		cr_expect_eq(out_.len, 0, #statement);                                             \
		kb_buf_release(&out_);                                                             \
	} while (0)
#define TAKE(statement)                                                                            \
	do {                                                                                       \
		struct full *full = full_record();                                                 \
		struct kb_chain_record *r = &full->record;                                         \
		struct kb_buf out_ = { 0 };                                                        \
		statement;                                                                         \
		cr_expect_eq(kb_chain_record_encode(r, &out_), KB_OK, #statement);                 \
		kb_buf_release(&out_);                                                             \
	} while (0)

static char letters[1024];

static struct kb_span
letters_of(size_t len)
{
	memset(letters, 'a', sizeof(letters));
	return kb_span(letters, len);
}

Test(zaak, the_head_of_a_record)
{
	TAKE((r->revision = 1, CLEAR(r->previous)));
	TAKE((r->person = KB_SPAN_NONE, r->function = KB_SPAN_NONE, r->actor_desk = 0));
	TAKE((CLEAR(r->proposal_id), CLEAR(r->offered_to)));
	REFUSE(KB_ERR_BAD_VALUE, r->revision = 1);
	REFUSE(KB_ERR_BAD_VALUE, CLEAR(r->previous));
	REFUSE(KB_ERR_BAD_VALUE, r->revision = 0);
	REFUSE(KB_ERR_BAD_VALUE, r->regie_epoch = 0);
	REFUSE(KB_ERR_BAD_VALUE, CLEAR(r->case_id));
	REFUSE(KB_ERR_BAD_VALUE, CLEAR(r->profile_hash));
	REFUSE(KB_ERR_BAD_VALUE, CLEAR(r->actor));
	REFUSE(KB_ERR_BAD_VALUE, CLEAR(r->regievoerder));
	REFUSE(KB_ERR_BAD_VALUE, r->actor_desk = KB_DESK_COUNT);
	REFUSE(KB_ERR_BAD_VALUE, r->function = KB_SPAN_NONE);
	REFUSE(KB_ERR_BAD_TEXT, r->person = kb_span("\xc3\x28", 2));
	REFUSE(KB_ERR_BAD_VALUE, r->at_utc_ms = 0);
	REFUSE(KB_ERR_BAD_VALUE, r->at_utc_ms = -1);
	REFUSE(KB_ERR_BAD_VALUE, r->at_utc_ms = KB_WIRE_TIME_UTC_MS_MAX + 1);
	REFUSE(KB_ERR_OVERSIZE, r->person = letters_of(KB_WIRE_PERSON_BYTES_MAX + 1));
}

Test(zaak, the_words_of_a_route)
{
	TAKE(r->route = letters_of(KB_ROUTE_NAME_MAX));
	TAKE(r->event = WORD("uitnodigen"));
	REFUSE(KB_ERR_OVERSIZE, r->route = letters_of(KB_ROUTE_NAME_MAX + 1));
	REFUSE(KB_ERR_BAD_VALUE, r->route = KB_SPAN_NONE);
	REFUSE(KB_ERR_BAD_TEXT, r->route = WORD("Doa"));
	REFUSE(KB_ERR_BAD_TEXT, r->state = WORD("../doa"));
	REFUSE(KB_ERR_BAD_TEXT, r->state = WORD("klok:uitnodiging"));
	REFUSE(KB_ERR_BAD_TEXT, r->event = WORD("klok:"));
	REFUSE(KB_ERR_BAD_TEXT, r->event = WORD("klok:a:b"));
	REFUSE(KB_ERR_BAD_TEXT, r->event = letters_of(KB_ROUTE_NAME_MAX + 1));
	REFUSE(KB_ERR_BAD_TEXT, r->event = WORD("ouders uitnodigen"));
	REFUSE(KB_ERR_BAD_TEXT, full->started[0].name = WORD("Term"));
	REFUSE(KB_ERR_BAD_TEXT, full->stopped[0] = WORD("té-lang"));
}

Test(zaak, who_takes_part)
{
	TAKE(r->participant_count = 1);
	TAKE((full->participants[1] = full->participants[0],
	      full->participants[0].until_utc_ms = AT_UTC_MS + 9));
	REFUSE(KB_ERR_BAD_VALUE, r->participant_count = 0);
	REFUSE(KB_ERR_OVERSIZE, r->participant_count = KB_CHAIN_PARTICIPANTS_MAX + 1);
	REFUSE(KB_ERR_BAD_VALUE, full->participants[1] = full->participants[0]);
	REFUSE(KB_ERR_BAD_VALUE, full->participants[0].role = 0);
	REFUSE(KB_ERR_BAD_VALUE, full->participants[0].role = KB_ROUTE_INBRENGER);
	REFUSE(KB_ERR_BAD_VALUE, full->participants[0].role = KB_ROUTE_ALLEN);
	REFUSE(KB_ERR_BAD_VALUE,
	       full->participants[0].role = (uint32_t)(KB_ROUTE_SCHOOL | KB_ROUTE_SWV));
	REFUSE(KB_ERR_BAD_VALUE, full->participants[0].role = 1u << 31);
	REFUSE(KB_ERR_BAD_VALUE, CLEAR(full->participants[0].party));
	REFUSE(KB_ERR_BAD_VALUE, full->participants[0].guest = WORD("De Brug"));
	REFUSE(KB_ERR_BAD_VALUE, full->participants[0].from_utc_ms = 0);
	REFUSE(KB_ERR_BAD_VALUE, full->participants[1].until_utc_ms = AT_UTC_MS - 1);
	REFUSE(KB_ERR_OVERSIZE,
	       full->participants[1].guest = letters_of(KB_WIRE_NAME_BYTES_MAX + 1));
}

Test(zaak, facts_and_clocks)
{
	TAKE((r->fact_count = 0, r->started_count = 0, r->stopped_count = 0));
	/* Stopped and started anew in one step. */
	TAKE(full->stopped[0] = full->started[0].name);
	REFUSE(KB_ERR_BAD_VALUE, full->facts[1].people = KB_SPAN_NONE);
	REFUSE(KB_ERR_BAD_VALUE, full->facts[0].people = WORD("Iris"));
	REFUSE(KB_ERR_BAD_VALUE, full->facts[1] = full->facts[0]);
	REFUSE(KB_ERR_BAD_VALUE, full->facts[0].fact = (enum kb_fact_nr)KB_FACT_COUNT);
	REFUSE(KB_ERR_BAD_VALUE, full->facts[0].day = KB_DAY_NONE);
	REFUSE(KB_ERR_BAD_VALUE, full->facts[0].day = day_of(19000101) - 1);
	REFUSE(KB_ERR_OVERSIZE, full->facts[1].people = letters_of(KB_WIRE_PEOPLE_BYTES_MAX + 1));
	REFUSE(KB_ERR_OVERSIZE, r->fact_count = KB_CHAIN_FACTS_MAX + 1);
	REFUSE(KB_ERR_BAD_VALUE, (full->started[1] = full->started[0], r->started_count = 2));
	REFUSE(KB_ERR_BAD_VALUE, (full->stopped[1] = full->stopped[0], r->stopped_count = 2));
	REFUSE(KB_ERR_BAD_VALUE, full->started[0].due_utc_ms = 0);
	REFUSE(KB_ERR_OVERSIZE, r->started_count = KB_ROUTE_CLOCKS_MAX + 1);
	REFUSE(KB_ERR_OVERSIZE, r->stopped_count = KB_ROUTE_CLOCKS_MAX + 1);
}

/* What encode refuses, decode refuses too: the bytes are written without asking the rules. */
#define REFUSE_BYTES(T, seed, expected, statement)                                                 \
	do {                                                                                       \
		struct kb_arena arena_ = { 0 };                                                    \
		struct kb_buf out_ = { 0 };                                                        \
		struct kb_##T *m = kb_sample_make(&kb_schema_##T, (seed), &arena_);                \
		void *back_ = kb_arena_alloc(&arena_, sizeof(*m));                                 \
		statement;                                                                         \
		cr_expect_eq(kb_wire_check(&kb_schema_##T, m), (expected), #statement);            \
		cr_expect_eq(kb_wire_write(&kb_schema_##T, m, &out_), KB_OK, #statement);          \
		cr_expect_eq(kb_wire_decode(&kb_schema_##T, kb_buf_span(&out_), &arena_, back_),   \
			     (expected), #statement);                                              \
		kb_buf_release(&out_);                                                             \
		kb_arena_release(&arena_);                                                         \
	} while (0)

Test(zaak, decode_judges_by_the_same_rules)
{
	REFUSE_BYTES(wire_regel, 1, KB_ERR_BAD_VERSION, m->versie = 2);
	REFUSE_BYTES(wire_regel, 1, KB_ERR_BAD_VERSION, m->versie = 0);
	REFUSE_BYTES(wire_regel, 1, KB_ERR_BAD_TEXT, m->route = WORD("DOA"));
	REFUSE_BYTES(wire_regel, 1, KB_ERR_BAD_VALUE, m->deelnemers[0].rol = 10);
	REFUSE_BYTES(wire_regel, 1, KB_ERR_BAD_VALUE, m->loket = KB_DESK_COUNT);
	REFUSE_BYTES(wire_regel, 1, KB_ERR_BAD_VALUE, (m->revisie = 1, m->vorige.bytes[0] = 1));
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_VALUE, m->voldaan = KB_GUARD_TWEE_PERSONEN);
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_VALUE, m->voldaan = 1u << KB_GUARD_COUNT);
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_VALUE, CLEAR(m->voorstel_id));
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_VALUE, m->revisie = 0);
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_VALUE, m->regie_epoche = 0);
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_TEXT, m->gebeurtenis = WORD("Advies"));
	REFUSE_BYTES(wire_voorstel, 3, KB_ERR_BAD_VALUE,
		     (m->has_deelnemer = true, CLEAR(m->deelnemer)));
	REFUSE_BYTES(zaak_regels, 1, KB_ERR_BAD_VALUE, m->regel_count = 0);
	REFUSE_BYTES(zaak_regels, 1, KB_ERR_BAD_VALUE, m->regels[0] = KB_SPAN_NONE);
	REFUSE_BYTES(zaak_weigering, 1, KB_ERR_BAD_VALUE, CLEAR(m->proposal_id));
	REFUSE_BYTES(zaak_weigering, 1, KB_ERR_BAD_VALUE, m->reason = 0);
	REFUSE_BYTES(zaak_weigering, 1, KB_ERR_BAD_VALUE, m->rule = KB_SPAN_NONE);
	REFUSE_BYTES(zaak_opvraag, 1, KB_ERR_BAD_VALUE, memset(m, 0, sizeof(*m)));
	REFUSE_BYTES(zaak_opvraag, 1, KB_ERR_BAD_VALUE,
		     (memset(m, 0, sizeof(*m)), m->revision = 3));
	REFUSE_BYTES(zaak_opvraag, 1, KB_ERR_BAD_VALUE,
		     (memset(m, 1, sizeof(*m)), m->regie_epoch = 1));
	REFUSE_BYTES(zaak_opvraag, 1, KB_ERR_BAD_VALUE,
		     (memset(m, 1, sizeof(*m)), m->regie_epoch = 0));
	REFUSE_BYTES(zaak_bewijs, 2, KB_ERR_BAD_VALUE, m->salt = KB_SPAN_NONE);
	REFUSE_BYTES(zaak_bewijs, 2, KB_ERR_BAD_VALUE, m->seal = KB_SPAN_NONE);
	REFUSE_BYTES(zaak_bewijs, 2, KB_ERR_BAD_VALUE, m->body = KB_SPAN_NONE);
	REFUSE_BYTES(zaak_bewijs, 2, KB_ERR_BAD_VALUE, m->header = KB_SPAN_NONE);
	REFUSE_BYTES(zaak_bewijs, 2, KB_ERR_BAD_VALUE, m->salt.len--);
	REFUSE_BYTES(zaak_bewijs, 2, KB_ERR_BAD_VALUE, (memset(m, 0, sizeof(*m)), m->left = 2));
	REFUSE_BYTES(profiel, 1, KB_ERR_BAD_VALUE, m->file_count = 0);
	REFUSE_BYTES(profiel, 1, KB_ERR_BAD_VALUE, CLEAR(m->swv));
	REFUSE_BYTES(profiel, 1, KB_ERR_BAD_VALUE, m->key_version = 0);
}

static void
name_files(struct kb_profiel *profiel, struct kb_profiel_bestand *files, const char *first,
	   const char *second)
{
	files[0] = (struct kb_profiel_bestand){ kb_span_text(first), WORD("[route]") };
	files[1] = (struct kb_profiel_bestand){ kb_span_text(second), WORD("[regio]") };
	profiel->files = files;
	profiel->file_count = 2;
}

Test(zaak, the_files_of_a_profile_are_plain_names_in_order)
{
	static const struct {
		const char *first;
		const char *second;
		enum kb_err expected;
	} cases[] = {
		{ "doa.route", "profile.ini", KB_OK },
		{ "doa.ini", "doa.route", KB_OK },
		{ "doa-klein.route", "doa.route", KB_OK },
		{ "profile.ini", "doa.route", KB_ERR_NOT_CANONICAL },
		{ "doa.route", "doa.route", KB_ERR_NOT_CANONICAL },
		{ "../doa.route", "profile.ini", KB_ERR_BAD_TEXT },
		{ ".route", "profile.ini", KB_ERR_BAD_TEXT },
		{ "doa", "profile.ini", KB_ERR_BAD_TEXT },
		{ "a/b.route", "profile.ini", KB_ERR_BAD_TEXT },
		{ "doa.zegel", "profile.ini", KB_ERR_BAD_TEXT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kb_arena arena = { 0 };
		struct kb_buf bytes = { 0 };
		struct kb_profiel_bestand files[2];
		struct kb_profiel *profiel = kb_sample_make(&kb_schema_profiel, 1, &arena);
		struct kb_profiel back;

		name_files(profiel, files, cases[i].first, cases[i].second);
		cr_expect_eq(kb_profiel_encode(profiel, &bytes), cases[i].expected, "%s, %s",
			     cases[i].first, cases[i].second);
		kb_buf_clear(&bytes);
		cr_assert_eq(kb_wire_write(&kb_schema_profiel, profiel, &bytes), KB_OK);
		cr_expect_eq(kb_profiel_decode(kb_buf_span(&bytes), &arena, &back),
			     cases[i].expected, "%s, %s", cases[i].first, cases[i].second);
		kb_buf_release(&bytes);
		kb_arena_release(&arena);
	}
}

Test(zaak, a_proposal_without_a_participant_and_with_one)
{
	struct kb_chain_fact fact = { .fact = KB_FACT_NR_GESPREK_GEHOUDEN,
				      .day = day_of(20260901),
				      .people = WORD("Iris, Zoë") };
	struct kb_zaak_voorstel in = { .regie_epoch = 1,
				       .revision = 4,
				       .event = WORD("deelnemer-erbij"),
				       .met = KB_GUARD_TOESTEMMING | KB_GUARD_KOUD_MAG,
				       .at_utc_ms = AT_UTC_MS,
				       .facts = &fact,
				       .fact_count = 1 };
	struct kb_zaak_voorstel out = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };

	memset(&in.proposal_id, 3, sizeof(in.proposal_id));
	cr_assert_eq(kb_zaak_voorstel_encode(&in, &bytes), KB_OK);
	cr_assert_eq(kb_zaak_voorstel_decode(kb_buf_span(&bytes), &arena, &out), KB_OK);
	cr_assert_not(out.has_participant);
	cr_assert_eq(out.met, in.met);
	cr_assert_eq(out.facts[0].day, fact.day);
	cr_assert(kb_span_equal(out.facts[0].people, fact.people));
	kb_buf_clear(&bytes);
	in.has_participant = true;
	in.participant.party = party("00000099000000002000");
	in.participant.role = KB_ROUTE_JEUGDHULP;
	cr_assert_eq(kb_zaak_voorstel_encode(&in, &bytes), KB_OK);
	cr_assert_eq(kb_zaak_voorstel_decode(kb_buf_span(&bytes), &arena, &out), KB_OK);
	cr_assert(out.has_participant);
	cr_assert_eq(out.participant.role, (uint32_t)KB_ROUTE_JEUGDHULP);
	cr_assert(kb_party_id_equal(&out.participant.party, &in.participant.party));
	kb_buf_clear(&bytes);
	in.fact_count = KB_CHAIN_FACTS_MAX + 1;
	cr_assert_eq(kb_zaak_voorstel_encode(&in, &bytes), KB_ERR_OVERSIZE);
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}

/* The largest record that the limits allow fits its size, and the chain of a whole case in content of a kind. */
Test(zaak, the_largest_record_fits)
{
	static char names[KB_ROUTE_CLOCKS_MAX][KB_ROUTE_NAME_MAX];
	struct full *full = full_record();
	struct kb_chain_record *record = &full->record;
	struct kb_buf bytes = { 0 };

	record->participant_count = KB_CHAIN_PARTICIPANTS_MAX;
	for (size_t i = 0; i < record->participant_count; i++) {
		full->participants[i] = full->participants[1];
		full->participants[i].guest = letters_of(KB_WIRE_NAME_BYTES_MAX);
		full->participants[i].until_utc_ms = KB_WIRE_TIME_UTC_MS_MAX;
	}
	record->fact_count = 0;
	for (uint32_t fact = 0; record->fact_count < KB_CHAIN_FACTS_MAX && fact < KB_FACT_COUNT;
	     fact++) {
		bool people = kb_fact_wants_people((enum kb_fact_nr)fact);

		full->facts[record->fact_count++] = (struct kb_chain_fact){
			.fact = (enum kb_fact_nr)fact,
			.day = day_of(99991231),
			.people = people ? letters_of(KB_WIRE_PEOPLE_BYTES_MAX) : KB_SPAN_NONE
		};
	}
	record->started_count = KB_ROUTE_CLOCKS_MAX;
	record->stopped_count = KB_ROUTE_CLOCKS_MAX;
	for (size_t i = 0; i < KB_ROUTE_CLOCKS_MAX; i++) {
		memset(names[i], (int)('a' + i), sizeof(names[i]));
		full->stopped[i] = KB_SPAN_OF(names[i]);
		full->started[i] =
			(struct kb_chain_clock){ full->stopped[i], KB_WIRE_TIME_UTC_MS_MAX };
	}
	cr_assert_eq(encode_record(record, &bytes), KB_OK);
	cr_assert_leq(bytes.len, KB_WIRE_REGEL_BYTES_MAX);
	kb_buf_release(&bytes);
}

Test(zaak, too_many_records_are_refused_before_memory_is_taken)
{
	static struct kb_span spans[KB_CHAIN_RECORDS_MAX + 1];
	struct kb_zaak_regels regels = { spans, KB_CHAIN_RECORDS_MAX };
	struct kb_zaak_regels back;
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };

	for (size_t i = 0; i <= KB_CHAIN_RECORDS_MAX; i++) {
		spans[i] = WORD("regel");
	}
	cr_assert_eq(kb_zaak_regels_encode(&regels, &bytes), KB_OK);
	cr_assert_eq(kb_zaak_regels_decode(kb_buf_span(&bytes), &arena, &back), KB_OK);
	cr_assert_eq(back.regel_count, KB_CHAIN_RECORDS_MAX);
	kb_arena_release(&arena);
	regels.regel_count++;
	kb_buf_clear(&bytes);
	cr_assert_eq(kb_zaak_regels_encode(&regels, &bytes), KB_ERR_OVERSIZE);
	cr_assert_eq(kb_wire_write(&kb_schema_zaak_regels, &regels, &bytes), KB_OK);
	cr_assert_eq(kb_zaak_regels_decode(kb_buf_span(&bytes), &arena, &back), KB_ERR_OVERSIZE);
	cr_assert_eq(arena.used_bytes, 0);
	kb_buf_release(&bytes);
}

/* What the table of kinds lets in is what the wire can hold. */
Test(zaak, the_kinds_hold_what_their_messages_can_be)
{
	static const struct {
		enum kb_kind kind;
		const struct kb_wire_schema *schema;
	} contents[] = {
		{ KB_KIND_ZAAK_REGEL, &kb_schema_zaak_regels },
		{ KB_KIND_ZAAK_VOORSTEL, &kb_schema_wire_voorstel },
		{ KB_KIND_ZAAK_WEIGERING, &kb_schema_zaak_weigering },
		{ KB_KIND_ZAAK_OPVRAAG, &kb_schema_zaak_opvraag },
		{ KB_KIND_PROFIEL, &kb_schema_profiel },
		{ KB_KIND_ZAAK_BEWIJS, &kb_schema_zaak_bewijs },
		{ KB_KIND_ZAAK_HERSTEL, &kb_schema_zaak_opvraag },
	};

	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		const struct kb_kind_row *row = kb_kind_find((uint32_t)contents[i].kind);

		cr_assert_not_null(row);
		cr_assert_eq(row->form, KB_CONTENT_CASE);
		cr_assert_eq(row->content_bytes_max, contents[i].schema->bytes_max, "%s",
			     kb_kind_name((uint32_t)contents[i].kind));
	}
}
