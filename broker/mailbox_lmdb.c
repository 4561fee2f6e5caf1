/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailboxes over four tables: envelopes, a narrow index of them, totals per recipient, and totals per sender. */
#include "broker/mailbox_lmdb.h"

#include <stdlib.h>

#include "broker/tables.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/store/codec.h"
#include "common/store/row_cache.h"

#define KEY_BYTES 13
#define INDEX_VERSION 1
#define BOX_VERSION 1
#define QUOTA_VERSION 1
/* Rows removed in one call to the environment. */
#define REMOVE_MAX 4096

struct box {
	uint32_t recipient_no;
	bool changed;
	uint64_t next_seq;
	uint64_t messages[KB_LANE_COUNT];
	uint64_t bytes;
	int64_t oldest_expiry_utc_ms;
};

struct quota {
	uint32_t recipient_no;
	uint32_t sender_no;
	bool changed;
	uint64_t messages;
};

/* boxes and quotas hold the rows that this transaction touched; they are written by flush and forgotten by end, so that memory
 * never knows more than the disk. */
struct lmdb_mailbox {
	struct kb_mailbox base;
	struct kb_txn *txn;
	struct kb_arena arena;
	struct kb_row_cache boxes;
	struct kb_row_cache quotas;
	struct kb_buf packed;
};

static struct lmdb_mailbox *
of_base(struct kb_mailbox *mailbox)
{
	return (struct lmdb_mailbox *)mailbox;
}

static void
mail_key(const struct kb_mail_place *place, uint8_t key[KEY_BYTES])
{
	kb_store_u32(key, place->recipient_no);
	key[4] = (uint8_t)place->lane;
	kb_store_u64(key + 5, place->seq);
}

static void
lmdb_begin(struct kb_mailbox *mailbox, struct kb_txn *txn)
{
	of_base(mailbox)->txn = txn;
}

static void
lmdb_end(struct kb_mailbox *mailbox, bool committed)
{
	struct lmdb_mailbox *m = of_base(mailbox);

	(void)committed;
	kb_row_cache_clear(&m->boxes);
	kb_row_cache_clear(&m->quotas);
	kb_arena_clear(&m->arena);
	m->txn = NULL;
}

static enum kb_err
box_decode(struct kb_span value, struct box *box)
{
	struct kb_unpack unpack;

	(void)kb_unpack_begin(&unpack, value, BOX_VERSION);
	box->next_seq = kb_unpack_u64(&unpack);
	for (size_t lane = 0; lane < KB_LANE_COUNT; lane++) {
		box->messages[lane] = kb_unpack_u64(&unpack);
	}
	box->bytes = kb_unpack_u64(&unpack);
	box->oldest_expiry_utc_ms = kb_unpack_i64(&unpack);
	return kb_unpack_end(&unpack);
}

