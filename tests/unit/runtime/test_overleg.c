/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting of a table: who may sit there, what is on the agenda, and who sees which of it (R31, E06, C02). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_forms.h"
#include "common/daemon/profile.h"
#include "common/store/users.h"
#include "tests/support/loopback_broker.h"

static struct {
	struct lb_world world;
	struct kb_profile profile;
	struct lb_party *swv;
	struct lb_party *school;
	struct lb_party *other;
	struct kb_buf said;
} at;

static int
ask_as(const char *user, const char *verb, const char *const *arguments)
{
	int exit_code = 0;

	kb_buf_clear(&at.said);
	exit_code = lb_ask(at.swv, user, verb, arguments, &at.said);
	lb_settle(&at.world);
	return exit_code;
}

#define ASK(user, verb, ...) ask_as((user), (verb), (const char *const[]){ __VA_ARGS__, NULL })
#define MUST(verb, ...)                                                                            \
	cr_assert_eq(ASK("anna", verb, __VA_ARGS__), 0, "%s: %s", verb, (const char *)at.said.at)

static bool
said(const char *text)
{
	return at.said.len > 0 && strstr((const char *)at.said.at, text) != NULL;
}

static void
read_profile(void)
{
	struct kb_faults faults = { 0 };
	enum kb_err err =
		kb_profile_open(KB_TEST_SOURCE "/deploy/profiles/demo", &faults, &at.profile);

	cr_assert_eq(err, KB_OK, "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
}

/* The school takes part in case 1, the other school in case 2; both cases are about an escalation (H01). */
static void
open_case(const char *title, const char *number, const struct lb_party *school)
{
	MUST("case open", "titel", title);
	MUST("route start", "zaak", number, "route", "escalatie", "rol", "swv");
	/* What an SWV tells goes to the school where the child is ingeschreven (R09). */
	MUST("case place", "zaak", number, "partij", school->identity.self.text, "stand",
	     "ingeschreven");
	MUST("participant add", "zaak", number, "partij", school->identity.self.text, "rol",
	     "school");
}

static void
add_user(const char *name, const struct lb_party *employer)
{
	cr_assert_eq(lb_ask(at.swv, "", "user add",
			    (const char *const[]){
				    "naam", name, "functie", "lid van de tafel",
				    employer != NULL ? "organisatie" : NULL,
				    employer != NULL ? employer->identity.self.text : NULL, NULL },
			    NULL),
		     0);
}

static void
open_all(void)
{
	read_profile();
	lb_open(&at.world);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.other = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	lb_publish_register(&at.world);
	for (size_t i = 1; i < at.world.party_count; i++) {
		at.world.parties[i].profile = &at.profile;
		lb_start(&at.world.parties[i]);
	}
	lb_settle(&at.world);
	add_user("anna", NULL);
	add_user("vera", at.school);
	/* The first time a party is only asked for. */
	MUST("case open", "titel", "om de scholen te leren kennen");
	MUST("route start", "zaak", "1", "route", "escalatie", "rol", "swv");
	(void)ASK("anna", "participant add", "zaak", "1", "partij", at.school->identity.self.text,
		  "rol", "school");
	(void)ASK("anna", "participant add", "zaak", "1", "partij", at.other->identity.self.text,
		  "rol", "ontvangende-school");
	lb_settle(&at.world);
	open_case("Noor Zandloper", "2", at.school);
	open_case("Sem Sterrenburg", "3", at.other);
}

static void
close_all(void)
{
	lb_close(&at.world);
	kb_profile_release(&at.profile);
	kb_buf_release(&at.said);
}

TestSuite(overleg, .init = open_all, .fini = close_all);

/* Case 4. */
static void
call_meeting(const char *mandate)
{
	MUST("overleg new", "tafel", "actietafel thuiszitters", "datum", "2026-05-12", "tijd",
	     "13:30", "plaats", "kantoor", mandate != NULL ? "mandaat" : NULL, mandate);
	cr_assert(said("|4|"), "%s", (const char *)at.said.at);
}

static void
give_mandate(const char *user, const char *kind, const char *until)
{
	cr_assert_eq(lb_ask(at.swv, "", "access mandate add",
			    (const char *const[]){ "naam", user, "mandaat", kind, "tot", until,
						   "door", "het bestuur", NULL },
			    NULL),
		     0);
}

Test(overleg, an_agenda_of_cases_with_members_is_kept_and_shown)
{
	call_meeting(NULL);
	MUST("overleg lid", "zaak", "4", "naam", "anna", "voorzitter", "ja");
	MUST("overleg lid", "zaak", "4", "naam", "J. de Boer", "organisatie", "Praktijk De Linde",
	     "functie", "kindertherapeut");
	MUST("overleg zaak", "zaak", "4", "bespreken", "2", "punt", "hoe komt Noor weer op school");
	MUST("overleg zaak", "zaak", "4", "bespreken", "3");
	MUST("overleg show", "zaak", "4");
	cr_assert(said("|4|actietafel thuiszitters|"), "%s", (const char *)at.said.at);
	cr_assert(said("|1|anna|lid van de tafel|"));
	cr_assert(said("|voorzitter"));
	cr_assert(said("|2|J. de Boer|kindertherapeut|Praktijk De Linde|"));
	cr_assert(said("|1|2|Noor Zandloper|"));
	cr_assert(said("hoe komt Noor weer op school"));
	cr_assert(said("|2|3|Sem Sterrenburg|"));
	MUST("overleg uitkomst", "zaak", "4", "punt", "1", "uitkomst", "maandag gesprek op school");
	cr_assert_eq(
		ASK("anna", "overleg uitkomst", "zaak", "4", "punt", "1", "uitkomst", "anders"), 65,
		"once");
	MUST("case show", "zaak", "4");
	cr_assert(said("maandag gesprek op school"), "%s", (const char *)at.said.at);
	MUST("overleg list", NULL);
	cr_assert(said("|4|actietafel thuiszitters|2026-05-12 13:30|2|komt"), "%s",
		  (const char *)at.said.at);
	MUST("inbox", "soort", "overleg");
	MUST("appointment list", "zaak", "4");
	cr_assert(said("|2026-05-12 13:30|kantoor|"));
}

Test(overleg, R31_at_a_table_with_a_mandate_every_member_has_one_on_that_day)
{
	call_meeting("actietafel");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "anna"), 77, "none");
	cr_assert(said("R31"), "%s", (const char *)at.said.at);
	give_mandate("anna", "actietafel", "2026-05-11");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "anna"), 77,
		     "it ends the day before");
	give_mandate("anna", "doa", "2026-12-31");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "anna"), 77, "another table");
	give_mandate("anna", "actietafel", "2026-05-12");
	MUST("overleg lid", "zaak", "4", "naam", "anna");
	/* The mandate of the chair is for the chair alone. */
	give_mandate("vera", "voorzitter", "2026-12-31");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "vera"), 77);
	MUST("overleg lid", "zaak", "4", "naam", "vera", "voorzitter", "ja");
	/* Of somebody of a partner it is written down who gave it. */
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "W. Wind", "organisatie",
			 "Gemeente Emmen"),
		     77);
	MUST("overleg lid", "zaak", "4", "naam", "W. Wind", "organisatie", "Gemeente Emmen", "door",
	     "de wethouder");
}

