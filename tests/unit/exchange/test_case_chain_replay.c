/* SPDX-License-Identifier: EUPL-1.2 */
/* The same set of records gives the same view, in whatever order and however often they came. */
#include <criterion/criterion.h>

#include "tests/support/chain_case.h"

static struct chain_case one;

static void
start(void)
{
	chain_case_open(&one, "2027-09-01");
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "beginnen", NULL), KB_OK);
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "uitnodigen", "ouders-uitgenodigd"),
		     KB_OK);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "ouders-waren-er", "ouders-aanwezig"), KB_OK);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "bespreken", "overleg-gehouden"), KB_OK);
}

static void
drop(void)
{
	chain_case_drop(&one);
}

TestSuite(case_chain_replay, .init = start, .fini = drop);

static struct kb_chain_view view;
static enum kb_chain_mark marks[64];

static void
replay(const struct kb_chain_record *records, size_t count)
{
	cr_assert_eq(kb_chain_replay(chain_route(), records, count, &one.arena, &view, marks),
		     KB_OK);
}

/* Everything that a view says, in one comparison. */
static bool
same_view(const struct kb_chain_view *a, const struct kb_chain_view *b)
{
	bool same = a->state == b->state && a->regie_epoch == b->regie_epoch &&
		    a->revision == b->revision && kb_hash_equal(&a->last, &b->last) &&
		    kb_party_id_equal(&a->regievoerder, &b->regievoerder) &&
		    kb_party_id_equal(&a->offered_to, &b->offered_to) &&
		    a->participant_count == b->participant_count &&
		    a->clock_count == b->clock_count && a->closed_utc_ms == b->closed_utc_ms &&
		    a->moved_utc_ms == b->moved_utc_ms;

	for (size_t i = 0; same && i < a->clock_count; i++) {
		same = memcmp(&a->clocks[i], &b->clocks[i], sizeof(a->clocks[i])) == 0;
	}
	for (size_t i = 0; same && i < KB_FACT_COUNT; i++) {
		same = a->facts[i].there == b->facts[i].there &&
		       a->facts[i].day == b->facts[i].day &&
		       a->facts[i].revision == b->facts[i].revision &&
		       kb_span_equal(a->facts[i].people, b->facts[i].people);
	}
	return same;
}

static const struct kb_chain_record *
last(void)
{
	return &one.records[one.count - 1];
}

/* Goes back to what the case was after the first count records. */
static void
back_to(size_t count)
{
	replay(one.records, count);
	one.view = view;
}

/*
 * The tail of six: 10 and 11 of the old epoch, the takeover that names 9, and two that build on it, one of them a closing; and a
 * double. Everything before stands in front.
 */
struct tail {
	size_t front;
	struct kb_chain_record at[6];
};

static struct tail
tail_make(void)
{
	struct tail tail = { .front = one.count };

	one.now_utc_ms = chain_at("2027-09-15", 9);
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "melden", NULL), KB_OK);
	tail.at[0] = *last();
	cr_assert_eq(chain_case_step(&one, CHAIN_SCHOOL, "sluiten", NULL), KB_OK);
	tail.at[1] = *last();
	back_to(tail.front);
	cr_assert_eq(chain_case_about(&one, CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN, CHAIN_WHO_COUNT),
		     KB_OK);
	tail.at[2] = *last();
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "gereageerd", NULL), KB_OK);
	tail.at[3] = *last();
	cr_assert_eq(chain_case_about(&one, CHAIN_JEUGD, KB_CHAIN_REGIE_AANBIEDEN, CHAIN_SWV),
		     KB_OK);
	tail.at[4] = *last();
	tail.at[5] = tail.at[3];
	return tail;
}

static void
check_tail(const size_t order[6], const struct tail *tail, const struct kb_chain_view *want)
{
	static const enum kb_chain_mark wanted[6] = { KB_CHAIN_MARK_VOID,   KB_CHAIN_MARK_VOID,
						      KB_CHAIN_MARK_STANDS, KB_CHAIN_MARK_STANDS,
						      KB_CHAIN_MARK_STANDS, KB_CHAIN_MARK_STANDS };
	struct kb_chain_record all[64];
	size_t half = tail->front / 2;

	/* The front is split around the tail, so that records also wait for their past. */
	for (size_t i = 0; i < tail->front; i++) {
		all[i < half ? i : i + 6] = one.records[i];
	}
	for (size_t i = 0; i < 6; i++) {
		all[half + i] = tail->at[order[i]];
	}
	replay(all, tail->front + 6);
	cr_assert(same_view(&view, want));
	for (size_t i = 0; i < 6; i++) {
		cr_assert_eq(marks[half + i], wanted[order[i]], "record %zu of the tail", order[i]);
	}
}

