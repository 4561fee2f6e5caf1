/* SPDX-License-Identifier: EUPL-1.2 */
/* A case along its route between real agents: who makes records, who only proposes, who takes over, and that all end up the same. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/flow.h"
#include "common/base/file.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/store/chain.h"
#include "common/store/deadlines.h"
#include "common/wire/zaak.h"
#include "tests/support/loopback_broker.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define PROFILE_INI KB_TEST_SOURCE "/deploy/profiles/demo/profile.ini"

/* A small route at an overlegtafel, with every kind of step, under toestemming. */
static const char route_text[] =
	"[route]\nid = proef\nnaam = Proefroute\nrijen = C01\ndoel = doa\ngrond = toestemming\n"
	"opener = school\nbegin = begonnen\nbron = proef, regel 1\n"
	"[toestand: begonnen]\nnaam = Begonnen\n"
	"[toestand: lopend]\nnaam = Lopend\n"
	"[toestand: klaar]\nnaam = Klaar\neinde = ja\n"
	"[toestand: gestopt]\nnaam = Gestopt\neinde = ja\n"
	"[klok: overleg]\nnaam = Het overleg\ntermijn = 4 weken\ntermijn.soort = regel\n"
	"termijn.bron = proef, regel 2\ntaak = swv\nvangnet = jeugd\nescalatie = ja\n"
	"[proef: begonnen -> lopend]\non = indienen\nnaam = Indienen\nby = inbrenger\nto = swv\n"
	"bericht = doa-hulpvraag\nneeds = toestemming\nlegt_vast = ouders-op-de-hoogte\n"
	"starts = overleg\nregie = swv\nregel = R01\nbron = proef, regel 3\n"
	"[proef: lopend -> lopend]\non = bespreken\nnaam = Bespreken\nby = school, jeugd, swv\n"
	"legt_vast = overleg-gehouden\nbron = proef, regel 4\n"
	"[proef: lopend -> klaar]\non = afsluiten\nnaam = Afsluiten\nby = regievoerder\n"
	"needs = overleg-gehouden\nstops = overleg\nbron = proef, regel 5\n"
	"[proef: * -> gestopt]\non = toestemming-ingetrokken\nnaam = Stoppen\nby = regievoerder\n"
	"bron = proef, regel 6\n";

static struct {
	struct lb_world world;
	struct kb_profile profile;
	struct lb_party *school;
	struct lb_party *swv;
	struct lb_party *gemeente;
	struct lb_party *jeugdhulp;
	char evidence[160];
	struct kb_buf said;
} at;

static void
read_profile(void)
{
	struct kb_buf ini = { 0 };
	struct kb_faults faults = { 0 };
	enum kb_err err = kb_file_read(PROFILE_INI, 1 << 20, &ini, NULL);

	cr_assert_eq(err, KB_OK);
	const struct kb_profile_file files[] = {
		{ "profile.ini", kb_buf_span(&ini) },
		{ "proef.route", kb_span_text(route_text) },
	};

	err = kb_profile_parse(files, 2, "proef", &faults, &at.profile);
	cr_assert_eq(err, KB_OK, "%s", kb_faults_text(&faults));
	kb_buf_release(&ini);
	kb_faults_release(&faults);
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

static int
ask_as(struct lb_party *party, const char *user, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, user, verb, arguments, &at.said);
}

#define ASK(party, verb, ...)                                                                      \
	ask_as((party), "anna", (verb), (const char *const[]){ __VA_ARGS__, NULL })

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

static void
start_agent(struct lb_party *party)
{
	lb_start(party);
	party->agent->profile = &at.profile;
}

