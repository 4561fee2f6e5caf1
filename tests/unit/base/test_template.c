/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages with slots: every fault has its line, and no value gets out of its place. */
#include "common/base/template.h"

#include <stdio.h>

#include <criterion/criterion.h>

static const char *const row_columns[] = { "wie", "wat", NULL };
static const struct kb_template_slot slots[] = {
	{ .name = "naam" },
	{ .name = "extra", .optional = true },
	{ .name = "rijen", .columns = row_columns, .optional = true },
	{ .name = "leden", .columns = row_columns },
};
#define SLOT_COUNT (sizeof(slots) / sizeof(slots[0]))

/* All faults as lines "regel: tekst". */
struct heard {
	char text[4096];
	size_t count;
};

static void
hear(void *to, const char *file, uint32_t line, const char *text)
{
	struct heard *heard = to;
	size_t used = strlen(heard->text);

	cr_assert_str_eq(file, "brief.html");
	(void)snprintf(heard->text + used, sizeof(heard->text) - used, "%u: %s\n", line, text);
	heard->count++;
}

static struct kb_template
page_of(const char *text)
{
	return (struct kb_template){ .file = "brief.html",
				     .bytes = kb_span_text(text),
				     .slots = slots,
				     .slot_count = SLOT_COUNT };
}

static struct heard
faults_of(const char *text)
{
	struct kb_template page = page_of(text);
	struct heard heard = { .count = 0 };
	enum kb_err err = kb_template_check(&page, hear, &heard);

	cr_assert_eq(err, heard.count == 0 ? KB_OK : KB_ERR_DATA, "%s", text);
	return heard;
}

/* The one fault of the page is on that line and holds that text. */
static void
assert_fault(const char *page, uint32_t line, const char *part)
{
	struct heard heard = faults_of(page);
	char start[16];

	(void)snprintf(start, sizeof(start), "%u: ", line);
	cr_assert_eq(heard.count, 1, "%s gave: %s", page, heard.text);
	cr_assert_eq(strncmp(heard.text, start, strlen(start)), 0, "%s gave: %s", page, heard.text);
	cr_assert_not_null(strstr(heard.text, part), "%s gave: %s", page, heard.text);
}

/* The page with naam and extra, two rows in leden and none in rijen. */
static void
fill(const char *text, const char *naam, const char *extra, struct kb_buf *out)
{
	static const struct kb_span cells[] = { { (const uint8_t *)"Jan", 3 },
						{ (const uint8_t *)"ib", 2 },
						{ (const uint8_t *)"Els", 3 },
						{ NULL, 0 } };
	const struct kb_template_value values[SLOT_COUNT] = {
		{ .text = kb_span_text(naam) },
		{ .text = kb_span_text(extra) },
		{ .row_count = 0 },
		{ .cells = cells, .row_count = 2 },
	};
	struct kb_template page = page_of(text);
	struct heard heard = { .count = 0 };

	cr_assert_eq(kb_template_fill(&page, values, out, hear, &heard), KB_OK, "%s", heard.text);
}

static void
assert_filled(const char *text, const char *naam, const char *extra, const char *want)
{
	struct kb_buf out = { 0 };

	fill(text, naam, extra, &out);
	cr_assert_str_eq(kb_buf_text(&out), want);
	kb_buf_release(&out);
}

Test(template, fills_values_blocks_and_rows)
{
	assert_filled("<p>{{naam}}</p>", "Noor", "", "<p>Noor</p>");
	assert_filled("a{{#als extra}}[{{extra}}]{{/als}}b", "N", "", "ab");
	assert_filled("a{{#als extra}}[{{extra}}]{{/als}}b", "N", "x", "a[x]b");
	assert_filled("{{#lijst leden}}<li>{{wie}}{{#als wat}} ({{wat}}){{/als}} van "
		      "{{naam}}\n{{/lijst}}",
		      "N", "", "<li>Jan (ib) van N\n<li>Els van N\n");
	assert_filled("{{#als rijen}}t{{#lijst rijen}}r{{/lijst}}{{/als}}.", "N", "", ".");
	assert_filled("{{#als leden}}{{#als extra}}beide{{/als}}{{/als}}", "N", "x", "beide");
	assert_filled("", "N", "", "");
}

Test(template, every_value_is_escaped_wherever_it_stands)
{
	static const char *const evil[][2] = {
		{ "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "\" onload=\"x", "&quot; onload=&quot;x" },
		{ "' onload='x", "&#39; onload=&#39;x" },
		{ "</p><img src=x>", "&lt;/p&gt;&lt;img src=x&gt;" },
		{ "&lt;", "&amp;lt;" },
		{ "{{naam}} {{#als x}}", "{{naam}} {{#als x}}" },
		{ "regel 1\nregel 2", "regel 1<br>\nregel 2" },
		{ "--><!--", "--&gt;&lt;!--" },
	};

	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		const struct kb_span cells[] = { kb_span_text(evil[i][0]),
						 kb_span_text(evil[i][0]) };
		const struct kb_template_value values[SLOT_COUNT] = {
			{ .text = kb_span_text(evil[i][0]) },
			{ .text = kb_span_text(evil[i][0]) },
			{ .row_count = 0 },
			{ .cells = cells, .row_count = 1 },
		};
		struct kb_template page = page_of(
			"{{naam}}|{{#als extra}}{{extra}}{{/als}}|{{#lijst leden}}{{wie}}|{{wat}}"
			"{{/lijst}}");
		struct kb_buf out = { 0 };
		char want[512];

		(void)snprintf(want, sizeof(want), "%s|%s|%s|%s", evil[i][1], evil[i][1],
			       evil[i][1], evil[i][1]);
		cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_OK);
		cr_assert_str_eq(kb_buf_text(&out), want);
		kb_buf_release(&out);
	}
}

