/* SPDX-License-Identifier: EUPL-1.2 */
/* A list of fields: any bytes are refused or come back as they were, and are judged against every kind without harm. */
#include "common/exchange/fields.h"
#include "common/wire/content.h"
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = { &kb_schema_inhoud };

/* What passes for a kind must also be written by the encoder, to the same bytes: one closed list at both ends. */
static void
judge(struct kb_span bytes)
{
	struct kb_arena arena = { 0 };
	struct kb_inhoud inhoud;
	size_t count = 0;
	const struct kb_kind_row *rows = kb_kind_rows(&count);

	if (kb_inhoud_decode(bytes, &arena, &inhoud) == KB_OK) {
		for (size_t i = 0; i < count; i++) {
			struct kb_buf again = { 0 };
			uint32_t at = 0;
			enum kb_err said = kb_fields_check(rows[i].kind, inhoud.fields,
							   inhoud.field_count, &at);

			KB_INVARIANT(kb_inhoud_encode(rows[i].kind, &inhoud, &again, &at) == said);
			KB_INVARIANT(said != KB_OK || kb_span_equal(kb_buf_span(&again), bytes));
			kb_buf_release(&again);
		}
		(void)kb_fields_categories(inhoud.fields, inhoud.field_count);
		(void)kb_fields_identifiers(inhoud.fields, inhoud.field_count);
	}
	kb_arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool accepted = false;

	(void)fuzz_wire(schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size),
			&accepted);
	if (size > 1) {
		judge(kb_span(data + 1, size - 1));
	}
	return 0;
}
