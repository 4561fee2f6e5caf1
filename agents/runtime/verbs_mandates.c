/* SPDX-License-Identifier: EUPL-1.2 */
/* access mandate and access deputy: who has a seat or an expertise, and who takes whose place, from when until when. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/store/mandates.h"
#include "common/store/users.h"

static enum kb_err
find_user(struct kb_desk_call *call, const char *argument, uint64_t *user_no)
{
	struct kb_user user;
	enum kb_err err = kb_user_find(kb_desk_step(call), kb_desk_text_arg(call, argument),
				       kb_desk_arena(call), &user);

	if (err == KB_ERR_UNKNOWN_USER) {
		return kb_desk_fail(call, KB_ERR_NOT_FOUND,
				    "Er is geen gebruiker met de naam bij '%s'.", argument);
	}
	if (err == KB_OK) {
		*user_no = user.user_no;
	}
	return err;
}

/* What both have: the user, the days, who gave it. */
static enum kb_err
read_common(struct kb_desk_call *call, struct kb_mandate *mandate)
{
	int64_t now = kb_desk_now_utc_ms(call);
	enum kb_err err = find_user(call, "naam", &mandate->user_no);

	mandate->valid_from_day = kb_desk_has(call, "vanaf") ? kb_desk_date_arg(call, "vanaf")
							     : kb_date_local_day(now);
	mandate->valid_until_day = kb_desk_date_arg(call, "tot");
	mandate->given_by = kb_desk_text_arg(call, "door");
	mandate->created_by_no = kb_desk_user_no(call);
	if (err == KB_OK && mandate->valid_until_day < mandate->valid_from_day) {
		return kb_desk_fail(call, KB_ERR_DATA, "'tot' ligt voor 'vanaf'.");
	}
	if (err == KB_OK &&
	    (mandate->given_by.len == 0 || mandate->given_by.len > KB_MANDATE_TEXT_MAX)) {
		return kb_desk_fail(call, KB_ERR_DATA, "'door' heeft 1 tot %d tekens.",
				    KB_MANDATE_TEXT_MAX);
	}
	return err;
}

static enum kb_err
add(struct kb_desk_call *call, struct kb_mandate *mandate, enum kb_administration code)
{
	struct kb_act *act = kb_desk_act(call);
	enum kb_err err = kb_mandate_add(act->step, mandate);

	if (err == KB_OK) {
		err = kb_log_administration(act, code, mandate->mandate_no, 0);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Nummer %llu is vastgelegd.",
			    (unsigned long long)mandate->mandate_no);
	}
	return err;
}

enum kb_err
kb_verb_mandate_add(struct kb_desk_call *call)
{
	struct kb_mandate mandate = { .kind = kb_mandate_parse(kb_desk_text_arg(call, "mandaat")),
				      .case_no = kb_desk_number_arg(call, "zaak") };
	struct kb_case row;
	enum kb_err err = KB_OK;

	if (mandate.kind == KB_MANDATE_NONE || mandate.kind == KB_MANDATE_WAARNEMING) {
		return kb_desk_fail(
			call, KB_ERR_USAGE,
			"'mandaat' moet actietafel, doa, deskundige of voorzitter zijn");
	}
	if (mandate.kind == KB_MANDATE_DESKUNDIGE && mandate.case_no == 0) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "Een deskundige is dat in een zaak: geef 'zaak'.");
	}
	if (mandate.case_no != 0) {
		/* A number that is not there yet would open a later case. */
		err = kb_case_get(kb_desk_step(call), mandate.case_no, &row);
		if (err == KB_ERR_NOT_FOUND) {
			err = kb_desk_fail(call, err, "Deze zaak is er niet.");
		}
	}
	if (err == KB_OK) {
		err = read_common(call, &mandate);
	}
	return err == KB_OK ? add(call, &mandate, KB_ADMINISTRATION_MANDATE_ADDED) : err;
}

