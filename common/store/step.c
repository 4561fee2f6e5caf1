/* SPDX-License-Identifier: EUPL-1.2 */
/* Begin, commit and abort of a step, with the rows kept in memory until the commit. */
#include "common/store/step_internal.h"

/* What a step keeps in its buffers from one to the next; above it (a large document) the memory is given back. */
#define KEPT_BYTES ((size_t)64 * 1024)

static void
buffer_rest(struct kb_buf *buf)
{
	if (buf->cap > KEPT_BYTES) {
		kb_buf_wipe(buf);
	} else {
		kb_buf_clear(buf);
	}
}

/* State at the begin, also when kb_env_step() runs the work a second time. */
static void
step_start(struct kb_step *step, struct kb_txn *txn, enum kb_step_mode mode)
{
	step->txn = txn;
	step->mode = mode;
	step->now_utc_ms = kb_clock_utc_ms(&step->store->clock);
	step->counters = step->store->committed;
	step->own_epoch = (struct kb_epoch_row){ 0 };
	step->late_epoch = (struct kb_epoch_row){ 0 };
	kb_row_cache_clear(&step->cases);
	kb_row_cache_clear(&step->edges_out);
	kb_row_cache_clear(&step->edges_in);
	kb_arena_clear(&step->arena);
	kb_arena_clear(&step->kept);
}

static void
step_end(struct kb_step *step)
{
	step->txn = NULL;
	step->mode = KB_STEP_NONE;
	kb_row_cache_clear(&step->cases);
	kb_row_cache_clear(&step->edges_out);
	kb_row_cache_clear(&step->edges_in);
	kb_arena_clear(&step->arena);
	kb_arena_clear(&step->kept);
	kb_step_wipe_plain(step);
	buffer_rest(&step->row);
	buffer_rest(&step->sealed);
	buffer_rest(&step->plain);
}

static enum kb_err
step_flush(struct kb_step *step)
{
	enum kb_err err = kb_edges_out_flush(step);

	if (err == KB_OK) {
		err = kb_edges_in_flush(step);
	}
	if (err == KB_OK) {
		err = kb_cases_flush(step);
	}
	if (err == KB_OK) {
		/* Only ever rises, so that a clock that was set back shows. */
		if (step->now_utc_ms > step->counters.commit_utc_ms) {
			step->counters.commit_utc_ms = step->now_utc_ms;
		}
		err = kb_counters_save(step);
	}
	return err;
}

/* After a commit: what the next step starts from, and what the marker will say. */
static void
step_committed(struct kb_step *step)
{
	struct kb_store *store = step->store;

	store->committed = step->counters;
	if (step->own_epoch.epoch_no != 0) {
		store->own_epoch = step->own_epoch.epoch;
	}
	if (store->marker != NULL) {
		struct kb_ledger_head head;

		kb_ledger_committed_head(store->ledger, &head);
		kb_marker_set(store->marker, &store->own_epoch, &head);
	}
}

enum kb_err
kb_step_begin(struct kb_store *store, enum kb_step_mode mode, struct kb_step **out)
{
	struct kb_txn *txn = NULL;
	enum kb_err err = KB_ERR_STATE;

	if (store->step.mode != KB_STEP_NONE) {
		return err;
	}
	if (mode == KB_STEP_WRITE) {
		err = kb_txn_begin_write(store->env, &txn);
	} else if (mode == KB_STEP_READ) {
		err = kb_txn_begin_read(store->env, &txn);
	}
	if (err == KB_OK) {
		step_start(&store->step, txn, mode);
		*out = &store->step;
	}
	return err;
}

enum kb_err
kb_step_commit(struct kb_step **step_at)
{
	struct kb_step *step = *step_at;
	enum kb_err err = KB_OK;

	*step_at = NULL;
	if (step->mode == KB_STEP_READ) {
		kb_txn_abort(step->txn);
		step_end(step);
		return KB_OK;
	}
	err = step_flush(step);
	if (err == KB_OK) {
		err = kb_txn_commit(step->txn);
	} else {
		kb_txn_abort(step->txn);
	}
	if (err == KB_OK) {
		step_committed(step);
	}
	step_end(step);
	return err;
}

void
kb_step_abort(struct kb_step **step_at)
{
	struct kb_step *step = *step_at;

	if (step != NULL && step->mode != KB_STEP_NONE) {
		kb_txn_abort(step->txn);
		step_end(step);
	}
	*step_at = NULL;
}

struct step_run {
	struct kb_step *step;
	kb_store_step_fn fn;
	void *state;
};

static enum kb_err
step_run_once(struct kb_txn *txn, void *arg)
{
	struct step_run *run = arg;
	enum kb_err err = KB_OK;

	step_start(run->step, txn, KB_STEP_WRITE);
	err = run->fn(run->step, run->state);
	if (err == KB_OK) {
		err = step_flush(run->step);
	}
	return err;
}

enum kb_err
kb_step_run(struct kb_store *store, kb_store_step_fn fn, void *state, struct kb_error_text *where)
{
	struct step_run run = { .step = &store->step, .fn = fn, .state = state };
	enum kb_err err = KB_OK;

	if (store->step.mode != KB_STEP_NONE) {
		return kb_fail(where, KB_ERR_STATE, "another step on the store is still open");
	}
	err = kb_env_step(store->env, step_run_once, &run, where);
	if (err == KB_OK) {
		step_committed(&store->step);
	}
	step_end(&store->step);
	return err;
}

struct kb_step *
kb_step_adopt(struct kb_store *store, struct kb_txn *txn)
{
	step_start(&store->step, txn, KB_STEP_READ);
	return &store->step;
}

void
kb_step_disown(struct kb_step *step)
{
	step_end(step);
}

struct kb_txn *
kb_step_txn(struct kb_step *step)
{
	return step->txn;
}

struct kb_store *
kb_step_store(struct kb_step *step)
{
	return step->store;
}

bool
kb_step_writes(const struct kb_step *step)
{
	return step->mode == KB_STEP_WRITE;
}

int64_t
kb_step_now_utc_ms(const struct kb_step *step)
{
	return step->now_utc_ms;
}

struct kb_arena *
kb_step_arena(struct kb_step *step)
{
	return &step->arena;
}

uint64_t
kb_step_count_up(struct kb_step *step, enum kb_counter counter)
{
	KB_INVARIANT(step->mode == KB_STEP_WRITE);
	return ++step->counters.last[counter];
}

enum kb_err
kb_step_need_write(const struct kb_step *step)
{
	return step->mode == KB_STEP_WRITE ? KB_OK : KB_ERR_STATE;
}

enum kb_err
kb_step_key_assign(struct kb_step *step, uint64_t *key_no)
{
	struct kb_datakey key = { 0 };
	uint64_t number = 0;
	enum kb_err err = kb_step_need_write(step);

	if (err != KB_OK) {
		return err;
	}
	err = kb_keyring_assign(step->store->keyring, &number, &key);
	kb_datakey_wipe(&key);
	if (err == KB_OK) {
		if (number > step->counters.last[KB_COUNTER_KEY]) {
			step->counters.last[KB_COUNTER_KEY] = number;
		}
		*key_no = number;
	}
	return err;
}
