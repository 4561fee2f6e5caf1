/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may come into the register: every rule in one list. */
#include "agents/cli/pki_register.h"

#include "common/crypto/x509.h"

struct applicant {
	struct kb_join_request request;
	struct kb_descriptor descriptor;
};

typedef enum kb_err (*admission_rule_fn)(struct kb_pki_register *reg,
					 const struct applicant *applicant);

static enum kb_err
rule_possession(struct kb_pki_register *reg, const struct applicant *applicant)
{
	struct kb_error_text detail = { "" };
	enum kb_err err = kb_descriptor_possession_trust(applicant->request.descriptor,
							 &applicant->descriptor,
							 applicant->request.possession, &detail);

	return err == KB_OK
		       ? KB_OK
		       : kb_fail(&reg->where, err,
				 "de sleutels in de aanvraag van %s zijn niet goed, of niet van "
				 "de aanvrager (%s)",
				 applicant->descriptor.party.text, detail.text);
}

/* reliability.md threat 4: the same key for two uses or two parties. */
static enum kb_err
rule_fresh_keys(struct kb_pki_register *reg, const struct applicant *applicant)
{
	const uint8_t *own[] = { applicant->descriptor.signing_key,
				 applicant->descriptor.sealing_key,
				 applicant->descriptor.transport_key };

	for (size_t i = 0; i < reg->member_count; i++) {
		const struct kb_descriptor *other = &reg->members[i].descriptor;
		const uint8_t *theirs[] = { other->signing_key, other->sealing_key,
					    other->transport_key };

		for (size_t j = 0; j < 9; j++) {
			if (memcmp(own[j / 3], theirs[j % 3], KB_WIRE_KEY_BYTES) == 0) {
				return kb_fail(&reg->where, KB_ERR_BAD_KEY,
					       "een sleutel van %s staat al in het register (bij "
					       "%s); maak nieuwe sleutels",
					       applicant->descriptor.party.text, other->party.text);
			}
		}
	}
	return KB_OK;
}

static enum kb_err
rule_version(struct kb_pki_register *reg, const struct applicant *applicant)
{
	const struct kb_pki_member *before =
		kb_pki_register_find(reg, &applicant->descriptor.party);
	uint32_t expected = before != NULL ? before->descriptor.version + 1 : 1;

	if (applicant->descriptor.version != expected) {
		return kb_fail(&reg->where, KB_ERR_EXISTS,
			       "%s heeft sleutelversie %u; de volgende is %u (zie pki request "
			       "--key-version)",
			       applicant->descriptor.party.text, expected - 1, expected);
	}
	if (before != NULL && before->descriptor.kind != applicant->descriptor.kind) {
		return kb_fail(&reg->where, KB_ERR_DATA, "%s staat al in het register als %s",
			       applicant->descriptor.party.text,
			       kb_party_kind_label(before->descriptor.kind));
	}
	return KB_OK;
}

static enum kb_err
rule_previous_key(struct kb_pki_register *reg, const struct applicant *applicant)
{
	const struct kb_pki_member *before =
		kb_pki_register_find(reg, &applicant->descriptor.party);
	struct kb_sign_public public_key;
	struct kb_verify_key *key = NULL;
	struct kb_signature signature;
	enum kb_err err = KB_OK;

	if (before == NULL) {
		return applicant->request.previous_signature.len == 0
			       ? KB_OK
			       : kb_fail(&reg->where, KB_ERR_DATA,
					 "een eerste aanvraag heeft geen vorige sleutel");
	}
	if (applicant->request.previous_signature.len != KB_WIRE_SIGNATURE_BYTES) {
		return kb_fail(&reg->where, KB_ERR_DATA,
			       "de aanvraag is niet ondertekend met de vorige sleutel");
	}
	memcpy(public_key.bytes, before->descriptor.signing_key, sizeof(public_key.bytes));
	memcpy(signature.bytes, applicant->request.previous_signature.at, sizeof(signature.bytes));
	err = kb_verify_key_new(&public_key, &key);
	if (err == KB_OK) {
		err = kb_verify(key, KB_SIGN_LABEL_DESCRIPTOR, &applicant->request.descriptor, 1,
				&signature);
	}
	kb_verify_key_free(key);
	return err == KB_OK
		       ? KB_OK
		       : kb_fail(&reg->where, err,
				 "de aanvraag is niet ondertekend met de vorige sleutel van %s",
				 applicant->descriptor.party.text);
}

static bool
unit_is_vestiging(const struct kb_descriptor *descriptor)
{
	const char *unit = kb_party_id_unit(&descriptor->party);
	bool found = unit[0] == 0;

	for (size_t i = 0; i < descriptor->vestiging_count && !found; i++) {
		found = strcmp(descriptor->vestigingen[i].code, unit) == 0;
	}
	return found;
}

