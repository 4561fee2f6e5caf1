/* SPDX-License-Identifier: EUPL-1.2 */
/* The agent: opening and closing, and one round of its life. */
#include "agents/runtime/agent.h"

#include <stdlib.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "common/base/log.h"
#include "common/store/record.h"

#define SEAL_CACHE 256
#define CONTEXT_CACHE 16
#define TICK_MS 1000
/* An import is one act: it may open a case with its route, some 25 KiB, for thousands of pupils. Given back after the group. */
#define GROUP_ARENA_BYTES ((size_t)384 * 1024 * 1024)

void *
kb_agent_role_state(const struct kb_agent *agent)
{
	return agent->role_state;
}

const struct kb_role *
kb_agent_role(const struct kb_agent *agent)
{
	return agent->role;
}

const struct kb_party_id *
kb_agent_self(const struct kb_agent *agent)
{
	return &agent->identity->self;
}

struct kb_directory *
kb_agent_directory(struct kb_agent *agent)
{
	return agent->directory;
}

struct kb_store *
kb_agent_store(struct kb_agent *agent)
{
	return agent->store;
}

int64_t
kb_agent_now_utc_ms(const struct kb_agent *agent)
{
	return kb_clock_utc_ms(&agent->clock);
}

const struct kb_config *
kb_agent_config(const struct kb_agent *agent)
{
	return agent->config;
}

struct kb_span
kb_agent_reglement(const struct kb_agent *agent)
{
	return agent->config != NULL
		       ? kb_span_text(kb_config_text(agent->config, KB_AGENT_REGLEMENT))
		       : KB_SPAN_NONE;
}

const struct kb_profile *
kb_agent_profile(const struct kb_agent *agent)
{
	return agent->profile;
}

enum kb_err
kb_agent_fault(const struct kb_agent *agent)
{
	return agent->fault;
}

static enum kb_err
open_store(struct kb_agent *agent, struct kb_error_text *where)
{
	struct kb_store_options options = { .path = agent->settings.data,
					    .keys_path = agent->settings.data_keys,
					    .marker_path = agent->settings.witness,
					    .master = &agent->identity->master,
					    .self = agent->identity->self,
					    .hooks = kb_agent_ledger_hooks(agent),
					    .ceiling_bytes = agent->settings.map_bytes_max,
					    .reserve_bytes = agent->settings.reserve_bytes,
					    .clock = &agent->clock,
					    .random = &agent->random };
	struct kb_store_health health;
	enum kb_err err = kb_store_open(&options, &agent->store, where);

	if (err == KB_OK) {
		kb_store_health(agent->store, &health);
		agent->commit.last_commit_utc_ms = health.last_commit_utc_ms;
	}
	return err;
}

/* What a start needs to know of the store. */
static enum kb_err
read_state(struct kb_agent *agent, struct kb_error_text *where)
{
	struct kb_directory_options options = { .identity = agent->identity,
						.head_grace_ms = agent->settings.head_grace_ms };
	struct kb_step *step = NULL;
	enum kb_err err = kb_step_begin(agent->store, KB_STEP_READ, &step);

	if (err == KB_OK) {
		err = kb_epoch_own(step, &agent->own_epoch);
	}
	if (err == KB_OK) {
		err = kb_directory_open(&options, step, &agent->directory, where);
	}
	if (err == KB_OK) {
		err = kb_session_open(agent, step);
	}
	if (err == KB_OK) {
		err = kb_restore_is_pending(agent, step, &agent->restore_pending);
	}
	if (err == KB_OK) {
		err = kb_deadline_watch_load(agent, step);
	}
	if (err == KB_OK) {
		err = kb_letter_watch_load(&agent->letters, step);
	}
	if (err == KB_OK) {
		err = kb_attachments_open(agent, step, where);
	}
	kb_step_abort(&step);
	return err;
}

