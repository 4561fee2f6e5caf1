/* SPDX-License-Identifier: EUPL-1.2 */
/* What the rules of access ask about a user and a case, read from the store. */
#include "agents/runtime/authorise.h"

#include "agents/runtime/agent_internal.h"
#include "common/base/text.h"
#include "common/exchange/date.h"
#include "common/store/case_records.h"
#include "common/store/mandates.h"
#include "common/store/parties.h"
#include "common/store/users.h"

/* What a message of a case says about it. */
static const struct {
	enum kb_kind first;
	enum kb_kind last;
	uint32_t case_class;
} classes[] = {
	{ KB_KIND_TLV_AANVRAAG, KB_KIND_HERINDICATIE_SIGNAAL, KB_CASE_CLASS_TOELAATBAARHEID },
	{ KB_KIND_ACTIETAFEL_CASUS, KB_KIND_ACTIETAFEL_BESLUIT, KB_CASE_CLASS_ACTIETAFEL },
};

static uint32_t
class_of_kind(uint32_t number)
{
	const struct kb_kind_row *kind = kb_kind_find(number);
	uint32_t found = kind != NULL && kind->health ? KB_CASE_CLASS_GEZONDHEID : 0;

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (number >= (uint32_t)classes[i].first && number <= (uint32_t)classes[i].last) {
			found |= classes[i].case_class;
		}
	}
	return found;
}

