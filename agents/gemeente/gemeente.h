/* SPDX-License-Identifier: EUPL-1.2 */
/* The gemeente as a role of the agent. */
#ifndef KB_GEMEENTE_GEMEENTE_H
#define KB_GEMEENTE_GEMEENTE_H

#include "agents/runtime/role.h"

extern const struct kb_role kb_role_gemeente;

#endif
