/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ketenbode-oso: reads one dossier for the program that started it, and can do nothing else.
 *	ketenbode-oso check|split	dossier on descriptor 0, schema on 3
 *	ketenbode-oso join		fields as frames on 0
 * The answer goes to 1. Exit 0: the answer is whole.
 */
#include <errno.h>
#include <unistd.h>

#include "agents/intake/oso/sandbox.h"
#include "agents/intake/oso/work.h"

#define SCHEMA_FD 3
#define READ_BYTES ((size_t)64 * 1024)

/* At most one byte more than max, which is enough to see that it is too much: a pipe of 200 MB is never read to its end. */
static enum kb_err
read_all(int fd, size_t max, struct kb_buf *out)
{
	ssize_t got = 1;

	/* It doubles up to there and no further: every MiB counts against the limit. */
	out->ceiling = max + 2 * READ_BYTES;
	while (got > 0 && out->len <= max) {
		uint8_t *at = NULL;
		enum kb_err err = kb_buf_extend(out, READ_BYTES, &at);

		if (err != KB_OK) {
			return err;
		}
		do {
			got = read(fd, at, READ_BYTES);
		} while (got < 0 && errno == EINTR);
		out->len -= READ_BYTES - (got > 0 ? (size_t)got : 0);
	}
	return got < 0 ? KB_ERR_IO : KB_OK;
}

static enum kb_err
write_all(struct kb_span bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(STDOUT_FILENO, bytes.at, bytes.len);

		if (put < 0 && errno != EINTR) {
			return KB_ERR_IO;
		}
		bytes = kb_span_part(bytes, put > 0 ? (size_t)put : 0, bytes.len);
	}
	return KB_OK;
}

static enum kb_err
work(const char *what, struct kb_buf *answer)
{
	bool join = strcmp(what, "join") == 0;
	struct kb_buf schema = { 0 };
	struct kb_buf input = { 0 };
	enum kb_err err = join ? KB_OK : read_all(SCHEMA_FD, KB_OSO_SCHEMA_BYTES_MAX, &schema);

	if (err == KB_OK) {
		err = read_all(STDIN_FILENO, join ? KB_OSO_FIELDS_BYTES_MAX : KB_OSO_FILE_BYTES_MAX,
			       &input);
	}
	if (err == KB_OK) {
		err = join ? kb_oso_work_join(kb_buf_span(&input), answer)
			   : kb_oso_work_check(kb_buf_span(&input), kb_buf_span(&schema),
					       strcmp(what, "split") == 0, answer);
	}
	kb_buf_release(&schema);
	kb_buf_release(&input);
	return err;
}

int
main(int argc, char **argv)
{
	struct kb_buf answer = { .ceiling = KB_OSO_ANSWER_BYTES_MAX };
	enum kb_err err = KB_ERR_USAGE;

	if (argc == 2 && (strcmp(argv[1], "check") == 0 || strcmp(argv[1], "split") == 0 ||
			  strcmp(argv[1], "join") == 0)) {
		err = kb_oso_sandbox_limit();
		if (err == KB_OK) {
			kb_oso_xml_init();
			err = kb_oso_sandbox_close();
		}
		if (err == KB_OK) {
			err = work(argv[1], &answer);
		}
		if (err == KB_OK) {
			err = write_all(kb_buf_span(&answer));
		}
	}
	_exit(kb_err_exit_code(err));
}
