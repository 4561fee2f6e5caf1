/* SPDX-License-Identifier: EUPL-1.2 */
/* Who sees what at a gemeente with two desks, and at a school: refusals, the noodknop, deputies, and the log of it all. */
#include <criterion/criterion.h>

#include "agents/runtime/desk_internal.h"
#include "common/store/access.h"
#include "common/store/agent_store.h"
#include "common/store/record.h"
#include "common/store/sent.h"
#include "common/wire/absence.h"
#include "tests/unit/attendance/attendance_fixture.h"

static struct fixture f;

#define SENTENCE "Dit mag u niet zien, of het bestaat niet."
#define REASON "KANARIE: het kind is niet veilig"
#define NAME "VoornaamA"

static void
add_user(struct lb_party *party, const char *name, const char *rol, const char *loket,
	 const char *tot)
{
	struct kb_buf said = { 0 };
	int exit_code = lb_ask(party, "", "user add",
			       ARGS("naam", name, "functie", "functie van", "rol", rol, "loket",
				    loket, "tot", tot),
			       &said);

	cr_assert_eq(exit_code, 0, "%s", (const char *)said.at);
	kb_buf_release(&said);
}

/* One melding of A is in case 1 at both sides. Ans works at leerplicht, Bo at jeugd. */
static void
open_all(void)
{
	fixture_open(&f);
	fixture_pupil(&f, "A", "0114", false);
	fixture_week(&f, "A", "2026-02-23");
	cr_assert_eq(fixture_import(&f, NULL), 0);
	add_user(f.gemeente, "Bo", "medewerker", "jeugd", "2027-12-31");
	add_user(f.gemeente, "Cor", "fg", "leerplicht", "2027-12-31");
	add_user(f.gemeente, "Dik", "beheerder", "leerplicht", "2027-12-31");
	add_user(f.gemeente, "Eva", "medewerker", "leerplicht", "2026-03-02");
}

static void
close_all(void)
{
	fixture_close(&f);
}

TestSuite(access, .init = open_all, .fini = close_all);

/* The exit code; what was said stays in f.answer. */
static int
ask(const char *user, const char *verb, const char *const *arguments)
{
	int exit_code = 0;

	kb_buf_clear(&f.answer);
	exit_code = lb_ask(f.gemeente, user, verb, arguments, &f.answer);
	lb_settle(&f.world);
	return exit_code;
}

static const char *
said(void)
{
	return (const char *)f.answer.at;
}

static unsigned
records(struct lb_party *party, enum kb_record_type type)
{
	struct kb_step *step = NULL;
	struct kb_record_read record;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		count += record.clear.type == type ? 1 : 0;
	}
	kb_step_abort(&step);
	return count;
}

static unsigned
rows(const char *text)
{
	unsigned count = 0;

	for (const char *at = strstr(said(), text); at != NULL; at = strstr(at + 1, text)) {
		count++;
	}
	return count;
}

Test(access, the_own_desk_sees_the_case_and_another_desk_does_not)
{
	cr_assert_eq(ask("Ans", "inbox", NULL), 0);
	cr_assert_eq(rows(NAME), 1, "%s", said());
	cr_assert_eq(ask("Ans", "case show", ARGS("zaak", "1")), 0);
	cr_assert_geq(rows(NAME), 1);
	cr_assert_eq(ask("Ans", "verzuim export", NULL), 0);
	cr_assert_eq(rows("|aantal|1"), 1, "%s", said());
	cr_assert_eq(ask("Bo", "inbox", NULL), 0);
	cr_assert_eq(rows(NAME), 0, "%s", said());
	cr_assert_eq(ask("Bo", "verzuim export", NULL), 0);
	cr_assert_eq(rows("|aantal|0"), 1, "%s", said());
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 77);
	cr_assert_str_eq(said(), SENTENCE);
}

