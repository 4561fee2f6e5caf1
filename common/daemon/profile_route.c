/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading one route file into states, clocks and steps. What they say together is for profile_check.c. */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/text.h"
#include "common/daemon/profile_internal.h"
#include "common/daemon/profile_route_internal.h"

static const char route_section[] = "route";
static const char state_title[] = "toestand";
static const char clock_title[] = "klok";
static const char suffix[] = ".route";

bool
kb_route_name_ok(struct kb_span name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
			return false;
		}
	}
	return name.len > 0 && name.len <= KB_ROUTE_NAME_MAX;
}

/* "doa" of "doa.route" */
static struct kb_span
stem(const char *name)
{
	size_t len = strlen(name);

	return kb_span(name, len > sizeof(suffix) - 1 ? len - (sizeof(suffix) - 1) : 0);
}

static const struct kb_route_key route_keys[] = {
	{ "id", true, kb_route_take_text, offsetof(struct kb_route, id) },
	{ "naam", true, kb_route_take_text, offsetof(struct kb_route, label) },
	{ "rijen", true, kb_route_take_rows, offsetof(struct kb_route, rows) },
	{ "doel", true, kb_route_take_purpose, offsetof(struct kb_route, purpose) },
	{ "grond", true, kb_route_take_ground, offsetof(struct kb_route, ground) },
	{ "opener", true, kb_route_take_held_roles, offsetof(struct kb_route, openers) },
	{ "automatisch", false, kb_route_take_flag, offsetof(struct kb_route, automatic) },
	{ "begin", true, kb_route_take_state, offsetof(struct kb_route, begin) },
	{ "bron", true, kb_route_take_source, offsetof(struct kb_route, source) },
};

static const struct kb_route_key state_keys[] = {
	{ "naam", true, kb_route_take_text, offsetof(struct kb_route_state, label) },
	{ "einde", false, kb_route_take_flag, offsetof(struct kb_route_state, end) },
	{ "blijft_open", false, kb_route_take_flag, offsetof(struct kb_route_state, stays_open) },
	{ "geoorloofd", false, kb_route_take_flag, offsetof(struct kb_route_state, excused) },
};

static const struct kb_route_key clock_keys[] = {
	{ "naam", true, kb_route_take_text, offsetof(struct kb_route_clock, label) },
	{ "taak", true, kb_route_take_one_role, offsetof(struct kb_route_clock, task) },
	{ "vangnet", false, kb_route_take_one_role, offsetof(struct kb_route_clock, vangnet) },
	{ "gratie", false, kb_route_take_grace, offsetof(struct kb_route_clock, grace) },
	{ "escalatie", false, kb_route_take_flag, offsetof(struct kb_route_clock, escalation) },
};

void
kb_route_take_keys(struct kb_route_reader *reader, const struct kb_route_section *section,
		   const struct kb_route_key *keys, size_t count, void *out)
{
	struct kb_profile_reader *file = reader->file;

	for (size_t i = 0; i < count; i++) {
		const struct kb_ini_entry *entry =
			kb_profile_take(file, section->line, keys[i].key, "");

		if (entry == NULL && keys[i].required) {
			kb_faults_add(file->faults, file->file, section->line, "[%s] %s is missing",
				      section->title, keys[i].key);
		} else if (entry != NULL && entry->value[0] == '\0') {
			kb_faults_add(file->faults, file->file, entry->line,
				      "%s: must say something", entry->key);
		} else if (entry != NULL) {
			keys[i].take(reader, entry, (char *)out + keys[i].offset);
		}
	}
}

/* ---- the sections ---- */

static void
take_route(struct kb_route_reader *reader, const struct kb_route_section *section)
{
	struct kb_profile_reader *file = reader->file;

	if (reader->route_line != 0) {
		kb_faults_add(file->faults, file->file, section->line,
			      "section [%s] stands already in line %u", section->title,
			      reader->route_line);
		return;
	}
	reader->route_line = section->line;
	kb_route_take_keys(reader, section, route_keys, sizeof(route_keys) / sizeof(route_keys[0]),
			   &reader->route);
	if (reader->route.id != NULL &&
	    !kb_span_equal(kb_span_text(reader->route.id), stem(file->name))) {
		const struct kb_ini_entry *id = kb_profile_take(file, section->line, "id", "");

		kb_faults_add(file->faults, file->file, id->line,
			      "id = %.80s: must be the name of the file without %s",
			      reader->route.id, suffix);
	}
}

