/* SPDX-License-Identifier: EUPL-1.2 */
/* Toestemming between parties: what goes under it, and what a withdrawal does to a message at every point of its life. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/consent.h"
#include "common/exchange/field_table.h"
#include "common/store/parties.h"
#include "common/store/seen.h"
#include "common/wire/content.h"
#include "tests/support/loopback_broker.h"

/* A kind between school and gemeente that rests on toestemming. */
#define UNDER_KIND KB_KIND_BERICHT
#define UNDER_PURPOSE KB_PURPOSE_DOA
#define UNDER_DESK KB_DESK_JEUGD
#define UNDER_DOEL "doa"
#define UNDER_GEGEVENS "proces,gezin"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define EPOCH 1

static struct {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *gemeente;
	struct lb_party *jeugdhulp;
	uint64_t school_case;
	char evidence[160];
	struct kb_buf said; /* by the last verb */
} at;

/* By the last digit of the party. */
static unsigned handled[LB_PARTIES_MAX];
static unsigned refused_fates[LB_PARTIES_MAX];
static enum kb_desk last_desk; /* of the last message that was handled */

static unsigned
place_of(const struct kb_agent *agent)
{
	return (unsigned)(kb_agent_self(agent)->text[KB_OIN_CHARS - 1] - '0');
}

static enum kb_err
on_message(struct kb_act *act, const struct kb_received *received)
{
	enum kb_err err = kb_act_accept(act, received, KB_CASE_KIND_VERZUIM, NULL, NULL);

	handled[place_of(act->agent)] += err == KB_OK ? 1 : 0;
	last_desk = received->desk;
	return err;
}

static enum kb_err
on_fate(struct kb_act *act, const struct kb_sent_fate *fate)
{
	refused_fates[place_of(act->agent)] += fate->fate == KB_FATE_REFUSED ? 1 : 0;
	return KB_OK;
}

static const struct kb_role_handler handlers[] = {
	{ .kind = UNDER_KIND, .on_message = on_message },
};

static struct lb_party *
add(enum kb_party_kind kind, const char *gemeente)
{
	struct lb_party *party = lb_add(&at.world, kind, gemeente);

	party->role.handlers = handlers;
	party->role.handler_count = sizeof(handlers) / sizeof(handlers[0]);
	party->role.on_fate = on_fate;
	return party;
}

/* Its content: a subject, and nothing about the child. */
static struct kb_span
under_content(struct kb_arena *arena)
{
	struct kb_field field = { .number = KB_VELD_ONDERWERP, .value = kb_span_text("inhoud") };
	struct kb_inhoud inhoud = { .fields = &field, .field_count = 1 };
	struct kb_buf content = { 0 };
	struct kb_span kept;

	LB_OK(kb_inhoud_encode(UNDER_KIND, &inhoud, &content, NULL));
	kept = kb_arena_copy(arena, kb_buf_span(&content));
	kb_buf_release(&content);
	return kept;
}

/* ---- acts of a test ---- */

/* The first user of every party: anna. */
#define ANNA 1u

struct work {
	enum kb_err err;
	bool done;
	struct lb_party *to;
	uint64_t case_no;
	struct kb_id consent_id;
	unsigned count;
	uint32_t categories;
	enum kb_desk desk;
	enum kb_ground ground;
	enum kb_purpose purpose;
	struct kb_sent_row sent;
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
run(struct lb_party *party, kb_act_fn fn, struct work *work)
{
	LB_OK(kb_agent_run(party->agent, ANNA, fn, work_done, work));
	for (unsigned i = 0; i < 100 && !work->done; i++) {
		(void)kb_agent_round(party->agent);
	}
	cr_assert(work->done);
	return work->err;
}

static enum kb_err
open_case_act(struct kb_act *act, void *arg)
{
	struct work *work = arg;
	struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM, .desk = KB_DESK_SCHOOL };
	enum kb_err err = kb_party_take(act->step, &work->to->identity.self, &row.counterparty_no);

	err = err == KB_OK ? kb_act_case_open(act, &row) : err;
	work->case_no = row.case_no;
	return err;
}

static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	struct work *work = arg;
	struct kb_outgoing outgoing = {
		.recipient = work->to->identity.self,
		.kind = UNDER_KIND,
		.ground = work->ground != KB_GROUND_UNSPECIFIED ? work->ground
								: KB_GROUND_TOESTEMMING,
		.purpose = work->purpose != KB_PURPOSE_UNSPECIFIED ? work->purpose : UNDER_PURPOSE,
		.desk = work->desk,
		.case_no = work->case_no,
		.content = under_content(act->arena),
		.consent_ref = KB_SPAN_OF(work->consent_id.bytes)
	};
	enum kb_err err = KB_OK;

	for (unsigned i = 0; err == KB_OK && i < work->count; i++) {
		err = kb_act_send(act, &outgoing, NULL);
	}
	return err;
}

/* One message of the school to the gemeente under it. */
static enum kb_err
send_under(struct kb_id consent_id)
{
	struct work work = {
		.to = at.gemeente, .case_no = at.school_case, .consent_id = consent_id, .count = 1
	};

	return run(at.school, send_act, &work);
}

static int
ask(struct lb_party *party, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, "anna", verb, arguments, &at.said);
}

static bool
said(const char *text)
{
	return strstr((const char *)at.said.at, text) != NULL;
}

static void
open_all(void)
{
	static const char *const user[] = { "naam", "anna", "functie", "intern begeleider", NULL };
	static const char *const jeugd[] = { "naam",  "anna",  "functie", "consulent",
					     "loket", "jeugd", NULL };
	struct work work = { 0 };

	memset(handled, 0, sizeof(handled));
	memset(refused_fates, 0, sizeof(refused_fates));
	lb_open(&at.world);
	at.school = add(KB_PARTY_SCHOOL, NULL);
	at.gemeente = add(KB_PARTY_GEMEENTE, "0344");
	at.jeugdhulp = add(KB_PARTY_JEUGDHULP, NULL);
	lb_publish_register(&at.world);
	struct lb_party *const all[] = { at.school, at.gemeente, at.jeugdhulp };

	for (size_t i = 0; i < 3; i++) {
		lb_start(all[i]);
		all[i]->connected = true;
	}
	lb_settle(&at.world);
	for (size_t i = 0; i < 3; i++) {
		lb_introduce(all[i]);
		cr_assert_eq(lb_ask(all[i], "", "user add", i == 1 ? jeugd : user, NULL), 0);
	}
	work.to = at.gemeente;
	LB_OK(run(at.school, open_case_act, &work));
	at.school_case = work.case_no;
	(void)snprintf(at.evidence, sizeof(at.evidence), "%s/bewijs", at.world.folder);
	int file = open(at.evidence, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	cr_assert_geq(file, 0);
	cr_assert_eq(write(file, "getekend", 8), 8);
	cr_assert_eq(close(file), 0);
}

static void
close_all(void)
{
	(void)unlink(at.evidence);
	lb_close(&at.world);
	kb_buf_release(&at.said);
}

TestSuite(consent, .init = open_all, .fini = close_all);

/* ---- looking ---- */

static struct kb_consent
consent_of(struct lb_party *party, uint64_t consent_no)
{
	struct kb_consent row = { 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	if (kb_consent_next_clear(step, consent_no - 1, &row) != KB_OK) {
		row = (struct kb_consent){ 0 };
	}
	kb_step_abort(&step);
	return row;
}

static uint32_t
number_of(struct lb_party *party, struct lb_party *other)
{
	struct kb_step *step = NULL;
	uint32_t party_no = UINT32_MAX;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_party_find(step, &other->identity.self, &party_no));
	kb_step_abort(&step);
	return party_no;
}

/* Of message number of the school to the gemeente. */
static struct kb_sent_row
sent(uint64_t number)
{
	struct kb_number_key key = { .party_no = number_of(at.school, at.gemeente),
				     .epoch_no = EPOCH,
				     .number = number };
	struct kb_sent_row row = { 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_READ, &step));
	LB_OK(kb_sent_get(step, &key, &row));
	kb_step_abort(&step);
	return row;
}

