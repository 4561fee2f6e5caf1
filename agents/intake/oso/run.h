/* SPDX-License-Identifier: EUPL-1.2 */
/* Has the helper read a dossier: a process of its own that can reach nothing. */
#ifndef KB_INTAKE_OSO_RUN_H
#define KB_INTAKE_OSO_RUN_H

#include <sys/types.h>

#include "agents/intake/oso/result.h"

enum kb_oso_task {
	KB_OSO_TASK_NONE = 0,
	KB_OSO_TASK_CHECK,
	KB_OSO_TASK_SPLIT,
	KB_OSO_TASK_JOIN,
};

/* A helper at work. Zeroed: none. */
struct kb_oso_run {
	pid_t pid;
	int answer_fd;
	struct kb_buf answer;
	bool ended;
};

/*
 * Starts the helper. input is the dossier, or for JOIN a file with frames of fields and END; schema -1 for JOIN. Both are only
 * read, and stay the caller's. KB_ERR_IO, KB_ERR_NO_MEMORY, KB_ERR_CONFIG: the helper is not installed.
 */
KB_MUST_CHECK enum kb_err kb_oso_run_start(struct kb_oso_run *run, enum kb_oso_task task,
					   int input_fd, int schema_fd);
/* Takes what it said so far, waiting at most wait_ms. KB_ERR_BUSY: not yet ready; KB_OK: read run->answer. */
KB_MUST_CHECK enum kb_err kb_oso_run_read(struct kb_oso_run *run, int wait_ms);
/* Stops it if it still works, and wipes what it said. */
void kb_oso_run_release(struct kb_oso_run *run);

/*
 * All of it, for a program with nothing else to do: 10 s at most. The spans of result point into run, released by the caller in
 * any case. KB_ERR_TIMEOUT; KB_ERR_DATA: the helper was stopped by its limits, so the file is not what it should be.
 */
KB_MUST_CHECK enum kb_err kb_oso_run_whole(struct kb_oso_run *run, enum kb_oso_task task,
					   int input_fd, int schema_fd,
					   struct kb_oso_result *result);

/* The file with frames for JOIN, in memory only; -1 on failure. */
int kb_oso_frames_file(const struct kb_field *fields, size_t count);

#endif
