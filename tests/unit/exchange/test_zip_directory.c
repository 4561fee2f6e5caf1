/* SPDX-License-Identifier: EUPL-1.2 */
/* Zip containers: every bound of the directory, one crafted file each. */
#include "common/exchange/zip_directory.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/small_zip.h"

static struct kb_zip_facts
read_span(struct kb_span bytes)
{
	struct kb_attachment_source source = { .read = small_zip_read,
					       .state = &bytes,
					       .bytes = bytes.len };
	struct kb_zip_facts facts;

	cr_assert_eq(kb_zip_directory_read(&source, &facts), KB_OK,
		     "it reads outside the file, of %zu bytes", bytes.len);
	return facts;
}

/* A sound DOCX with this entry in it too. */
static enum kb_attachment_rule
with_entry(struct small_zip_entry entry)
{
	struct small_zip zip = { .count = 0 };
	enum kb_attachment_rule rule = KB_ATTACHMENT_RULE_OK;

	small_zip_docx(&zip);
	entry.content = entry.content != NULL ? entry.content : "inhoud";
	small_zip_add(&zip, &entry);
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	rule = read_span(kb_buf_span(&zip.bytes)).rule;
	small_zip_release(&zip);
	return rule;
}

#define WITH(...) with_entry((struct small_zip_entry){ __VA_ARGS__ })
#define EXPECT(rule_, ...)                                                                         \
	do {                                                                                       \
		enum kb_attachment_rule got = WITH(__VA_ARGS__);                                   \
                                                                                                   \
		cr_expect_eq(got, KB_ATTACHMENT_RULE_##rule_, "%s: %s", #__VA_ARGS__,              \
			     kb_attachment_rule_name(got));                                        \
	} while (0)

Test(zip_directory, a_sound_document_is_read_whole)
{
	struct small_zip zip = { .count = 0 };
	struct kb_zip_facts facts;

	small_zip_docx(&zip);
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	facts = read_span(kb_buf_span(&zip.bytes));
	cr_assert_eq(facts.rule, KB_ATTACHMENT_RULE_OK);
	cr_assert_eq(facts.entry_count, 3);
	cr_assert_eq(facts.unpacked_bytes, strlen("<Types/><r/><w:document/>"));
	cr_assert(facts.has_content_types && facts.has_word_document);
	small_zip_release(&zip);
	EXPECT(OK, .name = "word/media/image1.png");
	EXPECT(OK, .name = "word/media/");
	EXPECT(OK, .name = "word/..media.png");
}

Test(zip_directory, what_makes_a_bomb_is_refused_by_what_the_directory_says)
{
	EXPECT(OK, .name = "a.xml", .method = 8, .packed = 3, .content = "abc",
	       .unpacked = KB_ZIP_RATIO_FREE_BYTES);
	EXPECT(OK, .name = "a.xml", .method = 8, .packed = 3, .content = "abc",
	       .unpacked = KB_ZIP_RATIO_FREE_BYTES + 3 * KB_ZIP_RATIO_MAX);
	EXPECT(ZIP_VERHOUDING, .name = "a.xml", .method = 8, .packed = 3, .content = "abc",
	       .unpacked = KB_ZIP_RATIO_FREE_BYTES + 3 * KB_ZIP_RATIO_MAX + 1);
	/* Parts that claim more than there is, or all the same bytes. */
	EXPECT(ZIP_OVERLAP, .name = "a.xml", .packed = 4000);
	EXPECT(ZIP_OVERLAP, .name = "a.xml", .packed = 200, .wrong_offset = true);
}

Test(zip_directory, many_parts_over_each_other_are_refused_though_each_fits)
{
	struct small_zip zip = { .count = 0 };
	char name[16];

	small_zip_docx(&zip);
	for (unsigned i = 0; i < 50; i++) {
		(void)snprintf(name, sizeof(name), "d%u", i);
		small_zip_add(&zip, &(struct small_zip_entry){ .name = name,
							       .content = "",
							       .packed = 60,
							       .wrong_offset = true });
	}
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	cr_assert_eq(read_span(kb_buf_span(&zip.bytes)).rule, KB_ATTACHMENT_RULE_ZIP_OVERLAP);
	small_zip_release(&zip);
}

Test(zip_directory, the_sum_and_the_number_of_parts_are_bounded)
{
	struct small_zip zip = { .count = 0 };
	struct kb_zip_facts facts;
	char *content = calloc(1, 2 * 1024 * 1024 + 1);
	char name[16];

	cr_assert_not_null(content);
	memset(content, 'x', 2 * 1024 * 1024);
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(name, sizeof(name), "g%u", i);
		small_zip_add(&zip,
			      &(struct small_zip_entry){
				      .name = name,
				      .content = content,
				      .method = 8,
				      .unpacked = (uint32_t)(KB_ZIP_UNPACKED_BYTES_MAX / 2 + i) });
	}
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	facts = read_span(kb_buf_span(&zip.bytes));
	cr_assert_eq(facts.rule, KB_ATTACHMENT_RULE_ZIP_GROOTTE, "%s",
		     kb_attachment_rule_name(facts.rule));
	small_zip_release(&zip);
	free(content);
	for (unsigned i = 0; i < KB_ZIP_ENTRIES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		small_zip_add(&zip, &(struct small_zip_entry){ .name = name, .content = "" });
	}
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	facts = read_span(kb_buf_span(&zip.bytes));
	cr_assert_eq(facts.rule, KB_ATTACHMENT_RULE_OK);
	small_zip_release(&zip);
	for (unsigned i = 0; i < KB_ZIP_ENTRIES_MAX + 1; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		small_zip_add(&zip, &(struct small_zip_entry){ .name = name, .content = "" });
	}
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	facts = read_span(kb_buf_span(&zip.bytes));
	cr_assert_eq(facts.rule, KB_ATTACHMENT_RULE_ZIP_AANTAL);
	cr_assert_eq(facts.entry_count, 0);
	small_zip_release(&zip);
}

