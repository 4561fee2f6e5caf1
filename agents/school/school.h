/* SPDX-License-Identifier: EUPL-1.2 */
/* A po school as a role of the agent. */
#ifndef KB_SCHOOL_SCHOOL_H
#define KB_SCHOOL_SCHOOL_H

#include "agents/runtime/role.h"

extern const struct kb_role kb_role_school;

#endif
