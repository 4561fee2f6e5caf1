/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemming at work: judged for every message that names one, carried, merged, limited and withdrawn (design 8). */
#ifndef KB_RUNTIME_CONSENT_H
#define KB_RUNTIME_CONSENT_H

#include "agents/runtime/role.h"
#include "common/store/consent.h"
#include "common/store/record.h"
#include "common/store/sent.h"
#include "common/wire/consent.h"
#include "common/wire/envelope.h"

/* ---- consent.c: the register of this party ---- */

struct kb_consent_query {
	uint64_t case_no; /* local; 0: not known here yet */
	struct kb_id case_id;
	struct kb_id consent_ref;
	struct kb_span carried; /* encoded OndertekendeToestemming out of the message, or empty */
	enum kb_purpose purpose;
	struct kb_party_id from;
	struct kb_party_id to;
	uint32_t categories;
	int32_t day; /* local */
};

/*
 * Own register and carried statement together; the stricter stands. KB_OK, KB_ERR_NO_CONSENT, KB_ERR_CONSENT_WITHDRAWN;
 * KB_ERR_BUSY: the recorder is not in the register here yet, asked for, so the message may come again; store trouble. Changes
 * nothing.
 */
KB_MUST_CHECK enum kb_err kb_consent_judge(struct kb_act *act,
					   const struct kb_consent_query *query);

/*
 * The newest signed statement, for Body.toestemming; in the arena of the act. to NULL: whoever. KB_ERR_NO_CONSENT: not known here, of
 * another case, or it does not name the party to.
 */
KB_MUST_CHECK enum kb_err kb_consent_carry(struct kb_act *act, const struct kb_id *consent_ref,
					   uint64_t case_no, const struct kb_party_id *to,
					   struct kb_span *out);

/*
 * Takes in the statement that came with an accepted message of case_no from party from_no: new, newer or different, it is stored
 * and logged. What does not hold or says nothing new changes nothing; the message itself was judged before.
 */
KB_MUST_CHECK enum kb_err kb_consent_take(struct kb_act *act, uint64_t case_no,
					  struct kb_span carried, uint32_t from_no);

/* A row of the register with its statements decoded. */
struct kb_consent_held {
	struct kb_consent row;
	bool has_statement;
	bool has_other;
	bool has_withdrawal;
	struct kb_toestemming statement;
	struct kb_toestemming other;
	struct kb_toestemming withdrawal;
};

/* KB_ERR_NOT_FOUND: unknown, or erased. */
KB_MUST_CHECK enum kb_err kb_consent_load(struct kb_act *act, const struct kb_id *consent_id,
					  struct kb_consent_held *out);
/* The same of a row that was read. */
KB_MUST_CHECK enum kb_err kb_consent_decode(struct kb_act *act, const struct kb_consent *row,
					    struct kb_consent_held *out);
/* What stands of it: the stricter of the statements that differ, withdrawn when it was. */
void kb_consent_standing(const struct kb_consent_held *held, struct kb_toestemming_merged *out);

/* Decodes a signed statement and checks it: KB_ERR_BAD_SEAL, KB_ERR_BUSY as above, KB_ERR_NO_CONSENT for a recorder or key that
 * does not count (any more), and what decoding says. */
KB_MUST_CHECK enum kb_err kb_consent_open(struct kb_act *act, struct kb_span ondertekend,
					  struct kb_toestemming *out);
/* Signs as this party: recorder, key_version and recorded_at are filled in. *ondertekend is in the arena. */
KB_MUST_CHECK enum kb_err kb_consent_sign(struct kb_act *act, struct kb_toestemming *toestemming,
					  struct kb_span *ondertekend);

/* Fills a new row of row->case_no from its case. KB_ERR_NO_CONSENT: the statement is about another case. */
KB_MUST_CHECK enum kb_err kb_consent_start(struct kb_act *act,
					   const struct kb_toestemming *toestemming,
					   struct kb_consent *row);
/* Puts a signed statement that is no withdrawal into the register and the log. held: a row to change; consent_no 0: a new one,
 * of which case_no is filled in. */
KB_MUST_CHECK enum kb_err kb_consent_store(struct kb_act *act, struct kb_consent_held *held,
					   const struct kb_toestemming *toestemming,
					   struct kb_span ondertekend,
					   enum kb_toestemming_step step, uint32_t from_no);
