/* SPDX-License-Identifier: EUPL-1.2 */
/* The layout of a log record: what stays in clear for ever, and what a destroyed data key makes unreadable. */
#ifndef KB_STORE_RECORD_H
#define KB_STORE_RECORD_H

#include "common/store/case_records.h"

/* X(name, number in the log, stable name). Numbers are never reused. */
#define KB_RECORD_TYPE_TABLE(X)                                                                    \
	X(NONE, 0, "")                                                                             \
	X(MESSAGE_OUT, 1, "bericht-uit")                                                           \
	X(MESSAGE_SEALED, 2, "bericht-verzegeld")                                                  \
	X(MESSAGE_IN, 3, "bericht-in")                                                             \
	X(RECEIPT_OUT, 4, "ontvangstbewijs-uit")                                                   \
	X(RECEIPT_IN, 5, "ontvangstbewijs-in")                                                     \
	X(REFUSED_IN, 6, "geweigerd-in")                                                           \
	X(REFUSED_OUT, 7, "geweigerd-uit")                                                         \
	X(UNDELIVERED, 8, "niet-bezorgd")                                                          \
	X(CLOSED, 9, "nummer-vervallen")                                                           \
	X(EQUIVOCATION, 10, "dubbel-nummer")                                                       \
	X(CONSENT_GIVEN, 20, "toestemming-gegeven")                                                \
	X(CONSENT_WITHDRAWN, 21, "toestemming-ingetrokken")                                        \
	X(CLOCK_STARTED, 30, "klok-gestart")                                                       \
	X(CLOCK_STOPPED, 31, "klok-gestopt")                                                       \
	X(CLOCK_EXPIRED, 32, "klok-verlopen")                                                      \
	X(VIEW, 40, "ingezien")                                                                    \
	X(PRINT, 41, "afgedrukt")                                                                  \
	X(EXPORT, 42, "uitgevoerd")                                                                \
	X(SEARCH, 43, "gezocht")                                                                   \
	X(ACCESS_DENIED, 44, "toegang-geweigerd")                                                  \
	X(ADMINISTRATION, 50, "beheer")                                                            \
	X(STARTED, 51, "gestart")                                                                  \
	X(RESTORED, 52, "hersteld")                                                                \
	X(NEW_EPOCH, 53, "nieuw-tijdvak")                                                          \
	X(ERASE_INTENT, 54, "wissen-begonnen")                                                     \
	X(ERASE_DONE, 55, "wissen-gedaan")                                                         \
	X(IMPORT, 56, "inlezen")                                                                   \
	X(SUBJECT_JOINED, 57, "kind-samengevoegd")                                                 \
	X(SUBJECT_SPLIT, 58, "kind-gesplitst")                                                     \
	X(REGISTER, 59, "register")                                                                \
	X(CASE_OPENED, 60, "dossier-geopend")                                                      \
	X(CASE_ACT, 61, "handeling")                                                               \
	X(PUPIL_CHANGED, 62, "leerling-gewijzigd")                                                 \
	X(YEAR, 70, "jaarwisseling") /* made by the log itself; read back only, note holds it */

enum kb_record_type {

#define KB_ROW(name, number, text) KB_RECORD_##name = (number),
	KB_RECORD_TYPE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *kb_record_type_name(enum kb_record_type type);
bool kb_record_type_known(uint32_t number);
/* VIEW, PRINT, EXPORT, SEARCH and ACCESS_DENIED: NEN 7513; made by access.h. */
bool kb_record_type_is_access(enum kb_record_type type);

/* The clear part. Nothing in it names a person or a child. */
struct kb_record {
	enum kb_record_type type;
	int64_t at_utc_ms;
	uint64_t user_no;      /* actor; 0: the agent itself */
	uint32_t party_no;     /* the other side; KB_PARTY_NO_SELF: nobody else */
	uint64_t case_no;      /* 0: none */
	uint64_t data_key_no;  /* of the hidden part; 0: there is none */
	uint64_t ref_seq;      /* the record this one is about; 0: none */
	uint32_t code;	       /* wire reason, clock id, or number of an act */
	uint64_t count;	       /* messages of a receipt, rows of an import */
	struct kb_span header; /* encoded Header, as received or sent; empty: none */
	struct kb_span seal;   /* encoded Seal */
	struct kb_span
		note; /* clear bytes without personal data: receipt items, checkpoints, hashes */
};

/* The hidden part of a message is salt || body; of other records what its owner encodes. */
#define KB_RECORD_CLEAR_MAX ((size_t)384 * 1024)
#define KB_RECORD_HIDDEN_MAX ((size_t)512 * 1024)

/* What is read back. Spans of clear are borrowed from the store until the next write of the step. */
struct kb_record_read {
	struct kb_record clear;
	uint64_t ledger_seq;
	struct kb_span sealed_hidden; /* as stored; empty: none */
};

/*
 * Appends a record to the log. hidden (may be empty) is encrypted under record->data_key_no, which must then not be 0. A
 * message refused for ground or consent is given without hidden part: header and reason only (design 6). KB_ERR_OVERSIZE.
 */
KB_MUST_CHECK enum kb_err kb_record_append(struct kb_step *step, const struct kb_record *record,
					   struct kb_span hidden, uint64_t *ledger_seq);
/* The same with the hidden part in two pieces (salt, body), so that nobody has to join them. */
KB_MUST_CHECK enum kb_err kb_record_append_message(struct kb_step *step,
						   const struct kb_record *record,
						   struct kb_span salt, struct kb_span body,
						   uint64_t *ledger_seq);

KB_MUST_CHECK enum kb_err kb_record_get(struct kb_step *step, uint64_t ledger_seq,
					struct kb_record_read *out);
/* Decrypts the hidden part into arena. KB_ERR_NOT_FOUND: none, or its key was destroyed (erasure). */
KB_MUST_CHECK enum kb_err kb_record_open(struct kb_step *step, const struct kb_record_read *record,
					 struct kb_arena *arena, struct kb_span *hidden);

/* The same of a message: salt (32 bytes, common/crypto/commitment.h) and body, both in arena. KB_ERR_CORRUPT: too short for a salt. */
KB_MUST_CHECK enum kb_err kb_record_open_message(struct kb_step *step,
						 const struct kb_record_read *record,
						 struct kb_arena *arena, struct kb_span *salt,
						 struct kb_span *body);

/* For `log verify`: the clear part and the place of the hidden part in the bytes of a log record. KB_ERR_CORRUPT. */
KB_MUST_CHECK enum kb_err kb_record_decode(struct kb_span bytes, struct kb_record_read *out);

#endif
