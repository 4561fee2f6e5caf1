/* SPDX-License-Identifier: EUPL-1.2 */
/* The inside of a store and its step, shared by the files of the tables. */
#ifndef KB_STORE_STEP_INTERNAL_H
#define KB_STORE_STEP_INTERNAL_H

#include "common/store/agent_store.h"
#include "common/store/agent_tables.h"
#include "common/store/codec.h"
#include "common/store/epochs.h"
#include "common/store/row_cache.h"
#include "common/store/row_key.h"

/* Numbers given out so far, each the last one used. Their order is the order in the stored row: add at the end. */
enum kb_counter {
	KB_COUNTER_KEY = 0, /* data keys */
	KB_COUNTER_OWN_EPOCH,
	KB_COUNTER_CASE,
	KB_COUNTER_CASE_RECORD,
	KB_COUNTER_RECEIPT_OUT,
	KB_COUNTER_PARTY,
	KB_COUNTER_SUBJECT,
	KB_COUNTER_PUPIL,
	KB_COUNTER_CONSENT,
	KB_COUNTER_USER,
	KB_COUNTER_EXPORT,
	KB_COUNTER_MANDATE,
	KB_COUNTER_COUNT,
};

struct kb_counters {
	uint64_t last[KB_COUNTER_COUNT];
	int64_t commit_utc_ms;
};

struct kb_step {
	struct kb_store *store;
	struct kb_txn *txn;
	enum kb_step_mode mode; /* NONE: no step is open */
	int64_t now_utc_ms;
	struct kb_counters counters;
	struct kb_arena arena;		/* the caller's pieces */
	struct kb_arena kept;		/* the rows in the caches below */
	struct kb_row_cache cases;	/* (0, case no) -> struct kb_case */
	struct kb_row_cache edges_out;	/* (party, epoch) -> struct kb_edge_out */
	struct kb_row_cache edges_in;	/* (party, epoch) -> struct kb_edge_in_row */
	struct kb_epoch_row own_epoch;	/* epoch_no 0: not read yet */
	struct kb_epoch_row late_epoch; /* the last one that was looked up */
	struct kb_buf row;		/* a value being packed */
	struct kb_buf sealed;		/* its encrypted part */
	struct kb_buf plain; /* personal data on its way in or out; wiped after each use */
};

struct kb_store {
	struct kb_env *env;
	struct kb_keyring *keyring;
	struct kb_ledger *ledger;
	struct kb_marker *marker;
	enum kb_marker_verdict marker_verdict;
	struct kb_env_config env_config;
	struct kb_ledger_config ledger_config;
	struct kb_party_id self;
	struct kb_clock clock;
	struct kb_random random;
	struct kb_secret lookup_key;
	int64_t created_utc_ms;
	struct kb_counters committed;
	struct kb_epoch own_epoch; /* as committed, for the marker */
	struct kb_step step;	   /* the one step there can be */
	char *path;
	char *keys_path;
};

/* ---- step.c ---- */

/* The next number of a counter; written at the commit. Only in a write step. */
uint64_t kb_step_count_up(struct kb_step *step, enum kb_counter counter);
/* KB_OK in a write step, KB_ERR_STATE in a read step. */
KB_MUST_CHECK enum kb_err kb_step_need_write(const struct kb_step *step);
/* A read step over a transaction that others own: for the check in the child. End it with kb_step_disown(). */
struct kb_step *kb_step_adopt(struct kb_store *store, struct kb_txn *txn);
void kb_step_disown(struct kb_step *step);

/* ---- meta.c ---- */

KB_MUST_CHECK enum kb_err kb_counters_load(struct kb_txn *txn, struct kb_counters *out);
KB_MUST_CHECK enum kb_err kb_counters_save(struct kb_step *step);
/* Who this store belongs to. KB_ERR_NOT_FOUND in a new one. */
KB_MUST_CHECK enum kb_err kb_store_identity_load(struct kb_txn *txn, struct kb_party_id *self,
						 int64_t *created_utc_ms);
