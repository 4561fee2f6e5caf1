/* SPDX-License-Identifier: EUPL-1.2 */
/* Taking values out of a file of a profile: entries, words, numbers, terms. */
#include <stdlib.h>

#include "common/base/text.h"
#include "common/daemon/profile_internal.h"

/* A line end after the last line begins no other. */
static uint32_t
count_lines(struct kb_span bytes)
{
	uint32_t lines = 1;

	for (size_t i = 0; i + 1 < bytes.len; i++) {
		lines += bytes.at[i] == '\n';
	}
	return lines;
}

enum kb_err
kb_profile_reader_open(struct kb_profile_reader *reader, struct kb_span bytes, bool list,
		       struct kb_ini *ini)
{
	enum kb_err err = list ? kb_ini_parse_list(bytes, reader->file, reader->faults, ini)
			       : kb_ini_parse(bytes, reader->file, reader->faults, ini);

	reader->ini = ini;
	reader->last_line = count_lines(bytes);
	if (err == KB_ERR_NO_MEMORY) {
		return err;
	}
	reader->used = calloc(ini->count > 0 ? ini->count : 1, sizeof(*reader->used));
	return reader->used == NULL ? KB_ERR_NO_MEMORY : KB_OK;
}

void
kb_profile_reader_release(struct kb_profile_reader *reader, struct kb_ini *ini)
{
	free(reader->used);
	reader->used = NULL;
	kb_ini_release(ini);
}

uint32_t
kb_profile_heading(const struct kb_profile_reader *reader, const char *section)
{
	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct kb_ini_entry *entry = &reader->ini->entries[i];

		if (entry->key == NULL && strcmp(entry->section, section) == 0) {
			return entry->heading;
		}
	}
	return 0;
}

const struct kb_ini_entry *
kb_profile_take(struct kb_profile_reader *reader, uint32_t heading, const char *key,
		const char *suffix)
{
	size_t key_len = strlen(key);

	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct kb_ini_entry *entry = &reader->ini->entries[i];

		if (entry->key != NULL && entry->heading == heading &&
		    strncmp(entry->key, key, key_len) == 0 &&
		    strcmp(entry->key + key_len, suffix) == 0) {
			reader->used[i] = true;
			return entry;
		}
	}
	return NULL;
}

uint32_t
kb_profile_missing_line(const struct kb_profile_reader *reader, uint32_t heading,
			const struct kb_ini_entry *belongs_to)
{
	if (belongs_to != NULL) {
		return belongs_to->line;
	}
	return heading != 0 ? heading : reader->last_line;
}

const char *
kb_profile_keep(struct kb_profile_reader *reader, struct kb_span text)
{
	const char *copy = text.len == 0 ? "" : kb_arena_text(&reader->profile->arena, text);

	if (copy == NULL) {
		reader->no_memory = true;
		return "";
	}
	return copy;
}

bool
kb_profile_next_word(struct kb_span *rest, struct kb_span *word)
{
	const uint8_t *comma = NULL;
	size_t len = 0;

	if (rest->at == NULL) {
		return false;
	}
	comma = memchr(rest->at, ',', rest->len);
	len = comma != NULL ? (size_t)(comma - rest->at) : rest->len;
	*word = kb_text_trim(kb_span(rest->at, len));
	*rest = comma != NULL ? kb_span(comma + 1, rest->len - len - 1) : KB_SPAN_NONE;
	return true;
}

bool
kb_profile_number(struct kb_span text, uint32_t *number, struct kb_span *unit)
{
	const uint8_t *space = text.len > 0 ? memchr(text.at, ' ', text.len) : NULL;
	size_t digits = space != NULL ? (size_t)(space - text.at) : text.len;
	uint64_t value = 0;

	*unit = kb_text_trim(kb_span_part(text, digits, text.len));
	if (kb_text_to_u64(kb_span_part(text, 0, digits), KB_PROFILE_NUMBER_MAX, &value) != KB_OK) {
		return false;
	}
	*number = (uint32_t)value;
	return true;
}

