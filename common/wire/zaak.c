/* SPDX-License-Identifier: EUPL-1.2 */
/* The zaak family: tables of fields, rules between them. From and to the chain of common/exchange: zaak_record.c. */
#include "common/wire/zaak_schema.h"

#include "common/wire/wire_codec.h"
#include "proto/zaak.pb-c.h"

/* Number of a held role on the wire: its bit and 1 more. */
#define ROLES_HELD_COUNT 9u
_Static_assert(KB_ROUTE_ROLES_HELD == (1u << ROLES_HELD_COUNT) - 1, "the roles that travel");
#define GUARDS_OUTSIDE (((1u << KB_GUARD_COUNT) - 1) & ~KB_GUARDS_OF_CASE)
#define EVENT_OF_CLOCK "klok:"
_Static_assert(KB_WIRE_ROUTE_WORD_BYTES_MAX == KB_ROUTE_NAME_MAX, "one length of names");
_Static_assert(KB_WIRE_EVENT_BYTES_MAX == sizeof(EVENT_OF_CLOCK) - 1 + KB_ROUTE_NAME_MAX,
	       "likewise");

/* The names that a route file gives: [a-z0-9-]. */
static bool
is_word(struct kb_span word)
{
	bool ok = word.len > 0 && word.len <= KB_ROUTE_NAME_MAX;

	for (size_t i = 0; ok && i < word.len; i++) {
		uint8_t c = word.at[i];

		ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
	}
	return ok;
}

static bool
is_event(struct kb_span event)
{
	struct kb_span prefix = kb_span_text(EVENT_OF_CLOCK);
	bool clock =
		event.len > prefix.len && kb_span_equal(kb_span_part(event, 0, prefix.len), prefix);

	return is_word(clock ? kb_span_part(event, prefix.len, event.len) : event);
}

