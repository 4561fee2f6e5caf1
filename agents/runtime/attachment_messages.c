/* SPDX-License-Identifier: EUPL-1.2 */
/* The messages about attachments: announced, asked for, a part, the outcome; and what became of ours. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "common/base/log.h"
#include "common/crypto/hash.h"
#include "common/exchange/date.h"
#include "common/wire/bijlage.h"

_Static_assert(KB_WIRE_DEEL_BYTES_MAX == KB_CHUNK_BYTES, "a part is a chunk");
_Static_assert(KB_WIRE_BIJLAGE_BYTES_MAX == KB_ATTACHMENT_BYTES_MAX, "one most size");
_Static_assert(KB_WIRE_BIJLAGE_WINDOW_MAX >= KB_ATTACHMENT_WINDOW, "a window fits in a question");

static int32_t
day_of(uint32_t date)
{
	int32_t day = KB_DAY_NONE;

	return date != 0 && kb_date_of_number(date, &day) == KB_OK ? day : KB_DAY_NONE;
}

/* ---- announced to us ---- */

static enum kb_err
start_fetching(struct kb_act *act, const struct kb_received *received,
	       const struct kb_bijlage *message, uint64_t case_no)
{
	size_t map = (kb_chunk_count(message->bytes) + 7) / 8;
	struct kb_attachment attachment = { .case_no = case_no,
					    .at_utc_ms = act->now_utc_ms,
					    .file_id = kb_id_random(&act->agent->random),
					    .sha256 = message->sha256,
					    .bytes = message->bytes,
					    .type = message->type,
					    .sort = message->sort,
					    .name = message->name,
					    .day = day_of(message->date),
					    .categories = message->categories,
					    .seen_day = day_of(message->seen_on),
					    .parts = message->parts,
					    .state = KB_ATTACHMENT_COMING,
					    .from = received->sender,
					    .present = kb_arena_alloc(act->arena, map),
					    .present_len = map };
	enum kb_err err = attachment.present != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK && received->consent_ref.len == KB_ID_BYTES) {
		memcpy(attachment.consent_ref.bytes, received->consent_ref.at, KB_ID_BYTES);
	}
	if (err == KB_OK) {
		err = kb_attachment_ask(act, &attachment);
	}
	if (err == KB_OK) {
		err = kb_attachment_put(act, &attachment);
	}
	kb_attachments_wake(act->agent, case_no);
	return err;
}

/* It was stopped or refused before, and is offered anew: the ground may be another one now. */
static enum kb_err
forget_ended(struct kb_act *act, const struct kb_attachment *attachment)
{
	kb_attachments_wake(act->agent, attachment->case_no); /* its files go too */
	return kb_case_item_delete(act->step, attachment->case_no, KB_ITEM_BIJLAGE,
				   attachment->item_no);
}

enum kb_err
kb_attachment_handle_announcement(struct kb_act *act, const struct kb_received *received)
{
	struct kb_attachment known = { .state = KB_ATTACHMENT_NONE };
	struct kb_bijlage message;
	struct kb_case *row = NULL;
	enum kb_err err = kb_bijlage_decode(received->content, act->arena, &message);

	if (err == KB_OK && message.type >= KB_ATTACHMENT_TYPE_COUNT) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK && message.bytes > act->agent->attachments.case_bytes_max) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK && received->case_no != 0) {
		err = kb_attachment_find(act->step, received->case_no, &message.sha256, act->arena,
					 &known);
		if (err == KB_ERR_NOT_FOUND) {
			known.state = KB_ATTACHMENT_NONE;
			err = kb_attachment_room(act->agent, act->step, received->case_no,
						 message.bytes, act->arena);
		}
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, &row, NULL);
	}
	if (err != KB_OK) {
		return err;
	}
	kb_case_raise(row, 0, act->now_utc_ms);
	if (known.state == KB_ATTACHMENT_WHOLE || known.state == KB_ATTACHMENT_COMING) {
		known.from = received->sender; /* of the answer only: the row stays */
		return known.state == KB_ATTACHMENT_WHOLE ? kb_attachment_tell_outcome(act, &known)
							  : KB_OK;
	}
	if (known.state != KB_ATTACHMENT_NONE) {
		err = forget_ended(act, &known);
	}
	return err == KB_OK ? start_fetching(act, received, &message, row->case_no) : err;
}

