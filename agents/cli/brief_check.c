/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode brief check`: all letters of a folder, all their faults. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>

#include "agents/cli/brief.h"
#include "agents/cli/output.h"
#include "common/base/file.h"
#include "common/daemon/faults.h"
#include "common/exchange/letters.h"

#define SUFFIX ".html"

static void
add_fault(void *to, const char *file, uint32_t line, const char *text)
{
	kb_faults_add(to, file, line, "%s", text);
}

/* One page per kind; one that is missing would be missed on the day that it is needed. */
static void
check_kind(const char *folder, enum kb_letter_kind kind, struct kb_faults *faults)
{
	char path[PATH_MAX];
	struct kb_buf bytes = { 0 };
	enum kb_err err = KB_OK;

	(void)snprintf(path, sizeof(path), "%s/%s" SUFFIX, folder, kb_letter_kind_name(kind));
	err = kb_file_read(path, KB_TEMPLATE_BYTES_MAX, &bytes, NULL);
	if (err == KB_ERR_NOT_FOUND) {
		kb_faults_add(faults, path, 0, "deze brief ontbreekt");
	} else if (err != KB_OK) {
		kb_faults_add(faults, path, 0, "kan niet worden gelezen (%s)", kb_err_text(err));
	} else {
		kb_ignore(kb_letter_check(kind, path, kb_buf_span(&bytes), add_fault, faults),
			  "the faults are counted");
	}
	kb_buf_release(&bytes);
}

/* A file with a name that no letter has is a letter that would never be used. */
static void
check_names(const char *folder, DIR *entries, struct kb_faults *faults)
{
	const struct dirent *entry = NULL;

	while ((entry = readdir(entries)) != NULL) {
		size_t len = strlen(entry->d_name);
		size_t stem = len >= strlen(SUFFIX) ? len - strlen(SUFFIX) : 0;
		char path[PATH_MAX];

		if (entry->d_name[0] != '.' &&
		    (stem == 0 || strcmp(entry->d_name + stem, SUFFIX) != 0 ||
		     kb_letter_kind_parse(kb_span(entry->d_name, stem)) == KB_LETTER_NONE)) {
			(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
			kb_faults_add(faults, path, 0, "er is geen brief met deze naam");
		}
	}
}

/* All of them, as lines on stderr or in the object on stdout. */
static int
tell_faults(const struct kb_cli *cli, const char *folder, struct kb_faults *faults)
{
	struct kb_output *output = NULL;
	int exit_code = kb_err_exit_code(KB_ERR_DATA);

	if (!cli->json) {
		(void)fputs(kb_faults_text(faults), stderr);
		return kb_cli_fail(cli, KB_ERR_DATA, "%zu fouten in de brieven van %s",
				   faults->count, folder);
	}
	if (kb_output_new(&output) == KB_OK &&
	    kb_output_say(output, kb_faults_text(faults)) == KB_OK) {
		kb_ignore(kb_output_print(output, cli, exit_code, kb_err_name(KB_ERR_DATA), stdout),
			  "the exit code still says it");
	}
	kb_output_free(output);
	return exit_code;
}

int
kb_cli_brief_check(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		   char **argv)
{
	struct kb_faults faults = { 0 };
	DIR *entries = NULL;
	int exit_code = 0;

	if (argc != 2 || argv[1][0] == '-') {
		return kb_cli_fail(cli, KB_ERR_USAGE, "geef een map; zie ketenbode %s --help",
				   command->words);
	}
	entries = opendir(argv[1]);
	if (entries == NULL) {
		return kb_cli_fail(cli, KB_ERR_IO, "de map %s is niet te lezen (%s)", argv[1],
				   kb_err_text(kb_err_from_errno(errno)));
	}
	check_names(argv[1], entries, &faults);
	(void)closedir(entries);
	for (unsigned i = 1; i < KB_LETTER_KIND_COUNT; i++) {
		check_kind(argv[1], (enum kb_letter_kind)i, &faults);
	}
	if (faults.count > 0) {
		exit_code = tell_faults(cli, argv[1], &faults);
	} else {
		(void)printf(cli->json ? "{\"brieven\": %d}\n" : "%d brieven zijn goed\n",
			     KB_LETTER_KIND_COUNT - 1);
	}
	kb_faults_release(&faults);
	return exit_code;
}
