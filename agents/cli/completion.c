/* SPDX-License-Identifier: EUPL-1.2 */
/* The bash completion of ketenbode. */
#include "agents/cli/completion.h"

/* Every word that starts with "--" in the form of the command, as people read it in --help. */
static void
print_options(const char *form)
{
	const char *at = strstr(form, "--");

	while (at != NULL) {
		size_t len = strcspn(at, " =]|)");

		(void)printf(" %.*s", (int)len, at);
		at = strstr(at + len, "--");
	}
}

int
kb_cli_completion(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		  char **argv)
{
	size_t count = 0;
	const struct kb_cli_command *commands = kb_cli_commands(&count);

	(void)command;
	(void)argv;
	if (argc > 1) {
		return kb_cli_fail(cli, KB_ERR_USAGE, "completion heeft geen argumenten");
	}
	(void)puts("# SPDX-License-Identifier: EUPL-1.2\n"
		   "# bash completion of ketenbode; made by: ketenbode completion\n"
		   "_ketenbode_commands=(");
	for (size_t i = 0; i < count; i++) {
		if (!commands[i].hidden) {
			(void)printf("\t'%s:", commands[i].words);
			print_options(commands[i].arguments);
			(void)puts(" --help'");
		}
	}
	(void)puts(")\n"
		   "_ketenbode() {\n"
		   "\tlocal current=${COMP_WORDS[COMP_CWORD]} typed='' word row rest\n"
		   "\tlocal -i skip=0 i\n"
		   "\tlocal candidates=()\n"
		   "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		   "\t\tword=${COMP_WORDS[i]}\n"
		   "\t\tif ((skip)); then skip=0; continue; fi\n"
		   "\t\tcase $word in\n"
		   "\t\t--socket | --user | --timeout) [[ -z $typed ]] && skip=1 ;;\n"
		   "\t\t-*) ;;\n"
		   "\t\t*) typed+=\"$word \" ;;\n"
		   "\t\tesac\n"
		   "\tdone\n"
		   "\tfor row in \"${_ketenbode_commands[@]}\"; do\n"
		   "\t\trest=${row%%:*}\n"
		   "\t\tif [[ \"$rest \" == \"$typed\"* && \"$rest \" != \"$typed\" ]]; then\n"
		   "\t\t\trest=${rest:${#typed}}\n"
		   "\t\t\tcandidates+=(\"${rest%% *}\")\n"
		   "\t\telif [[ -n $typed && \"$typed\" == \"$rest \"* ]]; then\n"
		   "\t\t\tcandidates+=(${row#*:})\n"
		   "\t\tfi\n"
		   "\tdone\n"
		   "\t[[ -z $typed ]] && candidates+=(--socket --user --json --timeout --version "
		   "--help)\n"
		   "\tCOMPREPLY=($(compgen -W \"${candidates[*]}\" -- \"$current\"))\n"
		   "}\n"
		   "complete -o default -F _ketenbode ketenbode");
	return 0;
}
