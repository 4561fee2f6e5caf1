/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of cases: read whole and strictly, then one question per line; and the colour of a term. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <pthread.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agents/cli/bulk.h"
#include "agents/cli/colour.h"
#include "agents/cli/desk_client.h"
#include "common/net/stream.h"

/* ---- reading ---- */

static struct kb_arena arena;
static struct kb_error_text where;

static enum kb_err
parse(const char *text, struct kb_bulk *out)
{
	kb_arena_clear(&arena);
	where.text[0] = 0;
	return kb_bulk_parse(kb_span_text(text), "lijst.csv", &arena, out, &where);
}

static void
release(void)
{
	kb_arena_release(&arena);
}

TestSuite(bulk, .fini = release);

Test(bulk, a_list_is_numbers_of_cases_or_has_columns)
{
	struct kb_bulk bulk;

	cr_assert_eq(parse("12\n\n# weg\n 7 \r\n", &bulk), KB_OK, "%s", where.text);
	cr_assert(bulk.line_count == 2 && bulk.column_count == 1);
	cr_assert(kb_bulk_has(&bulk, "zaak") && !kb_bulk_has(&bulk, "taak"));
	cr_assert_eq(bulk.lines[1].number, 4);
	cr_assert(kb_span_equal(bulk.lines[1].cells[0], kb_span_text("7")));
	cr_assert_eq(parse("zaak;taak;tekst\n12;1;gebeld, geen gehoor\n12;2;x\n", &bulk), KB_OK);
	cr_assert(bulk.line_count == 2 && bulk.column_count == 3 && kb_bulk_has(&bulk, "taak"));
	cr_assert(kb_span_equal(bulk.lines[0].cells[2], kb_span_text("gebeld, geen gehoor")));
	cr_assert_eq(parse("zaak,taak\n12,1", &bulk), KB_OK);
	cr_assert(kb_span_equal(bulk.lines[0].cells[1], kb_span_text("1")));
}

Test(bulk, what_is_wrong_is_named_with_its_line)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{ "12\ntwaalf\n", "lijst.csv:2: hier hoort het nummer" },
		{ "12\n0\n", "lijst.csv:2:" },
		{ "12\n-3\n", "lijst.csv:2:" },
		{ "12\n7\n12\n", "lijst.csv:3: deze regel staat er twee keer" },
		{ "zaak;taak\n12\n", "lijst.csv:2: het aantal kolommen" },
		{ "zaak;taak\n12;1;3\n", "lijst.csv:2: het aantal kolommen" },
		{ "zaak;taak;taak\n12;1;1\n", "lijst.csv:1: een kolom staat er twee keer" },
		{ "zaak;;x\n12;1;1\n", "lijst.csv:1: een kolom heeft geen naam" },
		{ "zaak;a;b;c;d;e;f;g;h\n1;2;3;4;5;6;7;8;9\n", "lijst.csv:1: er zijn te veel" },
		{ "12;1\n", "lijst.csv:1: het aantal kolommen" },
		{ "12\n\x01\n", "lijst.csv:2: dit is geen gewone tekst" },
		{ "zaak\n", "lijst.csv: er staat geen zaak in" },
		{ "", "lijst.csv: er staat geen zaak in" },
	};
	struct kb_bulk bulk;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(parse(rows[i].text, &bulk), KB_ERR_DATA, "row %zu", i);
		cr_assert_not_null(strstr(where.text, rows[i].says), "%s", where.text);
	}
}

Test(bulk, a_list_has_an_end)
{
	struct kb_bulk bulk;
	struct kb_buf text = { 0 };

	for (int i = 1; i <= KB_BULK_LINES_MAX; i++) {
		cr_assert_eq(kb_buf_putf(&text, "%d\n", i), KB_OK);
	}
	text.len--;
	cr_assert_eq(parse(kb_buf_text(&text), &bulk), KB_OK, "%s", where.text);
	cr_assert_eq(bulk.line_count, KB_BULK_LINES_MAX);
	cr_assert_eq(kb_buf_put_text(&text, "\n99999\n"), KB_OK);
	cr_assert_eq(parse(kb_buf_text(&text), &bulk), KB_ERR_OVERSIZE);
	kb_buf_release(&text);
}

/* ---- asking ---- */

/* An agent that answers so many questions and then is gone; it refuses case 13. */
static struct {
	int listener;
	unsigned answers;
	unsigned asked;
	char seen[512]; /* verb and arguments of all questions */
	char path[64];
	char list[64];
} agent;

static void
note(struct kb_span text, char end)
{
	size_t len = strlen(agent.seen);

	cr_assert_lt(len + text.len + 2, sizeof(agent.seen));
	(void)snprintf(agent.seen + len, sizeof(agent.seen) - len, "%.*s%c", (int)text.len,
		       (const char *)text.at, end);
}

