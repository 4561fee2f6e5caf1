/* SPDX-License-Identifier: EUPL-1.2 */
/* One melding at the school: from a stored row to a message. */
#include "agents/intake/school_melding.h"

#include "agents/intake/dossier_route.h"
#include "agents/intake/melding_content.h"
#include "agents/intake/school_role.h"
#include "agents/runtime/directory.h"
#include "common/base/bytes.h"
#include "common/store/case_items.h"
#include "common/store/parties.h"
#include "common/store/subjects.h"
#include "common/wire/absence.h"

#define WITHDRAWAL_REASON "De verzuimregistratie van de school is gecorrigeerd."

struct kb_melding
kb_school_melding_of(const struct kb_melding_row *row)
{
	struct kb_melding melding = { .leerling = row->pupil_no,
				      .soort = (enum kb_melding_soort)row->soort,
				      .begin_day = row->begin_day,
				      .eind_day = row->eind_day,
				      .minuten = row->minuten,
				      .vastgesteld_day = row->vastgesteld_day,
				      .uiterste_melddag = row->uiterste_melddag };

	memcpy(melding.gemeentecode, row->gemeentecode, sizeof(melding.gemeentecode));
	return melding;
}

void
kb_school_melding_set(struct kb_melding_row *row, const struct kb_melding *melding)
{
	row->soort = melding->soort;
	row->begin_day = melding->begin_day;
	row->eind_day = melding->eind_day;
	row->minuten = melding->minuten;
	row->vastgesteld_day = melding->vastgesteld_day;
	row->uiterste_melddag = melding->uiterste_melddag;
	memcpy(row->gemeentecode, melding->gemeentecode, sizeof(row->gemeentecode));
}

