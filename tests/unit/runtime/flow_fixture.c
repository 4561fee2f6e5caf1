/* SPDX-License-Identifier: EUPL-1.2 */
/* A school, a samenwerkingsverband, a gemeente and a jeugdhulpaanbieder with a case along a small route of their own. */
#include "tests/unit/runtime/flow_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/agent_internal.h"
#include "common/base/file.h"
#include "common/exchange/date.h"
#include "common/store/case_records.h"
#include "common/store/chain.h"
#include "common/store/parties.h"
#include "common/store/seen.h"
#include "common/wire/zaak.h"

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
	"[proef: lopend -> lopend]\non = delen\nnaam = Delen\nby = school, jeugd, swv\n"
	"needs = toestemming\nlegt_vast = afspraken-gemaakt\nbron = proef, regel 7\n"
	"[proef: lopend -> klaar]\non = afsluiten\nnaam = Afsluiten\nby = regievoerder\n"
	"needs = overleg-gehouden\nstops = overleg\nbron = proef, regel 5\n"
	"[proef: * -> gestopt]\non = toestemming-ingetrokken\nnaam = Stoppen\nby = regievoerder\n"
	"bron = proef, regel 6\n";

struct flow_fixture at;

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

int
flow_ask(struct lb_party *party, const char *user, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&at.said);
	return lb_ask(party, user, verb, arguments, &at.said);
}

bool
flow_said(const char *text)
{
	return strstr((const char *)at.said.at, text) != NULL;
}

const char *
flow_name_of(const struct lb_party *party)
{
	return party->identity.self.text;
}

void
flow_open_all(void)
{
	struct kb_error_text where;

	read_profile();
	lb_open(&at.world);
	at.school = lb_add(&at.world, KB_PARTY_SCHOOL, NULL);
	at.swv = lb_add(&at.world, KB_PARTY_SWV, NULL);
	at.gemeente = lb_add(&at.world, KB_PARTY_GEMEENTE, "0344");
	at.jeugdhulp = lb_add(&at.world, KB_PARTY_JEUGDHULP, NULL);
	lb_publish_register(&at.world);
	for (size_t i = 1; i < at.world.party_count; i++) {
		at.world.parties[i].profile = &at.profile;
	}
	lb_start_all(&at.world);
	(void)snprintf(at.evidence, sizeof(at.evidence), "%s/bewijs", at.world.folder);
	cr_assert_eq(kb_file_replace(at.evidence, 0600, kb_span_text("getekend"), &where), KB_OK);
}

void
flow_close_all(void)
{
	lb_close(&at.world);
	kb_profile_release(&at.profile);
	kb_buf_release(&at.said);
}

/* ---- what an agent thinks of the case ---- */

struct looking {
	uint64_t case_no;
	struct flow_seen *out;
};

