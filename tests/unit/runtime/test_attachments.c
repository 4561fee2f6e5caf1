/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments between real agents over a broker that loses, doubles and reorders: announced, fetched, judged, refused, stopped. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/file.h"
#include "common/crypto/hash.h"
#include "common/store/record.h"
#include "common/wire/bijlage.h"
#include "tests/support/loopback_broker.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define DAY_MS ((int64_t)24 * 3600 * 1000)
/* Ten parts, the last one short: more than a window. */
#define BIG (9 * KB_CHUNK_BYTES + 1234)

static struct {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *swv;
	struct lb_party *gemeente;
	char evidence[160];
	struct kb_buf said;
	struct kb_buf file;
	/* faults */
	unsigned seen;
	unsigned every;
	enum lb_fate fate;
	size_t from;
} at;

static int
ask_as(struct lb_party *party, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, "anna", verb, arguments, &at.said);
}

#define ASK(party, verb, ...) ask_as((party), (verb), (const char *const[]){ __VA_ARGS__, NULL })
#define DO(party, verb, ...)                                                                       \
	cr_assert_eq(ASK(party, verb, __VA_ARGS__), 0, "%s: %s", verb, (char *)at.said.at)

static bool
said(const char *text)
{
	return strstr((const char *)at.said.at, text) != NULL;
}

static const char *
name_of(const struct lb_party *party)
{
	return party->identity.self.text;
}

/* ---- files ---- */

/* A PDF of that length in at.file; salt makes it another one. */
static void
make_pdf(size_t bytes, unsigned salt)
{
	uint8_t *to = NULL;
	uint64_t state = 88172645463325252u + salt;

	kb_buf_clear(&at.file);
	LB_OK(kb_buf_extend(&at.file, bytes, &to));
	for (size_t i = 0; i < bytes; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		to[i] = (uint8_t)state;
	}
	memcpy(to, "%PDF-1.7\n", 9);
	memcpy(to + bytes - 6, "%%EOF\n", 6);
}

/* The token out of the answer of document begin: the first cell of its row. */
static void
token_of(char out[KB_ID_TEXT])
{
	const char *row = strchr((const char *)at.said.at, '|');

	cr_assert_not_null(row, "%s", (char *)at.said.at);
	(void)snprintf(out, KB_ID_TEXT, "%.32s", row + 1);
}

static int
upload(struct lb_party *party, const char *zaak, char token[KB_ID_TEXT])
{
	char bytes[24];
	int exit_code = 0;

	(void)snprintf(bytes, sizeof(bytes), "%zu", at.file.len);
	exit_code = ASK(party, "document begin", "zaak", zaak, "bytes", bytes);
	if (exit_code != 0) {
		return exit_code;
	}
	token_of(token);
	for (size_t done = 0; exit_code == 0 && done < at.file.len; done += KB_CHUNK_BYTES) {
		const char *const arguments[] = { "zaak", zaak, "upload", token, NULL };

		kb_buf_clear(&at.said);
		exit_code = lb_ask_with(party, "anna", "document part", arguments,
					kb_span_part(kb_buf_span(&at.file), done, KB_CHUNK_BYTES),
					&at.said, NULL);
	}
	return exit_code;
}

static int
add(struct lb_party *party, const char *name, const char *categories)
{
	char token[KB_ID_TEXT];
	int exit_code = upload(party, "1", token);

	return exit_code != 0
		       ? exit_code
		       : ASK(party, "document add", "zaak", "1", "soort", "verslag", "upload",
			     token, "naam", name, "gegevens", categories, "inzage", "2026-03-01");
}

/* Everything of attachment number, as document get and read give it. */
static int
fetch(struct lb_party *party, const char *number, struct kb_buf *out)
{
	char token[KB_ID_TEXT];
	int exit_code = ASK(party, "document get", "zaak", "1", "nummer", number);

	kb_buf_clear(out);
	if (exit_code != 0) {
		return exit_code;
	}
	token_of(token);
	for (unsigned i = 0; exit_code == 0 && i * KB_CHUNK_BYTES < at.file.len; i++) {
		char part[12];
		const char *const arguments[] = {
			"zaak", "1", "sleutel", token, "deel", part, NULL
		};

		(void)snprintf(part, sizeof(part), "%u", i + 1);
		kb_buf_clear(&at.said);
		exit_code = lb_ask_with(party, "anna", "document read", arguments, KB_SPAN_NONE,
					&at.said, out);
	}
	return exit_code;
}

static void
expect_same_file(struct lb_party *party, const char *number)
{
	struct kb_buf got = { 0 };

	cr_assert_eq(fetch(party, number, &got), 0, "%s", (char *)at.said.at);
	cr_assert(kb_span_equal(kb_buf_span(&got), kb_buf_span(&at.file)));
	kb_buf_release(&got);
}

/* Chunk files of that party, whatever they are of. */
static unsigned
chunk_files(const struct lb_party *party)
{
	char command[LB_PATH * 2 + 80];
	char line[32] = "";
	FILE *pipe = NULL;

	(void)snprintf(command, sizeof(command), "find %s/bijlagen -type f | grep -cE '/[0-9]{8}$'",
		       party->data);
	pipe = popen(command, "r");
	cr_assert_not_null(pipe);
	cr_assert_not_null(fgets(line, sizeof(line), pipe));
	(void)pclose(pipe);
	return (unsigned)strtoul(line, NULL, 10);
}

/* ---- the world ---- */

