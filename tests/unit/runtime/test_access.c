/* SPDX-License-Identifier: EUPL-1.2 */
/* What the messages of a case say about who may see it: closed storage at an swv (R10) and the actietafel (R31). */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/runtime/authorise.h"
#include "agents/runtime/role.h"
#include "common/store/agent_store.h"
#include "common/store/case_records.h"
#include "common/store/parties.h"
#include "common/store/record.h"
#include "common/store/users.h"
#include "tests/support/loopback_broker.h"

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static struct lb_world world;
static struct lb_party *swv;
static struct lb_party *school;
static struct kb_buf answer;

static int
ask(const char *user, const char *verb, const char *const *arguments)
{
	kb_buf_clear(&answer);
	return lb_ask(swv, user, verb, arguments, &answer);
}

static const char *
said(void)
{
	return (const char *)answer.at;
}

/* A user with any set of roles; 'user add' gives one. */
struct person {
	const char *name;
	uint32_t roles;
	uint32_t desk;
	const struct kb_party_id *employer;
};

/* A case with one message of that kind from the school. */
struct content {
	uint32_t kind;
	uint32_t desk;
	uint64_t case_no;
};

static void
act_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	(void)agent;
	(void)arg;
	LB_OK(err);
}

static enum kb_err
person_act(struct kb_act *act, void *arg)
{
	const struct person *person = arg;
	struct kb_user user = { .roles = person->roles,
				.desk = person->desk,
				.valid_until_day = INT32_MAX,
				.uid = 0,
				.name = kb_span_text(person->name),
				.function = kb_span_text("proef") };

	if (person->employer != NULL) {
		user.organisatie = *person->employer;
	}
	return kb_user_put(act->step, &user);
}

static void
person(const char *name, uint32_t roles, uint32_t desk, const struct kb_party_id *employer)
{
	struct person row = { name, roles, desk, employer };

	LB_OK(kb_agent_run(swv->agent, 0, person_act, act_done, &row));
	lb_settle(&world);
}

static enum kb_err
content_act(struct kb_act *act, void *arg)
{
	struct content *content = arg;
	struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM, .desk = content->desk };
	struct kb_case_record line = { .direction = KB_DIRECTION_IN, .kind = content->kind };
	enum kb_err err = kb_party_take(act->step, &school->identity.self, &row.counterparty_no);

	if (err == KB_OK) {
		err = kb_act_case_open(act, &row);
	}
	if (err == KB_OK) {
		struct kb_case *edited = NULL;

		line.case_no = row.case_no;
		line.party_no = row.counterparty_no;
		line.at_utc_ms = act->now_utc_ms;
		line.ledger_seq = row.created_seq;
		err = kb_case_record_put(act->step, &line);
		if (err == KB_OK) {
			err = kb_case_edit(act->step, row.case_no, &edited);
		}
		if (err == KB_OK) {
			edited->inbox_flags = KB_INBOX_NEW;
		}
	}
	content->case_no = row.case_no;
	return err;
}

/* Its number, as text. */
static const char *
content(enum kb_kind kind, enum kb_desk desk)
{
	static char numbers[16][24];
	static unsigned next;
	struct content row = { .kind = (uint32_t)kind, .desk = (uint32_t)desk };
	char *number = numbers[next++ % 16];

	LB_OK(kb_agent_run(swv->agent, 0, content_act, act_done, &row));
	lb_settle(&world);
	(void)snprintf(number, sizeof(numbers[0]), "%llu", (unsigned long long)row.case_no);
	return number;
}

static int
mandate(const char *name, const char *kind, const char *case_no)
{
	return case_no != NULL ? ask("", "access mandate add",
				     ARGS("naam", name, "mandaat", kind, "tot", "2027-12-31",
					  "door", "bestuur", "zaak", case_no))
			       : ask("", "access mandate add",
				     ARGS("naam", name, "mandaat", kind, "tot", "2027-12-31",
					  "door", "bestuur"));
}

