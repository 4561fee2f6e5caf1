/* SPDX-License-Identifier: EUPL-1.2 */
/* Start and stop of a daemon. */
#include "common/daemon/lifecycle.h"

#include <stdio.h>

#include "common/daemon/journal.h"
#include "common/daemon/limits.h"
#include "common/daemon/notify.h"
#include "common/daemon/options.h"
#include "common/daemon/signals.h"
#include "common/daemon/test_clock.h"

enum daemon_option {
	OPTION_CONFIG,
	OPTION_CHECK,
	OPTION_PRINT_CONFIG,
	OPTION_CONFIG_REFERENCE,
	OPTION_TEST_CLOCK_OFFSET,
	OPTION_VERSION,
	OPTION_HELP,
	OPTION_COUNT,
};

static const struct kb_option daemon_options[OPTION_COUNT] = {
	[OPTION_CONFIG] = { "config", "FILE", "read this configuration file" },
	[OPTION_CHECK] = { "check", NULL,
			   "check configuration, profile and keys, change nothing, and end" },
	[OPTION_PRINT_CONFIG] = { "print-config", NULL, "print the effective values and end" },
	[OPTION_CONFIG_REFERENCE] = { "config-reference", NULL,
				      "print every key with its meaning and default, and end" },
	[OPTION_TEST_CLOCK_OFFSET] = { "test-clock-offset", "+10d",
				       "move the clock; test builds only" },
	[OPTION_VERSION] = { "version", NULL, "print the version and end" },
	[OPTION_HELP] = { "help", NULL, "print this text and end" },
};

const char *const kb_log_level_choices[] = { "error", "warning", "notice", "info", "debug", NULL };

/* An exit of kb_daemon_run before the daemon's own steps: done, or failed with what stderr already says. */
enum early {
	EARLY_GO_ON = 0,
	EARLY_DONE,
};

struct life {
	const struct kb_program *program;
	struct kb_option_values options;
	struct kb_test_clock clock;
	struct kb_config *config;
	struct kb_daemon daemon;
	size_t failed_step;
};

void
kb_stages_stop(const struct kb_stage *steps, size_t count, struct kb_daemon *daemon)
{
	for (size_t i = count; i > 0; i--) {
		const struct kb_stage *step = &steps[i - 1];
		bool was_started = step->in_check || !daemon->check_only;

		if (was_started && step->stop != NULL) {
			step->stop(daemon);
		}
	}
}

enum kb_err
kb_stages_start(const struct kb_stage *steps, size_t count, struct kb_daemon *daemon,
		struct kb_error_text *where, size_t *failed)
{
	for (size_t i = 0; i < count; i++) {
		enum kb_err err = KB_OK;

		if (daemon->check_only && !steps[i].in_check) {
			continue;
		}
		err = steps[i].start(daemon, where);
		if (err != KB_OK) {
			*failed = i;
			kb_stages_stop(steps, i, daemon);
			return err;
		}
	}
	return KB_OK;
}

/* Prints what was made when it was made well. */
static enum kb_err
print_and_release(enum kb_err err, struct kb_buf *text)
{
	if (err == KB_OK &&
	    (fwrite(text->at, 1, text->len, stdout) != text->len || fflush(stdout) != 0)) {
		err = KB_ERR_IO;
	}
	kb_buf_release(text);
	return err;
}

static enum kb_err
print_usage(const struct kb_program *program)
{
	struct kb_buf text = { 0 };
	enum kb_err err = kb_buf_putf(&text, "%s: %s\n\nUsage: %s [--config=FILE]\n\n",
				      program->name, program->summary, program->name);

	if (err == KB_OK) {
		err = kb_options_usage(daemon_options, OPTION_COUNT, &text);
	}
	if (err == KB_OK) {
		err = kb_buf_putf(&text,
				  "\nWithout --config: %s\nMore: man %s, man ketenbode.conf\n",
				  program->config_path, program->name);
	}
	return print_and_release(err, &text);
}

static enum kb_err
print_reference(const struct kb_program *program)
{
	struct kb_buf text = { 0 };

	return print_and_release(kb_config_reference(program->config, &text), &text);
}

static enum kb_err
print_config(const struct kb_config *config)
{
	struct kb_buf text = { 0 };

	return print_and_release(kb_config_print(config, &text), &text);
}

static enum kb_err
read_options(struct life *life, int argc, char **argv, struct kb_error_text *where,
	     enum early *early)
{
	const char **value = life->options.value;
	enum kb_err err = kb_options_parse(daemon_options, OPTION_COUNT, false, argc, argv,
					   &life->options, where);

