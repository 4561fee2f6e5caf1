/* SPDX-License-Identifier: EUPL-1.2 */
/* The failpoints of the tests. */
#include "common/store/failpoint.h"

#ifdef KB_TEST_SWITCHES

#include "common/base/text.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum action {
	ACTION_NONE = 0,
	ACTION_KILL,
	ACTION_ERROR,
};

static struct {
	bool read;
	enum kb_failpoint point;
	enum action action;
	uint64_t left;
} armed;

const char *
kb_failpoint_name(enum kb_failpoint point)
{
	static const char *const names[] = {
#define KB_FAILPOINT_WORD(name, word) word,
		KB_FAILPOINT_TABLE(KB_FAILPOINT_WORD)
#undef KB_FAILPOINT_WORD
	};

	return (unsigned)point < KB_FAILPOINT_COUNT ? names[point] : "";
}

static struct kb_span
next_word(struct kb_span *rest)
{
	const uint8_t *colon = rest->len > 0 ? memchr(rest->at, ':', rest->len) : NULL;
	size_t len = colon != NULL ? (size_t)(colon - rest->at) : rest->len;
	struct kb_span word = kb_span_part(*rest, 0, len);

	*rest = kb_span_part(*rest, len + 1, rest->len);
	return word;
}

static enum kb_err
parse(const char *spec)
{
	struct kb_span rest = kb_span_text(spec);
	struct kb_span name = next_word(&rest);
	struct kb_span action = next_word(&rest);
	uint64_t count = 1;

	if (rest.len > 0 && kb_text_to_u64(rest, UINT32_MAX, &count) != KB_OK) {
		return KB_ERR_USAGE;
	}
	for (unsigned i = 1; i < KB_FAILPOINT_COUNT; i++) {
		if (kb_span_equal(name, kb_span_text(kb_failpoint_name((enum kb_failpoint)i)))) {
			armed.point = (enum kb_failpoint)i;
		}
	}
	armed.action = kb_span_equal(action, kb_span_text("kill"))    ? ACTION_KILL
		       : kb_span_equal(action, kb_span_text("error")) ? ACTION_ERROR
								      : ACTION_NONE;
	armed.left = count;
	return armed.point != KB_FAILPOINT_NONE && armed.action != ACTION_NONE && count > 0
		       ? KB_OK
		       : KB_ERR_USAGE;
}

enum kb_err
kb_failpoint_set(const char *spec)
{
	enum kb_err err = KB_OK;

	armed.read = true;
	armed.point = KB_FAILPOINT_NONE;
	armed.action = ACTION_NONE;
	armed.left = 0;
	if (spec == NULL) {
		return KB_OK;
	}
	err = parse(spec);
	if (err != KB_OK) {
		armed.action = ACTION_NONE;
	}
	return err;
}

enum kb_err
kb_failpoint(enum kb_failpoint point)
{
	if (!armed.read) {
		const char *spec = getenv("KB_FAILPOINT");

		/* A test that misspells its failpoint would test nothing. */
		KB_INVARIANT(kb_failpoint_set(spec) == KB_OK);
	}
	if (armed.action == ACTION_NONE || armed.point != point || armed.left == 0) {
		return KB_OK;
	}
	armed.left--;
	if (armed.left > 0) {
		return KB_OK;
	}
	if (armed.action == ACTION_KILL) {
		(void)kill(getpid(), SIGKILL);
	}
	return KB_ERR_IO;
}

#else

/* A file may not be empty in ISO C. */
enum kb_err kb_failpoint_absent(void);

enum kb_err
kb_failpoint_absent(void)
{
	return KB_OK;
}

#endif