enum kb_profile_kind
kb_profile_take_kind(struct kb_profile_reader *reader, const char *key,
		     const struct kb_ini_entry *entry)
{
	for (size_t kind = KB_PROFILE_KIND_NONE + 1; kind < KB_PROFILE_KIND_COUNT; kind++) {
		if (strcmp(entry->value, kb_profile_kind_name((enum kb_profile_kind)kind)) == 0) {
			return (enum kb_profile_kind)kind;
		}
	}
	kb_faults_add(reader->faults, reader->file, entry->line,
		      "%s" KB_PROFILE_SOORT " = %.80s: must be wettelijk, regel, norm or streven",
		      key, entry->value);
	return KB_PROFILE_KIND_NONE;
}

bool
kb_profile_source_ok(struct kb_profile_reader *reader, const char *key,
		     const struct kb_ini_entry *entry)
{
	if (entry->value[0] == '\0' || strlen(entry->value) > KB_PROFILE_SOURCE_MAX) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s" KB_PROFILE_BRON ": must name document and line in 1 to %d bytes",
			      key, KB_PROFILE_SOURCE_MAX);
		return false;
	}
	if (!kb_profile_is_source(entry->value)) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s" KB_PROFILE_BRON " = %.80s: " KB_PROFILE_SOURCE_FORM, key,
			      entry->value);
		return false;
	}
	return true;
}

bool
kb_profile_term(struct kb_profile_reader *reader, const struct kb_ini_entry *entry,
		struct kb_term *out)
{
	struct kb_span unit = KB_SPAN_NONE;
	uint32_t length = 0;

	if (kb_profile_number(kb_span_text(entry->value), &length, &unit) && length > 0) {
		out->unit = kb_term_unit_parse(unit);
	}
	if (out->unit == KB_TERM_NONE) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s = %.80s: must be 1 to %d kalenderdagen, werkdagen, weken, "
			      "schoolweken or maanden, such as \"4 weken\"",
			      entry->key, entry->value, KB_PROFILE_NUMBER_MAX);
		return false;
	}
	out->vastgelegd = true;
	out->length = length;
	return true;
}

const struct kb_ini_entry *
kb_profile_take_term(struct kb_profile_reader *reader, uint32_t heading, const char *section,
		     const char *key, struct kb_term *out)
{
	const struct kb_ini_entry *value = kb_profile_take(reader, heading, key, "");
	const struct kb_ini_entry *kind = kb_profile_take(reader, heading, key, KB_PROFILE_SOORT);
	const struct kb_ini_entry *source = kb_profile_take(reader, heading, key, KB_PROFILE_BRON);
	bool open = value != NULL && strcmp(value->value, KB_PROFILE_NOT_AGREED) == 0;
	uint32_t missing_line = kb_profile_missing_line(reader, heading, value);

	*out = (struct kb_term){ .source = "" };
	if (value == NULL) {
		kb_faults_add(reader->faults, reader->file, missing_line, "[%s] %s is missing",
			      section, key);
	} else if (!open) {
		(void)kb_profile_term(reader, value, out);
	}
	if (kind == NULL && !open) {
		kb_faults_add(reader->faults, reader->file, missing_line,
			      "[%s] %s" KB_PROFILE_SOORT " is missing", section, key);
	} else if (kind != NULL && open) {
		kb_faults_add(reader->faults, reader->file, kind->line,
			      "%s" KB_PROFILE_SOORT ": a term that is " KB_PROFILE_NOT_AGREED
			      " has no soort",
			      key);
	} else if (kind != NULL) {
		out->kind = kb_profile_take_kind(reader, key, kind);
	}
	if (source == NULL) {
		kb_faults_add(reader->faults, reader->file, missing_line,
			      "[%s] %s" KB_PROFILE_BRON " is missing", section, key);
	} else if (kb_profile_source_ok(reader, key, source)) {
		out->source = kb_profile_keep(reader, kb_span_text(source->value));
	}
	return value;
}
