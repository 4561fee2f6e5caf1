/* SPDX-License-Identifier: EUPL-1.2 */
/* Meldingen: what lists and clocks need in clear, what says something of a child encrypted. */
#include "common/store/meldingen.h"

#include "common/store/step_internal.h"

#define MELDING_VERSION 1
#define MELDING_PLACE_VERSION 1
/* The content of kinds 10 and 11 (common/exchange/kinds.c) with room to spare. */
#define MELDING_BYTES_MAX ((size_t)64 * 1024)
#define YEAR_PREFIX_BYTES 2
#define PUPIL_PREFIX_BYTES 10

static const char *const hold_texts[KB_MELDING_HOLD_COUNT] = {
#define KB_ROW(name, number, text) [number] = (text),
	KB_MELDING_HOLD_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_melding_hold_text(enum kb_melding_hold hold)
{
	return (unsigned)hold < KB_MELDING_HOLD_COUNT ? hold_texts[hold] : "";
}

static struct kb_row_key
melding_key(uint16_t schooljaar, uint64_t pupil_no, uint32_t melding_no)
{
	struct kb_row_key key = { 0 };

	kb_row_key_u16(&key, schooljaar);
	kb_row_key_u64(&key, pupil_no);
	kb_row_key_u32(&key, melding_no);
	return key;
}

static void
melding_pack_clear(struct kb_pack *pack, const struct kb_melding_row *row)
{
	kb_pack_fixed(pack, row->melding_id.bytes, sizeof(row->melding_id.bytes));
	kb_pack_u64(pack, row->data_key_no);
	kb_pack_u64(pack, row->case_no);
	kb_pack_u32(pack, row->counterparty_no);
	kb_pack_u32(pack, row->revision);
	kb_pack_u32(pack, row->stand);
	kb_pack_u8(pack, (uint8_t)row->hold);
	kb_pack_u32(pack, row->flags);
	kb_pack_u32(pack, (uint32_t)row->uiterste_melddag);
	kb_pack_u32(pack, (uint32_t)row->vastgesteld_day);
	kb_pack_u16(pack, row->clock_id);
	kb_pack_u32(pack, row->sent.party_no);
	kb_pack_u32(pack, row->sent.epoch_no);
	kb_pack_u64(pack, row->sent.number);
	kb_pack_i64(pack, row->made_utc_ms);
	kb_pack_i64(pack, row->sent_utc_ms);
	kb_pack_i64(pack, row->stored_utc_ms);
	kb_pack_u64(pack, row->export_counter);
}

static void
melding_pack_hidden(struct kb_pack *pack, const struct kb_melding_row *row)
{
	kb_pack_u32(pack, row->soort);
	kb_pack_u32(pack, (uint32_t)row->begin_day);
	kb_pack_u32(pack, (uint32_t)row->eind_day);
	kb_pack_u32(pack, row->minuten);
	kb_pack_text(pack, row->gemeentecode);
	kb_pack_u32(pack, (uint32_t)row->ouders_ingelicht_day);
	kb_pack_bytes(pack, row->duo_kenmerk);
	kb_pack_bytes(pack, row->content);
}

static enum kb_err
melding_decode_clear(struct kb_span row_key, struct kb_span value, struct kb_melding_row *row,
		     struct kb_span *sealed)
{
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row->schooljaar = kb_unpack_u16(&unpack);
	row->pupil_no = kb_unpack_u64(&unpack);
	row->melding_no = kb_unpack_u32(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, MELDING_VERSION);
	kb_unpack_fixed(&unpack, row->melding_id.bytes, sizeof(row->melding_id.bytes));
	row->data_key_no = kb_unpack_u64(&unpack);
	row->case_no = kb_unpack_u64(&unpack);
	row->counterparty_no = kb_unpack_u32(&unpack);
	row->revision = kb_unpack_u32(&unpack);
	row->stand = kb_unpack_u32(&unpack);
	row->hold = (enum kb_melding_hold)kb_unpack_u8(&unpack);
	row->flags = kb_unpack_u32(&unpack);
	row->uiterste_melddag = (int32_t)kb_unpack_u32(&unpack);
	row->vastgesteld_day = (int32_t)kb_unpack_u32(&unpack);
	row->clock_id = kb_unpack_u16(&unpack);
	row->sent.party_no = kb_unpack_u32(&unpack);
	row->sent.epoch_no = kb_unpack_u32(&unpack);
	row->sent.number = kb_unpack_u64(&unpack);
	row->made_utc_ms = kb_unpack_i64(&unpack);
	row->sent_utc_ms = kb_unpack_i64(&unpack);
	row->stored_utc_ms = kb_unpack_i64(&unpack);
	row->export_counter = kb_unpack_u64(&unpack);
	*sealed = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

static enum kb_err
melding_decode_hidden(struct kb_span plain, struct kb_melding_row *row)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, plain, MELDING_VERSION);
	row->soort = kb_unpack_u32(&unpack);
	row->begin_day = (int32_t)kb_unpack_u32(&unpack);
	row->eind_day = (int32_t)kb_unpack_u32(&unpack);
	row->minuten = kb_unpack_u32(&unpack);
	kb_unpack_text(&unpack, row->gemeentecode, sizeof(row->gemeentecode));
	row->ouders_ingelicht_day = (int32_t)kb_unpack_u32(&unpack);
	row->duo_kenmerk = kb_unpack_bytes(&unpack);
	row->content = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

/* ---- the id of a melding leads to its place ---- */

enum kb_err
kb_melding_find(struct kb_step *step, const struct kb_id *melding_id, uint16_t *schooljaar,
		uint64_t *pupil_no, uint32_t *melding_no)
{
	struct kb_row_key key = kb_lookup_id(KB_LOOKUP_MELDING, melding_id);
	struct kb_span value = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = kb_row_get(step, KB_TABLE_LOOKUPS, &key, &value);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, MELDING_PLACE_VERSION);
	uint16_t year = kb_unpack_u16(&unpack);
	uint64_t pupil = kb_unpack_u64(&unpack);
	uint32_t number = kb_unpack_u32(&unpack);

	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*schooljaar = year;
		*pupil_no = pupil;
		*melding_no = number;
	}
	return err;
}

