/* SPDX-License-Identifier: EUPL-1.2 */
/* The register of toestemmingen at work: judging, carrying, and taking in what others recorded. */
#include "agents/runtime/consent.h"

#include "agents/runtime/agent_internal.h"
#include "common/store/case_records.h"
#include "common/store/record.h"

/* ---- signed statements ---- */

static enum kb_err
decode_statement(struct kb_act *act, struct kb_span ondertekend, struct kb_signed_toestemming *by,
		 struct kb_toestemming *out)
{
	enum kb_err err = kb_signed_toestemming_decode(ondertekend, act->arena, by);

	return err == KB_OK ? kb_toestemming_decode(by->toestemming, act->arena, out) : err;
}

/* The key of that version counts: as for messages (receive_checks.c), a revoked key may be a stolen one, which claims any time. */
static enum kb_err
check_recorder(const struct kb_act *act, const struct kb_entry *entry, int64_t recorded_at_utc_ms)
{
	int64_t latest =
		recorded_at_utc_ms > act->now_utc_ms ? recorded_at_utc_ms : act->now_utc_ms;

	if (entry->untrusted_since_utc_ms != 0 && latest >= entry->untrusted_since_utc_ms) {
		return KB_ERR_NO_CONSENT;
	}
	return recorded_at_utc_ms >= entry->descriptor.valid_from_utc_ms &&
			       recorded_at_utc_ms < entry->descriptor.valid_until_utc_ms
		       ? KB_OK
		       : KB_ERR_NO_CONSENT;
}

enum kb_err
kb_consent_open(struct kb_act *act, struct kb_span ondertekend, struct kb_toestemming *out)
{
	struct kb_signed_toestemming by;
	struct kb_signature signature;
	const struct kb_entry *entry = NULL;
	enum kb_err err = decode_statement(act, ondertekend, &by, out);

	if (err == KB_OK) {
		err = kb_directory_version(act->directory, &out->recorder, out->key_version,
					   &entry);
		err = err == KB_ERR_NOT_FOUND ? KB_ERR_NO_CONSENT
		      : err == KB_ERR_OFFLINE ? KB_ERR_BUSY
					      : err;
	}
	if (err == KB_OK) {
		err = check_recorder(act, entry, out->recorded_at_utc_ms);
	}
	if (err == KB_OK) {
		memcpy(signature.bytes, by.signature, sizeof(signature.bytes));
		err = kb_verify(entry->verify_key, KB_SIGN_LABEL_TOESTEMMING, &by.toestemming, 1,
				&signature);
	}
	return err;
}

enum kb_err
kb_consent_sign(struct kb_act *act, struct kb_toestemming *toestemming, struct kb_span *ondertekend)
{
	const struct kb_identity *identity = act->agent->identity;
	struct kb_signed_toestemming by = { KB_SPAN_NONE, { 0 } };
	struct kb_signature signature;
	struct kb_buf statement = { 0 };
	struct kb_buf bytes = { 0 };
	enum kb_err err;

	toestemming->recorder = identity->self;
	toestemming->key_version = identity->key_version;
	toestemming->recorded_at_utc_ms = act->now_utc_ms;
	err = kb_toestemming_encode(toestemming, &statement);
	if (err == KB_OK) {
		by.toestemming = kb_buf_span(&statement);
		err = kb_sign(identity->sign, KB_SIGN_LABEL_TOESTEMMING, &by.toestemming, 1,
			      &signature);
	}
	if (err == KB_OK) {
		memcpy(by.signature, signature.bytes, sizeof(by.signature));
		err = kb_signed_toestemming_encode(&by, &bytes);
	}
	if (err == KB_OK) {
		*ondertekend = kb_arena_copy(act->arena, kb_buf_span(&bytes));
		err = ondertekend->at != NULL ? KB_OK : KB_ERR_NO_MEMORY;
	}
	kb_buf_release(&statement);
	kb_buf_release(&bytes);
	return err;
}

/* ---- what is held ---- */

/* Was checked when it was taken in. */
static enum kb_err
decode_held(struct kb_act *act, struct kb_span ondertekend, struct kb_toestemming *out, bool *has)
{
	struct kb_signed_toestemming by;
	enum kb_err err = KB_OK;

	*has = ondertekend.len > 0;
	if (*has) {
		err = decode_statement(act, ondertekend, &by, out);
		err = err == KB_OK || err == KB_ERR_NO_MEMORY ? err : KB_ERR_CORRUPT;
	}
	return err;
}