Test(overleg, R31_the_chair_belongs_to_no_party_in_a_case_of_the_agenda)
{
	call_meeting(NULL);
	MUST("overleg lid", "zaak", "4", "naam", "vera", "voorzitter", "ja");
	cr_assert_eq(ASK("anna", "overleg zaak", "zaak", "4", "bespreken", "2"), 77,
		     "her school takes part in it");
	cr_assert(said("R31"), "%s", (const char *)at.said.at);
	MUST("overleg zaak", "zaak", "4", "bespreken", "3");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "anna", "voorzitter", "ja"),
		     65, "there is one");
	/* The other way round: the case is on the agenda first. */
	MUST("overleg new", "tafel", "tweede tafel", "datum", "2026-05-13", "tijd", "09:00");
	MUST("overleg zaak", "zaak", "5", "bespreken", "2");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "5", "naam", "vera", "voorzitter", "ja"),
		     77);
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "5", "naam", "V. Vogel", "partij",
			 at.school->identity.self.text, "voorzitter", "ja"),
		     77);
	MUST("overleg lid", "zaak", "5", "naam", "vera");
	MUST("overleg lid", "zaak", "5", "naam", "anna", "voorzitter", "ja");
}

Test(overleg, R31_a_board_and_its_school_are_one_organisation)
{
	struct kb_party_id board = at.school->identity.self;

	memcpy(board.text + KB_OIN_CHARS, "/01AB02", sizeof("/01AB02"));
	call_meeting(NULL);
	MUST("overleg zaak", "zaak", "4", "bespreken", "2");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "B. Bestuur", "partij",
			 board.text, "voorzitter", "ja"),
		     77, "%s", (const char *)at.said.at);
}

