/* SPDX-License-Identifier: EUPL-1.2 */
/* The signature of a samenwerkingsverband under a region profile: so that a profile that travels is known to be theirs. */
#ifndef KB_DAEMON_PROFILE_SEAL_H
#define KB_DAEMON_PROFILE_SEAL_H

#include "common/base/buf.h"
#include "common/base/ids.h"
#include "common/crypto/sign.h"
#include "common/daemon/faults.h"

/* The file in the folder of the profile. The hash of the profile does not cover it. */
#define KB_PROFILE_SEAL_FILE "profiel.zegel"

/* A zeroed struct is no seal. */
struct kb_profile_seal {
	struct kb_party_id swv;	   /* who signed; empty: no seal */
	uint32_t key_version;	   /* of its descriptor in the register, from 1 */
	struct kb_sign_public key; /* that key; whether it is theirs, only the register knows */
	struct kb_hash hash;	   /* of the profile */
	struct kb_signature signature;
};

/* Signs the hash for swv with its signing key. */
KB_MUST_CHECK enum kb_err kb_profile_seal_make(const struct kb_hash *hash,
					       const struct kb_party_id *swv, uint32_t key_version,
					       const struct kb_sign_key *key,
					       struct kb_profile_seal *out);

/*
 * Whether the seal is one of key under that hash. key comes from the register (the descriptor of seal->swv with seal->key_version):
 * against seal->key this only shows that nothing was damaged. KB_ERR_COMMITMENT_MISMATCH: a seal of another version of the
 * profile; KB_ERR_BAD_SEAL: another key, or the signature does not hold; KB_ERR_BAD_KEY; KB_ERR_NOT_FOUND: no seal.
 */
KB_MUST_CHECK enum kb_err kb_profile_seal_check(const struct kb_profile_seal *seal,
						const struct kb_hash *hash,
						const struct kb_sign_public *key);

/* The content of the file, which kb_profile_open() reads. */
KB_MUST_CHECK enum kb_err kb_profile_seal_encode(const struct kb_profile_seal *seal,
						 struct kb_buf *out);

#endif
