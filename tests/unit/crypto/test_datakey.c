/* SPDX-License-Identifier: EUPL-1.2 */
/* Values and data keys at rest: every changed byte is found, keys are told apart, nothing stays behind. */
#include "common/crypto/datakey.h"
#include "common/crypto/init.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>

#define AAD kb_span_text("tabel 3, sleutel 9")
#define PLAIN kb_span_text("een verzonnen leerling van groep 8")

TestSuite(datakey, .fini = kb_crypto_release);

static struct kb_datakey
key_of_byte(uint8_t byte)
{
	struct kb_datakey key;

	memset(key.bytes, byte, sizeof(key.bytes));
	return key;
}

Test(datakey, a_value_comes_back_and_every_sealing_is_different)
{
	struct kb_datakey key = key_of_byte(1);
	struct kb_buf first = { 0 };
	struct kb_buf second = { 0 };
	struct kb_buf plain = { 0 };

	cr_assert_eq(kb_datakey_seal(&key, AAD, PLAIN, &first), KB_OK);
	cr_assert_eq(kb_datakey_seal(&key, AAD, PLAIN, &second), KB_OK);
	cr_assert_eq(first.len, PLAIN.len + KB_DATAKEY_OVERHEAD_BYTES);
	cr_assert(!kb_span_equal(kb_buf_span(&first), kb_buf_span(&second)));
	cr_assert_eq(kb_datakey_open(&key, AAD, kb_buf_span(&first), &plain), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&plain), PLAIN));
	kb_buf_release(&first);
	kb_buf_release(&second);
	kb_buf_wipe(&plain);
}

Test(datakey, an_empty_value_is_a_value)
{
	struct kb_datakey key = key_of_byte(2);
	struct kb_buf sealed = { 0 };
	struct kb_buf plain = { 0 };

	cr_assert_eq(kb_datakey_seal(&key, KB_SPAN_NONE, KB_SPAN_NONE, &sealed), KB_OK);
	cr_assert_eq(sealed.len, KB_DATAKEY_OVERHEAD_BYTES);
	cr_assert_eq(kb_datakey_open(&key, KB_SPAN_NONE, kb_buf_span(&sealed), &plain), KB_OK);
	cr_assert_eq(plain.len, 0);
	sealed.at[0] ^= 1;
	cr_assert_eq(kb_datakey_open(&key, KB_SPAN_NONE, kb_buf_span(&sealed), &plain),
		     KB_ERR_CORRUPT);
	kb_buf_release(&sealed);
	kb_buf_release(&plain);
}

Test(datakey, every_changed_byte_every_length_and_every_other_place_is_refused)
{
	struct kb_datakey key = key_of_byte(3);
	struct kb_datakey other = key_of_byte(4);
	struct kb_buf sealed = { 0 };
	struct kb_buf plain = { 0 };

	cr_assert_eq(kb_datakey_seal(&key, AAD, PLAIN, &sealed), KB_OK);
	for (size_t i = 0; i < sealed.len; i++) {
		for (unsigned change = 1; change < 256; change <<= 1) {
			sealed.at[i] ^= (uint8_t)change;
			cr_assert_eq(kb_datakey_open(&key, AAD, kb_buf_span(&sealed), &plain),
				     KB_ERR_CORRUPT);
			sealed.at[i] ^= (uint8_t)change;
		}
		cr_assert_eq(kb_datakey_open(&key, AAD, kb_span(sealed.at, i), &plain),
			     KB_ERR_CORRUPT);
	}
	cr_assert_eq(kb_datakey_open(&other, AAD, kb_buf_span(&sealed), &plain), KB_ERR_CORRUPT);
	cr_assert_eq(kb_datakey_open(&key, kb_span_text("tabel 3, sleutel 8"), kb_buf_span(&sealed),
				     &plain),
		     KB_ERR_CORRUPT);
	cr_assert_eq(plain.len, 0);
	for (size_t i = 0; i < plain.cap && i < PLAIN.len; i++) {
		cr_assert_eq(plain.at[i], 0, "plaintext was left behind");
	}
	cr_assert_eq(kb_datakey_open(&key, AAD, kb_buf_span(&sealed), &plain), KB_OK);
	kb_buf_release(&sealed);
	kb_buf_wipe(&plain);
}

