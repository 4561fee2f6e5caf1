/* SPDX-License-Identifier: EUPL-1.2 */
/* A request of the local socket while it is being answered. */
#ifndef KB_RUNTIME_DESK_INTERNAL_H
#define KB_RUNTIME_DESK_INTERNAL_H

#include "agents/runtime/agent.h"
#include "agents/runtime/authorise.h"
#include "agents/runtime/desk.h"
#include "common/wire/desk.h"

/* Requests that may be under way at once; more are told to come back. */
#define KB_DESK_CALLS_MAX 64
/* Bytes of one answer; what is longer goes in several. */
#define KB_DESK_ANSWER_BYTES ((size_t)512 * 1024)

struct kb_desk_list_row {
	struct kb_span cells[KB_WIRE_DESK_COLUMNS_MAX];
	size_t cell_count;
	struct kb_desk_list_row *next;
};

struct kb_desk_list_section {
	struct kb_span name;
	struct kb_span columns[KB_WIRE_DESK_COLUMNS_MAX];
	size_t column_count;
	struct kb_desk_list_row *first;
	struct kb_desk_list_row *last;
	struct kb_desk_list_section *next;
};

struct kb_desk_call {
	struct kb_agent *agent;
	struct kb_desk_client client;
	bool gone; /* the client: no answer is sent any more */
	bool used;
	struct kb_arena request_arena;
	struct kb_arena arena; /* of the answer; cleared before every run of the verb */
	struct kb_desk_request request;
	const struct kb_desk_verb *verb;
	uint64_t user_no;
	int64_t now_utc_ms;

	struct kb_act *act;
	struct kb_step *step;
	struct kb_authority authority; /* of this run of the verb */
	struct kb_denial denial;

	struct kb_desk_list_section *first;
	struct kb_desk_list_section *last;
	struct kb_buf text;
	struct kb_span content; /* of the answer; in arena */
	struct kb_error_text error;
	int exit_code; /* of an answer that is no failure */
	bool no_memory;

	void *job_state;
	void (*job_release)(void *state);
	bool job_done;
	bool job_act_pending;
	kb_act_fn job_act;
	void *job_act_arg;
	enum kb_err job_act_err;
	int64_t progress_mono_ms;
};

struct kb_desk_calls {
	struct kb_desk_call *at[KB_DESK_CALLS_MAX];
	struct kb_check *check; /* a verification that runs */
};

void kb_desk_release(struct kb_agent *agent);
/* Sends what was built, in as many answers as it takes, and err as the end. */
void kb_desk_send(struct kb_desk_call *call, enum kb_err err);
/* Empties the answer. */
void kb_desk_reset(struct kb_desk_call *call);
/* The Dutch sentence for err when the verb gave none. */
const char *kb_desk_err_sentence(enum kb_err err);
/* Checks all arguments against the table of the verb. KB_ERR_USAGE with a sentence. */
KB_MUST_CHECK enum kb_err kb_desk_check_arguments(struct kb_desk_call *call);

/* The verbs of every agent: desk_verbs.c and the files it names. */
const struct kb_desk_verb *kb_desk_general_verbs(size_t *count);

#endif
