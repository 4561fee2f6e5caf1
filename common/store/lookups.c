/* SPDX-License-Identifier: EUPL-1.2 */
/* From an identity (by its keyed hash) or a random id to the local number. Never on the message path. */
#include "common/crypto/hash.h"
#include "common/store/step_internal.h"

#define LOOKUP_VERSION 1

struct kb_row_key
kb_lookup_identity(const struct kb_store *store, enum kb_lookup kind, struct kb_span identity)
{
	uint8_t kind_byte = (uint8_t)kind;
	struct kb_span parts[2] = { kb_span(&kind_byte, 1), identity };
	struct kb_row_key key = { 0 };
	struct kb_hash hash;

	kb_hmac_sha256_parts(kb_secret_span(&store->lookup_key), parts, 2, &hash);
	kb_row_key_u8(&key, kind_byte);
	kb_row_key_bytes(&key, hash.bytes, sizeof(hash.bytes));
	return key;
}

struct kb_row_key
kb_lookup_id(enum kb_lookup kind, const struct kb_id *id)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u8(&key, (uint8_t)kind);
	kb_row_key_bytes(&key, id->bytes, sizeof(id->bytes));
	return key;
}

enum kb_err
kb_lookup_get(struct kb_step *step, const struct kb_row_key *key, uint64_t *number)
{
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_LOOKUPS, key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, LOOKUP_VERSION);
	uint64_t found = kb_unpack_u64(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*number = found;
	}
	return err;
}

enum kb_err
kb_lookup_put(struct kb_step *step, const struct kb_row_key *key, uint64_t number)
{
	struct kb_pack pack;
	uint64_t found = 0;
	enum kb_err err = kb_lookup_get(step, key, &found);

	if (err == KB_OK) {
		return found == number ? KB_OK : KB_ERR_EXISTS;
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, LOOKUP_VERSION);
	kb_pack_u64(&pack, number);
	return kb_row_put(step, KB_TABLE_LOOKUPS, key, &pack, KB_PUT_NEW);
}

enum kb_err
kb_lookup_delete(struct kb_step *step, const struct kb_row_key *key)
{
	return kb_row_del(step, KB_TABLE_LOOKUPS, key);
}