/* A dossier without a route has its sides all the same: at this school, the school itself. */
Test(overleg, R31_counts_in_a_case_that_follows_no_route_too)
{
	static const char *const user[] = { "naam", "bert", "functie", "ib", NULL };
	static const char *const opened[] = { "titel", "Noor Zandloper", NULL };
	static const char *const meeting[] = { "tafel", "zorgteam", "datum", "2026-05-12",
					       "tijd",	"13:30",    NULL };
	static const char *const chair[] = {
		"zaak", "3", "naam", "bert", "voorzitter", "ja", NULL
	};
	static const char *const point[] = { "zaak", "3", "bespreken", "2", NULL };

	cr_assert_eq(lb_ask(at.school, "", "user add", user, NULL), 0);
	cr_assert_eq(lb_ask(at.school, "bert", "case open", opened, &at.said), 0);
	cr_assert_eq(lb_ask(at.school, "bert", "overleg new", meeting, &at.said), 0);
	cr_assert_eq(lb_ask(at.school, "bert", "overleg lid", chair, &at.said), 0, "%s",
		     (const char *)at.said.at);
	kb_buf_clear(&at.said);
	cr_assert_eq(lb_ask(at.school, "bert", "overleg zaak", point, &at.said), 77, "%s",
		     (const char *)at.said.at);
	cr_assert(said("R31"), "%s", (const char *)at.said.at);
}

Test(overleg, on_paper_a_member_gets_only_the_cases_of_the_own_party_and_it_is_logged)
{
	call_meeting(NULL);
	MUST("overleg zaak", "zaak", "4", "bespreken", "2");
	MUST("overleg zaak", "zaak", "4", "bespreken", "3");
	MUST("overleg lid", "zaak", "4", "naam", "S. Smit", "partij",
	     at.school->identity.self.text);
	MUST("overleg lid", "zaak", "4", "naam", "J. de Boer", "organisatie", "Praktijk De Linde");
	MUST("overleg lid", "zaak", "4", "naam", "vera");
	MUST("overleg show", "zaak", "4", "voor", "1");
	cr_assert(said("Noor Zandloper"), "%s", (const char *)at.said.at);
	cr_assert(!said("Sem Sterrenburg"));
	cr_assert(said("1 zaken van de agenda staan hier niet"));
	MUST("overleg show", "zaak", "4", "voor", "2");
	cr_assert(!said("Noor Zandloper") && !said("Sem Sterrenburg"), "%s",
		  (const char *)at.said.at);
	cr_assert_eq(ASK("anna", "overleg show", "zaak", "4", "voor", "3"), 65,
		     "who has an account looks with it");
	cr_assert_eq(
		lb_ask(at.swv, "", "user add",
		       (const char *const[]){ "naam", "fred", "functie", "fg", "rol", "fg", NULL },
		       NULL),
		0);
	cr_assert_eq(ASK("fred", "access who", "zaak", "2"), 0);
	cr_assert(said("|afgedrukt|anna|"), "%s", (const char *)at.said.at);
}

