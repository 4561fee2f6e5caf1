/* SPDX-License-Identifier: EUPL-1.2 */
/* A data set out of any bytes: the four files stand after one another, with a byte 0x1e between them. */
#include "agents/intake/dataset.h"

#define SEPARATOR 0x1e

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kb_dataset_problems problems;
	struct kb_verzuim_settings settings = kb_verzuim_settings_default();
	struct kb_dataset_bytes input = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_dataset set = { 0 };
	struct kb_span rest = kb_span(data, size);
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < KB_DATASET_FILE_COUNT && rest.len > 0; i++) {
		const uint8_t *end = memchr(rest.at, SEPARATOR, rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;

		input.bytes[i] = kb_span_part(rest, 0, len);
		input.presence[i] = KB_DATASET_PRESENT;
		rest = kb_span_part(rest, len + 1, rest.len);
	}
	err = kb_dataset_parse(&input, &arena, &set, &problems);
	if (err == KB_ERR_DATA) {
		KB_INVARIANT(problems.count > 0 && problems.total >= problems.count);
	} else if (err == KB_OK) {
		struct kb_verzuim_input rule;
		struct kb_melding_list list = { 0 };

		/* What the reader accepts, the rule must accept. */
		kb_dataset_input(&set, KB_DAY_NONE, true, &rule);
		KB_INVARIANT(kb_verzuim_compute(&rule, &settings, &arena, &list) == KB_OK);
		for (size_t i = 0; i < list.count; i++) {
			KB_INVARIANT(list.at[i].begin_day <= list.at[i].eind_day);
			KB_INVARIANT(list.at[i].eind_day <= list.at[i].vastgesteld_day);
		}
	} else {
		KB_INVARIANT(err == KB_ERR_NO_MEMORY);
	}
	kb_arena_release(&arena);
	return 0;
}
