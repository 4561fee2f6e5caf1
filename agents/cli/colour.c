/* SPDX-License-Identifier: EUPL-1.2 */
/* Colour for how near a term is. */
#include "agents/cli/colour.h"

#include <string.h>
#include <unistd.h>

#include "common/exchange/termijn.h"

static const struct {
	enum kb_termijn termijn;
	const char *begin;
} colours[] = {
	{ KB_TERMIJN_BINNENKORT, "\033[33m" }, /* yellow */
	{ KB_TERMIJN_VANDAAG, "\033[1;33m" },
	{ KB_TERMIJN_TE_LAAT, "\033[1;31m" }, /* red */
};

bool
kb_colour_column(const char *column)
{
	return strcmp(column, "termijn-stand") == 0;
}

const char *
kb_colour_of(const char *cell)
{
	enum kb_termijn termijn = kb_termijn_parse(kb_span_text(cell));

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (colours[i].termijn == termijn) {
			return colours[i].begin;
		}
	}
	return "";
}

bool
kb_colour_wanted(FILE *file)
{
	int fd = fileno(file);

	return fd >= 0 && isatty(fd);
}
