/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of cases, checked whole before the first question. */
#include "agents/cli/bulk.h"

#include "agents/cli/desk_client.h"
#include "agents/cli/output.h"
#include "agents/intake/csv_reader.h"
#include "common/base/text.h"

#define FIRST_COLUMN "zaak"

static enum kb_err
fault(struct kb_error_text *where, const char *name, uint32_t line, const char *what)
{
	return kb_fail(where, KB_ERR_DATA, "%s:%u: %s", name, line, what);
}

/* Cells of one line; more than most is told by the count. */
static size_t
split(struct kb_span text, uint8_t separator, struct kb_span *cells, size_t most)
{
	size_t begin = 0;
	size_t count = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i == text.len || text.at[i] == separator) {
			if (count < most) {
				cells[count] = kb_text_trim(kb_span_part(text, begin, i - begin));
			}
			count++;
			begin = i + 1;
		}
	}
	return count;
}

/* A list out of a spreadsheet here has ; between its cells. */
static uint8_t
separator_of(struct kb_span header)
{
	return header.len > 0 && memchr(header.at, ';', header.len) != NULL ? ';' : ',';
}

static enum kb_err
read_header(const struct kb_csv_line *line, const char *name, struct kb_bulk *out,
	    struct kb_error_text *where)
{
	out->separator = separator_of(line->text);
	out->column_count = split(line->text, out->separator, out->columns, KB_BULK_COLUMNS_MAX);
	if (out->column_count > KB_BULK_COLUMNS_MAX) {
		return fault(where, name, line->number, "er zijn te veel kolommen");
	}
	for (size_t i = 0; i < out->column_count; i++) {
		if (out->columns[i].len == 0) {
			return fault(where, name, line->number, "een kolom heeft geen naam");
		}
		for (size_t j = 0; j < i; j++) {
			if (kb_span_equal(out->columns[i], out->columns[j])) {
				return fault(where, name, line->number,
					     "een kolom staat er twee keer");
			}
		}
	}
	return KB_OK;
}

static bool
same_line(const struct kb_bulk *bulk, const struct kb_bulk_line *one,
	  const struct kb_bulk_line *other)
{
	bool same = true;

	for (size_t i = 0; same && i < bulk->column_count; i++) {
		same = kb_span_equal(one->cells[i], other->cells[i]);
	}
	return same;
}

/* Arguments that have a line per thing; a cell of a list has only one. */
static const char *const line_columns[] = { "feiten", "velden" };

static bool
has_lines(struct kb_span column)
{
	bool found = false;

	for (size_t i = 0; i < sizeof(line_columns) / sizeof(line_columns[0]); i++) {
		found = found || kb_span_equal(column, kb_span_text(line_columns[i]));
	}
	return found;
}

/* The cell with an end of line for every "\n" in it. */
static enum kb_err
break_lines(struct kb_span *cell, struct kb_arena *arena)
{
	uint8_t *at = NULL;
	size_t len = 0;

	if (cell->len == 0 || memchr(cell->at, '\\', cell->len) == NULL) {
		return KB_OK;
	}
	at = kb_arena_alloc(arena, cell->len);
	if (at == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < cell->len; i++) {
		bool end = cell->at[i] == '\\' && i + 1 < cell->len && cell->at[i + 1] == 'n';

		at[len++] = end ? '\n' : cell->at[i];
		i += end;
	}
	*cell = kb_span(at, len);
	return KB_OK;
}

static enum kb_err
read_line(const struct kb_csv_line *line, const char *name, struct kb_arena *arena,
	  struct kb_bulk *out, struct kb_error_text *where)
{
	struct kb_bulk_line *row = &out->lines[out->line_count];
	uint64_t case_no = 0;

	*row = (struct kb_bulk_line){ .number = line->number };
	if (split(line->text, out->separator, row->cells, KB_BULK_COLUMNS_MAX) !=
	    out->column_count) {
		return fault(where, name, line->number,
			     "het aantal kolommen klopt niet met de eerste regel");
	}
	if (kb_text_to_u64(row->cells[0], (uint64_t)1 << 53, &case_no) != KB_OK || case_no == 0) {
		return fault(where, name, line->number, "hier hoort het nummer van een zaak");
	}
	for (size_t i = 0; i < out->line_count; i++) {
		if (same_line(out, row, &out->lines[i])) {
			return fault(where, name, line->number, "deze regel staat er twee keer");
		}
	}
	for (size_t i = 0; i < out->column_count; i++) {
		if (has_lines(out->columns[i]) && break_lines(&row->cells[i], arena) != KB_OK) {
			return KB_ERR_NO_MEMORY;
		}
	}
	out->line_count++;
	return KB_OK;
}

/* The header, when there is one, is the first line that says something. */
static bool
is_header(const struct kb_csv_line *line)
{
	struct kb_span first = KB_SPAN_NONE;

	(void)split(line->text, separator_of(line->text), &first, 1);
	return kb_span_equal(first, kb_span_text(FIRST_COLUMN));
}

enum kb_err
kb_bulk_parse(struct kb_span bytes, const char *name, struct kb_arena *arena, struct kb_bulk *out,
	      struct kb_error_text *where)
{
	size_t most = kb_csv_count_lines(bytes);
	struct kb_csv csv;
	struct kb_csv_line line;
	bool first = true;
	enum kb_err err = KB_OK;

