/* SPDX-License-Identifier: EUPL-1.2 */
/* HPKE: all messages of RFC 9180 A.1 and of the cross vectors in both directions, and what must not open. */
#include "common/crypto/hpke_internal.h"
#include "common/crypto/init.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define SHARED_VECTORS KB_SOURCE_DIR "/../shared/vectors/hpke.json"
#define INFO kb_span_text("proef")

TestSuite(hpke, .fini = kb_crypto_release);

/* One vector while it is read; contexts are made at the first message. */
struct run {
	enum kb_hpke_aead aead;
	struct kb_buf info;
	struct kb_buf ikm_e;
	struct kb_buf ikm_r;
	struct kb_buf sk_r;
	struct kb_buf pk_r;
	struct kb_buf enc;
	struct kb_buf pt;
	struct kb_buf aad;
	struct kb_buf export_context;
	struct kb_hpke_sender *sender;
	struct kb_hpke_recipient *recipient;
	uint64_t seq;
	size_t messages;
	size_t exports;
};

static const struct field_row {
	const char *name;
	size_t offset;
} field_rows[] = {
	{ "info", offsetof(struct run, info) },
	{ "ikmE", offsetof(struct run, ikm_e) },
	{ "ikmR", offsetof(struct run, ikm_r) },
	{ "skR", offsetof(struct run, sk_r) },
	{ "skRm", offsetof(struct run, sk_r) },
	{ "pkR", offsetof(struct run, pk_r) },
	{ "pkRm", offsetof(struct run, pk_r) },
	{ "enc", offsetof(struct run, enc) },
	{ "pt", offsetof(struct run, pt) },
	{ "aad", offsetof(struct run, aad) },
	{ "export_context", offsetof(struct run, export_context) },
};

static struct kb_buf *
field_of(struct run *run, const char *name)
{
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(field_rows[0]); i++) {
		if (strcmp(field_rows[i].name, name) == 0) {
			return (struct kb_buf *)(void *)((char *)run + field_rows[i].offset);
		}
	}
	return NULL;
}

static void
run_release(struct run *run)
{
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(field_rows[0]); i++) {
		kb_buf_release(field_of(run, field_rows[i].name));
	}
	kb_hpke_sender_free(run->sender);
	kb_hpke_recipient_free(run->recipient);
	*run = (struct run){ 0 };
}

/* Keys out of ikm as RFC 9180 7.1.3 says, and the contexts of both sides. */
static void
run_open(struct run *run)
{
	uint8_t raw[KB_X25519_BYTES];
	struct kb_x25519_key *ephemeral = NULL;
	struct kb_x25519_key *own = NULL;
	struct kb_x25519_public enc;

	kb_hpke_derive_private_for_tests(kb_buf_span(&run->ikm_r), raw);
	cr_assert(kb_span_equal(KB_SPAN_OF(raw), kb_buf_span(&run->sk_r)));
	cr_assert_eq(kb_x25519_key_from_bytes(raw, &own), KB_OK);
	cr_assert(kb_span_equal(KB_SPAN_OF(*kb_x25519_key_public(own)), kb_buf_span(&run->pk_r)));
	kb_hpke_derive_private_for_tests(kb_buf_span(&run->ikm_e), raw);
	cr_assert_eq(kb_x25519_key_from_bytes(raw, &ephemeral), KB_OK);
	cr_assert_eq(kb_hpke_sender_new_for_tests(run->aead, ephemeral, kb_x25519_key_public(own),
						  kb_buf_span(&run->info), &run->sender, &enc),
		     KB_OK);
	cr_assert(kb_span_equal(KB_SPAN_OF(enc), kb_buf_span(&run->enc)));
	cr_assert_eq(kb_hpke_recipient_new(run->aead, own, &enc, kb_buf_span(&run->info),
					   &run->recipient),
		     KB_OK);
	kb_x25519_key_free(ephemeral);
	kb_x25519_key_free(own);
}

/* Ours seals to exactly their bytes, and opens theirs. */
static void
run_message(struct run *run, const char *ct_hex)
{
	struct kb_buf ct = { 0 };
	struct kb_buf out = { 0 };

	if (run->sender == NULL) {
		run_open(run);
	}
	put_hex(&ct, ct_hex);
	cr_assert_eq(kb_hpke_seal(run->sender, run->seq, kb_buf_span(&run->aad),
				  kb_buf_span(&run->pt), &out),
		     KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&out), kb_buf_span(&ct)));
	kb_buf_clear(&out);
	cr_assert_eq(kb_hpke_open(run->recipient, run->seq, kb_buf_span(&run->aad),
				  kb_buf_span(&ct), &out),
		     KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&out), kb_buf_span(&run->pt)));
	run->messages++;
	kb_buf_release(&ct);
	kb_buf_release(&out);
}

