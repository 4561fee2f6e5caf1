/* SPDX-License-Identifier: EUPL-1.2 */
/* The commitment in a header: binds it to a body that nobody can guess from it. */
#include "common/crypto/commitment.h"

#include "common/base/secret.h"
#include "common/crypto/hash.h"
#include "common/crypto/rng.h"

/* With its NUL: the label never runs over into the salt. */
static const char body_label[] = "ketenbode/v1/body";

void
kb_salt_fresh(struct kb_salt *out)
{
	kb_crypto_random(out->bytes, sizeof(out->bytes));
}

void
kb_commitment(const struct kb_salt *salt, struct kb_span body, struct kb_hash *out)
{
	struct kb_span parts[] = { KB_SPAN_OF(body_label), KB_SPAN_OF(*salt), body };

	kb_sha256_parts(parts, 3, out);
}

enum kb_err
kb_commitment_check(const struct kb_salt *salt, struct kb_span body,
		    const struct kb_hash *commitment)
{
	struct kb_hash computed;

	kb_commitment(salt, body, &computed);
	return kb_secret_equal(KB_SPAN_OF(computed), KB_SPAN_OF(*commitment))
		       ? KB_OK
		       : KB_ERR_COMMITMENT_MISMATCH;
}
