/* SPDX-License-Identifier: EUPL-1.2 */
/* What makes one kind of agent different from another: a table of functions. The runtime knows no role. */
#ifndef KB_RUNTIME_ROLE_H
#define KB_RUNTIME_ROLE_H

#include "agents/runtime/act.h"
#include "agents/runtime/agent_config.h"
#include "agents/runtime/desk.h"

/* Opaque types. */
struct kb_profile;
struct kb_clock_text;

/* A message that passed every generic check: register, seal, commitment, kind table, ground, desk, closed field list,
 * case order. All spans live until the handler returns. */
struct kb_received {
	struct kb_party_id sender;
	enum kb_party_kind sender_kind;
	uint32_t sender_no; /* local number of the sender */
	struct kb_id message_id;
	struct kb_epoch epoch;
	uint64_t number;
	uint32_t attempt;
	enum kb_kind kind;
	enum kb_desk desk;
	enum kb_ground ground;
	struct kb_id case_id;
	uint64_t
		case_no; /* local number; 0 for kinds without a case, and for a case that is not known here yet */
	bool has_reply_to;
	struct kb_id in_reply_to;
	struct kb_span subject_pseudonym;
	struct kb_span consent_ref;
	struct kb_span profile_hash;
	struct kb_span author_person;
	struct kb_span author_function;
	struct kb_span content;
	int64_t sent_utc_ms;   /* the sender's claim */
	int64_t stored_utc_ms; /* ours: what the receipt will say */
};

/*
 * Runs inside the receive act: checks first, then kb_act_accept(), then writes. An error before kb_act_accept() whose
 * kb_err_reason() is not 0 and whose category is PROTOCOL, REFUSED, CONFLICT or DATA refuses the message with that reason;
 * nothing of its body is then kept. Any other error, and any error after it, rolls the message back; after three tries it
 * is parked and shown.
 */
typedef enum kb_err (*kb_message_fn)(struct kb_act *act, const struct kb_received *received);

/*
 * Takes the message in: makes the case row when the case is new here (kind, the desk, the sender as counterparty and
 * regievoerder), writes the MESSAGE_IN record (salt and body under the key of the case) and the line in the timeline.
 * *row (may be NULL) is the case for change, borrowed until the act ends; NULL for kinds without a case. ledger_seq may be
 * NULL. Exactly once per message; (*row)->case_no is the number of the case.
 */
KB_MUST_CHECK enum kb_err kb_act_accept(struct kb_act *act, const struct kb_received *received,
					enum kb_case_kind kind, struct kb_case **row,
					uint64_t *ledger_seq);

struct kb_role_handler {
	enum kb_kind kind;
	kb_message_fn on_message;
};

/* What the recipient said of a message of ours. */
enum kb_fate {
	KB_FATE_NONE = 0,
	KB_FATE_STORED,	 /* on the recipient's disk at stored_utc_ms */
	KB_FATE_REFUSED, /* by the recipient, or for good by the broker: reason */
	KB_FATE_UNDELIVERED, /* expired unread; statutory kinds are sent again by the runtime, this is only to show */
};

const char *kb_fate_name(enum kb_fate fate); /* Dutch, for people */

struct kb_sent_fate {
	struct kb_sent_ref ref;
	struct kb_party_id recipient;
	enum kb_kind kind;
	uint64_t case_no;
	enum kb_fate fate;
	enum kb_err reason;    /* KB_OK when stored */
	int64_t stored_utc_ms; /* the recipient's clock; 0 unless stored */
};

/* The content of a message that was sent, decrypted from the log; for a role that keeps no row of its own about it. Borrowed
 * until the act ends. KB_ERR_NOT_FOUND after erasure. */
KB_MUST_CHECK enum kb_err kb_act_sent_content(struct kb_act *act, const struct kb_sent_ref *ref,
					      struct kb_span *content);

/* A child as the own list of a party knows it. Empty spans: not known. */
struct kb_role_child {
	uint64_t subject_no; /* 0: no PGN is known */
	struct kb_span name;
	struct kb_span address; /* lines; empty when it is secret */
	int32_t birth_day;
	struct kb_span contact; /* the contactpersoon of that list; says nothing about gezag */
	struct kb_span phone;
};

