/* SPDX-License-Identifier: EUPL-1.2 */
/* Collecting the bad lines of a data set while it is read. */
#ifndef KB_INTAKE_DATASET_PROBLEMS_H
#define KB_INTAKE_DATASET_PROBLEMS_H

#include "agents/intake/dataset.h"

/* Must be called in the order of files and lines. Faults of one line are joined into one problem. column is "" for a fault of
 * the whole line; other_line 0 when no other line is meant. what holds no value out of the file. */
struct kb_dataset_fault {
	enum kb_dataset_file file;
	uint32_t line;
	const char *column;
	const char *what;
	uint32_t other_line;
};

struct kb_dataset_collector {
	struct kb_dataset_problems *problems;
	enum kb_dataset_file last_file;
	uint32_t last_line; /* 0: none yet */
};

void kb_dataset_fault_add(struct kb_dataset_collector *collector,
			  const struct kb_dataset_fault *fault);

#endif
