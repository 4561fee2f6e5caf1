/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode pki init, admit, renew and revoke: the work of the registrar. */
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/output.h"
#include "agents/cli/pki.h"
#include "agents/cli/pki_register.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/crypto/pem.h"

#define CA_DAYS 3650

static int
fail(const struct kb_cli *cli, enum kb_err err, const struct kb_error_text *where)
{
	return kb_cli_fail(cli, err, "%s", where->text[0] != 0 ? where->text : kb_err_text(err));
}

static enum kb_err
days_option(const struct kb_option_values *values, size_t option, uint64_t fallback, uint64_t *out,
	    struct kb_error_text *where)
{
	*out = fallback;
	if (values->value[option] == NULL) {
		return KB_OK;
	}
	return kb_text_to_u64(kb_span_text(values->value[option]), 3650, out) == KB_OK && *out > 0
		       ? KB_OK
		       : kb_fail(where, KB_ERR_USAGE,
				 "een aantal dagen is een getal van 1 tot en met 3650");
}

/* One section "veld|waarde" with a sentence above it. */
static int
report(const struct kb_cli *cli, const char *text, const char *section, const char *(*rows)[2],
       size_t count)
{
	struct kb_output *output = NULL;
	enum kb_err err = kb_output_new(&output);

	if (err == KB_OK) {
		err = kb_output_say(output, text);
	}
	if (err == KB_OK) {
		err = kb_output_section(output, section, "veld|waarde");
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		err = kb_output_row(output, rows[i], 2);
	}
	if (err == KB_OK) {
		err = kb_output_print(output, cli, 0, "", stdout);
	}
	kb_output_free(output);
	return kb_err_exit_code(err);
}

static void
key_fingerprint(const uint8_t key[KB_WIRE_KEY_BYTES], char out[KB_FINGERPRINT_TEXT])
{
	struct kb_span span = kb_span(key, KB_WIRE_KEY_BYTES);

	kb_fingerprint(&span, 1, out);
}

enum { INIT_DIR, INIT_OIN, INIT_NAME, INIT_DAYS, INIT_COUNT };

