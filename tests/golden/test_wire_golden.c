/* SPDX-License-Identifier: EUPL-1.2 */
/* The bytes of wire version 1 do not change by accident. */
#include "common/wire/session.h"
#include "common/wire/wire_codec.h"
#include "tests/golden/wire_samples.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER KB_SOURCE_DIR "/tests/golden/wire"

static bool
read_golden(const char *name, struct kb_buf *bytes)
{
	char path[1024];
	uint8_t *at = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", FOLDER, name);
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		return false;
	}
	cr_assert_eq(kb_buf_extend(bytes, 65536, &at), KB_OK);
	bytes->len = fread(at, 1, 65536, file);
	cr_assert_eq(fclose(file), 0);
	return true;
}

static const struct kb_sample_kind *
kind_of(const char *file, unsigned long long *seed)
{
	char name[64];

	for (size_t i = 0; i < kb_sample_kind_count; i++) {
		size_t len = strlen(kb_sample_kinds[i].name);

		(void)snprintf(name, sizeof(name), "%s-", kb_sample_kinds[i].name);
		if (strncmp(file, name, len + 1) == 0 &&
		    sscanf(file + len + 1, "%llu.bin", seed) == 1) {
			return &kb_sample_kinds[i];
		}
	}
	return NULL;
}

Test(wire_golden, every_file_decodes_and_encodes_to_itself)
{
	DIR *folder = opendir(FOLDER);
	size_t files = 0;

	cr_assert_not_null(folder);
	for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		unsigned long long seed = 0;
		struct kb_arena arena = { 0 };
		struct kb_buf bytes = { 0 };
		struct kb_buf again = { 0 };

		if (entry->d_name[0] == '.') {
			continue;
		}
		const struct kb_sample_kind *kind = kind_of(entry->d_name, &seed);

		cr_assert_not_null(kind, "%s is no golden file", entry->d_name);
		cr_assert(read_golden(entry->d_name, &bytes));
		void *message = malloc(kind->schema->struct_bytes);

		cr_assert_eq(kb_wire_decode(kind->schema, kb_buf_span(&bytes), &arena, message),
			     KB_OK, "%s", entry->d_name);
		cr_assert_eq(kb_wire_encode(kind->schema, message, &again), KB_OK, "%s",
			     entry->d_name);
		cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_buf_span(&again)), "%s",
			  entry->d_name);
		/* What it must say: the message that it was made of. */
		cr_assert(kb_sample_equal(kind->schema, message,
					  kb_sample_make(kind->schema, seed, &arena)),
			  "%s", entry->d_name);
		free(message);
		kb_buf_release(&again);
		kb_buf_release(&bytes);
		kb_arena_release(&arena);
		files++;
	}
	cr_assert_eq(closedir(folder), 0);
	cr_assert_geq(files, 3 * kb_sample_kind_count, "%zu", files);
}

Test(wire_golden, there_are_files_of_every_message_and_every_frame)
{
	bool seen[KB_FRAME_KIND_COUNT] = { false };

	for (size_t i = 0; i < kb_sample_kind_count; i++) {
		struct kb_buf bytes = { 0 };
		char name[64];

		(void)snprintf(name, sizeof(name), "%s-1.bin", kb_sample_kinds[i].name);
		cr_assert(read_golden(name, &bytes), "%s", name);
		kb_buf_release(&bytes);
	}
	for (int seed = 1; seed <= 96; seed++) {
		struct kb_arena arena = { 0 };
		struct kb_buf bytes = { 0 };
		struct kb_frame frame;
		char name[64];

		(void)snprintf(name, sizeof(name), "frame-%d.bin", seed);
		cr_assert(read_golden(name, &bytes), "%s", name);
		cr_assert_eq(kb_frame_decode(kb_buf_span(&bytes), &arena, &frame), KB_OK);
		seen[frame.kind] = true;
		kb_buf_release(&bytes);
		kb_arena_release(&arena);
	}
	for (int kind = KB_FRAME_HELLO; kind < KB_FRAME_KIND_COUNT; kind++) {
		cr_assert(seen[kind], "%s", kb_frame_kind_name((enum kb_frame_kind)kind));
	}
}
