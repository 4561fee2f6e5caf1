/* SPDX-License-Identifier: EUPL-1.2 */
/* document list, document send, and what 'case show' says of attachments. */
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/case_board.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/message_words.h"
#include "common/base/text.h"
#include "common/exchange/categories.h"
#include "common/exchange/date.h"
#include "common/store/consent.h"
#include "common/wire/bijlage.h"

static const struct {
	enum kb_attachment_state state;
	const char *label;
} states[] = {

#define KB_ROW(name_, number, text) { .state = KB_ATTACHMENT_##name_, .label = (text) },
	KB_ATTACHMENT_STATE_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *
state_label(enum kb_attachment_state state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (states[i].state == state) {
			return states[i].label;
		}
	}
	return "";
}

/* ---- shown ---- */

static void
state_cell(struct kb_desk_call *call, enum kb_attachment_state state, uint32_t done, uint32_t count,
	   enum kb_attachment_rule rule, uint32_t reason)
{
	const char *label = state_label(state);

	if (state == KB_ATTACHMENT_COMING) {
		kb_desk_cellf(call, "%s: %u van %u delen", label, done, count);
	} else if (state == KB_ATTACHMENT_REFUSED) {
		kb_desk_cellf(call, "%s: %s (%s)", label, kb_attachment_rule_label(rule),
			      kb_attachment_rule_name(rule));
	} else if (state == KB_ATTACHMENT_STOPPED) {
		kb_desk_cellf(call, "%s: %s", label,
			      kb_desk_err_sentence(kb_err_from_reason(reason)));
	} else {
		kb_desk_cell_text(call, label);
	}
}

static void
categories_cell(struct kb_desk_call *call, uint32_t categories)
{
	char text[KB_DATA_COUNT * 20] = "";
	size_t len = 0;

	for (unsigned bit = 0; bit < KB_DATA_COUNT; bit++) {
		if ((categories & (1u << bit)) != 0 && len < sizeof(text)) {
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
						len > 0 ? "," : "", kb_data_name(1u << bit));
		}
	}
	kb_desk_cell_text(call, text);
}

static void
attachment_row(struct kb_desk_call *call, const struct kb_attachment *attachment)
{
	char hex[KB_HASH_BYTES * 2 + 1];

	kb_hex_encode(KB_SPAN_OF(attachment->sha256), hex);
	kb_desk_row(call);
	kb_desk_cell_number(call, attachment->item_no);
	kb_desk_cell(call, attachment->sort);
	kb_desk_cell(call, attachment->name);
	kb_desk_cell_text(call, kb_attachment_type_label(attachment->type));
	kb_desk_cell_number(call, attachment->bytes);
	kb_desk_cell_day(call, attachment->day);
	kb_desk_cell_time(call, attachment->at_utc_ms);
	kb_desk_cell_text(call, attachment->from.text);
	state_cell(call, attachment->state, kb_attachment_present_count(attachment),
		   kb_chunk_count(attachment->bytes), attachment->rule, attachment->reason);
	categories_cell(call, attachment->categories);
	kb_desk_cell_text(call, hex);
}

static void
reader_row(struct kb_desk_call *call, const struct kb_attachment *attachment,
	   const struct kb_attachment_reader *reader)
{
	kb_desk_row(call);
	kb_desk_cell_number(call, attachment->item_no);
	kb_desk_cell_text(call, reader->party.text);
	kb_desk_cell_time(call, reader->at_utc_ms);
	state_cell(call, reader->state, reader->asked, kb_chunk_count(attachment->bytes),
		   reader->rule, reader->reason);
}

enum kb_err
kb_attachment_sees(struct kb_desk_call *call, const struct kb_attachment *attachment, bool *sees)
{
	struct kb_case_item item = { .author_party_no = KB_PARTY_NO_SELF,
				     .author_user_no = attachment->author_user_no,
				     .visibility = kb_attachment_visibility(attachment) };
	struct kb_case row;
	enum kb_err err = kb_case_get(kb_desk_step(call), attachment->case_no, &row);

	*sees = err == KB_OK && kb_board_sees(call, &row, &item);
	return err;
}

