/* SPDX-License-Identifier: EUPL-1.2 */
/* A dossier goes from a school to a VO school and comes out there as it went in. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sys/stat.h>

#include "agents/intake/school_state.h"
#include "agents/school/school.h"
#include "agents/vo/vo.h"
#include "common/base/file.h"
#include "tests/support/loopback_broker.h"

#define DATA KB_SOURCE_DIR "/tests/data/oso/"
#define ASK(party, verb, ...)                                                                      \
	lb_ask(party, "anna", verb, (const char *const[]){ __VA_ARGS__, NULL }, &said)

static struct lb_world world;
static struct lb_party *school;
static struct lb_party *vo;
static struct kb_buf said;
static char dossier[LB_PATH];

static void
start(struct lb_party *party, const struct kb_role *role)
{
	struct kb_school_state *state = NULL;

	party->role = *role;
	lb_start(party);
	state = kb_agent_role_state(party->agent);
	state->oso_schema = DATA "klein.xsd";
	cr_assert_eq(lb_ask(party, "", "user add",
			    (const char *const[]){ "naam", "anna", "functie", "ib'er", NULL },
			    NULL),
		     0);
}

static void
setup(void)
{
	lb_open(&world);
	school = lb_add(&world, KB_PARTY_SCHOOL, NULL);
	vo = lb_add(&world, KB_PARTY_VO, NULL);
	lb_publish_register(&world);
	start(school, &kb_role_school);
	start(vo, &kb_role_vo);
	lb_settle(&world);
	(void)snprintf(dossier, sizeof(dossier), "%.90s/dossier.xml", world.folder);
	cr_assert_eq(ASK(school, "case open", "titel", "naar het vo"), 0);
	cr_assert_eq(ASK(school, "case place", "zaak", "1", "stand", "aangemeld", "partij",
			 vo->identity.self.text),
		     0);
	/* Who the other is has to be looked up once. */
	(void)ASK(school, "parties lookup", "partij", vo->identity.self.text);
	lb_settle(&world);
	kb_buf_clear(&said);
}

static void
teardown(void)
{
	kb_buf_release(&said);
	lb_close(&world);
}

TestSuite(oso, .init = setup, .fini = teardown);

static void
cut(struct kb_buf *text, const char *from, const char *to)
{
	uint8_t *begin = memmem(text->at, text->len, from, strlen(from));
	uint8_t *end = begin != NULL ? memmem(begin, text->len - (size_t)(begin - text->at), to,
					      strlen(to))
				     : NULL;

	cr_assert(begin != NULL && end != NULL && end >= begin);
	end += strlen(to);
	memmove(begin, end, text->len - (size_t)(end - text->at));
	text->len -= (size_t)(end - begin);
}

/* The dossier of the tests; without what is health, that needs a toestemming. */
static void
write_dossier(bool with_health, const char *leave_out)
{
	struct kb_buf text = { 0 };

	LB_OK(kb_file_read(DATA "po-vo.xml", 65536, &text, NULL));
	if (!with_health) {
		cut(&text, "<diagnose>", "</medicijngebruik>");
		cut(&text, "<opp>", "</opp>");
		cut(&text, "<overigdocumentlijst>", "</overigdocumentlijst>");
	}
	if (leave_out != NULL) {
		cut(&text, leave_out, leave_out);
	}
	LB_OK(kb_file_replace(dossier, 0600, kb_buf_span(&text), NULL));
	kb_buf_release(&text);
}

/* The plan of the dossier with so many letters of Base64 more, in whole groups of four before the last one. */
static void
enlarge(size_t more)
{
	static const char letters[] = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9w";
	struct kb_buf text = { 0 };
	struct kb_buf larger = { 0 };
	uint8_t *end = NULL;
	size_t before = 0;

	LB_OK(kb_file_read(dossier, 8 << 20, &text, NULL));
	end = memmem(text.at, text.len, "</bestandsinhoud>", 17);
	cr_assert_not_null(end);
	more -= more % 4;
	before = (size_t)(end - text.at) - 4;
	LB_OK(kb_buf_put(&larger, kb_span_part(kb_buf_span(&text), 0, before)));
	for (size_t i = 0; i < more; i++) {
		LB_OK(kb_buf_put_u8(&larger, (uint8_t)letters[(i * 7 + i / 56) % 56]));
	}
	LB_OK(kb_buf_put(&larger, kb_span_part(kb_buf_span(&text), before, text.len)));
	LB_OK(kb_file_replace(dossier, 0600, kb_buf_span(&larger), NULL));
	kb_buf_release(&larger);
	kb_buf_release(&text);
}

