/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines and fields. */
#include "agents/intake/csv_reader.h"

#include <criterion/criterion.h>

static struct kb_csv_line
next(struct kb_csv *csv)
{
	struct kb_csv_line line = { 0 };

	cr_assert(kb_csv_next(csv, &line));
	return line;
}

static bool
is_text(struct kb_span span, const char *text)
{
	return kb_span_equal(span, kb_span_text(text));
}

Test(csv_reader, lines_end_with_lf_or_crlf_and_the_last_may_end_with_nothing)
{
	struct kb_csv csv;
	struct kb_csv_line line;

	kb_csv_init(&csv, kb_span_text("a;b\r\nc\n\nd"));
	line = next(&csv);
	cr_assert(line.number == 1 && is_text(line.text, "a;b") && line.text_ok);
	line = next(&csv);
	cr_assert(line.number == 2 && is_text(line.text, "c"));
	line = next(&csv);
	cr_assert(line.number == 3 && line.text.len == 0 && line.text_ok);
	line = next(&csv);
	cr_assert(line.number == 4 && is_text(line.text, "d"));
	cr_assert_not(kb_csv_next(&csv, &line));
	kb_csv_init(&csv, KB_SPAN_NONE);
	cr_assert_not(kb_csv_next(&csv, &line));
}

Test(csv_reader, a_byte_order_mark_is_stepped_over_only_at_the_start)
{
	struct kb_csv csv;

	kb_csv_init(&csv, kb_span_text("\xef\xbb\xbfvan\n\xef\xbb\xbfx"));
	cr_assert(is_text(next(&csv).text, "van"));
	cr_assert(is_text(next(&csv).text, "\xef\xbb\xbfx"));
	kb_csv_init(&csv, kb_span_text("\xef\xbb"));
	cr_assert_not(next(&csv).text_ok);
}

Test(csv_reader, nul_bad_utf8_and_control_characters_are_no_text)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = { { "a\0b", 3 },	   { "a\xffz", 3 },  { "\xc0\xaf", 2 }, { "a\rb", 3 },
		    { "\xed\xa0\x80", 3 }, { "\x1b[2J", 4 }, { "\xc3", 1 } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct kb_csv csv;

		kb_csv_init(&csv, kb_span(bad[i].bytes, bad[i].len));
		cr_assert_not(next(&csv).text_ok, "row %zu", i);
	}
}

Test(csv_reader, fields_are_split_without_quoting_and_counted_beyond_the_maximum)
{
	struct kb_span fields[3];

	cr_assert_eq(kb_csv_split(kb_span_text("a;\"b;c\""), fields, 3), 3);
	cr_assert(is_text(fields[1], "\"b") && is_text(fields[2], "c\""));
	cr_assert_eq(kb_csv_split(kb_span_text(""), fields, 3), 1);
	cr_assert_eq(fields[0].len, 0);
	cr_assert_eq(kb_csv_split(kb_span_text(";;;;"), fields, 3), 5);
	cr_assert_eq(kb_csv_split(kb_span_text("a;"), fields, 3), 2);
	cr_assert_eq(fields[1].len, 0);
}

Test(csv_reader, the_count_of_lines_is_never_too_low)
{
	static const char *const texts[] = { "", "a", "a\n", "a\nb", "\n\n\n", "a\r\nb\r\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct kb_csv csv;
		struct kb_csv_line line;
		size_t count = 0;

		kb_csv_init(&csv, kb_span_text(texts[i]));
		while (kb_csv_next(&csv, &line)) {
			count++;
		}
		cr_assert_leq(count, kb_csv_count_lines(kb_span_text(texts[i])));
	}
}