static enum kb_err
place_put(struct kb_step *step, const struct kb_melding_row *row)
{
	struct kb_row_key key = kb_lookup_id(KB_LOOKUP_MELDING, &row->melding_id);
	struct kb_pack pack;

	kb_buf_clear(&step->row);
	kb_pack_begin(&pack, &step->row, MELDING_PLACE_VERSION);
	kb_pack_u16(&pack, row->schooljaar);
	kb_pack_u64(&pack, row->pupil_no);
	kb_pack_u32(&pack, row->melding_no);
	return kb_row_put(step, KB_TABLE_LOOKUPS, &key, &pack, KB_PUT_NEW);
}

static enum kb_err
next_melding_no(struct kb_step *step, const struct kb_melding_row *row, uint32_t *melding_no)
{
	struct kb_row_key prefix = melding_key(row->schooljaar, row->pupil_no, 0);
	struct kb_melding_row last = { 0 };
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_row found;
	enum kb_err err = KB_OK;

	prefix.len = PUPIL_PREFIX_BYTES;
	err = kb_row_last(step, KB_TABLE_MELDINGEN, &prefix, &found);
	if (err == KB_ERR_NOT_FOUND) {
		*melding_no = 1;
		return KB_OK;
	}
	if (err == KB_OK) {
		err = melding_decode_clear(found.key, found.value, &last, &sealed);
	}
	if (err == KB_OK && last.melding_no == UINT32_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		*melding_no = last.melding_no + 1;
	}
	return err;
}

