/* SPDX-License-Identifier: EUPL-1.2 */
/* What a school sees: its inbox, its meldingen, and its part of a case. */
#include "agents/intake/dossier.h"
#include "agents/intake/school_melding.h"
#include "agents/intake/school_role.h"
#include "agents/intake/school_state.h"
#include "agents/intake/school_verbs.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/flow.h"
#include "common/store/pupils.h"
#include "common/wire/absence.h"

static struct kb_span
leerling_of(struct kb_desk_call *call, const struct kb_melding_row *row)
{
	struct kb_pupil pupil = { .leerling = KB_SPAN_NONE };

	kb_ignore(kb_pupil_get(kb_desk_step(call), row->schooljaar, row->pupil_no,
			       kb_desk_arena(call), &pupil),
		  "an erased number is an empty cell");
	return pupil.leerling;
}

/* ---- inbox ---- */

static void
inbox_row(struct kb_desk_call *call, const struct kb_case *row, struct kb_span title)
{
	static const struct {
		uint32_t flag;
		const char *text;
	} words[] = {
		{ KB_INBOX_PROBLEM, "niet aangekomen" },
		{ KB_INBOX_ANSWER_DUE, "vraag van leerplicht" },
		{ KB_INBOX_LATE, "te laat" },
		{ KB_INBOX_NEW, "nieuw" },
	};

	const char *text = "";

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && text[0] == 0; i++) {
		text = (row->inbox_flags & words[i].flag) != 0 ? words[i].text : "";
	}
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell(call, title);
	kb_desk_cellf(call, "%u/%u", row->schooljaar, row->schooljaar + 1u);
	kb_desk_cell_text(call, text);
	kb_desk_cell_text(call, kb_flow_state_label(kb_desk_act(call), row));
	kb_desk_cell_time(call, row->new_since_utc_ms);
	kb_desk_cell_time(call, row->next_due_utc_ms);
}

