/* SPDX-License-Identifier: EUPL-1.2 */
/* Cases in memory for tests of the route engine: parties, requests, and a hash that is no cryptography. */
#ifndef KB_TESTS_CHAIN_CASE_H
#define KB_TESTS_CHAIN_CASE_H

#include "common/exchange/case_chain.h"

enum chain_who {
	CHAIN_SCHOOL = 0,
	CHAIN_VO,
	CHAIN_SWV,
	CHAIN_SWV_VO,
	CHAIN_LEERPLICHT,
	CHAIN_JEUGD,
	CHAIN_DOORSTROOM,
	CHAIN_JEUGDHULP,
	CHAIN_PARTNER,
	CHAIN_WHO_COUNT,
};

/* Each has a role of its own: role is its bit, 1u << who. */
struct kb_party_id chain_party(enum chain_who who);
enum kb_party_kind chain_kind(enum chain_who who);
enum kb_desk chain_desk(enum chain_who who);
/* CHAIN_WHO_COUNT: none of them. */
enum chain_who chain_who_of(const struct kb_party_id *party);

/* A request of somebody who works there; the event is borrowed. */
struct kb_chain_request chain_request(enum chain_who who, const char *event, int64_t now_utc_ms);

/*
 * Fills hash from all other fields. A deterministic mix of 4 lanes of 64 bits, so that the pure engine is tested without a crypto
 * library: equal for equal records, and no more than that.
 */
void chain_hash(struct kb_chain_record *record);

/* Start of a local day, "2027-09-01", plus hours. */
int64_t chain_at(const char *date, int32_t hours);

/* The small route of the unit tests (chain_route.c says what is in it). */
const struct kb_route *chain_route(void);

/* One case as its regievoerder holds it. Zeroed: none. */
struct chain_case {
	struct kb_arena arena;
	struct kb_chain_record records[64];
	size_t count;
	struct kb_chain_view view;
	struct kb_chain_refusal refusal;
	int64_t now_utc_ms;
	const struct kb_kalender *kalender;
};

/* Opened by the school; joined by swv, leerplicht, jeugd and jeugdhulp, in that order. */
void chain_case_open(struct chain_case *one, const char *date);
/* The same on another route; a party that can have no role in it joins as well. */
void chain_case_open_on(struct chain_case *one, const struct kb_route *route, const char *date);
void chain_case_drop(struct chain_case *one);
/* Makes the record at the right maker and applies it; what it returns is the engine's first refusal. */
enum kb_err chain_case_do(struct chain_case *one, const struct kb_chain_request *request);
/* A plain step by who, now, with the external guards met all there, and one fact (NULL: none) of today. */
enum kb_err chain_case_step(struct chain_case *one, enum chain_who who, const char *event,
			    const char *fact);
/* One of the events about a participant or the regie. */
enum kb_err chain_case_about(struct chain_case *one, enum chain_who who, enum kb_chain_event event,
			     enum chain_who target);
/* The clock of that name that runs or was started last; NULL: none. */
const struct kb_chain_view_clock *chain_case_clock(const struct kb_chain_view *view,
						   const char *name);

#endif
