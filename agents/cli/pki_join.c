/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode pki join and show: a party takes in the registrar's answer, and anyone looks into the files. */
#include <stdio.h>
#include <unistd.h>

#include "agents/cli/pki.h"
#include "agents/cli/pki_join_file.h"
#include "agents/cli/pki_register.h"
#include "agents/cli/pki_report.h"
#include "common/base/file.h"
#include "common/trust/register_trust.h"

enum { JOIN_KEYS, JOIN_FINGERPRINT, JOIN_YES, JOIN_COUNT };

static const struct kb_option join_options[] = {
	[JOIN_KEYS] = { "keys", "MAP", "de map met de eigen sleutels" },
	[JOIN_FINGERPRINT] = { "fingerprint", "GETALLEN",
			       "de vingerafdruk die de registerhouder voorlas" },
	[JOIN_YES] = { "yes", NULL, "de vingerafdruk van de registerhouder is al vergeleken" },
};

struct joining {
	struct kb_pki_join_file file;
	char fingerprint[KB_FINGERPRINT_TEXT]; /* of what is pinned */
	struct kb_error_text where;
};

static enum kb_err
read_join(struct joining *joining, const char *path)
{
	enum kb_err err = kb_pki_join_file_read(&joining->file, path, &joining->where);

	if (err == KB_OK) {
		kb_pki_join_fingerprint(&joining->file.join, joining->fingerprint);
	}
	return err;
}

static enum kb_err
trust_join(struct joining *joining)
{
	struct kb_sign_public public_key;
	struct kb_verify_key *key = NULL;
	struct kb_trust_anchor anchor = { .registrar = joining->file.join.registrar,
					  .authority = joining->file.join.authority };
	struct kb_register_head head;
	enum kb_err err = KB_OK;

	memcpy(public_key.bytes, joining->file.join.registrar_key, sizeof(public_key.bytes));
	err = kb_verify_key_new(&public_key, &key);
	anchor.registrar_key = key;
	if (err == KB_OK) {
		err = kb_register_head_trust(&joining->file.join.head, &anchor,
					     &joining->file.arena, &head);
	}
	if (err == KB_OK) {
		err = kb_register_proof_trust(&head, &joining->file.join.entry);
	}
	if (err == KB_OK &&
	    !kb_party_id_equal(&joining->file.join.party, &joining->file.descriptor.party)) {
		err = KB_ERR_BAD_SEAL;
	}
	kb_verify_key_free(key);
	return err == KB_OK ? KB_OK
			    : kb_fail(&joining->where, err,
				      "het toetredingsbestand is niet door de registerhouder "
				      "ondertekend; vraag een nieuw");
}

static enum kb_err
own_keys_match(struct joining *joining, const char *folder)
{
	struct kb_descriptor own = { 0 };
	enum kb_err err = kb_pki_public_keys(folder, &own, &joining->where);

	if (err != KB_OK) {
		return err;
	}
	if (memcmp(own.signing_key, joining->file.descriptor.signing_key, KB_WIRE_KEY_BYTES) != 0 ||
	    memcmp(own.sealing_key, joining->file.descriptor.sealing_key, KB_WIRE_KEY_BYTES) != 0 ||
	    memcmp(own.transport_key, joining->file.descriptor.transport_key, KB_WIRE_KEY_BYTES) !=
		    0) {
		return kb_fail(&joining->where, KB_ERR_DATA,
			       "dit toetredingsbestand hoort bij andere sleutels dan die in %s",
			       folder);
	}
	return KB_OK;
}

static enum kb_err
confirm_registrar(struct joining *joining, const struct kb_option_values *values)
{
	if (values->value[JOIN_YES] != NULL) {
		return KB_OK;
	}
	if (values->value[JOIN_FINGERPRINT] == NULL) {
		return kb_fail(
			&joining->where, KB_ERR_NEEDS_CONFIRMATION,
			"bel de registerhouder; leest hij %s voor? Geef dat dan met --fingerprint",
			joining->fingerprint);
	}
	return kb_pki_same_fingerprint(values->value[JOIN_FINGERPRINT], joining->fingerprint)
		       ? KB_OK
		       : kb_fail(&joining->where, KB_ERR_PERMISSION,
				 "de toetreding in dit bestand heeft vingerafdruk %s; dat is niet "
				 "wat u opgaf. Treed niet toe en bel de registerhouder",
				 joining->fingerprint);
}

static int
report_join(const struct kb_cli *cli, const struct joining *joining, const char *text)
{
	char fingerprint[KB_FINGERPRINT_TEXT];
	char name[KB_WIRE_NAME_BYTES_MAX + 1];
	char address[KB_WIRE_ADDRESS_BYTES_MAX + 1];
	const char *rows[][2] = { { "partij", joining->file.join.party.text },
				  { "soort", kb_party_kind_name(joining->file.descriptor.kind) },
				  { "naam", name },
				  { "vingerafdruk van de sleutels", fingerprint },
				  { "broker", joining->file.join.broker.text },
				  { "adres van de broker", address },
				  { "registerhouder", joining->file.join.registrar.text },
				  { "vingerafdruk van de toetreding", joining->fingerprint } };

	kb_pki_fingerprint(&joining->file.descriptor, fingerprint);
	(void)snprintf(name, sizeof(name), "%.*s", (int)joining->file.descriptor.name.len,
		       (const char *)joining->file.descriptor.name.at);
	(void)snprintf(address, sizeof(address), "%.*s", (int)joining->file.join.broker_address.len,
		       (const char *)joining->file.join.broker_address.at);
	return kb_pki_report(cli, text, "toetreding", rows, sizeof(rows) / sizeof(rows[0]));
}

static int
finish(const struct kb_cli *cli, struct joining *joining, enum kb_err err, const char *text)
{
	int exit_code = err == KB_OK ? report_join(cli, joining, text)
				     : kb_pki_fail(cli, err, &joining->where);

	kb_pki_join_file_release(&joining->file);
	return exit_code;
}

int
kb_pki_join(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct joining joining = { 0 };
	struct kb_pki_path path;
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, join_options, JOIN_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.value[JOIN_KEYS] == NULL || values.operand_count != 1) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "geef --keys MAP en het toetredingsbestand");
	}
	err = read_join(&joining, values.operands[0]);
	if (err == KB_OK) {
		err = trust_join(&joining);
	}
	if (err == KB_OK) {
		err = own_keys_match(&joining, values.value[JOIN_KEYS]);
	}
	if (err == KB_OK) {
		err = confirm_registrar(&joining, &values);
	}
	if (err == KB_OK) {
		path = kb_pki_path(values.value[JOIN_KEYS], KB_PKI_JOIN);
		err = kb_file_replace(path.text, 0600, kb_buf_span(&joining.file.bytes),
				      &joining.where);
	}
	return finish(cli, &joining, err, "Toegetreden. De agent kan starten.");
}

int
kb_pki_show(const struct kb_cli *cli, const struct kb_cli_command *command, int argc, char **argv)
{
	struct kb_option_values values;
	struct joining joining = { 0 };
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, NULL, 0, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	if (values.operand_count != 1) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef een toetredingsbestand (bij een partij: MAP/join)");
	}
	err = read_join(&joining, values.operands[0]);
	if (err == KB_OK) {
		err = trust_join(&joining);
	}
	return finish(cli, &joining, err, "Het bestand is door deze registerhouder ondertekend.");
}
