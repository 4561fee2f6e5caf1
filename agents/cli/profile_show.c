/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode profile show`: what a region agreed, for people, for programs and for Graphviz. */
#include "agents/cli/profile.h"
#include "common/base/text.h"

enum { OPTION_ROUTE, OPTION_DOT, OPTION_COUNT };

static const struct kb_option options[] = {
	[OPTION_ROUTE] = { "route", "ID", "alleen deze route" },
	[OPTION_DOT] = { "dot", NULL,
			 "als tekening voor Graphviz: toestanden, stappen en klokken" },
};

/* Everything that show can say, in its order: a section that is not there is passed over. */
static const struct {
	const char *name;
	const char *columns;
} sections[] = {
	{ "regio", KB_PROFILE_REGION_COLUMNS },	    { "verzuim", KB_PROFILE_VALUE_COLUMNS },
	{ "afspraken", KB_PROFILE_VALUE_COLUMNS },  { "onderwerpen", KB_PROFILE_RULE_COLUMNS },
	{ "routes", KB_PROFILE_ROUTES_COLUMNS },    { "route", KB_PROFILE_ROUTE_COLUMNS },
	{ "toestanden", KB_PROFILE_STATE_COLUMNS }, { "klokken", KB_PROFILE_CLOCK_COLUMNS },
	{ "stappen", KB_PROFILE_STEP_COLUMNS },
};

/* The first cell of a row, and under it what the other cells say; two columns are one line. */
static void
print_record(const struct kb_output *output, const char *section, const char *columns, size_t row)
{
	bool one_line = strcmp(columns, KB_PROFILE_REGION_COLUMNS) == 0;
	const char *at = columns;

	for (size_t place = 0; *at != '\0'; place++) {
		size_t len = strcspn(at, "|");
		char column[40];
		const char *cell = NULL;

		(void)snprintf(column, sizeof(column), "%.*s", (int)len, at);
		cell = kb_output_cell(output, section, row, column);
		if (place == 0) {
			(void)printf(one_line ? "  %s: " : "  %s\n", cell);
		} else if (one_line) {
			(void)printf("%s\n", cell);
		} else if (cell[0] != '\0') {
			(void)printf("      %s: %s\n", column, cell);
		}
		at += len + (at[len] == '|');
	}
}

static enum kb_err
print_sections(const struct kb_cli *cli, struct kb_output *output)
{
	bool first = true;

	if (cli->json) {
		return kb_output_print(output, cli, 0, "", stdout);
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		size_t count = kb_output_row_count(output, sections[i].name);

		if (count > 0) {
			(void)printf(first ? "%s\n" : "\n%s\n", sections[i].name);
			first = false;
		}
		for (size_t row = 0; row < count; row++) {
			print_record(output, sections[i].name, sections[i].columns, row);
		}
	}
	return fflush(stdout) == 0 ? KB_OK : KB_ERR_IO;
}

static enum kb_err
show_text(const struct kb_cli *cli, const struct kb_profile *profile, const struct kb_route *route)
{
	struct kb_output *output = NULL;
	enum kb_err err = kb_output_new(&output);

	if (err == KB_OK) {
		err = route != NULL ? kb_profile_put_route(output, route)
				    : kb_profile_put_values(output, profile);
	}
	if (err == KB_OK) {
		err = print_sections(cli, output);
	}
	kb_output_free(output);
	return err;
}

static enum kb_err
show_dot(const struct kb_profile *profile, const struct kb_route *route)
{
	struct kb_buf text = { 0 };
	enum kb_err err = route != NULL ? kb_profile_put_dot(&text, route) : KB_OK;

	for (size_t i = 0; route == NULL && err == KB_OK && i < profile->route_count; i++) {
		err = kb_profile_put_dot(&text, &profile->routes[i]);
	}
	if (err == KB_OK &&
	    (fwrite(text.at, 1, text.len, stdout) != text.len || fflush(stdout) != 0)) {
		err = KB_ERR_IO;
	}
	kb_buf_release(&text);
	return err;
}

static int
show(const struct kb_cli *cli, const struct kb_option_values *values,
     const struct kb_profile *profile)
{
	const char *id = values->value[OPTION_ROUTE];
	const struct kb_route *route =
		id != NULL ? kb_profile_route(profile, kb_span_text(id)) : NULL;
	enum kb_err err = KB_OK;

	if (id != NULL && route == NULL) {
		return kb_cli_fail(cli, KB_ERR_NOT_FOUND,
				   "%s heeft geen route %s; ketenbode profile show MAP noemt ze",
				   profile->name, id);
	}
	err = values->value[OPTION_DOT] != NULL ? show_dot(profile, route)
						: show_text(cli, profile, route);
	return err == KB_OK ? 0 : kb_cli_fail(cli, err, "%s", kb_err_text(err));
}

int
kb_cli_profile_show(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		    char **argv)
{
	struct kb_option_values values;
	struct kb_profile profile = { 0 };
	int exit_code = 0;

	if (!kb_cli_options(cli, command, options, OPTION_COUNT, argc, argv, &values, &exit_code)) {
		return exit_code;
	}
	if (values.operand_count != 1 || (cli->json && values.value[OPTION_DOT] != NULL)) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef een map, en --json of --dot; zie ketenbode %s --help",
				   command->words);
	}
	if (kb_cli_profile_open(cli, values.operands[0], &profile, &exit_code)) {
		exit_code = show(cli, &values, &profile);
		kb_profile_release(&profile);
	}
	return exit_code;
}
