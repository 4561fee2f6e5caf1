/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode verzuim check`: applies the rules to a data set and prints the meldingen; stores and sends nothing. */
#ifndef KB_CLI_VERZUIM_CHECK_H
#define KB_CLI_VERZUIM_CHECK_H

#include <stdio.h>

#include "common/exchange/verzuim_rule.h"

/*
 * argv[0] is the first word after "verzuim check": DIR [--tot DATUM] [--lesduur MINUTEN] [--json] [--help]. settings come from
 * the region profile (kb_verzuim_settings_default() without one); --lesduur replaces lesson_minutes. Needs no daemon.
 * out: the form of verwacht.csv, or with --json one object. err: bad lines, and a summary with the number of pupils
 * abroad. Returns 0, 64 (usage), 65 (bad data set, nothing on out), 69 (the folder cannot be read), 70, 77 or 78.
 */
int kb_cli_verzuim_check(int argc, char **argv, const struct kb_verzuim_settings *settings,
			 FILE *out, FILE *err);

#endif
