/* SPDX-License-Identifier: EUPL-1.2 */
/* Files to and from an agent in pieces. */
#include "agents/cli/document_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/cli/desk_client.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/exchange/attachment_type.h"

#define FILE_MODE 0600
#define NUMBER_TEXT 24
#define FIELDS_MAX 10

/* The question that is being made. */
struct words {
	struct kb_desk_field fields[FIELDS_MAX];
	size_t count;
};

static void
add_word(struct words *words, const char *name, const char *value)
{
	if (value != NULL && words->count < FIELDS_MAX) {
		words->fields[words->count++] =
			(struct kb_desk_field){ kb_span_text(name), kb_span_text(value) };
	}
}

/* Asks; an answer that is a failure is printed. True: *answer holds what was said, to be freed. */
static bool
ask(const struct kb_cli *cli, const char *verb, struct words *words, struct kb_span content,
    struct kb_buf *answered, struct kb_cli_answer *answer, int *exit_code)
{
	enum kb_err err = kb_cli_question_with(cli, verb, words->fields, words->count, content,
					       answered, answer);

	if (err != KB_OK) {
		kb_output_free(answer->output);
		*exit_code = kb_cli_no_answer(cli, err);
		return false;
	}
	if (answer->exit_code != 0) {
		*exit_code = kb_cli_print_answer(cli, answer);
		return false;
	}
	return true;
}

static void
show_progress(const struct kb_cli *cli, uint32_t done, uint32_t total)
{
	if (!cli->json && isatty(STDERR_FILENO)) {
		(void)fprintf(stderr, done < total ? "\r%u van %u" : "\r                    \r",
			      done, total);
	}
}

static int
fail_file(const struct kb_cli *cli, const char *path, const char *what)
{
	int error_number = errno;
	enum kb_err err = kb_err_from_errno(error_number);

	return kb_cli_fail(cli, err, "%s: %s (%s)", path, what, strerror(error_number));
}

/* ---- in ---- */

enum { ADD_BESTAND, ADD_GEGEVENS, ADD_INZAGE, ADD_NAAM, ADD_DATUM, ADD_COUNT };

static const struct kb_option add_options[ADD_COUNT] = {
	[ADD_BESTAND] = { "bestand", "BESTAND", "het stuk zelf bewaren, versleuteld" },
	[ADD_GEGEVENS] = { "gegevens", "SOORT,SOORT", "wat erin staat" },
	[ADD_INZAGE] = { "inzage", "JJJJ-MM-DD", "dag waarop de ouders het zagen" },
	[ADD_NAAM] = { "naam", "TEKST", "hoe u het noemt" },
	[ADD_DATUM] = { "datum", "JJJJ-MM-DD", "van het stuk; zonder: vandaag" },
};

struct file {
	int fd;
	const char *path;
	uint64_t bytes;
};

static bool
open_file(const struct kb_cli *cli, struct file *file, int *exit_code)
{
	struct stat facts;

	/* O_NONBLOCK: a pipe in the place of the file must not hold us up. */
	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0 || fstat(file->fd, &facts) != 0) {
		*exit_code = fail_file(cli, file->path, "dit bestand kan niet worden gelezen");
		return false;
	}
	if (!S_ISREG(facts.st_mode)) {
		*exit_code =
			kb_cli_fail(cli, KB_ERR_DATA, "%s: dit is geen gewoon bestand", file->path);
		return false;
	}
	file->bytes = (uint64_t)facts.st_size;
	return true;
}

/* As many bytes as there are up to count. */
static enum kb_err
read_piece(struct file *file, uint8_t *at, size_t count, size_t *got)
{
	*got = 0;
	while (*got < count) {
		ssize_t more = read(file->fd, at + *got, count - *got);

		if (more < 0 && errno == EINTR) {
			continue;
		}
		if (more < 0) {
			return kb_err_from_errno(errno);
		}
		if (more == 0) {
			break;
		}
		*got += (size_t)more;
	}
	return KB_OK;
}