/* ---- asked of us ---- */

static struct kb_attachment_reader *
find_reader(const struct kb_attachment *attachment, const struct kb_party_id *party)
{
	for (size_t i = 0; i < attachment->reader_count; i++) {
		if (kb_party_id_equal(&attachment->readers[i].party, party)) {
			return &attachment->readers[i];
		}
	}
	return NULL;
}

static struct kb_outgoing
part_to(const struct kb_attachment *attachment, const struct kb_attachment_reader *reader,
	struct kb_span content)
{
	return (struct kb_outgoing){ .recipient = reader->party,
				     .kind = KB_KIND_BIJLAGE_DEEL,
				     .case_no = attachment->case_no,
				     .content = content,
				     .purpose = reader->purpose,
				     .ground = reader->ground,
				     .desk = reader->desk,
				     .consent_ref = kb_id_empty(&reader->consent_ref)
							    ? KB_SPAN_NONE
							    : KB_SPAN_OF(reader->consent_ref) };
}

/* What is asked for, and where it stands. Wipe the key. */
struct wanted {
	const struct kb_attachment *attachment;
	const struct kb_attachment_reader *reader;
	struct kb_chunk_place place;
	struct kb_datakey key;
};

/* One part, encoded into content. KB_ERR_NOT_FOUND, a refusal, for what cannot be read: it must hold up nothing else. */
static enum kb_err
read_part(struct kb_act *act, const struct wanted *wanted, uint32_t number, struct kb_buf *content)
{
	const struct kb_attachment *attachment = wanted->attachment;
	struct kb_bijlage_deel part = { .sha256 = attachment->sha256,
					.number = number,
					.categories = attachment->categories,
					.seen_on = kb_date_number(attachment->seen_day) };
	struct kb_hash hash = kb_attachment_part_hash(attachment, number);
	struct kb_buf plain = { 0 };
	enum kb_err err = kb_chunk_get(act->agent->attachments.chunks, &wanted->key, &wanted->place,
				       number, &hash, &plain);

	if (err == KB_ERR_CORRUPT || err == KB_ERR_NOT_FOUND) {
		kb_attachments_broken(act->agent, attachment, number, err);
		err = KB_ERR_NOT_FOUND;
	}
	kb_buf_clear(content);
	if (err == KB_OK) {
		part.content = kb_buf_span(&plain);
		err = kb_bijlage_deel_encode(&part, content);
	}
	kb_buf_wipe(&plain);
	return err;
}

/* The first is read and judged before anything is changed: it can refuse the question. */
static enum kb_err
check_first(struct kb_act *act, const struct wanted *wanted, uint32_t number)
{
	struct kb_buf content = { 0 };
	struct kb_outgoing outgoing;
	enum kb_err err = read_part(act, wanted, number, &content);

	if (err == KB_OK) {
		outgoing = part_to(wanted->attachment, wanted->reader, kb_buf_span(&content));
		err = kb_act_may_send(act, &outgoing);
	}
	kb_buf_wipe(&content);
	return err;
}

