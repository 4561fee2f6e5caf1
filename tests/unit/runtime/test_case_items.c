/* SPDX-License-Identifier: EUPL-1.2 */
/* What people keep in a case: notes, tasks, appointments, persons, who handles it; and the inbox by term. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/case_forms.h"
#include "agents/runtime/notes.h"
#include "common/exchange/date.h"
#include "common/exchange/effects.h"
#include "common/store/case_items.h"
#include "common/store/case_records.h"
#include "common/store/deadlines.h"
#include "common/store/parties.h"
#include "common/store/subjects.h"
#include "tests/support/loopback_broker.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define REFUSED(err) kb_err_exit_code(err)
#define SENTENCE "Dit mag u niet zien, of het bestaat niet."

static struct {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *gemeente; /* bert and carla at leerplicht, anna at jeugd */
	struct lb_party *swv;	   /* wim */
	struct kb_buf said;
} at;

static int
ask_as(struct lb_party *party, const char *user, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, user, verb, arguments, &at.said);
}

#define ASK(party, user, verb, ...)                                                                \
	ask_as((party), (user), (verb), (const char *const[]){ __VA_ARGS__, NULL })
/* Must be done. */
#define DO(party, user, verb, ...)                                                                 \
	cr_assert_eq(ASK(party, user, verb, __VA_ARGS__), 0, "%s: %s", verb, (char *)at.said.at)
/* bert of the gemeente. */
#define BERT(verb, ...) DO(at.gemeente, "bert", verb, __VA_ARGS__)

static bool
said(const char *text)
{
	return strstr((const char *)at.said.at, text) != NULL;
}

#define SAID(text) cr_assert(said(text), "%s not in: %s", text, (char *)at.said.at)
#define NOT_SAID(text) cr_assert_not(said(text), "%s in: %s", text, (char *)at.said.at)

/* The child that the list of the school knows. */
static enum kb_err
on_child(struct kb_act *act, struct kb_span number, struct kb_role_child *out)
{
	enum kb_err err = KB_ERR_NOT_FOUND;

	*out = (struct kb_role_child){ .name = kb_span_text("Noor Zandloper"),
				       .address = kb_span_text("Zandweg 1\n1234AB Zandstad"),
				       .birth_day = 16896, /* 2016-04-05 */
				       .contact = kb_span_text("Mevrouw Zandloper"),
				       .phone = kb_span_text("0612345678") };
	if (kb_span_equal(number, kb_span_text("L17"))) {
		err = kb_subject_take(act->step, kb_span_text("999000019"), &out->subject_no);
	}
	return err;
}

static void
add_user(struct lb_party *party, const char *name, const char *desk, const char *until)
{
	const char *arguments[] = {
		"naam", name, "functie", "medewerker", "loket", desk, until != NULL ? "tot" : NULL,
		until,	NULL
	};

	cr_assert_eq(ask_as(party, "", "user add", arguments), 0, "%s", (char *)at.said.at);
}

/* The day that many days from now. */
static const char *
day_from_now(int32_t days)
{
	static char texts[4][KB_DATE_TEXT];
	static unsigned next;
	char *text = texts[next++ % 4];

	kb_date_format(kb_date_local_day(at.world.fake.utc_ms) + days, text);
	return text;
}

static void
open_all(void)
{
	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.gemeente = lb_add(&at.world, KB_PARTY_GEMEENTE, "0344");
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.school->role.on_child = on_child;
	lb_publish_register(&at.world);
	lb_start(at.school);
	lb_start(at.gemeente);
	lb_start(at.swv);
	lb_settle(&at.world);
	add_user(at.school, "sara", "school", NULL);
	add_user(at.swv, "wim", "swv", NULL);
	add_user(at.gemeente, "bert", "leerplicht", NULL);
	add_user(at.gemeente, "carla", "leerplicht", NULL);
	add_user(at.gemeente, "anna", "jeugd", NULL);
	BERT("case open", "titel", "Noor Zandloper", NULL);
}

static void
close_all(void)
{
	lb_close(&at.world);
	kb_buf_release(&at.said);
}

TestSuite(case_items, .init = open_all, .fini = close_all);

/* ---- looking ---- */

static struct kb_case
case_of(struct lb_party *party, uint64_t case_no)
{
	struct kb_step *step = NULL;
	struct kb_case row = { 0 };

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	if (kb_case_get(step, case_no, &row) != KB_OK) {
		row = (struct kb_case){ 0 };
	}
	kb_step_abort(&step);
	return row;
}

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

/* ---- as bytes ---- */

typedef enum kb_err (*unpack_fn)(struct kb_span payload);

static enum kb_err
unpack_note(struct kb_span payload)
{
	struct kb_note_form form;

	return kb_note_form_unpack(payload, &form);
}

static enum kb_err
unpack_task(struct kb_span payload)
{
	struct kb_task_form form;

	return kb_task_form_unpack(payload, &form);
}

static enum kb_err
unpack_appointment(struct kb_span payload)
{
	struct kb_appointment_form form;

	return kb_appointment_form_unpack(payload, &form);
}

static enum kb_err
unpack_person(struct kb_span payload)
{
	struct kb_person_form form;

	return kb_person_form_unpack(payload, &form);
}