const char *
kb_school_melding_state(const struct kb_melding_row *row)
{
	static const struct {
		uint32_t flag;
		const char *text;
	} words[] = {
		{ KB_MELDING_VASTGEHOUDEN, "vastgehouden" },
		{ KB_MELDING_INGETROKKEN, "ingetrokken" },
		{ KB_MELDING_TE_LAAT, "te laat gemeld" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((row->flags & words[i].flag) != 0) {
			return words[i].text;
		}
	}
	return row->stored_utc_ms != 0 ? "gemeld" : "op weg";
}

/* ---- the dossier ---- */

enum kb_err
kb_school_case_pupil(struct kb_step *step, const struct kb_case *row, struct kb_arena *arena,
		     uint64_t *pupil_no)
{
	struct kb_case_item item;
	enum kb_err err = kb_case_item_get(step, row->case_no, KB_ITEM_PERSON, 1, arena, &item);

	if (err == KB_OK && item.payload.len != sizeof(*pupil_no)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*pupil_no = kb_load_u64(item.payload.at);
	}
	return err;
}

static enum kb_err
case_pupil_put(struct kb_act *act, uint64_t case_no, uint64_t pupil_no)
{
	uint8_t number[sizeof(pupil_no)];
	struct kb_case_item item = { .case_no = case_no,
				     .type = KB_ITEM_PERSON,
				     .at_utc_ms = act->now_utc_ms,
				     .visibility = KB_VISIBILITY_DESK,
				     .payload = KB_SPAN_OF(number) };

	kb_store_u64(number, pupil_no);
	return kb_case_item_put(act->step, &item);
}

static enum kb_err
dossier_open(struct kb_act *act, struct kb_melding_row *row, const struct kb_pupil *pupil)
{
	struct kb_case opened = { .kind = KB_CASE_KIND_VERZUIM,
				  .desk = KB_DESK_SCHOOL,
				  .subject_no = pupil->subject_no,
				  .counterparty_no = row->counterparty_no,
				  .schooljaar = row->schooljaar,
				  .status = KB_CASE_OPEN };
	struct kb_dossier_name name = { .voornaam = pupil->person.voornaam,
					.tussenvoegsel = pupil->person.tussenvoegsel,
					.achternaam = pupil->person.achternaam };
	enum kb_err err = kb_act_case_open(act, &opened);

	row->case_no = opened.case_no;
	if (err == KB_OK) {
		err = kb_subject_case_add(act->step, pupil->subject_no, row->case_no);
	}
	if (err == KB_OK) {
		err = case_pupil_put(act, row->case_no, row->pupil_no);
	}
	if (err == KB_OK) {
		err = kb_dossier_title_put(act->step, row->case_no, &name, KB_SPAN_NONE);
	}
	return err == KB_OK ? kb_dossier_put(act->step, row->schooljaar, row->pupil_no,
					     row->counterparty_no, row->case_no)
			    : err;
}

/* All meldingen of one pupil, gemeente and school year are one dossier, until its route has ended: then the next one opens a new. */
static enum kb_err
dossier_of(struct kb_act *act, struct kb_melding_row *row, const struct kb_pupil *pupil,
	   const struct kb_entry *gemeente)
{
	struct kb_case dossier = { .closed_utc_ms = 0 };
	enum kb_err err = kb_party_take(act->step, &gemeente->party, &row->counterparty_no);

	if (err == KB_OK) {
		err = kb_dossier_find(act->step, row->schooljaar, row->pupil_no,
				      row->counterparty_no, &row->case_no);
	}
	if (err == KB_OK) {
		err = kb_case_get(act->step, row->case_no, &dossier);
	}
	return err == KB_ERR_NOT_FOUND || (err == KB_OK && dossier.closed_utc_ms != 0)
		       ? dossier_open(act, row, pupil)
		       : err;
}

/* ---- clocks ---- */

/* The clock runs from the school day on which the melding was made; a correction moves its end. */
static enum kb_err
clock_set(struct kb_act *act, struct kb_melding_row *row)
{
	int64_t due_utc_ms = 0;
	struct kb_deadline clock = { .case_no = row->case_no,
				     .kind = KB_CLOCK_WETTELIJK,
				     .rule = KB_SCHOOL_CLOCK_MELDEN,
				     .source_id = KB_SCHOOL_SOURCE_LEERPLICHTWET,
				     .about = row->melding_no,
				     .historisch = (row->flags & KB_MELDING_HISTORISCH) != 0 };
	enum kb_err err = KB_OK;

	if (row->uiterste_melddag == KB_DAY_NONE || row->stored_utc_ms != 0) {
		return KB_OK;
	}
	due_utc_ms = kb_date_local_start_utc_ms(row->uiterste_melddag + 1);
	if (row->clock_id != 0) {
		err = kb_deadline_get(act->step, row->case_no, row->clock_id, &clock);
		return err == KB_OK && clock.state == KB_CLOCK_STATE_RUNNING &&
				       clock.due_utc_ms != due_utc_ms
			       ? kb_deadline_move(act->step, row->case_no, row->clock_id,
						  due_utc_ms)
			       : err;
	}
	clock.started_utc_ms = kb_date_local_start_utc_ms(row->vastgesteld_day);
	clock.due_utc_ms = due_utc_ms;
	err = kb_act_clock_start(act, &clock);
	row->clock_id = clock.clock_id;
	return err;
}

enum kb_err
kb_school_case_late(struct kb_act *act, uint64_t case_no)
{
	struct kb_deadline clock = { 0 };
	struct kb_case *row = NULL;
	bool late = false;
	enum kb_err err = kb_case_edit(act->step, case_no, &row);

	while (err == KB_OK) {
		err = kb_deadline_of_case(act->step, case_no, clock.clock_id, &clock);
		late = late ||
		       (err == KB_OK && clock.state == KB_CLOCK_STATE_EXPIRED && !clock.historisch);
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (row != NULL) {
		row->inbox_flags =
			late ? row->inbox_flags | KB_INBOX_LATE : row->inbox_flags & ~KB_INBOX_LATE;
	}
	return row != NULL ? KB_OK : KB_ERR_NOT_FOUND;
}

static enum kb_err
clock_end(struct kb_act *act, const struct kb_melding_row *row)
{
	enum kb_err err = KB_OK;

	if (row->clock_id == 0 || row->stored_utc_ms != 0) {
		return KB_OK;
	}
	err = kb_act_clock_stop(act, row->case_no, row->clock_id, act->now_utc_ms, NULL);
	return err == KB_OK || err == KB_ERR_STATE ? kb_school_case_late(act, row->case_no) : err;
}

/* ---- whom to send to ---- */

static enum kb_err
hold(struct kb_act *act, struct kb_melding_row *row, enum kb_melding_hold reason)
{
	row->hold = reason;
	row->flags |= KB_MELDING_VASTGEHOUDEN;
	return kb_melding_put(act->step, row);
}

/* The gemeente that has it, or for a first melding the one that serves where the leerling lives now. */
static enum kb_err
recipient_of(struct kb_act *act, const struct kb_melding_row *row, const struct kb_entry **out)
{
	struct kb_party party;
	enum kb_err err = KB_OK;

	if (row->sent.number == 0) {
		err = kb_directory_gemeente(act->directory, row->gemeentecode,
					    kb_date_local_day(act->now_utc_ms), out);
		return err == KB_OK && !kb_descriptor_has_desk(&(*out)->descriptor,
							       KB_DESK_LEERPLICHT)
			       ? KB_ERR_NOT_FOUND
			       : err;
	}
	err = kb_party_get(act->step, row->counterparty_no, &party);
	return err == KB_OK ? kb_directory_find(act->directory, &party.id, act->now_utc_ms, out)
			    : err;
}

/* KB_ERR_NOT_FOUND with the reason when nobody can be sent to now; everything else is a real failure. */
static enum kb_err
gemeente_of(struct kb_act *act, const struct kb_melding_row *row, const struct kb_entry **out,
	    enum kb_melding_hold *reason)
{
	struct kb_school_self self;
	enum kb_err err = kb_directory_fresh(act->directory, act->now_utc_ms);

	*reason = KB_HOLD_GEEN_REGISTER;
	if (err == KB_OK) {
		err = kb_school_self(
			act, &self); /* what the register says of us goes into every melding */
	}
	if (err != KB_OK) {
		return KB_ERR_NOT_FOUND;
	}
	err = recipient_of(act, row, out);
	if (err == KB_ERR_OFFLINE) {
		return KB_ERR_NOT_FOUND; /* asked for; on_register_change follows */
	}
	*reason = KB_HOLD_GEEN_GEMEENTE;
	return err == KB_ERR_REVOKED || err == KB_ERR_NOT_VALID_NOW ? KB_ERR_NOT_FOUND : err;
}

/* ---- sending ---- */

static enum kb_err
send_message(struct kb_act *act, struct kb_melding_row *row, const struct kb_entry *gemeente,
	     enum kb_kind kind, struct kb_span content)
{
	struct kb_outgoing outgoing = { .recipient = gemeente->party,
					.kind = kind,
					.case_no = row->case_no,
					.content = content };
	struct kb_sent_ref ref;
	enum kb_err err = kb_act_send(act, &outgoing, &ref);

	if (err == KB_OK) {
		row->sent = ref.key;
		row->sent_utc_ms = act->now_utc_ms;
		row->hold = KB_HOLD_NONE;
		row->flags &= ~KB_MELDING_VASTGEHOUDEN;
		err = kb_melding_put(act->step, row);
	}
	return err;
}

/* kb_melding_put gives the row its number, which the clock names. */
static enum kb_err
send_melding(struct kb_act *act, struct kb_melding_row *row, const struct kb_pupil *pupil,
	     const struct kb_entry *gemeente)
{
	bool first = row->sent.number == 0;
	struct kb_buf content = { 0 };
	enum kb_err err = first ? dossier_of(act, row, pupil, gemeente) : KB_OK;

	if (err == KB_OK) {
		err = kb_melding_put(act->step, row);
	}
	if (err == KB_OK) {
		err = clock_set(act, row);
	}
	if (err == KB_OK) {
		err = kb_melding_content(act, row, pupil, &content);
	}
	if (err == KB_OK) {
		row->content = kb_arena_copy(act->arena, kb_buf_span(&content));
		err = row->content.len > 0 ? send_message(act, row, gemeente,
							  first ? KB_KIND_VERZUIM_MELDING
								: KB_KIND_VERZUIM_CORRECTIE,
							  row->content)
					   : KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK && first) {
		err = kb_dossier_begin(act, row->case_no, gemeente);
	}
	kb_buf_wipe(&content);
	/* One row that the wire does not carry is shown; it must not stop the meldingen of all others. */
	return err == KB_ERR_DATA ? hold(act, row, KB_HOLD_GEEN_PERSOON) : err;
}

static enum kb_err
send_withdrawal(struct kb_act *act, struct kb_melding_row *row, const struct kb_entry *gemeente)
{
	struct kb_verzuim_intrekking message = { .melding_id = row->melding_id,
						 .revision = row->revision,
						 .reden = kb_span_text(WITHDRAWAL_REASON) };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_verzuim_intrekking_encode(&message, &content);

	if (err == KB_OK) {
		err = send_message(act, row, gemeente, KB_KIND_VERZUIM_INTREKKING,
				   kb_buf_span(&content));
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_school_melding_send(struct kb_act *act, struct kb_melding_row *row)
{
	const struct kb_entry *gemeente = NULL;
	enum kb_melding_hold reason = KB_HOLD_NONE;
	bool withdrawn = (row->flags & KB_MELDING_INGETROKKEN) != 0;
	struct kb_pupil pupil = { .pupil_no = 0 };
	enum kb_err err = KB_OK;

	if (!withdrawn) {
		err = kb_pupil_get(act->step, row->schooljaar, row->pupil_no, act->arena, &pupil);
		if (err != KB_OK) {
			return err;
		}
		/* Without identification the alert is held and shown as an error. */
		if (!pupil.person.present || pupil.person.pgn.len == 0 ||
		    pupil.person.achternaam.len == 0 || pupil.subject_no == 0) {
			return hold(act, row, KB_HOLD_GEEN_PERSOON);
		}
	}
	err = gemeente_of(act, row, &gemeente, &reason);
	if (err == KB_ERR_NOT_FOUND) {
		return hold(act, row, reason);
	}
	if (err != KB_OK) {
		return err;
	}
	return withdrawn ? send_withdrawal(act, row, gemeente)
			 : send_melding(act, row, &pupil, gemeente);
}

enum kb_err
kb_school_melding_withdraw(struct kb_act *act, struct kb_melding_row *row)
{
	enum kb_err err = clock_end(act, row);

	row->flags = (row->flags | KB_MELDING_INGETROKKEN) & ~KB_MELDING_VASTGEHOUDEN;
	row->hold = KB_HOLD_NONE;
	if (row->stand != KB_MELDING_STAND_AFGESLOTEN) {
		row->stand = KB_MELDING_STAND_INGETROKKEN;
	}
	row->revision++;
	if (err != KB_OK) {
		return err;
	}
	err = row->sent.number != 0 ? kb_school_melding_send(act, row)
				    : kb_melding_put(act->step, row);
	return err == KB_OK && row->case_no != 0
		       ? kb_dossier_end_if_empty(act, row->case_no, row->pupil_no)
		       : err;
}

enum kb_err
kb_school_move(struct kb_act *act, struct kb_case *row, const struct kb_case_move *move)
{
	uint64_t pupil_no = 0;
	enum kb_err err = KB_OK;

	if (row->kind != KB_CASE_KIND_VERZUIM || !(move->state_changed || move->goes_on)) {
		return KB_OK;
	}
	err = kb_school_case_pupil(act->step, row, act->arena, &pupil_no);
	if (err == KB_OK && move->goes_on) {
		return kb_dossier_end_if_empty(act, row->case_no, pupil_no);
	}
	return err == KB_OK ? kb_dossier_follow(act, row, pupil_no, move->state,
						row->regievoerder_no != KB_PARTY_NO_SELF)
			    : err;
}

enum kb_err
kb_school_held_retry(struct kb_act *act, uint32_t *sent_count)
{
	struct kb_melding_row row = { 0 };
	uint32_t count = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_melding_next(act->step, false, false, act->arena, &row);
		if (err == KB_OK && (row.flags & KB_MELDING_VASTGEHOUDEN) != 0) {
			struct kb_melding_row held = row;

			err = kb_school_melding_send(act, &held);
			count += err == KB_OK && (held.flags & KB_MELDING_VASTGEHOUDEN) == 0;
		}
	}
	if (sent_count != NULL) {
		*sent_count = count;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
