/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `verzuim export`. */
#include "agents/intake/export_verb.h"

#include "agents/intake/export.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/role.h"
#include "common/store/meldingen.h"
#include "common/store/parties.h"
#include "common/store/pupils.h"
#include "common/wire/absence.h"

const struct kb_desk_arg kb_export_verb_args[KB_EXPORT_VERB_ARG_COUNT] = {
	{ .name = "vanaf",
	  .type = KB_ARG_NUMBER,
	  .help = "de teller van de vorige keer; niets: alles" },
};

static const char *const stand_words[KB_MELDING_STAND_COUNT] = {
	[KB_MELDING_STAND_NONE] = "",
	[KB_MELDING_STAND_GEREGISTREERD] = "Geregistreerd",
	[KB_MELDING_STAND_IN_BEHANDELING] = "In behandeling",
	[KB_MELDING_STAND_AFGESLOTEN] = "Afgesloten",
	[KB_MELDING_STAND_INGETROKKEN] = "Ingetrokken",
	[KB_MELDING_STAND_TER_KENNISGEVING] = "Ter kennisgeving aangenomen",
};

static enum kb_export_change
change_of(const struct kb_melding_row *row)
{
	if ((row->flags & KB_MELDING_INGETROKKEN) != 0) {
		return KB_EXPORT_INGETROKKEN;
	}
	return row->revision > 1 ? KB_EXPORT_GEWIJZIGD : KB_EXPORT_NIEUW;
}

static void
put_row(struct kb_desk_call *call, const struct kb_export_row *row)
{
	kb_desk_row(call);
	for (size_t i = 0; i < kb_export_column_count(); i++) {
		struct kb_export_cell cell;

		kb_export_cell_get(row, i, &cell);
		if (cell.kind == KB_EXPORT_CELL_NUMBER) {
			kb_desk_cell_number(call, (uint64_t)cell.number);
		} else if (cell.kind == KB_EXPORT_CELL_BOOL) {
			kb_desk_cell_text(call, cell.number != 0 ? "ja" : "nee");
		} else {
			kb_desk_cell(call, kb_export_cell_text(&cell));
		}
	}
}

/* What was sent or received tells both sides the same; the school adds its own number of the leerling. */
static enum kb_err
export_one(struct kb_desk_call *call, const struct kb_melding_row *row)
{
	struct kb_arena *arena = kb_desk_arena(call);
	bool at_gemeente = kb_agent_role(kb_desk_agent(call))->kind == KB_PARTY_GEMEENTE;
	struct kb_verzuim_melding message;
	struct kb_pupil pupil = { .leerling = KB_SPAN_NONE };
	struct kb_party party;
	struct kb_export_row out = { .id = row->melding_id,
				     .change = change_of(row),
				     .gemeld_utc_ms = row->stored_utc_ms,
				     .changed_utc_ms = row->sent_utc_ms,
				     .te_laat = (row->flags & KB_MELDING_TE_LAAT) != 0,
				     .historisch = (row->flags & KB_MELDING_HISTORISCH) != 0,
				     .duo_kenmerk = row->duo_kenmerk };
	enum kb_err err = kb_verzuim_melding_decode(row->content, arena, &message);

	if (err == KB_OK) {
		err = kb_party_get(kb_desk_step(call), row->counterparty_no, &party);
	}
	if (err == KB_OK && !at_gemeente) {
		err = kb_pupil_get(kb_desk_step(call), row->schooljaar, row->pupil_no, arena,
				   &pupil);
	}
	if (err != KB_OK) {
		return err;
	}
	out.leerling = pupil.leerling;
	out.vestigingsnummer = kb_span_text(message.school.vestiging);
	out.pgn = kb_span_text(message.leerling.pgn);
	out.status =
		kb_span_text(row->stand < KB_MELDING_STAND_COUNT ? stand_words[row->stand] : "");
	out.ontvanger =
		kb_party_id_span(at_gemeente ? kb_agent_self(kb_desk_agent(call)) : &party.id);
	out.melding = (struct kb_melding){ .soort = (enum kb_melding_soort)row->soort,
					   .begin_day = row->begin_day,
					   .eind_day = row->eind_day,
					   .minuten = row->minuten,
					   .vastgesteld_day = row->vastgesteld_day,
					   .uiterste_melddag = row->uiterste_melddag };
	memcpy(out.melding.gemeentecode, row->gemeentecode, sizeof(out.melding.gemeentecode));
	put_row(call, &out);
	return KB_OK;
}

static void
columns(struct kb_desk_call *call)
{
	struct kb_buf names = { 0 };
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < kb_export_column_count(); i++) {
		err = kb_buf_putf(&names, "%s%s", i > 0 ? "|" : "", kb_export_column_name(i));
	}
	kb_desk_section(call, "meldingen", err == KB_OK ? kb_buf_text(&names) : "");
	kb_buf_release(&names);
}

enum kb_err
kb_export_verb(struct kb_desk_call *call)
{
	uint64_t since = kb_desk_number_arg(call, "vanaf");
	struct kb_melding_row row = { 0 };
	uint64_t counter = 0;
	uint32_t count = 0;
	enum kb_err err = kb_melding_counter(kb_desk_step(call), &counter);

	columns(call);
	while (err == KB_OK) {
		err = kb_melding_next(kb_desk_step(call), false, false, kb_desk_arena(call), &row);
		bool sees = row.export_counter > since && row.content.len > 0;

		if (err == KB_OK && sees) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			err = export_one(call, &row);
			count++;
		}
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_desk_section(call, "export", "veld|waarde");
	kb_desk_row(call);
	kb_desk_cell_text(call, "aantal");
	kb_desk_cell_number(call, count);
	kb_desk_row(call);
	kb_desk_cell_text(call, "teller");
	kb_desk_cell_number(call, counter);
	kb_desk_say(call, "Deze meldingen vervangen de melding van de school aan het "
			  "verzuimregister van DUO niet.");
	/* An export leaves the agent: its record is of its own type (NEN 7513). */
	return kb_act_accessed(kb_desk_act(call), KB_RECORD_EXPORT, "verzuim export", 0, count);
}
