/* SPDX-License-Identifier: EUPL-1.2 */
/* INI text: what is understood, and every fault of form with its line. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/daemon/ini_file.h"

static enum kb_err
parse(const char *text, size_t len, struct kb_ini *ini, struct kb_faults *faults)
{
	return kb_ini_parse(kb_span(text, len), "t.ini", faults, ini);
}

/* The faults that text must give, exactly. */
static void
expect_faults(const char *text, size_t len, const char *faults_expected)
{
	struct kb_ini ini = { 0 };
	struct kb_faults faults = { 0 };
	enum kb_err err = parse(text, len, &ini, &faults);

	cr_assert_eq(err, KB_ERR_CONFIG);
	cr_assert_str_eq(kb_faults_text(&faults), faults_expected);
	kb_ini_release(&ini);
	kb_faults_release(&faults);
}

#define TEN "1234567890"
#define EXPECT_FAULTS(text, faults) expect_faults((text), sizeof(text) - 1, (faults))

static const char good[] = "# note\n"
			   "\n"
			   "[one]\n"
			   "a = 1\n"
			   "  b=two words  ; remark\r\n"
			   "empty =\n"
			   "[two]   # remark\n"
			   "a = x=y:z\n";

Test(ini_file, gives_sections_keys_values_and_lines)
{
	struct kb_ini ini = { 0 };
	struct kb_faults faults = { 0 };
	static const struct kb_ini_entry expected[] = {
		{ "one", NULL, NULL, 3, 3 },	   { "one", "a", "1", 4, 3 },
		{ "one", "b", "two words", 5, 3 }, { "one", "empty", "", 6, 3 },
		{ "two", NULL, NULL, 7, 7 },	   { "two", "a", "x=y:z", 8, 7 },
	};

	cr_assert_eq(parse(good, sizeof(good) - 1, &ini, &faults), KB_OK, "%s",
		     kb_faults_text(&faults));
	cr_assert_eq(ini.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < ini.count; i++) {
		cr_assert_str_eq(ini.entries[i].section, expected[i].section);
		cr_assert_eq(ini.entries[i].line, expected[i].line);
		cr_assert_eq(ini.entries[i].heading, expected[i].heading);
		cr_assert_eq(ini.entries[i].key == NULL, expected[i].key == NULL);
		if (expected[i].key != NULL) {
			cr_assert_str_eq(ini.entries[i].key, expected[i].key);
			cr_assert_str_eq(ini.entries[i].value, expected[i].value);
		}
	}
	kb_ini_release(&ini);
	kb_faults_release(&faults);
}

Test(ini_file, may_begin_with_a_byte_order_mark_and_end_without_a_newline)
{
	struct kb_ini ini = { 0 };
	struct kb_faults faults = { 0 };
	static const char text[] = "\xef\xbb\xbf[s]\nk = v";

	cr_assert_eq(parse(text, sizeof(text) - 1, &ini, &faults), KB_OK);
	cr_assert_eq(ini.count, 2);
	cr_assert_str_eq(ini.entries[1].value, "v");
	cr_assert_eq(ini.entries[1].line, 2);
	kb_ini_release(&ini);
	kb_faults_release(&faults);
}

Test(ini_file, names_every_fault_of_form_with_its_line)
{
	EXPECT_FAULTS("k = v\n", "t.ini:1: a key before the first [section]\n");
	EXPECT_FAULTS("[s]\nnonsense\n", "t.ini:2: neither a [section] nor \"key = value\"\n");
	EXPECT_FAULTS("[s]\nk: v\n", "t.ini:2: neither a [section] nor \"key = value\"\n");
	EXPECT_FAULTS("[s]\n= v\n", "t.ini:2: neither a [section] nor \"key = value\"\n");
	EXPECT_FAULTS("\n[s\n", "t.ini:2: a section heading must end with ']'\n");
	EXPECT_FAULTS("[s] k = v\n", "t.ini:1: nothing may follow the section heading\n");
	EXPECT_FAULTS("[]\n", "t.ini:1: a section name has 1 to 160 bytes\n");
	EXPECT_FAULTS("[" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "1]\n",
		      "t.ini:1: a section name has 1 to 160 bytes\n");
	EXPECT_FAULTS("[s]\n1234567890123456789012345678901234567890123456789 = v\n",
		      "t.ini:2: a key has 1 to 48 bytes\n");
	EXPECT_FAULTS("[s]\nk = 1\n[t]\n[s]\n", "t.ini:4: section [s] stands already in line 1\n");
	EXPECT_FAULTS("[s]\nk = 1\n\nk = 1\n", "t.ini:4: key k stands already in line 2\n");
	EXPECT_FAULTS("[s]\nk = \xff\n",
		      "t.ini:2: the line is not valid UTF-8 or has control characters\n");
	EXPECT_FAULTS("[s]\nk = a\0b\n",
		      "t.ini:2: the line is not valid UTF-8 or has control characters\n");
	EXPECT_FAULTS("[s]\n# \x1b[2J\n",
		      "t.ini:2: the line is not valid UTF-8 or has control characters\n");
}