/* A new row gets its number and its place; an old one must stand where its id says. */
static enum kb_err
melding_place(struct kb_step *step, struct kb_melding_row *row)
{
	uint16_t year = 0;
	uint64_t pupil = 0;
	uint32_t number = 0;
	enum kb_err err = kb_melding_find(step, &row->melding_id, &year, &pupil, &number);

	if (err == KB_OK) {
		bool same = year == row->schooljaar && pupil == row->pupil_no &&
			    number == row->melding_no;

		return same ? KB_OK : KB_ERR_EXISTS;
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (row->melding_no != 0) {
		return KB_ERR_NOT_FOUND;
	}
	err = next_melding_no(step, row, &row->melding_no);
	return err == KB_OK ? place_put(step, row) : err;
}

enum kb_err
kb_melding_rename(struct kb_step *step, struct kb_melding_row *row, const struct kb_id *melding_id)
{
	struct kb_melding_row renamed = *row;
	enum kb_err err = kb_step_need_write(step);

	renamed.melding_id = *melding_id;
	if (err == KB_OK && row->melding_no == 0) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = place_put(step, &renamed);
	}
	if (err == KB_OK) {
		row->melding_id = *melding_id;
	}
	return err;
}

enum kb_err
kb_melding_put(struct kb_step *step, struct kb_melding_row *melding)
{
	struct kb_melding_row row = *melding;
	struct kb_row_key key = { 0 };
	struct kb_pack clear;
	struct kb_pack hidden;
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && row.data_key_no == 0) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && row.duo_kenmerk.len + row.content.len > MELDING_BYTES_MAX) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK) {
		err = melding_place(step, &row);
	}
	if (err == KB_OK) {
		row.export_counter = kb_step_count_up(step, KB_COUNTER_EXPORT);
		key = melding_key(row.schooljaar, row.pupil_no, row.melding_no);
		kb_sealed_begin(step, &clear, &hidden, MELDING_VERSION);
		melding_pack_clear(&clear, &row);
		melding_pack_hidden(&hidden, &row);
		err = kb_sealed_put(step, KB_TABLE_MELDINGEN, &key, row.data_key_no, &clear,
				    &hidden);
	}
	if (err == KB_OK) {
		*melding = row;
	}
	return err;
}

static enum kb_err
melding_open(struct kb_step *step, struct kb_span row_key, struct kb_span value,
	     struct kb_arena *arena, struct kb_melding_row *out)
{
	struct kb_melding_row row = { 0 };
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_span plain = KB_SPAN_NONE;
	enum kb_err err = melding_decode_clear(row_key, value, &row, &sealed);

	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_MELDINGEN, row_key, row.data_key_no, sealed,
				     arena, &plain);
	}
	if (err == KB_OK) {
		err = melding_decode_hidden(plain, &row);
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_melding_get(struct kb_step *step, uint16_t schooljaar, uint64_t pupil_no, uint32_t melding_no,
	       struct kb_arena *arena, struct kb_melding_row *out)
{
	struct kb_row_key key = melding_key(schooljaar, pupil_no, melding_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_MELDINGEN, &key, &value);

	return err == KB_OK ? melding_open(step, kb_row_key_span(&key), value, arena, out) : err;
}

enum kb_err
kb_melding_next(struct kb_step *step, bool same_year, bool same_pupil, struct kb_arena *arena,
		struct kb_melding_row *out)
{
	struct kb_row_key after = melding_key(out->schooljaar, out->pupil_no, out->melding_no);
	size_t prefix_len = same_pupil ? PUPIL_PREFIX_BYTES : (same_year ? YEAR_PREFIX_BYTES : 0);
	struct kb_row row;
	enum kb_err err = KB_OK;

	/* A row whose key was destroyed is passed over. */
	do {
		err = kb_row_after(step, KB_TABLE_MELDINGEN, &after, prefix_len, &row);
		if (err != KB_OK) {
			return err;
		}
		after = (struct kb_row_key){ 0 };
		kb_row_key_bytes(&after, row.key.at, row.key.len);
		err = melding_open(step, row.key, row.value, arena, out);
	} while (err == KB_ERR_NOT_FOUND);
	return err;
}

enum kb_err
kb_melding_counter(struct kb_step *step, uint64_t *counter)
{
	*counter = step->counters.last[KB_COUNTER_EXPORT];
	return KB_OK;
}