static void
open_all(void)
{
	static const char *const anna[] = { "naam", "anna", "functie", "medewerker", NULL };
	static const char *const jeugd[] = { "naam",  "anna",  "functie", "consulent",
					     "loket", "jeugd", NULL };
	struct kb_error_text where;

	read_profile();
	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.gemeente = lb_add(&at.world, KB_PARTY_GEMEENTE, "0344");
	at.jeugdhulp = lb_add(&at.world, KB_PARTY_JEUGDHULP, NULL);
	lb_publish_register(&at.world);
	for (size_t i = 1; i < at.world.party_count; i++) {
		start_agent(&at.world.parties[i]);
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
	cr_assert_eq(kb_file_replace(at.evidence, 0600, kb_span_text("getekend"), &where), KB_OK);
}

static void
close_all(void)
{
	lb_close(&at.world);
	kb_profile_release(&at.profile);
	kb_buf_release(&at.said);
}

TestSuite(flow, .init = open_all, .fini = close_all);

/* ---- what an agent thinks of the case ---- */

struct seen {
	struct kb_chain_view view;
	size_t stands;
	size_t voided;
	uint32_t inbox;
};

struct looking {
	uint64_t case_no;
	struct seen *out;
};

static enum kb_err
look_act(struct kb_act *act, void *arg)
{
	struct looking *looking = arg;
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(act, looking->case_no, &flow);

	*looking->out = (struct seen){ .stands = 0 };
	if (err == KB_OK && flow.view != NULL) {
		looking->out->view = *flow.view;
		looking->out->inbox = flow.row->inbox_flags;
		for (size_t i = 0; i < flow.count; i++) {
			looking->out->stands += flow.marks[i] == KB_CHAIN_MARK_STANDS;
			looking->out->voided += flow.marks[i] == KB_CHAIN_MARK_VOID;
		}
	}
	return KB_OK;
}

static struct seen
case_at(struct lb_party *party, uint64_t case_no)
{
	struct seen out;
	struct looking looking = { case_no, &out };

	LB_OK(kb_agent_run(party->agent, 0, look_act, NULL, &looking));
	lb_settle(&at.world);
	return out;
}

static const char *
state_of(const struct seen *seen)
{
	return at.profile.routes[0].states[seen->view.state].name;
}

static void
expect_same(struct lb_party *a, struct lb_party *b)
{
	struct seen left = case_at(a, 1);
	struct seen right = case_at(b, 1);

	cr_assert_gt(left.view.revision, 0);
	cr_expect_eq(left.view.revision, right.view.revision, "%u %u", left.view.revision,
		     right.view.revision);
	cr_expect_arr_eq(left.view.last.bytes, right.view.last.bytes, KB_HASH_BYTES);
	cr_expect_str_eq(state_of(&left), state_of(&right));
	cr_expect(kb_party_id_equal(&left.view.regievoerder, &right.view.regievoerder));
}

/* ---- the case ---- */

static void
give_consent(const char *parties)
{
	cr_assert_eq(ASK(at.school, "consent give", "zaak", "1", "doel", "doa", "partijen", parties,
			 "gegevens", "proces,identiteit,ondersteuning", "leeftijd", "onder-12",
			 "gezag", "1", "ouders", "1", "bewijs", at.evidence),
		     0, "%s", (char *)at.said.at);
}

static void
start_route(void)
{
	cr_assert_eq(ASK(at.school, "case open", "titel", "Noor Zandloper"), 0);
	cr_assert_eq(ASK(at.school, "route start", "zaak", "1", "route", "proef", "rol", "school"),
		     0, "%s", (char *)at.said.at);
}

static int
join(struct lb_party *party, const char *role)
{
	int exit_code = ASK(at.school, "participant add", "zaak", "1", "rol", role, "partij",
			    name_of(party));

	lb_settle(&at.world);
	return exit_code;
}

#define HULPVRAAG                                                                                  \
	"leerling_naam=Noor Zandloper\ngeboortedatum=2016-04-05\nondersteuningsbehoefte=rust\n"

static int
submit(void)
{
	int exit_code = ASK(at.school, "act", "zaak", "1", "stap", "indienen", "feiten",
			    "ouders-op-de-hoogte=2026-03-02\n", "velden", HULPVRAAG);

	lb_settle(&at.world);
	return exit_code;
}

/* School, swv and jeugd, the swv with the regie. */
static void
running_case(void)
{
	char parties[100];

	(void)snprintf(parties, sizeof(parties), "%s,%s", name_of(at.swv), name_of(at.gemeente));
	start_route();
	give_consent(parties);
	cr_assert_eq(join(at.swv, "swv"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(join(at.gemeente, "jeugd"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(submit(), 0, "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "regie", "zaak", "1", "stap", "aanvaarden"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
}

Test(flow, a_step_of_the_opener_reaches_everybody_and_the_regie_passes_in_two_steps)
{
	struct seen swv;

	running_case();
	swv = case_at(at.swv, 1);
	cr_assert_str_eq(state_of(&swv), "lopend");
	cr_assert_str_eq(swv.view.regievoerder.text, name_of(at.swv));
	cr_assert_eq(swv.view.participant_count, 3);
	cr_assert_eq(swv.view.clock_count, 1);
	expect_same(at.school, at.swv);
	expect_same(at.gemeente, at.swv);
	/* The message that goes with the step went to the swv alone. */
	cr_assert_eq(ASK(at.swv, "case show", "zaak", "1"), 0, "%s", (char *)at.said.at);
	cr_assert(said("|in|doa-hulpvraag|"), "%s", (char *)at.said.at);
	cr_assert(said("|lopend|Lopend|"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.gemeente, "case show", "zaak", "1"), 0);
	cr_assert_not(said("doa-hulpvraag|"), "%s", (char *)at.said.at);
}

Test(flow, a_participant_only_proposes_and_the_regievoerder_makes_the_record)
{
	char waiting[80];
	struct seen school;

	running_case();
	cr_assert_eq(ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna, Bert"),
		     0, "%s", (char *)at.said.at);
	cr_assert(said("Doorgegeven aan de regievoerder"), "%s", (char *)at.said.at);
	lb_settle(&at.world);
	school = case_at(at.school, 1);
	cr_assert(school.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
	cr_assert_str_eq(school.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].actor.text,
			 name_of(at.school));
	expect_same(at.school, at.swv);
	expect_same(at.gemeente, at.swv);
	/* Nothing waits any more. */
	(void)snprintf(waiting, sizeof(waiting), "|bespreken|Bespreken|%s", name_of(at.swv));
	cr_assert_eq(ASK(at.school, "case show", "zaak", "1"), 0);
	cr_assert_not(said(waiting), "%s", (char *)at.said.at);
}

Test(flow, only_the_regievoerder_closes_and_a_missing_fact_is_named)
{
	running_case();
	cr_assert_neq(ASK(at.school, "act", "zaak", "1", "stap", "afsluiten"), 0);
	cr_assert_neq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0);
	cr_assert(said("het overleg is gehouden"), "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "afsluiten"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	expect_same(at.school, at.swv);
	expect_same(at.gemeente, at.swv);
	cr_assert_neq(case_at(at.gemeente, 1).view.closed_utc_ms, 0);
	cr_assert_neq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			  "overleg-gehouden=2026-03-02; Anna"),
		      0);
}

Test(flow, whom_the_toestemming_does_not_name_cannot_be_invited_R01)
{
	start_route();
	give_consent(name_of(at.swv));
	cr_assert_eq(join(at.swv, "swv"), 0, "%s", (char *)at.said.at);
	cr_assert_neq(join(at.jeugdhulp, "jeugdhulp"), 0);
	cr_assert_eq(case_at(at.school, 1).view.participant_count, 2);
	cr_assert_eq(ASK(at.jeugdhulp, "inbox", NULL), 0);
	cr_assert_not(said("jeugdhulp"), "it hears nothing of the case");
}

Test(flow, without_a_toestemming_the_hulpvraag_is_refused_by_the_rule_R01)
{
	start_route();
	cr_assert_neq(submit(), 0);
	cr_assert(said("R01") || said("toestemming"), "%s", (char *)at.said.at);
	cr_assert_eq(case_at(at.school, 1).view.revision, 1);
}

/* ---- clocks and the vangnet ---- */

Test(flow, a_clock_that_runs_out_is_told_to_all_by_the_agent_of_the_regievoerder)
{
	struct seen gemeente;

	running_case();
	lb_wait(&at.world, 29 * DAY_MS);
	gemeente = case_at(at.gemeente, 1);
	cr_assert_eq(gemeente.view.clocks[0].state, KB_CHAIN_CLOCK_EXPIRED);
	cr_assert_neq(gemeente.inbox & KB_INBOX_LATE, 0);
	expect_same(at.gemeente, at.swv);
	expect_same(at.school, at.swv);
}

Test(flow, the_vangnet_takes_over_and_the_step_of_the_old_regievoerder_comes_back_to_be_taken_in)
{
	struct seen swv;

	running_case();
	at.swv->connected = false;
	lb_settle(&at.world);
	cr_assert_neq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0,
		      "the clock still runs");
	lb_wait(&at.world, 34 * DAY_MS);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0, "%s",
		     (char *)at.said.at);
	/* The old regievoerder knows nothing of it and works on. */
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	at.swv->connected = true;
	lb_wait(&at.world, DAY_MS);
	lb_wait(&at.world, DAY_MS);
	swv = case_at(at.swv, 1);
	cr_assert_eq(swv.view.regie_epoch, 2);
	cr_assert_str_eq(swv.view.regievoerder.text, name_of(at.gemeente));
	cr_assert_gt(swv.voided, 0);
	cr_assert(swv.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there, "what was done is not lost");
	expect_same(at.swv, at.gemeente);
	expect_same(at.school, at.gemeente);
}

/* ---- a participant of another region ---- */

static void
sign_profile(const struct lb_party *signer)
{
	LB_OK(kb_profile_seal_make(&at.profile.hash, &signer->identity.self,
				   signer->identity.key_version, signer->identity.sign,
				   &at.profile.seal));
}

Test(flow, who_does_not_have_the_profile_gets_the_signed_one_and_goes_on)
{
	sign_profile(at.swv);
	at.gemeente->agent->profile = NULL;
	running_case();
	expect_same(at.gemeente, at.swv);
	/* It is kept: a new start reads it from the store. */
	lb_stop(at.gemeente);
	lb_start(at.gemeente);
	lb_settle(&at.world);
	expect_same(at.gemeente, at.swv);
	cr_assert_eq(ASK(at.gemeente, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert(case_at(at.swv, 1).view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
}

static void
expect_no_profile(void)
{
	at.gemeente->agent->profile = NULL;
	running_case();
	cr_assert_eq(case_at(at.gemeente, 1).view.revision, 0, "nothing is replayed");
	cr_assert_eq(ASK(at.gemeente, "case show", "zaak", "1"), 0, "%s", (char *)at.said.at);
	cr_assert(said("profiel van deze zaak is hier nog niet"), "%s", (char *)at.said.at);
}

Test(flow, a_profile_that_nobody_signed_does_not_travel)
{
	expect_no_profile();
}

Test(flow, a_profile_that_no_swv_signed_is_refused)
{
	sign_profile(at.school);
	expect_no_profile();
}

/* ---- the end of the toestemming ---- */

Test(flow, after_a_withdrawal_the_case_can_be_closed_and_the_others_hear_of_it)
{
	running_case();
	cr_assert_eq(ASK(at.school, "consent withdraw", "toestemming", "1"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_neq(ASK(at.school, "act", "zaak", "1", "stap", "bespreken", "feiten",
			  "overleg-gehouden=2026-03-02; Anna"),
		      0, "nothing goes to the regievoerder any more");
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "toestemming-ingetrokken"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	cr_assert_neq(case_at(at.swv, 1).view.closed_utc_ms, 0);
	expect_same(at.school, at.swv);
	expect_same(at.gemeente, at.swv);
}

/* ---- what a partner must not be able to do ---- */

static struct kb_span
newest_record(struct lb_party *party, struct kb_arena *arena, struct kb_chain_record *out)
{
	struct kb_chain_row row = { .arrival_no = 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (kb_chain_row_next(step, 1, row.arrival_no, arena, &row) == KB_OK) {
		LB_OK(kb_chain_record_decode(row.bytes, arena, out));
	}
	kb_step_abort(&step);
	return row.bytes;
}

struct forging {
	struct kb_chain_record record;
	const struct kb_chain_record *then; /* after it, in the same message; NULL: none */
	const struct lb_party *to;
	enum kb_kind kind;
};

/* A record of the own making, on the ground of the case. */
static enum kb_err
forge_act(struct kb_act *act, void *arg)
{
	const struct forging *forging = arg;
	struct kb_chain_record record = forging->record;
	struct kb_buf bytes = { 0 };
	struct kb_buf content = { 0 };
	struct kb_buf more = { 0 };
	struct kb_span regels[2] = { KB_SPAN_NONE, KB_SPAN_NONE };
	struct kb_zaak_regels message = { .regels = regels, .regel_count = 1 };
	struct kb_flow flow;

	LB_OK(kb_flow_load(act, 1, &flow));
	LB_OK(kb_chain_record_encode(&record, &bytes));
	regels[0] = kb_buf_span(&bytes);
	if (forging->then != NULL) {
		struct kb_chain_record then = *forging->then;

		then.previous = record.hash;
		LB_OK(kb_chain_record_encode(&then, &more));
		regels[message.regel_count++] = kb_buf_span(&more);
	}
	LB_OK(kb_zaak_regels_encode(&message, &content));
	if (forging->kind == KB_KIND_ZAAK_EINDE) {
		struct kb_outgoing outgoing = { .recipient = forging->to->identity.self,
						.kind = forging->kind,
						.case_no = 1,
						.content = kb_buf_span(&content) };

		LB_OK(kb_act_send(act, &outgoing, NULL));
	} else {
		LB_OK(kb_flow_send(&flow, &forging->to->identity.self, KB_ROUTE_JEUGD,
				   forging->kind, kb_buf_span(&content)));
	}
	kb_buf_release(&bytes);
	kb_buf_release(&more);
	kb_buf_release(&content);
	return KB_OK;
}

static void
forge(struct lb_party *by, struct forging *forging)
{
	LB_OK(kb_agent_run(by->agent, 0, forge_act, NULL, forging));
	lb_settle(&at.world);
}

/* The next record, right in everything but who makes it, when, or as what it goes. */
static struct forging
next_record(struct lb_party *by, struct kb_arena *arena)
{
	struct forging forging = { .to = at.gemeente, .kind = KB_KIND_ZAAK_REGEL };

	(void)newest_record(by, arena, &forging.record);
	forging.record.previous = forging.record.hash;
	forging.record.revision++;
	forging.record.event = kb_span_text("bespreken");
	forging.record.at_utc_ms = at.world.fake.utc_ms;
	forging.record.facts = kb_arena_alloc(arena, sizeof(*forging.record.facts));
	cr_assert_not_null(forging.record.facts);
	forging.record.facts[0] =
		(struct kb_chain_fact){ .fact = KB_FACT_NR_OVERLEG_GEHOUDEN,
					.day = kb_date_local_day(at.world.fake.utc_ms),
					.people = kb_span_text("Anna") };
	forging.record.fact_count = 1;
	return forging;
}

Test(flow, who_does_not_have_the_regie_cannot_make_a_record_of_it)
{
	struct kb_arena arena = { 0 };
	struct forging forging;
	struct seen before;

	running_case();
	before = case_at(at.gemeente, 1);
	forging = next_record(at.school, &arena);
	forge(at.school, &forging);
	cr_expect_eq(case_at(at.gemeente, 1).view.revision, before.view.revision,
		     "in the name of the regievoerder");
	forging.record.regievoerder = at.school->identity.self;
	forge(at.school, &forging);
	cr_expect_eq(case_at(at.gemeente, 1).view.revision, before.view.revision,
		     "as if the regie were its own");
	cr_expect_str_eq(case_at(at.gemeente, 1).view.regievoerder.text, name_of(at.swv));
	kb_arena_release(&arena);
}

Test(flow, a_record_from_the_future_is_not_taken_in)
{
	struct kb_arena arena = { 0 };
	struct forging forging;
	struct seen before;

	running_case();
	before = case_at(at.gemeente, 1);
	forging = next_record(at.swv, &arena);
	forging.record.at_utc_ms = at.world.fake.utc_ms + DAY_MS;
	forge(at.swv, &forging);
	cr_expect_eq(case_at(at.gemeente, 1).stands, before.stands);
	/* The same of now is. */
	forging.record.at_utc_ms = at.world.fake.utc_ms;
	forge(at.swv, &forging);
	cr_expect_eq(case_at(at.gemeente, 1).stands, before.stands + 1);
	kb_arena_release(&arena);
}

Test(flow, what_needs_no_toestemming_can_only_end_a_case)
{
	struct kb_arena arena = { 0 };
	struct forging forging;
	struct seen before;

	running_case();
	before = case_at(at.gemeente, 1);
	forging = next_record(at.swv, &arena);
	forging.kind = KB_KIND_ZAAK_EINDE;
	forge(at.swv, &forging);
	cr_expect_eq(case_at(at.gemeente, 1).view.revision, before.view.revision);
	kb_arena_release(&arena);
}

Test(flow, who_takes_over_makes_the_step_that_it_had_only_proposed_and_tells_both_in_order)
{
	struct seen gemeente;

	running_case();
	at.swv->connected = false;
	lb_settle(&at.world);
	cr_assert_eq(ASK(at.gemeente, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_wait(&at.world, 34 * DAY_MS);
	cr_assert_eq(ASK(at.gemeente, "regie", "zaak", "1", "stap", "overnemen"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
	gemeente = case_at(at.gemeente, 1);
	cr_assert_str_eq(gemeente.view.regievoerder.text, name_of(at.gemeente));
	cr_assert(gemeente.view.facts[KB_FACT_NR_OVERLEG_GEHOUDEN].there);
	expect_same(at.school, at.gemeente);
	cr_assert_eq(ASK(at.school, "case show", "zaak", "1"), 0);
	cr_assert_not(said("verzoek om ontbrekende stappen"), "%s", (char *)at.said.at);
}

/* "The regievoerder offered it to me, and I accepted": both records made by who would like the regie. */
Test(flow, nobody_gets_the_regie_by_an_offer_that_was_never_made)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_record accepted;
	struct forging forging;

	running_case();
	forging = next_record(at.school, &arena);
	forging.record.event = kb_span_text("regie-aanbieden");
	forging.record.fact_count = 0;
	forging.record.actor = at.swv->identity.self;
	forging.record.offered_to = at.school->identity.self;
	accepted = forging.record;
	accepted.revision++;
	accepted.event = kb_span_text("regie-aanvaarden");
	accepted.actor = at.school->identity.self;
	accepted.regievoerder = at.school->identity.self;
	accepted.offered_to = (struct kb_party_id){ { 0 } };
	forging.then = &accepted;
	forge(at.school, &forging);
	cr_expect_str_eq(case_at(at.gemeente, 1).view.regievoerder.text, name_of(at.swv));
	kb_arena_release(&arena);
}

/* The first two records as the opener made them, but a moment earlier, and with the gemeente as the second participant. */
static void
forge_beginning(const struct seen *known, int64_t earlier_ms)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_row row = { .arrival_no = 0 };
	struct kb_chain_participant both[2];
	struct kb_chain_record then;
	struct kb_step *step = NULL;
	struct forging forging = { .to = at.gemeente, .kind = KB_KIND_ZAAK_REGEL, .then = &then };

	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_READ, &step));
	LB_OK(kb_chain_row_next(step, 1, 0, &arena, &row));
	LB_OK(kb_chain_record_decode(row.bytes, &arena, &forging.record));
	LB_OK(kb_chain_row_next(step, 1, row.arrival_no, &arena, &row));
	LB_OK(kb_chain_record_decode(row.bytes, &arena, &then));
	kb_step_abort(&step);
	forging.record.at_utc_ms -= earlier_ms;
	forging.record.participants[0].from_utc_ms = forging.record.at_utc_ms;
	both[0] = forging.record.participants[0];
	both[1] = known->view.participants[2];
	both[1].from_utc_ms = then.at_utc_ms;
	then.participants = both;
	then.participant_count = 2;
	forge(at.school, &forging);
	kb_arena_release(&arena);
}

Test(flow, a_case_does_not_begin_anew_with_another_first_record)
{
	struct seen before;

	running_case();
	before = case_at(at.gemeente, 1);
	/* Of all that differ in their time, some have a smaller hash than the true one. */
	for (int64_t i = 1; i <= 8; i++) {
		forge_beginning(&before, i);
	}
	cr_expect_eq(case_at(at.gemeente, 1).view.revision, before.view.revision);
	cr_expect_arr_eq(case_at(at.gemeente, 1).view.last.bytes, before.view.last.bytes,
			 KB_HASH_BYTES);
}

/* ---- what waits for a past that never comes ---- */

/* It waits for ever; what is asked for because of it brings nothing new, and is then not asked for again. */
Test(flow, a_record_without_a_past_does_not_keep_two_agents_asking)
{
	struct kb_arena arena = { 0 };
	struct forging forging;

	running_case();
	forging = next_record(at.school, &arena);
	forging.record.revision = 3;
	forging.record.regievoerder = at.school->identity.self;
	forging.record.previous.bytes[0] ^= 1;
	forge(at.school, &forging);
	/* The world comes to rest after the next step. */
	cr_assert_eq(ASK(at.swv, "act", "zaak", "1", "stap", "bespreken", "feiten",
			 "overleg-gehouden=2026-03-02; Anna"),
		     0, "%s", (char *)at.said.at);
	lb_settle(&at.world);
	expect_same(at.swv, at.gemeente);
	kb_arena_release(&arena);
}

/* The message that invites may come after what follows on it: what came first is kept, and the rest is asked for. */
Test(flow, a_case_that_begins_in_the_middle_is_taken_in_and_waits)
{
	struct kb_arena arena = { 0 };
	struct kb_chain_participant both[2];
	struct forging forging;

	start_route();
	give_consent(name_of(at.gemeente));
	forging = next_record(at.school, &arena);
	both[0] = forging.record.participants[0];
	both[1] = both[0];
	both[1].party = at.gemeente->identity.self;
	both[1].role = KB_ROUTE_JEUGD;
	forging.record.participants = both;
	forging.record.participant_count = 2;
	forging.record.revision = 4;
	forging.record.previous.bytes[0] ^= 1;
	forge(at.school, &forging);
	cr_expect_not_null(case_at(at.gemeente, 1).view.route, "it was parked");
	kb_arena_release(&arena);
}
