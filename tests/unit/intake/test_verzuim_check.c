/* SPDX-License-Identifier: EUPL-1.2 */
/* The command `verzuim check`: words, exit codes and output. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/verzuim_check.h"

#define YEAR KB_SOURCE_DIR "/tests/data/verzuim"
#define WORDS_MAX 8

static char *out_text;
static char *err_text;

static int
run(const char *const *words)
{
	struct kb_verzuim_settings settings = kb_verzuim_settings_default();
	size_t out_len = 0;
	size_t err_len = 0;
	FILE *out = open_memstream(&out_text, &out_len);
	FILE *err = open_memstream(&err_text, &err_len);
	char *argv[WORDS_MAX + 1] = { NULL };
	int argc = 0;
	int code = 0;

	while (words[argc] != NULL) {
		argv[argc] = (char *)(uintptr_t)words[argc];
		argc++;
	}
	code = kb_cli_verzuim_check(argc, argv, &settings, out, err);
	(void)fclose(out);
	(void)fclose(err);
	return code;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static void
drop(void)
{
	free(out_text);
	free(err_text);
	out_text = NULL;
	err_text = NULL;
}

static size_t
lines_of(const char *text)
{
	size_t count = 0;

	for (; *text != 0; text++) {
		count += *text == '\n' ? 1 : 0;
	}
	return count;
}

Test(verzuim_check, prints_the_meldingen_on_out_and_the_summary_on_err, .fini = drop)
{
	cr_assert_eq(RUN(YEAR), 0);
	cr_assert_eq(lines_of(out_text), 34);
	cr_assert_eq(strncmp(out_text, "leerling;soort;begindatum;", 26), 0);
	cr_assert_str_eq(
		err_text,
		"36 leerlingen, 418 dagen met verzuim, 33 meldingen. In het buitenland: 1.\n");
}

Test(verzuim_check, tot_and_lesduur_are_taken_in_both_spellings, .fini = drop)
{
	cr_assert_eq(RUN(YEAR, "--tot", "2025-09-03"), 0);
	cr_assert_eq(lines_of(out_text), 3);
	drop();
	cr_assert_eq(RUN("--tot=2025-09-03", YEAR), 0);
	cr_assert_eq(lines_of(out_text), 3);
	drop();
	cr_assert_eq(RUN(YEAR, "--lesduur=45"), 0);
	cr_assert_gt(lines_of(out_text), 34);
	cr_assert_not_null(strstr(out_text, "V002;16-uur;2025-09-01;2025-09-03;720;0114;"));
}

Test(verzuim_check, wrong_words_give_64_and_nothing_on_out, .fini = drop)
{
	static const char *const cases[][4] = {
		{ NULL },
		{ YEAR, "--tot" },
		{ YEAR, "--tot", "2025-02-30" },
		{ YEAR, "--tot", "morgen" },
		{ YEAR, "--lesduur", "0" },
		{ YEAR, "--lesduur", "61" },
		{ YEAR, "--lesduur", "-5" },
		{ YEAR, "--lesduur", "45x" },
		{ YEAR, "--lesduur=" },
		{ YEAR, "--jsonx" },
		{ YEAR, "--json=1" },
		{ YEAR, "--los" },
		{ YEAR, YEAR },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(run(cases[i]), 64, "row %zu", i);
		cr_assert_str_empty(out_text);
		cr_assert_not_null(strstr(err_text, "Gebruik: ketenbode verzuim check"));
		drop();
	}
}

Test(verzuim_check, help_is_enough_and_gives_0, .fini = drop)
{
	cr_assert_eq(RUN("--help"), 0);
	cr_assert_not_null(strstr(out_text, "--lesduur MINUTEN"));
	cr_assert_str_empty(err_text);
}

Test(verzuim_check, a_folder_that_is_not_there_gives_69, .fini = drop)
{
	cr_assert_eq(RUN("/nergens/te/vinden"), 69);
	cr_assert_str_empty(out_text);
	cr_assert_not_null(strstr(err_text, "de map kan niet gelezen worden"));
	drop();
	cr_assert_eq(RUN(YEAR "/kalender.csv"), 69, "a file is no folder");
}

Test(verzuim_check, a_bad_set_gives_65_with_file_and_line_and_nothing_on_out, .fini = drop)
{
	char path[] = "/tmp/kb-check-XXXXXX";
	char file[64];
	FILE *to = NULL;

	cr_assert_not_null(mkdtemp(path));
	(void)snprintf(file, sizeof(file), "%s/kalender.csv", path);
	to = fopen(file, "w");
	(void)fputs("van;tot;soort;omschrijving\n2025-08-01;2025-07-01;vakantie;x\n", to);
	(void)fclose(to);
	cr_assert_eq(RUN(path), 65);
	cr_assert_str_empty(out_text);
	cr_assert_not_null(strstr(err_text, "kalender.csv:2: kolom tot: ligt voor"));
	cr_assert_not_null(strstr(err_text, "verzuim.csv:1: het bestand ontbreekt"));
	drop();
	cr_assert_eq(RUN(path, "--json"), 65);
	cr_assert_str_empty(out_text);
	cr_assert_not_null(strstr(err_text, "\"regel\": 2"));
	(void)unlink(file);
	(void)rmdir(path);
}

Test(verzuim_check, json_holds_the_same_meldingen, .fini = drop)
{
	json_t *root = NULL;
	json_t *first = NULL;

	cr_assert_eq(RUN(YEAR, "--json"), 0);
	root = json_loads(out_text, 0, NULL);
	cr_assert_not_null(root);
	cr_assert_eq(json_array_size(json_object_get(root, "meldingen")), 33);
	cr_assert_eq(json_integer_value(json_object_get(root, "buitenland")), 1);
	first = json_array_get(json_object_get(root, "meldingen"), 0);
	cr_assert_str_eq(json_string_value(json_object_get(first, "leerling")), "V001");
	cr_assert_str_eq(json_string_value(json_object_get(first, "uiterste_melddatum")),
			 "2025-09-11");
	cr_assert_eq(json_integer_value(json_object_get(first, "minuten")), 960);
	json_decref(root);
}

Test(verzuim_check, output_that_cannot_be_written_is_no_success, .fini = drop)
{
	struct kb_verzuim_settings settings = kb_verzuim_settings_default();
	size_t len = 0;
	FILE *err = open_memstream(&err_text, &len);
	FILE *full = fopen("/dev/full", "w");
	char dir[] = YEAR;
	char *argv[] = { dir, NULL };

	cr_assert_not_null(full);
	cr_assert_eq(kb_cli_verzuim_check(1, argv, &settings, full, err), 69);
	(void)fclose(full);
	(void)fclose(err);
}
