/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of a running agent program. */
#include "agents/runtime/program_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/runtime/agent.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/crypto/rng.h"
#include "common/daemon/notify.h"
#include "common/daemon/profile.h"
#include "common/daemon/signals.h"
#include "common/net/link.h"
#include "common/net/loop.h"
#include "common/net/stream.h"

#define HOUR_MS ((int64_t)3600 * 1000)
#define MIB ((uint64_t)1024 * 1024)
/* Disk kept back for receipts and erasure (reliability.md 1.3). */
#define RESERVE_BYTES (16 * MIB)

struct kb_parts {
	const struct kb_role *role;
	struct kb_config_key keys[KB_AGENT_KEYS_MAX];
	struct kb_config_table table;
	char summary[128];
	char config_path[64];

	struct kb_identity identity;
	struct kb_profile profile;
	bool has_profile;
	struct kb_clock clock;

	struct kb_loop *loop;
	struct kb_loop_hook *hook;
	struct kb_timer timer;
	struct kb_agent *agent;
	struct kb_net_context *context;
	struct kb_link *link;
	struct kb_stream_server *desk;
	struct kb_loop_source *signals;
	struct kb_loop_source *child;
	int signal_fd;
	int64_t next_watchdog_mono_ms;
};

enum kb_err
kb_parts_new(const struct kb_role *role, struct kb_parts **out)
{
	struct kb_parts *parts = calloc(1, sizeof(*parts));
	enum kb_err err;

	if (parts == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	parts->role = role;
	parts->signal_fd = -1;
	err = kb_agent_config_table(role->program, role->config_keys, role->config_key_count,
				    parts->keys, &parts->table);
	if (err != KB_OK) {
		free(parts);
		return err;
	}
	(void)snprintf(parts->summary, sizeof(parts->summary),
		       "agent van een partij van soort %s in het berichtenverkeer rond een kind",
		       kb_party_kind_name(role->kind));
	(void)snprintf(parts->config_path, sizeof(parts->config_path), "/etc/ketenbode/%s.conf",
		       kb_party_kind_name(role->kind));
	*out = parts;
	return KB_OK;
}

void
kb_parts_free(struct kb_parts *parts)
{
	if (parts != NULL) {
		kb_profile_release(&parts->profile);
	}
	free(parts);
}

const char *
kb_parts_program(const struct kb_parts *parts)
{
	return parts->role->program;
}

const char *
kb_parts_summary(const struct kb_parts *parts)
{
	return parts->summary;
}

const char *
kb_parts_config_path(const struct kb_parts *parts)
{
	return parts->config_path;
}

const struct kb_config_table *
kb_parts_table(const struct kb_parts *parts)
{
	return &parts->table;
}

/* ---- keys and profile ---- */

enum kb_err
kb_parts_keys(struct kb_parts *parts, const struct kb_config *config, struct kb_error_text *where)
{
	struct kb_identity_files files = { .join = kb_config_text(config, KB_AGENT_JOIN),
					   .keys = kb_config_text(config, KB_AGENT_KEYS),
					   .old_seal_key =
						   kb_config_text(config, KB_AGENT_SEALING_OLD) };

	return kb_identity_load(&files, &parts->identity, where);
}

void
kb_parts_keys_release(struct kb_parts *parts)
{
	kb_identity_release(&parts->identity);
}

enum kb_err
kb_parts_profile(struct kb_parts *parts, const struct kb_config *config,
		 struct kb_error_text *where)
{
	const char *folder = kb_config_text(config, KB_AGENT_PROFILE);
	struct kb_faults faults = { 0 };
	enum kb_err err;

	if (folder[0] == '\0') {
		return KB_OK;
	}
	err = kb_profile_open(folder, &faults, &parts->profile);
	parts->has_profile = err == KB_OK;
	if (err != KB_OK) {
		(void)kb_fail(where, err, "%s", kb_faults_text(&faults));
	}
	kb_faults_release(&faults);
	return err;
}

/* ---- the agent ---- */

static enum kb_err
link_send(void *state, struct kb_span frame)
{
	struct kb_parts *parts = state;

	return parts->link != NULL ? kb_link_send(parts->link, frame) : KB_ERR_OFFLINE;
}

static void
link_reset(void *state)
{
	struct kb_parts *parts = state;

	if (parts->link != NULL) {
		kb_link_reset(parts->link, false);
	}
}

static void
on_timer(void *state)
{
	(void)state; /* the hook of the round does the work */
}

static void
on_child(void *state, unsigned events)
{
	(void)state; /* the job of the verification reads it in this round */
	(void)events;
}

/* The descriptor of a running verification, so that the loop wakes up for its news. */
static void
watch_child(struct kb_parts *parts)
{
	int fd = kb_agent_child_fd(parts->agent);

	if (fd < 0 && parts->child != NULL) {
		kb_loop_remove(parts->loop, &parts->child);
	}
	if (fd >= 0 && parts->child == NULL) {
		kb_ignore(kb_loop_add_fd(parts->loop, fd, KB_LOOP_READ, on_child, parts,
					 &parts->child),
			  "the job looks by its timer too");
	}
}

static void
keep_alive(struct kb_parts *parts)
{
	int64_t watchdog_ms = kb_notify_watchdog_ms();
	int64_t now = kb_clock_mono_ms(&parts->clock);

	if (watchdog_ms > 0 && now >= parts->next_watchdog_mono_ms) {
		parts->next_watchdog_mono_ms = now + watchdog_ms / 2;
		kb_notify_watchdog();
	}
}

static bool
before_wait(void *state)
{
	struct kb_parts *parts = state;
	bool more = kb_agent_round(parts->agent);
	int64_t due = kb_agent_due_mono_ms(parts->agent);

	keep_alive(parts);
	watch_child(parts);
	if (kb_agent_fault(parts->agent) != KB_OK) {
		kb_loop_stop(parts->loop, kb_agent_fault(parts->agent));
	}
	if (due != INT64_MAX) {
		kb_ignore(kb_timer_set(parts->loop, &parts->timer, due),
			  "without memory the next event wakes the loop");
	}
	return more;
}

static struct kb_agent_settings
read_settings(struct kb_parts *parts, const struct kb_config *config)
{
	const char *data_keys = kb_config_text(config, KB_AGENT_DATA_KEYS);
	const char *witness = kb_config_text(config, KB_AGENT_WITNESS);

	(void)parts;
	return (struct kb_agent_settings){
		.data = kb_config_text(config, KB_AGENT_DATA),
		.data_keys = data_keys[0] != '\0' ? data_keys : NULL,
		.witness = witness[0] != '\0' ? witness : NULL,
		.letters = kb_config_text(config, KB_AGENT_LETTERS),
		.map_bytes_max = kb_config_u64(config, KB_AGENT_MAP_MIB_MAX) * MIB,
		.attachment_bytes_max = kb_config_u64(config, KB_AGENT_BIJLAGEN_MIB_MAX) * MIB,
		.reserve_bytes = RESERVE_BYTES,
		.resend_first_ms = (int64_t)kb_config_u64(config, KB_AGENT_RESEND_FIRST),
		.resend_most_ms = (int64_t)kb_config_u64(config, KB_AGENT_RESEND_MOST),
		.life_ms = (int64_t)kb_config_u64(config, KB_AGENT_LIFE) * HOUR_MS,
		.head_grace_ms = (int64_t)kb_config_u64(config, KB_AGENT_HEAD_GRACE) * HOUR_MS,
		.credit = (uint32_t)kb_config_u64(config, KB_AGENT_CREDIT),
	};
}

enum kb_err
kb_parts_agent(struct kb_parts *parts, const struct kb_config *config, const struct kb_clock *clock,
	       struct kb_error_text *where)
{
	struct kb_agent_options options = {
		.role = parts->role,
		.identity = &parts->identity,
		.config = config,
		.profile = parts->has_profile ? &parts->profile : NULL,
		.clock = *clock,
		.random = kb_random_crypto(),
		.transport = { .send = link_send, .reset = link_reset, .state = parts },
		.settings = read_settings(parts, config)
	};
	enum kb_err err;

	parts->clock = *clock;
	parts->timer.on_due = on_timer;
	parts->timer.state = parts;
	err = kb_agent_open(&options, &parts->agent, where);
	if (err == KB_OK) {
		err = kb_loop_new(clock, &parts->loop);
	}
	if (err == KB_OK) {
		err = kb_loop_add_hook(parts->loop, before_wait, parts, &parts->hook);
	}
	if (err != KB_OK) {
		kb_parts_agent_close(parts);
	}
	return err;
}

void
kb_parts_agent_close(struct kb_parts *parts)
{
	kb_agent_close(parts->agent);
	parts->agent = NULL;
	kb_loop_free(parts->loop);
	parts->loop = NULL;
	parts->hook = NULL;
}

/* ---- sockets ---- */

static void
on_link_state(void *state, enum kb_link_state now, enum kb_err why)
{
	struct kb_parts *parts = state;

	if (now == KB_LINK_STATE_UP) {
		kb_agent_link_up(parts->agent);
	} else if (now == KB_LINK_STATE_WAITING) {
		kb_agent_link_down(parts->agent, why);
	}
}

static void
on_link_frame(void *state, struct kb_span frame)
{
	struct kb_parts *parts = state;

	kb_agent_frame(parts->agent, frame);
}

static void
answer_desk(void *state, struct kb_span bytes, bool last)
{
	struct kb_stream_client *client = state;

	(void)last;
	kb_ignore(kb_stream_send(client, bytes), "a client that is gone needs no answer");
}

static void
on_desk_frame(void *state, struct kb_stream_client *client, struct kb_span frame)
{
	struct kb_parts *parts = state;
	struct kb_desk_client who = { .uid = (uint32_t)kb_stream_client_peer(client)->uid,
				      .answer = answer_desk,
				      .state = client };

	kb_agent_desk_request(parts->agent, &who, frame);
}

static void
on_desk_close(void *state, struct kb_stream_client *client)
{
	struct kb_parts *parts = state;

	kb_agent_desk_gone(parts->agent, client);
}

static enum kb_err
open_link(struct kb_parts *parts, const struct kb_config *config, struct kb_error_text *where)
{
	struct kb_link_options options = { .secret_key = &parts->identity.transport,
					   .random = kb_random_crypto() };
	struct kb_link_hooks hooks = { .on_state = on_link_state,
				       .on_frame = on_link_frame,
				       .state = parts };
	const char *address = kb_config_text(config, KB_AGENT_BROKER);
	enum kb_err err;

	options.endpoint =
		address[0] != '\0' ? address : kb_buf_text(&parts->identity.broker_address);
	memcpy(options.server_key, parts->identity.broker_transport_key,
	       sizeof(options.server_key));
	if (options.endpoint == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	err = kb_net_context_new(&parts->context);
	if (err == KB_OK) {
		err = kb_link_open(parts->context, parts->loop, &options, &hooks, &parts->link);
	}
	if (err != KB_OK) {
		(void)kb_fail(where, err, "de verbinding met de broker kan niet gemaakt worden: %s",
			      kb_err_text(err));
	}
	return err;
}

enum kb_err
kb_parts_sockets(struct kb_parts *parts, const struct kb_config *config,
		 struct kb_error_text *where)
{
	static const mode_t modes[] = { 0600, 0660 };
	struct kb_stream_options options = {
		.path = kb_config_text(config, KB_AGENT_SOCKET),
		.mode = modes[kb_config_enum(config, KB_AGENT_SOCKET_MODE)]
	};
	struct kb_stream_hooks hooks = { .on_frame = on_desk_frame,
					 .on_close = on_desk_close,
					 .state = parts };
	enum kb_err err = kb_stream_server_open(parts->loop, &options, &hooks, &parts->desk, where);

	if (err == KB_OK) {
		err = open_link(parts, config, where);
	}
	if (err != KB_OK) {
		kb_parts_sockets_close(parts);
	}
	return err;
}

void
kb_parts_sockets_close(struct kb_parts *parts)
{
	kb_stream_server_close(&parts->desk);
	kb_link_close(&parts->link);
	kb_net_context_free(parts->context);
	parts->context = NULL;
}

/* ---- the loop ---- */

static void
on_signal(void *state, unsigned events)
{
	struct kb_parts *parts = state;
	enum kb_signal signal = kb_signals_read(parts->signal_fd);

	(void)events;
	while (signal != KB_SIGNAL_NONE) {
		if (signal == KB_SIGNAL_STOP) {
			kb_loop_stop(parts->loop, KB_OK);
		}
		signal = kb_signals_read(parts->signal_fd);
	}
}

enum kb_err
kb_parts_loop(struct kb_parts *parts, int signal_fd, struct kb_error_text *where)
{
	enum kb_err err;

	parts->signal_fd = signal_fd;
	err = kb_loop_add_fd(parts->loop, signal_fd, KB_LOOP_READ, on_signal, parts,
			     &parts->signals);
	if (err == KB_OK) {
		err = kb_loop_run(parts->loop);
	}
	if (parts->child != NULL) {
		kb_loop_remove(parts->loop, &parts->child);
	}
	if (parts->signals != NULL) {
		kb_loop_remove(parts->loop, &parts->signals);
	}
	if (err != KB_OK) {
		(void)kb_fail(
			where, err,
			"het vastleggen op schijf mislukte (%s); het programma stopt en kijkt "
			"bij de volgende start alles na",
			kb_err_name(err));
	}
	return err;
}
