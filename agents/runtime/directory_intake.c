/* SPDX-License-Identifier: EUPL-1.2 */
/* What the broker hands out of the register: proven, then taken in and stored. */
#include "agents/runtime/directory_internal.h"

#include "common/base/bytes.h"
#include "common/base/log.h"
#include "common/store/parties.h"

/* A revocation list older than this is not enough, whatever it says of its own end (reliability.md 1.6). */
#define CRL_AGE_MAX_MS ((int64_t)90 * 24 * 3600 * 1000)

static uint64_t
number_of(struct kb_span bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes.len && i < sizeof(number); i++) {
		number = (number << 8) | bytes.at[i];
	}
	return number;
}

/* Takes over head and lists that were proven. */
static enum kb_err
adopt_head(struct kb_directory *directory, const struct kb_register_head *head,
	   struct kb_span revocations, struct kb_span crl)
{
	struct kb_arena arena = { 0 };
	struct kb_revocation_list list = { 0 };
	struct kb_buf list_copy = { 0 };
	enum kb_err err = kb_revocation_list_decode(revocations, &arena, &list);

	if (err == KB_OK) {
		err = kb_buf_put(&list_copy, crl);
	}
	if (err != KB_OK) {
		kb_arena_release(&arena);
		kb_buf_release(&list_copy);
		return err;
	}
	kb_arena_release(&directory->head_arena);
	kb_buf_release(&directory->crl);
	directory->head = *head;
	directory->head_arena = arena;
	directory->revocations = list;
	directory->crl = list_copy;
	kb_directory_apply_revocations(directory);
	return KB_OK;
}

enum kb_err
kb_directory_restore_head(struct kb_directory *directory, const struct kb_register_state *state)
{
	struct kb_signed_register_head signed_head;
	struct kb_register_head head;
	struct kb_arena arena = { 0 };
	enum kb_err err = kb_signed_register_head_decode(state->signed_head, &arena, &signed_head);

	directory->crl_number = number_of(state->crl_number);
	if (err == KB_OK) {
		err = kb_register_head_trust(&signed_head, &directory->anchor, &arena, &head);
	}
	if (err == KB_OK && head.version >= directory->head.version) {
		err = kb_register_lists_trust(&head, state->revocations, state->crl);
		if (err == KB_OK) {
			err = adopt_head(directory, &head, state->revocations, state->crl);
		}
	}
	kb_arena_release(&arena);
	return err;
}

static enum kb_err
store_head(struct kb_directory *directory, struct kb_step *step,
	   const struct kb_signed_register_head *signed_head, struct kb_span revocations,
	   struct kb_span crl)
{
	struct kb_buf encoded = { 0 };
	uint8_t number[8];
	size_t skip = 0;
	enum kb_err err = kb_signed_register_head_encode(signed_head, &encoded);

	kb_store_u64(number, directory->crl_number);
	while (skip < sizeof(number) && number[skip] == 0) {
		skip++;
	}
	if (err == KB_OK) {
		struct kb_register_state state = {
			.version = directory->head.version,
			.expires_utc_ms = directory->head.expires_at_utc_ms,
			.signed_head = kb_buf_span(&encoded),
			.revocations = revocations,
			.crl = crl,
			.crl_number = kb_span(number + skip, sizeof(number) - skip)
		};

		err = kb_register_state_put(step, &state);
	}
	kb_buf_release(&encoded);
	return err;
}

/* What is in memory may be of a step that was taken back: only the disk keeps an older head out after a restart. */
static bool
is_stored(struct kb_step *step, uint64_t version)
{
	struct kb_register_state state = { 0 };
	struct kb_arena arena = { 0 };
	bool stored =
		kb_register_state_get(step, &arena, &state) == KB_OK && state.version >= version;

	kb_arena_release(&arena);
	return stored;
}

enum kb_err
kb_directory_take_head(struct kb_directory *directory, struct kb_step *step,
		       const struct kb_signed_register_head *signed_head,
		       struct kb_span revocations, struct kb_span crl)
{
	struct kb_register_head head;
	struct kb_arena arena = { 0 };
	bool newer = false;
	enum kb_err err = kb_register_head_trust(signed_head, &directory->anchor, &arena, &head);

