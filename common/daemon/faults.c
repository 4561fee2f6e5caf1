/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of everything that is wrong with a file. */
#include "common/daemon/faults.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/base/text.h"

#define FAULT_LINE_MAX 512

void
kb_faults_release(struct kb_faults *faults)
{
	kb_buf_release(&faults->text);
	faults->count = 0;
}

/* A value out of a broken file may hold anything; a terminal must not have to swallow it. */
static void
make_printable(char *text)
{
	if (kb_text_ok(kb_span_text(text), false)) {
		return;
	}
	for (char *at = text; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e) {
			*at = '?';
		}
	}
}

void
kb_faults_add(struct kb_faults *faults, const char *file, uint32_t line, const char *format, ...)
{
	char what[FAULT_LINE_MAX];
	char place[16] = "";
	va_list arguments;

	if (faults->count++ >= KB_FAULTS_SHOWN_MAX) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	make_printable(what);
	if (line > 0) {
		(void)snprintf(place, sizeof(place), "%" PRIu32 ":", line);
	}
	kb_ignore(kb_buf_putf(&faults->text, "%s:%s %s\n", file, place, what),
		  "without memory the count still tells that there are faults");
}

const char *
kb_faults_text(struct kb_faults *faults)
{
	const char *text = NULL;
	size_t len = faults->text.len;

	if (faults->count > KB_FAULTS_SHOWN_MAX) {
		kb_ignore(kb_buf_putf(&faults->text, "and %zu more faults\n",
				      faults->count - KB_FAULTS_SHOWN_MAX),
			  "the shown lines are what matters");
	}
	text = kb_buf_text(&faults->text);
	faults->text.len = len;
	return text != NULL ? text : "";
}
