/* SPDX-License-Identifier: EUPL-1.2 */
/* The themes of profile.ini: what differs per region (requirements section 6), from one table. */
#include "common/base/text.h"
#include "common/daemon/profile_internal.h"

#define GROEP_MAX 8u
#define YEAR_MIN 2000u
#define YEAR_CHARS 4u

static const struct kb_profile_rule_row rows[KB_PROFILE_RULE_COUNT] = {

#define KB_ROW(name, row_, section_, key_, form_)                                                  \
	[KB_PROFILE_##name] = { .row = (row_),                                                     \
				.section = (section_),                                             \
				.key = (key_),                                                     \
				.form = KB_PROFILE_FORM_##form_ },
	KB_PROFILE_RULES(KB_ROW)
#undef KB_ROW
};

const struct kb_profile_rule_row *
kb_profile_rule_row(enum kb_profile_rule_nr rule)
{
	return &rows[rule];
}

bool
kb_profile_rule_section(const char *section)
{
	for (size_t i = 0; i < KB_PROFILE_RULE_COUNT; i++) {
		if (strcmp(rows[i].section, section) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- the forms; text is what stands in the file ---- */

static void
take_text(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	  struct kb_profile_rule *out)
{
	(void)reader;
	(void)entry;
	(void)out;
}

static void
take_list(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	  struct kb_profile_rule *out)
{
	struct kb_span rest = kb_span_text(entry->value);
	struct kb_span word = KB_SPAN_NONE;
	const char **items = NULL;
	size_t count = 1;

	for (const char *at = entry->value; *at != '\0'; at++) {
		count += *at == ',';
	}
	items = kb_arena_alloc(&reader->profile->arena, count * sizeof(*items));
	if (items == NULL) {
		reader->no_memory = true;
		return;
	}
	while (kb_profile_next_word(&rest, &word)) {
		if (word.len == 0) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "%s: nothing stands between two commas", entry->key);
			return;
		}
		items[out->item_count++] = kb_profile_keep(reader, word);
	}
	out->items = items;
}

/* A word that nothing looks for would let a pupil go without the talk that the region asks for. */
static void
take_warm(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	  struct kb_profile_rule *out)
{
	take_list(reader, entry, out);
	for (size_t i = 0; out->items != NULL && i < out->item_count; i++) {
		if (strcmp(out->items[i], KB_PROFILE_WARM_EXTRA) != 0 &&
		    strcmp(out->items[i], KB_PROFILE_WARM_CONTACT) != 0) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "%s: %.80s: must be " KB_PROFILE_WARM_EXTRA
				      " or " KB_PROFILE_WARM_CONTACT,
				      entry->key, out->items[i]);
		}
	}
}

/* "5 per jaar", "7" */
static void
take_count(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	   struct kb_profile_rule *out)
{
	static const char per[] = "per ";
	struct kb_span unit = KB_SPAN_NONE;

	if (!kb_profile_number(kb_span_text(entry->value), &out->count, &unit) ||
	    (unit.len > 0 &&
	     (unit.len < sizeof(per) || memcmp(unit.at, per, sizeof(per) - 1) != 0))) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s = %.80s: must be a number, such as \"5 per jaar\" or \"7\"",
			      entry->key, entry->value);
		return;
	}
	out->per = kb_profile_keep(reader, kb_span_part(unit, sizeof(per) - 1, unit.len));
}

/* "vanaf 2019": a year of four digits. */
static bool
read_from(struct kb_span unit, uint32_t *year)
{
	static const char from[] = "vanaf ";
	size_t at = sizeof(from) - 1;

	if (unit.len != at + YEAR_CHARS || memcmp(unit.at, from, at) != 0) {
		return false;
	}
	for (; at < unit.len; at++) {
		if (unit.at[at] < '0' || unit.at[at] > '9') {
			return false;
		}
		*year = *year * 10 + (uint32_t)(unit.at[at] - '0');
	}
	return *year >= YEAR_MIN;
}

/* "7", or "8 vanaf 2019". */
static bool
read_groep(struct kb_span word, struct kb_profile_groep *out)
{
	struct kb_span unit = KB_SPAN_NONE;

	return kb_profile_number(word, &out->groep, &unit) && out->groep >= 1 &&
	       out->groep <= GROEP_MAX && (unit.len == 0 || read_from(unit, &out->vanaf));
}

/* A region that goes back to younger pupils step by step writes each step with its school year. */
static void
take_groep(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	   struct kb_profile_rule *out)
{
	struct kb_profile_groep *groepen = NULL;
	uint32_t before = 0;
	bool good = true;

	take_list(reader, entry, out);
	if (out->items == NULL) {
		return;
	}
	groepen = kb_arena_alloc(&reader->profile->arena, out->item_count * sizeof(*groepen));
	if (groepen == NULL) {
		reader->no_memory = true;
		return;
	}
	for (size_t i = 0; good && i < out->item_count; i++) {
		groepen[i] = (struct kb_profile_groep){ 0 };
		good = read_groep(kb_span_text(out->items[i]), &groepen[i]) &&
		       (out->item_count == 1 || groepen[i].vanaf > before);
		before = groepen[i].vanaf;
	}
	if (!good) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s = %.80s: must be a groep, such as \"7\", or more with the school "
			      "year in which each begins, such as \"8 vanaf 2019, 7 vanaf 2020\"",
			      entry->key, entry->value);
		return;
	}
	out->groepen = groepen;
}

