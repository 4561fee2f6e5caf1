/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode pki init: a registrar with an authority and a register that holds only itself. */
#include <unistd.h>

#include "agents/cli/pki.h"
#include "agents/cli/pki_register.h"
#include "agents/cli/pki_report.h"
#include "common/crypto/pem.h"

#define CA_DAYS 3650

enum { INIT_DIR, INIT_OIN, INIT_NAME, INIT_DAYS, INIT_COUNT };

static const struct kb_option init_options[] = {
	[INIT_DIR] = { "dir", "MAP", "de map van de registerhouder" },
	[INIT_OIN] = { "oin", "OIN", "OIN van de registerhouder" },
	[INIT_NAME] = { "name", "NAAM", "naam van de registerhouder" },
	[INIT_DAYS] = { "days", "AANTAL",
			"zo lang geldt een versie van het register (standaard 30)" },
};

/* An init that was broken off goes on with the files that it made. */
static enum kb_err
own_key(const char *path, struct kb_x509_key **key, struct kb_error_text *where)
{
	enum kb_err err = KB_OK;

	if (access(path, F_OK) == 0) {
		return kb_x509_key_load(path, key, where);
	}
	err = kb_x509_key_fresh(key);
	return err == KB_OK ? kb_x509_key_write(path, *key, where) : err;
}

static enum kb_err
make_authority(const char *folder, const char *name, struct kb_error_text *where)
{
	struct kb_pki_path key_path = kb_pki_path(folder, KB_PKI_CA_KEY);
	struct kb_pki_path path = kb_pki_path(folder, KB_PKI_CA);
	struct kb_clock clock = kb_clock_system();
	int64_t now_utc_ms = kb_clock_utc_ms(&clock);
	struct kb_x509_validity validity = { .from_utc_ms = now_utc_ms - 60 * 60 * 1000,
					     .until_utc_ms = now_utc_ms + CA_DAYS * KB_DAY_MS };
	struct kb_x509_key *key = NULL;
	struct kb_buf certificate = { 0 };
	enum kb_err err = own_key(key_path.text, &key, where);

	if (err == KB_OK && access(path.text, F_OK) != 0) {
		err = kb_x509_ca_create(key, name, validity, &certificate, where);
		if (err == KB_OK) {
			err = kb_pem_file_write(path.text, KB_PEM_KIND_CERTIFICATE,
						kb_buf_span(&certificate), where);
		}
	}
	kb_buf_release(&certificate);
	kb_x509_key_free(key);
	return err;
}

/* The registrar is a member like everybody else: it asks itself. */
static enum kb_err
admit_registrar(struct kb_pki_register *reg, const char *folder, const char *name)
{
	struct kb_descriptor descriptor = {
		.wire_version = KB_WIRE_VERSION,
		.party = reg->registrar,
		.kind = KB_PARTY_REGISTRAR,
		.version = 1,
		.name = kb_span_text(name),
		.valid_from_utc_ms = reg->now_utc_ms - 10 * 60 * 1000,
		.valid_until_utc_ms = reg->now_utc_ms + KB_PKI_CERTIFICATE_DAYS * KB_DAY_MS
	};
	struct kb_x509_subject subject = { .common_name = name,
					   .organisation = name,
					   .oin = reg->registrar.text };
	struct kb_pki_path key_path = kb_pki_path(folder, KB_PKI_CERTIFICATE_KEY);
	struct kb_pki_signers signers = { .own = reg->sign_key };
	struct kb_x509_key *key = NULL;
	struct kb_join_request request = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_buf csr = { 0 };
	struct kb_buf signature = { 0 };
	struct kb_buf file = { 0 };
	size_t index = 0;
	enum kb_err err = kb_pki_public_keys(folder, &descriptor, &reg->where);

	if (err == KB_OK) {
		err = own_key(key_path.text, &key, &reg->where);
	}
	if (err == KB_OK) {
		err = kb_x509_request_create(key, &subject, &csr, &reg->where);
	}
	if (err == KB_OK) {
		err = kb_descriptor_encode(&descriptor, &bytes);
	}
	if (err == KB_OK) {
		signers.certificate_key = key;
		request.csr = kb_buf_span(&csr);
		err = kb_pki_sign_descriptor(&signers, kb_buf_span(&bytes), &signature, &request,
					     NULL);
	}
	if (err == KB_OK) {
		err = kb_join_request_encode(&request, &file);
	}
	if (err == KB_OK) {
		err = kb_pki_register_admit(reg, kb_buf_span(&file), &index);
	}
	kb_buf_release(&file);
	kb_buf_release(&signature);
	kb_buf_release(&csr);
	kb_buf_release(&bytes);
	kb_x509_key_free(key);
	return err;
}

static enum kb_err
init_steps(struct kb_pki_register *reg, const char *folder, const char *name, uint64_t days)
{
	struct kb_pki_path path = kb_pki_path(folder, KB_PKI_REGISTER);
	struct kb_signed_register_head head;
	enum kb_err err = kb_pki_folder_make(folder, &reg->where);

	if (err == KB_OK && access(path.text, F_OK) == 0) {
		err = kb_fail(&reg->where, KB_ERR_EXISTS,
			      "%s is er al; dit register wordt niet overschreven", path.text);
	}
	if (err == KB_OK) {
		err = make_authority(folder, name, &reg->where);
	}
	if (err == KB_OK) {
		err = kb_pki_keys_make(folder, &reg->where);
	}
	if (err == KB_OK) {
		err = kb_pki_register_keys(folder, reg);
	}
	if (err == KB_OK) {
		err = kb_pki_register_crl(reg, NULL, 0, days + KB_PKI_CRL_MARGIN_DAYS);
	}
	if (err == KB_OK) {
		err = admit_registrar(reg, folder, name);
	}
	return err == KB_OK ? kb_pki_register_save(reg, folder, days, &head) : err;
}

int
kb_pki_init(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct kb_pki_register reg = { 0 };
	struct kb_sign_public public_key;
	char fingerprint[KB_FINGERPRINT_TEXT];
	uint64_t days = 0;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, init_options, INIT_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.value[INIT_DIR] == NULL || values.value[INIT_OIN] == NULL ||
	    values.value[INIT_NAME] == NULL ||
	    kb_party_id_parse(kb_span_text(values.value[INIT_OIN]), &reg.registrar) != KB_OK ||
	    kb_party_id_unit(&reg.registrar)[0] != 0) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef --dir MAP, --oin OIN (20 tekens) en --name NAAM");
	}
	err = kb_pki_days(values.value[INIT_DAYS], KB_PKI_HEAD_DAYS_DEFAULT, &days, &reg.where);
	if (err == KB_OK) {
		err = init_steps(&reg, values.value[INIT_DIR], values.value[INIT_NAME], days);
	}
	if (err == KB_OK) {
		const char *rows[][2] = { { "registerhouder", reg.registrar.text },
					  { "map", values.value[INIT_DIR] },
					  { "vingerafdruk van uw sleutel", fingerprint } };
		struct kb_span key = KB_SPAN_OF(public_key.bytes);

		kb_sign_key_public(reg.sign_key, &public_key);
		kb_fingerprint(&key, 1, fingerprint);
		exit_code = kb_pki_report(cli,
					  "Het register is gemaakt. Laat nu de broker en de "
					  "partijen toe (pki admit).",
					  "register", rows, 3);
	} else {
		exit_code = kb_pki_fail(cli, err, &reg.where);
	}
	kb_pki_register_release(&reg);
	return exit_code;
}
