/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode pki request: a party makes its keys, here and nowhere else, and asks the registrar to admit it. */
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/pki.h"
#include "agents/cli/pki_report.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/crypto/pem.h"
#include "common/crypto/x509_issue.h"

#define VALID_DAYS_DEFAULT 730
#define VALID_DAYS_MAX 3650

/* Descriptions are repeatable and options are not: lists stand in one value, separated by commas. */
enum {
	OPTION_KEYS,
	OPTION_PARTY,
	OPTION_KIND,
	OPTION_NAME,
	OPTION_SWV,
	OPTION_VESTIGING,
	OPTION_GEMEENTE,
	OPTION_DESK,
	OPTION_DAYS,
	OPTION_VERSION,
	OPTION_PREVIOUS,
	OPTION_CERTIFICATE,
	OPTION_OUT,
	OPTION_COUNT
};

static const struct kb_option options[] = {
	[OPTION_KEYS] = { "keys", "MAP",
			  "de map voor de sleutels; zij verlaten deze machine niet" },
	[OPTION_PARTY] = { "party", "OIN[/BRIN+VESTIGING]", "wie u bent" },
	[OPTION_KIND] = { "kind", "SOORT", "school, vo, swv, gemeente, jeugdhulp of broker" },
	[OPTION_NAME] = { "name", "NAAM", "naam van de organisatie, zoals anderen haar zien" },
	[OPTION_SWV] = { "swv", "LIJST", "samenwerkingsverbanden: PO2301,VO3102" },
	[OPTION_VESTIGING] = { "vestiging", "LIJST", "12AB00:bao:Naam van de vestiging,..." },
	[OPTION_GEMEENTE] = { "gemeente", "LIJST",
			      "gemeentecodes: 0114[:JJJJMMDD[:JJJJMMDD]],..." },
	[OPTION_DESK] = { "desk", "LIJST",
			  "leerplicht, jeugd, doorstroompunt, school, swv, jeugdhulp" },
	[OPTION_DAYS] = { "days", "AANTAL", "zo lang gelden de sleutels (standaard 730 dagen)" },
	[OPTION_VERSION] = { "key-version", "AANTAL",
			     "bij vervanging: het nummer van de nieuwe sleutels" },
	[OPTION_PREVIOUS] = { "previous-keys", "MAP",
			      "bij vervanging: de map met de vorige sleutels" },
	[OPTION_CERTIFICATE] = { "certificate", "PEM",
				 "eigen certificaat; certificate.key ligt dan al in --keys" },
	[OPTION_OUT] = { "out", "BESTAND", "de aanvraag, voor de registerhouder" },
};

struct request {
	const struct kb_cli *cli;
	struct kb_option_values values;
	struct kb_arena arena;
	struct kb_descriptor descriptor;
	struct kb_error_text where;
};

static const char *
value_of(const struct request *request, size_t option)
{
	return request->values.value[option];
}

/* The next part of list up to separator; list moves behind it. */
static struct kb_span
next_part(struct kb_span *list, char separator)
{
	const uint8_t *end = list->len > 0 ? memchr(list->at, separator, list->len) : NULL;
	struct kb_span part = end != NULL ? kb_span(list->at, (size_t)(end - list->at)) : *list;

	*list = end != NULL ? kb_span(end + 1, list->len - part.len - 1) : KB_SPAN_NONE;
	return kb_text_trim(part);
}

static size_t
part_count(struct kb_span list)
{
	size_t count = 1;

	for (size_t i = 0; i < list.len; i++) {
		count += list.at[i] == ',';
	}
	return count;
}

