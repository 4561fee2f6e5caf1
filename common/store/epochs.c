/* SPDX-License-Identifier: EUPL-1.2 */
/* Epochs as numbers, both ways. */
#include "common/store/step_internal.h"

#define EPOCH_VERSION 1

static struct kb_row_key
epoch_key(uint32_t party_no, uint32_t epoch_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u32(&key, party_no);
	kb_row_key_u32(&key, epoch_no);
	return key;
}

static struct kb_row_key
epoch_id_key(uint32_t party_no, const struct kb_epoch *epoch)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u32(&key, party_no);
	kb_row_key_bytes(&key, epoch->bytes, sizeof(epoch->bytes));
	return key;
}

static enum kb_err
epoch_decode(struct kb_span row_key, struct kb_span value, struct kb_epoch_row *out)
{
	struct kb_epoch_row row = { 0 };
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row.party_no = kb_unpack_u32(&unpack);
	row.epoch_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, EPOCH_VERSION);
	kb_unpack_fixed(&unpack, row.epoch.bytes, sizeof(row.epoch.bytes));
	row.since_utc_ms = kb_unpack_i64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

static enum kb_err
epoch_add(struct kb_step *step, const struct kb_epoch_row *row)
{
	struct kb_row_key key = epoch_key(row->party_no, row->epoch_no);
	struct kb_row_key id_key = epoch_id_key(row->party_no, &row->epoch);
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, EPOCH_VERSION);
	kb_pack_fixed(&pack, row->epoch.bytes, sizeof(row->epoch.bytes));
	kb_pack_i64(&pack, row->since_utc_ms);
	err = kb_row_put(step, KB_TABLE_EPOCHS, &key, &pack, KB_PUT_NEW);
	if (err == KB_OK) {
		kb_buf_clear(&step->row);
		kb_pack_begin(&pack, &step->row, EPOCH_VERSION);
		kb_pack_u32(&pack, row->epoch_no);
		err = kb_row_put(step, KB_TABLE_EPOCH_IDS, &id_key, &pack, KB_PUT_NEW);
	}
	return err;
}

enum kb_err
kb_epoch_get(struct kb_step *step, uint32_t party_no, uint32_t epoch_no, struct kb_epoch_row *out)
{
	struct kb_row_key key = epoch_key(party_no, epoch_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_EPOCHS, &key, &value);

	return err == KB_OK ? epoch_decode(kb_row_key_span(&key), value, out) : err;
}

enum kb_err
kb_epoch_own(struct kb_step *step, struct kb_epoch_row *out)
{
	enum kb_err err = KB_OK;

	if (step->own_epoch.epoch_no == 0) {
		err = kb_epoch_get(step, KB_PARTY_NO_SELF,
				   (uint32_t)step->counters.last[KB_COUNTER_OWN_EPOCH],
				   &step->own_epoch);
	}
	if (err == KB_OK) {
		*out = step->own_epoch;
	}
	return err;
}

enum kb_err
kb_store_new_epoch(struct kb_step *step, struct kb_epoch_row *out)
{
	struct kb_epoch_row row = { .party_no = KB_PARTY_NO_SELF };
	enum kb_err err = kb_step_need_write(step);

	if (err != KB_OK) {
		return err;
	}
	if (step->counters.last[KB_COUNTER_OWN_EPOCH] >= KB_EPOCHS_PER_PARTY_MAX) {
		return KB_ERR_BUSY;
	}
	kb_random_fill(&step->store->random, row.epoch.bytes, sizeof(row.epoch.bytes));
	row.epoch_no = (uint32_t)(step->counters.last[KB_COUNTER_OWN_EPOCH] + 1);
	row.since_utc_ms = step->now_utc_ms;
	err = epoch_add(step, &row);
	if (err == KB_OK) {
		(void)kb_step_count_up(step, KB_COUNTER_OWN_EPOCH);
		step->own_epoch = row;
		*out = row;
	}
	return err;
}

enum kb_err
kb_epoch_find(struct kb_step *step, uint32_t party_no, const struct kb_epoch *epoch,
	      uint32_t *epoch_no)
{
	struct kb_epoch_row *late = &step->late_epoch;
	struct kb_row_key key = epoch_id_key(party_no, epoch);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	/* Messages of one sender come in runs. */
	if (late->epoch_no != 0 && late->party_no == party_no &&
	    memcmp(late->epoch.bytes, epoch->bytes, sizeof(epoch->bytes)) == 0) {
		*epoch_no = late->epoch_no;
		return KB_OK;
	}
	err = kb_row_get(step, KB_TABLE_EPOCH_IDS, &key, &value);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, EPOCH_VERSION);
	uint32_t found = kb_unpack_u32(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*late = (struct kb_epoch_row){ .party_no = party_no,
					       .epoch_no = found,
					       .epoch = *epoch };
		*epoch_no = found;
	}
	return err;
}

enum kb_err
kb_epoch_take(struct kb_step *step, uint32_t party_no, const struct kb_epoch *epoch,
	      uint32_t *epoch_no)
{
	struct kb_epoch_row row = { .party_no = party_no,
				    .epoch_no = 1,
				    .epoch = *epoch,
				    .since_utc_ms = step->now_utc_ms };
	struct kb_row_key prefix = { 0 };
	struct kb_epoch_row last = { 0 };
	struct kb_row found;
	enum kb_err err = kb_epoch_find(step, party_no, epoch, epoch_no);

	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (party_no == KB_PARTY_NO_SELF) {
		return KB_ERR_STATE; /* own epochs are drawn, not met */
	}
	kb_row_key_u32(&prefix, party_no);
	err = kb_row_last(step, KB_TABLE_EPOCHS, &prefix, &found);
	if (err == KB_OK) {
		err = epoch_decode(found.key, found.value, &last);
		if (err != KB_OK) {
			return err;
		}
		if (last.epoch_no >= KB_EPOCHS_PER_PARTY_MAX) {
			return KB_ERR_BUSY;
		}
		row.epoch_no = last.epoch_no + 1;
	} else if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	err = epoch_add(step, &row);
	if (err == KB_OK) {
		*epoch_no = row.epoch_no;
	}
	return err;
}

enum kb_err
kb_epoch_next(struct kb_step *step, uint32_t party_no, uint32_t after_no, struct kb_epoch_row *out)
{
	struct kb_row_key after = epoch_key(party_no, after_no);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_EPOCHS, &after, 4, &row);

	return err == KB_OK ? epoch_decode(row.key, row.value, out) : err;
}
