/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker's store: its environment, its random id, and the few facts that outlive a restart. */
#ifndef KB_BROKER_BROKER_STORE_H
#define KB_BROKER_BROKER_STORE_H

#include "broker/tables.h"
#include "common/base/ids.h"
#include "common/base/random.h"
#include "common/store/env.h"

struct kb_broker_store_options {
	const char *folder;
	uint64_t ceiling_bytes; /* 0: the default of the environment */
	uint64_t reserve_bytes;
};

struct kb_broker_store {
	struct kb_env *env;
	struct kb_id
		id; /* drawn when the store was made: agents republish when it changes (design 5) */
	struct kb_epoch epoch; /* the first bytes of id: epoch of the broker's own checkpoints */
	uint64_t register_version; /* highest register ever loaded, and its head */
	struct kb_hash register_head;
	int64_t last_utc_ms; /* wall time of the last commit; 0: none yet */
};

/* Opens or makes it. Errors and where as kb_env_open(). A store that was made before loses everything since its last commit and
 * nothing else. */
KB_MUST_CHECK enum kb_err kb_broker_store_open(const struct kb_broker_store_options *options,
					       const struct kb_random *random,
					       struct kb_broker_store *out,
					       struct kb_error_text *where);
void kb_broker_store_close(struct kb_broker_store *store);

/* A new id: this store went back in time, so that what agents believe to be here may not be. Commits. */
KB_MUST_CHECK enum kb_err kb_broker_store_renew(struct kb_broker_store *store,
						const struct kb_random *random);
/* Remembers the register loaded. Commits. */
KB_MUST_CHECK enum kb_err kb_broker_store_set_register(struct kb_broker_store *store,
						       uint64_t version,
						       const struct kb_hash *head);
/* Part of a step: the wall time of this commit. The caller sets last_utc_ms after the commit. */
KB_MUST_CHECK enum kb_err kb_broker_store_note_time(struct kb_txn *txn, int64_t utc_ms);

#endif
