/* SPDX-License-Identifier: EUPL-1.2 */
/* What the fuzz targets of common/wire share: the first byte of an input chooses the message, the rest is its bytes. */
#ifndef KB_TESTS_FUZZ_FUZZ_WIRE_H
#define KB_TESTS_FUZZ_FUZZ_WIRE_H

#include "tests/golden/wire_samples.h"

#include <stdio.h>
#include <stdlib.h>

/* Called by libFuzzer, which has no header for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts when what decode, encode, the pre-scanner and protobuf-c say of the input contradict each other. Returns the
 * schema that was chosen, NULL for an empty input. */
static inline const struct kb_wire_schema *
fuzz_wire(const struct kb_wire_schema *const *schemas, size_t count, struct kb_span input,
	  bool *accepted)
{
	const struct kb_wire_schema *schema = NULL;
	const char *found = NULL;

	if (input.len == 0) {
		return NULL;
	}
	schema = schemas[input.at[0] % count];
	found = kb_sample_contradiction(schema, kb_span_part(input, 1, input.len), accepted);
	if (found != NULL) {
		(void)fprintf(stderr, "%s: %s\n", schema->descriptor->name, found);
		abort();
	}
	return schema;
}

#endif
