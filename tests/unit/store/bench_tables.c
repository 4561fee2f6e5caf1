/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tables cost per message, without the network: bench_tables [messages] [cases] [batch] [folder]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/crypto/init.h"
#include "common/crypto/rng.h"
#include "common/store/agent_store.h"
#include "common/store/case_records.h"
#include "common/store/epochs.h"
#include "common/store/outbox.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/seen.h"

#define BODY_BYTES 1024
#define HEADER_BYTES 300
#define SEAL_BYTES 420

struct bench {
	struct kb_store *store;
	uint64_t *cases;
	size_t case_count;
	size_t next;
	size_t batch;
	uint64_t receipted;
	struct kb_epoch epoch;
	uint8_t body[BODY_BYTES];
	uint8_t header[HEADER_BYTES];
	uint8_t seal[SEAL_BYTES];
	uint8_t envelope[BODY_BYTES + HEADER_BYTES + SEAL_BYTES + 100];
};

static double
now_us(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void
must(enum kb_err err, const char *what)
{
	if (err != KB_OK) {
		(void)fprintf(stderr, "%s: %s\n", what, kb_err_name(err));
		exit(1);
	}
}

static enum kb_err
make_cases(struct kb_step *step, void *state)
{
	struct bench *bench = state;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < bench->case_count; i++) {
		struct kb_case row = { .status = KB_CASE_OPEN, .counterparty_no = 1 };

		row.case_id = kb_id_random(kb_store_random(bench->store));
		err = kb_case_create(step, &row);
		bench->cases[i] = row.case_no;
	}
	return err;
}

static struct kb_hash
commitment_of(uint64_t number)
{
	struct kb_hash hash = { 0 };

	memcpy(hash.bytes, &number, sizeof(number));
	return hash;
}

static enum kb_err
send_message(struct kb_step *step, struct bench *bench, size_t i)
{
	struct kb_number_key key;
	struct kb_case row;
	struct kb_sent_row sent = { .kind = 10,
				    .attempt = 1,
				    .sent_at_utc_ms = kb_step_now_utc_ms(step),
				    .case_no = bench->cases[i % bench->case_count] };
	struct kb_record record = { .type = KB_RECORD_MESSAGE_OUT,
				    .at_utc_ms = kb_step_now_utc_ms(step),
				    .party_no = 1,
				    .case_no = sent.case_no,
				    .header = kb_span(bench->header, HEADER_BYTES),
				    .seal = kb_span(bench->seal, SEAL_BYTES) };
	struct kb_case_record event = {
		.case_no = sent.case_no, .direction = KB_DIRECTION_OUT, .kind = 10, .party_no = 1
	};
	enum kb_err err = kb_case_get(step, sent.case_no, &row);

	if (err == KB_OK) {
		err = kb_outbox_number(step, 1, &key);
	}
	if (err == KB_OK) {
		record.data_key_no = row.data_key_no;
		err = kb_record_append_message(step, &record, kb_span(bench->body, 32),
					       kb_span(bench->body, BODY_BYTES), &sent.ledger_seq);
	}
	if (err == KB_OK) {
		sent.commitment = commitment_of(key.number);
		err = kb_outbox_put(step, &key, &sent,
				    kb_span(bench->envelope, sizeof(bench->envelope)));
	}
	if (err == KB_OK) {
		event.ledger_seq = sent.ledger_seq;
		event.number = key;
		err = kb_case_record_put(step, &event);
	}
	return err;
}

static enum kb_err
send_batch(struct kb_step *step, void *state)
{
	struct bench *bench = state;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < bench->batch; i++) {
		err = send_message(step, bench, bench->next + i);
	}
	return err;
}

static enum kb_err
accept_batch(struct kb_step *step, void *state)
{
	struct bench *bench = state;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < bench->batch; i++) {
		struct kb_number_key key = { 1, 1, bench->next + i + 1 };

		err = kb_outbox_accepted(step, &key, 1, 2);
	}
	return err;
}

static enum kb_err
receipt_batch(struct kb_step *step, void *state)
{
	struct bench *bench = state;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < bench->batch; i++) {
		struct kb_number_key key = { 1, 1, bench->next + i + 1 };
		struct kb_outbox_receipt receipt = { .stored = true,
						     .stored_at_utc_ms = 5,
						     .receipt_seq = 6,
						     .commitment = commitment_of(key.number) };

		err = kb_outbox_receipt(step, &key, &receipt);
	}
	return err;
}