/* Whole it is taken; shorter, longer or of another version not. */
static void
expect_strict(struct kb_buf *bytes, unpack_fn unpack)
{
	struct kb_span whole = kb_buf_span(bytes);

	cr_assert_eq(unpack(whole), KB_OK);
	for (size_t len = 0; len < whole.len; len++) {
		cr_assert_eq(unpack(kb_span(whole.at, len)), KB_ERR_CORRUPT, "%zu bytes", len);
	}
	LB_OK(kb_buf_put_u8(bytes, 0));
	cr_assert_eq(unpack(kb_buf_span(bytes)), KB_ERR_CORRUPT, "a byte too many");
	bytes->len--;
	bytes->at[0] = 0;
	cr_assert_eq(unpack(kb_buf_span(bytes)), KB_ERR_CORRUPT, "version 0");
	bytes->at[0] = 2;
	cr_assert_eq(unpack(kb_buf_span(bytes)), KB_ERR_CORRUPT, "a version that is not known");
	bytes->at[0] = 1;
}

Test(case_forms, what_goes_in_comes_out_and_nothing_else_is_taken)
{
	struct kb_note_form note = { .text = kb_span_text("een\nnotitie") };
	struct kb_task_form task = { .what = kb_span_text("bellen"),
				     .who_no = 7,
				     .done_by_no = 9,
				     .result = kb_span_text("geen gehoor") };
	struct kb_note_form note_back;
	struct kb_task_form task_back;
	struct kb_buf bytes = { 0 };

	LB_OK(kb_note_form_pack(&note, &bytes));
	LB_OK(kb_note_form_unpack(kb_buf_span(&bytes), &note_back));
	cr_assert(kb_span_equal(note.text, note_back.text));
	expect_strict(&bytes, unpack_note);
	kb_buf_clear(&bytes);
	LB_OK(kb_task_form_pack(&task, &bytes));
	LB_OK(kb_task_form_unpack(kb_buf_span(&bytes), &task_back));
	cr_assert(kb_span_equal(task.what, task_back.what));
	cr_assert(kb_span_equal(task.result, task_back.result));
	cr_assert(task_back.who_no == 7 && task_back.done_by_no == 9);
	expect_strict(&bytes, unpack_task);
	kb_buf_release(&bytes);
}

Test(case_forms, an_appointment_keeps_who_was_invited_and_who_came)
{
	struct kb_appointment_form form = { .kind = kb_span_text("gesprek"),
					    .place = kb_span_text("school"),
					    .guests = { { .name = kb_span_text("vader"),
							  .answer = KB_INVITE_NEE,
							  .invited = true },
							{ .name = kb_span_text("oma"),
							  .present = true } },
					    .guest_count = 2,
					    .outcome = kb_span_text("weer naar school") };
	struct kb_appointment_form back;
	struct kb_buf bytes = { 0 };

	LB_OK(kb_appointment_form_pack(&form, &bytes));
	LB_OK(kb_appointment_form_unpack(kb_buf_span(&bytes), &back));
	cr_assert(back.guest_count == 2 && back.guests[0].answer == KB_INVITE_NEE &&
		  back.guests[0].invited && !back.guests[0].present && back.guests[1].present &&
		  !back.guests[1].invited);
	cr_assert(kb_span_equal(back.guests[1].name, form.guests[1].name));
	cr_assert(kb_span_equal(back.outcome, form.outcome));
	expect_strict(&bytes, unpack_appointment);
	form.guests[0].answer = (enum kb_invite)KB_INVITE_COUNT;
	kb_buf_clear(&bytes);
	LB_OK(kb_appointment_form_pack(&form, &bytes));
	cr_assert_eq(unpack_appointment(kb_buf_span(&bytes)), KB_ERR_CORRUPT, "no such answer");
	form.guest_count = KB_GUESTS_MAX + 1;
	cr_assert_eq(kb_appointment_form_pack(&form, &bytes), KB_ERR_OVERSIZE);
	kb_buf_release(&bytes);
}

Test(case_forms, a_person_has_a_role_of_the_table)
{
	struct kb_person_form form = { .role = KB_PERSON_OUDER,
				       .name = kb_span_text("Mevrouw Zandloper"),
				       .language = kb_span_text("Pools"),
				       .gezag = KB_GEZAG_NEE,
				       .birth_day = KB_DAY_NONE,
				       .from_day = -3,
				       .until_day = 20000 };
	struct kb_person_form back;
	struct kb_buf bytes = { 0 };

	LB_OK(kb_person_form_pack(&form, &bytes));
	LB_OK(kb_person_form_unpack(kb_buf_span(&bytes), &back));
	cr_assert(back.role == KB_PERSON_OUDER && back.gezag == KB_GEZAG_NEE &&
		  back.birth_day == KB_DAY_NONE && back.from_day == -3 && back.until_day == 20000);
	cr_assert(kb_span_equal(back.language, form.language));
	expect_strict(&bytes, unpack_person);
	for (unsigned role = 0; role < 8; role++) {
		form.role = (enum kb_person_role)role;
		kb_buf_clear(&bytes);
		LB_OK(kb_person_form_pack(&form, &bytes));
		cr_assert_eq(unpack_person(kb_buf_span(&bytes)),
			     role >= 1 && role < KB_PERSON_ROLE_COUNT ? KB_OK : KB_ERR_CORRUPT);
	}
	kb_buf_release(&bytes);
}

/* ---- notes ---- */

