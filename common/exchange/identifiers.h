/* SPDX-License-Identifier: EUPL-1.2 */
/* The numbers of Dutch registers: whether a text has their form (facts.md D4). */
#ifndef KB_EXCHANGE_IDENTIFIERS_H
#define KB_EXCHANGE_IDENTIFIERS_H

#include "common/base/error.h"
#include "common/base/span.h"

#define KB_PGN_CHARS 9
#define KB_GEMEENTECODE_CHARS 4
#define KB_BRIN_CHARS 4
#define KB_VESTIGING_CHARS 2
#define KB_POSTCODE_CHARS 6

/* The gemeentecode of a pupil who lives abroad (RNI): no gemeente receives a melding. */
#define KB_GEMEENTECODE_ABROAD "0000"

/*
 * A PGN: a BSN or an onderwijsnummer, which stand in the same field (facts.md D4); 9 digits, or 8 that get a leading 0. out gets
 * the 9 digits. KB_ERR_BAD_VALUE otherwise, out is then untouched. One wrong digit can make a
 * BSN of an onderwijsnummer: where it is known which of the two it must be, ask below.
 */
KB_MUST_CHECK enum kb_err kb_pgn_parse(struct kb_span text, char out[KB_PGN_CHARS + 1]);

/*
 * Of the weighted sum 9a+8b+7c+6d+5e+4f+3g+2h-i a BSN leaves 0 when divided by 11, and is not all zeros (facts.md D4); no source
 * says that it may not begin with 10. An onderwijsnummer begins with 10 and leaves 5: 101211151 in the examples of
 * edustandaard/oso-gegevensset (OV/examples/Voorbeelddossier_OV_BB_full.xml) leaves 5, and python-stdnum asks for both
 * (stdnum/nl/onderwijsnummer.py). Both: exactly 9 digits.
 */
bool kb_bsn_ok(struct kb_span text);
bool kb_onderwijsnummer_ok(struct kb_span text);

/* CBS code: exactly 4 digits. "0000" passes: see KB_GEMEENTECODE_ABROAD. */
bool kb_gemeentecode_ok(struct kb_span text);
bool kb_gemeentecode_is_abroad(const char *code);

/* BRIN [0-9]{2}[A-Z]{2}; vestiging [0-9]{2}; together the 6 characters of a vestigingsnummer. */
bool kb_brin_ok(struct kb_span text);
bool kb_vestiging_ok(struct kb_span text);
bool kb_vestigingsnummer_ok(struct kb_span text);

/*
 * A Dutch postcode: 4 digits (the first not 0), at most one space, 2 letters. out gets it as "1234AB". KB_ERR_BAD_VALUE
 * otherwise, which is no fault by itself: an address abroad has another form.
 */
KB_MUST_CHECK enum kb_err kb_postcode_parse(struct kb_span text, char out[KB_POSTCODE_CHARS + 1]);

#endif
