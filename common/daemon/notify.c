/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages to the service manager (sd_notify). */
#include "common/daemon/notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

/* A message that cannot be sent changes nothing for the daemon: the manager then acts on its own time-outs. */
void
kb_notify_ready(void)
{
	(void)sd_notify(0, "READY=1");
}

void
kb_notify_status(const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)sd_notifyf(0, "STATUS=%s", text);
}

void
kb_notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void
kb_notify_extend(int64_t extra_ms)
{
	(void)sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%lld", (long long)extra_ms * 1000);
}

int64_t
kb_notify_watchdog_ms(void)
{
	uint64_t within_us = 0;

	return sd_watchdog_enabled(0, &within_us) > 0 ? (int64_t)(within_us / 1000) : 0;
}

void
kb_notify_watchdog(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}
