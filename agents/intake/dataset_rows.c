/* SPDX-License-Identifier: EUPL-1.2 */
/* One row of each of the four files: what it must be, and what it leaves behind when it is not. */
#include "agents/intake/dataset_internal.h"
#include "common/base/text.h"

#define LEERJAAR_MAX 99
/* How far a bound of the year may lie from the readable rows while a row is unreadable: a school year. */
#define YEAR_MARGIN_DAYS 366

const struct kb_dataset_form kb_dataset_forms[KB_DATASET_FILE_COUNT] = {
	[KB_DATASET_KALENDER] = { "van;tot;soort;omschrijving",
				  4,
				  { "van", "tot", "soort", "omschrijving" } },
	[KB_DATASET_LEERLINGEN] = { "leerling;geboortedatum;gemeentecode;leerjaar",
				    4,
				    { "leerling", "geboortedatum", "gemeentecode", "leerjaar" } },
	[KB_DATASET_VERZUIM] = { "leerling;datum;minuten_rooster;minuten_geoorloofd;minuten_"
				 "ongeoorloofd",
				 5,
				 { "leerling", "datum", "minuten_rooster", "minuten_geoorloofd",
				   "minuten_ongeoorloofd" } },
	[KB_DATASET_PERSONEN] = { "leerling;pgn;voornaam;tussenvoegsel;achternaam;adres;postcode;"
				  "woonplaats;"
				  "adresgeheim;contactpersoon;telefoon",
				  11,
				  { "leerling", "pgn", "voornaam", "tussenvoegsel", "achternaam",
				    "adres", "postcode", "woonplaats", "adresgeheim",
				    "contactpersoon", "telefoon" } },
};

typedef void (*row_fn)(struct kb_dataset_row *row);

void
kb_dataset_line_fault(struct kb_dataset_reader *reader, enum kb_dataset_file file, uint32_t line,
		      const char *what)
{
	kb_dataset_fault_add(&reader->collector,
			     &(struct kb_dataset_fault){
				     .file = file, .line = line, .column = "", .what = what });
}

void
kb_dataset_row_fault(struct kb_dataset_row *row, size_t column, const char *what,
		     uint32_t other_line)
{
	kb_dataset_fault_add(
		&row->reader->collector,
		&(struct kb_dataset_fault){ .file = row->file,
					    .line = row->line,
					    .column = kb_dataset_forms[row->file].columns[column],
					    .what = what,
					    .other_line = other_line });
}

static bool
row_date(struct kb_dataset_row *row, size_t column, int32_t *day)
{
	if (kb_date_parse(row->fields[column], day) != KB_OK) {
		kb_dataset_row_fault(row, column, "geen bestaande datum in de vorm JJJJ-MM-DD", 0);
		return false;
	}
	return true;
}

/* Digits only, so no sign and no fraction; leading zeros do no harm. Returns -1 after a fault. */
static int32_t
row_number(struct kb_dataset_row *row, size_t column, int32_t most, const char *too_large)
{
	struct kb_span text = row->fields[column];
	int32_t value = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9') {
			kb_dataset_row_fault(row, column, "geen geheel getal van 0 of hoger", 0);
			return -1;
		}
		value = value > most ? value : value * 10 + (text.at[i] - '0');
	}
	if (text.len == 0) {
		kb_dataset_row_fault(row, column, "leeg, hier hoort een getal", 0);
		return -1;
	}
	if (value > most) {
		kb_dataset_row_fault(row, column, too_large, 0);
		return -1;
	}
	return value;
}

/* The pupil number of a row: text of a sane length. */
static bool
row_leerling(struct kb_dataset_row *row)
{
	struct kb_span text = row->fields[0];

	if (text.len == 0) {
		kb_dataset_row_fault(row, 0, "leeg, hier hoort het leerlingnummer", 0);
		return false;
	}
	if (text.len > KB_DATASET_LEERLING_BYTES_MAX) {
		kb_dataset_row_fault(row, 0, "te lang", 0);
		return false;
	}
	return kb_text_ok(text, false);
}

/* The place of the pupil of a row, or -1. Silent when leerlingen.csv itself could not be read: one fault, not thousands. */
static int64_t
row_known_leerling(struct kb_dataset_row *row)
{
	uint32_t place = 0;

	if (!row_leerling(row)) {
		return -1;
	}
	place = kb_doubles_get(&row->reader->leerling_places, row->fields[0], 0);
	if (place == 0 && row->reader->leerlingen_known) {
		kb_dataset_row_fault(row, 0, "deze leerling staat niet in leerlingen.csv", 0);
	}
	return (int64_t)place - 1;
}

