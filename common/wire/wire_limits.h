/* SPDX-License-Identifier: EUPL-1.2 */
/* Every length, count and depth that the wire contract allows (convention 37). proto/README.md shows them per field. */
#ifndef KB_WIRE_WIRE_LIMITS_H
#define KB_WIRE_WIRE_LIMITS_H

/* Versions: spoken here, and the oldest that is still accepted (convention 50; rules in proto/README.md). */
#define KB_WIRE_VERSION 1u
#define KB_WIRE_VERSION_OLDEST 1u
#define KB_WIRE_REGEL_VERSION                                                                      \
	1u /* of a case record, apart: its bytes outlive the envelope they came in */
#define KB_WIRE_SUITE 1u
#define KB_WIRE_DESK_VERSION 1u

/* Whole messages, in bytes. */
#define KB_WIRE_FRAME_BYTES_MAX (1024u * 1024u) /* ZMQ_MAXMSGSIZE; reliability.md finding 3 */
#define KB_WIRE_DESK_BYTES_MAX                                                                     \
	(1024u * 1024u) /* of one message on the desk socket, its length not counted */
#define KB_WIRE_HEADER_BYTES_MAX 1024u
#define KB_WIRE_SEAL_BYTES_MAX 512u
#define KB_WIRE_TAG_BYTES 16u /* of AES-256-GCM */
/* Padded content (largest step of the padding below a frame) and its tag. */
#define KB_WIRE_SEALED_BYTES_MAX (768u * 1024u + KB_WIRE_TAG_BYTES)
#define KB_WIRE_SEALED_BYTES_MIN (512u + KB_WIRE_TAG_BYTES)
#define KB_WIRE_ENVELOPE_BYTES_MAX                                                                 \
	(KB_WIRE_SEALED_BYTES_MAX + KB_WIRE_HEADER_BYTES_MAX + KB_WIRE_SEAL_BYTES_MAX + 16u)
#define KB_WIRE_CONTENT_BYTES_MAX (512u * 1024u)
/* A signed toestemming that travels in a body: at most KB_TOESTEMMING_PARTIES_MAX parties. */
#define KB_WIRE_TOESTEMMING_BYTES_MAX 4096u
#define KB_WIRE_STATEMENT_BYTES_MAX 2048u     /* the statement in it */
#define KB_WIRE_CONSENT_BYTES_MAX 8192u	      /* content of the kinds about toestemming */
#define KB_WIRE_REGEL_BYTES_MAX (24u * 1024u) /* one case record */
#define KB_WIRE_VOORSTEL_BYTES_MAX (12u * 1024u)
#define KB_WIRE_CASE_SHORT_BYTES_MAX 512u	     /* zaak-weigering, zaak-opvraag */
#define KB_WIRE_BEWIJS_BODY_BYTES_MAX (448u * 1024u) /* the body of a message with records */
#define KB_WIRE_BEWIJZEN_MAX 256u		     /* messages of one answer */
#define KB_WIRE_BESTAND_BYTES_MAX (128u * 1024u)     /* one file of a region profile */
#define KB_WIRE_BIJLAGE_BYTES_MAX (100u * 1024u * 1024u)
#define KB_WIRE_DEEL_BYTES_MAX (240u * 1024u) /* one part of an attachment: KB_CHUNK_BYTES */
#define KB_WIRE_REGLEMENT_BYTES_MAX 32u
#define KB_WIRE_BODY_BYTES_MAX (KB_WIRE_CONTENT_BYTES_MAX + KB_WIRE_TOESTEMMING_BYTES_MAX + 4096u)
#define KB_WIRE_TRAFFIC_BYTES_MAX (256u * 1024u) /* receipt, vervallen, hersteld */
#define KB_WIRE_MELDING_BYTES_MAX (48u * 1024u)
#define KB_WIRE_SHORT_BYTES_MAX (16u * 1024u) /* the other kinds of the verzuim family */
#define KB_WIRE_CHECKPOINT_BYTES_MAX 256u
#define KB_WIRE_SIGNED_CHECKPOINT_BYTES_MAX 512u
#define KB_WIRE_CONSISTENCY_BYTES_MAX 4096u
#define KB_WIRE_DESCRIPTOR_BYTES_MAX (16u * 1024u)
#define KB_WIRE_ENTRY_BYTES_MAX (32u * 1024u)
#define KB_WIRE_REGISTER_HEAD_BYTES_MAX 512u
#define KB_WIRE_SIGNED_HEAD_BYTES_MAX 1024u
#define KB_WIRE_REVOCATIONS_BYTES_MAX (128u * 1024u)
#define KB_WIRE_CRL_BYTES_MAX (256u * 1024u)
#define KB_WIRE_REGISTER_FILE_BYTES_MAX (32u * 1024u * 1024u)
#define KB_WIRE_PROOF_BYTES_MAX (40u * 1024u)
#define KB_WIRE_JOIN_BYTES_MAX (64u * 1024u)

/* Shape: what the pre-scanner allows at all. */
#define KB_WIRE_DEPTH_MAX 8u
#define KB_WIRE_FIELD_COUNT_MAX 131072u /* of one message with all that is in it */
/* Memory that decoding may take: so many times the bytes, and this much more (reliability.md 1.5). */
#define KB_WIRE_BUDGET_FACTOR 96u
#define KB_WIRE_BUDGET_EXTRA_BYTES 8192u

