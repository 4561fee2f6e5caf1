/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of an agent and how they hang together. Only for the files of this folder. */
#ifndef KB_RUNTIME_AGENT_INTERNAL_H
#define KB_RUNTIME_AGENT_INTERNAL_H

#include "agents/runtime/agent.h"
#include "agents/runtime/attachments.h"
#include "agents/runtime/commit.h"
#include "agents/runtime/desk_internal.h"
#include "agents/runtime/directory.h"
#include "agents/runtime/flow.h"
#include "agents/runtime/jobs.h"
#include "agents/runtime/letters.h"
#include "agents/runtime/receiver.h"
#include "agents/runtime/sealing.h"
#include "agents/runtime/sender.h"
#include "agents/runtime/session.h"
#include "common/store/agent_store.h"
#include "common/store/epochs.h"

/* What went wrong since the start, for status and doctor. */
struct kb_agent_counts {
	uint64_t messages_in;
	uint64_t messages_out;
	uint64_t receipts_in;
	uint64_t receipts_out;
	uint64_t refused_in; /* refused by us, with a receipt */
	uint64_t dropped_in; /* not proven to be anybody's: no receipt */
	enum kb_err last_drop;
	uint64_t equivocations; /* alarms */
	uint64_t parked;
	uint64_t unknown_receipts; /* of numbers that this store does not know: it was restored */
	uint64_t witness_forks;	   /* a party showed two histories of its log */
	bool broker_fork;	   /* the broker did */
	int64_t broker_skew_ms;
};

#define KB_FLOW_KEPT_LISTS 256u

struct kb_agent {
	const struct kb_role *role;
	void *role_state;
	const struct kb_identity *identity;
	const struct kb_config *config;
	const struct kb_profile *profile;
	struct kb_flow_profiles *profiles; /* of other regions, that came in */
	/* Cases that this group of acts read, in its arena, by the low bits of their number: an import reads thousands. */
	struct kb_flow_kept *flows[KB_FLOW_KEPT_LISTS];
	struct kb_clock clock;
	struct kb_random random;
	struct kb_transport transport;
	struct kb_agent_settings settings;

	struct kb_store *store;
	struct kb_directory *directory;
	struct kb_arena arena; /* of the group commit and of what is published right after it */
	struct kb_sealer sealer;
	struct kb_seal_cache *seals;
	struct kb_hpke_cache *contexts;
	struct kb_buf frame;		 /* the frame being built */
	struct kb_buf signed_checkpoint; /* encoded; of checkpoint_head */
	struct kb_ledger_head checkpoint_head;
	struct kb_arena checkpoint_arena;
	uint16_t
		chained_year; /* the year whose checkpoints name chained_root as the end of the year before */
	struct kb_hash chained_root;
	struct kb_epoch_row own_epoch; /* as of the last group commit */

	struct kb_commit commit;
	struct kb_jobs jobs;
	struct kb_session session;
	struct kb_sender sender;
	struct kb_receiver receiver;
	struct kb_desk_calls desk;
	struct kb_letter_watch letters; /* that nobody handed over yet */
	struct kb_attachments attachments;
	struct kb_agent_counts counts;
	bool consent_settled; /* no withdrawal waits to be told: consent_withdraw.c */
	bool consent_running;
	int64_t started_utc_ms;
	int64_t next_recover_mono_ms; /* cases that waited long enough for their steps are looked for */
	bool recover_running;
	bool witness_heard;   /* there was a session: a store that went back in time was noticed */
	bool restore_pending; /* peers still have to be asked what this store has lost */
	int64_t next_clock_due_utc_ms; /* INT64_MAX: none */
	bool expiring;
	int64_t expire_not_before_mono_ms; /* after a failure */
	int64_t next_tick_mono_ms;
	enum kb_err fault;
#ifdef KB_TEST_SWITCHES
	struct kb_bench *bench; /* verbs_bench.c */
#endif
};

#ifdef KB_TEST_SWITCHES
/* verbs_bench.c: so many received messages are on disk now. */
void kb_bench_committed(struct kb_agent *agent, uint64_t messages);
void kb_bench_free(struct kb_bench *bench); /* NULL is allowed */
#endif

/* checkpoint.c: the signed head of the own log. The bytes are borrowed until the next call. With a step, what it appended so far
 * counts too (the checkpoint is told only after its commit); NULL: the last commit. KB_ERR_NOT_FOUND: the log is empty. */
KB_MUST_CHECK enum kb_err kb_agent_checkpoint(struct kb_agent *agent, struct kb_step *step,
					      struct kb_signed_checkpoint *out);
struct kb_ledger_hooks kb_agent_ledger_hooks(struct kb_agent *agent);

/* An encoded frame to the broker; KB_ERR_OFFLINE without a connection. */
KB_MUST_CHECK enum kb_err kb_agent_send_frame(struct kb_agent *agent, const struct kb_frame *frame);

/* agent.c: the version of the privacyreglement; empty when none was configured. Borrowed. */
struct kb_span kb_agent_reglement(const struct kb_agent *agent);

/* deadline_watch.c */
void kb_deadline_watch_tick(struct kb_agent *agent, int64_t now_utc_ms);
KB_MUST_CHECK enum kb_err kb_deadline_watch_load(struct kb_agent *agent, struct kb_step *step);

#endif