	if (err == KB_OK && head.version < directory->head.version) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		err = kb_register_lists_trust(&head, revocations, crl);
	}
	if (err != KB_OK) {
		kb_log(KB_LOG_WARNING, "register-head-refused", "reason=%s", kb_err_name(err));
		goto out;
	}
	/* The join file brought a head without its lists: the same version may still have to be taken over. */
	newer = head.version > directory->head.version;
	if (!newer && directory->crl.len > 0 && is_stored(step, head.version)) {
		goto out;
	}
	err = adopt_head(directory, &head, revocations, crl);
	if (err == KB_OK) {
		err = store_head(directory, step, signed_head, revocations, crl);
	}
	if (err == KB_OK) {
		kb_directory_ask_stale(directory);
		directory->changed = true;
		kb_log(KB_LOG_INFO, "register-head", "version=%llu",
		       (unsigned long long)head.version);
	}
out:
	kb_arena_release(&arena);
	return err;
}

void
kb_directory_hear_head(struct kb_directory *directory,
		       const struct kb_signed_register_head *signed_head)
{
	struct kb_register_head head;
	struct kb_arena arena = { 0 };
	enum kb_err err = kb_register_head_trust(signed_head, &directory->anchor, &arena, &head);

	if (err == KB_OK && head.version > directory->head.version) {
		kb_ignore(kb_directory_want(directory, &(struct kb_wanted){ .key_version = 0 }),
			  "it only says that the answer is still to come");
	}
	kb_arena_release(&arena);
}

static enum kb_err
store_gemeenten(struct kb_step *step, const struct kb_descriptor *descriptor, uint32_t party_no,
		uint64_t register_version)
{
	enum kb_err err = kb_party_gemeente_clear(step, party_no);

	for (size_t i = 0; err == KB_OK && i < descriptor->gemeente_count; i++) {
		const struct kb_served_gemeente *served = &descriptor->gemeenten[i];
		struct kb_party_gemeente row = { .party_no = party_no,
						 .valid_from = served->valid_from,
						 .valid_until = served->valid_until,
						 .register_version = register_version };

		memcpy(row.code, served->code, sizeof(row.code));
		err = kb_party_gemeente_put(step, &row);
	}
	return err;
}

static enum kb_err
store_entry(struct kb_directory *directory, struct kb_step *step, const struct kb_entry *entry,
	    struct kb_span bytes, int64_t now_utc_ms)
{
	struct kb_party party;
	uint32_t party_no = 0;
	enum kb_err err = kb_party_take(step, &entry->party, &party_no);

	if (err != KB_OK || party_no == 0) {
		return err; /* our own entry stands in the join file */
	}
	err = kb_party_get(step, party_no, &party);
	if (err != KB_OK) {
		return err;
	}
	bool newest = entry->version >= party.key_version;

	party.kind = entry->kind;
	party.key_version = newest ? entry->version : party.key_version;
	party.checked_utc_ms = now_utc_ms;
	party.register_version = directory->head.version;
	party.gone = false;
	err = kb_party_put(step, &party);
	if (err == KB_OK) {
		struct kb_party_entry row = { .party_no = party_no,
					      .key_version = entry->version,
					      .valid_from_utc_ms =
						      entry->descriptor.valid_from_utc_ms,
					      .valid_until_utc_ms =
						      entry->descriptor.valid_until_utc_ms,
					      .revoked_since_utc_ms = entry->untrusted_since_utc_ms,
					      .taken_utc_ms = now_utc_ms,
					      .register_version = directory->head.version,
					      .entry = bytes };

		err = kb_party_entry_put(step, &row);
	}
	if (err == KB_OK && newest) {
		err = store_gemeenten(step, &entry->descriptor, party_no, directory->head.version);
	}
	return err;
}

