/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages about toestemmingen: given or changed, withdrawn, withdrawal carried out. The runtime answers them for every role. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"

/* What came in, and what is held about it. */
struct statement {
	struct kb_span ondertekend;
	struct kb_toestemming toestemming;
	struct kb_consent_held held; /* row.consent_no 0: unknown here */
	enum kb_toestemming_step step;
};

static bool
names(const struct statement *statement, const struct kb_party_id *party)
{
	return kb_toestemming_names(&statement->toestemming, party) ||
	       (statement->held.has_statement &&
		kb_toestemming_names(&statement->held.statement, party));
}

/* Everything that can refuse it, before anything is kept. */
static enum kb_err
check_statement(struct kb_act *act, const struct kb_received *received, struct statement *statement)
{
	const struct kb_toestemming *toestemming = &statement->toestemming;
	bool withdrawal = toestemming->status == KB_TOESTEMMING_INGETROKKEN;

	if (withdrawal != (received->kind == KB_KIND_TOESTEMMING_INGETROKKEN) ||
	    !kb_id_equal(&toestemming->case_id, &received->case_id)) {
		return KB_ERR_BAD_VALUE;
	}
	/* Between parties that it names, now or before: nobody else has to know of it. */
	if (!names(statement, &received->sender) ||
	    !names(statement, &act->agent->identity->self)) {
		return KB_ERR_NOT_ALLOWED;
	}
	if (statement->held.has_statement) {
		statement->step = kb_toestemming_next(&statement->held.statement, toestemming);
	}
	return statement->step == KB_TOESTEMMING_FOREIGN ? KB_ERR_NOT_ALLOWED : KB_OK;
}

/* The version that a withdrawal ends comes with it. Here an older one may be held, which does not name who withdrew. */
static enum kb_err
read_ended(struct kb_act *act, struct statement *statement)
{
	struct kb_span carried = act->agent->receiver.incoming->opened.body.toestemming;
	struct kb_toestemming ended;
	enum kb_err err = KB_OK;

	if (carried.len == 0) {
		return KB_OK;
	}
	err = kb_consent_open(act, carried, &ended);
	if (err != KB_OK) {
		return kb_receive_is_refusal(err) && err != KB_ERR_BUSY ? KB_OK : err;
	}
	if (!statement->held.has_statement ||
	    kb_toestemming_next(&statement->held.statement, &ended) == KB_TOESTEMMING_NEWER) {
		statement->held.statement = ended;
		statement->held.has_statement = true;
	}
	return KB_OK;
}

static enum kb_err
read_statement(struct kb_act *act, const struct kb_received *received, struct statement *statement)
{
	struct kb_toestemming_bericht message;
	enum kb_err err = kb_toestemming_bericht_decode(received->content, act->arena, &message);

	if (err == KB_OK) {
		statement->ondertekend = message.ondertekend;
		err = kb_consent_open(act, message.ondertekend, &statement->toestemming);
	}
	if (err == KB_OK) {
		err = kb_consent_load(act, &statement->toestemming.toestemming_id,
				      &statement->held);
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		err = read_ended(act, statement);
	}
	return err == KB_OK ? check_statement(act, received, statement) : err;
}

/* The withdrawal has been carried out here. */
static enum kb_err
confirm(struct kb_act *act, const struct kb_received *received, uint64_t case_no,
	const struct kb_toestemming *withdrawal, const struct kb_consent_counts *counts)
{
	struct kb_toestemming_bevestiging confirmation = {
		.toestemming_id = withdrawal->toestemming_id,
		.versie = withdrawal->versie,
		.at_utc_ms = act->now_utc_ms,
		.recalled_count = counts->recalled,
		.received_count = counts->received,
	};
	struct kb_outgoing outgoing = { .recipient = received->sender,
					.kind = KB_KIND_TOESTEMMING_BEVESTIGING,
					.case_no = case_no,
					.in_reply_to = &received->message_id };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_toestemming_bevestiging_encode(&confirmation, &content);

	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		/* Who left the register meanwhile waits for no answer. */
		err = kb_act_send_if_there(act, &outgoing);
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_consent_handle_statement(struct kb_act *act, const struct kb_received *received)
{
	struct statement statement = { .step = KB_TOESTEMMING_NEWER };
	struct kb_consent_counts counts = { 0 };
	struct kb_consent_held held;
	struct kb_case *row = NULL;
	enum kb_err err = read_statement(act, received, &statement);

	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_NONE, &row, NULL);
	}
	if (err != KB_OK) {
		return err;
	}
	if (row->desk == KB_DESK_UNSPECIFIED) {
		/* It came before anything else of its case: whose work that will be, its purpose says. */
		row->desk = kb_permit_desk(statement.toestemming.purpose, act->own_kind);
	}
	/* A person has to know that the ground under a case changed. */
	kb_case_raise(row, 0, act->now_utc_ms);
	if (received->kind == KB_KIND_TOESTEMMING_VERLEEND) {
		return kb_consent_take(act, row->case_no, statement.ondertekend,
				       received->sender_no);
	}
	/* Accepting has taken in what came along. */
	err = kb_consent_load(act, &statement.toestemming.toestemming_id, &held);
	if (err == KB_ERR_NOT_FOUND) {
		held = (struct kb_consent_held){ .row = { .case_no = row->case_no } };
		err = KB_OK;
	}
	if (err == KB_OK) {
		err = kb_consent_end(act, &held, &statement.toestemming, statement.ondertekend,
				     received->sender_no, &counts);
	}
	return err == KB_OK ? confirm(act, received, row->case_no, &statement.toestemming, &counts)
			    : err;
}

enum kb_err
kb_consent_handle_confirmation(struct kb_act *act, const struct kb_received *received)
{
	struct kb_toestemming_bevestiging confirmation;
	struct kb_consent_held held;
	enum kb_err err =
		kb_toestemming_bevestiging_decode(received->content, act->arena, &confirmation);

	/* A confirmation of what was never withdrawn here says nothing. */
	if (err == KB_OK) {
		err = kb_consent_load(act, &confirmation.toestemming_id, &held);
	}
	if (err == KB_OK && (!held.has_withdrawal || held.row.case_no != received->case_no)) {
		err = KB_ERR_STATE;
	}
	/* The message itself, in the log and the timeline of the case, is what is kept of it. */
	return err == KB_OK ? kb_act_accept(act, received, KB_CASE_KIND_NONE, NULL, NULL) : err;
}