/* What the gemeente has under that number of the school. */
static struct kb_seen_row
seen(uint64_t number)
{
	struct kb_number_key key = { .party_no = number_of(at.gemeente, at.school),
				     .number = number };
	struct kb_seen_row row = { 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(at.gemeente->agent), KB_STEP_READ, &step));
	LB_OK(kb_epoch_find(step, key.party_no, &at.school->agent->own_epoch.epoch, &key.epoch_no));
	if (kb_seen_get(step, &key, &row) != KB_OK) {
		row = (struct kb_seen_row){ 0 };
	}
	kb_step_abort(&step);
	return row;
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

/* Messages of a kind that party sent or got, by the timeline of its first case. */
static unsigned
messages(struct lb_party *party, enum kb_direction direction, enum kb_kind kind)
{
	struct kb_step *step = NULL;
	struct kb_arena arena = { 0 };
	struct kb_case_record *lines = NULL;
	size_t count = 0;
	unsigned found = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_case_records(step, 1, 0, &arena, &lines, &count));
	for (size_t i = 0; i < count; i++) {
		found += lines[i].direction == direction && lines[i].kind == (uint32_t)kind ? 1 : 0;
	}
	kb_step_abort(&step);
	kb_arena_release(&arena);
	return found;
}

static unsigned
waiting(struct lb_party *party)
{
	struct kb_outbox_filter filter = { .which = KB_OUTBOX_ALL };
	struct kb_number_key cursor = { 0 };
	struct kb_outbox_row row;
	struct kb_step *step = NULL;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (kb_outbox_next(step, &filter, &cursor, &row) == KB_OK) {
		count++;
	}
	kb_step_abort(&step);
	return count;
}

/* The reason of the newest refusal at the gemeente; nothing of a body may stand with it. */
static enum kb_err
last_refusal(void)
{
	struct kb_step *step = NULL;
	struct kb_record_read record;
	enum kb_err found = KB_OK;

	LB_OK(kb_step_begin(kb_agent_store(at.gemeente->agent), KB_STEP_READ, &step));
	for (uint64_t seq = 1; kb_record_get(step, seq, &record) == KB_OK; seq++) {
		if (record.clear.type == KB_RECORD_REFUSED_IN) {
			found = kb_err_from_reason(record.clear.code);
			cr_assert_eq(record.sealed_hidden.len, 0, "header and reason only");
		}
	}
	kb_step_abort(&step);
	return found;
}

/* ---- verbs ---- */

/* Under 12, one parent with authority who agreed; school and gemeente. The reference of the new toestemming. */
static struct kb_id
give_to(const char *parties, const char *until)
{
	const char *arguments[] = { "zaak",
				    "1",
				    "doel",
				    UNDER_DOEL,
				    "partijen",
				    parties,
				    "gegevens",
				    UNDER_GEGEVENS,
				    "leeftijd",
				    "onder-12",
				    "gezag",
				    "1",
				    "ouders",
				    "1",
				    "bewijs",
				    at.evidence,
				    until != NULL ? "tot" : NULL,
				    until,
				    NULL };

	cr_assert_eq(ask(at.school, "consent give", arguments), 0, "%s", (char *)at.said.at);
	cr_assert_not(said("telt nog niet"));
	return consent_of(at.school, 1).consent_id;
}

static struct kb_id
give(void)
{
	return give_to(at.gemeente->identity.self.text, NULL);
}

static void
withdraw(struct lb_party *party)
{
	static const char *const arguments[] = { "toestemming", "1", "naam", "een ouder", NULL };

	cr_assert_eq(ask(party, "consent withdraw", arguments), 0, "%s", (char *)at.said.at);
	cr_assert(said("is ingetrokken"));
}

/* Cases in the inbox of party with something that nobody looked at. */
static unsigned
fresh_cases(struct lb_party *party)
{
	struct kb_case row = { 0 };
	struct kb_step *step = NULL;
	unsigned count = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (kb_case_next(step, row.case_no, &row) == KB_OK) {
		count += (row.inbox_flags & KB_INBOX_NEW) != 0 ? 1 : 0;
	}
	kb_step_abort(&step);
	return count;
}

/* Everything at rest after a withdrawal: nothing waits, both know, and the gemeente confirmed. */
static void
expect_settled(void)
{
	for (unsigned i = 0; i < 8 && waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 30000);
	}
	cr_assert_eq(waiting(at.school), 0);
	cr_assert_eq(consent_of(at.school, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(records(at.school, KB_RECORD_CONSENT_WITHDRAWN), 1);
	cr_assert_eq(send_under(consent_of(at.school, 1).consent_id), KB_ERR_CONSENT_WITHDRAWN,
		     "later messages stop");
}

static void
expect_confirmed(void)
{
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(messages(at.gemeente, KB_DIRECTION_IN, KB_KIND_TOESTEMMING_INGETROKKEN), 1);
	cr_assert_eq(messages(at.school, KB_DIRECTION_IN, KB_KIND_TOESTEMMING_BEVESTIGING), 1);
	cr_assert_eq(fresh_cases(at.gemeente), 1, "a person there sees that something changed");
}

/* ---- giving ---- */

Test(consent, a_message_goes_under_it_and_the_statement_travels_along_once)
{
	struct kb_id id = give();
	struct kb_consent row;

	cr_assert_eq(records(at.school, KB_RECORD_CONSENT_GIVEN), 1);
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	row = consent_of(at.gemeente, 1);
	cr_assert(kb_id_equal(&row.consent_id, &id), "the recipient now has it too");
	cr_assert_eq(row.versie, 1);
	cr_assert_eq(row.recorded_by_no, 0);
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 2);
	cr_assert_eq(records(at.gemeente, KB_RECORD_CONSENT_GIVEN), 1,
		     "nothing new the second time");
	cr_assert_eq(sent(2).state, KB_SENT_OPGESLAGEN);
	cr_assert(sent(2).consent);
	/* And back: the gemeente carries it by itself. */
	struct work back = { .to = at.school, .case_no = 1, .consent_id = id, .count = 1 };

	LB_OK(run(at.gemeente, send_act, &back));
	lb_settle(&at.world);
	cr_assert_eq(handled[1], 1);
}

static enum kb_err
anew_act(struct kb_act *act, void *arg)
{
	const struct work *work = arg;

	return kb_act_send_anew(act, &work->sent, &work->to->identity.self);
}

Test(consent, what_goes_again_under_a_new_number_goes_to_the_desk_that_it_was_for)
{
	struct work work = { .to = at.gemeente,
			     .case_no = at.school_case,
			     .consent_id = give(),
			     .count = 1,
			     .desk = KB_DESK_LEERPLICHT };

	LB_OK(run(at.school, send_act, &work));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(last_desk, KB_DESK_LEERPLICHT);
	last_desk = KB_DESK_UNSPECIFIED;
	work.sent = sent(1);
	work.done = false;
	LB_OK(run(at.school, anew_act, &work));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 2);
	cr_assert_eq(last_desk, KB_DESK_LEERPLICHT, "and not to the first desk of the table");
}

Test(consent, a_statement_does_not_go_along_to_a_party_that_it_does_not_name)
{
	struct work work = { .to = at.gemeente,
			     .case_no = at.school_case,
			     .consent_id = give_to(at.jeugdhulp->identity.self.text, NULL),
			     .count = 1,
			     .ground = KB_GROUND_WETTELIJKE_TAAK,
			     .purpose = KB_PURPOSE_LEERPLICHT };

	cr_assert_eq(run(at.school, send_act, &work), KB_ERR_NO_CONSENT,
		     "also where the law is the ground");
	work.consent_id = (struct kb_id){ { 0 } };
	work.done = false;
	LB_OK(run(at.school, send_act, &work));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1, "without it the message goes");
}