static int
send_dossier(void)
{
	int exit_code = 0;

	kb_buf_clear(&said);
	exit_code =
		ASK(school, "oso send", "zaak", "1", "aan", vo->identity.self.text, "pad", dossier);
	lb_settle(&world);
	return exit_code;
}

static bool
heard(const char *text)
{
	return memmem(said.at, said.len, text, strlen(text)) != NULL;
}

static void
read_back(struct lb_party *party, const char *name, struct kb_buf *text)
{
	char path[LB_PATH];
	struct stat info;

	(void)snprintf(path, sizeof(path), "%.90s/%s.xml", world.folder, name);
	kb_buf_clear(&said);
	cr_assert_eq(ASK(party, "oso export", "zaak", "1", "pad", path), 0, "%s",
		     (const char *)said.at);
	cr_assert_eq(stat(path, &info), 0);
	cr_assert_eq(info.st_mode & 07777, 0600);
	LB_OK(kb_file_read(path, 8 << 20, text, NULL));
	/* Nothing is ever overwritten. */
	cr_assert_neq(ASK(party, "oso export", "zaak", "1", "pad", path), 0);
}

Test(oso, a_dossier_arrives_and_both_write_the_same_file)
{
	struct kb_buf here = { 0 };
	struct kb_buf there = { 0 };

	write_dossier(false, NULL);
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	read_back(school, "hier", &here);
	read_back(vo, "daar", &there);
	cr_assert(kb_span_equal(kb_buf_span(&here), kb_buf_span(&there)));
	cr_assert_not_null(memmem(there.at, there.len, "<bsn>999990019</bsn>", 20));
	cr_assert_not_null(memmem(there.at, there.len, "<akkoord>Nee</akkoord>", 22));
	cr_assert_not_null(memmem(there.at, there.len, "<handelingsplan>", 16));
	kb_buf_clear(&said);
	cr_assert_eq(ASK(vo, "case show", "zaak", "1"), 0);
	cr_assert(heard("deel van een OSO-dossier"));
	cr_assert_not(heard("<bsn>"));
	kb_buf_release(&here);
	kb_buf_release(&there);
}

Test(oso, of_a_dossier_with_a_fault_nothing_leaves)
{
	write_dossier(false, "<toestemming>Ja</toestemming>");
	cr_assert_eq(send_dossier(), 0);
	uint64_t before = world.accepted_count;

	write_dossier(false, "<leerlingid>L-100</leerlingid>");
	cr_assert_eq(send_dossier(), 65);
	cr_assert(heard("1 fouten"));
	cr_assert_eq(world.accepted_count, before);
}

/* It was said that it asks too much memory. */
Test(oso, what_is_no_file_or_no_schema_is_said_to_be_none)
{
	struct kb_school_state *state = kb_agent_role_state(school->agent);

	write_dossier(false, NULL);
	cr_assert_eq(ASK(school, "oso new", "pad", world.folder), 65);
	cr_assert(heard("Dit is geen bestand"), "%s", (const char *)said.at);
	state->oso_schema = DATA;
	kb_buf_clear(&said);
	cr_assert_eq(send_dossier(), 78);
	cr_assert(heard("Het schema van [oso] is niet te lezen"), "%s", (const char *)said.at);
	state->oso_schema = DATA "po-vo.xml";
	cr_assert_eq(send_dossier(), 78);
	cr_assert(heard("Het schema van [oso]: Dit schema kan niet worden gelezen"), "%s",
		  (const char *)said.at);
}

/* Facts D5: what is beyond the OKR needs a toestemming; the table of permissions says so here as everywhere. */
Test(oso, health_needs_a_toestemming)
{
	write_dossier(true, NULL);
	cr_assert_eq(send_dossier(), 77, "%s", (const char *)said.at);
	kb_buf_clear(&said);
	cr_assert_neq(ASK(school, "oso export", "zaak", "1", "pad", "/nergens/x.xml"), 0);
}

