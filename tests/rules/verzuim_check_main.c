/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs `verzuim check` alone, with the national numbers: what the golden and property tests start. */
#include "agents/cli/verzuim_check.h"

int
main(int argc, char **argv)
{
	struct kb_verzuim_settings settings = kb_verzuim_settings_default();

	return kb_cli_verzuim_check(argc - 1, argv + 1, &settings, stdout, stderr);
}
