/* SPDX-License-Identifier: EUPL-1.2 */
/* Padding at every edge, and commitments. */
#include "common/crypto/commitment.h"
#include "common/crypto/hash.h"
#include "common/crypto/init.h"
#include "common/crypto/padding.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(padding, .fini = kb_crypto_release);
TestSuite(commitment, .fini = kb_crypto_release);

Test(padding, sizes_are_powers_of_two_and_the_halves_between)
{
	static const size_t sizes[] = { 512,  768,  1024, 1536,	 2048,	3072,
					4096, 6144, 8192, 12288, 16384, 24576 };
	size_t place = 0;

	for (size_t content = 0; content <= 24576 - KB_PADDING_LENGTH_BYTES; content++) {
		while (sizes[place] < content + KB_PADDING_LENGTH_BYTES) {
			place++;
		}
		cr_assert_eq(kb_padded_bytes(content), sizes[place], "%zu", content);
	}
	cr_assert_eq(kb_padded_bytes(KB_PADDING_MAX_BYTES - 4), KB_PADDING_MAX_BYTES);
	cr_assert_eq(kb_padded_bytes(KB_PADDING_MAX_BYTES - 3), 0);
	cr_assert_eq(kb_padded_bytes(SIZE_MAX), 0);
}

Test(padding, content_comes_back_at_every_edge)
{
	static const size_t lengths[] = {
		0, 1, 507, 508, 509, 763, 764, 765, 1020, 1021, 1532, 1533
	};
	uint8_t content[1600];

	memset(content, 0x5a, sizeof(content));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct kb_buf padded = { 0 };
		struct kb_span back;

		cr_assert_eq(kb_pad(kb_span(content, lengths[i]), &padded), KB_OK);
		cr_assert_eq(padded.len, kb_padded_bytes(lengths[i]));
		cr_assert_eq(kb_unpad(kb_buf_span(&padded), &back), KB_OK);
		cr_assert(kb_span_equal(back, kb_span(content, lengths[i])));
		kb_buf_release(&padded);
	}
}

Test(padding, another_length_or_a_byte_in_the_padding_is_refused)
{
	struct kb_buf padded = { 0 };
	struct kb_span back = KB_SPAN_NONE;

	cr_assert_eq(kb_pad(kb_span_text("tekst"), &padded), KB_OK);
	for (size_t i = KB_PADDING_LENGTH_BYTES + 5; i < padded.len; i++) {
		padded.at[i] = 1;
		cr_assert_eq(kb_unpad(kb_buf_span(&padded), &back), KB_ERR_NOT_CANONICAL);
		padded.at[i] = 0;
	}
	for (size_t len = 0; len < padded.len; len++) {
		cr_assert_neq(kb_unpad(kb_span(padded.at, len), &back), KB_OK);
	}
	cr_assert_eq(kb_unpad(kb_span(padded.at, 3), &back), KB_ERR_TRUNCATED);
	padded.at[2] = 0x02;
	cr_assert_eq(kb_unpad(kb_buf_span(&padded), &back), KB_ERR_MALFORMED);
	memset(padded.at, 0xff, 4);
	cr_assert_eq(kb_unpad(kb_buf_span(&padded), &back), KB_ERR_MALFORMED);
	cr_assert_null(back.at);
	kb_buf_release(&padded);
}

Test(padding, a_larger_size_than_the_content_needs_is_refused)
{
	uint8_t larger[768] = { 0, 0, 0, 5, 't', 'e', 'k', 's', 't' };
	struct kb_span back;

	cr_assert_eq(kb_unpad(KB_SPAN_OF(larger), &back), KB_ERR_NOT_CANONICAL);
	cr_assert_eq(kb_unpad(kb_span(larger, 512), &back), KB_OK);
}

Test(commitment, is_the_hash_of_label_salt_and_body)
{
	struct kb_salt salt;
	struct kb_hash made;
	struct kb_hash wanted;
	uint8_t text[18 + KB_SALT_BYTES + 4];

	memset(salt.bytes, 0x11, sizeof(salt.bytes));
	memcpy(text, "ketenbode/v1/body", 18);
	memcpy(text + 18, salt.bytes, sizeof(salt.bytes));
	memcpy(text + 18 + sizeof(salt.bytes), "body", 4);
	kb_sha256(KB_SPAN_OF(text), &wanted);
	kb_commitment(&salt, kb_span_text("body"), &made);
	cr_assert(kb_hash_equal(&made, &wanted));
	cr_assert_eq(kb_commitment_check(&salt, kb_span_text("body"), &made), KB_OK);
}

Test(commitment, another_salt_body_or_hash_does_not_match)
{
	struct kb_salt salt;
	struct kb_salt other;
	struct kb_hash made;

	kb_salt_fresh(&salt);
	kb_salt_fresh(&other);
	cr_assert_arr_neq(salt.bytes, other.bytes, sizeof(salt.bytes));
	kb_commitment(&salt, kb_span_text("body"), &made);
	cr_assert_eq(kb_commitment_check(&other, kb_span_text("body"), &made),
		     KB_ERR_COMMITMENT_MISMATCH);
	cr_assert_eq(kb_commitment_check(&salt, kb_span_text("bodz"), &made),
		     KB_ERR_COMMITMENT_MISMATCH);
	made.bytes[31] ^= 1;
	cr_assert_eq(kb_commitment_check(&salt, kb_span_text("body"), &made),
		     KB_ERR_COMMITMENT_MISMATCH);
}
