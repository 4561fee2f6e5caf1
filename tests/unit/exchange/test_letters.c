/* SPDX-License-Identifier: EUPL-1.2 */
/* The letters that are delivered with the programs: each is whole, and says what the law and its kind ask. */
#include "common/exchange/letters.h"

#include <stdio.h>

#include <criterion/criterion.h>

#include "common/base/file.h"
#include "common/base/template_frame.h"
#include "common/exchange/date.h"

static void
hear(void *to, const char *file, uint32_t line, const char *text)
{
	(void)fprintf(stderr, "%s:%u: %s\n", file, line, text);
	(*(size_t *)to)++;
}

/* The letter in its frame, as the agent reads it. */
static void
read_page(enum kb_letter_kind kind, struct kb_buf *out)
{
	struct kb_template_frame frame;
	size_t faults = 0;

	cr_assert_eq(kb_template_frame_load(&frame, KB_SOURCE_DIR "/deploy/brieven",
					    KB_LETTER_FRAME, kb_letter_kind_name(kind), hear,
					    &faults),
		     KB_OK, "%s", kb_letter_kind_name(kind));
	cr_assert_eq(faults, 0);
	cr_assert_eq(kb_buf_put(out, kb_buf_span(&frame.page)), KB_OK);
	kb_template_frame_release(&frame);
}

Test(letters, every_kind_has_a_name_a_label_and_a_page_without_faults)
{
	for (unsigned i = 1; i < KB_LETTER_KIND_COUNT; i++) {
		enum kb_letter_kind kind = (enum kb_letter_kind)i;
		struct kb_buf page = { 0 };
		size_t faults = 0;

		cr_assert_str_neq(kb_letter_kind_name(kind), "");
		cr_assert_str_neq(kb_letter_kind_label(kind), "");
		cr_assert_eq(kb_letter_kind_parse(kb_span_text(kb_letter_kind_name(kind))), kind);
		read_page(kind, &page);
		cr_assert_eq(kb_letter_check(kind, kb_letter_kind_name(kind), kb_buf_span(&page),
					     hear, &faults),
			     KB_OK);
		cr_assert_eq(faults, 0);
		/* Each is a page of its own that a screen reader reads in Dutch. */
		cr_assert_not_null(strstr(kb_buf_text(&page), "<html lang=\"nl\">"));
		cr_assert_not_null(strstr(kb_buf_text(&page), "size: A4"));
		cr_assert_not_null(strstr(kb_buf_text(&page), "klachtenregeling"));
		cr_assert_not_null(strstr(kb_buf_text(&page), "verbeteren"));
		kb_buf_release(&page);
	}
	cr_assert_eq(kb_letter_kind_parse(kb_span_text("rekening")), KB_LETTER_NONE);
	cr_assert_eq(kb_letter_kind_parse(KB_SPAN_NONE), KB_LETTER_NONE);
	cr_assert_str_eq(kb_letter_kind_name((enum kb_letter_kind)99), "");
}

/* Takes the name out of the page; what is left must be refused. */
Test(letters, a_page_that_leaves_out_what_its_kind_must_say_is_refused)
{
	for (unsigned i = 1; i < KB_LETTER_KIND_COUNT; i++) {
		const struct kb_letter_field *fields[KB_LETTER_FIELDS_MAX];
		size_t count = kb_letter_fields((enum kb_letter_kind)i, fields);

		cr_assert_gt(count, 12);
		for (size_t j = 0; j < count; j++) {
			struct kb_buf page = { 0 };
			char slot[64];
			char *at = NULL;
			size_t faults = 0;

			read_page((enum kb_letter_kind)i, &page);
			(void)snprintf(slot, sizeof(slot),
				       fields[j]->columns != NULL ? "{{#lijst %s}}" : "{{%s}}",
				       fields[j]->name);
			at = (char *)(uintptr_t)strstr(kb_buf_text(&page), slot);
			cr_assert_not_null(at, "%s", slot);
			for (; at != NULL; at = strstr(at, slot)) {
				memset(at, 'x', strlen(slot));
			}
			cr_assert_eq(kb_letter_check((enum kb_letter_kind)i, "weg",
						     kb_buf_span(&page), hear, &faults),
				     KB_ERR_DATA, "%s is not missed", slot);
			kb_buf_release(&page);
		}
	}
}