static const struct kb_option init_options[] = {
	[INIT_DIR] = { "dir", "MAP", "de map van de registerhouder" },
	[INIT_OIN] = { "oin", "OIN", "OIN van de registerhouder" },
	[INIT_NAME] = { "name", "NAAM", "naam van de registerhouder" },
	[INIT_DAYS] = { "days", "AANTAL",
			"zo lang geldt een versie van het register (standaard 30)" },
};

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
	enum kb_err err = kb_x509_key_fresh(&key);

	if (err == KB_OK) {
		err = kb_x509_key_write(key_path.text, key, where);
	}
	if (err == KB_OK) {
		err = kb_x509_ca_create(key, name, validity, &certificate, where);
	}
	if (err == KB_OK) {
		err = kb_pem_file_write(path.text, KB_PEM_KIND_CERTIFICATE,
					kb_buf_span(&certificate), where);
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
	enum kb_err err = kb_pki_public_keys(folder, &descriptor, &reg->where);

	if (err == KB_OK) {
		err = kb_x509_key_fresh(&key);
	}
	if (err == KB_OK) {
		err = kb_x509_key_write(key_path.text, key, &reg->where);
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
		err = kb_pki_register_admit(reg, kb_buf_span(&file));
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
		err = kb_pki_register_crl(reg, NULL, 0, KB_PKI_CRL_DAYS_DEFAULT);
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
	err = days_option(&values, INIT_DAYS, KB_PKI_HEAD_DAYS_DEFAULT, &days, &reg.where);
	if (err == KB_OK) {
		err = init_steps(&reg, values.value[INIT_DIR], values.value[INIT_NAME], days);
	}
	if (err == KB_OK) {
		const char *rows[][2] = { { "registerhouder", reg.registrar.text },
					  { "map", values.value[INIT_DIR] },
					  { "vingerafdruk", fingerprint } };

		kb_sign_key_public(reg.sign_key, &public_key);
		key_fingerprint(public_key.bytes, fingerprint);
		exit_code = report(
			cli, "Het register is gemaakt. Lees wie toetreedt deze vingerafdruk voor.",
			"register", rows, 3);
	} else {
		exit_code = fail(cli, err, &reg.where);
	}
	kb_pki_register_release(&reg);
	return exit_code;
}

enum { ADMIT_DIR, ADMIT_BROKER, ADMIT_OUT, ADMIT_FINGERPRINT, ADMIT_YES, ADMIT_DAYS, ADMIT_COUNT };

static const struct kb_option admit_options[] = {
	[ADMIT_DIR] = { "dir", "MAP", "de map van de registerhouder" },
	[ADMIT_BROKER] = { "broker-address", "ADRES",
			   "waar agents de broker vinden: tcp://naam:poort" },
	[ADMIT_OUT] = { "out", "MAP", "hier komen de toetredingsbestanden" },
	[ADMIT_FINGERPRINT] = { "fingerprint", "GETALLEN",
				"de vingerafdruk die de partij voorlas (een aanvraag tegelijk)" },
	[ADMIT_YES] = { "yes", NULL, "alle vingerafdrukken zijn al vergeleken" },
	[ADMIT_DAYS] = { "days", "AANTAL",
			 "zo lang geldt deze versie van het register (standaard 30)" },
};

static bool
same_digits(const char *a, const char *b)
{
	for (;;) {
		while (*a == ' ' || *a == '-') {
			a++;
		}
		while (*b == ' ' || *b == '-') {
			b++;
		}
		if (*a != *b) {
			return false;
		}
		if (*a == 0) {
			return true;
		}
		a++;
		b++;
	}
}

/* The voice on the phone is the proof that the request is the party's own: never skipped in silence. */
static enum kb_err
confirm(const struct kb_descriptor *descriptor, const struct kb_option_values *values,
	struct kb_error_text *where)
{
	char fingerprint[KB_FINGERPRINT_TEXT];
	char line[64] = "";

	kb_pki_fingerprint(descriptor, fingerprint);
	if (values->value[ADMIT_YES] != NULL) {
		return KB_OK;
	}
	if (values->value[ADMIT_FINGERPRINT] != NULL) {
		return same_digits(values->value[ADMIT_FINGERPRINT], fingerprint)
			       ? KB_OK
			       : kb_fail(where, KB_ERR_PERMISSION,
					 "de vingerafdruk van %s is %s; dat is niet wat u opgaf. "
					 "Laat niemand toe",
					 descriptor->party.text, fingerprint);
	}
	if (!isatty(STDIN_FILENO)) {
		return kb_fail(
			where, KB_ERR_NEEDS_CONFIRMATION,
			"vergelijk de vingerafdruk van %s (%s) en geef --fingerprint of --yes",
			descriptor->party.text, fingerprint);
	}
	(void)fprintf(stderr, "%s: leest de partij voor: %s ? (ja/nee) ", descriptor->party.text,
		      fingerprint);
	return fgets(line, sizeof(line), stdin) != NULL && strcmp(line, "ja\n") == 0
		       ? KB_OK
		       : kb_fail(where, KB_ERR_PERMISSION, "%s is niet toegelaten",
				 descriptor->party.text);
}

static enum kb_err
admit_file(struct kb_pki_register *reg, const char *path, const struct kb_option_values *values)
{
	struct kb_buf request = { 0 };
	enum kb_err err = kb_file_read(path, KB_WIRE_JOIN_BYTES_MAX, &request, &reg->where);

	if (err == KB_OK) {
		err = kb_pki_register_admit(reg, kb_buf_span(&request));
	}
	if (err == KB_OK) {
		err = confirm(&reg->members[reg->member_count - 1].descriptor, values, &reg->where);
	}
	kb_buf_release(&request);
	return err;
}

static enum kb_err
write_joins(struct kb_pki_register *reg, size_t first, const struct kb_signed_register_head *head,
	    const struct kb_option_values *values)
{
	enum kb_err err = KB_OK;

	for (size_t i = first; err == KB_OK && i < reg->member_count; i++) {
		char name[KB_PARTY_ID_MAX + 1];
		char file[KB_PARTY_ID_MAX + 8];
		struct kb_buf join = { 0 };

		kb_pki_party_file(&reg->members[i].descriptor.party, name);
		(void)snprintf(file, sizeof(file), "%s.join", name);
		err = kb_pki_register_join(reg, i, head, values->value[ADMIT_BROKER], &join,
					   &reg->where);
		if (err == KB_OK) {
			struct kb_pki_path path = kb_pki_path(values->value[ADMIT_OUT], file);

			err = kb_file_replace(path.text, 0644, kb_buf_span(&join), &reg->where);
		}
		kb_buf_release(&join);
	}
	return err;
}

static int
report_admitted(const struct kb_cli *cli, const struct kb_pki_register *reg, size_t first)
{
	struct kb_output *output = NULL;
	enum kb_err err = kb_output_new(&output);

	if (err == KB_OK) {
		err = kb_output_say(output, "Toegelaten. Geef elke partij haar toetredingsbestand, "
					    "en de broker het nieuwe register.");
	}
	if (err == KB_OK) {
		err = kb_output_section(output, "toegelaten",
					"partij|soort|sleutelversie|vingerafdruk");
	}
	for (size_t i = first; err == KB_OK && i < reg->member_count; i++) {
		const struct kb_descriptor *descriptor = &reg->members[i].descriptor;
		char fingerprint[KB_FINGERPRINT_TEXT];
		char version[16];
		const char *cells[] = { descriptor->party.text,
					kb_party_kind_name(descriptor->kind), version,
					fingerprint };

		(void)snprintf(version, sizeof(version), "%u", descriptor->version);
		kb_pki_fingerprint(descriptor, fingerprint);
		err = kb_output_row(output, cells, 4);
	}
	if (err == KB_OK) {
		err = kb_output_print(output, cli, 0, "", stdout);
	}
	kb_output_free(output);
	return kb_err_exit_code(err);
}

int
kb_pki_admit(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct kb_pki_register reg = { 0 };
	struct kb_signed_register_head head;
	size_t first = 0;
	uint64_t days = 0;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, admit_options, ADMIT_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.value[ADMIT_DIR] == NULL || values.value[ADMIT_BROKER] == NULL ||
	    values.value[ADMIT_OUT] == NULL || values.operand_count == 0) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef --dir, --broker-address, --out en een of meer aanvragen");
	}
	if (values.value[ADMIT_FINGERPRINT] != NULL && values.operand_count != 1) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "--fingerprint hoort bij een aanvraag tegelijk");
	}
	err = days_option(&values, ADMIT_DAYS, KB_PKI_HEAD_DAYS_DEFAULT, &days, &reg.where);
	if (err == KB_OK) {
		err = kb_pki_register_open(values.value[ADMIT_DIR], &reg);
	}
	first = reg.member_count;
	for (size_t i = 0; err == KB_OK && i < values.operand_count; i++) {
		err = admit_file(&reg, values.operands[i], &values);
	}
	if (err == KB_OK && kb_pki_register_find_kind(&reg, KB_PARTY_BROKER) == NULL) {
		err = kb_fail(&reg.where, KB_ERR_STATE, "laat eerst (of tegelijk) de broker toe");
	}
	if (err == KB_OK) {
		err = kb_pki_register_save(&reg, values.value[ADMIT_DIR], days, &head);
	}
	if (err == KB_OK) {
		err = write_joins(&reg, first, &head, &values);
	}
	exit_code = err == KB_OK ? report_admitted(cli, &reg, first) : fail(cli, err, &reg.where);
	kb_pki_register_release(&reg);
	return exit_code;
}

