/* SPDX-License-Identifier: EUPL-1.2 */
/* Register heads, entries, proofs, lists and revocations: each rule holds, and is shown to fail. Real keys and certificates. */
#include <criterion/criterion.h>

#include "common/crypto/hash.h"
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/crypto/merkle.h"
#include "common/crypto/merkle_frontier.h"
#include "common/crypto/merkle_proof.h"
#include "common/crypto/x509_issue.h"
#include "common/trust/register_trust.h"

#define NOW INT64_C(1772445600000) /* 2026-03-02 10:00 UTC */
#define DAY INT64_C(86400000)
#define OIN "00000099000000001000"

struct keys {
	struct kb_sign_key *sign;
	struct kb_verify_key *verify;
	uint8_t signing[KB_WIRE_KEY_BYTES];
	uint8_t sealing[KB_WIRE_KEY_BYTES];
	uint8_t transport[KB_WIRE_KEY_BYTES];
};

static struct keys registrar;
static struct keys party;
static struct kb_x509_key *ca_key;
static struct kb_x509_key *certificate_key;
static struct kb_buf authority;
static struct kb_buf crl;
static struct kb_buf certificate;
static struct kb_party_id registrar_id;
static struct kb_trust_anchor anchor;
static struct kb_arena arena;

static void
public_of(enum kb_key_use use, uint8_t out[KB_WIRE_KEY_BYTES])
{
	struct kb_secret secret = { 0 };

	cr_assert_eq(kb_key_fresh(&secret), KB_OK);
	cr_assert_eq(kb_key_public(use, &secret, out), KB_OK);
	kb_secret_release(&secret);
}

static void
keys_make(struct keys *keys)
{
	struct kb_secret seed = { 0 };
	struct kb_sign_public public_key;

	cr_assert_eq(kb_key_fresh(&seed), KB_OK);
	cr_assert_eq(kb_sign_key_new(&seed, &keys->sign), KB_OK);
	kb_sign_key_public(keys->sign, &public_key);
	memcpy(keys->signing, public_key.bytes, sizeof(keys->signing));
	cr_assert_eq(kb_verify_key_new(&public_key, &keys->verify), KB_OK);
	public_of(KB_KEY_USE_SEAL, keys->sealing);
	public_of(KB_KEY_USE_TRANSPORT, keys->transport);
	kb_secret_release(&seed);
}

static void
keys_free(struct keys *keys)
{
	kb_sign_key_free(keys->sign);
	kb_verify_key_free(keys->verify);
}

static void
certify(const char *oin, struct kb_buf *out)
{
	struct kb_x509_ca ca = { .key = ca_key, .certificate = kb_buf_span(&authority) };
	struct kb_x509_subject subject = { .common_name = "Proef",
					   .organisation = "Proef",
					   .oin = oin };
	struct kb_x509_validity validity = { NOW - DAY, NOW + 700 * DAY };
	struct kb_buf csr = { 0 };

	kb_buf_clear(out);
	cr_assert_eq(kb_x509_request_create(certificate_key, &subject, &csr, NULL), KB_OK);
	cr_assert_eq(kb_x509_issue(&ca, kb_buf_span(&csr), validity, out, NULL), KB_OK);
	kb_buf_release(&csr);
}

static void
make_crl(const struct kb_span *revoked, size_t count)
{
	struct kb_x509_ca ca = { .key = ca_key, .certificate = kb_buf_span(&authority) };
	struct kb_x509_validity validity = { NOW - DAY, NOW + 30 * DAY };
	struct kb_buf next = { 0 };

	cr_assert_eq(
		kb_x509_crl_issue(&ca, kb_buf_span(&crl), revoked, count, validity, &next, NULL),
		KB_OK);
	kb_buf_release(&crl);
	crl = next;
}

static void
open_all(void)
{
	cr_assert_eq(kb_crypto_init(), KB_OK);
	keys_make(&registrar);
	keys_make(&party);
	cr_assert_eq(kb_x509_key_fresh(&ca_key), KB_OK);
	cr_assert_eq(kb_x509_key_fresh(&certificate_key), KB_OK);
	cr_assert_eq(kb_x509_ca_create(ca_key, "Proefautoriteit",
				       (struct kb_x509_validity){ NOW - DAY, NOW + 900 * DAY },
				       &authority, NULL),
		     KB_OK);
	make_crl(NULL, 0);
	certify(OIN, &certificate);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000000001"), &registrar_id), KB_OK);
	anchor = (struct kb_trust_anchor){ .registrar = registrar_id,
					   .registrar_key = registrar.verify,
					   .authority = kb_buf_span(&authority) };
}