static enum lb_fate
on_accept(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	if (header->number == 0 ||
	    !kb_party_id_equal(&header->sender, &at.world.parties[at.from].identity.self)) {
		return LB_PASS;
	}
	at.seen++;
	return at.every != 0 && at.seen % at.every == 0 ? at.fate : LB_PASS;
}

static void
fault(struct lb_party *from, unsigned every, enum lb_fate fate)
{
	at.from = from != NULL ? from->index : 0;
	at.every = every;
	at.fate = fate;
	at.seen = 0;
	at.world.on_accept = from != NULL ? on_accept : NULL;
}

static void
introduce(struct lb_party *party)
{
	for (unsigned i = 0; i < 3; i++) {
		for (size_t j = 0; j < at.world.party_count; j++) {
			const struct kb_entry *entry = NULL;

			kb_ignore(kb_directory_find(kb_agent_directory(party->agent),
						    &at.world.parties[j].identity.self,
						    at.world.fake.utc_ms, &entry),
				  "the first time it is only asked for");
		}
		lb_settle(&at.world);
	}
}

static void
open_all(void)
{
	static const char *const anna[] = { "naam", "anna", "functie", "medewerker", NULL };
	static const char *const jeugd[] = { "naam",  "anna",  "functie", "consulent",
					     "loket", "jeugd", NULL };

	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.gemeente = lb_add(&at.world, KB_PARTY_GEMEENTE, "0344");
	lb_publish_register(&at.world);
	for (size_t i = 1; i < at.world.party_count; i++) {
		lb_start(&at.world.parties[i]);
	}
	lb_settle(&at.world);
	for (size_t i = 1; i < at.world.party_count; i++) {
		struct lb_party *party = &at.world.parties[i];

		introduce(party);
		cr_assert_eq(
			lb_ask(party, "", "user add", party == at.gemeente ? jeugd : anna, NULL),
			0);
	}
	(void)snprintf(at.evidence, sizeof(at.evidence), "%s/bewijs", at.world.folder);
	LB_OK(kb_file_replace(at.evidence, 0600, kb_span_text("getekend"), NULL));
	DO(at.school, "case open", "titel", "Noor Zandloper");
}

static void
close_all(void)
{
	lb_close(&at.world);
	kb_buf_release(&at.said);
	kb_buf_release(&at.file);
}

TestSuite(attachments, .init = open_all, .fini = close_all, .timeout = 120);

/* By task: the swv advises (R08). */
static void
send_to_swv(void)
{
	DO(at.school, "document send", "zaak", "1", "nummer", "1", "aan", name_of(at.swv), "doel",
	   "advies");
}

static void
add_and_send(size_t bytes)
{
	make_pdf(bytes, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs,ondersteuning"), 0, "%s",
		     (char *)at.said.at);
	send_to_swv();
}

static void
expect_whole(void)
{
	DO(at.swv, "document list", "zaak", "1");
	cr_assert(said("|klaar|identiteit,onderwijs,ondersteuning|"), "%s", (char *)at.said.at);
	expect_same_file(at.swv, "1");
	DO(at.school, "document list", "zaak", "1");
	cr_assert(said("|klaar\n") || said("|klaar"), "%s", (char *)at.said.at);
}

/* ---- the way ---- */

Test(attachments, a_file_is_announced_fetched_in_parts_and_the_same_at_the_other_side)
{
	add_and_send(BIG);
	lb_settle(&at.world);
	expect_whole();
	cr_assert_eq(chunk_files(at.school), 10);
	cr_assert_eq(chunk_files(at.swv), 10);
	/* The sender knows that it is there, and the recipient has a paper of the case. */
	DO(at.school, "document list", "zaak", "1");
	cr_assert(said(name_of(at.swv)), "%s", (char *)at.said.at);
	DO(at.swv, "case show", "zaak", "1");
	cr_assert(said("|verslag|1|verslag.pdf|"), "%s", (char *)at.said.at);
	/* Of ten parts and the questions people see one line. */
	cr_assert_not(said("deel van een bijlage"), "%s", (char *)at.said.at);
	cr_assert(said("bijlage bij een zaak"), "%s", (char *)at.said.at);
}

/* Bytes of the log of a party that belong to records of messages, in and out. */
static size_t
log_bytes(struct lb_party *party, size_t *largest)
{
	struct kb_ledger_head head;
	struct kb_step *step = NULL;
	size_t total = 0;

	*largest = 0;
	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	kb_ledger_committed_head(kb_store_ledger(kb_agent_store(party->agent)), &head);
	for (uint64_t seq = 1; seq < kb_ledger_next_number(&head); seq++) {
		struct kb_record_read record;

		LB_OK(kb_record_get(step, seq, &record));
		total += record.sealed_hidden.len;
		*largest =
			record.sealed_hidden.len > *largest ? record.sealed_hidden.len : *largest;
	}
	kb_step_abort(&step);
	return total;
}

Test(attachments, no_log_keeps_the_bytes_and_a_part_can_still_be_sealed_again)
{
	size_t largest = 0;

	fault(at.school, 3, LB_DROP);
	add_and_send(BIG);
	lb_settle(&at.world);
	cr_assert_lt(log_bytes(at.school, &largest), 64 * 1024);
	cr_assert_lt(largest, 4096);
	fault(NULL, 0, LB_PASS);
	/* What the broker lost is refused for its age and sealed anew, out of the chunk files. */
	lb_wait(&at.world, 2 * 3600000);
	expect_whole();
	cr_assert_lt(log_bytes(at.swv, &largest), 64 * 1024);
	cr_assert_lt(largest, 4096);
}