static enum kb_err
look_act(struct kb_act *act, void *arg)
{
	struct looking *looking = arg;
	struct kb_flow flow;
	enum kb_err err = kb_flow_load(act, looking->case_no, &flow);

	*looking->out = (struct flow_seen){ .stands = 0 };
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

struct flow_seen
flow_case_at(struct lb_party *party, uint64_t case_no)
{
	struct flow_seen out;
	struct looking looking = { case_no, &out };

	LB_OK(kb_agent_run(party->agent, 0, look_act, NULL, &looking));
	lb_settle(&at.world);
	return out;
}

const char *
flow_state_of(const struct flow_seen *seen)
{
	return at.profile.routes[0].states[seen->view.state].name;
}

void
flow_expect_same(struct lb_party *a, struct lb_party *b)
{
	struct flow_seen left = flow_case_at(a, 1);
	struct flow_seen right = flow_case_at(b, 1);

	cr_assert_gt(left.view.revision, 0);
	cr_expect_eq(left.view.revision, right.view.revision, "%u %u", left.view.revision,
		     right.view.revision);
	cr_expect_arr_eq(left.view.last.bytes, right.view.last.bytes, KB_HASH_BYTES);
	cr_expect_str_eq(flow_state_of(&left), flow_state_of(&right));
	cr_expect(kb_party_id_equal(&left.view.regievoerder, &right.view.regievoerder));
}

/* ---- the case ---- */

void
flow_give_consent(const char *parties)
{
	cr_assert_eq(ASK(at.school, "consent give", "zaak", "1", "doel", "doa", "partijen", parties,
			 "gegevens", "proces,identiteit,ondersteuning", "leeftijd", "onder-12",
			 "gezag", "1", "ouders", "1", "bewijs", at.evidence),
		     0, "%s", (char *)at.said.at);
}

void
flow_start_route(void)
{
	cr_assert_eq(ASK(at.school, "case open", "titel", "Noor Zandloper"), 0);
	cr_assert_eq(ASK(at.school, "route start", "zaak", "1", "route", "proef", "rol", "school"),
		     0, "%s", (char *)at.said.at);
}

int
flow_join(struct lb_party *party, const char *role)
{
	int exit_code = ASK(at.school, "participant add", "zaak", "1", "rol", role, "partij",
			    flow_name_of(party));

	lb_settle(&at.world);
	return exit_code;
}

#define HULPVRAAG                                                                                  \
	"leerling_naam=Noor Zandloper\ngeboortedatum=2016-04-05\nondersteuningsbehoefte=rust\n"

int
flow_submit(void)
{
	int exit_code = ASK(at.school, "act", "zaak", "1", "stap", "indienen", "feiten",
			    "ouders-op-de-hoogte=2026-03-02\n", "velden", HULPVRAAG);

	lb_settle(&at.world);
	return exit_code;
}

/* School, swv and jeugd; the swv is offered the regie. */
void
flow_submitted_case(void)
{
	char parties[100];

	(void)snprintf(parties, sizeof(parties), "%s,%s", flow_name_of(at.swv),
		       flow_name_of(at.gemeente));
	flow_start_route();
	flow_give_consent(parties);
	cr_assert_eq(flow_join(at.swv, "swv"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(flow_join(at.gemeente, "jeugd"), 0, "%s", (char *)at.said.at);
	cr_assert_eq(flow_submit(), 0, "%s", (char *)at.said.at);
}

/* The swv has it. */
void
flow_running_case(void)
{
	flow_submitted_case();
	cr_assert_eq(ASK(at.swv, "regie", "zaak", "1", "stap", "aanvaarden"), 0, "%s",
		     (char *)at.said.at);
	lb_settle(&at.world);
}

void
flow_sign_profile(const struct lb_party *signer)
{
	LB_OK(kb_profile_seal_make(&at.profile.hash, &signer->identity.self,
				   signer->identity.key_version, signer->identity.sign,
				   &at.profile.seal));
}

/* ---- what a partner must not be able to do ---- */

struct kb_span
flow_newest_record(struct lb_party *party, struct kb_arena *arena, struct kb_chain_record *out)
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

struct forging_act {
	const struct flow_forging *forging;
	struct kb_buf regels[FLOW_FORGED_MAX];
	size_t count;
};

static void
add_regel(struct forging_act *doing, struct kb_chain_record *record)
{
	cr_assert_lt(doing->count, FLOW_FORGED_MAX);
	kb_buf_clear(&doing->regels[doing->count]);
	LB_OK(kb_chain_record_encode(record, &doing->regels[doing->count++]));
}

/* On the ground of the case; the end of a case has one of its own. */
static void
send_forged(struct kb_act *act, const struct flow_forging *forging, struct kb_span content)
{
	struct kb_outgoing outgoing = { .recipient = forging->to->identity.self,
					.kind = forging->kind,
					.case_no = 1,
					.content = content,
					.purpose = forging->purpose };
	struct kb_flow flow;

	if (forging->kind == KB_KIND_ZAAK_EINDE || forging->purpose != KB_PURPOSE_UNSPECIFIED) {
		LB_OK(kb_act_send(act, &outgoing, NULL));
		return;
	}
	LB_OK(kb_flow_load(act, 1, &flow));
	LB_OK(kb_flow_send(&flow, &forging->to->identity.self, forging->role, forging->kind,
			   content));
}

static enum kb_err
forge_act(struct kb_act *act, void *arg)
{
	struct forging_act *doing = arg;
	const struct flow_forging *forging = doing->forging;
	struct kb_span regels[FLOW_FORGED_MAX];
	struct kb_zaak_regels message = { .regels = regels };
	struct kb_chain_record record = forging->record;
	struct kb_buf content = { 0 };

	doing->count = 0;
	add_regel(doing, &record);
	if (forging->then != NULL) {
		struct kb_chain_record then = *forging->then;

		then.previous = record.hash;
		add_regel(doing, &then);
	}
	for (unsigned i = 1; i < forging->copies; i++) {
		record.previous.bytes[1] ^= (uint8_t)i;
		add_regel(doing, &record);
		record.previous.bytes[1] ^= (uint8_t)i;
	}
	for (size_t i = 0; i < doing->count; i++) {
		regels[message.regel_count++] = kb_buf_span(&doing->regels[i]);
	}
	LB_OK(kb_zaak_regels_encode(&message, &content));
	send_forged(act, forging, kb_buf_span(&content));
	kb_buf_release(&content);
	return KB_OK;
}

enum kb_err
flow_forge(struct lb_party *by, struct flow_forging *forging)
{
	struct forging_act doing = { .forging = forging };

	LB_OK(kb_agent_run(by->agent, 0, forge_act, NULL, &doing));
	lb_settle(&at.world);
	for (size_t i = 0; i < FLOW_FORGED_MAX; i++) {
		kb_buf_release(&doing.regels[i]);
	}
	return flow_judged(by, forging->to);
}

static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	return kb_act_send(act, arg, NULL);
}

enum kb_err
flow_send_raw(struct lb_party *by, struct lb_party *to, struct kb_outgoing *outgoing)
{
	outgoing->recipient = to->identity.self;
	outgoing->case_no = 1;
	LB_OK(kb_agent_run(by->agent, 0, send_act, NULL, outgoing));
	lb_settle(&at.world);
	return flow_judged(by, to);
}

enum kb_err
flow_judged(const struct lb_party *by, const struct lb_party *to)
{
	uint32_t sender_no = 0;
	struct kb_seen_row row = { .outcome = KB_SEEN_NONE };
	struct kb_number_key key = { 0 };
	struct kb_step *step = NULL;

	LB_OK(kb_step_begin(kb_agent_store(to->agent), KB_STEP_READ, &step));
	LB_OK(kb_party_find(step, &by->identity.self, &sender_no));
	key.party_no = sender_no;
	while (kb_seen_next(step, &key, &row) == KB_OK) {
		key = row.key;
	}
	kb_step_abort(&step);
	cr_assert_neq(row.outcome, KB_SEEN_NONE, "nothing came");
	return row.outcome == KB_SEEN_REFUSED ? kb_err_from_reason(row.reason) : KB_OK;
}

size_t
flow_received(const struct lb_party *party, enum kb_kind kind)
{
	struct kb_arena arena = { 0 };
	struct kb_case_record *lines = NULL;
	struct kb_step *step = NULL;
	size_t count = 0;
	size_t found = 0;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_case_records(step, 1, 0, &arena, &lines, &count));
	for (size_t i = 0; i < count; i++) {
		found += lines[i].direction == KB_DIRECTION_IN && lines[i].kind == (uint32_t)kind;
	}
	kb_step_abort(&step);
	kb_arena_release(&arena);
	return found;
}

struct flow_forging
flow_next_record(struct lb_party *by, struct kb_arena *arena)
{
	struct flow_forging forging = { .to = at.gemeente,
					.role = KB_ROUTE_JEUGD,
					.kind = KB_KIND_ZAAK_REGEL };

	(void)flow_newest_record(by, arena, &forging.record);
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
