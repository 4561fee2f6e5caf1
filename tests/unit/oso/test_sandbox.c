/* SPDX-License-Identifier: EUPL-1.2 */
/* What the helper cannot do, whatever it reads: each tried in a process of its own. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/intake/oso/sandbox.h"

static int
after_closing(void (*act)(void))
{
	int status = 0;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		if (kb_oso_sandbox_limit() != KB_OK || kb_oso_sandbox_close() != KB_OK) {
			_exit(99);
		}
		act();
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void
nothing(void)
{
}

static void
reach_out(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void
start_another(void)
{
	char *const words[] = { (char *)"true", NULL };

	(void)execve("/bin/true", words, words + 1);
}

static void
end_another(void)
{
	(void)kill(getppid(), 0);
}

Test(oso_sandbox, ending_is_allowed_and_the_rest_is_not)
{
	cr_assert_eq(after_closing(nothing), 0);
	cr_assert(WIFSIGNALED(after_closing(reach_out)));
	cr_assert_eq(WTERMSIG(after_closing(reach_out)), SIGSYS);
	cr_assert_eq(WTERMSIG(after_closing(start_another)), SIGSYS);
	cr_assert_eq(WTERMSIG(after_closing(end_another)), SIGSYS);
}

#if !defined(__SANITIZE_ADDRESS__)
static void
open_a_file(void)
{
	(void)open("/etc/hostname", O_RDONLY);
}

static void
take_much(void)
{
	void *much = malloc(KB_OSO_SPACE_BYTES);

	if (much == NULL) {
		_exit(7);
	}
}

Test(oso_sandbox, no_file_is_opened_and_no_more_memory_is_had)
{
	cr_assert_eq(WTERMSIG(after_closing(open_a_file)), SIGSYS);
	cr_assert_eq(WEXITSTATUS(after_closing(take_much)), 7);
}
#endif
