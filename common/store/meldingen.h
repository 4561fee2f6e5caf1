/* SPDX-License-Identifier: EUPL-1.2 */
/* Meldingen of verzuim, at the school that makes them and at the gemeente that gets them. */
#ifndef KB_STORE_MELDINGEN_H
#define KB_STORE_MELDINGEN_H

#include "common/store/step.h"

/* Flags, as bits. */
#define KB_MELDING_TE_LAAT (1u << 0)	  /* stored at the gemeente after the last day to report */
#define KB_MELDING_HISTORISCH (1u << 1)	  /* of a past school year */
#define KB_MELDING_INGETROKKEN (1u << 2)  /* withdrawn by the school */
#define KB_MELDING_VASTGEHOUDEN (1u << 3) /* not sent: hold_reason says why */
#define KB_MELDING_HAND (1u << 4)	  /* made by hand, not by the rule */
#define KB_MELDING_BUITENLAND (1u << 5)	  /* pupil lives abroad: nobody to send it to */

#define KB_MELDING_HOLD_TABLE(X)                                                                   \
	X(NONE, 0, "")                                                                             \
	X(GEEN_PERSOON, 1, "geen persoonsgegevens van deze leerling")                              \
	X(GEEN_GEMEENTE, 2, "geen aangesloten gemeente voor deze gemeentecode")                    \
	X(GEEN_REGISTER, 3, "het register is nog niet bekend of te oud")                           \
	X(BEVESTIGING, 4, "wacht op bevestiging")

enum kb_melding_hold {

#define KB_ROW(name, number, text) KB_HOLD_##name = (number),
	KB_MELDING_HOLD_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_MELDING_HOLD_COUNT 5

const char *kb_melding_hold_text(enum kb_melding_hold hold);

/* Key: school year, pupil (at a gemeente: the subject), melding. */
struct kb_melding_row {
	uint16_t schooljaar;
	uint64_t pupil_no;
	uint32_t melding_no; /* per pupil and year, from 1; filled by _put when 0 */
	struct kb_id melding_id;
	uint64_t data_key_no; /* of the pupil (school) or of the case (gemeente) */
	uint64_t case_no;     /* 0: none yet */
	uint32_t counterparty_no;
	uint32_t revision; /* rises with every correction; 1 for the first */
	uint32_t stand; /* MeldingStand of proto/absence.proto: DUO's status words (facts.md D1) */
	enum kb_melding_hold hold;
	uint32_t flags;
	int32_t uiterste_melddag;
	int32_t vastgesteld_day;
	uint16_t clock_id;	   /* deadlines.h; 0: none */
	struct kb_number_key sent; /* the last message about it; zero: never sent */
	int64_t made_utc_ms;
	int64_t sent_utc_ms;
	int64_t stored_utc_ms;	 /* at the gemeente: own time; at the school: the gemeente's */
	uint64_t export_counter; /* value of the change counter when it changed last */
	/* encrypted from here on */
	uint32_t soort; /* enum kb_melding_soort of common/exchange */
	int32_t begin_day;
	int32_t eind_day;
	uint32_t minuten;
	char gemeentecode[5];
	int32_t ouders_ingelicht_day; /* INT32_MIN: not yet */
	struct kb_span duo_kenmerk;
	struct kb_span
		content; /* the melding as sent or received (encoded message); may be empty */
};

/* Adds (melding_no 0) or replaces; either gives it a new export_counter. KB_ERR_EXISTS: another row has this melding_id. */
KB_MUST_CHECK enum kb_err kb_melding_put(struct kb_step *step, struct kb_melding_row *row);
/* From now on row goes by another id; the old one leads to it as well (a sender that was restored reports under new ids what it
 * reported before). row must be stored; the change is stored with its next _put. KB_ERR_EXISTS: the id has a place of its own. */
KB_MUST_CHECK enum kb_err kb_melding_rename(struct kb_step *step, struct kb_melding_row *row,
					    const struct kb_id *melding_id);
/* Spans are in arena. */
KB_MUST_CHECK enum kb_err kb_melding_get(struct kb_step *step, uint16_t schooljaar,
					 uint64_t pupil_no, uint32_t melding_no,
					 struct kb_arena *arena, struct kb_melding_row *out);
/* The place of a melding id; KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_melding_find(struct kb_step *step, const struct kb_id *melding_id,
					  uint16_t *schooljaar, uint64_t *pupil_no,
					  uint32_t *melding_no);
/* The row after (schooljaar, pupil_no, melding_no) of *out (zeroed: the first of all), within the same school year when
 * same_year and of the same pupil when same_pupil; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_melding_next(struct kb_step *step, bool same_year, bool same_pupil,
					  struct kb_arena *arena, struct kb_melding_row *out);
/* The value that the next changed melding gets is above this one; an export notes it and gives what is above the last. */
KB_MUST_CHECK enum kb_err kb_melding_counter(struct kb_step *step, uint64_t *counter);

#endif
