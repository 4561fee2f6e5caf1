/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole of main() of an agent: the stages of its start, in order. */
#include "agents/runtime/agent_config.h"
#include "agents/runtime/program_parts.h"
#include "common/base/log.h"
#include "common/crypto/init.h"
#include "common/daemon/lifecycle.h"

/* Declared in role.h, which this file cannot include: its store has a step of its own. */
int kb_agent_main(const struct kb_role *role, int argc, char **argv);

static enum kb_err
start_keys(struct kb_daemon *daemon, struct kb_error_text *where)
{
	enum kb_err err = kb_crypto_init();

	return err == KB_OK ? kb_parts_keys(daemon->state, daemon->config, where) : err;
}

static void
stop_keys(struct kb_daemon *daemon)
{
	kb_parts_keys_release(daemon->state);
	kb_crypto_release();
}

static enum kb_err
start_profile(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return kb_parts_profile(daemon->state, daemon->config, where);
}

static enum kb_err
start_agent(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return kb_parts_agent(daemon->state, daemon->config, &daemon->clock, where);
}

static void
stop_agent(struct kb_daemon *daemon)
{
	kb_parts_agent_close(daemon->state);
}

static enum kb_err
start_sockets(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return kb_parts_sockets(daemon->state, daemon->config, where);
}

static void
stop_sockets(struct kb_daemon *daemon)
{
	kb_parts_sockets_close(daemon->state);
}

static enum kb_err
run_loop(struct kb_daemon *daemon, struct kb_error_text *where)
{
	return kb_parts_loop(daemon->state, daemon->signal_fd, where);
}

static const struct kb_stage stages[] = {
	{ .name = "keys", .start = start_keys, .stop = stop_keys, .in_check = true },
	{ .name = "profile", .start = start_profile, .in_check = true },
	{ .name = "agent", .start = start_agent, .stop = stop_agent },
	{ .name = "sockets", .start = start_sockets, .stop = stop_sockets },
};

int
kb_agent_main(const struct kb_role *role, int argc, char **argv)
{
	struct kb_parts *parts = NULL;
	enum kb_err err = kb_parts_new(role, &parts);
	int code;

	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "start-failed", "reason=%s", kb_err_name(err));
		return kb_err_exit_code(err);
	}
	struct kb_program program = { .name = kb_parts_program(parts),
				      .summary = kb_parts_summary(parts),
				      .config_path = kb_parts_config_path(parts),
				      .config = kb_parts_table(parts),
				      .log_level_key = KB_AGENT_LOG_LEVEL,
				      .steps = stages,
				      .step_count = sizeof(stages) / sizeof(stages[0]),
				      .loop = run_loop };

	code = kb_daemon_run(&program, parts, argc, argv);
	kb_parts_free(parts);
	return code;
}
