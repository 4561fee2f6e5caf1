/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers as text and as JSON, to the byte. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "agents/cli/output.h"

static struct kb_output *output;

static void
open_all(void)
{
	static const char *const first[] = { "1", "Jan\nde Vries" };
	static const char *const second[] = { "23", "Zoë" };
	static const char *const field[] = { "versie", "4" };
	static const char *const longer[] = { "geldig tot", "morgen" };

	cr_assert_eq(kb_output_new(&output), KB_OK);
	cr_assert_eq(kb_output_say(output, "Een zin."), KB_OK);
	cr_assert_eq(kb_output_say(output, ""), KB_OK);
	cr_assert_eq(kb_output_say(output, "Nog een \"zin\"."), KB_OK);
	cr_assert_eq(kb_output_section(output, "zaken", "zaak|naam"), KB_OK);
	cr_assert_eq(kb_output_row(output, first, 2), KB_OK);
	cr_assert_eq(kb_output_row(output, second, 2), KB_OK);
	cr_assert_eq(kb_output_section(output, "register", "veld|waarde"), KB_OK);
	cr_assert_eq(kb_output_row(output, field, 2), KB_OK);
	cr_assert_eq(kb_output_row(output, longer, 2), KB_OK);
	cr_assert_eq(kb_output_section(output, "leeg", "iets"), KB_OK);
}

static void
close_all(void)
{
	kb_output_free(output);
}

TestSuite(output, .init = open_all, .fini = close_all);

static char *
print(const struct kb_output *what, bool json)
{
	struct kb_cli cli = { .json = json };
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	cr_assert_eq(kb_output_print(what, &cli, json ? 65 : 0, json ? "DATA" : "", to), KB_OK);
	(void)fclose(to);
	return text;
}

Test(output, text_is_sentences_then_tables)
{
	char *text = print(output, false);

	cr_assert_str_eq(text, "Een zin.\nNog een \"zin\".\n"
			       "\nzaken\nzaak  naam\n1     Jan de Vries\n23    Zoë\n"
			       "\nregister\nversie:     4\ngeldig tot: morgen\n"
			       "\nleeg: niets\n");
	free(text);
}

Test(output, json_is_one_object_on_one_line)
{
	char *text = print(output, true);

	cr_assert_str_eq(
		text,
		"{\"exit\":65,\"fout\":\"DATA\",\"tekst\":\"Een zin.\\nNog een \\\"zin\\\".\","
		"\"zaken\":[{\"zaak\":\"1\",\"naam\":\"Jan\\nde "
		"Vries\"},{\"zaak\":\"23\",\"naam\":\"Zoë\"}],"
		"\"register\":[{\"veld\":\"versie\",\"waarde\":\"4\"},{\"veld\":\"geldig "
		"tot\",\"waarde\":\"morgen\"}],"
		"\"leeg\":[]}\n");
	free(text);
}

Test(output, a_table_alone_begins_without_an_empty_line)
{
	struct kb_output *alone = NULL;
	char *text = NULL;

	cr_assert_eq(kb_output_new(&alone), KB_OK);
	cr_assert_eq(kb_output_section(alone, "leeg", "iets"), KB_OK);
	text = print(alone, false);
	cr_assert_str_eq(text, "leeg: niets\n");
	free(text);
	kb_output_free(alone);
}

Test(output, sections_of_the_same_name_grow_over_answers)
{
	struct kb_span columns[] = { kb_span_text("zaak"), kb_span_text("naam") };
	struct kb_span cells[] = { kb_span_text("99"), kb_span_text("Bo") };
	struct kb_desk_row row = { .cells = cells, .cell_count = 2 };
	struct kb_desk_section section = { .name = kb_span_text("zaken"),
					   .columns = columns,
					   .column_count = 2,
					   .rows = &row,
					   .row_count = 1 };
	struct kb_desk_answer answer = { .text = kb_span_text("Klaar."),
					 .sections = &section,
					 .section_count = 1 };

	cr_assert_eq(kb_output_add(output, &answer), KB_OK);
	cr_assert_eq(kb_output_row_count(output, "zaken"), 3);
	cr_assert_str_eq(kb_output_cell(output, "zaken", 2, "naam"), "Bo");
	cr_assert_str_eq(kb_output_cell(output, "zaken", 2, "geen"), "");
	cr_assert_str_eq(kb_output_cell(output, "zaken", 3, "naam"), "");
	cr_assert_eq(kb_output_row_count(output, "nergens"), 0);
}
