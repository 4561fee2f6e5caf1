/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker's own tamper-evident log: the headers it accepted, and the checkpoint on every answer. */
#ifndef KB_BROKER_BROKER_LOG_H
#define KB_BROKER_BROKER_LOG_H

#include "common/crypto/sign.h"
#include "common/store/ledger.h"
#include "common/wire/receipt.h"

/* Accepted headers are dropped after this time; roots and checkpoints stay (design 5). */
#define KB_BROKER_LOG_KEEP_MS ((int64_t)400 * 24 * 60 * 60 * 1000)

/* Who signs. Borrowed. */
struct kb_broker_identity {
	struct kb_party_id party;
	const struct kb_sign_key *sign_key;
	uint32_t key_version;
	struct kb_epoch epoch; /* of the broker's store */
};

struct kb_broker_log {
	struct kb_ledger *ledger;
	struct kb_broker_identity identity;
	struct kb_hash previous_root; /* of the year before; all zero for none */
	uint16_t previous_year;	      /* the open year that previous_root belongs to */
	struct kb_buf signed_bytes;   /* newest committed checkpoint, encoded */
	struct kb_arena arena;	      /* of the decoded form */
	struct kb_signed_checkpoint signed_checkpoint;
	bool has_checkpoint;
};

KB_MUST_CHECK enum kb_err kb_broker_log_open(struct kb_env *env,
					     const struct kb_broker_identity *identity,
					     struct kb_broker_log *out,
					     struct kb_error_text *where);
void kb_broker_log_close(struct kb_broker_log *log);

/* One record: the time of acceptance (u64 BE) and the header bytes as received. */
KB_MUST_CHECK enum kb_err kb_broker_log_append(struct kb_broker_log *log, struct kb_txn *txn,
					       int64_t utc_ms, struct kb_span header);
/* Signs the head of this step, when it changed, as part of its transaction. */
KB_MUST_CHECK enum kb_err kb_broker_log_sign(struct kb_broker_log *log, struct kb_txn *txn,
					     int64_t utc_ms);
/* After the commit: what was signed in the last transaction becomes the checkpoint to tell. */
KB_MUST_CHECK enum kb_err kb_broker_log_refresh(struct kb_broker_log *log, struct kb_txn *txn);

/* The newest committed checkpoint; NULL before the first record. Borrowed until the next _refresh. */
const struct kb_signed_checkpoint *kb_broker_log_checkpoint(const struct kb_broker_log *log);

/*
 * The proof that the newest checkpoint contains the first from_size records of year. KB_ERR_NOT_FOUND: another year, or a
 * from_size above what is here (the store went back in time). path borrows from bytes, which is appended to.
 */
KB_MUST_CHECK enum kb_err kb_broker_log_prove(struct kb_broker_log *log, struct kb_txn *txn,
					      uint32_t year, uint64_t from_size,
					      struct kb_buf *bytes,
					      struct kb_consistency_proof *out);

/* Drops at most max records accepted before before_utc_ms. *dropped tells how many. */
KB_MUST_CHECK enum kb_err kb_broker_log_drop(struct kb_broker_log *log, struct kb_txn *txn,
					     int64_t before_utc_ms, size_t max, size_t *dropped);

#endif
