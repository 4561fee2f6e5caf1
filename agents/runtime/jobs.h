/* SPDX-License-Identifier: EUPL-1.2 */
/* Long work of an agent, a slice of each in every round. */
#ifndef KB_RUNTIME_JOBS_H
#define KB_RUNTIME_JOBS_H

#include "agents/runtime/act.h"

#define KB_JOBS_MAX 16

struct kb_job {
	const char *name; /* NULL: free */
	kb_job_slice_fn slice;
	kb_done_fn done;
	void *arg;
	int64_t not_before_mono_ms;
};

struct kb_jobs {
	struct kb_job at[KB_JOBS_MAX];
	struct kb_job *running; /* its slice is being called */
};

/* One slice of every job. true: there is more at once. */
bool kb_jobs_round(struct kb_agent *agent);
/* Called in a slice: the next one not before this many milliseconds (it waits for something). */
void kb_jobs_wait(struct kb_agent *agent, int64_t wait_ms);
int64_t kb_jobs_due_mono_ms(const struct kb_agent *agent);
/* Ends all with err. */
void kb_jobs_release(struct kb_agent *agent, enum kb_err err);

#endif
