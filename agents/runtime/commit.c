/* SPDX-License-Identifier: EUPL-1.2 */
/* The group commit. */
#include "agents/runtime/commit.h"

#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"
#include "common/store/parties.h"

static enum kb_err
add(struct kb_acts *acts, const struct kb_pending_act *act)
{
	if (acts->count == acts->capacity) {
		size_t capacity = acts->capacity == 0 ? 64 : 2 * acts->capacity;
		struct kb_pending_act *grown = realloc(acts->at, capacity * sizeof(*grown));

		if (grown == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		acts->at = grown;
		acts->capacity = capacity;
	}
	acts->at[acts->count++] = *act;
	return KB_OK;
}

enum kb_err
kb_agent_run(struct kb_agent *agent, uint32_t user_no, kb_act_fn fn, kb_done_fn done, void *arg)
{
	struct kb_pending_act act = { .fn = fn, .done = done, .arg = arg, .user_no = user_no };

	return add(&agent->commit.queued, &act);
}

enum kb_err
kb_commit_add(struct kb_agent *agent, kb_act_fn fn, kb_done_fn done, void *arg, size_t bytes)
{
	struct kb_pending_act act = { .fn = fn, .done = done, .arg = arg, .bytes = bytes };

	return add(&agent->commit.queued, &act);
}

/* The first acts of the queue, as many as one group takes; the others stay in their order. */
static enum kb_err
take_group(struct kb_commit *commit)
{
	size_t bytes = 0;
	size_t count = 0;
	enum kb_err err = KB_OK;

	commit->running.count = 0;
	while (err == KB_OK && count < commit->queued.count && count < KB_GROUP_ACTS_MAX &&
	       (count == 0 || bytes + commit->queued.at[count].bytes <= KB_GROUP_BYTES_MAX)) {
		bytes += commit->queued.at[count].bytes;
		err = add(&commit->running, &commit->queued.at[count]);
		count += err == KB_OK ? 1 : 0;
	}
	commit->queued.count -= count;
	memmove(commit->queued.at, commit->queued.at + count,
		commit->queued.count * sizeof(*commit->queued.at));
	return count > 0 ? KB_OK : err;
}

void
kb_commit_rerun(struct kb_agent *agent)
{
	agent->commit.rerun = true;
}

bool
kb_commit_clock_back(const struct kb_agent *agent)
{
	return kb_clock_utc_ms(&agent->clock) <
	       agent->commit.last_commit_utc_ms - KB_CLOCK_BACK_MAX_MS;
}

bool
kb_commit_clock_ahead(const struct kb_agent *agent)
{
	int64_t last = agent->commit.last_commit_utc_ms;

	return last != 0 && !agent->session.clock_agreed &&
	       kb_clock_utc_ms(&agent->clock) > last + KB_CLOCK_AHEAD_MAX_MS;
}

enum kb_err
kb_act_party_no(struct kb_act *act, const struct kb_party_id *id, uint32_t *party_no)
{
	struct kb_number_cache *cache = &act->agent->commit.numbers;
	enum kb_err err;

	for (size_t i = 0; i < KB_NUMBER_CACHE; i++) {
		if (cache->party_no[i] != 0 && kb_party_id_equal(&cache->id[i], id)) {
			*party_no = cache->party_no[i];
			return KB_OK;
		}
	}
	err = kb_party_take(act->step, id, party_no);
	if (err == KB_OK) {
		cache->id[cache->next] = *id;
		cache->party_no[cache->next] = *party_no;
		cache->next = (cache->next + 1) % KB_NUMBER_CACHE;
	}
	return err;
}

bool
kb_err_is_store_trouble(enum kb_err err)
{
	enum kb_err_category category = kb_err_category(err);

	return category == KB_CATEGORY_IO || category == KB_CATEGORY_CONFIG ||
	       err == KB_ERR_STORE_FULL || err == KB_ERR_NO_MEMORY;
}

static enum kb_err
run_group(struct kb_step *step, void *state)
{
	struct kb_agent *agent = state;
	struct kb_commit *commit = &agent->commit;
	struct kb_act act = { .agent = agent,
			      .step = step,
			      .arena = &agent->arena,
			      .directory = agent->directory,
			      .now_utc_ms = kb_step_now_utc_ms(step),
			      .own_kind = agent->role->kind };
	enum kb_err err;

	commit->failed_at = SIZE_MAX;
	commit->rerun = false;
	commit->numbers = (struct kb_number_cache){ 0 };
	kb_arena_clear(&agent->arena);
	kb_flow_group_begin(agent);
	kb_sender_group_begin(agent);
	kb_receiver_group_begin(agent);
	err = kb_epoch_own(step, &agent->own_epoch);
	for (size_t i = 0; err == KB_OK && i < commit->running.count; i++) {
		struct kb_pending_act *pending = &commit->running.at[i];

		if (pending->failed) {
			continue;
		}
		act.user_no = pending->user_no;
		act.authority = NULL;
		err = pending->fn(&act, pending->arg);
		if (err != KB_OK && !kb_err_is_store_trouble(err)) {
			commit->failed_at = i;
		}
	}
	act.user_no = 0;
	if (err == KB_OK) {
		err = kb_receiver_group_end(&act);
	}
	return err == KB_OK ? kb_sender_group_end(&act) : err;
}

static void
fail_all(struct kb_acts *acts, enum kb_err err)
{
	for (size_t i = 0; i < acts->count; i++) {
		if (!acts->at[i].failed) {
			acts->at[i].failed = true;
			acts->at[i].err = err;
		}
	}
}

static bool
any_left(const struct kb_acts *acts)
{
	for (size_t i = 0; i < acts->count; i++) {
		if (!acts->at[i].failed) {
			return true;
		}
	}
	return false;
}

/* Until a step went through, or nobody is left to run. */
static bool
run_until_done(struct kb_agent *agent)
{
	struct kb_commit *commit = &agent->commit;
	unsigned reruns = 0;
	enum kb_err err = KB_OK;

	while (any_left(&commit->running)) {
		commit->failed_at = SIZE_MAX;
		commit->rerun = false;
		commit->in_step = true;
		err = kb_step_run(agent->store, run_group, agent, NULL);
		commit->in_step = false;
		if (err == KB_OK) {
			return true;
		}
		if (commit->rerun && ++reruns < KB_GROUP_RERUNS_MAX) {
			continue;
		}
		if (commit->failed_at != SIZE_MAX) {
			commit->running.at[commit->failed_at].failed = true;
			commit->running.at[commit->failed_at].err = err;
			continue;
		}
		fail_all(&commit->running, err);
		if (commit->last_err == KB_OK) {
			commit->failing_since_utc_ms = kb_clock_utc_ms(&agent->clock);
		}
		commit->last_err = err;
		kb_log(KB_LOG_ERROR, "commit-failed", "reason=%s acts=%zu", kb_err_name(err),
		       commit->running.count);
	}
	return false;
}

bool
kb_commit_round(struct kb_agent *agent)
{
	struct kb_commit *commit = &agent->commit;
	bool committed = false;

	if (commit->queued.count == 0 || take_group(commit) != KB_OK) {
		return false;
	}
	if (kb_commit_clock_back(agent) || kb_commit_clock_ahead(agent)) {
		fail_all(&commit->running, KB_ERR_CLOCK);
	} else {
		committed = run_until_done(agent);
	}
	if (committed) {
		int64_t now = kb_clock_utc_ms(&agent->clock);

		commit->commit_count++;
		commit->last_err = KB_OK;
		commit->last_commit_utc_ms =
			now > commit->last_commit_utc_ms ? now : commit->last_commit_utc_ms;
		kb_sender_group_committed(agent);
		kb_receiver_group_committed(agent);
	}
	for (size_t i = 0; i < commit->running.count; i++) {
		struct kb_pending_act *pending = &commit->running.at[i];

		if (pending->done != NULL) {
			pending->done(agent, pending->failed ? pending->err : KB_OK, pending->arg);
		}
	}
	commit->running.count = 0;
	return committed;
}

void
kb_commit_release(struct kb_agent *agent, enum kb_err err)
{
	struct kb_commit *commit = &agent->commit;

	for (size_t i = 0; i < commit->queued.count; i++) {
		if (commit->queued.at[i].done != NULL) {
			commit->queued.at[i].done(agent, err, commit->queued.at[i].arg);
		}
	}
	free(commit->queued.at);
	free(commit->running.at);
	*commit = (struct kb_commit){ 0 };
}
