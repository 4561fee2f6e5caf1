/* SPDX-License-Identifier: EUPL-1.2 */
/* Layout of the directory, shared by its two files. */
#ifndef KB_RUNTIME_DIRECTORY_INTERNAL_H
#define KB_RUNTIME_DIRECTORY_INTERNAL_H

#include "agents/runtime/directory.h"
#include "common/store/parties.h"

enum kb_wanted_state {
	KB_WANTED_NONE = 0,
	KB_WANTED_OPEN,	    /* to be asked */
	KB_WANTED_ASKED,    /* the broker has the question */
	KB_WANTED_ANSWERED, /* an entry came */
	KB_WANTED_ABSENT,   /* the register of that version has none */
};

/* A question: a party (with a key version, or 0 for the newest), a gemeentecode on a date, or neither: the head. */
struct kb_wanted {
	enum kb_wanted_state state;
	struct kb_party_id party;
	uint32_t key_version;
	char gemeente[KB_WIRE_GEMEENTECODE_CHARS + 1];
	uint32_t on_date;
	uint64_t query;
	uint64_t absent_version;
};

/* Questions remembered; above it look-ups of what is unknown just fail until some are answered. */
#define KB_WANTED_MAX 4096

struct kb_directory {
	const struct kb_identity *identity;
	struct kb_trust_anchor anchor;
	int64_t head_grace_ms;

	struct kb_register_head head; /* the newest proven one */
	struct kb_arena head_arena;   /* of the revocations */
	struct kb_revocation_list revocations;
	struct kb_buf crl;
	uint64_t crl_number; /* highest seen */

	struct kb_entry **entries; /* by party, then version */
	size_t entry_count;
	size_t entry_capacity;

	struct kb_wanted *wanted;
	size_t wanted_count;
	uint64_t last_query;
	bool changed;
};

size_t kb_directory_place(const struct kb_directory *directory, const struct kb_party_id *party,
			  uint32_t version);
struct kb_entry *kb_directory_entry(const struct kb_directory *directory,
				    const struct kb_party_id *party, uint32_t version);
void kb_entry_free(struct kb_entry *entry);
/* The entry of those bytes is there under that head; a known version is only confirmed. */
KB_MUST_CHECK enum kb_err kb_directory_insert(struct kb_directory *directory,
					      struct kb_span entry_bytes, uint64_t register_version,
					      struct kb_entry **out);
void kb_directory_apply_revocations(struct kb_directory *directory);
/* Asks again for everything that was proven under an older head only. */
void kb_directory_ask_stale(struct kb_directory *directory);
/* Puts the question, unless it is under way. KB_ERR_OFFLINE: the answer is to come; KB_ERR_NOT_FOUND: it was "no". */
KB_MUST_CHECK enum kb_err kb_directory_want(struct kb_directory *directory,
					    const struct kb_wanted *wanted);
/* The head and lists as stored. */
KB_MUST_CHECK enum kb_err kb_directory_restore_head(struct kb_directory *directory,
						    const struct kb_register_state *state);

#endif
