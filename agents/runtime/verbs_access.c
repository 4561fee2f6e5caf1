/* SPDX-License-Identifier: EUPL-1.2 */
/* access who, trace, reviews, review: who has seen what, the course of a case, and the views with the noodknop. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/verbs.h"
#include "common/store/access.h"
#include "common/store/reviews.h"
#include "common/store/sent.h"
#include "common/store/users.h"

static void
function_cell(struct kb_desk_call *call, uint64_t user_no)
{
	struct kb_user user = { .function = KB_SPAN_NONE };

	kb_ignore(kb_user_get(kb_desk_step(call), user_no, kb_desk_arena(call), &user),
		  "who is not there any more has an empty cell");
	kb_desk_cell(call, user.function);
}

/* ---- access who ---- */

/* The fields of NEN 7513. A record whose year was erased is named as such: that somebody looked stays true. */
static enum kb_err
who_row(struct kb_desk_call *call, uint64_t ledger_seq)
{
	struct kb_access access = { .user_no = 0 };
	enum kb_err err =
		kb_access_get(kb_desk_step(call), ledger_seq, kb_desk_arena(call), &access);

	if (err == KB_ERR_NOT_FOUND) {
		kb_desk_row(call);
		kb_desk_cell_text(call, "");
		kb_desk_cell_text(call, "gewist");
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_time(call, access.at_utc_ms);
	kb_desk_cell_text(call, kb_record_type_name(access.event));
	kb_cell_user(call, access.user_no);
	function_cell(call, access.user_no);
	if (access.responsible_no != access.user_no) {
		kb_cell_user(call, access.responsible_no);
	} else {
		kb_desk_cell_text(call, "");
	}
	kb_desk_cell_text(call, kb_desk_name((enum kb_desk)access.desk));
	kb_desk_cell(call, access.what);
	kb_desk_cell_text(call, kb_ground_label((enum kb_ground)access.ground));
	kb_desk_cell_text(call, access.emergency ? "ja" : "nee");
	kb_desk_cell(call, access.reason);
	kb_desk_cell_number(call, ledger_seq);
	return KB_OK;
}

enum kb_err
kb_verb_access_who(struct kb_desk_call *call)
{
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	uint64_t seq = 0;
	enum kb_err err = KB_OK;

	kb_desk_section(
		call, "inzage",
		"wanneer|wat|wie|functie|namens|loket|scherm|grondslag|noodgeval|reden|regel");
	while (err == KB_OK) {
		err = kb_access_next(kb_desk_step(call), case_no, seq, &seq);
		if (err == KB_OK) {
			err = who_row(call, seq);
		}
	}
	return err == KB_ERR_NOT_FOUND ? kb_act_viewed(kb_desk_act(call), "access who", case_no, 1)
				       : err;
}

/* ---- access trace (R17) ---- */

static enum kb_err
trace_line(struct kb_desk_call *call, const struct kb_case_record *line)
{
	const char *self = kb_agent_self(kb_desk_agent(call))->text;
	struct kb_sent_row sent = { .sent_at_utc_ms = 0 };
	enum kb_err err = line->direction == KB_DIRECTION_OUT
				  ? kb_sent_get(kb_desk_step(call), &line->number, &sent)
				  : KB_OK;

	if (err != KB_OK) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_time(call, line->at_utc_ms);
	if (line->direction == KB_DIRECTION_LOCAL) {
		kb_desk_cell_text(call, kb_record_type_name((enum kb_record_type)line->kind));
		kb_desk_cell_text(call, self);
		return KB_OK;
	}
	kb_desk_cell_text(call, kb_kind_label(line->kind));
	if (line->direction == KB_DIRECTION_IN) {
		kb_cell_party(call, line->party_no);
		kb_desk_cell_text(call, self);
		kb_desk_cell_time(call, line->at_utc_ms);
	} else {
		kb_desk_cell_text(call, self);
		kb_cell_party(call, line->party_no);
		kb_desk_cell_time(call, sent.stored_at_utc_ms);
		kb_desk_cell_text(call, kb_sent_state_label(sent.state));
	}
	return KB_OK;
}

static enum kb_err
trace_case(struct kb_desk_call *call, const struct kb_case *row)
{
	struct kb_case_record *lines = NULL;
	size_t count = 0;
	enum kb_err err = kb_case_records(kb_desk_step(call), row->case_no, 0, kb_desk_arena(call),
					  &lines, &count);

	kb_desk_section(call, "zaak", "zaak|kenmerk|stand|geopend|laatst|gesloten");
	kb_desk_row(call);
	kb_desk_cell_number(call, row->case_no);
	kb_desk_cell_id(call, &row->case_id);
	kb_desk_cell_text(call, kb_flow_state_label(kb_desk_act(call), row));
	kb_desk_cell_time(call, row->opened_utc_ms);
	kb_desk_cell_time(call, row->last_activity_utc_ms);
	kb_desk_cell_time(call, row->closed_utc_ms);
	kb_desk_section(call, "verloop", "wanneer|stap|van|aan|ontvangen|stand");
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = kb_message_is_quiet(&lines[i]) ? KB_OK : trace_line(call, &lines[i]);
	}
	return err == KB_OK ? kb_show_clocks(call, row->case_no) : err;
}

