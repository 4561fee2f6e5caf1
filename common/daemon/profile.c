/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and checking a region profile. */
#include "common/daemon/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/daemon/ini_file.h"

#define PROFILE_FILE "profile.ini"
#define NOT_AGREED "niet vastgelegd"
#define FILE_NAME_MAX 64

static const char hash_label[] = "ketenbode/v1/profile"; /* its NUL is hashed too */

static const char *const kind_names[] = {

#define KIND_NAME(name, text) [KB_PROFILE_KIND_##name] = (text),
	KB_PROFILE_KINDS(KIND_NAME)
#undef KIND_NAME
};

const char *
kb_profile_kind_name(enum kb_profile_kind kind)
{
	return kind < KB_PROFILE_KIND_COUNT ? kind_names[kind] : "";
}

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

struct reader {
	const char *file; /* as shown in faults */
	const struct kb_ini *ini;
	bool *used; /* by entry */
	struct kb_faults *faults;
	struct kb_profile *profile;
};

/* The entry section/key+suffix, marked as used; NULL when there is none. */
static const struct kb_ini_entry *
take(struct reader *reader, const char *section, const char *key, const char *suffix)
{
	size_t key_len = strlen(key);

	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct kb_ini_entry *entry = &reader->ini->entries[i];

		if (entry->key != NULL && strcmp(entry->section, section) == 0 &&
		    strncmp(entry->key, key, key_len) == 0 &&
		    strcmp(entry->key + key_len, suffix) == 0) {
			reader->used[i] = true;
			return entry;
		}
	}
	return NULL;
}

/* "16 lessen" */
static void
take_number(struct reader *reader, const struct value_row *row, const struct kb_ini_entry *entry,
	    struct kb_profile_value *out)
{
	struct kb_span text = kb_span_text(entry->value);
	const uint8_t *space = memchr(text.at, ' ', text.len);
	size_t digits = space != NULL ? (size_t)(space - text.at) : text.len;
	struct kb_span unit = kb_text_trim(kb_span_part(text, digits, text.len));
	uint64_t number = 0;

	if (row->may_be_open && strcmp(entry->value, NOT_AGREED) == 0) {
		return;
	}
	if (!kb_span_equal(unit, kb_span_text(row->unit)) ||
	    kb_text_to_u64(kb_span_part(text, 0, digits), row->most, &number) != KB_OK ||
	    number < row->least) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s = %.80s: must be %u to %u %s%s, such as \"%u %s\"", row->key,
			      entry->value, row->least, row->most, row->unit,
			      row->may_be_open ? " or \"" NOT_AGREED "\"" : "", row->most,
			      row->unit);
		return;
	}
	out->vastgelegd = true;
	out->value = (uint32_t)number;
}

static void
take_kind(struct reader *reader, const struct value_row *row, const struct kb_ini_entry *entry,
	  struct kb_profile_value *out)
{
	for (size_t kind = KB_PROFILE_KIND_NONE + 1; kind < KB_PROFILE_KIND_COUNT; kind++) {
		if (strcmp(entry->value, kind_names[kind]) == 0) {
			out->kind = (enum kb_profile_kind)kind;
			return;
		}
	}
	kb_faults_add(reader->faults, reader->file, entry->line,
		      "%s.soort = %.80s: must be wettelijk, regel, norm or streven", row->key,
		      entry->value);
}

static void
take_source(struct reader *reader, const struct value_row *row, const struct kb_ini_entry *entry,
	    struct kb_profile_value *out)
{
	if (entry->value[0] == '\0' ||
	    kb_text_copy(out->source, sizeof(out->source), kb_span_text(entry->value)) != KB_OK) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s.bron: must name document and line in 1 to %d bytes", row->key,
			      KB_PROFILE_SOURCE_MAX);
	}
}

static void
take_value(struct reader *reader, const char *section, const struct value_row *row,
	   struct kb_profile_value *out)
{
	static void (*const take_part[PART_COUNT])(struct reader *, const struct value_row *,
						   const struct kb_ini_entry *,
						   struct kb_profile_value *) = {
		[PART_VALUE] = take_number,
		[PART_KIND] = take_kind,
		[PART_SOURCE] = take_source,
	};
	const struct kb_ini_entry *entries[PART_COUNT];
	bool open = false;

