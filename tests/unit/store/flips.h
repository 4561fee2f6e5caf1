/* SPDX-License-Identifier: EUPL-1.2 */
/* Random single-bit flips in a data file, each looked at by a child of its own (issue: "none yields wrong data"). */
#ifndef KB_TESTS_STORE_FLIPS_H
#define KB_TESTS_STORE_FLIPS_H

#include "tests/unit/store/scratch.h"

struct flip_counts {
	unsigned harmless;  /* all data right, and it can be written */
	unsigned read_only; /* opens, says why, refuses writes, nothing read is wrong */
	unsigned refused;   /* does not open, with a sentence that names the file */
	unsigned wrong;	    /* wrong data, or damage without a word: must be 0 */
	unsigned crashed;   /* ended by a signal */
};

/* budget_ms as in kb_env_config: with -1 nothing is checked at open, as when the file is damaged while a daemon runs. */
void flips_run(unsigned count, int64_t budget_ms, struct flip_counts *out);

#endif
