/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments on their way: any bytes are refused or come back as they were. */
#include "common/wire/bijlage.h"
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = {
	&kb_schema_bijlage,
	&kb_schema_bijlage_opvraag,
	&kb_schema_bijlage_deel,
	&kb_schema_bijlage_uitkomst,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool accepted = false;

	(void)fuzz_wire(schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size),
			&accepted);
	return 0;
}
