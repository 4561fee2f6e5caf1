/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of everything that is wrong with a file, as lines "file:line: what is wrong". */
#ifndef KB_DAEMON_FAULTS_H
#define KB_DAEMON_FAULTS_H

#include "common/base/buf.h"

/* More lines than this help nobody; the rest is only counted. */
#define KB_FAULTS_SHOWN_MAX 50

/* A zeroed struct is an empty list. */
struct kb_faults {
	struct kb_buf text; /* the first KB_FAULTS_SHOWN_MAX lines, each ended by LF */
	size_t count;	    /* all faults */
};

void kb_faults_release(struct kb_faults *faults);

/* Adds one line. line 0: the file as a whole. Control characters and bad UTF-8 in the text become '?'. */
__attribute__((format(printf, 4, 5))) void kb_faults_add(struct kb_faults *faults, const char *file,
							 uint32_t line, const char *format, ...);

/* The lines as one text ("" when there are none), with a last line that counts what was left out. Borrowed until the
 * next kb_faults_add. */
const char *kb_faults_text(struct kb_faults *faults);

#endif
