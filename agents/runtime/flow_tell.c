/* SPDX-License-Identifier: EUPL-1.2 */
/* Records of a case to the other participants, and whom they do not reach. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "agents/runtime/flow_internal.h"
#include "common/exchange/date.h"
#include "common/store/case_items.h"
#include "common/store/codec.h"
#include "common/wire/zaak.h"

/* Bytes of records in one message to who has missed some: what a message holds, with room for the lengths. */
#define RECORDS_BYTES_MAX ((size_t)400 * 1024)
#define UNINFORMED_VERSION 1

/* ---- the ground of what is told ---- */

enum kb_err
kb_flow_consent(struct kb_flow *flow, const struct kb_party_id *party, struct kb_id *consent_id)
{
	struct kb_act *act = flow->act;
	struct kb_consent row = { .consent_no = 0 };
	struct kb_consent_held held;
	struct kb_toestemming_merged standing;
	int32_t today = kb_date_local_day(act->now_utc_ms);
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_consent_next_of_case(act->step, flow->row->case_no, row.consent_no,
					      act->arena, &row);
		if (err == KB_OK) {
			err = kb_consent_decode(act, &row, &held);
		}
		if (err == KB_OK) {
			kb_consent_standing(&held, &standing);
			if (kb_toestemming_covers(&standing.toestemming, &flow->row->case_id,
						  flow->route->purpose, kb_agent_self(act->agent),
						  party, KB_DATA_PROCES, today) == KB_OK) {
				*consent_id = row.consent_id;
				return KB_OK;
			}
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_ERR_NO_CONSENT : err;
}

/* Without a toestemming that covers it the table says whether one would do; never that it may go. */
static enum kb_err
ask_table(struct kb_flow *flow, const struct kb_outgoing *outgoing, enum kb_err consent)
{
	enum kb_err err = kb_act_may_send(flow->act, outgoing);

	return consent == KB_OK || err != KB_OK ? err : consent;
}

/* Purpose and ground of the route, else of another row for the same purpose. The end of a case has one of its own. Refused: why the
 * first ground is not enough, unless a toestemming would do. */
static enum kb_err
choose_ground(struct kb_flow *flow, struct kb_outgoing *outgoing, struct kb_id *consent_id)
{
	const enum kb_ground grounds[] = { flow->route->ground, KB_GROUND_WETTELIJKE_TAAK,
					   KB_GROUND_TOESTEMMING };
	struct kb_permit_answer refused = { .row = NULL };
	enum kb_err first = KB_OK;

	if (outgoing->kind == KB_KIND_ZAAK_EINDE) {
		outgoing->desk = KB_DESK_UNSPECIFIED;
		return kb_act_may_send(flow->act, outgoing);
	}
	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		enum kb_err err = KB_OK;

		outgoing->purpose = flow->route->purpose;
		outgoing->ground = grounds[i];
		outgoing->consent_ref = KB_SPAN_NONE;
		flow->act->refused = (struct kb_permit_answer){ .row = NULL };
		if (grounds[i] == KB_GROUND_TOESTEMMING) {
			err = kb_flow_consent(flow, &outgoing->recipient, consent_id);
			outgoing->consent_ref =
				err == KB_OK ? KB_SPAN_OF(consent_id->bytes) : KB_SPAN_NONE;
		}
		if (err == KB_OK || err == KB_ERR_NO_CONSENT) {
			err = ask_table(flow, outgoing, err);
		}
		if (err == KB_OK || kb_err_category(err) != KB_CATEGORY_REFUSED) {
			return err;
		}
		if (first == KB_OK || (first == KB_ERR_NO_GROUND && err == KB_ERR_NO_CONSENT)) {
			refused = flow->act->refused;
			first = err;
		}
	}
	flow->act->refused = refused;
	return first;
}

enum kb_err
kb_flow_may_tell(struct kb_flow *flow, const struct kb_party_id *party, uint32_t role)
{
	struct kb_id consent_id = { { 0 } };
	struct kb_outgoing outgoing = { .recipient = *party,
					.kind = KB_KIND_ZAAK_REGEL,
					.case_no = flow->row->case_no,
					.desk = kb_route_role_desk(role) };

	return choose_ground(flow, &outgoing, &consent_id);
}