/* Fixed sizes, in bytes. */
#define KB_WIRE_KEY_BYTES 32u
#define KB_WIRE_SIGNATURE_BYTES 64u
#define KB_WIRE_CERTIFICATE_SIGNATURE_BYTES_MAX 512u
#define KB_WIRE_CERTIFICATE_BYTES_MAX (8u * 1024u)

/* Trees and proofs. */
#define KB_WIRE_TREE_SIZE_MAX 1024u /* headers under one seal */
#define KB_WIRE_PATH_LEVELS_MAX 10u
#define KB_WIRE_LOG_PATH_LEVELS_MAX 64u /* of a register entry */
#define KB_WIRE_CONSISTENCY_HASHES_MAX 65u

/* Counts. */
#define KB_WIRE_BATCH_MAX 256u /* envelopes in one publish or deliver */
#define KB_WIRE_WINDOW_MAX 1024u
#define KB_WIRE_CREDIT_MAX (1024u * 1024u)
#define KB_WIRE_RECEIPT_ITEMS_MAX 512u
#define KB_WIRE_RANGES_MAX 1024u
#define KB_WIRE_VERVALLEN_ITEMS_MAX 1024u
#define KB_WIRE_UNDELIVERABLE_ITEMS_MAX 1024u
#define KB_WIRE_EDGES_MAX 8192u
#define KB_WIRE_SWV_MAX 32u
#define KB_WIRE_VESTIGINGEN_MAX 128u
#define KB_WIRE_GEMEENTEN_MAX 512u
#define KB_WIRE_DESKS_MAX 8u
#define KB_WIRE_REGISTER_ENTRIES_MAX 20000u
#define KB_WIRE_REGISTER_PAGE_MAX 128u /* entries in one register answer */
#define KB_WIRE_REVOCATIONS_MAX 1024u
#define KB_WIRE_DAGEN_MAX 400u
#define KB_WIRE_STAPPEN_MAX 50u
#define KB_WIRE_VELDEN_MAX 64u
#define KB_WIRE_BESTANDEN_MAX 64u      /* files of one region profile */
#define KB_WIRE_BIJLAGE_PARTS_MAX 427u /* of KB_WIRE_BIJLAGE_BYTES_MAX */
#define KB_WIRE_BIJLAGE_WINDOW_MAX 16u /* parts that one request may name */
#define KB_WIRE_DESK_ARGUMENTS_MAX 64u
#define KB_WIRE_DESK_SECTIONS_MAX 64u
#define KB_WIRE_DESK_COLUMNS_MAX 24u
#define KB_WIRE_DESK_ROWS_MAX                                                                      \
	4096u /* of one section of one answer; more rows come in more answers */

/* Texts, in bytes of UTF-8. */
#define KB_WIRE_NAME_BYTES_MAX 200u /* names of parties, schools, persons */
#define KB_WIRE_SWV_CHARS_MAX 6u
#define KB_WIRE_PERSON_BYTES_MAX 64u
#define KB_WIRE_FUNCTION_BYTES_MAX 100u
#define KB_WIRE_STREET_BYTES_MAX 200u
#define KB_WIRE_POSTCODE_BYTES_MAX 16u
#define KB_WIRE_PHONE_BYTES_MAX 32u
#define KB_WIRE_DUO_KENMERK_BYTES_MAX 64u
#define KB_WIRE_STAP_BYTES_MAX 800u
#define KB_WIRE_ROUTE_WORD_BYTES_MAX 40u /* id of a route, name of a state or a clock */
#define KB_WIRE_EVENT_BYTES_MAX 45u	 /* "klok:" and such a name, or such a word */
#define KB_WIRE_PEOPLE_BYTES_MAX 400u	 /* who took part in a step */
#define KB_WIRE_RULE_BYTES_MAX 100u
#define KB_WIRE_BESTAND_NAME_BYTES_MAX 64u
#define KB_WIRE_WAARDE_BYTES_MAX                                                                   \
	131072u			     /* value of a field; each field has its own bound below it */
#define KB_WIRE_TEXT_BYTES_MAX 4000u /* question, answer, reason, explanation */
#define KB_WIRE_ADDRESS_BYTES_MAX 256u
#define KB_WIRE_DESK_NAME_BYTES_MAX 64u
#define KB_WIRE_DESK_VALUE_BYTES_MAX 8192u
#define KB_WIRE_DESK_TEXT_BYTES_MAX 16384u

/* Values. */
#define KB_WIRE_KIND_MAX 65535u
#define KB_WIRE_VELD_MAX 65535u
#define KB_WIRE_REASON_MAX 65535u
#define KB_WIRE_BIJLAGE_TYPE_MAX 255u
#define KB_WIRE_DAY_MINUTES_MAX 1440u
#define KB_WIRE_MINUTES_MAX 1000000u
#define KB_WIRE_YEAR_MIN 1900u
#define KB_WIRE_YEAR_MAX 9999u
#define KB_WIRE_TIME_UTC_MS_MAX 253402300799999ll /* 9999-12-31T23:59:59.999Z */

#endif