	for (size_t part = 0; part < PART_COUNT; part++) {
		entries[part] = take(reader, section, row->key, part_suffix[part]);
	}
	open = row->may_be_open && entries[PART_VALUE] != NULL &&
	       strcmp(entries[PART_VALUE]->value, NOT_AGREED) == 0;
	for (size_t part = 0; part < PART_COUNT; part++) {
		bool wanted = part != PART_KIND || !open;

		if (entries[part] == NULL && wanted) {
			kb_faults_add(reader->faults, reader->file, 0, "[%s] %s%s is missing",
				      section, row->key, part_suffix[part]);
		} else if (entries[part] != NULL && !wanted) {
			kb_faults_add(reader->faults, reader->file, entries[part]->line,
				      "%s.soort: a term that is " NOT_AGREED " has no soort",
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
take_agreement(struct reader *reader, size_t bit)
{
	static const char section[] = "afspraken";
	struct kb_profile_agreement *out = &reader->profile->afspraken[bit];
	const char *key = agreement_keys[bit];
	const struct kb_ini_entry *value = take(reader, section, key, "");
	const struct kb_ini_entry *source = take(reader, section, key, part_suffix[PART_SOURCE]);

	if (value == NULL || source == NULL) {
		kb_faults_add(reader->faults, reader->file, 0, "[%s] %s%s is missing", section, key,
			      value == NULL ? "" : part_suffix[PART_SOURCE]);
		return;
	}
	out->vastgelegd = strcmp(value->value, NOT_AGREED) != 0;
	out->yes = strcmp(value->value, "ja") == 0;
	if (out->vastgelegd && !out->yes && strcmp(value->value, "nee") != 0) {
		kb_faults_add(reader->faults, reader->file, value->line,
			      "%s = %.80s: must be ja, nee or \"" NOT_AGREED "\"", key,
			      value->value);
	}
	if (source->value[0] == '\0' ||
	    kb_text_copy(out->source, sizeof(out->source), kb_span_text(source->value)) != KB_OK) {
		kb_faults_add(reader->faults, reader->file, source->line,
			      "%s.bron: must name document and line in 1 to %d bytes", key,
			      KB_PROFILE_SOURCE_MAX);
	}
	reader->profile->region |= out->yes ? 1u << bit : 0;
}

static void
take_text(struct reader *reader, const struct text_row *row)
{
	const struct kb_ini_entry *entry = take(reader, "region", row->key, "");
	char *out = (char *)reader->profile + row->offset;

	if (entry == NULL) {
		kb_faults_add(reader->faults, reader->file, 0, "[region] %s is missing", row->key);
	} else if (entry->value[0] == '\0' ||
		   kb_text_copy(out, row->size, kb_span_text(entry->value)) != KB_OK) {
		kb_faults_add(reader->faults, reader->file, entry->line,
			      "%s: must have 1 to %zu bytes", row->key, row->size - 1);
	}
}

static void
refuse_unused(struct reader *reader)
{
	for (size_t i = 0; i < reader->ini->count; i++) {
		const struct kb_ini_entry *entry = &reader->ini->entries[i];
		bool known = strcmp(entry->section, "region") == 0 ||
			     strcmp(entry->section, "verzuim") == 0 ||
			     strcmp(entry->section, "afspraken") == 0;

		if (entry->key == NULL && !known) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "unknown section [%s]", entry->section);
		} else if (entry->key != NULL && known && !reader->used[i]) {
			kb_faults_add(reader->faults, reader->file, entry->line,
				      "unknown key %s in [%s]", entry->key, entry->section);
		}
	}
}

/* Reads profile.ini. Faults are counted by the caller. */
static enum kb_err
read_profile_ini(struct kb_span bytes, const char *file, struct kb_faults *faults,
		 struct kb_profile *out)
{
	struct kb_ini ini = { 0 };
	struct reader reader = { .file = file, .ini = &ini, .faults = faults, .profile = out };
	enum kb_err err = kb_ini_parse(bytes, file, faults, &ini);

	if (err == KB_ERR_NO_MEMORY) {
		goto out;
	}
	reader.used = calloc(ini.count > 0 ? ini.count : 1, sizeof(*reader.used));
	if (reader.used == NULL) {
		err = KB_ERR_NO_MEMORY;
		goto out;
	}
	err = KB_OK;
	for (size_t i = 0; i < sizeof(region_rows) / sizeof(region_rows[0]); i++) {
		take_text(&reader, &region_rows[i]);
	}
	for (size_t i = 0; i < KB_PROFILE_VERZUIM_COUNT; i++) {
		take_value(&reader, "verzuim", &verzuim_rows[i], &out->verzuim[i]);
	}
	for (size_t i = 0; i < KB_REGION_COUNT; i++) {
		take_agreement(&reader, i);
	}
	refuse_unused(&reader);
out:
	free(reader.used);
	kb_ini_release(&ini);
	return err;
}

/*
 * The kinds of files in a profile folder. A version that learns routes adds a row {".route", ...}; until then such a file is
 * refused, since agreements that are left out without a word would be worse.
 */
static const struct {
	const char *name;
	enum kb_err (*read)(struct kb_span bytes, const char *file, struct kb_faults *faults,
			    struct kb_profile *out);
	bool required;
} file_kinds[] = {
	{ PROFILE_FILE, read_profile_ini, true },
};

#define FILE_KIND_COUNT (sizeof(file_kinds) / sizeof(file_kinds[0]))

/* The row of file_kinds, or FILE_KIND_COUNT. */
static size_t
file_kind(const char *name)
{
	size_t i = 0;

	while (i < FILE_KIND_COUNT && strcmp(file_kinds[i].name, name) != 0) {
		i++;
	}
	return i;
}

static int
compare_names(const void *a, const void *b)
{
	const struct kb_profile_file *left = (const struct kb_profile_file *)a;
	const struct kb_profile_file *right = (const struct kb_profile_file *)b;

	return strcmp(left->name, right->name);
}

enum kb_err
kb_profile_hash(const struct kb_profile_file *files, size_t count, struct kb_hash *out)
{
	struct kb_profile_file sorted[KB_PROFILE_FILES_MAX];
	struct kb_sha256 *sha = NULL;
	enum kb_err err = KB_OK;

	if (count > KB_PROFILE_FILES_MAX) {
		return KB_ERR_OVERSIZE;
	}
	err = kb_sha256_new(&sha);
	if (err != KB_OK) {
		return err;
	}
	for (size_t i = 0; i < count; i++) {
		sorted[i] = files[i];
	}
	qsort(sorted, count, sizeof(sorted[0]), compare_names);
	kb_sha256_start(sha);
	kb_sha256_add(sha, KB_SPAN_OF(hash_label));
	for (size_t i = 0; i < count; i++) {
		uint8_t length[8];

		kb_store_u64(length, sorted[i].bytes.len);
		kb_sha256_add(sha, kb_span(sorted[i].name, strlen(sorted[i].name) + 1));
		kb_sha256_add(sha, KB_SPAN_OF(length));
		kb_sha256_add(sha, sorted[i].bytes);
	}
	kb_sha256_finish(sha, out);
	kb_sha256_free(sha);
	return KB_OK;
}

static enum kb_err
read_files(const struct kb_profile_file *files, size_t count, const char *folder,
	   struct kb_faults *faults, struct kb_profile *out)
{
	bool present[FILE_KIND_COUNT] = { false };

	for (size_t i = 0; i < count; i++) {
		char shown[512];
		size_t kind = file_kind(files[i].name);

		(void)snprintf(shown, sizeof(shown), "%s/%s", folder, files[i].name);
		if (kind == FILE_KIND_COUNT) {
			kb_faults_add(faults, shown, 0,
				      "this version does not know this kind of file");
			continue;
		}
		present[kind] = true;
		enum kb_err err = file_kinds[kind].read(files[i].bytes, shown, faults, out);

		if (err != KB_OK) {
			return err;
		}
	}
	for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
		if (file_kinds[kind].required && !present[kind]) {
			kb_faults_add(faults, folder, 0, "has no file %s", file_kinds[kind].name);
		}
	}
	return KB_OK;
}

enum kb_err
kb_profile_parse(const struct kb_profile_file *files, size_t count, const char *folder,
		 struct kb_faults *faults, struct kb_profile *out)
{
	size_t faults_before = faults->count;
	struct kb_profile profile = { 0 };
	enum kb_err err = KB_OK;

