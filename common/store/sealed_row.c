/* SPDX-License-Identifier: EUPL-1.2 */
/* Values with a clear part and a part that is encrypted under a data key. */
#include "common/store/crypt.h"
#include "common/store/step_internal.h"

void
kb_step_wipe_plain(struct kb_step *step)
{
	kb_wipe(step->plain.at, step->plain.len);
	kb_buf_clear(&step->plain);
}

void
kb_sealed_begin(struct kb_step *step, struct kb_pack *clear, struct kb_pack *hidden,
		uint8_t version)
{
	kb_buf_clear(&step->row);
	kb_buf_clear(&step->plain);
	kb_pack_begin(clear, &step->row, version);
	kb_pack_begin(hidden, &step->plain, version);
}

enum kb_err
kb_sealed_put(struct kb_step *step, unsigned table, const struct kb_row_key *key, uint64_t key_no,
	      struct kb_pack *clear, struct kb_pack *hidden)
{
	struct kb_datakey datakey = { 0 };
	enum kb_err err = kb_pack_end(hidden);

	kb_buf_clear(&step->sealed);
	if (err == KB_OK) {
		err = kb_keyring_get(step->store->keyring, key_no, &datakey);
	}
	if (err == KB_OK) {
		err = kb_value_seal(&datakey, table, kb_row_key_span(key),
				    kb_buf_span(&step->plain), &step->sealed);
	}
	kb_datakey_wipe(&datakey);
	kb_step_wipe_plain(step);
	if (err == KB_OK) {
		kb_pack_bytes(clear, kb_buf_span(&step->sealed));
		err = kb_row_put(step, table, key, clear, KB_PUT_REPLACE);
	}
	return err;
}

enum kb_err
kb_sealed_open(struct kb_step *step, unsigned table, struct kb_span row_key, uint64_t key_no,
	       struct kb_span sealed, struct kb_arena *arena, struct kb_span *plain)
{
	struct kb_datakey datakey = { 0 };
	enum kb_err err = kb_keyring_get(step->store->keyring, key_no, &datakey);

	kb_buf_clear(&step->plain);
	if (err == KB_OK) {
		err = kb_value_open(&datakey, table, row_key, sealed, &step->plain);
	}
	if (err == KB_OK) {
		struct kb_span copy = kb_arena_copy(arena, kb_buf_span(&step->plain));

		if (copy.at == NULL && step->plain.len > 0) {
			err = KB_ERR_NO_MEMORY;
		} else {
			*plain = copy;
		}
	}
	kb_datakey_wipe(&datakey);
	kb_step_wipe_plain(step);
	return err;
}