Test(case_items, a_note_is_for_the_own_desk)
{
	BERT("note add", "zaak", "1", "tekst", "moeder gebeld\n zij belt terug");
	SAID("Notitie 1 staat in zaak 1");
	BERT("note add", "zaak", "1", "tekst", "weegt mee in elk overleg", "voor", "allen");
	DO(at.gemeente, "carla", "note list", "zaak", "1");
	SAID("|bert|loket|moeder gebeld\n zij belt terug\n|");
	SAID("|bert|allen|weegt mee in elk overleg");
	/* Another desk: the same words as for a case that is not there. */
	cr_assert_eq(ASK(at.gemeente, "anna", "note list", "zaak", "1"),
		     REFUSED(KB_ERR_PERMISSION));
	SAID(SENTENCE);
	cr_assert_eq(ASK(at.gemeente, "anna", "note list", "zaak", "99"),
		     REFUSED(KB_ERR_PERMISSION));
	SAID(SENTENCE);
	cr_assert_eq(ASK(at.gemeente, "anna", "note add", "zaak", "1", "tekst", "ik kijk mee"),
		     REFUSED(KB_ERR_PERMISSION));
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_NOTE), 2);
}

Test(case_items, the_noodknop_shows_a_case_without_what_a_desk_keeps_to_itself)
{
	BERT("note add", "zaak", "1", "tekst", "alleen voor ons");
	BERT("note add", "zaak", "1", "tekst", "mag iedereen weten", "voor", "allen");
	BERT("task add", "zaak", "1", "wat", "dossier opvragen");
	BERT("case contact add", "zaak", "1", "rol", "ouder", "naam", "Mevrouw Zandloper",
	     "telefoon", "0612345678");
	DO(at.gemeente, "anna", "case show", "zaak", "1", "noodgeval", "ja", "reden",
	   "gevaar voor het kind");
	SAID("mag iedereen weten");
	SAID("0612345678");
	NOT_SAID("alleen voor ons");
	NOT_SAID("dossier opvragen");
	BERT("case show", "zaak", "1");
	SAID("alleen voor ons");
	SAID("dossier opvragen");
}

Test(case_items, every_look_at_what_a_case_holds_is_logged_and_no_more_than_looks)
{
	static const char *const lists[] = { "note list", "task list", "appointment list",
					     "case contacts" };
	unsigned before = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		before = records(at.gemeente, KB_RECORD_VIEW, 0);
		BERT(lists[i], "zaak", "1");
		cr_assert_eq(records(at.gemeente, KB_RECORD_VIEW, 0), before + 1, "%s", lists[i]);
	}
	before = records(at.gemeente, KB_RECORD_VIEW, 0);
	BERT("note add", "zaak", "1", "tekst", "een notitie");
	cr_assert_eq(records(at.gemeente, KB_RECORD_VIEW, 0), before);
	BERT("access who", "zaak", "1");
	SAID("appointment list");
}

Test(case_items, nobody_of_the_party_means_nobody)
{
	static const char *const verbs[] = { "note list", "task list", "appointment list",
					     "case contacts" };

	add_user(at.gemeente, "dora", "leerplicht", day_from_now(1));
	DO(at.gemeente, "dora", "note add", "zaak", "1", "tekst", "nog bij ons");
	lb_wait(&at.world, 3 * DAY_MS);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		cr_assert_eq(ASK(at.gemeente, "dora", verbs[i], "zaak", "1"),
			     REFUSED(KB_ERR_UNKNOWN_USER), "%s", verbs[i]);
		NOT_SAID("nog bij ons");
		cr_assert_eq(ASK(at.gemeente, "", verbs[i], "zaak", "1"),
			     REFUSED(KB_ERR_UNKNOWN_USER), "%s", verbs[i]);
	}
	cr_assert_eq(ASK(at.gemeente, "dora", "task add", "zaak", "1", "wat", "iets"),
		     REFUSED(KB_ERR_UNKNOWN_USER));
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_TASK), 0);
}

Test(case_items, a_note_is_shared_by_an_act_or_not_at_all)
{
	const char *gemeente = at.gemeente->identity.self.text;

	DO(at.school, "sara", "case open", "titel", "Noor Zandloper", NULL);
	DO(at.school, "sara", "note add", "zaak", "1", "tekst", "thuis gesproken met de ouders");
	for (unsigned i = 0; i < 2; i++) { /* the first time the party is only looked up */
		kb_ignore(ASK(at.school, "sara", "note share", "zaak", "1", "notitie", "1", "aan",
			      gemeente, "onderwerp", "verzuim", "doel", "doa"),
			  "refused below");
		lb_settle(&at.world);
	}
	SAID("Niet verstuurd");
	DO(at.school, "sara", "note list", "zaak", "1");
	SAID("|loket|thuis gesproken");
	cr_assert_eq(records(at.school, KB_RECORD_CASE_ACT, KB_NOTE_NOTE_SHARED), 0);
	DO(at.school, "sara", "note share", "zaak", "1", "notitie", "1", "aan", gemeente,
	   "onderwerp", "verzuim", "doel", "leerplicht");
	lb_settle(&at.world);
	DO(at.school, "sara", "note list", "zaak", "1");
	SAID("|allen|thuis gesproken");
	BERT("case show", "zaak", "2");
	SAID("|toelichting|thuis gesproken met de ouders");
	cr_assert_eq(ASK(at.school, "sara", "note share", "zaak", "1", "notitie", "2"),
		     REFUSED(KB_ERR_NOT_FOUND));
	cr_assert_eq(
		ASK(at.school, "sara", "note share", "zaak", "1", "notitie", "1", "aan", gemeente),
		REFUSED(KB_ERR_DATA), "about what");
}