/* As many as can be read: what is missing of them is asked for again, and refused when it comes first. */
static enum kb_err
send_parts(struct kb_act *act, const struct wanted *wanted, uint32_t first, uint32_t count)
{
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	for (uint32_t i = 0; err == KB_OK && i < count; i++) {
		err = read_part(act, wanted, first + i, &content);
		if (err == KB_OK) {
			struct kb_outgoing outgoing =
				part_to(wanted->attachment, wanted->reader, kb_buf_span(&content));

			err = kb_act_send(act, &outgoing, NULL);
		}
	}
	kb_buf_wipe(&content);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* A recipient that asks and asks and fetches nothing does not fill our outbox. */
static enum kb_err
check_edge(struct kb_act *act, uint32_t party_no)
{
	struct kb_edge_out edge;
	enum kb_err err =
		kb_edge_out_get(act->step, party_no, act->agent->own_epoch.epoch_no, &edge);

	if (err == KB_OK && edge.waiting_bytes > KB_ATTACHMENT_EDGE_BYTES) {
		err = KB_ERR_BUSY;
	}
	/* Many at once: those of the next group. All of a group is in memory until its commit. */
	return err == KB_OK && act->arena->used_bytes > KB_ATTACHMENT_GROUP_BYTES ? KB_ERR_BUSY
										  : err;
}

enum kb_err
kb_attachment_handle_request(struct kb_act *act, const struct kb_received *received)
{
	struct kb_bijlage_opvraag question;
	struct kb_attachment attachment;
	struct kb_attachment_reader *reader = NULL;
	struct wanted wanted = { .attachment = NULL };
	enum kb_err err = kb_bijlage_opvraag_decode(received->content, act->arena, &question);

	if (err == KB_OK) {
		err = received->case_no != 0
			      ? kb_attachment_find(act->step, received->case_no, &question.sha256,
						   act->arena, &attachment)
			      : KB_ERR_NOT_FOUND;
	}
	/* To whom it was never announced it does not exist. */
	if (err == KB_OK) {
		reader = find_reader(&attachment, &received->sender);
		err = reader != NULL ? KB_OK : KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK &&
	    (uint64_t)question.first + question.count > kb_chunk_count(attachment.bytes)) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK) {
		err = check_edge(act, received->sender_no);
	}
	if (err == KB_OK) {
		wanted = (struct wanted){ .attachment = &attachment, .reader = reader };
		err = kb_attachment_place(act->agent, act->step, &attachment, &wanted.place,
					  &wanted.key);
	}
	if (err == KB_OK) {
		err = check_first(act, &wanted, question.first);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err == KB_OK) {
		err = send_parts(act, &wanted, question.first, question.count);
	}
	kb_datakey_wipe(&wanted.key);
	kb_attachments_busy(act->agent);
	if (err == KB_OK) {
		reader->state = KB_ATTACHMENT_COMING;
		reader->asked = question.first + question.count > reader->asked
					? question.first + question.count
					: reader->asked;
		err = kb_attachment_put(act, &attachment);
	}
	return err;
}

/* ---- a part comes in ---- */

static enum kb_err
check_part(const struct kb_attachment *attachment, const struct kb_received *received,
	   const struct kb_bijlage_deel *part)
{
	struct kb_hash wanted = kb_attachment_part_hash(attachment, part->number);
	struct kb_hash found;

	if (!kb_party_id_equal(&attachment->from, &received->sender) ||
	    attachment->state == KB_ATTACHMENT_REFUSED ||
	    attachment->state == KB_ATTACHMENT_STOPPED) {
		return KB_ERR_STATE;
	}
	/* Judged as what was announced, and nothing that nobody asked for. */
	if (part->categories != attachment->categories ||
	    day_of(part->seen_on) != attachment->seen_day || part->content.len == 0 ||
	    part->content.len != kb_chunk_length(attachment->bytes, part->number)) {
		return KB_ERR_BAD_VALUE;
	}
	if (part->number >= attachment->asked) {
		return KB_ERR_STATE;
	}
	kb_sha256(part->content, &found);
	return kb_hash_equal(&found, &wanted) ? KB_OK : KB_ERR_BAD_VALUE;
}

