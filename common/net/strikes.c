/* SPDX-License-Identifier: EUPL-1.2 */
/* Strikes and bans. */
#include "common/net/strikes.h"

static const struct kb_strikes_row *
find(const struct kb_strikes *strikes, const struct kb_server_user *user)
{
	for (size_t i = 0; i < strikes->used; i++) {
		if (strcmp(strikes->rows[i].user.text, user->text) == 0) {
			return &strikes->rows[i];
		}
	}
	return NULL;
}

static struct kb_strikes_row *
find_or_make(struct kb_strikes *strikes, const struct kb_server_user *user)
{
	const struct kb_strikes_row *found = find(strikes, user);
	struct kb_strikes_row *row = NULL;

	if (found != NULL) {
		return &strikes->rows[found - strikes->rows];
	}
	if (strikes->used < KB_STRIKES_ROWS) {
		row = &strikes->rows[strikes->used++];
	} else {
		row = &strikes->rows[0];
		for (size_t i = 1; i < KB_STRIKES_ROWS; i++) {
			if (strikes->rows[i].last_mono_ms < row->last_mono_ms) {
				row = &strikes->rows[i];
			}
		}
	}
	*row = (struct kb_strikes_row){ .user = *user };
	return row;
}

bool
kb_strikes_add(struct kb_strikes *strikes, const struct kb_server_user *user, int64_t now)
{
	struct kb_strikes_row *row = find_or_make(strikes, user);

	if (now >= row->window_until_mono_ms) {
		row->count = 0;
		row->window_until_mono_ms = now + strikes->window_ms;
	}
	row->count++;
	row->last_mono_ms = now;
	if (row->count < strikes->most) {
		return false;
	}
	row->banned_until_mono_ms = now + strikes->ban_ms;
	return true;
}

bool
kb_strikes_banned(const struct kb_strikes *strikes, const struct kb_server_user *user, int64_t now)
{
	if (strikes->used == 0) {
		return false;
	}
	const struct kb_strikes_row *row = find(strikes, user);

	return row != NULL && now < row->banned_until_mono_ms;
}
