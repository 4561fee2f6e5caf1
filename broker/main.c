/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode-broker: the steps of its start, and its loop. */
#include <stdio.h>

#include "broker/broker.h"
#include "broker/broker_config.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/daemon/lifecycle.h"
#include "common/daemon/notify.h"
#include "common/daemon/signals.h"

#define MIB ((uint64_t)1024 * 1024)
#define PATH_BYTES 4096
/* After the goodbyes, for libzmq to send them: LINGER is 0. */
#define GOODBYE_MS 200
#define STATUS_MS 10000

struct program_state {
	struct kb_broker_options options;
	struct kb_buf join_bytes;
	struct kb_arena join_arena;
	struct kb_verify_key *registrar_key;
	struct kb_sign_key *sign_key;
	struct kb_secret transport_key;
	struct kb_net_context *context;
	struct kb_loop *loop;
	struct kb_loop_source *signals;
	struct kb_broker *broker;
	struct kb_timer status;
	int signal_fd;
	bool stopping;
};

static enum kb_err
load_key(const struct kb_daemon *daemon, const char *name, enum kb_key_use use,
	 struct kb_secret *out, struct kb_error_text *where)
{
	char path[PATH_BYTES];
	int written = snprintf(path, sizeof(path), "%s/%s",
			       kb_config_text(daemon->config, KB_BROKER_KEY_KEYS), name);

	if (written < 0 || (size_t)written >= sizeof(path)) {
		return kb_fail(where, KB_ERR_CONFIG, "the path of the key folder is too long");
	}
	return kb_key_file_load(path, use, out, where);
}

static enum kb_err
load_join(struct program_state *state, const struct kb_daemon *daemon, struct kb_error_text *where)
{
	const char *path = kb_config_text(daemon->config, KB_BROKER_KEY_JOIN);
	struct kb_join_file join;
	struct kb_sign_public registrar;
	enum kb_err err = kb_file_read(path, KB_WIRE_JOIN_BYTES_MAX, &state->join_bytes, where);

	if (err != KB_OK) {
		return err == KB_ERR_NOT_FOUND ? KB_ERR_CONFIG
					       : err; /* an administrator must act */
	}
	err = kb_join_file_decode(kb_buf_span(&state->join_bytes), &state->join_arena, &join);
	if (err != KB_OK) {
		return kb_fail(where, KB_ERR_CONFIG, "%s is not a join file (%s)", path,
			       kb_err_text(err));
	}
	memcpy(registrar.bytes, join.registrar_key, sizeof(registrar.bytes));
	err = kb_verify_key_new(&registrar, &state->registrar_key);
	if (err != KB_OK) {
		return kb_fail(where, err, "%s names a registrar key that cannot be used", path);
	}
	state->options.party = join.party;
	state->options.anchor = (struct kb_trust_anchor){
		.registrar = join.registrar,
		.registrar_key = state->registrar_key,
		.authority = join.authority,
	};
	return KB_OK;
}

static void
stop_keys(struct kb_daemon *daemon)
{
	struct program_state *state = daemon->state;

	kb_sign_key_free(state->sign_key);
	state->sign_key = NULL;
	kb_secret_release(&state->transport_key);
	kb_verify_key_free(state->registrar_key);
	state->registrar_key = NULL;
	kb_arena_release(&state->join_arena);
	kb_buf_release(&state->join_bytes);
}

static enum kb_err
start_keys(struct kb_daemon *daemon, struct kb_error_text *where)
{
	struct program_state *state = daemon->state;
	struct kb_secret seed = { 0 };
	enum kb_err err = kb_crypto_init();

	if (err == KB_OK) {
		err = load_join(state, daemon, where);
	}
	if (err == KB_OK) {
		err = load_key(daemon, "sign.key", KB_KEY_USE_SIGN, &seed, where);
	}
	if (err == KB_OK) {
		err = kb_sign_key_new(&seed, &state->sign_key);
	}
	if (err == KB_OK) {
		err = load_key(daemon, "curve.key", KB_KEY_USE_TRANSPORT, &state->transport_key,
			       where);
	}
	kb_secret_release(&seed);
	if (err != KB_OK) {
		stop_keys(daemon);
	}
	return err;
}

static void
fill_options(struct program_state *state, const struct kb_daemon *daemon)
{
	const struct kb_config *config = daemon->config;
	struct kb_broker_options *o = &state->options;

	o->sign_key = state->sign_key;
	o->transport_key = &state->transport_key;
	o->register_path = kb_config_text(config, KB_BROKER_KEY_REGISTER);
	o->store_folder = kb_config_text(config, KB_BROKER_KEY_DATA);
	o->marker_path = kb_config_text(config, KB_BROKER_KEY_WITNESS);
	o->store_ceiling_bytes = kb_config_u64(config, KB_BROKER_KEY_SIZE_MAX) * MIB;
	o->store_reserve_bytes = kb_config_u64(config, KB_BROKER_KEY_RESERVE) * MIB;
	o->limits = (struct kb_mailbox_limits){
		.messages_max = kb_config_u64(config, KB_BROKER_KEY_MAILBOX_MESSAGES),
		.bytes_max = kb_config_u64(config, KB_BROKER_KEY_MAILBOX_SIZE) * MIB,
		.sender_messages_max = kb_config_u64(config, KB_BROKER_KEY_MAILBOX_PER_SENDER),
	};
	o->net.endpoint = kb_config_text(config, KB_BROKER_KEY_LISTEN);
	o->clock = &daemon->clock;
	o->random = kb_random_system();
}

