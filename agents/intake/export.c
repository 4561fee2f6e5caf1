/* SPDX-License-Identifier: EUPL-1.2 */
/* Meldingen as rows. */
#include "agents/intake/export.h"

#define MS_PER_DAY INT64_C(86400000)

static const char *const change_names[KB_EXPORT_CHANGE_COUNT] = {
	[KB_EXPORT_CHANGE_NONE] = "",
	[KB_EXPORT_NIEUW] = "nieuw",
	[KB_EXPORT_GEWIJZIGD] = "gewijzigd",
	[KB_EXPORT_INGETROKKEN] = "ingetrokken",
};

const char *
kb_export_change_name(enum kb_export_change change)
{
	return (size_t)change < KB_EXPORT_CHANGE_COUNT ? change_names[change] : "";
}

static void
put_text(struct kb_export_cell *cell, struct kb_span text)
{
	cell->kind = text.len > 0 ? KB_EXPORT_CELL_TEXT : KB_EXPORT_CELL_EMPTY;
	cell->text = text;
}

static void
put_number(struct kb_export_cell *cell, enum kb_export_cell_kind kind, int64_t number)
{
	cell->kind = kind;
	cell->number = number;
}

static void
put_date(struct kb_export_cell *cell, int32_t day)
{
	kb_date_format(day, cell->scratch);
	put_text(cell, kb_span_text(cell->scratch));
}

/* Local time with its offset, so that people and programs read the same moment. */
static void
put_time(struct kb_export_cell *cell, int64_t utc_ms)
{
	struct kb_local_time time = kb_date_local_time(utc_ms);
	int64_t second = ((utc_ms % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY) / 1000 % 60;
	char date[KB_DATE_TEXT];

	if (utc_ms == 0) {
		put_text(cell, KB_SPAN_NONE);
		return;
	}
	kb_date_format(time.day, date);
	(void)snprintf(cell->scratch, sizeof(cell->scratch), "%sT%02d:%02d:%02d+0%d:00", date,
		       time.minute / 60 % 24, time.minute % 60, (int)second, time.summer ? 2 : 1);
	put_text(cell, kb_span_text(cell->scratch));
}

typedef void (*cell_fn)(const struct kb_export_row *row, struct kb_export_cell *cell);

#define COLUMN(name, kind, put)                                                                    \
	static void column_##name(const struct kb_export_row *row, struct kb_export_cell *cell)    \
	{                                                                                          \
		put;                                                                               \
	}
/* X(column, kind of its cells, how a cell is filled) */
#define COLUMN_TABLE(X)                                                                            \
	X(melding, TEXT,                                                                           \
	  (kb_id_text(&row->id, cell->scratch), put_text(cell, kb_span_text(cell->scratch))))      \
	X(wijziging, TEXT, put_text(cell, kb_span_text(kb_export_change_name(row->change))))       \
	X(vestigingsnummer, TEXT, put_text(cell, row->vestigingsnummer))                           \
	X(leerling, TEXT, put_text(cell, row->leerling))                                           \
	X(pgn, TEXT, put_text(cell, row->pgn))                                                     \
	X(soort, TEXT, put_text(cell, kb_span_text(kb_melding_soort_name(row->melding.soort))))    \
	X(begindatum, TEXT, put_date(cell, row->melding.begin_day))                                \
	X(einddatum, TEXT, put_date(cell, row->melding.eind_day))                                  \
	X(minuten, NUMBER, put_number(cell, KB_EXPORT_CELL_NUMBER, row->melding.minuten))          \
	X(gemeentecode, TEXT, put_text(cell, kb_span_text(row->melding.gemeentecode)))             \
	X(ontvanger, TEXT, put_text(cell, row->ontvanger))                                         \
	X(status, TEXT, put_text(cell, row->status))                                               \
	X(uiterste_melddatum, TEXT, put_date(cell, row->melding.uiterste_melddag))                 \
	X(gemeld_op, TEXT, put_time(cell, row->gemeld_utc_ms))                                     \
	X(te_laat_gemeld, BOOL, put_number(cell, KB_EXPORT_CELL_BOOL, row->te_laat ? 1 : 0))       \
	X(historisch, BOOL, put_number(cell, KB_EXPORT_CELL_BOOL, row->historisch ? 1 : 0))        \
	X(gewijzigd_op, TEXT, put_time(cell, row->changed_utc_ms))                                 \
	X(duo_kenmerk, TEXT, put_text(cell, row->duo_kenmerk))

COLUMN_TABLE(COLUMN)

static const struct {
	const char *name;
	enum kb_export_cell_kind kind;
	cell_fn get;
} columns[] = {

#define COLUMN_ROW(name, kind, put) { #name, KB_EXPORT_CELL_##kind, column_##name },
	COLUMN_TABLE(COLUMN_ROW)
#undef COLUMN_ROW
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

size_t
kb_export_column_count(void)
{
	return COLUMN_COUNT;
}

const char *
kb_export_column_name(size_t column)
{
	return column < COLUMN_COUNT ? columns[column].name : "";
}

enum kb_export_cell_kind
kb_export_column_kind(size_t column)
{
	return column < COLUMN_COUNT ? columns[column].kind : KB_EXPORT_CELL_NONE;
}

void
kb_export_cell_get(const struct kb_export_row *row, size_t column, struct kb_export_cell *cell)
{
	memset(cell, 0, sizeof(*cell));
	cell->kind = KB_EXPORT_CELL_EMPTY;
	if (column < COLUMN_COUNT) {
		columns[column].get(row, cell);
	}
}

struct kb_span
kb_export_cell_text(struct kb_export_cell *cell)
{
	if (cell->kind == KB_EXPORT_CELL_BOOL) {
		return kb_span_text(cell->number != 0 ? "ja" : "nee");
	}
	if (cell->kind == KB_EXPORT_CELL_NUMBER) {
		(void)snprintf(cell->scratch, sizeof(cell->scratch), "%lld",
			       (long long)cell->number);
		return kb_span_text(cell->scratch);
	}
	return cell->text;
}

static bool
has_any(struct kb_span text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != 0 && strchr(bytes, text.at[i]) != NULL) {
			return true;
		}
	}
	return false;
}

enum kb_err
kb_export_csv_text(FILE *to, struct kb_span text)
{
	bool quoted = has_any(text, ";\"\r\n");

	if (quoted) {
		(void)fputc('"', to);
	}
	if (has_any(kb_span_part(text, 0, 1), "=+-@\t\r")) {
		(void)fputc('\'', to);
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' && quoted) {
			(void)fputc('"', to);
		}
		(void)fputc(text.at[i], to);
	}
	if (quoted) {
		(void)fputc('"', to);
	}
	return ferror(to) == 0 ? KB_OK : KB_ERR_IO;
}

enum kb_err
kb_export_csv_header(FILE *to)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		(void)fprintf(to, "%s%s", i > 0 ? ";" : "", columns[i].name);
	}
	(void)fputc('\n', to);
	return ferror(to) == 0 ? KB_OK : KB_ERR_IO;
}

enum kb_err
kb_export_csv_row(FILE *to, const struct kb_export_row *row)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		struct kb_export_cell cell;

		kb_export_cell_get(row, i, &cell);
		if (i > 0) {
			(void)fputc(';', to);
		}
		kb_ignore(kb_export_csv_text(to, kb_export_cell_text(&cell)),
			  "the stream keeps the error; it is asked for below");
	}
	(void)fputc('\n', to);
	return ferror(to) == 0 ? KB_OK : KB_ERR_IO;
}