/* A name that may stand once; false after a fault. */
static bool
name_is_new(struct kb_route_reader *reader, const struct kb_route_section *section, size_t count,
	    size_t most, uint32_t before)
{
	struct kb_profile_reader *file = reader->file;

	if (!kb_route_name_ok(section->name)) {
		kb_faults_add(file->faults, file->file, section->line,
			      "[%s]: a name has 1 to %d of a-z, 0-9 and -", section->title,
			      KB_ROUTE_NAME_MAX);
		return false;
	}
	if (before != 0) {
		kb_faults_add(file->faults, file->file, section->line,
			      "[%s] stands already in line %u", section->title, before);
		return false;
	}
	if (count == most) {
		kb_faults_add(file->faults, file->file, section->line,
			      "[%s]: a route has at most %zu of these", section->title, most);
		return false;
	}
	return true;
}

/* Names first, so that every section can name every other. */
static void
name_state(struct kb_route_reader *reader, const struct kb_route_section *section)
{
	struct kb_route *route = &reader->route;
	uint8_t before = kb_route_state_find(route, section->name);

	if (name_is_new(reader, section, route->state_count, KB_ROUTE_STATES_MAX,
			before != KB_ROUTE_ANY_STATE ? reader->states[before].line : 0)) {
		reader->states[route->state_count++] = (struct kb_route_state){
			.name = kb_profile_keep(reader->file, section->name), .line = section->line
		};
	}
}

static void
name_clock(struct kb_route_reader *reader, const struct kb_route_section *section)
{
	struct kb_route *route = &reader->route;
	uint8_t before = kb_route_clock_find(route, section->name);

	if (name_is_new(reader, section, route->clock_count, KB_ROUTE_CLOCKS_MAX,
			before != 0 ? reader->clocks[before - 1].line : 0)) {
		reader->clocks[route->clock_count++] = (struct kb_route_clock){
			.name = kb_profile_keep(reader->file, section->name), .line = section->line
		};
	}
}

static void
take_state(struct kb_route_reader *reader, const struct kb_route_section *section)
{
	struct kb_route_state ignored = { 0 };
	uint8_t place = kb_route_state_find(&reader->route, section->name);
	bool first = place != KB_ROUTE_ANY_STATE && reader->states[place].line == section->line;

	kb_route_take_keys(reader, section, state_keys, sizeof(state_keys) / sizeof(state_keys[0]),
			   first ? &reader->states[place] : &ignored);
}

/* Of the region, else one working day (design 7). */
static struct kb_term
default_grace(const struct kb_route_reader *reader)
{
	const struct kb_profile_rule *rule = &reader->file->profile->rules[KB_PROFILE_REGIE_GRATIE];

	if (rule->vastgelegd) {
		return rule->term;
	}
	return (struct kb_term){ .vastgelegd = true,
				 .length = 1,
				 .unit = KB_TERM_WERKDAGEN,
				 .kind = KB_PROFILE_KIND_REGEL,
				 .source = "design 7" };
}

static void
take_clock(struct kb_route_reader *reader, const struct kb_route_section *section)
{
	struct kb_route_clock ignored = { 0 };
	uint8_t place = kb_route_clock_find(&reader->route, section->name);
	bool first = place != 0 && reader->clocks[place - 1].line == section->line;
	struct kb_route_clock *clock = first ? &reader->clocks[place - 1] : &ignored;

	clock->grace = default_grace(reader);
	kb_route_take_keys(reader, section, clock_keys, sizeof(clock_keys) / sizeof(clock_keys[0]),
			   clock);
	(void)kb_profile_take_term(reader->file, section->line, section->title, "termijn",
				   &clock->term);
	if (clock->grace.source == NULL) {
		clock->grace.source = clock->term.source;
	}
}

struct section_kind {
	const char *title;
	void (*name)(struct kb_route_reader *, const struct kb_route_section *);
	void (*take)(struct kb_route_reader *, const struct kb_route_section *);
};

static const struct section_kind section_kinds[] = {
	{ route_section, NULL, take_route },
	{ state_title, name_state, take_state },
	{ clock_title, name_clock, take_clock },
};

/* "toestand: x" is title toestand, name x; "route" has no name. */
static struct kb_route_section
section_of(const struct kb_ini_entry *heading, struct kb_span *title)
{
	struct kb_span whole = kb_span_text(heading->section);
	const uint8_t *colon = memchr(whole.at, ':', whole.len);
	size_t len = colon != NULL ? (size_t)(colon - whole.at) : whole.len;

	*title = kb_text_trim(kb_span_part(whole, 0, len));
	return (struct kb_route_section){
		.title = heading->section,
		.name = kb_text_trim(kb_span_part(whole, len + 1, whole.len)),
		.line = heading->line,
	};
}

enum pass {
	PASS_NAMES,
	PASS_SECTIONS,
};

