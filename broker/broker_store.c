/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening the broker's store, and its facts in the table meta. */
#include "broker/broker_store.h"

#include "common/base/bytes.h"

#define META_ID "store-id"
#define META_REGISTER "register"
#define META_TIME "last-time"

static const char *const table_names[] = {

#define KB_BROKER_TABLE_NAME(name, text) [KB_BROKER_##name] = (text),
	KB_BROKER_TABLES(KB_BROKER_TABLE_NAME)
#undef KB_BROKER_TABLE_NAME
};
_Static_assert(sizeof(table_names) / sizeof(table_names[0]) == KB_BROKER_TABLE_COUNT,
	       "one name per table");

static enum kb_err
meta_put(struct kb_txn *txn, const char *key, struct kb_span value)
{
	return kb_put(txn, KB_BROKER_META, kb_span_text(key), value, KB_PUT_REPLACE);
}

/* A row of exactly len bytes; KB_ERR_NOT_FOUND leaves at as it was. */
static enum kb_err
meta_get(struct kb_txn *txn, const char *key, void *at, size_t len)
{
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_get(txn, KB_BROKER_META, kb_span_text(key), &value);

	if (err != KB_OK) {
		return err;
	}
	if (value.len != len) {
		return KB_ERR_CORRUPT;
	}
	memcpy(at, value.at, len);
	return KB_OK;
}

static enum kb_err
write_id(struct kb_txn *txn, void *arg)
{
	const struct kb_id *id = arg;

	return meta_put(txn, META_ID, KB_SPAN_OF(id->bytes));
}

static void
set_id(struct kb_broker_store *store, const struct kb_id *id)
{
	store->id = *id;
	memcpy(store->epoch.bytes, id->bytes, KB_EPOCH_BYTES);
}

enum kb_err
kb_broker_store_renew(struct kb_broker_store *store, const struct kb_random *random)
{
	struct kb_id id = kb_id_random(random);
	enum kb_err err = kb_env_step(store->env, write_id, &id, NULL);

	if (err == KB_OK) {
		set_id(store, &id);
	}
	return err;
}

struct register_note {
	uint8_t version[8];
	struct kb_hash head;
};

static enum kb_err
write_register(struct kb_txn *txn, void *arg)
{
	const struct register_note *note = arg;

	return meta_put(txn, META_REGISTER, KB_SPAN_OF(*note));
}

enum kb_err
kb_broker_store_set_register(struct kb_broker_store *store, uint64_t version,
			     const struct kb_hash *head)
{
	struct register_note note = { .head = *head };

	kb_store_u64(note.version, version);
	enum kb_err err = kb_env_step(store->env, write_register, &note, NULL);

	if (err == KB_OK) {
		store->register_version = version;
		store->register_head = *head;
	}
	return err;
}

enum kb_err
kb_broker_store_note_time(struct kb_txn *txn, int64_t utc_ms)
{
	uint8_t bytes[8];

	kb_store_u64(bytes, (uint64_t)utc_ms);
	return meta_put(txn, META_TIME, KB_SPAN_OF(bytes));
}

/* KB_ERR_NOT_FOUND: the store is new. */
static enum kb_err
read_facts(struct kb_broker_store *store)
{
	struct kb_txn *txn = NULL;
	struct register_note note = { { 0 }, { { 0 } } };
	struct kb_id id = { { 0 } };
	uint8_t time[8] = { 0 };
	enum kb_err err = kb_txn_begin_read(store->env, &txn);

	if (err != KB_OK) {
		return err;
	}
	err = meta_get(txn, META_ID, id.bytes, sizeof(id.bytes));
	if (err == KB_OK) {
		set_id(store, &id);
		err = meta_get(txn, META_REGISTER, &note, sizeof(note));
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		store->register_version = kb_load_u64(note.version);
		store->register_head = note.head;
		err = meta_get(txn, META_TIME, time, sizeof(time));
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		store->last_utc_ms = (int64_t)kb_load_u64(time);
	}
	kb_txn_abort(txn);
	return err;
}

enum kb_err
kb_broker_store_open(const struct kb_broker_store_options *options, const struct kb_random *random,
		     struct kb_broker_store *out, struct kb_error_text *where)
{
	struct kb_broker_store store = { 0 };
	struct kb_env_config config = {
		.path = options->folder,
		.name = "broker",
		.tables = table_names,
		.table_count = KB_BROKER_TABLE_COUNT,
		.schema = KB_BROKER_SCHEMA,
		.ceiling_bytes = options->ceiling_bytes,
		.reserve_bytes = options->reserve_bytes,
	};
	enum kb_err err = kb_env_open(&config, &store.env, where);

	if (err != KB_OK) {
		return err;
	}
	err = read_facts(&store);
	if (err == KB_ERR_NOT_FOUND) {
		err = kb_broker_store_renew(&store, random);
	}
	if (err != KB_OK) {
		(void)kb_fail(where, err, "the store in %s cannot be used (%s)", options->folder,
			      kb_err_text(err));
		kb_env_close(store.env);
		return err;
	}
	*out = store;
	return KB_OK;
}

void
kb_broker_store_close(struct kb_broker_store *store)
{
	kb_env_close(store->env);
	store->env = NULL;
}