static void
open_world(void)
{
	lb_open(&world);
	swv = lb_add(&world, KB_PARTY_SWV, NULL);
	school = lb_add(&world, KB_PARTY_SCHOOL, NULL);
	swv->role.desks[0] = KB_DESK_SWV;
	swv->role.desks[1] = KB_DESK_JEUGDHULP;
	lb_publish_register(&world);
	lb_start(swv);
	person("Swv", KB_USER_DESK, KB_DESK_SWV, NULL);
	person("Gast", KB_USER_DESK, KB_DESK_JEUGDHULP, &school->identity.self);
}

static void
close_world(void)
{
	kb_buf_release(&answer);
	lb_close(&world);
}

TestSuite(access, .init = open_world, .fini = close_world);

Test(access, R10_every_message_about_a_tlv_closes_the_case_to_others_than_swv_staff)
{
	for (unsigned kind = KB_KIND_TLV_AANVRAAG; kind <= KB_KIND_HERINDICATIE_SIGNAAL; kind++) {
		const char *zaak = content((enum kb_kind)kind, KB_DESK_JEUGDHULP);

		/* Of the desk of the case, and still not: the storage is closed. */
		cr_assert_eq(ask("Gast", "case show", ARGS("zaak", zaak)), 77, "%s",
			     kb_kind_name(kind));
		cr_assert_str_eq(said(), KB_ACCESS_SENTENCE);
		zaak = content((enum kb_kind)kind, KB_DESK_SWV);
		cr_assert_eq(ask("Swv", "case show", ARGS("zaak", zaak)), 0, "%s: %s",
			     kb_kind_name(kind), said());
	}
	cr_assert_eq(ask("Gast", "inbox", NULL), 0);
	cr_assert_null(strstr(said(), "nieuw"), "%s", said());
	cr_assert_eq(ask("Swv", "inbox", NULL), 0);
	cr_assert_not_null(strstr(said(), "nieuw"), "%s", said());
}

Test(access, R10_the_deskundige_of_a_case_sees_that_case_and_no_other)
{
	const char *one = content(KB_KIND_TLV_AANVRAAG, KB_DESK_SWV);
	const char *two = content(KB_KIND_TLV_AANVRAAG, KB_DESK_SWV);

	cr_assert_eq(mandate("Gast", "deskundige", NULL), 65, "of a case");
	cr_assert_eq(mandate("Gast", "deskundige", "99"), 65, "that is there");
	cr_assert_eq(mandate("Gast", "doa", NULL), 0);
	cr_assert_eq(ask("Gast", "case show", ARGS("zaak", one)), 77);
	cr_assert_eq(mandate("Gast", "deskundige", one), 0, "%s", said());
	cr_assert_eq(ask("Gast", "case show", ARGS("zaak", one)), 0, "%s", said());
	cr_assert_eq(ask("Gast", "case show", ARGS("zaak", two)), 77);
	cr_assert_eq(ask("", "access mandate list", NULL), 0);
	cr_assert_not_null(strstr(said(), "|2|Gast|deskundige|"), "%s", said());
	cr_assert_eq(ask("", "access deputy end", ARGS("nummer", "2")), 65, "it is no deputy");
	cr_assert_eq(ask("", "access mandate end", ARGS("nummer", "2")), 0);
	cr_assert_eq(ask("Gast", "case show", ARGS("zaak", one)), 77);
}

