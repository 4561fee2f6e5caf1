/* SPDX-License-Identifier: EUPL-1.2 */
/* Signed heads of logs: ours for others to witness, and those of others. */
#include "common/trust/checkpoint.h"
#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"

/* Appends the encoded SignedCheckpoint of head. */
static enum kb_err
sign_head(struct kb_agent *agent, const struct kb_ledger_head *head, int64_t utc_ms,
	  struct kb_buf *out)
{
	struct kb_checkpoint checkpoint = { .origin = agent->identity->self,
					    .log_year = head->year,
					    .size = head->size,
					    .root = head->root,
					    .time_utc_ms = utc_ms,
					    .epoch = agent->own_epoch.epoch };
	struct kb_signed_checkpoint signed_checkpoint;
	struct kb_buf bytes = { 0 };
	enum kb_err err;

	/* The last checkpoint of a year is signed while the next one opens: it still names the year before its own. */
	if (head->year == agent->chained_year) {
		checkpoint.previous_root = agent->chained_root;
	}
	err = kb_checkpoint_sign(agent->identity->sign, agent->identity->key_version, &checkpoint,
				 &bytes, &signed_checkpoint);
	if (err == KB_OK) {
		err = kb_signed_checkpoint_encode(&signed_checkpoint, out);
	}
	kb_buf_release(&bytes);
	return err;
}

static enum kb_err
ledger_sign(void *state, const struct kb_ledger_head *head, int64_t utc_ms, struct kb_buf *out)
{
	return sign_head(state, head, utc_ms, out);
}

/* For log verify: the stored checkpoint says what the log says, and is signed by this party. */
static enum kb_err
ledger_check(void *state, const struct kb_ledger_head *head, struct kb_span bytes)
{
	struct kb_agent *agent = state;
	struct kb_arena arena = { 0 };
	struct kb_signed_checkpoint signed_checkpoint;
	struct kb_checkpoint checkpoint;
	enum kb_err err = kb_signed_checkpoint_decode(bytes, &arena, &signed_checkpoint);

	/* A checkpoint of an older key version was checked when it was made; that key may be gone. */
	if (err == KB_OK && signed_checkpoint.key_version == agent->identity->key_version) {
		err = kb_checkpoint_trust(&signed_checkpoint, agent->identity->verify,
					  &agent->identity->self, &arena, &checkpoint);
	} else if (err == KB_OK) {
		err = kb_checkpoint_decode(signed_checkpoint.checkpoint, &arena, &checkpoint);
	}
	if (err == KB_OK && (checkpoint.log_year != head->year || checkpoint.size != head->size ||
			     !kb_hash_equal(&checkpoint.root, &head->root) ||
			     !kb_party_id_equal(&checkpoint.origin, &agent->identity->self))) {
		err = KB_ERR_CORRUPT;
	}
	kb_arena_release(&arena);
	return err == KB_OK ? KB_OK : KB_ERR_CORRUPT;
}

struct kb_ledger_hooks
kb_agent_ledger_hooks(struct kb_agent *agent)
{
	return (struct kb_ledger_hooks){ .sign = ledger_sign,
					 .check_checkpoint = ledger_check,
					 .state = agent };
}

/* The root at the end of the year before, for the chain from year to year. */
static void
find_chain(struct kb_agent *agent, struct kb_step *step, uint16_t year)
{
	struct kb_ledger_head previous;

	agent->chained_year = year;
	agent->chained_root = (struct kb_hash){ { 0 } };
	if (kb_ledger_year(kb_store_ledger(agent->store), kb_step_txn(step), (uint16_t)(year - 1),
			   &previous) == KB_OK) {
		agent->chained_root = previous.root;
	}
}

