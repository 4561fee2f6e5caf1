/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The other side of flow_recover.c: a party whose store went back in time asks for the steps that it sent us, and gets the sealed messages
 * back as we keep them. Nothing that it did not send itself goes out here.
 */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/store/record.h"

/* Lines of a case that are opened for one answer. */
#define LINES_MAX 4096u
/* And bytes of their messages; and of those that go back. An honest case comes nowhere near it. */
#define OPENED_MAX ((size_t)64 * 1024 * 1024)
#define FOUND_MAX ((size_t)16 * 1024 * 1024)

/* A message of the party that asks, that holds something which it lacks. */
struct handing {
	struct kb_flow *flow;
	struct kb_epoch epoch; /* of the question */
	bool *wanted;	       /* of the records of flow: stands, and is behind what who asks has */
	size_t wanted_count;
	size_t opened; /* bytes */
	size_t found_bytes;
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

/* Those that who asks can build on come first: of more than go in one answer the newest wait for the next question. */
static void
add_found(struct handing *handing, const struct kb_zaak_bewijs *bewijs)
{
	if (handing->count == KB_WIRE_BEWIJZEN_MAX) {
		memmove(handing->found, handing->found + 1,
			(handing->count - 1) * sizeof(*handing->found));
		handing->count--;
	}
	handing->found[handing->count++] = *bewijs;
}

/* scratch: what is not handed back is let go at once. */
static enum kb_err
look_into(struct handing *handing, const struct kb_case_record *line, struct kb_arena *scratch)
{
	struct kb_act *act = handing->flow->act;
	struct kb_zaak_bewijs bewijs = { .left = 0 };
	struct kb_zaak_regels regels;
	struct kb_record_read record;
	struct kb_header header;
	struct kb_body body;
	enum kb_err err = kb_record_get(act->step, line->ledger_seq, &record);

	if (err == KB_OK) {
		err = kb_header_decode(record.clear.header, scratch, &header);
	}
	/* What it sent in the epoch in which it asks it did not lose. */
	if (err == KB_OK && memcmp(header.epoch.bytes, handing->epoch.bytes, KB_EPOCH_BYTES) == 0) {
		return KB_OK;
	}
	if (err == KB_OK) {
		/* Borrowed from the store until its next write. */
		bewijs.header = kb_arena_copy(act->arena, record.clear.header);
		bewijs.seal = kb_arena_copy(act->arena, record.clear.seal);
		err = bewijs.header.at != NULL && bewijs.seal.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = kb_record_open_message(act->step, &record, scratch, &bewijs.salt,
					     &bewijs.body);
	}
	if (err == KB_OK) {
		handing->opened += bewijs.body.len;
		err = kb_body_decode(bewijs.body, scratch, &body);
	}
	if (err == KB_OK) {
		err = kb_zaak_regels_decode(body.content, scratch, &regels);
	}
	if (err == KB_OK && bewijs.body.len <= KB_WIRE_BEWIJS_BODY_BYTES_MAX &&
	    tick_off(handing, &regels)) {
		handing->found_bytes += bewijs.body.len;
		bewijs.salt = kb_arena_copy(act->arena, bewijs.salt);
		bewijs.body = kb_arena_copy(act->arena, bewijs.body);
		err = bewijs.salt.at != NULL && bewijs.body.at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
		add_found(handing, &bewijs);
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
	       handing->opened < OPENED_MAX && handing->found_bytes < FOUND_MAX) {
		err = kb_case_record_back(act->step, handing->flow->row->case_no, &position, &line);
		if (err == KB_OK && line.direction == KB_DIRECTION_IN &&
		    line.party_no == party_no &&
		    (line.kind == KB_KIND_ZAAK_REGEL || line.kind == KB_KIND_ZAAK_EINDE)) {
			struct kb_arena scratch = { .block = NULL };

			looked++;
			err = look_into(handing, &line, &scratch);
			kb_arena_release(&scratch);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* A message that rests on the exchange itself: also when the toestemming of the case is gone, for the end after it may be what is lost. */
enum kb_err
kb_flow_send_recovery(struct kb_flow *flow, const struct kb_party_id *to, enum kb_kind kind,
		      struct kb_span content, const struct kb_id *in_reply_to,
		      struct kb_sent_ref *ref)
{
	struct kb_outgoing outgoing = { .recipient = *to,
					.kind = kind,
					.case_no = flow->row->case_no,
					.purpose = KB_PURPOSE_BERICHTENVERKEER,
					.ground = KB_GROUND_WETTELIJKE_TAAK,
					.in_reply_to = in_reply_to,
					.content = content };

	return kb_act_send(flow->act, &outgoing, ref);
}

static enum kb_err
send_proof(struct kb_flow *flow, const struct kb_received *question,
	   const struct kb_zaak_bewijs *bewijs)
{
	struct kb_buf content = { 0 };
	enum kb_err err = kb_zaak_bewijs_encode(bewijs, &content);

	if (err == KB_OK) {
		err = kb_flow_send_recovery(flow, &question->sender, KB_KIND_ZAAK_BEWIJS,
					    kb_buf_span(&content), &question->message_id, NULL);
	}
	kb_buf_release(&content);
	return err;
}

/* Its own messages, oldest first: each builds on the one before it. */
static enum kb_err
hand_back(struct kb_flow *flow, const struct kb_received *received,
	  const struct kb_zaak_opvraag *opvraag)
{
	struct handing *handing = kb_arena_alloc(flow->act->arena, sizeof(*handing));
	enum kb_err err = KB_OK;

	if (handing == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	memset(handing, 0, sizeof(*handing));
	handing->flow = flow;
	handing->epoch = received->epoch;
	handing->wanted =
		kb_arena_alloc(flow->act->arena, (flow->count + 1) * sizeof(*handing->wanted));
	if (handing->wanted == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	want(handing, opvraag);
	err = look_for(handing, received->sender_no);
	for (size_t i = handing->count; err == KB_OK && i > 0; i--) {
		handing->found[i - 1].left = (uint32_t)i;
		err = send_proof(flow, received, &handing->found[i - 1]);
	}
	return err == KB_OK && handing->count == 0
		       ? send_proof(flow, received, &(struct kb_zaak_bewijs){ .left = 1 })
		       : err;
}

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

enum kb_err
kb_flow_handle_recovery(struct kb_act *act, const struct kb_received *received)
{
	struct kb_zaak_opvraag opvraag;
	struct kb_flow flow;
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
	err = hand_back(&flow, received, &opvraag);
	/* Taken in is taken in: who cannot be sealed to now does not get an answer. */
	return kb_err_category(err) == KB_CATEGORY_REFUSED ? KB_OK : err;
}
