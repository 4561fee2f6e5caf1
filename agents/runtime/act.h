/* SPDX-License-Identifier: EUPL-1.2 */
/* An act: everything that one event changes, within one write step of the store (design rule 2). */
#ifndef KB_RUNTIME_ACT_H
#define KB_RUNTIME_ACT_H

#include "common/base/arena.h"
#include "common/base/ids.h"
#include "common/exchange/kinds.h"
#include "common/exchange/permit.h"
#include "common/exchange/roles.h"
#include "common/store/cases.h"
#include "common/store/deadlines.h"
#include "common/store/record.h"
#include "common/store/step.h"

/* Opaque types. */
struct kb_agent;
struct kb_directory;
struct kb_authority;

/*
 * Handed to every function that changes something. Valid until that function returns. The function only records: it must
 * be repeatable, for when a neighbour in the same commit fails, the store step is rolled back and the others run again.
 * What it wants done after the commit, it does in the done callback of kb_agent_run().
 */
struct kb_act {
	struct kb_agent *agent;
	struct kb_step
		*step; /* the open write step of the store; never committed or aborted by the act */
	struct kb_arena *arena; /* lives until the commit */
	struct kb_directory *directory;
	int64_t now_utc_ms; /* kb_step_now_utc_ms(step) */
	uint32_t user_no;   /* who acts; 0: the agent itself */
	enum kb_party_kind own_kind;
	struct kb_authority *
		authority; /* what a request of the local socket was allowed (authorise.h); NULL: not one */
	/* What the permission table said of the message that it refused last, for the sentence of the failure. row NULL: nothing. */
	struct kb_permit_answer refused;
};

/* What is to be sent. Zero fields take the default in brackets. */
struct kb_outgoing {
	struct kb_party_id recipient;
	enum kb_kind kind;
	uint64_t case_no;		  /* local number; 0 for kinds without a case */
	struct kb_span content;		  /* encoded message of this kind; copied */
	const struct kb_id *in_reply_to;  /* message id, or NULL */
	struct kb_span subject_pseudonym; /* 16 bytes or empty */
	struct kb_span consent_ref;	  /* 16 bytes or empty */
	struct kb_span profile_hash;	  /* 32 bytes or empty */
	/* [those of the first row of permit.h for this kind, variant and recipient] */
	enum kb_variant variant; /* the field soort of the content */
	enum kb_ground ground;
	enum kb_purpose purpose;
	enum kb_desk desk; /* at the recipient */
	bool urgent;
	int64_t expires_utc_ms; /* [now + the configured message life] */
	uint32_t *field;	/* out: the field for which it was refused, 0: none; may be NULL */
};

/* Which message it is, for the role's own rows (on_fate names it again). */
struct kb_sent_ref {
	struct kb_id message_id;
	struct kb_number_key
		key; /* recipient, own epoch, number: leads to kb_sent_get() after the commit */
};

/*
 * Assigns the next number for that recipient and takes the message into this group commit: at its end the log record (salt
 * and body encrypted under the key of the case), outbox and sent rows and the case record are written, sealed when the
 * session is up and a witness agreed, else it waits unsealed in the outbox. The author is the user of the act.
 * after_epoch/after_number is the last message of this case to its counterparty. ref may be NULL.
 *
 * KB_ERR_UNKNOWN_RECIPIENT (not in the directory; a query is then under way and on_register_change follows),
 * KB_ERR_NOT_ALLOWED, KB_ERR_NO_GROUND, KB_ERR_UNKNOWN_KIND, KB_ERR_OVERSIZE ... as kb_permission_check() says for this side,
 * KB_ERR_NOT_FOUND (case), KB_ERR_STATE (case closed for this recipient) and whatever the store says. What is refused has changed
 * nothing: the act can go on without it.
 */
KB_MUST_CHECK enum kb_err kb_act_send(struct kb_act *act, const struct kb_outgoing *outgoing,
				      struct kb_sent_ref *ref);

