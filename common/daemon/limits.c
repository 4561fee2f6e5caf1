/* SPDX-License-Identifier: EUPL-1.2 */
/* What the process forbids itself. */
#include "common/daemon/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* One connection needs one; the broker's largest topology needs some thousands. More only costs kernel tables. */
#define OPEN_FILES_MOST 65536

static enum kb_err
no_core_file(void)
{
	struct rlimit none = { 0, 0 };

	return setrlimit(RLIMIT_CORE, &none) == 0 ? KB_OK : KB_ERR_PERMISSION;
}

static enum kb_err
not_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? KB_OK : KB_ERR_PERMISSION;
}

static enum kb_err
no_new_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? KB_OK : KB_ERR_PERMISSION;
}

static enum kb_err
many_open_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return KB_ERR_PERMISSION;
	}
	if (limit.rlim_cur >= OPEN_FILES_MOST || limit.rlim_cur >= limit.rlim_max) {
		return KB_OK;
	}
	limit.rlim_cur = limit.rlim_max < OPEN_FILES_MOST ? limit.rlim_max : OPEN_FILES_MOST;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? KB_OK : KB_ERR_PERMISSION;
}

enum kb_err
kb_limits_apply(struct kb_error_text *where)
{
	static const struct {
		const char *name;
		enum kb_err (*apply)(void);
	} steps[] = {
		{ "no core file", no_core_file },
		{ "not dumpable", not_dumpable },
		{ "no new privileges", no_new_privileges },
		{ "number of open files", many_open_files },
	};

	(void)umask(077);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		enum kb_err err = steps[i].apply();

		if (err != KB_OK) {
			return kb_fail(where, err, "limit \"%s\" cannot be set: %s", steps[i].name,
				       strerror(errno));
		}
	}
	return KB_OK;
}

bool
kb_limits_is_root(void)
{
	return geteuid() == 0;
}
