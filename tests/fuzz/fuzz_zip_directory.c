/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as a file: judged without a read outside it, the same whatever its pieces, and what is taken keeps every bound. */
#include "common/exchange/zip_directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum kb_err
read_file(void *state, uint64_t offset, uint8_t *out, size_t len)
{
	const struct kb_span *file = state;

	KB_INVARIANT(offset <= file->len && len <= file->len - offset);
	memcpy(out, file->at + offset, len);
	return KB_OK;
}

static void
judge(struct kb_span file, size_t piece, enum kb_attachment_type *type,
      enum kb_attachment_rule *rule)
{
	struct kb_attachment_source source = { .read = read_file,
					       .state = &file,
					       .bytes = file.len };
	struct kb_attachment_sniff sniff = { .bytes = 0 };

	for (size_t at = 0; at < file.len; at += piece) {
		kb_attachment_sniff_add(&sniff, kb_span_part(file, at, piece));
	}
	KB_INVARIANT(kb_attachment_judge(&sniff, &source, kb_span_text("a.docx"), type, rule) ==
		     KB_OK);
	KB_INVARIANT((*type == KB_FILE_NONE) == (*rule != KB_ATTACHMENT_RULE_OK));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_span file = kb_span(data, size);
	struct kb_attachment_source source = { .read = read_file, .state = &file, .bytes = size };
	enum kb_attachment_type types[2];
	enum kb_attachment_rule rules[2];
	struct kb_zip_facts facts;

	KB_INVARIANT(kb_zip_directory_read(&source, &facts) == KB_OK);
	KB_INVARIANT(facts.entry_count <= KB_ZIP_ENTRIES_MAX);
	if (facts.rule == KB_ATTACHMENT_RULE_OK) {
		KB_INVARIANT(facts.entry_count > 0);
		KB_INVARIANT(facts.unpacked_bytes <= KB_ZIP_UNPACKED_BYTES_MAX);
		KB_INVARIANT(facts.unpacked_bytes <=
			     KB_ZIP_RATIO_MAX * (uint64_t)size +
				     (uint64_t)facts.entry_count * KB_ZIP_RATIO_FREE_BYTES);
	}
	judge(file, size + 1, &types[0], &rules[0]);
	judge(file, 13, &types[1], &rules[1]);
	KB_INVARIANT(types[0] == types[1] && rules[0] == rules[1]);
	return 0;
}