enum kb_err
kb_flow_send(struct kb_flow *flow, const struct kb_party_id *party, uint32_t role,
	     enum kb_kind kind, struct kb_span content)
{
	struct kb_id consent_id = { { 0 } };
	struct kb_outgoing outgoing = { .recipient = *party,
					.kind = kind,
					.case_no = flow->row->case_no,
					.content = content,
					.profile_hash = KB_SPAN_OF(flow->row->profile_hash.bytes),
					.desk = kb_route_role_desk(role) };
	enum kb_err err = choose_ground(flow, &outgoing, &consent_id);

	return err == KB_OK ? kb_act_send(flow->act, &outgoing, NULL) : err;
}

/* ---- whom it does not reach: niet op de hoogte (reden) ---- */

enum kb_err
kb_flow_uninformed_read(struct kb_span payload, struct kb_flow_uninformed *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, payload, UNINFORMED_VERSION);
	kb_unpack_party(&unpack, &out->party);
	out->reason = kb_unpack_u32(&unpack);
	out->revision = kb_unpack_u32(&unpack);
	return kb_unpack_end(&unpack);
}

/* The open item about that party; item_no 0 when there is none. */
static enum kb_err
find_uninformed(struct kb_act *act, uint64_t case_no, const struct kb_party_id *party,
		struct kb_case_item *out)
{
	struct kb_case_item item = { .item_no = 0 };
	struct kb_flow_uninformed what;
	enum kb_err err = KB_OK;