Test(oso, with_a_toestemming_that_covers_it_the_whole_dossier_goes)
{
	char evidence[LB_PATH];
	char *consent = NULL;

	(void)snprintf(evidence, sizeof(evidence), "%.90s/bewijs", world.folder);
	LB_OK(kb_file_replace(evidence, 0600, kb_span_text("getekend"), NULL));
	kb_buf_clear(&said);
	cr_assert_eq(ASK(school, "consent give", "zaak", "1", "doel", "overdracht", "partijen",
			 vo->identity.self.text, "gegevens",
			 "identiteit,contact,onderwijs,ondersteuning,gezondheid,jeugdhulp,gezin,"
			 "verzuim,toelaatbaarheid,proces",
			 "leeftijd", "onder-12", "gezag", "1", "ouders", "1", "bewijs", evidence),
		     0, "%s", (const char *)said.at);
	kb_buf_clear(&said);
	cr_assert_eq(ASK(school, "consent show", "zaak", "1"), 0);
	/* Its kenmerk: the first cell of 32 hex digits. */
	for (char *at = (char *)said.at; *at != 0 && consent == NULL; at++) {
		consent = strspn(at, "0123456789abcdef") == 32 ? at : NULL;
	}
	cr_assert_not_null(consent, "%s", (const char *)said.at);
	char kenmerk[33] = "";

	memcpy(kenmerk, consent, 32);
	write_dossier(true, NULL);
	kb_buf_clear(&said);
	cr_assert_eq(ASK(school, "oso send", "zaak", "1", "aan", vo->identity.self.text, "pad",
			 dossier, "toestemming", kenmerk),
		     0, "%s", (const char *)said.at);
}

Test(oso, a_dossier_opens_a_case_about_its_child)
{
	write_dossier(false, NULL);
	cr_assert_eq(ASK(school, "oso new", "pad", dossier), 0, "%s", (const char *)said.at);
	cr_assert(heard("|2|"), "%s", (const char *)said.at);
	kb_buf_clear(&said);
	cr_assert_eq(ASK(school, "case show", "zaak", "2"), 0);
	cr_assert(heard("|leerling|"), "%s", (const char *)said.at);
	cr_assert_eq(ASK(school, "oso new", "pad", dossier), 0, "%s", (const char *)said.at);
	{
		struct kb_step *step = NULL;
		struct kb_case first;
		struct kb_case second;

		LB_OK(kb_step_begin(kb_agent_store(school->agent), KB_STEP_READ, &step));
		LB_OK(kb_case_get(step, 2, &first));
		LB_OK(kb_case_get(step, 3, &second));
		kb_step_abort(&step);
		cr_assert_neq(first.subject_no, 0);
		cr_assert_eq(first.subject_no, second.subject_no, "the same PGN, the same child");
	}
}

Test(oso, of_a_dossier_with_a_fault_no_case_is_opened)
{
	write_dossier(false, "<geslacht>");
	cr_assert_neq(ASK(school, "oso new", "pad", dossier), 0);
	kb_buf_clear(&said);
	cr_assert_eq(ASK(school, "case show", "zaak", "2"), 77);
}

/* ---- larger than a message ---- */

static bool
same_from_both(size_t at_least)
{
	struct kb_buf here = { 0 };
	struct kb_buf there = { 0 };
	bool same = false;

	read_back(school, "hier", &here);
	read_back(vo, "daar", &there);
	same = there.len > at_least && kb_span_equal(kb_buf_span(&here), kb_buf_span(&there));
	kb_buf_release(&here);
	kb_buf_release(&there);
	return same;
}

Test(oso, a_large_dossier_goes_in_parts_and_both_write_the_same_file)
{
	uint64_t before = world.accepted_count;

	write_dossier(false, NULL);
	enlarge(700000);
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	cr_assert_geq(world.accepted_count - before, 6);
	cr_assert(same_from_both(700000));
}

Test(oso, a_dossier_of_almost_4_mib_goes_too)
{
	write_dossier(false, NULL);
	enlarge(((size_t)4 << 20) - 20000);
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	cr_assert(same_from_both(((size_t)4 << 20) - 20000));
}