static enum kb_err
receive_message(struct kb_step *step, struct bench *bench, size_t i)
{
	struct kb_seen_row seen = { .outcome = KB_SEEN_STORED,
				    .key = { .party_no = 1, .number = i + 1 },
				    .attempt = 1,
				    .commitment = commitment_of(i + 1) };
	struct kb_seen_row known;
	struct kb_case row;
	struct kb_record record = { .type = KB_RECORD_MESSAGE_IN,
				    .at_utc_ms = kb_step_now_utc_ms(step),
				    .party_no = 1,
				    .case_no = bench->cases[i % bench->case_count],
				    .header = kb_span(bench->header, HEADER_BYTES),
				    .seal = kb_span(bench->seal, SEAL_BYTES) };
	struct kb_case_record event = {
		.case_no = record.case_no, .direction = KB_DIRECTION_IN, .kind = 10, .party_no = 1
	};
	enum kb_err err = kb_epoch_take(step, 1, &bench->epoch, &seen.key.epoch_no);

	if (err == KB_OK) {
		err = kb_seen_check(step, &seen.key, &seen.commitment, &known);
	}
	if (err == KB_OK) {
		err = kb_case_get(step, record.case_no, &row);
	}
	if (err == KB_OK) {
		record.data_key_no = row.data_key_no;
		err = kb_record_append_message(step, &record, kb_span(bench->body, 32),
					       kb_span(bench->body, BODY_BYTES), &seen.ledger_seq);
	}
	if (err == KB_OK) {
		err = kb_seen_put(step, &seen);
	}
	if (err == KB_OK) {
		event.ledger_seq = seen.ledger_seq;
		event.number = seen.key;
		err = kb_case_record_put(step, &event);
	}
	return err;
}

static enum kb_err
receive_batch(struct kb_step *step, void *state)
{
	struct bench *bench = state;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < bench->batch; i++) {
		err = receive_message(step, bench, bench->next + i);
	}
	return err;
}

/* Steps over all messages; fn_us is the time inside the steps, the commits (with fdatasync) apart. */
static void
run(struct bench *bench, const char *name, kb_store_step_fn fn, size_t messages)
{
	double inside_us = 0;
	double commit_us = 0;

	for (bench->next = 0; bench->next + bench->batch <= messages; bench->next += bench->batch) {
		struct kb_step *step = NULL;
		enum kb_err err = KB_OK;
		double start = now_us();

		must(kb_step_begin(bench->store, KB_STEP_WRITE, &step), "begin");
		err = fn(step, bench);
		if (err == KB_ERR_STORE_FULL) {
			kb_step_abort(&step);
			must(kb_step_run(bench->store, fn, bench, NULL), name);
			continue;
		}
		must(err, name);
		double middle = now_us();

		err = kb_step_commit(&step);
		if (err == KB_ERR_STORE_FULL) {
			must(kb_step_run(bench->store, fn, bench, NULL), name);
			continue;
		}
		must(err, "commit");
		inside_us += middle - start;
		commit_us += now_us() - middle;
		must(kb_store_tick(bench->store), "tick");
	}
	(void)printf("%-10s %7.2f us per message in the step, %7.2f us per message for flush and "
		     "commit\n",
		     name, inside_us / (double)bench->next, commit_us / (double)bench->next);
}

int
main(int argc, char **argv)
{
	size_t messages = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100000;
	struct bench *bench = calloc(1, sizeof(*bench));
	struct kb_clock clock = kb_clock_system();
	struct kb_random random = kb_random_crypto();
	struct kb_secret master = { 0 };
	struct kb_error_text where = { 0 };
	struct kb_store_options options = {
		.path = argc > 4 ? argv[4] : "bench-store",
		.master = &master,
		.clock = &clock,
		.random = &random,
		.map_bytes = (uint64_t)4 << 30,
	};

	if (bench == NULL) {
		return 1;
	}
	bench->case_count = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 1000;
	bench->batch = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : 256;
	bench->cases = calloc(bench->case_count, sizeof(bench->cases[0]));
	must(kb_crypto_init(), "crypto");
	must(kb_secret_init(&master, 32), "secret");
	kb_crypto_random(bench->envelope, sizeof(bench->envelope));
	kb_crypto_random(bench->body, sizeof(bench->body));
	must(kb_party_id_parse(kb_span_text("00000099000000000001"), &options.self), "id");
	enum kb_err err = kb_store_open(&options, &bench->store, &where);

	if (err != KB_OK) {
		(void)fprintf(stderr, "%s\n", where.text);
		return 1;
	}
	must(kb_step_run(bench->store, make_cases, bench, &where), "cases");
	(void)printf("%zu messages of %d bytes over %zu cases, steps of %zu\n", messages,
		     BODY_BYTES, bench->case_count, bench->batch);
	run(bench, "send", send_batch, messages);
	run(bench, "accepted", accept_batch, messages);
	run(bench, "receipt", receipt_batch, messages);
	run(bench, "receive", receive_batch, messages);
	kb_store_close(bench->store);
	free(bench->cases);
	free(bench);
	kb_secret_release(&master);
	kb_crypto_release();
	return 0;
}
