/* SPDX-License-Identifier: EUPL-1.2 */
/* One school, two gemeenten and data sets made of a few words. It is Monday 2 March 2026, 11:00 in the Netherlands. */
#ifndef KB_TESTS_ATTENDANCE_FIXTURE_H
#define KB_TESTS_ATTENDANCE_FIXTURE_H

#include <stdio.h>

#include "common/daemon/profile.h"
#include "common/store/cases.h"
#include "common/store/meldingen.h"
#include "common/store/parties.h"
#include "tests/support/loopback_broker.h"

struct fixture {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *gemeente; /* 0114 */
	struct lb_party
		*other; /* 0106; not started, not in the register, until a test enrolls it */
	struct kb_profile profile; /* the demo region; NULL in a party before its start: none */
	struct kb_buf answer;	   /* of the last question, ended by NUL */
	struct kb_arena arena;
	char set[LB_PATH]; /* folder of the data set */
	/* The set that fixture_import() writes. */
	struct kb_buf leerlingen;
	struct kb_buf personen;
	struct kb_buf verzuim;
	bool without_personen;
	unsigned last_pgn; /* 0: none given yet */
	unsigned year;	   /* in which the school year of the set begins */
};

void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);

/* Empties verzuim.csv, or the whole set. */
void fixture_no_days(struct fixture *f);
void fixture_no_pupils(struct fixture *f);
/* A pupil of ten years with a name, a PGN and an address; secret: with adresgeheim. */
void fixture_pupil(struct fixture *f, const char *leerling, const char *gemeentecode, bool secret);
/* A day of 300 minutes timetable. */
void fixture_day(struct fixture *f, const char *leerling, const char *date, unsigned ongeoorloofd,
		 unsigned geoorloofd);
/* Four whole days from Monday on: 1,200 minutes, a 16-uur melding made on the Thursday. */
void fixture_week(struct fixture *f, const char *leerling, const char *monday);
/* Writes the set into folder and, with import, has the school take it in; the exit code. extra: pairs of arguments or NULL. */
void fixture_write(struct fixture *f, const char *folder);
int fixture_import(struct fixture *f, const char *const *extra);

/* A question by the user "Ans"; the exit code. */
int fixture_ask(struct fixture *f, struct lb_party *party, const char *verb,
		const char *const *arguments);
bool fixture_said(const struct fixture *f, const char *text);

/* All meldingen at party, in arena. */
size_t fixture_meldingen(struct fixture *f, struct lb_party *party, struct kb_melding_row **rows);
/* The one that there is, withdrawn or not. */
struct kb_melding_row fixture_only(struct fixture *f, struct lb_party *party);
/* Those that stand (not withdrawn). */
size_t fixture_standing(struct fixture *f, struct lb_party *party);
size_t fixture_cases(struct fixture *f, struct lb_party *party);
struct kb_case fixture_case(struct lb_party *party, uint64_t case_no);
/* Where the case stands on its route; "": it follows none. */
const char *fixture_state(struct fixture *f, struct lb_party *party, uint64_t case_no);

/* A message of a school that says whatever a test wants; false when the runtime itself would not send it. */
struct fixture_message {
	enum kb_kind kind;
	uint64_t case_no; /* of the school; 0: a new one is opened for it */
	struct kb_span content;
	bool ok;
};

void fixture_send(struct fixture *f, struct lb_party *from, struct lb_party *to,
		  struct fixture_message *message);

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif
