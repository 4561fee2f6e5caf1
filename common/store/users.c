/* SPDX-License-Identifier: EUPL-1.2 */
/* Users: name and function encrypted under the key of a calendar year, found by a keyed hash of the name. */
#include "common/store/users.h"

#include "common/store/step_internal.h"

/* Since 2 with the party that employs the user. */
#define USER_VERSION 2

static void
user_pack(struct kb_pack *clear, struct kb_pack *hidden, const struct kb_user *row)
{
	kb_pack_u64(clear, row->data_key_no);
	kb_pack_u32(clear, row->roles);
	kb_pack_u32(clear, row->desk);
	kb_pack_u32(clear, (uint32_t)row->valid_until_day);
	kb_pack_i64(clear, row->created_utc_ms);
	kb_pack_u64(clear, row->created_by_no);
	kb_pack_i64(clear, row->ended_utc_ms);
	kb_pack_u64(clear, row->ended_by_no);
	kb_pack_u32(hidden, row->uid);
	kb_pack_bytes(hidden, row->name);
	kb_pack_bytes(hidden, row->function);
	kb_pack_party(hidden, &row->organisatie);
}

static enum kb_err
user_decode_clear(struct kb_span row_key, struct kb_span value, struct kb_user *row,
		  struct kb_span *sealed)
{
	struct kb_unpack unpack;
	enum kb_err err = KB_OK;

	kb_unpack_begin_key(&unpack, row_key);
	row->user_no = kb_unpack_u64(&unpack);
	err = kb_unpack_end(&unpack);
	if (err != KB_OK) {
		return err;
	}
	(void)kb_unpack_begin(&unpack, value, USER_VERSION);
	row->data_key_no = kb_unpack_u64(&unpack);
	row->roles = kb_unpack_u32(&unpack);
	row->desk = kb_unpack_u32(&unpack);
	row->valid_until_day = (int32_t)kb_unpack_u32(&unpack);
	row->created_utc_ms = kb_unpack_i64(&unpack);
	row->created_by_no = kb_unpack_u64(&unpack);
	row->ended_utc_ms = kb_unpack_i64(&unpack);
	row->ended_by_no = kb_unpack_u64(&unpack);
	*sealed = kb_unpack_bytes(&unpack);
	return kb_unpack_end(&unpack);
}

static enum kb_err
user_open(struct kb_step *step, struct kb_span row_key, struct kb_span value,
	  struct kb_arena *arena, struct kb_user *out)
{
	struct kb_user row = { .uid = UINT32_MAX };
	struct kb_span sealed = KB_SPAN_NONE;
	struct kb_span plain = KB_SPAN_NONE;
	struct kb_unpack unpack;
	enum kb_err err = user_decode_clear(row_key, value, &row, &sealed);

	if (err == KB_OK) {
		err = kb_sealed_open(step, KB_TABLE_USERS, row_key, row.data_key_no, sealed, arena,
				     &plain);
	}
	if (err == KB_ERR_NOT_FOUND) {
		/* The key of the year is gone: the number stays, because old acts name it. */
		*out = row;
		return KB_OK;
	}
	if (err != KB_OK) {
		return err;
	}
	uint8_t version = kb_unpack_begin(&unpack, plain, USER_VERSION);

