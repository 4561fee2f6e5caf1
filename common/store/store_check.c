/* SPDX-License-Identifier: EUPL-1.2 */
/* Cross-checks between tables; part of `log verify`. */
#include "common/store/store_check.h"

#include "common/store/case_records.h"
#include "common/store/chain.h"
#include "common/store/deadlines.h"
#include "common/store/held.h"
#include "common/store/outbox_internal.h"
#include "common/store/seen.h"

/* ---- outbox, sent and the counters of edges ---- */

static bool
edges_equal(const struct kb_edge_out *a, const struct kb_edge_out *b)
{
	return a->unsealed_count == b->unsealed_count && a->ready_count == b->ready_count &&
	       a->ready_urgent_count == b->ready_urgent_count &&
	       a->at_broker_count == b->at_broker_count &&
	       a->undelivered_count == b->undelivered_count && a->waiting_bytes == b->waiting_bytes;
}

/* What a walk over the sent rows of one edge found. */
struct edge_tally {
	struct kb_edge_out counted;
	uint64_t rows;
	uint64_t waiting;
};

static enum kb_err
edge_tally_row(struct kb_step *step, struct edge_tally *tally, const struct kb_sent_row *sent)
{
	struct kb_outbox_row waiting;
	enum kb_err err = kb_outbox_get(step, &sent->key, &waiting);
	bool has_row = err == KB_OK;

	if (err != KB_OK && err != KB_ERR_NOT_FOUND) {
		return err;
	}
	if (has_row != kb_sent_state_waits(sent->state) ||
	    (has_row && waiting.envelope.len != sent->sealed_bytes)) {
		return KB_ERR_CORRUPT;
	}
	kb_edge_out_count(&tally->counted, sent, 1);
	tally->rows++;
	tally->waiting += has_row ? 1 : 0;
	return KB_OK;
}

static enum kb_err
check_edge(struct kb_step *step, const struct kb_edge_out *edge, uint64_t *waiting,
	   struct kb_error_text *where)
{
	struct edge_tally tally = { 0 };
	struct kb_number_key at = { .party_no = edge->recipient_no, .epoch_no = edge->epoch_no };
	struct kb_sent_row sent;
	enum kb_err err = KB_OK;

	for (;;) {
		err = kb_sent_next(step, &at, true, &sent);
		if (err == KB_ERR_NOT_FOUND ||
		    (err == KB_OK && sent.key.epoch_no != edge->epoch_no)) {
			break;
		}
		if (err == KB_OK) {
			err = edge_tally_row(step, &tally, &sent);
		}
		if (err != KB_OK) {
			return kb_fail(where, err,
				       "tables sent and outbox do not agree after number %llu to "
				       "party %u",
				       (unsigned long long)at.number, edge->recipient_no);
		}
		at = sent.key;
	}
	/* Numbers are gapless: as many rows as the last number given out. */
	if (!edges_equal(&tally.counted, edge) || tally.rows != edge->last_number) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table edges: the counters for party %u do not fit the messages",
			       edge->recipient_no);
	}
	*waiting += tally.waiting;
	return KB_OK;
}

static enum kb_err
check_outbox(struct kb_step *step, struct kb_error_text *where)
{
	struct kb_edge_out edge = { 0 };
	uint64_t waiting = 0;
	enum kb_err err = KB_OK;

	for (;;) {
		err = kb_edge_out_next(step, &edge);
		if (err == KB_ERR_NOT_FOUND) {
			break;
		}
		if (err == KB_OK) {
			err = check_edge(step, &edge, &waiting, where);
		} else {
			err = kb_fail(where, err, "table edges cannot be read");
		}
		if (err != KB_OK) {
			return err;
		}
	}
	if (waiting != kb_table_count(step->txn, KB_TABLE_OUTBOX)) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table outbox has rows that no sent message names");
	}
	return KB_OK;
}

/* ---- received numbers ---- */

static enum kb_err
check_edge_in(struct kb_step *step, const struct kb_edge_in *edge, uint64_t *rows,
	      struct kb_error_text *where)
{
	struct kb_number_key at = { .party_no = edge->sender_no, .epoch_no = edge->epoch_no };
	struct kb_seen_row row;
	uint64_t count = 0;
	enum kb_err err = KB_OK;

	while (err == KB_OK) {
		err = kb_seen_next(step, &at, &row);
		if (err == KB_OK) {
			struct kb_seen_row again;

			/* kb_seen_get() looks at the gaps first. */
			err = kb_seen_get(step, &row.key, &again);
			if (err == KB_ERR_NOT_FOUND) {
				err = KB_ERR_CORRUPT;
			}
			at = row.key;
			count++;
		}
	}
	if (err != KB_ERR_NOT_FOUND || edge->highest - edge->missing_count != edge->seen_count ||
	    count > edge->seen_count || (edge->folded_below == 0 && count != edge->seen_count)) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table seen does not fit the list of missing numbers of party %u",
			       edge->sender_no);
	}
	*rows += count;
	return KB_OK;
}

