/* SPDX-License-Identifier: EUPL-1.2 */
/* Limits and the filter of system calls. */
#include "agents/intake/oso/sandbox.h"

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static bool
limit(__rlimit_resource_t what, size_t most)
{
	struct rlimit value = { .rlim_cur = most, .rlim_max = most };

	return setrlimit(what, &value) == 0;
}

enum kb_err
kb_oso_sandbox_limit(void)
{
	bool done = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
		    limit(RLIMIT_CPU, KB_OSO_CPU_S) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;

	/* The shadow memory of the sanitizers is larger than any limit. */
#if !defined(__SANITIZE_ADDRESS__)
	done = done && limit(RLIMIT_AS, KB_OSO_SPACE_BYTES);
#endif
	return done ? KB_OK : KB_ERR_INTERNAL;
}

enum kb_err
kb_oso_sandbox_close(void)
{
	static const int calls[] = {
		SCMP_SYS(read),
		SCMP_SYS(write),
		SCMP_SYS(brk),
		SCMP_SYS(mmap),
		SCMP_SYS(munmap),
		SCMP_SYS(mremap),
		SCMP_SYS(madvise),
		SCMP_SYS(exit),
		SCMP_SYS(exit_group),
		SCMP_SYS(futex),
		SCMP_SYS(rt_sigreturn),
		SCMP_SYS(clock_gettime),
		SCMP_SYS(gettimeofday),
		SCMP_SYS(getrandom),
#if defined(__SANITIZE_ADDRESS__)
		SCMP_SYS(sigaltstack),
		SCMP_SYS(rt_sigaction),
		SCMP_SYS(getpid),
		SCMP_SYS(openat),
		SCMP_SYS(close),
		SCMP_SYS(clone),
		SCMP_SYS(wait4),
		SCMP_SYS(ptrace),
		SCMP_SYS(prctl),
		SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(gettid),
		SCMP_SYS(readlink),
		SCMP_SYS(mprotect),
		SCMP_SYS(sched_yield),
#endif
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool done = filter != NULL && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

	for (size_t i = 0; done && i < sizeof(calls) / sizeof(calls[0]); i++) {
		done = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	}
	done = done && seccomp_load(filter) == 0;
	if (filter != NULL) {
		seccomp_release(filter);
	}
	return done ? KB_OK : KB_ERR_INTERNAL;
}
