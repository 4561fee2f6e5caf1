/* SPDX-License-Identifier: EUPL-1.2 */
/* A play: what people do along a route, line by line, in a text file that a domain expert can read. See tests/daemon/plays/README.md. */
#ifndef KB_TESTS_DAEMON_PLAY_H
#define KB_TESTS_DAEMON_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/daemon/profile.h"

#define PLAY_NAME_MAX 48
#define PLAY_TEXT_MAX 400
#define PLAY_LINES_MAX 96
#define PLAY_REGIONS_MAX 8
#define PLAY_MAX 192
/* Days that the clock of a town may be moved: 24 months and some. */
#define PLAY_DAYS_MAX 800

enum play_verb {
	PLAY_OPENT = 0,	   /* A opent als ROL */
	PLAY_ERBIJ,	   /* A erbij als ROL: by who has the regie */
	PLAY_GAST,	   /* gast NAAM als ROL */
	PLAY_ERUIT,	   /* A eruit */
	PLAY_DOET,	   /* A doet STAP [met VELD=WAARDE, FEIT=WIE] [zonder VELD] -> TOESTAND */
	PLAY_MAG_NIET,	   /* A mag niet STAP [met ...] [zonder ...]: WOORD van de weigering */
	PLAY_TOESTEMMING,  /* A toestemming DOEL: B, C [voor GEGEVENS] */
	PLAY_DEELT,	   /* A deelt toestemming DOEL: ...: the same, and sent to them at once */
	PLAY_TREKT,	   /* A trekt toestemming in */
	PLAY_BRIEF,	   /* A brief SOORT: made and handed over; A brief SOORT gemaakt: made */
	PLAY_GEEFT,	   /* A geeft brief: the newest one is handed over */
	PLAY_PLAATST,	   /* A plaatst STAND bij B */
	PLAY_REGIE,	   /* A regie aanvaarden|weigeren|terugnemen|overnemen|aanbieden B */
	PLAY_DOCUMENT,	   /* A document SOORT */
	PLAY_MANDAAT,	   /* A:PERSOON mandaat SOORT */
	PLAY_PERSOON,	   /* A:PERSOON werkt als FUNCTIE [voor B] */
	PLAY_DAG,	   /* dag N: so many days after the begin of the play */
	PLAY_KLOK,	   /* klok NAAM STAND, aan zet ROL [-> TOESTAND]: at everybody */
	PLAY_HOORT_NIETS,  /* A hoort niets: holds nothing of the case */
	PLAY_HOORT_VERDER, /* A hoort niets meer: may not be told from here on */
	PLAY_WEET_NIET, /* A weet het niet: the regievoerder shows it, and A stands where it stood */
	PLAY_VALT_UIT,	/* A valt uit: kill -9 */
	PLAY_KOMT_TERUG,  /* A komt terug: starts again, and holds all that the others hold */
	PLAY_REGIE_HEEFT, /* A heeft de regie: everybody says so */
	PLAY_VERB_COUNT,
};

struct play_line {
	unsigned line;
	enum play_verb verb;
	char who[PLAY_NAME_MAX];    /* party of the town */
	char person[PLAY_NAME_MAX]; /* "": the tester */
	char object[PLAY_TEXT_MAX]; /* step, role, kind of letter, name of the clock ... */
	char other[PLAY_TEXT_MAX];  /* party, people, purpose ...: what the verb says */
	char with[PLAY_TEXT_MAX];
	char without[PLAY_NAME_MAX];
	char word[PLAY_TEXT_MAX];  /* behind the colon */
	char state[PLAY_NAME_MAX]; /* behind the arrow; "": not said */
	unsigned days;
};

struct play {
	char file[PLAY_NAME_MAX]; /* "doa.spel" */
	char route[PLAY_NAME_MAX];
	char name[PLAY_TEXT_MAX];
	unsigned line;
	char regions[PLAY_REGIONS_MAX][PLAY_NAME_MAX];
	size_t region_count;
	struct play_line *lines;
	size_t line_count;
};

struct plays {
	struct play at[PLAY_MAX];
	size_t count;
};

/* Reads *.spel of a folder, or one text. Faults have file and line. */
void plays_read_folder(const char *folder, struct plays *out, struct kb_faults *faults);
void plays_read_text(const char *file, const char *text, struct plays *out,
		     struct kb_faults *faults);
void plays_release(struct plays *plays);
bool play_is_of(const struct play *play, const char *region);

/* ---- play_walk.c: a play on paper, without programs ---- */

/* Which steps of a route were taken. */
struct play_cover {
	const struct kb_route *route;
	bool taken[KB_ROUTE_STEPS_MAX];
	bool refused[KB_ROUTE_STEPS_MAX]; /* asked, by a role that it names, and refused */
	size_t plays;
};

/* Follows the steps of a play along the route: each must be one of it, by a role that it names, to the state that is said. Marks what
 * it takes, and what it asks in vain, in cover. */
void play_walk(const struct play *play, const struct kb_profile *profile, struct play_cover *cover,
	       struct kb_faults *faults);
/* Whether a step can ever be taken: with the facts that other steps write down, and the clocks that the region agreed. */
void play_reachable(const struct kb_route *route, bool reachable[KB_ROUTE_STEPS_MAX]);

#endif
