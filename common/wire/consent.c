/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemmingen. */
#include "common/wire/consent.h"

#include "common/wire/wire_codec.h"
#include "proto/consent.pb-c.h"

_Static_assert((int)KB_TOESTEMMING_INGETROKKEN ==
		       KETENBODE__V1__TOESTEMMING_STATUS__TOESTEMMING_STATUS_INGETROKKEN,
	       "the numbers of consent_rules.h are those of the contract");
_Static_assert((int)KB_LEEFTIJD_VANAF_16 == KETENBODE__V1__LEEFTIJDSKLASSE__LEEFTIJDSKLASSE_16_PLUS,
	       "likewise");

static enum kb_err
toestemming_check(const void *message)
{
	const struct kb_toestemming *toestemming = message;
	bool ok = toestemming->ouders <= toestemming->gezag &&
		  kb_toestemming_names(toestemming, &toestemming->recorder) &&
		  (toestemming->valid_until == 0 ||
		   toestemming->valid_until >= toestemming->valid_from);

	for (size_t i = 1; ok && i < toestemming->party_count; i++) {
		ok = memcmp(&toestemming->parties[i - 1], &toestemming->parties[i],
			    sizeof(toestemming->parties[i])) < 0;
	}
	return ok ? KB_OK : KB_ERR_BAD_VALUE;
}

static const struct kb_wire_field toestemming_fields[] = {
	KB_EXACT(toestemming, 1, ID, toestemming_id, true),
	KB_EXACT(toestemming, 2, ID, case_id, true),
	KB_NUMBER(toestemming, 3, U32, versie, 1, UINT32_MAX),
	KB_PARTY(toestemming, 4, recorder, true),
	KB_NUMBER(toestemming, 5, U32, key_version, 1, UINT32_MAX),
	KB_ENUM(toestemming, 6, status),
	KB_ENUM(toestemming, 7, purpose),
	KB_NUMBER(toestemming, 8, U32, categories, 1, KB_DATA_ALL),
	KB_BYTES_LIST(toestemming, 9, PARTY, parties, party_count, 1, KB_TOESTEMMING_PARTIES_MAX,
		      KB_OIN_CHARS, KB_PARTY_ID_MAX),
	KB_ENUM(toestemming, 10, leeftijd),
	KB_NUMBER(toestemming, 11, U32, gezag, 1, KB_TOESTEMMING_GUARDIANS_MAX),
	KB_NUMBER_OPT(toestemming, 12, U32, ouders, KB_TOESTEMMING_GUARDIANS_MAX),
	KB_BOOL(toestemming, 13, jongere),
	KB_EXACT(toestemming, 14, FIXED, evidence_hash, true),
	KB_DATE(toestemming, 15, valid_from),
	KB_DATE_OPT(toestemming, 16, valid_until),
	KB_TIME(toestemming, 17, recorded_at_utc_ms),
};
KB_SCHEMA(toestemming, toestemming, KB_WIRE_STATEMENT_BYTES_MAX, .check = toestemming_check);

static const struct kb_wire_field signed_toestemming_fields[] = {
	KB_BYTES(signed_toestemming, 1, SPAN, toestemming, true, 1, KB_WIRE_STATEMENT_BYTES_MAX),
	KB_EXACT(signed_toestemming, 2, FIXED, signature, true),
};
KB_SCHEMA(signed_toestemming, ondertekende_toestemming, KB_WIRE_TOESTEMMING_BYTES_MAX,
	  .check = NULL);

static const struct kb_wire_field toestemming_bericht_fields[] = {
	KB_BYTES(toestemming_bericht, 1, SPAN, ondertekend, true, 1, KB_WIRE_TOESTEMMING_BYTES_MAX),
};
KB_SCHEMA(toestemming_bericht, toestemming_bericht, KB_WIRE_CONSENT_BYTES_MAX, .check = NULL);

static const struct kb_wire_field toestemming_bevestiging_fields[] = {
	KB_EXACT(toestemming_bevestiging, 1, ID, toestemming_id, true),
	KB_NUMBER(toestemming_bevestiging, 2, U32, versie, 1, UINT32_MAX),
	KB_TIME(toestemming_bevestiging, 3, at_utc_ms),
	KB_NUMBER_OPT(toestemming_bevestiging, 4, U32, recalled_count, UINT32_MAX),
	KB_NUMBER_OPT(toestemming_bevestiging, 5, U32, received_count, UINT32_MAX),
};
KB_SCHEMA(toestemming_bevestiging, toestemming_bevestiging, KB_WIRE_CONSENT_BYTES_MAX,
	  .check = NULL);

enum kb_err
kb_toestemming_decode(struct kb_span bytes, struct kb_arena *arena, struct kb_toestemming *out)
{
	return kb_wire_decode(&kb_schema_toestemming, bytes, arena, out);
}

enum kb_err
kb_toestemming_encode(const struct kb_toestemming *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_toestemming, in, out);
}

enum kb_err
kb_signed_toestemming_decode(struct kb_span bytes, struct kb_arena *arena,
			     struct kb_signed_toestemming *out)
{
	return kb_wire_decode(&kb_schema_signed_toestemming, bytes, arena, out);
}

enum kb_err
kb_signed_toestemming_encode(const struct kb_signed_toestemming *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_signed_toestemming, in, out);
}

enum kb_err
kb_toestemming_bericht_decode(struct kb_span bytes, struct kb_arena *arena,
			      struct kb_toestemming_bericht *out)
{
	return kb_wire_decode(&kb_schema_toestemming_bericht, bytes, arena, out);
}

enum kb_err
kb_toestemming_bericht_encode(const struct kb_toestemming_bericht *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_toestemming_bericht, in, out);
}

enum kb_err
kb_toestemming_bevestiging_decode(struct kb_span bytes, struct kb_arena *arena,
				  struct kb_toestemming_bevestiging *out)
{
	return kb_wire_decode(&kb_schema_toestemming_bevestiging, bytes, arena, out);
}

enum kb_err
kb_toestemming_bevestiging_encode(const struct kb_toestemming_bevestiging *in, struct kb_buf *out)
{
	return kb_wire_encode(&kb_schema_toestemming_bevestiging, in, out);
}
