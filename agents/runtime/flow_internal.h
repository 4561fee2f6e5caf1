/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of a case's flow share. */
#ifndef KB_RUNTIME_FLOW_INTERNAL_H
#define KB_RUNTIME_FLOW_INTERNAL_H

#include "agents/runtime/flow.h"
#include "common/store/case_items.h"
#include "common/wire/content.h"
#include "common/wire/zaak.h"

/* kb_case.regie_aangeboden_no: to nobody. */
#define KB_FLOW_NOT_OFFERED 0xffffffffu

/* Payload of KB_ITEM_UNINFORMED: a participant whom the records do not reach. */
struct kb_flow_uninformed {
	struct kb_party_id party;
	uint32_t reason; /* wire number of the refusal; 0: never delivered */
	uint32_t revision;
};

KB_MUST_CHECK enum kb_err kb_flow_uninformed_read(struct kb_span payload,
						  struct kb_flow_uninformed *out);

/* kb_flow_add() without what follows on it: kb_flow_settle() is called later. made_here: by us, else the message in hand brings them. */
KB_MUST_CHECK enum kb_err kb_flow_take(struct kb_flow *flow, const struct kb_span *records,
				       size_t count, bool made_here, size_t *fresh);
/* Whether a record with that hash is here. */
bool kb_flow_holds(const struct kb_flow *flow, const struct kb_hash *hash);
/* Whether a record that came from that proposal stands. */
bool kb_flow_has_record_of(const struct kb_flow *flow, const struct kb_id *proposal_id);
/* Brings case row, clocks and own proposals in step with what stands. */
KB_MUST_CHECK enum kb_err kb_flow_settle(struct kb_flow *flow);

/* The toestemming of this case for the purpose of its route that covers its steps, and no more, between us and party.
 * KB_ERR_NO_CONSENT. */
KB_MUST_CHECK enum kb_err kb_flow_consent(struct kb_flow *flow, const struct kb_party_id *party,
					  struct kb_id *consent_id);

/* Makes the record for an allowed request and adds it; nobody is told and nothing settled. */
KB_MUST_CHECK enum kb_err kb_flow_make(struct kb_flow *flow, const struct kb_chain_request *request,
				       struct kb_chain_refusal *refusal);

/* All steps so far to one who takes part; not reached is noted (niet op de hoogte). */
KB_MUST_CHECK enum kb_err kb_flow_tell_all(struct kb_flow *flow,
					   const struct kb_chain_participant *one);

/* Whether records may go to party in that role. */
KB_MUST_CHECK enum kb_err kb_flow_may_tell(struct kb_flow *flow, const struct kb_party_id *party,
					   uint32_t role);

/* Records of one case as a message brings them. */
struct kb_flow_incoming {
	struct kb_zaak_regels message; /* at least one */
	struct kb_chain_record *at;    /* each of them, decoded; all of the case of the message */
};

/*
 * flow_admission.c: everything that can refuse them, before anything is kept. We must take, or have taken, part in the case: nobody else
 * has to know of it. KB_ERR_NOT_ALLOWED (not by who has the regie, not for us, not for a case like this one), KB_ERR_CLOCK (of the
 * future), KB_ERR_OVERSIZE (more than a case may hold), KB_ERR_EQUIVOCATION (the sender told another story before), KB_ERR_STATE (a
 * takeover of what is closed), KB_ERR_BUSY (what would make it believable may still be on the way).
 */
KB_MUST_CHECK enum kb_err kb_flow_admit(struct kb_act *act, const struct kb_received *received,
					const struct kb_flow_incoming *records);

/* Whether it contradicts a record that is held: one sequencer made two after the same one. */
bool kb_flow_contradicts(const struct kb_flow *flow, const struct kb_chain_record *record);

/* flow_messages.c: decodes the records of a content, each of that case. KB_ERR_BAD_VALUE: of another one. */
KB_MUST_CHECK enum kb_err kb_flow_read_records(struct kb_act *act, struct kb_span content,
					       const struct kb_id *case_id,
					       struct kb_flow_incoming *out);

/* flow_recover.c: whether our own newest steps in this case may still have to come back after a restore: then no record is made. */
KB_MUST_CHECK enum kb_err kb_flow_recovering(struct kb_flow *flow, enum kb_flow_wait *wait);
/* flow_hand_back.c: a question or an answer about steps that were lost. */
KB_MUST_CHECK enum kb_err kb_flow_send_recovery(struct kb_flow *flow, const struct kb_party_id *to,
						enum kb_kind kind, struct kb_span content,
						const struct kb_id *in_reply_to,
						struct kb_sent_ref *ref);
