/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening and closing everything an agent stores, in the right order. */
#include <stdlib.h>

#include "common/base/log.h"
#include "common/crypto/hash.h"
#include "common/store/step_internal.h"
#include "common/store/store_check.h"

static const char *const table_names[KB_TABLE_COUNT] = {
#define KB_ROW(name, text) [KB_TABLE_##name] = (text),
	KB_AGENT_TABLE_LIST(KB_ROW)
#undef KB_ROW
};
_Static_assert(KB_TABLE_COUNT <= KB_ENV_TABLES_MAX, "too many tables for one environment");

static char *
text_copy(const char *text, const char *tail)
{
	size_t size = strlen(text) + strlen(tail) + 1;
	char *copy = calloc(1, size);

	if (copy != NULL) {
		memcpy(copy, text, strlen(text));
		memcpy(copy + strlen(text), tail, strlen(tail));
	}
	return copy;
}

/* Look-ups have a key of their own, so that neither serves for the other. */
static enum kb_err
lookup_key_derive(struct kb_store *store, const struct kb_secret *master)
{
	struct kb_hash key;
	enum kb_err err = kb_secret_init(&store->lookup_key, sizeof(key.bytes));

	if (err == KB_OK) {
		kb_hmac_sha256(kb_secret_span(master), kb_span_text("ketenbode/v1/opzoeken"), &key);
		memcpy(store->lookup_key.at, key.bytes, sizeof(key.bytes));
		kb_wipe(&key, sizeof(key));
	}
	return err;
}

static enum kb_err
store_prepare(struct kb_store *store, const struct kb_store_options *options)
{
	store->self = options->self;
	store->clock = *options->clock;
	store->random = *options->random;
	store->step.store = store;
	store->path = text_copy(options->path, "");
	store->keys_path = options->keys_path != NULL ? text_copy(options->keys_path, "")
						      : text_copy(options->path, "/keys");
	if (store->path == NULL || store->keys_path == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	store->env_config = (struct kb_env_config){
		.path = store->path,
		.name = "agent",
		.tables = table_names,
		.table_count = KB_TABLE_COUNT,
		.schema = KB_STORE_SCHEMA,
		.map_bytes = options->map_bytes,
		.ceiling_bytes = options->ceiling_bytes,
		.reserve_bytes = options->reserve_bytes,
		.check_budget_ms = options->check_budget_ms,
	};
	store->ledger_config = (struct kb_ledger_config){
		.table_log = KB_TABLE_LOG,
		.table_tree = KB_TABLE_TREE,
		.table_meta = KB_TABLE_META,
		.hooks = options->hooks,
	};
	return lookup_key_derive(store, options->master);
}

/* Counters and owner. *is_new: the environment has never been used. */
static enum kb_err
store_read_meta(struct kb_store *store, bool *is_new, struct kb_error_text *where)
{
	struct kb_txn *txn = NULL;
	struct kb_party_id owner = { 0 };
	enum kb_err err = kb_txn_begin_read(store->env, &txn);

	if (err != KB_OK) {
		return kb_fail(where, err, "%s: cannot be read", store->path);
	}
	err = kb_store_identity_load(txn, &owner, &store->created_utc_ms);
	*is_new = err == KB_ERR_NOT_FOUND;
	if (*is_new) {
		err = KB_OK;
	}
	if (err == KB_OK) {
		err = kb_counters_load(txn, &store->committed);
	}
	kb_txn_abort(txn);
	if (err != KB_OK) {
		return kb_fail(where, err, "%s: its own description is damaged", store->path);
	}
	if (!*is_new && !kb_party_id_equal(&owner, &store->self)) {
		return kb_fail(where, KB_ERR_CONFIG,
			       "%s belongs to party %s, not to %s: use its own data folder",
			       store->path, owner.text, store->self.text);
	}
	return KB_OK;
}

static enum kb_err
first_step(struct kb_step *step, void *state)
{
	struct kb_epoch_row epoch;
	enum kb_err err = kb_store_identity_save(step);

	(void)state;
	if (err == KB_OK) {
		err = kb_store_new_epoch(step, &epoch);
	}
	return err;
}

static enum kb_err
read_epoch(struct kb_store *store)
{
	struct kb_step *step = NULL;
	struct kb_epoch_row epoch;
	enum kb_err err = kb_step_begin(store, KB_STEP_READ, &step);

	if (err == KB_OK) {
		err = kb_epoch_own(step, &epoch);
	}
	if (err == KB_OK) {
		store->own_epoch = epoch.epoch;
	}
	kb_step_abort(&step);
	return err;
}

static void
marker_note(struct kb_store *store)
{
	struct kb_ledger_head head;

	kb_ledger_committed_head(store->ledger, &head);
	kb_marker_set(store->marker, &store->own_epoch, &head);
}

static enum kb_err
marker_start(struct kb_store *store, const char *path, bool is_new, struct kb_error_text *where)
{
	struct kb_marker_note note;
	struct kb_error_text ignored = { 0 };
	struct kb_txn *txn = NULL;
	enum kb_err err = kb_marker_read(path, &note, &ignored);
	bool known = err == KB_OK;

	/* An unreadable note is only the loss of a hint (marker.h). */
	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		kb_log(KB_LOG_WARNING, "marker-unreadable", "reason=%s", kb_err_name(err));
	}
	store->marker_verdict = KB_MARKER_UNKNOWN;
	if (known && is_new && note.size > 0) {
		/* A note without a store: the whole folder went back to nothing. */
		store->marker_verdict = KB_MARKER_RESTORED;
	} else if (known && !is_new) {
		err = kb_txn_begin_read(store->env, &txn);
		if (err == KB_OK) {
			err = kb_marker_compare(&note, store->ledger, txn, &store->marker_verdict);
			kb_txn_abort(txn);
		}
		if (err != KB_OK) {
			return kb_fail(where, err, "%s: the log cannot be compared with %s",
				       store->path, path);
		}
	}
	err = kb_marker_open(path, &store->marker, where);
	/* A note that tells of a restore stays until the first commit, which draws the new epoch. */
	if (err == KB_OK && store->marker_verdict != KB_MARKER_RESTORED) {
		marker_note(store);
	}
	return err;
}

