/* SPDX-License-Identifier: EUPL-1.2 */
/* Which files a case takes in: the type by what is in them, and the rule that refuses the others. */
#include "common/exchange/attachment_type.h"

#include <criterion/criterion.h>

#include "tests/support/small_zip.h"

struct judged {
	enum kb_attachment_type type;
	enum kb_attachment_rule rule;
};

/* In pieces of that length: where the seams lie must not matter. */
static struct judged
judge_in(struct kb_span bytes, const char *name, size_t piece)
{
	struct kb_attachment_sniff sniff = { .bytes = 0 };
	struct kb_attachment_source source = { .read = small_zip_read,
					       .state = &bytes,
					       .bytes = bytes.len };
	struct judged out = { KB_FILE_NONE, KB_ATTACHMENT_RULE_OK };

	for (size_t at = 0; at < bytes.len; at += piece) {
		kb_attachment_sniff_add(&sniff, kb_span_part(bytes, at, piece));
	}
	cr_assert_eq(kb_attachment_judge(&sniff, &source, kb_span_text(name), &out.type, &out.rule),
		     KB_OK);
	return out;
}

static void
expect(const char *what, struct kb_span bytes, const char *name, enum kb_attachment_type type,
       enum kb_attachment_rule rule)
{
	static const size_t pieces[] = { 1, 2, 7, 64, 100000 };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct judged got = judge_in(bytes, name, pieces[i]);

		cr_expect_eq(got.type, type, "%s: type %s in pieces of %zu", what,
			     kb_attachment_type_name(got.type), pieces[i]);
		cr_expect_eq(got.rule, rule, "%s: rule %s in pieces of %zu", what,
			     kb_attachment_rule_name(got.rule), pieces[i]);
	}
}

#define BYTES(text) kb_span((text), sizeof(text) - 1)
#define PNG_BEGIN "\x89PNG\r\n\x1a\n"
#define PNG_END "\x00\x00\x00\x00IEND\xae\x42\x60\x82"

