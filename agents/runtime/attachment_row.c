/* SPDX-License-Identifier: EUPL-1.2 */
/* The row of an attachment. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "common/store/case_items.h"
#include "common/store/codec.h"

#define ATTACHMENT_VERSION 1

static void
pack_reader(struct kb_pack *pack, const struct kb_attachment_reader *reader)
{
	kb_pack_party(pack, &reader->party);
	kb_pack_fixed(pack, reader->message_id.bytes, KB_ID_BYTES);
	kb_pack_u32(pack, (uint32_t)reader->purpose);
	kb_pack_u32(pack, (uint32_t)reader->ground);
	kb_pack_u32(pack, (uint32_t)reader->desk);
	kb_pack_fixed(pack, reader->consent_ref.bytes, KB_ID_BYTES);
	kb_pack_u8(pack, (uint8_t)reader->state);
	kb_pack_u32(pack, reader->asked);
	kb_pack_u32(pack, reader->reason);
	kb_pack_u32(pack, (uint32_t)reader->rule);
	kb_pack_i64(pack, reader->at_utc_ms);
}

static void
unpack_reader(struct kb_unpack *unpack, struct kb_attachment_reader *out)
{
	kb_unpack_party(unpack, &out->party);
	kb_unpack_fixed(unpack, out->message_id.bytes, KB_ID_BYTES);
	out->purpose = (enum kb_purpose)kb_unpack_u32(unpack);
	out->ground = (enum kb_ground)kb_unpack_u32(unpack);
	out->desk = (enum kb_desk)kb_unpack_u32(unpack);
	kb_unpack_fixed(unpack, out->consent_ref.bytes, KB_ID_BYTES);
	out->state = (enum kb_attachment_state)kb_unpack_u8(unpack);
	out->asked = kb_unpack_u32(unpack);
	out->reason = kb_unpack_u32(unpack);
	out->rule = (enum kb_attachment_rule)kb_unpack_u32(unpack);
	out->at_utc_ms = kb_unpack_i64(unpack);
}

enum kb_err
kb_attachment_pack(const struct kb_attachment *attachment, struct kb_buf *out)
{
	struct kb_pack pack;

	if (attachment->reader_count > KB_ATTACHMENT_READERS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	kb_pack_begin(&pack, out, ATTACHMENT_VERSION);
	kb_pack_fixed(&pack, attachment->file_id.bytes, KB_ID_BYTES);
	kb_pack_fixed(&pack, attachment->sha256.bytes, KB_HASH_BYTES);
	kb_pack_u64(&pack, attachment->bytes);
	kb_pack_u32(&pack, attachment->type);
	kb_pack_bytes(&pack, attachment->sort);
	kb_pack_bytes(&pack, attachment->name);
	kb_pack_i64(&pack, attachment->day);
	kb_pack_u32(&pack, attachment->categories);
	kb_pack_i64(&pack, attachment->seen_day);
	kb_pack_bytes(&pack, attachment->parts);
	kb_pack_u8(&pack, (uint8_t)attachment->state);
	kb_pack_u32(&pack, attachment->reason);
	kb_pack_u32(&pack, (uint32_t)attachment->rule);
	kb_pack_party(&pack, &attachment->from);
	kb_pack_fixed(&pack, attachment->consent_ref.bytes, KB_ID_BYTES);
	kb_pack_bytes(&pack, kb_span(attachment->present, attachment->present_len));
	kb_pack_u32(&pack, attachment->asked);
	kb_pack_i64(&pack, attachment->asked_utc_ms);
	kb_pack_u32(&pack, (uint32_t)attachment->reader_count);
	for (size_t i = 0; i < attachment->reader_count; i++) {
		pack_reader(&pack, &attachment->readers[i]);
	}
	return kb_pack_end(&pack);
}

/* What else can be said of a row by itself. */
static bool
fits(const struct kb_attachment *attachment)
{
	size_t count = kb_chunk_count(attachment->bytes);
	bool ours = kb_party_id_empty(&attachment->from);

	return attachment->bytes > 0 && attachment->bytes <= KB_ATTACHMENT_BYTES_MAX &&
	       attachment->parts.len == count * KB_HASH_BYTES &&
	       attachment->present_len == (ours ? 0 : (count + 7) / 8) &&
	       attachment->asked <= count;
}