static enum kb_err
store_open_parts(struct kb_store *store, const struct kb_store_options *options,
		 struct kb_error_text *where)
{
	struct kb_keyring_config keyring = { .path = store->keys_path, .master = options->master };
	bool is_new = false;
	enum kb_err err = kb_env_open(&store->env_config, &store->env, where);

	if (err == KB_OK) {
		err = store_read_meta(store, &is_new, where);
	}
	if (err == KB_OK) {
		keyring.store_is_new = is_new;
		keyring.next_number = store->committed.last[KB_COUNTER_KEY] + 1;
		err = kb_keyring_open(&keyring, &store->keyring, where);
	}
	if (err == KB_OK) {
		err = kb_ledger_open(store->env, &store->ledger_config, &store->ledger, where);
	}
	if (err == KB_OK && is_new) {
		err = kb_step_run(store, first_step, NULL, where);
		store->created_utc_ms = store->committed.commit_utc_ms;
	}
	if (err == KB_OK) {
		err = read_epoch(store);
		if (err != KB_OK) {
			(void)kb_fail(where, err, "%s: its own epoch cannot be read", store->path);
		}
	}
	if (err == KB_OK && options->marker_path != NULL) {
		err = marker_start(store, options->marker_path, is_new, where);
	}
	return err;
}

enum kb_err
kb_store_open(const struct kb_store_options *options, struct kb_store **out,
	      struct kb_error_text *where)
{
	struct kb_store *store = calloc(1, sizeof(*store));
	enum kb_err err = KB_ERR_NO_MEMORY;

	if (store != NULL) {
		err = store_prepare(store, options);
	}
	if (err != KB_OK) {
		(void)kb_fail(where, err, "%s: no memory to open the store", options->path);
	} else {
		err = store_open_parts(store, options, where);
	}
	if (err == KB_OK) {
		*out = store;
	} else {
		kb_store_close(store);
	}
	return err;
}

static void
step_release(struct kb_step *step)
{
	kb_row_cache_release(&step->cases);
	kb_row_cache_release(&step->edges_out);
	kb_row_cache_release(&step->edges_in);
	kb_arena_release(&step->arena);
	kb_arena_release(&step->kept);
	kb_buf_release(&step->row);
	kb_buf_release(&step->sealed);
	kb_buf_wipe(&step->plain);
}

