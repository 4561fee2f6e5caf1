/* SPDX-License-Identifier: EUPL-1.2 */
/* What a melding of verzuim says, apart from who the pupil is. */
#ifndef KB_EXCHANGE_MELDING_H
#define KB_EXCHANGE_MELDING_H

#include "common/exchange/date.h"
#include "common/exchange/identifiers.h"

/*
 * X(name, word, computed by the rule). The last three are made by hand (facts.md D1: luxeverzuim is reported at once;
 * overig verzuim and 18+ are not mandatory). The words are what files and screens show.
 */
#define KB_MELDING_SOORT_TABLE(X)                                                                  \
	X(ZESTIEN_UUR, "16-uur", true)                                                             \
	X(LANGDURIG, "langdurig", true)                                                            \
	X(LUXE, "luxeverzuim", false)                                                              \
	X(OVERIG, "overig", false)                                                                 \
	X(ACHTTIEN_PLUS, "18-plus", false)

enum kb_melding_soort {
	KB_MELDING_SOORT_NONE = 0,

#define KB_MELDING_ENUM(name, word, computed) KB_MELDING_##name,
	KB_MELDING_SOORT_TABLE(KB_MELDING_ENUM)
#undef KB_MELDING_ENUM
		KB_MELDING_SOORT_COUNT,
};

/* The word; "" for NONE and unknown values. */
const char *kb_melding_soort_name(enum kb_melding_soort soort);
/* KB_MELDING_SOORT_NONE when the word is not in the table. */
enum kb_melding_soort kb_melding_soort_of(struct kb_span word);
/* True for the kinds that the rule makes and an import may correct or withdraw. */
bool kb_melding_soort_computed(enum kb_melding_soort soort);

struct kb_melding {
	uint64_t
		leerling; /* the caller's number for the pupil: an index or a store number; only compared */
	enum kb_melding_soort soort;
	int32_t begin_day;
	int32_t eind_day;
	uint32_t minuten;
	char gemeentecode[KB_GEMEENTECODE_CHARS +
			  1]; /* where the pupil lived when this was computed */
	int32_t vastgesteld_day; /* the school day on which the threshold was passed; can be later than eind_day */
	int32_t uiterste_melddag;
};

#endif
