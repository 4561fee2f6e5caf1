/* SPDX-License-Identifier: EUPL-1.2 */
/* case contact add, case contact end, case contacts: the people of a case. */
#include "agents/runtime/case_persons.h"

#include "agents/runtime/case_board.h"
#include "agents/runtime/verbs.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/store/parties.h"

enum kb_err
kb_case_person_add(struct kb_act *act, uint64_t case_no, const struct kb_person_form *form,
		   uint32_t *item_no)
{
	/* Whoever may see the case may know whom to reach: also with the noodknop. */
	struct kb_case_item item = { .case_no = case_no,
				     .type = KB_ITEM_CONTACT,
				     .author_party_no = KB_PARTY_NO_SELF,
				     .author_user_no = act->user_no,
				     .at_utc_ms = act->now_utc_ms,
				     .visibility = KB_VISIBILITY_ALL };
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_person_form_pack(form, &payload);

	if (err == KB_OK) {
		err = kb_board_keep(act, &item, KB_NOTE_PERSON, kb_buf_span(&payload));
	}
	if (err == KB_OK && item_no != NULL) {
		*item_no = item.item_no;
	}
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_case_persons_copy(struct kb_act *act, uint64_t from, uint64_t to)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_person_form form;
	int32_t today = kb_date_local_day(act->now_utc_ms);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_case_item_next(act->step, from, KB_ITEM_CONTACT, item.item_no, act->arena,
					&item);
		if (err == KB_OK) {
			err = kb_person_form_unpack(item.payload, &form);
		}
		if (err == KB_OK && form.role != KB_PERSON_GAST &&
		    (form.until_day == KB_DAY_NONE || form.until_day >= today)) {
			err = kb_case_person_add(act, to, &form, NULL);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- case contact add ---- */

/* The texts of a person, by the name of their argument. */
static const struct {
	const char *argument;
	size_t offset;
	size_t max;
} texts[] = {
	{ "naam", offsetof(struct kb_person_form, name), KB_BOARD_LINE_MAX },
	{ "functie", offsetof(struct kb_person_form, function), KB_BOARD_LINE_MAX },
	{ "organisatie", offsetof(struct kb_person_form, organisation), KB_BOARD_LINE_MAX },
	{ "telefoon", offsetof(struct kb_person_form, phone), KB_BOARD_LINE_MAX },
	{ "email", offsetof(struct kb_person_form, email), KB_BOARD_LINE_MAX },
	{ "adres", offsetof(struct kb_person_form, address), KB_BOARD_TEXT_MAX },
	{ "taal", offsetof(struct kb_person_form, language), KB_BOARD_LINE_MAX },
};

static enum kb_err
read_texts(struct kb_desk_call *call, struct kb_person_form *form)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(texts) / sizeof(texts[0]); i++) {
		err = kb_board_text(call, texts[i].argument, i == 0, texts[i].max,
				    (struct kb_span *)(void *)((uint8_t *)form + texts[i].offset));
	}
	return err;
}

/* What belongs to one role only. */
static enum kb_err
check_role(struct kb_desk_call *call, const struct kb_person_form *form)
{
	if (form->role == KB_PERSON_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'rol' moet leerling, ouder, contactpersoon of gast zijn");
	}
	if (kb_desk_has(call, "gezag") && form->role != KB_PERSON_OUDER) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'gezag' hoort alleen bij een ouder");
	}
	if (form->birth_day != KB_DAY_NONE && form->role != KB_PERSON_LEERLING) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'geboortedatum' hoort alleen bij de leerling");
	}
	if (form->role == KB_PERSON_GAST && form->organisation.len == 0) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "een gast komt van een partner: geef 'organisatie'");
	}
	return form->until_day != KB_DAY_NONE && form->from_day != KB_DAY_NONE &&
			       form->until_day < form->from_day
		       ? kb_desk_fail(call, KB_ERR_DATA, "'tot' ligt voor 'vanaf'")
		       : KB_OK;
}