void
kb_store_close(struct kb_store *store)
{
	if (store == NULL) {
		return;
	}
	struct kb_step *open = &store->step;

	kb_step_abort(&open);
	if (store->marker != NULL) {
		kb_ignore(kb_marker_flush(store->marker), "only the fast hint (design 6)");
	}
	kb_marker_close(store->marker);
	kb_ledger_close(store->ledger);
	kb_keyring_close(store->keyring);
	kb_env_close(store->env);
	step_release(&store->step);
	kb_secret_release(&store->lookup_key);
	free(store->path);
	free(store->keys_path);
	free(store);
}

enum kb_err
kb_store_tick(struct kb_store *store)
{
	int64_t mono_ms = kb_clock_mono_ms(&store->clock);
	enum kb_err err = KB_OK;

	if (store->step.mode != KB_STEP_NONE) {
		return KB_OK;
	}
	kb_env_tick(store->env, mono_ms);
	if (store->marker != NULL) {
		err = kb_marker_tick(store->marker, mono_ms);
		if (err != KB_OK) {
			kb_log(KB_LOG_WARNING, "marker-not-written", "reason=%s", kb_err_name(err));
		}
	}
	return kb_keyring_tick(store->keyring);
}

struct kb_env *
kb_store_env(struct kb_store *store)
{
	return store->env;
}

struct kb_ledger *
kb_store_ledger(struct kb_store *store)
{
	return store->ledger;
}

struct kb_keyring *
kb_store_keyring(struct kb_store *store)
{
	return store->keyring;
}

const struct kb_clock *
kb_store_clock(const struct kb_store *store)
{
	return &store->clock;
}

const struct kb_random *
kb_store_random(const struct kb_store *store)
{
	return &store->random;
}

const struct kb_party_id *
kb_store_self(const struct kb_store *store)
{
	return &store->self;
}

enum kb_marker_verdict
kb_store_marker_verdict(const struct kb_store *store)
{
	return store->marker_verdict;
}

void
kb_store_health(struct kb_store *store, struct kb_store_health *out)
{
	*out = (struct kb_store_health){
		.schema = KB_STORE_SCHEMA,
		.key_count = kb_keyring_count(store->keyring),
		.created_utc_ms = store->created_utc_ms,
		.last_commit_utc_ms = store->committed.commit_utc_ms,
	};
	kb_env_health(store->env, &out->env);
	kb_keyring_health(store->keyring, &out->keys);
}

size_t
kb_store_table_count(void)
{
	return KB_TABLE_COUNT;
}

const char *
kb_store_table_name(size_t table)
{
	return table < KB_TABLE_COUNT ? table_names[table] : "";
}

uint64_t
kb_store_table_rows(struct kb_step *step, size_t table)
{
	return table < KB_TABLE_COUNT ? kb_table_count(step->txn, (unsigned)table) : 0;
}

/* ---- verification ---- */

static enum kb_err
check_in_child(struct kb_txn *txn, void *arg, kb_progress_fn progress, void *progress_state,
	       struct kb_error_text *where)
{
	struct kb_store *store = arg;
	enum kb_err err =
		kb_ledger_verify(txn, &store->ledger_config, progress, progress_state, where);

	if (err == KB_OK) {
		struct kb_step *step = kb_step_adopt(store, txn);

		err = kb_tables_check(step, where);
		kb_step_disown(step);
	}
	return err;
}

enum kb_err
kb_store_check_start(struct kb_store *store, struct kb_check **out)
{
	return kb_check_start(&store->env_config, check_in_child, store, out);
}

enum kb_err
kb_store_check(struct kb_store *store, kb_progress_fn progress, void *progress_state,
	       struct kb_error_text *where)
{
	struct kb_error_text own = { 0 };
	struct kb_error_text *text = where != NULL ? where : &own;
	enum kb_err err = kb_env_check_in_child(&store->env_config, check_in_child, store, progress,
						progress_state, text);

	if (err == KB_ERR_CORRUPT) {
		kb_env_set_read_only(store->env, text->text);
	}
	return err;
}
