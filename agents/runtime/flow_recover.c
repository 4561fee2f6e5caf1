/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A regievoerder whose store went back in time. Its own steps after the backup are with the others and not here; if it just went on, it
 * would make other records in their place and the case would have two stories. So it asks every participant for them, makes no record
 * in that case until they have answered, and takes its own steps back from the sealed messages in which it sent them: a record has no
 * signature of its own, so nothing less proves that a partner does not make them up.
 */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/base/log.h"
#include "common/crypto/seal.h"
#include "common/store/codec.h"

#define RECOVERY_VERSION 1
/* Who does not answer for so long may be away for weeks: a case does not wait for that. */
#define WAIT_MS ((int64_t)24 * 3600 * 1000)
/* After that day: the looks of some hours more find the last of them. */
#define LAST_LOOK_MS ((int64_t)3 * 3600 * 1000)
/* Cases of one act, and rows that it looks at. */
#define CASES_OF_ACT 16u
#define ROWS_OF_ACT 2000u

/* One participant that was asked. */
struct asked {
	struct kb_party_id party;
	struct kb_id question; /* message id of the last one */
	bool answered;
	uint32_t
		fresh; /* records that its answer so far brought: then it is asked once more, for there may be more */
};

/* Payload of KB_ITEM_HERSTEL, one for a case and restore. */
struct recovery {
	struct kb_case_item item; /* item_no 0: there is none */
	uint32_t epoch_no;	  /* ours: every restore draws a new one */
	uint32_t revision;	  /* of the newest record when it was put back */
	bool brought;		  /* something came back */
	struct asked asked[KB_CHAIN_PARTICIPANTS_MAX];
	size_t count;
};

/* ---- the item ---- */

static enum kb_err
unpack(struct recovery *out)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, out->item.payload, RECOVERY_VERSION);
	out->epoch_no = kb_unpack_u32(&unpack);
	out->revision = kb_unpack_u32(&unpack);
	out->brought = kb_unpack_u8(&unpack) != 0;
	out->count = kb_unpack_u32(&unpack);
	if (unpack.err == KB_OK && out->count > KB_CHAIN_PARTICIPANTS_MAX) {
		return KB_ERR_CORRUPT;
	}
	for (size_t i = 0; unpack.err == KB_OK && i < out->count; i++) {
		kb_unpack_party(&unpack, &out->asked[i].party);
		kb_unpack_fixed(&unpack, out->asked[i].question.bytes, KB_ID_BYTES);
		out->asked[i].answered = kb_unpack_u8(&unpack) != 0;
		out->asked[i].fresh = kb_unpack_u32(&unpack);
	}
	return kb_unpack_end(&unpack);
}

static enum kb_err
put(struct kb_act *act, struct recovery *recovery)
{
	struct kb_buf payload = { 0 };
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_pack_begin(&pack, &payload, RECOVERY_VERSION);
	kb_pack_u32(&pack, recovery->epoch_no);
	kb_pack_u32(&pack, recovery->revision);
	kb_pack_u8(&pack, recovery->brought ? 1 : 0);
	kb_pack_u32(&pack, (uint32_t)recovery->count);
	for (size_t i = 0; i < recovery->count; i++) {
		kb_pack_party(&pack, &recovery->asked[i].party);
		kb_pack_fixed(&pack, recovery->asked[i].question.bytes, KB_ID_BYTES);
		kb_pack_u8(&pack, recovery->asked[i].answered ? 1 : 0);
		kb_pack_u32(&pack, recovery->asked[i].fresh);
	}
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		recovery->item.payload = kb_buf_span(&payload);
		err = kb_case_item_put(act->step, &recovery->item);
	}
	kb_buf_release(&payload);
	return err;
}

