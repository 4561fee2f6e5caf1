/* SPDX-License-Identifier: EUPL-1.2 */
/* Who broke the protocol how often: strikes and bans. Pure; internal to common/net. */
#ifndef KB_NET_STRIKES_H
#define KB_NET_STRIKES_H

#include "common/net/server.h"

/* Only enrolled users get in here, so this bounds memory and not defence: the row longest without a strike gives way. */
#define KB_STRIKES_ROWS 128

struct kb_strikes_row {
	struct kb_server_user user; /* "" : free */
	uint32_t count;		    /* within the window */
	int64_t window_until_mono_ms;
	int64_t banned_until_mono_ms; /* 0: not banned */
	int64_t last_mono_ms;
};

struct kb_strikes {
	uint32_t most;
	int64_t window_ms;
	int64_t ban_ms;
	size_t used; /* rows that ever held a user: nothing is looked up while it is 0 */
	struct kb_strikes_row rows[KB_STRIKES_ROWS];
};

/* One strike more; true when it bans. */
bool kb_strikes_add(struct kb_strikes *strikes, const struct kb_server_user *user, int64_t now);
bool kb_strikes_banned(const struct kb_strikes *strikes, const struct kb_server_user *user,
		       int64_t now);

#endif
