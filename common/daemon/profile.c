/* SPDX-License-Identifier: EUPL-1.2 */
/* A region profile: its folder, its files, its hash. */
#include "common/daemon/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/daemon/profile_internal.h"

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

void
kb_profile_release(struct kb_profile *profile)
{
	kb_arena_release(&profile->arena);
	*profile = (struct kb_profile){ 0 };
}

const struct kb_route *
kb_profile_route(const struct kb_profile *profile, struct kb_span id)
{
	for (size_t i = 0; i < profile->route_count; i++) {
		if (kb_span_equal(id, kb_span_text(profile->routes[i].id))) {
			return &profile->routes[i];
		}
	}
	return NULL;
}

/* ---- the kinds of files, in the order in which they are read ---- */

/* A profile that is being read. */
struct reading {
	const char *folder;
	struct kb_faults *faults;
	struct kb_profile *profile;
	struct kb_route *routes; /* room for one of every file */
	const struct kb_profile_file
		*files; /* all, by name; those of the profile are without the seal */
	size_t file_count;
};

static enum kb_err
read_values(struct reading *reading, struct kb_profile_reader *reader, struct kb_span bytes)
{
	(void)reading;
	return kb_profile_read_values(reader, bytes);
}

static enum kb_err
read_route(struct reading *reading, struct kb_profile_reader *reader, struct kb_span bytes)
{
	struct kb_profile *profile = reading->profile;
	size_t faults_before = reading->faults->count;
	struct kb_route *route = &reading->routes[profile->route_count];
	enum kb_err err = kb_profile_read_route(reader, bytes, route);

	if (err == KB_OK && reading->faults->count == faults_before) {
		kb_profile_check_route(route, profile->region, reading->faults);
		profile->route_count++;
	}
	return err;
}

static enum kb_err
read_seal(struct reading *reading, struct kb_profile_reader *reader, struct kb_span bytes)
{
	(void)reading;
	return kb_profile_read_seal(reader, bytes);
}

static const struct file_kind {
	const char *name; /* whole, or the end of the name after a '*' */
	enum kb_err (*read)(struct reading *reading, struct kb_profile_reader *reader,
			    struct kb_span bytes);
	bool required;
} file_kinds[] = {
	/* First: a route takes its defaults from it, and what its region agreed. */
	{ "profile.ini", read_values, true },
	{ "*.route", read_route, false },
	{ KB_PROFILE_SEAL_FILE, read_seal, false },
};

#define FILE_KIND_COUNT (sizeof(file_kinds) / sizeof(file_kinds[0]))

static bool
is_of_kind(const char *name, const struct file_kind *kind)
{
	size_t end = strlen(kind->name) - 1;
	size_t len = strlen(name);

	if (kind->name[0] != '*') {
		return strcmp(name, kind->name) == 0;
	}
	return len > end && strcmp(name + len - end, kind->name + 1) == 0;
}

/* The row of file_kinds, or FILE_KIND_COUNT. */
static size_t
file_kind(const char *name)
{
	size_t i = 0;

	while (i < FILE_KIND_COUNT && !is_of_kind(name, &file_kinds[i])) {
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
	size_t hashed = 0;
	enum kb_err err = KB_OK;

	if (count > KB_PROFILE_FILES_MAX) {
		return KB_ERR_OVERSIZE;
	}
	err = kb_sha256_new(&sha);
	if (err != KB_OK) {
		return err;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].name, KB_PROFILE_SEAL_FILE) != 0) {
			sorted[hashed++] = files[i];
		}
	}
	qsort(sorted, hashed, sizeof(sorted[0]), compare_names);
	kb_sha256_start(sha);
	kb_sha256_add(sha, KB_SPAN_OF(hash_label));
	for (size_t i = 0; i < hashed; i++) {
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
read_file(struct reading *reading, const struct kb_profile_file *file, const struct file_kind *kind)
{
	char shown[512];
	struct kb_profile_reader reader = {
		.name = file->name,
		.file = shown,
		.faults = reading->faults,
		.profile = reading->profile,
	};

	(void)snprintf(shown, sizeof(shown), "%s/%s", reading->folder, file->name);
	return kind->read(reading, &reader, file->bytes);
}

static enum kb_err
read_files(struct reading *reading)
{
	enum kb_err err = KB_OK;

	for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
		bool present = false;

		for (size_t i = 0; err == KB_OK && i < reading->file_count; i++) {
			if (file_kind(reading->files[i].name) == kind) {
				present = true;
				err = read_file(reading, &reading->files[i], &file_kinds[kind]);
			}
		}
		if (err == KB_OK && file_kinds[kind].required && !present) {
			kb_faults_add(reading->faults, reading->folder, 0, "has no file %s",
				      file_kinds[kind].name);
		}
	}
	return err;
}

