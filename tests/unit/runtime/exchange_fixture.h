/* SPDX-License-Identifier: EUPL-1.2 */
/* A school and a gemeente over the loopback broker, with a role that only counts. */
#ifndef KB_TESTS_UNIT_RUNTIME_EXCHANGE_FIXTURE_H
#define KB_TESTS_UNIT_RUNTIME_EXCHANGE_FIXTURE_H

#include "common/store/sent.h"
#include "tests/support/loopback_broker.h"

/* What the test role saw, and how it behaves. Indexed by party. */
struct fixture_counts {
	unsigned handled;
	unsigned fates[4]; /* by enum kb_fate */
	enum kb_err last_reason;
	int64_t last_stored_utc_ms;
	uint64_t last_numbers[4096]; /* in the order of handling */
	uint64_t case_no;
	unsigned clocks;
};

struct fixture {
	struct lb_world world;
	struct lb_party *school;
	struct lb_party *gemeente;
	uint64_t school_case;
};

extern struct fixture_counts fixture_counts[LB_PARTIES_MAX];
/* What the handlers answer instead of accepting; KB_OK: accept. */
extern enum kb_err fixture_answer;
/* Only for this number, when not 0. */
extern uint64_t fixture_answer_number;

/* Both agents started and connected, a case open at the school, everything at rest. */
void fixture_open(struct fixture *fixture);
/* The same without the connections. */
void fixture_open_offline(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* Sends count messages about the case in one act. The error of the act. */
enum kb_err fixture_send(struct fixture *fixture, unsigned count);
/* Sends one in each of count acts of their own group. */
void fixture_send_apart(struct fixture *fixture, unsigned count);
/* A case for the messages that follow; from then on fixture->school_case. */
void fixture_open_case(struct fixture *fixture);

/* The state of message number of the school to the gemeente, in its first epoch. */
struct kb_sent_row fixture_sent(struct fixture *fixture, uint64_t number);
struct kb_sent_row fixture_sent_in(struct lb_party *party, uint32_t epoch_no, uint64_t number);
/* Messages without a receipt. */
unsigned fixture_waiting(struct lb_party *party);
/* Records of that type in the log of party. */
unsigned fixture_records(struct lb_party *party, unsigned type);
/* Recomputes the log of party in a child process. */
void fixture_verify(struct lb_party *party);

#endif