Test(case_items, a_case_names_its_parties_and_who_has_the_regie)
{
	const char *gemeente = at.gemeente->identity.self.text;
	char line[128];

	DO(at.school, "sara", "case open", "titel", "Noor Zandloper", NULL);
	DO(at.school, "sara", "case show", "zaak", "1");
	(void)snprintf(line, sizeof(line), "|%s|school (po)|ja|regie|",
		       at.school->identity.self.text);
	SAID(line);
	(void)snprintf(line, sizeof(line), "|%s|gemeente||", gemeente);
	NOT_SAID(line);
	for (unsigned i = 0; i < 2; i++) {
		kb_ignore(ASK(at.school, "sara", "say", "zaak", "1", "onderwerp", "verzuim",
			      "tekst", "x", "doel", "leerplicht", "aan", gemeente),
			  "the first time the party is only looked up");
		lb_settle(&at.world);
	}
	DO(at.school, "sara", "case show", "zaak", "1");
	SAID(line);
	BERT("case show", "zaak", "2");
	(void)snprintf(line, sizeof(line), "|%s|school (po)||regie|",
		       at.school->identity.self.text);
	SAID(line);
}

/* ---- tasks ---- */

Test(case_items, a_task_with_a_last_day_is_in_the_inbox_by_that_day)
{
	BERT("case open", "titel", "tweede kind", NULL);
	BERT("case open", "titel", "derde kind", NULL);
	BERT("task add", "zaak", "1", "wat", "school bellen", "tot", day_from_now(30));
	BERT("task add", "zaak", "2", "wat", "brief maken", "tot", day_from_now(0));
	BERT("task add", "zaak", "3", "wat", "zonder haast");
	BERT("inbox", NULL);
	SAID("|vandaag|partners");
	SAID("|op tijd|partners");
	NOT_SAID("derde kind");
	cr_assert_lt(strstr((char *)at.said.at, "tweede kind"),
		     strstr((char *)at.said.at, "Noor Zandloper"), "what is due first on top");
	/* The day has passed: the clock runs out, for every role the same. */
	lb_wait(&at.world, 2 * DAY_MS);
	cr_assert_neq(case_of(at.gemeente, 2).inbox_flags & KB_INBOX_LATE, 0);
	cr_assert_eq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_LATE, 0);
	BERT("inbox", "stand", "te-laat");
	SAID("tweede kind");
	SAID("|te laat|partners");
	NOT_SAID("Noor");
	BERT("case show", "zaak", "2");
	SAID("|taak van het loket|afgesproken door het loket zelf|te laat");
	BERT("task done", "zaak", "2", "taak", "1", "tekst", "gemaakt en gegeven");
	cr_assert_eq(case_of(at.gemeente, 2).inbox_flags & KB_INBOX_LATE, 0, "no longer late");
	BERT("task list", "zaak", "2");
	SAID("|klaar|");
	SAID("|bert|gemaakt en gegeven");
	cr_assert_eq(ASK(at.gemeente, "bert", "task done", "zaak", "2", "taak", "1"),
		     REFUSED(KB_ERR_STATE));
	SAID("al klaar");
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_TASK_DONE), 1);
}

Test(case_items, one_late_task_of_two_done_leaves_the_case_late)
{
	BERT("task add", "zaak", "1", "wat", "een", "tot", day_from_now(0));
	BERT("task add", "zaak", "1", "wat", "twee", "tot", day_from_now(0));
	lb_wait(&at.world, 2 * DAY_MS);
	BERT("task done", "zaak", "1", "taak", "1");
	cr_assert_neq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_LATE, 0);
	BERT("task done", "zaak", "1", "taak", "2");
	cr_assert_eq(case_of(at.gemeente, 1).inbox_flags & KB_INBOX_LATE, 0);
}

Test(case_items, a_task_is_for_a_colleague_of_the_desk_and_not_before_today)
{
	BERT("task add", "zaak", "1", "wat", "bellen", "wie", "carla");
	BERT("task list", NULL);
	SAID("|bellen|carla|");
	cr_assert_eq(
		ASK(at.gemeente, "bert", "task add", "zaak", "1", "wat", "bellen", "wie", "anna"),
		REFUSED(KB_ERR_DATA), "another desk");
	cr_assert_eq(ASK(at.gemeente, "bert", "task add", "zaak", "1", "wat", "bellen", "wie",
			 "niemand hier"),
		     REFUSED(KB_ERR_DATA));
	cr_assert_eq(ASK(at.gemeente, "bert", "task add", "zaak", "1", "wat", "bellen", "tot",
			 day_from_now(-1)),
		     REFUSED(KB_ERR_DATA));
	cr_assert_eq(ASK(at.gemeente, "bert", "task add", "zaak", "1", "wat", "   "),
		     REFUSED(KB_ERR_DATA));
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_TASK), 1, "nothing else");
	cr_assert_eq(ASK(at.gemeente, "bert", "task done", "zaak", "1", "taak", "2"),
		     REFUSED(KB_ERR_NOT_FOUND));
	/* Open tasks of all cases: not those of another desk. */
	DO(at.gemeente, "anna", "task list", NULL);
	NOT_SAID("bellen");
}