static void
run_export(struct run *run, const char *wanted_hex)
{
	struct kb_buf wanted = { 0 };
	uint8_t ours[64];
	struct kb_span context = kb_buf_span(&run->export_context);

	put_hex(&wanted, wanted_hex);
	cr_assert_leq(wanted.len, sizeof(ours));
	cr_assert_eq(kb_hpke_sender_export(run->sender, context, ours, wanted.len), KB_OK);
	cr_assert_arr_eq(ours, wanted.at, wanted.len);
	memset(ours, 0, sizeof(ours));
	cr_assert_eq(kb_hpke_recipient_export(run->recipient, context, ours, wanted.len), KB_OK);
	cr_assert_arr_eq(ours, wanted.at, wanted.len);
	run->exports++;
	kb_buf_release(&wanted);
}

/* All vectors of a file; counts what ran. */
static void
run_file(const char *text, size_t *vectors, size_t *messages, size_t *exports)
{
	struct run run = { 0 };
	char name[32];
	char value[1024];

	*vectors = *messages = *exports = 0;
	while (next_pair(&text, name, sizeof(name), value, sizeof(value))) {
		struct kb_buf *field = field_of(&run, name);

		if (strcmp(name, "mode") == 0) {
			*messages += run.messages;
			*exports += run.exports;
			++*vectors;
			run_release(&run);
		} else if (strcmp(name, "aead_id") == 0) {
			run.aead = (enum kb_hpke_aead)strtoul(value, NULL, 10);
		} else if (strcmp(name, "seq") == 0) {
			run.seq = strtoull(value, NULL, 10);
		} else if (strcmp(name, "ct") == 0) {
			run_message(&run, value);
		} else if (strcmp(name, "exported") == 0) {
			run_export(&run, value);
		} else if (field != NULL) {
			kb_buf_clear(field);
			put_hex(field, value);
		}
	}
	*messages += run.messages;
	*exports += run.exports;
	run_release(&run);
}

Test(hpke, the_rfc_and_the_cross_vectors_hold_in_both_directions)
{
	struct kb_buf text = { 0 };
	size_t vectors = 0;
	size_t messages = 0;
	size_t exports = 0;

	cr_assert(file_text(GOLDEN "hpke.json", &text));
	run_file((const char *)text.at, &vectors, &messages, &exports);
	cr_assert_eq(vectors, 7);
	cr_assert_eq(messages, 5 + 6 * 5);
	cr_assert_eq(exports, 6);
	kb_buf_release(&text);
}

Test(hpke, the_shared_vectors_hold_when_they_are_there)
{
	struct kb_buf text = { 0 };
	size_t vectors = 0;
	size_t messages = 0;
	size_t exports = 0;

	if (file_text(SHARED_VECTORS, &text)) {
		run_file((const char *)text.at, &vectors, &messages, &exports);
		cr_assert_geq(vectors, 7);
		cr_assert_geq(messages, 35);
	} else {
		cr_skip_test("no shared vectors beside this checkout");
	}
	kb_buf_release(&text);
}

/* The values between, of RFC 9180 A.1.1. */
Test(hpke, the_key_schedule_of_the_rfc_holds)
{
	static const char *const hexes[] = {
		"52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
		"3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
		"fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
		"4531685d41d65f03dc48f6b8302c05b0",
		"56d890e5accaaf011cff4b7d",
		"45ff1c2e220db587171952c0592d5f5ebe103f1561a2614e38f2ffd47e99e3f8",
	};
	uint8_t raw[32];
	uint8_t dh[32];
	uint8_t wanted[32];
	struct kb_x25519_public recipient;
	struct kb_x25519_key *ephemeral = NULL;
	struct kb_hpke_schedule schedule;
	struct kb_buf info = { 0 };

	put_hex(&info, "4f6465206f6e2061204772656369616e2055726e");
	hex_exact(hexes[0], raw, 32);
	hex_exact(hexes[1], recipient.bytes, 32);
	cr_assert_eq(kb_x25519_key_from_bytes(raw, &ephemeral), KB_OK);
	cr_assert_eq(kb_x25519_shared(ephemeral, &recipient, dh), KB_OK);
	cr_assert_eq(kb_hpke_schedule(KB_HPKE_AEAD_AES_128_GCM, dh, kb_x25519_key_public(ephemeral),
				      &recipient, kb_buf_span(&info), &schedule),
		     KB_OK);
	hex_exact(hexes[2], wanted, 32);
	cr_assert_arr_eq(schedule.shared_secret, wanted, 32);
	hex_exact(hexes[3], wanted, 16);
	cr_assert_arr_eq(schedule.key, wanted, 16);
	hex_exact(hexes[4], wanted, 12);
	cr_assert_arr_eq(schedule.base_nonce, wanted, 12);
	hex_exact(hexes[5], wanted, 32);
	cr_assert_arr_eq(schedule.exporter_secret, wanted, 32);
	cr_assert_eq(kb_hpke_schedule((enum kb_hpke_aead)3, dh, kb_x25519_key_public(ephemeral),
				      &recipient, KB_SPAN_NONE, &schedule),
		     KB_ERR_BAD_SUITE);
	kb_buf_release(&info);
	kb_x25519_key_free(ephemeral);
}

