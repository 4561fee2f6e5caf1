/* SPDX-License-Identifier: EUPL-1.2 */
/* Waiting for sockets, descriptors and timers. */
#include "common/net/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/net/net_internal.h"

struct kb_loop_source {
	void *socket; /* NULL: fd */
	int fd;
	unsigned events;
	kb_loop_io_fn on_ready; /* NULL: removed, freed at the end of the round */
	void *state;
	struct kb_loop *loop;
};

struct kb_loop_hook {
	kb_loop_before_wait_fn before_wait; /* NULL: removed */
	void *state;
};

/*
 * Invariants: 1. timers[1..timer_count] is a binary heap by (due, order), and timers[i]->place == i. 2. items[i] belongs
 * to sources[i] unless dirty. 3. sources and hooks are freed only between rounds (in_round == 0).
 */
struct kb_loop {
	struct kb_clock clock;
	struct kb_loop_source **sources;
	size_t source_count;
	size_t source_cap;
	zmq_pollitem_t *items;
	bool dirty;
	struct kb_timer **timers; /* 1-based */
	size_t timer_count;
	size_t timer_cap;
	uint64_t timer_order;
	struct kb_loop_hook **hooks;
	size_t hook_count;
	size_t hook_cap;
	size_t first; /* whose turn it is to be called first */
	unsigned in_round;
	bool busy; /* a hook has work left */
	bool stopped;
	enum kb_err why;
};

enum kb_err
kb_loop_new(const struct kb_clock *clock, struct kb_loop **out)
{
	struct kb_loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	loop->clock = *clock;
	*out = loop;
	return KB_OK;
}

void
kb_loop_free(struct kb_loop *loop)
{
	if (loop == NULL) {
		return;
	}
	for (size_t i = 0; i < loop->source_count; i++) {
		free(loop->sources[i]);
	}
	for (size_t i = 0; i < loop->hook_count; i++) {
		free(loop->hooks[i]);
	}
	for (size_t i = 1; i <= loop->timer_count; i++) {
		loop->timers[i]->place = 0;
	}
	free(loop->sources);
	free(loop->items);
	free(loop->timers);
	free(loop->hooks);
	free(loop);
}

const struct kb_clock *
kb_loop_clock(const struct kb_loop *loop)
{
	return &loop->clock;
}

/* Room for one more pointer in a growing array. */
static enum kb_err
grow(void ***array, size_t *cap, size_t needed)
{
	if (needed <= *cap) {
		return KB_OK;
	}
	size_t larger = *cap == 0 ? 8 : *cap * 2;
	void **moved = realloc(*array, larger * sizeof(void *));

	if (moved == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	*array = moved;
	*cap = larger;
	return KB_OK;
}

static enum kb_err
add_source(struct kb_loop *loop, const struct kb_loop_source *like, struct kb_loop_source **out)
{
	struct kb_loop_source *source = malloc(sizeof(*source));

	if (source == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	void **array = (void **)loop->sources;
	enum kb_err err = grow(&array, &loop->source_cap, loop->source_count + 1);

	loop->sources = (struct kb_loop_source **)array;
	if (err != KB_OK) {
		free(source);
		return err;
	}
	*source = *like;
	loop->sources[loop->source_count++] = source;
	loop->dirty = true;
	*out = source;
	return KB_OK;
}

enum kb_err
kb_loop_add_fd(struct kb_loop *loop, int fd, unsigned events, kb_loop_io_fn on_ready, void *state,
	       struct kb_loop_source **out)
{
	struct kb_loop_source like = {
		.fd = fd,
		.events = events,
		.on_ready = on_ready,
		.state = state,
		.loop = loop,
	};

	return add_source(loop, &like, out);
}

enum kb_err
kb_loop_add_socket(struct kb_loop *loop, void *socket, unsigned events, kb_loop_io_fn on_ready,
		   void *state, struct kb_loop_source **out)
{
	struct kb_loop_source like = {
		.socket = socket,
		.fd = -1,
		.events = events,
		.on_ready = on_ready,
		.state = state,
		.loop = loop,
	};

	return add_source(loop, &like, out);
}

void
kb_loop_source_want(struct kb_loop_source *source, unsigned events)
{
	if (source->events != events) {
		source->events = events;
		source->loop->dirty = true;
	}
}

static void
compact(struct kb_loop *loop)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->source_count; i++) {
		if (loop->sources[i]->on_ready != NULL) {
			loop->sources[kept++] = loop->sources[i];
		} else {
			free(loop->sources[i]);
			loop->dirty = true;
		}
	}
	loop->source_count = kept;
	kept = 0;
	for (size_t i = 0; i < loop->hook_count; i++) {
		if (loop->hooks[i]->before_wait != NULL) {
			loop->hooks[kept++] = loop->hooks[i];
		} else {
			free(loop->hooks[i]);
		}
	}
	loop->hook_count = kept;
}

