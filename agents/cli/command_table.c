/* SPDX-License-Identifier: EUPL-1.2 */
/* The one table of subcommands: what --help prints, and what runs. */
#include "agents/cli/command.h"

#include "agents/cli/desk_client.h"
#include "agents/cli/pki.h"
#include "agents/cli/verzuim_check.h"

/* The rule with the national numbers; a region profile gives an agent its own. */
static int
run_verzuim_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		  char **argv)
{
	const struct kb_verzuim_settings settings = kb_verzuim_settings_default();
	char json[] = "--json";
	char *words[16] = { NULL };
	int count = 0;

	(void)command;
	if (argc > 14) {
		return kb_cli_fail(
			cli, KB_ERR_USAGE,
			"er zijn te veel argumenten; zie ketenbode verzuim check --help");
	}
	for (int i = 1; i < argc; i++) {
		words[count++] = argv[i];
	}
	if (cli->json) {
		words[count++] = json;
	}
	return kb_cli_verzuim_check(count, words, &settings, stdout, stderr);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ASK(verb, form, line, names)                                                               \
	{                                                                                          \
		.words = verb, .arguments = form, .help = line, .run = kb_cli_ask,                 \
		.positional = names                                                                \
	}

#define HERE(verb, form, line, function)                                                           \
	{                                                                                          \
		.words = verb, .arguments = form, .help = line, .run = function                    \
	}

/* Kept in the order in which people meet them. */
static const struct kb_cli_command commands[] = {
	HERE("pki init", "--dir MAP --oin OIN --name NAAM [--days N]",
	     "een nieuw register maken (registerhouder)", kb_pki_init),
	HERE("pki request",
	     "--keys MAP --party ID --kind SOORT --name NAAM --out BESTAND [--swv ..] [--vestiging "
	     "..] [--gemeente ..] [--desk ..]",
	     "sleutels maken en toelating vragen", kb_pki_request),
	HERE("pki admit",
	     "--dir MAP --broker-address ADRES --out MAP [--fingerprint ..|--yes] AANVRAAG...",
	     "partijen toelaten (registerhouder)", kb_pki_admit),
	HERE("pki join", "--keys MAP [--fingerprint ..|--yes] BESTAND",
	     "toetreden met het antwoord van de registerhouder", kb_pki_join),
	HERE("pki show", "BESTAND", "laten zien wat in een toetredingsbestand staat", kb_pki_show),
	HERE("pki renew", "--dir MAP [--days N] [--crl-days N]",
	     "het register opnieuw ondertekenen (registerhouder)", kb_pki_renew),
	HERE("pki revoke", "--dir MAP --party ID --key-version N",
	     "sleutels intrekken (registerhouder)", kb_pki_revoke),
	ASK("status", "", "hoe het met de agent gaat", NULL),
	ASK("doctor", "", "wat u nu moet doen, als er iets is", NULL),
	ASK("parties", "[ZOEK]", "met wie u kunt uitwisselen", WORDS("zoek")),
	ASK("user list", "", "wie er met deze agent werken", NULL),
	ASK("user add",
	    "NAAM --functie TEKST --desk DESK --account NAAM [--tot JJJJ-MM-DD] [--beheerder]",
	    "een gebruiker toevoegen", WORDS("naam")),
	ASK("user end", "NAAM [--per JJJJ-MM-DD]", "een gebruiker beeindigen", WORDS("naam")),
	ASK("inbox", "", "wat er ligt", NULL),
	ASK("case show", "ZAAK", "een zaak: tijdlijn, klokken, wat er staat", WORDS("zaak")),
	ASK("case act", "ZAAK HANDELING [--tekst ..] [--datum ..] [--melding ..]",
	    "iets doen in een zaak", WORDS("zaak", "handeling")),
	ASK("log show", "[--vanaf N] [--aantal N]", "het logboek van de agent", NULL),
	ASK("log verify", "", "het hele logboek narekenen", NULL),
	ASK("outbox", "", "wat nog op weg is", NULL),
	HERE("verzuim check", "MAP [--tot JJJJ-MM-DD] [--lesduur MINUTEN]",
	     "de meldingen van een gegevensset uitrekenen, zonder agent", run_verzuim_check),
	ASK("verzuim import", "MAP [--van JJJJ-MM-DD] [--tot JJJJ-MM-DD] [--bevestig]",
	    "een gegevensset inlezen en melden", WORDS("map")),
	ASK("verzuim meld",
	    "LEERLING SOORT --begin JJJJ-MM-DD [--eind ..] [--minuten N] [--tekst ..]",
	    "met de hand melden: luxe, overig, 18-plus", WORDS("leerling", "soort")),
	ASK("verzuim list", "[--schooljaar JJJJ]", "de meldingen van deze school", NULL),
	ASK("verzuim export", "BESTAND [--vorm csv|json] [--alles]",
	    "nieuwe en gewijzigde meldingen voor een ander pakket", WORDS("bestand")),
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

const struct kb_cli_command *
kb_cli_commands(size_t *count)
{
	*count = COMMAND_COUNT;
	return commands;
}

/* How many words of argv are those of the command; 0 when they are not. */
static int
words_match(const char *words, int argc, char **argv)
{
	int used = 0;

	while (*words != 0) {
		size_t len = strcspn(words, " ");

		if (used == argc || strlen(argv[used]) != len ||
		    strncmp(argv[used], words, len) != 0) {
			return 0;
		}
		used++;
		words += len + (words[len] == ' ');
	}
	return used;
}

const struct kb_cli_command *
kb_cli_command_find(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		*used = words_match(commands[i].words, argc, argv);
		if (*used > 0) {
			return &commands[i];
		}
	}
	return NULL;
}

void
kb_cli_usage(FILE *out)
{
	(void)fputs("\nOpdrachten:\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		(void)fprintf(out, "  %-16s %s\n", commands[i].words, commands[i].help);
	}
	(void)fputs(
		"\nEen automatische melding vervangt de melding van de school aan het "
		"verzuimregister van DUO niet.\n"
		"Uitleg van een opdracht: ketenbode OPDRACHT --help. Handleiding: man ketenbode\n",
		out);
}

void
kb_cli_command_help(const struct kb_cli_command *command, FILE *out)
{
	(void)fprintf(out, "ketenbode %s %s\n\n%s\n", command->words, command->arguments,
		      command->help);
	if (command->explanation != NULL) {
		(void)fprintf(out, "\n%s\n", command->explanation);
	}
}