enum kb_err
kb_consent_decode(struct kb_act *act, const struct kb_consent *row, struct kb_consent_held *out)
{
	enum kb_err err;

	out->row = *row;
	err = decode_held(act, row->statement, &out->statement, &out->has_statement);
	if (err == KB_OK) {
		err = decode_held(act, row->other, &out->other, &out->has_other);
	}
	if (err == KB_OK) {
		err = decode_held(act, row->withdrawal, &out->withdrawal, &out->has_withdrawal);
	}
	return err;
}

enum kb_err
kb_consent_load(struct kb_act *act, const struct kb_id *consent_id, struct kb_consent_held *out)
{
	struct kb_consent row;
	uint64_t consent_no = 0;
	enum kb_err err = kb_consent_find(act->step, consent_id, &consent_no);

	if (err == KB_OK) {
		err = kb_consent_get(act->step, consent_no, act->arena, &row);
	}
	return err == KB_OK ? kb_consent_decode(act, &row, out) : err;
}

void
kb_consent_standing(const struct kb_consent_held *held, struct kb_toestemming_merged *out)
{
	const struct kb_toestemming *first =
		held->has_statement ? &held->statement : &held->withdrawal;

	kb_toestemming_stricter(first, held->has_other ? &held->other : first, out);
	out->differs = held->has_other;
	if (held->has_withdrawal) {
		out->toestemming.status = KB_TOESTEMMING_INGETROKKEN;
	}
}

/* ---- judging ---- */

static enum kb_err
covers(const struct kb_toestemming *toestemming, const struct kb_consent_query *query)
{
	return kb_toestemming_covers(toestemming, &query->case_id, query->purpose, &query->from,
				     &query->to, query->categories, query->day);
}

/* The stricter of two answers. */
static enum kb_err
stricter(enum kb_err a, enum kb_err b)
{
	if (a == KB_ERR_CONSENT_WITHDRAWN || b == KB_ERR_CONSENT_WITHDRAWN) {
		return KB_ERR_CONSENT_WITHDRAWN;
	}
	return a != KB_OK ? a : b;
}

/* held or carried may be NULL, not both. */
static enum kb_err
weigh(const struct kb_consent_query *query, const struct kb_consent_held *held,
      const struct kb_toestemming *carried)
{
	bool has_statement = held != NULL && held->has_statement;
	enum kb_toestemming_step step = KB_TOESTEMMING_STEP_NONE;
	enum kb_err err = KB_OK;

	if (has_statement && carried != NULL) {
		step = kb_toestemming_next(&held->statement, carried);
		if (step == KB_TOESTEMMING_FOREIGN) {
			return KB_ERR_NO_CONSENT;
		}
	}
	if (has_statement && step != KB_TOESTEMMING_NEWER) {
		err = covers(&held->statement, query);
		err = held->has_other ? stricter(err, covers(&held->other, query)) : err;
	}
	if (carried != NULL) {
		err = stricter(err, covers(carried, query));
	}
	/* A withdrawal that came alone ends only what names who withdrew. */
	if (held != NULL && held->has_withdrawal &&
	    (has_statement || carried == NULL ||
	     kb_toestemming_names(carried, &held->withdrawal.recorder))) {
		struct kb_toestemming ended = has_statement	? held->statement
					      : carried != NULL ? *carried
								: held->withdrawal;

		ended.status = KB_TOESTEMMING_INGETROKKEN;
		err = stricter(err, covers(&ended, query));
	}
	return err;
}

/* Byte for byte what is held: its signature was checked then. */
static bool
is_held(const struct kb_consent_held *held, struct kb_span ondertekend)
{
	return (held->has_statement && kb_span_equal(held->row.statement, ondertekend)) ||
	       (held->has_other && kb_span_equal(held->row.other, ondertekend)) ||
	       (held->has_withdrawal && kb_span_equal(held->row.withdrawal, ondertekend));
}

static enum kb_err
read_carried(struct kb_act *act, const struct kb_consent_held *held, struct kb_span ondertekend,
	     struct kb_toestemming *out)
{
	bool has = false;

	return held != NULL && is_held(held, ondertekend) ? decode_held(act, ondertekend, out, &has)
							  : kb_consent_open(act, ondertekend, out);
}

