/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages with a closed list of fields, at both ends: what arrives, and what neither side lets through. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/messages.h"
#include "agents/runtime/notes.h"
#include "agents/runtime/permission.h"
#include "common/exchange/date.h"
#include "common/exchange/effects.h"
#include "common/store/case_records.h"
#include "common/store/deadlines.h"
#include "common/store/outbox.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/seen.h"
#include "tests/support/loopback_broker.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define WEEK_MS (7 * DAY_MS)
#define CHILD_PGN "999000019"
#define CHILD "leerling_naam=Noor Zandloper\ngeboortedatum=2016-04-05\n"

static struct {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *swv;
	struct lb_party *gemeente; /* anna at jeugd, bert at leerplicht */
	struct lb_party *jeugdhulp;
	struct lb_party *vo;
	struct lb_party *andere; /* another school */
	struct kb_buf said;	 /* by the last verb */
	unsigned clocks;	 /* that ran out at the school */
} at;

static enum kb_err
on_clock(struct kb_act *act, const struct kb_deadline *due)
{
	(void)act;
	cr_assert_eq(due->rule, (uint32_t)KB_CLOCK_RULE_ZORGPLICHT);
	at.clocks++;
	return KB_OK;
}

static void
open_all(void)
{
	static const char *const bert[] = { "naam",  "bert",	   "functie", "leerplichtambtenaar",
					    "loket", "leerplicht", NULL };

	at.clocks = 0;
	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.gemeente = lb_add(&at.world, KB_PARTY_GEMEENTE, "0344");
	at.jeugdhulp = lb_add(&at.world, KB_PARTY_JEUGDHULP, NULL);
	at.vo = lb_add(&at.world, KB_PARTY_VO, NULL);
	at.andere = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.school->role.on_clock = on_clock;
	lb_publish_register(&at.world);
	lb_start_all(&at.world);
	cr_assert_eq(lb_ask(at.gemeente, "", "user add", bert, NULL), 0);
}

static void
close_all(void)
{
	lb_close(&at.world);
	kb_buf_release(&at.said);
}

TestSuite(messages, .init = open_all, .fini = close_all);

/* ---- asking ---- */

static int
ask_as(struct lb_party *party, const char *user, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, user, verb, arguments, &at.said);
}

#define ASK(party, user, verb, ...)                                                                \
	ask_as((party), (user), (verb), (const char *const[]){ __VA_ARGS__, NULL })

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

/* 0: sent; else the exit code of the refusal. */
static int
send_as(struct lb_party *party, const char *user, const char *zaak, const char *kind,
	const struct lb_party *to, const char *fields)
{
	return ASK(party, user, "message send", "zaak", zaak, "soort", kind, "aan", name_of(to),
		   "velden", fields);
}

#define SEND(party, zaak, kind, to, fields) send_as((party), "anna", (zaak), (kind), (to), (fields))
#define REFUSED(err) kb_err_exit_code(err)

static void
open_case_as(struct lb_party *party, const char *user, const char *pgn)
{
	cr_assert_eq(
		ASK(party, user, "case open", "titel", "een zaak", pgn != NULL ? "pgn" : NULL, pgn),
		0, "%s", (char *)at.said.at);
}

static void
place(struct lb_party *party, const char *zaak, const char *where, const struct lb_party *with)
{
	cr_assert_eq(ASK(party, "anna", "case place", "zaak", zaak, "stand", where, "partij",
			 name_of(with)),
		     0, "%s", (char *)at.said.at);
}

/* ---- looking ---- */

static struct kb_step *
look(struct lb_party *party)
{
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	return step;
}

static struct kb_case
case_of(struct lb_party *party, uint64_t case_no)
{
	struct kb_step *step = look(party);
	struct kb_case row = { 0 };

	if (kb_case_get(step, case_no, &row) != KB_OK) {
		row = (struct kb_case){ 0 };
	}
	kb_step_abort(&step);
	return row;
}

static unsigned
records(struct lb_party *party, enum kb_record_type type, uint32_t code)
{
	struct kb_step *step = look(party);
	struct kb_record_read record;
	unsigned count = 0;

	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		count += record.clear.type == type && (code == 0 || record.clear.code == code);
	}
	kb_step_abort(&step);
	return count;
}

/* The highest number that party used for a message to another. */
static uint64_t
last_number(struct lb_party *party, const struct lb_party *to)
{
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_ALL };
	struct kb_number_key cursor = { 0 };
	struct kb_outbox_row waits;
	struct kb_step *step = look(party);
	struct kb_number_key key = { .epoch_no = 1 };
	struct kb_sent_row row;
	uint64_t last = 0;

	cr_assert_eq(kb_outbox_next(step, &filter, &cursor, &waits), KB_ERR_NOT_FOUND);
	if (kb_party_find(step, &to->identity.self, &key.party_no) == KB_OK) {
		for (key.number = 1; key.number < 100; key.number++) {
			last = kb_sent_get(step, &key, &row) == KB_OK ? key.number : last;
		}
	}
	kb_step_abort(&step);
	return last;
}

/* Refused at the sender: with this error and, when it is about a field, with its name; it left nothing behind. */
static void
expect_nothing(struct lb_party *party, const struct lb_party *to, int exit_code, enum kb_err err,
	       const char *field)
{
	cr_expect_eq(exit_code, REFUSED(err), "%d: %s", exit_code, (char *)at.said.at);
	cr_expect(said("Niet verstuurd"), "%s", (char *)at.said.at);
	cr_expect(field == NULL || said(field), "%s not in: %s", field, (char *)at.said.at);
	lb_settle(&at.world);
	cr_expect_eq(records(party, KB_RECORD_MESSAGE_OUT, 0), 0);
	cr_expect_eq(last_number(party, to), 0);
	cr_expect_eq(case_of(party, 1).last_out_number, 0, "the next one waits for nothing");
}

