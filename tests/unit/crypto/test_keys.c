/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files: written once, for their owner alone, and refused when anything about them is not right. */
#include "common/crypto/init.h"
#include "common/crypto/keys.h"
#include "tests/unit/crypto/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;

static void
set_up(void)
{
	folder = folder_make();
}

static void
tear_down(void)
{
	folder_remove(folder);
	kb_crypto_release();
}

TestSuite(keys, .init = set_up, .fini = tear_down);

static void
write_text(const char *name, const char *text, mode_t mode)
{
	const char *path = in_folder(folder, name);
	FILE *file = fopen(path, "wb");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(text, 1, strlen(text), file), strlen(text));
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(chmod(path, mode), 0);
}

/* Loading name as a SIGN key fails, with a sentence that names the file and says word. */
static void
check_refused(const char *name, const char *word)
{
	struct kb_secret secret = { 0 };
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_key_file_load(in_folder(folder, name), KB_KEY_USE_SIGN, &secret, &where),
		     KB_ERR_KEY_FILE, "%s", word);
	cr_assert_null(secret.at);
	cr_assert_not_null(strstr(where.text, name), "%s", where.text);
	cr_assert_not_null(strstr(where.text, word), "%s", where.text);
}

#define GOOD_FILE                                                                                  \
	"ketenbode-key-v1 sign\n"                                                                  \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"

Test(keys, a_key_of_every_use_comes_back_and_its_file_is_private)
{
	for (int use = KB_KEY_USE_NONE + 1; use < KB_KEY_USE_COUNT; use++) {
		const char *name = kb_key_use_name((enum kb_key_use)use);
		struct kb_secret made = { 0 };
		struct kb_secret loaded = { 0 };
		struct kb_error_text where;
		struct stat info;

		cr_assert_eq(kb_key_fresh(&made), KB_OK);
		cr_assert_eq(kb_key_file_write(in_folder(folder, name), (enum kb_key_use)use, &made,
					       &where),
			     KB_OK);
		cr_assert_eq(stat(in_folder(folder, name), &info), 0);
		cr_assert_eq(info.st_mode & 07777, 0600);
		cr_assert_eq(kb_key_file_load(in_folder(folder, name), (enum kb_key_use)use,
					      &loaded, &where),
			     KB_OK, "%s", where.text);
		cr_assert(kb_secret_equal(kb_secret_span(&made), kb_secret_span(&loaded)));
		kb_secret_release(&made);
		kb_secret_release(&loaded);
	}
}

Test(keys, the_file_is_exactly_the_documented_text)
{
	uint8_t bytes[KB_KEY_BYTES];
	struct kb_buf text = { 0 };
	struct kb_secret secret;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)i;
	}
	secret = secret_of(bytes, sizeof(bytes));
	cr_assert_eq(kb_key_file_write(in_folder(folder, "k"), KB_KEY_USE_SIGN, &secret, NULL),
		     KB_OK);
	cr_assert(file_text(in_folder(folder, "k"), &text));
	cr_assert_str_eq((const char *)text.at, GOOD_FILE);
	kb_secret_release(&secret);
	kb_buf_release(&text);
}

Test(keys, an_existing_file_is_never_overwritten)
{
	struct kb_secret secret = { 0 };
	struct kb_error_text where = { "" };
	struct kb_buf text = { 0 };

	write_text("k", "mine", 0600);
	cr_assert_eq(kb_key_fresh(&secret), KB_OK);
	cr_assert_eq(kb_key_file_write(in_folder(folder, "k"), KB_KEY_USE_SIGN, &secret, &where),
		     KB_ERR_EXISTS);
	cr_assert(file_text(in_folder(folder, "k"), &text));
	cr_assert_str_eq((const char *)text.at, "mine");
	cr_assert_not_null(strstr(where.text, "never overwritten"));
	kb_secret_release(&secret);
	kb_buf_release(&text);
}

Test(keys, a_folder_that_is_not_there_gives_a_sentence)
{
	struct kb_secret secret = { 0 };
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_key_fresh(&secret), KB_OK);
	cr_assert_eq(
		kb_key_file_write(in_folder(folder, "none/k"), KB_KEY_USE_SIGN, &secret, &where),
		KB_ERR_IO);
	cr_assert_not_null(strstr(where.text, "none/k"));
	kb_secret_release(&secret);
}

Test(keys, the_good_text_is_taken_with_the_modes_of_an_owner)
{
	static const mode_t modes[] = { 0600, 0400 };

	for (size_t i = 0; i < 2; i++) {
		struct kb_secret secret = { 0 };
		struct kb_error_text where = { "" };

		write_text("k", GOOD_FILE, modes[i]);
		cr_assert_eq(
			kb_key_file_load(in_folder(folder, "k"), KB_KEY_USE_SIGN, &secret, &where),
			KB_OK, "%s", where.text);
		cr_assert_eq(secret.len, KB_KEY_BYTES);
		cr_assert_eq(secret.at[31], 31);
		kb_secret_release(&secret);
		cr_assert_eq(unlink(in_folder(folder, "k")), 0);
	}
}