static void
refuse_names(const struct reading *reading)
{

	for (size_t i = 0; i < reading->file_count; i++) {
		char shown[512];
		const char *name = reading->files[i].name;

		(void)snprintf(shown, sizeof(shown), "%s/%s", reading->folder, name);
		if (file_kind(name) == FILE_KIND_COUNT) {
			kb_faults_add(reading->faults, shown, 0,
				      "this version does not know this kind of file");
		}
		if (i > 0 && strcmp(reading->files[i - 1].name, name) == 0) {
			kb_faults_add(reading->faults, shown, 0, "stands there twice");
		}
	}
}

/* The profile's own copy of its files, by name. */
static enum kb_err
keep_files(struct reading *reading, const struct kb_profile_file *files, size_t count)
{
	struct kb_profile *profile = reading->profile;
	struct kb_profile_file *all = kb_arena_alloc(&profile->arena, (count + 1) * sizeof(*all));
	struct kb_profile_file *hashed =
		kb_arena_alloc(&profile->arena, (count + 1) * sizeof(*hashed));

	if (all == NULL || hashed == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		all[i].name = kb_arena_text(&profile->arena, kb_span_text(files[i].name));
		all[i].bytes = kb_arena_copy(&profile->arena, files[i].bytes);
		if (all[i].name == NULL || (all[i].bytes.at == NULL && files[i].bytes.len > 0)) {
			return KB_ERR_NO_MEMORY;
		}
	}
	qsort(all, count, sizeof(*all), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].name, KB_PROFILE_SEAL_FILE) != 0) {
			hashed[profile->file_count++] = all[i];
		}
	}
	reading->files = all;
	reading->file_count = count;
	profile->files = hashed;
	return KB_OK;
}

static enum kb_err
read_profile(struct reading *reading, const struct kb_profile_file *files, size_t count)
{
	struct kb_profile *profile = reading->profile;
	size_t faults_before = reading->faults->count;
	enum kb_err err = keep_files(reading, files, count);

	if (err != KB_OK) {
		return err;
	}
	reading->routes = kb_arena_alloc(&profile->arena, (count + 1) * sizeof(*reading->routes));
	if (reading->routes == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	profile->routes = reading->routes;
	refuse_names(reading);
	err = read_files(reading);
	if (err == KB_OK && reading->faults->count > faults_before) {
		err = KB_ERR_CONFIG;
	}
	return err != KB_OK ? err
			    : kb_profile_hash(profile->files, profile->file_count, &profile->hash);
}

enum kb_err
kb_profile_parse(const struct kb_profile_file *files, size_t count, const char *folder,
		 struct kb_faults *faults, struct kb_profile *out)
{
	struct kb_profile profile = { 0 };
	struct reading reading = { .folder = folder, .faults = faults, .profile = &profile };
	enum kb_err err = KB_OK;

	if (count > KB_PROFILE_FILES_MAX) {
		kb_faults_add(faults, folder, 0, "has more than %d files", KB_PROFILE_FILES_MAX);
		return KB_ERR_CONFIG;
	}
	err = read_profile(&reading, files, count);
	if (err == KB_OK) {
		*out = profile;
	} else {
		kb_profile_release(&profile);
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
	if (err == KB_OK && loaded == KB_OK) {
		size_t faults_before = faults->count;

		kb_profile_check_whole(&profile, path, faults);
		err = faults->count > faults_before ? KB_ERR_CONFIG : KB_OK;
	}
	if (err == KB_OK && loaded == KB_OK) {
		*out = profile;
	} else {
		kb_profile_release(&profile);
	}
	err = loaded != KB_OK ? loaded : err;
	for (size_t i = 0; i < folder->count; i++) {
		kb_buf_release(&folder->bytes[i]);
	}
	free(folder);
	return err;
}