static void
take_section(struct kb_route_reader *reader, const struct kb_ini_entry *heading, enum pass pass)
{
	struct kb_profile_reader *file = reader->file;
	struct kb_span title = KB_SPAN_NONE;
	struct kb_route_section section = section_of(heading, &title);

	for (size_t i = 0; i < sizeof(section_kinds) / sizeof(section_kinds[0]); i++) {
		const struct section_kind *kind = &section_kinds[i];

		if (!kb_span_equal(title, kb_span_text(kind->title)) ||
		    (kind->name == NULL) != (section.name.len == 0)) {
			continue;
		}
		if (pass == PASS_SECTIONS) {
			kind->take(reader, &section);
		} else if (kind->name != NULL) {
			kind->name(reader, &section);
		}
		return;
	}
	if (pass == PASS_NAMES) {
		return;
	}
	if (kb_span_equal(title, stem(file->name)) && section.name.len > 0) {
		kb_route_take_step(reader, &section);
		return;
	}
	kb_faults_add(file->faults, file->file, heading->line,
		      "unknown section [%s]: must be [route], [toestand: NAME], [klok: NAME] or "
		      "[%.*s: FROM -> TO]",
		      heading->section, (int)stem(file->name).len,
		      (const char *)stem(file->name).at);
	for (size_t i = 0; i < file->ini->count; i++) {
		file->used[i] = file->used[i] || file->ini->entries[i].heading == heading->heading;
	}
}

static void
refuse_unused(struct kb_profile_reader *file)
{
	for (size_t i = 0; i < file->ini->count; i++) {
		const struct kb_ini_entry *entry = &file->ini->entries[i];

		if (entry->key != NULL && !file->used[i]) {
			kb_faults_add(file->faults, file->file, entry->line,
				      "unknown key %s in [%s]; ketenbode-profile(5) lists them",
				      entry->key, entry->section);
		}
	}
}

/* Into the arena of the profile: exactly as many as there are. */
static const void *
keep_all(struct kb_profile_reader *file, const void *at, size_t bytes)
{
	void *copy = bytes > 0 ? kb_arena_alloc(&file->profile->arena, bytes) : NULL;

	if (bytes > 0 && copy == NULL) {
		file->no_memory = true;
	} else if (bytes > 0) {
		memcpy(copy, at, bytes);
	}
	return copy;
}

static void
hand_over(struct kb_route_reader *reader, struct kb_route *out)
{
	struct kb_profile_reader *file = reader->file;
	struct kb_route *route = &reader->route;

	for (size_t i = 0; i < route->step_count; i++) {
		if (reader->steps[i].rule == NULL) {
			reader->steps[i].rule = route->rows;
		}
	}
	route->states = keep_all(file, reader->states, route->state_count * sizeof(*route->states));
	route->clocks = keep_all(file, reader->clocks, route->clock_count * sizeof(*route->clocks));
	route->steps = keep_all(file, reader->steps, route->step_count * sizeof(*route->steps));
	route->file = kb_profile_keep(file, kb_span_text(file->file));
	*out = *route;
}

static void
read_sections(struct kb_route_reader *reader)
{
	struct kb_profile_reader *file = reader->file;

	for (enum pass pass = PASS_NAMES; pass <= PASS_SECTIONS; pass++) {
		for (size_t i = 0; i < file->ini->count; i++) {
			if (file->ini->entries[i].key == NULL) {
				take_section(reader, &file->ini->entries[i], pass);
			}
		}
	}
	if (reader->route_line == 0) {
		kb_faults_add(file->faults, file->file, kb_profile_missing_line(file, 0, NULL),
			      "section [%s] is missing", route_section);
	}
	refuse_unused(file);
}

enum kb_err
kb_profile_read_route(struct kb_profile_reader *file, struct kb_span bytes, struct kb_route *out)
{
	struct kb_ini ini = { 0 };
	struct kb_route_reader *reader = calloc(1, sizeof(*reader));
	enum kb_err err = reader == NULL ? KB_ERR_NO_MEMORY : KB_OK;

	if (err == KB_OK && !kb_route_name_ok(stem(file->name))) {
		kb_faults_add(file->faults, file->file, 0,
			      "the name of a route has 1 to %d of a-z, 0-9 and -, then %s",
			      KB_ROUTE_NAME_MAX, suffix);
	}
	if (err == KB_OK) {
		err = kb_profile_reader_open(file, bytes, true, &ini);
	}
	if (err == KB_OK) {
		reader->file = file;
		reader->route.states = reader->states;
		reader->route.clocks = reader->clocks;
		reader->route.steps = reader->steps;
		read_sections(reader);
		hand_over(reader, out);
		err = file->no_memory ? KB_ERR_NO_MEMORY : KB_OK;
	}
	free(reader);
	kb_profile_reader_release(file, &ini);
	return err;
}
