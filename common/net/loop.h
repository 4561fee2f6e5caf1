/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop of a daemon: one thread that waits for sockets, descriptors and timers, and calls back. */
#ifndef KB_NET_LOOP_H
#define KB_NET_LOOP_H

#include "common/base/clock.h"
#include "common/base/error.h"

/* Opaque types. */
struct kb_loop;
struct kb_loop_source;
struct kb_loop_hook;

/* clock is copied; its mono_ms drives the timers (a fake one makes kb_loop_step() a simulation). KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_loop_new(const struct kb_clock *clock, struct kb_loop **out);
/* Remaining sources, hooks and timers are forgotten; descriptors stay open. NULL is allowed. */
void kb_loop_free(struct kb_loop *loop);
const struct kb_clock *kb_loop_clock(const struct kb_loop *loop);

/* Descriptors: signalfd, unix sockets, pipes of children. */
enum kb_loop_event {
	KB_LOOP_NONE = 0,
	KB_LOOP_READ = 1,
	KB_LOOP_WRITE = 2,
	KB_LOOP_ERROR = 4, /* hang-up or error; always reported */
};

/* events: what is ready, or'ed. The callback does a bounded piece of work; what it leaves is reported again. */
typedef void (*kb_loop_io_fn)(void *state, unsigned events);

/* The descriptor stays the caller's. KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_loop_add_fd(struct kb_loop *loop, int fd, unsigned events,
					 kb_loop_io_fn on_ready, void *state,
					 struct kb_loop_source **out);
void kb_loop_source_want(struct kb_loop_source *source, unsigned events);
/* Allowed inside any callback, also of the source itself: it is not called again. *source becomes NULL. */
void kb_loop_remove(struct kb_loop *loop, struct kb_loop_source **source);

/*
 * Timers. The struct is the owner's and must stay in place while it is set; zeroed (with on_due and state filled in) it
 * is not set. One shot: on_due may set it again. Timers due at the same moment run in the order in which they were set.
 */
struct kb_timer {
	void (*on_due)(void *state);
	void *state;
	int64_t due_mono_ms;
	uint64_t order;
	size_t place; /* 1-based in the heap; 0: not set */
};

/* Sets or moves it. KB_ERR_NO_MEMORY leaves it as it was. A moment in the past means: at the next round. */
KB_MUST_CHECK enum kb_err kb_timer_set(struct kb_loop *loop, struct kb_timer *timer,
				       int64_t due_mono_ms);
KB_MUST_CHECK enum kb_err kb_timer_set_in(struct kb_loop *loop, struct kb_timer *timer,
					  int64_t delay_ms);
/* Allowed when it is not set. */
void kb_timer_cancel(struct kb_loop *loop, struct kb_timer *timer);

static inline bool
kb_timer_is_set(const struct kb_timer *timer)
{
	return timer->place != 0;
}

/*
 * Called in every round after the callbacks and before waiting, in the order of adding: the place of the group commit.
 * true means: there is work left, do not wait in this round.
 */
typedef bool (*kb_loop_before_wait_fn)(void *state);
KB_MUST_CHECK enum kb_err kb_loop_add_hook(struct kb_loop *loop, kb_loop_before_wait_fn before_wait,
					   void *state, struct kb_loop_hook **out);
void kb_loop_remove_hook(struct kb_loop *loop, struct kb_loop_hook **hook);

/* Rounds until kb_loop_stop(); the round of the stop is finished, hooks included. Returns what stop was given, or KB_ERR_IO when
 * waiting fails. */
KB_MUST_CHECK enum kb_err kb_loop_run(struct kb_loop *loop);
void kb_loop_stop(struct kb_loop *loop, enum kb_err why);
bool kb_loop_stopping(const struct kb_loop *loop);

/* One round that waits at most wait_ms: due timers, ready sources (each once, a different one first every round), hooks.
 * For tests and for programs that wait for one answer. */
KB_MUST_CHECK enum kb_err kb_loop_step(struct kb_loop *loop, int wait_ms);

#endif
