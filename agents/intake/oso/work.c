/* SPDX-License-Identifier: EUPL-1.2 */
/* The work of the helper. */
#include "agents/intake/oso/work.h"

#include <stdlib.h>

#include "agents/intake/oso/rules.h"
#include "agents/intake/oso/split.h"

/* Findings are an answer; other failures end the work without the last frame. */
static enum kb_err
end(enum kb_err err, const struct kb_oso_report *report)
{
	/* Whatever was said may be of a part only. */
	if (kb_oso_xml_ran_out()) {
		return KB_ERR_NO_MEMORY;
	}
	if (report->err != KB_OK) {
		return report->err;
	}
	if (err == KB_OK || report->finding_count > 0) {
		return kb_oso_put_frame(report->to, KB_OSO_FRAME_END, KB_SPAN_NONE);
	}
	return err;
}

enum kb_err
kb_oso_work_check(struct kb_span dossier, struct kb_span schema, bool split, struct kb_buf *to)
{
	struct kb_oso_report report = { .to = to };
	xmlDoc *doc = NULL;
	enum kb_err err = kb_oso_xml_read(dossier, &report, &doc);

	if (err == KB_OK) {
		err = kb_oso_xml_is_dossier(doc, &report);
	}
	if (err == KB_OK) {
		enum kb_err valid = kb_oso_xml_validate(doc, schema, &report);

		/* Both are said at once: who must repair the dossier wants to know all of it. */
		err = valid != KB_ERR_CONFIG ? kb_oso_rules_check(doc, &report) : valid;
		err = valid != KB_OK ? valid : err;
	}
	if (err == KB_OK && split) {
		err = kb_oso_split(doc, to);
	}
	xmlFreeDoc(doc);
	return end(err, &report);
}

enum kb_err
kb_oso_work_join(struct kb_span frames, struct kb_buf *to)
{
	struct kb_oso_report report = { .to = to };
	struct kb_oso_result *parts = calloc(1, sizeof(*parts));
	xmlDoc *whole = NULL;
	size_t mark = 0;
	enum kb_err err = parts != NULL ? kb_oso_result_read(frames, parts) : KB_ERR_NO_MEMORY;

	if (err == KB_OK) {
		err = kb_oso_join(parts->fields, parts->field_count, &report, &whole);
	}
	free(parts);
	if (err == KB_OK) {
		err = kb_oso_open_frame(to, KB_OSO_FRAME_DOCUMENT, &mark);
	}
	if (err == KB_OK) {
		err = kb_oso_write_document(whole, to);
	}
	if (err == KB_OK) {
		kb_oso_close_frame(to, mark);
	}
	xmlFreeDoc(whole);
	return end(err, &report);
}