enum kb_err
kb_consent_judge(struct kb_act *act, const struct kb_consent_query *query)
{
	struct kb_consent_held held = { 0 };
	struct kb_toestemming carried = { 0 };
	bool has_carried = query->carried.len > 0;
	enum kb_err err = kb_consent_load(act, &query->consent_ref, &held);
	bool known = err == KB_OK;

	err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	if (err == KB_OK && has_carried) {
		err = read_carried(act, known ? &held : NULL, query->carried, &carried);
		if (err != KB_OK && err != KB_ERR_BUSY && kb_receive_is_refusal(err)) {
			err = KB_ERR_NO_CONSENT;
		}
	}
	if (err != KB_OK) {
		return err;
	}
	if ((!known && !has_carried) ||
	    (has_carried && !kb_id_equal(&carried.toestemming_id, &query->consent_ref)) ||
	    (known && query->case_no != 0 && held.row.case_no != query->case_no)) {
		return KB_ERR_NO_CONSENT;
	}
	return weigh(query, known ? &held : NULL, has_carried ? &carried : NULL);
}

enum kb_err
kb_consent_carry(struct kb_act *act, const struct kb_id *consent_ref, uint64_t case_no,
		 const struct kb_party_id *to, struct kb_span *out)
{
	struct kb_consent_held held;
	enum kb_err err = kb_consent_load(act, consent_ref, &held);

	if (err == KB_ERR_NOT_FOUND) {
		return KB_ERR_NO_CONSENT;
	}
	if (err == KB_OK &&
	    (held.row.case_no != case_no ||
	     (to != NULL &&
	      !kb_toestemming_names(held.has_statement ? &held.statement : &held.withdrawal,
				    to)))) {
		err = KB_ERR_NO_CONSENT;
	}
	if (err == KB_OK) {
		*out = held.has_statement ? held.row.statement : held.row.withdrawal;
	}
	return err;
}

/* ---- taking in ---- */

enum kb_err
kb_consent_log(struct kb_act *act, const struct kb_consent *row, enum kb_record_type type,
	       const struct kb_toestemming *toestemming, struct kb_span ondertekend,
	       uint32_t from_no, uint64_t *ledger_seq)
{
	struct kb_record record = { .type = type,
				    .at_utc_ms = act->now_utc_ms,
				    .user_no = act->user_no,
				    .party_no = from_no,
				    .case_no = row->case_no,
				    .data_key_no = row->data_key_no,
				    .code = (uint32_t)toestemming->status,
				    .count = toestemming->versie };
	struct kb_case_record line = { .case_no = row->case_no,
				       .direction = KB_DIRECTION_LOCAL,
				       .kind = (uint32_t)type,
				       .party_no = from_no,
				       .user_no = act->user_no,
				       .at_utc_ms = act->now_utc_ms };
	enum kb_err err = kb_record_append(act->step, &record, ondertekend, ledger_seq);

	line.ledger_seq = *ledger_seq;
	return err == KB_OK ? kb_case_record_put(act->step, &line) : err;
}

enum kb_err
kb_consent_start(struct kb_act *act, const struct kb_toestemming *toestemming,
		 struct kb_consent *row)
{
	struct kb_case owner;
	enum kb_err err = kb_case_get(act->step, row->case_no, &owner);

	if (err == KB_OK) {
		row->consent_id = toestemming->toestemming_id;
		row->subject_no = owner.subject_no;
		row->data_key_no = owner.data_key_no;
		row->recorded_utc_ms = act->now_utc_ms;
		row->recorded_by_no = act->user_no;
		err = kb_id_equal(&owner.case_id, &toestemming->case_id) ? KB_OK
									 : KB_ERR_NO_CONSENT;
	}
	return err;
}

enum kb_err
kb_consent_store(struct kb_act *act, struct kb_consent_held *held,
		 const struct kb_toestemming *toestemming, struct kb_span ondertekend,
		 enum kb_toestemming_step step, uint32_t from_no)
{
	struct kb_consent *row = &held->row;
	bool first = !held->has_statement;
	enum kb_err err = row->consent_no == 0 ? kb_consent_start(act, toestemming, row) : KB_OK;

