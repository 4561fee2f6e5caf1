/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode profile sign`: the samenwerkingsverband puts its seal under the profile of its region. */
#include "agents/cli/pki_join_file.h"
#include "agents/cli/pki_report.h"
#include "agents/cli/profile.h"
#include "common/base/file.h"
#include "common/base/text.h"

enum { OPTION_KEYS, OPTION_COUNT };

static const struct kb_option options[] = {
	[OPTION_KEYS] = { "sleutels", "MAP",
			  "de map van pki request en pki join, met de sleutel om te tekenen" },
};

struct signing {
	struct kb_profile profile;
	struct kb_pki_join_file join;
	struct kb_sign_key *key;
	struct kb_profile_seal seal;
	struct kb_error_text where;
};

/* Only the samenwerkingsverband of this region, with the key that the register knows. */
static enum kb_err
may_sign(struct signing *signing, const char *folder)
{
	const struct kb_descriptor *descriptor = &signing->join.descriptor;
	struct kb_sign_public own;
	bool theirs = false;

	for (size_t i = 0; i < descriptor->swv_count; i++) {
		theirs = theirs ||
			 kb_span_equal(descriptor->swv[i], kb_span_text(signing->profile.swv));
	}
	if (descriptor->kind != KB_PARTY_SWV || !theirs) {
		return kb_fail(
			&signing->where, KB_ERR_NOT_ALLOWED,
			"dit profiel is van samenwerkingsverband %s, en %s is dat niet volgens "
			"het register",
			signing->profile.swv, descriptor->party.text);
	}
	kb_sign_key_public(signing->key, &own);
	if (memcmp(own.bytes, descriptor->signing_key, sizeof(own.bytes)) != 0) {
		return kb_fail(&signing->where, KB_ERR_KEY_FILE,
			       "de sleutel in %s is niet die waarmee deze partij is toegelaten",
			       folder);
	}
	return KB_OK;
}

static enum kb_err
write_seal(struct signing *signing, const char *folder)
{
	struct kb_pki_path path = kb_pki_path(folder, KB_PROFILE_SEAL_FILE);
	struct kb_buf text = { 0 };
	enum kb_err err = kb_profile_seal_make(
		&signing->profile.hash, &signing->join.descriptor.party,
		signing->join.descriptor.version, signing->key, &signing->seal);

	if (err == KB_OK) {
		err = kb_profile_seal_encode(&signing->seal, &text);
	}
	if (err == KB_OK) {
		err = kb_file_replace(path.text, 0644, kb_buf_span(&text), &signing->where);
	}
	kb_buf_release(&text);
	return err;
}

static int
report(const struct kb_cli *cli, const struct signing *signing)
{
	char version[16];
	char hash[2 * KB_HASH_BYTES + 1];
	char key[2 * KB_SIGN_PUBLIC_BYTES + 1];
	const char *rows[][2] = { { "profiel", signing->profile.name },
				  { "swv", signing->seal.swv.text },
				  { "sleutelversie", version },
				  { "sleutel", key },
				  { "hash", hash } };

	(void)snprintf(version, sizeof(version), "%u", signing->seal.key_version);
	kb_hex_encode(KB_SPAN_OF(signing->seal.hash.bytes), hash);
	kb_hex_encode(KB_SPAN_OF(signing->seal.key.bytes), key);
	return kb_pki_report(
		cli,
		"Het profiel is getekend. Wie het krijgt kan dat nakijken met ketenbode "
		"profile check.",
		"zegel", rows, sizeof(rows) / sizeof(rows[0]));
}

static enum kb_err
sign(struct signing *signing, const char *folder, const char *keys)
{
	struct kb_pki_path path = kb_pki_path(keys, KB_PKI_JOIN);
	enum kb_err err = kb_pki_join_file_read(&signing->join, path.text, &signing->where);

	if (err == KB_OK) {
		err = kb_pki_sign_key(keys, &signing->key, &signing->where);
	}
	if (err == KB_OK) {
		err = may_sign(signing, keys);
	}
	return err == KB_OK ? write_seal(signing, folder) : err;
}

int
kb_cli_profile_sign(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		    char **argv)
{
	struct kb_option_values values;
	struct signing signing = { .key = NULL };
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	if (values.operand_count != 1 || values.value[OPTION_KEYS] == NULL) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef een map en --sleutels MAP; zie ketenbode %s --help",
				   command->words);
	}
	if (!kb_cli_profile_open(cli, values.operands[0], &signing.profile, &exit_code)) {
		return exit_code;
	}
	err = sign(&signing, values.operands[0], values.value[OPTION_KEYS]);
	exit_code = err == KB_OK ? report(cli, &signing) : kb_pki_fail(cli, err, &signing.where);
	kb_sign_key_free(signing.key);
	kb_pki_join_file_release(&signing.join);
	kb_profile_release(&signing.profile);
	return exit_code;
}
