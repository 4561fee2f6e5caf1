/* SPDX-License-Identifier: EUPL-1.2 */
/* The verzuim family: what school and leerplicht tell each other about one leerling (proto/absence.proto). */
#ifndef KB_WIRE_ABSENCE_H
#define KB_WIRE_ABSENCE_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/exchange/melding.h"
#include "common/wire/register.h"

/* Rules of all _decode and _encode: envelope.h. The numbers of soort are those of enum kb_melding_soort. */

/* DUO's status words (facts.md D1). */
#define KB_MELDING_STAND_TABLE(X)                                                                  \
	X(NONE, 0, "", "")                                                                         \
	X(GEREGISTREERD, 1, "geregistreerd", "geregistreerd")                                      \
	X(IN_BEHANDELING, 2, "in-behandeling", "in behandeling")                                   \
	X(AFGESLOTEN, 3, "afgesloten", "afgesloten")                                               \
	X(INGETROKKEN, 4, "ingetrokken", "ingetrokken")                                            \
	X(TER_KENNISGEVING, 5, "ter-kennisgeving", "ter kennisgeving aangenomen")

enum kb_melding_stand {

#define KB_ROW(name, number, text, label) KB_MELDING_STAND_##name = (number),
	KB_MELDING_STAND_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_MELDING_STAND_COUNT 6

#define KB_EINDE_TABLE(X)                                                                          \
	X(NONE, 0, "", "")                                                                         \
	X(WEER_OP_SCHOOL, 1, "weer-op-school", "weer op school")                                   \
	X(UITGESCHREVEN, 2, "uitgeschreven", "uitgeschreven")

enum kb_einde {

#define KB_ROW(name, number, text, label) KB_EINDE_##name = (number),
	KB_EINDE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_EINDE_COUNT 3

/* The stable name, and the Dutch words for people; "" for NONE and numbers outside the table. _parse: NONE for a name
 * that is not in the table. */
const char *kb_melding_stand_name(enum kb_melding_stand stand);
const char *kb_melding_stand_label(enum kb_melding_stand stand);
enum kb_melding_stand kb_melding_stand_parse(struct kb_span name);
const char *kb_einde_name(enum kb_einde einde);
const char *kb_einde_label(enum kb_einde einde);
enum kb_einde kb_einde_parse(struct kb_span name);

#define KB_WIRE_PGN_CHARS 9

struct kb_melding_school {
	char vestiging[KB_WIRE_VESTIGING_CHARS + 1];
	struct kb_span name;
};

struct kb_melding_adres {
	struct kb_span straat;
	struct kb_span postcode;
	struct kb_span woonplaats;
};

struct kb_melding_leerling {
	char pgn[KB_WIRE_PGN_CHARS + 1]; /* 9 digits; the elfproef is the intake's */
	struct kb_span voornaam;
	struct kb_span tussenvoegsel;
	struct kb_span achternaam; /* not empty */
	uint32_t geboortedatum;
	bool has_adres; /* never with adres_geheim */
	struct kb_melding_adres adres;
	bool adres_geheim;
};

struct kb_melding_dag {
	uint32_t datum;
	uint32_t minuten; /* 1..1440 */
};

struct kb_melding_stap {
	uint32_t datum;
	struct kb_span tekst; /* not empty; may hold newlines */
};

struct kb_melding_contact {
	struct kb_span naam; /* not empty */
	struct kb_span telefoon;
};

struct kb_verzuim_melding {
	struct kb_id melding_id;
	uint32_t revision; /* from 1 */
	enum kb_melding_soort soort;
	uint32_t begindatum;
	uint32_t einddatum; /* not before begindatum */
	uint32_t minuten;
	struct kb_melding_dag *dagen; /* rising dates, all from begindatum to einddatum */
	size_t dag_count;
	struct kb_melding_school school;
	struct kb_melding_leerling leerling;
	struct kb_melding_stap *stappen;
	size_t stap_count;
	uint32_t ouders_ingelicht_op; /* 0: not yet */
	bool has_contact;
	struct kb_melding_contact contact;
	struct kb_span duo_kenmerk;  /* or empty */
	uint32_t schooljaar;	     /* 2025 for 2025/2026 */
	uint32_t uiterste_melddatum; /* 0: none */
	uint32_t vastgesteld_op;
	char gemeentecode[KB_WIRE_GEMEENTECODE_CHARS + 1];
};

KB_MUST_CHECK enum kb_err kb_verzuim_melding_decode(struct kb_span bytes, struct kb_arena *arena,
						    struct kb_verzuim_melding *out);
KB_MUST_CHECK enum kb_err kb_verzuim_melding_encode(const struct kb_verzuim_melding *in,
						    struct kb_buf *out);

struct kb_verzuim_intrekking {
	struct kb_id melding_id;
	uint32_t revision; /* from 1 */
	struct kb_span reden;
};

KB_MUST_CHECK enum kb_err kb_verzuim_intrekking_decode(struct kb_span bytes, struct kb_arena *arena,
						       struct kb_verzuim_intrekking *out);
KB_MUST_CHECK enum kb_err kb_verzuim_intrekking_encode(const struct kb_verzuim_intrekking *in,
						       struct kb_buf *out);

struct kb_verzuim_stand {
	struct kb_id
		melding_id; /* absent: explains a step of the whole dossier, and changes no stand */
	enum kb_melding_stand stand;
	struct kb_span toelichting;
	struct kb_span duo_kenmerk;
};

KB_MUST_CHECK enum kb_err kb_verzuim_stand_decode(struct kb_span bytes, struct kb_arena *arena,
						  struct kb_verzuim_stand *out);
KB_MUST_CHECK enum kb_err kb_verzuim_stand_encode(const struct kb_verzuim_stand *in,
						  struct kb_buf *out);

struct kb_verzuim_vraag {
	struct kb_id vraag_id;
	struct kb_span tekst; /* not empty */
};

KB_MUST_CHECK enum kb_err kb_verzuim_vraag_decode(struct kb_span bytes, struct kb_arena *arena,
						  struct kb_verzuim_vraag *out);
KB_MUST_CHECK enum kb_err kb_verzuim_vraag_encode(const struct kb_verzuim_vraag *in,
						  struct kb_buf *out);

struct kb_verzuim_antwoord {
	struct kb_id vraag_id;
	struct kb_span tekst; /* not empty */
};

KB_MUST_CHECK enum kb_err kb_verzuim_antwoord_decode(struct kb_span bytes, struct kb_arena *arena,
						     struct kb_verzuim_antwoord *out);
KB_MUST_CHECK enum kb_err kb_verzuim_antwoord_encode(const struct kb_verzuim_antwoord *in,
						     struct kb_buf *out);

struct kb_verzuim_einde {
	enum kb_einde soort;
	uint32_t datum;
};

KB_MUST_CHECK enum kb_err kb_verzuim_einde_decode(struct kb_span bytes, struct kb_arena *arena,
						  struct kb_verzuim_einde *out);
KB_MUST_CHECK enum kb_err kb_verzuim_einde_encode(const struct kb_verzuim_einde *in,
						  struct kb_buf *out);

/* At least one of stappen, ouders_ingelicht_op and duo_kenmerk. */
struct kb_verzuim_aanvulling {
	struct kb_id melding_id; /* absent: the dossier */
	struct kb_melding_stap *stappen;
	size_t stap_count;
	uint32_t ouders_ingelicht_op; /* 0: not said */
	struct kb_span duo_kenmerk;   /* or empty */
};

KB_MUST_CHECK enum kb_err kb_verzuim_aanvulling_decode(struct kb_span bytes, struct kb_arena *arena,
						       struct kb_verzuim_aanvulling *out);
KB_MUST_CHECK enum kb_err kb_verzuim_aanvulling_encode(const struct kb_verzuim_aanvulling *in,
						       struct kb_buf *out);

#endif
