/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests of the local socket: who asks, which verb, where it runs. */
#include <stdlib.h>
#include <unistd.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/log.h"
#include "common/exchange/date.h"
#include "common/store/access.h"
#include "common/store/check.h"
#include "common/store/users.h"

struct sentence {
	enum kb_err err;
	const char *text;
};

static const struct sentence sentences[] = {
	{ KB_ERR_NOT_FOUND, "dat is hier niet bekend" },
	{ KB_ERR_EXISTS, "dat bestaat al" },
	{ KB_ERR_STATE, "dat kan in deze stand van de zaak niet" },
	{ KB_ERR_PERMISSION, "dat mag dit systeemaccount niet" },
	{ KB_ERR_UNKNOWN_USER, "deze gebruiker is niet bekend of niet meer actief" },
	{ KB_ERR_READ_ONLY,
	  "er is schade gevonden, daarom wordt niets meer geschreven; vraag 'ketenbode doctor'" },
	{ KB_ERR_CORRUPT,
	  "er is schade gevonden in de opgeslagen gegevens; vraag 'ketenbode doctor'" },
	{ KB_ERR_NO_SPACE, "de schijf is vol; maak ruimte, daarna gaat het vanzelf verder" },
	{ KB_ERR_STORE_FULL,
	  "de administratie heeft haar ingestelde grootte bereikt; verhoog size_max" },
	{ KB_ERR_CLOCK, "de klok van deze machine staat verkeerd; zet de klok goed" },
	{ KB_ERR_BUSY, "dat loopt al of het is te druk; probeer het zo weer" },
	{ KB_ERR_OFFLINE, "er is nu geen verbinding met de broker" },
	{ KB_ERR_UNKNOWN_RECIPIENT, "deze partij staat niet (meer) in het register" },
	{ KB_ERR_REGISTER_EXPIRED, "het register is verlopen; er wordt niets verzonden" },
	{ KB_ERR_NO_MEMORY, "er is geen geheugen vrij" },
	{ KB_ERR_NOT_ALLOWED, "deze soort bericht is niet toegestaan tussen deze partijen" },
	{ KB_ERR_NO_GROUND, "er is geen grondslag voor dit bericht" },
	{ KB_ERR_NO_CONSENT, "er is geen geldige toestemming voor dit bericht" },
	{ KB_ERR_CONSENT_WITHDRAWN, "de toestemming voor dit bericht is ingetrokken" },
	{ KB_ERR_FIELD_NOT_ALLOWED, "dit hoort niet in dit bericht aan deze partij" },
	{ KB_ERR_BAD_VALUE, "dit heeft niet de vorm die hier hoort" },
	{ KB_ERR_OVERSIZE, "dit is te lang" },
	{ KB_ERR_INCOMPLETE, "er ontbreekt iets dat bij dit bericht hoort" },
	{ KB_ERR_FIELD_NOT_ALLOWED,
	  "dit gegeven mag niet naar deze ontvanger, of hoort niet bij deze soort" },
	{ KB_ERR_BAD_VALUE, "de waarde heeft niet de vorm die erbij hoort" },
	{ KB_ERR_BAD_TEXT, "de tekst heeft tekens die niet mogen" },
	{ KB_ERR_OVERSIZE, "het is te lang" },
	{ KB_ERR_UNKNOWN_KIND, "deze soort bericht is niet bekend" },
	{ KB_ERR_USAGE, "dit verzoek is niet begrepen" },
	{ KB_ERR_IO, "lezen of schrijven op de schijf mislukte" },
};

const char *
kb_desk_err_sentence(enum kb_err err)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].err == err) {
			return sentences[i].text;
		}
	}
	return "er ging iets mis; de naam van de fout staat erbij";
}

static const struct kb_desk_verb *
find_in(const struct kb_desk_verb *verbs, size_t count, struct kb_span name)
{
	for (size_t i = 0; i < count; i++) {
		if (kb_span_equal(name, kb_span_text(verbs[i].name))) {
			return &verbs[i];
		}
	}
	return NULL;
}

static const struct kb_desk_verb *
find_verb(const struct kb_role *role, struct kb_span name)
{
	size_t count = 0;
	const struct kb_desk_verb *general = kb_desk_general_verbs(&count);
	const struct kb_desk_verb *verb = find_in(role->verbs, role->verb_count, name);

	return verb != NULL ? verb : find_in(general, count, name);
}

static void
end_call(struct kb_desk_call *call)
{
	struct kb_agent *agent = call->agent;

	if (call->job_release != NULL) {
		call->job_release(call->job_state);
	}
	for (size_t i = 0; i < KB_DESK_CALLS_MAX; i++) {
		if (agent->desk.at[i] == call) {
			agent->desk.at[i] = NULL;
		}
	}
	kb_buf_wipe(&call->text);
	kb_arena_release(&call->arena);
	kb_arena_release(&call->request_arena);
	free(call);
}

static void
finish(struct kb_desk_call *call, enum kb_err err)
{
	kb_desk_send(call, err);
	end_call(call);
}

/* ---- who asks ---- */

