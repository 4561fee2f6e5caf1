/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of access: each by name, and every combination of inputs against a second writing of the rules. */
#include "common/exchange/access_rules.h"

#include <criterion/criterion.h>

#define MEDEWERKER KB_ACCESS_ROLE_MEDEWERKER
#define M(name) KB_MANDATE_BIT(KB_MANDATE_##name)

/* Somebody of the desk leerplicht and an ordinary case of that desk. */
static struct kb_access_question
ordinary(enum kb_access_action action)
{
	return (struct kb_access_question){
		.action = action,
		.person = { .active = true, .roles = MEDEWERKER, .desk = KB_DESK_LEERPLICHT },
		.party = KB_PARTY_GEMEENTE,
		.case_known = true,
		.case_desk = KB_DESK_LEERPLICHT,
	};
}

/* The desk swv at the swv and a case with a TLV-aanvraag. */
static struct kb_access_question
closed_storage(enum kb_access_action action)
{
	struct kb_access_question question = ordinary(action);

	question.party = KB_PARTY_SWV;
	question.person.desk = KB_DESK_SWV;
	question.case_desk = KB_DESK_SWV;
	question.case_class = KB_CASE_CLASS_TOELAATBAARHEID;
	return question;
}

static struct kb_access_question
table_case(enum kb_access_action action)
{
	struct kb_access_question question = ordinary(action);

	question.case_class = KB_CASE_CLASS_ACTIETAFEL;
	return question;
}

static void
allowed(struct kb_access_question question)
{
	struct kb_access_answer answer;

	cr_assert_eq(kb_access_decide(&question, &answer), KB_OK, "%s refused by %s",
		     kb_access_action_name(question.action),
		     answer.rule != NULL ? answer.rule->name : "the default");
	cr_assert_null(answer.rule);
}

static void
refused(struct kb_access_question question, const char *rule, enum kb_err err)
{
	struct kb_access_answer answer;

	cr_assert_eq(kb_access_decide(&question, &answer), err, "%s: %s, not %s",
		     kb_access_action_name(question.action), kb_err_name(answer.err),
		     kb_err_name(err));
	cr_assert_not_null(answer.rule);
	cr_assert_str_eq(answer.rule->name, rule);
	cr_assert_not(answer.deputised);
}

static const enum kb_access_action of_content[] = { KB_ACCESS_ROW, KB_ACCESS_SHOW, KB_ACCESS_ACT,
						    KB_ACCESS_TRACE };

#define EACH(action)                                                                               \
	for (size_t at = 0;                                                                        \
	     at < sizeof(of_content) / sizeof(of_content[0]) && ((action) = of_content[at], true); \
	     at++)

Test(access_rules, only_the_desk_of_a_case_works_in_it)
{
	enum kb_access_action action = KB_ACCESS_NONE;

	EACH(action)
	{
		struct kb_access_question question = ordinary(action);

		allowed(question);
		question.person.desk = KB_DESK_JEUGD;
		refused(question, "loket", KB_ERR_PERMISSION);
		question.person.desk = KB_DESK_UNSPECIFIED;
		question.case_desk = KB_DESK_UNSPECIFIED;
		refused(question, "loket", KB_ERR_PERMISSION);
		question = ordinary(action);
		question.case_known = false;
		refused(question, "zaak-onbekend", KB_ERR_NOT_FOUND);
	}
}

Test(access_rules, beheerder_and_fg_see_no_content)
{
	enum kb_access_action action = KB_ACCESS_NONE;

	EACH(action)
	{
		struct kb_access_question question = ordinary(action);

		question.person.roles = KB_ACCESS_ROLE_BEHEERDER;
		refused(question, "beheerder-ziet-geen-zaak", KB_ERR_PERMISSION);
		question.person.roles = KB_ACCESS_ROLE_FG;
		refused(question, "fg-ziet-geen-inhoud", KB_ERR_PERMISSION);
		question.person.roles = 0;
		refused(question, "medewerker", KB_ERR_PERMISSION);
		question.person.roles = KB_ACCESS_ROLE_BEHEERDER | MEDEWERKER;
		allowed(question);
	}
}

Test(access_rules, the_fg_reads_the_access_log_and_reviews_it_alone)
{
	struct kb_access_question question = closed_storage(KB_ACCESS_WHO);

	question.person.roles = KB_ACCESS_ROLE_FG;
	question.person.desk = KB_DESK_UNSPECIFIED;
	question.case_class |= KB_CASE_CLASS_ACTIETAFEL;
	allowed(question);
	question.action = KB_ACCESS_REVIEW;
	allowed(question);
	question.person.roles = MEDEWERKER | KB_ACCESS_ROLE_BEHEERDER;
	refused(question, "alleen-fg", KB_ERR_PERMISSION);
	question = ordinary(KB_ACCESS_WHO);
	question.person.roles = KB_ACCESS_ROLE_BEHEERDER;
	refused(question, "inzagelog", KB_ERR_PERMISSION);
	question.person.roles = MEDEWERKER;
	question.person.desk = KB_DESK_JEUGD;
	refused(question, "loket", KB_ERR_PERMISSION);
	question.person.behandelaar = true;
	allowed(question);
}

