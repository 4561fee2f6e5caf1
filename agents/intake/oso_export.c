/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `oso export`. */
#include <stdlib.h>
#include <unistd.h>

#include "agents/intake/oso/run.h"
#include "agents/intake/oso_job.h"
#include "agents/intake/oso_verbs.h"
#include "agents/runtime/messages.h"
#include "common/base/file.h"
#include "common/store/record.h"
#include "common/wire/content.h"
#include "common/wire/envelope.h"

#define FILE_MODE 0600

const struct kb_desk_arg kb_oso_export_args[KB_OSO_EXPORT_ARG_COUNT] = {
	{ .name = "zaak", .type = KB_ARG_NUMBER, .required = true, .help = "nummer van de zaak" },
	{ .name = "pad", .type = KB_ARG_PATH, .required = true, .help = "het nieuwe bestand" },
};

struct job {
	struct kb_desk_call *call;
	struct kb_oso_run run;
	struct kb_oso_result result;
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

static enum kb_err
take_message(struct job *job, struct kb_step *step, const struct kb_case_record *line)
{
	struct kb_arena *arena = kb_desk_arena(job->call);
	struct kb_record_read record;
	struct kb_span salt = KB_SPAN_NONE;
	struct kb_span bytes = KB_SPAN_NONE;
	struct kb_inhoud inhoud;
	struct kb_body body;
	enum kb_err err = kb_record_get(step, line->ledger_seq, &record);

	if (err == KB_OK) {
		err = kb_record_open_message(step, &record, arena, &salt, &bytes);
	}
	if (err == KB_OK) {
		err = kb_body_decode(bytes, arena, &body);
	}
	if (err == KB_OK) {
		err = kb_inhoud_decode(body.content, arena, &inhoud);
	}
	if (err == KB_OK &&
	    kb_fields_get(inhoud.fields, inhoud.field_count, KB_VELD_OSO_METADATA).len == 0) {
		err = KB_ERR_NOT_FOUND; /* a dossier that was typed in */
	}
	if (err == KB_OK) {
		job->frames = kb_oso_frames_file(inhoud.fields, inhoud.field_count);
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
	enum kb_err found = KB_ERR_NOT_FOUND;
	enum kb_err err = KB_OK;

	if (job->frames >= 0) {
		(void)close(job->frames);
		job->frames = -1;
	}
	while (err == KB_OK && found == KB_ERR_NOT_FOUND) {
		bool counts = false;

		err = kb_case_record_back(act->step, case_no, &position, &line);
		if (err == KB_OK && line.kind == KB_KIND_OVERDRACHTSDOSSIER &&
		    line.direction != KB_DIRECTION_LOCAL) {
			err = kb_message_counts(act->step, &line, &counts);
		}
		if (err == KB_OK && counts) {
			found = take_message(job, act->step, &line);
		}
	}
	err = err == KB_OK ? found : err;
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
