/* SPDX-License-Identifier: EUPL-1.2 */
/* bench fill and bench wait: many messages over many cases, for the measurements. Only in builds with the test switches. */
#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/verbs.h"
#include "common/wire/absence.h"

#ifdef KB_TEST_SWITCHES

/* Messages under way at once: enough to keep three programs busy, little enough to stay in memory. */
#define UNDER_WAY_MAX 4096
#define BATCH KB_WIRE_BATCH_MAX
#define CASES_MAX 100000

struct bench {
	struct kb_party_id recipient;
	uint32_t recipient_no;
	uint64_t *cases;
	size_t case_wanted;
	size_t case_count;
	size_t case_next; /* of the act that runs */
	uint64_t wanted;
	uint64_t made;
	uint64_t made_next;
	struct kb_buf content;
	int64_t started_mono_ms;
	bool no_wait;
	bool act_open;
};

static void
bench_free(void *state)
{
	struct bench *bench = state;

	free(bench->cases);
	kb_buf_release(&bench->content);
	free(bench);
}

/* A real message of a real kind: steps that a school took, in so many bytes. */
static enum kb_err
make_content(struct bench *bench, size_t bytes)
{
	char text[KB_WIRE_STAP_BYTES_MAX];
	struct kb_melding_stap steps[KB_WIRE_STAPPEN_MAX];
	struct kb_verzuim_aanvulling message = { .stappen = steps };

	memset(text, 'x', sizeof(text));
	while (bytes > 0 && message.stap_count < KB_WIRE_STAPPEN_MAX) {
		size_t part = bytes < sizeof(text) ? bytes : sizeof(text);

		steps[message.stap_count++] = (struct kb_melding_stap){
			.datum = 20260302, .tekst = kb_span(text, part)
		};
		bytes -= part;
	}
	return kb_verzuim_aanvulling_encode(&message, &bench->content);
}

static enum kb_err
open_cases_act(struct kb_act *act, void *arg)
{
	struct bench *bench = arg;
	enum kb_err err = kb_act_party_no(act, &bench->recipient, &bench->recipient_no);

	bench->case_next = bench->case_count;
	for (size_t i = 0; err == KB_OK && i < BATCH && bench->case_next < bench->case_wanted;
	     i++) {
		struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM,
				       .desk = (uint32_t)act->agent->role->desks[0],
				       .counterparty_no = bench->recipient_no };

		err = kb_act_case_open(act, &row);
		bench->cases[bench->case_next++] = row.case_no;
	}
	return err;
}

static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	struct bench *bench = arg;
	enum kb_err err = KB_OK;

	bench->made_next = bench->made;
	for (size_t i = 0; err == KB_OK && i < BATCH && bench->made_next < bench->wanted; i++) {
		struct kb_outgoing outgoing = {
			.recipient = bench->recipient,
			.kind = KB_KIND_VERZUIM_AANVULLING,
			.case_no = bench->cases[bench->made_next % bench->case_count],
			.content = kb_buf_span(&bench->content)
		};

		err = kb_act_send(act, &outgoing, NULL);
		bench->made_next++;
	}
	return err;
}

static enum kb_err
begin(struct kb_desk_call *call)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	uint64_t cases = kb_desk_has(call, "zaken") ? kb_desk_number_arg(call, "zaken") : 1000;
	uint64_t bytes = kb_desk_has(call, "bytes") ? kb_desk_number_arg(call, "bytes") : 1024;
	enum kb_err err = KB_OK;

	if (bench == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	kb_desk_job_state(call, bench, bench_free);
	if (cases == 0 || cases > CASES_MAX || bytes == 0 || bytes > 16000) {
		return kb_desk_fail(call, KB_ERR_USAGE, "zaken: 1 tot %d; bytes: 1 tot 16000",
				    CASES_MAX);
	}
	bench->recipient = kb_desk_party_arg(call, "ontvanger");
	bench->wanted = kb_desk_number_arg(call, "aantal");
	bench->no_wait = kb_desk_flag_arg(call, "zonder_wachten");
	bench->case_wanted = (size_t)cases;
	bench->cases = calloc(bench->case_wanted, sizeof(*bench->cases));
	err = bench->cases != NULL ? make_content(bench, (size_t)bytes) : KB_ERR_NO_MEMORY;
	return err;
}