KB_MUST_CHECK enum kb_err kb_store_identity_save(struct kb_step *step);

/* ---- sealed_row.c: values with a clear and an encrypted part ---- */

/* Starts packing the clear part of a value in step->row, and the hidden part in step->plain. */
void kb_sealed_begin(struct kb_step *step, struct kb_pack *clear, struct kb_pack *hidden,
		     uint8_t version);
/* Seals hidden under key_no, bound to table and key, and puts the row. Wipes the hidden part in every case. */
KB_MUST_CHECK enum kb_err kb_sealed_put(struct kb_step *step, unsigned table,
					const struct kb_row_key *key, uint64_t key_no,
					struct kb_pack *clear, struct kb_pack *hidden);
/* Decrypts into arena. KB_ERR_NOT_FOUND: the key was destroyed. */
KB_MUST_CHECK enum kb_err kb_sealed_open(struct kb_step *step, unsigned table,
					 struct kb_span row_key, uint64_t key_no,
					 struct kb_span sealed, struct kb_arena *arena,
					 struct kb_span *plain);
/* Overwrites what step->plain holds and empties it. */
void kb_step_wipe_plain(struct kb_step *step);

/* ---- rows.c: small things every table needs ---- */

/* Packs nothing itself: puts what pack made in step->row. */
KB_MUST_CHECK enum kb_err kb_row_put(struct kb_step *step, unsigned table,
				     const struct kb_row_key *key, struct kb_pack *pack,
				     enum kb_put_mode mode);
KB_MUST_CHECK enum kb_err kb_row_get(struct kb_step *step, unsigned table,
				     const struct kb_row_key *key, struct kb_span *value);
KB_MUST_CHECK enum kb_err kb_row_del(struct kb_step *step, unsigned table,
				     const struct kb_row_key *key);
/* The first row above after whose key starts with the first prefix_len bytes of after. KB_ERR_NOT_FOUND. */
KB_MUST_CHECK enum kb_err kb_row_after(struct kb_step *step, unsigned table,
				       const struct kb_row_key *after, size_t prefix_len,
				       struct kb_row *row);
/* The last row whose key starts with prefix. */
KB_MUST_CHECK enum kb_err kb_row_last(struct kb_step *step, unsigned table,
				      const struct kb_row_key *prefix, struct kb_row *row);

/* ---- lookups.c: from an identity or an id to a number ---- */

enum kb_lookup {
	KB_LOOKUP_NONE = 0,
	KB_LOOKUP_PGN = 1,	/* HMAC of the PGN -> subject */
	KB_LOOKUP_LEERLING = 2, /* HMAC of the school's own number -> pupil */
	KB_LOOKUP_USER = 3,	/* HMAC of the name -> user */
	KB_LOOKUP_CONSENT = 4,	/* consent id -> consent */
	KB_LOOKUP_MELDING = 5,	/* melding id -> key of the melding */
};

/* The key of an identity: HMAC-SHA-256 under the look-up key of the store, so that a table holds no name and no PGN. */
struct kb_row_key kb_lookup_identity(const struct kb_store *store, enum kb_lookup kind,
				     struct kb_span identity);
/* The key of an id that is random and names nobody. */
struct kb_row_key kb_lookup_id(enum kb_lookup kind, const struct kb_id *id);
KB_MUST_CHECK enum kb_err kb_lookup_get(struct kb_step *step, const struct kb_row_key *key,
					uint64_t *number);
/* KB_ERR_EXISTS when the key leads to another number. */
KB_MUST_CHECK enum kb_err kb_lookup_put(struct kb_step *step, const struct kb_row_key *key,
					uint64_t number);
KB_MUST_CHECK enum kb_err kb_lookup_delete(struct kb_step *step, const struct kb_row_key *key);

/* ---- write-back at the commit ---- */

KB_MUST_CHECK enum kb_err kb_cases_flush(struct kb_step *step);
KB_MUST_CHECK enum kb_err kb_edges_out_flush(struct kb_step *step);
KB_MUST_CHECK enum kb_err kb_edges_in_flush(struct kb_step *step);

#endif