	row.uid = kb_unpack_u32(&unpack);
	row.name = kb_unpack_bytes(&unpack);
	row.function = kb_unpack_bytes(&unpack);
	if (version >= 2) {
		kb_unpack_party(&unpack, &row.organisatie);
	}
	err = kb_unpack_end(&unpack);
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

static enum kb_err
user_store(struct kb_step *step, struct kb_user *row)
{
	struct kb_row_key key = kb_row_key_of_u64(row->user_no);
	struct kb_pack clear;
	struct kb_pack hidden;
	enum kb_err err = kb_step_year_key(step, &row->data_key_no);

	if (err == KB_OK) {
		kb_sealed_begin(step, &clear, &hidden, USER_VERSION);
		user_pack(&clear, &hidden, row);
		err = kb_sealed_put(step, KB_TABLE_USERS, &key, row->data_key_no, &clear, &hidden);
	}
	return err;
}

/* A changed name leaves the old one free. */
static enum kb_err
name_move(struct kb_step *step, const struct kb_user *before, const struct kb_user *row)
{
	struct kb_row_key old_key = kb_lookup_identity(step->store, KB_LOOKUP_USER, before->name);
	struct kb_row_key new_key = kb_lookup_identity(step->store, KB_LOOKUP_USER, row->name);
	enum kb_err err = kb_lookup_put(step, &new_key, row->user_no);

	if (err == KB_OK && !kb_span_equal(before->name, row->name) && before->name.len > 0) {
		err = kb_lookup_delete(step, &old_key);
	}
	return err;
}

enum kb_err
kb_user_put(struct kb_step *step, struct kb_user *user)
{
	struct kb_user row = *user;
	struct kb_user before = { 0 };
	enum kb_err err = kb_step_need_write(step);

	if (err == KB_OK && row.name.len == 0) {
		err = KB_ERR_BAD_VALUE;
	}
	if (err == KB_OK &&
	    (row.name.len > KB_USER_TEXT_MAX || row.function.len > KB_USER_TEXT_MAX)) {
		err = KB_ERR_OVERSIZE;
	}
	if (err == KB_OK && row.user_no != 0) {
		err = kb_user_get(step, row.user_no, &step->kept, &before);
	} else if (err == KB_OK) {
		uint64_t known = 0;
		struct kb_row_key key = kb_lookup_identity(step->store, KB_LOOKUP_USER, row.name);

		err = kb_lookup_get(step, &key, &known);
		err = err == KB_OK ? KB_ERR_EXISTS : (err == KB_ERR_NOT_FOUND ? KB_OK : err);
		if (err == KB_OK) {
			row.user_no = kb_step_count_up(step, KB_COUNTER_USER);
			row.created_utc_ms = step->now_utc_ms;
		}
	}
	if (err == KB_OK) {
		err = name_move(step, &before, &row);
	}
	if (err == KB_OK) {
		err = user_store(step, &row);
	}
	if (err == KB_OK) {
		*user = row;
	}
	return err;
}

enum kb_err
kb_user_get(struct kb_step *step, uint64_t user_no, struct kb_arena *arena, struct kb_user *out)
{
	struct kb_row_key key = kb_row_key_of_u64(user_no);
	struct kb_span value = KB_SPAN_NONE;
	enum kb_err err = kb_row_get(step, KB_TABLE_USERS, &key, &value);

	return err == KB_OK ? user_open(step, kb_row_key_span(&key), value, arena, out) : err;
}

enum kb_err
kb_user_find(struct kb_step *step, struct kb_span name, struct kb_arena *arena, struct kb_user *out)
{
	struct kb_row_key key = kb_lookup_identity(step->store, KB_LOOKUP_USER, name);
	struct kb_user row;
	uint64_t user_no = 0;
	enum kb_err err = kb_lookup_get(step, &key, &user_no);

	if (err == KB_ERR_NOT_FOUND) {
		return KB_ERR_UNKNOWN_USER;
	}
	if (err == KB_OK) {
		err = kb_user_get(step, user_no, arena, &row);
		if (err == KB_ERR_NOT_FOUND) {
			err = KB_ERR_CORRUPT;
		}
	}
	if (err == KB_OK) {
		*out = row;
	}
	return err;
}

enum kb_err
kb_user_next(struct kb_step *step, uint64_t after_no, struct kb_arena *arena, struct kb_user *out)
{
	struct kb_row_key after = kb_row_key_of_u64(after_no);
	struct kb_row row;
	enum kb_err err = kb_row_after(step, KB_TABLE_USERS, &after, 0, &row);

	return err == KB_OK ? user_open(step, row.key, row.value, arena, out) : err;
}

enum kb_err
kb_user_end(struct kb_step *step, uint64_t user_no, int64_t at_utc_ms, uint64_t by_no)
{
	struct kb_user row;
	enum kb_err err = kb_user_get(step, user_no, &step->kept, &row);

	if (err == KB_OK && row.ended_utc_ms != 0) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		row.ended_utc_ms = at_utc_ms;
		row.ended_by_no = by_no;
		err = user_store(step, &row);
	}
	return err;
}

bool
kb_user_active(const struct kb_user *user, int64_t at_utc_ms, int32_t local_day)
{
	bool ended = user->ended_utc_ms != 0 && at_utc_ms >= user->ended_utc_ms;

	return user->name.len > 0 && !ended && local_day <= user->valid_until_day;
}

enum kb_err
kb_user_check(const struct kb_user *user, uint32_t peer_uid, uint32_t roles_any, int64_t at_utc_ms,
	      int32_t local_day)
{
	if (!kb_user_active(user, at_utc_ms, local_day)) {
		return KB_ERR_UNKNOWN_USER;
	}
	if (user->uid == UINT32_MAX || user->uid != peer_uid) {
		return KB_ERR_PERMISSION;
	}
	return roles_any == 0 || (user->roles & roles_any) != 0 ? KB_OK : KB_ERR_PERMISSION;
}
