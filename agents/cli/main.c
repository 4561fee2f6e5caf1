/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode: what people, administrators and scripts use. */
#include <signal.h>
#include <stdlib.h>

#include "agents/cli/command.h"
#include "common/base/text.h"
#include "common/crypto/init.h"

enum {
	OPTION_SOCKET,
	OPTION_USER,
	OPTION_JSON,
	OPTION_TIMEOUT,
	OPTION_VERSION,
	OPTION_HELP,
	OPTION_COUNT
};

static const struct kb_option options[] = {
	[OPTION_SOCKET] = { "socket", "PAD",
			    "de socket van de agent ([desk] socket in zijn configuratie)" },
	[OPTION_USER] = { "user", "NAAM",
			  "wie u bent: uw naam in de gebruikerslijst van de agent" },
	[OPTION_JSON] = { "json", NULL, "antwoord als JSON" },
	[OPTION_TIMEOUT] = { "timeout", "SECONDEN", "zo lang wachten op antwoord (standaard 600)" },
	[OPTION_VERSION] = { "version", NULL, "het versienummer" },
	[OPTION_HELP] = { "help", NULL, "deze uitleg; na een opdracht: uitleg van die opdracht" },
};

static int
run_command(const struct kb_cli *cli, int argc, char **argv)
{
	int used = 0;
	const struct kb_cli_command *command = kb_cli_command_find(argc, argv, &used);

	if (command == NULL) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "'%s' is geen opdracht; ketenbode --help noemt ze alle",
				   argv[0]);
	}
	for (int i = used; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			kb_cli_command_help(command, stdout);
			return 0;
		}
	}
	return command->run(cli, command, argc - used + 1, argv + used - 1);
}

static int
usage(FILE *out)
{
	struct kb_buf lines = { 0 };

	(void)fputs("ketenbode [OPTIES] OPDRACHT [ARGUMENTEN]\n\n", out);
	if (kb_options_usage(options, OPTION_COUNT, &lines) == KB_OK) {
		(void)fwrite(lines.at, 1, lines.len, out);
	}
	kb_buf_release(&lines);
	kb_cli_usage(out);
	return out == stdout ? 0 : kb_err_exit_code(KB_ERR_USAGE);
}

int
main(int argc, char **argv)
{
	struct kb_option_values values;
	struct kb_error_text where = { "" };
	struct kb_cli cli = { .timeout_ms = 600000 };
	uint64_t seconds = 0;
	int exit_code = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	if (kb_options_parse(options, OPTION_COUNT, true, argc, argv, &values, &where) != KB_OK) {
		return kb_cli_fail(&cli, KB_ERR_USAGE, "%s; zie ketenbode --help", where.text);
	}
	cli.socket = values.value[OPTION_SOCKET];
	cli.user = values.value[OPTION_USER];
	cli.json = values.value[OPTION_JSON] != NULL;
	if (values.value[OPTION_TIMEOUT] != NULL) {
		if (kb_text_to_u64(kb_span_text(values.value[OPTION_TIMEOUT]), 86400, &seconds) !=
		    KB_OK) {
			return kb_cli_fail(&cli, KB_ERR_USAGE,
					   "--timeout is een aantal seconden tot 86400");
		}
		cli.timeout_ms = (int)seconds * 1000;
	}
	if (values.value[OPTION_HELP] != NULL) {
		return usage(stdout);
	}
	if (values.value[OPTION_VERSION] != NULL) {
		(void)puts("ketenbode " KB_VERSION);
		return 0;
	}
	if (values.operand_count == 0) {
		return usage(stderr);
	}
	if (kb_crypto_init() != KB_OK) {
		return kb_cli_fail(&cli, KB_ERR_CRYPTO, "de cryptobibliotheek mist een algoritme");
	}
	exit_code = run_command(&cli, (int)values.operand_count, values.operands);
	kb_crypto_release();
	if (fflush(stdout) != 0 && exit_code == 0) {
		exit_code = kb_err_exit_code(KB_ERR_IO);
	}
	return exit_code;
}
