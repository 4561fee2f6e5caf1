/* SPDX-License-Identifier: EUPL-1.2 */
/* May this user do this, in this case: the one place where a request of the local socket is allowed or refused. */
#ifndef KB_RUNTIME_AUTHORISE_H
#define KB_RUNTIME_AUTHORISE_H

#include "agents/runtime/desk.h"
#include "common/exchange/access_rules.h"

/* Opaque types. */
struct kb_user;

/* Colleagues for whom one user deputises at the same time; more are left out. */
#define KB_ABSENT_MAX 8

/* Somebody of this party, as the rules ask for it. */
struct kb_authority_person {
	uint32_t user_no;
	bool active;
	uint32_t roles;
	uint32_t desk;
	struct kb_party_id employer; /* this party when the user row names none */
};

/* What was decided of a request; what it shows is logged with it. */
struct kb_authority {
	enum kb_access_action action;
	struct kb_authority_person self; /* user_no 0: not asked */
	struct kb_authority_person absent[KB_ABSENT_MAX];
	size_t absent_count;
	uint32_t desk; /* at which the user acts: the own one, or that of the absent one */
	uint32_t responsible_no; /* on whose behalf; 0: the user */
	bool emergency;		 /* the noodknop */
	struct kb_span reason;	 /* given by the user; in the request */
	uint64_t review_no;	 /* made by a view with the noodknop; 0: none */
	/* The last case of a list that was asked about: lists name the same case more than once. */
	bool row_asked;
	uint64_t row_case_no;
	bool row_sees;
	const char *row_rule; /* that refused it; "": none */
};

/* A refusal that still has to be logged, in a step of its own: that of the request is rolled back. */
struct kb_denial {
	enum kb_err err; /* KB_OK: nothing was refused */
	uint32_t user_no;
	uint32_t desk;
	uint64_t case_no;
	bool emergency;
	const char *rule;
	struct kb_span reason;
};

/* Bytes of a reason, in the access record. */
#define KB_ACCESS_REASON_BYTES_MAX 1000

/* One sentence for a case that is not there and for a case that this user may not see. */
#define KB_ACCESS_SENTENCE "Dit mag u niet zien, of het bestaat niet."

/*
 * The check of a request, in the step in which it is answered: what the verb asks (desk.h), of which case (argument zaak), with the
 * noodknop (arguments noodgeval and reden). A refusal is KB_ERR_PERMISSION with a sentence, KB_ERR_UNKNOWN_USER or, for a noodknop
 * without a reason, KB_ERR_DATA; and it is left in the call to be logged.
 */
KB_MUST_CHECK enum kb_err kb_authorise(struct kb_desk_call *call);
/* For somebody who is known but may not ask anything (any more): leaves the refusal to be logged. */
void kb_authorise_denied(struct kb_desk_call *call, const struct kb_user *user, enum kb_err err);

/* Whether one case of a list or an export may be in the answer. case_no 0: what is in no case, and so of the first desk. Only errors
 * of the store. */
KB_MUST_CHECK enum kb_err kb_authorise_row(struct kb_desk_call *call, uint64_t case_no, bool *sees);

/*
 * For a verb that names what it works on by another number than that of its case, asked where the case is known; 0: there is none.
 * Refuses as kb_authorise() does, with the same sentence and the same line in the log; what a deputy may is noted for both.
 */
KB_MUST_CHECK enum kb_err kb_authorise_case(struct kb_desk_call *call, uint64_t case_no);

#endif