Test(consent, what_is_for_another_desk_does_not_come_in_the_case_of_a_desk)
{
	struct work work = { .to = at.gemeente,
			     .case_no = at.school_case,
			     .count = 1,
			     .ground = KB_GROUND_WETTELIJKE_TAAK,
			     .purpose = KB_PURPOSE_LEERPLICHT };

	LB_OK(send_under(give()));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(last_desk, KB_DESK_JEUGD);
	LB_OK(run(at.school, send_act, &work));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1, "jeugd does not read what is for leerplicht");
	cr_assert_eq(last_refusal(), KB_ERR_NOT_ALLOWED);
	cr_assert_eq(refused_fates[1], 1, "and the school is told");
}

static uint32_t
desk_of_first_case(struct lb_party *party)
{
	struct kb_case row = { 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_case_get(step, 1, &row));
	kb_step_abort(&step);
	return row.desk;
}

Test(consent, a_case_that_began_with_a_toestemming_is_of_the_desk_of_its_first_message)
{
	const char *extend[] = { "toestemming", "1",	"gegevens", "gezin", "bewijs",
				 at.evidence,	"deel", "ja",	    NULL };
	struct work work = { .to = at.gemeente,
			     .case_no = at.school_case,
			     .consent_id = give(),
			     .count = 1,
			     .desk = KB_DESK_LEERPLICHT };

	cr_assert_eq(ask(at.school, "consent extend", extend), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(desk_of_first_case(at.gemeente), (uint32_t)KB_DESK_JEUGD,
		     "as its purpose says");
	LB_OK(run(at.school, send_act, &work));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(desk_of_first_case(at.gemeente), (uint32_t)KB_DESK_LEERPLICHT);
	/* From then on it stays there. */
	LB_OK(send_under(work.consent_id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(desk_of_first_case(at.gemeente), (uint32_t)KB_DESK_LEERPLICHT);
}

Test(consent, of_another_desk_nobody_learns_that_there_is_one_and_the_attempt_is_logged)
{
	static const char *const colleague[] = { "naam",  "bob",	"functie", "ambtenaar",
						 "loket", "leerplicht", NULL };
	static const char *const known[] = { "toestemming", "1", NULL };
	static const char *const unknown[] = { "toestemming", "99", NULL };
	struct kb_buf unknown_said = { 0 };

	LB_OK(send_under(give()));
	lb_settle(&at.world);
	cr_assert_eq(lb_ask(at.gemeente, "", "user add", colleague, NULL), 0);
	cr_assert_eq(lb_ask(at.gemeente, "bob", "consent withdraw", unknown, &unknown_said), 77);
	cr_assert_eq(records(at.gemeente, KB_RECORD_ACCESS_DENIED), 1);
	kb_buf_clear(&at.said);
	cr_assert_eq(lb_ask(at.gemeente, "bob", "consent withdraw", known, &at.said), 77);
	cr_assert(kb_span_equal(kb_buf_span(&at.said), kb_buf_span(&unknown_said)),
		  "the same answer");
	cr_assert_eq(records(at.gemeente, KB_RECORD_ACCESS_DENIED), 2);
	cr_assert_eq(records(at.gemeente, KB_RECORD_CONSENT_WITHDRAWN), 0);
	kb_buf_release(&unknown_said);
}

Test(consent, without_a_toestemming_nothing_goes)
{
	struct kb_random random = kb_random_system();

	cr_assert_eq(send_under(kb_id_random(&random)), KB_ERR_NO_CONSENT);
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 0);
}

Test(consent, at_12_to_15_the_parents_alone_do_not_count_until_the_young_person_signs)
{
	const char *arguments[] = { "zaak",	"1",
				    "doel",	UNDER_DOEL,
				    "partijen", at.gemeente->identity.self.text,
				    "gegevens", UNDER_GEGEVENS,
				    "leeftijd", "12-15",
				    "gezag",	"2",
				    "ouders",	"2",
				    "bewijs",	at.evidence,
				    NULL };
	const char *more[] = { "toestemming", "1", "bewijs", at.evidence, "jongere", "ja", NULL };

	cr_assert_eq(ask(at.school, "consent give", arguments), 0);
	cr_assert(said("jongere"), "%s", (char *)at.said.at);
	cr_assert(said("telt nog niet"));
	struct kb_id id = consent_of(at.school, 1).consent_id;

	cr_assert_eq(send_under(id), KB_ERR_NO_CONSENT);
	cr_assert_eq(ask(at.school, "consent extend", more), 0, "%s", (char *)at.said.at);
	cr_assert_not(said("telt nog niet"));
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(consent_of(at.gemeente, 1).versie, 2);
}

Test(consent, what_is_wrong_with_a_toestemming_is_said_and_nothing_is_kept)
{
	static const struct {
		const char *name;
		const char *value;
	} faults[] = {
		{ "doel", "gezelligheid" }, { "partijen", "de buren" },
		{ "gegevens", "alles" },    { "leeftijd", "13" },
		{ "gezag", "3" },	    { "ouders", "2" },
		{ "tot", "2001-01-01" },    { "bewijs", "/bestaat/niet" },
		{ "zaak", "77" },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const char *arguments[] = { "zaak",	"1",
					    "doel",	UNDER_DOEL,
					    "partijen", at.gemeente->identity.self.text,
					    "gegevens", UNDER_GEGEVENS,
					    "leeftijd", "onder-12",
					    "gezag",	"1",
					    "ouders",	"1",
					    "bewijs",	at.evidence,
					    NULL,	NULL,
					    NULL };

		for (size_t j = 0; j < 18; j += 2) {
			if (arguments[j] == NULL || strcmp(arguments[j], faults[i].name) == 0) {
				arguments[j] = faults[i].name;
				arguments[j + 1] = faults[i].value;
				break;
			}
		}
		cr_expect_neq(ask(at.school, "consent give", arguments), 0, "%s", faults[i].value);
		cr_expect_eq(consent_of(at.school, 1).consent_no, 0, "%s", faults[i].value);
	}
}

/* ---- withdrawing, at every point of the life of a message ---- */

Test(consent, withdrawn_before_it_was_sealed)
{
	struct kb_id id = give();

	at.school->connected = false;
	lb_settle(&at.world);
	LB_OK(send_under(id));
	cr_assert_eq(sent(1).attempt, 0);
	withdraw(at.school);
	cr_assert_eq(sent(1).state, KB_SENT_VERVALLEN);
	cr_assert_eq(sent(1).reason, kb_err_reason(KB_ERR_CONSENT_WITHDRAWN));
	cr_assert_eq(refused_fates[1], 1);
	at.school->connected = true;
	lb_settle(&at.world);
	expect_settled();
	expect_confirmed();
	cr_assert_eq(handled[2], 0);
	cr_assert_eq(seen(1).outcome, KB_SEEN_VERVALLEN, "the recipient does not wait for it");
}

Test(consent, made_and_withdrawn_in_one_step)
{
	struct kb_id id = give();
	struct work work = {
		.to = at.gemeente, .case_no = at.school_case, .consent_id = id, .count = 2
	};
	static const char *const arguments[] = { "toestemming", "1", NULL };

	/* Both join the same group commit: nothing is in the store yet when it is withdrawn. */
	LB_OK(kb_agent_run(at.school->agent, ANNA, send_act, work_done, &work));
	cr_assert_eq(ask(at.school, "consent withdraw", arguments), 0);
	cr_assert(work.done);
	LB_OK(work.err);
	cr_assert(said("2 berichten"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	for (uint64_t number = 1; number <= 2; number++) {
		cr_assert_eq(sent(number).state, KB_SENT_VERVALLEN);
		cr_assert_eq(sent(number).attempt, 0, "never sealed");
		cr_assert_eq(seen(number).outcome, KB_SEEN_VERVALLEN);
	}
	expect_settled();
	expect_confirmed();
	cr_assert_eq(handled[2], 0);
}

static uint32_t
busy_for_the_first(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number == 1 && header->priority == KB_PRIORITY_NORMAL
		       ? kb_err_reason(KB_ERR_BUSY)
		       : 0;
}

Test(consent, withdrawn_when_sealed_and_not_taken_by_the_broker)
{
	struct kb_id id = give();

	at.world.on_publish = busy_for_the_first;
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(sent(1).attempt, 1);
	cr_assert_eq(sent(1).accepted_at_utc_ms, 0);
	withdraw(at.school);
	at.world.on_publish = NULL;
	lb_wait(&at.world, 120000);
	cr_assert_eq(sent(1).state, KB_SENT_VERVALLEN);
	expect_settled();
	expect_confirmed();
	cr_assert_eq(handled[2], 0);
	cr_assert_eq(seen(1).outcome, KB_SEEN_VERVALLEN);
}

static enum lb_fate
hold_normal(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return header->number != 0 && header->priority == KB_PRIORITY_NORMAL ? LB_HOLD : LB_PASS;
}

Test(consent, withdrawn_at_the_broker_it_is_refused_when_it_arrives)
{
	struct kb_id id = give();

	at.world.on_accept = hold_normal;
	LB_OK(send_under(id));
	lb_wait(&at.world, 1500);
	lb_wait(&at.world, 1500);
	cr_assert_eq(sent(1).state, KB_SENT_BIJ_BROKER);
	withdraw(at.school);
	cr_assert(said("1 berichten"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN,
		     "the withdrawal does not wait for what it ends");
	at.world.on_accept = NULL;
	lb_release(&at.world, false);
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 0);
	cr_assert_eq(last_refusal(), KB_ERR_CONSENT_WITHDRAWN);
	cr_assert_eq(seen(1).outcome, KB_SEEN_REFUSED);
	expect_settled();
	expect_confirmed();
}

/* Messages of which the gemeente shows the content. */
static unsigned
shown_contents(void)
{
	static const char *const arguments[] = { "zaak", "1", NULL };
	unsigned count = 0;

	cr_assert_eq(ask(at.gemeente, "case show", arguments), 0, "%s", (char *)at.said.at);
	for (const char *from = strstr((const char *)at.said.at, "inhoud"); from != NULL;
	     from = strstr(from + 1, "inhoud")) {
		count++;
	}
	return count;
}

Test(consent, withdrawn_while_it_waited_at_the_recipient_for_an_earlier_one)
{
	struct kb_id id = give();

	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.world.on_accept = hold_normal;
	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(seen(3).outcome, KB_SEEN_HELD);
	cr_assert_eq(shown_contents(), 1, "nobody sees what still waits");
	withdraw(at.school);
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1, "only what came before");
	cr_assert_eq(seen(2).outcome, KB_SEEN_VERVALLEN);
	cr_assert_eq(seen(3).outcome, KB_SEEN_REFUSED);
	cr_assert_eq(shown_contents(), 1, "what was refused after all shows nobody its content");
	expect_settled();
	expect_confirmed();
}

Test(consent, withdrawn_when_delivered_without_a_receipt)
{
	struct kb_id id = give();

	at.world.lose_receipts = true;
	LB_OK(send_under(id));
	lb_wait(&at.world, 1500);
	lb_wait(&at.world, 1500);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(sent(1).state, KB_SENT_BIJ_BROKER);
	at.world.lose_receipts = false;
	withdraw(at.school);
	lb_settle(&at.world);
	cr_assert_eq(sent(1).state, KB_SENT_VERVALLEN);
	cr_assert_eq(handled[2], 1, "what was stored stays in the log of the recipient");
	expect_settled();
	expect_confirmed();
}

Test(consent, withdrawn_after_the_receipt_and_shown_to_be_confirmed)
{
	struct kb_id id = give();
	static const char *const arguments[] = { "zaak", "1", NULL };

	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(sent(1).state, KB_SENT_OPGESLAGEN);
	withdraw(at.school);
	cr_assert_not(said("teruggehaald"));
	cr_assert(said("1 partijen krijgen"));
	lb_settle(&at.world);
	cr_assert_eq(sent(1).state, KB_SENT_OPGESLAGEN);
	expect_settled();
	expect_confirmed();
	unsigned views = records(at.school, KB_RECORD_VIEW);

	cr_assert_eq(ask(at.school, "consent show", arguments), 0);
	cr_assert(said("ingetrokken"));
	cr_assert(said("een ouder"));
	cr_assert_eq(records(at.school, KB_RECORD_VIEW), views + 1, "who looked is logged");
	struct kb_error_text where = { "" };

	cr_assert_eq(kb_store_check(kb_agent_store(at.school->agent), NULL, NULL, &where), KB_OK,
		     "%s", where.text);
	/* Once is enough. */
	static const char *const again[] = { "toestemming", "1", NULL };

	cr_assert_neq(ask(at.school, "consent withdraw", again), 0);
	cr_assert_eq(records(at.school, KB_RECORD_CONSENT_WITHDRAWN), 1);
}

Test(consent, parents_withdraw_at_the_other_party_and_everybody_hears_of_it)
{
	char parties[80];
	struct kb_id id;

	(void)snprintf(parties, sizeof(parties), "%s,%s", at.gemeente->identity.self.text,
		       at.jeugdhulp->identity.self.text);
	id = give_to(parties, NULL);
	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.world.on_accept = hold_normal;
	LB_OK(send_under(id));
	lb_wait(&at.world, 1500);
	lb_wait(&at.world, 1500);
	cr_assert_eq(sent(2).state, KB_SENT_BIJ_BROKER);
	withdraw(at.gemeente);
	at.world.on_accept = NULL;
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.school, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(sent(2).state, KB_SENT_VERVALLEN, "the school recalls its own");
	lb_release(&at.world, false);
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(seen(2).outcome, KB_SEEN_VERVALLEN);
	cr_assert_eq(messages(at.gemeente, KB_DIRECTION_IN, KB_KIND_TOESTEMMING_BEVESTIGING), 1);
	cr_assert_eq(messages(at.school, KB_DIRECTION_OUT, KB_KIND_TOESTEMMING_INGETROKKEN), 0,
		     "who told it is not told");
	expect_settled();
}

Test(consent, a_withdrawal_is_passed_on_to_who_only_had_the_statement)
{
	const char *arguments[] = { "zaak",  "1",	 "doel",	 UNDER_DOEL, "partijen",
				    NULL,    "gegevens", UNDER_GEGEVENS, "leeftijd", "16-plus",
				    "gezag", "1",	 "ouders",	 "0",	     "jongere",
				    "ja",    "bewijs",	 at.evidence,	 "deel",     "ja",
				    NULL };
	char parties[80];

	(void)snprintf(parties, sizeof(parties), "%s, %s", at.gemeente->identity.self.text,
		       at.jeugdhulp->identity.self.text);
	arguments[5] = parties;
	cr_assert_eq(ask(at.school, "consent give", arguments), 0, "%s", (char *)at.said.at);
	cr_assert(said("2 partijen"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.jeugdhulp, 1).status, (uint32_t)KB_TOESTEMMING_GEGEVEN);
	withdraw(at.gemeente);
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.school, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(consent_of(at.jeugdhulp, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN,
		     "by way of the school, signed by the gemeente");
	cr_assert_eq(messages(at.school, KB_DIRECTION_IN, KB_KIND_TOESTEMMING_BEVESTIGING), 1);
	cr_assert_eq(waiting(at.school) + waiting(at.gemeente) + waiting(at.jeugdhulp), 0,
		     "it goes round once");
}

/* ---- limits and terms ---- */

Test(consent, a_limit_recalls_what_it_no_longer_covers_and_the_other_side_hears_of_it)
{
	char parties[80];
	struct kb_id id;
	static const char *arguments[] = { "toestemming", "1", "partijen", NULL, NULL };

	(void)snprintf(parties, sizeof(parties), "%s,%s", at.gemeente->identity.self.text,
		       at.jeugdhulp->identity.self.text);
	id = give_to(parties, NULL);
	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.world.on_accept = hold_normal;
	LB_OK(send_under(id));
	lb_wait(&at.world, 1500);
	lb_wait(&at.world, 1500);
	arguments[3] = at.jeugdhulp->identity.self.text;
	cr_assert_eq(ask(at.school, "consent limit", arguments), 0, "%s", (char *)at.said.at);
	cr_assert(said("1 berichten"), "%s", (char *)at.said.at);
	cr_assert_eq(sent(2).state, KB_SENT_VERVALLEN);
	cr_assert_eq(sent(2).reason, kb_err_reason(KB_ERR_NO_CONSENT));
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	lb_release(&at.world, true);
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_neq(seen(2).outcome, KB_SEEN_STORED);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_BEPERKT);
	struct work back = { .to = at.school, .case_no = 1, .consent_id = id, .count = 1 };

	cr_assert_eq(run(at.gemeente, send_act, &back), KB_ERR_NO_CONSENT);
	/* Only who recorded it changes it. */
	cr_assert_neq(ask(at.gemeente, "consent limit", arguments), 0);
	cr_assert(said(at.school->identity.self.text), "%s", (char *)at.said.at);
}

Test(consent, an_extension_without_new_evidence_is_no_limit)
{
	static const char *arguments[] = { "toestemming", "1", "partijen", NULL, NULL };

	(void)give();
	arguments[3] = at.jeugdhulp->identity.self.text;
	cr_assert_neq(ask(at.school, "consent limit", arguments), 0);
	cr_assert(said("consent extend"), "%s", (char *)at.said.at);
	cr_assert_eq(consent_of(at.school, 1).versie, 1);
	const char *extend[] = { "toestemming", "1",	     "partijen", arguments[3],
				 "bewijs",	at.evidence, NULL };

	cr_assert_eq(ask(at.school, "consent extend", extend), 0, "%s", (char *)at.said.at);
	cr_assert_eq(consent_of(at.school, 1).versie, 2);
}

/* The local day after days, as a verb takes it. */
static const char *
day_text(int32_t days)
{
	static char text[KB_DATE_TEXT];

	kb_date_format(kb_date_local_day(at.world.fake.utc_ms) + days, text);
	return text;
}

Test(consent, what_could_not_be_sealed_before_the_last_day_is_not_sent_after_it)
{
	struct kb_id id = give_to(at.gemeente->identity.self.text, day_text(1));

	at.school->connected = false;
	lb_settle(&at.world);
	LB_OK(send_under(id));
	lb_wait(&at.world, 3 * DAY_MS);
	lb_publish_register(&at.world);
	at.school->connected = true;
	lb_settle(&at.world);
	lb_wait(&at.world, 60000);
	cr_assert_eq(sent(1).state, KB_SENT_VERVALLEN, "%s", kb_sent_state_name(sent(1).state));
	cr_assert_eq(sent(1).reason, kb_err_reason(KB_ERR_NO_CONSENT));
	cr_assert_eq(handled[2], 0);
	cr_assert_eq(send_under(id), KB_ERR_NO_CONSENT);
}

static enum lb_fate
drop_normal(struct lb_world *world, const struct kb_header *header, void *state)
{
	unsigned *dropped = state;

	(void)world;
	if (header->number != 1 || header->priority != KB_PRIORITY_NORMAL) {
		return LB_PASS;
	}
	(*dropped)++;
	return LB_DROP;
}

Test(consent, what_the_broker_lost_is_not_sent_again_after_the_last_day)
{
	struct kb_id id = give_to(at.gemeente->identity.self.text, day_text(1));
	unsigned dropped = 0;

	at.world.on_accept = drop_normal;
	at.world.fault_state = &dropped;
	LB_OK(send_under(id));
	lb_wait(&at.world, 1500);
	lb_wait(&at.world, 1500);
	cr_assert_eq(dropped, 1);
	lb_wait(&at.world, 3 * DAY_MS);
	lb_publish_register(&at.world);
	for (unsigned i = 0; i < 5 && waiting(at.school) > 0; i++) {
		lb_wait(&at.world, 3600000);
	}
	cr_assert_eq(dropped, 1, "not sent a second time");
	cr_assert_eq(sent(1).state, KB_SENT_VERVALLEN, "%s", kb_sent_state_name(sent(1).state));
	cr_assert_eq(handled[2], 0);
}

/* ---- the recipient, whatever the sender does ---- */

Test(consent, a_sender_that_does_not_look_is_refused_by_the_recipient)
{
	struct kb_id id = give();

	LB_OK(send_under(id));
	lb_settle(&at.world);
	withdraw(at.school);
	lb_settle(&at.world);
	at.school->agent->settings.skip_consent = true;
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(last_refusal(), KB_ERR_CONSENT_WITHDRAWN);
	cr_assert_eq(refused_fates[1], 1, "and the sender sees it");
}

Test(consent, of_a_giver_that_is_not_complete_the_recipient_refuses_too)
{
	const char *arguments[] = { "zaak",	"1",
				    "doel",	UNDER_DOEL,
				    "partijen", at.gemeente->identity.self.text,
				    "gegevens", UNDER_GEGEVENS,
				    "leeftijd", "onder-12",
				    "gezag",	"2",
				    "ouders",	"1",
				    "bewijs",	at.evidence,
				    NULL };

	cr_assert_eq(ask(at.school, "consent give", arguments), 0);
	cr_assert(said("een van de ouders"), "%s", (char *)at.said.at);
	at.school->agent->settings.skip_consent = true;
	LB_OK(send_under(consent_of(at.school, 1).consent_id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 0);
	cr_assert_eq(last_refusal(), KB_ERR_NO_CONSENT);
	cr_assert_eq(consent_of(at.gemeente, 1).consent_no, 0, "nothing of the body is kept");
}

/* A message put in front of the gemeente with a statement of the test's choice. */
struct forged {
	struct kb_party_id parties[3];
	struct kb_toestemming toestemming;
	const struct kb_identity *signer; /* of the statement */
	struct kb_id case_id;
	enum kb_kind kind;
	uint64_t number;
	bool flip;	/* one bit of the signature */
	bool other_ref; /* the message names another toestemming than the one that it carries */
};

static struct forged
start_forging(void)
{
	struct kb_random random = kb_random_system();
	struct forged forged = { .parties = { at.school->identity.self,
					      at.gemeente->identity.self },
				 .signer = &at.school->identity,
				 .case_id = kb_id_random(&random),
				 .kind = UNDER_KIND,
				 .number = 100 };

	forged.toestemming = (struct kb_toestemming){
		.toestemming_id = kb_id_random(&random),
		.case_id = forged.case_id,
		.versie = 1,
		.recorder = at.school->identity.self,
		.key_version = at.school->identity.key_version,
		.status = KB_TOESTEMMING_GEGEVEN,
		.purpose = UNDER_PURPOSE,
		.categories = KB_DATA_PROCES,
		.party_count = 2,
		.leeftijd = KB_LEEFTIJD_VANAF_16,
		.gezag = 1,
		.jongere = true,
		.valid_from = kb_date_number(kb_date_local_day(at.world.fake.utc_ms)),
		.recorded_at_utc_ms = at.world.fake.utc_ms
	};
	memset(forged.toestemming.evidence_hash.bytes, 5, KB_HASH_BYTES);
	return forged;
}

static struct kb_span
sign(struct forged *forged, struct kb_arena *arena)
{
	struct kb_signed_toestemming by = { KB_SPAN_NONE, { 0 } };
	struct kb_signature signature;
	struct kb_buf statement = { 0 };
	struct kb_buf bytes = { 0 };
	struct kb_span out;

	forged->toestemming.parties = forged->parties;
	LB_OK(kb_toestemming_encode(&forged->toestemming, &statement));
	by.toestemming = kb_buf_span(&statement);
	LB_OK(kb_sign(forged->signer->sign, KB_SIGN_LABEL_TOESTEMMING, &by.toestemming, 1,
		      &signature));
	memcpy(by.signature, signature.bytes, sizeof(by.signature));
	by.signature[9] ^= forged->flip ? 1 : 0;
	LB_OK(kb_signed_toestemming_encode(&by, &bytes));
	out = kb_arena_copy(arena, kb_buf_span(&bytes));
	kb_buf_release(&statement);
	kb_buf_release(&bytes);
	return out;
}

/* What the gemeente makes of it. */
static enum kb_err
inject(struct forged *forged)
{
	struct kb_random random = kb_random_system();
	struct kb_sealer sealer = { 0 };
	struct kb_arena arena = { 0 };
	struct kb_buf content = { 0 };
	struct kb_toestemming_bericht message = { .ondertekend = sign(forged, &arena) };
	struct kb_letter letter = { .message_id = kb_id_random(&random),
				    .recipient = at.gemeente->identity.self,
				    .recipient_key =
					    *kb_x25519_key_public(at.gemeente->identity.seal),
				    .epoch = at.school->agent->own_epoch.epoch,
				    .number = forged->number,
				    .attempt = 1,
				    .expires_at_utc_ms = at.world.fake.utc_ms + 3600000 };
	struct kb_letter *batch[1] = { &letter };
	struct kb_body body = { .kind = (uint32_t)forged->kind, .case_id = forged->case_id };
	unsigned before = records(at.gemeente, KB_RECORD_REFUSED_IN);

	if (forged->kind == UNDER_KIND) {
		body.purpose = UNDER_PURPOSE;
		body.ground = KB_GROUND_TOESTEMMING;
		body.desk = UNDER_DESK;
		body.consent_ref = forged->toestemming.toestemming_id;
		body.consent_ref.bytes[0] ^= forged->other_ref ? 1 : 0;
		body.toestemming = message.ondertekend;
		body.content = under_content(&arena);
		body.author.person = kb_span_text("anna");
		body.author.function = kb_span_text("intern begeleider");
		body.from_desk = KB_DESK_SCHOOL;
	} else {
		struct kb_toestemming_bevestiging confirmation = {
			.toestemming_id = forged->toestemming.toestemming_id,
			.versie = 2,
			.at_utc_ms = at.world.fake.utc_ms
		};

		body.purpose = KB_PURPOSE_TOESTEMMING;
		body.ground = KB_GROUND_WETTELIJKE_TAAK;
		LB_OK(forged->kind == KB_KIND_TOESTEMMING_BEVESTIGING
			      ? kb_toestemming_bevestiging_encode(&confirmation, &content)
			      : kb_toestemming_bericht_encode(&message, &content));
		body.content = kb_buf_span(&content);
	}
	LB_OK(kb_letter_write(&letter, &body, &sealer, &arena));
	LB_OK(kb_letters_seal(&at.school->identity, &sealer, batch, 1, at.world.fake.utc_ms,
			      &arena));
	lb_inject(&at.world, at.gemeente->index, letter.envelope);
	lb_settle(&at.world);
	forged->number++;
	kb_buf_release(&content);
	kb_sealer_release(&sealer);
	kb_arena_release(&arena);
	return records(at.gemeente, KB_RECORD_REFUSED_IN) > before ? last_refusal() : KB_OK;
}

Test(consent, a_statement_is_believed_only_of_the_key_of_its_recorder)
{
	struct forged forged = start_forging();

	forged.flip = true;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "a signature that does not hold");
	forged.flip = false;
	forged.signer = &at.jeugdhulp->identity;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "signed by another party");
	forged.signer = &at.school->identity;
	forged.toestemming.key_version = 7;
	cr_expect_neq(inject(&forged), KB_OK, "a key that the register does not have");
	forged.toestemming.key_version = at.school->identity.key_version;
	forged.toestemming.recorded_at_utc_ms = 1000;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "of before the key was valid");
	forged.toestemming.recorded_at_utc_ms = at.world.fake.utc_ms;
	cr_expect_eq(handled[2], 0);
	cr_expect_eq(consent_of(at.gemeente, 1).consent_no, 0);
	cr_expect_eq(inject(&forged), KB_OK, "and as it should be, it is");
	cr_expect_eq(handled[2], 1);
}

Test(consent, a_statement_counts_for_its_own_case_reference_and_parties_only)
{
	struct forged forged = start_forging();
	struct kb_id case_id = forged.case_id;

	forged.toestemming.case_id.bytes[0] ^= 1;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "another case");
	forged.kind = KB_KIND_TOESTEMMING_VERLEEND;
	cr_expect_eq(inject(&forged), KB_ERR_BAD_VALUE, "and not by itself either");
	forged.kind = UNDER_KIND;
	forged.toestemming.case_id = case_id;
	forged.other_ref = true;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "another reference");
	forged.other_ref = false;
	forged.parties[1] = at.jeugdhulp->identity.self;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "does not name the recipient");
	forged.parties[1] = at.gemeente->identity.self;
	forged.toestemming.purpose = KB_PURPOSE_VSV;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "another purpose");
	forged.toestemming.purpose = UNDER_PURPOSE;
	forged.toestemming.categories = KB_DATA_GEZONDHEID;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "other categories");
	forged.toestemming.categories = KB_DATA_PROCES;
	forged.toestemming.valid_from = kb_date_number(kb_date_local_day(at.world.fake.utc_ms) + 1);
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT, "from tomorrow");
	cr_expect_eq(handled[2], 0);
}

