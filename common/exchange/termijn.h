/* SPDX-License-Identifier: EUPL-1.2 */
/* How near a due moment is, in the four words that an inbox shows. */
#ifndef KB_EXCHANGE_TERMIJN_H
#define KB_EXCHANGE_TERMIJN_H

#include "common/base/error.h"
#include "common/base/span.h"

/* X(NAME, number, word for people): the number is the order of urgency */
#define KB_TERMIJN_TABLE(X)                                                                        \
	X(NONE, 0, "")                                                                             \
	X(OP_TIJD, 1, "op tijd")                                                                   \
	X(BINNENKORT, 2, "binnenkort")                                                             \
	X(VANDAAG, 3, "vandaag")                                                                   \
	X(TE_LAAT, 4, "te laat")

enum kb_termijn {

#define KB_ROW(name, number, text) KB_TERMIJN_##name = (number),
	KB_TERMIJN_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_TERMIJN_COUNT 5

/*
 * Working days before the last day from which a term is "binnenkort". Five: that is the term to report verzuim (facts D1), so what
 * must be done within such a term stands out from its first day, and what has longer does not.
 */
#define KB_TERMIJN_BINNENKORT_WERKDAGEN 5

const char *kb_termijn_word(enum kb_termijn termijn);
/* NONE when word is not in the table; "op-tijd" and "te-laat" are taken too, for a command line without quotes. */
enum kb_termijn kb_termijn_parse(struct kb_span word);

/*
 * The word for what is due at due_utc_ms (the first moment that is too late; 0: nothing is due, NONE) at now_utc_ms. By local days in
 * the Netherlands: the last day is that of the millisecond before due. Working days are Monday to Friday; feestdagen count as such,
 * because the word is a warning and not a term, and not every party has a calendar.
 */
enum kb_termijn kb_termijn_of(int64_t due_utc_ms, int64_t now_utc_ms);

#endif