Test(overleg, what_is_no_case_to_discuss_is_refused)
{
	call_meeting(NULL);
	MUST("overleg zaak", "zaak", "4", "bespreken", "2");
	cr_assert_eq(ASK("anna", "overleg zaak", "zaak", "4", "bespreken", "2"), 65, "twice");
	cr_assert_eq(ASK("anna", "overleg zaak", "zaak", "4", "bespreken", "4"), 65, "itself");
	cr_assert_eq(ASK("anna", "overleg zaak", "zaak", "4", "bespreken", "9"), 77, "not there");
	cr_assert_eq(ASK("anna", "overleg zaak", "zaak", "2", "bespreken", "3"), 65, "no meeting");
	cr_assert_eq(ASK("anna", "overleg lid", "zaak", "4", "naam", "niemand"), 65);
	cr_assert_eq(
		ASK("anna", "overleg new", "tafel", "x", "datum", "2026-05-12", "tijd", "1330"),
		65);
	cr_assert_eq(ASK("anna", "overleg new", "tafel", "x", "datum", "2026-05-12", "tijd",
			 "13:30", "mandaat", "voorzitter"),
		     64);
	cr_assert_eq(ASK("anna", "route start", "zaak", "4", "route", "escalatie", "rol", "swv"),
		     65);
	/* Nothing of what was refused stands. */
	MUST("overleg list", NULL);
	cr_assert(said("|4|actietafel thuiszitters|2026-05-12 13:30|1|komt"));
	cr_assert(!said("|5|"));
}

Test(overleg, the_inbox_can_be_asked_for_one_route)
{
	MUST("task add", "zaak", "2", "wat", "bellen", "tot", "2026-03-03");
	MUST("inbox", "route", "escalatie");
	cr_assert(said("Noor Zandloper"), "%s", (const char *)at.said.at);
	MUST("inbox", "route", "doa");
	cr_assert(!said("Noor Zandloper"));
}

/* ---- what the items hold ---- */

Test(overleg_forms, they_come_back_as_they_were_and_nothing_shorter_does)
{
	struct kb_lid_form lid = { .name = kb_span_text("V. Vogel"),
				   .function = kb_span_text("lid"),
				   .organisation = kb_span_text("Praktijk"),
				   .user_no = 7,
				   .given_by = kb_span_text("bestuur"),
				   .chair = true };
	struct kb_agenda_form point = { .case_no = 9, .point = kb_span_text("waarom") };
	struct kb_overleg_form overleg = { .table = kb_span_text("tafel"),
					   .mandate = KB_MANDATE_DOA };
	struct kb_lid_form lid_back;
	struct kb_agenda_form point_back;
	struct kb_overleg_form overleg_back;
	struct kb_buf bytes = { 0 };

	LB_OK(kb_lid_form_pack(&lid, &bytes));
	LB_OK(kb_lid_form_unpack(kb_buf_span(&bytes), &lid_back));
	cr_assert(kb_span_equal(lid_back.name, lid.name) && lid_back.chair &&
		  lid_back.user_no == 7 && kb_span_equal(lid_back.given_by, lid.given_by));
	for (size_t i = 0; i < bytes.len; i++) {
		cr_assert_eq(kb_lid_form_unpack(kb_span_part(kb_buf_span(&bytes), 0, i), &lid_back),
			     KB_ERR_CORRUPT);
	}
	kb_buf_clear(&bytes);
	LB_OK(kb_agenda_form_pack(&point, &bytes));
	LB_OK(kb_agenda_form_unpack(kb_buf_span(&bytes), &point_back));
	cr_assert_eq(point_back.case_no, 9);
	cr_assert_eq(point_back.outcome.len, 0);
	kb_buf_clear(&bytes);
	LB_OK(kb_overleg_form_pack(&overleg, &bytes));
	LB_OK(kb_overleg_form_unpack(kb_buf_span(&bytes), &overleg_back));
	cr_assert_eq(overleg_back.mandate, KB_MANDATE_DOA);
	bytes.at[bytes.len - 1] = 0xff;
	cr_assert_eq(kb_overleg_form_unpack(kb_buf_span(&bytes), &overleg_back), KB_ERR_CORRUPT);
	kb_buf_release(&bytes);
}