Test(oso, a_dossier_above_4_mib_is_refused_and_nothing_leaves)
{
	uint64_t before = world.accepted_count;

	write_dossier(false, NULL);
	enlarge((size_t)4 << 20);
	cr_assert_eq(send_dossier(), 65, "%s", (const char *)said.at);
	cr_assert_eq(world.accepted_count, before);
}

/* Health among the parts: the first could go without a toestemming, but then half a dossier would be there. */
Test(oso, when_one_part_may_not_go_none_goes)
{
	uint64_t before = world.accepted_count;

	write_dossier(true, NULL);
	enlarge(700000);
	cr_assert_eq(send_dossier(), 77, "%s", (const char *)said.at);
	cr_assert_eq(world.accepted_count, before);
	kb_buf_clear(&said);
	cr_assert_neq(ASK(school, "oso export", "zaak", "1", "pad", "/nergens/x.xml"), 0);
	cr_assert(heard("geen OSO-dossier"), "%s", (const char *)said.at);
}

static enum lb_fate
hold_the_third(struct lb_world *of, const struct kb_header *header, void *state)
{
	unsigned *seen = state;

	(void)of;
	(void)header;
	return ++*seen == 3 ? LB_HOLD : LB_PASS;
}

Test(oso, while_a_part_is_on_its_way_nothing_is_written)
{
	char path[LB_PATH];
	unsigned seen = 0;

	write_dossier(false, NULL);
	enlarge(700000);
	world.on_accept = hold_the_third;
	world.fault_state = &seen;
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	(void)snprintf(path, sizeof(path), "%.90s/te-vroeg.xml", world.folder);
	kb_buf_clear(&said);
	cr_assert_neq(ASK(vo, "oso export", "zaak", "1", "pad", path), 0);
	cr_assert(heard("Probeer het later opnieuw"), "%s", (const char *)said.at);
	cr_assert_eq(kb_file_read(path, 10, &said, NULL), KB_ERR_NOT_FOUND);
	lb_release(&world, false);
	lb_settle(&world);
	cr_assert(same_from_both(700000));
}

static bool
exports(struct lb_party *party, const char *name, size_t at_least)
{
	struct kb_buf text = { 0 };
	bool long_enough = false;

	read_back(party, name, &text);
	long_enough = text.len >= at_least;
	kb_buf_release(&text);
	return long_enough;
}

/* Numbers say what was sent last; what came last may only be late. */
Test(oso, a_late_part_of_an_older_dossier_changes_nothing)
{
	unsigned seen = 0;

	write_dossier(false, NULL);
	enlarge(700000);
	world.on_accept = hold_the_third;
	world.fault_state = &seen;
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	world.on_accept = NULL;
	write_dossier(false, NULL);
	enlarge(900000);
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	lb_release(&world, false);
	lb_settle(&world);
	cr_assert(exports(vo, "nieuw", 900000));
	cr_assert_not(heard("niet het nieuwste"));
}

Test(oso, as_long_as_the_newest_is_not_whole_the_one_before_it_is_written)
{
	unsigned seen = 0;

	write_dossier(false, NULL);
	enlarge(900000);
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	write_dossier(false, NULL);
	enlarge(700000);
	world.on_accept = hold_the_third;
	world.fault_state = &seen;
	cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	kb_buf_clear(&said);
	cr_assert(exports(vo, "oud", 900000));
	lb_release(&world, false);
	lb_settle(&world);
	cr_assert_not(exports(vo, "nieuw", 900000));
}

Test(oso, words_about_parts_belong_together)
{
	static const char *const wrong[] = {
		"dossier_deel=7\n",
		"dossier_deel=1\ndossier_delen=2\n",
		"dossier_deel=0\ndossier_delen=0\ndossier_hash="
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
		"dossier_deel=3\ndossier_delen=2\ndossier_hash="
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char fields[400];

		(void)snprintf(fields, sizeof(fields),
			       "leerling_naam=Fenna\ngeboortedatum=2014-05-06\n"
			       "inzage_op=2026-02-03\n%s",
			       wrong[i]);
		kb_buf_clear(&said);
		cr_expect_neq(ASK(school, "message send", "soort", "overdrachtsdossier", "aan",
				  vo->identity.self.text, "zaak", "1", "velden", fields),
			      0, "%s", wrong[i]);
	}
}

