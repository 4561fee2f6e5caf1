/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is who: the entries in memory and the look-ups. What comes in from outside is directory_intake.c. */
#include "agents/runtime/directory_internal.h"

#include <stdlib.h>

#include "common/base/log.h"
#include "common/exchange/date.h"
#include "common/store/parties.h"

static int
entry_order(const struct kb_party_id *party, uint32_t version, const struct kb_entry *entry)
{
	int order = memcmp(party->text, entry->party.text, sizeof(party->text));

	return order != 0 ? order : (version > entry->version) - (version < entry->version);
}

size_t
kb_directory_place(const struct kb_directory *directory, const struct kb_party_id *party,
		   uint32_t version)
{
	size_t low = 0;
	size_t high = directory->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entry_order(party, version, directory->entries[middle]) > 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

struct kb_entry *
kb_directory_entry(const struct kb_directory *directory, const struct kb_party_id *party,
		   uint32_t version)
{
	size_t at = kb_directory_place(directory, party, version);

	if (at < directory->entry_count &&
	    entry_order(party, version, directory->entries[at]) == 0) {
		return directory->entries[at];
	}
	return NULL;
}

/* The entry of party with the highest version, NULL when none is known. */
static struct kb_entry *
newest(const struct kb_directory *directory, const struct kb_party_id *party)
{
	size_t after = kb_directory_place(directory, party, UINT32_MAX);

	if (after == 0) {
		return NULL;
	}
	struct kb_entry *entry = directory->entries[after - 1];

	return kb_party_id_equal(&entry->party, party) ? entry : NULL;
}

void
kb_entry_free(struct kb_entry *entry)
{
	if (entry != NULL) {
		kb_verify_key_free(entry->verify_key);
		kb_arena_release(&entry->arena);
		free(entry);
	}
}

void
kb_directory_apply_revocations(struct kb_directory *directory)
{
	for (size_t i = 0; i < directory->entry_count; i++) {
		struct kb_entry *entry = directory->entries[i];

		entry->untrusted_since_utc_ms =
			kb_revocation_since(&directory->revocations, &entry->party, entry->version);
	}
}

/* Everything that the entry needs of its own, out of the encoded bytes. */
static enum kb_err
fill_entry(struct kb_entry *entry, struct kb_span entry_bytes)
{
	struct kb_register_entry decoded;
	struct kb_sign_public signing;
	enum kb_err err = kb_register_entry_decode(entry_bytes, &entry->arena, &decoded);

	if (err == KB_OK) {
		err = kb_descriptor_decode(decoded.descriptor, &entry->arena, &entry->descriptor);
	}
	if (err != KB_OK) {
		return err;
	}
	entry->party = entry->descriptor.party;
	entry->kind = entry->descriptor.kind;
	entry->version = entry->descriptor.version;
	entry->name = entry->descriptor.name;
	memcpy(entry->sealing_key.bytes, entry->descriptor.sealing_key, KB_X25519_BYTES);
	memcpy(signing.bytes, entry->descriptor.signing_key, sizeof(signing.bytes));
	return kb_verify_key_new(&signing, &entry->verify_key);
}

enum kb_err
kb_directory_insert(struct kb_directory *directory, struct kb_span entry_bytes,
		    uint64_t register_version, struct kb_entry **out)
{
	struct kb_entry *entry = calloc(1, sizeof(*entry));
	struct kb_entry *known = NULL;
	enum kb_err err = entry != NULL ? fill_entry(entry, entry_bytes) : KB_ERR_NO_MEMORY;

	if (err != KB_OK) {
		goto out;
	}
	known = kb_directory_entry(directory, &entry->party, entry->version);
	if (known != NULL) {
		/* Proven again: the same version is the same descriptor, its pointers stay good for their borrowers. */
		known->register_version = register_version;
		known->gone = false;
		*out = known;
		goto out;
	}
	if (directory->entry_count == directory->entry_capacity) {
		size_t capacity =
			directory->entry_capacity == 0 ? 32 : 2 * directory->entry_capacity;
		struct kb_entry **grown =
			realloc(directory->entries, capacity * sizeof(struct kb_entry *));

		if (grown == NULL) {
			err = KB_ERR_NO_MEMORY;
			goto out;
		}
		directory->entries = grown;
		directory->entry_capacity = capacity;
	}
	size_t at = kb_directory_place(directory, &entry->party, entry->version);

	memmove(&directory->entries[at + 1], &directory->entries[at],
		(directory->entry_count - at) * sizeof(struct kb_entry *));
	directory->entries[at] = entry;
	directory->entry_count++;
	entry->register_version = register_version;
	entry->untrusted_since_utc_ms =
		kb_revocation_since(&directory->revocations, &entry->party, entry->version);
	*out = entry;
	entry = NULL;
out:
	kb_entry_free(entry);
	return err;
}

enum kb_err
kb_directory_usable(const struct kb_directory *directory, const struct kb_entry *entry,
		    int64_t at_utc_ms)
{
	if (entry->gone) {
		return KB_ERR_UNKNOWN_RECIPIENT;
	}
	if (entry->untrusted_since_utc_ms != 0 && at_utc_ms >= entry->untrusted_since_utc_ms) {
		return KB_ERR_REVOKED;
	}
	if (at_utc_ms < entry->descriptor.valid_from_utc_ms ||
	    at_utc_ms >= entry->descriptor.valid_until_utc_ms) {
		return KB_ERR_NOT_VALID_NOW;
	}
	return entry->register_version >= directory->head.version ? KB_OK : KB_ERR_OFFLINE;
}

enum kb_err
kb_directory_find(struct kb_directory *directory, const struct kb_party_id *party,
		  int64_t at_utc_ms, const struct kb_entry **out)
{
	size_t after = kb_directory_place(directory, party, UINT32_MAX);
	enum kb_err why = KB_ERR_NOT_FOUND;

	for (size_t i = after; i-- > 0;) {
		struct kb_entry *entry = directory->entries[i];

		if (!kb_party_id_equal(&entry->party, party)) {
			break;
		}
		enum kb_err usable = kb_directory_usable(directory, entry, at_utc_ms);

		if (usable == KB_OK || usable == KB_ERR_OFFLINE) {
			*out = entry;
			return KB_OK;
		}
		why = why == KB_ERR_NOT_FOUND ? usable : why;
	}
	if (why != KB_ERR_NOT_FOUND) {
		return why == KB_ERR_UNKNOWN_RECIPIENT ? KB_ERR_NOT_FOUND : why;
	}
	return kb_directory_want(directory, &(struct kb_wanted){ .party = *party });
}

enum kb_err
kb_directory_version(struct kb_directory *directory, const struct kb_party_id *party,
		     uint32_t version, const struct kb_entry **out)
{
	const struct kb_entry *entry = kb_directory_entry(directory, party, version);

	if (entry != NULL) {
		*out = entry;
		return KB_OK;
	}
	return kb_directory_want(directory,
				 &(struct kb_wanted){ .party = *party, .key_version = version });
}

static uint32_t
wire_date(int32_t day)
{
	struct kb_civil civil = kb_date_to_civil(day);

	return (uint32_t)(civil.year * 10000 + civil.month * 100 + civil.day);
}

/* Only the newest version of a party says what it serves. */
static bool
serves(const struct kb_directory *directory, const struct kb_entry *entry, const char *code,
       uint32_t on_date)
{
	if (entry->kind != KB_PARTY_GEMEENTE || entry->gone ||
	    newest(directory, &entry->party) != entry) {
		return false;
	}
	return kb_descriptor_serves(&entry->descriptor, code, on_date);
}

enum kb_err
kb_directory_gemeente(struct kb_directory *directory, const char *code, int32_t on_day,
		      const struct kb_entry **out)
{
	uint32_t on_date = wire_date(on_day);
	struct kb_wanted wanted = { .on_date = on_date };

	for (size_t i = 0; i < directory->entry_count; i++) {
		if (serves(directory, directory->entries[i], code, on_date)) {
			*out = directory->entries[i];
			return KB_OK;
		}
	}
	if (strlen(code) != KB_WIRE_GEMEENTECODE_CHARS) {
		return KB_ERR_NOT_FOUND;
	}
	memcpy(wanted.gemeente, code, KB_WIRE_GEMEENTECODE_CHARS);
	return kb_directory_want(directory, &wanted);
}

void
kb_directory_each(const struct kb_directory *directory, kb_entry_fn each, void *state)
{
	for (size_t i = 0; i < directory->entry_count; i++) {
		each(state, directory->entries[i]);
	}
}

enum kb_err
kb_directory_fresh(const struct kb_directory *directory, int64_t now_utc_ms)
{
	return now_utc_ms < directory->head.expires_at_utc_ms + directory->head_grace_ms
		       ? KB_OK
		       : KB_ERR_REGISTER_EXPIRED;
}

uint64_t
kb_directory_version_number(const struct kb_directory *directory)
{
	return directory->head.version;
}

int64_t
kb_directory_expires_utc_ms(const struct kb_directory *directory)
{
	return directory->head.expires_at_utc_ms;
}

int64_t
kb_directory_grace_ends_utc_ms(const struct kb_directory *directory)
{
	return directory->head.expires_at_utc_ms + directory->head_grace_ms;
}

size_t
kb_directory_count(const struct kb_directory *directory)
{
	return directory->entry_count;
}

void
kb_directory_ask_stale(struct kb_directory *directory)
{
	for (size_t i = 0; i < directory->entry_count; i++) {
		if (directory->entries[i]->register_version < directory->head.version) {
			kb_directory_ask_again(directory, &directory->entries[i]->party);
		}
	}
}

bool
kb_directory_take_changed(struct kb_directory *directory)
{
	bool changed = directory->changed;

	directory->changed = false;
	return changed;
}

/* ---- questions ---- */

static bool
same_question(const struct kb_wanted *a, const struct kb_wanted *b)
{
	return a->key_version == b->key_version && a->on_date == b->on_date &&
	       memcmp(a->gemeente, b->gemeente, sizeof(a->gemeente)) == 0 &&
	       memcmp(a->party.text, b->party.text, sizeof(a->party.text)) == 0;
}

/* A new place, or that of an answer: questions name a date, so they go on coming for years. NULL: all wait for an answer. */
static struct kb_wanted *
free_place(struct kb_directory *directory)
{
	if (directory->wanted_count < KB_WANTED_MAX) {
		return &directory->wanted[directory->wanted_count++];
	}
	for (size_t i = 0; i < KB_WANTED_MAX; i++) {
		size_t at = (directory->last_query + i) % KB_WANTED_MAX;

		if (directory->wanted[at].state == KB_WANTED_ANSWERED ||
		    directory->wanted[at].state == KB_WANTED_ABSENT) {
			return &directory->wanted[at];
		}
	}
	return NULL;
}

enum kb_err
kb_directory_want(struct kb_directory *directory, const struct kb_wanted *wanted)
{
	for (size_t i = 0; i < directory->wanted_count; i++) {
		struct kb_wanted *known = &directory->wanted[i];

		if (same_question(known, wanted)) {
			if (known->state == KB_WANTED_ABSENT &&
			    known->absent_version >= directory->head.version) {
				return KB_ERR_NOT_FOUND;
			}
			if (known->state == KB_WANTED_ABSENT ||
			    known->state == KB_WANTED_ANSWERED) {
				known->state = KB_WANTED_OPEN;
			}
			return KB_ERR_OFFLINE;
		}
	}
	if (directory->wanted == NULL) {
		directory->wanted = calloc(KB_WANTED_MAX, sizeof(*directory->wanted));
		if (directory->wanted == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	struct kb_wanted *place = free_place(directory);

	if (place != NULL) {
		*place = *wanted;
		place->state = KB_WANTED_OPEN;
	}
	return KB_ERR_OFFLINE;
}

bool
kb_directory_next_query(struct kb_directory *directory, struct kb_register_query *out)
{
	for (size_t i = 0; i < directory->wanted_count; i++) {
		struct kb_wanted *wanted = &directory->wanted[i];

		if (wanted->state != KB_WANTED_OPEN) {
			continue;
		}
		wanted->state = KB_WANTED_ASKED;
		wanted->query = ++directory->last_query;
		*out = (struct kb_register_query){ .query = wanted->query,
						   .party = wanted->party,
						   .on_date = wanted->on_date,
						   .key_version = wanted->key_version };
		memcpy(out->gemeente, wanted->gemeente, sizeof(out->gemeente));
		return true;
	}
	return false;
}

void
kb_directory_session_ended(struct kb_directory *directory)
{
	for (size_t i = 0; i < directory->wanted_count; i++) {
		if (directory->wanted[i].state == KB_WANTED_ASKED) {
			directory->wanted[i].state = KB_WANTED_OPEN;
		}
	}
}

size_t
kb_directory_waiting(const struct kb_directory *directory)
{
	size_t count = 0;

	for (size_t i = 0; i < directory->wanted_count; i++) {
		enum kb_wanted_state state = directory->wanted[i].state;

		count += state == KB_WANTED_OPEN || state == KB_WANTED_ASKED ? 1 : 0;
	}
	return count;
}

void
kb_directory_ask_again(struct kb_directory *directory, const struct kb_party_id *party)
{
	kb_ignore(kb_directory_want(directory, &(struct kb_wanted){ .party = *party }),
		  "it only says that the answer is still to come");
}

/* ---- open and close ---- */

static enum kb_err
load_parties(struct kb_directory *directory, struct kb_step *step)
{
	struct kb_party party = { 0 };
	enum kb_err err = kb_party_next(step, 0, &party);

	while (err == KB_OK) {
		struct kb_party_entry row;
		uint32_t version = 0;

		err = kb_party_entry_next(step, party.party_no, version, &row);
		while (err == KB_OK) {
			struct kb_entry *entry = NULL;

			err = kb_directory_insert(directory, row.entry, row.register_version,
						  &entry);
			if (err == KB_OK) {
				entry->gone = party.gone;
				version = row.key_version;
				err = kb_party_entry_next(step, party.party_no, version, &row);
			}
		}
		if (err == KB_ERR_NOT_FOUND) {
			err = kb_party_next(step, party.party_no, &party);
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

enum kb_err
kb_directory_open(const struct kb_directory_options *options, struct kb_step *step,
		  struct kb_directory **out, struct kb_error_text *where)
{
	struct kb_directory *directory = calloc(1, sizeof(*directory));
	struct kb_register_state state = { 0 };
	struct kb_signed_register_head signed_head;
	struct kb_register_head head;
	struct kb_entry *own = NULL;
	struct kb_arena arena = { 0 };
	enum kb_err err = directory != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err != KB_OK) {
		goto out;
	}
	directory->identity = options->identity;
	directory->anchor = kb_identity_anchor(options->identity);
	directory->head_grace_ms = options->head_grace_ms;
	err = kb_signed_register_head_decode(kb_buf_span(&options->identity->signed_head), &arena,
					     &signed_head);
	if (err == KB_OK) {
		err = kb_register_head_trust(&signed_head, &directory->anchor, &arena, &head);
	}
	if (err != KB_OK) {
		goto out;
	}
	directory->head = head;
	err = kb_directory_insert(directory, kb_buf_span(&options->identity->own_entry),
				  head.version, &own);
	if (err == KB_OK) {
		err = kb_register_state_get(step, &arena, &state);
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK && state.version > 0) {
		err = kb_directory_restore_head(directory, &state);
	}
	if (err == KB_OK) {
		err = load_parties(directory, step);
	}
	if (err == KB_OK) {
		kb_directory_apply_revocations(directory);
		kb_directory_ask_stale(directory);
		*out = directory;
		directory = NULL;
	}
out:
	if (err != KB_OK) {
		(void)kb_fail(where, err, "het register in de administratie is onleesbaar: %s",
			      kb_err_text(err));
	}
	kb_directory_close(directory);
	kb_arena_release(&arena);
	return err;
}

void
kb_directory_close(struct kb_directory *directory)
{
	if (directory == NULL) {
		return;
	}
	for (size_t i = 0; i < directory->entry_count; i++) {
		kb_entry_free(directory->entries[i]);
	}
	free(directory->entries);
	free(directory->wanted);
	kb_arena_release(&directory->head_arena);
	kb_buf_release(&directory->crl);
	free(directory);
}