/* ---- appointments ---- */

Test(case_items, an_appointment_is_invited_answered_held_and_then_stands)
{
	BERT("appointment add", "zaak", "1", "soort", "gesprek met ouders", "datum",
	     day_from_now(2), "tijd", "14:05", "plaats", "gemeentehuis", "genodigd",
	     "mevrouw Zandloper; de heer Zandloper");
	BERT("appointment answer", "zaak", "1", "afspraak", "1", "naam", "de heer Zandloper",
	     "antwoord", "nee");
	BERT("appointment list", "zaak", "1");
	SAID(" 14:05|gemeentehuis|");
	SAID("|mevrouw Zandloper; de heer Zandloper (nee)|");
	cr_assert_eq(ASK(at.gemeente, "bert", "appointment answer", "zaak", "1", "afspraak", "1",
			 "naam", "iemand anders", "antwoord", "ja"),
		     REFUSED(KB_ERR_DATA));
	cr_assert_eq(ASK(at.gemeente, "bert", "appointment answer", "zaak", "1", "afspraak", "1",
			 "naam", "de heer Zandloper", "antwoord", "wie weet"),
		     REFUSED(KB_ERR_USAGE));
	cr_assert_eq(ASK(at.gemeente, "bert", "appointment outcome", "zaak", "1", "afspraak", "1",
			 "uitkomst", "geweest"),
		     REFUSED(KB_ERR_STATE), "it has not been yet");
	lb_wait(&at.world, 3 * DAY_MS);
	BERT("appointment outcome", "zaak", "1", "afspraak", "1", "uitkomst", "maandag naar school",
	     "aanwezig", "mevrouw Zandloper; oma");
	BERT("case show", "zaak", "1");
	SAID("|mevrouw Zandloper; de heer Zandloper (nee)|mevrouw Zandloper; oma|maandag naar "
	     "school|");
	cr_assert_eq(ASK(at.gemeente, "bert", "appointment answer", "zaak", "1", "afspraak", "1",
			 "naam", "de heer Zandloper", "antwoord", "ja"),
		     REFUSED(KB_ERR_STATE));
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_APPOINTMENT_ANSWER), 1);
}

Test(case_items, an_hour_that_is_not_there_is_no_time)
{
	static const char *const bad[] = { "24:00", "12:60", "1:05", "12.05", "12:5", "" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_eq(ASK(at.gemeente, "bert", "appointment add", "zaak", "1", "soort",
				 "gesprek", "datum", "2027-03-28", "tijd", bad[i]),
			     REFUSED(KB_ERR_DATA), "%s", bad[i]);
		SAID("een tijd als 14:05");
	}
	cr_assert_eq(ASK(at.gemeente, "bert", "appointment add", "zaak", "1", "soort", "gesprek",
			 "datum", "2027-03-28", "tijd", "02:30"),
		     REFUSED(KB_ERR_DATA), "the clock goes from 2 to 3");
	SAID("zomertijd");
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_APPOINTMENT), 0);
}

/* ---- persons ---- */

Test(case_items, parents_have_gezag_an_own_address_and_language)
{
	BERT("case contact add", "zaak", "1", "rol", "ouder", "naam", "Mevrouw Zandloper", "gezag",
	     "ja", "adres", "Zandweg 1\n1234AB Zandstad", "taal", "Pools");
	BERT("case contact add", "zaak", "1", "rol", "ouder", "naam", "De heer Duin");
	BERT("case contact add", "zaak", "1", "rol", "gast", "naam", "J. Strand", "organisatie",
	     "praktijk Strand", "functie", "orthopedagoog", "email", "j@strand.example", "tot",
	     day_from_now(60));
	BERT("case contacts", "zaak", "1");
	SAID("|ouder|Mevrouw Zandloper|||||Zandweg 1\n1234AB Zandstad|Pools|ja|");
	SAID("|ouder|De heer Duin||||||||");
	SAID("|gast|J. Strand|praktijk Strand|orthopedagoog||j@strand.example|");
	BERT("case contact end", "zaak", "1", "persoon", "2", "datum", "2026-01-01");
	BERT("case contacts", "zaak", "1");
	SAID("|2026-01-01");
	cr_assert_eq(ASK(at.gemeente, "bert", "case contact end", "zaak", "1", "persoon", "9"),
		     REFUSED(KB_ERR_NOT_FOUND));
	cr_assert_eq(ASK(at.gemeente, "bert", "case contact end", "zaak", "1", "persoon", "2"),
		     REFUSED(KB_ERR_STATE));
}

Test(case_items, what_does_not_belong_to_a_person_is_refused)
{
	static const char *const wrong[][11] = {
		{ "zaak", "1", "rol", "buurman", "naam", "X", NULL },
		{ "zaak", "1", "rol", "gast", "naam", "X", NULL },
		{ "zaak", "1", "rol", "gast", "naam", "X", "organisatie", "Y", "gezag", "ja",
		  NULL },
		{ "zaak", "1", "rol", "ouder", "naam", "X", "geboortedatum", "1980-01-01", NULL },
		{ "zaak", "1", "rol", "ouder", "naam", " ", NULL },
		{ "zaak", "1", "rol", "ouder", "naam", "X", "vanaf", "2026-02-02", "tot",
		  "2026-02-01", NULL },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *arguments[12] = { NULL };

		memcpy(arguments, wrong[i], sizeof(wrong[i]));
		cr_assert_neq(ask_as(at.gemeente, "bert", "case contact add", arguments), 0,
			      "row %zu", i);
	}
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_PERSON), 0);
}