/* That of the last restore. */
static enum kb_err
find(struct kb_act *act, uint64_t case_no, struct recovery *out)
{
	uint32_t epoch_no = act->agent->own_epoch.epoch_no;
	uint32_t after = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_case_item_next(act->step, case_no, KB_ITEM_HERSTEL, after, act->arena,
					&out->item);
		if (err == KB_OK) {
			after = out->item.item_no;
			err = unpack(out);
		}
		if (err == KB_OK && out->epoch_no == epoch_no) {
			return KB_OK;
		}
	}
	*out = (struct recovery){
		.item = { .case_no = case_no,
			  .type = KB_ITEM_HERSTEL,
			  .author_party_no = KB_PARTY_NO_SELF,
			  .at_utc_ms = act->now_utc_ms,
			  .visibility = KB_VISIBILITY_DESK },
		.epoch_no = epoch_no,
	};
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- until it is known ---- */

/* No note of an earlier run says whether the store is the newest, and nobody else said it yet: a backup on a new machine. */
static bool
is_unwitnessed(const struct kb_agent *agent)
{
	return agent->session.session_count == 0 &&
	       kb_store_marker_verdict(agent->store) == KB_MARKER_UNKNOWN;
}

static bool
is_pending(const struct recovery *recovery)
{
	return recovery->item.item_no != 0 && recovery->item.done_utc_ms == 0;
}

/* Of a case about which nobody was asked yet: since the restore. */
static bool
is_over(const struct kb_act *act, const struct recovery *recovery)
{
	int64_t since = recovery->item.item_no != 0 ? recovery->item.at_utc_ms
						    : act->agent->own_epoch.since_utc_ms;

	return act->now_utc_ms - since >= WAIT_MS;
}

static bool
is_other(const struct kb_act *act, const struct kb_chain_participant *one)
{
	return one->until_utc_ms == 0 && !kb_party_id_empty(&one->party) &&
	       !kb_party_id_equal(&one->party, kb_agent_self(act->agent));
}

/* Somebody who could have got a step of ours. */
static bool
has_others(const struct kb_flow *flow)
{
	bool others = false;

	for (size_t i = 0; flow->view != NULL && i < flow->view->participant_count; i++) {
		others = others || is_other(flow->act, &flow->view->participants[i]);
	}
	return others;
}

/* What began after the restore, or in this run when nobody knows whether there was one, lost nothing by it. */
static bool
may_lack_steps(const struct kb_flow *flow)
{
	const struct kb_agent *agent = flow->act->agent;
	int64_t since = agent->own_epoch.epoch_no > 1 ? agent->own_epoch.since_utc_ms : 0;

	since = is_unwitnessed(agent) ? agent->started_utc_ms : since;
	return flow->count > 0 && flow->records[0].at_utc_ms < since && has_others(flow);
}

enum kb_err
kb_flow_recovering(struct kb_flow *flow, enum kb_flow_wait *wait)
{
	struct kb_agent *agent = flow->act->agent;
	struct recovery recovery;
	enum kb_err err = KB_OK;

	*wait = KB_FLOW_WAIT_NONE;
	if (!may_lack_steps(flow)) {
		return KB_OK;
	}
	if (is_unwitnessed(agent)) {
		*wait = KB_FLOW_WAIT_WITNESS;
		return KB_OK;
	}
	err = find(flow->act, flow->row->case_no, &recovery);
	if (err == KB_OK && (is_pending(&recovery) || recovery.item.item_no == 0) &&
	    (agent->restore_pending || !is_over(flow->act, &recovery))) {
		*wait = KB_FLOW_WAIT_PARTNERS;
	}
	return err;
}

/* ---- asking ---- */

static enum kb_err finish(struct kb_act *act, struct recovery *recovery);

/* For what comes after the newest that we hold. *asked: it went, or will go. Who left the register, or cannot be sealed to, holds up
 * nothing; whose entry has still to be fetched is no such party (KB_ERR_OFFLINE). */
static enum kb_err
ask(struct kb_flow *flow, struct asked *one, bool *asked)
{
	struct kb_zaak_opvraag opvraag = { .regie_epoch = flow->view->regie_epoch,
					   .revision = flow->view->revision };
	const struct kb_entry *entry = NULL;
	struct kb_sent_ref ref;
	struct kb_buf content = { 0 };
	enum kb_err err =
		kb_directory_find(flow->act->directory, &one->party, flow->act->now_utc_ms, &entry);

	*asked = false;
	if (err != KB_OK) {
		return err == KB_ERR_OFFLINE || kb_err_reason(err) == 0 ? err : KB_OK;
	}
	err = kb_zaak_opvraag_encode(&opvraag, &content);
	if (err == KB_OK) {
		err = kb_flow_send_recovery(flow, &one->party, KB_KIND_ZAAK_HERSTEL,
					    kb_buf_span(&content), NULL, &ref);
	}
	kb_buf_release(&content);
	*asked = err == KB_OK;
	if (*asked) {
		one->question = ref.message_id;
		one->fresh = 0;
	}
	return kb_err_reason(err) != 0 ? KB_OK : err;
}

