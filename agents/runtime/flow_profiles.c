/* SPDX-License-Identifier: EUPL-1.2 */
/* Profiles of other regions: a case is bound to the one it was opened under, wherever it goes. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow_internal.h"
#include "common/base/log.h"
#include "common/store/profiles.h"
#include "common/wire/zaak.h"

struct kb_flow_profiles {
	struct kb_flow_profiles *next;
	struct kb_profile profile;
};

void
kb_flow_profiles_free(struct kb_flow_profiles *profiles)
{
	while (profiles != NULL) {
		struct kb_flow_profiles *next = profiles->next;

		kb_profile_release(&profiles->profile);
		free(profiles);
		profiles = next;
	}
}

/* ---- reading ---- */

/* The files as the reader wants them; names are checked by the decoder, so they hold no NUL. */
static enum kb_err
files_of(const struct kb_profiel *profiel, struct kb_arena *arena, struct kb_profile_file **out)
{
	struct kb_profile_file *files = kb_arena_alloc(arena, profiel->file_count * sizeof(*files));

	for (size_t i = 0; files != NULL && i < profiel->file_count; i++) {
		files[i].name = kb_arena_text(arena, profiel->files[i].name);
		files[i].bytes = profiel->files[i].content;
		files = files[i].name != NULL ? files : NULL;
	}
	*out = files;
	return files != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

/* What the validator finds wrong is a fault of the signer: refused, and the number of faults logged. */
static enum kb_err
parse(const struct kb_profiel *profiel, struct kb_arena *arena, struct kb_profile *out)
{
	struct kb_profile_file *files = NULL;
	struct kb_faults faults = { 0 };
	enum kb_err err = files_of(profiel, arena, &files);

	if (err == KB_OK) {
		err = kb_profile_parse(files, profiel->file_count, "profiel", &faults, out);
	}
	if (err == KB_ERR_CONFIG) {
		kb_log(KB_LOG_WARNING, "profile-refused", "faults=%zu", faults.count);
		err = KB_ERR_DATA;
	}
	kb_faults_release(&faults);
	return err;
}

/* Takes over what was parsed. */
static enum kb_err
keep_parsed(struct kb_agent *agent, struct kb_profile *profile, const struct kb_profile **out)
{
	struct kb_flow_profiles *one = calloc(1, sizeof(*one));

	if (one == NULL) {
		kb_profile_release(profile);
		return KB_ERR_NO_MEMORY;
	}
	one->profile = *profile;
	one->next = agent->profiles;
	agent->profiles = one;
	*out = &one->profile;
	return KB_OK;
}

static enum kb_err
read_stored(struct kb_agent *agent, struct kb_step *step, const struct kb_hash *hash,
	    const struct kb_profile **out)
{
	struct kb_arena arena = { .block = NULL };
	struct kb_profile_row row;
	struct kb_profiel profiel;
	struct kb_profile profile = { .region = 0 };
	enum kb_err err = kb_profile_row_get(step, hash, &arena, &row);

	if (err == KB_OK) {
		err = kb_profiel_decode(row.bytes, &arena, &profiel);
	}
	if (err == KB_OK) {
		err = parse(&profiel, &arena, &profile);
	}
	if (err == KB_OK) {
		err = keep_parsed(agent, &profile, out);
	}
	kb_arena_release(&arena);
	return err;
}

enum kb_err
kb_flow_profile(struct kb_agent *agent, struct kb_step *step, const struct kb_hash *hash,
		const struct kb_profile **out)
{
	if (agent->profile != NULL && kb_hash_equal(&agent->profile->hash, hash)) {
		*out = agent->profile;
		return KB_OK;
	}
	for (struct kb_flow_profiles *one = agent->profiles; one != NULL; one = one->next) {
		if (kb_hash_equal(&one->profile.hash, hash)) {
			*out = &one->profile;
			return KB_OK;
		}
	}
	return read_stored(agent, step, hash, out);
}

/* ---- to others ---- */

/* Our own folder, with the seal that its samenwerkingsverband put under it. */
static enum kb_err
encode_own(const struct kb_profile *profile, struct kb_arena *arena, struct kb_buf *out)
{
	struct kb_profiel profiel = {
		.files = kb_arena_alloc(arena, profile->file_count * sizeof(*profiel.files)),
		.file_count = profile->file_count,
		.swv = profile->seal.swv,
		.key_version = profile->seal.key_version,
	};

	if (profiel.files == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (kb_party_id_empty(&profile->seal.swv)) {
		return KB_ERR_NOT_FOUND;
	}
	for (size_t i = 0; i < profile->file_count; i++) {
		profiel.files[i].name = kb_span_text(profile->files[i].name);
		profiel.files[i].content = profile->files[i].bytes;
	}
	memcpy(profiel.signature, profile->seal.signature.bytes, sizeof(profiel.signature));
	return kb_profiel_encode(&profiel, out);
}

enum kb_err
kb_flow_profile_send(struct kb_act *act, const struct kb_hash *hash,
		     const struct kb_party_id *party)
{
	const struct kb_profile *own = act->agent->profile;
	struct kb_outgoing outgoing = { .recipient = *party, .kind = KB_KIND_PROFIEL };
	struct kb_profile_row row;
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	if (own != NULL && kb_hash_equal(&own->hash, hash)) {
		err = encode_own(own, act->arena, &content);
		outgoing.content = kb_buf_span(&content);
	} else {
		err = kb_profile_row_get(act->step, hash, act->arena, &row);
		outgoing.content = row.bytes;
	}
	if (err == KB_OK) {
		err = kb_act_send(act, &outgoing, NULL);
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_flow_profile_keep(struct kb_act *act, const struct kb_profile *profile)
{
	struct kb_profile_row row = { .hash = profile->hash,
				      .from_party_no = KB_PARTY_NO_SELF,
				      .at_utc_ms = act->now_utc_ms };
	struct kb_buf content = { 0 };
	enum kb_err err = profile == act->agent->profile ? encode_own(profile, act->arena, &content)
							 : KB_ERR_EXISTS;

	if (err == KB_OK) {
		row.bytes = kb_buf_span(&content);
		err = kb_profile_row_put(act->step, &row);
	}
	kb_buf_release(&content);
	return err == KB_ERR_EXISTS || err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* ---- from others ---- */

/* Only an SWV signs, with the key that the register has of it (design 7). */
static enum kb_err
check_signer(struct kb_act *act, const struct kb_profiel *profiel, const struct kb_hash *hash)
{
	struct kb_profile_seal seal = { .swv = profiel->swv,
					.key_version = profiel->key_version,
					.hash = *hash };
	struct kb_sign_public key;
	const struct kb_entry *entry = NULL;
	enum kb_err err =
		kb_directory_version(act->directory, &profiel->swv, profiel->key_version, &entry);

	if (err != KB_OK) {
		return err == KB_ERR_OFFLINE ? KB_ERR_BUSY : KB_ERR_NOT_ALLOWED;
	}
	if (entry->kind != KB_PARTY_SWV || entry->untrusted_since_utc_ms != 0) {
		return KB_ERR_NOT_ALLOWED;
	}
	memcpy(key.bytes, entry->descriptor.signing_key, sizeof(key.bytes));
	seal.key = key;
	memcpy(seal.signature.bytes, profiel->signature, sizeof(seal.signature.bytes));
	return kb_profile_seal_check(&seal, hash, &key);
}

/* The next case that is bound to it, after *case_no; 0: none. */
static enum kb_err
next_bound(struct kb_act *act, const struct kb_hash *hash, uint64_t *case_no)
{
	struct kb_case row = { .case_no = *case_no };
	enum kb_err err = KB_OK;

	*case_no = 0;
	while (err == KB_OK && *case_no == 0) {
		err = kb_case_next(act->step, row.case_no, &row);
		if (err == KB_OK && kb_hash_equal(&row.profile_hash, hash)) {
			*case_no = row.case_no;
		}
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

/* Whether a case here waits for it: nobody fills our store with profiles that no case names. */
static enum kb_err
is_awaited(struct kb_act *act, const struct kb_hash *hash, bool *awaited)
{
	const struct kb_profile *held = NULL;
	uint64_t case_no = 0;
	enum kb_err err = kb_flow_profile(act->agent, act->step, hash, &held);

	*awaited = false;
	if (err == KB_ERR_NOT_FOUND) {
		err = next_bound(act, hash, &case_no);
		*awaited = err == KB_OK && case_no != 0;
	}
	return err;
}

/* The cases that waited for it go on. */
static enum kb_err
go_on(struct kb_act *act, const struct kb_hash *hash)
{
	struct kb_flow flow;
	uint64_t case_no = 0;
	enum kb_err err = next_bound(act, hash, &case_no);

	while (err == KB_OK && case_no != 0) {
		err = kb_flow_load(act, case_no, &flow);
		if (err == KB_OK && flow.view != NULL) {
			err = kb_flow_settle(&flow);
			kb_flow_raise(&flow, 0);
			err = err == KB_OK ? kb_flow_arrived(&flow) : err;
		}
		if (err == KB_OK) {
			err = next_bound(act, hash, &case_no);
		}
	}
	return err;
}

enum kb_err
kb_flow_handle_profile(struct kb_act *act, const struct kb_received *received)
{
	struct kb_profile profile = { .region = 0 };
	struct kb_profile_row row = { .from_party_no = received->sender_no,
				      .at_utc_ms = act->now_utc_ms,
				      .bytes = received->content };
	struct kb_profiel profiel;
	bool awaited = false;
	enum kb_err err = kb_profiel_decode(received->content, act->arena, &profiel);

	if (err == KB_OK) {
		err = parse(&profiel, act->arena, &profile);
	}
	if (err != KB_OK) {
		return err;
	}
	row.hash = profile.hash;
	kb_profile_release(&profile); /* read again from the store when a case needs it */
	err = check_signer(act, &profiel, &row.hash);
	if (err == KB_OK) {
		err = is_awaited(act, &row.hash, &awaited);
	}
	if (err == KB_OK && !awaited) {
		err = KB_ERR_STATE;
	}
	if (err == KB_OK) {
		err = kb_act_accept(act, received, KB_CASE_KIND_NONE, NULL, NULL);
	}
	if (err == KB_OK) {
		err = kb_profile_row_put(act->step, &row);
		err = err == KB_ERR_EXISTS ? KB_OK : err;
	}
	return err == KB_OK ? go_on(act, &row.hash) : err;
}
