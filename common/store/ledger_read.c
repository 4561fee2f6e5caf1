/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading records by number. */
#include "common/base/bytes.h"
#include "common/store/env_internal.h"
#include "common/store/ledger_internal.h"

enum kb_err
kb_ledger_locate(struct kb_ledger *ledger, struct kb_txn *txn, uint64_t number, uint16_t *year,
		 uint64_t *index)
{
	struct kb_cursor *cursor = NULL;
	struct ledger_year_row row;
	struct kb_ledger_head head;
	struct kb_row raw;
	enum kb_err err = KB_OK;

	kb_ledger_head(ledger, &head);
	if (number == 0 || number >= kb_ledger_next_number(&head)) {
		return KB_ERR_NOT_FOUND;
	}
	err = kb_cursor_open(txn, ledger->config.table_meta, kb_span_text(YEAR_KEY_PREFIX),
			     &cursor);
	while (err == KB_OK) {
		err = kb_cursor_prev(cursor, &raw);
		if (err == KB_OK) {
			err = ledger_year_decode(&raw, &row);
		}
		if (err == KB_OK && row.first_number <= number) {
			*year = row.year;
			*index = number - row.first_number;
			break;
		}
	}
	kb_cursor_close(cursor);
	return err;
}

enum kb_err
kb_ledger_get(struct kb_ledger *ledger, struct kb_txn *txn, uint64_t number, struct kb_span *record)
{
	struct kb_key64 key = kb_key64(number);
	const struct ledger_state *state = &ledger->state;

	if (number < state->kept || number >= state->first_number + state->tree.frontier.size) {
		return KB_ERR_NOT_FOUND;
	}
	return kb_get_required(txn, ledger->config.table_log, KB_KEY64_SPAN(key), record);
}

enum kb_err
kb_ledger_next(struct kb_ledger *ledger, struct kb_txn *txn, struct kb_cursor **cursor,
	       uint64_t *number, struct kb_span *record)
{
	const struct ledger_state *state = &ledger->state;
	bool first = *cursor == NULL;
	uint64_t wanted = first ? *number : *number + 1;
	struct kb_key64 key;
	struct kb_row row;
	enum kb_err err = KB_OK;

	if (wanted < state->kept) {
		wanted = state->kept;
	}
	if (first) {
		err = kb_cursor_open(txn, ledger->config.table_log, KB_SPAN_NONE, cursor);
	}
	if (err == KB_OK) {
		key = kb_key64(wanted);
		err = first ? kb_cursor_seek(*cursor, KB_KEY64_SPAN(key), &row)
			    : kb_cursor_next(*cursor, &row);
	}
	if (err == KB_ERR_NOT_FOUND && wanted < state->first_number + state->tree.frontier.size) {
		return env_damage(txn, "%s: the log is damaged: record %llu is missing",
				  kb_env_path(ledger->env), (unsigned long long)wanted);
	}
	if (err != KB_OK) {
		return err;
	}
	if (row.key.len != 8 || kb_load_u64(row.key.at) != wanted) {
		return env_damage(txn, "%s: the log is damaged: record %llu is missing",
				  kb_env_path(ledger->env), (unsigned long long)wanted);
	}
	*number = wanted;
	*record = row.value;
	return KB_OK;
}