static void
permute(size_t order[6], size_t from, const struct tail *tail, const struct kb_chain_view *want,
	size_t *count)
{
	if (from == 6) {
		check_tail(order, tail, want);
		(*count)++;
		return;
	}
	for (size_t i = from; i < 6; i++) {
		size_t kept = order[from];

		order[from] = order[i];
		order[i] = kept;
		permute(order, from + 1, tail, want, count);
		order[i] = order[from];
		order[from] = kept;
	}
}

Test(case_chain_replay, all_orders_of_a_takeover_with_doubles_give_one_view)
{
	struct tail tail = tail_make();
	size_t order[6] = { 0, 1, 2, 3, 4, 5 };
	struct kb_chain_view want = one.view;
	size_t count = 0;

	cr_assert_eq(want.regie_epoch, 2);
	permute(order, 0, &tail, &want, &count);
	cr_assert_eq(count, 720);
}

Test(case_chain_replay, every_subset_of_a_takeover_gives_one_view_in_two_orders)
{
	struct tail tail = tail_make();

	for (size_t set = 0; set < 64; set++) {
		struct kb_chain_record up[64];
		struct kb_chain_record down[64];
		size_t count = 0;

		for (size_t i = 0; i < tail.front + 6; i++) {
			if (i < tail.front || (set & 1u << (i - tail.front)) != 0) {
				up[count++] =
					i < tail.front ? one.records[i] : tail.at[i - tail.front];
			}
		}
		for (size_t i = 0; i < count; i++) {
			down[i] = up[count - 1 - i];
		}
		replay(up, count);
		struct kb_chain_view first = view;

		replay(down, count);
		cr_assert(same_view(&first, &view), "set %zu", set);
		cr_assert_eq(view.regie_epoch, (set & 4) != 0 ? 2 : 1, "set %zu", set);
	}
}

Test(case_chain_replay, a_record_waits_for_the_one_before_it)
{
	struct kb_chain_record some[64];
	size_t count = 0;

	for (size_t i = 0; i < one.count; i++) {
		if (i != 6) {
			some[count++] = one.records[i];
		}
	}
	replay(some, count);
	cr_assert_eq(view.revision, 6);
	cr_assert_eq(marks[5], KB_CHAIN_MARK_STANDS);
	cr_assert_eq(marks[6], KB_CHAIN_MARK_WAITS);
	cr_assert_eq(marks[count - 1], KB_CHAIN_MARK_WAITS);
	uint32_t after = 99;

	cr_assert(kb_chain_missing(some, marks, count, &after));
	cr_assert_eq(after, 6, "number 7 is not here");
	replay(some, 0);
	cr_assert_eq(view.revision, 0);
	replay(&some[1], count - 1);
	cr_assert_eq(view.revision, 0, "nothing without the first");
	cr_assert(kb_chain_missing(&some[1], marks, count - 1, &after));
	cr_assert_eq(after, 0);
	replay(one.records, one.count);
	after = 99;
	cr_assert_not(kb_chain_missing(one.records, marks, one.count, &after));
	cr_assert_eq(after, 99);
}

/* Which of the old epoch is not here does not matter: it is void all the same, and nobody asks for its past. */
Test(case_chain_replay, what_waits_behind_a_takeover_is_void)
{
	struct tail tail = tail_make();

	back_to(tail.front);
	struct kb_chain_record some[64];

	memcpy(some, one.records, tail.front * sizeof(some[0]));
	some[tail.front] = tail.at[1];
	some[tail.front + 1] = tail.at[2];
	replay(some, tail.front + 2);
	cr_assert_eq(marks[tail.front], KB_CHAIN_MARK_VOID);
}

Test(case_chain_replay, of_two_of_one_epoch_and_revision_the_smaller_hash_stands)
{
	size_t front = one.count;

	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "melden", NULL), KB_OK);
	struct kb_chain_record a = *last();

	back_to(front);
	cr_assert_eq(chain_case_step(&one, CHAIN_JEUGD, "melden", NULL), KB_OK);
	struct kb_chain_record b = *last();
	bool a_first = memcmp(a.hash.bytes, b.hash.bytes, KB_HASH_BYTES) < 0;

	for (int turn = 0; turn < 2; turn++) {
		one.records[front] = turn == 0 ? a : b;
		one.records[front + 1] = turn == 0 ? b : a;
		replay(one.records, front + 2);
		cr_assert(kb_hash_equal(&view.last, a_first ? &a.hash : &b.hash));
		cr_assert_eq(marks[front],
			     (turn == 0) == a_first ? KB_CHAIN_MARK_STANDS : KB_CHAIN_MARK_VOID);
		cr_assert_eq(marks[front + 1],
			     (turn == 0) == a_first ? KB_CHAIN_MARK_VOID : KB_CHAIN_MARK_STANDS);
	}
}