/* The first record of every run; a store that went back in time gets its new epoch before anything else happens. */
static enum kb_err
start_act(struct kb_act *act, void *arg)
{
	struct kb_record record = { .type = KB_RECORD_STARTED, .at_utc_ms = act->now_utc_ms };
	uint64_t seq = 0;
	enum kb_err err = kb_record_append(act->step, &record, KB_SPAN_NONE, &seq);

	(void)arg;
	if (err == KB_OK && kb_store_marker_verdict(act->agent->store) == KB_MARKER_RESTORED) {
		err = kb_restore_begin(act);
	}
	return err;
}

static void
start_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	enum kb_err *result = arg;

	*result = err;
	if (err == KB_OK && kb_store_marker_verdict(agent->store) == KB_MARKER_RESTORED) {
		agent->restore_pending = true;
		agent->session.broker_store = (struct kb_id){ { 0 } };
	}
}

static enum kb_err
start(struct kb_agent *agent, struct kb_error_text *where)
{
	enum kb_err result = KB_ERR_INTERNAL;
	enum kb_err err = kb_agent_run(agent, 0, start_act, start_done, &result);

	if (err == KB_OK) {
		(void)kb_commit_round(agent);
		err = result;
	}
	if (err == KB_ERR_READ_ONLY || err == KB_ERR_CLOCK || err == KB_ERR_NO_SPACE ||
	    err == KB_ERR_STORE_FULL) {
		/* Fail closed, keep reading (R7): status and doctor say why. */
		kb_log(KB_LOG_ERROR, "start-read-only", "reason=%s", kb_err_name(err));
		err = KB_OK;
	}
	if (err != KB_OK) {
		return kb_fail(where, err, "de administratie kan niet beschreven worden: %s",
			       kb_err_text(err));
	}
	return agent->role->on_start != NULL
		       ? agent->role->on_start(agent, agent->config, &agent->role_state, where)
		       : KB_OK;
}

enum kb_err
kb_agent_open(const struct kb_agent_options *options, struct kb_agent **out,
	      struct kb_error_text *where)
{
	struct kb_agent *agent = calloc(1, sizeof(*agent));
	enum kb_err err = agent != NULL ? KB_OK : KB_ERR_NO_MEMORY;

	if (err != KB_OK) {
		goto out;
	}
	agent->role = options->role;
	agent->identity = options->identity;
	agent->config = options->config;
	agent->profile = options->profile;
	agent->clock = options->clock;
	agent->random = options->random;
	agent->transport = options->transport;
	agent->settings = options->settings;
	agent->next_clock_due_utc_ms = INT64_MAX;
	agent->started_utc_ms = kb_clock_utc_ms(&agent->clock);
	agent->arena.ceiling = GROUP_ARENA_BYTES;
	if (agent->identity->kind != agent->role->kind) {
		err = kb_fail(
			where, KB_ERR_CONFIG,
			"het aansluitbestand is van een partij van soort %s; dit programma is "
			"voor %s",
			kb_party_kind_name(agent->identity->kind),
			kb_party_kind_name(agent->role->kind));
		goto out;
	}
	err = kb_seal_cache_new(SEAL_CACHE, &agent->seals);
	if (err == KB_OK) {
		err = kb_hpke_cache_new(CONTEXT_CACHE, &agent->contexts);
	}
	if (err == KB_OK) {
		err = kb_sender_open(agent);
	}
	if (err == KB_OK) {
		err = open_store(agent, where);
	}
	if (err == KB_OK) {
		err = read_state(agent, where);
	}
	if (err == KB_OK) {
		err = start(agent, where);
	}
	if (err == KB_OK) {
		*out = agent;
		agent = NULL;
	}
out:
	kb_agent_close(agent);
	return err;
}