	*out = (struct kb_case_item){ .case_no = case_no,
				      .type = KB_ITEM_UNINFORMED,
				      .author_party_no = KB_PARTY_NO_SELF,
				      .at_utc_ms = act->now_utc_ms,
				      .visibility = KB_VISIBILITY_DESK };
	while (err == KB_OK) {
		err = kb_case_item_next(act->step, case_no, KB_ITEM_UNINFORMED, item.item_no,
					act->arena, &item);
		if (err == KB_OK) {
			err = kb_flow_uninformed_read(item.payload, &what);
		}
		if (err == KB_OK && item.done_utc_ms == 0 &&
		    kb_party_id_equal(&what.party, party)) {
			*out = item;
			return KB_OK;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
note_uninformed(struct kb_act *act, uint64_t case_no, const struct kb_party_id *party,
		enum kb_err reason, uint32_t revision)
{
	struct kb_case_item item;
	struct kb_case *row = NULL;
	struct kb_buf payload = { 0 };
	struct kb_pack pack;
	enum kb_err err = find_uninformed(act, case_no, party, &item);

	kb_pack_begin(&pack, &payload, UNINFORMED_VERSION);
	kb_pack_party(&pack, party);
	kb_pack_u32(&pack, kb_err_reason(reason));
	kb_pack_u32(&pack, revision);
	if (err == KB_OK) {
		err = kb_pack_end(&pack);
	}
	if (err == KB_OK) {
		item.payload = kb_buf_span(&payload);
		err = kb_case_item_put(act->step, &item);
	}
	if (err == KB_OK) {
		err = kb_case_edit(act->step, case_no, &row);
	}
	if (err == KB_OK) {
		row->inbox_flags |= KB_INBOX_PROBLEM;
	}
	kb_buf_release(&payload);
	return err;
}

static enum kb_err
forget_uninformed(struct kb_act *act, uint64_t case_no, const struct kb_party_id *party)
{
	struct kb_case_item item;
	enum kb_err err = find_uninformed(act, case_no, party, &item);

	if (err != KB_OK || item.item_no == 0) {
		return err;
	}
	item.done_utc_ms = act->now_utc_ms;
	return kb_case_item_put(act->step, &item);
}

enum kb_err
kb_flow_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct kb_case row;
	enum kb_err err = kb_flow_recover_fate(act, fate);

	if (err != KB_OK) {
		return err;
	}
	if ((fate->kind != KB_KIND_ZAAK_REGEL && fate->kind != KB_KIND_ZAAK_EINDE) ||
	    fate->case_no == 0) {
		return KB_OK;
	}
	if (fate->fate == KB_FATE_STORED) {
		return forget_uninformed(act, fate->case_no, &fate->recipient);
	}
	err = kb_case_get(act->step, fate->case_no, &row);
	return err == KB_OK ? note_uninformed(act, fate->case_no, &fate->recipient, fate->reason,
					      row.revision)
			    : err;
}

/* ---- records ---- */

static bool
is_closing_record(const struct kb_flow *flow, const struct kb_span *records, size_t count)
{
	return flow->view->closed_utc_ms != 0 && count == 1 &&
	       records[0].at == flow->bytes[kb_flow_standing(flow, flow->view->revision)].at;
}

static enum kb_err
send_records(struct kb_flow *flow, const struct kb_party_id *party, uint32_t role,
	     const struct kb_span *records, size_t count)
{
	struct kb_zaak_regels message = { .regels = kb_arena_alloc(flow->act->arena,
								   count * sizeof(*records)),
					  .regel_count = count };
	struct kb_buf content = { 0 };
	enum kb_err err = message.regels != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	for (size_t i = 0; err == KB_OK && i < count; i++) {
		message.regels[i] = records[i];
	}
	if (err == KB_OK) {
		err = kb_zaak_regels_encode(&message, &content);
	}

	if (err == KB_OK) {
		err = kb_flow_send(flow, party, role, KB_KIND_ZAAK_REGEL, kb_buf_span(&content));
	}
	/* The end of a case, and nothing else of it, rests on no toestemming: it must be possible after a withdrawal too (design 8). */
	if (kb_err_category(err) == KB_CATEGORY_REFUSED &&
	    is_closing_record(flow, records, count)) {
		err = kb_flow_send(flow, party, role, KB_KIND_ZAAK_EINDE, kb_buf_span(&content));
	}
	kb_buf_release(&content);
	return err;
}

/* Whoever takes part, and whoever this very record lets go. */
static bool
is_told(const struct kb_flow *flow, const struct kb_chain_record *record,
	const struct kb_chain_participant *one)
{
	bool leaves = kb_chain_event_of(record->event) == KB_CHAIN_DEELNEMER_ERUIT &&
		      one->until_utc_ms == record->at_utc_ms;

	return !kb_party_id_empty(&one->party) &&
	       !kb_party_id_equal(&one->party, kb_agent_self(flow->act->agent)) &&
	       (one->until_utc_ms == 0 || leaves);
}

enum kb_err
kb_flow_tell_newest(struct kb_flow *flow)
{
	size_t place = kb_flow_standing(flow, flow->view->revision);
	const struct kb_chain_record *record = &flow->records[place];
	bool joins = kb_chain_event_of(record->event) == KB_CHAIN_DEELNEMER_ERBIJ;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < record->participant_count; i++) {
		const struct kb_chain_participant *one = &record->participants[i];

		if (!is_told(flow, record, one)) {
			continue;
		}
		/* Who joins stands last, and gets all steps so far. */
		err = joins && i + 1 == record->participant_count
			      ? kb_flow_tell_chain(flow, &one->party, one->role, 0)
			      : send_records(flow, &one->party, one->role, &flow->bytes[place], 1);
		if (kb_err_category(err) == KB_CATEGORY_REFUSED) {
			err = note_uninformed(flow->act, flow->row->case_no, &one->party, err,
					      flow->view->revision);
		}
	}
	return err;
}

/* The newest first: it says that the reader takes part, without that nothing of a case is believed. */
enum kb_err
kb_flow_tell_chain(struct kb_flow *flow, const struct kb_party_id *party, uint32_t role,
		   uint32_t after)
{
	size_t room = flow->count + 1;
	struct kb_span *batch = kb_arena_alloc(flow->act->arena, room * sizeof(*batch));
	size_t count = 0;
	size_t bytes = 0;
	enum kb_err err = batch != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	for (uint32_t revision = flow->view->revision; err == KB_OK && revision > after;
	     revision--) {
		struct kb_span record = flow->bytes[kb_flow_standing(flow, revision)];

		if (count > 0 && bytes + record.len > RECORDS_BYTES_MAX) {
			err = send_records(flow, party, role, &batch[room - count], count);
			count = 0;
			bytes = 0;
		}
		count++;
		batch[room - count] = record;
		bytes += record.len;
	}
	return err == KB_OK && count > 0
		       ? send_records(flow, party, role, &batch[room - count], count)
		       : err;
}

enum kb_err
kb_flow_tell_all(struct kb_flow *flow, const struct kb_chain_participant *one)
{
	enum kb_err err = kb_flow_tell_chain(flow, &one->party, one->role, 0);

	return kb_err_category(err) == KB_CATEGORY_REFUSED
		       ? note_uninformed(flow->act, flow->row->case_no, &one->party, err,
					 flow->view->revision)
		       : err;
}