/* The three exported values of RFC 9180 A.1.1.2. */
Test(hpke, the_exports_of_the_rfc_hold)
{
	static const struct {
		const char *context;
		const char *value;
	} cases[] = {
		{ "-", "3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee" },
		{ "00", "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5" },
		{ "54657374436f6e74657874",
		  "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931" },
	};

	uint8_t exporter[32];
	uint8_t out[32];
	uint8_t wanted[32];

	hex_exact("45ff1c2e220db587171952c0592d5f5ebe103f1561a2614e38f2ffd47e99e3f8", exporter, 32);
	for (size_t i = 0; i < 3; i++) {
		struct kb_buf context = { 0 };

		put_hex(&context, cases[i].context);
		hex_exact(cases[i].value, wanted, 32);
		cr_assert_eq(kb_hpke_export(KB_HPKE_AEAD_AES_128_GCM, exporter,
					    kb_buf_span(&context), out, sizeof(out)),
			     KB_OK);
		cr_assert_arr_eq(out, wanted, 32);
		kb_buf_release(&context);
	}
	cr_assert_eq(kb_hpke_export(KB_HPKE_AEAD_AES_128_GCM, exporter, KB_SPAN_NONE, out, 0),
		     KB_ERR_OVERSIZE);
	cr_assert_eq(kb_hpke_export(KB_HPKE_AEAD_AES_128_GCM, exporter, KB_SPAN_NONE, out,
				    KB_HPKE_EXPORT_MAX + 1),
		     KB_ERR_OVERSIZE);
}

struct pair {
	struct kb_x25519_key *own;
	struct kb_x25519_public enc;
	struct kb_hpke_sender *sender;
	struct kb_hpke_recipient *recipient;
};

static struct pair
pair_open(void)
{
	struct pair pair = { 0 };

	cr_assert_eq(kb_x25519_key_fresh(&pair.own), KB_OK);
	cr_assert_eq(kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM, kb_x25519_key_public(pair.own),
					INFO, &pair.sender, &pair.enc),
		     KB_OK);
	cr_assert_eq(kb_hpke_recipient_new(KB_HPKE_AEAD_AES_256_GCM, pair.own, &pair.enc, INFO,
					   &pair.recipient),
		     KB_OK);
	return pair;
}

static void
pair_release(struct pair *pair)
{
	kb_hpke_sender_free(pair->sender);
	kb_hpke_recipient_free(pair->recipient);
	kb_x25519_key_free(pair->own);
}

Test(hpke, messages_open_in_any_order_any_number_of_times)
{
	static const size_t order[] = { 4, 0, 3, 0, 2, 4, 1 };
	struct pair pair = pair_open();
	struct kb_buf sealed[5] = { 0 };
	struct kb_buf out = { 0 };

	for (uint64_t i = 0; i < 5; i++) {
		cr_assert_eq(kb_hpke_sender_next(pair.sender), i);
		cr_assert_eq(
			kb_hpke_seal(pair.sender, i, KB_SPAN_OF(i), KB_SPAN_OF(order), &sealed[i]),
			KB_OK);
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		uint64_t index = order[i];

		kb_buf_clear(&out);
		cr_assert_eq(kb_hpke_open(pair.recipient, index, KB_SPAN_OF(index),
					  kb_buf_span(&sealed[index]), &out),
			     KB_OK);
		cr_assert(kb_span_equal(kb_buf_span(&out), KB_SPAN_OF(order)));
	}
	for (size_t i = 0; i < 5; i++) {
		kb_buf_release(&sealed[i]);
	}
	kb_buf_wipe(&out);
	pair_release(&pair);
}

