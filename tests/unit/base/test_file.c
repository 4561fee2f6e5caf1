/* SPDX-License-Identifier: EUPL-1.2 */
/* Files are read whole or not at all, and replaced without a moment in between. */
#include "common/base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/kb-test-file-XXXXXX";
static char path[64];
static char other[64];

static void
make_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/one", folder);
	(void)snprintf(other, sizeof(other), "%s/two", folder);
}

static void
remove_folder(void)
{
	(void)unlink(path);
	(void)unlink(other);
	cr_assert_eq(rmdir(folder), 0, "something was left behind");
}

Test(file, what_was_written_is_read_and_the_mode_is_exact, .init = make_folder,
     .fini = remove_folder)
{
	struct kb_buf read = { 0 };
	struct stat facts;
	struct kb_error_text where;

	(void)umask(0);
	cr_assert_eq(kb_file_replace(path, 0600, kb_span_text("first"), &where), KB_OK);
	cr_assert_eq(kb_file_replace(path, 0600, kb_span_text("second"), &where), KB_OK);
	cr_assert_eq(stat(path, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777u, 0600u);
	cr_assert_eq(kb_file_read(path, 6, &read, &where), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&read), kb_span_text("second")));
	kb_buf_release(&read);
}

Test(file, too_large_missing_linked_and_odd_files_are_refused_by_name, .init = make_folder,
     .fini = remove_folder)
{
	struct kb_buf read = { 0 };
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_file_read(path, 10, &read, &where), KB_ERR_NOT_FOUND);
	cr_assert_not_null(strstr(where.text, path));
	cr_assert_eq(kb_file_replace(path, 0600, kb_span_text("123456"), &where), KB_OK);
	cr_assert_eq(kb_file_read(path, 5, &read, &where), KB_ERR_OVERSIZE);
	cr_assert_eq(symlink(path, other), 0);
	cr_assert_neq(kb_file_read(other, 10, &read, &where), KB_OK);
	cr_assert_eq(unlink(other), 0);
	cr_assert_eq(mkfifo(other, 0600), 0);
	cr_assert_eq(kb_file_read(other, 10, &read, &where), KB_ERR_DATA);
	cr_assert_eq(read.len, 0u);
	kb_buf_release(&read);
}

Test(file, a_new_one_never_takes_the_place_of_another, .init = make_folder, .fini = remove_folder)
{
	struct kb_buf read = { 0 };
	struct stat facts;
	struct kb_error_text where = { "" };

	(void)umask(0);
	cr_assert_eq(kb_file_create(path, 0600, kb_span_text("first"), &where), KB_OK, "%s",
		     where.text);
	cr_assert_eq(kb_file_create(path, 0600, kb_span_text("second"), &where), KB_ERR_EXISTS);
	cr_assert_not_null(strstr(where.text, path));
	cr_assert_eq(stat(path, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777u, 0600u);
	cr_assert_eq(kb_file_read(path, 10, &read, &where), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&read), kb_span_text("first")));
	kb_buf_release(&read);
	cr_assert_eq(unlink(path), 0);
	/* Nor of a link, also when that leads nowhere. */
	cr_assert_eq(symlink(other, path), 0);
	cr_assert_eq(kb_file_create(path, 0600, kb_span_text("x"), &where), KB_ERR_EXISTS);
	cr_assert_neq(access(other, F_OK), 0);
	cr_assert_eq(kb_file_create("/nergens/x", 0600, kb_span_text("x"), &where),
		     KB_ERR_NOT_FOUND);
}

Test(file, a_failed_write_leaves_nothing, .init = make_folder, .fini = remove_folder)
{
	struct kb_error_text where = { "" };
	char inside[96];

	(void)snprintf(inside, sizeof(inside), "%s/no-such-folder/file", folder);
	cr_assert_neq(kb_file_replace(inside, 0600, kb_span_text("x"), &where), KB_OK);
	cr_assert_not_null(strstr(where.text, "no-such-folder"));
}
