/* SPDX-License-Identifier: EUPL-1.2 */
/* Leerlingen of this school, one row per school year, encrypted under a data key of that pupil and year. */
#ifndef KB_STORE_PUPILS_H
#define KB_STORE_PUPILS_H

#include "common/store/step.h"

/* Who the pupil is (personen.csv); all spans may be empty. Held back until it is complete: no alert without identification. */
struct kb_pupil_person {
	struct kb_span pgn; /* 9 digits */
	struct kb_span voornaam;
	struct kb_span tussenvoegsel;
	struct kb_span achternaam;
	struct kb_span adres;
	struct kb_span postcode;
	struct kb_span woonplaats;
	struct kb_span contactpersoon;
	struct kb_span telefoon;
	bool adres_geheim;
	bool present; /* a row of personen.csv was taken in */
};

struct kb_pupil {
	uint16_t schooljaar;
	uint64_t pupil_no;    /* the same in all years; filled by _put when 0 */
	uint64_t data_key_no; /* filled by _put when 0 */
	uint64_t subject_no;  /* 0: no PGN yet */
	bool ended;	      /* uitgeschreven, or gone from the last import */
	int64_t changed_utc_ms;
	/* encrypted from here on */
	struct kb_span leerling; /* the school's own number */
	int32_t geboorte_day;
	char gemeentecode[5];
	uint8_t leerjaar;
	int32_t inschrijf_day; /* KB_PUPIL_DAY_NONE: not given */
	int32_t uitschrijf_day;
	struct kb_pupil_person person;
};

/* As KB_DAY_NONE of common/exchange/date.h. */
#define KB_PUPIL_DAY_NONE INT32_MIN

/* The number of the pupil with this own number (its HMAC is kept); KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_pupil_find(struct kb_step *step, struct kb_span leerling,
					uint64_t *pupil_no);
/* Adds or replaces the row of that year. A pupil known by its own number keeps pupil_no. */
KB_MUST_CHECK enum kb_err kb_pupil_put(struct kb_step *step, struct kb_pupil *pupil);
/* Spans are in arena. */
KB_MUST_CHECK enum kb_err kb_pupil_get(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no,
				       struct kb_arena *arena, struct kb_pupil *out);
/* The pupil of that year after after_no; KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_pupil_next(struct kb_step *step, uint16_t schooljaar,
					uint64_t after_no, struct kb_arena *arena,
					struct kb_pupil *out);
/* Only the clear fields (spans empty, encrypted ones zero): no key is needed. */
KB_MUST_CHECK enum kb_err kb_pupil_clear(struct kb_step *step, uint16_t schooljaar,
					 uint64_t pupil_no, struct kb_pupil *out);

#endif
