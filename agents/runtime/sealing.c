/* SPDX-License-Identifier: EUPL-1.2 */
/* From a body to an envelope and back. */
#include "agents/runtime/sealing.h"

#include "common/crypto/hash.h"
#include "common/crypto/padding.h"

void
kb_sealer_release(struct kb_sealer *sealer)
{
	kb_buf_wipe(&sealer->plain);
	kb_buf_wipe(&sealer->padded);
	kb_buf_release(&sealer->scratch);
}

/* What is in buf, in the arena; buf is used again. */
static enum kb_err
keep(struct kb_arena *arena, const struct kb_buf *buf, struct kb_span *out)
{
	*out = kb_arena_copy(arena, kb_buf_span(buf));
	return out->at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

enum kb_err
kb_letter_write(struct kb_letter *letter, const struct kb_body *body, struct kb_sealer *sealer,
		struct kb_arena *arena)
{
	enum kb_err err;

	kb_buf_clear(&sealer->plain);
	err = kb_body_encode(body, &sealer->plain);
	if (err == KB_OK) {
		err = keep(arena, &sealer->plain, &letter->body);
	}
	if (err == KB_OK) {
		kb_salt_fresh(&letter->salt);
		kb_commitment(&letter->salt, letter->body, &letter->commitment);
	}
	return err;
}

/* One recipient of the batch. */
struct context {
	const struct kb_letter *first;
	struct kb_hpke_sender *sender;
	struct kb_x25519_public enc;
};

struct contexts {
	struct context items[KB_WIRE_BATCH_MAX];
	size_t count;
};

static enum kb_err
find_context(struct contexts *contexts, const struct kb_identity *identity,
	     struct kb_sealer *sealer, const struct kb_letter *letter, struct context **out)
{
	struct context *fresh = NULL;
	enum kb_err err;

	for (size_t i = contexts->count; i-- > 0;) {
		struct context *known = &contexts->items[i];

		if (kb_party_id_equal(&known->first->recipient, &letter->recipient) &&
		    memcmp(known->first->recipient_key.bytes, letter->recipient_key.bytes,
			   KB_X25519_BYTES) == 0) {
			*out = known;
			return KB_OK;
		}
	}
	fresh = &contexts->items[contexts->count];
	kb_buf_clear(&sealer->scratch);
	err = kb_hpke_info_encode(&identity->self, &letter->recipient, &sealer->scratch);
	if (err == KB_OK) {
		err = kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM, &letter->recipient_key,
					 kb_buf_span(&sealer->scratch), &fresh->sender,
					 &fresh->enc);
	}
	if (err == KB_OK) {
		fresh->first = letter;
		contexts->count++;
		*out = fresh;
	}
	return err;
}

/* Ciphertext into sealer->padded, header into letter->header. */
static enum kb_err
seal_one(const struct kb_identity *identity, struct kb_sealer *sealer, struct context *context,
	 struct kb_letter *letter, int64_t now_utc_ms, struct kb_arena *arena,
	 struct kb_span *sealed)
{
	uint64_t index = kb_hpke_sender_next(context->sender);
	struct kb_header header = { .wire_version = KB_WIRE_VERSION,
				    .suite = KB_WIRE_SUITE,
				    .message_id = letter->message_id,
				    .sender = identity->self,
				    .recipient = letter->recipient,
				    .epoch = letter->epoch,
				    .number = letter->number,
				    .attempt = letter->attempt,
				    .sent_at_utc_ms = now_utc_ms,
				    .expires_at_utc_ms = letter->expires_at_utc_ms,
				    .priority = letter->urgent ? KB_PRIORITY_URGENT
							       : KB_PRIORITY_NORMAL,
				    .hpke_index = (uint32_t)index,
				    .commitment = letter->commitment };
	enum kb_err err;

	memcpy(header.hpke_enc, context->enc.bytes, sizeof(header.hpke_enc));
	kb_buf_clear(&sealer->plain);
	err = kb_buf_put(&sealer->plain, KB_SPAN_OF(letter->salt.bytes));
	if (err == KB_OK) {
		err = kb_buf_put(&sealer->plain, letter->body);
	}
	if (err == KB_OK) {
		kb_buf_clear(&sealer->padded);
		err = kb_pad(kb_buf_span(&sealer->plain), &sealer->padded);
	}
	if (err == KB_OK) {
		kb_buf_clear(&sealer->scratch);
		err = kb_aad_encode(&header, &sealer->scratch);
	}
	if (err == KB_OK) {
		kb_buf_clear(&sealer->plain);
		err = kb_hpke_seal(context->sender, index, kb_buf_span(&sealer->scratch),
				   kb_buf_span(&sealer->padded), &sealer->plain);
	}
	if (err == KB_OK) {
		err = keep(arena, &sealer->plain, sealed);
	}
	if (err == KB_OK) {
		kb_sha256(*sealed, &header.sealed_sha256);
		kb_buf_clear(&sealer->scratch);
		err = kb_header_encode(&header, &sealer->scratch);
	}
	return err == KB_OK ? keep(arena, &sealer->scratch, &letter->header) : err;
}

