/* SPDX-License-Identifier: EUPL-1.2 */
/* The town of one region, with everybody its plays name. */
#include "tests/daemon/play_stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/exchange/date.h"

#define STOP_MS 20000
#define SESSION_MS 30000

/* Beside those of every town: schools of other sectors, a receiving school and the swv of the receiving school. */
static const struct town_spec more[] = {
	{ .name = "so",
	  .kind = "school",
	  .party = "00000099000000008001/56EF00",
	  .label = "School voor so De Proef",
	  .swv = "PO2202",
	  .vestiging = "56EF00:so:School voor so De Proef",
	  .desk = "school" },
	{ .name = "vso",
	  .kind = "school",
	  .party = "00000099000000008002/57EF00",
	  .label = "School voor vso De Proef",
	  .swv = "VO3102",
	  .vestiging = "57EF00:vso:School voor vso De Proef",
	  .desk = "school" },
	{ .name = "basisschool",
	  .kind = "school",
	  .party = "00000099000000008003/58EF00",
	  .label = "Basisschool De Andere",
	  .swv = "PO2202",
	  .vestiging = "58EF00:bao:Basisschool De Andere",
	  .desk = "school" },
	{ .name = "swv-vo",
	  .kind = "swv",
	  .party = "00000099000000008004",
	  .label = "SWV vo De Proef",
	  .swv = "VO3102",
	  .desk = "swv" },
};

static const struct town_spec *
spec_of(const char *name)
{
	const struct town_spec *const known[] = { &town_school, &town_vo, &town_swv,
						  &town_jeugdhulp };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i]->name, name) == 0) {
			return known[i];
		}
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		if (strcmp(more[i].name, name) == 0) {
			return &more[i];
		}
	}
	return strcmp(name, "gemeente") == 0 ? town_gemeente_of("0114") : NULL;
}

static struct stage_agent *
find_spec(struct stage *stage, const struct town_spec *spec)
{
	for (size_t i = 0; i < stage->agent_count; i++) {
		if (stage->agents[i].party->spec == spec) {
			return &stage->agents[i];
		}
	}
	return NULL;
}

struct stage_agent *
stage_find(struct stage *stage, const char *name)
{
	const struct town_spec *spec = spec_of(name);

	return spec != NULL ? find_spec(stage, spec) : NULL;
}

static void
add_agent(struct stage *stage, const char *name, const char *profile)
{
	const struct town_spec *spec = spec_of(name);

	if (spec == NULL || find_spec(stage, spec) != NULL) {
		return; /* a name that is none is told by the play that uses it */
	}
	if (stage->agent_count == STAGE_AGENTS_MAX) {
		town_fail(stage->town, "too many agents in the plays of %s", stage->region);
	}
	stage->agents[stage->agent_count].party = town_add(stage->town, spec);
	stage->agents[stage->agent_count++].party->profile = profile;
}

/* A desk of its own at the gemeente sees its own cases. */
static void
add_desks(struct stage *stage)
{
	struct stage_agent *gemeente = stage_find(stage, "gemeente");
	struct town_said said;

	if (gemeente != NULL) {
		said = town_desk(gemeente->party, "user add", "naam", "jeugd", "functie", "jeugd",
				 "loket", "jeugd", "tot", "2099-12-31");
		if (said.exit_code != 0) {
			town_fail(stage->town, "user add: %s", said.out);
		}
		(void)snprintf(gemeente->persons[gemeente->person_count++], PLAY_NAME_MAX, "jeugd");
		town_said_clear(&said);
	}
}

struct stage *
stage_open(const struct plays *plays, const char *region, const char *profile_folder,
	   const struct kb_profile *profile)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	if (stage == NULL) {
		abort();
	}
	*stage = (struct stage){ .town = town_new(), .region = region, .profile = profile };
	town_valid_days(stage->town, 3000);
	(void)town_add(stage->town, &town_broker);
	for (size_t i = 0; i < plays->count; i++) {
		const struct play *play = &plays->at[i];

		for (size_t j = 0; play_is_of(play, region) && j < play->line_count; j++) {
			add_agent(stage, play->lines[j].who, profile_folder);
		}
	}
	town_admit(stage->town);
	town_start(town_find(stage->town, "broker"));
	for (size_t i = 0; i < stage->agent_count; i++) {
		town_start(stage->agents[i].party);
	}
	for (size_t i = 0; i < stage->agent_count; i++) {
		exchange_wait_session(stage->agents[i].party);
	}
	add_desks(stage);
	/* Who a partner is, is asked of the register at first sight. */
	for (size_t i = 0; i < stage->agent_count * stage->agent_count; i++) {
		struct town_said said = town_desk(
			stage->agents[i / stage->agent_count].party, "parties lookup", "partij",
			stage->agents[i % stage->agent_count].party->spec->party);

		town_said_clear(&said);
	}
	return stage;
}

void
stage_close(struct stage *stage)
{
	for (size_t i = 0; i < stage->agent_count; i++) {
		struct town_said said = town_must(stage->agents[i].party, "log", "verify");

		town_said_clear(&said);
	}
	town_free(stage->town);
	free(stage);
}

