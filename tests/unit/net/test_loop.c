/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop: timers, descriptors, hooks. */
#include "common/net/loop.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

static struct kb_clock_fake fake;
static struct kb_loop *loop;

static void
open_loop(void)
{
	struct kb_clock clock = kb_clock_of_fake(&fake);

	fake = (struct kb_clock_fake){ .utc_ms = 1000000, .mono_ms = 1000 };
	cr_assert_eq(kb_loop_new(&clock, &loop), KB_OK);
}

static void
close_loop(void)
{
	kb_loop_free(loop);
}

TestSuite(loop, .init = open_loop, .fini = close_loop);

static int order[64];
static size_t order_count;

static void
note(void *state)
{
	order[order_count++] = *(int *)state;
}

Test(loop, timers_run_in_order_of_due_time_and_then_of_setting)
{
	int ids[5] = { 0, 1, 2, 3, 4 };
	int64_t due[5] = { 1300, 1100, 1200, 1100, 1300 };
	struct kb_timer timers[5] = { 0 };

	for (size_t i = 0; i < 5; i++) {
		timers[i].on_due = note;
		timers[i].state = &ids[i];
		cr_assert_eq(kb_timer_set(loop, &timers[i], due[i]), KB_OK);
	}
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert_eq(order_count, 0);
	fake.mono_ms = 1200;
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert_eq(order_count, 3);
	fake.mono_ms = 5000;
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	static const int expected[5] = { 1, 3, 2, 0, 4 };

	cr_assert_arr_eq(order, expected, sizeof(expected));
	cr_assert_not(kb_timer_is_set(&timers[0]));
}

/* Compared with a plain array that is searched for the earliest. */
Test(loop, a_thousand_timers_set_moved_and_cancelled_at_random_keep_their_order)
{
	static struct kb_timer timers[1000];
	static int ids[1000];
	int64_t last = 0;

	srand48(5);
	for (int i = 0; i < 1000; i++) {
		ids[i] = i;
		timers[i] = (struct kb_timer){ .on_due = note, .state = &ids[i] };
		cr_assert_eq(kb_timer_set(loop, &timers[i], 2000 + lrand48() % 5000), KB_OK);
	}
	for (int i = 0; i < 3000; i++) {
		struct kb_timer *one = &timers[lrand48() % 1000];

		if (lrand48() % 3 == 0) {
			kb_timer_cancel(loop, one);
		} else {
			cr_assert_eq(kb_timer_set(loop, one, 2000 + lrand48() % 5000), KB_OK);
		}
	}
	for (fake.mono_ms = 2000; fake.mono_ms <= 7000; fake.mono_ms++) {
		for (int i = 0; i < 1000; i++) {
			cr_assert(!kb_timer_is_set(&timers[i]) ||
				  timers[i].due_mono_ms >= fake.mono_ms);
		}
		order_count = 0;
		cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
		for (size_t i = 0; i < order_count; i++) {
			cr_assert_eq(timers[order[i]].due_mono_ms, fake.mono_ms);
		}
		last += (int64_t)order_count;
	}
	cr_assert_gt(last, 500);
}

static struct kb_timer again;

static void
set_again(void *state)
{
	order_count++;
	cr_assert_eq(kb_timer_set(state, &again, 0), KB_OK);
}

Test(loop, a_timer_that_sets_itself_for_the_past_runs_once_per_round)
{
	again = (struct kb_timer){ .on_due = set_again, .state = loop };
	cr_assert_eq(kb_timer_set(loop, &again, 0), KB_OK);
	for (size_t i = 1; i <= 5; i++) {
		cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
		cr_assert_eq(order_count, i);
	}
}

struct end {
	int fd;
	struct kb_loop_source *source;
	struct kb_loop_source **victim;
	unsigned calls;
	unsigned events;
};

static void
on_end(void *state, unsigned events)
{
	struct end *end = state;
	char byte = 0;

	end->calls++;
	end->events |= events;
	if ((events & KB_LOOP_READ) != 0) {
		cr_assert_eq(read(end->fd, &byte, 1), 1);
	}
	if (end->victim != NULL) {
		kb_loop_remove(loop, end->victim);
		end->victim = NULL;
	}
}

