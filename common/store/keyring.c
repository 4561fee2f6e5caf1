/* SPDX-License-Identifier: EUPL-1.2 */
/* Data keys: made ahead, given out, destroyed. */
#include "common/store/keyring.h"

#include "common/base/log.h"
#include "common/store/codec.h"
#include "common/store/env_internal.h"
#include "common/store/failpoint.h"

#include <stdlib.h>

#define KEYRING_NAME "keys"
#define KEYRING_SCHEMA 1
#define MADE_KEY "made"
#define MASTER_KEY "master"
#define ROW_VERSION 1
#define CACHE_SLOTS 256
/* The file is small: all of it is looked at in every start. */
#define KEYRING_CHECK_MS 2000

enum keyring_table {
	TABLE_META,
	TABLE_KEYS,
	TABLE_COUNT,
};

static const char *const table_names[TABLE_COUNT] = {
	[TABLE_META] = "meta",
	[TABLE_KEYS] = "keys",
};

struct slot {
	uint64_t number;
	struct kb_datakey key;
};

/* Invariant: 1 <= next <= made + 1; keys above made do not exist yet, keys up to made that are not there were destroyed. */
struct kb_keyring {
	struct kb_env *env;
	const struct kb_secret *master;
	uint64_t next;
	uint64_t made;
	struct kb_secret cache; /* CACHE_SLOTS slots, by number modulo CACHE_SLOTS */
};

static struct slot *
slot_of(struct kb_keyring *keyring, uint64_t number)
{
	return (struct slot *)(void *)keyring->cache.at + number % CACHE_SLOTS;
}

static void
forget_all(struct kb_keyring *keyring)
{
	kb_wipe(keyring->cache.at, keyring->cache.len);
	kb_datakey_forget_all();
}

/* ---- making keys ---- */

static enum kb_err
made_put(struct kb_txn *txn, uint64_t made)
{
	struct kb_buf value = { 0 };
	struct kb_pack pack;
	enum kb_err err = KB_OK;

	kb_pack_begin(&pack, &value, ROW_VERSION);
	kb_pack_u64(&pack, made);
	err = kb_pack_end(&pack);
	if (err == KB_OK) {
		err = kb_put(txn, TABLE_META, kb_span_text(MADE_KEY), kb_buf_span(&value),
			     KB_PUT_REPLACE);
	}
	kb_buf_release(&value);
	return err;
}

static enum kb_err
key_put(struct kb_keyring *keyring, struct kb_txn *txn, uint64_t number, struct kb_buf *wrapped)
{
	struct kb_key64 id = kb_key64(number);
	struct kb_datakey key;
	enum kb_err err = KB_OK;

	kb_buf_clear(wrapped);
	kb_datakey_fresh(&key);
	err = kb_datakey_wrap(keyring->master, KB_KEY64_SPAN(id), &key, wrapped);
	kb_datakey_wipe(&key);
	return err == KB_OK ? kb_put(txn, TABLE_KEYS, KB_KEY64_SPAN(id), kb_buf_span(wrapped),
				     KB_PUT_APPEND)
			    : err;
}

static enum kb_err
block_step(struct kb_txn *txn, void *arg)
{
	struct kb_keyring *keyring = arg;
	struct kb_buf wrapped = { 0 };
	enum kb_err err = kb_failpoint(KB_FAILPOINT_KEYRING_BLOCK);

	for (uint64_t i = 1; i <= KB_KEYRING_BLOCK && err == KB_OK; i++) {
		err = key_put(keyring, txn, keyring->made + i, &wrapped);
	}
	if (err == KB_OK) {
		err = made_put(txn, keyring->made + KB_KEYRING_BLOCK);
	}
	kb_buf_release(&wrapped);
	return err;
}

static enum kb_err
block_make(struct kb_keyring *keyring, struct kb_error_text *where)
{
	enum kb_err err = kb_env_step(keyring->env, block_step, keyring, where);

	if (err == KB_OK) {
		keyring->made += KB_KEYRING_BLOCK;
	}
	return err;
}

enum kb_err
kb_keyring_tick(struct kb_keyring *keyring)
{
	if (keyring->made + 1 - keyring->next >= KB_KEYRING_LOW) {
		return KB_OK;
	}
	return block_make(keyring, NULL);
}

