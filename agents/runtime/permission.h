/* SPDX-License-Identifier: EUPL-1.2 */
/* One message before the permission table: the same question at the sender, at every sealing, and at the recipient. */
#ifndef KB_RUNTIME_PERMISSION_H
#define KB_RUNTIME_PERMISSION_H

#include "agents/runtime/act.h"
#include "agents/runtime/directory.h"
#include "common/exchange/permit.h"
#include "common/wire/envelope.h"

struct kb_permission {
	const struct kb_entry *from; /* as the register has them */
	const struct kb_entry *to;
	const struct kb_body *body;
	uint64_t case_no; /* local; 0: none, or not known here yet */
	bool numbered;
	bool sending; /* we are the sender: what only the sender can know is asked of our own store */
	struct kb_permit_answer answer; /* out */
	uint32_t
		field; /* out: number of the field that may not be there; 0: none, or it is not about a field */
};

/*
 * KB_OK, or the rule that refuses: what kb_kind_shape(), kb_fields_check(), kb_permit_decide(), kb_identifiers_check() and the
 * register of toestemmingen say, in this order; store trouble. Changes nothing.
 */
KB_MUST_CHECK enum kb_err kb_permission_check(struct kb_act *act, struct kb_permission *permission);

/* Kind, sectors and desk of a party, as a question has them. */
struct kb_permit_party kb_permission_party(const struct kb_entry *entry, enum kb_desk desk);
/* What the own region agreed. */
uint32_t kb_permission_region(const struct kb_agent *agent);
/* The own entry in the register. KB_ERR_OFFLINE: not known yet. */
KB_MUST_CHECK enum kb_err kb_permission_self(struct kb_act *act, const struct kb_entry **out);

#endif
