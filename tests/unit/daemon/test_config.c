/* SPDX-License-Identifier: EUPL-1.2 */
/* Configuration by table: values, defaults, every kind of fault with its line. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/daemon/config.h"
#include "common/daemon/lifecycle.h"

enum row {
	LISTEN,
	STORE,
	MAP,
	RETRY,
	FAST,
	LEVEL,
	PARTY,
	LABEL,
	ROW_COUNT,
};

static const struct kb_config_key rows[ROW_COUNT] = {
	[LISTEN] = { .section = "net",
		     .key = "listen",
		     .type = KB_CONFIG_ENDPOINT,
		     .required = true,
		     .help = "Where agents connect." },
	[STORE] = { .section = "store",
		    .key = "folder",
		    .type = KB_CONFIG_PATH,
		    .required = true,
		    .help = "The data folder." },
	[MAP] = { .section = "store",
		  .key = "map_mib",
		  .type = KB_CONFIG_U64,
		  .least = 16,
		  .most = 65536,
		  .unit = "MiB",
		  .fallback = "1024",
		  .help = "Largest size of the data file." },
	[RETRY] = { .section = "net",
		    .key = "retry_ms",
		    .type = KB_CONFIG_U64,
		    .most = UINT64_MAX,
		    .unit = "ms",
		    .help = "Pause before a new attempt." },
	[FAST] = { .section = "net",
		   .key = "fast",
		   .type = KB_CONFIG_BOOL,
		   .fallback = "no",
		   .help = "Skip the pause." },
	[LEVEL] = { .section = "log",
		    .key = "level",
		    .type = KB_CONFIG_ENUM,
		    .choices = kb_log_level_choices,
		    .fallback = "info",
		    .help = "Least important lines that are written." },
	[PARTY] = { .section = "party",
		    .key = "id",
		    .type = KB_CONFIG_PARTY,
		    .required = true,
		    .help = "OIN and unit." },
	[LABEL] = { .section = "party",
		    .key = "label",
		    .type = KB_CONFIG_TEXT,
		    .most = 8,
		    .help = "Shown in status." },
};

static const struct kb_config_table table = { "ketenbode-test", rows, ROW_COUNT };

#define GOOD                                                                                       \
	"[net]\n"                                                                                  \
	"listen = tcp://127.0.0.1:5001\n"                                                          \
	"[store]\n"                                                                                \
	"folder = /var/lib/x\n"                                                                    \
	"[party]\n"                                                                                \
	"id = 00000099000000001000/12AB00\n"

static struct kb_config *
parse_good(const char *text)
{
	struct kb_faults faults = { 0 };
	struct kb_config *config = NULL;

	cr_assert_eq(kb_config_parse(&table, kb_span_text(text), "t.conf", &faults, &config), KB_OK,
		     "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
	return config;
}

static void
expect_faults(const char *text, const char *expected)
{
	struct kb_faults faults = { 0 };
	struct kb_config *config = NULL;

	cr_assert_eq(kb_config_parse(&table, kb_span_text(text), "t.conf", &faults, &config),
		     KB_ERR_CONFIG, "accepted: %s", text);
	cr_assert_null(config);
	cr_assert_str_eq(kb_faults_text(&faults), expected);
	kb_faults_release(&faults);
}

Test(config, table_is_well_formed)
{
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_config_table_check(&table, &where), KB_OK, "%s", where.text);
}

Test(config, gives_values_and_defaults)
{
	struct kb_config *config = parse_good(GOOD "label = Oost\n");
	struct kb_party_id party = kb_config_party(config, PARTY);

	cr_assert_str_eq(kb_config_text(config, LISTEN), "tcp://127.0.0.1:5001");
	cr_assert_str_eq(kb_config_text(config, STORE), "/var/lib/x");
	cr_assert_eq(kb_config_u64(config, MAP), 1024);
	cr_assert_not(kb_config_bool(config, FAST));
	cr_assert_eq(kb_config_enum(config, LEVEL), 3);
	cr_assert_str_eq(party.text, "00000099000000001000/12AB00");
	cr_assert_str_eq(kb_config_text(config, LABEL), "Oost");
	cr_assert_eq(kb_config_line(config, LISTEN), 2);
	cr_assert_eq(kb_config_line(config, MAP), 0);
	cr_assert_str_eq(kb_config_file(config), "t.conf");
	kb_config_free(config);
}

Test(config, tells_what_was_not_set)
{
	struct kb_config *config = parse_good(GOOD);

	cr_assert_not(kb_config_set(config, RETRY));
	cr_assert_eq(kb_config_u64(config, RETRY), 0);
	cr_assert_not(kb_config_set(config, LABEL));
	cr_assert_str_eq(kb_config_text(config, LABEL), "");
	cr_assert(kb_config_set(config, MAP));
	kb_config_free(config);
}

Test(config, takes_the_edges_of_a_range)
{
	struct kb_config *config = parse_good("[store]\nmap_mib = 16\nfolder = /\n[net]\nlisten = "
					      "ipc:///x\nretry_ms = 18446744073709551615\n[party]\n"
					      "id = 00000099000000001000\n");

	cr_assert_eq(kb_config_u64(config, MAP), 16);
	cr_assert_eq(kb_config_u64(config, RETRY), UINT64_MAX);
	kb_config_free(config);
}

Test(config, refuses_unknown_sections_and_keys)
{
	expect_faults(GOOD "[wrong]\nx = 1\ny = 2\n", "t.conf:7: unknown section [wrong]\n");
	expect_faults(GOOD "folder = /x\n", "t.conf:7: unknown key folder in [party]\n");
}

Test(config, refuses_repeated_keys_and_sections)
{
	expect_faults(GOOD "id = 00000099000000001000\n",
		      "t.conf:7: key id stands already in line 6\n");
	expect_faults(GOOD "[net]\nfast = yes\n",
		      "t.conf:7: section [net] stands already in line 1\n");
}

Test(config, names_every_missing_key)
{
	expect_faults("", "t.conf: [net] listen is missing: Where agents connect.\n"
			  "t.conf: [store] folder is missing: The data folder.\n"
			  "t.conf: [party] id is missing: OIN and unit.\n");
}

Test(config, refuses_values_of_the_wrong_type_or_out_of_range)
{
	static const struct {
		const char *line;
		const char *fault;
	} cases[] = {
		{ "[store]\nfolder = x\n",
		  "[store] folder = x: must be an absolute path (start with '/')" },
		{ "[store]\nfolder =\n", "[store] folder = : needs a value" },
		{ "[store]\nmap_mib = 15\n",
		  "[store] map_mib = 15: must be a number from 16 to 65536 MiB" },
		{ "[store]\nmap_mib = 65537\n",
		  "[store] map_mib = 65537: must be a number from 16 to 65536 MiB" },
		{ "[store]\nmap_mib = -1\n",
		  "[store] map_mib = -1: must be a number from 16 to 65536 MiB" },
		{ "[store]\nmap_mib = 1e3\n",
		  "[store] map_mib = 1e3: must be a number from 16 to 65536 MiB" },
		{ "[net]\nretry_ms = 18446744073709551616\n",
		  "[net] retry_ms = 18446744073709551616: must be a number from 0 to "
		  "18446744073709551615 ms" },
		{ "[net]\nfast = true\n", "[net] fast = true: must be yes or no" },
		{ "[log]\nlevel = loud\n",
		  "[log] level = loud: must be error, warning, notice, info or debug" },
		{ "[party]\nid = 123\n",
		  "[party] id = 123: must be an OIN of 20 characters, or OIN/unit (BRIN and "
		  "vestiging)" },
		{ "[party]\nlabel = 123456789\n",
		  "[party] label = 123456789: is longer than 8 bytes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kb_faults faults = { 0 };
		struct kb_config *config = NULL;
		char expected[256];

		(void)snprintf(expected, sizeof(expected), "t.conf:2: %s\n", cases[i].fault);
		cr_assert_eq(kb_config_parse(&table, kb_span_text(cases[i].line), "t.conf", &faults,
					     &config),
			     KB_ERR_CONFIG);
		cr_assert_not_null(strstr(kb_faults_text(&faults), expected), "got: %s",
				   kb_faults_text(&faults));
		kb_faults_release(&faults);
	}
}

Test(config, takes_only_tcp_and_ipc_endpoints)
{
	static const char *const good[] = { "tcp://127.0.0.1:1", "tcp://broker.example.nl:65535",
					    "tcp://[::1]:5001", "tcp://*:5001", "ipc:///run/x/y" };
	static const char *const bad[] = {
		"udp://127.0.0.1:1",
		"inproc://x",
		"pgm://eth0;239.0.0.1:1",
		"tcp://127.0.0.1",
		"tcp://:5001",
		"tcp://127.0.0.1:0",
		"tcp://127.0.0.1:65536",
		"tcp://a b:1",
		"tcp://eth0;127.0.0.1:1",
		"ipc://relative",
		"ipc://",
		"tcp://",
		"tcp://**:1",
		"tcp://[::1:5001",
		"tcp://1:2:3",
		"127.0.0.1:5001",
		"tcp://host:05001",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text),
			       "[net]\nlisten = %s\n[store]\nfolder = /x\n[party]\n"
			       "id = 00000099000000001000\n",
			       good[i]);
		kb_config_free(parse_good(text));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[256];
		char expected[256];

		(void)snprintf(text, sizeof(text),
			       "[net]\nlisten = %s\n[store]\nfolder = /x\n[party]\n"
			       "id = 00000099000000001000\n",
			       bad[i]);
		(void)snprintf(expected, sizeof(expected),
			       "t.conf:2: [net] listen = %s: must be tcp://host:port or "
			       "ipc:///absolute/path\n",
			       bad[i]);
		expect_faults(text, expected);
	}
}

Test(config, shows_faults_of_form_and_meaning_in_one_run)
{
	expect_faults("[net]\nlisten = x\nrubbish\n[store]\nfolder = y\n[party]\n"
		      "id = 00000099000000001000\n",
		      "t.conf:3: neither a [section] nor \"key = value\"\n"
		      "t.conf:2: [net] listen = x: must be tcp://host:port or "
		      "ipc:///absolute/path\n"
		      "t.conf:5: [store] folder = y: must be an absolute path (start with '/')\n");
}

Test(config, shows_at_most_fifty_faults)
{
	struct kb_faults faults = { 0 };
	struct kb_config *config = NULL;
	struct kb_buf text = { 0 };

	cr_assert_eq(kb_buf_put_text(&text, GOOD), KB_OK);
	for (int i = 0; i < 60; i++) {
		cr_assert_eq(kb_buf_putf(&text, "k%d = 1\n", i), KB_OK);
	}
	cr_assert_eq(kb_config_parse(&table, kb_buf_span(&text), "t.conf", &faults, &config),
		     KB_ERR_CONFIG);
	cr_assert_eq(faults.count, 60);
	cr_assert_not_null(strstr(kb_faults_text(&faults), "t.conf:56: unknown key k49"));
	cr_assert_null(strstr(kb_faults_text(&faults), "k50"));
	cr_assert_not_null(strstr(kb_faults_text(&faults), "and 10 more faults\n"));
	kb_buf_release(&text);
	kb_faults_release(&faults);
}

Test(config, is_read_from_a_file_that_not_everybody_may_write)
{
	char folder[] = "/tmp/kb-config-XXXXXX";
	char path[64];
	struct kb_faults faults = { 0 };
	struct kb_config *config = NULL;
	FILE *file = NULL;

	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/a.conf", folder);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	cr_assert_geq(fputs(GOOD, file), 0);
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(chmod(path, 0646), 0);
	cr_assert_eq(kb_config_open(&table, path, &faults, &config), KB_ERR_CONFIG);
	cr_assert_not_null(strstr(kb_faults_text(&faults), "everybody may write it"));
	cr_assert_null(config);
	cr_assert_eq(chmod(path, 0640), 0);
	cr_assert_eq(kb_config_open(&table, path, &faults, &config), KB_OK);
	kb_config_free(config);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(rmdir(folder), 0);
	kb_faults_release(&faults);
}

Test(config, prints_values_that_read_back_the_same)
{
	struct kb_config *config = parse_good(GOOD "label = Oost\n");
	struct kb_config *again = NULL;
	struct kb_buf first = { 0 };
	struct kb_buf second = { 0 };

	cr_assert_eq(kb_config_print(config, &first), KB_OK);
	cr_assert_not_null(strstr(kb_buf_text(&first), "map_mib = 1024\n"));
	again = parse_good(kb_buf_text(&first));
	cr_assert_eq(kb_config_print(again, &second), KB_OK);
	cr_assert(kb_span_equal(kb_buf_span(&first), kb_buf_span(&second)));
	kb_config_free(config);
	kb_config_free(again);
	kb_buf_release(&first);
	kb_buf_release(&second);
}

Test(config, reference_names_every_key_once_with_type_default_and_help)
{
	struct kb_buf text = { 0 };

	cr_assert_eq(kb_config_reference(&table, &text), KB_OK);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "%s%s = %s\n", rows[i].required ? "\n" : "\n# ",
			       rows[i].key, rows[i].fallback != NULL ? rows[i].fallback : "");
		cr_assert_not_null(strstr(kb_buf_text(&text), line), "no %s", line);
		cr_assert_not_null(strstr(kb_buf_text(&text), rows[i].help));
	}
	cr_assert_not_null(
		strstr(kb_buf_text(&text), "# number from 16 to 65536 MiB; default below\n"));
	cr_assert_not_null(
		strstr(kb_buf_text(&text),
		       "# choice: error, warning, notice, info or debug; default below"));
	kb_buf_release(&text);
}

/* What the check of a table must find, one planted fault a time. */
Test(config, table_check_finds_each_kind_of_mistake)
{
	static const char *const none[] = { NULL };
	static const struct kb_config_key bad[] = {
		{ .section = "", .key = "a", .type = KB_CONFIG_TEXT, .help = "h" },
		{ .section = "s", .key = "A b", .type = KB_CONFIG_TEXT, .help = "h" },
		{ .section = "s", .key = "a", .help = "h" },
		{ .section = "s", .key = "a", .type = KB_CONFIG_TEXT },
		{ .section = "s", .key = "a", .type = KB_CONFIG_TEXT, .help = "two\nlines" },
		{ .section = "s", .key = "a", .type = KB_CONFIG_ENUM, .help = "h" },
		{ .section = "s",
		  .key = "a",
		  .type = KB_CONFIG_ENUM,
		  .choices = none,
		  .help = "h" },
		{ .section = "s",
		  .key = "a",
		  .type = KB_CONFIG_U64,
		  .least = 2,
		  .most = 1,
		  .help = "h" },
		{ .section = "s",
		  .key = "a",
		  .type = KB_CONFIG_PATH,
		  .required = true,
		  .fallback = "/",
		  .help = "h" },
		{ .section = "s",
		  .key = "a",
		  .type = KB_CONFIG_PATH,
		  .fallback = "x",
		  .help = "h" },
	};
	static const struct kb_config_key twice[] = {
		{ .section = "s", .key = "a", .type = KB_CONFIG_TEXT, .help = "h" },
		{ .section = "s", .key = "a", .type = KB_CONFIG_PATH, .help = "h" },
	};
	const struct kb_config_table pair = { "p", twice, 2 };
	struct kb_error_text where = { "" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct kb_config_table one = { "p", &bad[i], 1 };

		where.text[0] = '\0';
		cr_assert_eq(kb_config_table_check(&one, &where), KB_ERR_INTERNAL, "row %zu", i);
		cr_assert_neq(where.text[0], '\0');
	}
	cr_assert_eq(kb_config_table_check(&pair, &where), KB_ERR_INTERNAL);
	cr_assert_str_eq(where.text, "[s] a stands twice");
}
