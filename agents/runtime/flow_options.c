/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of a route that somebody here could take from where the case stands, and what is missing for each. */
#include "agents/runtime/flow_internal.h"
#include "common/exchange/date.h"

void
kb_flow_put_label(struct kb_buf *text, const char *label)
{
	kb_ignore(kb_buf_putf(text, "%s%s", text->len > 0 ? "; " : "", label),
		  "a list that is cut is still a list");
}

void
kb_flow_put_missing(struct kb_buf *text, const struct kb_chain_refusal *refusal)
{
	for (size_t i = 0; i < KB_FACT_COUNT; i++) {
		if ((refusal->facts >> i & 1u) != 0) {
			kb_flow_put_label(text, kb_fact_label((enum kb_fact_nr)i));
		}
	}
	for (size_t i = 0; i < KB_GUARD_COUNT; i++) {
		if ((refusal->guards >> i & 1u) != 0) {
			kb_flow_put_label(text, kb_guard_label(1u << i));
		}
	}
}

/* A day for every fact of the step, so that only what is missing beside them is told. */
static size_t
assume_facts(const struct kb_route_step *step, int32_t today, struct kb_chain_fact *out)
{
	size_t count = 0;

	for (size_t i = 0; i < KB_FACT_COUNT && count < KB_CHAIN_FACTS_MAX; i++) {
		bool people = kb_fact_wants_people((enum kb_fact_nr)i);

		if ((step->records >> i & 1u) != 0) {
			out[count++] =
				(struct kb_chain_fact){ .fact = (enum kb_fact_nr)i,
							.day = today,
							.people = kb_span_text(people ? "-" : "") };
		}
	}
	return count;
}

/* The guards are read from the store, messages of the case among them: once for all steps with the same letter. */
struct asking {
	struct kb_flow *flow;
	uint32_t roles; /* of us in the case */
	struct kb_chain_request who;
	uint32_t letter;
	bool known;
};

static enum kb_err
judge_guards(struct asking *asking, uint32_t letter)
{
	enum kb_err err = KB_OK;

	if (!asking->known || asking->letter != letter) {
		err = kb_flow_guards(asking->flow, letter, &asking->who.met);
		asking->letter = letter;
		asking->known = err == KB_OK;
	}
	return err;
}

static enum kb_err
ask_step(struct asking *asking, const struct kb_route_step *step, kb_flow_option_fn fn, void *to)
{
	struct kb_flow_option option = { .step = step, .refusal = { .rule = "" } };
	struct kb_chain_fact facts[KB_CHAIN_FACTS_MAX];
	struct kb_chain_request request;
	enum kb_err err = judge_guards(asking, step->letter);

	if (err != KB_OK) {
		return err;
	}
	request = asking->who;
	request.event = kb_span_text(step->event);
	request.facts = facts;
	request.fact_count = assume_facts(step, kb_date_local_day(request.now_utc_ms), facts);
	option.err = kb_chain_allows(asking->flow->view, &request, NULL, &option.refusal);
	if (option.err != KB_OK && option.err != KB_ERR_INCOMPLETE &&
	    option.err != KB_ERR_NO_CONSENT) {
		return KB_OK; /* not for us, or not for this person */
	}
	return fn(to, &option);
}

/* A route can write one event of a state twice, for different roles: ours is the one that the engine takes, once. */
static bool
is_ours(const struct asking *asking, size_t place)
{
	const struct kb_route *route = asking->flow->route;
	const struct kb_route_step *step = &route->steps[place];

	return step->clock == 0 &&
	       kb_route_step_find(route, asking->flow->view->state, kb_span_text(step->event),
				  asking->roles) == place;
}

enum kb_err
kb_flow_each_option(struct kb_flow *flow, kb_flow_option_fn fn, void *to)
{
	struct asking asking = { .flow = flow };
	enum kb_err err = kb_flow_actor(flow->act, &asking.who);

	asking.roles = kb_chain_roles_of(flow->view, &asking.who.actor);
	for (size_t i = 0; err == KB_OK && i < flow->route->step_count; i++) {
		if (is_ours(&asking, i)) {
			err = ask_step(&asking, &flow->route->steps[i], fn, to);
		}
	}
	return err;
}
