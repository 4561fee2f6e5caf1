/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys are gone from the memory of the process when they are released: looked for in every writable page. */
#include "common/crypto/datakey.h"
#include "common/crypto/hpke_internal.h"
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "common/crypto/rng.h"
#include "common/crypto/sign.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define HIDDEN_BYTES 32
/* Half a key left behind is a key lost. */
#define PIECE_BYTES 16

/* A key kept in a form in which a search does not find it: xor of the two halves is the key. */
struct hidden {
	uint8_t mask[HIDDEN_BYTES];
	uint8_t masked[HIDDEN_BYTES];
};

static void
hide(struct hidden *hidden, const uint8_t key[HIDDEN_BYTES])
{
	for (size_t i = 0; i < HIDDEN_BYTES; i++) {
		hidden->mask[i] = (uint8_t)(0xa5 + 11 * i);
		hidden->masked[i] = (uint8_t)(key[i] ^ hidden->mask[i]);
	}
}

static bool
piece_at(const struct hidden *hidden, const uint8_t *at, size_t from)
{
	for (size_t i = 0; i < PIECE_BYTES; i++) {
		if ((at[i] ^ hidden->mask[from + i]) != hidden->masked[from + i]) {
			return false;
		}
	}
	return true;
}

static size_t
count_in(const struct hidden *hidden, const uint8_t *at, size_t len)
{
	size_t found = 0;

	for (size_t i = 0; i + PIECE_BYTES <= len; i++) {
		found += piece_at(hidden, at + i, 0) || piece_at(hidden, at + i, PIECE_BYTES);
	}
	return found;
}

/* How often a half of the key stands in the writable memory of this process. */
static size_t
count_in_memory(const struct hidden *hidden)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	FILE *memory = fopen("/proc/self/mem", "r");
	uint8_t *copy = NULL;
	char line[512];
	size_t found = 0;

	cr_assert_not_null(maps);
	cr_assert_not_null(memory);
	(void)setvbuf(memory, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from = 0;
		unsigned long until = 0;
		char rights[8] = "";

		if (sscanf(line, "%lx-%lx %7s", &from, &until, rights) != 3 || rights[0] != 'r' ||
		    rights[1] != 'w' || until - from > (size_t)64 * 1024 * 1024) {
			continue;
		}
		copy = malloc(until - from);
		cr_assert_not_null(copy);
		if (fseeko(memory, (off_t)from, SEEK_SET) == 0 &&
		    fread(copy, 1, until - from, memory) == until - from) {
			found += count_in(hidden, copy, until - from);
		}
		/* Copies of copies must not be found in the next round. */
		kb_wipe(copy, until - from);
		free(copy);
	}
	(void)fclose(maps);
	(void)fclose(memory);
	return found;
}

static void
skip_under_sanitizers(void)
{
#if defined(__SANITIZE_ADDRESS__)
	cr_skip_test("the memory of a sanitizer is too large to search");
#endif
}

static struct kb_secret
fresh_secret(struct hidden *hidden)
{
	struct kb_secret secret = { 0 };

	cr_assert_eq(kb_key_fresh(&secret), KB_OK);
	hide(hidden, secret.at);
	return secret;
}

Test(wiped, the_search_finds_a_key_that_is_there)
{
	struct hidden hidden;
	struct kb_secret secret;

	skip_under_sanitizers();
	secret = fresh_secret(&hidden);
	cr_assert_geq(count_in_memory(&hidden), 2);
	kb_secret_release(&secret);
	cr_assert_eq(count_in_memory(&hidden), 0);
	kb_crypto_release();
}

Test(wiped, nothing_of_a_signing_seed_stays)
{
	struct hidden hidden;
	struct kb_secret secret;
	struct kb_sign_key *key = NULL;
	struct kb_signature signature;
	struct kb_span text = kb_span_text("tekst");

	skip_under_sanitizers();
	secret = fresh_secret(&hidden);
	cr_assert_eq(kb_sign_key_new(&secret, &key), KB_OK);
	cr_assert_eq(kb_sign(key, KB_SIGN_LABEL_SEAL, &text, 1, &signature), KB_OK);
	kb_secret_release(&secret);
	cr_assert_geq(count_in_memory(&hidden), 1);
	kb_sign_key_free(key);
	cr_assert_eq(count_in_memory(&hidden), 0);
	kb_crypto_release();
}

