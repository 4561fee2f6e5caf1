/* SPDX-License-Identifier: EUPL-1.2 */
/* From an empty folder to an exchange with keys, and every way in that must stay shut. Real keys, real files. */
#include <criterion/criterion.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/cli/pki.h"
#include "agents/cli/pki_register.h"
#include "common/base/file.h"
#include "common/crypto/init.h"
#include "common/crypto/pem.h"
#include "common/crypto/x509_issue.h"

static char folder[64];
static const struct kb_cli cli = { .json = true };

#define SCHOOL "00000099000000001000/99AA00"
#define GEMEENTE "00000099000000002000"
#define BROKER "00000099000000000002"

static const struct kb_cli_command *
command(const char *words)
{
	size_t count = 0;
	const struct kb_cli_command *commands = kb_cli_commands(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(commands[i].words, words) == 0) {
			return &commands[i];
		}
	}
	cr_assert_fail("%s", words);
	return NULL;
}

/* Runs `pki WORDS` with these arguments; those that start with '@' are names in the folder. */
static int
pki(const char *words, const char *const *arguments)
{
	static char texts[32][160];
	char *argv[33] = { texts[0] };
	int argc = 1;

	for (size_t i = 0; arguments[i] != NULL; i++, argc++) {
		(void)snprintf(texts[argc], sizeof(texts[argc]), "%s%s%s",
			       arguments[i][0] == '@' ? folder : "",
			       arguments[i][0] == '@' ? "/" : "",
			       arguments[i] + (arguments[i][0] == '@'));
		argv[argc] = texts[argc];
	}
	argv[argc] = NULL;
	return command(words)->run(&cli, command(words), argc, argv);
}

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static struct kb_pki_path
place(const char *name)
{
	return kb_pki_path(folder, name);
}

static int
request(const char *name, const char *party, const char *kind, const char *option,
	const char *value)
{
	char keys[40];
	char out[40];

	(void)snprintf(keys, sizeof(keys), "@%s", name);
	(void)snprintf(out, sizeof(out), "@%s.req", name);
	return pki("pki request", option != NULL
					  ? ARGS("--keys", keys, "--party", party, "--kind", kind,
						 "--name", "Voorbeeld", "--out", out, option, value)
					  : ARGS("--keys", keys, "--party", party, "--kind", kind,
						 "--name", "Voorbeeld", "--out", out));
}

static int
admit(const char *name)
{
	char file[40];

	(void)snprintf(file, sizeof(file), "@%s.req", name);
	return pki("pki admit", ARGS("--dir", "@reg", "--broker-address", "tcp://broker:5000",
				     "--out", "@joins", "--yes", file));
}

static void
open_all(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/kb-pki-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_not_null(freopen("/dev/null", "w", stdout));
	cr_assert_eq(kb_crypto_init(), KB_OK);
	cr_assert_eq(pki("pki init",
			 ARGS("--dir", "@reg", "--oin", "00000099000000000001", "--name", "Reg")),
		     0);
	cr_assert_eq(request("broker", BROKER, "broker", NULL, NULL), 0);
	cr_assert_eq(admit("broker"), 0);
	cr_assert_eq(request("school", SCHOOL, "school", "--vestiging", "99AA00:bao:De School"), 0);
	cr_assert_eq(request("gemeente", GEMEENTE, "gemeente", "--gemeente",
			     "0114,0109:20240101:20251231"),
		     0);
}

