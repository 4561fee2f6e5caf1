/* SPDX-License-Identifier: EUPL-1.2 */
/* The fixture of the broker's tests. */
#include "tests/unit/broker/broker_fixture.h"

#include <stdlib.h>

#include "common/base/log.h"

struct fixture fixture;

void
fixture_init(void)
{
	kb_log_init(getenv("KB_TEST_LOG") != NULL ? KB_LOG_DEBUG : KB_LOG_NONE, NULL, NULL);
	memset(&fixture, 0, sizeof(fixture));
	kb_fake_world_init(&fixture.world, FIXTURE_AGENTS);
	cr_assert_eq(kb_net_context_new(&fixture.context), KB_OK);
	cr_assert_eq(kb_loop_new(&fixture.world.clock, &fixture.loop), KB_OK);
	kb_fake_world_options(&fixture.world, &fixture.options);
}

void
fixture_release(void)
{
	for (size_t i = 0; i < FIXTURE_AGENTS; i++) {
		kb_fake_agent_close(&fixture.agents[i]);
	}
	kb_broker_close(fixture.broker);
	kb_loop_free(fixture.loop);
	kb_net_context_free(fixture.context);
	kb_fake_world_release(&fixture.world);
}

void
fixture_open_broker(void)
{
	cr_assert_eq(kb_broker_open(fixture.context, fixture.loop, &fixture.options,
				    &fixture.broker, &fixture.where),
		     KB_OK, "%s", fixture.where.text);
}

void
fixture_close_broker(void)
{
	kb_broker_close(fixture.broker);
	fixture.broker = NULL;
}

struct kb_fake_agent *
fixture_agent(size_t i)
{
	struct kb_fake_agent *agent = &fixture.agents[i];

	kb_fake_agent_open(agent, &fixture.world, &fixture.world.parties[i], fixture.context,
			   fixture.loop);
	if (!agent->no_hello) {
		UNTIL(agent->heard[KB_FRAME_WELCOME] == 1);
	} else {
		UNTIL(agent->state == KB_LINK_STATE_UP);
	}
	return agent;
}

struct kb_broker_counts
fixture_counts(void)
{
	struct kb_broker_counts counts;

	kb_broker_counts(fixture.broker, &counts);
	return counts;
}

uint32_t
fixture_publish(struct kb_fake_agent *agent, struct kb_fake_message message)
{
	uint64_t results = agent->results;

	(void)kb_fake_agent_publish(agent, &message, 1);
	UNTIL(agent->results == results + 1);
	return agent->result.refused_count > 0 ? agent->result.refused[0].reason : 0;
}