uint32_t
kb_profile_groep_in(const struct kb_profile_rule *rule, int32_t school_year)
{
	uint32_t groep = 0;

	for (size_t i = 0; rule->groepen != NULL && i < rule->item_count; i++) {
		if ((int64_t)rule->groepen[i].vanaf <= school_year) {
			groep = rule->groepen[i].groep;
		}
	}
	return groep;
}

static void
take_term(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	  struct kb_profile_rule *out)
{
	(void)kb_profile_term(reader, entry, &out->term);
}

static void
take_einde(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
	   struct kb_profile_rule *out)
{
	static const char *const choices[] = { "doorzettingsmacht", "bindend-oordeel", "geen" };

	(void)out;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (strcmp(entry->value, choices[i]) == 0) {
			return;
		}
	}
	kb_faults_add(reader->faults, reader->file, entry->line,
		      "%s = %.80s: must be doorzettingsmacht, bindend-oordeel or geen", entry->key,
		      entry->value);
}

static void (*const take_form[])(struct kb_profile_reader *, const struct kb_ini_entry *,
				 struct kb_profile_rule *) = {
	[KB_PROFILE_FORM_TEXT] = take_text,   [KB_PROFILE_FORM_TERM] = take_term,
	[KB_PROFILE_FORM_LIST] = take_list,   [KB_PROFILE_FORM_COUNT] = take_count,
	[KB_PROFILE_FORM_EINDE] = take_einde, [KB_PROFILE_FORM_WARM] = take_warm,
	[KB_PROFILE_FORM_GROEP] = take_groep,
};

static void
missing(struct kb_profile_reader *reader, const struct kb_profile_rule_row *row, const char *suffix,
	const struct kb_ini_entry *value)
{
	uint32_t heading = kb_profile_heading(reader, row->section);

	kb_faults_add(reader->faults, reader->file, kb_profile_missing_line(reader, heading, value),
		      "[%s] %s%s is missing", row->section, row->key, suffix);
}

/*
 * R11: a samenwerkingsverband keeps data until three years after the end of the assessment, advice or allocation (WPO 18a lid 13). The
 * bound per unit; in units that leave days out three years cannot be said.
 */
static void
check_retention(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
		const struct kb_term *term)
{
	static const uint32_t most[KB_TERM_UNIT_COUNT] = {
		[KB_TERM_MAANDEN] = 36,
		[KB_TERM_WEKEN] = 156,
		[KB_TERM_KALENDERDAGEN] = 1000,
	};

	if (term->length > most[term->unit]) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s = %.80s: must be at most 36 maanden, 156 weken or 1000 "
			      "kalenderdagen: the law keeps until three years after the end (R11)",
			      entry->key, entry->value);
	}
}

/* key.soort: of a term that was agreed, and of nothing else. */
static void
read_kind(struct kb_profile_reader *reader, const struct kb_profile_rule_row *row,
	  const struct kb_ini_entry *value, struct kb_profile_rule *out)
{
	const struct kb_ini_entry *kind = NULL;

	if (row->form != KB_PROFILE_FORM_TERM) {
		return; /* a soort there is an unknown key */
	}
	kind = kb_profile_take(reader, value->heading, row->key, KB_PROFILE_SOORT);
	if (kind == NULL && out->vastgelegd) {
		missing(reader, row, KB_PROFILE_SOORT, value);
	} else if (kind != NULL && !out->vastgelegd) {
		kb_faults_add(reader->faults, reader->file, kind->line,
			      "%s" KB_PROFILE_SOORT ": a term that is " KB_PROFILE_NOT_AGREED
			      " has no soort",
			      row->key);
	} else if (kind != NULL) {
		out->term.kind = kb_profile_take_kind(reader, row->key, kind);
	}
}

static void
read_rule(struct kb_profile_reader *reader, const struct kb_profile_rule_row *row,
	  struct kb_profile_rule *out)
{
	uint32_t heading = kb_profile_heading(reader, row->section);
	const struct kb_ini_entry *value = kb_profile_take(reader, heading, row->key, "");
	const struct kb_ini_entry *source =
		kb_profile_take(reader, heading, row->key, KB_PROFILE_BRON);

	if (value == NULL) {
		missing(reader, row, "", NULL);
	} else if (value->value[0] == '\0') {
		kb_faults_add(reader->faults, reader->file, value->line,
			      "%s: must say something, or \"" KB_PROFILE_NOT_AGREED "\"", row->key);
	} else {
		out->text = kb_profile_keep(reader, kb_span_text(value->value));
		out->vastgelegd = strcmp(value->value, KB_PROFILE_NOT_AGREED) != 0;
	}
	if (out->vastgelegd) {
		take_form[row->form](reader, value, out);
	}
	if (row == &rows[KB_PROFILE_BEWAREN_SWV]) {
		check_retention(reader, value, &out->term);
	}
	if (value != NULL) {
		out->line = value->line;
		read_kind(reader, row, value, out);
	}
	if (source == NULL) {
		missing(reader, row, KB_PROFILE_BRON, value);
	} else if (kb_profile_source_ok(reader, row->key, source)) {
		out->source = kb_profile_keep(reader, kb_span_text(source->value));
		out->term.source = out->source;
	}
}

void
kb_profile_read_rules(struct kb_profile_reader *reader)
{
	for (size_t i = 0; i < KB_PROFILE_RULE_COUNT; i++) {
		struct kb_profile_rule *rule = &reader->profile->rules[i];

		*rule = (struct kb_profile_rule){
			.text = KB_PROFILE_NOT_AGREED, .per = "", .source = "", .term.source = ""
		};
		read_rule(reader, &rows[i], rule);
	}
}