Test(hpke, a_sender_never_uses_an_index_twice)
{
	struct pair pair = pair_open();
	struct kb_buf out = { 0 };

	cr_assert_eq(kb_hpke_seal(pair.sender, 7, KB_SPAN_NONE, KB_SPAN_NONE, &out), KB_OK);
	cr_assert_eq(out.len, KB_HPKE_TAG_BYTES);
	for (uint64_t index = 0; index <= 7; index++) {
		cr_assert_eq(kb_hpke_seal(pair.sender, index, KB_SPAN_NONE, KB_SPAN_NONE, &out),
			     KB_ERR_STATE);
	}
	cr_assert_eq(kb_hpke_seal(pair.sender, UINT64_MAX, KB_SPAN_NONE, KB_SPAN_NONE, &out),
		     KB_ERR_STATE);
	cr_assert_eq(out.len, KB_HPKE_TAG_BYTES);
	/* Not even when sealing failed: the ceiling is reached. */
	out.ceiling = KB_HPKE_TAG_BYTES;
	cr_assert_eq(kb_hpke_seal(pair.sender, 8, KB_SPAN_NONE, INFO, &out), KB_ERR_OVERSIZE);
	cr_assert_eq(kb_hpke_sender_next(pair.sender), 9);
	kb_buf_release(&out);
	pair_release(&pair);
}

Test(hpke, any_change_keeps_a_message_closed_and_leaves_no_plaintext)
{
	struct pair pair = pair_open();
	struct kb_buf sealed = { 0 };
	struct kb_buf out = { 0 };
	struct kb_span aad = kb_span_text("aad");

	cr_assert_eq(kb_hpke_seal(pair.sender, 3, aad, kb_span_text("geheime tekst"), &sealed),
		     KB_OK);
	cr_assert_eq(kb_buf_put_text(&out, "x"), KB_OK);
	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		sealed.at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		cr_assert_eq(kb_hpke_open(pair.recipient, 3, aad, kb_buf_span(&sealed), &out),
			     KB_ERR_CANNOT_OPEN);
		sealed.at[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	for (size_t len = 0; len < sealed.len; len++) {
		cr_assert_eq(kb_hpke_open(pair.recipient, 3, aad, kb_span(sealed.at, len), &out),
			     KB_ERR_CANNOT_OPEN);
	}
	cr_assert_eq(kb_hpke_open(pair.recipient, 2, aad, kb_buf_span(&sealed), &out),
		     KB_ERR_CANNOT_OPEN);
	cr_assert_eq(kb_hpke_open(pair.recipient, 3, KB_SPAN_NONE, kb_buf_span(&sealed), &out),
		     KB_ERR_CANNOT_OPEN);
	cr_assert_eq(out.len, 1);
	for (size_t i = 1; i < 14 && i < out.cap; i++) {
		cr_assert_eq(out.at[i], 0, "plaintext was left behind");
	}
	cr_assert_eq(kb_hpke_open(pair.recipient, 3, aad, kb_buf_span(&sealed), &out), KB_OK);
	kb_buf_release(&sealed);
	kb_buf_wipe(&out);
	pair_release(&pair);
}

Test(hpke, another_key_or_info_does_not_open)
{
	struct pair pair = pair_open();
	struct pair other = pair_open();
	struct kb_hpke_recipient *wrong = NULL;
	struct kb_buf sealed = { 0 };
	struct kb_buf out = { 0 };

	cr_assert_eq(kb_hpke_seal(pair.sender, 0, KB_SPAN_NONE, INFO, &sealed), KB_OK);
	cr_assert_eq(kb_hpke_open(other.recipient, 0, KB_SPAN_NONE, kb_buf_span(&sealed), &out),
		     KB_ERR_CANNOT_OPEN);
	cr_assert_eq(kb_hpke_recipient_new(KB_HPKE_AEAD_AES_256_GCM, pair.own, &pair.enc,
					   KB_SPAN_NONE, &wrong),
		     KB_OK);
	cr_assert_eq(kb_hpke_open(wrong, 0, KB_SPAN_NONE, kb_buf_span(&sealed), &out),
		     KB_ERR_CANNOT_OPEN);
	kb_hpke_recipient_free(wrong);
	kb_buf_release(&sealed);
	kb_buf_release(&out);
	pair_release(&pair);
	pair_release(&other);
}

Test(hpke, points_of_small_order_and_unknown_suites_are_refused)
{
	struct kb_x25519_public zero = { { 0 } };
	struct kb_x25519_public enc;
	struct pair pair = pair_open();
	struct kb_hpke_sender *sender = NULL;
	struct kb_hpke_recipient *recipient = NULL;

	cr_assert_eq(kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM, &zero, INFO, &sender, &enc),
		     KB_ERR_BAD_KEY);
	cr_assert_eq(
		kb_hpke_recipient_new(KB_HPKE_AEAD_AES_256_GCM, pair.own, &zero, INFO, &recipient),
		KB_ERR_CANNOT_OPEN);
	for (int aead = -1; aead <= 4; aead++) {
		enum kb_err err = kb_hpke_recipient_new((enum kb_hpke_aead)aead, pair.own,
							&pair.enc, INFO, &recipient);
		bool known = aead == KB_HPKE_AEAD_AES_128_GCM || aead == KB_HPKE_AEAD_AES_256_GCM;

		cr_assert_eq(err, known ? KB_OK : KB_ERR_BAD_SUITE);
		kb_hpke_recipient_free(recipient);
		recipient = NULL;
	}
	cr_assert_null(sender);
	pair_release(&pair);
}

