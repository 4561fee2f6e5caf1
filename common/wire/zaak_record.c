/* SPDX-License-Identifier: EUPL-1.2 */
/* Case records and proposals: from the numbers and dates of the wire to the chain of common/exchange and back, and the hash. */
#include "common/crypto/hash.h"
#include "common/exchange/date.h"
#include "common/wire/wire_codec.h"
#include "common/wire/zaak_schema.h"

#define LABEL_OF_RECORD "ketenbode/v1/zaakregel"

/* ---- the hash of a record ---- */

void
kb_chain_record_hash(struct kb_span bytes, struct kb_hash *out)
{
	/* The NUL of the literal is part of what is hashed. */
	const struct kb_span parts[] = { kb_span(LABEL_OF_RECORD, sizeof(LABEL_OF_RECORD)), bytes };

	kb_sha256_parts(parts, 2, out);
}

/* ---- parts of both messages ---- */

/* 0 for no role; more than one bit or one that nobody holds gives a number that the rules refuse. */
static uint32_t
number_of_role(uint32_t role)
{
	uint32_t number = 0;

	if (role == 0) {
		return 0;
	}
	if ((role & (role - 1)) != 0) {
		return UINT32_MAX;
	}
	while (role != 0) {
		role >>= 1;
		number++;
	}
	return number;
}

static struct kb_chain_participant
take_participant(const struct kb_wire_deelnemer *from)
{
	struct kb_chain_participant to = { .party = from->party,
					   .role = from->rol == 0 ? 0 : 1u << (from->rol - 1),
					   .guest = from->gast,
					   .from_utc_ms = from->van_utc_ms,
					   .until_utc_ms = from->tot_utc_ms };

	return to;
}

static struct kb_wire_deelnemer
give_participant(const struct kb_chain_participant *from)
{
	struct kb_wire_deelnemer to = { .party = from->party,
					.rol = number_of_role(from->role),
					.gast = from->guest,
					.van_utc_ms = from->from_utc_ms,
					.tot_utc_ms = from->until_utc_ms };

	return to;
}

/* The dates were checked; NULL: no memory. An empty list is not NULL but of no use. */
static struct kb_chain_fact *
take_facts(const struct kb_wire_feit *from, size_t count, struct kb_arena *arena)
{
	struct kb_chain_fact *to = kb_arena_alloc(arena, (count + 1) * sizeof(*to));

	for (size_t i = 0; to != NULL && i < count; i++) {
		to[i].fact = (enum kb_fact_nr)(from[i].feit - 1);
		to[i].people = from[i].personen;
		if (kb_date_of_number(from[i].datum, &to[i].day) != KB_OK) {
			KB_INVARIANT(false);
		}
	}
	return to;
}

static enum kb_err
give_facts(const struct kb_chain_fact *from, size_t count, struct kb_wire_feit *to)
{
	if (count > KB_CHAIN_FACTS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	for (size_t i = 0; i < count; i++) {
		to[i].feit = (uint32_t)from[i].fact + 1;
		to[i].datum = kb_date_number(from[i].day);
		to[i].personen = from[i].people;
	}
	return KB_OK;
}

/* ---- case records ---- */

static enum kb_err
take_lists(const struct kb_wire_regel *from, struct kb_arena *arena, struct kb_chain_record *to)
{
	to->participants =
		kb_arena_alloc(arena, (from->deelnemer_count + 1) * sizeof(*to->participants));
	to->started = kb_arena_alloc(arena, (from->gestart_count + 1) * sizeof(*to->started));
	to->facts = take_facts(from->feiten, from->feit_count, arena);
	if (to->participants == NULL || to->started == NULL || to->facts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < from->deelnemer_count; i++) {
		to->participants[i] = take_participant(&from->deelnemers[i]);
	}
	for (size_t i = 0; i < from->gestart_count; i++) {
		to->started[i].name = from->gestart[i].naam;
		to->started[i].due_utc_ms = from->gestart[i].uiterlijk_utc_ms;
	}
	to->participant_count = from->deelnemer_count;
	to->fact_count = from->feit_count;
	to->started_count = from->gestart_count;
	to->stopped = from->gestopt;
	to->stopped_count = from->gestopt_count;
	return KB_OK;
}

enum kb_err
kb_chain_record_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_chain_record *out)
{
	struct kb_wire_regel regel;
	struct kb_chain_record record = { 0 };
	enum kb_err err = kb_wire_decode(&kb_schema_wire_regel, bytes, arena, &regel);

	if (err == KB_OK) {
		err = take_lists(&regel, arena, &record);
	}
	if (err != KB_OK) {
		return err;
	}
	record.case_id = regel.case_id;
	record.profile_hash = regel.profiel;
	record.route = regel.route;
	record.regie_epoch = regel.regie_epoche;
	record.revision = regel.revisie;
	record.previous = regel.vorige;
	record.proposal_id = regel.voorstel_id;
	record.event = regel.gebeurtenis;
	record.state = regel.toestand;
	record.actor = regel.partij;
	record.actor_desk = regel.loket;
	record.person = regel.persoon;
	record.function = regel.functie;
	record.at_utc_ms = regel.op_utc_ms;
	record.regievoerder = regel.regievoerder;
	record.offered_to = regel.aangeboden_aan;
	kb_chain_record_hash(bytes, &record.hash);
	*out = record;
	return KB_OK;
}

