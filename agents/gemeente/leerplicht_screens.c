/* SPDX-License-Identifier: EUPL-1.2 */
/* What people of the leerplicht desk see; the table of their verbs. */
#include "agents/gemeente/leerplicht.h"
#include "agents/gemeente/leerplicht_dossier.h"
#include "agents/intake/case_act.h"
#include "agents/intake/export_verb.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/flow.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"

static enum kb_err
inbox_row(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_text text = { .title = KB_SPAN_NONE };
	struct kb_melding_row melding = kb_dossier_start(row, row->subject_no);
	uint32_t count = 0;
	uint32_t late = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_dossier_melding_next(kb_desk_step(call), row->case_no, kb_desk_arena(call),
					      &melding);
		if (err == KB_OK && (melding.flags & KB_MELDING_INGETROKKEN) == 0) {
			count++;
			late += (melding.flags & KB_MELDING_TE_LAAT) != 0;
		}
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_ignore(kb_case_text_get(kb_desk_step(call), row->case_no, kb_desk_arena(call), &text),
		  "an erased name is an empty cell");
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell(call, text.title);
	kb_desk_cell(call, text.summary);
	kb_desk_cellf(call, "%u/%u", row->schooljaar, row->schooljaar + 1u);
	kb_desk_cell_number(call, count);
	kb_desk_cell_number(call, late);
	kb_desk_cell_text(call, kb_flow_state_label(kb_desk_act(call), row));
	kb_desk_cell_text(call, (row->inbox_flags & KB_INBOX_PROBLEM) != 0   ? "niet aangekomen"
				: (row->inbox_flags & KB_INBOX_NEW) != 0     ? "nieuw"
				: (row->inbox_flags & KB_INBOX_WAITING) != 0 ? "wacht op de school"
									     : "");
	kb_desk_cell_text(call, (row->inbox_flags & KB_INBOX_HISTORISCH) != 0 ? "historisch" : "");
	kb_desk_cell_time(call, row->new_since_utc_ms);
	return KB_OK;
}

enum kb_err
kb_leerplicht_inbox(struct kb_desk_call *call)
{
	struct kb_case row = { .case_no = 0 };
	uint32_t shown = 0;
	enum kb_err err = KB_OK;

	kb_desk_section(
		call, "dossiers",
		"zaak|leerling|school|schooljaar|meldingen|te laat gemeld|stand|wat|let op|sinds");
	while (err == KB_OK) {
		bool sees = false;

		err = kb_case_next(kb_desk_step(call), row.case_no, &row);
		if (err == KB_OK && row.kind == KB_CASE_KIND_VERZUIM &&
		    (row.inbox_flags & ~KB_INBOX_HISTORISCH) != 0) {
			err = kb_authorise_row(call, row.case_no, &sees);
		}
		if (err == KB_OK && sees) {
			err = inbox_row(call, &row);
			shown++;
		}
	}
	return err == KB_ERR_NOT_FOUND ? kb_act_viewed(kb_desk_act(call), "inbox", 0, shown) : err;
}

static void
leerling_field(struct kb_desk_call *call, const char *name, struct kb_span value)
{
	kb_desk_row(call);
	kb_desk_cell_text(call, name);
	kb_desk_cell(call, value);
}

/* From the newest message: what the school last said of the leerling. */
static void
show_leerling(struct kb_desk_call *call, const struct kb_verzuim_melding *message)
{
	const struct kb_melding_leerling *leerling = &message->leerling;
	int32_t born = KB_DAY_NONE;
	char date[KB_DATE_TEXT];

	kb_ignore(kb_date_of_number(leerling->geboortedatum, &born), "an empty date says it");
	kb_date_format(born, date);
	kb_desk_section(call, "leerling", "veld|waarde");
	leerling_field(call, "PGN", kb_span_text(leerling->pgn));
	leerling_field(call, "voornaam", leerling->voornaam);
	leerling_field(call, "tussenvoegsel", leerling->tussenvoegsel);
	leerling_field(call, "achternaam", leerling->achternaam);
	leerling_field(call, "geboortedatum", kb_span_text(date));
	if (leerling->has_adres) {
		leerling_field(call, "adres", leerling->adres.straat);
		leerling_field(call, "postcode", leerling->adres.postcode);
		leerling_field(call, "woonplaats", leerling->adres.woonplaats);
	} else {
		leerling_field(call, "adres", kb_span_text(leerling->adres_geheim ? "geheim" : ""));
	}
	leerling_field(call, "school", message->school.name);
	leerling_field(call, "vestiging", kb_span_text(message->school.vestiging));
	if (message->has_contact) {
		leerling_field(call, "contactpersoon", message->contact.naam);
		leerling_field(call, "telefoon", message->contact.telefoon);
	}
}

static void
show_days(struct kb_desk_call *call, const struct kb_melding_row *row,
	  const struct kb_verzuim_melding *message)
{
	for (size_t i = 0; i < message->dag_count; i++) {
		int32_t day = KB_DAY_NONE;

		kb_ignore(kb_date_of_number(message->dagen[i].datum, &day),
			  "the decoder checked it");
		kb_desk_row(call);
		kb_desk_cell_number(call, row->melding_no);
		kb_desk_cell_day(call, day);
		kb_desk_cell_number(call, message->dagen[i].minuten);
	}
}