enum { RENEW_DIR, RENEW_DAYS, RENEW_CRL_DAYS, RENEW_COUNT };

static const struct kb_option renew_options[] = {
	[RENEW_DIR] = { "dir", "MAP", "de map van de registerhouder" },
	[RENEW_DAYS] = { "days", "AANTAL",
			 "zo lang geldt deze versie van het register (standaard 30)" },
	[RENEW_CRL_DAYS] = { "crl-days", "AANTAL",
			     "zo lang geldt de lijst van ingetrokken certificaten (standaard 35)" },
};

static int
report_version(const struct kb_cli *cli, const struct kb_pki_register *reg, const char *text)
{
	char version[24];
	const char *rows[][2] = { { "versie", version } };

	(void)snprintf(version, sizeof(version), "%llu", (unsigned long long)reg->version);
	return report(cli, text, "register", rows, 1);
}

int
kb_pki_renew(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct kb_pki_register reg = { 0 };
	struct kb_signed_register_head head;
	uint64_t days = 0;
	uint64_t crl_days = 0;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, renew_options, RENEW_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.value[RENEW_DIR] == NULL) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "--dir ontbreekt");
	}
	err = days_option(&values, RENEW_DAYS, KB_PKI_HEAD_DAYS_DEFAULT, &days, &reg.where);
	if (err == KB_OK) {
		err = days_option(&values, RENEW_CRL_DAYS, KB_PKI_CRL_DAYS_DEFAULT, &crl_days,
				  &reg.where);
	}
	if (err == KB_OK) {
		err = kb_pki_register_open(values.value[RENEW_DIR], &reg);
	}
	if (err == KB_OK) {
		err = kb_pki_register_crl(&reg, NULL, 0, crl_days);
	}
	if (err == KB_OK) {
		err = kb_pki_register_save(&reg, values.value[RENEW_DIR], days, &head);
	}
	exit_code = err == KB_OK
			    ? report_version(cli, &reg,
					     "Het register is vernieuwd. Geef het aan de broker.")
			    : fail(cli, err, &reg.where);
	kb_pki_register_release(&reg);
	return exit_code;
}

