/* SPDX-License-Identifier: EUPL-1.2 */
/* The technical log: one line per fate, ids and numbers only, never a person. */
#ifndef KB_BASE_LOG_H
#define KB_BASE_LOG_H

#include "common/base/error.h"

/* Severity as in syslog, so that the journal takes the number as it is. */
enum kb_log_level {
	KB_LOG_NONE = 0,
	KB_LOG_ERROR = 3,
	KB_LOG_WARNING = 4,
	KB_LOG_NOTICE = 5,
	KB_LOG_INFO = 6,
	KB_LOG_DEBUG = 7,
};

/* line is "event key=value ..." without a newline. The default sink writes "level line\n" to stderr. */
typedef void (*kb_log_sink_fn)(enum kb_log_level level, const char *event, const char *line,
			       void *state);

/* Process-wide: set once at start, before anything else runs. sink NULL: the default sink. */
void kb_log_init(enum kb_log_level most, kb_log_sink_fn sink, void *state);

/*
 * One line: a stable event id (ketenbode-events(7)) and key=value pairs. The values are ids, enum names and numbers;
 * free text, names and anything out of a sealed body must not be given (design rule 8; a test greps for it).
 */
__attribute__((format(printf, 3, 4))) void kb_log(enum kb_log_level level, const char *event,
						  const char *format, ...);

const char *kb_log_level_name(enum kb_log_level level);

#endif