/* ---- who handles it ---- */

Test(case_items, a_case_has_a_behandelaar_and_somebody_for_when_that_one_is_away)
{
	BERT("task add", "zaak", "1", "wat", "bellen", "tot", day_from_now(1));
	BERT("assign", "zaak", "1", "behandelaar", "carla", "waarnemer", "bert");
	SAID("|carla|bert");
	cr_assert_eq(case_of(at.gemeente, 1).waarnemer_no, 1);
	DO(at.gemeente, "carla", "inbox", "van-mij", "ja");
	SAID("Noor Zandloper");
	BERT("assign", "zaak", "1", "waarnemer", "niemand");
	SAID("|carla|");
	NOT_SAID("|carla|bert");
	BERT("inbox", "van-mij", "ja");
	NOT_SAID("Noor Zandloper");
	cr_assert_eq(ASK(at.gemeente, "bert", "assign", "zaak", "1", "behandelaar", "anna"),
		     REFUSED(KB_ERR_DATA), "another desk");
	cr_assert_eq(ASK(at.gemeente, "bert", "assign", "zaak", "1", "waarnemer", "carla"),
		     REFUSED(KB_ERR_DATA), "the same one");
	cr_assert_eq(ASK(at.gemeente, "bert", "assign", "zaak", "1", NULL), REFUSED(KB_ERR_USAGE));
	cr_assert_eq(ASK(at.gemeente, "anna", "assign", "zaak", "1", "behandelaar", "anna"),
		     REFUSED(KB_ERR_PERMISSION));
	BERT("case show", "zaak", "1");
	SAID("|carla|");
	cr_assert_eq(records(at.gemeente, KB_RECORD_CASE_ACT, KB_NOTE_ASSIGNED), 2);
}

/* ---- inbox ---- */

Test(case_items, the_inbox_keeps_to_what_is_asked)
{
	BERT("task add", "zaak", "1", "wat", "bellen", "tot", day_from_now(3));
	BERT("case open", "titel", "tweede kind", NULL);
	BERT("task add", "zaak", "2", "wat", "bellen", "tot", day_from_now(40));
	BERT("inbox", "tot", day_from_now(3));
	SAID("Noor Zandloper");
	NOT_SAID("tweede kind");
	BERT("inbox", "tot", day_from_now(2));
	NOT_SAID("Noor Zandloper");
	BERT("inbox", "stand", "binnenkort");
	SAID("Noor Zandloper");
	NOT_SAID("tweede kind");
	BERT("inbox", "soort", "verzuim");
	NOT_SAID("kind");
	BERT("inbox", "soort", "partners");
	SAID("tweede kind");
	cr_assert_eq(ASK(at.gemeente, "bert", "inbox", "stand", "morgen"), REFUSED(KB_ERR_USAGE));
	cr_assert_eq(ASK(at.gemeente, "bert", "inbox", "soort", "doa"), REFUSED(KB_ERR_USAGE));
	DO(at.gemeente, "anna", "inbox", "soort", "partners");
	NOT_SAID("kind");
}

#define MANY 3000

static void
act_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	(void)arg;
	LB_OK(err);
}

/* Cases of the desk leerplicht that are due on days in no order. */
static enum kb_err
many_act(struct kb_act *act, void *arg)
{
	enum kb_err err = KB_OK;

	(void)arg;
	for (unsigned i = 0; err == KB_OK && i < MANY; i++) {
		struct kb_case row = { .kind = KB_CASE_KIND_PARTNERS,
				       .desk = (uint32_t)KB_DESK_LEERPLICHT,
				       .counterparty_no = KB_PARTY_NO_SELF };
		struct kb_deadline clock = { .kind = KB_CLOCK_TAAK,
					     .rule = KB_CLOCK_RULE_TAAK,
					     .started_utc_ms = act->now_utc_ms };

		err = kb_act_case_open(act, &row);
		clock.case_no = row.case_no;
		clock.due_utc_ms = act->now_utc_ms + (int64_t)((i * 7919u) % MANY + 1) * DAY_MS;
		if (err == KB_OK) {
			err = kb_act_clock_start(act, &clock);
		}
	}
	return err;
}

/* More than one answer on the socket holds; they come in order all the same, and each case once. */
Test(case_items, an_inbox_of_thousands_is_in_order)
{
	const char *line = NULL;
	char last[KB_DATE_TEXT] = "";
	char day[KB_DATE_TEXT] = "";
	unsigned count = 0;

	LB_OK(kb_agent_run(at.gemeente->agent, 0, many_act, act_done, NULL));
	lb_settle(&at.world);
	BERT("inbox", NULL);
	for (line = strchr((const char *)at.said.at, '|'); line != NULL;
	     line = strstr(line + 1, "\n|")) {
		unsigned cell = 0;
		const char *begin = line[0] == '\n' ? line + 1 : line;

		for (; cell < 7; cell++) {
			begin = strchr(begin, '|') + 1;
		}
		(void)snprintf(day, sizeof(day), "%s", begin);
		cr_assert_lt(strcmp(last, day), 0, "%s then %s", last, day);
		memcpy(last, day, sizeof(last));
		count++;
	}
	cr_assert_eq(count, MANY);
}