Test(template, names_and_blocks_that_do_not_hold_are_faults_with_their_line)
{
	assert_fault("a\nb {{onbekend}}", 2, "'onbekend'");
	assert_fault("{{wie}}", 1, "'wie'");
	assert_fault("\n\n{{extra}}", 3, "kan leeg zijn");
	assert_fault("{{#als naam}}{{extra}}{{/als}}", 1, "kan leeg zijn");
	assert_fault("{{leden}}", 1, "is een lijst");
	assert_fault("{{#lijst naam}}{{/lijst}}", 1, "is geen lijst");
	assert_fault("a\n{{#als naam}}\nb\n", 2, "{{/als}} ontbreekt");
	assert_fault("\n{{#lijst leden}}", 2, "{{/lijst}} ontbreekt");
	assert_fault("x{{/als}}", 1, "sluit hier niets");
	assert_fault("{{#lijst leden}}{{#als naam}}{{/als}}{{/lijst}}\n{{/lijst}}", 2,
		     "sluit hier niets");
	assert_fault("{{#lijst leden}}\n{{#lijst leden}}{{/lijst}}{{/lijst}}", 2,
		     "niet in een lijst");
}

Test(template, what_looks_like_a_slot_and_is_none_is_a_fault)
{
	static const char *const bad[] = {
		"{{ naam}}",
		"{{naam }}",
		"{{Naam}}",
		"{{naam",
		"{{na\nam}}",
		"naam}}",
		"{{}}",
		"{{#als}}",
		"{{#als  naam}}",
		"{{#anders naam}}",
		"{{/anders}}",
		"{{1a}}",
		"{{{naam}}}",
		"{{naam}",
		"{{abcdefghijklmnopqrstuvwxyzabcdefghij}}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct heard heard = faults_of(bad[i]);

		cr_assert_geq(heard.count, 1, "%s passed", bad[i]);
		cr_assert_eq(strncmp(heard.text, "1: ", 3), 0, "%s gave: %s", bad[i], heard.text);
	}
}

Test(template, a_slot_stands_in_text_only)
{
	assert_fault("<p\nclass=\"{{naam}}\">", 2, "in een tag");
	assert_fault("<p {{naam}}>", 1, "in een tag");
	assert_fault("<!--\n\n{{naam}} -->", 3, "in commentaar");
	assert_fault("<style>\np { color: {{naam}}; }\n</style>", 2, "in <style>");
	cr_assert_eq(faults_of("<p class=\"{{#als naam}}a{{/als}}\">x</p>").count, 2);
}

Test(template, a_page_stands_alone)
{
	static const char *const bad[] = {
		"<script>x</script>",
		"<p>\n<SCRIPT src=\"x\">",
		"<img src=\"http://elders/x.png\">",
		"<a href=\"https://elders\">x</a>",
		"<link rel=\"stylesheet\">",
		"<p onclick=\"x()\">",
		"<p OnMouseOver = 'x()'>",
		"<iframe></iframe>",
		"<form></form>",
		"<style>@import 'x';</style>",
		"<p style=\"background: URL(x)\">",
		"<meta http-equiv=\"Refresh\" content=\"0\">",
		"<svg><image xlink:href=\"x\"/></svg>",
		"<p class=x>",
		"a < b",
		"<p",
		"<p class=\"x>",
		"<!-- x",
		"<style>p { }",
		"\r\n",
		"\xff",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_geq(faults_of(bad[i]).count, 1, "%s passed", bad[i]);
	}
	cr_assert_eq(
		faults_of("<!DOCTYPE html>\n<!-- x --><html lang=\"nl\"><style>p { margin: 0; }"
			  "</style><p class='a'>{{naam}}<br/>1 &lt; 2</p></html>")
			.count,
		0);
}

Test(template, all_faults_of_a_page_are_told_at_once)
{
	struct heard heard = faults_of("<p onclick=\"x\">\n{{een}}\n{{twee}}\n{{#als naam}}");

	cr_assert_eq(heard.count, 4, "%s", heard.text);
	cr_assert_not_null(strstr(heard.text, "2: "));
	cr_assert_not_null(strstr(heard.text, "4: "));
}

