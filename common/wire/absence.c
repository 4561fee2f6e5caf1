/* SPDX-License-Identifier: EUPL-1.2 */
/* The verzuim family. A closed list of fields (facts.md D1, requirements R16): what has no row here cannot travel. */
#include "common/wire/absence.h"

#include "common/wire/wire_codec.h"
#include "proto/absence.pb-c.h"

_Static_assert((int)KB_MELDING_ACHTTIEN_PLUS == KETENBODE__V1__VERZUIM_SOORT__VERZUIM_SOORT_18_PLUS,
	       "the numbers of melding.h are those of the contract");
_Static_assert((int)KB_MELDING_LUXE == KETENBODE__V1__VERZUIM_SOORT__VERZUIM_SOORT_LUXE,
	       "likewise");

struct word {
	const char *name;
	const char *label;
};

#define KB_ROW(name, number, text, label) [(number)] = { text, label },
static const struct word standen[] = { KB_MELDING_STAND_TABLE(KB_ROW) };
static const struct word eindes[] = { KB_EINDE_TABLE(KB_ROW) };
#undef KB_ROW
_Static_assert(sizeof(standen) / sizeof(standen[0]) == KB_MELDING_STAND_COUNT, "one row each");
_Static_assert(sizeof(eindes) / sizeof(eindes[0]) == KB_EINDE_COUNT, "one row each");

static unsigned
find_word(const struct word *words, unsigned count, struct kb_span name)
{
	for (unsigned i = 1; i < count; i++) {
		if (kb_span_equal(name, kb_span_text(words[i].name))) {
			return i;
		}
	}
	return 0;
}

const char *
kb_melding_stand_name(enum kb_melding_stand stand)
{
	return (unsigned)stand < KB_MELDING_STAND_COUNT ? standen[stand].name : "";
}

const char *
kb_melding_stand_label(enum kb_melding_stand stand)
{
	return (unsigned)stand < KB_MELDING_STAND_COUNT ? standen[stand].label : "";
}

enum kb_melding_stand
kb_melding_stand_parse(struct kb_span name)
{
	return (enum kb_melding_stand)find_word(standen, KB_MELDING_STAND_COUNT, name);
}

const char *
kb_einde_name(enum kb_einde einde)
{
	return (unsigned)einde < KB_EINDE_COUNT ? eindes[einde].name : "";
}

const char *
kb_einde_label(enum kb_einde einde)
{
	return (unsigned)einde < KB_EINDE_COUNT ? eindes[einde].label : "";
}

enum kb_einde
kb_einde_parse(struct kb_span name)
{
	return (enum kb_einde)find_word(eindes, KB_EINDE_COUNT, name);
}

static const struct kb_wire_field melding_school_fields[] = {
	KB_CODE(melding_school, 1, vestiging, true, "99AA99"),
	KB_BYTES(melding_school, 2, TEXT, name, false, 1, KB_WIRE_NAME_BYTES_MAX),
};
KB_SCHEMA(melding_school, school_ref, 256, .check = NULL);

static const struct kb_wire_field melding_adres_fields[] = {
	KB_BYTES(melding_adres, 1, TEXT, straat, false, 1, KB_WIRE_STREET_BYTES_MAX),
	KB_BYTES(melding_adres, 2, TEXT, postcode, false, 1, KB_WIRE_POSTCODE_BYTES_MAX),
	KB_BYTES(melding_adres, 3, TEXT, woonplaats, false, 1, KB_WIRE_NAME_BYTES_MAX),
};
KB_SCHEMA(melding_adres, adres, 512, .check = NULL);

static enum kb_err
leerling_check(const void *message)
{
	const struct kb_melding_leerling *leerling = message;

	/* A secret address does not leave the school (verzuim data set, adresgeheim). */
	return leerling->has_adres && leerling->adres_geheim ? KB_ERR_BAD_VALUE : KB_OK;
}