/* ---- a new case ---- */

Test(case_items, a_case_from_the_list_of_the_school_knows_the_child)
{
	DO(at.school, "sara", "case new", "leerling", "L17");
	DO(at.school, "sara", "case show", "zaak", "1");
	SAID("Noor Zandloper");
	SAID("|leerling|Noor Zandloper|||||Zandweg 1\n1234AB Zandstad|||2016-04-05|");
	SAID("|contactpersoon|Mevrouw Zandloper|||0612345678|");
	DO(at.school, "sara", "case new", "leerling", "L17");
	cr_assert_eq(case_of(at.school, 1).subject_no, case_of(at.school, 2).subject_no,
		     "one child");
	cr_assert_eq(ASK(at.school, "sara", "case new", "leerling", "L18"), REFUSED(KB_ERR_DATA));
	cr_assert_eq(ASK(at.gemeente, "bert", "case new", "leerling", "L17"), REFUSED(KB_ERR_USAGE),
		     "a gemeente has no such list");
	cr_assert_eq(case_of(at.school, 3).case_no, 0);
}

Test(case_items, a_case_from_an_earlier_one_takes_the_child_and_the_parents)
{
	unsigned views = 0;

	BERT("case contact add", "zaak", "1", "rol", "ouder", "naam", "Mevrouw Zandloper");
	BERT("case contact add", "zaak", "1", "rol", "gast", "naam", "J. Strand", "organisatie",
	     "praktijk Strand");
	BERT("case contact add", "zaak", "1", "rol", "ouder", "naam", "De heer Duin", "tot",
	     "2020-01-01");
	BERT("note add", "zaak", "1", "tekst", "hoort bij de oude zaak");
	views = records(at.gemeente, KB_RECORD_VIEW, 0);
	BERT("case new", "van", "1");
	cr_assert_eq(records(at.gemeente, KB_RECORD_VIEW, 0), views + 1,
		     "the old one was looked at");
	cr_assert_eq(case_of(at.gemeente, 1).subject_no, case_of(at.gemeente, 2).subject_no);
	BERT("case show", "zaak", "2");
	SAID("Noor Zandloper");
	SAID("Mevrouw Zandloper");
	NOT_SAID("J. Strand");
	NOT_SAID("De heer Duin");
	NOT_SAID("hoort bij de oude zaak");
	cr_assert_eq(ASK(at.gemeente, "anna", "case new", "van", "1"), REFUSED(KB_ERR_PERMISSION));
	SAID(SENTENCE);
	cr_assert_eq(ASK(at.gemeente, "bert", "case new", "van", "99"), REFUSED(KB_ERR_PERMISSION));
	SAID(SENTENCE);
	cr_assert_eq(ASK(at.gemeente, "bert", "case new", "van", "1", "titel", "x"),
		     REFUSED(KB_ERR_USAGE));
	cr_assert_eq(ASK(at.gemeente, "bert", "case new", NULL), REFUSED(KB_ERR_USAGE));
	cr_assert_eq(case_of(at.gemeente, 3).case_no, 0);
}

/* ---- ask, answer, say ---- */

Test(case_items, a_question_is_answered_to_who_asked_it)
{
	DO(at.school, "sara", "case open", "titel", "Noor Zandloper", NULL);
	cr_assert_eq(ASK(at.school, "sara", "ask", "zaak", "1", "onderwerp", "verlof", "tekst",
			 "mag dit", "doel", "leerplicht"),
		     REFUSED(KB_ERR_USAGE), "there is nobody yet");
	kb_ignore(ASK(at.school, "sara", "ask", "zaak", "1", "onderwerp", "verlof", "tekst",
		      "mag dit", "doel", "leerplicht", "aan", at.gemeente->identity.self.text),
		  "the first time the party is only looked up");
	lb_settle(&at.world);
	DO(at.school, "sara", "ask", "zaak", "1", "onderwerp", "verlof", "tekst",
	   "mag dit\nof niet", "doel", "leerplicht", "aan", at.gemeente->identity.self.text);
	lb_settle(&at.world);
	BERT("case show", "zaak", "2");
	SAID("|in|vraag|");
	SAID("|toelichting|mag dit\nof niet");
	cr_assert_eq(ASK(at.gemeente, "bert", "answer", "zaak", "1", "tekst", "ja"),
		     REFUSED(KB_ERR_DATA), "nobody asked in that case");
	kb_ignore(ASK(at.gemeente, "bert", "answer", "zaak", "2", "tekst", "ja, twee dagen"),
		  "the first time the party is only looked up");
	lb_settle(&at.world);
	if (records(at.gemeente, KB_RECORD_MESSAGE_OUT, 0) == 0) {
		BERT("answer", "zaak", "2", "tekst", "ja, twee dagen");
		lb_settle(&at.world);
	}
	DO(at.school, "sara", "case show", "zaak", "1");
	SAID("|in|antwoord|");
	SAID("|onderwerp|verlof");
	SAID("|toelichting|ja, twee dagen");
	cr_assert_eq(ASK(at.gemeente, "bert", "answer", "zaak", "2", "tekst", "nog een", "vraag",
			 "00112233445566778899aabbccddeeff"),
		     REFUSED(KB_ERR_DATA), "another question");
	cr_assert_eq(ASK(at.gemeente, "anna", "answer", "zaak", "2", "tekst", "ja"),
		     REFUSED(KB_ERR_PERMISSION), "another desk");
}