int32_t
stage_today(const struct stage *stage)
{
	struct kb_clock system = kb_clock_system();

	return kb_date_local_day(kb_clock_utc_ms(&system)) + (int32_t)stage->day;
}

/* ---- the clock ---- */

static void
stop(struct town_party *party)
{
	if (party->pid != 0) {
		town_signal(party, SIGTERM);
	}
}

static void
await_stop(struct town_party *party)
{
	if (party->pid != 0 && town_wait_exit(party, STOP_MS) != 0) {
		town_fail(party->town, "%s did not end well", party->spec->name);
	}
}

void
stage_day(struct stage *stage, unsigned day)
{
	struct town_party *broker = town_find(stage->town, "broker");
	static char offset[16];

	(void)snprintf(offset, sizeof(offset), "+%ud", day);
	for (size_t i = 0; i < stage->agent_count; i++) {
		stop(stage->agents[i].party);
	}
	for (size_t i = 0; i < stage->agent_count; i++) {
		await_stop(stage->agents[i].party);
	}
	stop(broker);
	await_stop(broker);
	broker->arguments[0] = "--test-clock-offset";
	broker->arguments[1] = offset;
	town_start(broker);
	for (size_t i = 0; i < stage->agent_count; i++) {
		stage->agents[i].party->arguments[0] = "--test-clock-offset";
		stage->agents[i].party->arguments[1] = offset;
		if (!stage->agents[i].down) {
			town_launch(stage->agents[i].party);
		}
	}
	for (size_t i = 0; i < stage->agent_count; i++) {
		if (!stage->agents[i].down) {
			town_wait_ready(stage->agents[i].party);
		}
	}
	for (size_t i = 0; i < stage->agent_count; i++) {
		if (!stage->agents[i].down) {
			exchange_wait_session(stage->agents[i].party);
		}
	}
	stage->day = day;
}

void
stage_wake(struct stage_agent *agent)
{
	if (agent->party->pid == 0) {
		agent->down = false;
		town_start(agent->party);
		exchange_wait_session(agent->party);
	}
}

/* ---- people ---- */

bool
stage_person(struct stage_agent *agent, const char *name, const char *function,
	     const char *employer)
{
	struct town_said said;
	bool made = false;

	if (name[0] == 0 || strcmp(name, "tester") == 0) {
		return true;
	}
	for (size_t i = 0; i < agent->person_count; i++) {
		if (strcmp(agent->persons[i], name) == 0) {
			return true;
		}
	}
	if (agent->person_count == STAGE_PERSONS_MAX) {
		return false;
	}
	said = town_desk(agent->party, "user add", "naam", name, "functie",
			 function != NULL ? function : name, "tot", "2099-12-31",
			 employer != NULL ? "organisatie" : NULL, employer);
	made = said.exit_code == 0;
	if (made) {
		(void)snprintf(agent->persons[agent->person_count++], PLAY_NAME_MAX, "%s", name);
	} else {
		(void)fprintf(stderr, "user add %s: %s\n", name, said.out);
	}
	town_said_clear(&said);
	return made;
}

/* ---- cases ---- */

static struct town_said
show_as(struct stage_agent *agent, const char *person, size_t case_no)
{
	char zaak[24];

	(void)snprintf(zaak, sizeof(zaak), "%zu", case_no);
	return town_desk_pairs(agent->party, person, "case show",
			       (const char *const[]){ "zaak", zaak, NULL });
}

static bool
learn_case(struct stage_agent *agent, size_t case_no, const char *person)
{
	struct town_said said = show_as(agent, person, case_no);
	bool there = said.exit_code == 0;

	if (there) {
		(void)snprintf(agent->kenmerk[case_no], sizeof(agent->kenmerk[0]), "%s",
			       town_cell(&said, "zaak", 0, "kenmerk"));
		agent->viewer[case_no] = person;
		agent->case_count = case_no;
	}
	town_said_clear(&said);
	return there;
}

size_t
stage_case(struct stage_agent *agent, const char *kenmerk)
{
	bool found = true;

	while (found && agent->case_count + 1 < STAGE_CASES_MAX) {
		size_t next = agent->case_count + 1;

		found = learn_case(agent, next, "tester") ||
			(strcmp(agent->party->spec->kind, "gemeente") == 0 &&
			 learn_case(agent, next, "jeugd"));
	}
	for (size_t i = 1; i <= agent->case_count; i++) {
		if (strcmp(agent->kenmerk[i], kenmerk) == 0) {
			return i;
		}
	}
	return 0;
}

const char *
stage_viewer(const struct stage_agent *agent, size_t case_no)
{
	return agent->viewer[case_no] != NULL ? agent->viewer[case_no] : "tester";
}

/* A case at a table is shown to who has a mandate for it only (R31): whoever may see it becomes its viewer. */
struct town_said
stage_show(struct stage_agent *agent, size_t case_no)
{
	struct town_said said = show_as(agent, stage_viewer(agent, case_no), case_no);

	for (size_t i = 0; said.exit_code != 0 && i < agent->person_count; i++) {
		town_said_clear(&said);
		said = show_as(agent, agent->persons[i], case_no);
		if (said.exit_code == 0) {
			agent->viewer[case_no] = agent->persons[i];
		}
	}
	return said;
}
