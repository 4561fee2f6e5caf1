/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk verb `oso new`: a case about the child of a dossier. */
#include "agents/intake/oso_job.h"
#include "agents/intake/oso_verbs.h"
#include "agents/runtime/case_new.h"
#include "agents/runtime/role.h"
#include "common/exchange/date.h"
#include "common/exchange/fields.h"
#include "common/store/subjects.h"

const struct kb_desk_arg kb_oso_new_args[KB_OSO_NEW_ARG_COUNT] = {
	{ .name = "pad", .type = KB_ARG_PATH, .required = true, .help = "het dossier (XML)" },
};

/* What the dossier says of the child: name, birthday, PGN. An address is in none of its fields (facts D2: only the own school knows). */
static enum kb_err
read_child(struct kb_act *act, const struct kb_oso_result *result, struct kb_role_child *out)
{
	struct kb_span pgn = kb_fields_get(result->fields, result->field_count, KB_VELD_PGN);
	struct kb_span birth =
		kb_fields_get(result->fields, result->field_count, KB_VELD_GEBOORTEDATUM);

	*out = (struct kb_role_child){
		.name = kb_fields_get(result->fields, result->field_count, KB_VELD_LEERLING_NAAM),
		.birth_day = KB_DAY_NONE,
	};
	if (out->name.len == 0) {
		return KB_ERR_INCOMPLETE;
	}
	if (birth.len > 0 && kb_date_parse(birth, &out->birth_day) != KB_OK) {
		return KB_ERR_BAD_VALUE;
	}
	return pgn.len > 0 ? kb_subject_take(act->step, pgn, &out->subject_no)
			   : kb_subject_create(act->step, &out->subject_no);
}

static enum kb_err
new_act(struct kb_act *act, void *arg)
{
	struct kb_oso_job *job = arg;
	struct kb_role_child child;
	enum kb_err err = read_child(act, &job->result, &child);

	return err == KB_OK ? kb_case_new_child(act, &child, &job->opened) : err;
}

static enum kb_err
finish(struct kb_desk_call *call, const struct kb_oso_job *job)
{
	enum kb_err err = kb_desk_job_act_err(call);

	kb_desk_job_done(call);
	if (err == KB_ERR_INCOMPLETE) {
		return kb_desk_fail(call, KB_ERR_DATA, "In dit dossier staat geen naam.");
	}
	if (err == KB_OK) {
		kb_case_new_say(call, &job->opened);
	}
	return err;
}

enum kb_err
kb_oso_new(struct kb_desk_call *call)
{
	return kb_oso_job(call, false, new_act, finish);
}