Test(access, R31_an_actietafel_case_is_for_members_and_an_independent_chair)
{
	struct kb_party_id elsewhere;
	const char *zaak = content(KB_KIND_ACTIETAFEL_CASUS, KB_DESK_SWV);
	const char *other = content(KB_KIND_ACTIETAFEL_BESLUIT, KB_DESK_SWV);

	LB_OK(kb_party_id_parse(kb_span_text("00000099000000008888"), &elsewhere));
	person("Lid", KB_USER_DESK, KB_DESK_SWV, &school->identity.self);
	person("Onafhankelijk", KB_USER_DESK, KB_DESK_SWV, &elsewhere);
	person("Vanschool", KB_USER_DESK, KB_DESK_SWV, &school->identity.self);
	cr_assert_eq(ask("Swv", "case show", ARGS("zaak", zaak)), 77, "the desk is not enough");
	cr_assert_eq(ask("Swv", "case show", ARGS("zaak", other)), 77);
	cr_assert_eq(mandate("Lid", "actietafel", NULL), 0);
	cr_assert_eq(ask("Lid", "case show", ARGS("zaak", zaak)), 0, "%s", said());
	cr_assert_eq(ask("Lid", "case show", ARGS("zaak", other)), 0, "%s", said());
	cr_assert_eq(mandate("Onafhankelijk", "voorzitter", NULL), 0);
	cr_assert_eq(ask("Onafhankelijk", "case show", ARGS("zaak", zaak)), 0, "%s", said());
	cr_assert_eq(mandate("Vanschool", "voorzitter", NULL), 0);
	cr_assert_eq(ask("Vanschool", "case show", ARGS("zaak", zaak)), 77,
		     "the school takes part");
	/* The board of the school, and another school of it, are the school here. */
	(void)snprintf(elsewhere.text, sizeof(elsewhere.text), "%.20s/99ZZ99",
		       school->identity.self.text);
	person("Vanbestuur", KB_USER_DESK, KB_DESK_SWV, &elsewhere);
	cr_assert_eq(mandate("Vanbestuur", "voorzitter", NULL), 0);
	cr_assert_eq(ask("Vanbestuur", "case show", ARGS("zaak", zaak)), 77);
	/* Without another employer the chair is of this party, and this party takes part in all its cases. */
	cr_assert_eq(mandate("Swv", "voorzitter", NULL), 0);
	cr_assert_eq(ask("Swv", "case show", ARGS("zaak", zaak)), 77);
	cr_assert_eq(ask("", "access mandate add",
			 ARGS("naam", "Lid", "mandaat", "voorzitter", "tot", "2027-12-31", "door",
			      "bestuur", "zaak", zaak)),
		     0);
	cr_assert_eq(ask("Lid", "case show", ARGS("zaak", zaak)), 77, "as chair of this case");
	cr_assert_eq(ask("Lid", "case show", ARGS("zaak", other)), 0, "as member of the other");
}

Test(access, a_mandate_counts_from_its_first_day_to_its_last)
{
	const char *zaak = content(KB_KIND_ACTIETAFEL_CASUS, KB_DESK_SWV);

	cr_assert_eq(ask("", "access mandate add",
			 ARGS("naam", "Swv", "mandaat", "actietafel", "vanaf", "2000-01-01", "tot",
			      "2000-12-31", "door", "bestuur")),
		     0);
	cr_assert_eq(ask("", "access mandate add",
			 ARGS("naam", "Swv", "mandaat", "actietafel", "vanaf", "2090-01-01", "tot",
			      "2090-12-31", "door", "bestuur")),
		     0);
	cr_assert_eq(ask("Swv", "case show", ARGS("zaak", zaak)), 77);
	cr_assert_eq(ask("", "access mandate add",
			 ARGS("naam", "Swv", "mandaat", "actietafel", "vanaf", "2000-01-01", "tot",
			      "2090-12-31", "door", "bestuur")),
		     0);
	cr_assert_eq(ask("Swv", "case show", ARGS("zaak", zaak)), 0, "%s", said());
	cr_assert_eq(ask("", "access mandate add",
			 ARGS("naam", "Swv", "mandaat", "waarneming", "tot", "2090-12-31", "door",
			      "bestuur")),
		     64);
	cr_assert_eq(ask("", "access mandate add",
			 ARGS("naam", "Niemand", "mandaat", "doa", "tot", "2090-12-31", "door",
			      "bestuur")),
		     65);
}