static enum kb_err
each(struct kb_desk_call *call, uint64_t case_no, bool readers, size_t *count)
{
	struct kb_attachment one = { .item_no = 0 };
	bool sees = false;
	enum kb_err err = KB_OK;

	*count = 0;
	while (err == KB_OK) {
		err = kb_attachment_next(kb_desk_step(call), case_no, kb_desk_arena(call), &one);
		if (err == KB_OK) {
			err = kb_attachment_sees(call, &one, &sees);
		}
		if (err == KB_OK && sees && !readers) {
			attachment_row(call, &one);
			(*count)++;
		}
		for (size_t i = 0; err == KB_OK && sees && readers && i < one.reader_count; i++) {
			reader_row(call, &one, &one.readers[i]);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
show_all(struct kb_desk_call *call, uint64_t case_no)
{
	size_t count = 0;
	enum kb_err err = KB_OK;

	kb_desk_section(call, "bijlagen",
			"nummer|soort|naam|type|bytes|datum|sinds|van|stand|gegevens|sha256");
	err = each(call, case_no, false, &count);
	if (err == KB_OK && count > 0) {
		kb_desk_section(call, "bijlagen bij anderen", "nummer|partij|sinds|stand");
		err = each(call, case_no, true, &count);
	}
	return err;
}

enum kb_err
kb_attachment_sections(struct kb_desk_call *call, uint64_t case_no)
{
	struct kb_attachment first = { .item_no = 0 };
	enum kb_err err =
		kb_attachment_next(kb_desk_step(call), case_no, kb_desk_arena(call), &first);

	if (err == KB_OK) {
		err = show_all(call, case_no);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_verb_document_list(struct kb_desk_call *call)
{
	uint64_t case_no = kb_desk_number_arg(call, "zaak");
	enum kb_err err = kb_act_viewed(kb_desk_act(call), "document list", case_no, 1);

	return err == KB_OK ? show_all(call, case_no) : err;
}

/* ---- document send ---- */

/* Everything of the announcement but its ground. */
static enum kb_err
write_content(const struct kb_attachment *attachment, struct kb_buf *out)
{
	struct kb_bijlage message = { .sha256 = attachment->sha256,
				      .bytes = (uint32_t)attachment->bytes,
				      .type = attachment->type,
				      .sort = attachment->sort,
				      .name = attachment->name,
				      .date = kb_date_number(attachment->day),
				      .categories = attachment->categories,
				      .seen_on = kb_date_number(attachment->seen_day),
				      .parts = attachment->parts };

	return kb_bijlage_encode(&message, out);
}

/* Of a case that follows a route: for its purpose, to the desk of the recipient's role in it. */
static enum kb_err
fill_from_route(struct kb_act *act, struct kb_outgoing *outgoing)
{
	struct kb_flow flow = { .act = act };
	uint32_t role = 0;
	enum kb_err err = kb_flow_load(act, outgoing->case_no, &flow);

	if (err != KB_OK || flow.view == NULL) {
		return err;
	}
	role = kb_chain_roles_of(flow.view, &outgoing->recipient) & KB_ROUTE_ROLES_HELD;
	if (outgoing->purpose == KB_PURPOSE_UNSPECIFIED) {
		outgoing->purpose = flow.route->purpose;
	}
	if (outgoing->desk == KB_DESK_UNSPECIFIED && role != 0) {
		outgoing->desk = kb_route_role_desk(role);
	}
	return KB_OK;
}

/* The toestemmingen of the case, one after another, until one covers it. */
static enum kb_err
try_consents(struct kb_act *act, struct kb_outgoing *outgoing, struct kb_id *consent_id)
{
	struct kb_consent row = { .consent_no = 0 };
	enum kb_err first = KB_ERR_NO_CONSENT;
	enum kb_err err = KB_OK;

	outgoing->ground = KB_GROUND_TOESTEMMING;
	while (err == KB_OK) {
		err = kb_consent_next_of_case(act->step, outgoing->case_no, row.consent_no,
					      act->arena, &row);
		if (err == KB_OK) {
			enum kb_err may = KB_OK;

			*consent_id = row.consent_id;
			outgoing->consent_ref = KB_SPAN_OF(consent_id->bytes);
			may = kb_act_may_send(act, outgoing);
			if (may == KB_OK || kb_err_category(may) != KB_CATEGORY_REFUSED) {
				return may;
			}
			first = first == KB_ERR_NO_CONSENT ? may : first;
		}
	}
	return err == KB_ERR_NOT_FOUND ? first : err;
}

/* On a task where the table allows that, else under a toestemming; what the user names is not changed. */
static enum kb_err
choose_ground(struct kb_desk_call *call, struct kb_outgoing *outgoing, struct kb_id *consent_id)
{
	struct kb_act *act = kb_desk_act(call);
	enum kb_ground named = outgoing->ground;
	enum kb_err task = KB_ERR_NO_GROUND;
	enum kb_err consent = KB_OK;
	enum kb_err err = fill_from_route(act, outgoing);

	if (err != KB_OK) {
		return err;
	}
	if (kb_desk_has(call, "toestemming")) {
		*consent_id = kb_desk_id_arg(call, "toestemming");
		outgoing->consent_ref = KB_SPAN_OF(consent_id->bytes);
		outgoing->ground = named == KB_GROUND_UNSPECIFIED ? KB_GROUND_TOESTEMMING : named;
		return kb_act_may_send(act, outgoing);
	}
	if (named != KB_GROUND_TOESTEMMING) {
		outgoing->ground =
			named == KB_GROUND_UNSPECIFIED ? KB_GROUND_WETTELIJKE_TAAK : named;
		task = kb_act_may_send(act, outgoing);
		if (task == KB_OK || named != KB_GROUND_UNSPECIFIED ||
		    kb_err_category(task) != KB_CATEGORY_REFUSED) {
			return task;
		}
	}
	consent = try_consents(act, outgoing, consent_id);
	/* Where a task is possible at all, what it lacks says more than that there is no toestemming. */
	return consent == KB_ERR_NO_CONSENT && task != KB_ERR_NO_GROUND &&
			       task != KB_ERR_NOT_ALLOWED
		       ? task
		       : consent;
}

static enum kb_err
get_own(struct kb_desk_call *call, struct kb_attachment *out)
{
	uint64_t number = kb_desk_number_arg(call, "nummer");
	enum kb_err err =
		number > 0 && number <= UINT32_MAX
			? kb_attachment_get(kb_desk_step(call), kb_desk_number_arg(call, "zaak"),
					    (uint32_t)number, kb_desk_arena(call), out)
			: KB_ERR_NOT_FOUND;

	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err,
				    "'nummer': deze bijlage is er niet; 'ketenbode document list' "
				    "noemt ze");
	}
	if (err == KB_OK && !kb_party_id_empty(&out->from)) {
		return kb_desk_fail(
			call, KB_ERR_STATE,
			"Niet verstuurd: deze bijlage is van %s; vraag die partij om haar "
			"te sturen",
			out->from.text);
	}
	if (err == KB_OK && out->categories == 0) {
		return kb_desk_fail(
			call, KB_ERR_INCOMPLETE,
			"Niet verstuurd: van deze bijlage is niet gezegd wat erin staat. "
			"Voeg haar toe met --gegevens");
	}
	return err;
}

/* A new one, or the one that it was announced to before. */
static enum kb_err
take_reader(struct kb_attachment *attachment, const struct kb_party_id *party,
	    struct kb_attachment_reader **out)
{
	for (size_t i = 0; i < attachment->reader_count; i++) {
		if (kb_party_id_equal(&attachment->readers[i].party, party)) {
			*out = &attachment->readers[i];
			return KB_OK;
		}
	}
	if (attachment->reader_count == KB_ATTACHMENT_READERS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	*out = &attachment->readers[attachment->reader_count++]; /* room: kb_attachment_unpack() */
	return KB_OK;
}

static enum kb_err
announce(struct kb_desk_call *call, struct kb_attachment *attachment, struct kb_outgoing outgoing)
{
	struct kb_act *act = kb_desk_act(call);
	struct kb_attachment_reader *reader = NULL;
	struct kb_sent_ref ref;
	struct kb_id consent_id = { { 0 } };
	enum kb_err err = choose_ground(call, &outgoing, &consent_id);

	if (err == KB_OK && act->agent->profile != NULL) {
		outgoing.profile_hash = KB_SPAN_OF(act->agent->profile->hash.bytes);
	}
	if (err == KB_OK) {
		err = kb_act_send(act, &outgoing, &ref);
	}
	if (err != KB_OK) {
		return kb_words_refused(call, err, 0);
	}
	err = take_reader(attachment, &outgoing.recipient, &reader);
	if (err == KB_OK) {
		*reader = (struct kb_attachment_reader){ .party = outgoing.recipient,
							 .message_id = ref.message_id,
							 .purpose = outgoing.purpose,
							 .ground = outgoing.ground,
							 .desk = outgoing.desk,
							 .consent_ref = consent_id,
							 .state = KB_ATTACHMENT_ANNOUNCED,
							 .at_utc_ms = act->now_utc_ms };
		err = kb_attachment_put(act, attachment);
	}
	return err;
}

enum kb_err
kb_verb_document_send(struct kb_desk_call *call)
{
	struct kb_outgoing outgoing = { .kind = KB_KIND_BIJLAGE,
					.recipient = kb_desk_party_arg(call, "aan") };
	struct kb_attachment attachment = { .item_no = 0 };
	struct kb_buf content = { 0 };
	enum kb_err err = get_own(call, &attachment);

	if (err == KB_OK) {
		err = kb_words_read(call, &outgoing);
	}
	if (err == KB_OK) {
		err = write_content(&attachment, &content);
	}
	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = announce(call, &attachment, outgoing);
	}
	kb_buf_wipe(&content);
	if (err == KB_OK) {
		kb_desk_say(call, "Bijlage %u is aangekondigd; de ontvanger haalt haar zelf op.",
			    attachment.item_no);
	}
	return err;
}
