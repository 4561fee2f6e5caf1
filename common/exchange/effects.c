/* SPDX-License-Identifier: EUPL-1.2 */
/* What a kind of message does to the clocks of its case. */
#include "common/exchange/effects.h"

static const struct kb_effect_row rows[] = {
	{ .kind = KB_KIND_INFO_GEWEIGERD,
	  .stops = KB_CLOCK_RULE_ZORGPLICHT,
	  .ends_duty = true,
	  .rule = "R18",
	  .source = "004:1480-1482: dan vervalt de zorgplicht van de school" },
	{ .kind = KB_KIND_AANBOD_GEDAAN,
	  .stops = KB_CLOCK_RULE_ZORGPLICHT,
	  .rule = "2J",
	  .source = "004:1491: from the written aanmelding to the offer" },
};

const struct kb_effect_row *
kb_effect_of(enum kb_kind kind)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].kind == kind) {
			return &rows[i];
		}
	}
	return NULL;
}

static const struct kb_clock_text texts[] = {
	{ KB_CLOCK_RULE_ZORGPLICHT, "aanbod van een passende plek",
	  "zorgplicht: 6 weken, eenmaal 4 weken erbij" },
	{ KB_CLOCK_RULE_TAAK, "taak van het loket", "afgesproken door het loket zelf" },
};

const struct kb_clock_text *
kb_clock_text_of(uint32_t rule)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].rule == rule) {
			return &texts[i];
		}
	}
	return NULL;
}
