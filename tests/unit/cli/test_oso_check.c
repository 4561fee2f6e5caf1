/* SPDX-License-Identifier: EUPL-1.2 */
/* `ketenbode oso check`: what the exit code says. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include "agents/cli/oso_check.h"
#include "common/base/file.h"

#define DATA KB_SOURCE_DIR "/tests/data/oso/"

static int
check(bool json, const char *file, const char *schema)
{
	const struct kb_cli cli = { .json = json };
	size_t count = 0;
	int used = 0;
	char *words[] = { (char *)"check", (char *)file, (char *)"--schema", (char *)schema, NULL };
	char *command[] = { (char *)"oso", (char *)"check", NULL };

	(void)kb_cli_commands(&count);
	cr_assert_gt(count, 0);
	return kb_cli_oso_check(&cli, kb_cli_command_find(2, command, &used),
				schema != NULL ? 4 : 2, words);
}

TestSuite(oso_check, .init = cr_redirect_stdout);

Test(oso_check, a_good_dossier_is_in_orde)
{
	cr_assert_eq(check(false, DATA "po-vo.xml", DATA "klein.xsd"), 0);
	(void)fflush(stdout);
	cr_assert_stdout_eq_str("in orde\n");
}

Test(oso_check, the_exit_code_says_what_is_wrong)
{
	cr_assert_eq(check(true, DATA "naar-swv.xml", DATA "klein.xsd"), 0);
	cr_assert_eq(check(false, DATA "klein.xsd", DATA "klein.xsd"), 65);
	cr_assert_eq(check(true, DATA "klein.xsd", DATA "klein.xsd"), 65);
	cr_assert_eq(check(false, DATA "is-er-niet.xml", DATA "klein.xsd"), 66);
	cr_assert_eq(check(false, DATA "po-vo.xml", DATA "is-er-niet.xsd"), 66);
	cr_assert_eq(check(false, DATA "po-vo.xml", NULL), 64);
}

/* It was said of the dossier that it asked too much memory. */
Test(oso_check, what_is_no_file_or_no_schema_is_named_itself, .init = cr_redirect_stderr)
{
	cr_assert_eq(check(false, DATA, DATA "klein.xsd"), 66);
	cr_assert_eq(check(false, DATA "po-vo.xml", DATA), 66);
	cr_assert_eq(check(false, "/dev/zero", DATA "klein.xsd"), 66);
	cr_assert_eq(check(false, DATA "po-vo.xml", DATA "po-vo.xml"), 78);
	(void)fflush(stderr);
	cr_assert_stderr_eq_str("ketenbode: " DATA " is geen bestand\n"
				"ketenbode: " DATA " is geen bestand\n"
				"ketenbode: /dev/zero is geen bestand\n"
				"ketenbode: " DATA
				"po-vo.xml: Dit schema kan niet worden gelezen.\n");
}
