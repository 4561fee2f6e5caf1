/* SPDX-License-Identifier: EUPL-1.2 */
/* A page out of any bytes: refused with a fault, or filled such that no value can open anything. */
#include <stdio.h>

#include "common/base/template_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const columns[] = { "wie", "wat", NULL };
static const struct kb_template_slot slots[] = {
	{ .name = "naam" },
	{ .name = "extra", .optional = true },
	{ .name = "leden", .columns = columns },
	{ .name = "rijen", .columns = columns, .optional = true },
};
#define SLOT_COUNT (sizeof(slots) / sizeof(slots[0]))

/* A value with everything that could get out; '\x7e' ('~') stands in no template that is looked at. */
#define EVIL "~<script>\"'&>{{naam}}"
#define TAME "~&lt;script&gt;&quot;&#39;&amp;&gt;{{naam}}"

static void
hear(void *to, const char *file, uint32_t line, const char *text)
{
	KB_INVARIANT(file[0] == 'f' && text[0] != '\0');
	KB_INVARIANT(line < UINT32_MAX);
	(*(size_t *)to)++;
}

/* Every value in the page is the escaped one. */
static void
check_output(struct kb_buf *out)
{
	const char *at = kb_buf_text(out);

	KB_INVARIANT(at != NULL);
	while ((at = strchr(at, '~')) != NULL) {
		KB_INVARIANT(strncmp(at, TAME, strlen(TAME)) == 0);
		at++;
	}
}

/* How many lines of the two files were named. */
struct places {
	uint32_t frame_lines;
	uint32_t part_lines;
};

static void
hear_place(void *to, const char *file, uint32_t line, const char *text)
{
	struct places *places = to;

	KB_INVARIANT(text[0] != '\0');
	places->frame_lines += file[0] == 'f' && line > 0;
	places->part_lines += file[0] == 'p' && line > 0;
}

static uint32_t
lines_of(struct kb_span text)
{
	uint32_t lines = text.len > 0 && text.at[text.len - 1] != '\n';

	for (size_t i = 0; i < text.len; i++) {
		lines += text.at[i] == '\n';
	}
	return lines;
}

/* A frame, a NUL, its part: every line of the page comes from one of them, and none but the mark got lost. */
static void
check_frame(struct kb_span frame_bytes, struct kb_span part_bytes)
{
	struct places places = { 0 };
	struct kb_template_frame frame = {
		.frame_file = "f", .part_file = "p", .say = hear_place, .to = &places
	};

	if (kb_template_frame_join(&frame, frame_bytes, part_bytes) == KB_OK) {
		uint32_t lines = lines_of(kb_buf_span(&frame.page));

		for (uint32_t i = 1; i <= lines; i++) {
			kb_template_frame_say(&frame, "", i, "x");
		}
		KB_INVARIANT(places.part_lines == lines_of(part_bytes));
		KB_INVARIANT(places.frame_lines + 1 == lines_of(frame_bytes));
	} else {
		KB_INVARIANT(frame.page.len == 0);
	}
	kb_template_frame_release(&frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	const struct kb_template page = {
		.file = "f", .bytes = kb_span(data, size), .slots = slots, .slot_count = SLOT_COUNT
	};
	const struct kb_span evil = kb_span_text(EVIL);
	const struct kb_span cells[] = { evil, evil, evil, evil };
	const struct kb_template_value values[SLOT_COUNT] = { { .text = evil },
							      { .text = evil },
							      { .cells = cells, .row_count = 2 },
							      { .cells = cells, .row_count = 1 } };
	struct kb_buf out = { 0 };
	size_t faults = 0;
	size_t faults_of_fill = 0;
	enum kb_err checked = kb_template_check(&page, hear, &faults);
	enum kb_err filled = kb_template_fill(&page, values, &out, hear, &faults_of_fill);

	KB_INVARIANT((checked == KB_OK) == (faults == 0));
	KB_INVARIANT(faults == faults_of_fill);
	KB_INVARIANT(checked == KB_OK ? filled == KB_OK || filled == KB_ERR_OVERSIZE
				      : filled == KB_ERR_DATA);
	KB_INVARIANT(filled == KB_OK || out.len == 0);
	if (filled == KB_OK && memchr(data, '~', size) == NULL) {
		check_output(&out);
	}
	kb_buf_release(&out);
	if (nul != NULL) {
		size_t at = (size_t)(nul - data);

		check_frame(kb_span(data, at), kb_span(data + at + 1, size - at - 1));
	}
	return 0;
}
