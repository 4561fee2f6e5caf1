/* SPDX-License-Identifier: EUPL-1.2 */
/* Long work of an agent. */
#include "agents/runtime/jobs.h"

#include "agents/runtime/agent_internal.h"

enum kb_err
kb_agent_run_job(struct kb_agent *agent, const char *name, kb_job_slice_fn slice, kb_done_fn done,
		 void *arg)
{
	struct kb_job *free_job = NULL;

	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		struct kb_job *job = &agent->jobs.at[i];

		if (job->name == NULL) {
			free_job = job;
		} else if (strcmp(job->name, name) == 0) {
			return KB_ERR_BUSY;
		}
	}
	if (free_job == NULL) {
		return KB_ERR_BUSY;
	}
	*free_job = (struct kb_job){ .name = name, .slice = slice, .done = done, .arg = arg };
	return KB_OK;
}

static void
end_job(struct kb_agent *agent, struct kb_job *job, enum kb_err err)
{
	struct kb_job ended = *job;

	*job = (struct kb_job){ 0 };
	if (ended.done != NULL) {
		ended.done(agent, err, ended.arg);
	}
}

void
kb_jobs_wait(struct kb_agent *agent, int64_t wait_ms)
{
	if (agent->jobs.running != NULL) {
		agent->jobs.running->not_before_mono_ms = kb_clock_mono_ms(&agent->clock) + wait_ms;
	}
}

int64_t
kb_jobs_due_mono_ms(const struct kb_agent *agent)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		const struct kb_job *job = &agent->jobs.at[i];

		if (job->name != NULL && job->not_before_mono_ms < due) {
			due = job->not_before_mono_ms;
		}
	}
	return due;
}

bool
kb_jobs_round(struct kb_agent *agent)
{
	int64_t now = kb_clock_mono_ms(&agent->clock);
	bool more_of_any = false;

	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		struct kb_job *job = &agent->jobs.at[i];
		bool more = false;

		if (job->name == NULL || job->not_before_mono_ms > now) {
			continue;
		}
		agent->jobs.running = job;
		enum kb_err err = job->slice(agent, job->arg, &more);

		agent->jobs.running = NULL;
		if (err != KB_OK || !more) {
			end_job(agent, job, err);
		} else {
			more_of_any = more_of_any || job->not_before_mono_ms <= now;
		}
	}
	return more_of_any;
}

void
kb_jobs_release(struct kb_agent *agent, enum kb_err err)
{
	for (size_t i = 0; i < KB_JOBS_MAX; i++) {
		if (agent->jobs.at[i].name != NULL) {
			end_job(agent, &agent->jobs.at[i], err);
		}
	}
}
