/* SPDX-License-Identifier: EUPL-1.2 */
/* The data keys of a store, in a small environment of their own, made ahead in blocks and destroyed for good. */
#ifndef KB_STORE_KEYRING_H
#define KB_STORE_KEYRING_H

#include "common/crypto/datakey.h"
#include "common/store/env.h"

struct kb_keyring;

/* Keys made in one commit, and how few may be left before kb_keyring_tick() makes the next block. */
#define KB_KEYRING_BLOCK 256
#define KB_KEYRING_LOW 128
/* Numbers start at 1; 0 is "no key". */
#define KB_KEY_NONE 0

struct kb_keyring_config {
	const char *path; /* folder, usually DATA/keys */
	const struct kb_secret *
		master; /* 32 bytes of a MASTER key file outside the data folder; borrowed until close */
	/* The lowest number that the caller's own store has never used, out of its own meta table: the caller stores the number
	 * after the highest assigned one in the transaction that uses it. 0 or 1 for a new store. */
	uint64_t next_number;
	/* The caller's own store was made just now. Keys that are there already are then warned of and given out again: what they
	 * encrypted is gone. */
	bool store_is_new;
};

/* Opens, removes what an interrupted rewrite left, makes the first block. KB_ERR_KEY_FILE: the master key is not the one of this
 * keyring. KB_ERR_CORRUPT: it has not made the keys below next_number (missing, or put back from an older copy): going on would hide
 * that encrypted values became unreadable. Otherwise as kb_env_open(). Commits when it makes keys. */
KB_MUST_CHECK enum kb_err kb_keyring_open(const struct kb_keyring_config *config,
					  struct kb_keyring **out, struct kb_error_text *where);
/* Wipes every key in memory. NULL is allowed. */
void kb_keyring_close(struct kb_keyring *keyring);
/* Makes the next block ahead when few are left (one commit): call between steps. */
KB_MUST_CHECK enum kb_err kb_keyring_tick(struct kb_keyring *keyring);

/*
 * The next unused number and its key. In memory only: it counts as used when the caller commits it. A step that aborts loses
 * nothing but a number. Commits (a block) only when no key is left, because kb_keyring_tick() was not called.
 */
KB_MUST_CHECK enum kb_err kb_keyring_assign(struct kb_keyring *keyring, uint64_t *number,
					    struct kb_datakey *key);
/* The key with that number; KB_ERR_NOT_FOUND when it was destroyed (or never made). Wipe it after use. */
KB_MUST_CHECK enum kb_err kb_keyring_get(struct kb_keyring *keyring, uint64_t number,
					 struct kb_datakey *key);

/*
 * Destroys keys for good: deleted, the environment rewritten compacted, the old file overwritten and replaced, the folder
 * synced. The order for the caller (design 6): commit the intent in the log, call this, commit the completion. After a start,
 * call it again for every intent without completion: numbers that are gone already are no error and the rewrite is always done,
 * so no killed process leaves key bytes behind. Blocks for two commits and a rewrite of the small file.
 */
KB_MUST_CHECK enum kb_err kb_keyring_destroy(struct kb_keyring *keyring, const uint64_t *numbers,
					     size_t count, struct kb_error_text *where);

/* Keys that exist, used or not. */
uint64_t kb_keyring_count(struct kb_keyring *keyring);
void kb_keyring_health(const struct kb_keyring *keyring, struct kb_env_health *out);

#endif
