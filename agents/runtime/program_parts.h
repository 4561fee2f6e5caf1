/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of a running agent program in the order in which they start. Between program.c, which knows the daemon's life, and the
 * agent, which knows the store: both call something a step. */
#ifndef KB_RUNTIME_PROGRAM_PARTS_H
#define KB_RUNTIME_PROGRAM_PARTS_H

#include "common/base/clock.h"
#include "common/daemon/config.h"

/* Opaque types. */
struct kb_role;
struct kb_parts;

/* KB_ERR_NO_MEMORY. */
KB_MUST_CHECK enum kb_err kb_parts_new(const struct kb_role *role, struct kb_parts **out);
void kb_parts_free(struct kb_parts *parts); /* NULL is allowed */

const char *kb_parts_program(const struct kb_parts *parts);
const char *kb_parts_summary(const struct kb_parts *parts);
/* Of this kind of party, for when --config is not given. */
const char *kb_parts_config_path(const struct kb_parts *parts);
const struct kb_config_table *kb_parts_table(const struct kb_parts *parts);

/* Key files and join file. */
KB_MUST_CHECK enum kb_err kb_parts_keys(struct kb_parts *parts, const struct kb_config *config,
					struct kb_error_text *where);
void kb_parts_keys_release(struct kb_parts *parts);
/* The region profile, when one is configured; every fault of it goes to the log. */
KB_MUST_CHECK enum kb_err kb_parts_profile(struct kb_parts *parts, const struct kb_config *config,
					   struct kb_error_text *where);
/* Loop, store and role. */
KB_MUST_CHECK enum kb_err kb_parts_agent(struct kb_parts *parts, const struct kb_config *config,
					 const struct kb_clock *clock, struct kb_error_text *where);
void kb_parts_agent_close(struct kb_parts *parts);
/* The connection to the broker and the local socket. */
KB_MUST_CHECK enum kb_err kb_parts_sockets(struct kb_parts *parts, const struct kb_config *config,
					   struct kb_error_text *where);
void kb_parts_sockets_close(struct kb_parts *parts);
/* Until a stop signal (KB_OK) or a fault. */
KB_MUST_CHECK enum kb_err kb_parts_loop(struct kb_parts *parts, int signal_fd,
					struct kb_error_text *where);

#endif