Test(keys, any_access_of_group_or_others_is_refused)
{
	for (mode_t bit = 1; bit <= 040; bit <<= 1) {
		write_text("k", GOOD_FILE, 0600 | bit);
		check_refused("k", "group or others");
	}
}

Test(keys, missing_linked_and_odd_files_are_refused)
{
	char target[128];

	check_refused("missing", "is missing");
	write_text("real", GOOD_FILE, 0600);
	(void)snprintf(target, sizeof(target), "%s/real", folder);
	cr_assert_eq(symlink(target, in_folder(folder, "link")), 0);
	check_refused("link", "symbolic link");
	cr_assert_eq(mkfifo(in_folder(folder, "fifo"), 0600), 0);
	check_refused("fifo", "not a plain file");
}

Test(keys, a_file_of_another_user_is_refused)
{
	if (geteuid() != 0) {
		cr_skip_test("needs root to give a file away");
	}
	write_text("k", GOOD_FILE, 0600);
	cr_assert_eq(chown(in_folder(folder, "k"), 65534, 65534), 0);
	check_refused("k", "another user");
}

Test(keys, another_size_use_version_or_character_is_refused)
{
	char text[] = GOOD_FILE;
	char longer[sizeof(GOOD_FILE) + 64];

	(void)snprintf(longer, sizeof(longer), "%s\n", GOOD_FILE);
	write_text("k", longer, 0600);
	check_refused("k", ":2:");
	(void)snprintf(longer, sizeof(longer), "%s%060d", GOOD_FILE, 0);
	write_text("k", longer, 0600);
	check_refused("k", "size");
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		char shorter[sizeof(text)];

		(void)snprintf(shorter, sizeof(shorter), "%.*s", (int)len, text);
		write_text("k", shorter, 0600);
		check_refused("k", len == 0 ? "size" : ":");
	}
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char kept = text[i];

		text[i] = '!';
		write_text("k", text, 0600);
		check_refused("k", ":");
		text[i] = kept;
	}
	write_text("k",
		   "ketenbode-key-v1 seal\n"
		   "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
		   0600);
	check_refused("k", "no key for this use");
}

Test(keys, public_halves_are_those_of_the_standards)
{
	uint8_t raw[32];
	uint8_t wanted[32];
	uint8_t out[32];
	struct kb_secret secret;

	/* RFC 8032 7.1 test 1 and RFC 7748 6.1 (Alice), which is what crypto_box_keypair of libsodium computes. */
	hex_exact("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", raw, 32);
	hex_exact("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", wanted, 32);
	secret = secret_of(raw, 32);
	cr_assert_eq(kb_key_public(KB_KEY_USE_SIGN, &secret, out), KB_OK);
	cr_assert_arr_eq(out, wanted, 32);
	kb_secret_release(&secret);
	hex_exact("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", raw, 32);
	hex_exact("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", wanted, 32);
	secret = secret_of(raw, 32);
	cr_assert_eq(kb_key_public(KB_KEY_USE_SEAL, &secret, out), KB_OK);
	cr_assert_arr_eq(out, wanted, 32);
	memset(out, 0, sizeof(out));
	cr_assert_eq(kb_key_public(KB_KEY_USE_TRANSPORT, &secret, out), KB_OK);
	cr_assert_arr_eq(out, wanted, 32);
	cr_assert_eq(kb_key_public(KB_KEY_USE_MASTER, &secret, out), KB_ERR_BAD_KEY);
	cr_assert_eq(kb_key_public(KB_KEY_USE_NONE, &secret, out), KB_ERR_BAD_KEY);
	kb_secret_release(&secret);
}

Test(keys, a_fingerprint_is_ten_groups_of_four_digits_and_changes_with_every_key)
{
	uint8_t a[32] = { 1 };
	uint8_t b[32] = { 2 };
	struct kb_span keys[] = { KB_SPAN_OF(a), KB_SPAN_OF(b) };
	struct kb_span joined[2] = { kb_span(a, 31), KB_SPAN_OF(b) };
	char first[KB_FINGERPRINT_TEXT];
	char second[KB_FINGERPRINT_TEXT];

	kb_fingerprint(keys, 2, first);
	cr_assert_eq(strlen(first), KB_FINGERPRINT_TEXT - 1);
	for (size_t i = 0; i < KB_FINGERPRINT_TEXT - 1; i++) {
		cr_assert(i % 5 == 4 ? first[i] == ' ' : first[i] >= '0' && first[i] <= '9');
	}
	/* Computed with Python's hashlib from the definition in the header. */
	cr_assert_str_eq(first, "6258 3715 7925 5776 6313 7794 3157 6650 0533 0891");
	kb_fingerprint(joined, 2, second);
	cr_assert_str_neq(first, second);
	b[31] = 1;
	kb_fingerprint(keys, 2, second);
	cr_assert_str_neq(first, second);
	kb_fingerprint(keys, 1, second);
	cr_assert_str_neq(first, second);
}