static const struct kb_wire_field melding_leerling_fields[] = {
	KB_CODE(melding_leerling, 1, pgn, true, "999999999"),
	KB_BYTES(melding_leerling, 2, TEXT, voornaam, false, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_BYTES(melding_leerling, 3, TEXT, tussenvoegsel, false, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_BYTES(melding_leerling, 4, TEXT, achternaam, true, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_DATE(melding_leerling, 5, geboortedatum),
	KB_MESSAGE_OPT(melding_leerling, 6, adres, has_adres, melding_adres),
	KB_BOOL(melding_leerling, 7, adres_geheim),
};
KB_SCHEMA(melding_leerling, leerling, 2048, .check = leerling_check);

static const struct kb_wire_field melding_dag_fields[] = {
	KB_DATE(melding_dag, 1, datum),
	KB_NUMBER(melding_dag, 2, U32, minuten, 1, KB_WIRE_DAY_MINUTES_MAX),
};
KB_SCHEMA(melding_dag, verzuim_dag, 16, .check = NULL);

static const struct kb_wire_field melding_stap_fields[] = {
	KB_DATE(melding_stap, 1, datum),
	KB_BYTES(melding_stap, 2, LINES, tekst, true, 1, KB_WIRE_STAP_BYTES_MAX),
};
KB_SCHEMA(melding_stap, stap, KB_WIRE_STAP_BYTES_MAX + 16, .check = NULL);

static const struct kb_wire_field melding_contact_fields[] = {
	KB_BYTES(melding_contact, 1, TEXT, naam, true, 1, KB_WIRE_NAME_BYTES_MAX),
	KB_BYTES(melding_contact, 2, TEXT, telefoon, false, 1, KB_WIRE_PHONE_BYTES_MAX),
};
KB_SCHEMA(melding_contact, contact, 256, .check = NULL);

static enum kb_err
melding_check(const void *message)
{
	const struct kb_verzuim_melding *melding = message;
	uint32_t last = 0;
	bool ok = melding->begindatum <= melding->einddatum;

	for (size_t i = 0; i < melding->dag_count; i++) {
		uint32_t datum = melding->dagen[i].datum;

		ok = ok && datum > last && datum >= melding->begindatum &&
		     datum <= melding->einddatum;
		last = datum;
	}
	return ok ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field verzuim_melding_fields[] = {
	KB_EXACT(verzuim_melding, 1, ID, melding_id, true),
	KB_NUMBER(verzuim_melding, 2, U32, revision, 1, UINT32_MAX),
	KB_ENUM(verzuim_melding, 3, soort),
	KB_DATE(verzuim_melding, 4, begindatum),
	KB_DATE(verzuim_melding, 5, einddatum),
	KB_NUMBER_OPT(verzuim_melding, 6, U32, minuten, KB_WIRE_MINUTES_MAX),
	KB_MESSAGES(verzuim_melding, 7, dagen, dag_count, 0, KB_WIRE_DAGEN_MAX, melding_dag),
	KB_MESSAGE(verzuim_melding, 8, school, melding_school),
	KB_MESSAGE(verzuim_melding, 9, leerling, melding_leerling),
	KB_MESSAGES(verzuim_melding, 10, stappen, stap_count, 0, KB_WIRE_STAPPEN_MAX, melding_stap),
	KB_DATE_OPT(verzuim_melding, 11, ouders_ingelicht_op),
	KB_MESSAGE_OPT(verzuim_melding, 12, contact, has_contact, melding_contact),
	KB_BYTES(verzuim_melding, 13, TEXT, duo_kenmerk, false, 1, KB_WIRE_DUO_KENMERK_BYTES_MAX),
	KB_NUMBER(verzuim_melding, 14, U32, schooljaar, KB_WIRE_YEAR_MIN, KB_WIRE_YEAR_MAX),
	KB_DATE_OPT(verzuim_melding, 15, uiterste_melddatum),
	KB_DATE(verzuim_melding, 16, vastgesteld_op),
	KB_CODE(verzuim_melding, 17, gemeentecode, true, "9999"),
};
KB_SCHEMA(verzuim_melding, verzuim_melding, KB_WIRE_MELDING_BYTES_MAX, .check = melding_check);

static const struct kb_wire_field verzuim_intrekking_fields[] = {
	KB_EXACT(verzuim_intrekking, 1, ID, melding_id, true),
	KB_NUMBER(verzuim_intrekking, 2, U32, revision, 1, UINT32_MAX),
	KB_BYTES(verzuim_intrekking, 3, LINES, reden, false, 1, KB_WIRE_TEXT_BYTES_MAX),
};
KB_SCHEMA(verzuim_intrekking, verzuim_intrekking, KB_WIRE_SHORT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field verzuim_stand_fields[] = {
	KB_EXACT(verzuim_stand, 1, ID, melding_id, false),
	KB_ENUM(verzuim_stand, 2, stand),
	KB_BYTES(verzuim_stand, 3, LINES, toelichting, false, 1, KB_WIRE_TEXT_BYTES_MAX),
	KB_BYTES(verzuim_stand, 4, TEXT, duo_kenmerk, false, 1, KB_WIRE_DUO_KENMERK_BYTES_MAX),
};
KB_SCHEMA(verzuim_stand, verzuim_stand, KB_WIRE_SHORT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field verzuim_vraag_fields[] = {
	KB_EXACT(verzuim_vraag, 1, ID, vraag_id, true),
	KB_BYTES(verzuim_vraag, 2, LINES, tekst, true, 1, KB_WIRE_TEXT_BYTES_MAX),
};
KB_SCHEMA(verzuim_vraag, verzuim_vraag, KB_WIRE_SHORT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field verzuim_antwoord_fields[] = {
	KB_EXACT(verzuim_antwoord, 1, ID, vraag_id, true),
	KB_BYTES(verzuim_antwoord, 2, LINES, tekst, true, 1, KB_WIRE_TEXT_BYTES_MAX),
};
KB_SCHEMA(verzuim_antwoord, verzuim_antwoord, KB_WIRE_SHORT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field verzuim_einde_fields[] = {
	KB_ENUM(verzuim_einde, 1, soort),
	KB_DATE(verzuim_einde, 2, datum),
};
KB_SCHEMA(verzuim_einde, verzuim_einde, KB_WIRE_SHORT_BYTES_MAX, .check = NULL);

static enum kb_err
aanvulling_check(const void *message)
{
	const struct kb_verzuim_aanvulling *aanvulling = message;

	return aanvulling->stap_count > 0 || aanvulling->ouders_ingelicht_op != 0 ||
			       aanvulling->duo_kenmerk.len > 0
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field verzuim_aanvulling_fields[] = {
	KB_EXACT(verzuim_aanvulling, 1, ID, melding_id, false),
	KB_MESSAGES(verzuim_aanvulling, 2, stappen, stap_count, 0, KB_WIRE_STAPPEN_MAX,
		    melding_stap),
	KB_DATE_OPT(verzuim_aanvulling, 3, ouders_ingelicht_op),
	KB_BYTES(verzuim_aanvulling, 4, TEXT, duo_kenmerk, false, 1, KB_WIRE_DUO_KENMERK_BYTES_MAX),
};
KB_SCHEMA(verzuim_aanvulling, verzuim_aanvulling, KB_WIRE_SHORT_BYTES_MAX,
	  .check = aanvulling_check);

enum kb_err
kb_verzuim_melding_decode(struct kb_span bytes, struct kb_arena *arena,
			  struct kb_verzuim_melding *out)
{
	return kb_wire_decode(&kb_schema_verzuim_melding, bytes, arena, out);
}

enum kb_err
kb_verzuim_melding_encode(const struct kb_verzuim_melding *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_melding, in, out);
}

enum kb_err
kb_verzuim_intrekking_decode(struct kb_span bytes, struct kb_arena *arena,
			     struct kb_verzuim_intrekking *out)
{
	return kb_wire_decode(&kb_schema_verzuim_intrekking, bytes, arena, out);
}

enum kb_err
kb_verzuim_intrekking_encode(const struct kb_verzuim_intrekking *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_intrekking, in, out);
}

enum kb_err
kb_verzuim_stand_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_verzuim_stand *out)
{
	return kb_wire_decode(&kb_schema_verzuim_stand, bytes, arena, out);
}

enum kb_err
kb_verzuim_stand_encode(const struct kb_verzuim_stand *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_stand, in, out);
}

enum kb_err
kb_verzuim_vraag_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_verzuim_vraag *out)
{
	return kb_wire_decode(&kb_schema_verzuim_vraag, bytes, arena, out);
}

enum kb_err
kb_verzuim_vraag_encode(const struct kb_verzuim_vraag *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_vraag, in, out);
}

enum kb_err
kb_verzuim_antwoord_decode(struct kb_span bytes, struct kb_arena *arena,
			   struct kb_verzuim_antwoord *out)
{
	return kb_wire_decode(&kb_schema_verzuim_antwoord, bytes, arena, out);
}

enum kb_err
kb_verzuim_antwoord_encode(const struct kb_verzuim_antwoord *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_antwoord, in, out);
}

enum kb_err
kb_verzuim_einde_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_verzuim_einde *out)
{
	return kb_wire_decode(&kb_schema_verzuim_einde, bytes, arena, out);
}

enum kb_err
kb_verzuim_einde_encode(const struct kb_verzuim_einde *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_einde, in, out);
}

enum kb_err
kb_verzuim_aanvulling_decode(struct kb_span bytes, struct kb_arena *arena,
			     struct kb_verzuim_aanvulling *out)
{
	return kb_wire_decode(&kb_schema_verzuim_aanvulling, bytes, arena, out);
}

enum kb_err
kb_verzuim_aanvulling_encode(const struct kb_verzuim_aanvulling *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_verzuim_aanvulling, in, out);
}
