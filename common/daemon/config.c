/* SPDX-License-Identifier: EUPL-1.2 */
/* Configuration by table. */
#include "common/daemon/config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/daemon/config_internal.h"
#include "common/daemon/ini_file.h"

struct kb_config {
	const struct kb_config_table *table;
	char *file;
	struct kb_arena arena;
	struct kb_config_value *values; /* by row */
};

/* The row number, or table->count. */
static size_t
find_key(const struct kb_config_table *table, const char *section, const char *key)
{
	size_t i = 0;

	while (i < table->count && (strcmp(table->keys[i].section, section) != 0 ||
				    strcmp(table->keys[i].key, key) != 0)) {
		i++;
	}
	return i;
}

static bool
section_known(const struct kb_config_table *table, const char *section)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->keys[i].section, section) == 0) {
			return true;
		}
	}
	return false;
}

static bool
name_ok(const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;

	return len > 0 && len <= KB_INI_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == len;
}

static enum kb_err
check_row(const struct kb_config_table *table, size_t row, struct kb_error_text *where)
{
	const struct kb_config_key *key = &table->keys[row];
	struct kb_error_text why = { "" };
	struct kb_config_value value = { 0 };

	if (!name_ok(key->section) || !name_ok(key->key)) {
		return kb_fail(where, KB_ERR_INTERNAL, "row %zu has no proper name", row);
	}
	if (find_key(table, key->section, key->key) != row) {
		return kb_fail(where, KB_ERR_INTERNAL, "[%s] %s stands twice", key->section,
			       key->key);
	}
	if (key->type == KB_CONFIG_NONE || key->type >= KB_CONFIG_TYPE_COUNT) {
		return kb_fail(where, KB_ERR_INTERNAL, "[%s] %s has no type", key->section,
			       key->key);
	}
	if (key->help == NULL || key->help[0] == '\0' || strchr(key->help, '\n') != NULL) {
		return kb_fail(where, KB_ERR_INTERNAL, "[%s] %s has no one-line help", key->section,
			       key->key);
	}
	if (key->type == KB_CONFIG_ENUM && (key->choices == NULL || key->choices[0] == NULL)) {
		return kb_fail(where, KB_ERR_INTERNAL, "[%s] %s has no choices", key->section,
			       key->key);
	}
	if (key->type == KB_CONFIG_U64 && key->least > key->most) {
		return kb_fail(where, KB_ERR_INTERNAL, "[%s] %s has an empty range", key->section,
			       key->key);
	}
	if (key->required && key->fallback != NULL) {
		return kb_fail(where, KB_ERR_INTERNAL, "[%s] %s is required and has a default",
			       key->section, key->key);
	}
	if (key->fallback != NULL &&
	    kb_config_value_parse(key, kb_span_text(key->fallback), &value, &why) != KB_OK) {
		return kb_fail(where, KB_ERR_INTERNAL, "the default of [%s] %s %s", key->section,
			       key->key, why.text);
	}
	return KB_OK;
}

enum kb_err
kb_config_table_check(const struct kb_config_table *table, struct kb_error_text *where)
{
	for (size_t i = 0; i < table->count; i++) {
		enum kb_err err = check_row(table, i, where);

		if (err != KB_OK) {
			return err;
		}
	}
	return KB_OK;
}

void
kb_config_free(struct kb_config *config)
{
	if (config == NULL) {
		return;
	}
	kb_arena_release(&config->arena);
	free(config->values);
	free(config->file);
	free(config);
}

static struct kb_config *
config_new(const struct kb_config_table *table, const char *file)
{
	struct kb_config *config = calloc(1, sizeof(*config));

	if (config == NULL) {
		return NULL;
	}
	config->table = table;
	config->file = strdup(file);
	config->values = calloc(table->count > 0 ? table->count : 1, sizeof(*config->values));
	if (config->file == NULL || config->values == NULL) {
		kb_config_free(config);
		return NULL;
	}
	for (size_t i = 0; i < table->count; i++) {
		config->values[i].text = "";
	}
	return config;
}

static enum kb_err
set_value(struct kb_config *config, size_t row, const char *text, uint32_t line,
	  struct kb_faults *faults)
{
	const struct kb_config_key *key = &config->table->keys[row];
	struct kb_config_value value = { .text = text, .line = line, .set = true };
	struct kb_error_text why = { "" };

