/* SPDX-License-Identifier: EUPL-1.2 */
/* A profile as a whole: what no file of it can see alone. */
#include <stdio.h>

#include "common/daemon/profile_internal.h"

/*
 * The ends that an escalation can have (requirements section 6 row 14). A step that writes down the fact is that end; where advice is
 * given in the same words, only in a route of that row.
 */
static const struct escalation_end {
	const char *word;
	const char *row; /* NULL: in any route */
	enum kb_fact_nr fact;
} ends[] = {
	{ "doorzettingsmacht", NULL, KB_FACT_NR_COORDINATOR_BESLUIT }, /* R32 */
	{ "bindend-oordeel", "H03", KB_FACT_NR_OORDEEL_GEGEVEN },
};

static bool
names_row(const struct kb_route *route, const char *row)
{
	struct kb_span rest = kb_span_text(route->rows);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		if (kb_span_equal(word, kb_span_text(row))) {
			return true;
		}
	}
	return false;
}

/* The first step of the route that is that end; NULL when it has none. */
static const struct kb_route_step *
step_of_end(const struct kb_route *route, const struct escalation_end *end)
{
	if (end->row != NULL && !names_row(route, end->row)) {
		return NULL;
	}
	for (size_t i = 0; i < route->step_count; i++) {
		if ((route->steps[i].records >> end->fact & 1u) != 0) {
			return &route->steps[i];
		}
	}
	return NULL;
}

/* The end that was agreed has a step in some route, and no route has a step of another. */
static void
check_end(const struct kb_profile *profile, const char *file, const struct escalation_end *end,
	  struct kb_faults *faults)
{
	const struct kb_profile_rule *rule = &profile->rules[KB_PROFILE_ESCALATIE_EINDE];
	bool agreed = strcmp(rule->text, end->word) == 0;
	bool found = false;

	for (size_t i = 0; i < profile->route_count; i++) {
		const struct kb_route *route = &profile->routes[i];
		const struct kb_route_step *step = step_of_end(route, end);

		found = found || step != NULL;
		if (step != NULL && !agreed) {
			kb_faults_add(
				faults, route->file, step->line,
				"step %s is the escalation end %s, but profile.ini line %u says "
				"einde = %.80s; take the step out, or change einde if the region "
				"agreed so",
				step->event, end->word, rule->line, rule->text);
		}
	}
	if (agreed && !found) {
		kb_faults_add(
			faults, file, rule->line,
			"einde = %s: no route has a step that writes down %s; write one, or change "
			"einde",
			end->word, kb_fact_word(end->fact));
	}
}

void
kb_profile_check_whole(const struct kb_profile *profile, const char *folder,
		       struct kb_faults *faults)
{
	char file[512];

	(void)snprintf(file, sizeof(file), "%s/profile.ini", folder);
	if (profile->route_count == 0) {
		kb_faults_add(faults, file, 1,
			      "the folder has no route: no case could be opened under it; add at "
			      "least one "
			      "file ID.route");
		return;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		check_end(profile, file, &ends[i], faults);
	}
}