/* What stands in the frame is not said again by a letter, and the frame is no kind. */
Test(letters, what_all_letters_share_stands_in_the_frame_only)
{
	static const char *const shared[] = { "<style>",   "{{regio}}",	       "{{kenmerk}}",
					      "<address>", "{{#lijst adres}}", "klachtenregeling" };

	cr_assert_eq(kb_letter_kind_parse(kb_span_text(KB_LETTER_FRAME)), KB_LETTER_NONE);
	for (unsigned i = 1; i < KB_LETTER_KIND_COUNT; i++) {
		struct kb_buf letter = { 0 };
		char path[512];

		(void)snprintf(path, sizeof(path), KB_SOURCE_DIR "/deploy/brieven/%s.html",
			       kb_letter_kind_name((enum kb_letter_kind)i));
		cr_assert_eq(kb_file_read(path, KB_TEMPLATE_BYTES_MAX, &letter, NULL), KB_OK);
		cr_assert_not_null(strstr(kb_buf_text(&letter), "<h1>"), "%s", path);
		for (size_t j = 0; j < sizeof(shared) / sizeof(shared[0]); j++) {
			cr_assert_null(strstr(kb_buf_text(&letter), shared[j]), "%s in %s",
				       shared[j], path);
		}
		kb_buf_release(&letter);
	}
}

Test(letters, the_consent_form_names_purpose_partners_data_and_the_way_back)
{
	static const char *const musts[] = { "doel", "partners", "gegevens", "geldig_tot" };
	const struct kb_letter_field *fields[KB_LETTER_FIELDS_MAX];
	size_t count = kb_letter_fields(KB_LETTER_TOESTEMMING, fields);
	struct kb_buf page = { 0 };

	for (size_t i = 0; i < sizeof(musts) / sizeof(musts[0]); i++) {
		bool found = false;

		for (size_t j = 0; j < count; j++) {
			found = found ||
				(strcmp(fields[j]->name, musts[i]) == 0 && !fields[j]->optional &&
				 fields[j]->source == KB_LETTER_FROM_USER);
		}
		cr_assert(found, "%s", musts[i]);
	}
	read_page(KB_LETTER_TOESTEMMING, &page);
	cr_assert_not_null(strstr(kb_buf_text(&page), "U mag uw toestemming intrekken"));
	kb_buf_release(&page);
}

Test(letters, no_field_has_the_name_of_another_of_its_letter)
{
	for (unsigned i = 1; i < KB_LETTER_KIND_COUNT; i++) {
		const struct kb_letter_field *fields[KB_LETTER_FIELDS_MAX];
		size_t count = kb_letter_fields((enum kb_letter_kind)i, fields);

		for (size_t j = 0; j < count; j++) {
			for (size_t k = 0; k < j; k++) {
				cr_assert_str_neq(fields[j]->name, fields[k]->name);
			}
			cr_assert(fields[j]->source == KB_LETTER_FROM_AGENT ||
					  fields[j]->help != NULL,
				  "%s", fields[j]->name);
		}
	}
}

Test(letters, ways_of_handing_over_are_a_closed_list)
{
	cr_assert_eq(kb_letter_way_parse(kb_span_text("per post")), KB_LETTER_WAY_POST);
	cr_assert_eq(kb_letter_way_parse(kb_span_text("aan tafel")), KB_LETTER_WAY_AAN_TAFEL);
	cr_assert_eq(kb_letter_way_parse(kb_span_text("per duif")), KB_LETTER_WAY_NONE);
	cr_assert_eq(kb_letter_way_parse(KB_SPAN_NONE), KB_LETTER_WAY_NONE);
	cr_assert_str_eq(kb_letter_way_name(KB_LETTER_WAY_MEEGEGEVEN), "meegegeven");
	cr_assert_str_eq(kb_letter_way_name((enum kb_letter_way)9), "");
}

Test(letters, dates_are_written_out)
{
	char text[KB_LETTER_DATE_TEXT];
	int32_t day = 0;

	cr_assert_eq(kb_date_parse(kb_span_text("2026-03-03"), &day), KB_OK);
	kb_letter_date(day, text);
	cr_assert_str_eq(text, "3 maart 2026");
	cr_assert_eq(kb_date_parse(kb_span_text("9999-09-30"), &day), KB_OK);
	kb_letter_date(day, text);
	cr_assert_str_eq(text, "30 september 9999");
	kb_letter_date(KB_DAY_NONE, text);
	cr_assert_str_eq(text, "");
}
