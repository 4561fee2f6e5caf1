/* SPDX-License-Identifier: EUPL-1.2 */
/* `verzuim export`: what a small agent of the test answers becomes a file, as CSV and as JSON. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/cli/desk_client.h"
#include "agents/cli/verzuim_export.h"
#include "agents/intake/export.h"
#include "common/base/file.h"
#include "common/net/stream.h"

static char folder[64];
static char socket_path[96];
static char out_path[96];
static pid_t agent;

/* Answers one question, whatever it is, with one melding; a cell of it would be a formula. */
static void
serve_one(int listener)
{
	const char *cells[] = { "00ff",
				"nieuw",
				"99AA00",
				"=1+1",
				"999580735",
				"16-uur",
				"2026-02-23",
				"2026-02-26",
				"1200",
				"0114",
				"00000099000000002000",
				"Geregistreerd",
				"2026-03-05",
				"",
				"ja",
				"nee",
				"",
				"a;b" };
	struct kb_span names[sizeof(cells) / sizeof(cells[0])];
	struct kb_span values[sizeof(cells) / sizeof(cells[0])];
	struct kb_span fields[] = { kb_span_text("veld"), kb_span_text("waarde") };
	struct kb_span counter[] = { kb_span_text("teller"), kb_span_text("42") };
	struct kb_desk_row rows[] = { { values, sizeof(cells) / sizeof(cells[0]) },
				      { counter, 2 } };
	struct kb_desk_section sections[] = {
		{ kb_span_text("meldingen"), names, sizeof(cells) / sizeof(cells[0]), &rows[0], 1 },
		{ kb_span_text("export"), fields, 2, &rows[1], 1 },
	};
	struct kb_desk_answer answer = { .text = kb_span_text("DUO-zin."),
					 .sections = sections,
					 .section_count = 2 };
	struct kb_buf frame = { 0 };
	struct kb_buf question = { 0 };
	int fd = accept(listener, NULL, NULL);

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		names[i] = kb_span_text(kb_export_column_name(i));
		values[i] = kb_span_text(cells[i]);
	}
	if (kb_stream_read_frame(fd, 65536, 5000, &question) == KB_OK &&
	    kb_desk_answer_encode(&answer, &frame) == KB_OK) {
		kb_ignore(kb_stream_write_frame(fd, kb_buf_span(&frame), 5000), "the test sees it");
	}
	(void)close(fd);
}

static void
open_all(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(folder, sizeof(folder), "/tmp/kb-export-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	(void)snprintf(socket_path, sizeof(socket_path), "%s/s", folder);
	(void)snprintf(out_path, sizeof(out_path), "%s/out", folder);
	memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(listener, 4), 0);
	agent = fork();
	if (agent == 0) {
		serve_one(listener);
		_exit(0);
	}
	(void)close(listener);
	cr_assert_not_null(freopen("/dev/null", "w", stderr));
}

static void
close_all(void)
{
	(void)waitpid(agent, NULL, 0);
	(void)unlink(socket_path);
	(void)unlink(out_path);
	(void)rmdir(folder);
}

TestSuite(cli_export, .init = open_all, .fini = close_all);

static int
run(const char *form)
{
	struct kb_cli cli = { .socket = socket_path, .user = "Ans", .timeout_ms = 5000 };
	char words[][100] = { "export", "--vorm", "", "--uit", "" };
	char *argv[] = { words[0], words[1], words[2], words[3], words[4], NULL };
	size_t count = 0;

	(void)snprintf(words[2], sizeof(words[2]), "%s", form);
	(void)snprintf(words[4], sizeof(words[4]), "%s", out_path);
	return kb_cli_verzuim_export(&cli, kb_cli_commands(&count), 5, argv);
}

Test(cli_export, csv_has_guarded_cells_and_is_readable_by_its_owner_only)
{
	struct kb_buf file = { 0 };
	struct stat facts;

	cr_assert_eq(run("csv"), 0);
	cr_assert_eq(kb_file_read(out_path, 65536, &file, NULL), KB_OK);
	cr_assert_not_null(
		strstr(kb_buf_text(&file), "\n00ff;nieuw;99AA00;'=1+1;999580735;16-uur;"));
	cr_assert_not_null(strstr(kb_buf_text(&file), ";1200;0114;"));
	cr_assert_not_null(strstr(kb_buf_text(&file), ";ja;nee;;\"a;b\"\n"));
	cr_assert_eq(stat(out_path, &facts), 0);
	cr_assert_eq(facts.st_mode & 0777, 0600);
	kb_buf_release(&file);
}

Test(cli_export, json_is_an_array_of_objects_with_numbers_and_truth)
{
	struct kb_buf file = { 0 };

	cr_assert_eq(run("json"), 0);
	cr_assert_eq(kb_file_read(out_path, 65536, &file, NULL), KB_OK);
	cr_assert_eq(file.at[0], '[');
	cr_assert_not_null(strstr(kb_buf_text(&file), "\"minuten\": 1200"));
	cr_assert_not_null(strstr(kb_buf_text(&file), "\"te_laat_gemeld\": true"));
	cr_assert_not_null(strstr(kb_buf_text(&file), "\"historisch\": false"));
	cr_assert_not_null(strstr(kb_buf_text(&file), "\"gemeld_op\": null"));
	cr_assert_not_null(strstr(kb_buf_text(&file), "\"leerling\": \"=1+1\""));
	kb_buf_release(&file);
}

Test(cli_export, another_form_is_a_usage_error_and_asks_nobody)
{
	cr_assert_eq(run("xml"), 64);
	cr_assert_neq(access(out_path, F_OK), 0);
	cr_assert_eq(run("csv"), 0, "the agent was not asked before");
}
