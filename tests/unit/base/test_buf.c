/* SPDX-License-Identifier: EUPL-1.2 */
/* Growing bytes keep to their ceiling and change nothing on failure. */
#include "common/base/buf.h"
#include "common/base/bytes.h"
#include "common/base/checked_math.h"

#include <criterion/criterion.h>

Test(buf, content_is_what_was_put)
{
	struct kb_buf buf = { 0 };

	cr_assert_eq(kb_buf_put_text(&buf, "ab"), KB_OK);
	cr_assert_eq(kb_buf_put_u8(&buf, 0xff), KB_OK);
	cr_assert_eq(kb_buf_put_u32(&buf, 0x01020304), KB_OK);
	cr_assert_eq(kb_buf_put_u64(&buf, 0x0102030405060708u), KB_OK);
	cr_assert_eq(kb_buf_putf(&buf, "%s-%d", "x", 12), KB_OK);
	cr_assert_eq(buf.len, 2u + 1 + 4 + 8 + 4);
	cr_assert_arr_eq(buf.at, "ab\xff\x01\x02\x03\x04\x01\x02\x03\x04\x05\x06\x07\x08x-12",
			 buf.len);
	cr_assert_str_eq(kb_buf_text(&buf) + 15, "x-12");
	kb_buf_release(&buf);
	cr_assert_null(buf.at);
	kb_buf_release(&buf);
}

Test(buf, above_the_ceiling_nothing_is_added)
{
	struct kb_buf buf = { .ceiling = 100 };
	uint8_t bytes[60] = { 0 };

	cr_assert_eq(kb_buf_put(&buf, kb_span(bytes, 60)), KB_OK);
	cr_assert_eq(kb_buf_put(&buf, kb_span(bytes, 41)), KB_ERR_OVERSIZE);
	cr_assert_eq(buf.len, 60u);
	cr_assert_eq(kb_buf_put(&buf, kb_span(bytes, 40)), KB_OK);
	cr_assert_eq(kb_buf_reserve(&buf, SIZE_MAX), KB_ERR_OVERSIZE);
	cr_assert_leq(buf.cap, 100u);
	kb_buf_wipe(&buf);
}

Test(bytes, integers_are_big_endian_both_ways)
{
	uint8_t at[8];

	kb_store_u64(at, 0xf1e2d3c4b5a69788u);
	cr_assert_eq(at[0], 0xf1);
	cr_assert_eq(kb_load_u64(at), 0xf1e2d3c4b5a69788u);
	cr_assert_eq(kb_load_u32(at + 4), 0xb5a69788u);
	cr_assert_eq(kb_load_u16(at), 0xf1e2u);
}

Test(checked_math, overflow_is_an_error_and_leaves_the_result)
{
	size_t out = 5;

	cr_assert_eq(kb_size_add(SIZE_MAX, 1, &out), KB_ERR_OVERSIZE);
	cr_assert_eq(kb_size_mul(SIZE_MAX / 2, 3, &out), KB_ERR_OVERSIZE);
	cr_assert_eq(out, 5u);
	cr_assert_eq(kb_size_mul(6, 7, &out), KB_OK);
	cr_assert_eq(out, 42u);
}

Test(span, order_is_that_of_bytes_and_parts_are_cut)
{
	struct kb_span ab = kb_span_text("ab");
	struct kb_span abc = kb_span_text("abc");

	cr_assert_lt(kb_span_compare(ab, abc), 0);
	cr_assert_gt(kb_span_compare(kb_span_text("b"), abc), 0);
	cr_assert_eq(kb_span_compare(KB_SPAN_NONE, KB_SPAN_NONE), 0);
	cr_assert(kb_span_equal(kb_span_part(abc, 1, 99), kb_span_text("bc")));
	cr_assert_eq(kb_span_part(abc, 3, 1).len, 0u);
}
