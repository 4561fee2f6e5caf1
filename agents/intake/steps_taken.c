/* SPDX-License-Identifier: EUPL-1.2 */
/* What a school already did for a leerling. */
#include "agents/intake/steps_taken.h"

#include "common/base/bytes.h"

/* Payload: yyyymmdd (u32 BE), then the text. */
#define DATE_BYTES 4

enum kb_err
kb_steps_taken_add(struct kb_step *step, uint64_t case_no, const struct kb_melding_stap *stap,
		   uint32_t author_party_no, uint64_t author_user_no, int64_t at_utc_ms)
{
	struct kb_case_item item = { .case_no = case_no,
				     .type = KB_ITEM_STEP_TAKEN,
				     .author_party_no = author_party_no,
				     .author_user_no = author_user_no,
				     .at_utc_ms = at_utc_ms,
				     .visibility = KB_VISIBILITY_ALL };
	struct kb_buf payload = { .ceiling = DATE_BYTES + KB_WIRE_STAP_BYTES_MAX };
	enum kb_err err = kb_buf_put_u32(&payload, stap->datum);

	if (err == KB_OK) {
		err = kb_buf_put(&payload, stap->tekst);
	}
	if (err == KB_OK) {
		item.payload = kb_buf_span(&payload);
		err = kb_case_item_put(step, &item);
	}
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_steps_taken_list(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		    struct kb_melding_stap **out, size_t *count)
{
	struct kb_case_item item = { 0 };
	enum kb_err err = KB_OK;

	*count = 0;
	*out = kb_arena_alloc(arena, KB_WIRE_STAPPEN_MAX * sizeof(**out));
	if (*out == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (;;) {
		err = kb_case_item_next(step, case_no, KB_ITEM_STEP_TAKEN, item.item_no, arena,
					&item);
		if (err != KB_OK) {
			return err == KB_ERR_NOT_FOUND ? KB_OK : err;
		}
		if (item.payload.len <= DATE_BYTES) {
			return KB_ERR_CORRUPT;
		}
		if (*count == KB_WIRE_STAPPEN_MAX) {
			memmove(*out, *out + 1, (KB_WIRE_STAPPEN_MAX - 1) * sizeof(**out));
			(*count)--;
		}
		(*out)[(*count)++] =
			(struct kb_melding_stap){ .datum = kb_load_u32(item.payload.at),
						  .tekst = kb_span_part(item.payload, DATE_BYTES,
									item.payload.len) };
	}
}