/* Byte for byte the same, for whoever may not see it; with the same exit code and a record of the same kind. */
Test(access, a_case_of_another_desk_and_a_case_that_is_not_there_are_one_answer)
{
	static const char *const verbs[] = { "case show", "access who", "access trace" };
	static const char *const users[] = { "Bo", "Cor", "Dik" };
	char known[256];

	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < 3; j++) {
			bool fg_log = strcmp(users[i], "Cor") == 0 && j == 1;
			unsigned before = records(f.gemeente, KB_RECORD_ACCESS_DENIED);
			int exit_code = ask(users[i], verbs[j], ARGS("zaak", "1"));

			(void)snprintf(known, sizeof(known), "%.200s", said());
			cr_assert_eq(exit_code, fg_log ? 0 : 77, "%s, %s", users[i], verbs[j]);
			cr_assert_eq(ask(users[i], verbs[j], ARGS("zaak", "99")), 77);
			cr_assert_str_eq(said(), SENTENCE);
			if (!fg_log) {
				cr_assert_str_eq(known, said(), "%s, %s", users[i], verbs[j]);
			}
			cr_assert_eq(records(f.gemeente, KB_RECORD_ACCESS_DENIED),
				     before + (fg_log ? 1 : 2));
		}
		cr_assert_eq(ask(users[i], "case act", ARGS("zaak", "1", "handeling", "gezien")),
			     77);
		(void)snprintf(known, sizeof(known), "%.200s", said());
		cr_assert_eq(ask(users[i], "case act", ARGS("zaak", "99", "handeling", "gezien")),
			     77);
		cr_assert_str_eq(known, said());
	}
	cr_assert_eq(ask("Ans", "case show", ARGS("zaak", "99")), 77, "her own desk too");
	cr_assert_str_eq(said(), SENTENCE);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "99", "noodgeval", "ja", "reden", REASON)),
		     77, "the noodknop neither");
	cr_assert_str_eq(said(), SENTENCE);
}

Test(access, beheerder_and_fg_have_no_screens_of_content)
{
	static const char *const users[] = { "Cor", "Dik" };

	for (size_t i = 0; i < 2; i++) {
		unsigned before = records(f.gemeente, KB_RECORD_ACCESS_DENIED);

		cr_assert_eq(ask(users[i], "inbox", NULL), 77);
		cr_assert_eq(rows(NAME), 0);
		cr_assert_eq(ask(users[i], "verzuim export", NULL), 77);
		cr_assert_eq(rows("999"), 0, "%s", said());
		cr_assert_eq(ask(users[i], "case show",
				 ARGS("zaak", "1", "noodgeval", "ja", "reden", REASON)),
			     77);
		cr_assert_eq(records(f.gemeente, KB_RECORD_ACCESS_DENIED), before + 3);
	}
	cr_assert_eq(lb_ask(f.school, "", "user add",
			    ARGS("naam", "Fg", "functie", "f", "rol", "fg"), NULL),
		     0);
	cr_assert_eq(lb_ask(f.school, "Fg", "verzuim list", NULL, NULL), 77);
	cr_assert_eq(lb_ask(f.school, "Fg", "verzuim import", ARGS("map", f.set), NULL), 77);
	cr_assert_eq(lb_ask(f.school, "Fg", "verzuim meld",
			    ARGS("leerling", "A", "soort", "overig", "begin", "2026-02-23"), NULL),
		     77);
	cr_assert_eq(records(f.school, KB_RECORD_ACCESS_DENIED), 3);
	cr_assert_eq(fixture_standing(&f, f.school), 1, "nothing was reported");
}