	if (kb_config_value_parse(key, kb_span_text(text), &value, &why) != KB_OK) {
		kb_faults_add(faults, config->file, line, "[%s] %s = %.80s: %s", key->section,
			      key->key, text, why.text);
		return KB_ERR_CONFIG;
	}
	if (text[0] != '\0') {
		value.text = kb_arena_text(&config->arena, kb_span_text(text));
		if (value.text == NULL) {
			return KB_ERR_NO_MEMORY;
		}
	}
	config->values[row] = value;
	return KB_OK;
}

/* Only running out of memory ends the walk: every fault is worth its line. */
static enum kb_err
take_entries(struct kb_config *config, const struct kb_ini *ini, bool *seen,
	     struct kb_faults *faults)
{
	const struct kb_config_table *table = config->table;

	for (size_t i = 0; i < ini->count; i++) {
		const struct kb_ini_entry *entry = &ini->entries[i];
		size_t row = 0;

		if (!section_known(table, entry->section)) {
			if (entry->key == NULL) {
				kb_faults_add(faults, config->file, entry->line,
					      "unknown section [%s]", entry->section);
			}
			continue;
		}
		if (entry->key == NULL) {
			continue;
		}
		row = find_key(table, entry->section, entry->key);
		if (row == table->count) {
			kb_faults_add(faults, config->file, entry->line, "unknown key %s in [%s]",
				      entry->key, entry->section);
			continue;
		}
		seen[row] = true;
		if (set_value(config, row, entry->value, entry->line, faults) == KB_ERR_NO_MEMORY) {
			return KB_ERR_NO_MEMORY;
		}
	}
	return KB_OK;
}

static enum kb_err
take_fallbacks(struct kb_config *config, const bool *seen, struct kb_faults *faults)
{
	for (size_t i = 0; i < config->table->count; i++) {
		const struct kb_config_key *key = &config->table->keys[i];

		if (seen[i]) {
			continue;
		}
		if (key->required) {
			kb_faults_add(faults, config->file, 0, "[%s] %s is missing: %s",
				      key->section, key->key, key->help);
		} else if (key->fallback != NULL) {
			enum kb_err err = set_value(config, i, key->fallback, 0, faults);

			if (err != KB_OK) {
				return err;
			}
		}
	}
	return KB_OK;
}

enum kb_err
kb_config_parse(const struct kb_config_table *table, struct kb_span text, const char *file,
		struct kb_faults *faults, struct kb_config **out)
{
	size_t faults_before = faults->count;
	struct kb_ini ini = { 0 };
	struct kb_config *config = NULL;
	bool *seen = NULL;
	enum kb_err err = kb_ini_parse(text, file, faults, &ini);

	if (err != KB_OK && err != KB_ERR_CONFIG) {
		goto out;
	}
	config = config_new(table, file);
	seen = calloc(table->count > 0 ? table->count : 1, sizeof(*seen));
	if (config == NULL || seen == NULL) {
		err = KB_ERR_NO_MEMORY;
		goto out;
	}
	err = take_entries(config, &ini, seen, faults);
	if (err != KB_OK) {
		goto out;
	}
	err = take_fallbacks(config, seen, faults);
	if (err == KB_OK && faults->count > faults_before) {
		err = KB_ERR_CONFIG;
	}
	if (err == KB_OK) {
		*out = config;
		config = NULL;
	}
out:
	free(seen);
	kb_config_free(config);
	kb_ini_release(&ini);
	return err;
}

enum kb_err
kb_config_open(const struct kb_config_table *table, const char *path, struct kb_faults *faults,
	       struct kb_config **out)
{
	struct kb_buf bytes = { 0 };
	enum kb_err err = kb_ini_read_bytes(path, faults, &bytes);

	if (err == KB_OK) {
		err = kb_config_parse(table, kb_buf_span(&bytes), path, faults, out);
	}
	kb_buf_release(&bytes);
	return err;
}

static const struct kb_config_value *
value_of(const struct kb_config *config, size_t key, enum kb_config_type type)
{
	KB_INVARIANT(key < config->table->count);
	KB_INVARIANT(config->table->keys[key].type == type);
	return &config->values[key];
}

bool
kb_config_set(const struct kb_config *config, size_t key)
{
	KB_INVARIANT(key < config->table->count);
	return config->values[key].set;
}

