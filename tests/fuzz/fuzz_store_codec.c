/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows out of any bytes: byte 0 is a number n, the next n bytes say which fields to read, the rest is the value. What was read is
 * packed again and must give the same bytes: a row has one form. */
#include "common/store/codec.h"
#include "common/store/ledger_internal.h"

#include <stdlib.h>

#define FIXED_BYTES 7
#define TEXT_BYTES 32
#define FIELD_KINDS 9

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads one field and packs it at the end of again. */
static void
copy_field(struct kb_unpack *unpack, struct kb_pack *again, uint8_t kind)
{
	uint8_t fixed[FIXED_BYTES];
	char text[TEXT_BYTES];
	struct kb_party_id party;

	if (kind == 0) {
		kb_pack_u8(again, kb_unpack_u8(unpack));
	} else if (kind == 1) {
		kb_pack_bool(again, kb_unpack_bool(unpack));
	} else if (kind == 2) {
		kb_pack_u16(again, kb_unpack_u16(unpack));
	} else if (kind == 3) {
		kb_pack_u32(again, kb_unpack_u32(unpack));
	} else if (kind == 4) {
		kb_pack_u64(again, kb_unpack_u64(unpack));
	} else if (kind == 5) {
		kb_pack_i64(again, kb_unpack_i64(unpack));
	} else if (kind == 6) {
		kb_unpack_fixed(unpack, fixed, sizeof(fixed));
		kb_pack_fixed(again, fixed, sizeof(fixed));
	} else if (kind == 7) {
		kb_unpack_text(unpack, text, sizeof(text));
		kb_pack_text(again, text);
	} else {
		kb_unpack_party(unpack, &party);
		kb_pack_party(again, &party);
	}
}

static void
copy_row(struct kb_span fields, struct kb_span value)
{
	struct kb_buf out = { 0 };
	struct kb_unpack unpack;
	struct kb_pack again;
	uint8_t version = kb_unpack_begin(&unpack, value, 3);

	kb_pack_begin(&again, &out, version);
	for (size_t i = 0; i < fields.len; i++) {
		size_t rest = unpack.rest.len;

		copy_field(&unpack, &again, fields.at[i] % FIELD_KINDS);
		KB_INVARIANT(unpack.rest.len <= rest);
	}
	if (kb_unpack_end(&unpack) == KB_OK) {
		KB_INVARIANT(kb_pack_end(&again) == KB_OK);
		KB_INVARIANT(kb_span_equal(kb_buf_span(&out), value));
	}
	kb_buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct year_key key = ledger_year_key(2026);
	struct ledger_year_row year;
	struct kb_row row = { .key = KB_SPAN_OF(key) };
	size_t count = size > 0 && data[0] < size ? data[0] : 0;
	uint8_t *copy = NULL;

	if (size == 0) {
		return 0;
	}
	/* A copy of exactly this length: a byte read too far is seen. */
	row.value.len = size - 1 - count;
	copy = malloc(row.value.len > 0 ? row.value.len : 1);
	KB_INVARIANT(copy != NULL);
	memcpy(copy, data + 1 + count, row.value.len);
	row.value.at = copy;
	copy_row(kb_span(data + 1, count), row.value);
	if (ledger_year_decode(&row, &year) == KB_OK) {
		KB_INVARIANT(year.year == 2026 && year.checkpoint.len < row.value.len);
	}
	free(copy);
	return 0;
}
