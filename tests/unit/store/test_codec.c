/* SPDX-License-Identifier: EUPL-1.2 */
/* Packing and unpacking of rows, and the sealing of values to their place. */
#include "common/store/codec.h"
#include "common/store/crypt.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(codec, .timeout = 30);

static void
pack_all(struct kb_buf *out)
{
	struct kb_pack pack;
	struct kb_party_id party;

	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000/12AB00"), &party), KB_OK);
	kb_pack_begin(&pack, out, 2);
	kb_pack_u8(&pack, 0xfe);
	kb_pack_bool(&pack, true);
	kb_pack_u16(&pack, 0x1234);
	kb_pack_u32(&pack, 0x89abcdef);
	kb_pack_u64(&pack, UINT64_MAX - 1);
	kb_pack_i64(&pack, -5);
	kb_pack_fixed(&pack, "abcd", 4);
	kb_pack_bytes(&pack, kb_span_text("bytes"));
	kb_pack_bytes(&pack, KB_SPAN_NONE);
	kb_pack_text(&pack, "tekst");
	kb_pack_party(&pack, &party);
	cr_assert_eq(kb_pack_end(&pack), KB_OK);
}

static enum kb_err
unpack_all(struct kb_span value)
{
	struct kb_unpack unpack;
	struct kb_party_id party;
	char text[6];
	char fixed[4];

	(void)kb_unpack_begin(&unpack, value, 2);
	(void)kb_unpack_u8(&unpack);
	(void)kb_unpack_bool(&unpack);
	(void)kb_unpack_u16(&unpack);
	(void)kb_unpack_u32(&unpack);
	(void)kb_unpack_u64(&unpack);
	(void)kb_unpack_i64(&unpack);
	kb_unpack_fixed(&unpack, fixed, sizeof(fixed));
	(void)kb_unpack_bytes(&unpack);
	(void)kb_unpack_bytes(&unpack);
	kb_unpack_text(&unpack, text, sizeof(text));
	kb_unpack_party(&unpack, &party);
	return kb_unpack_end(&unpack);
}

Test(codec, gives_back_what_was_packed)
{
	struct kb_buf value = { 0 };
	struct kb_unpack unpack;
	struct kb_party_id party;
	char text[16];
	char fixed[4];

	pack_all(&value);
	cr_assert_eq(kb_unpack_begin(&unpack, kb_buf_span(&value), 2), 2);
	cr_assert_eq(kb_unpack_u8(&unpack), 0xfe);
	cr_assert(kb_unpack_bool(&unpack));
	cr_assert_eq(kb_unpack_u16(&unpack), 0x1234);
	cr_assert_eq(kb_unpack_u32(&unpack), 0x89abcdef);
	cr_assert_eq(kb_unpack_u64(&unpack), UINT64_MAX - 1);
	cr_assert_eq(kb_unpack_i64(&unpack), -5);
	kb_unpack_fixed(&unpack, fixed, 4);
	cr_assert_arr_eq(fixed, "abcd", 4);
	cr_assert(kb_span_equal(kb_unpack_bytes(&unpack), kb_span_text("bytes")));
	cr_assert_eq(kb_unpack_bytes(&unpack).len, 0);
	kb_unpack_text(&unpack, text, sizeof(text));
	cr_assert_str_eq(text, "tekst");
	kb_unpack_party(&unpack, &party);
	cr_assert_str_eq(party.text, "00000099000000001000/12AB00");
	cr_assert_eq(kb_unpack_end(&unpack), KB_OK);
	kb_buf_release(&value);
}

Test(codec, refuses_every_cut_and_every_surplus)
{
	struct kb_buf value = { 0 };

	pack_all(&value);
	cr_assert_eq(unpack_all(kb_buf_span(&value)), KB_OK);
	for (size_t len = 0; len < value.len; len++) {
		/* A copy of exactly this length, so that a sanitizer sees a byte read too far. */
		uint8_t *cut = malloc(len + 1);

		memcpy(cut, value.at, len);
		cr_assert_eq(unpack_all(kb_span(cut, len)), KB_ERR_CORRUPT, "cut at %zu", len);
		free(cut);
	}
	cr_assert_eq(kb_buf_put_u8(&value, 0), KB_OK);
	cr_assert_eq(unpack_all(kb_buf_span(&value)), KB_ERR_CORRUPT);
	value.len--;
	value.at[0] = 3;
	cr_assert_eq(unpack_all(kb_buf_span(&value)), KB_ERR_CORRUPT);
	value.at[0] = 0;
	cr_assert_eq(unpack_all(kb_buf_span(&value)), KB_ERR_CORRUPT);
	kb_buf_release(&value);
}

Test(codec, keeps_the_first_error_and_takes_back_what_it_wrote)
{
	struct kb_buf value = { .ceiling = 8 };
	struct kb_pack pack;
	struct kb_unpack unpack;

	cr_assert_eq(kb_buf_put_text(&value, "ab"), KB_OK);
	kb_pack_begin(&pack, &value, 1);
	kb_pack_u64(&pack, 1);
	kb_pack_u8(&pack, 1);
	cr_assert_eq(kb_pack_end(&pack), KB_ERR_OVERSIZE);
	cr_assert_eq(value.len, 2);
	kb_unpack_begin_key(&unpack, kb_span_text("a"));
	cr_assert_eq(kb_unpack_u16(&unpack), 0);
	cr_assert_eq(kb_unpack_u8(&unpack), 0);
	cr_assert_eq(kb_unpack_end(&unpack), KB_ERR_CORRUPT);
	kb_unpack_begin_key(&unpack, kb_span_text("\2"));
	cr_assert_not(kb_unpack_bool(&unpack));
	cr_assert_eq(kb_unpack_end(&unpack), KB_ERR_CORRUPT);
	kb_buf_release(&value);
}

Test(codec, orders_number_keys_as_numbers)
{
	struct kb_key64 a = kb_key64(255);
	struct kb_key64 b = kb_key64(256);

	cr_assert(kb_span_compare(KB_KEY64_SPAN(a), KB_KEY64_SPAN(b)) < 0);
}

Test(codec, a_sealed_value_opens_only_in_its_own_row_under_its_own_key)
{
	struct kb_datakey key;
	struct kb_datakey other;
	struct kb_buf sealed = { 0 };
	struct kb_buf plain = { 0 };
	struct kb_span text = kb_span_text("geheim");

	kb_datakey_fresh(&key);
	kb_datakey_fresh(&other);
	cr_assert_eq(kb_value_seal(&key, 3, kb_span_text("rij"), text, &sealed), KB_OK);
	cr_assert_eq(sealed.len, text.len + KB_DATAKEY_OVERHEAD_BYTES);
	cr_assert_eq(kb_value_open(&key, 3, kb_span_text("rij"), kb_buf_span(&sealed), &plain),
		     KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&plain), text));
	cr_assert_eq(kb_value_open(&key, 4, kb_span_text("rij"), kb_buf_span(&sealed), &plain),
		     KB_ERR_CORRUPT);
	cr_assert_eq(kb_value_open(&key, 3, kb_span_text("rjj"), kb_buf_span(&sealed), &plain),
		     KB_ERR_CORRUPT);
	cr_assert_eq(kb_value_open(&other, 3, kb_span_text("rij"), kb_buf_span(&sealed), &plain),
		     KB_ERR_CORRUPT);
	cr_assert_eq(plain.len, text.len);
	kb_buf_release(&sealed);
	kb_buf_wipe(&plain);
}
