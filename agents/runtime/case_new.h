/* SPDX-License-Identifier: EUPL-1.2 */
/* A new case about a child that is known from somewhere. */
#ifndef KB_RUNTIME_CASE_NEW_H
#define KB_RUNTIME_CASE_NEW_H

#include "agents/runtime/role.h"

/*
 * Opens a case of the desk of the user of the act, with the child and its contactpersoon as persons of it. child->subject_no 0: a child
 * that is only known by this case; its name must not be empty.
 */
KB_MUST_CHECK enum kb_err kb_case_new_child(struct kb_act *act, const struct kb_role_child *child,
					    struct kb_case *out);
/* Its number and kenmerk as the answer. */
void kb_case_new_say(struct kb_desk_call *call, const struct kb_case *row);

#endif