Test(access, who_has_seen_a_case_names_views_refusals_and_itself)
{
	cr_assert_eq(ask("Ans", "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 77);
	cr_assert_eq(ask("Cor", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(rows("|ingezien|Ans|proef||leerplicht|case show|wettelijke taak|nee||"), 1,
		     "%s", said());
	cr_assert_eq(rows("|toegang-geweigerd|Bo|functie van||jeugd|case show (regel loket)|"), 1,
		     "%s", said());
	cr_assert_eq(rows(NAME), 0, "no content");
	cr_assert_eq(ask("Ans", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(rows("|ingezien|Cor|functie van||leerplicht|access who|"), 1, "%s", said());
}

Test(access, R36_after_the_last_day_access_is_refused_and_logged)
{
	unsigned before = 0;

	cr_assert_eq(ask("Eva", "case show", ARGS("zaak", "1")), 0, "on the last day");
	lb_wait(&f.world, (int64_t)24 * 3600 * 1000);
	before = records(f.gemeente, KB_RECORD_ACCESS_DENIED);
	cr_assert_eq(ask("Eva", "case show", ARGS("zaak", "1")), 77);
	cr_assert_eq(rows(NAME), 0);
	cr_assert_eq(ask("Eva", "case show", ARGS("zaak", "1", "noodgeval", "ja", "reden", REASON)),
		     77);
	cr_assert_eq(records(f.gemeente, KB_RECORD_ACCESS_DENIED), before + 2);
	cr_assert_eq(ask("Ans", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(
		rows("|toegang-geweigerd|Eva|functie van||leerplicht|case show (regel actief)|"), 2,
		"%s", said());
}

/* ---- the noodknop ---- */

/* The line of the review, as text. */
static void
break_glass(char line[24])
{
	const char *at = NULL;

	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1", "noodgeval", "ja", "reden", REASON)),
		     0, "%s", said());
	cr_assert_geq(rows(NAME), 1);
	cr_assert_eq(ask("Cor", "access reviews", NULL), 0);
	at = strstr(said(), "\n|");
	cr_assert_not_null(at, "%s", said());
	(void)snprintf(line, 24, "%.*s", (int)strcspn(at + 2, "|"), at + 2);
}

Test(access, the_noodknop_asks_a_reason_of_ten_characters)
{
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1", "noodgeval", "ja")), 65);
	cr_assert_eq(ask("Bo", "case show",
			 ARGS("zaak", "1", "noodgeval", "ja", "reden", "  te kort  ")),
		     65);
	cr_assert_eq(rows(NAME), 0);
	/* Nine characters in eighteen bytes. */
	cr_assert_eq(
		ask("Bo", "case show", ARGS("zaak", "1", "noodgeval", "ja", "reden", "ééééééééé")),
		65);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1", "reden", REASON)), 77,
		     "a reason alone opens nothing");
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1", "noodgeval", "nee", "reden", REASON)),
		     77);
	cr_assert_eq(ask("Bo", "case act", ARGS("zaak", "1", "handeling", "gezien")), 77);
	cr_assert_eq(ask("Cor", "access reviews", NULL), 0);
	cr_assert_eq(rows("open"), 0, "%s", said());
}

Test(access, a_view_with_the_noodknop_is_logged_as_one_and_reviewed_by_the_fg_alone)
{
	char line[24];

	break_glass(line);
	cr_assert_eq(rows("|Bo|functie van|1|" REASON "|open|"), 1, "%s", said());
	cr_assert_eq(ask("Ans", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(rows("|ingezien|Bo|functie van||jeugd|case show|vitaal belang|ja|" REASON "|"),
		     1, "%s", said());
	cr_assert_eq(ask("Bo", "access reviews", NULL), 77);
	cr_assert_eq(ask("Bo", "access review",
			 ARGS("regel", line, "oordeel", "terecht", "toelichting", "goed")),
		     77);
	cr_assert_eq(ask("Cor", "access review",
			 ARGS("regel", line, "oordeel", "misschien", "toelichting", "goed")),
		     64);
	cr_assert_eq(ask("Cor", "access review",
			 ARGS("regel", "1", "oordeel", "terecht", "toelichting", "goed")),
		     65);
	/* It survives a restart. */
	lb_stop(f.gemeente);
	lb_start(f.gemeente);
	lb_settle(&f.world);
	cr_assert_eq(ask("Cor", "access review",
			 ARGS("regel", line, "oordeel", "onterecht", "toelichting", "geen gevaar")),
		     0, "%s", said());
	cr_assert_eq(ask("Cor", "access review",
			 ARGS("regel", line, "oordeel", "terecht", "toelichting", "toch wel")),
		     65);
	cr_assert_eq(ask("Cor", "access reviews", NULL), 0);
	cr_assert_eq(rows("|Bo|"), 0, "%s", said());
	cr_assert_eq(ask("Cor", "access reviews", ARGS("alles", "ja")), 0);
	cr_assert_eq(rows("|onterecht|"), 1, "%s", said());
	cr_assert_eq(rows("|Cor|geen gevaar"), 1, "%s", said());
}

Test(access, an_open_review_is_told_by_number_and_is_yellow_after_seven_days)
{
	char line[24];
	char number[64];

	break_glass(line);
	(void)snprintf(number, sizeof(number), "op regel %s van het logboek", line);
	cr_assert_eq(lb_ask(f.gemeente, "", "status", NULL, NULL), 0);
	cr_assert_eq(ask("", "status", NULL), 0);
	cr_assert_eq(rows("|groen|reviews-open|"), 1, "%s", said());
	cr_assert_geq(rows(number), 1, "%s", said());
	cr_assert_eq(rows("KANARIE") + rows("Bo"), 0, "%s", said());
	lb_wait(&f.world, (int64_t)7 * 24 * 3600 * 1000 + 1000);
	cr_assert_neq(ask("", "doctor", NULL), 0);
	cr_assert_eq(rows("|geel|reviews-open|"), 1, "%s", said());
	cr_assert_eq(rows("KANARIE") + rows("Bo"), 0, "%s", said());
	cr_assert_eq(ask("Cor", "access review",
			 ARGS("regel", line, "oordeel", "terecht", "toelichting", "gevaar")),
		     0);
	(void)ask("", "doctor", NULL);
	cr_assert_eq(rows("reviews-open"), 0, "%s", said());
}

/* ---- deputies ---- */

/* Users of the newest view of a list: who looked, and on whose behalf. */
static struct kb_access
newest_list(void)
{
	struct kb_access newest = { .user_no = 0 };
	struct kb_access access;
	struct kb_record_read record;
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(f.gemeente->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		if (record.clear.type == KB_RECORD_VIEW &&
		    kb_access_get(step, seq, &f.arena, &access) == KB_OK && access.case_no == 0) {
			newest = access;
		}
	}
	kb_step_abort(&step);
	return newest;
}

static int
deputy(const char *name, const char *for_whom, const char *from, const char *until)
{
	return ask("", "access deputy add",
		   ARGS("naam", name, "voor", for_whom, "vanaf", from, "tot", until, "door",
			"M. Manager, teamleider"));
}

Test(access, a_deputy_works_at_the_desk_of_the_absent_one_and_the_log_names_both)
{
	cr_assert_eq(deputy("Bo", "Ans", "2026-03-01", "2026-03-03"), 0, "%s", said());
	cr_assert_eq(ask("", "access deputy list", NULL), 0);
	cr_assert_eq(rows("|Bo|Ans|2026-03-01|2026-03-03|M. Manager, teamleider|"), 1, "%s",
		     said());
	cr_assert_eq(ask("Bo", "inbox", NULL), 0);
	cr_assert_eq(rows(NAME), 1, "%s", said());
	cr_assert_eq(newest_list().user_no, 2, "Bo");
	cr_assert_eq(newest_list().responsible_no, 1, "for Ans");
	cr_assert_eq(newest_list().count, 1);
	cr_assert_eq(ask("Ans", "inbox", NULL), 0);
	cr_assert_eq(newest_list().responsible_no, 1, "for herself");
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("Bo", "case act", ARGS("zaak", "1", "handeling", "in-behandeling")), 0,
		     "%s", said());
	cr_assert_eq(ask("Cor", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(rows("|ingezien|Bo|functie van|Ans|leerplicht|case show|"), 1, "%s", said());
	cr_assert_eq(rows("|ingezien|Bo|functie van|Ans|leerplicht|case act|"), 1, "%s", said());
	/* The school reads who acted. */
	cr_assert_eq(fixture_ask(&f, f.school, "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(rows("|Bo|functie van|"), 2, "in the steps and in the timeline: %s", said());
	lb_wait(&f.world, (int64_t)2 * 24 * 3600 * 1000);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 77, "after the last day");
}

Test(access, a_deputy_who_is_ended_or_has_no_role_of_a_desk_sees_nothing)
{
	cr_assert_eq(deputy("Bo", "Ans", "2026-03-03", "2026-03-04"), 0);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 77, "before the first day");
	cr_assert_eq(deputy("Bo", "Eva", "2026-03-01", "2026-04-01"), 0);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("", "access mandate end", ARGS("nummer", "2")), 65, "it is a deputy");
	cr_assert_eq(ask("", "access deputy end", ARGS("nummer", "2")), 0, "%s", said());
	cr_assert_eq(ask("", "access deputy end", ARGS("nummer", "2")), 65);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 77);
	cr_assert_eq(deputy("Cor", "Ans", "2026-03-01", "2026-04-01"), 0);
	cr_assert_eq(deputy("Dik", "Ans", "2026-03-01", "2026-04-01"), 0);
	cr_assert_eq(ask("Cor", "case show", ARGS("zaak", "1")), 77);
	cr_assert_eq(ask("Dik", "case show", ARGS("zaak", "1")), 77);
	cr_assert_eq(deputy("Bo", "Bo", "2026-03-01", "2026-04-01"), 65);
	cr_assert_eq(deputy("Bo", "Niemand", "2026-03-01", "2026-04-01"), 65);
	cr_assert_eq(deputy("Bo", "Ans", "2026-04-01", "2026-03-01"), 65);
}

/* Who left gives nobody a desk any more. */
Test(access, the_deputy_of_somebody_who_left_has_nothing)
{
	cr_assert_eq(deputy("Bo", "Ans", "2026-03-01", "2026-03-31"), 0);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("", "user end", ARGS("naam", "Ans")), 0);
	cr_assert_eq(ask("Bo", "case show", ARGS("zaak", "1")), 77);
}

/* Of the behandelaar, a colleague of the same desk too. */
Test(access, a_deputy_of_the_behandelaar_acts_on_that_ones_behalf)
{
	cr_assert_eq(ask("Ans", "case act", ARGS("zaak", "1", "handeling", "in-behandeling")), 0);
	cr_assert_eq(deputy("Eva", "Ans", "2026-03-01", "2026-03-31"), 0);
	cr_assert_eq(ask("Eva", "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("Cor", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(rows("|ingezien|Eva|functie van|Ans|leerplicht|case show|"), 1, "%s", said());
}

/* ---- the course of a case (R17) ---- */

Test(access, R17_the_trace_has_steps_dates_and_receivers_and_no_content)
{
	unsigned before = records(f.gemeente, KB_RECORD_PRINT);

	cr_assert_eq(ask("Ans", "case act",
			 ARGS("zaak", "1", "handeling", "vraag", "tekst", "KANARIE-VRAAG")),
		     0);
	cr_assert_eq(ask("Ans", "access trace", ARGS("zaak", "1", "voor", "buurman")), 64);
	cr_assert_eq(ask("Ans", "access trace", ARGS("zaak", "1", "voor", "ouder")), 0, "%s",
		     said());
	cr_assert_eq(rows("|verzuimmelding|"), 1, "%s", said());
	cr_assert_eq(rows("|vraag van leerplicht|"), 1, "%s", said());
	cr_assert_geq(rows(f.school->identity.self.text), 2, "%s", said());
	cr_assert_eq(rows("KANARIE") + rows(NAME) + rows("999") + rows("Ans"), 0, "%s", said());
	cr_assert_eq(records(f.gemeente, KB_RECORD_PRINT), before + 1);
	cr_assert_eq(ask("Cor", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(
		rows("|afgedrukt|Ans|proef||leerplicht|access trace|wettelijke taak|nee|ouder|"), 1,
		"%s", said());
}

/* ---- the kind of record that each screen leaves ---- */

Test(access, every_screen_of_content_leaves_its_record)
{
	unsigned views = records(f.gemeente, KB_RECORD_VIEW);

	cr_assert_eq(ask("Ans", "inbox", NULL), 0);
	cr_assert_eq(ask("Ans", "case show", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("Ans", "access who", ARGS("zaak", "1")), 0);
	cr_assert_eq(ask("Cor", "access reviews", NULL), 0);
	cr_assert_eq(records(f.gemeente, KB_RECORD_VIEW), views + 4);
	cr_assert_eq(ask("Ans", "verzuim export", NULL), 0);
	cr_assert_eq(records(f.gemeente, KB_RECORD_EXPORT), 1);
	views = records(f.school, KB_RECORD_VIEW);
	cr_assert_eq(fixture_ask(&f, f.school, "verzuim list", NULL), 0);
	cr_assert_eq(records(f.school, KB_RECORD_VIEW), views + 1);
}

Test(access, the_changes_that_an_import_shows_before_its_confirmation_are_a_view)
{
	char leerling[8];
	unsigned views = 0;

	for (unsigned i = 0; i < 6; i++) {
		(void)snprintf(leerling, sizeof(leerling), "L%u", i);
		fixture_pupil(&f, leerling, "0114", false);
		fixture_week(&f, leerling, "2026-02-23");
	}
	cr_assert_eq(fixture_import(&f, NULL), 0);
	fixture_no_days(&f);
	fixture_day(&f, "L0", "2026-02-26", 300, 0);
	views = records(f.school, KB_RECORD_VIEW);
	cr_assert_eq(fixture_import(&f, NULL), 75, "%s", said());
	cr_assert_eq(rows("|intrekken|L3|"), 1, "%s", said());
	cr_assert_eq(records(f.school, KB_RECORD_VIEW), views + 1);
}

/* ---- on the wire: what is not there and what is another party's are refused alike ---- */

/* A case at the other gemeente with an id that the test chooses, and a message of it to the school. */
struct stray {
	struct kb_id case_id;
	struct kb_id melding_id; /* absent: about the whole dossier */
	struct kb_sent_ref ref;
	bool ok;
};

static enum kb_err
stray_act(struct kb_act *act, void *arg)
{
	struct stray *stray = arg;
	struct kb_verzuim_stand stand = { .stand = KB_MELDING_STAND_AFGESLOTEN,
					  .melding_id = stray->melding_id };
	struct kb_case row = { .case_id = stray->case_id,
			       .kind = KB_CASE_KIND_VERZUIM,
			       .status = KB_CASE_OPEN,
			       .desk = KB_DESK_LEERPLICHT };
	struct kb_outgoing outgoing = { .recipient = f.school->identity.self,
					.kind = KB_KIND_VERZUIM_STAND };
	struct kb_buf content = { 0 };
	enum kb_err err = kb_party_take(act->step, &outgoing.recipient, &row.counterparty_no);

	if (err == KB_OK && kb_case_find(act->step, &row.case_id, &row.case_no) != KB_OK) {
		err = kb_case_create(act->step, &row);
	}
	if (err == KB_OK) {
		err = kb_verzuim_stand_encode(&stand, &content);
	}
	if (err == KB_OK) {
		outgoing.case_no = row.case_no;
		outgoing.content = kb_buf_span(&content);
		err = kb_act_send(act, &outgoing, &stray->ref);
	}
	kb_buf_release(&content);
	return err;
}

static void
stray_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct stray *stray = arg;

	(void)agent;
	stray->ok = err == KB_OK;
}

/* What the sender of it is told. */
static struct kb_sent_row
send_stray(struct kb_id case_id, struct kb_id melding_id)
{
	struct stray stray = { .case_id = case_id, .melding_id = melding_id };
	struct kb_step *step = NULL;
	struct kb_sent_row row;

	for (unsigned i = 0; i < 3 && !stray.ok; i++) {
		LB_OK(kb_agent_run(f.other->agent, 0, stray_act, stray_done, &stray));
		lb_settle(&f.world);
	}
	cr_assert(stray.ok);
	lb_wait(&f.world, 60000);
	LB_OK(kb_step_begin(kb_agent_store(f.other->agent), KB_STEP_READ, &step));
	LB_OK(kb_sent_get(step, &stray.ref.key, &row));
	kb_step_abort(&step);
	return row;
}

Test(access, a_party_without_the_case_cannot_tell_whether_it_is_there)
{
	struct kb_melding_row *meldingen = NULL;
	struct kb_id nowhere;
	struct kb_id none = { { 0 } };
	struct kb_id known = fixture_case(f.school, 1).case_id;
	struct kb_sent_row rows_got[4];

	memset(nowhere.bytes, 7, sizeof(nowhere.bytes));
	f.other->enrolled = true;
	lb_publish_register(&f.world);
	f.other->role = f.gemeente->role;
	lb_start(f.other);
	lb_wait(&f.world, 60000);
	cr_assert_eq(fixture_meldingen(&f, f.school, &meldingen), 1);
	rows_got[0] = send_stray(known, none);
	rows_got[1] = send_stray(nowhere, none);
	rows_got[2] = send_stray(known, meldingen[0].melding_id);
	rows_got[3] = send_stray(nowhere, meldingen[0].melding_id);
	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(rows_got[i].state, rows_got[1].state, "%zu: %s", i,
			     kb_sent_state_label(rows_got[i].state));
		cr_assert_eq(rows_got[i].reason, kb_err_reason(KB_ERR_NOT_FOUND), "%zu: %s", i,
			     kb_err_name(kb_err_from_reason(rows_got[i].reason)));
	}
	cr_assert_eq(fixture_case(f.school, 1).status, KB_CASE_OPEN, "nothing was changed");
}

/*
 * The pieces of one file. Two take in and show nothing; the third gives only what 'document get' opened for that same user, after its
 * record was committed (test_attachments: a_key_is_of_one_reader_and_one_file).
 */
static bool
is_piece_of_a_file(const char *verb)
{
	static const char *const pieces[] = { "document begin", "document part", "document read" };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		if (strcmp(pieces[i], verb) == 0) {
			return true;
		}
	}
	return false;
}

/* A verb that only reads can write no record of who saw what; so none that is asked by a person is one. */
Test(access, no_verb_of_a_person_is_without_a_record)
{
	size_t general_count = 0;
	const struct kb_desk_verb *general = kb_desk_general_verbs(&general_count);

	const struct {
		const struct kb_desk_verb *verbs;
		size_t count;
	} tables[] = { { general, general_count },
		       { f.school->role.verbs, f.school->role.verb_count },
		       { f.gemeente->role.verbs, f.gemeente->role.verb_count } };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (size_t j = 0; j < tables[i].count; j++) {
			const struct kb_desk_verb *verb = &tables[i].verbs[j];

			cr_assert(!verb->needs_user || verb->mode != KB_VERB_READ ||
					  is_piece_of_a_file(verb->name),
				  "%s", verb->name);
			cr_assert(verb->access == KB_ACCESS_NONE || verb->needs_user, "%s",
				  verb->name);
		}
	}
}