static void
on_signal(void *arg, unsigned events)
{
	struct program_state *state = arg;
	struct kb_error_text where = { "" };

	(void)events;
	for (enum kb_signal signal = kb_signals_read(state->signal_fd); signal != KB_SIGNAL_NONE;
	     signal = kb_signals_read(state->signal_fd)) {
		if (signal == KB_SIGNAL_STOP && !state->stopping) {
			state->stopping = true;
			kb_loop_stop(state->loop, KB_OK);
		}
		if (signal == KB_SIGNAL_RELOAD) {
			enum kb_err err = kb_broker_reload(state->broker, &where);

			if (err != KB_OK) {
				kb_log(KB_LOG_ERROR, "broker-register-refused", "reason=%s",
				       kb_err_name(err));
			}
		}
	}
}

static void
on_status(void *arg)
{
	struct program_state *state = arg;
	struct kb_broker_counts counts;
	int64_t watchdog = kb_notify_watchdog_ms();
	int64_t next = watchdog > 0 && watchdog / 2 < STATUS_MS ? watchdog / 2 : STATUS_MS;

	kb_broker_counts(state->broker, &counts);
	kb_notify_watchdog();
	kb_notify_status("sessions %zu, waiting %llu, accepted %llu, register %llu",
			 counts.sessions, (unsigned long long)counts.waiting,
			 (unsigned long long)counts.accepted,
			 (unsigned long long)counts.register_version);
	enum kb_err err = kb_timer_set_in(state->loop, &state->status, next);

	KB_INVARIANT(err == KB_OK);
}

static void
stop_broker(struct kb_daemon *daemon)
{
	struct program_state *state = daemon->state;

	if (state->loop != NULL) {
		kb_timer_cancel(state->loop, &state->status);
		kb_loop_remove(state->loop, &state->signals);
	}
	kb_broker_close(state->broker);
	state->broker = NULL;
	kb_loop_free(state->loop);
	state->loop = NULL;
	kb_net_context_free(state->context);
	state->context = NULL;
}

static enum kb_err
start_broker(struct kb_daemon *daemon, struct kb_error_text *where)
{
	struct program_state *state = daemon->state;

	fill_options(state, daemon);
	if (daemon->check_only) {
		return kb_broker_check(&state->options, where);
	}
	state->signal_fd = daemon->signal_fd;
	state->status = (struct kb_timer){ .on_due = on_status, .state = state };
	enum kb_err err = kb_net_context_new(&state->context);

	if (err == KB_OK) {
		err = kb_loop_new(&daemon->clock, &state->loop);
	}
	if (err == KB_OK) {
		err = kb_broker_open(state->context, state->loop, &state->options, &state->broker,
				     where);
	}
	if (err == KB_OK) {
		err = kb_loop_add_fd(state->loop, state->signal_fd, KB_LOOP_READ, on_signal, state,
				     &state->signals);
	}
	if (err == KB_OK) {
		err = kb_timer_set_in(state->loop, &state->status, 0);
	}
	if (err != KB_OK) {
		stop_broker(daemon);
	}
	return err;
}

/* Until a stop signal; then what was taken in is committed and answered, and everybody hears goodbye. */
static enum kb_err
run(struct kb_daemon *daemon, struct kb_error_text *where)
{
	struct program_state *state = daemon->state;

	kb_log(KB_LOG_NOTICE, "broker-listening", "address=%s", kb_broker_endpoint(state->broker));
	enum kb_err err = kb_loop_run(state->loop);

	if (err != KB_OK) {
		return kb_fail(
			where, err,
			"the broker stopped: %s. When its data folder is damaged, remove it: "
			"agents send again what has no receipt",
			kb_err_text(err));
	}
	int64_t until = kb_clock_mono_ms(&daemon->clock) + GOODBYE_MS;

	kb_broker_drain(state->broker);
	while (err == KB_OK && kb_clock_mono_ms(&daemon->clock) < until) {
		err = kb_loop_step(state->loop, GOODBYE_MS / 4);
	}
	return err;
}

static const struct kb_stage steps[] = {
	{ .name = "keys", .start = start_keys, .stop = stop_keys, .in_check = true },
	{ .name = "broker", .start = start_broker, .stop = stop_broker, .in_check = true },
};

static const struct kb_program program = {
	.name = "ketenbode-broker",
	.summary = "carries sealed messages between agents; it can read none of them",
	.config_path = "/etc/ketenbode/broker.conf",
	.config = &kb_broker_config_table,
	.log_level_key = KB_BROKER_KEY_LOG_LEVEL,
	.steps = steps,
	.step_count = sizeof(steps) / sizeof(steps[0]),
	.loop = run,
};

int
main(int argc, char **argv)
{
	static struct program_state state;

	return kb_daemon_run(&program, &state, argc, argv);
}
