/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode profile check`, `profile show` and `profile sign`: the region profile of a folder, without an agent. */
#ifndef KB_CLI_PROFILE_H
#define KB_CLI_PROFILE_H

#include "agents/cli/output.h"
#include "common/daemon/profile.h"

/* "in orde", or every fault as "file:line: what"; and whether a seal holds. 0, 64 or 65 (faults, a seal that does not hold). */
int kb_cli_profile_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			 char **argv);
/* What the region agreed, in Dutch, with the sources; or its routes for Graphviz. 0, 64 or 65. */
int kb_cli_profile_show(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			char **argv);
/* Signs it with the key of a samenwerkingsverband that joined. 0, 64, 65, 69, 77 (not their region) or 78 (keys). */
int kb_cli_profile_sign(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
			char **argv);

/* Opens the profile in folder; when it is not right, its faults are told and *exit_code says how to end. */
bool kb_cli_profile_open(const struct kb_cli *cli, const char *folder, struct kb_profile *out,
			 int *exit_code);

/* Sections about the values of a profile, and about one route, with the columns below. */
KB_MUST_CHECK enum kb_err kb_profile_put_values(struct kb_output *output,
						const struct kb_profile *profile);
KB_MUST_CHECK enum kb_err kb_profile_put_route(struct kb_output *output,
					       const struct kb_route *route);
#define KB_PROFILE_REGION_COLUMNS "veld|waarde"
#define KB_PROFILE_VALUE_COLUMNS "onderwerp|waarde|soort|bron"
#define KB_PROFILE_RULE_COLUMNS "onderwerp|waarde|soort|bron|rij"
#define KB_PROFILE_ROUTES_COLUMNS "route|naam|rijen|doel|grond|bron"
#define KB_PROFILE_ROUTE_COLUMNS "route|naam|rijen|doel|grond|wie brengt in|ook vanzelf|begin|bron"
#define KB_PROFILE_STATE_COLUMNS "toestand|naam|soort"
#define KB_PROFILE_CLOCK_COLUMNS "klok|naam|termijn|soort|taak voor|vangnet|gratie|escalatie|bron"
#define KB_PROFILE_STEP_COLUMNS                                                                    \
	"gebeurtenis|naam|van|naar|door|functie|bericht|aan|nodig|legt vast|start|stopt|regie "    \
	"naar|brief|regel|bron"

/* One route in the language of Graphviz: states, steps, clocks. */
KB_MUST_CHECK enum kb_err kb_profile_put_dot(struct kb_buf *out, const struct kb_route *route);

#endif
