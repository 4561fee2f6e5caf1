/* SPDX-License-Identifier: EUPL-1.2 */
/* Signals as a file descriptor for the loop; no work is ever done in a handler. */
#ifndef KB_DAEMON_SIGNALS_H
#define KB_DAEMON_SIGNALS_H

#include "common/base/error.h"

enum kb_signal {
	KB_SIGNAL_NONE = 0,
	KB_SIGNAL_STOP,	  /* TERM, INT: stop in good order */
	KB_SIGNAL_RELOAD, /* HUP: read again what the program can read again */
	KB_SIGNAL_CHILD,  /* CHLD: a child process (log verify) has ended */
};

/* Blocks TERM, INT, HUP and CHLD and ignores PIPE for the whole process: call before any thread or library context is made
 * (threads inherit the mask). *fd is non-blocking and close-on-exec. KB_ERR_IO. */
KB_MUST_CHECK enum kb_err kb_signals_open(int *fd);
/* The next signal that came, KB_SIGNAL_NONE when there is none (left). Does not block. */
enum kb_signal kb_signals_read(int fd);
void kb_signals_close(int fd);
/* In a child after fork, before exec: unblocks what kb_signals_open blocked. */
void kb_signals_restore(void);

#endif