Test(access_rules, R10_tlv_and_health_at_an_swv_are_for_its_staff_and_the_deskundige)
{
	static const uint32_t classes[] = { KB_CASE_CLASS_TOELAATBAARHEID,
					    KB_CASE_CLASS_GEZONDHEID };
	enum kb_access_action action = KB_ACCESS_NONE;

	for (size_t i = 0; i < 2; i++) {
		EACH(action)
		{
			struct kb_access_question question = closed_storage(action);

			question.case_class = classes[i];
			allowed(question);
			/* The own desk alone is not enough. */
			question.person.desk = KB_DESK_SCHOOL;
			question.case_desk = KB_DESK_SCHOOL;
			refused(question, "R10", KB_ERR_PERMISSION);
			question.person.mandates = M(DOA) | M(ACTIETAFEL) | M(VOORZITTER);
			refused(question, "R10", KB_ERR_PERMISSION);
			question.person.mandates = M(DESKUNDIGE);
			allowed(question);
			question.case_desk = KB_DESK_SWV;
			allowed(question);
			/* Elsewhere the desk decides. */
			question.person.mandates = 0;
			question.party = KB_PARTY_SCHOOL;
			question.case_desk = KB_DESK_SCHOOL;
			allowed(question);
		}
	}
}

Test(access_rules, R31_an_actietafel_case_is_for_members_with_a_mandate)
{
	enum kb_access_action action = KB_ACCESS_NONE;

	EACH(action)
	{
		struct kb_access_question question = table_case(action);

		refused(question, "R31", KB_ERR_PERMISSION);
		question.person.mandates = M(DOA) | M(DESKUNDIGE);
		refused(question, "R31", KB_ERR_PERMISSION);
		question.person.mandates = M(ACTIETAFEL);
		allowed(question);
		question.person.employer_in_case = true; /* a member may; the chair may not */
		allowed(question);
		question.person.desk = KB_DESK_JEUGD;
		refused(question, "loket", KB_ERR_PERMISSION);
	}
}

Test(access_rules, R31_the_chair_belongs_to_no_party_in_the_case)
{
	enum kb_access_action action = KB_ACCESS_NONE;

	EACH(action)
	{
		struct kb_access_question question = table_case(action);

		question.person.mandates = M(VOORZITTER);
		allowed(question);
		question.person.employer_in_case = true;
		refused(question, "R31-voorzitter", KB_ERR_PERMISSION);
		question.person.mandates |= M(ACTIETAFEL);
		refused(question, "R31-voorzitter", KB_ERR_PERMISSION);
		question.case_class = 0; /* no table: an ordinary case of the desk */
		allowed(question);
	}
}

Test(access_rules, R36_where_the_region_asks_it_every_account_has_an_end_date)
{
	struct kb_access_question question = { .action = KB_ACCESS_USER_ADD };

	allowed(question);
	question.end_date_required = true;
	refused(question, "R36", KB_ERR_DATA);
	question.has_end_date = true;
	allowed(question);
}

Test(access_rules, R36_after_the_last_day_nothing_is_seen_and_nothing_done)
{
	for (unsigned bit = 0; bit < KB_ACCESS_ACTION_COUNT; bit++) {
		struct kb_access_question question = ordinary((enum kb_access_action)(1u << bit));

		question.person.roles |= KB_ACCESS_ROLE_FG;
		allowed(question);
		question.person.active = false;
		question.emergency = true;
		question.has_reason = true;
		if (question.action != KB_ACCESS_USER_ADD) {
			refused(question, "actief", KB_ERR_UNKNOWN_USER);
		}
	}
}

Test(access_rules, the_noodknop_shows_a_case_of_any_desk_with_a_reason_and_lets_nobody_act)
{
	struct kb_access_question question = closed_storage(KB_ACCESS_SHOW);

	question.case_class |= KB_CASE_CLASS_ACTIETAFEL;
	question.person.desk = KB_DESK_UNSPECIFIED;
	question.person.mandates = M(VOORZITTER);
	question.person.employer_in_case = true;
	question.emergency = true;
	refused(question, "noodgeval-reden", KB_ERR_DATA);
	question.has_reason = true;
	allowed(question);
	question.case_known = false;
	refused(question, "zaak-onbekend", KB_ERR_NOT_FOUND);
	question.case_known = true;
	question.action = KB_ACCESS_ACT;
	refused(question, "R10", KB_ERR_PERMISSION);
	question.action = KB_ACCESS_SHOW;
	question.person.roles = KB_ACCESS_ROLE_FG;
	refused(question, "fg-ziet-geen-inhoud", KB_ERR_PERMISSION);
	question.person.roles = KB_ACCESS_ROLE_BEHEERDER;
	refused(question, "beheerder-ziet-geen-zaak", KB_ERR_PERMISSION);
}

