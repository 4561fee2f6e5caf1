/* SPDX-License-Identifier: EUPL-1.2 */
/* The spool folder, in real temporary folders. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "agents/intake/spool.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[64];
static struct kb_spool spool;

static int
drop_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void
begin(void)
{
	(void)snprintf(top, sizeof(top), "/tmp/kb-spool-XXXXXX");
	cr_assert_not_null(mkdtemp(top));
	cr_assert_eq(kb_spool_open(&spool, top, NULL), KB_OK);
}

static void
end(void)
{
	kb_spool_close(&spool);
	cr_assert_eq(nftw(top, drop_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* Makes top/name with the first count required files. */
static void
put_set(const char *name, size_t count)
{
	int fd = -1;

	cr_assert_eq(mkdirat(spool.dir_fd, name, 0700), 0);
	fd = openat(spool.dir_fd, name, O_RDONLY | O_DIRECTORY);
	for (size_t i = 0; i < count; i++) {
		int file = openat(fd, kb_dataset_file_name((enum kb_dataset_file)i),
				  O_WRONLY | O_CREAT, 0600);

		cr_assert_geq(file, 0);
		(void)close(file);
	}
	(void)close(fd);
}

static bool
there(const char *path)
{
	return faccessat(spool.dir_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
is_next(const char *after, const char *name, size_t incomplete)
{
	struct kb_spool_set set = { .set_fd = -1 };
	size_t count = 99;

	cr_assert_eq(kb_spool_next(&spool, after, &set, &count),
		     name != NULL ? KB_OK : KB_ERR_NOT_FOUND);
	if (name != NULL) {
		cr_assert_str_eq(set.name, name);
	}
	cr_assert_eq(count, incomplete);
	kb_spool_set_close(&set);
}

static void
finish(const char *name, enum kb_spool_result result, const char *report)
{
	struct kb_spool_set set = { .set_fd = -1 };

	cr_assert_eq(kb_spool_next(&spool, "", &set, NULL), KB_OK);
	cr_assert_str_eq(set.name, name);
	cr_assert_eq(kb_spool_finish(&spool, &set, result, kb_span_text(report)), KB_OK);
	kb_spool_set_close(&set);
}

static void
is_file(const char *path, const char *text)
{
	char got[256] = "";
	int fd = openat(spool.dir_fd, path, O_RDONLY | O_NOFOLLOW);

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_geq(read(fd, got, sizeof(got) - 1), 0);
	(void)close(fd);
	cr_assert_str_eq(got, text);
}

Test(spool, makes_its_two_folders_and_finds_nothing_in_an_empty_one, .init = begin, .fini = end)
{
	cr_assert(there("klaar") && there("geweigerd"));
	is_next("", NULL, 0);
}

Test(spool, takes_complete_sets_in_order_of_name_and_leaves_incomplete_and_hidden_ones,
     .init = begin, .fini = end)
{
	put_set("2025-09-10", 3);
	put_set("2025-09-09", 3);
	put_set(".half", 3);
	put_set("half", 2);
	put_set("leeg", 0);
	is_next("", "2025-09-09", 2);
	is_next("2025-09-09", "2025-09-10", 2);
	is_next("2025-09-10", NULL, 2);
	cr_assert_eq(renameat(spool.dir_fd, ".half", spool.dir_fd, "0-nu wel"), 0);
	is_next("", "0-nu wel", 2);
}

Test(spool, plain_files_and_links_are_no_sets, .init = begin, .fini = end)
{
	int file = openat(spool.dir_fd, "kalender.csv", O_WRONLY | O_CREAT, 0600);

	(void)close(file);
	put_set(".echt", 3);
	cr_assert_eq(symlinkat(".echt", spool.dir_fd, "link"), 0);
	is_next("", NULL, 0);
}

Test(spool, a_finished_set_is_moved_with_its_report, .init = begin, .fini = end)
{
	put_set("een", 3);
	put_set("twee", 3);
	finish("een", KB_SPOOL_KLAAR, "goed\n");
	finish("twee", KB_SPOOL_GEWEIGERD, "fout\n");
	cr_assert(!there("een") && !there("twee"));
	is_file("klaar/een/rapport.txt", "goed\n");
	is_file("geweigerd/twee/rapport.txt", "fout\n");
	cr_assert(there("klaar/een/verzuim.csv"));
	is_next("", NULL, 0);
}

Test(spool, a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten, .init = begin,
     .fini = end)
{
	static const char *const reports[] = { "1\n", "2\n", "3\n" };
	int file = openat(spool.result_fd[KB_SPOOL_KLAAR], "set-2", O_WRONLY | O_CREAT, 0600);

	cr_assert_eq(write(file, "x", 1), 1);
	(void)close(file);
	for (size_t i = 0; i < 3; i++) {
		put_set("set", 3);
		finish("set", KB_SPOOL_KLAAR, reports[i]);
	}
	is_file("klaar/set/rapport.txt", "1\n");
	is_file("klaar/set-2", "x");
	is_file("klaar/set-3/rapport.txt", "2\n");
	is_file("klaar/set-4/rapport.txt", "3\n");
}

Test(spool, a_report_that_came_as_a_link_is_replaced_and_its_target_untouched, .init = begin,
     .fini = end)
{
	int file = openat(spool.dir_fd, ".doel", O_WRONLY | O_CREAT, 0600);

	cr_assert_eq(write(file, "blijft", 6), 6);
	(void)close(file);
	put_set("set", 3);
	cr_assert_eq(symlinkat("../.doel", spool.dir_fd, "set/rapport.txt"), 0);
	finish("set", KB_SPOOL_KLAAR, "nieuw\n");
	is_file("klaar/set/rapport.txt", "nieuw\n");
	is_file(".doel", "blijft");
}

Test(spool, a_result_folder_that_is_a_link_is_refused)
{
	char path[] = "/tmp/kb-spool-XXXXXX";
	char link[64];
	struct kb_error_text where;
	struct kb_spool other = { 0 };

	cr_assert_not_null(mkdtemp(path));
	(void)snprintf(link, sizeof(link), "%s/klaar", path);
	cr_assert_eq(symlink("/tmp", link), 0);
	cr_assert_neq(kb_spool_open(&other, path, &where), KB_OK);
	cr_assert_not_null(strstr(where.text, "/klaar: "));
	kb_spool_close(&other);
	(void)unlink(link);
	cr_assert_eq(rmdir(path), 0);
	cr_assert_neq(kb_spool_open(&other, "/nergens", &where), KB_OK);
}

Test(spool, the_reports_are_plain_sentences_with_numbers)
{
	struct kb_buf buf = { 0 };
	struct kb_spool_counts counts = { .leerlingen = 420,
					  .verstuurd = 54,
					  .zonder_identificatie = 1 };
	static struct kb_dataset_problems problems = {
		.at = { { .file = KB_DATASET_VERZUIM,
			  .line = 12,
			  .text = "kolom datum: is een vrije dag" } },
		.count = 1,
		.total = 3,
	};
	static const struct kb_dataset_problems none;

	cr_assert_eq(kb_spool_report_klaar(&buf, &counts), KB_OK);
	cr_assert_not_null(strstr(kb_buf_text(&buf), "Leerlingen: 420\n"));
	cr_assert_not_null(strstr(kb_buf_text(&buf), "Nieuwe meldingen: 54\n"));
	cr_assert_not_null(strstr(kb_buf_text(&buf), "DUO"));
	kb_buf_clear(&buf);
	cr_assert_eq(kb_spool_report_geweigerd(&buf, &problems, NULL), KB_OK);
	cr_assert_not_null(
		strstr(kb_buf_text(&buf), "\nverzuim.csv:12: kolom datum: is een vrije dag\n"));
	cr_assert_not_null(strstr(kb_buf_text(&buf), "En nog 2 foute regels"));
	kb_buf_clear(&buf);
	cr_assert_eq(
		kb_spool_report_geweigerd(&buf, &none, "Er zouden te veel meldingen wijzigen."),
		KB_OK);
	cr_assert_not_null(strstr(kb_buf_text(&buf), "\nEr zouden te veel meldingen wijzigen.\n"));
	kb_buf_release(&buf);
}