Test(consent, statements_go_only_between_parties_that_they_name_and_in_their_own_kind)
{
	struct forged forged = start_forging();

	forged.kind = KB_KIND_TOESTEMMING_VERLEEND;
	forged.parties[1] = at.jeugdhulp->identity.self;
	cr_expect_eq(inject(&forged), KB_ERR_NOT_ALLOWED, "nobody else has to know of it");
	forged.parties[1] = at.gemeente->identity.self;
	forged.toestemming.status = KB_TOESTEMMING_INGETROKKEN;
	cr_expect_eq(inject(&forged), KB_ERR_BAD_VALUE);
	forged.kind = KB_KIND_TOESTEMMING_INGETROKKEN;
	forged.toestemming.status = KB_TOESTEMMING_GEGEVEN;
	cr_expect_eq(inject(&forged), KB_ERR_BAD_VALUE);
	cr_expect_eq(consent_of(at.gemeente, 1).consent_no, 0);
	forged.kind = KB_KIND_TOESTEMMING_BEVESTIGING;
	cr_expect_eq(inject(&forged), KB_ERR_NOT_FOUND, "of what is not known here");
	forged.kind = KB_KIND_TOESTEMMING_VERLEEND;
	cr_expect_eq(inject(&forged), KB_OK);
	cr_expect_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_GEGEVEN);
	forged.kind = KB_KIND_TOESTEMMING_BEVESTIGING;
	cr_expect_eq(inject(&forged), KB_ERR_STATE, "of what was never withdrawn");
}