/* Twenty schools of one board share an OIN and differ by unit; nobody else has units (design 3). */
static enum kb_err
rule_unit(struct kb_pki_register *reg, const struct applicant *applicant)
{
	bool is_school = applicant->descriptor.kind == KB_PARTY_SCHOOL ||
			 applicant->descriptor.kind == KB_PARTY_VO;

	if (kb_party_id_unit(&applicant->descriptor.party)[0] != 0 && !is_school) {
		return kb_fail(&reg->where, KB_ERR_DATA,
			       "alleen een school heeft BRIN en vestiging achter haar OIN");
	}
	if (is_school && applicant->descriptor.vestiging_count == 0) {
		return kb_fail(&reg->where, KB_ERR_DATA,
			       "een school noemt haar vestigingen (pki request --vestiging)");
	}
	if (is_school && !unit_is_vestiging(&applicant->descriptor)) {
		return kb_fail(&reg->where, KB_ERR_DATA,
			       "%s staat niet bij de vestigingen van de school (pki request "
			       "--vestiging)",
			       kb_party_id_unit(&applicant->descriptor.party));
	}
	if (applicant->descriptor.gemeente_count > 0 &&
	    applicant->descriptor.kind != KB_PARTY_GEMEENTE) {
		return kb_fail(&reg->where, KB_ERR_DATA,
			       "alleen een gemeente bedient gemeentecodes");
	}
	return KB_OK;
}

static enum kb_err
rule_one_broker(struct kb_pki_register *reg, const struct applicant *applicant)
{
	const struct kb_pki_member *other = NULL;

	if (applicant->descriptor.kind != KB_PARTY_BROKER &&
	    applicant->descriptor.kind != KB_PARTY_REGISTRAR) {
		return KB_OK;
	}
	other = kb_pki_register_find_kind(reg, applicant->descriptor.kind);
	return other == NULL || kb_party_id_equal(&other->descriptor.party,
						  &applicant->descriptor.party)
		       ? KB_OK
		       : kb_fail(&reg->where, KB_ERR_EXISTS, "het register heeft al een %s: %s",
				 kb_party_kind_label(applicant->descriptor.kind),
				 other->descriptor.party.text);
}

static bool
overlap(const struct kb_served_gemeente *a, const struct kb_served_gemeente *b)
{
	return strcmp(a->code, b->code) == 0 &&
	       (a->valid_until == 0 || b->valid_from <= a->valid_until) &&
	       (b->valid_until == 0 || a->valid_from <= b->valid_until);
}

/* A code belongs to one party at a time (design 3): two would mean two places for one child. */
static enum kb_err
rule_gemeenten(struct kb_pki_register *reg, const struct applicant *applicant)
{
	for (size_t i = 1; i < applicant->descriptor.gemeente_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (overlap(&applicant->descriptor.gemeenten[i],
				    &applicant->descriptor.gemeenten[j])) {
				return kb_fail(&reg->where, KB_ERR_DATA,
					       "gemeentecode %s staat tweemaal in de aanvraag",
					       applicant->descriptor.gemeenten[i].code);
			}
		}
	}
	for (size_t i = 0; i < reg->member_count; i++) {
		const struct kb_descriptor *other = &reg->members[i].descriptor;

		if (kb_party_id_equal(&other->party, &applicant->descriptor.party) ||
		    kb_pki_register_find(reg, &other->party) != &reg->members[i]) {
			continue;
		}
		for (size_t j = 0; j < other->gemeente_count * applicant->descriptor.gemeente_count;
		     j++) {
			const struct kb_served_gemeente *a =
				&other->gemeenten[j / applicant->descriptor.gemeente_count];
			const struct kb_served_gemeente *b =
				&applicant->descriptor
					 .gemeenten[j % applicant->descriptor.gemeente_count];

			if (overlap(a, b)) {
				return kb_fail(&reg->where, KB_ERR_EXISTS,
					       "gemeentecode %s hoort in die periode al bij %s",
					       a->code, other->party.text);
			}
		}
	}
	return KB_OK;
}

static const admission_rule_fn rules[] = { rule_possession, rule_version, rule_previous_key,
					   rule_fresh_keys, rule_unit,	  rule_one_broker,
					   rule_gemeenten };

static enum kb_err
issue_certificate(struct kb_pki_register *reg, const struct applicant *applicant,
		  struct kb_buf *certificate)
{
	struct kb_x509_ca ca = { .key = reg->ca_key, .certificate = kb_buf_span(&reg->authority) };
	struct kb_x509_validity validity = { .from_utc_ms = reg->now_utc_ms - 10 * 60 * 1000,
					     .until_utc_ms = reg->now_utc_ms +
							     KB_PKI_CERTIFICATE_DAYS * KB_DAY_MS };
	struct kb_error_text detail = { "" };
	struct kb_x509_facts facts;
	enum kb_err err = KB_OK;