enum kb_err
kb_verb_deputy_add(struct kb_desk_call *call)
{
	struct kb_mandate mandate = { .kind = KB_MANDATE_WAARNEMING };
	enum kb_err err = read_common(call, &mandate);

	if (err == KB_OK) {
		err = find_user(call, "voor", &mandate.absent_user_no);
	}
	if (err == KB_OK && mandate.absent_user_no == mandate.user_no) {
		err = kb_desk_fail(call, KB_ERR_DATA, "Niemand neemt waar voor zichzelf.");
	}
	return err == KB_OK ? add(call, &mandate, KB_ADMINISTRATION_DEPUTY_ADDED) : err;
}

/* Of the one sort or of the other: a deputy is not ended by the verb for mandates. */
static enum kb_err
end(struct kb_desk_call *call, bool deputy, enum kb_administration code)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_mandate ended;
	uint64_t number = kb_desk_number_arg(call, "nummer");
	enum kb_err err = kb_mandate_end(act->step, number, act->now_utc_ms, act->user_no, &ended);

	if (err == KB_OK && (ended.kind == KB_MANDATE_WAARNEMING) != deputy) {
		err = KB_ERR_NOT_FOUND; /* the step is rolled back */
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "Dit nummer is er niet; 'list' noemt ze.");
	}
	if (err == KB_ERR_STATE) {
		return kb_desk_fail(call, err, "Nummer %llu was al beeindigd.",
				    (unsigned long long)number);
	}
	if (err == KB_OK) {
		err = kb_log_administration(act, code, number, 0);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Nummer %llu is beeindigd.", (unsigned long long)number);
	}
	return err;
}

enum kb_err
kb_verb_mandate_end(struct kb_desk_call *call)
{
	return end(call, false, KB_ADMINISTRATION_MANDATE_ENDED);
}

enum kb_err
kb_verb_deputy_end(struct kb_desk_call *call)
{
	return end(call, true, KB_ADMINISTRATION_DEPUTY_ENDED);
}

static void
list_row(struct kb_desk_call *call, const struct kb_mandate *mandate)
{
	int64_t now = kb_desk_now_utc_ms(call);

	kb_desk_row(call);
	kb_desk_cell_number(call, mandate->mandate_no);
	kb_cell_user(call, mandate->user_no);
	if (mandate->kind == KB_MANDATE_WAARNEMING) {
		kb_cell_user(call, mandate->absent_user_no);
	} else {
		kb_desk_cell_text(call, kb_mandate_name(mandate->kind));
		if (mandate->case_no != 0) {
			kb_desk_cell_number(call, mandate->case_no);
		} else {
			kb_desk_cell_text(call, "");
		}
	}
	kb_desk_cell_day(call, mandate->valid_from_day);
	kb_desk_cell_day(call, mandate->valid_until_day);
	kb_desk_cell(call, mandate->given_by);
	kb_desk_cell_time(call, mandate->created_utc_ms);
	kb_desk_cell_time(call, mandate->ended_utc_ms);
	kb_desk_cell_text(call,
			  kb_mandate_valid(mandate, now, kb_date_local_day(now)) ? "ja" : "nee");
}

static enum kb_err
list(struct kb_desk_call *call, bool deputies)
{
	struct kb_mandate mandate = { .kind = KB_MANDATE_NONE };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_mandate_next(kb_desk_step(call), kb_desk_arena(call), &mandate);
		if (err == KB_OK && (mandate.kind == KB_MANDATE_WAARNEMING) == deputies) {
			list_row(call, &mandate);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_verb_mandate_list(struct kb_desk_call *call)
{
	kb_desk_section(call, "mandaten",
			"nummer|naam|mandaat|zaak|vanaf|tot|door|vastgelegd|beeindigd|geldig");
	return list(call, false);
}

enum kb_err
kb_verb_deputy_list(struct kb_desk_call *call)
{
	kb_desk_section(call, "waarnemers",
			"nummer|naam|voor|vanaf|tot|door|vastgelegd|beeindigd|geldig");
	return list(call, true);
}