/* flow_recover.c: of a case that came, or can be read, only after the restore the participants are asked too; once. */
KB_MUST_CHECK enum kb_err kb_flow_recover_one(struct kb_flow *flow);
/* A question of ours was refused or never got there: who was asked holds nothing for us. */
KB_MUST_CHECK enum kb_err kb_flow_recover_fate(struct kb_act *act, const struct kb_sent_fate *fate);
/* flow_messages.c: after records came in, or the profile with which they can be read: the desk of a case that has none yet, and clocks
 * that are due. A step of our own that cannot follow is for a person to look at. */
KB_MUST_CHECK enum kb_err kb_flow_arrived(struct kb_flow *flow);

/* flow_profiles.c: our own profile, when it is signed, stays here for the cases under it after the region has a new one. */
KB_MUST_CHECK enum kb_err kb_flow_profile_keep(struct kb_act *act,
					       const struct kb_profile *profile);

/* Clocks that are due and that nobody has told yet: as regievoerder, a record of each. */
KB_MUST_CHECK enum kb_err kb_flow_due(struct kb_flow *flow);

/* Payload of KB_ITEM_VOORSTEL: a step of ours that waits for the regievoerder. */
struct kb_flow_proposal {
	struct kb_span voorstel; /* encoded ZaakVoorstel */
	struct kb_party_id sent_to;
	uint32_t refused;    /* wire number of the reason; 0: not */
	struct kb_span rule; /* of a refusal */
	struct kb_span word;
	struct kb_hash origin; /* of a record of ours that a takeover made void; zero: none */
};

KB_MUST_CHECK enum kb_err kb_flow_proposal_read(struct kb_span payload,
						struct kb_flow_proposal *out);
/* *item_no 0: a new one, filled in; done: it stands, or nobody has to look at it any more. */
KB_MUST_CHECK enum kb_err kb_flow_proposal_put(struct kb_flow *flow, uint32_t *item_no,
					       const struct kb_flow_proposal *proposal, bool done);

/* A step of ours as it is kept, read. */
struct kb_flow_waiting {
	struct kb_case_item item; /* done or not */
	struct kb_flow_proposal proposal;
	struct kb_zaak_voorstel voorstel;
};

/* The one after one->item.item_no (0: the first), spans in the arena of the act. KB_ERR_NOT_FOUND at the end. */
KB_MUST_CHECK enum kb_err kb_flow_proposal_next(struct kb_flow *flow, struct kb_flow_waiting *one);
/* It cannot be taken in: kept with the reason, and somebody has to look. */
KB_MUST_CHECK enum kb_err kb_flow_proposal_refused(struct kb_flow *flow, uint32_t item_no,
						   const struct kb_flow_proposal *proposal,
						   uint32_t reason, struct kb_span rule,
						   struct kb_span word);

/* Every guard that is judged outside the case itself. */
#define KB_FLOW_GUARDS_OUTSIDE (((1u << KB_GUARD_COUNT) - 1) & ~KB_GUARDS_OF_CASE)

/* Who acts: this party, and of a person the name, function and desk. */
KB_MUST_CHECK enum kb_err kb_flow_actor(struct kb_act *act, struct kb_chain_request *request);

/* What an overdracht says of the pupil: the flag contactnodig of an OSO dossier (facts D2), a need for something extra (D01). */
enum kb_flow_sign {
	KB_FLOW_CONTACT_NODIG = 1 << 0,
	KB_FLOW_EXTRA_NEED = 1 << 1,
};

/* The kb_flow_sign bits of one message. */
uint32_t kb_flow_signs(const struct kb_inhoud *inhoud);
/* Whether those ask for a talk in that region: contactnodig always, a need only where [povo] warm_voor has it (D01; 003:1693, 001:433). */
bool kb_flow_wants_talk(const struct kb_profile *profile, uint32_t signs);

/* flow_options.c: one more in a list of what is needed, with "; " between. */
void kb_flow_put_label(struct kb_buf *text, const char *label);

/* Something that people must see: new in the inbox. */
void kb_flow_raise(struct kb_flow *flow, uint32_t flags);

#endif
