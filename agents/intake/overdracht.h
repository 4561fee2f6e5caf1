/* SPDX-License-Identifier: EUPL-1.2 */
/* The overdrachten of a school in the spring: all open ones by the other school, and the lists with which many are done at once. */
#ifndef KB_INTAKE_OVERDRACHT_H
#define KB_INTAKE_OVERDRACHT_H

#include "agents/runtime/flow.h"

/*
 * Whether a talk belongs to an overdracht: X(NAME, Dutch). The guards of the route say it (warm-nodig, koud-mag: R40, facts D2), from
 * what was sent or came in; a route without a way to accept the dossier alone asks for a talk for everybody.
 */
#define KB_GESPREK_TABLE(X)                                                                        \
	X(GEEN, "kent deze route niet")	  /* no step of the route plans one */                     \
	X(ONBEKEND, "nog niet te zeggen") /* there is no dossier yet that says so */               \
	X(NODIG, "nodig")                                                                          \
	X(NIET_NODIG, "niet nodig")

enum kb_gesprek {

#define KB_ROW(name, label) KB_GESPREK_##name,
	KB_GESPREK_TABLE(KB_ROW)
#undef KB_ROW
		KB_GESPREK_COUNT,
};

const char *kb_gesprek_label(enum kb_gesprek gesprek);

/* One open case, as the user of the call may see it. Everything is borrowed from the arena of the call or from its profile. */
struct kb_overdracht {
	uint64_t case_no;
	struct kb_span leerling; /* title of the case; empty when it was erased */
	struct kb_span
		other; /* party id of the other school, or the name of a guest; empty: none takes part yet */
	const char *state; /* in Dutch */
	enum kb_gesprek gesprek;
	int32_t gesprek_day;		  /* fact gesprek-gepland; KB_DAY_NONE */
	struct kb_span possible;	  /* the steps that the user can take now, "; " between */
	const struct kb_route_step *plan; /* that plans a talk from here, by us; NULL: none */
	struct kb_span plan_lacks;	  /* what comes before that; empty: nothing */
	const struct kb_route_step
		*cold;	     /* that accepts without a talk and can be taken now; NULL: none */
	uint8_t groep;	     /* of our own pupil, younger than the region begins; 0: not */
	uint8_t begin_groep; /* in which it begins ([povo] begin_groep); with groep */
	struct kb_span next; /* whom the region names ([povo] volgende) and the user is to ask now;
				empty: nobody */
};

struct kb_overdracht_list {
	struct kb_overdracht *at; /* by other (none last), leerling, case number */
	size_t count;
};

/*
 * The open cases along a route with purpose overdracht in which we are the school or the ontvangende school; of those the ones that the
 * user may see. With argument "school" of the call only those with that party. A case whose profile is not here (yet) follows no route
 * that can be read and is left out. Reads the records of each case. Errors of the store.
 */
KB_MUST_CHECK enum kb_err kb_overdrachten(struct kb_desk_call *call,
					  struct kb_overdracht_list *out);

#define KB_OVERDRACHT_LIST_ARG_COUNT 2
extern const struct kb_desk_arg kb_overdracht_list_args[KB_OVERDRACHT_LIST_ARG_COUNT];
/*
 * `overdracht list`: school, koud. Sections scholen and overdrachten; with koud only lijst, with the cases that can be accepted without a
 * talk now, as columns of a list for `act --lijst` (zaak, stap) and for people.
 */
enum kb_err kb_overdracht_list(struct kb_desk_call *call);

#define KB_OVERDRACHT_ROOSTER_ARG_COUNT 6
extern const struct kb_desk_arg kb_overdracht_rooster_args[KB_OVERDRACHT_ROOSTER_ARG_COUNT];
/*
 * `overdracht rooster`: datum, van, tot, duur, school, plaats. Proposes a time for every talk that is needed and not planned yet, one
 * after another, school by school; nothing is planned by it. Section lijst with the columns of a list for `act --lijst` (zaak, stap,
 * feiten, velden) and for people; section niet_ingedeeld with who has no time, and why. KB_ERR_DATA for times that make no rooster.
 */
enum kb_err kb_overdracht_rooster(struct kb_desk_call *call);

#endif
