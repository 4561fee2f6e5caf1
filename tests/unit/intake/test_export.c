/* SPDX-License-Identifier: EUPL-1.2 */
/* Meldingen as CSV rows. */
#include "agents/intake/export.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct kb_export_row
row_make(void)
{
	struct kb_export_row row = {
		.change = KB_EXPORT_NIEUW,
		.vestigingsnummer = kb_span_text("12AB00"),
		.leerling = kb_span_text("L1"),
		.pgn = kb_span_text("999580735"),
		.melding = { .soort = KB_MELDING_ZESTIEN_UUR,
			     .begin_day = 20332,
			     .eind_day = 20335,
			     .minuten = 960,
			     .gemeentecode = "0114",
			     .uiterste_melddag = 20342 },
		.ontvanger = kb_span_text("00000099000000001000"),
		.status = kb_span_text("In behandeling"),
		.gemeld_utc_ms = INT64_C(20335) * 86400000 + 8 * 3600000 + 5 * 60000 + 7000,
		.changed_utc_ms = INT64_C(20400) * 86400000 + 23 * 3600000 + 30 * 60000,
	};

	memset(row.id.bytes, 0xab, sizeof(row.id.bytes));
	return row;
}

static char *
csv(const struct kb_export_row *row)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	cr_assert_eq(row != NULL ? kb_export_csv_row(to, row) : kb_export_csv_header(to), KB_OK);
	(void)fclose(to);
	return text;
}

Test(export, header_and_row_have_the_documented_columns)
{
	struct kb_export_row row = row_make();
	char *header = csv(NULL);
	char *line = csv(&row);

	cr_assert_str_eq(header, "melding;wijziging;vestigingsnummer;leerling;pgn;soort;begindatum;"
				 "einddatum;minuten;gemeentecode;"
				 "ontvanger;status;uiterste_melddatum;gemeld_op;te_laat_gemeld;"
				 "historisch;gewijzigd_op;"
				 "duo_kenmerk\n");
	cr_assert_str_eq(
		line,
		"abababababababababababababababab;nieuw;12AB00;L1;999580735;16-uur;2025-09-01;2025-"
		"09-04;960;0114;"
		"00000099000000001000;In behandeling;2025-09-11;2025-09-04T10:05:07+02:00;nee;nee;"
		"2025-11-09T00:30:00+01:00;\n");
	free(header);
	free(line);
}

Test(export, every_column_has_a_name_of_its_own_and_a_cell)
{
	struct kb_export_row row = row_make();
	struct kb_export_cell cell;

	for (size_t i = 0; i < kb_export_column_count(); i++) {
		cr_assert_str_not_empty(kb_export_column_name(i));
		for (size_t k = 0; k < i; k++) {
			cr_assert_str_neq(kb_export_column_name(i), kb_export_column_name(k));
		}
		kb_export_cell_get(&row, i, &cell);
		cr_assert_neq(cell.kind, KB_EXPORT_CELL_NONE);
	}
	cr_assert_str_empty(kb_export_column_name(kb_export_column_count()));
	kb_export_cell_get(&row, kb_export_column_count(), &cell);
	cr_assert_eq(cell.kind, KB_EXPORT_CELL_EMPTY);
}

Test(export, a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe)
{
	static const char *const risky[] = { "=1+1", "+31", "-2", "@SUM", "\tx" };

	for (size_t i = 0; i < sizeof(risky) / sizeof(risky[0]); i++) {
		struct kb_export_row row = row_make();
		char *line = NULL;
		char want[32];

		row.duo_kenmerk = kb_span_text(risky[i]);
		line = csv(&row);
		(void)snprintf(want, sizeof(want), ";'%s\n", risky[i]);
		cr_assert_not_null(strstr(line, want), "%s", line);
		free(line);
	}
}

Test(export, separators_and_quotes_cannot_break_out_of_a_cell)
{
	struct kb_export_row row = row_make();
	char *line = NULL;

	row.leerling = kb_span_text("a;b");
	row.duo_kenmerk = kb_span_text("=\"x\"\n");
	line = csv(&row);
	cr_assert_not_null(strstr(line, ";\"a;b\";"));
	cr_assert_not_null(strstr(line, ";\"'=\"\"x\"\"\n\"\n"));
	free(line);
}

Test(export, times_that_are_not_there_are_empty_and_since_is_strict)
{
	struct kb_export_row row = row_make();
	char *line = NULL;

	row.gemeld_utc_ms = 0;
	row.te_laat = true;
	row.historisch = true;
	row.change = KB_EXPORT_INGETROKKEN;
	line = csv(&row);
	cr_assert_not_null(strstr(line, ";2025-09-11;;ja;ja;"));
	cr_assert_not_null(strstr(line, ";ingetrokken;"));
	free(line);
	cr_assert(kb_export_is_since(&row, row.changed_utc_ms - 1));
	cr_assert_not(kb_export_is_since(&row, row.changed_utc_ms));
}

Test(export, output_that_cannot_be_written_is_an_error)
{
	struct kb_export_row row = row_make();
	FILE *full = fopen("/dev/full", "w");

	cr_assert_not_null(full);
	(void)setvbuf(full, NULL, _IONBF, 0);
	cr_assert_eq(kb_export_csv_row(full, &row), KB_ERR_IO);
	(void)fclose(full);
}
