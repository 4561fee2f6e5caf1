/* SPDX-License-Identifier: EUPL-1.2 */
/* Valid messages of every kind made from a seed, and ways to look at them; for unit tests, golden files and fuzzing. */
#ifndef KB_TESTS_GOLDEN_WIRE_SAMPLES_H
#define KB_TESTS_GOLDEN_WIRE_SAMPLES_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/wire_schema.h"

/* X(T): the messages that travel or are stored as bytes of their own: those with a public _decode and _encode. */
#define KB_SAMPLE_TABLE(X)                                                                         \
	X(header)                                                                                  \
	X(wire_seal)                                                                               \
	X(envelope)                                                                                \
	X(body)                                                                                    \
	X(checkpoint)                                                                              \
	X(signed_checkpoint)                                                                       \
	X(consistency_proof)                                                                       \
	X(receipt)                                                                                 \
	X(vervallen)                                                                               \
	X(hersteld)                                                                                \
	X(descriptor)                                                                              \
	X(register_entry)                                                                          \
	X(revocation_list)                                                                         \
	X(register_head)                                                                           \
	X(signed_register_head)                                                                    \
	X(register_file)                                                                           \
	X(register_proof)                                                                          \
	X(join_request)                                                                            \
	X(join_file)                                                                               \
	X(frame)                                                                                   \
	X(verzuim_melding)                                                                         \
	X(verzuim_intrekking)                                                                      \
	X(verzuim_stand)                                                                           \
	X(verzuim_vraag)                                                                           \
	X(verzuim_antwoord)                                                                        \
	X(verzuim_einde)                                                                           \
	X(verzuim_aanvulling)                                                                      \
	X(inhoud)                                                                                  \
	X(toestemming)                                                                             \
	X(signed_toestemming)                                                                      \
	X(toestemming_bericht)                                                                     \
	X(toestemming_bevestiging)                                                                 \
	X(wire_regel)                                                                              \
	X(zaak_regels)                                                                             \
	X(wire_voorstel)                                                                           \
	X(zaak_weigering)                                                                          \
	X(zaak_opvraag)                                                                            \
	X(profiel)                                                                                 \
	X(zaak_bewijs)                                                                             \
	X(bijlage)                                                                                 \
	X(bijlage_opvraag)                                                                         \
	X(bijlage_deel)                                                                            \
	X(bijlage_uitkomst)                                                                        \
	X(desk_request)                                                                            \
	X(desk_answer)

struct kb_sample_kind {
	const char *name;
	const struct kb_wire_schema *schema;
};

extern const struct kb_sample_kind kb_sample_kinds[];
extern const size_t kb_sample_kind_count;

/* A valid message of schema in arena: the same for the same seed. Seeds give different fields, lengths and counts. */
void *kb_sample_make(const struct kb_wire_schema *schema, uint64_t seed, struct kb_arena *arena);

/* Whether two of our structs say the same, all inside them included. */
bool kb_sample_equal(const struct kb_wire_schema *schema, const void *a, const void *b);

/* What protobuf-c makes of bytes: unpacks with its own allocator, packs again into out. False when it cannot unpack,
 * or finds unknown fields. */
bool kb_sample_repack(const struct kb_wire_schema *schema, struct kb_span bytes,
		      struct kb_buf *out);

/*
 * Decodes bytes and holds the promises against each other: what the pre-scanner takes, protobuf-c packs to the same bytes;
 * what it calls broken or not canonical, protobuf-c refuses or packs to others; what decode takes, encode gives back.
 * NULL when all holds, else which does not. *accepted: whether decode took it.
 */
const char *kb_sample_contradiction(const struct kb_wire_schema *schema, struct kb_span bytes,
				    bool *accepted);

#endif
