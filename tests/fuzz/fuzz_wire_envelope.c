/* SPDX-License-Identifier: EUPL-1.2 */
/* Header, seal, envelope, body: any bytes are refused or come back as they were. */
#include "common/wire/envelope.h"
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = {
	&kb_schema_header,
	&kb_schema_wire_seal,
	&kb_schema_envelope,
	&kb_schema_body,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_envelope parts;
	bool accepted = false;
	const struct kb_wire_schema *schema = fuzz_wire(
		schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size), &accepted);

	/* The split without copies takes exactly what decoding takes. */
	if (schema == &kb_schema_envelope &&
	    (kb_envelope_split(kb_span(data + 1, size - 1), &parts) == KB_OK) != accepted) {
		abort();
	}
	return 0;
}