static enum kb_err
inbox_cases(struct kb_desk_call *call, uint32_t *shown)
{
	struct kb_case row = { .case_no = 0 };
	enum kb_err err = KB_OK;

	kb_desk_section(call, "zaken", "zaak|leerling|schooljaar|wat|stand|sinds|klok loopt tot");
	while (err == KB_OK) {
		bool sees = false;

		err = kb_case_next(kb_desk_step(call), row.case_no, &row);
		if (err == KB_OK && (row.inbox_flags & ~KB_INBOX_HISTORISCH) != 0) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			struct kb_case_text text = { .title = KB_SPAN_NONE };

			kb_ignore(kb_case_text_get(kb_desk_step(call), row.case_no,
						   kb_desk_arena(call), &text),
				  "an erased name is an empty cell");
			inbox_row(call, &row, text.title);
			(*shown)++;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Its clock has no case to run in yet, so the list itself says that it is too late. */
static const char *
held_attention(const struct kb_melding_row *row, int32_t today)
{
	if ((row->flags & KB_MELDING_HISTORISCH) != 0) {
		return "historisch";
	}
	return row->uiterste_melddag != KB_DAY_NONE && today > row->uiterste_melddag ? "te laat"
										     : "";
}

/* Meldingen that cannot go: an error that somebody must see (no person, no gemeente). */
static enum kb_err
inbox_held(struct kb_desk_call *call, uint32_t *shown)
{
	int32_t today = kb_date_local_day(kb_desk_now_utc_ms(call));
	struct kb_melding_row row = { 0 };
	enum kb_err err = KB_OK;

	kb_desk_section(call, "vastgehouden meldingen",
			"leerling|soort|begin|eind|gemeente|uiterste melddatum|waarom|let op");
	while (err == KB_OK) {
		bool sees = false;

		err = kb_melding_next(kb_desk_step(call), false, false, kb_desk_arena(call), &row);
		if (err == KB_OK && (row.flags & KB_MELDING_VASTGEHOUDEN) != 0) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			kb_desk_row(call);
			kb_desk_cell(call, leerling_of(call, &row));
			kb_desk_cell_text(call,
					  kb_melding_soort_name((enum kb_melding_soort)row.soort));
			kb_desk_cell_day(call, row.begin_day);
			kb_desk_cell_day(call, row.eind_day);
			kb_desk_cell_text(call, row.gemeentecode);
			kb_desk_cell_day(call, row.uiterste_melddag);
			kb_desk_cell_text(call, kb_melding_hold_text(row.hold));
			kb_desk_cell_text(call, held_attention(&row, today));
			(*shown)++;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
inbox_spool(struct kb_desk_call *call)
{
	const struct kb_school_state *school = kb_agent_role_state(kb_desk_agent(call));
	size_t refused = 0;

	if (school == NULL || !school->spool.open) {
		return;
	}
	kb_ignore(kb_spool_refused_count(&school->spool, &refused), "then the list stays out");
	if (refused == 0 && school->spool_trouble == KB_OK) {
		return;
	}
	kb_desk_section(call, "klaargezette sets", "aantal|wat er is|wat u doet");
	if (refused > 0) {
		kb_desk_row(call);
		kb_desk_cell_number(call, refused);
		kb_desk_cell_text(call, "geweigerd");
		kb_desk_cell_text(call, "Lees rapport.txt in de map geweigerd, verbeter de set en "
					"zet hem opnieuw klaar.");
	}
	if (school->spool_trouble != KB_OK) {
		kb_desk_row(call);
		kb_desk_cell_number(call, 1);
		kb_desk_cellf(call, "wacht (%s)", kb_err_text(school->spool_trouble));
		kb_desk_cell_text(call, "Vraag uw beheerder: ketenbode doctor. De agent probeert "
					"het vanzelf opnieuw.");
	}
}

enum kb_err
kb_school_inbox(struct kb_desk_call *call)
{
	uint32_t shown = 0;
	enum kb_err err = inbox_cases(call, &shown);

	if (err == KB_OK) {
		err = inbox_held(call, &shown);
	}
	inbox_spool(call);
	return err == KB_OK ? kb_act_viewed(kb_desk_act(call), "inbox", 0, shown) : err;
}

/* ---- case show ---- */

static void
case_row(struct kb_desk_call *call, const struct kb_melding_row *row)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, row->melding_no);
	kb_desk_cell_text(call, kb_melding_soort_name((enum kb_melding_soort)row->soort));
	kb_desk_cell_day(call, row->begin_day);
	kb_desk_cell_day(call, row->eind_day);
	kb_desk_cell_number(call, row->minuten);
	kb_desk_cell_day(call, row->uiterste_melddag);
	kb_desk_cell_text(call, kb_school_melding_state(row));
	kb_desk_cell_time(call, row->stored_utc_ms);
	kb_desk_cell_text(call, kb_melding_stand_label((enum kb_melding_stand)row->stand));
	kb_desk_cell_day(call, row->ouders_ingelicht_day);
	kb_desk_cell(call, row->duo_kenmerk);
	kb_desk_cell_text(call, row->hold != KB_HOLD_NONE ? kb_melding_hold_text(row->hold)
				: (row->flags & KB_MELDING_HISTORISCH) != 0 ? "historisch"
									    : "");
}

enum kb_err
kb_school_case(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_case found;
	struct kb_melding_row row = { 0 };
	uint64_t pupil_no = 0;
	enum kb_err err = kb_case_get(kb_desk_step(call), case_no, &found);

	if (err == KB_OK) {
		err = kb_school_case_pupil(kb_desk_step(call), &found, kb_desk_arena(call),
					   &pupil_no);
	}
	kb_desk_section(call, "meldingen",
			"melding|soort|begin|eind|minuten|uiterste melddatum|stand|gemeld|bij "
			"leerplicht|ouders ingelicht|DUO-kenmerk|let op");
	row = kb_dossier_start(&found, pupil_no);
	while (err == KB_OK) {
		err = kb_dossier_melding_next(kb_desk_step(call), case_no, kb_desk_arena(call),
					      &row);
		if (err == KB_OK) {
			case_row(call, &row);
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		kb_desk_say(call, KB_SCHOOL_DUO_SENTENCE);
		err = kb_dossier_show(call, case_no);
	}
	return err;
}

/* ---- verzuim list ---- */

static void
list_row(struct kb_desk_call *call, const struct kb_melding_row *row)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell(call, leerling_of(call, row));
	kb_desk_cell_text(call, kb_melding_soort_name((enum kb_melding_soort)row->soort));
	kb_desk_cell_day(call, row->begin_day);
	kb_desk_cell_day(call, row->eind_day);
	kb_desk_cell_number(call, row->minuten);
	kb_desk_cell_text(call, row->gemeentecode);
	kb_desk_cell_day(call, row->uiterste_melddag);
	kb_desk_cell_text(call, kb_school_melding_state(row));
	kb_desk_cell_text(call, kb_melding_stand_label((enum kb_melding_stand)row->stand));
	kb_desk_cell_text(call, row->hold != KB_HOLD_NONE ? kb_melding_hold_text(row->hold)
				: (row->flags & KB_MELDING_HISTORISCH) != 0 ? "historisch"
									    : "");
}

enum kb_err
kb_school_list(struct kb_desk_call *call)
{
	uint64_t schooljaar = kb_desk_number_arg(call, "schooljaar");
	bool one_year = kb_desk_has(call, "schooljaar");
	struct kb_melding_row row = { .schooljaar = (uint16_t)schooljaar };
	uint32_t count = 0;
	enum kb_err err = KB_OK;

	if (schooljaar > UINT16_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "Het schooljaar is het jaar waarin het begint, zoals 2025.");
	}
	kb_desk_section(call, "meldingen",
			"zaak|leerling|soort|begin|eind|minuten|gemeente|uiterste "
			"melddatum|stand|bij leerplicht|let op");
	while (err == KB_OK) {
		bool sees = false;

		err = kb_melding_next(kb_desk_step(call), one_year, false, kb_desk_arena(call),
				      &row);
		if (err == KB_OK) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			list_row(call, &row);
			count++;
		}
	}
	return err == KB_ERR_NOT_FOUND ? kb_act_viewed(kb_desk_act(call), "verzuim list", 0, count)
				       : err;
}