static enum kb_err
keep_part(struct kb_act *act, struct kb_attachment *attachment, const struct kb_bijlage_deel *part)
{
	struct kb_chunk_place place;
	struct kb_datakey key = { { 0 } };
	enum kb_err err = kb_attachment_place(act->agent, act->step, attachment, &place, &key);

	if (err == KB_OK) {
		err = kb_chunk_put(act->agent->attachments.chunks, &key, &place, part->number,
				   part->content);
	}
	kb_datakey_wipe(&key);
	kb_attachments_busy(act->agent);
	if (err == KB_OK) {
		attachment->present[part->number / 8] |= (uint8_t)(1u << (part->number % 8));
		attachment->asked_utc_ms = act->now_utc_ms;
		err = kb_attachment_ask(act, attachment);
	}
	if (err == KB_OK) {
		err = kb_attachment_put(act, attachment);
	}
	if (kb_attachment_present_count(attachment) == kb_chunk_count(attachment->bytes)) {
		kb_attachments_wake(act->agent, attachment->case_no);
	}
	return err;
}

enum kb_err
kb_attachment_handle_part(struct kb_act *act, const struct kb_received *received)
{
	struct kb_bijlage_deel part;
	struct kb_attachment attachment;
	enum kb_err err = kb_bijlage_deel_decode(received->content, act->arena, &part);

	if (err == KB_OK) {
		err = received->case_no != 0
			      ? kb_attachment_find(act->step, received->case_no, &part.sha256,
						   act->arena, &attachment)
			      : KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = check_part(&attachment, received, &part);
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	/* Twice is once. */
	return err == KB_OK && !kb_attachment_is_present(&attachment, part.number)
		       ? keep_part(act, &attachment, &part)
		       : err;
}

/* ---- how it ended there ---- */

static enum kb_err
raise_problem(struct kb_act *act, uint64_t case_no)
{
	struct kb_case *row = NULL;
	enum kb_err err = kb_case_edit(act->step, case_no, &row);

	if (err == KB_OK) {
		row->inbox_flags |= KB_INBOX_PROBLEM;
	}
	return err;
}

enum kb_err
kb_attachment_handle_outcome(struct kb_act *act, const struct kb_received *received)
{
	struct kb_bijlage_uitkomst outcome;
	struct kb_attachment attachment;
	struct kb_attachment_reader *reader = NULL;
	enum kb_err err = kb_bijlage_uitkomst_decode(received->content, act->arena, &outcome);

	if (err == KB_OK) {
		err = received->case_no != 0
			      ? kb_attachment_find(act->step, received->case_no, &outcome.sha256,
						   act->arena, &attachment)
			      : KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		reader = find_reader(&attachment, &received->sender);
		err = reader != NULL ? KB_OK : KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_PARTNERS, NULL, NULL);
	}
	if (err != KB_OK) {
		return err;
	}
	reader->state = outcome.rule.len == 0 ? KB_ATTACHMENT_WHOLE : KB_ATTACHMENT_REFUSED;
	reader->rule = kb_attachment_rule_parse(outcome.rule);
	reader->reason = 0;
	err = kb_attachment_put(act, &attachment);
	return err == KB_OK && reader->state == KB_ATTACHMENT_REFUSED
		       ? raise_problem(act, attachment.case_no)
		       : err;
}

/* ---- what became of messages of ours ---- */

static enum kb_err
stop_reader(struct kb_act *act, struct kb_attachment *attachment,
	    struct kb_attachment_reader *reader, enum kb_err reason)
{
	enum kb_err err = KB_OK;

	if (reader->state == KB_ATTACHMENT_WHOLE || reader->state == KB_ATTACHMENT_REFUSED ||
	    reader->state == KB_ATTACHMENT_STOPPED) {
		return KB_OK;
	}
	reader->state = KB_ATTACHMENT_STOPPED;
	reader->reason = kb_err_reason(reason);
	err = kb_attachment_put(act, attachment);
	return err == KB_OK ? raise_problem(act, attachment->case_no) : err;
}

