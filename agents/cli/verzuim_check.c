/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode verzuim check`. */
#include "agents/cli/verzuim_check.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/intake/dataset.h"
#include "common/base/text.h"

#define LESDUUR_MAX 60

struct options {
	const char *dir;
	const char *tot;
	const char *lesduur;
	bool json;
	bool help;
	int32_t tot_day;
	uint32_t lesson_minutes; /* 0: from the settings */
};

/* Where the words of the command line go: a value, or a mark that the option was there. */
static const struct {
	const char *name;
	size_t value_at; /* offset of a const char * */
	size_t flag_at;	 /* offset of a bool */
	bool has_value;
} option_table[] = {
	{ "--tot", offsetof(struct options, tot), 0, true },
	{ "--lesduur", offsetof(struct options, lesduur), 0, true },
	{ "--json", 0, offsetof(struct options, json), false },
	{ "--help", 0, offsetof(struct options, help), false },
};

#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]))

static const char usage[] =
	"Gebruik: ketenbode verzuim check MAP [--tot DATUM] [--lesduur MINUTEN] [--json]\n"
	"\n"
	"Past de regels voor verzuimmeldingen toe op de bestanden in MAP en toont de meldingen die "
	"eruit komen.\n"
	"Er wordt niets bewaard en niets verstuurd.\n"
	"\n"
	"  MAP                 map met kalender.csv, leerlingen.csv, verzuim.csv en eventueel "
	"personen.csv\n"
	"  --tot DATUM         kijk naar geen schooldag na DATUM (JJJJ-MM-DD); zonder: het hele "
	"schooljaar\n"
	"  --lesduur MINUTEN   lengte van een lesuur, 1 tot 60; de grens is 16 lesuren\n"
	"  --json              de uitvoer als JSON\n"
	"\n"
	"Einde: 0 goed, 64 verkeerd gebruikt, 65 fout in de bestanden, 69 de map is niet te "
	"lezen.\n";

/* Finds argv[*i] in the table. False after a message on err. */
static bool
take_option(struct options *options, int argc, char **argv, int *i, FILE *err)
{
	for (size_t k = 0; k < OPTION_COUNT; k++) {
		size_t len = strlen(option_table[k].name);
		const char *value = NULL;

		if (strncmp(argv[*i], option_table[k].name, len) != 0 ||
		    (argv[*i][len] != 0 && (argv[*i][len] != '=' || !option_table[k].has_value))) {
			continue;
		}
		if (!option_table[k].has_value) {
			*(bool *)((char *)options + option_table[k].flag_at) = true;
			return true;
		}
		if (argv[*i][len] == '=') {
			value = argv[*i] + len + 1;
		} else if (*i + 1 < argc) {
			value = argv[++*i];
		}
		if (value == NULL) {
			(void)fprintf(err, "%s heeft een waarde nodig\n", option_table[k].name);
			return false;
		}
		*(const char **)((char *)options + option_table[k].value_at) = value;
		return true;
	}
	(void)fprintf(err, "onbekende optie: %s\n", argv[*i]);
	return false;
}

static bool
options_parse(struct options *options, int argc, char **argv, FILE *err)
{
	uint64_t minutes = 0;

	options->tot_day = KB_DAY_NONE;
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1] != 0) {
			if (!take_option(options, argc, argv, &i, err)) {
				return false;
			}
		} else if (options->dir == NULL) {
			options->dir = argv[i];
		} else {
			(void)fprintf(err, "een map te veel: %s\n", argv[i]);
			return false;
		}
	}
	if (options->help) {
		return true;
	}
	if (options->dir == NULL) {
		(void)fputs("noem de map met de bestanden\n", err);
		return false;
	}
	if (options->tot != NULL &&
	    kb_date_parse(kb_span_text(options->tot), &options->tot_day) != KB_OK) {
		(void)fprintf(err, "--tot %s: geen bestaande datum in de vorm JJJJ-MM-DD\n",
			      options->tot);
		return false;
	}
	if (options->lesduur != NULL) {
		if (kb_text_to_u64(kb_span_text(options->lesduur), LESDUUR_MAX, &minutes) !=
			    KB_OK ||
		    minutes == 0) {
			(void)fprintf(err, "--lesduur %s: het moet een getal van 1 tot 60 zijn\n",
				      options->lesduur);
			return false;
		}
		options->lesson_minutes = (uint32_t)minutes;
	}
	return true;
}

static int
json_put_date(json_t *object, const char *key, int32_t day)
{
	char text[KB_DATE_TEXT];

	kb_date_format(day, text);
	return json_object_set_new(object, key, json_string(text));
}

static json_t *
json_of_melding(const struct kb_dataset *set, const struct kb_melding *melding)
{
	struct kb_span leerling = set->leerlingen[melding->leerling].leerling;
	json_t *object = json_object();
	int bad = 0;

	if (object == NULL) {
		return NULL;
	}
	bad |= json_object_set_new(object, "leerling",
				   json_stringn((const char *)leerling.at, leerling.len));
	bad |= json_object_set_new(object, "soort",
				   json_string(kb_melding_soort_name(melding->soort)));
	bad |= json_put_date(object, "begindatum", melding->begin_day);
	bad |= json_put_date(object, "einddatum", melding->eind_day);
	bad |= json_object_set_new(object, "minuten", json_integer(melding->minuten));
	bad |= json_object_set_new(object, "gemeentecode", json_string(melding->gemeentecode));
	bad |= json_put_date(object, "vastgesteld", melding->vastgesteld_day);
	bad |= json_put_date(object, "uiterste_melddatum", melding->uiterste_melddag);
	if (bad != 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static enum kb_err
print_json(const struct kb_dataset *set, const struct kb_melding_list *meldingen, FILE *out)
{
	json_t *list = json_array();
	json_t *root = NULL;
	enum kb_err err = KB_ERR_NO_MEMORY;

	for (size_t i = 0; i < meldingen->count; i++) {
		if (json_array_append_new(list, json_of_melding(set, &meldingen->at[i])) != 0) {
			goto out;
		}
	}
	root = json_pack("{s:I, s:I, s:O}", "leerlingen", (json_int_t)set->leerling_count,
			 "buitenland", (json_int_t)set->abroad_count, "meldingen", list);
	if (root == NULL) {
		goto out;
	}
	err = json_dumpf(root, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF &&
			      fflush(out) == 0
		      ? KB_OK
		      : KB_ERR_IO;
out:
	json_decref(root);
	json_decref(list);
	return err;
}

static void
print_json_problems(const struct kb_dataset_problems *problems, FILE *to)
{
	json_t *list = json_array();
	json_t *root = NULL;

	for (size_t i = 0; i < problems->count; i++) {
		const struct kb_dataset_problem *problem = &problems->at[i];

		(void)json_array_append_new(list, json_pack("{s:s, s:I, s:s}", "bestand",
							    kb_dataset_file_name(problem->file),
							    "regel", (json_int_t)problem->line,
							    "fout", problem->text));
	}
	root = json_pack("{s:I, s:O}", "foute_regels", (json_int_t)problems->total, "fouten", list);
	(void)json_dumpf(root, to, JSON_INDENT(2));
	(void)fputc('\n', to);
	json_decref(root);
	json_decref(list);
}

static void
print_summary(const struct kb_dataset *set, const struct kb_melding_list *meldingen, FILE *err)
{
	(void)fprintf(
		err,
		"%zu leerlingen, %zu dagen met verzuim, %zu meldingen. In het buitenland: %zu.\n",
		set->leerling_count, set->rij_count, meldingen->count, set->abroad_count);
}

/* The set in dir_fd through the rules to out. */
static enum kb_err
check(int dir_fd, const struct options *options, const struct kb_verzuim_settings *settings,
      struct kb_dataset_problems *problems, FILE *out, FILE *err)
{
	struct kb_arena arena = { .ceiling = KB_DATASET_ARENA_BYTES };
	struct kb_dataset set = { 0 };
	struct kb_verzuim_input input = { 0 };
	struct kb_melding_list meldingen = { 0 };
	struct kb_error_text where = { "" };
	enum kb_err result = kb_dataset_load(dir_fd, &arena, &set, problems, &where);

	if (result != KB_OK) {
		if (problems->count == 0) {
			(void)fprintf(err, "%s\n",
				      where.text[0] != 0 ? where.text : kb_err_text(result));
		} else if (options->json) {
			print_json_problems(problems, err);
		} else {
			kb_dataset_problems_print(problems, err);
		}
		goto out;
	}
	kb_dataset_input(&set, options->tot_day, false, &input);
	result = kb_verzuim_compute(&input, settings, &arena, &meldingen);
	if (result != KB_OK) {
		(void)fprintf(err, "%s\n", kb_err_text(result));
		goto out;
	}
	result = options->json ? print_json(&set, &meldingen, out)
			       : kb_verwacht_write(out, set.leerlingen, &meldingen);
	if (result == KB_OK) {
		print_summary(&set, &meldingen, err);
	} else {
		(void)fputs("de uitvoer kon niet worden geschreven\n", err);
	}
out:
	kb_arena_release(&arena);
	return result;
}

int
kb_cli_verzuim_check(int argc, char **argv, const struct kb_verzuim_settings *settings, FILE *out,
		     FILE *err)
{
	struct options options = { 0 };
	struct kb_verzuim_settings used = *settings;
	struct kb_dataset_problems *problems = NULL;
	struct kb_error_text where = { "" };
	enum kb_err result = KB_OK;
	int dir_fd = -1;

	if (!options_parse(&options, argc, argv, err)) {
		(void)fputs(usage, err);
		return kb_err_exit_code(KB_ERR_USAGE);
	}
	if (options.help) {
		(void)fputs(usage, out);
		return 0;
	}
	if (options.lesson_minutes != 0) {
		used.lesson_minutes = options.lesson_minutes;
	}
	result = kb_verzuim_settings_check(&used, &where);
	if (result != KB_OK) {
		(void)fprintf(err, "het regioprofiel klopt niet: %s\n", where.text);
		return kb_err_exit_code(result);
	}
	dir_fd = open(options.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0) {
		result = kb_err_from_errno(errno);
		(void)fprintf(err, "%s: de map kan niet gelezen worden\n", options.dir);
		return kb_err_exit_code(result);
	}
	problems = calloc(1, sizeof(*problems));
	result = problems != NULL ? check(dir_fd, &options, &used, problems, out, err)
				  : KB_ERR_NO_MEMORY;
	free(problems);
	(void)close(dir_fd);
	return kb_err_exit_code(result);
}