static enum kb_err
deelnemer_check(const void *message)
{
	const struct kb_wire_deelnemer *deelnemer = message;
	bool ended_before =
		deelnemer->tot_utc_ms != 0 && deelnemer->tot_utc_ms < deelnemer->van_utc_ms;

	return kb_party_id_empty(&deelnemer->party) == (deelnemer->gast.len > 0) && !ended_before
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field wire_deelnemer_fields[] = {
	KB_PARTY(wire_deelnemer, 1, party, false),
	KB_NUMBER_OPT(wire_deelnemer, 2, U32, rol, ROLES_HELD_COUNT),
	KB_BYTES(wire_deelnemer, 3, TEXT, gast, false, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_NUMBER_OPT(wire_deelnemer, 4, TIME, van_utc_ms, KB_WIRE_TIME_UTC_MS_MAX),
	KB_NUMBER_OPT(wire_deelnemer, 5, TIME, tot_utc_ms, KB_WIRE_TIME_UTC_MS_MAX),
};
KB_SCHEMA(wire_deelnemer, zaak_deelnemer, KB_WIRE_NAME_BYTES_MAX + 64, .check = deelnemer_check);

/* The people of a fact stand there exactly when it asks for them. */
static enum kb_err
feit_check(const void *message)
{
	const struct kb_wire_feit *feit = message;

	return kb_fact_wants_people((enum kb_fact_nr)(feit->feit - 1)) == (feit->personen.len > 0)
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field wire_feit_fields[] = {
	KB_NUMBER(wire_feit, 1, U32, feit, 1, KB_FACT_COUNT),
	KB_DATE(wire_feit, 2, datum),
	KB_BYTES(wire_feit, 3, TEXT, personen, false, 1, KB_WIRE_PEOPLE_BYTES_MAX),
};
KB_SCHEMA(wire_feit, zaak_feit, KB_WIRE_PEOPLE_BYTES_MAX + 16, .check = feit_check);

static enum kb_err
klok_check(const void *message)
{
	const struct kb_wire_klok *klok = message;

	return is_word(klok->naam) ? KB_OK : KB_ERR_BAD_TEXT;
}

static const struct kb_wire_field wire_klok_fields[] = {
	KB_BYTES(wire_klok, 1, TEXT, naam, true, 1, KB_WIRE_ROUTE_WORD_BYTES_MAX),
	KB_TIME(wire_klok, 2, uiterlijk_utc_ms),
};
KB_SCHEMA(wire_klok, zaak_klok, KB_WIRE_ROUTE_WORD_BYTES_MAX + 16, .check = klok_check);

static bool
facts_stand_once(const struct kb_wire_feit *feiten, size_t count)
{
	uint64_t seen = 0;
	bool once = true;

	for (size_t i = 0; i < count; i++) {
		uint64_t bit = 1ull << (feiten[i].feit - 1);

		once = once && (seen & bit) == 0;
		seen |= bit;
	}
	return once;
}

/* Everybody has a role and a beginning, and nobody takes part twice at once. */
static enum kb_err
deelnemers_check(const struct kb_wire_regel *regel)
{
	bool ok = true;

	for (size_t i = 0; ok && i < regel->deelnemer_count; i++) {
		const struct kb_wire_deelnemer *here = &regel->deelnemers[i];

		ok = here->rol != 0 && here->van_utc_ms != 0;
		for (size_t j = 0; ok && here->tot_utc_ms == 0 && j < i; j++) {
			const struct kb_wire_deelnemer *other = &regel->deelnemers[j];

			ok = other->tot_utc_ms != 0 ||
			     !kb_party_id_equal(&here->party, &other->party) ||
			     !kb_span_equal(here->gast, other->gast);
		}
	}
	return ok ? KB_OK : KB_ERR_BAD_VALUE;
}

/* The names of clocks: each once among the started and once among the stopped (one that is started anew stands in both). */
static enum kb_err
clocks_check(const struct kb_wire_regel *regel)
{
	bool once = true;
	bool words = true;

	for (size_t i = 0; i < regel->gestart_count; i++) {
		for (size_t j = 0; j < i; j++) {
			once = once &&
			       !kb_span_equal(regel->gestart[i].naam, regel->gestart[j].naam);
		}
	}
	for (size_t i = 0; i < regel->gestopt_count; i++) {
		words = words && is_word(regel->gestopt[i]);
		for (size_t j = 0; j < i; j++) {
			once = once && !kb_span_equal(regel->gestopt[i], regel->gestopt[j]);
		}
	}
	if (!words) {
		return KB_ERR_BAD_TEXT;
	}
	return once ? KB_OK : KB_ERR_BAD_VALUE;
}

static enum kb_err
regel_check(const void *message)
{
	const struct kb_wire_regel *regel = message;
	bool first = regel->revisie == 1;
	enum kb_err err = KB_OK;

	if (!is_word(regel->route) || !is_event(regel->gebeurtenis) || !is_word(regel->toestand)) {
		return KB_ERR_BAD_TEXT;
	}
	if (first != kb_wire_all_zero(&regel->vorige, sizeof(regel->vorige)) ||
	    (regel->persoon.len > 0 && regel->functie.len == 0) ||
	    !facts_stand_once(regel->feiten, regel->feit_count)) {
		return KB_ERR_BAD_VALUE;
	}
	err = deelnemers_check(regel);
	return err == KB_OK ? clocks_check(regel) : err;
}

static const struct kb_wire_field wire_regel_fields[] = {
	KB_VERSION_FIELD(wire_regel, 1, versie, 1, KB_WIRE_REGEL_VERSION, KB_ERR_BAD_VERSION),
	KB_EXACT(wire_regel, 2, ID, case_id, true),
	KB_EXACT(wire_regel, 3, ID, profiel, true),
	KB_BYTES(wire_regel, 4, TEXT, route, true, 1, KB_WIRE_ROUTE_WORD_BYTES_MAX),
	KB_NUMBER(wire_regel, 5, U32, regie_epoche, 1, UINT32_MAX),
	KB_NUMBER(wire_regel, 6, U32, revisie, 1, UINT32_MAX),
	KB_EXACT(wire_regel, 7, FIXED, vorige, false),
	KB_EXACT(wire_regel, 8, ID, voorstel_id, false),
	KB_BYTES(wire_regel, 9, TEXT, gebeurtenis, true, 1, KB_WIRE_EVENT_BYTES_MAX),
	KB_BYTES(wire_regel, 10, TEXT, toestand, true, 1, KB_WIRE_ROUTE_WORD_BYTES_MAX),
	KB_PARTY(wire_regel, 11, partij, true),
	KB_NUMBER_OPT(wire_regel, 12, U32, loket, KB_DESK_COUNT - 1),
	KB_BYTES(wire_regel, 13, TEXT, persoon, false, 1, KB_WIRE_PERSON_BYTES_MAX),
	KB_BYTES(wire_regel, 14, TEXT, functie, false, 1, KB_WIRE_FUNCTION_BYTES_MAX),
	KB_TIME(wire_regel, 15, op_utc_ms),
	KB_PARTY(wire_regel, 16, regievoerder, true),
	KB_PARTY(wire_regel, 17, aangeboden_aan, false),
	KB_MESSAGES(wire_regel, 18, deelnemers, deelnemer_count, 1, KB_CHAIN_PARTICIPANTS_MAX,
		    wire_deelnemer),
	KB_MESSAGES(wire_regel, 19, feiten, feit_count, 0, KB_CHAIN_FACTS_MAX, wire_feit),
	KB_MESSAGES(wire_regel, 20, gestart, gestart_count, 0, KB_ROUTE_CLOCKS_MAX, wire_klok),
	KB_BYTES_LIST(wire_regel, 21, TEXT, gestopt, gestopt_count, 0, KB_ROUTE_CLOCKS_MAX, 1,
		      KB_WIRE_ROUTE_WORD_BYTES_MAX),
};
KB_SCHEMA(wire_regel, zaak_regel, KB_WIRE_REGEL_BYTES_MAX, .check = regel_check);

static const struct kb_wire_field zaak_regels_fields[] = {
	KB_BYTES_LIST(zaak_regels, 1, SPAN, regels, regel_count, 1, KB_CHAIN_RECORDS_MAX, 1,
		      KB_WIRE_REGEL_BYTES_MAX),
};
KB_SCHEMA(zaak_regels, zaak_regels, KB_WIRE_CONTENT_BYTES_MAX, .check = NULL);

static enum kb_err
voorstel_check(const void *message)
{
	const struct kb_wire_voorstel *voorstel = message;

	if (!is_event(voorstel->gebeurtenis)) {
		return KB_ERR_BAD_TEXT;
	}
	return (voorstel->voldaan & ~GUARDS_OUTSIDE) == 0 &&
			       facts_stand_once(voorstel->feiten, voorstel->feit_count)
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field wire_voorstel_fields[] = {
	KB_EXACT(wire_voorstel, 1, ID, voorstel_id, true),
	KB_NUMBER(wire_voorstel, 2, U32, regie_epoche, 1, UINT32_MAX),
	KB_NUMBER(wire_voorstel, 3, U32, revisie, 1, UINT32_MAX),
	KB_BYTES(wire_voorstel, 4, TEXT, gebeurtenis, true, 1, KB_WIRE_EVENT_BYTES_MAX),
	KB_NUMBER_OPT(wire_voorstel, 5, U32, voldaan, GUARDS_OUTSIDE),
	KB_TIME(wire_voorstel, 6, op_utc_ms),
	KB_MESSAGES(wire_voorstel, 7, feiten, feit_count, 0, KB_CHAIN_FACTS_MAX, wire_feit),
	KB_MESSAGE_OPT(wire_voorstel, 8, deelnemer, has_deelnemer, wire_deelnemer),
};
KB_SCHEMA(wire_voorstel, zaak_voorstel, KB_WIRE_VOORSTEL_BYTES_MAX, .check = voorstel_check);

static const struct kb_wire_field zaak_weigering_fields[] = {
	KB_EXACT(zaak_weigering, 1, ID, proposal_id, true),
	KB_NUMBER(zaak_weigering, 2, U32, reason, 1, KB_WIRE_REASON_MAX),
	KB_BYTES(zaak_weigering, 3, TEXT, rule, true, 1, KB_WIRE_RULE_BYTES_MAX),
	KB_BYTES(zaak_weigering, 4, TEXT, word, false, 1, KB_WIRE_EVENT_BYTES_MAX),
};
KB_SCHEMA(zaak_weigering, zaak_weigering, KB_WIRE_CASE_SHORT_BYTES_MAX, .check = NULL);

static enum kb_err
opvraag_check(const void *message)
{
	const struct kb_zaak_opvraag *opvraag = message;
	bool records = opvraag->regie_epoch != 0;
	bool profile = !kb_wire_all_zero(&opvraag->profile_hash, sizeof(opvraag->profile_hash));

	return records != profile && (records || opvraag->revision == 0) ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field zaak_opvraag_fields[] = {
	KB_NUMBER_OPT(zaak_opvraag, 1, U32, regie_epoch, UINT32_MAX),
	KB_NUMBER_OPT(zaak_opvraag, 2, U32, revision, UINT32_MAX),
	KB_EXACT(zaak_opvraag, 3, FIXED, profile_hash, false),
};
KB_SCHEMA(zaak_opvraag, zaak_opvraag, KB_WIRE_CASE_SHORT_BYTES_MAX, .check = opvraag_check);

static enum kb_err
bewijs_check(const void *message)
{
	const struct kb_zaak_bewijs *bewijs = message;
	bool there = bewijs->header.len > 0;

	if ((bewijs->seal.len > 0) != there || (bewijs->salt.len > 0) != there ||
	    (bewijs->body.len > 0) != there) {
		return KB_ERR_BAD_VALUE;
	}
	return there || bewijs->left == 1 ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field zaak_bewijs_fields[] = {
	KB_BYTES(zaak_bewijs, 1, SPAN, header, false, 1, KB_WIRE_HEADER_BYTES_MAX),
	KB_BYTES(zaak_bewijs, 2, SPAN, seal, false, 1, KB_WIRE_SEAL_BYTES_MAX),
	KB_BYTES(zaak_bewijs, 3, SPAN, salt, false, KB_HASH_BYTES, KB_HASH_BYTES),
	KB_BYTES(zaak_bewijs, 4, SPAN, body, false, 1, KB_WIRE_BEWIJS_BODY_BYTES_MAX),
	KB_NUMBER(zaak_bewijs, 5, U32, left, 1, KB_WIRE_BEWIJZEN_MAX),
};
KB_SCHEMA(zaak_bewijs, zaak_bewijs, KB_WIRE_CONTENT_BYTES_MAX, .check = bewijs_check);

/* A name of its own in one folder: what is before the dot is a word, so no path and no hidden file. */
static bool
is_file_name(struct kb_span name)
{
	static const char *const ends[] = { ".ini", ".route" };
	bool ok = false;

	for (size_t i = 0; !ok && i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct kb_span end = kb_span_text(ends[i]);

		ok = name.len > end.len &&
		     kb_span_equal(kb_span_part(name, name.len - end.len, name.len), end) &&
		     is_word(kb_span_part(name, 0, name.len - end.len));
	}
	return ok;
}

static enum kb_err
bestand_check(const void *message)
{
	const struct kb_profiel_bestand *bestand = message;

	return is_file_name(bestand->name) ? KB_OK : KB_ERR_BAD_TEXT;
}

static const struct kb_wire_field profiel_bestand_fields[] = {
	KB_BYTES(profiel_bestand, 1, TEXT, name, true, 1, KB_WIRE_BESTAND_NAME_BYTES_MAX),
	KB_BYTES(profiel_bestand, 2, SPAN, content, true, 1, KB_WIRE_BESTAND_BYTES_MAX),
};
KB_SCHEMA(profiel_bestand, profiel_bestand, KB_WIRE_BESTAND_BYTES_MAX + 128,
	  .check = bestand_check);

static int
order_of(struct kb_span a, struct kb_span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.at, b.at, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static enum kb_err
profiel_check(const void *message)
{
	const struct kb_profiel *profiel = message;

	for (size_t i = 1; i < profiel->file_count; i++) {
		if (order_of(profiel->files[i - 1].name, profiel->files[i].name) >= 0) {
			return KB_ERR_NOT_CANONICAL;
		}
	}
	return KB_OK;
}

static const struct kb_wire_field profiel_fields[] = {
	KB_MESSAGES(profiel, 1, files, file_count, 1, KB_WIRE_BESTANDEN_MAX, profiel_bestand),
	KB_PARTY(profiel, 2, swv, true),
	KB_NUMBER(profiel, 3, U32, key_version, 1, UINT32_MAX),
	KB_EXACT(profiel, 4, FIXED, signature, true),
};
KB_SCHEMA(profiel, profiel, KB_WIRE_CONTENT_BYTES_MAX, .check = profiel_check);

enum kb_err
kb_zaak_regels_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_zaak_regels *out)
{
	return kb_wire_decode(&kb_schema_zaak_regels, bytes, arena, out);
}

enum kb_err
kb_zaak_regels_encode(const struct kb_zaak_regels *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_zaak_regels, in, out);
}

enum kb_err
kb_zaak_weigering_decode(struct kb_span bytes, struct kb_arena *arena,
			 struct kb_zaak_weigering *out)
{
	return kb_wire_decode(&kb_schema_zaak_weigering, bytes, arena, out);
}

enum kb_err
kb_zaak_weigering_encode(const struct kb_zaak_weigering *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_zaak_weigering, in, out);
}

enum kb_err
kb_zaak_opvraag_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_zaak_opvraag *out)
{
	return kb_wire_decode(&kb_schema_zaak_opvraag, bytes, arena, out);
}

enum kb_err
kb_zaak_opvraag_encode(const struct kb_zaak_opvraag *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_zaak_opvraag, in, out);
}

enum kb_err
kb_zaak_bewijs_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_zaak_bewijs *out)
{
	return kb_wire_decode(&kb_schema_zaak_bewijs, bytes, arena, out);
}

enum kb_err
kb_zaak_bewijs_encode(const struct kb_zaak_bewijs *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_zaak_bewijs, in, out);
}

enum kb_err
kb_profiel_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_profiel *out)
{
	return kb_wire_decode(&kb_schema_profiel, bytes, arena, out);
}

enum kb_err
kb_profiel_encode(const struct kb_profiel *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_profiel, in, out);
}
