/* SPDX-License-Identifier: EUPL-1.2 */
/* What goes on by itself: complete ones are judged, silent ones asked for again, files without a row removed. */
#include <malloc.h>
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/attachments.h"
#include "common/base/log.h"

#define LOOK_MS 10000
/* So long after the last part. */
#define TRIM_MS 3000

/* ---- which cases ---- */

static enum kb_err
remember(struct kb_attachments *attachments, uint64_t case_no)
{
	for (size_t i = 0; i < attachments->case_count; i++) {
		if (attachments->cases[i] == case_no) {
			return KB_OK;
		}
	}
	if (attachments->case_count == attachments->case_capacity) {
		size_t capacity =
			attachments->case_capacity == 0 ? 16 : 2 * attachments->case_capacity;
		uint64_t *grown = realloc(attachments->cases, capacity * sizeof(*grown));

		if (grown == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		attachments->cases = grown;
		attachments->case_capacity = capacity;
	}
	attachments->cases[attachments->case_count++] = case_no;
	return KB_OK;
}

static void
forget(struct kb_attachments *attachments, uint64_t case_no)
{
	for (size_t i = 0; i < attachments->case_count; i++) {
		if (attachments->cases[i] == case_no) {
			attachments->cases[i] = attachments->cases[--attachments->case_count];
			return;
		}
	}
}

void
kb_attachments_wake(struct kb_agent *agent, uint64_t case_no)
{
	if (remember(&agent->attachments, case_no) == KB_OK) {
		agent->attachments.look = true;
	}
}

void
kb_attachments_busy(struct kb_agent *agent)
{
	agent->attachments.trim_mono_ms = kb_clock_mono_ms(&agent->clock) + TRIM_MS;
}

void
kb_attachments_broken(struct kb_agent *agent, const struct kb_attachment *attachment,
		      uint32_t index, enum kb_err err)
{
	agent->attachments.broken++;
	kb_log(KB_LOG_ERROR, "attachment-broken", "case=%llu number=%u part=%u reason=%s",
	       (unsigned long long)attachment->case_no, attachment->item_no, index,
	       kb_err_name(err));
}

/* ---- files without a row ---- */

struct sweeping {
	struct kb_agent *agent;
	struct kb_step *step;
	struct kb_arena arena;
};

/* The row whose files those are; KB_ERR_NOT_FOUND: none, or one that needs them no more. */
static enum kb_err
find_owner(struct sweeping *sweeping, uint64_t case_no, const struct kb_id *file_id)
{
	struct kb_attachment one = { .item_no = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_attachment_next(sweeping->step, case_no, &sweeping->arena, &one);
		if (err == KB_OK && kb_id_equal(&one.file_id, file_id)) {
			return one.state == KB_ATTACHMENT_WHOLE || one.state == KB_ATTACHMENT_COMING
				       ? KB_OK
				       : KB_ERR_NOT_FOUND;
		}
	}
	return err;
}

static enum kb_err
sweep_file(void *state, uint64_t case_no, const struct kb_id *file_id)
{
	struct sweeping *sweeping = state;
	enum kb_err err = KB_OK;

	if (kb_transfer_is_open(sweeping->agent, file_id)) {
		return KB_OK;
	}
	err = find_owner(sweeping, case_no, file_id);
	kb_arena_clear(&sweeping->arena);
	if (err == KB_ERR_NOT_FOUND) {
		kb_log(KB_LOG_NOTICE, "attachment-files-removed", "case=%llu",
		       (unsigned long long)case_no);
		err = kb_chunks_remove(sweeping->agent->attachments.chunks, case_no, file_id);
	}
	return err;
}

/* A case whose key was destroyed is erased: its files can be read by nobody and go. */
static bool
is_erased(struct kb_agent *agent, struct kb_step *step, uint64_t case_no)
{
	struct kb_datakey key = { { 0 } };
	struct kb_case row;
	enum kb_err err = kb_case_get(step, case_no, &row);

	if (err == KB_OK) {
		err = kb_keyring_get(kb_store_keyring(agent->store), row.data_key_no, &key);
	}
	kb_datakey_wipe(&key);
	return err == KB_ERR_NOT_FOUND;
}

static enum kb_err
sweep_case(struct kb_agent *agent, struct kb_step *step, uint64_t case_no)
{
	struct sweeping sweeping = { .agent = agent, .step = step };
	enum kb_err err = KB_OK;

	if (is_erased(agent, step, case_no)) {
		return kb_chunks_remove_case(agent->attachments.chunks, case_no);
	}
	err = kb_chunks_each_file(agent->attachments.chunks, case_no, sweep_file, &sweeping);
	kb_arena_release(&sweeping.arena);
	return err;
}

/* ---- what an act has to do in a case ---- */

struct reviewing {
	uint64_t case_no;
	bool files; /* compare with the disk: at the start */
};

/* Parts that the row has and the disk has not: a backup that was put back without them, or a folder that somebody emptied. */
static bool
compare_with_disk(struct kb_agent *agent, const struct kb_chunk_place *place,
		  struct kb_attachment *attachment)
{
	bool changed = false;

	for (uint32_t i = 0; i < kb_chunk_count(attachment->bytes); i++) {
		if (!kb_attachment_is_present(attachment, i) ||
		    kb_chunk_there(agent->attachments.chunks, place, i)) {
			continue;
		}
		if (!changed) {
			kb_attachments_broken(agent, attachment, i, KB_ERR_NOT_FOUND);
		}
		changed = true;
		if (kb_party_id_empty(&attachment->from)) {
			break; /* ours: nobody else is known to have it */
		}
		if (attachment->state == KB_ATTACHMENT_WHOLE) {
			/* It comes again, and is judged again. */
			attachment->state = KB_ATTACHMENT_COMING;
			memset(attachment->present, 0xff, attachment->present_len);
		}
		attachment->present[i / 8] &= (uint8_t) ~(1u << (i % 8));
		attachment->asked = i < attachment->asked ? i : attachment->asked;
	}
	return changed && !kb_party_id_empty(&attachment->from);
}

static enum kb_err
review_one(struct kb_act *act, struct kb_attachment *attachment, bool files)
{
	struct kb_chunk_place place;
	struct kb_datakey key = { { 0 } };
	uint32_t before = attachment->asked;
	bool silent = attachment->state == KB_ATTACHMENT_COMING &&
		      act->now_utc_ms - attachment->asked_utc_ms >= KB_ATTACHMENT_RETRY_MS;
	bool changed = false;
	enum kb_err err = kb_attachment_place(act->agent, act->step, attachment, &place, &key);

	kb_datakey_wipe(&key);
	if (err == KB_OK && files) {
		changed = compare_with_disk(act->agent, &place, attachment);
	}
	if (err == KB_OK && silent) {
		attachment->asked = 0; /* from the first that is missing */
	}
	if (err == KB_OK && (changed || silent)) {
		err = kb_attachment_ask(act, attachment);
		changed = changed || attachment->asked != before || silent;
	}
	return err == KB_OK && changed ? kb_attachment_put(act, attachment) : err;
}

static enum kb_err
review_act(struct kb_act *act, void *arg)
{
	const struct reviewing *reviewing = arg;
	struct kb_attachment one = { .item_no = 0 };
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_attachment_next(act->step, reviewing->case_no, act->arena, &one);
		if (err == KB_OK && (one.state == KB_ATTACHMENT_COMING ||
				     (reviewing->files && one.state == KB_ATTACHMENT_WHOLE))) {
			err = review_one(act, &one, reviewing->files);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
review_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct reviewing *reviewing = arg;

	agent->attachments.acting = false;
	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "attachment-review", "reason=%s", kb_err_name(err));
	} else {
		kb_attachments_wake(agent, reviewing->case_no);
	}
	free(reviewing);
}

