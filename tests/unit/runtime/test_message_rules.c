/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules that need more than the table: where a child is aangemeld, a trial that runs, a duty that ends, who speaks. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/notes.h"
#include "common/daemon/profile.h"
#include "common/exchange/effects.h"
#include "common/exchange/field_table.h"
#include "common/store/case_records.h"
#include "common/store/record.h"
#include "tests/support/loopback_broker.h"

#define USER "T. Voorbeeld"
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static struct {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *swv;
	struct kb_buf said; /* by the last verb */
} at;

static unsigned clocks_run_out;

static enum kb_err
on_clock(struct kb_act *act, const struct kb_deadline *due)
{
	(void)act;
	clocks_run_out += due->rule == KB_CLOCK_RULE_ZORGPLICHT ? 1 : 0;
	return KB_OK;
}

static int
ask(struct lb_party *party, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, USER, verb, arguments, &at.said);
}

#define ASK(party, verb, ...) ask((party), (verb), (const char *const[]){ __VA_ARGS__, NULL })

static bool
said(const char *text)
{
	return strstr((const char *)at.said.at, text) != NULL;
}

static void
open_all(void)
{
	static const char *const user[] = { "naam", USER, "functie", "medewerker", NULL };

	clocks_run_out = 0;
	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.school->role.on_clock = on_clock;
	lb_publish_register(&at.world);
	struct lb_party *const all[] = { at.school, at.swv };

	for (size_t i = 0; i < 2; i++) {
		lb_start(all[i]);
		all[i]->connected = true;
	}
	lb_settle(&at.world);
	for (size_t i = 0; i < 2; i++) {
		lb_introduce(all[i]);
		cr_assert_eq(lb_ask(all[i], "", "user add", user, NULL), 0);
		cr_assert_eq(ASK(all[i], "case open", "titel", "Kind"), 0, "%s",
			     (char *)at.said.at);
	}
}

static void
close_all(void)
{
	lb_close(&at.world);
	kb_buf_release(&at.said);
}

TestSuite(message_rules, .init = open_all, .fini = close_all);

/* Records of that type in the log of party. */
static unsigned
records(struct lb_party *party, enum kb_record_type type, uint32_t code)
{
	struct kb_step *step = NULL;
	struct kb_record_read record;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		count += record.clear.type == type && (code == 0 || record.clear.code == code);
	}
	kb_step_abort(&step);
	return count;
}

/* ---- R09: only the pupil's own school, asked when it is sent ---- */

static int
send_besluit(void)
{
	return ASK(at.swv, "message send", "soort", "tlv-besluit", "aan",
		   at.school->identity.self.text, "zaak", "1", "velden",
		   "tlv_nummer=2026-17\nbesluit=toegekend\ndatum=2026-11-02");
}

static void
place(struct lb_party *at_party, const char *zaak, const char *stand, const char *party,
      const char *day)
{
	cr_assert_eq(ASK(at_party, "case place", "zaak", zaak, "stand", stand, "partij", party,
			 "datum", day),
		     0, "%s", (char *)at.said.at);
}

Test(message_rules, an_swv_tells_only_the_school_where_the_child_is_R09)
{
	const char *school = at.school->identity.self.text;

	cr_assert_eq(send_besluit(), 77, "not aangemeld: %s", (char *)at.said.at);
	cr_assert_eq(records(at.swv, KB_RECORD_MESSAGE_OUT, 0), 0u, "nothing is stored of it");
	place(at.swv, "1", "aangemeld", school, "2020-01-01");
	cr_assert_eq(send_besluit(), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(records(at.school, KB_RECORD_MESSAGE_IN, 0), 1u);
	/* Gone since: what was allowed yesterday is not allowed today. */
	place(at.swv, "1", "uitgeschreven", school, "2020-02-01");
	cr_assert_eq(send_besluit(), 77);
	cr_assert_eq(records(at.swv, KB_RECORD_MESSAGE_OUT, 0), 1u);
}

/* ---- R39: no onward referral during a trial ---- */

static int
send_aanvraag(const char *zaak)
{
	return ASK(at.school, "message send", "soort", "tlv-aanvraag", "aan",
		   at.swv->identity.self.text, "zaak", zaak, "velden",
		   "leerling_naam=Kind\ngeboortedatum=2017-05-04\nsoort=sbo\n"
		   "handtekening_ouders_op=2026-10-01");
}

Test(message_rules, a_school_that_has_the_child_on_trial_does_not_refer_it_on_R39)
{
	const char *self = at.school->identity.self.text;

	place(at.school, "1", "proefplaatsing", self, "2020-01-01");
	cr_assert_eq(send_aanvraag("1"), 77, "%s", (char *)at.said.at);
	place(at.school, "1", "ingeschreven", self, "2020-06-01");
	cr_assert_eq(send_aanvraag("1"), 0, "%s", (char *)at.said.at);
}

Test(message_rules, a_trial_in_another_case_of_the_same_child_counts_R39)
{
	cr_assert_eq(ASK(at.school, "case open", "titel", "Kind", "pgn", "999990019"), 0, "%s",
		     (char *)at.said.at);
	cr_assert_eq(ASK(at.school, "case open", "titel", "Kind", "pgn", "999990019"), 0);
	place(at.school, "2", "proefplaatsing", at.school->identity.self.text, "2020-01-01");
	cr_assert_eq(send_aanvraag("3"), 77, "%s", (char *)at.said.at);
	/* Another child is not held back by it. */
	cr_assert_eq(send_aanvraag("1"), 0, "%s", (char *)at.said.at);
}

/* ---- R18: a refusal of information ends the duty ---- */

struct work {
	enum kb_err err;
	bool done;
};

static void
work_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct work *work = arg;

	(void)agent;
	work->err = err;
	work->done = true;
}