Test(consent, a_higher_version_of_another_recorder_has_no_power)
{
	struct forged forged = start_forging();

	cr_assert_eq(inject(&forged), KB_OK);
	forged.toestemming.versie = 2;
	forged.toestemming.recorder = at.gemeente->identity.self;
	forged.toestemming.key_version = at.gemeente->identity.key_version;
	forged.signer = &at.gemeente->identity;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT);
	cr_expect_eq(consent_of(at.gemeente, 1).versie, 1);
	cr_expect_eq(handled[2], 1);
}

Test(consent, a_withdrawal_of_a_party_that_is_not_named_is_refused)
{
	struct forged forged = start_forging();

	cr_assert_eq(inject(&forged), KB_OK);
	forged.kind = KB_KIND_TOESTEMMING_INGETROKKEN;
	forged.toestemming.versie = 2;
	forged.toestemming.status = KB_TOESTEMMING_INGETROKKEN;
	forged.toestemming.recorder = at.jeugdhulp->identity.self;
	forged.toestemming.key_version = at.jeugdhulp->identity.key_version;
	forged.signer = &at.jeugdhulp->identity;
	forged.parties[1] = at.jeugdhulp->identity.self;
	cr_expect_eq(inject(&forged), KB_ERR_NOT_ALLOWED);
	cr_expect_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_GEGEVEN);
	/* Of one that is named it is carried out and confirmed. */
	forged.toestemming.recorder = at.school->identity.self;
	forged.toestemming.key_version = at.school->identity.key_version;
	forged.signer = &at.school->identity;
	forged.parties[1] = at.gemeente->identity.self;
	cr_expect_eq(inject(&forged), KB_OK);
	cr_expect_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_expect_eq(messages(at.gemeente, KB_DIRECTION_OUT, KB_KIND_TOESTEMMING_BEVESTIGING), 1);
	/* And nothing brings it back. */
	forged.kind = UNDER_KIND;
	forged.toestemming.versie = 3;
	forged.toestemming.status = KB_TOESTEMMING_GEGEVEN;
	forged.toestemming.evidence_hash.bytes[0] ^= 1;
	cr_expect_eq(inject(&forged), KB_ERR_CONSENT_WITHDRAWN);
}

