/* SPDX-License-Identifier: EUPL-1.2 */
/* Named places where a test can kill the process or make a step fail. Only with KB_TEST_SWITCHES; else nothing is compiled in. */
#ifndef KB_STORE_FAILPOINT_H
#define KB_STORE_FAILPOINT_H

#include "common/base/error.h"

/* X(name, word). A test can walk the table ("kill at every point"). */
#define KB_FAILPOINT_TABLE(X)                                                                      \
	X(NONE, "")                                                                                \
	X(ENV_CREATE_BEFORE_RENAME, "env-create-before-rename")                                    \
	X(ENV_PUT, "env-put")                                                                      \
	X(ENV_MAP_FULL, "env-map-full") /* error: put answers that the map is full */              \
	X(ENV_BEFORE_COMMIT, "env-before-commit")                                                  \
	X(ENV_COMMIT, "env-commit") /* error: the commit itself fails (EIO) */                     \
	X(ENV_COMMIT_NO_SPACE, "env-commit-no-space")                                              \
	X(ENV_AFTER_COMMIT, "env-after-commit")                                                    \
	X(KEYRING_BLOCK, "keyring-block")                                                          \
	X(KEYRING_DELETED, "keyring-deleted")	  /* deleted, not yet rewritten */                 \
	X(KEYRING_COPIED, "keyring-copied")	  /* copy is there, not yet renamed */             \
	X(KEYRING_RENAMED, "keyring-renamed")	  /* renamed, folder not yet synced */             \
	X(KEYRING_DESTROYED, "keyring-destroyed") /* all done, the caller has not logged it */     \
	X(LEDGER_TILE, "ledger-tile")                                                              \
	X(LEDGER_YEAR, "ledger-year")                                                              \
	X(MARKER_BEFORE, "marker-before")                                                          \
	X(MARKER_AFTER, "marker-after")                                                            \
	X(LETTER_WRITTEN, "letter-written") /* page on disk, nothing logged */                     \
	X(LETTER_STORED, "letter-stored")   /* logged, page without a name */

enum kb_failpoint {

#define KB_FAILPOINT_ENUM(name, word) KB_FAILPOINT_##name,
	KB_FAILPOINT_TABLE(KB_FAILPOINT_ENUM)
#undef KB_FAILPOINT_ENUM
		KB_FAILPOINT_COUNT,
};

#ifdef KB_TEST_SWITCHES

/*
 * KB_OK, unless KB_FAILPOINT="word:action[:n]" is set in the environment and this is the n-th time (default 1) that this place is
 * reached. Action kill: SIGKILL to itself. Action error: KB_ERR_IO, once.
 */
KB_MUST_CHECK enum kb_err kb_failpoint(enum kb_failpoint point);
/* Sets it from within (a spec as in the environment; NULL: none) and starts counting anew. KB_ERR_USAGE for a bad spec. */
KB_MUST_CHECK enum kb_err kb_failpoint_set(const char *spec);
const char *kb_failpoint_name(enum kb_failpoint point);

#else

KB_MUST_CHECK static inline enum kb_err
kb_failpoint(enum kb_failpoint point)
{
	(void)point;
	return KB_OK;
}

#endif

#endif
