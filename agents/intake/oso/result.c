/* SPDX-License-Identifier: EUPL-1.2 */
/* The frames between the helper and who started it. */
#include "agents/intake/oso/result.h"

#include "common/base/bytes.h"
#include "common/base/text.h"

#define FRAME_HEAD 5
#define FINDING_HEAD 8

/* ---- writing ---- */

enum kb_err
kb_oso_put_frame(struct kb_buf *to, enum kb_oso_frame frame, struct kb_span content)
{
	enum kb_err err = kb_buf_put_u8(to, (uint8_t)frame);

	if (err == KB_OK) {
		err = kb_buf_put_u32(to, (uint32_t)content.len);
	}
	return err == KB_OK ? kb_buf_put(to, content) : err;
}

enum kb_err
kb_oso_open_frame(struct kb_buf *to, enum kb_oso_frame frame, size_t *mark)
{
	*mark = to->len;
	return kb_oso_put_frame(to, frame, KB_SPAN_NONE);
}

void
kb_oso_close_frame(struct kb_buf *to, size_t mark)
{
	kb_store_u32(to->at + mark + 1, (uint32_t)(to->len - mark - FRAME_HEAD));
}

enum kb_err
kb_oso_put_finding(struct kb_buf *to, const struct kb_oso_finding *finding)
{
	uint8_t head[FINDING_HEAD];
	struct kb_span rule = kb_span_part(finding->rule, 0, UINT16_MAX);
	struct kb_span path = kb_span_part(finding->path, 0, UINT16_MAX);
	struct kb_buf content = { 0 };
	enum kb_err err = KB_OK;

	kb_store_u32(head, finding->line);
	kb_store_u16(head + 4, (uint16_t)rule.len);
	kb_store_u16(head + 6, (uint16_t)path.len);
	err = kb_buf_put(&content, KB_SPAN_OF(head));
	if (err == KB_OK) {
		err = kb_buf_put(&content, rule);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&content, path);
	}
	if (err == KB_OK) {
		err = kb_buf_put(&content, finding->text);
	}
	if (err == KB_OK) {
		err = kb_oso_put_frame(to, KB_OSO_FRAME_FINDING, kb_buf_span(&content));
	}
	kb_buf_release(&content);
	return err;
}

enum kb_err
kb_oso_put_field(struct kb_buf *to, uint32_t number, struct kb_span value)
{
	enum kb_err err = kb_buf_put_u8(to, (uint8_t)KB_OSO_FRAME_FIELD);

	if (err == KB_OK) {
		err = kb_buf_put_u32(to, (uint32_t)value.len + 4);
	}
	if (err == KB_OK) {
		err = kb_buf_put_u32(to, number);
	}
	return err == KB_OK ? kb_buf_put(to, value) : err;
}

/* ---- reading: the helper read a hostile file, so what it says is looked at as such ---- */

static enum kb_err
read_finding(struct kb_span content, struct kb_oso_result *result)
{
	struct kb_oso_finding *finding = &result->findings[result->finding_count];
	size_t rule_len = 0;
	size_t path_len = 0;

	if (result->finding_count == KB_OSO_FINDINGS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	if (content.len < FINDING_HEAD) {
		return KB_ERR_MALFORMED;
	}
	rule_len = kb_load_u16(content.at + 4);
	path_len = kb_load_u16(content.at + 6);
	if (rule_len + path_len > content.len - FINDING_HEAD) {
		return KB_ERR_MALFORMED;
	}
	*finding = (struct kb_oso_finding){
		.line = kb_load_u32(content.at),
		.rule = kb_span_part(content, FINDING_HEAD, rule_len),
		.path = kb_span_part(content, FINDING_HEAD + rule_len, path_len),
		.text = kb_span_part(content, FINDING_HEAD + rule_len + path_len, content.len),
	};
	if (!kb_text_ok(finding->rule, false) || !kb_text_ok(finding->path, false) ||
	    !kb_text_ok(finding->text, false)) {
		return KB_ERR_BAD_TEXT;
	}
	result->finding_count++;
	return KB_OK;
}

static enum kb_err
read_field(struct kb_span content, struct kb_oso_result *result)
{
	uint32_t number = content.len >= 4 ? kb_load_u32(content.at) : 0;

	if (result->field_count == KB_OSO_FIELDS_MAX) {
		return KB_ERR_OVERSIZE;
	}
	if (number == 0 ||
	    (result->field_count > 0 && number <= result->fields[result->field_count - 1].number)) {
		return KB_ERR_MALFORMED;
	}
	result->fields[result->field_count++] = (struct kb_field){
		.number = number,
		.value = kb_span_part(content, 4, content.len),
	};
	return KB_OK;
}

static enum kb_err
read_frame(uint8_t frame, struct kb_span content, struct kb_oso_result *result, bool *ended)
{
	if (frame == KB_OSO_FRAME_FINDING) {
		return read_finding(content, result);
	}
	if (frame == KB_OSO_FRAME_FIELD) {
		return read_field(content, result);
	}
	if (frame == KB_OSO_FRAME_KIND) {
		result->kind = content;
		return kb_text_ok(content, false) ? KB_OK : KB_ERR_BAD_TEXT;
	}
	if (frame == KB_OSO_FRAME_DOCUMENT) {
		result->document = content;
		return kb_text_ok(content, true) ? KB_OK : KB_ERR_BAD_TEXT;
	}
	*ended = frame == KB_OSO_FRAME_END;
	return *ended ? KB_OK : KB_ERR_MALFORMED;
}

enum kb_err
kb_oso_result_read(struct kb_span answer, struct kb_oso_result *result)
{
	bool ended = false;
	enum kb_err err = KB_OK;

	*result = (struct kb_oso_result){ .finding_count = 0 };
	while (err == KB_OK && !ended) {
		size_t len = answer.len >= FRAME_HEAD ? kb_load_u32(answer.at + 1) : 0;

		if (answer.len < FRAME_HEAD || len > answer.len - FRAME_HEAD) {
			return KB_ERR_TRUNCATED;
		}
		err = read_frame(answer.at[0], kb_span_part(answer, FRAME_HEAD, len), result,
				 &ended);
		answer = kb_span_part(answer, FRAME_HEAD + len, answer.len);
	}
	return err == KB_OK && answer.len > 0 ? KB_ERR_MALFORMED : err;
}

const struct kb_oso_finding *
kb_oso_result_schema_fault(const struct kb_oso_result *result)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		if (kb_span_equal(result->findings[i].rule,
				  kb_span_text(KB_OSO_RULE_SCHEMA_FILE))) {
			return &result->findings[i];
		}
	}
	return NULL;
}
