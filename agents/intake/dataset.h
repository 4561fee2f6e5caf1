/* SPDX-License-Identifier: EUPL-1.2 */
/* A data set of one school year, read from a folder or from memory and checked as a whole. */
#ifndef KB_INTAKE_DATASET_H
#define KB_INTAKE_DATASET_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/exchange/verzuim_rule.h"

/* Bounds: far above the largest school (3,000 pupils x 200 days is 600,000 rows of some 35 bytes). */
#define KB_DATASET_FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define KB_DATASET_LINE_BYTES_MAX ((size_t)4096)
#define KB_DATASET_FIELD_BYTES_MAX ((size_t)512)
#define KB_DATASET_LEERLING_BYTES_MAX ((size_t)64)
/* Fields of personen.csv: what an alert can carry. */
#define KB_DATASET_NAME_BYTES_MAX 200u /* names, street, place, contact person */
#define KB_DATASET_POSTCODE_BYTES_MAX 16u
#define KB_DATASET_PHONE_BYTES_MAX 32u
#define KB_DATASET_ROWS_MAX ((size_t)1500000)
/* Ceiling for the arena of one load: files, rows, look-up tables. */
#define KB_DATASET_ARENA_BYTES ((size_t)384 * 1024 * 1024)
/* shared rule: at most 50 bad lines are named. */
#define KB_DATASET_PROBLEMS_MAX 50
#define KB_DATASET_MINUTEN_MAX 1440

enum kb_dataset_file {
	KB_DATASET_KALENDER = 0,
	KB_DATASET_LEERLINGEN,
	KB_DATASET_VERZUIM,
	KB_DATASET_PERSONEN, /* optional */
	KB_DATASET_FILE_COUNT,
};

/* "kalender.csv" and so on. */
const char *kb_dataset_file_name(enum kb_dataset_file file);

/* One bad line. The text is plain Dutch and holds no value out of the file: names and pupil numbers end up in nobody's
 * terminal history or report. All faults of one line are in one text. */
#define KB_DATASET_PROBLEM_TEXT 384

struct kb_dataset_problem {
	enum kb_dataset_file file;
	uint32_t line; /* from 1; 1 also for a fault of the file as a whole */
	char text[KB_DATASET_PROBLEM_TEXT];
};

/* In the order of the files above, then of the lines. */
struct kb_dataset_problems {
	struct kb_dataset_problem at[KB_DATASET_PROBLEMS_MAX];
	size_t count; /* in at */
	size_t total; /* bad lines found, also those above the maximum */
};

/* "verzuim.csv:12: what is wrong" per line, and a last line with the number of bad lines that are not shown. */
void kb_dataset_problems_print(const struct kb_dataset_problems *problems, FILE *to);

/* Who a pupil is, for the alert itself. Empty spans are empty fields. With adresgeheim the three address fields are left
 * out at reading: what is not there cannot be sent (facts.md D2: no address at all). */
struct kb_persoon {
	bool known; /* personen.csv has this pupil */
	bool adresgeheim;
	char pgn[KB_PGN_CHARS + 1];
	struct kb_span voornaam;
	struct kb_span tussenvoegsel;
	struct kb_span achternaam;
	struct kb_span adres;
	struct kb_span postcode;
	struct kb_span woonplaats;
	struct kb_span contactpersoon;
	struct kb_span telefoon;
};

/* Everything is borrowed from the arena of the load. The arena holds personal data: clear or release it when done. */
struct kb_dataset {
	struct kb_kalender kalender;
	const struct kb_kalender_rij *kalender_rijen;
	size_t kalender_rij_count;
	const struct kb_verzuim_leerling *leerlingen; /* in the byte order of the pupil number */
	size_t leerling_count;
	const struct kb_persoon *personen; /* leerling_count places, the same order */
	bool has_personen;
	const struct kb_verzuim_rij *rijen; /* ordered by pupil and day */
	size_t rij_count;
	int32_t latest_day; /* latest date in verzuim.csv, the cut-off of an import; KB_DAY_NONE without rows */
	size_t abroad_count; /* pupils with gemeentecode 0000 */
};

/* How a file was found. Everything but PRESENT is a problem of the set (for personen.csv ABSENT is not). */
enum kb_dataset_presence {
	KB_DATASET_ABSENT = 0,
	KB_DATASET_PRESENT,
	KB_DATASET_NOT_REGULAR, /* a symbolic link, a folder, a pipe */
	KB_DATASET_TOO_LARGE,
};

/* The files as bytes. */
struct kb_dataset_bytes {
	struct kb_span bytes[KB_DATASET_FILE_COUNT];
	enum kb_dataset_presence presence[KB_DATASET_FILE_COUNT];
};

/*
 * Reads and checks all files together. KB_ERR_DATA when problems has at least one entry: *out is then unusable.
 * KB_ERR_NO_MEMORY when the arena is too small. The bytes must live as long as *out. No system call.
 */
KB_MUST_CHECK enum kb_err kb_dataset_parse(const struct kb_dataset_bytes *input,
					   struct kb_arena *arena, struct kb_dataset *out,
					   struct kb_dataset_problems *problems);

/*
 * As kb_dataset_parse, with the files read from the folder dir_fd (regular files only, no symbolic links, bounded). Blocks on
 * disk. KB_ERR_IO, KB_ERR_PERMISSION when a file that is there cannot be read; where (may be NULL) says which.
 */
KB_MUST_CHECK enum kb_err kb_dataset_load(int dir_fd, struct kb_arena *arena,
					  struct kb_dataset *out,
					  struct kb_dataset_problems *problems,
					  struct kb_error_text *where);

/* The place of a pupil number in leerlingen, or SIZE_MAX. */
size_t kb_dataset_find(const struct kb_dataset *dataset, struct kb_span leerling);

/* Fills input with the set; tot_day KB_DAY_NONE is the whole year. */
void kb_dataset_input(const struct kb_dataset *dataset, int32_t tot_day, bool with_abroad,
		      struct kb_verzuim_input *input);

/* The form of verwacht.csv, byte exact: header, one melding per line in the given order, LF. KB_ERR_IO when writing fails. */
KB_MUST_CHECK enum kb_err kb_verwacht_write(FILE *to, const struct kb_verzuim_leerling *leerlingen,
					    const struct kb_melding_list *meldingen);

#endif