Test(consent, a_withdrawal_that_comes_before_what_it_ends_ends_it_all_the_same)
{
	struct forged forged = start_forging();

	forged.kind = KB_KIND_TOESTEMMING_INGETROKKEN;
	forged.toestemming.versie = 2;
	forged.toestemming.status = KB_TOESTEMMING_INGETROKKEN;
	cr_assert_eq(inject(&forged), KB_OK, "a case that is not known here");
	forged.kind = UNDER_KIND;
	forged.toestemming.versie = 1;
	forged.toestemming.status = KB_TOESTEMMING_GEGEVEN;
	cr_expect_eq(inject(&forged), KB_ERR_CONSENT_WITHDRAWN);
	cr_expect_eq(handled[2], 0);
}

/* ---- two registers that disagree ---- */

/* The register of the school says something else than what it signed before: the same version with fewer categories. */
static enum kb_err
rewrite_act(struct kb_act *act, void *arg)
{
	struct work *work = arg;
	struct kb_consent_held held;
	struct kb_span ondertekend = KB_SPAN_NONE;
	enum kb_err err = kb_consent_load(act, &work->consent_id, &held);

	if (err == KB_OK) {
		held.statement.categories = work->categories;
		err = kb_consent_sign(act, &held.statement, &ondertekend);
	}
	if (err == KB_OK) {
		held.row.statement = ondertekend;
		err = kb_consent_put(act->step, &held.row);
	}
	return err;
}