/* Jeugd and leerplicht are each the vangnet of a clock that ran out, and neither knows of the other. */
Test(case_chain_replay, of_two_takeovers_of_one_epoch_the_one_that_names_the_earlier_record_stands)
{
	struct kb_route_clock clocks[4];
	struct kb_route route = *chain_route();
	size_t front = one.count;

	memcpy(clocks, route.clocks, sizeof(clocks));
	clocks[1].vangnet = KB_ROUTE_LEERPLICHT; /* rapport */
	route.clocks = clocks;
	one.view.route = &route;
	struct kb_chain_view before = one.view;

	one.now_utc_ms = chain_at("2027-10-15", 9);
	cr_assert_eq(chain_case_about(&one, CHAIN_JEUGD, KB_CHAIN_REGIE_OVERNEMEN, CHAIN_WHO_COUNT),
		     KB_OK);
	struct kb_chain_record early = *last();

	one.view = before;
	one.count = front;
	cr_assert_eq(chain_case_step(&one, CHAIN_SWV, "melden", NULL), KB_OK);
	cr_assert_eq(
		chain_case_about(&one, CHAIN_LEERPLICHT, KB_CHAIN_REGIE_OVERNEMEN, CHAIN_WHO_COUNT),
		KB_OK);
	one.records[one.count] = early;
	cr_assert_eq(kb_chain_replay(&route, one.records, front + 3, &one.arena, &view, marks),
		     KB_OK);
	cr_assert(kb_hash_equal(&view.last, &early.hash));
	cr_assert_eq(marks[front], KB_CHAIN_MARK_VOID);
	cr_assert_eq(marks[front + 1], KB_CHAIN_MARK_VOID);
	cr_assert_eq(marks[front + 2], KB_CHAIN_MARK_STANDS);
	/* What builds on the one that stands comes first: what is missing lies before the revision that one has. */
	struct kb_chain_record next = early;
	uint32_t after = 0;

	next.revision++;
	next.previous = early.hash;
	chain_hash(&next);
	one.records[one.count] = next;
	cr_assert_eq(kb_chain_replay(&route, one.records, front + 3, &one.arena, &view, marks),
		     KB_OK);
	cr_assert_eq(view.revision, front + 2);
	cr_assert(kb_chain_missing(one.records, marks, front + 3, &after));
	cr_assert_eq(after, front);
}

/* The vangnet takes over while the old regievoerder wakes up: one chain, and what is void comes back and is done again. */
Test(case_chain_replay, the_old_regievoerder_wakes_up_and_nothing_is_lost)
{
	struct tail tail = tail_make();

	/* Everything that anybody made is there: also the two of the school, which heard nothing of the takeover. */
	replay(one.records, one.count);
	cr_assert_eq(chain_who_of(&view.regievoerder), CHAIN_JEUGD);
	for (size_t i = 0; i < one.count; i++) {
		bool old = i == tail.front || i == tail.front + 1;

		cr_assert_eq(marks[i], old ? KB_CHAIN_MARK_VOID : KB_CHAIN_MARK_STANDS);
	}
	one.view = view;
	struct kb_chain_request again =
		chain_request(chain_who_of(&tail.at[0].actor), "melden", one.now_utc_ms);

	cr_assert_eq(chain_case_do(&one, &again), KB_OK, "the step of swv is proposed again");
	again = chain_request(CHAIN_SCHOOL, "sluiten", one.now_utc_ms);
	cr_assert_eq(chain_case_do(&one, &again), KB_ERR_NOT_ALLOWED,
		     "closing is no longer the school's");
	replay(one.records, one.count);
	cr_assert_eq(view.revision, one.count - 2);
}

/* ---- structure ---- */

typedef void (*spoil_fn)(struct kb_chain_record *record);

static void
spoil_state(struct kb_chain_record *record)
{
	record->state = kb_span_text("gesloten");
}

static void
spoil_event(struct kb_chain_record *record)
{
	record->event = kb_span_text("beginnen");
}

static void
spoil_actor(struct kb_chain_record *record)
{
	record->actor = chain_party(CHAIN_VO);
}

