/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines and fields of a `;` separated file in memory. */
#include "agents/intake/csv_reader.h"

#include "common/base/text.h"

void
kb_csv_init(struct kb_csv *csv, struct kb_span bytes)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	struct kb_span head = kb_span_part(bytes, 0, sizeof(mark));

	*csv = (struct kb_csv){ .rest = bytes };
	if (kb_span_equal(head, KB_SPAN_OF(mark))) {
		csv->rest = kb_span_part(bytes, sizeof(mark), bytes.len);
	}
}

bool
kb_csv_next(struct kb_csv *csv, struct kb_csv_line *line)
{
	const uint8_t *end = NULL;
	struct kb_span text = csv->rest;

	if (csv->rest.len == 0) {
		return false;
	}
	end = memchr(csv->rest.at, '\n', csv->rest.len);
	if (end != NULL) {
		text.len = (size_t)(end - csv->rest.at);
		csv->rest = kb_span_part(csv->rest, text.len + 1, csv->rest.len);
	} else {
		csv->rest = KB_SPAN_NONE;
	}
	if (text.len > 0 && text.at[text.len - 1] == '\r') {
		text.len--;
	}
	csv->line++;
	*line = (struct kb_csv_line){
		.number = csv->line,
		.text = text,
		.text_ok = kb_text_ok(text, false),
	};
	return true;
}

size_t
kb_csv_count_lines(struct kb_span bytes)
{
	size_t count = 1;

	while (bytes.len > 0) {
		const uint8_t *end = memchr(bytes.at, '\n', bytes.len);

		if (end == NULL) {
			break;
		}
		bytes = kb_span_part(bytes, (size_t)(end - bytes.at) + 1, bytes.len);
		count++;
	}
	return count;
}

size_t
kb_csv_split(struct kb_span text, struct kb_span *fields, size_t most)
{
	size_t count = 0;
	size_t start = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.at[i] != ';') {
			continue;
		}
		if (count < most) {
			fields[count] = kb_span_part(text, start, i - start);
		}
		count++;
		start = i + 1;
	}
	return count;
}