/* KB_OK and *entry NULL: this one did not prove itself and is left out. */
static enum kb_err
take_entry(struct kb_directory *directory, const struct kb_register_proof *proof,
	   int64_t now_utc_ms, struct kb_entry **entry)
{
	struct kb_descriptor descriptor;
	struct kb_error_text where = { "" };
	struct kb_arena arena = { 0 };
	const struct kb_entry *previous = NULL;
	struct kb_register_entry peek;
	struct kb_entry_check check = { .authority = directory->anchor.authority,
					.crl = kb_buf_span(&directory->crl),
					.crl_highest_seen = directory->crl_number,
					.at_utc_ms = now_utc_ms,
					.crl_age_max_ms = CRL_AGE_MAX_MS };
	enum kb_err err = kb_register_proof_trust(&directory->head, proof);

	*entry = NULL;
	if (err == KB_OK) {
		err = kb_register_entry_decode(proof->entry, &arena, &peek);
	}
	if (err == KB_OK) {
		err = kb_descriptor_decode(peek.descriptor, &arena, &descriptor);
	}
	if (err == KB_OK && descriptor.version > 1) {
		previous = kb_directory_entry(directory, &descriptor.party, descriptor.version - 1);
	}
	if (err == KB_OK) {
		check.previous_key = previous != NULL ? previous->verify_key : NULL;
		err = kb_register_entry_trust(proof->entry, &check, &arena, &descriptor, &where);
	}
	if (err == KB_OK) {
		directory->crl_number = check.crl_highest_seen;
		err = kb_directory_insert(directory, proof->entry, directory->head.version, entry);
	} else if (err != KB_ERR_NO_MEMORY) {
		kb_log(KB_LOG_WARNING, "register-entry-refused", "reason=%s", kb_err_name(err));
		err = KB_OK;
	}
	kb_arena_release(&arena);
	return err;
}

/* The register of this version has no such party (any more): nothing is sent to it from here on. */
static enum kb_err
mark_gone(struct kb_directory *directory, struct kb_step *step, const struct kb_party_id *id)
{
	struct kb_party party;
	uint32_t party_no = 0;
	enum kb_err err;

	for (size_t i = 0; i < directory->entry_count; i++) {
		if (kb_party_id_equal(&directory->entries[i]->party, id)) {
			directory->entries[i]->gone = true;
		}
	}
	err = kb_party_find(step, id, &party_no);
	if (err == KB_OK && party_no != 0) {
		err = kb_party_get(step, party_no, &party);
		if (err == KB_OK) {
			party.gone = true;
			party.register_version = directory->head.version;
			err = kb_party_put(step, &party);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static struct kb_wanted *
asked(struct kb_directory *directory, uint64_t query)
{
	for (size_t i = 0; i < directory->wanted_count; i++) {
		if (directory->wanted[i].query == query) {
			return &directory->wanted[i];
		}
	}
	return NULL;
}

static bool
of_head(const struct kb_wanted *wanted)
{
	return kb_party_id_empty(&wanted->party) && wanted->gemeente[0] == '\0';
}

enum kb_err
kb_directory_take_answer(struct kb_directory *directory, struct kb_step *step,
			 const struct kb_register_answer *answer, int64_t now_utc_ms)
{
	struct kb_wanted *wanted = asked(directory, answer->query);
	size_t taken = 0;
	enum kb_err err = KB_OK;

	if (wanted == NULL) {
		return KB_OK;
	}
	/* An answer about parties carries the head alone: its lists are asked for when it is news. */
	if (answer->has_head && answer->crl.len == 0) {
		kb_directory_hear_head(directory, &answer->head);
	} else if (answer->has_head) {
		err = kb_directory_take_head(directory, step, &answer->head, answer->revocations,
					     answer->crl);
		if (err != KB_OK && kb_err_category(err) != KB_CATEGORY_PROTOCOL &&
		    err != KB_ERR_STATE) {
			return err;
		}
		err = KB_OK;
	}
	for (size_t i = 0; err == KB_OK && i < answer->entry_count; i++) {
		struct kb_entry *entry = NULL;

		err = take_entry(directory, &answer->entries[i], now_utc_ms, &entry);
		if (err == KB_OK && entry != NULL) {
			taken++;
			err = store_entry(directory, step, entry, answer->entries[i].entry,
					  now_utc_ms);
		}
	}
	if (err == KB_OK && answer->entry_count == 0 && !kb_party_id_empty(&wanted->party) &&
	    wanted->key_version == 0) {
		err = mark_gone(directory, step, &wanted->party);
	}
	if (err == KB_OK) {
		/* A question about the head has no entries and is never a "no": the next head asks it again. */
		wanted->state =
			taken > 0 || of_head(wanted) ? KB_WANTED_ANSWERED : KB_WANTED_ABSENT;
		wanted->absent_version = directory->head.version;
		directory->changed = true;
	}
	return err;
}