	*out = (struct kb_bulk){ .columns = { kb_span_text(FIRST_COLUMN) },
				 .column_count = 1,
				 .separator = ';' };
	if (most > KB_BULK_LINES_MAX) {
		return kb_fail(where, KB_ERR_OVERSIZE, "%s: een lijst heeft hoogstens %d regels",
			       name, KB_BULK_LINES_MAX);
	}
	out->lines = kb_arena_alloc(arena, (most + 1) * sizeof(*out->lines));
	if (out->lines == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	kb_csv_init(&csv, bytes);
	while (err == KB_OK && kb_csv_next(&csv, &line)) {
		struct kb_span text = kb_text_trim(line.text);

		if (!line.text_ok) {
			err = fault(where, name, line.number, "dit is geen gewone tekst");
		} else if (text.len == 0 || text.at[0] == '#') {
			continue;
		} else if (first && is_header(&line)) {
			err = read_header(&line, name, out, where);
		} else {
			err = read_line(&line, name, arena, out, where);
		}
		first = false;
	}
	return err == KB_OK && out->line_count == 0
		       ? kb_fail(where, KB_ERR_DATA, "%s: er staat geen zaak in", name)
		       : err;
}

bool
kb_bulk_has(const struct kb_bulk *bulk, const char *name)
{
	for (size_t i = 0; i < bulk->column_count; i++) {
		if (kb_span_equal(bulk->columns[i], kb_span_text(name))) {
			return true;
		}
	}
	return false;
}

/* ---- asking ---- */

#define SECTION "lijst"
#define LOST_SENTENCE                                                                              \
	"De agent antwoordt niet meer. Wat 'niet gevraagd' zegt is niet gedaan; van 'onbekend' "   \
	"ziet u het in de zaak."

static enum kb_err
table_row(struct kb_output *table, const struct kb_bulk_line *line, const char *result,
	  struct kb_span why)
{
	char number[16];
	char zaak[24];
	char text[KB_ERROR_TEXT_MAX];
	const char *cells[] = { number, zaak, result, text };

	(void)snprintf(number, sizeof(number), "%u", line->number);
	(void)snprintf(zaak, sizeof(zaak), "%.*s", (int)line->cells[0].len,
		       (const char *)line->cells[0].at);
	(void)snprintf(text, sizeof(text), "%.*s", (int)why.len,
		       why.len > 0 ? (const char *)why.at : "");
	return kb_output_row(table, cells, sizeof(cells) / sizeof(cells[0]));
}

/* What is asked, and what came of it so far. */
struct asking {
	const struct kb_cli *cli;
	const char *verb;
	struct kb_desk_field fields[KB_WIRE_DESK_ARGUMENTS_MAX];
	size_t own_count;
	struct kb_output *table;
	int exit_code;	  /* of the first line that was not done */
	enum kb_err lost; /* no answer came: nobody knows of that line */
};

static enum kb_err
ask_line(struct asking *asking, const struct kb_bulk *bulk, const struct kb_bulk_line *line)
{
	struct kb_cli_answer answer;
	enum kb_err err = KB_OK;

	if (asking->lost != KB_OK) {
		return table_row(asking->table, line, "niet gevraagd", KB_SPAN_NONE);
	}
	for (size_t i = 0; i < bulk->column_count; i++) {
		asking->fields[asking->own_count + i] =
			(struct kb_desk_field){ bulk->columns[i], line->cells[i] };
	}
	asking->lost = kb_cli_question(asking->cli, asking->verb, asking->fields,
				       asking->own_count + bulk->column_count, &answer);
	if (asking->lost != KB_OK) {
		err = table_row(asking->table, line, "onbekend", kb_span_text("kijk in de zaak"));
	} else {
		err = table_row(asking->table, line,
				answer.exit_code == 0 ? "gedaan" : "niet gedaan",
				kb_output_text(answer.output));
		asking->exit_code = asking->exit_code == 0 ? answer.exit_code : asking->exit_code;
	}
	kb_output_free(answer.output);
	return err;
}

int
kb_bulk_ask(const struct kb_cli *cli, const char *verb, const struct kb_desk_field *fields,
	    size_t field_count, const struct kb_bulk *bulk)
{
	struct asking asking = { .cli = cli, .verb = verb, .own_count = field_count };
	enum kb_err err = KB_OK;

	if (field_count + bulk->column_count > KB_WIRE_DESK_ARGUMENTS_MAX) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "er zijn te veel argumenten");
	}
	memcpy(asking.fields, fields, field_count * sizeof(*fields));
	err = kb_output_new(&asking.table);
	if (err == KB_OK) {
		err = kb_output_section(asking.table, SECTION, "regel|zaak|uitslag|uitleg");
	}
	for (size_t i = 0; err == KB_OK && i < bulk->line_count; i++) {
		err = ask_line(&asking, bulk, &bulk->lines[i]);
	}
	if (err == KB_OK && asking.lost != KB_OK) {
		/* What nobody was asked about comes after it: the exit code is that of the agent that is gone. */
		asking.exit_code = kb_err_exit_code(KB_ERR_IO);
		err = kb_output_say(asking.table, LOST_SENTENCE);
	}
	if (err == KB_OK) {
		err = kb_output_print(asking.table, cli, asking.exit_code,
				      asking.lost != KB_OK ? kb_err_name(asking.lost) : "", stdout);
	}
	kb_output_free(asking.table);
	return err == KB_OK ? asking.exit_code : kb_cli_fail(cli, err, "geen geheugen");
}