static void
kalender_put(struct kb_dataset_reader *reader, int32_t van_day, int32_t tot_day,
	     enum kb_kalender_soort soort)
{
	reader->kalender_rijen[reader->kalender_rij_count++] =
		(struct kb_kalender_rij){ .van_day = van_day, .tot_day = tot_day, .soort = soort };
}

/* Takes the days into the bounds of the year; false (and nothing taken) when it would become too long. */
static bool
kalender_extend(struct kb_dataset_reader *reader, int32_t a_day, int32_t b_day)
{
	int32_t first = a_day < b_day ? a_day : b_day;
	int32_t last = a_day < b_day ? b_day : a_day;

	if (reader->kalender_rij_count > 0) {
		first = reader->first_day < first ? reader->first_day : first;
		last = reader->last_day > last ? reader->last_day : last;
	}
	if (last - first >= KB_KALENDER_DAYS_MAX) {
		return false;
	}
	reader->first_day = first;
	reader->last_day = last;
	return true;
}

/* A bad row still says which days it names, so that the checks of the other files do not drown in its consequences. */
static void
kalender_row(struct kb_dataset_row *row)
{
	struct kb_dataset_reader *reader = row->reader;
	int32_t van_day = 0;
	int32_t tot_day = 0;
	bool van_ok = row_date(row, 0, &van_day);
	bool tot_ok = row_date(row, 1, &tot_day);
	enum kb_kalender_soort soort = kb_kalender_soort_of(row->fields[2]);

	if (soort == KB_KALENDER_SOORT_NONE) {
		kb_dataset_row_fault(row, 2,
				     "onbekend: het moet vakantie, feestdag of schoolvrij zijn", 0);
		soort = KB_KALENDER_SCHOOLVRIJ;
	}
	if (!van_ok || !tot_ok) {
		reader->kalender_partly = true;
		van_day = van_ok ? van_day : tot_day;
		tot_day = van_day;
	}
	if (tot_day < van_day) {
		kb_dataset_row_fault(row, 1, "ligt voor de datum in kolom van", 0);
		reader->kalender_partly = true;
	}
	if (!van_ok && !tot_ok) {
		return;
	}
	if (!kalender_extend(reader, van_day, tot_day)) {
		kb_dataset_row_fault(row, 0, "maakt het schooljaar langer dan drie jaar", 0);
		reader->kalender_partly = true;
	} else if (tot_day < van_day) {
		kalender_put(reader, van_day, van_day, soort);
		kalender_put(reader, tot_day, tot_day, soort);
	} else {
		kalender_put(reader, van_day, tot_day, soort);
	}
}

/* Whether day is certainly outside the school year. */
static bool
outside_year(const struct kb_dataset_reader *reader, int32_t day, bool before, bool after)
{
	int32_t margin = reader->kalender_partly ? YEAR_MARGIN_DAYS : 0;

	return reader->kalender_known && ((before && day < reader->kalender.first_day - margin) ||
					  (after && day > reader->kalender.last_day + margin));
}

static void
leerling_row(struct kb_dataset_row *row)
{
	struct kb_dataset_reader *reader = row->reader;
	struct kb_verzuim_leerling *leerling = &reader->leerlingen[reader->leerling_count];
	uint32_t place = (uint32_t)reader->leerling_count + 1;
	bool id_ok = row_leerling(row);
	uint32_t earlier =
		id_ok ? kb_doubles_add(&reader->leerling_places, row->fields[0], 0, place) : 0;
	int32_t leerjaar = 0;

	if (earlier != 0) {
		kb_dataset_row_fault(row, 0, "deze leerling staat er al",
				     reader->leerling_lines[earlier - 1]);
	}
	leerling->leerling = row->fields[0];
	if (row_date(row, 1, &leerling->geboorte_day) &&
	    outside_year(reader, leerling->geboorte_day, false, true)) {
		kb_dataset_row_fault(row, 1, "ligt na het schooljaar", 0);
	}
	if (kb_gemeentecode_ok(row->fields[2])) {
		memcpy(leerling->gemeentecode, row->fields[2].at, KB_GEMEENTECODE_CHARS);
	} else {
		kb_dataset_row_fault(row, 2, "geen gemeentecode van vier cijfers", 0);
	}
	leerjaar = row_number(row, 3, LEERJAAR_MAX, "groter dan 99");
	leerling->leerjaar = leerjaar > 0 ? (uint8_t)leerjaar : 0;
	if (id_ok && earlier == 0) {
		reader->leerling_lines[reader->leerling_count++] = row->line;
	}
}

