/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening and closing the broker, and its rounds: intake, one commit, answers. */
#include "broker/broker.h"

#include <stdlib.h>

#include "broker/broker_internal.h"
#include "broker/mailbox_lmdb.h"
#include "common/base/log.h"

/* Seals that are remembered: a few batches of every agent that is busy at the same time. */
#define SEALS 1024
#define TICK_FIRST_MS 1000
/* What one round takes in at most: LMDB keeps the memory of its largest transaction. */
#define ROUND_BYTES ((size_t)4 * 1024 * 1024)
#define ROUND_FRAMES 64
/* A store is given a new id because of an agent's word at most this often: the word is not proven. */
#define RENEW_MS ((int64_t)60 * 60 * 1000)

static void
clear_round(struct kb_broker *broker)
{
	broker->work = NULL;
	broker->work_end = &broker->work;
	kb_sessions_bury(&broker->sessions);
	kb_arena_clear(&broker->arena);
}

/* An agent holds a checkpoint of ours that is larger than our log: the store is an old copy. */
static enum kb_err
notice_restore(struct kb_broker *broker)
{
	struct kb_ledger_head head;
	int64_t now = kb_broker_mono_ms(broker);

	kb_ledger_committed_head(broker->log.ledger, &head);
	for (const struct kb_work *work = broker->work; work != NULL; work = work->next) {
		const struct kb_hello *hello = &work->frame->content.hello;

		if (work->frame->kind != KB_FRAME_HELLO ||
		    !kb_id_equal(&hello->broker_store, &broker->store.id) ||
		    hello->broker_log_year < head.year ||
		    (hello->broker_log_year == head.year && hello->broker_log_size <= head.size)) {
			continue;
		}
		kb_log(KB_LOG_ERROR, "broker-behind", "party=%s its-size=%llu size=%llu",
		       work->session->party.text, (unsigned long long)hello->broker_log_size,
		       (unsigned long long)head.size);
		if (broker->renewed_mono_ms != 0 && now - broker->renewed_mono_ms < RENEW_MS) {
			continue;
		}
		enum kb_err err = kb_broker_store_renew(&broker->store, &broker->options.random);

		if (err != KB_OK) {
			return err;
		}
		broker->renewed_mono_ms = now;
		broker->log.identity.epoch = broker->store.epoch;
		/* Every agent has to hear of it and publish again what has no receipt. */
		for (struct kb_broker_session *s = broker->sessions.live; s != NULL;) {
			struct kb_broker_session *next = s->next;

			if (s->welcomed) {
				kb_broker_end_session(broker, s, KB_ERR_STATE);
			}
			s = next;
		}
	}
	return KB_OK;
}

static enum kb_err
run_round(struct kb_broker *broker, bool *more)
{
	enum kb_err err = notice_restore(broker);

	*more = false;
	if (err == KB_OK && kb_broker_has_step(broker)) {
		err = kb_broker_step(broker);
		if (err == KB_OK && broker->marker != NULL) {
			struct kb_ledger_head head;

			kb_ledger_committed_head(broker->log.ledger, &head);
			kb_marker_set(broker->marker, &broker->store.epoch, &head);
		}
	}
	if (err == KB_OK) {
		err = kb_broker_answer(broker, more);
	}
	clear_round(broker);
	return err;
}

/* The hook of the loop. */
static bool
before_wait(void *state)
{
	struct kb_broker *broker = state;
	bool more = false;
	enum kb_err err = run_round(broker, &more);

	if (err != KB_OK) {
		/* Nobody was told "accepted" for what failed. A new process reads the store from the start. */
		kb_log(KB_LOG_ERROR, "broker-stop", "reason=%s", kb_err_name(err));
		kb_loop_stop(broker->loop, err);
		return false;
	}
	if (broker->expiry.wanted) {
		kb_broker_start_passes(broker);
	}
	return more || kb_broker_has_step(broker);
}