/* ---- arriving ---- */

/* What makes it one (requirements 7.9). */
#define THUISZITTER                                                                                \
	"onafgebroken=ja\nongeoorloofd=ja\nverzuim_sinds=2026-02-09\nverzuim_oorzaak=onderwijs\n"
#define MELDING_FIELDS CHILD "datum=2026-03-02\n" THUISZITTER "verzuimbeeld=drie weken thuis\n"

static void
send_melding(void)
{
	open_case_as(at.school, "anna", NULL);
	cr_assert_eq(SEND(at.school, "1", "thuiszitter-melding", at.gemeente,
			  MELDING_FIELDS "pgn=" CHILD_PGN "\n"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
}

Test(messages, a_message_of_fields_makes_a_case_with_the_name_of_the_child)
{
	struct kb_case_text text = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_step *step = NULL;
	struct kb_case own;
	struct kb_case row;

	send_melding();
	row = case_of(at.gemeente, 1);
	own = case_of(at.school, 1);
	cr_assert_eq(row.kind, KB_CASE_KIND_PARTNERS);
	cr_assert_eq(row.desk, (uint32_t)KB_DESK_LEERPLICHT);
	cr_assert_neq(row.inbox_flags & KB_INBOX_NEW, 0);
	cr_assert(kb_id_equal(&row.case_id, &own.case_id));
	step = look(at.gemeente);
	LB_OK(kb_case_text_get(step, 1, &arena, &text));
	cr_assert(kb_span_equal(text.title, kb_span_text("Noor Zandloper")));
	kb_step_abort(&step);
	kb_arena_release(&arena);
	cr_assert_eq(case_of(at.school, 1).inbox_flags & KB_INBOX_NEW, 0, "the sender knows it");
	/* Both show what was said, and from which side it came. */
	cr_assert_eq(ASK(at.gemeente, "bert", "case show", "zaak", "1"), 0);
	cr_assert(said("|in|thuiszitter-melding|"), "%s", (char *)at.said.at);
	cr_assert(said("|verzuimbeeld|drie weken thuis\n|"));
	cr_assert(said("|pgn|" CHILD_PGN));
	cr_assert_eq(ASK(at.school, "anna", "case show", "zaak", "1"), 0);
	cr_assert(said("|out|thuiszitter-melding|"), "%s", (char *)at.said.at);
	cr_assert(said("|verzuimbeeld|drie weken thuis\n|"));
}

Test(messages, only_its_own_desk_takes_a_case_out_of_the_inbox)
{
	send_melding();
	cr_assert_eq(ASK(at.gemeente, "anna", "case show", "zaak", "1"), REFUSED(KB_ERR_PERMISSION),
		     "another desk");
	cr_assert_neq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_NEW, 0);
	cr_assert_eq(ASK(at.gemeente, "anna", "case show", "zaak", "1", "noodgeval", "ja", "reden",
			 "gevaar voor het kind"),
		     0, "%s", (char *)at.said.at);
	cr_assert(said("|verzuimbeeld|drie weken thuis\n|"));
	cr_assert_neq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_NEW, 0, "the noodknop");
	cr_assert_eq(ASK(at.gemeente, "bert", "case show", "zaak", "1"), 0);
	cr_assert_eq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_NEW, 0);
	/* The next message makes it new again, and the title stays. */
	cr_assert_eq(SEND(at.school, "1", "thuiszitter-opgelost", at.gemeente,
			  "toelichting=weer naar school\n om de dag\n"
			  "leerling_naam=Iemand Anders\ngeboortedatum=2016-04-05\n"
			  "datum=2026-03-02\n"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_neq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_NEW, 0);
	cr_assert_eq(case_of(at.gemeente, 2).case_no, 0, "the same case");
	cr_assert_eq(ASK(at.gemeente, "bert", "inbox", NULL), 0);
	cr_assert(said("Noor Zandloper"), "%s", (char *)at.said.at);
	cr_assert_not(said("Iemand Anders"));
	cr_assert_eq(ASK(at.gemeente, "bert", "case show", "zaak", "1"), 0);
	cr_assert(said("|toelichting|weer naar school\n om de dag\n|"), "%s", (char *)at.said.at);
}

/* ---- R16 at the sender ---- */

Test(messages, a_field_that_the_kind_does_not_hold_is_not_sent_R16)
{
	open_case_as(at.school, "anna", NULL);
	expect_nothing(at.school, at.gemeente,
		       SEND(at.school, "1", "thuiszitter-melding", at.gemeente,
			    MELDING_FIELDS "gezondheid=een diagnose\n"),
		       KB_ERR_FIELD_NOT_ALLOWED, "gezondheid");
	cr_assert_not(said("een diagnose"), "the refusal repeats nothing of it");
}

Test(messages, a_category_that_the_row_does_not_allow_is_not_sent_R16)
{
	open_case_as(at.school, "anna", NULL);
	/* A vraag may hold it, one to leerplicht may not. */
	expect_nothing(at.school, at.gemeente,
		       ASK(at.school, "anna", "message send", "zaak", "1", "soort", "vraag", "aan",
			   name_of(at.gemeente), "doel", "leerplicht", "velden",
			   "onderwerp=vraag\nonderwijsbeeld=het lezen gaat goed\n"),
		       KB_ERR_FIELD_NOT_ALLOWED, "onderwijsbeeld");
}