/* So many elements of that kind, and the plan as large as still fits in 4 MiB. */
static void
write_shape(const char *element, size_t count)
{
	struct kb_buf text = { 0 };
	struct kb_buf larger = { 0 };
	char end[40];
	char begin[40];
	uint8_t *from = NULL;
	uint8_t *to = NULL;

	write_dossier(false, NULL);
	LB_OK(kb_file_read(dossier, 65536, &text, NULL));
	(void)snprintf(begin, sizeof(begin), "<%s>", element);
	(void)snprintf(end, sizeof(end), "</%s>", element);
	from = memmem(text.at, text.len, begin, strlen(begin));
	cr_assert_not_null(from);
	to = (uint8_t *)memmem(from, text.len - (size_t)(from - text.at), end, strlen(end)) +
	     strlen(end);
	LB_OK(kb_buf_put(&larger, kb_span_part(kb_buf_span(&text), 0, (size_t)(from - text.at))));
	for (size_t i = 0; i < count; i++) {
		LB_OK(kb_buf_put(&larger, kb_span(from, (size_t)(to - from))));
	}
	LB_OK(kb_buf_put(&larger,
			 kb_span_part(kb_buf_span(&text), (size_t)(to - text.at), text.len)));
	LB_OK(kb_file_replace(dossier, 0600, kb_buf_span(&larger), NULL));
	if (larger.len < ((size_t)4 << 20) - 40000) {
		enlarge(((size_t)4 << 20) - 40000 - larger.len);
	}
	kb_buf_release(&larger);
	kb_buf_release(&text);
}

static size_t
count_of(struct kb_span text, const char *word)
{
	size_t count = 0;

	for (size_t i = 0; i + strlen(word) <= text.len; i++) {
		count += memcmp(text.at + i, word, strlen(word)) == 0;
	}
	return count;
}

/* The helper has 64 MiB and 5 s. What it cannot put together again is refused at the sender; it never comes out shorter. */
Test(oso, what_is_sent_comes_out_whole_or_was_refused, .timeout = 280)
{
	static const struct {
		const char *element;
		size_t count;
	} shapes[] = {
		{ "toets", 900 },     { "toets", 1800 },     { "toets", 2600 },
		{ "verzorger", 900 }, { "verzorger", 2500 }, { "schoolloopbaan", 4000 },
	};

	size_t sent = 0;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct kb_buf text = { 0 };
		char name[20];
		char begin[40];
		uint64_t before = world.accepted_count;
		int exit_code = 0;

		write_shape(shapes[i].element, shapes[i].count);
		exit_code = send_dossier();
		if (exit_code != 0) {
			cr_expect_eq(exit_code, 65, "%s", (const char *)said.at);
			cr_expect_eq(world.accepted_count, before, "%s x %zu", shapes[i].element,
				     shapes[i].count);
			continue;
		}
		sent++;
		(void)snprintf(name, sizeof(name), "vorm-%zu", i);
		(void)snprintf(begin, sizeof(begin), "<%s>", shapes[i].element);
		read_back(vo, name, &text);
		cr_expect_eq(count_of(kb_buf_span(&text), begin), shapes[i].count, "%s x %zu",
			     shapes[i].element, shapes[i].count);
		kb_buf_release(&text);
	}
	cr_assert_geq(sent, 4u);
}

/* A case is looked at message by message: what it holds together may be more than one act may have in memory. */
Test(oso, a_case_with_many_large_dossiers_can_still_be_seen, .timeout = 280)
{
	for (size_t i = 0; i < 5; i++) {
		write_dossier(false, NULL);
		enlarge(((size_t)4 << 20) - 20000 - 4 * i);
		cr_assert_eq(send_dossier(), 0, "%s", (const char *)said.at);
	}
	kb_buf_clear(&said);
	cr_assert_eq(ASK(vo, "case show", "zaak", "1"), 0, "%s", (const char *)said.at);
	kb_buf_clear(&said);
	cr_assert_eq(ASK(school, "case show", "zaak", "1"), 0, "%s", (const char *)said.at);
}