enum kb_err
kb_attachment_unpack(struct kb_span payload, struct kb_arena *arena, struct kb_attachment *out)
{
	struct kb_unpack unpack;
	struct kb_span present;
	size_t count = 0;

	(void)kb_unpack_begin(&unpack, payload, ATTACHMENT_VERSION);
	kb_unpack_fixed(&unpack, out->file_id.bytes, KB_ID_BYTES);
	kb_unpack_fixed(&unpack, out->sha256.bytes, KB_HASH_BYTES);
	out->bytes = kb_unpack_u64(&unpack);
	out->type = kb_unpack_u32(&unpack);
	out->sort = kb_unpack_bytes(&unpack);
	out->name = kb_unpack_bytes(&unpack);
	out->day = (int32_t)kb_unpack_i64(&unpack);
	out->categories = kb_unpack_u32(&unpack);
	out->seen_day = (int32_t)kb_unpack_i64(&unpack);
	out->parts = kb_unpack_bytes(&unpack);
	out->state = (enum kb_attachment_state)kb_unpack_u8(&unpack);
	out->reason = kb_unpack_u32(&unpack);
	out->rule = (enum kb_attachment_rule)kb_unpack_u32(&unpack);
	kb_unpack_party(&unpack, &out->from);
	kb_unpack_fixed(&unpack, out->consent_ref.bytes, KB_ID_BYTES);
	present = kb_unpack_bytes(&unpack);
	out->asked = kb_unpack_u32(&unpack);
	out->asked_utc_ms = kb_unpack_i64(&unpack);
	count = kb_unpack_u32(&unpack);
	if (unpack.err == KB_OK && count > KB_ATTACHMENT_READERS_MAX) {
		return KB_ERR_CORRUPT;
	}
	/* Room for one more, and a map that may be written in. */
	out->readers = kb_arena_alloc(arena, (count + 1) * sizeof(*out->readers));
	out->present = kb_arena_alloc(arena, present.len + 1);
	out->present_len = present.len;
	if (out->readers == NULL || out->present == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (present.len > 0) {
		memcpy(out->present, present.at, present.len);
	}
	out->reader_count = count;
	for (size_t i = 0; i < count; i++) {
		unpack_reader(&unpack, &out->readers[i]);
	}
	enum kb_err err = kb_unpack_end(&unpack);

	return err == KB_OK && !fits(out) ? KB_ERR_CORRUPT : err;
}

static enum kb_err
read_item(const struct kb_case_item *item, struct kb_arena *arena, struct kb_attachment *out)
{
	*out = (struct kb_attachment){ .case_no = item->case_no,
				       .item_no = item->item_no,
				       .author_user_no = item->author_user_no,
				       .at_utc_ms = item->at_utc_ms };
	return kb_attachment_unpack(item->payload, arena, out);
}

enum kb_err
kb_attachment_get(struct kb_step *step, uint64_t case_no, uint32_t item_no, struct kb_arena *arena,
		  struct kb_attachment *out)
{
	struct kb_case_item item;
	enum kb_err err = kb_case_item_get(step, case_no, KB_ITEM_BIJLAGE, item_no, arena, &item);

	return err == KB_OK ? read_item(&item, arena, out) : err;
}

enum kb_err
kb_attachment_next(struct kb_step *step, uint64_t case_no, struct kb_arena *arena,
		   struct kb_attachment *out)
{
	struct kb_case_item item;
	enum kb_err err =
		kb_case_item_next(step, case_no, KB_ITEM_BIJLAGE, out->item_no, arena, &item);

	return err == KB_OK ? read_item(&item, arena, out) : err;
}

enum kb_err
kb_attachment_find(struct kb_step *step, uint64_t case_no, const struct kb_hash *sha256,
		   struct kb_arena *arena, struct kb_attachment *out)
{
	enum kb_err err = KB_OK;

	*out = (struct kb_attachment){ .item_no = 0 };
	while (err == KB_OK) {
		err = kb_attachment_next(step, case_no, arena, out);
		if (err == KB_OK && kb_hash_equal(&out->sha256, sha256)) {
			return KB_OK;
		}
	}
	return err;
}

enum kb_visibility
kb_attachment_visibility(const struct kb_attachment *attachment)
{
	return kb_party_id_empty(&attachment->from) ? KB_VISIBILITY_DESK : KB_VISIBILITY_ALL;
}

enum kb_err
kb_attachment_put(struct kb_act *act, struct kb_attachment *attachment)
{
	struct kb_case_item item = { .case_no = attachment->case_no,
				     .type = KB_ITEM_BIJLAGE,
				     .item_no = attachment->item_no,
				     .author_party_no = KB_PARTY_NO_SELF,
				     .author_user_no = attachment->author_user_no,
				     .at_utc_ms = attachment->at_utc_ms,
				     .visibility = kb_attachment_visibility(attachment) };
	struct kb_buf payload = { 0 };
	enum kb_err err = kb_attachment_pack(attachment, &payload);

	if (err == KB_OK && !kb_party_id_empty(&attachment->from)) {
		err = kb_act_party_no(act, &attachment->from, &item.author_party_no);
	}
	if (err == KB_OK) {
		item.payload = kb_buf_span(&payload);
		err = kb_case_item_put(act->step, &item);
	}
	attachment->item_no = item.item_no;
	kb_buf_wipe(&payload);
	return err;
}

enum kb_err
kb_attachment_place(struct kb_agent *agent, struct kb_step *step,
		    const struct kb_attachment *attachment, struct kb_chunk_place *place,
		    struct kb_datakey *key)
{
	struct kb_case row;
	enum kb_err err = kb_case_get(step, attachment->case_no, &row);

	if (err != KB_OK) {
		return err;
	}
	*place = (struct kb_chunk_place){ .case_no = row.case_no,
					  .case_id = row.case_id,
					  .file_id = attachment->file_id,
					  .bytes = attachment->bytes };
	return kb_keyring_get(kb_store_keyring(agent->store), row.data_key_no, key);
}

bool
kb_attachment_is_present(const struct kb_attachment *attachment, uint32_t index)
{
	return attachment->state == KB_ATTACHMENT_WHOLE ||
	       (index / 8 < attachment->present_len &&
		(attachment->present[index / 8] >> (index % 8) & 1) != 0);
}

uint32_t
kb_attachment_present_count(const struct kb_attachment *attachment)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < kb_chunk_count(attachment->bytes); i++) {
		count += kb_attachment_is_present(attachment, i) ? 1 : 0;
	}
	return count;
}

