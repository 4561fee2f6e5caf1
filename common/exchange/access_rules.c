/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may see or do what: the table. */
#include "common/exchange/access_rules.h"

enum fact {
	ACTIEF = 1 << 0,
	MEDEWERKER = 1 << 1,
	BEHEERDER = 1 << 2,
	FG = 1 << 3,
	ZAAK_BEKEND = 1 << 4,
	EIGEN_LOKET = 1 << 5, /* the case is of the desk of this person */
	BEHANDELAAR = 1 << 6,
	BIJ_SWV = 1 << 7,
	SWV_LOKET = 1 << 8, /* the person works at the desk of the swv */
	TOELAATBAARHEID = 1 << 9,
	GEZONDHEID = 1 << 10,
	ACTIETAFEL = 1 << 11,
	M_ACTIETAFEL = 1 << 12,
	M_DESKUNDIGE = 1 << 13,
	M_VOORZITTER = 1 << 14,
	WERKGEVER_IN_ZAAK = 1 << 15,
	NOODGEVAL = 1 << 16,
	REDEN = 1 << 17,
	EINDDATUM_NODIG = 1 << 18,
	EINDDATUM = 1 << 19,
};

#define BY_PERSON                                                                                  \
	(KB_ACCESS_LIST | KB_ACCESS_ROW | KB_ACCESS_SHOW | KB_ACCESS_ACT | KB_ACCESS_TRACE |       \
	 KB_ACCESS_WHO | KB_ACCESS_REVIEW)
#define OF_CONTENT (KB_ACCESS_ROW | KB_ACCESS_SHOW | KB_ACCESS_ACT | KB_ACCESS_TRACE)
#define OF_WORK (KB_ACCESS_LIST | OF_CONTENT)

static const struct kb_access_rule rules[] = {
	{ "actief", BY_PERSON, 0, ACTIEF, KB_ERR_UNKNOWN_USER, "R36; design 3" },
	{ "noodgeval-reden", KB_ACCESS_SHOW, NOODGEVAL, REDEN, KB_ERR_DATA, "NEN 7513" },
	{ "fg-ziet-geen-inhoud", OF_WORK, FG, MEDEWERKER, KB_ERR_PERMISSION, "design 3" },
	{ "beheerder-ziet-geen-zaak", OF_WORK, BEHEERDER, MEDEWERKER, KB_ERR_PERMISSION,
	  "design 3" },
	{ "medewerker", OF_WORK, 0, MEDEWERKER, KB_ERR_PERMISSION, "design 3" },
	{ "inzagelog", KB_ACCESS_WHO, 0, FG | MEDEWERKER, KB_ERR_PERMISSION, "NEN 7513" },
	{ "alleen-fg", KB_ACCESS_REVIEW, 0, FG, KB_ERR_PERMISSION, "NEN 7513" },
	{ "zaak-onbekend", KB_ACCESS_OF_CASE, 0, ZAAK_BEKEND, KB_ERR_NOT_FOUND, "design 8" },
	{ "R10", OF_CONTENT, BIJ_SWV | TOELAATBAARHEID, SWV_LOKET | M_DESKUNDIGE | NOODGEVAL,
	  KB_ERR_PERMISSION, "[004:1460]" },
	{ "R10", OF_CONTENT, BIJ_SWV | GEZONDHEID, SWV_LOKET | M_DESKUNDIGE | NOODGEVAL,
	  KB_ERR_PERMISSION, "[004:1460]" },
	{ "R10", KB_ACCESS_WHO, BIJ_SWV | TOELAATBAARHEID, FG | SWV_LOKET | M_DESKUNDIGE,
	  KB_ERR_PERMISSION, "[004:1460]" },
	{ "R10", KB_ACCESS_WHO, BIJ_SWV | GEZONDHEID, FG | SWV_LOKET | M_DESKUNDIGE,
	  KB_ERR_PERMISSION, "[004:1460]" },
	{ "R31-voorzitter", OF_CONTENT, ACTIETAFEL | M_VOORZITTER | WERKGEVER_IN_ZAAK, NOODGEVAL,
	  KB_ERR_PERMISSION, "[003:895]" },
	{ "R31-voorzitter", KB_ACCESS_WHO, ACTIETAFEL | M_VOORZITTER | WERKGEVER_IN_ZAAK, FG,
	  KB_ERR_PERMISSION, "[003:895]" },
	{ "R31", OF_CONTENT, ACTIETAFEL, M_ACTIETAFEL | M_VOORZITTER | NOODGEVAL, KB_ERR_PERMISSION,
	  "[003:896-897]" },
	{ "R31", KB_ACCESS_WHO, ACTIETAFEL, FG | M_ACTIETAFEL | M_VOORZITTER, KB_ERR_PERMISSION,
	  "[003:896-897]" },
	{ "loket", OF_CONTENT, 0, EIGEN_LOKET | M_DESKUNDIGE | NOODGEVAL, KB_ERR_PERMISSION,
	  "design 3" },
	{ "loket", KB_ACCESS_WHO, 0, FG | EIGEN_LOKET | BEHANDELAAR | M_DESKUNDIGE,
	  KB_ERR_PERMISSION, "design 3" },
	{ "R36", KB_ACCESS_USER_ADD, EINDDATUM_NODIG, EINDDATUM, KB_ERR_DATA,
	  "[001:895] [004:399]" },
};
#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