	if (count > KB_PROFILE_FILES_MAX) {
		kb_faults_add(faults, folder, 0, "has more than %d files", KB_PROFILE_FILES_MAX);
		return KB_ERR_CONFIG;
	}
	err = read_files(files, count, folder, faults, &profile);
	if (err == KB_OK && faults->count > faults_before) {
		err = KB_ERR_CONFIG;
	}
	if (err == KB_OK) {
		err = kb_profile_hash(files, count, &profile.hash);
	}
	if (err == KB_OK) {
		*out = profile;
	}
	return err;
}

/* The files of a folder, in memory. */
struct folder {
	struct kb_profile_file files[KB_PROFILE_FILES_MAX];
	char names[KB_PROFILE_FILES_MAX][FILE_NAME_MAX];
	struct kb_buf bytes[KB_PROFILE_FILES_MAX];
	size_t count;
};

static enum kb_err
load_file(struct folder *folder, const char *path, const char *name, struct kb_faults *faults)
{
	char full[4096];
	size_t place = folder->count;
	enum kb_err err = KB_OK;

	if (place == KB_PROFILE_FILES_MAX) {
		kb_faults_add(faults, path, 0, "has more than %d files", KB_PROFILE_FILES_MAX);
		return KB_ERR_CONFIG;
	}
	if (kb_text_copy(folder->names[place], FILE_NAME_MAX, kb_span_text(name)) != KB_OK ||
	    (size_t)snprintf(full, sizeof(full), "%s/%s", path, name) >= sizeof(full)) {
		kb_faults_add(faults, path, 0, "has a file with a name that is too long");
		return KB_ERR_CONFIG;
	}
	err = kb_ini_read_bytes(full, faults, &folder->bytes[place]);
	if (err == KB_OK) {
		folder->files[place] = (struct kb_profile_file){
			.name = folder->names[place],
			.bytes = kb_buf_span(&folder->bytes[place]),
		};
		folder->count++;
	} else {
		kb_buf_release(&folder->bytes[place]);
	}
	return err;
}

/* Goes on after a file that cannot be used, so that all faults are shown; returns the first error. */
static enum kb_err
load_folder(struct folder *folder, const char *path, struct kb_faults *faults)
{
	const struct dirent *entry = NULL;
	enum kb_err first = KB_OK;
	DIR *dir = opendir(path);

	if (dir == NULL) {
		kb_faults_add(faults, path, 0, "cannot be opened: %s", strerror(errno));
		return KB_ERR_CONFIG;
	}
	while ((entry = readdir(dir)) != NULL && first != KB_ERR_NO_MEMORY) {
		if (entry->d_name[0] != '.') {
			enum kb_err err = load_file(folder, path, entry->d_name, faults);

			first = first == KB_OK || err == KB_ERR_NO_MEMORY ? err : first;
		}
	}
	(void)closedir(dir);
	return first;
}

enum kb_err
kb_profile_open(const char *path, struct kb_faults *faults, struct kb_profile *out)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	enum kb_err loaded = KB_OK;
	enum kb_err err = KB_OK;
	struct kb_profile profile = { 0 };

	if (folder == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	loaded = load_folder(folder, path, faults);
	if (folder->count > 0 || loaded == KB_OK) {
		err = kb_profile_parse(folder->files, folder->count, path, faults, &profile);
	}
	err = loaded != KB_OK ? loaded : err;
	if (err == KB_OK) {
		*out = profile;
	}
	for (size_t i = 0; i < folder->count; i++) {
		kb_buf_release(&folder->bytes[i]);
	}
	free(folder);
	return err;
}
