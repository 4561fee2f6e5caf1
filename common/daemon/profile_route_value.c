/* SPDX-License-Identifier: EUPL-1.2 */
/* The values of a route file: words of the vocabulary of common/exchange/route.h. */
#include "common/daemon/profile_route_internal.h"
#include "common/exchange/letters.h"

static void
refuse_word(struct kb_route_reader *reader, const struct kb_ini_entry *entry, struct kb_span word,
	    const char *what)
{
	if (word.len == 0) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s: nothing stands between two commas", entry->key);
		return;
	}
	kb_faults_add(reader->file->faults, reader->file->file, entry->line,
		      "%s: %.*s is no %s; ketenbode-profile(5) lists them", entry->key,
		      (int)(word.len < 80 ? word.len : 80), (const char *)word.at, what);
}

void
kb_route_take_text(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	*(const char **)out = kb_profile_keep(reader->file, kb_span_text(entry->value));
}

void
kb_route_take_source(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	if (strlen(entry->value) > KB_PROFILE_SOURCE_MAX) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s: must name document and line in 1 to %d bytes", entry->key,
			      KB_PROFILE_SOURCE_MAX);
	} else if (!kb_profile_is_source(entry->value)) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s = %.80s: " KB_PROFILE_SOURCE_FORM, entry->key, entry->value);
	}
	kb_route_take_text(reader, entry, out);
}

/* A text that is a list of words, each of which must be known. */
static void
take_known(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
	   bool (*is_known)(struct kb_span word), const char *what, void *out)
{
	struct kb_span rest = kb_span_text(entry->value);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		if (!is_known(word)) {
			refuse_word(reader, entry, word, what);
		}
	}
	kb_route_take_text(reader, entry, out);
}

void
kb_route_take_rows(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	take_known(reader, entry, kb_profile_is_row, "row of the requirements", out);
}

void
kb_route_take_rules(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	take_known(reader, entry, kb_profile_is_rule, "rule of the requirements", out);
}

void
kb_route_take_function(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_span word = kb_span_text(entry->value);

	if (!kb_profile_is_function(word)) {
		refuse_word(reader, entry, word, "function");
	}
	kb_route_take_text(reader, entry, out);
}

void
kb_route_take_flag(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	bool yes = strcmp(entry->value, "ja") == 0;

	*(bool *)out = yes;
	if (!yes && strcmp(entry->value, "nee") != 0) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s = %.80s: must be ja or nee", entry->key, entry->value);
	}
}

void
kb_route_take_roles(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_span rest = kb_span_text(entry->value);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		uint32_t role = kb_route_role_parse(word);

		*(uint32_t *)out |= role;
		if (role == 0) {
			refuse_word(reader, entry, word, "role");
		}
	}
}

void
kb_route_take_held_roles(struct kb_route_reader *reader, const struct kb_ini_entry *entry,
			 void *out)
{
	uint32_t *roles = (uint32_t *)out;

	kb_route_take_roles(reader, entry, out);
	for (uint32_t role = KB_ROUTE_INBRENGER; role <= KB_ROUTE_ALLEN; role <<= 1) {
		if ((*roles & role) != 0) {
			kb_faults_add(reader->file->faults, reader->file->file, entry->line,
				      "%s: %s is no role that a party can hold; name those that "
				      "may open it",
				      entry->key, kb_route_role_word(role));
		}
	}
}

void
kb_route_take_one_role(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_span word = kb_span_text(entry->value);
	uint32_t role = kb_route_role_parse(word);

	*(uint32_t *)out = role;
	if (role == KB_ROUTE_ALLEN || (role == 0 && memchr(word.at, ',', word.len) != NULL)) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s = %.80s: must be one role", entry->key, entry->value);
	} else if (role == 0) {
		refuse_word(reader, entry, word, "role");
	}
}

void
kb_route_take_purpose(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	enum kb_purpose *purpose = (enum kb_purpose *)out;

	*purpose = kb_purpose_parse(kb_span_text(entry->value));
	if (*purpose == KB_PURPOSE_UNSPECIFIED) {
		refuse_word(reader, entry, kb_span_text(entry->value), "purpose");
	}
}

void
kb_route_take_ground(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	enum kb_ground *ground = (enum kb_ground *)out;

	*ground = kb_ground_parse(kb_span_text(entry->value));
	if (*ground == KB_GROUND_UNSPECIFIED) {
		refuse_word(reader, entry, kb_span_text(entry->value), "ground");
	}
}

void
kb_route_take_state(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	uint8_t *place = (uint8_t *)out;

	*place = kb_route_state_find(&reader->route, kb_span_text(entry->value));
	if (*place == KB_ROUTE_ANY_STATE) {
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s = %.80s: there is no section [toestand: %.80s]", entry->key,
			      entry->value, entry->value);
	}
}

void
kb_route_take_clocks(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_span rest = kb_span_text(entry->value);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		uint8_t clock = kb_route_clock_find(&reader->route, word);

		if (clock != 0) {
			*(uint32_t *)out |= 1u << (clock - 1);
			continue;
		}
		kb_faults_add(reader->file->faults, reader->file->file, entry->line,
			      "%s: there is no section [klok: %.*s]", entry->key,
			      (int)(word.len < 80 ? word.len : 80), (const char *)word.at);
	}
}

void
kb_route_take_facts(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_span rest = kb_span_text(entry->value);
	struct kb_span word = KB_SPAN_NONE;

	while (kb_profile_next_word(&rest, &word)) {
		enum kb_fact_nr fact = KB_FACT_NR_OUDERS_OP_DE_HOOGTE;

		if (kb_fact_parse(word, &fact)) {
			*(uint64_t *)out |= 1ull << fact;
		} else {
			refuse_word(reader, entry, word, "fact");
		}
	}
}

void
kb_route_take_kind(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	enum kb_kind kind = kb_kind_parse(kb_span_text(entry->value));

	*(uint32_t *)out = (uint32_t)kind;
	if (kind == KB_KIND_UNSPECIFIED) {
		refuse_word(reader, entry, kb_span_text(entry->value), "kind of message");
	}
}

void
kb_route_take_letter(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	enum kb_letter_kind letter = kb_letter_kind_parse(kb_span_text(entry->value));

	*(uint32_t *)out = (uint32_t)letter;
	if (letter == KB_LETTER_NONE) {
		refuse_word(reader, entry, kb_span_text(entry->value), "letter");
	}
}

void
kb_route_take_grace(struct kb_route_reader *reader, const struct kb_ini_entry *entry, void *out)
{
	struct kb_term *grace = (struct kb_term *)out;

	/* Its source is that of the clock, which is read after it. */
	*grace = (struct kb_term){ .kind = KB_PROFILE_KIND_REGEL };
	(void)kb_profile_term(reader->file, entry, grace);
}