static const char *const action_names[KB_ACCESS_ACTION_COUNT] = {
#define KB_ROW(name, bit, text) [bit] = (text),
	KB_ACCESS_ACTION_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const mandate_names[KB_MANDATE_KIND_COUNT] = {
#define KB_ROW(name, number, text, label) [number] = (text),
	KB_MANDATE_TABLE(KB_ROW)
#undef KB_ROW
};

static const char *const mandate_labels[KB_MANDATE_KIND_COUNT] = {
#define KB_ROW(name, number, text, label) [number] = (label),
	KB_MANDATE_TABLE(KB_ROW)
#undef KB_ROW
};

const char *
kb_access_action_name(enum kb_access_action action)
{
	for (unsigned bit = 0; bit < KB_ACCESS_ACTION_COUNT; bit++) {
		if ((unsigned)action == 1u << bit) {
			return action_names[bit];
		}
	}
	return "";
}

const char *
kb_mandate_name(enum kb_mandate_kind kind)
{
	return (unsigned)kind < KB_MANDATE_KIND_COUNT ? mandate_names[kind] : "";
}

const char *
kb_mandate_label(enum kb_mandate_kind kind)
{
	return (unsigned)kind < KB_MANDATE_KIND_COUNT ? mandate_labels[kind] : "";
}

enum kb_mandate_kind
kb_mandate_parse(struct kb_span name)
{
	for (unsigned i = 1; i < KB_MANDATE_KIND_COUNT; i++) {
		if (kb_span_equal(name, kb_span_text(mandate_names[i]))) {
			return (enum kb_mandate_kind)i;
		}
	}
	return KB_MANDATE_NONE;
}

const struct kb_access_rule *
kb_access_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

static uint32_t
facts_of(const struct kb_access_question *question, const struct kb_access_person *person)
{
	uint32_t asked = (uint32_t)question->action;

	const struct {
		bool is;
		uint32_t fact;
	} table[] = {
		{ person->active, ACTIEF },
		{ (person->roles & KB_ACCESS_ROLE_MEDEWERKER) != 0, MEDEWERKER },
		{ (person->roles & KB_ACCESS_ROLE_BEHEERDER) != 0, BEHEERDER },
		{ (person->roles & KB_ACCESS_ROLE_FG) != 0, FG },
		{ question->case_known, ZAAK_BEKEND },
		{ person->desk != 0 && person->desk == question->case_desk, EIGEN_LOKET },
		{ person->behandelaar, BEHANDELAAR },
		{ question->party == KB_PARTY_SWV, BIJ_SWV },
		{ person->desk == (uint32_t)KB_DESK_SWV, SWV_LOKET },
		{ (question->case_class & KB_CASE_CLASS_TOELAATBAARHEID) != 0, TOELAATBAARHEID },
		{ (question->case_class & KB_CASE_CLASS_GEZONDHEID) != 0, GEZONDHEID },
		{ (question->case_class & KB_CASE_CLASS_ACTIETAFEL) != 0, ACTIETAFEL },
		{ (person->mandates & KB_MANDATE_BIT(KB_MANDATE_ACTIETAFEL)) != 0, M_ACTIETAFEL },
		{ (person->mandates & KB_MANDATE_BIT(KB_MANDATE_DESKUNDIGE)) != 0, M_DESKUNDIGE },
		{ (person->mandates & KB_MANDATE_BIT(KB_MANDATE_VOORZITTER)) != 0, M_VOORZITTER },
		{ person->employer_in_case, WERKGEVER_IN_ZAAK },
		/* The noodknop shows a case; it lets nobody act in it. */
		{ question->emergency && asked == (uint32_t)KB_ACCESS_SHOW, NOODGEVAL },
		{ question->has_reason, REDEN },
		{ question->end_date_required, EINDDATUM_NODIG },
		{ question->has_end_date, EINDDATUM },
	};

	uint32_t facts = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		facts |= table[i].is ? table[i].fact : 0;
	}
	return facts;
}

/* The first rule that refuses; NULL: none does. */
static const struct kb_access_rule *
refusal(const struct kb_access_question *question, const struct kb_access_person *person)
{
	uint32_t facts = facts_of(question, person);

	for (size_t i = 0; i < RULE_COUNT; i++) {
		if ((rules[i].actions & (uint32_t)question->action) != 0 &&
		    (facts & rules[i].when) == rules[i].when && (facts & rules[i].unless) == 0) {
			return &rules[i];
		}
	}
	return NULL;
}

/* The person in the place of the one who is absent. */
static struct kb_access_person
deputy(const struct kb_access_person *person, const struct kb_access_person *absent)
{
	return (struct kb_access_person){
		.active = person->active && absent->active,
		.roles = person->roles & absent->roles,
		.desk = absent->desk,
		.mandates = person->mandates |
			    (absent->mandates & ~KB_MANDATE_BIT(KB_MANDATE_DESKUNDIGE)),
		.employer_in_case = person->employer_in_case || absent->employer_in_case,
		.behandelaar = person->behandelaar || absent->behandelaar,
	};
}

enum kb_err
kb_access_decide(const struct kb_access_question *question, struct kb_access_answer *answer)
{
	*answer = (struct kb_access_answer){ .err = KB_ERR_PERMISSION };
	if (kb_access_action_name(question->action)[0] == '\0') {
		return answer->err; /* default is no */
	}
	answer->rule = refusal(question, &question->person);
	if (answer->rule != NULL && question->absent != NULL) {
		struct kb_access_person both = deputy(&question->person, question->absent);

		if (refusal(question, &both) == NULL) {
			answer->rule = NULL;
			answer->deputised = true;
		}
	}
	answer->err = answer->rule != NULL ? answer->rule->err : KB_OK;
	return answer->err;
}
