/* SPDX-License-Identifier: EUPL-1.2 */
/* A school and a gemeente over the loopback broker. */
#include "tests/unit/runtime/exchange_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/runtime/directory.h"
#include "common/store/agent_store.h"
#include "common/store/epochs.h"
#include "common/store/outbox.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/wire/absence.h"

struct fixture_counts fixture_counts[LB_PARTIES_MAX];
enum kb_err fixture_answer;
uint64_t fixture_answer_number;

/* The party of an agent, by its id: the roles of a test share their functions. */
static struct fixture_counts *
counts_of(const struct kb_agent *agent)
{
	const char *id = kb_agent_self(agent)->text;

	return &fixture_counts[id[KB_OIN_CHARS - 1] - '0'];
}

static enum kb_err
on_message(struct kb_act *act, const struct kb_received *received)
{
	struct fixture_counts *counts = counts_of(act->agent);
	struct kb_case *row = NULL;
	uint64_t seq = 0;
	enum kb_err err;

	if (fixture_answer != KB_OK &&
	    (fixture_answer_number == 0 || fixture_answer_number == received->number)) {
		return fixture_answer;
	}
	err = kb_act_accept(act, received, KB_CASE_KIND_VERZUIM, &row, &seq);
	if (err == KB_OK) {
		counts->last_numbers[counts->handled % 4096] = received->number;
		counts->handled++;
		counts->case_no = row->case_no;
	}
	return err;
}

static const struct kb_role_handler handlers[] = {
	{ .kind = KB_KIND_VERZUIM_AANVULLING, .on_message = on_message },
	{ .kind = KB_KIND_VERZUIM_MELDING, .on_message = on_message },
	{ .kind = KB_KIND_VERZUIM_VRAAG, .on_message = on_message },
};

static enum kb_err
on_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	struct fixture_counts *counts = counts_of(act->agent);

	counts->fates[fate->fate]++;
	counts->last_reason = fate->reason;
	counts->last_stored_utc_ms = fate->stored_utc_ms;
	return KB_OK;
}

static enum kb_err
on_clock(struct kb_act *act, const struct kb_deadline *due)
{
	(void)due;
	counts_of(act->agent)->clocks++;
	return KB_OK;
}

static void
prepare(struct lb_party *party)
{
	party->role.handlers = handlers;
	party->role.handler_count = sizeof(handlers) / sizeof(handlers[0]);
	party->role.on_fate = on_fate;
	party->role.on_clock = on_clock;
}

struct run {
	enum kb_err err;
	bool done;
};

static void
run_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct run *run = arg;

	(void)agent;
	run->err = err;
	run->done = true;
}

struct work {
	struct run run; /* first: the done callback gets it */
	struct fixture *fixture;
	unsigned count;
};

static enum kb_err
open_case_act(struct kb_act *act, void *arg)
{
	struct work *work = arg;
	struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM, .desk = KB_DESK_SCHOOL };
	enum kb_err err = kb_party_take(act->step, &work->fixture->gemeente->identity.self,
					&row.counterparty_no);

	if (err == KB_OK) {
		err = kb_act_case_open(act, &row);
	}
	work->fixture->school_case = row.case_no;
	return err;
}

static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	struct work *work = arg;
	struct kb_melding_stap step = { .datum = 20260302, .tekst = kb_span_text("gesprek") };
	struct kb_verzuim_aanvulling message = { .stappen = &step, .stap_count = 1 };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_verzuim_aanvulling_encode(&message, &content);

	for (unsigned i = 0; err == KB_OK && i < work->count; i++) {
		struct kb_outgoing outgoing = { .recipient = work->fixture->gemeente->identity.self,
						.kind = KB_KIND_VERZUIM_AANVULLING,
						.case_no = work->fixture->school_case,
						.content = kb_buf_span(&content) };

		err = kb_act_send(act, &outgoing, NULL);
	}
	kb_buf_release(&content);
	return err;
}