static enum kb_err
start_clock_act(struct kb_act *act, void *arg)
{
	struct kb_deadline clock = { .case_no = 1,
				     .kind = KB_CLOCK_WETTELIJK,
				     .rule = KB_CLOCK_RULE_ZORGPLICHT,
				     .started_utc_ms = act->now_utc_ms,
				     .due_utc_ms = act->now_utc_ms + 42 * DAY_MS };

	(void)arg;
	return kb_act_clock_start(act, &clock);
}

static void
start_clock(void)
{
	struct work work = { .done = false };

	LB_OK(kb_agent_run(at.school->agent, 0, start_clock_act, work_done, &work));
	for (unsigned i = 0; i < 100 && !work.done; i++) {
		(void)kb_agent_round(at.school->agent);
	}
	cr_assert(work.done);
	LB_OK(work.err);
}

static void
wait_six_weeks(void)
{
	at.world.fake.utc_ms += 43 * DAY_MS;
	at.world.fake.mono_ms += 61000;
	for (unsigned i = 0; i < 20; i++) {
		lb_settle(&at.world);
		at.world.fake.mono_ms += 1000;
		(void)kb_agent_round(at.school->agent);
	}
}

Test(message_rules, without_a_refusal_the_clock_of_the_zorgplicht_runs_out)
{
	start_clock();
	wait_six_weeks();
	cr_assert_eq(clocks_run_out, 1u);
}