static enum kb_err
review(struct kb_agent *agent, uint64_t case_no, bool files)
{
	struct reviewing *reviewing = calloc(1, sizeof(*reviewing));
	enum kb_err err = reviewing != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		*reviewing = (struct reviewing){ .case_no = case_no, .files = files };
		err = kb_agent_run(agent, 0, review_act, review_done, reviewing);
		agent->attachments.acting = err == KB_OK;
	}
	if (err != KB_OK) {
		free(reviewing);
	}
	return err;
}

/* ---- the look ---- */

/* One case: starts what it finds to do. *coming: something of it is still on its way, so that it has to be looked at again. */
static enum kb_err
look_at_case(struct kb_agent *agent, struct kb_step *step, uint64_t case_no, bool *coming)
{
	struct kb_attachment one = { .item_no = 0 };
	struct kb_arena arena = { 0 };
	int64_t now = kb_clock_utc_ms(&agent->clock);
	enum kb_err err = KB_OK;

	/* Once after the start, when nothing that a restored store must do first is left. */
	if (agent->attachments.fresh) {
		*coming = true;
		return review(agent, case_no, true);
	}
	while (err == KB_OK) {
		err = kb_attachment_next(step, case_no, &arena, &one);
		if (err != KB_OK || one.state != KB_ATTACHMENT_COMING) {
			continue;
		}
		*coming = true;
		if (kb_attachment_present_count(&one) == kb_chunk_count(one.bytes)) {
			err = agent->attachments.check == NULL
				      ? kb_attachment_check_start(agent, step, &one)
				      : KB_OK;
		} else if (now - one.asked_utc_ms >= KB_ATTACHMENT_RETRY_MS &&
			   !agent->attachments.acting) {
			err = review(agent, case_no, false);
		}
	}
	kb_arena_release(&arena);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
look(struct kb_agent *agent)
{
	struct kb_attachments *attachments = &agent->attachments;
	struct kb_step *step = NULL;
	enum kb_err err = kb_step_begin(agent->store, KB_STEP_READ, &step);

	for (size_t i = attachments->case_count; err == KB_OK && i-- > 0;) {
		uint64_t case_no = attachments->cases[i];
		bool coming = false;

		err = look_at_case(agent, step, case_no, &coming);
		if (err == KB_OK) {
			err = sweep_case(agent, step, case_no);
		}
		if (err == KB_OK && !coming) {
			forget(attachments, case_no);
		}
	}
	kb_step_abort(&step);
	attachments->fresh = false;
	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "attachment-look", "reason=%s", kb_err_name(err));
	}
}