enum kb_err
kb_agent_checkpoint(struct kb_agent *agent, struct kb_step *step, struct kb_signed_checkpoint *out)
{
	struct kb_ledger *ledger = kb_store_ledger(agent->store);
	struct kb_ledger_head head;
	enum kb_err err = KB_OK;

	if (step != NULL) {
		kb_ledger_head(ledger, &head);
	} else {
		kb_ledger_committed_head(ledger, &head);
	}
	if (head.year == 0) {
		return KB_ERR_NOT_FOUND;
	}
	if (head.year != agent->chained_year) {
		struct kb_step *read = NULL;

		if (step != NULL) {
			find_chain(agent, step, head.year);
		} else if (kb_step_begin(agent->store, KB_STEP_READ, &read) == KB_OK) {
			find_chain(agent, read, head.year);
			kb_step_abort(&read);
		}
	}
	if (agent->signed_checkpoint.len == 0 || head.size != agent->checkpoint_head.size ||
	    head.year != agent->checkpoint_head.year ||
	    !kb_hash_equal(&head.root, &agent->checkpoint_head.root)) {
		kb_buf_clear(&agent->signed_checkpoint);
		err = sign_head(agent, &head, kb_clock_utc_ms(&agent->clock),
				&agent->signed_checkpoint);
		agent->checkpoint_head = head;
	}
	if (err == KB_OK) {
		kb_arena_clear(&agent->checkpoint_arena);
		err = kb_signed_checkpoint_decode(kb_buf_span(&agent->signed_checkpoint),
						  &agent->checkpoint_arena, out);
	}
	return err;
}

enum kb_err
kb_session_verify_checkpoint(struct kb_agent *agent, const struct kb_party_id *party,
			     const struct kb_signed_checkpoint *signed_checkpoint,
			     struct kb_arena *arena, struct kb_checkpoint *out)
{
	const struct kb_entry *entry = NULL;
	enum kb_err err = kb_directory_version(agent->directory, party,
					       signed_checkpoint->key_version, &entry);

	return err == KB_OK ? kb_checkpoint_trust(signed_checkpoint, entry->verify_key, party,
						  arena, out)
			    : err;
}

/* Whether checkpoint continues what was proven before. */
static enum kb_checkpoint_order
continues(const struct kb_session *session, const struct kb_checkpoint *checkpoint,
	  const struct kb_consistency_proof *proof)
{
	struct kb_checkpoint held = *checkpoint;
	bool fits = proof != NULL && proof->from_size == session->broker_size &&
		    proof->to_size == checkpoint->size;

	if (session->broker_size == 0 || checkpoint->log_year > session->broker_year) {
		return KB_CHECKPOINT_GROWN;
	}
	if (checkpoint->log_year < session->broker_year) {
		return KB_CHECKPOINT_OLDER;
	}
	held.size = session->broker_size;
	held.root = session->broker_root;
	return kb_checkpoint_compare(&held, checkpoint, fits ? proof->path : KB_SPAN_NONE);
}

void
kb_session_hear_broker(struct kb_agent *agent, const struct kb_signed_checkpoint *signed_checkpoint,
		       const struct kb_consistency_proof *proof)
{
	struct kb_session *session = &agent->session;
	struct kb_checkpoint checkpoint;
	struct kb_arena arena = { 0 };
	enum kb_err err = kb_session_verify_checkpoint(agent, &agent->identity->broker,
						       signed_checkpoint, &arena, &checkpoint);

	if (err == KB_OK) {
		enum kb_checkpoint_order order = continues(session, &checkpoint, proof);

		if (order == KB_CHECKPOINT_FORKED || order == KB_CHECKPOINT_OLDER) {
			agent->counts.broker_fork = true;
			kb_log(KB_LOG_ERROR, "broker-log-forked", "size=%llu known=%llu",
			       (unsigned long long)checkpoint.size,
			       (unsigned long long)session->broker_size);
		}
		/* Unrelated: a proof was skipped here; the next hello asks for one from ours. */
		err = order == KB_CHECKPOINT_GROWN ? KB_OK : KB_ERR_STATE;
	}
	if (err == KB_OK) {
		kb_buf_clear(&session->broker_checkpoint);
		err = kb_signed_checkpoint_encode(signed_checkpoint, &session->broker_checkpoint);
	}
	if (err == KB_OK) {
		session->broker_year = checkpoint.log_year;
		session->broker_size = checkpoint.size;
		session->broker_root = checkpoint.root;
		session->broker_unstored = true;
	}
	kb_arena_release(&arena);
}