Test(datakey, many_keys_in_turn_are_never_mixed_up)
{
	struct kb_buf sealed[40] = { 0 };
	struct kb_buf plain = { 0 };

	for (uint8_t i = 0; i < 40; i++) {
		struct kb_datakey key = key_of_byte(i);

		cr_assert_eq(kb_datakey_seal(&key, AAD, kb_span(&i, 1), &sealed[i]), KB_OK);
	}
	for (unsigned round = 0; round < 400; round++) {
		uint8_t i = (uint8_t)(round * 7 % 40);
		struct kb_datakey key = key_of_byte(i);
		struct kb_datakey wrong = key_of_byte((uint8_t)(i + 1));

		kb_buf_clear(&plain);
		cr_assert_eq(kb_datakey_open(&key, AAD, kb_buf_span(&sealed[i]), &plain), KB_OK);
		cr_assert_eq(plain.at[0], i);
		cr_assert_eq(kb_datakey_open(&wrong, AAD, kb_buf_span(&sealed[i]), &plain),
			     KB_ERR_CORRUPT);
		if (round % 13 == 0) {
			kb_datakey_forget(&key);
		}
	}
	kb_datakey_forget_all();
	for (uint8_t i = 0; i < 40; i++) {
		kb_buf_release(&sealed[i]);
	}
	kb_buf_release(&plain);
}

Test(datakey, a_buffer_without_room_is_left_as_it_was)
{
	struct kb_datakey key = key_of_byte(5);
	struct kb_buf small = { .ceiling = 20 };

	cr_assert_eq(kb_datakey_seal(&key, AAD, PLAIN, &small), KB_ERR_OVERSIZE);
	cr_assert_eq(small.len, 0);
	kb_buf_release(&small);
}

Test(datakey, a_wrapped_key_opens_with_its_master_and_number_only)
{
	uint8_t bytes[32] = { 1, 2, 3 };
	struct kb_secret master = secret_of(bytes, sizeof(bytes));
	struct kb_secret other = secret_of("12345678901234567890123456789012", 32);
	struct kb_secret shorter = secret_of(bytes, 31);
	struct kb_datakey key;
	struct kb_datakey back = key_of_byte(0);
	struct kb_buf wrapped = { 0 };
	struct kb_span id = kb_span_text("17");

	kb_datakey_fresh(&key);
	cr_assert_eq(kb_datakey_wrap(&master, id, &key, &wrapped), KB_OK);
	cr_assert_eq(wrapped.len, KB_DATAKEY_WRAPPED_BYTES);
	cr_assert_eq(kb_datakey_unwrap(&other, id, kb_buf_span(&wrapped), &back), KB_ERR_CORRUPT);
	cr_assert_eq(kb_datakey_unwrap(&master, kb_span_text("18"), kb_buf_span(&wrapped), &back),
		     KB_ERR_CORRUPT);
	cr_assert_eq(kb_datakey_unwrap(&shorter, id, kb_buf_span(&wrapped), &back), KB_ERR_BAD_KEY);
	cr_assert_eq(kb_datakey_wrap(&shorter, id, &key, &wrapped), KB_ERR_BAD_KEY);
	for (size_t i = 0; i < KB_DATAKEY_WRAPPED_BYTES; i++) {
		wrapped.at[i] ^= 0x40;
		cr_assert_eq(kb_datakey_unwrap(&master, id, kb_buf_span(&wrapped), &back),
			     KB_ERR_CORRUPT);
		wrapped.at[i] ^= 0x40;
	}
	cr_assert_eq(back.bytes[0], 0);
	cr_assert_eq(kb_datakey_unwrap(&master, id, kb_buf_span(&wrapped), &back), KB_OK);
	cr_assert_arr_eq(back.bytes, key.bytes, sizeof(key.bytes));
	kb_datakey_wipe(&key);
	cr_assert_eq(key.bytes[31], 0);
	kb_secret_release(&master);
	kb_secret_release(&other);
	kb_secret_release(&shorter);
	kb_buf_release(&wrapped);
}
