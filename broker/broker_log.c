/* SPDX-License-Identifier: EUPL-1.2 */
/* The ledger of accepted headers. */
#include "broker/broker_log.h"

#include "broker/tables.h"
#include "common/base/bytes.h"
#include "common/trust/checkpoint.h"

#define TIME_BYTES 8
/* A broker that slept longer than this starts its chain of years anew. */
#define YEARS_BACK 10

/* The root of the year before the open one, which every checkpoint names. */
static enum kb_err
load_previous(struct kb_broker_log *log, struct kb_txn *txn)
{
	struct kb_ledger_head head;
	struct kb_ledger_head previous;

	kb_ledger_head(log->ledger, &head);
	log->previous_year = head.year;
	memset(&log->previous_root, 0, sizeof(log->previous_root));
	for (uint16_t year = head.year; year > head.year - YEARS_BACK && year > 1970; year--) {
		enum kb_err err = kb_ledger_year(log->ledger, txn, (uint16_t)(year - 1), &previous);

		if (err == KB_OK) {
			log->previous_root = previous.root;
			return KB_OK;
		}
		if (err != KB_ERR_NOT_FOUND) {
			return err;
		}
	}
	return KB_OK;
}

static enum kb_err
sign_head(void *state, const struct kb_ledger_head *head, int64_t utc_ms, struct kb_buf *out)
{
	const struct kb_broker_log *log = state;
	struct kb_checkpoint checkpoint = {
		.origin = log->identity.party,
		.log_year = head->year,
		.size = head->size,
		.root = head->root,
		.time_utc_ms = utc_ms,
		.epoch = log->identity.epoch,
		.previous_root = log->previous_root,
	};
	struct kb_signed_checkpoint signed_checkpoint;
	struct kb_buf bytes = { 0 };
	enum kb_err err = kb_checkpoint_sign(log->identity.sign_key, log->identity.key_version,
					     &checkpoint, &bytes, &signed_checkpoint);

	if (err == KB_OK) {
		err = kb_signed_checkpoint_encode(&signed_checkpoint, out);
	}
	kb_buf_release(&bytes);
	return err;
}

enum kb_err
kb_broker_log_open(struct kb_env *env, const struct kb_broker_identity *identity,
		   struct kb_broker_log *out, struct kb_error_text *where)
{
	struct kb_ledger_config config = {
		.table_log = KB_BROKER_LOG,
		.table_tree = KB_BROKER_TREE,
		.table_meta = KB_BROKER_META,
		.hooks = { .sign = sign_head, .state = out },
	};
	struct kb_txn *txn = NULL;

	*out = (struct kb_broker_log){ .identity = *identity };
	enum kb_err err = kb_ledger_open(env, &config, &out->ledger, where);

	if (err != KB_OK) {
		return err;
	}
	err = kb_txn_begin_read(env, &txn);
	if (err == KB_OK) {
		err = load_previous(out, txn);
	}
	if (err == KB_OK) {
		err = kb_broker_log_refresh(out, txn);
	}
	kb_txn_abort(txn);
	if (err != KB_OK) {
		(void)kb_fail(where, err, "the log of the broker cannot be read (%s)",
			      kb_err_text(err));
		kb_broker_log_close(out);
	}
	return err;
}

void
kb_broker_log_close(struct kb_broker_log *log)
{
	kb_ledger_close(log->ledger);
	log->ledger = NULL;
	kb_buf_release(&log->signed_bytes);
	kb_arena_release(&log->arena);
}

enum kb_err
kb_broker_log_append(struct kb_broker_log *log, struct kb_txn *txn, int64_t utc_ms,
		     struct kb_span header)
{
	uint8_t time[TIME_BYTES];

	kb_store_u64(time, (uint64_t)utc_ms);
	const struct kb_span parts[] = { KB_SPAN_OF(time), header };

	return kb_ledger_append(log->ledger, txn, utc_ms, parts, 2, NULL);
}

enum kb_err
kb_broker_log_sign(struct kb_broker_log *log, struct kb_txn *txn, int64_t utc_ms)
{
	struct kb_ledger_head head;
	enum kb_err err = KB_OK;

	kb_ledger_head(log->ledger, &head);
	if (head.size == 0) {
		return KB_OK;
	}
	if (head.year != log->previous_year) {
		err = load_previous(log, txn);
	}
	return err != KB_OK ? err : kb_ledger_checkpoint(log->ledger, txn, utc_ms, NULL);
}

enum kb_err
kb_broker_log_refresh(struct kb_broker_log *log, struct kb_txn *txn)
{
	kb_buf_clear(&log->signed_bytes);
	kb_arena_clear(&log->arena);
	log->has_checkpoint = false;
	struct kb_ledger_head head;
	enum kb_err err = kb_ledger_last_checkpoint(log->ledger, txn, 0, &head, &log->signed_bytes);

	if (err == KB_OK) {
		err = kb_signed_checkpoint_decode(kb_buf_span(&log->signed_bytes), &log->arena,
						  &log->signed_checkpoint);
		log->has_checkpoint = err == KB_OK;
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

const struct kb_signed_checkpoint *
kb_broker_log_checkpoint(const struct kb_broker_log *log)
{
	return log->has_checkpoint ? &log->signed_checkpoint : NULL;
}

enum kb_err
kb_broker_log_prove(struct kb_broker_log *log, struct kb_txn *txn, uint32_t year,
		    uint64_t from_size, struct kb_buf *bytes, struct kb_consistency_proof *out)
{
	struct kb_ledger_head head;
	size_t before = bytes->len;

	kb_ledger_committed_head(log->ledger, &head);
	if (year != head.year || from_size > head.size) {
		return KB_ERR_NOT_FOUND;
	}
	enum kb_err err = kb_ledger_prove_consistency(log->ledger, txn, head.year, from_size,
						      head.size, bytes);

	if (err == KB_OK) {
		*out = (struct kb_consistency_proof){
			.from_size = from_size,
			.to_size = head.size,
			.path = kb_span_part(kb_buf_span(bytes), before, bytes->len - before),
		};
	}
	return err;
}

/* The number of the first record that is kept, looking at most max records far. */
static enum kb_err
first_kept(struct kb_broker_log *log, struct kb_txn *txn, int64_t before_utc_ms, size_t max,
	   uint64_t *kept)
{
	struct kb_cursor *cursor = NULL;
	struct kb_span record = KB_SPAN_NONE;
	uint64_t number = 0;
	enum kb_err err = KB_OK;

	*kept = 0;
	for (size_t i = 0; i <= max && err == KB_OK; i++) {
		err = kb_ledger_next(log->ledger, txn, &cursor, &number, &record);
		if (err != KB_OK) {
			break;
		}
		*kept = number;
		/* The first record of a year is the ledger's own and may be shorter or of another form: it goes with the
		 * records around it. */
		if (record.len >= TIME_BYTES && (record.at[0] & 0x80) == 0 &&
		    (int64_t)kb_load_u64(record.at) >= before_utc_ms &&
		    kb_load_u64(record.at) < (uint64_t)KB_WIRE_TIME_UTC_MS_MAX) {
			break;
		}
	}
	kb_cursor_close(cursor);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_broker_log_drop(struct kb_broker_log *log, struct kb_txn *txn, int64_t before_utc_ms, size_t max,
		   size_t *dropped)
{
	uint64_t kept = 0;
	enum kb_err err = first_kept(log, txn, before_utc_ms, max, &kept);

	*dropped = 0;
	if (err != KB_OK || kept == 0) {
		return err;
	}
	return kb_ledger_drop(log->ledger, txn, kept, max, dropped);
}