static const struct {
	const char *what;
	struct kb_span bytes;
	const char *name;
	enum kb_attachment_type type;
	enum kb_attachment_rule rule;
} files[] = {
	{ "nothing", { NULL, 0 }, "", KB_FILE_NONE, KB_ATTACHMENT_RULE_LEEG },

#define ROW(what_, text, name_, type_, rule_)                                                      \
	{                                                                                          \
		.what = (what_), .bytes = { (const uint8_t *)(text), sizeof(text) - 1 },           \
		.name = (name_), .type = KB_FILE_##type_, .rule = KB_ATTACHMENT_RULE_##rule_       \
	}
	ROW("a pdf", "%PDF-1.4\nx\n%%EOF\n", "a.pdf", PDF, OK),
	ROW("a pdf without a name", "%PDF-1.4\nx\n%%EOF\n", "", PDF, OK),
	ROW("capitals in the ending", "%PDF-1.4\nx\n%%EOF\n", "A.PDF", PDF, OK),
	ROW("a name with a dot and no ending", "%PDF-1.4\nx\n%%EOF\n", "verslag van mw. Jansen",
	    PDF, OK),
	ROW("a pdf called png", "%PDF-1.4\nx\n%%EOF\n", "a.png", NONE, NAAM),
	ROW("a pdf called exe", "%PDF-1.4\nx\n%%EOF\n", "a.pdf.exe", NONE, NAAM),
	ROW("a pdf that was cut off", "%PDF-1.4\nx\n", "a.pdf", NONE, AFGEBROKEN),
	ROW("a png", PNG_BEGIN "x" PNG_END, "a.png", PNG, OK),
	ROW("a png with something behind it", PNG_BEGIN "x" PNG_END "PK", "a.png", NONE,
	    AFGEBROKEN),
	ROW("a jpeg", "\xff\xd8\xff\xe0 x", "a.jpeg", JPEG, OK),
	ROW("a jpeg called jpg", "\xff\xd8\xff\xe1 x", "a.JPG", JPEG, OK),
	ROW("text", "Beste collega,\r\n\tgo\xc3\xabn dag \xf0\x9f\x98\x80\n", "a.txt", TEXT, OK),
	ROW("text with a mark in front",
	    "\xef\xbb\xbf"
	    "tekst",
	    "a.csv", TEXT, OK),
	ROW("text with a NUL", "te\0kst", "a.txt", NONE, SOORT),
	ROW("text with an escape", "te\x1bkst", "a.txt", NONE, SOORT),
	ROW("text with a C1 control", "te\xc2\x9bkst", "a.txt", NONE, SOORT),
	ROW("text in another code", "go\xebn dag", "a.txt", NONE, SOORT),
	ROW("a character in a longer form", "a\xc0\xafz", "a.txt", NONE, SOORT),
	ROW("half a surrogate", "a\xed\xa0\x80z", "a.txt", NONE, SOORT),
	ROW("beyond the last character", "a\xf4\x90\x80\x80z", "a.txt", NONE, SOORT),
	ROW("cut in a character", "ab\xe2\x82", "a.txt", NONE, SOORT),
	ROW("xml", "<?xml version='1.0'?>\n<dossier><a/></dossier>", "a.xml", XML, OK),
	ROW("xml without a declaration", " \n<dossier/>", "a.xml", XML, OK),
	ROW("xml called txt", "<dossier/>", "a.txt", NONE, NAAM),
	ROW("xml with a doctype", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
	    "a.xml", NONE, XML_DTD),
	ROW("small letters do not help", "<a/><!entity b 'c'>", "a.xml", NONE, XML_DTD),
	ROW("text may speak of a doctype", "Schrijf geen <!DOCTYPE in een dossier.", "a.txt", TEXT,
	    OK),
	ROW("a page", "<html><body>x</body></html>", "a.xml", NONE, PROGRAMMA),
	ROW("a drawing with a script", "<?xml version='1.0'?>\n<svg xmlns='x'><script/></svg>",
	    "a.xml", NONE, PROGRAMMA),
	ROW("php", "<?php echo 1;", "a.txt", NONE, PROGRAMMA),
	ROW("a script", "#!/bin/sh\nrm x\n", "a.txt", NONE, PROGRAMMA),
	ROW("a program of Windows", "MZ\x90\x00", "a.pdf", NONE, PROGRAMMA),
	ROW("a program of Linux",
	    "\x7f"
	    "ELF\x02",
	    "a.pdf", NONE, PROGRAMMA),
	ROW("a class of Java", "\xca\xfe\xba\xbe\x00", "a.pdf", NONE, PROGRAMMA),
	ROW("gzip", "\x1f\x8b\x08\x00", "a.pdf", NONE, ARCHIEF),
	ROW("7z", "7z\xbc\xaf\x27\x1c\x00", "a.docx", NONE, ARCHIEF),
	ROW("rar", "Rar!\x1a\x07\x00", "a.docx", NONE, ARCHIEF),
	ROW("xz",
	    "\xfd"
	    "7zXZ\x00",
	    "a.docx", NONE, ARCHIEF),
	ROW("an empty zip", "PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "a.docx", NONE,
	    ARCHIEF),
	ROW("a zip that is none", "PK\x03\x04rest", "a.docx", NONE, ZIP_KAPOT),
	ROW("an old office file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "a.doc", NONE, SOORT),
	ROW("bytes of nothing", "\x01\x02\x03\xff", "a.pdf", NONE, SOORT),
};

Test(attachment_type, the_type_is_what_is_in_it_and_everything_else_is_refused_by_a_rule)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		expect(files[i].what, files[i].bytes, files[i].name, files[i].type, files[i].rule);
	}
}

