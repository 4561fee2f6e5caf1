/* SPDX-License-Identifier: EUPL-1.2 */
/* Steps of the route, taken or refused, and who has the regie. */
#include "tests/daemon/play_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct kb_route_step *
step_of(const struct acting *acting, const struct cast *cast, const char *event)
{
	uint8_t state = kb_route_state_find(acting->route, kb_span_text(acting->state));
	uint32_t roles = (cast != NULL ? cast->role : 0) | KB_ROUTE_REGIEVOERDER | KB_ROUTE_ALLEN |
			 (cast == &acting->cast[0] ? (uint32_t)KB_ROUTE_INBRENGER : 0);
	uint16_t place = kb_route_step_find(acting->route, state, kb_span_text(event), roles);

	/* What may not be done here is asked as somebody would who could do it. */
	if (place == KB_ROUTE_STEP_NONE) {
		place = kb_route_step_find(acting->route, state, kb_span_text(event), 0);
	}
	for (uint16_t i = 0; place == KB_ROUTE_STEP_NONE && i < acting->route->step_count; i++) {
		place = strcmp(acting->route->steps[i].event, event) == 0 ? i : place;
	}
	return place != KB_ROUTE_STEP_NONE ? &acting->route->steps[place] : NULL;
}

static struct town_said
ask_act(struct acting *acting, const struct play_line *line, struct cast *cast)
{
	const struct kb_route_step *step = step_of(acting, cast, line->object);
	char facts[2048];
	char fields[4096];

	play_facts(acting, line, step, facts, sizeof(facts));
	play_fields(acting, line, step, fields, sizeof(fields));
	return town_desk_pairs(cast->agent->party, play_person(line), "act",
			       (const char *const[]){ "zaak", play_zaak(cast), "stap", line->object,
						      "feiten", facts, "velden", fields, NULL });
}

/* What became of a step that was proposed. */
struct proposal {
	struct cast *cast;
	const struct play_line *line;
	unsigned long taken; /* standing records of that step before */
	char refused[PLAY_TEXT_MAX];
};

static unsigned long
count_taken(const struct town_said *said, const char *event, const char *party)
{
	unsigned long count = 0;

	for (size_t i = 0; i < town_rows(said, "stappen"); i++) {
		count += strcmp(town_cell(said, "stappen", i, "stap"), event) == 0 &&
			 strcmp(town_cell(said, "stappen", i, "partij"), party) == 0 &&
			 town_cell(said, "stappen", i, "stand")[0] == 0;
	}
	return count;
}

static bool
is_decided(void *state)
{
	struct proposal *proposal = state;
	struct town_said said = stage_show(proposal->cast->agent, proposal->cast->case_no);
	bool decided = count_taken(&said, proposal->line->object,
				   proposal->cast->agent->party->spec->party) > proposal->taken;

	for (size_t i = 0; i < town_rows(&said, "voorstellen"); i++) {
		if (strcmp(town_cell(&said, "voorstellen", i, "stap"), proposal->line->object) ==
			    0 &&
		    town_cell(&said, "voorstellen", i, "reden")[0] != 0) {
			(void)snprintf(proposal->refused, sizeof(proposal->refused), "%s (%s) %s",
				       town_cell(&said, "voorstellen", i, "reden"),
				       town_cell(&said, "voorstellen", i, "regel"),
				       town_cell(&said, "voorstellen", i, "woord"));
			decided = true;
		}
	}
	town_said_clear(&said);
	return decided;
}

static unsigned long
taken_before(const struct cast *cast, const char *event)
{
	struct town_said said = stage_show(cast->agent, cast->case_no);
	unsigned long count = count_taken(&said, event, cast->agent->party->spec->party);

	town_said_clear(&said);
	return count;
}

bool
play_doet(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);
	struct cast *lead = NULL;
	struct proposal proposal = { .cast = cast, .line = line };
	struct town_said said;
	bool done = false;

	if (cast == NULL) {
		return false;
	}
	proposal.taken = taken_before(cast, line->object);
	said = ask_act(acting, line, cast);
	done = said.exit_code == 0;
	if (!done) {
		(void)play_fails(acting, line, "%s: %s (%d)", line->object, play_sentence(&said),
				 said.exit_code);
	}
	town_said_clear(&said);
	/* While who has the regie is away it waits, and the play goes on. */
	lead = done ? play_lead(acting) : NULL;
	if (lead != NULL && lead->mark == CAST_DOWN) {
		return true;
	}
	if (done && !play_wait(is_decided, &proposal)) {
		done = play_fails(acting, line, "%s: niet opgenomen", line->object);
	}
	if (done && proposal.refused[0] != 0) {
		done = play_fails(acting, line, "%s: geweigerd, %s", line->object,
				  proposal.refused);
	}
	(void)snprintf(acting->state, sizeof(acting->state), "%s", line->state);
	return done && play_agree(acting, line, acting->state);
}

/* The words that are said before "mag niet" of what is no step of a route. */
static struct town_said
ask_other(struct acting *acting, const struct play_line *line, struct cast *cast)
{
	char word[PLAY_TEXT_MAX];

	(void)snprintf(word, sizeof(word), "%s",
		       strchr(line->object, ' ') != NULL ? strchr(line->object, ' ') + 1 : "");
	if (strncmp(line->object, "erbij als ", 10) == 0) {
		return play_ask_join(acting, line->object + 10, line->who);
	}
	return town_desk_pairs(
		cast->agent->party, play_person(line), "regie",
		(const char *const[]){ "zaak", play_zaak(cast), "stap", word, NULL });
}

bool
play_mag_niet(struct acting *acting, const struct play_line *line)
{
	bool joins = strncmp(line->object, "erbij als ", 10) == 0;
	bool regie = strncmp(line->object, "regie ", 6) == 0;
	struct cast *cast = joins ? NULL : play_actor(acting, line);
	struct proposal proposal = { .cast = cast, .line = line };
	struct town_said said;
	bool right = false;

	if (cast == NULL && !joins) {
		return false;
	}
	proposal.taken = joins || regie ? 0 : taken_before(cast, line->object);
	said = joins || regie ? ask_other(acting, line, cast) : ask_act(acting, line, cast);
	right = said.exit_code != 0 && strstr(play_sentence(&said), line->word) != NULL;
	if (said.exit_code == 0 && !joins && play_wait(is_decided, &proposal)) {
		/* Proposed, and refused by who has the regie. */
		right = strstr(proposal.refused, line->word) != NULL;
	}
	if (!right) {
		(void)play_fails(acting, line, "%s moest worden geweigerd met '%s', maar: %s %s",
				 line->object, line->word, play_sentence(&said), proposal.refused);
	}
	town_said_clear(&said);
	return right && play_quiet(acting, line) && play_agree(acting, line, acting->state);
}

bool
play_regie(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_actor(acting, line);

	if (cast == NULL ||
	    !PLAY_MUST(acting, line, "regie", "zaak", play_zaak(cast), "stap", line->object,
		       line->other[0] != 0 ? "aan" : NULL, play_party(acting, line->other))) {
		return false;
	}
	return play_quiet(acting, line) && play_agree(acting, line, acting->state);
}

bool
play_heeft_regie(struct acting *acting, const struct play_line *line)
{
	struct cast *lead = play_lead(acting);

	return (lead != NULL && lead == play_cast(acting, line->who)) ||
	       play_fails(acting, line, "de regie is bij %s",
			  lead != NULL ? lead->agent->party->spec->name : "niemand");
}