Test(hpke, contexts_are_fresh_each_time)
{
	struct pair a = pair_open();
	struct kb_hpke_sender *second = NULL;
	struct kb_x25519_public enc;

	cr_assert_eq(kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM, kb_x25519_key_public(a.own), INFO,
					&second, &enc),
		     KB_OK);
	cr_assert_arr_neq(enc.bytes, a.enc.bytes, sizeof(enc.bytes));
	kb_hpke_sender_free(second);
	pair_release(&a);
}

Test(hpke, the_cache_returns_one_context_per_enc_and_drops_the_least_used)
{
	struct pair pairs[3] = { pair_open(), pair_open(), pair_open() };
	struct kb_hpke_cache *cache = NULL;
	struct kb_hpke_recipient *first = NULL;
	struct kb_hpke_recipient *again = NULL;
	struct kb_hpke_sender *second = NULL;
	struct kb_x25519_public enc;
	struct kb_buf sealed = { 0 };
	struct kb_buf out = { 0 };

	cr_assert_eq(kb_hpke_cache_new(4, &cache), KB_OK);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(kb_hpke_cache_get(cache, KB_HPKE_AEAD_AES_256_GCM, pairs[i].own,
					       &pairs[i].enc, INFO, &first),
			     KB_OK);
		cr_assert_eq(kb_hpke_cache_get(cache, KB_HPKE_AEAD_AES_256_GCM, pairs[i].own,
					       &pairs[i].enc, INFO, &again),
			     KB_OK);
		cr_assert_eq(first, again);
	}
	/* Another batch to the same key is another context, and so is another info. */
	cr_assert_eq(kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM,
					kb_x25519_key_public(pairs[2].own), INFO, &second, &enc),
		     KB_OK);
	cr_assert_eq(kb_hpke_cache_get(cache, KB_HPKE_AEAD_AES_256_GCM, pairs[2].own, &enc, INFO,
				       &again),
		     KB_OK);
	cr_assert_neq(first, again);
	cr_assert_eq(kb_hpke_cache_get(cache, KB_HPKE_AEAD_AES_256_GCM, pairs[2].own, &pairs[2].enc,
				       KB_SPAN_NONE, &again),
		     KB_OK);
	cr_assert_neq(first, again);
	cr_assert_eq(kb_hpke_seal(pairs[0].sender, 0, KB_SPAN_NONE, INFO, &sealed), KB_OK);
	cr_assert_eq(kb_hpke_cache_get(cache, KB_HPKE_AEAD_AES_256_GCM, pairs[0].own, &pairs[0].enc,
				       INFO, &again),
		     KB_OK);
	cr_assert_eq(kb_hpke_open(again, 0, KB_SPAN_NONE, kb_buf_span(&sealed), &out), KB_OK);
	kb_hpke_sender_free(second);
	kb_hpke_cache_clear(cache);
	kb_hpke_cache_free(cache);
	kb_hpke_cache_free(NULL);
	for (size_t i = 0; i < 3; i++) {
		pair_release(&pairs[i]);
	}
	kb_buf_release(&sealed);
	kb_buf_release(&out);
}