Test(ini_file, reports_all_faults_in_one_run)
{
	EXPECT_FAULTS("a = 1\n[s]\nfoo\nk = 1\nk = 2\n[t\nb = 1\n[u]\nbar\n",
		      "t.ini:1: a key before the first [section]\n"
		      "t.ini:3: neither a [section] nor \"key = value\"\n"
		      "t.ini:5: key k stands already in line 4\n"
		      "t.ini:6: a section heading must end with ']'\n"
		      "t.ini:9: neither a [section] nor \"key = value\"\n");
}

Test(ini_file, keeps_what_it_could_read_beside_the_faults)
{
	struct kb_ini ini = { 0 };
	struct kb_faults faults = { 0 };

	cr_assert_eq(parse("[s]\nfoo\nk = 1\n", 14, &ini, &faults), KB_ERR_CONFIG);
	cr_assert_eq(ini.count, 2);
	cr_assert_str_eq(ini.entries[1].key, "k");
	kb_ini_release(&ini);
	kb_faults_release(&faults);
}

/* libinih alone would cut the line at 200 bytes and read the rest as a line of its own. */
Test(ini_file, takes_lines_to_the_limit_and_refuses_longer_ones)
{
	for (size_t extra = 0; extra < 2; extra++) {
		char text[KB_INI_LINE_MAX + 16] = "[s]\nk = ";
		struct kb_ini ini = { 0 };
		struct kb_faults faults = { 0 };
		size_t len = 4 + KB_INI_LINE_MAX + extra;

		memset(text + 8, 'x', len - 8);
		if (extra == 0) {
			cr_assert_eq(parse(text, len, &ini, &faults), KB_OK);
			cr_assert_eq(strlen(ini.entries[1].value), KB_INI_LINE_MAX - 4);
		} else {
			cr_assert_eq(parse(text, len, &ini, &faults), KB_ERR_CONFIG);
			cr_assert_str_eq(
				kb_faults_text(&faults),
				"t.ini:2: the line has 1001 bytes, at most 1000 are allowed\n");
			cr_assert_eq(ini.count, 1);
		}
		kb_ini_release(&ini);
		kb_faults_release(&faults);
	}
}

Test(ini_file, survives_being_cut_at_every_byte)
{
	for (size_t len = 0; len <= sizeof(good) - 1; len++) {
		struct kb_ini ini = { 0 };
		struct kb_faults faults = { 0 };
		enum kb_err err = parse(good, len, &ini, &faults);

		cr_assert(err == KB_OK || err == KB_ERR_CONFIG);
		cr_assert_eq(err == KB_OK, faults.count == 0);
		kb_ini_release(&ini);
		kb_faults_release(&faults);
	}
}

static void
expect_unreadable(const char *path, const char *part)
{
	struct kb_faults faults = { 0 };
	struct kb_buf bytes = { 0 };

	cr_assert_eq(kb_ini_read_bytes(path, &faults, &bytes), KB_ERR_CONFIG);
	cr_assert_eq(bytes.len, 0);
	cr_assert_not_null(strstr(kb_faults_text(&faults), part), "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
	kb_buf_release(&bytes);
}

Test(ini_file, refuses_files_that_are_missing_open_to_all_too_large_or_no_files)
{
	char folder[] = "/tmp/kb-ini-XXXXXX";
	char path[64];
	struct kb_faults faults = { 0 };
	struct kb_buf bytes = { 0 };
	FILE *file = NULL;

	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/a.conf", folder);
	expect_unreadable(path, "cannot be opened: No such file");
	expect_unreadable(folder, "is not a file");
	file = fopen(path, "w");
	cr_assert_not_null(file);
	cr_assert_geq(fputs("[s]\n", file), 0);
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(chmod(path, 0602), 0);
	expect_unreadable(path, "everybody may write it");
	cr_assert_eq(chmod(path, 0600), 0);
	cr_assert_eq(kb_ini_read_bytes(path, &faults, &bytes), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&bytes), kb_span_text("[s]\n")));
	cr_assert_eq(truncate(path, (off_t)KB_INI_FILE_MAX + 1), 0);
	expect_unreadable(path, "is larger than");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkfifo(path, 0600), 0);
	expect_unreadable(path, "is not a file");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(rmdir(folder), 0);
	kb_faults_release(&faults);
	kb_buf_release(&bytes);
}

Test(ini_file, sections_of_a_list_may_share_a_title)
{
	static const char text[] = "[a -> b]\nk = 1\n[a -> b]\nk = 2\n[c]\nk = 3\nk = 4\n";
	struct kb_faults faults = { 0 };
	struct kb_ini ini = { 0 };

	cr_assert_eq(kb_ini_parse_list(kb_span_text(text), "t.ini", &faults, &ini), KB_ERR_CONFIG);
	cr_assert_str_eq(kb_faults_text(&faults), "t.ini:7: key k stands already in line 6\n");
	cr_assert_eq(ini.count, 6);
	cr_assert_str_eq(ini.entries[1].value, "1");
	cr_assert_eq(ini.entries[1].heading, 1);
	cr_assert_str_eq(ini.entries[3].value, "2");
	cr_assert_eq(ini.entries[3].heading, 3);
	kb_ini_release(&ini);
	kb_faults_release(&faults);
}
