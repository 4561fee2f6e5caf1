/* SPDX-License-Identifier: EUPL-1.2 */
/* A page out of any bytes: refused with a fault, or filled such that no value can open anything. */
#include <stdio.h>

#include "common/base/template.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
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
	return 0;
}
