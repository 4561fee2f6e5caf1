/* SPDX-License-Identifier: EUPL-1.2 */
/* Fetching an attachment: what to ask for next, and the end. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/documents.h"
#include "agents/runtime/notes.h"
#include "common/store/parties.h"
#include "common/wire/bijlage.h"

static uint32_t
missing_before(const struct kb_attachment *attachment, uint32_t end)
{
	uint32_t missing = 0;

	for (uint32_t i = 0; i < end; i++) {
		missing += kb_attachment_is_present(attachment, i) ? 0 : 1;
	}
	return missing;
}

static enum kb_err
send_question(struct kb_act *act, const struct kb_attachment *attachment, uint32_t first,
	      uint32_t count)
{
	struct kb_bijlage_opvraag question = { .sha256 = attachment->sha256,
					       .first = first,
					       .count = count };
	struct kb_outgoing outgoing = { .recipient = attachment->from,
					.kind = KB_KIND_BIJLAGE_OPVRAAG,
					.case_no = attachment->case_no };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_bijlage_opvraag_encode(&question, &content);

	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send_if_there(act, &outgoing);
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_attachment_ask(struct kb_act *act, struct kb_attachment *attachment)
{
	uint32_t count = kb_chunk_count(attachment->bytes);
	uint32_t open = missing_before(attachment, attachment->asked);
	uint32_t run = 0;
	enum kb_err err = KB_OK;

	/* Half a window at a time: a question for every part would cost as many messages again. */
	if (attachment->state != KB_ATTACHMENT_COMING || open > KB_ATTACHMENT_WINDOW / 2) {
		return KB_OK;
	}
	while (attachment->asked < count &&
	       kb_attachment_is_present(attachment, attachment->asked)) {
		attachment->asked++;
	}
	while (open + run < KB_ATTACHMENT_WINDOW && attachment->asked + run < count &&
	       !kb_attachment_is_present(attachment, attachment->asked + run)) {
		run++;
	}
	if (run > 0) {
		err = send_question(act, attachment, attachment->asked, run);
		attachment->asked += run;
		attachment->asked_utc_ms = act->now_utc_ms;
	}
	return err;
}

/* ---- the end ---- */

enum kb_err
kb_attachment_tell_outcome(struct kb_act *act, const struct kb_attachment *attachment)
{
	struct kb_bijlage_uitkomst outcome = {
		.sha256 = attachment->sha256,
		.rule = kb_span_text(kb_attachment_rule_name(attachment->rule)),
	};
	struct kb_outgoing outgoing = { .recipient = attachment->from,
					.kind = KB_KIND_BIJLAGE_UITKOMST,
					.case_no = attachment->case_no };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_bijlage_uitkomst_encode(&outcome, &content);

	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send_if_there(act, &outgoing);
	}
	kb_buf_release(&content);
	return err;
}

static enum kb_err
raise(struct kb_act *act, uint64_t case_no, uint32_t flags)
{
	struct kb_case *row = NULL;
	enum kb_err err = kb_case_edit(act->step, case_no, &row);

	if (err == KB_OK) {
		kb_case_raise(row, flags, act->now_utc_ms);
	}
	return err;
}

enum kb_err
kb_attachment_finish(struct kb_act *act, struct kb_attachment *attachment,
		     enum kb_attachment_type type, enum kb_attachment_rule rule)
{
	bool refused = rule != KB_ATTACHMENT_RULE_OK || type != attachment->type;
	struct kb_document paper = { .sort = attachment->sort,
				     .name = attachment->name,
				     .hash = attachment->sha256,
				     .bytes = attachment->bytes,
				     .day = attachment->day };
	bool known = false;
	enum kb_err err = KB_OK;

	/* Announced as something else than it is: like a name that does not fit. */
	attachment->rule =
		rule == KB_ATTACHMENT_RULE_OK && refused ? KB_ATTACHMENT_RULE_NAAM : rule;
	attachment->state = refused ? KB_ATTACHMENT_REFUSED : KB_ATTACHMENT_WHOLE;
	err = kb_attachment_tell_outcome(act, attachment);
	/* One that was fetched again stands there already. */
	if (err == KB_OK && !refused) {
		err = kb_document_known(act->step, attachment->case_no, act->arena,
					&attachment->sha256, &known);
	}
	if (err == KB_OK && !refused && !known) {
		err = kb_document_add(act, attachment->case_no, &paper, &attachment->from);
	}
	if (err == KB_OK) {
		err = raise(act, attachment->case_no, refused ? KB_INBOX_PROBLEM : 0);
	}
	return err == KB_OK ? kb_attachment_put(act, attachment) : err;
}
