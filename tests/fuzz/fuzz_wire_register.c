/* SPDX-License-Identifier: EUPL-1.2 */
/* Descriptors, the register and what is proven of it: any bytes are refused or come back as they were. */
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = {
	&kb_schema_descriptor,	   &kb_schema_register_entry,	    &kb_schema_revocation_list,
	&kb_schema_register_head,  &kb_schema_signed_register_head, &kb_schema_register_file,
	&kb_schema_register_proof, &kb_schema_join_request,	    &kb_schema_join_file,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool accepted = false;

	(void)fuzz_wire(schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size),
			&accepted);
	return 0;
}
