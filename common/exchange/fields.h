/* SPDX-License-Identifier: EUPL-1.2 */
/* The closed list of fields (R16): what each field is, and which fields a kind of message may hold. */
#ifndef KB_EXCHANGE_FIELDS_H
#define KB_EXCHANGE_FIELDS_H

#include "common/exchange/field_table.h"
#include "common/exchange/permit.h"

/* The form of a value; on the wire all values are bytes. */
enum kb_field_form {
	KB_FIELD_NONE = 0,
	KB_FIELD_TEXT,	   /* one line of UTF-8 */
	KB_FIELD_LINES,	   /* UTF-8 with LF */
	KB_FIELD_DATE,	   /* JJJJ-MM-DD of an existing day */
	KB_FIELD_NUMBER,   /* decimal digits, no superfluous 0, at most 2^53 */
	KB_FIELD_FLAG,	   /* "ja" or "nee" */
	KB_FIELD_CODE,	   /* one of the words of the row */
	KB_FIELD_PGN,	   /* 9 digits: BSN or onderwijsnummer */
	KB_FIELD_ID,	   /* 32 lower-case hex digits: message, case or pseudonym */
	KB_FIELD_HASH,	   /* 64 lower-case hex digits */
	KB_FIELD_PARTY,	   /* a party id */
	KB_FIELD_POSTCODE, /* 1234AB */
	KB_FIELD_ECK,	   /* ECK iD: the URI of facts D4 */
};

/* Number on the wire (Veld.veld), never reused. The enum KB_VELD_... stands in field_table.h, as an X-macro. */
struct kb_field_row {
	uint32_t number;
	const char *name;  /* stable, Dutch: "geboortedatum" */
	const char *label; /* for people */
	enum kb_field_form form;
	uint32_t bytes_max;
	uint32_t category; /* one bit of kb_data_category */
	uint32_t
		identifier; /* bit of enum kb_identifier (identifier_policy.h); 0: it identifies nobody by itself */
	const char *const *words; /* of a CODE, ended by NULL */
};

const struct kb_field_row *kb_field_rows(size_t *count);
const struct kb_field_row *kb_field_find(uint32_t number);
const struct kb_field_row *kb_field_parse(struct kb_span name);

/* One field of a message. */
struct kb_field {
	uint32_t number;
	struct kb_span value;
};

/* The fields that kind may hold: numbers, ended by 0; required ones first. NULL: this kind has no list of fields. */
const uint32_t *kb_kind_fields(enum kb_kind kind, size_t *required_count);

/*
 * Whether fields is a list that kind can hold: ascending numbers without doubles, all in the list of the kind, every required
 * one there, each value of its form and length. KB_OK; KB_ERR_FIELD_NOT_ALLOWED (not in the list), KB_ERR_INCOMPLETE (a required
 * one is missing), KB_ERR_BAD_VALUE, KB_ERR_OVERSIZE, KB_ERR_NOT_CANONICAL (order, doubles). *at (may be NULL): number of the
 * field that is wrong. What the recipient may have of it is permit.h and identifier_policy.h.
 */
KB_MUST_CHECK enum kb_err kb_fields_check(enum kb_kind kind, const struct kb_field *fields,
					  size_t count, uint32_t *at);
/* The value of a field, KB_SPAN_NONE when it is not there. */
struct kb_span kb_fields_get(const struct kb_field *fields, size_t count, uint32_t number);
/* All categories that occur. */
uint32_t kb_fields_categories(const struct kb_field *fields, size_t count);
/* All identifiers that occur, as bits. */
uint32_t kb_fields_identifiers(const struct kb_field *fields, size_t count);
/*
 * The kb_need bits that the fields themselves meet: a reason that says something, a date, or both that a need asks for. What they
 * hold is not judged again: kb_fields_check() first. TOESTEMMING and KB_NEED_LOCAL are never among them.
 */
uint32_t kb_fields_needs(const struct kb_field *fields, size_t count);
/* The variant of the field soort; NONE without it. */
enum kb_variant kb_fields_variant(const struct kb_field *fields, size_t count);

#endif