/* ---- the master key ---- */

/* A wrapped key of zeros that opens only under the right master key. */
static enum kb_err
master_step(struct kb_txn *txn, void *arg)
{
	struct kb_keyring *keyring = arg;
	struct kb_datakey zeros = { { 0 } };
	struct kb_buf wrapped = { 0 };
	enum kb_err err =
		kb_datakey_wrap(keyring->master, kb_span_text(MASTER_KEY), &zeros, &wrapped);

	if (err == KB_OK) {
		err = kb_put(txn, TABLE_META, kb_span_text(MASTER_KEY), kb_buf_span(&wrapped),
			     KB_PUT_NEW);
	}
	if (err == KB_OK) {
		err = made_put(txn, 0);
	}
	kb_buf_release(&wrapped);
	return err;
}

static enum kb_err
load(struct kb_keyring *keyring, bool *empty)
{
	struct kb_datakey zeros;
	struct kb_unpack unpack;
	struct kb_txn *txn = NULL;
	struct kb_span value;
	enum kb_err err = kb_txn_begin_read(keyring->env, &txn);

	if (err != KB_OK) {
		return err;
	}
	err = kb_get(txn, TABLE_META, kb_span_text(MASTER_KEY), &value);
	*empty = err == KB_ERR_NOT_FOUND;
	if (err == KB_OK) {
		err = kb_datakey_unwrap(keyring->master, kb_span_text(MASTER_KEY), value, &zeros);
		err = err == KB_ERR_CORRUPT ? KB_ERR_KEY_FILE : err;
	}
	if (err == KB_OK) {
		err = kb_get_required(txn, TABLE_META, kb_span_text(MADE_KEY), &value);
	}
	if (err == KB_OK) {
		(void)kb_unpack_begin(&unpack, value, ROW_VERSION);
		keyring->made = kb_unpack_u64(&unpack);
		err = kb_unpack_end(&unpack);
	}
	kb_txn_abort(txn);
	return *empty ? KB_OK : err;
}

/* ---- opening ---- */

static enum kb_err
start(struct kb_keyring *keyring, const struct kb_keyring_config *config,
      struct kb_error_text *where)
{
	bool empty = false;
	enum kb_err err = load(keyring, &empty);

	if (err == KB_ERR_KEY_FILE) {
		return kb_fail(where, err,
			       "the master key is not the one that the keys in %s were made with; "
			       "copy master.key from the key folder of before",
			       config->path);
	}
	if (err != KB_OK) {
		return kb_fail(where, err, "the keys in %s cannot be read: %s", config->path,
			       kb_err_text(err));
	}
	if (keyring->next > keyring->made + 1) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "the keys in %s are missing or older than the data beside them: put "
			       "back the folder that belongs to it",
			       config->path);
	}
	if (empty) {
		err = kb_env_step(keyring->env, master_step, keyring, where);
	} else if (config->store_is_new && keyring->made > 0) {
		kb_log(KB_LOG_WARNING, "store-keys-older", "keys=%llu",
		       (unsigned long long)keyring->made);
	}
	if (err == KB_OK && keyring->made + 1 - keyring->next < KB_KEYRING_LOW) {
		err = block_make(keyring, where);
	}
	return err;
}

enum kb_err
kb_keyring_open(const struct kb_keyring_config *config, struct kb_keyring **out,
		struct kb_error_text *where)
{
	const struct kb_env_config env = {
		.path = config->path,
		.name = KEYRING_NAME,
		.tables = table_names,
		.table_count = TABLE_COUNT,
		.schema = KEYRING_SCHEMA,
		.map_bytes = (uint64_t)4 << 20,
		.ceiling_bytes = (uint64_t)4 << 30,
		.check_budget_ms = KEYRING_CHECK_MS,
	};
	struct kb_keyring *keyring = calloc(1, sizeof(*keyring));
	enum kb_err err = KB_ERR_NO_MEMORY;

	if (keyring == NULL) {
		return err;
	}
	keyring->master = config->master;
	keyring->next = config->next_number > 1 ? config->next_number : 1;
	err = kb_secret_init(&keyring->cache, CACHE_SLOTS * sizeof(struct slot));
	if (err == KB_OK) {
		err = kb_env_open(&env, &keyring->env, where);
	}
	if (err == KB_OK) {
		err = start(keyring, config, where);
	}
	if (err != KB_OK) {
		kb_keyring_close(keyring);
		return err;
	}
	*out = keyring;
	return KB_OK;
}