/* What the agent of a school proposes: two talks. A title with a line end must not become a line of the list. */
static void
propose(struct kb_desk_answer *answer)
{
	static const char *const names[] = { "zaak",   "stap",	   "feiten", "velden",
					     "school", "leerling", "van",    "tot" };
	static const char *const texts[2][8] = {
		{ "12", "plannen", "gepland=2026-03-10", "op=2026-03-10\\nx=13:00", "A", "Noor",
		  "13:00", "13:20" },
		{ "14", "plannen", "gepland=2026-03-10", "op=2026-03-10\\nx=13:20", "B",
		  "Bas\n99;weg;;", "13:20", "13:40" },
	};
	static struct kb_span columns[8];
	static struct kb_span cells[2][8];
	static struct kb_desk_row rows[2];
	static struct kb_desk_section section;

	for (size_t i = 0; i < 8; i++) {
		columns[i] = kb_span_text(names[i]);
		cells[0][i] = kb_span_text(texts[0][i]);
		cells[1][i] = kb_span_text(texts[1][i]);
	}
	for (size_t i = 0; i < 2; i++) {
		rows[i] = (struct kb_desk_row){ .cells = cells[i], .cell_count = 8 };
	}
	section = (struct kb_desk_section){ .name = kb_span_text("lijst"),
					    .columns = columns,
					    .column_count = 8,
					    .rows = rows,
					    .row_count = 2 };
	answer->sections = &section;
	answer->section_count = 1;
}

static void
answer_one(int fd)
{
	struct kb_arena room = { 0 };
	struct kb_buf frame = { 0 };
	struct kb_desk_request request;
	struct kb_desk_answer answer = { .text = kb_span_text("Klaar.") };

	cr_assert_eq(kb_stream_read_frame(fd, KB_WIRE_DESK_BYTES_MAX, 5000, &frame), KB_OK);
	cr_assert_eq(kb_desk_request_decode(kb_buf_span(&frame), &room, &request), KB_OK);
	note(request.verb, ':');
	if (kb_span_equal(request.verb, kb_span_text("overdracht rooster"))) {
		propose(&answer);
	}
	for (size_t i = 0; i < request.argument_count; i++) {
		note(request.arguments[i].name, '=');
		note(request.arguments[i].value, i + 1 < request.argument_count ? ' ' : '|');
		if (kb_span_equal(request.arguments[i].value, kb_span_text("13"))) {
			answer = (struct kb_desk_answer){
				.exit_code = 77,
				.error = kb_span_text("PERMISSION"),
				.text = kb_span_text("Dit mag u niet zien, of het bestaat niet.")
			};
		}
	}
	agent.asked++;
	kb_buf_clear(&frame);
	cr_assert_eq(kb_desk_answer_encode(&answer, &frame), KB_OK);
	cr_assert_eq(kb_stream_write_frame(fd, kb_buf_span(&frame), 5000), KB_OK);
	kb_buf_release(&frame);
	kb_arena_release(&room);
}

static void *
serve(void *unused)
{
	for (unsigned i = 0; i < agent.answers; i++) {
		int fd = accept(agent.listener, NULL, NULL);

		if (fd < 0) {
			break; /* the test has asked all it wanted */
		}
		answer_one(fd);
		(void)close(fd);
	}
	(void)close(agent.listener);
	return unused;
}

static void
write_list(const char *text)
{
	FILE *file = fopen(agent.list, "w");

	cr_assert_not_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
}

/* Runs the words with that list at an agent that gives so many answers; the exit code. */
static int
run(unsigned answers, const char *list, int argc, const char *const *words)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct kb_cli cli = { .timeout_ms = 5000, .socket = agent.path, .user = "bert" };
	const struct kb_cli_command *command = NULL;
	char room[12][64];
	char *argv[13] = { NULL };
	pthread_t thread;
	int used = 0;
	int exit_code = 0;

	agent.answers = answers;
	agent.asked = 0;
	agent.seen[0] = 0;
	(void)snprintf(agent.path, sizeof(agent.path), "/tmp/kb-bulk-%d.socket", (int)getpid());
	(void)snprintf(agent.list, sizeof(agent.list), "/tmp/kb-bulk-%d.csv", (int)getpid());
	(void)unlink(agent.path);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", agent.path);
	agent.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(agent.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(agent.listener, 8), 0);
	cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
	write_list(list);
	for (int i = 0; i < argc; i++) {
		(void)snprintf(room[i], sizeof(room[i]), "%s",
			       strcmp(words[i], "LIST") == 0 ? agent.list : words[i]);
		argv[i] = room[i];
	}
	command = kb_cli_command_find(argc, argv, &used);
	cr_redirect_stdout();
	cr_redirect_stderr();
	exit_code = command->run(&cli, command, argc - used + 1, argv + used - 1);
	(void)fflush(stdout);
	/* Whoever was not asked is not waited for. */
	if (agent.asked < answers) {
		(void)shutdown(agent.listener, SHUT_RDWR);
	}
	(void)pthread_join(thread, NULL);
	(void)unlink(agent.path);
	(void)unlink(agent.list);
	return exit_code;
}

