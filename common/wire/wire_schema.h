/* SPDX-License-Identifier: EUPL-1.2 */
/* Internal to common/wire and its tests: one table per message ties our struct, its rules and protobuf-c's descriptor. */
#ifndef KB_WIRE_WIRE_SCHEMA_H
#define KB_WIRE_WIRE_SCHEMA_H

#include "common/base/error.h"
#include "common/wire/wire_limits.h"

#include <protobuf-c/protobuf-c.h>

/* What a field is in our struct. X(name, type on the wire, bytes in our struct; 0: given by the row). */
#define KB_FORM_TABLE(X)                                                                           \
	X(U32, PROTOBUF_C_TYPE_UINT32, sizeof(uint32_t))                                           \
	X(U64, PROTOBUF_C_TYPE_UINT64, sizeof(uint64_t))                                           \
	X(TIME, PROTOBUF_C_TYPE_UINT64, sizeof(int64_t))  /* UTC milliseconds */                   \
	X(DATE, PROTOBUF_C_TYPE_UINT32, sizeof(uint32_t)) /* yyyymmdd of an existing day */        \
	X(BOOL, PROTOBUF_C_TYPE_BOOL, sizeof(bool))                                                \
	X(ENUM, PROTOBUF_C_TYPE_ENUM, sizeof(uint32_t))                                            \
	X(FIXED, PROTOBUF_C_TYPE_BYTES, 0) /* exactly max bytes; optional: all zero is absent */   \
	X(ID, PROTOBUF_C_TYPE_BYTES, 0)	   /* as FIXED, and never all zero */                      \
	X(PARTY, PROTOBUF_C_TYPE_BYTES, sizeof(struct kb_party_id))                                \
	X(CODE, PROTOBUF_C_TYPE_BYTES, 0) /* max characters of pattern and a NUL */                \
	X(TEXT, PROTOBUF_C_TYPE_BYTES, sizeof(struct kb_span))                                     \
	X(LINES, PROTOBUF_C_TYPE_BYTES, sizeof(struct kb_span)) /* text with newlines */           \
	X(SPAN, PROTOBUF_C_TYPE_BYTES, sizeof(struct kb_span))                                     \
	X(HASHES, PROTOBUF_C_TYPE_BYTES, sizeof(struct kb_span)) /* whole hashes of 32 bytes */    \
	X(MESSAGE, PROTOBUF_C_TYPE_MESSAGE, 0)

enum kb_form {
	KB_FORM_NONE = 0,

#define KB_ROW(name, type, bytes) KB_FORM_##name,
	KB_FORM_TABLE(KB_ROW)
#undef KB_ROW
		KB_FORM_COUNT,
};

struct kb_wire_schema;

#define KB_NO_OFFSET SIZE_MAX

/*
 * One row per field of the message, in the order of the tags: row i goes with descriptor->fields[i] (tested).
 * Integers: 0 is absent and passes unless required; anything else lies in min..max.
 * Bytes: length 0 is absent and passes unless required; any other length lies in min..max. In a repeated field an element
 * may have length 0 when min is 0.
 */
struct kb_wire_field {
	uint32_t tag;
	enum kb_form form;
	bool required;
	uint64_t min;
	uint64_t max;
	enum kb_err range_err; /* of an integer outside min..max; KB_OK means KB_ERR_BAD_VALUE */
	uint32_t count_min;    /* elements of a repeated field */
	uint32_t count_max;    /* 0: not repeated */
	size_t offset;	       /* of the value; of the pointer when repeated */
	size_t bytes;	       /* of the value in our struct; of one element when repeated */
	size_t extra_offset; /* size_t count when repeated; bool has_ of an optional message; or KB_NO_OFFSET */
	const struct kb_wire_schema *schema; /* of a message */
	const char *pattern; /* of a code: '9' a digit, 'A' a capital, else itself */
};

struct kb_wire_schema {
	const ProtobufCMessageDescriptor *descriptor;
	const struct kb_wire_field *fields;
	size_t field_count;
	size_t struct_bytes;
	size_t bytes_max;
	bool oneof; /* all message fields are of one oneof, exactly one of which must be there */
	size_t kind_offset; /* oneof: enum whose value is the tag of the field that is there */
	enum kb_err (*check)(const void *message); /* rules between fields; may be NULL */
};

