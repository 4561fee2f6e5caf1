/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier that is read by the helper for a verb, which then acts on its fields. */
#include "agents/intake/oso_job.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/intake/oso_verbs.h"
#include "agents/intake/school_state.h"
#include "agents/runtime/role.h"

/* A slice looks for a moment; the loop goes on in between. */
#define SLICE_MS 1
#define WAIT_MS 10

static void
job_release(void *state)
{
	struct kb_oso_job *job = state;

	kb_oso_run_release(&job->run);
	kb_oso_run_release(&job->trial);
	free(job);
}

enum kb_err
kb_oso_say_failed(struct kb_desk_call *call, enum kb_err err)
{
	if (err == KB_ERR_TRUNCATED) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "Het bestand vraagt meer geheugen of tijd dan een dossier mag. "
				    "Er is niets van gebruikt.");
	}
	return err == KB_ERR_CONFIG
		       ? kb_desk_fail(call, err, "ketenbode-oso is niet geinstalleerd.")
		       : err;
}

/* A folder or a device can be opened, but is nothing to read a dossier from. */
static bool
is_file(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

static enum kb_err
begin(struct kb_desk_call *call)
{
	const struct kb_school_state *school = kb_agent_role_state(kb_desk_agent(call));
	struct kb_oso_job *job = NULL;
	int dossier = -1;
	int schema = -1;
	enum kb_err err = KB_OK;

	if (school->oso_schema[0] == 0) {
		return kb_desk_fail(call, KB_ERR_CONFIG,
				    "Het schema is niet ingesteld: zet schema bij [oso] in de "
				    "configuratie.");
	}
	job = calloc(1, sizeof(*job));
	if (job == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	job->call = call;
	job->run.answer_fd = -1;
	job->trial.answer_fd = -1;
	kb_desk_job_state(call, job, job_release);
	dossier =
		open(kb_desk_path_arg(call, "pad"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	schema = open(school->oso_schema, O_RDONLY | O_CLOEXEC);
	if (dossier < 0) {
		err = kb_desk_fail(call, KB_ERR_DATA,
				   "De agent kan dit bestand niet openen. Bestaat het, en mag zijn "
				   "account erbij?");
	} else if (!is_file(dossier)) {
		err = kb_desk_fail(call, KB_ERR_DATA, "Dit is geen bestand.");
	} else if (schema < 0 || !is_file(schema)) {
		err = kb_desk_fail(call, KB_ERR_CONFIG, "Het schema van [oso] is niet te lezen.");
	} else {
		err = kb_oso_say_failed(
			call, kb_oso_run_start(&job->run, KB_OSO_TASK_SPLIT, dossier, schema));
	}
	if (dossier >= 0) {
		(void)close(dossier);
	}
	if (schema >= 0) {
		(void)close(schema);
	}
	return err;
}

static enum kb_err
say_findings(struct kb_desk_call *call, const struct kb_oso_result *result)
{
	const struct kb_oso_finding *fault = kb_oso_result_schema_fault(result);

	if (fault != NULL) {
		return kb_desk_fail(call, KB_ERR_CONFIG, "Het schema van [oso]: %.*s",
				    (int)fault->text.len, (const char *)fault->text.at);
	}
	kb_desk_section(call, "fouten", "afspraak|regel|plaats|fout");
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct kb_oso_finding *finding = &result->findings[i];

		kb_desk_row(call);
		kb_desk_cell(call, finding->rule);
		kb_desk_cell_number(call, finding->line);
		kb_desk_cell(call, finding->path);
		kb_desk_cell(call, finding->text);
	}
	return kb_desk_fail(call, KB_ERR_DATA, "Het dossier heeft %zu fouten. Er is niets gedaan.",
			    result->finding_count);
}

enum kb_err
kb_oso_job_answer(struct kb_desk_call *call, struct kb_oso_run *run, struct kb_oso_result *result)
{
	enum kb_err err = kb_oso_run_read(run, SLICE_MS);

	if (err == KB_ERR_BUSY) {
		kb_desk_job_wait(call, WAIT_MS);
	}
	return err == KB_OK ? kb_oso_result_read(kb_buf_span(&run->answer), result) : err;
}

/* What is sent must come out at the other side: the helper there does with the fields what this one does now. */
static enum kb_err
start_trial(struct kb_desk_call *call, struct kb_oso_job *job)
{
	int frames = kb_oso_frames_file(job->result.fields, job->result.field_count);
	enum kb_err err = frames >= 0 ? kb_oso_run_start(&job->trial, KB_OSO_TASK_JOIN, frames, -1)
				      : KB_ERR_NO_MEMORY;

	if (frames >= 0) {
		(void)close(frames);
	}
	job->trying = err == KB_OK;
	if (err == KB_OK) {
		kb_desk_job_wait(call, WAIT_MS);
	}
	return err == KB_OK ? KB_OK : kb_oso_say_failed(call, err);
}

static enum kb_err
end_of_trial(struct kb_desk_call *call, struct kb_oso_job *job)
{
	struct kb_oso_result *joined = calloc(1, sizeof(*joined));
	enum kb_err err =
		joined != NULL ? kb_oso_job_answer(call, &job->trial, joined) : KB_ERR_NO_MEMORY;

	if (err == KB_OK && (joined->finding_count > 0 || joined->document.len == 0)) {
		err = KB_ERR_TRUNCATED;
	}
	if (err != KB_ERR_BUSY) {
		kb_oso_run_release(&job->trial);
	}
	free(joined);
	return err;
}

enum kb_err
kb_oso_job(struct kb_desk_call *call, bool must_join, kb_act_fn act,
	   enum kb_err (*finish)(struct kb_desk_call *call, const struct kb_oso_job *job))
{
	struct kb_oso_job *job = kb_desk_job_state_get(call);
	enum kb_err err = KB_OK;

	if (job == NULL) {
		return begin(call);
	}
	if (job->acted) {
		return finish(call, job);
	}
	if (job->trying) {
		err = end_of_trial(call, job);
		if (err != KB_OK) {
			return err == KB_ERR_BUSY ? KB_OK : kb_oso_say_failed(call, err);
		}
		job->acted = true;
		return kb_desk_job_act(call, act, job);
	}
	err = kb_oso_job_answer(call, &job->run, &job->result);
	if (err != KB_OK) {
		return err == KB_ERR_BUSY ? KB_OK : kb_oso_say_failed(call, err);
	}
	if (job->result.finding_count > 0) {
		return say_findings(call, &job->result);
	}
	if (must_join) {
		return start_trial(call, job);
	}
	job->acted = true;
	return kb_desk_job_act(call, act, job);
}