/* What a record on the wire points to. */
struct lists {
	struct kb_wire_deelnemer deelnemers[KB_CHAIN_PARTICIPANTS_MAX];
	struct kb_wire_feit feiten[KB_CHAIN_FACTS_MAX];
	struct kb_wire_klok gestart[KB_ROUTE_CLOCKS_MAX];
};

static enum kb_err
give_lists(const struct kb_chain_record *from, struct lists *lists, struct kb_wire_regel *to)
{
	enum kb_err err = give_facts(from->facts, from->fact_count, lists->feiten);

	if (err != KB_OK || from->participant_count > KB_CHAIN_PARTICIPANTS_MAX ||
	    from->started_count > KB_ROUTE_CLOCKS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	for (size_t i = 0; i < from->participant_count; i++) {
		lists->deelnemers[i] = give_participant(&from->participants[i]);
	}
	for (size_t i = 0; i < from->started_count; i++) {
		lists->gestart[i].naam = from->started[i].name;
		lists->gestart[i].uiterlijk_utc_ms = from->started[i].due_utc_ms;
	}
	to->deelnemers = lists->deelnemers;
	to->deelnemer_count = from->participant_count;
	to->feiten = lists->feiten;
	to->feit_count = from->fact_count;
	to->gestart = lists->gestart;
	to->gestart_count = from->started_count;
	to->gestopt = from->stopped;
	to->gestopt_count = from->stopped_count;
	return KB_OK;
}

enum kb_err
kb_chain_record_encode(struct kb_chain_record *in, struct kb_buf *out)
{
	struct lists lists;
	size_t start = out->len;
	struct kb_wire_regel regel = { .versie = KB_WIRE_REGEL_VERSION,
				       .case_id = in->case_id,
				       .profiel = in->profile_hash,
				       .route = in->route,
				       .regie_epoche = in->regie_epoch,
				       .revisie = in->revision,
				       .vorige = in->previous,
				       .voorstel_id = in->proposal_id,
				       .gebeurtenis = in->event,
				       .toestand = in->state,
				       .partij = in->actor,
				       .loket = in->actor_desk,
				       .persoon = in->person,
				       .functie = in->function,
				       .op_utc_ms = in->at_utc_ms,
				       .regievoerder = in->regievoerder,
				       .aangeboden_aan = in->offered_to };
	enum kb_err err = give_lists(in, &lists, &regel);

	if (err == KB_OK) {
		err = kb_wire_encode(&kb_schema_wire_regel, &regel, out);
	}
	if (err == KB_OK) {
		kb_chain_record_hash(kb_span_part(kb_buf_span(out), start, out->len), &in->hash);
	}
	return err;
}

/* ---- proposals ---- */

enum kb_err
kb_zaak_voorstel_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_zaak_voorstel *out)
{
	struct kb_wire_voorstel voorstel;
	struct kb_chain_fact *facts = NULL;
	enum kb_err err = kb_wire_decode(&kb_schema_wire_voorstel, bytes, arena, &voorstel);

	if (err != KB_OK) {
		return err;
	}
	facts = take_facts(voorstel.feiten, voorstel.feit_count, arena);
	if (facts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	*out = (struct kb_zaak_voorstel){ .proposal_id = voorstel.voorstel_id,
					  .regie_epoch = voorstel.regie_epoche,
					  .revision = voorstel.revisie,
					  .event = voorstel.gebeurtenis,
					  .met = voorstel.voldaan,
					  .at_utc_ms = voorstel.op_utc_ms,
					  .facts = facts,
					  .fact_count = voorstel.feit_count,
					  .has_participant = voorstel.has_deelnemer };
	if (voorstel.has_deelnemer) {
		out->participant = take_participant(&voorstel.deelnemer);
	}
	return KB_OK;
}

enum kb_err
kb_zaak_voorstel_encode(const struct kb_zaak_voorstel *in, struct kb_buf *out)
{
	struct kb_wire_feit feiten[KB_CHAIN_FACTS_MAX];
	struct kb_wire_voorstel voorstel = { .voorstel_id = in->proposal_id,
					     .regie_epoche = in->regie_epoch,
					     .revisie = in->revision,
					     .gebeurtenis = in->event,
					     .voldaan = in->met,
					     .op_utc_ms = in->at_utc_ms,
					     .feiten = feiten,
					     .feit_count = in->fact_count,
					     .has_deelnemer = in->has_participant };
	enum kb_err err = give_facts(in->facts, in->fact_count, feiten);

	if (in->has_participant) {
		voorstel.deelnemer = give_participant(&in->participant);
	}
	return err == KB_OK ? kb_wire_encode(&kb_schema_wire_voorstel, &voorstel, out) : err;
}