Test(loop, a_readable_descriptor_calls_back_until_it_is_read_empty)
{
	int fds[2];
	struct end end = { 0 };

	cr_assert_eq(pipe(fds), 0);
	end.fd = fds[0];
	cr_assert_eq(kb_loop_add_fd(loop, fds[0], KB_LOOP_READ, on_end, &end, &end.source), KB_OK);
	cr_assert_eq(write(fds[1], "abc", 3), 3);
	for (int i = 0; i < 5; i++) {
		cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	}
	cr_assert_eq(end.calls, 3);
	kb_loop_source_want(end.source, KB_LOOP_NONE);
	cr_assert_eq(write(fds[1], "d", 1), 1);
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert_eq(end.calls, 3);
	(void)close(fds[1]);
	kb_loop_source_want(end.source, KB_LOOP_READ);
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert_eq(end.calls, 4);
	end.events = 0;
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert((end.events & KB_LOOP_ERROR) != 0, "a hang-up is reported");
	kb_loop_remove(loop, &end.source);
	cr_assert_null(end.source);
	(void)close(fds[0]);
}

Test(loop, a_source_removed_by_another_in_the_same_round_is_not_called)
{
	int one[2];
	int two[2];
	struct end a = { 0 };
	struct end b = { 0 };

	cr_assert_eq(pipe(one), 0);
	cr_assert_eq(pipe(two), 0);
	a.fd = one[0];
	b.fd = two[0];
	a.victim = &b.source;
	b.victim = &a.source;
	cr_assert_eq(kb_loop_add_fd(loop, a.fd, KB_LOOP_READ, on_end, &a, &a.source), KB_OK);
	cr_assert_eq(kb_loop_add_fd(loop, b.fd, KB_LOOP_READ, on_end, &b, &b.source), KB_OK);
	cr_assert_eq(write(one[1], "x", 1), 1);
	cr_assert_eq(write(two[1], "x", 1), 1);
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert_eq(a.calls + b.calls, 1);
	kb_loop_remove(loop, &a.source);
	kb_loop_remove(loop, &b.source);
}

static void
first_called(void *state, unsigned events)
{
	(void)events;
	if (order_count < 64) {
		order[order_count++] = *(int *)state;
	}
}

Test(loop, no_source_is_always_first)
{
	int fds[2];
	int ids[3] = { 0, 1, 2 };
	struct kb_loop_source *sources[3];
	unsigned first[3] = { 0 };

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], "x", 1), 1);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(kb_loop_add_fd(loop, fds[0], KB_LOOP_READ, first_called, &ids[i],
					    &sources[i]),
			     KB_OK);
	}
	for (int i = 0; i < 9; i++) {
		order_count = 0;
		cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
		cr_assert_eq(order_count, 3);
		first[order[0]]++;
	}
	cr_assert(first[0] == 3 && first[1] == 3 && first[2] == 3);
}

static unsigned hook_calls;
static bool hook_busy;

static bool
hook(void *state)
{
	hook_calls++;
	if (hook_calls == 4) {
		kb_loop_stop(state, KB_ERR_TIMEOUT);
	}
	return hook_busy;
}

Test(loop, a_busy_hook_is_not_made_to_wait_and_runs_after_the_stop)
{
	struct kb_loop_hook *added = NULL;

	hook_busy = true;
	cr_assert_eq(kb_loop_add_hook(loop, hook, loop, &added), KB_OK);
	cr_assert_eq(kb_loop_run(loop), KB_ERR_TIMEOUT);
	cr_assert_eq(hook_calls, 4);
	cr_assert(kb_loop_stopping(loop));
	kb_loop_remove_hook(loop, &added);
	cr_assert_null(added);
	cr_assert_eq(kb_loop_step(loop, 0), KB_OK);
	cr_assert_eq(hook_calls, 4);
}
