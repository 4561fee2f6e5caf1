/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemmingen: any bytes are refused or come back as they were. */
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = {
	&kb_schema_toestemming,
	&kb_schema_signed_toestemming,
	&kb_schema_toestemming_bericht,
	&kb_schema_toestemming_bevestiging,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool accepted = false;

	(void)fuzz_wire(schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size),
			&accepted);
	return 0;
}
