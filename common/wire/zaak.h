/* SPDX-License-Identifier: EUPL-1.2 */
/* Case records, proposals for them, and region profiles on their way (proto/zaak.proto). */
#ifndef KB_WIRE_ZAAK_H
#define KB_WIRE_ZAAK_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/exchange/case_chain.h"
#include "common/wire/wire_limits.h"

/* Rules of all _decode and _encode: envelope.h. */

/*
 * One case record. hash is filled at both ends: SHA-256("ketenbode/v1/zaakregel" NUL, the bytes), over the bytes as they came.
 * Structure of one record by itself only; whether it fits the case, kb_chain_apply() says.
 */
KB_MUST_CHECK enum kb_err kb_chain_record_decode(struct kb_span bytes, struct kb_arena *arena,
						 struct kb_chain_record *out);
KB_MUST_CHECK enum kb_err kb_chain_record_encode(struct kb_chain_record *in, struct kb_buf *out);
void kb_chain_record_hash(struct kb_span bytes, struct kb_hash *out);

/* Content of ZAAK_REGEL: encoded case records, oldest first; each is checked on its own by who decodes it. */
struct kb_zaak_regels {
	struct kb_span *regels;
	size_t regel_count; /* 1..KB_CHAIN_RECORDS_MAX */
};

KB_MUST_CHECK enum kb_err kb_zaak_regels_decode(struct kb_span bytes, struct kb_arena *arena,
						struct kb_zaak_regels *out);
KB_MUST_CHECK enum kb_err kb_zaak_regels_encode(const struct kb_zaak_regels *in,
						struct kb_buf *out);

/* Content of ZAAK_VOORSTEL. Who proposes is the author and the desk of its body. */
struct kb_zaak_voorstel {
	struct kb_id proposal_id;
	uint32_t regie_epoch; /* of the last record that the author holds */
	uint32_t revision;
	struct kb_span event;
	uint32_t met; /* kb_guard bits without KB_GUARDS_OF_CASE */
	int64_t at_utc_ms;
	struct kb_chain_fact *facts; /* no fact twice */
	size_t fact_count;
	bool has_participant;
	struct kb_chain_participant participant; /* role 0 and from_utc_ms 0: not said */
};

KB_MUST_CHECK enum kb_err kb_zaak_voorstel_decode(struct kb_span bytes, struct kb_arena *arena,
						  struct kb_zaak_voorstel *out);
KB_MUST_CHECK enum kb_err kb_zaak_voorstel_encode(const struct kb_zaak_voorstel *in,
						  struct kb_buf *out);

/* Content of ZAAK_WEIGERING. */
struct kb_zaak_weigering {
	struct kb_id proposal_id;
	uint32_t reason;     /* kb_err_reason(); one that is not in our table stays a number */
	struct kb_span rule; /* "R02" */
	struct kb_span word; /* empty: nothing to name */
};

KB_MUST_CHECK enum kb_err kb_zaak_weigering_decode(struct kb_span bytes, struct kb_arena *arena,
						   struct kb_zaak_weigering *out);
KB_MUST_CHECK enum kb_err kb_zaak_weigering_encode(const struct kb_zaak_weigering *in,
						   struct kb_buf *out);

/*
 * Content of ZAAK_OPVRAAG, one of two: the records after (regie_epoch, revision) and every record of a later epoch, from the start
 * when epoch is 1 and revision 0; or the profile with that hash, with epoch and revision 0.
 */
struct kb_zaak_opvraag {
	uint32_t regie_epoch;
	uint32_t revision;
	struct kb_hash profile_hash;
};

KB_MUST_CHECK enum kb_err kb_zaak_opvraag_decode(struct kb_span bytes, struct kb_arena *arena,
						 struct kb_zaak_opvraag *out);
KB_MUST_CHECK enum kb_err kb_zaak_opvraag_encode(const struct kb_zaak_opvraag *in,
						 struct kb_buf *out);

/*
 * Content of ZAAK_BEWIJS: a message that the recipient sent itself and lost. Encoded Header and Seal, salt and encoded Body, as they stand
 * in the log of who got it; all empty: nothing (more) is held.
 */
struct kb_zaak_bewijs {
	struct kb_span header;
	struct kb_span seal;
	struct kb_span salt;
	struct kb_span body;
	uint32_t left; /* messages of this answer from this one on; 1: the last */
};

KB_MUST_CHECK enum kb_err kb_zaak_bewijs_decode(struct kb_span bytes, struct kb_arena *arena,
						struct kb_zaak_bewijs *out);
KB_MUST_CHECK enum kb_err kb_zaak_bewijs_encode(const struct kb_zaak_bewijs *in,
						struct kb_buf *out);

/* Content of PROFIEL. The names rise; each is a plain file name [a-z0-9-] with .ini or .route. Its hash: kb_profile_hash(). */
struct kb_profiel_bestand {
	struct kb_span name;
	struct kb_span content;
};

struct kb_profiel {
	struct kb_profiel_bestand *files;
	size_t file_count;	/* 1..KB_WIRE_BESTANDEN_MAX */
	struct kb_party_id swv; /* the signer */
	uint32_t key_version;
	uint8_t signature[KB_WIRE_SIGNATURE_BYTES]; /* over what proto/README.md section 5 says */
};

KB_MUST_CHECK enum kb_err kb_profiel_decode(struct kb_span bytes, struct kb_arena *arena,
					    struct kb_profiel *out);
KB_MUST_CHECK enum kb_err kb_profiel_encode(const struct kb_profiel *in, struct kb_buf *out);

#endif
