/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `oso send`. */
#include "agents/intake/oso_job.h"
#include "agents/intake/oso_verbs.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/role.h"
#include "common/daemon/profile.h"

const struct kb_desk_arg kb_oso_send_args[KB_OSO_SEND_ARG_COUNT] = {
	{ .name = "zaak", .type = KB_ARG_NUMBER, .required = true, .help = "nummer van de zaak" },
	{ .name = "aan", .type = KB_ARG_PARTY, .required = true, .help = "partij-id" },
	{ .name = "pad", .type = KB_ARG_PATH, .required = true, .help = "het dossier (XML)" },
	{ .name = "toestemming",
	  .type = KB_ARG_ID,
	  .help = "toestemming voor wat niet uit de wettelijke taak volgt" },
};

/* The rest is the same as for any message: what may go to whom is decided there. */
static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	struct kb_oso_job *job = arg;
	const struct kb_profile *profile = kb_agent_profile(act->agent);
	struct kb_id consent = kb_desk_id_arg(job->call, "toestemming");
	struct kb_message message = {
		.outgoing = { .recipient = kb_desk_party_arg(job->call, "aan"),
			      .case_no = kb_desk_number_arg(job->call, "zaak"),
			      .kind = KB_KIND_OVERDRACHTSDOSSIER },
	};
	struct kb_oso_part *parts = NULL;
	enum kb_err err = KB_OK;

	if (kb_desk_has(job->call, "toestemming")) {
		/* Without it the dossier goes by task, which is narrower: no health (facts D5). */
		message.outgoing.consent_ref = KB_SPAN_OF(consent.bytes);
		message.outgoing.ground = KB_GROUND_TOESTEMMING;
	}
	if (profile != NULL) {
		message.outgoing.profile_hash = KB_SPAN_OF(profile->hash.bytes);
	}
	job->at = 0;
	err = kb_oso_parts_cut(job->result.fields, job->result.field_count, act->arena, &parts,
			       &job->ref_count);
	/* All of them or none: one act. */
	for (size_t i = 0; err == KB_OK && i < job->ref_count; i++) {
		message.fields = parts[i].fields;
		message.field_count = parts[i].count;
		err = kb_message_send(act, &message, &job->refs[i], &job->at);
	}
	return err;
}

static enum kb_err
finish(struct kb_desk_call *call, const struct kb_oso_job *job)
{
	enum kb_err err = kb_desk_job_act_err(call);
	const struct kb_field_row *field = kb_field_find(job->at);

	kb_desk_job_done(call);
	if (err == KB_ERR_OVERSIZE) {
		return kb_desk_fail(call, err,
				    "Niet verstuurd: %s is te groot. Haal grote bijlagen uit het "
				    "dossier en voeg die toe met 'ketenbode document add "
				    "--bestand'.",
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
	for (size_t i = 0; i < job->ref_count; i++) {
		kb_desk_row(call);
		kb_desk_cell_id(call, &job->refs[i].message_id);
	}
	if (job->ref_count > 1) {
		kb_desk_say(call,
			    "Het dossier is groot. Het staat klaar in %zu berichten en gaat weg "
			    "zodra het kan.",
			    job->ref_count);
	} else {
		kb_desk_say(call, "Het dossier staat klaar en gaat weg zodra het kan.");
	}
	return KB_OK;
}

enum kb_err
kb_oso_send(struct kb_desk_call *call)
{
	return kb_oso_job(call, true, send_act, finish);
}