Test(messages, a_pgn_on_an_edge_that_may_not_have_it_is_not_sent_R16)
{
	open_case_as(at.school, "anna", NULL);
	expect_nothing(at.school, at.swv,
		       ASK(at.school, "anna", "message send", "zaak", "1", "soort", "vraag", "aan",
			   name_of(at.swv), "doel", "advies", "velden",
			   ("onderwerp=vraag\npgn=" CHILD_PGN "\n")),
		       KB_ERR_FIELD_NOT_ALLOWED, "pgn");
	/* Without it the same question goes, as the first number. */
	cr_assert_eq(ASK(at.school, "anna", "message send", "zaak", "1", "soort", "vraag", "aan",
			 name_of(at.swv), "doel", "advies", "velden",
			 "onderwerp=vraag\nleerling_naam=Noor Zandloper\n"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(last_number(at.school, at.swv), 1);
	cr_assert_eq(case_of(at.swv, 1).desk, (uint32_t)KB_DESK_SWV);
}

Test(messages, what_is_missing_or_has_no_form_is_not_sent_R16)
{
	open_case_as(at.school, "anna", NULL);
	expect_nothing(at.school, at.gemeente,
		       SEND(at.school, "1", "thuiszitter-melding", at.gemeente,
			    CHILD "datum=2026-03-02\n" THUISZITTER),
		       KB_ERR_INCOMPLETE, "verzuimbeeld");
	expect_nothing(at.school, at.gemeente,
		       SEND(at.school, "1", "thuiszitter-melding", at.gemeente,
			    CHILD "datum=2026-02-30\n" THUISZITTER "verzuimbeeld=thuis\n"),
		       KB_ERR_BAD_VALUE, "datum");
}

/* The first question about a party only starts the look-up: that is no reason to say that it does not exist. */
Test(messages, a_party_that_was_never_asked_for_is_looked_up_and_can_be_sent_to_then)
{
	struct lb_party *fresh = lb_add(&at.world, KB_PARTY_SWV, NULL);

	lb_publish_register(&at.world);
	at.school->connected = false;
	lb_settle(&at.world);
	at.school->connected = true;
	lb_settle(&at.world);
	open_case_as(at.school, "anna", NULL);
	cr_assert_eq(SEND(at.school, "1", "geschil", fresh, "datum=2026-03-02\n"),
		     REFUSED(KB_ERR_UNKNOWN_RECIPIENT));
	cr_assert(said("Probeer het zo weer"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(SEND(at.school, "1", "geschil", fresh, "datum=2026-03-02\n"), 0, "%s",
		     (char *)at.said.at);
}

/* ---- R16 at the recipient ---- */

/* A message put in front of a party: sealed with the real keys of the sender, with a body of the test's choice. */
struct forged {
	struct lb_party *from;
	struct lb_party *to;
	struct kb_body body;
	struct kb_buf content; /* Inhoud, written field by field */
	uint64_t number;
};

/* Every field and value is shorter than 128 bytes: one byte per length. */
static void
put_field(struct forged *forged, uint32_t number, const char *value)
{
	size_t len = strlen(value);

	cr_assert(number < 128 && len < 100);
	LB_OK(kb_buf_put_u8(&forged->content, 0x0a));
	LB_OK(kb_buf_put_u8(&forged->content, (uint8_t)(len + 4)));
	LB_OK(kb_buf_put_u8(&forged->content, 0x08));
	LB_OK(kb_buf_put_u8(&forged->content, (uint8_t)number));
	LB_OK(kb_buf_put_u8(&forged->content, 0x12));
	LB_OK(kb_buf_put_u8(&forged->content, (uint8_t)len));
	LB_OK(kb_buf_put_text(&forged->content, value));
}

static struct forged
forge(struct lb_party *from, struct lb_party *to, enum kb_kind kind, enum kb_purpose purpose,
      enum kb_desk from_desk, enum kb_desk desk)
{
	struct kb_random random = kb_random_system();
	struct forged forged = { .from = from, .to = to, .number = 100 };

	forged.body = (struct kb_body){ .kind = (uint32_t)kind,
					.case_id = kb_id_random(&random),
					.purpose = purpose,
					.ground = KB_GROUND_WETTELIJKE_TAAK,
					.author = { .person = kb_span_text("anna"),
						    .function = kb_span_text("medewerker") },
					.from_desk = from_desk,
					.desk = desk };
	return forged;
}

/* Of the school to the leerplichtambtenaar. */
static struct forged
forge_melding(void)
{
	return forge(at.school, at.gemeente, KB_KIND_THUISZITTER_MELDING, KB_PURPOSE_THUISZITTERS,
		     KB_DESK_SCHOOL, KB_DESK_LEERPLICHT);
}

/* The reason of the newest refusal at party; nothing of a body may stand with it. */
static enum kb_err
last_refusal(struct lb_party *party)
{
	struct kb_step *step = look(party);
	struct kb_record_read record;
	enum kb_err found = KB_OK;

	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		if (record.clear.type == KB_RECORD_REFUSED_IN) {
			found = kb_err_from_reason(record.clear.code);
			cr_assert_eq(record.sealed_hidden.len, 0, "header and reason only");
			cr_assert_gt(record.clear.header.len, 0);
		}
	}
	kb_step_abort(&step);
	return found;
}

/* What the recipient makes of it. */
static enum kb_err
inject(struct forged *forged)
{
	struct kb_random random = kb_random_system();
	struct kb_sealer sealer = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_letter letter = { .message_id = kb_id_random(&random),
				    .recipient = forged->to->identity.self,
				    .recipient_key =
					    *kb_x25519_key_public(forged->to->identity.seal),
				    .epoch = forged->from->agent->own_epoch.epoch,
				    .number = forged->number,
				    .attempt = 1,
				    .expires_at_utc_ms = at.world.fake.utc_ms + 3600000 };
	struct kb_letter *batch[1] = { &letter };
	unsigned before = records(forged->to, KB_RECORD_REFUSED_IN, 0);
	unsigned stored = records(forged->to, KB_RECORD_MESSAGE_IN, 0);
	bool refused = false;

	forged->body.content = kb_buf_span(&forged->content);
	LB_OK(kb_letter_write(&letter, &forged->body, &sealer, &arena));
	LB_OK(kb_letters_seal(&forged->from->identity, &sealer, batch, 1, at.world.fake.utc_ms,
			      &arena));
	lb_inject(&at.world, forged->to->index, letter.envelope);
	lb_settle(&at.world);
	forged->number++;
	kb_buf_clear(&forged->content);
	kb_sealer_release(&sealer);
	kb_arena_release(&arena);
	refused = records(forged->to, KB_RECORD_REFUSED_IN, 0) == before + 1;
	cr_expect_eq(records(forged->to, KB_RECORD_MESSAGE_IN, 0), stored + (refused ? 0 : 1));
	return refused ? last_refusal(forged->to) : KB_OK;
}

static void
put_child(struct forged *forged)
{
	put_field(forged, KB_VELD_LEERLING_NAAM, "Noor Zandloper");
	put_field(forged, KB_VELD_GEBOORTEDATUM, "2016-04-05");
}

static void
put_attributes(struct forged *forged)
{
	put_field(forged, KB_VELD_ONAFGEBROKEN, "ja");
	put_field(forged, KB_VELD_ONGEOORLOOFD, "nee");
	put_field(forged, KB_VELD_VERZUIM_SINDS, "2026-02-09");
	put_field(forged, KB_VELD_VERZUIM_OORZAAK, "anders");
}

Test(messages, a_recipient_refuses_fields_that_the_kind_does_not_hold_R16)
{
	struct forged forged = forge_melding();

	put_child(&forged);
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	put_field(&forged, 99, "onbekend");
	cr_expect_eq(inject(&forged), KB_ERR_FIELD_NOT_ALLOWED, "an unknown number");
	put_child(&forged);
	put_field(&forged, KB_VELD_GEZONDHEID, "een diagnose");
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	cr_expect_eq(inject(&forged), KB_ERR_FIELD_NOT_ALLOWED, "not in the list");
	put_child(&forged);
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	cr_expect_eq(inject(&forged), KB_ERR_NOT_CANONICAL, "descending");
	put_child(&forged);
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	cr_expect_eq(inject(&forged), KB_ERR_NOT_CANONICAL, "twice");
	put_child(&forged);
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	put_attributes(&forged);
	cr_expect_eq(inject(&forged), KB_ERR_INCOMPLETE, "a required one is missing");
	put_child(&forged);
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_DATUM, "2026-02-30");
	put_attributes(&forged);
	cr_expect_eq(inject(&forged), KB_ERR_BAD_VALUE, "no such day");
	/* And without a fault it is taken, so that the fault was the reason. */
	put_child(&forged);
	put_field(&forged, KB_VELD_PGN, CHILD_PGN);
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	put_attributes(&forged);
	cr_expect_eq(inject(&forged), KB_OK);
	cr_expect_eq(case_of(at.gemeente, 2).case_no, 0, "refusals make no case");
	kb_buf_release(&forged.content);
}

Test(messages, a_recipient_refuses_a_category_or_a_pgn_that_its_row_does_not_allow_R16)
{
	struct forged forged = forge(at.school, at.gemeente, KB_KIND_VRAAG, KB_PURPOSE_LEERPLICHT,
				     KB_DESK_SCHOOL, KB_DESK_LEERPLICHT);
	struct forged advice = forge(at.school, at.swv, KB_KIND_VRAAG, KB_PURPOSE_ADVIES,
				     KB_DESK_SCHOOL, KB_DESK_SWV);

	put_field(&forged, KB_VELD_ONDERWERP, "vraag");
	put_field(&forged, KB_VELD_ONDERWIJSBEELD, "het lezen gaat goed");
	cr_expect_eq(inject(&forged), KB_ERR_FIELD_NOT_ALLOWED, "ONDERWIJS to leerplicht");
	put_field(&forged, KB_VELD_PGN, CHILD_PGN);
	put_field(&forged, KB_VELD_ONDERWERP, "vraag");
	cr_expect_eq(inject(&forged), KB_OK, "leerplicht may have a PGN");
	put_field(&advice, KB_VELD_PGN, CHILD_PGN);
	put_field(&advice, KB_VELD_ONDERWERP, "vraag");
	cr_expect_eq(inject(&advice), KB_ERR_FIELD_NOT_ALLOWED, "an SWV may not");
	put_field(&advice, KB_VELD_ONDERWERP, "vraag");
	put_field(&advice, KB_VELD_ONDERWIJSBEELD, "het lezen gaat goed");
	cr_expect_eq(inject(&advice), KB_OK, "an SWV may have ONDERWIJS for advice");
	kb_buf_release(&forged.content);
	kb_buf_release(&advice.content);
}

/* ---- R34 ---- */

/* An act of a test; user_no 0 is the agent itself. */
struct work {
	enum kb_err err;
	bool done;
	void *what;
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
run(struct lb_party *party, uint32_t user_no, kb_act_fn fn, void *what)
{
	struct work work = { .what = what };

	LB_OK(kb_agent_run(party->agent, user_no, fn, work_done, &work));
	for (unsigned i = 0; i < 100 && !work.done; i++) {
		(void)kb_agent_round(party->agent);
	}
	cr_assert(work.done);
	return work.err;
}

static enum kb_err
melding_act(struct kb_act *act, void *arg)
{
	static const struct kb_field fields[] = {
		{ KB_VELD_LEERLING_NAAM, { (const uint8_t *)"Noor", 4 } },
		{ KB_VELD_GEBOORTEDATUM, { (const uint8_t *)"2016-04-05", 10 } },
		{ KB_VELD_VERZUIMBEELD, { (const uint8_t *)"thuis", 5 } },
		{ KB_VELD_DATUM, { (const uint8_t *)"2026-03-02", 10 } },
		{ KB_VELD_ONAFGEBROKEN, { (const uint8_t *)"ja", 2 } },
		{ KB_VELD_ONGEOORLOOFD, { (const uint8_t *)"ja", 2 } },
		{ KB_VELD_VERZUIM_SINDS, { (const uint8_t *)"2026-02-09", 10 } },
		{ KB_VELD_VERZUIM_OORZAAK, { (const uint8_t *)"onbekend", 8 } },
	};
	struct kb_message message = { .outgoing = { .recipient = at.gemeente->identity.self,
						    .kind = KB_KIND_THUISZITTER_MELDING,
						    .case_no = 1 },
				      .fields = fields,
				      .field_count = sizeof(fields) / sizeof(fields[0]) };

	(void)arg;
	return kb_message_send(act, &message, NULL, NULL);
}

Test(messages, what_only_a_person_may_say_is_refused_of_an_agent_at_both_ends_R34)
{
	struct forged forged = forge_melding();

	open_case_as(at.school, "anna", NULL);
	cr_expect_eq(run(at.school, 0, melding_act, NULL), KB_ERR_NOT_ALLOWED);
	lb_settle(&at.world);
	cr_expect_eq(records(at.school, KB_RECORD_MESSAGE_OUT, 0), 0);
	cr_expect_eq(last_number(at.school, at.gemeente), 0);
	put_child(&forged);
	put_field(&forged, KB_VELD_VERZUIMBEELD, "thuis");
	put_field(&forged, KB_VELD_DATUM, "2026-03-02");
	put_attributes(&forged);
	forged.body.author = (struct kb_author){ 0 };
	cr_expect_eq(inject(&forged), KB_ERR_NOT_ALLOWED);
	/* Of anna both take it. */
	cr_expect_eq(run(at.school, 1, melding_act, NULL), KB_OK);
	lb_settle(&at.world);
	cr_expect_eq(case_of(at.gemeente, 1).kind, KB_CASE_KIND_PARTNERS);
	kb_buf_release(&forged.content);
}

/* ---- R09 ---- */

#define BESLUIT_FIELDS "tlv_nummer=2026-17\nbesluit=toegekend\ndatum=2026-03-02\n"

Test(messages, a_school_hears_of_a_tlv_only_while_the_child_is_aangemeld_there_R09)
{
	open_case_as(at.swv, "anna", NULL);
	expect_nothing(at.swv, at.school,
		       SEND(at.swv, "1", "tlv-besluit", at.school, BESLUIT_FIELDS),
		       KB_ERR_INCOMPLETE, NULL);
	/* At another school it says nothing of this one, and tomorrow is not today. */
	place(at.swv, "1", "ingeschreven", at.andere);
	cr_assert_eq(ASK(at.swv, "anna", "case place", "zaak", "1", "stand", "aangemeld", "partij",
			 name_of(at.school), "datum", "2026-03-03"),
		     0);
	expect_nothing(at.swv, at.school,
		       SEND(at.swv, "1", "tlv-besluit", at.school, BESLUIT_FIELDS),
		       KB_ERR_INCOMPLETE, NULL);
	lb_wait(&at.world, DAY_MS);
	cr_assert_eq(SEND(at.swv, "1", "tlv-besluit", at.school, BESLUIT_FIELDS), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(case_of(at.school, 1).kind, KB_CASE_KIND_PARTNERS);
	place(at.swv, "1", "uitgeschreven", at.school);
	cr_assert_eq(SEND(at.swv, "1", "tlv-besluit", at.school, BESLUIT_FIELDS),
		     REFUSED(KB_ERR_INCOMPLETE));
	cr_assert_eq(SEND(at.swv, "1", "tlv-besluit", at.andere, BESLUIT_FIELDS), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(last_number(at.swv, at.school), 1);
	cr_assert_eq(last_number(at.swv, at.andere), 1);
}

/* ---- R39 ---- */

#define AANVRAAG_FIELDS CHILD "soort=sbo\nhandtekening_ouders_op=2026-03-01\n"

Test(messages, no_tlv_is_asked_from_the_middle_of_a_trial_in_whatever_case_R39)
{
	open_case_as(at.school, "anna", CHILD_PGN);
	open_case_as(at.school, "anna", CHILD_PGN);
	open_case_as(at.school, "anna", "999000032");
	place(at.school, "3", "proefplaatsing", at.school);
	place(at.school, "2", "proefplaatsing", at.andere);
	cr_assert_eq(SEND(at.school, "1", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS), 0,
		     "another child, and another school: %s", (char *)at.said.at);
	place(at.school, "2", "proefplaatsing", at.school);
	cr_assert_eq(SEND(at.school, "2", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS),
		     REFUSED(KB_ERR_INCOMPLETE), "in the case of the trial");
	cr_assert_eq(SEND(at.school, "1", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS),
		     REFUSED(KB_ERR_INCOMPLETE), "and in the other case of the child");
	lb_wait(&at.world, DAY_MS);
	place(at.school, "2", "uitgeschreven", at.school);
	cr_assert_eq(SEND(at.school, "2", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS), 0, "%s",
		     (char *)at.said.at);
	cr_assert_eq(SEND(at.school, "1", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS), 0);
	lb_settle(&at.world);
	cr_assert_eq(last_number(at.school, at.swv), 3);
}

/* A trial that is over because the child was placed, or is said to begin later. */
Test(messages, a_trial_counts_from_its_day_until_the_next_place_R39)
{
	open_case_as(at.school, "anna", CHILD_PGN);
	cr_assert_eq(ASK(at.school, "anna", "case place", "zaak", "1", "stand", "proefplaatsing",
			 "datum", "2026-03-03"),
		     0);
	cr_assert_eq(SEND(at.school, "1", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS), 0, "%s",
		     (char *)at.said.at);
	lb_wait(&at.world, DAY_MS);
	cr_assert_eq(SEND(at.school, "1", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS),
		     REFUSED(KB_ERR_INCOMPLETE));
	place(at.school, "1", "ingeschreven", at.school);
	cr_assert_eq(SEND(at.school, "1", "tlv-aanvraag", at.swv, AANVRAAG_FIELDS), 0, "%s",
		     (char *)at.said.at);
}

Test(messages, of_a_trial_only_yes_or_no_is_told_R39)
{
	struct forged forged = forge(at.school, at.andere, KB_KIND_PROEFPLAATSING_JA_NEE,
				     KB_PURPOSE_ZORGPLICHT, KB_DESK_SCHOOL, KB_DESK_SCHOOL);

	open_case_as(at.school, "anna", NULL);
	expect_nothing(at.school, at.andere,
		       SEND(at.school, "1", "proefplaatsing-ja-nee", at.andere,
			    "uitkomst=nee\ntoelichting=het ging niet\n"),
		       KB_ERR_FIELD_NOT_ALLOWED, "toelichting");
	expect_nothing(at.school, at.andere,
		       SEND(at.school, "1", "proefplaatsing-ja-nee", at.andere,
			    "uitkomst=misschien, want het ging niet\n"),
		       KB_ERR_BAD_VALUE, "uitkomst");
	put_field(&forged, KB_VELD_TOELICHTING, "het ging niet");
	put_field(&forged, KB_VELD_UITKOMST, "nee");
	cr_expect_eq(inject(&forged), KB_ERR_FIELD_NOT_ALLOWED);
	put_field(&forged, KB_VELD_REDEN, "het ging niet");
	put_field(&forged, KB_VELD_UITKOMST, "nee");
	cr_expect_eq(inject(&forged), KB_ERR_FIELD_NOT_ALLOWED);
	cr_expect_eq(SEND(at.school, "1", "proefplaatsing-ja-nee", at.andere, "uitkomst=nee\n"), 0,
		     "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_expect_eq(ASK(at.andere, "anna", "case show", "zaak", "1"), 0);
	cr_expect(said("|uitkomst|nee"), "%s", (char *)at.said.at);
	kb_buf_release(&forged.content);
}

/* ---- R18 ---- */

/* Six weeks for the offer of a fitting place. */
static enum kb_err
clock_act(struct kb_act *act, void *arg)
{
	struct kb_deadline clock = { .case_no = 1,
				     .kind = KB_CLOCK_WETTELIJK,
				     .rule = KB_CLOCK_RULE_ZORGPLICHT,
				     .started_utc_ms = act->now_utc_ms,
				     .due_utc_ms = act->now_utc_ms + 6 * WEEK_MS };

	(void)arg;
	return kb_act_clock_start(act, &clock);
}

static void
start_duty(void)
{
	open_case_as(at.school, "anna", NULL);
	cr_assert_eq(run(at.school, 1, clock_act, NULL), KB_OK);
}

static struct kb_deadline
duty(void)
{
	struct kb_step *step = look(at.school);
	struct kb_deadline clock = { 0 };

	LB_OK(kb_deadline_of_case(step, 1, 0, &clock));
	kb_step_abort(&step);
	return clock;
}

Test(messages, the_zorgplicht_runs_out_when_nobody_says_anything_R18)
{
	start_duty();
	lb_wait(&at.world, 6 * WEEK_MS - 1000);
	cr_assert_eq(at.clocks, 0);
	lb_wait(&at.world, 120000);
	cr_assert_eq(at.clocks, 1);
	cr_assert_eq(duty().state, KB_CLOCK_STATE_EXPIRED);
	cr_assert_eq(records(at.school, KB_RECORD_CASE_ACT, KB_NOTE_DUTY_ENDED), 0);
}

Test(messages, the_zorgplicht_ends_when_parents_refuse_information_R18)
{
	start_duty();
	cr_assert_eq(ASK(at.school, "anna", "case record", "zaak", "1", "soort", "info-verzoek",
			 "velden", "toelichting=wij vroegen het rapport\n"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(duty().state, KB_CLOCK_STATE_RUNNING, "another record stops nothing");
	cr_assert_eq(ASK(at.school, "anna", "case record", "zaak", "1", "soort", "info-geweigerd",
			 "velden", "datum=2026-03-02\nreden=zij willen het niet\n"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(duty().state, KB_CLOCK_STATE_STOPPED);
	cr_assert_eq(records(at.school, KB_RECORD_CASE_ACT, KB_NOTE_DUTY_ENDED), 1);
	cr_assert_eq(records(at.school, KB_RECORD_CASE_ACT, KB_NOTE_KIND + KB_KIND_INFO_GEWEIGERD),
		     1);
	lb_wait(&at.world, 7 * WEEK_MS);
	cr_assert_eq(at.clocks, 0, "nobody is late");
	/* Saying it again changes nothing. */
	cr_assert_eq(ASK(at.school, "anna", "case record", "zaak", "1", "soort", "info-geweigerd",
			 "velden", "datum=2026-03-02\n"),
		     0);
	cr_assert_eq(records(at.school, KB_RECORD_CASE_ACT, KB_NOTE_DUTY_ENDED), 1);
}

/* ---- desks ---- */

Test(messages, a_person_speaks_for_the_own_desk_only)
{
	static const char afspraak[] = "datum=2026-03-02\n";
	static const char besluit[] = "besluit=toegekend\ndatum=2026-03-02\n";

	open_case_as(at.gemeente, "anna", NULL);
	open_case_as(at.gemeente, "bert", NULL);
	/* jeugd is no leerplicht */
	cr_expect_eq(send_as(at.gemeente, "anna", "1", "actietafel-besluit", at.school, afspraak),
		     REFUSED(KB_ERR_NOT_ALLOWED), "%s", (char *)at.said.at);
	/* and leerplicht is no jeugd, which may, with a toestemming */
	cr_expect_eq(send_as(at.gemeente, "bert", "2", "arrangement-besluit", at.school, besluit),
		     REFUSED(KB_ERR_NOT_ALLOWED));
	cr_expect_not(said("toestemming"), "%s", (char *)at.said.at);
	cr_expect_eq(send_as(at.gemeente, "anna", "1", "arrangement-besluit", at.school, besluit),
		     REFUSED(KB_ERR_NO_CONSENT));
	cr_expect(said("toestemming"), "%s", (char *)at.said.at);
	/* Nor in a case of the other desk. */
	cr_expect_eq(send_as(at.gemeente, "bert", "1", "actietafel-besluit", at.school, afspraak),
		     REFUSED(KB_ERR_PERMISSION), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_expect_eq(records(at.gemeente, KB_RECORD_MESSAGE_OUT, 0), 0);
	cr_expect_eq(send_as(at.gemeente, "bert", "2", "actietafel-besluit", at.school, afspraak),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_expect_eq(case_of(at.school, 1).kind, KB_CASE_KIND_PARTNERS);
}

/* ---- both ends agree ---- */

#define ANSWERS_MAX 4096

/* One question to both ends: a row of the permission table, and one more field than it needs. */
struct both_ends {
	struct lb_party *from;
	struct lb_party *to;
	struct kb_arena arena; /* of the contents */
	size_t count;
	bool sending;
	enum kb_err answers[2][ANSWERS_MAX]; /* by sending */
	unsigned allowed;
};

/* A value of the form of the field; NULL: of none. */
static const char *
value_of(const struct kb_field_row *row, const struct kb_permit_row *permit)
{
	static const char *const by_form[] = {
		[KB_FIELD_TEXT] = "tekst",
		[KB_FIELD_LINES] = "een\ntekst",
		[KB_FIELD_DATE] = "2026-03-02",
		[KB_FIELD_NUMBER] = "7",
		[KB_FIELD_FLAG] = "ja",
		[KB_FIELD_PGN] = CHILD_PGN,
		[KB_FIELD_ID] = "00112233445566778899aabbccddeeff",
		[KB_FIELD_HASH] = ("00112233445566778899aabbccddeeff"
				   "00112233445566778899aabbccddeeff"),
		[KB_FIELD_PARTY] = "00000099000000001001",
		[KB_FIELD_POSTCODE] = "1234AB",
	};

	if (row->form == KB_FIELD_CODE) {
		return row->number == KB_VELD_SOORT && permit->variant != KB_VARIANT_NONE
			       ? kb_variant_name(permit->variant)
			       : row->words[0];
	}
	return row->form == KB_FIELD_ECK ? NULL : by_form[row->form];
}

/* The fields that meet the needs of a row, the required ones of its kind, and one more. */
static bool
is_in(const struct kb_permit_row *permit, const uint32_t *list, size_t required, uint32_t number,
      uint32_t more)
{
	const struct kb_field one = { .number = number, .value = kb_span_text("x") };
	/* With its second field: every need is met by what stands in this list. */
	const struct kb_field two[] = { one,
					{ KB_VELD_BEWIJS, kb_span_text("x") },
					{ KB_VELD_LEERLING_BETROKKEN_OP, kb_span_text("x") } };

	for (size_t i = 0; i < required; i++) {
		if (list[i] == number) {
			return true;
		}
	}
	return number == more || (permit->needs & kb_fields_needs(two, 3)) != 0 ||
	       (number == KB_VELD_BEWIJS && (permit->needs & KB_NEED_INSTEMMING) != 0) ||
	       (number == KB_VELD_LEERLING_BETROKKEN_OP &&
		(permit->needs & KB_NEED_BETROKKEN) != 0) ||
	       (number == KB_VELD_SOORT && permit->variant != KB_VARIANT_NONE);
}

static bool
is_listed(const uint32_t *list, uint32_t number)
{
	while (*list != 0 && *list != number) {
		list++;
	}
	return *list != 0;
}

static struct kb_span
content_for(struct both_ends *both, const struct kb_permit_row *permit, const uint32_t *list,
	    size_t required, uint32_t more)
{
	struct forged forged = { .number = 0 };
	struct kb_span kept;

	for (uint32_t number = 1; number <= KB_FIELD_COUNT; number++) {
		const char *value = value_of(kb_field_find(number), permit);

		if (value != NULL && is_listed(list, number) &&
		    is_in(permit, list, required, number, more)) {
			put_field(&forged, number, value);
		}
	}
	kept = kb_arena_copy(&both->arena, kb_buf_span(&forged.content));
	kb_buf_release(&forged.content);
	return kept;
}

static enum kb_err
entries(struct kb_act *act, const struct both_ends *both, struct kb_permission *permission)
{
	const struct kb_entry *self = NULL;
	const struct kb_entry *other = NULL;
	const struct lb_party *far = both->sending ? both->to : both->from;
	enum kb_err err = kb_permission_self(act, &self);

	if (err == KB_OK) {
		err = kb_directory_find(act->directory, &far->identity.self, act->now_utc_ms,
					&other);
	}
	permission->from = both->sending ? self : other;
	permission->to = both->sending ? other : self;
	return err;
}

/* Every row between these two parties, with every field that its kind may hold. */
static enum kb_err
judge_act(struct kb_act *act, void *arg)
{
	const struct work *work = arg;
	struct both_ends *both = work->what;
	size_t row_count = 0;
	const struct kb_permit_row *rows = kb_permit_rows(&row_count);
	struct kb_permission permission = { .numbered = true,
					    .sending = both->sending,
					    .case_no = both->sending ? 1 : 0 };
	enum kb_err err = entries(act, both, &permission);

	both->count = 0;
	for (size_t i = 0; err == KB_OK && i < row_count; i++) {
		const struct kb_permit_row *row = &rows[i];
		const struct kb_kind_row *kind = kb_kind_find((uint32_t)row->kind);
		size_t required = 0;
		const uint32_t *list = kb_kind_fields(row->kind, &required);
		struct kb_body body = { .kind = (uint32_t)row->kind,
					.purpose = row->purpose,
					.ground = row->ground,
					.author = { .person = kb_span_text("anna"),
						    .function = kb_span_text("medewerker") },
					.from_desk = (enum kb_desk)row->from.desk,
					.desk = (enum kb_desk)row->to.desk };

		if (list == NULL ||
		    (row->from.kinds & KB_PARTY_BIT(both->from->identity.kind)) == 0 ||
		    (row->to.kinds & KB_PARTY_BIT(both->to->identity.kind)) == 0) {
			continue;
		}
		if (kind->has_case) {
			memset(body.case_id.bytes, 7, sizeof(body.case_id.bytes));
		}
		permission.body = &body;
		for (size_t j = 0; list[j] != 0; j++) {
			enum kb_err answer = KB_OK;

			body.content = content_for(both, row, list, required, list[j]);
			answer = kb_permission_check(act, &permission);
			cr_assert_lt(both->count, ANSWERS_MAX);
			both->answers[both->sending ? 1 : 0][both->count++] = answer;
			both->allowed += answer == KB_OK && both->sending ? 1 : 0;
		}
	}
	return err;
}

static void
compare(struct both_ends *both)
{
	size_t asked = 0;

	both->sending = true;
	cr_assert_eq(run(both->from, 1, judge_act, both), KB_OK);
	asked = both->count;
	both->sending = false;
	cr_assert_eq(run(both->to, 1, judge_act, both), KB_OK);
	cr_assert_eq(both->count, asked);
	for (size_t i = 0; i < asked; i++) {
		cr_expect_eq(both->answers[0][i], both->answers[1][i],
			     "%s to %s, question %zu: %s at the sender, %s at the recipient",
			     name_of(both->from), name_of(both->to), i,
			     kb_err_name(both->answers[1][i]), kb_err_name(both->answers[0][i]));
	}
}

static struct both_ends both;

Test(messages, sender_and_recipient_judge_every_row_and_every_field_alike)
{
	size_t asked = 0;

	for (size_t i = 1; i < at.world.party_count; i++) {
		open_case_as(&at.world.parties[i], "anna", NULL);
		for (size_t j = 1; j < at.world.party_count; j++) {
			place(&at.world.parties[i], "1", "ingeschreven", &at.world.parties[j]);
		}
	}
	for (size_t i = 1; i < at.world.party_count; i++) {
		for (size_t j = 1; j < at.world.party_count; j++) {
			both.from = &at.world.parties[i];
			both.to = &at.world.parties[j];
			if (i != j) {
				compare(&both);
				asked += both.count;
			}
		}
	}
	cr_assert_gt(asked, 5000, "%zu", asked);
	cr_assert_gt(both.allowed, 500, "%u", both.allowed);
	kb_arena_release(&both.arena);
}

/* The table lets a vsv-signaal go to the doorstroompunt of a gemeente; this one has none, so nobody would look at it. */
Test(messages, what_is_for_a_desk_that_the_register_does_not_name_there_is_not_sent)
{
	open_case_as(at.vo, "anna", NULL);
	expect_nothing(at.vo, at.gemeente,
		       SEND(at.vo, "1", "vsv-signaal", at.gemeente,
			    CHILD "verzuimbeeld=komt bijna niet meer\n"),
		       KB_ERR_NOT_ALLOWED, NULL);
}
