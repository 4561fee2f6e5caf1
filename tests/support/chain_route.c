/* SPDX-License-Identifier: EUPL-1.2 */
/* A small route for tests of the engine; invented, no domain rule. */
#include "tests/support/chain_case.h"

enum { INGEBRACHT, BEZIG, BESPROKEN, GESLOTEN, STATE_COUNT };

enum { REACTIE, RAPPORT, LEEG, TOEZICHT, CLOCK_COUNT };

static const struct kb_route_state states[STATE_COUNT] = {
	[INGEBRACHT] = { .name = "ingebracht", .label = "Ingebracht" },
	[BEZIG] = { .name = "bezig", .label = "Bezig" },
	[BESPROKEN] = { .name = "besproken", .label = "Besproken" },
	[GESLOTEN] = { .name = "gesloten", .label = "Gesloten", .end = true },
};

#define ONE_DAY                                                                                    \
	{                                                                                          \
		true, 1, KB_TERM_WERKDAGEN, 2, "plan"                                              \
	}

static const struct kb_route_clock clocks[CLOCK_COUNT] = {
	[REACTIE] = { .name = "reactie",
		      .label = "Eerste reactie",
		      .term = { true, 2, KB_TERM_WERKDAGEN, 2, "plan" },
		      .task = KB_ROUTE_SWV,
		      .grace = ONE_DAY },
	[RAPPORT] = { .name = "rapport",
		      .label = "Rapport",
		      .term = { true, 4, KB_TERM_WEKEN, 2, "plan" },
		      .task = KB_ROUTE_SWV,
		      .grace = ONE_DAY },
	[LEEG] = { .name = "leeg", .label = "Niets afgesproken", .term = { .source = "plan" } },
	[TOEZICHT] = { .name = "toezicht",
		       .label = "Toezicht",
		       .term = { true, 10, KB_TERM_KALENDERDAGEN, 2, "plan" },
		       .task = KB_ROUTE_SWV,
		       .vangnet = KB_ROUTE_JEUGD,
		       .grace = ONE_DAY,
		       .escalation = true },
};

#define ANY KB_ROUTE_ANY_STATE
#define CLOCK(name) (1u << (name))

static const struct kb_route_step steps[] = {
	{ .from = INGEBRACHT,
	  .to = BEZIG,
	  .event = "beginnen",
	  .by = KB_ROUTE_REGIEVOERDER | KB_ROUTE_SWV,
	  .guards = KB_GUARD_TOESTEMMING,
	  .starts = CLOCK(REACTIE) | CLOCK(RAPPORT) | CLOCK(LEEG),
	  .rule = "R01" },
	{ .from = BEZIG,
	  .to = BESPROKEN,
	  .event = "bespreken",
	  .by = KB_ROUTE_SWV,
	  .guards = KB_GUARD_AANWEZIGHEID_OUDERS,
	  .facts = KB_FACT_BIT(OUDERS_UITGENODIGD),
	  .records = KB_FACT_BIT(OVERLEG_GEHOUDEN),
	  .starts = CLOCK(TOEZICHT),
	  .stops = CLOCK(REACTIE),
	  .rule = "R02" },
	{ .from = BESPROKEN,
	  .to = BESPROKEN,
	  .event = "besluiten",
	  .by = KB_ROUTE_SWV,
	  .guards = KB_GUARD_TWEE_PERSONEN,
	  .function = "coordinator",
	  .regie = KB_ROUTE_LEERPLICHT,
	  .rule = "R25" },
	{ .from = BEZIG,
	  .to = BESPROKEN,
	  .event = "klok:rapport",
	  .clock = RAPPORT + 1,
	  .by = KB_ROUTE_REGIEVOERDER,
	  .starts = CLOCK(TOEZICHT),
	  .rule = "C01" },
	{ .from = ANY,
	  .to = GESLOTEN,
	  .event = "sluiten",
	  .by = KB_ROUTE_REGIEVOERDER,
	  .rule = "C02" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "uitnodigen",
	  .by = KB_ROUTE_REGIEVOERDER,
	  .records = KB_FACT_BIT(OUDERS_UITGENODIGD),
	  .letter = 1,
	  .rule = "R02" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "ouders-waren-er",
	  .by = KB_ROUTE_ALLEN,
	  .records = KB_FACT_BIT(OUDERS_AANWEZIG),
	  .rule = "R02" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "eerst-lezen",
	  .by = KB_ROUTE_ALLEN,
	  .records = KB_FACT_BIT(EERSTE_LEZER),
	  .rule = "R25" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "nog-eens-lezen",
	  .by = KB_ROUTE_ALLEN,
	  .records = KB_FACT_BIT(TWEEDE_LEZER),
	  .rule = "R25" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "plannen",
	  .by = KB_ROUTE_ALLEN,
	  .records = KB_FACT_BIT(GESPREK_GEPLAND),
	  .rule = "D02" },
	{ .from = ANY, .to = ANY, .event = "melden", .by = KB_ROUTE_ALLEN, .rule = "C01" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "opnieuw",
	  .by = KB_ROUTE_INBRENGER,
	  .starts = CLOCK(REACTIE),
	  .rule = "C01" },
	{ .from = ANY,
	  .to = ANY,
	  .event = "gereageerd",
	  .by = KB_ROUTE_SWV,
	  .stops = CLOCK(REACTIE) | CLOCK(TOEZICHT),
	  .rule = "C01" },
};

static const struct kb_route route = {
	.id = "proef",
	.label = "Proef",
	.rows = "C01",
	.source = "plan",
	.purpose = KB_PURPOSE_DOA,
	.ground = KB_GROUND_TOESTEMMING,
	.openers = KB_ROUTE_SCHOOL | KB_ROUTE_JEUGDHULP,
	.begin = INGEBRACHT,
	.states = states,
	.state_count = STATE_COUNT,
	.steps = steps,
	.step_count = sizeof(steps) / sizeof(steps[0]),
	.clocks = clocks,
	.clock_count = CLOCK_COUNT,
};

const struct kb_route *
chain_route(void)
{
	return &route;
}
