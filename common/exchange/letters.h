/* SPDX-License-Identifier: EUPL-1.2 */
/* The paper route to parents (requirements 7.22): which letters there are, what each must say, and who fills it in. */
#ifndef KB_EXCHANGE_LETTERS_H
#define KB_EXCHANGE_LETTERS_H

#include "common/base/template.h"

/* X(name, number in the store, name of the file and of the verb's argument, Dutch for people). Numbers are never reused. */
#define KB_LETTER_KIND_TABLE(X)                                                                    \
	X(NONE, 0, "", "")                                                                         \
	X(UITNODIGING, 1, "uitnodiging", "uitnodiging voor een overleg")                           \
	X(AFSCHRIFT, 2, "afschrift", "afschrift van een advies")                                   \
	X(TOESTEMMING, 3, "toestemming", "formulier om toestemming te geven")                      \
	X(INTREKKING, 4, "intrekking", "bevestiging dat de toestemming is ingetrokken")            \
	X(MELDING, 5, "melding", "bericht dat verzuim is gemeld")                                  \
	X(ZIENSWIJZE, 6, "zienswijze", "vraag om de zienswijze van de ouders")                     \
	X(INZAGE, 7, "inzage", "overzicht van wat is gedeeld en wie het zag")                      \
	X(OVERDRACHT, 8, "overdracht", "wat naar de nieuwe school gaat")

enum kb_letter_kind {

#define KB_ROW(name, number, word, label) KB_LETTER_##name = (number),
	KB_LETTER_KIND_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_LETTER_KIND_COUNT 9

/* The file, without .html, with what all letters share; it is no kind. The letter comes where it says {{brief}}: see
 * common/base/template_frame.h. */
#define KB_LETTER_FRAME "blad"

/* "" for what is no kind. */
const char *kb_letter_kind_name(enum kb_letter_kind kind);
const char *kb_letter_kind_label(enum kb_letter_kind kind);
/* KB_LETTER_NONE for a word that is no kind. */
enum kb_letter_kind kb_letter_kind_parse(struct kb_span word);

/* How a letter reached the parents: X(name, number in the store, word). */
#define KB_LETTER_WAY_TABLE(X)                                                                     \
	X(NONE, 0, "")                                                                             \
	X(POST, 1, "per post")                                                                     \
	X(MEEGEGEVEN, 2, "meegegeven")                                                             \
	X(AAN_TAFEL, 3, "aan tafel")                                                               \
	X(ANDERS, 4, "anders")

enum kb_letter_way {

#define KB_ROW(name, number, word) KB_LETTER_WAY_##name = (number),
	KB_LETTER_WAY_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_LETTER_WAY_COUNT 5

const char *kb_letter_way_name(enum kb_letter_way way);
enum kb_letter_way kb_letter_way_parse(struct kb_span word);

enum kb_letter_source {
	KB_LETTER_FROM_USER = 0, /* the one who makes the letter gives it */
	KB_LETTER_FROM_AGENT,	 /* the agent knows it, and nobody may give it */
};

enum kb_letter_form {
	KB_LETTER_LINE = 0, /* one line */
	KB_LETTER_LINES,    /* given more than once: one line each */
	KB_LETTER_DATE,	    /* JJJJ-MM-DD; written out in the letter */
	KB_LETTER_LIST,	    /* given more than once: one row each */
	KB_LETTER_ROWS,	    /* rows of more than one column; of the agent only */
};

/* One thing that a letter says. name is that of the slot in its page. */
struct kb_letter_field {
	const char *name;
	enum kb_letter_source source;
	enum kb_letter_form form;
	const char *const *columns; /* LIST and ROWS */
	bool optional;
	const char *help; /* Dutch, one line; for fields of the user */
};

#define KB_LETTER_FIELDS_MAX 24u
/* The fields of a kind, those of every letter first. */
size_t kb_letter_fields(enum kb_letter_kind kind,
			const struct kb_letter_field *out[KB_LETTER_FIELDS_MAX]);
/* The page of that kind (frame and letter joined), as the template module wants it; slots[i] belongs to the field of the same place. Every field must be
 * shown: a letter leaves out neither who, what, why and whom to call, nor something optional that was given. */
struct kb_template kb_letter_template(enum kb_letter_kind kind, const char *file,
				      struct kb_span bytes,
				      struct kb_template_slot slots[KB_LETTER_FIELDS_MAX]);
/* kb_template_check() of it. */
KB_MUST_CHECK enum kb_err kb_letter_check(enum kb_letter_kind kind, const char *file,
					  struct kb_span bytes, kb_template_say say, void *to);

/* "3 maart 2026"; "" for no day. */
#define KB_LETTER_DATE_TEXT 24
void kb_letter_date(int32_t day, char out[KB_LETTER_DATE_TEXT]);

#endif
