/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker and its register file: reading it, refusing an older one, and what changes with a new one. */
#include <stdlib.h>
#include <sys/stat.h>

#include "broker/broker_internal.h"
#include "common/base/file.h"
#include "common/base/log.h"

int64_t
kb_broker_register_stamp(const char *path)
{
	struct stat info;

	/* Replaced by rename: the inode tells even within the same tick of the file system's clock. */
	if (stat(path, &info) != 0) {
		return 0;
	}
	return (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec +
	       (int64_t)info.st_ino;
}

/* The broker's own entry: the one with its signing key and kind. */
static enum kb_err
find_own(const struct kb_broker_register *reg, const struct kb_broker_options *options,
	 uint32_t *key_version, struct kb_error_text *where)
{
	struct kb_sign_public own;

	kb_sign_key_public(options->sign_key, &own);
	for (size_t i = 0; i < kb_broker_register_count(reg); i++) {
		const struct kb_broker_entry *entry = kb_broker_register_at(reg, i);

		if (kb_party_id_equal(&entry->party, &options->party) &&
		    memcmp(entry->signing_key.bytes, own.bytes, sizeof(own.bytes)) == 0) {
			if (entry->kind != KB_PARTY_BROKER) {
				return kb_fail(where, KB_ERR_CONFIG,
					       "the register lists %s, but not as a broker",
					       options->party.text);
			}
			*key_version = entry->key_version;
			return KB_OK;
		}
	}
	return kb_fail(
		where, KB_ERR_CONFIG,
		"the register has no entry of %s with this signing key; have it admitted by the "
		"registrar first",
		options->party.text);
}

enum kb_err
kb_broker_read_register(const struct kb_broker_options *options, struct kb_broker_register **out,
			uint32_t *own_key_version, int64_t *stamp, struct kb_error_text *where)
{
	struct kb_buf file = { 0 };
	struct kb_broker_register *reg = NULL;
	enum kb_err err = KB_OK;

	/* Before reading: a file that changes meanwhile is read again in the next second. */
	*stamp = kb_broker_register_stamp(options->register_path);
	err = kb_file_read(options->register_path, KB_WIRE_REGISTER_FILE_BYTES_MAX, &file, where);
	err = err == KB_ERR_NOT_FOUND ? KB_ERR_CONFIG : err;
	if (err == KB_OK) {
		err = kb_broker_register_load(kb_buf_span(&file), &options->anchor, &reg, where);
	}
	if (err == KB_OK) {
		err = find_own(reg, options, own_key_version, where);
	}
	kb_buf_release(&file);
	if (err != KB_OK) {
		kb_broker_register_free(reg);
		return err;
	}
	*out = reg;
	return KB_OK;
}

/* Its version only ever rises; the same version is the same register. */
static enum kb_err
check_version(const struct kb_broker_store *store, const struct kb_broker_register *reg,
	      struct kb_error_text *where)
{
	uint64_t version = kb_broker_register_head(reg)->version;

	if (version < store->register_version) {
		return kb_fail(
			where, KB_ERR_CONFIG,
			"register version %llu is older than version %llu that was used before",
			(unsigned long long)version, (unsigned long long)store->register_version);
	}
	if (version == store->register_version &&
	    !kb_hash_equal(kb_broker_register_hash(reg), &store->register_head)) {
		return kb_fail(where, KB_ERR_CONFIG,
			       "there are two registers of version %llu; ask the registrar",
			       (unsigned long long)version);
	}
	return KB_OK;
}

static enum kb_err
enrol_all(struct kb_broker *broker, const struct kb_broker_register *reg)
{
	size_t count = kb_broker_register_count(reg);
	struct kb_party_id *ids = calloc(count + 1, sizeof(*ids));
	enum kb_err err = ids != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	for (size_t i = 0; i < count && err == KB_OK; i++) {
		ids[i] = kb_broker_register_at(reg, i)->party;
	}
	if (err == KB_OK) {
		err = kb_numbers_enrol(&broker->numbers, broker->store.env, ids, count);
	}
	if (err == KB_OK) {
		err = kb_sessions_reserve(&broker->sessions, broker->numbers.count + 1);
	}
	free(ids);
	return err;
}

enum kb_err
kb_broker_use_register(struct kb_broker *broker, struct kb_broker_register *reg, int64_t stamp,
		       struct kb_error_text *where)
{
	uint64_t version = kb_broker_register_head(reg)->version;
	enum kb_err err = check_version(&broker->store, reg, where);

	if (err != KB_OK) {
		return err;
	}
	err = enrol_all(broker, reg);
	if (err == KB_OK && version != broker->store.register_version) {
		err = kb_broker_store_set_register(&broker->store, version,
						   kb_broker_register_hash(reg));
	}
	if (err != KB_OK) {
		return kb_fail(where, err, "the register cannot be taken into use (%s)",
			       kb_err_text(err));
	}
	kb_broker_register_free(broker->reg);
	broker->reg = reg;
	broker->register_stamp = stamp;
	/* Mail for parties that left goes back. */
	broker->expiry.wanted = true;
	kb_log(KB_LOG_NOTICE, "broker-register", "version=%llu entries=%zu",
	       (unsigned long long)version, kb_broker_register_count(reg));
	return KB_OK;
}

/* Those whose key the new register does not carry any more. */
static void
end_invalid_sessions(struct kb_broker *broker)
{
	struct kb_broker_session *next = NULL;

	for (struct kb_broker_session *s = broker->sessions.live; s != NULL; s = next) {
		const struct kb_broker_entry *entry =
			kb_broker_register_find(broker->reg, &s->party, s->key_version);
		enum kb_err err = entry != NULL
					  ? kb_broker_entry_check(entry, kb_broker_utc_ms(broker))
					  : KB_ERR_NOT_ENROLLED;

		next = s->next;
		if (err != KB_OK) {
			kb_broker_end_session(broker, s, err);
		}
	}
}

enum kb_err
kb_broker_reload(struct kb_broker *broker, struct kb_error_text *where)
{
	struct kb_broker_register *reg = NULL;
	uint32_t own_key_version = 0;
	int64_t stamp = 0;
	enum kb_err err =
		kb_broker_read_register(&broker->options, &reg, &own_key_version, &stamp, where);

	if (err == KB_OK) {
		err = kb_broker_use_register(broker, reg, stamp, where);
		if (err != KB_OK) {
			kb_broker_register_free(reg);
		}
	}
	if (err != KB_OK) {
		/* Not every second again: only when the file changes once more. */
		broker->register_stamp = stamp;
		return err;
	}
	broker->log.identity.key_version = own_key_version;
	end_invalid_sessions(broker);
	return KB_OK;
}