/* What records did to a case. */
struct kb_case_move {
	const char *state;  /* name in the route, as it is now */
	bool state_changed; /* also: its first one */
	bool regie_came;    /* to us; not with the opening */
	bool goes_on; /* nothing moved: what could not be done while steps came back after a restore can be done now */
};

typedef void (*kb_trouble_fn)(void *to, const char *code, const char *sentence, const char *advice);

struct kb_role {
	enum kb_party_kind kind;
	const char *program; /* "ketenbode-school" */
	const char *inbox_title;
	enum kb_desk desks[KB_DESK_COUNT]; /* the desks it answers for; ends with UNSPECIFIED */
	const struct kb_role_handler *handlers;
	size_t handler_count;
	const struct kb_desk_verb *verbs;
	size_t verb_count;
	/* Rows of the role, behind those of every agent: row i is read as number KB_AGENT_KEY_COUNT + i. */
	const struct kb_config_key *config_keys;
	size_t config_key_count;

	/* Any of these may be NULL. */

	/* After the store is open and the configuration read, before the first act. *state is handed back by
	 * kb_agent_role_state(). where says what is wrong. */
	enum kb_err (*on_start)(struct kb_agent *agent, const struct kb_config *config,
				void **state, struct kb_error_text *where);
	void (*on_stop)(struct kb_agent *agent, void *state);
	/* Inside the act that stores the receipt, refusal or expiry. A late STORED after REFUSED or UNDELIVERED is given
	 * too: a recipient's receipt always wins (design rule 4). */
	enum kb_err (*on_fate)(struct kb_act *act, const struct kb_sent_fate *fate);
	/* A clock ran out; inside an act. Called once per clock. */
	enum kb_err (*on_clock)(struct kb_act *act, const struct kb_deadline *due);
	/* The directory knows more or other parties than before: messages that waited for one can go. */
	void (*on_register_change)(struct kb_agent *agent, void *state);
	/* About once a second, for spool folders and the like. Short; long work through kb_agent_run_job(). */
	void (*on_tick)(struct kb_agent *agent, void *state, int64_t now_utc_ms);
	/* What somebody must look at, beside what the runtime finds itself: say once per finding. For status and doctor; in a
	 * step (read or write). sentence and advice are plain Dutch and name nobody. */
	enum kb_err (*on_health)(struct kb_agent *agent, struct kb_step *step, kb_trouble_fn say,
				 void *to);
	/* Rows of the inbox: the role writes its own sections. NULL: the general inbox. */
	enum kb_err (*on_inbox)(struct kb_desk_call *call);
	/* What people read about a clock that the role starts; NULL: not one of it. */
	const struct kb_clock_text *(*clock_text)(uint32_t rule);
	/* The child with this own number of the party (a pupil of a school): KB_ERR_NOT_FOUND when there is none. Spans live until the
	 * act ends. NULL: the party has no such list. */
	enum kb_err (*on_child)(struct kb_act *act, struct kb_span number,
				struct kb_role_child *out);
	/* Records were added to a case that follows a route. Inside the act, after the case row, its clocks and our own proposals; row is
	 * the case for change. May take a step of that case in its turn (flow.h). */
	enum kb_err (*on_move)(struct kb_act *act, struct kb_case *row,
			       const struct kb_case_move *move);
	/* Extra sections of 'case show'. */
	enum kb_err (*on_case)(struct kb_desk_call *call, uint64_t case_no);
};

/* For functions of roles. */
void *kb_agent_role_state(const struct kb_agent *agent);
const struct kb_role *kb_agent_role(const struct kb_agent *agent);
const struct kb_party_id *kb_agent_self(const struct kb_agent *agent);
struct kb_directory *kb_agent_directory(struct kb_agent *agent);
struct kb_store *kb_agent_store(struct kb_agent *agent);
int64_t kb_agent_now_utc_ms(const struct kb_agent *agent);
/* What was configured; borrowed. The profile is NULL when none was. */
const struct kb_config *kb_agent_config(const struct kb_agent *agent);
const struct kb_profile *kb_agent_profile(const struct kb_agent *agent);

/* The whole of main() of a role's program. */
int kb_agent_main(const struct kb_role *role, int argc, char **argv);

#endif
