/* SPDX-License-Identifier: EUPL-1.2 */
/* One question for every line of a file: a list of cases as the input of any command that works in a case. */
#ifndef KB_CLI_BULK_H
#define KB_CLI_BULK_H

#include "agents/cli/command.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/wire/desk.h"

/* Lines of a list, and columns of one. */
#define KB_BULK_LINES_MAX 10000
#define KB_BULK_COLUMNS_MAX 8
#define KB_BULK_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct kb_bulk_line {
	uint32_t number; /* in the file */
	struct kb_span cells[KB_BULK_COLUMNS_MAX];
};

/* The columns are names of arguments; the first is zaak. */
struct kb_bulk {
	struct kb_span columns[KB_BULK_COLUMNS_MAX];
	size_t column_count;
	struct kb_bulk_line *lines;
	size_t line_count;
	uint8_t separator;
};

/*
 * Reads a list: a line per case, its number first. A header line that begins with zaak names the columns, with ; between them, or , when
 * the header has no ; (no quoting). In a cell of the columns feiten and velden, which have a line per thing, \n ends a line. Without a header there is one column. Empty lines and lines that begin with # are passed over. KB_ERR_DATA with the line in
 * where: not a number, a case twice with the same cells, too many or too few cells, no text; then nothing was asked. KB_ERR_OVERSIZE.
 * All spans point into bytes or arena.
 */
KB_MUST_CHECK enum kb_err kb_bulk_parse(struct kb_span bytes, const char *name,
					struct kb_arena *arena, struct kb_bulk *out,
					struct kb_error_text *where);
/* Whether name is a column of the list. */
bool kb_bulk_has(const struct kb_bulk *bulk, const char *name);

/*
 * Asks verb once for every line, with fields and the cells of the line, and prints a table of what came of each. Every line is one act
 * at the agent: done or not done, never half. When the agent is lost, the lines after that one are not asked. The exit code: 0 when
 * all was done, 69 when the agent was lost, else that of the first line that was not done.
 */
int kb_bulk_ask(const struct kb_cli *cli, const char *verb, const struct kb_desk_field *fields,
		size_t field_count, const struct kb_bulk *bulk);

#endif