static struct asked *
asked_of(struct recovery *recovery, const struct kb_party_id *party)
{
	for (size_t i = 0; i < recovery->count; i++) {
		if (kb_party_id_equal(&recovery->asked[i].party, party)) {
			return &recovery->asked[i];
		}
	}
	return NULL;
}

/* Who takes part by what we know now, and was not asked yet: at first all of them, later who joined in a step that came back. */
static enum kb_err
ask_others(struct kb_flow *flow, struct recovery *recovery)
{
	bool offline = false;
	enum kb_err err = KB_OK;

	/* Nobody is asked before all can be: a question without its row would be asked again and again. */
	for (size_t i = 0; i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];
		const struct kb_entry *entry = NULL;

		offline = offline ||
			  (is_other(flow->act, one) && asked_of(recovery, &one->party) == NULL &&
			   kb_directory_find(flow->act->directory, &one->party,
					     flow->act->now_utc_ms, &entry) == KB_ERR_OFFLINE);
	}
	if (offline) {
		return KB_ERR_OFFLINE;
	}
	for (size_t i = 0; err == KB_OK && i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];
		struct asked *next = &recovery->asked[recovery->count];
		bool asked = false;

		if (!is_other(flow->act, one) || asked_of(recovery, &one->party) != NULL ||
		    recovery->count == KB_CHAIN_PARTICIPANTS_MAX) {
			continue;
		}
		*next = (struct asked){ .party = one->party };
		err = ask(flow, next, &asked);
		recovery->count += asked ? 1 : 0;
	}
	return err;
}

