/* SPDX-License-Identifier: EUPL-1.2 */
/* Colour for how near a term is, on a terminal only: the word stays the message. */
#ifndef KB_CLI_COLOUR_H
#define KB_CLI_COLOUR_H

#include <stdbool.h>
#include <stdio.h>

#define KB_COLOUR_END "\033[0m"

/* Whether the cells of that column are coloured. */
bool kb_colour_column(const char *column);
/* What stands before that cell; "" for one without colour. */
const char *kb_colour_of(const char *cell);
/* Whether file is a terminal. */
bool kb_colour_wanted(FILE *file);

#endif
