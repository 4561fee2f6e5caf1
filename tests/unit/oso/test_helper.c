/* SPDX-License-Identifier: EUPL-1.2 */
/* The helper as a process: what it may take, and what it makes of files that were made to harm. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agents/intake/oso/run.h"

#define DATA KB_SOURCE_DIR "/tests/data/oso/"
#define HELPER KB_BINARY_DIR "/agents/intake/oso/ketenbode-oso"
#define SPACE_KIB (64 * 1024)

struct outcome {
	struct kb_oso_result result;
	struct kb_buf answer;
	int status;
	long rss_kib;
	double seconds;
};

static double
now(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Feeds begin, then piece times over, then end, to a helper of its own; stops when it no longer reads. */
static void
feed(const char *begin, const char *piece, size_t times, const char *end, struct outcome *out)
{
	int in[2];
	int answer[2];
	int schema = open(DATA "klein.xsd", O_RDONLY);
	size_t len = strlen(piece);
	double start = now();
	struct rusage usage = { 0 };
	char block[65536];
	size_t fill = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	cr_assert_geq(schema, 0);
	cr_assert_eq(pipe2(in, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(answer, O_CLOEXEC), 0);
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		/* Out of the way first: any of them may have the number that another one gets. */
		int from = fcntl(in[0], F_DUPFD, 100);
		int to = fcntl(answer[1], F_DUPFD, 100);
		int xsd = fcntl(schema, F_DUPFD, 100);

		(void)dup2(from, 0);
		(void)dup2(to, 1);
		(void)dup2(xsd, 3);
		(void)close_range(4, ~0U, 0);
		(void)execl(HELPER, HELPER, "check", (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(answer[1]);
	(void)close(schema);
	while (len > 0 && fill + len <= sizeof(block)) {
		memcpy(block + fill, piece, len);
		fill += len;
	}
	bool reads = write(in[1], begin, strlen(begin)) >= 0;

	for (size_t left = times * len; reads && left > 0;) {
		ssize_t put = write(in[1], block, left < fill ? left : fill);

		reads = put > 0;
		left -= put > 0 ? (size_t)put : 0;
	}
	if (reads) {
		(void)!write(in[1], end, strlen(end));
	}
	(void)close(in[1]);
	*out = (struct outcome){ .status = 0 };
	for (ssize_t got = 1; got > 0;) {
		uint8_t *at = NULL;

		cr_assert_eq(kb_buf_extend(&out->answer, 4096, &at), KB_OK);
		got = read(answer[0], at, 4096);
		out->answer.len -= 4096 - (got > 0 ? (size_t)got : 0);
	}
	cr_assert_eq(wait4(pid, &out->status, 0, &usage), pid);
	(void)close(answer[0]);
	out->rss_kib = usage.ru_maxrss;
	out->seconds = now() - start;
}

static void
expect_refused(const char *rule, struct outcome *out)
{
	cr_assert(WIFEXITED(out->status) && WEXITSTATUS(out->status) == 0, "status %x",
		  (unsigned)out->status);
	cr_assert_eq(kb_oso_result_read(kb_buf_span(&out->answer), &out->result), KB_OK);
	cr_assert_eq(out->result.finding_count, 1);
	cr_expect(kb_span_equal(out->result.findings[0].rule, kb_span_text(rule)), "%.*s",
		  (int)out->result.findings[0].rule.len,
		  (const char *)out->result.findings[0].rule.at);
	cr_expect_lt(out->seconds, 1.0, "%f s", out->seconds);
	cr_expect_lt(out->rss_kib, SPACE_KIB, "%ld KiB", out->rss_kib);
	kb_buf_release(&out->answer);
}

Test(oso_helper, a_billion_laughs_are_refused_unread)
{
	struct outcome out;

	feed("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\">", "<!ENTITY b \"&a;&a;&a;\">",
	     1, "]><dossier>&b;</dossier>", &out);
	expect_refused("xml-doctype", &out);
}

Test(oso_helper, an_external_entity_is_refused_unread)
{
	struct outcome out;

	feed("<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "", 0, "<d>&x;</d>", &out);
	expect_refused("xml-doctype", &out);
	feed("<!DOCTYPE d SYSTEM \"http://127.0.0.1:1/d.dtd\">", "", 0, "<d/>", &out);
	expect_refused("xml-doctype", &out);
}

Test(oso_helper, an_entity_that_nobody_declared_is_no_xml)
{
	struct outcome out;

	feed("<d>&lol;", "", 0, "</d>", &out);
	expect_refused("xml-vorm", &out);
}

Test(oso_helper, nesting_is_refused_small_and_200_mb)
{
	struct outcome out;

	feed("", "<a>", 1000, "", &out);
	expect_refused("xml-diepte", &out);
	feed("", "<a>", (size_t)1000 * 1000, "", &out);
	expect_refused("xml-diepte", &out);
	feed("", "<a>", (size_t)200 * 1024 * 1024 / 3, "", &out);
	expect_refused("xml-omvang", &out);
}

Test(oso_helper, many_small_elements_are_refused)
{
	struct outcome out;

	feed("<d>", "<a/>", 900000, "</d>", &out);
	expect_refused("xml-omvang", &out);
}

Test(oso_helper, what_is_no_text_is_refused)
{
	struct outcome out;

	feed("<d>\xff\xfe</d>", "", 0, "", &out);
	expect_refused("xml-tekens", &out);
	feed("<?xml version=\"1.0\" encoding=\"EBCDIC-US\"?><d/>", "", 0, "", &out);
	expect_refused("xml-tekens", &out);
}

Test(oso_helper, a_good_dossier_stays_within_the_same_bounds)
{
	struct kb_oso_result result;
	struct kb_oso_run run;
	int dossier = open(DATA "po-vo.xml", O_RDONLY | O_CLOEXEC);
	int schema = open(DATA "klein.xsd", O_RDONLY | O_CLOEXEC);

	cr_assert_eq(kb_oso_run_whole(&run, KB_OSO_TASK_SPLIT, dossier, schema, &result), KB_OK);
	cr_assert_eq(result.finding_count, 0);
	cr_assert(kb_span_equal(result.kind, kb_span_text("overstapdossier")));

	/* And back, through a second process. */
	int frames = kb_oso_frames_file(result.fields, result.field_count);
	struct kb_oso_result joined;
	struct kb_oso_run back;

	cr_assert_geq(frames, 0);
	cr_assert_eq(kb_oso_run_whole(&back, KB_OSO_TASK_JOIN, frames, -1, &joined), KB_OK);
	cr_assert_eq(joined.finding_count, 0);
	cr_assert_not_null(
		memmem(joined.document.at, joined.document.len, "<bsn>999990019</bsn>", 20));
	kb_oso_run_release(&back);
	kb_oso_run_release(&run);
	(void)close(frames);
	(void)close(dossier);
	(void)close(schema);
}

/* The text of the schema in a file of its own, that needs no name. */
static int
schema_of(const char *text)
{
	int fd = memfd_create("schema", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Looking for the other file would end the helper, as if the dossier had been made to harm. */
Test(oso_helper, a_schema_that_is_none_or_not_whole_is_said)
{
#define XSD(content)                                                                               \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>" content "</xs:schema>"
	static const char *const schemas[] = {
		"",
		"no schema",
		"<dossier/>",
		XSD("<xs:element/>"),
		XSD("<xs:include schemaLocation='/etc/passwd'/>"),
		XSD("<xs:import namespace='x' schemaLocation='http://127.0.0.1:1/x.xsd'/>"),
		XSD("<xs:redefine schemaLocation='x.xsd'/>"),
		"<!DOCTYPE x [<!ENTITY e SYSTEM '/etc/passwd'>]>" XSD("&e;"),
	};
#undef XSD

	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		struct kb_oso_result result;
		struct kb_oso_run run;
		int dossier = open(DATA "po-vo.xml", O_RDONLY | O_CLOEXEC);
		int schema = schema_of(schemas[i]);

		cr_assert_eq(kb_oso_run_whole(&run, KB_OSO_TASK_CHECK, dossier, schema, &result),
			     KB_OK, "%zu", i);
		cr_assert_eq(result.finding_count, 1);
		cr_assert(kb_span_equal(result.findings[0].rule,
					kb_span_text(KB_OSO_RULE_SCHEMA_FILE)),
			  "%zu", i);
		kb_oso_run_release(&run);
		(void)close(dossier);
		(void)close(schema);
	}
}
