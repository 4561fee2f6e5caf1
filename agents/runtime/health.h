/* SPDX-License-Identifier: EUPL-1.2 */
/* How the agent does: one colour, one sentence, one thing to do. */
#ifndef KB_RUNTIME_HEALTH_H
#define KB_RUNTIME_HEALTH_H

#include "agents/runtime/agent.h"
#include "common/store/outbox.h"

/* X(name, Dutch, exit code of doctor). Never colour alone: the word goes with it. */
#define KB_COLOUR_TABLE(X)                                                                         \
	X(GREEN, "groen", KB_OK)                                                                   \
	X(YELLOW, "geel", KB_ERR_BUSY) /* 75: it works, somebody has to act or to wait */          \
	X(RED, "rood", KB_ERR_IO)      /* 69: something does not work */

enum kb_colour {

#define KB_ROW(name, text, exit) KB_COLOUR_##name,
	KB_COLOUR_TABLE(KB_ROW)
#undef KB_ROW
		KB_COLOUR_COUNT,
};
const char *kb_colour_text(enum kb_colour colour);
/* 0, 75 or 69 (ketenbode(1)): what scripts go by. */
int kb_colour_exit_code(enum kb_colour colour);

/* Beyond this the connection is called broken. */
#define KB_HEALTH_OFFLINE_MS ((int64_t)60 * 1000)
/* Warnings before something expires. */
#define KB_HEALTH_REGISTER_WARN_MS ((int64_t)7 * 24 * 3600 * 1000)
#define KB_HEALTH_KEY_WARN_MS ((int64_t)60 * 24 * 3600 * 1000)
/* A view with the noodknop that is not judged by then. */
#define KB_HEALTH_REVIEW_MS ((int64_t)7 * 24 * 3600 * 1000)
#define KB_HEALTH_SENTENCE 384

struct kb_finding {
	enum kb_colour colour;
	const char *code; /* stable, for programs */
	char sentence[KB_HEALTH_SENTENCE];
	const char *advice;
};

#define KB_FINDINGS_MAX 24

struct kb_health {
	struct kb_finding at[KB_FINDINGS_MAX];
	size_t count;		    /* 0: all is well */
	struct kb_edge_out waiting; /* sums over all edges */
	uint64_t held_count;
};

/* In a step (read or write). The worst first. */
KB_MUST_CHECK enum kb_err kb_health_look(struct kb_agent *agent, struct kb_step *step,
					 struct kb_health *out);

#endif