struct kb_hash
kb_attachment_part_hash(const struct kb_attachment *attachment, uint32_t index)
{
	struct kb_hash hash = { { 0 } };
	struct kb_span at =
		kb_span_part(attachment->parts, (size_t)index * KB_HASH_BYTES, KB_HASH_BYTES);

	if (at.len == KB_HASH_BYTES) {
		memcpy(hash.bytes, at.at, KB_HASH_BYTES);
	}
	return hash;
}

enum kb_err
kb_attachment_room(struct kb_agent *agent, struct kb_step *step, uint64_t case_no, uint64_t bytes,
		   struct kb_arena *arena)
{
	struct kb_attachment one = { .item_no = 0 };
	uint64_t total = bytes;
	uint32_t count = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_attachment_next(step, case_no, arena, &one);
		if (err == KB_OK &&
		    (one.state == KB_ATTACHMENT_WHOLE || one.state == KB_ATTACHMENT_COMING)) {
			total += one.bytes;
		}
		count += err == KB_OK ? 1 : 0;
	}
	if (err != KB_ERR_NOT_FOUND) {
		return err;
	}
	return total > agent->attachments.case_bytes_max || count >= KB_ATTACHMENTS_OF_CASE_MAX
		       ? KB_ERR_OVERSIZE
		       : KB_OK;
}
