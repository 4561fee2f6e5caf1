/* SPDX-License-Identifier: EUPL-1.2 */
/* Baseline: what our own cryptography costs by itself, one message of 1.5 KiB at a time. */
#include "common/crypto/hash.h"
#include "common/crypto/hpke.h"
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/crypto/sign.h"
#include "tests/bench/bench.h"

#include <stdlib.h>
#include <string.h>

#define BODY_BYTES 1536

static void
must(enum kb_err err, const char *what)
{
	if (err != KB_OK) {
		(void)fprintf(stderr, "primitives: %s: %s\n", what, kb_err_name(err));
		exit(70);
	}
}

static uint8_t body[BODY_BYTES];

static void
measure_sign(void)
{
	struct kb_span part = KB_SPAN_OF(body);
	struct kb_secret seed = { 0 };
	struct kb_sign_key *key = NULL;
	struct kb_verify_key *verify = NULL;
	struct kb_sign_public public_key;
	struct kb_signature signature;
	double started = 0;

	must(kb_key_fresh(&seed), "key");
	must(kb_sign_key_new(&seed, &key), "key");
	kb_sign_key_public(key, &public_key);
	must(kb_verify_key_new(&public_key, &verify), "key");
	started = bench_seconds();
	for (int i = 0; i < 10000; i++) {
		must(kb_sign(key, KB_SIGN_LABEL_SEAL, &part, 1, &signature), "sign");
	}
	bench_print("ed25519_sign_per_s", 10000 / (bench_seconds() - started));
	started = bench_seconds();
	for (int i = 0; i < 5000; i++) {
		must(kb_verify(verify, KB_SIGN_LABEL_SEAL, &part, 1, &signature), "verify");
	}
	bench_print("ed25519_verify_per_s", 5000 / (bench_seconds() - started));
	kb_verify_key_free(verify);
	kb_sign_key_free(key);
	kb_secret_release(&seed);
}

static void
measure_hpke(void)
{
	struct kb_span info = kb_span_text("bench");
	struct kb_x25519_key *own = NULL;
	struct kb_x25519_public enc;
	struct kb_hpke_sender *sender = NULL;
	struct kb_hpke_recipient *recipient = NULL;
	struct kb_buf sealed = { 0 };
	struct kb_buf opened = { 0 };
	double started = 0;

	must(kb_x25519_key_fresh(&own), "key");
	started = bench_seconds();
	for (int i = 0; i < 2000; i++) {
		kb_hpke_sender_free(sender);
		sender = NULL;
		must(kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM, kb_x25519_key_public(own), info,
					&sender, &enc),
		     "context");
	}
	bench_print("hpke_context_per_s", 2000 / (bench_seconds() - started));
	must(kb_hpke_recipient_new(KB_HPKE_AEAD_AES_256_GCM, own, &enc, info, &recipient),
	     "recipient");
	started = bench_seconds();
	for (uint64_t i = 0; i < 50000; i++) {
		kb_buf_clear(&sealed);
		must(kb_hpke_seal(sender, i, info, KB_SPAN_OF(body), &sealed), "seal");
	}
	bench_print("hpke_seal_per_s", 50000 / (bench_seconds() - started));
	started = bench_seconds();
	for (int i = 0; i < 50000; i++) {
		kb_buf_clear(&opened);
		must(kb_hpke_open(recipient, 49999, info, kb_buf_span(&sealed), &opened), "open");
	}
	bench_print("hpke_open_per_s", 50000 / (bench_seconds() - started));
	kb_buf_release(&sealed);
	kb_buf_release(&opened);
	kb_hpke_recipient_free(recipient);
	kb_hpke_sender_free(sender);
	kb_x25519_key_free(own);
}

static void
measure_hash(void)
{
	struct kb_hash hash;
	double started = bench_seconds();

	for (int i = 0; i < 200000; i++) {
		kb_sha256(KB_SPAN_OF(body), &hash);
		body[0] = hash.bytes[0];
	}
	bench_print("sha256_per_s", 200000 / (bench_seconds() - started));
}

int
main(void)
{
	must(kb_crypto_init(), "init");
	memset(body, 'x', sizeof(body));
	measure_sign();
	measure_hpke();
	measure_hash();
	kb_crypto_release();
	return 0;
}
