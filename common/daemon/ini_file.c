/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading INI text with libinih, with the checks that libinih leaves out. */
#include "common/daemon/ini_file.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"

static const char utf8_bom[] = "\xef\xbb\xbf";

/*
 * libinih asks for one line at a time and calls the handler for it before it asks for the next, but without a line number
 * and with only the first fault as its result. So the reader numbers the lines, and sees at the next line whether the one
 * before was understood.
 */
struct parser {
	struct kb_span rest;
	const char *file;
	struct kb_faults *faults;
	struct kb_ini *ini;
	size_t capacity;
	uint32_t line;
	bool expects_key;    /* the current line must lead to a call of the handler */
	const char *section; /* NULL before the first heading and after a broken one */
	uint32_t heading;    /* its line; of a title that may stand once: the first line */
	bool section_broken;
	bool is_list; /* sections with one title are sections of their own */
	bool no_memory;
};

void
kb_ini_release(struct kb_ini *ini)
{
	free(ini->entries);
	kb_arena_release(&ini->arena);
	*ini = (struct kb_ini){ 0 };
}

static bool
append(struct parser *parser, const char *key, const char *value)
{
	struct kb_ini *ini = parser->ini;

	if (ini->count == parser->capacity) {
		size_t capacity = parser->capacity == 0 ? 64 : parser->capacity * 2;
		struct kb_ini_entry *grown =
			reallocarray(ini->entries, capacity, sizeof(*ini->entries));

		if (grown == NULL) {
			parser->no_memory = true;
			return false;
		}
		ini->entries = grown;
		parser->capacity = capacity;
	}
	ini->entries[ini->count++] = (struct kb_ini_entry){
		.section = parser->section,
		.heading = parser->heading,
		.key = key,
		.value = value,
		.line = parser->line,
	};
	return true;
}

static char *
keep(struct parser *parser, struct kb_span text)
{
	char *copy = kb_arena_text(&parser->ini->arena, text);

	if (copy == NULL) {
		parser->no_memory = true;
	}
	return copy;
}

/* Where the heading of that section already stands; 0 when nowhere. */
static uint32_t
line_of_heading(const struct kb_ini *ini, const char *section)
{
	for (size_t i = 0; i < ini->count; i++) {
		const struct kb_ini_entry *entry = &ini->entries[i];

		if (entry->key == NULL && strcmp(entry->section, section) == 0) {
			return entry->line;
		}
	}
	return 0;
}

/* The same for a key of the section whose heading stands in that line. */
static uint32_t
line_of_key(const struct kb_ini *ini, uint32_t heading, const char *key)
{
	for (size_t i = 0; i < ini->count; i++) {
		const struct kb_ini_entry *entry = &ini->entries[i];

		if (entry->key != NULL && entry->heading == heading &&
		    strcmp(entry->key, key) == 0) {
			return entry->line;
		}
	}
	return 0;
}

static void
take_heading(struct parser *parser, struct kb_span line)
{
	const uint8_t *end = memchr(line.at, ']', line.len);

	parser->section = NULL;
	parser->section_broken = true;
	if (end == NULL) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "a section heading must end with ']'");
		return;
	}
	struct kb_span name = kb_span(line.at + 1, (size_t)(end - line.at) - 1);
	struct kb_span after = kb_text_trim(kb_span_part(line, name.len + 2, line.len));
	if (after.len > 0 && after.at[0] != ';' && after.at[0] != '#') {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "nothing may follow the section heading");
		return;
	}
	if (name.len == 0 || name.len > KB_INI_SECTION_MAX) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "a section name has 1 to %d bytes", KB_INI_SECTION_MAX);
		return;
	}
	parser->section = keep(parser, name);
	if (parser->section == NULL) {
		return;
	}
	parser->section_broken = false;
	uint32_t before = parser->is_list ? 0 : line_of_heading(parser->ini, parser->section);

	parser->heading = before != 0 ? before : parser->line;
	if (before != 0) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "section [%s] stands already in line %u", parser->section, before);
		return;
	}
	(void)append(parser, NULL, NULL);
}

/* libinih also takes ':' for '=', and joins what it does not understand; both would hide a typing error. */
static bool
is_key_line(struct kb_span line)
{
	const uint8_t *equals = memchr(line.at, '=', line.len);
	const uint8_t *colon = memchr(line.at, ':', line.len);

	return equals != NULL && (colon == NULL || equals < colon) && equals > line.at;
}

/* True when libinih shall see the line. */
static bool
take_line(struct parser *parser, struct kb_span raw)
{
	struct kb_span line = kb_text_trim(raw);

	parser->expects_key = false;
	if (raw.len > KB_INI_LINE_MAX) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "the line has %zu bytes, at most %d are allowed", raw.len,
			      KB_INI_LINE_MAX);
		return false;
	}
	if (!kb_text_ok(raw, true)) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "the line is not valid UTF-8 or has control characters");
		return false;
	}
	if (line.len == 0 || line.at[0] == '#' || line.at[0] == ';') {
		return false;
	}
	if (line.at[0] == '[') {
		take_heading(parser, line);
		return parser->section != NULL;
	}
	if (!is_key_line(line)) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "neither a [section] nor \"key = value\"");
		return false;
	}
	if (parser->section == NULL) {
		if (!parser->section_broken) {
			kb_faults_add(parser->faults, parser->file, parser->line,
				      "a key before the first [section]");
		}
		return false;
	}
	parser->expects_key = true;
	return true;
}

