/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `oso send`. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/intake/oso/run.h"
#include "agents/intake/oso_verbs.h"
#include "agents/intake/school_state.h"
#include "agents/runtime/messages.h"
#include "common/daemon/profile.h"

/* A slice looks for a moment; the loop goes on in between. */
#define SLICE_MS 1
#define WAIT_MS 10

const struct kb_desk_arg kb_oso_send_args[KB_OSO_SEND_ARG_COUNT] = {
	{ .name = "zaak", .type = KB_ARG_NUMBER, .required = true, .help = "nummer van de zaak" },
	{ .name = "aan", .type = KB_ARG_PARTY, .required = true, .help = "partij-id" },
	{ .name = "pad", .type = KB_ARG_PATH, .required = true, .help = "het dossier (XML)" },
	{ .name = "toestemming",
	  .type = KB_ARG_ID,
	  .help = "toestemming voor wat niet uit de wettelijke taak volgt" },
};

struct job {
	struct kb_desk_call *call;
	struct kb_oso_run run;
	struct kb_oso_result result;
	bool acted;
	uint32_t at; /* field that did not fit */
	struct kb_sent_ref ref;
};

static void
job_release(void *state)
{
	struct job *job = state;

	kb_oso_run_release(&job->run);
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

static enum kb_err
begin(struct kb_desk_call *call)
{
	const struct kb_school_state *school = kb_agent_role_state(kb_desk_agent(call));
	struct job *job = NULL;
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
	kb_desk_job_state(call, job, job_release);
	dossier =
		open(kb_desk_path_arg(call, "pad"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	schema = open(school->oso_schema, O_RDONLY | O_CLOEXEC);
	if (dossier < 0) {
		err = kb_desk_fail(call, KB_ERR_DATA,
				   "De agent kan dit bestand niet openen. Bestaat het, en mag zijn "
				   "account erbij?");
	} else if (schema < 0) {
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
	kb_desk_section(call, "fouten", "afspraak|regel|plaats|fout");
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct kb_oso_finding *finding = &result->findings[i];

		kb_desk_row(call);
		kb_desk_cell(call, finding->rule);
		kb_desk_cell_number(call, finding->line);
		kb_desk_cell(call, finding->path);
		kb_desk_cell(call, finding->text);
	}
	return kb_desk_fail(call, KB_ERR_DATA,
			    "Het dossier heeft %zu fouten. Er is niets verstuurd.",
			    result->finding_count);
}

/* The rest is the same as for any message: what may go to whom is decided there. */
static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	struct job *job = arg;
	const struct kb_profile *profile = kb_agent_profile(act->agent);
	struct kb_id consent = kb_desk_id_arg(job->call, "toestemming");
	struct kb_message message = {
		.outgoing = { .recipient = kb_desk_party_arg(job->call, "aan"),
			      .case_no = kb_desk_number_arg(job->call, "zaak"),
			      .kind = KB_KIND_OVERDRACHTSDOSSIER },
		.fields = job->result.fields,
		.field_count = job->result.field_count,
	};

	if (kb_desk_has(job->call, "toestemming")) {
		/* Without it the dossier goes by task, which is narrower: no health (facts D5). */
		message.outgoing.consent_ref = KB_SPAN_OF(consent.bytes);
		message.outgoing.ground = KB_GROUND_TOESTEMMING;
	}
	if (profile != NULL) {
		message.outgoing.profile_hash = KB_SPAN_OF(profile->hash.bytes);
	}
	return kb_message_send(act, &message, &job->ref, &job->at);
}

static enum kb_err
finish(struct kb_desk_call *call, const struct job *job)
{
	enum kb_err err = kb_desk_job_act_err(call);
	const struct kb_field_row *field = kb_field_find(job->at);

	kb_desk_job_done(call);
	if (err == KB_ERR_OVERSIZE) {
		return kb_desk_fail(call, err,
				    "Niet verstuurd: %s is te groot voor een bericht. Haal grote "
				    "bijlagen uit het dossier en geef die apart.",
				    field != NULL ? field->label : "het dossier");
	}
	if (err != KB_OK && field != NULL) {
		return kb_desk_fail(call, err, "Niet verstuurd: het veld %s past niet.",
				    field->name);
	}
	if (err != KB_OK) {
		return kb_err_category(err) == KB_CATEGORY_REFUSED
			       ? kb_desk_fail(call, err,
					      "Niet verstuurd (%s). Vraag waarom met: ketenbode "
					      "explain",
					      kb_err_text(err))
			       : err;
	}
	kb_desk_section(call, "bericht", "bericht");
	kb_desk_row(call);
	kb_desk_cell_id(call, &job->ref.message_id);
	kb_desk_say(call, "Het dossier staat klaar en gaat weg zodra het kan.");
	return KB_OK;
}

enum kb_err
kb_oso_send(struct kb_desk_call *call)
{
	struct job *job = kb_desk_job_state_get(call);
	enum kb_err err = KB_OK;

	if (job == NULL) {
		return begin(call);
	}
	if (job->acted) {
		return finish(call, job);
	}
	err = kb_oso_run_read(&job->run, SLICE_MS);
	if (err == KB_ERR_BUSY) {
		kb_desk_job_wait(call, WAIT_MS);
		return KB_OK;
	}
	if (err == KB_OK) {
		err = kb_oso_result_read(kb_buf_span(&job->run.answer), &job->result);
	}
	if (err != KB_OK) {
		return kb_oso_say_failed(call, err);
	}
	if (job->result.finding_count > 0) {
		return say_findings(call, &job->result);
	}
	job->acted = true;
	return kb_desk_job_act(call, send_act, job);
}
