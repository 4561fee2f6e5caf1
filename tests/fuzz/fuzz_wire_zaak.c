/* SPDX-License-Identifier: EUPL-1.2 */
/* Case records, proposals and profiles: any bytes are refused or come back as they were, through the structs of the chain too. */
#include "common/wire/zaak.h"
#include "tests/fuzz/fuzz_wire.h"

static const struct kb_wire_schema *const schemas[] = {
	&kb_schema_wire_regel,	   &kb_schema_zaak_regels,  &kb_schema_wire_voorstel,
	&kb_schema_zaak_weigering, &kb_schema_zaak_opvraag, &kb_schema_profiel,
	&kb_schema_zaak_bewijs,
};

static void
die_unless(bool holds, const char *what)
{
	if (!holds) {
		(void)fprintf(stderr, "%s\n", what);
		abort();
	}
}

/* What the rules of the wire take, the structs of the chain hold and give back byte for byte. */
static void
through_the_chain(const struct kb_wire_schema *schema, struct kb_span bytes)
{
	struct kb_arena arena = { 0 };
	struct kb_buf again = { 0 };
	struct kb_chain_record record = { 0 };
	struct kb_zaak_voorstel voorstel = { 0 };
	enum kb_err err = KB_OK;

	if (schema == &kb_schema_wire_regel) {
		err = kb_chain_record_decode(bytes, &arena, &record);
		err = err == KB_OK ? kb_chain_record_encode(&record, &again) : err;
	} else {
		err = kb_zaak_voorstel_decode(bytes, &arena, &voorstel);
		err = err == KB_OK ? kb_zaak_voorstel_encode(&voorstel, &again) : err;
	}
	die_unless(err == KB_OK && kb_span_equal(kb_buf_span(&again), bytes),
		   "the structs of the chain lost something");
	kb_buf_release(&again);
	kb_arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool accepted = false;
	const struct kb_wire_schema *schema = fuzz_wire(
		schemas, sizeof(schemas) / sizeof(schemas[0]), kb_span(data, size), &accepted);

	if (accepted && (schema == &kb_schema_wire_regel || schema == &kb_schema_wire_voorstel)) {
		through_the_chain(schema, kb_span_part(kb_span(data, size), 1, size));
	}
	return 0;
}
