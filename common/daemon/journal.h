/* SPDX-License-Identifier: EUPL-1.2 */
/* Where log lines go: the journal with fields when stderr is the journal, plain stderr otherwise. */
#ifndef KB_DAEMON_JOURNAL_H
#define KB_DAEMON_JOURNAL_H

#include "common/base/log.h"

/* True when JOURNAL_STREAM names the file that stderr is (systemd.exec(5)). */
bool kb_journal_connected(void);

/* Sets the log up for program (a text that lives on). In the journal: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER and
 * KETENBODE_EVENT=<event id>, so that journalctl KETENBODE_EVENT=... works. */
void kb_journal_init(const char *program, enum kb_log_level most);

#endif