enum { REVOKE_DIR, REVOKE_PARTY, REVOKE_VERSION, REVOKE_SINCE, REVOKE_COUNT };

static const struct kb_option revoke_options[] = {
	[REVOKE_DIR] = { "dir", "MAP", "de map van de registerhouder" },
	[REVOKE_PARTY] = { "party", "OIN[/EENHEID]",
			   "van wie de sleutels niet meer te vertrouwen zijn" },
	[REVOKE_VERSION] = { "key-version", "AANTAL", "welke sleutels" },
	[REVOKE_SINCE] = { "since-ms", "AANTAL",
			   "vanaf wanneer, in milliseconden sinds 1970 (standaard: nu)" },
};

static int
compare_revocations(const void *a, const void *b)
{
	const struct kb_revocation *x = a;
	const struct kb_revocation *y = b;
	int order = strcmp(x->party.text, y->party.text);

	return order != 0 ? order
			  : (x->key_version > y->key_version) - (x->key_version < y->key_version);
}

static enum kb_err
revocation_add(struct kb_pki_register *reg, const struct kb_revocation *revocation)
{
	struct kb_revocation_list *list = &reg->revocations;
	struct kb_revocation *items =
		kb_arena_alloc(&reg->arena, (list->item_count + 1) * sizeof(*items));

	if (items == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (kb_revocation_since(list, &revocation->party, revocation->key_version) != 0) {
		return kb_fail(&reg->where, KB_ERR_EXISTS, "deze sleutels zijn al ingetrokken");
	}
	if (list->item_count > 0) {
		memcpy(items, list->items, list->item_count * sizeof(*items));
	}
	items[list->item_count++] = *revocation;
	qsort(items, list->item_count, sizeof(*items), compare_revocations);
	list->items = items;
	for (size_t i = 0; i < reg->member_count; i++) {
		const struct kb_descriptor *descriptor = &reg->members[i].descriptor;
		struct kb_register_entry entry;

		if (descriptor->version != revocation->key_version ||
		    !kb_party_id_equal(&descriptor->party, &revocation->party)) {
			continue;
		}
		if (kb_register_entry_decode(reg->members[i].entry, &reg->arena, &entry) != KB_OK) {
			return KB_ERR_DATA;
		}
		return kb_pki_register_crl(reg, &entry.certificate, 1, KB_PKI_CRL_DAYS_DEFAULT);
	}
	return kb_fail(&reg->where, KB_ERR_NOT_FOUND,
		       "die partij heeft geen sleutels met die versie in het register");
}

int
kb_pki_revoke(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct kb_pki_register reg = { 0 };
	struct kb_signed_register_head head;
	struct kb_revocation revocation = { 0 };
	struct kb_clock clock = kb_clock_system();
	uint64_t version = 0;
	uint64_t since = (uint64_t)kb_clock_utc_ms(&clock);
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, revoke_options, REVOKE_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.value[REVOKE_DIR] == NULL || values.value[REVOKE_PARTY] == NULL ||
	    values.value[REVOKE_VERSION] == NULL ||
	    kb_party_id_parse(kb_span_text(values.value[REVOKE_PARTY]), &revocation.party) !=
		    KB_OK ||
	    kb_text_to_u64(kb_span_text(values.value[REVOKE_VERSION]), UINT32_MAX, &version) !=
		    KB_OK ||
	    (values.value[REVOKE_SINCE] != NULL &&
	     kb_text_to_u64(kb_span_text(values.value[REVOKE_SINCE]), KB_WIRE_TIME_UTC_MS_MAX,
			    &since) != KB_OK)) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef --dir MAP, --party OIN en --key-version AANTAL");
	}
	revocation.key_version = (uint32_t)version;
	revocation.untrusted_since_utc_ms = (int64_t)since;
	err = kb_pki_register_open(values.value[REVOKE_DIR], &reg);
	if (err == KB_OK) {
		err = revocation_add(&reg, &revocation);
	}
	if (err == KB_OK) {
		err = kb_pki_register_save(&reg, values.value[REVOKE_DIR], KB_PKI_HEAD_DAYS_DEFAULT,
					   &head);
	}
	exit_code = err == KB_OK ? report_version(cli, &reg,
						  "De sleutels zijn ingetrokken. Geef het register "
						  "nu aan de broker.")
				 : fail(cli, err, &reg.where);
	kb_pki_register_release(&reg);
	return exit_code;
}
