/* SPDX-License-Identifier: EUPL-1.2 */
/* What all pki commands say in the same way: a failure, a few fields, a number of days, a fingerprint. */
#ifndef KB_CLI_PKI_REPORT_H
#define KB_CLI_PKI_REPORT_H

#include "agents/cli/output.h"
#include "agents/cli/pki_folder.h"

/* The sentence in where, or one with the name of err. Returns the exit code. */
int kb_pki_fail(const struct kb_cli *cli, enum kb_err err, const struct kb_error_text *where);

/* A sentence, and one section "veld|waarde" of count rows. Returns the exit code. */
int kb_pki_report(const struct kb_cli *cli, const char *text, const char *section,
		  const char *(*rows)[2], size_t count);

/* A number of days from 1 to 3650; fallback when the option was not given. KB_ERR_USAGE with a sentence. */
KB_MUST_CHECK enum kb_err kb_pki_days(const char *value, uint64_t fallback, uint64_t *out,
				      struct kb_error_text *where);

/* Whether what a person typed is that fingerprint; spaces and dashes do not count. */
bool kb_pki_same_fingerprint(const char *typed, const char *fingerprint);

#endif
