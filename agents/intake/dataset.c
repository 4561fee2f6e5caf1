/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and checking the four files of a data set as a whole. */
#include "agents/intake/dataset.h"

#include <stdlib.h>

#include "agents/intake/dataset_internal.h"

/* The header, or what is wrong with the file as a whole. False when no row can be read. */
static bool
file_begin(struct kb_dataset_reader *reader, enum kb_dataset_file file, struct kb_csv *csv)
{
	static const char *const faults[] = {
		[KB_DATASET_ABSENT] = "het bestand ontbreekt",
		[KB_DATASET_PRESENT] = "",
		[KB_DATASET_NOT_REGULAR] = "dit is geen gewoon bestand",
		[KB_DATASET_TOO_LARGE] = "het bestand is te groot",
	};
	enum kb_dataset_presence presence = reader->input->presence[file];
	struct kb_csv_line line = { 0 };

	if (presence == KB_DATASET_PRESENT &&
	    reader->input->bytes[file].len > KB_DATASET_FILE_BYTES_MAX) {
		presence = KB_DATASET_TOO_LARGE;
	}
	if (presence != KB_DATASET_PRESENT) {
		if (presence != KB_DATASET_ABSENT || file != KB_DATASET_PERSONEN) {
			kb_dataset_line_fault(reader, file, 1, faults[presence]);
		}
		return false;
	}
	kb_csv_init(csv, reader->input->bytes[file]);
	if (!kb_csv_next(csv, &line) ||
	    !kb_span_equal(line.text, kb_span_text(kb_dataset_forms[file].header))) {
		kb_dataset_line_fault(reader, file, 1,
				      "de kopregel is niet zoals hij hoort te zijn");
		return false;
	}
	return true;
}

/* Reads all rows. False when the file could not be read as this file at all. */
static bool
file_read(struct kb_dataset_reader *reader, enum kb_dataset_file file)
{
	struct kb_csv csv = { 0 };
	struct kb_csv_line line = { 0 };

	if (!file_begin(reader, file, &csv)) {
		return false;
	}
	while (kb_csv_next(&csv, &line)) {
		struct kb_dataset_row row = { .reader = reader, .file = file, .line = line.number };

		if (line.number > KB_DATASET_ROWS_MAX) {
			kb_dataset_line_fault(reader, file, line.number, "te veel regels");
			return true;
		}
		if (kb_dataset_row_split(&row, &line)) {
			kb_dataset_row_read(&row);
		} else {
			kb_dataset_row_skipped(&row);
		}
	}
	return true;
}

static size_t
line_count(const struct kb_dataset_reader *reader, enum kb_dataset_file file)
{
	size_t count = kb_csv_count_lines(reader->input->bytes[file]);

	return count < KB_DATASET_ROWS_MAX ? count : KB_DATASET_ROWS_MAX;
}