static enum kb_err
run_act(struct lb_party *party, kb_act_fn fn, struct work *work)
{
	work->run = (struct run){ 0 };
	LB_OK(kb_agent_run(party->agent, 0, fn, run_done, work));
	for (unsigned i = 0; i < 100 && !work->run.done; i++) {
		(void)kb_agent_round(party->agent);
	}
	if (!work->run.done) {
		abort();
	}
	return work->run.err;
}

void
fixture_open_case(struct fixture *fixture)
{
	struct work work = { .fixture = fixture };

	LB_OK(run_act(fixture->school, open_case_act, &work));
}

enum kb_err
fixture_send(struct fixture *fixture, unsigned count)
{
	struct work work = { .fixture = fixture, .count = count };

	return run_act(fixture->school, send_act, &work);
}

void
fixture_send_apart(struct fixture *fixture, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		LB_OK(fixture_send(fixture, 1));
	}
}

void
fixture_open_offline(struct fixture *fixture)
{
	memset(fixture_counts, 0, sizeof(fixture_counts));
	fixture_answer = KB_OK;
	fixture_answer_number = 0;
	lb_open(&fixture->world);
	fixture->school = lb_add(&fixture->world, KB_PARTY_SCHOOL, NULL);
	fixture->gemeente = lb_add(&fixture->world, KB_PARTY_GEMEENTE, "0344");
	prepare(fixture->school);
	prepare(fixture->gemeente);
	lb_publish_register(&fixture->world);
	lb_start(fixture->school);
	lb_start(fixture->gemeente);
	fixture->school->connected = false;
	fixture->gemeente->connected = false;
}

void
fixture_open(struct fixture *fixture)
{
	fixture_open_offline(fixture);
	fixture->school->connected = true;
	fixture->gemeente->connected = true;
	lb_settle(&fixture->world);
	fixture_open_case(fixture);
	/* The first look-up asks the broker for the entry of the gemeente. */
	for (unsigned i = 0; i < 3; i++) {
		const struct kb_entry *entry = NULL;

		kb_ignore(kb_directory_find(kb_agent_directory(fixture->school->agent),
					    &fixture->gemeente->identity.self,
					    fixture->world.fake.utc_ms, &entry),
			  "the first time it is only asked for");
		lb_settle(&fixture->world);
	}
}

void
fixture_close(struct fixture *fixture)
{
	lb_close(&fixture->world);
}

struct kb_sent_row
fixture_sent_in(struct lb_party *party, uint32_t epoch_no, uint64_t number)
{
	struct kb_sent_row row = { 0 };
	struct kb_step *step = NULL;
	struct kb_party other;
	uint32_t party_no = 0;
	enum kb_err err;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	err = kb_party_next(step, 0, &other);
	while (err == KB_OK && row.state == KB_SENT_NONE) {
		struct kb_number_key key = { .party_no = other.party_no,
					     .epoch_no = epoch_no,
					     .number = number };

		party_no = other.party_no;
		if (kb_sent_get(step, &key, &row) != KB_OK) {
			row = (struct kb_sent_row){ 0 };
		}
		err = kb_party_next(step, party_no, &other);
	}
	kb_step_abort(&step);
	return row;
}

struct kb_sent_row
fixture_sent(struct fixture *fixture, uint64_t number)
{
	return fixture_sent_in(fixture->school, 1, number);
}

unsigned
fixture_waiting(struct lb_party *party)
{
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_ALL };
	struct kb_number_key cursor = { 0 };
	struct kb_outbox_row row;
	struct kb_step *step = NULL;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (kb_outbox_next(step, &filter, &cursor, &row) == KB_OK) {
		count++;
	}
	kb_step_abort(&step);
	return count;
}

unsigned
fixture_records(struct lb_party *party, unsigned type)
{
	struct kb_step *step = NULL;
	struct kb_record_read record;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		count += (unsigned)record.clear.type == type ? 1 : 0;
	}
	kb_step_abort(&step);
	return count;
}

void
fixture_verify(struct lb_party *party)
{
	struct kb_error_text where = { "" };
	enum kb_err err = kb_store_check(kb_agent_store(party->agent), NULL, NULL, &where);

	if (err != KB_OK) {
		(void)fprintf(stderr, "verify: %s: %s\n", kb_err_name(err), where.text);
		abort();
	}
}