static enum kb_err
check_caller(struct kb_desk_call *call, struct kb_step *step)
{
	const struct kb_desk_verb *verb = call->verb;
	struct kb_user user;
	enum kb_err err;

	if (verb->needs_admin && call->client.uid != 0 && call->client.uid != getuid()) {
		return kb_desk_fail(call, KB_ERR_PERMISSION,
				    "'%s' mag alleen het account van dit programma of root",
				    verb->name);
	}
	if (call->request.user.len == 0) {
		return verb->needs_user ? kb_desk_fail(call, KB_ERR_UNKNOWN_USER,
						       "zeg wie u bent: '%s' vraagt een gebruiker",
						       verb->name)
					: KB_OK;
	}
	err = kb_user_find(step, call->request.user, &call->request_arena, &user);
	if (err == KB_OK) {
		err = kb_user_check(&user, call->client.uid, 0, call->now_utc_ms,
				    kb_date_local_day(call->now_utc_ms));
		if (err != KB_OK && verb->needs_user) {
			kb_authorise_denied(call, &user, err);
		}
	}
	if (err == KB_OK) {
		call->user_no = user.user_no;
		return KB_OK;
	}
	if (!verb->needs_user && err == KB_ERR_UNKNOWN_USER) {
		return KB_OK; /* the verb needs nobody: an administrator may be no user */
	}
	return err == KB_ERR_PERMISSION
		       ? kb_desk_fail(call, err,
				      "deze gebruiker hoort bij een ander systeemaccount")
		       : err;
}

/* ---- a refusal is logged before it is told ---- */

static enum kb_err
denied_act(struct kb_act *act, void *arg)
{
	struct kb_desk_call *call = arg;
	const struct kb_denial *denial = &call->denial;
	struct kb_access access = { .event = KB_RECORD_ACCESS_DENIED,
				    .at_utc_ms = act->now_utc_ms,
				    .user_no = denial->user_no,
				    .desk = denial->desk,
				    .case_no = denial->case_no,
				    .ground = denial->emergency ? KB_GROUND_VITAAL_BELANG
								: KB_GROUND_WETTELIJKE_TAAK,
				    .emergency = denial->emergency };
	struct kb_buf what = { 0 };
	enum kb_err err = kb_buf_putf(&what, "%s (regel %s)", call->verb->name, denial->rule);

	access.what = kb_buf_span(&what);
	access.reason = denial->reason;
	if (err == KB_OK) {
		err = kb_access_log(act->step, &access, NULL);
	}
	kb_buf_release(&what);
	return err;
}

static void
denied_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_desk_call *call = arg;

	(void)agent;
	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "refusal-not-logged", "reason=%s", kb_err_name(err));
	}
	finish(call, call->denial.err); /* refused it is, logged or not */
}

/* The end of a request that may have been refused by a rule of access. */
static void
end_with(struct kb_desk_call *call, enum kb_err err)
{
	if (err == KB_OK || call->denial.err != err ||
	    kb_agent_run(call->agent, 0, denied_act, denied_done, call) != KB_OK) {
		finish(call, err);
	}
}

/* ---- where it runs ---- */

static void
run_read(struct kb_desk_call *call)
{
	struct kb_step *step = NULL;
	enum kb_err err = kb_step_begin(call->agent->store, KB_STEP_READ, &step);

	if (err == KB_OK) {
		call->step = step;
		err = kb_authorise(call);
		if (err == KB_OK) {
			err = call->verb->fn(call);
		}
		call->step = NULL;
	}
	kb_step_abort(&step);
	end_with(call, err);
}

static enum kb_err
verb_act(struct kb_act *act, void *arg)
{
	struct kb_desk_call *call = arg;
	enum kb_err err;

	kb_desk_reset(call);
	call->act = act;
	call->step = act->step;
	act->authority = &call->authority;
	err = kb_authorise(call);
	if (err == KB_OK) {
		err = call->verb->fn(call);
	}
	/* What a deputy does names both. */
	if (err == KB_OK && call->authority.action == KB_ACCESS_ACT &&
	    call->authority.responsible_no != 0) {
		err = kb_act_viewed(act, call->verb->name, kb_desk_number_arg(call, "zaak"), 1);
	}
	call->act = NULL;
	call->step = NULL;
	return err;
}

static void
verb_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_desk_call *call = arg;

	(void)agent;
	if (err == KB_OK && call->authority.review_no != 0) {
		kb_log(KB_LOG_WARNING, "emergency-view", "review=%llu",
		       (unsigned long long)call->authority.review_no);
	}
	end_with(call, err);
}

static enum kb_err
job_act_run(struct kb_act *act, void *arg)
{
	struct kb_desk_call *call = arg;

	act->authority = &call->authority;
	return call->job_act(act, call->job_act_arg);
}

static void
job_act_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct kb_desk_call *call = arg;

	(void)agent;
	call->job_act_err = err;
	call->job_act_pending = false;
}

enum kb_err
kb_desk_job_act(struct kb_desk_call *call, kb_act_fn fn, void *arg)
{
	enum kb_err err;

	KB_INVARIANT(!call->job_act_pending);
	call->job_act = fn;
	call->job_act_arg = arg;
	err = kb_agent_run(call->agent, (uint32_t)call->user_no, job_act_run, job_act_done, call);
	call->job_act_pending = err == KB_OK;
	return err;
}

