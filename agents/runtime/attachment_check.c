/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading an attachment from begin to end, and the judgement of one that came whole. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "common/base/log.h"
#include "common/crypto/hash.h"

/* Of one slice: some 10 ms of decrypting and hashing. */
#define SLICE_CHUNKS 6

/* ---- any place of the file ---- */

static enum kb_err
load_chunk(struct kb_attachment_window *window, uint32_t index)
{
	struct kb_hash hash;
	enum kb_err err = KB_OK;

	if (window->index == index) {
		return KB_OK;
	}
	if (window->parts.len < ((size_t)index + 1) * KB_HASH_BYTES) {
		return KB_ERR_NOT_FOUND;
	}
	memcpy(hash.bytes, window->parts.at + (size_t)index * KB_HASH_BYTES, KB_HASH_BYTES);
	window->index = UINT32_MAX;
	kb_wipe(window->buf.at, window->buf.len);
	kb_buf_clear(&window->buf);
	err = kb_chunk_get(window->agent->attachments.chunks, &window->key, &window->place, index,
			   &hash, &window->buf);
	window->index = err == KB_OK ? index : UINT32_MAX;
	return err;
}

enum kb_err
kb_attachment_window_read(void *state, uint64_t offset, uint8_t *out, size_t len)
{
	struct kb_attachment_window *window = state;
	enum kb_err err = KB_OK;

	while (err == KB_OK && len > 0) {
		uint32_t index = (uint32_t)(offset / KB_CHUNK_BYTES);
		size_t at = (size_t)(offset % KB_CHUNK_BYTES);
		struct kb_span part;

		err = load_chunk(window, index);
		part = err == KB_OK ? kb_span_part(kb_buf_span(&window->buf), at, len)
				    : KB_SPAN_NONE;
		if (err == KB_OK && part.len == 0) {
			err = KB_ERR_CORRUPT; /* beyond the end: nobody asks for that */
		}
		if (err == KB_OK) {
			memcpy(out, part.at, part.len);
			out += part.len;
			offset += part.len;
			len -= part.len;
		}
	}
	return err;
}

void
kb_attachment_window_release(struct kb_attachment_window *window)
{
	kb_buf_wipe(&window->buf);
	kb_datakey_wipe(&window->key);
}

/* ---- from begin to end ---- */

struct kb_attachment_reading {
	struct kb_attachment_window window;
	struct kb_arena arena; /* of name and parts */
	struct kb_span name;
	struct kb_hash sha256;
	struct kb_sha256 *hash;
	struct kb_attachment_sniff sniff;
	uint32_t next;
	uint32_t count;
};

enum kb_err
kb_attachment_reading_new(struct kb_agent *agent, struct kb_step *step,
			  const struct kb_attachment *attachment,
			  struct kb_attachment_reading **out)
{
	struct kb_attachment_reading *reading = calloc(1, sizeof(*reading));
	enum kb_err err = reading != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err != KB_OK) {
		return err;
	}
	reading->window.agent = agent;
	reading->window.index = UINT32_MAX;
	reading->window.parts = kb_arena_copy(&reading->arena, attachment->parts);
	reading->name = kb_arena_copy(&reading->arena, attachment->name);
	reading->sha256 = attachment->sha256;
	reading->count = kb_chunk_count(attachment->bytes);
	if (reading->window.parts.at == NULL ||
	    (attachment->name.len > 0 && reading->name.at == NULL)) {
		err = KB_ERR_NO_MEMORY;
	}
	if (err == KB_OK) {
		err = kb_attachment_place(agent, step, attachment, &reading->window.place,
					  &reading->window.key);
	}
	if (err == KB_OK) {
		err = kb_sha256_new(&reading->hash);
	}
	if (err == KB_OK) {
		kb_sha256_start(reading->hash);
		*out = reading;
		return KB_OK;
	}
	kb_attachment_reading_free(reading);
	return err;
}

void
kb_attachment_reading_free(struct kb_attachment_reading *reading)
{
	if (reading != NULL) {
		kb_attachment_window_release(&reading->window);
		kb_sha256_free(reading->hash);
		kb_arena_release(&reading->arena);
		free(reading);
	}
}

enum kb_err
kb_attachment_reading_slice(struct kb_attachment_reading *reading, bool *more, uint32_t *index)
{
	enum kb_err err = KB_OK;

	for (unsigned i = 0; err == KB_OK && i < SLICE_CHUNKS && reading->next < reading->count;
	     i++) {
		*index = reading->next;
		err = load_chunk(&reading->window, reading->next);
		if (err == KB_OK) {
			kb_sha256_add(reading->hash, kb_buf_span(&reading->window.buf));
			kb_attachment_sniff_add(&reading->sniff, kb_buf_span(&reading->window.buf));
			reading->next++;
		}
	}
	*more = reading->next < reading->count;
	return err;
}