Test(consent, two_statements_of_one_version_stand_at_both_sides_and_the_stricter_holds)
{
	struct kb_id id = give();
	struct work work = { .consent_id = id, .categories = KB_DATA_PROCES };
	static const char *const arguments[] = { "zaak", "1", NULL };

	LB_OK(send_under(id));
	lb_settle(&at.world);
	lb_wait(&at.world, 1000);
	LB_OK(run(at.school, rewrite_act, &work));
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 2, "both cover it");
	cr_assert(consent_of(at.gemeente, 1).differs);
	cr_assert(consent_of(at.school, 1).differs, "so that the other side sees it too");
	cr_assert_eq(messages(at.gemeente, KB_DIRECTION_OUT, KB_KIND_TOESTEMMING_VERLEEND), 1);
	cr_assert_leq(messages(at.school, KB_DIRECTION_OUT, KB_KIND_TOESTEMMING_VERLEEND), 1);
	for (unsigned i = 0; i < 3; i++) {
		LB_OK(send_under(id));
		lb_wait(&at.world, 60000);
	}
	cr_assert_eq(messages(at.gemeente, KB_DIRECTION_OUT, KB_KIND_TOESTEMMING_VERLEEND), 1,
		     "said once");
	cr_assert_eq(ask(at.gemeente, "consent show", arguments), 0);
	cr_assert(said("verschillen"), "%s", (char *)at.said.at);
	cr_assert_eq(ask(at.gemeente, "doctor", NULL), 75, "%s", (char *)at.said.at);
}

Test(consent, a_statement_that_differs_and_takes_away_stops_what_it_does_not_cover)
{
	struct kb_id id = give();
	struct work work = { .consent_id = id, .categories = KB_DATA_GEZIN };

	LB_OK(send_under(id));
	lb_settle(&at.world);
	LB_OK(run(at.school, rewrite_act, &work));
	at.school->agent->settings.skip_consent = true;
	LB_OK(send_under(id));
	lb_settle(&at.world);
	cr_assert_eq(handled[2], 1);
	cr_assert_eq(last_refusal(), KB_ERR_NO_CONSENT);
}

Test(consent, while_two_statements_differ_a_message_has_to_fit_both)
{
	struct forged forged = start_forging();

	cr_assert_eq(inject(&forged), KB_OK);
	forged.kind = KB_KIND_TOESTEMMING_VERLEEND;
	forged.toestemming.categories = KB_DATA_GEZIN;
	cr_assert_eq(inject(&forged), KB_OK);
	cr_assert(consent_of(at.gemeente, 1).differs);
	/* What was held first comes again, byte for byte. */
	forged.kind = UNDER_KIND;
	forged.toestemming.categories = KB_DATA_PROCES;
	cr_expect_eq(inject(&forged), KB_ERR_NO_CONSENT);
	/* A new version settles it. */
	forged.toestemming.versie = 2;
	cr_expect_eq(inject(&forged), KB_OK);
	cr_expect(!consent_of(at.gemeente, 1).differs);
	cr_expect_eq(handled[2], 2);
}

static unsigned accepted_first;

static enum lb_fate
count_first(struct lb_world *world, const struct kb_header *header, void *state)
{
	accepted_first +=
		header->number == 1 && header->priority == KB_PRIORITY_NORMAL &&
				kb_party_id_equal(&header->sender, &at.school->identity.self)
			? 1
			: 0;
	return hold_normal(world, header, state);
}

Test(consent, what_a_new_broker_should_get_again_ends_here_when_the_last_day_is_over)
{
	struct kb_id id = give_to(at.gemeente->identity.self.text, day_text(1));

	accepted_first = 0;
	at.world.on_accept = count_first;
	LB_OK(send_under(id));
	lb_wait(&at.world, 1500);
	lb_wait(&at.world, 1500);
	cr_assert_eq(sent(1).state, KB_SENT_BIJ_BROKER);
	cr_assert_eq(accepted_first, 1);
	at.school->connected = false;
	lb_settle(&at.world);
	lb_wait(&at.world, 3 * DAY_MS);
	lb_lose_store(&at.world);
	lb_publish_register(&at.world);
	at.school->connected = true;
	lb_settle(&at.world);
	cr_assert_eq(accepted_first, 1, "sealed bytes do not go out unasked");
	cr_assert_eq(sent(1).state, KB_SENT_VERVALLEN, "%s", kb_sent_state_name(sent(1).state));
}

