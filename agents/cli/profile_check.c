/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode profile check`: a profile as a whole, and its seal. */
#include <dirent.h>
#include <errno.h>

#include "agents/cli/profile.h"
#include "common/base/file.h"
#include "common/base/text.h"

enum { OPTION_KEY, OPTION_COUNT };

static const struct kb_option options[] = {
	[OPTION_KEY] = { "sleutel", "BESTAND",
			 "de openbare sleutel waarmee het samenwerkingsverband tekent: 64 "
			 "hexadecimale cijfers" },
};

#define KEY_FILE_MAX 256
#define TEXT_BYTES 200

/* Why nothing in it can be read, in words for who typed the name; "" when it is a folder that can be read. */
static const char *
folder_trouble(const char *folder)
{
	DIR *dir = opendir(folder);

	if (dir != NULL) {
		(void)closedir(dir);
		return "";
	}
	if (errno == ENOENT) {
		return "bestaat niet";
	}
	return errno == ENOTDIR ? "is geen map" : "is niet te lezen met uw account";
}

bool
kb_cli_profile_open(const struct kb_cli *cli, const char *folder, struct kb_profile *out,
		    int *exit_code)
{
	struct kb_faults faults = { 0 };
	const char *trouble = folder_trouble(folder);
	enum kb_err err = KB_OK;

	if (trouble[0] != '\0') {
		*exit_code =
			kb_cli_fail(cli, KB_ERR_DATA,
				    "%s %s; geef de map van een regioprofiel, waarin profile.ini "
				    "en de routes staan",
				    folder, trouble);
		return false;
	}
	err = kb_profile_open(folder, &faults, out);
	if (err == KB_ERR_NO_MEMORY) {
		*exit_code = kb_cli_fail(cli, err, "%s", kb_err_text(err));
	} else if (err != KB_OK) {
		*exit_code = kb_cli_tell_faults(cli, &faults, "het regioprofiel", folder);
	}
	kb_faults_release(&faults);
	return err == KB_OK;
}

static enum kb_err
read_key(const char *path, struct kb_sign_public *out, struct kb_error_text *where)
{
	struct kb_buf bytes = { 0 };
	enum kb_err err = kb_file_read(path, KEY_FILE_MAX, &bytes, where);
	struct kb_span text = kb_buf_span(&bytes);

	if (err == KB_OK) {
		while (text.len > 0 && text.at[text.len - 1] == '\n') {
			text.len--;
		}
		err = kb_hex_decode(kb_text_trim(text), out->bytes, sizeof(out->bytes));
		if (err != KB_OK) {
			err = kb_fail(where, KB_ERR_DATA,
				      "%s: een openbare sleutel is 64 hexadecimale cijfers, zoals "
				      "profile sign haar toont",
				      path);
		}
	}
	kb_buf_release(&bytes);
	return err;
}

/* How the seal stands, in words; an error when it does not hold. key NULL: nobody said whose it must be. */
static enum kb_err
judge_seal(const struct kb_profile *profile, const struct kb_sign_public *key,
	   char said[TEXT_BYTES], struct kb_error_text *where)
{
	const struct kb_profile_seal *seal = &profile->seal;
	enum kb_err err =
		kb_profile_seal_check(seal, &profile->hash, key != NULL ? key : &seal->key);

	if (err == KB_ERR_NOT_FOUND && key == NULL) {
		(void)snprintf(said, TEXT_BYTES, "geen");
		return KB_OK;
	}
	if (err == KB_OK) {
		(void)snprintf(said, TEXT_BYTES, "van %s, sleutelversie %u, %s", seal->swv.text,
			       seal->key_version,
			       key != NULL ? "met deze sleutel getekend"
					   : "ongeschonden; met --sleutel ziet u of het hun "
					     "sleutel is");
		return KB_OK;
	}
	if (err == KB_ERR_NOT_FOUND) {
		return kb_fail(where, KB_ERR_DATA,
			       "er is geen zegel; laat het samenwerkingsverband tekenen met "
			       "ketenbode profile sign");
	}
	return kb_fail(
		where, KB_ERR_DATA,
		err == KB_ERR_COMMITMENT_MISMATCH
			? "het zegel is van een andere versie van dit profiel; laat het "
			  "opnieuw tekenen met ketenbode profile sign"
			: "het zegel klopt niet: de handtekening of de sleutel is een andere; "
			  "gebruik dit profiel niet en vraag het samenwerkingsverband");
}

static enum kb_err
report(const struct kb_cli *cli, const struct kb_profile *profile, const char *seal)
{
	char routes[24];
	char hash[2 * KB_HASH_BYTES + 1];
	const char *rows[][2] = { { "id", profile->id },   { "naam", profile->name },
				  { "swv", profile->swv }, { "routes", routes },
				  { "hash", hash },	   { "zegel", seal } };
	struct kb_output *output = NULL;
	enum kb_err err = kb_output_new(&output);

	(void)snprintf(routes, sizeof(routes), "%zu", profile->route_count);
	kb_hex_encode(KB_SPAN_OF(profile->hash.bytes), hash);
	if (err == KB_OK) {
		err = kb_output_say(output, "in orde");
	}
	if (err == KB_OK) {
		err = kb_output_section(output, "profiel", KB_PROFILE_REGION_COLUMNS);
	}
	for (size_t i = 0; err == KB_OK && i < sizeof(rows) / sizeof(rows[0]); i++) {
		err = kb_output_row(output, rows[i], 2);
	}
	if (err == KB_OK) {
		err = kb_output_print(output, cli, 0, "", stdout);
	}
	kb_output_free(output);
	return err;
}

int
kb_cli_profile_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		     char **argv)
{
	struct kb_option_values values;
	struct kb_profile profile = { 0 };
	struct kb_sign_public key;
	struct kb_error_text where = { "" };
	char seal[TEXT_BYTES] = "";
	const char *path = NULL;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	if (values.operand_count != 1) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "geef een map; zie ketenbode %s --help",
				   command->words);
	}
	if (!kb_cli_profile_open(cli, values.operands[0], &profile, &exit_code)) {
		return exit_code;
	}
	path = values.value[OPTION_KEY];
	if (path != NULL) {
		err = read_key(path, &key, &where);
	}
	if (err == KB_OK) {
		err = judge_seal(&profile, path != NULL ? &key : NULL, seal, &where);
	}
	if (err == KB_OK) {
		err = report(cli, &profile, seal);
	}
	kb_profile_release(&profile);
	return err == KB_OK ? 0
			    : kb_cli_fail(cli, err, "%s",
					  where.text[0] != '\0' ? where.text : kb_err_text(err));
}
