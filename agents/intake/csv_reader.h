/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines and fields of a `;` separated file in memory. */
#ifndef KB_INTAKE_CSV_READER_H
#define KB_INTAKE_CSV_READER_H

#include "common/base/span.h"

/*
 * The form: UTF-8 with or without byte order mark, LF or CRLF after each line (the last one may lack it), `;` between the
 * fields and no quoting: a `"` is an ordinary character. Nothing is copied; spans point into the bytes given.
 */
struct kb_csv {
	struct kb_span rest;
	uint32_t line; /* number of the line last returned; the header is line 1 */
};

struct kb_csv_line {
	uint32_t number;
	struct kb_span text; /* without the line end */
	bool text_ok;	     /* valid UTF-8 without NUL and control characters */
};

/* Starts before the first line; steps over a byte order mark. */
void kb_csv_init(struct kb_csv *csv, struct kb_span bytes);
/* The next line, or false at the end. */
bool kb_csv_next(struct kb_csv *csv, struct kb_csv_line *line);
/* Lines in bytes, the header among them; never less than what kb_csv_next returns. */
size_t kb_csv_count_lines(struct kb_span bytes);
/* Splits into at most most fields; returns how many the line has, which can be more than most. An empty line has one. */
size_t kb_csv_split(struct kb_span text, struct kb_span *fields, size_t most);

#endif
