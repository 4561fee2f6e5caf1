/* SPDX-License-Identifier: EUPL-1.2 */
/* The people who may act at this agent; every act names one. */
#ifndef KB_STORE_USERS_H
#define KB_STORE_USERS_H

#include "common/exchange/access_rules.h"
#include "common/store/step.h"

/* Roles, as bits. */
#define KB_USER_BEHEERDER                                                                          \
	KB_ACCESS_ROLE_BEHEERDER	       /* users, keys, configuration; no cases by itself */
#define KB_USER_DESK KB_ACCESS_ROLE_MEDEWERKER /* works on cases of its desk */
#define KB_USER_FG KB_ACCESS_ROLE_FG /* functionaris gegevensbescherming: reads the access log */

#define KB_USER_TEXT_MAX 200

/* Personal data of staff: encrypted under the key of the calendar year in which the row was written. */
struct kb_user {
	uint64_t user_no;     /* filled by _put when 0 */
	uint64_t data_key_no; /* filled by _put */
	uint32_t roles;
	uint32_t desk;		 /* enum kb_desk; 0: none */
	int32_t valid_until_day; /* last day, local date; INT32_MAX: open */
	int64_t created_utc_ms;
	uint64_t created_by_no; /* user; 0: at the installation */
	int64_t ended_utc_ms;	/* 0: not */
	uint64_t ended_by_no;
	/* encrypted from here on */
	uint32_t uid;	     /* system account, for SO_PEERCRED; UINT32_MAX: none */
	struct kb_span name; /* at most KB_USER_TEXT_MAX bytes; unique */
	struct kb_span function;
	struct kb_party_id
		organisatie; /* the party that employs a seconded user; empty: this one */
};

/* Adds (user_no 0) or replaces. KB_ERR_EXISTS: another user has this name. KB_ERR_OVERSIZE. */
KB_MUST_CHECK enum kb_err kb_user_put(struct kb_step *step, struct kb_user *user);
/* Spans are in arena. KB_ERR_NOT_FOUND. After erasure of the year key: KB_OK with empty name and function. */
KB_MUST_CHECK enum kb_err kb_user_get(struct kb_step *step, uint64_t user_no,
				      struct kb_arena *arena, struct kb_user *out);
/* By name, exactly; KB_ERR_UNKNOWN_USER. */
KB_MUST_CHECK enum kb_err kb_user_find(struct kb_step *step, struct kb_span name,
				       struct kb_arena *arena, struct kb_user *out);
KB_MUST_CHECK enum kb_err kb_user_next(struct kb_step *step, uint64_t after_no,
				       struct kb_arena *arena, struct kb_user *out);
/* Ends a user from now on; the row stays, because old acts name it. KB_ERR_STATE: ended before. */
KB_MUST_CHECK enum kb_err kb_user_end(struct kb_step *step, uint64_t user_no, int64_t at_utc_ms,
				      uint64_t by_no);

/* Whether the user may act at that moment: not ended, and valid_until_day not past. local_day is the local date. */
bool kb_user_active(const struct kb_user *user, int64_t at_utc_ms, int32_t local_day);
/* KB_OK, or KB_ERR_UNKNOWN_USER (ended, past its date) or KB_ERR_PERMISSION (another system account, none of the roles in
 * roles_any; 0: any role). The one check before every act. */
KB_MUST_CHECK enum kb_err kb_user_check(const struct kb_user *user, uint32_t peer_uid,
					uint32_t roles_any, int64_t at_utc_ms, int32_t local_day);

#endif