	if (err != KB_OK) {
		return err;
	}
	/* A withdrawal that was seen first ends only what names who withdrew; of others it never was one. */
	if (first && held->has_withdrawal &&
	    !kb_toestemming_names(toestemming, &held->withdrawal.recorder)) {
		row->withdrawal = KB_SPAN_NONE;
		row->status = KB_TOESTEMMING_NONE;
		row->withdrawn_utc_ms = 0;
		row->withdrawn_by_no = 0;
		row->withdrawn_seq = 0;
		row->owes = false;
		held->has_withdrawal = false;
	}
	if (step == KB_TOESTEMMING_DIFFERS) {
		row->other = ondertekend;
		row->differs = true;
		held->other = *toestemming;
		held->has_other = true;
	} else {
		row->statement = ondertekend;
		row->other = KB_SPAN_NONE;
		row->differs = false;
		row->versie = toestemming->versie;
		held->statement = *toestemming;
		held->has_statement = true;
		held->has_other = false;
	}
	if (!held->has_withdrawal) {
		row->status = step == KB_TOESTEMMING_DIFFERS && row->status > toestemming->status
				      ? row->status
				      : (uint32_t)toestemming->status;
	}
	err = kb_consent_log(act, row, KB_RECORD_CONSENT_GIVEN, toestemming, ondertekend, from_no,
			     &row->given_seq);
	return err == KB_OK ? kb_consent_put(act->step, row) : err;
}

static enum kb_err
take_step(struct kb_act *act, struct kb_consent_held *held,
	  const struct kb_toestemming *toestemming, struct kb_span ondertekend, uint32_t from_no)
{
	struct kb_consent_counts counts;
	bool owed = false;
	bool differed = held->has_other;
	bool known = held->has_statement;
	enum kb_toestemming_step step = held->has_statement
						? kb_toestemming_next(&held->statement, toestemming)
						: KB_TOESTEMMING_NEWER;
	enum kb_err err = KB_OK;

	if (step == KB_TOESTEMMING_WITHDRAWS || toestemming->status == KB_TOESTEMMING_INGETROKKEN) {
		return step == KB_TOESTEMMING_FOREIGN
			       ? KB_OK
			       : kb_consent_end(act, held, toestemming, ondertekend, from_no,
						&counts);
	}
	if ((step != KB_TOESTEMMING_NEWER && step != KB_TOESTEMMING_DIFFERS) ||
	    (held->has_statement && held->has_withdrawal)) {
		return KB_OK;
	}
	if (step == KB_TOESTEMMING_DIFFERS && differed) {
		return KB_OK; /* one other statement is enough to see that they differ */
	}
	struct kb_span ours = held->row.statement;

	err = kb_consent_store(act, held, toestemming, ondertekend, step, from_no);
	/* Once: so that the other side sees it too. */
	if (err == KB_OK && step == KB_TOESTEMMING_DIFFERS && from_no != KB_PARTY_NO_SELF) {
		err = kb_consent_tell(act, &held->row, ours, KB_KIND_TOESTEMMING_VERLEEND, from_no,
				      &owed);
	}
	/* What waits here may not be covered any more. */
	if (err == KB_OK && known) {
		err = kb_consent_changed(act, held, false, &counts);
	}
	return err;
}

enum kb_err
kb_consent_take(struct kb_act *act, uint64_t case_no, struct kb_span carried, uint32_t from_no)
{
	struct kb_consent_held held = { 0 };
	struct kb_toestemming toestemming;
	struct kb_signed_toestemming by;
	struct kb_case owner;
	enum kb_err err = decode_statement(act, carried, &by, &toestemming);

	if (err == KB_OK) {
		err = kb_consent_load(act, &toestemming.toestemming_id, &held);
		if (err == KB_OK && is_held(&held, carried)) {
			return KB_OK;
		}
		held.row.case_no = err == KB_ERR_NOT_FOUND ? case_no : held.row.case_no;
		err = err == KB_ERR_NOT_FOUND ? KB_OK : err;
	}
	if (err == KB_OK) {
		err = kb_consent_open(act, carried, &toestemming);
	}
	if (err == KB_OK) {
		err = kb_case_get(act->step, case_no, &owner);
	}
	if (err == KB_OK &&
	    (held.row.case_no != case_no || !kb_id_equal(&owner.case_id, &toestemming.case_id))) {
		err = KB_ERR_NO_CONSENT;
	}
	if (err == KB_OK) {
		err = take_step(act, &held, &toestemming, carried, from_no);
	}
	return err != KB_OK && kb_receive_is_refusal(err) ? KB_OK : err;
}

enum kb_err
kb_consent_troubles(struct kb_step *step, uint64_t *differing, uint64_t *owed)
{
	struct kb_consent row = { 0 };
	enum kb_err err = kb_consent_next_clear(step, 0, &row);

	*differing = 0;
	*owed = 0;
	while (err == KB_OK) {
		*differing += row.differs && row.withdrawn_utc_ms == 0 ? 1 : 0;
		*owed += row.owes ? 1 : 0;
		err = kb_consent_next_clear(step, row.consent_no, &row);
	}
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}
