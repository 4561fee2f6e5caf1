/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything an agent stores, opened as one: environment, data keys, log and tables. */
#ifndef KB_STORE_AGENT_STORE_H
#define KB_STORE_AGENT_STORE_H

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/store/keyring.h"
#include "common/store/ledger.h"
#include "common/store/marker.h"
#include "common/store/step.h"

/* Number of the layout of all tables; an older store is migrated step by step, a newer one refused (KB_ERR_NEWER_DATA). */
#define KB_STORE_SCHEMA 1

struct kb_store_options {
	const char *path;      /* data folder; made with mode 0700 when it is not there */
	const char *keys_path; /* folder of the data keys; NULL: PATH/keys */
	const char *
		marker_path; /* checkpoint file outside the backed-up folder (design 6); NULL: none */
	const struct kb_secret
		*master; /* 32 bytes; wraps the data keys, derives the look-up keys; borrowed */
	struct kb_party_id self;
	struct kb_ledger_hooks hooks; /* signing of checkpoints: wire and keys of the caller */
	uint64_t map_bytes;	      /* see struct kb_env_config; 0: its defaults */
	uint64_t ceiling_bytes;
	uint64_t reserve_bytes;
	int64_t check_budget_ms;
	const struct kb_clock *clock;	/* borrowed for the life of the store */
	const struct kb_random *random; /* ids and epochs; borrowed */
};

/*
 * Opens or makes the store: environment, key ring, log, counters; a new store draws its epoch. Errors as kb_env_open(),
 * kb_keyring_open() and kb_ledger_open(), with a sentence in where (may be NULL); KB_ERR_CONFIG when the store belongs to
 * another party than self. With damaged values the store opens read-only (kb_store_health()). Blocks; commits when new.
 */
KB_MUST_CHECK enum kb_err kb_store_open(const struct kb_store_options *options,
					struct kb_store **out, struct kb_error_text *where);
/* An open step is aborted; the marker is written. Allowed on NULL. */
void kb_store_close(struct kb_store *store);

/* Between steps, about once a second: key ring, map, marker. KB_ERR_... of making keys; the others are only logged. */
KB_MUST_CHECK enum kb_err kb_store_tick(struct kb_store *store);

struct kb_env *kb_store_env(struct kb_store *store);
struct kb_ledger *kb_store_ledger(struct kb_store *store);
struct kb_keyring *kb_store_keyring(struct kb_store *store);
const struct kb_clock *kb_store_clock(const struct kb_store *store);
const struct kb_random *kb_store_random(const struct kb_store *store);
const struct kb_party_id *kb_store_self(const struct kb_store *store);
/* What the marker said at the open. RESTORED: the first step that commits must draw a new epoch (kb_store_new_epoch()),
 * because the marker is overwritten after it; then the witnesses are asked (design 6). */
enum kb_marker_verdict kb_store_marker_verdict(const struct kb_store *store);

/* For status and doctor. Not while a step is open. */
struct kb_store_health {
	struct kb_env_health env;  /* state KB_ERR_READ_ONLY: damage, with the reason */
	struct kb_env_health keys; /* of the key ring */
	uint32_t schema;
	uint64_t key_count;
	int64_t created_utc_ms;
	int64_t last_commit_utc_ms; /* latest wall time of a commit: a clock far behind it is wrong */
};

void kb_store_health(struct kb_store *store, struct kb_store_health *out);

/* Number of tables, and name and row count of each (0..count-1). */
size_t kb_store_table_count(void);
const char *kb_store_table_name(size_t table);
uint64_t kb_store_table_rows(struct kb_step *step, size_t table);

/*
 * `log verify`: pages, hashes, counts, the whole log (kb_ledger_verify()) and whether what the tables say of each other holds,
 * in a child process, of one snapshot. As kb_check_start(): poll or free the result.
 */
KB_MUST_CHECK enum kb_err kb_store_check_start(struct kb_store *store, struct kb_check **out);
/* Start, wait, free. progress may be NULL. After KB_ERR_CORRUPT the store is read-only. */
KB_MUST_CHECK enum kb_err kb_store_check(struct kb_store *store, kb_progress_fn progress,
					 void *progress_state, struct kb_error_text *where);

/* A fresh data key for a case or pupil, assigned within the step. */
KB_MUST_CHECK enum kb_err kb_step_key_assign(struct kb_step *step, uint64_t *key_no);
/* The key of the calendar year (UTC) of the step: access records, users. Assigned at first use. */
KB_MUST_CHECK enum kb_err kb_step_year_key(struct kb_step *step, uint64_t *key_no);
/* The key of a calendar year, for its erasure; KB_ERR_NOT_FOUND: none was used. */
KB_MUST_CHECK enum kb_err kb_step_year_key_find(struct kb_step *step, uint16_t year,
						uint64_t *key_no);

#endif
