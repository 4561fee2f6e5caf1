/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the files that read a data set: what is known while reading, and one line with its fields. */
#ifndef KB_INTAKE_DATASET_INTERNAL_H
#define KB_INTAKE_DATASET_INTERNAL_H

#include "agents/intake/csv_reader.h"
#include "agents/intake/dataset_problems.h"
#include "agents/intake/doubles.h"

#define KB_DATASET_COLUMNS_MAX 11

/* The form of one file. */
struct kb_dataset_form {
	const char *header;
	size_t column_count;
	const char *columns[KB_DATASET_COLUMNS_MAX];
};
extern const struct kb_dataset_form kb_dataset_forms[KB_DATASET_FILE_COUNT];

/* Everything while reading. Pupils stand in the order of the file until the end. */
struct kb_dataset_reader {
	const struct kb_dataset_bytes *input;
	struct kb_arena *arena;
	struct kb_dataset_collector collector;

	struct kb_kalender_rij *kalender_rijen;
	size_t kalender_rij_count;
	int32_t first_day; /* bounds of the rows so far */
	int32_t last_day;
	struct kb_kalender kalender;
	bool kalender_known;
	bool kalender_partly; /* a row could not be read: its bounds are not certain */

	bool leerlingen_known;
	struct kb_verzuim_leerling *leerlingen;
	size_t leerling_count;
	struct kb_doubles leerling_places; /* pupil number -> place + 1 */
	uint32_t *leerling_lines;

	struct kb_verzuim_rij *rijen;
	size_t rij_count;
	struct kb_doubles days; /* pupil and day -> line */

	struct kb_persoon *personen;
	struct kb_doubles persoon_lines; /* pupil -> line */
	struct kb_doubles pgn_lines;
};

/* One line with its fields. */
struct kb_dataset_row {
	struct kb_dataset_reader *reader;
	enum kb_dataset_file file;
	uint32_t line;
	struct kb_span fields[KB_DATASET_COLUMNS_MAX];
};

/* A fault of the line as a whole. */
void kb_dataset_line_fault(struct kb_dataset_reader *reader, enum kb_dataset_file file,
			   uint32_t line, const char *what);
/* A fault in one column; other_line 0 when no other line is meant. */
void kb_dataset_row_fault(struct kb_dataset_row *row, size_t column, const char *what,
			  uint32_t other_line);

/* Text, length and columns of a line. False when the row must not be read further: then _row_skipped. */
KB_MUST_CHECK bool kb_dataset_row_split(struct kb_dataset_row *row, const struct kb_csv_line *line);
void kb_dataset_row_skipped(struct kb_dataset_row *row);
/* Checks and takes in one row of the file. */
void kb_dataset_row_read(struct kb_dataset_row *row);

#endif