Test(wiped, nothing_of_a_sealing_key_and_its_contexts_stays)
{
	struct hidden hidden[3];
	struct kb_secret secret;
	struct kb_x25519_key *key = NULL;
	struct kb_x25519_public enc;
	struct kb_hpke_sender *sender = NULL;
	struct kb_hpke_recipient *recipient = NULL;
	struct kb_hpke_schedule schedule;
	uint8_t dh[KB_X25519_BYTES];
	struct kb_buf sealed = { 0 };
	struct kb_buf plain = { 0 };

	skip_under_sanitizers();
	secret = fresh_secret(&hidden[0]);
	cr_assert_eq(kb_x25519_key_new(&secret, &key), KB_OK);
	cr_assert_eq(kb_hpke_sender_new(KB_HPKE_AEAD_AES_256_GCM, kb_x25519_key_public(key),
					KB_SPAN_NONE, &sender, &enc),
		     KB_OK);
	cr_assert_eq(kb_hpke_recipient_new(KB_HPKE_AEAD_AES_256_GCM, key, &enc, KB_SPAN_NONE,
					   &recipient),
		     KB_OK);
	cr_assert_eq(kb_x25519_shared(key, &enc, dh), KB_OK);
	cr_assert_eq(kb_hpke_schedule(KB_HPKE_AEAD_AES_256_GCM, dh, &enc, kb_x25519_key_public(key),
				      KB_SPAN_NONE, &schedule),
		     KB_OK);
	hide(&hidden[1], schedule.key);
	hide(&hidden[2], schedule.exporter_secret);
	kb_wipe(&schedule, sizeof(schedule));
	kb_wipe(dh, sizeof(dh));
	cr_assert_eq(kb_hpke_seal(sender, 0, KB_SPAN_NONE, kb_span_text("tekst"), &sealed), KB_OK);
	cr_assert_eq(kb_hpke_open(recipient, 0, KB_SPAN_NONE, kb_buf_span(&sealed), &plain), KB_OK);
	kb_secret_release(&secret);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_geq(count_in_memory(&hidden[i]), 1, "%zu is in use", i);
	}
	kb_hpke_sender_free(sender);
	kb_hpke_recipient_free(recipient);
	kb_x25519_key_free(key);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(count_in_memory(&hidden[i]), 0, "%zu stayed", i);
	}
	kb_buf_release(&sealed);
	kb_buf_release(&plain);
	kb_crypto_release();
}

Test(wiped, nothing_of_a_forgotten_data_key_stays)
{
	struct hidden hidden[2];
	struct kb_secret master;
	struct kb_datakey key;
	struct kb_buf wrapped = { 0 };
	struct kb_buf sealed = { 0 };

	skip_under_sanitizers();
	master = fresh_secret(&hidden[0]);
	kb_datakey_fresh(&key);
	hide(&hidden[1], key.bytes);
	cr_assert_eq(kb_datakey_wrap(&master, kb_span_text("1"), &key, &wrapped), KB_OK);
	cr_assert_eq(kb_datakey_unwrap(&master, kb_span_text("1"), kb_buf_span(&wrapped), &key),
		     KB_OK);
	cr_assert_eq(kb_datakey_seal(&key, KB_SPAN_NONE, kb_span_text("tekst"), &sealed), KB_OK);
	cr_assert_geq(count_in_memory(&hidden[1]), 2);
	kb_datakey_forget(&key);
	kb_datakey_wipe(&key);
	cr_assert_eq(count_in_memory(&hidden[1]), 0);
	kb_secret_release(&master);
	kb_datakey_forget_all();
	cr_assert_eq(count_in_memory(&hidden[0]), 0);
	kb_buf_release(&wrapped);
	kb_buf_release(&sealed);
	kb_crypto_release();
}

Test(wiped, nothing_of_a_key_file_stays_neither_its_bytes_nor_its_digits)
{
	struct hidden hidden;
	struct hidden digits;
	struct kb_secret secret;
	struct kb_secret loaded = { 0 };
	char hex[HIDDEN_BYTES + 1];
	char *folder = NULL;

	skip_under_sanitizers();
	folder = folder_make();
	secret = fresh_secret(&hidden);
	/* The first 16 bytes as 32 digits. */
	for (size_t i = 0; i < HIDDEN_BYTES / 2; i++) {
		(void)snprintf(hex + 2 * i, 3, "%02x", secret.at[i]);
	}
	hide(&digits, (const uint8_t *)hex);
	kb_wipe(hex, sizeof(hex));
	cr_assert_eq(kb_key_file_write(in_folder(folder, "k"), KB_KEY_USE_SEAL, &secret, NULL),
		     KB_OK);
	kb_secret_release(&secret);
	cr_assert_eq(kb_key_file_load(in_folder(folder, "k"), KB_KEY_USE_SEAL, &loaded, NULL),
		     KB_OK);
	cr_assert_eq(count_in_memory(&digits), 0);
	kb_secret_release(&loaded);
	cr_assert_eq(count_in_memory(&hidden), 0);
	folder_remove(folder);
	kb_crypto_release();
}