Test(access, a_refusal_names_its_rule_in_the_log)
{
	const char *zaak = content(KB_KIND_TLV_BESLUIT, KB_DESK_JEUGDHULP);

	person("Fg", KB_USER_FG, 0, NULL);
	cr_assert_eq(ask("Gast", "case show", ARGS("zaak", zaak)), 77);
	cr_assert_eq(ask("Fg", "access who", ARGS("zaak", zaak)), 0);
	cr_assert_not_null(
		strstr(said(), "|toegang-geweigerd|Gast|proef||jeugdhulp|case show (regel R10)|"),
		"%s", said());
	cr_assert_eq(ask("Gast", "access who", ARGS("zaak", zaak)), 77, "nor its log");
}

Test(access, an_swv_does_not_take_the_number_of_a_child)
{
	cr_assert_eq(ask("Swv", "case open", ARGS("titel", "Een kind", "pgn", "123456782")), 77,
		     "%s", said());
	cr_assert_eq(ask("Swv", "case open", ARGS("titel", "Een kind")), 0, "%s", said());
}

Test(access, nobody_judges_the_own_view_with_the_noodknop)
{
	const char *zaak = content(KB_KIND_TLV_AANVRAAG, KB_DESK_SWV);
	char line[24];

	person("Beide", KB_USER_DESK | KB_USER_FG, KB_DESK_JEUGDHULP, NULL);
	person("Fg", KB_USER_FG, 0, NULL);
	cr_assert_eq(ask("Beide", "case show",
			 ARGS("zaak", zaak, "noodgeval", "ja", "reden", "gevaar voor het kind")),
		     0, "%s", said());
	cr_assert_eq(ask("Fg", "access reviews", NULL), 0);
	(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(said() + 2, "|"), said() + 2);
	cr_assert_eq(ask("Beide", "access review",
			 ARGS("regel", line, "oordeel", "terecht", "toelichting", "x")),
		     77, "%s", said());
	cr_assert_eq(ask("Fg", "access review",
			 ARGS("regel", line, "oordeel", "terecht", "toelichting", "x")),
		     0, "%s", said());
}

Test(access, who_employs_a_seconded_user_is_in_the_list)
{
	cr_assert_eq(ask("", "user add",
			 ARGS("naam", "Gedetacheerd", "functie", "adviseur", "organisatie",
			      school->identity.self.text)),
		     0, "%s", said());
	cr_assert_eq(ask("", "user list", NULL), 0);
	cr_assert_not_null(strstr(said(), school->identity.self.text), "%s", said());
}

/* A verb that says nothing of what it asks is asked as one that works in the case it names. */
static enum kb_err
verb_runs(struct kb_desk_call *call)
{
	kb_desk_say(call, "gelopen");
	return KB_OK;
}

Test(access, a_verb_that_does_not_say_what_it_asks_gets_the_strictest_check)
{
	static const struct kb_desk_arg args[] = { { "zaak", KB_ARG_NUMBER, false, "zaak" } };
	static const struct kb_desk_verb verbs[] = { { .name = "proef",
						       .mode = KB_VERB_ACT,
						       .needs_user = true,
						       .args = args,
						       .arg_count = 1,
						       .fn = verb_runs,
						       .help = "proef" } };
	const char *zaak = content(KB_KIND_TLV_AANVRAAG, KB_DESK_SWV);

	person("Fg", KB_USER_FG, 0, NULL);
	lb_stop(swv);
	swv->role.verbs = verbs;
	swv->role.verb_count = 1;
	lb_start(swv);
	cr_assert_eq(ask("Swv", "proef", ARGS("zaak", zaak)), 0);
	cr_assert_str_eq(said(), "gelopen");
	cr_assert_eq(ask("Gast", "proef", ARGS("zaak", zaak)), 77);
	cr_assert_eq(ask("Gast", "proef", NULL), 0);
	cr_assert_eq(ask("Fg", "proef", NULL), 77);
}