const char *
kb_config_text(const struct kb_config *config, size_t key)
{
	enum kb_config_type type = KB_CONFIG_NONE;

	KB_INVARIANT(key < config->table->count);
	type = config->table->keys[key].type;
	KB_INVARIANT(type == KB_CONFIG_TEXT || type == KB_CONFIG_PATH ||
		     type == KB_CONFIG_ENDPOINT);
	return config->values[key].text;
}

uint64_t
kb_config_u64(const struct kb_config *config, size_t key)
{
	return value_of(config, key, KB_CONFIG_U64)->number;
}

bool
kb_config_bool(const struct kb_config *config, size_t key)
{
	return value_of(config, key, KB_CONFIG_BOOL)->number != 0;
}

size_t
kb_config_enum(const struct kb_config *config, size_t key)
{
	return (size_t)value_of(config, key, KB_CONFIG_ENUM)->number;
}

struct kb_party_id
kb_config_party(const struct kb_config *config, size_t key)
{
	return value_of(config, key, KB_CONFIG_PARTY)->party;
}

uint32_t
kb_config_line(const struct kb_config *config, size_t key)
{
	KB_INVARIANT(key < config->table->count);
	return config->values[key].line;
}

const char *
kb_config_file(const struct kb_config *config)
{
	return config->file;
}

/* True for the first row of a section: the rows of one section need not stand together in the table. */
static bool
opens_section(const struct kb_config_table *table, size_t row)
{
	for (size_t i = 0; i < row; i++) {
		if (strcmp(table->keys[i].section, table->keys[row].section) == 0) {
			return false;
		}
	}
	return true;
}

typedef enum kb_err (*row_fn)(const struct kb_config_table *table, size_t row, const void *state,
			      struct kb_buf *out);

/* Calls each for every row, section by section, with the headings between. */
static enum kb_err
walk(const struct kb_config_table *table, row_fn each, const void *state, struct kb_buf *out)
{
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < table->count; i++) {
		if (!opens_section(table, i)) {
			continue;
		}
		err = kb_buf_putf(out, "%s[%s]\n", out->len > 0 ? "\n" : "",
				  table->keys[i].section);
		for (size_t j = i; err == KB_OK && j < table->count; j++) {
			if (strcmp(table->keys[j].section, table->keys[i].section) == 0) {
				err = each(table, j, state, out);
			}
		}
		if (err != KB_OK) {
			break;
		}
	}
	return err;
}

static enum kb_err
print_row(const struct kb_config_table *table, size_t row, const void *state, struct kb_buf *out)
{
	const struct kb_config_value *values = (const struct kb_config_value *)state;

	if (!values[row].set) {
		return KB_OK;
	}
	return kb_buf_putf(out, "%s = %s\n", table->keys[row].key, values[row].text);
}

enum kb_err
kb_config_print(const struct kb_config *config, struct kb_buf *out)
{
	return walk(config->table, print_row, config->values, out);
}

/* One comment line that says what the key takes. */
static enum kb_err
reference_type(const struct kb_config_key *key, struct kb_buf *out)
{
	enum kb_err err = kb_buf_putf(out, "# %s", kb_config_type_name(key->type));

	if (err == KB_OK && key->type == KB_CONFIG_U64) {
		err = kb_buf_putf(out, " from %" PRIu64 " to %" PRIu64 "%s%s", key->least,
				  key->most, key->unit != NULL ? " " : "",
				  key->unit != NULL ? key->unit : "");
	}
	if (err == KB_OK && key->type == KB_CONFIG_ENUM) {
		err = kb_buf_put_text(out, ": ");
		kb_config_choices_list(key->choices, out);
	}
	if (err == KB_OK) {
		err = kb_buf_put_text(out, key->required	   ? "; required\n"
					   : key->fallback != NULL ? "; default below\n"
								   : "; optional\n");
	}
	return err;
}

static enum kb_err
reference_row(const struct kb_config_table *table, size_t row, const void *state,
	      struct kb_buf *out)
{
	const struct kb_config_key *key = &table->keys[row];
	enum kb_err err = kb_buf_putf(out, "\n# %s\n", key->help);

	(void)state;
	if (err == KB_OK) {
		err = reference_type(key, out);
	}
	if (err == KB_OK) {
		err = kb_buf_putf(out, "%s%s = %s\n", key->required ? "" : "# ", key->key,
				  key->fallback != NULL ? key->fallback : "");
	}
	return err;
}

enum kb_err
kb_config_reference(const struct kb_config_table *table, struct kb_buf *out)
{
	return walk(table, reference_row, NULL, out);
}
