/* SPDX-License-Identifier: EUPL-1.2 */
/* What a kind of message does to the clocks of its case, at whoever runs them. */
#ifndef KB_EXCHANGE_EFFECTS_H
#define KB_EXCHANGE_EFFECTS_H

#include "common/exchange/kinds.h"

/* Clocks that messages stop; numbers of kb_deadline.rule, never reused. Those of the verzuim family are below 1000. */
enum kb_clock_rule {
	KB_CLOCK_RULE_NONE = 0,
	KB_CLOCK_RULE_ZORGPLICHT =
		1001, /* the offer of a fitting place, 6 weeks and once 4 more [004:1491, 1717] */
};

struct kb_effect_row {
	enum kb_kind kind;
	enum kb_clock_rule stops;
	bool ends_duty; /* the duty itself is over, nobody is late: a clock that had run out already is no breach either */
	const char *rule;
	const char *source;
};

/* The effect of kind, NULL when it has none. */
const struct kb_effect_row *kb_effect_of(enum kb_kind kind);

#endif
