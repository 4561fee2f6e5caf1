/* SPDX-License-Identifier: EUPL-1.2 */
/* The technical log. */
#include "common/base/log.h"

#include <stdarg.h>
#include <stdio.h>

#define LOG_LINE_MAX 1024

static const char *const level_names[] = {
	[KB_LOG_ERROR] = "error", [KB_LOG_WARNING] = "warning", [KB_LOG_NOTICE] = "notice",
	[KB_LOG_INFO] = "info",	  [KB_LOG_DEBUG] = "debug",
};

static void
sink_stderr(enum kb_log_level level, const char *event, const char *line, void *state)
{
	(void)event;
	(void)state;
	(void)fprintf(stderr, "%s %s\n", kb_log_level_name(level), line);
}

static struct {
	enum kb_log_level most;
	kb_log_sink_fn sink;
	void *state;
} current = { .most = KB_LOG_INFO, .sink = sink_stderr };

void
kb_log_init(enum kb_log_level most, kb_log_sink_fn sink, void *state)
{
	current.most = most;
	current.sink = sink != NULL ? sink : sink_stderr;
	current.state = state;
}

void
kb_log(enum kb_log_level level, const char *event, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list arguments;
	int used = 0;

	if (level > current.most) {
		return;
	}
	used = snprintf(line, sizeof(line), "%s ", event);
	if (used < 0 || (size_t)used >= sizeof(line)) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(line + used, sizeof(line) - (size_t)used, format, arguments);
	va_end(arguments);
	current.sink(level, event, line, current.state);
}

const char *
kb_log_level_name(enum kb_log_level level)
{
	return level >= KB_LOG_ERROR && level <= KB_LOG_DEBUG ? level_names[level] : "none";
}
