/* SPDX-License-Identifier: EUPL-1.2 */
/* The text of rapport.txt: numbers and line numbers, never a person. */
#include "agents/intake/spool.h"

enum kb_err
kb_spool_report_klaar(struct kb_buf *out, const struct kb_spool_counts *counts)
{
	const struct {
		const char *what;
		size_t count;
	} rows[] = {
		{ "Leerlingen", counts->leerlingen },
		{ "Dagen met verzuim", counts->rijen },
		{ "Leerlingen die in het buitenland wonen (geen melding)", counts->buitenland },
		{ "Nieuwe meldingen", counts->verstuurd },
		{ "Gecorrigeerde meldingen", counts->gecorrigeerd },
		{ "Ingetrokken meldingen", counts->ingetrokken },
		{ "Meldingen die gelijk bleven", counts->ongewijzigd },
		{ "Meldingen die wachten op gegevens uit personen.csv",
		  counts->zonder_identificatie },
		{ "Meldingen waarvoor geen gemeente is aangesloten", counts->zonder_gemeente },
		{ "Meldingen die vanzelf gaan zodra het register er is",
		  counts->wacht_op_register },
	};
	enum kb_err err = kb_buf_put_text(out, "De bestanden zijn verwerkt.\n\n");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && err == KB_OK; i++) {
		err = kb_buf_putf(out, "%s: %zu\n", rows[i].what, rows[i].count);
	}
	if (err == KB_OK) {
		err = kb_buf_put_text(
			out,
			"\nEen melding hier vervangt de melding in het register van DUO niet.\n");
	}
	return err;
}

enum kb_err
kb_spool_report_geweigerd(struct kb_buf *out, const struct kb_dataset_problems *problems,
			  const char *reason)
{
	enum kb_err err = kb_buf_put_text(
		out, "De bestanden zijn geweigerd. Er is niets bewaard en niets verstuurd.\n\n");

	if (err == KB_OK && reason != NULL) {
		err = kb_buf_putf(out, "%s\n", reason);
	}
	for (size_t i = 0; i < problems->count && err == KB_OK; i++) {
		err = kb_buf_putf(out, "%s:%u: %s\n", kb_dataset_file_name(problems->at[i].file),
				  problems->at[i].line, problems->at[i].text);
	}
	if (err == KB_OK && problems->total > problems->count) {
		err = kb_buf_putf(out, "En nog %zu foute regels.\n",
				  problems->total - problems->count);
	}
	if (err == KB_OK) {
		err = kb_buf_put_text(out, "\nVerbeter dit en lever de hele map opnieuw aan.\n");
	}
	return err;
}
