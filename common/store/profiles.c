/* SPDX-License-Identifier: EUPL-1.2 */
/* Region profiles: rows by hash. A random key, but off the path of messages: there are a handful. */
#include "common/store/profiles.h"

#include "common/store/step_internal.h"

#define PROFILE_VERSION 1

static struct kb_row_key
profile_key(const struct kb_hash *hash)
{
	struct kb_row_key key = { 0 };

	kb_row_key_bytes(&key, hash->bytes, sizeof(hash->bytes));
	return key;
}

/* bytes is borrowed from value. */
static enum kb_err
profile_decode(struct kb_span row_key, struct kb_span value, struct kb_profile_row *out)
{
	struct kb_profile_row row = { .from_party_no = 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	kb_unpack_fixed(&unpack, row.hash.bytes, sizeof(row.hash.bytes));
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, PROFILE_VERSION);
	row.from_party_no = kb_unpack_u32(&unpack);
	row.at_utc_ms = kb_unpack_i64(&unpack);
	row.bytes = kb_unpack_bytes(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

static enum kb_err
profile_copy(struct kb_span row_key, struct kb_span value, struct kb_arena *arena,
	     struct kb_profile_row *out)
{
	struct kb_profile_row row;
	enum kb_err err = profile_decode(row_key, value, &row);

	if (err != KB_OK) {
		return err;
	}
	row.bytes = kb_arena_copy(arena, row.bytes);
	if (row.bytes.at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	*out = row;
	return KB_OK;
}

enum kb_err
kb_profile_row_put(struct kb_step *step, const struct kb_profile_row *row)
{
	struct kb_row_key key = profile_key(&row->hash);
	struct kb_profile_row before;
	struct kb_span value = KB_SPAN_NONE;
	struct kb_pack pack;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && (row->bytes.len == 0 || kb_hash_empty(&row->hash))) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && row->bytes.len > KB_PROFILE_ROW_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = kb_row_get(step, KB_TABLE_PROFILES, &key, &value);
		if (err == KB_OK) {
			err = profile_decode(kb_row_key_span(&key), value, &before);
			err = err == KB_OK && kb_span_equal(before.bytes, row->bytes)
				      ? KB_ERR_EXISTS
				      : err;
		} else if (err == KB_ERR_NOT_FOUND) {
			err = KB_OK;
		}
	}
	if (err != KB_OK) {
		return err;
	}
	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, PROFILE_VERSION);
	kb_pack_u32(&pack, row->from_party_no);
	kb_pack_i64(&pack, row->at_utc_ms);
	kb_pack_bytes(&pack, row->bytes);
	return kb_row_put(step, KB_TABLE_PROFILES, &key, &pack, KB_PUT_REPLACE);
}

enum kb_err
kb_profile_row_get(struct kb_step *step, const struct kb_hash *hash, struct kb_arena *arena,
		   struct kb_profile_row *out)
{
	struct kb_row_key key = profile_key(hash);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_PROFILES, &key, &value);

	return err == KB_OK ? profile_copy(kb_row_key_span(&key), value, arena, out) : err;
}

enum kb_err
kb_profile_row_next(struct kb_step *step, const struct kb_hash *after, struct kb_arena *arena,
		    struct kb_profile_row *out)
{
	struct kb_row_key key = profile_key(after);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_PROFILES, &key, 0, &row);

	return err == KB_OK ? profile_copy(row.key, row.value, arena, out) : err;
}
