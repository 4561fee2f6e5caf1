/* SPDX-License-Identifier: EUPL-1.2 */
/* The bad lines of a data set, as text for people. */
#include "agents/intake/dataset_problems.h"

static const char *const file_names[KB_DATASET_FILE_COUNT] = {
	[KB_DATASET_KALENDER] = "kalender.csv",
	[KB_DATASET_LEERLINGEN] = "leerlingen.csv",
	[KB_DATASET_VERZUIM] = "verzuim.csv",
	[KB_DATASET_PERSONEN] = "personen.csv",
};

const char *
kb_dataset_file_name(enum kb_dataset_file file)
{
	return (size_t)file < KB_DATASET_FILE_COUNT ? file_names[file] : "";
}

/* Appends the fault to text; what does not fit is left out as a whole. */
static void
text_append(char text[KB_DATASET_PROBLEM_TEXT], const struct kb_dataset_fault *fault)
{
	size_t len = strlen(text);
	size_t room = KB_DATASET_PROBLEM_TEXT - len;
	bool column = fault->column[0] != 0;
	char other[32] = "";
	int put = 0;

	if (fault->other_line != 0) {
		(void)snprintf(other, sizeof(other), " (regel %u)", fault->other_line);
	}
	put = snprintf(text + len, room, "%s%s%s%s%s%s", len > 0 ? "; " : "",
		       column ? "kolom " : "", fault->column, column ? ": " : "", fault->what,
		       other);
	if (put < 0 || (size_t)put >= room) {
		text[len] = 0;
	}
}

void
kb_dataset_fault_add(struct kb_dataset_collector *collector, const struct kb_dataset_fault *fault)
{
	struct kb_dataset_problems *problems = collector->problems;
	bool same = collector->last_line == fault->line && collector->last_file == fault->file;

	if (!same) {
		problems->total++;
		collector->last_line = fault->line;
		collector->last_file = fault->file;
		if (problems->count == KB_DATASET_PROBLEMS_MAX) {
			return;
		}
		problems->at[problems->count++] =
			(struct kb_dataset_problem){ .file = fault->file, .line = fault->line };
	}
	if (problems->total <= KB_DATASET_PROBLEMS_MAX) {
		text_append(problems->at[problems->count - 1].text, fault);
	}
}

void
kb_dataset_problems_print(const struct kb_dataset_problems *problems, FILE *to)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct kb_dataset_problem *problem = &problems->at[i];

		(void)fprintf(to, "%s:%u: %s\n", kb_dataset_file_name(problem->file), problem->line,
			      problem->text);
	}
	if (problems->total > problems->count) {
		(void)fprintf(to,
			      "En nog %zu foute regels. Verbeter de regels hierboven en probeer "
			      "opnieuw.\n",
			      problems->total - problems->count);
	}
}
