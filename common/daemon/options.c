/* SPDX-License-Identifier: EUPL-1.2 */
/* Command line options from one table. */
#include "common/daemon/options.h"

#include <getopt.h>
#include <string.h>

/* getopt answers with 0x100 + the place in the table: no short option can have such a number. */
#define OPTION_BASE 0x100

static void
make_long_options(const struct kb_option *table, size_t count, struct option *out)
{
	for (size_t i = 0; i < count; i++) {
		out[i] = (struct option){
			.name = table[i].name,
			.has_arg = table[i].value_name != NULL ? required_argument : no_argument,
			.val = OPTION_BASE + (int)i,
		};
	}
	out[count] = (struct option){ 0 };
}

/* getopt takes any unique beginning of a name; a script that relies on one breaks with the next option we add. */
static bool
is_whole_name(const char *word, const char *name)
{
	size_t len = strcspn(word + 2, "=");

	return len == strlen(name) && strncmp(word + 2, name, len) == 0;
}

/* The word that getopt has just read as an option: the nearest one before optind that starts with "--". */
static const char *
word_before(char **argv, const struct kb_option *option, bool value_given)
{
	const char *word = argv[optind - 1];

	if (value_given && option->value_name != NULL && word == optarg) {
		word = argv[optind - 2];
	}
	return word;
}

static enum kb_err
take(const struct kb_option *table, size_t number, char **argv, struct kb_option_values *values,
     struct kb_error_text *where)
{
	const struct kb_option *option = &table[number];
	const char *word = word_before(argv, option, optarg != NULL);

	if (!is_whole_name(word, option->name)) {
		return kb_fail(where, KB_ERR_USAGE, "unknown option %s (is --%s meant?)", word,
			       option->name);
	}
	if (values->value[number] != NULL) {
		return kb_fail(where, KB_ERR_USAGE, "option --%s is given twice", option->name);
	}
	values->value[number] = optarg != NULL ? optarg : "";
	return KB_OK;
}

enum kb_err
kb_options_parse(const struct kb_option *table, size_t count, bool stop_at_operand, int argc,
		 char **argv, struct kb_option_values *out, struct kb_error_text *where)
{
	struct option long_options[KB_OPTIONS_MAX + 1];
	struct kb_option_values values = { 0 };

	KB_INVARIANT(count <= KB_OPTIONS_MAX);
	make_long_options(table, count, long_options);
	optind = 0; /* glibc: begin anew, also after an earlier call */
	opterr = 0;
	for (;;) {
		enum kb_err err = KB_OK;
		int answer =
			getopt_long(argc, argv, stop_at_operand ? "+:" : ":", long_options, NULL);

		if (answer == -1) {
			break;
		}
		if (answer == ':') {
			return kb_fail(where, KB_ERR_USAGE, "option --%s needs a value",
				       table[optopt - OPTION_BASE].name);
		}
		if (answer == '?') {
			const char *reason =
				optopt >= OPTION_BASE ? "takes no value" : "is not known";

			return kb_fail(where, KB_ERR_USAGE, "option %s %s", argv[optind - 1],
				       reason);
		}
		err = take(table, (size_t)(answer - OPTION_BASE), argv, &values, where);
		if (err != KB_OK) {
			return err;
		}
	}
	values.operands = argv + optind;
	values.operand_count = (size_t)(argc - optind);
	*out = values;
	return KB_OK;
}

static size_t
shown_width(const struct kb_option *option)
{
	return strlen(option->name) +
	       (option->value_name != NULL ? strlen(option->value_name) + 1 : 0);
}

enum kb_err
kb_options_usage(const struct kb_option *table, size_t count, struct kb_buf *out)
{
	size_t widest = 0;
	enum kb_err err = KB_OK;

	for (size_t i = 0; i < count; i++) {
		size_t width = shown_width(&table[i]);

		widest = width > widest ? width : widest;
	}
	for (size_t i = 0; err == KB_OK && i < count; i++) {
		bool has_value = table[i].value_name != NULL;
		int pad = (int)(widest - shown_width(&table[i]));

		err = kb_buf_putf(out, "  --%s%s%s%*s  %s\n", table[i].name, has_value ? "=" : "",
				  has_value ? table[i].value_name : "", pad, "", table[i].help);
	}
	return err;
}