static void
show_melding(struct kb_desk_call *call, const struct kb_melding_row *row)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, row->melding_no);
	kb_desk_cell_text(call, kb_melding_soort_name((enum kb_melding_soort)row->soort));
	kb_desk_cell_day(call, row->begin_day);
	kb_desk_cell_day(call, row->eind_day);
	kb_desk_cell_number(call, row->minuten);
	kb_desk_cell_day(call, row->uiterste_melddag);
	kb_desk_cell_time(call, row->stored_utc_ms);
	kb_desk_cell_text(call, (row->flags & KB_MELDING_TE_LAAT) != 0 ? "te laat gemeld" : "");
	kb_desk_cell_text(call, kb_melding_stand_label((enum kb_melding_stand)row->stand));
	kb_desk_cell_day(call, row->ouders_ingelicht_day);
	kb_desk_cell(call, row->duo_kenmerk);
	kb_desk_cell_text(call, (row->flags & KB_MELDING_INGETROKKEN) != 0  ? "ingetrokken"
				: (row->flags & KB_MELDING_HISTORISCH) != 0 ? "historisch"
									    : "");
}

/* Rows of the dossier into arena, so that the sections can stand one after another. */
static enum kb_err
load_rows(struct kb_desk_call *call, const struct kb_case *found, struct kb_melding_row **rows,
	  size_t *count)
{
	struct kb_melding_row row = kb_dossier_start(found, found->subject_no);
	size_t cap = 0;
	enum kb_err err = KB_OK;

	*count = 0;
	*rows = NULL;
	while (err == KB_OK) {
		err = kb_dossier_melding_next(kb_desk_step(call), found->case_no,
					      kb_desk_arena(call), &row);
		if (err != KB_OK) {
			break;
		}
		if (*count == cap) {
			struct kb_melding_row *more =
				kb_arena_alloc(kb_desk_arena(call), (cap * 2 + 8) * sizeof(*more));

			if (more == NULL) {
				return KB_ERR_NO_MEMORY;
			}
			if (cap > 0) {
				memcpy(more, *rows, cap * sizeof(*more));
			}
			*rows = more;
			cap = cap * 2 + 8;
		}
		(*rows)[(*count)++] = row;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
show_rows(struct kb_desk_call *call, const struct kb_melding_row *rows, size_t count)
{
	struct kb_verzuim_melding *messages =
		kb_arena_alloc(kb_desk_arena(call), (count + 1) * sizeof(*messages));
	enum kb_err err = messages != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = kb_verzuim_melding_decode(rows[i].content, kb_desk_arena(call), &messages[i]);
	}
	if (err != KB_OK || count == 0) {
		return err;
	}
	show_leerling(call, &messages[count - 1]);
	kb_desk_section(call, "meldingen",
			"melding|soort|begin|eind|minuten|uiterste melddatum|ontvangen|op "
			"tijd|stand|ouders "
			"ingelicht|DUO-kenmerk|let op");
	for (size_t i = 0; i < count; i++) {
		show_melding(call, &rows[i]);
	}
	kb_desk_section(call, "dagen", "melding|datum|minuten ongeoorloofd");
	for (size_t i = 0; i < count; i++) {
		show_days(call, &rows[i], &messages[i]);
	}
	return KB_OK;
}

/* The gemeente's own term is what the region agreed; nothing is made up where it agreed nothing. */
static void
show_term(struct kb_desk_call *call)
{
	const struct kb_profile *profile = kb_agent_profile(kb_desk_agent(call));
	const struct kb_profile_value *term =
		profile != NULL ? &profile->verzuim[KB_PROFILE_VERZUIM_GEMEENTE_TERMIJN] : NULL;

	kb_desk_section(call, "termijn van de gemeente", "veld|waarde");
	kb_desk_row(call);
	kb_desk_cell_text(call, "termijn");
	if (term != NULL && term->vastgelegd) {
		kb_desk_cellf(call, "%u werkdagen na ontvangst (%s; %s)", term->value,
			      kb_profile_kind_name(term->kind), term->source);
	} else {
		kb_desk_cell_text(call, "niet vastgelegd");
	}
}

enum kb_err
kb_leerplicht_case(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_case found;
	struct kb_melding_row *rows = NULL;
	size_t count = 0;
	enum kb_err err = kb_case_get(kb_desk_step(call), case_no, &found);

	if (err == KB_OK) {
		err = load_rows(call, &found, &rows, &count);
	}
	if (err == KB_OK) {
		err = show_rows(call, rows, count);
	}
	if (err == KB_OK) {
		err = kb_dossier_show(call, case_no);
	}
	if (err == KB_OK) {
		show_term(call);
		kb_desk_say(call, "Een melding hier vervangt de melding van de school aan het "
				  "verzuimregister van DUO niet.");
	}
	return err;
}

const struct kb_desk_verb kb_leerplicht_verbs[KB_LEERPLICHT_VERB_COUNT] = {
	{ .name = "case act",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_ACT,
	  .args = kb_case_act_args,
	  .arg_count = KB_CASE_ACT_ARG_COUNT,
	  .fn = kb_leerplicht_act,
	  .help = "iets doen in een zaak" },
	{ .name = "verzuim export",
	  .mode = KB_VERB_ACT,
	  .needs_user = true,
	  .access = KB_ACCESS_LIST,
	  .args = kb_export_verb_args,
	  .arg_count = KB_EXPORT_VERB_ARG_COUNT,
	  .fn = kb_export_verb,
	  .help = "nieuwe en gewijzigde meldingen" },
};