/* Messages without a receipt, and whether that is all settled. */
static enum kb_err
under_way(struct kb_agent *agent, uint64_t *count)
{
	struct kb_step *step = NULL;
	struct kb_edge_out edge = { 0 };
	enum kb_err err = kb_step_begin(agent->store, KB_STEP_READ, &step);

	*count = 0;
	if (err == KB_OK) {
		err = kb_edge_out_next(step, &edge);
	}
	while (err == KB_OK) {
		*count += edge.unsealed_count + edge.ready_count + edge.at_broker_count;
		err = kb_edge_out_next(step, &edge);
	}
	kb_step_abort(&step);
	return err == KB_ERR_NOT_FOUND ? KB_OK : err;
}

static void
report(struct kb_desk_call *call, uint64_t count, int64_t ms)
{
	kb_desk_section(call, "meting", "berichten|milliseconden|per_seconde");
	kb_desk_row(call);
	kb_desk_cell_number(call, count);
	kb_desk_cell_number(call, (uint64_t)ms);
	kb_desk_cell_number(call, ms > 0 ? count * 1000 / (uint64_t)ms : 0);
}

static enum kb_err
take_result(struct kb_desk_call *call, struct bench *bench)
{
	enum kb_err err = kb_desk_job_act_err(call);

	bench->act_open = false;
	if (err != KB_OK) {
		return err;
	}
	if (bench->case_count < bench->case_wanted) {
		bench->case_count = bench->case_next;
	} else {
		bench->made = bench->made_next;
	}
	return KB_OK;
}

enum kb_err
kb_verb_bench_fill(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	struct bench *bench = kb_desk_job_state_get(call);
	uint64_t waiting = 0;
	enum kb_err err = KB_OK;

	if (bench == NULL) {
		err = begin(call);
		bench = kb_desk_job_state_get(call);
	} else if (bench->act_open) {
		err = take_result(call, bench);
	}
	if (err != KB_OK) {
		return err;
	}
	if (bench->case_count < bench->case_wanted) {
		bench->act_open = true;
		return kb_desk_job_act(call, open_cases_act, bench);
	}
	if (bench->started_mono_ms == 0) {
		bench->started_mono_ms = kb_clock_mono_ms(&agent->clock);
	}
	err = under_way(agent, &waiting);
	if (err != KB_OK) {
		return err;
	}
	if (bench->made < bench->wanted && waiting < UNDER_WAY_MAX) {
		bench->act_open = true;
		return kb_desk_job_act(call, send_act, bench);
	}
	if (bench->made < bench->wanted || (waiting > 0 && !bench->no_wait)) {
		kb_desk_progress(call, (uint32_t)(bench->made - (waiting < bench->made ? waiting : 0)),
				 (uint32_t)bench->wanted);
		kb_desk_job_wait(call, 1);
		return KB_OK;
	}
	report(call, bench->made, kb_clock_mono_ms(&agent->clock) - bench->started_mono_ms);
	kb_desk_job_done(call);
	return KB_OK;
}

enum kb_err
kb_verb_bench_wait(struct kb_desk_call *call)
{
	struct kb_agent *agent = kb_desk_agent(call);
	int64_t *started = kb_desk_job_state_get(call);
	uint64_t waiting = 0;
	enum kb_err err;

	if (started == NULL) {
		started = malloc(sizeof(*started));
		if (started == NULL) {
			return KB_ERR_NO_MEMORY;
		}
		*started = kb_clock_mono_ms(&agent->clock);
		kb_desk_job_state(call, started, free);
	}
	err = under_way(agent, &waiting);
	if (err != KB_OK) {
		return err;
	}
	if (waiting > 0) {
		kb_desk_progress(call, 0, (uint32_t)waiting);
		kb_desk_job_wait(call, 2);
		return KB_OK;
	}
	report(call, 0, kb_clock_mono_ms(&agent->clock) - *started);
	kb_desk_job_done(call);
	return KB_OK;
}

#endif
