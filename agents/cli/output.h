/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers for people as text, for programs as JSON: the same sections either way. */
#ifndef KB_CLI_OUTPUT_H
#define KB_CLI_OUTPUT_H

#include <stdio.h>

#include "agents/cli/command.h"
#include "common/wire/desk.h"

/* Opaque types. */
struct kb_output;

/* Collects what several answers (or a command that runs here) say. */
KB_MUST_CHECK enum kb_err kb_output_new(struct kb_output **out);
void kb_output_free(struct kb_output *output);

/* Adds the sections and the text of one answer; sections of the same name grow. */
KB_MUST_CHECK enum kb_err kb_output_add(struct kb_output *output,
					const struct kb_desk_answer *answer);

/* For commands that run here: a section with its columns ("naam|waarde"), rows of count cells. */
KB_MUST_CHECK enum kb_err kb_output_section(struct kb_output *output, const char *name,
					    const char *columns);
KB_MUST_CHECK enum kb_err kb_output_row(struct kb_output *output, const char *const *cells,
					size_t count);
KB_MUST_CHECK enum kb_err kb_output_say(struct kb_output *output, const char *text);

/* Looking into what was collected. 0 and "" for what is not there. */
size_t kb_output_row_count(const struct kb_output *output, const char *section);
const char *kb_output_cell(const struct kb_output *output, const char *section, size_t row,
			   const char *column);
/* The sentences so far; borrowed until something is added. */
struct kb_span kb_output_text(const struct kb_output *output);

/*
 * Text: sentences, then each section as a table with its headings (two columns named veld|waarde as "veld: waarde").
 * JSON: one object {"exit": n, "fout": name, "tekst": text, sections: [ {column: cell, ...} ]} on one line. Nothing of
 * cells is interpreted: control characters of a terminal never get through (they are refused on the wire).
 */
KB_MUST_CHECK enum kb_err kb_output_print(const struct kb_output *output, const struct kb_cli *cli,
					  int exit_code, const char *error_name, FILE *file);

#endif