static void
fill_defaults(struct kb_broker_options *options)
{
	struct kb_broker_options *o = options;

	o->heartbeat_ms = o->heartbeat_ms != 0 ? o->heartbeat_ms : 10000;
	o->silence_ms = o->silence_ms != 0 ? o->silence_ms : 30000;
	o->net.drain_bytes_max = o->net.drain_bytes_max != 0 ? o->net.drain_bytes_max : ROUND_BYTES;
	o->net.drain_frames_max =
		o->net.drain_frames_max != 0 ? o->net.drain_frames_max : ROUND_FRAMES;
	o->net.secret_key = o->transport_key;
}

/* The note beside the store: a copy of an older store is renewed before anybody hears of it. */
static enum kb_err
open_marker(struct kb_broker *broker, struct kb_error_text *where)
{
	struct kb_marker_note note;
	struct kb_txn *txn = NULL;
	enum kb_marker_verdict verdict = KB_MARKER_UNKNOWN;

	if (broker->options.marker_path == NULL || broker->options.marker_path[0] == '\0') {
		return KB_OK;
	}
	enum kb_err read = kb_marker_read(broker->options.marker_path, &note, NULL);
	enum kb_err err = kb_txn_begin_read(broker->store.env, &txn);

	if (err == KB_OK && read == KB_OK) {
		err = kb_marker_compare(&note, broker->log.ledger, txn, &verdict);
	}
	kb_txn_abort(txn);
	if (err == KB_OK && verdict == KB_MARKER_RESTORED) {
		struct kb_ledger_head head;

		kb_ledger_committed_head(broker->log.ledger, &head);
		/* An empty log is a store made anew: it has a new id already. */
		if (head.size > 0) {
			kb_log(KB_LOG_ERROR, "broker-restored", "size=%llu noted=%llu",
			       (unsigned long long)head.size, (unsigned long long)note.size);
			err = kb_broker_store_renew(&broker->store, &broker->options.random);
			broker->log.identity.epoch = broker->store.epoch;
		}
	}
	return err != KB_OK ? err
			    : kb_marker_open(broker->options.marker_path, &broker->marker, where);
}

static enum kb_err
open_store(struct kb_broker *broker, struct kb_error_text *where)
{
	struct kb_broker_store_options options = {
		.folder = broker->options.store_folder,
		.ceiling_bytes = broker->options.store_ceiling_bytes,
		.reserve_bytes = broker->options.store_reserve_bytes,
	};
	struct kb_broker_identity identity = {
		.party = broker->options.party,
		.sign_key = broker->options.sign_key,
		.key_version = broker->own_key_version,
	};
	enum kb_err err =
		kb_broker_store_open(&options, &broker->options.random, &broker->store, where);

	if (err != KB_OK) {
		return err;
	}
	identity.epoch = broker->store.epoch;
	err = kb_numbers_load(broker->store.env, &broker->numbers);
	if (err == KB_OK) {
		err = kb_broker_log_open(broker->store.env, &identity, &broker->log, where);
	}
	if (err == KB_OK) {
		err = open_marker(broker, where);
	}
	if (err == KB_OK) {
		err = kb_mailbox_lmdb_new(&broker->options.limits, &broker->mailbox);
	}
	return err == KB_OK ? kb_seal_cache_new(SEALS, &broker->seals) : err;
}

static enum kb_err
open_net(struct kb_broker *broker, struct kb_net_context *context, struct kb_error_text *where)
{
	struct kb_server_hooks hooks = {
		.on_admit = kb_broker_on_admit,
		.on_check = kb_broker_on_check,
		.on_frame = kb_broker_on_frame,
		.state = broker,
	};
	enum kb_err err = kb_server_open(context, broker->loop, &broker->options.net, &hooks,
					 &broker->server, where);

	if (err == KB_OK) {
		err = kb_loop_add_hook(broker->loop, before_wait, broker, &broker->hook);
	}
	if (err == KB_OK) {
		err = kb_timer_set_in(broker->loop, &broker->tick, TICK_FIRST_MS);
	}
	return err;
}

enum kb_err
kb_broker_open(struct kb_net_context *context, struct kb_loop *loop,
	       const struct kb_broker_options *options, struct kb_broker **out,
	       struct kb_error_text *where)
{
	struct kb_broker *broker = calloc(1, sizeof(*broker));
	struct kb_broker_register *reg = NULL;
	int64_t stamp = 0;
	enum kb_err err = KB_OK;

