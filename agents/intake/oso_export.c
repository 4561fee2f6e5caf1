/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `oso export`. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/intake/oso/parts.h"
#include "agents/intake/oso/run.h"
#include "agents/intake/oso_job.h"
#include "agents/intake/oso_verbs.h"
#include "agents/runtime/messages.h"
#include "common/base/file.h"
#include "common/wire/content.h"

#define FILE_MODE 0600

const struct kb_desk_arg kb_oso_export_args[KB_OSO_EXPORT_ARG_COUNT] = {
	{ .name = "zaak", .type = KB_ARG_NUMBER, .required = true, .help = "nummer van de zaak" },
	{ .name = "pad", .type = KB_ARG_PATH, .required = true, .help = "het nieuwe bestand" },
};

struct job {
	struct kb_desk_call *call;
	struct kb_oso_run run;
	struct kb_oso_result result;
	struct kb_oso_whole whole;
	uint32_t party_no; /* who its parts come from or went to */
	enum kb_direction direction;
	int frames; /* the fields, in memory; -1: not yet */
	bool started;
};

static void
job_release(void *state)
{
	struct job *job = state;

	kb_oso_run_release(&job->run);
	if (job->frames >= 0) {
		(void)close(job->frames);
	}
	free(job);
}

/* ---- what is in the case ---- */

/* KB_ERR_NOT_FOUND: a dossier that was typed in, or an older one than what is being put together. */
static enum kb_err
take_message(struct job *job, struct kb_step *step, const struct kb_case_record *line)
{
	struct kb_inhoud inhoud;
	bool first = job->whole.wanted == 0;
	bool taken = false;
	enum kb_err err = KB_OK;

	/* The parts of one dossier come from one hand. */
	if (!first && (line->party_no != job->party_no || line->direction != job->direction)) {
		return KB_OK;
	}
	err = kb_message_fields(step, line, kb_desk_arena(job->call), &inhoud);
	if (err == KB_OK) {
		err = kb_oso_whole_add(&job->whole, inhoud.fields, inhoud.field_count, &taken);
	}
	if (taken && first) {
		job->party_no = line->party_no;
		job->direction = line->direction;
	}
	/* What is older and makes no sense, or is gone, is none of ours. */
	return err == KB_ERR_NOT_FOUND || (err == KB_ERR_DATA && !first) ? KB_OK : err;
}

static enum kb_err
put_together(struct job *job)
{
	struct kb_field *fields = NULL;
	size_t count = 0;
	enum kb_err err = kb_oso_whole_join(&job->whole, kb_desk_arena(job->call), &fields, &count);

	if (err == KB_OK) {
		job->frames = kb_oso_frames_file(fields, count);
		err = job->frames >= 0 ? KB_OK : KB_ERR_NO_MEMORY;
	}
	return err;
}

/* Finds the newest one. May run again. What leaves the agent is logged before it does. */
static enum kb_err
collect_act(struct kb_act *act, void *arg)
{
	struct job *job = arg;
	uint64_t case_no = kb_desk_number_arg(job->call, "zaak");
	struct kb_case_record line;
	uint64_t position = 0;
	enum kb_err err = KB_OK;

	if (job->frames >= 0) {
		(void)close(job->frames);
		job->frames = -1;
	}
	memset(&job->whole, 0, sizeof(job->whole));
	while (err == KB_OK && !kb_oso_whole_is_complete(&job->whole)) {
		bool counts = false;

		err = kb_case_record_back(act->step, case_no, &position, &line);
		if (err == KB_OK && line.kind == KB_KIND_OVERDRACHTSDOSSIER &&
		    line.direction != KB_DIRECTION_LOCAL) {
			err = kb_message_counts(act->step, &line, &counts);
		}
		if (err == KB_OK && counts) {
			err = take_message(job, act->step, &line);
		}
	}
	if (err == KB_ERR_NOT_FOUND && job->whole.wanted > 0) {
		err = KB_ERR_INCOMPLETE;
	}
	if (err == KB_OK) {
		err = put_together(job);
	}
	return err == KB_OK ? kb_act_accessed(act, KB_RECORD_EXPORT, "oso export", case_no, 1)
			    : err;
}

/* ---- the file ---- */

static enum kb_err
finish(struct kb_desk_call *call, const struct job *job)
{
	enum kb_err err = KB_OK;

	if (job->result.finding_count > 0 || job->result.document.len == 0) {
		return kb_desk_fail(call, KB_ERR_DATA,
				    "De velden van dit bericht vormen geen OSO-dossier. Er is geen "
				    "bestand gemaakt.");
	}
	err = kb_file_create(kb_desk_path_arg(call, "pad"), FILE_MODE, job->result.document, NULL);
	if (err == KB_ERR_EXISTS) {
		return kb_desk_fail(call, err, "Dit bestand bestaat al. Kies een andere naam.");
	}
	if (err != KB_OK) {
		return kb_desk_fail(call, err, "De agent kan hier niet schrijven.");
	}
	kb_desk_job_done(call);
	kb_desk_say(call, "Het dossier is weggeschreven. Alleen het account van de agent kan het "
			  "lezen.");
	return KB_OK;
}

static enum kb_err
start_join(struct kb_desk_call *call, struct job *job)
{
	enum kb_err err = kb_desk_job_act_err(call);

	if (err == KB_ERR_NOT_FOUND) {
		return kb_desk_fail(call, err, "In deze zaak zit geen OSO-dossier.");
	}
	if (err == KB_ERR_INCOMPLETE) {
		return kb_desk_fail(call, err,
				    "Van dit dossier zijn er pas %zu van de %zu delen. Probeer het "
				    "later opnieuw; blijft het zo, vraag dan de afzender om het "
				    "nog eens te sturen.",
				    job->whole.have, job->whole.wanted);
	}
	if (err == KB_ERR_DATA) {
		return kb_desk_fail(call, err,
				    "De delen van dit dossier passen niet bij elkaar. Er is geen "
				    "bestand gemaakt. Vraag de afzender om het opnieuw te sturen.");
	}
	if (err == KB_OK) {
		err = kb_oso_run_start(&job->run, KB_OSO_TASK_JOIN, job->frames, -1);
		job->started = err == KB_OK;
	}
	return err == KB_OK ? KB_OK : kb_oso_say_failed(call, err);
}

enum kb_err
kb_oso_export(struct kb_desk_call *call)
{
	struct job *job = kb_desk_job_state_get(call);
	enum kb_err err = KB_OK;

	if (job == NULL) {
		job = calloc(1, sizeof(*job));
		if (job == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		*job = (struct job){ .call = call, .frames = -1, .run = { .answer_fd = -1 } };
		kb_desk_job_state(call, job, job_release);
		return kb_desk_job_act(call, collect_act, job);
	}
	if (!job->started) {
		return start_join(call, job);
	}
	err = kb_oso_job_answer(call, &job->run, &job->result);
	if (err == KB_ERR_BUSY) {
		return KB_OK;
	}
	return err == KB_OK ? finish(call, job) : kb_oso_say_failed(call, err);
}
