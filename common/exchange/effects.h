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
	KB_CLOCK_RULE_TAAK = 1101, /* a task of the desk; about: its number in the case */
};

/* What people read about a clock. */
struct kb_clock_text {
	uint32_t rule;
	const char *what;
	const char *source; /* the line that sets it, for people */
};

/* Of a clock of the table above; NULL for those of a role or a route. */
const struct kb_clock_text *kb_clock_text_of(uint32_t rule);

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