Test(zip_directory, other_archives_programs_and_macros_in_it_are_refused)
{
	EXPECT(ZIP_GENEST, .name = "bijlage.zip");
	EXPECT(ZIP_GENEST, .name = "word/embeddings/Blad1.XLSX");
	EXPECT(ZIP_GENEST, .name = "word/embeddings/oleObject1.bin");
	EXPECT(ZIP_GENEST, .name = "a/b/setup.EXE");
	EXPECT(ZIP_GENEST, .name = "x.js");
	EXPECT(ZIP_MACRO, .name = "word/vbaProject.bin");
	EXPECT(ZIP_MACRO, .name = "word/VBAPROJECT.BIN");
	EXPECT(ZIP_MACRO, .name = "word/vbaData.xml");
	EXPECT(ZIP_MACRO, .name = "Basic/Standard/Module1.xml");
	EXPECT(ZIP_MACRO, .name = "Scripts/python/x.py");
	EXPECT(ZIP_MACRO, .name = "word/activeX/activeX1.xml");
}

Test(zip_directory, names_that_point_outside_or_stand_twice_are_refused)
{
	EXPECT(ZIP_PAD, .name = "../x");
	EXPECT(ZIP_PAD, .name = "word/../../x");
	EXPECT(ZIP_PAD, .name = "word/..");
	EXPECT(ZIP_PAD, .name = "/etc/passwd");
	EXPECT(ZIP_PAD, .name = "word\\x");
	EXPECT(ZIP_PAD, .name = "C:x");
	EXPECT(ZIP_PAD, .name = "a\nb");
	EXPECT(ZIP_PAD, .name = "link", .made_by = 3, .attributes = 0120777u << 16);
	EXPECT(OK, .name = "plain", .made_by = 3, .attributes = 0100644u << 16);
	EXPECT(ZIP_DUBBEL, .name = "word/document.xml");
	EXPECT(ZIP_DUBBEL, .name = "WORD/document.xml");
}

Test(zip_directory, oddities_of_the_form_are_refused)
{
	EXPECT(ZIP_VERSLEUTELD, .name = "a", .flags = 1);
	EXPECT(ZIP_VERSLEUTELD, .name = "a", .flags = 1u << 6);
	EXPECT(OK, .name = "a", .flags = (1u << 3) | (1u << 11));
	EXPECT(ZIP_ZIP64, .name = "a", .packed = UINT32_MAX);
	EXPECT(ZIP_ZIP64, .name = "a", .unpacked = UINT32_MAX);
	EXPECT(ZIP_METHODE, .name = "a", .method = 12);
	EXPECT(ZIP_METHODE, .name = "a", .method = 99);
	EXPECT(ZIP_KAPOT, .name = "a", .unpacked = 7);
	EXPECT(ZIP_KAPOT, .name = "a", .disk = 1);
	EXPECT(ZIP_KAPOT, .name = "a", .comment_len = 3);
	EXPECT(ZIP_KAPOT, .name = "");
}

static void
store16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

Test(zip_directory, the_end_record_says_exactly_what_there_is)
{
	struct small_zip zip = { .count = 0 };
	struct kb_span bytes;
	uint8_t *end = NULL;

	small_zip_docx(&zip);
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	bytes = kb_buf_span(&zip.bytes);
	end = zip.bytes.at + zip.bytes.len - 22;
	store16(end + 8, 2);
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_ZIP_KAPOT, "two counts");
	store16(end + 10, 2);
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_ZIP_KAPOT, "fewer than there are");
	store16(end + 8, 4);
	store16(end + 10, 4);
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_ZIP_KAPOT, "more than there are");
	store16(end + 8, 0xffff);
	store16(end + 10, 0xffff);
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_ZIP_ZIP64);
	store16(end + 8, 3);
	store16(end + 10, 3);
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_OK);
	end[4] = 1;
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_ZIP_KAPOT, "another disk");
	end[4] = 0;
	end[16]++;
	cr_expect_eq(read_span(bytes).rule, KB_ATTACHMENT_RULE_ZIP_KAPOT, "another place");
	small_zip_release(&zip);
	small_zip_docx(&zip);
	small_zip_end(&zip, 0, kb_span_text("opmerking"));
	cr_expect_eq(read_span(kb_buf_span(&zip.bytes)).rule, KB_ATTACHMENT_RULE_ZIP_KAPOT,
		     "a comment");
	small_zip_release(&zip);
}

/* Cut anywhere, or with any bit turned: refused or another sound one, and never a byte read outside it (small_zip_read). */
Test(zip_directory, cut_and_flipped_it_is_refused_without_reading_outside)
{
	struct small_zip zip = { .count = 0 };

	small_zip_odt(&zip);
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	for (size_t len = 0; len < zip.bytes.len; len++) {
		cr_expect_neq(read_span(kb_span(zip.bytes.at, len)).rule, KB_ATTACHMENT_RULE_OK,
			      "%zu", len);
	}
	for (size_t bit = 0; bit < zip.bytes.len * 8; bit++) {
		zip.bytes.at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		(void)read_span(kb_buf_span(&zip.bytes));
		zip.bytes.at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	small_zip_release(&zip);
}