/* Seal and envelope, once the tree over all headers is signed. */
static enum kb_err
wrap_one(const struct kb_identity *identity, struct kb_sealer *sealer, const struct kb_seal *seal,
	 size_t index, struct kb_letter *letter, struct kb_span sealed, struct kb_arena *arena)
{
	struct kb_wire_seal wire = { .key_version = identity->key_version,
				     .tree_size = seal->size,
				     .leaf_index = (uint32_t)index,
				     .path = seal->size > 1 ? seal->paths[index] : KB_SPAN_NONE };
	enum kb_err err;

	memcpy(wire.signature, seal->signature.bytes, sizeof(wire.signature));
	kb_buf_clear(&sealer->scratch);
	err = kb_wire_seal_encode(&wire, &sealer->scratch);
	if (err == KB_OK) {
		err = keep(arena, &sealer->scratch, &letter->seal);
	}
	if (err == KB_OK) {
		struct kb_envelope envelope = { .header = letter->header,
						.seal = letter->seal,
						.sealed = sealed };

		kb_buf_clear(&sealer->scratch);
		err = kb_envelope_encode(&envelope, &sealer->scratch);
	}
	return err == KB_OK ? keep(arena, &sealer->scratch, &letter->envelope) : err;
}

enum kb_err
kb_letters_seal(const struct kb_identity *identity, struct kb_sealer *sealer,
		struct kb_letter *const *letters, size_t count, int64_t now_utc_ms,
		struct kb_arena *arena)
{
	struct contexts *contexts = kb_arena_alloc(arena, sizeof(*contexts));
	struct kb_span *sealed = kb_arena_alloc(arena, count * sizeof(*sealed));
	struct kb_span *headers = kb_arena_alloc(arena, count * sizeof(*headers));
	struct kb_seal seal = { 0 };
	enum kb_err err = KB_OK;

	if (contexts == NULL || sealed == NULL || headers == NULL) {
		err = KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK && (count == 0 || count > KB_WIRE_BATCH_MAX)) {
		err = KB_ERR_OVERSIZE;
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		struct context *context = NULL;

		err = find_context(contexts, identity, sealer, letters[i], &context);
		if (err == KB_OK) {
			err = seal_one(identity, sealer, context, letters[i], now_utc_ms, arena,
				       &sealed[i]);
			headers[i] = letters[i]->header;
		}
	}
	if (err == KB_OK) {
		err = kb_seal_batch(identity->sign, &identity->self, identity->key_version, headers,
				    count, arena, &seal);
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = wrap_one(identity, sealer, &seal, i, letters[i], sealed[i], arena);
	}
	for (size_t i = 0; contexts != NULL && i < contexts->count; i++) {
		kb_hpke_sender_free(contexts->items[i].sender);
	}
	kb_buf_clear(&sealer->padded);
	return err;
}

/* Salt and body out of the sealed bytes, in sealer->plain. */
static enum kb_err
open_with(const struct kb_x25519_key *key, struct kb_hpke_cache *cache, struct kb_sealer *sealer,
	  const struct kb_header *header, struct kb_span sealed)
{
	struct kb_hpke_recipient *recipient = NULL;
	struct kb_x25519_public enc;
	enum kb_err err;

	memcpy(enc.bytes, header->hpke_enc, sizeof(enc.bytes));
	kb_buf_clear(&sealer->scratch);
	err = kb_hpke_info_encode(&header->sender, &header->recipient, &sealer->scratch);
	if (err == KB_OK) {
		err = kb_hpke_cache_get(cache, KB_HPKE_AEAD_AES_256_GCM, key, &enc,
					kb_buf_span(&sealer->scratch), &recipient);
	}
	if (err == KB_OK) {
		kb_buf_clear(&sealer->scratch);
		err = kb_aad_encode(header, &sealer->scratch);
	}
	if (err == KB_OK) {
		kb_buf_clear(&sealer->plain);
		err = kb_hpke_open(recipient, header->hpke_index, kb_buf_span(&sealer->scratch),
				   sealed, &sealer->plain);
	}
	return err;
}

enum kb_err
kb_letter_open(const struct kb_identity *identity, struct kb_hpke_cache *cache,
	       struct kb_sealer *sealer, const struct kb_header *header, struct kb_span sealed,
	       struct kb_arena *arena, struct kb_opened *out)
{
	struct kb_span content;
	enum kb_err err = open_with(identity->seal, cache, sealer, header, sealed);

	if (err == KB_ERR_CANNOT_OPEN && identity->seal_old != NULL) {
		err = open_with(identity->seal_old, cache, sealer, header, sealed);
	}
	if (err == KB_OK) {
		err = kb_unpad(kb_buf_span(&sealer->plain), &content);
	}
	if (err == KB_OK && content.len < KB_SALT_BYTES) {
		err = KB_ERR_TRUNCATED;
	}
	if (err == KB_OK) {
		memcpy(out->salt.bytes, content.at, KB_SALT_BYTES);
		out->body_bytes =
			kb_arena_copy(arena, kb_span_part(content, KB_SALT_BYTES, content.len));
		err = kb_commitment_check(&out->salt, out->body_bytes, &header->commitment);
	}
	if (err == KB_OK) {
		err = kb_body_decode(out->body_bytes, arena, &out->body);
	}
	return err;
}