Test(attachment_type, containers_of_text_are_told_apart_from_other_archives)
{
	struct small_zip zip = { .count = 0 };

	small_zip_odt(&zip);
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	expect("odt", kb_buf_span(&zip.bytes), "a.odt", KB_FILE_ODT, KB_ATTACHMENT_RULE_OK);
	expect("odt called docx", kb_buf_span(&zip.bytes), "a.docx", KB_FILE_NONE,
	       KB_ATTACHMENT_RULE_NAAM);
	small_zip_release(&zip);
	small_zip_docx(&zip);
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	expect("docx", kb_buf_span(&zip.bytes), "a.docx", KB_FILE_DOCX, KB_ATTACHMENT_RULE_OK);
	small_zip_release(&zip);
	small_zip_add(&zip, &(struct small_zip_entry){ .name = "foto.txt", .content = "x" });
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	expect("any zip", kb_buf_span(&zip.bytes), "a.docx", KB_FILE_NONE,
	       KB_ATTACHMENT_RULE_ARCHIEF);
	small_zip_release(&zip);
	/* An ODT says so in its first entry; a spreadsheet is none. */
	small_zip_add(&zip, &(struct small_zip_entry){
				    .name = "mimetype",
				    .content = "application/vnd.oasis.opendocument.spreadsheet" });
	small_zip_add(&zip, &(struct small_zip_entry){ .name = "content.xml", .content = "x" });
	small_zip_end(&zip, 0, KB_SPAN_NONE);
	expect("a spreadsheet", kb_buf_span(&zip.bytes), "a.odt", KB_FILE_NONE,
	       KB_ATTACHMENT_RULE_ARCHIEF);
	small_zip_release(&zip);
}

static enum kb_err
broken_read(void *state, uint64_t offset, uint8_t *out, size_t len)
{
	(void)state;
	(void)offset;
	(void)out;
	(void)len;
	return KB_ERR_CORRUPT;
}

Test(attachment_type, a_disk_that_fails_is_no_judgement)
{
	struct kb_attachment_sniff sniff = { .bytes = 0 };
	struct kb_attachment_source source = { .read = broken_read, .bytes = 1000 };
	enum kb_attachment_type type = KB_FILE_PDF;
	enum kb_attachment_rule rule = KB_ATTACHMENT_RULE_OK;

	kb_attachment_sniff_add(&sniff, BYTES("PK\x03\x04"));
	cr_assert_eq(kb_attachment_judge(&sniff, &source, KB_SPAN_NONE, &type, &rule),
		     KB_ERR_CORRUPT);
	cr_assert_eq(type, KB_FILE_NONE);
}

Test(attachment_type, above_a_hundred_mebibytes_nothing_is_looked_at)
{
	struct kb_attachment_sniff sniff = { .bytes = KB_ATTACHMENT_BYTES_MAX };
	enum kb_attachment_type type = KB_FILE_NONE;
	enum kb_attachment_rule rule = KB_ATTACHMENT_RULE_OK;
	struct kb_attachment_source source = { .read = broken_read };

	kb_attachment_sniff_add(&sniff, BYTES("x"));
	cr_assert_eq(kb_attachment_judge(&sniff, &source, KB_SPAN_NONE, &type, &rule), KB_OK);
	cr_assert_eq(rule, KB_ATTACHMENT_RULE_TE_GROOT);
}

Test(attachment_type, names_of_rules_and_types_stand_once_and_go_both_ways)
{
	static const enum kb_attachment_rule rules[] = {

#define KB_ROW(name, number, text, label) KB_ATTACHMENT_RULE_##name,
		KB_ATTACHMENT_RULE_TABLE(KB_ROW)
#undef KB_ROW
	};

	for (size_t i = 1; i < sizeof(rules) / sizeof(rules[0]); i++) {
		cr_assert_gt(strlen(kb_attachment_rule_label(rules[i])), 0u);
		cr_assert_eq(
			kb_attachment_rule_parse(kb_span_text(kb_attachment_rule_name(rules[i]))),
			rules[i]);
	}
	cr_assert_eq(kb_attachment_rule_parse(kb_span_text("iets")), KB_ATTACHMENT_RULE_OK);
	for (uint32_t type = 1; type < KB_ATTACHMENT_TYPE_COUNT; type++) {
		cr_assert_gt(strlen(kb_attachment_type_name(type)), 0u);
	}
	cr_assert_str_eq(kb_attachment_type_name(KB_ATTACHMENT_TYPE_COUNT), "");
}
