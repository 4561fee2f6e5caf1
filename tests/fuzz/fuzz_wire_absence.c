/* SPDX-License-Identifier: EUPL-1.2 */
/* The verzuim family: any bytes are refused or come back as they were. */
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = {
	&kb_schema_verzuim_melding,    &kb_schema_verzuim_intrekking, &kb_schema_verzuim_stand,
	&kb_schema_verzuim_vraag,      &kb_schema_verzuim_antwoord,   &kb_schema_verzuim_einde,
	&kb_schema_verzuim_aanvulling,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool accepted = false;

	(void)fuzz_wire(schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size),
			&accepted);
	return 0;
}
