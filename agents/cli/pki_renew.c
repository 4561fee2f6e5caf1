/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode pki renew and revoke: a register of a later date, with or without somebody's keys taken out. */
#include <stdlib.h>

#include "agents/cli/pki.h"
#include "agents/cli/pki_register.h"
#include "agents/cli/pki_report.h"
#include "common/base/text.h"

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
	return kb_pki_report(cli, text, "register", rows, 1);
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
	err = kb_pki_days(values.value[RENEW_DAYS], KB_PKI_HEAD_DAYS_DEFAULT, &days, &reg.where);
	if (err == KB_OK) {
		err = kb_pki_days(values.value[RENEW_CRL_DAYS], days + KB_PKI_CRL_MARGIN_DAYS,
				  &crl_days, &reg.where);
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
			    : kb_pki_fail(cli, err, &reg.where);
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

/* Schools of one board may share the board's certificate: it ends only with the last of them that uses it. */
static bool
certificate_in_use(struct kb_pki_register *reg, const struct kb_pki_member *revoked,
		   struct kb_span certificate)
{
	for (size_t i = 0; i < reg->member_count; i++) {
		const struct kb_pki_member *other = &reg->members[i];
		struct kb_register_entry entry;

		if (other != revoked &&
		    kb_revocation_since(&reg->revocations, &other->descriptor.party,
					other->descriptor.version) == 0 &&
		    kb_register_entry_decode(other->entry, &reg->arena, &entry) == KB_OK &&
		    kb_span_equal(entry.certificate, certificate)) {
			return true;
		}
	}
	return false;
}

static const struct kb_pki_member *
find_version(const struct kb_pki_register *reg, const struct kb_revocation *revocation)
{
	for (size_t i = 0; i < reg->member_count; i++) {
		const struct kb_descriptor *descriptor = &reg->members[i].descriptor;

		if (descriptor->version == revocation->key_version &&
		    kb_party_id_equal(&descriptor->party, &revocation->party)) {
			return &reg->members[i];
		}
	}
	return NULL;
}

static enum kb_err
revocation_add(struct kb_pki_register *reg, const struct kb_revocation *revocation)
{
	struct kb_revocation_list *list = &reg->revocations;
	const struct kb_pki_member *member = find_version(reg, revocation);
	struct kb_register_entry entry;
	struct kb_revocation *items =
		kb_arena_alloc(&reg->arena, (list->item_count + 1) * sizeof(*items));

	if (items == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	if (member == NULL) {
		return kb_fail(&reg->where, KB_ERR_NOT_FOUND,
			       "die partij heeft geen sleutels met die versie in het register");
	}
	if (kb_revocation_since(list, &revocation->party, revocation->key_version) != 0) {
		return kb_fail(&reg->where, KB_ERR_EXISTS, "deze sleutels zijn al ingetrokken");
	}
	if (list->item_count == KB_WIRE_REVOCATIONS_MAX) {
		return kb_fail(&reg->where, KB_ERR_OVERSIZE,
			       "de lijst van ingetrokken sleutels is vol");
	}
	if (list->item_count > 0) {
		memcpy(items, list->items, list->item_count * sizeof(*items));
	}
	items[list->item_count] = *revocation;
	list->items = items;
	list->item_count++;
	qsort(items, list->item_count, sizeof(*items), compare_revocations);
	if (kb_register_entry_decode(member->entry, &reg->arena, &entry) != KB_OK) {
		return KB_ERR_DATA;
	}
	return kb_pki_register_crl(reg, &entry.certificate,
				   !certificate_in_use(reg, member, entry.certificate),
				   KB_PKI_CRL_DAYS_DEFAULT);
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
	     (kb_text_to_u64(kb_span_text(values.value[REVOKE_SINCE]), KB_WIRE_TIME_UTC_MS_MAX,
			     &since) != KB_OK ||
	      since == 0))) {
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
				 : kb_pki_fail(cli, err, &reg.where);
	kb_pki_register_release(&reg);
	return exit_code;
}
