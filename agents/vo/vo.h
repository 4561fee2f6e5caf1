/* SPDX-License-Identifier: EUPL-1.2 */
/* A vo school as a role of the agent. */
#ifndef KB_VO_VO_H
#define KB_VO_VO_H

#include "agents/runtime/role.h"

extern const struct kb_role kb_role_vo;

#endif
