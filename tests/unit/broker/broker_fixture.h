/* SPDX-License-Identifier: EUPL-1.2 */
/* A broker and a few fake agents in one process and one loop. */
#ifndef KB_TESTS_BROKER_FIXTURE_H
#define KB_TESTS_BROKER_FIXTURE_H

#include <criterion/criterion.h>

#include "tests/support/fake_agent.h"

#define FIXTURE_AGENTS 4

struct fixture {
	struct kb_fake_world world;
	struct kb_net_context *context;
	struct kb_loop *loop;
	struct kb_broker *broker;
	struct kb_broker_options options;
	struct kb_fake_agent agents[FIXTURE_AGENTS];
	struct kb_error_text where;
};

extern struct fixture fixture;

/* World with FIXTURE_AGENTS parties, loop and options; the broker is not open yet. */
void fixture_init(void);
void fixture_release(void);
void fixture_open_broker(void);
void fixture_close_broker(void);
/* Opens agent i and waits for its welcome. */
struct kb_fake_agent *fixture_agent(size_t i);
struct kb_broker_counts fixture_counts(void);
/* Publishes one message from agent i and waits for the result: 0 or the reason of the refusal. */
uint32_t fixture_publish(struct kb_fake_agent *agent, struct kb_fake_message message);

/* Runs the loop until the condition holds; fails after twenty seconds. */
#define UNTIL(condition)                                                                           \
	do {                                                                                       \
		int64_t deadline_ = kb_clock_mono_ms(&fixture.world.system) + 20000;               \
		while (!(condition)) {                                                             \
			cr_assert_lt(kb_clock_mono_ms(&fixture.world.system), deadline_,           \
				     "never: %s", #condition);                                     \
			cr_assert_eq(kb_loop_step(fixture.loop, 20), KB_OK);                       \
			cr_assert_not(kb_loop_stopping(fixture.loop), "the broker stopped");       \
		}                                                                                  \
	} while (0)

#endif
