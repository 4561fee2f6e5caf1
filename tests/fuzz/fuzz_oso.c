/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier out of any bytes through all that the helper does: rules, fields, and together again, which must not change it. */
#define _GNU_SOURCE
#include <stdlib.h>

#include "agents/intake/oso/rules.h"
#include "agents/intake/oso/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
there_and_back(xmlDoc *doc, struct kb_oso_report *report)
{
	struct kb_oso_result *parts = calloc(1, sizeof(*parts));
	struct kb_buf first = { 0 };
	struct kb_buf again = { 0 };
	struct kb_buf frames = { 0 };
	xmlDoc *whole = NULL;
	xmlDoc *joined = NULL;
	enum kb_err err = kb_oso_split(doc, &frames);

	KB_INVARIANT(parts != NULL);
	if (err == KB_OK) {
		err = kb_oso_put_frame(&frames, KB_OSO_FRAME_END, KB_SPAN_NONE);
	}
	if (err == KB_OK) {
		err = kb_oso_result_read(kb_buf_span(&frames), parts);
		KB_INVARIANT(err == KB_OK || err == KB_ERR_BAD_TEXT);
	}
	if (err == KB_OK) {
		err = kb_oso_join(parts->fields, parts->field_count, report, &whole);
	}
	if (err == KB_OK) {
		err = kb_oso_write_document(whole, &first);
	}
	/* What was joined is a dossier, and writes itself the same. */
	if (err == KB_OK) {
		err = kb_oso_xml_read(kb_buf_span(&first), report, &joined);
		KB_INVARIANT(err == KB_OK);
		err = kb_oso_write(xmlDocGetRootElement(joined), &again);
		KB_INVARIANT(err != KB_OK ||
			     memmem(first.at, first.len, again.at, again.len) != NULL);
	}
	xmlFreeDoc(whole);
	xmlFreeDoc(joined);
	kb_buf_release(&first);
	kb_buf_release(&again);
	kb_buf_release(&frames);
	free(parts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct kb_buf said = { 0 };
	struct kb_oso_report report = { .to = &said };
	xmlDoc *doc = NULL;
	enum kb_err err = KB_OK;

	if (!ready) {
		kb_oso_xml_init();
		ready = true;
	}
	err = kb_oso_xml_read(kb_span(data, size), &report, &doc);
	KB_INVARIANT(err == KB_OK || report.finding_count > 0);
	if (err == KB_OK) {
		err = kb_oso_xml_is_dossier(doc, &report);
	}
	if (err == KB_OK) {
		kb_ignore(kb_oso_rules_check(doc, &report), "a broken rule is an answer too");
		there_and_back(doc, &report);
	}
	xmlFreeDoc(doc);
	kb_buf_release(&said);
	return 0;
}
