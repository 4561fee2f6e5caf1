/* SPDX-License-Identifier: EUPL-1.2 */
/* Who this agent is: its own keys, and what the join file pins of the exchange. */
#ifndef KB_RUNTIME_IDENTITY_H
#define KB_RUNTIME_IDENTITY_H

#include "common/base/buf.h"
#include "common/base/secret.h"
#include "common/crypto/x25519.h"
#include "common/exchange/roles.h"
#include "common/trust/register_trust.h"

/* A zeroed struct is empty. */
struct kb_identity {
	struct kb_party_id self;
	enum kb_party_kind kind;
	uint32_t key_version; /* of the descriptor that names these keys */
	struct kb_sign_key *sign;
	struct kb_x25519_key *seal;
	struct kb_x25519_key *seal_old; /* of before a rotation; NULL: none */
	struct kb_secret transport;
	struct kb_secret master;
	struct kb_verify_key *verify; /* own, for checkpoints that others give back */

	struct kb_party_id registrar_id;
	struct kb_verify_key *registrar_key;
	struct kb_buf authority;
	struct kb_party_id broker;
	struct kb_buf broker_address;
	uint8_t broker_transport_key[KB_WIRE_KEY_BYTES];

	struct kb_buf own_entry;   /* encoded RegisterEntry, proven by the head below */
	struct kb_buf signed_head; /* encoded SignedRegisterHead */
};

struct kb_identity_files {
	const char *join;
	const char *keys;	  /* folder with sign.key, seal.key, curve.key, master.key */
	const char *old_seal_key; /* "" for none */
};

/* Reads the key files and the join file, and checks that they belong together: the head is the registrar's, the own entry is in
 * it, and it names the public halves of exactly these keys. Blocks on disk. where says what is wrong and what to do. */
KB_MUST_CHECK enum kb_err kb_identity_load(const struct kb_identity_files *files,
					   struct kb_identity *out, struct kb_error_text *where);
void kb_identity_release(struct kb_identity *identity);

/* What it pinned. Borrowed. */
struct kb_trust_anchor kb_identity_anchor(const struct kb_identity *identity);

#endif
