/* SPDX-License-Identifier: EUPL-1.2 */
/* The people around a child as a case knows them: the child, its parents, contacts, and guests of partners without an agent. */
#ifndef KB_RUNTIME_CASE_PERSONS_H
#define KB_RUNTIME_CASE_PERSONS_H

#include "agents/runtime/act.h"
#include "agents/runtime/case_forms.h"

/* Adds a person to a case; *item_no (may be NULL) is the number within the case. */
KB_MUST_CHECK enum kb_err kb_case_person_add(struct kb_act *act, uint64_t case_no,
					     const struct kb_person_form *form, uint32_t *item_no);
/* Copies the child, its parents and contacts who still take part from one case to another; not the guests: those came for that case. */
KB_MUST_CHECK enum kb_err kb_case_persons_copy(struct kb_act *act, uint64_t from, uint64_t to);

#endif
