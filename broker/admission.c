/* SPDX-License-Identifier: EUPL-1.2 */
/* Admission of one message. */
#include "broker/admission.h"

#include "common/crypto/hash.h"

static enum kb_err
check_times(const struct kb_admission *admission, const struct kb_header *header)
{
	if (!admission->clock_trusted) {
		return KB_OK;
	}
	if (header->expires_at_utc_ms <= admission->now_utc_ms) {
		return KB_ERR_EXPIRED;
	}
	if (header->sent_at_utc_ms > admission->now_utc_ms + KB_ADMISSION_AHEAD_MAX_MS) {
		return KB_ERR_CLOCK;
	}
	/* Old messages are welcome: a school may have been away for weeks (reliability.md 1.6). */
	return header->expires_at_utc_ms <= admission->now_utc_ms + KB_ADMISSION_LIFE_MAX_MS
		       ? KB_OK
		       : KB_ERR_BAD_VALUE;
}

static enum kb_err
check_seal(const struct kb_admission *admission, const struct kb_admission_message *message)
{
	struct kb_seal_claim claim = {
		.sender = message->header.sender,
		.key_version = message->seal.key_version,
		.size = message->seal.tree_size,
		.index = message->seal.leaf_index,
		.path = message->seal.path,
		.signature = kb_span(message->seal.signature, KB_WIRE_SIGNATURE_BYTES),
		.header = message->parts.header,
	};
	const struct kb_verify_key *key = NULL;
	enum kb_err err = admission->asks.sender_key(admission->asks.state, &claim.sender,
						     claim.key_version, &key);

	return err != KB_OK ? err : kb_seal_verify(admission->cache, key, &claim);
}

enum kb_err
kb_admission_check(const struct kb_admission *admission, const struct kb_party_id *user,
		   struct kb_span bytes, struct kb_arena *arena,
		   struct kb_admission_message *message, enum kb_admission_earlier *earlier)
{
	const struct kb_admission_asks *asks = &admission->asks;
	struct kb_hash sealed;
	enum kb_err err = admission->register_expired ? KB_ERR_REGISTER_EXPIRED : KB_OK;

	if (err == KB_OK) {
		err = kb_envelope_split(bytes, &message->parts);
	}
	if (err == KB_OK) {
		err = kb_header_decode(message->parts.header, arena, &message->header);
	}
	if (err == KB_OK && !kb_party_id_equal(&message->header.sender, user)) {
		err = KB_ERR_SENDER_MISMATCH;
	}
	if (err == KB_OK) {
		err = asks->recipient(asks->state, &message->header.recipient,
				      &message->recipient_no);
	}
	if (err == KB_OK) {
		err = check_times(admission, &message->header);
	}
	if (err == KB_OK) {
		err = asks->earlier(asks->state, message, earlier);
	}
	if (err == KB_OK && *earlier == KB_EARLIER_SAME) {
		return KB_ERR_DUPLICATE;
	}
	if (err == KB_OK) {
		kb_sha256(message->parts.sealed, &sealed);
		err = kb_hash_equal(&sealed, &message->header.sealed_sha256) ? KB_OK
									     : KB_ERR_SEALED_HASH;
	}
	if (err == KB_OK) {
		err = kb_wire_seal_decode(message->parts.seal, arena, &message->seal);
	}
	if (err == KB_OK) {
		err = check_seal(admission, message);
	}
	/* Only a signed contradiction is one: without the seal anybody's bad bytes would raise the alarm. */
	if (err == KB_OK && *earlier == KB_EARLIER_OTHER) {
		err = KB_ERR_EQUIVOCATION;
	}
	return err;
}