/* Row makers: T is our struct without kb_, m its member. */
#define KB_FIELD(T, tag_, form_, m)                                                                \
	.tag = (tag_), .form = KB_FORM_##form_, .offset = offsetof(struct kb_##T, m),              \
	.bytes = sizeof(((struct kb_##T *)NULL)->m), .extra_offset = KB_NO_OFFSET
/* An integer, required in lo..hi; an optional one is 0 or in lo..hi. */
#define KB_NUMBER(T, tag_, form_, m, lo, hi)                                                       \
	{                                                                                          \
		KB_FIELD(T, tag_, form_, m), .required = true, .min = (lo), .max = (hi)            \
	}
#define KB_NUMBER_OPT(T, tag_, form_, m, hi)                                                       \
	{                                                                                          \
		KB_FIELD(T, tag_, form_, m), .min = 1, .max = (hi)                                 \
	}
#define KB_TIME(T, tag_, m) KB_NUMBER(T, tag_, TIME, m, 1, KB_WIRE_TIME_UTC_MS_MAX)
#define KB_DATE(T, tag_, m) KB_NUMBER(T, tag_, DATE, m, 1, UINT32_MAX)
#define KB_DATE_OPT(T, tag_, m) KB_NUMBER_OPT(T, tag_, DATE, m, UINT32_MAX)
#define KB_ENUM(T, tag_, m) KB_NUMBER(T, tag_, ENUM, m, 1, INT32_MAX)
#define KB_BOOL(T, tag_, m) KB_NUMBER_OPT(T, tag_, BOOL, m, 1)
#define KB_VERSION_FIELD(T, tag_, m, lo, hi, err)                                                  \
	{                                                                                          \
		KB_FIELD(T, tag_, U32, m), .required = true, .min = (lo), .max = (hi),             \
					   .range_err = (err)                                      \
	}
#define KB_WIRE_VERSION_FIELD(T, tag_, m)                                                          \
	KB_VERSION_FIELD(T, tag_, m, KB_WIRE_VERSION_OLDEST, KB_WIRE_VERSION, KB_ERR_BAD_VERSION)
/* Bytes. */
#define KB_EXACT(T, tag_, form_, m, required_)                                                     \
	{                                                                                          \
		KB_FIELD(T, tag_, form_, m), .required = (required_),                              \
					     .min = sizeof(((struct kb_##T *)NULL)->m),            \
					     .max = sizeof(((struct kb_##T *)NULL)->m)             \
	}
#define KB_PARTY(T, tag_, m, required_)                                                            \
	{                                                                                          \
		KB_FIELD(T, tag_, PARTY, m), .required = (required_), .min = KB_OIN_CHARS,         \
					     .max = KB_PARTY_ID_MAX                                \
	}
#define KB_CODE(T, tag_, m, required_, pattern_)                                                   \
	{                                                                                          \
		KB_FIELD(T, tag_, CODE, m), .required = (required_), .min = sizeof(pattern_) - 1,  \
					    .max = sizeof(pattern_) - 1, .pattern = (pattern_)     \
	}
#define KB_BYTES(T, tag_, form_, m, required_, lo, hi)                                             \
	{                                                                                          \
		KB_FIELD(T, tag_, form_, m), .required = (required_), .min = (lo), .max = (hi)     \
	}
/* Messages. */
#define KB_MESSAGE(T, tag_, m, schema_)                                                            \
	{                                                                                          \
		KB_FIELD(T, tag_, MESSAGE, m), .required = true, .schema = &kb_schema_##schema_    \
	}
#define KB_MESSAGE_OPT(T, tag_, m, has, schema_)                                                   \
	{                                                                                          \
		.tag = (tag_), .form = KB_FORM_MESSAGE, .offset = offsetof(struct kb_##T, m),      \
		.bytes = sizeof(((struct kb_##T *)NULL)->m),                                       \
		.extra_offset = offsetof(struct kb_##T, has), .schema = &kb_schema_##schema_       \
	}
/* Repeated. */
#define KB_LIST(T, tag_, form_, m, count, most)                                                    \
	.tag = (tag_), .form = KB_FORM_##form_, .offset = offsetof(struct kb_##T, m),              \
	.bytes = sizeof(*((struct kb_##T *)NULL)->m),                                              \
	.extra_offset = offsetof(struct kb_##T, count), .count_max = (most)
#define KB_MESSAGES(T, tag_, m, count, least, most, schema_)                                       \
	{                                                                                          \
		KB_LIST(T, tag_, MESSAGE, m, count, most), .count_min = (least),                   \
							   .schema = &kb_schema_##schema_          \
	}
#define KB_BYTES_LIST(T, tag_, form_, m, count, least, most, lo, hi)                               \
	{                                                                                          \
		KB_LIST(T, tag_, form_, m, count, most),                                           \
			.required = (lo) > 0, .count_min = (least), .min = (lo), .max = (hi)       \
	}
#define KB_ENUM_LIST(T, tag_, m, count, most)                                                      \
	{                                                                                          \
		KB_LIST(T, tag_, ENUM, m, count, most), .required = true, .min = 1,                \
							.max = INT32_MAX                           \
	}

/* The schema of T with rows rows[]; more holds further members. */
#define KB_SCHEMA(T, pb, most, ...)                                                                \
	const struct kb_wire_schema kb_schema_##T = {                                              \
		.descriptor = &ketenbode__v1__##pb##__descriptor,                                  \
		.fields = T##_fields,                                                              \
		.field_count = sizeof(T##_fields) / sizeof(T##_fields[0]),                         \
		.struct_bytes = sizeof(struct kb_##T),                                             \
		.bytes_max = (most),                                                               \
		__VA_ARGS__                                                                        \
	}

/* X(T): every message of the contract, those inside others too. */
#define KB_SCHEMA_TABLE(X)                                                                         \
	X(header)                                                                                  \
	X(wire_seal)                                                                               \
	X(envelope)                                                                                \
	X(author)                                                                                  \
	X(body)                                                                                    \
	X(checkpoint)                                                                              \
	X(signed_checkpoint)                                                                       \
	X(consistency_proof)                                                                       \
	X(receipt_item)                                                                            \
	X(epoch_range)                                                                             \
	X(receipt)                                                                                 \
	X(vervallen_item)                                                                          \
	X(vervallen)                                                                               \
	X(hersteld)                                                                                \
	X(vestiging)                                                                               \
	X(served_gemeente)                                                                         \
	X(descriptor)                                                                              \
	X(register_entry)                                                                          \
	X(revocation)                                                                              \
	X(revocation_list)                                                                         \
	X(register_head)                                                                           \
	X(signed_register_head)                                                                    \
	X(register_file)                                                                           \
	X(register_proof)                                                                          \
	X(join_request)                                                                            \
	X(join_file)                                                                               \
	X(hello)                                                                                   \
	X(welcome)                                                                                 \
	X(publish)                                                                                 \
	X(publish_refusal)                                                                         \
	X(publish_result)                                                                          \
	X(credit)                                                                                  \
	X(deliver)                                                                                 \
	X(confirm)                                                                                 \
	X(heartbeat)                                                                               \
	X(goodbye)                                                                                 \
	X(register_query)                                                                          \
	X(register_answer)                                                                         \
	X(undeliverable_item)                                                                      \
	X(undeliverable)                                                                           \
	X(edge_query)                                                                              \
	X(edge)                                                                                    \
	X(edge_answer)                                                                             \
	X(frame)                                                                                   \
	X(melding_school)                                                                          \
	X(melding_adres)                                                                           \
	X(melding_leerling)                                                                        \
	X(melding_dag)                                                                             \
	X(melding_stap)                                                                            \
	X(melding_contact)                                                                         \
	X(verzuim_melding)                                                                         \
	X(verzuim_intrekking)                                                                      \
	X(verzuim_stand)                                                                           \
	X(verzuim_vraag)                                                                           \
	X(verzuim_antwoord)                                                                        \
	X(verzuim_einde)                                                                           \
	X(verzuim_aanvulling)                                                                      \
	X(field)                                                                                   \
	X(inhoud)                                                                                  \
	X(toestemming)                                                                             \
	X(signed_toestemming)                                                                      \
	X(toestemming_bericht)                                                                     \
	X(toestemming_bevestiging)                                                                 \
	X(wire_deelnemer)                                                                          \
	X(wire_feit)                                                                               \
	X(wire_klok)                                                                               \
	X(wire_regel)                                                                              \
	X(zaak_regels)                                                                             \
	X(wire_voorstel)                                                                           \
	X(zaak_weigering)                                                                          \
	X(zaak_opvraag)                                                                            \
	X(zaak_bewijs)                                                                             \
	X(profiel_bestand)                                                                         \
	X(profiel)                                                                                 \
	X(bijlage)                                                                                 \
	X(bijlage_opvraag)                                                                         \
	X(bijlage_deel)                                                                            \
	X(bijlage_uitkomst)                                                                        \
	X(desk_field)                                                                              \
	X(desk_request)                                                                            \
	X(desk_row)                                                                                \
	X(desk_section)                                                                            \
	X(desk_answer)

#define KB_ROW(T) extern const struct kb_wire_schema kb_schema_##T;
KB_SCHEMA_TABLE(KB_ROW)
#undef KB_ROW

#endif