void
kb_keyring_close(struct kb_keyring *keyring)
{
	if (keyring != NULL) {
		kb_env_close(keyring->env);
		kb_secret_release(&keyring->cache);
		kb_datakey_forget_all();
		free(keyring);
	}
}

/* ---- use ---- */

static enum kb_err
key_read(struct kb_keyring *keyring, uint64_t number, struct kb_datakey *key)
{
	struct kb_key64 id = kb_key64(number);
	struct kb_txn *txn = NULL;
	struct kb_span wrapped;
	enum kb_err err = kb_txn_begin_read(keyring->env, &txn);

	if (err != KB_OK) {
		return err;
	}
	err = kb_get(txn, TABLE_KEYS, KB_KEY64_SPAN(id), &wrapped);
	if (err == KB_OK) {
		err = kb_datakey_unwrap(keyring->master, KB_KEY64_SPAN(id), wrapped, key);
	}
	kb_txn_abort(txn);
	return err;
}

enum kb_err
kb_keyring_get(struct kb_keyring *keyring, uint64_t number, struct kb_datakey *key)
{
	struct slot *slot = slot_of(keyring, number);
	enum kb_err err = KB_OK;

	if (number == KB_KEY_NONE) {
		return KB_ERR_NOT_FOUND;
	}
	if (slot->number != number) {
		err = key_read(keyring, number, key);
		if (err != KB_OK) {
			return err;
		}
		slot->number = number;
		slot->key = *key;
	}
	*key = slot->key;
	return KB_OK;
}

enum kb_err
kb_keyring_assign(struct kb_keyring *keyring, uint64_t *number, struct kb_datakey *key)
{
	enum kb_err err = KB_ERR_NOT_FOUND;

	/* A number that was destroyed may come round again after its store was put back from a backup. */
	while (err == KB_ERR_NOT_FOUND) {
		err = keyring->next > keyring->made ? block_make(keyring, NULL) : KB_OK;
		if (err == KB_OK) {
			err = kb_keyring_get(keyring, keyring->next, key);
		}
		if (err == KB_OK) {
			*number = keyring->next;
		}
		if (err == KB_OK || err == KB_ERR_NOT_FOUND) {
			keyring->next++;
		}
	}
	return err;
}

/* ---- destruction ---- */

struct destroy_arg {
	const uint64_t *numbers;
	size_t count;
};

static enum kb_err
destroy_step(struct kb_txn *txn, void *arg)
{
	const struct destroy_arg *destroy = arg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < destroy->count && err == KB_OK; i++) {
		struct kb_key64 id = kb_key64(destroy->numbers[i]);

		err = kb_del(txn, TABLE_KEYS, KB_KEY64_SPAN(id));
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	return err;
}

enum kb_err
kb_keyring_destroy(struct kb_keyring *keyring, const uint64_t *numbers, size_t count,
		   struct kb_error_text *where)
{
	struct destroy_arg arg = { numbers, count };
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < count; i++) {
		/* A key that was never made would come into being later. */
		if (numbers[i] == KB_KEY_NONE || numbers[i] > keyring->made) {
			return kb_fail(where, KB_ERR_NOT_FOUND, "key %llu was never made",
				       (unsigned long long)numbers[i]);
		}
	}
	forget_all(keyring);
	err = kb_env_step(keyring->env, destroy_step, &arg, where);
	if (err == KB_OK) {
		err = kb_failpoint(KB_FAILPOINT_KEYRING_DELETED);
	}
	if (err == KB_OK) {
		err = env_replace_by_copy(keyring->env, where);
	}
	return err == KB_OK ? kb_failpoint(KB_FAILPOINT_KEYRING_DESTROYED) : err;
}

uint64_t
kb_keyring_count(struct kb_keyring *keyring)
{
	return keyring->env->tally.tables[TABLE_KEYS].count;
}

void
kb_keyring_health(const struct kb_keyring *keyring, struct kb_env_health *out)
{
	kb_env_health(keyring->env, out);
}