Test(template, what_must_be_shown_and_is_not_is_a_fault_of_the_page)
{
	const struct kb_template_slot needed[] = {
		{ .name = "doel", .shown = true },
		{ .name = "leden", .columns = row_columns, .shown = true }
	};
	struct kb_template page = { .file = "brief.html",
				    .bytes = kb_span_text("<!-- doel -->{{#als doel}}x{{/als}}"),
				    .slots = needed,
				    .slot_count = 2 };
	struct heard heard = { .count = 0 };

	cr_assert_eq(kb_template_check(&page, hear, &heard), KB_ERR_DATA);
	cr_assert_eq(heard.count, 2, "%s", heard.text);
	cr_assert_not_null(strstr(heard.text, "0: 'doel' moet in deze brief staan"));
	page.bytes = kb_span_text("{{doel}}{{#lijst leden}}{{wie}}{{/lijst}}");
	cr_assert_eq(kb_template_check(&page, hear, &heard), KB_OK);
}

Test(template, what_is_not_filled_in_or_no_text_fails_and_adds_nothing)
{
	const struct kb_span bad_cells[] = { { (const uint8_t *)"\x01", 1 }, { NULL, 0 } };
	const struct kb_span good_cells[] = { { (const uint8_t *)"J", 1 }, { NULL, 0 } };
	struct kb_template page = page_of("{{naam}}{{#lijst leden}}{{wie}}{{/lijst}}");
	struct kb_template_value values[SLOT_COUNT] = {
		{ .text = KB_SPAN_NONE },
		{ .text = KB_SPAN_NONE },
		{ .row_count = 0 },
		{ .cells = good_cells, .row_count = 1 },
	};
	struct kb_buf out = { 0 };
	struct heard heard = { .count = 0 };

	cr_assert_eq(kb_buf_put_text(&out, "was er al"), KB_OK);
	cr_assert_eq(kb_template_fill(&page, values, &out, hear, &heard), KB_ERR_DATA);
	cr_assert_str_eq(heard.text, "0: 'naam' is niet ingevuld\n");
	values[0].text = kb_span_text("Noor\x1b");
	cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_ERR_DATA);
	values[0].text = kb_span_text("Noor");
	values[3].row_count = 0;
	cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_ERR_DATA);
	values[3] = (struct kb_template_value){ .cells = bad_cells, .row_count = 1 };
	cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_ERR_DATA);
	cr_assert_str_eq(kb_buf_text(&out), "was er al");
	values[3] = (struct kb_template_value){ .cells = good_cells, .row_count = 1 };
	cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_OK);
	cr_assert_str_eq(kb_buf_text(&out), "was er alNoorJ");
	kb_buf_release(&out);
}

Test(template, a_page_that_grows_beyond_its_bound_is_refused_whole)
{
	static char big[KB_TEMPLATE_BYTES_MAX];
	struct kb_span cells[2];
	struct kb_template_value values[SLOT_COUNT] = { { .text = kb_span_text("N") } };
	struct kb_template page = page_of("{{naam}}{{#lijst leden}}{{wie}}{{wat}}{{/lijst}}");
	struct kb_buf out = { 0 };

	memset(big, '<', sizeof(big)); /* four times as long when it is escaped */
	cells[0] = kb_span(big, sizeof(big));
	cells[1] = cells[0];
	values[3] = (struct kb_template_value){ .cells = cells, .row_count = 1 };
	cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_OK);
	cr_assert_eq(out.len, 1 + 8 * sizeof(big));
	out.ceiling = out.len + 4096;
	cr_assert_eq(kb_template_fill(&page, values, &out, NULL, NULL), KB_ERR_OVERSIZE);
	cr_assert_eq(out.len, 1 + 8 * sizeof(big));
	kb_buf_release(&out);
	page.bytes = kb_span(big, sizeof(big));
	memset(big, 'x', sizeof(big));
	cr_assert_eq(kb_template_check(&page, NULL, NULL), KB_OK);
	page.bytes.len++;
	cr_assert_eq(kb_template_check(&page, NULL, NULL), KB_ERR_DATA);
}

Test(template, blocks_nest_as_deep_as_the_bound_and_no_deeper)
{
	char text[1024] = "";

	for (unsigned depth = KB_TEMPLATE_DEPTH_MAX; depth <= KB_TEMPLATE_DEPTH_MAX + 1; depth++) {
		struct kb_buf page = { 0 };

		for (unsigned i = 0; i < depth; i++) {
			cr_assert_eq(kb_buf_put_text(&page, "{{#als naam}}"), KB_OK);
		}
		cr_assert_eq(kb_buf_put_text(&page, "diep"), KB_OK);
		for (unsigned i = 0; i < depth; i++) {
			cr_assert_eq(kb_buf_put_text(&page, "{{/als}}"), KB_OK);
		}
		(void)snprintf(text, sizeof(text), "%s", kb_buf_text(&page));
		kb_buf_release(&page);
		if (depth == KB_TEMPLATE_DEPTH_MAX) {
			assert_filled(text, "N", "", "diep");
		} else {
			cr_assert_geq(faults_of(text).count, 1);
		}
	}
}