enum kb_err
kb_verb_access_trace(struct kb_desk_call *call)
{
	struct kb_span for_whom = kb_desk_text_arg(call, "voor");
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	struct kb_case row;
	enum kb_err err = KB_OK;

	if (for_whom.len > 0 && !kb_span_equal(for_whom, kb_span_text("ouder")) &&
	    !kb_span_equal(for_whom, kb_span_text("deelnemer"))) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'voor' moet ouder of deelnemer zijn");
	}
	err = kb_case_get(kb_desk_step(call), case_no, &row);
	if (err == KB_OK) {
		err = trace_case(call, &row);
	}
	if (err == KB_OK) {
		call->authority.reason = for_whom; /* it is handed over: to whom is why */
		err = kb_act_accessed(kb_desk_act(call), KB_RECORD_PRINT, "access trace", case_no,
				      1);
	}
	return err;
}

/* ---- reviews of the noodknop ---- */

static enum kb_err
review_row(struct kb_desk_call *call, const struct kb_review *review)
{
	struct kb_access access = { .user_no = 0 };
	enum kb_err err =
		kb_access_get(kb_desk_step(call), review->ledger_seq, kb_desk_arena(call), &access);

	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	kb_desk_row(call);
	kb_desk_cell_number(call, review->ledger_seq);
	kb_desk_cell_time(call, review->at_utc_ms);
	kb_cell_user(call, review->user_no);
	function_cell(call, review->user_no);
	kb_desk_cell_number(call, review->case_no);
	kb_desk_cell(call, access.reason);
	kb_desk_cell_text(call, review->judgement == KB_JUDGEMENT_NONE
					? "open"
					: kb_judgement_name(review->judgement));
	kb_desk_cell_time(call, review->judged_utc_ms);
	if (review->judged_by_no != 0) {
		kb_cell_user(call, review->judged_by_no);
	} else {
		kb_desk_cell_text(call, "");
	}
	kb_desk_cell(call, review->explanation);
	return KB_OK;
}

enum kb_err
kb_verb_access_reviews(struct kb_desk_call *call)
{
	bool all = kb_desk_flag_arg(call, "alles");
	struct kb_review review = { .ledger_seq = 0 };
	uint32_t shown = 0;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "beoordelingen",
			"regel|wanneer|wie|functie|zaak|reden|oordeel|beoordeeld|door|toelichting");
	while (err == KB_OK) {
		err = kb_review_next(kb_desk_step(call), review.ledger_seq, kb_desk_arena(call),
				     &review);
		if (err == KB_OK && (all || review.judgement == KB_JUDGEMENT_NONE)) {
			err = review_row(call, &review);
			shown++;
		}
	}
	return err == KB_ERR_NOT_FOUND
		       ? kb_act_viewed(kb_desk_act(call), "access reviews", 0, shown)
		       : err;
}

/* Nobody judges the own view. */
static enum kb_err
check_reviewer(struct kb_desk_call *call, uint64_t seq)
{
	struct kb_review review = { .ledger_seq = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK && review.ledger_seq != seq) {
		err = kb_review_next(kb_desk_step(call), review.ledger_seq, kb_desk_arena(call),
				     &review);
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err,
				    "Er is geen inzage met noodknop op deze regel van het "
				    "logboek.");
	}
	if (err == KB_OK && review.user_no == kb_desk_user_no(call)) {
		return kb_desk_fail(call, KB_ERR_PERMISSION,
				    "Uw eigen inzage beoordeelt een ander.");
	}
	return err;
}

enum kb_err
kb_verb_access_review(struct kb_desk_call *call)
{
	struct kb_act *act = kb_desk_act(call);
	uint64_t seq = kb_desk_number_arg(call, "regel");
	enum kb_judgement judgement = kb_judgement_parse(kb_desk_text_arg(call, "oordeel"));
	struct kb_span explanation = kb_desk_text_arg(call, "toelichting");
	enum kb_err err = KB_OK;

	if (judgement == KB_JUDGEMENT_NONE) {
		return kb_desk_fail(call, KB_ERR_USAGE, "'oordeel' moet terecht of onterecht zijn");
	}
	if (explanation.len == 0 || explanation.len > KB_REVIEW_TEXT_MAX) {
		return kb_desk_fail(call, KB_ERR_DATA, "De toelichting heeft 1 tot %d tekens.",
				    KB_REVIEW_TEXT_MAX);
	}
	err = check_reviewer(call, seq);
	if (err == KB_OK) {
		err = kb_review_judge(act->step, seq, judgement, explanation, act->now_utc_ms,
				      act->user_no);
		if (err == KB_ERR_STATE) {
			err = kb_desk_fail(call, err, "Deze inzage is al beoordeeld.");
		}
	}
	if (err == KB_OK) {
		err = kb_log_administration(act, KB_ADMINISTRATION_REVIEWED, seq, seq);
	}
	if (err == KB_OK) {
		kb_desk_say(call, "De inzage op regel %llu is beoordeeld: %s.",
			    (unsigned long long)seq, kb_judgement_name(judgement));
	}
	return err;
}