#define RUN(answers, list, ...)                                                                    \
	run((answers), (list),                                                                     \
	    (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)),                  \
	    (const char *const[]){ __VA_ARGS__ })

Test(bulk, every_line_is_one_question_and_the_table_says_what_came_of_it)
{
	cr_assert_eq(RUN(3, "12\n13\n14\n", "task", "add", "bellen", "--lijst", "LIST", "--tot",
			 "2026-03-04"),
		     77, "the first line that was not done");
	cr_assert_str_eq(agent.seen, "task add:wat=bellen tot=2026-03-04 zaak=12|"
				     "task add:wat=bellen tot=2026-03-04 zaak=13|"
				     "task add:wat=bellen tot=2026-03-04 zaak=14|");
	cr_assert_stdout_eq_str(
		"lijst\n"
		"regel  zaak  uitslag      uitleg\n"
		"1      12    gedaan       Klaar.\n"
		"2      13    niet gedaan  Dit mag u niet zien, of het bestaat niet.\n"
		"3      14    gedaan       Klaar.\n");
}

Test(bulk, columns_fill_in_arguments_that_differ)
{
	cr_assert_eq(RUN(2, "zaak;taak\n12;1\n15;4\n", "task", "done", "--lijst", "LIST", "--tekst",
			 "af"),
		     0);
	cr_assert_str_eq(agent.seen,
			 "task done:tekst=af zaak=12 taak=1|task done:tekst=af zaak=15 taak=4|");
}

/* What has a line per thing fits in a cell; a backslash anywhere else is itself. */
Test(bulk, a_cell_of_fields_can_have_lines)
{
	cr_assert_eq(RUN(1, "zaak;stap;velden\n12;a\\nb;x=1\\ny=c:\\d\n", "act", "--lijst", "LIST"),
		     0);
	cr_assert_str_eq(agent.seen, "act:zaak=12 stap=a\\nb velden=x=1\ny=c:\\d|");
}

Test(bulk, a_list_works_where_the_case_is_an_option)
{
	cr_assert_eq(RUN(1, "12\n", "message", "send", "bericht", "--aan", "X", "--velden", "Y",
			 "--lijst=/nergens/lijst"),
		     kb_err_exit_code(KB_ERR_IO), "no such file");
	cr_assert_eq(RUN(1, "12\n", "message", "send", "bericht", "--aan", "X", "--velden", "Y",
			 "--lijst", "LIST"),
		     0);
	cr_assert_str_eq(agent.seen, "message send:soort=bericht aan=X velden=Y zaak=12|");
}

static void
read_file(const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len = 0;

	cr_assert_not_null(file, "%s", path);
	len = fread(out, 1, size - 1, file);
	out[len] = 0;
	(void)fclose(file);
}

/* overdracht rooster --uit FILE, then act --lijst FILE. */
Test(bulk, what_the_agent_proposes_is_a_list_that_goes_back_as_it_is)
{
	static const char want[] = "zaak;stap;feiten;velden\n"
				   "# A: Noor 13:00-13:20\n"
				   "12;plannen;gepland=2026-03-10;op=2026-03-10\\nx=13:00\n"
				   "# B: Bas 99;weg;; 13:20-13:40\n"
				   "14;plannen;gepland=2026-03-10;op=2026-03-10\\nx=13:20\n";
	char path[64];
	char text[512];

	(void)snprintf(path, sizeof(path), "/tmp/kb-rooster-%d.csv", (int)getpid());
	(void)unlink(path);
	cr_assert_eq(RUN(1, "", "overdracht", "rooster", "--datum", "2026-03-10", "--van", "13:00",
			 "--tot", "14:00", "--duur", "20", "--uit", path),
		     0);
	cr_assert_str_eq(agent.seen, "overdracht rooster:datum=2026-03-10 van=13:00 tot=14:00 "
				     "duur=20|");
	read_file(path, text, sizeof(text));
	cr_assert_str_eq(text, want);
	/* What somebody may have changed is not written over. */
	cr_assert_eq(RUN(1, "", "overdracht", "rooster", "--datum", "2026-03-11", "--van", "13:00",
			 "--tot", "14:00", "--duur", "20", "--uit", path),
		     kb_err_exit_code(KB_ERR_EXISTS));
	read_file(path, text, sizeof(text));
	cr_assert_str_eq(text, want);
	(void)unlink(path);
	cr_assert_eq(RUN(2, want, "act", "--lijst", "LIST"), 0);
	cr_assert_str_eq(agent.seen, "act:zaak=12 stap=plannen feiten=gepland=2026-03-10 "
				     "velden=op=2026-03-10\nx=13:00|"
				     "act:zaak=14 stap=plannen feiten=gepland=2026-03-10 "
				     "velden=op=2026-03-10\nx=13:20|");
}

