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
#include "common/store/record.h"

#define RECOVERY_VERSION 1
/* Lines of a case that are opened for one answer. */
#define LINES_MAX 2048u
/* Who does not answer for so long may be away for weeks: a case does not wait for that. */
#define WAIT_MS ((int64_t)24 * 3600 * 1000)
/* Cases with our regie of one act, and rows that it looks at. */
#define CASES_OF_ACT 16u
#define ROWS_OF_ACT 2000u

/* One participant that was asked. */
struct asked {
	struct kb_party_id party;
	bool answered;
	uint32_t
		fresh; /* records that its answer so far brought: then it is asked once more, for there may be more */
};

/* Payload of KB_ITEM_HERSTEL, one for a case and restore. */
struct recovery {
	struct kb_case_item item; /* item_no 0: there is none */
	uint32_t epoch_no;	  /* ours: every restore draws a new one */
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
	out->count = kb_unpack_u32(&unpack);
	if (unpack.err == KB_OK && out->count > KB_CHAIN_PARTICIPANTS_MAX) {
		return KB_ERR_CORRUPT;
	}
	for (size_t i = 0; unpack.err == KB_OK && i < out->count; i++) {
		kb_unpack_party(&unpack, &out->asked[i].party);
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
	kb_pack_u32(&pack, (uint32_t)recovery->count);
	for (size_t i = 0; i < recovery->count; i++) {
		kb_pack_party(&pack, &recovery->asked[i].party);
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

enum kb_err
kb_flow_recovering(struct kb_flow *flow, bool *recovering)
{
	struct kb_agent *agent = flow->act->agent;
	struct recovery recovery;
	enum kb_err err = KB_OK;

	*recovering = false;
	if (flow->count == 0 || (agent->own_epoch.epoch_no <= 1 && !is_unwitnessed(agent))) {
		return KB_OK;
	}
	/* What began after the restore lost nothing by it. */
	if (flow->records[0].at_utc_ms >= agent->own_epoch.since_utc_ms &&
	    agent->own_epoch.epoch_no > 1) {
		return KB_OK;
	}
	if (agent->restore_pending || is_unwitnessed(agent)) {
		*recovering = true;
		return KB_OK;
	}
	err = find(flow->act, flow->row->case_no, &recovery);
	*recovering = err == KB_OK && recovery.item.item_no != 0 &&
		      recovery.item.done_utc_ms == 0 &&
		      flow->act->now_utc_ms - recovery.item.at_utc_ms < WAIT_MS;
	return err;
}

/* ---- asking ---- */

/* A message that rests on the exchange itself: also when the toestemming of the case is gone, for the end after it may be what is lost. */
static enum kb_err
send(struct kb_flow *flow, const struct kb_party_id *to, enum kb_kind kind, struct kb_span content)
{
	struct kb_outgoing outgoing = { .recipient = *to,
					.kind = kind,
					.case_no = flow->row->case_no,
					.purpose = KB_PURPOSE_BERICHTENVERKEER,
					.ground = KB_GROUND_WETTELIJKE_TAAK,
					.content = content };

	return kb_act_send_if_there(flow->act, &outgoing);
}

/* For what comes after the newest that we hold. *asked: it went, or will go. */
static enum kb_err
ask(struct kb_flow *flow, const struct kb_party_id *party, bool *asked)
{
	struct kb_zaak_opvraag opvraag = { .regie_epoch = flow->view->regie_epoch,
					   .revision = flow->view->revision };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_zaak_opvraag_encode(&opvraag, &content);

	if (err == KB_OK) {
		err = send(flow, party, KB_KIND_ZAAK_HERSTEL, kb_buf_span(&content));
	}
	kb_buf_release(&content);
	*asked = err == KB_OK;
	/* Who cannot be asked holds up nothing. */
	return kb_err_reason(err) != 0 ? KB_OK : err;
}

static enum kb_err
ask_all(struct kb_act *act, uint64_t case_no)
{
	struct recovery recovery;
	struct kb_flow flow;
	enum kb_err err = find(act, case_no, &recovery);

	if (err == KB_OK && recovery.item.item_no == 0) {
		err = kb_flow_load(act, case_no, &flow);
	}
	if (err != KB_OK || recovery.item.item_no != 0 || flow.view == NULL ||
	    flow.view->closed_utc_ms != 0 || !kb_flow_has_regie(&flow)) {
		return err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	for (size_t i = 0; err == KB_OK && i < flow.view->participant_count; i++) {
		const struct kb_chain_participant *one = &flow.view->participants[i];
		bool asked = false;

		if (one->until_utc_ms == 0 && !kb_party_id_empty(&one->party) &&
		    !kb_party_id_equal(&one->party, kb_agent_self(act->agent))) {
			err = ask(&flow, &one->party, &asked);
		}
		if (asked) {
			recovery.asked[recovery.count++].party = one->party;
		}
	}
	return err == KB_OK && recovery.count > 0 ? put(act, &recovery) : err;
}

enum kb_err
kb_flow_recover(struct kb_act *act, uint64_t *case_no, bool *more)
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
		if (err == KB_OK && row.closed_utc_ms == 0 && row.revision > 0 &&
		    row.regievoerder_no == KB_PARTY_NO_SELF) {
			cases++;
			err = ask_all(act, row.case_no);
		}
	}
	if (err == KB_ERR_NOT_FOUND) {
		*more = false;
		err = KB_OK;
	}
	return err;
}

/* ---- answered ---- */

/* Whoever was asked has no more to say: when all have, the case goes on. *done: it does now. */
static enum kb_err
close_one(struct kb_act *act, struct recovery *recovery, struct asked *one, bool *done)
{
	*done = true;
	one->answered = true;
	for (size_t i = 0; i < recovery->count; i++) {
		*done = *done && recovery->asked[i].answered;
	}
	if (*done) {
		recovery->item.done_utc_ms = act->now_utc_ms;
	}
	return put(act, recovery);
}

static struct asked *
asked_of(struct recovery *recovery, const struct kb_party_id *party)
{
	for (size_t i = 0; i < recovery->count && recovery->item.done_utc_ms == 0; i++) {
		if (kb_party_id_equal(&recovery->asked[i].party, party)) {
			return &recovery->asked[i];
		}
	}
	return NULL;
}

enum kb_err
kb_flow_recover_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct recovery recovery;
	struct kb_flow flow;
	struct asked *one = NULL;
	bool done = false;
	enum kb_err err = KB_OK;

	if (fate->kind != KB_KIND_ZAAK_HERSTEL || fate->fate == KB_FATE_STORED ||
	    fate->case_no == 0 || act->agent->own_epoch.epoch_no <= 1) {
		return KB_OK;
	}
	err = find(act, fate->case_no, &recovery);
	one = err == KB_OK ? asked_of(&recovery, &fate->recipient) : NULL;
	if (one == NULL) {
		return err;
	}
	err = close_one(act, &recovery, one, &done);
	if (err == KB_OK && done) {
		err = kb_flow_load(act, fate->case_no, &flow);
		err = err == KB_OK ? kb_flow_due(&flow) : err;
	}
	return err;
}

/* The last message of an answer. What it brought may not have been all. */
static enum kb_err
end_of_answer(struct kb_flow *flow, struct recovery *recovery, struct asked *one)
{
	bool asked = false;
	bool done = false;
	enum kb_err err = KB_OK;

	if (one->fresh > 0) {
		one->fresh = 0;
		err = ask(flow, &one->party, &asked);
	}
	if (err != KB_OK) {
		return err;
	}
	return asked ? put(flow->act, recovery) : close_one(flow->act, recovery, one, &done);
}

/* ---- what comes back ---- */

/* A message of ours, as who got it keeps it. */
struct proven {
	struct kb_header header;
	struct kb_body body;
	struct kb_flow_incoming records;
};

/* The key of ours that sealed it. One that was revoked may be somebody else's by now. */
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
		err = err == KB_ERR_NOT_FOUND ? KB_ERR_UNKNOWN_SENDER : err;
	}
	if (err == KB_OK && entry->untrusted_since_utc_ms != 0) {
		err = KB_ERR_REVOKED;
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
	return kb_seal_verify(act->agent->seals, entry->verify_key, &claim);
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

/* What we sent stands, unless we made something else in its place before we knew: then people have to look. */
static enum kb_err
take_back(struct kb_flow *flow, const struct proven *proven, size_t *fresh)
{
	for (size_t i = 0; i < proven->records.message.regel_count; i++) {
		const struct kb_chain_record *record = &proven->records.at[i];

		if (!kb_flow_holds(flow, &record->hash) && kb_flow_contradicts(flow, record)) {
			kb_log(KB_LOG_ERROR, "case-has-two-stories", "case=%llu revision=%u",
			       (unsigned long long)flow->row->case_no, record->revision);
			kb_flow_raise(flow, KB_INBOX_PROBLEM);
			return KB_OK;
		}
	}
	return kb_flow_add(flow, proven->records.message.regels,
			   proven->records.message.regel_count, fresh);
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
	if (err == KB_OK && bewijs.header.len > 0) {
		err = read_proof(act, received, &bewijs, &proven);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err == KB_OK && bewijs.header.len > 0) {
		err = take_back(&flow, &proven, &fresh);
	}
	if (err == KB_OK) {
		err = find(act, flow.row->case_no, &recovery);
		one = err == KB_OK ? asked_of(&recovery, &received->sender) : NULL;
	}
	if (one != NULL) {
		one->fresh += (uint32_t)fresh;
		err = bewijs.left > 1 ? put(act, &recovery) : end_of_answer(&flow, &recovery, one);
	}
	return err == KB_OK ? kb_flow_arrived(&flow) : err;
}

/* ---- handing back ---- */

static bool
takes_part(const struct kb_flow *flow, const struct kb_party_id *party)
{
	for (size_t i = 0; i < flow->view->participant_count; i++) {
		if (kb_party_id_equal(&flow->view->participants[i].party, party)) {
			return true;
		}
	}
	return false;
}

/* A message of the party that asks, that holds something which it lacks. */
struct handing {
	struct kb_flow *flow;
	bool *wanted; /* of the records of flow: stands, and is behind what who asks has */
	size_t wanted_count;
	struct kb_zaak_bewijs found[KB_WIRE_BEWIJZEN_MAX]; /* newest first */
	size_t count;
};

static void
want(struct handing *handing, const struct kb_zaak_opvraag *opvraag)
{
	const struct kb_flow *flow = handing->flow;

	for (size_t i = 0; i < flow->count; i++) {
		const struct kb_chain_record *record = &flow->records[i];

		handing->wanted[i] = flow->marks[i] == KB_CHAIN_MARK_STANDS &&
				     (record->regie_epoch > opvraag->regie_epoch ||
				      record->revision > opvraag->revision);
		handing->wanted_count += handing->wanted[i] ? 1 : 0;
	}
}

/* Whether one of those records is wanted; they are then not any more. */
static bool
tick_off(struct handing *handing, const struct kb_zaak_regels *regels)
{
	const struct kb_flow *flow = handing->flow;
	bool useful = false;

	for (size_t i = 0; i < regels->regel_count; i++) {
		struct kb_hash hash;

		kb_chain_record_hash(regels->regels[i], &hash);
		for (size_t j = 0; j < flow->count; j++) {
			if (handing->wanted[j] && kb_hash_equal(&flow->records[j].hash, &hash)) {
				handing->wanted[j] = false;
				handing->wanted_count--;
				useful = true;
			}
		}
	}
	return useful;
}

static enum kb_err
look_into(struct handing *handing, const struct kb_case_record *line)
{
	struct kb_act *act = handing->flow->act;
	struct kb_zaak_bewijs bewijs = { .left = 1 };
	struct kb_zaak_regels regels;
	struct kb_record_read record;
	struct kb_body body;
	enum kb_err err = kb_record_get(act->step, line->ledger_seq, &record);

	if (err == KB_OK) {
		/* Borrowed from the store until its next write. */
		bewijs.header = kb_arena_copy(act->arena, record.clear.header);
		bewijs.seal = kb_arena_copy(act->arena, record.clear.seal);
		err = bewijs.header.at != NULL && bewijs.seal.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = kb_record_open_message(act->step, &record, act->arena, &bewijs.salt,
					     &bewijs.body);
	}
	if (err == KB_OK) {
		err = kb_body_decode(bewijs.body, act->arena, &body);
	}
	if (err == KB_OK) {
		err = kb_zaak_regels_decode(body.content, act->arena, &regels);
	}
	if (err == KB_OK && bewijs.header.len > 0 && bewijs.seal.len > 0 &&
	    bewijs.body.len <= KB_WIRE_BEWIJS_BODY_BYTES_MAX && tick_off(handing, &regels)) {
		handing->found[handing->count++] = bewijs;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err; /* erased */
}

static enum kb_err
look_for(struct handing *handing, uint32_t party_no)
{
	struct kb_act *act = handing->flow->act;
	struct kb_case_record line;
	uint64_t position = 0;
	unsigned looked = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK && handing->wanted_count > 0 && looked < LINES_MAX &&
	       handing->count < KB_WIRE_BEWIJZEN_MAX) {
		err = kb_case_record_back(act->step, handing->flow->row->case_no, &position, &line);
		if (err == KB_OK && line.direction == KB_DIRECTION_IN &&
		    line.party_no == party_no &&
		    (line.kind == KB_KIND_ZAAK_REGEL || line.kind == KB_KIND_ZAAK_EINDE)) {
			looked++;
			err = look_into(handing, &line);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
send_proof(struct kb_flow *flow, const struct kb_party_id *to, const struct kb_zaak_bewijs *bewijs)
{
	struct kb_buf content = { 0 };
	enum kb_err err = kb_zaak_bewijs_encode(bewijs, &content);

	if (err == KB_OK) {
		err = send(flow, to, KB_KIND_ZAAK_BEWIJS, kb_buf_span(&content));
	}
	kb_buf_release(&content);
	return err;
}

/* Its own messages, oldest first: each builds on the one before it. *others: records of somebody else are missing there too. */
static enum kb_err
hand_back(struct kb_flow *flow, const struct kb_received *received,
	  const struct kb_zaak_opvraag *opvraag, bool *others)
{
	struct handing *handing = kb_arena_alloc(flow->act->arena, sizeof(*handing));
	enum kb_err err = KB_OK;

	if (handing == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	memset(handing, 0, sizeof(*handing));
	handing->flow = flow;
	handing->wanted =
		kb_arena_alloc(flow->act->arena, (flow->count + 1) * sizeof(*handing->wanted));
	if (handing->wanted == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	want(handing, opvraag);
	err = look_for(handing, received->sender_no);
	for (size_t i = handing->count; err == KB_OK && i > 0; i--) {
		handing->found[i - 1].left = (uint32_t)i;
		err = send_proof(flow, &received->sender, &handing->found[i - 1]);
	}
	*others = handing->wanted_count > 0;
	return err == KB_OK && handing->count == 0
		       ? send_proof(flow, &received->sender, &(struct kb_zaak_bewijs){ .left = 1 })
		       : err;
}

enum kb_err
kb_flow_handle_recovery(struct kb_act *act, const struct kb_received *received)
{
	struct kb_zaak_opvraag opvraag;
	struct kb_flow flow;
	bool others = false;
	enum kb_err err = kb_zaak_opvraag_decode(received->content, act->arena, &opvraag);

	if (err == KB_OK) {
		err = received->case_no != 0 ? kb_flow_load(act, received->case_no, &flow)
					     : KB_ERR_NOT_FOUND;
	}
	/* To who takes, or took, no part in it the case does not exist. */
	if (err == KB_OK && (flow.view == NULL || !takes_part(&flow, &received->sender))) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err != KB_OK) {
		return err;
	}
	err = hand_back(&flow, received, &opvraag, &others);
	/* What others made it believes of who has the regie; from another it would have to refuse it. */
	if (err == KB_OK && others && kb_flow_has_regie(&flow)) {
		err = kb_flow_tell_chain(
			&flow, &received->sender,
			kb_chain_roles_of(flow.view, &received->sender) & KB_ROUTE_ROLES_HELD,
			opvraag.regie_epoch == flow.view->regie_epoch ? opvraag.revision : 0);
	}
	/* Taken in is taken in: what may not be told on any ground is left out. */
	return kb_err_category(err) == KB_CATEGORY_REFUSED ? KB_OK : err;
}