Test(access_rules, a_deputy_has_desk_and_table_of_the_absent_one_but_not_the_expertise)
{
	struct kb_access_person absent = { .active = true,
					   .roles = MEDEWERKER,
					   .desk = KB_DESK_LEERPLICHT,
					   .mandates = M(ACTIETAFEL) };
	struct kb_access_question question = table_case(KB_ACCESS_SHOW);
	struct kb_access_answer answer;

	question.person.desk = KB_DESK_JEUGD;
	refused(question, "R31", KB_ERR_PERMISSION);
	question.absent = &absent;
	cr_assert_eq(kb_access_decide(&question, &answer), KB_OK);
	cr_assert(answer.deputised);
	absent.active = false;
	refused(question, "R31", KB_ERR_PERMISSION);
	absent.active = true;
	absent.roles = KB_ACCESS_ROLE_BEHEERDER;
	refused(question, "R31", KB_ERR_PERMISSION);
	absent.roles = MEDEWERKER;
	question.person.roles = KB_ACCESS_ROLE_FG; /* the deputy needs the role too */
	refused(question, "fg-ziet-geen-inhoud", KB_ERR_PERMISSION);
	question = closed_storage(KB_ACCESS_SHOW);
	question.person.desk = KB_DESK_SCHOOL;
	absent = (struct kb_access_person){ .active = true,
					    .roles = MEDEWERKER,
					    .desk = KB_DESK_SCHOOL,
					    .mandates = M(DESKUNDIGE) };
	question.absent = &absent;
	refused(question, "R10", KB_ERR_PERMISSION);
	question.person.desk = KB_DESK_SWV; /* who may by itself deputises for nobody */
	cr_assert_eq(kb_access_decide(&question, &answer), KB_OK);
	cr_assert_not(answer.deputised);
}

Test(access_rules, R31_a_deputy_chair_is_as_independent_as_the_chair)
{
	struct kb_access_person absent = { .active = true,
					   .roles = MEDEWERKER,
					   .desk = KB_DESK_LEERPLICHT,
					   .mandates = M(VOORZITTER) };
	struct kb_access_question question = table_case(KB_ACCESS_ACT);

	question.absent = &absent;
	allowed(question);
	question.person.employer_in_case = true;
	refused(question, "R31", KB_ERR_PERMISSION);
	question.person.employer_in_case = false;
	absent.employer_in_case = true;
	refused(question, "R31", KB_ERR_PERMISSION);
}

Test(access_rules, what_is_in_no_table_is_refused)
{
	struct kb_access_question question = ordinary(KB_ACCESS_NONE);
	struct kb_access_answer answer;

	cr_assert_eq(kb_access_decide(&question, &answer), KB_ERR_PERMISSION);
	question.action = (enum kb_access_action)(KB_ACCESS_SHOW | KB_ACCESS_LIST);
	cr_assert_eq(kb_access_decide(&question, &answer), KB_ERR_PERMISSION);
	question.action = (enum kb_access_action)(1u << KB_ACCESS_ACTION_COUNT);
	cr_assert_eq(kb_access_decide(&question, &answer), KB_ERR_PERMISSION);
	cr_assert_str_eq(kb_access_action_name(KB_ACCESS_NONE), "");
	cr_assert_str_eq(kb_access_action_name(KB_ACCESS_WHO), "inzagelog");
	cr_assert_eq(kb_mandate_parse(kb_span_text("voorzitter")), KB_MANDATE_VOORZITTER);
	cr_assert_eq(kb_mandate_parse(kb_span_text("")), KB_MANDATE_NONE);
	cr_assert_str_eq(kb_mandate_label(KB_MANDATE_KIND_COUNT), "");
}

Test(access_rules, every_rule_has_a_name_a_source_and_an_error)
{
	size_t count = 0;
	const struct kb_access_rule *rules = kb_access_rules(&count);

	for (size_t i = 0; i < count; i++) {
		cr_assert_gt(strlen(rules[i].name), 0);
		cr_assert_gt(strlen(rules[i].source), 0);
		cr_assert_neq(rules[i].err, KB_OK);
		cr_assert_neq(rules[i].actions, 0);
		cr_assert_eq(rules[i].when & rules[i].unless, 0, "%s can never refuse",
			     rules[i].name);
	}
}