static enum kb_err
stop_fetching(struct kb_act *act, struct kb_attachment *attachment, enum kb_err reason)
{
	enum kb_err err = KB_OK;

	if (attachment->state != KB_ATTACHMENT_COMING) {
		return KB_OK;
	}
	attachment->state = KB_ATTACHMENT_STOPPED;
	attachment->reason = kb_err_reason(reason);
	kb_attachments_wake(act->agent,
			    attachment->case_no); /* half a file is of no use to anybody */
	err = kb_attachment_put(act, attachment);
	return err == KB_OK ? raise_problem(act, attachment->case_no) : err;
}

static enum kb_err
announcement_refused(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct kb_attachment attachment = { .item_no = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_attachment_next(act->step, fate->case_no, act->arena, &attachment);
		for (size_t i = 0; err == KB_OK && i < attachment.reader_count; i++) {
			if (kb_id_equal(&attachment.readers[i].message_id, &fate->ref.message_id)) {
				return stop_reader(act, &attachment, &attachment.readers[i],
						   fate->reason);
			}
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
question_refused(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct kb_bijlage_opvraag question;
	struct kb_attachment attachment;
	struct kb_span content = KB_SPAN_NONE;
	enum kb_err err = kb_act_sent_content(act, &fate->ref, &content);

	if (err == KB_OK) {
		err = kb_bijlage_opvraag_decode(content, act->arena, &question);
	}
	if (err == KB_OK) {
		err = kb_attachment_find(act->step, fate->case_no, &question.sha256, act->arena,
					 &attachment);
	}
	if (err == KB_OK && kb_party_id_equal(&attachment.from, &fate->recipient)) {
		err = stop_fetching(act, &attachment, fate->reason);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static enum kb_err
part_refused(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct kb_bijlage_deel part;
	struct kb_attachment attachment;
	struct kb_attachment_reader *reader = NULL;
	struct kb_span content = KB_SPAN_NONE;
	enum kb_err err = kb_act_sent_content(act, &fate->ref, &content);

	if (err == KB_OK) {
		err = kb_bijlage_deel_decode(content, act->arena, &part);
	}
	if (err == KB_OK) {
		err = kb_attachment_find(act->step, fate->case_no, &part.sha256, act->arena,
					 &attachment);
	}
	if (err == KB_OK) {
		reader = find_reader(&attachment, &fate->recipient);
		err = reader != NULL ? stop_reader(act, &attachment, reader, fate->reason) : KB_OK;
	}
	/* A part of this very group, recalled with it, is in no log yet: the withdrawal stops the attachment itself. */
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_attachment_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	/* What expired unread is asked for again, or announced again by a person. */
	if (fate->fate != KB_FATE_REFUSED) {
		return KB_OK;
	}
	if (fate->kind == KB_KIND_BIJLAGE) {
		return announcement_refused(act, fate);
	}
	if (fate->kind == KB_KIND_BIJLAGE_OPVRAAG) {
		return question_refused(act, fate);
	}
	return fate->kind == KB_KIND_BIJLAGE_DEEL ? part_refused(act, fate) : KB_OK;
}

enum kb_err
kb_attachment_consent_ended(struct kb_act *act, uint64_t case_no, const struct kb_id *consent_id)
{
	struct kb_attachment attachment = { .item_no = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_attachment_next(act->step, case_no, act->arena, &attachment);
		if (err == KB_OK && kb_id_equal(&attachment.consent_ref, consent_id)) {
			err = stop_fetching(act, &attachment, KB_ERR_CONSENT_WITHDRAWN);
		}
		for (size_t i = 0; err == KB_OK && i < attachment.reader_count; i++) {
			if (kb_id_equal(&attachment.readers[i].consent_ref, consent_id)) {
				err = stop_reader(act, &attachment, &attachment.readers[i],
						  KB_ERR_CONSENT_WITHDRAWN);
			}
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
