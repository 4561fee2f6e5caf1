/* SPDX-License-Identifier: EUPL-1.2 */
/* bench fill and bench wait: many messages over many cases, for the measurements. Only in builds with the test switches. */
#include <stdio.h>
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
	struct kb_bench *kept; /* the cases, the agent's */
	size_t case_wanted;
	size_t case_next; /* of the act that runs */
	uint64_t wanted;
	uint64_t made;
	uint64_t made_next;
	struct kb_buf content;
	int64_t started_mono_ms;
	bool no_wait;
	bool act_open;
	bool opening;
};

/* Cases of earlier calls are used again: what is measured is messages of existing cases. */
struct kb_bench {
	struct kb_party_id recipient;
	uint64_t cases[CASES_MAX];
	size_t case_count;
	int64_t last_in_us;
	uint64_t messages_in;
};

void
kb_bench_free(struct kb_bench *bench)
{
	free(bench);
}

static struct kb_bench *
kept_of(struct kb_agent *agent)
{
	if (agent->bench == NULL) {
		agent->bench = calloc(1, sizeof(*agent->bench));
	}
	return agent->bench;
}

void
kb_bench_committed(struct kb_agent *agent, uint64_t messages)
{
	struct kb_bench *kept = messages > 0 ? kept_of(agent) : NULL;

	/* Microseconds of the machine, to be compared with those of another process: finer than the clock of the agent. */
	if (kept != NULL) {
		kept->last_in_us = kb_clock_system_mono_us();
		kept->messages_in += messages;
	}
}

enum kb_err
kb_verb_bench_times(struct kb_desk_call *call)
{
	const struct kb_bench *kept = kb_desk_agent(call)->bench;

	kb_desk_section(call, "tijden", "binnen_us|berichten_in");
	kb_desk_row(call);
	kb_desk_cell_number(call, kept != NULL ? (uint64_t)kept->last_in_us : 0);
	kb_desk_cell_number(call, kept != NULL ? kept->messages_in : 0);
	return KB_OK;
}

static void
bench_free(void *state)
{
	struct bench *bench = state;

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

		steps[message.stap_count++] =
			(struct kb_melding_stap){ .datum = 20260302, .tekst = kb_span(text, part) };
		bytes -= part;
	}
	return kb_verzuim_aanvulling_encode(&message, &bench->content);
}

/* The message that opens a dossier at the gemeente, about a pupil that does not exist. */
static enum kb_err
send_first(struct kb_act *act, const struct bench *bench, const struct kb_entry *entry,
	   uint64_t case_no, size_t number)
{
	struct kb_melding_dag day = { .datum = 20260302, .minuten = 330 };
	struct kb_verzuim_melding melding = { .melding_id = kb_id_random(&act->agent->random),
					      .revision = 1,
					      .soort = KB_MELDING_OVERIG,
					      .begindatum = 20260302,
					      .einddatum = 20260302,
					      .minuten = 330,
					      .dagen = &day,
					      .dag_count = 1,
					      .schooljaar = 2025,
					      .vastgesteld_op = 20260302 };
	struct kb_outgoing outgoing = { .recipient = bench->recipient,
					.kind = KB_KIND_VERZUIM_MELDING,
					.case_no = case_no };
	struct kb_buf content = { 0 };
	enum kb_err err;

	(void)snprintf(melding.school.vestiging, sizeof(melding.school.vestiging), "99AA00");
	melding.school.name = kb_span_text("Meetschool");
	(void)snprintf(melding.leerling.pgn, sizeof(melding.leerling.pgn), "999%06u",
		       (unsigned)(number % 1000000));
	melding.leerling.achternaam = kb_span_text("Meting");
	melding.leerling.geboortedatum = 20120101;
	if (entry->descriptor.gemeente_count > 0) {
		memcpy(melding.gemeentecode, entry->descriptor.gemeenten[0].code,
		       sizeof(melding.gemeentecode));
	}
	err = kb_verzuim_melding_encode(&melding, &content);
	if (err == KB_OK) {
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send(act, &outgoing, NULL);
	}
	kb_buf_release(&content);
	return err;
}

static enum kb_err
open_cases_act(struct kb_act *act, void *arg)
{
	struct bench *bench = arg;
	const struct kb_entry *entry = NULL;
	uint32_t recipient_no = 0;
	enum kb_err err = kb_act_party_no(act, &bench->recipient, &recipient_no);

	if (err == KB_OK) {
		err = kb_directory_find(act->directory, &bench->recipient, act->now_utc_ms, &entry);
	}
	bench->case_next = bench->kept->case_count;
	for (size_t i = 0; err == KB_OK && i < BATCH && bench->case_next < bench->case_wanted;
	     i++) {
		struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM,
				       .desk = (uint32_t)act->agent->role->desks[0],
				       .schooljaar = 2025,
				       .counterparty_no = recipient_no };

		err = kb_act_case_open(act, &row);
		if (err == KB_OK) {
			err = send_first(act, bench, entry, row.case_no, bench->case_next);
		}
		bench->kept->cases[bench->case_next++] = row.case_no;
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
			.case_no = bench->kept->cases[bench->made_next % bench->case_wanted],
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
	bench->kept = kept_of(kb_desk_agent(call));
	if (bench->kept == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (!kb_party_id_equal(&bench->kept->recipient, &bench->recipient)) {
		bench->kept->recipient = bench->recipient;
		bench->kept->case_count = 0;
	}
	return make_content(bench, (size_t)bytes);
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
	if (bench->opening) {
		bench->kept->case_count = bench->case_next;
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
	const struct kb_entry *entry = NULL;
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
	bench->opening = bench->kept->case_count < bench->case_wanted;
	err = kb_directory_find(agent->directory, &bench->recipient, kb_desk_now_utc_ms(call),
				&entry);
	if (err == KB_ERR_OFFLINE) {
		kb_desk_job_wait(call, 20);
		return KB_OK; /* its entry is being asked for */
	}
	if (err == KB_OK && bench->opening) {
		bench->act_open = true;
		return kb_desk_job_act(call, open_cases_act, bench);
	}
	if (err == KB_OK) {
		err = under_way(agent, &waiting);
	}
	if (err != KB_OK) {
		return err;
	}
	if (bench->started_mono_ms == 0) {
		if (waiting > 0) {
			kb_desk_job_wait(call, 2);
			return KB_OK; /* the cases are settled first */
		}
		bench->started_mono_ms = kb_clock_mono_ms(&agent->clock);
	}
	if (bench->made < bench->wanted && waiting < UNDER_WAY_MAX) {
		bench->act_open = true;
		return kb_desk_job_act(call, send_act, bench);
	}
	if (bench->made < bench->wanted || (waiting > 0 && !bench->no_wait)) {
		kb_desk_progress(call,
				 (uint32_t)(bench->made - (waiting < bench->made ? waiting : 0)),
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
