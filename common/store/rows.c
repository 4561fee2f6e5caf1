/* SPDX-License-Identifier: EUPL-1.2 */
/* Putting, getting and walking rows of a step by keys that stand on the stack. */
#include "common/store/step_internal.h"

enum kb_err
kb_row_put(struct kb_step *step, unsigned table, const struct kb_row_key *key, struct kb_pack *pack,
	   enum kb_put_mode mode)
{
	enum kb_err err = kb_pack_end(pack);

	if (err == KB_OK) {
		err = kb_put(step->txn, table, kb_row_key_span(key), kb_buf_span(&step->row), mode);
	}
	return err;
}

enum kb_err
kb_row_get(struct kb_step *step, unsigned table, const struct kb_row_key *key,
	   struct kb_span *value)
{
	return kb_get(step->txn, table, kb_row_key_span(key), value);
}

enum kb_err
kb_row_del(struct kb_step *step, unsigned table, const struct kb_row_key *key)
{
	return kb_del(step->txn, table, kb_row_key_span(key));
}

enum kb_err
kb_row_after(struct kb_step *step, unsigned table, const struct kb_row_key *after,
	     size_t prefix_len, struct kb_row *row)
{
	/* No key lies between after and after with a zero byte behind it. */
	struct kb_row_key from = *after;
	struct kb_cursor *cursor = NULL;
	enum kb_err err = kb_cursor_open(step->txn, table, kb_span(after->at, prefix_len), &cursor);

	if (err != KB_OK) {
		return err;
	}
	kb_row_key_u8(&from, 0);
	err = kb_cursor_seek(cursor, kb_row_key_span(&from), row);
	kb_cursor_close(cursor);
	return err;
}

enum kb_err
kb_row_last(struct kb_step *step, unsigned table, const struct kb_row_key *prefix,
	    struct kb_row *row)
{
	struct kb_cursor *cursor = NULL;
	enum kb_err err = kb_cursor_open(step->txn, table, kb_row_key_span(prefix), &cursor);

	if (err != KB_OK) {
		return err;
	}
	err = kb_cursor_last(cursor, row);
	kb_cursor_close(cursor);
	return err;
}
