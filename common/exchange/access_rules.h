/* SPDX-License-Identifier: EUPL-1.2 */
/* Which person of a party may see or do what: one table of refusals and the decision over it. */
#ifndef KB_EXCHANGE_ACCESS_RULES_H
#define KB_EXCHANGE_ACCESS_RULES_H

#include "common/base/error.h"
#include "common/exchange/roles.h"

/* What is asked, as bits, so that a rule can name several: X(NAME, bit number, stable name) */
#define KB_ACCESS_ACTION_TABLE(X)                                                                  \
	X(LIST, 0, "lijst")	    /* lists, imports: what is not about one case */               \
	X(ROW, 1, "rij")	    /* one case within a list or an export */                      \
	X(SHOW, 2, "inzien")	    /* the content of a case */                                    \
	X(ACT, 3, "handelen")	    /* something done in a case */                                 \
	X(TRACE, 4, "verloop")	    /* steps, dates and receivers of a case, without content */    \
	X(WHO, 5, "inzagelog")	    /* who has seen a case */                                      \
	X(REVIEW, 6, "beoordelen")  /* the views with the noodknop */                              \
	X(USER_ADD, 7, "gebruiker") /* a new account; decided by the system account that asks */

enum kb_access_action {
	KB_ACCESS_NONE = 0,

#define KB_ROW(name, bit, text) KB_ACCESS_##name = 1 << (bit),
	KB_ACCESS_ACTION_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_ACCESS_ACTION_COUNT 8
/* Those that are about one case. */
#define KB_ACCESS_OF_CASE                                                                          \
	((uint32_t)(KB_ACCESS_ROW | KB_ACCESS_SHOW | KB_ACCESS_ACT | KB_ACCESS_TRACE |             \
		    KB_ACCESS_WHO))

/* "" for anything but one bit of the table. */
const char *kb_access_action_name(enum kb_access_action action);

/* Roles of a user; the bits are stored (common/store/users.h). */
#define KB_ACCESS_ROLE_BEHEERDER (1u << 0)
#define KB_ACCESS_ROLE_MEDEWERKER (1u << 1)
#define KB_ACCESS_ROLE_FG (1u << 2)

/* What a user may hold beside a role, from a day until a day: X(NAME, number in the store, stable name, Dutch for people) */
#define KB_MANDATE_TABLE(X)                                                                        \
	X(NONE, 0, "", "")                                                                         \
	X(ACTIETAFEL, 1, "actietafel", "lid van de actietafel")                                    \
	X(DOA, 2, "doa", "lid van de overlegtafel")                                                \
	X(DESKUNDIGE, 3, "deskundige", "deskundige in een zaak")                                   \
	X(VOORZITTER, 4, "voorzitter", "voorzitter van de actietafel")                             \
	X(WAARNEMING, 5, "waarneming", "neemt waar voor een collega")

enum kb_mandate_kind {

#define KB_ROW(name, number, text, label) KB_MANDATE_##name = (number),
	KB_MANDATE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_MANDATE_KIND_COUNT 6
#define KB_MANDATE_BIT(kind) (1u << (kind))

const char *kb_mandate_name(enum kb_mandate_kind kind);
const char *kb_mandate_label(enum kb_mandate_kind kind);
/* NONE when name is not in the table. */
enum kb_mandate_kind kb_mandate_parse(struct kb_span name);

/* What a case holds that narrows who may see it, as bits. */
#define KB_CASE_CLASS_TOELAATBAARHEID (1u << 0)
#define KB_CASE_CLASS_GEZONDHEID (1u << 1)
#define KB_CASE_CLASS_ACTIETAFEL (1u << 2)

/* A reason for a view with the noodknop has at least so many characters. */
#define KB_ACCESS_REASON_CHARS_MIN 10

struct kb_access_person {
	bool active; /* not ended, its last day not past */
	uint32_t roles;
	uint32_t desk; /* enum kb_desk */
	uint32_t
		mandates; /* KB_MANDATE_BIT of those that are valid now, for every case or for this one */
	bool employer_in_case; /* the party that employs this person takes part in the case */
	bool behandelaar;      /* of the case */
};

struct kb_access_question {
	enum kb_access_action action;
	struct kb_access_person person;
	const struct kb_access_person *absent; /* for whom the person deputises now; NULL: nobody */
	enum kb_party_kind party;	       /* whose agent this is */
	bool case_known;
	uint32_t case_desk;
	uint32_t case_class;
	bool emergency;		/* the noodknop */
	bool has_reason;	/* long enough */
	bool end_date_required; /* the region asks an end date of every account */
	bool has_end_date;
};

/* A fact about a question; a rule speaks of facts only. */
struct kb_access_rule {
	const char *name; /* stable: in the log of refusals */
	uint32_t actions; /* for which it stands */
	uint32_t when;	  /* all of these facts */
	uint32_t unless;  /* and none of these: then it refuses */
	enum kb_err err;
	const char *source;
};

/* In the order in which they are asked; the first that refuses is the answer. For tests and explanation. */
const struct kb_access_rule *kb_access_rules(size_t *count);

struct kb_access_answer {
	enum kb_err err;
	const struct kb_access_rule *rule; /* that refused; NULL when allowed */
	bool deputised;			   /* allowed only because of the one who is absent */
};

/*
 * The decision. Pure. answer->err is KB_OK, or
 *   KB_ERR_UNKNOWN_USER  not active
 *   KB_ERR_DATA          a reason or an end date is missing
 *   KB_ERR_NOT_FOUND     no such case
 *   KB_ERR_PERMISSION    every other rule
 * For people NOT_FOUND and PERMISSION are one answer: nobody learns that a case exists.
 * A deputy has the desk and the mandates of the one who is absent, except that of deskundige: that is personal. Both must be
 * active and have the role that is asked.
 */
enum kb_err kb_access_decide(const struct kb_access_question *question,
			     struct kb_access_answer *answer);

#endif
