/* SPDX-License-Identifier: EUPL-1.2 */
/* `verzuim export`: new and changed meldingen as rows for the LAS and the package of the gemeente. */
#ifndef KB_INTAKE_EXPORT_H
#define KB_INTAKE_EXPORT_H

#include <stdio.h>

#include "common/base/ids.h"
#include "common/exchange/melding.h"

/* What happened with the melding since it was exported last. */
enum kb_export_change {
	KB_EXPORT_CHANGE_NONE = 0,
	KB_EXPORT_NIEUW,
	KB_EXPORT_GEWIJZIGD,
	KB_EXPORT_INGETROKKEN,
	KB_EXPORT_CHANGE_COUNT,
};

/* "nieuw", "gewijzigd", "ingetrokken"; "" otherwise. */
const char *kb_export_change_name(enum kb_export_change change);

/* One melding. Spans are borrowed; an empty span or a time of 0 is an empty cell. */
struct kb_export_row {
	struct kb_id id;
	enum kb_export_change change;
	struct kb_span vestigingsnummer; /* BRIN and vestiging of the school */
	struct kb_span
		leerling; /* the school's own number; empty at the gemeente when it is not in the alert */
	struct kb_span pgn;
	struct kb_melding melding;
	struct kb_span ontvanger; /* party id of the gemeente */
	struct kb_span
		status; /* Geregistreerd, In behandeling, Afgesloten, Ingetrokken, Ter kennisgeving aangenomen */
	int64_t gemeld_utc_ms;	/* the gemeente's stored time; 0: not yet */
	int64_t changed_utc_ms; /* the last change */
	bool te_laat;
	bool historisch;
	struct kb_span duo_kenmerk;
};

enum kb_export_cell_kind {
	KB_EXPORT_CELL_NONE = 0,
	KB_EXPORT_CELL_TEXT,
	KB_EXPORT_CELL_NUMBER,
	KB_EXPORT_CELL_BOOL,
	KB_EXPORT_CELL_EMPTY,
};

#define KB_EXPORT_CELL_TEXT_MAX 40

/* The value of one column of one row; text points into the row or into scratch. */
struct kb_export_cell {
	enum kb_export_cell_kind kind;
	struct kb_span text;
	int64_t number; /* also 0 or 1 of a BOOL */
	char scratch[KB_EXPORT_CELL_TEXT_MAX];
};

/* The columns, for CSV and JSON alike; their order and names stand in agents/intake/README.md and never change meaning. */
size_t kb_export_column_count(void);
/* The name in the header and the JSON key; "" beyond the count. */
const char *kb_export_column_name(size_t column);
/* cell->text may point into cell: do not copy the struct. */
void kb_export_cell_get(const struct kb_export_row *row, size_t column,
			struct kb_export_cell *cell);

/* The kind that all cells of a column have when they are not empty; NONE beyond the count. */
enum kb_export_cell_kind kb_export_column_kind(size_t column);

/* The value as text: what stands in a CSV cell before it is guarded. scratch is used for numbers. */
struct kb_span kb_export_cell_text(struct kb_export_cell *cell);

/* True when the row changed after the moment since_utc_ms. */
static inline bool
kb_export_is_since(const struct kb_export_row *row, int64_t since_utc_ms)
{
	return row->changed_utc_ms > since_utc_ms;
}

/*
 * CSV: UTF-8, `;`, LF, one header line. A cell with `;`, `"` or a line end stands between quotes (RFC 4180), as packages
 * and spreadsheets read it. A text cell that starts with = + - @ TAB or CR gets a leading apostrophe: a spreadsheet would
 * run it as a formula, and these texts come from other parties. KB_ERR_IO.
 */
/* One cell that is text, guarded as said above. For rows that come as texts (the command line). */
KB_MUST_CHECK enum kb_err kb_export_csv_text(FILE *to, struct kb_span text);
KB_MUST_CHECK enum kb_err kb_export_csv_header(FILE *to);
KB_MUST_CHECK enum kb_err kb_export_csv_row(FILE *to, const struct kb_export_row *row);

#endif
