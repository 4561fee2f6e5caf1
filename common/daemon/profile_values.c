/* SPDX-License-Identifier: EUPL-1.2 */
/* profile.ini: who the region is, its values of verzuim and what it agreed with yes or no. */
#include "common/base/text.h"
#include "common/daemon/profile_internal.h"

static const char region_section[] = "region";
static const char verzuim_section[] = "verzuim";
static const char agreement_section[] = "afspraken";

/* One agreed value takes three keys: <key>, <key>.soort, <key>.bron. */
struct value_row {
	const char *key;
	const char *unit;
	uint32_t least;
	uint32_t most;
	bool may_be_open;
};

static const struct value_row verzuim_rows[] = {

#define VERZUIM_ROW(name, key, unit, least, most, open)                                            \
	[KB_PROFILE_VERZUIM_##name] = { (key), (unit), (least), (most), (open) },
	KB_PROFILE_VERZUIM(VERZUIM_ROW)
#undef VERZUIM_ROW
};

enum part {
	PART_VALUE,
	PART_KIND,
	PART_SOURCE,
	PART_COUNT,
};

static const char *const part_suffix[PART_COUNT] = {
	[PART_VALUE] = "",
	[PART_KIND] = ".soort",
	[PART_SOURCE] = ".bron",
};

/* A text of [region]. */
struct text_row {
	const char *key;
	size_t offset;
	size_t size;
};

static const struct text_row region_rows[] = {
	{ "id", offsetof(struct kb_profile, id), sizeof(((struct kb_profile *)0)->id) },
	{ "naam", offsetof(struct kb_profile, name), sizeof(((struct kb_profile *)0)->name) },
	{ "swv", offsetof(struct kb_profile, swv), sizeof(((struct kb_profile *)0)->swv) },
};

/* "16 lessen" */
static void
take_number(struct kb_profile_reader *reader, const struct value_row *row,
	    const struct kb_ini_entry *entry, struct kb_profile_value *out)
{
	struct kb_span unit = KB_SPAN_NONE;
	uint32_t number = 0;

	if (row->may_be_open && strcmp(entry->value, KB_PROFILE_NOT_AGREED) == 0) {
		return;
	}
	if (!kb_profile_number(kb_span_text(entry->value), &number, &unit) ||
	    !kb_span_equal(unit, kb_span_text(row->unit)) || number > row->most ||
	    number < row->least) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s = %.80s: must be %u to %u %s%s, such as \"%u %s\"", row->key,
			      entry->value, row->least, row->most, row->unit,
			      row->may_be_open ? " or \"" KB_PROFILE_NOT_AGREED "\"" : "",
			      row->most, row->unit);
		return;
	}
	out->vastgelegd = true;
	out->value = number;
}

static void
take_kind(struct kb_profile_reader *reader, const struct value_row *row,
	  const struct kb_ini_entry *entry, struct kb_profile_value *out)
{
	out->kind = kb_profile_take_kind(reader, row->key, entry);
}

static void
take_source(struct kb_profile_reader *reader, const struct value_row *row,
	    const struct kb_ini_entry *entry, struct kb_profile_value *out)
{
	if (kb_profile_source_ok(reader, row->key, entry)) {
		kb_ignore(
			kb_text_copy(out->source, sizeof(out->source), kb_span_text(entry->value)),
			"its length was checked");
	}
}

static void
take_value(struct kb_profile_reader *reader, const char *section, const struct value_row *row,
	   struct kb_profile_value *out)
{
	static void (*const take_part[PART_COUNT])(
		struct kb_profile_reader *, const struct value_row *, const struct kb_ini_entry *,
		struct kb_profile_value *) = {
		[PART_VALUE] = take_number,
		[PART_KIND] = take_kind,
		[PART_SOURCE] = take_source,
	};
	uint32_t heading = kb_profile_heading(reader, section);
	const struct kb_ini_entry *entries[PART_COUNT];
	bool open = false;

	for (size_t part = 0; part < PART_COUNT; part++) {
		entries[part] = kb_profile_take(reader, heading, row->key, part_suffix[part]);
	}
	open = row->may_be_open && entries[PART_VALUE] != NULL &&
	       strcmp(entries[PART_VALUE]->value, KB_PROFILE_NOT_AGREED) == 0;
	for (size_t part = 0; part < PART_COUNT; part++) {
		bool wanted = part != PART_KIND || !open;

		if (entries[part] == NULL && wanted) {
			kb_faults_add(reader->faults, reader->file,
				      kb_profile_missing_line(reader, heading, entries[PART_VALUE]),
				      "[%s] %s%s is missing", section, row->key, part_suffix[part]);
		} else if (entries[part] != NULL && !wanted) {
			kb_faults_add(reader->faults, reader->file, entries[part]->line,
				      "%s.soort: a term that is " KB_PROFILE_NOT_AGREED
				      " has no soort",
				      row->key);
		} else if (entries[part] != NULL) {
			take_part[part](reader, row, entries[part], out);
		}
	}
}