static void
close_all(void)
{
	keys_free(&registrar);
	keys_free(&party);
	kb_x509_key_free(ca_key);
	kb_x509_key_free(certificate_key);
	kb_buf_release(&authority);
	kb_buf_release(&crl);
	kb_buf_release(&certificate);
	kb_arena_release(&arena);
	kb_crypto_release();
}

TestSuite(register_trust, .init = open_all, .fini = close_all);

/* ---- heads and lists ---- */

static struct kb_register_head
head_make(void)
{
	struct kb_register_head head = { .wire_version = KB_WIRE_VERSION,
					 .registrar = registrar_id,
					 .version = 7,
					 .tree_size = 3,
					 .issued_at_utc_ms = NOW,
					 .expires_at_utc_ms = NOW + 30 * DAY };

	kb_sha256(kb_span_text("revocations"), &head.revocations_sha256);
	kb_sha256(kb_span_text("crl"), &head.crl_sha256);
	return head;
}

static struct kb_signed_register_head
sign_head(const struct kb_register_head *head, const struct kb_sign_key *key, struct kb_buf *bytes)
{
	struct kb_signed_register_head out;

	kb_buf_clear(bytes);
	cr_assert_eq(kb_register_head_encode(head, bytes), KB_OK);
	out.head = kb_buf_span(bytes);
	cr_assert_eq(kb_register_head_sign(key, out.head, out.signature), KB_OK);
	return out;
}

Test(register_trust, a_head_is_the_registrars_or_nothing)
{
	struct kb_register_head head = head_make();
	struct kb_register_head read;
	struct kb_buf bytes = { 0 };
	struct kb_signed_register_head signed_head = sign_head(&head, registrar.sign, &bytes);

	cr_assert_eq(kb_register_head_trust(&signed_head, &anchor, &arena, &read), KB_OK);
	cr_assert_eq(read.version, 7);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.at[i] ^= 0x10;
		cr_assert_eq(kb_register_head_trust(&signed_head, &anchor, &arena, &read),
			     KB_ERR_BAD_SEAL);
		bytes.at[i] ^= 0x10;
	}
	signed_head = sign_head(&head, party.sign, &bytes);
	cr_assert_eq(kb_register_head_trust(&signed_head, &anchor, &arena, &read), KB_ERR_BAD_SEAL,
		     "a party is no registrar");
	cr_assert_eq(kb_party_id_parse(kb_span_text(OIN), &head.registrar), KB_OK);
	signed_head = sign_head(&head, registrar.sign, &bytes);
	cr_assert_eq(kb_register_head_trust(&signed_head, &anchor, &arena, &read),
		     KB_ERR_UNKNOWN_SENDER);
	kb_buf_release(&bytes);
}

Test(register_trust, lists_are_the_ones_that_the_head_names)
{
	struct kb_register_head head = head_make();

	cr_assert_eq(
		kb_register_lists_trust(&head, kb_span_text("revocations"), kb_span_text("crl")),
		KB_OK);
	cr_assert_eq(kb_register_lists_trust(&head, KB_SPAN_NONE, kb_span_text("crl")),
		     KB_ERR_BAD_SEAL, "a revocation that was left out");
	cr_assert_eq(
		kb_register_lists_trust(&head, kb_span_text("revocations"), kb_span_text("old")),
		KB_ERR_BAD_SEAL);
}

static enum kb_err
fetch(void *state, unsigned level, uint64_t index, struct kb_hash *out)
{
	const uint8_t entry = (uint8_t)index;

	(void)state;
	if (level != 0) {
		return KB_ERR_NOT_FOUND;
	}
	kb_merkle_leaf(kb_span(&entry, 1), out);
	return KB_OK;
}

Test(register_trust, an_entry_stands_where_its_proof_says)
{
	struct kb_merkle_source source = { .fetch = fetch };

	for (uint64_t size = 1; size <= 9; size++) {
		struct kb_register_head head = { .tree_size = size };

		cr_assert_eq(kb_merkle_root_at(&source, size, &head.root), KB_OK);
		for (uint64_t i = 0; i < size; i++) {
			uint8_t entry = (uint8_t)i;
			struct kb_buf path = { 0 };
			struct kb_register_proof proof = { .entry = kb_span(&entry, 1),
							   .leaf_index = i };

			cr_assert_eq(kb_merkle_prove_inclusion(&source, i, size, &path), KB_OK);
			proof.path = kb_buf_span(&path);
			cr_assert_eq(kb_register_proof_trust(&head, &proof), KB_OK);
			entry ^= 1;
			cr_assert_neq(kb_register_proof_trust(&head, &proof), KB_OK,
				      "another entry");
			entry ^= 1;
			proof.leaf_index = size;
			cr_assert_neq(kb_register_proof_trust(&head, &proof), KB_OK,
				      "outside the tree");
			if (size > 1) {
				proof.leaf_index = (i + 1) % size;
				cr_assert_neq(kb_register_proof_trust(&head, &proof), KB_OK,
					      "another place");
				proof.leaf_index = i;
				path.at[0] ^= 1;
				cr_assert_neq(kb_register_proof_trust(&head, &proof), KB_OK,
					      "bad path");
			}
			kb_buf_release(&path);
		}
	}
}

/* ---- entries ---- */

/* One entry; a test breaks what it wants between make and seal. */
struct subject {
	struct kb_descriptor descriptor;
	struct kb_buf bytes;
	struct kb_buf by_certificate;
	struct kb_buf encoded;
	struct kb_register_entry entry;
	struct kb_signature previous;
	struct kb_entry_check check;
	struct kb_error_text where;
};

static void
subject_make(struct subject *s, uint32_t version)
{
	*s = (struct subject){ .descriptor = { .wire_version = KB_WIRE_VERSION,
					       .kind = KB_PARTY_SWV,
					       .version = version,
					       .name = kb_span_text("Voorbeeld"),
					       .valid_from_utc_ms = NOW - DAY,
					       .valid_until_utc_ms = NOW + 100 * DAY },
			       .check = { .authority = kb_buf_span(&authority),
					  .crl = kb_buf_span(&crl),
					  .at_utc_ms = NOW } };
	cr_assert_eq(kb_party_id_parse(kb_span_text(OIN), &s->descriptor.party), KB_OK);
	memcpy(s->descriptor.signing_key, party.signing, KB_WIRE_KEY_BYTES);
	memcpy(s->descriptor.sealing_key, party.sealing, KB_WIRE_KEY_BYTES);
	memcpy(s->descriptor.transport_key, party.transport, KB_WIRE_KEY_BYTES);
}

static void
subject_seal(struct subject *s, const struct kb_sign_key *possession,
	     const struct kb_sign_key *previous)
{
	struct kb_signature signature;

	cr_assert_eq(kb_descriptor_encode(&s->descriptor, &s->bytes), KB_OK);
	s->entry.descriptor = kb_buf_span(&s->bytes);
	s->entry.certificate = kb_buf_span(&certificate);
	cr_assert_eq(kb_x509_sign(certificate_key, KB_SIGN_LABEL_DESCRIPTOR, &s->entry.descriptor,
				  1, &s->by_certificate),
		     KB_OK);
	s->entry.certificate_signature = kb_buf_span(&s->by_certificate);
	cr_assert_eq(
		kb_sign(possession, KB_SIGN_LABEL_POSSESSION, &s->entry.descriptor, 1, &signature),
		KB_OK);
	memcpy(s->entry.possession, signature.bytes, sizeof(s->entry.possession));
	if (previous != NULL) {
		cr_assert_eq(kb_sign(previous, KB_SIGN_LABEL_DESCRIPTOR, &s->entry.descriptor, 1,
				     &s->previous),
			     KB_OK);
		s->entry.previous_signature = KB_SPAN_OF(s->previous.bytes);
	}
}

static enum kb_err
subject_trust(struct subject *s)
{
	struct kb_descriptor out;

	kb_buf_clear(&s->encoded);
	cr_assert_eq(kb_register_entry_encode(&s->entry, &s->encoded), KB_OK);
	return kb_register_entry_trust(kb_buf_span(&s->encoded), &s->check, &arena, &out,
				       &s->where);
}

static void
subject_release(struct subject *s)
{
	kb_buf_release(&s->bytes);
	kb_buf_release(&s->by_certificate);
	kb_buf_release(&s->encoded);
}

Test(register_trust, a_good_entry_holds_and_raises_the_highest_crl)
{
	struct subject s;

	subject_make(&s, 1);
	subject_seal(&s, party.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_OK, "%s", s.where.text);
	cr_assert_eq(s.check.crl_highest_seen, 1);
	subject_release(&s);
}

Test(register_trust, the_party_must_hold_its_signing_key)
{
	struct subject s;

	subject_make(&s, 1);
	subject_seal(&s, registrar.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_SEAL);
	cr_assert_not_null(strstr(s.where.text, "did not prove"));
	subject_release(&s);
}

Test(register_trust, weak_or_shared_keys_are_refused)
{
	struct subject s;

	subject_make(&s, 1);
	/* The neutral element: one constant signature holds for any message (reliability.md finding 9). */
	memset(s.descriptor.signing_key, 0, KB_WIRE_KEY_BYTES);
	s.descriptor.signing_key[0] = 1;
	subject_seal(&s, party.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_KEY);
	subject_release(&s);
	subject_make(&s, 1);
	memset(s.descriptor.sealing_key, 0, KB_WIRE_KEY_BYTES);
	s.descriptor.sealing_key[0] = 1; /* order four: every shared secret is zero */
	subject_seal(&s, party.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_KEY);
	cr_assert_not_null(strstr(s.where.text, "sealing"));
	subject_release(&s);
	subject_make(&s, 1);
	memcpy(s.descriptor.transport_key, party.sealing, KB_WIRE_KEY_BYTES);
	subject_seal(&s, party.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_KEY);
	cr_assert_not_null(strstr(s.where.text, "one use"));
	subject_release(&s);
}

Test(register_trust, a_later_key_version_is_signed_by_the_one_before_it)
{
	struct keys next;
	struct subject s;

	keys_make(&next);
	subject_make(&s, 2);
	memcpy(s.descriptor.signing_key, next.signing, KB_WIRE_KEY_BYTES);
	subject_seal(&s, next.sign, party.sign);
	s.check.previous_key = party.verify;
	cr_assert_eq(subject_trust(&s), KB_OK, "%s", s.where.text);
	s.check.previous_key = registrar.verify;
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_SEAL);
	s.check.previous_key = NULL;
	cr_assert_eq(subject_trust(&s), KB_OK, "not known here: only that it is there");
	s.entry.previous_signature = KB_SPAN_NONE;
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_SEAL);
	subject_release(&s);
	subject_make(&s, 1);
	subject_seal(&s, party.sign, party.sign);
	cr_assert_eq(subject_trust(&s), KB_ERR_BAD_SEAL, "the first has none before it");
	subject_release(&s);
	keys_free(&next);
}

Test(register_trust, the_certificate_is_of_this_oin_signed_this_descriptor_and_is_not_revoked)
{
	struct kb_span revoked;
	struct subject s;

	subject_make(&s, 1);
	subject_seal(&s, party.sign, NULL);
	s.by_certificate.at[s.by_certificate.len - 1] ^= 1;
	cr_assert_neq(subject_trust(&s), KB_OK);
	subject_release(&s);
	certify("00000099000000009999", &certificate);
	subject_make(&s, 1);
	subject_seal(&s, party.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_ERR_CERTIFICATE);
	cr_assert_not_null(strstr(s.where.text, "OIN"));
	subject_release(&s);
	certify(OIN, &certificate);
	revoked = kb_buf_span(&certificate);
	make_crl(&revoked, 1);
	subject_make(&s, 1);
	subject_seal(&s, party.sign, NULL);
	cr_assert_eq(subject_trust(&s), KB_ERR_REVOKED, "%s", s.where.text);
	subject_release(&s);
}

Test(register_trust, an_older_revocation_list_does_not_come_back)
{
	struct subject s;

	subject_make(&s, 1);
	subject_seal(&s, party.sign, NULL);
	s.check.crl_highest_seen = 2;
	cr_assert_neq(subject_trust(&s), KB_OK);
	subject_release(&s);
}

Test(register_trust, a_revocation_is_of_one_key_version_of_one_party)
{
	struct kb_revocation items[1] = { { .key_version = 2, .untrusted_since_utc_ms = NOW } };
	struct kb_revocation_list list = { .items = items, .item_count = 1 };
	struct kb_party_id other;

	cr_assert_eq(kb_party_id_parse(kb_span_text(OIN), &items[0].party), KB_OK);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001001"), &other), KB_OK);
	cr_assert_eq(kb_revocation_since(&list, &items[0].party, 2), NOW);
	cr_assert_eq(kb_revocation_since(&list, &items[0].party, 1), 0);
	cr_assert_eq(kb_revocation_since(&list, &other, 2), 0);
}

Test(register_trust, a_gemeentecode_is_served_from_and_until_included_days)
{
	struct kb_served_gemeente served[] = { { "0114", 20250101, 20251231 },
					       { "0106", 20260101, 0 } };
	enum kb_desk desk = KB_DESK_LEERPLICHT;
	struct kb_descriptor descriptor = {
		.gemeenten = served, .gemeente_count = 2, .desks = &desk, .desk_count = 1
	};

	cr_assert_not(kb_descriptor_serves(&descriptor, "0114", 20241231));
	cr_assert(kb_descriptor_serves(&descriptor, "0114", 20250101));
	cr_assert(kb_descriptor_serves(&descriptor, "0114", 20251231));
	cr_assert_not(kb_descriptor_serves(&descriptor, "0114", 20260101));
	cr_assert(kb_descriptor_serves(&descriptor, "0106", 20990101));
	cr_assert_not(kb_descriptor_serves(&descriptor, "0107", 20260101));
	cr_assert(kb_descriptor_has_desk(&descriptor, KB_DESK_LEERPLICHT));
	cr_assert_not(kb_descriptor_has_desk(&descriptor, KB_DESK_JEUGD));
}