	if (applicant->request.csr.len == 0) {
		return kb_buf_put(certificate, applicant->request.certificate);
	}
	err = kb_x509_request_read(applicant->request.csr, &facts, &detail);
	if (err == KB_OK &&
	    memcmp(facts.oin, applicant->descriptor.party.text, KB_OIN_CHARS) != 0) {
		return kb_fail(&reg->where, KB_ERR_CERTIFICATE,
			       "de OIN in de certificaataanvraag is een andere dan die van %s",
			       applicant->descriptor.party.text);
	}
	if (err == KB_OK) {
		err = kb_x509_issue(&ca, applicant->request.csr, validity, certificate, &detail);
	}
	return err == KB_OK ? KB_OK
			    : kb_fail(&reg->where, err,
				      "het certificaat voor %s kan niet worden gemaakt (%s)",
				      applicant->descriptor.party.text, detail.text);
}

static enum kb_err
member_add(struct kb_pki_register *reg, struct kb_span entry,
	   const struct kb_descriptor *descriptor)
{
	struct kb_pki_member *members =
		kb_arena_alloc(&reg->arena, (reg->member_count + 1) * sizeof(*members));

	if (members == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (reg->member_count > 0) {
		memcpy(members, reg->members, reg->member_count * sizeof(*members));
	}
	members[reg->member_count] =
		(struct kb_pki_member){ .entry = entry, .descriptor = *descriptor };
	reg->members = members;
	reg->member_count++;
	return KB_OK;
}

/* The finished entry must pass exactly what everybody else will ask of it. */
static enum kb_err
finish(struct kb_pki_register *reg, const struct applicant *applicant, struct kb_span certificate)
{
	struct kb_register_entry entry = { .descriptor = applicant->request.descriptor,
					   .certificate = certificate,
					   .certificate_signature =
						   applicant->request.certificate_signature,
					   .previous_signature =
						   applicant->request.previous_signature };
	struct kb_entry_check check = { .authority = kb_buf_span(&reg->authority),
					.crl = reg->crl,
					.at_utc_ms = reg->now_utc_ms };
	struct kb_descriptor descriptor;
	struct kb_error_text detail = { "" };
	struct kb_buf bytes = { 0 };
	struct kb_span kept = KB_SPAN_NONE;
	enum kb_err err = KB_OK;

	memcpy(entry.possession, applicant->request.possession, sizeof(entry.possession));
	err = kb_register_entry_encode(&entry, &bytes);
	if (err == KB_OK) {
		kept = kb_arena_copy(&reg->arena, kb_buf_span(&bytes));
		err = kb_register_entry_trust(kept, &check, &reg->arena, &descriptor, &detail);
	}
	kb_buf_release(&bytes);
	if (err != KB_OK) {
		return kb_fail(&reg->where, err, "de aanvraag van %s houdt geen stand (%s)",
			       applicant->descriptor.party.text,
			       detail.text[0] != 0 ? detail.text : kb_err_text(err));
	}
	return member_add(reg, kept, &descriptor);
}

/* The place of a member whose request was exactly this one; SIZE_MAX when there is none. */
static size_t
admitted_before(struct kb_pki_register *reg, const struct applicant *applicant)
{
	for (size_t i = 0; i < reg->member_count; i++) {
		struct kb_register_entry entry;

		if (kb_party_id_equal(&reg->members[i].descriptor.party,
				      &applicant->descriptor.party) &&
		    kb_register_entry_decode(reg->members[i].entry, &reg->arena, &entry) == KB_OK &&
		    kb_span_equal(entry.descriptor, applicant->request.descriptor) &&
		    kb_span_equal(entry.certificate_signature,
				  applicant->request.certificate_signature)) {
			return i;
		}
	}
	return SIZE_MAX;
}

enum kb_err
kb_pki_register_admit(struct kb_pki_register *reg, struct kb_span request, size_t *index)
{
	struct applicant applicant;
	struct kb_buf certificate = { 0 };
	/* The bytes must live as long as the register does. */
	struct kb_span kept = kb_arena_copy(&reg->arena, request);
	enum kb_err err = kb_join_request_decode(kept, &reg->arena, &applicant.request);

	if (err == KB_OK) {
		err = kb_descriptor_decode(applicant.request.descriptor, &reg->arena,
					   &applicant.descriptor);
	}
	if (err != KB_OK) {
		return kb_fail(&reg->where, KB_ERR_DATA, "dit is geen goede aanvraag: %s",
			       kb_err_text(err));
	}
	*index = admitted_before(reg, &applicant);
	if (*index != SIZE_MAX) {
		return KB_OK;
	}
	*index = reg->member_count;
	for (size_t i = 0; err == KB_OK && i < sizeof(rules) / sizeof(rules[0]); i++) {
		err = rules[i](reg, &applicant);
	}
	if (err == KB_OK) {
		err = issue_certificate(reg, &applicant, &certificate);
	}
	if (err == KB_OK) {
		err = finish(reg, &applicant, kb_buf_span(&certificate));
	}
	kb_buf_release(&certificate);
	return err;
}
