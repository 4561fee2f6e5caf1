/* SPDX-License-Identifier: EUPL-1.2 */
/* What the process forbids itself before it touches a key. */
#ifndef KB_DAEMON_LIMITS_H
#define KB_DAEMON_LIMITS_H

#include "common/base/error.h"

/*
 * umask 077; no core file and no ptrace by others (keys and pupils' data are in memory); no new privileges; the soft limit
 * of open files raised to the hard one, at most 65,536. Cannot be undone. KB_ERR_PERMISSION with a sentence when one of
 * them fails.
 */
KB_MUST_CHECK enum kb_err kb_limits_apply(struct kb_error_text *where);

/* True when the effective user is root: a daemon should not be (style 56). */
bool kb_limits_is_root(void);

#endif