enum kb_err
kb_attachment_reading_end(struct kb_attachment_reading *reading, enum kb_attachment_type *type,
			  enum kb_attachment_rule *rule)
{
	struct kb_attachment_source source = { .read = kb_attachment_window_read,
					       .state = &reading->window,
					       .bytes = reading->window.place.bytes };
	struct kb_hash found;

	kb_sha256_finish(reading->hash, &found);
	if (!kb_hash_equal(&found, &reading->sha256)) {
		return KB_ERR_CORRUPT;
	}
	return kb_attachment_judge(&reading->sniff, &source, reading->name, type, rule);
}

/* ---- one that is complete ---- */

struct kb_attachment_check {
	struct kb_agent *agent;
	uint64_t case_no;
	uint32_t item_no;
	struct kb_attachment_reading *reading;
	enum kb_err err; /* of the reading */
	uint32_t index;	 /* of the chunk that is not there */
	enum kb_attachment_type type;
	enum kb_attachment_rule rule;
};

void
kb_attachment_check_free(struct kb_attachment_check *check)
{
	if (check != NULL) {
		kb_attachment_reading_free(check->reading);
		free(check);
	}
}

/* A chunk that the disk lost again: it is asked for once more. */
static enum kb_err
fetch_again(struct kb_act *act, struct kb_attachment *attachment, uint32_t index)
{
	enum kb_err err = KB_OK;

	attachment->present[index / 8] &= (uint8_t) ~(1u << (index % 8));
	attachment->asked = index < attachment->asked ? index : attachment->asked;
	err = kb_attachment_ask(act, attachment);
	return err == KB_OK ? kb_attachment_put(act, attachment) : err;
}

static enum kb_err
end_act(struct kb_act *act, void *arg)
{
	struct kb_attachment_check *check = arg;
	struct kb_attachment attachment;
	enum kb_err err = kb_attachment_get(act->step, check->case_no, check->item_no, act->arena,
					    &attachment);

	if (err != KB_OK || attachment.state != KB_ATTACHMENT_COMING) {
		return err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (check->err == KB_OK) {
		return kb_attachment_finish(act, &attachment, check->type, check->rule);
	}
	if (check->err != KB_ERR_CORRUPT && check->err != KB_ERR_NOT_FOUND) {
		return KB_OK; /* trouble of the disk: at the next look */
	}
	if (check->index < kb_chunk_count(attachment.bytes)) {
		kb_attachments_broken(act->agent, &attachment, check->index, check->err);
		return fetch_again(act, &attachment, check->index);
	}
	/* Every part has its announced hash and the whole has not: the announcement contradicts itself. */
	return kb_attachment_finish(act, &attachment, KB_FILE_NONE, KB_ATTACHMENT_RULE_AFGEBROKEN);
}

static void
end_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_attachment_check *check = arg;

	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "attachment-check", "reason=%s", kb_err_name(err));
	}
	kb_attachments_wake(agent, check->case_no);
	agent->attachments.check = NULL;
	kb_attachment_check_free(check);
}

static enum kb_err
slice(struct kb_agent *agent, void *arg, bool *more)
{
	struct kb_attachment_check *check = arg;

	(void)agent;
	check->err = kb_attachment_reading_slice(check->reading, more, &check->index);
	if (check->err == KB_OK && !*more) {
		check->index = UINT32_MAX;
		check->err = kb_attachment_reading_end(check->reading, &check->type, &check->rule);
	}
	*more = *more && check->err == KB_OK;
	return KB_OK;
}

static void
read_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_attachment_check *check = arg;

	if (err == KB_OK) {
		err = kb_agent_run(agent, 0, end_act, end_done, check);
	}
	if (err != KB_OK) {
		agent->attachments.check = NULL;
		kb_attachment_check_free(check);
	}
}

enum kb_err
kb_attachment_check_start(struct kb_agent *agent, struct kb_step *step,
			  const struct kb_attachment *attachment)
{
	struct kb_attachment_check *check = calloc(1, sizeof(*check));
	enum kb_err err = check != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		*check = (struct kb_attachment_check){ .agent = agent,
						       .case_no = attachment->case_no,
						       .item_no = attachment->item_no };
		err = kb_attachment_reading_new(agent, step, attachment, &check->reading);
	}
	if (err == KB_OK) {
		err = kb_agent_run_job(agent, "bijlage", slice, read_done, check);
	}
	if (err != KB_OK) {
		kb_attachment_check_free(check);
		return err;
	}
	agent->attachments.check = check;
	return KB_OK;
}
