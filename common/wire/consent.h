/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemmingen between parties: signed statements, their messages, the confirmation of a withdrawal (proto/consent.proto). */
#ifndef KB_WIRE_CONSENT_H
#define KB_WIRE_CONSENT_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/exchange/consent_rules.h"
#include "common/wire/wire_limits.h"

/* Rules of all _decode and _encode: envelope.h. */

/* The statement itself (struct kb_toestemming): what is signed. */
KB_MUST_CHECK enum kb_err kb_toestemming_decode(struct kb_span bytes, struct kb_arena *arena,
						struct kb_toestemming *out);
KB_MUST_CHECK enum kb_err kb_toestemming_encode(const struct kb_toestemming *in,
						struct kb_buf *out);

struct kb_signed_toestemming {
	struct kb_span
		toestemming; /* an encoded Toestemming, checked on its own after the signature */
	uint8_t signature[KB_WIRE_SIGNATURE_BYTES];
};

KB_MUST_CHECK enum kb_err kb_signed_toestemming_decode(struct kb_span bytes, struct kb_arena *arena,
						       struct kb_signed_toestemming *out);
KB_MUST_CHECK enum kb_err kb_signed_toestemming_encode(const struct kb_signed_toestemming *in,
						       struct kb_buf *out);

/* Content of TOESTEMMING_VERLEEND and TOESTEMMING_INGETROKKEN. */
struct kb_toestemming_bericht {
	struct kb_span ondertekend; /* an encoded OndertekendeToestemming */
};

KB_MUST_CHECK enum kb_err kb_toestemming_bericht_decode(struct kb_span bytes,
							struct kb_arena *arena,
							struct kb_toestemming_bericht *out);
KB_MUST_CHECK enum kb_err kb_toestemming_bericht_encode(const struct kb_toestemming_bericht *in,
							struct kb_buf *out);

/* Content of TOESTEMMING_BEVESTIGING. */
struct kb_toestemming_bevestiging {
	struct kb_id toestemming_id;
	uint32_t versie; /* of the withdrawal, from 1 */
	int64_t at_utc_ms;
	uint32_t recalled_count; /* own messages under it without a receipt */
	uint32_t received_count; /* messages under it received before */
};

KB_MUST_CHECK enum kb_err kb_toestemming_bevestiging_decode(struct kb_span bytes,
							    struct kb_arena *arena,
							    struct kb_toestemming_bevestiging *out);
KB_MUST_CHECK enum kb_err
kb_toestemming_bevestiging_encode(const struct kb_toestemming_bevestiging *in, struct kb_buf *out);

#endif
