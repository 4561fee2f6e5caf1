/* SPDX-License-Identifier: EUPL-1.2 */
/* The log sink of a daemon. */
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include "common/daemon/journal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "common/base/text.h"

bool
kb_journal_connected(void)
{
	/* "device:inode", the manager's own message about stderr and not a setting of ours. */
	const char *stream = getenv("JOURNAL_STREAM");
	const char *colon = stream != NULL ? strchr(stream, ':') : NULL;
	uint64_t device = 0;
	uint64_t inode = 0;
	struct stat info;

	return colon != NULL &&
	       kb_text_to_u64(kb_span(stream, (size_t)(colon - stream)), UINT64_MAX, &device) ==
		       KB_OK &&
	       kb_text_to_u64(kb_span_text(colon + 1), UINT64_MAX, &inode) == KB_OK &&
	       fstat(STDERR_FILENO, &info) == 0 && info.st_dev == device && info.st_ino == inode;
}

static void
sink_journal(enum kb_log_level level, const char *event, const char *line, void *state)
{
	/* A journal that is down must not stop the daemon; the audit trail is in the store. */
	(void)sd_journal_send("MESSAGE=%s", line, "PRIORITY=%d", (int)level, "KETENBODE_EVENT=%s",
			      event, "SYSLOG_IDENTIFIER=%s", (const char *)state, NULL);
}

void
kb_journal_init(const char *program, enum kb_log_level most)
{
	if (kb_journal_connected()) {
		/* The sink's state has no const; it is only read. */
		kb_log_init(most, sink_journal, (void *)(uintptr_t)program);
	} else {
		kb_log_init(most, NULL, NULL);
	}
}
