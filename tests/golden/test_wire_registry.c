/* SPDX-License-Identifier: EUPL-1.2 */
/* proto/README.md says what the code does. */
#include "common/wire/wire_limits.h"
#include "tests/golden/registry.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void
read_file(const char *path, struct kb_buf *out)
{
	uint8_t *at = NULL;
	FILE *file = fopen(path, "rb");

	cr_assert_not_null(file, "%s", path);
	cr_assert_eq(kb_buf_extend(out, 1024 * 1024, &at), KB_OK);
	out->len = fread(at, 1, 1024 * 1024, file);
	cr_assert_eq(fclose(file), 0);
}

Test(wire_registry, the_tables_of_the_readme_are_those_of_the_code)
{
	struct kb_buf readme = { 0 };
	struct kb_buf renewed = { 0 };
	const char *missing = "";

	read_file(KB_SOURCE_DIR "/proto/README.md", &readme);
	cr_assert(kb_registry_renew(kb_buf_span(&readme), &renewed, &missing), "no block %s",
		  missing);
	cr_assert(kb_span_equal(kb_buf_span(&readme), kb_buf_span(&renewed)),
		  "run kb-registry proto/README.md");
	kb_buf_release(&readme);
	kb_buf_release(&renewed);
}

Test(wire_registry, a_changed_table_is_noticed)
{
	struct kb_buf readme = { 0 };
	struct kb_buf renewed = { 0 };
	const char *missing = "";

	read_file(KB_SOURCE_DIR "/proto/README.md", &readme);
	char *text = (char *)(uintptr_t)kb_buf_text(&readme);
	char *row = strstr(text, "| CANNOT_OPEN |");

	cr_assert_not_null(row);
	row[2] = 'X';
	cr_assert(kb_registry_renew(kb_buf_span(&readme), &renewed, &missing));
	cr_assert_not(kb_span_equal(kb_buf_span(&readme), kb_buf_span(&renewed)));
	kb_buf_release(&readme);
	kb_buf_release(&renewed);
}
