/* SPDX-License-Identifier: EUPL-1.2 */
/* kb-golden: writes the golden files of the wire contract, and the seeds of its fuzz targets.
 * A changed golden file is a changed contract: look at git diff before it is kept. */
#include "common/wire/wire_codec.h"
#include "tests/golden/wire_samples.h"

#include <stdio.h>

/* The place of each message among those of its fuzz target (tests/fuzz/fuzz_wire_*.c). */
static const struct {
	const char *message;
	const char *family;
	uint8_t choice;
} seeds[] = {
	{ "header", "envelope", 0 },
	{ "wire_seal", "envelope", 1 },
	{ "envelope", "envelope", 2 },
	{ "body", "envelope", 3 },
	{ "checkpoint", "receipt", 0 },
	{ "signed_checkpoint", "receipt", 1 },
	{ "consistency_proof", "receipt", 2 },
	{ "receipt", "receipt", 3 },
	{ "vervallen", "receipt", 4 },
	{ "hersteld", "receipt", 5 },
	{ "descriptor", "register", 0 },
	{ "register_entry", "register", 1 },
	{ "revocation_list", "register", 2 },
	{ "register_head", "register", 3 },
	{ "signed_register_head", "register", 4 },
	{ "register_file", "register", 5 },
	{ "register_proof", "register", 6 },
	{ "join_request", "register", 7 },
	{ "join_file", "register", 8 },
	{ "frame", "session", 0 },
	{ "verzuim_melding", "absence", 0 },
	{ "verzuim_intrekking", "absence", 1 },
	{ "verzuim_stand", "absence", 2 },
	{ "verzuim_vraag", "absence", 3 },
	{ "verzuim_antwoord", "absence", 4 },
	{ "verzuim_einde", "absence", 5 },
	{ "verzuim_aanvulling", "absence", 6 },
	{ "inhoud", "content", 0 },
	{ "toestemming", "consent", 0 },
	{ "signed_toestemming", "consent", 1 },
	{ "toestemming_bericht", "consent", 2 },
	{ "toestemming_bevestiging", "consent", 3 },
	{ "wire_regel", "zaak", 0 },
	{ "zaak_regels", "zaak", 1 },
	{ "wire_voorstel", "zaak", 2 },
	{ "zaak_weigering", "zaak", 3 },
	{ "zaak_opvraag", "zaak", 4 },
	{ "profiel", "zaak", 5 },
	{ "zaak_bewijs", "zaak", 6 },
	{ "bijlage", "bijlage", 0 },
	{ "bijlage_opvraag", "bijlage", 1 },
	{ "bijlage_deel", "bijlage", 2 },
	{ "bijlage_uitkomst", "bijlage", 3 },
	{ "desk_request", "desk", 0 },
	{ "desk_answer", "desk", 1 },
};

#define PATH_MAX_BYTES 1024

static bool
write_file(const char *path, struct kb_span head, struct kb_span bytes)
{
	FILE *file = fopen(path, "wb");
	bool ok = file != NULL && fwrite(head.at, 1, head.len, file) == head.len &&
		  fwrite(bytes.at, 1, bytes.len, file) == bytes.len;

	ok = (file == NULL || fclose(file) == 0) && ok;
	if (!ok) {
		(void)fprintf(stderr, "kb-golden: cannot write %s\n", path);
	}
	return ok;
}

static bool
write_kind(const char *folder, const char *corpus, size_t kind, uint64_t seed)
{
	const struct kb_sample_kind *row = &kb_sample_kinds[kind];
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	char path[PATH_MAX_BYTES];
	void *message = kb_sample_make(row->schema, seed, &arena);
	bool ok = kb_wire_encode(row->schema, message, &bytes) == KB_OK;

	(void)snprintf(path, sizeof(path), "%s/%s-%llu.bin", folder, row->name,
		       (unsigned long long)seed);
	ok = ok && write_file(path, KB_SPAN_NONE, kb_buf_span(&bytes));
	(void)snprintf(path, sizeof(path), "%s/wire_%s/%s-%llu", corpus, seeds[kind].family,
		       row->name, (unsigned long long)seed);
	ok = ok && write_file(path, KB_SPAN_OF(seeds[kind].choice), kb_buf_span(&bytes));
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
	return ok;
}

int
main(int count, char **arguments)
{
	bool ok = true;

	if (count != 3) {
		(void)fprintf(stderr, "usage: kb-golden tests/golden/wire tests/fuzz/corpus\n");
		return 64;
	}
	for (size_t i = 0; i < kb_sample_kind_count; i++) {
		KB_INVARIANT(strcmp(seeds[i].message, kb_sample_kinds[i].name) == 0);
		/* A frame has fourteen contents: more seeds, until each has been drawn. */
		uint64_t most = strcmp(seeds[i].message, "frame") == 0 ? 96 : 3;

		for (uint64_t seed = 1; ok && seed <= most; seed++) {
			ok = write_kind(arguments[1], arguments[2], i, seed);
		}
	}
	return ok ? 0 : 70;
}