static bool
send_pieces(const struct kb_cli *cli, struct file *file, const char *zaak, const char *upload,
	    size_t piece_bytes, int *exit_code)
{
	uint8_t *piece = malloc(piece_bytes);
	uint32_t total = (uint32_t)((file->bytes + piece_bytes - 1) / piece_bytes);
	bool ok = piece != NULL;

	if (!ok) {
		*exit_code = kb_cli_fail(cli, KB_ERR_NO_MEMORY, "geen geheugen");
	}
	for (uint32_t i = 0; ok && i < total; i++) {
		struct words words = { .count = 0 };
		struct kb_cli_answer answer;
		size_t got = 0;

		if (read_piece(file, piece, piece_bytes, &got) != KB_OK) {
			*exit_code = fail_file(cli, file->path, "het lezen mislukte");
			ok = false;
			break;
		}
		add_word(&words, "zaak", zaak);
		add_word(&words, "upload", upload);
		/* What was cut off meanwhile is refused there by its length. */
		ok = ask(cli, "document part", &words, kb_span(piece, got), NULL, &answer,
			 exit_code);
		if (ok) {
			kb_output_free(answer.output);
			show_progress(cli, i + 1, total);
		}
	}
	if (piece != NULL) {
		explicit_bzero(piece, piece_bytes);
	}
	free(piece);
	return ok;
}

/* Hands the file over; token is how the agent calls it. */
static bool
upload(const struct kb_cli *cli, struct file *file, const char *zaak, char token[KB_ID_TEXT],
       int *exit_code)
{
	char bytes[NUMBER_TEXT];
	struct words words = { .count = 0 };
	struct kb_cli_answer answer;
	uint64_t piece_bytes = 0;

	(void)snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)file->bytes);
	add_word(&words, "zaak", zaak);
	add_word(&words, "bytes", bytes);
	if (!ask(cli, "document begin", &words, KB_SPAN_NONE, NULL, &answer, exit_code)) {
		return false;
	}
	(void)snprintf(token, KB_ID_TEXT, "%s",
		       kb_output_cell(answer.output, "bijlage", 0, "upload"));
	if (kb_text_to_u64(
		    kb_span_text(kb_output_cell(answer.output, "bijlage", 0, "bytes_per_deel")),
		    KB_WIRE_DEEL_BYTES_MAX, &piece_bytes) != KB_OK ||
	    piece_bytes == 0) {
		*exit_code = kb_cli_fail(cli, KB_ERR_INTERNAL,
					 "deze agent is van een andere versie dan ketenbode");
	}
	kb_output_free(answer.output);
	return piece_bytes > 0 &&
	       send_pieces(cli, file, zaak, token, (size_t)piece_bytes, exit_code);
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
add(const struct kb_cli *cli, const struct kb_option_values *values)
{
	struct file file = { .fd = -1, .path = values->value[ADD_BESTAND] };
	char token[KB_ID_TEXT] = "";
	const char *name = values->value[ADD_NAAM];
	struct words words = { .count = 0 };
	struct kb_cli_answer answer;
	int exit_code = 0;
	bool ok = true;

	if (file.path != NULL) {
		ok = open_file(cli, &file, &exit_code) &&
		     upload(cli, &file, values->operands[0], token, &exit_code);
		name = name != NULL ? name : name_of(file.path);
	}
	if (file.fd >= 0) {
		(void)close(file.fd);
	}
	if (!ok) {
		return exit_code;
	}
	add_word(&words, "zaak", values->operands[0]);
	add_word(&words, "soort", values->operands[1]);
	add_word(&words, "pad", values->operand_count > 2 ? values->operands[2] : NULL);
	add_word(&words, "upload", token[0] != '\0' ? token : NULL);
	add_word(&words, "gegevens", values->value[ADD_GEGEVENS]);
	add_word(&words, "inzage", values->value[ADD_INZAGE]);
	add_word(&words, "naam", name);
	add_word(&words, "datum", values->value[ADD_DATUM]);
	return ask(cli, "document add", &words, KB_SPAN_NONE, NULL, &answer, &exit_code)
		       ? kb_cli_print_answer(cli, &answer)
		       : exit_code;
}

int
kb_cli_document_add(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		    char **argv)
{
	struct kb_option_values values;
	int exit_code = 0;
	bool has_file = false;

	if (!kb_cli_options(cli, command, add_options, ADD_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	has_file = values.value[ADD_BESTAND] != NULL;
	if (values.operand_count != (has_file ? 2u : 3u)) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef ZAAK, SOORT en dan PAD of --bestand; zie ketenbode %s "
				   "--help",
				   command->words);
	}
	return kb_cli_has_socket(cli, &exit_code) ? add(cli, &values) : exit_code;
}

/* ---- out ---- */

enum { GET_NAAR, GET_COUNT };

static const struct kb_option get_options[GET_COUNT] = {
	[GET_NAAR] = { "naar", "BESTAND", "waar de bijlage komt te staan" },
};

static enum kb_err
write_all(int fd, struct kb_span bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.at, bytes.len);

		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put < 0) {
			return kb_err_from_errno(errno);
		}
		bytes = kb_span_part(bytes, (size_t)put, bytes.len);
	}
	return KB_OK;
}