/* A row of verzuim.csv must be on a school day. */
static void
verzuim_day_check(struct kb_dataset_row *row, int32_t day)
{
	struct kb_dataset_reader *reader = row->reader;

	if (outside_year(reader, day, true, true)) {
		kb_dataset_row_fault(row, 1, "ligt buiten het schooljaar van kalender.csv", 0);
	} else if (kb_date_is_weekend(day)) {
		kb_dataset_row_fault(row, 1, "is een zaterdag of zondag", 0);
	} else if (reader->kalender_known && kb_kalender_in_year(&reader->kalender, day) &&
		   !kb_kalender_is_schooldag(&reader->kalender, day)) {
		kb_dataset_row_fault(row, 1, "is een vrije dag volgens kalender.csv", 0);
	}
}

static void
verzuim_row(struct kb_dataset_row *row)
{
	static const char too_large[] = "meer dan 1440 minuten";
	struct kb_dataset_reader *reader = row->reader;
	int64_t place = row_known_leerling(row);
	int32_t day = 0;
	bool day_ok = row_date(row, 1, &day);
	int32_t minuten[3] = { 0 };
	uint32_t earlier = 0;

	if (day_ok) {
		verzuim_day_check(row, day);
	}
	if (day_ok && place >= 0) {
		earlier = kb_doubles_add(&reader->days, KB_SPAN_NONE,
					 ((uint64_t)place << 32) | (uint32_t)day, row->line);
	}
	if (earlier != 0) {
		kb_dataset_row_fault(row, 1, "deze leerling en dag staan er al", earlier);
	}
	for (size_t i = 0; i < 3; i++) {
		minuten[i] = row_number(row, 2 + i, KB_DATASET_MINUTEN_MAX, too_large);
	}
	if (minuten[0] >= 0 && minuten[1] >= 0 && minuten[2] >= 0 &&
	    minuten[1] + minuten[2] > minuten[0]) {
		kb_dataset_row_fault(row, 2, "er is meer verzuim dan rooster", 0);
	}
	if (reader->collector.problems->total == 0) {
		reader->rijen[reader->rij_count++] = (struct kb_verzuim_rij){
			.leerling = (uint32_t)place,
			.day = day,
			.minuten_rooster = (uint16_t)minuten[0],
			.minuten_geoorloofd = (uint16_t)minuten[1],
			.minuten_ongeoorloofd = (uint16_t)minuten[2],
		};
	}
}

/* A name that no alert can carry would hold that alert for ever: the set is refused now, with its line. */
static void
persoon_lengths(struct kb_dataset_row *row)
{
	static const struct {
		size_t column;
		size_t most;
	} bounds[] = {
		{ 2, KB_DATASET_NAME_BYTES_MAX },     { 3, KB_DATASET_NAME_BYTES_MAX },
		{ 4, KB_DATASET_NAME_BYTES_MAX },     { 5, KB_DATASET_NAME_BYTES_MAX },
		{ 6, KB_DATASET_POSTCODE_BYTES_MAX }, { 7, KB_DATASET_NAME_BYTES_MAX },
		{ 9, KB_DATASET_NAME_BYTES_MAX },     { 10, KB_DATASET_PHONE_BYTES_MAX },
	};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		if (row->fields[bounds[i].column].len > bounds[i].most) {
			kb_dataset_row_fault(row, bounds[i].column, "te lang", 0);
		}
	}
}

