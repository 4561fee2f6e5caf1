/* SPDX-License-Identifier: EUPL-1.2 */
/* The stage of plays: the town of one region, its people, its clock; and a play that is under way in it. */
#ifndef KB_TESTS_DAEMON_PLAY_STAGE_H
#define KB_TESTS_DAEMON_PLAY_STAGE_H

#include "tests/daemon/exchange.h"
#include "tests/daemon/play.h"

#define STAGE_AGENTS_MAX 12
#define STAGE_PERSONS_MAX 24
#define STAGE_CASES_MAX 256
#define STAGE_WAIT_MS 30000

struct stage_agent {
	struct town_party *party;
	char persons[STAGE_PERSONS_MAX][PLAY_NAME_MAX];
	size_t person_count;
	/* Of every case that it holds, by number from 1 on: its kenmerk and who may see it. */
	char kenmerk[STAGE_CASES_MAX][40];
	const char *viewer[STAGE_CASES_MAX];
	size_t case_count;
	bool down; /* a play let it fall out */
};

struct stage {
	struct town *town;
	const char *region;
	const struct kb_profile *profile;
	struct stage_agent agents[STAGE_AGENTS_MAX];
	size_t agent_count;
	unsigned day;	  /* of the clock */
	unsigned letters; /* files made */
};

/* How a case looks at one agent. */
struct look {
	bool there;
	char state[PLAY_NAME_MAX];
	char regievoerder[40];
	char last[72]; /* hash of the last step */
	unsigned long epoch;
	unsigned long revision;
};

enum cast_mark {
	CAST_IN = 0,
	CAST_OUT,  /* takes part no more */
	CAST_DOWN, /* its daemon does not run */
	CAST_DEAF, /* may not be told (any more) */
};

/* Somebody in the case of a play. */
struct cast {
	struct stage_agent *agent;
	size_t case_no;
	uint32_t role;
	enum cast_mark mark;
};

/* A play under way. */
struct acting {
	const struct play *play;
	const struct kb_route *route;
	struct stage *stage;
	size_t at;	    /* next line */
	unsigned first_day; /* of the town, at which it began */
	char kenmerk[40];
	char state[PLAY_NAME_MAX];
	struct cast cast[STAGE_AGENTS_MAX];
	size_t cast_count;
	char *failure; /* "file:line: what"; NULL: none. malloc. */
};

/* ---- play_stage.c ---- */

/* Everybody whom the plays of that region name, started and known to each other. profile: its folder, or its id in the tree. */
struct stage *stage_open(const struct plays *plays, const char *region, const char *profile_folder,
			 const struct kb_profile *profile);
void stage_close(struct stage *stage);
struct stage_agent *stage_find(struct stage *stage, const char *name);
/* Stops all, and starts all so many days after the first day. */
void stage_day(struct stage *stage, unsigned day);
/* Starts it when it does not run, and waits for its session. */
void stage_wake(struct stage_agent *agent);
int32_t stage_today(const struct stage *stage);
/* Makes the user when there is none of that name; function NULL: its name. */
bool stage_person(struct stage_agent *agent, const char *name, const char *function,
		  const char *employer);
/* The number of the case with that kenmerk there, 0: it holds none. */
size_t stage_case(struct stage_agent *agent, const char *kenmerk);
const char *stage_viewer(const struct stage_agent *agent, size_t case_no);
struct town_said stage_show(struct stage_agent *agent, size_t case_no);

/* ---- play_case.c ---- */

__attribute__((format(printf, 3, 4))) bool
play_fails(struct acting *acting, const struct play_line *line, const char *format, ...);
struct cast *play_cast(struct acting *acting, const char *who);
bool play_look(struct cast *cast, struct look *look);
/* Waits until everybody who takes part and can be told holds the same last step in that state. */
bool play_agree(struct acting *acting, const struct play_line *line, const char *state);
/* Waits until done(state) holds. */
bool play_wait(bool (*done)(void *state), void *state);
/* Nothing is under way between those who run. */
bool play_quiet(struct acting *acting, const struct play_line *line);

/* ---- play_fill.c: what a person would write ---- */

/* The lines of 'feiten' and of 'velden' for that step. Text in out. */
void play_facts(const struct acting *acting, const struct play_line *line,
		const struct kb_route_step *step, char *out, size_t size);
void play_fields(const struct acting *acting, const struct play_line *line,
		 const struct kb_route_step *step, char *out, size_t size);
void play_letter_fields(const struct acting *acting, const char *kind, char *out, size_t size);

/* ---- play_ask.c ---- */

/* Who acts: "tester" unless the line names a person. */
const char *play_person(const struct play_line *line);
/* The case number of that agent as text, until the next call. */
const char *play_zaak(const struct cast *cast);
/* The code and the sentence of an answer, until the next call. */
const char *play_sentence(const struct town_said *said);
/* Who acts in this line, with a case; the person is made when there is none. NULL: the line failed. */
struct cast *play_actor(struct acting *acting, const struct play_line *line);
/* Party id; "" for a name that is none. */
const char *play_party(struct acting *acting, const char *who);
/* Asks as who acts, and it must succeed. */
bool play_must(struct acting *acting, const struct play_line *line, const char *verb,
	       const char *const *pairs);
#define PLAY_MUST(acting, line, verb, ...)                                                         \
	play_must(acting, line, verb, (const char *const[]){ __VA_ARGS__, NULL })

/* The one that all see as having the regie; it may be down. NULL: nobody is there to ask. */
struct cast *play_lead(struct acting *acting);
struct town_said play_ask_lead(struct acting *acting, const char *verb, const char *const *pairs);
struct town_said play_ask_join(struct acting *acting, const char *role, const char *who);

/* ---- play_steps.c, play_lines.c: false: the line failed, and acting->failure says why ---- */

bool play_doet(struct acting *acting, const struct play_line *line);
bool play_mag_niet(struct acting *acting, const struct play_line *line);
bool play_regie(struct acting *acting, const struct play_line *line);
bool play_heeft_regie(struct acting *acting, const struct play_line *line);
bool play_do(struct acting *acting, const struct play_line *line);

/* ---- play_run.c ---- */

/* Plays all plays of the region of that stage, each until its next day; false: some failed, and all that went wrong is on stderr. */
bool play_all(struct stage *stage, const struct plays *plays, size_t *played);

#endif
