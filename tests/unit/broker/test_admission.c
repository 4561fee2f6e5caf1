/* SPDX-License-Identifier: EUPL-1.2 */
/* Admission as a table: every reason code it can give, in the order in which it looks. */
#include "broker/admission.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "common/crypto/hash.h"
#include "common/crypto/keys.h"

#define NOW INT64_C(1795000000000)
#define HOUR INT64_C(3600000)

/* One way in which a message, or the world around it, is wrong. */
struct fault {
	const char *what;
	enum kb_err expected;
	/* the message */
	bool cut;
	bool junk_header;
	bool version;
	bool suite;
	bool other_sender;
	int64_t sent;	 /* from NOW; 0: an hour ago */
	int64_t expires; /* from NOW; 0: in ten hours */
	bool bad_sealed;
	bool junk_seal;
	bool bad_index;
	bool bad_signature;
	/* the world */
	bool register_expired;
	bool clock_wrong;
	enum kb_err recipient;
	enum kb_err key;
	enum kb_err earlier_error;
	enum kb_admission_earlier earlier;
	/* which questions were asked: r(ecipient), e(arlier), k(ey) */
	const char *asked;
};

static struct kb_secret seed;
static struct kb_sign_key *sign_key;
static struct kb_verify_key *verify_key;
static struct kb_party_id sender;
static struct kb_party_id other;
static const struct fault *fault;
static char asked[8];

static void
note(char letter)
{
	size_t len = strlen(asked);

	cr_assert_lt(len + 1, sizeof(asked));
	asked[len] = letter;
	asked[len + 1] = 0;
}

static enum kb_err
ask_recipient(void *state, const struct kb_party_id *recipient, uint32_t *recipient_no)
{
	(void)state;
	cr_assert(kb_party_id_equal(recipient, &other));
	note('r');
	*recipient_no = 7;
	return fault->recipient;
}

static enum kb_err
ask_earlier(void *state, const struct kb_admission_message *message, enum kb_admission_earlier *out)
{
	(void)state;
	cr_assert_eq(message->recipient_no, 7);
	note('e');
	*out = fault->earlier;
	return fault->earlier_error;
}

static enum kb_err
ask_key(void *state, const struct kb_party_id *party, uint32_t key_version,
	const struct kb_verify_key **out)
{
	(void)state;
	cr_assert(kb_party_id_equal(party, &sender));
	cr_assert_eq(key_version, 3);
	note('k');
	*out = verify_key;
	return fault->key;
}

/* Encodes by hand what the encoder refuses: the first field of the header. */
static void
spoil_header(struct kb_buf *header)
{
	cr_assert_eq(header->at[0], 0x08, "wire version is the first field");
	cr_assert_eq(header->at[2], 0x10, "suite is the second");
	if (fault->version) {
		header->at[1] = 9;
	}
	if (fault->suite) {
		header->at[3] = 9;
	}
	if (fault->junk_header) {
		header->at[0] = 0xff;
	}
}

static void
make_message(struct kb_buf *out)
{
	uint8_t sealed[528] = { 1, 2, 3 };
	struct kb_buf header_bytes = { 0 };
	struct kb_buf seal_bytes = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_seal batch;
	struct kb_header header = {
		.wire_version = 1,
		.suite = 1,
		.message_id = { { 5 } },
		.sender = fault->other_sender ? other : sender,
		.recipient = fault->other_sender ? sender : other,
		.epoch = { { 6 } },
		.number = 12,
		.attempt = 1,
		.sent_at_utc_ms = NOW + (fault->sent != 0 ? fault->sent : -HOUR),
		.expires_at_utc_ms = NOW + (fault->expires != 0 ? fault->expires : 10 * HOUR),
		.priority = KB_PRIORITY_NORMAL,
		.hpke_enc = { 7 },
		.commitment = { { 8 } },
	};

	kb_sha256(KB_SPAN_OF(sealed), &header.sealed_sha256);
	cr_assert_eq(kb_header_encode(&header, &header_bytes), KB_OK);
	spoil_header(&header_bytes);
	struct kb_span headers[2] = { kb_buf_span(&header_bytes), kb_span_text("another header") };

	cr_assert_eq(kb_seal_batch(sign_key, &sender, 3, headers, 2, &arena, &batch), KB_OK);
	struct kb_wire_seal seal = { .key_version = 3,
				     .tree_size = 2,
				     .leaf_index = fault->bad_index ? 1 : 0,
				     .path = batch.paths[0] };

	memcpy(seal.signature, batch.signature.bytes, sizeof(seal.signature));
	seal.signature[1] ^= fault->bad_signature;
	sealed[100] ^= fault->bad_sealed;
	cr_assert_eq(kb_wire_seal_encode(&seal, &seal_bytes), KB_OK);
	if (fault->junk_seal) {
		seal_bytes.len -= 10;
	}
	struct kb_envelope envelope = { headers[0], kb_buf_span(&seal_bytes), KB_SPAN_OF(sealed) };

	cr_assert_eq(kb_envelope_encode(&envelope, out), KB_OK);
	out->len -= fault->cut;
	kb_buf_release(&header_bytes);
	kb_buf_release(&seal_bytes);
	kb_arena_release(&arena);
}

static void
setup(void)
{
	struct kb_sign_public public_key;

	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000001000"), &sender), KB_OK);
	cr_assert_eq(kb_party_id_parse(kb_span_text("00000099000000002000/12AB00"), &other), KB_OK);
	cr_assert_eq(kb_key_fresh(&seed), KB_OK);
	cr_assert_eq(kb_sign_key_new(&seed, &sign_key), KB_OK);
	kb_sign_key_public(sign_key, &public_key);
	cr_assert_eq(kb_verify_key_new(&public_key, &verify_key), KB_OK);
}

static void
teardown(void)
{
	kb_sign_key_free(sign_key);
	kb_verify_key_free(verify_key);
	kb_secret_release(&seed);
}

static enum kb_err
admit(struct kb_seal_cache *cache)
{
	struct kb_admission admission = {
		.asks = { ask_recipient, ask_earlier, ask_key, NULL },
		.cache = cache,
		.now_utc_ms = NOW,
		.clock_trusted = !fault->clock_wrong,
		.register_expired = fault->register_expired,
	};
	struct kb_admission_message message = { 0 };
	enum kb_admission_earlier earlier = KB_EARLIER_NEW;
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };

	asked[0] = '\0';
	make_message(&bytes);
	enum kb_err err = kb_admission_check(&admission, &sender, kb_buf_span(&bytes), &arena,
					     &message, &earlier);

	if (err == KB_OK) {
		cr_assert_eq(message.header.number, 12);
		cr_assert_eq(earlier, fault->earlier);
	}
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
	return err;
}

TestSuite(admission, .init = setup, .fini = teardown);

static const struct fault faults[] = {
	{ .what = "nothing", .expected = KB_OK, .asked = "rek" },
	{ .what = "higher attempt",
	  .expected = KB_OK,
	  .earlier = KB_EARLIER_AGAIN,
	  .asked = "rek" },
	{ .what = "register too old",
	  .expected = KB_ERR_REGISTER_EXPIRED,
	  .register_expired = true,
	  .asked = "" },
	{ .what = "cut", .expected = KB_ERR_TRUNCATED, .cut = true, .asked = "" },
	{ .what = "junk header",
	  .expected = KB_ERR_UNKNOWN_FIELD,
	  .junk_header = true,
	  .asked = "" },
	{ .what = "version", .expected = KB_ERR_BAD_VERSION, .version = true, .asked = "" },
	{ .what = "suite", .expected = KB_ERR_BAD_SUITE, .suite = true, .asked = "" },
	{ .what = "sender", .expected = KB_ERR_SENDER_MISMATCH, .other_sender = true, .asked = "" },
	{ .what = "recipient",
	  .expected = KB_ERR_UNKNOWN_RECIPIENT,
	  .recipient = KB_ERR_UNKNOWN_RECIPIENT,
	  .asked = "r" },
	{ .what = "expired now", .expected = KB_ERR_EXPIRED, .expires = -1, .asked = "r" },
	{ .what = "expired, clock wrong",
	  .expected = KB_OK,
	  .expires = -1,
	  .clock_wrong = true,
	  .asked = "rek" },
	{ .what = "ten minutes ahead", .expected = KB_OK, .sent = HOUR / 6, .asked = "rek" },
	{ .what = "more ahead", .expected = KB_ERR_CLOCK, .sent = HOUR / 6 + 1, .asked = "r" },
	{ .what = "weeks old", .expected = KB_OK, .sent = -24 * 60 * HOUR, .asked = "rek" },
	{ .what = "400 days", .expected = KB_OK, .expires = 400 * 24 * HOUR, .asked = "rek" },
	{ .what = "longer",
	  .expected = KB_ERR_BAD_VALUE,
	  .expires = 400 * 24 * HOUR + 1,
	  .asked = "r" },
	{ .what = "the same",
	  .expected = KB_ERR_DUPLICATE,
	  .earlier = KB_EARLIER_SAME,
	  .asked = "re" },
	{ .what = "the same, and its bytes are broken: not looked at",
	  .expected = KB_ERR_DUPLICATE,
	  .earlier = KB_EARLIER_SAME,
	  .bad_sealed = true,
	  .asked = "re" },
	{ .what = "too many epochs",
	  .expected = KB_ERR_BUSY,
	  .earlier_error = KB_ERR_BUSY,
	  .asked = "re" },
	{ .what = "damaged store",
	  .expected = KB_ERR_CORRUPT,
	  .earlier_error = KB_ERR_CORRUPT,
	  .asked = "re" },
	{ .what = "sealed bytes",
	  .expected = KB_ERR_SEALED_HASH,
	  .bad_sealed = true,
	  .asked = "re" },
	{ .what = "junk seal", .expected = KB_ERR_TRUNCATED, .junk_seal = true, .asked = "re" },
	{ .what = "no such key",
	  .expected = KB_ERR_UNKNOWN_SENDER,
	  .key = KB_ERR_UNKNOWN_SENDER,
	  .asked = "rek" },
	{ .what = "revoked", .expected = KB_ERR_REVOKED, .key = KB_ERR_REVOKED, .asked = "rek" },
	{ .what = "not valid",
	  .expected = KB_ERR_NOT_VALID_NOW,
	  .key = KB_ERR_NOT_VALID_NOW,
	  .asked = "rek" },
	{ .what = "index", .expected = KB_ERR_BAD_SEAL, .bad_index = true, .asked = "rek" },
	{ .what = "signature", .expected = KB_ERR_BAD_SEAL, .bad_signature = true, .asked = "rek" },
	{ .what = "equivocation",
	  .expected = KB_ERR_EQUIVOCATION,
	  .earlier = KB_EARLIER_OTHER,
	  .asked = "rek" },
	{ .what = "unsigned equivocation",
	  .expected = KB_ERR_BAD_SEAL,
	  .bad_signature = true,
	  .earlier = KB_EARLIER_OTHER,
	  .asked = "rek" },
};

Test(admission, gives_every_reason_and_looks_no_further_than_it_must)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		fault = &faults[i];
		enum kb_err err = admit(NULL);

		cr_assert_eq(err, fault->expected, "%s: %s", fault->what, kb_err_name(err));
		cr_assert_str_eq(asked, fault->asked, "%s: asked %s", fault->what, asked);
		/* Everything told to a sender has a number on the wire. */
		cr_assert(err == KB_OK || err == KB_ERR_CORRUPT || kb_err_reason(err) != 0);
	}
}

Test(admission, a_remembered_seal_lets_no_other_header_through)
{
	struct kb_seal_cache *cache = NULL;

	cr_assert_eq(kb_seal_cache_new(16, &cache), KB_OK);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
			fault = &faults[i];
			cr_assert_eq(admit(cache), fault->expected, "%s", fault->what);
		}
	}
	kb_seal_cache_free(cache);
}