enum kb_err
kb_desk_job_act_err(const struct kb_desk_call *call)
{
	return call->job_act_err;
}

void
kb_desk_job_state(struct kb_desk_call *call, void *state, void (*release)(void *state))
{
	call->job_state = state;
	call->job_release = release;
}

void *
kb_desk_job_state_get(struct kb_desk_call *call)
{
	return call->job_state;
}

void
kb_desk_job_done(struct kb_desk_call *call)
{
	call->job_done = true;
}

void
kb_desk_job_wait(struct kb_desk_call *call, int64_t wait_ms)
{
	kb_jobs_wait(call->agent, wait_ms);
}

static enum kb_err
job_slice(struct kb_agent *agent, void *arg, bool *more)
{
	struct kb_desk_call *call = arg;
	enum kb_err err;

	*more = true;
	if (call->job_act_pending) {
		return KB_OK;
	}
	if (call->gone) {
		return KB_ERR_OFFLINE;
	}
	call->now_utc_ms = kb_clock_utc_ms(&agent->clock);
	err = call->verb->fn(call);
	*more = err == KB_OK && (!call->job_done || call->job_act_pending);
	return err;
}

static void
job_ended(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	finish(arg, err);
}

static void
start_call(struct kb_desk_call *call)
{
	enum kb_err err = KB_OK;

	if (call->verb->mode == KB_VERB_READ) {
		run_read(call);
		return;
	}
	if (call->verb->mode == KB_VERB_JOB) {
		err = kb_agent_run_job(call->agent, call->verb->name, job_slice, job_ended, call);
		if (err == KB_ERR_BUSY) {
			err = kb_desk_fail(call, err, "'%s' loopt al; wacht tot het klaar is",
					   call->verb->name);
		}
	} else {
		err = kb_agent_run(call->agent, (uint32_t)call->user_no, verb_act, verb_done, call);
	}
	if (err != KB_OK) {
		finish(call, err);
	}
}

static enum kb_err
prepare(struct kb_desk_call *call)
{
	struct kb_step *step = NULL;
	enum kb_err err;

	call->verb = find_verb(call->agent->role, call->request.verb);
	if (call->verb == NULL) {
		return kb_desk_fail(call, KB_ERR_USAGE,
				    "deze agent kent '%.*s' niet; 'help' noemt wat hij kent",
				    (int)call->request.verb.len,
				    (const char *)call->request.verb.at);
	}
	err = kb_desk_check_arguments(call);
	if (err == KB_OK &&
	    (call->verb->needs_user || call->verb->needs_admin || call->request.user.len > 0)) {
		err = kb_step_begin(call->agent->store, KB_STEP_READ, &step);
		if (err == KB_OK) {
			err = check_caller(call, step);
		}
		/* Of a job, before its first slice; of others in the step in which they run. */
		if (err == KB_OK && call->verb->mode == KB_VERB_JOB) {
			call->step = step;
			err = kb_authorise(call);
			call->step = NULL;
		}
		kb_step_abort(&step);
	}
	return err;
}

void
kb_agent_desk_request(struct kb_agent *agent, const struct kb_desk_client *client,
		      struct kb_span request)
{
	struct kb_desk_call *call = calloc(1, sizeof(*call));
	size_t place = 0;
	enum kb_err err = KB_OK;

	if (call == NULL) {
		return;
	}
	call->agent = agent;
	call->client = *client;
	call->now_utc_ms = kb_clock_utc_ms(&agent->clock);
	while (place < KB_DESK_CALLS_MAX && agent->desk.at[place] != NULL) {
		place++;
	}
	if (place == KB_DESK_CALLS_MAX) {
		err = KB_ERR_BUSY;
	} else {
		agent->desk.at[place] = call;
		err = kb_desk_request_decode(request, &call->request_arena, &call->request);
		if (err != KB_OK) {
			err = kb_desk_fail(call, KB_ERR_USAGE, "dit verzoek is niet begrepen (%s)",
					   kb_err_name(err));
		} else {
			err = prepare(call);
		}
	}
	if (err != KB_OK) {
		end_with(call, err);
		return;
	}
	start_call(call);
}

void
kb_agent_desk_gone(struct kb_agent *agent, const void *client_state)
{
	for (size_t i = 0; i < KB_DESK_CALLS_MAX; i++) {
		if (agent->desk.at[i] != NULL && agent->desk.at[i]->client.state == client_state) {
			agent->desk.at[i]->gone =
				true; /* an act that is queued runs all the same */
		}
	}
}

void
kb_desk_release(struct kb_agent *agent)
{
	/* Acts and jobs were ended before, and with them their calls. */
	if (agent->desk.check != NULL) {
		kb_check_free(agent->desk.check);
		agent->desk.check = NULL;
	}
}

int
kb_agent_child_fd(const struct kb_agent *agent)
{
	return agent->desk.check != NULL ? kb_check_fd(agent->desk.check) : -1;
}