static enum kb_err
box_of(struct lmdb_mailbox *m, uint32_t recipient_no, struct box **out)
{
	struct box *box = kb_row_cache_find(&m->boxes, recipient_no, 0);
	uint8_t key[4];
	struct kb_span value = KB_SPAN_NONE;

	if (box != NULL) {
		*out = box;
		return KB_OK;
	}
	box = kb_arena_alloc(&m->arena, sizeof(*box));
	if (box == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	box->recipient_no = recipient_no;
	box->next_seq = 1;
	box->oldest_expiry_utc_ms = INT64_MAX;
	kb_store_u32(key, recipient_no);
	enum kb_err err = kb_get(m->txn, KB_BROKER_BOXES, KB_SPAN_OF(key), &value);

	if (err == KB_OK) {
		err = box_decode(value, box);
	} else if (err == KB_ERR_NOT_FOUND) {
		err = KB_OK;
	}
	if (err == KB_OK) {
		err = kb_row_cache_add(&m->boxes, recipient_no, 0, box);
	}
	if (err == KB_OK) {
		*out = box;
	}
	return err;
}

static enum kb_err
quota_of(struct lmdb_mailbox *m, uint32_t recipient_no, uint32_t sender_no, struct quota **out)
{
	struct quota *quota = kb_row_cache_find(&m->quotas, recipient_no, sender_no);
	uint8_t key[8];
	struct kb_span value = KB_SPAN_NONE;

	if (quota != NULL) {
		*out = quota;
		return KB_OK;
	}
	quota = kb_arena_alloc(&m->arena, sizeof(*quota));
	if (quota == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	quota->recipient_no = recipient_no;
	quota->sender_no = sender_no;
	kb_store_u32(key, recipient_no);
	kb_store_u32(key + 4, sender_no);
	enum kb_err err = kb_get(m->txn, KB_BROKER_QUOTAS, KB_SPAN_OF(key), &value);

	if (err == KB_OK) {
		struct kb_unpack unpack;

		(void)kb_unpack_begin(&unpack, value, QUOTA_VERSION);
		quota->messages = kb_unpack_u64(&unpack);
		err = kb_unpack_end(&unpack);
	} else if (err == KB_ERR_NOT_FOUND) {
		err = KB_OK;
	}
	if (err == KB_OK) {
		err = kb_row_cache_add(&m->quotas, recipient_no, sender_no, quota);
	}
	if (err == KB_OK) {
		*out = quota;
	}
	return err;
}

static enum kb_err
write_box(struct lmdb_mailbox *m, const struct box *box)
{
	struct kb_pack pack;
	uint8_t key[4];

	kb_buf_clear(&m->packed);
	kb_pack_begin(&pack, &m->packed, BOX_VERSION);
	kb_pack_u64(&pack, box->next_seq);
	for (size_t lane = 0; lane < KB_LANE_COUNT; lane++) {
		kb_pack_u64(&pack, box->messages[lane]);
	}
	kb_pack_u64(&pack, box->bytes);
	kb_pack_i64(&pack, box->oldest_expiry_utc_ms);
	enum kb_err err = kb_pack_end(&pack);

	kb_store_u32(key, box->recipient_no);
	return err != KB_OK ? err
			    : kb_put(m->txn, KB_BROKER_BOXES, KB_SPAN_OF(key),
				     kb_buf_span(&m->packed), KB_PUT_REPLACE);
}

static enum kb_err
write_quota(struct lmdb_mailbox *m, const struct quota *quota)
{
	struct kb_pack pack;
	uint8_t key[8];

	kb_store_u32(key, quota->recipient_no);
	kb_store_u32(key + 4, quota->sender_no);
	if (quota->messages == 0) {
		enum kb_err gone = kb_del(m->txn, KB_BROKER_QUOTAS, KB_SPAN_OF(key));

		return gone == KB_ERR_NOT_FOUND ? KB_OK : gone;
	}
	kb_buf_clear(&m->packed);
	kb_pack_begin(&pack, &m->packed, QUOTA_VERSION);
	kb_pack_u64(&pack, quota->messages);
	enum kb_err err = kb_pack_end(&pack);

	return err != KB_OK ? err
			    : kb_put(m->txn, KB_BROKER_QUOTAS, KB_SPAN_OF(key),
				     kb_buf_span(&m->packed), KB_PUT_REPLACE);
}

static enum kb_err
lmdb_flush(struct kb_mailbox *mailbox)
{
	struct lmdb_mailbox *m = of_base(mailbox);
	void **rows = NULL;
	enum kb_err err = kb_row_cache_sorted(&m->boxes, &m->arena, &rows);

	for (size_t i = 0; err == KB_OK && i < m->boxes.count; i++) {
		struct box *box = rows[i];

		err = box->changed ? write_box(m, box) : KB_OK;
		box->changed = false;
	}
	if (err == KB_OK) {
		err = kb_row_cache_sorted(&m->quotas, &m->arena, &rows);
	}
	for (size_t i = 0; err == KB_OK && i < m->quotas.count; i++) {
		struct quota *quota = rows[i];

		err = quota->changed ? write_quota(m, quota) : KB_OK;
		quota->changed = false;
	}
	return err;
}

#define INDEX_BYTES (1 + 4 + 4 + 8 + 4 + 8 + 4)

static void
index_encode(const struct kb_mail *mail, uint8_t at[INDEX_BYTES])
{
	at[0] = INDEX_VERSION;
	kb_store_u32(at + 1, mail->sender_no);
	kb_store_u32(at + 5, mail->epoch_no);
	kb_store_u64(at + 9, mail->number);
	kb_store_u32(at + 17, mail->attempt);
	kb_store_u64(at + 21, (uint64_t)mail->expires_at_utc_ms);
	kb_store_u32(at + 29, mail->envelope_bytes);
}

static enum kb_err
index_decode(struct kb_span key, struct kb_span value, struct kb_mail *out)
{
	if (key.len != KEY_BYTES || key.at[4] >= KB_LANE_COUNT || value.len != INDEX_BYTES ||
	    value.at[0] != INDEX_VERSION) {
		return KB_ERR_CORRUPT;
	}
	*out = (struct kb_mail){
		.place = { .recipient_no = kb_load_u32(key.at),
			   .lane = (enum kb_lane)key.at[4],
			   .seq = kb_load_u64(key.at + 5) },
		.sender_no = kb_load_u32(value.at + 1),
		.epoch_no = kb_load_u32(value.at + 5),
		.number = kb_load_u64(value.at + 9),
		.attempt = kb_load_u32(value.at + 17),
		.expires_at_utc_ms = (int64_t)kb_load_u64(value.at + 21),
		.envelope_bytes = kb_load_u32(value.at + 29),
	};
	return KB_OK;
}

static bool
has_room(const struct lmdb_mailbox *m, const struct box *box, const struct quota *quota,
	 uint64_t bytes)
{
	const struct kb_mailbox_limits *limits = &m->base.limits;
	uint64_t messages = box->messages[KB_LANE_URGENT] + box->messages[KB_LANE_NORMAL];

	return messages < limits->messages_max && box->bytes + bytes <= limits->bytes_max &&
	       quota->messages < limits->sender_messages_max;
}

static enum kb_err
lmdb_put(struct kb_mailbox *mailbox, struct kb_mail *mail)
{
	struct lmdb_mailbox *m = of_base(mailbox);
	struct box *box = NULL;
	struct quota *quota = NULL;
	uint8_t key[KEY_BYTES];
	uint8_t index[INDEX_BYTES];
	enum kb_err err = box_of(m, mail->place.recipient_no, &box);

	if (err == KB_OK) {
		err = quota_of(m, mail->place.recipient_no, mail->sender_no, &quota);
	}
	if (err == KB_OK && !has_room(m, box, quota, mail->envelope.len)) {
		err = KB_ERR_MAILBOX_FULL;
	}
	if (err != KB_OK) {
		return err;
	}
	mail->place.seq = box->next_seq;
	mail->envelope_bytes = (uint32_t)mail->envelope.len;
	mail_key(&mail->place, key);
	index_encode(mail, index);
	err = kb_put(m->txn, KB_BROKER_MAIL, KB_SPAN_OF(key), mail->envelope, KB_PUT_NEW);
	if (err == KB_OK) {
		err = kb_put(m->txn, KB_BROKER_MAIL_INDEX, KB_SPAN_OF(key), KB_SPAN_OF(index),
			     KB_PUT_NEW);
	}
	if (err != KB_OK) {
		/* A row that should not be there yet is damage, not a conflict. */
		return err == KB_ERR_EXISTS ? KB_ERR_CORRUPT : err;
	}
	box->next_seq++;
	box->messages[mail->place.lane]++;
	box->bytes += mail->envelope.len;
	if (mail->expires_at_utc_ms < box->oldest_expiry_utc_ms) {
		box->oldest_expiry_utc_ms = mail->expires_at_utc_ms;
	}
	box->changed = true;
	quota->messages++;
	quota->changed = true;
	return KB_OK;
}

static enum kb_err
lmdb_get(struct kb_mailbox *mailbox, const struct kb_mail_place *place, struct kb_mail *out)
{
	uint8_t key[KEY_BYTES];
	struct kb_span value = KB_SPAN_NONE;

	mail_key(place, key);
	enum kb_err err =
		kb_get(of_base(mailbox)->txn, KB_BROKER_MAIL_INDEX, KB_SPAN_OF(key), &value);

	return err != KB_OK ? err : index_decode(KB_SPAN_OF(key), value, out);
}

static enum kb_err
open_lane(struct lmdb_mailbox *m, unsigned table, const struct kb_mail_place *from,
	  struct kb_cursor **cursor, struct kb_row *row)
{
	uint8_t key[KEY_BYTES];

	mail_key(from, key);
	enum kb_err err = kb_cursor_open(m->txn, table, kb_span(key, 5), cursor);

	return err != KB_OK ? err : kb_cursor_seek(*cursor, KB_SPAN_OF(key), row);
}

static enum kb_err
lmdb_scan(struct kb_mailbox *mailbox, const struct kb_mail_place *from, bool with_envelope,
	  kb_mail_scan_fn fn, void *state)
{
	struct lmdb_mailbox *m = of_base(mailbox);
	struct kb_cursor *index = NULL;
	struct kb_cursor *mail = NULL;
	struct kb_row index_row;
	struct kb_row mail_row = { KB_SPAN_NONE, KB_SPAN_NONE };
	enum kb_err err = open_lane(m, KB_BROKER_MAIL_INDEX, from, &index, &index_row);

	if (err == KB_OK && with_envelope) {
		err = open_lane(m, KB_BROKER_MAIL, from, &mail, &mail_row);
		err = err == KB_ERR_NOT_FOUND ? KB_ERR_CORRUPT : err;
	}
	while (err == KB_OK) {
		struct kb_mail found;

		err = index_decode(index_row.key, index_row.value, &found);
		if (err == KB_OK && with_envelope) {
			/* Both tables have the same keys. */
			if (!kb_span_equal(index_row.key, mail_row.key) ||
			    mail_row.value.len != found.envelope_bytes) {
				err = KB_ERR_CORRUPT;
			}
			found.envelope = mail_row.value;
		}
		if (err != KB_OK || !fn(state, &found)) {
			break;
		}
		err = kb_cursor_next(index, &index_row);
		if (err == KB_OK && with_envelope) {
			err = kb_cursor_next(mail, &mail_row);
			err = err == KB_ERR_NOT_FOUND ? KB_ERR_CORRUPT : err;
		}
	}
	kb_cursor_close(mail);
	kb_cursor_close(index);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* The totals of what is about to be removed. */
struct tally {
	struct lmdb_mailbox *m;
	struct box *box;
	uint64_t last_seq;
	uint64_t count;
	enum kb_err err;
};

static bool
tally_one(void *state, const struct kb_mail *mail)
{
	struct tally *tally = state;
	struct quota *quota = NULL;

	if (mail->place.seq > tally->last_seq) {
		return false;
	}
	tally->err = quota_of(tally->m, mail->place.recipient_no, mail->sender_no, &quota);
	if (tally->err == KB_OK &&
	    (quota->messages == 0 || tally->box->messages[mail->place.lane] == 0 ||
	     tally->box->bytes < mail->envelope_bytes)) {
		tally->err = KB_ERR_CORRUPT;
	}
	if (tally->err != KB_OK) {
		return false;
	}
	quota->messages--;
	quota->changed = true;
	tally->box->messages[mail->place.lane]--;
	tally->box->bytes -= mail->envelope_bytes;
	tally->count++;
	return true;
}

static enum kb_err
remove_rows(struct lmdb_mailbox *m, unsigned table, const struct kb_mail_place *first,
	    uint64_t last_seq, uint64_t expected)
{
	struct kb_mail_place end = *first;
	uint8_t from[KEY_BYTES];
	uint8_t to[KEY_BYTES];
	uint64_t removed = 0;
	size_t count = 1;
	enum kb_err err = KB_OK;

	end.seq = last_seq + 1;
	mail_key(first, from);
	mail_key(&end, to);
	while (err == KB_OK && count > 0 && removed < expected) {
		err = kb_del_range(m->txn, table, KB_SPAN_OF(from), KB_SPAN_OF(to), REMOVE_MAX,
				   &count);
		removed += err == KB_OK ? count : 0;
	}
	return err == KB_OK && removed != expected ? KB_ERR_CORRUPT : err;
}

static enum kb_err
lmdb_remove(struct kb_mailbox *mailbox, const struct kb_mail_place *first, uint64_t last_seq,
	    uint64_t *count)
{
	struct lmdb_mailbox *m = of_base(mailbox);
	struct tally tally = { .m = m, .last_seq = last_seq };
	enum kb_err err = box_of(m, first->recipient_no, &tally.box);

	if (count != NULL) {
		*count = 0;
	}
	if (err != KB_OK || last_seq < first->seq || last_seq == UINT64_MAX) {
		return err != KB_OK ? err : KB_ERR_BAD_VALUE;
	}
	err = lmdb_scan(mailbox, first, false, tally_one, &tally);
	err = err == KB_OK ? tally.err : err;
	if (err != KB_OK || tally.count == 0) {
		return err;
	}
	err = remove_rows(m, KB_BROKER_MAIL_INDEX, first, last_seq, tally.count);
	if (err == KB_OK) {
		err = remove_rows(m, KB_BROKER_MAIL, first, last_seq, tally.count);
	}
	if (err != KB_OK) {
		return err;
	}
	tally.box->changed = true;
	if (tally.box->messages[KB_LANE_URGENT] + tally.box->messages[KB_LANE_NORMAL] == 0) {
		tally.box->oldest_expiry_utc_ms = INT64_MAX;
	}
	if (count != NULL) {
		*count = tally.count;
	}
	return KB_OK;
}

static enum kb_err
lmdb_counts(struct kb_mailbox *mailbox, uint32_t recipient_no, struct kb_mailbox_counts *out)
{
	struct box *box = NULL;
	enum kb_err err = box_of(of_base(mailbox), recipient_no, &box);

	if (err == KB_OK) {
		*out = (struct kb_mailbox_counts){
			.messages = { box->messages[KB_LANE_URGENT],
				      box->messages[KB_LANE_NORMAL] },
			.bytes = box->bytes,
			.oldest_expiry_utc_ms = box->oldest_expiry_utc_ms,
		};
	}
	return err;
}

static enum kb_err
lmdb_set_oldest(struct kb_mailbox *mailbox, uint32_t recipient_no, int64_t oldest_expiry_utc_ms)
{
	struct box *box = NULL;
	enum kb_err err = box_of(of_base(mailbox), recipient_no, &box);

	if (err == KB_OK && box->oldest_expiry_utc_ms != oldest_expiry_utc_ms) {
		box->oldest_expiry_utc_ms = oldest_expiry_utc_ms;
		box->changed = true;
	}
	return err;
}

static enum kb_err
lmdb_next_box(struct kb_mailbox *mailbox, uint32_t after_no, uint32_t *recipient_no)
{
	struct lmdb_mailbox *m = of_base(mailbox);
	struct kb_cursor *cursor = NULL;
	struct kb_row row;
	uint8_t key[4];

	if (after_no == UINT32_MAX) {
		return KB_ERR_NOT_FOUND;
	}
	kb_store_u32(key, after_no + 1);
	enum kb_err err = kb_cursor_open(m->txn, KB_BROKER_BOXES, KB_SPAN_NONE, &cursor);

	if (err == KB_OK) {
		err = kb_cursor_seek(cursor, KB_SPAN_OF(key), &row);
	}
	if (err == KB_OK && row.key.len != sizeof(key)) {
		err = KB_ERR_CORRUPT;
	}
	if (err == KB_OK) {
		*recipient_no = kb_load_u32(row.key.at);
	}
	kb_cursor_close(cursor);
	return err;
}

static void
lmdb_free(struct kb_mailbox *mailbox)
{
	struct lmdb_mailbox *m = of_base(mailbox);

	kb_row_cache_release(&m->boxes);
	kb_row_cache_release(&m->quotas);
	kb_arena_release(&m->arena);
	kb_buf_release(&m->packed);
	free(m);
}

enum kb_err
kb_mailbox_lmdb_new(const struct kb_mailbox_limits *limits, struct kb_mailbox **out)
{
	static const struct kb_mailbox_ops ops = {
		.begin = lmdb_begin,
		.flush = lmdb_flush,
		.end = lmdb_end,
		.put = lmdb_put,
		.get = lmdb_get,
		.scan = lmdb_scan,
		.remove = lmdb_remove,
		.counts = lmdb_counts,
		.set_oldest = lmdb_set_oldest,
		.next_box = lmdb_next_box,
		.free = lmdb_free,
	};
	struct lmdb_mailbox *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	m->base.ops = &ops;
	m->base.limits = *limits;
	*out = &m->base;
	return KB_OK;
}
