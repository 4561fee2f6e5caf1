/* SPDX-License-Identifier: EUPL-1.2 */
/* The group commit: all acts of one round of the loop in one write step of the store. */
#ifndef KB_RUNTIME_COMMIT_H
#define KB_RUNTIME_COMMIT_H

#include "agents/runtime/act.h"

/* Clock guard (reliability.md 1.6): no writing when the wall clock is this far before the last commit. */
#define KB_CLOCK_BACK_MAX_MS ((int64_t)5 * 60 * 1000)
/* So far ahead of the last commit a clock is taken for broken until the broker's says the same: one commit in a year that is
 * not yet would forbid all writing until that year has come (reliability.md 1.6). */
#define KB_CLOCK_AHEAD_MAX_MS ((int64_t)400 * 24 * 3600 * 1000)
/* Acts of one group, and bytes of messages that came in with them; more wait for the next. */
#define KB_GROUP_ACTS_MAX 512
#define KB_GROUP_BYTES_MAX ((size_t)8 * 1024 * 1024)
/* Times that one group runs again because an act asked for it, before everybody in it fails. */
#define KB_GROUP_RERUNS_MAX 1024

struct kb_pending_act {
	kb_act_fn fn;
	kb_done_fn done;
	void *arg;
	uint32_t user_no;
	size_t bytes;
	enum kb_err err;
	bool failed;
};

struct kb_acts {
	struct kb_pending_act *at;
	size_t count;
	size_t capacity;
};

/* Party numbers of this group; forgotten with it, for an aborted step may have given them out. */
#define KB_NUMBER_CACHE 16

struct kb_number_cache {
	struct kb_party_id id[KB_NUMBER_CACHE];
	uint32_t party_no[KB_NUMBER_CACHE];
	size_t next;
};

struct kb_commit {
	struct kb_acts queued;
	struct kb_acts running;
	struct kb_number_cache numbers;
	size_t failed_at; /* place in running of the act whose error ended the step; SIZE_MAX: none */
	bool rerun;
	bool in_step;
	uint64_t commit_count;
	int64_t last_commit_utc_ms;
	enum kb_err last_err; /* of the last group; KB_OK when it was committed */
	int64_t failing_since_utc_ms;
};

/* Runs everything queued in one step. true: something was committed. Acts queued by done callbacks wait for the next call. */
bool kb_commit_round(struct kb_agent *agent);
/* As kb_agent_run() for the agent itself, for an act that brings so many bytes into the group. */
KB_MUST_CHECK enum kb_err kb_commit_add(struct kb_agent *agent, kb_act_fn fn, kb_done_fn done,
					void *arg, size_t bytes);
/* Called by an act: throw this step away and run the whole group again (the act has changed its own mind). It then returns any
 * error. */
void kb_commit_rerun(struct kb_agent *agent);
/* The local number of a party, given out at first sight. */
KB_MUST_CHECK enum kb_err kb_act_party_no(struct kb_act *act, const struct kb_party_id *id,
					  uint32_t *party_no);
/* Trouble of disk, memory or data folder: no act and no message is to blame for it. */
bool kb_err_is_store_trouble(enum kb_err err);
/* Whether the clock stands so far back that nothing may be written. */
bool kb_commit_clock_back(const struct kb_agent *agent);
/* Whether it stands so far ahead, without a broker that agrees. */
bool kb_commit_clock_ahead(const struct kb_agent *agent);
/* All acts still queued end with err. */
void kb_commit_release(struct kb_agent *agent, enum kb_err err);

#endif