/* One of an opened attachment. */
static bool
read_part(const struct kb_cli *cli, const char *zaak, const char *key, uint32_t part,
	  struct kb_buf *piece, int *exit_code)
{
	char number[NUMBER_TEXT];
	struct words words = { .count = 0 };
	struct kb_cli_answer answer;
	bool ok = false;

	(void)snprintf(number, sizeof(number), "%u", part);
	add_word(&words, "zaak", zaak);
	add_word(&words, "sleutel", key);
	add_word(&words, "deel", number);
	kb_buf_clear(piece);
	ok = ask(cli, "document read", &words, KB_SPAN_NONE, piece, &answer, exit_code);
	if (ok) {
		kb_output_free(answer.output);
	}
	return ok;
}

static bool
write_parts(const struct kb_cli *cli, const char *zaak, const struct kb_output *opened, int fd,
	    const char *path, int *exit_code)
{
	const char *key = kb_output_cell(opened, "bijlage", 0, "sleutel");
	struct kb_sha256 *sha = NULL;
	struct kb_buf piece = { 0 };
	struct kb_hash hash;
	char hex[KB_HASH_BYTES * 2 + 1];
	uint64_t count = 0;
	bool ok = kb_text_to_u64(kb_span_text(kb_output_cell(opened, "bijlage", 0, "delen")),
				 UINT32_MAX, &count) == KB_OK &&
		  kb_sha256_new(&sha) == KB_OK;

	if (!ok) {
		*exit_code = kb_cli_fail(cli, KB_ERR_INTERNAL, "het antwoord is niet begrepen");
	} else {
		kb_sha256_start(sha);
	}
	for (uint32_t part = 1; ok && part <= count; part++) {
		ok = read_part(cli, zaak, key, part, &piece, exit_code);
		if (ok && write_all(fd, kb_buf_span(&piece)) != KB_OK) {
			*exit_code = fail_file(cli, path, "het schrijven mislukte");
			ok = false;
		}
		if (ok) {
			kb_sha256_add(sha, kb_buf_span(&piece));
			show_progress(cli, part, (uint32_t)count);
		}
	}
	if (ok) {
		kb_sha256_finish(sha, &hash);
		kb_hex_encode(KB_SPAN_OF(hash), hex);
		ok = strcmp(hex, kb_output_cell(opened, "bijlage", 0, "sha256")) == 0;
		*exit_code = ok ? 0
				: kb_cli_fail(cli, KB_ERR_CORRUPT,
					      "de bijlage heeft niet de hash die erbij hoort");
	}
	if (ok && fsync(fd) != 0) {
		*exit_code = fail_file(cli, path, "het schrijven mislukte");
		ok = false;
	}
	kb_sha256_free(sha);
	kb_buf_wipe(&piece);
	return ok;
}

static int
get(const struct kb_cli *cli, const struct kb_option_values *values)
{
	const char *path = values->value[GET_NAAR];
	struct words words = { .count = 0 };
	struct kb_cli_answer answer;
	int exit_code = 0;
	bool ok = false;
	/* First of all: nobody's view is logged for a file that cannot be written. */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

	if (fd < 0 && errno == EEXIST) {
		return kb_cli_fail(cli, KB_ERR_EXISTS,
				   "%s is er al; geef een naam die er nog niet is", path);
	}
	if (fd < 0) {
		return fail_file(cli, path, "dit bestand kan niet worden gemaakt");
	}
	add_word(&words, "zaak", values->operands[0]);
	add_word(&words, "nummer", values->operands[1]);
	ok = ask(cli, "document get", &words, KB_SPAN_NONE, NULL, &answer, &exit_code);
	if (ok) {
		ok = write_parts(cli, values->operands[0], answer.output, fd, path, &exit_code);
		if (ok) {
			exit_code = kb_cli_print_answer(cli, &answer);
		} else {
			kb_output_free(answer.output);
		}
	}
	(void)close(fd);
	if (!ok) {
		(void)unlink(path);
	}
	return exit_code;
}

int
kb_cli_document_get(const struct kb_cli *cli, const struct kb_cli_command *command, int argc,
		    char **argv)
{
	struct kb_option_values values;
	int exit_code = 0;

	if (!kb_cli_options(cli, command, get_options, GET_COUNT, argc, argv, &values,
			    &exit_code)) {
		return exit_code;
	}
	if (values.operand_count != 2 || values.value[GET_NAAR] == NULL) {
		return kb_cli_fail(cli, KB_ERR_USAGE,
				   "geef ZAAK, NUMMER en --naar BESTAND; zie ketenbode %s --help",
				   command->words);
	}
	return kb_cli_has_socket(cli, &exit_code) ? get(cli, &values) : exit_code;
}
