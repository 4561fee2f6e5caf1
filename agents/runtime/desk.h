/* SPDX-License-Identifier: EUPL-1.2 */
/* Verbs of the local socket: arguments in, data for people and programs out. */
#ifndef KB_RUNTIME_DESK_H
#define KB_RUNTIME_DESK_H

#include "agents/runtime/act.h"
#include "common/exchange/access_rules.h"

/* One request being answered. Opaque. */
struct kb_desk_call;

enum kb_verb_mode {
	KB_VERB_NONE = 0,
	KB_VERB_READ, /* a read transaction; for what holds nothing about a person (status, parties) */
	KB_VERB_ACT, /* inside the group commit; every act, and every view of content (it writes an access record). May run
			 more than once: the answer is emptied before each run */
	KB_VERB_JOB, /* called in slices, outside any transaction, until kb_desk_job_done() */
};

enum kb_arg_type {
	KB_ARG_NONE = 0,
	KB_ARG_TEXT,   /* one line of text */
	KB_ARG_LINES,  /* text that may hold line ends */
	KB_ARG_NUMBER, /* 0 .. 2^53 */
	KB_ARG_DATE,   /* JJJJ-MM-DD */
	KB_ARG_FLAG,   /* "ja" or "nee" (absent: nee) */
	KB_ARG_PARTY,  /* party id */
	KB_ARG_ID,     /* 32 hex digits */
	KB_ARG_PATH,   /* absolute path on this machine */
};

/* An argument that a verb takes; others are refused by name. */
struct kb_desk_arg {
	const char *name;
	enum kb_arg_type type;
	bool required;
	const char *help; /* Dutch, one line */
};

#define KB_DESK_ARGS_MAX 24

struct kb_desk_verb {
	const char *name; /* "case show" */
	enum kb_verb_mode mode;
	bool needs_user; /* a known, active user of this party whose system account is the one that asks */
	bool needs_admin; /* the daemon's own uid, or root */
	/* What the user must be allowed before the verb runs (authorise.h). NONE with needs_user: ACT in the case of the argument
	 * zaak, without it LIST. */
	enum kb_access_action access;
	const struct kb_desk_arg *args;
	size_t arg_count;
	enum kb_err (*fn)(struct kb_desk_call *call);
	const char *help; /* Dutch, one line */
};

/* Arguments. The generic check has been done: a required one is there, each is of its type. *_has says whether an optional
 * one was given; the getters give empty, 0 or false when it was not. */
bool kb_desk_has(const struct kb_desk_call *call, const char *name);
struct kb_span kb_desk_text_arg(const struct kb_desk_call *call, const char *name);
const char *kb_desk_path_arg(const struct kb_desk_call *call, const char *name);
uint64_t kb_desk_number_arg(const struct kb_desk_call *call, const char *name);
bool kb_desk_flag_arg(const struct kb_desk_call *call, const char *name);
int32_t kb_desk_date_arg(const struct kb_desk_call *call,
			 const char *name); /* KB_DAY_NONE when absent */
struct kb_id kb_desk_id_arg(const struct kb_desk_call *call, const char *name);
struct kb_party_id kb_desk_party_arg(const struct kb_desk_call *call, const char *name);

/* The piece of a file that came with the request; borrowed. */
struct kb_span kb_desk_content(const struct kb_desk_call *call);

/* Around it. */
struct kb_agent *kb_desk_agent(struct kb_desk_call *call);
struct kb_act *kb_desk_act(struct kb_desk_call *call); /* NULL unless KB_VERB_ACT */
struct kb_step *
kb_desk_step(struct kb_desk_call *call); /* read or write step of the store; NULL in a job */
struct kb_arena *kb_desk_arena(struct kb_desk_call *call); /* lives until the answer is sent */
uint32_t kb_desk_user_no(const struct kb_desk_call *call);
int64_t kb_desk_now_utc_ms(const struct kb_desk_call *call);

/*
 * The answer. Failures for lack of memory are kept and end the call with KB_ERR_NO_MEMORY, so these return nothing.
 * Sections in order, rows of the last section, cells of the last row, from left to right; missing cells are empty.
 * columns: stable names for JSON and headings, separated by '|', for example "zaak|soort|sinds".
 */
void kb_desk_section(struct kb_desk_call *call, const char *name, const char *columns);
void kb_desk_row(struct kb_desk_call *call);
void kb_desk_cell(struct kb_desk_call *call, struct kb_span text);
void kb_desk_cell_text(struct kb_desk_call *call, const char *text);
__attribute__((format(printf, 2, 3))) void kb_desk_cellf(struct kb_desk_call *call,
							 const char *format, ...);
void kb_desk_cell_number(struct kb_desk_call *call, uint64_t number);
void kb_desk_cell_time(struct kb_desk_call *call,
		       int64_t utc_ms); /* "2026-03-04 14:05" local; "" for 0 */
void kb_desk_cell_day(struct kb_desk_call *call,
		      int32_t day); /* "2026-03-04"; "" for KB_DAY_NONE */
void kb_desk_cell_id(struct kb_desk_call *call, const struct kb_id *id);
/* Adds a plain Dutch sentence for people. */
__attribute__((format(printf, 2, 3))) void kb_desk_say(struct kb_desk_call *call,
						       const char *format, ...);
/* The piece of a file that goes with the answer; copied. KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_desk_give(struct kb_desk_call *call, struct kb_span content);
/* Sets the sentence of the failure (which field, what is wrong, what to do) and returns err, so that one can write
 * return kb_desk_fail(call, KB_ERR_DATA, ...). */
__attribute__((format(printf, 3, 4))) enum kb_err
kb_desk_fail(struct kb_desk_call *call, enum kb_err err, const char *format, ...);

/* The exit code of an answer that is no failure, 0 without it: doctor tells its colour so. */
void kb_desk_exit(struct kb_desk_call *call, int exit_code);

/* Jobs. State of the job between slices; released by release (may be NULL) after the answer or when the client goes. */
void kb_desk_job_state(struct kb_desk_call *call, void *state, void (*release)(void *state));
void *kb_desk_job_state_get(struct kb_desk_call *call);
/* Sends progress to the client (at most some 10 times a second). */
void kb_desk_progress(struct kb_desk_call *call, uint32_t done_count, uint32_t total_count);
/* Nothing to do for so long: it waits for something outside. */
void kb_desk_job_wait(struct kb_desk_call *call, int64_t wait_ms);
/* The next KB_OK of fn ends the call. */
void kb_desk_job_done(struct kb_desk_call *call);
/* Runs fn as an act for this call; the function of the job is called again after the commit. The result of the act is then in
 * kb_desk_job_act_err(). */
KB_MUST_CHECK enum kb_err kb_desk_job_act(struct kb_desk_call *call, kb_act_fn fn, void *arg);
enum kb_err kb_desk_job_act_err(const struct kb_desk_call *call);

#endif
