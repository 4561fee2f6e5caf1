/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments between real agents over a broker that loses, doubles and reorders: announced, fetched, judged, refused, stopped. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
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

struct looking {
	char first[LB_PATH * 3]; /* path of chunk 0 of one of them */
	unsigned count;
	char folder[LB_PATH * 3];
};

static enum kb_err
look_at_file(void *state, uint64_t case_no, const struct kb_id *file_id)
{
	struct looking *looking = state;
	char id[KB_ID_TEXT];
	char path[LB_PATH * 3];
	DIR *folder = NULL;
	struct dirent *entry = NULL;

	kb_id_text(file_id, id);
	(void)snprintf(path, sizeof(path), "%.200s/%llu/%s", looking->folder,
		       (unsigned long long)case_no, id);
	folder = opendir(path);
	cr_assert_not_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		looking->count += strlen(entry->d_name) == 8 ? 1 : 0;
	}
	(void)closedir(folder);
	(void)snprintf(looking->first, sizeof(looking->first), "%.300s/00000000", path);
	return KB_OK;
}

static struct kb_chunks *looked_in;

static enum kb_err
look_at_case(void *state, uint64_t case_no)
{
	return kb_chunks_each_file(looked_in, case_no, look_at_file, state);
}

static struct looking
look(const struct lb_party *party)
{
	struct looking looking = { .count = 0 };

	(void)snprintf(looking.folder, sizeof(looking.folder), "%s/bijlagen", party->data);
	LB_OK(kb_chunks_open(party->data, &looked_in, NULL));
	LB_OK(kb_chunks_each_case(looked_in, look_at_case, &looking));
	kb_chunks_close(looked_in);
	return looking;
}