Test(message_rules, refused_information_ends_the_zorgplicht_and_nobody_is_late_R18)
{
	start_clock();
	cr_assert_eq(ASK(at.school, "case record", "zaak", "1", "soort", "info-geweigerd", "velden",
			 "datum=2026-11-02\nreden=ouders willen het niet zeggen"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(records(at.school, KB_RECORD_CLOCK_STOPPED, 0), 1u);
	cr_assert_eq(records(at.school, KB_RECORD_CASE_ACT, KB_NOTE_DUTY_ENDED), 1u);
	wait_six_weeks();
	cr_assert_eq(clocks_run_out, 0u, "no breach is reported after it");
	cr_assert_eq(records(at.school, KB_RECORD_CLOCK_EXPIRED, 0), 0u);
}

/* ---- what is wrong is named, and nothing is kept ---- */

Test(message_rules, a_field_that_does_not_belong_is_named_and_nothing_is_stored_R16)
{
	static const struct {
		const char *fields;
		int exit_code;
		const char *said;
	} wrong[] = {
		{ "leerling_naam=Kind\ngeboortedatum=2017-05-04\nsoort=sbo\nthuissituatie=x\npgn="
		  "999990019",
		  77, "pgn" },
		{ "leerling_naam=Kind\ngeboortedatum=4 mei\nsoort=sbo", 65, "geboortedatum" },
		{ "leerling_naam=Kind\nsoort=sbo", 77, "geboortedatum" },
		{ "leerling_naam=Kind\nleerling_naam=Ander", 65, "twee keer" },
		{ "nergens=1", 65, "nergens" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect_eq(ASK(at.school, "message send", "soort", "tlv-aanvraag", "aan",
				 at.swv->identity.self.text, "zaak", "1", "velden",
				 wrong[i].fields),
			     wrong[i].exit_code, "%zu: %s", i, (char *)at.said.at);
		cr_expect(said(wrong[i].said), "%zu: %s", i, (char *)at.said.at);
	}
	cr_assert_eq(records(at.school, KB_RECORD_MESSAGE_OUT, 0), 0u);
	cr_assert_eq(send_aanvraag("1"), 0, "%s", (char *)at.said.at);
}

/* ---- what arrives is seen ---- */

Test(message_rules, what_arrives_is_in_the_inbox_until_it_was_opened)
{
	cr_assert_eq(send_aanvraag("1"), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(ask(at.swv, "inbox", NULL), 0);
	cr_assert(said("|2|Kind|open|nieuw|"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "case show", "zaak", "2"), 0);
	cr_assert(said("|tlv-aanvraag|"), "%s", (char *)at.said.at);
	cr_assert(said("|geboortedatum|2017-05-04"), "%s", (char *)at.said.at);
	cr_assert_eq(ask(at.swv, "inbox", NULL), 0);
	cr_assert_not(said("|Kind|"), "%s", (char *)at.said.at);
}

/* ---- R34: no anonymous sender; R36: every account has a last day where the region says so ---- */

static enum kb_err
send_nameless_act(struct kb_act *act, void *arg)
{
	const struct kb_field fields[] = {
		{ KB_VELD_LEERLING_NAAM, kb_span_text("Kind") },
		{ KB_VELD_GEBOORTEDATUM, kb_span_text("2017-05-04") },
		{ KB_VELD_SOORT, kb_span_text("sbo") },
		{ KB_VELD_HANDTEKENING_OUDERS_OP, kb_span_text("2026-10-01") },
	};
	struct kb_message message = { .outgoing = { .recipient = at.swv->identity.self,
						    .kind = KB_KIND_TLV_AANVRAAG,
						    .case_no = 1 },
				      .fields = fields,
				      .field_count = sizeof(fields) / sizeof(fields[0]) };

	(void)arg;
	return kb_message_send(act, &message, NULL, NULL);
}

static enum kb_err
send_as(uint32_t user_no)
{
	struct work work = { .done = false };

	LB_OK(kb_agent_run(at.school->agent, user_no, send_nameless_act, work_done, &work));
	for (unsigned i = 0; i < 100 && !work.done; i++) {
		(void)kb_agent_round(at.school->agent);
	}
	cr_assert(work.done);
	return work.err;
}

Test(message_rules, an_agent_says_nothing_that_only_a_person_says_R34)
{
	cr_assert_eq(send_as(0), KB_ERR_NOT_ALLOWED);
	LB_OK(send_as(1));
}

Test(message_rules, where_the_region_says_so_every_account_has_a_last_day_R36)
{
	struct kb_profile profile = { .region = KB_REGION_ACCOUNT_EINDDATUM };
	static const char *const open[] = { "naam", "B. Voorbeeld", "functie", "medewerker", NULL };
	static const char *const ends[] = { "naam", "B. Voorbeeld", "functie", "medewerker",
					    "tot",  "2099-07-31",   NULL };

	at.school->agent->profile = &profile;
	cr_assert_eq(lb_ask(at.school, "", "user add", open, NULL), 65);
	cr_assert_eq(lb_ask(at.school, "", "user add", ends, NULL), 0);
	at.school->agent->profile = NULL;
}

/* ---- one child, one pseudonym per party (facts D4) ---- */

/* The pseudonym in message number i (from 0) that the swv stored. */
static struct kb_id
pseudonym_at_swv(unsigned i)
{
	struct kb_step *step = NULL;
	struct kb_arena arena = { 0 };
	struct kb_record_read record;
	struct kb_span salt;
	struct kb_span bytes;
	struct kb_body body = { 0 };
	struct kb_id found = { { 0 } };

	LB_OK(kb_step_begin(kb_agent_store(at.swv->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		if (record.clear.type == KB_RECORD_MESSAGE_IN && i-- == 0) {
			LB_OK(kb_record_open_message(step, &record, &arena, &salt, &bytes));
			LB_OK(kb_body_decode(bytes, &arena, &body));
			found = body.subject_pseudonym;
		}
	}
	kb_step_abort(&step);
	kb_arena_release(&arena);
	return found;
}

Test(message_rules, a_child_has_one_pseudonym_towards_a_party_and_no_other_child_has_it_D4)
{
	cr_assert_eq(ASK(at.school, "case open", "titel", "Kind", "pgn", "999990019"), 0);
	cr_assert_eq(ASK(at.school, "case open", "titel", "Kind", "pgn", "999990019"), 0);
	cr_assert_eq(send_aanvraag("1"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(send_aanvraag("2"), 0);
	cr_assert_eq(send_aanvraag("3"), 0);
	lb_settle(&at.world);
	struct kb_id other = pseudonym_at_swv(0);
	struct kb_id first = pseudonym_at_swv(1);
	struct kb_id again = pseudonym_at_swv(2);

	cr_assert_not(kb_id_empty(&first));
	cr_assert(kb_id_equal(&first, &again), "two cases of one child");
	cr_assert_not(kb_id_equal(&first, &other), "another child");
}