static enum lb_fate
drop_to_gemeente(struct lb_world *world, const struct kb_header *header, void *state)
{
	(void)world;
	(void)state;
	return kb_party_id_equal(&header->recipient, &at.gemeente->identity.self) ? LB_DROP
										  : LB_PASS;
}

Test(consent, who_was_added_withdraws_and_who_missed_that_version_hears_of_it)
{
	struct kb_id id = give();
	const char *extend[] = { "toestemming", "1",
				 "partijen",	at.jeugdhulp->identity.self.text,
				 "bewijs",	at.evidence,
				 "deel",	"ja",
				 NULL };

	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.world.on_accept = drop_to_gemeente;
	cr_assert_eq(ask(at.school, "consent extend", extend), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	at.world.on_accept = NULL;
	cr_assert_eq(consent_of(at.gemeente, 1).versie, 1);
	cr_assert_eq(consent_of(at.jeugdhulp, 1).versie, 2);
	withdraw(at.jeugdhulp);
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.school, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(records(at.gemeente, KB_RECORD_REFUSED_IN), 0);
	/* The version that was lost comes at last, and brings nothing back. */
	lb_wait(&at.world, 120000);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
}

/* The statement of the school, as jeugdhulp has it from the gemeente. */
struct handed {
	struct work work;
	uint8_t bytes[KB_WIRE_TOESTEMMING_BYTES_MAX];
	size_t len;
	struct kb_id case_id;
};

static enum kb_err
hand_out_act(struct kb_act *act, void *arg)
{
	struct handed *handed = arg;
	struct kb_consent_held held;
	enum kb_err err = kb_consent_load(act, &handed->work.consent_id, &held);

	if (err == KB_OK) {
		cr_assert_leq(held.row.statement.len, sizeof(handed->bytes));
		memcpy(handed->bytes, held.row.statement.at, held.row.statement.len);
		handed->len = held.row.statement.len;
		handed->case_id = held.statement.case_id;
	}
	return err;
}

static enum kb_err
hand_in_act(struct kb_act *act, void *arg)
{
	struct handed *handed = arg;
	struct kb_case row = { .case_id = handed->case_id,
			       .status = KB_CASE_OPEN,
			       .opened_utc_ms = act->now_utc_ms };
	uint32_t from_no = 0;
	enum kb_err err = kb_party_take(act->step, &at.gemeente->identity.self, &from_no);

	row.counterparty_no = from_no;
	row.regievoerder_no = from_no;
	err = err == KB_OK ? kb_case_create(act->step, &row) : err;
	return err == KB_OK ? kb_consent_take(act, row.case_no, kb_span(handed->bytes, handed->len),
					      from_no)
			    : err;
}

static void
hand_to_jeugdhulp(struct kb_id id)
{
	struct handed handed = { .work = { .consent_id = id } };

	LB_OK(run(at.school, hand_out_act, &handed.work));
	handed.work.done = false;
	LB_OK(run(at.jeugdhulp, hand_in_act, &handed.work));
	cr_assert_eq(consent_of(at.jeugdhulp, 1).status, (uint32_t)KB_TOESTEMMING_GEGEVEN);
}

static struct kb_id
give_to_both(void)
{
	char parties[80];

	(void)snprintf(parties, sizeof(parties), "%s,%s", at.gemeente->identity.self.text,
		       at.jeugdhulp->identity.self.text);
	return give_to(parties, NULL);
}

Test(consent, who_recorded_it_hears_of_a_withdrawal_even_from_who_it_never_spoke_to)
{
	hand_to_jeugdhulp(give_to_both());
	withdraw(at.jeugdhulp);
	cr_assert(said("1 partijen krijgen"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.school, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(messages(at.jeugdhulp, KB_DIRECTION_IN, KB_KIND_TOESTEMMING_BEVESTIGING), 1);
}

Test(consent, who_cannot_be_reached_is_told_as_soon_as_the_register_has_him_again)
{
	struct kb_id id = give();

	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.gemeente->enrolled = false;
	lb_publish_register(&at.world);
	lb_stop(at.school);
	lb_start(at.school);
	lb_settle(&at.world);
	lb_introduce(at.school);
	withdraw(at.school);
	cr_assert(said("niet te bereiken"), "%s", (char *)at.said.at);
	cr_assert(consent_of(at.school, 1).owes);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_GEGEVEN);
	/* Also after a restart. */
	lb_stop(at.school);
	lb_start(at.school);
	at.gemeente->enrolled = true;
	lb_publish_register(&at.world);
	lb_wait(&at.world, 60000);
	lb_introduce(at.school);
	lb_wait(&at.world, 60000);
	cr_assert(!consent_of(at.school, 1).owes);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	cr_assert_eq(messages(at.school, KB_DIRECTION_OUT, KB_KIND_TOESTEMMING_INGETROKKEN), 1,
		     "once");
}

Test(consent, what_waits_is_recalled_when_the_other_side_shows_a_narrower_statement)
{
	struct kb_id id = give();
	struct work work = { .consent_id = id, .categories = KB_DATA_GEZIN };
	struct work back = { .to = at.school, .case_no = 1, .consent_id = id, .count = 1 };

	LB_OK(send_under(id));
	lb_settle(&at.world);
	at.world.on_accept = hold_normal;
	LB_OK(run(at.gemeente, send_act, &back));
	lb_settle(&at.world);
	cr_assert_eq(waiting(at.gemeente), 1);
	at.world.on_accept = NULL;
	LB_OK(run(at.school, rewrite_act, &work));
	/* The school tells what it has. */
	static const char *const limit[] = { "toestemming", "1", "tot", "2099-12-31", NULL };

	cr_assert_eq(ask(at.school, "consent limit", limit), 0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_eq(consent_of(at.gemeente, 1).versie, 2);
	lb_wait(&at.world, 60000);
	cr_assert_eq(waiting(at.gemeente), 0);
	cr_assert_eq(refused_fates[2], 1);
	lb_release(&at.world, false);
	lb_settle(&at.world);
	cr_assert_eq(handled[1], 0);
}

Test(consent, a_stranger_cannot_end_beforehand_what_does_not_name_him)
{
	struct forged forged = start_forging();

	/* He names everybody and himself: for what it is, it is believed. */
	forged.kind = KB_KIND_TOESTEMMING_INGETROKKEN;
	forged.parties[2] = at.jeugdhulp->identity.self;
	forged.toestemming.party_count = 3;
	forged.toestemming.versie = 2;
	forged.toestemming.status = KB_TOESTEMMING_INGETROKKEN;
	forged.toestemming.recorder = at.jeugdhulp->identity.self;
	forged.toestemming.key_version = at.jeugdhulp->identity.key_version;
	forged.signer = &at.jeugdhulp->identity;
	cr_assert_eq(inject(&forged), KB_OK);
	cr_assert_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_INGETROKKEN);
	/* What was really given does not know him. */
	forged.kind = UNDER_KIND;
	forged.toestemming.party_count = 2;
	forged.toestemming.versie = 1;
	forged.toestemming.status = KB_TOESTEMMING_GEGEVEN;
	forged.toestemming.recorder = at.school->identity.self;
	forged.toestemming.key_version = at.school->identity.key_version;
	forged.signer = &at.school->identity;
	cr_expect_eq(inject(&forged), KB_OK);
	cr_expect_eq(handled[2], 1);
	cr_expect_eq(consent_of(at.gemeente, 1).status, (uint32_t)KB_TOESTEMMING_GEGEVEN);
	cr_expect_eq(inject(&forged), KB_OK, "and so it stays");
}
