/* SPDX-License-Identifier: EUPL-1.2 */
/* A school, a samenwerkingsverband, a gemeente and a jeugdhulpaanbieder with a case along a small route of their own. */
#ifndef KB_TESTS_UNIT_RUNTIME_FLOW_FIXTURE_H
#define KB_TESTS_UNIT_RUNTIME_FLOW_FIXTURE_H

#include "agents/runtime/flow.h"
#include "common/daemon/profile.h"
#include "tests/support/loopback_broker.h"

#define FLOW_DAY_MS ((int64_t)24 * 3600 * 1000)
#define FLOW_FORGED_MAX 64

struct flow_fixture {
	struct lb_world world;
	struct kb_profile profile; /* of all of them, with the route "proef" alone */
	struct lb_party *school;
	struct lb_party *swv;
	struct lb_party *gemeente;
	struct lb_party *jeugdhulp;
	char evidence[160]; /* path of a signed toestemming */
	struct kb_buf said; /* by the last verb */
};

extern struct flow_fixture at;

/* Everybody started, connected and known to each other, with a user anna (at the gemeente of the desk jeugd). Everything of this file
 * ends the test when it fails. */
void flow_open_all(void);
void flow_close_all(void);

/* A verb of the local socket; the exit code, what it said in at.said. */
int flow_ask(struct lb_party *party, const char *user, const char *verb,
	     const char *const *arguments);
#define ASK(party, verb, ...)                                                                      \
	flow_ask((party), "anna", (verb), (const char *const[]){ __VA_ARGS__, NULL })
bool flow_said(const char *text);
const char *flow_name_of(const struct lb_party *party);

/* ---- the case, number 1 everywhere ---- */

/* The school opens it; it gives a toestemming for these parties ("a,b"); it invites one; it takes the step that gives the swv work. */
void flow_start_route(void);
void flow_give_consent(const char *parties);
int flow_join(struct lb_party *party, const char *role);
int flow_submit(void);
/* All of that: school, swv and jeugd (the gemeente), the swv offered the regie; and with the regie. */
void flow_submitted_case(void);
void flow_running_case(void);
/* The profile gets the seal of that party. */
void flow_sign_profile(const struct lb_party *signer);

/* What an agent thinks of the case. Zeroed when it cannot say. */
struct flow_seen {
	struct kb_chain_view view;
	size_t stands;
	size_t voided;
	uint32_t inbox;
};

struct flow_seen flow_case_at(struct lb_party *party, uint64_t case_no);
const char *flow_state_of(const struct flow_seen *seen);
/* That both have the same records and see the same case. */
void flow_expect_same(struct lb_party *a, struct lb_party *b);

/* How many messages of that kind came in about the case. */
size_t flow_received(const struct lb_party *party, enum kb_kind kind);

/* ---- what no honest agent sends ---- */

struct flow_forging {
	struct kb_chain_record record;
	const struct kb_chain_record *then; /* after it, in the same message; NULL: none */
	unsigned copies;		    /* above 1: so many of record, each with another past */
	const struct lb_party *to;
	uint32_t role; /* of to */
	enum kb_kind kind;
	enum kb_purpose purpose; /* UNSPECIFIED: that of the case */
};

/* The newest record that party holds; its bytes and everything in out are in arena. */
struct kb_span flow_newest_record(struct lb_party *party, struct kb_arena *arena,
				  struct kb_chain_record *out);
/* The next record after the newest of by, right in everything but who makes it, when, or as what it goes. To the gemeente. */
struct flow_forging flow_next_record(struct lb_party *by, struct kb_arena *arena);
/* Sends the records in one message of by about its case 1; how they were judged there (flow_judged). */
enum kb_err flow_forge(struct lb_party *by, struct flow_forging *forging);
/* The same for any message about case 1; outgoing needs its kind and content. */
enum kb_err flow_send_raw(struct lb_party *by, struct lb_party *to, struct kb_outgoing *outgoing);
/* The newest message of by at to: KB_OK stored, else why it was refused (KB_ERR_BUSY: it may come again). */
enum kb_err flow_judged(const struct lb_party *by, const struct lb_party *to);

#endif
