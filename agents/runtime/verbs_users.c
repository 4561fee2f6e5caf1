/* SPDX-License-Identifier: EUPL-1.2 */
/* user add, user end, user list. */
#include <limits.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/permission.h"
#include "agents/runtime/verbs.h"
#include "common/exchange/date.h"
#include "common/store/record.h"
#include "common/store/users.h"

/* X(word, bits) */
static const struct {
	const char *word;
	uint32_t roles;
} role_words[] = {
	{ "medewerker", KB_USER_DESK },
	{ "beheerder", KB_USER_BEHEERDER },
	{ "fg", KB_USER_FG },
};

enum kb_err
kb_log_administration(struct kb_act *act, enum kb_administration code, uint64_t number,
		      uint64_t ref_seq)
{
	struct kb_record record = { .type = KB_RECORD_ADMINISTRATION,
				    .at_utc_ms = act->now_utc_ms,
				    .user_no = act->user_no,
				    .ref_seq = ref_seq,
				    .code = (uint32_t)code,
				    .count = number };
	uint64_t seq = 0;

	return kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);
}

/* R36: where nobody is employed by the party itself, no account stays open by itself. */
static enum kb_err
check_end_date(struct kb_desk_call *call)
{
	uint32_t region = kb_permission_region(kb_desk_agent(call));
	const struct kb_access_question question = {
		.action = KB_ACCESS_USER_ADD,
		.end_date_required = (region & KB_REGION_ACCOUNT_EINDDATUM) != 0,
		.has_end_date = kb_desk_has(call, "tot"),
	};
	struct kb_access_answer answer;

	return kb_access_decide(&question, &answer) == KB_OK
		       ? KB_OK
		       : kb_desk_fail(call, answer.err,
				      "In deze regio heeft iedere medewerker een einddatum: geef "
				      "'tot' (regel %s).",
				      answer.rule->name);
}

static enum kb_err
read_roles(struct kb_desk_call *call, struct kb_user *user)
{
	struct kb_span word = kb_desk_text_arg(call, "rol");
	struct kb_span desk = kb_desk_text_arg(call, "loket");

	user->roles = word.len == 0 ? KB_USER_DESK : 0;
	for (size_t i = 0; i < sizeof(role_words) / sizeof(role_words[0]); i++) {
		if (kb_span_equal(word, kb_span_text(role_words[i].word))) {
			user->roles = role_words[i].roles;
		}
	}
	if (user->roles == 0) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "'rol' moet beheerder, medewerker of fg zijn");
	}
	user->desk = (uint32_t)kb_agent_role(kb_desk_agent(call))->desks[0];
	if (desk.len > 0) {
		user->desk = (uint32_t)kb_desk_parse(desk);
		if (user->desk == KB_DESK_UNSPECIFIED) {
			return kb_desk_fail(call, KB_ERR_USAGE, "dit loket bestaat niet");
		}
	}
	return KB_OK;
}

enum kb_err
kb_verb_user_add(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_user user = { .name = kb_desk_text_arg(call, "naam"),
				.function = kb_desk_text_arg(call, "functie"),
				.valid_until_day = INT32_MAX,
				.created_utc_ms = act->now_utc_ms,
				.created_by_no = act->user_no,
				.uid = UINT32_MAX,
				.organisatie = kb_desk_party_arg(call, "organisatie") };
	enum kb_err err = read_roles(call, &user);

	if (err == KB_OK &&
	    (user.name.len == 0 || user.name.len > KB_WIRE_PERSON_BYTES_MAX ||
	     user.function.len == 0 || user.function.len > KB_WIRE_FUNCTION_BYTES_MAX)) {
		err = kb_desk_fail(call, KB_ERR_USAGE,
				   "een naam heeft 1 tot %u tekens, een functie 1 tot %u",
				   KB_WIRE_PERSON_BYTES_MAX, KB_WIRE_FUNCTION_BYTES_MAX);
	}
	if (err == KB_OK) {
		err = check_end_date(call);
	}
	if (err == KB_OK && kb_desk_has(call, "tot")) {
		user.valid_until_day = kb_desk_date_arg(call, "tot");
	}
	/* Without an account the one who adds speaks for the user: the usual case on a single machine. */
	user.uid = kb_desk_has(call, "account") ? (uint32_t)kb_desk_number_arg(call, "account")
						: call->client.uid;
	if (err == KB_OK) {
		err = kb_user_put(act->step, &user);
		if (err == KB_ERR_EXISTS) {
			err = kb_desk_fail(call, err, "er is al een gebruiker met deze naam");
		}
	}
	if (err == KB_OK) {
		err = kb_log_administration(act, KB_ADMINISTRATION_USER_ADDED, user.user_no, 0);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "Gebruiker nummer %llu is toegevoegd.",
			    (unsigned long long)user.user_no);
	}
	return err;
}

enum kb_err
kb_verb_user_end(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_user user;
	enum kb_err err =
		kb_user_find(act->step, kb_desk_text_arg(call, "naam"), act->arena, &user);

	if (err == KB_OK) {
		err = kb_user_end(act->step, user.user_no, act->now_utc_ms, act->user_no);
		if (err == KB_ERR_STATE) {
			err = kb_desk_fail(call, err,
					   "de toegang van deze gebruiker was al "
					   "beeindigd");
		}
	}
	if (err == KB_OK) {
		err = kb_log_administration(act, KB_ADMINISTRATION_USER_ENDED, user.user_no, 0);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "De toegang van gebruiker nummer %llu is beeindigd.",
			    (unsigned long long)user.user_no);
	}
	return err;
}

enum kb_err
kb_verb_user_list(struct kb_desk_call *call)
{
	struct kb_step *step = kb_desk_step(call);
	int64_t now = kb_desk_now_utc_ms(call);
	struct kb_user user = { 0 };
	enum kb_err err = kb_user_next(step, 0, kb_desk_arena(call), &user);

	kb_desk_section(call, "gebruikers",
			"nummer|naam|functie|loket|account|tot|actief|organisatie");
	while (err == KB_OK) {
		kb_desk_row(call);
		kb_desk_cell_number(call, user.user_no);
		kb_desk_cell(call, user.name);
		kb_desk_cell(call, user.function);
		kb_desk_cell_text(call, kb_desk_name((enum kb_desk)user.desk));
		if (user.uid == UINT32_MAX) {
			kb_desk_cell_text(call, "");
		} else {
			kb_desk_cell_number(call, user.uid);
		}
		kb_desk_cell_day(call, user.valid_until_day == INT32_MAX ? KB_DAY_NONE
									 : user.valid_until_day);
		kb_desk_cell_text(call, kb_user_active(&user, now, kb_date_local_day(now)) ? "ja"
											   : "nee");
		kb_desk_cell_text(call, user.organisatie.text);
		err = kb_user_next(step, user.user_no, kb_desk_arena(call), &user);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
