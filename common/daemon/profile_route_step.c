/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the steps of a route file. */
#include "common/base/text.h"
#include "common/daemon/profile_route_internal.h"
#include "common/exchange/case_chain.h"
#include "common/exchange/letters.h"

static const char arrow[] = "->";
static const char clock_event[] = "klok:";

/* Words of every route, which no route may give a meaning of its own. */
static const char *const common_events[] = { "openen",

#define KB_ROW(name, word, label) (word),
					     KB_CHAIN_EVENT_TABLE(KB_ROW)
#undef KB_ROW
};

/* One section: its step, and the value of "on" for as many steps as it names. */
struct step_section {
	struct kb_route_step step;
	const struct kb_ini_entry *events;
};

static void
take_events(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	(void)reader;
	*(const struct kb_ini_entry **)out = entry;
}

/* Guard words and fact words in one list. */
static void
take_needs(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_route_step *step = (struct kb_route_step *)out;
	struct kb_span rest = kb_span_text(entry->value);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		enum kb_fact_nr fact = KB_FACT_NR_OUDERS_OP_DE_HOOGTE;
		uint32_t guard = kb_guard_parse(word);

		if (guard != 0) {
			step->guards |= guard;
		} else if (kb_fact_parse(word, &fact)) {
			step->facts |= 1ull << fact;
		} else {
			kb_faults_add(reader->file->faults, reader->file->file, entry->line,
				      "%s: %.*s is no guard and no fact; ketenbode-profile(5) "
				      "lists them",
				      entry->key, (int)(word.len < 80 ? word.len : 80),
				      (const char *)word.at);
		}
	}
}

#define STEP(member) offsetof(struct step_section, step.member)

static const struct kb_route_key step_keys[] = {
	{ "on", true, take_events, offsetof(struct step_section, events) },
	{ "naam", true, kb_route_take_text, STEP(label) },
	{ "by", true, kb_route_take_roles, STEP(by) },
	{ "to", false, kb_route_take_roles, STEP(to_roles) },
	{ "bericht", false, kb_route_take_kind, STEP(kind) },
	{ "needs", false, take_needs, offsetof(struct step_section, step) },
	{ "legt_vast", false, kb_route_take_facts, STEP(records) },
	{ "starts", false, kb_route_take_clocks, STEP(starts) },
	{ "stops", false, kb_route_take_clocks, STEP(stops) },
	{ "regie", false, kb_route_take_one_role, STEP(regie) },
	{ "brief", false, kb_route_take_letter, STEP(letter) },
	{ "functie", false, kb_route_take_function, STEP(function) },
	{ "regel", false, kb_route_take_rules, STEP(rule) },
	{ "bron", true, kb_route_take_source, STEP(source) },
};

/* False after a fault. */
static bool
take_place(struct kb_route_reader *reader, const struct kb_route_section *section,
	   struct kb_span name, uint8_t *out)
{
	*out = kb_route_state_find(&reader->route, name);
	if (*out == KB_ROUTE_ANY_STATE && !kb_span_equal(name, kb_span_text("*"))) {
		kb_faults_add(reader->file->faults, reader->file->file, section->line,
			      "[%s]: there is no section [toestand: %.*s]", section->title,
			      (int)name.len, (const char *)name.at);
		return false;
	}
	return true;
}

/* "ingebracht -> uitgenodigd". False after a fault. */
static bool
take_places(struct kb_route_reader *reader, const struct kb_route_section *section,
	    struct kb_route_step *step)
{
	/* Part of the title, which is a C string. */
	const char *name = (const char *)section->name.at;
	const char *at = strstr(name, arrow);
	size_t len = at != NULL ? (size_t)(at - name) : 0;
	struct kb_span from = kb_text_trim(kb_span_part(section->name, 0, len));
	struct kb_span to = kb_text_trim(
		kb_span_part(section->name, len + sizeof(arrow) - 1, section->name.len));
	bool ok = false;

	if (at == NULL) {
		kb_faults_add(reader->file->faults, reader->file->file, section->line,
			      "[%s]: a step is written as FROM -> TO", section->title);
		return false;
	}
	ok = take_place(reader, section, from, &step->from);
	ok = take_place(reader, section, to, &step->to) && ok;
	if (ok && step->to == KB_ROUTE_ANY_STATE && step->from != KB_ROUTE_ANY_STATE) {
		kb_faults_add(reader->file->faults, reader->file->file, section->line,
			      "[%s]: \"* -> *\" stays where it is; a step from one state names "
			      "the state after it",
			      section->title);
		ok = false;
	}
	return ok;
}

/* The place + 1 of the clock of "klok:NAME"; 0 for another event. False after a fault. */
static bool
take_event(struct kb_route_reader *reader, const struct kb_ini_entry *entry, struct kb_span word,
	   uint8_t *clock)
{
	size_t prefix = sizeof(clock_event) - 1;
	int shown = (int)(word.len < 80 ? word.len : 80);

	*clock = 0;
	if (word.len > prefix && memcmp(word.at, clock_event, prefix) == 0) {
		*clock = kb_route_clock_find(&reader->route, kb_span_part(word, prefix, word.len));
		if (*clock == 0) {
			kb_faults_add(reader->file->faults, reader->file->file, entry->line,
				      "%s: there is no section [klok: %.*s]", entry->key,
				      shown - (int)prefix, (const char *)word.at + prefix);
		}
		return *clock != 0;
	}
	if (!kb_route_name_ok(word)) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s: %.*s: an event has 1 to %d of a-z, 0-9 and -", entry->key, shown,
			      (const char *)word.at, KB_ROUTE_NAME_MAX);
		return false;
	}
	for (size_t i = 0; i < sizeof(common_events) / sizeof(common_events[0]); i++) {
		if (kb_span_equal(word, kb_span_text(common_events[i]))) {
			kb_faults_add(reader->file->faults, reader->file->file, entry->line,
				      "%s: %s is an event of every route; choose another word",
				      entry->key, common_events[i]);
			return false;
		}
	}
	return true;
}

static void
add_steps(struct kb_route_reader *reader, const struct step_section *taken)
{
	struct kb_route *route = &reader->route;
	struct kb_span rest = kb_span_text(taken->events->value);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		struct kb_route_step step = taken->step;

		if (!take_event(reader, taken->events, word, &step.clock)) {
			continue;
		}
		if (route->step_count == KB_ROUTE_STEPS_MAX) {
			kb_faults_add(reader->file->faults, reader->file->file, taken->events->line,
				      "a route has at most %d steps", KB_ROUTE_STEPS_MAX);
			return;
		}
		step.event = kb_profile_keep(reader->file, word);
		reader->steps[route->step_count++] = step;
	}
}

void
kb_route_take_step(struct kb_route_reader *reader, const struct kb_route_section *section)
{
	struct step_section taken = { .step.line = section->line };
	bool placed = take_places(reader, section, &taken.step);

	kb_route_take_keys(reader, section, step_keys, sizeof(step_keys) / sizeof(step_keys[0]),
			   &taken);
	if (taken.step.letter != KB_LETTER_NONE) {
		taken.step.guards |= KB_GUARD_BRIEF_GEDAAN;
	}
	if (placed && taken.events != NULL) {
		add_steps(reader, &taken);
	}
}