static const char *const agreement_keys[KB_REGION_COUNT] = {
#define AGREEMENT_KEY(name, bit, key, label) [(bit)] = (key),
	KB_REGION_TABLE(AGREEMENT_KEY)
#undef AGREEMENT_KEY
};

/* "ja", "nee" or "niet vastgelegd", with its source. */
static void
take_agreement(struct kb_profile_reader *reader, size_t bit)
{
	struct kb_profile_agreement *out = &reader->profile->afspraken[bit];
	const char *key = agreement_keys[bit];
	uint32_t heading = kb_profile_heading(reader, agreement_section);
	const struct kb_ini_entry *value = kb_profile_take(reader, heading, key, "");
	const struct kb_ini_entry *source = kb_profile_take(reader, heading, key, KB_PROFILE_BRON);

	if (value == NULL || source == NULL) {
		kb_faults_add(reader->faults, reader->file,
			      kb_profile_missing_line(reader, heading, value),
			      "[%s] %s%s is missing", agreement_section, key,
			      value == NULL ? "" : part_suffix[PART_SOURCE]);
		return;
	}
	out->vastgelegd = strcmp(value->value, KB_PROFILE_NOT_AGREED) != 0;
	out->yes = strcmp(value->value, "ja") == 0;
	if (out->vastgelegd && !out->yes && strcmp(value->value, "nee") != 0) {
		kb_faults_add(reader->faults, reader->file, value->line,
			      "%s = %.80s: must be ja, nee or \"" KB_PROFILE_NOT_AGREED "\"", key,
			      value->value);
	}
	if (kb_profile_source_ok(reader, key, source)) {
		kb_ignore(
			kb_text_copy(out->source, sizeof(out->source), kb_span_text(source->value)),
			"its length was checked");
	}
	reader->profile->region |= out->yes ? 1u << bit : 0;
}

static void
take_text(struct kb_profile_reader *reader, const struct text_row *row)
{
	uint32_t heading = kb_profile_heading(reader, region_section);
	const struct kb_ini_entry *entry = kb_profile_take(reader, heading, row->key, "");
	char *out = (char *)reader->profile + row->offset;

	if (entry == NULL) {
		kb_faults_add(reader->faults, reader->file,
			      kb_profile_missing_line(reader, heading, NULL),
			      "[region] %s is missing", row->key);
	} else if (entry->value[0] == '\0' ||
		   kb_text_copy(out, row->size, kb_span_text(entry->value)) != KB_OK) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s: must have 1 to %zu bytes", row->key, row->size - 1);
	}
}

static void
refuse_unused(struct kb_profile_reader *reader)
{
	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct kb_ini_entry *entry = &reader->ini->entries[i];
		bool known = strcmp(entry->section, region_section) == 0 ||
			     strcmp(entry->section, verzuim_section) == 0 ||
			     strcmp(entry->section, agreement_section) == 0 ||
			     kb_profile_rule_section(entry->section);

		if (entry->key == NULL && !known) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "unknown section [%s]", entry->section);
		} else if (entry->key != NULL && known && !reader->used[i]) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "unknown key %s in [%s]", entry->key, entry->section);
		}
	}
}

enum kb_err
kb_profile_read_values(struct kb_profile_reader *reader, struct kb_span bytes)
{
	struct kb_ini ini = { 0 };
	struct kb_profile *out = reader->profile;
	enum kb_err err = kb_profile_reader_open(reader, bytes, false, &ini);

	if (err != KB_OK) {
		goto out;
	}
	for (size_t i = 0; i < sizeof(region_rows) / sizeof(region_rows[0]); i++) {
		take_text(reader, &region_rows[i]);
	}
	for (size_t i = 0; i < KB_PROFILE_VERZUIM_COUNT; i++) {
		take_value(reader, verzuim_section, &verzuim_rows[i], &out->verzuim[i]);
	}
	for (size_t i = 0; i < KB_REGION_COUNT; i++) {
		take_agreement(reader, i);
	}
	kb_profile_read_rules(reader);
	refuse_unused(reader);
	err = reader->no_memory ? KB_ERR_NO_MEMORY : KB_OK;
out:
	kb_profile_reader_release(reader, &ini);
	return err;
}