	if (err != KB_OK) {
		return err;
	}
	if (life->options.operand_count > 0) {
		return kb_fail(where, KB_ERR_USAGE,
			       "\"%s\" is not an option; this program takes only options",
			       life->options.operands[0]);
	}
	if (value[OPTION_HELP] != NULL) {
		*early = EARLY_DONE;
		return print_usage(life->program);
	}
	if (value[OPTION_VERSION] != NULL) {
		*early = EARLY_DONE;
		(void)printf("%s %s\n", life->program->name, KB_VERSION);
		return KB_OK;
	}
	if (value[OPTION_CONFIG_REFERENCE] != NULL) {
		*early = EARLY_DONE;
		return print_reference(life->program);
	}
	life->clock.system = kb_clock_system();
	life->daemon.clock = life->clock.system;
	if (value[OPTION_TEST_CLOCK_OFFSET] != NULL) {
		err = kb_test_clock_parse(value[OPTION_TEST_CLOCK_OFFSET], &life->clock.offset_ms,
					  where);
		life->daemon.clock = kb_test_clock(&life->clock);
	}
	life->daemon.check_only = value[OPTION_CHECK] != NULL;
	return err;
}

static enum kb_err
read_config(struct life *life, struct kb_error_text *where, enum early *early)
{
	const struct kb_program *program = life->program;
	const char *given = life->options.value[OPTION_CONFIG];
	const char *path = given != NULL ? given : program->config_path;
	struct kb_faults faults = { 0 };
	enum kb_err err = kb_config_open(program->config, path, &faults, &life->config);

	if (err != KB_OK) {
		(void)fputs(kb_faults_text(&faults), stderr);
		kb_faults_release(&faults);
		return kb_fail(where, err, "the configuration %s is not used", path);
	}
	life->daemon.config = life->config;
	if (program->log_level_key != KB_NO_KEY) {
		size_t choice = kb_config_enum(life->config, program->log_level_key);

		kb_journal_init(program->name, (enum kb_log_level)(KB_LOG_ERROR + choice));
	}
	if (life->options.value[OPTION_PRINT_CONFIG] != NULL) {
		*early = EARLY_DONE;
		return print_config(life->config);
	}
	return KB_OK;
}

static enum kb_err
prepare_process(struct life *life, struct kb_error_text *where)
{
	enum kb_err err = kb_signals_open(&life->daemon.signal_fd);

	if (err != KB_OK) {
		return kb_fail(where, err, "signals cannot be received");
	}
	if (kb_limits_is_root()) {
		kb_log(KB_LOG_WARNING, "daemon-root",
		       "program=%s advice=\"run it as its own user\"", life->program->name);
	}
	return kb_limits_apply(where);
}

static enum kb_err
run_steps(struct life *life, struct kb_error_text *where)
{
	const struct kb_program *program = life->program;
	struct kb_daemon *daemon = &life->daemon;
	enum kb_err err = kb_stages_start(program->steps, program->step_count, daemon, where,
					  &life->failed_step);

	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "daemon-start-failed", "program=%s step=%s", program->name,
		       program->steps[life->failed_step].name);
		return err;
	}
	if (daemon->check_only) {
		(void)printf("%s: configuration OK\n", kb_config_file(life->config));
	} else {
		kb_log(KB_LOG_NOTICE, "daemon-ready", "program=%s version=%s", program->name,
		       KB_VERSION);
		kb_notify_ready();
		err = program->loop(daemon, where);
		kb_notify_stopping();
		kb_log(KB_LOG_NOTICE, "daemon-stopping", "program=%s result=%s", program->name,
		       kb_err_name(err));
	}
	kb_stages_stop(program->steps, program->step_count, daemon);
	return err;
}

static enum kb_err
live(struct life *life, int argc, char **argv, struct kb_error_text *where)
{
	enum early early = EARLY_GO_ON;
	enum kb_err err = read_options(life, argc, argv, where, &early);

	if (err != KB_OK || early == EARLY_DONE) {
		return err;
	}
	kb_journal_init(life->program->name, KB_LOG_INFO);
	err = read_config(life, where, &early);
	if (err != KB_OK || early == EARLY_DONE) {
		return err;
	}
	err = prepare_process(life, where);
	if (err != KB_OK) {
		return err;
	}
	return run_steps(life, where);
}

int
kb_daemon_run(const struct kb_program *program, void *state, int argc, char **argv)
{
	struct kb_error_text where = { "" };
	struct life life = {
		.program = program,
		.daemon = { .program = program, .signal_fd = -1, .state = state },
	};
	enum kb_err err = live(&life, argc, argv, &where);

	if (err != KB_OK) {
		kb_log(KB_LOG_ERROR, "daemon-failed", "program=%s error=%s exit=%d reason=\"%s\"",
		       program->name, kb_err_name(err), kb_err_exit_code(err),
		       where.text[0] != '\0' ? where.text : kb_err_text(err));
	}
	kb_signals_close(life.daemon.signal_fd);
	kb_config_free(life.config);
	return kb_err_exit_code(err);
}