static void
spoil_regievoerder(struct kb_chain_record *record)
{
	record->regievoerder = chain_party(CHAIN_SWV);
}

static void
spoil_offer(struct kb_chain_record *record)
{
	record->offered_to = chain_party(CHAIN_SWV);
}

static void
spoil_epoch(struct kb_chain_record *record)
{
	record->regie_epoch = 2;
}

static void
spoil_participants(struct kb_chain_record *record)
{
	record->participant_count--;
}

static void
spoil_started(struct kb_chain_record *record)
{
	record->started_count = 0;
}

static void
spoil_stopped(struct kb_chain_record *record)
{
	record->stopped_count = 0;
}

static void
spoil_facts(struct kb_chain_record *record)
{
	record->fact_count = 0;
}

static void
spoil_person(struct kb_chain_record *record)
{
	record->person = KB_SPAN_NONE;
}

static void
spoil_case(struct kb_chain_record *record)
{
	record->case_id.bytes[3] ^= 1;
}

static void
spoil_profile(struct kb_chain_record *record)
{
	record->profile_hash.bytes[3] ^= 1;
}

static void
spoil_route(struct kb_chain_record *record)
{
	record->route = kb_span_text("anders");
}

Test(case_chain_replay, a_record_that_says_what_the_route_does_not_is_wrong)
{
	static const spoil_fn spoils[] = {
		spoil_state,	    spoil_event,   spoil_actor,	  spoil_regievoerder, spoil_offer,
		spoil_epoch,	    spoil_started, spoil_stopped, spoil_facts,	      spoil_person,
		spoil_participants, spoil_case,	   spoil_profile, spoil_route,
	};
	struct kb_chain_record good = *last();

	for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
		one.records[one.count - 1] = good;
		spoils[i](&one.records[one.count - 1]);
		chain_hash(&one.records[one.count - 1]);
		replay(one.records, one.count);
		cr_expect_eq(marks[one.count - 1], KB_CHAIN_MARK_WRONG, "spoil %zu", i);
		cr_expect_eq(view.revision, one.count - 1, "spoil %zu", i);
	}
	one.records[one.count - 1] = good;
	replay(one.records, one.count);
	cr_assert_eq(view.revision, one.count);
	cr_assert(same_view(&view, &one.view));
}

Test(case_chain_replay, a_takeover_before_its_time_is_wrong_and_voids_nothing)
{
	struct tail tail = tail_make();

	back_to(tail.front);
	tail.at[2].at_utc_ms = chain_at("2027-09-02", 9);
	chain_hash(&tail.at[2]);
	one.records[tail.front] = tail.at[0];
	one.records[tail.front + 1] = tail.at[2];
	replay(one.records, tail.front + 2);
	cr_assert_eq(marks[tail.front], KB_CHAIN_MARK_STANDS);
	cr_assert_eq(marks[tail.front + 1], KB_CHAIN_MARK_WRONG);
	cr_assert_eq(view.regie_epoch, 1);
}

Test(case_chain_replay, apply_says_why_it_does_not_fit_and_leaves_the_view)
{
	struct tail tail = tail_make();

	back_to(tail.front);
	struct kb_chain_view before = one.view;

	cr_assert_eq(kb_chain_apply(&one.view, &one.records[tail.front - 1]), KB_ERR_STATE);
	cr_assert_eq(kb_chain_apply(&one.view, &tail.at[1]), KB_ERR_NOT_FOUND);
	cr_assert_eq(kb_chain_apply(&one.view, &tail.at[3]), KB_ERR_NOT_FOUND);
	cr_assert(same_view(&before, &one.view));
	cr_assert_eq(kb_chain_apply(&one.view, &tail.at[0]), KB_OK);
	cr_assert_eq(kb_chain_apply(&one.view, &tail.at[2]), KB_ERR_STATE, "replay judges that");
	one.view = before;
	cr_assert_eq(kb_chain_apply(&one.view, &tail.at[2]), KB_OK);
	cr_assert_eq(kb_chain_apply(&one.view, &tail.at[0]), KB_ERR_STATE,
		     "of an epoch that is over");
}

Test(case_chain_replay, more_records_than_a_case_can_have_are_refused)
{
	static struct kb_chain_record many[KB_CHAIN_RECORDS_MAX + 1];

	cr_assert_eq(kb_chain_replay(chain_route(), many, KB_CHAIN_RECORDS_MAX + 1, &one.arena,
				     &view, NULL),
		     KB_ERR_OVERSIZE);
}