/* ---- every combination, against the rules written a second time, from what somebody may instead of from what not ---- */

static bool
sees_content(const struct kb_access_question *q)
{
	const struct kb_access_person *p = &q->person;
	bool emergency = q->emergency && q->action == KB_ACCESS_SHOW;
	bool expert = (p->mandates & M(DESKUNDIGE)) != 0;
	bool chair = (p->mandates & M(VOORZITTER)) != 0;
	bool closed =
		q->party == KB_PARTY_SWV &&
		(q->case_class & (KB_CASE_CLASS_TOELAATBAARHEID | KB_CASE_CLASS_GEZONDHEID)) != 0;
	bool at_table = (q->case_class & KB_CASE_CLASS_ACTIETAFEL) != 0;

	if (!p->active || (p->roles & MEDEWERKER) == 0 || !q->case_known) {
		return false;
	}
	if (emergency) {
		return q->has_reason;
	}
	if (closed && p->desk != KB_DESK_SWV && !expert) {
		return false;
	}
	if (at_table &&
	    ((chair && p->employer_in_case) || (!chair && (p->mandates & M(ACTIETAFEL)) == 0))) {
		return false;
	}
	return (p->desk != 0 && p->desk == q->case_desk) || expert;
}

static bool
sees_who(const struct kb_access_question *q)
{
	struct kb_access_question as_reader = *q;

	if (q->person.active && q->case_known && (q->person.roles & KB_ACCESS_ROLE_FG) != 0) {
		return true;
	}
	as_reader.emergency = false;
	if (q->person.behandelaar) {
		/* Whoever handles it reads its log, wherever the case is now; R10 and R31 stand. */
		if (q->party == KB_PARTY_SWV && q->person.desk != KB_DESK_SWV &&
		    (q->case_class & ~KB_CASE_CLASS_ACTIETAFEL) != 0 &&
		    (q->person.mandates & M(DESKUNDIGE)) == 0) {
			return false;
		}
		as_reader.person.mandates |= M(DESKUNDIGE);
	}
	return sees_content(&as_reader);
}

static bool
model(const struct kb_access_question *q)
{
	if (q->action == KB_ACCESS_LIST) {
		return q->person.active && (q->person.roles & MEDEWERKER) != 0;
	}
	if (q->action == KB_ACCESS_REVIEW) {
		return q->person.active && (q->person.roles & KB_ACCESS_ROLE_FG) != 0;
	}
	return q->action == KB_ACCESS_WHO ? sees_who(q) : sees_content(q);
}

/* The nth question: each input takes its share of n. */
static bool
question_of(uint32_t n, struct kb_access_question *q)
{
	static const uint32_t desks[] = { KB_DESK_UNSPECIFIED, KB_DESK_LEERPLICHT, KB_DESK_SWV };
	static const uint32_t mandates[] = { KB_MANDATE_ACTIETAFEL, KB_MANDATE_DESKUNDIGE,
					     KB_MANDATE_VOORZITTER };

#define TAKE(count) (take = n % (count), n /= (count), take)
	uint32_t take = 0;

	*q = (struct kb_access_question){ .action = (enum kb_access_action)(1u << TAKE(7)) };
	q->person.active = TAKE(2) != 0;
	q->person.roles = TAKE(8);
	q->person.desk = desks[TAKE(3)];
	q->case_desk = desks[TAKE(3)];
	for (size_t i = 0; i < 3; i++) {
		q->person.mandates |= TAKE(2) != 0 ? KB_MANDATE_BIT(mandates[i]) : 0;
	}
	q->person.employer_in_case = TAKE(2) != 0;
	q->person.behandelaar = TAKE(2) != 0;
	q->party = TAKE(2) != 0 ? KB_PARTY_SWV : KB_PARTY_GEMEENTE;
	q->case_known = TAKE(2) != 0;
	q->case_class = TAKE(8);
	q->emergency = TAKE(2) != 0;
	q->has_reason = TAKE(2) != 0;
#undef TAKE
	return n == 0;
}

Test(access_rules, R10_R31_R36_every_combination_is_decided_as_a_second_writing_of_the_rules_says)
{
	struct kb_access_question question;
	struct kb_access_answer answer;
	uint32_t allowed_count = 0;

	for (uint32_t n = 0; question_of(n, &question); n++) {
		bool want = model(&question);
		bool got = kb_access_decide(&question, &answer) == KB_OK;

		if (want != got) {
			cr_assert_fail("question %u (%s): %s, by %s", n,
				       kb_access_action_name(question.action),
				       want ? "must be allowed" : "must be refused",
				       answer.rule != NULL ? answer.rule->name : "no rule");
		}
		allowed_count += got;
	}
	cr_assert_gt(allowed_count, 1000);
}
