/* SPDX-License-Identifier: EUPL-1.2 */
/* Tells the service manager how the daemon does; all of it does nothing when none listens. */
#ifndef KB_DAEMON_NOTIFY_H
#define KB_DAEMON_NOTIFY_H

#include <stdint.h>

void kb_notify_ready(void);
/* One line for systemctl status: numbers and ids only. */
__attribute__((format(printf, 1, 2))) void kb_notify_status(const char *format, ...);
void kb_notify_stopping(void);
/* The start or stop takes longer than the unit allows: extends it by this much from now. */
void kb_notify_extend(int64_t extra_ms);
/* 0: nobody watches. Otherwise the daemon is killed when kb_notify_watchdog is not called within this time. */
int64_t kb_notify_watchdog_ms(void);
void kb_notify_watchdog(void);

#endif
