/* SPDX-License-Identifier: EUPL-1.2 */
/* What all pki commands say in the same way. */
#include "agents/cli/pki_report.h"

#include "common/base/text.h"

#define DAYS_MAX 3650

int
kb_pki_fail(const struct kb_cli *cli, enum kb_err err, const struct kb_error_text *where)
{
	return where->text[0] != 0
		       ? kb_cli_fail(cli, err, "%s", where->text)
		       : kb_cli_fail(cli, err, "dat is niet gelukt (%s)", kb_err_text(err));
}

int
kb_pki_report(const struct kb_cli *cli, const char *text, const char *section,
	      const char *(*rows)[2], size_t count)
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

enum kb_err
kb_pki_days(const char *value, uint64_t fallback, uint64_t *out, struct kb_error_text *where)
{
	uint64_t days = fallback;

	if (value != NULL &&
	    (kb_text_to_u64(kb_span_text(value), DAYS_MAX, &days) != KB_OK || days == 0)) {
		return kb_fail(where, KB_ERR_USAGE,
			       "een aantal dagen is een getal van 1 tot en met %d", DAYS_MAX);
	}
	*out = days;
	return KB_OK;
}

static const char *
next_digit(const char *text)
{
	return text + strspn(text, " -");
}

bool
kb_pki_same_fingerprint(const char *typed, const char *fingerprint)
{
	typed = next_digit(typed);
	fingerprint = next_digit(fingerprint);
	while (*typed != 0 && *typed == *fingerprint) {
		typed = next_digit(typed + 1);
		fingerprint = next_digit(fingerprint + 1);
	}
	return *typed == 0 && *fingerprint == 0;
}