static enum kb_err
read_swv(struct request *request, struct kb_span list)
{
	struct kb_descriptor *descriptor = &request->descriptor;

	descriptor->swv =
		kb_arena_alloc(&request->arena, part_count(list) * sizeof(*descriptor->swv));
	if (descriptor->swv == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (list.len > 0) {
		descriptor->swv[descriptor->swv_count++] = next_part(&list, ',');
	}
	return KB_OK;
}

static enum kb_err
read_vestigingen(struct request *request, struct kb_span list)
{
	struct kb_descriptor *descriptor = &request->descriptor;

	descriptor->vestigingen = kb_arena_alloc(
		&request->arena, part_count(list) * sizeof(*descriptor->vestigingen));
	if (descriptor->vestigingen == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (list.len > 0) {
		struct kb_span part = next_part(&list, ',');
		struct kb_vestiging *vestiging =
			&descriptor->vestigingen[descriptor->vestiging_count++];
		struct kb_span code = next_part(&part, ':');

		vestiging->sector = kb_sector_parse(next_part(&part, ':'));
		vestiging->name = kb_text_trim(part);
		if (kb_text_copy(vestiging->code, sizeof(vestiging->code), code) != KB_OK ||
		    vestiging->sector == KB_SECTOR_UNSPECIFIED) {
			return kb_fail(&request->where, KB_ERR_USAGE,
				       "--vestiging is CODE:SECTOR:NAAM, met sector bao, sbo, so, "
				       "vso, vo of pro");
		}
	}
	return KB_OK;
}

static enum kb_err
read_gemeenten(struct request *request, struct kb_span list)
{
	struct kb_descriptor *descriptor = &request->descriptor;

	descriptor->gemeenten =
		kb_arena_alloc(&request->arena, part_count(list) * sizeof(*descriptor->gemeenten));
	if (descriptor->gemeenten == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (list.len > 0) {
		struct kb_span part = next_part(&list, ',');
		struct kb_served_gemeente *served =
			&descriptor->gemeenten[descriptor->gemeente_count++];
		struct kb_span code = next_part(&part, ':');
		struct kb_span from = next_part(&part, ':');
		uint64_t first = 19000101;
		uint64_t last = 0;

		if (kb_text_copy(served->code, sizeof(served->code), code) != KB_OK ||
		    (from.len > 0 && kb_text_to_u64(from, 99991231, &first) != KB_OK) ||
		    (part.len > 0 && kb_text_to_u64(part, 99991231, &last) != KB_OK)) {
			return kb_fail(&request->where, KB_ERR_USAGE,
				       "--gemeente is CODE[:JJJJMMDD[:JJJJMMDD]]; de code heeft "
				       "vier cijfers");
		}
		served->valid_from = (uint32_t)first;
		served->valid_until = (uint32_t)last;
	}
	return KB_OK;
}

static enum kb_err
read_desks(struct request *request, struct kb_span list)
{
	struct kb_descriptor *descriptor = &request->descriptor;

	descriptor->desks =
		kb_arena_alloc(&request->arena, part_count(list) * sizeof(*descriptor->desks));
	if (descriptor->desks == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	while (list.len > 0) {
		enum kb_desk desk = kb_desk_parse(next_part(&list, ','));

		if (desk == KB_DESK_UNSPECIFIED) {
			return kb_fail(&request->where, KB_ERR_USAGE,
				       "--desk kent leerplicht, jeugd, doorstroompunt, school, swv "
				       "en jeugdhulp");
		}
		descriptor->desks[descriptor->desk_count++] = desk;
	}
	return KB_OK;
}

/* What a party of that kind answers for when it says nothing else. */
static enum kb_err
default_desk(struct request *request)
{
	static const enum kb_desk desks[KB_PARTY_KIND_COUNT] = {
		[KB_PARTY_SCHOOL] = KB_DESK_SCHOOL,
		[KB_PARTY_VO] = KB_DESK_SCHOOL,
		[KB_PARTY_SWV] = KB_DESK_SWV,
		[KB_PARTY_GEMEENTE] = KB_DESK_LEERPLICHT,
		[KB_PARTY_JEUGDHULP] = KB_DESK_JEUGDHULP,
	};
	enum kb_desk desk = desks[request->descriptor.kind];

	return desk != KB_DESK_UNSPECIFIED ? read_desks(request, kb_span_text(kb_desk_name(desk)))
					   : KB_OK;
}

static enum kb_err
read_lists(struct request *request)
{
	static const struct {
		size_t option;
		enum kb_err (*read)(struct request *request, struct kb_span list);
	} lists[] = {
		{ OPTION_SWV, read_swv },
		{ OPTION_VESTIGING, read_vestigingen },
		{ OPTION_GEMEENTE, read_gemeenten },
		{ OPTION_DESK, read_desks },
	};
	enum kb_err err = KB_OK;

	for (size_t i = 0; err == KB_OK && i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *text = value_of(request, lists[i].option);

		if (text != NULL) {
			err = lists[i].read(request, kb_span_text(text));
		}
	}
	if (err == KB_OK && request->descriptor.desk_count == 0) {
		err = default_desk(request);
	}
	return err;
}

static enum kb_err
read_number(struct request *request, size_t option, uint64_t fallback, uint64_t most, uint64_t *out)
{
	const char *text = value_of(request, option);

	*out = fallback;
	if (text == NULL) {
		return KB_OK;
	}
	return kb_text_to_u64(kb_span_text(text), most, out) == KB_OK && *out > 0
		       ? KB_OK
		       : kb_fail(&request->where, KB_ERR_USAGE,
				 "--%s is een getal van 1 tot en met %llu", options[option].name,
				 (unsigned long long)most);
}

static enum kb_err
describe(struct request *request)
{
	struct kb_descriptor *descriptor = &request->descriptor;
	struct kb_clock clock = kb_clock_system();
	uint64_t days = 0;
	uint64_t version = 0;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i <= OPTION_NAME; i++) {
		if (value_of(request, i) == NULL) {
			return kb_fail(&request->where, KB_ERR_USAGE, "--%s ontbreekt",
				       options[i].name);
		}
	}
	if (value_of(request, OPTION_OUT) == NULL) {
		return kb_fail(&request->where, KB_ERR_USAGE, "--out ontbreekt");
	}
	if (kb_party_id_parse(kb_span_text(value_of(request, OPTION_PARTY)), &descriptor->party) !=
	    KB_OK) {
		return kb_fail(&request->where, KB_ERR_USAGE,
			       "--party is een OIN van 20 tekens, met voor een school /BRIN en "
			       "vestiging (12AB00)");
	}
	descriptor->kind = kb_party_kind_parse(kb_span_text(value_of(request, OPTION_KIND)));
	if (descriptor->kind == KB_PARTY_UNSPECIFIED || descriptor->kind == KB_PARTY_REGISTRAR) {
		return kb_fail(&request->where, KB_ERR_USAGE,
			       "--kind is school, vo, swv, gemeente, jeugdhulp of broker");
	}
	err = read_number(request, OPTION_DAYS, VALID_DAYS_DEFAULT, VALID_DAYS_MAX, &days);
	if (err == KB_OK) {
		err = read_number(request, OPTION_VERSION, 1, 1000000, &version);
	}
	if (err == KB_OK && (version > 1) != (value_of(request, OPTION_PREVIOUS) != NULL)) {
		err = kb_fail(&request->where, KB_ERR_USAGE,
			      "--key-version boven 1 en --previous-keys horen bij elkaar");
	}
	descriptor->wire_version = KB_WIRE_VERSION;
	descriptor->version = (uint32_t)version;
	descriptor->name = kb_span_text(value_of(request, OPTION_NAME));
	/* A little before now: the clock of another machine may run behind. */
	descriptor->valid_from_utc_ms = kb_clock_utc_ms(&clock) - 10 * 60 * 1000;
	descriptor->valid_until_utc_ms = descriptor->valid_from_utc_ms + (int64_t)days * KB_DAY_MS;
	return err == KB_OK ? read_lists(request) : err;
}

/* The certificate's key: the party's own, or a fresh one with a request for a certificate. */
static enum kb_err
certificate_key(struct request *request, struct kb_x509_key **key, struct kb_buf *csr,
		struct kb_buf *certificate)
{
	struct kb_pki_path path =
		kb_pki_path(value_of(request, OPTION_KEYS), KB_PKI_CERTIFICATE_KEY);
	char oin[KB_OIN_CHARS + 1] = "";
	struct kb_x509_subject subject = { .common_name = value_of(request, OPTION_NAME),
					   .organisation = value_of(request, OPTION_NAME),
					   .oin = oin };
	enum kb_err err = KB_OK;

	memcpy(oin, request->descriptor.party.text, KB_OIN_CHARS);
	if (value_of(request, OPTION_CERTIFICATE) != NULL) {
		err = kb_x509_key_load(path.text, key, &request->where);
		if (err == KB_OK) {
			err = kb_pem_file_load(value_of(request, OPTION_CERTIFICATE),
					       KB_PEM_KIND_CERTIFICATE, certificate,
					       &request->where);
		}
		if (err == KB_OK && kb_x509_key_matches(*key, kb_buf_span(certificate)) != KB_OK) {
			err = kb_fail(&request->where, KB_ERR_CERTIFICATE,
				      "%s hoort niet bij het certificaat", path.text);
		}
		return err;
	}
	if (access(path.text, F_OK) == 0) {
		err = kb_x509_key_load(path.text, key, &request->where);
	} else {
		err = kb_x509_key_fresh(key);
		if (err == KB_OK) {
			err = kb_x509_key_write(path.text, *key, &request->where);
		}
	}
	return err == KB_OK ? kb_x509_request_create(*key, &subject, csr, &request->where) : err;
}

static enum kb_err
write_request(struct request *request)
{
	const char *folder = value_of(request, OPTION_KEYS);
	struct kb_pki_signers signers = { 0 };
	struct kb_x509_key *x509_key = NULL;
	struct kb_sign_key *own = NULL;
	struct kb_sign_key *previous = NULL;
	struct kb_buf csr = { 0 };
	struct kb_buf certificate = { 0 };
	struct kb_buf descriptor = { 0 };
	struct kb_buf by_certificate = { 0 };
	struct kb_buf by_previous = { 0 };
	struct kb_buf file = { 0 };
	struct kb_join_request out = { 0 };
	enum kb_err err = kb_pki_sign_key(folder, &own, &request->where);

	if (err == KB_OK && value_of(request, OPTION_PREVIOUS) != NULL) {
		err = kb_pki_sign_key(value_of(request, OPTION_PREVIOUS), &previous,
				      &request->where);
	}
	if (err == KB_OK) {
		err = kb_descriptor_encode(&request->descriptor, &descriptor);
		if (err != KB_OK) {
			(void)kb_fail(&request->where, KB_ERR_USAGE,
				      "de gegevens vormen geen geldige omschrijving (%s); kijk "
				      "naar naam, codes en datums",
				      kb_err_text(err));
			err = KB_ERR_USAGE;
		}
	}
	if (err == KB_OK) {
		err = certificate_key(request, &x509_key, &csr, &certificate);
	}
	if (err == KB_OK) {
		signers = (struct kb_pki_signers){ .certificate_key = x509_key,
						   .own = own,
						   .previous = previous };
		out.certificate = kb_buf_span(&certificate);
		out.csr = kb_buf_span(&csr);
		err = kb_pki_sign_descriptor(&signers, kb_buf_span(&descriptor), &by_certificate,
					     &out, &by_previous);
	}
	if (err == KB_OK) {
		err = kb_join_request_encode(&out, &file);
	}
	if (err == KB_OK) {
		err = kb_file_replace(value_of(request, OPTION_OUT), 0644, kb_buf_span(&file),
				      &request->where);
	}
	kb_buf_release(&file);
	kb_buf_release(&by_previous);
	kb_buf_release(&by_certificate);
	kb_buf_release(&descriptor);
	kb_buf_release(&certificate);
	kb_buf_release(&csr);
	kb_sign_key_free(previous);
	kb_sign_key_free(own);
	kb_x509_key_free(x509_key);
	return err;
}

static int
report(struct request *request)
{
	char fingerprint[KB_FINGERPRINT_TEXT];
	const char *rows[][2] = {
		{ "partij", request->descriptor.party.text },
		{ "aanvraag", value_of(request, OPTION_OUT) },
		{ "vingerafdruk", fingerprint },
	};

	kb_pki_fingerprint(&request->descriptor, fingerprint);
	return kb_pki_report(
		request->cli,
		"De sleutels zijn gemaakt. Stuur de aanvraag naar de registerhouder en lees "
		"hem de vingerafdruk voor.",
		"aanvraag", rows, sizeof(rows) / sizeof(rows[0]));
}

int
kb_pki_request(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
	       char **argv)
{
	struct request request = { .cli = cli };
	int exit_code = 0;
	enum kb_err err = KB_OK;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &request.values,
			    &exit_code)) {
		return exit_code;
	}
	err = describe(&request);
	if (err == KB_OK) {
		err = kb_pki_folder_make(value_of(&request, OPTION_KEYS), &request.where);
	}
	if (err == KB_OK && value_of(&request, OPTION_PREVIOUS) != NULL) {
		err = kb_pki_master_key_keep(value_of(&request, OPTION_PREVIOUS),
					     value_of(&request, OPTION_KEYS), &request.where);
	}
	if (err == KB_OK) {
		err = kb_pki_keys_make(value_of(&request, OPTION_KEYS), &request.where);
	}
	if (err == KB_OK) {
		err = kb_pki_public_keys(value_of(&request, OPTION_KEYS), &request.descriptor,
					 &request.where);
	}
	if (err == KB_OK) {
		err = write_request(&request);
	}
	exit_code = err == KB_OK ? report(&request) : kb_pki_fail(cli, err, &request.where);
	kb_arena_release(&request.arena);
	return exit_code;
}
