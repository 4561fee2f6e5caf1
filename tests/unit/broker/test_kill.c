/* SPDX-License-Identifier: EUPL-1.2 */
/* The broker is killed right after a commit, before it answered, again and again: nothing accepted is lost. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/store/failpoint.h"
#include "tests/support/fake_agent.h"

#define MESSAGES 80

static struct kb_fake_world world;

/* One life of a broker, in a process that has no context yet. Never returns. */
static void
live(const char *failpoint)
{
	struct kb_net_context *context = NULL;
	struct kb_loop *loop = NULL;
	struct kb_broker *broker = NULL;
	struct kb_broker_options options;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	kb_log_init(KB_LOG_NONE, NULL, NULL);
	KB_FAKE_OK(kb_net_context_new(&context));
	KB_FAKE_OK(kb_loop_new(&world.clock, &loop));
	kb_fake_world_options(&world, &options);
	KB_FAKE_OK(kb_broker_open(context, loop, &options, &broker, NULL));
	KB_FAKE_OK(kb_failpoint_set(failpoint));
	kb_ignore(kb_loop_run(loop), "it is killed, or its parent is");
	_exit(0);
}

/* Starts a new broker whenever the last one died; each is killed at another commit. */
static void
nurse(const char *point)
{
	for (unsigned life = 0;; life++) {
		char failpoint[64];
		pid_t child = fork();

		(void)snprintf(failpoint, sizeof(failpoint), "%s:kill:%u", point, 2 + life % 7);
		if (child == 0) {
			live(failpoint);
		}
		while (waitpid(child, NULL, 0) != child) {
		}
	}
}

static bool accepted[MESSAGES + 1];
static struct kb_fake_agent sender;
static struct kb_fake_agent receiver;

static unsigned
distinct(void)
{
	unsigned count = 0;

	for (uint64_t number = 1; number <= MESSAGES; number++) {
		count += kb_fake_agent_find(&receiver, &sender.party->id, number) != NULL;
	}
	return count;
}

static void
survive(const char *point)
{
	struct kb_net_context *context = NULL;
	struct kb_loop *loop = NULL;
	unsigned welcomes = 0;
	uint64_t under_way = 0;
	uint64_t results = 0;
	uint64_t batch = 0;
	unsigned lives = 0;

	kb_log_init(KB_LOG_NONE, NULL, NULL);
	kb_fake_world_init(&world, 2);
	pid_t nursery = fork();

	if (nursery == 0) {
		/* A test that fails leaves no broker behind. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		nurse(point);
	}
	cr_assert_eq(kb_net_context_new(&context), KB_OK);
	cr_assert_eq(kb_loop_new(&world.clock, &loop), KB_OK);
	receiver.credit = 1000;
	kb_fake_agent_open(&receiver, &world, &world.parties[1], context, loop);
	kb_fake_agent_open(&sender, &world, &world.parties[0], context, loop);
	int64_t deadline = kb_clock_mono_ms(&world.system) + 40000;

	for (uint64_t number = 1; number <= MESSAGES || distinct() < MESSAGES;) {
		cr_assert_lt(kb_clock_mono_ms(&world.system), deadline,
			     "at %llu, %u arrived; receiver %s, welcomes %u, last batch %llu",
			     (unsigned long long)number, distinct(),
			     kb_link_state_name(receiver.state), receiver.heard[KB_FRAME_WELCOME],
			     (unsigned long long)receiver.last_batch);
		/* Only the answer to this very batch counts: one from before a reconnect is about an earlier message. */
		if (under_way != 0 && sender.results > results && sender.result.batch == batch) {
			cr_assert_eq(sender.result.refused_count, 0);
			accepted[under_way] = true;
			number = under_way + 1;
			under_way = 0;
		}
		if (sender.heard[KB_FRAME_WELCOME] > welcomes) {
			/* A new life: what has no answer is published again, what was accepted never. */
			welcomes = sender.heard[KB_FRAME_WELCOME];
			under_way = 0;
			lives++;
		}
		if (under_way == 0 && number <= MESSAGES && welcomes > 0 &&
		    sender.state == KB_LINK_STATE_UP) {
			struct kb_fake_message message = { .recipient = &receiver.party->id,
							   .number = number };
			struct kb_buf bytes = { 0 };
			struct kb_span span;

			kb_fake_agent_make(&sender, &message, 1, &bytes, &span);
			if (kb_fake_agent_publish_raw(&sender, &span, 1) == KB_OK) {
				under_way = number;
				batch = sender.next_batch - 1;
				results = sender.results;
			}
			kb_buf_release(&bytes);
		}
		cr_assert_eq(kb_loop_step(loop, 5), KB_OK);
	}
	cr_assert_gt(lives, 5, "killed %u times only", lives);
	for (uint64_t number = 1; number <= MESSAGES; number++) {
		cr_assert(accepted[number]);
	}
	(void)kill(nursery, SIGKILL);
	(void)waitpid(nursery, NULL, 0);
	kb_fake_agent_close(&sender);
	kb_fake_agent_close(&receiver);
	kb_loop_free(loop);
	kb_net_context_free(context);
	kb_fake_world_release(&world);
}

Test(kill, between_commit_and_answer_loses_nothing, .timeout = 100)
{
	survive("env-after-commit");
}

Test(kill, just_before_a_commit_loses_nothing, .timeout = 100)
{
	survive("env-before-commit");
}