static enum kb_err
class_of_case(struct kb_step *step, uint64_t case_no, uint32_t *case_class)
{
	struct kb_case_record line;
	uint64_t position = 0;
	enum kb_err err = kb_case_record_back(step, case_no, &position, &line);

	*case_class = 0;
	while (err == KB_OK) {
		if (line.direction != KB_DIRECTION_LOCAL) {
			*case_class |= class_of_kind(line.kind);
		}
		err = kb_case_record_back(step, case_no, &position, &line);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
is_party(struct kb_desk_call *call, uint32_t party_no, const struct kb_party_id *employer, bool *is)
{
	struct kb_party party;
	enum kb_err err = KB_OK;

	if (party_no != KB_PARTY_NO_SELF) {
		err = kb_party_get(kb_desk_step(call), party_no, &party);
		*is = *is || (err == KB_OK && kb_party_id_same_organisation(&party.id, employer));
	}
	return err;
}

/* Whether the employer of somebody takes part in the case: we do, the counterparty does, and whoever sent or got something in it. */
static enum kb_err
takes_part(struct kb_desk_call *call, const struct kb_case *row, const struct kb_party_id *employer,
	   bool *does)
{
	struct kb_step *step = kb_desk_step(call);
	struct kb_case_record line;
	uint64_t position = 0;
	enum kb_err err = KB_OK;

	*does = kb_party_id_same_organisation(employer, kb_agent_self(kb_desk_agent(call)));
	err = is_party(call, row->counterparty_no, employer, does);
	if (err == KB_OK) {
		err = is_party(call, row->regievoerder_no, employer, does);
	}
	while (err == KB_OK && !*does) {
		err = kb_case_record_back(step, row->case_no, &position, &line);
		if (err == KB_ERR_NOT_FOUND) {
			return KB_OK;
		}
		if (err == KB_OK) {
			err = is_party(call, line.party_no, employer, does);
		}
	}
	return err;
}

/* ---- persons ---- */

static enum kb_err
read_person(struct kb_desk_call *call, uint64_t user_no, struct kb_authority_person *out)
{
	int64_t now = kb_desk_now_utc_ms(call);
	struct kb_user user;
	enum kb_err err = kb_user_get(kb_desk_step(call), user_no, kb_desk_arena(call), &user);

	if (err == KB_OK) {
		*out = (struct kb_authority_person){
			.user_no = (uint32_t)user_no,
			.active = kb_user_active(&user, now, kb_date_local_day(now)),
			.roles = user.roles,
			.desk = user.desk,
			.employer = user.organisatie.text[0] != '\0'
					    ? user.organisatie
					    : *kb_agent_self(kb_desk_agent(call)),
		};
	}
	return err;
}

/* The user and those for whom the user deputises today. */
static enum kb_err
read_persons(struct kb_desk_call *call, struct kb_authority *authority)
{
	int64_t now = kb_desk_now_utc_ms(call);
	struct kb_mandate mandate = { .kind = KB_MANDATE_NONE };
	enum kb_err err = read_person(call, kb_desk_user_no(call), &authority->self);

	authority->desk = authority->self.desk;
	while (err == KB_OK) {
		err = kb_mandate_of_user(kb_desk_step(call), authority->self.user_no,
					 mandate.mandate_no, &mandate);
		if (err == KB_OK && mandate.kind == KB_MANDATE_WAARNEMING &&
		    authority->absent_count < KB_ABSENT_MAX &&
		    kb_mandate_valid(&mandate, now, kb_date_local_day(now))) {
			err = read_person(call, mandate.absent_user_no,
					  &authority->absent[authority->absent_count]);
			authority->absent_count += err == KB_OK;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* One person before one case; row NULL: before none. */
static enum kb_err
person_of(struct kb_desk_call *call, const struct kb_authority_person *who,
	  const struct kb_case *row, uint32_t case_class, struct kb_access_person *out)
{
	enum kb_err err = KB_OK;

	*out = (struct kb_access_person){ .active = who->active,
					  .roles = who->roles,
					  .desk = who->desk };
	if (row == NULL) {
		return KB_OK;
	}
	out->behandelaar = row->behandelaar_no != 0 && row->behandelaar_no == who->user_no;
	err = kb_mandates_held(kb_desk_step(call), who->user_no, row->case_no,
			       kb_desk_now_utc_ms(call), &out->mandates);
	if (err == KB_OK && (case_class & KB_CASE_CLASS_ACTIETAFEL) != 0) {
		err = takes_part(call, row, &who->employer, &out->employer_in_case);
	}
	return err;
}

/* ---- the decision ---- */

/* What is in no desk is of the first one. */
static uint32_t
desk_of(struct kb_desk_call *call, const struct kb_case *row)
{
	return row != NULL && row->desk != 0
		       ? row->desk
		       : (uint32_t)kb_agent_role(kb_desk_agent(call))->desks[0];
}

/* Asks for the user alone, then with each of those who are absent; the answer of the user alone counts when none helps. A deputy of
 * the behandelaar acts on that one's behalf even where the own desk would do. */
static enum kb_err
ask(struct kb_desk_call *call, struct kb_access_question *question, const struct kb_case *row,
    struct kb_access_answer *answer)
{
	struct kb_authority *authority = &call->authority;
	enum kb_err err =
		person_of(call, &authority->self, row, question->case_class, &question->person);

	if (err != KB_OK) {
		return err;
	}
	(void)kb_access_decide(question, answer);
	for (size_t i = 0; i < authority->absent_count; i++) {
		const struct kb_authority_person *absent = &authority->absent[i];
		struct kb_access_person person;
		struct kb_access_answer with;

		err = person_of(call, absent, row, question->case_class, &person);
		if (err != KB_OK) {
			return err;
		}
		question->absent = &person;
		(void)kb_access_decide(question, &with);
		question->absent = NULL;
		if (with.err == KB_OK &&
		    (answer->err != KB_OK || (person.behandelaar && person.active))) {
			*answer = with;
			authority->responsible_no = absent->user_no;
			authority->desk = with.deputised ? absent->desk : authority->self.desk;
			break;
		}
	}
	return KB_OK;
}

static enum kb_access_action
action_of(const struct kb_desk_call *call)
{
	const struct kb_desk_verb *verb = call->verb;

	if (verb->access != KB_ACCESS_NONE || !verb->needs_user) {
		return verb->access;
	}
	/* A verb that does not say it is asked as if it worked in the case that it names. */
	return kb_desk_has(call, "zaak") ? KB_ACCESS_ACT : KB_ACCESS_LIST;
}

static size_t
characters(struct kb_span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		count += (text.at[i] & 0xc0) != 0x80;
	}
	return count;
}

static void
deny(struct kb_desk_call *call, uint64_t case_no, const struct kb_access_answer *answer)
{
	call->denial =
		(struct kb_denial){ .err = answer->err == KB_ERR_NOT_FOUND ? KB_ERR_PERMISSION
									   : answer->err,
				    .user_no = call->authority.self.user_no,
				    .desk = call->authority.self.desk,
				    .case_no = case_no,
				    .emergency = call->authority.emergency,
				    .rule = answer->rule != NULL ? answer->rule->name : "",
				    .reason = call->authority.reason };
}

static enum kb_err
refuse(struct kb_desk_call *call, enum kb_access_action action, uint64_t case_no,
       const struct kb_access_answer *answer)
{
	if (answer->err == KB_ERR_DATA) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "Een noodgeval vraagt een reden van minstens %d tekens.",
				    KB_ACCESS_REASON_CHARS_MIN);
	}
	deny(call, case_no, answer);
	if (answer->err == KB_ERR_UNKNOWN_USER) {
		return answer->err;
	}
	if (action == KB_ACCESS_REVIEW) {
		return kb_desk_fail(call, KB_ERR_PERMISSION,
				    "Dit is alleen voor de functionaris gegevensbescherming.");
	}
	return action == KB_ACCESS_LIST
		       ? kb_desk_fail(call, KB_ERR_PERMISSION,
				      "Dit is alleen voor medewerkers van een loket.")
		       : kb_desk_fail(call, KB_ERR_PERMISSION, KB_ACCESS_SENTENCE);
}

enum kb_err
kb_authorise(struct kb_desk_call *call)
{
	struct kb_authority *authority = &call->authority;
	enum kb_access_action action = action_of(call);
	bool of_case = ((uint32_t)action & KB_ACCESS_OF_CASE) != 0;
	uint64_t case_no = of_case ? kb_desk_number_arg(call, "zaak") : 0;
	struct kb_access_question question = { .action = action, .party = call->agent->role->kind };
	struct kb_access_answer answer;
	struct kb_case row;
	enum kb_err err = KB_OK;

	*authority = (struct kb_authority){ .action = action };
	call->denial = (struct kb_denial){ .err = KB_OK };
	if (action == KB_ACCESS_NONE) {
		return KB_OK;
	}
	authority->emergency = action == KB_ACCESS_SHOW && kb_desk_flag_arg(call, "noodgeval");
	authority->reason = kb_text_trim(kb_desk_text_arg(call, "reden"));
	if (authority->reason.len > KB_ACCESS_REASON_BYTES_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA, "De reden heeft hoogstens %d tekens.",
				    KB_ACCESS_REASON_BYTES_MAX);
	}
	question.emergency = authority->emergency;
	question.has_reason = characters(authority->reason) >= KB_ACCESS_REASON_CHARS_MIN;
	err = read_persons(call, authority);
	if (err == KB_OK && of_case) {
		err = kb_case_get(kb_desk_step(call), case_no, &row);
		question.case_known = err == KB_OK;
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK && question.case_known) {
		question.case_desk = desk_of(call, &row);
		err = class_of_case(kb_desk_step(call), case_no, &question.case_class);
	}
	if (err == KB_OK) {
		err = ask(call, &question, question.case_known ? &row : NULL, &answer);
	}
	if (err != KB_OK) {
		return err;
	}
	return answer.err == KB_OK ? KB_OK : refuse(call, action, case_no, &answer);
}

void
kb_authorise_denied(struct kb_desk_call *call, const struct kb_user *user, enum kb_err err)
{
	call->denial = (struct kb_denial){ .err = err,
					   .user_no = (uint32_t)user->user_no,
					   .desk = user->desk,
					   .case_no = kb_desk_number_arg(call, "zaak"),
					   .rule = err == KB_ERR_UNKNOWN_USER ? "actief"
									      : "systeemaccount" };
}

enum kb_err
kb_authorise_row(struct kb_desk_call *call, uint64_t case_no, bool *sees)
{
	struct kb_authority *authority = &call->authority;
	struct kb_access_question question = { .action = KB_ACCESS_ROW,
					       .party = call->agent->role->kind,
					       .case_known = true };
	struct kb_access_answer answer;
	struct kb_case row;
	uint32_t responsible_no = authority->responsible_no;
	uint32_t desk = authority->desk;
	enum kb_err err = KB_OK;

	if (authority->row_asked && authority->row_case_no == case_no) {
		*sees = authority->row_sees;
		return KB_OK;
	}
	if (case_no != 0) {
		err = kb_case_get(kb_desk_step(call), case_no, &row);
	}
	question.case_desk = desk_of(call, case_no != 0 && err == KB_OK ? &row : NULL);
	if (err == KB_OK && case_no != 0) {
		err = class_of_case(kb_desk_step(call), case_no, &question.case_class);
	}
	if (err == KB_OK) {
		err = ask(call, &question, case_no != 0 ? &row : NULL, &answer);
	}
	if (err != KB_OK) {
		return err;
	}
	/* A list is the user's own; one with a row that is seen only for somebody else names that one, the first of them. */
	if (!answer.deputised || responsible_no != 0) {
		authority->responsible_no = responsible_no;
	}
	authority->desk = desk;
	*sees = answer.err == KB_OK;
	authority->row_asked = true;
	authority->row_case_no = case_no;
	authority->row_sees = *sees;
	authority->row_rule = answer.rule != NULL ? answer.rule->name : "";
	return KB_OK;
}

enum kb_err
kb_authorise_case(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_authority *authority = &call->authority;
	bool sees = false;
	enum kb_err err = case_no != 0 ? kb_authorise_row(call, case_no, &sees) : KB_OK;

	if (err != KB_OK) {
		return err;
	}
	if (!sees) {
		call->denial = (struct kb_denial){
			.err = KB_ERR_PERMISSION,
			.user_no = authority->self.user_no,
			.desk = authority->self.desk,
			.case_no = case_no,
			.rule = case_no != 0 ? authority->row_rule : "zaak-onbekend",
		};
		return kb_desk_fail(call, KB_ERR_PERMISSION, KB_ACCESS_SENTENCE);
	}
	return authority->responsible_no != 0
		       ? kb_act_viewed(kb_desk_act(call), call->verb->name, case_no, 1)
		       : KB_OK;
}