static char *
read_line(char *out, int size, void *state)
{
	struct parser *parser = (struct parser *)state;

	while (parser->rest.len > 0 && !parser->no_memory) {
		const uint8_t *end = memchr(parser->rest.at, '\n', parser->rest.len);
		size_t len = end != NULL ? (size_t)(end - parser->rest.at) : parser->rest.len;
		struct kb_span line = kb_span(parser->rest.at, len);

		parser->rest = kb_span_part(parser->rest, len + 1, parser->rest.len);
		parser->line++;
		if (line.len > 0 && line.at[line.len - 1] == '\r') {
			line.len--;
		}
		if (take_line(parser, line) && line.len < (size_t)size) {
			memcpy(out, line.at, line.len);
			out[line.len] = '\0';
			return out;
		}
	}
	return NULL;
}

/* Returns nonzero for success, as libinih wants it. */
static int
take_key(void *state, const char *section, const char *key, const char *value)
{
	struct parser *parser = (struct parser *)state;
	size_t key_len = strlen(key);
	uint32_t before = 0;
	const char *kept_key = NULL;
	const char *kept_value = NULL;

	(void)section;
	parser->expects_key = false;
	if (key_len == 0 || key_len > KB_INI_NAME_MAX) {
		kb_faults_add(parser->faults, parser->file, parser->line, "a key has 1 to %d bytes",
			      KB_INI_NAME_MAX);
		return 1;
	}
	before = line_of_key(parser->ini, parser->heading, key);
	if (before != 0) {
		kb_faults_add(parser->faults, parser->file, parser->line,
			      "key %s stands already in line %u", key, before);
		return 1;
	}
	kept_key = keep(parser, kb_span_text(key));
	/* The arena gives no text for no bytes. */
	kept_value = value[0] == '\0' ? "" : keep(parser, kb_span_text(value));
	if (kept_key == NULL || kept_value == NULL) {
		return 0;
	}
	return append(parser, kept_key, kept_value);
}

static enum kb_err
parse(struct kb_span text, const char *file, bool is_list, struct kb_faults *faults,
      struct kb_ini *out)
{
	size_t faults_before = faults->count;
	struct parser parser = {
		.rest = text,
		.file = file,
		.faults = faults,
		.ini = out,
		.is_list = is_list,
	};

	*out = (struct kb_ini){ 0 };
	if (text.len >= sizeof(utf8_bom) - 1 &&
	    memcmp(text.at, utf8_bom, sizeof(utf8_bom) - 1) == 0) {
		parser.rest = kb_span_part(text, sizeof(utf8_bom) - 1, text.len);
	}
	ini_max_line = KB_INI_LINE_MAX + 3; /* libinih: room for CR, LF and NUL */
	ini_allow_multiline = false;
	if (ini_parse_stream(read_line, &parser, take_key, &parser) != 0 &&
	    faults->count == faults_before && !parser.no_memory) {
		kb_faults_add(faults, file, parser.line, "the file is not understood");
	}
	if (parser.no_memory) {
		return KB_ERR_NO_MEMORY;
	}
	return faults->count == faults_before ? KB_OK : KB_ERR_CONFIG;
}

enum kb_err
kb_ini_parse(struct kb_span text, const char *file, struct kb_faults *faults, struct kb_ini *out)
{
	return parse(text, file, false, faults, out);
}

enum kb_err
kb_ini_parse_list(struct kb_span text, const char *file, struct kb_faults *faults,
		  struct kb_ini *out)
{
	return parse(text, file, true, faults, out);
}

static enum kb_err
check_file(int fd, const char *path, struct kb_faults *faults)
{
	struct stat info;

	if (fstat(fd, &info) != 0) {
		kb_faults_add(faults, path, 0, "cannot be read: %s", strerror(errno));
		return KB_ERR_IO;
	}
	if (!S_ISREG(info.st_mode)) {
		kb_faults_add(faults, path, 0, "is not a file");
		return KB_ERR_CONFIG;
	}
	if ((info.st_mode & S_IWOTH) != 0) {
		kb_faults_add(faults, path, 0, "everybody may write it; do: chmod o-w");
		return KB_ERR_CONFIG;
	}
	if (info.st_size > (off_t)KB_INI_FILE_MAX) {
		kb_faults_add(faults, path, 0, "is larger than %zu bytes", KB_INI_FILE_MAX);
		return KB_ERR_CONFIG;
	}
	return KB_OK;
}

/* The file may grow while it is read; then it is simply too large. */
static enum kb_err
read_all(int fd, const char *path, struct kb_faults *faults, struct kb_buf *out)
{
	size_t start = out->len;

	for (;;) {
		uint8_t *at = NULL;
		ssize_t got = 0;
		enum kb_err err = kb_buf_extend(out, 4096, &at);

		if (err != KB_OK) {
			return err;
		}
		got = read(fd, at, 4096);
		out->len -= 4096 - (got > 0 ? (size_t)got : 0);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			kb_faults_add(faults, path, 0, "cannot be read: %s", strerror(errno));
			return KB_ERR_IO;
		}
		if (got == 0) {
			return KB_OK;
		}
		if (out->len - start > KB_INI_FILE_MAX) {
			kb_faults_add(faults, path, 0, "is larger than %zu bytes", KB_INI_FILE_MAX);
			return KB_ERR_CONFIG;
		}
	}
}

enum kb_err
kb_ini_read_bytes(const char *path, struct kb_faults *faults, struct kb_buf *out)
{
	size_t start = out->len;
	enum kb_err err = KB_OK;
	/* Non-blocking: a pipe in the place of the file must not hold up the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		kb_faults_add(faults, path, 0, "cannot be opened: %s", strerror(errno));
		/* Which file to read is configuration: an administrator must act. */
		return KB_ERR_CONFIG;
	}
	err = check_file(fd, path, faults);
	if (err == KB_OK) {
		err = read_all(fd, path, faults, out);
	}
	if (err != KB_OK) {
		out->len = start;
	}
	(void)close(fd);
	return err;
}