Test(bulk, a_list_of_overdrachten_is_only_written_for_the_cold_ones)
{
	cr_assert_eq(RUN(1, "", "overdracht", "list", "--uit", "/tmp/kb-nergens.csv"), 64);
	cr_assert_eq(agent.asked, 0);
	cr_assert_eq(RUN(1, "", "overdracht", "list", "--koud", "--school", "X"), 0);
	cr_assert_str_eq(agent.seen, "overdracht list:koud=ja school=X|");
}

Test(bulk, a_wrong_list_asks_nothing)
{
	cr_assert_eq(RUN(1, "12\nx\n", "task", "add", "bellen", "--lijst", "LIST"), 65);
	cr_assert_eq(agent.asked, 0);
}

Test(bulk, what_stands_in_the_list_is_not_given_twice)
{
	cr_assert_eq(RUN(1, "12\n", "task", "add", "bellen", "--zaak", "3", "--lijst", "LIST"), 64);
	cr_assert_eq(agent.asked, 0);
}

Test(bulk, an_agent_that_goes_away_leaves_the_rest_not_asked)
{
	cr_assert_eq(RUN(1, "12\n14\n15\n", "task", "add", "bellen", "--lijst", "LIST"),
		     kb_err_exit_code(KB_ERR_IO));
	cr_assert_stdout_eq_str(
		"De agent antwoordt niet meer. Wat 'niet gevraagd' zegt is niet gedaan; "
		"van 'onbekend' ziet u het in de zaak.\n\nlijst\n"
		"regel  zaak  uitslag        uitleg\n"
		"1      12    gedaan         Klaar.\n"
		"2      14    onbekend       kijk in de zaak\n"
		"3      15    niet gevraagd  \n");
}

/* ---- colour ---- */

static struct kb_output *
inbox_of_three(void)
{
	static const char *const rows[][2] = { { "1", "te laat" },
					       { "2", "op tijd" },
					       { "3", "vandaag" } };
	struct kb_output *output = NULL;

	cr_assert_eq(kb_output_new(&output), KB_OK);
	cr_assert_eq(kb_output_section(output, "inbox", "zaak|termijn-stand"), KB_OK);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(kb_output_row(output, rows[i], 2), KB_OK);
	}
	return output;
}

/* What comes out of a terminal. */
static void
print_on_terminal(struct kb_output *output, char *out, size_t size)
{
	struct kb_cli cli = { 0 };
	int master = -1;
	int slave = -1;
	FILE *terminal = NULL;
	ssize_t count = 0;
	size_t len = 0;

	cr_assert_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	terminal = fdopen(slave, "w");
	cr_assert_not_null(terminal);
	cr_assert_eq(kb_output_print(output, &cli, 0, "", terminal), KB_OK);
	/* The other end reads what was written, in parts, and an error when all of it is read. */
	(void)fclose(terminal);
	while (len + 1 < size && (count = read(master, out + len, size - 1 - len)) > 0) {
		len += (size_t)count;
	}
	out[len] = 0;
	(void)close(master);
}

Test(colour, a_terminal_shows_how_near_a_term_is)
{
	struct kb_output *output = inbox_of_three();
	char text[512];

	print_on_terminal(output, text, sizeof(text));
	cr_assert_str_eq(text, "inbox\r\nzaak  termijn-stand\r\n"
			       "1     \033[1;31mte laat\033[0m\r\n"
			       "2     op tijd\r\n"
			       "3     \033[1;33mvandaag\033[0m\r\n");
	kb_output_free(output);
}

Test(colour, a_file_has_none)
{
	struct kb_output *output = inbox_of_three();
	struct kb_cli cli = { 0 };

	cr_redirect_stdout();
	cr_assert_eq(kb_output_print(output, &cli, 0, "", stdout), KB_OK);
	(void)fflush(stdout);
	cr_assert_stdout_eq_str(
		"inbox\nzaak  termijn-stand\n1     te laat\n2     op tijd\n3     vandaag\n");
	kb_output_free(output);
}
