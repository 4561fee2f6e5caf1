/* SPDX-License-Identifier: EUPL-1.2 */
/* What a melding of verzuim says, apart from who the pupil is. */
#include "common/exchange/melding.h"

static const struct {
	const char *word;
	bool computed;
} soorten[KB_MELDING_SOORT_COUNT] = { [KB_MELDING_SOORT_NONE] = { "", false },

#define SOORT_ROW(name, word, computed) [KB_MELDING_##name] = { word, computed },
				      KB_MELDING_SOORT_TABLE(SOORT_ROW)
#undef SOORT_ROW
};

const char *
kb_melding_soort_name(enum kb_melding_soort soort)
{
	return (size_t)soort < KB_MELDING_SOORT_COUNT ? soorten[soort].word : "";
}

enum kb_melding_soort
kb_melding_soort_of(struct kb_span word)
{
	for (size_t i = 1; i < KB_MELDING_SOORT_COUNT; i++) {
		if (kb_span_equal(word, kb_span_text(soorten[i].word))) {
			return (enum kb_melding_soort)i;
		}
	}
	return KB_MELDING_SOORT_NONE;
}

bool
kb_melding_soort_computed(enum kb_melding_soort soort)
{
	return (size_t)soort < KB_MELDING_SOORT_COUNT && soorten[soort].computed;
}