	if (broker == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	broker->options = *options;
	fill_defaults(&broker->options);
	broker->loop = loop;
	broker->work_end = &broker->work;
	broker->tick = (struct kb_timer){ .on_due = kb_broker_tick, .state = broker };
	broker->out.ceiling = (size_t)2 * KB_WIRE_FRAME_BYTES_MAX;
	broker->start_offset_ms = kb_broker_utc_ms(broker) - kb_broker_mono_ms(broker);
	err = kb_broker_read_register(&broker->options, &reg, &broker->own_key_version, &stamp,
				      where);
	if (err != KB_OK) {
		goto out;
	}
	err = open_store(broker, where);
	if (err != KB_OK) {
		goto out;
	}
	err = kb_broker_use_register(broker, reg, stamp, where);
	if (err != KB_OK) {
		goto out;
	}
	reg = NULL;
	kb_broker_judge_clock(broker);
	err = open_net(broker, context, where);
out:
	kb_broker_register_free(reg);
	if (err != KB_OK) {
		kb_broker_close(broker);
	} else {
		*out = broker;
	}
	return err;
}

enum kb_err
kb_broker_check(const struct kb_broker_options *options, struct kb_error_text *where)
{
	struct kb_broker_register *reg = NULL;
	uint32_t key_version = 0;
	int64_t stamp = 0;
	enum kb_err err = kb_endpoint_check(options->net.endpoint);

	if (err != KB_OK) {
		return kb_fail(where, err, "the address to listen on is wrong");
	}
	err = kb_broker_read_register(options, &reg, &key_version, &stamp, where);
	kb_broker_register_free(reg);
	return err;
}

void
kb_broker_close(struct kb_broker *broker)
{
	if (broker == NULL) {
		return;
	}
	kb_timer_cancel(broker->loop, &broker->tick);
	kb_loop_remove_hook(broker->loop, &broker->hook);
	kb_server_close(&broker->server);
	kb_sessions_release(&broker->sessions);
	kb_seal_cache_free(broker->seals);
	kb_mailbox_free(broker->mailbox);
	kb_mail_edges_release(&broker->edges);
	if (broker->marker != NULL) {
		kb_ignore(kb_marker_flush(broker->marker), "only the fast hint (design 6)");
		kb_marker_close(broker->marker);
	}
	kb_broker_log_close(&broker->log);
	kb_numbers_release(&broker->numbers);
	kb_broker_store_close(&broker->store);
	kb_broker_register_free(broker->reg);
	kb_arena_release(&broker->arena);
	kb_buf_release(&broker->out);
	kb_buf_release(&broker->proof);
	free(broker);
}

const char *
kb_broker_endpoint(const struct kb_broker *broker)
{
	return kb_server_endpoint(broker->server);
}

void
kb_broker_counts(const struct kb_broker *broker, struct kb_broker_counts *out)
{
	struct kb_txn *txn = NULL;

	*out = broker->counts;
	out->sessions = broker->sessions.count;
	out->register_version = kb_broker_register_head(broker->reg)->version;
	if (kb_txn_begin_read(broker->store.env, &txn) == KB_OK) {
		out->waiting = kb_table_count(txn, KB_BROKER_MAIL_INDEX);
		kb_txn_abort(txn);
	}
}

struct kb_server *
kb_broker_server(struct kb_broker *broker)
{
	return broker->server;
}

struct kb_id
kb_broker_store_id(const struct kb_broker *broker)
{
	return broker->store.id;
}

void
kb_broker_drain(struct kb_broker *broker)
{
	bool more = false;

	if (broker->draining) {
		return;
	}
	broker->draining = true;
	kb_server_pause(broker->server, true);
	enum kb_err err = run_round(broker, &more);

	if (err != KB_OK) {
		kb_loop_stop(broker->loop, err);
	}
	while (broker->sessions.live != NULL) {
		kb_broker_end_session(broker, broker->sessions.live, KB_OK);
	}
	kb_sessions_bury(&broker->sessions);
}
