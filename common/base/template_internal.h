/* SPDX-License-Identifier: EUPL-1.2 */
/* What the two halves of the template check share. Only for the template*.c files of this folder. */
#ifndef KB_BASE_TEMPLATE_INTERNAL_H
#define KB_BASE_TEMPLATE_INTERNAL_H

#include "common/base/template.h"

/* The end of a check: who hears the faults, and how many there were. */
struct kb_template_faults {
	const char *file;
	kb_template_say say;
	void *to;
	size_t count;
};

__attribute__((format(printf, 3, 4))) void
kb_template_fault(struct kb_template_faults *faults, uint32_t line, const char *format, ...);

/* template_html.c: slots stand in text only, and the page fetches and runs nothing. */
void kb_template_check_html(struct kb_span page, struct kb_template_faults *faults);

#endif