static void
persoon_row(struct kb_dataset_row *row)
{
	struct kb_dataset_reader *reader = row->reader;
	int64_t place = row_known_leerling(row);
	struct kb_persoon persoon = { .known = true };
	uint64_t pgn = 0;
	uint32_t earlier = 0;

	if (place >= 0) {
		earlier = kb_doubles_add(&reader->persoon_lines, KB_SPAN_NONE, (uint64_t)place,
					 row->line);
	}
	if (earlier != 0) {
		kb_dataset_row_fault(row, 0, "deze leerling staat er al", earlier);
	}
	if (kb_pgn_parse(row->fields[1], persoon.pgn) != KB_OK) {
		kb_dataset_row_fault(row, 1, "geen geldig nummer (elfproef)", 0);
	} else {
		for (size_t i = 0; i < KB_PGN_CHARS; i++) {
			pgn = pgn * 10 + (uint64_t)(persoon.pgn[i] - '0');
		}
		earlier = kb_doubles_add(&reader->pgn_lines, KB_SPAN_NONE, pgn, row->line);
		if (earlier != 0) {
			kb_dataset_row_fault(row, 1, "dit nummer staat er al", earlier);
		}
	}
	persoon_lengths(row);
	persoon.adresgeheim = kb_span_equal(row->fields[8], kb_span_text("ja"));
	if (!persoon.adresgeheim && !kb_span_equal(row->fields[8], kb_span_text("nee"))) {
		kb_dataset_row_fault(row, 8, "het moet ja of nee zijn", 0);
	}
	persoon.voornaam = row->fields[2];
	persoon.tussenvoegsel = row->fields[3];
	persoon.achternaam = row->fields[4];
	persoon.contactpersoon = row->fields[9];
	persoon.telefoon = row->fields[10];
	if (!persoon.adresgeheim) {
		persoon.adres = row->fields[5];
		persoon.postcode = row->fields[6];
		persoon.woonplaats = row->fields[7];
	}
	if (place >= 0) {
		reader->personen[place] = persoon;
	}
}

/* Text, length and columns. False when the row must not be looked at further. */
bool
kb_dataset_row_split(struct kb_dataset_row *row, const struct kb_csv_line *line)
{
	size_t expected = kb_dataset_forms[row->file].column_count;
	size_t count = 0;
	bool ok = true;

	if (!line->text_ok) {
		kb_dataset_line_fault(
			row->reader, row->file, row->line,
			"geen geldige UTF-8, of een teken dat geen tekst is (zoals NUL)");
		ok = false;
	}
	count = kb_csv_split(line->text, row->fields, KB_DATASET_COLUMNS_MAX);
	if (line->text.len > KB_DATASET_LINE_BYTES_MAX) {
		kb_dataset_line_fault(row->reader, row->file, row->line, "de regel is te lang");
		return false;
	}
	if (count != expected) {
		kb_dataset_line_fault(row->reader, row->file, row->line,
				      count < expected ? "er ontbreekt een kolom"
						       : "er is een kolom te veel");
		return false;
	}
	for (size_t i = 1; i < expected; i++) {
		if (row->fields[i].len > KB_DATASET_FIELD_BYTES_MAX) {
			kb_dataset_row_fault(row, i, "te lang", 0);
			ok = false;
		}
	}
	return ok;
}

/* The days that a bad row of the calendar names as far as they can be read, each as a free day. */
static void
kalender_skipped(struct kb_dataset_row *row)
{
	struct kb_dataset_reader *reader = row->reader;
	int32_t day = 0;

	reader->kalender_partly = true;
	for (size_t i = 0; i < 2; i++) {
		if (kb_date_parse(row->fields[i], &day) == KB_OK &&
		    kalender_extend(reader, day, day)) {
			kalender_put(reader, day, day, KB_KALENDER_SCHOOLVRIJ);
		}
	}
}

/* What a row that is not looked at further must still leave behind: see kalender_row. */
void
kb_dataset_row_skipped(struct kb_dataset_row *row)
{
	struct kb_dataset_reader *reader = row->reader;
	struct kb_span id = row->fields[0];

	if (row->file == KB_DATASET_KALENDER) {
		kalender_skipped(row);
	}
	if (row->file == KB_DATASET_LEERLINGEN && id.len > 0 &&
	    id.len <= KB_DATASET_LEERLING_BYTES_MAX && kb_text_ok(id, false) &&
	    kb_doubles_add(&reader->leerling_places, id, 0, (uint32_t)reader->leerling_count + 1) ==
		    0) {
		reader->leerlingen[reader->leerling_count].leerling = id;
		reader->leerling_lines[reader->leerling_count++] = row->line;
	}
}

void
kb_dataset_row_read(struct kb_dataset_row *row)
{
	static const row_fn reads[KB_DATASET_FILE_COUNT] = {
		[KB_DATASET_KALENDER] = kalender_row,
		[KB_DATASET_LEERLINGEN] = leerling_row,
		[KB_DATASET_VERZUIM] = verzuim_row,
		[KB_DATASET_PERSONEN] = persoon_row,
	};

	reads[row->file](row);
}
