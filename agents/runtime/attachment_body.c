/* SPDX-License-Identifier: EUPL-1.2 */
/* A part of an attachment in the log: its content stands in the chunk file, and nowhere twice. */
#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "common/wire/bijlage.h"
#include "common/wire/envelope.h"

/* The same body with another content of a part. Every message has one form, so what was decoded is encoded to the same bytes. */
static enum kb_err
encode_with(struct kb_body *body, const struct kb_bijlage_deel *part, struct kb_arena *arena,
	    struct kb_span *out)
{
	struct kb_buf content = { 0 };
	struct kb_buf bytes = { 0 };
	enum kb_err err = kb_bijlage_deel_encode(part, &content);

	if (err == KB_OK) {
		body->content = kb_buf_span(&content);
		err = kb_body_encode(body, &bytes);
	}
	if (err == KB_OK) {
		*out = kb_arena_copy(arena, kb_buf_span(&bytes));
		err = out->at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_buf_wipe(&content);
	kb_buf_wipe(&bytes);
	return err;
}

enum kb_err
kb_attachment_log_body(uint32_t kind, struct kb_span body_bytes, struct kb_arena *arena,
		       struct kb_span *out)
{
	struct kb_bijlage_deel part;
	struct kb_body body;
	enum kb_err err = KB_OK;

	*out = body_bytes;
	if (kind != KB_KIND_BIJLAGE_DEEL) {
		return KB_OK;
	}
	err = kb_body_decode(body_bytes, arena, &body);
	if (err == KB_OK) {
		err = kb_bijlage_deel_decode(body.content, arena, &part);
	}
	if (err == KB_OK) {
		part.content = KB_SPAN_NONE;
		err = encode_with(&body, &part, arena, out);
	}
	return err;
}

static enum kb_err
read_content(struct kb_act *act, uint64_t case_no, struct kb_bijlage_deel *part,
	     struct kb_buf *content)
{
	struct kb_attachment attachment;
	struct kb_chunk_place place;
	struct kb_datakey key = { { 0 } };
	struct kb_hash hash;
	enum kb_err err =
		kb_attachment_find(act->step, case_no, &part->sha256, act->arena, &attachment);

	if (err == KB_OK && !kb_attachment_is_present(&attachment, part->number)) {
		err = KB_ERR_NOT_FOUND;
	}
	if (err == KB_OK) {
		err = kb_attachment_place(act->agent, act->step, &attachment, &place, &key);
	}
	if (err == KB_OK) {
		hash = kb_attachment_part_hash(&attachment, part->number);
		err = kb_chunk_get(act->agent->attachments.chunks, &key, &place, part->number,
				   &hash, content);
		if (err == KB_ERR_CORRUPT || err == KB_ERR_NOT_FOUND) {
			/* Not trouble of the store: only this message cannot go any more. */
			kb_attachments_broken(act->agent, &attachment, part->number, err);
			err = KB_ERR_NOT_FOUND;
		}
	}
	kb_datakey_wipe(&key);
	part->content = kb_buf_span(content);
	return err;
}

enum kb_err
kb_attachment_whole_body(struct kb_act *act, uint32_t kind, uint64_t case_no, struct kb_span logged,
			 struct kb_span *out)
{
	struct kb_bijlage_deel part;
	struct kb_body body;
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	*out = logged;
	if (kind != KB_KIND_BIJLAGE_DEEL) {
		return KB_OK;
	}
	err = kb_body_decode(logged, act->arena, &body);
	if (err == KB_OK) {
		err = kb_bijlage_deel_decode(body.content, act->arena, &part);
	}
	if (err == KB_OK) {
		err = read_content(act, case_no, &part, &content);
	}
	if (err == KB_OK) {
		err = encode_with(&body, &part, act->arena, out);
	}
	kb_buf_wipe(&content);
	return err;
}

enum kb_err
kb_attachment_nature(uint32_t kind, struct kb_span content, struct kb_arena *arena,
		     uint32_t *categories, bool *seen)
{
	struct kb_bijlage announcement;
	struct kb_bijlage_deel part;
	enum kb_err err = KB_OK;

	if (kind == KB_KIND_BIJLAGE_DEEL) {
		err = kb_bijlage_deel_decode(content, arena, &part);
		*categories = err == KB_OK ? part.categories : 0;
		*seen = err == KB_OK && part.seen_on != 0;
		return err;
	}
	err = kb_bijlage_decode(content, arena, &announcement);
	*categories = err == KB_OK ? announcement.categories : 0;
	*seen = err == KB_OK && announcement.seen_on != 0;
	return err;
}
