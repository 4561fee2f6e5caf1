/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode pki admit: parties come into the register and get their join files. */
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/pki.h"
#include "agents/cli/pki_register.h"
#include "agents/cli/pki_report.h"
#include "common/base/file.h"

/* Requests in one command. */
#define KB_PKI_ADMIT_MAX 1024

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
		return kb_pki_same_fingerprint(values->value[ADMIT_FINGERPRINT], fingerprint)
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

/* Who is admitted by this command: places in the register. */
struct admission {
	struct kb_pki_register reg;
	size_t index[KB_PKI_ADMIT_MAX];
	size_t count;
	const struct kb_option_values *values;
};

static enum kb_err
admit_file(struct admission *admission, const char *path)
{
	struct kb_pki_register *reg = &admission->reg;
	struct kb_buf request = { 0 };
	size_t index = 0;
	enum kb_err err = kb_file_read(path, KB_WIRE_JOIN_BYTES_MAX, &request, &reg->where);

	if (err != KB_OK) {
		err = kb_fail(&reg->where, err, "de aanvraag %s kan niet worden gelezen (%s)", path,
			      kb_err_text(err));
	} else {
		err = kb_pki_register_admit(reg, kb_buf_span(&request), &index);
	}
	if (err == KB_OK) {
		err = confirm(&reg->members[index].descriptor, admission->values, &reg->where);
	}
	if (err == KB_OK) {
		admission->index[admission->count++] = index;
	}
	kb_buf_release(&request);
	return err;
}

static enum kb_err
write_joins(struct admission *admission, const struct kb_signed_register_head *head)
{
	struct kb_pki_register *reg = &admission->reg;
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < admission->count; i++) {
		char name[KB_PARTY_ID_MAX + 1];
		char file[KB_PARTY_ID_MAX + 8];
		struct kb_buf join = { 0 };

		kb_pki_party_file(&reg->members[admission->index[i]].descriptor.party, name);
		(void)snprintf(file, sizeof(file), "%s.join", name);
		err = kb_pki_register_join(reg, admission->index[i], head,
					   admission->values->value[ADMIT_BROKER], &join,
					   &reg->where);
		if (err == KB_OK) {
			struct kb_pki_path path =
				kb_pki_path(admission->values->value[ADMIT_OUT], file);

			err = kb_file_replace(path.text, 0644, kb_buf_span(&join), &reg->where);
			err = err == KB_OK
				      ? KB_OK
				      : kb_fail(&reg->where, err,
						"%s kan niet worden geschreven (%s); het register "
						"is al vernieuwd, geef de opdracht opnieuw",
						path.text, kb_err_text(err));
		}
		kb_buf_release(&join);
	}
	return err;
}

static enum kb_err
add_row(struct kb_output *output, const struct kb_descriptor *descriptor)
{
	char fingerprint[KB_FINGERPRINT_TEXT];
	char version[16];
	const char *cells[] = { descriptor->party.text, kb_party_kind_name(descriptor->kind),
				version, fingerprint };

	(void)snprintf(version, sizeof(version), "%u", descriptor->version);
	kb_pki_fingerprint(descriptor, fingerprint);
	return kb_output_row(output, cells, 4);
}

static int
report_admitted(const struct kb_cli *cli, const struct admission *admission)
{
	char fingerprint[KB_FINGERPRINT_TEXT];
	const char *field[] = { "vingerafdruk van de toetreding", fingerprint };
	struct kb_output *output = NULL;
	enum kb_err err = kb_output_new(&output);

	kb_pki_register_join_fingerprint(&admission->reg, fingerprint);
	if (err == KB_OK) {
		err = kb_output_say(
			output, "Toegelaten. Geef elke partij haar toetredingsbestand en lees "
				"haar de vingerafdruk van de toetreding voor; geef de broker het "
				"nieuwe register.");
	}
	if (err == KB_OK) {
		err = kb_output_section(output, "toegelaten",
					"partij|soort|sleutelversie|vingerafdruk");
	}
	for (size_t i = 0; err == KB_OK && i < admission->count; i++) {
		err = add_row(output, &admission->reg.members[admission->index[i]].descriptor);
	}
	if (err == KB_OK) {
		err = kb_output_section(output, "toetreding", "veld|waarde");
	}
	if (err == KB_OK) {
		err = kb_output_row(output, field, 2);
	}
	if (err == KB_OK) {
		err = kb_output_print(output, cli, 0, "", stdout);
	}
	kb_output_free(output);
	return kb_err_exit_code(err);
}

/* Everything that can be wrong is found before the register changes. */
static enum kb_err
admit_all(struct admission *admission)
{
	const struct kb_option_values *values = admission->values;
	struct kb_pki_register *reg = &admission->reg;
	struct kb_signed_register_head head;
	uint64_t days = 0;
	enum kb_err err = kb_pki_days(values->value[ADMIT_DAYS], KB_PKI_HEAD_DAYS_DEFAULT, &days,
				      &reg->where);

	if (err == KB_OK) {
		err = kb_pki_out_folder(values->value[ADMIT_OUT], &reg->where);
	}
	if (err == KB_OK) {
		err = kb_pki_register_open(values->value[ADMIT_DIR], reg);
	}
	/* The list of revoked certificates must live as long as the register that names it. */
	if (err == KB_OK) {
		err = kb_pki_register_crl(reg, NULL, 0, days + KB_PKI_CRL_MARGIN_DAYS);
	}
	for (size_t i = 0; err == KB_OK && i < values->operand_count; i++) {
		err = admit_file(admission, values->operands[i]);
	}
	if (err == KB_OK && kb_pki_register_find_kind(reg, KB_PARTY_BROKER) == NULL) {
		err = kb_fail(&reg->where, KB_ERR_STATE, "laat eerst (of tegelijk) de broker toe");
	}
	if (err == KB_OK) {
		err = kb_pki_register_check_address(values->value[ADMIT_BROKER], &reg->where);
	}
	if (err == KB_OK) {
		err = kb_pki_register_save(reg, values->value[ADMIT_DIR], days, &head);
	}
	return err == KB_OK ? write_joins(admission, &head) : err;
}

int
kb_pki_admit(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct admission *admission = NULL;
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
	if (values.operand_count > KB_PKI_ADMIT_MAX ||
	    (values.value[ADMIT_FINGERPRINT] != NULL && values.operand_count != 1)) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "--fingerprint hoort bij een aanvraag tegelijk, en meer dan %d "
				   "tegelijk kan niet",
				   KB_PKI_ADMIT_MAX);
	}
	admission = calloc(1, sizeof(*admission));
	if (admission == NULL) {
		return kb_cli_fail(cli, KB_ERR_NO_MEMORY, "geen geheugen");
	}
	admission->values = &values;
	err = admit_all(admission);
	exit_code = err == KB_OK ? report_admitted(cli, admission)
				 : kb_pki_fail(cli, err, &admission->reg.where);
	kb_pki_register_release(&admission->reg);
	free(admission);
	return exit_code;
}