static enum kb_err
check_seen(struct kb_step *step, struct kb_error_text *where)
{
	struct kb_edge_in edge = { 0 };
	struct kb_held_row held = { 0 };
	uint64_t rows = 0;
	enum kb_err err = KB_OK;

	for (;;) {
		err = kb_edge_in_next(step, &edge);
		if (err == KB_ERR_NOT_FOUND) {
			break;
		}
		err = err == KB_OK ? check_edge_in(step, &edge, &rows, where)
				   : kb_fail(where, err, "table edges cannot be read");
		if (err != KB_OK) {
			return err;
		}
	}
	if (rows != kb_table_count(step->txn, KB_TABLE_SEEN)) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table seen has rows of an edge that is not in table edges");
	}
	for (;;) {
		struct kb_number_key key;
		struct kb_seen_row seen;

		err = kb_held_next(step, &held);
		if (err == KB_ERR_NOT_FOUND) {
			return KB_OK;
		}
		key = (struct kb_number_key){ .party_no = held.awaited.party_no,
					      .epoch_no = held.epoch_no,
					      .number = held.number };
		if (err == KB_OK) {
			err = kb_seen_get(step, &key, &seen);
		}
		if (err != KB_OK) {
			return kb_fail(where, KB_ERR_CORRUPT,
				       "table held names message %llu of party %u, which was never "
				       "received",
				       (unsigned long long)held.number, held.awaited.party_no);
		}
	}
}

/* ---- cases ---- */

static enum kb_err
check_case(struct kb_step *step, const struct kb_case *row, uint64_t *records,
	   struct kb_error_text *where)
{
	struct kb_case_record record;
	uint64_t position = 0;
	uint64_t case_no = 0;
	uint32_t expected = row->record_count;
	enum kb_err err = kb_case_find(step, &row->case_id, &case_no);

	if (err != KB_OK || case_no != row->case_no) {
		return kb_fail(where, KB_ERR_CORRUPT, "table case_ids does not lead to case %llu",
			       (unsigned long long)row->case_no);
	}
	for (;;) {
		err = kb_case_record_back(step, row->case_no, &position, &record);
		if (err != KB_OK || record.record_no != expected) {
			break;
		}
		expected--;
		(*records)++;
	}
	if (err != KB_ERR_NOT_FOUND || expected != 0) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table case_records: the chain of case %llu breaks at record %u",
			       (unsigned long long)row->case_no, expected);
	}
	return KB_OK;
}

static enum kb_err
check_steps(struct kb_step *step, uint64_t case_no, uint64_t *steps, struct kb_error_text *where)
{
	uint32_t count = 0;
	enum kb_err err = kb_chain_row_count(step, case_no, &count);

	*steps += count;
	return err == KB_OK ? KB_OK
			    : kb_fail(where, KB_ERR_CORRUPT,
				      "table chain: a step of case %llu is missing",
				      (unsigned long long)case_no);
}

static enum kb_err
check_cases(struct kb_step *step, struct kb_error_text *where)
{
	struct kb_case row = { 0 };
	uint64_t records = 0;
	uint64_t steps = 0;
	enum kb_err err = KB_OK;

	for (;;) {
		err = kb_case_next(step, row.case_no, &row);
		if (err == KB_ERR_NOT_FOUND) {
			break;
		}
		err = err == KB_OK ? check_case(step, &row, &records, where)
				   : kb_fail(where, err, "table cases cannot be read");
		if (err == KB_OK) {
			err = check_steps(step, row.case_no, &steps, where);
		}
		if (err != KB_OK) {
			return err;
		}
	}
	if (steps != kb_table_count(step->txn, KB_TABLE_CHAIN)) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table chain has rows that belong to no case");
	}
	if (records != kb_table_count(step->txn, KB_TABLE_CASE_RECORDS)) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "table case_records has rows that belong to no case");
	}
	return KB_OK;
}

/* ---- clocks ---- */

static enum kb_err
check_deadlines(struct kb_step *step, struct kb_error_text *where)
{
	struct kb_deadline due = { 0 };
	struct kb_case row = { 0 };
	uint64_t running = 0;
	enum kb_err err = KB_OK;

	/* Every row by due time leads to a running clock ... */
	while (err == KB_OK) {
		err = kb_deadline_due_next(step, INT64_MAX, &due);
	}
	/* ... and there are as many as running clocks. */
	while (err == KB_ERR_NOT_FOUND && kb_case_next(step, row.case_no, &row) == KB_OK) {
		struct kb_deadline clock = { 0 };

		while (kb_deadline_of_case(step, row.case_no, clock.clock_id, &clock) == KB_OK) {
			running += clock.state == KB_CLOCK_STATE_RUNNING ? 1 : 0;
		}
	}
	if (err != KB_ERR_NOT_FOUND || running != kb_table_count(step->txn, KB_TABLE_DEADLINES)) {
		return kb_fail(where, KB_ERR_CORRUPT,
			       "tables deadlines and case_clocks do not agree");
	}
	return KB_OK;
}

enum kb_err
kb_tables_check(struct kb_step *step, struct kb_error_text *where)
{
	enum kb_err err = check_outbox(step, where);

	if (err == KB_OK) {
		err = check_seen(step, where);
	}
	if (err == KB_OK) {
		err = check_cases(step, where);
	}
	if (err == KB_OK) {
		err = check_deadlines(step, where);
	}
	return err;
}
