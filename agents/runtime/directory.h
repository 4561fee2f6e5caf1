/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is who: register entries, each proven against the newest head of the pinned registrar. */
#ifndef KB_RUNTIME_DIRECTORY_H
#define KB_RUNTIME_DIRECTORY_H

#include "agents/runtime/identity.h"
#include "common/crypto/sign.h"
#include "common/crypto/x25519.h"
#include "common/exchange/date.h"
#include "common/exchange/roles.h"
#include "common/store/step.h"
#include "common/wire/session.h"

/* Opaque types. */
struct kb_directory;

/* One version of one party's descriptor, checked. Owned by the directory; stays until it is closed. */
struct kb_entry {
	struct kb_party_id party;
	enum kb_party_kind kind;
	uint32_t version;
	struct kb_span name;		/* the name of the party */
	int64_t untrusted_since_utc_ms; /* 0: not revoked */
	uint64_t register_version;	/* of the head under which it was proven last */
	bool gone;			/* that head no longer had it */
	struct kb_x25519_public sealing_key;
	struct kb_verify_key *verify_key; /* ready for use */
	struct kb_descriptor descriptor;  /* all of it; spans live as long as the entry */
	struct kb_arena arena;		  /* the directory's own */
};

/*
 * The newest usable version of a party at that time. KB_ERR_NOT_FOUND: the register has no such party. KB_ERR_OFFLINE: not
 * known here yet; the query has been put and on_register_change follows. KB_ERR_REVOKED, KB_ERR_NOT_VALID_NOW: known, but
 * not to be sent to.
 */
KB_MUST_CHECK enum kb_err kb_directory_find(struct kb_directory *directory,
					    const struct kb_party_id *party, int64_t at_utc_ms,
					    const struct kb_entry **out);
/* One version, valid now or not: for signatures of before. KB_ERR_NOT_FOUND, KB_ERR_OFFLINE. */
KB_MUST_CHECK enum kb_err kb_directory_version(struct kb_directory *directory,
					       const struct kb_party_id *party, uint32_t version,
					       const struct kb_entry **out);
/* The gemeente party that serves code on that day (codes change hands at 1 January). KB_ERR_NOT_FOUND: the register has
 * none; KB_ERR_OFFLINE: not known here yet, asked for. */
KB_MUST_CHECK enum kb_err kb_directory_gemeente(struct kb_directory *directory, const char *code,
						int32_t on_day, const struct kb_entry **out);

typedef void (*kb_entry_fn)(void *state, const struct kb_entry *entry);
/* Every entry known here, by party id and version. */
void kb_directory_each(const struct kb_directory *directory, kb_entry_fn each, void *state);

/* Whether the newest head is fresh enough to send with (expiry plus grace; design 3). KB_ERR_REGISTER_EXPIRED. */
KB_MUST_CHECK enum kb_err kb_directory_fresh(const struct kb_directory *directory,
					     int64_t now_utc_ms);
uint64_t kb_directory_version_number(const struct kb_directory *directory);
int64_t kb_directory_expires_utc_ms(const struct kb_directory *directory);
/* Nothing is sent from here on, when no newer register came. */
int64_t kb_directory_grace_ends_utc_ms(const struct kb_directory *directory);
/* Entries known here, and questions without an answer. */
size_t kb_directory_count(const struct kb_directory *directory);
size_t kb_directory_waiting(const struct kb_directory *directory);
/* Whether entry may be sealed to at that time: in the newest head, valid, not revoked. */
KB_MUST_CHECK enum kb_err kb_directory_usable(const struct kb_directory *directory,
					      const struct kb_entry *entry, int64_t at_utc_ms);

/* ---- what the runtime does with it ---- */

struct kb_directory_options {
	const struct kb_identity *identity; /* borrowed */
	int64_t head_grace_ms;
};

/* Starts with the head and own entry of the join file, or with what step (a read step) holds if that is newer. */
KB_MUST_CHECK enum kb_err kb_directory_open(const struct kb_directory_options *options,
					    struct kb_step *step, struct kb_directory **out,
					    struct kb_error_text *where);
void kb_directory_close(struct kb_directory *directory); /* NULL is allowed */

/* The next question for the broker, if there is one. A session that ends takes the open questions back. */
bool kb_directory_next_query(struct kb_directory *directory, struct kb_register_query *out);
void kb_directory_session_ended(struct kb_directory *directory);

/*
 * A head with its lists, from a welcome or an answer; stored when it is newer. Older: KB_ERR_STATE and nothing changes.
 * KB_ERR_BAD_SEAL when it is not the registrar's. All known entries are then asked for again.
 */
KB_MUST_CHECK enum kb_err kb_directory_take_head(struct kb_directory *directory,
						 struct kb_step *step,
						 const struct kb_signed_register_head *head,
						 struct kb_span revocations, struct kb_span crl);
/* A head alone (heartbeat): when it is newer, its lists are asked for. */
void kb_directory_hear_head(struct kb_directory *directory,
			    const struct kb_signed_register_head *head);
/* An answer to a question of ours. Entries that do not prove themselves are left out and logged. */
KB_MUST_CHECK enum kb_err kb_directory_take_answer(struct kb_directory *directory,
						   struct kb_step *step,
						   const struct kb_register_answer *answer,
						   int64_t now_utc_ms);
/* Asks for the newest entry of party again (it could not open what was sealed to the one known here). */
void kb_directory_ask_again(struct kb_directory *directory, const struct kb_party_id *party);
/* Whether anything changed since the last call. */
bool kb_directory_take_changed(struct kb_directory *directory);

#endif
