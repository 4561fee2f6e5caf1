/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier that is read by the helper for a verb, which then acts on its fields. */
#ifndef KB_INTAKE_OSO_JOB_H
#define KB_INTAKE_OSO_JOB_H

#include "agents/intake/oso/parts.h"
#include "agents/intake/oso/run.h"
#include "agents/runtime/act.h"
#include "agents/runtime/desk.h"

struct kb_oso_job {
	struct kb_desk_call *call;
	struct kb_oso_run run;
	struct kb_oso_run trial; /* puts the fields together again, before they are sent */
	bool trying;
	struct kb_oso_result result; /* the fields of the dossier, once the act runs */
	bool acted;
	/* what the act leaves for its finish */
	uint32_t at;				   /* field that did not fit; 0: none */
	struct kb_sent_ref refs[KB_OSO_PARTS_MAX]; /* of the messages that it went in */
	size_t ref_count;
	struct kb_case opened;
};

/*
 * The whole of a KB_VERB_JOB with the argument pad: reads the dossier with the schema of the configuration, answers with the findings
 * when a rule is broken, else runs act (arg: the job; may run again). must_join: only when the fields can be put together again
 * (KB_ERR_DATA with a sentence) and then finish, which asks kb_desk_job_act_err() and ends the job.
 */
KB_MUST_CHECK enum kb_err kb_oso_job(struct kb_desk_call *call, bool must_join, kb_act_fn act,
				     enum kb_err (*finish)(struct kb_desk_call *call,
							   const struct kb_oso_job *job));

/* The answer of the helper, or KB_ERR_BUSY with the job asked to wait: then the verb returns KB_OK. */
KB_MUST_CHECK enum kb_err kb_oso_job_answer(struct kb_desk_call *call, struct kb_oso_run *run,
					    struct kb_oso_result *result);

#endif
