/* SPDX-License-Identifier: EUPL-1.2 */
/* ketenbode explain: the same decision as sender and recipient take, in words, with its row and source. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli/explain.h"

#define WORDS_MAX 24

/* What explain says to these words, as JSON; the exit code in *exit_code. */
static json_t *
explain(int *exit_code, const char *const *words)
{
	const struct kb_cli cli = { .json = true };
	const struct kb_cli_command command = { .words = "explain" };
	static char copies[WORDS_MAX][200];
	char *argv[WORDS_MAX + 2] = { NULL };
	int argc = 0;
	char out[65536];
	size_t got = 0;
	int saved = -1;
	FILE *shown = NULL;
	json_t *json = NULL;

	(void)snprintf(copies[0], sizeof(copies[0]), "explain");
	argv[argc++] = copies[0];
	for (; words[argc - 1] != NULL; argc++) {
		(void)snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc - 1]);
		argv[argc] = copies[argc];
	}
	shown = tmpfile();
	saved = dup(STDOUT_FILENO);
	cr_assert(shown != NULL && saved >= 0 && fflush(stdout) == 0);
	cr_assert_geq(dup2(fileno(shown), STDOUT_FILENO), 0);
	*exit_code = kb_cli_explain(&cli, &command, argc, argv);
	(void)fflush(stdout);
	cr_assert_geq(dup2(saved, STDOUT_FILENO), 0);
	(void)close(saved);
	rewind(shown);
	got = fread(out, 1, sizeof(out) - 1, shown);
	out[got] = 0;
	(void)fclose(shown);
	json = json_loads(out, 0, NULL);
	cr_assert_not_null(json, "no JSON: %s", out);
	return json;
}

#define EXPLAIN(code, ...) explain(&(code), (const char *const[]){ __VA_ARGS__, NULL })

static const char *
cell(const json_t *json, const char *section, size_t row, const char *column)
{
	const char *text = json_string_value(
		json_object_get(json_array_get(json_object_get(json, section), row), column));

	return text != NULL ? text : "";
}

Test(explain, allowed_names_the_row_and_its_source)
{
	int code = 0;
	json_t *json = EXPLAIN(code, "--soort", "verzuim-melding", "--van", "school", "--aan",
			       "gemeente:leerplicht", "--doel", "leerplicht", "--grond",
			       "wettelijke-taak");

	cr_assert_eq(code, 0);
	cr_assert_str_eq(cell(json, "besluit", 0, "mag"), "ja");
	cr_assert_str_eq(cell(json, "rij", 0, "rij"), "melding");
	cr_assert_str_not_empty(cell(json, "rij", 0, "bron"));
	json_decref(json);
}

Test(explain, a_doa_hulpvraag_needs_a_toestemming_R01)
{
	int code = 0;
	json_t *json = EXPLAIN(code, "--soort", "doa-hulpvraag", "--van", "school:school", "--aan",
			       "swv:swv", "--doel", "doa", "--grond", "toestemming");

	cr_assert_eq(code, 77);
	cr_assert_str_eq(cell(json, "besluit", 0, "reden"), "NO_CONSENT");
	cr_assert_str_eq(cell(json, "rij", 0, "regel"), "R01");
	cr_assert_str_eq(cell(json, "ontbreekt", 0, "wat"), "toestemming");
	json_decref(json);
}

Test(explain, with_a_toestemming_it_is_allowed_R01)
{
	int code = 0;
	json_t *json = EXPLAIN(code, "--soort", "doa-hulpvraag", "--van", "school:school", "--aan",
			       "swv:swv", "--doel", "doa", "--grond", "toestemming",
			       "--toestemming", "--gegevens", "identiteit,ondersteuning");

	cr_assert_eq(code, 0);
	json_decref(json);
}

Test(explain, the_day_decides_which_row_holds_D5)
{
	int code = 0;
	json_t *before =
		EXPLAIN(code, "--soort", "overdrachtsdossier", "--van", "vo:school:vo", "--aan",
			"vo:school:vo", "--doel", "overdracht", "--grond", "wettelijke-taak",
			"--voldaan", "inzage,aangemeld", "--datum", "2020-07-31");

	cr_assert_eq(code, 77, "until 31 July 2020 it needed a toestemming");
	json_decref(before);
}

Test(explain, after_31_july_2020_no_toestemming_is_needed_D5)
{
	int code = 0;
	json_t *after =
		EXPLAIN(code, "--soort", "overdrachtsdossier", "--van", "vo:school:vo", "--aan",
			"vo:school:vo", "--doel", "overdracht", "--grond", "wettelijke-taak",
			"--voldaan", "inzage,aangemeld", "--datum", "2020-08-01");

	cr_assert_eq(code, 0);
	json_decref(after);
}

Test(explain, without_purpose_and_ground_all_rows_of_the_two_are_listed)
{
	int code = 0;
	json_t *json = EXPLAIN(code, "--soort", "bericht", "--van", "school", "--aan", "swv");

	cr_assert_eq(code, 0);
	cr_assert_gt(json_array_size(json_object_get(json, "rijen")), 0u);
	json_decref(json);
}

Test(explain, nothing_between_these_two_is_a_no)
{
	int code = 0;
	json_t *json = EXPLAIN(code, "--soort", "tlv-besluit", "--van", "swv", "--aan", "gemeente");

	cr_assert_eq(code, 77);
	cr_assert_eq(json_array_size(json_object_get(json, "rijen")), 0u);
	json_decref(json);
}

Test(explain, a_word_that_is_not_there_is_named)
{
	static const char *const wrong[][8] = {
		{ "--soort", "nergens", "--van", "school", "--aan", "swv" },
		{ "--soort", "bericht", "--van", "kerk", "--aan", "swv" },
		{ "--soort", "bericht", "--van", "school:loket", "--aan", "swv" },
		{ "--soort", "bericht", "--van", "school", "--aan", "swv", "--doel", "zomaar" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *words[9] = { NULL };
		int code = 0;
		json_t *json = NULL;

		memcpy(words, wrong[i], sizeof(wrong[i]));
		json = explain(&code, words);
		cr_assert_eq(code, 64, "words %zu", i);
		json_decref(json);
	}
}