/* Purpose and ground of the newest message that came in to a case. */
static void
newest_in(struct lb_party *party, uint64_t case_no, struct kb_body *out)
{
	static struct kb_arena arena;
	struct kb_record_read record;
	struct kb_case_record line;
	struct kb_step *step = NULL;
	struct kb_span salt = KB_SPAN_NONE;
	struct kb_span bytes = KB_SPAN_NONE;
	uint64_t position = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	do {
		LB_OK(kb_case_record_back(step, case_no, &position, &line));
	} while (line.direction != KB_DIRECTION_IN);
	LB_OK(kb_record_get(step, line.ledger_seq, &record));
	LB_OK(kb_record_open_message(step, &record, &arena, &salt, &bytes));
	LB_OK(kb_body_decode(bytes, &arena, out));
	kb_step_abort(&step);
}

Test(case_items, an_answer_serves_what_the_question_was_for)
{
	const char *gemeente = at.gemeente->identity.self.text;
	struct kb_body body;

	DO(at.school, "sara", "case open", "titel", "Noor Zandloper", NULL);
	for (unsigned i = 0; i < 2; i++) { /* the first time the party is only looked up */
		kb_ignore(ASK(at.school, "sara", "ask", "zaak", "1", "onderwerp", "gevaar", "tekst",
			      "is er iemand thuis", "doel", "veiligheid", "grond", "vitaal-belang",
			      "loket", "leerplicht", "velden", "reden=het kind is niet veilig",
			      "aan", gemeente),
			  "seen below");
		lb_settle(&at.world);
	}
	newest_in(at.gemeente, 2, &body);
	cr_assert(body.purpose == KB_PURPOSE_VEILIGHEID && body.ground == KB_GROUND_VITAAL_BELANG);
	for (unsigned i = 0; i < 2; i++) {
		kb_ignore(ASK(at.gemeente, "bert", "answer", "zaak", "2", "tekst",
			      "ja, de buurvrouw", "velden", "reden=het kind is niet veilig"),
			  "seen below");
		lb_settle(&at.world);
	}
	newest_in(at.school, 1, &body);
	cr_assert(body.purpose == KB_PURPOSE_VEILIGHEID && body.ground == KB_GROUND_VITAAL_BELANG,
		  "%s", (char *)at.said.at);
	BERT("answer", "zaak", "2", "tekst", "en nu gewoon", "doel", "leerplicht", NULL);
	lb_settle(&at.world);
	newest_in(at.school, 1, &body);
	cr_assert_eq(body.purpose, KB_PURPOSE_LEERPLICHT);
}

/* Of the two tasks for which a school and an swv may talk, the one of the question and not the ordinary one. */
Test(case_items, an_answer_to_a_question_about_a_tlv_is_about_that)
{
	struct kb_body body;

	DO(at.school, "sara", "case open", "titel", "Noor Zandloper", NULL);
	for (unsigned i = 0; i < 2; i++) { /* the first time the party is only looked up */
		kb_ignore(ASK(at.school, "sara", "ask", "zaak", "1", "onderwerp", "dossier",
			      "tekst", "is het volledig", "doel", "toelaatbaarheid", "aan",
			      at.swv->identity.self.text),
			  "seen below");
		lb_settle(&at.world);
	}
	DO(at.swv, "wim", "case place", "zaak", "1", "stand", "ingeschreven", "partij",
	   at.school->identity.self.text);
	for (unsigned i = 0; i < 2; i++) {
		kb_ignore(ASK(at.swv, "wim", "answer", "zaak", "1", "tekst", "ja"), "seen below");
		lb_settle(&at.world);
	}
	newest_in(at.school, 1, &body);
	cr_assert_eq(body.purpose, KB_PURPOSE_TOELAATBAARHEID, "%s", (char *)at.said.at);
}

Test(case_items, say_follows_the_permission_table)
{
	DO(at.school, "sara", "case open", "titel", "Noor Zandloper", NULL);
	kb_ignore(ASK(at.school, "sara", "say", "zaak", "1", "onderwerp", "verlof", "tekst", "x",
		      "doel", "leerplicht", "aan", at.gemeente->identity.self.text),
		  "the first time the party is only looked up");
	lb_settle(&at.world);
	DO(at.school, "sara", "say", "zaak", "1", "onderwerp", "verlof", "tekst",
	   "ter kennisgeving", "doel", "leerplicht", "aan", at.gemeente->identity.self.text);
	lb_settle(&at.world);
	BERT("case show", "zaak", "2");
	SAID("|in|bericht|");
	SAID("ter kennisgeving");
	cr_assert_neq(ASK(at.school, "sara", "say", "zaak", "1", "onderwerp", "verlof", "tekst",
			  "x", "velden", "gezondheid=een diagnose", "doel", "leerplicht", "aan",
			  at.gemeente->identity.self.text),
		      0);
	SAID("Niet verstuurd");
	NOT_SAID("een diagnose");
}