void
kb_loop_remove(struct kb_loop *loop, struct kb_loop_source **source)
{
	if (*source == NULL) {
		return;
	}
	(*source)->on_ready = NULL;
	*source = NULL;
	if (loop->in_round == 0) {
		compact(loop);
	}
}

enum kb_err
kb_loop_add_hook(struct kb_loop *loop, kb_loop_before_wait_fn before_wait, void *state,
		 struct kb_loop_hook **out)
{
	struct kb_loop_hook *hook = malloc(sizeof(*hook));

	if (hook == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	void **array = (void **)loop->hooks;
	enum kb_err err = grow(&array, &loop->hook_cap, loop->hook_count + 1);

	loop->hooks = (struct kb_loop_hook **)array;
	if (err != KB_OK) {
		free(hook);
		return err;
	}
	*hook = (struct kb_loop_hook){ .before_wait = before_wait, .state = state };
	loop->hooks[loop->hook_count++] = hook;
	*out = hook;
	return KB_OK;
}

void
kb_loop_remove_hook(struct kb_loop *loop, struct kb_loop_hook **hook)
{
	if (*hook == NULL) {
		return;
	}
	(*hook)->before_wait = NULL;
	*hook = NULL;
	if (loop->in_round == 0) {
		compact(loop);
	}
}

static bool
earlier(const struct kb_timer *a, const struct kb_timer *b)
{
	return a->due_mono_ms != b->due_mono_ms ? a->due_mono_ms < b->due_mono_ms
						: a->order < b->order;
}

static void
timer_place(struct kb_loop *loop, size_t place, struct kb_timer *timer)
{
	loop->timers[place] = timer;
	timer->place = place;
}

/* Restores the heap around one timer whose due time changed. */
static void
timer_sift(struct kb_loop *loop, struct kb_timer *timer)
{
	size_t place = timer->place;

	while (place > 1 && earlier(timer, loop->timers[place / 2])) {
		timer_place(loop, place, loop->timers[place / 2]);
		place /= 2;
	}
	for (;;) {
		size_t child = place * 2;

		if (child > loop->timer_count) {
			break;
		}
		if (child < loop->timer_count &&
		    earlier(loop->timers[child + 1], loop->timers[child])) {
			child++;
		}
		if (!earlier(loop->timers[child], timer)) {
			break;
		}
		timer_place(loop, place, loop->timers[child]);
		place = child;
	}
	timer_place(loop, place, timer);
}

enum kb_err
kb_timer_set(struct kb_loop *loop, struct kb_timer *timer, int64_t due_mono_ms)
{
	if (timer->place == 0) {
		void **array = (void **)loop->timers;
		/* place 0 is never used */
		enum kb_err err = grow(&array, &loop->timer_cap, loop->timer_count + 2);

		loop->timers = (struct kb_timer **)array;
		if (err != KB_OK) {
			return err;
		}
		loop->timer_count++;
		timer_place(loop, loop->timer_count, timer);
	}
	timer->due_mono_ms = due_mono_ms;
	timer->order = ++loop->timer_order;
	timer_sift(loop, timer);
	return KB_OK;
}

enum kb_err
kb_timer_set_in(struct kb_loop *loop, struct kb_timer *timer, int64_t delay_ms)
{
	return kb_timer_set(loop, timer, kb_clock_mono_ms(&loop->clock) + delay_ms);
}

void
kb_timer_cancel(struct kb_loop *loop, struct kb_timer *timer)
{
	size_t place = timer->place;

	if (place == 0) {
		return;
	}
	struct kb_timer *last = loop->timers[loop->timer_count--];

	timer->place = 0;
	if (last != timer) {
		timer_place(loop, place, last);
		timer_sift(loop, last);
	}
}

static void
run_timers(struct kb_loop *loop)
{
	/* A timer that sets itself to this moment waits for the next round. */
	uint64_t newest = loop->timer_order;
	int64_t now = kb_clock_mono_ms(&loop->clock);

	while (loop->timer_count > 0) {
		struct kb_timer *timer = loop->timers[1];

		if (timer->due_mono_ms > now || timer->order > newest) {
			break;
		}
		kb_timer_cancel(loop, timer);
		timer->on_due(timer->state);
	}
}

static enum kb_err
rebuild(struct kb_loop *loop)
{
	if (!loop->dirty) {
		return KB_OK;
	}
	zmq_pollitem_t *items =
		realloc(loop->items, (loop->source_count + 1) * sizeof(zmq_pollitem_t));

	if (items == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	loop->items = items;
	for (size_t i = 0; i < loop->source_count; i++) {
		const struct kb_loop_source *source = loop->sources[i];
		short events = 0;

		events |= (source->events & KB_LOOP_READ) != 0 ? ZMQ_POLLIN : 0;
		events |= (source->events & KB_LOOP_WRITE) != 0 ? ZMQ_POLLOUT : 0;
		/* Without ZMQ_POLLERR libzmq hides hang-ups of a descriptor whose events are not asked for. */
		events |= source->socket == NULL ? ZMQ_POLLERR : 0;
		items[i] = (zmq_pollitem_t){
			.socket = source->socket,
			.fd = source->fd,
			.events = events,
		};
	}
	loop->dirty = false;
	return KB_OK;
}

static void
run_hooks(struct kb_loop *loop)
{
	loop->busy = false;
	loop->in_round++;
	for (size_t i = 0; i < loop->hook_count; i++) {
		const struct kb_loop_hook *hook = loop->hooks[i];

		if (hook->before_wait != NULL && hook->before_wait(hook->state)) {
			loop->busy = true;
		}
	}
	loop->in_round--;
}

static int
time_to_wait(const struct kb_loop *loop, int wait_ms)
{
	if (loop->busy) {
		return 0;
	}
	if (loop->timer_count == 0) {
		return wait_ms;
	}
	int64_t left = loop->timers[1]->due_mono_ms - kb_clock_mono_ms(&loop->clock);

	if (left <= 0) {
		return 0;
	}
	if (wait_ms >= 0 && left > wait_ms) {
		return wait_ms;
	}
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void
dispatch(struct kb_loop *loop, size_t polled)
{
	size_t first = polled > 0 ? loop->first++ % polled : 0;

	for (size_t n = 0; n < polled; n++) {
		size_t i = (first + n) % polled;
		struct kb_loop_source *source = loop->sources[i];
		short ready = loop->items[i].revents;
		unsigned events = 0;

		if (ready == 0 || source->on_ready == NULL) {
			continue;
		}
		events |= (ready & ZMQ_POLLIN) != 0 ? (unsigned)KB_LOOP_READ : 0U;
		events |= (ready & ZMQ_POLLOUT) != 0 ? (unsigned)KB_LOOP_WRITE : 0U;
		events |= (ready & ZMQ_POLLERR) != 0 ? (unsigned)KB_LOOP_ERROR : 0U;
		source->on_ready(source->state, events);
	}
}

static enum kb_err
one_round(struct kb_loop *loop, int wait_ms)
{
	enum kb_err err = rebuild(loop);

	if (err != KB_OK) {
		return err;
	}
	size_t polled = loop->source_count;
	int ready = zmq_poll(loop->items, (int)polled, time_to_wait(loop, wait_ms));

	if (ready < 0 && errno != EINTR) {
		return KB_ERR_IO;
	}
	loop->in_round++;
	if (ready > 0) {
		dispatch(loop, polled);
	}
	run_timers(loop);
	loop->in_round--;
	run_hooks(loop);
	if (loop->in_round == 0) {
		compact(loop);
	}
	return KB_OK;
}

enum kb_err
kb_loop_step(struct kb_loop *loop, int wait_ms)
{
	run_hooks(loop);
	return one_round(loop, wait_ms);
}

enum kb_err
kb_loop_run(struct kb_loop *loop)
{
	run_hooks(loop);
	while (!loop->stopped) {
		enum kb_err err = one_round(loop, -1);

		if (err != KB_OK) {
			return err;
		}
	}
	return loop->why;
}

void
kb_loop_stop(struct kb_loop *loop, enum kb_err why)
{
	if (!loop->stopped) {
		loop->stopped = true;
		loop->why = why;
	}
}

bool
kb_loop_stopping(const struct kb_loop *loop)
{
	return loop->stopped;
}