static enum kb_err
read_kalender(struct kb_dataset_reader *reader)
{
	/* A row that ends before it starts takes two places. */
	size_t room = 2 * line_count(reader, KB_DATASET_KALENDER);
	bool read = false;

	reader->kalender_rijen =
		kb_arena_alloc(reader->arena, room * sizeof(*reader->kalender_rijen));
	if (reader->kalender_rijen == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	read = file_read(reader, KB_DATASET_KALENDER);
	if (read && reader->kalender_rij_count == 0 && reader->collector.problems->total == 0) {
		kb_dataset_line_fault(reader, KB_DATASET_KALENDER, 1,
				      "er staat geen enkele rij in");
	}
	if (reader->kalender_rij_count == 0) {
		return KB_OK;
	}
	reader->kalender_known = true;
	return kb_kalender_init(&reader->kalender, reader->arena, reader->kalender_rijen,
				reader->kalender_rij_count);
}

static enum kb_err
read_leerlingen(struct kb_dataset_reader *reader)
{
	size_t lines = line_count(reader, KB_DATASET_LEERLINGEN);

	/* One more than lines: a row is written before it is known to be a repeat. */
	reader->leerlingen =
		kb_arena_alloc(reader->arena, (lines + 1) * sizeof(*reader->leerlingen));
	reader->leerling_lines =
		kb_arena_alloc(reader->arena, (lines + 1) * sizeof(*reader->leerling_lines));
	reader->personen = kb_arena_alloc(reader->arena, (lines + 1) * sizeof(*reader->personen));
	if (reader->leerlingen == NULL || reader->leerling_lines == NULL ||
	    reader->personen == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (kb_doubles_init(&reader->leerling_places, reader->arena, lines) != KB_OK) {
		return KB_ERR_NO_MEMORY;
	}
	reader->leerlingen_known = file_read(reader, KB_DATASET_LEERLINGEN);
	return KB_OK;
}

static enum kb_err
read_verzuim(struct kb_dataset_reader *reader)
{
	size_t lines = line_count(reader, KB_DATASET_VERZUIM);

	reader->rijen = kb_arena_alloc(reader->arena, lines * sizeof(*reader->rijen));
	if (reader->rijen == NULL ||
	    kb_doubles_init(&reader->days, reader->arena, lines) != KB_OK) {
		return KB_ERR_NO_MEMORY;
	}
	(void)file_read(reader, KB_DATASET_VERZUIM);
	return KB_OK;
}

static enum kb_err
read_personen(struct kb_dataset_reader *reader)
{
	size_t lines = line_count(reader, KB_DATASET_PERSONEN);

	if (kb_doubles_init(&reader->persoon_lines, reader->arena, lines) != KB_OK ||
	    kb_doubles_init(&reader->pgn_lines, reader->arena, lines) != KB_OK) {
		return KB_ERR_NO_MEMORY;
	}
	(void)file_read(reader, KB_DATASET_PERSONEN);
	return KB_OK;
}

/* A pupil and where it stood in the file. */
struct place {
	struct kb_span leerling;
	uint32_t place;
};

static int
place_compare(const void *a, const void *b)
{
	return kb_span_compare(((const struct place *)a)->leerling,
			       ((const struct place *)b)->leerling);
}

/* From the order of the files to that of the pupil numbers, in which meldingen are written. */
static enum kb_err
put_in_order(struct kb_dataset_reader *reader, struct kb_dataset *set)
{
	size_t count = reader->leerling_count;
	struct place *places = kb_arena_alloc(reader->arena, (count + 1) * sizeof(*places));
	struct kb_verzuim_leerling *leerlingen =
		kb_arena_alloc(reader->arena, (count + 1) * sizeof(*leerlingen));
	struct kb_persoon *personen =
		kb_arena_alloc(reader->arena, (count + 1) * sizeof(*personen));
	uint32_t *new_places = kb_arena_alloc(reader->arena, (count + 1) * sizeof(*new_places));

	if (places == NULL || leerlingen == NULL || personen == NULL || new_places == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		places[i] = (struct place){ reader->leerlingen[i].leerling, (uint32_t)i };
	}
	qsort(places, count, sizeof(*places), place_compare);
	for (size_t i = 0; i < count; i++) {
		leerlingen[i] = reader->leerlingen[places[i].place];
		personen[i] = reader->personen[places[i].place];
		new_places[places[i].place] = (uint32_t)i;
		set->abroad_count += kb_gemeentecode_is_abroad(leerlingen[i].gemeentecode) ? 1 : 0;
	}
	set->latest_day = KB_DAY_NONE;
	for (size_t i = 0; i < reader->rij_count; i++) {
		reader->rijen[i].leerling = new_places[reader->rijen[i].leerling];
		set->latest_day = reader->rijen[i].day > set->latest_day ? reader->rijen[i].day
									 : set->latest_day;
	}
	if (reader->rij_count > 0) {
		qsort(reader->rijen, reader->rij_count, sizeof(*reader->rijen),
		      kb_verzuim_rij_compare);
	}
	set->leerlingen = leerlingen;
	set->personen = personen;
	return KB_OK;
}

enum kb_err
kb_dataset_parse(const struct kb_dataset_bytes *input, struct kb_arena *arena,
		 struct kb_dataset *out, struct kb_dataset_problems *problems)
{
	static enum kb_err (*const steps[])(struct kb_dataset_reader *) = {
		read_kalender, read_leerlingen, read_verzuim, read_personen
	};
	struct kb_dataset_reader reader = { .input = input,
					    .arena = arena,
					    .collector = { .problems = problems } };
	struct kb_dataset set = { 0 };
	enum kb_err err = KB_OK;

	memset(problems, 0, sizeof(*problems));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && err == KB_OK; i++) {
		err = steps[i](&reader);
	}
	if (err == KB_OK && problems->total > 0) {
		err = KB_ERR_DATA;
	}
	if (err == KB_OK) {
		err = put_in_order(&reader, &set);
	}
	if (err != KB_OK) {
		return err;
	}
	set.kalender = reader.kalender;
	set.kalender_rijen = reader.kalender_rijen;
	set.kalender_rij_count = reader.kalender_rij_count;
	set.leerling_count = reader.leerling_count;
	set.has_personen = input->presence[KB_DATASET_PERSONEN] == KB_DATASET_PRESENT;
	set.rijen = reader.rijen;
	set.rij_count = reader.rij_count;
	*out = set;
	return KB_OK;
}

size_t
kb_dataset_find(const struct kb_dataset *dataset, struct kb_span leerling)
{
	size_t low = 0;
	size_t high = dataset->leerling_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (kb_span_compare(dataset->leerlingen[middle].leerling, leerling) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < dataset->leerling_count &&
			       kb_span_equal(dataset->leerlingen[low].leerling, leerling)
		       ? low
		       : SIZE_MAX;
}

void
kb_dataset_input(const struct kb_dataset *dataset, int32_t tot_day, bool with_abroad,
		 struct kb_verzuim_input *input)
{
	*input = (struct kb_verzuim_input){
		.kalender = &dataset->kalender,
		.leerlingen = dataset->leerlingen,
		.leerling_count = dataset->leerling_count,
		.rijen = dataset->rijen,
		.rij_count = dataset->rij_count,
		.tot_day = tot_day,
		.with_abroad = with_abroad,
	};
}