/* Chunk files of that party, whatever they are of. */
static unsigned
chunk_files(const struct lb_party *party)
{
	return look(party).count;
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

/* What is held at the broker is delivered; what follows on it is held again. */
static void
let_go(bool reverse)
{
	lb_settle(&at.world);
	lb_release(&at.world, reverse);
}

static void
open_all(void)
{

	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.gemeente = lb_add(&at.world, KB_PARTY_GEMEENTE, "0344");
	lb_publish_register(&at.world);
	lb_start_all(&at.world);
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

/* The broker doubles, turns round, or loses for a while; the file is whole and the same. */
Test(attachments, doubled_and_reordered_parts_make_the_same_file)
{
	fault(at.school, 1, LB_TWICE);
	add_and_send(BIG);
	lb_settle(&at.world);
	fault(at.school, 1, LB_HOLD);
	make_pdf(BIG, 2);
	cr_assert_eq(add(at.school, "tweede.pdf", "onderwijs,ondersteuning"), 0);
	DO(at.school, "document send", "zaak", "1", "nummer", "2", "aan", name_of(at.swv), "doel",
	   "advies");
	for (unsigned i = 0; i < 12; i++) {
		let_go(true);
	}
	expect_same_file(at.swv, "2");
	make_pdf(BIG, 1);
	expect_same_file(at.swv, "1");
}

static void
restart(struct lb_party *party)
{
	lb_stop(party);
	lb_settle(&at.world);
	lb_start(party);
	lb_introduce(party);
	lb_settle(&at.world);
}

Test(attachments, it_goes_on_after_a_restart_of_either_side_in_the_middle)
{
	fault(at.school, 1, LB_HOLD);
	add_and_send(BIG);
	let_go(false);
	/* Eight parts are under way and held. */
	restart(at.swv);
	DO(at.swv, "document list", "zaak", "1");
	cr_assert(said("|onderweg: 0 van 10 delen|"), "%s", (char *)at.said.at);
	let_go(false);
	DO(at.swv, "document list", "zaak", "1");
	cr_assert(said("|onderweg: 8 van 10 delen|"), "%s", (char *)at.said.at);
	cr_assert_eq(chunk_files(at.swv), 8);
	restart(at.school);
	restart(at.swv);
	let_go(false);
	let_go(false);
	let_go(false);
	fault(NULL, 0, LB_PASS);
	lb_wait(&at.world, MINUTE_MS);
	expect_whole();
}

Test(attachments, parts_that_expired_on_the_way_are_asked_for_again)
{
	fault(at.school, 1, LB_HOLD);
	add_and_send(BIG);
	let_go(false);
	lb_expire_all(&at.world);
	fault(NULL, 0, LB_PASS);
	lb_settle(&at.world);
	lb_wait(&at.world, KB_ATTACHMENT_RETRY_MS + MINUTE_MS);
	lb_wait(&at.world, MINUTE_MS);
	expect_whole();
}

/* ---- who may ---- */

struct asking {
	const struct kb_party_id *of;
	struct kb_hash sha256;
	uint32_t first;
	enum kb_err err;
};

static enum kb_err
ask_act(struct kb_act *act, void *arg)
{
	struct asking *asking = arg;
	struct kb_bijlage_opvraag question = { .sha256 = asking->sha256,
					       .first = asking->first,
					       .count = 1 };
	struct kb_outgoing outgoing = { .recipient = *asking->of,
					.kind = KB_KIND_BIJLAGE_OPVRAAG,
					.case_no = 1 };
	struct kb_buf content = { 0 };

	LB_OK(kb_bijlage_opvraag_encode(&question, &content));
	outgoing.content = kb_buf_span(&content);
	asking->err = kb_act_send(act, &outgoing, NULL);
	kb_buf_release(&content);
	return asking->err;
}

static unsigned
records(struct lb_party *party, enum kb_record_type type, uint32_t code)
{
	struct kb_ledger_head head;
	struct kb_step *step = NULL;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	kb_ledger_committed_head(kb_store_ledger(kb_agent_store(party->agent)), &head);
	for (uint64_t seq = 1; seq < kb_ledger_next_number(&head); seq++) {
		struct kb_record_read record;

		LB_OK(kb_record_get(step, seq, &record));
		count += record.clear.type == type && record.clear.code == code ? 1 : 0;
	}
	kb_step_abort(&step);
	return count;
}

static void
give_consent(void)
{
	char parties[100];

	(void)snprintf(parties, sizeof(parties), "%s,%s", name_of(at.swv), name_of(at.gemeente));
	DO(at.school, "consent give", "zaak", "1", "doel", "doa", "partijen", parties, "gegevens",
	   "proces,identiteit,onderwijs,ondersteuning", "leeftijd", "onder-12", "gezag", "1",
	   "ouders", "1", "bewijs", at.evidence);
}

Test(attachments, who_was_not_told_of_it_gets_no_part_and_does_not_hear_that_it_is_there)
{
	struct asking asking = { .of = &at.school->identity.self };

	give_consent();
	/* The gemeente takes part in the case and knows of another attachment. */
	make_pdf(5000, 9);
	cr_assert_eq(add(at.school, "iets.pdf", "ondersteuning"), 0, "%s", (char *)at.said.at);
	DO(at.school, "document send", "zaak", "1", "nummer", "1", "aan", name_of(at.gemeente),
	   "doel", "doa", "loket", "jeugd");
	lb_settle(&at.world);
	expect_same_file(at.gemeente, "1");
	make_pdf(BIG, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs,ondersteuning"), 0);
	kb_sha256(kb_buf_span(&at.file), &asking.sha256);
	LB_OK(kb_agent_run(at.gemeente->agent, 0, ask_act, NULL, &asking));
	lb_settle(&at.world);
	LB_OK(asking.err);
	cr_assert_eq(records(at.school, KB_RECORD_REFUSED_IN, kb_err_reason(KB_ERR_NOT_FOUND)), 1);
	/* The same answer for a file that is nowhere. */
	asking.sha256.bytes[0] ^= 1;
	LB_OK(kb_agent_run(at.gemeente->agent, 0, ask_act, NULL, &asking));
	lb_settle(&at.world);
	cr_assert_eq(records(at.school, KB_RECORD_REFUSED_IN, kb_err_reason(KB_ERR_NOT_FOUND)), 2);
	cr_assert_eq(chunk_files(at.gemeente), 1);
}

Test(attachments, it_goes_to_nobody_whom_ground_and_toestemming_do_not_cover)
{
	make_pdf(5000, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "gezondheid"), 0, "%s", (char *)at.said.at);
	/* No toestemming at all, then one that does not name health; an swv gets health for its task (R08). */
	cr_assert_eq(ASK(at.school, "document send", "zaak", "1", "nummer", "1", "aan",
			 name_of(at.gemeente), "doel", "doa", "loket", "jeugd"),
		     77, "%s", (char *)at.said.at);
	give_consent();
	cr_assert_eq(ASK(at.school, "document send", "zaak", "1", "nummer", "1", "aan",
			 name_of(at.gemeente), "doel", "doa", "loket", "jeugd"),
		     77, "%s", (char *)at.said.at);
	cr_assert(said("dit gegeven mag niet") || said("hoort niet"), "%s", (char *)at.said.at);
	DO(at.school, "document send", "zaak", "1", "nummer", "1", "aan", name_of(at.swv), "doel",
	   "advies");
	lb_settle(&at.world);
	expect_same_file(at.swv, "1");
	cr_assert_eq(chunk_files(at.gemeente), 0);
	/* Of one of which nobody said what is in it nobody can judge. */
	make_pdf(5000, 2);
	{
		char token[KB_ID_TEXT];

		cr_assert_eq(upload(at.school, "1", token), 0);
		DO(at.school, "document add", "zaak", "1", "soort", "verslag", "upload", token);
	}
	cr_assert_neq(ASK(at.school, "document send", "zaak", "1", "nummer", "2", "aan",
			  name_of(at.swv), "doel", "advies"),
		      0);
	cr_assert(said("--gegevens"), "%s", (char *)at.said.at);
	/* What came from another party is that party's to send. */
	cr_assert_neq(ASK(at.swv, "document send", "zaak", "1", "nummer", "1", "aan",
			  name_of(at.school), "doel", "advies"),
		      0);
}

/* D01, facts D5: in an overdracht nothing before the child is aangemeld, and nothing before inzage. */
Test(attachments, in_an_overdracht_nothing_goes_before_aanmelding_and_inzage)
{
	struct lb_party *vo = NULL;
	static const char *const anna[] = { "naam", "anna", "functie", "mentor", NULL };
	char token[KB_ID_TEXT];

	vo = lb_add(&at.world, KB_PARTY_VO, NULL);
	lb_publish_register(&at.world);
	lb_start(vo);
	lb_wait(&at.world, DAY_MS);
	lb_introduce(vo);
	lb_introduce(at.school);
	cr_assert_eq(lb_ask(vo, "", "user add", anna, NULL), 0);
	make_pdf(5000, 1);
	cr_assert_eq(add(at.school, "okr.pdf", "onderwijs,ondersteuning"), 0);
#define TO_VO(number)                                                                              \
	ASK(at.school, "document send", "zaak", "1", "nummer", number, "aan", name_of(vo), "doel", \
	    "overdracht")
	cr_assert_neq(TO_VO("1"), 0);
	cr_assert(said("Niet verstuurd"), "%s", (char *)at.said.at);
	DO(at.school, "case place", "zaak", "1", "stand", "aangemeld", "partij", name_of(vo));
	make_pdf(5000, 2);
	cr_assert_eq(upload(at.school, "1", token), 0);
	DO(at.school, "document add", "zaak", "1", "soort", "okr", "upload", token, "gegevens",
	   "onderwijs");
	cr_assert_neq(TO_VO("2"), 0, "without inzage");
	cr_assert_eq(TO_VO("1"), 0, "%s", (char *)at.said.at);
	make_pdf(5000, 1);
	lb_settle(&at.world);
	expect_same_file(vo, "1");
}

/* ---- the end of a toestemming ---- */

Test(attachments, a_withdrawal_midway_stops_what_is_not_there_yet_at_both_sides)
{
	give_consent();
	make_pdf(BIG, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs,ondersteuning"), 0);
	fault(at.school, 1, LB_HOLD);
	DO(at.school, "document send", "zaak", "1", "nummer", "1", "aan", name_of(at.swv), "doel",
	   "doa");
	let_go(false);
	let_go(false);
	DO(at.swv, "document list", "zaak", "1");
	cr_assert(said("|onderweg: 8 van 10 delen|"), "%s", (char *)at.said.at);
	cr_assert_eq(chunk_files(at.swv), 8);
	/* The last two are at the broker. */
	DO(at.school, "consent withdraw", "toestemming", "1");
	let_go(false);
	let_go(false);
	let_go(false);
	lb_wait(&at.world, MINUTE_MS);
	DO(at.swv, "document list", "zaak", "1");
	cr_assert(said("gestopt: de toestemming voor dit bericht is ingetrokken"), "%s",
		  (char *)at.said.at);
	cr_assert_eq(chunk_files(at.swv), 0, "half a file is of no use");
	DO(at.school, "document list", "zaak", "1");
	cr_assert(said("gestopt: de toestemming voor dit bericht is ingetrokken"), "%s",
		  (char *)at.said.at);
	cr_assert_eq(chunk_files(at.school), 10);
	/* And nothing comes of asking all the same. */
	struct asking asking = { .of = &at.school->identity.self, .first = 9 };

	kb_sha256(kb_buf_span(&at.file), &asking.sha256);
	LB_OK(kb_agent_run(at.swv->agent, 0, ask_act, NULL, &asking));
	lb_settle(&at.world);
	let_go(false);
	cr_assert_eq(
		records(at.school, KB_RECORD_REFUSED_IN, kb_err_reason(KB_ERR_CONSENT_WITHDRAWN)),
		1);
	cr_assert_eq(chunk_files(at.swv), 0);
}

/* ---- what does not fit ---- */

struct lying {
	uint32_t type;
	struct kb_span name;
	uint8_t flip; /* of the first hash */
};

/* A sender that announces something else than it has. */
static enum kb_err
lie_act(struct kb_act *act, void *arg)
{
	const struct lying *lying = arg;
	struct kb_attachment attachment;
	enum kb_err err = kb_attachment_get(act->step, 1, 1, act->arena, &attachment);

	LB_OK(err);
	attachment.type = lying->type != 0 ? lying->type : attachment.type;
	attachment.name = lying->name.len > 0 ? lying->name : attachment.name;
	attachment.sha256.bytes[0] ^= lying->flip;
	return kb_attachment_put(act, &attachment);
}

static void
send_lie(struct lying lying)
{
	make_pdf(5000, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs,ondersteuning"), 0);
	LB_OK(kb_agent_run(at.school->agent, 0, lie_act, NULL, &lying));
	lb_settle(&at.world);
	send_to_swv();
	lb_wait(&at.world, MINUTE_MS);
	DO(at.swv, "document list", "zaak", "1");
}

Test(attachments, a_file_that_is_not_what_was_announced_is_refused_and_the_sender_hears_it)
{
	send_lie((struct lying){ .type = KB_FILE_PNG });
	cr_assert(said("|geweigerd: ") && said("(naam-past-niet)|"), "%s", (char *)at.said.at);
	cr_assert_eq(chunk_files(at.swv), 0);
	cr_assert_neq(ASK(at.swv, "document get", "zaak", "1", "nummer", "1"), 0);
	DO(at.school, "document list", "zaak", "1");
	cr_assert(said("|geweigerd: ") && said("(naam-past-niet)"), "%s", (char *)at.said.at);
	/* A refused one is no paper of the case. */
	DO(at.swv, "case show", "zaak", "1");
	cr_assert_not(said("|verslag|1|"), "%s", (char *)at.said.at);
}

Test(attachments, a_name_of_another_type_is_refused_at_both_sides)
{
	char token[KB_ID_TEXT];

	make_pdf(5000, 1);
	cr_assert_eq(upload(at.school, "1", token), 0);
	cr_assert_eq(ASK(at.school, "document add", "zaak", "1", "soort", "verslag", "upload",
			 token, "naam", "foto.png"),
		     65);
	cr_assert(said("naam-past-niet"), "%s", (char *)at.said.at);
	lb_wait(&at.world, MINUTE_MS);
	cr_assert_eq(chunk_files(at.school), 0, "nothing half stored");
	send_lie((struct lying){ .name = kb_span_text("foto.png") });
	cr_assert(said("(naam-past-niet)|"), "%s", (char *)at.said.at);
}

Test(attachments, a_whole_whose_hash_is_not_the_announced_one_is_refused)
{
	send_lie((struct lying){ .flip = 1 });
	cr_assert(said("(afgebroken)|"), "%s", (char *)at.said.at);
	cr_assert_eq(chunk_files(at.swv), 0);
}

Test(attachments, a_program_is_refused_and_nothing_of_it_stays)
{
	make_pdf(2 * KB_CHUNK_BYTES, 1);
	memcpy(at.file.at,
	       "\x7f"
	       "ELF\x02",
	       5);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs"), 65);
	cr_assert(said("programma"), "%s", (char *)at.said.at);
	lb_wait(&at.world, MINUTE_MS);
	cr_assert_eq(chunk_files(at.school), 0);
	DO(at.school, "document list", "zaak", "1");
	cr_assert_not(said("verslag"), "%s", (char *)at.said.at);
}

Test(attachments, what_is_too_much_is_refused_with_its_measure)
{
	at.school->agent->attachments.case_bytes_max = 8000;
	make_pdf(5000, 1);
	cr_assert_eq(add(at.school, "een.pdf", "onderwijs,ondersteuning"), 0);
	/* The same file twice is one. */
	cr_assert_eq(add(at.school, "een.pdf", "onderwijs,ondersteuning"), 65);
	cr_assert(said("bijlagen_max") || said("al bijlage 1"), "%s", (char *)at.said.at);
	make_pdf(5000, 2);
	cr_assert_eq(add(at.school, "twee.pdf", "onderwijs"), 65);
	cr_assert(said("bijlagen_max"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.school, "document begin", "zaak", "1", "bytes", "104857601"), 65);
	cr_assert(said("te-groot"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.school, "document begin", "zaak", "1", "bytes", "0"), 65);
	/* The recipient has a measure of its own. */
	at.swv->agent->attachments.case_bytes_max = 4000;
	send_to_swv();
	lb_settle(&at.world);
	DO(at.school, "document list", "zaak", "1");
	cr_assert(said("gestopt: dit is te lang"), "%s", (char *)at.said.at);
	at.swv->agent->attachments.case_bytes_max = 9000;
	send_to_swv();
	lb_settle(&at.world);
	cr_assert_eq(chunk_files(at.swv), 1);
	/* Two of them are too much there. */
	at.school->agent->attachments.case_bytes_max = 80000;
	make_pdf(5000, 2);
	cr_assert_eq(add(at.school, "twee.pdf", "onderwijs,ondersteuning"), 0, "%s",
		     (char *)at.said.at);
	DO(at.school, "document send", "zaak", "1", "nummer", "2", "aan", name_of(at.swv), "doel",
	   "advies");
	lb_settle(&at.world);
	DO(at.school, "document list", "zaak", "1");
	cr_assert(said("|klaar") && said("gestopt: "), "%s", (char *)at.said.at);
	cr_assert_eq(chunk_files(at.swv), 1);
}

/* What parents opted out of never leaves: a dossier goes by the way that leaves it out. */
Test(attachments, an_oso_dossier_is_no_attachment_of_a_person)
{
	static const char dossier[] =
		"<?xml version='1.0'?>\n"
		"<dossier xmlns='http://www.edustandaard.nl/oso_gegevensset/2019/dossier'/>";

	kb_buf_clear(&at.file);
	LB_OK(kb_buf_put_text(&at.file, dossier));
	cr_assert_eq(add(at.school, "dossier.xml", "onderwijs"), 65);
	cr_assert(said("oso send"), "%s", (char *)at.said.at);
	lb_wait(&at.world, MINUTE_MS);
	cr_assert_eq(chunk_files(at.school), 0);
	/* Other XML is a file like any. */
	kb_buf_clear(&at.file);
	LB_OK(kb_buf_put_text(&at.file, "<lijst><leerling/></lijst>"));
	cr_assert_eq(add(at.school, "lijst.xml", "onderwijs"), 0, "%s", (char *)at.said.at);
}

/* ---- on disk ---- */

/* The path of chunk 0 of the only attachment of that party. */
static void
first_chunk(const struct lb_party *party, char out[LB_PATH * 3])
{
	struct looking looking = look(party);

	cr_assert_gt(looking.count, 0u);
	memcpy(out, looking.first, sizeof(looking.first));
}

static void
flip_byte(const char *path, long offset)
{
	FILE *file = fopen(path, "r+b");
	int byte = 0;

	cr_assert_not_null(file);
	cr_assert_eq(fseek(file, offset, SEEK_SET), 0);
	byte = fgetc(file);
	cr_assert_eq(fseek(file, offset, SEEK_SET), 0);
	cr_assert_neq(fputc(byte ^ 1, file), EOF);
	cr_assert_eq(fclose(file), 0);
}

Test(attachments, a_missing_chunk_of_another_party_is_fetched_again_and_told_by_doctor)
{
	char path[LB_PATH * 3];

	add_and_send(BIG);
	lb_settle(&at.world);
	first_chunk(at.swv, path);
	lb_stop(at.swv);
	cr_assert_eq(unlink(path), 0);
	lb_start(at.swv);
	lb_settle(&at.world);
	cr_assert_neq(ASK(at.swv, "doctor", NULL), 0);
	cr_assert(said("bijlagen"), "%s", (char *)at.said.at);
	lb_introduce(at.swv);
	lb_wait(&at.world, MINUTE_MS);
	expect_whole();
	/* It is no second paper. */
	DO(at.swv, "case show", "zaak", "1");
	cr_assert(said("|verslag|1|verslag.pdf|"), "%s", (char *)at.said.at);
	cr_assert_not(said("|verslag|2|verslag.pdf|"), "%s", (char *)at.said.at);
}

Test(attachments, a_flipped_bit_is_never_read_and_log_verify_finds_it)
{
	char path[LB_PATH * 3];
	struct kb_buf got = { 0 };

	add_and_send(BIG);
	lb_settle(&at.world);
	DO(at.school, "log verify", NULL);
	first_chunk(at.school, path);
	flip_byte(path, 5000);
	cr_assert_eq(ASK(at.school, "log verify", NULL), 78, "%s", (char *)at.said.at);
	cr_assert(said("bijlage 1 van zaak 1"), "%s", (char *)at.said.at);
	cr_assert_eq(fetch(at.school, "1", &got), 78, "%s", (char *)at.said.at);
	cr_assert_eq(got.len, 0);
	cr_assert_neq(ASK(at.school, "doctor", NULL), 0);
	cr_assert(said("bijlagen"), "%s", (char *)at.said.at);
	kb_buf_release(&got);
	/* A log that holds is still written in: a broken file stops nobody's work. */
	DO(at.school, "note add", "zaak", "1", "tekst", "nog steeds");
}

Test(attachments, a_chunk_that_cannot_be_read_refuses_the_question_and_holds_up_nothing)
{
	char path[LB_PATH * 3];

	make_pdf(BIG, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs,ondersteuning"), 0);
	first_chunk(at.school, path);
	flip_byte(path, 77);
	send_to_swv();
	lb_settle(&at.world);
	DO(at.swv, "document list", "zaak", "1");
	cr_assert(said("gestopt: dat is hier niet bekend"), "%s", (char *)at.said.at);
	/* Other messages of the case pass. */
	DO(at.school, "say", "zaak", "1", "aan", name_of(at.swv), "doel", "advies", "onderwerp",
	   "x", "tekst", "y");
	lb_settle(&at.world);
	DO(at.swv, "case show", "zaak", "1");
	cr_assert(said("|bericht|"), "%s", (char *)at.said.at);
}

Test(attachments, erasing_the_case_makes_it_unreadable_and_takes_the_files_along)
{
	struct kb_case row;
	struct kb_step *step = NULL;

	add_and_send(BIG);
	lb_settle(&at.world);
	LB_OK(kb_step_begin(kb_agent_store(at.swv->agent), KB_STEP_READ, &step));
	LB_OK(kb_case_get(step, 1, &row));
	kb_step_abort(&step);
	LB_OK(kb_keyring_destroy(kb_store_keyring(kb_agent_store(at.swv->agent)), &row.data_key_no,
				 1, NULL));
	cr_assert_neq(ASK(at.swv, "document get", "zaak", "1", "nummer", "1"), 0);
	restart(at.swv);
	cr_assert_eq(chunk_files(at.swv), 0);
	/* The other party keeps its own. */
	cr_assert_eq(chunk_files(at.school), 10);
}

Test(attachments, half_an_upload_is_removed_at_the_next_start)
{
	char token[KB_ID_TEXT];
	char bytes[24];
	const char *const arguments[] = { "zaak", "1", "upload", token, NULL };

	make_pdf(BIG, 1);
	(void)snprintf(bytes, sizeof(bytes), "%zu", at.file.len);
	DO(at.school, "document begin", "zaak", "1", "bytes", bytes);
	token_of(token);
	cr_assert_eq(lb_ask_with(at.school, "anna", "document part", arguments,
				 kb_span_part(kb_buf_span(&at.file), 0, KB_CHUNK_BYTES), NULL,
				 NULL),
		     0);
	cr_assert_eq(chunk_files(at.school), 1);
	/* A part of another length, and a file that did not come whole, are refused. */
	cr_assert_eq(lb_ask_with(at.school, "anna", "document part", arguments,
				 kb_span_part(kb_buf_span(&at.file), 0, 100), NULL, NULL),
		     65);
	cr_assert_eq(ASK(at.school, "document add", "zaak", "1", "soort", "x", "upload", token),
		     65);
	restart(at.school);
	cr_assert_eq(chunk_files(at.school), 0);
	cr_assert_eq(ASK(at.school, "document add", "zaak", "1", "soort", "x", "upload", token),
		     65);
}

Test(attachments, reading_one_is_logged_as_an_export_of_its_reader)
{
	unsigned before = records(at.swv, KB_RECORD_EXPORT, 0);

	add_and_send(5000);
	lb_settle(&at.world);
	expect_same_file(at.swv, "1");
	cr_assert_eq(records(at.swv, KB_RECORD_EXPORT, 0), before + 1);
}

static int
read_as(const char *user, const char *zaak, const char *key, struct kb_buf *out)
{
	const char *const arguments[] = { "zaak", zaak, "sleutel", key, "deel", "1", NULL };

	kb_buf_clear(&at.said);
	return lb_ask_with(at.school, user, "document read", arguments, KB_SPAN_NONE, &at.said,
			   out);
}

/* What is read out was opened before, by the same person, and its record stands. */
Test(attachments, a_key_is_of_one_reader_and_one_file)
{
	static const char *const bert[] = { "naam", "bert", "functie", "medewerker", NULL };
	char key[KB_ID_TEXT];
	char upload_token[KB_ID_TEXT];
	struct kb_buf out = { 0 };

	cr_assert_eq(lb_ask(at.school, "", "user add", bert, NULL), 0);
	DO(at.school, "case open", "titel", "Een ander kind");
	make_pdf(5000, 1);
	cr_assert_eq(add(at.school, "verslag.pdf", "onderwijs"), 0);
	cr_assert_eq(read_as("anna", "1", "00112233445566778899aabbccddeeff", &out), 65);
	DO(at.school, "document get", "zaak", "1", "nummer", "1");
	cr_assert_eq(records(at.school, KB_RECORD_EXPORT, 0), 1);
	token_of(key);
	cr_assert_eq(read_as("bert", "1", key, &out), 65, "of somebody else");
	cr_assert_eq(read_as("anna", "2", key, &out), 65, "of another case");
	cr_assert_eq(out.len, 0);
	cr_assert_eq(read_as("anna", "1", key, &out), 0);
	cr_assert_eq(out.len, 5000);
	/* A key to read with is none to write with, nor the other way. */
	cr_assert_eq(upload(at.school, "1", upload_token), 0);
	kb_buf_clear(&out);
	cr_assert_eq(read_as("anna", "1", upload_token, &out), 65);
	cr_assert_eq(out.len, 0);
	lb_wait(&at.world, 11 * MINUTE_MS);
	cr_assert_eq(read_as("anna", "1", key, &out), 65, "it is forgotten");
	kb_buf_release(&out);
}

/* ---- rows ---- */

Test(attachment_rows, a_row_comes_back_whole_and_no_shortened_or_wrong_one_does)
{
	struct kb_attachment_reader readers[2] = { { .state = KB_ATTACHMENT_ANNOUNCED, .asked = 3 },
						   { .state = KB_ATTACHMENT_REFUSED,
						     .rule = KB_ATTACHMENT_RULE_ZIP_MACRO } };
	uint8_t hashes[3 * KB_HASH_BYTES] = { 1, 2, 3 };
	struct kb_attachment row = { .bytes = 2 * KB_CHUNK_BYTES + 1,
				     .type = KB_FILE_PDF,
				     .sort = kb_span_text("verslag"),
				     .categories = 5,
				     .parts = KB_SPAN_OF(hashes),
				     .state = KB_ATTACHMENT_WHOLE,
				     .readers = readers,
				     .reader_count = 2 };
	struct kb_attachment back = { .item_no = 0 };
	struct kb_arena arena = { 0 };
	struct kb_buf bytes = { 0 };

	LB_OK(kb_attachment_pack(&row, &bytes));
	LB_OK(kb_attachment_unpack(kb_buf_span(&bytes), &arena, &back));
	cr_assert(kb_span_equal(back.sort, row.sort));
	cr_assert_eq(back.reader_count, 2);
	cr_assert_eq(back.readers[1].rule, KB_ATTACHMENT_RULE_ZIP_MACRO);
	cr_assert_eq(back.readers[0].asked, 3);
	for (size_t len = 0; len < bytes.len; len++) {
		cr_assert_eq(kb_attachment_unpack(kb_span(bytes.at, len), &arena, &back),
			     KB_ERR_CORRUPT, "%zu", len);
	}
	/* Fewer hashes than the size asks for. */
	row.parts.len -= KB_HASH_BYTES;
	kb_buf_clear(&bytes);
	LB_OK(kb_attachment_pack(&row, &bytes));
	cr_assert_eq(kb_attachment_unpack(kb_buf_span(&bytes), &arena, &back), KB_ERR_CORRUPT);
	kb_buf_release(&bytes);
	kb_arena_release(&arena);
}