bool
kb_attachments_round(struct kb_agent *agent, int64_t now_mono_ms)
{
	struct kb_attachments *attachments = &agent->attachments;

	if (attachments->look || now_mono_ms >= attachments->next_look_mono_ms) {
		attachments->look = false;
		attachments->next_look_mono_ms = now_mono_ms + LOOK_MS;
		kb_transfers_tick(agent, now_mono_ms);
		if (attachments->case_count > 0) {
			look(agent);
		}
	}
	/* A daemon that has passed a hundred megabytes on is as small as before. */
	if (attachments->trim_mono_ms != 0 && now_mono_ms >= attachments->trim_mono_ms) {
		attachments->trim_mono_ms = 0;
		(void)malloc_trim(0);
	}
	return attachments->look || attachments->check != NULL;
}

/* ---- begin and end ---- */

static enum kb_err
open_case(void *state, uint64_t case_no)
{
	struct sweeping *sweeping = state;
	enum kb_err err = sweep_case(sweeping->agent, sweeping->step, case_no);

	return err == KB_OK ? remember(&sweeping->agent->attachments, case_no) : err;
}

enum kb_err
kb_attachments_open(struct kb_agent *agent, struct kb_step *step, struct kb_error_text *where)
{
	struct sweeping opening = { .agent = agent, .step = step };
	enum kb_err err = kb_chunks_open(agent->settings.data, &agent->attachments.chunks, where);

	agent->attachments.case_bytes_max = agent->settings.attachment_bytes_max != 0
						    ? agent->settings.attachment_bytes_max
						    : KB_ATTACHMENT_CASE_BYTES;
	if (err == KB_OK) {
		err = kb_chunks_each_case(agent->attachments.chunks, open_case, &opening);
	}
	agent->attachments.fresh = true;
	agent->attachments.look = true;
	/* The files are no reason not to start: what cannot be read is told where it is asked for. */
	if (err != KB_OK && agent->attachments.chunks != NULL) {
		kb_log(KB_LOG_ERROR, "attachment-start", "reason=%s", kb_err_name(err));
		err = KB_OK;
	}
	return err;
}

void
kb_attachments_release(struct kb_agent *agent)
{
	kb_transfers_release(agent);
	kb_chunks_close(agent->attachments.chunks);
	free(agent->attachments.cases);
	agent->attachments = (struct kb_attachments){ .chunks = NULL };
}