/* A record about it, with the statement under the key of the case, and a line in the timeline. */
KB_MUST_CHECK enum kb_err kb_consent_log(struct kb_act *act, const struct kb_consent *row,
					 enum kb_record_type type,
					 const struct kb_toestemming *toestemming,
					 struct kb_span ondertekend, uint32_t from_no,
					 uint64_t *ledger_seq);

/* ---- consent_withdraw.c: what has been sent under it ---- */

enum kb_consent_about {
	KB_CONSENT_ABOUT_NONE = 0,
	KB_CONSENT_UNDER,	 /* the message names it */
	KB_CONSENT_STATEMENT,	 /* TOESTEMMING_VERLEEND with it */
	KB_CONSENT_WITHDRAWAL,	 /* TOESTEMMING_INGETROKKEN */
	KB_CONSENT_CONFIRMATION, /* TOESTEMMING_BEVESTIGING */
};

struct kb_outgoing_letter;

struct kb_consent_message {
	enum kb_consent_about about;
	enum kb_direction direction;
	uint32_t party_no;
	int64_t at_utc_ms;
	const struct kb_body *body;
	const struct kb_sent_row *sent;	   /* of what was sent; NULL: still in this group */
	struct kb_outgoing_letter *letter; /* that one */
};

typedef enum kb_err (*kb_consent_message_fn)(struct kb_act *act,
					     const struct kb_consent_message *message, void *state);

/* Every message of the case about it, oldest first, those of this group at the end. What was erased is passed over. */
KB_MUST_CHECK enum kb_err kb_consent_each(struct kb_act *act, uint64_t case_no,
					  const struct kb_id *consent_id, kb_consent_message_fn fn,
					  void *state);

/* A message of ours that waits in the outbox: not covered any more, it ends here and its recipient is told (VERVALLEN). *may: it
 * can go. Costs nothing for messages without a toestemming. */
KB_MUST_CHECK enum kb_err kb_consent_may_send(struct kb_act *act, const struct kb_sent_row *sent,
					      bool *may);

struct kb_consent_counts {
	uint32_t recalled; /* ours without a receipt, ended now */
	uint32_t received; /* under it, received before */
	uint32_t told;	   /* parties */
	uint32_t owed;	   /* parties that cannot be told yet */
};

/*
 * The end of a toestemming: stored and logged, everything under it without a receipt recalled, and told to every party that sent
 * or was sent anything under it or the statement itself, but not to from_no (KB_PARTY_NO_SELF: nobody is left out). Once: a later
 * withdrawal of the same only counts.
 */
KB_MUST_CHECK enum kb_err kb_consent_end(struct kb_act *act, struct kb_consent_held *held,
					 const struct kb_toestemming *withdrawal,
					 struct kb_span ondertekend, uint32_t from_no,
					 struct kb_consent_counts *counts);
/* After a change: what is not covered any more is recalled and, with tell, the statement sent to who had anything under it (who
 * recorded it does that). */
KB_MUST_CHECK enum kb_err kb_consent_changed(struct kb_act *act, const struct kb_consent_held *held,
					     bool tell, struct kb_consent_counts *counts);
/* Sends the statement to one party. *owed: it cannot be sent to now. */
KB_MUST_CHECK enum kb_err kb_consent_tell(struct kb_act *act, const struct kb_consent *row,
					  struct kb_span ondertekend, enum kb_kind kind,
					  uint32_t party_no, bool *owed);
/* The directory knows more: withdrawals that somebody has not heard of yet. */
void kb_consent_register_changed(struct kb_agent *agent);

/* ---- consent_messages.c: kinds 110 to 112 ---- */

KB_MUST_CHECK enum kb_err kb_consent_handle_statement(struct kb_act *act,
						      const struct kb_received *received);
KB_MUST_CHECK enum kb_err kb_consent_handle_confirmation(struct kb_act *act,
							 const struct kb_received *received);

/* ---- for doctor ---- */

/* Toestemmingen of which two statements differ, and withdrawals that somebody has not been told. Any step. */
KB_MUST_CHECK enum kb_err kb_consent_troubles(struct kb_step *step, uint64_t *differing,
					      uint64_t *owed);

#endif