static enum kb_err
ask_all(struct kb_act *act, uint64_t case_no)
{
	struct recovery recovery;
	struct kb_flow flow;
	enum kb_err err = find(act, case_no, &recovery);

	if (err != KB_OK || recovery.item.item_no != 0) {
		return err;
	}
	err = kb_flow_load(act, case_no, &flow);
	if (err != KB_OK || flow.view == NULL || flow.view->closed_utc_ms != 0 ||
	    !may_lack_steps(&flow)) {
		return err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	recovery.revision = flow.view->revision;
	err = ask_others(&flow, &recovery);
	if (err != KB_OK) {
		return err;
	}
	/* With nobody who can be asked there is nothing to wait for. */
	return recovery.count > 0 ? put(act, &recovery) : finish(act, &recovery);
}

enum kb_err
kb_flow_recover_one(struct kb_flow *flow)
{
	const struct kb_agent *agent = flow->act->agent;
	struct recovery recovery;
	enum kb_err err = KB_OK;

	if (agent->own_epoch.epoch_no <= 1 || agent->restore_pending || !may_lack_steps(flow)) {
		return KB_OK;
	}
	err = find(flow->act, flow->row->case_no, &recovery);
	if (err == KB_OK && recovery.item.item_no == 0 && !is_over(flow->act, &recovery)) {
		err = ask_all(flow->act, flow->row->case_no);
	}
	return err == KB_ERR_OFFLINE ? KB_OK : err; /* the next look asks */
}

/* Open cases that follow a route, some at a time. */
static enum kb_err
each_case(struct kb_act *act, uint64_t *case_no, bool *more,
	  enum kb_err (*visit)(struct kb_act *act, uint64_t case_no))
{
	struct kb_case row = { .case_no = *case_no };
	unsigned cases = 0;
	enum kb_err err = KB_OK;

	*more = true;
	for (unsigned i = 0; err == KB_OK && i < ROWS_OF_ACT && cases < CASES_OF_ACT; i++) {
		err = kb_case_next(act->step, row.case_no, &row);
		if (err == KB_OK) {
			*case_no = row.case_no;
		}
		if (err == KB_OK && row.closed_utc_ms == 0 && row.revision > 0) {
			cases++;
			err = visit(act, row.case_no);
			/* One that cannot be read keeps no other waiting. */
			if (err == KB_ERR_CORRUPT) {
				kb_log(KB_LOG_ERROR, "recovery-unreadable", "case=%llu",
				       (unsigned long long)row.case_no);
				err = KB_OK;
			}
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		*more = false;
		err = KB_OK;
	}
	return err;
}

enum kb_err
kb_flow_recover(struct kb_act *act, uint64_t *case_no, bool *more)
{
	return each_case(act, case_no, more, ask_all);
}

/* ---- it goes on ---- */

/* What waited: clocks that ran out, proposals of ours, what the role does by itself. */
static enum kb_err
go_on(struct kb_act *act, uint64_t case_no)
{
	const struct kb_role *role = act->agent->role;
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(act, case_no, &flow);

	if (err != KB_OK || flow.view == NULL) {
		return err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	err = kb_flow_arrived(&flow);
	if (err == KB_OK) {
		err = kb_flow_load(act, case_no, &flow);
	}
	if (err == KB_OK) {
		err = kb_flow_proposals(&flow);
	}
	if (err == KB_OK && role->on_move != NULL) {
		const struct kb_case_move move = {
			.state = flow.route->states[flow.view->state].name,
			.goes_on = true,
		};

		err = role->on_move(act, flow.row, &move);
	}
	return err;
}

/* What came back from one may be new to another; who holds it already ignores it. */
static enum kb_err
tell_others(struct kb_flow *flow, const struct recovery *recovery)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < flow->view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow->view->participants[i];

		if (is_other(flow->act, one)) {
			err = kb_flow_tell_chain(flow, &one->party, one->role, recovery->revision);
		}
		err = kb_err_category(err) == KB_CATEGORY_REFUSED ? KB_OK : err;
	}
	/* The end reaches them also without a toestemming. */
	return err == KB_OK && flow->view->closed_utc_ms != 0 ? kb_flow_tell_newest(flow) : err;
}

/* Everybody has answered, or was waited for long enough. */
static enum kb_err
finish(struct kb_act *act, struct recovery *recovery)
{
	struct kb_flow flow;
	enum kb_err err = KB_OK;

	recovery->item.done_utc_ms = act->now_utc_ms;
	err = put(act, recovery);
	if (err == KB_OK) {
		err = kb_flow_load(act, recovery->item.case_no, &flow);
	}
	if (err == KB_OK && flow.view != NULL && recovery->brought && kb_flow_has_regie(&flow)) {
		err = tell_others(&flow, recovery);
	}
	return err == KB_OK ? go_on(act, recovery->item.case_no) : err;
}

static enum kb_err
close_one(struct kb_act *act, struct recovery *recovery, struct asked *one)
{
	bool all = true;

	one->answered = true;
	for (size_t i = 0; i < recovery->count; i++) {
		all = all && recovery->asked[i].answered;
	}
	return all ? finish(act, recovery) : put(act, recovery);
}

static enum kb_err
finish_late(struct kb_act *act, uint64_t case_no)
{
	struct recovery recovery;
	struct kb_flow flow;
	enum kb_err err = find(act, case_no, &recovery);

	if (err == KB_OK && is_pending(&recovery) && is_over(act, &recovery)) {
		return finish(act, &recovery);
	}
	/* One that could not be asked about yet. Some time after the restore no case is read for this any more. */
	if (err == KB_OK && recovery.item.item_no == 0 &&
	    act->now_utc_ms - act->agent->own_epoch.since_utc_ms < WAIT_MS + LAST_LOOK_MS) {
		err = kb_flow_load(act, case_no, &flow);
		if (err == KB_OK && is_over(act, &recovery) && may_lack_steps(&flow)) {
			return finish(act, &recovery);
		}
		err = err == KB_OK ? kb_flow_recover_one(&flow) : err;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_flow_recover_late(struct kb_act *act, uint64_t *case_no, bool *more)
{
	return each_case(act, case_no, more, finish_late);
}

enum kb_err
kb_flow_recover_none(struct kb_act *act, uint64_t *case_no, bool *more)
{
	return each_case(act, case_no, more, go_on);
}

enum kb_err
kb_flow_recover_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct recovery recovery;
	struct asked *one = NULL;
	enum kb_err err = KB_OK;

	if (fate->kind != KB_KIND_ZAAK_HERSTEL || fate->fate == KB_FATE_STORED ||
	    fate->case_no == 0) {
		return KB_OK;
	}
	err = find(act, fate->case_no, &recovery);
	one = err == KB_OK && is_pending(&recovery) ? asked_of(&recovery, &fate->recipient) : NULL;
	return one != NULL && kb_id_equal(&one->question, &fate->ref.message_id)
		       ? close_one(act, &recovery, one)
		       : err;
}

/* The last message of an answer. What it brought may not have been all, and may name somebody who was not asked. */
static enum kb_err
end_of_answer(struct kb_flow *flow, struct recovery *recovery, struct asked *one)
{
	bool asked = false;
	enum kb_err err = KB_OK;

	if (one->fresh > 0) {
		err = ask(flow, one, &asked);
	}
	if (err == KB_OK) {
		err = ask_others(flow, recovery);
	}
	/* What came back is kept, also when somebody new in it cannot be asked now. */
	if (err != KB_OK && err != KB_ERR_OFFLINE) {
		return err;
	}
	return asked ? put(flow->act, recovery) : close_one(flow->act, recovery, one);
}

/* ---- what comes back ---- */

/* A message of ours, as who got it keeps it. */
struct proven {
	struct kb_header header;
	struct kb_body body;
	struct kb_flow_incoming records;
};

/*
 * The key of ours that sealed it. One that was revoked may be somebody else's by now, who can claim any time. Whatever is wrong with it says
 * nothing about the message that brings it: KB_ERR_NOT_ALLOWED is the end of that.
 */
static enum kb_err
check_own_seal(struct kb_act *act, const struct kb_zaak_bewijs *bewijs)
{
	const struct kb_entry *entry = NULL;
	struct kb_wire_seal seal;
	struct kb_seal_claim claim;
	enum kb_err err = kb_wire_seal_decode(bewijs->seal, act->arena, &seal);

	if (err == KB_OK) {
		err = kb_directory_version(act->directory, kb_agent_self(act->agent),
					   seal.key_version, &entry);
		err = err == KB_ERR_NOT_FOUND ? KB_ERR_NOT_ALLOWED : err;
	}
	if (err == KB_OK && entry->untrusted_since_utc_ms != 0 &&
	    act->now_utc_ms >= entry->untrusted_since_utc_ms) {
		err = KB_ERR_NOT_ALLOWED;
	}
	if (err != KB_OK) {
		return err;
	}
	claim = (struct kb_seal_claim){ .sender = *kb_agent_self(act->agent),
					.key_version = seal.key_version,
					.size = seal.tree_size,
					.index = seal.leaf_index,
					.path = seal.path,
					.signature = KB_SPAN_OF(seal.signature),
					.header = bewijs->header };
	err = kb_seal_verify(act->agent->seals, entry->verify_key, &claim);
	return err == KB_ERR_BAD_SEAL || err == KB_ERR_BAD_PATH ? KB_ERR_NOT_ALLOWED : err;
}

/* That we sealed it, for who hands it back, and that these are its bytes. */
static enum kb_err
check_proof(struct kb_act *act, const struct kb_received *received,
	    const struct kb_zaak_bewijs *bewijs, struct proven *out)
{
	struct kb_salt salt;
	enum kb_err err = kb_header_decode(bewijs->header, act->arena, &out->header);

	if (err == KB_OK && (!kb_party_id_equal(&out->header.sender, kb_agent_self(act->agent)) ||
			     !kb_party_id_equal(&out->header.recipient, &received->sender))) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		err = check_own_seal(act, bewijs);
	}
	if (err == KB_OK) {
		memcpy(salt.bytes, bewijs->salt.at, sizeof(salt.bytes));
		err = kb_commitment_check(&salt, bewijs->body, &out->header.commitment);
	}
	return err == KB_OK ? kb_body_decode(bewijs->body, act->arena, &out->body) : err;
}

/* Records of this very case, and nothing else that we may have said. */
static enum kb_err
read_proof(struct kb_act *act, const struct kb_received *received,
	   const struct kb_zaak_bewijs *bewijs, struct proven *out)
{
	enum kb_err err = check_proof(act, received, bewijs, out);

	if (err == KB_OK && ((out->body.kind != (uint32_t)KB_KIND_ZAAK_REGEL &&
			      out->body.kind != (uint32_t)KB_KIND_ZAAK_EINDE) ||
			     !kb_id_equal(&out->body.case_id, &received->case_id))) {
		err = KB_ERR_BAD_VALUE;
	}
	return err == KB_OK ? kb_flow_read_records(act, out->body.content, &received->case_id,
						   &out->records)
			    : err;
}

/* Those that are not here yet, and whether they fit. */
static enum kb_err
pick_new(const struct kb_flow *flow, struct proven *proven)
{
	struct kb_flow_incoming *records = &proven->records;
	size_t count = 0;

	for (size_t i = 0; i < records->message.regel_count; i++) {
		if (!kb_flow_holds(flow, &records->at[i].hash)) {
			records->at[count] = records->at[i];
			records->message.regels[count] = records->message.regels[i];
			count++;
		}
	}
	records->message.regel_count = count;
	return flow->count + count > KB_CHAIN_RECORDS_MAX ? KB_ERR_OVERSIZE : KB_OK;
}

/* What we sent stands, unless we made something else in its place before we knew: then people have to look. */
static enum kb_err
take_back(struct kb_flow *flow, const struct proven *proven, size_t *fresh)
{
	for (size_t i = 0; i < proven->records.message.regel_count; i++) {
		const struct kb_chain_record *record = &proven->records.at[i];

		if (kb_flow_contradicts(flow, record)) {
			kb_log(KB_LOG_ERROR, "case-has-two-stories", "case=%llu revision=%u",
			       (unsigned long long)flow->row->case_no, record->revision);
			kb_flow_raise(flow, KB_INBOX_PROBLEM);
			return KB_OK;
		}
	}
	return proven->records.message.regel_count > 0
		       ? kb_flow_add(flow, proven->records.message.regels,
				     proven->records.message.regel_count, fresh)
		       : KB_OK;
}

enum kb_err
kb_flow_handle_proof(struct kb_act *act, const struct kb_received *received)
{
	struct kb_zaak_bewijs bewijs;
	struct recovery recovery;
	struct proven proven = { .records = { .at = NULL } };
	struct asked *one = NULL;
	struct kb_flow flow;
	size_t fresh = 0;
	enum kb_err err = kb_zaak_bewijs_decode(received->content, act->arena, &bewijs);

	if (err == KB_OK) {
		err = received->case_no != 0 ? kb_flow_load(act, received->case_no, &flow)
					     : KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK && flow.view == NULL) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = find(act, received->case_no, &recovery);
	}
	/* An answer to an earlier question says nothing about what is lacking now. */
	if (err == KB_OK && is_pending(&recovery)) {
		one = asked_of(&recovery, &received->sender);
		one = one != NULL && kb_id_equal(&one->question, &received->in_reply_to) ? one
											 : NULL;
	}
	if (err == KB_OK && bewijs.header.len == 0 && one == NULL) {
		err = KB_ERR_NOT_FOUND; /* nobody asked */
	}
	if (err == KB_OK && bewijs.header.len > 0) {
		err = read_proof(act, received, &bewijs, &proven);
		err = err == KB_OK ? pick_new(&flow, &proven) : err;
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err == KB_OK && bewijs.header.len > 0) {
		err = take_back(&flow, &proven, &fresh);
	}
	if (err == KB_OK && one != NULL) {
		one->fresh += (uint32_t)fresh;
		recovery.brought = recovery.brought || fresh > 0;
		err = bewijs.left > 1 ? put(act, &recovery) : end_of_answer(&flow, &recovery, one);
	}
	return err == KB_OK ? kb_flow_arrived(&flow) : err;
}