enum kb_err
kb_verb_contact_add(struct kb_desk_call *call)
{
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	struct kb_person_form form = {
		.role = kb_person_role_parse(kb_desk_text_arg(call, "rol")),
		.birth_day = kb_desk_date_arg(call, "geboortedatum"),
		.from_day = kb_desk_date_arg(call, "vanaf"),
		.until_day = kb_desk_date_arg(call, "tot"),
	};
	uint32_t item_no = 0;
	enum kb_err err = read_texts(call, &form);

	if (kb_desk_has(call, "gezag")) {
		form.gezag = kb_desk_flag_arg(call, "gezag") ? KB_GEZAG_JA : KB_GEZAG_NEE;
	}
	if (err == KB_OK) {
		err = check_role(call, &form);
	}
	if (err == KB_OK) {
		err = kb_case_person_add(kb_desk_act(call), case_no, &form, &item_no);
	}
	if (err == KB_OK) {
		kb_desk_section(call, "persoon", "persoon");
		kb_desk_row(call);
		kb_desk_cell_number(call, item_no);
		kb_desk_say(call, "Persoon %u (%s) staat in zaak %llu.", item_no,
			    kb_person_role_word(form.role), (unsigned long long)case_no);
	}
	return err;
}

/* ---- case contact end ---- */

enum kb_err
kb_verb_contact_end(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_case_item item;
	struct kb_person_form form;
	struct kb_buf payload = { 0 };
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_board_item(call, &row, KB_ITEM_CONTACT, "persoon", &item);
	}
	if (err == KB_OK) {
		err = kb_person_form_unpack(item.payload, &form);
	}
	if (err == KB_OK && form.until_day != KB_DAY_NONE &&
	    form.until_day < kb_date_local_day(act->now_utc_ms)) {
		err = kb_desk_fail(call, KB_ERR_STATE, "Persoon %u doet al niet meer mee.",
				   item.item_no);
	}
	if (err == KB_OK) {
		form.until_day = kb_desk_has(call, "datum") ? kb_desk_date_arg(call, "datum")
							    : kb_date_local_day(act->now_utc_ms);
		err = kb_person_form_pack(&form, &payload);
	}
	if (err == KB_OK) {
		err = kb_board_keep(act, &item, KB_NOTE_PERSON_ENDED, kb_buf_span(&payload));
	}
	kb_buf_wipe(&payload);
	if (err == KB_OK) {
		kb_desk_say(call, "Vastgelegd: de laatste dag van persoon %u.", item.item_no);
	}
	return err;
}

/* ---- shown ---- */

enum kb_err
kb_show_persons(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_person_form form;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "personen",
			"persoon|rol|naam|organisatie|functie|telefoon|email|adres|taal|gezag|"
			"geboortedatum|vanaf|tot");
	while (err == KB_OK) {
		err = kb_board_next(call, row, KB_ITEM_CONTACT, &item);
		if (err == KB_OK) {
			err = kb_person_form_unpack(item.payload, &form);
		}
		if (err == KB_OK) {
			kb_desk_row(call);
			kb_desk_cell_number(call, item.item_no);
			kb_desk_cell_text(call, kb_person_role_word(form.role));
			kb_desk_cell(call, form.name);
			kb_desk_cell(call, form.organisation);
			kb_desk_cell(call, form.function);
			kb_desk_cell(call, form.phone);
			kb_desk_cell(call, form.email);
			kb_desk_cell(call, form.address);
			kb_desk_cell(call, form.language);
			kb_desk_cell_text(call, kb_gezag_word(form.gezag));
			kb_desk_cell_day(call, form.birth_day);
			kb_desk_cell_day(call, form.from_day);
			kb_desk_cell_day(call, form.until_day);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_verb_contacts(struct kb_desk_call *call)
{
	struct kb_case row;
	enum kb_err err = kb_board_case(call, &row);

	if (err == KB_OK) {
		err = kb_act_viewed(kb_desk_act(call), "case contacts", row.case_no, 1);
	}
	return err == KB_OK ? kb_show_persons(call, &row) : err;
}
