/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode brief check`: all letters of a folder, all their faults. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>

#include "agents/cli/brief.h"
#include "agents/cli/output.h"
#include "common/base/template_frame.h"
#include "common/daemon/faults.h"
#include "common/exchange/letters.h"

#define SUFFIX ".html"

/* The frame is looked at with every kind: what it says of the frame again is one fault. */
static bool
is_known(struct kb_faults *faults, const char *file, uint32_t line, const char *text)
{
	struct kb_faults one = { 0 };
	size_t len = 0;
	const char *at = kb_faults_text(faults);

	kb_faults_add(&one, file, line, "%s", text);
	len = one.text.len;
	while (*at != '\0' && len > 0 && strncmp(at, kb_faults_text(&one), len) != 0) {
		at = strchr(at, '\n');
		at = at != NULL ? at + 1 : "";
	}
	kb_faults_release(&one);
	return *at != '\0' && len > 0;
}

static void
add_fault(void *to, const char *file, uint32_t line, const char *text)
{
	if (!is_known(to, file, line, text)) {
		kb_faults_add(to, file, line, "%s", text);
	}
}

/* One page per kind; one that is missing would be missed on the day that it is needed. */
static void
check_kind(const char *folder, enum kb_letter_kind kind, struct kb_faults *faults)
{
	struct kb_template_frame frame;
	enum kb_err err = kb_template_frame_load(&frame, folder, KB_LETTER_FRAME,
						 kb_letter_kind_name(kind), add_fault, faults);

	if (err == KB_OK) {
		err = kb_letter_check(kind, frame.part_file, kb_buf_span(&frame.page),
				      kb_template_frame_say, &frame);
	}
	/* Of everything else a fault was said already. */
	if (err == KB_ERR_NO_MEMORY) {
		kb_faults_add(faults, frame.part_file, 0, "kan niet worden gelezen (%s)",
			      kb_err_text(err));
	}
	kb_template_frame_release(&frame);
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
		     (!kb_span_equal(kb_span(entry->d_name, stem), kb_span_text(KB_LETTER_FRAME)) &&
		      kb_letter_kind_parse(kb_span(entry->d_name, stem)) == KB_LETTER_NONE))) {
			(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
			kb_faults_add(faults, path, 0, "er is geen brief met deze naam");
		}
	}
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
		exit_code = kb_cli_tell_faults(cli, &faults, "de brieven", argv[1]);
	} else {
		(void)printf(cli->json ? "{\"brieven\": %d}\n" : "%d brieven zijn goed\n",
			     KB_LETTER_KIND_COUNT - 1);
	}
	kb_faults_release(&faults);
	return exit_code;
}