/* Whether kb_act_send() would take it: the same answer, and nothing is changed. */
KB_MUST_CHECK enum kb_err kb_act_may_send(struct kb_act *act, const struct kb_outgoing *outgoing);

/* The same for what nobody waits for once its recipient has left the register or cannot be sealed to: KB_OK then, nothing is sent. */
KB_MUST_CHECK enum kb_err kb_act_send_if_there(struct kb_act *act,
					       const struct kb_outgoing *outgoing);

/*
 * A new case, opened by this party: draws its id, stores the row (kb_case_create) and its CASE_OPENED record. In row the
 * caller sets kind, desk, subject_no, counterparty_no, schooljaar; the rest is filled in. data_key_no may name a key
 * that exists already.
 */
KB_MUST_CHECK enum kb_err kb_act_case_open(struct kb_act *act, struct kb_case *row);

/* A record of type CASE_ACT about the case, and a line in its timeline: code is a number of the role, hidden what it encodes
 * (encrypted under the key of the case; may be empty). *ledger_seq may be NULL. */
KB_MUST_CHECK enum kb_err kb_act_note(struct kb_act *act, uint64_t case_no, uint32_t code,
				      struct kb_span hidden, uint64_t *ledger_seq);

/* Starts a clock of a case: log record, deadline row, line in the timeline. In deadline the caller sets case_no, kind, rule,
 * source_id, about, started_utc_ms, due_utc_ms and historisch; clock_id and the rest are filled in. */
KB_MUST_CHECK enum kb_err kb_act_clock_start(struct kb_act *act, struct kb_deadline *deadline);
/* Stops it at that moment (which may lie before now: the recipient's stored time). out may be NULL; its state says whether it
 * was late. KB_ERR_NOT_FOUND; KB_ERR_STATE when it has stopped already. */
KB_MUST_CHECK enum kb_err kb_act_clock_stop(struct kb_act *act, uint64_t case_no, uint16_t clock_id,
					    int64_t stopped_utc_ms, struct kb_deadline *out);

/* Writes that the user of the act saw content (kb_access_log: NEN 7513), for whom and why. case_no 0: a list of count cases. Every
 * view of content calls it; what is printed or leaves the agent calls kb_act_accessed() with PRINT, EXPORT or SEARCH. A view with the
 * noodknop opens its review. */
KB_MUST_CHECK enum kb_err kb_act_accessed(struct kb_act *act, enum kb_record_type event,
					  const char *verb, uint64_t case_no, uint32_t count);
KB_MUST_CHECK enum kb_err kb_act_viewed(struct kb_act *act, const char *verb, uint64_t case_no,
					uint32_t count);

typedef enum kb_err (*kb_act_fn)(struct kb_act *act, void *arg);
/* After the commit (KB_OK) or the roll-back of this act. arg is what was given to kb_agent_run(). */
typedef void (*kb_done_fn)(struct kb_agent *agent, enum kb_err err, void *arg);

/*
 * Joins the group commit at the end of this round of the loop. fn is called within it, possibly more than once; arg must
 * live until done, which is always called, exactly once. done may be NULL. KB_ERR_NO_MEMORY: nothing was queued.
 */
KB_MUST_CHECK enum kb_err kb_agent_run(struct kb_agent *agent, uint32_t user_no, kb_act_fn fn,
				       kb_done_fn done, void *arg);

/*
 * Long work in slices: slice is called once a round, runs at most some 20 ms and sets *more while there is work left;
 * store writes go through kb_agent_run(). done as above. KB_ERR_BUSY when a job of that name runs.
 */
typedef enum kb_err (*kb_job_slice_fn)(struct kb_agent *agent, void *arg, bool *more);
KB_MUST_CHECK enum kb_err kb_agent_run_job(struct kb_agent *agent, const char *name,
					   kb_job_slice_fn slice, kb_done_fn done, void *arg);

#endif
