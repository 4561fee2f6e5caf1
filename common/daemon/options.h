/* SPDX-License-Identifier: EUPL-1.2 */
/* Command line options from one table; the usage text comes from the same table. */
#ifndef KB_DAEMON_OPTIONS_H
#define KB_DAEMON_OPTIONS_H

#include "common/base/buf.h"

#define KB_OPTIONS_MAX 32

/* One long option. The place in the table is its number. */
struct kb_option {
	const char *name;	/* without the dashes */
	const char *value_name; /* "FILE"; NULL for a flag */
	const char *help;	/* one line */
};

/* What the command line held. Texts are borrowed from argv. */
struct kb_option_values {
	const char *value
		[KB_OPTIONS_MAX]; /* by number; NULL: not given; "" for a flag that was given */
	char **operands;	  /* what is no option, in order */
	size_t operand_count;
};

/*
 * Reads argv[1..] with getopt_long. Options may stand between operands unless stop_at_operand (for a program with
 * subcommands). An unknown or shortened name, a missing or surplus value and an option given twice are KB_ERR_USAGE with
 * a sentence in where. argv may be reordered. Not reentrant (getopt is not).
 */
KB_MUST_CHECK enum kb_err kb_options_parse(const struct kb_option *table, size_t count,
					   bool stop_at_operand, int argc, char **argv,
					   struct kb_option_values *out,
					   struct kb_error_text *where);

/* One line per option, aligned, as in --help. */
KB_MUST_CHECK enum kb_err kb_options_usage(const struct kb_option *table, size_t count,
					   struct kb_buf *out);

#endif