static void
close_all(void)
{
	pid_t child = fork();

	if (child == 0) {
		(void)execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(child, NULL, 0);
	kb_crypto_release();
}

TestSuite(pki, .init = open_all, .fini = close_all);

static void
open_register(struct kb_pki_register *reg)
{
	struct kb_pki_path path = place("reg");

	*reg = (struct kb_pki_register){ 0 };
	cr_assert_eq(kb_pki_register_open(path.text, reg), KB_OK, "%s", reg->where.text);
}

/* The sentence and code with which the register refuses this request. */
static enum kb_err
refusal(const char *name, char sentence[KB_ERROR_TEXT_MAX])
{
	char file[40];
	struct kb_pki_register reg;
	struct kb_buf bytes = { 0 };
	struct kb_pki_path path;
	size_t index = 0;
	size_t before = 0;
	enum kb_err err = KB_OK;

	(void)snprintf(file, sizeof(file), "%s.req", name);
	path = place(file);
	open_register(&reg);
	before = reg.member_count;
	cr_assert_eq(kb_file_read(path.text, 65536, &bytes, NULL), KB_OK);
	err = kb_pki_register_admit(&reg, kb_buf_span(&bytes), &index);
	cr_assert(err == KB_OK || reg.member_count == before, "a refused one is not added");
	(void)snprintf(sentence, KB_ERROR_TEXT_MAX, "%s", reg.where.text);
	kb_buf_release(&bytes);
	kb_pki_register_release(&reg);
	return err;
}

static void
refused(const char *name, enum kb_err err, const char *says)
{
	char sentence[KB_ERROR_TEXT_MAX] = "";
	enum kb_err got = refusal(name, sentence);

	cr_assert_eq(got, err, "%s: %s", kb_err_name(got), sentence);
	cr_assert_not_null(strstr(sentence, says), "%s", sentence);
	cr_assert_neq(admit(name), 0, "and the command ends with an error");
}

Test(pki, init_request_admit_join)
{
	struct stat facts;
	struct kb_pki_path path;

	cr_assert_eq(admit("school"), 0);
	cr_assert_eq(pki("pki join",
			 ARGS("--keys", "@school", "@joins/00000099000000001000-99AA00.join")),
		     75, "nobody compared the fingerprint");
	cr_assert_eq(pki("pki join", ARGS("--keys", "@school", "--yes",
					  "@joins/00000099000000001000-99AA00.join")),
		     0);
	path = place("school/join");
	cr_assert_eq(stat(path.text, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777, 0600);
	path = place("school/sign.key");
	cr_assert_eq(stat(path.text, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777, 0600);
	cr_assert_eq(pki("pki show", ARGS("@school/join")), 0);
	cr_assert_eq(pki("pki init",
			 ARGS("--dir", "@reg", "--oin", "00000099000000000001", "--name", "R")),
		     65, "a register is never overwritten");
}

Test(pki, the_fingerprint_that_was_read_aloud_must_be_the_one)
{
	struct kb_pki_register reg;
	char right[KB_FINGERPRINT_TEXT];
	char wrong[KB_FINGERPRINT_TEXT];

	cr_assert_eq(
		pki("pki admit", ARGS("--dir", "@reg", "--broker-address", "tcp://b:5", "--out",
				      "@joins", "--fingerprint", "0000 0000", "@school.req")),
		77);
	cr_assert_eq(admit("school"), 0);
	open_register(&reg);
	kb_pki_register_join_fingerprint(&reg, right);
	kb_pki_register_release(&reg);
	memcpy(wrong, right, sizeof(wrong));
	wrong[0] = wrong[0] == '0' ? '1' : '0';
	cr_assert_eq(pki("pki join", ARGS("--keys", "@school", "--fingerprint", wrong,
					  "@joins/00000099000000001000-99AA00.join")),
		     77);
	cr_assert_eq(pki("pki join", ARGS("--keys", "@school", "--fingerprint", right,
					  "@joins/00000099000000001000-99AA00.join")),
		     0);
}

Test(pki, a_join_file_with_another_broker_has_another_fingerprint)
{
	struct kb_pki_path path = place("joins/00000099000000001000-99AA00.join");
	struct kb_join_file join;
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	char before[KB_FINGERPRINT_TEXT];
	char after[KB_FINGERPRINT_TEXT];

	cr_assert_eq(admit("school"), 0);
	cr_assert_eq(kb_file_read(path.text, 65536, &bytes, NULL), KB_OK);
	cr_assert_eq(kb_join_file_decode(kb_buf_span(&bytes), &arena, &join), KB_OK);
	kb_pki_join_fingerprint(&join, before);
	join.broker_transport_key[5] ^= 1;
	kb_pki_join_fingerprint(&join, after);
	cr_assert_str_neq(before, after);
	kb_arena_release(&arena);
	kb_buf_release(&bytes);
}

Test(pki, a_join_file_of_other_keys_or_a_changed_one_is_refused)
{
	struct kb_pki_path path = place("joins/00000099000000001000-99AA00.join");
	struct kb_buf bytes = { 0 };
	unsigned refused_count = 0;

	cr_assert_eq(admit("school"), 0);
	cr_assert_eq(pki("pki join", ARGS("--keys", "@gemeente", "--yes",
					  "@joins/00000099000000001000-99AA00.join")),
		     65);
	cr_assert_eq(kb_file_read(path.text, 65536, &bytes, NULL), KB_OK);
	/* The address is not signed by anybody; everything from the entry on is. */
	for (size_t i = bytes.len - 300; i < bytes.len; i += 29) {
		bytes.at[i] ^= 4;
		cr_assert_eq(kb_file_replace(path.text, 0644, kb_buf_span(&bytes), NULL), KB_OK);
		refused_count +=
			pki("pki show", ARGS("@joins/00000099000000001000-99AA00.join")) != 0;
		bytes.at[i] ^= 4;
	}
	cr_assert_eq(refused_count, 11);
	kb_buf_release(&bytes);
}

Test(pki, keys_that_are_in_the_register_already_are_refused)
{
	cr_assert_eq(admit("school"), 0);
	cr_assert_eq(
		pki("pki request", ARGS("--keys", "@school", "--party", "00000099000000003000",
					"--kind", "swv", "--name", "X", "--out", "@again.req")),
		0);
	refused("again", KB_ERR_BAD_KEY, "staat al in het register");
}

Test(pki, key_versions_follow_each_other_and_are_signed_by_the_one_before)
{
	struct kb_pki_register reg;

	cr_assert_eq(admit("school"), 0);
	cr_assert_eq(request("fresh", SCHOOL, "school", "--vestiging", "99AA00:bao:De School"), 0);
	refused("fresh", KB_ERR_EXISTS, "de volgende is 2");
	cr_assert_eq(pki("pki request",
			 ARGS("--keys", "@third", "--party", SCHOOL, "--kind", "school", "--name",
			      "X", "--vestiging", "99AA00:bao:X", "--out", "@third.req",
			      "--key-version", "3", "--previous-keys", "@school")),
		     0);
	refused("third", KB_ERR_EXISTS, "de volgende is 2");
	cr_assert_eq(pki("pki request",
			 ARGS("--keys", "@thief", "--party", SCHOOL, "--kind", "school", "--name",
			      "X", "--vestiging", "99AA00:bao:X", "--out", "@thief.req",
			      "--key-version", "2", "--previous-keys", "@gemeente")),
		     0);
	refused("thief", KB_ERR_BAD_SEAL, "vorige sleutel");
	cr_assert_eq(pki("pki request",
			 ARGS("--keys", "@second", "--party", SCHOOL, "--kind", "school", "--name",
			      "X", "--vestiging", "99AA00:bao:X", "--out", "@second.req",
			      "--key-version", "2", "--previous-keys", "@school")),
		     0);
	cr_assert_eq(admit("second"), 0);
	cr_assert_eq(pki("pki join", ARGS("--keys", "@second", "--yes",
					  "@joins/00000099000000001000-99AA00.join")),
		     0);
	open_register(&reg);
	{
		struct kb_party_id school;

		cr_assert_eq(kb_party_id_parse(kb_span_text(SCHOOL), &school), KB_OK);
		cr_assert_eq(kb_pki_register_find(&reg, &school)->descriptor.version, 2);
	}
	kb_pki_register_release(&reg);
	cr_assert_eq(
		pki("pki request", ARGS("--keys", "@x", "--party", SCHOOL, "--kind", "school",
					"--name", "X", "--out", "@x.req", "--key-version", "2")),
		64, "without the previous keys");
}

Test(pki, a_party_does_not_change_its_kind)
{
	cr_assert_eq(admit("gemeente"), 0);
	cr_assert_eq(pki("pki request", ARGS("--keys", "@other", "--party", GEMEENTE, "--kind",
					     "swv", "--name", "X", "--out", "@other.req",
					     "--key-version", "2", "--previous-keys", "@gemeente")),
		     0);
	refused("other", KB_ERR_DATA, "staat al in het register als");
}

Test(pki, a_gemeentecode_belongs_to_one_party_at_a_time)
{
	cr_assert_eq(admit("gemeente"), 0);
	cr_assert_eq(request("second", "00000099000000002001", "gemeente", "--gemeente", "0114"),
		     0);
	refused("second", KB_ERR_EXISTS, "gemeentecode 0114");
	cr_assert_eq(
		request("third", "00000099000000002002", "gemeente", "--gemeente", "0109:20251231"),
		0);
	refused("third", KB_ERR_EXISTS, "gemeentecode 0109");
	cr_assert_eq(request("fourth", "00000099000000002003", "gemeente", "--gemeente",
			     "0109:20260101"),
		     0);
	cr_assert_eq(admit("fourth"), 0, "after the last day of the other");
	cr_assert_eq(request("fifth", "00000099000000002004", "gemeente", "--gemeente",
			     "0200,0200:20250101"),
		     0);
	refused("fifth", KB_ERR_DATA, "tweemaal");
}

Test(pki, units_vestigingen_and_codes_are_for_those_who_have_them)
{
	cr_assert_eq(request("unit", GEMEENTE "/99AA00", "gemeente", "--gemeente", "0300"), 0);
	refused("unit", KB_ERR_DATA, "alleen een school");
	cr_assert_eq(request("bare", "00000099000000004000/99AB00", "school", NULL, NULL), 0);
	refused("bare", KB_ERR_DATA, "vestigingen");
	cr_assert_eq(request("elsewhere", "00000099000000004000/99AB00", "school", "--vestiging",
			     "99AC00:bao:X"),
		     0);
	refused("elsewhere", KB_ERR_DATA, "99AB00");
	cr_assert_eq(request("serving", "00000099000000004001", "swv", "--gemeente", "0301"), 0);
	refused("serving", KB_ERR_DATA, "alleen een gemeente");
}

Test(pki, there_is_one_broker_and_no_party_asks_to_be_registrar)
{
	cr_assert_eq(request("second", "00000099000000000003", "broker", NULL, NULL), 0);
	refused("second", KB_ERR_EXISTS, "al een broker");
	cr_assert_eq(request("boss", "00000099000000000004", "registrar", NULL, NULL), 64);
}

/* Takes a request apart, lets change break it, signs it again and writes it as name.req. */
static void
forge(const char *from, const char *name,
      void (*change)(struct kb_descriptor *descriptor, struct kb_join_request *out,
		     struct kb_buf *csr))
{
	char file[64];
	struct kb_pki_path keys = place(from);
	struct kb_pki_path key_path = kb_pki_path(keys.text, KB_PKI_CERTIFICATE_KEY);
	struct kb_pki_path path;
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_buf descriptor_bytes = { 0 };
	struct kb_buf signature = { 0 };
	struct kb_buf csr = { 0 };
	struct kb_buf out_bytes = { 0 };
	struct kb_join_request out;
	struct kb_descriptor descriptor;
	struct kb_x509_key *key = NULL;
	struct kb_sign_key *sign_key = NULL;
	struct kb_pki_signers signers;

	(void)snprintf(file, sizeof(file), "%s.req", from);
	path = place(file);
	cr_assert_eq(kb_file_read(path.text, 65536, &bytes, NULL), KB_OK);
	cr_assert_eq(kb_join_request_decode(kb_buf_span(&bytes), &arena, &out), KB_OK);
	cr_assert_eq(kb_descriptor_decode(out.descriptor, &arena, &descriptor), KB_OK);
	change(&descriptor, &out, &csr);
	cr_assert_eq(kb_descriptor_encode(&descriptor, &descriptor_bytes), KB_OK);
	cr_assert_eq(kb_x509_key_load(key_path.text, &key, NULL), KB_OK);
	cr_assert_eq(kb_pki_sign_key(keys.text, &sign_key, NULL), KB_OK);
	signers = (struct kb_pki_signers){ .certificate_key = key, .own = sign_key };
	if (csr.len > 0) {
		out.csr = kb_buf_span(&csr);
	}
	cr_assert_eq(kb_pki_sign_descriptor(&signers, kb_buf_span(&descriptor_bytes), &signature,
					    &out, NULL),
		     KB_OK);
	cr_assert_eq(kb_join_request_encode(&out, &out_bytes), KB_OK);
	(void)snprintf(file, sizeof(file), "%s.req", name);
	path = place(file);
	cr_assert_eq(kb_file_replace(path.text, 0600, kb_buf_span(&out_bytes), NULL), KB_OK);
	kb_x509_key_free(key);
	kb_sign_key_free(sign_key);
	kb_buf_release(&bytes);
	kb_buf_release(&descriptor_bytes);
	kb_buf_release(&signature);
	kb_buf_release(&csr);
	kb_buf_release(&out_bytes);
	kb_arena_release(&arena);
}

static void
weak_key(struct kb_descriptor *descriptor, struct kb_join_request *out, struct kb_buf *csr)
{
	(void)out;
	(void)csr;
	memset(descriptor->sealing_key, 0, sizeof(descriptor->sealing_key));
	descriptor->sealing_key[0] = 1;
}

static void
not_own_key(struct kb_descriptor *descriptor, struct kb_join_request *out, struct kb_buf *csr)
{
	struct kb_secret seed = { 0 };

	(void)out;
	(void)csr;
	cr_assert_eq(kb_key_fresh(&seed), KB_OK);
	cr_assert_eq(kb_key_public(KB_KEY_USE_SIGN, &seed, descriptor->signing_key), KB_OK);
	kb_secret_release(&seed);
}

static void
foreign_csr(struct kb_descriptor *descriptor, struct kb_join_request *out, struct kb_buf *csr)
{
	struct kb_pki_path keys = place("school");
	struct kb_pki_path path = kb_pki_path(keys.text, KB_PKI_CERTIFICATE_KEY);
	struct kb_x509_subject subject = { .common_name = "X",
					   .organisation = "X",
					   .oin = GEMEENTE };
	struct kb_x509_key *key = NULL;

	(void)descriptor;
	(void)out;
	cr_assert_eq(kb_x509_key_load(path.text, &key, NULL), KB_OK);
	cr_assert_eq(kb_x509_request_create(key, &subject, csr, NULL), KB_OK);
	kb_x509_key_free(key);
}

Test(pki, weak_keys_keys_of_another_and_a_foreign_oin_are_refused)
{
	forge("school", "weak", weak_key);
	refused("weak", KB_ERR_BAD_KEY, "sealing");
	forge("school", "borrowed", not_own_key);
	refused("borrowed", KB_ERR_BAD_SEAL, "niet van de aanvrager");
	forge("school", "foreign", foreign_csr);
	refused("foreign", KB_ERR_CERTIFICATE, "OIN");
}

Test(pki, a_register_that_somebody_changed_is_not_signed_again)
{
	struct kb_pki_path path = place("reg/register.kb");
	struct kb_pki_path reg_folder = place("reg");
	struct kb_pki_register reg = { 0 };
	struct kb_buf bytes = { 0 };

	cr_assert_eq(kb_file_read(path.text, 1 << 20, &bytes, NULL), KB_OK);
	for (size_t i = 0; i < bytes.len; i += 61) {
		bytes.at[i] ^= 2;
		cr_assert_eq(kb_file_replace(path.text, 0644, kb_buf_span(&bytes), NULL), KB_OK);
		cr_assert_eq(kb_pki_register_open(reg_folder.text, &reg), KB_ERR_DATA, "byte %zu",
			     i);
		kb_pki_register_release(&reg);
		reg = (struct kb_pki_register){ 0 };
		bytes.at[i] ^= 2;
	}
	cr_assert_eq(kb_file_replace(path.text, 0644, kb_buf_span(&bytes), NULL), KB_OK);
	cr_assert_eq(admit("school"), 0);
	kb_buf_release(&bytes);
}

Test(pki, renew_and_revoke_raise_the_version_and_a_revoked_party_is_in_the_list)
{
	struct kb_pki_register reg;
	uint64_t version = 0;

	cr_assert_eq(admit("school"), 0);
	open_register(&reg);
	version = reg.version;
	kb_pki_register_release(&reg);
	cr_assert_eq(pki("pki renew", ARGS("--dir", "@reg", "--days", "60")), 0);
	cr_assert_eq(
		pki("pki revoke", ARGS("--dir", "@reg", "--party", SCHOOL, "--key-version", "1")),
		0);
	cr_assert_eq(
		pki("pki revoke", ARGS("--dir", "@reg", "--party", SCHOOL, "--key-version", "1")),
		65, "twice");
	cr_assert_eq(
		pki("pki revoke", ARGS("--dir", "@reg", "--party", SCHOOL, "--key-version", "2")),
		65);
	open_register(&reg);
	cr_assert_eq(reg.version, version + 2);
	cr_assert_eq(reg.revocations.item_count, 1);
	kb_pki_register_release(&reg);
	cr_assert_eq(pki("pki renew", ARGS("--dir", "@reg", "--days", "0")), 64);
}

Test(pki, the_same_request_again_gives_the_join_file_again)
{
	struct kb_pki_path path = place("joins/00000099000000001000-99AA00.join");
	struct kb_pki_register reg;
	size_t count = 0;

	cr_assert_eq(admit("school"), 0);
	open_register(&reg);
	count = reg.member_count;
	kb_pki_register_release(&reg);
	cr_assert_eq(unlink(path.text), 0);
	cr_assert_eq(admit("school"), 0);
	cr_assert_eq(access(path.text, F_OK), 0);
	open_register(&reg);
	cr_assert_eq(reg.member_count, count);
	kb_pki_register_release(&reg);
}

Test(pki, nothing_is_admitted_when_the_join_files_could_not_be_written)
{
	struct kb_pki_register reg;
	uint64_t version = 0;

	open_register(&reg);
	version = reg.version;
	kb_pki_register_release(&reg);
	cr_assert_neq(
		pki("pki admit", ARGS("--dir", "@reg", "--broker-address", "tcp://b:5", "--out",
				      "@school.req/not-a-folder", "--yes", "@school.req")),
		0);
	cr_assert_eq(pki("pki admit", ARGS("--dir", "@reg", "--broker-address", "http://b", "--out",
					   "@joins", "--yes", "@school.req")),
		     64);
	open_register(&reg);
	cr_assert_eq(reg.version, version);
	kb_pki_register_release(&reg);
}

Test(pki, a_key_folder_that_others_can_read_is_refused)
{
	struct kb_pki_path path = place("open");

	cr_assert_eq(mkdir(path.text, 0755), 0);
	cr_assert_eq(request("open", "00000099000000005000", "swv", NULL, NULL), 77);
	cr_assert_eq(pki("pki request", ARGS("--keys", "@y", "--party", "123", "--kind", "swv",
					     "--name", "X", "--out", "@y.req")),
		     64);
	cr_assert_eq(pki("pki request", ARGS("--keys", "@y", "--kind", "swv")), 64);
	cr_assert_eq(pki("pki request", ARGS("--nonsense")), 64);
}
