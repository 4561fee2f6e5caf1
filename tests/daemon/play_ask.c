/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions to the agents of a play. */
#include "tests/daemon/play_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
play_person(const struct play_line *line)
{
	return line->person[0] != 0 ? line->person : "tester";
}

/* The case as text, for a question about it. */
const char *
play_zaak(const struct cast *cast)
{
	static char text[24];

	(void)snprintf(text, sizeof(text), "%zu", cast->case_no);
	return text;
}

const char *
play_sentence(const struct town_said *said)
{
	static char text[1024];
	const char *error = json_string_value(json_object_get(said->json, "fout"));
	const char *words = json_string_value(json_object_get(said->json, "tekst"));

	(void)snprintf(text, sizeof(text), "%s %s", error != NULL ? error : "",
		       words != NULL ? words : "");
	return text;
}

/* Who acts, with a case and a running agent. NULL: the line failed. */
struct cast *
play_actor(struct acting *acting, const struct play_line *line)
{
	struct cast *cast = play_cast(acting, line->who);

	if (cast == NULL || cast->case_no == 0) {
		(void)play_fails(acting, line, "%s doet niet mee", line->who);
		return NULL;
	}
	if (!stage_person(cast->agent, line->person, NULL, NULL)) {
		(void)play_fails(acting, line, "gebruiker %s", line->person);
		return NULL;
	}
	return cast;
}

const char *
play_party(struct acting *acting, const char *who)
{
	const struct stage_agent *agent = stage_find(acting->stage, who);

	return agent != NULL ? agent->party->spec->party : "";
}

/* Asks, and it must succeed. */
bool
play_must(struct acting *acting, const struct play_line *line, const char *verb,
	  const char *const *pairs)
{
	struct cast *cast = play_actor(acting, line);
	struct town_said said;
	bool done = false;

	if (cast == NULL) {
		return false;
	}
	said = town_desk_pairs(cast->agent->party, play_person(line), verb, pairs);
	done = said.exit_code == 0;
	if (!done) {
		(void)play_fails(acting, line, "%s: %s (%d)", verb, play_sentence(&said),
				 said.exit_code);
	}
	town_said_clear(&said);
	return done;
}

/* The one that all see as having the regie. */
struct cast *
play_lead(struct acting *acting)
{
	struct look look;

	for (size_t i = 0; i < acting->cast_count; i++) {
		if (acting->cast[i].mark == CAST_IN && play_look(&acting->cast[i], &look)) {
			for (size_t j = 0; j < acting->cast_count; j++) {
				if (strcmp(acting->cast[j].agent->party->spec->party,
					   look.regievoerder) == 0) {
					return &acting->cast[j];
				}
			}
		}
	}
	return NULL;
}

struct town_said
play_ask_lead(struct acting *acting, const char *verb, const char *const *pairs)
{
	struct cast *lead = play_lead(acting);

	return lead != NULL ? town_desk_pairs(lead->agent->party,
					      stage_viewer(lead->agent, lead->case_no), verb, pairs)
			    : (struct town_said){ .exit_code = -1, .out = strdup("geen regie") };
}

struct town_said
play_ask_join(struct acting *acting, const char *role, const char *who)
{
	struct cast *lead = play_lead(acting);

	return play_ask_lead(acting, "participant add",
			     (const char *const[]){ "zaak", lead != NULL ? play_zaak(lead) : "0",
						    "rol", role, "partij", play_party(acting, who),
						    NULL });
}