void
kb_agent_close(struct kb_agent *agent)
{
	if (agent == NULL) {
		return;
	}
	if (agent->directory != NULL) {
		kb_session_goodbye(agent);
		kb_session_link_down(agent, KB_OK);
	}
	kb_commit_release(agent, KB_ERR_OFFLINE);
	kb_jobs_release(agent, KB_ERR_OFFLINE);
	kb_desk_release(agent);
	if (agent->role != NULL && agent->role->on_stop != NULL && agent->role_state != NULL) {
		agent->role->on_stop(agent, agent->role_state);
	}
	kb_letter_watch_release(&agent->letters);
	kb_attachments_release(agent);
	kb_flow_profiles_free(agent->profiles);
	kb_receiver_release(agent);
	kb_sender_release(agent);
	kb_session_release(agent);
	kb_directory_close(agent->directory);
	kb_store_close(agent->store);
	kb_hpke_cache_free(agent->contexts);
	kb_seal_cache_free(agent->seals);
	kb_sealer_release(&agent->sealer);
	kb_arena_release(&agent->arena);
	kb_arena_release(&agent->checkpoint_arena);
	kb_buf_release(&agent->signed_checkpoint);
	kb_buf_release(&agent->frame);
#ifdef KB_TEST_SWITCHES
	kb_bench_free(agent->bench);
#endif
	free(agent);
}

void
kb_agent_link_up(struct kb_agent *agent)
{
	kb_session_link_up(agent);
}

void
kb_agent_link_down(struct kb_agent *agent, enum kb_err why)
{
	kb_session_link_down(agent, why);
}

void
kb_agent_frame(struct kb_agent *agent, struct kb_span frame)
{
	kb_session_frame(agent, frame);
}

/* About once a second. */
static void
tick(struct kb_agent *agent, int64_t now_mono_ms, int64_t now_utc_ms)
{
	struct kb_store_health health;
	enum kb_err err;

	if (agent->next_tick_mono_ms > now_mono_ms) {
		return;
	}
	agent->next_tick_mono_ms = now_mono_ms + TICK_MS;
	err = kb_store_tick(agent->store);
	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "store-tick", "reason=%s", kb_err_name(err));
	}
	kb_store_health(agent->store, &health);
	if (health.env.state == KB_ERR_IO || health.keys.state == KB_ERR_IO) {
		agent->fault =
			KB_ERR_IO; /* a failed sync may claim success the next time: end, restart, verify */
	}
	if (agent->role->on_tick != NULL) {
		agent->role->on_tick(agent, agent->role_state, now_utc_ms);
	}
}

bool
kb_agent_round(struct kb_agent *agent)
{
	int64_t now_mono = kb_clock_mono_ms(&agent->clock);
	int64_t now_utc = kb_clock_utc_ms(&agent->clock);
	bool more = kb_jobs_round(agent);

	kb_receiver_tick(agent, now_mono);
	kb_sender_tick(agent, now_mono, now_utc);
	kb_deadline_watch_tick(agent, now_utc);
	(void)kb_commit_round(agent);
	if (kb_directory_take_changed(agent->directory)) {
		kb_sender_register_changed(agent);
		kb_consent_register_changed(agent);
		if (agent->role->on_register_change != NULL) {
			agent->role->on_register_change(agent, agent->role_state);
		}
	}
	more = kb_attachments_round(agent, now_mono) || more;
	kb_session_tick(agent, now_mono);
	kb_restore_tick(agent, now_mono);
	more = kb_sender_publish(agent) || more;
	tick(agent, now_mono, now_utc);
	return more || agent->commit.queued.count > 0 ||
	       (agent->sender.seal_wanted && agent->session.state == KB_SESSION_UP &&
		!agent->sender.seal_running);
}

int64_t
kb_agent_due_mono_ms(const struct kb_agent *agent)
{
	int64_t now_mono = kb_clock_mono_ms(&agent->clock);
	int64_t now_utc = kb_clock_utc_ms(&agent->clock);
	int64_t due = agent->next_tick_mono_ms;
	int64_t other = kb_sender_due_mono_ms(agent, now_mono, now_utc);

	due = other < due ? other : due;
	other = kb_receiver_due_mono_ms(agent);
	due = other < due ? other : due;
	other = kb_jobs_due_mono_ms(agent);
	due = other < due ? other : due;
	other = kb_session_due_mono_ms(agent);
	return other < due ? other : due;
}
